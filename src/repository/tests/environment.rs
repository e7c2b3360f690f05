//! The repository that git names in the environment, seen from inside real hooks.
//!
//! The hook starts this test binary again, as the test `probe` alone, which writes down what it
//! sees.

use super::*;

/// A hook's script that runs [`probe`], with the hook's own environment.
fn script() -> String {
    let program = std::env::current_exe().unwrap();
    let test = concat!(module_path!(), "::probe");
    let test = test.split_once("::").unwrap().1;
    format!("exec '{}' --quiet --exact {test} --ignored >>\"$PROBE.log\" 2>&1\n", program.display())
}

/// Runs git with the probe as this hook, and gives what the probe saw.
fn seen(world: &Sandbox, directory: &str, hooks_of: &str, hook: &str, git: &[&str]) -> Vec<String> {
    seen_with(world, directory, hooks_of, hook, git, |call| call)
}

fn seen_with(
    world: &Sandbox,
    directory: &str,
    hooks_of: &str,
    hook: &str,
    git: &[&str],
    environment: impl FnOnce(sandbox::Call) -> sandbox::Call,
) -> Vec<String> {
    world.hook(hooks_of, hook, &script());
    let seen = world.path("seen");
    drop(std::fs::remove_file(&seen));
    let call = world.call(directory, sandbox::git_program()).args(git).env("PROBE", &seen);
    let ran = environment(call).run();
    assert_eq!(ran.code, 0, "{ran:?}");
    world.read("seen").lines().map(str::to_owned).collect()
}

/// Writes the worktree's directory name, HEAD and what is staged, a line each; the walk limit and
/// the trunk where a limit is configured; then a line for each new value of a ref that standard
/// input has, saying whether its commit can be read.
#[test]
#[ignore = "run by the other tests, inside a hook"]
#[expect(clippy::disallowed_methods, reason = "this stands for the program itself")]
fn probe() {
    let environment = Environment::capture().unwrap();
    let view = crate::repository::open(&environment, crate::repository::Wanted::Index).unwrap();
    let root = view
        .place()
        .worktree
        .as_ref()
        .map_or("none", |root| root.file_name().unwrap().to_str().unwrap());
    let head = view.reference(&RefName::new("HEAD")).unwrap();
    let head = head.map(|head| view.commit(head.target).unwrap());
    let mut lines = vec![root.to_owned(), format!("{:?}", head.as_ref().map(|head| &head.summary))];
    if view.place().worktree.is_some() {
        lines.extend(signs(&view.staged(head.map(|head| head.tree)).unwrap().changes));
    }
    let trunk = view.config("contractgate.trunk").unwrap();
    if view.walk_limit() != 200_000 {
        lines.push(format!("{} {trunk:?}", view.walk_limit()));
    }
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let new = line.split(' ').nth(1).unwrap();
        lines.push(format!("{:?}", view.commit(oid(new)).map(|commit| commit.summary)));
    }
    let file = std::env::var_os("PROBE").unwrap();
    std::fs::write(file, lines.join("\n")).unwrap();
}

fn repo() -> Sandbox {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1"), ("b", "1"), ("sub/c", "1")], "one");
    world
}

#[test]
fn a_commit_in_the_main_worktree() {
    let world = repo();
    world.write("repo/a", "2");
    world.write("repo/b", "2");
    world.git("repo", &["add", "a"]);
    let commit = ["commit", "--quiet", "-m", "x"];
    // From below the root, too.
    let saw = seen(&world, "repo/sub", "repo", "pre-commit", &commit);
    assert_eq!(saw, ["repo", "Some(\"one\")", "~a"]);
}

#[test]
fn a_commit_of_everything_or_of_a_path_has_an_index_of_its_own() {
    let world = repo();
    world.write("repo/a", "2");
    world.write("repo/b", "2");
    world.git("repo", &["add", "a"]);
    let commit = ["commit", "--quiet", "-m", "x", "-o", "b"];
    assert_eq!(seen(&world, "repo", "repo", "pre-commit", &commit)[2..], ["~b"]);
    world.write("repo/b", "3");
    let commit = ["commit", "--quiet", "-m", "x", "-a"];
    assert_eq!(seen(&world, "repo", "repo", "pre-commit", &commit)[2..], ["~a", "~b"]);
}

#[test]
fn a_commit_in_a_linked_worktree() {
    let world = repo();
    world.worktree("wt", "agents/a");
    world.write("wt/a", "2");
    let commit = ["commit", "--quiet", "-m", "x", "-a"];
    assert_eq!(seen(&world, "wt", "repo", "pre-commit", &commit), ["wt", "Some(\"one\")", "~a"]);
}

#[test]
fn a_git_directory_and_a_worktree_that_are_named() {
    let world = repo();
    std::fs::rename(world.path("repo/.git"), world.path("apart.git")).unwrap();
    std::fs::rename(world.path("repo"), world.path("files")).unwrap();
    world.write("files/a", "2");
    let hooks = ["--git-dir=../apart.git", "--work-tree=.", "commit", "--quiet", "-a", "-m", "x"];
    let saw = seen(&world, "files", "apart.git", "pre-commit", &hooks);
    assert_eq!(saw, ["files", "Some(\"one\")", "~a"]);
    world.write("files/a", "3");
    // Without a work tree named, git takes the current directory.
    let hooks = ["--git-dir=../apart.git", "commit", "--quiet", "-a", "-m", "y"];
    let saw = seen(&world, "files", "apart.git", "pre-commit", &hooks);
    assert_eq!(saw, ["files", "Some(\"x\")", "~a"]);
}

#[test]
fn a_commit_in_a_submodule() {
    let world = repo();
    world.init("library");
    world.commit_files("library", &[("l", "1")], "library one");
    world.git("repo", &["submodule", "--quiet", "add", "../library", "lib"]);
    world.write("repo/lib/l", "2");
    let commit = ["commit", "--quiet", "-a", "-m", "x"];
    let saw = seen(&world, "repo/lib", "repo/lib", "pre-commit", &commit);
    assert_eq!(saw, ["lib", "Some(\"library one\")", "~l"]);
}

#[test]
fn an_environment_with_little_in_it_or_too_much() {
    let world = repo();
    world.write("other.config", "[contractgate]\n\ttrunk = global\n");
    world.git("repo", &["config", "contractgate.walkLimit", "1000"]);
    let other = world.path("other.config");
    type Change<'a> = Box<dyn FnOnce(sandbox::Call) -> sandbox::Call + 'a>;
    let changes: [(&str, Change); 4] = [
        ("None", Box::new(|call| call.unset("HOME").unset("PATH").env("PATH", "/usr/bin:/bin"))),
        ("None", Box::new(|call| call.env("GIT_CONFIG_GLOBAL", "/dev/null"))),
        ("Some(\"global\")", Box::new(|call| call.env("GIT_CONFIG_GLOBAL", &other))),
        (
            "None",
            Box::new(|call| {
                call.env("GIT_CONFIG_COUNT", "1")
                    .env("GIT_CONFIG_KEY_0", "contractgate.trunk")
                    .env("GIT_CONFIG_VALUE_0", "misled")
            }),
        ),
    ];
    for (trunk, change) in changes {
        let commit =
            ["-c", "contractgate.walkLimit=7", "commit", "--quiet", "--allow-empty", "-m", "x"];
        let saw = seen_with(&world, "repo", "repo", "pre-commit", &commit, change);
        assert_eq!(saw.last().unwrap(), &format!("1000 {trunk}"));
    }
}

#[test]
fn the_first_commit() {
    let world = Sandbox::new();
    world.write("repo/a", "1");
    world.git("repo", &["add", "a"]);
    let commit = ["commit", "--quiet", "-m", "x"];
    assert_eq!(seen(&world, "repo", "repo", "pre-commit", &commit), ["repo", "None", "+a"]);
}

#[test]
fn a_push_in_quarantine() {
    let world = repo();
    world.server("server.git");
    world.commit_files("repo", &[("a", "2")], "pushed");
    let push = ["push", "--quiet", "origin", "main"];
    let saw = seen(&world, "repo", "server.git", "pre-receive", &push);
    assert_eq!(saw, ["none", "Some(\"one\")", "Ok(\"pushed\")"]);
}

#[test]
fn a_repository_that_cannot_be_read_is_an_error() {
    let world = Sandbox::bare_world();
    std::fs::create_dir(world.path("none")).unwrap();
    assert!(matches!(try_view(&world, "none"), Err(ReadError::Open(_))));
    let variables = [("GIT_NAMESPACE", "a")];
    let environment = Environment::of(variables, world.path("none"));
    let error =
        crate::repository::open(&environment, crate::repository::Wanted::Index).err().unwrap();
    assert!(error.to_string().contains("GIT_NAMESPACE"), "{error}");
    let variables = [("CONTRACT_GATE_GIT", "other")];
    let environment = Environment::of(variables, world.path("none"));
    let error =
        crate::repository::open(&environment, crate::repository::Wanted::Index).err().unwrap();
    assert!(error.to_string().contains("neither libgit2 nor plumbing"), "{error}");
}
