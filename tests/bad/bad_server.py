#!/usr/bin/env python3
"""What a hostile server might answer a client: each thing gets its defined end, once.

    bad_server.py --lib DIR [--quick]

The client is tests/oracle/trace_client.c, one process for everything. Beside each attack a healthy connection of
the same process goes on echoing; in the end the process has as many descriptors and as much memory as before.
Whatever comes, a connection ends with exactly one of CONNECTION_ERROR, CLIENT_CLOSED, CLOSED_CLIENT_HTTP and
RAW_CLOSE, then one WSI_DESTROY, and after that there is silence.
"""
import base64, hashlib, os, random, re, socket, struct, subprocess, sys, tempfile, threading, time, urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from server import PATIENCE, Report, arguments
import trace_client

# What became of a connection.
ERROR = "error"    # CONNECTION_ERROR: it never came about
OPENED = "opened"  # a WebSocket was established, and closed
CUT = "cut"        # an HTTP answer began (ESTABLISHED_CLIENT_HTTP), and did not end well
DONE = "done"      # COMPLETED_CLIENT_HTTP
GONE = "gone"      # closed without having begun

TIMEOUT = 2                # seconds, the client's timeout_secs
WAIT = 8 * PATIENCE        # for an end that must come
ENDLESS = 8 << 20          # bytes after which the client should have had enough
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
RST = struct.pack("ii", 1, 0)

ENDS = {1: "error", 75: "ws", 45: "http", 60: "raw"}


class Client:
    """The trace program."""

    def __init__(self, lib, build):
        os.makedirs(build, exist_ok=True)
        env = dict(os.environ, LD_LIBRARY_PATH=os.path.realpath(lib))
        for name in ("http_proxy", "HTTP_PROXY"):
            env.pop(name, None)
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([trace_client.compile_program(build), "timeout=%d" % TIMEOUT, "log=0"], env=env,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        errors="replace")
        self.news, self.lines, self.answers, self.ended, self.marks = threading.Condition(), {}, [], False, set()
        self.ordering, self.marked = threading.Lock(), 0
        threading.Thread(target=self._read, daemon=True).start()
        self.sync()
        with open("/proc/%d/maps" % self.process.pid) as maps:
            loaded = {l.split(None, 5)[5].strip() for l in maps if "libwebsockets" in l}
        if {os.path.dirname(p) for p in loaded} != {os.path.realpath(lib)}:
            raise SystemExit("runs on %s, not on the library in %s" % (sorted(loaded), lib))

    def _read(self):
        for line in self.process.stdout:
            callback = re.match(r"\S+ (\d+) \S+ wsi=(c\d+) .*? len=\S+ in=(.*)", line)
            answer = re.match(r"    lws_client_connect_via_info = (\S+)", line)
            mark = re.match(r"mark (\d+)", line)
            with self.news:
                if callback:
                    self.lines.setdefault(callback.group(2), []).append((int(callback.group(1)), callback.group(3).strip()))
                elif answer:
                    self.answers.append(answer.group(1))
                elif mark:
                    self.marks.add(int(mark.group(1)))
                self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def wait(self, condition, what, patience=WAIT):
        limit = time.monotonic() + patience
        with self.news:
            while not condition():
                left = limit - time.monotonic()
                if self.ended:
                    raise AssertionError("the client has died, exit code %s" % self.process.wait())
                if left <= 0:
                    raise AssertionError(what)
                self.news.wait(left)

    def order(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def sync(self):
        """What was on its way has been served."""
        for _ in range(3):
            self.marked += 1
            self.order("mark %d" % self.marked)
            number = self.marked
            self.wait(lambda: number in self.marks, "the client hangs")

    def connect(self, port, *actions, **info):
        """Orders a connection; its name, or null."""
        members = dict(address="127.0.0.1", port=port, path="/", host="127.0.0.1", origin="a.test", protocol="echo", warm=1)
        members.update(info)
        words = ["%s=%s" % (k, v if isinstance(v, int) else urllib.parse.quote(v, "/:.,")) for k, v in members.items()]
        with self.ordering:
            count = len(self.answers)
            self.order(" ".join(["connect", *words, *actions]))
            self.wait(lambda: len(self.answers) > count, "lws_client_connect_via_info does not return")
            return self.answers[count]

    def seen(self, name):
        with self.news:
            return list(self.lines.get(name, []))

    def end_of(self, name, patience=WAIT):
        """Waits for WSI_DESTROY; all the callbacks."""
        self.wait(lambda: any(r == 30 for r, _ in self.lines.get(name, [])), "no WSI_DESTROY", patience)
        return self.seen(name)

    def fds(self):
        return len(os.listdir("/proc/%d/fd" % self.process.pid))

    def rss_kb(self):
        with open("/proc/%d/status" % self.process.pid) as status:
            return next(int(l.split()[1]) for l in status if l.startswith("VmRSS"))

    def cpu(self):
        with open("/proc/%d/stat" % self.process.pid) as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def outcome(callbacks):
    """What became of it; raises when it did not end as it should."""
    reasons = [r for r, _ in callbacks]
    short = " ".join(map(str, reasons))
    assert reasons.count(30) == 1 and reasons[-1] == 30, "WSI_DESTROY is not once and last: " + short
    ends = [r for r in reasons if r in ENDS]
    assert len(ends) == 1, "not one end: " + short
    assert reasons.count(3) <= 1, "established twice: " + short
    assert (ends[0] == 75) == (3 in reasons), "CLIENT_ESTABLISHED and CLIENT_CLOSED do not pair: " + short
    assert reasons.count(47) <= 1, "completed twice: " + short
    if 3 in reasons:
        return OPENED
    if 47 in reasons:
        return DONE
    if ends[0] == 1:
        return ERROR
    return CUT if 44 in reasons else GONE


def body(callbacks):
    return "".join(re.match(r'"(.*?)"', text).group(1) for r, text in callbacks if r in (48, 8) and text.startswith('"'))


# ---- the server side ----

def frame(opcode, payload=b"", fin=True, rsv=0, mask=None, length=None):
    n = len(payload) if length is None else length
    first, bit = opcode | (0x80 if fin else 0) | rsv << 4, 0x80 if mask else 0
    if n < 126:
        head = struct.pack("!BB", first, bit | n)
    elif n < 65536:
        head = struct.pack("!BBH", first, bit | 126, n)
    else:
        head = struct.pack("!BBQ", first, bit | 127, n)
    if mask:
        payload = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
    return head + (mask or b"") + payload


def read_head(sock):
    """A request, up to its empty line; it must be one, whatever the Location before it was."""
    sock.settimeout(WAIT)
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            raise ConnectionError("no request")
        data += more
    return data


NAMES = {b"pragma", b"cache-control", b"host", b"origin", b"connection", b"upgrade", b"sec-websocket-key", b"sec-websocket-protocol",
         b"sec-websocket-version", b"content-length"}


def sound(request):
    """Is the request what a client sends, whatever a Location before it may have put into it?"""
    head, _, behind = request.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = [line.split(b": ", 1) for line in lines]
    return (not behind and re.fullmatch(rb"[A-Z]+ [\x21-\x7e]+ HTTP/1\.1", first)
            and all(len(h) == 2 and h[0].lower() in NAMES and re.fullmatch(rb"[\x20-\x7e]*", h[1]) for h in headers)
            and all(b" " not in h[1] for h in headers if h[0].lower() == b"host"))


def switching(request, *extra, accept=None, drop=()):
    """A good 101, apart from what is asked for."""
    key = re.search(rb"Sec-WebSocket-Key: (\S+)", request)
    if key and accept is None:
        accept = base64.b64encode(hashlib.sha1(key.group(1) + MAGIC).digest())
    lines = [b"HTTP/1.1 101 Switching Protocols", b"Upgrade: websocket", b"Connection: Upgrade",
             b"Sec-WebSocket-Accept: " + (accept or b""), b"Sec-WebSocket-Protocol: echo"]
    lines = [l for l in lines if not l.lower().startswith(tuple(d.lower() for d in drop) or (b"\0",))]
    return b"\r\n".join([*lines, *extra]) + b"\r\n\r\n"


def pour(sock, first, again, limit=ENDLESS):
    """Sends without end; true when the client had enough before the limit."""
    sock.settimeout(WAIT)
    piece, sent = again * (65536 // len(again) + 1), 0
    try:
        sock.sendall(first)
        while sent < limit:
            sock.sendall(piece)
            sent += len(piece)
    except OSError:
        return True
    return False


class Attack:
    """One listening socket, one attack on the connection that comes to it."""

    def __init__(self, client, play, fin=True, connections=1, **info):
        self.client, self.play, self.fin, self.problem = client, play, fin, None
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.listener.settimeout(WAIT)
        self.port = self.listener.getsockname()[1]
        self.requests, self.stop = [], False
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()
        self.name = client.connect(self.port, **info)

    def _serve(self):
        while not self.stop:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            with sock:
                try:
                    request = read_head(sock)
                    self.requests.append(request)
                    data = self.play(sock, request) if callable(self.play) else self.play
                    if data is False:
                        self.problem = "the client never has enough"
                    if isinstance(data, bytes):
                        sock.sendall(data.replace(b"PORT", b"%d" % self.port))
                    if self.fin:
                        sock.shutdown(socket.SHUT_WR)
                    sock.settimeout(WAIT)
                    while sock.recv(65536):
                        pass
                except OSError:
                    pass

    def finish(self):
        self.stop = True
        self.listener.close()

    def result(self):
        try:
            callbacks = self.client.end_of(self.name)
        finally:
            self.finish()
        self.client.sync()
        assert not self.problem, self.problem
        return self.client.seen(self.name)


def attack(client, healthy, play, allowed, expect_body=None, fin=True, **info):
    """Runs one; its outcome must be among the allowed ones, and the neighbour unharmed."""
    before = client.cpu()
    a = Attack(client, play, fin, **info)
    callbacks = a.result()
    what = outcome(callbacks)
    assert what in allowed, "%s, allowed: %s; callbacks %s" % (what, sorted(allowed), callbacks)
    if expect_body is not None and what in (DONE, OPENED):
        assert body(callbacks) == expect_body, "got %r" % body(callbacks)
    for request in a.requests:
        assert sound(request), "a request with more in it: %r" % request
    assert client.cpu() - before < 3 * PATIENCE, "%.1f s of processor time" % (client.cpu() - before)
    healthy.check()
    return what


class Healthy:
    """A WebSocket that goes on working."""

    def __init__(self, client):
        self.client = client
        with socket.create_server(("127.0.0.1", 0)) as l:
            l.settimeout(WAIT)
            self.name = client.connect(l.getsockname()[1], "8:text=alive")
            self.sock = l.accept()[0]
        self.sock.settimeout(WAIT)
        self.sock.sendall(switching(read_head(self.sock)))
        self.check()

    def check(self):
        self.sock.sendall(frame(1, b"how are you?"))
        data = b""
        while len(data) < 11:
            more = self.sock.recv(11 - len(data))
            assert more, "the healthy connection was closed"
            data += more
        mask = data[2:6]
        text = bytes(b ^ mask[i % 4] for i, b in enumerate(data[6:]))
        assert data[:2] == b"\x81\x85" and text == b"alive", "the healthy connection got %r" % data
        assert [r for r, _ in self.client.seen(self.name)].count(75) == 0, "the healthy connection was closed"

    def end(self):
        self.sock.close()
        assert outcome(self.client.end_of(self.name)) == OPENED


# ---- answers to an opening handshake: (what, play, allowed, more) ----
NOT_OPEN = {ERROR}
OK5 = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def with_header(*extra, **more):
    return lambda sock, request: switching(request, *extra, **more)


def behind(*frames, **more):
    """Good handshake, then these frames in the same segment."""
    return lambda sock, request: switching(request) + b"".join(frames)


def endless(first, again):
    return lambda sock, request: pour(sock, first, again)


def endless_frames(first, again, limit=ENDLESS):
    return lambda sock, request: pour(sock, switching(request) + first, again, limit)


KEEP = dict(fin=False)
HANDSHAKES = [
    ("a good handshake", with_header(), {OPENED}, {}),
    ("accept key wrong", with_header(accept=b"AAAAAAAAAAAAAAAAAAAAAAAAAAA="), NOT_OPEN, KEEP),
    ("accept key empty", with_header(accept=b" "), NOT_OPEN, KEEP),
    ("accept key missing", with_header(drop=[b"Sec-WebSocket-Accept"]), NOT_OPEN, KEEP),
    ("accept key of 3000 bytes", with_header(accept=b"A" * 3000), NOT_OPEN, KEEP),
    ("accept key with bytes behind it", lambda s, r: switching(r).replace(b"=\r\n", b"=x\r\n"), NOT_OPEN, KEEP),
    ("accept key twice, once wrong", with_header(b"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="), NOT_OPEN, {}),
    ("no Upgrade", with_header(drop=[b"Upgrade"]), NOT_OPEN, KEEP),
    ("no Connection", with_header(drop=[b"Connection"]), NOT_OPEN, KEEP),
    ("Upgrade to something else", with_header(b"Upgrade: h2c", drop=[b"Upgrade"]), NOT_OPEN, KEEP),
    ("a subprotocol nobody offered", with_header(b"Sec-WebSocket-Protocol: x", drop=[b"Sec-WebSocket-Protocol"]), NOT_OPEN, KEEP),
    ("two subprotocols", with_header(b"Sec-WebSocket-Protocol: other"), {ERROR}, {}),
    ("an extension nobody offered", with_header(b"Sec-WebSocket-Extensions: permessage-deflate"), NOT_OPEN, KEEP),
    ("an unknown extension", with_header(b"Sec-WebSocket-Extensions: x-made-up; a=1"), NOT_OPEN, KEEP),
    ("status 200", OK5, NOT_OPEN, KEEP),
    ("status 200 without length", b"HTTP/1.1 200 OK\r\n\r\n", NOT_OPEN, KEEP),
    ("status 401", b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", NOT_OPEN, KEEP),
    ("status 503", b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", NOT_OPEN, KEEP),
    ("status 099", b"HTTP/1.1 099 No\r\n\r\n", NOT_OPEN, {}),
    ("status 1000", b"HTTP/1.1 1000 No\r\n\r\n", NOT_OPEN, {}),
    ("status -101", b"HTTP/1.1 -101 No\r\n\r\n", NOT_OPEN, {}),
    ("status 99999999999999999999", b"HTTP/1.1 99999999999999999999 No\r\n\r\n", NOT_OPEN, {}),
    ("no status", b"HTTP/1.1\r\n\r\n", NOT_OPEN, {}),
    ("HTTP/0.9", b"hello", NOT_OPEN, {}),
    ("HTTP/2.0", b"HTTP/2.0 101 Switching Protocols\r\n\r\n", NOT_OPEN, {}),
    ("an HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(100), NOT_OPEN, {}),
    ("a TLS alert", bytes.fromhex("15030100020228"), NOT_OPEN | {GONE}, {}),
    ("garbage", bytes(range(128, 256)) * 8, NOT_OPEN, {}),
    ("garbage lines", b"\x01\x02\x03\r\n\r\n" * 20, NOT_OPEN, {}),
    ("nothing but line ends", b"\r\n" * 1000, NOT_OPEN | {GONE}, {}),
    ("silence", b"", NOT_OPEN | {GONE}, KEEP),
    ("half an answer, then silence", b"HTTP/1.1 101 Sw", NOT_OPEN | {GONE}, KEEP),
    ("closed at once", b"", NOT_OPEN, {}),
    ("NUL in a header value", with_header(b"X-A: a\0b"), NOT_OPEN, {}),
    ("NUL in a header name", with_header(b"X-\0A: b"), NOT_OPEN, {}),
    ("NUL in the status line", b"HTTP/1.1 101 \0\r\n\r\n", NOT_OPEN, {}),
    ("a header without colon", with_header(b"nonsense"), NOT_OPEN, {}),
    ("an empty header name", with_header(b": value"), NOT_OPEN, {}),
    ("a blank before the colon", with_header(b"X-A : b"), NOT_OPEN | {OPENED}, {}),
    ("a folded header", with_header(b"X-A: b\r\n c"), NOT_OPEN | {OPENED}, {}),
    ("lines that end in LF alone", lambda s, r: switching(r).replace(b"\r\n", b"\n"), NOT_OPEN | {OPENED}, {}),
    ("lines that end in CR alone", lambda s, r: switching(r).replace(b"\r\n", b"\r"), NOT_OPEN, {}),
    ("a header of 64 KB", with_header(b"X-A: " + b"a" * 65536), NOT_OPEN, KEEP),
    ("a known header of 64 KB", with_header(b"Server: " + b"a" * 65536), NOT_OPEN, KEEP),
    ("10,000 headers", with_header(*(b"X-%d: y" % n for n in range(10000))), NOT_OPEN, KEEP),
    ("10,000 times Set-Cookie", with_header(*[b"Set-Cookie: a=b"] * 10000), NOT_OPEN, KEEP),
    ("headers without end", endless(b"HTTP/1.1 101 Switching Protocols\r\n", b"X-A: b\r\n"), NOT_OPEN, KEEP),
    ("a header name without end", endless(b"HTTP/1.1 101 Switching Protocols\r\n", b"x"), NOT_OPEN, KEEP),
    ("a header value without end", endless(b"HTTP/1.1 101 Switching Protocols\r\nX-A: ", b"x"), NOT_OPEN, KEEP),
    ("a status text without end", endless(b"HTTP/1.1 101 ", b"x"), NOT_OPEN, KEEP),
    ("zeros without end", endless(b"", b"\0"), NOT_OPEN, KEEP),
    ("blanks without end", endless(b"HTTP/1.1 101", b" "), NOT_OPEN, KEEP),
    ("line ends without end", endless(b"", b"\r\n"), NOT_OPEN, KEEP),
    ("100 Continue without end", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), NOT_OPEN, KEEP),
    ("102 Processing without end", endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n"), NOT_OPEN, KEEP),
]

# ---- frames behind a good handshake ----
FRAMES = [
    ("a good message", behind(frame(1, b"hello")), {OPENED}, dict(expect_body="hello")),
    ("a masked frame", behind(frame(1, b"hello", mask=b"abcd"), frame(1, b"after")), {OPENED}, KEEP),
    ("a ping of 126 bytes", behind(frame(9, b"p" * 126)), {OPENED}, KEEP),
    ("a close of 126 bytes", behind(frame(8, b"\x03\xe8" + b"x" * 124)), {OPENED}, KEEP),
    ("a fragmented ping", behind(frame(9, b"p", fin=False)), {OPENED}, KEEP),
    ("a fragmented close", behind(frame(8, b"\x03\xe8", fin=False)), {OPENED}, KEEP),
    ("a continuation of nothing", behind(frame(0, b"x")), {OPENED}, KEEP),
    ("a message inside a message", behind(frame(1, b"x", fin=False), frame(1, b"y")), {OPENED}, KEEP),
    ("length 2^63", behind(b"\x82\x7f" + b"\x80" + bytes(7)), {OPENED}, KEEP),
    ("length 2^64-1", behind(b"\x82\x7f" + b"\xff" * 8), {OPENED}, KEEP),
    ("length 2^62, then FIN", behind(b"\x82\x7f" + b"\x40" + bytes(7) + b"abc"), {OPENED}, {}),
    ("a close with 1 byte", behind(frame(8, b"\x03")), {OPENED}, KEEP),
    ("a close with code 1005", behind(frame(8, b"\x03\xed")), {OPENED}, KEEP),
    ("a close with code 0", behind(frame(8, b"\0\0")), {OPENED}, KEEP),
    ("two closes", behind(frame(8, b"\x03\xe8"), frame(8, b"\x03\xe8")), {OPENED}, {}),
    ("a close, then text", behind(frame(8, b"\x03\xe8"), frame(1, b"late")), {OPENED}, dict(expect_body="")),
    ("an HTTP answer instead of frames", behind(OK5), {OPENED}, {}),
    ("garbage instead of frames", behind(bytes(range(256))), {OPENED}, {}),
    ("pings without end", endless_frames(b"", frame(9, b"p" * 125)), {OPENED}, {}),
    ("empty pings without end", endless_frames(b"", frame(9), ENDLESS // 16), {OPENED}, {}),
    ("empty fragments without end", endless_frames(frame(1, b"", fin=False), frame(0, b"", fin=False), ENDLESS // 64), {OPENED}, {}),
]
FRAMES += [("reserved bits %d" % bits, behind(frame(1, b"x", rsv=bits)), {OPENED}, KEEP) for bits in range(1, 8)]
FRAMES += [("opcode %d" % op, behind(frame(op, b"x")), {OPENED}, KEEP) for op in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)]
MAY_GO_ON = {"pings without end", "empty pings without end", "empty fragments without end"}

# ---- answers to GET ----
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
BAD = {ERROR, CUT}


def length(*values, data=b"hello"):
    return HEAD + b"".join(b"Content-Length: " + v + b"\r\n" for v in values) + b"\r\n" + data


HTTP = [
    ("a good answer", OK5, {DONE}, dict(expect_body="hello")),
    ("a good chunked answer", CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", {DONE}, dict(expect_body="hello")),
    ("two different Content-Lengths", length(b"5", b"6", data=b"hello!"), BAD, KEEP),
    ("the same Content-Length twice", length(b"5", b"5"), BAD | {DONE}, dict(expect_body="hello")),
    ("Content-Length: 5, 6", length(b"5, 6", data=b"hello!"), BAD, KEEP),
    ("Content-Length and chunked", HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
     BAD | {DONE}, dict(expect_body="hello")),
    ("Content-Length: -1", length(b"-1"), BAD, KEEP),
    ("Content-Length: +5", length(b"+5"), BAD, {}),
    ("Content-Length: 0x5", length(b"0x5"), BAD, {}),
    ("Content-Length: 5x", length(b"5x"), BAD, {}),
    ("Content-Length: 18446744073709551616", length(b"18446744073709551616"), BAD, {}),
    ("Content-Length: 18446744073709551615", length(b"18446744073709551615"), BAD, {}),
    ("Content-Length: 9223372036854775808", length(b"9223372036854775808"), BAD, {}),
    ("Content-Length: 9223372036854775807, then FIN", length(b"9223372036854775807"), BAD, {}),
    ("a Content-Length of 3000 digits", length(b"9" * 3000), BAD, {}),
    ("a body that is cut off", length(b"10"), BAD, {}),
    ("a surplus behind the body", OK5 + b"surplus", BAD | {DONE}, dict(expect_body="hello")),
    ("a second answer behind the first", OK5 + OK5, BAD | {DONE}, dict(expect_body="hello")),
    ("a 204 with a body", b"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello", BAD | {DONE}, {}),
    ("Transfer-Encoding: gzip", HEAD + b"Transfer-Encoding: gzip\r\n\r\nhello", BAD | {DONE}, {}),
    ("Transfer-Encoding: chunked, gzip", HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n5\r\nhello\r\n0\r\n\r\n", BAD | {DONE}, {}),
    ("Transfer-Encoding: xchunked", HEAD + b"Transfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", BAD | {DONE}, {}),
    ("chunk size xyz", CHUNKED + b"xyz\r\nhello\r\n0\r\n\r\n", BAD, KEEP),
    ("chunk size -5", CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n", BAD, KEEP),
    ("chunk size 0x5", CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n", BAD, KEEP),
    ("an empty chunk size", CHUNKED + b"\r\nhello\r\n0\r\n\r\n", BAD, KEEP),
    ("chunk size ffffffffffffffff", CHUNKED + b"ffffffffffffffff\r\nhello", BAD, {}),
    ("chunk size 10000000000000005", CHUNKED + b"10000000000000005\r\nhello\r\n0\r\n\r\n", BAD, {}),
    ("chunk size 100000005", CHUNKED + b"100000005\r\nhello\r\n0\r\n\r\n", BAD, {}),
    ("no CRLF behind a chunk", CHUNKED + b"5\r\nhelloxx0\r\n\r\n", BAD, KEEP),
    ("chunk lines that end in LF", CHUNKED + b"5\nhello\n0\n\n", BAD, {}),
    ("a chunk that is cut off", CHUNKED + b"a\r\nhello", BAD, {}),
    ("no last chunk", CHUNKED + b"5\r\nhello\r\n", BAD, {}),
    ("a last chunk without its end", CHUNKED + b"5\r\nhello\r\n0\r\n", BAD | {DONE}, {}),
    ("a chunk size without end", endless(CHUNKED, b"0"), BAD, KEEP),
    ("a chunk extension without end", endless(CHUNKED + b"5;", b"x"), BAD, KEEP),
    ("a trailer without end", endless(CHUNKED + b"5\r\nhello\r\n0\r\nX: ", b"x"), BAD | {DONE}, KEEP),
    ("trailers without end", endless(CHUNKED + b"5\r\nhello\r\n0\r\n", b"X: y\r\n"), BAD | {DONE}, KEEP),
    ("headers without end", endless(HEAD, b"X-A: b\r\n"), BAD, KEEP),
    ("100 Continue, then the answer", b"HTTP/1.1 100 Continue\r\n\r\n" + OK5, {DONE}, dict(expect_body="hello")),
    ("100 Continue without end", endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), BAD, KEEP),
    ("103 with 3 kB of headers without end", endless(b"", b"HTTP/1.1 103 Hints\r\nX: " + b"x" * 3000 + b"\r\n\r\n"), BAD, KEEP),
    ("101 without being asked", switching(b""), BAD | {GONE, DONE}, dict(expect_body="")),
    ("an upgrade to WebSocket nobody asked for", switching(b"") + frame(1, b"hello"), BAD | {GONE, DONE}, dict(expect_body="")),
    ("NUL in a header", HEAD + b"X: a\0b\r\nContent-Length: 5\r\n\r\nhello", BAD, {}),
    ("a header without colon", HEAD + b"nonsense\r\nContent-Length: 5\r\n\r\nhello", BAD, {}),
    ("garbage", bytes(range(128, 256)) * 8, BAD, {}),
    ("silence", b"", BAD | {GONE}, KEEP),
    ("half a head, then silence", b"HTTP/1.1 200 OK\r\nContent-", BAD | {GONE}, KEEP),
    ("closed at once", b"", BAD, {}),
]


# ---- redirects ----

def moved(location, code=302, *extra):
    """Redirects every request."""
    lines = [b"HTTP/1.1 %d Moved" % code, *([b"Location: " + location] if location is not None else []), b"Content-Length: 0", *extra]
    return b"\r\n".join(lines) + b"\r\n\r\n"


REDIRECTS = [
    ("to itself", moved(b"/loop")),
    ("to itself, 301", moved(b"http://127.0.0.1:PORT/loop", 301)),
    ("to itself, 307", moved(b"/loop", 307)),
    ("without Location", moved(None)),
    ("to nothing", moved(b"")),
    ("to a blank", moved(b" ")),
    ("to https", moved(b"https://127.0.0.1:PORT/")),
    ("to ftp", moved(b"ftp://127.0.0.1:PORT/")),
    ("to javascript:", moved(b"javascript:alert(1)")),
    ("to file:", moved(b"file:///etc/passwd")),
    ("to http://", moved(b"http://")),
    ("to http:///", moved(b"http:///x")),
    ("to ://", moved(b"://")),
    ("to http://:80/", moved(b"http://:80/")),
    ("to port 0", moved(b"http://127.0.0.1:0/")),
    ("to port 65536", moved(b"http://127.0.0.1:65536/")),
    ("to port -1", moved(b"http://127.0.0.1:-1/")),
    ("to port x", moved(b"http://127.0.0.1:x/")),
    ("to port 99999999999", moved(b"http://127.0.0.1:99999999999/")),
    ("to an open bracket", moved(b"http://[::1/")),
    ("to an unknown name", moved(b"http://nobody.invalid/")),
    ("to a user at a host", moved(b"http://user:password@127.0.0.1:PORT/")),
    ("to a closed port", moved(b"http://127.0.0.1:1/")),
    ("to a Unix socket", moved(b"+/run/nobody.sock")),
    ("to an abstract socket", moved(b"http://+@nobody:1/")),
    ("to 3000 bytes of path", moved(b"/" + b"x" * 3000)),
    ("to 3000 bytes of host", moved(b"http://" + b"x" * 3000 + b"/")),
    ("to 64 KB of path", moved(b"/" + b"x" * 65536)),
    ("to a path with a blank and a version", moved(b"/ HTTP/1.1 injected")),
    ("to a path with a CR", moved(b"/\rInjected: yes")),
    ("to a path with a NUL", moved(b"/\0Injected: yes")),
    ("to a path with an escaped line end", moved(b"/%0d%0aInjected:%20yes")),
    ("to a host with a blank", moved(b"http://127.0.0.1 injected/")),
    ("to a relative path with dots", moved(b"../../../x")),
    ("with two Locations", moved(b"/one", 302, b"Location: /two")),
    ("with a body of 1 MB", moved(b"/loop").replace(b"Content-Length: 0", b"Content-Length: 1000000") + b"x" * 1000000),
    ("with a body that never comes", moved(b"/loop").replace(b"Content-Length: 0", b"Content-Length: 1000000")),
]


# ---- everything cut off everywhere, and mutated ----

def cut_at(data, n, reset):
    def play(sock, request):
        whole = data(request) if callable(data) else data
        sock.sendall(whole[:n])
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
            sock.close()
        return None
    return play


def mutated(data, seed):
    def play(sock, request):
        rng = random.Random(seed)
        whole = bytearray(data(request) if callable(data) else data)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(whole))
            how = rng.randrange(4)
            if how == 0:
                whole[at] = rng.randrange(256)
            elif how == 1:
                del whole[at:at + rng.randint(1, 8)]
            elif how == 2:
                whole[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 8)))
            else:
                whole[at:at] = whole[at:at + rng.randint(1, 40)]
            if not whole:
                whole = bytearray(b"x")
        return bytes(whole)
    return play


def many(client, healthy, plays, allowed, abreast=16, **info):
    """Attacks side by side; each must end well."""
    plays, results = list(plays), {}
    for begin in range(0, len(plays), abreast):
        batch = [Attack(client, play, **info) for play in plays[begin:begin + abreast]]
        for i, a in enumerate(batch, begin):
            what = outcome(a.result())
            assert what in allowed, "number %d: %s" % (i, what)
            results[what] = results.get(what, 0) + 1
    healthy.check()
    return "%d: %s" % (len(plays), ", ".join("%d %s" % (n, what) for what, n in sorted(results.items())))


def main():
    parser = arguments(__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer mutations")
    parser.add_argument("names", nargs="*", help="only what contains one of these")
    a = parser.parse_args()
    report = Report()
    client = Client(a.lib, a.build)
    healthy = Healthy(client)

    def wanted(name):
        return not a.names or any(n in name for n in a.names)

    def attempt(name, function, *args, **more):
        if wanted(name):
            report.attempt(name, lambda: function(client, healthy, *args, **more))

    attempt("warming up", many, [OK5] * 100, {DONE}, method="GET")
    attempt("warming up, ws", many, [with_header()] * 100, {OPENED})
    client.sync()
    descriptors, memory = client.fds(), client.rss_kb()

    for what, play, allowed, more in HANDSHAKES:
        attempt("handshake: " + what, attack, play, allowed, **more)
    for what, play, allowed, more in FRAMES:
        if what in MAY_GO_ON:                       # legal, only unkind: to be endured, and its end noticed
            play = (lambda p: lambda s, r: p(s, r) and None or None)(play)
        attempt("frames: " + what, attack, play, allowed, **more)
    for what, play, allowed, more in HTTP:
        attempt("http: " + what, attack, play, allowed, method="GET", **more)
    for what, play in REDIRECTS:
        attempt("redirect: " + what, attack, play, {ERROR, CUT, DONE, GONE}, fin=False, method="GET")
        attempt("redirect ws: " + what, attack, play, {ERROR, GONE}, fin=False)
    attempt("handshake after POST", attack, OK5, {DONE}, method="POST")
    attempt("raw: garbage", attack_raw)

    ws_talk = lambda r: switching(r) + frame(1, b"hello") + frame(9, b"p") + frame(1, b"a", fin=False) + frame(0, b"b") + frame(8, b"\x03\xe8")
    chunked_talk = CHUNKED + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
    sample = ws_talk(b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==")
    for reset in (False, True):
        end = "RST" if reset else "FIN"
        attempt("ws cut off at every byte by " + end, many, [cut_at(ws_talk, n, reset) for n in range(len(sample) + 1)], {ERROR, OPENED})
        attempt("chunked cut off at every byte by " + end, many,
                [cut_at(chunked_talk, n, reset) for n in range(len(chunked_talk) + 1)], {ERROR, CUT, DONE}, method="GET")
        attempt("length cut off at every byte by " + end, many, [cut_at(OK5, n, reset) for n in range(len(OK5) + 1)],
                {ERROR, CUT, DONE}, method="GET")
        attempt("redirect cut off at every byte by " + end, many,
                [cut_at(moved(b"http://127.0.0.1:1/x"), n, reset) for n in range(len(moved(b"http://127.0.0.1:1/x")))],
                {ERROR, CUT, DONE, GONE}, method="GET")
    rounds = 60 if a.quick else 400
    every = {ERROR, OPENED, CUT, DONE, GONE}
    attempt("mutated ws", many, [mutated(ws_talk, seed) for seed in range(rounds)], every)
    attempt("mutated chunked", many, [mutated(chunked_talk, seed) for seed in range(rounds)], every, method="GET")
    attempt("mutated length", many, [mutated(OK5, seed) for seed in range(rounds)], every, method="GET")

    def neighbour(*_):
        healthy.end()

    def flat(*_):
        client.sync()
        limit = time.monotonic() + WAIT             # lingering descriptors go after a while
        while client.fds() > descriptors - 1 and time.monotonic() < limit:
            time.sleep(0.1)
        assert client.fds() <= descriptors - 1, "%d, at first %d with the healthy connection" % (client.fds(), descriptors)
        grown = client.rss_kb() - memory
        assert grown < 3000, "%d kB more than at first" % grown
        return "%d descriptors, %+d kB" % (client.fds(), grown)

    def all_ended(*_):
        for name, callbacks in client.lines.items():
            outcome(callbacks)
        return "%d connections" % len(client.lines)

    def ends(*_):
        client.order("destroy")
        assert client.process.wait(WAIT) == 0, "exit code %s" % client.process.returncode

    report.attempt("the healthy connection ends well", neighbour)
    report.attempt("descriptors and memory are as before", flat)
    report.attempt("every connection has ended once", all_ended)
    report.attempt("the process ends well", ends)
    if client.process.poll() is None:
        client.process.kill()
    client.errors.seek(0)
    for line in client.errors.read().splitlines()[-20:]:
        print("    stderr: " + line)
    report.finish()


def attack_raw(client, healthy):
    """A raw connection: whatever comes is delivered."""
    with socket.create_server(("127.0.0.1", 0)) as l:
        l.settimeout(WAIT)
        name = client.connect(l.getsockname()[1], method="RAW", local="other")
        with l.accept()[0] as sock:
            sock.sendall(bytes(range(256)) * 4096)
    callbacks = client.end_of(name)
    outcome(callbacks)
    assert sum(r == 59 for r, _ in callbacks) > 0, "nothing delivered"
    healthy.check()


if __name__ == "__main__":
    main()
