#!/usr/bin/env python3
"""What must not come from the network, sent to a server: each thing gets its answer.

    bad_input.py --lib DIR [--quick]

The tables say what the answers are. All the while a healthy connection goes on echoing
beside it, and in the end the server has as many descriptors and as much memory as before.
Servers: tests/c/echo.c (handshakes and frames), tests/c/http.c and, with mounts, tests/c/site.c. The larger tables
about HTTP are in smuggling.py.
"""
import os, random, socket, struct, sys, tempfile, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import sitefiles
import smuggling
from server import PATIENCE, Report, Server, arguments, build
from wsraw import (BINARY, CLOSE, CONT, PING, PONG, TEXT, Gone, Reader, WS, close_frame, connect, frame,
                   read_response, upgrade_request)

# Outcomes. An HTTP status or a WebSocket close code stands for itself.
DROP = "drop"  # the server ends the TCP connection, saying nothing
OPEN = "open"  # nothing happens, the connection stays
ECHO = "echo"  # all is well: the message comes back

HANDSHAKE_TIMEOUT = 2  # seconds, given to the servers as info.timeout_secs
CROWD = 400            # connections at once
WAIT = 4 * PATIENCE    # for an answer; longer than the handshake timeout


def lines(*headers, first=b"GET / HTTP/1.1"):
    return first + b"\r\n" + b"".join(h + b"\r\n" for h in headers) + b"\r\n"


HOST = b"Host: localhost"
UPGRADE = (HOST, b"Upgrade: websocket", b"Connection: Upgrade", b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
           b"Sec-WebSocket-Version: 13")
GOOD = lines(*UPGRADE)


def without(start):
    return lines(*(h for h in UPGRADE if not h.startswith(start)))


def instead(start, header):
    return lines(*(header if h.startswith(start) else h for h in UPGRADE))


TLS_HELLO = bytes.fromhex("16030100a5010000a10303") + bytes(range(32)) + b"\0" + bytes.fromhex("0002130101000076") + bytes(118)

# --- opening handshakes: (what, bytes, allowed outcomes) -------------------------------------------
HANDSHAKES = [
    ("a good handshake", GOOD, {101}),
    ("header names in any case", GOOD.replace(b"Sec-WebSocket-Key", b"sEC-wEBSOCKET-kEY"), {101}),
    ("Connection: keep-alive, Upgrade", GOOD.replace(b"Connection: Upgrade", b"Connection: keep-alive, Upgrade"), {101}),
    ("an unknown extension is not taken up", lines(*UPGRADE, b"Sec-WebSocket-Extensions: x-made-up; a=1"), {101}),
    ("garbage bytes", bytes(range(128, 256)) * 8, {400, DROP}),
    ("garbage lines", b"\x01\x02\x03\r\n\r\n" * 20, {400, DROP}),
    ("a TLS ClientHello", TLS_HELLO, {400, DROP}),
    ("NUL in a header value", lines(*UPGRADE, b"X-A: a\0b"), {400, DROP}),
    ("NUL in a header name", lines(*UPGRADE, b"X-\0A: b"), {400, DROP}),
    ("NUL in the path", lines(*UPGRADE, first=b"GET /\0 HTTP/1.1"), {400, DROP}),
    ("a header line without a colon", lines(*UPGRADE, b"nonsense"), {400, DROP}),
    ("an empty header name", lines(*UPGRADE, b": value"), {400, DROP}),
    ("a space before the colon", lines(*UPGRADE, b"X-A : b"), {400, DROP}),
    # 400 with the header that says which version would do, or 426 (RFC 6455 4.4)
    ("version 12", instead(b"Sec-WebSocket-Version", b"Sec-WebSocket-Version: 12"), {426, 400}),
    ("version 0", instead(b"Sec-WebSocket-Version", b"Sec-WebSocket-Version: 0"), {426, 400}),
    ("version x", instead(b"Sec-WebSocket-Version", b"Sec-WebSocket-Version: x"), {426, 400}),
    ("no version, as the original has it", without(b"Sec-WebSocket-Version"), {101}),
    ("no key", without(b"Sec-WebSocket-Key"), {400}),
    ("an empty key", instead(b"Sec-WebSocket-Key", b"Sec-WebSocket-Key:"), {400}),
    ("a key that is too short", instead(b"Sec-WebSocket-Key", b"Sec-WebSocket-Key: YWJj"), {400}),
    ("a key that is not base64", instead(b"Sec-WebSocket-Key", b"Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!=="), {400}),
    ("a key of 3000 bytes", instead(b"Sec-WebSocket-Key", b"Sec-WebSocket-Key: " + b"A" * 3000), {400, 431}),
    ("no Host, as the original has it", without(b"Host"), {101}),
    ("POST", lines(*UPGRADE, first=b"POST / HTTP/1.1"), {400, 405}),
    ("HTTP/1.0", lines(*UPGRADE, first=b"GET / HTTP/1.0"), {400, 426, 505}),
    ("an unknown subprotocol", lines(*UPGRADE, b"Sec-WebSocket-Protocol: nobody-has-this"), {400, 101, DROP}),
    ("an upgrade to something else", instead(b"Upgrade", b"Upgrade: teapot"), {400, 403, 404, 426, DROP}),
    ("no upgrade at all", lines(HOST), {404}),
    # DROP: the answer is lost when the server hangs up while we are still sending
    ("a header of 64 KB", lines(*UPGRADE, b"X-A: " + b"a" * 65536), {431, DROP}),
    ("a Cookie of 64 KB", lines(*UPGRADE, b"Cookie: " + b"a" * 65536), {431, DROP}),
    ("10,000 headers", lines(*UPGRADE, *(b"X-%d: y" % n for n in range(10000))), {431, DROP}),
    ("10,000 times the same header", lines(*UPGRADE, *[b"Cookie: a=b"] * 10000), {431, DROP}),
    ("a path of 64 KB", lines(*UPGRADE, first=b"GET /" + b"a" * 65536 + b" HTTP/1.1"), {414, 431, DROP}),
    ("a header name without end, 1 MB", GOOD[:-2] + b"x" * (1 << 20), {431, DROP}),
    ("a header value without end, 1 MB", GOOD[:-2] + b"X-A: " + b"x" * (1 << 20), {431, DROP}),
    ("a first line without end, 1 MB", b"G" * (1 << 20), {400, 414, 431, DROP}),
    ("a method without end", b"GET", {408, DROP}),
    ("headers that never end", GOOD[:-2], {408, DROP}),
]


# --- frames after a good handshake: (what, bytes, allowed outcomes) --------------------------------
PROTOCOL_ERROR, BAD_DATA, TOO_BIG = {1002}, {1007}, {1009}
EURO = "€".encode()
FRAMES = [
    ("a good message", frame(TEXT, "hello"), {ECHO}),
    ("a ping between two fragments", frame(TEXT, "a", fin=False) + frame(PING, "p") + frame(CONT, "b"), {ECHO}),
    ("a character split across frames", frame(TEXT, EURO[:1], fin=False) + frame(CONT, EURO[1:]), {ECHO}),
    ("an unasked pong", frame(PONG, "x") + frame(TEXT, "hello"), {ECHO}),
]
FRAMES += [("reserved bits %d" % bits, frame(TEXT, "x", rsv=bits), PROTOCOL_ERROR) for bits in range(1, 8)]
FRAMES += [("reserved bit in a ping", frame(PING, "x", rsv=4), PROTOCOL_ERROR)]
FRAMES += [("reserved opcode %d" % op, frame(op, "x"), PROTOCOL_ERROR) for op in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)]
FRAMES += [
    ("64-bit length with the top bit", frame(BINARY, "", length=1 << 63), PROTOCOL_ERROR),
    ("64-bit length of all ones", frame(BINARY, "", length=(1 << 64) - 1), PROTOCOL_ERROR),
    # nothing wrong with it yet: it is delivered as it comes, in slices
    ("length 2^62, then nothing", frame(BINARY, "abc", length=1 << 62), {OPEN, ECHO} | TOO_BIG),
    ("length 5 in 16 bits", frame(TEXT, "hello", form=16), PROTOCOL_ERROR),
    ("length 5 in 64 bits", frame(TEXT, "hello", form=64), PROTOCOL_ERROR),
    ("length 65535 in 64 bits", frame(BINARY, b"x" * 65535, form=64), PROTOCOL_ERROR),
    ("a ping of 126 bytes", frame(PING, b"x" * 126), PROTOCOL_ERROR),
    ("a pong of 126 bytes", frame(PONG, b"x" * 126), PROTOCOL_ERROR),
    ("a ping of 64 KB", frame(PING, b"x" * 65536), PROTOCOL_ERROR),
    ("a close of 126 bytes", frame(CLOSE, b"\x03\xe8" + b"x" * 124), PROTOCOL_ERROR),
    ("a fragmented ping", frame(PING, "x", fin=False), PROTOCOL_ERROR),
    ("a fragmented close", frame(CLOSE, b"\x03\xe8", fin=False), PROTOCOL_ERROR),
    ("a continuation of nothing", frame(CONT, "x"), PROTOCOL_ERROR),
    ("a continuation after the end", frame(TEXT, "x") + frame(CONT, "y"), PROTOCOL_ERROR),
    ("a new message inside a fragmented one", frame(TEXT, "x", fin=False) + frame(TEXT, "y"), PROTOCOL_ERROR),
    ("binary inside a fragmented text", frame(TEXT, "x", fin=False) + frame(BINARY, "y"), PROTOCOL_ERROR),
    ("an unmasked frame", frame(TEXT, "hello", masked=False), PROTOCOL_ERROR),
    ("an unmasked empty frame", frame(TEXT, "", masked=False), PROTOCOL_ERROR),
    ("an unmasked ping", frame(PING, "", masked=False), PROTOCOL_ERROR),
    ("an unmasked frame after a masked one", frame(TEXT, "a") + frame(TEXT, "b", masked=False), PROTOCOL_ERROR),
    ("an HTTP request instead of a frame", lines(HOST), PROTOCOL_ERROR),
    ("a byte that is not UTF-8", frame(TEXT, b"ab\xffcd"), BAD_DATA),
    ("a character cut off at the end", frame(TEXT, b"ab" + EURO[:2]), BAD_DATA),
    ("a character cut off at the last fragment", frame(TEXT, b"ab", fin=False) + frame(CONT, EURO[:2]), BAD_DATA),
    ("a character broken across frames", frame(TEXT, EURO[:1], fin=False) + frame(CONT, b"a"), BAD_DATA),
    ("a character left off by an empty last fragment", frame(TEXT, EURO[:1], fin=False) + frame(CONT), BAD_DATA),
    ("an overlong character", frame(TEXT, b"\xc0\xaf"), BAD_DATA),
    ("a surrogate", frame(TEXT, b"\xed\xa0\x80"), BAD_DATA),
    ("a character above U+10FFFF", frame(TEXT, b"\xf4\x90\x80\x80"), BAD_DATA),
    ("bad UTF-8 after 100 KB", frame(TEXT, b"a" * 100000 + b"\xff"), BAD_DATA),
    ("bad UTF-8 in binary is fine", frame(BINARY, b"\xff\xfe"), {ECHO}),
    ("a close without a code", frame(CLOSE), {0, 1000}),  # 0: answered without one
    ("a close with 1 byte", frame(CLOSE, b"\x03"), PROTOCOL_ERROR),
    ("a close reason that is not UTF-8", close_frame(1000, b"\xff"), BAD_DATA),
    ("text after close", close_frame(1000) + frame(TEXT, "too late"), {1000}),
    ("two closes", close_frame(1000) + close_frame(1001), {1000}),
]
FRAMES += [("close code %d" % c, close_frame(c), PROTOCOL_ERROR)
           for c in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999)]
# beyond all ranges: the RFC names no reaction
FRAMES += [("close code %d" % c, close_frame(c), {1002, 1000, c}) for c in (5000, 65535)]
FRAMES += [("close code %d" % c, close_frame(c), {c}) for c in (1000, 1001, 1003, 1009, 1011, 3000, 4999)]


# --- HTTP: (what, bytes, allowed outcomes) ---------------------------------------------------------
def get(path, *headers):
    return lines(HOST, *headers, first=b"GET " + path + b" HTTP/1.1")


def post(body, *headers):
    return lines(HOST, *headers, first=b"POST /echo HTTP/1.1") + body


HTTP = [
    ("GET", get(b"/hello"), {200}),
    ("GET of what is not there", get(b"/nothing"), {404}),
    ("a path above the root", get(b"/../../etc/passwd"), {400, 403, 404, DROP}),
    ("a percent sign and nonsense", get(b"/%zz"), {400, 403, 404, DROP}),
    ("a percent sign at the end", get(b"/hello%"), {400, 403, 404, DROP}),
    ("an encoded NUL", get(b"/hello%00"), {400, 403, 404, DROP}),
    ("a relative path", get(b"hello"), {400, 403, 404, DROP}),
    ("no path", b"GET HTTP/1.1\r\nHost: a\r\n\r\n", {400, 404, DROP}),
    ("no version", b"GET /hello\r\n\r\n", {400, 505, DROP}),
    ("version HTTP/9.9", lines(HOST, first=b"GET /hello HTTP/9.9"), {400, 505, DROP}),
    ("version text", lines(HOST, first=b"GET /hello NOTHTTP"), {400, 505, DROP}),
    ("an unknown method", lines(HOST, first=b"FROB /hello HTTP/1.1"), {400, 403, 404, 405, 501, DROP}),
    ("a path of 20 KB", get(b"/" + b"a" * 20000), {414, 431, DROP}),
    ("an argument of 20 KB", get(b"/hello?name=" + b"a" * 20000), {414, 431, DROP}),
    ("1000 arguments", get(b"/hello?" + b"a=b&" * 1000), {200, 414, 431, DROP}),
    ("a header of 20 KB", get(b"/hello", b"Cookie: " + b"a" * 20000), {431, DROP}),
    ("NUL in a header", get(b"/hello", b"X-Custom: a\0b"), {400, DROP}),
    ("a line feed missing", b"GET /hello HTTP/1.1\rHost: a\r\r", {400, 408, DROP}),
    ("Content-Length -1", post(b"", b"Content-Length: -1"), {400, DROP}),
    ("Content-Length abc", post(b"", b"Content-Length: abc"), {400, DROP}),
    ("Content-Length beyond 64 bits", post(b"a", b"Content-Length: " + b"9" * 30), {400, 413, DROP}),
    # two lengths, or a length and chunks, are how requests are smuggled (RFC 9112 6.3)
    ("two Content-Lengths", post(b"abcde", b"Content-Length: 3", b"Content-Length: 5"), {400, DROP}),
    ("Content-Length and chunked", post(b"0\r\n\r\n", b"Content-Length: 5", b"Transfer-Encoding: chunked"), {400, 501, DROP}),
    ("a body above the program's limit", post(b"x" * (1 << 21), b"Content-Length: %d" % (1 << 21)), {413, DROP}),
    ("a body that stays away", post(b"abc", b"Content-Length: 10"), {408, DROP}),
]


# --- how outcomes are found out --------------------------------------------------------------------
def http_outcome(address, data, half_close=False):
    with connect(address, WAIT) as s:
        try:
            s.sendall(data)
            if half_close:
                s.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server may hang up while we send; what did it say?
        try:
            return read_response(Reader(s, WAIT), head_only=True)[0]
        except Gone:
            return DROP
        except TimeoutError:
            return OPEN


def smuggling_outcome(address, data):
    """The status of the first answer, unless what was hidden in the request is answered too."""
    with connect(address, WAIT) as s:
        try:
            s.sendall(data)
            s.shutdown(socket.SHUT_WR)  # it answers what it has, and ends
        except OSError:
            pass
        came = b""
        s.settimeout(WAIT)
        try:
            while piece := s.recv(65536):
                came += piece
        except TimeoutError:
            return OPEN
        except OSError:
            pass
        if smuggling.FOUND in came:
            return "what was hidden"
        return int(came.split()[1]) if came.startswith(b"HTTP/1.") else DROP


def frame_outcome(address, data):
    with WS(address, timeout=WAIT) as ws:
        try:
            ws.raw(data)
            echoed = False
            while True:
                if echoed:
                    ws.reader.timeout = 0.2 * PATIENCE  # an echo; does a close follow?
                fin, _, opcode, payload = ws.recv_frame()
                echoed = echoed or (fin and opcode in (TEXT, BINARY, CONT))
                if opcode == CLOSE:
                    break
        except Gone:
            return DROP
        except TimeoutError:
            return ECHO if echoed else OPEN
        code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 0
        ws.reader.timeout = WAIT
        try:
            ws.raw(close_frame(code or None))
            rest = ws.reader.to_end()
        except Gone:
            rest = b""
        except TimeoutError:
            return "%d, but the connection stays" % code
        return "%d, and then %r" % (code, rest[:20]) if rest else code


class Witness(threading.Thread):
    """The other connection: it must not notice."""

    def __init__(self, once):
        super().__init__(daemon=True)
        self.once, self.worst, self.count, self.failure, self.over = once, 0.0, 0, None, False
        self.start()

    def run(self):
        try:
            while not self.over:
                start = time.monotonic()
                self.once(self.count)
                self.worst = max(self.worst, time.monotonic() - start)
                self.count += 1
                time.sleep(0.01)
        except Exception as e:
            self.failure = "%s: %s after %d" % (type(e).__name__, e, self.count)

    def finish(self):
        self.over = True
        self.join(WAIT * 3)
        return self.failure


def echo_witness(address):
    ws = WS(address, timeout=WAIT)

    def once(n):
        ws.send("witness %d" % n)
        assert ws.recv() == (TEXT, b"witness %d" % n)
    return Witness(once)


def http_witness(address):
    s = connect(address, WAIT)
    reader = Reader(s, WAIT)

    def once(n):
        s.sendall(get(b"/hello?name=w%d" % n))
        assert read_response(reader)[::2] == (200, b"hello w%d" % n)
    return Witness(once)


def table(report, title, rows, outcome, address, witness, server):
    for what, data, allowed in rows:
        name = "%s: %s" % (title, what)
        try:
            got = outcome(address, data)
        except Exception as e:
            got = "%s: %s" % (type(e).__name__, e)
        ok = got in allowed and not witness.failure and server.alive()
        detail = got if got in allowed else "%s instead of %s" % (got, " or ".join(sorted(map(str, allowed))))
        report.check(name, ok, "%s%s" % (detail, "; witness: " + witness.failure if witness.failure else ""))


def reset(s):
    """Ends the connection with a RST instead of a FIN."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


# --- things that are not one row -------------------------------------------------------------------
def truncated_handshakes(address, step):
    """Cut off at every byte, by close and by reset: no answer is due, and no harm done."""
    for n in range(0, len(GOOD), step):
        got = http_outcome(address, GOOD[:n], half_close=True)
        assert got in (DROP, 400), "cut at %d: %s" % (n, got)
        s = connect(address)
        s.sendall(GOOD[:n])
        reset(s)


def split_handshakes(address, step):
    """In two writes, cut at every byte: the same as in one."""
    for n in range(1, len(GOOD), step):
        with connect(address, WAIT) as s:
            s.sendall(GOOD[:n])
            time.sleep(0.002)
            s.sendall(GOOD[n:])
            status = read_response(Reader(s, WAIT))[0]
            assert status == 101, "cut at %d: %d" % (n, status)


def handshake_bytewise(address):
    with connect(address, WAIT) as s:
        for b in GOOD:
            s.sendall(bytes([b]))
        assert read_response(Reader(s, WAIT))[0] == 101


def split_frames(address, step):
    """Frames cut at every byte, and a frame in the handshake's own segment."""
    data = frame(TEXT, "hello") + frame(PING, "p") + frame(BINARY, b"x" * 300) + frame(TEXT, "", form=7)
    want = [(TEXT, b"hello"), (PONG, b"p"), (BINARY, b"x" * 300), (TEXT, b"")]
    with WS(address, timeout=WAIT) as ws:
        for n in [*range(0, 40, step), *range(len(data) - 20, len(data), step)]:
            ws.raw(data[:n])
            time.sleep(0.002)
            ws.raw(data[n:])
            got = sorted(ws.recv() for _ in want)  # a pong may overtake a message
            assert got == sorted(want), "cut at %d: %r" % (n, got)
    with connect(address, WAIT) as s:
        s.sendall(GOOD + frame(TEXT, "early"))
        reader = Reader(s, WAIT)
        assert read_response(reader)[0] == 101
        assert reader.exactly(7) == b"\x81\x05early"


def dropped_frames(address, step):
    """Connections that end, or are reset, inside a frame."""
    data = frame(TEXT, "x" * 200, fin=False)
    for n in range(0, len(data), step):
        WS(address, timeout=WAIT, extra=b"").raw(data[:n])
        ws = WS(address, timeout=WAIT)
        ws.raw(data[:n])
        reset(ws.sock)


def slow_handshake(address):
    """A byte a second: closed when info.timeout_secs are over."""
    start = time.monotonic()
    with connect(address, 0.5) as s:
        for b in GOOD:
            try:
                s.sendall(bytes([b]))
                s.settimeout(1)
                answer = s.recv(1000)
                break
            except TimeoutError:
                assert time.monotonic() - start < 3 * HANDSHAKE_TIMEOUT * PATIENCE, "still open"
            except OSError:
                answer = b""
                break
    took = time.monotonic() - start
    assert not answer or answer.startswith(b"HTTP/1.1 408"), answer[:50]
    assert took > 0.5 * HANDSHAKE_TIMEOUT, "closed after %.1f s already" % took
    return "closed after %.1f s" % took


def ping_flood(address, server):
    """A client that pings and never reads: what waits for it is bounded."""
    before = server.rss_kb()
    with WS(address, timeout=1) as ws:
        ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        burst = frame(PING, b"x" * 125) * 1000
        try:
            for _ in range(200):
                ws.raw(burst)
        except (TimeoutError, Gone):
            pass  # paused or thrown out: both are fine
        grown = server.rss_kb() - before
    assert grown < 8 << 10, "%d kB more" % grown
    return "%d kB" % grown


def half_handshakes(address, count):
    """A crowd that never finishes its handshake keeps nobody out."""
    crowd = []
    for _ in range(count):
        crowd.append(connect(address, WAIT))
        crowd[-1].sendall(GOOD[:60])
    start = time.monotonic()
    with WS(address, timeout=WAIT) as ws:
        ws.send("hello")
        assert ws.recv() == (TEXT, b"hello")
    took = time.monotonic() - start
    for s in crowd:
        s.close()
    assert took < 1 * PATIENCE, "%.1f s" % took
    return "in after %.0f ms, with %d waiting" % (took * 1000, count)


def mutated(address, data, rounds):
    """Good traffic with some bytes changed: nothing is expected but that the server goes on."""
    dice = random.Random(1)  # the same in every run
    for _ in range(rounds):
        bad = bytearray(data)
        for _ in range(dice.choice((1, 1, 2, 10))):
            bad[dice.randrange(len(bad))] = dice.choice((0, 10, 13, 32, 127, 255, dice.randrange(256)))
        with connect(address, WAIT) as s:
            try:
                s.sendall(bad)
                s.settimeout(0.005)
                s.recv(1000)
            except OSError:
                pass
            if dice.random() < 0.5:
                reset(s)
    got = http_outcome(address, data)
    assert got in (101, 200), "good traffic afterwards: %s" % got


def header_limit(argv, lib):
    """info.max_http_header_data is kept to."""
    with Server(argv + ["-H", "1024"], lib) as server:
        for size, allowed in ((500, {101}), (2000, {431, DROP})):
            got = http_outcome(server.address, lines(*UPGRADE, b"Cookie: " + b"a" * size))
            assert got in allowed, "%d bytes: %s" % (size, got)
        code = server.stop()
        assert code == 0, "exit code %s" % code


def http_good(address):
    """The good side of the HTTP server, beside all the bad."""
    with connect(address, WAIT) as s:
        reader = Reader(s, WAIT)

        def ask(request, want, **how):
            s.sendall(request)
            status, headers, body = read_response(reader, **how)
            assert (status, body) == (200, want), "%s %r" % (status, body[:80])
            return headers

        assert ask(get(b"/hello?name=world"), b"hello world")["x-served-by"] == "test"
        ask(get(b"/hello?x=1&name=a%20b&y=2"), b"hello a b")
        ask(get(b"/headers", b"uSER-aGENT: me", b"Cookie: a=b; c=d", b"X-Custom:  padded"),
            b"host: localhost\nuser-agent: me\ncookie: a=b; c=d\nx-custom: padded\n")
        for n in (0, 1, 4096, 100000):
            ask(post(b"p" * n, b"Content-Length: %d" % n), b"p" * n)
        s.sendall(post(b"", b"Content-Length: 5"))
        for b in b"slow!":
            s.sendall(bytes([b]))
            time.sleep(0.01)
        assert read_response(reader)[2] == b"slow!"
        ask(get(b"/big?size=1000000"), b"x" * 1000000)
        s.sendall(get(b"/hello?name=1") + get(b"/hello?name=2"))  # pipelined
        assert [read_response(reader)[2] for _ in "12"] == [b"hello 1", b"hello 2"]
        ask(get(b"/hello", b"Connection: close"), b"hello nobody")
        assert reader.to_end() == b""


def unwanted_body(address):
    """A body the program has no use for is not taken for the next request; and a reset
    while requests wait in line does not keep the server busy for ever."""
    data = (get(b"/hello") + lines(HOST, b"Content-Length: 5", first=b"POST /nothing HTTP/1.1") + b"hello"
            + get(b"/hello?name=2"))
    with connect(address, WAIT) as s:
        s.sendall(data)
        reader = Reader(s, WAIT)
        assert [read_response(reader)[0] for _ in "12"] == [200, 404]
        try:
            status, _, body = read_response(reader)
            assert (status, body) == (200, b"hello 2"), "%d %r" % (status, body)
        except Gone:
            pass  # closing instead of reading on is allowed too
    for _ in range(10):
        s = connect(address, WAIT)
        s.sendall(data)
        time.sleep(0.005)
        reset(s)
    got = http_outcome(address, get(b"/hello"))
    assert got == 200, "good request afterwards: %s" % got


def hidden_in_the_open(address, _=None):
    """The table about smuggling can fail: sent openly, the hidden request is answered."""
    got = smuggling_outcome(address, get(b"/hello") + smuggling.HIDDEN)
    assert got == "what was hidden", got
    body = b"5\r\nhello\r\n3;name=value\r\n, a\r\n00\r\nTrailer: x\r\n\r\n"
    with connect(address, WAIT) as s:
        reader = Reader(s, WAIT)
        for step in (1, 7, len(body)):
            s.sendall(post(b"", smuggling.CHUNKED))
            for at in range(0, len(body), step):
                s.sendall(body[at:at + step])
            status, _, came = read_response(reader)
            assert (status, came) == (200, b"hello, a"), "%d %r" % (status, came)


def slow_bodies(address, count):
    """A crowd that sends its bodies a byte at a time, or not at all, keeps nobody waiting, and who goes on is answered."""
    crowd = [connect(address, WAIT) for _ in range(count)]
    for n, s in enumerate(crowd):
        s.sendall(post(b"", b"Content-Length: 8") if n % 2 else post(b"", smuggling.CHUNKED) + b"8\r\n")
    worst = 0.0
    for n in range(8):
        for s in crowd:
            s.sendall(b"%d" % n)
        start = time.monotonic()
        got = http_outcome(address, get(b"/hello"))
        worst = max(worst, time.monotonic() - start)
        assert got == 200, got
        time.sleep(0.1 * HANDSHAKE_TIMEOUT)
    answers = 0
    for n, s in enumerate(crowd):
        if n % 2 == 0:
            s.sendall(b"\r\n0\r\n\r\n")
        status, _, body = read_response(Reader(s, WAIT))
        answers += (status, body) == (200, b"01234567")
        s.close()
    assert answers == count, "%d of %d answered" % (answers, count)
    assert worst < PATIENCE, "somebody else waited %.1f s" % worst
    return "%d bodies, somebody else waited %.0f ms" % (count, worst * 1000)


def endless_headers(address):
    """Headers without end, as fast as they are taken: the server ends it."""
    sent, start = 0, time.monotonic()
    with connect(address, WAIT) as s:
        s.sendall(b"GET /hello HTTP/1.1\r\n")
        try:
            while sent < 64 << 20:
                sent += s.send(b"X-A: b\r\n" * 100)
        except OSError:
            return "ended after %d kB, %.1f s" % (sent >> 10, time.monotonic() - start)
    raise AssertionError("%d MB taken" % (sent >> 20))


def way_out(address, path):
    """What a path that leads out of a mount gets."""
    with connect(address, WAIT) as s:
        s.sendall(lines(HOST, b"Connection: close", first=b"GET " + path + b" HTTP/1.1"))
        s.settimeout(WAIT)
        came = b""
        try:
            while piece := s.recv(65536):
                came += piece
        except TimeoutError:
            return OPEN
        except OSError:
            pass
    secrets = (sitefiles.SECRET, "<p>private", sitefiles.LOGIN, "root:", "PATH=")
    if any(secret.encode() in came for secret in secrets):
        return "what stands outside"
    return int(came.split()[1]) if came.startswith(b"HTTP/1.") else DROP


def mounted(report, argv, lib, folder):
    """Paths that lead out of a file mount, and good ones beside them."""
    sitefiles.make(folder)
    with Server(argv + [folder], lib) as server:
        for path in (b"/text.txt", b"/kept/../text.txt", b"/kept/%2e%2e/text.txt", b"//text.txt", b"/./kept/"):
            got = way_out(server.address, path)
            report.check("mount: a good path, %s" % path.decode(), got == 200, got)
        for path in smuggling.WAYS_OUT:
            got = way_out(server.address, path)
            name = "mount: %r" % path if len(path) < 100 else "mount: %r..." % path[:40]
            # 200 and a redirect are for what is left of the path inside the mount; the mount that wants a password says 401
            report.check(name, got in (200, 301, 302, 400, 401, 403, 404, 414, 431, DROP), got)
        got = way_out(server.address, b"/text.txt")
        report.check("mount: a good path afterwards", got == 200, got)
        code = server.stop()
        report.check("mount: the server ends cleanly", code == 0 and "panicked" not in server.log(), "exit code %s" % code)


def warm_up(address, path):
    """What a server allocates once, it allocates now; also for the largest crowd below."""
    if path == "echo":
        half_handshakes(address, CROWD)
    for _ in range(3):
        if path == "echo":
            crowd = [WS(address, timeout=WAIT) for _ in range(50)]
            for ws in crowd:
                ws.send(b"x" * 70000)
            for ws in crowd:
                ws.recv()
                ws.close()
        else:
            crowd = [connect(address, WAIT) for _ in range(50)]
            for s in crowd:
                s.sendall(post(b"x" * 70000, b"Content-Length: 70000"))
            for s in crowd:
                read_response(Reader(s, WAIT))
                s.close()
    time.sleep(0.5)


def settle(report, name, server, fds, rss):
    deadline = time.monotonic() + 2 * WAIT
    while server.fds() > fds and time.monotonic() < deadline:
        time.sleep(0.1)
    report.check(name + ": as many descriptors as before", server.fds() <= fds, "%d, now %d" % (fds, server.fds()))
    # a little for the allocator: it is the growth with every connection that is a leak
    report.check(name + ": as much memory as before", server.rss_kb() <= rss * 1.1 + 1024,
                 "%d kB, now %d kB" % (rss, server.rss_kb()))


def against(report, name, argv, lib, make_witness, tests):
    with Server(argv, lib) as server:
        warm_up(server.address, name)
        witness = make_witness(server.address)
        time.sleep(0.1)
        fds, rss = server.fds(), server.rss_kb()
        tests(server, witness)
        settle(report, name, server, fds, rss)
        failure = witness.finish()
        # a second is far more than any of the above may take from others
        report.check(name + ": the healthy connection noticed nothing",
                     not failure and witness.worst < 1 * PATIENCE and witness.count > 10,
                     failure or "%d answers, the slowest in %.0f ms" % (witness.count, witness.worst * 1000))
        code = server.stop()
        report.check(name + ": the server ends cleanly", code == 0 and "panicked" not in server.log(),
                     "exit code %s%s" % (code, "" if code == 0 else " " + server.log()[-500:]))


def main():
    p = arguments(__doc__)
    p.add_argument("--quick", action="store_true", help="not at every byte (for valgrind)")
    a = p.parse_args()
    step = 17 if a.quick else 1
    report = Report()
    options = ["-t", str(HANDSHAKE_TIMEOUT)]

    def handshakes_and_frames(server, witness):
        address = server.address
        table(report, "handshake", HANDSHAKES, http_outcome, address, witness, server)
        report.attempt("handshake: cut off at every byte", truncated_handshakes, address, step)
        report.attempt("handshake: in two writes", split_handshakes, address, step)
        report.attempt("handshake: in writes of one byte", handshake_bytewise, address)
        report.attempt("handshake: one byte a second", slow_handshake, address)
        report.attempt("handshake: many at once that never finish", half_handshakes, address, CROWD)
        table(report, "frame", FRAMES, frame_outcome, address, witness, server)
        report.attempt("frame: cut at every byte", split_frames, address, step)
        report.attempt("frame: connection lost inside", dropped_frames, address, step)
        report.attempt("frame: pings, and never reading", ping_flood, address, server)
        traffic = GOOD + frame(TEXT, "hello", fin=False) + frame(PING) + frame(CONT, b"x" * 200) + close_frame()
        report.attempt("mutated WebSocket traffic", mutated, address, traffic, 50 if a.quick else 1000)

    def http_requests(server, witness):
        report.attempt("http: good requests", http_good, server.address)
        table(report, "http", HTTP, http_outcome, server.address, witness, server)
        traffic = get(b"/hello?name=a%20b", b"Cookie: a=b") + post(b"hello", b"Content-Length: 5") + get(b"/headers")
        report.attempt("http: a hidden request, in the open", hidden_in_the_open, server.address)
        table(report, "smuggling", smuggling.SMUGGLING, smuggling_outcome, server.address, witness, server)
        report.attempt("http: slow bodies", slow_bodies, server.address, 50)
        report.attempt("http: headers without end", endless_headers, server.address)
        report.attempt("http: a body nobody wants", unwanted_body, server.address)
        report.attempt("mutated HTTP traffic", mutated, server.address, traffic, 50 if a.quick else 1000)
        report.attempt("http: good requests, again", http_good, server.address)

    for name, more, witness, tests in (("echo", ["-u"], echo_witness, handshakes_and_frames),
                                       ("http", [], http_witness, http_requests)):
        try:
            against(report, name, [build(name, a.build), *more, *options], a.lib, witness, tests)
        except Exception as e:
            report.check(name, False, "%s: %s" % (type(e).__name__, e))
    with tempfile.TemporaryDirectory() as folder:
        try:
            mounted(report, [build("site", a.build)], a.lib, folder)
        except Exception as e:
            report.check("mount", False, "%s: %s" % (type(e).__name__, e))
    report.attempt("handshake: the option for the headers' size", header_limit, [build("echo", a.build)], a.lib)
    report.finish()


main()
