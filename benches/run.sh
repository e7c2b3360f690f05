#!/usr/bin/env bash
# Measures the gate beside git and beside other programs that look after hooks, in one run on one machine:
#
#   benches/run.sh                 everything; writes benches/RESULTS.md
#   benches/run.sh commit refs     these sections alone; prints
#   benches/run.sh --quick [...]   a fifth of the rounds; writes target/benches/RESULTS.md
#   benches/run.sh --clean         everything below target/benches/ is deleted
#
# Builds the release, or measures the program that CONTRACT_GATE names. Repositories are made once, by
# repositories.py, and kept below target/benches/. Needs git, cargo, a C compiler, Python 3.9 or newer, and
# npm and PyPI for the other programs: what cannot be had is said, and left out.

set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

target=${CARGO_TARGET_DIR:-target}
if [ "${1:-}" = --clean ]; then
	rm -rf -- "$target/benches"
	exit
fi

if [ "${1:-}" = --quick ]; then
	export BENCHES_QUICK=1
	shift
fi

mkdir -p -- "$target/benches/bin" "$target/hook-managers"
for source in nothing measure; do
	"${CC:-cc}" -O2 -Wall -Wextra -o "$target/benches/bin/$source" "benches/$source.c"
done
[ -n "${CONTRACT_GATE:-}" ] || CONTRACT_GATE=$(scripts/build-release.sh)
export CONTRACT_GATE
tests/hook-managers.sh "$target/hook-managers" >&2

PYTHONDONTWRITEBYTECODE=1 exec python3 benches/bench.py "$@"
