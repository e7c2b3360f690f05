"""Puts hooks into repositories: none, ones that do nothing, the gate's, and those of other programs; and
proves that they run, because a hook that git passes over in silence is quick."""

import shutil
from pathlib import Path

from place import ENVIRONMENT, GATE, HOOK_MANAGERS, NOTHING, git, run

CLIENT = ["pre-commit", "pre-merge-commit", "reference-transaction", "pre-push"]
SERVER = ["pre-receive"]


def directory(repository):
    return Path(git(repository, "rev-parse", "--absolute-git-dir")) / "hooks"


def nothing(repository, names=None):
    """A program that returns 0, under the names that the gate takes."""
    place = directory(repository)
    place.mkdir(exist_ok=True)
    for name in names or CLIENT:
        shutil.copy2(NOTHING, place / name)


def gate(repository, *options):
    run([GATE, "-C", repository, "install", "--trunk", "main", *options])


def lefthook_program():
    """The program itself: what npm puts on the path is node that starts it, which takes longer."""
    found = sorted((HOOK_MANAGERS / "node_modules").glob("lefthook-*/bin/lefthook"))
    return found[0] if found else HOOK_MANAGERS / "lefthook"


class Peer:
    """Another program that looks after hooks, as its registry has it."""

    def __init__(self, name, program, env=None):
        self.name = name
        self.program = program
        self.env = env or {}

    def is_here(self):
        return self.program.is_file()

    def version(self):
        word = "version" if self.name == "lefthook" else "--version"
        return run([self.program, word]).split()[-1]

    def install(self, repository):
        run([self.program, "install"], cwd=repository, env={**ENVIRONMENT, **self.env})


LEFTHOOK = lefthook_program()
PEERS = [
    Peer("prek", HOOK_MANAGERS / "python/bin/prek"),
    # Named so that its hook does not search: the quickest that it can be.
    Peer("lefthook", LEFTHOOK, {"LEFTHOOK_BIN": str(LEFTHOOK)}),
    Peer("pre-commit", HOOK_MANAGERS / "python/bin/pre-commit"),
]
