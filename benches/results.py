"""What a section has found, as Markdown: tables of what was measured, and targets with their answer."""

from measure import median, quartiles


class Section:
    """One heading, a few sentences, tables and targets, in the order in which they are added."""

    def __init__(self, title, *method):
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
            row = [name, ms(middle), f"{number(low)} … {number(high)}", "", ""]
            if base and name != base:
                low, middle, high = quartiles(samples.added_to(found[base]))
                row[3:] = [ms(middle), f"{number(low)} … {number(high)}"]
            rows.append([*row, ms(median(samples.cpu())), mib(samples.memory())])
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

    def target(self, what, at_most, ratio, cpu=None):
        """A ratio that must not be more than `at_most`. The clock decides; that of processor time is
        beside it, because the clock also sees whatever else the machine does."""
        answer = "met" if ratio.value <= at_most else "NOT met"
        self.targets.append([what, f"≤ {at_most:g}", ratio.text(), cpu.text() if cpu else "", answer])

    def text(self):
        parts = list(self.parts)
        if self.targets:
            parts.append(table(["target", "at most", "by the clock", "by processor time", ""], self.targets))
        return "\n\n".join(parts) + "\n"


class Ratio:
    """The medians of two lists of milliseconds, and one divided by the other."""

    def __init__(self, mine, other):
        self.parts = median(mine), median(other)
        mine, other = self.parts
        self.value = mine / other if other > 0 else float("inf")

    def text(self):
        mine, other = self.parts
        return f"{self.value:.2f} ({number(mine)} / {number(other)} ms)"


def count(value):
    return f"{value:,}"


def number(value):
    """Three digits that say something."""
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"


def ms(value):
    return f"{number(value)} ms"


def mib(value):
    return f"{value:.1f} MiB"


def table(header, rows):
    """A Markdown table, its columns as wide as what is in them."""
    rows = [header, *rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]

    def line(row):
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths))
        ]
        return f"| {' | '.join(cells)} |"

    rule = ["-" * width if column == 0 else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    return "\n".join([line(header), f"| {' | '.join(rule)} |", *map(line, rows[1:])])
