"""What `pre-commit` takes as a process, however many files there are, beside git's own comparison."""

import shutil

import contracts
import hooks
import repositories
from measure import Variant, compare
from place import ENVIRONMENT, git, run
from results import Section, count

AGENTS = 3
ROUNDS = {1_000: 40, 100_000: 20, 1_000_000: 10}
BRANCH = contracts.lane(0)
GIT = "git diff-index --cached HEAD"


def run_section():
    section = Section(
        "The index",
        "One new file is staged on a lane. The gate's `pre-commit` is started as git starts it, with the",
        f"tree noted in the index as `git commit` notes it before it asks the hook, beside `{GIT}`;",
        "and once more with an index in which no tree is noted, as a formatter's `git add` leaves it.",
        "There is an index and no worktree: neither reads files.",
    )
    for size, rounds in ROUNDS.items():
        kept = repositories.files(size, AGENTS)
        repository = repositories.checkout(kept, f"index-{size}", BRANCH, with_files=False)
        hooks.gate(repository)
        hook = [hooks.directory(repository) / "pre-commit"]
        # git gives hooks these; a commit of the whole index, from the root of the worktree.
        env = {"GIT_INDEX_FILE": ".git/index", "GIT_EDITOR": ":", "GIT_PREFIX": ""}
        refuses(repository, hook, env)
        stage(repository, f"src/{contracts.area(0)}/new.ts")
        index = repository / ".git" / "index"
        shutil.copy(index, index.with_name("index.plain"))
        git(repository, "write-tree")
        plain = {**env, "GIT_INDEX_FILE": ".git/index.plain"}
        found = compare(
            [
                Variant("do nothing", [hooks.NOTHING], repository, env=env),
                Variant(GIT, GIT.split(), repository, env=env),
                Variant("contract-gate `pre-commit`", hook, repository, env=env),
                Variant("the same, no tree noted", hook, repository, env=plain),
            ],
            rounds,
        )
        section.compared(found, caption=f"{count(size)} files")
        if size == max(ROUNDS):
            gate = found["contract-gate `pre-commit`"]
            section.whole(f"`pre-commit` with {count(size)} files, beside `{GIT}`", gate, found[GIT], 1.3)
    return section


def stage(repository, path):
    blob = git(repository, "hash-object", "-w", "--stdin", input="new\n")
    git(repository, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")


def refuses(repository, hook, env):
    """The hook judges: a file out of scope is refused."""
    path = f"src/{contracts.area(1)}/new.ts"
    stage(repository, path)
    status, said = run(hook, cwd=repository, may_fail=True, env={**ENVIRONMENT, **env})
    if status != 1 or "out-of-scope" not in said:
        raise SystemExit(f"pre-commit has not judged the index:\n{said}")
    git(repository, "update-index", "--force-remove", path)
