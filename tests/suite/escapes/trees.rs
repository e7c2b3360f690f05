//! Trees that no honest git would write.

use super::Verdict::ByGit;
use super::{Client, Row, refused, row, stops, theme};

theme!(
    "Trees and commits that no honest git would write",
    "Objects are made by hand (`git mktree`, `git hash-object --literally`), and agent-1's lane is \
     moved to them. The server's git does not look into them unless `receive.fsckObjects` is set; \
     it is not set here.",
    [names_of_gits_own, malformed_trees, entries_of_another_kind, trees_by_hand, malformed_commits]
);

/// Why some of it never comes to a server's hook.
const UNSENT: &str = "Git itself cannot pack it.";

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
        row("A file and a directory of one name, with another entry between")
            .tried(
                "cd wt-uploads; blob=$(echo x | git hash-object -w --stdin)
                 below=$(printf '100644 blob %s\\ta' $blob | git mktree)
                 tree=$( { git ls-tree HEAD; printf '100644 blob %s\\ttsconfig.json-\\n' $blob
                           printf '040000 tree %s\\ttsconfig.json\\n' $below; } | git mktree)
                 git update-ref HEAD $(git commit-tree -p HEAD -m x $tree)",
            )
            .client(stops(MOVE, "object-unreadable"))
            .pushes("agents/uploads")
            .server(refused("object-unreadable")),
        row("A dozen small trees that hold each other ten times: a million files")
            .tried(
                "cd wt-uploads; blob=$(echo x | git hash-object -w --stdin); ten='0 1 2 3 4 5 6 7 8 9'
                 tree=$(for n in $ten; do printf '100644 blob %s\tf%s\n' $blob $n; done | git mktree)
                 for level in 1 2 3 4 5; do
                   tree=$(for n in $ten; do printf '040000 tree %s\td%s\n' $tree $n; done | git mktree); done
                 line=$(printf '040000 tree %s\tbomb' $tree)
                 git update-ref HEAD $(git commit-tree -p HEAD -m x $(grow src/api/uploads \"$line\"))",
            )
            .client(stops(MOVE, "repository-unreadable"))
            .pushes("agents/uploads")
            .server(refused("repository-unreadable")),
        row("A tree that cannot be read, undone by the next commit: nobody could land beside it")
            .tried(
                "cd wt-uploads; root=$(git rev-parse HEAD^{tree})
                 bad=$(git cat-file tree $root | LC_ALL=C sed 's/100644 tsconfig/0 tsconfig/' |
                   git hash-object --literally -t tree -w --stdin)
                 git update-ref HEAD $(git commit-tree -p $(git commit-tree -p HEAD -m odd $bad) -m undone $root)",
            )
            .pushes("agents/uploads")
            .server(refused("object-unreadable")),
        grown(
            "A file that nobody may edit, twice at the root",
            "",
            "100644 blob %s\\ttsconfig.json",
            "object-unreadable",
        ),
    ]
}

fn entries_of_another_kind() -> Vec<Row> {
    // A directory in scope whose one entry, made as git makes it, gets another mode.
    let made = |name, at: &str, entry: &str, mode: &str| {
        let honest =
            entry.split_once(' ').map_or(entry, |(honest, _)| honest).trim_start_matches('0');
        row(name)
            .tried(format!(
                "cd {at}; blob=$(echo x | git hash-object -w --stdin); below=$(printf '100644 blob %s\ta\n' $blob | git mktree)
                 good=$(printf '%s\tz\n' \"{entry}\" | git mktree)
                 bad=$(git cat-file tree $good | LC_ALL=C sed 's/^{honest} z/{mode} z/' | git hash-object --literally -t tree -w --stdin)
                 line=$(printf '040000 tree %s\tdir' $bad)
                 git update-ref HEAD $(git commit-tree -p HEAD -m x $(grow src/api/uploads \"$line\"))"
            ))
            .client(stops(MOVE, "object-unreadable"))
            .pushes("agents/uploads")
            .server(refused("object-unreadable"))
    };
    let lane = "wt-uploads";
    vec![
        made("A file that is a tree", lane, "040000 tree $below", "100644"),
        made("A program that is a tree", lane, "040000 tree $below", "100755"),
        made("A symbolic link that is a tree", lane, "040000 tree $below", "120000"),
        made("A file that is a commit", lane, "160000 commit $(git rev-parse HEAD)", "100644")
            .server(ByGit)
            .note(UNSENT),
        made("A directory that is a file", lane, "100644 blob $blob", "40000")
            .server(ByGit)
            .note(UNSENT),
        row("A file that is a tree, in git's own index")
            .tried(
                "cd wt-uploads; blob=$(echo x | git hash-object -w --stdin)
                 put 100644 $(printf '100644 blob %s\\ta\\n' $blob | git mktree) src/api/uploads/z; git commit -q -m x",
            )
            .client(stops(MOVE, "object-unreadable"))
            .pushes("agents/uploads")
            .server(refused("object-unreadable")),
        made("A file that is a tree, on the trunk", "repo", "040000 tree $below", "100644")
            .pushes("main")
            .by("dana"),
    ]
}

fn trees_by_hand() -> Vec<Row> {
    // Puts a tree of the repository together from the bytes of others.
    let made = |name, bytes: &str, client| {
        row(name)
            .tried(format!(
                "cd wt-uploads; blob=$(echo x | git hash-object -w --stdin); root=$(git rev-parse HEAD^{{tree}})
                 only() {{ printf '%s\\n' \"$1\" | git mktree; }}
                 without() {{ git ls-tree HEAD | grep -v \"	$1\\$\" | git mktree; }}
                 bad=$(only \"100644 blob $blob	tsconfig.json\"); rest=$(without tsconfig.json)
                 id=$( {{ {bytes}; }} | git hash-object --literally -t tree -w --stdin)
                 git update-ref HEAD $(git commit-tree -p HEAD -m x $id)"
            ))
            .client(client)
            .pushes("agents/uploads")
    };
    let both = "git cat-file tree $rest; git cat-file tree $bad";
    vec![
        made(
            "A trespass behind a tree's last entry, out of order",
            both,
            stops(MOVE, "shared-frozen"),
        )
        .server(refused("shared-frozen")),
        made(
            "A trespass before a tree's first entry, out of order",
            "git cat-file tree $bad; git cat-file tree $rest",
            stops(MOVE, "shared-frozen"),
        )
        .server(refused("shared-frozen")),
        made(
            "A tree that has the trunk's file first and another under its name behind",
            "git cat-file tree $root; git cat-file tree $bad",
            stops(MOVE, "object-unreadable"),
        )
        .server(refused("object-unreadable")),
        made(
            "A tree that is cut off in its last entry",
            "git cat-file tree $root | head -c 99",
            stops(MOVE, "object-unreadable"),
        )
        .server(ByGit)
        .note(UNSENT),
        made(
            "A mode that git never writes: 100664",
            "git cat-file tree $root | LC_ALL=C sed 's/100644 tsconfig/100664 tsconfig/'",
            Client::Passes,
        )
        .note("Git reads it as 100644: nothing changes."),
        made(
            "A mode that git never writes, of a link: 120777",
            "git cat-file tree $root | LC_ALL=C sed 's/100644 tsconfig/120777 tsconfig/'",
            stops(MOVE, "shared-frozen"),
        )
        .server(refused("shared-frozen")),
        made(
            "A mode that is none: 0",
            "git cat-file tree $root | LC_ALL=C sed 's/100644 tsconfig/0 tsconfig/'",
            stops(MOVE, "object-unreadable"),
        )
        .server(refused("object-unreadable")),
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
        row("A commit whose date no program can read")
            .given("cd wt-uploads; edit tsconfig.json; git add -A")
            .tried(
                "cd wt-uploads
                 id=$(git cat-file commit $(git commit-tree -p HEAD -m x $(git write-tree)) |
                 sed 's/^committer.*/committer Test <t@example.com> 99999999999999999999999 +0000/' |
                 git hash-object --literally -t commit -w --stdin); git update-ref HEAD $id",
            )
            .client(stops(MOVE, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
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
