#!/bin/bash
# The one driver of all tests, on the libraries in dist/.
#   run.sh              lists the suites
#   run.sh all          everything; tests/deps.sh must have run
#   run.sh check        the C harness and the examples alone
#   run.sh SUITE...     some of them, for example: run.sh api_write trace
# What each suite printed is in target/test-logs; of one that fails it is shown in full. The last line counts checks.
cd "$(dirname "$0")/.." || exit 2
LIB=$PWD/dist/lib
BUILD=$PWD/target/c-tests
LOGS=$PWD/target/test-logs
export RUST_BACKTRACE=0

API=$(cd tests/c && echo api_*.c | sed 's/\.c//g')
NATIVE=$(cd tests/c && echo native_*.c | sed 's/\.c//g')
CHECK="$API $NATIVE native_examples demo examples lwip_doip lwip_soak"
ALL="cargo headers $CHECK exports
leaf trace trace_ours
trace_http
trace_client trace_raw trace_deflate trace_tls
trace_forms
peers tls_peers
curl_forms
client_deflate
swap_janus swap_rtpengine swap_driftnet swap_csound swap_loops
conformance
bad_input bad_server no_ipv6
lwip_semantics lwip_bad_input lwip_headers lwip_values lwip_loom
fuzz
gateway
netconn preload
install valgrind"

compile() { # SOURCE PROGRAM
	local libs=-lwebsockets
	mkdir -p "$(dirname "$2")"
	# netgraft.h is in libnetgraft alone
	if grep -q '<netgraft.h>' "$1"; then libs=-lnetgraft; fi
	if grep -q 'lwip/sockets.h\|"sock.h"' "$1"; then libs=-llwip; fi
	if grep -q '<hiredis/' "$1"; then libs="$libs -lhiredis"; fi
	# shellcheck disable=SC2086
	${CC:-cc} -O1 -g -std=gnu11 -Wall -Wextra -Idist/include "$1" -o "$2" -L"$LIB" $libs -lpthread
}
harness() { # NAME
	compile "tests/c/$1.c" "$BUILD/$1" && LD_LIBRARY_PATH=$LIB "$BUILD/$1"
}
under_valgrind() {
	local name
	for name in $API $NATIVE; do compile "tests/c/$name.c" "$BUILD/$name" || return; done
	bash tests/valgrind.sh "$LIB" "$BUILD"
}

examples() {
	local source
	for source in $(grep -L '<netgraft.h>\|[<"]lwip/' c_examples/*.c); do compile "$source" "$BUILD/${source%.c}" || return; done
	python3 tests/examples.py --lib "$LIB" --build "$BUILD"
}

native_examples() {
	local source
	for source in $(grep -l '<netgraft.h>' c_examples/*.c | grep -v gateway); do compile "$source" "$BUILD/${source%.c}" || return; done
	LD_LIBRARY_PATH=$LIB python3 tests/native_examples.py "$BUILD/c_examples"
}

# one program with the constants of lwIP's own headers and with those of Debian's; and its headers beside the system's
lwip_values() {
	mkdir -p "$BUILD"
	${CC:-cc} -O1 -g -Wall -DOWN_VALUES -include netgraft_lwip.h -Itests/lwip/own -I/usr/include/lwip -Idist/include tests/lwip/own.c -o "$BUILD/lwip_own" -L"$LIB" -lnetgraft &&
		${CC:-cc} -O1 -g -Wall -I/usr/include/lwip tests/lwip/own.c -o "$BUILD/lwip_debian" -L"$LIB" -llwip || return
	LD_LIBRARY_PATH=$LIB "$BUILD/lwip_own" | sed 's/^\(ok\|FAIL\) /&own values: /'
	[ "${PIPESTATUS[0]}" = 0 ] || return 1
	LD_LIBRARY_PATH=$LIB "$BUILD/lwip_debian" | sed 's/^\(ok\|FAIL\) /&Debian: /'
	return "${PIPESTATUS[0]}"
}
suite() { # NAME: its output has a line `ok ...` or `FAIL ...` for each check
	case $1 in
	api_*) harness "$1" ;;
	native_examples) native_examples ;;
	native_*) harness "$1" ;;
	gateway) compile c_examples/gateway.c "$BUILD/examples/gateway" && LD_LIBRARY_PATH=$LIB python3 tests/gateway.py "$BUILD/examples/gateway" ;;
	cargo) nextest -E 'not binary(headers)' ;;
	headers) nextest --test headers ;;
	demo)
		compile c_examples/chat.c "$BUILD/examples/chat" &&
			LD_LIBRARY_PATH=$LIB python3 tests/demo.py "$BUILD/examples/chat" | sed 's/^demo: ok -/ok/; s/^demo: FAILED -/FAIL/'
		return "${PIPESTATUS[0]}" ;;
	examples) examples ;;
	netconn) bash tests/netconn.sh "$LIB" "$BUILD" ;;
	lwip_values) lwip_values ;;
	exports) python3 tests/exports.py "$LIB" ;;
	leaf) bash tests/oracle/leaf.sh "$LIB" ;;
	trace) python3 tests/oracle/trace.py --compare "$LIB" --quiet ;;
	trace_client) python3 tests/oracle/trace_client.py --compare "$LIB" --quiet ;;
	trace_raw) python3 tests/oracle/trace_raw.py --compare "$LIB" --quiet ;;
	trace_deflate) python3 tests/oracle/trace_deflate.py --compare "$LIB" --quiet ;;
	trace_forms) python3 tests/oracle/trace_forms.py --compare "$LIB" --build "$BUILD" ;;
	trace_tls) python3 tests/oracle/trace_tls.py --compare "$LIB" --jobs 4 --quiet ;;
	trace_ours) python3 tests/oracle/trace.py --lib "$LIB" --quiet ;;
	trace_http) python3 tests/oracle/trace_http.py --compare "$LIB" --quiet ;;
	peers) python3 tests/peers/run.py --lib "$LIB" --build "$BUILD" ;;
	tls_peers) python3 tests/tls/run.py --lib "$LIB" --build "$BUILD" ;;
	swap_*) target/venv/bin/python "tests/swap/${1#swap_}.py" --lib "$LIB" ;;
	client_deflate)
		compile tests/c/echo.c "$BUILD/echo" &&
			target/venv/bin/python tests/peers/websockets_server.py "$BUILD/echo" "$LIB" ;;
	curl_forms) python3 tests/peers/curl_forms.py --lib "$LIB" --build "$BUILD" ;;
	# make conformance runs all of the compressed cases
	conformance) python3 tests/conformance/autobahn.py --lib "$LIB" --build "$BUILD" --verbose --spread ;;
	bad_input) python3 tests/bad/bad_input.py --lib "$LIB" --build "$BUILD" ;;
	bad_server) python3 tests/bad/bad_server.py --lib "$LIB" --build "$BUILD" ;;
	no_ipv6) python3 tests/bad/no_ipv6.py --lib "$LIB" --build "$BUILD" ;;
	lwip_doip) bash tests/lwip/doip.sh "$LIB" dist/include "$BUILD" ;;
	lwip_soak) harness lwip_soak ;;
	# on the library of the socket face alone; on the whole one
	lwip_semantics) python3 tests/oracle/semantics.py --lib "$LIB" --build "$BUILD" --link lwip ;;
	lwip_bad_input) python3 tests/oracle/semantics.py --bad-input --lib "$LIB" --build "$BUILD" --link netgraft ;;
	lwip_headers) bash tests/lwip/headers.sh "$LIB" "$PWD/dist/include" "$BUILD" ;;
	lwip_loom)
		RUSTFLAGS="--cfg loom" LOOM_MAX_PREEMPTIONS=3 CARGO_TARGET_DIR=target/loom timeout 600 cargo test --release --manifest-path tests/loom/Cargo.toml 2>&1 |
			sed -E 's/^test (.*) \.\.\. ok$/ok \1/; s/^test (.*) \.\.\. FAILED$/FAIL \1/'
		return "${PIPESTATUS[0]}" ;;
	fuzz) bash tests/fuzz.sh ;;
	preload) python3 tests/preload/run.py ;;
	install) bash tests/install.sh ;;
	valgrind) under_valgrind ;;
	*) echo "FAIL there is no suite $1"; return 2 ;;
	esac
}
nextest() {
	cargo nextest run --no-fail-fast --color never --status-level all --final-status-level none "$@" 2>&1 | sed -E 's/^ +PASS +/ok /; s/^ +(FAIL|TIMEOUT|SIG[A-Z]+) +/FAIL /'
	return "${PIPESTATUS[0]}"
}

table="" passed=0 failed=0
run() { # SUITE
	local log=$LOGS/$1.log begin=$SECONDS code good bad line
	suite "$1" >"$log" 2>&1 </dev/null
	code=$?
	good=$(grep -c '^ok ' "$log") bad=$(grep -c '^FAIL ' "$log")
	# a suite that ends badly, or has checked nothing, has failed, whatever it printed
	if [ $code -ge 126 ] || { [ "$bad" = 0 ] && { [ $code != 0 ] || [ "$good" = 0 ]; }; }; then bad=$((bad + 1)); fi
	[ "$bad" = 0 ] || sed "s/^/    /" "$log"
	line=$(printf '%-4s %-16s %5d passed %4d failed %5d s' "$([ "$bad" = 0 ] && echo ok || echo FAIL)" "$1" "$good" "$bad" $((SECONDS - begin)))
	echo "$line"
	table+=$line$'\n' passed=$((passed + good)) failed=$((failed + bad))
}

case ${1:-} in
"") echo "suites: $ALL"; exit 2 ;;
all) names=$ALL ;;
check) names=$CHECK ;;
*) names=$* ;;
esac
[ -e "$LIB/libwebsockets.so.17" ] || { echo "no libraries in dist/: run make first"; exit 2; }
mkdir -p "$LOGS"
for name in $names; do run "$name"; done
[ "$names" = "$name" ] || printf '\n%s' "$table"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
