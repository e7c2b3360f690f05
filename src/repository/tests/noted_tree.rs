//! The tree that git notes in an index.

use super::*;
use crate::repository::noted_tree;

/// What is noted, and what git would commit.
fn noted(world: &Sandbox) -> Option<Oid> {
    let like = oid(&world.id("repo", "HEAD^{tree}"));
    noted_tree::of(&libgit2(&world.path("repo")).unwrap(), like)
}

fn written(world: &Sandbox) -> Option<Oid> {
    Some(oid(&world.git("repo", &["write-tree"]).line()))
}

#[test]
fn it_is_found_behind_entries_of_every_kind() {
    let world = Sandbox::new();
    let long = format!("{}/{}", "d".repeat(200), "n".repeat(200));
    let longer = vec!["p".repeat(250); 18].join("/");
    world.commit_files("repo", &[("a", "1"), ("ab/c", "1"), (&long, "1")], "one");
    let blob = world.id("repo", "HEAD:a");
    for name in [&longer, "b", "bc", "bcd", "bcde", "bcdef", "bcdefg", "bcdefgh"] {
        world.git("repo", &["update-index", "--add", "--cacheinfo", "100644", &blob, name]);
    }
    assert_eq!(noted(&world), None, "git has not noted it yet");
    world.git("repo", &["update-index", "--skip-worktree", "b"]);
    let written = written(&world);
    for version in ["2", "3", "4"] {
        world.git("repo", &["update-index", "--index-version", version]);
        assert_eq!(noted(&world), written, "version {version}");
    }
    for setting in ["index.threads=2", "index.recordEndOfIndexEntries=true", "index.skipHash=true"]
    {
        let (key, value) = setting.split_once('=').unwrap();
        world.git("repo", &["config", key, value]);
        world.git("repo", &["update-index", "--force-write-index"]);
        assert_eq!(noted(&world), written, "{setting}");
    }
}

#[test]
fn what_is_not_whole_has_none() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1\n"), ("b/x", "1")], "one");
    assert_eq!(noted(&world), written(&world));
    world.write("repo/b/x", "2");
    world.git("repo", &["add", "."]);
    assert_eq!(noted(&world), None, "it is of what was there before");
    world.git("repo", &["reset", "--quiet", "--hard"]);
    world.git("repo", &["write-tree"]);
    world.write("repo/new", "1");
    world.git("repo", &["add", "--intent-to-add", "new"]);
    assert_eq!(noted(&world), None, "an intent to add");
    world.git("repo", &["reset", "--quiet", "--hard"]);
    world.git("repo", &["update-index", "--split-index"]);
    assert_eq!(noted(&world), None, "a split index");
    world.git("repo", &["update-index", "--no-split-index"]);
}

#[test]
fn of_a_sparse_index_it_is_the_whole_tree() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1"), ("b/x", "1")], "one");
    world.git("repo", &["sparse-checkout", "set", "--cone", "--sparse-index", "none"]);
    assert_eq!(noted(&world), Some(oid(&world.id("repo", "HEAD^{tree}"))));
}

#[test]
fn a_file_that_is_cut_off_or_none_has_none() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1"), ("b/x", "1")], "one");
    let index = std::fs::read(world.path("repo/.git/index")).unwrap();
    let end = index.windows(4).position(|bytes| bytes == b"TREE").unwrap();
    for length in 0..end + 9 {
        world.write("repo/.git/index", &index[..length]);
        assert_eq!(noted(&world), None, "{length} bytes");
    }
    world.write("repo/.git/index", "nonsense of some length");
    assert_eq!(noted(&world), None);
    world.remove("repo/.git/index");
    assert_eq!(noted(&world), None);
}

/// A fact about git (2.39 and 2.47): what is noted is committed, whatever the entries say. To read
/// the entries would be to be misled.
#[test]
fn git_commits_what_is_noted_and_that_is_judged() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1"), ("b", "2")], "one");
    world.write("repo/a", "forged");
    world.git("repo", &["add", "a"]);
    let written = written(&world).unwrap();
    let (ours, theirs) = (world.id("repo", ":a"), world.id("repo", ":b"));
    let mut index = std::fs::read(world.path("repo/.git/index")).unwrap();
    let at = index.windows(20).position(|bytes| bytes == oid(&ours).as_bytes()).unwrap();
    index[at..at + 20].copy_from_slice(oid(&theirs).as_bytes());
    // Zeros stand for a checksum that was left out (index.skipHash, 2.40 and newer), and no git
    // looks at it when it commits.
    world.write("repo/.git/index", &index);
    assert_eq!(
        signs(
            &view(&world, "repo")
                .staged(Some(oid(&world.id("repo", "HEAD^{tree}"))))
                .unwrap()
                .changes
        ),
        ["~a"]
    );
    world.git("repo", &["commit", "--quiet", "--message=forged"]);
    assert_eq!(world.id("repo", "HEAD^{tree}"), written.to_string());
}
