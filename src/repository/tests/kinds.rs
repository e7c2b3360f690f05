//! Every kind of repository that git makes, and which way of reading is chosen for it.

use super::*;

/// Which way is chosen, why, and what the index of `repo` holds beyond HEAD.
fn read(world: &Sandbox, directory: &str) -> (&'static str, String, Vec<String>) {
    let view = chosen_view(world, directory);
    let head = world.tip(directory, "HEAD^{tree}").map(|id| oid(&id));
    let staged = signs(&view.staged(head).unwrap().changes);
    let backend = view.backend();
    (backend.name, backend.reason.clone(), staged)
}

#[track_caller]
fn expect_plumbing(world: &Sandbox, directory: &str, reason: &str, staged: &[&str]) {
    let (name, said, found) = read(world, directory);
    assert_eq!(name, "plumbing", "{said}");
    assert!(said.contains(reason), "{said}");
    assert_eq!(found, staged);
}

fn repo() -> Sandbox {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a/x", "1"), ("b/x", "1")], "one");
    world.write("repo/a/new", "x");
    world.git("repo", &["add", "a/new"]);
    world
}

#[test]
fn a_usual_one_is_read_by_libgit2() {
    let world = repo();
    world.worktree("wt", "agents/a");
    world.server("server.git");
    for directory in ["repo", "wt", "server.git"] {
        assert_eq!(chosen_view(&world, directory).backend().name, "libgit2", "{directory}");
    }
}

#[test]
fn reftable() {
    if sandbox::git_version() < (2, 45) {
        return;
    }
    let world = Sandbox::bare_world();
    world.git(".", &["init", "--quiet", "--ref-format=reftable", "--initial-branch=main", "repo"]);
    assert_eq!(chosen_view(&world, "repo").head(), Ok(Head::Unborn(RefName::branch("main"))));
    let one = oid(&world.commit_files("repo", &[("a", "1")], "one"));
    world.worktree("wt", "agents/a");
    world.git("repo", &["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    world.git("repo", &["symbolic-ref", "refs/heads/nowhere", "refs/heads/none"]);
    expect_plumbing(&world, "repo", "extension", &[]);
    let view = chosen_view(&world, "wt");
    assert_eq!(view.head(), Ok(Head::Branch(RefName::branch("agents/a"), one)));
    let alias = view.reference(&RefName::branch("alias")).unwrap().unwrap();
    assert_eq!((alias.target, alias.symbolic), (one, Some(RefName::branch("main"))));
    assert_eq!(view.reference(&RefName::branch("nowhere")), Ok(None));
    assert_eq!(view.reference(&RefName::branch("none")), Ok(None));
    assert_eq!(view.end(&RefName::branch("nowhere")), Ok(RefName::branch("none")));
    assert_eq!(view.end(&RefName::branch("none")), Ok(RefName::branch("none")));
    assert_eq!(view.references("refs/heads/").unwrap().len(), 3);
}

#[test]
fn a_split_index() {
    let world = repo();
    world.git("repo", &["update-index", "--split-index"]);
    world.git("repo", &["rm", "--quiet", "--cached", "b/x"]);
    expect_plumbing(&world, "repo", "split", &["+a/new", "-b/x"]);
    world.write("repo/a/x", "2");
    let unstaged = chosen_view(&world, "repo").unstaged().unwrap();
    assert_eq!(unstaged.iter().map(|one| &one.path).collect::<Vec<_>>(), [&path("a/x")]);
    let untracked = chosen_view(&world, "repo").untracked().unwrap();
    assert_eq!(untracked, [path("b/x")]);
}

#[test]
fn a_sparse_index() {
    let world = repo();
    world.git("repo", &["sparse-checkout", "set", "--cone", "--sparse-index", "a"]);
    expect_plumbing(&world, "repo", "sparse", &["+a/new"]);
    let view = chosen_view(&world, "repo");
    assert!(view.unstaged().unwrap().is_empty(), "b is not checked out, but it is tracked");
    let blob = world.id("repo", "HEAD:a/x");
    let entry = format!("100644,{blob},b/y");
    world.git("repo", &["update-index", "--add", "--cacheinfo", &entry]);
    expect_plumbing(&world, "repo", "sparse", &["+a/new", "+b/y"]);
}

#[test]
fn a_partial_clone_fetches_what_it_is_asked_for() {
    let world = repo();
    world.server("server.git");
    world.git("server.git", &["config", "uploadpack.allowFilter", "true"]);
    world.git("server.git", &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let from = format!("file://{}", world.path("server.git").display());
    world.git(".", &["clone", "--quiet", "--no-checkout", "--filter=blob:none", &from, "partial"]);
    let blob = oid(&world.id("repo", "HEAD:a/x"));
    let view = chosen_view(&world, "partial");
    assert_eq!(view.backend().name, "plumbing", "{:?}", view.backend());
    assert_eq!(view.blob(blob), Ok(b"1".to_vec()));
    // With the server gone, what is not here yet is an error and not empty.
    world.commit_files("repo", &[("c", "another")], "two");
    world.git("repo", &["push", "--quiet", "origin", "main"]);
    world.git("partial", &["fetch", "--quiet"]);
    std::fs::rename(world.path("server.git"), world.path("gone.git")).unwrap();
    let blob = oid(&world.id("repo", "HEAD:c"));
    let view = chosen_view(&world, "partial");
    assert!(matches!(view.blob(blob), Err(ReadError::Object { .. })));
    assert!(matches!(view.blob_size(blob), Err(ReadError::Object { .. })));
    // To know that it is one, none is fetched.
    assert_eq!(view.require_blob(blob), Ok(()));
}

#[test]
fn an_index_that_git_compares_faster() {
    let world = repo();
    let blob = world.id("repo", "HEAD:a/x");
    let entries: String =
        (0..20_000).map(|at| format!("100644 {blob}\tmany/file-{at}\n")).collect();
    let update = world.call("repo", sandbox::git_program()).args(["update-index", "--index-info"]);
    update.input(entries).run().expect(0);
    world.git("repo", &["commit", "--quiet", "-m", "many"]);
    world.git("repo", &["update-index", "--add", "--cacheinfo", &format!("100644,{blob},one")]);
    expect_plumbing(&world, "repo", "its index has", &["+one"]);
}

#[test]
fn an_extension_that_libgit2_does_not_know() {
    let world = repo();
    world.git("repo", &["config", "core.repositoryFormatVersion", "1"]);
    if sandbox::git_version() >= (2, 45) {
        world.git("repo", &["config", "extensions.refStorage", "files"]);
        expect_plumbing(&world, "repo", "extension", &["+a/new"]);
        world.git("repo", &["config", "--unset", "extensions.refStorage"]);
    }
    world.append("repo/.git/config", "[extensions]\n\tofTomorrow = true\n");
    let directory = world.path("repo");
    let nothing: [(&str, &str); 0] = [];
    let environment = Environment::of(nothing, &directory);
    let error = choose(&environment, Wanted::Index, libgit2(&directory)).err().unwrap();
    assert!(matches!(&error, ReadError::Open(said) if said.contains("oftomorrow")), "{error}");
}

#[test]
fn a_replaced_content_is_damage() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1\n"), ("b", "2\n")], "one");
    let (one, two) = (world.id("repo", "HEAD:a"), world.id("repo", "HEAD:b"));
    let file = |id: &str| world.path(format!("repo/.git/objects/{}/{}", &id[..2], &id[2..]));
    std::fs::remove_file(file(&one)).unwrap();
    std::fs::copy(file(&two), file(&one)).unwrap();
    for view in [
        Box::new(libgit2(&world.path("repo")).unwrap()) as Box<dyn GitView>,
        Box::new(Plumbing::open_at(&world.path("repo")).unwrap()),
    ] {
        let error = view.blob(oid(&one)).unwrap_err();
        assert!(matches!(&error, ReadError::Object { .. }), "{}: {error}", view.backend().name);
        assert_eq!(view.blob(oid(&two)), Ok(b"2\n".to_vec()), "the next one is not concerned");
    }
}
