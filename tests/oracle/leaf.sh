#!/bin/bash
# Runs every tests/c/leaf_*.c, compiled once against the original's header, on the original library and on the one
# in LIBDIR, and compares what they print. Then runs tests/c/bad_leaf.c, which asserts by itself, on ours only.
# usage: leaf.sh LIBDIR
here=$(cd "$(dirname "$0")/.." && pwd)
lib=${1:?usage: leaf.sh LIBDIR}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
passed=0 failed=0

ok() { echo "ok $1"; passed=$((passed + 1)); }
fail() { echo "FAIL $1"; failed=$((failed + 1)); }

# Is our library really the one that gets loaded?
mine() { LD_LIBRARY_PATH=$lib ldd "$1" | grep -qF "=> $lib/libwebsockets.so.17 "; }

lib=$(cd "$lib" && pwd) || exit 1
for source in "$here"/c/leaf_*.c "$here"/c/bad_leaf.c; do
	name=$(basename "$source" .c)
	if ! ${CC:-cc} -Wall -Wextra -o "$tmp/$name" "$source" -lwebsockets || ! mine "$tmp/$name"; then
		fail "$name"
		continue
	fi
	case $name in
	bad_*)
		if LD_LIBRARY_PATH=$lib timeout 60 "$tmp/$name" >"$tmp/ours" 2>&1; then
			ok "$name"
		else
			tail -5 "$tmp/ours"
			fail "$name"
		fi
		continue
		;;
	esac
	timeout 60 "$tmp/$name" >"$tmp/theirs" 2>"$tmp/theirs.err"
	echo "exit $?" >>"$tmp/theirs"
	LD_LIBRARY_PATH=$lib timeout 60 "$tmp/$name" >"$tmp/ours" 2>"$tmp/ours.err"
	echo "exit $?" >>"$tmp/ours"
	if diff -a "$tmp/theirs" "$tmp/ours" >"$tmp/diff"; then
		ok "$name"
	else
		head -20 "$tmp/diff"
		head -3 "$tmp/ours.err"
		fail "$name"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
