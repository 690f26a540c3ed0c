#!/usr/bin/env python3
"""Callback and byte traces of an lws server: the original library beside another.

    trace.py --original [SCENARIO...]      run on the installed libwebsockets, print the traces
    trace.py --lib DIR [SCENARIO...]       run on DIR's library and check the invariants
    trace.py --compare DIR [SCENARIO...]   run on both; the traces must be equal but for differences.txt
    trace.py --list                        names and descriptions

Options: --out DIR (where trace.c is compiled to), --jobs N, --quiet (verdicts only).
Writes `ok NAME` or `FAIL NAME` per scenario, then `N passed, N failed`.
"""

import argparse
import base64
import concurrent.futures
import difflib
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 5.0                      # seconds to wait for anything that should come
KEY = base64.b64encode(b"0123456789abcdef").decode()
MASK = b"\x11\x22\x33\x44"
TEXT, BINARY, CONTINUATION, CLOSE, PING, PONG = 1, 2, 0, 8, 9, 10


# The page that lws_return_http_status sends, shown as <page STATUS>.
PAGE = re.compile(rb'<html><head><meta charset=utf-8 http-equiv="Content-Language" content="en"/>'
                  rb'<link rel="stylesheet" type="text/css" href="/error.css"/></head>'
                  rb'<body><h1>(\d+)</h1></body></html>')


class Stuck(Exception):
    """What should have come did not."""


def show(data, limit=60):
    data = PAGE.sub(rb"<page \1>", data)
    text = "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else "\\x%02x" % b for b in data[:limit])
    return '"%s"%s' % (text, "..." if len(data) > limit else "")


# ---- the server process ----

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """The trace program, and what it prints."""

    def __init__(self, program, lib, settings):
        env = dict(os.environ)
        env.pop("LD_LIBRARY_PATH", None)
        if lib:
            env["LD_LIBRARY_PATH"] = lib
        self.lines, self.news, self.ended, self.marks, self.clients = [], threading.Condition(), False, 0, []
        self.errors = tempfile.TemporaryFile(mode="w+")
        settings = [s.replace("=free", "=%d" % free_port()) for s in settings]
        self.process = subprocess.Popen([program] + settings, env=env, text=True, errors="replace",
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.ports = tuple(map(int, self.wait(r"port (-?\d+) (-?\d+)").groups()))
            self.library = self._library()
            self.sync()                             # the first lws_service has run
        except (Stuck, OSError) as e:
            self.process.kill()
            self.process.wait()
            self.errors.seek(0)
            raise Stuck("%s; printed: %s" % (e, " | ".join(self.lines + self.errors.read().split("\n"))))

    def _read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def _library(self):
        with open("/proc/%d/maps" % self.process.pid) as maps:
            paths = {line.split(None, 5)[5].strip() for line in maps if "libwebsockets" in line}
        return paths.pop() if len(paths) == 1 else "none or several: %s" % sorted(paths)

    def wait(self, pattern, times=1):
        """Waits until `times` lines match; the last match."""
        regex, limit = re.compile(pattern), time.monotonic() + PATIENCE
        with self.news:
            while True:
                found = [m for m in map(regex.search, self.lines) if m]
                if len(found) >= times:
                    return found[times - 1]
                left = limit - time.monotonic()
                if self.ended or left <= 0:
                    raise Stuck("no line like %s" % pattern)
                self.news.wait(left)

    def order(self, text):
        try:
            self.process.stdin.write(text + "\n")
            self.process.stdin.flush()
        except OSError:
            raise Stuck("the server is gone")

    def sync(self):
        """The loop has gone round a few times: what was on its way has been served."""
        for i in range(5):
            if i == 1:
                time.sleep(0.01)                    # loopback is not always instant on a busy machine
            self.marks += 1
            self.order("mark %d" % self.marks)
            self.wait(r"^mark %d$" % self.marks)

    def destroy(self):
        """Ends the server; its exit code."""
        try:
            self.order("destroy")
            self.process.stdin.close()
        except (OSError, Stuck):
            pass
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = "none, it hung"
            self.process.wait()
        with self.news:
            while not self.ended:
                if not self.news.wait(PATIENCE):
                    break
        return code


# ---- the client side ----

class Client:
    """A raw socket that speaks HTTP and WebSocket, and keeps a log of both directions."""

    def __init__(self, server, address=None, port=None):
        self.server, self.log, self.buffer, self.over = server, [], b"", False
        server.clients.append(self)
        unix = address and address.startswith("/")
        self.sock = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
        self.sock.settimeout(PATIENCE)
        try:
            self.sock.connect(address if unix else (address or "127.0.0.1", port or server.ports[0]))
        except ConnectionRefusedError:
            self.log.append("> connect refused")
            self.over = True
            return
        if not unix:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # sending

    def send(self, data, note=None):
        self.log.append("> " + (note or show(data, 200)))
        try:
            self.sock.sendall(data)
        except OSError as e:
            self.log.append("! send: %s" % e.__class__.__name__)

    def get(self, path="/", version="1.1", headers=(), method="GET", body=b"", host="a.test"):
        head = ["%s %s HTTP/%s" % (method, path, version), "Host: " + host, *headers]
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body

    def upgrade_bytes(self, protocols=None, path="/", host="a.test", version="13", key=KEY, extra=()):
        headers = ["Upgrade: websocket", "Connection: Upgrade"]
        if key:
            headers.append("Sec-WebSocket-Key: " + key)
        if protocols:
            headers.append("Sec-WebSocket-Protocol: " + protocols)
        if version:
            headers.append("Sec-WebSocket-Version: " + version)
        return self.get(path, headers=headers + list(extra), host=host)

    def upgrade(self, *args, **more):
        self.send(self.upgrade_bytes(*args, **more), "upgrade %s %s" % (args, more or ""))
        return self.response()

    @staticmethod
    def frame_bytes(opcode, payload=b"", fin=True, mask=MASK):
        first, n = opcode | (0x80 if fin else 0), len(payload)
        bit = 0x80 if mask else 0
        if n < 126:
            head = struct.pack("!BB", first, bit | n)
        elif n < 65536:
            head = struct.pack("!BBH", first, bit | 126, n)
        else:
            head = struct.pack("!BBQ", first, bit | 127, n)
        if not mask:
            return head + payload
        return head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))

    def frame(self, opcode, payload=b"", fin=True, mask=MASK):
        self.send(self.frame_bytes(opcode, payload, fin, mask),
                  "frame op=%d fin=%d len=%d %s" % (opcode, fin, len(payload), show(payload)))

    def text(self, text):
        self.frame(TEXT, text.encode())

    def fin(self):
        self.log.append("> FIN")
        self.sock.shutdown(socket.SHUT_WR)

    def send_and_fin(self, data, note):
        """Sends data and FIN in one segment."""
        self.log += ["> " + note, "> FIN"]
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        self.sock.send(data, socket.MSG_MORE)
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        self.log.append("> RST")
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
        self.over = True

    def close(self):
        """Closes, once the server has no more to say."""
        self.server.sync()
        self.sock.setblocking(False)
        try:
            while not self.over and self._more():
                pass
        except BlockingIOError:
            pass
        self.rest()
        self.log.append("> closed")
        self.sock.close()
        self.over = True
        self.server.sync()

    # receiving

    def _more(self):
        """Reads once; false at the end of the stream."""
        try:
            data = self.sock.recv(65536)
        except socket.timeout:
            raise Stuck("the client waits for data")
        except ConnectionResetError:
            self.over = True
            self.log.append("< reset")
            return False
        if not data:
            self.over = True
            self.log.append("< EOF")
            return False
        self.buffer += data
        return True

    def _take(self, n):
        while len(self.buffer) < n:
            if self.over or not self._more():
                raise Stuck("the stream ended early")
        taken, self.buffer = self.buffer[:n], self.buffer[n:]
        return taken

    def response(self, body=True):
        """One HTTP response: head, and as much body as it announces; its status line."""
        while b"\r\n\r\n" not in self.buffer:
            if self.over or not self._more():
                raise Stuck("no response")
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.split(b"\r\n")
        for line in lines:
            line = re.sub(rb"(?i)^(date|last-modified|expires): .*", rb"\1: ...", line)
            self.log.append("< " + show(line, 200)[1:-1])
        self.log.append("<")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if body and length and int(length.group(1)):
            self.log.append("< body " + show(self._take(int(length.group(1))), 400))
        return lines[0]

    def read_frame(self):
        first, second = self._take(2)
        n = second & 127
        if n == 126:
            n, = struct.unpack("!H", self._take(2))
        elif n == 127:
            n, = struct.unpack("!Q", self._take(8))
        payload = self._take(n)
        flags = " rsv=%d" % (first >> 4 & 7) if first >> 4 & 7 else ""
        flags += " MASKED" if second & 128 else ""
        self.log.append("< frame op=%d fin=%d%s len=%d %s" % (first & 15, first >> 7, flags, n, show(payload)))
        return payload

    def echo(self, text):
        self.text(text)
        return self.read_frame()

    def eof(self, patience=PATIENCE):
        """Reads to the end of the stream."""
        self.sock.settimeout(patience)
        while not self.over and self._more():
            pass
        self.rest()

    def rest(self):
        """Logs bytes nobody asked for."""
        if self.buffer:
            self.log.insert(len(self.log) - (1 if self.over else 0), "< " + show(self.buffer, 1000))
            self.buffer = b""

    def finish(self):
        """After the server's end: whatever it had sent."""
        if not self.over:
            self.sock.settimeout(1)
            try:
                self.eof()
            except Stuck:
                self.log.append("! still open")
        self.rest()
        self.sock.close()


class Play:
    """What a scenario works with."""

    def __init__(self, server):
        self.server = server
        self.sync, self.wait, self.order = server.sync, server.wait, server.order

    def tcp(self, address=None, port=None):
        return Client(self.server, address, port)

    def ws(self, protocols="echo", **more):
        client = self.tcp()
        client.upgrade(protocols, **more)
        return client

    def http(self, path, **more):
        client = self.tcp()
        client.send(client.get(path, **more))
        client.response()
        self.sync()
        return client


# ---- scenarios ----

SCENARIOS = {}


def scenario(*settings):
    def register(function):
        SCENARIOS[function.__name__] = (function, list(settings))
        return function
    return register


@scenario()
def start_and_destroy(s):
    """A context, one lws_service, destroy"""


@scenario()
def echo_text(s):
    """One text message, echoed; the client's socket is closed without a close frame"""
    c = s.ws()
    c.echo("hello")
    c.close()


@scenario()
def echo_binary(s):
    """One binary message"""
    c = s.ws()
    c.frame(BINARY, b"\x00\x01\xff")
    c.read_frame()
    c.close()


@scenario()
def echo_empty(s):
    """An empty text message"""
    c = s.ws()
    c.echo("")
    c.close()


@scenario()
def fragments(s):
    """he, l, lo in three frames"""
    c = s.ws()
    for i, part in enumerate((b"he", b"l", b"lo")):
        c.frame(CONTINUATION if i else TEXT, part, fin=i == 2)
        c.read_frame()
    c.close()


@scenario()
def fragments_binary(s):
    """Two binary frames, the last one empty"""
    c = s.ws()
    c.frame(BINARY, b"ab", fin=False)
    c.read_frame()
    c.frame(CONTINUATION, b"")
    c.read_frame()
    c.close()


@scenario()
def ping_inside_fragments(s):
    """A ping between the frames of a message"""
    c = s.ws()
    c.frame(TEXT, b"he", fin=False)
    c.read_frame()
    c.frame(PING, b"p")
    c.read_frame()
    s.sync()
    c.frame(CONTINUATION, b"llo")
    c.read_frame()
    c.close()


@scenario()
def ping(s):
    """A ping with payload, then one without"""
    c = s.ws()
    c.frame(PING, b"are you there")
    c.read_frame()
    s.sync()
    c.frame(PING)
    c.read_frame()
    s.sync()
    c.close()


@scenario()
def two_pings_at_once(s):
    """Two pings in one segment, then a text"""
    c = s.ws()
    c.send(c.frame_bytes(PING, b"one") + c.frame_bytes(PING, b"two"), "two pings")
    c.read_frame()
    s.sync()
    c.echo("after")
    c.close()


@scenario()
def pong_from_client(s):
    """Unasked pongs"""
    c = s.ws()
    c.frame(PONG, b"here")
    c.frame(PONG)
    s.sync()
    c.close()


@scenario()
def ping_from_server(s):
    """The server pings from RECEIVE, the client answers"""
    c = s.ws()
    c.echo("wping")
    c.frame(PONG, b"abcd")
    s.sync()
    c.close()


@scenario("rx=4096")
def big_frame_in_slices(s):
    """A frame of 10000 bytes with rx_buffer_size 4096, sent whole"""
    c = s.ws()
    c.frame(BINARY, b"x" * 10000)
    for _ in range(3):
        c.read_frame()
    s.sync()
    c.close()


@scenario()
def big_frame_default_buffer(s):
    """A frame of 10000 bytes with rx_buffer_size 0"""
    c = s.ws()
    c.frame(BINARY, b"x" * 10000)
    for _ in range(3):
        c.read_frame()
    c.close()


@scenario()
def frame_in_two_segments(s):
    """The head of a frame and half its payload, then the rest"""
    c = s.ws()
    data = c.frame_bytes(TEXT, b"hello world")
    c.send(data[:11], "half a frame")
    s.sync()
    c.send(data[11:], "the other half")
    c.read_frame()
    c.read_frame()
    c.close()


@scenario()
def frame_byte_by_byte(s):
    """A frame of 200 bytes: its head one byte at a time"""
    c = s.ws()
    data = c.frame_bytes(TEXT, b"y" * 200)
    for i in range(8):
        c.send(data[i:i + 1], "byte %d" % i)
        s.sync()
    c.send(data[8:], "payload")
    c.read_frame()
    c.close()


@scenario()
def pipelined(s):
    """Five messages in one segment"""
    c = s.ws()
    c.send(b"".join(c.frame_bytes(TEXT, b"m%d" % i) for i in range(5)), "five texts")
    for _ in range(5):
        c.read_frame()
    c.close()


@scenario()
def frame_with_handshake(s):
    """A message in the segment of the handshake"""
    c = s.tcp()
    c.send(c.upgrade_bytes("echo") + c.frame_bytes(TEXT, b"early"), "upgrade and text")
    c.response()
    c.read_frame()
    c.close()


@scenario()
def client_close_code_text(s):
    """The client closes with 1000 and a text"""
    c = s.ws()
    c.frame(CLOSE, b"\x03\xe8bye")
    c.read_frame()
    s.sync()
    c.close()


@scenario()
def client_close_no_code(s):
    """The client closes with an empty close frame"""
    c = s.ws()
    c.frame(CLOSE)
    c.read_frame()
    s.sync()
    c.close()


@scenario()
def client_close_then_data(s):
    """A text behind the close frame, same segment"""
    c = s.ws()
    c.send(c.frame_bytes(CLOSE, b"\x03\xe8") + c.frame_bytes(TEXT, b"late"), "close and text")
    s.sync()
    c.eof()


@scenario()
def data_then_client_close(s):
    """A text and a close frame in one segment"""
    c = s.ws()
    c.send(c.frame_bytes(TEXT, b"last words") + c.frame_bytes(CLOSE, b"\x03\xe8"), "text and close")
    s.sync()
    c.eof()


@scenario("deny=38")
def client_close_refused(s):
    """WS_PEER_INITIATED_CLOSE returns -1"""
    c = s.ws()
    c.frame(CLOSE, b"\x03\xe8")
    c.eof()
    s.sync()


@scenario()
def close_from_receive(s):
    """-1 from RECEIVE"""
    c = s.ws()
    c.text("die")
    c.eof()
    s.sync()


@scenario()
def close_from_receive_pipelined(s):
    """-1 from RECEIVE with another message behind it"""
    c = s.ws()
    c.send(c.frame_bytes(TEXT, b"die") + c.frame_bytes(TEXT, b"more"), "die, more")
    c.eof()
    s.sync()


@scenario()
def close_from_writeable(s):
    """-1 from SERVER_WRITEABLE"""
    c = s.ws()
    c.text("wdie")
    c.eof()
    s.sync()


@scenario("deny=0")
def close_from_established(s):
    """-1 from ESTABLISHED"""
    c = s.ws()
    c.eof()
    s.sync()


@scenario("deny=7")
def close_from_pong(s):
    """-1 from RECEIVE_PONG"""
    c = s.ws()
    c.frame(PONG, b"x")
    c.eof()
    s.sync()


@scenario()
def close_reason(s):
    """lws_close_reason(1001, "bye") and -1; the client answers the close frame"""
    c = s.ws()
    c.text("reason")
    c.read_frame()
    s.sync()
    c.frame(CLOSE, b"\x03\xe9bye")
    c.eof()
    s.sync()


@scenario()
def close_reason_empty(s):
    """lws_close_reason(1000, NULL, 0) and -1; the client answers with FIN"""
    c = s.ws()
    c.text("reason0")
    c.read_frame()
    c.fin()
    c.eof()
    s.sync()


@scenario()
def close_reason_client_sends_on(s):
    """After the server's close frame the client still sends a text before its own close"""
    c = s.ws()
    c.text("reason")
    c.read_frame()
    c.text("late")
    s.sync()
    c.frame(CLOSE, b"\x03\xe9")
    c.eof()
    s.sync()


@scenario()
def fin(s):
    """The client sends FIN"""
    c = s.ws()
    c.fin()
    c.eof()
    s.sync()


@scenario()
def text_with_fin(s):
    """A text and FIN in one segment"""
    c = s.ws()
    c.send_and_fin(c.frame_bytes(TEXT, b"last words"), "text")
    c.eof()
    s.sync()


@scenario()
def rst(s):
    """The client resets"""
    c = s.ws()
    c.reset()
    s.sync()


@scenario()
def tcp_open_close(s):
    """Connect, send nothing, close"""
    c = s.tcp()
    s.sync()
    c.close()
    s.sync()


@scenario()
def half_handshake_close(s):
    """Half a handshake, then close"""
    c = s.tcp()
    c.send(b"GET / HTTP/1.1\r\nHost: a.test\r\nUpgr")
    s.sync()
    c.close()
    s.sync()


@scenario("timeout=2", "ahidle=2")
def half_handshake_timeout(s):
    """Half a handshake, then silence: timeout_secs_ah_idle ends it, not timeout_secs"""
    c = s.tcp()
    c.send(b"GET / HTTP/1.1\r\nHost: a.test\r\nUpgr")
    c.eof(40)
    s.sync()


@scenario("ahidle=2")
def silent_timeout(s):
    """Connect and say nothing, with timeout_secs_ah_idle 2"""
    c = s.tcp()
    c.eof(40)
    s.sync()


@scenario()
def handshake_byte_by_byte(s):
    """The handshake in segments of 16 bytes"""
    c = s.tcp()
    data = c.upgrade_bytes("echo")
    for i in range(0, len(data), 16):
        c.send(data[i:i + 16])
        s.sync()
    c.response()
    c.echo("hello")
    c.close()


# HTTP

@scenario()
def get_missing(s):
    """GET of a missing page: lws_callback_http_dummy answers; a second on the same connection; close"""
    c = s.http("/nothing")
    c.send(c.get("/nothing2"))
    c.response()
    s.sync()
    c.close()


@scenario()
def get_dynamic(s):
    """GET with a dynamic answer, again on the same connection, close"""
    c = s.http("/dyn")
    c.send(c.get("/dyn"))
    c.response()
    s.sync()
    c.close()


@scenario()
def get_parts(s):
    """The body in three lws_writes"""
    s.http("/parts").close()


@scenario()
def get_no_length(s):
    """LWS_ILLEGAL_HTTP_CONTENT_LEN"""
    s.http("/nolength").eof()
    s.sync()


@scenario()
def get_http10(s):
    """HTTP/1.0"""
    s.http("/dyn", version="1.0").eof()
    s.sync()


@scenario()
def get_http10_keepalive(s):
    """HTTP/1.0 with Connection: keep-alive"""
    c = s.http("/dyn", version="1.0", headers=["Connection: keep-alive"])
    c.fin()
    c.eof()
    s.sync()


@scenario()
def get_connection_close(s):
    """Connection: close"""
    s.http("/dyn", headers=["Connection: close"]).eof()
    s.sync()


@scenario("keepalive=1")
def get_keepalive_expires(s):
    """keepalive_timeout 1"""
    c = s.http("/dyn")
    c.eof()
    s.sync()


@scenario()
def get_with_fin(s):
    """A GET and FIN in one segment"""
    c = s.tcp()
    c.send_and_fin(c.get("/parts"), "GET /parts")
    c.eof()
    s.sync()


@scenario()
def post_with_fin(s):
    """A POST, its body and FIN in one segment"""
    c = s.tcp()
    c.send_and_fin(c.get("/post", method="POST", headers=["Content-Length: 4"], body=b"data"), "POST /post")
    c.eof()
    s.sync()


@scenario()
def get_with_arguments(s):
    """URI arguments"""
    s.http("/dyn?a=1&b=2").close()


@scenario()
def get_pipelined(s):
    """Two GETs in one segment"""
    c = s.tcp()
    c.send(c.get("/dyn") + c.get("/dyn"))
    c.response()
    c.response()
    s.sync()
    c.close()


@scenario()
def head_method(s):
    """HEAD"""
    c = s.tcp()
    c.send(c.get("/nothing", method="HEAD"))
    c.response(body=False)
    c.close()


@scenario()
def options_method(s):
    """OPTIONS"""
    c = s.tcp()
    c.send(c.get("/dyn", method="OPTIONS"))
    c.response()
    c.close()


@scenario()
def post_body(s):
    """POST with its body in the same segment; again on the same connection"""
    c = s.http("/post", method="POST", headers=["Content-Length: 4"], body=b"data")
    c.send(c.get("/post", method="POST", headers=["Content-Length: 2"], body=b"ok"))
    c.response()
    s.sync()
    c.close()


@scenario()
def post_body_late(s):
    """POST: headers, then the body in two segments"""
    c = s.tcp()
    c.send(c.get("/post", method="POST", headers=["Content-Length: 8"]))
    s.sync()
    c.send(b"some")
    s.sync()
    c.send(b"data")
    c.response()
    s.sync()
    c.close()


@scenario()
def post_chunked(s):
    """POST with a body in chunks, in two segments; the client ends"""
    c = s.tcp()
    c.send(c.get("/post", method="POST", headers=["Transfer-Encoding: chunked"], body=b"4\r\nsome\r\n"))
    s.sync()
    c.send(b"4;x=y\r\ndata\r\n0\r\nTrailer: t\r\n\r\n")
    s.sync()
    c.fin()
    c.eof()
    s.sync()


@scenario()
def post_expect(s):
    """POST with Expect: 100-continue, and the body a while later"""
    c = s.tcp()
    c.send(c.get("/post", method="POST", headers=["Expect: 100-continue", "Content-Length: 4"]))
    s.sync()
    c.send(b"data")
    s.sync()
    c.close()


@scenario()
def post_empty(s):
    """POST with Content-Length: 0"""
    c = s.tcp()
    c.send(c.get("/post", method="POST", headers=["Content-Length: 0"]))
    c.response()
    c.close()


@scenario()
def post_no_length(s):
    """POST without Content-Length, body after it, FIN"""
    c = s.tcp()
    c.send(c.get("/post", method="POST", body=b"data"))
    s.sync()
    c.fin()
    c.eof()
    s.sync()


@scenario()
def post_too_long(s):
    """A body that goes on after Content-Length: the rest is a request"""
    c = s.tcp()
    c.send(c.get("/post", method="POST", headers=["Content-Length: 4"], body=b"data") + c.get("/dyn"))
    c.response()
    c.response()
    s.sync()
    c.close()


@scenario()
def post_aborted(s):
    """The client leaves in the middle of the body"""
    c = s.tcp()
    c.send(c.get("/post", method="POST", headers=["Content-Length: 8"], body=b"some"))
    s.sync()
    c.close()
    s.sync()


@scenario()
def get_status_403(s):
    """lws_return_http_status(403), then lws_http_transaction_completed"""
    s.http("/403").close()


@scenario()
def get_status_403_text(s):
    """lws_return_http_status(403, text), then -1"""
    s.http("/403text").eof()
    s.sync()


@scenario()
def get_redirect(s):
    """lws_http_redirect"""
    c = s.http("/redirect")
    c.close()


@scenario()
def get_fail(s):
    """-1 from HTTP"""
    c = s.tcp()
    c.send(c.get("/fail"))
    c.eof()
    s.sync()


@scenario()
def get_client_leaves(s):
    """GET that is never answered; the client leaves"""
    c = s.tcp()
    c.send(c.get("/never"))
    s.sync()
    c.close()
    s.sync()


@scenario("timeout=1")
def get_never_answered(s):
    """GET that is never answered, timeout_secs 1: the server gives up"""
    c = s.tcp()
    c.send(c.get("/never"))
    c.eof()
    s.sync()


# handshakes

@scenario()
def protocol_unknown(s):
    """Only an unknown subprotocol"""
    c = s.tcp()
    c.send(c.upgrade_bytes("nonsense"), "upgrade nonsense")
    c.eof()
    s.sync()


@scenario()
def protocol_second(s):
    """A list whose second entry is known"""
    c = s.ws("nonsense, other, echo")
    c.echo("hello")
    c.close()


@scenario()
def protocol_none(s):
    """No Sec-WebSocket-Protocol: protocols[0]"""
    c = s.ws(None)
    c.echo("hello")
    c.close()


@scenario()
def protocols_three(s):
    """One connection on each protocol"""
    for name in ("http", "echo", "other"):
        c = s.ws(name)
        c.echo("hello")
        c.close()
        s.sync()


@scenario()
def wrong_version(s):
    """Sec-WebSocket-Version: 12"""
    c = s.tcp()
    c.send(c.upgrade_bytes("echo", version="12"), "upgrade version 12")
    s.sync()
    c.fin()
    c.eof()
    s.sync()


@scenario()
def no_version(s):
    """No Sec-WebSocket-Version"""
    c = s.tcp()
    c.send(c.upgrade_bytes("echo", version=None), "upgrade without version")
    s.sync()
    c.fin()
    c.eof()
    s.sync()


@scenario()
def no_key(s):
    """Upgrade without Sec-WebSocket-Key"""
    c = s.tcp()
    c.send(c.upgrade_bytes("echo", key=None), "upgrade without key")
    s.sync()
    c.fin()
    c.eof()
    s.sync()


@scenario()
def no_upgrade_header(s):
    """Connection: Upgrade and a key, but no Upgrade header"""
    c = s.tcp()
    c.send(c.get("/dyn", headers=["Connection: Upgrade", "Sec-WebSocket-Key: " + KEY, "Sec-WebSocket-Version: 13"]))
    s.sync()
    c.fin()
    c.eof()
    s.sync()


@scenario()
def upgrade_other(s):
    """Upgrade: h2c"""
    c = s.tcp()
    c.send(c.get("/dyn", headers=["Connection: Upgrade", "Upgrade: something"]))
    s.sync()
    c.fin()
    c.eof()
    s.sync()


@scenario()
def browser_handshake(s):
    """What a browser sends, permessage-deflate offered"""
    c = s.ws(extra=["Connection: keep-alive, Upgrade", "User-Agent: Mozilla/5.0", "Origin: http://a.test",
                    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
                    "Accept-Encoding: gzip, deflate", "Cache-Control: no-cache"])
    c.echo("hello")
    c.close()


@scenario()
def upgrade_after_get(s):
    """GET, then the handshake on the same connection"""
    c = s.http("/dyn")
    c.upgrade("echo")
    c.echo("hello")
    c.close()


def deny(reason, what, request):
    name = "deny_%d_%s" % (reason, request)

    def play(s):
        c = s.tcp()
        if request == "ws":
            c.send(c.upgrade_bytes("echo"), "upgrade")
        elif request == "http":
            c.send(c.get("/dyn"))
        s.sync()
        if reason in (29, 50) or name == "deny_49_ws":
            c.fin()
        c.eof()
        s.sync()
    play.__name__ = name
    play.__doc__ = "-1 from %s" % what
    scenario("deny=%d" % reason)(play)


deny(17, "FILTER_NETWORK_CONNECTION", "tcp")
deny(29, "WSI_CREATE", "ws")
deny(19, "SERVER_NEW_CLIENT_INSTANTIATED", "ws")
deny(86, "HTTP_CONFIRM_UPGRADE", "ws")
deny(49, "HTTP_BIND_PROTOCOL", "ws")
deny(49, "HTTP_BIND_PROTOCOL", "http")
deny(50, "HTTP_DROP_PROTOCOL", "http")
deny(20, "FILTER_PROTOCOL_CONNECTION", "ws")
deny(53, "ADD_HEADERS", "ws")
deny(53, "ADD_HEADERS", "http")
deny(18, "FILTER_HTTP_CONNECTION", "http")


# destroy, vhosts

@scenario()
def destroy_with_connections(s):
    """Context destroy with a ws, half a handshake, an idle http and a silent connection"""
    s.ws().echo("hello")
    half = s.tcp()
    half.send(b"GET / HTTP/1.1\r\nHost: a.t")
    s.sync()
    s.http("/dyn")
    s.tcp()
    s.sync()


@scenario("vhosts=2", "port=free", "port2=free")
def vhost_destroy(s):
    """lws_vhost_destroy of a vhost with a ws, half a handshake and an idle http; the other lives on"""
    s.ws().echo("hello")
    half = s.tcp()
    half.send(b"GET / HTTP/1.1\r\nHost: a.t")
    s.sync()
    s.http("/dyn")
    other = s.tcp(port=s.server.ports[1])
    other.upgrade("echo")
    s.order("vhost_destroy 0")
    s.sync()
    other.echo("still here")
    s.tcp(port=s.server.ports[0])
    s.sync()


@scenario("vhosts=2", "port=free", "port2=free")
def vhost_destroy_idle(s):
    """lws_vhost_destroy of a vhost without connections"""
    s.order("vhost_destroy 0")
    s.sync()
    c = s.tcp(port=s.server.ports[1])
    c.upgrade("echo")
    c.echo("still here")
    s.tcp(port=s.server.ports[0])
    s.sync()


@scenario("vhosts=2")
def vhost_destroy_shared_port(s):
    """Two vhosts on one port: the first is destroyed, the second goes on listening"""
    a = s.ws(host="a.test")
    b = s.ws(host="b.test")
    s.order("vhost_destroy 0")
    s.sync()
    b.echo("still here")
    s.sync()


@scenario("vhosts=2")
def vhosts_by_host(s):
    """Two vhosts on one port, chosen by Host; an unknown one gets the first"""
    for host in ("a.test", "b.test", "B.TEST", "b.test:80", "c.test"):
        c = s.ws(host=host)
        c.echo("hello")
        c.close()
        s.sync()
    c = s.tcp()
    c.send(c.get("/dyn", host="b.test"))
    c.response()
    s.sync()
    c.close()


@scenario("vhosts=2", "port=free", "port2=free")
def vhosts_by_port(s):
    """Two vhosts on two ports"""
    for port in s.server.ports:
        c = s.tcp(port=port)
        c.upgrade("echo")
        c.echo("hello")
        c.close()
        s.sync()


# writeable, timers, flow control

@scenario()
def ask_three_times(s):
    """lws_callback_on_writable three times: one SERVER_WRITEABLE"""
    c = s.ws()
    c.text("ask3")
    s.sync()
    c.close()


@scenario()
def ask_all_protocol(s):
    """lws_callback_on_writable_all_protocol from RECEIVE and from outside"""
    a, b, c = s.ws(), s.ws(), s.ws("other")
    a.text("askall")
    s.sync()
    s.order("askall 1")
    s.sync()
    s.order("askall 0")
    s.sync()


@scenario()
def callback_all_protocol(s):
    """lws_callback_all_protocol with LWS_CALLBACK_USER"""
    a, b, c = s.ws(), s.ws(), s.ws("other")
    s.order("userall 1")
    s.sync()


@scenario()
def two_writes(s):
    """Two messages written in one SERVER_WRITEABLE"""
    c = s.ws()
    c.text("twice")
    c.read_frame()
    c.read_frame()
    c.close()


@scenario()
def slow_reader(s):
    """8 MB in one lws_write while the client does not read: no SERVER_WRITEABLE until it has"""
    c = s.ws()
    c.text("big 8000000")
    s.sync()
    c.log.append("# reads now")
    c.read_frame()
    s.sync()
    c.echo("hello")
    c.close()


@scenario("user=0")
def no_user_block(s):
    """per_session_data_size 0"""
    c = s.ws()
    c.echo("hello")
    c.close()
    c = s.http("/dyn")
    c.close()


@scenario()
def cancel_service(s):
    """lws_cancel_service from another thread: EVENT_WAIT_CANCELLED to every protocol"""
    s.order("cancel")
    s.sync()


@scenario()
def ask_from_outside(s):
    """lws_callback_on_writable between two lws_service calls"""
    s.ws()
    s.order("ask 1")
    s.sync()


@scenario()
def ask_before_upgrade(s):
    """lws_callback_on_writable on a connection with half a handshake"""
    c = s.tcp()
    data = c.upgrade_bytes("echo")
    c.send(data[:40], "half a handshake")
    s.sync()
    s.order("ask 1")
    s.sync()
    c.send(data[40:], "the other half")
    c.response()
    s.sync()
    c.close()


@scenario()
def ws_timeout(s):
    """lws_set_timeout fires after a second"""
    c = s.ws()
    c.text("timeout 1")
    c.eof()
    s.sync()


@scenario()
def ws_timeout_cancelled(s):
    """lws_set_timeout, then NO seconds, then more than its time"""
    c = s.ws()
    c.text("timeout 1")
    c.echo("hello")
    c.text("timeout 0")
    s.sync()
    time.sleep(1.5)
    s.sync()
    c.close()


@scenario()
def ws_timer(s):
    """lws_set_timer_usecs: one TIMER; again; cancelled"""
    c = s.ws()
    c.text("timer 50")
    s.wait(r"73 TIMER")
    c.text("timer 50")
    s.wait(r"73 TIMER", 2)
    s.sync()
    c.close()


@scenario("deny=73")
def ws_timer_denied(s):
    """-1 from TIMER"""
    c = s.ws()
    c.text("timer 50")
    c.eof()
    s.sync()


@scenario()
def flow_control(s):
    """lws_rx_flow_control off in the middle of pipelined messages, on again from outside"""
    c = s.ws()
    c.send(b"".join(c.frame_bytes(TEXT, t) for t in (b"one", b"pause", b"two", b"three")), "one pause two three")
    c.read_frame()
    s.sync()
    c.text("four")
    s.sync()
    s.order("allow 1")
    for _ in range(3):
        c.read_frame()
    s.sync()
    c.close()


@scenario()
def flow_control_then_close(s):
    """Reception off, then the client leaves; on again"""
    c = s.ws()
    c.send(c.frame_bytes(TEXT, b"pause") + c.frame_bytes(TEXT, b"two"), "pause two")
    s.sync()
    c.close()
    s.sync()
    s.order("allow 1")
    s.sync()


@scenario()
def kill_async(s):
    """LWS_TO_KILL_ASYNC from another connection's callback"""
    a, b = s.ws(), s.ws()
    b.text("async 1")
    a.eof()
    s.sync()


@scenario()
def kill_sync(s):
    """LWS_TO_KILL_SYNC from another connection's callback"""
    a, b = s.ws(), s.ws()
    b.text("sync 1")
    a.eof()
    s.sync()


@scenario()
def kill_async_self(s):
    """LWS_TO_KILL_ASYNC from its own RECEIVE, with a message behind it"""
    c = s.ws()
    c.send(c.frame_bytes(TEXT, b"async 1") + c.frame_bytes(TEXT, b"quiet"), "async 1, quiet")
    c.eof()
    s.sync()


@scenario("ping=1", "hangup=3")
def validity_answered(s):
    """Validity ping after a second, answered; the next one a second later"""
    c = s.ws()
    for _ in range(2):
        c.frame(PONG, c.read_frame())
        s.sync()
    c.close()


@scenario("ping=1", "hangup=3")
def validity_unanswered(s):
    """Validity ping not answered: hangup"""
    c = s.ws()
    c.read_frame()
    c.eof()
    s.sync()


UNIX = os.path.join(tempfile.gettempdir(), "trace-%d.sock" % os.getpid())


@scenario("unix=" + UNIX)
def unix_socket(s):
    """Listening on a Unix socket"""
    c = s.tcp(UNIX)
    c.upgrade("echo")
    c.echo("hello")
    c.close()


# what a server must refuse

def bad_frame(name, what, data, *settings):
    def play(s):
        c = s.ws()
        c.send(data, what)
        s.sync()
        c.fin()
        c.eof()
        s.sync()
    play.__name__ = "bad_" + name
    play.__doc__ = what
    scenario(*settings)(play)


FRAME = Client.frame_bytes
bad_frame("unmasked", "An unmasked text", FRAME(TEXT, b"plain", mask=None))
bad_frame("reserved_bits", "RSV1 set without an extension", b"\xc1\x82" + MASK + b"ab")
bad_frame("opcode", "Opcode 3", FRAME(3, b"x"))
bad_frame("control_opcode", "Opcode 11", FRAME(11, b"x"))
bad_frame("long_ping", "A ping of 126 bytes", FRAME(PING, b"p" * 126))
bad_frame("fragmented_ping", "A ping without FIN", FRAME(PING, b"p", fin=False))
bad_frame("lone_continuation", "A continuation without a start", FRAME(CONTINUATION, b"x"))
bad_frame("nested_start", "A text inside fragments", FRAME(TEXT, b"he", fin=False) + FRAME(TEXT, b"llo"))
bad_frame("length_64", "A length with the top bit set", b"\x82\xff" + b"\xff" * 8 + MASK)
bad_frame("close_1_byte", "A close frame with one byte", FRAME(CLOSE, b"\x03"))
bad_frame("close_code", "Close code 1005", FRAME(CLOSE, b"\x03\xed"))
bad_frame("utf8_unchecked", "Invalid UTF-8, not validated", FRAME(TEXT, b"\xff\xfe"))
bad_frame("utf8", "Invalid UTF-8, validated", FRAME(TEXT, b"\xff\xfe"), "utf8=1")
bad_frame("utf8_truncated", "A truncated UTF-8 sequence, validated", FRAME(TEXT, b"a\xe2\x82"), "utf8=1")


def bad_request(name, what, data, *settings):
    def play(s):
        c = s.tcp()
        c.send(data)
        s.sync()
        c.fin()
        c.eof()
        s.sync()
    play.__name__ = "request_" + name
    play.__doc__ = what
    scenario(*settings)(play)


bad_request("garbage", "Binary garbage", b"\x00\x01\x02\x03\r\n\r\n")
bad_request("method", "An unknown method", b"BREW /pot HTTP/1.1\r\nHost: a.test\r\n\r\n")
bad_request("version", "HTTP/2.7", b"GET /dyn HTTP/2.7\r\nHost: a.test\r\n\r\n")
bad_request("no_version", "No version", b"GET /dyn\r\n\r\n")
bad_request("no_host", "HTTP/1.1 without Host", b"GET /dyn HTTP/1.1\r\n\r\n")
bad_request("bare_lf", "Lines end in LF alone", b"GET /dyn HTTP/1.1\nHost: a.test\n\n")
bad_request("no_colon", "A header line without a colon", b"GET /dyn HTTP/1.1\r\nHost: a.test\r\nnonsense\r\n\r\n")
bad_request("long_header", "A header of 6000 bytes",
            b"GET /dyn HTTP/1.1\r\nHost: a.test\r\nCookie: " + b"c" * 6000 + b"\r\n\r\n")
bad_request("long_unknown_header", "An unknown header of 6000 bytes",
            b"GET /dyn HTTP/1.1\r\nHost: a.test\r\nX-Thing: " + b"c" * 6000 + b"\r\n\r\n")
bad_request("long_uri", "A URI of 6000 bytes", b"GET /" + b"u" * 6000 + b" HTTP/1.1\r\nHost: a.test\r\n\r\n")
bad_request("over_limit", "A header of 6000 bytes where max_http_header_data is 4096",
            b"GET /dyn HTTP/1.1\r\nHost: a.test\r\nCookie: " + b"c" * 6000 + b"\r\n\r\n", "head=4096")
bad_request("uri_over_limit", "A URI of 6000 bytes where max_http_header_data is 4096",
            b"GET /" + b"u" * 6000 + b" HTTP/1.1\r\nHost: a.test\r\n\r\n", "head=4096")
bad_request("dotdot", "A path that climbs out", b"GET /../../etc HTTP/1.1\r\nHost: a.test\r\n\r\n")
bad_request("escape", "A bad escape in the path", b"GET /%zz HTTP/1.1\r\nHost: a.test\r\n\r\n")
bad_request("relative", "A path without its slash", b"GET dyn HTTP/1.1\r\nHost: a.test\r\n\r\n")
bad_request("absolute", "An absolute URI", b"GET http://a.test/dyn HTTP/1.1\r\nHost: a.test\r\n\r\n")


# ---- running ----

def run(name, program, lib, expected_library):
    """Plays one scenario; the trace, and what is wrong with it in itself."""
    function, settings = SCENARIOS[name]
    problems, trace = [], []
    try:
        server = Server(program, lib, settings)
    except Stuck as e:
        return [], ["did not start: %s" % e]
    if not os.path.exists(server.library) or not os.path.samefile(server.library, expected_library):
        problems.append("wrong library: %s" % server.library)
    stuck = None
    try:
        function(Play(server))
        server.sync()
    except (Stuck, OSError) as e:
        stuck = "! stuck: %s" % e
    code = server.destroy()
    for client in server.clients:
        client.finish()
    trace += normalised(server.lines, keep=71 if name == "cancel_service" else None)
    if stuck:
        trace.append(stuck)
    trace.append("exit code %s" % code)
    server.errors.seek(0)
    if code != 0 or stuck:
        problems += ["stderr: " + line for line in server.errors.read().splitlines()[-20:]]
    for i, client in enumerate(server.clients, 1):
        trace += ["client %d" % i] + ["  " + line for line in client.log]
    return trace, problems


# Reasons that are not compared: the external poll family (the original is built without it) and
# EVENT_WAIT_CANCELLED, which the original sends on every accept and which our own marks cause.
UNCOMPARED = {32, 33, 34, 35, 36, 71}


# Not compared, only checked on ours.
ORIGINAL_CRASHES = {"vhost_destroy_shared_port": "the destroyed vhost's listen socket is used at context destroy"}


def normalised(lines, keep=None):
    """What is compared. Lines of the reason `keep` stay, the first of each."""
    out = []
    for line in lines:
        m = re.match(r"\S+ (\d+) [A-Z_?]+ wsi=", line)
        if m and int(m.group(1)) in UNCOMPARED and (int(m.group(1)) != keep or line in out):
            continue
        if line.startswith(("mark ", "port ")):
            continue
        out.append(line)
    return out


def invariants(name, trace):
    """What must hold in every trace of ours (S0.8, S0.9)."""
    with_user = "user=0" not in SCENARIOS[name][1]
    wrong, live, seen = [], {}, set()
    for line in trace:
        m = re.match(r"(\S+) (\d+) (\S+) wsi=(\S+) user=(\S+)", line)
        if not m:
            continue
        reason, who, user = int(m.group(2)), m.group(4), m.group(5)
        if who == "null":
            wrong.append("null wsi: " + line)
        if not re.match(r"c\d+$", who):
            if reason not in (17, 21, 22, 27, 28, 30, 31, 71, 72):
                wrong.append("not a known connection: " + line)
            continue
        if reason == 29:
            if who in seen:
                wrong.append("created twice: " + line)
            seen.add(who)
            live[who] = {"established": 0, "closed": 0, "bound": False}
        c = live.get(who)
        if c is None:
            wrong.append("before WSI_CREATE or after WSI_DESTROY: " + line)
            continue
        if reason == 49:
            c["bound"] = True
        if reason == 50:
            c["bound"] = False
        if user.endswith(":dirty") or user == "cleared":
            wrong.append("user block not zeroed: " + line)
        if user.startswith("moved"):
            wrong.append("user moved: " + line)
        if user == "null" and c["bound"] and with_user:
            wrong.append("no user block: " + line)
        if reason == 0:
            c["established"] += 1
        if reason == 4:
            c["closed"] += 1
        if c["established"] > 1 or c["closed"] > c["established"]:
            wrong.append("ESTABLISHED and CLOSED do not pair: " + line)
        if reason == 30:
            if c["closed"] != c["established"]:
                wrong.append("no CLOSED before " + line)
            del live[who]
    wrong += ["%s has no WSI_DESTROY" % who for who in live]
    if "exit code 0" not in trace:
        wrong.append("bad exit")
    wrong += [line for line in trace if line.startswith("! ")]
    return wrong


# ---- comparing ----

def read_differences(path, scenarios=SCENARIOS):
    """The deliberate differences: name, reason, and for each scenario the diff lines they must explain."""
    rules, rule, where = [], None, None
    with open(path) as f:
        for line in f:
            line = line.rstrip("\n")
            if line.startswith("rule: "):
                rule, where = {"name": line[6:], "reason": "", "lines": {}}, None
                rules.append(rule)
            elif line.startswith("scenarios: "):
                where = line[11:].split()
                rule["lines"].update((name, []) for name in where)
            elif re.match(r"in .*:$", line):
                where = line[3:-1].split()
                for name in where:
                    rule["lines"].setdefault(name, [])
            elif line.startswith("reason: "):
                rule["reason"] += line[8:] + " "
            elif line.startswith(("- ", "+ ")) and where:
                for name in where:
                    rule["lines"][name].append(line)
            elif line.strip() and not line.startswith("#"):
                sys.exit("%s: not understood: %s" % (path, line))
    for rule in rules:
        if not (rule["reason"] and rule["lines"] and all(rule["lines"].values())):
            sys.exit("%s: rule %s is incomplete" % (path, rule["name"]))
        for name in rule["lines"]:
            if name not in scenarios:
                sys.exit("%s: rule %s names an unknown scenario %s" % (path, rule["name"], name))
    return rules


def same_line(rule_line, line):
    """Is it the line of the rule? `wsi=c*` stands for any connection."""
    return rule_line == (re.sub(r"wsi=c\d+", "wsi=c*", line) if "wsi=c*" in rule_line else line)


def compare(name, original, ours, rules):
    """Problems between two traces: each diff line must belong to a rule, each rule must apply."""
    diff = []
    matcher = difflib.SequenceMatcher(None, original, ours, autojunk=False)
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag != "equal":
            diff += ["- " + line for line in original[a1:a2]] + ["+ " + line for line in ours[b1:b2]]
    problems, explained = [], []
    for rule in rules:
        if name not in rule["lines"]:
            continue
        explained.append(rule["name"])
        for line in rule["lines"][name]:
            found = next((i for i, other in enumerate(diff) if same_line(line, other)), None)
            if found is not None:
                del diff[found]
            else:
                problems.append("rule %s did not occur: %s" % (rule["name"], line))
    return problems + diff, explained


# ---- main ----

def compile_program(out):
    program, source = os.path.join(out, "trace"), os.path.join(HERE, "trace.c")
    if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
        subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-Wall", "-Wextra", "-g", "-O1", source, "-o", program,
                        "-lwebsockets", "-lpthread"], check=True)
    return program


def original_library():
    path = subprocess.run([os.environ.get("CC", "cc"), "-print-file-name=libwebsockets.so"], check=True,
                          capture_output=True, text=True).stdout.strip()
    return os.path.realpath(path)


def main(differences=os.path.join(HERE, "differences.txt")):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--original", action="store_true")
    mode.add_argument("--lib", metavar="DIR")
    mode.add_argument("--compare", metavar="DIR")
    mode.add_argument("--list", action="store_true")
    parser.add_argument("--out", metavar="DIR")
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--quiet", action="store_true")
    parser.add_argument("--differences", default=differences)
    parser.add_argument("scenarios", nargs="*")
    args = parser.parse_args()

    unknown = [n for n in args.scenarios if n not in SCENARIOS]
    if unknown:
        parser.error("unknown scenario: " + " ".join(unknown))
    names = args.scenarios or list(SCENARIOS)
    if args.list:
        for name in names:
            print("%-32s %s" % (name, SCENARIOS[name][0].__doc__))
        return 0

    temporary = None if args.out else tempfile.TemporaryDirectory()
    out = args.out or temporary.name
    os.makedirs(out, exist_ok=True)
    program, original = compile_program(out), original_library()
    directory = args.lib or args.compare
    if directory:
        directory = os.path.abspath(directory)
    ours = directory and os.path.join(directory, "libwebsockets.so.17")
    if ours and not os.path.exists(ours):
        parser.error("no libwebsockets.so.17 in " + directory)
    rules = read_differences(args.differences) if args.compare else []

    def judge(name):
        """Problems and the text to print for one scenario."""
        text = []
        if args.compare:
            mine, problems = run(name, program, directory, ours)
            if not mine:
                return problems, text
            if name in ORIGINAL_CRASHES:
                text += ["    not compared: " + ORIGINAL_CRASHES[name]]
            else:
                theirs, more = run(name, program, None, original)
                if more:
                    # the oracle got stuck, which says nothing of ours: the machine may have been busy elsewhere
                    text += ["    the original once more: " + line for line in more]
                    theirs, more = run(name, program, None, original)
                different, explained = compare(name, theirs, mine, rules)
                text += ["    differs as in rule %s" % rule for rule in explained]
                problems = problems + more + different
            problems += ["invariant: " + w for w in invariants(name, mine)]
        else:
            lib = directory if args.lib else None
            trace, problems = run(name, program, lib, ours if args.lib else original)
            broken = invariants(name, trace)
            if args.lib:
                problems = problems + ["invariant: " + w for w in broken]
            function, settings = SCENARIOS[name]
            if not args.quiet:
                text += ["", "#### %s %s" % (name, " ".join(s for s in settings if not s.startswith("unix"))),
                         "# " + function.__doc__] + trace
                if args.original:
                    text += ["# broken invariant: " + w for w in broken]
        return problems, text

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for name, (problems, text) in zip(names, pool.map(judge, names)):
            for line in text:
                print(line)
            for line in problems:
                print("    " + line)
            print("%s %s" % ("FAIL" if problems else "ok", name), flush=True)
            failed += bool(problems)
    print("%d passed, %d failed" % (len(names) - failed, failed))
    if temporary:
        temporary.cleanup()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
