//! A table of cases: `fixtures/policies/<code>.toml`, read into contracts and attempts.
//!
//! A row says as little as it can. What it leaves out is what a quiet repository would say: a
//! human, at `check`, nothing changed, nothing stale, every agent of the contract unlanded.

use std::collections::BTreeMap;

use policy::attempt::{
    Actor, Amendment, AmendmentResult, Attempt, Beside, Carried, CheckedOut, Checkpoint, Entering,
    EntryEvidence, LaneState, LaneWork, LocalIdentity, Pusher, Stale, Subject, Tracked, TrunkStep,
};
use policy::change::{
    Change, ChangeKind, CommitRef, Entry, EntryMode, Hazard, Instead, LeadsTo, LeftBehind, Lines,
    TakenAway,
};
use policy::contract::{Contract, ContractFile, Problem};
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::verdict::{Severity, Verdict};
use serde::Deserialize;

/// One file of fixtures.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The contract of every row that names no other.
    pub contract: String,
    /// Further contracts, by the name that a row's `under` gives.
    #[serde(default)]
    pub contracts: BTreeMap<String, String>,
    /// The cases.
    pub row: Vec<Row>,
}

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Row {
    /// What it shows, in a sentence.
    pub name: String,
    /// Which of the further contracts governs.
    under: Option<String>,
    /// Where: a checkpoint, or `landing` for `check --landing`.
    #[serde(default = "at_check")]
    at: String,
    /// Who: `human`, an agent in its worktree, `pusher NAME`, `dispatcher NAME`, `anybody`; or what
    /// is known of somebody at this machine.
    #[serde(default = "by_human")]
    by: By,
    /// The lane whose work it is.
    lane: Option<String>,
    /// Whether the lane moves; by default everywhere but at `check`.
    moves: Option<bool>,
    /// Whether its branch goes on to a state that has landed.
    #[serde(default)]
    follows_landing: bool,
    /// Whether the trunk is pushed along.
    #[serde(default)]
    with_trunk: bool,
    /// What landing the lane would change.
    #[serde(default)]
    changes: Vec<Changed>,
    /// Commits of other lanes in it.
    #[serde(default)]
    carried: Vec<CarriedFrom>,
    /// Set when it works under an old version of the contract.
    stale: Option<StaleFrom>,
    /// Directories that are new with what is in them.
    #[serde(default)]
    new_directories: Vec<String>,
    /// Changed paths that the contract gave the lane when it was sent out.
    #[serde(default)]
    taken: Vec<String>,
    /// Those of them that the trunk has moved.
    #[serde(default)]
    moved: Vec<String>,
    /// New files that git leaves behind where the trunk has moved their directory.
    #[serde(default)]
    left: Vec<Left>,
    /// What undoing a whole directory would undo besides, where that is known.
    beside: Option<Vec<String>>,
    /// Untracked files in its worktree.
    #[serde(default)]
    untracked: Vec<String>,
    /// The lane before it moved.
    before: Option<State>,
    /// A step of the trunk.
    trunk: Option<Step>,
    /// The trunk is `moved` back, or `deleted`; `, published` when its upstream has what it loses.
    rewound: Option<String>,
    /// A lane's branch is deleted.
    deleted: Option<Deleted>,
    /// The short name of a branch in no lane that is worked on.
    unlisted: Option<String>,
    /// A ref becomes symbolic.
    symbolic: Option<Symbolic>,
    /// A ref below refs/replace/ is made.
    #[serde(default)]
    replacement: bool,
    /// All that is found, in order: see [`rendered`].
    pub expect: Vec<String>,
}

fn at_check() -> String {
    "check".into()
}

fn by_human() -> By {
    By::Named("human".into())
}

#[derive(Deserialize)]
#[serde(untagged)]
enum By {
    Named(String),
    Local { claimed: Option<String>, worktree: Option<String>, branch: Option<String> },
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct State {
    changes: Vec<Changed>,
    carried: Vec<CarriedFrom>,
    stale: Option<StaleFrom>,
}

/// A change: a letter and a path, such as `M src/a.rs`, or a table. The letters: `A` added, `M`
/// modified, `D` deleted, `X` the executable bit, `K` a file that became a link, `S` a submodule
/// that moves, `S+` one that comes, `S-` one that goes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Changed {
    Short(String),
    #[serde(rename_all = "kebab-case")]
    Long {
        is: String,
        /// `kept`, `lost N: TEXT` or `unknown: REASON`
        lines: Option<String>,
        folds: Option<String>,
        link: Option<String>,
        /// What the link leads to: `file`, `directory`, or else neither.
        to: Option<String>,
        #[serde(default)]
        git_directory: bool,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarriedFrom {
    lane: String,
    #[serde(default = "one")]
    count: usize,
    #[serde(default = "first_commit")]
    commit: u8,
    #[serde(default)]
    paths: Vec<String>,
}

fn one() -> usize {
    1
}

fn first_commit() -> u8 {
    0xca
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaleFrom {
    has: u64,
    current: u64,
    #[serde(default)]
    concerns: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Step {
    /// What changes beside what the entering lanes change.
    changes: Vec<Changed>,
    entering: Vec<Enters>,
    /// By default every agent that is not withdrawn.
    unlanded: Option<Vec<String>>,
    /// By default what no entering lane changes.
    unexplained: Option<Vec<String>>,
    conflicted: Vec<(String, String)>,
    /// By path, what the lane calls it.
    followed: BTreeMap<String, String>,
    /// The lane that it lands and nothing else.
    lands: Option<String>,
    reverts: bool,
    joins: bool,
    /// It brings a commit in that has a contract of its own.
    foreign_contract: bool,
    published: bool,
    /// Tracking refs that hold the branches of lanes that do not enter, by agent.
    tracked: BTreeMap<String, String>,
    /// Other worktrees, by branch.
    checked_out: BTreeMap<String, String>,
    amends: Option<Amends>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enters {
    lane: String,
    /// The path whose content shows it; a commit shows it otherwise.
    content: Option<String>,
    /// Nothing shows it but that all its changes are there.
    #[serde(default)]
    landed: bool,
    #[serde(default)]
    waits: Vec<String>,
    #[serde(default)]
    idle: Vec<String>,
    #[serde(default)]
    by_paths_alone: bool,
    #[serde(default)]
    taken_back: Vec<String>,
    /// Those whose branches are pushed along.
    #[serde(default)]
    along: Vec<String>,
    /// Tracking refs that hold their branches, by agent.
    #[serde(default)]
    tracked: BTreeMap<String, String>,
    /// Those of them that are looked up there.
    #[serde(default)]
    looked_up: Vec<String>,
    #[serde(default)]
    changes: Vec<Changed>,
    #[serde(default)]
    carried: Vec<CarriedFrom>,
    stale: Option<StaleFrom>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Amends {
    files: Vec<String>,
    /// The errors of the contract that the step leaves.
    #[serde(default)]
    errors: Vec<String>,
    #[serde(default)]
    removed: bool,
    #[serde(default)]
    twice: bool,
    #[serde(default)]
    first: bool,
    /// Whether it merges commits that change something else.
    #[serde(default)]
    merges: bool,
    /// Whether the upstream has that contract already.
    #[serde(default)]
    upstream: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Deleted {
    lane: String,
    #[serde(default)]
    own_commits: bool,
    #[serde(default)]
    landed: bool,
    #[serde(default)]
    beside_landing: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Symbolic {
    lane: Option<String>,
    target: String,
}

impl Table {
    /// Reads a table; panics with what is wrong with it.
    pub fn read(text: &str) -> Self {
        toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The contract that governs a row.
    pub fn contract_of(&self, row: &Row) -> Contract {
        let text = match &row.under {
            Some(name) => self.contracts.get(name).unwrap_or_else(|| panic!("no contract {name}")),
            None => &self.contract,
        };
        if text == "none" { Contract::absent() } else { contract(text) }
    }
}

/// Reads a contract that has to be valid.
pub fn contract(text: &str) -> Contract {
    let says = |problem: &Problem| format!("{}: {}", problem.line, problem.message);
    policy::contract::read(ContractFile::Toml, text.as_bytes())
        .unwrap_or_else(|all| panic!("{:#?}", all.iter().map(says).collect::<Vec<_>>()))
}

impl Row {
    /// The attempt that the row describes.
    pub fn attempt(&self, contract: &Contract) -> Attempt {
        let checkpoint = checkpoint(&self.at);
        let subject = self.subject(contract, checkpoint);
        let reference = match &subject {
            Subject::Lane(work) => branch_of(contract, &work.lane),
            Subject::LaneDeleted { lane, .. } => branch_of(contract, lane),
            Subject::MadeSymbolic { lane: Some(lane), .. } => branch_of(contract, lane),
            Subject::TrunkStep(_)
            | Subject::TrunkRewound { .. }
            | Subject::MadeSymbolic { lane: None, .. } => Some(RefName::branch("main")),
            Subject::UnlistedBranch { .. } => self.unlisted.as_deref().map(RefName::branch),
            Subject::Replacement => Some(RefName::new(format!("refs/replace/{}", id(1)))),
            Subject::Nothing => None,
        };
        let trunk = Some(RefName::branch("main"));
        Attempt { checkpoint, actor: self.by.actor(), reference, trunk, subject }
    }

    fn subject(&self, contract: &Contract, checkpoint: Checkpoint) -> Subject {
        if let Some(lane) = &self.lane {
            let at_check = matches!(checkpoint, Checkpoint::Check | Checkpoint::CheckLanding);
            let taken = self.taken.iter().map(|p| (path(p), TakenAway::InPlace));
            let moved = self.moved.iter().map(|p| (path(p), TakenAway::Moved));
            let left = self.left.iter().map(|left| (path(&left.path), left.read()));
            return Subject::Lane(Box::new(LaneWork {
                lane: agent(lane),
                moves: self.moves.unwrap_or(!at_check),
                follows_landing: self.follows_landing,
                with_trunk: self.with_trunk,
                state: LaneState {
                    new_directories: self.new_directories.iter().map(|p| path(p)).collect(),
                    beside: self.beside.as_ref().map(|paths| Beside {
                        source: id(0x4b),
                        paths: paths.iter().map(|p| path(p)).collect(),
                    }),
                    taken_away: taken.chain(moved).chain(left).collect(),
                    ..state(&self.changes, &self.carried, &self.stale, &self.untracked)
                },
                before: self.before.as_ref().map(|b| state(&b.changes, &b.carried, &b.stale, &[])),
            }));
        }
        if let Some(step) = &self.trunk {
            return Subject::TrunkStep(Box::new(step.read(contract)));
        }
        if let Some(how) = &self.rewound {
            let to = how.starts_with("moved").then(|| id(2));
            let published = how.ends_with(", published");
            return Subject::TrunkRewound { from: id(1), to, published };
        }
        if let Some(deleted) = &self.deleted {
            let Deleted { own_commits, landed, beside_landing, .. } = *deleted;
            let lane = agent(&deleted.lane);
            return Subject::LaneDeleted { lane, tip: id(3), own_commits, landed, beside_landing };
        }
        if self.unlisted.is_some() {
            return Subject::UnlistedBranch { tip: Some(commit(4)) };
        }
        if let Some(symbolic) = &self.symbolic {
            let lane = symbolic.lane.as_deref().map(agent);
            return Subject::MadeSymbolic { target: RefName::branch(&symbolic.target), lane };
        }
        if self.replacement { Subject::Replacement } else { Subject::Nothing }
    }
}

impl By {
    fn actor(&self) -> Actor {
        let name = match self {
            Self::Local { claimed, worktree, branch } => {
                return Actor::Local(LocalIdentity {
                    claimed: claimed.clone(),
                    worktree: worktree.as_deref().map(agent),
                    branch: branch.as_deref().map(agent),
                });
            }
            Self::Named(name) => name.as_str(),
        };
        let pusher = |name: &str, dispatcher| {
            Actor::Pusher(Pusher::Named { name: name.to_owned(), dispatcher })
        };
        match name.split_once(' ') {
            Some(("pusher", name)) => pusher(name, false),
            Some(("dispatcher", name)) => pusher(name, true),
            Some(_) => panic!("nobody is called {name}"),
            None if name == "anybody" => Actor::Pusher(Pusher::Anybody),
            None if name == "human" => Actor::Local(LocalIdentity::default()),
            None => Actor::Local(LocalIdentity {
                worktree: Some(agent(name)),
                ..LocalIdentity::default()
            }),
        }
    }
}

fn state(
    changes: &[Changed],
    carried: &[CarriedFrom],
    stale: &Option<StaleFrom>,
    untracked: &[String],
) -> LaneState {
    LaneState {
        changes: changes.iter().map(Changed::read).collect(),
        carried: carried.iter().map(CarriedFrom::read).collect(),
        stale: stale.as_ref().map(StaleFrom::read),
        untracked: untracked.iter().map(|p| path(p)).collect(),
        ..LaneState::default()
    }
}

impl Changed {
    fn read(&self) -> Change {
        let (is, lines_are, hazards) = match self {
            Self::Short(is) => (is, None, Vec::new()),
            Self::Long { is, lines, folds, link, to, git_directory } => {
                let folds = folds.iter().map(|onto| Hazard::Folds { onto: path(onto) });
                let leads_to = match to.as_deref() {
                    None => LeadsTo::Unknown,
                    Some("file") => LeadsTo::File,
                    Some("directory") => LeadsTo::Directory,
                    Some(other) => panic!("no link leads to a {other}"),
                };
                let target = |link: &String| link.clone().into_bytes();
                let links = link.iter().map(|link| Hazard::Link { target: target(link), leads_to });
                let git = git_directory.then_some(Hazard::GitDirectory);
                (is, lines.as_deref(), folds.chain(links).chain(git).collect())
            }
        };
        let (letter, name) = is.split_once(' ').expect("a change is a letter and a path");
        let entry = |mode, number| Some(Entry { mode, id: id(number) });
        let links = hazards.iter().any(|hazard| matches!(hazard, Hazard::Link { .. }));
        let plain = if links { EntryMode::Symlink } else { EntryMode::File };
        let (old, new) = match letter {
            "A" => (None, entry(plain, 0x20)),
            "M" => (entry(plain, 0x10), entry(plain, 0x20)),
            "D" => (entry(plain, 0x10), None),
            "X" => (entry(EntryMode::File, 0x10), entry(EntryMode::Executable, 0x10)),
            "K" => (entry(EntryMode::File, 0x10), entry(EntryMode::Symlink, 0x20)),
            "S" => (entry(EntryMode::Submodule, 0x10), entry(EntryMode::Submodule, 0x20)),
            "S+" => (None, entry(EntryMode::Submodule, 0x20)),
            "S-" => (entry(EntryMode::Submodule, 0x10), None),
            _ => panic!("no change is called {letter}"),
        };
        Change {
            path: path(name),
            kind: ChangeKind::between(old, new).expect("something changes"),
            old,
            new,
            lines: lines_are.map_or(Lines::NotRead, lines),
            hazards,
            commit: Some(commit(0x5e)),
            came_by_merge: false,
            undo_from: old.map(|_| id(0x4b)),
        }
    }
}

fn lines(text: &str) -> Lines {
    match text.split_once(": ") {
        None if text == "kept" => Lines::Kept,
        Some(("unknown", reason)) => Lines::Unknown(reason.to_owned()),
        Some((lost, text)) => {
            let lost = lost.strip_prefix("lost ").expect("lost N: TEXT");
            let (line, instead) = lost.split_once(' ').unwrap_or((lost, "nothing"));
            let instead = match instead {
                "nothing" => Instead::Nothing,
                "without cr" => Instead::WithoutCr,
                "with cr" => Instead::WithCr,
                "unmarked" => Instead::Unmarked,
                "with comma" => Instead::WithComma,
                "marked" => Instead::Marked,
                other => panic!("nothing is there {other}"),
            };
            let line = line.parse().expect("lost N: TEXT");
            Lines::Lost { line, text: text.to_owned(), instead }
        }
        None => panic!("lines are never {text}"),
    }
}

impl CarriedFrom {
    fn read(&self) -> Carried {
        Carried {
            lane: agent(&self.lane),
            commit: commit(self.commit),
            count: self.count,
            paths: self.paths.iter().map(|p| path(p)).collect(),
        }
    }
}

impl StaleFrom {
    fn read(&self) -> Stale {
        Stale { has: self.has, current: self.current, concerns: self.concerns.clone() }
    }
}

impl Step {
    fn read(&self, contract: &Contract) -> TrunkStep {
        let entering: Vec<_> = self.entering.iter().map(Enters::read).collect();
        let brought_in = entering.iter().flat_map(|entering| entering.changes.iter().cloned());
        let own = self.changes.iter().map(Changed::read);
        let changes: BTreeMap<_, _> =
            brought_in.clone().chain(own).map(|change| (change.path.clone(), change)).collect();
        let unexplained = match &self.unexplained {
            Some(paths) => paths.iter().map(|p| path(p)).collect(),
            None => {
                let brought_in: Vec<_> = brought_in.map(|change| change.path).collect();
                changes.keys().filter(|path| !brought_in.contains(path)).cloned().collect()
            }
        };
        let unlanded = match &self.unlanded {
            Some(agents) => agents.iter().map(|name| agent(name)).collect(),
            None => {
                let going = contract.agents().iter().filter(|agent| !agent.withdrawn);
                going.map(|agent| agent.id.clone()).collect()
            }
        };
        let conflicted = self.conflicted.iter().map(|(p, lane)| (path(p), agent(lane))).collect();
        TrunkStep {
            from: Some(id(1)),
            to: Some(commit(2)),
            changes: changes.into_values().collect(),
            amendment: self.amends.as_ref().map(Amends::read),
            entering,
            unlanded,
            unexplained,
            conflicted,
            followed: self.followed.iter().map(|(to, from)| (path(to), path(from))).collect(),
            lands: self.lands.as_deref().map(agent),
            reverts: self.reverts,
            joins: self.joins,
            foreign_contract: self.foreign_contract.then(|| commit(0x5e)),
            tracked: tracked(&self.tracked),
            checked_out: self.checked_out.iter().map(checked_out).collect(),
            published: self.published,
        }
    }
}

/// A directory, after `main ` where it is the main worktree's.
fn checked_out((branch, at): (&String, &String)) -> (RefName, CheckedOut) {
    let (is_main, directory) = match at.strip_prefix("main ") {
        Some(directory) => (true, directory),
        None => (false, at.as_str()),
    };
    (RefName::branch(branch), CheckedOut { directory: directory.to_owned(), is_main })
}

fn tracked(refs: &BTreeMap<String, String>) -> BTreeMap<AgentId, RefName> {
    refs.iter().map(|(name, at)| (agent(name), RefName::new(at.clone()))).collect()
}

impl Enters {
    fn read(&self) -> Entering {
        Entering {
            lane: agent(&self.lane),
            evidence: match &self.content {
                _ if self.landed => EntryEvidence::Landed,
                Some(at) => EntryEvidence::Content(path(at), commit(0x5e)),
                None => EntryEvidence::Commit(commit(0x5e)),
            },
            by_paths_alone: self.by_paths_alone,
            stands_above: false,
            waits_for: self.waits.iter().map(|name| agent(name)).collect(),
            idle: self.idle.iter().map(|name| agent(name)).collect(),
            taken_back: self.taken_back.iter().map(|name| agent(name)).collect(),
            tracked: tracked(&self.tracked)
                .into_iter()
                .map(|(lane, name)| {
                    let is_looked_up = self.looked_up.iter().any(|one| agent(one) == lane);
                    (lane, Tracked { name, is_looked_up })
                })
                .collect(),
            along: self.along.iter().map(|name| agent(name)).collect(),
            changes: self.changes.iter().map(Changed::read).collect(),
            taken_away: BTreeMap::new(),
            carried: self.carried.iter().map(CarriedFrom::read).collect(),
            stale: self.stale.as_ref().map(StaleFrom::read),
        }
    }
}

impl Amends {
    fn read(&self) -> Amendment {
        let problem = |(number, text): (usize, &String)| Problem {
            code: "syntax",
            severity: Severity::Error,
            line: number as u32 + 1,
            column: 1,
            span: (0, 1),
            message: text.clone(),
            help: None,
        };
        let errors: Vec<_> = self.errors.iter().enumerate().map(problem).collect();
        Amendment {
            files: self.files.iter().map(|p| path(p)).collect(),
            result: match (self.removed, errors.is_empty()) {
                _ if self.twice => AmendmentResult::Twice,
                (true, _) => AmendmentResult::Removed,
                (false, true) => AmendmentResult::Valid,
                (false, false) => AmendmentResult::Invalid(errors),
            },
            first: self.first,
            merges: self.merges.then(|| commit(0x5e)),
            is_upstream: self.upstream,
            lane: None,
        }
    }
}

fn checkpoint(name: &str) -> Checkpoint {
    match name {
        "pre-commit" => Checkpoint::PreCommit,
        "pre-merge-commit" => Checkpoint::PreMergeCommit,
        "reference-transaction" => Checkpoint::ReferenceTransaction,
        "pre-push" => Checkpoint::PrePush,
        "pre-receive" => Checkpoint::PreReceive,
        "check" => Checkpoint::Check,
        "landing" => Checkpoint::CheckLanding,
        _ => panic!("no checkpoint is called {name}"),
    }
}

fn branch_of(contract: &Contract, lane: &AgentId) -> Option<RefName> {
    contract.agent(lane).map(|agent| agent.reference())
}

/// An agent's name, which has to be one.
pub fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A file, what of it is moved, and into which directory.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Left {
    path: String,
    what: String,
    into: String,
    #[serde(default)]
    into_is_new: bool,
    #[serde(default)]
    has_trunk: bool,
}

impl Left {
    fn read(&self) -> TakenAway {
        TakenAway::LeftBehind(LeftBehind {
            what: path(&self.what),
            into: path(&self.into),
            into_is_new: self.into_is_new,
            has_trunk: self.has_trunk,
        })
    }
}

/// A path, which has to be one.
pub fn path(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// An id of one byte over and over.
pub fn id(byte: u8) -> Oid {
    Oid::from_bytes(&[byte; 20]).expect("20 bytes are an id")
}

/// A commit that is easily recognised.
pub fn commit(byte: u8) -> CommitRef {
    CommitRef { id: id(byte), summary: "what it does".into() }
}

/// What was found, as rows expect it: `error out-of-scope src/a by agent-1 of agent-2 line 7`,
/// with `whole DIRECTORY` last, then `note CODE`, then `undecided CODE`; what does not apply is left out.
pub fn rendered(verdict: &Verdict) -> Vec<String> {
    let violations = verdict.violations.iter().map(|violation| {
        let mut text = format!("{} {}", violation.severity.as_str(), violation.rule);
        let mut add = |what: &str, value: Option<String>| {
            text.extend(value.map(|value| format!(" {what}{value}")));
        };
        add("", violation.path.as_ref().map(ToString::to_string));
        add("by ", violation.agent.as_ref().map(ToString::to_string));
        add("of ", violation.owner.as_ref().map(ToString::to_string));
        add("line ", violation.contract_line.map(|line| line.to_string()));
        add("waived: ", violation.waived.clone());
        add("whole ", violation.whole.as_ref().map(|whole| whole.directory.to_string()));
        text
    });
    let notes = verdict.notes.iter().map(|note| format!("note {}", note.code));
    let undecided = verdict.undecided.iter().map(|reason| format!("undecided {}", reason.code));
    violations.chain(notes).chain(undecided).collect()
}
