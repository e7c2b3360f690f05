//! Every kind of repository that git makes: what is honest passes, and what is not is refused.

use crate::gated::{Attempt, CONTRACT, attempt, fill, play, serve_alone};
use crate::sandbox::{Sandbox, git_version};

/// A world whose repositories git makes with these variables in its environment.
fn world_with(variables: &[(&str, &str)]) -> Sandbox {
    let mut world = Sandbox::bare_world();
    for (name, value) in variables {
        world.setenv(name, value);
    }
    world.init("repo");
    fill(world, CONTRACT)
}

/// What is tried on the client of every kind; `shape` makes each worktree what it is to be.
fn on_the_client(shape: &str) -> [Attempt; 8] {
    let given = format!("for lane in uploads migrations tests; do (cd wt-$lane; {shape}); done");
    let (given, and) = (given.as_str(), |more: &str| format!("{given}; {more}"));
    [
        attempt("work within the scope").given(given).tried("uploads; migrations; tests").passes(),
        attempt("a commit out of scope")
            .given(and("cd wt-uploads; edit src/auth/session.ts; git add -A"))
            .tried("cd wt-uploads; git commit -qm x")
            .refused("pre-commit", "out-of-scope"),
        attempt("a commit of a part")
            .given(and("cd wt-uploads; edit src/auth/session.ts; edit src/api/uploads/a.ts; git add src/api"))
            .tried("cd wt-uploads; git commit -qm x")
            .passes(),
        attempt("a commit that is not asked about")
            .given(and("cd wt-uploads; edit src/auth/session.ts; git add -A"))
            .tried("cd wt-uploads; git commit -qm x --no-verify")
            .refused("reference-transaction", "out-of-scope"),
        attempt("a new file with an odd name")
            .given(and("cd wt-uploads; edit \"src/ui/\\\" new\"; git add -A"))
            .tried("cd wt-uploads; git commit -qm x")
            .refused("pre-commit", "out-of-scope"),
        attempt("the trunk is taken in")
            .given(and("uploads; (cd repo; edit README.md; unseen commit -qam hotfix)"))
            .tried("cd wt-uploads; git merge -q --no-edit main")
            .passes(),
        attempt("lanes land in order")
            .given(and("migrations; uploads"))
            .tried("cd repo; git merge -q --no-edit agents/migrations; git merge -q --no-edit agents/uploads")
            .passes(),
        attempt("a lane lands before its turn")
            .given(and("migrations; uploads"))
            .tried("cd repo; git merge -q --no-ff --no-edit agents/uploads")
            .refused("pre-merge-commit", "merge-order"),
    ]
}

/// What is pushed to a server of every kind.
fn on_the_server() -> [Attempt; 4] {
    [
        attempt("lanes and their landings")
            .given("migrations; uploads; cd repo; git merge -q agents/migrations; git merge -q --no-edit agents/uploads")
            .tried("cd repo; git push -q origin main agents/migrations agents/uploads")
            .passes(),
        attempt("a push out of scope")
            .given("cd wt-uploads; edit src/auth/session.ts; smuggle")
            .tried("cd wt-uploads; git push -q origin agents/uploads")
            .refused("pre-receive", "out-of-scope"),
        attempt("a landing before its turn")
            .given("migrations; uploads; cd repo; git merge -q --no-ff --no-edit agents/uploads")
            .tried("cd repo; git push -q origin main agents/migrations agents/uploads")
            .refused("pre-receive", "merge-order"),
        attempt("a lane taken away with its work")
            .given("migrations; cd repo; git push -q origin agents/migrations")
            .tried("cd repo; git push -q origin :agents/migrations")
            .refused("pre-receive", "lane-deleted"),
    ]
}

#[test]
fn sha_256() {
    let world = || world_with(&[("GIT_DEFAULT_HASH", "sha256")]);
    play(world, on_the_client(""));
    play(|| serve_alone(world()), on_the_server());
}

#[test]
fn reftable() {
    // Git has it since 2.45; an older one ignores the variable, and the rows hold all the same.
    let world = || world_with(&[("GIT_DEFAULT_REF_FORMAT", "reftable")]);
    let made = world();
    assert_eq!(made.exists("repo/.git/reftable"), git_version() >= (2, 45));
    play(world, on_the_client(""));
    play(|| serve_alone(world()), on_the_server());
}

#[test]
fn a_split_index() {
    play(|| world_with(&[]), on_the_client("git update-index --split-index"));
}

#[test]
fn a_sparse_index() {
    let shape =
        "git sparse-checkout set --cone --sparse-index src/api src/auth src/db src/ui tests";
    play(|| world_with(&[]), on_the_client(shape));
}

#[test]
fn a_worktree_with_settings_of_its_own() {
    let shape =
        "git config extensions.worktreeConfig true; git config --worktree core.quotePath false";
    play(|| world_with(&[]), on_the_client(shape));
}

#[test]
fn a_partial_clone() {
    play(
        || {
            let world = world_with(&[]);
            let shell = "git clone -q --bare repo server.git; cd server.git
                git config uploadpack.allowFilter true; git config uploadpack.allowAnySHA1InWant true
                cd ../repo; git remote add origin \"file://$PWD/../server.git\"; git fetch -q origin
                git config core.repositoryFormatVersion 1; git config extensions.partialClone origin
                git config remote.origin.promisor true; git config remote.origin.partialCloneFilter blob:none";
            crate::gated::script(&world, shell).expect(0);
            world
        },
        on_the_client(""),
    );
}

#[test]
fn a_server_whose_directory_has_a_colon_in_its_name() {
    // Git then quotes the directory of objects that it names to the hook of a push (2.39, 2.47).
    let world = serve_alone(world_with(&[]));
    let shell = "mv server.git odd:server.git; cd repo; git remote set-url origin \"$PWD/../odd:server.git\"
        cd ..; uploads; migrations; cd repo; git push -q origin agents/uploads agents/migrations
        cd ../wt-uploads; edit src/auth/session.ts; smuggle";
    crate::gated::script(&world, shell).expect(0);
    let push = crate::gated::script(&world, "cd wt-uploads; git push -q origin agents/uploads");
    push.expect(1).says("out-of-scope");
}
