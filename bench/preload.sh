#!/bin/bash
# What libnetgraft-preload.so costs: libc's calls in a process with threads, and redis-server under redis-benchmark.
#
#     preload.sh [NETGRAFT-RUN]
cd "$(dirname "$0")/.." || exit 2
RUN=${1:-dist/bin/netgraft-run}
tmp=$(mktemp -d) || exit 2
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$tmp"' EXIT
${CC:-cc} -O2 -Wall -Wextra bench/preload.c -o "$tmp/cost" -lpthread || exit 2

# by turns, so that a busy moment of the machine is nobody's alone; of each the best
for _ in 1 2 3; do
	"$tmp/cost" >>"$tmp/without"
	"$RUN" "$tmp/cost" >>"$tmp/with"
done
best() { awk -F'\t' '!($1 in least) || $2 < least[$1] { least[$1] = $2 } !seen[$1]++ { order[++n] = $1 } END { for (i = 1; i <= n; i++) print order[i] "\t" least[order[i]] }' "$1"; }
printf '%-36s %12s %12s %8s\n' "processor time, ns each" "libc" "with it" "ratio"
paste <(best "$tmp/without") <(best "$tmp/with") | awk -F'\t' '{ printf "%-36s %12d %12d %8.3f\n", $1, $2, $4, $4 / $2 }'

# two I/O threads, so that the process is not one that is left alone
port=$((20000 + RANDOM % 20000))
load() { # PREFIX...
	"$@" redis-server --port $port --bind 127.0.0.1 --dir "$tmp" --save '' --io-threads 2 --io-threads-do-reads yes >"$tmp/log" 2>&1 &
	server=$!
	for _ in $(seq 100); do redis-cli -p $port ping >/dev/null 2>&1 && break; sleep 0.1; done
	redis-benchmark -p $port -n 30000 -c 50 -t get,set --csv | sed 's/"//g' | awk -F, 'NR > 1 { print $1 "\t" $2 }'
	kill $server && wait $server
	server=""
}
for _ in 1 2 3; do
	load env >>"$tmp/redis-without"
	load "$RUN" >>"$tmp/redis-with"
done
most() { awk -F'\t' '$2 > most[$1] { most[$1] = $2 } END { for (name in most) print name "\t" most[name] }' "$1" | sort; }
printf '%-36s %12s %12s %8s\n' "redis-benchmark, requests a second" "libc" "with it" "ratio"
paste <(most "$tmp/redis-without") <(most "$tmp/redis-with") | awk -F'\t' '{ printf "%-36s %12d %12d %8.3f\n", $1, $2, $4, $4 / $2 }'
