//! The checkpoints: one file a hook, and `check`.
//!
//! Each collects what is tried at its place, asks [`policy::decide`], and hands a
//! [`Report`] over. A checkpoint never decides: it makes no violation, and turns none into
//! something else.

pub mod check;
mod deployed;
mod fetched;
mod folded;
pub mod hook;
pub mod input;
mod known_there;
pub mod made_step;
mod overwritten;
mod packed;
mod pre_commit;
mod pre_merge_commit;
mod pre_push;
mod pre_receive;
mod reference_transaction;
mod unpushed;
mod way_back;

use std::path::Path;
use std::rc::Rc;

use policy::attempt::{Actor, Checkpoint, LocalIdentity, Pusher, Subject};
use policy::contract::{Contract, ContractFile};
use policy::name::{AgentId, RefName};
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::verdict::{Governing, Note, Outcome, Verdict};

use self::input::Unreadable;
use crate::evidence::case::{Acting, Case};
use crate::evidence::contract::Contracts;
use crate::evidence::history::History;
use crate::evidence::identity::Asker;
use crate::evidence::located::{Side, Trunk};
use crate::evidence::moves::{Moves, RefMove};
use crate::evidence::tips::Tips;
use crate::evidence::{Known, Unknown};
use crate::report::{Broken, Force, Governed, Judgement, Report};
use crate::repository::{GitView, Read};
use crate::system::environment::Environment;
use crate::system::files;

/// What every checkpoint begins with: the repository, and how the gate is set here.
pub struct Ground<'v> {
    view: &'v dyn GitView,
    history: Rc<History<'v>>,
    force: Force,
    remote: Option<String>,
}

impl<'v> Ground<'v> {
    /// Reads how the gate is set in this repository.
    pub fn new(view: &'v dyn GitView) -> Known<Self> {
        let force = match view.config("contractgate.mode")?.as_deref() {
            Some("observe") => Force::Observe,
            _ => Force::Refuse,
        };
        let remote = view.config("contractgate.remote")?;
        Ok(Self { view, history: Rc::new(History::new(view)), force, remote })
    }

    /// Where the trunk is read from a remote's tracking ref, and nothing says where lanes are looked up
    /// that are not here, they are looked up at that remote too.
    fn at_remote_of(&self, trunk: &Trunk) -> Self {
        let of_trunk = || {
            let (remote, _) = trunk.reference.tracked()?;
            String::from_utf8(remote.to_vec()).ok()
        };
        let remote = self.remote.clone().or_else(of_trunk);
        Self { view: self.view, history: Rc::clone(&self.history), force: self.force, remote }
    }

    fn contracts(&self, trunk: &Trunk) -> Known<Contracts<'_, 'v>> {
        Contracts::new(&self.history, trunk)
    }
}

/// Whoever works in this worktree. Whoever pushes into this repository works in another one, and
/// what is checked out here says nothing of them.
pub fn asker(view: &dyn GitView, environment: &Environment) -> Known<Acting> {
    if receives(view, environment) {
        let claimed = environment.agent().filter(|name| !name.is_empty());
        return Ok(Acting::Here(Asker { claimed, ..Asker::default() }));
    }
    Ok(Acting::Here(Asker::here(view, environment.agent(), rebased_branch)?))
}

/// Whether a push comes in. `git receive-pack` calls hooks in the git directory with `GIT_DIR=.` and
/// without `GIT_PREFIX`, which every other command sets that finds its repository, also with
/// `GIT_DIR=.` and in the git directory itself (git 2.39 and 2.47). A push from a linked worktree to
/// `.` is received in that worktree's own git directory, and is its agent's. An agent whose lane is
/// checked out in the main worktree may push to `.` with `--no-verify` and pass as a human: hooks on
/// its machine are help, and it could switch them off as well.
fn receives(view: &dyn GitView, environment: &Environment) -> bool {
    let place = view.place();
    let is_called_so =
        environment.git_dir() == Some(Path::new(".")) && environment.get("GIT_PREFIX").is_none();
    is_called_so && place.git_dir == place.common_dir
}

/// The branch that a rebase under way in this git directory will move (git 2.39 to 2.47 keep it
/// in `rebase-merge/head-name`, or `rebase-apply/head-name` with the apply backend and for `am`).
pub fn rebased_branch(git_dir: &Path) -> Option<RefName> {
    ["rebase-merge", "rebase-apply"].into_iter().find_map(|state| {
        let path = git_dir.join(state).join("head-name");
        let name = files::read(&path, 4096).ok()??;
        let name = name.trim_ascii();
        name.starts_with(b"refs/heads/").then(|| RefName::new(name))
    })
}

/// Decides cases and fills a report with what was found.
struct Docket<'a> {
    report: Report,
    trunk: Option<&'a Trunk>,
}

impl<'a> Docket<'a> {
    fn new(checkpoint: Checkpoint, force: Force, trunk: Option<&'a Trunk>) -> Self {
        Self { report: Report { force, ..Report::new(checkpoint) }, trunk }
    }

    /// Takes up what evidence found: a case to be decided, or the reason why there is none.
    fn take(&mut self, case: Known<Case>) {
        match case {
            Ok(case) => self.decide(&case),
            Err(unknown) => self.undecided(unknown),
        }
    }

    fn decide(&mut self, case: &Case) {
        if let Some((contract, commit)) = &case.contract {
            let governed = self.governed(contract, *commit);
            self.report.contract.get_or_insert(governed);
        }
        let mut judgements = vec![self.judgement(case)];
        for others in case.otherwise.iter().filter(|others| !others.is_empty()) {
            if judgements.iter().all(is_spotless) {
                break;
            }
            let others: Vec<_> = others.iter().map(|case| self.judgement(case)).collect();
            if others.iter().all(is_spotless)
                || (judgements.iter().any(is_denied) && !others.iter().any(is_denied))
            {
                judgements = others;
            }
        }
        if self.report.judgements.is_empty() {
            self.report.agent = agent_of(case);
            self.report.reference = case.attempt.reference.clone();
        } else {
            if self.report.agent != agent_of(case) {
                self.report.agent = None;
            }
            if self.report.reference != case.attempt.reference {
                self.report.reference = None;
            }
        }
        let note = self.trunk.filter(|_| judgements.iter().any(is_denied));
        self.report.judgements.extend(judgements);
        self.note(note.and_then(Trunk::note_beside));
    }

    fn judgement(&self, case: &Case) -> Judgement {
        match &case.contract {
            Some((contract, commit)) => {
                let governed = self.governed(contract, *commit);
                Judgement::new(policy::decide(contract, &case.attempt), governed, contract)
            }
            None => {
                let absent = Contract::absent();
                Judgement::without_contract(policy::decide(&absent, &case.attempt))
            }
        }
    }

    fn governed(&self, contract: &Rc<Contract>, commit: Oid) -> Governed {
        let trunk = match self.trunk {
            Some(trunk) => trunk.governing_ref(commit),
            None => RefName::new(commit.to_string()),
        };
        let contract =
            Governing { path: path_of(contract.file()), commit, version: contract.version() };
        Governed { contract, trunk }
    }

    fn undecided(&mut self, unknown: Unknown) {
        if let Unknown::ContractInvalid { path, commit, text, problems } = &unknown
            && let Ok(file) = RepoPath::new(*path)
        {
            self.report.broken = Some(Broken {
                file,
                commit: *commit,
                source: text.clone(),
                problems: problems.clone(),
            });
        }
        let verdict = Verdict::undecided(unknown.into_undecided());
        let known = self.report.judgements.iter().any(|judgement| judgement.verdict == verdict);
        if !known {
            self.report.judgements.push(Judgement::without_contract(verdict));
        }
    }

    fn note(&mut self, notes: impl IntoIterator<Item = Note>) {
        self.report.judgements.extend(Judgement::of_notes(notes));
    }
}

/// Whose attempt it is: of the agent who moves a branch, or who acts; else, where a lane is judged,
/// of the lane's.
fn agent_of(case: &Case) -> Option<AgentId> {
    let acts = match &case.attempt.actor {
        Actor::Local(LocalIdentity { claimed, worktree, branch }) => {
            let claimed = claimed.as_deref().and_then(|name| AgentId::new(name).ok());
            worktree.clone().or_else(|| branch.clone()).or(claimed)
        }
        Actor::Pusher(pusher) => agent_that_pushes(case, pusher),
    };
    match &case.attempt.subject {
        Subject::Lane(work) if work.moves => acts.or_else(|| Some(work.lane.clone())),
        Subject::Lane(work) => Some(work.lane.clone()),
        Subject::LaneDeleted { lane, .. } => acts.or_else(|| Some(lane.clone())),
        _ => acts.filter(|_| matches!(case.attempt.actor, Actor::Local(_))),
    }
}

fn agent_that_pushes(case: &Case, pusher: &Pusher) -> Option<AgentId> {
    let Pusher::Named { name, dispatcher: false } = pusher else { return None };
    let (contract, _) = case.contract.as_ref()?;
    let agent = contract.agents().iter().find(|agent| agent.identity() == name)?;
    Some(agent.id.clone())
}

#[expect(clippy::expect_used, reason = "the two names are constants and valid paths")]
fn path_of(file: ContractFile) -> RepoPath {
    RepoPath::new(file.name()).expect("a contract's file name is a path")
}

/// A report that says why there is no other.
fn unknown_report(checkpoint: Checkpoint, force: Force, unknown: Unknown) -> Report {
    let mut docket = Docket::new(checkpoint, force, None);
    docket.undecided(unknown);
    docket.report
}

/// Judges moves of refs, here or on the server, whoever makes them.
fn judge_moves(
    ground: &Ground<'_>,
    checkpoint: Checkpoint,
    acting: &Acting,
    moves: &[RefMove],
) -> Known<Report> {
    let (side, remote) = match acting {
        Acting::Here(_) => (Side::Client, ground.remote.clone()),
        Acting::Pushing(_) => (Side::Server, None),
    };
    let mut trunk = Trunk::locate(&ground.history, None, remote.as_deref(), side)?;
    let mut fetched = Vec::new();
    if checkpoint == Checkpoint::ReferenceTransaction {
        trunk.moves_with(moves);
        fetched = fetched::fetched(&ground.view.place().git_dir);
        trunk.has_fetched(&ground.history, &fetched)?;
    }
    for moved in moves {
        commit_or_nothing(ground.view, moved)?;
    }
    let contracts = match checkpoint {
        Checkpoint::PrePush => ground.contracts(&trunk.at_its_upstream())?,
        _ => ground.contracts(&trunk)?,
    };
    let (history, contracts) = (&ground.history, &contracts);
    let moves = &folded::as_on_disk(ground, &trunk, contracts, moves)?;
    let tips = match side {
        Side::Client => Tips::new(history, remote),
        Side::Server => Tips::of_server(history),
    };
    let (trunk, fetched) = (&trunk, fetched.as_slice());
    let judged = Moves { history, contracts, trunk, acting, checkpoint, tips, fetched };
    Ok(decided(ground, &judged, moves))
}

fn decided(ground: &Ground<'_>, judged: &Moves<'_, '_>, moves: &[RefMove]) -> Report {
    let mut docket = Docket::new(judged.checkpoint, ground.force, Some(judged.trunk));
    for case in judged.cases(moves) {
        docket.take(case);
    }
    docket.report
}

/// Why git's input to a hook cannot be judged.
fn unreadable(checkpoint: Checkpoint, error: Unreadable) -> Unknown {
    Unknown::HookInput { hook: checkpoint.as_str(), reason: error.to_string() }
}

/// A branch is a commit. Git refuses others (2.39 and 2.47), but asks first.
fn commit_or_nothing(view: &dyn GitView, moved: &RefMove) -> Known<()> {
    let (Some(new), Some(_)) = (moved.new, moved.name.branch_name()) else { return Ok(()) };
    match view.peel_to_commit(new)? {
        Some(commit) if commit == new => Ok(()),
        _ => Err(Unknown::NotACommit(moved.name.clone())),
    }
}

/// The ref that really moves, or is made, when this one is updated, and its present value.
fn present(view: &dyn GitView, name: &RefName) -> Read<(RefName, Option<Oid>)> {
    let end = view.end(name)?;
    let found = view.reference(&end)?;
    Ok((end, found.map(|found| found.target)))
}

fn is_spotless(judged: &Judgement) -> bool {
    judged.verdict.violations.is_empty()
}

fn is_denied(judged: &Judgement) -> bool {
    judged.verdict.outcome() != Outcome::Allowed
}
