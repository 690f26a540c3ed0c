#!/bin/bash
# The netconn API of lwIP: the same programs on Debian's liblwip, on ours with our headers, and on ours compiled against the original's headers.
#   netconn.sh LIBDIR BUILDDIR
# Output: a line `ok ...` or `FAIL ...` for each check.
cd "$(dirname "$0")/.." || exit 2
LIB=$1
BUILD=$2/netconn
mkdir -p "$BUILD"
failed=0
CFLAGS="-O1 -g -std=gnu11 -Wall -Wextra"

run() { # WHAT PROGRAM: its lines, with WHAT before each
	timeout 120 "$2" | sed "s/^\(ok\|FAIL\) /\1 $1: /"
	[ "${PIPESTATUS[0]}" = 0 ] || {
		echo "FAIL $1: $(basename "$2")"
		failed=1
	}
}
for name in netconn netbuf sys; do
	source=tests/c/lwip_$name.c
	# shellcheck disable=SC2086
	if [ -e /usr/include/lwip/lwip/api.h ]; then
		# without a word of what its headers warn of
		${CC:-cc} $CFLAGS -w -DLWIP_ORIGINAL -I/usr/include/lwip "$source" -o "$BUILD/${name}_original" -llwip -lpthread &&
			run "original $name" "$BUILD/${name}_original" || failed=1
		${CC:-cc} $CFLAGS -w -I/usr/include/lwip "$source" -o "$BUILD/${name}_relinked" -L"$LIB" -lnetgraft -lpthread &&
			LD_LIBRARY_PATH=$LIB run "relinked $name" "$BUILD/${name}_relinked" || failed=1
	else
		echo "FAIL liblwip-dev is missing"
		failed=1
	fi
	# shellcheck disable=SC2086
	${CC:-cc} $CFLAGS -Werror -Iinclude "$source" -o "$BUILD/$name" -L"$LIB" -lnetgraft -lpthread &&
		LD_LIBRARY_PATH=$LIB run "$name" "$BUILD/$name" || failed=1
done

# what is in memory that is not ours, or left behind
for name in netconn netbuf sys; do
	if LWIP_ROUNDS=20 LD_LIBRARY_PATH=$LIB timeout 500 valgrind -q --fair-sched=yes --leak-check=full --errors-for-leak-kinds=definite \
		--error-exitcode=9 "$BUILD/$name" >"$BUILD/valgrind.out" 2>"$BUILD/valgrind.err" || ! grep -q '^==.*\(Invalid\|uninitialised\|definitely\)' "$BUILD/valgrind.err"; then
		echo "ok $name: nothing that valgrind minds"
	else
		echo "FAIL $name: valgrind"
		head -40 "$BUILD/valgrind.err"
		failed=1
	fi
done

# each header by itself
for header in api arch debug def err init ip ip4_addr ip6_addr ip_addr mem netbuf pbuf sys tcpip timeouts; do
	wrong=
	for compiler in "${CC:-cc} -std=c99 -xc" "${CC:-cc} -std=gnu17 -xc" "${CXX:-c++} -std=c++17 -xc++"; do
		echo "#include \"lwip/$header.h\"" | $compiler -Wall -Wextra -pedantic -Werror -fsyntax-only -Iinclude - || wrong=1
	done
	if [ -n "$wrong" ]; then echo "FAIL lwip/$header.h by itself"; failed=1; else echo "ok lwip/$header.h by itself"; fi
done

# the example, with something to echo
${CC:-cc} $CFLAGS -Werror -Iinclude c_examples/netconn_echo.c -o "$BUILD/echo" -L"$LIB" -lnetgraft -lpthread || exit 1
LD_LIBRARY_PATH=$LIB python3 - "$BUILD/echo" <<'END' || failed=1
import socket, subprocess, sys
server = subprocess.Popen([sys.argv[1], "0"], stdout=subprocess.PIPE, text=True)
try:
    port = int(server.stdout.readline().split()[-1])
    data = bytes(range(256)) * 2000
    with socket.create_connection(("127.0.0.1", port), 10) as one, socket.create_connection(("127.0.0.1", port), 10) as two:
        for s in (two, one):
            s.settimeout(10)
            s.sendall(data[:100000])
            got = b""
            while len(got) < 100000:
                got += s.recv(65536)
            print("ok" if got == data[:100000] else "FAIL", "example: an echo over TCP")
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    u.settimeout(10)
    u.sendto(data[:1000], ("127.0.0.1", port))
    print("ok" if u.recv(65536) == data[:1000] else "FAIL", "example: an echo over UDP")
finally:
    server.kill()
    server.wait()
END
exit $failed
