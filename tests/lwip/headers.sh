#!/bin/bash
# Programs written for lwIP, compiled with our headers in every way they may be, and one linked to Debian's library; all run on ours.
#   headers.sh LIB INCLUDE BUILD
LIB=$1 INCLUDE=$2 BUILD=$3/lwip
HERE=$(cd "$(dirname "$0")" && pwd)
DEBIAN=/usr/include/lwip
mkdir -p "$BUILD"
failed=0
report() { # GOOD NAME LOG
	if [ "$1" = 0 ]; then echo "ok $2"; else
		echo "FAIL $2"
		sed 's/^/    /' "$3"
		failed=1
	fi
}
try() { # NAME COMPILER OPTION... : compiles and runs
	local name=$1 out=$BUILD/program log=$BUILD/log
	shift
	rm -f "$out"
	"$@" -o "$out" -L"$LIB" -llwip -lpthread >"$log" 2>&1 && LD_LIBRARY_PATH=$LIB timeout 20 "$out" >>"$log" 2>&1
	report $? "$name" "$log"
}
strict="-Wall -Wextra -pedantic -Werror -I$INCLUDE"

for std in c99 gnu99 c11 gnu11 c17; do
	for compat in 0 1 2; do
		for names in 0 1; do
			# shellcheck disable=SC2086
			try "$std, LWIP_COMPAT_SOCKETS $compat, LWIP_POSIX_SOCKETS_IO_NAMES $names" ${CC:-cc} -std=$std -D_DEFAULT_SOURCE $strict \
				-DLWIP_COMPAT_SOCKETS=$compat -DLWIP_POSIX_SOCKETS_IO_NAMES=$names "$HERE/compat.c"
		done
	done
done
for std in c++11 gnu++14 c++17 c++20; do
	for compat in 0 1 2; do
		# shellcheck disable=SC2086
		try "$std, LWIP_COMPAT_SOCKETS $compat" ${CXX:-c++} -x c++ -std=$std $strict -DLWIP_COMPAT_SOCKETS=$compat "$HERE/compat.c" -x none
	done
done
for option in -DLATE -DNETGRAFT_FD_SETSIZE=1024 "-DLATE -DNETGRAFT_FD_SETSIZE=65536" "-O2 -D_FORTIFY_SOURCE=2" "-DLATE -O2 -D_FORTIFY_SOURCE=3"; do
	# shellcheck disable=SC2086
	try "gnu11 $option" ${CC:-cc} -std=gnu11 $strict $option "$HERE/compat.c"
done

# each header by itself, first in its file
for header in "$INCLUDE"/lwip/*.h; do
	name=lwip/$(basename "$header")
	for way in "${CC:-cc} -x c -std=c99 -D_DEFAULT_SOURCE" "${CC:-cc} -x c -std=gnu17" "${CXX:-c++} -x c++ -std=c++17"; do
		# shellcheck disable=SC2086
		printf "#include \"%s\"\ntypedef int nothing_else;\n" "$name" | $way $strict -fsyntax-only - >"$BUILD/log" 2>&1
		report $? "$name alone, ${way##*-std=}" "$BUILD/log"
	done
done

if [ -e $DEBIAN/lwip/sockets.h ]; then
	# a program linked to Debian's library runs on ours instead
	"${CC:-cc}" -std=gnu11 -w -I$DEBIAN "$HERE/linked.c" -o "$BUILD/linked" -l:liblwip.so.0 -lpthread >"$BUILD/log" 2>&1 &&
		LD_LIBRARY_PATH=$LIB timeout 20 "$BUILD/linked" >>"$BUILD/log" 2>&1
	report $? "a program linked to Debian's liblwip.so.0" "$BUILD/log"
	if LD_LIBRARY_PATH=$LIB ldd "$BUILD/linked" | grep -q "liblwip.so.0 => $LIB/"; then report 0 "it has loaded ours"; else report 1 "it has loaded ours" /dev/null; fi
else
	echo "Debian's liblwip-dev is not installed: no program linked to it was tried"
fi
exit $failed
