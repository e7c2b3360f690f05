//! The hermetic world of a test: its own home, its own repositories, real git, no network.
//!
//! Everything lives below one temporary directory, and every path given here is relative to it:
//! `repo` is the repository that most tests begin with, worktrees and servers stand beside it.
//! `CONTRACT_GATE_TEST_GIT` names the git to test with (by default the one on `PATH`), and
//! `CONTRACT_GATE_TEST_KIND` what it makes every repository as: `sha256`, `reftable`, or both as
//! `sha256+reftable` (by default what git does by itself). `CONTRACT_GATE_TEST_PROGRAM` names the gate
//! to test, such as an installed one (by default the one that cargo builds beside the tests).
//!
//! ```ignore
//! let world = Sandbox::new();
//! world.write("repo/src/a.rs", "fn a() {}\n");
//! let first = world.commit("repo", "first");
//! world.git("repo", &["branch", "agents/a"]);
//! world.gate("repo", &["check"]).expect(1).says("out-of-scope");
//! ```

#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::disallowed_methods, reason = "a test starts git and the gate as a user does")]
#![allow(clippy::unwrap_used, reason = "a sandbox that cannot be built is a failed test")]

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// A world of its own; gone when it is dropped.
pub struct Sandbox {
    root: tempfile::TempDir,
    /// Each call of git is a second later than the one before: commits have an order.
    clock: Cell<u64>,
    environment: Vec<(OsString, OsString)>,
}

/// What a call did.
#[derive(Clone)]
pub struct Ran {
    /// Its exit status; 128 + n for a signal n.
    pub code: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error, as text.
    pub stderr: String,
    call: String,
}

/// A call that is being put together.
pub struct Call {
    command: Command,
    shown: String,
    input: Vec<u8>,
}

/// The git under test.
pub fn git_program() -> OsString {
    std::env::var_os("CONTRACT_GATE_TEST_GIT")
        .filter(|program| !program.is_empty())
        .unwrap_or_else(|| "git".into())
}

/// The version of the git under test, such as `(2, 47)`.
pub fn git_version() -> (u32, u32) {
    let output = Command::new(git_program()).arg("version").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut numbers = text.split_whitespace().nth(2).unwrap().split('.');
    let mut next = || numbers.next().unwrap().parse().unwrap();
    (next(), next())
}

/// What `CONTRACT_GATE_TEST_KIND` asks for, as the variables by which git takes it. A git before
/// 2.45 ignores the one for reftable, which it does not have.
fn kind() -> Vec<(&'static str, &'static str)> {
    let asked = std::env::var("CONTRACT_GATE_TEST_KIND").unwrap_or_default();
    let words = asked.split('+').filter(|word| !word.is_empty());
    words
        .map(|word| match word {
            "sha256" => ("GIT_DEFAULT_HASH", "sha256"),
            "reftable" => ("GIT_DEFAULT_REF_FORMAT", "reftable"),
            other => panic!("CONTRACT_GATE_TEST_KIND: {other:?} is no kind of repository"),
        })
        .collect()
}

/// Whether git makes every repository with reftable in this run of the tests.
pub fn has_reftable() -> bool {
    kind().contains(&("GIT_DEFAULT_REF_FORMAT", "reftable")) && git_version() >= (2, 45)
}

impl Sandbox {
    /// A world with an empty repository `repo` on the branch `main`.
    pub fn new() -> Self {
        let world = Self::bare_world();
        world.init("repo");
        world
    }

    /// A world without any repository.
    pub fn bare_world() -> Self {
        let root = tempfile::Builder::new().prefix("world-").tempdir().unwrap();
        let world = Self { root, clock: Cell::new(1_700_000_000), environment: Vec::new() };
        world.write(
            "home/.gitconfig",
            "[init]\n\tdefaultBranch = main\n\
             [user]\n\tname = Test\n\temail = test@example.com\n\
             [protocol \"file\"]\n\tallow = always\n\
             [gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n\
             [advice]\n\tdetachedHead = false\n",
        );
        world
    }

    /// The worked example: `repo` with the contract on `main`, a file for every scope, and the
    /// three lanes in the worktrees `wt-uploads`, `wt-migrations` and `wt-tests`.
    pub fn uploads() -> Self {
        let world = Self::new();
        for (file, content) in UPLOADS {
            world.write(format!("repo/{file}"), content);
        }
        world.write("repo/CONTRACT.md", WORKED_EXAMPLE);
        world.commit("repo", "uploads: the contract and what is there");
        for lane in ["uploads", "migrations", "tests"] {
            world.worktree(&format!("wt-{lane}"), &format!("agents/{lane}"));
        }
        world
    }

    /// A world of its own that stands where this one stands: the same files and the same history,
    /// with the paths that git keeps (of worktrees and remotes) leading into the copy. Cheaper than
    /// building it again: most of that is processes.
    pub fn copy(&self) -> Self {
        let root = tempfile::Builder::new().prefix("world-").tempdir().unwrap();
        let clock = Cell::new(self.clock.get());
        let (from, to) = (self.root.path(), root.path());
        copy_directory(from, to, from.to_str().unwrap(), to.to_str().unwrap());
        Self { root, clock, environment: self.environment.clone() }
    }

    /// Sets a variable for all further calls.
    pub fn setenv(&mut self, name: &str, value: impl AsRef<OsStr>) {
        self.environment.push((name.into(), value.as_ref().into()));
    }

    /// Where something is.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.path().join(relative)
    }

    /// Makes an empty repository.
    pub fn init(&self, directory: &str) {
        fs::create_dir_all(self.path(directory)).unwrap();
        self.git(directory, &["init", "--quiet", "--initial-branch=main"]);
    }

    /// Runs git; anything but success fails the test.
    pub fn git(&self, directory: &str, arguments: &[&str]) -> Ran {
        let ran = self.try_git(directory, arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        ran
    }

    /// Runs git, whatever comes of it.
    pub fn try_git(&self, directory: &str, arguments: &[&str]) -> Ran {
        self.call(directory, git_program()).args(arguments).run()
    }

    /// Runs the gate, whatever comes of it.
    pub fn gate(&self, directory: &str, arguments: &[&str]) -> Ran {
        self.call(directory, Self::gate_program()).args(arguments).run()
    }

    /// The gate under test: what `CONTRACT_GATE_TEST_PROGRAM` names, or what cargo has built.
    pub fn gate_program() -> &'static Path {
        static NAMED: OnceLock<Option<PathBuf>> = OnceLock::new();
        let named = NAMED.get_or_init(|| {
            let program = std::env::var_os("CONTRACT_GATE_TEST_PROGRAM").map(PathBuf::from);
            program.filter(|program| !program.as_os_str().is_empty())
        });
        match (named, option_env!("CARGO_BIN_EXE_contract-gate")) {
            (Some(program), _) => program,
            (None, Some(program)) => Path::new(program),
            (None, None) => panic!("only the suite has the binary"),
        }
    }

    /// Whether the gate reads every repository by git's plumbing in this run of the tests.
    pub fn reads_by_processes() -> bool {
        std::env::var_os("CONTRACT_GATE_GIT").is_some_and(|backend| backend == "plumbing")
    }

    /// A call of any program in a directory, with this world's environment alone.
    pub fn call(&self, directory: &str, program: impl AsRef<OsStr>) -> Call {
        self.clock.set(self.clock.get() + 1);
        let date = format!("{} +0000", self.clock.get());
        let mut command = Command::new(&program);
        command.current_dir(self.path(directory)).env_clear();
        command.env("PATH", search_path());
        command.env("HOME", self.path("home"));
        command.env("TMPDIR", std::env::temp_dir());
        let fixed = [
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "Test"),
            ("GIT_AUTHOR_EMAIL", "test@example.com"),
            ("GIT_COMMITTER_NAME", "Test"),
            ("GIT_COMMITTER_EMAIL", "test@example.com"),
            ("GIT_AUTHOR_DATE", &date),
            ("GIT_COMMITTER_DATE", &date),
            ("GIT_ALLOW_PROTOCOL", "file"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_EDITOR", "true"),
            ("GIT_MERGE_AUTOEDIT", "no"),
            ("LC_ALL", "C"),
            ("TZ", "UTC"),
        ];
        command.envs(fixed);
        // Which way the gate reads repositories is chosen for a whole run of the tests.
        if let Some(backend) = std::env::var_os("CONTRACT_GATE_GIT") {
            command.env("CONTRACT_GATE_GIT", backend);
        }
        command.envs(kind());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let shown = Path::new(program.as_ref()).file_name().unwrap_or_default();
        let shown = format!("{directory}$ {}", shown.to_string_lossy());
        Call { command, shown, input: Vec::new() }
    }

    /// Writes a file, and the directories above it.
    pub fn write(&self, file: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Adds to the end of a file.
    pub fn append(&self, file: impl AsRef<Path>, content: &str) {
        let path = self.path(file);
        let mut file = fs::File::options().append(true).create(true).open(path).unwrap();
        file.write_all(content.as_bytes()).unwrap();
    }

    /// A file's content, as text.
    pub fn read(&self, file: impl AsRef<Path>) -> String {
        let path = self.path(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Whether something is there (a symbolic link itself counts).
    pub fn exists(&self, file: impl AsRef<Path>) -> bool {
        fs::symlink_metadata(self.path(file)).is_ok()
    }

    /// Takes a file away.
    pub fn remove(&self, file: impl AsRef<Path>) {
        fs::remove_file(self.path(file)).unwrap();
    }

    /// Makes a file executable.
    #[cfg(unix)]
    pub fn make_executable(&self, file: impl AsRef<Path>) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(self.path(file), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Makes a symbolic link.
    #[cfg(unix)]
    pub fn symlink(&self, target: impl AsRef<Path>, link: impl AsRef<Path>) {
        std::os::unix::fs::symlink(target, self.path(link)).unwrap();
    }

    /// Commits everything that is in a worktree; gives the new commit. Empty commits are made too.
    pub fn commit(&self, directory: &str, message: &str) -> String {
        self.git(directory, &["add", "--all"]);
        self.git(directory, &["commit", "--quiet", "--allow-empty", "-m", message]);
        self.id(directory, "HEAD")
    }

    /// Writes files below a directory and commits everything.
    pub fn commit_files(&self, directory: &str, files: &[(&str, &str)], message: &str) -> String {
        for (file, content) in files {
            self.write(Path::new(directory).join(file), content);
        }
        self.commit(directory, message)
    }

    /// The full id that a revision names.
    pub fn id(&self, directory: &str, revision: &str) -> String {
        self.git(directory, &["rev-parse", "--verify", "--quiet", revision]).line()
    }

    /// The id that a ref has, if there is one.
    pub fn tip(&self, directory: &str, reference: &str) -> Option<String> {
        let ran = self.try_git(directory, &["rev-parse", "--verify", "--quiet", reference]);
        (ran.code == 0).then(|| ran.line())
    }

    /// Adds a worktree of `repo`, beside it, on a new or an existing branch.
    pub fn worktree(&self, directory: &str, branch: &str) {
        let place = self.path(directory).display().to_string();
        let arguments = match self.tip("repo", &format!("refs/heads/{branch}")) {
            Some(_) => vec!["worktree", "add", "--quiet", &place, branch],
            None => vec!["worktree", "add", "--quiet", "-b", branch, &place],
        };
        self.git("repo", &arguments);
    }

    /// A bare clone of `repo` beside it, which `repo` knows as the remote `origin`.
    pub fn server(&self, directory: &str) {
        self.git(".", &["clone", "--quiet", "--bare", "repo", directory]);
        let place = self.path(directory).display().to_string();
        self.git("repo", &["remote", "add", "origin", &place]);
        self.git("repo", &["fetch", "--quiet", "origin"]);
    }

    /// Writes a contract in Markdown and commits it, alone.
    pub fn contract(&self, directory: &str, text: &str) -> String {
        self.write(Path::new(directory).join("CONTRACT.md"), text);
        self.git(directory, &["add", "CONTRACT.md"]);
        self.git(directory, &["commit", "--quiet", "-m", "the contract", "--", "CONTRACT.md"]);
        self.id(directory, "HEAD")
    }

    /// Puts a shell script where git looks for a hook.
    pub fn hook(&self, directory: &str, name: &str, script: &str) {
        let hooks = self.git(directory, &["rev-parse", "--git-path", "hooks"]).line();
        let file = Path::new(directory).join(hooks).join(name);
        self.write(&file, format!("#!/bin/sh\n{script}"));
        self.make_executable(&file);
    }
}

impl Call {
    /// One more argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&argument.as_ref().to_string_lossy());
        self.command.arg(argument);
        self
    }

    /// More arguments.
    pub fn args<I: IntoIterator<Item: AsRef<OsStr>>>(self, arguments: I) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable away.
    pub fn unset(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// What it reads from standard input.
    pub fn input(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// Starts it as the first of a process group of its own, and does not wait for it.
    #[cfg(unix)]
    pub fn start(mut self) -> std::process::Child {
        use std::os::unix::process::CommandExt;
        self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.command.process_group(0).spawn().unwrap()
    }

    /// Starts it, to be spoken with over its input and output.
    pub fn converse(mut self) -> std::process::Child {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().unwrap()
    }

    /// Runs it, whatever comes of it.
    pub fn run(mut self) -> Ran {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = match self.command.spawn() {
            Ok(child) => child,
            Err(error) => panic!("{}: {error}", self.shown),
        };
        let mut stdin = child.stdin.take().unwrap();
        let input = self.input;
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        Ran {
            code: exit_code(output.status),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            call: self.shown,
        }
    }
}

impl Ran {
    /// Fails the test unless the exit status is this one.
    #[track_caller]
    pub fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// Fails the test unless the call failed.
    #[track_caller]
    pub fn expect_failure(&self) -> &Self {
        assert_ne!(self.code, 0, "{self:?}");
        self
    }

    /// Fails the test unless either output holds this text.
    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.text().contains(text) || self.stderr.contains(text), "{text:?} in {self:?}");
        self
    }

    /// Fails the test when either output holds this text.
    #[track_caller]
    pub fn is_silent_about(&self, text: &str) -> &Self {
        assert!(!self.text().contains(text) && !self.stderr.contains(text), "{text:?} in {self:?}");
        self
    }

    /// Standard output, as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard output without the end of its line.
    pub fn line(&self) -> String {
        self.text().trim_end().to_owned()
    }

    /// The lines of standard output.
    pub fn lines(&self) -> Vec<String> {
        self.text().lines().map(str::to_owned).collect()
    }
}

impl fmt::Debug for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, call, stderr, .. } = self;
        write!(f, "\n{call}\n--- exit {code}, stdout:\n{}\n--- stderr:\n{stderr}", self.text())
    }
}

/// Copies what is below a directory; a text that names the old root names the new one there.
fn copy_directory(from: &Path, to: &Path, old_root: &str, new_root: &str) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            fs::create_dir(&target).unwrap();
            copy_directory(&source, &target, old_root, new_root);
        } else if kind.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(&source).unwrap(), &target).unwrap();
        } else {
            fs::copy(&source, &target).unwrap();
            let is_small = fs::metadata(&target).unwrap().len() < 4096;
            if let Some(text) = is_small.then(|| fs::read_to_string(&target).ok()).flatten()
                && text.contains(old_root)
            {
                fs::write(&target, text.replace(old_root, new_root)).unwrap();
            }
        }
    }
}

#[cfg(unix)]
fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// The search path, with the git under test in front: hooks that call `git` get the same.
fn search_path() -> OsString {
    let usual = std::env::var_os("PATH").unwrap_or_default();
    let program = PathBuf::from(git_program());
    match program.parent().filter(|directory| directory.is_absolute()) {
        None => usual,
        Some(directory) => {
            let mut all = vec![directory.to_owned()];
            all.extend(std::env::split_paths(&usual));
            std::env::join_paths(all).unwrap()
        }
    }
}

/// The worked example of a context contract.
pub const WORKED_EXAMPLE: &str = include_str!("../../fixtures/contracts/valid/worked-example.md");

/// The files of the worked example's repository.
pub const UPLOADS: [(&str, &str); 14] = [
    ("README.md", "# Uploads\n\nA small service.\n"),
    ("package.json", "{\n  \"name\": \"uploads\",\n  \"scripts\": { \"test\": \"true\" }\n}\n"),
    ("tsconfig.json", "{\n  \"compilerOptions\": { \"strict\": true }\n}\n"),
    (".gitignore", "node_modules/\ndist/\n"),
    ("src/index.ts", "import { router } from \"./api/router\";\n\nrouter.listen(8080);\n"),
    (
        "src/api/router.ts",
        "import { Router } from \"./http\";\n\nexport const router = new Router();\n\
         router.get(\"/health\", () => \"ok\");\n",
    ),
    ("src/api/http.ts", "export class Router {\n  get() {}\n  post() {}\n  listen() {}\n}\n"),
    ("src/api/uploads/README.md", "Uploads will live here.\n"),
    ("src/db/schema.ts", "export const tables = {\n  users: { id: \"uuid\" },\n};\n"),
    ("src/db/migrations/0001_users.sql", "create table users (id uuid primary key);\n"),
    ("src/auth/session.ts", "export const session = () => null;\n"),
    ("tests/health.test.ts", "test(\"health\", () => {});\n"),
    ("tests/uploads/README.md", "Tests of uploads will live here.\n"),
    ("tests/fixtures/uploads/small.txt", "small\n"),
];
