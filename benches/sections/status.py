"""What `status` takes over many lanes, beside what git needs to say the same of each."""

import repositories
from measure import Variant, compare
from place import GATE, WORK, git
from results import Section, count

AGENTS = 200
SIZE = 10_000
COMMITS = 5
BEHIND = 100
ROUNDS = 10
GIT = "git for-each-ref, git diff --shortstat"


def run_section():
    section = Section(
        "A run of many lanes",
        f"`contract-gate status` of {count(AGENTS)} lanes of {COMMITS} commits each, {count(SIZE)} files, and a trunk",
        f"that has gone on by {BEHIND} commits; beside what git says of tips, dates, ahead and behind, in one",
        "`for-each-ref`, and of files and lines, in one `diff --shortstat` a lane. Git says nothing of verdicts,",
        "of what has landed, and of what waits for what. No lane has a worktree here: what is not committed is",
        "asked of `git status`, which nobody can do without.",
    )
    kept = repositories.run_of(SIZE, AGENTS, COMMITS, BEHIND)
    repository = repositories.copy(kept, "status")
    git(repository, "config", "contractgate.trunk", "main")
    script = WORK / "status.sh"
    script.write_text(BY_GIT, encoding="utf-8")
    variants = [
        Variant(GIT, ["sh", script], repository),
        Variant("`status`", [GATE, "status"], repository),
        Variant("`status --format json`", [GATE, "status", "--format", "json"], repository),
        Variant("`check --all`", [GATE, "check", "--all"], repository),
    ]
    found = compare(variants, ROUNDS)
    section.compared(found)
    section.whole(f"`status`, beside `{GIT}`", found["`status`"], found[GIT], 1)
    return section


BY_GIT = """set -e
git for-each-ref --format='%(refname) %(objectname) %(committerdate:unix) %(ahead-behind:main)' refs/heads/agents/
git for-each-ref --format='%(refname)' refs/heads/agents/ | while read -r ref; do
	git diff --shortstat "main...$ref"
done
"""
