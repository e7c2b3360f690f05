//! Who may edit a path (design section 2.4).

use std::collections::BTreeMap;

use super::matcher::Matcher;
use super::model::{
    Agent, Contract, ContractFile, Mode, Permission, ScopeEntry, SharedEntry, SharedPolicy,
};
use super::pattern::Closeness;
use crate::name::AgentId;
use crate::path::RepoPath;

/// The entries of a contract, by the directories that they lie below.
#[derive(Debug, Clone)]
pub(super) struct Lookup {
    /// The number of the agent, and of the entry in its scope.
    scope: Matcher<(usize, usize)>,
    /// The same for each agent: most questions are about one, and how many others there are makes no
    /// difference to the answer.
    of_agents: BTreeMap<AgentId, Matcher<(usize, usize)>>,
    /// The number of the entry.
    shared: Matcher<usize>,
}

impl Lookup {
    pub(super) fn new<'a>(agents: &'a [Agent], shared: &[SharedEntry]) -> Self {
        let entries = |(agent, lane): (usize, &'a Agent)| {
            let entries = lane.scope.iter().enumerate();
            entries.map(move |(number, entry)| ((agent, number), &entry.pattern))
        };
        let scope = agents.iter().enumerate().flat_map(entries);
        let of_agents =
            agents.iter().enumerate().map(|lane| (lane.1.id.clone(), Matcher::new(entries(lane))));
        let shared = shared.iter().enumerate().map(|(number, entry)| (number, &entry.pattern));
        Self {
            scope: Matcher::new(scope),
            of_agents: of_agents.collect(),
            shared: Matcher::new(shared),
        }
    }
}

impl ScopeEntry {
    /// How closely the entry names a path; `None` when it does not hold it.
    fn closeness(&self, path: &RepoPath) -> Option<Closeness> {
        let closeness = self.pattern.closeness(path)?;
        (!self.except.iter().any(|except| except.matches(path))).then_some(closeness)
    }

    /// Whether a path is one of the entry's: matched, and not left out.
    pub fn holds(&self, path: &RepoPath) -> bool {
        self.closeness(path).is_some()
    }
}

impl SharedPolicy {
    /// How much is left to the lanes: of two entries that name a path equally closely the one
    /// with less counts.
    pub(super) fn leeway(&self) -> u8 {
        match self {
            Self::Nobody => 0,
            Self::AdditionsBy(_) => 1,
            Self::Owner(_) => 2,
            Self::GeneratedBy(_) => 3,
        }
    }
}

impl Contract {
    /// What the contract says about this agent and this path (design section 2.4).
    pub fn permission(&self, agent: &AgentId, path: &RepoPath) -> Permission<'_> {
        if ContractFile::of_path(path).is_some() {
            return Permission::ContractFile;
        }
        if let Some(entry) = self.governing_shared(path) {
            let line = entry.line;
            return match &entry.policy {
                SharedPolicy::Nobody => Permission::Frozen { line },
                SharedPolicy::GeneratedBy(_) => Permission::Granted { mode: Mode::Edit, line },
                SharedPolicy::Owner(owner) if owner == agent => {
                    Permission::Granted { mode: Mode::Edit, line }
                }
                SharedPolicy::Owner(owner) => {
                    Permission::Owned { by: std::slice::from_ref(owner), line }
                }
                SharedPolicy::AdditionsBy(agents) if agents.contains(agent) => {
                    Permission::Granted { mode: Mode::AdditionsOnly, line }
                }
                SharedPolicy::AdditionsBy(agents) => Permission::Owned { by: agents, line },
            };
        }
        let own = self.lookup.of_agents.get(agent);
        if let Some((_, entry)) = own.and_then(|own| self.governing_scope(own, path, |_| true)) {
            return Permission::Granted { mode: entry.mode, line: entry.line };
        }
        match self.governing_scope(&self.lookup.scope, path, |lane| !lane.withdrawn) {
            Some((lane, entry)) => Permission::OthersScope { owner: &lane.id, line: entry.line },
            None => Permission::Unlisted,
        }
    }

    /// Whether this agent may edit this path, in whatever mode.
    pub fn grants(&self, agent: &AgentId, path: &RepoPath) -> bool {
        matches!(self.permission(agent, path), Permission::Granted { .. })
    }

    /// Whether this agent may edit this path, and it is no other lane's own.
    pub fn keeps_to(&self, agent: &AgentId, path: &RepoPath) -> bool {
        self.own_lane(path).is_none_or(|owner| owner == agent) && self.grants(agent, path)
    }

    /// The agent, not withdrawn, of whose own paths this is one.
    pub fn own_lane(&self, path: &RepoPath) -> Option<&AgentId> {
        if ContractFile::of_path(path).is_some() {
            return None;
        }
        if let Some(entry) = self.governing_shared(path) {
            let SharedPolicy::Owner(owner) = &entry.policy else { return None };
            let withdrawn = self.agent(owner).is_some_and(|lane| lane.withdrawn);
            return Some(owner).filter(|_| !withdrawn);
        }
        let governing = self.governing_scope(&self.lookup.scope, path, |lane| !lane.withdrawn);
        governing.map(|(lane, _)| &lane.id)
    }

    /// Whether any lane may change it because it is made again at landing.
    pub fn is_generated(&self, path: &RepoPath) -> bool {
        self.generated_by(path).is_some()
    }

    /// The command that makes it again at landing. Foreign text.
    pub fn generated_by(&self, path: &RepoPath) -> Option<&str> {
        if ContractFile::of_path(path).is_some() {
            return None;
        }
        match &self.governing_shared(path)?.policy {
            SharedPolicy::GeneratedBy(command) => Some(command),
            _ => None,
        }
    }

    /// The shared entry that decides about a path: the closest, of equally close ones the
    /// strictest, of equally strict ones the first.
    pub fn governing_shared(&self, path: &RepoPath) -> Option<&SharedEntry> {
        self.lookup
            .shared
            .candidates(path)
            .filter_map(|number| {
                let entry = &self.shared[number];
                let rank = (entry.pattern.closeness(path)?, u8::MAX - entry.policy.leeway());
                Some((rank, std::cmp::Reverse(number), entry))
            })
            .max_by_key(|(rank, first, _)| (*rank, *first))
            .map(|(_, _, entry)| entry)
    }

    /// The scope entry that decides about a path among those of some agents: the closest, of
    /// equally close ones the strictest, of equally strict ones the first.
    fn governing_scope(
        &self,
        entries: &Matcher<(usize, usize)>,
        path: &RepoPath,
        of: impl Fn(&Agent) -> bool,
    ) -> Option<(&Agent, &ScopeEntry)> {
        entries
            .candidates(path)
            .filter(|(agent, _)| of(&self.agents[*agent]))
            .filter_map(|place| {
                let lane = &self.agents[place.0];
                let entry = &lane.scope[place.1];
                Some(((entry.closeness(path)?, entry.mode), std::cmp::Reverse(place), lane, entry))
            })
            .max_by_key(|(rank, first, ..)| (*rank, *first))
            .map(|(_, _, lane, entry)| (lane, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ContractFile, Problem, read};
    use super::*;

    fn contract(text: &str) -> Contract {
        let show = |problem: &Problem| format!("{}: {}", problem.line, problem.message);
        read(ContractFile::Toml, text.as_bytes())
            .unwrap_or_else(|found| panic!("{:#?}", found.iter().map(show).collect::<Vec<_>>()))
    }

    fn agent(name: &str) -> AgentId {
        AgentId::new(name).unwrap()
    }

    /// A permission in short.
    fn may(contract: &Contract, name: &str, path: &str) -> String {
        let path = RepoPath::new(path).unwrap();
        match contract.permission(&agent(name), &path) {
            Permission::ContractFile => "contract".into(),
            Permission::Granted { mode, .. } => mode.as_str().into(),
            Permission::Owned { by, .. } => format!("owned by {by:?}"),
            Permission::Frozen { .. } => "frozen".into(),
            Permission::OthersScope { owner, .. } => format!("scope of {owner}"),
            Permission::Unlisted => "unlisted".into(),
        }
    }

    fn own(contract: &Contract, path: &str) -> Option<String> {
        let path = RepoPath::new(path).unwrap();
        contract.own_lane(&path).map(ToString::to_string)
    }

    const WORKED_EXAMPLE: &str =
        include_str!("../../../fixtures/contracts/valid/worked-example.toml");
    const EVERY_KEY: &str = include_str!("../../../fixtures/contracts/valid/every-key.toml");

    #[test]
    fn the_worked_example_is_enforced() {
        let contract = contract(WORKED_EXAMPLE);
        for (name, path, what) in [
            ("agent-1", "src/api/uploads/index.ts", "edit"),
            ("agent-1", "src/api/router.ts", "additions-only"),
            ("agent-1", "src/db/schema.ts", "owned by [agent-2]"),
            ("agent-1", "src/db/migrations/1.sql", "scope of agent-2"),
            ("agent-1", "package.json", "edit"),
            ("agent-2", "package.json", "owned by [agent-1]"),
            ("agent-2", "tsconfig.json", "frozen"),
            ("agent-2", "src/db/schema.ts", "edit"),
            ("agent-3", "tests/uploads/a.test.ts", "edit"),
            ("agent-3", "src/index.ts", "unlisted"),
            ("agent-3", "docs/README.md", "unlisted"),
            ("agent-3", "CONTRACT.md", "contract"),
            ("agent-3", "contract.toml", "contract"),
            ("nobody-else", "src/index.ts", "unlisted"),
            ("nobody-else", "src/api/router.ts", "scope of agent-1"),
        ] {
            assert_eq!(may(&contract, name, path), what, "{name} {path}");
        }
        assert_eq!(own(&contract, "package.json").as_deref(), Some("agent-1"));
        assert_eq!(own(&contract, "tests/uploads/x").as_deref(), Some("agent-3"));
        assert_eq!(own(&contract, "README.md"), None);
        assert_eq!(own(&contract, "CONTRACT.md"), None);
    }

    #[test]
    fn every_key_of_the_format_is_read() {
        let contract = contract(EVERY_KEY);
        assert_eq!(contract.version(), 1);
        assert_eq!(contract.integrator().map(AgentId::as_str), Some("agent-9"));
        assert_eq!(may(&contract, "agent-3", "pnpm-lock.yaml"), "edit");
        assert_eq!(may(&contract, "agent-2", "CHANGELOG.md"), "additions-only");
        assert_eq!(may(&contract, "agent-3", "CHANGELOG.md"), "owned by [agent-1, agent-2]");
        assert_eq!(may(&contract, "agent-1", "src/lib/a.ts"), "edit");
        assert_eq!(may(&contract, "agent-1", "src/lib/legacy/a.ts"), "unlisted");
        assert!(contract.is_generated(&RepoPath::new("pnpm-lock.yaml").unwrap()));
        assert_eq!(own(&contract, "CHANGELOG.md"), None);
        assert_eq!(own(&contract, "pnpm-lock.yaml"), None);
        assert_eq!(contract.merge().suite.as_deref(), Some("npm test"));
        assert_eq!(contract.waivers()[0].because.as_ref(), "hot demo on Friday");
    }

    #[test]
    fn the_closest_entry_decides_and_a_tie_goes_to_the_stricter() {
        let contract = contract(
            r#"
            [agents.a]
            branch = "a"
            scope = ["src/**", { path = "src/log/**", mode = "create-only" }, "src/log/open.ts",
                     { path = "lib/**", mode = "no-delete" }, "lib/"]
            [shared]
            "src/shared/**" = "nobody"
            "src/shared/a.ts" = { owner = "a" }
            "src/shared/b*" = { generated-by = "make b" }
            "src/shared/b?.ts" = { additions-by = ["a"] }
            "#,
        );
        for (path, what) in [
            ("src/x", "edit"),
            ("src/log/1", "create-only"),
            ("src/log/open.ts", "edit"),
            ("lib/x", "no-delete"),
            ("src/shared/x", "frozen"),
            ("src/shared/a.ts", "edit"),
            ("src/shared/b.ts", "edit"),
            ("src/shared/b1.ts", "additions-only"),
        ] {
            assert_eq!(may(&contract, "a", path), what, "{path}");
        }
    }

    #[test]
    fn a_withdrawn_lane_owns_nothing() {
        let contract = contract(
            r#"
            [agents.a]
            branch = "a"
            scope = ["src/**"]
            withdrawn = true
            [agents.b]
            branch = "b"
            scope = ["lib/**"]
            [shared]
            "x" = { owner = "a" }
            "#,
        );
        assert_eq!(own(&contract, "src/x"), None);
        assert_eq!(own(&contract, "x"), None);
        assert_eq!(own(&contract, "lib/x").as_deref(), Some("b"));
        assert_eq!(may(&contract, "b", "src/x"), "unlisted");
        assert_eq!(may(&contract, "b", "x"), "owned by [a]");
    }

    fn before(contract: &Contract, name: &str) -> Vec<String> {
        contract.before(&agent(name)).into_iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_lands_before_what() {
        let agents: String = ["a", "b", "c", "d", "e"]
            .map(|name| format!("[agents.{name}]\nbranch = \"{name}\"\nscope = [\"{name}/**\"]\n"))
            .concat();
        let contract = contract(&format!(
            "{agents}
            [[merge-order]]
            agents = [\"b\"]
            [[merge-order]]
            agents = [\"a\", \"c\"]
            [[merge-order]]
            agents = [\"d\"]
            after = []
            [[merge-order]]
            agents = [\"e\"]
            after = [\"c\"]"
        ));
        assert_eq!(before(&contract, "b"), [""; 0]);
        assert_eq!(before(&contract, "a"), ["b"]);
        assert_eq!(before(&contract, "c"), ["b"]);
        assert_eq!(before(&contract, "d"), [""; 0]);
        // Whoever is after c is not after what lands beside c.
        assert_eq!(before(&contract, "e"), ["b", "c"]);
        assert_eq!(contract.order_line(&agent("d")), Some(22));
    }

    #[test]
    fn an_order_is_waived_for_one_agent_and_everywhere() {
        let waivers =
            [("merge-order", "a", ""), ("out-of-scope", "b", ""), ("merge-order", "c", "c/x")];
        let text = waivers.map(|(rule, name, path)| {
            let path = if path.is_empty() { String::new() } else { format!("path = \"{path}\"\n") };
            format!(
                "[agents.{name}]\nbranch = \"{name}\"\nscope = [\"{name}/**\"]\n
                 [[waivers]]\nrule = \"{rule}\"\nagent = \"{name}\"\n{path}because = \"x\"\n"
            )
        });
        let contract = contract(&text.concat());
        let waived = ["a", "b", "c"].map(|name| contract.order_is_waived(&agent(name)));
        assert_eq!(waived, [true, false, false]);
    }

    #[test]
    fn a_new_version_that_changes_nothing_for_a_lane() {
        let old = contract(WORKED_EXAMPLE);
        let change = |from: &str, to: &str| {
            assert!(WORKED_EXAMPLE.contains(from));
            contract(&WORKED_EXAMPLE.replace(from, to))
        };
        let a = agent("agent-1");
        assert!(change("feature/uploads", "x").concerns(&old, &a).is_empty());
        assert!(change("tests/uploads/**", "tests/up/**").concerns(&old, &a).is_empty());
        let new = change("src/api/uploads/**", "src/api/up/**");
        assert_eq!(
            new.concerns(&old, &a),
            ["the scope of this lane: no longer src/api/uploads/** (edit); src/api/up/** (edit)"]
        );
        assert_eq!(change("\"tsconfig.json\"", "\"x\"").concerns(&old, &a).len(), 1);
        assert_eq!(change("201", "200").concerns(&old, &a).len(), 1);
        assert!(Contract::absent().agents().is_empty());
    }
}
