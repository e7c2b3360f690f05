//! Bad input: a clear message and the right exit, never a panic, never a pass by accident, and
//! nothing written.

use crate::asked::{ask_all, question};
use crate::damaged::answers;
use crate::gated::{CONTRACT, arm, arm_server, attempt, play, play_each, script, uploads};
use crate::sandbox::Sandbox;

/// Puts something else in the contract's place on the trunk, past the gate.
fn contract_becomes(shell: &str) -> String {
    format!("(cd repo; {shell}; git add -A; unseen commit -q --no-verify -m 'another contract')")
}

/// The contracts that are none, and the code under which each is refused.
fn broken_contracts() -> Vec<(&'static str, &'static str, &'static str)> {
    vec![
        ("no TOML", "echo 'format = ' >contract.toml", "contract-invalid"),
        ("an empty file", ": >contract.toml", "contract-invalid"),
        (
            "an unknown format",
            "sed -i 's/^format = 1/format = 2/' contract.toml",
            "contract-invalid",
        ),
        (
            "an unknown key",
            "echo 'extra = true' | cat - contract.toml >c; mv c contract.toml",
            "contract-invalid",
        ),
        (
            "an unknown agent in the order",
            "sed -i 's/agents = \\[\"agent-3\"\\]/agents = [\"agent-4\"]/' contract.toml",
            "contract-invalid",
        ),
        ("bytes that are not UTF-8", "printf '# \\351\\n' >>contract.toml", "contract-invalid"),
        ("a byte that is zero", "printf 'x = \"\\000\"\\n' >>contract.toml", "contract-invalid"),
        (
            "ten megabytes",
            "head -c 10000000 /dev/zero | tr '\\0' '#' >>contract.toml",
            "contract-unreadable",
        ),
        (
            "a symbolic link",
            "mv contract.toml c.toml; ln -s c.toml contract.toml",
            "contract-unreadable",
        ),
        ("both spellings", "echo '# Context contract' >CONTRACT.md", "contract-twice"),
        (
            "for another trunk",
            "sed -i 's/^format = 1/format = 1\\ntrunk = \"develop\"/' contract.toml",
            "trunk-differs",
        ),
    ]
}

#[test]
fn a_broken_contract_on_the_trunk_blocks() {
    play_each(broken_contracts(), |(name, shell, code)| {
        let world = uploads();
        script(&world, &contract_becomes(shell)).expect(0);
        let told = world.gate("wt-uploads", &["check"]);
        (name, answers(&told, 2, &format!("undecided[{code}]")))
    });
    play(
        uploads,
        broken_contracts().into_iter().map(|(name, shell, code)| {
            attempt(name)
                .given(format!(
                    "{}; cd wt-uploads; edit src/api/uploads/a.ts; git add -A",
                    contract_becomes(shell)
                ))
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", code)
        }),
    );
}

#[test]
fn a_broken_contract_is_mended_on_the_trunk() {
    play(
        uploads,
        broken_contracts().into_iter().map(|(name, shell, _)| {
            attempt(name)
                .given(format!("{}; cd repo; git rm -rqf contract.toml; rm -rf contract.toml CONTRACT.md c.toml
                                git checkout -q HEAD~1 -- contract.toml; git add contract.toml; git reset -q -- c.toml", contract_becomes(shell)))
                .tried("cd repo; git add -A -- contract.toml CONTRACT.md 2>/dev/null || git add contract.toml; git commit -qm mended")
                .then("cd wt-uploads; edit src/api/uploads/a.ts; save")
        }),
    );
}

#[test]
fn an_invalid_contract_tells_everything_at_once_with_its_lines() {
    let world = uploads();
    let shell = "sed -i 's/^format = 1/format = 2/; s/\"agent-3\"/\"agent-4\"/' contract.toml";
    script(&world, &contract_becomes(shell)).expect(0);
    let told = world.gate("wt-uploads", &["check"]);
    told.expect(2).says("contract.toml").says("format").says("agent-4");
    told.says("help:");
}

#[test]
fn the_trunk_that_is_not_there() {
    ask_all(
        uploads,
        [
            question("not configured")
                .given("git -C repo config --unset contractgate.trunk")
                .finds(["undecided trunk-unset"]),
            question("configured and empty")
                .given("git -C repo config contractgate.trunk ''")
                .finds(["undecided trunk-unset"]),
            question("configured, and no such branch")
                .given("git -C repo config contractgate.trunk nothing")
                .finds(["undecided trunk-missing"]),
            question("a name full of escapes")
                .given("git -C repo config contractgate.trunk \"$(printf 'a\\033[31mb')\"")
                .finds(["undecided trunk-missing"]),
            question("a tag of the trunk's name does not stand before it")
                .given("edit wt-uploads/tsconfig.json; git -C repo tag main $(git -C repo hash-object -t tree -w /dev/null) 2>/dev/null; git -C repo tag -f main HEAD")
                .finds(["shared-frozen tsconfig.json"]),
            question("by its full name")
                .given("git -C repo config contractgate.trunk refs/heads/main; edit wt-uploads/tsconfig.json")
                .finds(["shared-frozen tsconfig.json"]),
        ],
    );
    play(
        uploads,
        [
            attempt("not configured: a commit")
                .given("git -C repo config --unset contractgate.trunk; cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "trunk-unset"),
            attempt("no such branch: a commit")
                .given("git -C repo config contractgate.trunk nothing; cd wt-uploads; edit src/api/uploads/a.ts; git add -A")
                .tried("cd wt-uploads; git commit -qm x")
                .refused("pre-commit", "trunk-missing"),
            attempt("no such branch: a move")
                .given("git -C repo config contractgate.trunk nothing; uploads 2>/dev/null || (cd wt-uploads; smuggle)")
                .tried("cd wt-uploads; git reset -q --hard HEAD~1")
                .refused("reference-transaction", "trunk-missing"),
        ],
    );
}

#[test]
fn a_repository_that_has_only_begun() {
    let empty = || {
        let world = Sandbox::new();
        arm(&world, "repo");
        world.write("contract.toml", CONTRACT);
        world
    };
    play(
        empty,
        [
            attempt("the first commit, without a contract")
                .given("cd repo; edit README.md; git add -A")
                .tried("cd repo; git commit -qm first")
                .passes(),
            attempt("the first commit brings the contract")
                .given("cd repo; edit README.md; cp ../contract.toml .; git add -A")
                .tried("cd repo; git commit -qm first")
                .passes(),
            attempt("the first commit brings a broken contract")
                .given("cd repo; edit README.md; echo broken >contract.toml; git add -A")
                .tried("cd repo; git commit -qm first")
                .refused("pre-commit", "contract-invalid"),
            attempt("a lane before the trunk is born")
                .given("cd repo; git checkout -q -b agents/uploads; edit README.md; git add -A")
                .tried("cd repo; git commit -qm first")
                .refused("pre-commit", "trunk-missing"),
            attempt("a lane that is born without the trunk's history")
                .given(
                    "cd repo; cp ../contract.toml .; edit README.md; save; git checkout -q --orphan agents/uploads
                     git rm -rqf .; edit src/api/uploads/a.ts; git add -A",
                )
                .tried("cd repo; git commit -qm orphan")
                .passes(),
            attempt("a lane that is born without the trunk's history, with a trespass")
                .given(
                    "cd repo; cp ../contract.toml .; edit README.md; save; git checkout -q --orphan agents/uploads
                     git rm -rqf .; edit src/other.ts; git add -A",
                )
                .tried("cd repo; git commit -qm orphan")
                .refused("pre-commit", "out-of-scope"),
        ],
    );
    ask_all(
        empty,
        [
            question("check in an empty repository")
                .within("repo")
                .finds(["undecided trunk-missing"]),
            question("check --all in an empty repository")
                .within("repo")
                .asked("--all")
                .finds(["nobody: undecided trunk-missing"]),
            question("check --staged in an empty repository")
                .given("cd repo; edit README.md; git add -A")
                .within("repo")
                .asked("--staged")
                .finds([]),
            question("check in a bare repository without refs")
                .given(
                    "git init -q --bare bare.git; git -C bare.git config contractgate.trunk main",
                )
                .within("bare.git")
                .finds(["undecided trunk-missing"]),
            question("check without a repository")
                .given("mkdir nothing")
                .within("nothing")
                .finds(["undecided repository-unreadable"]),
            question("check within .git").within("repo/.git").finds(["undecided trunk-missing"]),
        ],
    );
}

#[test]
fn a_server_that_has_only_begun() {
    let empty = || {
        let world = uploads();
        world.git(".", &["init", "-q", "--bare", "server.git"]);
        arm_server(&world, "server.git");
        world.git("repo", &["remote", "add", "origin", "../server.git"]);
        world.git("repo", &["config", "core.hooksPath", "/nowhere"]);
        world
    };
    play(
        empty,
        [
            attempt("the trunk comes first").tried("cd repo; git push -q origin main").passes(),
            attempt("the trunk and its lanes come together")
                .given("uploads; migrations")
                .tried("cd repo; git push -q --all origin")
                .passes(),
            attempt("a lane with a trespass comes together with the trunk")
                .given("cd wt-uploads; edit tsconfig.json; save")
                .tried("cd repo; git push -q --all origin")
                .refused("pre-receive", "shared-frozen"),
            attempt("a lane comes before the trunk")
                .given("uploads")
                .tried("cd repo; git push -q origin agents/uploads")
                .refused("pre-receive", "trunk-missing"),
            attempt("a trunk with a broken contract comes first")
                .given("cd repo; echo broken >contract.toml; save")
                .tried("cd repo; git push -q origin main")
                .refused("pre-receive", "contract-invalid"),
        ],
    );
}

#[test]
fn what_hides_history_hides_no_trespass() {
    play(
        || {
            let world = uploads();
            world.server("server.git");
            world
        },
        [
            attempt("a replacement that shows another commit")
                .given(
                    "cd wt-uploads; edit tsconfig.json; smuggle
                     git -C ../repo replace agents/uploads main 2>/dev/null",
                )
                .tried("cd wt-uploads; git push -q --force origin agents/uploads")
                .refused("pre-push", "shared-frozen"),
            attempt("a graft that makes the trespass the trunk's")
                .given(
                    "cd wt-uploads; edit tsconfig.json; smuggle; edit src/api/uploads/a.ts; smuggle
                     echo \"$(git rev-parse main) $(git rev-parse HEAD~1)\" >../repo/.git/info/grafts",
                )
                .tried("cd wt-uploads; git push -q origin agents/uploads")
                .refused("pre-push", "shared-frozen"),
        ],
    );
}
