//! Changes whose shape hides what they do.

use super::Verdict::Taken;
use super::{Client, Row, refused, row, stops, theme};

theme!(
    "Shapes of a change",
    "Agent-1 changes on `agents/uploads` what it may not, by something else than an edit of a file.",
    [
        renames_and_deletions,
        modes_and_links,
        links_to_others_directories,
        submodules,
        names,
        kinds,
        unseen_changes,
        additions,
        beside_a_waiver
    ]
);

const COMMIT: &str = "pre-commit";

/// Two names that look the same: the accent is a part of the letter, or stands behind it.
const COMPOSED: &str = "$(printf 'two/caf\\303\\251')";
const DECOMPOSED: &str = "$(printf 'two/cafe\\314\\201')";

/// A change in the worktree of agent-1's lane, committed with everything else there.
fn changed(name: &'static str, change: &str, code: &'static str) -> Row {
    row(name)
        .tried(format!("cd wt-uploads; {change}; save"))
        .client(stops(COMMIT, code))
        .pushes("agents/uploads")
        .server(refused(code))
}

fn renames_and_deletions() -> Vec<Row> {
    vec![
        changed(
            "A file is renamed out of scope",
            "git mv src/api/uploads/README.md docs.md",
            "out-of-scope",
        ),
        changed(
            "A file is renamed into scope",
            "git mv src/auth/session.ts src/api/uploads/",
            "out-of-scope",
        ),
        changed(
            "Another lane's file is renamed into scope",
            "git mv src/db/migrations/0001_users.sql src/api/uploads/",
            "out-of-scope",
        ),
        row("Another lane's file is renamed into scope, which that lane had taken away and brought back with a fix")
            .given(
                "(cd wt-migrations; git rm -q src/db/migrations/0001_users.sql; save); publish agents/migrations
                 land migrations; publish main agents/migrations
                 (cd wt-migrations; unseen checkout -q HEAD^ -- src/db/migrations/0001_users.sql
                  edit src/db/migrations/0001_users.sql '-- fixed'; save); land migrations; publish main agents/migrations",
            )
            .tried("cd wt-uploads; git mv src/db/migrations/0001_users.sql src/api/uploads/; git commit -qm x")
            .client(stops(COMMIT, "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
        row("A change of another lane's file that was landed and taken back, before that lane renamed the file")
            .given(
                "conf=src/db/migrations/0001_users.sql
                 (cd wt-migrations; edit $conf '-- off'; save); land migrations; publish main agents/migrations
                 (cd wt-migrations; unseen revert --no-edit HEAD >/dev/null; git mv $conf src/db/migrations/first.sql; git commit -qm renamed)
                 land migrations; publish main agents/migrations",
            )
            .tried("cd wt-uploads; edit src/db/migrations/0001_users.sql '-- off'; git commit -qam x")
            .client(stops(COMMIT, "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
        row("A line that the trunk took back, in a file that nobody edits and git merges by a driver")
            .given(
                "(cd repo; echo 'README.md merge=union' >.gitattributes; echo evil >README.md; smuggle; echo better >README.md; smuggle)
                 git -C anonymous.git fetch -q ../repo main:main; git -C named.git fetch -q ../repo main:main",
            )
            .tried("cd wt-uploads; echo evil >README.md; git commit -qam x")
            .client(stops(COMMIT, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("The same, where the pusher has a driver of that name")
            .given(
                "(cd repo; echo 'README.md merge=union' >.gitattributes; echo evil >README.md; smuggle; echo better >README.md; smuggle)
                 git -C anonymous.git fetch -q ../repo main:main; git -C named.git fetch -q ../repo main:main
                 git config --global merge.union.driver false",
            )
            .tried("cd wt-uploads; echo evil >README.md; git commit -qam x")
            .client(stops(COMMIT, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("The same, where the file of attributes begins with a byte order mark")
            .given(
                "(cd repo; printf '\\357\\273\\277README.md merge=union\\n' >.gitattributes
                  echo evil >README.md; smuggle; echo better >README.md; smuggle)
                 git -C anonymous.git fetch -q ../repo main:main; git -C named.git fetch -q ../repo main:main",
            )
            .tried("cd wt-uploads; echo evil >README.md; git commit -qam x")
            .client(stops(COMMIT, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("Lines that the trunk took back, which git puts back since it compares by histogram, and would not by Myers")
            .given(
                "of() { printf '%s\\n' \"$@\" >README.md; }
                 (cd repo; of end 'x();' 'x();' '#' '}' 'x();' 'x();' end end end; smuggle)
                 unseen -C wt-uploads merge -q --ff-only main
                 (cd repo; of end 'x();' 'x();' '#' '}' end end end 'x();' 'x();'; smuggle
                  of end 'x();' 'x();' '#' '}' 'x();' return 'x();' 'x();' end end end; smuggle)
                 git -C anonymous.git fetch -q ../repo main:main; git -C named.git fetch -q ../repo main:main",
            )
            .tried("cd wt-uploads; printf '%s\\n' end 'x();' 'x();' '#' '}' end end end 'x();' 'x();' >README.md; git commit -qam x")
            .client(stops(COMMIT, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A change of another lane's lines where two merge bases conflict about others, and one has them as they were")
            .given(
                "conf=src/db/migrations/0001_users.sql; on() { { echo limit $1; seq 15; echo check $2; } >$conf; }
                 (cd wt-migrations; on 10 off; save); land migrations; publish main agents/migrations
                 begun=$(git -C repo rev-parse main); unseen -C wt-uploads merge -q --ff-only main
                 (cd wt-migrations; on 20 off; save); publish agents/migrations
                 one=$(git -C repo rev-parse agents/migrations); land migrations; publish main
                 (cd wt-migrations; unseen reset -q --hard $begun; on 30 on; smuggle); publish agents/migrations
                 other=$(git -C repo rev-parse agents/migrations)
                 (cd repo; unseen merge -q --no-ff --no-commit $other >/dev/null || true; on 20 on; smuggle); publish main
                 cd wt-uploads; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-edit $one
                 unseen merge -q --no-ff --no-commit $other >/dev/null || on 20 off; git add -A",
            )
            .tried("cd wt-uploads; git commit -qm merged")
            .client(stops(COMMIT, "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
        row("Another lane's file is deleted where two merge bases conflict about it, and the trunk has it as it was before both")
            .given(
                "conf=src/db/migrations/0001_users.sql
                 begun=$(git -C repo rev-parse main)
                 (cd wt-migrations; unseen reset -q --hard $begun; git rm -q $conf; smuggle); publish agents/migrations
                 gone=$(git -C repo rev-parse agents/migrations); land migrations; publish main
                 (cd wt-migrations; unseen reset -q --hard $begun; edit $conf; smuggle); publish agents/migrations
                 changed=$(git -C repo rev-parse agents/migrations)
                 (cd repo; unseen merge -q --no-ff --no-commit $changed >/dev/null || true; git checkout -q $begun -- $conf; smuggle); publish main
                 cd wt-uploads; unseen reset -q --hard $begun; edit src/api/uploads/create.ts; smuggle; unseen merge -q --no-edit $gone
                 unseen merge -q --no-ff --no-commit $changed >/dev/null || git rm -q --force $conf",
            )
            .tried("cd wt-uploads; git commit -qm merged")
            .client(stops(COMMIT, "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
        changed(
            "A file is copied out of scope",
            "cp src/api/uploads/README.md src/db/migrations/",
            "out-of-scope",
        ),
        changed(
            "A file that nobody may edit is deleted",
            "git rm -q tsconfig.json",
            "shared-frozen",
        ),
        changed("Everything is deleted", "git rm -rq .; edit src/api/uploads/a.ts", "out-of-scope"),
        changed("A new file at the root", "edit new.txt", "out-of-scope"),
        changed("An empty new file out of scope", "mkdir d; : >d/empty", "out-of-scope"),
    ]
}

fn modes_and_links() -> Vec<Row> {
    vec![
        changed(
            "`chmod` of a file that nobody may edit",
            "chmod +x tsconfig.json",
            "shared-frozen",
        ),
        changed(
            "`chmod` of a file that may only be added to",
            "chmod +x src/api/router.ts",
            "additions-only",
        ),
        changed(
            "A file outside of scope becomes a symbolic link with the same content",
            "cp tsconfig.json src/api/uploads/; ln -sf src/api/uploads/tsconfig.json tsconfig.json",
            "shared-frozen",
        ),
        changed(
            "A symbolic link in scope that leads out of it",
            "ln -s ../../db/schema.ts src/api/uploads/schema.ts",
            "path-hazard",
        ),
        changed(
            "A symbolic link in scope that leads out of the repository",
            "ln -s /etc/passwd src/api/uploads/users",
            "path-hazard",
        ),
        changed(
            "A symbolic link in scope that goes through another one",
            "ln -s . src/api/uploads/here; ln -s here/../../http.ts src/api/uploads/http.ts",
            "path-hazard",
        ),
        changed(
            "A symbolic link in scope that climbs back through another one",
            "mkdir -p src/api/uploads/a/b; ln -s ../.. src/api/uploads/a/b/c; ln -s a/b/c/../../../README.md src/api/uploads/x",
            "path-hazard",
        ),
        changed(
            "A symbolic link replaces a directory of the lane",
            "git rm -rq src/api/uploads; ln -s ../db src/api/uploads",
            "out-of-scope",
        ),
        changed(
            "A symbolic link replaces another lane's directory",
            "git rm -rq src/db/migrations; ln -s ../api/uploads src/db/migrations",
            "out-of-scope",
        ),
    ]
}

fn links_to_others_directories() -> Vec<Row> {
    // The contract says something else about paths, and the lane has it.
    let under = |name, edit: &str, link: &str| {
        changed(name, link, "path-hazard").given(format!(
            "(cd repo; sed -i '{edit}' contract.toml; smuggle); publish main; cd wt-uploads; unseen merge -q --ff-only main"
        ))
    };
    let beside = r#"s|"src/api/uploads/\*\*"|"src/api/uploads/**", "src/db/*"|"#;
    let shared = r#"s|^.shared.$|&\n"src/api/uploads/db/**" = { owner = "agent-2" }|"#;
    let except = r#"s|"src/api/uploads/\*\*"|{ path = "src/api/uploads/**", except = ["src/api/uploads/old/"] }|"#;
    vec![
        under(
            "A symbolic link to another lane's directory, whose name is a file's in scope",
            beside,
            "ln -s migrations src/db/l",
        ),
        under(
            "A symbolic link in scope to a directory there that another lane owns",
            shared,
            "ln -s db src/api/uploads/l",
        ),
        under(
            "A symbolic link in scope to a directory in which another lane owns one",
            shared,
            "ln -s . src/api/uploads/l",
        ),
        under(
            "A symbolic link in scope to a directory that an exception takes out of it",
            except,
            "ln -s old src/api/uploads/l",
        ),
    ]
}

fn submodules() -> Vec<Row> {
    let module = "git init -q ../module; (cd ../module; edit a; smuggle)";
    vec![
        changed(
            "A submodule is added in scope",
            &format!("{module}; git submodule --quiet add ../module src/api/uploads/m 2>&1"),
            "path-hazard",
        ),
        changed(
            "A submodule is added in scope, without `.gitmodules`",
            &format!("{module}; put 160000 $(git -C ../module rev-parse HEAD) src/api/uploads/m"),
            "path-hazard",
        )
        .tried(format!(
            "cd wt-uploads; {module}; put 160000 $(git -C ../module rev-parse HEAD) src/api/uploads/m; git commit -qm x"
        )),
        changed("A submodule replaces a file", "true", "shared-frozen").tried(format!(
            "cd wt-uploads; {module}; rm tsconfig.json; put 160000 $(git -C ../module rev-parse HEAD) tsconfig.json
             git commit -qm x"
        )),
        row("A submodule is moved on, hidden by `submodule.m.ignore = all` and `diff.ignoreSubmodules`")
            .given(format!(
                "git -C repo config submodule.m.ignore all; git -C repo config diff.ignoreSubmodules all
                 cd wt-uploads; {module}; put 160000 $(git -C ../module rev-parse HEAD) src/auth/m; smuggle
                 (cd ../module; edit a; smuggle)"
            ))
            .tried(
                "cd wt-uploads; put 160000 $(git -C ../module rev-parse HEAD) src/auth/m
                 git commit -q --allow-empty -m x",
            )
            .client(stops(COMMIT, "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
        row("A submodule that the trunk has moved on and back is moved on again: git takes the newer of two commits")
            .given(
                "git init -q module; (cd module; for at in 1 2 3; do edit a $at; smuggle; done)
                 move() { put 160000 $(git -C ../module rev-parse $1) lib; unseen commit -qm lib; }
                 (cd repo; move HEAD~2); unseen -C wt-uploads merge -q --ff-only main; (cd repo; move HEAD; move HEAD~1)
                 git -C anonymous.git fetch -q ../repo main:main; git -C named.git fetch -q ../repo main:main",
            )
            .tried("cd wt-uploads; put 160000 $(git -C ../module rev-parse HEAD) lib; git commit -qm x")
            .client(stops(COMMIT, "path-hazard"))
            .pushes("agents/uploads")
            .server(refused("path-hazard")),
        changed("`.gitmodules`, in scope", "edit src/api/uploads/.gitmodules '[submodule \"m\"]'", "path-hazard"),
        changed("`.gitmodules`, at the root", "edit .gitmodules '[submodule \"m\"]'", "out-of-scope"),
    ]
}

fn names() -> Vec<Row> {
    vec![
        changed(
            "A second file whose name differs in case alone",
            "git config core.ignoreCase false; edit src/api/uploads/readme.md",
            "path-hazard",
        ),
        changed(
            "A rename in case alone, of a file outside of scope",
            "git config core.ignoreCase false; git mv -f tsconfig.json TSConfig.json",
            "shared-frozen",
        ),
        row("A rename in Unicode form alone, of a file outside of scope")
            .given(format!(
                "(cd repo; edit \"{COMPOSED}\"; smuggle)
                 for server in anonymous named; do git -C $server.git fetch -q ../repo main:main; done
                 unseen -C wt-uploads merge -q main"
            ))
            .tried(format!("cd wt-uploads; git mv \"{COMPOSED}\" \"{DECOMPOSED}\"; save"))
            .client(stops(COMMIT, "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
        changed(
            "A second file whose name differs in a dot at the end, which Windows drops",
            "edit src/api/uploads/README.md.",
            "path-hazard",
        ),
        changed(
            "A second directory whose name differs in a blank at the end",
            "edit src/api/uploads/deep/a; edit 'src/api/uploads/deep /a'",
            "path-hazard",
        ),
        changed(
            "A directory of the scope in another case",
            "git config core.ignoreCase false; edit src/API/uploads/a.ts",
            "out-of-scope",
        ),
        changed(
            "A second file whose name differs in Unicode form alone",
            "edit \"src/api/uploads/$(printf 'caf\\303\\251').ts\"
             edit \"src/api/uploads/$(printf 'cafe\\314\\201').ts\"",
            "path-hazard",
        ),
        changed("A name that only looks like one in scope", "edit 'src/api/uploads /a.ts'", "out-of-scope"),
        changed("A name in scope's pattern, one component short", "edit src/api/uploads.ts", "out-of-scope"),
        changed("A name with a newline, out of scope", "edit \"$(printf 'src/api\\nuploads/a')\"", "out-of-scope"),
        changed("A name that is not UTF-8, out of scope", "edit \"$(printf 'src/\\377/a')\"", "out-of-scope"),
        changed("`.gitattributes` in scope, that switches diffs off", "edit src/api/uploads/.gitattributes '* -diff'", "path-hazard"),
        changed(
            "`.gitattributes` with a blank at the end, which NTFS drops",
            "edit 'src/api/uploads/.gitattributes ' '* -diff'",
            "path-hazard",
        ),
        changed(
            "`.gitattributes` by the short name that NTFS gives it",
            "edit src/api/uploads/GITATT~1 '* -diff'",
            "path-hazard",
        ),
        changed(
            "`.gitattributes` as its own stream on NTFS",
            "edit 'src/api/uploads/.gitattributes::$DATA' '* -diff'",
            "path-hazard",
        ),
        changed(
            "`.gitattributes` with a character that HFS+ ignores",
            "edit \"src/api/uploads/$(printf '.git\\342\\200\\214attributes')\" '* -diff'",
            "path-hazard",
        ),
        changed("`.gitmodules` with a dot at the end", "edit src/api/uploads/.gitmodules. '[submodule]'", "path-hazard"),
        row("A hook below `.git`, by backslashes")
            .tried(
                "cd wt-uploads; line=$(printf '100644 blob %s\\tx\\\\.git\\\\hooks' $(echo x | git hash-object -w --stdin))
                 git update-ref HEAD $(git commit-tree -p HEAD -m x $(grow src/api/uploads \"$line\"))",
            )
            .client(stops("reference-transaction", "path-hazard"))
            .pushes("agents/uploads")
            .server(refused("path-hazard")),
        changed(
            "`.gitattributes` at the root, with a merge driver for what nobody may edit",
            "edit .gitattributes 'tsconfig.json -diff merge=ours'",
            "out-of-scope",
        ),
        changed(
            "`.git/info/attributes`: a filter that stages something else than the file shows",
            "mkdir -p $(git rev-parse --git-common-dir)/info
             echo 'tsconfig.json filter=f' >>$(git rev-parse --git-common-dir)/info/attributes
             git config filter.f.clean 'echo staged'; git config filter.f.smudge 'git show main:tsconfig.json'
             touch tsconfig.json",
            "shared-frozen",
        ),
    ]
}

fn kinds() -> Vec<Row> {
    vec![
        changed(
            "A file that nobody may edit becomes a directory",
            "git rm -q tsconfig.json; edit tsconfig.json/a",
            "shared-frozen",
        ),
        changed(
            "A directory of the scope becomes a file",
            "git rm -rq src/api/uploads; edit src/api/uploads",
            "out-of-scope",
        ),
        row("A file becomes a directory and, in the next commit, a file again, but another")
            .given("cd wt-uploads; git rm -q tsconfig.json; edit tsconfig.json/a; smuggle")
            .tried("cd wt-uploads; git rm -rq tsconfig.json; edit tsconfig.json; save")
            .client(stops(COMMIT, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A file becomes a directory and, in the next commit, what it was")
            .tried(
                "cd wt-uploads; git rm -q tsconfig.json; edit tsconfig.json/a; smuggle
                 git rm -rq tsconfig.json; git checkout -q main tsconfig.json; save",
            )
            .pushes("agents/uploads")
            .note("A lane is judged by what landing it would change. That is nothing here."),
        changed(
            "Only the end of a line changes (CRLF), in a file that nobody may edit",
            "sed -i 's/$/\\r/' tsconfig.json",
            "shared-frozen",
        ),
    ]
}

fn unseen_changes() -> Vec<Row> {
    let staged = "edit tsconfig.json; git add tsconfig.json; git checkout -q main -- README.md";
    let flagged = |name, flag| {
        changed(name, "", "shared-frozen").tried(format!(
            "cd wt-uploads; {staged}; git update-index {flag} tsconfig.json; git commit -qm x"
        ))
    };
    vec![
        flagged("A staged trespass, marked `assume-unchanged`", "--assume-unchanged"),
        flagged("A staged trespass, marked `skip-worktree`", "--skip-worktree"),
        changed("A staged trespass, whose file in the worktree shows the trunk's content", "", "shared-frozen")
            .tried(format!("cd wt-uploads; {staged}; git show main:tsconfig.json >tsconfig.json; git commit -qm x")),
        changed("A trespass under `intent-to-add`, and all of it by `commit -a`", "", "out-of-scope")
            .tried("cd wt-uploads; edit new.ts; git add -N new.ts; git commit -qam x"),
        changed("A trespass in a file that is ignored, added by force", "", "out-of-scope")
            .tried("cd wt-uploads; edit dist/a.js; git add -f dist/a.js; git commit -qm x"),
        changed("A sparse checkout that leaves the trespass out of the worktree", "", "shared-frozen").tried(
            "cd wt-uploads; git sparse-checkout set src/api/uploads >/dev/null 2>&1; git config index.sparse false
             put 100644 $(echo x | git hash-object -w --stdin) tsconfig.json; git commit -qm x",
        ),
    ]
}

/// `src/auth` is where agent-2 may create files alone, and its lane has taken that in.
const CREATED: &str = r#"(cd repo; sed -i '/^scope = ..src.db/s#scope = .#&{ path = "src/auth/**", mode = "create-only" }, #' contract.toml; grep -q auth contract.toml; smuggle mode)
    publish main; unseen -C wt-migrations merge -q --ff-only main
    auth() { ( cd wt-migrations; edit src/auth/$1; smuggle ); publish agents/migrations; }
    squashed() { ( cd repo; unseen merge -q --squash agents/migrations >/dev/null; smuggle squashed ); publish main; }
"#;

fn additions() -> Vec<Row> {
    let created = |name, given: &str, edits: &str| {
        row(name)
            .given(format!("{CREATED}{given}"))
            .tried(format!("cd wt-migrations; {edits}; save"))
            .client(stops(COMMIT, "create-only"))
            .pushes("agents/migrations")
            .by("agent-2")
            .server(refused("create-only"))
    };
    vec![
        changed(
            "A line is changed where lines may only be added",
            "sed -i s/ok/no/ src/api/router.ts",
            "additions-only",
        ),
        changed(
            "Two lines change places where lines may only be added",
            "tac src/api/router.ts >t; mv t src/api/router.ts",
            "additions-only",
        ),
        changed(
            "Lines are hidden in a very long addition",
            "seq 90000 >>src/api/router.ts; sed -i 1d src/api/router.ts",
            "additions-only",
        ),
        row("A line is deleted and, in the next commit, added elsewhere")
            .given("cd wt-uploads; sed -i 1d src/api/router.ts; smuggle")
            .tried("cd wt-uploads; git show main:src/api/router.ts | head -1 >>src/api/router.ts; save")
            .client(stops(COMMIT, "additions-only"))
            .pushes("agents/uploads")
            .server(refused("additions-only")),
        changed(
            "A file that may only be added to is deleted",
            "git rm -q src/api/router.ts",
            "additions-only",
        ),
        created("A file is changed where files may only be created", "", "edit src/auth/session.ts"),
        created("A file is deleted where files may only be created", "", "git rm -q src/auth/session.ts"),
        created("A lane changes what it has created, after that has landed by a merge",
            "auth one; (cd repo; unseen merge -q --no-ff --no-edit agents/migrations); publish main", "edit src/auth/one"),
        created("The same, after a landing by a squash", "auth one; squashed", "edit src/auth/one")
            .client(Client::Passes)
            .server(Taken)
            .note("What a lane has created it may edit until it takes the trunk in, and a squash is not in it: it lands no more, and is refused from the merge on that it needs first."),
        created("The same, landed", "auth one; squashed; auth one", "")
            .tried("cd repo; unseen merge -q --no-ff --no-commit -X theirs agents/migrations; unseen checkout -q agents/migrations -- src/auth; git commit -q -m landed")
            .pushes("main"),
        row("A generated file is changed by a lane")
            .tried("cd wt-uploads; edit pnpm-lock.yaml; save")
            .client(Client::Passes)
            .pushes("agents/uploads")
            .server(Taken)
            .note("`generated-by` grants it to every lane: it is made again at landing."),
    ]
}

fn beside_a_waiver() -> Vec<Row> {
    // Agent-1 may hold what agent-2 has not landed. Agent-2's lane has a trespass that it took back.
    let waived = "(cd repo; printf '\\n[[waivers]]\\nrule = \"carries-unlanded\"\\nagent = \"agent-1\"\\nbecause = \"x\"\\n' >>contract.toml; smuggle)
                  publish main; cd wt-migrations; unseen merge -q --ff-only main; edit src/db/schema.ts; edit tsconfig.json; smuggle
                  git checkout -q HEAD~1 -- tsconfig.json; edit src/db/schema.ts more; smuggle; cd ..; publish agents/migrations
                  (cd wt-uploads; unseen merge -q --ff-only main)";
    let carrying =
        format!("{waived}; (cd wt-uploads; unseen merge -q --no-ff --no-edit agents/migrations)");
    vec![
        changed("A trespass in a path that came along with another lane's work, which a waiver allows", "", "shared-frozen")
            .given(carrying)
            .tried("cd wt-uploads; edit tsconfig.json; save"),
        row("A merge of another lane's work, which a waiver allows, that leaves out what that one has landed")
            .given(format!("{waived}; land migrations; publish main; lane migrations src/db/schema.ts; publish agents/migrations"))
            .tried("cd wt-uploads; git merge -q --no-commit --no-ff agents/migrations; git checkout -q HEAD -- src/db; git commit -qm x")
            .client(stops("pre-commit", "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
        row("A merge of another lane's work, which a waiver allows, that leaves out a file which that one has yet to land")
            .given(format!("{waived}; lane migrations src/db/migrations/0009.sql; publish agents/migrations"))
            .tried("cd wt-uploads; git merge -q --no-commit --no-ff agents/migrations; git rm -qf src/db/migrations/0009.sql; git commit -qm x")
            .client(stops("pre-commit", "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
        row("The same, taken out again above the merge")
            .given(format!(
                "{waived}; lane migrations src/db/migrations/0009.sql; publish agents/migrations
                 cd wt-uploads; unseen merge -q --no-ff --no-edit agents/migrations"
            ))
            .tried("cd wt-uploads; git rm -q src/db/migrations/0009.sql; save")
            .client(stops("pre-commit", "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
        row("The same of a line in a list to which both may add")
            .given(format!(
                "(cd wt-migrations; edit src/db/schema.ts; edit CHANGELOG.md '# Changes'; save); land migrations; publish agents/migrations main
                 {waived}
                 (cd wt-migrations; edit src/db/schema.ts; edit CHANGELOG.md '- migrations'; save); publish agents/migrations"
            ))
            .tried("cd wt-uploads; git merge -q --no-commit --no-ff agents/migrations; git checkout -q HEAD -- CHANGELOG.md; git commit -qm x")
            .client(stops("pre-commit", "additions-only"))
            .pushes("agents/uploads")
            .server(refused("additions-only")),
        row("The same of a file on one of two lines of the other's work, by the merge of the second")
            .given(format!(
                "{waived}; cd wt-migrations; edit src/db/migrations/0008.sql; save; git tag one; git reset -q --hard HEAD~1
                 edit src/db/migrations/0009.sql; save; git tag two; git merge -q --no-edit one; cd ..; publish agents/migrations
                 unseen -C wt-uploads merge -q --no-ff --no-edit one"
            ))
            .tried("cd wt-uploads; git merge -q --no-commit --no-ff two; git rm -qf src/db/migrations/0008.sql; git commit -qm x")
            .client(stops("pre-commit", "out-of-scope"))
            .pushes("agents/uploads")
            .server(refused("out-of-scope")),
        row("A trespass in another lane's history, merged alone where a waiver allows that lane's work")
            .given(waived)
            .tried("cd wt-uploads; git merge -q --no-ff --no-edit agents/migrations~1")
            .client(stops("pre-merge-commit", "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
    ]
}
