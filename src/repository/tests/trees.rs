//! Trees, entries and blobs.

use super::*;

fn tree(world: &Sandbox, revision: &str) -> Option<Oid> {
    Some(oid(&world.id("repo", &format!("{revision}^{{tree}}"))))
}

#[test]
fn leaves_that_differ_and_nothing_else() {
    let world = Sandbox::new();
    for (file, content) in [("same/x", "1"), ("gone", "1"), ("kind", "1"), ("turned/a", "1")] {
        world.write(format!("repo/{file}"), content);
    }
    world.write("repo/script", "#!/bin/sh\n");
    world.commit("repo", "one");
    world.remove("repo/gone");
    world.remove("repo/kind");
    world.symlink("same/x", "repo/kind");
    world.remove("repo/turned/a");
    std::fs::remove_dir(world.path("repo/turned")).unwrap();
    world.write("repo/turned", "a file now");
    world.make_executable("repo/script");
    world.write("repo/new/zażółć", "1");
    world.commit("repo", "two");
    // None of these may matter.
    for setting in ["diff.renames", "diff.noprefix", "diff.relative", "core.quotePath"] {
        world.git("repo", &["config", setting, "true"]);
    }
    world.write("repo/.git/info/attributes", "* -diff binary\n");

    let view = view(&world, "repo");
    let changes = view.diff_trees(tree(&world, "HEAD~"), tree(&world, "HEAD")).unwrap();
    let expected = ["-gone", "!kind", "+new/zażółć", "!script", "+turned", "-turned/a"];
    assert_eq!(signs(&changes), expected);
    assert_eq!(view.diff_trees(tree(&world, "HEAD"), tree(&world, "HEAD")), Ok(Vec::new()));
    assert_eq!(view.diff_trees(None, tree(&world, "HEAD~")).unwrap().len(), 5);
}

#[test]
fn a_submodule_is_an_entry_even_when_it_is_to_be_ignored() {
    let world = Sandbox::new();
    world.init("library");
    world.commit_files("library", &[("l", "1")], "library one");
    world.git("repo", &["submodule", "--quiet", "add", "../library", "lib"]);
    world.git("repo", &["config", "-f", ".gitmodules", "submodule.lib.ignore", "all"]);
    world.git("repo", &["config", "submodule.lib.ignore", "all"]);
    world.git("repo", &["config", "diff.ignoreSubmodules", "all"]);
    world.commit("repo", "with a submodule");
    world.commit_files("repo/lib", &[("l", "2")], "library two");
    world.git(
        "repo",
        &["update-index", "--cacheinfo", "160000", &world.id("repo/lib", "HEAD"), "lib"],
    );

    let view = view(&world, "repo");
    let staged = view.staged(tree(&world, "HEAD")).unwrap().changes;
    assert_eq!(signs(&staged), ["~lib"]);
    assert_eq!(staged[0].new.unwrap().mode, EntryMode::Submodule);
    world.git("repo", &["commit", "--quiet", "--allow-empty", "-m", "moved"]);
    let changes = view.diff_trees(tree(&world, "HEAD~"), tree(&world, "HEAD")).unwrap();
    assert_eq!(signs(&changes), ["~lib"]);
}

#[test]
fn entries_names_and_contents() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a/b/c", "content\n"), ("a/d", "")], "one");
    let view = view(&world, "repo");
    let root = tree(&world, "HEAD").unwrap();
    let entry = view.entry(root, &path("a/b/c")).unwrap().unwrap();
    assert_eq!(entry.mode, EntryMode::File);
    assert_eq!(view.blob(entry.id).unwrap(), b"content\n");
    assert_eq!(view.blob_size(entry.id), Ok(8));
    assert_eq!(view.entry(root, &path("a/b")), Ok(None));
    assert_eq!(view.names_in(root, b"a").unwrap(), [b"b", b"d"]);
    assert_eq!(view.names_in(root, b"a/d").unwrap(), [b""; 0]);
    // A tree is no blob, a commit is no tree.
    assert!(matches!(view.blob(root), Err(ReadError::Object { .. })));
    assert!(matches!(view.blob_size(root), Err(ReadError::Object { .. })));
    assert_eq!(view.require_blob(entry.id), Ok(()));
    assert!(matches!(view.require_blob(root), Err(ReadError::Object { .. })));
    let head = oid(&world.id("repo", "HEAD"));
    assert!(matches!(view.diff_trees(None, Some(head)), Err(ReadError::Object { .. })));
}

#[test]
fn a_path_may_be_any_bytes() {
    let world = Sandbox::new();
    let blob = world.call("repo", sandbox::git_program()).args(["hash-object", "-w", "--stdin"]);
    let blob = blob.input("x").run().line();
    let mut listing = format!("100644 blob {blob}\tline\nbreak\0100664 blob {blob}\t").into_bytes();
    listing.extend(b"caf\xe9\0");
    let made = world.call("repo", sandbox::git_program()).args(["mktree", "-z"]);
    let made = made.input(listing).run().line();
    let changes = view(&world, "repo").diff_trees(None, Some(oid(&made))).unwrap();
    let paths: Vec<_> = changes.iter().map(|change| change.path.as_bytes().to_vec()).collect();
    assert_eq!(paths, [b"caf\xe9".to_vec(), b"line\nbreak".to_vec()]);
    assert_eq!(
        changes[0].new.unwrap().mode,
        EntryMode::File,
        "100664 is an old spelling of 100644"
    );
}

#[test]
fn a_tree_with_a_name_twice_is_an_error() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1")], "one");
    let blob = oid(&world.id("repo", "HEAD:a"));
    let mut bytes = Vec::new();
    for _ in 0..2 {
        bytes.extend(b"100644 a\0");
        bytes.extend(blob.as_bytes());
    }
    let made = world
        .call("repo", sandbox::git_program())
        .args(["hash-object", "-t", "tree", "-w", "--stdin", "--literally"])
        .input(bytes)
        .run();
    let made = oid(&made.expect(0).line());
    let view = view(&world, "repo");
    assert!(matches!(view.diff_trees(None, Some(made)), Err(ReadError::Object { .. })));
    assert!(matches!(view.entry(made, &path("a")), Err(ReadError::Object { .. })));
}

#[test]
fn a_damaged_or_missing_object_is_an_error_and_not_an_empty_answer() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "one\n")], "one");
    let blob = world.id("repo", "HEAD:a");
    let root = world.id("repo", "HEAD^{tree}");
    let file = |id: &str| format!("repo/.git/objects/{}/{}", &id[..2], &id[2..]);
    let other = world.call("repo", sandbox::git_program()).args(["hash-object", "-w", "--stdin"]);
    let other = other.input("two\n").run().line();

    // Well-formed, but of another content: only the hash tells.
    let swapped = std::fs::read(world.path(file(&other))).unwrap();
    world.remove(file(&blob));
    world.write(file(&blob), swapped);
    assert!(matches!(view(&world, "repo").blob(oid(&blob)), Err(ReadError::Object { .. })));
    world.remove(file(&blob));
    world.write(file(&blob), "no zlib");
    assert!(matches!(view(&world, "repo").blob(oid(&blob)), Err(ReadError::Object { .. })));
    world.remove(file(&root));
    let error = view(&world, "repo").diff_trees(None, Some(oid(&root))).unwrap_err();
    assert!(error.to_string().contains("not in the repository"), "{error}");
    let far = oid(&"a".repeat(64));
    assert!(matches!(view(&world, "repo").blob(far), Err(ReadError::Object { .. })));
}
