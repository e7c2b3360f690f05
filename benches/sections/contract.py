"""What reading a contract costs, in both spellings, and `lint` as a process."""

import contracts
import repositories
from measure import Variant, compare
from place import GATE, NOTHING, PLACE, git
from results import Section, duration
from sections.decide import AGENTS
from sections.inside import timed

FILES = 1_000
ROUNDS = 20
BENCHES = {
    "read_markdown": "read `CONTRACT.md`",
    "read_toml": "read `contract.toml`",
    "lint_against_tree": "lint, beside 10,000 files",
}


def run_section():
    section = Section(
        "Reading a contract",
        "*Read* is parsing, validating and compiling, within one process (divan,",
        "`policy/benches/contract.rs`). Validation compares every two patterns of different agents exactly:",
        "200 agents have 2,000 patterns. Medians.",
    )
    found = timed("contract")
    header = ["", *(f"{agents} agents" for agents in AGENTS), "a pattern, 3", "a pattern, 200"]
    rows = []
    for bench, words in BENCHES.items():
        times = [found[bench, agents].median for agents in AGENTS]
        each = [times[0] / patterns(3), times[-1] / patterns(200)]
        rows.append([words, *map(duration, times), *map(duration, each)])
    section.table(header, rows)
    variants = [Variant("do nothing", [NOTHING], PLACE)]
    variants += [lint(f"`lint`, {agents} agents", agents) for agents in AGENTS]
    overlapping = lint("`lint`, 200 agents, an overlap", 200, status=1)
    text = contracts.contract(200).replace("src/a199/**", "src/a19?/f1.ts")
    (overlapping.cwd / "CONTRACT.md").write_text(text, encoding="utf-8")
    variants.append(overlapping)
    section.compared(compare(variants, ROUNDS), caption="As processes, in a repository of 1,000 files")
    return section


def patterns(agents):
    return agents * len(contracts.patterns(0))


def lint(name, agents, status=0):
    """`lint` of the worktree's contract, in a repository that has it on its trunk."""
    place = "lint-" + name.strip("`").replace(" ", "-").replace(",", "").replace("`", "")
    repository = repositories.checkout(repositories.files(FILES, agents), place, "main")
    git(repository, "config", "contractgate.trunk", "main")
    return Variant(name, [GATE, "lint"], repository, status=status)
