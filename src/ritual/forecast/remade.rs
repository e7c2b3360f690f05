//! Conflicts that stop no landing: in files that a command makes again.

use std::collections::BTreeMap;

use policy::contract::Contract;
use policy::path::RepoPath;

use super::comparisons::Comparisons;
use crate::repository::merge_tree::Conflict;

/// A conflict in a file that its command makes again when a lane lands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remade {
    /// The file.
    pub path: RepoPath,
    /// What kind of conflict, in git's words.
    pub kind: String,
    /// The command. Foreign text.
    pub command: String,
}

/// The kinds of conflicts that leave a file in its own place, or in those to which the two sides have renamed it
/// (a build whose files are called after what is in them), so that landing goes on with either side of it. Of a
/// file and a directory that want one path git moves the file aside.
const IN_PLACE: [&str; 5] =
    ["content", "binary", "modify/delete", "rename/rename", "rename/delete"];

/// The files that are changed somewhere and that a command makes again, with the command. Threads that
/// merge have it, and not the contract.
pub struct Generated(BTreeMap<RepoPath, String>);

impl Generated {
    /// Of all that the sides change.
    pub fn of(contract: &Contract, compared: &Comparisons) -> Self {
        let mut found = BTreeMap::new();
        for compared in &compared.compared {
            let (one, other) = &compared.effects;
            for path in one.paths.keys().chain(other.paths.keys()) {
                if let Some(command) = contract.generated_by(path) {
                    found.insert(path.clone(), command.to_owned());
                }
            }
        }
        Self(found)
    }

    /// Whether a file is one of them.
    pub fn has(&self, path: &RepoPath) -> bool {
        self.0.contains_key(path)
    }

    /// Tells conflicts that stop a landing from those that do not.
    pub fn split(&self, conflicts: Vec<Conflict>) -> (Vec<Conflict>, Vec<Remade>) {
        let (mut left, mut remade) = (Vec::new(), Vec::new());
        for conflict in conflicts {
            match self.remade(&conflict) {
                Some(these) => remade.extend(these),
                None => left.push(conflict),
            }
        }
        (left, remade)
    }

    fn remade(&self, conflict: &Conflict) -> Option<Vec<Remade>> {
        let of = |path: &RepoPath| {
            let command = self.0.get(path)?.clone();
            Some(Remade { path: path.clone(), kind: conflict.kind.clone(), command })
        };
        let is_in_place = IN_PLACE.contains(&&*conflict.kind);
        is_in_place.then(|| conflict.paths.iter().map(of).collect())?
    }
}
