"""Measures programs beside each other: interleaved, many rounds, medians and quartiles."""

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

from place import ENVIRONMENT, MEASURE, QUICK


@dataclass
class Variant:
    """One program to be measured, and what is done before each time, which is not."""

    name: str
    command: list
    cwd: Path
    before: Optional[Callable[[], None]] = None
    env: dict = field(default_factory=dict)
    stdin: Optional[Path] = None
    status: int = 0  # what it has to end with


@dataclass
class Sample:
    wall: float  # milliseconds
    cpu: float  # milliseconds, user and system, descendants included
    memory: float  # MiB, the largest process
    faults: int


class Samples:
    """What was measured of one variant; the samples of two variants pair up by round."""

    def __init__(self, name):
        self.name = name
        self.all = []

    def wall(self):
        return [sample.wall for sample in self.all]

    def cpu(self):
        return [sample.cpu for sample in self.all]

    def added_to(self, base):
        """What this takes beyond another, round by round: a slow moment of the machine is in both."""
        return [mine - theirs for mine, theirs in zip(self.wall(), base.wall())]

    def added_cpu_to(self, base):
        return [mine - theirs for mine, theirs in zip(self.cpu(), base.cpu())]

    def memory(self):
        return max(sample.memory for sample in self.all)

    def faults(self):
        return statistics.median(sample.faults for sample in self.all)


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def median(values):
    return statistics.median(values)


def once(variant):
    """Runs a variant's program under `measure.c`, and gives what it took."""
    read, write = os.pipe()
    stdin = open(variant.stdin or os.devnull, "rb")
    with stdin, tempfile.TemporaryFile("w+") as said:
        try:
            subprocess.run(
                [str(MEASURE), str(write), *map(str, variant.command)],
                cwd=variant.cwd,
                env={**ENVIRONMENT, **variant.env},
                pass_fds=[write],
                stdin=stdin,
                stdout=subprocess.DEVNULL,
                stderr=said,
                check=True,
            )
        finally:
            os.close(write)
        with os.fdopen(read) as line:
            wall, user, system, memory, faults, status = map(int, line.read().split())
        if status != variant.status:
            said.seek(0)
            raise SystemExit(f"{variant.name}: {variant.command} ended with {status}:\n{said.read()}")
    return Sample(wall / 1e6, (user + system) / 1e3, memory / 1024, faults)


def compare(variants, rounds):
    """Each variant once a round, each round beginning with another one; a first round warms up."""
    if QUICK:
        rounds = max(3, rounds // 5)
    found = {variant.name: Samples(variant.name) for variant in variants}
    for number in range(rounds + 1):
        progress(f"{variants[0].name} … {variants[-1].name}: round {number} of {rounds}")
        first = number % len(variants)
        for variant in variants[first:] + variants[:first]:
            if variant.before:
                variant.before()
            sample = once(variant)
            if number > 0:
                found[variant.name].all.append(sample)
    progress("")
    return found


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
