//! Where git takes hooks from in a repository, who said so, and which worktrees that covers.

use std::path::{Path, PathBuf};

use policy::text::printable;

use super::{Author, HooksDirectory, Joining, Problem, Serves};
use crate::repository::{main_worktree, own_hooks};
use crate::system::files::path_of;
use crate::system::process::{Git, Output};

/// A repository, as an installation sees it.
#[derive(Debug, Clone)]
pub struct Place {
    /// Where we were started.
    pub directory: PathBuf,
    /// The directory that git takes hooks from here, absolute.
    pub hooks: PathBuf,
    /// Who says so.
    pub chosen_by: ChosenBy,
    /// The git directory that all worktrees share.
    pub common_dir: PathBuf,
    /// The root of the worktree that we are in; `None` in a bare repository.
    pub worktree: Option<PathBuf>,
    /// All worktrees, the main one (or the bare repository) first.
    pub worktrees: Vec<Worktree>,
}

/// Who says where hooks are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChosenBy {
    /// Git: `hooks` in the repository; also where an installation has said the same.
    Git,
    /// `core.hooksPath`.
    Setting {
        /// `local`, `worktree`, `global`, `system` or `command`, as git says.
        scope: String,
        /// The value, as written.
        value: String,
    },
}

/// One worktree, or a bare repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worktree {
    /// Its root.
    pub path: PathBuf,
    /// The branch that is checked out, short; `None` when HEAD is detached or there is none.
    pub branch: Option<String>,
    /// Whether there are files, and where.
    pub kind: Kind,
}

/// What is where git lists a worktree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A worktree.
    Files,
    /// No worktree but a bare repository.
    Bare,
    /// The git directory of a main worktree of which nothing tells where it is.
    Unfound,
}

impl Worktree {
    /// Whether something can be asked there.
    pub fn is_here(&self) -> bool {
        self.kind != Kind::Unfound && self.path.is_dir()
    }
}

impl Place {
    /// Looks around in a directory.
    ///
    /// # Errors
    /// There is no repository, or git gives no answer.
    pub fn find(directory: &Path) -> Result<Self, Problem> {
        Self::asked(directory, &Git::in_directory(directory))
    }

    /// Looks around in a directory, whatever repository or settings the environment names.
    ///
    /// # Errors
    /// As [`Place::find`].
    pub fn find_alone(directory: &Path) -> Result<Self, Problem> {
        Self::asked(directory, &Git::in_directory(directory).of_directory_alone())
    }

    fn asked(directory: &Path, git: &Git) -> Result<Self, Problem> {
        let git = || git.clone();
        let inside = git().args(["rev-parse", "--is-bare-repository"]).run()?;
        if !inside.status.success() {
            return Err(refused(directory, &inside.stderr));
        }
        let bare = inside.stdout.starts_with(b"true");
        let path_of = |question: &[&str]| {
            let absolute = git().args(["rev-parse", "--path-format=absolute"]).args(question);
            Ok::<_, Problem>(path_of(line(&absolute.stdout()?)))
        };
        let common_dir = path_of(&["--git-common-dir"])?;
        let chosen_by = chosen_by(git(), directory, &common_dir)?;
        let worktree = if bare { None } else { Some(path_of(&["--show-toplevel"])?) };
        let hooks = match (path_of(&["--git-path", "hooks"]), &chosen_by, &worktree) {
            // `.git/hooks` in a linked worktree, where `.git` is a file: git finds no hook there, and
            // does not make the path absolute either (2.39 and 2.47).
            (Err(_), ChosenBy::Setting { value, .. }, Some(root)) => root.join(value),
            (hooks, ..) => hooks?,
        };
        Ok(Self {
            directory: directory.to_owned(),
            hooks,
            chosen_by,
            common_dir,
            worktree,
            worktrees: worktrees(&git())?,
        })
    }

    /// A call of git here.
    pub fn git(&self) -> Git {
        Git::in_directory(&self.directory)
    }

    /// Whether this is a bare repository.
    pub fn is_bare(&self) -> bool {
        self.worktree.is_none()
    }

    /// A worktree of this bare repository, where somebody may be at work: that of the branch that its
    /// HEAD names, before others.
    pub fn linked(&self) -> Option<&Path> {
        if !self.is_bare() {
            return None;
        }
        let told = self.git().args(["symbolic-ref", "--quiet", "--short", "HEAD"]).run();
        let named = told.map(|told| text(line(&told.stdout))).unwrap_or_default();
        let linked =
            || self.worktrees.iter().filter(|one| one.kind == Kind::Files && one.is_here());
        let is_named = |one: &&Worktree| one.branch.as_ref() == Some(&named);
        linked().find(is_named).or_else(|| linked().next()).map(|one| one.path.as_path())
    }

    /// Whether `core.hooksPath` is relative: then each worktree has its own such directory.
    pub fn is_relative(&self) -> bool {
        // Git expands a leading tilde (git-config(1), the type pathname).
        matches!(&self.chosen_by, ChosenBy::Setting { value, .. }
            if !value.starts_with('/') && !value.starts_with('~'))
    }

    /// How the gate's hooks have to come into this directory.
    pub fn joining(&self) -> Joining {
        // One that cannot be looked at may have anything in it.
        let may_be = |worktree: &Worktree| {
            worktree.kind == Kind::Unfound || Author::is_configured_in(&worktree.path)
        };
        let is_configured = || self.worktrees.iter().any(may_be);
        match self.chosen_by {
            ChosenBy::Git if !is_configured() => Joining::Links,
            ChosenBy::Git | ChosenBy::Setting { .. } => Joining::Copies,
        }
    }

    /// Whose hooks these are.
    pub fn serves(&self) -> Serves {
        match &self.chosen_by {
            ChosenBy::Setting { scope, .. } if scope == "global" || scope == "system" => {
                Serves::EveryRepository
            }
            _ => Serves::ThisRepository,
        }
    }

    /// The worktree that the hooks directory lies in, when it lies in one: its files are then
    /// seen by `git status`, and may be tracked.
    pub fn hooks_worktree(&self) -> Option<&Path> {
        let inside = |worktree: &&Worktree| {
            worktree.kind == Kind::Files
                && self.hooks.starts_with(&worktree.path)
                && !self.hooks.starts_with(&self.common_dir)
        };
        self.worktrees.iter().find(inside).map(|worktree| worktree.path.as_path())
    }

    /// The same repository as seen from its other worktrees, as far as these have a hooks directory
    /// of their own: by a relative `core.hooksPath`, or one that is set for a worktree alone.
    ///
    /// # Errors
    /// As [`Place::find`].
    pub fn with_hooks_of_their_own(&self) -> Result<Vec<Self>, Problem> {
        let is_set_for_each = || own_setting(self.git(), "extensions.worktreeConfig");
        if !self.is_relative() && is_set_for_each()?.is_none() {
            return Ok(Vec::new());
        }
        let mut known = vec![HooksDirectory::new(&self.hooks)];
        let mut found = Vec::new();
        for worktree in self.worktrees.iter().filter(|worktree| worktree.is_here()) {
            let place = Self::find_alone(&worktree.path)?;
            let hooks = HooksDirectory::new(&place.hooks);
            if !known.contains(&hooks) {
                known.push(hooks);
                found.push(place);
            }
        }
        Ok(found)
    }

    /// The hooks in the hooks directory that git tracks.
    ///
    /// # Errors
    /// Git gives no answer.
    pub fn tracked_hooks(&self) -> Result<Vec<PathBuf>, Problem> {
        let Some(worktree) = self.hooks_worktree() else { return Ok(Vec::new()) };
        let listed = Git::in_directory(worktree)
            .of_directory_alone()
            .args(["ls-files", "-z", "--"])
            .arg(&self.hooks)
            .stdout()?;
        Ok(listed.split(|byte| *byte == 0).filter(|name| !name.is_empty()).map(path_of).collect())
    }
}

/// Why git opens nothing here. Its words are those of 2.39 and 2.47.
fn refused(directory: &Path, stderr: &[u8]) -> Problem {
    let directory = directory.to_owned();
    let text = String::from_utf8_lossy(stderr);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let said = lines.find_map(|line| line.strip_prefix("fatal: ")).unwrap_or_default();
    if said.is_empty() || said.starts_with("not a git repository") {
        return Problem::NoRepository(directory);
    }
    let remedy = lines.find(|line| line.starts_with("git config ")).map(printable);
    Problem::Refused { directory, said: printable(said), remedy }
}

fn chosen_by(git: Git, directory: &Path, common_dir: &Path) -> Result<ChosenBy, Problem> {
    let Some(last) = hooks_paths(git)?.pop() else { return Ok(ChosenBy::Git) };
    let is_gits_own = last.value == common_dir.join("hooks")
        && last.is_from(directory, &common_dir.join(own_hooks::FILE));
    Ok(match is_gits_own {
        true => ChosenBy::Git,
        false => ChosenBy::Setting { value: last.text(), scope: last.scope },
    })
}

/// A `core.hooksPath`, and who says so.
pub(super) struct HooksPath {
    /// `local`, `worktree`, `global`, `system` or `command`, as git says.
    pub scope: String,
    origin: PathBuf,
    /// The value, as written.
    value: PathBuf,
}

impl HooksPath {
    /// The value as text.
    pub fn text(&self) -> String {
        self.value.to_string_lossy().into_owned()
    }

    /// Whether it stands in this file, as git names it where it was called: from there, or absolute.
    pub fn is_from(&self, directory: &Path, file: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().ok();
        real(file).is_some_and(|file| real(&directory.join(&self.origin)) == Some(file))
    }
}

/// All of them, of which the last one counts.
pub(super) fn hooks_paths(git: Git) -> Result<Vec<HooksPath>, Problem> {
    let question = ["config", "--null", "--show-scope", "--show-origin", "--get-all"];
    // Scope, origin and value, each ended by a NUL; nothing where there is none (git 2.39, 2.47).
    let told = git.args(question).arg("core.hooksPath").run()?.stdout;
    let parts: Vec<&[u8]> = told.split(|byte| *byte == 0).collect();
    let read = |one: &[&[u8]]| HooksPath {
        scope: text(one[0]),
        origin: path_of(one[1].strip_prefix(b"file:").unwrap_or(one[1])),
        value: path_of(one[2]),
    };
    Ok(parts.chunks_exact(3).map(read).collect())
}

/// All worktrees, the main one where it is.
fn worktrees(git: &Git) -> Result<Vec<Worktree>, Problem> {
    let told = git.clone().args(["worktree", "list", "--porcelain", "-z"]).stdout()?;
    let mut found = read(&told);
    if let Some(main) = found.first_mut().filter(|main| main.kind != Kind::Bare) {
        match main_worktree::root(git, &main.path)? {
            Some(root) => main.path = root,
            None => main.kind = Kind::Unfound,
        }
    }
    Ok(found)
}

/// Reads `git worktree list --porcelain -z` (since 2.36): lines ended by NUL, an empty one after
/// each worktree.
fn read(listed: &[u8]) -> Vec<Worktree> {
    let mut found: Vec<Worktree> = Vec::new();
    for line in listed.split(|byte| *byte == 0) {
        if let Some(root) = line.strip_prefix(b"worktree ") {
            found.push(Worktree { path: path_of(root), branch: None, kind: Kind::Files });
        } else if let Some(last) = found.last_mut() {
            if line == b"bare" {
                last.kind = Kind::Bare;
            } else if let Some(branch) = line.strip_prefix(b"branch refs/heads/") {
                last.branch = Some(text(branch));
            }
        }
    }
    found
}

/// The value of a key in the repository's own configuration; the last one.
///
/// # Errors
/// Git gives no answer.
pub(super) fn own_setting(git: Git, key: &str) -> Result<Option<String>, Problem> {
    setting(git.args(["config", "--local"]), key)
}

/// The value of a key as git has it here, wherever it is set; the last one.
///
/// # Errors
/// Git gives no answer.
pub(super) fn effective_setting(git: Git, key: &str) -> Result<Option<String>, Problem> {
    setting(git.args(["config"]), key)
}

fn setting(config: Git, key: &str) -> Result<Option<String>, Problem> {
    let Output { status, stdout, .. } = config.args(["--null", "--get", key]).run()?;
    Ok(status.success().then(|| text(stdout.split(|byte| *byte == 0).next().unwrap_or_default())))
}

/// The first line of what git printed, without its end.
pub(super) fn line(stdout: &[u8]) -> &[u8] {
    stdout.strip_suffix(b"\n").unwrap_or(stdout)
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_refuses_is_not_said_to_be_missing() {
        let asked = |stderr: &str| refused(Path::new("/here"), stderr.as_bytes());
        let missing = "fatal: not a git repository (or any of the parent directories): .git\n";
        assert!(matches!(asked(missing), Problem::NoRepository(_)));
        assert!(matches!(asked(""), Problem::NoRepository(_)));
        let dubious = "fatal: detected dubious ownership in repository at '/here'\n\
                       To add an exception for this directory, call:\n\n\
                       \tgit config --global --add safe.directory /here\n";
        let problem = asked(dubious);
        let said = "/here cannot be opened: detected dubious ownership in repository at '/here'";
        assert_eq!(problem.to_string(), said);
        let help = problem.help();
        let remedy = "git config --global --add safe.directory /here";
        assert_eq!(help[0].command.as_deref(), Some(remedy));
        let other = asked("warning: x\nfatal: bad config line 1 in file .git/config\n");
        assert!(matches!(other, Problem::Refused { remedy: None, .. }));
    }

    #[test]
    fn worktrees_as_git_lists_them() {
        let listed = b"worktree /a\nb\0HEAD 1\0branch refs/heads/agents/x\0\0\
                       worktree /c\0HEAD 2\0detached\0\0worktree /d\0bare\0\0";
        let found = read(listed);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].path, Path::new("/a\nb"));
        assert_eq!(found[0].branch.as_deref(), Some("agents/x"));
        assert_eq!((found[1].branch.as_deref(), found[1].kind), (None, Kind::Files));
        assert_eq!(found[2].kind, Kind::Bare);
    }
}
