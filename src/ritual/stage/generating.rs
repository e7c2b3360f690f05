//! Files that commands make, made again on a stage.

use policy::contract::{Contract, SharedPolicy};
use policy::path::RepoPath;

use super::{Merged, Stage, os};
use crate::ritual::Done;
use crate::ritual::suite::Suites;

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
            let ran = suites.run(&self.root, "generate", command)?;
            if !ran.passed() {
                return Ok(Some(Merged::NotGenerated(ran)));
            }
            let told = self
                .git()
                .args(["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"])
                .stdout()?;
            for record in told.split(|byte| *byte == 0).filter(|record| record.len() > 3) {
                if let Ok(path) = RepoPath::new(&record[3..])
                    && contract.is_generated(&path)
                {
                    self.git().args(["add", "--all", "--force", "--"]).arg(os(&path)).stdout()?;
                }
            }
        }
        Ok(None)
    }
}
