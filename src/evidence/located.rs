//! The trunk: which branch it is, and which tips of it count.

mod unfetched;

use policy::name::RefName;
use policy::oid::Oid;
use policy::text::{printable, shell_word};
use policy::verdict::Note;

use super::history::History;
use super::moves::RefMove;
use super::renamed;
use super::tips::{commit_of, tracking_of};
use super::{Known, Unknown};
use crate::repository::{GitView, Read, Reference};

pub use unfetched::{Unfetched, fetch_all, fetch_asks_for, usual_remote};

/// The trunk as it is read here.
#[derive(Debug, Clone)]
pub struct Trunk {
    /// The branch; something else only where `--trunk` named it.
    pub reference: RefName,
    /// Its short name, as a contract would name it.
    pub name: String,
    /// Where the branch is; `None` when it has no commit yet.
    pub local: Option<Oid>,
    /// Where the tracking ref of its upstream is, with its name (a client only).
    pub upstream: Option<(RefName, Oid)>,
    /// Where tracking refs of the project that a fork was made of have a branch of its name (a client
    /// only), beside the fork.
    pub elsewhere: Vec<Oid>,
    /// The tracking ref of another remote that goes on from it (a client only): a contributor's fork, or
    /// the project under a name that does not tell.
    pub beside: Option<RefName>,
    /// Set where it is not here and may be at a remote, which was not asked for it.
    pub unfetched: Option<Unfetched>,
    /// What the branch is called now, where it is not here and was renamed.
    pub renamed: Option<String>,
    /// Where it is read.
    pub side: Side,
}

/// Tracking refs, and where they are.
type Tracked = Vec<(RefName, Oid)>;

/// What a fetch has brought from somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where it is there.
    pub tip: Oid,
    /// Its name there, where it is a branch.
    pub branch: Option<String>,
    /// Where that is, as git writes it: without a password, an ending `.git` and slashes.
    pub address: String,
}

impl Fetched {
    fn is_branch(&self, name: &[u8]) -> bool {
        self.branch.as_ref().is_some_and(|branch| branch.as_bytes() == name)
    }
}

/// Who asks: a client reads the trunk's upstream, a server has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A repository that somebody works in.
    Client,
    /// A repository that is pushed to.
    Server,
}

impl Trunk {
    /// Finds the trunk: as asked for, or as `contractgate.trunk` says.
    pub fn locate(
        history: &History<'_>,
        asked: Option<&str>,
        remote: Option<&str>,
        side: Side,
    ) -> Known<Self> {
        let configured = match asked {
            Some(_) => None,
            None => history.view().config("contractgate.trunk")?,
        };
        let Some(text) = asked.map(str::to_owned).or(configured).filter(|text| !text.is_empty())
        else {
            return Err(Unknown::TrunkUnset);
        };
        let mut trunk = match side {
            Side::Server => Self::branch_of_server(history, &text)?,
            Side::Client => Self::resolve(history, &text, remote, asked.is_some())?,
        };
        trunk.side = side;
        if side == Side::Client {
            if let Some(upstream) = Self::upstream_of(history, &trunk)? {
                let tip = commit_of(history, &upstream.name, upstream.target)?;
                trunk.upstream = Some((upstream.name, tip));
            }
            let (projects, others) = Self::at_other_remotes(history, &trunk)?;
            trunk.elsewhere = projects;
            if !others.is_empty() {
                let tips = trunk.own_tips(history)?;
                let goes_on = |tip: Oid| !Self::beyond(history, &[tip], &tips).is_empty();
                trunk.beside =
                    others.into_iter().find(|(_, tip)| goes_on(*tip)).map(|(name, _)| name);
            }
            if trunk.local.is_none() && trunk.upstream.is_none() {
                let unfetched = Self::unfetched(history, &trunk, remote)?;
                trunk.renamed = renamed::now(history.view(), &trunk.name);
                let is_renamed = trunk.renamed.is_some();
                trunk.unfetched = unfetched.filter(|at| at.is_left_out() || !is_renamed);
            }
        }
        Ok(trunk)
    }

    /// Where it may be: at the remote that was given, else at `origin` or the only one.
    fn unfetched(
        history: &History<'_>,
        trunk: &Self,
        given: Option<&str>,
    ) -> Known<Option<Unfetched>> {
        let view = history.view();
        let is_branch = trunk.reference.branch_name().is_some();
        if !is_branch || trunk.name.starts_with('-') {
            return Ok(None);
        }
        let remotes = view.remotes()?;
        // `origin/main`, as `--trunk` may name it too.
        let tracked = trunk.name.split_once('/').filter(|(remote, _)| remotes.contains(*remote));
        if let Some((remote, branch)) = tracked {
            let (remote, branch) = (remote.to_owned(), branch.to_owned());
            return Ok(Some(Unfetched::at(view, remote, branch, true)?));
        }
        let given = given.filter(|given| remotes.contains(*given)).map(str::to_owned);
        let Some(remote) = given.map_or_else(|| usual_remote(view), |given| Ok(Some(given)))?
        else {
            return Ok(None);
        };
        Ok(Some(Unfetched::at(view, remote, trunk.name.clone(), false)?))
    }

    /// Where other remotes have the trunk, as far as is known here: the project beside the fork, and those
    /// of which nothing says that they are it.
    fn at_other_remotes(history: &History<'_>, trunk: &Self) -> Known<(Vec<Oid>, Tracked)> {
        let (mut projects, mut others) = (Vec::new(), Tracked::new());
        let Some(branch) = trunk.reference.branch_name() else { return Ok((projects, others)) };
        let upstream = trunk.upstream.as_ref().map(|(name, _)| name);
        for remote in history.view().remotes()? {
            let name = RefName::tracking(&remote, branch);
            // They only ever let more pass: one that cannot be read tells nothing.
            if upstream != Some(&name)
                && let Ok(Some(found)) = history.view().reference(&name)
                && let Ok(tip) = commit_of(history, &name, found.target)
            {
                match is_the_project(history.view(), &remote)? {
                    true => projects.push(tip),
                    false => others.push((name, tip)),
                }
            }
        }
        Ok((projects, others))
    }

    /// The tracking ref of the trunk's upstream. A trunk that was pushed without setting one has
    /// it all the same, where just one remote has a branch of that name, or `origin` does.
    fn upstream_of(history: &History<'_>, trunk: &Self) -> Known<Option<Reference>> {
        let view = history.view();
        if let Some(upstream) = view.upstream(&trunk.reference)? {
            return Ok(Some(upstream));
        }
        let Some(branch) = trunk.reference.branch_name() else { return Ok(None) };
        let mut found = view.references("refs/remotes/")?;
        found.retain(|found| found.name.tracked().is_some_and(|(_, at)| at == branch));
        let origin = RefName::tracking("origin", branch);
        Ok(match found.len() {
            0 | 1 => found.pop(),
            _ => found.into_iter().find(|one| one.name == origin),
        })
    }

    /// The trunk as its upstream alone says where it is: the branch here is about to be pushed.
    pub fn at_its_upstream(&self) -> Self {
        Self { local: None, ..self.clone() }
    }

    /// Reads the upstream as it will be where its tracking ref is among the refs that move.
    pub fn moves_with(&mut self, moves: &[RefMove]) {
        let Some((name, tip)) = &mut self.upstream else { return };
        let new = moves.iter().filter(|moved| moved.name == *name).find_map(|moved| moved.new);
        *tip = new.unwrap_or(*tip);
    }

    /// Reads the upstream as a fetch has just found it, where that goes on from the tracking ref:
    /// git moves that one last.
    pub fn has_fetched(&mut self, history: &History<'_>, fetched: &[Fetched]) -> Known<()> {
        let Some((name, tip)) = &mut self.upstream else { return Ok(()) };
        let Some((remote, branch)) = name.tracked() else { return Ok(()) };
        let Ok(remote) = std::str::from_utf8(remote) else { return Ok(()) };
        let is_it = |one: &&Fetched| one.is_branch(branch) && one.tip != *tip;
        let found = fetched.iter().filter(is_it);
        let found: Vec<&Fetched> = found.collect();
        if found.is_empty() {
            return Ok(());
        }
        let addresses = history.view().config_all(&format!("remote.{remote}.url"))?;
        let Some(address) = addresses.first().map(|address| plain(address)) else { return Ok(()) };
        for one in found.into_iter().filter(|one| plain(&one.address) == address) {
            // An older fetch may name what is no longer here: then it tells nothing.
            let is_here = matches!(history.view().peel_to_commit(one.tip), Ok(Some(_)));
            if is_here && history.is_ancestor(*tip, one.tip)? {
                *tip = one.tip;
            }
        }
        Ok(())
    }

    /// The trunk as a remote is known to have it that was named, whatever the branch here holds. Where it is not
    /// known to have it, the trunk is what it was.
    pub fn at_remote_if_there(self, history: &History<'_>, remote: Option<&str>) -> Known<Self> {
        let name = remote.and_then(|remote| tracking_of(&self.reference, remote));
        let Some(name) = name else { return Ok(self) };
        Ok(match history.view().reference(&name)? {
            Some(there) => self.at_a_remote(commit_of(history, &name, there.target)?),
            None => self,
        })
    }

    /// The trunk as a remote has it that reads no other: with its branch there.
    pub fn at_a_remote(self, there: Oid) -> Self {
        Self { local: Some(there), upstream: None, elsewhere: Vec::new(), ..self }
    }

    /// The branch of a server, or where it leads, and nothing else: whoever may push may make a ref
    /// that is named like it elsewhere.
    fn branch_of_server(history: &History<'_>, text: &str) -> Known<Self> {
        let branch = text.strip_prefix("refs/heads/").unwrap_or(text);
        let reference = history.view().end(&RefName::branch(branch))?;
        let local = match history.view().reference(&reference)? {
            Some(found) => Some(commit_of(history, &reference, found.target)?),
            None => None,
        };
        Ok(Self::at(reference, branch.to_owned(), local))
    }

    /// The configuration names a branch; on the command line any ref by its full name will do, and a
    /// commit by its id.
    fn resolve(
        history: &History<'_>,
        text: &str,
        remote: Option<&str>,
        any_revision: bool,
    ) -> Known<Self> {
        let view = history.view();
        let branch = text.strip_prefix("refs/heads/").unwrap_or(text);
        let local = RefName::branch(branch);
        let mut names = vec![(local.clone(), branch.to_owned())];
        if let Some(remote) = remote {
            names.push((RefName::tracking(remote, branch.as_bytes()), branch.to_owned()));
        }
        if text.starts_with("refs/") {
            names.push((RefName::new(text), short(text)));
        } else {
            let tracking = format!("refs/remotes/{text}");
            // No tag of that name: whoever may push one would say what the trunk is.
            names.push((RefName::new(tracking.clone()), short(&tracking)));
        }
        for (name, short) in names {
            if let Some(found) = view.reference(&name)? {
                let tip = commit_of(history, &name, found.target)?;
                let reference = view.end(&name)?;
                return Ok(Self::at(reference, short, Some(tip)));
            }
        }
        if let Ok(id) = text.parse::<Oid>()
            && any_revision
        {
            let name = RefName::new(text);
            let tip = commit_of(history, &name, id)?;
            return Ok(Self::at(name, text.to_owned(), Some(tip)));
        }
        Ok(Self::at(view.end(&local)?, branch.to_owned(), None))
    }

    fn at(reference: RefName, name: String, local: Option<Oid>) -> Self {
        let (upstream, elsewhere, beside) = (None, Vec::new(), None);
        let (unfetched, renamed, side) = (None, None, Side::Client);
        Self { reference, name, local, upstream, elsewhere, beside, unfetched, renamed, side }
    }

    /// The tips that count, the governing one first: the upstream's where it contains the branch,
    /// the branch's where it contains the upstream, both where they have diverged. Last come those
    /// of the project that contain all of these: what a lane has from there is the trunk's, and
    /// no contract is read there.
    pub fn tips(&self, history: &History<'_>) -> Known<Vec<Oid>> {
        let mut tips = self.own_tips(history)?;
        tips.extend(Self::beyond(history, &self.elsewhere, &tips));
        Ok(tips)
    }

    /// What of the trunk is published, as far as is known here: steps in it are history.
    pub fn published(&self, history: &History<'_>) -> Known<Vec<Oid>> {
        let upstream = self.upstream.iter().map(|(_, tip)| *tip);
        let beyond = Self::beyond(history, &self.elsewhere, &self.own_tips(history)?);
        Ok(upstream.chain(beyond).collect())
    }

    /// Those of some tips elsewhere that contain all of these. They only ever let more pass: where it
    /// cannot be known, they do not.
    fn beyond(history: &History<'_>, elsewhere: &[Oid], tips: &[Oid]) -> Vec<Oid> {
        let goes_on_from =
            |beyond: Oid, tip: &Oid| matches!(history.is_ancestor(*tip, beyond), Ok(true));
        let is_beyond = |beyond: &&Oid| {
            !tips.is_empty()
                && !tips.contains(beyond)
                && tips.iter().all(|tip| goes_on_from(**beyond, tip))
        };
        elsewhere.iter().filter(is_beyond).copied().collect()
    }

    fn own_tips(&self, history: &History<'_>) -> Known<Vec<Oid>> {
        Ok(match (self.local, self.upstream.as_ref().map(|(_, tip)| *tip)) {
            (None, None) => Vec::new(),
            (Some(one), None) | (None, Some(one)) => vec![one],
            (Some(local), Some(upstream)) => {
                if history.is_ancestor(local, upstream)? {
                    vec![upstream]
                } else if history.is_ancestor(upstream, local)? {
                    vec![local]
                } else {
                    vec![local, upstream]
                }
            }
        })
    }

    /// Whether it is a ref, and not a commit that was named by its id.
    pub fn is_ref(&self) -> bool {
        self.reference.as_bytes().starts_with(b"refs/")
    }

    /// The ref that the first of [`Trunk::tips`] was read from.
    pub fn governing_ref(&self, tip: Oid) -> RefName {
        match &self.upstream {
            Some((name, upstream)) if *upstream == tip && self.local != Some(tip) => name.clone(),
            _ => self.reference.clone(),
        }
    }

    /// What is worth saying about it.
    pub fn notes(&self, tips: &[Oid]) -> Vec<Note> {
        match (&self.upstream, self.local) {
            (Some((upstream, tip)), Some(local))
                if local != *tip && tips.contains(tip) && tips.contains(&local) =>
            {
                vec![Note {
                    code: "trunk-diverged",
                    message: format!(
                        "{} and {} have diverged; the local branch counts",
                        self.name,
                        upstream.short()
                    ),
                }]
            }
            _ => Vec::new(),
        }
    }

    /// What is worth saying beside a refusal: what came from there may be the trunk's after all.
    pub fn note_beside(&self) -> Option<Note> {
        let there = printable(&self.beside.as_ref()?.revision_name());
        let name = printable(&self.name);
        let message = format!(
            "{there} goes on from {name} and does not count as the trunk; if that remote is the project, and \
             not a contributor's fork: git branch --set-upstream-to={} {}",
            shell_word(&there),
            shell_word(&name),
        );
        Some(Note { code: "trunk-elsewhere", message })
    }

    /// The error for a trunk that is not there.
    pub fn missing(&self) -> Unknown {
        let (name, unfetched) = (self.name.clone(), self.unfetched.clone());
        let (renamed, on_server) = (self.renamed.clone(), self.side == Side::Server);
        Unknown::TrunkMissing { name, unfetched, renamed, on_server }
    }
}

/// Whether a remote that is set here has a branch of this name at this commit: by its tracking ref,
/// or by what a fetch has just found there.
pub fn is_at_a_remote(
    history: &History<'_>,
    name: &RefName,
    tip: Oid,
    fetched: &[Fetched],
) -> Known<bool> {
    let view = history.view();
    let Some(branch) = name.branch_name() else { return Ok(false) };
    for remote in view.remotes()? {
        let tracking = RefName::tracking(&remote, branch);
        if view.reference(&tracking)?.is_some_and(|found| found.target == tip) {
            return Ok(true);
        }
    }
    let brought = brought_from_remotes(history, fetched)?;
    Ok(brought.iter().any(|one| one.tip == tip && one.is_branch(branch)))
}

/// What a fetch has brought from remotes which are set here, whatever it is there.
pub fn brought_from_remotes<'f>(
    history: &History<'_>,
    fetched: &'f [Fetched],
) -> Known<Vec<&'f Fetched>> {
    let mut brought = Vec::new();
    for remote in history.view().remotes()?.into_iter().filter(|_| !fetched.is_empty()) {
        let addresses = history.view().config_all(&format!("remote.{remote}.url"))?;
        let Some(address) = addresses.first().map(|address| plain(address)) else { continue };
        brought.extend(fetched.iter().filter(|one| plain(&one.address) == address));
    }
    Ok(brought)
}

/// Whether a remote is called as the project is in a clone of a fork of it: `upstream`, or what the command
/// line of a forge has noted as that. Any other may be a contributor's fork, and what is on the trunk
/// there is the contributor's.
fn is_the_project(view: &dyn GitView, remote: &str) -> Read<bool> {
    Ok(remote == "upstream"
        || view.config(&format!("remote.{remote}.gh-resolved"))?.as_deref() == Some("base"))
}

/// An address as git writes it into `FETCH_HEAD` (2.39 and 2.47): without a user and a password
/// before the host, slashes at the end, and an ending `.git`.
fn plain(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), address),
    };
    // Without a scheme it is `user@host:path`, or a path, in which `@` is part of a name.
    let host = rest.split(if scheme.is_empty() { ':' } else { '/' }).next().unwrap_or_default();
    let names_host = !scheme.is_empty() || (host.len() < rest.len() && !host.contains('/'));
    let rest = match host.rfind('@').filter(|_| names_host) {
        Some(at) => &rest[at + 1..],
        None => rest,
    };
    let rest = rest.trim_end_matches('/');
    format!("{scheme}{}", rest.strip_suffix(".git").unwrap_or(rest))
}

/// The branch's own name in a tracking ref: `refs/remotes/origin/main` is `main`.
fn short(full: &str) -> String {
    match full.strip_prefix("refs/remotes/").and_then(|rest| rest.split_once('/')) {
        Some((_, branch)) => branch.to_owned(),
        None => full.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_as_git_writes_them() {
        let written = [
            ("https://me:secret@host/a/b.git", "https://host/a/b"),
            ("https://host/a@b/c/", "https://host/a@b/c"),
            ("git@host:a/b.git", "host:a/b"),
            ("/srv/a@b:c/d.git/", "/srv/a@b:c/d"),
            ("../server", "../server"),
            ("", ""),
        ];
        for (address, as_written) in written {
            assert_eq!(plain(address), as_written);
        }
    }
}
