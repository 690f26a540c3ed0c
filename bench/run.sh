#!/usr/bin/env bash
# make bench: netgraft beside Debian's libwebsockets and the raw epoll floor, in one interleaved run.
#
#   QUICK=1   one round, fewer sizes
#   NO_INSTRUCTIONS=1   leaves out the counting under valgrind
set -eu
cd "$(dirname "$0")"
dist=../dist
make -s all
make -s LWS_INC=$dist/include LWS_LIB=$dist/lib/libwebsockets.so.17 SUF=-ours lws
make -s LWS_INC=$dist/include NATIVE_LIB=$dist/lib/libnetgraft.so native

servers=(lws=./ws_echo ours=./ws_echo-ours raw=./raw_epoll_ws)
web=(lws=./http_server ours=./http_server-ours)
packed=("lws=./ws_echo -z" "ours=./ws_echo-ours -z" "ours+context=./ws_echo-ours -z -z")
keys=$(mktemp -d)
trap 'rm -rf "$keys"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost \
	-keyout "$keys/key.pem" -out "$keys/cert.pem" 2>/dev/null
secret=("lws=./ws_echo -c $keys/cert.pem -k $keys/key.pem" "ours=./ws_echo-ours -c $keys/cert.pem -k $keys/key.pem")
pushers=(-p lws=./ws_push -p ours=./ws_push-ours -p raw=./raw_epoll_ws)
if [ -n "${QUICK:-}" ]; then
	rounds=1 quick=-q scenarios="echo:50:20 echo:50:20:16 echo:50:16384 echo:1:1048576 hs:50 busy:9000 idle:9000 churn:1000:2 bcast:5000"
else
	rounds=3 quick=
	scenarios="echo:50:20:16 echo:1:20 echo:50:20 echo:1000:20 echo:50:1024 echo:50:16384 echo:1:1048576
echo:1:16777216 hs:50 busy:9000 idle:10000 churn:1000:4 bcast:5000"
fi
./run_ab.sh -r $rounds -s "$scenarios" "${pushers[@]}" "${servers[@]}"
printf '\npermessage-deflate, JSON. With several connections at once the original mixes up their data; the generator sees it and ends the run.\n'
LOAD_ARGS="-z -s 1024" ./run_ab.sh -r $rounds -s "echo:1:1024 echo:1:16384 echo:2:16384:4 echo:50:1024 echo:50:16384 idle:1000" "${packed[@]}"
printf '\nthe same without compression, for the difference\n'
LOAD_ARGS="-j -s 1024" ./run_ab.sh -r $rounds -s "echo:1:1024 echo:1:16384 idle:1000" lws=./ws_echo ours=./ws_echo-ours
printf '\nTLS 1.3, a P-256 certificate\n'
LOAD=./wsload-tls LOAD_ARGS="-V 1.3" ./run_ab.sh -r $rounds -s "echo:50:20 echo:50:16384 hs:20 idle:1000 churn:1000:3" "${secret[@]}"
printf '\nTLS 1.2\n'
LOAD=./wsload-tls LOAD_ARGS="-V 1.2" ./run_ab.sh -r $rounds -s "hs:20 echo:50:16384" "${secret[@]}"
python3 run_http.py -r $rounds $quick "${web[@]}"
python3 client_memory.py lws=./ws_client,./ws_echo ours=./ws_client-ours,./ws_echo-ours
python3 tcp_echo.py -r $rounds ${NO_INSTRUCTIONS:+--no-instructions} raw=./raw_epoll_tcp inject=./inject_echo "nest=./inject_echo -n"
./post
printf '\nsocket calls, libc beside netgraft\n'
python3 sockets.py ${QUICK:+-r 1 -t 50}
if [ -z "${NO_INSTRUCTIONS:-}" ]; then
	python3 instructions.py "${servers[@]}"
	python3 instructions.py --http "${web[@]}"
fi
