#!/usr/bin/env bash
# Fetches the other programs that look after hooks, which the tests of `installation::beside` install
# the gate next to: husky and lefthook from npm, pre-commit and prek from PyPI, at fixed versions,
# into a directory of their own. Once: what is there is not fetched again.
#
#   tests/hook-managers.sh DIRECTORY
#
# Prints a line for each that cannot be had, with the reason; the exit status is 0 all the same,
# since the suite runs without them.

set -euo pipefail

[ $# -eq 1 ] || {
	echo "usage: tests/hook-managers.sh DIRECTORY" >&2
	exit 2
}
npm_packages=(husky@9.1.7 lefthook@2.2.2)
python_packages=(pre-commit==4.7.0 prek==0.5.11)

mkdir -p -- "$1"
cd -- "$1"

left_out() {
	printf 'LEFT OUT: %s: %s\n' "$1" "$2"
}

# What fetched the packages of this list is noted beside them, once it has ended well.
is_there() {
	[ -f "$1" ] && [ "$(cat -- "$1")" = "$2" ]
}

if ! is_there node-packages "${npm_packages[*]}"; then
	if ! command -v npm >/dev/null; then
		left_out "husky, lefthook" "npm is missing"
	# Without scripts: lefthook's would put its hooks and a lefthook.yml into the repository around it.
	elif ! npm install --ignore-scripts --silent --no-audit --no-fund --no-save --prefix . "${npm_packages[@]}" >npm.log 2>&1; then
		left_out "husky, lefthook" "npm cannot fetch them: $(tail -n 1 npm.log)"
	else
		printf '%s\n' "${npm_packages[*]}" >node-packages
	fi
fi

if ! is_there python-packages "${python_packages[*]}"; then
	if ! command -v python3 >/dev/null; then
		left_out "pre-commit, prek" "python3 is missing"
	elif ! python3 -m venv python >venv.log 2>&1; then
		left_out "pre-commit, prek" "python3 has no venv: $(tail -n 1 venv.log)"
	elif ! python/bin/pip install --quiet "${python_packages[@]}" >pip.log 2>&1; then
		left_out "pre-commit, prek" "pip cannot fetch them: $(tail -n 1 pip.log)"
	else
		printf '%s\n' "${python_packages[*]}" >python-packages
	fi
fi
