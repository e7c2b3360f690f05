"""What a decision costs by itself: how it grows with the changes, and with the agents in the contract."""

from results import Ratio, Section, count, duration
from sections.inside import timed

AGENTS = [3, 20, 200]
CHANGES = [1, 10, 100, 1_000, 10_000, 100_000]
PLACES = {"in_scope": "in scope, allowed", "out_of_scope": "out of scope, denied"}


def run_section():
    section = Section(
        "The decision alone",
        "`decide` within one process (divan, `policy/benches/decide.rs`): a push of a lane, under contracts",
        "of 3, 20 and 200 agents with ten patterns each; every change out of scope becomes a violation with",
        "its help. Medians, and what they are for one change.",
        beside="by the fastest",
    )
    found = timed("decide")
    for place, words in PLACES.items():
        header = ["changes", *(f"{agents} agents" for agents in AGENTS), *(f"each, {a}" for a in AGENTS)]
        rows = []
        for changes in CHANGES:
            times = [found[place, agents, changes].median for agents in AGENTS]
            rows.append([count(changes), *map(duration, times), *(duration(t / changes) for t in times)])
        section.say(f"**Changes {words}**")
        section.table(header, rows)
        for changes in (1, 1_000, 100_000):
            few, many = found[place, 3, changes], found[place, 200, changes]
            what = f"`decide` of {count(changes, 'change')} {words.split(',')[0]}, 200 agents beside 3"
            ratios = [Ratio([theirs], [mine]) for theirs, mine in zip(many, few)]
            # "No slower", as exactly as two measurements say it.
            section.target(what, 1.1, ratio=ratios[1], beside=ratios[0])
    return section
