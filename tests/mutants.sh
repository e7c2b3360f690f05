#!/bin/sh
# Breaks policy/ in every way that cargo-mutants knows, one at a time, and says which breaks no test
# of policy/ notices: tests/mutants.sh [AREA|FILE...], by default all areas, the decision first.
# Each survivor is a missing row of a fixture table, unless docs/mutation.md says why it is none.
#
#   tests/mutants.sh                              everything, some hours on two cores
#   tests/mutants.sh contract                     one area: rules, contract, words, reading, markdown
#   tests/mutants.sh policy/src/rules/settle.rs -- -F carries_more
#   tests/mutants.sh rules -- --shard 1/4         a part, for several machines
#
# What follows -- is for cargo-mutants. A run may be broken off: the next one goes on where it was,
# and asks again only about what was not caught. `rm -r target/mutants` begins anew.
# Ends with 0: everything is noticed, 2: something is not, or else as cargo-mutants does.
set -eu
cd "$(dirname "$0")/.."

command -v cargo-mutants >/dev/null || cargo install cargo-mutants --locked
# Stops at the first test that fails, which cargo test does not.
tool=cargo
! cargo nextest --version >/dev/null 2>&1 || tool=nextest
# A snapshot that differs is a find, and nothing to be written down.
export INSTA_UPDATE=no

decides=pattern,pattern_error,spelling,matcher,automaton,disjoint,overlap,permission,concerns,order

# The files of an area, as a pattern for cargo-mutants, and what is not of it.
area() {
    case $1 in
    rules) echo '--file policy/src/rules/*.rs' ;;
    contract) echo "--file policy/src/contract/{$decides}.rs" ;;
    words) echo '--file policy/src/*.rs' ;;
    reading) echo "--file policy/src/contract/*.rs --exclude policy/src/contract/{$decides}.rs" ;;
    markdown) echo '--file policy/src/contract/markdown/*.rs' ;;
    *.rs) echo "--file $1" ;;
    *) echo "tests/mutants.sh: $1 is no area and no file" >&2 && exit 64 ;;
    esac
}

wanted=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    wanted="$wanted $1"
    shift
done
[ $# -eq 0 ] || shift

# The patterns are for cargo-mutants: below they become words, and the shell expands none.
set -f
result=0
for name in ${wanted:-rules contract words reading markdown}; do
    files=$(area "$name")
    found=target/mutants/${name##*/}
    mkdir -p "$found"
    status=0
    # shellcheck disable=SC2086
    nice -n 19 cargo mutants --package contract-gate-policy $files --iterate --no-shuffle \
        --test-tool "$tool" --timeout 120 --output "$found" "$@" \
        -- --lib --tests || status=$?
    case $status in
    # A test that a mutant keeps from ending has noticed it: cargo-mutants lists it as a timeout.
    0 | 3) ;;
    2) result=2 ;;
    *) exit "$status" ;;
    esac
done
exit "$result"
