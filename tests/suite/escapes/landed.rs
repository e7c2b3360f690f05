//! Ways to make a lane look landed that is not, or no more.

use super::Verdict::Taken;
use super::{Row, refused, row, stops, theme};

theme!(
    "What counts as landed",
    "The lane that lands waits for another, which has changed nothing but shared files, or nothing at \
     all. The trunk is moved as in the part before.",
    [
        by_shared_files_alone,
        by_taking_back,
        by_paths_handed_on,
        by_an_earlier_landing,
        by_half_a_rename,
        by_a_rename_taken_back,
        by_what_is_moved,
        by_a_driver,
        by_what_was_before,
        goes_on_beside_what_the_trunk_does,
        of_two_lanes_at_once
    ]
);

const MERGE: &str = "pre-merge-commit";

/// Agent-1's lane is landed, which waits for agent-2's.
fn waits(name: &'static str, given: &str) -> Row {
    row(name)
        .given(format!("{given}; publish agents/migrations agents/uploads"))
        .tried("land uploads")
        .client(stops(MERGE, "merge-order"))
        .pushes("main")
        .server(refused("merge-order"))
}

fn by_shared_files_alone() -> Vec<Row> {
    let waived = "(cd repo; printf '\\n[[waivers]]\\nrule = \"out-of-scope\"\\nagent = \"agent-1\"\\npath = \"src/db/migrations/**\"\\nbecause = \"x\"\\n' >>contract.toml; smuggle)
             publish main; unseen -C wt-uploads merge -q --ff-only main; uploads";
    vec![
        waits(
            "The lane before has not begun, and a waiver lets the next one edit its paths",
            &format!("{waived}; lane uploads src/db/migrations/0009.sql"),
        ),
        waits(
            "The same, by a branch of its own, which is merged into the lane and beside it",
            &format!("{waived}; (cd wt-uploads; git switch -q -c seed; edit src/db/migrations/0009.sql; smuggle; git switch -q agents/uploads; unseen merge -q --no-ff --no-edit seed)"),
        )
        .tried("git -C repo merge -q --no-ff --no-edit seed && land uploads"),
        row("The lane before has not begun, and a fix in its paths is merged, as a forge merges a branch")
            .given("publish agents/migrations; uploads; publish agents/uploads")
            .tried("cd repo; git checkout -q -b fix; edit src/db/schema.ts; smuggle; git checkout -q main; unseen merge -q --no-ff --no-edit fix; cd ..; land uploads")
            .pushes("main")
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("What a merge brings of a lane's own paths alone is its landing: its branch on the server may be behind what was landed. With identities an agent lands its own lane alone."),
        row("The same, with a line in a list that this lane may add to, by a merge that says it were the lane's branch")
            .given("publish agents/migrations; uploads; publish agents/uploads")
            .tried("cd repo; git checkout -q -b fix; edit src/db/schema.ts; edit CHANGELOG.md; smuggle; git checkout -q main; unseen merge -q --no-ff -m \"Merge branch 'agents/migrations'\" fix; cd ..; land uploads")
            .pushes("main")
            .named(refused("trunk-direct"), refused("trunk-direct"))
            .note("So it is with own paths and what else that lane may edit and is nobody's own, where the merge says whose it is."),
        waits("The lane before has not begun, and this one adds to a list that both may add to",
            "lane uploads CHANGELOG.md"),
        waits("The lane before has not begun, and has merged what this one has added to such a list",
            "lane uploads CHANGELOG.md; unseen -C wt-migrations merge -q --no-ff --no-edit agents/uploads; uploads"),
        waits("The lane before has not begun, and its branch is on this one's commit",
            "lane uploads CHANGELOG.md; unseen -C wt-migrations merge -q --ff-only agents/uploads; uploads"),
        waits("The lane before has not begun, and its branch is on the trunk, which took a line of that list by a merge",
            "cd repo; git checkout -q -b list; edit CHANGELOG.md; smuggle; git checkout -q main
             unseen merge -q --no-ff --no-edit list; git branch -q -D list; cd ..; unseen -C wt-migrations merge -q --ff-only main; uploads
             git -C anonymous.git fetch -q $TOP/repo main:main; git -C named.git fetch -q $TOP/repo main:main"),
        waits("The lane before has added a line to such a list, and this one adds the same",
            "lane migrations CHANGELOG.md; (cd wt-uploads; git checkout -q agents/migrations -- CHANGELOG.md; save); uploads"),
        waits("The lane before has added a line to such a list, and this one has merged it",
            "lane migrations CHANGELOG.md; uploads; unseen -C wt-uploads merge -q --no-ff --no-edit agents/migrations"),
        waits("The lane before has added a line to such a list, and this one was made anew upon it",
            "lane migrations CHANGELOG.md; unseen -C wt-uploads merge -q --ff-only agents/migrations; uploads"),
        waits("The lane before has landed by such a line and is taken back, and this one adds another there",
            "lane migrations CHANGELOG.md; (cd wt-uploads; edit CHANGELOG.md another; save); publish agents/migrations
             land migrations; git -C repo revert -m 1 --no-edit HEAD >/dev/null; publish main"),
        waits("The lane before lands by such a line, and goes on before this one lands",
            "lane migrations CHANGELOG.md; publish agents/migrations; land migrations; publish main; uploads; lane migrations CHANGELOG.md"),
    ]
}

/// Agent-2's lane has landed and goes on, while the trunk does.
fn goes_on(name: &'static str, given: &str, rule: &'static str) -> Row {
    row(name)
        .given(format!(
            "migrations; publish agents/migrations; land migrations; publish main
             on() {{ for s in anonymous named; do git -C $s.git fetch -q $TOP/repo main:main; done; }}; {given}"
        ))
        .tried("land migrations")
        .client(stops(MERGE, rule))
        .pushes("main agents/migrations")
        .by("dana")
        .server(refused(rule))
}

fn goes_on_beside_what_the_trunk_does() -> Vec<Row> {
    let takes_back = |how: &str, goes_on: &str| {
        format!(
            "of=src/api/uploads/long.ts; change() {{ sed -i \"s/^$1\\$/$2/\" $of; save; }}
             (cd wt-uploads; unseen merge -q --ff-only main; seq 30 >$of; save); unseen -C repo merge -q --no-ff --no-edit agents/uploads
             unseen -C wt-migrations merge -q --ff-only main
             (cd wt-uploads; change 20 landed; edit src/api/uploads/more.ts; save); unseen -C repo merge -q --no-ff --no-edit agents/uploads
             (cd wt-migrations; unseen commit -q --allow-empty -m own; unseen merge -q -s ours -m taken main; {how})
             {goes_on} on"
        )
    };
    let again = "(cd wt-uploads; change 2 again); unseen -C repo merge -q --no-ff --no-edit agents/uploads;";
    let part =
        "git checkout -q main -- src/api/uploads/more.ts; unseen commit -q --amend --no-edit";
    vec![
        goes_on("A landed lane goes on with a trespass in a file that the trunk has renamed since, and is landed; lane and trunk in one push",
            "(cd repo; git mv tsconfig.json tsconfig.base.json; smuggle); on; (cd wt-migrations; edit tsconfig.json; smuggle)",
            "shared-frozen"),
        goes_on("A landed lane goes on with a new file where the trunk has renamed the directory since, and is landed; lane and trunk in one push",
            "git -C repo config merge.directoryRenames true
             (cd repo; git mv src/auth src/session; smuggle); on; (cd wt-migrations; edit src/auth/more.ts; smuggle)",
            "out-of-scope"),
        goes_on("A landed lane's next commit is a merge that leaves out what another has landed, in a file that goes on; lane and trunk in one push",
            &takes_back("true", again), "out-of-scope"),
        goes_on("The same of a part of what that one has landed", &takes_back(part, again), "out-of-scope"),
        goes_on("The same of a file that does not go on", &takes_back("true", ""), "out-of-scope"),
        goes_on("The same of a file that the trunk has moved out of all paths since",
            &takes_back("true", "(cd repo; git mv $of long.ts; smuggle);"), "out-of-scope"),
        goes_on("The same of a file that the trunk has renamed since, and of a part of what had landed",
            &takes_back(part, "(cd repo; git mv $of src/api/uploads/renamed.ts; smuggle);"), "out-of-scope"),
        row("A lane that waits is landed where the trunk has moved its file away, and its branch is moved along")
            .given("(cd wt-uploads; edit src/api/uploads/README.md; save); migrations; publish agents/migrations agents/uploads
                    (cd repo; git mv src/api/uploads/README.md UPLOADS.md; smuggle)
                    for s in anonymous named; do git -C $s.git fetch -q $TOP/repo main:main; done")
            .tried("land uploads")
            .client(stops(MERGE, "merge-order"))
            .pushes("main main:agents/uploads")
            .by("dana")
            .server(refused("merge-order")),
    ]
}

fn of_two_lanes_at_once() -> Vec<Row> {
    let both = |name, given: &str, tried, at, lanes, rule| {
        row(name)
            .given(given)
            .tried(tried)
            .client(stops(at, rule))
            .pushes(&format!("main {lanes}"))
            .by("dana")
            .server(refused(rule))
    };
    let trespass = "(cd wt-migrations; edit tsconfig.json; smuggle)";
    let also = "unseen -C wt-uploads merge -q --ff-only agents/migrations";
    let lanes = "agents/migrations agents/uploads";
    vec![
        both(
            "Two lanes hold a trespass and nothing else, and it is landed; the trunk and both in one push",
            &format!("{trespass}; {also}"),
            "land migrations",
            MERGE,
            lanes,
            "shared-frozen",
        ),
        both(
            "The same by a fast-forward",
            &format!("{trespass}; {also}"),
            "cd repo; git merge -q --ff-only agents/migrations",
            "reference-transaction",
            lanes,
            "shared-frozen",
        )
        .anonymous(Taken, refused("trunk-direct"))
        .named(Taken, refused("trunk-direct"))
        .note("Nothing tells it from a human's commit on the trunk that both lanes have taken in."),
        both(
            "The same where each lane has an empty commit of its own above it",
            &format!(
                "{trespass}; {also}; for lane in uploads migrations; do unseen -C wt-$lane commit -q --allow-empty -m $lane; done"
            ),
            "cd repo; git merge -q --no-ff --no-edit agents/migrations~1",
            MERGE,
            lanes,
            "shared-frozen",
        ),
        both(
            "The same where one of them has landed before",
            &format!(
                "migrations; publish agents/migrations; land migrations; publish main; {trespass}; {also}"
            ),
            "land migrations",
            MERGE,
            lanes,
            "shared-frozen",
        ),
        both(
            "Two lanes hold a line of a shared list and nothing else, and it lands before the lane that they wait for",
            "migrations; publish agents/migrations; lane uploads CHANGELOG.md; unseen -C wt-tests merge -q --ff-only agents/uploads",
            "land uploads",
            MERGE,
            "agents/uploads agents/tests",
            "merge-order",
        ),
    ]
}

/// Git unites what both sides add to a list of agent-2's, and the trunk has added to it.
fn by_a_driver() -> Vec<Row> {
    let united = |name, landed: &str| {
        waits(
            name,
            &format!(
                "list=src/db/migrations/list
                 (cd repo; seq 9 >$list; echo \"$list merge=union\" >.gitattributes; smuggle)
                 for lane in migrations uploads; do unseen -C wt-$lane merge -q --ff-only main; done
                 (cd wt-migrations; edit $list ten; save; edit $list eleven; save)
                 (cd repo; edit $list hotfix; smuggle); uploads; {landed}
                 for s in anonymous named; do git -C $s.git fetch -q $TOP/repo main:main; done"
            ),
        )
    };
    let squash = "(cd repo; unseen merge -q --squash agents/migrations >/dev/null; unseen commit -qm landed);";
    vec![
        united(
            "The lane before adds to a list that git merges by `union`, lands by a squash, and is reverted whole",
            &format!("{squash} unseen -C repo revert --no-edit HEAD >/dev/null"),
        ),
        united(
            "The same, where the trunk has gone on in that list",
            &format!(
                "{squash} (cd repo; sed -i s/^3$/three/ $list; smuggle; unseen revert --no-edit HEAD~1 >/dev/null)"
            ),
        ),
        united(
            "A human adds half of what the lane before adds to such a list",
            "(cd repo; echo ten >>$list; smuggle)",
        ),
        united(
            "A human adds it in another place of the list",
            "(cd repo; sed -i '1i eleven\\nten' $list; smuggle)",
        ),
        united(
            "The trunk has nothing but an empty merge of it",
            "(cd repo; unseen commit -q --allow-empty -m landed)",
        ),
    ]
}

fn by_taking_back() -> Vec<Row> {
    let fix = "(cd repo; edit src/db/schema.ts fix; smuggle fix)";
    let undo = "revert --no-edit HEAD >/dev/null 2>&1";
    let onto = "unseen -C wt-migrations merge -q --ff-only";
    let publish = "for s in anonymous named; do git -C $s.git fetch -q $TOP/repo main:main; done";
    vec![
        waits("The lane before is landed by two squashes, and goes back to what it was between them",
            &format!("conf=src/db/migrations/0001_users.sql; squash() {{ (cd repo; unseen merge -q --squash agents/migrations >/dev/null
              unseen commit -qm landed); }}
             (cd wt-migrations; echo one >$conf; save); squash; (cd wt-migrations; echo two >$conf; save)
             (cd repo; unseen rm -q --cached $conf; cp ../wt-migrations/$conf $conf; smuggle)
             (cd wt-migrations; echo one >$conf; save); {publish}; uploads")),
        waits("The lane before is landed by a squash, which is reverted whole, and a hotfix stands in the same file",
            &format!("conf=src/db/migrations/0001_users.sql; (cd repo; seq 15 >$conf; smuggle); {onto} main
             (cd wt-migrations; sed -i 's/^1$/one/' $conf; save)
             (cd repo; unseen merge -q --squash agents/migrations >/dev/null; unseen commit -qm landed
              sed -i 's/^15$/fifteen/' $conf; smuggle; unseen revert --no-edit HEAD~1 >/dev/null); {publish}; uploads")),
        waits(
            "The lane before has not begun, and the trunk takes back a fix in its paths",
            &format!("{fix}; (cd repo; unseen {undo}); {publish}; {onto} main; uploads"),
        ),
        waits(
            "The lane before is merged, with something in its paths that it has taken back itself",
            &format!(
                "migrations; (cd wt-migrations; unseen {undo}); uploads; publish agents/migrations
                 unseen -C repo merge -q --no-ff --no-edit agents/migrations; {publish}"
            ),
        ),
        waits(
            "The lane before takes a fix back and lands, and the fix is made again",
            &format!(
                "{fix}; {publish}; {onto} main; (cd wt-migrations; unseen {undo}); uploads; publish agents/migrations
                 land migrations; publish main; (cd repo; unseen revert -m 1 --no-edit HEAD >/dev/null); {publish}"
            ),
        ),
        waits(
            "The lane before took a fix back in a run that has ended, and has not begun in this one",
            &format!(
                "{fix}; {publish}; {onto} main; (cd wt-migrations; unseen {undo}); publish agents/migrations; land migrations
                 cd repo; git mv contract.toml kept; smuggle ended; git mv kept contract.toml; smuggle begun; cd ..; {publish}
                 unseen -C wt-uploads merge -q --ff-only main; uploads"
            ),
        ),
        waits(
            "The lane before added to a shared list in a run that has ended, and has not begun in this one",
            &format!(
                "lane migrations CHANGELOG.md; publish agents/migrations; land migrations
                 cd repo; git mv contract.toml kept; smuggle ended; git mv kept contract.toml; smuggle begun; cd ..; {publish}
                 unseen -C wt-uploads merge -q --ff-only main; uploads"
            ),
        ),
    ]
}

/// Gives what agent-2 has to another agent.
fn hand_on(scope_of_the_heir: &str, heir: &str) -> String {
    format!(
        r#"(cd repo; sed -i 's|^scope = \["src/db/migrations/.*|scope = ["src/db2/**"]|
            s|owner = "agent-2"|owner = "{heir}"|; s|"{scope_of_the_heir}/\*\*"|&, "src/db/migrations/**"|' contract.toml; save handed); publish main"#
    )
}

fn by_paths_handed_on() -> Vec<Row> {
    let landed = "migrations; publish agents/migrations; land migrations; publish main";
    let to_the_next = hand_on("src/api/uploads", "agent-1");
    let to_the_last = hand_on("tests/uploads", "agent-3");
    let last = |name, given: String| {
        row(name)
            .given(format!("{landed}; tests; publish agents/tests; {given}"))
            .tried("land tests")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .by("agent-3")
            .server(refused("merge-order"))
    };
    let fix = "if ! grep -q landings-only repo/contract.toml; then (cd repo; edit src/db/schema.ts fix; save); publish main; fi";
    vec![
        last(
            "The lane before has not begun, and was given what another has landed",
            to_the_next.clone(),
        ),
        last("The same, and somebody goes on there", format!("{to_the_next}; {fix}")),
        last(
            "The same, and its branch stands upon that landing",
            format!(
                "unseen -C wt-uploads merge -q --ff-only main; publish agents/uploads; {to_the_next}; {fix}"
            ),
        ),
        waits(
            "The lane before has landed, its paths are handed on, and then its landing is taken back",
            &format!(
                "{landed}; {to_the_last}; uploads; git -C repo revert -m 1 --no-edit HEAD~1 >/dev/null; publish main"
            ),
        ),
        waits(
            "The lane before has landed, its paths are handed on, and it has begun in its new ones",
            &format!(
                "{landed}; {to_the_last}; uploads; unseen -C wt-migrations merge -q main; lane migrations src/db2/next.sql"
            ),
        ),
    ]
}

fn by_an_earlier_landing() -> Vec<Row> {
    vec![
        row("The lane before lands, goes on and lands again, its second landing is taken back, and then this one lands")
            .given(
                "migrations; uploads; publish agents/migrations agents/uploads; land migrations; publish main
                 lane migrations src/db/migrations/3.sql; publish agents/migrations; land migrations; publish main
                 git -C repo revert -m 1 --no-edit HEAD >/dev/null; publish main",
            )
            .tried("land uploads")
            .pushes("main")
            .note(
                "A lane of which the trunk has the tip has landed while any of its own paths is not as it was: half of \
                 it may be taken back. Until it is mended and has landed once more, nothing but the dispatcher holds the others back.",
            ),
    ]
}

/// The contract came anew, and since then a human has changed the paths of the lane before, where the policy lets them.
fn by_what_was_before() -> Vec<Row> {
    let anew = "(cd repo; git rm -q contract.toml; smuggle; edit src/db/schema.ts before; smuggle
                git checkout -q HEAD~2 -- contract.toml; smuggle); publish main";
    let fix = "if ! grep -q landings-only repo/contract.toml; then (cd repo; edit src/db/schema.ts fix; save); publish main; fi";
    let squashed = "migrations; publish agents/migrations
                    (cd repo; git merge -q --squash agents/migrations >/dev/null; git commit -qm squashed)";
    vec![
        waits(
            "The lane before has not begun since the contract came anew, and stands where an older run began",
            &format!("{anew}; {fix}; uploads"),
        ),
        waits(
            "The same, and that older run has landed it",
            &format!(
                "migrations; publish agents/migrations; land migrations; publish main; {anew}; {fix}; uploads"
            ),
        ),
        waits(
            "The same, by a squash",
            &format!("{squashed}; publish main; {anew}; {fix}; uploads"),
        ),
        waits(
            "The same, by a squash that made a generated file again",
            &format!(
                "(cd wt-migrations; edit pnpm-lock.yaml lane; save); {squashed}
                 (cd repo; edit pnpm-lock.yaml made; git add -A; unseen commit -q --amend --no-edit); publish main; {anew}; {fix}; uploads"
            ),
        ),
        waits(
            "The lane before parted from the trunk before the contract came, and has changed a shared list alone",
            &format!("(cd wt-migrations; edit CHANGELOG.md entry; save); publish agents/migrations; {anew}; {fix}; uploads"),
        ),
        waits(
            "The same, by a squash, and what was changed between the runs is taken back",
            &format!(
                "{squashed}; publish main; {anew}; git -C repo revert --no-edit HEAD~1 >/dev/null; publish main; uploads"
            ),
        ),
        waits(
            "The lane before has landed by a squash, is another agent's by an amendment, and has not begun as that",
            &format!(
                "{squashed}; (cd repo; sed -i s/agent-2/agent-4/ contract.toml; smuggle); publish main; {fix}; uploads"
            ),
        ),
    ]
}

/// The trunk has two files of the lane before, which both lanes hold, in lines enough that git knows them again under
/// another name.
const TWO_FILES: &str = "dir=src/db/migrations; (cd repo; seq 20 >$dir/a; seq 20 >$dir/b; smuggle)
    for lane in migrations uploads; do unseen -C wt-$lane merge -q --ff-only main; done
    squash() { (cd repo; unseen merge -q --squash agents/migrations >/dev/null; eval \"$*\"; smuggle squashed); }
    settle() { for s in anonymous named; do git -C $s.git fetch -q $TOP/repo main:main; done; uploads; }";
/// The lane renames one and changes both; the trunk has a hotfix in the one.
const LANE_RENAMES: &str =
    "(cd wt-migrations; git mv $dir/a $dir/c; sed -i 's/^3$/three/' $dir/c $dir/b; save)
    (cd repo; sed -i 's/^15$/hotfix/' $dir/a; smuggle)";
/// The trunk renames both, and the lane changes them.
const TRUNK_RENAMES: &str = "(cd wt-migrations; sed -i 's/^3$/three/' $dir/a $dir/b; save)
    (cd repo; git mv $dir/a $dir/c; git mv $dir/b $dir/d; smuggle; sed -i 's/^15$/hotfix/' $dir/c $dir/d; smuggle)";

fn by_half_a_rename() -> Vec<Row> {
    let half = |name, renames: &str, landed: &str| {
        waits(name, &format!("{TWO_FILES}; {renames}; {landed}; settle"))
    };
    vec![
        half("The lane before renames a file that the trunk has changed, and its squash leaves another file out",
            LANE_RENAMES, "squash git checkout -q HEAD -- '$dir/b'"),
        half("The same, and the squash leaves the file under its old name, too",
            LANE_RENAMES, "squash git checkout -q HEAD -- '$dir/a'"),
        half("The same, and the squash leaves the lane's lines out",
            LANE_RENAMES, "squash sed -i s/three/3/ '$dir/c'"),
        half("The same, and the squash changes something else there",
            LANE_RENAMES, "squash sed -i s/^9\\$/nine/ '$dir/c'"),
        half("The lane before renames a file that the trunk has changed, and the trunk alone renames it too",
            LANE_RENAMES, "(cd repo; git mv $dir/a $dir/c; smuggle)"),
        half("The trunk has renamed two files that the lane before changes, and took nothing of it",
            TRUNK_RENAMES, ":"),
        half("The same, alike in both, and the squash leaves one out",
            TRUNK_RENAMES, "squash git checkout -q HEAD -- '$dir/d'"),
        half("The same, and the squash leaves the other out",
            TRUNK_RENAMES, "squash git checkout -q HEAD -- '$dir/c'"),
        half("The same, and the squash changes something else in one of them",
            TRUNK_RENAMES, "squash sed -i s/^9\\$/nine/ '$dir/d'"),
        half("The same, and a squash of something else makes the lane's change in a copy",
            TRUNK_RENAMES, "(cd repo; sed 's/^3$/three/' $dir/c >$dir/e; smuggle)"),
        half("The lane before goes back to what it had, and the trunk, which has renamed the file, took that before it took what was between",
            "(cd wt-migrations; sed -i 's/^3$/three/' $dir/a; save); (cd repo; git mv $dir/a $dir/c; smuggle)",
            "squash :; (cd wt-migrations; sed -i 's/three/drei/' $dir/a; save)
             (cd repo; sed -i s/three/drei/ $dir/c; smuggle); (cd wt-migrations; sed -i 's/drei/three/' $dir/a; save)"),
        row("An agent's lane has what merging the lane before makes of a file that this one renames")
            .given(format!("{TWO_FILES}; {LANE_RENAMES}; unseen -C wt-uploads merge -q --ff-only main
                (cd wt-uploads; unseen merge -q --squash agents/migrations >/dev/null; smuggle); settle; publish agents/migrations"))
            .tried("land uploads")
            .client(stops(MERGE, "out-of-scope"))
            .pushes("main")
            .server(refused("out-of-scope")),
    ]
}

fn by_a_rename_taken_back() -> Vec<Row> {
    let undo = "(cd repo; unseen revert --no-edit HEAD >/dev/null)";
    let back = |name, renames: &str, then: &str| {
        waits(name, &format!("{TWO_FILES}; {renames}; squash :; {then}; settle"))
    };
    vec![
        back("The lane before renames a file that the trunk has changed, and its squash is reverted whole", LANE_RENAMES, undo),
        back("The trunk has renamed files that the lane before changes, and its squash is reverted whole", TRUNK_RENAMES, undo),
        back("The same, with a hotfix in other lines before it is", TRUNK_RENAMES,
            "(cd repo; sed -i 's/^10$/ten/' $dir/c $dir/d; smuggle; unseen revert --no-edit HEAD~1 >/dev/null)"),
        back("The same without the hotfix, and then the trunk's own rename is reverted", TRUNK_RENAMES,
            &format!("{undo}; (cd repo; git mv $dir/c $dir/a; git mv $dir/d $dir/b; smuggle)")),
        back("The same, and the trunk renames them again instead", TRUNK_RENAMES,
            &format!("{undo}; (cd repo; git mv $dir/c $dir/e; git mv $dir/d $dir/f; smuggle)")),
        back("Both have given the file the same new name, and the squash is reverted whole",
            "(cd wt-migrations; git mv $dir/a $dir/c; sed -i 's/^3$/three/' $dir/c; save); (cd repo; git mv $dir/a $dir/c; sed -i 's/^15$/hotfix/' $dir/c; smuggle)",
            undo),
        waits("The lane before, which renames a file that the trunk has changed, is picked onto the trunk commit by commit, and all of it is reverted",
            &format!("{TWO_FILES}; (cd wt-migrations; git mv $dir/a $dir/c; save; sed -i 's/^3$/three/' $dir/c; save; sed -i 's/^4$/four/' $dir/c; save)
                (cd repo; sed -i 's/^15$/hotfix/' $dir/a; smuggle; unseen cherry-pick main..agents/migrations >/dev/null
                 unseen revert --no-edit HEAD HEAD~1 HEAD~2 >/dev/null); settle")),
    ]
}

/// The lane before has landed new files by a squash, of which something is moved.
fn by_what_is_moved() -> Vec<Row> {
    let new = "dir=src/db/migrations; mkdir -p wt-migrations/$dir/orders
        (cd wt-migrations; seq 20 >$dir/orders/a.sql; seq 30 50 >$dir/orders/b.sql; save)
        settle() { for s in anonymous named; do git -C $s.git fetch -q $TOP/repo main:main; done; uploads; }";
    let squashed = format!(
        "{new}; (cd repo; unseen merge -q --squash agents/migrations >/dev/null; smuggle squashed)"
    );
    let moved = |to: &str| format!("mkdir -p {to}; git mv $dir/orders {to}/orders; smuggle moved");
    let after = |name, then: &str| waits(name, &format!("{squashed}; (cd repo; {then}); settle"));
    let passes = |name, then: &str, why| {
        row(name)
            .given(format!(
                "{squashed}; (cd repo; {then}); settle; publish agents/migrations agents/uploads"
            ))
            .tried("land uploads")
            .pushes("main")
            .note(why)
    };
    vec![
        after("The lane before lands new files by a squash, and a step deletes them and adds others, not like them",
            "git rm -q -r $dir/orders; seq 60 80 >$dir/c.sql; seq 60 80 >other; smuggle"),
        after("The same, of which each has less than half of one",
            "git rm -q -r $dir/orders; { seq 7; seq 60 73; } >$dir/c.sql; { seq 30 38; seq 60 80; } >other; smuggle"),
        after("The same, and a later step alone adds the very same files elsewhere",
            "git rm -q -r $dir/orders; smuggle; mkdir other; seq 20 >other/a.sql; seq 30 50 >other/b.sql; smuggle"),
        waits("The lane before lands new files by a merge, which is reverted, somebody adds the same elsewhere, and a lane that was begun between takes that in and lands by a fast-forward",
            &format!("{new}; publish agents/migrations; unseen -C repo merge -q --no-ff --no-edit agents/migrations
                (cd wt-tests; unseen merge -q --ff-only main; edit tests/uploads/n.test.ts; smuggle)
                (cd repo; unseen revert -m 1 --no-edit HEAD >/dev/null; mkdir other; seq 20 >other/a.sql; seq 30 50 >other/b.sql; smuggle)
                unseen -C wt-tests merge -q --no-edit main; unseen -C repo merge -q --ff-only agents/tests; settle")),
        row("The branch of the lane before is nowhere, and a lane that has moved a file out of that one's paths, where it had made it, takes the trunk in and lands by a fast-forward")
            .given("(cd wt-tests; seq 20 >src/db/migrations/a.sql; smuggle; git mv src/db/migrations/a.sql tests/uploads/a.txt; smuggle); (cd repo; edit README.md; smuggle)
                    unseen -C wt-tests merge -q --no-edit main; unseen -C repo merge -q --ff-only agents/tests; uploads; publish agents/uploads
                    for s in anonymous named; do git -C $s.git fetch -q $TOP/repo main:main; git -C $s.git update-ref -d refs/heads/agents/migrations; done
                    git -C wt-migrations checkout -q --detach; git -C repo branch -q -D agents/migrations")
            .tried("land uploads")
            .client(stops(MERGE, "merge-order"))
            .pushes("main")
            .server(refused("merge-order")),
        waits("The lane before lands new files by a merge, and one revert takes them back and gives others back that were like them",
            &format!("{new}; publish agents/migrations; (cd repo; mkdir other; seq 20 >other/a.sql; seq 30 50 >other/b.sql; smuggle; git rm -q -r other; smuggle
                unseen merge -q --no-ff --no-edit agents/migrations; unseen revert --no-commit -m 1 HEAD; unseen revert --no-commit HEAD~1; smuggle reverted); settle")),
        after("The same, and a step moves another file that is like them at the same time",
            "seq 21 >other; smuggle; git rm -q -r $dir/orders; git mv other another; smuggle"),
        after("The lane before lands new files by a squash, which are moved, and the squash is reverted whole",
            &format!("{}; git rm -q -r $dir/shop; smuggle reverted", moved("$dir/shop"))),
        after("The same, where they were moved out of its own paths",
            &format!("{}; unseen revert --no-edit HEAD HEAD~1 >/dev/null", moved("assets"))),
        after("The same, and something else is at their new place since",
            &format!("{}; git rm -q -r assets/orders; smuggle reverted; mkdir -p assets/orders; seq 70 90 >assets/orders/a.sql; smuggle", moved("assets"))),
        waits("The lane before lands new files by a merge, which are moved out of its own paths and deleted there",
            &format!("{new}; publish agents/migrations; unseen -C repo merge -q --no-ff --no-edit agents/migrations
                (cd repo; {}; git rm -q -r assets/orders; smuggle); settle", moved("assets"))),
        waits("The lane before has not landed, and what somebody else had at the same paths is moved",
            &format!("{new}; (cd repo; mkdir -p $dir/orders; seq 70 90 >$dir/orders/a.sql; smuggle; {}); settle", moved("assets"))),
        waits("The lane before has not begun, and a file is moved into its own paths and back",
            "(cd repo; seq 20 >other; smuggle; git mv other src/db/migrations/c.sql; smuggle; git mv src/db/migrations/c.sql other; smuggle)
             for s in anonymous named; do git -C $s.git fetch -q $TOP/repo main:main; done; uploads"),
        waits("The lane before lands new files by a squash, which are moved, and then it goes on",
            &format!("{squashed}; (cd repo; {}); lane migrations src/db/migrations/more; settle", moved("$dir/shop"))),
        waits("The lane before renames a file that it took in, its squash is reverted, and the file is moved out of its own paths",
            "dir=src/db/migrations; on() { for s in anonymous named; do git -C $s.git fetch -q $TOP/repo main:main; done; }
             (cd repo; seq 20 >$dir/late.sql; smuggle); on; unseen -C wt-migrations merge -q --ff-only main
             (cd wt-migrations; git mv $dir/late.sql $dir/0009_late.sql; save)
             (cd repo; unseen merge -q --squash agents/migrations >/dev/null; smuggle squashed; unseen revert --no-edit HEAD >/dev/null
              git mv $dir/late.sql other; smuggle moved); on; uploads"),
        passes("The lane before lands two new files by a squash, and a step moves the one and deletes the other",
            "git rm -q $dir/orders/b.sql; git mv $dir/orders/a.sql other; smuggle",
            "As after a merge: a lane has landed while any of its work is there, wherever the trunk has carried it."),
    ]
}
