//! What `install` says at the end: what stands where, what it covers, what comes next.

use std::path::PathBuf;

use policy::text::{printable, shell_word};
use policy::verdict::Help;

use super::{Elsewhere, Found, Mode, Request};
use crate::evidence::Known;
use crate::installation::outweigh::Weight;
use crate::installation::{
    ChosenBy, Deed, Done, HookName, HooksDirectory, Kind, Place, Trunk, TrunkSource, shown,
};
use crate::report::human;
use crate::report::style::{GOOD, NOTE, STRONG, WARNING, styled};

/// What is said at the end.
pub(super) struct Page<'a> {
    pub request: &'a Request,
    pub place: &'a Place,
    pub hooks: &'a HooksDirectory,
    /// The other directories of this repository that the same was done in.
    pub elsewhere: &'a [Elsewhere],
    /// Whether a server's hooks outweigh those of who pushes.
    pub weight: Option<&'a Weight>,
}

impl Page<'_> {
    pub fn render(&self, done: &Done, trunk: &Trunk, mode: Mode, found: &Known<Found>) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let mut all = self.elsewhere.iter().map(|there| &there.done).chain([done]);
        let head = if all.all(Done::is_complete) {
            styled(GOOD, format!("contract-gate {version} is installed"))
        } else {
            styled(WARNING, format!("contract-gate {version} is not wholly installed"))
        };
        let mut out = format!("{head} in {}\n", shown(self.hooks.path()));
        out.push_str(&told_hooks(self.hooks, done));
        for there in self.elsewhere {
            out.push_str(&format!("  {:<22} {}\n", "and in", shown(there.hooks.path())));
            out.push_str(&told_hooks(&there.hooks, &there.done));
        }
        out.push_str(&format!("  {:<22} {}\n", "covers", self.covers()));
        out.push_str(&format!("  {:<22} {}\n", "trunk", told_trunk(trunk)));
        out.push_str(&format!("  {:<22} {}\n", "contract", told_contract(found)));
        out.push_str(&format!("  {:<22} {}\n", "mode", told_mode(&mode)));
        for warning in self.warnings().into_iter().chain(of_name(found)) {
            out.push_str(&format!("{} {warning}\n", styled(WARNING, "warning:")));
        }
        if self.request.server {
            out.push_str(&format!("{} {WITHOUT_IDENTITIES}\n", styled(NOTE, "note:")));
        }
        if let Some(Weight::Outweighs) = self.weight {
            out.push_str(&format!("{} {AS_LONG_AS_HERE}\n", styled(NOTE, "note:")));
        }
        let mut next = Vec::new();
        for there in self.elsewhere {
            next.extend(unfinished(self.request.server, &there.hooks, &there.done));
        }
        next.extend(unfinished(self.request.server, self.hooks, done));
        next.dedup();
        next.extend(after_all(self.request.server, found));
        out.push_str(&format!("{}\n{}", styled(STRONG, "next:"), human::helps(&next)));
        out
    }

    fn covers(&self) -> String {
        let worktrees =
            self.place.worktrees.iter().filter(|worktree| worktree.kind != Kind::Bare).count();
        match (self.request.server, self.place.is_relative(), worktrees) {
            (true, ..) => "every push to this repository".to_owned(),
            (_, true, _) => match self.elsewhere.len() {
                0 => "this worktree only".to_owned(),
                others => format!("this worktree, and {others} with a directory of their own"),
            },
            (_, _, 1) => "this worktree, and all that are added later".to_owned(),
            (_, _, count) => format!("all {count} worktrees, and all that are added later"),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(root) = self.place.linked().filter(|_| self.request.server) {
            warnings.push(format!(
                "what is done in worktrees of this repository is not judged now, only what is pushed to \
                 it.\n  Where people or agents work in them:\n    contract-gate -C {} install",
                shell_word(&root.to_string_lossy())
            ));
        }
        match self.weight {
            Some(Weight::NoName) => warnings.push(NO_NAME.to_owned()),
            Some(Weight::SaidItself { value, is_outweighed: true }) => warnings.push(format!(
                "core.hooksPath = {} was set here since, and has no say. For that directory instead:\n    \
                 contract-gate uninstall && contract-gate install --server",
                printable(value)
            )),
            _ => {}
        }
        if let ChosenBy::Setting { scope, value } = &self.place.chosen_by {
            let (raw, value) = (value, printable(value));
            if self.place.is_relative() {
                let (directory, again) = self.for_all(raw);
                let directory = directory.to_string_lossy();
                let command = if printable(&directory) == directory {
                    format!("\n    git config core.hooksPath {}{again}", shell_word(&directory))
                } else {
                    " set it to an absolute path".to_owned()
                };
                warnings.push(format!(
                    "core.hooksPath = {value} is relative: other worktrees have no hooks, or \
                     their own,\n  and there NOTHING is checked. One directory for all of \
                     them:{command}"
                ));
                warnings.extend(self.uncovered());
            }
            if scope == "worktree" {
                warnings.push(format!(
                    "core.hooksPath = {value} is set for this worktree alone: the others are not \
                     covered"
                ));
            }
            if scope == "global" || scope == "system" {
                warnings.push(format!(
                    "core.hooksPath = {value} is a {scope} setting: these hooks run in every \
                     repository.\n  One that has set no trunk (git config contractgate.trunk) \
                     and holds no contract is left free"
                ));
            }
        }
        warnings
    }

    /// The directory that may serve all worktrees: that of the main one, which stays when agents'
    /// worktrees go; and what puts the gate there, where it is not.
    fn for_all(&self, relative: &str) -> (PathBuf, &'static str) {
        let main = self.place.worktrees.first().filter(|main| main.kind == Kind::Files);
        let Some(main) = main.filter(|main| self.place.worktree.as_ref() != Some(&main.path))
        else {
            return (self.hooks.path().to_owned(), "");
        };
        let directory = main.path.join(relative);
        let is_there = |there: &Elsewhere| there.worktree == main.path;
        let again = match self.elsewhere.iter().any(is_there) {
            true => "",
            false => " && contract-gate install",
        };
        (directory, again)
    }

    /// The worktrees that a relative `core.hooksPath` leaves without the gate.
    fn uncovered(&self) -> Option<String> {
        let here = self.place.worktree.as_ref();
        let others = self.place.worktrees.iter().filter(|worktree| worktree.kind != Kind::Bare);
        let covered = |path: &PathBuf| self.elsewhere.iter().any(|there| there.worktree == *path);
        let others =
            others.filter(|worktree| Some(&worktree.path) != here && !covered(&worktree.path));
        let names: Vec<_> = others.map(|worktree| shown(&worktree.path)).collect();
        (!names.is_empty()).then(|| format!("not covered now: {}", names.join(", ")))
    }
}

/// The hooks of one directory, a line each, and where what was there is kept.
fn told_hooks(hooks: &HooksDirectory, done: &Done) -> String {
    let mut out = String::new();
    for (hook, deed) in &done.deeds {
        let chained = done.chained.contains(hook);
        out.push_str(&format!("  {:<22} {}\n", hook.as_str(), told(hooks, *hook, *deed, chained)));
    }
    if !done.chained.is_empty() {
        let beside = shown(&hooks.beside());
        out.push_str(&format!("  {:<22} what was there, in {beside}\n", "keeps"));
    }
    out
}

fn told(hooks: &HooksDirectory, hook: HookName, deed: Deed, chained: bool) -> String {
    let behind = match (chained, hook) {
        (false, _) => "",
        (true, HookName::PreCommit) => "; the hook that was there runs before it",
        (true, _) => "; the hook that was there runs after it",
    };
    match deed {
        Deed::Placed => "installed".to_owned(),
        Deed::Joined => format!("installed{behind}"),
        Deed::Rejoined(author) => {
            format!("installed again: {author} had written its own{behind}")
        }
        Deed::Parted(author) => {
            format!("installed again: {author} had written another hook's script there{behind}")
        }
        Deed::Renewed => format!("replaced by this version{behind}"),
        Deed::Unchanged => format!("unchanged{behind}"),
        Deed::Removed => "taken away".to_owned(),
        Deed::Restored => "taken away; the hook that was there before is back".to_owned(),
        Deed::ReplacedSince => {
            "NOT installed: it was replaced since it was installed, and was left alone".to_owned()
        }
        Deed::KeptAlready => {
            let kept = shown(&hooks.kept(hook));
            format!("NOT installed: another hook is kept from before as {kept}")
        }
        Deed::StrangeGate => {
            "NOT installed: a contract-gate is there that was put there by hand".to_owned()
        }
        Deed::NoHook => "NOT installed: something with that name is no file".to_owned(),
    }
}

/// The warning of tracked hooks; `None` when there are none.
pub(super) fn of_tracked(tracked: &[PathBuf]) -> Option<String> {
    if tracked.is_empty() {
        return None;
    }
    let names = tracked.iter().map(|path| shown(path)).collect::<Vec<_>>().join(", ");
    Some(format!(
        "{} git tracks hooks in the directory that the gate's hooks go to ({names}).\n  Do not \
         commit the gate's binaries there; the lines of hooks/ in contract-gate's source are for \
         such files\n",
        styled(WARNING, "warning:"),
    ))
}

/// The warning that this directory has the name of an agent's worktree.
fn of_name(found: &Known<Found>) -> Option<String> {
    let Ok(Found::Contract { named_alike: Some(agent), .. }) = found else { return None };
    Some(format!(
        "this directory is called like {agent}'s worktree: as long as {agent} has no other one of this \
         repository,\n  whoever works here is {agent}. How to make one:\n    contract-gate doctor"
    ))
}

/// What a server without identities cannot promise.
const WITHOUT_IDENTITIES: &str = "\
until contractgate.identityEnv names a variable with the pusher's name, nobody who
  pushes can be told apart. Scope, shared paths and the merge order hold for every lane; but
  whoever may push may move any lane and amend the contract on the trunk. Protect the trunk, or
  set contractgate.identityEnv and contractgate.dispatcher.";

/// What has to be done when a server is moved.
const AS_LONG_AS_HERE: &str = "\
a core.hooksPath of whoever pushes to this repository's path leads past none of its hooks,
  as long as the repository stays where it is. After a move: contract-gate install --server";

/// What holds nowhere.
const NO_NAME: &str = "\
no line of git's configuration can name this directory: whoever pushes to its path
  and has set a core.hooksPath of their own is not judged. Give it a name without a line's end";

fn told_trunk(trunk: &Trunk) -> String {
    let branch = printable(&trunk.branch);
    match &trunk.source {
        TrunkSource::Contract => format!("{branch} (the contract says so)"),
        TrunkSource::HeadOf(remote) => format!("{branch} (HEAD's branch at {})", printable(remote)),
        TrunkSource::Asked => branch,
        TrunkSource::Configured => format!("{branch} (contractgate.trunk says so)"),
        TrunkSource::MainWorktree => format!("{branch} (the main worktree's branch)"),
        TrunkSource::HoldsContract => format!("{branch} (the only branch with a contract)"),
        TrunkSource::Head => format!("{branch} (HEAD's branch)"),
    }
}

fn told_contract(found: &Known<Found>) -> String {
    match found {
        Ok(Found::Contract { contract, commit, .. }) => format!(
            "{} at {}, version {}, {} agents",
            contract.file().name(),
            commit.short(),
            contract.version(),
            contract.agents().len()
        ),
        Ok(Found::Nothing) => "none on the trunk yet: nothing is enforced".to_owned(),
        Ok(Found::NoCommit) => "none: the trunk has no commit yet".to_owned(),
        Ok(Found::Unfetched(unknown)) => format!(
            "not known: {}; until that is mended everything blocks",
            printable(&unknown.to_string())
        ),
        Ok(Found::Broken(unknown)) | Err(unknown) => {
            format!(
                "{}; until it is mended every checkpoint blocks",
                printable(&unknown.to_string())
            )
        }
    }
}

fn told_mode(mode: &Mode) -> &'static str {
    match mode {
        Mode::Refuse => "what breaks the contract is refused",
        Mode::Observe => {
            "observe: everything is reported, nothing refused (install again to end it)"
        }
        Mode::ObserveByHand => {
            "observe, set by hand: nothing is refused (git config --unset contractgate.mode)"
        }
        Mode::ObserveElsewhere => {
            "observe, set outside of this repository's own configuration: nothing is refused \
             (git config --show-origin --get contractgate.mode)"
        }
    }
}

/// What was left as it was, and how it is brought in.
fn unfinished(server: bool, hooks: &HooksDirectory, done: &Done) -> Vec<Help> {
    let mut next = Vec::new();
    let replaced = |(_, deed): &(HookName, Deed)| *deed == Deed::ReplacedSince;
    for (hook, _) in done.deeds.iter().filter(|(_, deed)| *deed == Deed::KeptAlready) {
        let kept = hooks.kept(*hook).to_string_lossy().into_owned();
        let away = hooks.hook(*hook).with_extension("before").to_string_lossy().into_owned();
        let label = format!("put the {hook} from before aside");
        next.push(help(&label, &format!("mv {} {}", shell_word(&kept), shell_word(&away))));
    }
    if done.deeds.iter().any(replaced) {
        let again = if server { "contract-gate install --server" } else { "contract-gate install" };
        next.push(help(
            "join the hook that is there now",
            &format!("contract-gate uninstall && {again}"),
        ));
    }
    next
}

fn after_all(server: bool, found: &Known<Found>) -> Vec<Help> {
    let advice = |label: &str| Help { label: label.to_owned(), command: None };
    match found {
        Ok(Found::Contract { .. }) if server => vec![advice("push a lane")],
        Ok(Found::Contract { .. }) => vec![help("judge a lane", "contract-gate check --all")],
        Ok(Found::NoCommit) if server => vec![
            advice("push the trunk, with a CONTRACT.md or contract.toml on it"),
            help("if it has another name", "contract-gate install --server --trunk BRANCH"),
        ],
        Ok(Found::Unfetched(unknown)) => {
            let mut next = unknown.clone().into_undecided().help;
            next.push(help("then let the gate find the contract", "contract-gate install"));
            next
        }
        Ok(Found::Nothing | Found::NoCommit) => {
            vec![advice("commit a CONTRACT.md or contract.toml on the trunk")]
        }
        Ok(Found::Broken(_)) | Err(_) => vec![advice("mend the contract on the trunk")],
    }
}

fn help(label: &str, command: &str) -> Help {
    Help { label: label.to_owned(), command: Some(command.to_owned()) }
}
