//! `replay`: what a contract would have refused, before anybody is bound by it.

use insta::assert_snapshot;
use serde_json::Value;

use crate::gated::{CONTRACT, files, script};
use crate::sandbox::{Ran, Sandbox, UPLOADS};

/// The files of the worked example on `main`, without a contract and without the gate.
fn ungoverned() -> Sandbox {
    let world = Sandbox::new();
    for (file, content) in UPLOADS {
        world.write(format!("repo/{file}"), content);
    }
    world.commit("repo", "what is there");
    world
}

/// `work BRANCH FILE...`: a branch with work; `take BRANCH`: the trunk merges it.
const WORDS: &str = r#"
cd repo
work() { b=$1; shift; git switch -q -c "$b" main; for f; do edit "$f" "work on $f"; done
  save "work on $*"; git switch -q main; }
take() { git merge -q --no-ff "$1" -m "Merge branch '$1'"; }
"#;

/// The contract lies beside the repository, and is on no trunk.
fn replayed(world: &Sandbox, history: &str, arguments: &str) -> Ran {
    script(world, &format!("{WORDS}{history}")).expect(0);
    world.write("contract.toml", CONTRACT);
    let before = files(&world.path("."));
    let call = format!(
        "cd repo; \"$GATE\" replay --since 2020-01-01 --contract ../contract.toml --trunk main \
         {arguments}"
    );
    let ran = script(world, &call);
    assert!(before == files(&world.path(".")), "something was written: {ran:?}");
    ran
}

fn document(world: &Sandbox, history: &str) -> Value {
    let ran = replayed(world, history, "--format json");
    ran.expect(0);
    let document: Value = serde_json::from_slice(&ran.stdout).unwrap();
    let schema = script(world, "\"$GATE\" schema replay");
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
    assert!(faults.is_empty(), "not as the schema says: {faults:?} in {document:#}");
    document
}

/// Each refusal as `branch rule path fate`.
fn refusals(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for work in document["works"].as_array().unwrap() {
        for finding in work["findings"].as_array().unwrap() {
            if finding["severity"] == "error" {
                let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
                let branch = text(&work["branch"]);
                let (rule, path) = (text(&finding["rule"]), text(&finding["path"]));
                found.push(format!("{branch} {rule} {path} {}", text(&finding["fate"])));
            }
        }
    }
    found
}

#[test]
fn work_that_keeps_to_the_contract_is_not_refused() {
    let world = ungoverned();
    let history = "
        work agents/migrations src/db/schema.ts; take agents/migrations
        work agents/uploads src/api/uploads/a.ts package.json; take agents/uploads
        work agents/tests tests/uploads/a.ts; git merge -q --squash agents/tests; save squashed";
    let document = document(&world, history);
    assert_eq!(refusals(&document), [""; 0]);
    assert_eq!(document["unused"], serde_json::json!([]));
    assert_eq!(document["proposals"], serde_json::json!([]));
    // The squash is known by its paths, and its branch has nothing left.
    let squash = &document["works"][3];
    assert_eq!((&squash["agent"], &squash["recognised_by"]), (&"agent-3".into(), &"paths".into()));
}

#[test]
fn what_became_of_a_refusal_says_who_was_wrong() {
    let world = ungoverned();
    let history = "
        work agents/uploads src/api/uploads/a.ts docs/a.md docs/b.md src/auth/session.ts \\
            tsconfig.json src/db/schema.ts; take agents/uploads
        edit src/auth/session.ts more; save 'fix the session'
        git checkout -q HEAD~2 -- tsconfig.json; save 'as it was'
        work agents/migrations src/db/migrations/1.sql; take agents/migrations";
    let document = document(&world, history);
    assert_eq!(
        refusals(&document),
        [
            "agents/uploads out-of-scope docs/a.md stayed",
            "agents/uploads out-of-scope docs/b.md stayed",
            "agents/uploads out-of-scope src/auth/session.ts mended",
            "agents/uploads shared-owned src/db/schema.ts stayed",
            "agents/uploads shared-frozen tsconfig.json taken-back",
        ]
    );
    let lines: Vec<&str> = document["proposals"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["line"].as_str())
        .collect();
    assert_eq!(
        lines,
        ["\"docs/**\"", "\"src/db/schema.ts\" = { additions-by = [\"agent-1\", \"agent-2\"] }"]
    );
    assert_eq!(document["unused"], serde_json::json!(["agent-3"]));
}

/// A contract with a proposed line where the proposal says that it belongs.
fn widened(contract: &str, proposal: &Value) -> String {
    let line = proposal["line"].as_str().unwrap();
    let place = proposal["place"].as_str().unwrap();
    let mut lines: Vec<String> = contract.lines().map(str::to_owned).collect();
    if let Some(number) = proposal["instead_of"].as_u64() {
        line.clone_into(&mut lines[number as usize - 1]);
    } else if let Some(section) = place.strip_prefix("in the scope of ") {
        let agent = lines.iter().position(|line| line == section).unwrap();
        let scope = lines[agent..].iter_mut().find(|line| line.starts_with("scope = [")).unwrap();
        *scope = scope.replacen('[', &format!("[{line}, "), 1);
    } else {
        let section = place.strip_prefix("under ").unwrap();
        let is_it = |line: &String| line.trim_start_matches("## ") == section;
        let at = lines.iter().position(is_it).unwrap();
        let end = lines[at + 1..].iter().position(|line| line.starts_with("- ")).unwrap_or(0);
        lines.insert(at + 1 + end, line.to_owned());
    }
    lines.join("\n") + "\n"
}

#[test]
fn a_contract_with_the_proposed_lines_refuses_none_of_it() {
    let world = ungoverned();
    let history = "
        work agents/uploads src/api/uploads/a.ts docs/a.md docs/b.md src/db/schema.ts '.a{b}*.md' \\
            tsconfig.json src/auth/session.ts
        work agents/migrations src/db/migrations/1.sql src/api/http.ts
        work agents/tests tests/uploads/a.ts src/api/uploads/README.md
        take agents/migrations; take agents/uploads; take agents/tests";
    script(&world, &format!("{WORDS}{history}")).expect(0);
    world.write("contract.toml", CONTRACT);
    let markdown = script(&world, "\"$GATE\" convert --to markdown contract.toml");
    for (file, contract) in [("c.toml", CONTRACT.to_owned()), ("c.md", markdown.text())] {
        let ask = |contract: &str| -> Value {
            world.write(file, contract);
            let options = ["--since", "2020-01-01", "--trunk", "main", "--format", "json"];
            let file = format!("../{file}");
            let call = world.call("repo", Sandbox::gate_program()).args(["replay", "--contract"]);
            let ran = call.arg(file).args(options).run();
            serde_json::from_slice(&ran.expect(0).stdout).unwrap()
        };
        let first = ask(&contract);
        assert_eq!(refusals(&first).len(), 8, "{:#?}", refusals(&first));
        let mut wider = contract.clone();
        let mut left = first;
        // A line moves those below it, so the next is asked for anew.
        for _ in 0..7 {
            wider = widened(&wider, &left["proposals"][0]);
            left = ask(&wider);
        }
        assert_eq!(refusals(&left), [""; 0], "{wider}");
        assert_eq!(left["proposals"], serde_json::json!([]));
    }
}

#[test]
fn no_line_is_proposed_that_refuses_what_was_allowed_or_meets_another_that_is() {
    let world = ungoverned();
    let history = "
        mkdir -p src/api/uploads; seq 9 >src/api/uploads/a.ts; seq 9 >src/api/uploads/b.ts; save files
        work agents/uploads src/api/uploads/c.ts docs/a.md docs/b.md
        git switch -q agents/uploads; sed -i s/2/two/ src/api/uploads/a.ts; save own; git switch -q main
        work agents/migrations src/db/migrations/1.sql docs/c.md docs/more/d.md docs/more/e.md \\
            src/api/uploads/a.ts src/api/uploads/b.ts
        take agents/migrations; take agents/uploads";
    let document = document(&world, history);
    let proposals = document["proposals"].as_array().unwrap().iter();
    let told: Vec<&str> =
        proposals.clone().map(|one| one["line"].as_str().unwrap_or("no line")).collect();
    assert_eq!(
        told,
        [
            "\"docs/a.md\"",
            "\"docs/b.md\"",
            "\"docs/c.md\"",
            "\"docs/more/**\"",
            "no line",
            "\"src/api/uploads/b.ts\" = { additions-by = [\"agent-1\", \"agent-2\"] }",
        ],
        "{document:#}"
    );
}

#[test]
fn a_lane_that_landed_before_one_that_had_begun_was_out_of_order() {
    let world = ungoverned();
    let early = "
        work agents/migrations src/db/migrations/1.sql
        export GIT_COMMITTER_DATE='1900000000 +0000'
        work agents/uploads src/api/uploads/a.ts; take agents/uploads; take agents/migrations";
    assert_eq!(refusals(&document(&world, early)), ["agents/uploads merge-order - -"]);
    let world = ungoverned();
    let later = "
        work agents/uploads src/api/uploads/a.ts; take agents/uploads
        export GIT_COMMITTER_DATE='1900000000 +0000'
        work agents/migrations src/db/migrations/1.sql; take agents/migrations";
    assert_eq!(refusals(&document(&world, later)), [""; 0]);
}

/// `at HOUR`: when the next commits are made; `squash BRANCH`: the trunk takes it by a squash.
const SQUASHES: &str = r#"
at() { export GIT_COMMITTER_DATE="$((1900000000 + $1 * 3600)) +0000"; }
squash() { git merge -q --squash "$1" && git commit -q -m "$1 (#1)"; }
"#;

#[test]
fn a_squash_before_one_that_had_begun_was_out_of_order_as_its_branch_tells() {
    let played = |history: &str| {
        let world = ungoverned();
        let document = document(&world, &format!("{SQUASHES}{history}"));
        (refusals(&document), document["order_unknown"].as_u64())
    };
    let under_way = "
        at 1; work agents/migrations src/db/migrations/1.sql
        at 2; work agents/uploads src/api/uploads/a.ts
        at 3; squash agents/uploads";
    let refused = vec!["- merge-order - -".to_owned()];
    for (more, found) in [
        // It landed later, or is still to land; it was fetched alone; it went on.
        ("at 4; squash agents/migrations", (refused.clone(), None)),
        ("", (refused.clone(), None)),
        (
            "at 4; squash agents/migrations; git update-ref refs/remotes/origin/agents/migrations \\
             agents/migrations; git branch -q -D agents/migrations",
            (refused.clone(), None),
        ),
        (
            "at 4; squash agents/migrations; git switch -q agents/migrations; \\
             at 5; edit src/db/schema.ts more; save more; git switch -q main",
            (refused, None),
        ),
        // Nobody can tell any more.
        ("at 4; squash agents/migrations; git branch -q -D agents/migrations", (vec![], Some(1))),
    ] {
        assert_eq!(played(&format!("{under_way}; {more}")), found, "{more}");
    }
    let gone = "at 4; squash agents/migrations; git branch -q -D agents/migrations";
    let page = replayed(&ungoverned(), &format!("{SQUASHES}{under_way}; {gone}"), "");
    page.says("Whether 1 landing kept to the merge order is not known")
        .says("nothing would have been refused; the order of 1 not known");
}

#[test]
fn a_squash_after_what_had_begun_has_landed_was_in_order() {
    for history in [
        // It had not begun; it had landed by then, and has gone on since.
        "at 1; work agents/uploads src/api/uploads/a.ts; at 2; squash agents/uploads
         at 3; work agents/migrations src/db/migrations/1.sql; at 4; squash agents/migrations",
        "at 1; work agents/migrations src/db/migrations/1.sql; at 2; squash agents/migrations
         at 3; work agents/uploads src/api/uploads/a.ts; at 4; squash agents/uploads
         git switch -q agents/migrations; at 5; edit src/db/schema.ts more; save more
         git switch -q main",
        "at 1; work agents/migrations src/db/migrations/1.sql; at 2; squash agents/migrations
         at 3; work agents/uploads src/api/uploads/a.ts; at 4; take agents/uploads
         git switch -q agents/migrations; at 5; edit src/db/schema.ts more; save more
         git switch -q main; at 6; take agents/migrations",
        // The dispatcher has gone on in its lines before the next one landed.
        "at 1; work agents/migrations src/db/migrations/1.sql; at 2; squash agents/migrations
         at 3; edit src/db/migrations/1.sql other; save fix
         at 4; work agents/uploads src/api/uploads/a.ts; squash agents/uploads",
        // The agent has amended what had landed.
        "at 1; work agents/migrations src/db/migrations/1.sql; git switch -q agents/migrations
         at 2; edit src/db/migrations/1.sql two; save two; git switch -q main
         at 3; squash agents/migrations; at 4; work agents/uploads src/api/uploads/a.ts
         at 5; squash agents/uploads; git switch -q agents/migrations
         at 6; edit src/db/migrations/1.sql three; git commit -q -a --amend -m 'two, better'
         git switch -q main",
    ] {
        let document = document(&ungoverned(), &format!("{SQUASHES}{history}"));
        assert_eq!(refusals(&document), [""; 0], "{history}");
        assert_eq!(document["order_unknown"], Value::Null, "{history}");
    }
}

#[test]
fn paths_of_nobody_that_several_changed_and_branches_that_fit_no_lane() {
    let world = ungoverned();
    let history = "
        work agents/uploads src/api/uploads/a.ts README.md; take agents/uploads
        work spike/all src/db/schema.ts src/api/uploads/z.ts README.md tests/health.test.ts
        work old README.md docs/old.md; work $(printf 'agents/e\\342\\200\\213vil') README.md";
    let document = document(&world, history);
    let contested = &document["contested"][0];
    assert_eq!(contested["path"], "README.md");
    assert_eq!(contested["by"].as_array().unwrap().len(), 4);
    let ran = replayed(&world, "", "");
    ran.expect(0).says("fits no lane").says("1 of agent-1, 1 of agent-2").says("u{200b}");
}

#[test]
fn the_page() {
    let world = ungoverned();
    let history = "
        work agents/uploads src/api/uploads/a.ts docs/a.md docs/b.md tsconfig.json
        take agents/uploads
        work me/docs docs/a.md docs/c.md; git merge -q --no-ff me/docs \\
            -m 'Merge pull request #7 from me/me/docs'
        edit tsconfig.json more; save 'fix the configuration'
        work spike/all src/db/schema.ts src/api/uploads/z.ts README.md docs/a.md";
    let page = replayed(&world, history, "").text();
    let is_id = |word: &str| word.len() == 9 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let words = page.split_inclusive([' ', '\n']);
    let words = words.map(|word| match is_id(word.trim_end()) {
        true => word.replace(word.trim_end(), "<commit>"),
        false => word.to_owned(),
    });
    assert_snapshot!(words.collect::<String>());
}

#[test]
fn what_cannot_be_read_is_said_and_what_is_long_past_is_not_asked() {
    let world = ungoverned();
    script(
        &world,
        &format!("{WORDS} work agents/uploads src/api/uploads/a.ts; take agents/uploads"),
    );
    world.write("contract.toml", CONTRACT);
    let place = format!("file://{}", world.path("repo").display());
    world.git(".", &["clone", "-q", "--depth", "1", &place, "shallow"]);
    let ask = |directory: &str, since: &str| {
        let options = ["--contract", "../contract.toml", "--trunk", "main", "--since", since];
        world.call(directory, Sandbox::gate_program()).arg("replay").args(options).run()
    };
    ask("shallow", "2020-01-01").expect(2).says("cut off").says("shallow");
    for directory in ["shallow", "repo"] {
        ask(directory, "1h").expect(0).says("there is no work to replay");
    }
    ask("repo", "2020-01-01").expect(0).says("nothing would have been refused");
}

#[test]
fn before_an_installation_the_page_says_what_to_do() {
    let world = ungoverned();
    world.gate("repo", &["replay"]).expect(2).says("contract-gate replay --trunk main");
    let ran = world.gate("repo", &["replay", "--trunk", "main"]);
    ran.expect(2).says("contract-gate replay --contract CONTRACT.md");
    world.gate("repo", &["replay", "--since", "yesterday"]).expect(2).says("30d, 2w or 12h");
    world.write("bad.toml", "[agents.a]\nbranch = 3\n");
    let bad = ["replay", "--trunk", "main", "--contract", "../bad.toml"];
    world.gate("repo", &bad).expect(2).says("bad.toml");
    // The contract says which branch it is for.
    world.write("c.toml", format!("trunk = \"main\"\n{CONTRACT}"));
    let named = ["replay", "--since", "2020-01-01", "--contract", "../c.toml"];
    world.gate("repo", &named).expect(0).says("over main since 2020-01-01");
}
