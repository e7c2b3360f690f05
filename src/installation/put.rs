//! Putting the gate into a hooks directory.
//!
//! Each step leaves a working state behind: what is new is written whole before what is old gives
//! way, and it gives way to a rename. A hook that was there gets its second name in the directory
//! beside before the gate takes the first.

use std::fs;
use std::path::Path;

use super::occupant::{Eye, Occupant, content_id, is_empty, is_marked};
use super::take_back::{Return, take_back_hook, take_back_strays};
use super::{Author, HookName, HooksDirectory, Problem, Record, kept, previous};
use crate::system::files;
use crate::system::process::Git;

/// Readable and executable, and writable by nobody: the hooks are one file, so an editor that
/// writes into one of them would write into all.
const MODE: u32 = 0o555;

/// The mode of a hook that is a copy: the program whose directory it lies in has to be able to
/// write its own hook there again. husky 9 writes in place, and fails where it may not.
const COPY_MODE: u32 = 0o755;

/// How the hooks come from the private copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joining {
    /// As further names of the same file, or as copies where links cannot be made.
    Links,
    /// As copies. Where another program writes hooks: husky 9 and `prek install -f` write theirs
    /// in place, and writing into one link writes into all.
    Copies,
}

/// What becomes of the hooks that are not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// The gate is taken away from them.
    TakeAway,
    /// They are left as they are.
    Leave,
}

/// For which repositories a hooks directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Serves {
    /// This one.
    ThisRepository,
    /// Whichever has no other: a global or system setting names it.
    EveryRepository,
}

/// What became of one hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The gate was put where nothing was.
    Placed,
    /// The gate was put before a hook that was there, which is kept.
    Joined,
    /// The gate was put before a hook that another program had written in its place, as it does
    /// when it is installed anew.
    Rejoined(Author),
    /// The gate was put where another program had written a script that is another hook's: as it
    /// does where it writes in place, and the hooks are one file.
    Parted(Author),
    /// The gate took the place of an earlier one.
    Renewed,
    /// The gate was there.
    Unchanged,
    /// The gate was taken away.
    Removed,
    /// The gate was taken away, and the hook from before put back.
    Restored,
    /// Another hook has taken the place of the gate since it was installed: left alone.
    ReplacedSince,
    /// A hook is kept from before, and a different one is there now: left alone.
    KeptAlready,
    /// A contract-gate that no installation has put there, or that was changed: left alone.
    StrangeGate,
    /// A directory has the hook's name: left alone.
    NoHook,
}

impl Deed {
    /// Whether the state is the one that was asked for.
    pub fn is_done(self) -> bool {
        !matches!(self, Self::ReplacedSince | Self::KeptAlready | Self::StrangeGate | Self::NoHook)
    }
}

/// What is to be put where.
#[derive(Debug)]
pub struct Put<'a> {
    /// The hooks directory.
    pub hooks: &'a HooksDirectory,
    /// The program to make the private copy of.
    pub program: &'a Path,
    /// The hooks that the gate shall stand in.
    pub wanted: &'a [HookName],
    /// What becomes of the others.
    pub others: Others,
    /// How they come from the private copy.
    pub joining: Joining,
    /// Whether the directory lies in a worktree, where `git status` sees it.
    pub in_worktree: bool,
    /// Whose hooks they are.
    pub serves: Serves,
    /// The repository's git.
    pub git: Git,
}

/// What was done, hook by hook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Each hook that was asked for, or that was there and is asked for no more.
    pub deeds: Vec<(HookName, Deed)>,
    /// The hooks behind which a hook from before goes on working.
    pub chained: Vec<HookName>,
}

impl Done {
    /// Whether everything is as it was asked for.
    pub fn is_complete(&self) -> bool {
        self.deeds.iter().all(|(_, deed)| deed.is_done())
    }
}

/// Puts the gate under the wanted names and takes it from the others.
///
/// # Errors
/// Something cannot be read or written, or is not what an installation left there. What was done
/// until then stands, works, and is known to the next `install` and `uninstall`.
pub fn put(what: &Put<'_>) -> Result<Done, Problem> {
    let Put { hooks, git, .. } = what;
    hooks.sweep()?;
    let known = Record::read(hooks)?;
    let mut record = known.clone().unwrap_or_else(Record::empty);
    record.made_directory |= !hooks.path().exists();
    record.every_repository = what.serves == Serves::EveryRepository;
    let new = content_id(git, what.program)?;
    record.programs.retain(|id| *id != new);
    record.programs.insert(0, new);
    if what.others == Others::TakeAway {
        // Before the first is taken away: one that is back is its owner's.
        record.hooks.retain(|hook| what.wanted.contains(hook));
    }
    // A record that has only settings so far knows nothing of programs.
    let known = known.filter(|record| !record.programs.is_empty());

    renew_program(what, known.as_ref(), &record)?;
    let eye = Eye::new(hooks, known.is_some().then_some(&record), git.clone())?;
    let mut deeds = Vec::new();
    for hook in HookName::ALL {
        if what.wanted.contains(&hook) {
            deeds.push((hook, place(&eye, hook, what.joining)?));
        } else if what.others == Others::TakeAway {
            match take_back_hook(&eye, hook)? {
                Return::Removed => deeds.push((hook, Deed::Removed)),
                Return::Restored => deeds.push((hook, Deed::Restored)),
                _ => {}
            }
        }
    }
    if deeds.iter().any(|(_, deed)| matches!(deed, Deed::Rejoined(_))) {
        // The other program gave the gate that it found a further name, such as `pre-commit.old`:
        // now it stands under its own again.
        take_back_strays(&eye)?;
        kept::unmirror(hooks)?;
        kept::mirror(hooks)?;
    }
    // As long as something is left as it was, it may be of an earlier program.
    if what.others == Others::TakeAway {
        record.programs.truncate(1);
    }
    env!("CARGO_PKG_VERSION").clone_into(&mut record.version);
    for (hook, deed) in &deeds {
        match deed {
            Deed::Removed | Deed::Restored => drop(record.hooks.remove(hook)),
            _ if deed.is_done() => drop(record.hooks.insert(*hook)),
            _ => {}
        }
    }
    record.write(hooks)?;
    let chained = |hook: &HookName| previous::exists(hooks.path(), *hook);
    Ok(Done { deeds, chained: what.wanted.iter().copied().filter(chained).collect() })
}

/// Makes the private copy the present program, if it is not.
fn renew_program(what: &Put<'_>, known: Option<&Record>, record: &Record) -> Result<(), Problem> {
    let (hooks, copy) = (what.hooks, what.hooks.program());
    if copy.is_symlink() {
        return Err(Problem::NameTaken(copy));
    }
    // Written through one of the hooks, and so into all. Each name is looked at when the gate is
    // put there, and the script stays under the one that it was meant for.
    let is_script = known.is_some() && Author::wrote_over(&copy);
    let there = copy.symlink_metadata().is_ok() && !is_empty(&copy) && !is_script;
    let id = if there { Some(content_id(&what.git, &copy)?) } else { None };
    if let (Some(id), Some(known)) = (&id, known)
        && !known.programs.contains(id)
    {
        let is_link =
            |hook: &HookName| files::is_same_file(&hooks.hook(*hook), &copy).unwrap_or(false);
        let links: Vec<_> = HookName::ALL.into_iter().filter(is_link).collect();
        if !links.is_empty() {
            return Err(Problem::WrittenOver { program: copy, links });
        }
    }
    if there && !is_marked(&copy)? {
        return Err(Problem::NameTaken(copy));
    }
    // Before the new program is there, so that it is never a stranger.
    record.write(hooks)?;
    if what.in_worktree {
        kept::hide(hooks)?;
    }
    fs::create_dir_all(hooks.path()).map_err(Problem::file(hooks.path()))?;
    if id.as_ref() == record.programs.first() {
        return make_executable(&copy, Joining::Links);
    }
    let content = fs::read(what.program).map_err(Problem::file(what.program))?;
    files::write(&copy, &content, MODE).map_err(Problem::file(&copy))
}

fn place(eye: &Eye<'_>, hook: HookName, joining: Joining) -> Result<Deed, Problem> {
    let (hooks, name) = (eye.hooks, eye.hooks.hook(hook));
    let is_kept = hooks.kept(hook).symlink_metadata().is_ok();
    match eye.at(&name)? {
        Occupant::Gate => {
            let is_link = files::is_same_file(&name, &hooks.program()).unwrap_or(false);
            match joining {
                // Another program has come since.
                Joining::Copies if is_link => stand_in(hooks, &name, joining)?,
                _ => make_executable(&name, joining)?,
            }
            Ok(Deed::Unchanged)
        }
        Occupant::EarlierGate => {
            stand_in(hooks, &name, joining)?;
            Ok(Deed::Renewed)
        }
        Occupant::Nothing => {
            stand_in(hooks, &name, joining)?;
            Ok(if is_kept { Deed::Joined } else { Deed::Placed })
        }
        Occupant::Hook => join(eye, hook, is_kept, joining),
        Occupant::StrangeGate => Ok(Deed::StrangeGate),
        Occupant::NoHook => Ok(Deed::NoHook),
    }
}

/// Puts the gate before a hook that is there, unless that has taken the gate's own place.
fn join(eye: &Eye<'_>, hook: HookName, is_kept: bool, joining: Joining) -> Result<Deed, Problem> {
    let (hooks, name) = (eye.hooks, eye.hooks.hook(hook));
    let was_the_gates = eye.record.is_some_and(|record| record.hooks.contains(&hook));
    if was_the_gates && is_empty(&name) {
        // A gate that was emptied: nobody's work is lost with it.
        stand_in(hooks, &name, joining)?;
        return Ok(Deed::Renewed);
    }
    if let Some(author) = Author::of_strayed(&name, hook).filter(|_| was_the_gates) {
        stand_in(hooks, &name, joining)?;
        return Ok(Deed::Parted(author));
    }
    // Kept and still there: an installation stopped between two steps, and goes on here.
    let half_done = is_kept && kept::is_same_hook(hooks, hook)?;
    let author = Author::of_file(&name);
    // What is kept gives way to its own author's newer version alone.
    let anew =
        author.filter(|author| !is_kept || Author::of_file(&hooks.kept(hook)) == Some(*author));
    let deed = match anew.filter(|_| was_the_gates || is_kept) {
        Some(author) => Deed::Rejoined(author),
        None if half_done => Deed::Joined,
        None if was_the_gates => return Ok(Deed::ReplacedSince),
        None if is_kept => return Ok(Deed::KeptAlready),
        None => Deed::Joined,
    };
    if !half_done {
        kept::keep(hooks, hook)?;
    }
    kept::mirror(hooks)?;
    stand_in(hooks, &name, joining)?;
    Ok(deed)
}

/// Puts the private copy under a hook's name, in place of what is there.
fn stand_in(hooks: &HooksDirectory, name: &Path, joining: Joining) -> Result<(), Problem> {
    let program = hooks.program();
    if joining == Joining::Links && files::link(&program, name).is_ok() {
        return Ok(());
    }
    let content = fs::read(&program).map_err(Problem::file(&program))?;
    files::write(name, &content, mode(joining)).map_err(Problem::file(name))
}

fn mode(joining: Joining) -> u32 {
    match joining {
        Joining::Links => MODE,
        Joining::Copies => COPY_MODE,
    }
}

/// Gives a hook that is the gate the mode that it should have; a link has the private copy's.
fn make_executable(gate: &Path, joining: Joining) -> Result<(), Problem> {
    let mode = mode(joining);
    if files::mode(gate).map_err(Problem::file(gate))? == mode {
        return Ok(());
    }
    files::set_mode(gate, mode).map_err(Problem::file(gate))
}
