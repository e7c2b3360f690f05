//! What the ritual writes down beside the repository's own files, in `contract-gate/` of the git
//! directory that all worktrees share: what a rehearsal has shown to pass, a landing that is under
//! way, and the landings that were made.
//!
//! None of it is believed where it matters. A rehearsal's result is used only for the very commits
//! that it names; a landing that was interrupted is looked at again from the refs.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::land::Request;
use super::{Done, Stopped};
use crate::repository::Place;
use crate::system::files;

/// The most that is read of such a file, in bytes.
const LIMIT: u64 = 16 * 1024 * 1024;

/// A lane, merged into a state of the trunk, that was judged and has passed the suite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Passed {
    /// Whose.
    pub agent: String,
    /// The lane's tip.
    pub tip: String,
    /// The trunk before.
    pub from: String,
    /// The trunk after.
    pub to: String,
    /// The commit whose contract governed.
    pub contract: String,
    /// How it was merged.
    pub strategy: String,
    /// The suite that it passed.
    pub suite: Option<String>,
    /// What had prepared the worktree.
    pub setup: Option<String>,
    /// How long the suite took.
    pub seconds: Option<f64>,
}

/// A landing that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Landed {
    /// Whose lane.
    pub agent: String,
    /// Its branch, short.
    pub branch: String,
    /// The lane's tip.
    pub tip: String,
    /// The trunk's short name.
    pub trunk: String,
    /// The trunk before.
    pub from: String,
    /// The trunk after.
    pub to: String,
    /// When, in seconds since 1970.
    pub at: u64,
    /// How it was merged.
    pub strategy: String,
    /// How long the suite took; `None` where there was none, or a rehearsal had run it.
    pub seconds: Option<f64>,
    /// Whether the suite had passed in a rehearsal.
    pub rehearsed: bool,
}

/// A landing that is under way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnderWay {
    /// What was asked for.
    pub request: Request,
    /// A move of the trunk that is about to be made or was made.
    pub step: Option<Moving>,
}

/// A move of the trunk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moving {
    /// The trunk's full ref name.
    pub reference: String,
    /// The worktrees that had the trunk checked out, clean, and are brought along.
    pub worktrees: Vec<PathBuf>,
    /// What is written down of it when it is made.
    pub landed: Landed,
}

fn directory(place: &Place) -> PathBuf {
    place.common_dir.join("contract-gate")
}

fn cannot(path: &Path, what: &str) -> impl FnOnce(io::Error) -> Stopped {
    let path = policy::text::printable(&path.to_string_lossy());
    let what = format!("{path} cannot be {what}");
    move |source| Stopped::File { what, source }
}

fn write(path: &Path, content: &[u8]) -> Done<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(cannot(parent, "made"))?;
    }
    files::write(path, content, 0o644).map_err(cannot(path, "written"))
}

#[expect(clippy::expect_used, reason = "texts and numbers always become JSON")]
fn json(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).expect("it becomes JSON");
    text.push(b'\n');
    text
}

/// Keeps what a rehearsal has shown, in the place of what an earlier one has.
pub fn keep(place: &Place, passed: &[Passed]) -> Done<()> {
    write(&directory(place).join("rehearsal.json"), &json(&passed))
}

/// What the last rehearsal has shown. What cannot be read has shown nothing.
pub fn rehearsed(place: &Place) -> Vec<Passed> {
    let text = files::read(&directory(place).join("rehearsal.json"), LIMIT);
    text.ok().flatten().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
}

/// Adds a landing to those that were made. One that is there already is not added again.
pub fn add(place: &Place, landed: Landed) -> Done<()> {
    let mut all = landings(place)?;
    if all.iter().any(|one| one.to == landed.to && one.agent == landed.agent) {
        return Ok(());
    }
    all.push(landed);
    write(&directory(place).join("landings.json"), &json(&all))
}

/// The landings that were made here, oldest first.
pub fn landings(place: &Place) -> Done<Vec<Landed>> {
    let path = directory(place).join("landings.json");
    let text = files::read(&path, LIMIT).map_err(cannot(&path, "read"))?;
    let Some(text) = text else { return Ok(Vec::new()) };
    serde_json::from_slice(&text).map_err(io::Error::other).map_err(cannot(&path, "understood"))
}

/// Forgets the landings that were made, when their run ends.
pub fn forget_landings(place: &Place) -> Done<()> {
    let path = directory(place).join("landings.json");
    match fs::remove_file(&path) {
        Err(error) if !files::is_absent(&error) => Err(cannot(&path, "removed")(error)),
        _ => Ok(()),
    }
}

/// The file of a landing that is under way. It is locked for as long as its program runs, so that
/// one which was killed is known by its lock being free.
pub struct Journal {
    path: PathBuf,
    lock: File,
}

/// What is said of landings that are under way.
pub enum Standing {
    /// There is none.
    None,
    /// One was killed, or stopped with something left to do.
    Left(Journal, Box<UnderWay>),
    /// One is running.
    Running,
}

/// What is to be seen of a landing from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is running.
    Running,
    /// It was interrupted, and there is something left to do.
    Left,
}

/// Looks whether a landing is under way, and writes nothing. The lock is touched only where there is a
/// journal: a landing that begins then is refused anyway.
pub fn seen(place: &Place) -> Option<Seen> {
    let directory = directory(place);
    if !directory.join("landing.json").exists() {
        return None;
    }
    let Ok(lock) = File::open(directory.join("landing.lock")) else { return Some(Seen::Left) };
    match files::try_lock(&lock) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Some(Seen::Running),
        _ => Some(Seen::Left),
    }
}

impl Journal {
    /// Begins a landing, where none is under way.
    pub fn begin(place: &Place, under_way: &UnderWay) -> Done<Option<Self>> {
        match Self::standing(place)? {
            Standing::None => {}
            Standing::Left(..) | Standing::Running => return Ok(None),
        }
        let path = directory(place).join("landing.json");
        let Some(lock) = Self::lock(place)? else { return Ok(None) };
        let journal = Self { path, lock };
        journal.write(under_way)?;
        Ok(Some(journal))
    }

    /// What there is.
    pub fn standing(place: &Place) -> Done<Standing> {
        let path = directory(place).join("landing.json");
        let Some(lock) = Self::lock(place)? else { return Ok(Standing::Running) };
        let text = files::read(&path, LIMIT).map_err(cannot(&path, "read"))?;
        let Some(text) = text else { return Ok(Standing::None) };
        let under_way = serde_json::from_slice(&text)
            .map_err(io::Error::other)
            .map_err(cannot(&path, "understood"))?;
        Ok(Standing::Left(Self { path, lock }, Box::new(under_way)))
    }

    /// The lock that a landing holds; `None` where another one has it. The lock's file stays: a
    /// name that is taken away and made anew would be two locks.
    fn lock(place: &Place) -> Done<Option<File>> {
        let path = directory(place).join("landing.lock");
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(cannot(parent, "made"))?;
        }
        let open = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let mut file = open.map_err(cannot(&path, "written"))?;
        match files::try_lock(&file) {
            Ok(()) => {
                // For people who find it.
                let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
                Ok(Some(file))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(cannot(&path, "locked")(error)),
        }
    }

    /// Does something by programs that go on when this one is killed: until they have ended, the
    /// landing counts as running.
    pub fn while_children_run<T>(&self, act: impl FnOnce() -> Done<T>) -> Done<T> {
        let share = |shared| {
            files::share_with_children(&self.lock, shared).map_err(cannot(&self.path, "shared"))
        };
        share(true)?;
        let done = act();
        share(false)?;
        done
    }

    /// Writes how far it is.
    pub fn write(&self, under_way: &UnderWay) -> Done<()> {
        write(&self.path, &json(under_way))
    }

    /// Ends it: nothing is left to do.
    pub fn end(self) -> Done<()> {
        match fs::remove_file(&self.path) {
            Err(error) if !files::is_absent(&error) => Err(cannot(&self.path, "removed")(error)),
            _ => Ok(()),
        }
    }
}
