"""Makes the repositories, with `git fast-import`, and keeps them below target/benches/repositories/
under a key of what made them: changed generators make new repositories, unchanged ones cost nothing."""

import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

import contracts
from place import ENVIRONMENT, PLACE, SETTINGS, WORK, git, run, say

AREAS = 200
TRUNK = "refs/heads/main"
# Files that every repository has; the configurations are those of the programs measured beside the gate,
# each with one hook that does nothing.
ROOT_FILES = {
    ".pre-commit-config.yaml": "repos:\n- repo: local\n  hooks:\n  - id: nothing\n    name: nothing\n"
    "    language: system\n    entry: 'true'\n    always_run: true\n    pass_filenames: false\n",
    "CHANGELOG.md": "# Changelog\n",
    "README.md": "# Everything\n",
    "lefthook.yml": "pre-commit:\n  commands:\n    nothing:\n      run: 'true'\n",
    "package.json": "{}\n",
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    "tsconfig.json": "{}\n",
}


def base_path(number):
    """The path of one of the files: below the areas in turn, a hundred in each directory."""
    within = number // AREAS
    return f"src/{contracts.area(number % AREAS)}/d{within // 100:03}/f{within % 100:02}.ts"


class Stream:
    """What goes to `git fast-import`: commits on refs, files with their text."""

    def __init__(self, to):
        self.to = to
        self.tips = {}
        self.seconds = 1767225600  # 2026-01-01; each commit a second later

    def write(self, text):
        self.to.write(text.encode())

    def text(self, text):
        self.write(f"data {len(text.encode())}\n{text}\n")

    def commit(self, ref, message, files, parent=None):
        self.seconds += 1
        self.write(f"commit {ref}\ncommitter Bench <bench@example.com> {self.seconds} +0000\n")
        self.text(message)
        if parent and ref not in self.tips:
            self.write(f"from {parent}\n")
        self.tips[ref] = message
        for path, text in files:
            self.write(f"M 100644 inline {path}\n")
            self.text(text)

    def ground(self, size, agents):
        """The trunk: `size` files, of which one is the contract; and each lane a commit ahead of it."""
        self.write("".join(f"blob\nmark :{n + 1}\ndata {len(t)}\n{t}\n" for n, t in enumerate(TEXTS)))
        self.commit(TRUNK, "Everything", ROOT_FILES.items())
        for number in range(size - len(ROOT_FILES) - 1):
            # Scattered, so that no two directories are the same tree.
            mark = (number * 2654435761 >> 8) % len(TEXTS) + 1
            self.write(f"M 100644 :{mark} {base_path(number)}\n")
        self.commit(TRUNK, "The contract", [("CONTRACT.md", contracts.contract(agents))])
        for number in range(agents):
            path = f"src/{contracts.area(number)}/begun.ts"
            self.commit(lane_ref(number), "Begun", [(path, f"// {number}\n")], TRUNK)


def base_text(number):
    """What one of the files holds at the beginning."""
    return TEXTS[(number * 2654435761 >> 8) % len(TEXTS)]


# A thousand contents serve all sizes: what grows is the trees and the index.
TEXTS = [f"export const value = {n};\n" * (n % 20 + 1) for n in range(1000)]


def lane_ref(number):
    return f"refs/heads/{contracts.lane(number)}"


def make(name, fill):
    """The kept repository of this name, bare; made when there is none by these generators."""
    sources = [Path(__file__), Path(contracts.__file__)]
    key = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:12]
    kept = PLACE / "repositories" / f"{name}-{key}.git"
    if kept.is_dir():
        return kept
    say(f"making {name}")
    for old in kept.parent.glob(f"{name}-????????????.git"):
        shutil.rmtree(old)
    making = kept.with_suffix(".making")
    shutil.rmtree(making, ignore_errors=True)
    making.parent.mkdir(parents=True, exist_ok=True)
    run(["git", "init", "--quiet", "--bare", "--template=", "--initial-branch=main", making])
    for setting, value in SETTINGS.items():
        git(making, "config", setting, value)
    command = ["git", "fast-import", "--quiet", "--done", "--depth=0", "--max-pack-size=4g"]
    with subprocess.Popen(command, cwd=making, env=ENVIRONMENT, stdin=subprocess.PIPE) as importing:
        stream = Stream(importing.stdin)
        fill(stream)
        stream.write("done\n")
        importing.stdin.close()
    if importing.returncode != 0:
        raise SystemExit(f"git fast-import failed for {name}")
    git(making, "pack-refs", "--all")
    making.rename(kept)
    return kept


def files(size, agents):
    """A trunk of `size` files, its contract, and a lane for each agent."""
    return make(f"files-{size}-agents-{agents}", lambda stream: stream.ground(size, agents))


def branches(size, agents, count):
    """The same, and `count` branches that are in no lane, each with a commit of its own."""

    def fill(stream):
        stream.ground(size, agents)
        for number in range(count):
            text = [(f"notes/{number:04}.md", f"{number}\n")]
            stream.commit(f"refs/heads/topic/{number:04}", f"Topic {number}", text, TRUNK)

    return make(f"branches-{count}", fill)


def commits(size, agents, count):
    """The same, and `count` commits on each of the first two lanes, which go round fifty of its files;
    the first commit of the second also writes a path that is the third's."""

    def fill(stream):
        stream.ground(size, agents)
        for lane in range(2):
            for number in range(count):
                files = [(f"src/{contracts.area(lane)}/long/f{number % 50:02}.ts", f"// {number}\n")]
                if lane == 1 and number == 0:
                    files.append((f"src/{contracts.area(2)}/trespass.ts", "// not mine\n"))
                stream.commit(lane_ref(lane), f"Step {number}", files)

    return make(f"commits-{count}", fill)


def run_of(size, agents, count, behind):
    """A run in full course: `count` commits on every lane, each of which changes four of its files, and
    `behind` more on the trunk."""

    def fill(stream):
        stream.ground(size, agents)
        for lane in range(agents):
            for number in range(count):
                text = "".join(f"export const step{line} = {number};\n" for line in range(20))
                paths = [f"src/{contracts.area(lane)}/d000/f{(number + n) % 12:02}.ts" for n in range(4)]
                stream.commit(lane_ref(lane), f"Step {number}", [(path, text) for path in paths])
        for number in range(behind):
            stream.commit(TRUNK, f"Goes on {number}", [("tsconfig.json", f"{{ {number} }}\n")])

    return make(f"run-{agents}-{count}-{behind}", fill)


def history(size, agents, count):
    """A trunk of `count` commits more, each of which changes four files in two neighbouring areas, every
    tenth with an import from one to the other."""

    def fill(stream):
        stream.ground(size, agents)
        for number in range(count):
            one, other = contracts.area(number % agents), contracts.area((number + 1) % agents)
            needed = f"import {{ value }} from \"../{other}/f{number % 40}\";\n" if number % 10 == 0 else ""
            files = [(f"src/{one}/f{number % 40}.ts", f"{needed}export const value = {number};\n")]
            files += [(f"src/{one}/g{number % 7}.ts", f"// {number}\n")]
            files += [(f"src/{other}/{name}.ts", f"// {number}\n") for name in (f"f{number % 9}", "h")]
            stream.commit(TRUNK, f"Step {number}", files)

    return make(f"history-{count}", fill)


def meeting(size, agents, changed):
    """The lanes of a contract, each with one commit that changes `changed` files: its own, one of them also changed
    by the trunk since, and two that it shares with its neighbours, each at another end."""

    def fill(stream):
        stream.ground(size, agents)
        for lane in range(agents):
            own = range(lane, lane + AREAS * (changed - 3), AREAS)
            files = [(base_path(n), base_text(n) + f"export const of{n} = {lane};\n") for n in own]
            files.append((f"src/{contracts.area(lane)}/new.ts", "import { value } from './d000/f00';\n"))
            mine, next_one = shared(lane), shared((lane + 1) % agents)
            files.append((base_path(mine), f"// {lane}\n" + base_text(mine)))
            files.append((base_path(next_one), base_text(next_one) + f"// {lane}\n"))
            stream.commit(lane_ref(lane), "Work", files)
        gone_on = [(base_path(n), f"// the trunk\n{base_text(n)}") for n in map(own_long, range(agents))]
        stream.commit(TRUNK, "Meanwhile", gone_on)

    return make(f"meeting-{size}-{agents}-{changed}", fill)


def shared(lane):
    """A file that a lane shares with the one before it, long enough to be changed at both ends."""
    return long_one(AREAS - 1 - lane)


def own_long(lane):
    """One of a lane's own files, long enough to be changed at both ends."""
    return long_one(lane)


def long_one(area):
    return next(n for n in range(area, AREAS * 40, AREAS) if base_text(n).count("\n") > 10)


def fresh(name):
    """An empty place to work in, of this name."""
    place = WORK / name
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def copy(kept, name):
    """A copy to measure in, bare like the one that is kept."""
    place = fresh(name)
    run(["cp", "-a", "--", kept, place])
    return place


def checkout(kept, name, branch, with_files=True):
    """A copy with a worktree. Without files there is an index alone, which is all that hooks read."""
    place = fresh(name)
    place.mkdir()
    run(["cp", "-a", "--", kept, place / ".git"])
    git(place, "config", "core.bare", "false")
    git(place, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    git(place, "config", "core.logAllRefUpdates", "true")
    if with_files:
        git(place, "reset", "--quiet", "--hard")
        age(place)
    else:
        git(place, "read-tree", "HEAD")
    return place


def age(repository):
    """Makes the files an hour old. One that is as young as the index is compared by its content each
    time, by git and by everybody, and no worktree is all young."""
    then = time.time() - 3600
    for path in git(repository, "ls-files", "-z").split("\0"):
        if path:
            os.utime(repository / path, (then, then))
    git(repository, "update-index", "--refresh")
