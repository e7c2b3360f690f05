//! The files of a worktree, as git would store them.

use std::time::{Duration, SystemTime};

use super::*;
use crate::repository::{Content, WorktreeChange};

fn unstaged(world: &Sandbox, directory: &str) -> Vec<WorktreeChange> {
    view(world, directory).unstaged().unwrap()
}

/// Paths with what they would be stored as; `None` for a file that is gone.
fn contents(changes: &[WorktreeChange]) -> Vec<(String, Option<String>)> {
    let text = |change: &WorktreeChange| match &change.content {
        Content::Read(content) => String::from_utf8_lossy(content).into_owned(),
        Content::TooLarge(size) => panic!("{size} bytes were not read"),
    };
    changes.iter().map(|one| (one.path.to_string(), one.new.map(|_| text(one)))).collect()
}

fn stored(path: &str, content: &str) -> (String, Option<String>) {
    (path.to_owned(), Some(content.to_owned()))
}

fn gone(path: &str) -> (String, Option<String>) {
    (path.to_owned(), None)
}

/// Every file below a directory, with its content and time of change. Git takes note of an object
/// that it need not store again by the time of its file, which keeps it from `gc`: no change.
fn everything(world: &Sandbox, directory: &str) -> Vec<(String, Vec<u8>, SystemTime)> {
    let mut found = Vec::new();
    let mut pending = vec![world.path(directory)];
    while let Some(path) = pending.pop() {
        let metadata = std::fs::symlink_metadata(&path).unwrap();
        if metadata.is_dir() {
            pending.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let content = std::fs::read(&path).unwrap_or_default();
            let name = path.display().to_string();
            let is_object = name.contains("/.git/objects/");
            let time =
                if is_object { SystemTime::UNIX_EPOCH } else { metadata.modified().unwrap() };
            found.push((name, content, time));
        }
    }
    found.sort();
    found
}

#[test]
fn changes_that_are_not_staged() {
    let world = Sandbox::new();
    let files = [("a", "1\n"), ("b", "1\n"), ("c", "1\n"), ("mode", "1\n"), ("untouched", "1\n")];
    world.commit_files("repo", &files, "one");
    world.write("repo/a", "2\n");
    world.remove("repo/b");
    world.write("repo/c", "staged\n");
    world.git("repo", &["add", "c"]);
    world.make_executable("repo/mode");
    world.write("repo/new", "untracked\n");
    let changes = unstaged(&world, "repo");
    assert_eq!(contents(&changes), [stored("a", "2\n"), gone("b"), stored("mode", "1\n")]);
    assert_eq!(changes[2].new.unwrap().mode, EntryMode::Executable);
    let id = world.git("repo", &["hash-object", "a"]).line();
    assert_eq!(changes[0].new.unwrap().id, oid(&id));
    assert_eq!(view(&world, "repo").untracked().unwrap(), [path("new")]);
}

#[test]
fn nothing_is_written_into_the_repository() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1\n"), ("b", "1\n")], "one");
    world.write("repo/a", "2\n");
    world.write("repo/b", "1\n");
    world.hook("repo", "post-index-change", "touch ../hooked\n");
    let file = std::fs::File::options().append(true).open(world.path("repo/b")).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(90)).unwrap();
    let before = everything(&world, "repo");
    assert_eq!(contents(&unstaged(&world, "repo")), [stored("a", "2\n")]);
    assert_eq!(view(&world, "repo").untracked().unwrap(), []);
    let after = everything(&world, "repo");
    let written: Vec<_> = after.iter().filter(|file| !before.contains(file)).collect();
    assert_eq!(written.iter().map(|file| &file.0).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(after.len(), before.len());
    assert!(!world.exists("hooked"));
}

#[test]
fn a_change_within_the_same_second_is_seen() {
    let world = Sandbox::new();
    for round in 0..10 {
        world.commit_files("repo", &[("a", "1234\n")], "one");
        world.write("repo/a", format!("{:04}\n", 5_000 + round));
        assert_eq!(unstaged(&world, "repo").len(), 1, "round {round}");
    }
}

#[test]
fn line_endings_and_filters_are_gits() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("crlf", "a\nb\n"), ("shout", "quiet\n"), ("raw", "x\n")], "one");
    world.write("repo/.gitattributes", "crlf text eol=crlf\nshout filter=case\nraw -text\n");
    world.git("repo", &["config", "filter.case.clean", "tr A-Z a-z"]);
    world.git("repo", &["config", "core.autocrlf", "true"]);
    world.git("repo", &["config", "core.safecrlf", "true"]);
    world.write("repo/crlf", "a\r\nb\r\nc\r\n");
    world.write("repo/shout", "LOUD\n");
    world.write("repo/raw", "x\r\n");
    let expected = [stored("crlf", "a\nb\nc\n"), stored("raw", "x\r\n"), stored("shout", "loud\n")];
    assert_eq!(contents(&unstaged(&world, "repo")), expected);
    world.write("repo/crlf", "a\r\nb\r\n");
    world.write("repo/shout", "QUIET\n");
    assert_eq!(contents(&unstaged(&world, "repo")), [stored("raw", "x\r\n")]);
}

#[test]
fn a_filter_that_fails_is_an_error() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1\n")], "one");
    world.write("repo/.git/info/attributes", "a filter=broken\n");
    world.git("repo", &["config", "filter.broken.clean", "false"]);
    world.git("repo", &["config", "filter.broken.required", "true"]);
    world.write("repo/a", "2\n");
    assert!(view(&world, "repo").unstaged().is_err());
}

#[test]
fn flags_hide_no_file_that_is_there() {
    let world = Sandbox::new();
    let files = [("assumed", "1"), ("both", "1"), ("gone", "1"), ("skipped", "1")];
    world.commit_files("repo", &files, "one");
    for flag in [["--assume-unchanged", "assumed"], ["--skip-worktree", "skipped"]] {
        world.git("repo", &["update-index", flag[0], flag[1], "gone"]);
        world.git("repo", &["update-index", flag[0], "both"]);
    }
    for file in ["assumed", "both", "skipped"] {
        world.write(format!("repo/{file}"), "2");
    }
    world.remove("repo/gone");
    let expected = ["assumed", "both", "skipped"].map(|file| stored(file, "2"));
    let changes = unstaged(&world, "repo");
    assert_eq!(contents(&changes), expected);
    assert!(changes.iter().all(|change| change.hidden), "and git sees none of them: {changes:?}");
    world.git("repo", &["add", "--all"]);
    assert_eq!(world.git("repo", &["diff", "--cached", "--name-only"]).text(), "");
}

#[test]
fn a_sparse_checkout_shows_what_is_there_outside_of_it() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("in/a", "1"), ("out/a", "1"), ("out/b", "1")], "one");
    world.git("repo", &["sparse-checkout", "set", "--cone", "in"]);
    assert!(!world.exists("repo/out/a"));
    assert_eq!(unstaged(&world, "repo"), []);
    world.write("repo/out/a", "2");
    world.write("repo/in/a", "2");
    let changes = unstaged(&world, "repo");
    assert_eq!(contents(&changes), [stored("in/a", "2"), stored("out/a", "2")]);
    assert!(!changes.iter().any(|change| change.hidden), "git sees what is there: {changes:?}");
}

#[test]
fn intents_and_unmerged_paths_are_judged_by_their_files() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("a", "1\n")], "one");
    world.git("repo", &["checkout", "--quiet", "-b", "side"]);
    world.commit_files("repo", &[("a", "2\n")], "two");
    world.git("repo", &["checkout", "--quiet", "main"]);
    world.commit_files("repo", &[("a", "3\n")], "three");
    world.try_git("repo", &["merge", "side"]).expect_failure();
    world.write("repo/a", "by hand\n");
    world.write("repo/empty", "");
    world.write("repo/full", "x");
    world.git("repo", &["add", "--intent-to-add", "empty", "full"]);
    let expected = [stored("a", "by hand\n"), stored("empty", ""), stored("full", "x")];
    assert_eq!(contents(&unstaged(&world, "repo")), expected);
    world.remove("repo/a");
    assert_eq!(contents(&unstaged(&world, "repo"))[0], gone("a"));
}

#[test]
fn kinds_change() {
    let world = Sandbox::new();
    let files = [("directory", "1"), ("link", "1"), ("script", "#!\n")];
    world.commit_files("repo", &files, "one");
    world.remove("repo/directory");
    world.write("repo/directory/x", "1");
    world.remove("repo/link");
    world.symlink("script", "repo/link");
    let changes = unstaged(&world, "repo");
    assert_eq!(contents(&changes), [gone("directory"), stored("link", "script")]);
    assert_eq!(changes[1].new.unwrap().mode, EntryMode::Symlink);
}

#[test]
fn a_submodule_that_is_to_be_ignored_is_seen() {
    let world = Sandbox::new();
    world.init("library");
    world.commit_files("library", &[("l", "1")], "library one");
    world.git("repo", &["submodule", "--quiet", "add", "../library", "lib"]);
    world.git("repo", &["config", "-f", ".gitmodules", "submodule.lib.ignore", "all"]);
    world.git("repo", &["config", "submodule.lib.ignore", "all"]);
    world.git("repo", &["config", "diff.ignoreSubmodules", "all"]);
    world.commit("repo", "with a submodule");
    assert_eq!(unstaged(&world, "repo"), [], "untouched");
    let moved = world.commit_files("repo/lib", &[("l", "2")], "library two");
    let changes = unstaged(&world, "repo");
    assert_eq!(contents(&changes), [stored("lib", "")]);
    let expected = Entry { mode: EntryMode::Submodule, id: oid(&moved) };
    assert_eq!(changes[0].new, Some(expected));
}

#[test]
fn untracked_files_below_and_beside() {
    let world = Sandbox::new();
    world.commit_files("repo", &[(".gitignore", "*.log\n"), ("a/x", "1")], "one");
    for file in ["a/new", "a/new.log", "b/c/d", "line\nbreak"] {
        world.write(format!("repo/{file}"), "1");
    }
    world.git("repo", &["config", "status.showUntrackedFiles", "no"]);
    world.init("repo/inner");
    world.commit_files("repo/inner", &[("x", "1")], "inner");
    let expected = ["a/new", "b/c/d", "inner", "line\nbreak"].map(path);
    assert_eq!(view(&world, "repo/a").untracked().unwrap(), expected);
    world.worktree("wt", "agents/a");
    assert_eq!(view(&world, "wt").untracked().unwrap(), []);
}

#[test]
fn a_bare_repository_has_no_files() {
    let world = Sandbox::new();
    world.commit("repo", "one");
    world.server("server.git");
    let view = view(&world, "server.git");
    assert_eq!(view.place().worktree, None);
    assert_eq!((view.unstaged(), view.untracked()), (Ok(Vec::new()), Ok(Vec::new())));
}

#[test]
fn a_colon_in_the_repositorys_name_is_a_colon() {
    let world = Sandbox::new();
    world.init("odd:\"name");
    world.commit_files("odd:\"name", &[("a", "1")], "one");
    world.write("odd:\"name/a", "2");
    assert_eq!(contents(&unstaged(&world, "odd:\"name")), [stored("a", "2")]);
}
