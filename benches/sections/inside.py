"""Runs the benchmarks of `policy/benches/` and reads their tables: divan writes them for people alone."""

import os
import re
from typing import NamedTuple

from place import MEASURE, run

UNITS = {"ns": 1e-6, "µs": 1e-3, "us": 1e-3, "ms": 1.0, "s": 1e3}


class Timed(NamedTuple):
    """Milliseconds of one benchmark."""

    fastest: float
    median: float


def timed(bench):
    """What a benchmark measured, by path, such as `("in_scope", 3, 1000)`, as divan's tree has it."""
    command = ["cargo", "bench", "--quiet", "--locked", "--package", "contract-gate-policy", "--bench", bench]
    run([*command, "--no-run"], env=os.environ)
    # Started by `measure.c` for its priority alone.
    return read(run([MEASURE, "2", *command], env=os.environ))


def read(text):
    """A line is `│  ├─ NAME  FASTEST │ SLOWEST │ MEDIAN │ …`; its depth is in units of three characters."""
    found, above = {}, []
    for line in text.splitlines():
        named = re.match(r"^((?:[│ ]  )*)[├╰]─ (\S+)(.*)$", line)
        if not named:
            continue
        indent, name, rest = named.groups()
        above = [*above[: len(indent) // 3], int(name) if name.isdigit() else name]
        columns = [column.strip() for column in rest.split("│")]
        if len(columns) > 2 and columns[2]:
            found[tuple(above)] = Timed(milliseconds(columns[0]), milliseconds(columns[2]))
    if not found:
        raise SystemExit(f"the benchmarks of policy/benches/ have printed no table:\n{text}")
    return found


def milliseconds(cell):
    value, unit = cell.split()
    return float(value) * UNITS[unit]
