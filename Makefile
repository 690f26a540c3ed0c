# netgraft: build, install, try and test.
#
#   make            dist/: headers, libraries, pkg-config files
#   make demo       run a chat server written for libwebsockets on netgraft (KEEP=1 leaves it running)
#   make demo-gateway  two gateways between WebSocket and Redis, which is killed meanwhile
#   make test       install what the tests need, run all of them
#   make check      the C harness and the examples
#   make conformance   all of Autobahn's cases, as server and as client; the compressed ones in three ways
#   make bench      measure beside Debian's libwebsockets and the raw floor
#   make install    copy dist/ to $(DESTDIR)$(PREFIX)
PREFIX ?= /usr/local
DESTDIR ?=
CARGO ?= cargo
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)

DIST := dist
LIB := $(DIST)/lib
SOURCES := $(shell find src shim -type f) build.rs cbindgen.toml Cargo.toml Cargo.lock

all: dist

# --- libraries -----------------------------------------------------------------------------------------------

# each face by itself, under its legacy name
target/face-lws/release/libnetgraft.so: $(SOURCES)
	NETGRAFT_SONAME=libwebsockets.so.17 $(CARGO) rustc --release --lib --crate-type cdylib \
		--no-default-features --features lws --target-dir target/face-lws

target/face-lwip/release/libnetgraft.so: $(SOURCES)
	NETGRAFT_SONAME=liblwip.so.0 $(CARGO) rustc --release --lib --crate-type cdylib \
		--no-default-features --features sockets --target-dir target/face-lwip

target/face-preload/release/libnetgraft.so: $(SOURCES)
	NETGRAFT_SONAME=libnetgraft-preload.so $(CARGO) rustc --release --lib --crate-type cdylib \
		--no-default-features --features preload --target-dir target/face-preload

target/release/libnetgraft.so: $(SOURCES)
	$(CARGO) rustc --release --lib --crate-type cdylib,staticlib

dist: target/release/libnetgraft.so target/face-lws/release/libnetgraft.so target/face-lwip/release/libnetgraft.so target/face-preload/release/libnetgraft.so
	@rm -rf $(DIST)
	@mkdir -p $(LIB)/pkgconfig $(DIST)/include $(DIST)/bin
	@cp -r include/. $(DIST)/include
	@install -m 755 target/release/libnetgraft.so $(LIB)/libnetgraft.so
	@install -m 644 target/release/libnetgraft.a $(LIB)/libnetgraft.a
	@install -m 755 target/face-lws/release/libnetgraft.so $(LIB)/libwebsockets.so.17
	@ln -s libwebsockets.so.17 $(LIB)/libwebsockets.so
	@install -m 755 target/face-lwip/release/libnetgraft.so $(LIB)/liblwip.so.0
	@ln -s liblwip.so.0 $(LIB)/liblwip.so
	@install -m 755 target/face-preload/release/libnetgraft.so $(LIB)/libnetgraft-preload.so
	@install -m 755 shim/netgraft-run $(DIST)/bin/netgraft-run
	@for name in libwebsockets lwip netgraft; do \
		sed -e 's|@PREFIX@|$(abspath $(DIST))|' -e 's|@VERSION@|$(VERSION)|' shim/$$name.pc.in > $(LIB)/pkgconfig/$$name.pc; \
	done
	@echo "dist/ is ready: include/, lib/libwebsockets.so.17, lib/liblwip.so.0, lib/libnetgraft.so and .a, lib/libnetgraft-preload.so, lib/pkgconfig/, bin/netgraft-run"

install: dist
	install -d $(DESTDIR)$(PREFIX)/include/libwebsockets $(DESTDIR)$(PREFIX)/include/lwip/netgraft $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(DIST)/include/*.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(DIST)/include/libwebsockets/*.h $(DESTDIR)$(PREFIX)/include/libwebsockets
	install -m 644 $(DIST)/include/lwip/*.h $(DESTDIR)$(PREFIX)/include/lwip
	install -m 644 $(DIST)/include/lwip/netgraft/*.h $(DESTDIR)$(PREFIX)/include/lwip/netgraft
	install -m 755 $(LIB)/libnetgraft.so $(LIB)/libnetgraft-preload.so $(LIB)/libwebsockets.so.17 $(LIB)/liblwip.so.0 $(DESTDIR)$(PREFIX)/lib
	install -m 755 $(DIST)/bin/netgraft-run $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(LIB)/libnetgraft.a $(DESTDIR)$(PREFIX)/lib
	ln -sf libwebsockets.so.17 $(DESTDIR)$(PREFIX)/lib/libwebsockets.so
	ln -sf liblwip.so.0 $(DESTDIR)$(PREFIX)/lib/liblwip.so
	for name in libwebsockets lwip netgraft; do \
		sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' shim/$$name.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/$$name.pc; \
	done

# --- examples ------------------------------------------------------------------------------------------------

# the gateway needs hiredis
HIREDIS := $(wildcard /usr/include/hiredis/async.h)
EXAMPLES := $(patsubst c_examples/%.c,$(DIST)/examples/%,$(filter-out $(if $(HIREDIS),,c_examples/gateway.c),$(wildcard c_examples/*.c)))

$(DIST)/examples/%: c_examples/%.c dist
	@mkdir -p $(@D)
	$(CC) -O2 -g -Wall -Wextra -I$(DIST)/include $< -o $@ -L$(LIB) $(if $(shell grep -l '<netgraft.h>' $<),-lnetgraft,$(if $(shell grep -l '[<"]lwip/' $<),-llwip,-lwebsockets)) \
		$(if $(findstring gateway,$<),-lhiredis) -Wl,-rpath,'$$ORIGIN/../lib' -lpthread

examples: $(EXAMPLES)

demo: $(DIST)/examples/chat
	python3 tests/demo.py $(DIST)/examples/chat $(if $(KEEP),--keep)

demo-gateway: $(DIST)/examples/gateway
	python3 tests/gateway.py $(DIST)/examples/gateway --demo

# --- tests ---------------------------------------------------------------------------------------------------

deps:
	bash tests/deps.sh

test: deps dist
	bash tests/run.sh all

check: dist
	bash tests/run.sh check

conformance: deps dist
	python3 tests/conformance/autobahn.py --lib $(LIB) --verbose --limit 1800 --parallel-deflate 2
	python3 tests/conformance/autobahn.py --lib $(LIB) --limit 1800 --as server --cases "12.*" "13.*"
	python3 tests/conformance/autobahn.py --lib $(LIB) --limit 1800 --takeover --cases "12.*" "13.*"

bench: deps dist
	bash bench/run.sh

clean:
	rm -rf $(DIST) target/face-lws target/face-lwip target/face-preload
	$(CARGO) clean

.PHONY: all dist install examples demo demo-gateway deps test check conformance bench clean
