"""Runs the sections that are named, or all, and prints what they found; all of them are also written to
benches/RESULTS.md. Started by run.sh, which builds what is measured."""

import importlib
import os
import shutil
import sys

import machine
from place import PLACE, QUICK, ROOT, WORK, say

SECTIONS = [
    "commit", "index", "refs", "push", "check", "status", "forecast", "decide", "contract", "plan", "memory"
]


def main(arguments):
    unknown = [name for name in arguments if name not in SECTIONS]
    if unknown:
        raise SystemExit(f"no such section: {', '.join(unknown)}; there are: {', '.join(SECTIONS)}")
    texts, loads = [], [load()]
    for name in arguments or SECTIONS:
        say(f"== {name}")
        texts.append(importlib.import_module(f"sections.{name}").run_section().text())
        print(texts[-1], flush=True)
        loads.append(load())
        shutil.rmtree(WORK, ignore_errors=True)
    about = machine.text(loads)
    print(about, flush=True)
    if arguments:
        say("benches/RESULTS.md is written by a run of all sections only")
        return
    results = (PLACE if QUICK else ROOT / "benches") / "RESULTS.md"
    results.write_text("\n".join([HEAD, about, *texts]), encoding="utf-8")
    say(f"written: {results}")


def load():
    """How many processes wanted a core, on average over the last minute."""
    return os.getloadavg()[0]


HEAD = """# Results

Written by `benches/run.sh`, in one run on one machine. What is compared is run in turn, round by round,
each round beginning with another one; given are medians and quartiles of the rounds. *Processor* is user
and system time with all descendants, *peak memory* that of the largest process. What is measured has the
processor before everything else, where that is allowed. Nothing is measured of the disk: `core.fsync` is
`none`, and everything is in the page cache.
"""

if __name__ == "__main__":
    main(sys.argv[1:])
