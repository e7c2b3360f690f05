//! The way back from a refused move of a branch: what the refusal prints is run as printed, and
//! refs, HEAD, index, files and state must be what they were before the command.
//!
//! A row is a command that git has half done when it asks. Each is played twice, with the way
//! back once from the worktree's root and once from a directory in it. Git 2.39 and 2.47 do not
//! differ in any row. What is not compared, because commands leave it behind that succeed as
//! well: `ORIG_HEAD`, `FETCH_HEAD`, `AUTO_MERGE`, reflogs, unreachable objects.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::gated::uploads;
use crate::sandbox::{Ran, Sandbox, has_reftable};

/// What each row finds: the lane `agents/uploads` with one commit of honest work, checked out in
/// `wt-uploads`, and beside it, made where there was no gate, `bad` (two commits on top of the
/// lane, of which the first trespasses), `side` (one commit beside it, which trespasses) and
/// `halves` (two commits beside it, of which the second trespasses). `late` trespasses in a commit
/// that conflicts with the lane.
const GIVEN: &str = r#"
cd wt-uploads
echo one >src/api/uploads/create.ts; git add -A; git commit -q -m create
unseen switch -q -c bad
echo b >>tsconfig.json; echo b >src/api/uploads/new.ts; git rm -q README.md; save bad-1
echo b >>src/index.ts; save bad-2
unseen switch -q -c side main; echo s >>src/api/http.ts; echo s >src/api/uploads/side.ts; save side
unseen switch -q -c halves main
echo h >src/api/uploads/half.ts; save half; echo h >>tsconfig.json; save other-half
unseen switch -q -c late main; echo two >src/api/uploads/create.ts; echo l >>tsconfig.json; save late
unseen switch -q agents/uploads
"#;

const PRELUDE: &str = r#"
set -e
unseen() { git -c core.hooksPath=/nowhere "$@"; }
save() { git add -A; unseen commit -q -m "$1"; }
"#;

const STAGED: &str = "echo mine >>src/api/uploads/README.md; git add src/api/uploads/README.md";
const UNSTAGED: &str = "echo mine >>src/auth/session.ts; echo mine >notes.txt";

/// What of their own somebody has not committed when the command starts.
#[derive(Clone, Copy, PartialEq)]
enum Mine {
    Nothing,
    /// Changed and untracked files.
    Unstaged,
    /// The same, and staged changes.
    All,
    /// Staged and changed files that the command itself throws away.
    ThrownAway,
    /// The same as all, of which the command itself unstages what is staged.
    Unstages,
}
use Mine::{All, Nothing, ThrownAway, Unstaged, Unstages};

/// A command, what precedes it, and the way back from it, ids left out.
struct Row {
    before: &'static str,
    mine: Mine,
    command: &'static str,
    back: &'static [&'static str],
}

fn row(mine: Mine, command: &'static str, back: &'static [&'static str]) -> Row {
    Row { before: "", mine, command, back }
}

impl Row {
    fn after(self, before: &'static str) -> Self {
        Self { before, ..self }
    }
}

const TARGET: &[&str] = &["git read-tree -m -u ID HEAD"];
const TARGET_AND_STASH: &[&str] =
    &["git merge --quit", "git read-tree -m -u ID HEAD", "git stash pop --index"];
const MERGE_AND_STASH: &[&str] =
    &["git merge --quit", "git reset --merge", "git stash pop --index"];
const REBASE_AND_STASH: &[&str] =
    &["git rebase --quit", "git switch agents/uploads", "git stash pop --index"];

#[test]
fn fast_forwards() {
    play([
        row(All, "git merge -q bad", TARGET),
        row(All, "git merge -q --ff-only bad~1", TARGET),
        row(All, "git merge -q --autostash bad", TARGET_AND_STASH),
        row(All, "git pull -q --ff-only . bad", TARGET),
        row(Nothing, "git pull -q --rebase . bad", TARGET),
        row(All, "git pull -q --rebase --autostash . bad", TARGET_AND_STASH),
        row(Unstaged, "git cherry-pick --ff bad~1", TARGET),
        row(All, "cd ../repo; git merge -q agents/uploads", TARGET),
        row(All, "cd ../repo; git pull -q --ff-only . agents/uploads", TARGET),
    ]);
}

#[test]
fn resets_and_switches() {
    const LANE_GONE: &str = "git worktree remove ../wt-tests; unseen branch -q -D agents/tests; unseen switch -q -c free main";
    play([
        row(Nothing, "git reset -q --hard bad", TARGET),
        row(ThrownAway, "git reset -q --hard side", TARGET),
        row(Unstaged, "git reset -q --keep bad", TARGET),
        row(Unstaged, "git reset -q --merge bad", TARGET),
        // What was staged is in the files alone, after `reset --mixed` as after the way back.
        row(Unstaged, "git reset -q --mixed bad", &["git reset"]),
        row(Unstaged, "git reset -q side", &["git reset"]),
        row(Unstages, "git reset -q --mixed bad", &["git reset"]),
        row(All, "git checkout -q -B agents/uploads bad", TARGET),
        row(All, "git switch -q -C agents/uploads bad", TARGET),
        row(All, "git checkout -q -B agents/uploads bad", TARGET).after("unseen switch -q -c free main"),
        row(All, "git switch -q -C agents/uploads side", TARGET).after("unseen switch -q --detach main"),
        row(Unstaged, "git switch -q -c agents/tests side", TARGET).after(LANE_GONE),
        row(Unstaged, "git checkout -q -b agents/tests side", TARGET).after(LANE_GONE),
        row(Nothing, "git stash branch agents/tests", TARGET).after(
            "git worktree remove ../wt-tests; unseen branch -q -D agents/tests
             unseen switch -q --detach main; echo x >>src/index.ts; git stash -q; unseen checkout -q side",
        ),
    ]);
}

#[test]
fn picks_reverts_and_mail() {
    const PICK: &[&str] = &["git cherry-pick --abort"];
    const RESET: &str = "git reset --merge ID";
    const REVERT: &[&str] = &["git revert --abort"];
    const AM: &[&str] = &["git am --abort"];
    const TRUNK_WORK: &str = "cd ../repo; echo t >>tsconfig.json; save trunk
                              cd ../wt-uploads; unseen rebase -q main";
    const MERGED: &str = "unseen switch -q -c merged main; unseen merge -q --no-ff --no-edit side
                          unseen switch -q agents/uploads";
    play([
        row(Unstaged, "git cherry-pick side", PICK),
        row(Unstaged, "git cherry-pick -x --edit side", PICK),
        row(Unstaged, "git cherry-pick halves~1 halves", PICK),
        row(Unstaged, "git cherry-pick --edit halves halves~1", PICK),
        row(Unstaged, "git cherry-pick --ff agents/uploads..bad", PICK),
        row(Unstaged, "git cherry-pick main..halves", PICK),
        row(Unstaged, "git cherry-pick -m 1 merged", PICK).after(MERGED),
        row(Unstaged, "git revert --no-edit main", &["git reset --merge"]).after(TRUNK_WORK),
        row(Unstaged, "git revert --edit main", &["git reset --merge"]).after(TRUNK_WORK),
        row(Unstaged, "git revert --no-edit main HEAD", REVERT).after(TRUNK_WORK),
        row(Unstaged, "git revert --edit HEAD main", REVERT).after(TRUNK_WORK),
        row(Unstaged, "git format-patch -q --stdout main..side | git am -q", AM),
        row(Unstaged, "git format-patch -q --stdout main..halves | git am -q -3", AM),
        // One command in several parts: back is before the first.
        row(
            Nothing,
            "git cherry-pick late halves || :
             echo both >src/api/uploads/create.ts; git restore --source=main -SW tsconfig.json
             git add -A; git cherry-pick --continue",
            &["git cherry-pick --quit", RESET],
        ),
        row(
            Nothing,
            "git revert --no-edit HEAD~1 main || :
             echo both >src/api/uploads/create.ts; git add -A; git revert --continue",
            &["git revert --quit", RESET],
        )
        .after(
            "cd ../repo; echo t >>tsconfig.json; save trunk; cd ../wt-uploads; unseen rebase -q main
             echo two >src/api/uploads/create.ts; git commit -q -a -m two",
        ),
        row(
            Nothing,
            "git format-patch -q --stdout main..late | git am -q -3 || :
             echo both >src/api/uploads/create.ts; git add -A; git am --continue",
            AM,
        ),
    ]);
}

#[test]
fn merges() {
    const ABORT: &[&str] = &["git merge --abort"];
    play([
        row(Unstaged, "git merge -q --no-edit side", ABORT),
        row(Unstaged, "git merge -q --no-ff --no-edit bad", ABORT),
        row(Unstaged, "git merge -q --no-edit side halves", ABORT),
        row(Unstaged, "git merge -q --no-verify --no-edit side halves", ABORT),
        row(Nothing, "git merge -q --no-edit -X theirs late", ABORT),
        row(Unstaged, "git pull -q --no-rebase --no-edit . side", ABORT),
        row(All, "git merge -q --no-edit --autostash side", MERGE_AND_STASH),
        row(All, "git pull -q --no-rebase --no-edit --autostash . side", MERGE_AND_STASH),
        row(Unstaged, "git merge -q --no-verify --no-edit side", ABORT),
        row(Unstaged, "git merge -q --no-verify --no-ff --no-edit bad", ABORT),
        row(Nothing, "git merge -q --no-verify -s resolve --no-edit side", ABORT),
        row(Unstaged, "git pull -q --no-verify --no-rebase --no-edit . side", ABORT),
        row(All, "git merge -q --no-verify --no-edit --autostash side", MERGE_AND_STASH),
    ]);
}

#[test]
fn rebases() {
    const ABORT: &[&str] = &["git rebase --abort"];
    const APPLIED: &[&str] = &["git am --quit", "git switch agents/uploads"];
    const STACKED: &str = "git branch -q stacked; echo two >src/api/uploads/two.ts; save two";
    play([
        row(Nothing, "git rebase -q side", ABORT),
        row(Nothing, "git rebase -q -i side", ABORT),
        row(Nothing, "git rebase -q bad", ABORT),
        row(Nothing, "git rebase -q --onto side main", ABORT),
        row(Nothing, "git rebase -q -i --autosquash side", ABORT),
        row(Nothing, "git rebase -q -x true side", ABORT),
        row(Nothing, "git rebase -q --rebase-merges side", ABORT)
            .after("unseen merge -q --no-ff --no-edit halves~1"),
        row(Nothing, "git rebase -q --update-refs side", ABORT).after(STACKED),
        row(Nothing, "cd ../repo; git rebase -q --update-refs side", ABORT).after(
            "unseen switch -q -c free main; cd ../repo; git switch -q -c topic agents/uploads
             echo two >src/api/uploads/two.ts; save two",
        ),
        row(Nothing, "git pull -q --rebase=merges . side", ABORT),
        // In the middle HEAD is detached, which is free; it is asked about the lane at the end.
        row(
            Nothing,
            "GIT_SEQUENCE_EDITOR='sed -i 1ibreak' git rebase -q -i main~0
             echo x >>tsconfig.json; git commit -q -a -m middle; git rebase --continue",
            ABORT,
        )
        .after(STACKED),
        row(Nothing, "git pull -q --rebase . side", ABORT),
        row(All, "git rebase -q --autostash side", REBASE_AND_STASH),
        row(All, "git pull -q --rebase --autostash . side", REBASE_AND_STASH),
        row(Nothing, "git rebase -q --apply side", APPLIED),
        row(
            All,
            "git rebase -q --apply --autostash side",
            &["git am --quit", "git switch agents/uploads", "git stash apply --index ID"],
        ),
    ]);
    // What git does not note nobody can print: a rebase that began by switching to the lane goes
    // back to the lane, and not to where one was (2.39 and 2.47).
    let world = world();
    run(&world, "wt-uploads", "unseen switch -q -c free main").expect(0);
    let refused = run(&world, "wt-uploads", "git rebase -q side agents/uploads");
    assert_eq!(printed(&refused), ABORT, "{refused:?}");
    run(&world, "wt-uploads", ABORT[0]).expect(0);
    assert_eq!(world.git("wt-uploads", &["branch", "--show-current"]).line(), "agents/uploads");
    // Back from a rebase that had stopped is before the rebase, with both backends.
    for backend in ["--merge", "--apply"] {
        let world = self::world();
        let before = picture(&world);
        let stopped = format!("git rebase -q {backend} late");
        run(&world, "wt-uploads", &stopped).expect_failure();
        let go_on = "echo both >src/api/uploads/create.ts; git add -A; git rebase --continue";
        let refused = run(&world, "wt-uploads", go_on);
        assert_eq!(printed(&refused), ABORT, "{refused:?}");
        run(&world, "wt-uploads", ABORT[0]).expect(0);
        assert_same(&before, &picture(&world), &refused);
    }
}

/// Going back would lose what was resolved; going on keeps it.
#[test]
fn what_is_half_done_can_be_finished_without_what_is_refused() {
    for (command, undoing, onward, kept) in [
        ("git merge -q --no-edit side", 1, &["git merge --continue"][..], "side.ts"),
        ("git merge -q --no-verify --no-edit side", 1, &["git merge --continue"], "side.ts"),
        ("git cherry-pick side", 1, &["git cherry-pick --continue"], "side.ts"),
        ("git cherry-pick main..halves", 1, &["git cherry-pick --skip"], "half.ts"),
        (
            "git format-patch -q --stdout main..side | git am -q",
            1,
            &["git am --continue"],
            "side.ts",
        ),
        ("git format-patch -q --stdout main..halves | git am -q", 1, &["git am --skip"], "half.ts"),
        ("git rebase -q side", 1, &["git commit -m 'Undo it'", "git rebase --continue"], "side.ts"),
        (
            "git format-patch -q --stdout main..late | git am -q -3 || :
             echo both >src/api/uploads/create.ts; git add -A; git am --continue",
            1,
            &["git am --continue"],
            "create.ts",
        ),
        (
            "git rebase -q late || :
             echo both >src/api/uploads/create.ts; git add -A; git rebase --continue",
            1,
            &["git commit -m 'Undo it'", "git rebase --continue"],
            "create.ts",
        ),
    ] {
        let world = world();
        let refused = run(&world, "wt-uploads", command);
        refused.expect_failure();
        let undo: Vec<&str> = refused.stderr.lines().filter_map(undo_it).collect();
        assert_eq!(undo.len(), undoing, "{refused:?}");
        let offered = section(&refused, "go on:");
        for command in undo.iter().copied().chain(onward.iter().copied()) {
            let is_offered = offered.iter().any(|offered| offered == command);
            assert!(is_offered || undo.contains(&command), "{command} in {refused:?}");
            run(&world, "wt-uploads/src/api/uploads", command).expect(0);
        }
        assert!(world.exists(format!("wt-uploads/src/api/uploads/{kept}")), "{refused:?}");
        let status = world.git("wt-uploads", &["status", "--porcelain=v2", "--branch"]).text();
        assert!(status.contains("# branch.head agents/uploads\n"), "{status} after {refused:?}");
        assert_eq!(status.lines().filter(|line| !line.starts_with('#')).count(), 0, "{status}");
        let state = names_in(&world.path("repo/.git/worktrees/wt-uploads"));
        let begun = ["MERGE_HEAD", "CHERRY_PICK_HEAD", "sequencer", "rebase-merge", "rebase-apply"];
        assert!(!state.iter().any(|name| begun.contains(&name.as_str())), "{state:?}");
        world.gate("wt-uploads", &["check"]).expect(0);
    }
}

fn undo_it(line: &str) -> Option<&str> {
    line.split_once("undo it  ").map(|(_, command)| command)
}

#[test]
fn commands_that_leave_nothing_half_done() {
    const TRESPASS: &str = "echo x >>tsconfig.json; git add tsconfig.json";
    const AWAY: &str = "unseen switch -q -c free main";
    const CONFLICT: &str = "unseen merge -q late >&2 || :
                            echo both >src/api/uploads/create.ts; git add -A";
    const PICKED: &str = "unseen cherry-pick late >&2 || :
                          echo both >src/api/uploads/create.ts; git add -A";
    play([
        row(All, "git commit -q -n -m x", &[]).after(TRESPASS),
        row(All, "git commit -q -n -a -m x", &[]).after("echo x >>tsconfig.json"),
        row(All, "git commit -q -n -m x tsconfig.json", &[]).after("echo x >>tsconfig.json"),
        row(All, "git commit -q -n --amend --no-edit", &[]).after(TRESPASS),
        row(Nothing, "git commit -q -n --no-edit", &[]).after("git merge -q --squash side"),
        row(All, "git commit -q -m x", &[]).after(TRESPASS),
        row(All, "git commit -q -a -m x", &[]).after("echo x >>tsconfig.json"),
        row(All, "git commit -q --amend --no-edit", &[]).after(TRESPASS),
        row(All, "git commit -q -o -m x tsconfig.json", &[]).after("echo x >>tsconfig.json"),
        row(All, "git commit -q -n -o -m x tsconfig.json", &[]).after("echo x >>tsconfig.json"),
        row(All, "git commit -q -n -i -m x tsconfig.json", &[]).after("echo x >>tsconfig.json"),
        row(All, "git commit -q -n --fixup HEAD", &[]).after(TRESPASS),
        row(All, "git commit -q -n -m x", &[]).after("git cherry-pick -n side"),
        row(All, "git commit -q -m x", &[]).after("git cherry-pick -n side"),
        row(All, "git commit -q -n -m x", &[])
            .after("git revert -n HEAD; echo x >>tsconfig.json; git add -A"),
        row(Nothing, "git commit -q -n --no-edit", &[])
            .after("git merge -q --no-commit --no-ff side"),
        row(Nothing, "git merge --continue", &[]).after("git merge -q --no-commit --no-ff side"),
        row(Nothing, "git merge --continue", &[]).after(CONFLICT),
        row(Nothing, "git cherry-pick --continue", &[]).after(PICKED),
        row(Nothing, "git commit -q -n --no-edit", &[]).after(CONFLICT),
        row(Nothing, "git commit -q -n --no-edit", &[]).after(PICKED),
        row(All, "git update-ref HEAD $(git commit-tree -p HEAD -m x $(git write-tree))", &[])
            .after(TRESPASS),
        row(All, "git reset -q --soft bad", &[]),
        row(All, "git update-ref refs/heads/agents/uploads bad", &[]),
        row(All, "git update-ref HEAD bad", &[]),
        row(All, "git fetch -q -u . bad:agents/uploads", &[]),
        row(All, "git fetch -q . bad:agents/uploads", &[]).after(AWAY),
        row(All, "git branch -f agents/uploads bad", &[]).after(AWAY),
        row(All, "git push -q . bad:agents/uploads", &[]).after(AWAY),
        row(All, "git push -q --no-verify . bad:agents/uploads", &[]).after(AWAY),
        row(All, "git branch -D agents/uploads", &[]).after(AWAY),
        row(All, "git update-ref -d refs/heads/agents/uploads", &[]).after(AWAY),
        row(All, "git worktree add -q -B agents/uploads ../more bad", &[]).after(AWAY),
    ]);
}

#[test]
fn what_was_staged_for_a_landing() {
    const RESET: &[&str] = &["git reset --merge"];
    play([
        row(
            Unstaged,
            "cd ../repo; git merge -q --squash agents/uploads; git commit -q -m x",
            RESET,
        ),
        row(Unstaged, "cd ../repo; git cherry-pick -n agents/uploads; git commit -q -m x", RESET),
        row(
            Unstaged,
            "cd ../repo; git merge -q --squash agents/uploads; git commit -q -m x",
            RESET,
        )
        .after("cd ../repo; echo more >>README.md; save more"),
    ]);
}

#[test]
fn what_is_undecided_has_a_way_back_as_well() {
    play([
        row(All, "git merge -q bad", TARGET).after("git config contractgate.trunk nowhere"),
        row(Unstaged, "git reset -q --keep bad", TARGET)
            .after("cd ../repo; echo 'format = 7' >contract.toml; save broken"),
    ]);
}

#[test]
fn a_lane_that_was_to_be_renamed() {
    const BACK: &[&str] = &["mv -f \"$(git rev-parse --git-path logs/refs/.tmp-renamed-log)\" \
         \"$(git rev-parse --git-path logs/refs/heads/agents/uploads)\""];
    if has_reftable() {
        // Git asks nobody (`git_facts::moves`).
        run(&world(), "wt-uploads", "git branch -m other").expect(0);
        return;
    }
    play([
        row(All, "git branch -m other", BACK),
        row(All, "git branch -m agents/uploads other", BACK).after("unseen switch -q -c free main"),
    ]);
}

#[test]
fn a_branch_that_was_to_be_renamed_over_a_lane() {
    for (story, command) in [
        ("git switch -q -c topic; git commit -q --allow-empty -m t", "git branch -M agents/tests"),
        ("git branch topic main~0", "git branch -M topic agents/tests"),
    ] {
        let world = world();
        let lane = "cd wt-tests; echo t >tests/uploads/a.test.ts; save work
                    cd ..; git -C repo worktree remove ../wt-tests";
        run(&world, ".", lane).expect(0);
        run(&world, "repo", story).expect(0);
        let log = "git reflog show --format=%H%gs";
        let (before, moves) =
            (picture(&world), run(&world, "repo", &format!("{log} topic")).text());

        let refused = run(&world, "repo", command);
        if has_reftable() {
            // Git asks nobody (`git_facts::moves`).
            refused.expect(0);
            continue;
        }
        refused.expect_failure().says("error[lane-deleted]");
        assert_eq!(world.tip("repo", "refs/heads/topic"), None, "{refused:?}");
        for command in printed(&refused) {
            run(&world, "repo/src", &command).expect(0);
        }
        // Its name is known where HEAD was on it, else there is a name that says what it was.
        let tip = world.tip("repo", "refs/heads/topic");
        let name = match &tip {
            Some(_) => "topic".to_owned(),
            None => format!("renamed-{}", &world.id("repo", "main")[..7]),
        };
        assert_eq!(tip.is_some(), command == "git branch -M agents/tests", "{refused:?}");
        let renamed =
            |line: String| line.replace(&format!("refs/heads/{name}"), "refs/heads/topic");
        assert_same(&before, &picture(&world).into_iter().map(renamed).collect(), &refused);
        assert_eq!(run(&world, "repo", &format!("{log} {name}")).text(), moves, "{refused:?}");
        run(&world, "repo", &format!("git branch -c {name} copy")).expect(0);
    }
}

fn play<const ROWS: usize>(rows: [Row; ROWS]) {
    // A row without a story of its own leaves the world as it was, for the next one.
    let shared = world();
    let model = shared.copy();
    for row in rows {
        if row.before.is_empty() {
            row.play(&shared);
        } else {
            let own = model.copy();
            run(&own, "wt-uploads", row.before).expect(0);
            row.play(&own);
        }
    }
}

impl Row {
    fn play(&self, world: &Sandbox) {
        let place = if self.command.starts_with("cd ../repo") { "repo" } else { "wt-uploads" };
        // Where there is no way back, once is enough.
        let places = if self.back.is_empty() { 1 } else { 2 };
        for from in [".", "src/api/uploads"].into_iter().take(places) {
            let clean = picture(world);
            let (mine, undo) = match self.mine {
                Nothing => (String::new(), ""),
                Unstaged => (UNSTAGED.to_owned(), "git restore src/auth; rm notes.txt"),
                All | Unstages => (
                    format!("{STAGED}\n{UNSTAGED}"),
                    "git restore --staged --worktree src/api/uploads/README.md src/auth
                     rm notes.txt",
                ),
                ThrownAway => (format!("{STAGED}\necho mine >>src/auth/session.ts"), ""),
            };
            run(world, place, &mine).expect(0);
            let before = match self.mine {
                ThrownAway => clean,
                Unstages => {
                    run(world, place, "git reset -q").expect(0);
                    let unstaged = picture(world);
                    run(world, place, "git add src/api/uploads/README.md").expect(0);
                    unstaged
                }
                Nothing | Unstaged | All => picture(world),
            };

            let refused = run(world, "wt-uploads", self.command);
            refused.expect_failure();
            let said = |word: &str| refused.stderr.contains(&format!("{word} at "));
            assert!(said("denied") || said("undecided"), "{refused:?}");
            let commands = printed(&refused);
            let general = commands.iter().map(|command| general(command)).collect::<Vec<_>>();
            assert_eq!(general, self.back, "{refused:?}");
            let half_done = picture(world);
            assert_eq!(half_done == before, self.back.is_empty(), "{refused:?}");

            for command in &commands {
                run(world, &format!("{place}/{from}"), command).expect(0);
            }
            assert_same(&before, &picture(world), &refused);
            run(world, place, undo).expect(0);
        }
    }
}

fn world() -> Sandbox {
    let world = uploads();
    run(&world, ".", GIVEN).expect(0);
    world
}

fn run(world: &Sandbox, directory: &str, script: &str) -> Ran {
    world.call(directory, "sh").args(["-c", &format!("{PRELUDE}\n{script}")]).run()
}

/// The commands under "The way back", as they are printed.
fn printed(refused: &Ran) -> Vec<String> {
    section(refused, "The way back:")
}

/// The commands below a line that ends like this.
fn section(refused: &Ran, head: &str) -> Vec<String> {
    let mut lines = refused.stderr.lines().skip_while(|line| !line.ends_with(head));
    lines.next();
    let commands = lines.take_while(|line| !line.is_empty());
    commands
        .map(|line| line.trim_start().split_once("  ").unwrap().1.trim_start().to_owned())
        .collect()
}

/// The command without the ids in it.
fn general(command: &str) -> String {
    let is_id = |word: &str| {
        [40, 64].contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let words = command.split(' ').map(|word| if is_id(word) { "ID" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_same(before: &Picture, after: &Picture, refused: &Ran) {
    let lost: Vec<_> = before.difference(after).collect();
    let new: Vec<_> = after.difference(before).collect();
    assert!(lost.is_empty() && new.is_empty(), "lost: {lost:#?}\nnew: {new:#?}{refused:?}");
}

/// Everything that a way back must restore, a fact a line.
type Picture = BTreeSet<String>;

/// What successful commands leave behind too.
const FREE: [&str; 7] =
    ["ORIG_HEAD", "FETCH_HEAD", "AUTO_MERGE", "COMMIT_EDITMSG", "logs", "refs", "reftable"];
/// What is looked at in another way, or holds more than a state.
const PICTURED: [&str; 5] = ["index", "objects", "worktrees", "packed-refs", "hooks"];

fn picture(world: &Sandbox) -> Picture {
    let mut picture = Picture::new();
    picture.extend(world.git("repo", &["stash", "list", "--format=stash %gd %H"]).lines());
    let places = [("repo", "repo/.git"), ("wt-uploads", "repo/.git/worktrees/wt-uploads")];
    for (worktree, git_dir) in places {
        for question in [
            // Some refs are a worktree's own.
            &["for-each-ref"][..],
            &["status", "--porcelain=v2", "--branch", "--untracked-files=all"],
            &["ls-files", "--stage"],
        ] {
            let answers = world.git(worktree, question).lines();
            picture.extend(answers.iter().map(|line| format!("{worktree}: {line}")));
        }
        for name in names_in(&world.path(git_dir)) {
            let path = world.path(git_dir).join(&name);
            if FREE.contains(&name.as_str()) {
                continue;
            }
            picture.insert(format!("{worktree}: state {name}"));
            let files = if path.is_dir() { files_below(&path) } else { vec![path] };
            for path in files.iter().filter(|_| !PICTURED.contains(&name.as_str())) {
                let content = fs::read(path).unwrap();
                picture.insert(format!(
                    "{} {:?}",
                    path.display(),
                    String::from_utf8_lossy(&content)
                ));
            }
        }
        for path in files_below(&world.path(worktree)) {
            let content = fs::read_to_string(&path).unwrap();
            picture.insert(format!("{} {content:?}", path.display()));
        }
    }
    // With reftable there are none.
    let logs = world.path("repo/.git/logs/refs");
    let logs = if has_reftable() { Vec::new() } else { files_below(&logs) };
    for path in logs {
        if !path.ends_with("stash") {
            picture.insert(format!("{} is there", path.display()));
        }
    }
    picture
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let names = names_in(directory).into_iter().filter(|name| name != ".git");
    let below = names.map(|name| directory.join(name)).flat_map(|path| match path.is_dir() {
        true => files_below(&path),
        false => vec![path],
    });
    below.collect()
}

fn names_in(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap();
    names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Git asks no hook about a copy (`git_facts::moves`), and the lane's own reflog goes with it. The
/// next hook says what the lane held, where that is known: in a worktree that had it checked out,
/// or on a remote.
#[test]
fn a_lane_that_another_branch_was_put_in_the_place_of() {
    let honest = "cd repo; git switch -q agents/tests; edit() { echo t >>\"$1\"; }
                  edit tests/uploads/a.test.ts; save tests; git switch -q main";
    let again = "cd repo; git switch -q agents/tests; echo t >>tests/uploads/b.test.ts; git add -A
                 git commit -q -m again";
    let push = "cd repo; git push -q ../server.git agents/tests";
    for (overwriting, known) in [
        ("git branch -C main agents/tests", true),
        ("git branch -C bad agents/tests", true),
        ("git branch topic main; unseen branch -M topic agents/tests", true),
        ("git reflog expire --expire=now HEAD; git branch -C bad agents/tests", false),
        ("git reflog expire --expire=now HEAD; git branch -C main agents/tests", false),
    ] {
        let world = world();
        run(&world, ".", "git clone -q --bare repo server.git").expect(0);
        world.git("repo", &["worktree", "remove", "../wt-tests"]);
        run(&world, ".", honest).expect(0);
        let lane = world.id("repo", "agents/tests");
        run(&world, "repo", overwriting).expect(0);
        assert_ne!(world.id("repo", "agents/tests"), lane);

        let pushed = run(&world, ".", push);
        let is_there = !overwriting.contains("bad"); // The server has it at the trunk.
        let back = format!("git branch -f agents/tests {lane}");
        match (known, is_there) {
            (_, true) => pushed.expect(0).is_silent_about("branch-overwritten"),
            (true, false) => pushed.expect_failure().says("note[branch-overwritten]").says(&back),
            (false, false) => pushed.expect_failure().says("git keeps no record of what it held"),
        };
        let committed = run(&world, ".", again);
        assert_eq!(committed.stderr.contains("note[branch-overwritten]"), known, "{committed:?}");
        if known {
            let back = format!("git reset --keep {lane}");
            committed.says(&back);
            run(&world, "repo", "git reset -q --hard").expect(0);
            run(&world, "repo", &back).expect(0);
            assert_eq!(world.id("repo", "agents/tests"), lane);
            run(&world, ".", again).expect(0).is_silent_about("branch-overwritten");
        }
    }
}

#[test]
fn a_branch_that_becomes_a_lane_has_not_overwritten_it() {
    let world = world();
    let story = "cd repo; git worktree remove ../wt-tests; unseen branch -q -D agents/tests
                 git switch -q -c topic; git branch -m agents/tests
                 echo t >>tests/uploads/b.test.ts; git add -A; git commit -q -m honest";
    run(&world, ".", story).expect(0).is_silent_about("branch-overwritten");
}
