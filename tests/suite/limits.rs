//! The limits that the documentation names are those of the sources, and what passes one is told so.

use std::fs;
use std::path::Path;

use crate::gated::uploads;
use crate::sandbox::{Sandbox, git_program};

/// The value of a constant in a source: a product of numbers, or a number shifted.
fn constant(path: &str, name: &str) -> u64 {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let line = text.lines().find(|line| line.contains(&format!("const {name}: ")));
    let line = line.unwrap_or_else(|| panic!("{path} has no {name}"));
    let (_, value) = line.split_once(" = ").unwrap();
    let value = value.trim_end_matches(';').replace('_', "");
    let number = |text: &str| text.trim().parse::<u64>().unwrap_or_else(|_| panic!("{line}"));
    match value.split_once("<<") {
        Some((number_shifted, by)) => number(number_shifted) << number(by),
        None => value.split('*').map(number).product(),
    }
}

#[test]
fn the_documentation_names_the_numbers_of_the_sources() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/limits.md");
    let text = fs::read_to_string(path).unwrap();
    let mut rows = 0;
    for row in text.lines().filter(|line| line.contains("` in `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, what, most, place, _] = cells.as_slice() else { panic!("{row}") };
        let (name, path) = place.trim_matches('`').split_once("` in `").unwrap();
        assert_eq!(most.parse::<u64>().unwrap(), constant(path, name), "{what}");
        rows += 1;
    }
    assert!(rows > 20, "{rows} rows were read");
}

/// A contract of just so many bytes.
fn of_size(bytes: usize) -> String {
    let contract = crate::gated::CONTRACT;
    contract.to_owned() + &"#".repeat(bytes - contract.len() - 1) + "\n"
}

#[test]
fn the_longest_contract_governs_and_a_byte_more_does_not() {
    let longest = constant("policy/src/contract/reading.rs", "LONGEST_CONTRACT") as usize;
    let world = uploads();
    for (bytes, code) in [(longest, 0), (longest + 1, 2)] {
        world.write("repo/contract.toml", of_size(bytes));
        let past = ["-c", "core.hooksPath=/nowhere", "commit", "-qam", "the contract grows"];
        world.git("repo", &past);
        let told = world.gate("wt-uploads", &["check"]);
        told.expect(code);
        if code == 2 {
            told.says(&format!("{bytes} bytes")).says(&longest.to_string());
            let linted = world.gate("repo", &["lint", "contract.toml"]);
            linted.expect(1).says(&format!("{bytes} bytes")).says("1 MiB");
        }
    }
}

#[test]
fn a_line_of_input_that_is_too_long_is_told_by_its_length() {
    let longest = constant("src/checkpoints/input.rs", "LONGEST_LINE") as usize;
    let world = uploads();
    let zero = "0".repeat(40);
    let line = |bytes: usize| {
        let begun = format!("{zero} {zero} refs/heads/");
        begun.clone() + &"x".repeat(bytes - begun.len())
    };
    for (bytes, code) in [(longest, 0), (longest + 1, 2)] {
        let call = world.call("repo", Sandbox::gate_program()).args(["hook", "pre-receive"]);
        let told = call.input(line(bytes).into_bytes()).run();
        if code == 2 {
            told.expect(2).says(&format!("line 1 has {bytes} bytes; at most {longest} are read"));
        } else {
            assert!(!told.stderr.contains("are read"), "{told:?}");
        }
    }
}

#[test]
fn directories_are_judged_as_deep_as_they_are_followed_and_no_deeper() {
    let deepest = constant("src/repository/trees.rs", "MAX_DEPTH") as usize;
    let own = "src/api/uploads/";
    for (depth, code) in [(deepest, 0), (deepest + 1, 2)] {
        let world = uploads();
        // No file system need hold it: git makes the trees.
        let path = own.to_owned() + &"d/".repeat(depth - 3) + "x";
        let stream = format!(
            "commit refs/heads/agents/uploads\ncommitter T <t@x> 1700000000 +0000\ndata 1\nx\n\
             from refs/heads/main^0\nM 100644 inline {path}\ndata 0\n"
        );
        let unseen = ["-c", "core.hooksPath=/nowhere", "fast-import", "--quiet", "--force"];
        let import = world.call("repo", git_program()).args(unseen);
        import.input(stream.into_bytes()).run().expect(0);
        let told = world.gate("repo", &["check", "--branch", "agents/uploads"]);
        told.expect(code);
        if code == 2 {
            told.says(&format!("more than {deepest} directories within each other"));
        }
    }
}
