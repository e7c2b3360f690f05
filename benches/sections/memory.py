"""How much memory the gate takes, how large it is, and what it touches to do nothing."""

import contracts
import hooks
import repositories
from measure import Variant, compare, median
from place import GATE, NOTHING, git
from results import Section, count, duration, mib
from sections.index import stage

ROUNDS = 20


def run_section():
    section = Section(
        "Memory, size and start",
        "Each as a process: the peak of its memory, and the pages that it touches first (minor page faults),",
        "of which most are there to start a program at all. Peaks of whole commands are in the tables above.",
    )
    section.say(f"The program has {GATE.stat().st_size / 2**20:.1f} MiB.")
    small = repositories.checkout(repositories.files(1_000, 3), "memory-small", contracts.lane(0))
    large = repositories.checkout(repositories.files(1_000, 200), "memory-large", contracts.lane(0))
    for repository in (small, large):
        hooks.gate(repository)
        stage(repository, f"src/{contracts.area(0)}/new.ts")
    found = compare(
        [
            Variant("do nothing", [NOTHING], small),
            Variant("`git version`", ["git", "version"], small),
            Variant("`contract-gate --version`", [GATE, "--version"], small),
            transaction(small, "not its state, leaves at once", "committed", "refs/heads/topic"),
            transaction(small, "a tag, leaves at once", "prepared", "refs/tags/somewhere"),
            transaction(small, "a branch in no lane, 3 agents", "prepared", "refs/heads/topic"),
            transaction(small, "a lane moves, 3 agents", "prepared", repositories.lane_ref(0)),
            transaction(large, "a lane moves, 200 agents", "prepared", repositories.lane_ref(0)),
            hook(small, "`pre-commit`, 3 agents", "pre-commit"),
            hook(large, "`pre-commit`, 200 agents", "pre-commit"),
            Variant("`check`, 3 agents", [GATE, "check"], small),
            Variant("`check`, 200 agents", [GATE, "check"], large),
            Variant("`check --all`, 200 agents", [GATE, "check", "--all"], large),
        ],
        ROUNDS,
    )
    rows = [
        [
            name,
            *(duration(median(of)) for of in (samples.wall(), samples.cpu())),
            mib(samples.memory()),
            pages(samples),
        ]
        for name, samples in found.items()
    ]
    section.table(["", "median", "processor", "peak memory", "pages touched"], rows)
    return section


def pages(samples):
    return count(round(samples.faults()))


def hook(repository, name, which, *arguments, stdin=None):
    env = {"GIT_INDEX_FILE": ".git/index", "GIT_EDITOR": ":", "GIT_PREFIX": ""}
    command = [hooks.directory(repository) / which, *arguments]
    return Variant(name, command, repository, env=env, stdin=stdin)


def transaction(repository, name, state, ref):
    """`reference-transaction` by itself, for a ref that moves, or is made where there is none."""
    new = git(repository, "rev-parse", "HEAD")
    old = git(repository, "rev-parse", "main")
    if ref == repositories.lane_ref(0):
        # The branch stands at HEAD, and its next commit is an empty one.
        old, new = new, git(repository, "commit-tree", "-p", "HEAD", "-m", "Next", "HEAD^{tree}")
    stdin = repository / ".git" / f"input-{state}-{ref.replace('/', '-')}"
    stdin.write_text(f"{old} {new} {ref}\n", encoding="utf-8")
    return hook(repository, f"`reference-transaction`, {name}", "reference-transaction", state, stdin=stdin)
