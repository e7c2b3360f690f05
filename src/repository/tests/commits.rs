//! Commits, ancestry and ranges.

use super::*;

/// `n` commits in a row on `main`, the oldest first.
fn row(world: &Sandbox, n: usize) -> Vec<Oid> {
    (0..n).map(|at| oid(&world.commit("repo", &format!("commit {at}")))).collect()
}

#[test]
fn a_commit_and_what_it_says() {
    let world = Sandbox::new();
    let ids = row(&world, 2);
    let view = view(&world, "repo");
    let commit = view.commit(ids[1]).unwrap();
    assert_eq!(commit.parents, [ids[0]]);
    assert_eq!(commit.summary, "commit 1");
    assert_eq!(commit.tree.to_string(), world.id("repo", "HEAD^{tree}"));
    assert_eq!(commit.time.to_string(), world.git("repo", &["log", "-1", "--format=%ct"]).line());
    assert!(matches!(view.commit(commit.tree), Err(ReadError::Object { .. })));
    assert!(view.shallow().unwrap().is_empty());
}

#[test]
fn tags_are_peeled_to_commits_alone() {
    let world = Sandbox::new();
    let ids = row(&world, 1);
    world.git("repo", &["tag", "-a", "-m", "t", "one"]);
    world.git("repo", &["tag", "-a", "-m", "tt", "two", "one"]);
    world.git("repo", &["tag", "-a", "-m", "tree", "tree", "HEAD^{tree}"]);
    let view = view(&world, "repo");
    let at = |tag: &str| view.peel_to_commit(oid(&world.id("repo", &format!("refs/tags/{tag}"))));
    assert_eq!(at("two"), Ok(Some(ids[0])));
    assert_eq!(at("tree"), Ok(None));
    assert_eq!(view.peel_to_commit(ids[0]), Ok(Some(ids[0])));
    assert!(view.peel_to_commit(oid(&"b".repeat(40))).is_err());
}

#[test]
fn replace_refs_and_grafts_have_no_say() {
    let world = Sandbox::new();
    let ids = row(&world, 4);
    world.git("repo", &["checkout", "--quiet", "--orphan", "else"]);
    let other = world.commit_files("repo", &[("x", "x")], "another past");
    world.git("repo", &["replace", &ids[2].to_string(), &other]);
    world.write("repo/.git/info/grafts", format!("{} {other}\n", ids[3]));
    let view = view(&world, "repo");
    assert_eq!(view.commit(ids[3]).unwrap().parents, [ids[2]]);
    assert_eq!(view.commit(ids[2]).unwrap().parents, [ids[1]]);
    assert_eq!(view.is_ancestor(ids[0], ids[3]), Ok(true));
    assert_eq!(view.walk(&[ids[3]], &[ids[0]]).unwrap(), [ids[3], ids[2], ids[1]]);
}

#[test]
fn a_shallow_clone_is_honest_about_its_end() {
    let world = Sandbox::new();
    let ids = row(&world, 6);
    let from = format!("file://{}", world.path("repo").display());
    world.git(".", &["clone", "--quiet", "--depth=3", &from, "part"]);
    let view = view(&world, "part");
    assert_eq!(view.shallow().unwrap(), BTreeSet::from([ids[3]]));
    assert_eq!(view.commit(ids[3]).unwrap().parents, [ids[2]], "what the object names");
    let shallow = ReadError::Shallow { at: ids[3] };
    assert_eq!(view.commit(ids[2]), Err(shallow.clone()));
    assert_eq!(view.walk(&[ids[5]], &[]), Err(shallow));
    assert_eq!(view.walk(&[ids[5]], &[ids[3]]).unwrap(), [ids[5], ids[4]]);
    assert_eq!(view.is_ancestor(ids[3], ids[5]), Ok(true));
    assert_eq!(view.is_ancestor(ids[5], ids[4]), Ok(false), "4 is reached from 5");
    assert_eq!(view.merge_bases(&[ids[5]], &[ids[4]]).unwrap(), [ids[4]]);
    assert!(matches!(view.commit(ids[0]), Err(ReadError::Object { .. })));
}

#[test]
fn a_shallow_file_hides_no_parents_that_are_here() {
    let world = Sandbox::new();
    let ids = row(&world, 3);
    world.write("repo/.git/shallow", format!("{}\n", ids[1]));
    let view = view(&world, "repo");
    assert_eq!(view.is_ancestor(ids[0], ids[2]), Ok(true));
    assert_eq!(view.walk(&[ids[2]], &[]).unwrap().len(), 3);
    world.write("repo/.git/shallow", "nonsense\n");
    assert!(try_view(&world, "repo").and_then(|view| view.shallow()).is_err());
}

#[test]
fn the_walk_limit_is_configured() {
    let world = Sandbox::new();
    let ids = row(&world, 6);
    let limit = || try_view(&world, "repo").map(|view| view.walk_limit());
    assert_eq!(limit(), Ok(200_000));
    world.git("repo", &["config", "contractgate.walkLimit", "2k"]);
    assert_eq!(limit(), Ok(2048));
    world.git("repo", &["config", "contractgate.walkLimit", "5"]);
    assert_eq!(view(&world, "repo").walk(&[ids[5]], &[]), Err(ReadError::WalkLimit { limit: 5 }));
    for wrong in ["0", "-1", "many", "99999999999999999999g", ""] {
        world.git("repo", &["config", "contractgate.walkLimit", wrong]);
        assert!(matches!(limit(), Err(ReadError::Config(_))), "{wrong:?}");
    }
}

#[test]
fn git_agrees_on_a_history_with_merges() {
    let world = Sandbox::new();
    for round in 0..6 {
        world.commit("repo", &format!("main {round}"));
        world.git("repo", &["checkout", "--quiet", "-B", "side", "HEAD"]);
        world.commit("repo", &format!("side {round}"));
        world.git("repo", &["checkout", "--quiet", "main"]);
        world.commit("repo", &format!("main again {round}"));
        world.git("repo", &["branch", &format!("at-{round}")]);
        world.git("repo", &["merge", "--quiet", "--no-ff", "-m", "merge", "side"]);
        world.git("repo", &["branch", &format!("merged-{round}"), "side"]);
    }
    let view = view(&world, "repo");
    let branches = world.git("repo", &["for-each-ref", "--format=%(objectname)", "refs/heads"]);
    let tips: Vec<Oid> = branches.lines().iter().map(|line| oid(line)).collect();
    for one in &tips {
        for other in &tips {
            let (left, right) = (one.to_string(), other.to_string());
            let bases = world.try_git("repo", &["merge-base", "--all", &left, &right]);
            let bases: BTreeSet<Oid> = bases.lines().iter().map(|line| oid(line)).collect();
            let ours = view.merge_bases(&[*one], &[*other]).unwrap();
            let ours: BTreeSet<Oid> = ours.into_iter().collect();
            assert_eq!(ours, bases);
            let range =
                world.git("repo", &["rev-list", "--topo-order", &left, &format!("^{right}")]);
            let range: BTreeSet<Oid> = range.lines().iter().map(|line| oid(line)).collect();
            let ours: BTreeSet<Oid> = view.walk(&[*one], &[*other]).unwrap().into_iter().collect();
            assert_eq!(ours, range);
        }
    }
}
