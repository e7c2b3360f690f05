//! `check` as CI asks it of a pull request: in a clone that has the remote's branches and none of its own.

use crate::asked::{ask_all, question};
use crate::gated::uploads;

/// The clone, with a branch `idea` at the remote that is in no lane, made by a script.
fn clone(of: &str, idea: &str) -> String {
    format!(
        "{of}
         (cd repo; git checkout -q --detach; {idea}; git branch -f idea; git checkout -q main)
         git clone -q repo ci; cd ci; git checkout -q --detach origin/idea"
    )
}

const IDEA: &str = "edit README.md; smuggle";

#[test]
fn a_pull_request_of_a_branch_in_no_lane_is_judged_by_what_landing_it_would_do() {
    let asked = "--landing --trunk main --remote origin --branch idea";
    let lanes = "migrations; uploads";
    let row = |name, of: &str, idea: &str| {
        question(name).given(clone(of, idea)).within("ci").asked(asked)
    };
    ask_all(
        uploads,
        [
            row("it changes what is nobody's", "", IDEA).finds([]).notes("no-lane"),
            row("by its full name", "", IDEA)
                .asked("--landing --trunk main --remote origin --branch refs/heads/idea")
                .finds([])
                .notes("no-lane"),
            row("without --landing", "", IDEA)
                .asked("--trunk main --remote origin --branch idea")
                .finds([])
                .notes("no-lane"),
            row("the remote was not named", "", IDEA)
                .asked("--landing --trunk main --branch idea")
                .finds(["undecided ref-missing"]),
            row("the trunk says which remote", "", IDEA)
                .asked("--landing --trunk origin/main --branch idea")
                .finds([])
                .notes("no-lane"),
            row("it is nowhere", "", IDEA)
                .asked("--landing --trunk main --remote origin --branch idae")
                .finds(["undecided ref-missing"]),
            row("a lane's name", lanes, IDEA)
                .asked("--landing --trunk main --remote origin --branch agents/uploads")
                .finds(["merge-order"]),
            row("a lane's work under another name", lanes, "git merge -q --no-edit agents/uploads")
                .finds(["merge-order"])
                .notes("no-lane"),
            row("a lane's work, as one commit", lanes, "git merge -q --squash agents/uploads >/dev/null; smuggle")
                .finds(["merge-order"]),
            row("a lane's work, copied", lanes, "git cherry-pick agents/uploads >/dev/null")
                .finds(["merge-order"]),
            row("a lane's trespass under another name", "(cd wt-migrations; edit tsconfig.json; smuggle)", "git reset -q --hard agents/migrations")
                .finds(["shared-frozen tsconfig.json"]),
            row("a lane at its turn under another name", "migrations", "git reset -q --hard agents/migrations")
                .finds([]),
            row("work in the paths of a lane whose turn it is not", "uploads", "edit src/api/uploads/hotfix.ts; smuggle")
                .finds(["merge-order"]),
            row("an amendment that is not alone", "", "edit contract.toml '# a word'; edit README.md; smuggle")
                .finds(["amendment-not-alone", "amendment-not-alone README.md"]),
            row("an amendment", "", "edit contract.toml '# a word'; smuggle").finds([]),
            row("a conflict with the trunk where nobody's lane is", "(cd repo; git checkout -q --detach; edit README.md theirs; smuggle; git branch -f begun; git checkout -q main; edit README.md ours; smuggle)", "git reset -q --hard begun")
                .finds([]),
            row("a conflict with the trunk in a lane's path", "(cd repo; edit src/db/schema.ts ours; smuggle)", "git reset -q --hard HEAD^; edit src/db/schema.ts theirs; smuggle")
                .finds(["undecided landing-conflicts"]),
            row("landings-only", "(cd repo; printf '\\n[policy]\\ntrunk-steps = \"landings-only\"\\n' >>contract.toml; smuggle)", IDEA)
                .finds(["trunk-direct README.md"]),
            row("the trunk itself", "", "git reset -q --hard main")
                .asked("--landing --trunk main --remote origin --branch main")
                .finds([])
                .notes("no-lane"),
        ],
    );
}

#[test]
fn a_fork_s_branch_is_named_and_given_as_it_is_checked_out() {
    let row = |name, of: &str, idea: &str| question(name).given(clone(of, idea)).within("ci");
    let own = "git update-ref refs/remotes/pull/1/merge HEAD";
    ask_all(
        uploads,
        [
            row("a branch that is not here, and what it brings", "", IDEA)
                .asked("--landing --trunk main --remote origin --branch fix-typo --head HEAD")
                .finds([])
                .notes("no-lane"),
            row("a branch that is not here, and nothing of what it brings", "", IDEA)
                .asked("--landing --trunk main --remote origin --branch fix-typo")
                .finds(["undecided ref-missing"]),
            row("what it brings is a lane's", "uploads", "git reset -q --hard agents/uploads")
                .asked("--landing --trunk main --remote origin --branch fix-typo --head HEAD")
                .finds(["merge-order"]),
            row("it is called like the trunk", "uploads", "git reset -q --hard agents/uploads")
                .asked("--landing --trunk main --remote origin --branch main --head HEAD")
                .finds(["merge-order"]),
            row("it is called like the trunk, and what it brings is not given", "", IDEA)
                .asked("--landing --trunk origin/main --branch origin/main")
                .finds(["undecided lane-unknown"]),
            row("the trunk itself is checked out", "", "git reset -q --hard main")
                .asked("--landing --trunk origin/main --branch origin/main")
                .finds([])
                .notes("no-lane"),
            row("it is called like a lane", "", "edit tsconfig.json; smuggle")
                .asked(
                    "--landing --trunk main --remote origin --branch agents/migrations --head HEAD",
                )
                .finds(["shared-frozen tsconfig.json"]),
            row(
                "it is called like the trunk, which is here",
                "uploads",
                "git reset -q --hard agents/uploads",
            )
            .within("repo")
            .asked("--landing --branch main --head agents/uploads")
            .finds(["merge-order"]),
            row("a name alone is not enough without --landing", "", IDEA)
                .asked("--trunk main --remote origin --branch fix-typo --head HEAD")
                .finds(["undecided ref-missing"]),
            row(
                "what is checked out, without a name",
                "",
                "edit README.md; smuggle; git branch -f own; edit README.md; smuggle",
            )
            .asked("--landing --trunk main --remote origin --head HEAD~1")
            .finds(["undecided lane-unknown"]),
            row("the name under which a forge keeps it", "", IDEA)
                .asked("--landing --trunk main --remote origin --branch refs/pull/1/merge")
                .finds(["undecided lane-unknown"]),
            row(
                "what a detached HEAD is called, which no branch is",
                "",
                "edit tsconfig.json; smuggle",
            )
            .asked("--landing --trunk main --remote origin --branch HEAD")
            .finds(["undecided lane-unknown"]),
            row("the same, of a lane's tip", "uploads", "git reset -q --hard agents/uploads")
                .asked("--landing --trunk main --remote origin --branch HEAD")
                .finds(["merge-order"]),
            question("and where that is here")
                .given(clone("", IDEA) + "; " + own)
                .within("ci")
                .asked("--landing --trunk main --remote origin --branch refs/remotes/pull/1/merge")
                .finds(["undecided lane-unknown"]),
        ],
    );
}

#[test]
fn what_somebody_may_push_beside_the_trunk_is_not_the_trunk() {
    // A tag that is called like it, with a contract that lets everybody do everything.
    let tag = "git branch -q -D main; git checkout -q --detach origin/main
               printf 'format = 1\\n[agents.all]\\nbranch = \"x\"\\nscope = [\"**\"]\\n' >contract.toml
               smuggle; git tag main; git checkout -q --detach origin/idea";
    // A contributor's fork whose trunk goes on from the project's.
    let fork = "git remote add ada ../fork; git clone -q --bare ../repo ../fork
                git push -q ../fork +origin/idea:refs/heads/main; git fetch -q ada";
    let trespass = "edit tsconfig.json; smuggle";
    let row = |name, more: &str| {
        question(name)
            .given(format!("{}; {more}", clone("", trespass)))
            .within("ci")
            .asked("--trunk main --branch agents/migrations --head HEAD")
            .finds(["shared-frozen tsconfig.json"])
    };
    ask_all(
        uploads,
        [
            row("nothing", "true"),
            row("a tag", tag),
            row("a tag, landing", tag)
                .asked("--landing --trunk main --branch agents/migrations --head HEAD"),
            row("tags, where the trunk and the lane are given as the base and the head", &format!("{tag}; git tag agents/migrations main; git tag origin/main main"))
                .asked("--trunk main --remote origin --branch agents/migrations --base origin/main --head origin/idea"),
            row("a tag in the place of a lane that is not here", "git tag agents/tests main")
                .asked("--trunk main --branch agents/tests")
                .finds(["undecided ref-missing"]),
            row("a tag in the place of a branch at the remote", "git tag origin/none main")
                .asked("--landing --trunk main --remote origin --branch none --head origin/none")
                .finds(["undecided ref-missing"]),
            row("a tag in the place of an id", "git tag deadbeef main")
                .asked("--trunk main --remote origin --branch agents/migrations --head deadbeef")
                .finds(["undecided ref-missing"]),
            row("a fork", fork).notes("trunk-elsewhere"),
            row(
                "a fork, where the trunk is here",
                &format!("git branch -f main origin/main; {fork}"),
            ),
            row("a fork that is called as the project would be", fork)
                .given(format!("{}; {}", clone("", trespass), fork.replace("ada", "upstream")))
                .finds([]),
        ],
    );
}

#[test]
fn a_lane_that_the_clone_never_asks_for_is_not_known_to_have_landed() {
    let only = "migrations; (cd repo; unseen merge -q --no-ff --no-edit agents/migrations); migrations; uploads
                git clone -q --single-branch repo ci; cd ci
                git fetch -q origin agents/uploads:refs/remotes/origin/agents/uploads; git checkout -q --detach; git branch -q -D main";
    let asked = "--landing --trunk main --remote origin --branch agents/uploads";
    let row = |name, more: &str| {
        question(name).given(format!("{only}; {more}")).within("ci").asked(asked)
    };
    ask_all(
        uploads,
        [
            row("it has landed, and goes on", "true").finds(["undecided lane-missing"]),
            row("and after the help", "git remote set-branches origin '*' && git fetch -q origin")
                .finds(["merge-order"]),
            row(
                "it has landed, and its branch was deleted",
                "git -C ../wt-migrations checkout -q --detach; unseen -C ../repo branch -q -D agents/migrations
                 git remote set-branches origin '*' && git fetch -q origin",
            )
            .finds([]),
            row(
                "a refspec takes it out of what is asked for",
                "git remote set-branches origin '*'; git config --add remote.origin.fetch '^refs/heads/agents/migrations'
                 git fetch -q origin",
            )
            .finds(["undecided lane-missing"]),
        ],
    );
}

#[test]
fn a_branch_that_is_left_from_another_build_is_not_judged_for_the_remotes() {
    let kept = "migrations; git clone -q repo ci; git -C ci branch -q agents/migrations origin/agents/migrations";
    let row = |name, more: &str| {
        question(name)
            .given(format!("{kept}; {more}; cd ci; git fetch -q; git checkout -q --detach"))
            .within("ci")
            .asked("--trunk main --remote origin --branch agents/migrations")
    };
    let trespass = "(cd wt-migrations; edit tsconfig.json; smuggle)";
    ask_all(
        uploads,
        [
            row("the lane has gone on", trespass).finds(["shared-frozen tsconfig.json"]),
            row("the lane was made anew", &format!("{trespass}; (cd wt-migrations; git reset -q --soft main; smuggle)"))
                .finds(["shared-frozen tsconfig.json"]),
            row("the one before it has gone on since it landed", "(cd repo; unseen merge -q --no-ff --no-edit agents/migrations); migrations; uploads")
                .asked("--landing --trunk main --remote origin --branch agents/uploads")
                .finds(["merge-order"]),
            row("the branch here goes on from the remote's", &format!("(cd ci; git checkout -q agents/migrations; {})", "edit tsconfig.json; git add -A; git -c user.name=o -c user.email=o@o commit -qm x"))
                .finds(["shared-frozen tsconfig.json"]),
        ],
    );
}

#[test]
fn a_lane_that_is_at_a_remote_alone_has_not_landed_because_nobody_asked_there() {
    let land = "(cd repo; unseen merge -q --no-ff --no-edit agents/migrations)";
    let after = format!("migrations; {land}; uploads");
    let goes_on = format!("migrations; {land}; migrations; uploads");
    let squashed = "migrations; (cd repo; unseen merge -q --squash agents/migrations; git add -A; unseen commit -qm squash); uploads";
    let row = |name, lanes: &str| {
        question(name).given(format!("{lanes}; git clone -q repo ci; cd ci")).within("ci")
    };
    let given = "--landing --trunk main --branch agents/uploads --head origin/agents/uploads";
    ask_all(
        uploads,
        [
            row("it goes on", &goes_on).asked(given).finds(["undecided ref-missing"]),
            row("the trunk is given as the remote's", &goes_on)
                .asked("--landing --trunk origin/main --branch origin/agents/uploads")
                .finds(["merge-order"]),
            row("the remote is given", &goes_on)
                .asked("--landing --trunk main --branch agents/uploads --head origin/agents/uploads --remote origin")
                .finds(["merge-order"]),
            row("it has landed", &after).asked(given).finds([]),
            row("it has landed by a squash", squashed).asked(given).finds([]),
        ],
    );
}
