//! The environment, read once and passed along: the only place that asks for it.
//!
//! libgit2 reads the variables by which git names a repository (`GIT_DIR` and its companions) by
//! itself; everything else comes through an [`Environment`].

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use policy::oid::Oid;

use super::process::LANES_AT;

/// The variables by which git tells its children which repository is meant: what
/// `git rev-parse --local-env-vars` prints (2.39 and 2.47 together). They must not reach a git
/// that is asked about another repository.
pub const LOCAL_GIT_VARIABLES: [&str; 17] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_QUARANTINE_PATH",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// A snapshot of the environment, taken once.
#[derive(Debug, Clone)]
pub struct Environment {
    variables: BTreeMap<OsString, OsString>,
    directory: PathBuf,
}

/// A head of a merge that is about to be committed: git names it in a variable
/// `GITHEAD_<id>`, whose value is how it was named on the command line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MergeHead {
    /// The commit.
    pub id: Oid,
    /// How it was named, such as `agents/uploads`. Foreign text.
    pub name: String,
}

impl Environment {
    /// Takes the snapshot. An error: the current directory is gone.
    pub fn capture() -> io::Result<Self> {
        let directory = std::env::current_dir()?;
        Ok(Self { variables: std::env::vars_os().collect(), directory })
    }

    /// An environment of these variables alone.
    #[cfg(test)]
    pub fn of<K, V>(
        variables: impl IntoIterator<Item = (K, V)>,
        directory: impl Into<PathBuf>,
    ) -> Self
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        let variables =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { variables, directory: directory.into() }
    }

    /// A variable's value. Empty counts as set.
    pub fn get(&self, name: impl AsRef<OsStr>) -> Option<&OsStr> {
        self.variables.get(name.as_ref()).map(OsString::as_os_str)
    }

    /// A variable's value as text, bytes that are not UTF-8 replaced. Foreign text.
    pub fn text(&self, name: impl AsRef<OsStr>) -> Option<String> {
        self.get(name).map(|value| value.to_string_lossy().into_owned())
    }

    /// Where the program was started.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The first file of a name in the directories of `PATH`.
    pub fn on_path(&self, name: &str) -> Option<PathBuf> {
        let directories = std::env::split_paths(self.get("PATH")?);
        directories.map(|directory| directory.join(name)).find(|file| file.is_file())
    }

    /// `CONTRACT_GATE_AGENT`: who somebody says to be. Set but empty is an odd claim and not the
    /// absence of one. Foreign text.
    pub fn agent(&self) -> Option<String> {
        self.text("CONTRACT_GATE_AGENT")
    }

    /// The same environment with somebody's own word of who it is in the place of
    /// `CONTRACT_GATE_AGENT`, when there is one.
    pub fn claiming(mut self, agent: Option<&str>) -> Self {
        if let Some(agent) = agent {
            self.variables.insert("CONTRACT_GATE_AGENT".into(), agent.into());
        }
        self
    }

    /// The same environment in another directory, with no repository named.
    pub fn elsewhere(&self, directory: &Path) -> Self {
        let mut variables = self.variables.clone();
        for name in LOCAL_GIT_VARIABLES {
            variables.remove(OsStr::new(name));
        }
        Self { variables, directory: directory.to_owned() }
    }

    /// `CONTRACT_GATE_GIT`: which way of reading a repository is forced, if any.
    pub fn backend(&self) -> Option<String> {
        self.text("CONTRACT_GATE_GIT").filter(|value| !value.is_empty())
    }

    /// `CONTRACT_GATE_REMOTE`: at which remote the command that makes git run this hook looks lanes up.
    pub fn lanes_at(&self) -> Option<String> {
        self.text(LANES_AT).filter(|value| !value.is_empty())
    }

    /// `GIT_DIR`, as git sets it for hooks in linked worktrees and on servers. It may be relative
    /// to [`Environment::directory`].
    pub fn git_dir(&self) -> Option<&Path> {
        self.path("GIT_DIR")
    }

    /// `GIT_WORK_TREE`, which may be relative as well.
    pub fn work_tree(&self) -> Option<&Path> {
        self.path("GIT_WORK_TREE")
    }

    /// `GIT_INDEX_FILE`: the index that git is about to commit, when it is not the usual one.
    pub fn index_file(&self) -> Option<&Path> {
        self.path("GIT_INDEX_FILE")
    }

    /// `GIT_REFLOG_ACTION`: what git is doing, such as `rebase (finish)`. Foreign text.
    pub fn reflog_action(&self) -> Option<String> {
        self.text("GIT_REFLOG_ACTION")
    }

    /// The heads that are about to be merged, sorted by id: `pre-merge-commit` runs before there
    /// is a `MERGE_HEAD` (git 2.39 and 2.47).
    pub fn merge_heads(&self) -> Vec<MergeHead> {
        let mut heads: Vec<MergeHead> = self
            .variables
            .iter()
            .filter_map(|(name, value)| {
                let id = name.to_str()?.strip_prefix("GITHEAD_")?.parse().ok()?;
                Some(MergeHead { id, name: value.to_string_lossy().into_owned() })
            })
            .collect();
        heads.sort();
        heads
    }

    /// All variables.
    pub fn variables(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.variables.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }

    fn path(&self, name: &str) -> Option<&Path> {
        self.get(name).filter(|value| !value.is_empty()).map(Path::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    #[test]
    fn merge_heads_come_from_names_of_variables() {
        let environment = Environment::of(
            [
                (format!("GITHEAD_{TWO}"), "agents/uploads"),
                (format!("GITHEAD_{ONE}"), "main"),
                ("GITHEAD_short".to_owned(), "no id"),
                ("GITHEAD_".to_owned(), ""),
            ],
            "/",
        );
        let heads = environment.merge_heads();
        let names: Vec<_> = heads.iter().map(|head| head.name.as_str()).collect();
        assert_eq!(names, ["main", "agents/uploads"]);
        assert_eq!(heads[0].id.to_string(), ONE);
    }

    #[test]
    fn an_empty_value_is_a_claim_but_no_path() {
        let environment = Environment::of([("CONTRACT_GATE_AGENT", ""), ("GIT_DIR", "")], "/");
        assert_eq!(environment.agent().as_deref(), Some(""));
        assert_eq!(environment.git_dir(), None);
    }
}
