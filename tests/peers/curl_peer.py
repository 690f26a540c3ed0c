"""Peer: curl, and bare sockets where curl is too polite, on a mounted site.  curl_peer.py PORT FILES [--original]

FILES is the folder that the site is served from. With --original what is known to be wrong or missing in Debian's library is
expected to be so: it is told in a line, not counted, and an entry that is no longer needed is a failure.
"""
import base64, concurrent.futures, json, os, re, socket, subprocess, sys, tempfile, time, zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import sitefiles
from sitefiles import LOGIN, NAMES, SECRET, TEXT

PORT, FILES = int(sys.argv[1]), sys.argv[2]
ORIGINAL = "--original" in sys.argv
BASE = "http://127.0.0.1:%d" % PORT
BIG = sitefiles.big()
TMP = tempfile.TemporaryDirectory(prefix="curl-")
POSTED = 50_000_000

WRONG = {  # what is not so in the original: the beginnings of the checks' names
    "Debian builds it without ranges: the whole file with 200": (
        "range 0-9", "range 10-10", "range 100-", "range -", "range 9999-9999", "range 5000-99999999", "several ranges",
        "range beyond the end", "a download is resumed", "If-Range, same tag", "ranges are announced"),
    "sends no Last-Modified and does not look at If-Modified-Since": (
        "Last-Modified", "If-Modified-Since, the same", "If-Modified-Since, later"),
    "compares the whole If-None-Match with its tag": (
        "If-None-Match, a list", "If-None-Match, weak", "If-None-Match, *"),
    "does not decode chunked bodies, and waits for ever": ("chunked upload", "empty chunked upload"),
    "does not answer 100 Continue": ("100 Continue",),
    "lets in whoever knows the end of a line of the login file": (
        "wrong login 'oe:", "wrong login ':", "wrong login 'joe:pass word\\nann"),
    "sends the error page with HEAD": ("HEAD /nothing.html has no body",),
}
# not even asked: the loop turns for ever at full speed, and other connections starve
HANGS = {"no writeable callback comes while a pipelined request waits": ("pipelined",)}


class Answer:
    def __init__(self, status, headers, body, info=None):
        self.status, self.headers, self.body, self.info = status, headers, body, info

    def __repr__(self):
        return "%s %s, %d bytes %r" % (self.status, self.headers, len(self.body), self.body[:60])

    def is_(self, status, body=None, **headers):
        wanted = {k.replace("_", "-"): v for k, v in headers.items()}
        assert self.status == status and (body is None or self.body == body), self
        assert {k: self.headers.get(k) for k in wanted} == wanted, self
        return self


def heads_of(text):
    """The status and headers of the last head in a dump (before it may be 100s and redirects)."""
    lines = text.strip().split("\r\n\r\n")[-1].split("\r\n")
    return int(lines[0].split()[1]), {k.lower(): v.strip() for k, _, v in (l.partition(":") for l in lines[1:])}


def curl(path, *options, data=None, timeout=30):
    head, body = os.path.join(TMP.name, "head"), os.path.join(TMP.name, "body")
    for name in (head, body):
        open(name, "w").close()
    out = subprocess.run(["curl", "-sS", "--path-as-is", "--max-time", str(timeout), "-D", head, "-o", body, "-w", "%{json}",
                          *options, BASE + path], input=data, capture_output=True, timeout=timeout + 10)
    assert out.returncode == 0, "curl ended with %d: %s" % (out.returncode, out.stderr.decode().strip())
    with open(head, newline="") as h, open(body, "rb") as b:
        return Answer(*heads_of(h.read()), b.read(), json.loads(out.stdout))


def on_one_connection(*requests):
    """curl makes the requests (lists of options, the path last) one after another; checks that it needed one connection.
    The statuses."""
    args = []
    for n, request in enumerate(requests):
        args += ["--next"] if n else []
        args += ["-sS", "--max-time", "20", "-o", os.devnull, "-w", "%{http_code} %{num_connects}\n"]
        args += [*request[:-1], BASE + request[-1]]
    out = subprocess.run(["curl", *args], capture_output=True, text=True, timeout=60)
    got = [l.split() for l in out.stdout.splitlines()]
    assert [c for _, c in got] == ["1"] + ["0"] * (len(requests) - 1), (got, out.stderr)
    return [int(s) for s, _ in got]


class Wire:
    """A bare connection, with the reading of answers."""

    def __init__(self, timeout=4 if ORIGINAL else 15, buffer=None):
        self.s = socket.socket()
        if buffer:
            self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.s.settimeout(timeout)
        self.s.connect(("127.0.0.1", PORT))
        self.file = self.s.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.s.close()

    def ask(self, path, method="GET", version="1.1", **headers):
        more = "".join("%s: %s\r\n" % (k.replace("_", "-"), v) for k, v in headers.items())
        self.s.sendall(("%s %s HTTP/%s\r\nHost: site\r\n%s\r\n" % (method, path, version, more)).encode())

    def answer(self, bodiless=False):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.file.readline()
            assert line, "the connection ended after %r" % head
            head += line
        status, headers = heads_of(head.decode())
        length = 0 if bodiless or status == 304 else int(headers.get("content-length", 0))
        body = self.file.read(length)
        assert len(body) == length, "%d of %d bytes" % (len(body), length)
        return Answer(status, headers, body)

    def ended(self):
        return self.file.read() == b""


failed = 0


def reason(list, name):
    return next((why for why, names in list.items() if name.startswith(names)), None)


def case(name, function, *args):
    global failed
    known = ORIGINAL and reason(WRONG, name)
    if ORIGINAL and reason(HANGS, name):
        print("original: %s, not asked - %s" % (name, reason(HANGS, name)), flush=True)
        return
    try:
        function(*args)
        detail, good = "", True
    except Exception as e:
        detail, good = " - %s: %s" % (type(e).__name__, " ".join(str(e).split())), False
    if known and not good:
        print("original: %s - %s" % (name, known), flush=True)
        return
    if known:
        detail, good = " - it is said to fail on the original: %s" % known, False
    failed += not good
    print("%s %s%s" % ("ok" if good else "FAIL", name, detail), flush=True)


# --- GET and HEAD

TYPES = {"html": "text/html", "htm": "text/html", "css": "text/css", "js": "text/javascript", "json": "application/json",
         "txt": "text/plain", "xml": "application/xml", "svg": "image/svg+xml", "png": "image/png", "gif": "image/gif",
         "jpg": "image/jpeg", "jpeg": "image/jpeg", "ico": "image/x-icon", "gz": "application/gzip",
         "ttf": "application/x-font-ttf", "woff": "application/font-woff", "woff2": "application/font-woff2"}


def types():
    for kind, type in TYPES.items():
        curl("/types/a." + kind).is_(200, kind.encode(), content_type=type)


def names():
    for name, body in NAMES.items():
        quoted = "".join("%%%02x" % b if b > 126 or b in b" %?" else chr(b) for b in name.encode())
        curl("/" + quoted).is_(200, body)


def head():
    for path, length in (("/text.txt", len(TEXT)), ("/empty.txt", 0), ("/do/hello", 6)):
        a = curl(path, "-I").is_(200, content_length=str(length))
        assert {**a.headers, "date": 0} == {**curl(path).headers, "date": 0}, "other headers than GET's"


def head_body(path, wanted):
    with Wire() as w:
        w.ask(path, "HEAD")
        w.answer(bodiless=True).is_(wanted)
        w.ask("/types/a.txt")
        w.answer().is_(200, b"txt")


def index():
    a = curl("/").is_(200, content_type="text/html")
    assert b"<p>index" in a.body
    with open(FILES + "/www/kept/index.html", "rb") as f:
        curl("/kept/").is_(200, f.read())


def slash():
    curl("/kept").is_(301, location=BASE + "/kept/")
    assert curl("/kept", "-L").is_(200).info["url_effective"] == BASE + "/kept/"


def http10():
    curl("/text.txt", "-0").is_(200, TEXT)
    with Wire() as w:
        w.ask("/text.txt", version="1.0")
        w.answer().is_(200, TEXT)
        assert w.ended(), "the connection stays"
    with Wire() as w:
        w.ask("/text.txt", version="1.0")
        assert w.file.readline().startswith(b"HTTP/1.0 200 "), "another version"


def slow_reader():
    with Wire(buffer=8192) as w:
        w.ask("/big.txt")
        time.sleep(0.5)
        w.answer().is_(200, BIG)
    curl("/big.txt", "--limit-rate", "2M").is_(200, BIG)


def leaves():
    for _ in range(20):
        with Wire(buffer=8192) as w:
            w.ask("/big.txt")
            w.file.read(1000)
    curl("/big.txt").is_(200, BIG)


# --- ranges

def range_(text, start, end):
    """A range that can be had: bytes start to end (inclusive)."""
    a = curl("/text.txt", "-H", "Range: bytes=" + text)
    a.is_(206, TEXT[start:end + 1], content_range="bytes %d-%d/%d" % (start, end, len(TEXT)), content_length=str(end + 1 - start))
    assert a.headers["content-type"] == "text/plain", a


def whole(*options):
    curl("/text.txt", *options).is_(200, TEXT)


def many_ranges():
    a = curl("/text.txt", "-r", "0-9,100-119,-5").is_(206)
    boundary = re.fullmatch(r'multipart/byteranges; ?boundary="?([^"]+)"?', a.headers["content-type"]).group(1).encode()
    assert len(a.body) == int(a.headers["content-length"])
    before, *parts, after = re.split(rb"(?:^|\r\n)--" + re.escape(boundary), a.body)
    assert before.strip() == b"" and after.startswith(b"--"), a.body
    size, want = len(TEXT), [(0, 10), (100, 120), (len(TEXT) - 5, len(TEXT))]
    assert len(parts) == len(want), a.body
    for part, (start, end) in zip(parts, want):
        head, _, body = part.partition(b"\r\n\r\n")
        assert b"content-range: bytes %d-%d/%d" % (start, end - 1, size) in head.lower(), head
        assert body == TEXT[start:end], body


def resume():
    path = os.path.join(TMP.name, "part")
    with open(path, "wb") as f:
        f.write(BIG[:700000])
    subprocess.run(["curl", "-sS", "-C", "-", "-o", path, BASE + "/big.txt"], check=True, timeout=30, stderr=subprocess.PIPE)
    with open(path, "rb") as f:
        assert f.read() == BIG


def tag(path="/text.txt"):
    return curl(path).headers["etag"]


def if_range_same():
    curl("/text.txt", "-r", "5-9", "-H", "If-Range: " + tag()).is_(206, TEXT[5:10])


# --- conditional requests

def same_tag():
    a = curl("/text.txt", "-H", "If-None-Match: " + tag())
    a.is_(304, b"", etag=tag())
    assert a.headers.get("content-length") in (None, str(len(TEXT))), a


def not_modified(*headers):
    curl("/text.txt", *[w for h in headers for w in ("-H", h)]).is_(304, b"")


def modified(*headers):
    curl("/text.txt", *[w for h in headers for w in ("-H", h)]).is_(200, TEXT)


def changed_file():
    path = FILES + "/www/changing.txt"
    tags = []
    for text in ("one", "and another"):
        with open(path, "w") as f:
            f.write(text)
        a = curl("/changing.txt", *(["-H", "If-None-Match: " + tags[-1]] if tags else [])).is_(200, text.encode())
        tags.append(a.headers["etag"])
    assert tags[0] != tags[1]


def last_modified():
    curl("/text.txt").is_(200, last_modified="Tue, 14 Nov 2023 22:13:20 GMT")


def caching():
    curl("/text.txt").is_(200, cache_control="no-store")
    curl("/kept/style.css").is_(200, cache_control="must-revalidate, private, max-age=60")


# --- one connection

def keep_alive():
    got = on_one_connection(["/text.txt"], ["/big.txt"], ["/do/hello"], ["-I", "/text.txt"], ["/kept/"], ["/do/slow"],
                            ["/empty.txt"], ["-H", "If-None-Match: " + tag(), "/text.txt"], ["-d", "abc", "/do/sum"], ["/text.txt"])
    assert got == [200] * 7 + [304, 200, 200], got


def after_refusals():
    got = on_one_connection(["/text.txt"], ["/nothing.html"], ["/do/nothing"], ["/private/"], ["/no-type"], ["/text.txt"])
    assert got == [200, 404, 404, 401, 415, 200], got


PIPELINE = [("/text.txt", TEXT), ("/do/hello", b"hello\n"), ("/types/a.css", b"css"), ("/do/slow", b"slow\n"), ("/big.txt", BIG),
            ("/nothing.html", None), ("/empty.txt", b""), ("/kept/script.js", sitefiles.SCRIPT.encode()), ("/do/hello", b"hello\n")]


def pipeline(paths):
    with Wire() as w:
        w.s.sendall(b"".join(b"GET %s HTTP/1.1\r\nHost: site\r\n\r\n" % path.encode() for path, _ in paths))
        for path, body in paths:
            w.answer().is_(404 if body is None else 200, body)


def pipelined_posts():
    with Wire() as w:
        w.s.sendall(b"".join(b"POST /do/sum HTTP/1.1\r\nHost: site\r\nContent-Length: %d\r\n\r\n%s" % (n, b"x" * n) +
                             b"GET /types/a.txt HTTP/1.1\r\nHost: site\r\n\r\n" for n in (1, 100, 5000)))
        for n in (1, 100, 5000):
            w.answer().is_(200, sum_of(b"x" * n))
            w.answer().is_(200, b"txt")


def bytewise():
    with Wire() as w:
        for byte in b"GET /text.txt HTTP/1.1\r\nHost: site\r\n\r\nGET /do/hello HTTP/1.1\r\nHost: site\r\n\r\n":
            w.s.sendall(bytes([byte]))
            time.sleep(0.001)
        w.answer().is_(200, TEXT)
        w.answer().is_(200, b"hello\n")


def connection_close(path):
    with Wire() as w:
        w.ask(path, connection="close")
        w.answer().is_(200)
        assert w.ended(), "the connection stays"


# --- bodies

def sum_of(data):
    return b"%d %08x\n" % (len(data), zlib.adler32(data))


def posted():
    """50 MB, in a file for curl."""
    path = os.path.join(TMP.name, "posted")
    if not os.path.exists(path):
        with open(path, "wb") as f:
            f.write((BIG * 50)[:POSTED])
    with open(path, "rb") as f:
        return path, sum_of(f.read())


def post_big(*options):
    path, wanted = posted()
    curl("/do/sum", "--data-binary", "@" + path, *options).is_(200, wanted)


def put():
    path, wanted = posted()
    curl("/do/sum", "-T", path).is_(200, wanted)


def posts_on_one_connection():
    assert on_one_connection(*[["--data-binary", "@" + FILES + "/www/big.txt", "/do/sum"]] * 3) == [200] * 3


def chunked(data):
    curl("/do/sum", "-T", "-", data=data, timeout=4 if ORIGINAL else 15).is_(200, sum_of(data))


def chunked_pieces():
    with Wire() as w:
        w.ask("/do/sum", "POST", transfer_encoding="chunked")
        data = b""
        for n in (1, 15, 16, 255, 4096, 70000):
            piece = bytes([n % 251]) * n
            data += piece
            w.s.sendall(b"%x\r\n" % n)
            time.sleep(0.01)
            w.s.sendall(piece + b"\r\n")
        w.s.sendall(b"0\r\n\r\n")
        w.answer().is_(200, sum_of(data))
        w.ask("/do/hello")
        w.answer().is_(200, b"hello\n")


def expect():
    with Wire(timeout=3) as w:
        w.ask("/do/sum", "POST", content_length="3", expect="100-continue")
        line = w.file.readline()
        assert line.startswith(b"HTTP/1.1 100"), line
        w.file.readline()
        w.s.sendall(b"abc")
        w.answer().is_(200, sum_of(b"abc"))


# --- passwords, ways out

NAME, PASSWORD = LOGIN.split(":")
RIGHT = base64.b64encode(LOGIN.encode()).decode()
STRANGERS = (NAME + ":", NAME + ":wrong", LOGIN + "x", LOGIN[:-1], NAME[:-1] + ":" + PASSWORD, NAME[1:] + ":" + PASSWORD,
             ":" + PASSWORD, NAME.upper() + ":" + PASSWORD, LOGIN + "\n", "ann:" + PASSWORD, LOGIN + "\nann:other", NAME + ":pass")
CREDENTIALS = ("Bearer " + RIGHT, RIGHT, "Basic", "Basic !!!!", "Basic " + RIGHT[:-4], "Basic " + "QUFB" * 400)


def kept_out(*options):
    a = curl("/private/", *options)
    assert a.status in (401, 403) and b"private" not in a.body, a


def no_login():
    a = curl("/private/").is_(401)
    assert a.headers["www-authenticate"].startswith("Basic realm="), a
    assert b"private" not in a.body


WAYS_OUT = """/../outside.txt /%2e%2e/outside.txt /..%2foutside.txt /%2e%2e%2foutside.txt /kept/../../outside.txt
/kept/..%2f..%2foutside.txt /%252e%252e/outside.txt /..;/outside.txt /..\\outside.txt /..%5coutside.txt /.../outside.txt //../outside.txt /./../outside.txt
/kept/./../../outside.txt /%c0%ae%c0%ae/outside.txt /%2e./outside.txt /.%2e/outside.txt /kept/%2e%2e/%2e%2e/outside.txt
/text.txt/../../outside.txt /../../../../../../../../etc/passwd /kept/../../../../../../etc/passwd /%00/../outside.txt
/../private/index.html /../logins /kept%2f..%2f..%2flogins /do/../../outside.txt /old/../../outside.txt /?/../outside.txt""".split()


def way_out(path):
    with Wire() as w:
        w.s.sendall(b"GET " + path.encode() + b" HTTP/1.1\r\nHost: site\r\nConnection: close\r\n\r\n")
        try:
            got = w.file.read()
        except ConnectionResetError:
            got = b""
    for bad in (SECRET.encode(), b"root:", LOGIN.encode(), b"<p>private"):
        assert bad not in got, got


def way_round(path):
    """Into the folder with the password without it."""
    with Wire() as w:
        w.ask(path, connection="close")
        got = w.file.read()
        assert b"<p>private" not in got and b" 200 " not in got[:20], got[:200]


# --- many at once, streams

def parallel(path, count):
    """`curl -Z`; every answer goes to a file of its own."""
    with tempfile.TemporaryDirectory() as d:
        with open(d + "/list", "w") as f:
            for n in range(count):
                f.write('url = "%s%s"\noutput = "%s/%d"\n' % (BASE, path, d, n))
        out = subprocess.run(["curl", "-sS", "-Z", "--parallel-max", str(count), "--parallel-immediate", "--no-progress-meter",
                              "--max-time", "60", "-K", d + "/list"], capture_output=True, text=True, timeout=90)
        assert out.returncode == 0, out.stderr[-300:]
        wanted = {"/do/slow": b"slow\n", "/text.txt": TEXT, "/big.txt": BIG}[path]
        for n in range(count):
            with open("%s/%d" % (d, n), "rb") as f:
                assert f.read() == wanted, "answer %d" % n


def events():
    a = curl("/do/events", "-N").is_(200, content_type="text/event-stream")
    assert a.body == b"".join(b"id: %d\ndata: event %d\n\n" % (n, n) for n in range(5)), a.body


def events_one_by_one():
    with Wire() as w:
        w.ask("/do/events")
        w.answer(bodiless=True).is_(200)
        times = []
        for n in range(5):
            assert w.file.readline() == b"id: %d\n" % n
            times.append(time.monotonic())
            w.file.readline()
            w.file.readline()
        assert w.ended(), "more than five events"
        assert times[4] - times[0] > 0.15, "all at once"


def many_streams():
    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        for future in [pool.submit(events_one_by_one) for _ in range(30)]:
            future.result()


def main():
    case("GET", lambda: curl("/text.txt").is_(200, TEXT, content_length=str(len(TEXT))))
    case("GET of a big file", lambda: curl("/big.txt").is_(200, BIG))
    case("GET of an empty file", lambda: curl("/empty.txt").is_(200, b"", content_length="0"))
    case("GET with a query", lambda: curl("/text.txt?a=b&c").is_(200, TEXT))
    case("content types", types)
    case("content type of the mount's own", lambda: curl("/a.weird").is_(200, b"weird", content_type="application/x-weird"))
    case("file without a type gets 415", lambda: curl("/no-type").is_(415))
    case("names with escapes", names)
    case("default files", index)
    case("folder without its slash", slash)
    case("folder without a default file", lambda: curl("/types/").is_(404))
    case("what is not there gets 404", lambda: curl("/nothing.html").is_(404))
    case("DELETE gets 404", lambda: curl("/text.txt", "-X", "DELETE").is_(404))
    case("HEAD has GET's headers", head)
    for path, status in (("/text.txt", 200), ("/do/hello", 200), ("/nothing.html", 404)):
        case("HEAD %s has no body" % path, head_body, path, status)
    case("HTTP/1.0", http10)
    case("--compressed is not needed to be heeded", lambda: curl("/text.txt", "--compressed").is_(200, TEXT, content_encoding=None))
    case("redirect", lambda: curl("/old/text", "-L").is_(200, content_type="text/html"))
    case("redirect says where", lambda: curl("/old").is_(301, location=BASE + "/kept"))
    case("cache headers", caching)
    case("reader that is slow", slow_reader)
    case("readers that leave", leaves)

    end = len(TEXT) - 1
    for text, first, last in (("0-9", 0, 9), ("10-10", 10, 10), ("100-", 100, end), ("-7", end - 6, end),
                              ("%d-%d" % (end, end), end, end), ("5000-99999999", 5000, end), ("-99999999", 0, end)):
        case("range " + text, range_, text, first, last)
    case("several ranges", many_ranges)
    case("range beyond the end", lambda: curl("/text.txt", "-r", "99999-").is_(416, content_range="bytes */%d" % len(TEXT)))
    case("a download is resumed", resume)
    for text in ("bytes=9-5", "bytes=x", "bytes", "lines=1-2"):
        case("range that is none: " + text, whole, "-H", "Range: " + text)
    case("range of a callback's answer", lambda: curl("/do/hello", "-r", "1-2").is_(200, b"hello\n"))
    case("If-Range, same tag", if_range_same)
    case("If-Range, another tag", whole, "-r", "5-9", "-H", 'If-Range: "another"')
    case("ranges are announced", lambda: curl("/text.txt").is_(200, accept_ranges="bytes"))

    case("If-None-Match, same tag", same_tag)
    case("If-None-Match, another tag", modified, 'If-None-Match: "another"')
    case("If-None-Match, a list", lambda: not_modified('If-None-Match: "other", %s' % tag()))
    case("If-None-Match, weak", lambda: not_modified('If-None-Match: W/%s' % tag()))
    case("If-None-Match, *", not_modified, "If-None-Match: *")
    case("a file that has changed", changed_file)
    case("Last-Modified", last_modified)
    case("If-Modified-Since, the same", not_modified, "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT")
    case("If-Modified-Since, later", not_modified, "If-Modified-Since: Wed, 15 Nov 2023 22:13:20 GMT")
    case("If-Modified-Since, earlier", modified, "If-Modified-Since: Mon, 13 Nov 2023 22:13:20 GMT")
    case("If-Modified-Since, no date", modified, "If-Modified-Since: yesterday")
    case("If-None-Match goes before If-Modified-Since", modified, 'If-None-Match: "another"',
         "If-Modified-Since: Wed, 15 Nov 2023 22:13:20 GMT")

    case("ten requests on one connection", keep_alive)
    case("refusals keep the connection", after_refusals)
    case("pipelined callbacks", pipeline, [PIPELINE[1]] * 20)
    case("pipelined files", pipeline, [PIPELINE[0], PIPELINE[2]] * 10)
    case("pipelined, of all kinds", pipeline, PIPELINE)
    case("pipelined POST and GET", pipelined_posts)
    case("a request byte by byte", bytewise)
    for path in ("/text.txt", "/big.txt", "/do/hello"):
        case("Connection: close is heeded, " + path, connection_close, path)

    case("POST", lambda: curl("/do/sum", "-d", "abc").is_(200, sum_of(b"abc")))
    case("empty POST", lambda: curl("/do/sum", "-d", "").is_(200, sum_of(b"")))
    case("POST of 50 MB, with Expect", post_big)
    case("POST of 50 MB", post_big, "-H", "Expect:")
    case("PUT of 50 MB", put)
    case("POSTs on one connection", posts_on_one_connection)
    case("chunked upload", chunked, b"some text")
    case("chunked upload of 1 MB", chunked, BIG)
    case("chunked upload in pieces, and the next request", chunked_pieces)
    case("empty chunked upload", chunked, b"")
    case("100 Continue", expect)

    case("no login", no_login)
    for user in STRANGERS:
        case("wrong login %r" % user, kept_out, "-u", user)
    for value in CREDENTIALS:
        case("wrong credentials %r" % value[:40], kept_out, "-H", "Authorization: " + value)
    for user in (LOGIN, "ann:other"):
        case("login " + user, lambda: curl("/private/", "-u", user).is_(200))
    for path in ("//private/", "/./private/index.html", "/private//index.html", "/kept/../private/", "/%70rivate/",
                 "/private%2findex.html", "/private?x", "/privat%65"):
        case("no way round the password: " + path, way_round, path)
    for path in WAYS_OUT:
        case("no way out: " + path, way_out, path)

    case("200 callbacks at once", parallel, "/do/slow", 200)
    case("200 files at once", parallel, "/text.txt", 200)
    case("50 big files at once", parallel, "/big.txt", 50)
    case("event stream", events)
    case("events come one by one", events_one_by_one)
    case("30 event streams at once", many_streams)
    TMP.cleanup()
    return 1 if failed else 0


sys.exit(main())
