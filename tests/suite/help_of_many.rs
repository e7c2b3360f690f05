//! What is refused as a whole new directory is undone as one, and never together with anything that
//! is allowed or was there before.

use crate::gated::{CONTRACT, script, served, under, uploads};
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
