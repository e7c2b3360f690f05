#!/usr/bin/env bash
# Holds what one call of the gate costs against tests/budget.txt, in counts that do not depend on how
# fast or how busy a machine is: processes, system calls, objects read, instructions.
#
#   tests/budget.sh PROGRAM           compares; ends with 1 when something costs more than it may
#   tests/budget.sh --write PROGRAM   writes the budget anew, to be looked at with `git diff`
#
# The program is the one that `tests/run.sh` has install.sh build: hardly optimised, so that it is there
# soon; its instructions are compared with those of such a build. Needs strace and valgrind,
# and installs them where it can.

set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)

write=no
[ "${1:-}" != --write ] || { write=yes && shift; }
[ $# -eq 1 ] && [ -x "$1" ] || {
	echo "usage: tests/budget.sh [--write] PROGRAM" >&2
	exit 2
}
program=$(realpath -- "$1")
budget=$here/tests/budget.txt

for tool in strace valgrind; do
	command -v "$tool" >/dev/null && continue
	{ apt-get update && apt-get install --yes "$tool"; } >&2 || true
	command -v "$tool" >/dev/null || {
		echo "tests/budget.sh: $tool is missing and cannot be installed" >&2
		exit 2
	}
done

world=$(mktemp -d "${TMPDIR:-/tmp}/budget.XXXXXX")
trap 'rm -rf -- "$world"' EXIT
mkdir "$world/home"
# A world of its own, as the tests with real git have it.
for variable in $(compgen -e | grep -E '^(GIT_|CONTRACT_GATE_|XDG_)' || true); do unset "$variable"; done
export HOME=$world/home GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_AUTHOR_DATE='1700000000 +0000'
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org GIT_COMMITTER_DATE='1700000000 +0000'
git config --global init.defaultBranch main
git config --global gc.auto 0

# 1,000 files in 20 directories, three agents, the lane agents/uploads of agent-1 checked out beside.
git init --quiet "$world/repo"
cd -- "$world/repo"
for directory in $(seq 20); do
	mkdir -p "src/api/uploads/$directory"
	for file in $(seq 50); do echo "$directory $file" >"src/api/uploads/$directory/$file.ts"; done
done
cp -- "$here/fixtures/contracts/valid/worked-example.md" CONTRACT.md
git add .
git commit --quiet --message=everything
"$program" install >/dev/null
git worktree add --quiet -b agents/uploads ../wt-uploads
hooks=$PWD/.git/hooks
git init --quiet --bare "$world/server.git"
git push --quiet "$world/server.git" main
(cd -- "$world/server.git" && "$program" install --server --trunk main >/dev/null)
git remote add origin "$world/server.git"
git fetch --quiet origin
cd -- "$world/wt-uploads"
old=$(git rev-parse HEAD)
echo changed >src/api/uploads/1/1.ts
git commit --quiet --all --message=one
new=$(git rev-parse HEAD)
git push --quiet --no-verify origin agents/uploads
echo again >src/api/uploads/1/1.ts
git add .
git write-tree >/dev/null
next=$(git commit-tree -p HEAD -m next "$(git write-tree)")

measured=$world/measured
# A call: its name, its input, and what is called.
call() {
	local name=$1 input=$2
	shift 2
	printf '%b' "$input" >"$world/input"
	env "${with[@]}" strace -f -qq -e signal=none -o "$world/trace" "$@" <"$world/input" >"$world/out" 2>&1 || {
		echo "tests/budget.sh: '$name' failed:" >&2
		cat -- "$world/out" >&2
		exit 2
	}
	env "${with[@]}" valgrind --tool=callgrind --callgrind-out-file=/dev/null --log-file="$world/valgrind" "$@" \
		<"$world/input" >"$world/out" 2>&1
	local processes calls objects instructions
	processes=$(grep -cE ' (execve\(|<\.\.\. execve resumed>).* = 0$' "$world/trace")
	# The gate's own, and not those of the git that it asks. How deep the world lies is asked with
	# readlink, and where git lies with execve: these are no matter of the gate's.
	calls=$(awk 'NR == 1 { own = $1 } $1 == own && /^[0-9]+ +[a-z0-9_]+\(/ && !/ (readlink|execve)\(/' "$world/trace" | wc -l)
	objects=$(grep -cE ' openat\(.*/objects/([0-9a-f]{2}/|pack/.*\.(pack|idx))' "$world/trace" || true)
	instructions=$(awk '/Collected/ { print $NF }' "$world/valgrind")
	printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$processes" "$calls" "$objects" "$instructions" >>"$measured"
}

# Hooks are called with the variables that git sets in a linked worktree.
git_dir=$world/repo/.git/worktrees/wt-uploads
with=("GIT_DIR=$git_dir")
zero=$(printf '0%.0s' $(seq 40))
call "reference-transaction: a tag" "$old $new refs/tags/v1\n" \
	"$hooks/reference-transaction" prepared
call "reference-transaction: committed" "$new $next refs/heads/agents/uploads\n" \
	"$hooks/reference-transaction" committed
call "reference-transaction: a branch in no lane" "$zero $new refs/heads/other\n" \
	"$hooks/reference-transaction" prepared
call "reference-transaction: a lane moves" "$new $next HEAD\n$new $next refs/heads/agents/uploads\n" \
	"$hooks/reference-transaction" prepared
with=("GIT_DIR=$git_dir" "GIT_INDEX_FILE=$git_dir/index")
call "pre-commit: a changed file" "" \
	"$hooks/pre-commit"
echo new >src/api/uploads/1/new.ts
git add .
git write-tree >/dev/null
call "pre-commit: a new file" "" \
	"$hooks/pre-commit"
with=("GIT_DIR=$git_dir")
call "pre-push: a lane" "refs/heads/agents/uploads $next refs/heads/agents/uploads $new\n" \
	"$hooks/pre-push" origin "$world/server.git"
git push --quiet --no-verify origin "$next:refs/tags/next"
cd -- "$world/server.git"
with=(GIT_DIR=.)
call "pre-receive: a lane" "$new $next refs/heads/agents/uploads\n" hooks/pre-receive
cd -- "$world/wt-uploads"
with=()
call "check: a lane" "" "$program" check

if [ "$write" = yes ]; then
	{
		echo "# What one call of the gate costs at most (tests/budget.sh --write): processes, system calls of its"
		echo "# own, objects opened, instructions of a build that is not optimised. Tab-separated."
		cat -- "$measured"
	} >"$budget"
	echo "written: $budget"
	exit
fi
status=0
printf '%-44s %12s %14s %12s %26s\n' "at most" processes "system calls" objects instructions
while IFS=$'\t' read -r name processes calls objects instructions; do
	IFS=$'\t' read -r _ may_processes may_calls may_objects may_instructions \
		< <(awk -F'\t' -v name="$name" '$1 == name' "$budget") || true
	if [ -z "${may_instructions:-}" ]; then
		echo "tests/budget.sh: '$name' has no budget: tests/budget.sh --write" >&2
		status=1
		continue
	fi
	# The C library chooses its code by the processor, so instructions have some leeway; a few system
	# calls more or less are its memory's, and of files that are as young as the index.
	verdict=
	[ "$processes" -le "$may_processes" ] && [ "$objects" -le "$may_objects" ] &&
		[ "$calls" -le $((may_calls + 6 + may_calls / 20)) ] &&
		[ "$instructions" -le $((may_instructions + may_instructions * 15 / 100)) ] ||
		{ verdict=' MORE THAN IT MAY' && status=1; }
	printf '%-44s %5s of %3s %7s of %4s %5s of %3s %12s of %11s%s\n' "$name" "$processes" "$may_processes" \
		"$calls" "$may_calls" "$objects" "$may_objects" "$instructions" "$may_instructions" "$verdict"
done <"$measured"
[ "$status" -eq 0 ] || echo "tests/budget.sh: dearer than the budget; if it is worth it: tests/budget.sh --write" >&2
exit "$status"
