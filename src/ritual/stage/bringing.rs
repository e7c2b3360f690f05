//! A lane's work brought onto a stage, as each strategy does it, and the commit that is made of it.

use policy::contract::{Agent, Contract};
use policy::oid::Oid;
use policy::path::RepoPath;

use super::{Stage, failed, os, paths_in};
use crate::ritual::Done;
use crate::ritual::rehearsal::Strategy;
use crate::ritual::squashed::{self, Squashed};
use crate::system::process::Git;

/// What is in the stage after a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Brought {
    /// A merge that is to be committed.
    Staged,
    /// A squash that is to be committed.
    Squashed(Squashed),
    /// Commits.
    Committed,
    /// A merge, with conflicts in these paths.
    Conflict(Vec<RepoPath>),
}

/// What a merge comes to.
struct Whole {
    /// The tree; where it conflicts, with the markers in it.
    tree: String,
    /// The paths that conflict.
    conflicts: Vec<RepoPath>,
}

impl Stage {
    pub(super) fn is_ancestor(&self, one: Oid, other: Oid) -> Done<bool> {
        let asked = ["merge-base", "--is-ancestor"];
        let told = self.git().args(asked).arg(one.to_string()).arg(other.to_string()).run()?;
        match told.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(failed("git merge-base", &told)),
        }
    }

    pub(super) fn merge(&self, agent: &Agent, tip: Oid) -> Done<Brought> {
        let merge = ["merge", "--quiet", "--no-ff", "--no-edit", "--no-commit", "-m"];
        let call = self.git().args(merge).arg(subject(agent, Strategy::Merge));
        self.brought(call.arg(tip.to_string()), &[], Brought::Staged)
    }

    /// A call of git that brings a lane under other commits. That it has landed is then known by contents alone,
    /// which are compared as they are: what a setting makes equal here is not equal elsewhere.
    fn git_by_contents(&self) -> Git {
        self.git().setting("merge.renormalize=false")
    }

    pub(super) fn squash(&self, agent: &Agent, onto: Oid, tip: Oid) -> Done<Brought> {
        // `--ff` outweighs `merge.ff`: git 2.47 takes neither `only` nor `false` beside `--squash`.
        let squash = ["merge", "--quiet", "--ff", "--squash"];
        let call = self.git_by_contents().args(squash).arg(tip.to_string());
        let squashed = self.squashed(agent, onto, tip)?;
        self.brought(call, &[], squashed)
    }

    fn squashed(&self, agent: &Agent, onto: Oid, tip: Oid) -> Done<Brought> {
        let log = ["log", "-z", "--no-merges", "--reverse", squashed::MOST, squashed::FORMAT];
        let commits = self.git().args(log).arg(format!("{onto}..{tip}")).arg("--").stdout()?;
        Ok(Brought::Squashed(Squashed::of(agent, &commits)))
    }

    /// Makes the lane's commits again, one by one, on the stage that stands at the trunk. What comes of
    /// that is not always what merging the lane comes to: merges are left out, with what was resolved or
    /// adapted in them, and a commit whose change the trunk has is dropped, but not the one that undoes
    /// it. Where it makes a difference, the lane lands as one commit instead.
    pub(super) fn rebase(
        &self,
        agent: &Agent,
        (onto, tip): (Oid, Oid),
        contract: &Contract,
    ) -> Done<Brought> {
        let whole = self.whole(onto, tip)?;
        let replayed = self.replay(onto, tip, contract)?;
        let Some(Whole { tree, conflicts }) = whole else { return Ok(replayed) };
        let merges = not_generated(&conflicts, contract).is_empty();
        let replays = replayed == Brought::Committed;
        if !merges || !replays {
            let takes_back = || self.takes_back(onto, &tree, &conflicts, contract);
            let is_bare = !self.has_merges(onto, tip)?;
            if is_bare && (!replays || !takes_back()?) {
                return Ok(replayed);
            }
        } else if not_generated(&self.differ(&tree, "HEAD")?, contract).is_empty() {
            return Ok(replayed);
        }
        self.reset(onto)?;
        let whole = self.squash(agent, onto, tip)?;
        if let Brought::Conflict(paths) = &whole
            && not_generated(paths, contract).is_empty()
        {
            self.take_either(paths)?;
            return self.squashed(agent, onto, tip);
        }
        Ok(whole)
    }

    /// What merging the lane comes to, by a merge that touches neither index nor worktree. `None` where
    /// the two have no history in common, which git does not merge.
    fn whole(&self, onto: Oid, tip: Oid) -> Done<Option<Whole>> {
        let merge = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"];
        let call = self.git_by_contents().args(merge).args([onto.to_string(), tip.to_string()]);
        let told = call.run()?;
        // A conflict is status 1, unrelated histories are 128 (2.39 and 2.47).
        if !matches!(told.status.code(), Some(0 | 1)) {
            let base = self.git().args(["merge-base"]).args([onto.to_string(), tip.to_string()]);
            return match base.run()?.status.code() {
                Some(1) => Ok(None),
                _ => Err(failed("git merge-tree", &told)),
            };
        }
        let end = told.stdout.iter().position(|byte| *byte == 0).unwrap_or_default();
        let (tree, conflicts) = told.stdout.split_at(end);
        let tree = String::from_utf8_lossy(tree).into_owned();
        Ok(Some(Whole { tree, conflicts: paths_in(conflicts) }))
    }

    /// Whether the commits that were made again have undone what the trunk has, where merging the lane
    /// would leave it alone.
    fn takes_back(
        &self,
        onto: Oid,
        whole: &str,
        conflicts: &[RepoPath],
        contract: &Contract,
    ) -> Done<bool> {
        let mut made = not_generated(&self.differ(whole, "HEAD")?, contract);
        made.retain(|path| !conflicts.contains(path));
        if made.is_empty() {
            return Ok(false);
        }
        let merged = self.differ(&onto.to_string(), whole)?;
        Ok(made.iter().any(|path| !merged.contains(path)))
    }

    /// The paths in which two commits or trees differ.
    fn differ(&self, one: &str, other: &str) -> Done<Vec<RepoPath>> {
        let compare = ["diff-tree", "-r", "-z", "--name-only", "--no-renames"];
        let compare = self.git().args(compare).arg("--ignore-submodules=none");
        Ok(paths_in(&compare.args([one, other]).arg("--").stdout()?))
    }

    fn has_merges(&self, onto: Oid, tip: Oid) -> Done<bool> {
        let list = ["rev-list", "--merges", "--max-count=1"];
        Ok(!self.git().args(list).arg(format!("{onto}..{tip}")).arg("--").stdout()?.is_empty())
    }

    /// One that conflicts in what is generated alone takes either side, as a merge does; git leaves it
    /// out where nothing else is in it.
    fn replay(&self, onto: Oid, tip: Oid, contract: &Contract) -> Done<Brought> {
        let abort = ["rebase", "--abort"];
        self.reset(tip)?;
        let rebase = ["rebase", "--quiet", "--no-autosquash", "--no-update-refs"];
        let call = self.git_by_contents().args(rebase).arg(onto.to_string());
        let mut brought = self.brought(call, &abort, Brought::Committed)?;
        while let Brought::Conflict(paths) = &brought {
            let others = not_generated(paths, contract);
            if !others.is_empty() {
                self.git().args(abort).run()?;
                return Ok(Brought::Conflict(others));
            }
            self.take_either(paths)?;
            let go_on = self.git_by_contents().env("GIT_EDITOR", "true");
            let go_on = go_on.args(["rebase", "--continue"]);
            brought = self.brought(go_on, &[], Brought::Committed)?;
        }
        Ok(brought)
    }

    /// Runs a merge. One that files stand in the way of, which git does not track, is undone by this
    /// command, where it needs one, and tried again without them.
    fn brought(&self, call: Git, undo: &[&str], well: Brought) -> Done<Brought> {
        let mut ran = call.clone().run()?;
        if !ran.status.success() && self.unmerged()?.is_empty() && !self.untracked()?.is_empty() {
            if !undo.is_empty() {
                self.git().args(undo).run()?;
            }
            self.git().args(["clean", "--quiet", "--force", "-d"]).stdout()?;
            ran = call.run()?;
        }
        if ran.status.success() {
            return Ok(well);
        }
        match self.unmerged()? {
            paths if paths.is_empty() => Err(failed("git merge", &ran)),
            paths => Ok(Brought::Conflict(paths)),
        }
    }

    fn unmerged(&self) -> Done<Vec<RepoPath>> {
        let told =
            self.git().args(["diff", "--name-only", "--diff-filter=U", "-z", "--"]).stdout()?;
        Ok(paths_in(&told))
    }

    pub(super) fn take_either(&self, paths: &[RepoPath]) -> Done<()> {
        for path in paths {
            let path = os(path);
            for side in ["--theirs", "--ours"] {
                let took = self.git().args(["checkout", "--quiet", side, "--"]).arg(path).run()?;
                if took.status.success() {
                    break;
                }
            }
            self.git().args(["add", "--all", "--"]).arg(path).stdout()?;
        }
        Ok(())
    }

    pub(super) fn commit(&self, brought: &Brought, agent: &Agent, strategy: Strategy) -> Done<()> {
        let commit = ["commit", "--quiet", "--no-verify", "--allow-empty-message", "-m"];
        let mut call = self.git();
        let message = match brought {
            Brought::Squashed(Squashed { message, author }) => {
                // The committer stays who lands it.
                if let Some(author) = author {
                    call = call.env("GIT_AUTHOR_NAME", &author.name);
                    call = call.env("GIT_AUTHOR_EMAIL", &author.address);
                }
                message.clone()
            }
            Brought::Committed => {
                let staged = self.git().args(["diff", "--cached", "--quiet"]).run()?;
                if staged.status.success() {
                    return Ok(());
                }
                let amend =
                    ["commit", "--quiet", "--no-verify", "--amend", "--no-edit", "--allow-empty"];
                self.git().args(amend).stdout()?;
                return Ok(());
            }
            Brought::Staged | Brought::Conflict(_) => subject(agent, strategy),
        };
        let made = call.args(commit).arg(message).run()?;
        // A squash of what the trunk has already has nothing to commit.
        let empty = self.git().args(["diff", "--cached", "--quiet"]).run()?.status.success();
        let is_squash = matches!(brought, Brought::Squashed(_)) || strategy == Strategy::Squash;
        if made.status.success() || (empty && is_squash) {
            return Ok(());
        }
        Err(failed("git commit", &made))
    }
}

pub(super) fn not_generated(paths: &[RepoPath], contract: &Contract) -> Vec<RepoPath> {
    paths.iter().filter(|path| !contract.is_generated(path)).cloned().collect()
}

fn subject(agent: &Agent, strategy: Strategy) -> String {
    match strategy {
        Strategy::Squash => squashed::subject(agent),
        _ => format!("Merge branch '{}' ({})", agent.branch, agent.id),
    }
}
