//! `status`: what it says of every lane, for people and for programs, once and for as long as one
//! looks.

use std::io::{BufRead, BufReader, Read, Write};

use serde_json::Value;

use crate::gated::{CONTRACT, beside_a_server, files, script, under, uploads};
use crate::sandbox::Sandbox;

/// Commits that are made from here on are from the future, which is now.
const NOW: &str = "export GIT_COMMITTER_DATE=\"$(($(date +%s) + 3600)) +0000\"";

/// What is said for programs: held to its schema, with the exit status of the worst verdict. Nothing
/// is written.
#[track_caller]
fn told(world: &Sandbox, directory: &str, arguments: &str) -> Value {
    let before = files(&world.path("."));
    let call = world.call(directory, Sandbox::gate_program()).args(["status", "--format", "json"]);
    let ran = call.args(arguments.split_whitespace()).run();
    assert!(before == files(&world.path(".")), "status has written something: {ran:?}");
    let document: Value = serde_json::from_slice(&ran.stdout)
        .unwrap_or_else(|error| panic!("no document ({error}): {ran:?}"));
    let status = match document["verdict"].as_str() {
        Some("allowed") => 0,
        Some("denied") => 1,
        _ => 2,
    };
    assert_eq!((ran.code, ran.stderr.as_str()), (status, ""), "{ran:?}");
    let schema = world.gate(directory, &["schema", "status"]);
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "not as the schema says: {faults:?} in {document:#}");
    document
}

/// Each lane as `agent: state verdict own/files +added -deleted ahead/behind evidence [waits] [blocks]`.
fn lines(document: &Value) -> Vec<String> {
    let lanes = document["lanes"].as_array().unwrap();
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let names = |value: &Value| {
        let names = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        names.collect::<Vec<_>>().join(" ")
    };
    lanes
        .iter()
        .map(|lane| {
            let changes = &lane["changes"];
            format!(
                "{}: {} {} {}/{} +{} -{} {}/{} {} [{}] [{}]",
                word(&lane["agent"]),
                word(&lane["state"]),
                word(&lane["verdict"]["outcome"]),
                lane["own_commits"],
                changes["files"],
                changes["added"],
                changes["deleted"],
                lane["ahead"],
                lane["behind"],
                word(&lane["evidence"]),
                names(&lane["waits_for"]),
                names(&lane["blocks"]),
            )
        })
        .collect()
}

fn next(document: &Value) -> Vec<String> {
    let steps = document["next"].as_array().unwrap().iter();
    let text =
        |step: &Value| step["command"].as_str().or(step["label"].as_str()).map(str::to_owned);
    steps.filter_map(text).collect()
}

#[track_caller]
fn finds(given: &str, lanes: [&str; 3], steps: &[&str]) {
    let world = uploads();
    script(&world, given).expect(0);
    let document = told(&world, "repo", "");
    assert_eq!(lines(&document), lanes, "{document:#}");
    assert_eq!(next(&document), steps);
    // Wherever one stands, it is the same.
    assert_eq!(lines(&told(&world, "wt-tests", "")), lanes);
}

#[test]
fn a_run_that_has_not_begun() {
    finds(
        "true",
        [
            "agent-2: empty allowed 0/0 +0 -0 0/0 - [] [agent-1 agent-3]",
            "agent-1: empty allowed 0/0 +0 -0 0/0 - [agent-2] [agent-3]",
            "agent-3: empty allowed 0/0 +0 -0 0/0 - [agent-2 agent-1] []",
        ],
        &["agent-2 has nothing to land yet"],
    );
}

#[test]
fn work_in_every_lane_and_a_trespass() {
    finds(
        "migrations; uploads; uploads; tests; cd wt-tests; edit tsconfig.json; smuggle",
        [
            "agent-2: may-land allowed 1/2 +2 -0 1/0 - [] [agent-1 agent-3]",
            "agent-1: waits allowed 2/1 +2 -0 2/0 - [agent-2] [agent-3]",
            "agent-3: denied denied 2/2 +2 -0 2/0 - [agent-2 agent-1] []",
        ],
        &["contract-gate land agent-2", "contract-gate check --agent agent-3"],
    );
}

#[test]
fn lanes_that_have_landed_and_how() {
    finds(
        "migrations; uploads; tests
         cd repo; git merge -q --no-ff -m landed agents/migrations
         git merge -q --squash agents/uploads; git commit -q -m squashed
         git merge -q --no-ff -m landed agents/tests
         cd ../wt-tests; git checkout -q --detach; git branch -q -D agents/tests",
        [
            "agent-2: landed allowed 0/0 +0 -0 0/4 merged [] []",
            "agent-1: landed allowed 1/0 +0 -0 1/5 arrived [] []",
            "agent-3: landed allowed 0/null +null -null null/null branch-gone [] []",
        ],
        &["contract-gate close"],
    );
}

#[test]
fn what_is_taken_back_is_open_again() {
    finds(
        "migrations; cd repo; git merge -q --no-ff -m landed agents/migrations
         git revert --no-edit -m 1 HEAD >/dev/null",
        [
            "agent-2: empty allowed 0/0 +0 -0 0/2 - [] [agent-1 agent-3]",
            "agent-1: empty allowed 0/0 +0 -0 0/3 - [agent-2] [agent-3]",
            "agent-3: empty allowed 0/0 +0 -0 0/3 - [agent-2 agent-1] []",
        ],
        &["agent-2 was taken back: reverting that lands it again"],
    );
}

/// As where a second run keeps the branches of the first one, or the first run has older branches.
#[test]
fn what_the_trunk_did_before_the_contract_came_is_no_lanes() {
    let anew = "cd repo; git rm -q contract.toml; smuggle; edit src/db/schema.ts; smuggle
                git checkout -q HEAD~2 -- contract.toml; smuggle";
    let hotfix = format!("{anew}; edit src/db/schema.ts fix; smuggle");
    for (given, behind) in [(anew, 3), (&hotfix, 4)] {
        let lanes = [
            format!("agent-2: empty allowed 0/0 +0 -0 0/{behind} - [] [agent-1 agent-3]"),
            format!("agent-1: empty allowed 0/0 +0 -0 0/{behind} - [agent-2] [agent-3]"),
            format!("agent-3: empty allowed 0/0 +0 -0 0/{behind} - [agent-2 agent-1] []"),
        ];
        finds(given, lanes.each_ref().map(String::as_str), &["agent-2 has nothing to land yet"]);
    }
}

#[test]
fn a_lane_that_was_taken_back_is_told_from_one_that_has_not_begun() {
    let world = uploads();
    let taken_back = |world: &Sandbox| told(world, "repo", "")["lanes"][0]["taken_back"].clone();
    assert_eq!(taken_back(&world), Value::Null);
    script(&world, "migrations; cd repo; git merge -q --no-ff -m landed agents/migrations")
        .expect(0);
    assert_eq!(taken_back(&world), Value::Null);
    script(&world, "cd repo; git revert --no-edit -m 1 HEAD >/dev/null").expect(0);
    assert_eq!(taken_back(&world), true);
    world.gate("repo", &["status"]).says("taken back, 2 wait");
    script(&world, "uploads").expect(0);
    let lands_again = "agent-2 was taken back";
    for command in [&["land"][..], &["land", "agent-2"], &["forecast"], &["rehearse"]] {
        world.gate("repo", command).says(lands_again).says("reverting that lands it again");
    }
    let merged = script(&world, "cd repo; git merge --no-ff --no-edit agents/uploads");
    merged.expect_failure().says("agent-2 was taken back on main: reverting that lands it again");
    script(&world, "git -C repo merge --abort").expect(0);
    // What is said to do is done.
    script(&world, "cd repo; git revert --no-edit HEAD >/dev/null").expect(0);
    assert_eq!(told(&world, "repo", "")["lanes"][0]["state"], "landed");
    // New work in the lane is what there is to land.
    script(
        &world,
        "cd repo; git revert --no-edit HEAD >/dev/null; cd ..; lane migrations src/db/migrations/0003.sql",
    )
    .expect(0);
    let lane = &told(&world, "repo", "")["lanes"][0];
    assert_eq!((&lane["state"], &lane["taken_back"]), (&"may-land".into(), &Value::Null));
}

#[test]
fn a_lane_under_an_old_contract_is_stale_and_a_withdrawn_one_is_last() {
    let world = uploads();
    script(&world, "migrations; uploads").expect(0);
    let second = CONTRACT
        .replacen('\n', "\nversion = 2\n", 1)
        .replace("[agents.agent-2]", "[agents.agent-2]\nwithdrawn = true")
        .replace(
            "scope = [\"src/api/uploads/**\"",
            "scope = [\"src/api/uploads/**\", \"src/more/\"",
        );
    world.write("repo/contract.toml", second);
    world.commit("repo", "the second version");
    let document = told(&world, "repo", "");
    let states: Vec<String> = lines(&document);
    assert!(states[2].starts_with("agent-2: withdrawn "), "{states:?}");
    let stale = &document["lanes"][0];
    assert_eq!((&stale["agent"], &stale["state"]), (&"agent-1".into(), &"stale".into()));
    assert_eq!((&stale["stale"]["has"], &stale["stale"]["current"]), (&1.into(), &2.into()));
    let step = next(&document).remove(0);
    assert!(step.starts_with("git -C ") && step.ends_with("/wt-uploads merge main"), "{step}");
    script(&world, &step).expect(0);
    assert_eq!(told(&world, "repo", "")["lanes"][0]["state"], "may-land");
}

#[test]
fn a_lane_that_has_undone_a_contract_of_its_own_lands_by_a_squash() {
    let world = uploads();
    script(&world, "migrations; cd wt-migrations; edit contract.toml '# mine'; smuggle").expect(0);
    let refused = world.gate("wt-migrations", &["check"]);
    let text = refused.expect(1).text();
    let undo = text.lines().find_map(|line| line.split_once("undo it  ")).unwrap().1;
    script(&world, &format!("cd wt-migrations; {undo}; git commit -q -m undone")).expect(0);
    let check = world.gate("wt-migrations", &["check"]);
    check.expect(0).says("note[undone-contract]: agent-2 has undone");

    world.gate("repo", &["land", "agent-2"]).expect(1);
    let document = told(&world, "repo", "");
    assert_eq!(document["lanes"][0]["state"], "may-land");
    let step = next(&document).remove(0);
    assert_eq!(step, "contract-gate land agent-2 --strategy squash");
    assert_eq!(document["notes"][0]["code"], "undone-contract");
    world.gate("repo", &["rehearse", "--strategy", "rebase"]).expect(1);
    world.gate("repo", &["rehearse", "--strategy", "squash"]).expect(0);
    let landing: Vec<&str> = step.split_whitespace().skip(1).collect();
    world.gate("repo", &landing).expect(0);
    assert_eq!(told(&world, "repo", "")["lanes"][0]["state"], "landed");
    // The lane that goes on from there is as good as any.
    script(&world, "cd wt-migrations; git merge -q main; cd ..; uploads").expect(0);
    let check = world.gate("wt-migrations", &["check"]);
    check.expect(0).is_silent_about("undone-contract");
}

#[test]
fn a_withdrawn_lane_whose_paths_are_handed_on_has_nothing_to_undo() {
    let world = uploads();
    script(&world, "migrations; uploads").expect(0);
    let second = CONTRACT
        .replacen('\n', "\nversion = 2\n", 1)
        .replace("[agents.agent-2]", "[agents.agent-2]\nwithdrawn = true")
        .replace("src/db/migrations/**", "src/old/**")
        .replace("\"src/api/uploads/**\"", "\"src/api/uploads/**\", \"src/db/migrations/**\"");
    world.write("repo/contract.toml", second);
    world.commit("repo", "the second version");
    assert_eq!(told(&world, "repo", "")["lanes"][2]["state"], "withdrawn");
    world.gate("repo", &["check", "--all"]).expect(0);
    let check = world.gate("wt-migrations", &["check"]);
    check.expect(0).says("note[withdrawn]").is_silent_about("undo");
    // It is as withdrawn as ever.
    script(&world, "migrations").expect_failure().says("error[withdrawn]");
    script(&world, "cd repo; git merge -q --no-edit agents/migrations").expect_failure();
    world.gate("repo", &["check", "--landing", "--agent", "agent-2"]).expect(1);
}

#[test]
fn what_is_not_committed_is_counted() {
    let world = uploads();
    script(
        &world,
        "cd wt-uploads; edit package.json; edit src/api/router.ts; git add package.json
         edit src/api/uploads/a.ts; edit src/api/uploads/b.ts; edit node_modules/x",
    )
    .expect(0);
    let document = told(&world, "repo", "");
    let worktree = &document["lanes"][1]["worktree"];
    let place = world.path("wt-uploads").canonicalize().unwrap();
    assert_eq!(worktree["path"], place.to_str().unwrap());
    assert_eq!(worktree["branch"], "agents/uploads");
    assert_eq!((&worktree["changed"], &worktree["untracked"]), (&2.into(), &2.into()));
    // During a rebase no branch is checked out, and it is still where the contract says.
    script(&world, "cd wt-uploads; git checkout -q --detach").expect(0);
    assert_eq!(told(&world, "repo", "")["lanes"][1]["worktree"]["branch"], Value::Null);
    std::fs::remove_dir_all(world.path("wt-tests")).unwrap();
    assert_eq!(told(&world, "repo", "")["lanes"][2]["worktree"]["gone"], true);
}

#[test]
fn the_page_of_the_worked_example() {
    let world = uploads();
    let given = format!(
        "{NOW}; migrations; uploads; cd wt-uploads; edit package.json; cd ../wt-tests
         edit tsconfig.json; smuggle; cd ../repo; git merge -q --no-ff -m landed agents/migrations"
    );
    script(&world, &given).expect(0);
    let trunk = world.id("repo", "main");
    for width in ["80", "120"] {
        let call = world.call("repo", Sandbox::gate_program()).env("COLUMNS", width);
        let page = call.arg("status").run().expect(1).text();
        let page = page.replace(&trunk[..7], "1234567");
        insta::assert_snapshot!(format!("the_worked_example_at_{width}"), page);
    }
}

#[test]
fn without_a_contract_nothing_is_enforced() {
    let world = Sandbox::new();
    world.commit("repo", "nothing");
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    world.gate("repo", &["status"]).expect(0).says("there is no contract on main");
    let document = told(&world, "repo", "");
    assert_eq!(document["contract"], Value::Null);
    assert_eq!(document["notes"][0]["code"], "no-contract");
}

#[test]
fn what_is_wrong_with_all_of_it_is_a_failure() {
    let world = uploads();
    world.gate(".", &["status"]).expect(2).says("repository");
    world.gate("repo", &["status", "--trunk", "nowhere"]).expect(2).says("nowhere");
    world.gate("repo", &["status", "--format", "xml"]).expect(2);
    script(&world, "cd repo; edit contract.toml '[agents.agent-9]'; smuggle").expect(0);
    for arguments in [&["status"][..], &["status", "--format", "json"], &["status", "--watch"]] {
        let ran = world.gate("repo", arguments);
        ran.expect(2).says("not a valid contract");
        assert_eq!(ran.text(), "");
    }
}

#[test]
fn one_lane_that_cannot_be_read_does_not_silence_the_others() {
    let world = uploads();
    script(&world, "migrations; uploads; tests").expect(0);
    let tree = world.id("repo", "agents/uploads^{tree}");
    world.remove(format!("repo/.git/objects/{}/{}", &tree[..2], &tree[2..]));
    let document = told(&world, "repo", "");
    assert_eq!(document["verdict"], "undecided");
    let states: Vec<&Value> =
        document["lanes"].as_array().unwrap().iter().map(|lane| &lane["state"]).collect();
    assert_eq!(states[0], "may-land");
    assert_eq!(states[1], "undecided");
    let unknown = &document["lanes"][1]["unknown"][0]["message"];
    assert!(unknown.as_str().unwrap().contains(&tree), "{unknown}");
    assert!(next(&document).contains(&"contract-gate check --agent agent-1".to_owned()));
}

#[test]
fn a_lane_whose_tip_is_lost_leaves_of_the_others_what_does_not_depend_on_it() {
    let world = uploads();
    script(&world, "migrations; uploads; tests").expect(0);
    let tip = world.id("repo", "agents/uploads");
    world.remove(format!("repo/.git/objects/{}/{}", &tip[..2], &tip[2..]));
    let document = told(&world, "wt-tests", "");
    assert_eq!(
        lines(&document),
        [
            "agent-2: undecided undecided null/2 +2 -0 1/0 - [] [agent-3]",
            "agent-1: undecided undecided null/null +null -null null/null - [] [agent-3]",
            "agent-3: undecided undecided null/1 +1 -0 1/0 - [agent-2 agent-1] []",
        ]
    );
    let lost = &document["lanes"][1];
    assert_eq!((&lost["landed"], &lost["waits_for"]), (&Value::Null, &Value::Null));
    let why = lost["unknown"][0]["message"].as_str().unwrap();
    assert!(why.contains(&tip), "{why}");
}

#[test]
fn lanes_are_found_at_a_remote_and_in_a_bare_repository() {
    let world = beside_a_server();
    script(&world, "migrations; cd repo; git push -q --no-verify origin agents/migrations")
        .expect(0);
    let bare = told(&world, "server.git", "--trunk main");
    assert!(lines(&bare)[0].starts_with("agent-2: may-land allowed 1/2"), "{bare:#}");
    assert_eq!(
        lines(&bare)[1],
        "agent-1: no-branch allowed 0/null +null -null null/null - [agent-2] [agent-3]"
    );
    assert_eq!(next(&bare), ["contract-gate land agent-2 --trunk main"]);
    world.git(".", &["clone", "-q", "server.git", "ci"]);
    let ci = told(&world, "ci", "--trunk main --remote origin");
    assert!(lines(&ci)[0].starts_with("agent-2: may-land allowed 1/2"), "{ci:#}");
    assert_eq!(next(&ci), ["contract-gate land agent-2 --trunk main --remote origin"]);
    // Without it, the lane is somewhere else, and what it holds is not known.
    let unasked = told(&world, "ci", "--trunk main");
    assert!(lines(&unasked)[0].starts_with("agent-2: undecided"), "{unasked:#}");
}

#[test]
fn a_watch_without_a_terminal_prints_once_for_each_change() {
    let world = uploads();
    let call = world.call("repo", Sandbox::gate_program()).args(["status", "--watch"]);
    let mut watch = call.converse();
    let mut said = BufReader::new(watch.stdout.take().unwrap());
    let mut until = |word: &str| {
        let mut page = String::new();
        while !page.contains(word) {
            assert_ne!(said.read_line(&mut page).unwrap(), 0, "no {word} in {page}");
        }
        page
    };
    until("agent-2 has nothing to land yet\n");
    script(&world, "migrations").expect(0);
    let page = until("contract-gate land agent-2\n");
    assert!(!page.contains('\u{1b}') && page.starts_with("main "), "{page:?}");
    // A contract that breaks is said, and the watch goes on.
    script(&world, "cd repo; edit contract.toml '[agents.agent-9]'; smuggle").expect(0);
    until("is not a valid contract");
    script(&world, "cd repo; unseen reset -q --hard HEAD~1").expect(0);
    until("contract-gate land agent-2\n");
    world.call(".", "kill").args(["-INT", &watch.id().to_string()]).run().expect(0);
    assert_eq!(watch.wait().unwrap().code(), Some(0));
}

#[test]
fn a_watch_of_documents_prints_one_after_another() {
    let world = uploads();
    let arguments = ["status", "--watch", "--format", "json"];
    let mut watch = world.call("repo", Sandbox::gate_program()).args(arguments).converse();
    let said = BufReader::new(watch.stdout.take().unwrap());
    let mut documents = serde_json::Deserializer::from_reader(said).into_iter::<Value>();
    assert_eq!(documents.next().unwrap().unwrap()["lanes"][0]["state"], "empty");
    script(&world, "migrations").expect(0);
    assert_eq!(documents.next().unwrap().unwrap()["lanes"][0]["state"], "may-land");
    // It ends by itself when nobody reads on.
    drop(documents);
    script(&world, "uploads").expect(0);
    assert_eq!(watch.wait().unwrap().code(), Some(0));
}

#[test]
fn a_watch_gives_the_terminal_back() {
    let world = uploads();
    let command = format!("exec '{}' status --watch", Sandbox::gate_program().display());
    let call = world.call("repo", "script").env("SHELL", "/bin/sh").env("COLUMNS", "80");
    let mut watch = call.env("LINES", "24").args(["-qfec", &command, "/dev/null"]).converse();
    let (mut keys, mut screen) = (watch.stdin.take().unwrap(), watch.stdout.take().unwrap());
    let mut drawn = String::new();
    let mut until = |word: &str, drawn: &mut String| {
        let mut some = [0; 4096];
        while !drawn.contains(word) {
            let read = screen.read(&mut some).unwrap();
            assert_ne!(read, 0, "no {word:?} in {drawn:?}");
            drawn.push_str(&String::from_utf8_lossy(&some[..read]));
        }
    };
    until("agent-2 has nothing to land yet", &mut drawn);
    assert!(drawn.contains("\u{1b}[?1049h\u{1b}[?25l"), "another screen, no cursor: {drawn:?}");
    script(&world, "migrations").expect(0);
    until("contract-gate land agent-2", &mut drawn);
    assert!(!drawn.contains("\u{1b}[2J"), "nothing is cleared before it is drawn: {drawn:?}");
    keys.write_all(b"\x03").unwrap();
    until("\u{1b}[?25h\u{1b}[?1049l", &mut drawn);
    assert!(drawn.ends_with("\u{1b}[?25h\u{1b}[?1049l"), "{drawn:?}");
    assert_eq!(watch.wait().unwrap().code(), Some(0));
}

#[test]
fn every_lane_has_the_verdict_of_a_check() {
    let world = under(&CONTRACT.replace("branch = \"agents/tests\"", "branch = \"agents/lost\""));
    script(&world, "migrations; cd wt-uploads; edit tsconfig.json; edit src/auth/a.ts; smuggle")
        .expect(0);
    let checked = world.gate("repo", &["check", "--all", "--format", "json"]);
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let status = told(&world, "repo", "");
    for lane in status["lanes"].as_array().unwrap() {
        let all = checked["lanes"].as_array().unwrap();
        let same = all.iter().find(|one| one["agent"] == lane["agent"]).unwrap();
        assert_eq!(lane["verdict"]["outcome"], same["verdict"]);
        let errors = same["violations"].as_array().unwrap().iter();
        let errors = errors.filter(|one| one["severity"] == "error").count();
        assert_eq!(lane["verdict"]["errors"], errors);
    }
}

#[test]
fn a_lane_that_has_landed_is_known_without_a_branch_here_though_a_remote_has_it() {
    let world = beside_a_server();
    script(
        &world,
        "migrations; cd repo; git push -q origin agents/migrations; git fetch -q
         git merge -q --no-ff -m landed agents/migrations
         git -C ../wt-migrations checkout -q --detach; git branch -q -D agents/migrations",
    )
    .expect(0);
    assert_eq!(told(&world, "repo", "")["lanes"][0]["evidence"], "branch-gone");
    world.gate("repo", &["check", "--all"]).expect(0).says("agent-2 has landed");
    // What a remote has beyond that is not known to have landed.
    script(
        &world,
        "cd wt-migrations; edit src/db/migrations/more; save more; git push -q --no-verify origin HEAD:agents/migrations; git fetch -q",
    )
    .expect(0);
    world.gate("repo", &["check", "--all"]).expect(2).says("ref-missing");
}

#[test]
fn a_lane_that_a_forge_has_squashed_and_deleted_is_known_where_what_it_was_is_not_pruned() {
    let world = beside_a_server();
    let squashed = "migrations; cd repo; git push -q origin agents/migrations; git fetch -q
                    git merge -q --squash agents/migrations >/dev/null; git commit -q -m squashed
                    git push -q origin main; git push -q origin :agents/migrations
                    git update-ref refs/remotes/origin/agents/migrations agents/migrations
                    git -C ../wt-migrations checkout -q --detach; git branch -q -D agents/migrations";
    script(&world, squashed).expect(0);
    assert_eq!(told(&world, "repo", "")["lanes"][0]["evidence"], "branch-gone");
    world.gate("repo", &["check", "--all"]).expect(0).says("agent-2 has landed");
}

#[test]
fn a_lane_that_may_be_gone_at_the_remote_is_asked_for_there_by_a_fetch_that_prunes() {
    let world = beside_a_server();
    // The forge has what was done elsewhere; here is the branch as it was handed out.
    let squashed = "uploads; cd repo; git push -q origin agents/migrations; git fetch -q
                    git -C ../wt-migrations checkout -q --detach; git branch -q -D agents/migrations
                    git clone -q ../server.git ../other; cd ../other; edit src/db/schema.ts; git commit -qam squashed; git push -q origin main
                    git push -q origin :agents/migrations; git -C ../repo pull -q origin main";
    script(&world, squashed).expect(0);
    let prune = "git fetch --prune origin";
    let status = told(&world, "repo", "");
    assert_eq!(status["lanes"][0]["state"], "undecided", "{status}");
    assert_eq!(status["lanes"][1]["state"], "waits", "{status}");
    world.gate("repo", &["land", "agent-1"]).expect(1).says("ref-missing").says(prune);
    world.git("repo", &["config", "contractgate.remote", "origin"]);
    world.gate("repo", &["land", "agent-1"]).expect(1).says("merge-order").says(prune);
    script(&world, &format!("cd repo; {prune}")).expect(0);
    assert_eq!(told(&world, "repo", "")["lanes"][0]["evidence"], "branch-gone");
    world.gate("repo", &["land", "agent-1"]).expect(0);
}
