"""What the results were measured on, without the machine's name or paths."""

import os
import platform
from pathlib import Path

import hooks
from place import GATE, MEASURE, run
from results import table


def text(loads):
    """`loads` are how many processes wanted a core, at moments of the run."""
    versions = [
        ["processor", f"{processor()}, {os.cpu_count()} cores seen"],
        ["system", f"{platform.system()} {platform.release()}"],
        ["git", run(["git", "version"]).removeprefix("git version ")],
        ["contract-gate", run([GATE, "--version"]).split()[-1]],
        ["rustc", run(["rustc", "--version"], env=os.environ).removeprefix("rustc ")],
        *([peer.name, peer.version() if peer.is_here() else "LEFT OUT"] for peer in hooks.PEERS),
    ]
    busy = max(loads) > 1.5 * os.cpu_count() and not has_priority()
    ran = "before everything else (SCHED_RR)" if has_priority() else "among everything else"
    versions.append(["what was measured ran", ran])
    versions.append(["processes that wanted a core", f"{min(loads):.1f} … {max(loads):.1f}"])
    return table(["what", "which"], versions, right=False) + "\n" + (BUSY if busy else "")


BUSY = """
**The machine was busy with other things.** Times by the clock are longer than they need be, and their
ratios less certain: those of processor time are the better ones then.
"""


def has_priority():
    """Whether `measure.c` could put what it measures before everything else, as a process there sees it."""
    fields = run([MEASURE, "2", "cat", "/proc/self/stat"]).rsplit(")", 1)[1].split()
    return int(fields[15]) < 0  # `priority` of proc(5), the 18th field: negative in real time


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()
