"""What `check` takes over a long lane, beside git's own list of what its commits change."""

import contracts
import repositories
from measure import Variant, compare
from place import GATE, git
from results import Section, count

AGENTS = 3
SIZE = 1_000
COMMITS = 10_000
ROUNDS = 10
LOG = "git log --raw"


def run_section():
    section = Section(
        "A long lane",
        f"`contract-gate check --branch` of a lane of {count(COMMITS)} commits in scope, and of one whose",
        f"first commit also wrote a path out of scope, which is found; beside `{LOG} main..LANE`, of which",
        "the output goes nowhere.",
    )
    kept = repositories.commits(SIZE, AGENTS, COMMITS)
    repository = repositories.checkout(kept, "check", "main", with_files=False)
    git(repository, "config", "contractgate.trunk", "main")
    log = Variant(LOG, [*LOG.split(), f"main..{contracts.lane(0)}"], repository)
    allowed = check("`check`, in scope", 0, repository, 0)
    denied = check("`check`, a path out of scope", 1, repository, 1)
    found = compare([log, allowed, denied], ROUNDS)
    section.compared(found)
    for variant in (allowed, denied):
        section.whole(f"{variant.name}, beside `{LOG}`", found[variant.name], found[LOG], 0.2)
    return section


def check(name, lane, repository, status):
    command = [GATE, "check", "--branch", contracts.lane(lane)]
    return Variant(name, command, repository, status=status)
