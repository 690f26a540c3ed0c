#!/bin/sh
# Puts in place what the tests need and the machine lacks. Quick when all is there.
#   Debian packages, a Python venv in target/venv, npm's ws in target/node, cargo-fuzz in target/tools
set -eu
cd "$(dirname "$0")/.."

WEBSOCKETS=17.4
KOSOKU=0.1.0
WS=8.23.0
CARGO_FUZZ=0.13.1

want=""
need() { # COMMAND PACKAGE
	command -v "$1" >/dev/null 2>&1 || want="$want $2"
}
need gcc gcc
need g++ g++
need make make
need curl curl
need pkg-config pkg-config
need valgrind valgrind
need chromium chromium
need node nodejs
need npm npm
need openssl openssl
need gnutls-cli gnutls-bin
# Programs that use the library, and HTTP load
need janus janus
need rtpengine rtpengine-daemon
need driftnet driftnet
need csound csound
need h2load nghttp2-client
need redis-server redis-server
# Programs that use libc's sockets, and tests of sockets that Python brings
[ -x /usr/sbin/nginx ] || want="$want nginx-light"
[ -e /usr/include/modbus/modbus.h ] || want="$want libmodbus-dev"
[ -d /usr/lib/python3.11/test ] || want="$want libpython3.11-testsuite"
[ -e /usr/include/hiredis/async.h ] || want="$want libhiredis-dev"
[ -n "$(find /usr/lib -name libwebsocketIO.so 2>/dev/null | head -1)" ] || want="$want csound-plugins"
python3 -c 'import ensurepip, venv' 2>/dev/null || want="$want python3-venv"
# Other libraries' loops, to run ours in
for package in uv:libuv1-dev ev:libev-dev event_core:libevent-dev glib-2.0:libglib2.0-dev; do
	[ -n "$(find /usr/lib /usr/lib64 /usr/local/lib -name "lib${package%%:*}.so" 2>/dev/null | head -1)" ] || want="$want ${package#*:}"
done
# The original library: what we compare with, and what the C programs can be built against.
[ -e /usr/include/libwebsockets.h ] || want="$want libwebsockets-dev"
[ -e /usr/include/lwip/lwip/sockets.h ] || want="$want liblwip-dev"
# The benchmarks' load generator
[ -e /usr/include/openssl/ssl.h ] || want="$want libssl-dev"
[ -e /usr/include/zlib.h ] || want="$want zlib1g-dev"

if [ -n "$want" ]; then
	[ "$(id -u)" = 0 ] && sudo="" || sudo=sudo
	echo "deps: apt-get install$want"
	$sudo apt-get update -q
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $want
fi

stamp="websockets $WEBSOCKETS kosoku $KOSOKU"
if [ "$(cat target/venv/.stamp 2>/dev/null)" != "$stamp" ] || ! target/venv/bin/python -c '' 2>/dev/null; then
	python3 -m venv --clear target/venv
	target/venv/bin/pip install -q --disable-pip-version-check "websockets==$WEBSOCKETS" "kosoku==$KOSOKU"
	echo "$stamp" >target/venv/.stamp
fi

if ! grep -q "\"version\": \"$WS\"" target/node/node_modules/ws/package.json 2>/dev/null; then
	mkdir -p target/node
	npm install --prefix target/node --no-save --no-audit --no-fund --loglevel=error "ws@$WS"
fi

if [ "$(target/tools/bin/cargo-fuzz --version 2>/dev/null)" != "cargo-fuzz $CARGO_FUZZ" ]; then
	cargo install -q --locked --debug --root target/tools "cargo-fuzz@$CARGO_FUZZ"
fi
echo "deps: ready"
