//! Opening a repository: the one that git named in the environment, else the one around a
//! directory.

use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};

use git2::Repository;

use super::{Libgit2, system, words};
use crate::repository::plumbing::configuration;
use crate::repository::settings::{Setting, Settings};
use crate::repository::source::Memory;
use crate::repository::view::{WALK_LIMIT, walk_limit};
use crate::repository::{Backend, Place, Read, ReadError, aside, moved_worktree, own_hooks};
use crate::system::environment::Environment;

impl Libgit2 {
    /// Opens the repository that a hook was called for, or the one around the current directory.
    ///
    /// With `GIT_DIR` set, as git does for hooks in linked worktrees and on servers, that is the
    /// repository; the objects of a push in quarantine (`GIT_OBJECT_DIRECTORY`,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`), `GIT_INDEX_FILE`, `GIT_COMMON_DIR` and
    /// `GIT_CONFIG_GLOBAL`, `_SYSTEM` and `_NOSYSTEM` are heeded. libgit2 reads those variables
    /// by itself, from the environment of the process.
    ///
    /// # Errors
    /// [`ReadError::Open`]: there is none; it is one that libgit2 cannot read (SHA-256,
    /// reftable, partial clones); it belongs to somebody else and no `safe.directory` in the
    /// configuration files allows it. (Git, told `GIT_DIR`, does not ask who owns it, and takes
    /// `safe.directory` from the command line too: libgit2 is the stricter.)
    pub fn open(environment: &Environment, reason: String) -> Read<Self> {
        // libgit2 would look for refs below refs/namespaces/, and make that directory.
        if environment.get("GIT_NAMESPACE").is_some_and(|value| !value.is_empty()) {
            return Err(ReadError::Open("GIT_NAMESPACE is set, and is not supported".to_owned()));
        }
        // It takes most of the time of a long history: libgit2 looks for signs of a collision in each
        // object, as git does once, in what it takes from elsewhere. Contents are checked in
        // `objects.rs`, as those are that git's plumbing gives.
        git2::opts::strict_hash_verification(false);
        // What has been read is remembered here already, parsed.
        git2::opts::enable_caching(false);
        let repository = Repository::open_from_env().map_err(|error| failed(&error))?;
        let settings = settings(&repository)?;
        let worktree = worktree(&repository, &settings, environment)?;
        let index = environment.index_file().map(|index| environment.directory().join(index));
        Self::new(environment, repository, settings, worktree, index, reason)
    }

    /// The same, but no object of more bytes than these is read.
    #[cfg(test)]
    pub fn reading_at_most(mut self, bytes: u64) -> Self {
        self.memory.largest_object = bytes;
        self
    }

    /// Opens the repository around the directory of an environment, whatever variables name.
    ///
    /// # Errors
    /// As [`Libgit2::open`].
    pub fn open_at(environment: &Environment, reason: String) -> Read<Self> {
        git2::opts::strict_hash_verification(false);
        git2::opts::enable_caching(false);
        let no_ceiling: [&std::ffi::OsStr; 0] = [];
        let repository = Repository::open_ext(
            environment.directory(),
            git2::RepositoryOpenFlags::empty(),
            no_ceiling,
        )
        .map_err(|error| failed(&error))?;
        let worktree = repository.workdir().map(Path::to_owned);
        let settings = settings(&repository)?;
        Self::new(environment, repository, settings, worktree, None, reason)
    }

    fn new(
        environment: &Environment,
        repository: Repository,
        settings: Settings,
        worktree: Option<PathBuf>,
        index: Option<PathBuf>,
        reason: String,
    ) -> Read<Self> {
        let place = Place {
            git_dir: without_slash(repository.path()),
            common_dir: without_slash(repository.commondir()),
            worktree: worktree.as_deref().map(without_slash),
            objects: aside::objects(repository.commondir(), environment),
        };
        let index = index.unwrap_or_else(|| place.git_dir.join("index"));
        let backend = Backend { name: "libgit2", reason };
        let config = repository.config().map_err(|error| ReadError::Config(words(&error)))?;
        let sets_hooks_alone = OnceCell::new();
        let is_known = |include: &Setting| {
            let read = || own_hooks::sets_hooks_alone(&place.common_dir);
            own_hooks::is_included_by(include) && *sets_hooks_alone.get_or_init(read)
        };
        let is_gits_alone = settings.include_as_git_alone_knows(is_known)
            || system::may_differ(environment, &config, place.worktree.is_some())?;
        let settings = match is_gits_alone {
            true => configuration::settings(environment, &place)?,
            false => settings,
        };
        let settings = settings.counting_in(&place);
        let mut memory = Memory::new(WALK_LIMIT);
        memory.walk_limit = walk_limit(settings.values_of("contractgate.walkLimit")?)?;
        Ok(Self { repository, backend, place, index, memory, settings, not_loose: Cell::new(0) })
    }
}

/// The root of the worktree. Where git was told a `GIT_DIR` and no work tree, it is the current
/// directory (`git help git`), unless the configuration or a linked worktree's own link names
/// another; libgit2 takes the parent of the git directory.
fn worktree(
    repository: &Repository,
    settings: &Settings,
    environment: &Environment,
) -> Read<Option<PathBuf>> {
    let Some(found) = repository.workdir() else { return Ok(None) };
    let here = environment.directory();
    if let Some(named) = environment.work_tree() {
        return Ok(Some(here.join(named).canonicalize().unwrap_or_else(|_| here.join(named))));
    }
    let configured = !settings.values_of("core.worktree")?.is_empty();
    let inside_git_dir = here.starts_with(repository.path());
    // Hooks keep to the link, by whose name an agent is known: they read no files there.
    if environment.git_dir().is_none()
        && repository.is_worktree()
        && !configured
        && let Some(root) = moved_worktree::around(here, repository.path())
    {
        return Ok(Some(root));
    }
    if environment.git_dir().is_none() || repository.is_worktree() || configured || inside_git_dir {
        return Ok(Some(found.to_owned()));
    }
    Ok(Some(here.to_owned()))
}

fn settings(repository: &Repository) -> Read<Settings> {
    let config = repository.config().map_err(|error| ReadError::Config(words(&error)))?;
    super::config::settings(&config)
}

/// libgit2 ends directories in a slash, and names them so that two of them can be compared.
fn without_slash(path: &Path) -> PathBuf {
    path.components().collect()
}

fn failed(error: &git2::Error) -> ReadError {
    let said = words(error);
    ReadError::Open(match error.code() {
        git2::ErrorCode::Owner => format!(
            "{said}; where it is to be trusted all the same: \
             git config --global --add safe.directory <its directory>"
        ),
        _ => said,
    })
}
