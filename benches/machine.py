"""What the results were measured on, without the machine's name or paths."""

import os
import platform
from pathlib import Path

import hooks
from place import GATE, run
from results import table


def text():
    versions = [
        ["processor", f"{processor()}, {os.cpu_count()} cores seen"],
        ["system", f"{platform.system()} {platform.release()}"],
        ["git", run(["git", "version"]).removeprefix("git version ")],
        ["contract-gate", run([GATE, "--version"]).split()[-1]],
        ["rustc", run(["rustc", "--version"]).removeprefix("rustc ")],
        *([peer.name, peer.version() if peer.is_here() else "LEFT OUT"] for peer in hooks.PEERS),
    ]
    return table(["what", "which"], versions) + "\n"


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.machine()
