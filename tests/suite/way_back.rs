//! The way back from a refused move of a branch: what the refusal prints is run as printed, and
//! refs, HEAD, index, files and state must be what they were before the command.
//!
//! A row is a command that git has half done when it asks. Each is played twice, with the way
//! back once from the worktree's root and once from a directory in it. Git 2.39 and 2.47 do not
//! differ in any row. What is not compared, because commands leave it behind that succeed as
//! well: `ORIG_HEAD`, `FETCH_HEAD`, `AUTO_MERGE`, reflogs, unreachable objects.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::gated::uploads;
use crate::sandbox::{Ran, Sandbox};

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
}
use Mine::{All, Nothing, ThrownAway, Unstaged};

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
    ]);
}

#[test]
fn resets_and_switches() {
    play([
        row(Nothing, "git reset -q --hard bad", TARGET),
        row(ThrownAway, "git reset -q --hard side", TARGET),
        row(Unstaged, "git reset -q --keep bad", TARGET),
        row(Unstaged, "git reset -q --merge bad", TARGET),
        // What was staged is in the files alone, after `reset --mixed` as after the way back.
        row(Unstaged, "git reset -q --mixed bad", &["git reset"]),
        row(Unstaged, "git reset -q side", &["git reset"]),
        row(All, "git checkout -q -B agents/uploads bad", TARGET),
        row(All, "git switch -q -C agents/uploads bad", TARGET),
        row(All, "git checkout -q -B agents/uploads bad", TARGET).after("unseen switch -q -c free main"),
        row(All, "git switch -q -C agents/uploads side", TARGET).after("unseen switch -q --detach main"),
        row(Nothing, "git stash branch agents/tests", TARGET).after(
            "git worktree remove ../wt-tests; unseen branch -q -D agents/tests
             unseen switch -q --detach main; echo x >>src/index.ts; git stash -q; unseen checkout -q side",
        ),
    ]);
}

#[test]
fn picks_reverts_and_mail() {
    const PICK: &[&str] = &["git cherry-pick --abort"];
    const REVERT: &[&str] = &["git revert --abort"];
    const AM: &[&str] = &["git am --abort"];
    const TRUNK_WORK: &str = "cd ../repo; echo t >>tsconfig.json; save trunk
                              cd ../wt-uploads; unseen rebase -q main";
    play([
        row(Unstaged, "git cherry-pick side", PICK),
        row(Unstaged, "git cherry-pick -x --edit side", PICK),
        row(Unstaged, "git cherry-pick halves~1 halves", PICK),
        row(Unstaged, "git cherry-pick --edit halves halves~1", PICK),
        row(Unstaged, "git cherry-pick --ff agents/uploads..bad", PICK),
        row(Unstaged, "git revert --no-edit main", &["git reset --merge"]).after(TRUNK_WORK),
        row(Unstaged, "git revert --edit main", &["git reset --merge"]).after(TRUNK_WORK),
        row(Unstaged, "git revert --no-edit main HEAD", REVERT).after(TRUNK_WORK),
        row(Unstaged, "git revert --edit HEAD main", REVERT).after(TRUNK_WORK),
        row(Unstaged, "git format-patch -q --stdout main..side | git am -q", AM),
        row(Unstaged, "git format-patch -q --stdout main..halves | git am -q -3", AM),
    ]);
}

#[test]
fn merges() {
    const ABORT: &[&str] = &["git merge --abort"];
    play([
        row(Unstaged, "git merge -q --no-verify --no-edit side", ABORT),
        row(Unstaged, "git merge -q --no-verify --no-ff --no-edit bad", ABORT),
        row(Nothing, "git merge -q --no-verify -s resolve --no-edit side", ABORT),
        row(Unstaged, "git pull -q --no-verify --no-rebase --no-edit . side", ABORT),
        row(All, "git merge -q --no-verify --no-edit --autostash side", TARGET_AND_STASH),
    ]);
}

#[test]
fn rebases() {
    const ABORT: &[&str] = &["git rebase --abort"];
    const APPLIED: &[&str] = &["git am --quit", "git switch agents/uploads"];
    play([
        row(Nothing, "git rebase -q side", ABORT),
        row(Nothing, "git rebase -q -i side", ABORT),
        row(Nothing, "git rebase -q bad", ABORT),
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
    // Back from a rebase that had stopped is before the rebase, with both backends.
    for backend in ["--merge", "--apply"] {
        let world = world();
        let before = picture(&world);
        let stopped = format!("git rebase -q {backend} late");
        run(&world, "wt-uploads", &stopped).expect_failure();
        let go_on = "echo both >src/api/uploads/create.ts; git add -A; git rebase --continue";
        let refused = run(&world, "wt-uploads", go_on);
        assert_eq!(printed(&refused), ABORT, "{refused:?}");
        run(&world, "wt-uploads", ABORT[0]).expect(0);
        assert_eq!(picture(&world), before, "{refused:?}");
    }
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
        row(All, "git branch -m agents/uploads other", &[]).after(AWAY),
        row(All, "git worktree add -q -B agents/uploads ../more bad", &[]).after(AWAY),
    ]);
}

fn play<const ROWS: usize>(rows: [Row; ROWS]) {
    // A row without a story of its own leaves the world as it was, for the next one.
    let shared = world();
    for row in rows {
        if row.before.is_empty() {
            row.play(&shared);
        } else {
            let own = world();
            run(&own, "wt-uploads", row.before).expect(0);
            row.play(&own);
        }
    }
}

impl Row {
    fn play(&self, world: &Sandbox) {
        let place = if self.command.starts_with("cd ../repo") { "repo" } else { "wt-uploads" };
        for from in [".", "src/api/uploads"] {
            let clean = picture(world);
            let (mine, undo) = match self.mine {
                Nothing => (String::new(), ""),
                Unstaged => (UNSTAGED.to_owned(), "git restore src/auth; rm notes.txt"),
                All => (
                    format!("{STAGED}\n{UNSTAGED}"),
                    "git restore --staged --worktree src/api/uploads/README.md src/auth
                     rm notes.txt",
                ),
                ThrownAway => (format!("{STAGED}\necho mine >>src/auth/session.ts"), ""),
            };
            run(world, place, &mine).expect(0);
            let before = if self.mine == ThrownAway { clean } else { picture(world) };

            let refused = run(world, "wt-uploads", self.command);
            refused.expect_failure().says("denied at reference-transaction");
            let commands = printed(&refused);
            let general = commands.iter().map(|command| general(command)).collect::<Vec<_>>();
            assert_eq!(general, self.back, "{refused:?}");
            let half_done = picture(world);
            assert_eq!(half_done == before, self.back.is_empty(), "{refused:?}{half_done}");

            for command in &commands {
                run(world, &format!("{place}/{from}"), command).expect(0);
            }
            assert_eq!(picture(world), before, "{commands:?} from {from}\n{refused:?}");
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
    let mut lines = refused.stderr.lines().skip_while(|line| !line.ends_with("The way back:"));
    lines.next();
    let commands = lines.take_while(|line| !line.is_empty());
    commands.map(|line| line[line.find("  git ").unwrap() + 2..].to_owned()).collect()
}

/// The command without the ids in it.
fn general(command: &str) -> String {
    let is_id = |word: &str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = command.split(' ').map(|word| if is_id(word) { "ID" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Everything that a way back must restore.
fn picture(world: &Sandbox) -> String {
    let mut picture = world.git("repo", &["for-each-ref"]).text();
    for worktree in ["repo", "wt-uploads"] {
        for question in [
            &["rev-parse", "--symbolic-full-name", "HEAD"][..],
            &["rev-parse", "HEAD"],
            &["status", "--porcelain=v2", "--untracked-files=all"],
            &["ls-files", "--stage"],
        ] {
            picture.push_str(&world.git(worktree, question).text());
        }
        let git_dir = world.git(worktree, &["rev-parse", "--absolute-git-dir"]).line();
        for name in names_in(Path::new(&git_dir)) {
            let free = ["ORIG_HEAD", "FETCH_HEAD", "AUTO_MERGE", "COMMIT_EDITMSG", "logs"];
            if !free.contains(&name.as_str()) {
                writeln!(picture, "{worktree}: state {name}").unwrap();
            }
        }
        files_below(&world.path(worktree), &mut picture);
    }
    picture
}

fn files_below(directory: &Path, picture: &mut String) {
    for name in names_in(directory) {
        let path = directory.join(&name);
        if name == ".git" {
            continue;
        }
        if path.is_dir() {
            files_below(&path, picture);
        } else {
            let content = fs::read_to_string(&path).unwrap();
            writeln!(picture, "{} {content:?}", path.display()).unwrap();
        }
    }
}

fn names_in(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap();
    let mut names =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
    names.sort_unstable();
    names
}
