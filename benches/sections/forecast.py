"""What `forecast` takes, beside the calls of `git merge-tree` that it cannot avoid."""

import json
import os

import repositories
from measure import Variant, compare
from place import GATE, git, run
from results import Section, count

AGENTS = 20
SIZE = 10_000
CHANGED = 50
ROUNDS = 20
# Objects that are gone in a moment lie in memory where there is such a place: ext4 passes over what was
# deleted within the last seconds, one by one, and whoever is measured next would pay for it.
ASIDE = {"TMPDIR": "/dev/shm"} if os.path.isdir("/dev/shm") else {}
CALLS = "the same calls of `git merge-tree`"
IN_TURN = "a call of `git merge-tree` for each"


def run_section():
    section = Section(
        "A forecast",
        f"`contract-gate forecast` of {AGENTS} lanes that change {CHANGED} files each, in a repository of",
        f"{count(SIZE)} files. The trunk has gone on in each lane's paths, and each lane shares a file with the",
        "one before it and one with the next: of 210 pairs 40 can meet. Beside it, one process after the",
        "other, *the calls that it cannot avoid*: one `git merge-tree --stdin` of those pairs, and one `git",
        "merge-tree` for each further step of the sequence, of commits that are there already. All of them",
        "put their objects aside.",
    )
    kept = repositories.meeting(SIZE, AGENTS, CHANGED)
    repository = repositories.checkout(kept, "forecast", "main", with_files=False)
    git(repository, "config", "contractgate.trunk", "main")
    told = json.loads(run([GATE, "forecast", "--format", "json"], repository))
    pairs = [pair for pair in told["pairs"] if pair["merged"]]
    if len(pairs) != 2 * AGENTS or told["outlook"] != "clean":
        raise SystemExit(f"forecast has merged {len(pairs)} pairs, and expects: {told['outlook']}")
    lanes = {lane["agent"]: lane["tip"] for lane in told["lanes"]}
    lines = [f"{lanes.get(pair['one'], told['commit'])} {lanes[pair['other']]}" for pair in pairs]
    (repository / "pairs").write_text("\n".join(lines) + "\n", encoding="utf-8")
    steps = sequence(repository, told["commit"], [lane["tip"] for lane in told["lanes"]])
    merge = "git merge-tree --write-tree -z --name-only --messages"
    stdin = script(repository, "calls", f"{merge} --stdin <pairs >/dev/null\n", steps, merge)
    each = "".join(f"{merge} {line} >/dev/null\n" for line in lines)
    in_turn = script(repository, "in-turn", each, steps, merge)
    variants = [
        Variant(CALLS, ["sh", stdin], repository, env=ASIDE),
        Variant(IN_TURN, ["sh", in_turn], repository, env=ASIDE),
        Variant("`forecast`", [GATE, "forecast"], repository, env=ASIDE),
    ]
    found = compare(variants, ROUNDS)
    section.compared(found)
    for others in (CALLS, IN_TURN):
        section.whole(f"`forecast`, beside {others}", found["`forecast`"], found[others], 1.2)
    return section


def sequence(repository, trunk, tips):
    """The merges of the sequence but the first, whose tree the merge with the trunk has given."""
    at, steps = trunk, []
    for number, tip in enumerate(tips):
        if number > 0:
            steps.append(f"{at} {tip}")
        tree = git(repository, "merge-tree", "--write-tree", at, tip).strip()
        at = git(repository, "commit-tree", tree, "-p", at, "-p", tip, "-m", "step").strip()
    return steps


def script(repository, name, pairs, steps, merge):
    """A script that puts its objects aside, as the forecast does."""
    lines = [
        "set -e",
        "export GIT_ALTERNATE_OBJECT_DIRECTORIES=$PWD/.git/objects",
        "export GIT_OBJECT_DIRECTORY=$(mktemp -d)",
        pairs.rstrip("\n"),
        *(f"{merge} {step} >/dev/null" for step in steps),
        'rm -r "$GIT_OBJECT_DIRECTORY"',
    ]
    path = repository / f"{name}.sh"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
