//! Opening a repository as git itself finds it, and its configuration.

use std::cell::OnceCell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::batch::Batch;
use super::{Plumbing, configuration};
use crate::repository::linked;
use crate::repository::source::Memory;
use crate::repository::view::{WALK_LIMIT, walk_limit};
use crate::repository::{Backend, Place, Read, ReadError, aside};
use crate::system::environment::{Environment, LOCAL_GIT_VARIABLES};
use crate::system::files;
use crate::system::process::{Git, ProcessError, last_words};

/// The variables by which a hook's objects are found: those of a push lie in a quarantine.
const OBJECT_VARIABLES: [&str; 3] =
    ["GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"];

impl Plumbing {
    /// Opens the repository that a hook was called for, or the one around the current directory.
    /// Which one that is, git decides, and whether it may be trusted (`safe.directory`).
    ///
    /// # Errors
    /// [`ReadError::Open`]: there is none, or git refuses it; [`ReadError::Config`]: its
    /// configuration cannot be read.
    pub fn open(environment: &Environment, reason: String) -> Read<Self> {
        if environment.get("GIT_NAMESPACE").is_some_and(|value| !value.is_empty()) {
            return Err(ReadError::Open("GIT_NAMESPACE is set, and is not supported".to_owned()));
        }
        let found = Found::by_git(environment)?;
        let place = found.place;
        let index = match environment.index_file() {
            Some(index) => environment.directory().join(index),
            None => place.git_dir.join("index"),
        };
        let git = git(environment, &place.git_dir, &index);
        let settings = configuration::settings(environment, &place)?;
        let settings = settings.counting_in(&place);
        let mut opened = Self {
            backend: Backend { name: "plumbing", reason },
            place,
            index,
            memory: Memory::new(WALK_LIMIT),
            batch: Batch::new(git.clone()),
            local: Batch::new(git.clone().env("GIT_NO_LAZY_FETCH", "1")),
            git,
            head: OnceCell::new(),
            refs: OnceCell::new(),
            settings,
            is_sha256: found.is_sha256,
        };
        opened.memory.walk_limit =
            walk_limit(opened.settings.values_of("contractgate.walkLimit")?)?;
        Ok(opened)
    }

    /// The same, but no object of more bytes than these is read.
    #[cfg(test)]
    pub fn reading_at_most(mut self, bytes: u64) -> Self {
        self.memory.largest_object = bytes;
        self
    }

    /// Opens the repository around a directory, whatever the environment names.
    ///
    /// # Errors
    /// As [`Plumbing::open`].
    #[cfg(test)]
    pub fn open_at(directory: &Path) -> Read<Self> {
        let nothing: [(&str, &str); 0] = [];
        Self::open(&Environment::of(nothing, directory), "a test asks for it".to_owned())
    }
}

/// A call of git about a repository that has been found. Settings that came by the command line
/// or the environment have no say (`Git::of_directory_alone` takes them away).
fn git(environment: &Environment, git_dir: &Path, index: &Path) -> Git {
    let mut git = Git::about(environment.directory(), git_dir, index);
    for name in OBJECT_VARIABLES {
        if let Some(value) = environment.get(name) {
            git = git.env(name, value);
        }
    }
    git
}

/// What git says of the repository.
struct Found {
    place: Place,
    is_sha256: bool,
}

impl Found {
    fn by_git(environment: &Environment) -> Read<Self> {
        let failed = |reason: String| ReadError::Open(reason);
        // The last question fails where there is no worktree, after the others are answered.
        let asked = |git: Git| {
            git.without("GIT_CONFIG_PARAMETERS")
                .without("GIT_CONFIG_COUNT")
                .args(["rev-parse", "--path-format=absolute", "--show-object-format"])
                .args(["--is-bare-repository", "--git-dir", "--git-common-dir", "--show-toplevel"])
                .run()
                .map_err(|error| failed(error.to_string()))
        };
        let mut git = Git::in_directory(environment.directory());
        for name in LOCAL_GIT_VARIABLES.iter().filter(|name| environment.get(name).is_none()) {
            git = git.without(name);
        }
        let mut output = asked(git.clone())?;
        if output.stderr.windows(DUBIOUS.len()).any(|words| words == DUBIOUS) {
            output = asked(trusting(git).map_err(|error| failed(error.to_string()))?)?;
        }
        let text = output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout);
        let lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
        let (format, bare, git_dir, common_dir, root) = match (output.status.success(), &lines[..])
        {
            (true, [format, bare, git_dir, common, root]) => {
                (*format, *bare, *git_dir, *common, Some(files::path_of(root)))
            }
            (false, [format, bare, git_dir, common]) => (*format, *bare, *git_dir, *common, None),
            _ => {
                let said = last_words(&output.stderr);
                return Err(failed(match said.is_empty() {
                    true => "its path has an end of line in it".to_owned(),
                    false => said,
                }));
            }
        };
        let (git_dir, common_dir) = (files::path_of(git_dir), files::path_of(common_dir));
        let worktree = match root {
            None if bare != b"true" => worktree_of(&git_dir, &common_dir),
            root => root,
        };
        let objects = aside::objects(&common_dir, environment);
        let place = Place { git_dir, common_dir, worktree, objects };
        Ok(Self { place, is_sha256: format == b"sha256" })
    }
}

/// What git says of a repository that belongs to somebody else (2.39 and 2.47).
const DUBIOUS: &[u8] = b"dubious ownership";

/// A call that trusts what git was told to trust by the command line or the environment, as
/// machines that build in containers are set up: of what comes that way, this alone has a say.
fn trusting(git: Git) -> Result<Git, ProcessError> {
    let asked = git.clone().args(["config", "--null", "--show-scope"]);
    let listed = asked.args(["--get-all", "safe.directory"]).run()?.stdout;
    // A scope and a value, each ended by a NUL.
    let parts: Vec<&[u8]> = listed.split(|byte| *byte == 0).collect();
    let mut git = git;
    for pair in parts.chunks_exact(2).filter(|pair| pair[0] == b"command") {
        if let Ok(value) = std::str::from_utf8(pair[1]) {
            git = git.setting(&format!("safe.directory={value}"));
        }
    }
    Ok(git)
}

/// The worktree of a git directory that the program stands in: beside it, or where a linked
/// worktree's own link says.
fn worktree_of(git_dir: &Path, common_dir: &Path) -> Option<PathBuf> {
    if git_dir == common_dir {
        let is_inside = git_dir.file_name() == Some(OsStr::new(".git"));
        return git_dir.parent().filter(|_| is_inside).map(Path::to_owned);
    }
    linked::root_of(git_dir).ok()?
}
