//! The TOML spelling: text to draft. Keys that are not known are errors, all of them at once.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::draft::{
    Draft, DraftAgent, DraftMerge, DraftPolicy, DraftPromise, DraftScope, DraftShare, DraftShared,
    DraftStep, DraftWaiver, Text,
};
use super::keys::{RESERVED, Word};
use super::model::{ContractFile, Mode};
use super::source::{Placed, Problems, Shown, nearest, printable};
use crate::name::AgentId;

/// Reads the text into a draft. What is wrong goes to the problems; the draft holds the rest.
pub(super) fn read(problems: &mut Problems<'_>) -> Draft {
    let text = problems.source.text;
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().unwrap_or(0..0);
        problems.error("toml-syntax", &at, printable(error.message()), "");
    }
    let mut draft = Draft::new(ContractFile::Toml);
    let whole = document.span();
    Table::new("the contract", document.get_ref(), whole, problems).read(&mut draft);
    draft
}

/// A key of a table: its place, its name, and its value until somebody takes it.
type Field<'t> = (Range<usize>, &'t str, Option<&'t Spanned<DeValue<'t>>>);

/// A table that is being read: keys are taken out, and what is left over is not known.
struct Table<'t, 'p, 's> {
    what: &'static str,
    /// In the order of the text.
    entries: Vec<Field<'t>>,
    known: Vec<&'static str>,
    at: Range<usize>,
    problems: &'p mut Problems<'s>,
}

impl<'t, 'p, 's> Table<'t, 'p, 's> {
    fn new(
        what: &'static str,
        table: &'t DeTable<'t>,
        at: Range<usize>,
        problems: &'p mut Problems<'s>,
    ) -> Self {
        Self { what, entries: in_text_order(table), known: Vec::new(), at, problems }
    }

    fn read(mut self, draft: &mut Draft) {
        if let Some(format) = self.number("format")
            && format.value != 1
        {
            let message = format!("format {} is not known to this version", format.value);
            self.problems.error("unknown-format", &format.at, message, "write `format = 1`");
        }
        draft.name = self.text("name");
        draft.version = self.number("version");
        draft.trunk = self.text("trunk");
        draft.objective = self.text("objective");
        draft.integrator = self.text("integrator");
        for (at, name, value) in self.tables_of("agents") {
            let mut agent = DraftAgent::new(Placed::new(name.to_owned(), at));
            if let Some(table) = self.table("an agent", value) {
                table.agent(&mut agent);
            }
            draft.agents.push(agent);
        }
        for (at, path, value) in self.tables_of("shared") {
            let pattern = Placed::new(path.to_owned(), at);
            draft.shared.extend(self.share(pattern, value));
        }
        for value in self.list("merge-order") {
            draft
                .order
                .extend(self.table("a step of the merge order", value).and_then(Table::step));
        }
        if let Some(value) = self.take("merge")
            && let Some(table) = self.table("`merge`", value)
        {
            draft.merge = table.merge();
        }
        for value in self.list("waivers") {
            draft.waivers.extend(self.table("a waiver", value).and_then(Table::waiver));
        }
        if let Some(value) = self.take("policy")
            && let Some(table) = self.table("`policy`", value)
        {
            draft.policy = table.policy();
        }
        self.finish();
    }

    fn agent(mut self, agent: &mut DraftAgent) {
        agent.branch = self.text("branch");
        agent.worktree = self.text("worktree");
        agent.identity = self.text("identity");
        for value in self.list("scope") {
            agent.scope.extend(self.scope(value));
        }
        for value in self.list("promises") {
            agent.promises.extend(self.promise(value));
        }
        agent.withdrawn = self.flag("withdrawn");
        agent.new_surface = self.flag("new-surface");
        self.finish();
    }

    fn scope(&mut self, value: &'t Spanned<DeValue<'t>>) -> Option<DraftScope> {
        if let DeValue::String(path) = value.get_ref() {
            let pattern = Placed::new(path.to_string(), value.span());
            return Some(DraftScope { pattern, except: Vec::new(), mode: Mode::Edit });
        }
        let mut table = self.table("a scope entry", value)?;
        let pattern = table.required("path");
        let mode = table.word::<Mode>("mode").map_or(Mode::Edit, |mode| mode.value);
        let except = table.texts("except").unwrap_or_default();
        table.finish();
        Some(DraftScope { pattern: pattern?, except, mode })
    }

    fn promise(&mut self, value: &'t Spanned<DeValue<'t>>) -> Option<DraftPromise> {
        if let DeValue::String(text) = value.get_ref() {
            let text = Placed::new(text.to_string(), value.span());
            return Some(DraftPromise { text, relied_on_by: Vec::new() });
        }
        let mut table = self.table("a promise", value)?;
        let text = table.required("text");
        let relied_on_by = table.texts("relied-on-by").unwrap_or_default();
        table.finish();
        Some(DraftPromise { text: text?, relied_on_by })
    }

    fn share(&mut self, pattern: Text, value: &'t Spanned<DeValue<'t>>) -> Option<DraftShared> {
        if let DeValue::String(word) = value.get_ref() {
            if word == "nobody" {
                return Some(DraftShared { pattern, policy: DraftShare::Nobody, note: None });
            }
            let message = format!("{} is no policy of a shared path", Shown(word));
            let help = shared_policy_of(word);
            self.problems.error("unknown-value", &value.span(), message, help);
            return None;
        }
        let mut table = self.table("a shared path", value)?;
        let owner = table.text("owner").map(|owner| {
            if owner.value == "nobody" { DraftShare::Nobody } else { DraftShare::Owner(owner) }
        });
        let adders = table.texts("additions-by").map(DraftShare::AdditionsBy);
        let generated = table.text("generated-by").map(DraftShare::GeneratedBy);
        let note = table.text("note").map(|note| note.value);
        let mut policies = [owner, adders, generated].into_iter().flatten();
        let (policy, further) = (policies.next(), policies.next());
        let misread = || ["owner", "additions-by", "generated-by"].map(|key| table.misread(key));
        if further.is_some() || policy.is_none() && !misread().contains(&true) {
            let message = "a shared path has exactly one policy";
            let help = "give one of `owner`, `additions-by`, `generated-by`, or write `\"nobody\"`";
            table.problems.error("shared-policy", &value.span(), message, help);
        }
        table.finish();
        Some(DraftShared { pattern, policy: policy?, note })
    }

    fn step(mut self) -> Option<DraftStep> {
        let agents = self.texts("agents");
        if agents.is_none() && !self.misread("agents") {
            self.missing("agents");
        }
        let after = self.texts("after");
        let because = self.text("because").map(|because| because.value);
        // The bare head of the table, which all steps share, says nothing to whoever is shown it.
        let named = agents.iter().flatten().next().map(|name| name.at.clone());
        let at = named.unwrap_or_else(|| self.at.clone());
        self.finish();
        Some(DraftStep { at, agents: agents?, after, because })
    }

    fn merge(mut self) -> DraftMerge {
        let merge = DraftMerge {
            suite: self.text("suite"),
            setup: self.text("setup"),
            timeout: self.text("timeout"),
            strategy: self.word("strategy"),
        };
        self.finish();
        merge
    }

    fn waiver(mut self) -> Option<DraftWaiver> {
        let at = self.at.clone();
        let (rule, agent) = (self.required("rule"), self.required("agent"));
        let path = self.text("path");
        let because = self.required("because");
        self.finish();
        Some(DraftWaiver { at, rule: rule?, agent: agent?, path, because: because? })
    }

    fn policy(mut self) -> DraftPolicy {
        let policy = DraftPolicy {
            unlisted_branches: self.word("unlisted-branches"),
            agent_branches: self.text("agent-branches"),
            trunk_steps: self.word("trunk-steps"),
        };
        self.finish();
        policy
    }

    fn take(&mut self, key: &'static str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.entries.iter_mut().find(|(_, name, _)| *name == key)?.2.take()
    }

    /// Whether a key is there, though what it holds could not be used.
    fn misread(&self, key: &str) -> bool {
        self.entries.iter().any(|(_, name, _)| *name == key)
    }

    fn table<'q>(
        &'q mut self,
        what: &'static str,
        value: &'t Spanned<DeValue<'t>>,
    ) -> Option<Table<'t, 'q, 's>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Table::new(what, table, value.span(), self.problems)),
            _ => {
                self.wrong_type(what, "a table", value);
                None
            }
        }
    }

    fn tables_of(
        &mut self,
        key: &'static str,
    ) -> Vec<(Range<usize>, &'t str, &'t Spanned<DeValue<'t>>)> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(key, "a table", value);
            return Vec::new();
        };
        let entries = in_text_order(table).into_iter();
        entries.filter_map(|(at, name, value)| Some((at, name, value?))).collect()
    }

    fn list(&mut self, key: &'static str) -> Vec<&'t Spanned<DeValue<'t>>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(key, "a list", value);
            return Vec::new();
        };
        array.iter().collect()
    }

    fn text(&mut self, key: &'static str) -> Option<Text> {
        let value = self.take(key)?;
        let DeValue::String(text) = value.get_ref() else {
            self.wrong_type(key, "a text in quotes", value);
            return None;
        };
        Some(Placed::new(text.to_string(), value.span()))
    }

    fn required(&mut self, key: &'static str) -> Option<Text> {
        let text = self.text(key);
        if text.is_none() && !self.misread(key) {
            self.missing(key);
        }
        text
    }

    fn missing(&mut self, key: &'static str) {
        let message = format!("{} needs `{key}`", self.what);
        self.problems.error("missing-key", &self.at, message, format!("add `{key} = …`"));
    }

    fn texts(&mut self, key: &'static str) -> Option<Vec<Text>> {
        let value = self.take(key)?;
        let DeValue::Array(array) = value.get_ref() else {
            self.wrong_type(key, "a list of texts in quotes", value);
            return None;
        };
        let mut texts = Vec::new();
        for value in array.iter() {
            match value.get_ref() {
                DeValue::String(text) => texts.push(Placed::new(text.to_string(), value.span())),
                _ => self.wrong_type(key, "a list of texts in quotes", value),
            }
        }
        Some(texts)
    }

    fn flag(&mut self, key: &'static str) -> Option<Placed<bool>> {
        let value = self.take(key)?;
        let DeValue::Boolean(flag) = value.get_ref() else {
            self.wrong_type(key, "`true` or `false`", value);
            return None;
        };
        Some(Placed::new(*flag, value.span()))
    }

    fn number(&mut self, key: &'static str) -> Option<Placed<u64>> {
        let value = self.take(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong_type(key, "a whole number", value);
        }
        Some(Placed::new(number?, value.span()))
    }

    fn word<W: Word>(&mut self, key: &'static str) -> Option<Placed<W>> {
        let text = self.text(key)?;
        let word = read_word(key, &text, self.problems)?;
        Some(Placed::new(word, text.at))
    }

    fn wrong_type(&mut self, what: &str, wanted: &str, value: &Spanned<DeValue<'_>>) {
        let what = if what.contains([' ', '`']) { what.to_owned() } else { format!("`{what}`") };
        let message = format!("{what} is {wanted}, not {}", kind(value.get_ref()));
        let help = match what.as_str() {
            "a step of the merge order" => {
                "`[[merge-order]]`, and in the line below it `agents = [\"agent-1\"]`"
            }
            "an agent" => "`[agents.agent-1]`, and in the lines below it its keys",
            "a waiver" => "`[[waivers]]`, and in the lines below it its keys",
            "`merge`" => "`[merge]`, and in the lines below it its keys",
            "`policy`" => "`[policy]`, and in the lines below it its keys",
            _ => "",
        };
        self.problems.error("wrong-type", &value.span(), message, help);
    }

    /// What nobody took is not known.
    fn finish(self) {
        for (at, name, _) in &self.entries {
            if self.known.contains(name) {
                continue;
            }
            unknown_key(self.what, name, at, &self.known, self.problems);
        }
    }
}

/// Keys that people and models write for the ones that there are.
const SYNONYMS: [(&str, &str); 8] = [
    ("paths", "scope"),
    ("files", "scope"),
    ("owns", "scope"),
    ("exclude", "except"),
    ("excludes", "except"),
    ("pattern", "path"),
    ("reason", "because"),
    ("commits-to", "promises"),
];

/// Says that a key is reserved, or not known, with the nearest one that is.
pub(super) fn unknown_key(
    what: &str,
    name: &str,
    at: &Range<usize>,
    known: &[&'static str],
    problems: &mut Problems<'_>,
) {
    if RESERVED.contains(&name) {
        let message = format!("{} is reserved for a later version", Shown(name));
        problems.error("reserved-key", at, message, "take it out; nothing would enforce it yet");
        return;
    }
    let meant = SYNONYMS.iter().find(|(said, _)| *said == name).map(|(_, meant)| *meant);
    let meant = meant.filter(|meant| known.contains(meant));
    let help = match meant.or_else(|| nearest(name, known.iter().copied())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    };
    problems.error("unknown-key", at, format!("{what} has no key {}", Shown(name)), help);
}

/// Reads a value that is one of a few words.
pub(super) fn read_word<W: Word>(
    what: &str,
    text: &Text,
    problems: &mut Problems<'_>,
) -> Option<W> {
    let value = W::from_word(&text.value);
    if value.is_none() {
        let words: Vec<&str> = W::WORDS.iter().map(|(word, _)| *word).collect();
        let help = match nearest(&text.value, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? It is one of: {}", words.join(", ")),
            None => format!("it is one of: {}", words.join(", ")),
        };
        let message = format!("{} is no value of `{what}`", Shown(&text.value));
        problems.error("unknown-value", &text.at, message, help);
    }
    value
}

fn in_text_order<'t>(table: &'t DeTable<'t>) -> Vec<Field<'t>> {
    let entries =
        table.iter().map(|(key, value)| (key.span(), key.get_ref().as_ref(), Some(value)));
    let mut entries: Vec<_> = entries.collect();
    entries.sort_by_key(|(at, _, _)| at.start);
    entries
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "this number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// How a policy of a shared path is written of which a text tells.
fn shared_policy_of(text: &str) -> String {
    let lower = text.to_lowercase();
    let agent = text.split([' ', ',']).next().filter(|word| AgentId::new(word).is_ok());
    let agent = agent.unwrap_or("AGENT");
    if lower.contains("generated") {
        let (_, command) = text.split_once(" by ").unwrap_or(("", "COMMAND"));
        format!("write `{{ generated-by = \"{}\" }}`", printable(command))
    } else if lower.contains("add") || text.contains(',') {
        "write `{ additions-by = [\"AGENT\"] }`, with all who may add".to_owned()
    } else if ["nobody", "no one", "read", "frozen", "none"].iter().any(|no| lower.contains(no)) {
        "write `\"nobody\"`".to_owned()
    } else {
        format!("write `\"nobody\"`, or `{{ owner = \"{agent}\" }}`")
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn a_key_of_the_wrong_type_is_not_missing_too() {
        let lane = "[agents.a]\nbranch = \"a\"\nscope = [\"a/\"]\n";
        let codes = |keys: &str| {
            let text = format!("{lane}{keys}");
            let problems = read(ContractFile::Toml, text.as_bytes()).expect_err(keys);
            problems.iter().map(|problem| problem.code).collect::<Vec<_>>()
        };
        for keys in [
            "promises = [{ text = 1 }]",
            "[[merge-order]]\nagents = \"a\"",
            "[shared]\nx = { owner = 1 }",
            "[shared]\nx = { additions-by = \"a\" }",
            "[shared]\nx = { generated-by = true }",
        ] {
            assert_eq!(codes(keys), ["wrong-type"], "{keys}");
        }
        assert_eq!(codes("promises = [{ relied-on-by = [\"a\"] }]"), ["missing-key"]);
        assert_eq!(codes("[[merge-order]]\nafter = []"), ["missing-key"]);
        assert_eq!(codes("[shared]\nx = { note = \"n\" }"), ["shared-policy"]);
    }

    #[test]
    fn what_a_text_means_is_written_with_its_key() {
        for (text, help) in [
            ("generated by npm install", "write `{ generated-by = \"npm install\" }`"),
            ("generated", "write `{ generated-by = \"COMMAND\" }`"),
            ("additions only", "write `{ additions-by = [\"AGENT\"] }`, with all who may add"),
            ("a, b", "write `{ additions-by = [\"AGENT\"] }`, with all who may add"),
            ("nobody edits", "write `\"nobody\"`"),
            ("read-only", "write `\"nobody\"`"),
            ("agent-1 owns", "write `\"nobody\"`, or `{ owner = \"agent-1\" }`"),
            ("agent-1", "write `\"nobody\"`, or `{ owner = \"agent-1\" }`"),
            ("?", "write `\"nobody\"`, or `{ owner = \"AGENT\" }`"),
        ] {
            assert_eq!(shared_policy_of(text), help, "{text}");
        }
    }
}
