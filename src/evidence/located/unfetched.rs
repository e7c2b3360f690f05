//! What is not here because no fetch has brought it, and what fetches it.

use policy::name::RefName;
use policy::text::{printable, shell_word};

use crate::repository::{GitView, Read};

/// A trunk that is not here, and a remote that may have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfetched {
    /// The remote.
    pub remote: String,
    /// The branch there.
    pub branch: String,
    /// Whether it is to be read from its tracking ref, and not from a branch here.
    pub as_tracked: bool,
    /// Whether a plain fetch asks for it all the same.
    pub asked_for: bool,
    /// Whether the clone's history is cut off as well.
    pub shallow: bool,
}

impl Unfetched {
    pub(super) fn at(
        view: &dyn GitView,
        remote: String,
        branch: String,
        as_tracked: bool,
    ) -> Read<Self> {
        let asked_for = fetch_asks_for(view, &remote, &branch)?;
        let shallow = !view.shallow()?.is_empty();
        Ok(Self { remote, branch, as_tracked, asked_for, shallow })
    }

    /// Whether this is a clone of one branch alone, which leaves it out (`git clone --single-branch`,
    /// which `--depth` implies). Anywhere else the remote may not have it: only a fetch of just some
    /// branches, as in CI, does not bring what a plain fetch asks for.
    pub fn is_left_out(&self) -> bool {
        self.shallow || !self.asked_for
    }

    /// What fetches it.
    pub fn fetch(&self) -> String {
        // The rest of the history too: without it a merge base may be missing. On a
        // clone that is not shallow `--unshallow` fails (git 2.39 and 2.47).
        let unshallow = if self.shallow { "--unshallow " } else { "" };
        let branch = &self.branch;
        let what = match (self.asked_for, self.shallow) {
            (true, true) => None,
            // Its tracking ref moves along (git 2.39 and 2.47).
            (true, false) => Some(branch.clone()),
            (false, _) if self.as_tracked => {
                Some(format!("{branch}:{}", RefName::tracking(&self.remote, branch.as_bytes())))
            }
            (false, _) => Some(format!("{branch}:{branch}")),
        };
        let what = what.map(|what| format!(" {}", shell_word(&what))).unwrap_or_default();
        format!("git fetch {unshallow}{}{what}", shell_word(&self.remote))
    }
}

/// What fetches all branches of a remote, now and by each plain fetch.
pub fn fetch_all(remote: &str) -> String {
    let remote = shell_word(&printable(remote));
    format!("git remote set-branches {remote} '*' && git fetch {remote}")
}

/// The only remote, or `origin` where there are several.
pub fn usual_remote(view: &dyn GitView) -> Read<Option<String>> {
    let mut remotes = view.remotes()?;
    if remotes.len() > 1 {
        remotes.retain(|remote| remote == "origin");
    }
    Ok(remotes.pop_first())
}

/// Whether a plain fetch from a remote asks for a branch: a refspec names it, and none that begins with
/// `^` takes it out again (git 2.29 and newer).
pub fn fetch_asks_for(view: &dyn GitView, remote: &str, branch: &str) -> Read<bool> {
    let wanted = view.config_all(&format!("remote.{remote}.fetch"))?;
    let branch = format!("refs/heads/{branch}");
    let names = |source: &str| match source.split_once('*') {
        Some((begin, end)) => {
            branch.len() >= begin.len() + end.len()
                && branch.starts_with(begin)
                && branch.ends_with(end)
        }
        None => source == branch,
    };
    let (without, with): (Vec<_>, Vec<_>) = wanted.iter().partition(|spec| spec.starts_with('^'));
    let source = |spec: &String| {
        let source = spec.trim_start_matches('+').split(':').next().unwrap_or_default();
        names(source)
    };
    Ok(with.into_iter().any(source) && !without.iter().any(|spec| names(&spec[1..])))
}
