//! Every command that is printed as help is run as printed, and what it is for is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::asked::ask;
use crate::gated::{CONTRACT, arm, script, served, under, uploads};
use crate::sandbox::Sandbox;

/// Names that a shell, git's pathspecs or a terminal could take for something else. Each has a
/// neighbour that it would match as a pattern.
const NAMES: [&[u8]; 17] = [
    b"docs/plain.md",
    b"docs/with a blank.md",
    b"docs/it's.md",
    b"docs/\"quoted\".md",
    b"docs/$HOME `id` $(id) !x.md",
    b"docs/[id]/page.tsx",
    b"docs/i/page.tsx",
    b"docs/*.md",
    b"docs/back\\slash.md",
    b"docs/line\nbreak.md",
    b"docs/caf\xe9.md",
    "docs/zażółć.md".as_bytes(),
    b":colon.md",
    b"-dash.md",
    b"_under.md",
    b"!not.md",
    b".dot.md",
];

/// A world in which the trunk has a file of each name, and agent-1 may edit none of them.
fn world() -> Sandbox {
    let world = uploads();
    for name in NAMES {
        world.write(place("repo", name), "as it was\n");
    }
    script(
        &world,
        "cd repo; git add -A; unseen commit -q -m names; cd ../wt-uploads; git merge -q main",
    )
    .expect(0);
    world
}

fn place(worktree: &str, name: &[u8]) -> PathBuf {
    Path::new(worktree).join(OsStr::from_bytes(name))
}

/// Does something to every file, in the worktree of agent-1.
fn to_each(world: &Sandbox, deed: impl Fn(&Path)) {
    for name in NAMES {
        deed(&world.path(place("wt-uploads", name)));
    }
}

/// Runs every command that `check` prints for undoing, one after another as printed: each takes
/// away the findings that it is printed for, and no other.
#[track_caller]
fn undo_all(world: &Sandbox, commands: usize) {
    let answer = ask(world, "wt-uploads", "");
    let mut left = answer.findings();
    let mut undoing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (finding, command) in answer.commands("undo it") {
        undoing.entry(command).or_default().push(finding);
    }
    assert_eq!(undoing.len(), commands, "{undoing:#?}");
    for (command, findings) in undoing {
        // Wherever somebody stands: a hook runs at the root, and cannot know.
        world.call("wt-uploads/src/db", "sh").arg("-c").arg(&command).run().expect(0);
        left.retain(|finding| !findings.contains(finding));
        assert_eq!(ask(world, "wt-uploads", "").findings(), left, "after {command}");
    }
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_modified_file_is_undone() {
    for state in ["true", "git add -A", "smuggle"] {
        let world = world();
        to_each(&world, |file| fs::write(file, "changed\n").unwrap());
        script(&world, &format!("cd wt-uploads; {state}")).expect(0);
        undo_all(&world, NAMES.len());
        to_each(&world, |file| assert_eq!(fs::read(file).unwrap(), b"as it was\n"));
    }
}

#[test]
fn a_deleted_file_is_undone() {
    for state in ["true", "git add -A", "smuggle"] {
        let world = world();
        to_each(&world, |file| fs::remove_file(file).unwrap());
        script(&world, &format!("cd wt-uploads; {state}")).expect(0);
        undo_all(&world, NAMES.len());
        to_each(&world, |file| assert_eq!(fs::read(file).unwrap(), b"as it was\n"));
    }
}

#[test]
fn an_added_file_is_undone_and_kept_in_the_worktree() {
    let with_ending = |file: &Path| {
        let mut name = file.as_os_str().to_owned();
        name.push(".new");
        PathBuf::from(name)
    };
    for state in ["git add -N .", "git add -A", "git add -A; echo more >>-dash.md.new", "smuggle"] {
        let world = world();
        to_each(&world, |file| fs::write(with_ending(file), "new\n").unwrap());
        script(&world, &format!("cd wt-uploads; {state}")).expect(0);
        undo_all(&world, NAMES.len());
        to_each(&world, |file| assert!(with_ending(file).exists()));
    }
}

#[test]
fn a_changed_mode_is_undone() {
    let world = world();
    to_each(&world, |file| world.make_executable(file));
    undo_all(&world, NAMES.len());
    script(&world, "cd wt-uploads; chmod +x -- docs/*.md; smuggle").expect(0);
    let findings = ask(&world, "wt-uploads", "").findings().len();
    undo_all(&world, findings);
}

#[test]
fn a_changed_kind_is_undone() {
    for state in ["true", "git add -A", "smuggle"] {
        let world = world();
        to_each(&world, |file| {
            fs::remove_file(file).unwrap();
            std::os::unix::fs::symlink("README.md", file).unwrap();
        });
        script(&world, &format!("cd wt-uploads; {state}")).expect(0);
        undo_all(&world, NAMES.len());
        to_each(&world, |file| assert_eq!(fs::read(file).unwrap(), b"as it was\n"));
    }
}

#[test]
fn a_renamed_file_is_undone_at_both_ends() {
    for state in ["git add -A", "smuggle"] {
        let world = world();
        to_each(&world, |file| {
            let mut new = file.as_os_str().to_owned();
            new.push(".moved");
            fs::rename(file, new).unwrap();
        });
        script(&world, &format!("cd wt-uploads; {state}")).expect(0);
        undo_all(&world, 2 * NAMES.len());
    }
}

#[test]
fn every_path_rule_prints_a_command_that_clears_it() {
    let contract = CONTRACT.replace(
        "scope = [\"src/api/uploads/**\",",
        "scope = [\"src/api/uploads/**\", { path = \"docs/log/**\", mode = \"create-only\" }, { path = \"docs/api.md\", mode = \"no-delete\" },",
    );
    let world = under(&contract);
    script(
        &world,
        "cd repo; edit docs/log/1.md; edit docs/api.md; save; cd ../wt-uploads; git merge -q main
         edit src/index.ts; edit src/db/schema.ts; edit tsconfig.json; edit contract.toml '# mine'
         sed -i s/health/x/ src/api/router.ts; edit docs/log/1.md; rm docs/api.md
         ln -s ../../../tsconfig.json src/api/uploads/out; edit src/api/uploads/readme.md; smuggle",
    )
    .expect(0);
    let found = ask(&world, "wt-uploads", "").findings();
    let expected = [
        "out-of-scope src/index.ts",
        "shared-owned src/db/schema.ts",
        "shared-frozen tsconfig.json",
        "contract-protected contract.toml",
        "additions-only src/api/router.ts",
        "create-only docs/log/1.md",
        "no-delete docs/api.md",
        "path-hazard src/api/uploads/out",
        "path-hazard src/api/uploads/readme.md",
    ];
    assert_eq!(found, expected);
    undo_all(&world, expected.len());
}

#[test]
fn a_file_that_became_a_directory_is_undone() {
    let world = world();
    script(
        &world,
        "cd wt-uploads; rm docs/plain.md; edit docs/plain.md/below.md; git add -A; smuggle",
    )
    .expect(0);
    let commands = ask(&world, "wt-uploads", "").commands("undo it");
    assert_eq!(commands.len(), 2, "{commands:?}");
    for (_, command) in commands {
        world.call("wt-uploads", "sh").arg("-c").arg(&command).run().expect(0);
    }
    assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
}

#[test]
fn a_file_outside_a_sparse_checkout_is_undone() {
    let world = uploads();
    script(
        &world,
        "cd wt-uploads; git sparse-checkout set src/api 2>/dev/null; mkdir -p docs; edit docs/new.md
         git add --sparse docs/new.md",
    )
    .expect(0);
    let commands = ask(&world, "wt-uploads", "--staged").commands("undo it");
    assert_eq!(commands.len(), 1, "{commands:?}");
    world.call("wt-uploads", "sh").arg("-c").arg(&commands[0].1).run().expect(0);
    assert_eq!(ask(&world, "wt-uploads", "--staged").findings(), [""; 0]);
    assert!(world.exists("wt-uploads/docs/new.md"));
}

/// The commands of a text for people: what stands behind a label, in a column of its own.
pub fn printed(text: &str) -> Vec<String> {
    let begins = ["git restore ", "git rm ", "git merge ", "git rebase ", "git config "];
    let lines = text.lines().map(|line| line.trim_start_matches("remote: ").trim_end());
    let mut found: Vec<String> = Vec::new();
    for line in lines {
        let begin = begins.iter().filter_map(|begin| line.find(begin)).min();
        found.extend(begin.map(|begin| line[begin..].to_owned()));
    }
    // A command may be said twice: as what a rule advises, and as the way back.
    let mut said = BTreeSet::new();
    found.retain(|command| said.insert(command.clone()));
    found
}

/// Runs what a text for people prints, as printed.
#[track_caller]
pub fn follow(world: &Sandbox, directory: &str, text: &str, commands: usize) {
    let printed = printed(text);
    assert_eq!(printed.len(), commands, "{printed:?} in {text}");
    for command in printed {
        world.call(directory, "sh").arg("-c").arg(&command).run().expect(0);
    }
}

#[test]
fn many_violations_are_undone_by_one_command() {
    let world = uploads();
    script(
        &world,
        "cd repo; for n in 1 2 3 4 5 6 7 8 9; do edit \"docs/page $n.md\"; done; save
         cd ../wt-uploads; git merge -q main; for n in 1 2 3 4 5 6 7 8 9; do edit \"docs/page $n.md\"; done",
    )
    .expect(0);
    let text = world.gate("wt-uploads", &["check"]).expect(1).text();
    follow(&world, "wt-uploads", &text, 1);
    world.gate("wt-uploads", &["check"]).expect(0);
}

#[test]
fn a_refused_commit_is_mended_by_what_it_prints() {
    let world = uploads();
    let refused = script(
        &world,
        "cd wt-uploads; edit src/api/uploads/a.ts; edit tsconfig.json; edit src/auth/a.ts
         rm src/index.ts; git add -A; git commit -qm work",
    );
    follow(&world, "wt-uploads", &refused.expect(1).stderr, 3);
    script(&world, "cd wt-uploads; git commit -qm work; test -e src/auth/a.ts").expect(0);
    assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
}

#[test]
fn a_refused_push_is_mended_by_what_it_prints() {
    let world = served();
    let trespass =
        "cd wt-uploads; edit tsconfig.json; edit src/auth/a.ts; edit src/api/uploads/a.ts; smuggle";
    let refused = script(&world, &format!("{trespass}; git push -q origin agents/uploads"));
    follow(&world, "wt-uploads", &refused.expect(1).stderr, 2);
    script(&world, "cd wt-uploads; git push -q origin agents/uploads").expect(0);

    let world = crate::gated::beside_a_server();
    let refused = script(&world, &format!("{trespass}; git push -q origin agents/uploads"));
    follow(&world, "wt-uploads", &refused.expect(1).stderr, 2);
    script(&world, "cd wt-uploads; git push -q origin agents/uploads").expect(0);
}

#[test]
fn a_merge_before_its_turn_is_mended_by_what_it_prints() {
    let world = uploads();
    let refused = script(
        &world,
        "migrations; uploads; cd repo; git merge -q --no-ff --no-edit agents/uploads",
    );
    follow(&world, "repo", &refused.expect(1).stderr, 2);
    script(&world, "cd repo; git merge -q --no-ff --no-edit agents/uploads").expect(0);
}

#[test]
fn carried_commits_are_taken_out_by_what_is_printed() {
    let world = uploads();
    script(
        &world,
        "migrations; cd wt-uploads; unseen reset -q --hard agents/migrations; cd ..; uploads",
    )
    .expect(0);
    let answer = ask(&world, "wt-uploads", "");
    assert_eq!(answer.findings(), ["carries-unlanded"]);
    let commands = answer.commands("take them out");
    assert_eq!(commands.len(), 1, "{:#}", answer.document);
    world.call("wt-uploads", "sh").arg("-c").arg(&commands[0].1).run().expect(0);
    assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
    assert!(world.exists("wt-uploads/src/api/uploads/create.ts"));
}

#[test]
fn a_stale_lane_is_brought_up_by_what_is_printed() {
    let world = uploads();
    script(
        &world,
        "uploads; cd repo; git commit -q --allow-empty -m x
         sed -i 's/^format = 1/format = 1\\nversion = 2/; s/POST/PUT/' contract.toml; git commit -qam v2",
    )
    .expect(0);
    let answer = ask(&world, "wt-uploads", "");
    assert_eq!(answer.findings(), ["warning stale-contract"]);
    let commands = answer.commands("take in the trunk");
    assert_eq!(commands.len(), 1, "{:#}", answer.document);
    world.call("wt-uploads", "sh").arg("-c").arg(&commands[0].1).run().expect(0);
    assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);
}

/// A clone without the gate, beside the repository: somebody amends the contract there, or edits a
/// path, and pushes. The tracking ref knows, the local trunk is behind.
#[track_caller]
fn behind_its_upstream(world: &Sandbox, elsewhere: &str) {
    let story = format!(
        "uploads; git clone -q server.git other; cd other; {elsewhere}; git add -A; git commit -qm more
         git push -q; cd ../repo; git fetch -q"
    );
    script(world, &story).expect(0);
}

#[test]
fn what_the_upstream_alone_has_is_taken_in_from_there() {
    let world = crate::gated::beside_a_server();
    behind_its_upstream(
        &world,
        "sed -i 's/^format = 1/format = 1\\nversion = 2/; s/POST/PUT/' contract.toml",
    );
    let answer = ask(&world, "wt-uploads", "");
    assert_eq!(answer.findings(), ["warning stale-contract"]);
    let commands = answer.commands("take in the trunk");
    assert_eq!(commands[0].1, "git merge origin/main");
    world.call("wt-uploads", "sh").arg("-c").arg(&commands[0].1).run().expect(0);
    assert_eq!(ask(&world, "wt-uploads", "").findings(), [""; 0]);

    let world = crate::gated::beside_a_server();
    behind_its_upstream(&world, "edit src/api/uploads/create.ts hot");
    let before = world.gate("wt-uploads", &["check", "--landing"]);
    before.says("undecided[landing-conflicts]").says("does not merge into origin/main");
    let printed = printed(&before.text());
    assert!(printed.contains(&"git merge origin/main".to_owned()), "{printed:?}");
    let resolved = "cd wt-uploads; git merge -q origin/main >/dev/null || true
                    git checkout -q --ours .; git add -A; git commit -q --no-edit";
    script(&world, resolved).expect(0);
    let after = world.gate("wt-uploads", &["check", "--landing"]);
    after.is_silent_about("landing-conflicts");
}

#[test]
fn a_lane_that_only_a_remote_has_is_landed_from_there() {
    let world = crate::gated::beside_a_server();
    let story = "migrations; uploads; git -C repo push -q origin agents/migrations agents/uploads
                 git clone -q server.git second";
    script(&world, story).expect(0);
    arm(&world, "second");
    let early = "cd second; git merge -q --no-ff --no-edit origin/agents/uploads";
    let refused = script(&world, early);
    refused.expect_failure().is_silent_about("holds nothing to land");
    refused.says("agents/migrations is not here, but origin/agents/migrations is");
    follow(&world, "second", &refused.stderr, 2);
    let refused = script(&world, early);
    follow(&world, "second", &refused.expect(1).stderr, 2);
    script(&world, early).expect(0);
}

#[test]
fn a_lane_that_has_not_begun_at_the_remote_where_it_is_looked_up_is_not_looked_up_again() {
    let world = crate::gated::beside_a_server();
    let story = "uploads; git -C repo push -q origin agents/migrations agents/uploads
                 git clone -q server.git second";
    script(&world, story).expect(0);
    let early = ["check", "--landing", "--trunk", "main", "--remote", "origin"];
    let refused = world.gate("second", &[&early[..], &["--branch", "agents/uploads"]].concat());
    refused.expect(1).says("agents/migrations holds nothing to land yet");
    refused.is_silent_about("look lanes up there").is_silent_about("git branch -D");
}

/// Runs the fetch that a text prints, as printed.
fn follow_fetch(world: &Sandbox, directory: &str, text: &str) -> String {
    let command = text.lines().find_map(|line| line.find("git fetch").map(|at| &line[at..]));
    let command = command.unwrap_or_default().trim_end().to_owned();
    world.call(directory, "sh").arg("-c").arg(&command).run().expect(0);
    command
}

#[test]
fn a_clone_of_one_branch_is_completed_by_what_is_printed() {
    for depth in ["", "--depth 1"] {
        let world = uploads();
        let story = format!(
            "uploads; (cd repo; git commit -q --allow-empty -m on)
             git clone -q --single-branch {depth} -b agents/uploads \"file://$PWD/repo\" single"
        );
        script(&world, &story).expect(0);
        arm(&world, "single");
        let before = world.gate("single", &["check"]);
        before.expect(2).says("undecided[trunk-missing]").says("has not fetched it from origin");
        let command = follow_fetch(&world, "single", &before.text());
        assert_eq!(command.contains("--unshallow"), !depth.is_empty(), "{command}");
        world.gate("single", &["check"]).expect(0);
    }
}

/// As GitLab checks out a branch: nothing is cut off where a project is young.
#[test]
fn a_fetch_of_one_branch_is_completed_by_what_is_printed() {
    let asked: [&[&str]; 4] = [
        &["--trunk", "main", "--remote", "theirs"],
        &["--trunk", "theirs/main"],
        &["--trunk", "main"],
        &[],
    ];
    for asked in asked {
        let world = uploads();
        let others = match asked {
            [_, _, "--remote", _] => {
                "git remote add origin ../nowhere; git remote add a ../nowhere"
            }
            _ => "true",
        };
        let story = format!(
            "migrations; git init -q ci; cd ci; git config contractgate.trunk main; {others}
             git remote add theirs \"file://$(cd ../repo; pwd)\"
             git fetch -q --depth 20 theirs +refs/heads/agents/migrations:refs/remotes/theirs/agents/migrations
             git checkout -q --detach FETCH_HEAD"
        );
        script(&world, &story).expect(0);
        let mut check = vec!["check", "--landing", "--branch", "theirs/agents/migrations"];
        if others != "true" {
            check[3] = "agents/migrations";
        }
        check.extend(asked);
        let before = world.gate("ci", &check);
        before
            .expect(2)
            .says("undecided[trunk-missing]")
            .says("is not here, and theirs may have it");
        follow_fetch(&world, "ci", &before.text());
        world.gate("ci", &check).expect(0).says("agent-2 on agents/migrations");
    }
}

#[test]
fn a_trunk_that_the_remote_does_not_have_is_not_promised() {
    let world = uploads();
    let story = "git clone -q repo second; cd second; git remote set-head origin --delete
                 git config contractgate.trunk mian";
    script(&world, story).expect(0);
    let told = world.gate("second", &["check", "--agent", "agent-1"]);
    told.expect(2).says("if origin has it").says("git fetch origin mian").says("name another");
    let early = "git init -q young; cd young; git remote add origin ../nowhere";
    script(&world, early).expect(0);
    let installed = world.gate("young", &["install"]);
    installed.expect(0).is_silent_about("git fetch");
}

#[test]
fn what_is_not_known_is_found_out_by_what_is_printed() {
    let cases = [
        ("git -C repo config --unset contractgate.trunk", "trunk-unset"),
        (
            "git -C repo config contractgate.walkLimit 1; for n in 1 2 3; do lane uploads src/api/uploads/$n.ts; done",
            "walk-limit",
        ),
    ];
    for (given, code) in cases {
        let world = uploads();
        script(&world, &format!("uploads; {given}"));
        let before = world.gate("wt-uploads", &["check"]);
        before.expect(2).says(&format!("undecided[{code}]"));
        follow(&world, "wt-uploads", &before.text(), 1);
        world.gate("wt-uploads", &["check"]).expect(0);
    }
}

#[test]
fn a_shallow_clone_is_completed_by_what_is_printed() {
    let world = uploads();
    script(
        &world,
        "cd repo; git commit -q --allow-empty -m 1; cd ..; uploads; (cd wt-uploads; git merge -q main)
         git clone -q --depth 1 --no-single-branch \"file://$PWD/repo\" ci; cd ci; git checkout -q agents/uploads",
    )
    .expect(0);
    arm(&world, "ci");
    let before = world.gate("ci", &["check"]);
    before.expect(2).says("undecided[shallow]").says("git fetch --unshallow");
    world.git("ci", &["fetch", "-q", "--unshallow"]);
    world.gate("ci", &["check"]).expect(0);
}
