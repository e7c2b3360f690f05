"""What moves of refs take, and a fetch of many, with and without `reference-transaction`."""

import contracts
import hooks
import repositories
from measure import Variant, compare
from place import git, run
from results import Section

AGENTS = 3
SIZE = 1_000
BRANCHES = 1_000
ROUNDS = 60
FETCHES = 5
INSTALL = {
    "no hook": lambda repository: None,
    "a hook that does nothing": lambda repository: hooks.nothing(repository, ["reference-transaction"]),
    "contract-gate": hooks.gate,
}


def run_section():
    section = Section(
        "Moves of refs",
        "`git update-ref` of one ref, which runs `reference-transaction` three times or more, and a fetch of",
        f"{BRANCHES:,} new branches into tracking refs; their commits are here already, so that what is",
        "measured is the refs.",
    )
    upstream = repositories.branches(SIZE, AGENTS, BRANCHES)
    places = {name: prepared(name, install, upstream) for name, install in INSTALL.items()}
    refuses(places["contract-gate"])
    moves = {
        "a branch in no lane": "refs/heads/elsewhere",
        "a tag": "refs/tags/somewhere",
        "a lane's branch": repositories.lane_ref(0),
    }
    for what, ref in moves.items():
        found = compare([move(name, place, ref) for name, place in places.items()], ROUNDS)
        section.compared(found, "no hook", f"`git update-ref`: {what}")
        if ref != repositories.lane_ref(0):
            added(section, f"added to a move of {what}", found)
    found = compare([fetch(name, place) for name, place in places.items()], FETCHES)
    section.compared(found, "no hook", f"`git fetch`: {BRANCHES:,} branches in no lane")
    added(section, f"added to a fetch of {BRANCHES:,} refs", found)
    return section


def added(section, what, found):
    nothing = "a hook that does nothing"
    section.added(f"{what}, beside a hook that does nothing", found, "no hook", "contract-gate", nothing, 1.2)


def prepared(name, install, upstream):
    """A repository with this hook, that has fetched everything once and kept the objects alone."""
    kept = repositories.files(SIZE, AGENTS)
    repository = repositories.checkout(kept, "refs-" + name.replace(" ", "-"), "main")
    git(repository, "remote", "add", "up", upstream)
    git(repository, "config", "remote.up.fetch", "+refs/heads/topic/*:refs/remotes/up/topic/*")
    git(repository, "fetch", "--quiet", "--no-tags", "up")
    forget(repository)
    # What the refs move to: a commit that the lane itself could have made.
    path = f"src/{contracts.area(0)}/more.ts"
    git(repository, "switch", "--quiet", contracts.lane(0))
    (repository / path).write_text("more\n", encoding="utf-8")
    git(repository, "add", path)
    git(repository, "commit", "--quiet", "-m", "More")
    git(repository, "tag", "after")
    git(repository, "tag", "before", "after^")
    git(repository, "switch", "--quiet", "main")
    install(repository)
    return repository


def forget(repository):
    """Takes the tracking refs away, and what remembers them."""
    refs = git(repository, "for-each-ref", "--format=delete %(refname)", "refs/remotes/")
    if refs:
        git(repository, "update-ref", "--stdin", input=refs + "\n")


def move(name, repository, ref):
    def before():
        git(repository, "update-ref", ref, "before")

    return Variant(name, ["git", "update-ref", ref, "after"], repository, before)


def fetch(name, repository):
    command = ["git", "fetch", "--quiet", "--no-tags", "up"]
    return Variant(name, command, repository, lambda: forget(repository))


def refuses(repository):
    """The hook judges: a lane that is moved to a commit out of scope stays where it is."""
    ref = repositories.lane_ref(0)
    trespass = git(repository, "rev-parse", repositories.lane_ref(1))
    status, said = run(["git", "update-ref", ref, trespass], cwd=repository, may_fail=True)
    if status == 0 or "reference-transaction" not in said:
        raise SystemExit(f"the gate has not judged the move of a lane:\n{said}")
