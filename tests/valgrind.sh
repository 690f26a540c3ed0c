#!/bin/sh
# The C servers, and the api_* and native_* programs that do not measure load, under valgrind's memcheck: no error, no leak.
#   valgrind.sh LIBDIR [OUTDIR]     OUTDIR: where the C programs are; the servers are built if they are not there
set -u
here=$(dirname "$0")
[ $# -ge 1 ] || { echo "usage: valgrind.sh LIBDIR [OUTDIR]" >&2; exit 2; }
lib=$1
build=${2:-$here/../target/c-tests}

# A server with an error or a leak ends with code 99, and the tests want 0.
WRAP="valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect --show-leak-kinds=definite,indirect"
# Threads take turns: without it one that never sleeps can keep all others out for minutes.
WRAP="$WRAP --num-callers=30 --fair-sched=yes"
export WRAP

failed=0
run() {
	name=$1
	shift
	if "$@"; then
		echo "ok valgrind $name"
	else
		echo "FAIL valgrind $name"
		failed=1
	fi
}
for name in null user write deflate http files files_end listen time reentry client adopt options system smd smp forms poll; do
	run "api_$name" env LD_LIBRARY_PATH="$lib" $WRAP "$build/api_$name"
done
# what the assembler of the ciphers writes looks uninitialized to valgrind
run api_tls_options env LD_LIBRARY_PATH="$lib" $WRAP --undef-value-errors=no "$build/api_tls_options"
run api_tls env LD_LIBRARY_PATH="$lib" $WRAP --undef-value-errors=no "$build/api_tls"
for name in inject threads nest ws release; do
	run "native_$name" env LD_LIBRARY_PATH="$lib" $WRAP "$build/native_$name"
done
run workload python3 "$here/lib/workload.py" --lib "$lib" --build "$build"
run bad-input python3 "$here/bad/bad_input.py" --lib "$lib" --build "$build" --quick
exit $failed
