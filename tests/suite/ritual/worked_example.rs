//! The worked example as it is written (contract, lanes, scopes and files), with a suite that reads
//! what is there: landed by `land --all`, and closed. What one lane breaks does not land.

use super::play;
use crate::sandbox::{Ran, Sandbox};

/// What a type checker and a test runner would find: every import is of a file that exports the name,
/// every table that is used is in the schema and in a migration, and every route that is tested is
/// served by the very function that its file exports.
const SUITE: &str = r#"#!/bin/sh
# bad WHAT: notes a fault
faults=$(mktemp); trap 'rm -f "$faults"' EXIT
bad() { echo "FAIL $*" | tee -a "$faults"; }
# exported FILE NAME
exported() { grep -Eq "^export (const|function|class|interface|type) $2\b" "$1" 2>/dev/null; }

grep -rnE "^import \{" src tests | while IFS=: read -r file line text; do
    from=$(echo "$text" | sed -E 's/.* from "([^"]*)";.*/\1/')
    at=$(dirname "$file")/$from.ts
    for name in $(echo "$text" | sed -E 's/import \{([^}]*)\}.*/\1/; s/,/ /g'); do
        exported "$at" "$name" || bad "$file:$line: $from exports no $name"
    done
done
grep -rnoE "\b[a-z][A-Za-z]+\(" src/api/uploads src/api/router.ts tests/uploads --include='*.ts' |
    while IFS=: read -r file line call; do
        name=${call%(}
        case $name in test|expect|constructor) continue ;; esac
        grep -Eq "(^import \{.*\b$name\b)|function $name\b|\.$name\(|^  $name\(" "$file" || bad "$file:$line: $name is not defined"
    done
grep -rnoE "tables\.[a-z_]+" src tests | while IFS=: read -r file line use; do
    table=${use#tables.}
    grep -q "^  $table: {" src/db/schema.ts || bad "$file:$line: the schema has no table $table"
done
for table in $(sed -nE 's/^  ([a-z_]+): \{.*/\1/p' src/db/schema.ts); do
    grep -q "^create table $table " src/db/migrations/*.sql || bad "no migration creates $table"
done
grep -rnoE 'request\("(GET|POST) [^"]+"' tests | while IFS=: read -r file line call; do
    verb=$(echo "$call" | sed -E 's/.*"(GET|POST) .*/\1/' | tr A-Z a-z)
    path=$(echo "$call" | sed -E 's/.* ([^"]+)"/\1/')
    grep -q "^router\.$verb(\"$path\"" src/api/router.ts || bad "$file:$line: nothing serves $verb $path"
done
grep -rnoE 'fixture\("[^"]+"' tests | while IFS=: read -r file line call; do
    name=$(echo "$call" | sed -E 's/.*"([^"]+)"/\1/')
    test -s "tests/fixtures/uploads/$name" || bad "$file:$line: there is no fixture $name"
done
test ! -s "$faults" && echo "all is well"
"#;

/// What the three agents do, each in its own paths.
const WORK: &str = r#"
migrations() { (
    cd "$TOP/wt-migrations"
    printf '%s\n' 'create table uploads (' '  id uuid primary key, filename text, mime_type text,' \
        '  size_bytes bigint, created_at timestamptz' ');' >src/db/migrations/0002_uploads.sql
    sed -i 's/^};/  uploads: { id: "uuid", filename: "text", mime_type: "text", size_bytes: "bigint", created_at: "timestamptz" },\n};/' src/db/schema.ts
    save 'the uploads table'
) }
uploads() { (
    cd "$TOP/wt-uploads"
    cat >src/api/uploads/create.ts <<'END'
import { tables } from "../../db/schema";
import { uploadUrl } from "./url";

export function createUpload(body) {
  const row = { ...tables.uploads, filename: body.filename };
  return { status: 201, uploadId: row.id, url: uploadUrl(row.id) };
}
END
    printf '%s\n' 'export function uploadUrl(id) {' '  return `/files/${id}`;' '}' >src/api/uploads/url.ts
    sed -i '1a import { createUpload } from "./uploads/create";' src/api/router.ts
    echo 'router.post("/api/uploads", createUpload);' >>src/api/router.ts
    sed -i 's/"scripts"/"dependencies": { "mime": "4" },\n  "scripts"/' package.json
    save 'the uploads endpoint'
) }
tests() { (
    cd "$TOP/wt-tests"
    cat >tests/uploads/create.test.ts <<'END'
import { createUpload } from "../../src/api/uploads/create";

test("an upload is made", () => {
  expect(request("POST /api/uploads", fixture("large.txt")).status).toBe(201);
  expect(createUpload({ filename: "large.txt" }).url).toBe("/files/uuid");
});
function request(route, body) {}
function fixture(name) {}
END
    echo large >tests/fixtures/uploads/large.txt
    save 'tests of uploads'
) }
"#;

/// The worked example, its suite on the trunk, and the gate in the repository.
fn world() -> Sandbox {
    let world = Sandbox::uploads();
    world.write("repo/suite.sh", SUITE);
    world.make_executable("repo/suite.sh");
    played(
        &world,
        "cd repo; ./suite.sh; save 'the suite'
         for lane in uploads migrations tests; do git -C ../wt-$lane merge -q --ff-only main; done
         \"$GATE\" install --trunk main >/dev/null",
    )
    .expect(0);
    world
}

fn played(world: &Sandbox, text: &str) -> Ran {
    play(world, &format!("{WORK}\n{text}"))
}

const LAND: &str = "gate land --all --suite ./suite.sh";

/// The lanes whose work is on the trunk, in the order in which it came.
fn landed(world: &Sandbox) -> Vec<String> {
    let log = ["log", "--first-parent", "--reverse", "--format=%s", "main"];
    let subjects = world.git("repo", &log).lines();
    let agent = |line: &String| {
        let (_, agent) = line.strip_suffix(')')?.split_once(" (")?;
        line.starts_with("Merge branch ").then(|| agent.to_owned())
    };
    subjects.iter().filter_map(agent).collect()
}

#[test]
fn it_is_landed_with_a_real_suite_and_closed() {
    let world = world();
    let ran = played(&world, &format!("tests; uploads; migrations; {LAND}"));
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(landed(&world), ["agent-2", "agent-1", "agent-3"]);
    assert!(ran.text().contains("once more on everything: the suite passed"), "{ran:?}");
    // What the trunk's worktree holds is what passes, and every step on the way did.
    played(
        &world,
        "cd repo; ./suite.sh; test -z \"$(git status --porcelain)\"; \"$GATE\" check --all
         for state in $(git rev-list --first-parent -3 main); do
             mkdir ../at; git archive $state | tar -x -C ../at; (cd ../at; ./suite.sh); rm -r ../at
         done",
    )
    .expect(0);
    let ran = played(&world, "gate close");
    assert!(ran.code == 0 && ran.text().contains("Close the run feature/uploads"), "{ran:?}");
    played(&world, "cd repo; test ! -e CONTRACT.md; ./suite.sh; git fsck --strict").expect(0);
}

/// One lane that is broken, so that the suite fails with it: whose, what breaks it, what the suite
/// finds, who has landed by then, and what mends it.
struct Broken {
    agent: &'static str,
    by: &'static str,
    found: &'static str,
    before: &'static [&'static str],
    mended: &'static str,
}

const BROKEN: [Broken; 4] = [
    Broken {
        agent: "agent-2",
        by: "cd wt-migrations; git rm -q src/db/migrations/0002_uploads.sql; save forgotten",
        found: "no migration creates uploads",
        before: &[],
        mended: "cd wt-migrations; git checkout -q HEAD^ src/db/migrations; save mended",
    },
    Broken {
        agent: "agent-1",
        by: "cd wt-uploads; git rm -q src/api/uploads/url.ts; sed -i 2d src/api/uploads/create.ts; save tidied",
        found: "src/api/uploads/create.ts:5: uploadUrl is not defined",
        before: &["agent-2"],
        mended: "cd wt-uploads; git checkout -q HEAD^ src/api; save mended",
    },
    Broken {
        agent: "agent-1",
        by: "cd wt-uploads; sed -i 's/createUpload/makeUpload/' src/api/uploads/create.ts; save renamed",
        found: "./uploads/create exports no createUpload",
        before: &["agent-2"],
        mended: "cd wt-uploads; git checkout -q HEAD^ src/api; save mended",
    },
    Broken {
        agent: "agent-3",
        by: "cd wt-tests; sed -i 's,POST /api/uploads,POST /api/upload,' tests/uploads/create.test.ts; save wrong",
        found: "nothing serves post /api/upload",
        before: &["agent-2", "agent-1"],
        mended: "cd wt-tests; git checkout -q HEAD^ tests; save mended",
    },
];

#[test]
fn what_one_lane_breaks_does_not_land() {
    let model = world();
    played(&model, "tests; uploads; migrations").expect(0);
    for Broken { agent, by, found, before, mended } in BROKEN {
        let world = model.copy();
        played(&world, by).expect(0);
        let ran = played(&world, LAND);
        assert_eq!(ran.code, 1, "{by}: {ran:?}");
        let prompt = format!("For {agent}'s next prompt:");
        for word in [found, &prompt, "hard constraint"] {
            assert!(ran.text().contains(word), "{by}: {word}: {ran:?}");
        }
        assert_eq!(landed(&world), *before, "{by}");
        // Nothing of it is on the trunk, or in its worktree, and the run is not over.
        let lane = world.git("repo", &["log", "--format=%H", "-1", "--", "suite.sh"]).line();
        let branch = match agent {
            "agent-1" => "agents/uploads",
            "agent-2" => "agents/migrations",
            _ => "agents/tests",
        };
        let own = world.git("repo", &["rev-list", &format!("{lane}..{branch}"), "--not", "main"]);
        assert_eq!(own.lines().len(), 2, "{by}");
        played(
            &world,
            "cd repo; test -z \"$(git status --porcelain)\"; ./suite.sh; test -e CONTRACT.md; ! \"$GATE\" close >/dev/null",
        )
        .expect(0);
        played(&world, mended).expect(0);
        played(&world, &format!("{LAND} >/dev/null; gate close >/dev/null; cd repo; ./suite.sh"))
            .expect(0);
        assert_eq!(landed(&world), ["agent-2", "agent-1", "agent-3"], "{by}");
    }
}
