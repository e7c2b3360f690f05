//! The dispatcher moves a directory on the trunk, and its agent's scope with it, while a lane is at work:
//! what is printed, run as printed, takes the lane's work along, and loses none of it.

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
    assert!(!text.contains("undo it"), "{text}");
    let lines = text.lines().map(|line| line.trim_start_matches("remote: ").trim_end());
    let begins = |line: &str| ["git merge ", "git -c "].iter().filter_map(|b| line.find(b)).min();
    let mut commands: Vec<&str> =
        lines.filter_map(|line| begins(line).map(|begin| &line[begin..])).collect();
    // A merge that was refused has ways back of its own.
    commands.retain(|command| command.contains("directoryRenames"));
    commands.dedup();
    assert_eq!(commands, [expected], "{text}");
    world.call(directory, "sh").arg("-c").arg(expected).run().expect(0);
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
