//! What a landing came to: facts, of which commands make text.

use policy::name::AgentId;

use super::land::Request;
use super::moving::Worktree;
use super::step::Step;
use super::suite::Ran;

/// What a landing came to.
#[derive(Debug, Clone, Default)]
pub struct Landing {
    /// What was asked for.
    pub request: Request,
    /// The trunk's short name. Foreign text.
    pub trunk: String,
    /// What has landed (what would land, where nothing was to move).
    pub steps: Vec<Step>,
    /// What stopped it, where something did: the last of the steps is none that landed then.
    pub failed: Option<Step>,
    /// How the setup went, where it failed.
    pub setup: Option<Ran>,
    /// How the suite went once more at the end.
    pub last: Option<Ran>,
    /// Which of the steps a rehearsal had shown to pass.
    pub rehearsed: Vec<AgentId>,
    /// What became of the worktrees that have the trunk checked out.
    pub worktrees: Vec<Worktree>,
    /// The remote that each landing was pushed to.
    pub pushed: Option<String>,
    /// The lanes that are still to come, with those that each waits for.
    pub left: Vec<(AgentId, Vec<AgentId>)>,
    /// Whether a remote has more of a lane than is here, so that nothing has ended yet.
    pub is_part: bool,
    /// What landed when in the whole run, once every lane has: a line each. Foreign text.
    pub report: Vec<String>,
    /// What is worth saying. Safe to print.
    pub notes: Vec<String>,
    /// Why it ended before its end, after something had landed. Safe to print.
    pub stopped: Option<String>,
    /// Whether that was a denial: a hook of the remote declined the push.
    pub is_denied: bool,
    /// Whether nothing was to move.
    pub dry_run: bool,
}

impl Landing {
    /// Takes up what is worth saying, once.
    pub fn tell_once(&mut self, notes: impl IntoIterator<Item = String>) {
        for note in notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }

    /// Whether nothing stood in the way.
    pub fn is_good(&self) -> bool {
        let passed = |ran: &Option<Ran>| ran.as_ref().is_none_or(Ran::passed);
        self.failed.is_none() && self.stopped.is_none() && passed(&self.setup) && passed(&self.last)
    }
}
