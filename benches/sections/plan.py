"""What `plan` takes over a long history, beside git's own list of which paths its commits change."""

import repositories
from measure import Variant, compare
from place import GATE, git
from results import Section, count

AGENTS = 20
SIZE = 10_000
COMMITS = 10_000
ROUNDS = 10
LOG = f"git log --name-only -z --no-merges -{COMMITS}"


def run_section():
    section = Section(
        "A plan",
        f"`contract-gate plan` over {count(COMMITS)} commits, {count(SIZE)} files and {AGENTS} lanes: who imports whose",
        f"paths, and which paths change together; beside `{LOG}`, which it",
        "cannot avoid. The output goes nowhere.",
    )
    kept = repositories.history(SIZE, AGENTS, COMMITS)
    repository = repositories.checkout(kept, "plan", "main", with_files=False)
    git(repository, "config", "contractgate.trunk", "main")
    log = Variant(LOG, [*LOG.split(), "main"], repository)
    plan = Variant("`plan`", [GATE, "plan"], repository)
    found = compare([log, plan], ROUNDS)
    section.compared(found)
    section.whole(f"`plan`, beside `{LOG}`", found[plan.name], found[log.name], 1.3)
    return section
