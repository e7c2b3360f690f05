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
fn a_trunk_that_was_renamed_on_the_server_is_missing_there_and_is_followed_by_the_command_printed()
{
    let world = served();
    world.gate("repo", &["install", "--trunk", "main"]).expect(0);
    world.git("repo", &["fetch", "--quiet", "origin"]);
    world.git("server.git", &["branch", "-m", "main", "trunk"]);
    let examined = world.gate("server.git", &["doctor"]);
    examined.expect(2).says("the trunk main does not exist").is_silent_about("nothing is enforced");
    world.gate("server.git", &["install", "--server", "--trunk", "trunk"]).expect(0);
    world.gate("server.git", &["doctor"]).expect(0);
    world.git("repo", &["fetch", "--quiet", "--prune", "origin"]);
    world.git("repo", &["remote", "set-head", "origin", "trunk"]);
    let printed = "git branch -m main trunk && git branch -u origin/trunk trunk && git config contractgate.trunk trunk";
    world.gate("repo", &["doctor"]).says("origin has no branch main").says(printed);
    world.call("repo", "sh").args(["-c", printed]).run().expect(0);
    world.gate("repo", &["doctor"]).says("origin has the same contract on trunk");
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

/// A server, and a person who has all hooks taken from a directory of their own.
fn served_with_hooks_of_their_own() -> Sandbox {
    let world = served();
    their_own(&world);
    world
}

fn their_own(world: &Sandbox) {
    let theirs = world.path("theirs").display().to_string();
    world.git("repo", &["config", "--file", "../mine", "core.hooksPath", &theirs]);
    let others = world.read("home/.gitconfig");
    world.append("mine", &others);
}

/// Pushes a trespass and takes it back: what the push said.
fn push_as_them(world: &Sandbox, to: &str) -> Ran {
    commit_unasked(world, "one", "two/there.txt");
    let mine = world.path("mine");
    let push = world.call("one", "git").args(["push", to, "+HEAD:agents/one"]);
    let ran = push.env("GIT_CONFIG_GLOBAL", mine).run();
    world.git("one", &["reset", "--quiet", "--hard", "main"]);
    ran
}

#[test]
fn a_hooks_path_of_whoever_pushes_leads_past_no_hook_of_a_server() {
    let world = served_with_hooks_of_their_own();
    world.symlink(".", "way");
    let file = format!("file://{}", world.path("server.git").display());
    for to in ["origin", "../server.git", "../server", "../way/server.git", &file] {
        push_as_them(&world, to).expect_failure().says("out-of-scope");
    }
    // A repository can be pushed to by the path of a worktree of it.
    world.git("server.git", &["worktree", "add", "--quiet", "--detach", "../beside", "main"]);
    push_as_them(&world, "../beside").expect_failure().says("out-of-scope");
    let doctor = world.gate("server.git", &["doctor"]);
    doctor.says("its hooks outweigh a core.hooksPath").is_silent_about("WRONG   server");
    world.git("server.git", &["config", "--remove-section", &section(&world, "/worktrees/*")]);
    let doctor = world.gate("beside", &["doctor"]);
    let server = world.path("server.git").display().to_string();
    doctor.expect(1).says(&format!("contract-gate -C {server} install --server"));
}

#[test]
fn a_directory_is_named_whatever_is_in_its_name() {
    let world = two_lanes();
    their_own(&world);
    let name = "a [b]*?\\c \"d\" #~;{e}\u{e4}.git";
    world.server(name);
    world.gate(name, &["install", "--server"]).expect(0);
    push_as_them(&world, "origin").expect_failure().says("out-of-scope");
    world.gate(name, &["doctor"]).expect(0).says("its hooks outweigh a core.hooksPath");
    world.git(".", &["clone", "--quiet", "--bare", "repo", "a\nb.git"]);
    world.gate("a\nb.git", &["install", "--server"]).expect(0).says("can name this directory");
    world.gate("a\nb.git", &["doctor"]).expect(1).says("leads past its hooks");
}

#[test]
fn a_server_that_is_moved_or_copied_has_its_own_hooks_and_is_named_until_installed_again() {
    for mend in [&["install", "--server"][..], &["doctor", "--fix"]] {
        let world = served_with_hooks_of_their_own();
        world.call(".", "cp").args(["-R", "server.git", "copy.git"]).run().expect(0);
        fs::rename(world.path("server.git"), world.path("moved.git")).unwrap();
        for moved in ["moved.git", "copy.git"] {
            let to = format!("../{moved}");
            commit_unasked(&world, "one", "two/there.txt");
            let pushed = world.try_git("one", &["push", &to, "agents/one"]);
            pushed.expect_failure().says("out-of-scope");
            world.git("one", &["reset", "--quiet", "--hard", "main"]);
            let doctor = world.gate(moved, &["doctor"]);
            doctor.expect(1).says("it is not where it was").says("contract-gate install --server");
            // Nothing of it leads to the place from before, whoever is there now.
            push_as_them(&world, &to).is_silent_about("out-of-scope");
            // Also for somebody who has such a setting.
            let mended = world
                .call(moved, Sandbox::gate_program())
                .args(mend)
                .env("GIT_CONFIG_GLOBAL", world.path("mine"));
            mended.run().expect(0);
            push_as_them(&world, &to).expect_failure().says("out-of-scope");
            world.gate(moved, &["doctor"]).expect(0);
            let config = world.read(format!("{moved}/config"));
            assert_eq!(config.matches("contract-gate-hooks.config").count(), 2, "{config}");
        }
        // Another repository in the place from before is its own.
        world.git(".", &["init", "--quiet", "--bare", "server.git"]);
        let hooks = world.git("server.git", &["rev-parse", "--git-path", "hooks"]).line();
        assert_eq!(hooks, "hooks");
    }
}

#[test]
fn installing_a_server_again_changes_nothing_and_uninstalling_leaves_every_byte() {
    let world = two_lanes();
    world.server("server.git");
    let config = world.read("server.git/config");
    world.write("server.git/config", format!("# a remark\n{config}"));
    let before = everything(&world.path("server.git"));
    world.gate("server.git", &["install", "--server"]).expect(0).says("After a move");
    let installed = everything(&world.path("server.git"));
    world.gate("server.git", &["install", "--server"]).expect(0).says("unchanged");
    world.gate("server.git", &["doctor", "--fix"]).expect(0).says("nothing was to be put back");
    assert!(installed == everything(&world.path("server.git")));
    fs::rename(world.path("server.git"), world.path("moved.git")).unwrap();
    world.gate("moved.git", &["uninstall"]).expect(0).says("contract-gate-hooks.config");
    fs::rename(world.path("moved.git"), world.path("server.git")).unwrap();
    let after = everything(&world.path("server.git"));
    let config = world.path("server.git/config");
    assert!(before == after, "{}", fs::read_to_string(config).unwrap());
}

#[test]
fn a_server_of_an_older_version_is_told_and_mended() {
    let world = served_with_hooks_of_their_own();
    world.remove("server.git/contract-gate-hooks.config");
    world.git("server.git", &["config", "--remove-section", &section(&world, "")]);
    world.git("server.git", &["config", "--remove-section", &section(&world, "/worktrees/*")]);
    world.gate("server.git", &["doctor"]).expect(1).says("leads past its hooks");
    world.gate("server.git", &["doctor", "--fix"]).expect(0).says("fixed: its hooks outweigh");
    push_as_them(&world, "origin").expect_failure().says("out-of-scope");
    // A file that somebody has changed is theirs.
    world.append("server.git/contract-gate-hooks.config", "[user]\n\tname = x\n");
    world.gate("server.git", &["doctor", "--fix"]).expect(2).says("was changed: whether");
    world.gate("server.git", &["install", "--server"]).expect(2).says("was left alone");
    world.gate("server.git", &["uninstall"]).expect(0).says("was changed since, and stays");
    assert!(world.exists("server.git/contract-gate-hooks.config"));
    assert!(!world.read("server.git/config").contains("includeIf"));
}

/// The section of the server's configuration that has its hooks taken from it.
fn section(world: &Sandbox, below: &str) -> String {
    format!(
        "includeIf.gitdir:{}{below}",
        world.path("server.git").canonicalize().unwrap().display()
    )
}

#[test]
fn a_hooks_path_that_a_server_has_set_itself_is_kept() {
    let world = two_lanes();
    their_own(&world);
    world.server("server.git");
    let own = world.path("server-hooks").display().to_string();
    world.git("server.git", &["config", "core.hooksPath", &own]);
    world.gate("server.git", &["install", "--server"]).expect(0).is_silent_about("After a move");
    assert!(!world.exists("server.git/contract-gate-hooks.config"));
    push_as_them(&world, "origin").expect_failure().says("out-of-scope");
    world.gate("server.git", &["doctor"]).expect(0);
    world.gate("server.git", &["uninstall"]).expect(0);
    // Set after an installation, it stands before the include, which has the last word.
    world.git("server.git", &["config", "--unset", "core.hooksPath"]);
    world.gate("server.git", &["install", "--server"]).expect(0);
    world.git("server.git", &["config", "core.hooksPath", &own]);
    world.gate("server.git", &["doctor"]).expect(1).says("an earlier installation outweighs it");
    let again = world.gate("server.git", &["install", "--server"]);
    again.expect(0).says("was set here since, and has no say").says("contract-gate uninstall &&");
    push_as_them(&world, "origin").expect_failure().says("out-of-scope");
    world.gate("server.git", &["uninstall"]).expect(0);
    world.gate("server.git", &["install", "--server"]).expect(0);
    assert!(world.exists("server-hooks/pre-receive"));
    assert!(!world.read("server.git/config").contains("includeIf"));
    world.gate("server.git", &["doctor"]).expect(0);
}

#[test]
fn a_moved_server_is_taken_out_of_its_own_hooks_alone() {
    let world = served_with_hooks_of_their_own();
    fs::rename(world.path("server.git"), world.path("moved.git")).unwrap();
    let mine = world.path("mine");
    let as_them = |directory: &str, arguments: &[&str]| {
        let call = world.call(directory, Sandbox::gate_program()).args(arguments);
        call.env("GIT_CONFIG_GLOBAL", &mine).run()
    };
    as_them("repo", &["install", "--allow-global"]).expect(0);
    as_them("moved.git", &["uninstall"]).expect(0).says("pre-receive");
    assert!(world.exists("theirs/pre-commit") && !world.exists("moved.git/hooks/pre-receive"));
    // Where a server has no hooks yet, it is said where they would come from.
    as_them("moved.git", &["install", "--server"]).expect(2).says("is a global setting");
    as_them("moved.git", &["uninstall"]).expect(2).says("serves every repository");
}

#[test]
fn an_installation_on_a_server_that_was_killed_goes_on_or_goes_away() {
    let world = served_with_hooks_of_their_own();
    let whole = everything(&world.path("server.git"));
    // The file is there and named by nothing; or by one line of the two.
    for gone in [&["", "/worktrees/*"][..], &["/worktrees/*"], &[""]] {
        let world = world.copy();
        world.write("server.git/.contract-gate-4294967295-x", "half");
        for below in gone {
            world.git("server.git", &["config", "--remove-section", &section(&world, below)]);
        }
        let again = world.copy();
        again.gate("server.git", &["install", "--server"]).expect(0);
        assert_eq!(everything(&again.path("server.git")).len(), whole.len());
        push_as_them(&again, "origin").expect_failure().says("out-of-scope");
        world.gate("server.git", &["uninstall"]).expect(0);
        assert!(!world.exists("server.git/contract-gate-hooks.config"));
        assert!(!world.exists("server.git/.contract-gate-4294967295-x"));
        assert!(!world.read("server.git/config").contains("includeIf"));
    }
}
