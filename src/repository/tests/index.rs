//! The index against a tree.

use super::*;
use crate::repository::Staged;
use crate::repository::libgit2::index_tree::IndexTrees;
use crate::repository::source::Source;

fn staged(world: &Sandbox) -> Vec<String> {
    signs(&try_staged(world).unwrap().changes)
}

fn try_staged(world: &Sandbox) -> Read<Staged> {
    try_view(world, "repo")?.staged(head_tree(world))
}

fn by_libgit2(world: &Sandbox) -> Read<Staged> {
    GitView::staged(&libgit2(&world.path("repo"))?, head_tree(world))
}

fn chosen(world: &Sandbox) -> Vec<String> {
    signs(&chosen_view(world, "repo").staged(head_tree(world)).unwrap().changes)
}

fn head_tree(world: &Sandbox) -> Option<Oid> {
    world.tip("repo", "HEAD^{tree}").map(|id| oid(&id))
}

#[test]
fn what_the_next_commit_would_change() {
    let world = Sandbox::new();
    assert_eq!(staged(&world), [""; 0], "no index yet");
    world.write("repo/a", "1");
    world.git("repo", &["add", "a"]);
    assert_eq!(staged(&world), ["+a"], "against no tree");
    world.commit_files("repo", &[("b/x", "1"), ("b-c", "1"), ("d", "1")], "one");
    assert_eq!(staged(&world), [""; 0]);
    world.write("repo/b/x", "2");
    world.write("repo/b.new", "1");
    world.git("repo", &["add", "."]);
    world.git("repo", &["rm", "--quiet", "d"]);
    world.git("repo", &["update-index", "--chmod=+x", "a"]);
    world.write("repo/b/x", "3, not staged");
    assert_eq!(staged(&world), ["!a", "+b.new", "~b/x", "-d"]);
}

#[test]
fn an_intent_to_add_is_not_content_yet() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1")], "one");
    world.write("repo/new", "x");
    world.git("repo", &["add", "--intent-to-add", "new"]);
    assert_eq!(staged(&world), [""; 0]);
    world.git("repo", &["add", "new"]);
    assert_eq!(staged(&world), ["+new"]);
}

#[test]
fn flags_and_settings_hide_nothing() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1"), ("b", "1")], "one");
    world.write("repo/a", "2");
    world.make_executable("repo/b");
    world.git("repo", &["add", "."]);
    world.git("repo", &["update-index", "--assume-unchanged", "a"]);
    world.git("repo", &["update-index", "--skip-worktree", "b"]);
    for setting in ["core.fileMode=false", "core.symlinks=false", "core.ignoreCase=true"] {
        let (key, value) = setting.split_once('=').unwrap();
        world.git("repo", &["config", key, value]);
    }
    assert_eq!(staged(&world), ["~a", "!b"]);
}

#[test]
fn paths_that_differ_in_case_alone_stay_apart() {
    let world = Sandbox::new();
    world.git("repo", &["config", "core.ignoreCase", "true"]);
    world.commit_files("repo", &[("B", "1"), ("a", "1"), ("C", "1")], "one");
    let blob = world.id("repo", "HEAD:a");
    world.git("repo", &["update-index", "--add", "--cacheinfo", "100644", &blob, "A"]);
    world.git("repo", &["update-index", "--add", "--cacheinfo", "100644", &blob, "b"]);
    assert_eq!(staged(&world), ["+A", "+b"]);
}

#[test]
fn an_unmerged_path_is_neither_changed_nor_deleted() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1\n")], "one");
    world.git("repo", &["checkout", "--quiet", "-b", "side"]);
    world.commit_files("repo", &[("a", "2\n")], "two");
    world.git("repo", &["checkout", "--quiet", "main"]);
    world.commit_files("repo", &[("a", "3\n")], "three");
    world.try_git("repo", &["merge", "side"]).expect_failure();
    world.write("repo/b", "1");
    world.git("repo", &["add", "b"]);
    let staged = try_staged(&world).unwrap();
    assert_eq!((signs(&staged.changes), staged.unmerged), (vec!["+b".to_owned()], vec![path("a")]));
}

#[test]
fn an_index_that_libgit2_cannot_read_whole_is_read_by_git() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a/x", "1"), ("b/x", "1")], "one");
    world.git("repo", &["update-index", "--split-index"]);
    world.write("repo/new", "x");
    world.git("repo", &["add", "new"]);
    let error = by_libgit2(&world).unwrap_err();
    assert!(matches!(&error, ReadError::Index(said) if said.contains("link")), "{error}");
    assert_eq!(chosen(&world), ["+new"]);
    world.git("repo", &["update-index", "--no-split-index"]);
    assert_eq!(staged(&world), ["+new"]);

    world.git("repo", &["sparse-checkout", "set", "--cone", "--sparse-index", "a"]);
    world.write("repo/a/y", "not noted in the index as a part of a tree");
    world.git("repo", &["add", "a/y"]);
    let error = by_libgit2(&world).unwrap_err();
    assert!(matches!(&error, ReadError::Index(said) if said.contains("sdir")), "{error}");
    assert_eq!(chosen(&world), ["+a/y", "+new"], "b is not checked out, but it is tracked");
    world.git("repo", &["sparse-checkout", "set", "--cone", "--no-sparse-index", "a"]);
    assert_eq!(staged(&world), ["+a/y", "+new"], "b is not checked out, but it is tracked");
}

#[test]
fn directories_of_a_sparse_index_are_read_file_by_file() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a/x", "1"), ("b/deep/x", "1"), ("b/deep/y", "1")], "one");
    let before = world.id("repo", "HEAD^{tree}");
    world.commit_files("repo", &[("b/deep/x", "2")], "two");
    world.git("repo", &["sparse-checkout", "set", "--cone", "--sparse-index", "a"]);
    assert_eq!(chosen(&world), [""; 0]);
    let view = chosen_view(&world, "repo");
    assert_eq!(signs(&view.staged(Some(oid(&before))).unwrap().changes), ["~b/deep/x"]);
    assert!(view.unstaged().unwrap().is_empty(), "b is not checked out, but it is tracked");
    assert!(view.untracked().unwrap().is_empty());
}

#[test]
fn a_damaged_index_is_an_error() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1")], "one");
    let index = std::fs::read(world.path("repo/.git/index")).unwrap();
    for damaged in [&index[..40], &index[..50], b"", b"nonsense"] {
        world.write("repo/.git/index", damaged);
        assert!(matches!(try_staged(&world), Err(ReadError::Index(_))), "{} bytes", damaged.len());
    }
}

#[test]
fn every_version_of_the_file_is_read() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a/one", "1"), ("a/other", "1")], "one");
    world.write("repo/a/third", "1");
    world.git("repo", &["add", "."]);
    for version in ["2", "3", "4"] {
        world.git("repo", &["update-index", "--index-version", version]);
        assert_eq!(staged(&world), ["+a/third"], "version {version}");
    }
    // Without the hash at its end (git 2.40 and newer).
    world.git("repo", &["config", "index.skipHash", "true"]);
    world.git("repo", &["update-index", "--force-write-index"]);
    assert_eq!(staged(&world), ["+a/third"]);
}

#[test]
fn the_trees_of_an_index_are_those_that_git_would_make() {
    let world = Sandbox::new();
    let files =
        [("a", "1"), ("a.b/x", "2"), ("a-b", "3"), ("d/e/f/g", "4"), ("d/e.f", "5"), ("z", "6")];
    for (file, content) in files {
        world.write(format!("repo/{file}"), content);
    }
    world.make_executable("repo/z");
    world.symlink("a", "repo/d/link");
    world.git("repo", &["add", "."]);
    let view = libgit2(&world.path("repo")).unwrap();
    let entries: Vec<_> = view.indexed().unwrap().into_iter().collect();
    let entries: Vec<_> = entries.into_iter().map(|(path, entry)| (path, entry.unwrap())).collect();
    let made = IndexTrees::of(&view, &entries).unwrap();
    assert_eq!(made.root, Some(oid(&world.git("repo", &["write-tree"]).line())));
    assert_eq!(IndexTrees::of(&view, &[]).unwrap().root, None);
    let twice = [(path("a"), entries[0].1), (path("a/b"), entries[0].1)];
    assert!(IndexTrees::of(&view, &twice).is_err());
}

#[test]
fn only_changed_directories_are_read() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("same/x", "1"), ("changed/x", "1")], "one");
    let same = world.id("repo", "HEAD:same");
    world.remove(format!("repo/.git/objects/{}/{}", &same[..2], &same[2..]));
    world.write("repo/changed/x", "2");
    world.git("repo", &["update-index", "changed/x"]);
    assert_eq!(signs(&by_libgit2(&world).unwrap().changes), ["~changed/x"]);
}
