//! What the gate judges by in this repository: how it is read, the trunk, the contract on it, its
//! lanes, and whether anything is refused. Asked as the checkpoints ask.

use std::path::Path;
use std::rc::Rc;

use policy::contract::{Agent, Contract};
use policy::name::RefName;
use policy::oid::Oid;
use policy::text::{printable, shell_word};
use policy::verdict::{Help, Undecided};

use super::{About, Finding, State, advice, command, side};
use crate::evidence::behind;
use crate::evidence::contract::{Contracts, Held, head_holds_none};
use crate::evidence::history::History;
use crate::evidence::located::{Trunk, Unfetched};
use crate::evidence::tips::Tips;
use crate::evidence::{Known, Unknown};
use crate::installation::{MODE, OBSERVE, Place, Serves, TrunkSource, clone};
use crate::repository::{self, GitView, Head, Read, Wanted};
use crate::system::environment::Environment;

/// The repository as the gate sees it.
pub(super) struct Ground {
    view: Read<Box<dyn GitView>>,
    /// The trunk, the commit that governs, and the contract there.
    law: Known<Law>,
}

/// The trunk and what it holds.
pub(super) struct Law {
    pub trunk: Trunk,
    /// The tip that governs; `None` when the trunk has no commit yet.
    pub governing: Option<Oid>,
    pub held: Held,
}

impl Ground {
    /// Opens the repository and reads its law.
    pub fn of(place: &Place, environment: &Environment) -> Self {
        let view = repository::open(environment, Wanted::Index);
        let law = match &view {
            Ok(view) => law(view.as_ref(), place),
            Err(error) => Err(error.clone().into()),
        };
        Self { view, law }
    }

    /// The repository.
    pub fn view(&self) -> Option<&dyn GitView> {
        self.view.as_ref().ok().map(AsRef::as_ref)
    }

    /// The trunk, when it is known.
    pub fn law(&self) -> Option<&Law> {
        self.law.as_ref().ok()
    }

    /// Whether the trunk is not here and is none that is about to begin: then everything blocks.
    pub fn is_missing(&self, law: &Law, place: &Place) -> bool {
        if law.governing.is_some() {
            return false;
        }
        let head = self.view().and_then(|view| view.head().ok());
        let begins = matches!(head, Some(Head::Unborn(branch)) if branch == law.trunk.reference);
        let is_left_out = law.trunk.unfetched.as_ref().is_some_and(Unfetched::is_left_out);
        is_left_out || !(begins || (place.is_bare() && !self.has_branches()))
    }

    fn has_branches(&self) -> bool {
        let all = self.view().map(|view| view.references("refs/heads/"));
        all.is_some_and(|all| all.map_or(true, |all| !all.is_empty()))
    }

    /// The contract that governs, when there is one.
    pub fn contract(&self) -> Option<&Rc<Contract>> {
        match &self.law()?.held {
            Held::Contract(contract) => Some(contract),
            Held::Nothing | Held::Broken(_) => None,
        }
    }

    /// Whether a worktree has the trunk checked out and files of an older state of it.
    pub fn left_behind(&self, root: &Path, environment: &Environment) -> Option<Finding> {
        let trunk = &self.law()?.trunk;
        let view = repository::open_in(root, environment, Wanted::Index).ok()?;
        let left = behind::of(&History::new(view.as_ref()), &trunk.reference).ok()??;
        let message = format!(
            "{} was moved from elsewhere, and the files here are those of {}: a commit of them would take \
             back what has come since",
            printable(&trunk.name),
            left.from.short()
        );
        let label = format!("{}bring them along", left.conflict.first());
        let mend = command(&label, &left.command(Some(root)));
        Some(Finding::new(About::Worktree, State::Note, message).mend([mend]))
    }

    /// Where a lane is to begin that has no branch, here or at a remote.
    pub fn not_begun(&self, lane: &Agent) -> Option<String> {
        let view = self.view()?;
        let is_here = view.reference(&lane.reference()).ok()?.is_some();
        let has_begun = is_here || !remotes_with(view, lane).ok()?.is_empty();
        if has_begun { None } else { self.law().map(start) }
    }

    /// The command that makes another worktree for a lane of whose name this one is too.
    pub fn begin_elsewhere(&self, lane: &Agent, place: &Place) -> Option<Help> {
        let label = format!("or make {}'s", lane.id);
        begin(self.view()?, lane, self.law()?, place, &label).ok()
    }

    /// What was found. `again` is the command that makes this installation again.
    pub fn findings(&self, place: &Place, again: &str) -> Vec<Finding> {
        let view = match &self.view {
            Ok(view) => view.as_ref(),
            Err(error) => return vec![unknown(About::Backend, error.clone().into())],
        };
        let mut findings = vec![backend(view)];
        match &self.law {
            Ok(law) if self.is_missing(law, place) => {
                findings.push(unknown(About::Trunk, law.trunk.missing()));
            }
            Ok(law) => {
                findings.push(trunk(law, place));
                findings.extend(doubted(view, law, again));
                findings.push(contract(law));
            }
            Err(Unknown::TrunkUnset) if is_free(place, view) => {
                let message = "none is set, and nothing here looks like a contract: the hooks, \
                               which are there for every repository, leave this one free";
                let mend = command("to put it under one", "git config contractgate.trunk BRANCH");
                findings.push(Finding::new(About::Trunk, State::Note, message).mend([mend]));
            }
            Err(error) => findings.push(unknown(About::Trunk, error.clone())),
        }
        if let (Some(contract), Some(law)) = (self.contract(), self.law()) {
            findings.push(match lanes(view, contract, law, place) {
                Ok(finding) => finding,
                Err(error) => unknown(About::Lanes, error),
            });
        }
        findings.push(match view.config(MODE) {
            Ok(mode) => told_mode(mode.as_deref()),
            Err(error) => unknown(About::Mode, error.into()),
        });
        findings
    }
}

fn law(view: &dyn GitView, place: &Place) -> Known<Law> {
    let history = History::new(view);
    let remote = view.config("contractgate.remote")?;
    let trunk = Trunk::locate(&history, None, remote.as_deref(), side(place))?;
    let governing = trunk.tips(&history)?.first().copied();
    let held = match governing {
        Some(tip) => Contracts::new(&history, &trunk)?.at(tip)?,
        None => Held::Nothing,
    };
    Ok(Law { trunk, governing, held })
}

/// Whether hooks that are there for every repository leave this one free, as they do where nobody
/// has put it under a contract.
fn is_free(place: &Place, view: &dyn GitView) -> bool {
    place.serves() == Serves::EveryRepository && head_holds_none(view).unwrap_or(false)
}

/// Which way the repository is read, and why.
fn backend(view: &dyn GitView) -> Finding {
    let backend = view.backend();
    let reason = printable(&backend.reason);
    let told = format!("the repository is read with {}: {reason}", backend.name);
    Finding::new(About::Backend, State::Good, told)
}

fn trunk(law: &Law, place: &Place) -> Finding {
    let name = printable(&law.trunk.name);
    match law.governing {
        Some(tip) => {
            let from = law.trunk.governing_ref(tip);
            let from = if from == law.trunk.reference {
                String::new()
            } else {
                format!(", as {} has it", from.short())
            };
            Finding::new(About::Trunk, State::Good, format!("{name} at {}{from}", tip.short()))
        }
        None => {
            let found =
                Finding::new(About::Trunk, State::Note, format!("{name} has no commit yet"));
            let name_another = "contract-gate install --server --trunk BRANCH";
            found.mend(match place.is_bare() {
                true => vec![
                    advice("push it, with a CONTRACT.md or contract.toml on it"),
                    command("if it has another name", name_another),
                ],
                false => vec![advice("make its first commit, with the contract")],
            })
        }
    }
}

/// Whether another branch may be meant: what is checked out at an installation is taken for the trunk. It may
/// be meant all the same, so that it is no more than worth knowing.
fn doubted(view: &dyn GitView, law: &Law, again: &str) -> Option<Finding> {
    let set = law.trunk.reference.branch_name().and_then(|name| std::str::from_utf8(name).ok())?;
    // A contract that does not hold is told with its own mends.
    let about_contract = match &law.held {
        Held::Contract(_) => "the same contract",
        Held::Nothing => "a contract, which is not enforced here",
        Held::Broken(_) => return None,
    };
    let meant = clone::meant_instead(view, set).ok()??;
    let (set, branch) = (printable(set), printable(&meant.branch));
    let whose = match &meant.source {
        TrunkSource::HeadOf(remote) => format!(", HEAD's branch at {},", printable(remote)),
        _ => String::new(),
    };
    let message = format!(
        "{set} may be a branch of yours, and no trunk: {branch}{whose} has {about_contract}"
    );
    let set_it = format!("{again} --trunk {}", shell_word(&meant.branch));
    let mut mends = vec![command(&format!("if {branch} is the trunk"), &set_it)];
    if let Held::Contract(_) = &law.held {
        mends.push(advice(format!("if {set} is, its contract can say so: `trunk`")));
    }
    Some(Finding::new(About::Trunk, State::Note, message).mend(mends))
}

fn contract(law: &Law) -> Finding {
    let found = |state, message| Finding::new(About::Contract, state, message);
    match (&law.held, law.governing) {
        (Held::Contract(contract), Some(tip)) => found(
            State::Good,
            format!(
                "{} at {}, version {}, {} agents",
                contract.file().name(),
                tip.short(),
                contract.version(),
                contract.agents().len()
            ),
        ),
        (Held::Broken(error), _) => unknown(About::Contract, error.clone()),
        _ => found(State::Note, "none on the trunk: nothing is enforced".to_owned())
            .mend([advice("commit a CONTRACT.md or contract.toml on the trunk")]),
    }
}

fn lanes(view: &dyn GitView, contract: &Contract, law: &Law, place: &Place) -> Known<Finding> {
    let history = History::new(view);
    let tips = Tips::new(&history, view.config("contractgate.remote")?);
    let (mut here, mut missing) = (0, Vec::new());
    for agent in contract.agents().iter().filter(|agent| !agent.withdrawn) {
        match tips.tip(&agent.reference())? {
            Some(_) => here += 1,
            None => missing.push(agent),
        }
    }
    if missing.is_empty() {
        let message = format!("every lane has its branch ({here})");
        return Ok(Finding::new(About::Lanes, State::Good, message));
    }
    let names: Vec<String> = missing
        .iter()
        .map(|agent| format!("{} ({})", agent.id, printable(&agent.branch)))
        .collect();
    let message = format!("no branch here yet: {}", names.join(", "));
    let finding = Finding::new(About::Lanes, State::Note, message);
    if place.is_bare() {
        return Ok(finding.mend([advice("each comes with the first push of its lane")]));
    }
    let mut mends = Vec::with_capacity(missing.len() + 1);
    for agent in missing {
        if let ([remote, ..], true) = (remotes_with(view, agent)?.as_slice(), mends.is_empty()) {
            let label = "where they stay at the remote, so that hooks know them";
            let word = shell_word(remote);
            mends.push(command(label, &format!("git config contractgate.remote {word}")));
            // A branch that a forge has deleted when it landed stays known here (git 2.39 and 2.47).
            if view.config("fetch.prune")?.is_none() {
                let label = "and so that each fetch forgets those that are gone there";
                mends.push(command(label, "git config fetch.prune true"));
            }
        }
        mends.push(begin(view, agent, law, place, &format!("for {}", agent.id))?);
    }
    Ok(finding.mend(mends))
}

/// The command that makes a lane's branch and worktree. A lane that has begun elsewhere goes on from
/// there.
fn begin(view: &dyn GitView, agent: &Agent, law: &Law, place: &Place, label: &str) -> Read<Help> {
    let name = agent.worktree.as_deref().unwrap_or(agent.id.as_str());
    let beside = format!("../{name}");
    // The main worktree may happen to be called so.
    let is_taken = place.directory.join(&beside).exists();
    let directory = if is_taken { format!("../worktrees/{name}") } else { beside };
    let (directory, branch) = (shell_word(&directory), shell_word(&agent.branch));
    let add = match remotes_with(view, agent)?.as_slice() {
        _ if view.reference(&agent.reference())?.is_some() => {
            format!("git worktree add {directory} {branch}")
        }
        // Where just one remote has the branch, git makes it, with its upstream (2.39 and 2.47).
        [_] => format!("git worktree add {directory} {branch}"),
        [remote, ..] => {
            let there = shell_word(&format!("{remote}/{}", agent.branch));
            format!("git worktree add -b {branch} {directory} {there}")
        }
        [] => format!("git worktree add -b {branch} {directory} {}", start(law)),
    };
    Ok(command(label, &add))
}

/// Where a lane begins: the trunk as it governs, ready for a shell.
fn start(law: &Law) -> String {
    let trunk = match law.governing {
        Some(tip) => law.trunk.governing_ref(tip).revision_name(),
        None => law.trunk.name.clone(),
    };
    shell_word(&trunk).to_string()
}

/// The remotes that have a lane's branch, as far as is known here, `origin` first.
fn remotes_with(view: &dyn GitView, agent: &Agent) -> Read<Vec<String>> {
    let mut remotes = Vec::new();
    for remote in view.remotes()? {
        if view.reference(&RefName::tracking(&remote, agent.branch.as_bytes()))?.is_some() {
            remotes.push(remote);
        }
    }
    remotes.sort_by_key(|remote| remote != "origin");
    Ok(remotes)
}

fn told_mode(mode: Option<&str>) -> Finding {
    if mode == Some(OBSERVE) {
        let message = format!("{MODE} = {OBSERVE}: everything is reported, nothing refused");
        let mend = command("refuse", "contract-gate install");
        return Finding::new(About::Mode, State::Note, message).mend([mend]);
    }
    Finding::new(About::Mode, State::Good, "what breaks the contract is refused")
}

/// What is not known blocks at every checkpoint, and is said in the same words.
fn unknown(about: About, error: Unknown) -> Finding {
    let Undecided { message, help, .. } = error.into_undecided();
    Finding::new(
        about,
        State::Unknown,
        format!("{message}; until that is mended everything blocks"),
    )
    .mend(help)
}
