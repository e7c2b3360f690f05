//! Whose git is set up in another way: configuration, environment, hooks, and places to call from.

use super::Theme;
use super::row::{Policy, work};
use super::world::{at_its_turn, run};
use crate::sandbox::Sandbox;

/// Every option of diffs, renames, colours, pagers, merges, pulls, indexes, caches and transfers
/// that changes what git prints or how it works, in the user's own configuration.
const EVERYTHING: &str = include_str!("everything.gitconfig");

/// The usual world of a user who has set all that, a file system monitor included.
fn with_everything_set(policy: Policy) -> Sandbox {
    let world = at_its_turn(policy);
    world.write("home/ignored", "*.orig\n");
    world.write("home/attributes", "*.png binary\n*.ts diff=x\n");
    world.write("home/monitor", "#!/bin/sh\nprintf '0\\0/\\0'\n");
    world.make_executable("home/monitor");
    world.append("home/.gitconfig", EVERYTHING);
    run(&world, "dana", "git config --global core.fsmonitor \"$HOME/monitor\"").expect(0);
    world
}

/// What the file does not set, and why.
const EXEMPT: [(&str, &str); 3] = [
    ("core.fsmonitor", "set beside it: a program of the world, and `true` in a row"),
    ("merge.ff", "set by a row, both ways"),
    ("merge.verifySignatures", "git itself then refuses what is not signed"),
];

#[test]
fn every_setting_of_what_git_prints_and_compares_is_set() {
    let world = Sandbox::bare_world();
    world.write("everything", EVERYTHING);
    let names = ["config", "--file", "everything", "--list", "--name-only"];
    let set: Vec<String> = world.git(".", &names).lines();
    let is_set = |key: &str| {
        // `diff.<driver>.binary` is there for some driver, `alias.*` for some alias.
        let key = key.to_ascii_lowercase();
        let (begin, end) = match key.find(['<', '*']) {
            Some(at) => (&key[..at], key[at..].split_once('>').map_or("", |(_, end)| end)),
            None => return set.contains(&key),
        };
        set.iter().any(|set| set.starts_with(begin) && set.ends_with(end))
    };
    let is_exempt = |key: &str| EXEMPT.iter().any(|(exempt, _)| key == *exempt);
    let families =
        ["alias.", "color.", "core.fsmonitor", "diff.", "merge.", "pager.", "status."];
    let known = world.git(".", &["help", "--config"]).lines();
    let mut left_out: Vec<&str> = known.iter().map(|line| line.trim()).collect();
    left_out.retain(|key| families.iter().any(|family| key.starts_with(family)));
    assert!(left_out.len() > 100, "git lists what it knows: {known:?}");
    left_out.retain(|key| !is_set(key) && !is_exempt(key));
    assert_eq!(left_out, [""; 0]);
}

pub fn a_user_who_has_set_everything() -> Theme {
    Theme {
        title: "A user who has set every option of git",
        world: with_everything_set,
        rows: vec![
            work("commits, an amendment, a fixup, renames, names that are not ASCII")
                .given("cd wt-uploads; edit src/api/uploads/a.ts; edit 'src/api/uploads/zażółć b.ts'; git add -A")
                .tried("cd wt-uploads; git commit -qm x; git mv src/api/uploads/a.ts src/api/uploads/b.ts; git commit -qam r; git commit -q --amend -m again; edit src/api/uploads/b.ts; git commit -qa --fixup HEAD
                        GIT_SEQUENCE_EDITOR=true git rebase -q -i HEAD~2")
                .lane_landed(),
            work("merges, rebases and pulls of a trunk that goes on, with a conflict")
                .given("lane uploads src/api/uploads/README.md; tests; on_trunk src/api/uploads/README.md README.md tsconfig.json")
                .tried("cd wt-uploads; ! git merge -q main >/dev/null 2>&1; sed -i '/^[<=>|]/d' src/api/uploads/README.md; git add -A; git commit -qm merged; cd ../wt-tests; git pull -q origin main")
                .lane_landed()
                .pushed("agent-3", "git -C wt-tests push -q"),
            work("additions, stash, cherry-pick, revert")
                .given("lane uploads src/api/uploads/a.ts; cd wt-uploads; edit CHANGELOG.md '- mine'; edit src/api/router.ts; save; edit src/api/uploads/a.ts")
                .tried("cd wt-uploads; git stash -q; git stash pop -q >/dev/null; git commit -qam x; git revert --no-edit HEAD >/dev/null; git cherry-pick HEAD~1 >/dev/null")
                .lane_landed(),
            work("`merge.ff = only` and `false`, `core.autocrlf = true`, `core.fsmonitor = true`, `core.quotePath = true`, `merge.renames = false`")
                .given("git config --global merge.ff only; git config --global core.autocrlf true; git config --global core.fsmonitor true; git config --global core.quotePath true; git config --global merge.renames false; on_trunk README.md")
                .tried("cd wt-uploads; git merge -q main; edit 'src/api/uploads/ąę.ts'; git add -A 2>/dev/null; git commit -qm x; git config --global merge.ff false; edit src/api/uploads/README.md; git commit -qam y 2>/dev/null")
                .lane_landed(),
        ],
    }
}

pub fn other_ways_to_call_git() -> Theme {
    let identity = "git -C repo config user.name n; git -C repo config user.email e@e; edit wt-uploads/src/api/uploads/a.ts; edit repo/CHANGELOG.md '- by hand'";
    Theme {
        title: "Other ways to call git",
        world: at_its_turn,
        rows: vec![
            work("a client that runs git with a thin environment: no HOME, a PATH of `/usr/bin` alone")
                .given(identity)
                .tried("cd wt-uploads; thin='env -i PATH=/usr/bin git'; $thin add -A; $thin commit -q -m thin; $thin branch -f copy HEAD 2>/dev/null; $thin branch -q -D copy; cd ../repo; $thin merge -q --no-ff --no-edit agents/uploads 2>/dev/null")
                .pushed("agent-1", "cd wt-uploads; env -i PATH=/usr/bin PUSHER=agent-1 git push -q origin agents/uploads")
                .pushed("dana", "cd repo; env -i PATH=/usr/bin PUSHER=dana git push -q origin main"),
            work("no PATH at all, and no environment but that")
                .given(identity)
                .tried("cd wt-uploads; git add -A; program=$(command -v git); env -i PATH=/nowhere \"$program\" commit -q -m x; env -i \"$program\" commit -q --allow-empty -m y")
                .lane_landed(),
            work("from a subdirectory")
                .given("edit wt-uploads/src/api/uploads/deep/a.ts")
                .tried("cd wt-uploads/src/api/uploads/deep; git add .; git commit -qm x; edit a.ts; git commit -qm y .; git merge -q --no-edit main; cd ../../../../../repo/src/api; git merge -q --no-ff --no-edit agents/uploads")
                .pushed("agent-1", "cd wt-uploads/src/api; git push -q origin agents/uploads")
                .pushed("dana", "cd repo/tests; git push -q origin main"),
            work("`git -C`, `git --git-dir --work-tree`, `GIT_DIR`, `GIT_WORK_TREE`, `GIT_INDEX_FILE`")
                .given("edit wt-uploads/src/api/uploads/a.ts; edit wt-uploads/src/api/uploads/b.ts")
                .tried("git -C wt-uploads add src/api/uploads/a.ts; git -C wt-uploads commit -qm a; dir=$PWD/repo/.git/worktrees/wt-uploads; git --git-dir=$dir --work-tree=wt-uploads add -A; git --git-dir=$dir --work-tree=wt-uploads commit -qm b
                        cd wt-uploads; edit src/api/uploads/c.ts; export GIT_DIR=$dir GIT_WORK_TREE=$PWD; git add -A; git commit -qm c; edit src/api/uploads/c.ts; cp $dir/index ../index; GIT_INDEX_FILE=$PWD/../index git commit -qam d; git reset -q")
                .lane_landed(),
            work("through a symbolic link to the worktree, and to the main one")
                .given("ln -s wt-uploads via; ln -s repo main-via; edit via/src/api/uploads/a.ts")
                .tried("cd via; git add -A; git commit -qm x; cd ../main-via; git merge -q --no-ff --no-edit agents/uploads")
                .pushed("agent-1", "cd via; git push -q origin agents/uploads")
                .pushed("dana", "cd main-via; git push -q origin main"),
            work("plumbing: `hash-object`, `write-tree`, `commit-tree`, `update-ref`, `symbolic-ref`")
                .tried("cd wt-uploads; blob=$(echo x | git hash-object -w --stdin); git update-index --add --cacheinfo 100644,$blob,src/api/uploads/p.ts
                        commit=$(git commit-tree -p HEAD -m plumbed \"$(git write-tree)\"); git update-ref -m x refs/heads/agents/uploads $commit; git symbolic-ref HEAD refs/heads/agents/uploads; git reset -q --hard")
                .lane_landed(),
            work("`CONTRACT_GATE_AGENT` says what the worktree says")
                .given("edit wt-uploads/src/api/uploads/a.ts")
                .tried("cd wt-uploads; export CONTRACT_GATE_AGENT=agent-1; git add -A; git commit -qm x")
                .pushed("agent-1", "cd wt-uploads; CONTRACT_GATE_AGENT=agent-1 git push -q origin agents/uploads"),
            work("other locales, time zones, traces, and a git that may write no index lock")
                .given("edit wt-uploads/src/api/uploads/a.ts")
                .tried("cd wt-uploads; git add -A; LC_ALL=de_DE.UTF-8 LANGUAGE=de TZ=Asia/Kolkata GIT_TRACE2_EVENT=/dev/null GIT_TRACE=/dev/null GIT_OPTIONAL_LOCKS=0 GIT_PAGER=false GIT_ASKPASS=false COLUMNS=1 TERM=dumb NO_COLOR=1 git commit -qm x; CLICOLOR_FORCE=1 FORCE_COLOR=1 git commit -q --allow-empty -m y")
                .lane_landed(),
        ],
    }
}

pub fn hooks_that_call_git() -> Theme {
    let own = |name: &str, text: &str| {
        format!("mv repo/.git/hooks/{name} repo/.git/hooks/{name}.gate; printf '%s\\n' '#!/bin/sh' '{text}' >repo/.git/hooks/{name}; chmod +x repo/.git/hooks/{name}; ")
    };
    let formatter = own("pre-commit", "for f in $(git diff --cached --name-only --diff-filter=AM); do echo formatted >>$f; git add $f; done; git status --short >/dev/null; exec \"$0.gate-link\"");
    Theme {
        title: "Hooks that call git themselves",
        world: at_its_turn,
        rows: vec![
            work("a formatter before the gate, that changes and stages what is committed")
                .given(format!("{formatter} mkdir repo/.git/hooks/pre-commit.gate-dir; mv repo/.git/hooks/pre-commit.gate repo/.git/hooks/pre-commit.gate-dir/pre-commit
                        printf '%s\\n' '#!/bin/sh' 'exec \"${{0%.gate-link}}.gate-dir/pre-commit\"' >repo/.git/hooks/pre-commit.gate-link; chmod +x repo/.git/hooks/pre-commit.gate-link
                        edit wt-uploads/src/api/uploads/a.ts; git -C wt-uploads add -A"))
                .tried("cd wt-uploads; git commit -qm x; grep -q formatted src/api/uploads/a.ts; edit src/api/uploads/a.ts; git commit -qm y src/api/uploads/a.ts")
                .lane_landed(),
            work("messages and changes by other hooks: prepare-commit-msg, commit-msg, post-commit, post-checkout, post-merge, post-rewrite")
                .given("for name in prepare-commit-msg commit-msg post-commit post-checkout post-merge post-rewrite; do
                        printf '%s\\n' '#!/bin/sh' 'git status --short >/dev/null; git rev-parse HEAD >/dev/null; git log -1 --format=%s >/dev/null' >repo/.git/hooks/$name; chmod +x repo/.git/hooks/$name; done
                        edit wt-uploads/src/api/uploads/a.ts; on_trunk README.md")
                .tried("cd wt-uploads; git add -A; git commit -qm x; git commit -q --amend -m y; git merge -q --no-edit main; git rebase -q main")
                .lane_landed(),
            work("a post-commit hook that amends, tags and pushes")
                .given("printf '%s\\n' '#!/bin/sh' 'test -z \"$AGAIN\" || exit 0' 'AGAIN=1 git commit -q --amend --no-edit --no-verify; git tag -f last >/dev/null 2>&1; PUSHER=dana git push -q --force origin HEAD:refs/heads/agents/uploads' >repo/.git/hooks/post-commit
                        chmod +x repo/.git/hooks/post-commit; edit wt-uploads/src/api/uploads/a.ts")
                .tried("cd wt-uploads; git add -A; git commit -qm x")
                .pushed("dana", "land uploads; push main"),
            work("`git rebase --exec` and `git submodule foreach`, `git bisect run`, aliases that commit")
                .given("lane uploads src/api/uploads/a.ts; lane uploads src/api/uploads/b.ts; git -C repo config alias.save '!git add -A && git commit -q -m saved'")
                .tried("cd wt-uploads; git rebase -q --exec 'echo x >>src/api/uploads/a.ts; git commit -qa --amend --no-edit' HEAD~2 >/dev/null 2>&1; edit src/api/uploads/c.ts; git save; git submodule foreach git status")
                .lane_landed(),
        ],
    }
}
