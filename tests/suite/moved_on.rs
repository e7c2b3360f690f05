//! The dispatcher moves a directory on the trunk, and its agent's scope with it, while a lane is at work:
//! what is printed, run as printed, takes the lane's work along, and loses none of it.

use std::collections::BTreeSet;

use crate::asked::ask;
use crate::gated::{script, served, uploads};
use crate::sandbox::Sandbox;

/// What moves in the repository, its contract first and alone; with a version.
fn moved(version: u32) -> String {
    format!(
        "(cd repo
         sed -i 's#src/api/uploads/#services/uploads/#; s/^format = 1/format = 1\\nversion = {version}/' contract.toml
         git commit -qam amended; mkdir services; git mv src/api/uploads services/uploads; git commit -qm moved)\n"
    )
}

/// Work in the old place: a file that moves, one that is new there, and one in a new directory.
const WORK: &str = "edit src/api/uploads/README.md 'of the lane'; edit src/api/uploads/new.ts; edit src/api/uploads/in/deep.ts\n";

/// The lane has all of its work in the new place, and nothing else.
#[track_caller]
fn arrived(world: &Sandbox, directory: &str) {
    let changed = script(
        world,
        &format!(
            "cd {directory}; git add -A; git diff --cached --name-only origin/main 2>/dev/null || git diff --cached --name-only main"
        ),
    );
    let expected =
        "services/uploads/README.md\nservices/uploads/in/deep.ts\nservices/uploads/new.ts";
    assert_eq!(changed.expect(0).text().trim(), expected);
    let readme = script(world, &format!("cat {directory}/services/uploads/README.md"));
    assert_eq!(readme.expect(0).text(), "Uploads will live here.\nof the lane\n");
}

/// The one command that a text prints, run there as printed.
#[track_caller]
fn follow(world: &Sandbox, directory: &str, text: &str, expected: &str) {
    follow_all(world, directory, text, &[expected]);
}

/// The commands that a text prints, run there as printed.
#[track_caller]
fn follow_all(world: &Sandbox, directory: &str, text: &str, expected: &[&str]) {
    assert!(!text.contains("undo it"), "{text}");
    let lines = text.lines().map(|line| line.trim_start_matches("remote: ").trim_end());
    let begins = |line: &str| {
        ["git merge ", "git -c ", "git -C ", "(cd "].iter().filter_map(|b| line.find(b)).min()
    };
    let mut commands: Vec<&str> =
        lines.filter_map(|line| begins(line).map(|begin| &line[begin..])).collect();
    // A merge that was refused has ways back of its own.
    commands.retain(|command| command.contains("directoryRenames") || command.contains(" mv -- "));
    let mut seen = BTreeSet::new();
    commands.retain(|command| seen.insert(*command));
    assert_eq!(commands, expected, "{text}");
    for command in expected {
        world.call(directory, "sh").arg("-c").arg(command).run().expect(0);
    }
}

const HERE: &str = "git -c merge.directoryRenames=true merge --autostash main";

#[test]
fn a_check_has_the_work_taken_along() {
    for version in [1, 2] {
        for state in ["true", "git add -A", "save"] {
            let world = uploads();
            let story = format!("(cd wt-uploads; {WORK} {state})\n{}", moved(version));
            script(&world, &story).expect(0);
            let answer = ask(&world, "wt-uploads", "");
            let commands = answer.commands("take in the trunk");
            assert!(commands.iter().all(|(_, command)| command == HERE), "{commands:?}");
            let stale = usize::from(version > 1);
            assert_eq!(commands.len(), answer.findings().len(), "{:#}", answer.document);
            assert_eq!(answer.commands("undo it"), []);
            let is_stale = |finding: &&String| finding.contains("stale-contract");
            assert_eq!(answer.findings().iter().filter(is_stale).count(), stale);

            let text = world.gate("wt-uploads", &["check"]).expect(1).text();
            let (_, prompt) = text.split_once("For agent-1's next prompt:\n").unwrap();
            assert!(prompt.contains("the trunk has moved these files"), "{prompt}");
            assert!(prompt.contains(&format!("\n    {HERE}\n")), "{prompt}");
            assert!(!prompt.contains("Undo these changes"), "{prompt}");
            if state == "true" {
                // What git does not track yet stays where it is, and is in nobody's way.
                continue;
            }
            follow(&world, "wt-uploads", &text, HERE);
            assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
            arrived(&world, "wt-uploads");
        }
    }
}

#[test]
fn a_refused_commit_is_taken_along() {
    for version in [1, 2] {
        for (commit, code) in [("commit -qm work", 1), ("commit -q --no-verify -m work", 128)] {
            let world = uploads();
            let story = format!("{}cd wt-uploads; {WORK} git add -A; git {commit}", moved(version));
            let refused = script(&world, &story).expect(code).stderr.clone();
            follow(&world, "wt-uploads", &refused, HERE);
            arrived(&world, "wt-uploads");
            script(&world, "cd wt-uploads; git add -A; git commit -qm work").expect(0);
            assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
        }
    }
}

#[test]
fn a_refused_merge_is_given_up_and_the_trunk_is_taken_in() {
    let world = uploads();
    let begin = "(cd wt-uploads; unseen switch -qc side; edit src/api/uploads/new.ts; edit src/api/uploads/in/deep.ts
                 smuggle; unseen switch -q agents/uploads; edit src/api/uploads/README.md 'of the lane'; save)\n";
    let merge = "cd wt-uploads; git merge -q --no-edit side";
    let refused = script(&world, &format!("{begin}{}{merge}", moved(1))).expect(1).stderr.clone();
    let command = "git merge --abort && git -c merge.directoryRenames=true merge main";
    follow(&world, "wt-uploads", &refused, command);
    script(&world, "cd wt-uploads; git -c merge.directoryRenames=true merge -q --no-edit side")
        .expect(0);
    arrived(&world, "wt-uploads");
    assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
}

#[test]
fn a_refused_push_is_taken_along() {
    for version in [1, 2] {
        let world = crate::gated::beside_a_server();
        let story = format!("(cd wt-uploads; {WORK} save)\n{}", moved(version));
        let push = "cd wt-uploads; git push -q origin agents/uploads";
        let refused = script(&world, &format!("{story}{push}")).expect(1).stderr.clone();
        follow(&world, "wt-uploads", &refused, "git -c merge.directoryRenames=true merge main");
        script(&world, "cd repo; git push -q origin main").expect(0);
        script(&world, push).expect(0);
        arrived(&world, "wt-uploads");
    }
}

#[test]
fn what_a_server_refuses_is_taken_along_in_the_clone() {
    for version in [1, 2] {
        let world = served();
        let begin = format!(
            "git clone -q server.git clone; (cd clone; git switch -qc agents/uploads; {WORK} save)\n"
        );
        let story = format!("{begin}{}(cd repo; git push -q origin main)\n", moved(version));
        let push = "cd clone; git push -q origin agents/uploads";
        let refused = script(&world, &format!("{story}{push}")).expect(1).stderr.clone();
        assert!(
            refused.contains("on agents/uploads, take in the trunk from this server"),
            "{refused}"
        );
        let command = "git -c merge.directoryRenames=true pull --no-rebase origin main";
        follow(&world, "clone", &refused, command);
        script(&world, push).expect(0);
        arrived(&world, "clone");
    }
}

#[test]
fn a_scope_that_shrinks_where_nothing_moves_is_told_to_be_so_and_the_work_undone() {
    let world = uploads();
    let amend = "(cd repo; sed -i 's#src/api/uploads/#services/uploads/#' contract.toml; git commit -qam amended)\n";
    script(&world, &format!("(cd wt-uploads; {WORK} save)\n{amend}")).expect(0);
    let answer = ask(&world, "wt-uploads", "");
    assert_eq!(answer.commands("take in the trunk"), []);
    assert_eq!(answer.commands("undo it").len(), 3, "{:#}", answer.document);
    let text = world.gate("wt-uploads", &["check"]).expect(1).text();
    assert!(text.contains("README.md any more: the contract has changed on main\n"), "{text}");
    let (_, prompt) = text.split_once("For agent-1's next prompt:\n").unwrap();
    assert!(prompt.contains("The contract has changed since you began"), "{prompt}");
    assert!(prompt.contains("\nUndo these changes and no others."), "{prompt}");
}

#[test]
fn a_plain_trespass_is_undone_as_ever() {
    let world = uploads();
    let trespass = "(cd wt-uploads; edit src/auth/session.ts; edit src/auth/new.ts; git add -A)\n";
    script(&world, &format!("{trespass}{}", moved(1))).expect(0);
    let answer = ask(&world, "wt-uploads", "");
    assert_eq!(answer.commands("take in the trunk"), []);
    assert_eq!(answer.commands("undo it").len(), 2, "{:#}", answer.document);
    let text = world.gate("wt-uploads", &["check"]).expect(1).text();
    assert!(!text.contains("any more") && !text.contains("has changed"), "{text}");
    assert!(text.contains("\nYou changed files outside your declared scope:\n"), "{text}");
    assert!(text.contains("\nUndo these changes and no others."), "{text}");
    for (_, command) in answer.commands("undo it") {
        world.call("wt-uploads", "sh").arg("-c").arg(&command).run().expect(0);
    }
    assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
}

/// Work that git leaves behind: all of it is in new directories.
const NEW: &str = "edit src/api/uploads/in/deep.ts; edit src/api/uploads/in/er/deep.ts; edit 'src/api/uploads/a b/-x.ts'\n";

/// Moves it along, from wherever it is run.
const ALONG: &str = "git -C \"./$(git rev-parse --show-cdup)\" mv -- 'src/api/uploads/a b' src/api/uploads/in services/uploads/";

/// The work of [`NEW`] is in the new place, and there is no other.
#[track_caller]
fn moved_along(world: &Sandbox, directory: &str) {
    let changed = script(
        world,
        &format!(
            "cd {directory}; git add -A; git diff --cached --name-only origin/main 2>/dev/null || git diff --cached --name-only main"
        ),
    );
    let expected =
        "services/uploads/a b/-x.ts\nservices/uploads/in/deep.ts\nservices/uploads/in/er/deep.ts";
    assert_eq!(changed.expect(0).text().trim(), expected);
}

/// What is said of work that git leaves behind: nothing of undoing it.
#[track_caller]
fn keeps_it(text: &str) {
    assert!(!text.to_lowercase().contains("undo"), "{text}");
    let (_, prompt) = text.split_once("For agent-1's next prompt:\n").unwrap();
    assert!(prompt.contains("the trunk has moved the directory of these files"), "{prompt}");
    assert!(prompt.contains(&format!("\n    {ALONG}")), "{prompt}");
}

#[test]
fn a_check_has_moved_along_what_git_leaves_behind() {
    for version in [1, 2] {
        for state in ["git add -A", "git add -N .", "save"] {
            let world = uploads();
            let story = format!("(cd wt-uploads; {NEW} {state})\n{}", moved(version));
            script(&world, &story).expect(0);
            let text = world.gate("wt-uploads", &["check"]).expect(1).text();
            keeps_it(&text);
            assert_eq!(ask(&world, "wt-uploads", "").commands("undo it"), []);
            if state == "git add -N ." {
                // Git puts nothing aside of which it knows the name alone (2.39 and 2.47).
                script(&world, "cd wt-uploads; git merge -q main").expect(0);
            } else {
                let both = world.copy();
                follow_all(&both, "wt-uploads", &text, &[HERE, ALONG]);
                assert_eq!(ask(&both, "wt-uploads", "").findings(), [""; 0]);
                moved_along(&both, "wt-uploads");
                script(&world, &format!("cd wt-uploads; {HERE}")).expect(0);
            }
            let text = world.gate("wt-uploads", &["check"]).expect(1).text();
            keeps_it(&text);
            assert!(text.contains("move it along with its directory  "), "{text}");
            follow(&world, "wt-uploads/src/api", &text, ALONG);
            assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
            moved_along(&world, "wt-uploads");
            script(&world, "cd wt-uploads; save").expect(0);
            assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
        }
    }
}

#[test]
fn what_is_new_in_the_old_place_is_moved_along_however_the_trunk_was_taken_in() {
    let late = "git mv src/api/uploads services/uploads; unseen commit -qm moved
        sed -i 's#src/api/uploads/#services/uploads/#' contract.toml; git commit -qam amended";
    let late = format!("(cd repo; mkdir services; {late})\n");
    for story in [moved(1), late] {
        let direct = "edit src/api/uploads/more.ts; save";
        for (before, takes) in [
            (format!("{NEW} save"), "git rebase -q main"),
            (format!("{NEW} save"), "git merge -q --no-edit main"),
            ("true".to_owned(), "git merge -q main"),
            (direct.to_owned(), "git -c merge.directoryRenames=true merge -q --no-edit main"),
        ] {
            let world = uploads();
            let taken = format!("(cd wt-uploads; {before})\n{story}(cd wt-uploads; {takes})");
            script(&world, &taken).expect(0);
            script(&world, &format!("cd wt-uploads; {NEW} git add -A")).expect(0);
            let text = world.gate("wt-uploads", &["check"]).expect(1).text();
            keeps_it(&text);
            follow(&world, "wt-uploads", &text, ALONG);
            assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
        }
    }
}

#[test]
fn a_refused_commit_of_what_git_leaves_behind_is_moved_along() {
    for version in [1, 2] {
        for (commit, code) in [("commit -qm work", 1), ("commit -q --no-verify -m work", 128)] {
            let world = uploads();
            let story = format!("{}cd wt-uploads; {NEW} git add -A; git {commit}", moved(version));
            let refused = script(&world, &story).expect(code).stderr.clone();
            keeps_it(&refused);
            follow_all(&world, "wt-uploads", &refused, &[HERE, ALONG]);
            script(&world, "cd wt-uploads; git commit -qm work").expect(0);
            moved_along(&world, "wt-uploads");
            assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);

            let world = uploads();
            let story = format!(
                "{}cd wt-uploads; git merge -q main; {NEW} git add -A; git {commit}",
                moved(version)
            );
            let refused = script(&world, &story).expect(code).stderr.clone();
            keeps_it(&refused);
            follow(&world, "wt-uploads", &refused, ALONG);
            script(&world, "cd wt-uploads; git commit -qm work").expect(0);
            moved_along(&world, "wt-uploads");
        }
    }
}

#[test]
fn a_refused_merge_brings_what_git_leaves_behind_again_and_it_is_moved_along() {
    let world = uploads();
    let begin = format!(
        "(cd wt-uploads; unseen switch -qc side; {NEW} smuggle; unseen switch -q agents/uploads; edit src/api/uploads/README.md; save)\n"
    );
    let merge = "cd wt-uploads; git -c merge.directoryRenames=true merge -q --no-edit side";
    let refused = script(&world, &format!("{begin}{}{merge}", moved(1))).expect(1).stderr.clone();
    let command = "git merge --abort && git -c merge.directoryRenames=true merge main";
    follow(&world, "wt-uploads", &refused, command);
    let refused = script(&world, merge).expect(1).stderr.clone();
    keeps_it(&refused);
    follow(&world, "wt-uploads", &refused, ALONG);
    script(&world, "cd wt-uploads; git commit -q --no-edit").expect(0);
    assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
}

#[test]
fn a_refused_push_of_what_git_leaves_behind_is_moved_along_in_a_commit() {
    let along = format!("{ALONG} && git commit -m 'Move it'");
    for version in [1, 2] {
        let world = crate::gated::beside_a_server();
        let story = format!("(cd wt-uploads; {NEW} save)\n{}", moved(version));
        let push = "cd wt-uploads; git push -q origin agents/uploads";
        let refused = script(&world, &format!("{story}{push}")).expect(1).stderr.clone();
        keeps_it(&refused);
        script(&world, "cd repo; git push -q origin main").expect(0);
        let both = world.copy();
        let merge = "git -c merge.directoryRenames=true merge main";
        follow_all(&both, "wt-uploads", &refused, &[merge, &along]);
        script(&both, push).expect(0);
        moved_along(&both, "wt-uploads");
        let refused = script(&world, &format!("(cd wt-uploads; {merge})\n{push}"));
        let refused = refused.expect(1).stderr.clone();
        keeps_it(&refused);
        follow(&world, "wt-uploads", &refused, &along);
        script(&world, push).expect(0);
        moved_along(&world, "wt-uploads");
    }
}

#[test]
fn what_a_server_refuses_and_git_leaves_behind_is_moved_along_in_the_clone() {
    let along = format!("{ALONG} && git commit -m 'Move it'");
    let world = served();
    let begin = format!(
        "git clone -q server.git clone; (cd clone; git switch -qc agents/uploads; {NEW} save)\n"
    );
    let story = format!("{begin}{}(cd repo; git push -q origin main)\n", moved(1));
    let push = "cd clone; git push -q origin agents/uploads";
    let refused = script(&world, &format!("{story}{push}")).expect(1).stderr.clone();
    let pull = "git -c merge.directoryRenames=true pull --no-rebase origin main";
    let both = world.copy();
    follow_all(&both, "clone", &refused, &[pull, &along]);
    script(&both, push).expect(0);
    moved_along(&both, "clone");
    let refused = script(&world, &format!("(cd clone; {pull})\n{push}")).expect(1).stderr.clone();
    assert!(refused.contains("move it along with its directory on agents/uploads"), "{refused}");
    follow(&world, "clone", &refused, &along);
    script(&world, push).expect(0);
    moved_along(&world, "clone");
}

#[test]
fn what_has_come_to_where_it_belongs_stays_and_files_are_moved_beside_it() {
    let world = uploads();
    let story = format!(
        "{}cd wt-uploads; git merge -q main; edit services/uploads/in/old.ts; save; edit src/api/uploads/in/deep.ts; git add -A",
        moved(1)
    );
    script(&world, &story).expect(0);
    let text = world.gate("wt-uploads", &["check"]).expect(1).text();
    let along = "(cd \"./$(git rev-parse --show-cdup)\" && mkdir -p -- services/uploads/in/ && git mv -- src/api/uploads/in/deep.ts services/uploads/in/)";
    follow(&world, "wt-uploads", &text, along);
    script(&world, "cd wt-uploads; save; git ls-files --error-unmatch services/uploads/in/deep.ts")
        .expect(0);
    assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
}

#[test]
fn where_the_new_place_is_not_granted_or_not_known_new_work_is_undone_as_ever() {
    let moves = "mkdir services; git mv src/api/uploads services/uploads; git commit -qm moved";
    let goes = "git rm -qr src/api/uploads; git commit -qm gone";
    for (scope, step) in [("elsewhere/", moves), ("services/uploads/", goes)] {
        let world = uploads();
        let story = format!(
            "(cd wt-uploads; {NEW} save)
             (cd repo; sed -i 's#src/api/uploads/#{scope}#' contract.toml; git commit -qam amended; {step})
             cd wt-uploads; git merge -q --no-edit main"
        );
        script(&world, &story).expect(0);
        let text = world.gate("wt-uploads", &["check"]).expect(1).text();
        assert!(!text.contains(" mv -- "), "{text}");
        assert!(text.contains("\nUndo these changes and no others."), "{text}");
        assert_eq!(ask(&world, "wt-uploads", "").commands("undo it").len(), 3);
    }
}
