//! Merges: `pre-merge-commit` has no `MERGE_HEAD` yet, a conflict is concluded by `git commit`.

use crate::gated::{attempt, play, uploads};

#[test]
fn a_merge_may_bring_a_lane_nothing_that_is_not_its_own() {
    // A branch in no lane with a change in the scope of agent-1 and one outside.
    let idea = "git -C repo worktree add -q -b idea ../idea main
                (cd idea; edit src/api/uploads/i.ts; edit tsconfig.json; save)";
    play(
        uploads,
        [
            attempt("a merge of a branch that trespasses")
                .given(format!("{idea}; uploads"))
                .tried("cd wt-uploads; git merge -q --no-edit idea")
                .refused("pre-merge-commit", "shared-frozen")
                .then("cd wt-uploads; git merge --abort; git diff --quiet HEAD"),
            attempt("the same without the hook")
                .given(format!("{idea}; uploads"))
                .tried("cd wt-uploads; git merge -q --no-edit --no-verify idea")
                .refused("reference-transaction", "shared-frozen"),
            attempt("the same as a squash")
                .given(format!("{idea}; uploads; cd wt-uploads; git merge -q --squash idea"))
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "shared-frozen"),
            attempt("the same stopped before it is committed")
                .given(format!("{idea}; uploads; cd wt-uploads; git merge -q --no-commit idea"))
                .tried("cd wt-uploads; git commit -q --no-edit")
                .refused("pre-commit", "shared-frozen"),
            attempt("merge --continue after a stop")
                .given(format!("{idea}; uploads; cd wt-uploads; git merge -q --no-commit idea"))
                .tried("cd wt-uploads; git merge --continue")
                .refused("pre-commit", "shared-frozen"),
            attempt("a merge that leaves the trespass out")
                .given(format!(
                    "{idea}; uploads; cd wt-uploads; git merge -q --no-commit idea
                     git checkout -q HEAD -- tsconfig.json"
                ))
                .tried("cd wt-uploads; git commit -q --no-edit")
                .passes(),
            attempt("a merge with something slipped in")
                .given(
                    "(cd repo; edit README.md; git commit -qam t); uploads; cd wt-uploads
                     git merge -q --no-commit main; edit tsconfig.json; git add -A",
                )
                .tried("cd wt-uploads; git commit -q --no-edit")
                .refused("pre-commit", "shared-frozen"),
            attempt("a merge with something slipped in by amending")
                .given(
                    "(cd repo; edit README.md; git commit -qam t); uploads; cd wt-uploads
                     git merge -q --no-edit main; edit tsconfig.json; git add -A",
                )
                .tried("cd wt-uploads; git commit -q --no-edit --amend")
                .refused("pre-commit", "shared-frozen"),
            attempt("a merge that drops the trunk's work")
                .given("(cd repo; edit tsconfig.json; git commit -qam t); uploads")
                .tried("cd wt-uploads; git merge -q --no-edit -s ours main")
                .refused("pre-merge-commit", "shared-frozen")
.then("cd wt-uploads; git merge --abort; git diff --quiet HEAD"),
            attempt("a merge that takes the trunk's work for its own and drops the lane's")
                .given("(cd repo; edit tsconfig.json; git commit -qam t); uploads")
                .tried("cd wt-uploads; git merge -q --no-edit -X theirs main")
                .passes(),
            attempt("a merge of another lane that has not landed")
                .given("migrations; uploads")
                .tried("cd wt-uploads; git merge -q --no-edit agents/migrations")
                .refused("pre-merge-commit", "carries-unlanded")
                .then("cd wt-uploads; git merge --abort"),
            attempt("a fast-forward to another lane that has not landed")
                .given("migrations")
                .tried("cd wt-uploads; git merge -q agents/migrations")
                .refused("reference-transaction", "carries-unlanded"),
            attempt("an octopus with another lane that has not landed")
                .given("(cd repo; edit README.md; git commit -qam t); migrations; uploads")
                .tried("cd wt-uploads; git merge -q --no-edit main agents/migrations")
                .refused("pre-merge-commit", "carries-unlanded"),
            attempt("a merge of the trunk with the lane as its second parent")
                .given("(cd repo; edit README.md; git commit -qam t); uploads")
                .tried(
                    "cd wt-uploads; git checkout -q --detach main; git merge -q --no-edit agents/uploads
                     git checkout -q -B agents/uploads",
                )
                .passes(),
        ],
    );
}

#[test]
fn a_conflict_is_resolved_within_the_scope() {
    let conflict = "(cd repo; edit src/api/uploads/README.md 'from the trunk'; edit tsconfig.json
                     git commit -q --no-verify -am t 2>/dev/null)
                    (cd wt-uploads; edit src/api/uploads/README.md 'from the lane'; save)
                    (cd wt-uploads; ! git merge -q main >/dev/null)";
    play(
        uploads,
        [
            attempt("a resolution in the scope")
                .given(format!("{conflict}; cd wt-uploads; echo both >src/api/uploads/README.md; git add -A"))
                .tried("cd wt-uploads; git commit -q --no-edit")
                .passes(),
            attempt("a resolution that takes the trunk's side")
                .given(format!("{conflict}; cd wt-uploads; git checkout -q --theirs src/api/uploads/README.md; git add -A"))
                .tried("cd wt-uploads; git commit -q --no-edit")
                .passes(),
            attempt("a resolution that edits what nobody edits")
                .given(format!("{conflict}; cd wt-uploads; echo both >src/api/uploads/README.md; edit tsconfig.json; git add -A"))
                .tried("cd wt-uploads; git commit -q --no-edit")
                .refused("pre-commit", "shared-frozen")
                .then("cd wt-uploads; git merge --abort"),
            attempt("a resolution that drops what the trunk did elsewhere")
                .given(format!(
                    "{conflict}; cd wt-uploads; echo both >src/api/uploads/README.md
                     git checkout -q HEAD -- tsconfig.json; git add -A"
                ))
                .tried("cd wt-uploads; git commit -q --no-edit")
                .refused("pre-commit", "shared-frozen"),
            attempt("a conflict that is not resolved yet is git's to refuse")
                .given(conflict)
                .tried("cd wt-uploads; ! git commit -q --no-edit")
                .passes(),
            attempt("a rebase that stops at a conflict, resolved in the scope")
                .given(
                    "(cd repo; edit src/api/uploads/README.md 'from the trunk'; git commit -qam t)
                     (cd wt-uploads; edit src/api/uploads/README.md 'from the lane'; save)
                     (cd wt-uploads; ! git rebase -q main >/dev/null 2>&1)
                     cd wt-uploads; echo both >src/api/uploads/README.md; git add -A",
                )
                .tried("cd wt-uploads; git rebase --continue")
                .passes()
                .then("cd wt-uploads; test \"$(git symbolic-ref --short HEAD)\" = agents/uploads"),
            attempt("a rebase that stops at a conflict, with something slipped in")
                .given(
                    "(cd repo; edit src/api/uploads/README.md 'from the trunk'; git commit -qam t)
                     (cd wt-uploads; edit src/api/uploads/README.md 'from the lane'; save)
                     (cd wt-uploads; ! git rebase -q main >/dev/null 2>&1)
                     cd wt-uploads; echo both >src/api/uploads/README.md; edit tsconfig.json; git add -A",
                )
                .tried("cd wt-uploads; git rebase --continue")
                .refused("reference-transaction", "shared-frozen")
                .then("cd wt-uploads; git rebase --abort; git diff --quiet HEAD"),
            attempt("a cherry-pick that stops at a conflict, resolved in the scope")
                .given(
                    "(cd repo; git checkout -q -b hotfix; edit src/api/uploads/README.md 'a fix'; git commit -qam t)
                     (cd wt-uploads; edit src/api/uploads/README.md 'from the lane'; save)
                     (cd wt-uploads; ! git cherry-pick hotfix >/dev/null 2>&1)
                     cd wt-uploads; echo both >src/api/uploads/README.md; git add -A",
                )
                .tried("cd wt-uploads; git cherry-pick --continue")
                .passes(),
        ],
    );
}
