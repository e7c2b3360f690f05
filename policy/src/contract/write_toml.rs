//! The contract as TOML. Reading it back gives the same contract.

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

use super::model::{
    Agent, Contract, MergeSettings, MergeStrategy, Mode, OrderStep, Policy, Promise, ScopeEntry,
    SharedEntry, SharedPolicy, TrunkSteps, UnlistedBranches, Waiver,
};
use super::pattern::Pattern;
use crate::name::AgentId;

impl Contract {
    /// The contract in TOML. Keys with their default value are left out.
    pub fn to_toml(&self) -> String {
        let mut document = DocumentMut::new();
        document.insert("format", value(1));
        set(&mut document, "name", self.name.as_deref());
        if self.version != 1 {
            // Versions beyond the range of TOML's integers are refused by validation.
            document.insert("version", value(i64::try_from(self.version).unwrap_or(i64::MAX)));
        }
        set(&mut document, "trunk", self.trunk.as_deref());
        set(&mut document, "objective", self.objective.as_deref());
        set(&mut document, "integrator", self.integrator.as_ref().map(AgentId::as_str));
        let mut agents = Table::new();
        agents.set_implicit(true);
        for lane in &self.agents {
            agents.insert(lane.id.as_str(), Item::Table(agent(lane)));
        }
        document.insert("agents", Item::Table(agents));
        if !self.shared.is_empty() {
            let mut shared = Table::new();
            for entry in &self.shared {
                shared.insert(entry.pattern.as_str(), Item::Value(share(entry)));
            }
            document.insert("shared", Item::Table(shared));
        }
        list(&mut document, "merge-order", self.order.iter().map(step));
        let merge = merge(&self.merge);
        if !merge.is_empty() {
            document.insert("merge", Item::Table(merge));
        }
        list(&mut document, "waivers", self.waivers.iter().map(waiver));
        let policy = policy(&self.policy);
        if !policy.is_empty() {
            document.insert("policy", Item::Table(policy));
        }
        document.to_string()
    }
}

fn set(table: &mut Table, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        table.insert(key, Item::Value(written(text)));
    }
}

/// A text as a value. TOML lets characters stand that cannot be seen; here they are escaped, so that
/// a converted contract can be looked at.
fn written(text: &str) -> Value {
    let unseen = |c: char| c.is_control() || crate::text::is_invisible(c);
    if !text.contains(unseen) {
        return text.into();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if unseen(c) => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted.parse().unwrap_or_else(|_| text.into())
}

fn list(document: &mut DocumentMut, key: &str, tables: impl Iterator<Item = Table>) {
    let tables: ArrayOfTables = tables.collect();
    if !tables.is_empty() {
        document.insert(key, Item::ArrayOfTables(tables));
    }
}

fn agent(lane: &Agent) -> Table {
    let mut table = Table::new();
    set(&mut table, "branch", Some(&lane.branch));
    set(&mut table, "worktree", lane.worktree.as_deref());
    set(&mut table, "identity", lane.identity.as_deref());
    let scope: Array = lane.scope.iter().map(scope).collect();
    if !scope.is_empty() {
        table.insert("scope", value(one_a_line(scope)));
    }
    let promises: Array = lane.promises.iter().map(promise).collect();
    if !promises.is_empty() {
        table.insert("promises", value(one_a_line(promises)));
    }
    if lane.withdrawn {
        table.insert("withdrawn", value(true));
    }
    if !lane.new_surface {
        table.insert("new-surface", value(false));
    }
    table
}

/// Lists of more than one are easier to read, and to compare, with one element a line.
fn one_a_line(mut array: Array) -> Array {
    if array.len() > 1 {
        for element in array.iter_mut() {
            element.decor_mut().set_prefix("\n    ");
        }
        array.set_trailing_comma(true);
        array.set_trailing("\n");
    }
    array
}

fn scope(entry: &ScopeEntry) -> Value {
    if entry.except.is_empty() && entry.mode == Mode::Edit {
        return entry.pattern.as_str().into();
    }
    let mut table = InlineTable::new();
    table.insert("path", entry.pattern.as_str().into());
    if entry.mode != Mode::Edit {
        table.insert("mode", entry.mode.as_str().into());
    }
    if !entry.except.is_empty() {
        table.insert("except", texts(entry.except.iter().map(Pattern::as_str)).into());
    }
    table.into()
}

fn promise(promise: &Promise) -> Value {
    if promise.relied_on_by.is_empty() {
        return written(&promise.text);
    }
    let mut table = InlineTable::new();
    table.insert("text", written(&promise.text));
    table.insert("relied-on-by", names(&promise.relied_on_by).into());
    table.into()
}

fn texts<'t>(texts: impl Iterator<Item = &'t str>) -> Array {
    texts.collect()
}

fn names(agents: &[AgentId]) -> Array {
    texts(agents.iter().map(AgentId::as_str))
}

fn share(entry: &SharedEntry) -> Value {
    let mut table = InlineTable::new();
    match &entry.policy {
        SharedPolicy::Nobody if entry.note.is_none() => return "nobody".into(),
        SharedPolicy::Nobody => table.insert("owner", "nobody".into()),
        SharedPolicy::Owner(owner) => table.insert("owner", owner.as_str().into()),
        SharedPolicy::AdditionsBy(agents) => table.insert("additions-by", names(agents).into()),
        SharedPolicy::GeneratedBy(command) => table.insert("generated-by", written(command)),
    };
    if let Some(note) = &entry.note {
        table.insert("note", written(note));
    }
    table.into()
}

fn step(step: &OrderStep) -> Table {
    let mut table = Table::new();
    table.insert("agents", value(names(&step.agents)));
    if let Some(after) = &step.after {
        table.insert("after", value(names(after)));
    }
    set(&mut table, "because", step.because.as_deref());
    table
}

fn merge(merge: &MergeSettings) -> Table {
    let mut table = Table::new();
    set(&mut table, "suite", merge.suite.as_deref());
    set(&mut table, "setup", merge.setup.as_deref());
    set(&mut table, "timeout", merge.timeout.as_deref());
    if merge.strategy != MergeStrategy::default() {
        set(&mut table, "strategy", Some(super::keys::word(merge.strategy)));
    }
    table
}

fn waiver(waiver: &Waiver) -> Table {
    let mut table = Table::new();
    table.insert("rule", value(&*waiver.rule));
    table.insert("agent", value(waiver.agent.as_str()));
    set(&mut table, "path", waiver.path.as_ref().map(Pattern::as_str));
    set(&mut table, "because", Some(&waiver.because));
    table
}

fn policy(policy: &Policy) -> Table {
    let mut table = Table::new();
    if policy.unlisted_branches != UnlistedBranches::default() {
        set(&mut table, "unlisted-branches", Some(super::keys::word(policy.unlisted_branches)));
    }
    set(&mut table, "agent-branches", policy.agent_branches.as_ref().map(Pattern::as_str));
    if policy.trunk_steps != TrunkSteps::default() {
        set(&mut table, "trunk-steps", Some(super::keys::word(policy.trunk_steps)));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        for (text, shown) in [
            ("a \"b\"", r#"'a "b"'"#),
            ("a\u{202e}b", r#""a\U0000202Eb""#),
            ("a\u{7}b", r#""a\U00000007b""#),
            ("\u{feff}\"\\", r#""\U0000FEFF\"\\""#),
        ] {
            let value = written(text);
            assert_eq!(value.to_string(), shown);
            assert_eq!(value.as_str(), Some(text));
        }
    }
}
