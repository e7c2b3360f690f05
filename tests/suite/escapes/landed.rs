//! Ways to make a lane look landed that is not, or no more.

use super::{Row, refused, row, stops, theme};

theme!(
    "What counts as landed",
    "The lane that lands waits for another, which has changed nothing but shared files, or nothing at \
     all. The trunk is moved as in the part before.",
    [by_shared_files_alone]
);

const MERGE: &str = "pre-merge-commit";

/// Agent-1's lane is landed, which waits for agent-2's.
fn waits(name: &'static str, given: &str) -> Row {
    row(name)
        .given(format!("{given}; publish agents/migrations agents/uploads"))
        .tried("land uploads")
        .client(stops(MERGE, "merge-order"))
        .pushes("main")
        .server(refused("merge-order"))
}

fn by_shared_files_alone() -> Vec<Row> {
    vec![
        waits("The lane before has not begun, and this one adds to a list that both may add to",
            "lane uploads CHANGELOG.md"),
        waits("The lane before has not begun, and has merged what this one has added to such a list",
            "lane uploads CHANGELOG.md; unseen -C wt-migrations merge -q --no-ff --no-edit agents/uploads; uploads"),
        waits("The lane before has not begun, and its branch is on this one's commit",
            "lane uploads CHANGELOG.md; unseen -C wt-migrations merge -q --ff-only agents/uploads; uploads"),
        waits("The lane before has not begun, and its branch is on the trunk, which took a line of that list by a merge",
            "cd repo; git checkout -q -b list; edit CHANGELOG.md; smuggle; git checkout -q main
             unseen merge -q --no-ff --no-edit list; git branch -q -D list; cd ..; unseen -C wt-migrations merge -q --ff-only main; uploads
             git -C anonymous.git fetch -q $TOP/repo main:main; git -C named.git fetch -q $TOP/repo main:main"),
        waits("The lane before has added a line to such a list, and this one adds the same",
            "lane migrations CHANGELOG.md; (cd wt-uploads; git checkout -q agents/migrations -- CHANGELOG.md; save); uploads"),
        waits("The lane before has added a line to such a list, and this one has merged it",
            "lane migrations CHANGELOG.md; uploads; unseen -C wt-uploads merge -q --no-ff --no-edit agents/migrations"),
        waits("The lane before has added a line to such a list, and this one was made anew upon it",
            "lane migrations CHANGELOG.md; unseen -C wt-uploads merge -q --ff-only agents/migrations; uploads"),
        waits("The lane before has landed by such a line and is taken back, and this one adds another there",
            "lane migrations CHANGELOG.md; (cd wt-uploads; edit CHANGELOG.md another; save); publish agents/migrations
             land migrations; git -C repo revert -m 1 --no-edit HEAD >/dev/null; publish main"),
        waits("The lane before lands by such a line, and goes on before this one lands",
            "lane migrations CHANGELOG.md; publish agents/migrations; land migrations; publish main; uploads; lane migrations CHANGELOG.md"),
    ]
}
