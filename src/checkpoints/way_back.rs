//! The way back: where git has changed index and worktree before it asks, what puts them back.

use policy::verdict::Help;

use crate::evidence::moves::RefMove;
use crate::repository::GitView;
use crate::system::environment::Environment;

/// The commands that lead back to where one was before a refused transaction.
pub fn of(_view: &dyn GitView, _environment: &Environment, _moves: &[RefMove]) -> Vec<Help> {
    Vec::new()
}
