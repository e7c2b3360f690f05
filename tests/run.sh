#!/usr/bin/env bash
# Everything that must hold before a change lands. From anywhere, in a clean checkout:
#
#   tests/run.sh           each git, and each way of reading, with what depends on it: what CI runs
#   tests/run.sh --every   every test with every git, in both ways of reading: three times as long
#
# A tool that is missing is installed, or the run fails. Only the programs of others that the gate is
# installed beside (npm, PyPI) may be missing: then the last lines say what was left out.

set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

began=$SECONDS
every=
case ${1-} in
--every) every=yes ;;
?*)
	printf 'usage: tests/run.sh [--every]\n' >&2
	exit 2
	;;
esac
step() { printf '\n== %s (%d s)\n' "$*" "$((SECONDS - began))"; }
fail() {
	printf 'tests/run.sh: %s\n' "$*" >&2
	exit 2
}

# A cargo command, or the rustup component that brings it.
component() {
	cargo "$1" --version >/dev/null 2>&1 && return
	command -v rustup >/dev/null || fail "cargo $1 is missing, and rustup to get it"
	rustup component add "$2" || fail "cargo $1 is missing and cannot be installed"
}

# Incremental builds help the next build in a working directory, and cost this one.
export CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
# Snapshots are compared, never written, whatever the caller's settings are.
export INSTA_UPDATE=no

step "formatting"
component fmt rustfmt
cargo fmt --all --check

step "scripts"
for script in install.sh scripts/*.sh hooks/*; do
	sh -n "$script"
done
bash -n tests/run.sh tests/budget.sh tests/hook-managers.sh benches/run.sh .ci/run

step "lints"
component clippy clippy
cargo clippy --workspace --all-targets --locked -- -D warnings

step "examples in the documentation"
# Of the whole workspace, or its dependencies would be built again with other features.
cargo test --doc --workspace --locked

step "other programs that look after hooks"
# For the tests that install beside them. A machine without npm, python3 or a network runs all the
# others, and the last line says what was left out.
fetched=${CARGO_TARGET_DIR:-target}/hook-managers
mkdir -p -- "$fetched"
CONTRACT_GATE_HOOK_MANAGERS=$(cd -- "$fetched" && pwd)
export CONTRACT_GATE_HOOK_MANAGERS
left_out=$(tests/hook-managers.sh "$CONTRACT_GATE_HOOK_MANAGERS")
[ -z "$left_out" ] || printf '%s\n' "$left_out"

step "install.sh"
worlds=
if [ -z "${TMPDIR:-}" ] && [ -d /dev/shm ] && [ -w /dev/shm ]; then
	# The worlds of the tests are small, and there are thousands of them: in memory where that can be.
	worlds=$(mktemp -d /dev/shm/contract-gate.XXXXXX)
	export TMPDIR=$worlds
fi
prefix=$(mktemp -d "${TMPDIR:-/tmp}/contract gate.XXXXXX")
trap 'rm -rf -- "$prefix" ${worlds:+"$worlds"}' EXIT
# The release profile, turned down: a real one takes the optimiser minutes. It still starts in half the
# time of a debug build, and the tests start it a hundred thousand times, so it is the one they play
# with, and holds what a debug build would hold.
CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
	CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true \
	CARGO_TARGET_DIR=$PWD/target/smoke ./install.sh --prefix "$prefix" --demo
"$prefix/bin/contract-gate" --version
export CONTRACT_GATE_TEST_PROGRAM=$prefix/bin/contract-gate

step "what a call costs"
tests/budget.sh "$prefix/bin/contract-gate"

# The tests of what is given, and of everything else that does not depend on git, once. The two tables
# and the ways back are played with every git and in each way of reading, but with a further git in one
# of its ways (that of the plumbing, whose output may differ). Where there is a further git, the first one
# plays each row of the tables under one of the policies, by turns, and the others play it under the other
# one. What reads repositories, and the checkpoints, are tested in every combination; installing and the
# ritual, which call git themselves, with every git. The rows about moves of refs, and the ways back, are
# played once more in the other kind of repository: SHA-256 with reftable (a git before 2.45 makes it of
# SHA-256 alone).
if ! cargo nextest --version >/dev/null 2>&1; then
	cargo install cargo-nextest --locked ||
		printf 'cargo-nextest cannot be installed; cargo test runs the same tests\n'
fi
if cargo nextest --version >/dev/null 2>&1; then
	tests() { cargo nextest run --locked --no-fail-fast --status-level slow "$@"; }
else
	tests() { cargo test --locked --no-fail-fast "$@"; }
fi

# Every git on the search path and in the usual place, one of each version, the first one first.
gits() {
	local known='' git version
	while read -r git; do
		version=$("$git" version 2>/dev/null) || continue
		case $known in *"|$version|"*) continue ;; esac
		known="$known|$version|"
		printf '%s\n' "$git"
	done < <(type -ap git; printf '%s\n' /usr/bin/git)
}

reading=(repository:: kinds:: damaged:: check:: commit:: merge:: push:: refs:: server:: forecast::)
tables=(escapes:: honest_work:: way_back::)
# What is said of git alone, of sources, of stored inputs, of programs beside the gate and of moments at
# which it is killed is the same however a repository is read.
alike=(--skip git_facts:: --skip laws:: --skip corpus:: --skip installation::beside:: --skip killed::)
# With a further git, what it prints and does is what matters.
without_tables=(--skip escapes:: --skip honest_work:: --skip way_back:: --skip installation::beside:: --skip killed::)

first=yes
failed=()
all=()
while read -r git; do all+=("$git"); done < <(gits)
for git in "${all[@]}"; do
	export CONTRACT_GATE_TEST_GIT=$git
	by_itself=() by_plumbing=("${reading[@]}") policies=both
	if [ -z "$first" ]; then
		by_itself=("${without_tables[@]}") by_plumbing+=("${tables[@]}") policies=other
	elif [ ${#all[@]} -gt 1 ]; then
		policies=one
	fi
	[ -z "$every" ] || by_itself=() by_plumbing=() policies=both
	export CONTRACT_GATE_TEST_POLICIES=$policies
	step "tests with $("$git" version)"
	tests ${first:+--workspace} ${by_itself[@]+-- "${by_itself[@]}"} || failed+=("$git")
	step "tests with $("$git" version), read by its plumbing"
	CONTRACT_GATE_GIT=plumbing tests -- ${by_plumbing[@]+"${by_plumbing[@]}"} "${alike[@]}" ||
		failed+=("$git, plumbing")
	if [ -n "$first" ]; then
		step "moves of refs with $("$git" version), in repositories of SHA-256 with reftable"
		# What a kind of repository can change is how refs and reflogs are kept and what ids look like: the
		# rows about moves of refs and ways back, each under one of the policies. CONTRIBUTING.md says how all
		# of them are played.
		CONTRACT_GATE_TEST_KIND=sha256+reftable CONTRACT_GATE_TEST_POLICIES=other tests --test suite -- \
			escapes::commits escapes::lanes escapes::merges escapes::moves honest_work::landing \
			honest_work::undoing way_back:: --skip behind_the_back_of_git ||
			failed+=("$git, SHA-256 with reftable")
	fi
	first=
done
unset CONTRACT_GATE_TEST_GIT CONTRACT_GATE_TEST_PROGRAM CONTRACT_GATE_TEST_POLICIES
[ ${#failed[@]} -eq 0 ] || fail "tests have failed with: $(printf '%s; ' "${failed[@]}")"

step "install.sh --uninstall"
./install.sh --prefix "$prefix" --uninstall
[ ! -e "$prefix/bin/contract-gate" ] || fail "install.sh --uninstall left the program behind"

if [ -n "$left_out" ]; then
	step "all passed, but installation::beside was not tested with all of them"
	printf '%s\n' "$left_out"
else
	step "all passed"
fi
