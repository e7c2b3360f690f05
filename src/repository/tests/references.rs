//! Refs, HEAD, upstreams and the configuration.

use std::os::unix::ffi::OsStrExt;

use super::*;

fn branch(name: &str) -> RefName {
    RefName::branch(name)
}

fn names(view: &dyn GitView, prefix: &str) -> Vec<String> {
    view.references(prefix).unwrap().iter().map(|found| found.name.to_string()).collect()
}

#[test]
fn refs_loose_packed_and_symbolic() {
    let world = Sandbox::new();
    let one = oid(&world.commit("repo", "one"));
    world.git("repo", &["branch", "packed"]);
    world.git("repo", &["branch", "agents/a"]);
    world.git("repo", &["pack-refs", "--all"]);
    let two = oid(&world.commit("repo", "two"));
    world.git("repo", &["branch", "agents/b"]);
    world.git("repo", &["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    world.git("repo", &["symbolic-ref", "refs/heads/dangling", "refs/heads/nowhere"]);
    world.git("repo", &["tag", "-a", "-m", "t", "v1"]);
    let view = view(&world, "repo");

    assert_eq!(view.reference(&branch("packed")).unwrap().unwrap().target, one);
    let alias = view.reference(&branch("alias")).unwrap().unwrap();
    assert_eq!((alias.target, alias.symbolic), (two, Some(branch("main"))));
    for absent in ["dangling", "none", "agents", "main/below", "a..b", "-", ""] {
        assert_eq!(view.reference(&branch(absent)), Ok(None), "{absent:?}");
    }
    let tag = view.reference(&RefName::new("refs/tags/v1")).unwrap().unwrap();
    assert_eq!(tag.target.to_string(), world.id("repo", "refs/tags/v1"));
    let expected = ["refs/heads/agents/a", "refs/heads/agents/b", "refs/heads/alias"];
    assert_eq!(names(&*view, "refs/heads/a"), expected);
    assert_eq!(names(&*view, "refs/heads/agents/"), expected[..2]);
    assert_eq!(names(&*view, "refs/").len(), 6);
    assert_eq!(names(&*view, "refs/none/"), [""; 0]);
}

#[test]
fn what_refs_were_is_told_alike_however_git_keeps_it() {
    for format in ["files", "reftable"] {
        let mut world = Sandbox::bare_world();
        // Before 2.45 git knows nothing of it and keeps files.
        world.setenv("GIT_DEFAULT_REF_FORMAT", format);
        world.init("repo");
        let one = oid(&world.commit("repo", "one"));
        world.git("repo", &["branch", "lane"]);
        world.worktree("wt", "lane");
        let two = oid(&world.commit("wt", "two"));
        world.git("wt", &["checkout", "--quiet", "--detach"]);
        // That is libgit2 for files alone.
        let view = match world.exists("repo/.git/reftable") {
            true => chosen_view(&world, "wt"),
            false => view(&world, "wt"),
        };

        let log = view.reflog(&branch("lane"), 1).unwrap();
        assert_eq!((log.len(), log[0].new), (1, Some(two)), "{format}");
        assert_eq!(log[0].message, "commit: two");
        assert_eq!(view.reflog(&branch("lane"), 9).unwrap()[1].new, Some(one));
        assert_eq!(view.reflog(&branch("none"), 9), Ok(Vec::new()));
        let head = view.head_log(1).unwrap();
        assert_eq!((head.len(), head[0].new), (1, Some(two)), "{format}");
        assert_eq!(view.head_log(usize::MAX).unwrap().len(), view.heads().unwrap()[0].log.len());
        let heads = view.heads().unwrap();
        let on: Vec<_> = heads.iter().map(|head| head.branch.clone()).collect();
        assert_eq!(on, [None, Some(branch("main"))], "{format}");
        let newest = &heads[0].log[0];
        assert_eq!((newest.old, newest.new), (Some(two), Some(two)));
        assert!(newest.message.starts_with("checkout: moving from lane to "), "{newest:?}");
        assert_eq!(heads[1].log.last().unwrap().message, "commit (initial): one");
    }
}

#[test]
fn of_a_long_log_no_more_is_read_than_is_asked_for_and_all_of_it_can_be() {
    let world = Sandbox::new();
    world.commit("repo", "one");
    let log = world.read("repo/.git/logs/HEAD");
    let id = &log[41..81];
    let line = |number: usize| format!("{id} {id} a <a@a> 1 +0000\tline {number}\n");
    world.write("repo/.git/logs/HEAD", (0..500).map(line).collect::<String>());
    let view = view(&world, "repo");
    for (most, length) in [(1, 1), (100, 100), (500, 500), (usize::MAX, 500)] {
        let log = view.head_log(most).unwrap();
        assert_eq!((log.len(), &*log[0].message), (length, "line 499"));
        assert_eq!(log[length - 1].message, format!("line {}", 500 - length));
    }
    world.write("repo/.git/logs/HEAD", "");
    assert_eq!(view.head_log(1), Ok(Vec::new()));
    world.remove("repo/.git/logs/HEAD");
    assert_eq!(view.head_log(1), Ok(Vec::new()));
}

#[test]
fn the_end_of_a_ref_is_what_an_update_writes() {
    let world = Sandbox::new();
    let one = world.commit("repo", "one");
    world.git("repo", &["branch", "packed"]);
    world.git("repo", &["pack-refs", "--all"]);
    let lead = |from: &str, to: &str| world.git("repo", &["symbolic-ref", from, to]);
    lead("refs/heads/alias", "refs/heads/packed");
    lead("refs/side/dangling", "refs/heads/agents/a");
    lead("refs/heads/long", "refs/side/dangling");
    for at in 0..6 {
        lead(&format!("refs/heads/{at}"), &format!("refs/heads/{}", at + 1));
    }
    lead("refs/heads/circle", "refs/heads/back");
    lead("refs/heads/back", "refs/heads/circle");
    let link = |to: &str, at: &str| {
        std::os::unix::fs::symlink(to, world.path(format!("repo/.git/refs/heads/{at}"))).unwrap();
    };
    link("refs/heads/nowhere", "link");
    link("refs/heads/packed", "linked");
    link("main", "sideways");
    world.write("repo/.git/refs/heads/main", format!("{one}\n"));
    world.write("repo/.git/refs/heads/\u{e9}", "ref: refs/heads/\u{fc}\n");
    let odd = std::ffi::OsStr::from_bytes(b"refs/heads/caf\xe9");
    std::fs::write(world.path("repo/.git").join(odd), "ref: refs/heads/nowhere\n").unwrap();
    let view = view(&world, "repo");
    let end = |name: &[u8]| view.end(&RefName::new(name)).unwrap();
    for (name, expected) in [
        ("heads/main", "heads/main"),
        ("heads/packed", "heads/packed"),
        ("heads/none", "heads/none"),
        ("heads/main/below", "heads/main/below"),
        ("heads", "heads"),
        ("heads/alias", "heads/packed"),
        ("side/dangling", "heads/agents/a"),
        ("heads/long", "heads/agents/a"),
        ("heads/2", "heads/6"),
        ("heads/link", "heads/nowhere"),
        ("heads/linked", "heads/packed"),
        ("heads/sideways", "heads/sideways"),
        ("heads/\u{e9}", "heads/\u{fc}"),
    ] {
        let found = end(format!("refs/{name}").as_bytes());
        assert_eq!(found, RefName::new(format!("refs/{expected}")), "{name}");
    }
    assert_eq!(end(b"refs/heads/caf\xe9"), branch("nowhere"));
    for far in ["0", "1", "circle", "back"] {
        let found = view.end(&branch(far));
        assert!(matches!(found, Err(ReadError::Reference { .. })), "{far}: {found:?}");
    }
}

#[test]
fn a_damaged_ref_is_an_error_and_not_absent() {
    let world = Sandbox::new();
    world.commit("repo", "one");
    world.git("repo", &["branch", "agents/a"]);
    world.git("repo", &["pack-refs", "--all"]);
    // The packed value is still there, and must not be taken for the answer.
    for damaged in ["", "nonsense\n", &"0".repeat(40), &format!("{}x", "1".repeat(40))] {
        world.write("repo/.git/refs/heads/agents/a", damaged);
        let view = view(&world, "repo");
        let one = view.reference(&branch("agents/a"));
        assert!(matches!(one, Err(ReadError::Reference { .. })), "{damaged:?}: {one:?}");
        let all = view.references("refs/heads/");
        assert!(matches!(all, Err(ReadError::Reference { .. })), "{damaged:?}: {all:?}");
        assert_eq!(
            names(&*view, "refs/heads/main"),
            ["refs/heads/main"],
            "others are not concerned"
        );
    }
    world.write("repo/.git/refs/heads/agents/a", "ref: refs/heads/agents/a\n");
    assert!(view(&world, "repo").reference(&branch("agents/a")).is_err(), "a loop has no end");
}

#[test]
fn a_damaged_packed_refs_file_is_an_error() {
    let world = Sandbox::new();
    world.commit("repo", "one");
    world.git("repo", &["pack-refs", "--all"]);
    let packed = world.read("repo/.git/packed-refs");
    world.write("repo/.git/packed-refs", packed.replace("refs/heads/main\n", ""));
    let view = view(&world, "repo");
    assert!(view.references("refs/heads/").is_err());
}

#[test]
fn a_ref_name_may_be_any_bytes() {
    let world = Sandbox::new();
    let one = world.commit("repo", "one");
    let mut command = b"create refs/heads/caf\xe9 ".to_vec();
    command.extend(one.as_bytes());
    command.push(b'\n');
    let made = world.call("repo", sandbox::git_program()).args(["update-ref", "--stdin"]);
    made.input(command).run().expect(0);
    let view = view(&world, "repo");
    let name = RefName::new(*b"refs/heads/caf\xe9");
    assert_eq!(view.reference(&name).unwrap().unwrap().target, oid(&one));
    assert_eq!(view.references("refs/heads/caf").unwrap().len(), 1);
}

#[test]
fn head_is_that_of_the_worktree() {
    let world = Sandbox::new();
    assert_eq!(view(&world, "repo").head(), Ok(Head::Unborn(branch("main"))));
    let one = oid(&world.commit("repo", "one"));
    world.worktree("wt", "agents/a");
    let linked = view(&world, "wt");
    assert_eq!(view(&world, "repo").head(), Ok(Head::Branch(branch("main"), one)));
    assert_eq!(linked.head(), Ok(Head::Branch(branch("agents/a"), one)));
    assert_eq!(linked.reference(&branch("main")).unwrap().unwrap().target, one);
    let own = linked.reference(&RefName::new("HEAD")).unwrap().unwrap();
    assert_eq!(own.symbolic, Some(branch("agents/a")));
    world.git("wt", &["checkout", "--quiet", "--detach"]);
    assert_eq!(view(&world, "wt").head(), Ok(Head::Detached(one)));
    let place = linked.place();
    assert_eq!(place.worktree.as_deref(), Some(&*world.path("wt").canonicalize().unwrap()));
    let common = world.path("repo/.git").canonicalize().unwrap();
    assert_eq!((&place.common_dir, &place.git_dir), (&common, &common.join("worktrees/wt")));
}

#[test]
fn the_upstream_is_the_tracking_ref_that_is_here() {
    let world = Sandbox::new();
    world.commit("repo", "one");
    world.server("server.git");
    world.git("repo", &["branch", "local"]);
    world.git("repo", &["branch", "--quiet", "--set-upstream-to=origin/main", "main"]);
    world.git("repo", &["branch", "--quiet", "--set-upstream-to=main", "local"]);
    let upstream = |name: &str| {
        let found = view(&world, "repo").upstream(&branch(name)).unwrap();
        found.map(|found| found.name.to_string())
    };
    assert_eq!(upstream("main").as_deref(), Some("refs/remotes/origin/main"));
    assert_eq!(upstream("local").as_deref(), Some("refs/heads/main"));
    assert_eq!(upstream("none"), None);
    assert_eq!(view(&world, "repo").upstream(&RefName::new("HEAD")), Ok(None));
    world.git("repo", &["update-ref", "-d", "refs/remotes/origin/main"]);
    assert_eq!(upstream("main"), None, "named, but not here");
}

#[test]
fn the_configuration_comes_from_files() {
    let world = Sandbox::new();
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    world.git("repo", &["config", "--add", "contractgate.trunk", "develop"]);
    world.append("repo/.git/config", "[contractgate]\n\tbare\n[include]\n\tpath = more\n");
    world.write("repo/.git/more", "[contractgate]\n\tincluded = yes\n");
    let view = view(&world, "repo");
    assert_eq!(view.config("contractgate.trunk").unwrap().as_deref(), Some("develop"));
    assert_eq!(view.config_all("contractgate.trunk").unwrap(), ["main", "develop"]);
    assert_eq!(view.config("contractgate.bare").unwrap().as_deref(), Some("true"));
    assert_eq!(view.config("contractgate.included").unwrap().as_deref(), Some("yes"));
    assert_eq!(view.config("contractgate.none"), Ok(None));
    world.append("repo/.git/config", "[broken\n");
    assert!(try_view(&world, "repo").is_err());
}
