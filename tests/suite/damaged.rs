//! Damage, and an environment that is not as one would have it: objects that are missing or broken,
//! files of git's own, hooks that are fed nonsense, terminals and descriptors.

use std::fs;

use crate::gated::{files, play_each, script, uploads};
use crate::sandbox::{Ran, Sandbox};

/// Holds an answer to its exit status and to a text, and to not having panicked.
pub fn answers(ran: &Ran, code: i32, says: &str) -> Result<(), String> {
    let told = format!("{}{}", ran.text(), ran.stderr);
    if ran.code == code
        && told.contains(says)
        && !told.contains("panicked")
        && !told.contains('\x1b')
    {
        return Ok(());
    }
    Err(format!("not {code} with {says:?}: {ran:?}"))
}

#[test]
fn objects_that_cannot_be_read() {
    // Takes an object out of the repository, loose as it is.
    let lose = |what: &str| {
        format!(
            "id=$(git -C repo rev-parse {what}); rm -f repo/.git/objects/$(echo $id | sed 's|..|&/|')"
        )
    };
    let rows = [
        ("the contract", lose("main:contract.toml")),
        ("the trunk's tree", lose("main^{tree}")),
        ("the lane's commit", lose("agents/uploads")),
        ("the lane's tree", lose("agents/uploads^{tree}")),
        ("a tree below the lane's", lose("agents/uploads:src")),
    ];
    play_each(rows, |(name, lose)| {
        let world = uploads();
        // The lane differs from the trunk everywhere on the way down, so all of it is needed.
        let given = format!("uploads; (cd wt-uploads; edit tsconfig.json; smuggle); {lose}");
        script(&world, &given).expect(0);
        let before = files(&world.path("."));
        let told = world.gate("repo", &["check", "--agent", "agent-1"]);
        let is_written = before != files(&world.path("."));
        (
            name,
            answers(&told, 2, "undecided[").and(if is_written {
                Err("written".to_owned())
            } else {
                Ok(())
            }),
        )
    });
}

#[test]
fn objects_that_are_damaged() {
    let rows =
        [("the contract", "main:contract.toml"), ("the lane's tree", "agents/uploads^{tree}")];
    play_each(rows, |(name, what)| {
        let world = uploads();
        script(&world, "uploads; (cd wt-uploads; edit tsconfig.json; smuggle)").expect(0);
        let id = world.id("repo", what);
        let path = world.path(format!("repo/.git/objects/{}/{}", &id[..2], &id[2..]));
        fs::remove_file(&path).unwrap();
        fs::write(&path, b"not what it was").unwrap();
        (name, answers(&world.gate("repo", &["check", "--agent", "agent-1"]), 2, "undecided["))
    });
}

#[test]
fn what_git_keeps_in_files_is_damaged() {
    let rows = [
        (
            "the index",
            "echo garbage >repo/.git/worktrees/wt-uploads/index",
            "--staged",
            "undecided[",
        ),
        ("HEAD", "echo garbage >repo/.git/worktrees/wt-uploads/HEAD", "", "undecided["),
        ("the trunk's ref", "echo garbage >repo/.git/refs/heads/main", "", "undecided["),
        ("the lane's ref", "echo garbage >repo/.git/refs/heads/agents/uploads", "", "undecided["),
        (
            "the lane's ref names nothing",
            "echo 1234567812345678123456781234567812345678 >repo/.git/refs/heads/agents/uploads",
            "",
            "undecided[",
        ),
        (
            "the trunk's ref names a tree",
            "git -C repo rev-parse main^{tree} >t; mv t repo/.git/refs/heads/main",
            "",
            "undecided[",
        ),
        (
            "the trunk's ref leads to itself",
            "echo 'ref: refs/heads/main' >repo/.git/refs/heads/main",
            "",
            "undecided[",
        ),
        (
            "MERGE_HEAD",
            "echo garbage >repo/.git/worktrees/wt-uploads/MERGE_HEAD",
            "--staged",
            "undecided[",
        ),
        (
            "packed-refs",
            "git -C repo pack-refs --all; echo garbage >repo/.git/packed-refs",
            "",
            "undecided[",
        ),
        ("the configuration", "echo '[contractgate' >>repo/.git/config", "", "undecided["),
        (
            "a limit that is no number",
            "git -C repo config contractgate.walkLimit many",
            "",
            "undecided[",
        ),
        (
            "a mode that is none",
            "git -C repo config contractgate.mode obsreve; edit wt-uploads/tsconfig.json",
            "",
            "shared-frozen",
        ),
    ];
    play_each(rows, |(name, shell, arguments, says)| {
        let world = uploads();
        script(&world, &format!("uploads; {shell}")).expect(0);
        let arguments: Vec<&str> =
            ["check"].into_iter().chain(arguments.split_whitespace()).collect();
        let code = if says == "undecided[" { 2 } else { 1 };
        (name, answers(&world.gate("wt-uploads", &arguments), code, says))
    });
}

#[test]
fn hooks_that_are_fed_nonsense() {
    let one = "1111111111111111111111111111111111111111";
    let rows: Vec<(&str, &[&str], Vec<u8>, i32)> = vec![
        ("a line of words", &["reference-transaction", "prepared"], b"nonsense\n".to_vec(), 2),
        (
            "a line without an end",
            &["reference-transaction", "prepared"],
            format!("{one} {one}x refs/heads/main").into_bytes(),
            2,
        ),
        (
            "an object that is not there",
            &["reference-transaction", "prepared"],
            format!("{one} {}1 refs/heads/main\n", &one[1..].replace('1', "2")).into_bytes(),
            2,
        ),
        ("bytes", &["reference-transaction", "prepared"], vec![0xff; 4096], 2),
        ("a state that there is not", &["reference-transaction", "begun"], b"x y z\n".to_vec(), 0),
        ("no state", &["reference-transaction"], b"x y z\n".to_vec(), 0),
        ("no line", &["reference-transaction", "prepared"], Vec::new(), 0),
        ("a line of words", &["pre-push", "origin", "x"], b"what is this\n".to_vec(), 2),
        (
            "an id that is none",
            &["pre-push", "origin", "x"],
            b"refs/heads/agents/uploads 12 refs/heads/agents/uploads 34\n".to_vec(),
            2,
        ),
        (
            "an object that is not there",
            &["pre-push", "origin", "x"],
            format!("a {one} refs/heads/agents/uploads {one}\n").into_bytes(),
            2,
        ),
        (
            "an object that is not there, over another",
            &["pre-push", "origin", "x"],
            format!("a {one} refs/heads/agents/uploads {}\n", "0".repeat(40)).into_bytes(),
            2,
        ),
        ("a line of words", &["pre-receive"], b"what is this\n".to_vec(), 2),
        ("an id that is none", &["pre-receive"], b"12 34 refs/heads/main\n".to_vec(), 2),
        (
            "an object that is not there",
            &["pre-receive"],
            format!("{} {one} refs/heads/main\n", "0".repeat(40)).into_bytes(),
            2,
        ),
    ];
    play_each(rows, |(name, arguments, input, code)| {
        let world = uploads();
        let before = files(&world.path("."));
        let call = world.call("repo", Sandbox::gate_program()).arg("hook").args(arguments);
        let told = call.input(input).run();
        let said = answers(&told, code, if code == 0 { "" } else { "undecided" });
        let is_same = before == files(&world.path("."));
        (name, said.and(if is_same { Ok(()) } else { Err("something was written".to_owned()) }))
    });
}

#[test]
fn usage_that_is_none_of_ours() {
    let world = uploads();
    for arguments in [
        &["check", "--unknown"][..],
        &["check", "--staged", "--head", "HEAD"],
        &["check", "--format", "xml"],
        &["check", "word"],
        &["hook", "post-commit"],
        &["hook"],
        &["nothing"],
        &[],
        &["-C", "/nowhere/at/all", "check"],
    ] {
        let told = world.gate("repo", arguments);
        told.expect(2);
        assert!(told.stdout.is_empty(), "{told:?}");
        assert!(!told.stderr.is_empty() && !told.stderr.contains("panicked"), "{told:?}");
    }
}

#[test]
fn the_environment_may_be_anything() {
    let rows = [
        (
            "an agent's name that is not UTF-8",
            "cd wt-uploads; CONTRACT_GATE_AGENT=$(printf '\\351') \"$GATE\" check",
            1,
        ),
        (
            "an agent's name of escapes",
            "cd wt-uploads; CONTRACT_GATE_AGENT=$(printf '\\033[31mx') \"$GATE\" check",
            1,
        ),
        ("a GIT_DIR that leads nowhere", "cd wt-uploads; GIT_DIR=/nowhere \"$GATE\" check", 2),
        ("a directory that is gone", "mkdir gone; cd gone; rmdir ../gone; \"$GATE\" check", 2),
        ("standard output is closed", "cd wt-uploads; \"$GATE\" check >&-", 0),
        ("standard output is full", "cd wt-uploads; \"$GATE\" check >/dev/full", 2),
        (
            "a reader that goes away, of a denial",
            "cd wt-uploads; edit tsconfig.json; exec 3>&1; { \"$GATE\" check; echo $? >&3; } | true; exit $(cat)",
            0,
        ),
        ("standard input is closed", "cd wt-uploads; \"$GATE\" check <&-", 0),
        (
            "all three are closed",
            "cd wt-uploads; edit tsconfig.json; \"$GATE\" check <&- >&- 2>&-",
            1,
        ),
        ("a locale that there is not", "cd wt-uploads; LC_ALL=xx_YY LANG=zz \"$GATE\" check", 0),
        ("no HOME", "cd wt-uploads; unset HOME; \"$GATE\" check", 0),
        ("an empty environment", "cd wt-uploads; env -i \"$GATE\" check", 0),
    ];
    play_each(rows, |(name, shell, code)| {
        let world = uploads();
        (name, answers(&script(&world, shell), code, ""))
    });
}

#[test]
fn foreign_text_reaches_a_terminal_spelled_out() {
    let world = uploads();
    let hostile = "printf '\\033]0;owned\\007\\033[2J\\r\\342\\200\\256x'";
    script(
        &world,
        &format!("cd wt-uploads; edit \"src/$({hostile}).ts\"; edit tsconfig.json; smuggle \"$({hostile})\""),
    )
    .expect(0);
    for arguments in
        [&["check"][..], &["--color", "always", "check"], &["check", "--format", "json"]]
    {
        let told = world.gate("wt-uploads", arguments).expect(1).text();
        let plain = told.replace("\x1b[", "").contains('\x1b');
        assert!(!plain && !told.contains(['\x07', '\r', '\u{202e}']), "{told:?}");
        let colours_alone = told.split("\x1b[").skip(1).all(|rest| {
            rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
        });
        assert!(colours_alone, "{told:?}");
    }
}

#[test]
fn what_one_way_of_reading_cannot_read_is_never_let_pass() {
    let trespass = "cd wt-uploads; edit tsconfig.json; git add -A";
    let rows = [
        ("a split index", "git update-index --split-index"),
        ("a sparse index", "git sparse-checkout set --cone --sparse-index src/api/uploads"),
        ("an index of version 4", "git update-index --index-version 4"),
        ("an index with untracked cache and file system monitor", "git update-index --untracked-cache"),
        ("an index without a checksum", "git config index.skipHash true; git add -A"),
        ("a commit graph", "git commit-graph write --reachable"),
        ("packs with a multi-pack index and bitmaps", "git repack -adq; git multi-pack-index write"),
        ("objects of another repository", "git repack -adq; mv ../repo/.git/objects ../lent
          mkdir -p ../repo/.git/objects/info; echo \"$PWD/../lent\" >../repo/.git/objects/info/alternates"),
    ];
    play_each(rows, |(name, shell)| {
        let world = uploads();
        script(&world, &format!("uploads; {trespass}; {shell}")).expect(0);
        let refused = script(&world, "cd wt-uploads; git commit -qm x");
        let checked = world.gate("wt-uploads", &["check", "--staged"]);
        let is_held = refused.code != 0 && (checked.code == 1 || checked.code == 2);
        let told = answers(&checked, checked.code, "");
        (name, if is_held { told } else { Err(format!("{refused:?}{checked:?}")) })
    });
}
