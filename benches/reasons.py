"""Why a target is not met: paragraphs of reasons.txt, each of which begins with the target's own words."""

from pathlib import Path

TEXT = Path(__file__).with_name("reasons.txt")


def of_targets(targets):
    """The paragraphs for those of these targets that are not met, in order. One without a reason is said
    to have none; a reason that fits no target any more is found by nobody, and is to be taken away."""
    known = read()
    paragraphs = []
    for name, *_, answer in targets:
        if answer == "NOT met":
            paragraphs.append(f"*{name}*: {known.get(name, 'no reason is known.')}")
    return paragraphs


def read():
    """The reason by its target: a line with the target's words and a colon, and what follows it."""
    known = {}
    for paragraph in TEXT.read_text(encoding="utf-8").strip().split("\n\n"):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
        if not lines:
            continue
        if not lines[0].endswith(":"):
            raise SystemExit(f"{TEXT}: a paragraph that does not begin with a target: {lines[0]}")
        known[lines[0][:-1]] = " ".join(lines[1:])
    return known
