#!/bin/bash
# c_examples/doip_server.c on libc and on ours: its server is torn down again and again while a thread of it selects.
#   doip.sh LIB INCLUDE BUILD
LIB=$1 INCLUDE=$2 BUILD=$3/lwip SOURCE=c_examples/doip_server.c
mkdir -p "$BUILD"
"${CC:-cc}" -O1 -g -Wall -Wextra -DON_LIBC $SOURCE -o "$BUILD/doip-libc" -lpthread &&
	"${CC:-cc}" -O1 -g -Wall -Wextra -I"$INCLUDE" $SOURCE -o "$BUILD/doip" -L"$LIB" -llwip -lpthread || exit 2
failed=0
check() { # GOOD TEXT
	if [ "$1" = 0 ]; then echo "ok $2"; else echo "FAIL $2"; failed=1; fi
}
LD_LIBRARY_PATH=$LIB timeout 60 "$BUILD/doip" 50 >"$BUILD/doip.log" 2>&1
code=$?
tail -3 "$BUILD/doip.log"
[ $code = 0 ] && grep -q '50 of 50 rounds as they should be' "$BUILD/doip.log"
check $? "50 rounds on netgraft, exit code $code"
[ "$(grep -c 'announced and activated; .*Bad file descriptor' "$BUILD/doip.log")" = 50 ]
check $? "each time the thread was woken with EBADF"
# the same on libc, to see that the example shows something
timeout 60 "$BUILD/doip-libc" >"$BUILD/doip-libc.log" 2>&1
code=$?
cat "$BUILD/doip-libc.log"
[ $code = 1 ] && grep -q 'still selects' "$BUILD/doip-libc.log"
check $? "on libc the thread sleeps on, and the closed port stays taken"
exit $failed
