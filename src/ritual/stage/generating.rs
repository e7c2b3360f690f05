//! Files that commands make, made again on a stage.

use policy::contract::{Contract, SharedPolicy};
use policy::oid::Oid;
use policy::path::RepoPath;
use policy::text::printable;

use super::{Merged, Stage, os};
use crate::ritual::suite::Suites;
use crate::ritual::{Done, Stopped};

impl Stage {
    /// Makes again what commands generate. What else they leave behind is not taken.
    pub(super) fn generate(
        &self,
        contract: &Contract,
        suites: &mut Suites<'_>,
    ) -> Done<Option<Merged>> {
        let mut commands: Vec<&str> = Vec::new();
        for entry in contract.shared() {
            if let SharedPolicy::GeneratedBy(command) = &entry.policy
                && !commands.contains(&&**command)
            {
                commands.push(command);
            }
        }
        if !commands.is_empty() {
            self.bring_submodules_along()?;
        }
        for command in commands {
            let before = (self.head()?, self.staged()?);
            let ran = suites.run(&self.root, "generate", command)?;
            if !ran.passed() {
                return Ok(Some(Merged::NotGenerated(ran)));
            }
            self.take_back(command, &before)?;
            let told = self
                .git()
                .args(["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"])
                .stdout()?;
            for record in told.split(|byte| *byte == 0).filter(|record| record.len() > 3) {
                if let Ok(path) = RepoPath::new(&record[3..])
                    && contract.is_generated(&path)
                    && !(record.starts_with(b"D ") && self.has_no_file(&path))
                {
                    self.git().args(["add", "--all", "--force", "--"]).arg(os(&path)).stdout()?;
                }
            }
        }
        Ok(None)
    }

    /// Of a file that is in neither the index nor the worktree there is nothing to stage: the lane has
    /// taken it away, and the command has not made it again. `git add` fails for it (2.39 and 2.47:
    /// status 128, "did not match any files").
    fn has_no_file(&self, path: &RepoPath) -> bool {
        self.root.join(os(path)).symlink_metadata().map_or(true, |found| found.is_dir())
    }

    /// What is staged, as a tree.
    fn staged(&self) -> Done<String> {
        let told = self.git().args(["write-tree"]).stdout()?;
        Ok(String::from_utf8_lossy(&told).trim().to_owned())
    }

    /// Takes out of the index again what a command has staged. Of its files nothing is taken away.
    fn take_back(&self, command: &str, before: &(Oid, String)) -> Done<()> {
        if self.head()? != before.0 {
            return Err(Stopped::Refused(format!(
                "the command that makes a generated file has made a commit, or gone to another: {}",
                printable(command)
            )));
        }
        if self.staged()? != before.1 {
            self.git().args(["read-tree", &before.1]).stdout()?;
        }
        Ok(())
    }
}
