//! Objects of as many bytes as are read, and of one more: the same over both backends.

use super::*;
use crate::repository::Content;

/// The repository, read by both backends, objects up to so many bytes.
fn views(world: &Sandbox, most: u64) -> [Box<dyn GitView>; 2] {
    let directory = world.path("repo");
    [
        Box::new(libgit2(&directory).unwrap().reading_at_most(most)),
        Box::new(Plumbing::open_at(&directory).unwrap().reading_at_most(most)),
    ]
}

/// What a view says when it reads an object of this kind.
fn read(view: &dyn GitView, kind: &str, id: Oid) -> Read<()> {
    match kind {
        "blob" => view.blob(id).map(drop),
        "tree" => view.names_in(id, b"").map(drop),
        "commit" => view.commit(id).map(drop),
        _ => view.peel_to_commit(id).map(drop),
    }
}

#[test]
fn an_object_is_read_up_to_the_bound_and_a_larger_one_is_told_by_its_size() {
    let world = Sandbox::new();
    for file in 0..40 {
        world.write(format!("repo/{file}"), "");
    }
    world.write("repo/large", "x".repeat(1 << 20));
    world.git("repo", &["add", "."]);
    world.git("repo", &["commit", "-q", "-m", &"a long message ".repeat(200)]);
    // Whoever peels it reads the commit too, which has to be smaller.
    world.git("repo", &["tag", "-a", "-m", &"a longer one ".repeat(300), "tag"]);
    let small = oid(&world.id("repo", "HEAD:0"));
    for (kind, name) in
        [("blob", "HEAD:large"), ("tree", "HEAD^{tree}"), ("commit", "HEAD"), ("tag", "tag")]
    {
        let id = oid(&world.id("repo", name));
        let size = world.git("repo", &["cat-file", "-s", name]).line().parse::<u64>().unwrap();
        for view in views(&world, size) {
            assert_eq!(read(&*view, kind, id), Ok(()), "{kind}, {}", view.backend().name);
        }
        for view in views(&world, size - 1) {
            let reason = format!("it has {size} bytes; at most {} are read", size - 1);
            let told = Err(ReadError::Object { id, reason });
            for _ in 0..2 {
                assert_eq!(read(&*view, kind, id), told, "{kind}, {}", view.backend().name);
                // What is asked next has its own answer.
                assert_eq!(view.blob(small), Ok(Vec::new()), "{}", view.backend().name);
            }
        }
    }
}

#[test]
fn a_size_is_told_of_any_object() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("file", "12345")], "a file");
    let id = oid(&world.id("repo", "HEAD:file"));
    for view in views(&world, 1) {
        assert_eq!(view.blob_size(id), Ok(5));
    }
}

#[test]
fn a_changed_file_that_is_too_large_is_a_change_without_its_content() {
    let world = Sandbox::new();
    world.commit_files("repo", &[("file", "")], "a file");
    for (text, content) in
        [("12345", Content::Read(b"12345".to_vec())), ("123456", Content::TooLarge(6))]
    {
        world.write("repo/file", text);
        let id = oid(&world.git("repo", &["hash-object", "file"]).line());
        for view in views(&world, 5) {
            let changes = view.unstaged().unwrap();
            assert_eq!(changes.len(), 1);
            assert_eq!(changes[0].new.map(|new| new.id), Some(id));
            assert_eq!(changes[0].content, content, "{}", view.backend().name);
        }
    }
}
