//! The command line from outside: exit statuses, streams, pipes.

use std::process::Stdio;

use crate::sandbox::Sandbox;

#[test]
fn questions_are_0_and_bad_usage_is_2() {
    let world = Sandbox::bare_world();
    for question in
        [&["--help"][..], &["--version"], &["check", "--help"], &["help", "demo"], &["explain"]]
    {
        let ran = world.gate(".", question);
        ran.expect(0);
        assert!(ran.stderr.is_empty() && !ran.stdout.is_empty(), "{ran:?}");
    }
    for bad in [&[][..], &["chekc"], &["check", "--staged", "--all"], &["-C", "nowhere", "check"]] {
        let ran = world.gate(".", bad);
        ran.expect(2);
        assert!(!ran.stderr.is_empty() && ran.stdout.is_empty(), "{ran:?}");
    }
}

#[test]
fn a_directory_can_be_chosen() {
    let world = Sandbox::new();
    world.commit("repo", "first");
    let there = world.gate("repo", &["check", "--trunk", "main"]);
    let from_here = world.gate(".", &["-C", "repo", "check", "--trunk", "main"]);
    there.expect(0).says("no contract on main");
    assert_eq!(there.stdout, from_here.expect(0).stdout);
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a test starts the gate as a shell would")]
fn a_reader_that_leaves_early_changes_no_exit_status() {
    for (arguments, status) in [(&["schema", "verdict"][..], 0), (&["--help"], 0), (&["x"], 2)] {
        let mut child = std::process::Command::new(Sandbox::gate_program())
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop((child.stdout.take(), child.stderr.take()));
        assert_eq!(child.wait().unwrap().code(), Some(status), "{arguments:?}");
    }
}

#[test]
fn the_colour_is_chosen() {
    let world = Sandbox::new();
    let coloured = |arguments: &[&str]| {
        let ran = world.gate("repo", arguments);
        ran.expect(2);
        ran.stderr.contains('\u{1b}')
    };
    assert!(!coloured(&["explain", "nothing"]), "not a terminal");
    assert!(!coloured(&["--color", "never", "explain", "nothing"]));
    assert!(coloured(&["--color", "always", "explain", "nothing"]));
}
