//! What is refused as a whole new or changed directory is undone as one, and never together with anything that
//! is allowed or was there before.

use crate::gated::{CONTRACT, beside_a_server, script, served, under, uploads};
use crate::help::{follow, printed};

/// Six files in a directory that nobody has, and one in agent-1's scope.
const NEW_DIRECTORY: &str = "cd wt-uploads; edit src/api/uploads/a.ts
     for n in 1 2 3; do edit \"node [modules]/p$n/a\"; edit \"node [modules]/p$n/b\"; done";

#[test]
fn a_new_directory_is_undone_by_one_command_that_names_it() {
    let world = uploads();
    let refused = script(&world, &format!("{NEW_DIRECTORY}; git add -A; git commit -qm all"));
    let command = "git rm -r --cached --quiet --force --sparse -- ':(top,literal)node [modules]'";
    refused.says("5 more below").says(command).is_silent_about("p1/a' ");
    refused.says("- all below node [modules]: 6 files (not listed for anybody)");
    follow(&world, "wt-uploads", &refused.expect(1).stderr, 1);
    script(
        &world,
        "cd wt-uploads; git commit -qm all; test -e 'node [modules]/p3/b'
         test \"$(git diff --name-only HEAD~ HEAD)\" = src/api/uploads/a.ts",
    )
    .expect(0);

    let world = served();
    script(&world, &format!("{NEW_DIRECTORY}; smuggle")).expect(0);
    let refused = script(&world, "cd wt-uploads; git push -q origin agents/uploads");
    refused.says(&format!("{command} && git commit -m 'Undo it'"));
    follow(&world, "wt-uploads", &refused.expect(1).stderr, 1);
    script(&world, "cd wt-uploads; git push -q origin agents/uploads").expect(0);
}

#[test]
fn a_new_directory_with_something_allowed_is_undone_path_by_path() {
    let whole = "git rm -r ";
    let mine = "src/api/uploads/**\", \"node [modules]/p9/**";
    let scoped = CONTRACT.replace("src/api/uploads/**", mine);
    let excused = format!(
        "{CONTRACT}[[waivers]]\nrule = \"out-of-scope\"\nagent = \"agent-1\"\n\
         path = \"node [[]modules]/p9/**\"\nbecause = \"x\"\n"
    )
    .replace("[[]", "[");
    for contract in [scoped, excused] {
        for allowed in ["git add -A", "git add -A; rm -r 'node [modules]/p9'"] {
            let world = under(&contract);
            let given = format!("{NEW_DIRECTORY}; edit 'node [modules]/p9/mine'; {allowed}");
            let refused = script(&world, &format!("{given}; git commit -qm all"));
            refused.expect(1).is_silent_about(whole).says("p1/a");
            follow(&world, "wt-uploads", &refused.stderr, 1);
            script(&world, "cd wt-uploads; git diff --cached --name-only | grep -q p9/mine")
                .expect(0);
        }
    }
}

#[test]
fn a_directory_that_somebody_has_is_undone_but_for_what_they_have() {
    for had in [
        // The trunk, from which the lane has taken something.
        "(cd repo; edit 'node [modules]/there'; save); (cd wt-uploads; git merge -q main)",
        // The trunk alone.
        "(cd repo; edit 'node [modules]/there'; save)",
        // The lane, of what was committed unseen and is not judged again at a commit.
        "(cd wt-uploads; edit 'node [modules]/there'; smuggle)",
    ] {
        let world = uploads();
        let refused =
            script(&world, &format!("{had}; {NEW_DIRECTORY}; git add -A; git commit -qm all"));
        refused.expect(1).is_silent_about("node [modules]'").says("p3");
        for command in printed(&refused.stderr) {
            world.call("wt-uploads", "sh").arg("-c").arg(&command).run().expect(0);
        }
        script(&world, "cd wt-uploads; git commit -qm all").expect(0);
        let left = world.git("wt-uploads", &["ls-files", "--", "node*"]);
        let there = had.contains("/there") && had.contains("wt-uploads");
        assert_eq!(left.stdout.windows(5).any(|five| five == b"there"), there, "{had}");
    }
}

/// Twelve files of two directories that are nobody's, six of another's, and what a formatter makes of them.
const PACKAGES: &str = "(cd repo; for d in 'pack [a]/p1' 'pack [a]/p2' src/db/migrations; do
       for n in 1 2 3 4 5 6; do edit \"$d/$n\"; done; done; edit docs/1; save)
     cd wt-uploads; git merge -q main; edit src/api/uploads/a.ts
     for d in 'pack [a]/p1' 'pack [a]/p2' src/db/migrations; do
       for n in 1 2 3 4 5; do edit \"$d/$n\"; done; done; rm 'pack [a]/p2/6'";
const FORMATTED: &str = "--staged --worktree -- ':(top,literal)pack [a]'";

#[test]
fn what_a_formatter_went_over_is_undone_by_its_directories() {
    for commit in ["git commit -qam all", "git add -A; git commit -qm all"] {
        let world = uploads();
        let refused = script(&world, &format!("{PACKAGES}; git add src/api; {commit}"));
        refused.expect(1).says(FORMATTED).says(" -- :/src/db\n").is_silent_about("p1/2' ");
        refused.says("- all below pack [a]: 11 files (not listed for anybody)");
        follow(&world, "wt-uploads", &refused.stderr, 2);
        script(
            &world,
            "cd wt-uploads; git commit -qm all; test -z \"$(git status --porcelain)\"
             test \"$(git diff --name-only HEAD~ HEAD)\" = src/api/uploads/a.ts",
        )
        .expect(0);
    }

    let world = beside_a_server();
    script(&world, &format!("{PACKAGES}; git add -A; smuggle; unseen push -q origin main"))
        .expect(0);
    let refused = script(&world, "cd wt-uploads; git push -q origin agents/uploads");
    refused.expect(1).says(&format!("{FORMATTED} && git commit -m 'Undo it'"));
    follow(&world, "wt-uploads", &refused.stderr, 2);
    script(&world, "cd wt-uploads; git push -q origin agents/uploads").expect(0);
}

#[test]
fn what_is_not_refused_keeps_a_changed_directory_from_being_undone_as_one() {
    for (kept, still) in [
        // A local edit that is not committed.
        ("cd wt-uploads; echo mine > 'pack [a]/p1/6'; git add -u src 'pack [a]/p2'", "p1/6"),
        // One that git was told not to look at.
        (
            "cd wt-uploads; git update-index --assume-unchanged 'pack [a]/p1/6'
             echo mine > 'pack [a]/p1/6'; git add -u",
            "p1/6",
        ),
        // What was committed unseen, and is not judged again at a commit.
        (
            "cd wt-uploads; echo mine > 'pack [a]/p1/6'; unseen commit -q --no-verify -m x 'pack [a]/p1/6'
             git add -u",
            "p1/6",
        ),
        // New files, intended to be added and added, are taken out of no worktree.
        (
            "cd wt-uploads; git add -u; echo mine > 'pack [a]/p2/8'; git add 'pack [a]/p2/8'
             echo mine > 'pack [a]/p2/7'; git add -N 'pack [a]/p2/7'",
            "p2/7",
        ),
    ] {
        let world = uploads();
        let refused = script(&world, &format!("({PACKAGES}); {kept}; git commit -qm all"));
        refused.expect(1).says("restore");
        if still != "p2/7" {
            refused.is_silent_about(FORMATTED);
        }
        for command in printed(&refused.stderr) {
            world.call("wt-uploads", "sh").arg("-c").arg(&command).run().expect(0);
        }
        let left = format!("cd wt-uploads; grep -qx mine 'pack [a]/{still}'; ls 'pack [a]/p2/1'");
        script(&world, &left).expect(0);
        script(&world, "cd wt-uploads; test ! -e 'pack [a]/p2/8' || grep -qx mine 'pack [a]/p2/8'")
            .expect(0);
    }
}
