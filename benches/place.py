"""Where everything lies, and the world that measured programs live in. Reads no configuration of the
user's, and writes below target/benches/ alone."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
PLACE = TARGET / "benches"
WORK = PLACE / "work"
GATE = Path(os.environ.get("CONTRACT_GATE", TARGET / "release" / "contract-gate")).resolve()
NOTHING = PLACE / "bin" / "nothing"
MEASURE = PLACE / "bin" / "measure"
QUICK = "BENCHES_QUICK" in os.environ  # set by `run.sh --quick`
HOOK_MANAGERS = TARGET / "hook-managers"

# Every repository of the benchmarks has these. Nothing runs in the background while others are
# measured, and the disk is not measured: no fsync.
SETTINGS = {
    "gc.auto": "0",
    "maintenance.auto": "false",
    "receive.autogc": "false",
    "core.fsync": "none",
    "advice.detachedHead": "false",
}


def environment():
    """Nothing of the caller's but where programs are found."""
    home = PLACE / "home"
    home.mkdir(parents=True, exist_ok=True)
    date = "2026-01-01T00:00:00Z"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Bench",
        "GIT_AUTHOR_EMAIL": "bench@example.com",
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": "Bench",
        "GIT_COMMITTER_EMAIL": "bench@example.com",
        "GIT_COMMITTER_DATE": date,
    }


ENVIRONMENT = environment()


def run(command, cwd=ROOT, may_fail=False, **more):
    """Runs a program that is not measured; gives what it wrote, and its status when it may fail."""
    command = [str(word) for word in command]
    ran = subprocess.run(
        command,
        cwd=cwd,
        env=more.pop("env", ENVIRONMENT),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **more,
    )
    if may_fail:
        return ran.returncode, ran.stdout
    if ran.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed with status {ran.returncode}:\n{ran.stdout}")
    return ran.stdout.strip()


def git(repository, *arguments, **more):
    """Runs git in a repository, without its hooks: this is how a measurement is set up."""
    return run(["git", "-c", "core.hooksPath=/dev/null", *arguments], cwd=repository, **more)


def say(text):
    """What is going on, for whoever waits."""
    print(text, file=sys.stderr, flush=True)
