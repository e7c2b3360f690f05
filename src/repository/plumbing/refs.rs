//! Refs, listed once by git; HEAD, and a branch's upstream.

use std::collections::{BTreeMap, BTreeSet};

use policy::name::RefName;

use super::Plumbing;
use super::listed::{self, ListedRef};
use crate::repository::loose::{broken, of_file, os_str};
use crate::repository::{Head, HeadLog, Logged, Read, ReadError, Reference, reflog};
use crate::system::process::{Git, last_words};

/// More lines of a reflog are not read.
const MOST_LINES: usize = 100_000;

/// What is asked of each ref.
const LIST: &str = "--format=%(refname)%00%(objectname)%00%(symref)%00%(upstream)";

/// All refs of a repository.
#[derive(Debug)]
pub struct Refs {
    listed: BTreeMap<RefName, ListedRef>,
    /// Those that git cannot read: empty, no id, the zero id, a loop.
    broken: BTreeSet<RefName>,
}

impl Refs {
    pub(super) fn find(&self, name: &RefName) -> Read<Option<Reference>> {
        if self.broken.contains(name) {
            return Err(broken(name, "git cannot read it"));
        }
        Ok(self.listed.get(name).map(reference))
    }

    /// What a branch follows, whether it is here or not.
    fn upstream(&self, branch: &RefName) -> Option<&RefName> {
        self.listed.get(branch)?.upstream.as_ref()
    }

    pub(super) fn below(&self, prefix: &str) -> Read<Vec<Reference>> {
        let is_below = |name: &RefName| name.as_bytes().starts_with(prefix.as_bytes());
        if let Some(name) = self.broken.iter().find(|name| is_below(name)) {
            return Err(broken(name, "git cannot read it"));
        }
        Ok(self.listed.values().filter(|found| is_below(&found.name)).map(reference).collect())
    }
}

impl Plumbing {
    pub(super) fn refs(&self) -> Read<&Refs> {
        if let Some(refs) = self.refs.get() {
            return Ok(refs);
        }
        let output = self
            .git
            .clone()
            .args(["for-each-ref", LIST])
            .run()
            .map_err(|error| ReadError::Other(format!("refs: {error}")))?;
        if !output.status.success() {
            return Err(ReadError::Other(format!("refs: {}", last_words(&output.stderr))));
        }
        let refs = listed::refs(&output.stdout)
            .map_err(|error| ReadError::Other(format!("refs: {error}")))?;
        let listed = refs.into_iter().map(|found| (found.name.clone(), found)).collect();
        let broken = listed::broken_refs(&output.stderr).into_iter().collect();
        Ok(self.refs.get_or_init(|| Refs { listed, broken }))
    }

    pub(super) fn reference_of(&self, name: &RefName) -> Read<Option<Reference>> {
        let found = self.refs()?.find(name)?;
        if found.is_none() && self.place.common_dir.join(os_str(name)).is_file() {
            self.explain_missing(name)?;
        }
        Ok(found)
    }

    /// A ref that was not listed, though it has a file: a symbolic one that leads nowhere, which
    /// is none, or in a circle, which is damage. Git's list is silent of both (2.39 and 2.47).
    fn explain_missing(&self, name: &RefName) -> Read<()> {
        let call = self.git.clone().args(["symbolic-ref", "--quiet"]).arg(os_str(name));
        let output = call.run().map_err(|error| broken(name, &error.to_string()))?;
        match output.status.code() {
            Some(0 | 1) => Ok(()),
            _ => Err(broken(name, &last_words(&output.stderr))),
        }
    }

    pub(super) fn end_of_chain(&self, name: &RefName) -> Read<RefName> {
        if let Some(found) = self.refs()?.find(name)? {
            return Ok(found.symbolic.unwrap_or(found.name));
        }
        // Git's list is silent of those that lead nowhere; most that are not listed have no file.
        let file = of_file(&self.place.common_dir, name);
        let file = file.map_err(|error| broken(name, &error.to_string()))?;
        if self.keeps_files()? && file.is_none_or(|file| file.is_dir()) {
            return Ok(name.clone());
        }
        self.end_told_by_git(name)
    }

    /// Goes to the end of a chain, whatever is there (git 2.39 and 2.47).
    fn end_told_by_git(&self, name: &RefName) -> Read<RefName> {
        let call = self.git.clone().args(["symbolic-ref", "--quiet"]).arg(os_str(name));
        let output = call.run().map_err(|error| broken(name, &error.to_string()))?;
        match output.status.code() {
            Some(0) => Ok(RefName::new(output.stdout.strip_suffix(b"\n").unwrap_or_default())),
            Some(1) => Ok(name.clone()),
            _ => Err(broken(name, &last_words(&output.stderr))),
        }
    }

    /// Whether refs are files, and their logs too; otherwise they are in a reftable.
    pub(super) fn keeps_files(&self) -> Read<bool> {
        let format = self.settings.values_of("extensions.refStorage")?.pop();
        Ok(format.is_none_or(|format| format.eq_ignore_ascii_case("files")))
    }

    /// A reflog as git lists it; empty where there is none.
    pub(super) fn log_told_by_git(&self, name: &RefName, most: usize) -> Read<Vec<Logged>> {
        let run = |git: Git| git.run().map_err(|error| broken(name, &error.to_string()));
        let call =
            self.git.clone().args(["log", "--walk-reflogs", "--no-patch", "--encoding=UTF-8"]);
        let call = call.args(["--no-show-signature", "--format=%H%x00%gs"]);
        let call = call.arg(format!("--max-count={}", most.min(MOST_LINES))).arg(os_str(name));
        let listed = run(call.arg("--"))?;
        if listed.status.success() {
            return Ok(reflog::listed(&listed.stdout));
        }
        // It fails for a ref that is not there, too.
        let exists = run(self.git.clone().args(["reflog", "exists"]).arg(os_str(name)))?;
        match exists.status.code() {
            Some(1) => Ok(Vec::new()),
            _ => Err(broken(name, &last_words(&listed.stderr))),
        }
    }

    pub(super) fn heads_told_by_git(&self) -> Read<Vec<HeadLog>> {
        let linked = reflog::linked(&self.place.common_dir)?.into_iter().map(|name| {
            let name = name.as_os_str().as_encoded_bytes();
            RefName::new([&b"worktrees/"[..], name, b"/HEAD"].concat())
        });
        linked
            .chain([RefName::new("main-worktree/HEAD")])
            .map(|head| {
                let branch = Some(self.end_told_by_git(&head)?).filter(|end| *end != head);
                Ok(HeadLog { branch, log: self.log_told_by_git(&head, MOST_LINES)? })
            })
            .collect()
    }

    pub(super) fn head_of_this_worktree(&self) -> Read<Head> {
        let name = RefName::new("HEAD");
        match self.symbolic_head()? {
            Some(branch) => Ok(match self.reference_of(&branch)? {
                Some(found) => Head::Branch(branch, found.target),
                None => Head::Unborn(branch),
            }),
            None => match self.batch.info("HEAD").map_err(|reason| broken(&name, &reason))? {
                Some((id, _, _)) => Ok(Head::Detached(id)),
                None => Err(broken(&name, "it names nothing")),
            },
        }
    }

    pub(super) fn head_reference(&self) -> Read<Option<Reference>> {
        let name = RefName::new("HEAD");
        let (target, symbolic) = match self.head_of_this_worktree()? {
            Head::Unborn(_) => return Ok(None),
            Head::Detached(target) => (target, None),
            Head::Branch(branch, target) => {
                let end = self.reference_of(&branch)?.and_then(|found| found.symbolic);
                (target, Some(end.unwrap_or(branch)))
            }
        };
        Ok(Some(Reference { name, target, symbolic }))
    }

    /// The branch that HEAD names; `None` when it is detached. MergeQuestion once.
    fn symbolic_head(&self) -> Read<Option<RefName>> {
        if let Some(head) = self.head.get() {
            return Ok(head.clone());
        }
        let head = self.ask_symbolic_head()?;
        Ok(self.head.get_or_init(|| head).clone())
    }

    fn ask_symbolic_head(&self) -> Read<Option<RefName>> {
        let failed = |reason: String| broken(&RefName::new("HEAD"), &reason);
        // Of a chain of symbolic refs only the first step, as git has it since 2.39; an older
        // one goes to the end.
        for options in [&["--quiet", "--no-recurse"][..], &["--quiet"]] {
            let call = self.git.clone().arg("symbolic-ref").args(options).arg("HEAD");
            let output = call.run().map_err(|error| failed(error.to_string()))?;
            match output.status.code() {
                Some(0) => {
                    return Ok(Some(RefName::new(output.stdout.trim_ascii_end())));
                }
                Some(1) => return Ok(None),
                // A usage error: the option is not known.
                Some(129) => {}
                _ => return Err(failed(last_words(&output.stderr))),
            }
        }
        Err(failed("git symbolic-ref gives no answer".to_owned()))
    }

    pub(super) fn tracking_ref(&self, branch: &RefName) -> Read<Option<Reference>> {
        if branch.branch_name().is_none() {
            return Ok(None);
        }
        match self.refs()?.upstream(branch) {
            Some(upstream) => self.reference_of(upstream),
            None => Ok(None),
        }
    }
}

fn reference(found: &ListedRef) -> Reference {
    let ListedRef { name, target, symbolic, .. } = found.clone();
    Reference { name, target, symbolic }
}
