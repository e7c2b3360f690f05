//! The proof that the gate stands where git looks: each hook of each worktree is called by git
//! itself (`git hook run`, since 2.36), and has to answer.
//!
//! A hook of somebody else's is never started for that: it may change files. The question is an
//! environment variable, and whatever hook is asked so blocks: it is no way past the gate.

use std::path::{Path, PathBuf};

use super::occupant::{Eye, Occupant};
use super::{HookName, HooksDirectory, Place, Problem, Record};
use crate::system::files;
use crate::system::process::Git;

/// The variable that asks a hook to say which it is, instead of judging.
pub const QUESTION: &str = "CONTRACT_GATE_DOCTOR";

/// What a hook answers when it is asked: one line for standard error.
pub fn answer(hook: HookName, question: &str) -> String {
    format!("contract-gate {} {hook} {question}\n", env!("CARGO_PKG_VERSION"))
}

/// One worktree, or bare repository, and its hooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Its root.
    pub root: PathBuf,
    /// Where git takes its hooks from; `None` when the worktree is gone.
    pub hooks: Option<PathBuf>,
    /// Each hook that should be the gate's.
    pub found: Vec<(HookName, Health)>,
}

/// How one hook is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Git called it, and it answered, at this version.
    Fires,
    /// It answered at another version.
    OtherVersion(String),
    /// Nothing is there.
    Absent,
    /// Another hook is there. Whether it calls `contract-gate hook` can be read and not proved.
    Another {
        /// Whether its text says `contract-gate hook NAME`.
        names_the_gate: bool,
    },
    /// The gate is there, and git got no answer from it: what git said.
    Silent(String),
}

/// A hook file of another manager's that is searched for a call of the gate is no longer, in bytes.
const LONGEST_SCRIPT: u64 = 1 << 20;

/// Visits every worktree. `None`: nothing is installed, in any of them.
///
/// # Errors
/// Git gives no answer, or a record cannot be read.
pub fn examine(place: &Place) -> Result<Option<Vec<Visit>>, Problem> {
    let roots = place.worktrees.iter().map(|worktree| worktree.path.as_path());
    // Worktrees of a bare repository have its hooks: nobody works in itself.
    let linked = place.worktrees.len() > 1 && place.worktrees[0].bare;
    let mut places = Vec::new();
    let mut gone = Vec::new();
    for root in roots.skip(usize::from(linked && !is_served(place)?)) {
        if root.is_dir() { places.push(Place::find(root)?) } else { gone.push(root) }
    }
    let mut expected = None;
    for hooks in std::iter::once(place).chain(&places).map(|place| &place.hooks) {
        let record = Record::read(&HooksDirectory::new(hooks))?;
        expected = expected.or(record.map(|record| record.hooks)).filter(|hooks| !hooks.is_empty());
    }
    let Some(expected) = expected else { return Ok(None) };
    let mut visits = Vec::new();
    for place in &places {
        let found = expected.iter().map(|hook| Ok((*hook, health(place, *hook)?)));
        let found = found.collect::<Result<_, Problem>>()?;
        let (root, hooks) = (place.directory.clone(), Some(place.hooks.clone()));
        visits.push(Visit { root, hooks, found });
    }
    let missing = |root: &Path| Visit { root: root.to_owned(), hooks: None, found: Vec::new() };
    visits.extend(gone.into_iter().map(missing));
    Ok(Some(visits))
}

/// Whether the hooks of a server are installed here.
fn is_served(place: &Place) -> Result<bool, Problem> {
    let record = Record::read(&HooksDirectory::new(&place.hooks))?;
    Ok(record.is_some_and(|record| record.hooks.contains(&HookName::PreReceive)))
}

fn health(place: &Place, hook: HookName) -> Result<Health, Problem> {
    let hooks = HooksDirectory::new(&place.hooks);
    let record = Record::read(&hooks)?;
    let git = Git::in_directory(&place.directory).of_directory_alone();
    let eye = Eye::new(&hooks, record.as_ref(), git.clone())?;
    let path = hooks.hook(hook);
    match eye.at(&path)? {
        Occupant::Nothing => Ok(Health::Absent),
        Occupant::Hook | Occupant::NoHook => {
            let text = files::read(&path, LONGEST_SCRIPT).ok().flatten().unwrap_or_default();
            let call = format!("contract-gate hook {hook}");
            let names_the_gate = String::from_utf8_lossy(&text).contains(&call);
            Ok(Health::Another { names_the_gate })
        }
        Occupant::Gate | Occupant::EarlierGate | Occupant::StrangeGate => ask(git, hook),
    }
}

/// Has git call a hook that is the gate.
fn ask(git: Git, hook: HookName) -> Result<Health, Problem> {
    // Its own number in the question: an answer that is not to this call is none.
    let question = format!("asked by {}", std::process::id());
    let called = git.env(QUESTION, &question).args(["hook", "run", hook.as_str()]).run()?;
    let said = String::from_utf8_lossy(&called.stderr);
    let version = said.lines().find_map(|line| {
        let rest = line.strip_prefix("contract-gate ")?;
        rest.strip_suffix(&format!(" {hook} {question}"))
    });
    Ok(match version {
        Some(env!("CARGO_PKG_VERSION")) => Health::Fires,
        Some(version) => Health::OtherVersion(version.to_owned()),
        None => Health::Silent(said.lines().next().unwrap_or("no answer").to_owned()),
    })
}
