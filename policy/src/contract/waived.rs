//! Waivers that can never apply: of a rule that says nothing of their paths, or of an agent of whom it
//! says nothing. Warns alone, and of what is certain: a search that is given up warns of nothing.

use super::lint::warning;
use super::model::{Agent, Contract, Mode, SharedEntry, SharedPolicy, Waiver};
use super::narrowing::Narrowing;
use super::pattern::Pattern;
use super::problem::Problem;
use super::source::Shown;

/// The warnings, one for each waiver.
pub(super) fn without_effect(contract: &Contract) -> Vec<Problem> {
    let mut search = Search { contract, narrowing: Narrowing::new() };
    let mut found = Vec::new();
    for waiver in contract.waivers() {
        if let Some((why, help)) = search.why_dead(waiver) {
            let message = format!("this waives nothing: {why}");
            let part = &*waiver.rule;
            let code = "waiver-without-effect";
            found.push(warning(contract, code, waiver.line, part, message, help.to_owned()));
        }
    }
    found
}

const OTHER_RULE: &str = "name the rule that refuses this path (`contract-gate explain` lists them), or take the \
                          waiver out";
const OTHER_PATH: &str = "look at the spelling of the path, or take the waiver out";

struct Search<'c> {
    contract: &'c Contract,
    narrowing: Narrowing,
}

type Why = (String, &'static str);

impl Search<'_> {
    fn why_dead(&mut self, waiver: &Waiver) -> Option<Why> {
        let contract = self.contract;
        let id = &waiver.agent;
        let Some(agent) = contract.agent(id) else {
            return Some((
                format!("{id} has no lane of its own"),
                "name the agent whose lane it is",
            ));
        };
        if agent.withdrawn {
            let why = format!("{id} is withdrawn, and its lane neither moves nor lands");
            return Some((why, "take the waiver out"));
        }
        let path = waiver.path.as_ref();
        let of_path =
            || path.map_or("any path".to_owned(), |path| Shown(path.as_str()).to_string());
        match &*waiver.rule {
            "merge-order" if contract.before(id).is_empty() => {
                Some((format!("no lane lands before {id}"), "take the waiver out"))
            }
            "out-of-scope" => self.why_in_scope(agent, path?),
            "shared-frozen" => {
                let is_frozen = |entry: &SharedEntry| entry.policy == SharedPolicy::Nobody;
                let is_met = self.meets_shared(path, is_frozen);
                let why = || format!("no shared entry says that nobody edits {}", of_path());
                (!is_met).then(|| (why(), if path.is_some() { OTHER_RULE } else { OTHER_PATH }))
            }
            "shared-owned" => {
                let is_others = |entry: &SharedEntry| match &entry.policy {
                    SharedPolicy::Owner(owner) => owner != id,
                    SharedPolicy::AdditionsBy(agents) => !agents.contains(id),
                    SharedPolicy::Nobody | SharedPolicy::GeneratedBy(_) => false,
                };
                let is_met = self.meets_shared(path, is_others);
                let why = || format!("no shared entry gives {} to others than {id}", of_path());
                (!is_met).then(|| (why(), OTHER_RULE))
            }
            "additions-only" => self.why_in_no_mode(agent, path, Mode::AdditionsOnly),
            "create-only" => self.why_in_no_mode(agent, path, Mode::CreateOnly),
            "no-delete" => self.why_in_no_mode(agent, path, Mode::NoDelete),
            _ => None,
        }
    }

    /// Why a path is never out of an agent's scope.
    fn why_in_scope(&mut self, agent: &Agent, path: &Pattern) -> Option<Why> {
        let contract = self.contract;
        for entry in contract.shared() {
            if self.narrowing.holds(&entry.pattern, path) {
                let (path, shared) = (Shown(path.as_str()), Shown(entry.pattern.as_str()));
                let why = if path.to_string() == shared.to_string() {
                    format!("{path} is shared, and no shared path is out of a scope")
                } else {
                    format!("{path} is shared by {shared}, and no shared path is out of a scope")
                };
                return Some((why, OTHER_RULE));
            }
        }
        for entry in &agent.scope {
            let is_whole = entry.except.is_empty() && self.narrowing.holds(&entry.pattern, path);
            if is_whole {
                let (path, line) = (Shown(path.as_str()), entry.line);
                let why = format!("{path} is in the scope of {} by line {line}", agent.id);
                return Some((why, OTHER_RULE));
            }
        }
        None
    }

    fn why_in_no_mode(&mut self, agent: &Agent, path: Option<&Pattern>, mode: Mode) -> Option<Why> {
        let adds = |entry: &SharedEntry| match &entry.policy {
            SharedPolicy::AdditionsBy(agents) => agents.contains(&agent.id),
            _ => false,
        };
        let is_met =
            agent.scope.iter().any(|entry| entry.mode == mode && self.meets(path, &entry.pattern))
                || mode == Mode::AdditionsOnly && self.meets_shared(path, adds);
        if is_met {
            return None;
        }
        let what = path
            .map_or("no path".to_owned(), |path| format!("nothing of {}", Shown(path.as_str())));
        Some((format!("{} has {what} in that mode", agent.id), OTHER_PATH))
    }

    fn meets_shared(&mut self, path: Option<&Pattern>, is: impl Fn(&SharedEntry) -> bool) -> bool {
        let contract = self.contract;
        contract.shared().iter().any(|entry| is(entry) && self.meets(path, &entry.pattern))
    }

    fn meets(&mut self, path: Option<&Pattern>, entry: &Pattern) -> bool {
        path.is_none_or(|path| self.narrowing.meet(path, entry).unwrap_or(true))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ContractFile, read};
    use super::*;

    /// What is said of a waiver of this rule for this agent, and of this path where there is one.
    fn told(rule: &str, agent: &str, path: &str) -> Vec<String> {
        let path = if path.is_empty() { String::new() } else { format!("path = \"{path}\"\n") };
        let text = format!(
            r#"integrator = "i"
[agents.a]
branch = "a"
scope = ["a/", {{ path = "log/*.md", mode = "additions-only" }}, {{ path = "part/", except = ["part/not/"] }}]
[agents.b]
branch = "b"
scope = ["b/", {{ path = "new/", mode = "create-only" }}, {{ path = "t/", mode = "no-delete" }}]
[agents.gone]
branch = "gone"
withdrawn = true
[shared]
"x.json" = "nobody"
"y.json" = {{ owner = "a" }}
"z.md" = {{ additions-by = ["a"] }}
"lock/**" = {{ generated-by = "make" }}
[[merge-order]]
agents = ["a", "gone"]
[[merge-order]]
agents = ["b"]
[[waivers]]
rule = "{rule}"
agent = "{agent}"
{path}because = "x"
"#
        );
        let contract = read(ContractFile::Toml, text.as_bytes());
        let contract = contract.unwrap_or_else(|found| panic!("{found:#?}"));
        let found = without_effect(&contract);
        let told = |one: &Problem| {
            assert_eq!(one.code, "waiver-without-effect");
            one.message.strip_prefix("this waives nothing: ").unwrap().to_owned()
        };
        found.iter().map(told).collect()
    }

    #[test]
    fn a_waiver_that_can_never_apply_is_told() {
        for (rule, agent, path, why) in [
            (
                "out-of-scope",
                "a",
                "x.json",
                "`x.json` is shared, and no shared path is out of a scope",
            ),
            (
                "out-of-scope",
                "a",
                "lock/a",
                "`lock/a` is shared by `lock/**`, and no shared path is out of a scope",
            ),
            ("out-of-scope", "a", "a/b/**", "`a/b/**` is in the scope of a by line 4"),
            ("out-of-scope", "i", "docs/", "i has no lane of its own"),
            (
                "out-of-scope",
                "gone",
                "docs/",
                "gone is withdrawn, and its lane neither moves nor lands",
            ),
            ("shared-frozen", "a", "b/**", "no shared entry says that nobody edits `b/**`"),
            ("shared-frozen", "a", "y.json", "no shared entry says that nobody edits `y.json`"),
            ("shared-owned", "a", "", "no shared entry gives any path to others than a"),
            ("shared-owned", "a", "z.md", "no shared entry gives `z.md` to others than a"),
            ("shared-owned", "b", "b/**", "no shared entry gives `b/**` to others than b"),
            ("additions-only", "b", "", "b has no path in that mode"),
            ("additions-only", "a", "a/**", "a has nothing of `a/**` in that mode"),
            ("create-only", "b", "t/", "b has nothing of `t/` in that mode"),
            ("no-delete", "a", "", "a has no path in that mode"),
            ("merge-order", "a", "", "no lane lands before a"),
        ] {
            assert_eq!(told(rule, agent, path), [why], "{rule} {agent} {path}");
        }
    }

    #[test]
    fn a_waiver_that_may_apply_is_not() {
        for (rule, agent, path) in [
            ("out-of-scope", "a", ""),
            ("out-of-scope", "a", "b/**"),
            ("out-of-scope", "a", "*.json"),
            ("out-of-scope", "a", "part/**"),
            ("out-of-scope", "a", "**"),
            ("shared-frozen", "a", ""),
            ("shared-frozen", "a", "*.json"),
            ("shared-owned", "b", ""),
            ("shared-owned", "b", "z.md"),
            ("additions-only", "a", "z.md"),
            ("additions-only", "a", "log/1.md"),
            ("create-only", "b", "new/x"),
            ("no-delete", "b", ""),
            ("merge-order", "b", ""),
            ("path-hazard", "a", "a/sub"),
            ("stale-contract", "a", ""),
            ("carries-unlanded", "a", ""),
        ] {
            assert_eq!(told(rule, agent, path), [""; 0], "{rule} {agent} {path}");
        }
    }
}
