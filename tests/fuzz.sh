#!/bin/bash
# Runs each fuzz target on its corpus and then for a while on what the fuzzer makes of it.
#   FUZZ_SECONDS=600 fuzz.sh [TARGET...]     the time for each (5); the targets (all)
# cargo-fuzz wants unstable options of the compiler; RUSTC_BOOTSTRAP lets the stable one take them. The address
# sanitizer is used where the toolchain has its runtime.
cd "$(dirname "$0")/.." || exit 2
export RUSTC_BOOTSTRAP=1 PATH=$PWD/target/tools/bin:$PATH CARGO_TERM_COLOR=never
host=$(rustc -vV | sed -n 's/^host: //p')
sanitizer=none
[ -z "$(find "$(rustc --print sysroot)/lib/rustlib/$host/lib" -name 'librustc*_rt.asan.a')" ] || sanitizer=address
options=(--target "$host" --target-dir target/fuzz --sanitizer "$sanitizer")

cargo fuzz build "${options[@]}" || { echo "FAIL the fuzz targets do not build"; exit 1; }
echo "ok built, sanitizer: $sanitizer"
[ $# != 0 ] || mapfile -t targets < <(cargo fuzz list)
failed=0
for target in "${targets[@]:-$@}"; do
	# what is new goes to the first folder, so that the corpus stays as committed
	mkdir -p "target/fuzz/new/$target" "fuzz/artifacts/$target"
	log=target/fuzz/$target.log
	if "target/fuzz/$host/release/$target" -max_total_time="${FUZZ_SECONDS:-5}" -timeout=10 -rss_limit_mb=1024 \
		-artifact_prefix="fuzz/artifacts/$target/" "target/fuzz/new/$target" "fuzz/corpus/$target" >"$log" 2>&1; then
		echo "ok $target - $(tail -1 "$log")"
	else
		failed=1
		tail -50 "$log"
		echo "FAIL $target - the input is in fuzz/artifacts/$target/"
	fi
done
exit $failed
