"""What a section has found, as Markdown: tables of what was measured, and targets with their answer."""

import reasons
from measure import median, quartiles


class Section:
    """One heading, a few sentences, tables and targets, in the order in which they are added."""

    def __init__(self, title, *method, beside="by processor time"):
        self.beside = beside
        self.parts = [f"## {title}", " ".join(method)]
        self.targets = []

    def say(self, text):
        self.parts.append(text)

    def table(self, header, rows):
        self.parts.append(table(header, rows))

    def compared(self, found, base=None, caption=None):
        """Medians and quartiles of variants; with a base, also what each adds to it."""
        if caption:
            self.say(f"**{caption}**")
        header = ["", "median", "quartiles", "adds", "quartiles", "processor", "peak memory"]
        rows = []
        for name, samples in found.items():
            low, middle, high = quartiles(samples.wall())
            row = [name, duration(middle), f"{number(low)} … {number(high)}", "", ""]
            if base and name != base:
                low, middle, high = quartiles(samples.added_to(found[base]))
                row[3:] = [duration(middle), f"{number(low)} … {number(high)}"]
            rows.append([*row, duration(median(samples.cpu())), mib(samples.memory())])
        if not base:
            header, rows = header[:3] + header[5:], [row[:3] + row[5:] for row in rows]
        self.table(header, rows)

    def whole(self, what, mine, other, at_most):
        """What one variant takes, beside what another takes."""
        self.target(what, at_most, Ratio(mine.wall(), other.wall()), Ratio(mine.cpu(), other.cpu()))

    def added(self, what, found, base, mine, other, at_most):
        """What one variant adds to the base, beside what another adds to it."""
        mine, other, base = found[mine], found[other], found[base]
        wall = Ratio(mine.added_to(base), other.added_to(base))
        self.target(what, at_most, wall, Ratio(mine.added_cpu_to(base), other.added_cpu_to(base)))

    def target(self, what, at_most, ratio, beside):
        """A ratio that must not be more than `at_most`. The clock decides; beside it is a ratio that is
        less shaken by whatever else the machine does."""
        answer = "met" if ratio.value <= at_most else "NOT met"
        self.targets.append([what, f"≤ {at_most:g}", ratio.text(), beside.text(), answer])

    def untold(self, what, at_most):
        """A target that nothing was measured for."""
        self.targets.append([what, f"≤ {at_most:g}", "", "", "NOT measured"])

    def text(self):
        parts = list(self.parts)
        if self.targets:
            parts.append(table(["target", "at most", "by the clock", self.beside, ""], self.targets))
            parts.extend(reasons.of_targets(self.targets))
        return "\n\n".join(parts) + "\n"


class Ratio:
    """The medians of two lists of milliseconds, and one divided by the other."""

    def __init__(self, mine, other):
        self.parts = median(mine), median(other)
        mine, other = self.parts
        self.value = mine / other if other > 0 else float("inf")

    def text(self):
        mine, other = self.parts
        return f"{self.value:.2f} ({duration(mine)} / {duration(other)})"


def count(value, word=None):
    """A number, and what it is a number of: `1 change`, `1,000 changes`."""
    return f"{value:,}" if word is None else f"{value:,} {word}{'' if value == 1 else 's'}"


def number(value):
    """Three digits that say something."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"


def duration(milliseconds):
    """In the unit in which it is read best."""
    size = abs(milliseconds)
    if size < 0.1:
        return f"{number(milliseconds * 1e3)} µs"
    if size >= 10_000:
        return f"{number(milliseconds / 1e3)} s"
    return f"{number(milliseconds)} ms"


def mib(value):
    return f"{value:.1f} MiB"


def table(header, rows, right=True):
    """A Markdown table, its columns as wide as what is in them; the first stands to the left."""
    rows = [header, *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]

    def line(row):
        cells = [
            cell.rjust(width) if right and column > 0 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        return f"| {' | '.join(cells)} |"

    rule = [
        "-" * (width - 1) + ":" if right and column > 0 else "-" * width
        for column, width in enumerate(widths)
    ]
    return "\n".join([line(header), f"| {' | '.join(rule)} |", *map(line, rows[1:])])
