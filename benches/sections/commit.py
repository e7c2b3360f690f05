"""What a commit takes: with no hooks, with the gate, and with other programs that look after hooks."""

import contracts
import hooks
import repositories
from measure import Variant, compare
from place import ENVIRONMENT, git, run, say
from results import Section

SIZE = 1000
ROUNDS = 25
BRANCH = contracts.lane(0)
CHANGED = repositories.base_path(0)
ALONE = "contract-gate, 3 agents, pre-commit alone"


def run_section():
    section = Section(
        "A commit",
        f"`git commit` of one changed file on a lane, in a repository of {SIZE:,} files. *Adds* is what a",
        "commit takes beyond one without hooks, round by round. *Do nothing* is a C program that returns 0",
        "under the names of the gate's hooks. prek, lefthook and pre-commit have one hook each, `true`;",
        "lefthook is called without node, which is its quickest way. *Pre-commit alone* is one hook, as they",
        "have it, where the others are four of which git calls two, one of them five times.",
    )
    variants = [measured("no hooks", 3, lambda repository: None)]
    variants.append(measured("hooks that do nothing", 3, hooks.nothing))
    for agents in (3, 20, 200):
        name = f"contract-gate, {agents} agents"
        variants.append(measured(name, agents, hooks.gate))
        refuses(variants[-1].cwd)
    variants.append(measured("does nothing, pre-commit alone", 3, nothing_alone))
    variants.append(measured(ALONE, 3, gate_alone))
    refuses(variants[-1].cwd)
    for peer in hooks.PEERS:
        try:
            variants.append(beside(peer))
        except SystemExit as reason:
            say(f"LEFT OUT: {reason}")
            section.say(f"**LEFT OUT: {peer.name}, which could not be installed.**")
    found = compare(variants, ROUNDS)
    section.compared(found, base="no hooks")
    for other, at_most in {"hooks that do nothing": 1.5, "prek": 0.25, "lefthook": 0.25}.items():
        target(section, found, f"added to a commit, beside {other}", "contract-gate, 3 agents", other, at_most)
    for other in ("prek", "lefthook"):
        target(section, found, f"added to a commit, pre-commit alone, beside {other}", ALONE, other, 0.25)
    return section


def target(section, found, what, mine, other, at_most):
    if other in found:
        section.added(what, found, "no hooks", mine, other, at_most)
    else:
        section.untold(what, at_most)


def nothing_alone(repository):
    hooks.nothing(repository, ["pre-commit"])


def gate_alone(repository):
    others = [name for name in hooks.CLIENT if name != "pre-commit"]
    hooks.gate(repository, *(word for name in others for word in ("--without", name)))


def measured(name, agents, install):
    """A repository with these hooks, in which each commit begins from the same state."""
    place = "commit-" + name.replace(" ", "-").replace(",", "")
    repository = repositories.checkout(repositories.files(SIZE, agents), place, BRANCH)
    install(repository)
    begun = git(repository, "rev-parse", "HEAD")

    def before():
        git(repository, "reset", "--quiet", "--hard", begun)
        change(repository)

    return Variant(name, ["git", "commit", "--quiet", "-m", "One file"], repository, before)


def change(repository, path=CHANGED):
    with open(repository / path, "a", encoding="utf-8") as file:
        file.write("// changed\n")
    git(repository, "add", "--", path)


def refuses(repository):
    """The gate's hooks run: a commit out of scope is refused."""
    change(repository, repositories.base_path(1))
    status, said = run(["git", "commit", "-m", "Out of scope"], cwd=repository, may_fail=True)
    if status == 0 or "out-of-scope" not in said:
        raise SystemExit(f"the gate has not judged a commit:\n{said}")


def beside(peer):
    """Another program's hook, which has been seen to run: it names its check."""
    if not peer.is_here():
        raise SystemExit(f"{peer.name} is not there; what tests/hook-managers.sh says stands above")
    variant = measured(peer.name, 3, peer.install)
    variant.env = peer.env
    variant.before()
    said = run(["git", "commit", "-m", "One file"], cwd=variant.cwd, env={**ENVIRONMENT, **peer.env})
    if "nothing" not in said:
        raise SystemExit(f"{peer.name} has not run its hook:\n{said}")
    return variant
