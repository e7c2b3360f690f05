//! `forecast`: what merging would bring. Rows: what three lanes and the trunk have done, and what is
//! found of it, in both directions: what breaks is named, and what does not is not.

use serde_json::Value;

use crate::gated::{files, play_each, script};
use crate::sandbox::{Ran, Sandbox, git_program};

const CONTRACT: &str = r#"
format = 1
[agents.a]
branch = "agents/a"
worktree = "wt-a"
scope = ["a/"]
[agents.b]
branch = "agents/b"
worktree = "wt-b"
scope = ["b/"]
[agents.c]
branch = "agents/c"
worktree = "wt-c"
scope = ["c/"]
[[merge-order]]
agents = ["a"]
[[merge-order]]
agents = ["b"]
[[merge-order]]
agents = ["c"]
"#;

/// What every row begins with: files in which something can be taken away.
const GROUND: [(&str, &str); 9] = [
    ("list.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n"),
    (
        "src/auth/middleware.ts",
        "import { findUser } from '../users/user';\n\n\
         export function requireAuth(req, res, next) {\n  const user = findUser(req.session);\n\
         \x20 if (!user) return res.status(401).end();\n  next();\n}\n",
    ),
    (
        "src/users/user.ts",
        "export type User = { id: string; email: string };\n\n\
         export function findUser(session): User | null {\n\
         \x20 return session ? { id: session.id, email: session.email } : null;\n}\n",
    ),
    (
        "src/api/index.ts",
        "import { requireAuth } from '../auth/middleware';\n\nexport const routes = [requireAuth];\n",
    ),
    (
        "app/models.py",
        "LIMIT = 10\n\n\nclass Invoice:\n    number: int\n    total: int\n\n    def is_paid(self):\n        return self.total == 0\n",
    ),
    ("app/views.py", "def view():\n    return 1\n"),
    ("db/migrations/0001_begin.sql", "create table users (id int);\n"),
    ("old/keep.txt", "one\ntwo\nthree\nfour\nfive\n"),
    ("old/more.txt", "eins\nzwei\ndrei\nvier\n"),
];

fn world() -> Sandbox {
    let world = Sandbox::new();
    for (file, content) in GROUND {
        world.write(format!("repo/{file}"), content);
    }
    world.write("repo/contract.toml", CONTRACT);
    world.commit("repo", "the ground");
    world.git("repo", &["config", "contractgate.trunk", "main"]);
    for lane in ["a", "b", "c"] {
        world.worktree(&format!("wt-{lane}"), &format!("agents/{lane}"));
    }
    world
}

fn forecast(world: &Sandbox) -> Ran {
    world.gate("repo", &["forecast", "--format", "json"])
}

fn document(world: &Sandbox, ran: &Ran) -> Value {
    let document: Value =
        serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let schema = world.gate(".", &["schema", "forecast"]).stdout;
    let schema = jsonschema::validator_for(&serde_json::from_slice(&schema).unwrap()).unwrap();
    let errors: Vec<String> =
        schema.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0], "{document:#}");
    document
}

/// What was found, a line each: `a b conflict content f`, `a b silent symbol a:x.ts:3 name certain`,
/// and of the sequence `step b conflict`.
fn found(document: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("trunk").to_owned();
    let mut found = Vec::new();
    for pair in document["pairs"].as_array().unwrap() {
        let sides = format!("{} {}", word(&pair["one"]), word(&pair["other"]));
        for conflict in pair["conflicts"].as_array().unwrap() {
            let paths: Vec<String> = conflict["paths"]
                .as_array()
                .unwrap()
                .iter()
                .map(|path| word(&path["path"]))
                .collect();
            found.push(format!("{sides} conflict {} {}", word(&conflict["kind"]), paths.join(" ")));
        }
        for silent in pair["silent"].as_array().unwrap() {
            let line = silent["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
            let mut text = format!(
                "{sides} silent {} {}:{}{line}",
                word(&silent["kind"]),
                word(&silent["agent"]),
                word(&silent["at"]["path"])
            );
            for more in ["name", "instead"] {
                if let Some(more) = silent[more].as_str() {
                    text += &format!(" {more}");
                }
            }
            if silent["certainty"] == "likely" {
                text += " likely";
            }
            found.push(text);
        }
    }
    for step in document["sequence"].as_array().unwrap() {
        if step["outcome"] != "clean" {
            found.push(format!("step {} {}", word(&step["agent"]), word(&step["outcome"])));
        }
    }
    found
}

struct Row {
    name: &'static str,
    given: String,
    finds: Vec<&'static str>,
    merged: Option<u64>,
}

fn row(name: &'static str) -> Row {
    Row { name, given: String::new(), finds: Vec::new(), merged: None }
}

impl Row {
    /// What a lane does, in its worktree, before it commits everything.
    fn lane(mut self, lane: &str, script: &str) -> Self {
        self.given += &format!("(cd wt-{lane}; {script}; save of-{lane})\n");
        self
    }

    /// What the trunk does meanwhile.
    fn trunk(mut self, script: &str) -> Self {
        self.given += &format!("(cd repo; {script}; save)\n");
        self
    }

    /// What happens in the world's top directory.
    fn then(mut self, script: &str) -> Self {
        self.given += &format!("({script})\n");
        self
    }

    fn finds(mut self, finds: impl Into<Vec<&'static str>>) -> Self {
        self.finds = finds.into();
        self
    }

    /// How many pairs git merges.
    fn merging(mut self, merged: u64) -> Self {
        self.merged = Some(merged);
        self
    }

    fn play(&self, world: &Sandbox) -> Result<(), String> {
        script(world, &self.given).expect(0);
        let ran = forecast(world);
        let document = document(world, &ran);
        let found = found(&document);
        let status = i32::from(!self.finds.is_empty());
        if found != self.finds || ran.code != status {
            return Err(format!("status {}, found {found:#?}", ran.code));
        }
        if self.merged.is_some_and(|merged| document["pairs_merged"] != merged) {
            return Err(format!("{} pairs were merged", document["pairs_merged"]));
        }
        Ok(())
    }
}

#[track_caller]
fn play(rows: impl IntoIterator<Item = Row>) {
    let model = world();
    play_each(rows, |row| (row.name, row.play(&model.copy())));
}

const RENAME: &str =
    "sed -i s/requireAuth/requireAuthenticatedUser/ src/auth/middleware.ts src/api/index.ts";

#[test]
fn conflicts_are_told_by_pair_and_kind() {
    play([
        row("nobody has done anything").merging(0),
        row("lanes that stay apart are not merged")
            .lane("a", "edit a/x")
            .lane("b", "edit b/x")
            .lane("c", "edit c/x")
            .trunk("edit d/x")
            .merging(0),
        row("two lanes change one line")
            .lane("a", "sed -i s/two/A/ list.txt")
            .lane("b", "sed -i s/two/B/ list.txt")
            .finds(["a b conflict content list.txt", "step b conflict"])
            .merging(1),
        row("two lanes change one file in places that are apart")
            .lane("a", "sed -i s/one/A/ list.txt")
            .lane("b", "sed -i s/nine/B/ list.txt")
            .merging(1),
        row("a lane and the trunk")
            .lane("b", "sed -i s/two/B/ list.txt")
            .trunk("sed -i s/two/T/ list.txt")
            .finds(["trunk b conflict content list.txt", "step b conflict"]),
        row("what came from the trunk is told of the trunk, and not of the lane that holds it")
            .lane("a", "sed -i s/two/A/ list.txt")
            .trunk("sed -i s/two/T/ list.txt")
            .then("cd wt-b; git merge -q main; edit b/x; save")
            .finds(["trunk a conflict content list.txt", "step a conflict"]),
        row("a file here, changed there and deleted")
            .lane("a", "sed -i s/two/A/ list.txt")
            .lane("c", "git rm -q list.txt")
            .finds(["a c conflict modify/delete list.txt", "step c conflict"]),
        row("a file here and a directory there")
            .lane("a", "edit new")
            .lane("b", "edit new/x")
            .finds(["a b conflict file/directory new", "step b conflict"]),
        row("a new path twice, with different contents")
            .lane("a", "edit new A")
            .lane("b", "edit new B")
            .finds(["a b conflict content new", "step b conflict"]),
        row("a directory that one lane renames, and to which another adds")
            .lane("a", "git mv old young")
            .lane("b", "edit old/added.txt")
            .finds(["a b conflict directory rename suggested young/added.txt old/added.txt", "step b conflict"]),
        row("a directory in which one lane deletes, and to which another adds")
            .lane("a", "git rm -q old/keep.txt; edit a/x")
            .lane("b", "edit old/added.txt")
            .merging(0),
        row("three lanes of which two go together, and the third meets both")
            .lane("a", "sed -i s/one/A/ list.txt")
            .lane("b", "sed -i s/nine/B/ list.txt")
            .lane("c", "sed -i 's/one/C/;s/nine/C/' list.txt")
            .finds([
                "a c conflict content list.txt",
                "b c conflict content list.txt",
                "step c conflict",
            ]),
        row("what is behind a conflict is not known, and what is apart from it is")
            .lane("a", "sed -i s/two/A/ list.txt")
            .lane("b", "sed -i s/two/B/ list.txt")
            .lane("c", "sed -i s/nine/C/ list.txt")
            .finds(["a b conflict content list.txt", "step b conflict", "step c unknown"]),
        row("a lane that stands on another one")
            .lane("a", "sed -i s/two/A/ list.txt; edit new")
            .then("cd wt-b; git merge -q agents/a; sed -i s/A/AB/ list.txt; save")
            .merging(0),
        row("a lane that holds an earlier state of another one, with work on both sides since")
            .lane("a", "sed -i s/two/A/ list.txt; edit new")
            .then("cd wt-b; git merge -q agents/a; sed -i s/nine/B/ list.txt; save")
            .lane("a", "sed -i s/one/AA/ list.txt")
            .merging(1),
        row("a branch that has nothing in common with the trunk")
            .then("cd wt-c; git checkout -q --orphan other; git rm -rfq .; edit c/x; git add -A; git commit -qm o; git branch -f agents/c HEAD 2>/dev/null || git update-ref refs/heads/agents/c HEAD")
            .finds(["trunk c conflict unrelated ", "step c conflict"]),
        row("a driver of the trunk's attributes merges, where no worktree has them")
            .trunk("git config merge.mine.driver 'cat %B >%A'; echo 'list.txt merge=mine' >.gitattributes")
            .then("git -C repo rm -q --cached .gitattributes; rm repo/.gitattributes; git -C repo checkout -q HEAD -- .gitattributes; rm repo/.gitattributes")
            .lane("a", "sed -i s/two/A/ list.txt")
            .lane("b", "sed -i s/two/B/ list.txt")
            .finds([]),
    ]);
}

#[test]
fn what_merges_and_breaks_is_told() {
    play([
        row("a file that one lane changes and another moves")
            .lane("a", "sed -i s/two/A/ old/keep.txt")
            .lane("b", "git mv old/keep.txt old/kept.txt")
            .finds(["a b silent moved a:old/keep.txt old/kept.txt"]),
        row("a file that both move and neither changes")
            .lane("a", "git mv old/keep.txt old/kept.txt")
            .lane("b", "git mv old/keep.txt old/kept.txt")
            .finds(["a b silent same-path b:old/kept.txt"]),
        row("a new path twice, with the same content")
            .lane("a", "edit new")
            .lane("c", "edit new")
            .finds(["a c silent same-path c:new"]),
        row("a number twice")
            .lane("a", "edit db/migrations/0002_uploads.sql")
            .lane("b", "edit db/migrations/0002_users.sql")
            .finds(["a b silent same-number b:db/migrations/0002_users.sql 0002 likely"]),
        row("a number twice, in directories, and in another spelling")
            .lane("a", "edit p/20240101_a/up.sql; edit v/V7__a.sql")
            .lane("b", "edit p/20240101_b/up.sql; edit v/V07__b.sql")
            .finds([
                "a b silent same-number b:p/20240101_b/up.sql 20240101 likely",
                "a b silent same-number b:v/V07__b.sql V07 likely",
            ]),
        row("a number of the trunk's")
            .lane("a", "edit db/migrations/0002_uploads.sql")
            .trunk("edit db/migrations/0002_users.sql")
            .finds(["trunk a silent same-number a:db/migrations/0002_uploads.sql 0002 likely"]),
        row("other numbers, other directories, dates and old directories")
            .lane("a", "edit db/migrations/0002_a.sql; edit one/0003_a.sql; edit notes/2024-11-30-a.md; edit db/migrations/x/a")
            .lane("b", "edit db/migrations/0003_b.sql; edit two/0003_b.sql; edit notes/2024-11-30-b.md; edit db/migrations/x/b"),
        row("a function that one lane renames and another begins to use")
            .lane("a", RENAME)
            .lane("b", "edit src/api/reports.ts \"import { requireAuth } from '../auth/middleware';\"; edit src/api/reports.ts 'use(requireAuth);'")
            .finds(["a b silent symbol b:src/api/reports.ts:1 requireAuth requireAuthenticatedUser"]),
        row("the same, by way of a module")
            .lane("a", RENAME)
            .lane("b", "edit src/api/x.ts \"import * as auth from '../auth/middleware';\"; edit src/api/x.ts 'use(auth.requireAuth);'")
            .finds(["a b silent symbol b:src/api/x.ts:2 requireAuth requireAuthenticatedUser"]),
        row("the trunk renames it")
            .trunk(RENAME)
            .lane("b", "edit src/api/x.ts \"import { requireAuth } from '../auth/middleware';\"")
            .finds(["trunk b silent symbol b:src/api/x.ts:1 requireAuth requireAuthenticatedUser"]),
        row("a file that uses it already, and that the lane without the rename has changed")
            .lane("a", "sed -i s/requireAuth/requireAuthenticatedUser/ src/auth/middleware.ts")
            .lane("b", "edit src/api/index.ts '// more'")
            .finds(["a b silent symbol b:src/api/index.ts:1 requireAuth requireAuthenticatedUser likely"]),
        row("a file that both have changed: the rename has reached it")
            .lane("a", RENAME)
            .lane("b", "edit src/api/index.ts; edit src/api/index.ts; sed -i '1i // top' src/api/index.ts")
            .finds(["a b conflict content src/api/index.ts", "step b conflict"]),
        row("a field that moves into another one")
            .lane("a", "sed -i 's/!user)/!user || !user.email)/' src/auth/middleware.ts")
            .lane("b", "sed -i 's/email: string }/identity: { email: string } }/' src/users/user.ts")
            .finds(["a b silent field a:src/auth/middleware.ts:5 User.email identity likely"]),
        row("a field that is taken apart, in a file that names the type")
            .lane("a", "edit src/a.ts \"import { User } from './users/user';\"; edit src/a.ts 'const { id, email }: User = load();'")
            .lane("b", "sed -i 's/; email: string }/ }/' src/users/user.ts")
            .finds(["a b silent field a:src/a.ts:2 User.email"]),
        row("Python: a constant, a method and a field")
            .lane("a", "sed -i 's/LIMIT/MOST/;s/is_paid/is_settled/;/total: int/d' app/models.py")
            .lane("b", "echo 'from app.models import LIMIT, Invoice' >app/views.py; edit app/views.py 'def v(invoice: Invoice):'; edit app/views.py '    return invoice.is_paid() and invoice.total < LIMIT'")
            .finds([
                "a b silent symbol b:app/views.py:1 LIMIT MOST",
                "a b silent symbol b:app/views.py:3 is_paid is_settled",
                "a b silent field b:app/views.py:3 Invoice.total",
            ]),
        row("a file that one lane moves and another begins to import")
            .lane("a", "git mv src/users/user.ts src/users/model.ts; sed -i s,users/user,users/model, src/auth/middleware.ts")
            .lane("b", "edit src/api/x.ts \"import { findUser } from '../users/user';\"")
            .finds(["a b silent import b:src/api/x.ts:1 src/users/model.ts"]),
    ]);
}

#[test]
fn what_does_not_break_is_not_told() {
    let rename = |row: Row| row.lane("a", RENAME);
    play([
        rename(row("another function of that name, of another module"))
            .lane("b", "edit src/api/x.ts \"import { requireAuth } from 'express-auth';\"; edit src/api/x.ts 'requireAuth();'"),
        rename(row("a function of its own"))
            .lane("b", "edit src/api/x.ts 'function requireAuth() {}'; edit src/api/x.ts 'requireAuth();'"),
        rename(row("the name in a string, in a comment and in prose"))
            .lane("b", "edit src/api/x.ts \"log('requireAuth'); // requireAuth\"; edit docs/x.md 'import requireAuth from middleware'"),
        rename(row("the name in another language"))
            .lane("b", "edit src/api/x.py 'from auth.middleware import requireAuth'"),
        row("a function that moves to another file of the lane")
            .lane("a", "sed -n 3,7p src/auth/middleware.ts >src/auth/guard.ts; sed -i 3,7d src/auth/middleware.ts; edit src/auth/middleware.ts \"export { requireAuth } from './guard';\"")
            .lane("b", "edit src/api/x.ts \"import { requireAuth } from '../auth/middleware';\""),
        row("a local value that goes")
            .lane("a", "sed -i 's/  const user = .*/  const found = findUser(req.session);/;s/!user/!found/' src/auth/middleware.ts")
            .lane("b", "edit src/api/x.ts 'export const it = user.id;'"),
        row("a field of another type")
            .lane("a", "edit src/a.ts \"import { User } from './users/user';\"; edit src/a.ts 'send(contact.email);'")
            .lane("b", "sed -i 's/; email: string }/ }/' src/users/user.ts"),
        row("a field of another type of that name")
            .lane("a", "edit src/a.ts \"import { User } from 'github';\"; edit src/a.ts 'send(user.email);'")
            .lane("b", "sed -i 's/; email: string }/ }/' src/users/user.ts"),
        row("a value that is called like the type, in a file that has nothing to do with it")
            .lane("a", "edit src/a.ts 'export const to = (user) => user.email;'")
            .lane("b", "sed -i 's/; email: string }/ }/' src/users/user.ts"),
        row("a field that both sides know the new way")
            .lane("a", "edit src/a.ts 'send(user.identity.email);'")
            .lane("b", "sed -i 's/email: string }/identity: { email: string } }/' src/users/user.ts"),
        row("a lane that stands on the rename")
            .lane("a", RENAME)
            .then("cd wt-b; git merge -q agents/a; edit src/api/x.ts 'export const requireAuth = 1; use(requireAuth)'; save"),
        row("work that is picked from one lane into another")
            .lane("a", "edit new; edit a/x")
            .then("cd wt-b; edit b/x; save; git cherry-pick agents/a >/dev/null; git rm -q new; save")
            .finds(["a b silent same-path b:a/x"]),
    ]);
}

/// The sources of the seed's example, with a suite that is green on either lane: it knows which names
/// a module exports and which fields a user has, and looks at the files as they are.
const SUITE: &str = r#"
set -e
fields=$(sed -n 's/^export type User = { \(.*\) };/\1/p' src/users/user.ts | sed 's/{[^}]*}//g' | tr ';' '\n' | sed 's/:.*//; s/ //g')
for used in $(grep -oh 'user\.[a-z]*' src/auth/*.ts | sed 's/user\.//' | sort -u); do
    echo "$fields" | grep -qx "$used" || { echo "a user has no $used"; exit 1; }
done
for name in $(sed -n "s/^import { \([A-Za-z]*\) } from '..\/auth\/middleware';/\1/p" src/*/*.ts); do
    grep -q "export function $name(" src/auth/middleware.ts || { echo "there is no $name"; exit 1; }
done
"#;

#[test]
fn the_example_of_the_two_green_lanes_is_named_before_anything_lands() {
    let world = world();
    let given = "
        (cd wt-a; sed -i 's/requireAuth/requireAuthenticatedUser/; s/(!user)/(!user || !user.email)/' src/auth/middleware.ts
         sed -i s/requireAuth/requireAuthenticatedUser/ src/api/index.ts; save 'Harden the middleware')
        (cd wt-b; sed -i 's/email: string }/identity: { email: string } }/; s/email: session.email }/identity: { email: session.email } }/' src/users/user.ts
         save 'A shape that can grow')
        (cd wt-c; edit src/api/reports.ts \"import { requireAuth } from '../auth/middleware';\"; save 'Reports')";
    script(&world, given).expect(0);
    world.write("home/suite", SUITE);
    let suite = |directory: &str| world.call(directory, "sh").arg("../home/suite").run();
    for lane in ["wt-a", "wt-b", "wt-c"] {
        suite(lane).expect(0);
    }
    let before = standing(&world);
    let ran = world.gate("repo", &["forecast"]);
    ran.expect(1);
    insta::assert_snapshot!(shown(&world, &ran), @r#"
    Forecast for main (ID): 3 lanes to land
    6 pairs looked at: 0 merged in memory, 6 skipped, whose paths cannot meet

           trunk  1  2
      1 a    .
      2 b    .    ~
      3 c    .    ~  .
      X conflict   ~ merges, and breaks silently   + merges   . cannot meet

    a and b
      silent, likely: src/auth/middleware.ts:5
        a uses `User.email`, which b removes (src/users/user.ts:1)
        `identity` is there now
      help: b keeps `email` for as long as a uses it
            once a has landed, bring b up to date  git -C /world/wt-b merge main

    a and c
      silent: src/api/reports.ts:1
        c uses `requireAuth`, which a removes (src/auth/middleware.ts:3)
        `requireAuthenticatedUser` is there now
      help: once a has landed, bring c up to date  git -C /world/wt-c merge main

    One after another, in the contracted order
      every step merges

    2 pairs break silently
"#);
    assert_eq!(standing(&world), before, "nothing is touched");

    // And so it is: git merges all of it without a word, and the suite fails.
    for (lane, broken) in [("b", "a user has no email"), ("c", "there is no requireAuth")] {
        world.git("repo", &["checkout", "-q", "-B", "together", "agents/a"]);
        world.git("repo", &["merge", "-q", "--no-edit", &format!("agents/{lane}")]);
        suite("repo").expect(1).says(broken);
    }
}

/// The page, without what differs from world to world.
fn shown(world: &Sandbox, ran: &Ran) -> String {
    let text = ran.text().replace(&world.path("").display().to_string(), "/world/");
    text.replace(&world.id("repo", "main")[..7], "ID")
}

/// Every ref, every object and every file.
fn standing(world: &Sandbox) -> Vec<std::collections::BTreeMap<String, Vec<u8>>> {
    ["repo", "wt-a", "wt-b", "wt-c"].map(|directory| files(&world.path(directory))).to_vec()
}

#[test]
fn the_page_shows_conflicts_with_the_command_that_comes_next() {
    let world = world();
    let given = "
        (cd wt-a; sed -i s/two/A/ list.txt; save)
        (cd wt-b; sed -i s/two/B/ list.txt; git rm -q old/keep.txt; save)
        (cd wt-c; sed -i s/nine/C/ list.txt; edit db/migrations/0002_c.sql; save)
        (cd repo; sed -i s/three/T/ old/keep.txt; edit db/migrations/0002_t.sql; save)";
    script(&world, given).expect(0);
    let ran = world.gate("wt-a", &["forecast"]);
    ran.expect(1);
    insta::assert_snapshot!(shown(&world, &ran), @r#"
    Forecast for main (ID): 3 lanes to land
    6 pairs looked at: 4 merged in memory, 2 skipped, whose paths cannot meet

           trunk  1  2
      1 a    .
      2 b    X    X
      3 c    ~    +  +
      X conflict   ~ merges, and breaks silently   + merges   . cannot meet

    main and b
      conflict: old/keep.txt (modify/delete)
      help: bring b up to date  git -C /world/wt-b merge main

    main and c
      silent, likely: db/migrations/0002_c.sql
        c takes the number 0002, and so does main: db/migrations/0002_t.sql
      help: c takes the next number
            bring c up to date  git -C /world/wt-c merge main

    a and b
      conflict: list.txt (content)
      help: once a has landed, bring b up to date  git -C /world/wt-b merge main

    One after another, in the contracted order
      step 1 merges
      step 2, b, conflicts in list.txt (content), old/keep.txt (modify/delete)
        step 3 is not known before that is resolved

    2 pairs conflict, 1 pair breaks silently
"#);
}

#[test]
fn it_is_the_same_from_everywhere_and_with_a_git_that_merges_one_by_one() {
    let world = world();
    let given = "
        (cd wt-a; sed -i s/two/A/ list.txt; edit new; save)
        (cd wt-b; sed -i s/two/B/ list.txt; edit new; save)
        (cd wt-c; sed -i s/nine/C/ list.txt; save)
        (cd repo; sed -i s/five/T/ list.txt; save)";
    script(&world, given).expect(0);
    let expected = forecast(&world);
    expected.expect(1);
    for directory in ["wt-b", "wt-b/src/auth"] {
        let ran = world.gate(directory, &["forecast", "--format", "json"]);
        assert_eq!(ran.text(), expected.text(), "{directory}");
    }
    world.git(".", &["clone", "-q", "--bare", "repo", "bare.git"]);
    let ran = world.gate("bare.git", &["forecast", "--trunk", "main", "--format", "json"]);
    assert_eq!(ran.text(), expected.text(), "in a bare repository");
    world.git(".", &["clone", "-q", "repo", "clone"]);
    let remote = ["forecast", "--trunk", "main", "--remote", "origin", "--format", "json"];
    assert_eq!(world.gate("clone", &remote).text(), expected.text(), "in a clone, of its remote");

    // Git 2.38 has no --stdin, and answers with its usage.
    let git = which(&git_program().to_string_lossy());
    let old = format!(
        "#!/bin/sh\nfor word; do case $word in --stdin) case \"$*\" in *merge-tree*) exit 129 ;; esac ;; esac; done\nexec {git} \"$@\"\n"
    );
    world.write("old/git", old);
    world.make_executable("old/git");
    let path = format!("{}:{}", world.path("old").display(), search_path());
    let call = world.call("repo", Sandbox::gate_program()).args(["forecast", "--format", "json"]);
    assert_eq!(call.env("PATH", path).run().text(), expected.text(), "merged one by one");
}

#[allow(clippy::disallowed_methods, reason = "a test finds programs where its user does")]
fn search_path() -> String {
    std::env::var("PATH").unwrap()
}

fn which(program: &str) -> String {
    if program.contains('/') {
        return program.to_owned();
    }
    let path = search_path();
    let mut all = path.split(':').map(|directory| format!("{directory}/{program}"));
    all.find(|file| std::path::Path::new(file).exists()).unwrap()
}

#[test]
fn a_driver_of_the_trunk_is_named() {
    let world = world();
    let given = "
        (cd repo; git config merge.mine.driver 'cat %B >%A'
         printf 'list.txt merge=mine\\nold/* -merge\\n' >.gitattributes; save; echo '* -merge' >.gitattributes)
        for lane in a b; do (cd wt-$lane; sed -i s/two/$lane/ list.txt; save of-$lane); done";
    script(&world, given).expect(0);
    let ran = world.gate("repo", &["forecast"]);
    ran.expect(0).says("note: list.txt is merged by the driver mine (an attribute)");
    let document = document(&world, &forecast(&world));
    assert_eq!(document["drivers"][0]["at"]["path"], "list.txt");
    assert_eq!(document["drivers"].as_array().unwrap().len(), 1);
    assert_eq!(document["pairs_merged"], 1);
}

#[test]
fn lanes_with_nothing_to_land_are_left_out_with_the_reason() {
    let world = world();
    let given = "
        (cd wt-a; edit a/x; save; cd ../repo; git merge -q --no-ff --no-edit agents/a)
        git -C repo worktree remove ../wt-c; git -C repo branch -q -D agents/c";
    script(&world, given).expect(0);
    let ran = forecast(&world);
    let document = document(&world, ran.expect(0));
    let reasons = [("a", "has landed"), ("b", "has done nothing yet"), ("c", "has no branch yet")];
    let expected =
        reasons.map(|(agent, reason)| serde_json::json!({"agent": agent, "reason": reason}));
    assert_eq!(document["left_out"], serde_json::json!(expected));
    assert_eq!(document["pairs_total"], 0);
    let text = world.gate("repo", &["forecast"]);
    text.expect(0).says("no lane has anything to land").says("b has done nothing yet");
    world.write("repo/contract.toml", CONTRACT.replace("\"wt-b\"", "\"wt-b\"\nwithdrawn = true"));
    world.commit("repo", "b is withdrawn");
    world.gate("repo", &["forecast"]).expect(0).says("b is withdrawn");
}

#[test]
fn what_cannot_be_known_is_a_failure() {
    let world = world();
    let ran = world.gate("repo", &["forecast", "--trunk", "nowhere", "--format", "json"]);
    ran.expect(2).says("nowhere");
    assert_eq!(ran.text(), "");
    world.git("repo", &["rm", "-q", "contract.toml"]);
    world.commit("repo", "no contract");
    world.gate("repo", &["forecast"]).expect(2).says("there is no contract on main");
}
