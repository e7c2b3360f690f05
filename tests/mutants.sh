#!/bin/sh
# Breaks policy/ in every way that cargo-mutants knows, one at a time, and says which breaks no test
# notices: tests/mutants.sh [FILE...], by default the rules first and then the rest of the decision.
# Each survivor is a missing row of a fixture table, unless docs/mutation.md says why it is none.
# Takes some seconds a mutant; further arguments of cargo-mutants go behind --, for example
# tests/mutants.sh policy/src/rules/settle.rs -- -F carries_more
set -eu
cd "$(dirname "$0")/.."

command -v cargo-mutants >/dev/null || cargo install cargo-mutants --locked

rules='policy/src/rules/*.rs'
contract='policy/src/contract/{pattern,automaton,disjoint,overlap,permission,concerns,matcher,spelling,order}.rs'
words='policy/src/{path,text,change,name,oid,attempt,verdict}.rs'

files=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    files="$files --file $1"
    shift
done
[ $# -eq 0 ] || shift
[ -n "$files" ] || files="--file $rules --file $contract --file $words"

# Nothing below is expanded but into words: the patterns are for cargo-mutants.
set -f
# shellcheck disable=SC2086
exec nice -n 19 cargo mutants --package contract-gate-policy $files --jobs 1 --no-shuffle \
    --timeout 120 --output target/mutants "$@" -- --lib --tests
