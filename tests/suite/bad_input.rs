//! Bad input: a clear message and the right exit, never a panic, never a pass by accident, and
//! nothing written.

use std::fs;

use crate::asked::{ask_all, question};
use crate::gated::{CONTRACT, arm, arm_server, attempt, files, play, play_each, script, uploads};
use crate::sandbox::{Ran, Sandbox};

/// Puts something else in the contract's place on the trunk, past the gate.
fn contract_becomes(shell: &str) -> String {
    format!("(cd repo; {shell}; git add -A; unseen commit -q --no-verify -m 'another contract')")
}

/// The contracts that are none, and the code under which each is refused.
fn broken_contracts() -> Vec<(&'static str, &'static str, &'static str)> {
    vec![
        ("no TOML", "echo 'format = ' >contract.toml", "contract-invalid"),
        ("an empty file", ": >contract.toml", "contract-invalid"),
        (
            "an unknown format",
            "sed -i 's/^format = 1/format = 2/' contract.toml",
            "contract-invalid",
        ),
        (
            "an unknown key",
            "echo 'extra = true' | cat - contract.toml >c; mv c contract.toml",
            "contract-invalid",
        ),
        (
            "an unknown agent in the order",
            "sed -i 's/agents = \\[\"agent-3\"\\]/agents = [\"agent-4\"]/' contract.toml",
            "contract-invalid",
        ),
        ("bytes that are not UTF-8", "printf '# \\351\\n' >>contract.toml", "contract-invalid"),
        ("a byte that is zero", "printf 'x = \"\\000\"\\n' >>contract.toml", "contract-invalid"),
        (
            "ten megabytes",
            "head -c 10000000 /dev/zero | tr '\\0' '#' >>contract.toml",
            "contract-unreadable",
        ),
        (
            "a symbolic link",
            "mv contract.toml c.toml; ln -s c.toml contract.toml",
            "contract-unreadable",
        ),
        ("both spellings", "echo '# Context contract' >CONTRACT.md", "contract-twice"),
        (
            "for another trunk",
            "sed -i 's/^format = 1/format = 1\\ntrunk = \"develop\"/' contract.toml",
            "trunk-differs",
        ),
    ]
}

#[test]
fn a_broken_contract_on_the_trunk_blocks() {
    play_each(broken_contracts(), |(name, shell, code)| {
        let world = uploads();
        script(&world, &contract_becomes(shell)).expect(0);
        let told = world.gate("wt-uploads", &["check"]);
        (name, answers(&told, 2, &format!("undecided[{code}]")))
    });
    play(
        uploads,
        broken_contracts().into_iter().map(|(name, shell, code)| {
            attempt(name)
                .given(format!(
                    "{}; cd wt-uploads; edit src/api/uploads/a.ts; git add -A",
                    contract_becomes(shell)
                ))
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", code)
        }),
    );
}

#[test]
fn a_broken_contract_is_mended_on_the_trunk() {
    play(
        uploads,
        broken_contracts().into_iter().map(|(name, shell, _)| {
            attempt(name)
                .given(format!("{}; cd repo; git rm -rqf contract.toml; rm -rf contract.toml CONTRACT.md c.toml
                                git checkout -q HEAD~1 -- contract.toml; git add contract.toml; git reset -q -- c.toml", contract_becomes(shell)))
                .tried("cd repo; git add -A -- contract.toml CONTRACT.md 2>/dev/null || git add contract.toml; git commit -qm mended")
                .then("cd wt-uploads; edit src/api/uploads/a.ts; save")
        }),
    );
}

#[test]
fn an_invalid_contract_tells_everything_at_once_with_its_lines() {
    let world = uploads();
    let shell = "sed -i 's/^format = 1/format = 2/; s/\"agent-3\"/\"agent-4\"/' contract.toml";
    script(&world, &contract_becomes(shell)).expect(0);
    let told = world.gate("wt-uploads", &["check"]);
    told.expect(2).says("contract.toml").says("format").says("agent-4");
    told.says("help:");
}

#[test]
fn the_trunk_that_is_not_there() {
    ask_all(
        uploads,
        [
            question("not configured")
                .given("git -C repo config --unset contractgate.trunk")
                .finds(["undecided trunk-unset"]),
            question("configured and empty")
                .given("git -C repo config contractgate.trunk ''")
                .finds(["undecided trunk-unset"]),
            question("configured, and no such branch")
                .given("git -C repo config contractgate.trunk nothing")
                .finds(["undecided trunk-missing"]),
            question("a name full of escapes")
                .given("git -C repo config contractgate.trunk \"$(printf 'a\\033[31mb')\"")
                .finds(["undecided trunk-missing"]),
            question("a tag of the trunk's name does not stand before it")
                .given("edit wt-uploads/tsconfig.json; git -C repo tag main $(git -C repo hash-object -t tree -w /dev/null) 2>/dev/null; git -C repo tag -f main HEAD")
                .finds(["shared-frozen tsconfig.json"]),
            question("by its full name")
                .given("git -C repo config contractgate.trunk refs/heads/main; edit wt-uploads/tsconfig.json")
                .finds(["shared-frozen tsconfig.json"]),
        ],
    );
    play(
        uploads,
        [
            attempt("not configured: a commit")
                .given("git -C repo config --unset contractgate.trunk; cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "trunk-unset"),
            attempt("no such branch: a commit")
                .given("git -C repo config contractgate.trunk nothing; cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "trunk-missing"),
            attempt("no such branch: a move")
                .given("git -C repo config contractgate.trunk nothing; uploads 2>/dev/null || (cd wt-uploads; smuggle)")
                .tried("cd wt-uploads; git reset -q --hard HEAD~1")
                .refused("reference-transaction", "trunk-missing"),
        ],
    );
}

#[test]
fn a_repository_that_has_only_begun() {
    let empty = || {
        let world = Sandbox::new();
        arm(&world, "repo");
        world.write("contract.toml", CONTRACT);
        world
    };
    play(
        empty,
        [
            attempt("the first commit, without a contract")
                .given("cd repo; edit README.md; git add -A")
                .tried("cd repo; git commit -qm first")
                .passes(),
            attempt("the first commit brings the contract")
                .given("cd repo; edit README.md; cp ../contract.toml .; git add -A")
                .tried("cd repo; git commit -qm first")
                .passes(),
            attempt("the first commit brings a broken contract")
                .given("cd repo; edit README.md; echo broken >contract.toml; git add -A")
                .tried("cd repo; git commit -qm first")
                .refused("pre-commit", "contract-invalid"),
            attempt("a lane before the trunk is born")
                .given("cd repo; git checkout -q -b agents/uploads; edit README.md; git add -A")
                .tried("cd repo; git commit -qm first")
                .refused("pre-commit", "trunk-missing"),
            attempt("a lane that is born without the trunk's history")
                .given(
                    "cd repo; cp ../contract.toml .; edit README.md; save; git checkout -q --orphan agents/uploads
                     git rm -rqf .; edit src/api/uploads/a.ts; git add -A",
                )
                .tried("cd repo; git commit -qm orphan")
                .passes(),
            attempt("a lane that is born without the trunk's history, with a trespass")
                .given(
                    "cd repo; cp ../contract.toml .; edit README.md; save; git checkout -q --orphan agents/uploads
                     git rm -rqf .; edit src/other.ts; git add -A",
                )
                .tried("cd repo; git commit -qm orphan")
                .refused("pre-commit", "out-of-scope"),
        ],
    );
    ask_all(
        empty,
        [
            question("check in an empty repository")
                .within("repo")
                .finds(["undecided trunk-missing"]),
            question("check --all in an empty repository")
                .within("repo")
                .asked("--all")
                .finds(["nobody: undecided trunk-missing"]),
            question("check --staged in an empty repository")
                .given("cd repo; edit README.md; git add -A")
                .within("repo")
                .asked("--staged")
                .finds([]),
            question("check in a bare repository without refs")
                .given(
                    "git init -q --bare bare.git; git -C bare.git config contractgate.trunk main",
                )
                .within("bare.git")
                .finds(["undecided trunk-missing"]),
            question("check without a repository")
                .given("mkdir nothing")
                .within("nothing")
                .finds(["undecided repository-unreadable"]),
            question("check within .git").within("repo/.git").finds(["undecided trunk-missing"]),
        ],
    );
}

#[test]
fn a_server_that_has_only_begun() {
    let empty = || {
        let world = uploads();
        world.git(".", &["init", "-q", "--bare", "server.git"]);
        arm_server(&world, "server.git");
        world.git("repo", &["remote", "add", "origin", "../server.git"]);
        world.git("repo", &["config", "core.hooksPath", "/nowhere"]);
        world
    };
    play(
        empty,
        [
            attempt("the trunk comes first").tried("cd repo; git push -q origin main").passes(),
            attempt("the trunk and its lanes come together")
                .given("uploads; migrations")
                .tried("cd repo; git push -q --all origin")
                .passes(),
            attempt("a lane with a trespass comes together with the trunk")
                .given("cd wt-uploads; edit tsconfig.json; save")
                .tried("cd repo; git push -q --all origin")
                .refused("pre-receive", "shared-frozen"),
            attempt("a lane comes before the trunk")
                .given("uploads")
                .tried("cd repo; git push -q origin agents/uploads")
                .refused("pre-receive", "trunk-missing"),
            attempt("a trunk with a broken contract comes first")
                .given("cd repo; echo broken >contract.toml; save")
                .tried("cd repo; git push -q origin main")
                .refused("pre-receive", "contract-invalid"),
        ],
    );
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

/// Holds an answer to its exit status and to a text, and to not having panicked.
fn answers(ran: &Ran, code: i32, says: &str) -> Result<(), String> {
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
        ("a line of words", &["pre-receive"], b"what is this\n".to_vec(), 0),
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
fn what_hides_history_hides_no_trespass() {
    play(
        || {
            let world = uploads();
            world.server("server.git");
            world
        },
        [
            attempt("a replacement that shows another commit")
                .given(
                    "cd wt-uploads; edit tsconfig.json; smuggle
                     git -C ../repo replace agents/uploads main 2>/dev/null",
                )
                .tried("cd wt-uploads; git push -q --force origin agents/uploads")
                .refused("pre-push", "shared-frozen"),
            attempt("a graft that makes the trespass the trunk's")
                .given(
                    "cd wt-uploads; edit tsconfig.json; smuggle; edit src/api/uploads/a.ts; smuggle
                     echo \"$(git rev-parse main) $(git rev-parse HEAD~1)\" >../repo/.git/info/grafts",
                )
                .tried("cd wt-uploads; git push -q origin agents/uploads")
                .refused("pre-push", "shared-frozen"),
        ],
    );
}
