#!/bin/bash
# What is installed is what is in dist/, and programs find it: through pkg-config, LD_LIBRARY_PATH, or ldconfig alone.
# The machine is left as it is: the loader's cache is replaced in a mount namespace of our own.
cd "$(dirname "$0")/.." || exit 2
LIB=$PWD/dist/lib
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
prefix=$tmp/prefix
passed=0 failed=0

ok() { echo "ok $1"; passed=$((passed + 1)); }
fail() { echo "FAIL $1"; failed=$((failed + 1)); }
check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" >"$tmp/out" 2>&1; then ok "$name"; else cat "$tmp/out"; fail "$name"; fi
}
# dist/ is ready: it is not to be made again
install_to() { make --no-print-directory -o dist install "$@"; }
files() { (cd "$1" && find bin include lib ! -type d | sort); }
same_files() { diff <(files dist) <(files "$1") && diff -r dist/bin "$1/bin" && diff -r -x pkgconfig dist/include "$1/include" && diff -r -x pkgconfig dist/lib "$1/lib"; }

# Runs PROGRAM, the chat server, through its demonstration; it must have loaded LIBRARY.
talks() { # PROGRAM LIBRARY
	rm -f "$tmp"/loaded.*
	LD_DEBUG=libs LD_DEBUG_OUTPUT=$tmp/loaded python3 tests/demo.py "$1" || return
	grep -h "calling init:" "$tmp"/loaded.* | grep -F "$2" || { echo "$2 was not loaded"; return 1; }
}

# --- files ---------------------------------------------------------------------------------------------------

check "make install PREFIX" install_to PREFIX="$prefix"
check "it installs exactly what is in dist/" same_files "$prefix"
check "make install DESTDIR" install_to PREFIX=/some/where DESTDIR="$tmp/stage"
check "exactly that below DESTDIR" same_files "$tmp/stage/some/where"
for name in libwebsockets netgraft; do
	check "$name.pc names the prefix, not DESTDIR" grep -qx "prefix=/some/where" "$tmp/stage/some/where/lib/pkgconfig/$name.pc"
	for tree in dist "$prefix"; do
		check "$name.pc in ${tree##*/}: the prefix is where it is" \
			[ "$(PKG_CONFIG_PATH=$tree/lib/pkgconfig pkg-config --variable=prefix "$name")" = "$(realpath "$tree")" ]
	done
done

# --- programs ------------------------------------------------------------------------------------------------

build() { ${CC:-cc} -O1 -g -Wall -Wextra -o "$@"; }
flags() { PKG_CONFIG_PATH=$prefix/lib/pkgconfig pkg-config --cflags --libs "$@"; }

# Debian's headers and library, and not what may be installed elsewhere
mkdir "$tmp/debian"
ln -s /usr/include/libwebsockets.h /usr/include/libwebsockets /usr/include/lws_config.h "$tmp/debian"
debian=/lib/$(${CC:-cc} -print-multiarch)/libwebsockets.so
check "a program is built with the original's header and library" \
	build "$tmp/chat" -I"$tmp/debian" c_examples/chat.c "$debian"
check "it runs on the original" talks "$tmp/chat" "$debian.17"
check "it runs on ours by LD_LIBRARY_PATH alone" \
	env LD_LIBRARY_PATH="$LIB" bash -c "$(declare -f talks); tmp=$tmp; talks $tmp/chat $LIB/libwebsockets.so.17"

check "built by pkg-config libwebsockets" build "$tmp/chat-lws" c_examples/chat.c $(flags libwebsockets)
check "built by pkg-config netgraft" build "$tmp/chat-netgraft" c_examples/chat.c $(flags netgraft)
check "built by -lnetgraft" build "$tmp/chat-l" -Idist/include c_examples/chat.c -L"$LIB" -lnetgraft -Wl,-rpath,"$LIB"
check "it runs" talks "$tmp/chat-l" "$LIB/libnetgraft.so"
check "built with libnetgraft.a" build "$tmp/chat-static" -Idist/include c_examples/chat.c "$LIB/libnetgraft.a" -lpthread -ldl -lm
check "it runs by itself" python3 tests/demo.py "$tmp/chat-static"
check "and needs no library of ours" bash -c "! ldd $tmp/chat-static | grep -E 'websockets|netgraft'"

check "netgraft-run finds its library where it was installed" \
	bash -c "$prefix/bin/netgraft-run grep -c $(realpath "$prefix")/lib/libnetgraft-preload.so /proc/self/maps"
check "also through a symbolic link" bash -c "ln -s $prefix/bin/netgraft-run $tmp/run && $tmp/run grep -c libnetgraft-preload.so /proc/self/maps"
check "it passes on how the program ends" bash -c "$prefix/bin/netgraft-run sh -c 'exit 7'; [ \$? = 7 ]"

# --- ldconfig ------------------------------------------------------------------------------------------------

# As if the prefix stood in /etc/ld.so.conf, before the distribution's own directories as /usr/local/lib does.
printf '%s\ninclude /etc/ld.so.conf.d/*.conf\n' "$prefix/lib" >"$tmp/ld.so.conf"
PATH=$PATH:/sbin:/usr/sbin
check "ldconfig builds a cache with the prefix" ldconfig -X -C "$tmp/ld.so.cache" -f "$tmp/ld.so.conf"
[ "$(id -u)" = 0 ] && user="" || user=-r
with_cache() { # COMMAND in a namespace whose loader's cache is that one
	unshare -m $user bash -c "mount --bind '$tmp/ld.so.cache' /etc/ld.so.cache && tmp=$tmp && $(declare -f talks); $1"
}
if ! unshare -m $user true 2>/dev/null; then
	# no namespaces here (a container without the right to them): for this moment it is the machine's own cache
	trap 'ldconfig; rm -rf "$tmp"' EXIT
	with_cache() { ldconfig -X -f "$tmp/ld.so.conf" && eval "$1"; local code=$?; ldconfig; return $code; }
fi
for program in chat chat-lws chat-netgraft; do
	library=libwebsockets.so.17
	[ $program = chat-netgraft ] && library=libnetgraft.so
	check "$program runs on the installed $library by nothing at all" with_cache "talks $tmp/$program $prefix/lib/$library"
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
