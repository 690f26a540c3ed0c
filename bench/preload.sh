#!/bin/bash
# What libnetgraft-preload.so costs, in processor time: libc's calls in a process with threads, and redis-server for a request.
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

# without threads for input and output, which use up the processor while they wait; redis has others, so it is not left alone
port=$((20000 + RANDOM % 20000))
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; } # in a name without spaces
load() { # PREFIX...: microseconds of processor time of the server for each request
	"$@" redis-server --port $port --bind 127.0.0.1 --dir "$tmp" --save '' >"$tmp/log" 2>&1 &
	server=$!
	for _ in $(seq 100); do redis-cli -p $port ping >/dev/null 2>&1 && break; sleep 0.1; done
	for test in get set; do
		redis-benchmark -p $port -n 2000 -c 50 -t $test -q >/dev/null
		before=$(ticks $server)
		redis-benchmark -p $port -n 200000 -c 50 -t $test -q >/dev/null
		echo "$test $(($(ticks $server) - before))" | awk -v hz="$(getconf CLK_TCK)" '{ printf "%s\t%.3f\n", $1, $2 / hz * 1e6 / 2e5 }'
	done
	kill $server && wait $server
	server=""
}
# pairs of rounds next to each other, who begins by turns; the median of their ratios
for round in 1 2 3 4 5; do
	if [ $((round % 2)) = 1 ]; then
		load env >>"$tmp/redis-without"
		load "$RUN" >>"$tmp/redis-with"
	else
		load "$RUN" >>"$tmp/redis-with"
		load env >>"$tmp/redis-without"
	fi
done
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
printf '%-36s %12s %12s %8s\n' "redis-server, processor time" "libc" "with it" "ratio"
for test in get set; do
	paste "$tmp/redis-without" "$tmp/redis-with" | awk -F'\t' -v test=$test '$1 == test { print $2 "\t" $4 "\t" $4 / $2 }' >"$tmp/pairs"
	printf '%-36s %12s %12s %8.3f\n' "$test, us for a request (median)" "$(cut -f1 "$tmp/pairs" | median)" "$(cut -f2 "$tmp/pairs" | median)" "$(cut -f3 "$tmp/pairs" | median)"
done
