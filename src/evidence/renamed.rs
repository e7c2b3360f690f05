//! What a branch that is gone is called now. Only help hangs on it: whoever has renamed the trunk says so
//! in the configuration.

use policy::name::RefName;

use super::located::usual_remote;
use crate::repository::{GitView, Head, Read};

/// How many branches are looked at, and how many lines of each one's log.
const MOST: usize = 200;

/// The branch whose log says that it was renamed from this one (`git branch -m`; 2.39 and 2.47 write the
/// same line), the one that is checked out first; else what a remote calls its main branch.
pub fn now(view: &dyn GitView, name: &str) -> Option<String> {
    let found = by_log(view, name).ok().flatten();
    found.or_else(|| by_remote(view, name).ok().flatten())
}

fn by_log(view: &dyn GitView, name: &str) -> Read<Option<String>> {
    let here = match view.head()? {
        Head::Branch(here, _) => Some(here),
        Head::Unborn(_) | Head::Detached(_) => None,
    };
    let all = view.references("refs/heads/")?.into_iter().map(|found| found.name);
    for branch in here.into_iter().chain(all).take(MOST) {
        let Some(full) = branch.to_str() else { continue };
        let renamed = format!("Branch: renamed refs/heads/{name} to {full}");
        if view.reflog(&branch, MOST)?.iter().any(|line| line.message == renamed) {
            return Ok(Some(branch.short()));
        }
    }
    Ok(None)
}

fn by_remote(view: &dyn GitView, name: &str) -> Read<Option<String>> {
    let Some(remote) = usual_remote(view)? else { return Ok(None) };
    main_branch_of(view, &remote, name)
}

/// What a remote calls its main branch, if that is not this one, and is here.
pub fn main_branch_of(view: &dyn GitView, remote: &str, name: &str) -> Read<Option<String>> {
    let main = view.end(&RefName::tracking(remote, b"HEAD"))?;
    let Some((_, branch)) = main.tracked() else { return Ok(None) };
    let branch = String::from_utf8_lossy(branch).into_owned();
    let is_it = branch != "HEAD" && branch != name && view.reference(&main)?.is_some();
    Ok(is_it.then_some(branch))
}
