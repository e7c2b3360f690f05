//! Commands that move a lane's branch to a trespass without committing one there.

use super::{Row, refused, row, stops, theme};

theme!(
    "Moves of one's own lane",
    "A trespass exists on another branch (`bad`, made where no gate stands), and agent-1's lane is \
     moved to it.",
    [by_applying_it, by_pointing_at_it, behind_the_back_of_git, by_other_names, hidden_from_view]
);

const PUSH: &str = "pre-push";
const MOVE: &str = "reference-transaction";

/// The lane moves to the trespass, where `reference-transaction` is asked.
fn moved(name: &'static str, tried: &str) -> Row {
    row(name)
        .given("bad")
        .tried(tried)
        .client(stops(MOVE, "shared-frozen"))
        .pushes("agents/uploads")
        .server(refused("shared-frozen"))
}

/// The lane moves to the trespass, and no hook is asked before the push.
fn unasked(name: &'static str, tried: &str) -> Row {
    moved(name, tried).client(stops(PUSH, "shared-frozen"))
}

fn by_applying_it() -> Vec<Row> {
    vec![
        moved("`git cherry-pick`", "cd wt-uploads; git cherry-pick bad >/dev/null"),
        moved("`git am`", "cd wt-uploads; git format-patch -q -1 --stdout bad | git am -q"),
        moved("`git rebase` onto it, with honest work", "cd wt-uploads; git rebase -q bad")
            .given("bad; uploads"),
        moved(
            "`git rebase --exec`, which makes it on the way",
            "cd wt-uploads; git rebase -q --exec 'echo x >>tsconfig.json; git commit -qnam x' HEAD~1",
        )
        .given("uploads"),
        row("`git revert` of what another lane has landed")
            .given("migrations; land migrations; publish agents/migrations main; cd wt-uploads; git merge -q main")
            .tried("cd wt-uploads; git revert -m 1 --no-edit HEAD >/dev/null")
            .client(stops(MOVE, "shared-owned"))
            .pushes("agents/uploads")
            .server(refused("shared-owned")),
        moved("`git pull` from another branch", "cd wt-uploads; git pull -q ../repo bad"),
        unasked(
            "`git stash`, whose own commit is pushed as the lane",
            "cd wt-uploads; edit tsconfig.json; git stash -q",
        )
        .pushes("refs/stash:agents/uploads"),
        row("`git stash branch`: the stashed trespass is committed on a new branch")
            .given("cd wt-uploads; edit tsconfig.json; git stash -q")
            .tried("cd wt-uploads; git stash branch idea >/dev/null; git commit -qam x")
            .client(stops("pre-commit", "unlisted-branch"))
            .pushes("idea:agents/uploads")
            .server(refused("shared-frozen")),
    ]
}

fn by_pointing_at_it() -> Vec<Row> {
    let detached = "bad; git -C wt-uploads checkout -q --detach";
    vec![
        moved("`git merge --ff-only`", "cd wt-uploads; git merge -q --ff-only bad"),
        moved("`git reset --hard`", "cd wt-uploads; git reset -q --hard bad"),
        moved("`git reset --soft`", "cd wt-uploads; git reset -q --soft bad"),
        moved("`git branch -f`", "git -C repo branch -f agents/uploads bad").given(detached),
        moved("`git checkout -B`", "cd wt-uploads; git checkout -q -B agents/uploads bad"),
        moved("`git update-ref`", "git -C repo update-ref refs/heads/agents/uploads bad"),
        moved(
            "`git update-ref HEAD`, in the lane's worktree",
            "git -C wt-uploads update-ref HEAD bad",
        ),
        moved(
            "`git update-ref --stdin`, among honest updates",
            "cd wt-uploads; printf 'start\\ncreate refs/heads/free main\\n\
             update refs/heads/agents/uploads bad\\nprepare\\ncommit\\n' | git update-ref --stdin >/dev/null",
        ),
        moved("`git fetch . bad:agents/uploads`", "cd repo; git fetch -q . bad:agents/uploads")
            .given(detached),
        moved(
            "`git push .`, into one's own repository",
            "cd repo; git push -q --no-verify . bad:agents/uploads",
        )
        .given(detached),
        moved(
            "`git worktree add -B`",
            "git -C repo worktree add -q -B agents/uploads ../again bad",
        )
        .given(detached),
        unasked(
            "A tracking ref is made of it by hand, and the lane follows that",
            "cd wt-uploads; git fetch -q . bad:refs/remotes/origin/agents/uploads; git reset -q --hard bad",
        ),
        unasked("`git branch -C`", "git -C repo branch -C bad agents/uploads").given(detached),
        unasked("`git branch -M`", "git -C repo branch -M bad agents/uploads")
            .given(format!("{detached}; git -C beside checkout -q --detach")),
    ]
}

fn behind_the_back_of_git() -> Vec<Row> {
    vec![
        unasked(
            "The ref's file is written by hand",
            "cd repo; mkdir -p .git/refs/heads/agents; git rev-parse bad >.git/refs/heads/agents/uploads",
        ),
        unasked(
            "`packed-refs` is edited",
            "cd repo; git pack-refs --all; sed -i \"s,.* refs/heads/agents/uploads$,$(git rev-parse bad) refs/heads/agents/uploads,\" .git/packed-refs",
        ),
        moved(
            "An object store beside: `.git/objects/info/alternates`",
            "mkdir -p repo/.git/objects/info; echo $PWD/store/.git/objects >>repo/.git/objects/info/alternates
             git -C wt-uploads update-ref HEAD $(git -C store rev-parse HEAD)",
        )
        .given("git clone -q --no-local repo store; cd store; edit tsconfig.json; smuggle"),
        moved(
            "A hooks directory of the worktree's own: `extensions.worktreeConfig`",
            "cd wt-uploads; git config extensions.worktreeConfig true
             git config --worktree core.hooksPath /nowhere; git reset -q --hard bad",
        )
        .client(super::Client::Passes)
        .pushes("--no-verify agents/uploads")
        .note("Whoever sits at a client can switch its hooks off."),
    ]
}

fn by_other_names() -> Vec<Row> {
    vec![
        moved(
            "A symbolic ref that leads to the lane is updated",
            "git -C repo update-ref refs/heads/other bad",
        )
        .given("bad; git -C repo symbolic-ref refs/heads/other refs/heads/agents/uploads"),
        row("The lane is made a symbolic ref to another branch")
            .given("bad")
            .tried("git -C repo symbolic-ref refs/heads/agents/uploads refs/heads/bad")
            .client(stops(MOVE, "foreign-branch"))
            .client_before((2, 46), stops(PUSH, "shared-frozen"))
            .pushes("agents/uploads:refs/heads/agents/uploads")
            .server(refused("shared-frozen"))
            .note("Git before 2.46 asks no hook when a branch becomes symbolic."),
        unasked("It is pushed to the lane from a branch in no lane", "true")
            .pushes("bad:agents/uploads"),
        unasked("It is pushed to the lane from a tag", "git -C repo tag t bad")
            .pushes("refs/tags/t:refs/heads/agents/uploads"),
        unasked(
            "It is pushed to the lane as a chain of tags",
            "cd repo; git tag -m one one bad; git tag -m two two one",
        )
        .pushes("two^{}:refs/heads/agents/uploads"),
    ]
}

fn hidden_from_view() -> Vec<Row> {
    let there = "bad; cd wt-uploads; unseen merge -q --ff-only bad";
    vec![
        row("A replace ref shows an honest commit in its place")
            .given(there)
            .tried("cd wt-uploads; git replace HEAD $(git commit-tree -p HEAD~1 -m honest HEAD~1^{tree})")
            .client(stops(MOVE, "replace-ref"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A replace ref shows an honest tree in the place of its own")
            .given(there)
            .tried("cd wt-uploads; unseen replace HEAD^{tree} main^{tree}")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("shared-frozen")),
        row("A graft gives it to the trunk: `.git/info/grafts`")
            .given(there)
            .tried("cd repo; mkdir -p .git/info; echo $(git rev-parse main agents/uploads) >.git/info/grafts")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("agents/uploads")
            .server(refused("object-unreadable"))
            .note("Git itself believes the graft and does not send the commit."),
        row("A note upon it says that it is waived, and is pushed with it")
            .given(there)
            .tried("cd wt-uploads; git notes add -m 'waived: shared-frozen'")
            .client(stops(PUSH, "shared-frozen"))
            .pushes("agents/uploads refs/notes/commits")
            .server(refused("shared-frozen")),
        row("Replacements are pushed to the server")
            .given("cd repo; unseen replace main $(git commit-tree -m x main^{tree})")
            .pushes("'refs/replace/*'")
            .server(refused("replace-ref"))
            .note("On a client a human may replace what they like: it is their view alone."),
    ]
}
