//! The gate beside other programs that look after hooks, as their registries have them: husky,
//! lefthook, pre-commit and prek.
//!
//! `tests/hook-managers.sh` fetches them, at fixed versions, into a directory below `target/`. Where
//! one of them is not there its tests say so on standard error and test nothing: a fresh machine
//! with git, a C compiler and Rust runs the suite. `tests/run.sh` names what was left out.

mod first;
mod second;

use super::*;

/// What another program's own check says when it runs.
const SAYS: &str = "the other hook ran";

/// What every command says when git does not run all of the gate's hooks.
const WARNED: &str = "git does not run them all";

/// Another program that looks after hooks.
struct Other {
    name: &'static str,
    /// Where it lies below the directory that it was fetched into.
    program: &'static str,
    /// Its configuration in the repository, by which it runs one check in `pre-commit`.
    file: &'static str,
    text: &'static str,
    /// The arguments that install its hooks.
    install: &'static [&'static str],
    /// The arguments that write them anew, whatever is there.
    anew: &'static [&'static str],
}

const ONE_CHECK: &str = "repos:\n- repo: local\n  hooks:\n  - id: check\n    name: check\n    \
                         language: system\n    entry: echo the other hook ran\n    \
                         always_run: true\n    pass_filenames: false\n    verbose: true\n";

const HUSKY: Other = Other {
    name: "husky",
    program: "node_modules/.bin/husky",
    file: ".husky/pre-commit",
    text: "echo the other hook ran\n",
    install: &[],
    anew: &[],
};

const LEFTHOOK: Other = Other {
    name: "lefthook",
    program: "node_modules/.bin/lefthook",
    file: "lefthook.yml",
    text: "pre-commit:\n  commands:\n    check:\n      run: echo the other hook ran\n",
    install: &["install"],
    anew: &["install", "-f"],
};

const PRE_COMMIT: Other = Other {
    name: "pre-commit",
    program: "python/bin/pre-commit",
    file: ".pre-commit-config.yaml",
    text: ONE_CHECK,
    install: &["install"],
    anew: &["install", "-f"],
};

const PREK: Other = Other {
    name: "prek",
    program: "python/bin/prek",
    file: ".pre-commit-config.yaml",
    text: ONE_CHECK,
    install: &["install"],
    anew: &["install", "-f"],
};

impl Other {
    /// The program, where it was fetched.
    #[allow(clippy::disallowed_methods, reason = "the directory may be another's choice")]
    fn find(&self) -> Option<PathBuf> {
        let fetched = match std::env::var_os("CONTRACT_GATE_HOOK_MANAGERS") {
            Some(directory) => PathBuf::from(directory),
            None => Path::new(env!("CARGO_MANIFEST_DIR")).join("target/hook-managers"),
        };
        let program = fetched.join(self.program);
        if program.is_file() {
            return Some(program);
        }
        eprintln!("LEFT OUT: {} was not fetched (tests/hook-managers.sh)", self.name);
        None
    }
}

/// A world with two lanes, in which another program can be installed.
struct Beside {
    world: Sandbox,
    other: &'static Other,
    program: PathBuf,
}

impl Beside {
    /// `None`: the other program was not fetched.
    fn new(other: &'static Other) -> Option<Self> {
        let beside = Self::unconfigured(other)?;
        beside.configure();
        Some(beside)
    }

    /// The same, before anybody has thought of the other program.
    fn unconfigured(other: &'static Other) -> Option<Self> {
        let program = other.find()?;
        let world = Sandbox::new();
        world.write("repo/contract.toml", CONTRACT);
        world.write("repo/one/there.txt", "one\n");
        world.write("repo/two/there.txt", "two\n");
        world.commit("repo", "the contract");
        world.worktree("one", "agents/one");
        let mut world = with_the_command(world);
        // Its hooks look for it here first.
        let beside = program.parent().unwrap().display().to_string();
        let path = world.call(".", "sh").args(["-c", "printf %s \"$PATH\""]).run().line();
        world.setenv("PATH", format!("{beside}:{path}"));
        Some(Self { world, other, program })
    }

    /// The other program's configuration comes to the trunk, and into the lane.
    fn configure(&self) {
        self.world.write(format!("repo/{}", self.other.file), self.other.text);
        self.world.commit("repo", "what checks commits");
        self.world.git("one", &["merge", "--quiet", "--ff-only", "main"]);
    }

    /// Runs the other program in the lane's worktree.
    fn other(&self, arguments: &[&str]) {
        self.world.call("one", &self.program).args(arguments).run().expect(0);
    }

    /// The directory that git takes hooks from in the lane's worktree.
    fn hooks(&self) -> PathBuf {
        let hooks = self.world.git("one", &["rev-parse", "--git-path", "hooks"]).line();
        self.world.path("one").join(hooks)
    }

    /// Both work: the other's check runs, and the gate refuses what breaks the contract.
    #[track_caller]
    fn both_work(&self) {
        trespass(&self.world, "one").expect_failure().says(SAYS).says("at pre-commit");
        work(&self.world, "one").expect(0).says(SAYS);
        let moved = ["update-ref", "refs/heads/agents/two", "HEAD"];
        self.world.try_git("one", &moved).expect_failure().says("at reference-transaction");
        self.is_warned(false);
    }

    /// Whether every command warns of hooks that are gone.
    #[track_caller]
    fn is_warned(&self, expected: bool) {
        for command in [&["check"][..], &["lint", "contract.toml"], &["explain"]] {
            let ran = self.world.gate("one", command);
            assert_eq!(ran.stderr.contains(WARNED), expected, "{ran:?}");
        }
    }

    /// The other one alone works: its check runs, and nothing is refused.
    #[track_caller]
    fn the_other_works_alone(&self) {
        work(&self.world, "one").expect(0).says(SAYS);
        trespass(&self.world, "one").expect(0).says(SAYS).is_silent_about("out-of-scope");
        self.is_warned(false);
    }
}
