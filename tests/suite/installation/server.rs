//! The server: `install --server` in a bare repository.

use super::*;

fn served() -> Sandbox {
    let world = two_lanes();
    world.server("server.git");
    world.gate("server.git", &["install", "--server"]).expect(0);
    world
}

/// Commits without asking any hook.
fn commit_unasked(world: &Sandbox, worktree: &str, file: &str) {
    world.append(format!("{worktree}/{file}"), "x\n");
    world.git(worktree, &["add", "--all"]);
    world.git(worktree, &["-c", "core.hooksPath=/dev/null", "commit", "--quiet", "-m", file]);
}

#[test]
fn only_pre_receive_is_installed_and_the_message_says_what_is_not_promised() {
    let world = two_lanes();
    world.server("server.git");
    let installed = world.gate("server.git", &["install", "--server"]);
    installed.expect(0).says("main (HEAD's branch)").says("contractgate.identityEnv");
    installed.says("nobody who").is_silent_about("pre-commit");
    assert_eq!(world.git("server.git", &["config", "contractgate.trunk"]).line(), "main");
    for name in CLIENT {
        assert!(!world.exists(format!("server.git/hooks/{name}")), "{name}");
    }
    world.gate("server.git", &["uninstall"]).expect(0).says("taken away");
    assert!(!world.exists("server.git/hooks/pre-receive"));
}

#[test]
fn a_new_server_is_told_its_trunk_before_there_is_one() {
    let world = two_lanes();
    world.git(".", &["-c", "init.defaultBranch=master", "init", "--quiet", "--bare", "new.git"]);
    world.gate("new.git", &["install", "--server", "--trunk", "no..name"]).expect(2);
    let installed = world.gate("new.git", &["install", "--server", "--trunk", "main"]);
    installed.expect(0).says("the trunk has no commit yet");
    // What comes first is judged as the trunk's creation.
    world.git("repo", &["checkout", "--quiet", "--orphan", "broken"]);
    world.write("repo/contract.toml", "format = 1\nversion = 0\n");
    commit_unasked(&world, "repo", "broken.txt");
    world.try_git("repo", &["push", "../new.git", "broken:main"]).expect_failure();
    assert_eq!(world.tip("new.git", "refs/heads/main"), None);
    world.git("repo", &["push", "--quiet", "../new.git", "main"]);
    assert_eq!(world.tip("new.git", "refs/heads/main"), Some(world.id("repo", "main")));
    let other = world.gate("new.git", &["install", "--server", "--trunk", "mian"]);
    other.expect(2).says("there is no branch mian").says("install --server --trunk BRANCH");
}

#[test]
fn a_server_whose_head_names_a_branch_without_commits_says_how_to_name_another() {
    let world = two_lanes();
    world.git(".", &["-c", "init.defaultBranch=master", "init", "--quiet", "--bare", "new.git"]);
    let installed = world.gate("new.git", &["install", "--server"]);
    installed.expect(0).says("contract-gate install --server --trunk BRANCH");
    world.gate("new.git", &["install", "--server", "--trunk", "main"]).expect(0);
    world.git("repo", &["push", "--quiet", "../new.git", "main"]);
}

#[test]
fn a_server_whose_head_names_no_branch_takes_the_only_one_with_a_contract() {
    let world = two_lanes();
    world.git(".", &["-c", "init.defaultBranch=master", "init", "--quiet", "--bare", "new.git"]);
    world.git("repo", &["push", "--quiet", "../new.git", "main"]);
    let installed = world.gate("new.git", &["install", "--server"]);
    installed.expect(0).says("main (the only branch with a contract)");
    world.git("repo", &["push", "--quiet", "../new.git", "agents/one"]);
    // With two of them nobody knows which one is meant; and who pushes is told where it is said.
    world.gate("new.git", &["uninstall"]).expect(0);
    world.try_git("new.git", &["config", "--unset", "contractgate.trunk"]);
    world.gate("new.git", &["install", "--server"]).expect(0).says("master (HEAD's branch)");
    world.git("repo", &["commit", "--quiet", "--allow-empty", "--message", "more"]);
    let pushed = world.try_git("repo", &["push", "../new.git", "main"]);
    pushed.expect_failure().says("trunk-missing").says("on the server: contract-gate install");
}

#[test]
fn what_breaks_the_contract_does_not_get_in() {
    let world = served();
    commit_unasked(&world, "one", "two/there.txt");
    let pushed = world.try_git("one", &["push", "origin", "agents/one"]);
    pushed.expect_failure().says("out-of-scope");
    let tip = || world.tip("server.git", "refs/heads/agents/one");
    assert_eq!(tip(), Some(world.id("repo", "main")));
    world.git("one", &["reset", "--quiet", "--hard", "main"]);
    commit_unasked(&world, "one", "one/work.txt");
    world.git("one", &["push", "--quiet", "origin", "agents/one"]);
    assert_eq!(tip(), Some(world.id("one", "HEAD")));
}

#[test]
fn a_pre_receive_from_before_is_asked_after_the_gate() {
    let world = two_lanes();
    world.server("server.git");
    world.write("server.git/hooks/pre-receive", "#!/bin/sh\necho \"seen: $(cat)\" >&2\nexit 1\n");
    world.make_executable("server.git/hooks/pre-receive");
    world.gate("server.git", &["install", "--server"]).expect(0);
    commit_unasked(&world, "one", "one/work.txt");
    let pushed = world.try_git("one", &["push", "origin", "agents/one"]);
    pushed.expect_failure().says(&format!("seen: {}", world.id("repo", "main")));
    assert_eq!(world.tip("server.git", "refs/heads/agents/one"), Some(world.id("repo", "main")));
    commit_unasked(&world, "one", "two/there.txt");
    let pushed = world.try_git("one", &["push", "origin", "agents/one"]);
    pushed.expect_failure().says("out-of-scope").is_silent_about("seen:");
}

#[test]
fn an_empty_server_can_be_prepared() {
    let world = two_lanes();
    world.git(".", &["init", "--quiet", "--bare", "--initial-branch=main", "empty.git"]);
    world.gate("empty.git", &["install", "--server"]).expect(0).says("no commit yet");
    let place = world.path("empty.git").display().to_string();
    world.git("repo", &["push", "--quiet", &place, "main"]);
    commit_unasked(&world, "one", "two/there.txt");
    world.try_git("one", &["push", &place, "agents/one"]).expect_failure().says("out-of-scope");
}

#[test]
fn a_legal_text_may_come_where_the_contract_was_another_file_and_was_taken_away() {
    let world = served();
    assert_eq!(
        world.git("server.git", &["config", "contractgate.contract"]).line(),
        "contract.toml"
    );
    let push = |message: &str| {
        world.git("repo", &["add", "--all"]);
        world.git("repo", &["commit", "--quiet", "-m", message]);
        world.try_git("repo", &["push", "origin", "main"])
    };
    let contract = world
        .gate("repo", &["convert", "--to", "markdown", "contract.toml"])
        .expect(0)
        .stdout
        .clone();
    // Written anew in Markdown: from then on one that is not to be recognised is no legal text.
    world.remove("repo/contract.toml");
    world.write("repo/CONTRACT.md", &contract);
    push("in Markdown").expect(0);
    world.write("repo/CONTRACT.md", "# Licence\n\nThis is what we have agreed upon.\n");
    push("mangled").expect_failure().says("has become unrecognisable");
    world.git("repo", &["reset", "--quiet", "--hard", "HEAD^"]);
    world.remove("repo/CONTRACT.md");
    push("taken away").expect(0);
    world.write("repo/CONTRACT.md", "# Licence\n\nThis is what we have agreed upon.\n");
    push("a legal text").expect(0);
    world.write("repo/one/there.txt", "more\n");
    push("work").expect(0);
}
