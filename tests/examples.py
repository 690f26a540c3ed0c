#!/usr/bin/env python3
"""The programs of c_examples, each driven from outside.

    examples.py --lib DIR [--build OUTDIR] [EXAMPLE ...]

chat is driven by demo.py, gateway by gateway.py, what uses netgraft.h by native_examples.py. Standard library only.
"""
import hashlib, json, os, re, select, signal, socket, subprocess, sys, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from server import PATIENCE, ROOT, Report, Server, arguments, check_library
import server as programs
import wsraw
from wsraw import BINARY, CLOSE, PING, PONG, TEXT, WS, Gone, Reader, accept_of, frame, http, read_response

EXAMPLES = os.path.join(ROOT, "c_examples")


def build(name, outdir):
    return programs.build("c_examples/" + name, outdir)


def equal(got, want, what=""):
    if got != want:
        raise AssertionError("%s: %.200r, not %.200r" % (what, got, want))


def true(ok, what):
    if not ok:
        raise AssertionError(what)


def request(path, method="GET", headers="", body=b""):
    return ("%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n" % (method, path, headers)).encode() + body


class Listener:
    """A server of our own for the clients: `serve` gets each connection in turn, and may raise."""

    def __init__(self):
        self.sock = socket.create_server(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]

    def accept(self, client, timeout=10):
        """The client's next connection; no waiting for a client that has ended."""
        deadline = time.monotonic() + timeout * PATIENCE
        while not select.select([self.sock], [], [], 0.1)[0]:
            true(client.proc.poll() is None, "the client has ended: %r" % client.err)
            true(time.monotonic() < deadline, "the client does not connect")
        connection, _ = self.sock.accept()
        connection.settimeout(10 * PATIENCE)
        return connection

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.sock.close()


class Client:
    """One of the client programs, its output being gathered."""

    def __init__(self, a, name, *argv, stdin=subprocess.DEVNULL):
        self.lib = a.lib
        self.proc = subprocess.Popen([build(name, a.build), *map(str, argv)], stdin=stdin, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, env=dict(os.environ, LD_LIBRARY_PATH=os.path.realpath(a.lib)))
        self.out, self.err = b"", b""
        self.readers = [threading.Thread(target=self.gather, args=(which,), daemon=True) for which in ("out", "err")]
        for reader in self.readers:
            reader.start()

    def gather(self, which):
        pipe = self.proc.stdout if which == "out" else self.proc.stderr
        while chunk := os.read(pipe.fileno(), 1 << 16):
            setattr(self, which, getattr(self, which) + chunk)

    def check_library(self):
        check_library(self.proc.pid, self.lib)

    def until(self, text, timeout=10):
        deadline = time.monotonic() + timeout * PATIENCE
        while text not in self.out:
            true(time.monotonic() < deadline, "%r is not printed; it printed %r %r" % (text, self.out, self.err))
            time.sleep(0.01)

    def end(self, timeout=10):
        """The exit code."""
        code = self.proc.wait(timeout * PATIENCE)
        for reader in self.readers:
            reader.join(5)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        if self.proc.poll() is None:
            self.proc.kill()
            self.proc.wait()


# --- servers -------------------------------------------------------------------------------------------------


def site(a, report):
    folder = os.path.join(EXAMPLES, "site")
    content = {name: open(os.path.join(folder, name), "rb").read() for name in os.listdir(folder)}
    with Server([build("site", a.build), "0", folder], a.lib, ready="http://") as server:

        def files():
            types = {"index.html": "text/html", "style.css": "text/css", "site.js": "text/javascript",
                     "logo.svg": "image/svg+xml", "site.webmanifest": "application/manifest+json"}
            with wsraw.connect(server.address) as s:  # all on one connection
                reader = Reader(s)
                for name, type_ in types.items():
                    s.sendall(request("/" if name == "index.html" else "/" + name))
                    status, headers, body = read_response(reader)
                    equal((status, headers["content-type"], body), (200, type_, content[name]), name)
            return "%d files on one connection" % len(types)

        def unchanged():
            etag = http(server.address, request("/site.js"))[1]["etag"]
            equal(http(server.address, request("/site.js", headers="If-None-Match: %s\r\n" % etag))[0], 304, "status")

        def not_found():
            status, headers, body = http(server.address, request("/nothing"))
            if status == 302:  # the original sends the client there
                body = http(server.address, request(re.sub("^http://[^/]*", "", headers["location"])))[2]
            true(status in (302, 404), "status %d" % status)
            equal(body, content["404.html"], "page")

        def outside():
            for path in ("/../site.c", "/%2e%2e/site.c", "/x/../../site.c", "/..%2fsite.c"):
                try:
                    status, _, body = http(server.address, request(path))
                except Gone:
                    continue
                true(status != 200 and b"include" not in body, path)

        def websocket():
            def count():
                status, headers, body = http(server.address, request("/count"))
                equal((status, headers["content-type"]), (200, "application/json"), "/count")
                return json.loads(body)["visitors"]

            equal(count(), 0, "nobody there")
            with WS(server.address, protocol="visitors") as one:
                equal(one.recv(), (TEXT, b"1"))
                with WS(server.address, protocol="visitors") as two:
                    equal((one.recv(), two.recv(), count()), ((TEXT, b"2"), (TEXT, b"2"), 2), "two there")
                    equal(two.close(), 1000, "close")
                equal((one.recv(), count()), ((TEXT, b"1"), 1), "one has left")

        report.attempt("site: files with their types", files)
        report.attempt("site: an unchanged file is not sent again", unchanged)
        report.attempt("site: what is not there", not_found)
        report.attempt("site: nothing outside the folder", outside)
        report.attempt("site: WebSocket and callback beside the files", websocket)
        report.check("site: ends cleanly", server.alive() and server.stop() == 0, server.log())


def push(a, report):
    total, size, batch = 900, 20000, 15
    with Server([build("push", a.build), "0"], a.lib, ready="listening") as server:

        def many():
            readers = [WS(server.address, protocol="read") for _ in range(4)]
            slow = WS(server.address, protocol="read")
            with WS(server.address, protocol="write") as writer:
                for first in range(0, total, batch):
                    messages = ["%d " % n + "x" * size for n in range(first, first + batch)]
                    for message in messages:
                        writer.send(message)
                    for reader in readers:
                        for message in messages:
                            equal(reader.recv(), (TEXT, message.encode()))
                # the slow one reads at last: what it gets is whole, in order, and not all
                got = 0
                try:
                    while True:
                        opcode, message = slow.recv()
                        if opcode == CLOSE:
                            break
                        true(message.startswith(b"%d " % got), "message %d comes as %.10r" % (got, message))
                        got += 1
                except Gone:
                    pass
                true(0 < got < total, "the slow reader got %d of %d" % (got, total))
                # one that comes now hears what is written from now on
                late = WS(server.address, protocol="read")
                writer.send("news")
                for reader in [late, *readers]:
                    equal(reader.recv(), (TEXT, b"news"))
            for reader in [late, *readers]:
                equal(reader.close(), 1000, "close")
            slow.drop()
            return "the slow reader was thrown out after %d of %d messages" % (got, total)

        def nobody():
            with WS(server.address, protocol="write") as writer:
                for n in range(200):  # more than the ring holds
                    writer.send("to nobody", fin=False)
                    writer.send("!", opcode=wsraw.CONT)
                equal(writer.close(), 1000, "close")

        def too_long():
            with WS(server.address, protocol="write") as writer:
                writer.send(b"x" * 70000)
                true(writer.ended(), "the writer of a message that is too long stays")

        report.attempt("push: each reader gets everything, a slow one is thrown out", many)
        report.attempt("push: a writer without readers", nobody)
        report.attempt("push: a message that is too long", too_long)
        report.check("push: memory stays small", server.rss_kb() < 64 * 1024, "%d KiB" % server.rss_kb())
        report.check("push: ends cleanly", server.alive() and server.stop() == 0, server.log())


def upload(a, report):
    with Server([build("upload", a.build), "0"], a.lib, ready="http://") as server:

        def form():
            status, headers, body = http(server.address, request("/"))
            true(status == 200 and headers["content-type"].startswith("text/html"), headers)
            true(b"<form" in body and b"multipart/form-data" in body and b"type=file" in body.replace(b'"', b""), "a form")

        def send(data):
            mark = "----f0rm"
            parts = [("name", None, b"J\xc3\xbcrgen"), ("comment", None, b"two\r\nlines & more"), ("file", "a file.bin", data)]
            body = b""
            for name, file, value in parts:
                more = '; filename="%s"\r\nContent-Type: application/octet-stream' % file if file else ""
                body += ('--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n' % (mark, name, more)).encode()
                body += value + b"\r\n"
            body += ("--%s--\r\n" % mark).encode()
            head = "Content-Type: multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n" % (mark, len(body))
            status, _, answer = http(server.address, request("/", "POST", head, body), timeout=30 * PATIENCE)
            equal(status, 200, "status")
            for said in ("Jürgen", "lines & more", "a file.bin", str(len(data))):
                true(said in answer.decode(), "%r is not in the answer %r" % (said, answer))
            return "%d bytes" % len(data)

        report.attempt("upload: the form", form)
        report.attempt("upload: a small file", send, b"hello\r\n------f0r\0\xff")
        report.attempt("upload: a file of 5 MB", send, os.urandom(1 << 12) * 1280)
        report.attempt("upload: an empty file", send, b"")
        report.check("upload: ends cleanly", server.alive() and server.stop() == 0, server.log())


# --- clients -------------------------------------------------------------------------------------------------


def get(a, report):
    blob = os.urandom(1 << 20)
    length = b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: %d\r\n\r\n" % len(blob)
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (blob[i:i + 7000] for i in range(0, len(blob), 7000)))

    def run(answers, code, body, said=b""):
        """Each answer is given to one request; the last request's path is what we look at."""
        with Listener() as listener, Client(a, "get", "http://127.0.0.1:%d/some/path?x=1" % listener.port) as client:
            connection = None
            for n, answer in enumerate(answers):
                connection = listener.accept(client) if connection is None else connection
                reader = Reader(connection)
                try:
                    head = reader.until(b"\r\n\r\n")
                except Gone:  # it comes on a new connection
                    connection = listener.accept(client)
                    head = Reader(connection).until(b"\r\n\r\n")
                path = b"/elsewhere" if n else b"/some/path?x=1"
                true(head.startswith(b"GET %s HTTP/1.1\r\n" % path), head)
                true(b"user-agent: get\r\n" in head.lower(), head)
                client.check_library()
                connection.sendall(answer)
                if n < len(answers) - 1:
                    again = select.select([connection, listener.sock], [], [], 10 * PATIENCE)[0]
                    true(again, "the client does not follow")
                    if listener.sock in again:
                        connection.close()
                        connection = None
            if b"Content-Length" not in answers[-1] and b"chunked" not in answers[-1] or code:
                connection.close()
            equal(client.end(), code, "exit code; %r" % client.err)
            connection.close()
            equal(hashlib.sha1(client.out).hexdigest(), hashlib.sha1(body).hexdigest(), "body (%d bytes)" % len(client.out))
            true(said in client.err, client.err)

    def refused():
        with Listener() as listener:
            port = listener.port
        with Client(a, "get", "http://127.0.0.1:%d/" % port) as client:
            equal(client.end(), 1, "exit code")
            true(client.err.startswith(b"get: "), client.err)

    moved = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n"
    missing = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnone"
    report.attempt("get: a body of known length", run, [length + blob], 0, blob, b"get: 200, a/b\n")
    report.attempt("get: a body in chunks", run,
                   [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"], 0, blob)
    report.attempt("get: a redirect", run, [moved, length + blob], 0, blob, b"get: 200")
    report.attempt("get: an error", run, [missing], 1, b"none", b"get: 404")
    report.attempt("get: a body that is cut off", run, [length + blob[:1000]], 1, blob[:1000], b"cut off")
    report.attempt("get: nobody listens", refused)


def wsclient(a, report):
    def handshake(connection):
        """Answers a client's handshake; a reader of what follows."""
        reader = Reader(connection)
        head = reader.until(b"\r\n\r\n").decode()
        headers = {k.lower(): v.strip() for k, v in (l.split(":", 1) for l in head.split("\r\n")[1:] if l)}
        true(head.startswith("GET /a/b HTTP/1.1\r\n"), head)
        equal(headers["sec-websocket-protocol"], "chat", "protocol")
        connection.sendall(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: chat\r\n\r\n"
                            % accept_of(headers["sec-websocket-key"].encode())).encode())
        return reader

    def receive(reader):
        first, second = reader.exactly(2)
        true(second & 0x80, "a frame without a mask")
        key = reader.exactly(4)
        return first, wsraw.mask(reader.exactly(second & 0x7f), key)

    with Listener() as listener:
        client = Client(a, "wsclient", "ws://127.0.0.1:%d/a/b" % listener.port, "chat", "Grüße")

        def greeted():
            """A connection on which the client has said its greeting."""
            connection = listener.accept(client)
            reader = handshake(connection)
            equal(receive(reader), (0x81, "Grüße".encode()), "greeting")
            return connection, reader

        def talks():
            connection, reader = greeted()
            client.check_library()
            connection.sendall(frame(TEXT, b"one", masked=False) + frame(TEXT, b"tw", fin=False, masked=False) +
                               frame(wsraw.CONT, b"o", masked=False) + frame(BINARY, b"x" * 5000, masked=False))
            client.until(b"< one\n< two\n< " + b"x" * 5000 + b"\n")
            connection.sendall(frame(CLOSE, b"\x03\xe8", masked=False))
            equal(receive(reader)[0], 0x88, "answer to the close frame")
            connection.close()
            client.until(b"disconnected")

        def comes_back():
            delays = []
            for _ in range(2):  # a lost connection
                begin = time.monotonic()
                connection, _ = greeted()
                delays.append(time.monotonic() - begin)
                connection.close()
            for _ in range(2):  # a handshake that is refused
                begin = time.monotonic()
                connection = listener.accept(client)
                delays.append(time.monotonic() - begin)
                Reader(connection).until(b"\r\n\r\n")
                connection.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
                connection.close()
            # 200 ms after a connection that was made, then 400, 1000, each a little more
            true(all(0.1 < d < 0.9 for d in delays[:3]) and 0.3 < delays[3] < 1.5, delays)
            return ", ".join("%.2f" % d for d in delays) + " s"

        def notices_silence():
            connection, reader = greeted()
            begin = time.monotonic()
            equal(receive(reader)[0], 0x80 | PING, "a ping")
            asked = time.monotonic() - begin
            connection.sendall(frame(PONG, masked=False))
            equal(receive(reader)[0], 0x80 | PING, "another ping")
            # not answered: it hangs up, and comes again
            reader.to_end()
            left = time.monotonic() - begin
            greeted()[0].close()
            true(1 < asked < 3.5 and asked + 2 < left < asked + 6, "ping after %.1f, gone after %.1f" % (asked, left))
            return "ping after %.1f s, gone after %.1f s" % (asked, left)

        def ends():
            client.proc.send_signal(signal.SIGTERM)
            equal(client.end(), 0, "exit code")
            true(client.out.count(b"wsclient: connected\n") == 5, client.out)

        with client:
            for name, check in (("talks", talks), ("comes back", comes_back), ("notices silence", notices_silence),
                                ("ends cleanly", ends)):
                report.attempt("wsclient: " + name, check)


def netcat(a, report):
    def both_ways():
        data = b"".join(b"line %d\n" % n for n in range(200000))
        with Listener() as listener, Client(a, "netcat", "127.0.0.1", listener.port, stdin=subprocess.PIPE) as client:
            with listener.accept(client) as connection:
                connection.sendall(b"welcome\n")
                client.until(b"welcome\n")
                client.check_library()
                client.proc.stdin.write(b"hello\n")
                client.proc.stdin.flush()
                reader = Reader(connection)
                equal(reader.exactly(6), b"hello\n")
                time.sleep(0.3)  # it stays, though nothing happens
                true(client.proc.poll() is None, "it has ended")
                feed = threading.Thread(target=lambda: (client.proc.stdin.write(data), client.proc.stdin.close()))
                feed.start()
                time.sleep(0.3)  # the server is slow
                equal(reader.exactly(len(data)), data)
                feed.join(10)
                connection.sendall(data[::-1])
            equal(client.end(), 0, "exit code; %r" % client.err)
            equal(client.out, b"welcome\n" + data[::-1])
        return "%d bytes each way" % len(data)

    def refused():
        with Listener() as listener:
            port = listener.port
        with Client(a, "netcat", "127.0.0.1", port) as client:
            equal(client.end(), 1, "exit code")

    def interrupted():
        with Listener() as listener, Client(a, "netcat", "localhost", listener.port, stdin=subprocess.PIPE) as client:
            with listener.accept(client) as connection:
                connection.sendall(b"hi\n")
                client.until(b"hi\n")
                client.proc.send_signal(signal.SIGTERM)
                equal(client.end(), 0, "exit code")
                equal(Reader(connection).to_end(), b"", "what the server gets")

    report.attempt("netcat: both ways", both_ways)
    report.attempt("netcat: nobody listens", refused)
    report.attempt("netcat: ends cleanly", interrupted)


DRIVERS = {"site": site, "push": push, "upload": upload, "get": get, "wsclient": wsclient, "netcat": netcat}
# those of the other faces are driven by suites of their own
OTHER_FACES = re.compile(r'#include [<"](netgraft\.h|lwip/)')
there = sorted(name[:-2] for name in os.listdir(EXAMPLES) if name.endswith(".c") and name != "chat.c"
               and not OTHER_FACES.search(open(os.path.join(EXAMPLES, name)).read()))
p = arguments(__doc__)
p.add_argument("examples", nargs="*", metavar="EXAMPLE", help=" ".join(DRIVERS))
a = p.parse_args()
report = Report()
for name in a.examples or there:
    if name not in DRIVERS:
        report.check(name, False, "nothing drives this example")
        continue
    try:
        DRIVERS[name](a, report)
    except Exception as e:
        report.check(name, False, "%s: %s" % (type(e).__name__, e))
report.finish()
