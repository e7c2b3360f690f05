//! The push of the trunk: to the branch that its upstream names, all or nothing, before it counts here.

use std::time::Duration;

use policy::name::RefName;
use policy::oid::Oid;
use policy::text::{printable, shell_word};

use super::rehearsal::directory;
use super::run::Run;
use super::step::Step;
use super::{Done, Stopped};
use crate::evidence::located::usual_remote;
use crate::system::environment::Environment;
use crate::system::process::Git;

/// How long a push may take.
const LIMIT: Duration = Duration::from_secs(600);

/// Where the trunk is pushed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The remote. Foreign text.
    pub remote: String,
    /// The trunk's full name there.
    pub branch: RefName,
}

impl Target {
    /// The trunk's upstream (`branch.NAME.remote` and `.merge`), which may have another name; else the
    /// only remote, or `origin`, and the trunk's own name.
    ///
    /// # Errors
    /// When there is no remote, or several of which none is meant.
    pub fn of(run: &Run<'_>) -> Done<Self> {
        let none = "there is no remote to push to: set the trunk's upstream";
        Self::find(run)?.ok_or_else(|| Stopped::Refused(none.to_owned()))
    }

    /// The same; `None` where there is no remote that is meant.
    pub fn find(run: &Run<'_>) -> Done<Option<Self>> {
        let Some(name) = run.trunk.reference.branch_name() else { return Ok(None) };
        let name = String::from_utf8_lossy(name).into_owned();
        let setting = |key: &str| run.view.config(&format!("branch.{name}.{key}"));
        if let (Some(remote), Some(merge)) = (setting("remote")?, setting("merge")?)
            && run.view.remotes()?.contains(&remote)
        {
            return Ok(Some(Self { remote, branch: RefName::new(merge.into_bytes()) }));
        }
        let branch = run.trunk.reference.clone();
        Ok(usual_remote(run.view)?.map(|remote| Self { remote, branch }))
    }

    /// How many commits of the trunk, as it is here, the remote is not known to have, in whatever
    /// branch: they go along with a push.
    pub fn unpushed(&self, run: &Run<'_>, at: Oid) -> Done<usize> {
        let told = Git::in_directory(directory(run.view))
            .args(["rev-list", "--count", "--first-parent"])
            .arg(at.to_string())
            .arg("--not")
            .arg(format!("--remotes={}", glob_word(&self.remote)))
            .arg("--")
            .stdout()?;
        Ok(String::from_utf8_lossy(&told).trim().parse().unwrap_or(0))
    }

    /// Whether tracking refs tell what the remote has. A bare clone fetches none unless it is told to, and
    /// a mirror fetches the remote's branches as its own (git 2.39 and 2.47).
    fn is_tracked(&self, run: &Run<'_>) -> Done<bool> {
        let fetched = run.view.config_all(&format!("remote.{}.fetch", self.remote))?;
        let into = format!(":refs/remotes/{}/", self.remote);
        Ok(fetched.iter().any(|refspec| refspec.contains(&into)))
    }

    /// What is to be said of them, before they are pushed.
    pub fn note(&self, run: &Run<'_>, at: Oid) -> Done<Option<String>> {
        if !self.is_tracked(run)? {
            return Ok(None);
        }
        let (trunk, remote) = (printable(&run.trunk.name), printable(&self.remote));
        Ok(match self.unpushed(run, at)? {
            0 => None,
            1 => Some(format!(
                "1 commit of {trunk} that {remote} is not known to have is pushed too"
            )),
            many => Some(format!(
                "{many} commits of {trunk} that {remote} is not known to have are pushed too"
            )),
        })
    }

    /// The command that pushes the trunk, for people.
    pub fn command(&self, run: &Run<'_>) -> String {
        let trunk = printable(&run.trunk.name);
        let there = printable(&self.branch.short());
        let what = if there == trunk { trunk } else { format!("{trunk}:{there}") };
        format!("git push --atomic {} {}", shell_word(&printable(&self.remote)), shell_word(&what))
    }

    /// Pushes a new trunk, with the lane that lands where the server has an older state of it.
    pub fn push_landing(
        &self,
        run: &Run<'_>,
        step: &Step,
        to: Oid,
        environment: &Environment,
        again: &str,
    ) -> Done<()> {
        let branch = RefName::branch(&step.branch);
        let tracking = RefName::tracking(&self.remote, step.branch.as_bytes());
        let mut lane = None;
        if let Some(tip) = step.tip
            && let Some(there) = run.view.reference(&tracking)?
            && there.target != tip
            && run.view.is_ancestor(there.target, tip)?
        {
            lane = Some(format!("{tip}:{branch}"));
        }
        self.push(run, lane.as_deref(), to, environment, again)
    }

    /// Pushes a new trunk, and what goes with it, all or nothing. `again` is the command that does it.
    pub fn push(
        &self,
        run: &Run<'_>,
        with: Option<&str>,
        to: Oid,
        environment: &Environment,
        again: &str,
    ) -> Done<()> {
        let told = Git::in_directory(environment.directory())
            .with_lanes_at(run.remote.as_deref())
            .args(["push", "--atomic", "--quiet", "--porcelain"])
            .within(LIMIT)
            .arg(&self.remote)
            .args(with)
            .arg(format!("{to}:{}", self.branch))
            .run()?;
        if told.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&told.stderr);
        // What git advises is for a push by hand.
        let said = said.lines().filter(|line| !line.starts_with("hint: "));
        let said: Vec<String> = said.map(|line| printable(line.trim_end())).collect();
        // `!\tFROM:TO\t[rejected] (fetch first)` of a ref that is not here, `(non-fast-forward)` of one
        // that is (git 2.39 and 2.47).
        let refs = String::from_utf8_lossy(&told.stdout).into_owned();
        let is_ahead = refs.contains("(fetch first)") || refs.contains("(non-fast-forward)");
        let is_denied = has_declined(&refs) && !is_undecided(&said);
        let (remote, again) = (printable(&self.remote), again.to_owned());
        Err(Stopped::NotPushed { remote, said, is_ahead, is_denied, again })
    }
}

/// Whether a hook of the remote declined a ref: `!\tFROM:TO\t[remote rejected] (pre-receive hook
/// declined)`, or `(hook declined)` of the hook `update` (git 2.39 and 2.47). What no hook has said, such
/// as `(branch is currently checked out)`, is a setting or a fault there. A `reference-transaction` that
/// refuses ends the connection, as a fault does.
fn has_declined(refs: &str) -> bool {
    refs.lines().any(|line| {
        let told = line.strip_prefix("!\t").and_then(|line| line.split('\t').nth(1));
        told.is_some_and(|told| {
            told.starts_with("[remote rejected] (") && told.ends_with("hook declined)")
        })
    })
}

/// Whether a gate there has said that it could not know, and denied nothing.
fn is_undecided(said: &[String]) -> bool {
    let says = |what: &str| said.iter().any(|line| line.starts_with(what));
    says("remote: undecided[") && !says("remote: error[")
}

/// A remote's name as a pattern that means itself alone (`git rev-list --remotes=PATTERN`).
fn glob_word(name: &str) -> String {
    name.chars().flat_map(|c| "*?[\\".contains(c).then_some('\\').into_iter().chain([c])).collect()
}
