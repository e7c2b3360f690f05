#!/bin/sh
# Builds contract-gate from this checkout and installs it for one user.

set -eu

oldest_git=2.38
oldest_rust=1.88

usage() {
	cat <<'END'
usage: ./install.sh [--prefix DIR] [--demo] [--uninstall]

  --prefix DIR  install as DIR/bin/contract-gate (by default ~/.local/bin/contract-gate)
  --demo        play the worked example after installing
  --uninstall   remove the program again
END
}

say() { printf '%s\n' "$*"; }
fail() {
	printf 'install.sh: %s\n' "$*" >&2
	exit 2
}

prefix=
demo=no
uninstall=no
while [ $# -gt 0 ]; do
	case $1 in
	--prefix)
		[ $# -ge 2 ] || fail "--prefix needs a directory"
		prefix=$2
		shift
		;;
	--prefix=*) prefix=${1#--prefix=} ;;
	--demo) demo=yes ;;
	--uninstall) uninstall=yes ;;
	-h | --help)
		usage
		exit 0
		;;
	*)
		usage >&2
		fail "unknown argument: $1"
		;;
	esac
	shift
done
[ "$demo $uninstall" != "yes yes" ] || fail "--demo and --uninstall do not go together"

if [ -z "$prefix" ]; then
	[ -n "${HOME:-}" ] || fail "HOME is not set: say where to install with --prefix DIR"
	prefix=$HOME/.local
fi
case $prefix in
/*) ;;
*) prefix=$(pwd)/$prefix ;;
esac
bin=${prefix%/}/bin
program=$bin/contract-gate

if [ "$uninstall" = yes ]; then
	if [ -e "$program" ] || [ -L "$program" ]; then
		rm -f -- "$program"
		say "removed $program"
	else
		say "$program is not there: nothing to remove"
	fi
	say "Hooks that were installed in repositories have their own copy of the program and stay."
	say "To take them away, in each repository:"
	# shellcheck disable=SC2016 # to be pasted as it is
	say '  "$(git rev-parse --git-path hooks)/contract-gate" uninstall'
	exit 0
fi

# Whether the dotted version $1 is at least $2: two numbers are compared.
at_least() {
	major=${1%%.*}
	rest=${1#*.}
	minor=${rest%%.*}
	minor=${minor%%[!0-9]*}
	case $major$minor in
	'' | *[!0-9]*) return 1 ;;
	esac
	[ "$major" -gt "${2%%.*}" ] ||
		{ [ "$major" -eq "${2%%.*}" ] && [ "${minor:-0}" -ge "${2#*.}" ]; }
}

missing=0
lacks() {
	[ "$missing" -gt 0 ] || say "contract-gate cannot be built here yet." >&2
	missing=$((missing + 1))
	printf '\n  missing: %s\n  get it:  %s\n' "$1" "$2" >&2
}

get_git="apt install git, dnf install git, brew install git, or https://git-scm.com/downloads"
if ! command -v git >/dev/null 2>&1; then
	lacks "git $oldest_git or newer" "$get_git"
else
	version=$(git version | awk '{ print $3 }')
	at_least "$version" "$oldest_git" ||
		lacks "git $oldest_git or newer (this one is $version)" "$get_git"
fi

compiler=${CC:-cc}
# CC may hold arguments as well.
if ! command -v "${compiler%% *}" >/dev/null 2>&1; then
	lacks "a C compiler (${compiler%% *})" \
		"apt install build-essential, dnf install gcc, or xcode-select --install"
fi

get_rust="https://rustup.rs, or rustup update"
if ! command -v cargo >/dev/null 2>&1 || ! command -v "${RUSTC:-rustc}" >/dev/null 2>&1; then
	lacks "cargo, of Rust $oldest_rust or newer" "$get_rust"
else
	version=$("${RUSTC:-rustc}" --version | awk '{ print $2 }')
	at_least "$version" "$oldest_rust" ||
		lacks "Rust $oldest_rust or newer (this one is $version)" "$get_rust"
fi

[ "$missing" -eq 0 ] || exit 2

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
say "building contract-gate"
built=$("$here/scripts/build-release.sh")

mkdir -p -- "$bin"
new=$bin/.contract-gate.$$
trap 'rm -f -- "$new"' EXIT
trap 'exit 130' INT TERM HUP
cp -- "$built" "$new"
chmod 755 "$new"
# By rename: whoever runs the old program keeps it, and nobody meets half of the new one.
mv -f -- "$new" "$program"
say "installed $program ($("$program" --version))"

case :${PATH:-}: in
*:"$bin":*)
	first=$(command -v contract-gate || true)
	if [ "$first" != "$program" ]; then
		say "note: another contract-gate comes first on PATH: $first"
	fi
	;;
*)
	say "note: $bin is not on PATH. Add this to your shell's profile:"
	# shellcheck disable=SC2016 # $PATH is for that shell to expand
	printf '  export PATH="%s:$PATH"\n' "$bin"
	;;
esac

if [ "$demo" = yes ]; then
	"$program" demo
	exit
fi
say "next, in a repository of yours:  contract-gate install"
