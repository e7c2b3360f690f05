//! Trees that no honest git would write.

use super::{Row, refused, row, stops, theme};

theme!(
    "Trees and commits that no honest git would write",
    "Objects are made by hand (`git mktree`, `git hash-object --literally`), and agent-1's lane is \
     moved to them. The server's git does not look into them unless `receive.fsckObjects` is set; \
     it is not set here.",
    [names_of_gits_own, malformed_trees, malformed_commits]
);

const MOVE: &str = "reference-transaction";

/// The lane moves to a tree that has one more entry below a directory: as `git mktree` reads it.
fn grown(name: &'static str, directory: &str, entry: &str, code: &'static str) -> Row {
    let blob = "blob=$(echo x | git hash-object -w --stdin)";
    row(name)
        .tried(format!(
            "cd wt-uploads; {blob}; line=$(printf '{entry}' $blob)
             git update-ref HEAD $(git commit-tree -p HEAD -m x $(grow '{directory}' \"$line\"))"
        ))
        .client(stops(MOVE, code))
        .pushes("agents/uploads")
        .server(refused(code))
}

fn names_of_gits_own() -> Vec<Row> {
    let scope = "src/api/uploads";
    vec![
        grown("A file `.git` in scope", scope, "100644 blob %s\\t.git", "path-hazard"),
        grown(
            "`.GIT` in scope: the same on a disk that ignores case",
            scope,
            "100644 blob %s\\t.GIT",
            "path-hazard",
        ),
        grown(
            "`git~1` in scope: the short name of `.git` on NTFS",
            scope,
            "100644 blob %s\\tgit~1",
            "path-hazard",
        ),
        grown(
            "`.git ` and a trailing dot, which NTFS drops",
            scope,
            "100644 blob %s\\t.git .",
            "path-hazard",
        ),
        grown(
            "`.git` with a zero-width character, which HFS+ drops",
            scope,
            "100644 blob %s\\t.g\\342\\200\\214it",
            "path-hazard",
        ),
        grown(
            "`.git::$INDEX_ALLOCATION` in scope",
            scope,
            "100644 blob %s\\t.git::$INDEX_ALLOCATION",
            "path-hazard",
        ),
    ]
}

fn malformed_trees() -> Vec<Row> {
    let scope = "src/api/uploads";
    vec![
        grown("An entry `..` in scope", scope, "100644 blob %s\\t..", "path-hazard"),
        grown("An entry `.` in scope", scope, "100644 blob %s\\t.", "path-hazard"),
        grown(
            "An entry twice, the second with another content",
            scope,
            "100644 blob %s\\tREADME.md",
            "object-unreadable",
        ),
        grown(
            "A file that nobody may edit, twice at the root",
            "",
            "100644 blob %s\\ttsconfig.json",
            "object-unreadable",
        ),
    ]
}

fn malformed_commits() -> Vec<Row> {
    // Makes a commit with the tree of HEAD and the one in the index, in this order or the other.
    let commit = |trees: &str| {
        format!(
            "cd wt-uploads; bad=$(git write-tree); good=$(git rev-parse HEAD^{{tree}})
             id=$(git cat-file commit $(git commit-tree -p HEAD -m x HEAD^{{tree}}) | sed 1d |
             {{ printf 'tree %s\\ntree %s\\n' {trees}; cat; }} |
             git hash-object --literally -t commit -w --stdin); git update-ref HEAD $id"
        )
    };
    vec![
        row("A commit with two trees: first a trespass, then the trunk's")
            .given("cd wt-uploads; edit tsconfig.json; git add -A")
            .tried(commit("$bad $good"))
            .client(stops(MOVE, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A commit with two trees: first the trunk's, then a trespass")
            .given("cd wt-uploads; edit tsconfig.json; git add -A")
            .tried(commit("$good $bad"))
            .pushes("agents/uploads")
            .note("Git reads the first tree, and so does the gate: nothing changes."),
    ]
}
