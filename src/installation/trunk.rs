//! Which branch an installation proposes as the trunk.

use super::place::own_setting;
use super::{Kind, Place, Problem, TRUNK};

/// Among more branches than these none is looked for.
const MOST_BRANCHES: usize = 50;

/// The proposed trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// The branch's short name.
    pub branch: String,
    /// Why this one.
    pub source: TrunkSource,
}

/// Why a branch is the trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrunkSource {
    /// `--trunk` names it.
    Asked,
    /// `contractgate.trunk` was set to it before.
    Configured,
    /// The main worktree has it checked out.
    MainWorktree,
    /// HEAD of the bare repository names it.
    Head,
    /// HEAD of the bare repository names no branch that exists, and this one alone holds a contract.
    HoldsContract,
    /// The main worktree's branch is a lane, and the contract there names it.
    Contract,
    /// The main worktree's branch is a lane, and the HEAD of this remote names it.
    HeadOf(String),
}

/// The trunk: the one that is asked for, which may be known from a remote alone, else the one that is configured, else the main
/// worktree's branch, or HEAD's in a bare repository.
///
/// # Errors
/// The branch that is asked for does not exist, or there is none to propose.
pub fn propose(place: &Place, asked: Option<&str>) -> Result<Trunk, Problem> {
    if let Some(asked) = asked {
        let branch = asked.strip_prefix("refs/heads/").unwrap_or(asked).to_owned();
        // HEAD may name a branch that has no commit yet. A new server has no branch at all, and
        // what its HEAD names is what git was set to, not what will be pushed.
        let server = place.is_bare();
        let is_here = exists(place, &branch)? || head(place)?.as_ref() == Some(&branch);
        let may_come = || match server {
            true => Ok::<_, Problem>(is_name(place, &branch)? && is_empty(place)?),
            false => is_tracked(place, &branch),
        };
        if !is_here && !may_come()? {
            let branch_there = match branch.split_once('/') {
                Some((_, rest)) if !server && is_tracked(place, rest)? => Some(rest),
                _ => None,
            };
            let there = branch_there.map(str::to_owned);
            return Err(Problem::NoSuchBranch { branch, there, server });
        }
        return Ok(Trunk { branch, source: TrunkSource::Asked });
    }
    if let Some(branch) = own_setting(place.git(), TRUNK)? {
        return Ok(Trunk { branch, source: TrunkSource::Configured });
    }
    let main = place.worktrees.first();
    if let Some(worktree) = main.filter(|worktree| worktree.kind != Kind::Bare) {
        let branch = worktree.branch.clone().ok_or_else(|| {
            Problem::NoTrunk(format!("HEAD is detached in {}", super::shown(&worktree.path)))
        })?;
        return Ok(Trunk { branch, source: TrunkSource::MainWorktree });
    }
    let head = head(place)?;
    let is_there = match &head {
        Some(branch) => exists(place, branch)?,
        None => false,
    };
    if !is_there && let Some(branch) = only_one_with_a_contract(place)? {
        return Ok(Trunk { branch, source: TrunkSource::HoldsContract });
    }
    match head {
        Some(branch) => Ok(Trunk { branch, source: TrunkSource::Head }),
        None => Err(Problem::NoTrunk("HEAD names no branch".to_owned())),
    }
}

/// The branch of a server that holds a contract, where there is just one: with more of them, which is
/// the trunk has to be said.
fn only_one_with_a_contract(place: &Place) -> Result<Option<String>, Problem> {
    let many = format!("--count={}", MOST_BRANCHES + 1);
    let listed = ["for-each-ref", &many, "--format=%(refname)", "refs/heads/"];
    let listed = super::place::text(&place.git().args(listed).stdout()?);
    let branches: Vec<&str> = listed.lines().collect();
    if branches.len() > MOST_BRANCHES {
        return Ok(None);
    }
    let mut found = None;
    for branch in branches {
        let contract = ["ls-tree", "--name-only", branch, "contract.toml", "CONTRACT.md"];
        if place.git().args(contract).stdout()?.is_empty() {
            continue;
        }
        if found.is_some() {
            return Ok(None);
        }
        found = branch.strip_prefix("refs/heads/").map(str::to_owned);
    }
    Ok(found)
}

fn exists(place: &Place, branch: &str) -> Result<bool, Problem> {
    let name = format!("refs/heads/{branch}");
    let asked = place.git().args(["show-ref", "--verify", "--quiet", &name]).run()?;
    Ok(asked.status.success())
}

/// Whether git takes it for a branch's name.
fn is_name(place: &Place, branch: &str) -> Result<bool, Problem> {
    let name = format!("refs/heads/{branch}");
    Ok(place.git().args(["check-ref-format", &name]).run()?.status.success())
}

/// Whether nothing has been pushed yet.
fn is_empty(place: &Place) -> Result<bool, Problem> {
    let listed = place.git().args(["for-each-ref", "--count=1", "refs/heads/"]).stdout()?;
    Ok(listed.is_empty())
}

/// Whether some remote has such a branch, as far as is known here.
fn is_tracked(place: &Place, branch: &str) -> Result<bool, Problem> {
    let tracking = format!("refs/remotes/*/{branch}");
    let git = place.git().args(["for-each-ref", "--count=1", "--format=%(refname)", &tracking]);
    Ok(!git.stdout()?.is_empty())
}

/// The branch that the HEAD of the main worktree, or of the bare repository, names.
fn head(place: &Place) -> Result<Option<String>, Problem> {
    let git = place.git().env("GIT_DIR", &place.common_dir);
    let asked = git.args(["symbolic-ref", "--quiet", "HEAD"]).run()?;
    let name = super::place::text(super::place::line(&asked.stdout));
    Ok(name.strip_prefix("refs/heads/").map(str::to_owned))
}
