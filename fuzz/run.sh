#!/bin/sh
# Runs every fuzz target (or those that are named) for some seconds each, one after the other, and
# keeps what it learnt: fuzz/run.sh [SECONDS [TARGET...]]. Needs a nightly toolchain and cargo-fuzz.
# What is found lies in fuzz/artifacts/TARGET/ afterwards; put a minimised copy of it into
# fuzz/corpus/TARGET/, under its name (crash-…, timeout-…), and what it shows into a test. --minimise as the
# first argument also makes the kept corpora anew, of the shortest of the least inputs that reach as
# much; finds stay.
set -eu
cd "$(dirname "$0")"

minimise=no
if [ "${1:-}" = --minimise ]; then
    minimise=yes
    shift
fi
seconds=${1:-600}
[ $# -eq 0 ] || shift
# shellcheck disable=SC2046 # One word for each target.
[ $# -gt 0 ] || set -- $(sed -n 's/^path = "fuzz_targets\/\(.*\)\.rs"$/\1/p' Cargo.toml)

# Long lists of short inputs replay quickly; a corpus is no archive. Tests allow 200, finds included.
longest=4096
most=180

for target; do
    dictionary=dictionaries/$target.dict
    [ -f "$dictionary" ] || dictionary=dictionaries/contract.dict
    mkdir -p "corpus/$target" "found/$target" "artifacts/$target"
    echo "== $target, $seconds s"
    nice -n 19 cargo +nightly fuzz run --fuzz-dir . "$target" "found/$target" "corpus/$target" -- \
        -fork=1 -max_total_time="$seconds" -max_len="$longest" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="artifacts/$target/" -dict="$dictionary"
    [ $minimise = yes ] || continue
    # The fewest inputs that together reach what all of them reach, as far as can be told quickly.
    rm -rf "found/$target.least"
    mkdir "found/$target.least"
    nice -n 19 cargo +nightly fuzz run --fuzz-dir . "$target" "found/$target.least" \
        "corpus/$target" "found/$target" -- -set_cover_merge=1 -max_len="$longest" \
        -artifact_prefix="artifacts/$target/"
    find "corpus/$target" -type f ! -name '*-*' -exec rm -f {} +
    find "found/$target.least" -type f -printf '%s %f\n' | sort -n | head -n "$most" |
        while read -r _ input; do cp "found/$target.least/$input" "corpus/$target/"; done
    echo "== $target keeps $(find "corpus/$target" -type f | wc -l) inputs"
done
