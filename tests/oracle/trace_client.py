#!/usr/bin/env python3
"""Callback and byte traces of an lws client: the original library beside another.

    trace_client.py --original [SCENARIO...]      run on the installed libwebsockets, print the traces
    trace_client.py --lib DIR [SCENARIO...]       run on DIR's library and check the invariants
    trace_client.py --compare DIR [SCENARIO...]   run on both; the traces must be equal but for differences_client.txt
    trace_client.py --list                        names and descriptions

Options: --out DIR (where trace_client.c is compiled to), --jobs N, --quiet (verdicts only).
The servers and proxies are raw sockets in here; the machinery is trace.py's.
"""

import base64
import hashlib
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse

import trace
from trace import BINARY, CLOSE, CONTINUATION, PATIENCE, PING, PONG, TEXT, Stuck, show

HERE = os.path.dirname(os.path.abspath(__file__))
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
SCENARIOS = trace.SCENARIOS
SCENARIOS.clear()
scenario = trace.scenario

os.environ.pop("http_proxy", None)              # the library would use it

FLAG_MULTIPART, FLAG_FORM, FLAG_NO_REDIRECT, FLAG_PIPELINE = 1 << 10, 1 << 11, 1 << 12, 1 << 16


class Peer(trace.Client):
    """A connection of the program, seen from the server."""

    def __init__(self, play, sock):
        self.play, self.server, self.log, self.buffer, self.over = play, play.server, [], b"", False
        self.key = None
        play.server.clients.append(self)
        self.sock = sock
        sock.settimeout(PATIENCE)
        if sock.family == socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _more(self):
        """Reset or FIN depends on what the program has left unread: both are the end."""
        more = super()._more()
        if self.log and self.log[-1] == "< reset":
            self.log[-1] = "< EOF"
        return more

    def request(self, body=0):
        """One request: head, and `body` bytes behind it (None: what Content-Length says)."""
        while b"\r\n\r\n" not in self.buffer:
            if self.over or not self._more():
                raise Stuck("no request")
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b": ")
            if name.lower() == b"sec-websocket-key":
                self.key = value
                line = name + b": " + (b"<key>" if len(base64.b64decode(value)) == 16 else b"<bad key>")
            line = re.sub(rb"boundary=\S+", b"boundary=<boundary>", line)
            self.log.append("< " + show(line, 300)[1:-1])
        self.log.append("<")
        if body:
            self.log.append("< body " + show(self._take(body), 400))
        return head

    def reply(self, status="200 OK", headers=(), body=b"", version="1.1"):
        head = "\r\n".join(["HTTP/%s %s" % (version, status), *headers]) + "\r\n\r\n"
        self.send(head.encode() + body)

    def accept_header(self, key=None):
        digest = hashlib.sha1((key or self.key) + MAGIC).digest()
        return "Sec-WebSocket-Accept: " + base64.b64encode(digest).decode()

    def upgrade(self, protocol=None, extra=(), behind=b"", accept=True):
        headers = ["Upgrade: websocket", "Connection: Upgrade"]
        headers += [self.accept_header()] if accept is True else [accept] if accept else []
        headers += ["Sec-WebSocket-Protocol: " + protocol] if protocol else []
        head = "\r\n".join(["HTTP/1.1 101 Switching Protocols", *headers, *extra]) + "\r\n\r\n"
        self.send(head.encode() + behind, "101 %s %s%s" % (protocol, extra or "", show(behind) if behind else ""))

    def frame(self, opcode, payload=b"", fin=True, mask=None):
        super().frame(opcode, payload, fin, mask)

    def read_frame(self):
        """A frame; the program's are masked."""
        first, second = self._take(2)
        n = second & 127
        if n == 126:
            n, = struct.unpack("!H", self._take(2))
        elif n == 127:
            n, = struct.unpack("!Q", self._take(8))
        mask = self._take(4) if second & 128 else b"\0\0\0\0"
        payload = bytes(b ^ mask[i % 4] for i, b in enumerate(self._take(n)))
        flags = " rsv=%d" % (first >> 4 & 7) if first >> 4 & 7 else ""
        flags += "" if second & 128 else " UNMASKED"
        self.log.append("< frame op=%d fin=%d%s len=%d %s" % (first & 15, first >> 7, flags, n, show(payload)))
        return payload

    def rest(self):
        """Whatever is left: frames of an upgraded connection, else bytes."""
        over = self.log.pop() if self.over and self.log and self.log[-1] == "< EOF" else None
        if self.key and self.buffer:
            while self.buffer:
                try:
                    self.over = True
                    self.read_frame()
                except (Stuck, IndexError, ValueError):
                    break
        if self.buffer:
            self.log.append("< " + show(self.buffer, 1000))
            self.buffer = b""
        if over:
            self.log.append(over)


class Listener:
    def __init__(self, play, family=socket.AF_INET, address=None, backlog=16):
        self.play = play
        self.sock = socket.socket(family)
        self.sock.settimeout(PATIENCE)
        self.sock.bind(address or ("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        self.sock.listen(backlog)
        self.port = self.sock.getsockname()[1] if family != socket.AF_UNIX else None
        play.listeners.append(self)

    def accept(self):
        try:
            return Peer(self.play, self.sock.accept()[0])
        except socket.timeout:
            raise Stuck("nobody connects")

    def quiet(self, seconds=0.2):
        """Nobody connects."""
        self.sock.settimeout(seconds)
        try:
            Peer(self.play, self.sock.accept()[0]).log.append("(an unexpected connection)")
        except socket.timeout:
            pass
        self.sock.settimeout(PATIENCE)

    def close(self):
        self.sock.close()


class Play:
    """What a scenario works with."""

    def __init__(self, server):
        self.server, self.listeners, self.connects, self.patience = server, [], 0, PATIENCE
        self.sync, self.wait, self.order = server.sync, server.wait, server.order

    def listen(self, *args, **more):
        return Listener(self, *args, **more)

    def connect(self, listener, *actions, **info):
        """Orders a connection; the defaults are an ordinary WebSocket client's."""
        if isinstance(listener, Listener):
            info.setdefault("port", listener.port)
        members = dict(address="127.0.0.1", path="/", host="a.test", origin="a.test", protocol="echo")
        if "method" in info:
            del members["protocol"]
            if info["method"] != "RAW" and not info.get("flags", 0) & FLAG_PIPELINE:
                members["warm"] = 1                          # does not linger for long
        members.update(info)
        words = ["%s=%s" % (k, v if isinstance(v, int) else urllib.parse.quote(v, "/:@.,+-_?&=;"))
                 for k, v in members.items() if v is not None]
        self.connects += 1
        self.order(" ".join(["connect"] + words + list(actions)))
        return self.wait(r"lws_client_connect_via_info = (.*)", self.connects).group(1)

    def ws(self, *actions, **info):
        """An established WebSocket."""
        self.listener = self.listen()
        self.connect(self.listener, *actions, **info)
        p = self.listener.accept()
        p.request()
        p.upgrade("echo" if info.get("protocol", "echo") == "echo" else None)
        self.wait(r"3 CLIENT_ESTABLISHED")
        self.sync()
        return p

    def http(self, *actions, path="/x", method="GET", **info):
        """A request that waits for its answer."""
        self.listener = self.listen()
        info.setdefault("protocol", "echo")
        self.connect(self.listener, *actions, path=path, method=method, **info)
        p = self.listener.accept()
        p.request()
        return p

    def do(self, connection, action):
        self.order("do %d 0:%s" % (connection, action))
        self.sync()

    def gone(self, times=1):
        self.wait(r"30 WSI_DESTROY wsi=c", times)
        self.sync()


# ---- the opening handshake ----

@scenario()
def start_and_destroy(s):
    """A context without a listener, destroyed"""


@scenario()
def ws_open(s):
    """A WebSocket is established; the server goes away with FIN"""
    p = s.ws("3:info", "24:room")
    p.fin()
    s.gone()


@scenario()
def ws_echo(s):
    """Messages both ways; CLIENT_WRITEABLE when asked"""
    p = s.ws("3:ask", "10:text=hello", "8:ask")
    p.read_frame()
    p.frame(TEXT, b"one")
    p.read_frame()
    p.frame(BINARY, b"\x00\xff")
    p.read_frame()
    p.frame(TEXT, b"")
    p.read_frame()
    p.frame(TEXT, b"he", fin=False)
    p.read_frame()
    p.frame(CONTINUATION, b"llo")
    p.read_frame()
    p.fin()
    s.gone()


@scenario()
def ws_write_kinds(s):
    """Binary, fragments, an empty message, ping, pong, from outside callbacks"""
    p = s.ws()
    for word in ("binary=%00%01", "start=he", "cont=l", "end=lo", "text=", "ping=hi", "pong=ho"):
        s.do(1, word)
        p.read_frame()
    p.fin()
    s.gone()


@scenario()
def ws_ping(s):
    """The server pings, with and without payload, and pongs"""
    p = s.ws()
    p.frame(PING, b"abc")
    p.read_frame()
    p.frame(PING)
    p.read_frame()
    p.frame(PONG, b"unasked")
    p.frame(PONG)
    s.sync()
    p.frame(TEXT, b"last")
    s.wait("8 CLIENT_RECEIVE")
    p.fin()
    s.gone()


@scenario("rx=4096")
def ws_big_frame(s):
    """10000 bytes in one frame, in slices of rx_buffer_size"""
    p = s.ws()
    p.frame(BINARY, b"x" * 10000)
    s.wait(r"8 CLIENT_RECEIVE .*final=1")
    p.fin()
    s.gone()


@scenario("rx=128")
def ws_small_rx(s):
    """300 bytes in one frame where rx_buffer_size is 128"""
    p = s.ws()
    p.frame(BINARY, b"x" * 300)
    s.wait(r"8 CLIENT_RECEIVE .*final=1")
    p.fin()
    s.gone()


@scenario()
def ws_write_big(s):
    """The program writes 1 MB, then asks for writeable"""
    p = s.ws()
    s.order("do 1 0:big=1000000")
    s.order("do 1 0:ask")
    p.read_frame()
    s.wait("10 CLIENT_WRITEABLE")
    p.fin()
    s.gone()


@scenario()
def ws_data_behind_101(s):
    """Frames in the same segment as the 101"""
    l = s.listen()
    s.connect(l)
    p = l.accept()
    p.request()
    p.upgrade("echo", behind=p.frame_bytes(TEXT, b"early", mask=None) + p.frame_bytes(TEXT, b"second", mask=None))
    s.wait("8 CLIENT_RECEIVE", 2)
    p.fin()
    s.gone()


@scenario()
def ws_101_in_pieces(s):
    """The 101 comes byte by byte"""
    l = s.listen()
    s.connect(l)
    p = l.accept()
    p.request()
    data = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n%s\r\n"
            "Sec-WebSocket-Protocol: echo\r\n\r\n" % p.accept_header()).encode()
    p.log.append("> 101 byte by byte")
    for b in data:
        p.sock.send(bytes([b]))
        time.sleep(0.001)
    s.wait("3 CLIENT_ESTABLISHED")
    s.sync()
    p.fin()
    s.gone()


@scenario()
def ws_headers(s):
    """What the program can read of the answer, and when"""
    l = s.listen()
    s.connect(l, "2:hdrs", "3:hdrs", "8:hdrs", "44:hdrs", "75:hdrs", "24:hdrs")
    p = l.accept()
    p.request()
    p.upgrade("echo", extra=("Server: fake/1", "X-Thing: value", "Set-Cookie: a=b", "Set-Cookie: c=d"))
    s.wait("3 CLIENT_ESTABLISHED")
    p.frame(TEXT, b"x")
    s.wait("8 CLIENT_RECEIVE")
    p.fin()
    s.gone()


def handshake(name, what, *actions, reply=None, raw=None, settings=(), wait=None, **info):
    """A scenario: one opening handshake, and what becomes of it."""
    def play(s):
        l = s.listen()
        s.connect(l, *actions, **info)
        p = l.accept()
        p.request()
        if raw is not None:
            p.send(raw)
        elif reply:
            reply(p)
        if wait:
            s.wait(wait)
            s.sync()
            p.fin()
        s.gone()
    play.__name__, play.__doc__ = "ws_" + name, what
    scenario(*settings)(play)


def extension(name, what, answer, wait="CLIENT_CONNECTION_ERROR", *actions):
    """A scenario: a client that offers permessage-deflate; client_max_window_bits, and this answer."""
    extra = ("Sec-WebSocket-Extensions: " + answer,) if answer else ()
    handshake("extension_" + name, what, *actions, reply=lambda p: p.upgrade("echo", extra=extra), wait=wait,
              settings=("deflate=1",))


extension("agreed", "The server agrees", "permessage-deflate", "CLIENT_ESTABLISHED")
extension("agreed_all", "The server agrees, with every parameter", "permessage-deflate; server_no_context_takeover; "
          "client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=10", "CLIENT_ESTABLISHED")
extension("ignored", "The server does not answer the offer", None, "CLIENT_ESTABLISHED")
extension("other", "The server answers with another extension", "x-other")
extension("unknown_parameter", "A parameter that nobody knows", "permessage-deflate; bogus")
extension("no_value", "A parameter without the value it must have", "permessage-deflate; client_max_window_bits")
extension("bad_value", "A window that cannot be", "permessage-deflate; server_max_window_bits=99")
extension("not_wanted", "The program does not want it", None, "CLIENT_ESTABLISHED", "26:die")


PLAIN_401 = b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 4\r\n\r\nno!\n"
handshake("answer_200", "The upgrade is answered with 200", "1:hdrs",
          raw=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
handshake("answer_401", "The upgrade is answered with 401", "1:hdrs", raw=PLAIN_401)
handshake("answer_404", "The upgrade is answered with 404", "1:hdrs",
          raw=b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
handshake("answer_garbage", "The answer is no HTTP", raw=b"SSH-2.0-x\r\n\r\n", settings=("timeout=1",))
handshake("answer_http_1_0", "101 in HTTP/1.0", wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN", reply=lambda p: p.send(
    ("HTTP/1.0 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n%s\r\n\r\n"
     % p.accept_header()).encode(), "101 HTTP/1.0"))
handshake("accept_wrong", "Sec-WebSocket-Accept is wrong",
          reply=lambda p: p.upgrade("echo", accept="Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="))
handshake("accept_missing", "Sec-WebSocket-Accept is missing", reply=lambda p: p.upgrade("echo", accept=None))
handshake("no_upgrade_header", "101 without Upgrade", reply=lambda p: p.send(
    ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n%s\r\n\r\n" % p.accept_header()).encode(), "101"))
handshake("wrong_upgrade_header", "101 with Upgrade: h2c", reply=lambda p: p.send(
    ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n%s\r\n\r\n"
     % p.accept_header()).encode(), "101"))
handshake("no_connection_header", "101 without Connection", reply=lambda p: p.send(
    ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n%s\r\n\r\n" % p.accept_header()).encode(), "101"))
handshake("connection_list", "101 with Connection: keep-alive, Upgrade", wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN",
          reply=lambda p: p.send(
              ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n%s\r\n"
               "Sec-WebSocket-Protocol: echo\r\n\r\n" % p.accept_header()).encode(), "101"))
handshake("protocol_wrong", "The server chooses a subprotocol that was not offered", reply=lambda p: p.upgrade("nonsense"))
handshake("protocol_missing", "The server chooses no subprotocol", reply=lambda p: p.upgrade(None),
          wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN")
handshake("protocol_not_asked", "The server chooses one though none was offered", reply=lambda p: p.upgrade("echo"),
          protocol=None, wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN")
handshake("protocol_none", "No subprotocol offered, none chosen", reply=lambda p: p.upgrade(None), protocol=None,
          wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN")
handshake("protocol_list", "A list is offered, its second is chosen", "3:info", reply=lambda p: p.upgrade("other"),
          protocol="echo,other", wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN")
handshake("protocol_list_spaces", "A list with blanks is offered", "3:info", reply=lambda p: p.upgrade("other"),
          protocol="nobody, other", wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN")
handshake("protocol_offered_unknown", "The chosen subprotocol was offered, but no local protocol has its name", "3:info",
          reply=lambda p: p.upgrade("nobody"), protocol="nobody", wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN")
handshake("local_protocol", "local_protocol_name other, offered nobody", "3:info", reply=lambda p: p.upgrade("nobody"),
          protocol="nobody", local="other", wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN")
handshake("local_protocol_alone", "local_protocol_name other, nothing offered", "3:info",
          reply=lambda p: p.upgrade(None), protocol=None, local="other", wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN")
handshake("local_protocol_unknown", "local_protocol_name that does not exist", "3:info",
          reply=lambda p: p.upgrade("echo"), local="nobody", wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN")
handshake("extension_not_asked", "The server accepts an extension nobody offered",
          reply=lambda p: p.upgrade("echo", extra=("Sec-WebSocket-Extensions: permessage-deflate",)),
          wait="3 CLIENT_ESTABLISHED|1 CLIENT_CONN")
handshake("huge_header", "A header of 6000 bytes", raw=b"HTTP/1.1 101 Switching Protocols\r\nX: " + b"x" * 6000 + b"\r\n\r\n")
handshake("headers_30k", "30 kB of headers", raw=b"HTTP/1.1 101 Switching Protocols\r\n" + b"X-Y: zzzzzzzzzz\r\n" * 2000 + b"\r\n")
handshake("fin_at_once", "The server closes without an answer", reply=lambda p: p.fin())
handshake("fin_in_answer", "The server closes in the middle of its answer",
          reply=lambda p: p.send_and_fin(b"HTTP/1.1 101 Swi", "HTTP/1.1 101 Swi"))
handshake("rst_at_once", "The server resets without an answer", reply=lambda p: p.reset())
handshake("deny_2", "CLIENT_FILTER_PRE_ESTABLISH returns -1", "2:die", reply=lambda p: p.upgrade("echo"))
handshake("deny_3", "CLIENT_ESTABLISHED returns -1", "3:die", reply=lambda p: p.upgrade("echo"))
handshake("deny_44", "ESTABLISHED_CLIENT_HTTP returns -1", "44:die", reply=lambda p: p.upgrade("echo"))
handshake("reason_in_3", "CLIENT_ESTABLISHED gives a close reason and returns -1", "3:reason=3001,why",
          reply=lambda p: p.upgrade("echo"), wait="3 CLIENT_ESTABLISHED")


def denied_early(name, reason, what):
    def play(s):
        l = s.listen()
        s.connect(l, "%d:die" % reason, pwsi=1)
        s.sync()
        try:
            l.sock.settimeout(0.3)
            p = l.accept()
            p.sock.settimeout(0.5)
            p.request()
        except Stuck:
            pass
        s.sync()
    play.__name__, play.__doc__ = "ws_deny_%d" % reason, what
    scenario()(play)


denied_early("24", 24, "CLIENT_APPEND_HANDSHAKE_HEADER returns -1")
denied_early("85", 85, "CLIENT_HTTP_BIND_PROTOCOL returns -1")
denied_early("19", 19, "SERVER_NEW_CLIENT_INSTANTIATED returns -1")
denied_early("29", 29, "WSI_CREATE returns -1")


@scenario("timeout=1")
def ws_never_answered(s):
    """The server accepts and never answers; timeout_secs 1"""
    l = s.listen()
    s.connect(l)
    p = l.accept()
    p.request()
    p.eof()
    s.gone()


@scenario("timeout=1")
def ws_half_answered(s):
    """The server sends half an answer and then nothing; timeout_secs 1"""
    l = s.listen()
    s.connect(l)
    p = l.accept()
    p.request()
    p.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n")
    p.eof()
    s.gone()


@scenario()
def ws_destroy_connecting(s):
    """The context is destroyed while the handshake is under way"""
    l = s.listen()
    s.connect(l)
    p = l.accept()
    p.request()


@scenario()
def ws_destroy_open(s):
    """The context is destroyed while the connection is established"""
    s.ws()


@scenario()
def ws_destroy_two(s):
    """The context is destroyed with two connections"""
    l = s.listen()
    for i in range(2):
        s.connect(l)
        p = l.accept()
        p.request()
        p.upgrade("echo")
        s.wait("3 CLIENT_ESTABLISHED", i + 1)
    s.sync()


@scenario("vhosts=2")
def ws_vhost_destroy(s):
    """The vhost of an established connection is destroyed"""
    s.ws(vhost=1)
    s.order("vhost_destroy 1")
    s.sync()


# ---- how an established connection ends ----

@scenario()
def ws_server_close(s):
    """The server sends a close frame 1000 with text, waits for the answer, then closes"""
    p = s.ws()
    p.frame(CLOSE, b"\x03\xe8bye")
    p.read_frame()
    p.eof()
    s.gone()


@scenario()
def ws_server_close_empty(s):
    """The server's close frame has no code"""
    p = s.ws()
    p.frame(CLOSE)
    p.read_frame()
    p.eof()
    s.gone()


@scenario()
def ws_server_close_denied(s):
    """WS_PEER_INITIATED_CLOSE returns -1"""
    p = s.ws("38:die")
    p.frame(CLOSE, b"\x03\xe8")
    p.eof()
    s.gone()


@scenario()
def ws_server_close_and_fin(s):
    """Close frame and FIN at once"""
    p = s.ws()
    p.send_and_fin(p.frame_bytes(CLOSE, b"\x03\xe8", mask=None), "close 1000")
    s.gone()
    p.eof()


@scenario()
def ws_server_reset(s):
    """The server resets"""
    p = s.ws()
    p.reset()
    s.gone()


@scenario()
def ws_die(s):
    """CLIENT_RECEIVE returns -1"""
    p = s.ws("8:die")
    p.frame(TEXT, b"x")
    p.eof()
    s.gone()


@scenario()
def ws_die_writeable(s):
    """CLIENT_WRITEABLE returns -1"""
    p = s.ws("10:die")
    s.order("do 1 0:ask")
    p.eof()
    s.gone()


@scenario()
def ws_reason(s):
    """CLIENT_RECEIVE sets a reason and returns -1; the server answers"""
    p = s.ws("8:reason=1001,bye")
    p.frame(TEXT, b"x")
    p.frame(CLOSE, p.read_frame())
    p.eof()
    s.gone()


@scenario()
def ws_reason_writeable(s):
    """CLIENT_WRITEABLE sets a reason and returns -1; the server answers"""
    p = s.ws("10:reason=1000")
    s.order("do 1 0:ask")
    p.frame(CLOSE, p.read_frame())
    p.eof()
    s.gone()


@scenario()
def ws_reason_fin(s):
    """CLIENT_RECEIVE sets a reason and returns -1; the server closes without answering the frame"""
    p = s.ws("8:reason=1001,bye")
    p.frame(TEXT, b"x")
    p.read_frame()
    p.fin()
    s.gone()


@scenario()
def ws_reason_unanswered(s):
    """CLIENT_RECEIVE sets a reason and returns -1; the server never answers"""
    p = s.ws("8:reason=1001,bye")
    p.frame(TEXT, b"x")
    p.read_frame()
    p.eof(PATIENCE + 5)
    s.gone()


@scenario()
def ws_write_then_die(s):
    """CLIENT_WRITEABLE writes and returns -1: the message arrives"""
    p = s.ws("10:text=last", "10:die")
    s.order("do 1 0:ask")
    p.read_frame()
    p.eof()
    s.gone()


@scenario()
def ws_kill_sync(s):
    """LWS_TO_KILL_SYNC from outside"""
    p = s.ws()
    s.do(1, "sync")
    p.eof()


@scenario()
def ws_kill_async(s):
    """LWS_TO_KILL_ASYNC from outside"""
    p = s.ws()
    s.do(1, "async")
    p.eof()
    s.gone()


@scenario()
def ws_timeout(s):
    """lws_set_timeout of one second"""
    p = s.ws()
    s.do(1, "timeout=1")
    p.eof()
    s.gone()


@scenario()
def ws_timer(s):
    """lws_set_timer_usecs"""
    p = s.ws()
    s.order("do 1 0:timer=50")
    s.wait("73 TIMER")
    p.fin()
    s.gone()


@scenario()
def ws_flow(s):
    """Reception off, and on again"""
    p = s.ws()
    s.do(1, "flow=0")
    p.frame(TEXT, b"kept")
    s.sync()
    s.do(1, "flow=1")
    s.wait("8 CLIENT_RECEIVE")
    p.fin()
    s.gone()


def from_server(name, what, data, *settings):
    def play(s):
        p = s.ws()
        p.send(data, what)
        s.sync()
        p.fin()
        s.gone()
        p.eof()
    play.__name__, play.__doc__ = "ws_bad_" + name, what
    scenario(*settings)(play)


def F(opcode, payload=b"", fin=True, mask=None):
    return trace.Client.frame_bytes(opcode, payload, fin, mask)


from_server("masked", "A masked text", F(TEXT, b"masked", mask=b"abcd"))
from_server("reserved_bits", "RSV1 set without an extension", b"\xc1\x02ab")
from_server("opcode", "Opcode 3", F(3, b"x"))
from_server("control_opcode", "Opcode 11", F(11, b"x"))
from_server("long_ping", "A ping of 126 bytes", F(PING, b"p" * 126))
from_server("fragmented_ping", "A ping without FIN", F(PING, b"p", fin=False))
from_server("lone_continuation", "A continuation without a start", F(CONTINUATION, b"x"))
from_server("nested_start", "A text inside fragments", F(TEXT, b"he", fin=False) + F(TEXT, b"llo"))
from_server("length_64", "A length with the top bit set", b"\x82\x7f" + b"\xff" * 8)
from_server("close_1_byte", "A close frame with one byte", F(CLOSE, b"\x03"))
from_server("close_code", "Close code 1005", F(CLOSE, b"\x03\xed"))
from_server("close_then_data", "A text behind the close frame", F(CLOSE, b"\x03\xe8") + F(TEXT, b"late"))
from_server("utf8_unchecked", "Invalid UTF-8, not validated", F(TEXT, b"\xff\xfe"))
from_server("utf8", "Invalid UTF-8, validated", F(TEXT, b"\xff\xfe"), "utf8=1")
from_server("two_pings", "Two pings at once", F(PING, b"one") + F(PING, b"two"))


@scenario("ping=1", "hangup=3")
def ws_validity_answered(s):
    """Validity ping after a second, answered; the next one a second later"""
    p = s.ws()
    for _ in range(2):
        p.frame(PONG, p.read_frame())
        s.sync()
    p.fin()
    s.gone()


@scenario("ping=1", "hangup=2")
def ws_validity_unanswered(s):
    """Validity ping not answered: hangup"""
    p = s.ws()
    p.read_frame()
    p.eof()
    s.gone()


@scenario()
def ws_validity_own_policy(s):
    """info.retry_and_idle_policy: ping 1 hangup 2"""
    p = s.ws(policy=1)
    p.read_frame()
    p.eof()
    s.gone()


# ---- connections that do not come about ----

def closed_port(s):
    l = s.listen()
    l.close()
    return l


@scenario()
def refused(s):
    """Nobody listens"""
    s.connect(closed_port(s), "1:info", pwsi=1)
    s.sync()


@scenario()
def refused_later_ok(s):
    """Nobody listens, then another connection succeeds"""
    s.connect(closed_port(s))
    s.sync()
    p = s.ws()
    p.fin()
    s.gone(2)


@scenario()
def refused_http(s):
    """Nobody listens, HTTP"""
    s.connect(closed_port(s), method="GET", pwsi=1)
    s.sync()


@scenario()
def refused_raw(s):
    """Nobody listens, raw"""
    s.connect(closed_port(s), method="RAW", local="other", pwsi=1)
    s.sync()


@scenario()
def refused_user_given(s):
    """Nobody listens, userdata and opaque are given"""
    s.connect(closed_port(s), "1:info", pwsi=1, user=1, opaque=1)
    s.sync()


@scenario()
def no_such_name(s):
    """The name does not resolve"""
    s.connect(None, port=80, address="nobody.invalid", pwsi=1)
    s.sync()


@scenario()
def no_such_unix(s):
    """No such Unix socket"""
    s.connect(None, port=0, address="+/nowhere/at.all", pwsi=1)
    s.sync()


@scenario()
def no_address(s):
    """address NULL"""
    s.connect(closed_port(s), address=None, pwsi=1)
    s.sync()


def full_listener(s):
    """A listener whose queue is full: a connection to it does not come about."""
    l = s.listen(backlog=0)
    s.fillers = [socket.socket() for _ in range(3)]
    for f in s.fillers:
        f.setblocking(False)
        f.connect_ex(("127.0.0.1", l.port))
    time.sleep(0.1)
    return l


@scenario("connect=1")
def connect_unanswered(s):
    """The connection does not come about; connect_timeout_secs 1"""
    s.connect(full_listener(s), pwsi=1)
    s.gone()


@scenario("timeout=1")
def connect_unanswered_timeout(s):
    """The connection does not come about; timeout_secs 1"""
    s.connect(full_listener(s), pwsi=1)
    s.gone()


@scenario("timeout=1")
def connect_unanswered_http(s):
    """The connection does not come about; HTTP, timeout_secs 1"""
    s.connect(full_listener(s), method="GET")
    s.gone()


@scenario("timeout=1")
def connect_unanswered_raw(s):
    """The connection does not come about; raw, timeout_secs 1"""
    s.connect(full_listener(s), method="RAW", local="other")
    s.gone()


@scenario()
def connect_unanswered_kill(s):
    """The connection does not come about; LWS_TO_KILL_SYNC"""
    s.connect(full_listener(s))
    s.sync()
    s.do(1, "sync")


@scenario("connect=1", "timeout=60")
def connect_unanswered_destroy(s):
    """The context is destroyed while the connection is coming about"""
    s.connect(full_listener(s), pwsi=1)
    s.sync()


@scenario("vhosts=0")
def no_vhost(s):
    """A context without vhosts"""
    s.connect(closed_port(s), pwsi=1)
    s.sync()


@scenario("vhosts=2")
def vhost_default(s):
    """vhost NULL in a context with two"""
    p = s.ws("3:info")
    p.fin()
    s.gone()


@scenario("vhosts=2")
def vhost_second(s):
    """The second vhost"""
    p = s.ws("3:info", vhost=1)
    p.fin()
    s.gone()


# ---- the request's bytes ----

def request(name, what, *actions, **info):
    def play(s):
        l = s.listen()
        s.connect(l, *actions, **info)
        p = l.accept()
        p.request()
        s.sync()
        p.fin()
        s.gone()
        p.eof()
    play.__name__, play.__doc__ = "request_" + name, what
    scenario()(play)


request("ws", "WebSocket")
request("ws_nothing", "host, origin and protocol NULL", host=None, origin=None, protocol=None)
request("ws_no_path", "path NULL", path=None)
request("ws_empty_path", "An empty path", path="")
request("ws_path_no_slash", "A path without its slash", path="no/slash")
request("ws_path_query", "A path with a query and escapes", path="/a b%20c?x=1&y=2#z")
request("ws_host_port", "A host with a port in it", host="a.test:99")
request("ws_origin_url", "An origin with a scheme", origin="https://a.test:8/x")
request("ws_version_8", "ietf_version_or_minus_one 8", version=8)
request("ws_version_minus_one", "ietf_version_or_minus_one -1", version=-1)
request("ws_append", "Headers appended as bytes and by lws_add_http_header_by_name", "24:header=X-A:%20b%0d%0a",
        "24:add=x-c:,d")
for m in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT"):
    request("http_" + m, "HTTP " + m, method=m)


def unknown_method(name, method):
    def play(s):
        l = s.listen()
        s.connect(l, method=method, pwsi=1)
        s.sync()
        l.quiet()
    play.__name__, play.__doc__ = "method_" + name, "A method nobody knows: " + method
    scenario()(play)


unknown_method("unknown", "BREW")
unknown_method("lower_case", "get")
request("http_nothing", "GET, host, origin and path NULL", method="GET", host=None, origin=None, path=None)
request("http_get_protocol", "GET with a protocol", method="GET", protocol="echo")
request("http_multipart", "POST with LCCSCF_HTTP_MULTIPART_MIME", "57:pending=0", method="POST", flags=FLAG_MULTIPART)
request("http_form", "POST with LCCSCF_HTTP_X_WWW_FORM_URLENCODED", "57:pending=0", method="POST", flags=FLAG_FORM)
request("http_multipart_form", "POST with both flags", "57:pending=0", method="POST", flags=FLAG_MULTIPART | FLAG_FORM)
request("http_pipeline", "GET with LCCSCF_PIPELINE", method="GET", flags=FLAG_PIPELINE)
request("http_append", "GET with a header appended", "24:header=X-A:%20b%0d%0a", method="GET")


@scenario()
def request_name(s):
    """By name: localhost"""
    l = s.listen()
    s.connect(l, address="localhost", host="localhost")
    p = l.accept()
    p.request()
    p.fin()
    s.gone()


@scenario()
def request_ipv6(s):
    """IPv6 literal"""
    l = s.listen(family=socket.AF_INET6)
    s.connect(l, "3:info", address="::1", host="::1")
    p = l.accept()
    p.request()
    p.upgrade("echo")
    s.wait("3 CLIENT_ESTABLISHED")
    p.fin()
    s.gone()


@scenario()
def request_iface(s):
    """iface 127.0.0.1"""
    p = s.ws(iface="127.0.0.1")
    p.fin()
    s.gone()


@scenario()
def request_iface_bad(s):
    """iface that does not exist"""
    l = s.listen()
    s.connect(l, iface="nosuch0", pwsi=1)
    s.sync()


@scenario()
def unix_path(s):
    """A Unix socket"""
    path = os.path.join(tempfile.gettempdir(), "trace-client-%d-%d.sock" % (os.getpid(), id(s)))
    l = s.listen(family=socket.AF_UNIX, address=path)
    s.paths.append(path)
    s.connect(None, "3:info", port=0, address="+" + path, host="unix.test")
    p = l.accept()
    p.request()
    p.upgrade("echo")
    s.wait("3 CLIENT_ESTABLISHED")
    s.sync()
    p.fin()
    s.gone()


@scenario()
def unix_abstract(s):
    """An abstract Unix socket"""
    name = "trace-client-%d" % os.getpid()
    l = s.listen(family=socket.AF_UNIX, address="\0" + name)
    s.paths.append(name)
    s.connect(None, port=0, address="+@" + name, host=None)
    p = l.accept()
    p.request()
    p.fin()
    s.gone()


# ---- HTTP ----

def answer(name, what, data, *actions, fin=False, settings=(), **info):
    """A scenario: one request and the bytes of its answer."""
    def play(s):
        p = s.http(*actions, **info)
        for piece in data if isinstance(data, list) else [data]:
            p.send(piece)
            if isinstance(data, list):
                s.sync()
        if fin:
            s.sync()
            p.fin()
        s.gone()
        p.eof()
    play.__name__, play.__doc__ = "http_" + name, what
    scenario(*settings)(play)


def chunked(*pieces, end=b"0\r\n\r\n"):
    return (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces) + end)


OK5 = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
answer("get", "GET, answered with Content-Length", OK5, "44:info", protocol="echo")
answer("get_no_protocol", "GET where no protocol is given", OK5, protocol=None)
answer("get_headers", "What the program can read of the answer, and when",
       b"HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n"
       b"X-Thing: value\r\nServer: fake\r\n\r\nhello", "44:hdrs", "46:status", "46:read=100", "48:status", "47:status", "45:status",
       protocol="echo")
answer("in_pieces", "Head and body come in pieces", [b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 10\r\n\r\n", b"hello", b"world"])
answer("body_5000", "A body of 5000 bytes, read by 1024", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000)
answer("body_5000_read_100", "A body of 1000 bytes, read by 100", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000,
       "46:read=100")
answer("read_twice", "lws_http_client_read twice in one callback", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhelloworld",
       "46:read=3", "46:read=100")
answer("chunked", "A chunked body", chunked(b"hello", b", world"))
answer("chunked_read_3", "A chunked body, read by 3", chunked(b"hello", b", world"), "46:read=3")
answer("chunked_pieces", "A chunked body in pieces", [chunked(b"hello", end=b""), b"a\r\n01234", b"56789\r\n", b"0\r\n", b"\r\n"])
answer("chunked_empty", "An empty chunked body", chunked())
answer("chunked_extension", "Chunk extensions", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0;x\r\n\r\n")
answer("chunked_trailer", "Trailers", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n")
answer("until_close", "A body until the connection's end", [b"HTTP/1.1 200 OK\r\n\r\n", b"hello"], fin=True)
answer("until_close_1_0", "HTTP/1.0 body until the connection's end", [b"HTTP/1.0 200 OK\r\n\r\n", b"hello"], fin=True)
answer("length_0", "Content-Length: 0", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
answer("204", "204 without a body", b"HTTP/1.1 204 No Content\r\n\r\n", fin=True)
answer("304", "304 with a Content-Length", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", fin=True)
answer("304_no_length", "304", b"HTTP/1.1 304 Not Modified\r\n\r\n", fin=True)
answer("404", "404 with a body", b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello", "44:status")
answer("401", "401 with a body", b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\nWWW-Authenticate: Basic realm=x\r\n\r\nhello",
       "44:status")
answer("500", "500 with a body", b"HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nhello", "44:status")
answer("head", "HEAD, answered with a Content-Length", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method="HEAD", fin=True)
answer("100_continue", "100 before 200", b"HTTP/1.1 100 Continue\r\n\r\n" + OK5, fin=True)
answer("gzip", "Content-Encoding: gzip", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n\x1f\x8bxyz")
answer("truncated", "The connection ends in the body", [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"], fin=True)
answer("truncated_chunked", "The connection ends in a chunk", [chunked(b"hello", end=b"a\r\n012")], fin=True)
answer("truncated_head", "The connection ends in the head", [b"HTTP/1.1 200 OK\r\nContent-L"], fin=True)
answer("no_answer", "The connection ends without an answer", [], fin=True)
answer("behind", "More bytes than Content-Length", OK5 + b"surplus")
answer("two_lengths", "Two different Content-Lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", fin=True)
answer("length_and_chunked", "Content-Length and chunked",
       b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", fin=True)
answer("length_negative", "Content-Length: -1", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello", fin=True)
answer("bad_chunk", "A chunk size that is none", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n", fin=True)
answer("bare_lf", "Line ends are LF", b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", fin=True)
answer("folded", "A folded header", b"HTTP/1.1 200 OK\r\nX-Thing: a\r\n b\r\nContent-Length: 5\r\n\r\nhello", "44:hdrs", fin=True)
answer("lower_case", "Header names in lower case", b"HTTP/1.1 200 ok\r\ncontent-length: 5\r\n\r\nhello")
answer("no_reason_text", "A status line without text", b"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", "44:hdrs", fin=True)
answer("version_9", "HTTP/9.9", b"HTTP/9.9 200 OK\r\nContent-Length: 5\r\n\r\nhello", fin=True)
answer("garbage", "No HTTP", b"\x00\x01garbage\r\n\r\n", settings=("timeout=1",))
answer("unasked_101", "101 to a GET", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", fin=True)
answer("keep_alive", "Connection: keep-alive", b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello")
answer("deny_44", "ESTABLISHED_CLIENT_HTTP returns -1", OK5, "44:die", protocol="echo")
answer("deny_46", "RECEIVE_CLIENT_HTTP returns -1", OK5, "46:die", protocol="echo")
answer("deny_48", "RECEIVE_CLIENT_HTTP_READ returns -1", OK5, "48:die", protocol="echo")
answer("deny_47", "COMPLETED_CLIENT_HTTP returns -1", OK5, "47:die", protocol="echo")
answer("completed_in_47", "lws_http_transaction_completed in COMPLETED_CLIENT_HTTP", OK5, "47:completed")
answer("not_read", "RECEIVE_CLIENT_HTTP reads nothing the first time", OK5, "46:later", protocol="echo")
answer("user_given", "userdata is the program's own", OK5, user=1)
answer("write_in_44", "lws_callback_on_writable in ESTABLISHED_CLIENT_HTTP", OK5, "44:ask")


@scenario("timeout=1")
def http_never_answered(s):
    """The server never answers; timeout_secs 1"""
    p = s.http(protocol="echo")
    p.eof()
    s.gone()


@scenario("timeout=1")
def http_body_never_comes(s):
    """The server sends half the body, and goes away after two seconds; timeout_secs 1"""
    p = s.http()
    p.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
    s.wait("48 RECEIVE_CLIENT_HTTP_READ")
    time.sleep(2)
    p.fin()
    s.gone()


@scenario()
def http_destroy_waiting(s):
    """The context is destroyed while the answer is awaited"""
    s.http(protocol="echo")


@scenario()
def http_destroy_in_body(s):
    """The context is destroyed in the body"""
    p = s.http(protocol="echo")
    p.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
    s.wait("48 RECEIVE")


# bodies of requests

@scenario()
def post_body(s):
    """POST: Content-Length appended, body written in CLIENT_HTTP_WRITEABLE"""
    l = s.listen()
    s.connect(l, "24:header=Content-Length:%205%0d%0aContent-Type:%20text/plain%0d%0a", "24:pending=1", "24:ask",
              "57:pending=0", "57:final=hello", method="POST", path="/form")
    p = l.accept()
    p.request(body=5)
    p.send(OK5)
    s.gone()


@scenario()
def post_body_late_pending(s):
    """As the examples have it: lws_client_http_body_pending(0) behind the last write"""
    l = s.listen()
    s.connect(l, "24:header=Content-Length:%205%0d%0a", "24:pending=1", "24:ask", "57:final=hello", "57:pending=0",
              method="POST", path="/form")
    p = l.accept()
    p.request(body=5)
    p.send(OK5)
    s.gone()


@scenario()
def post_body_never_ended(s):
    """lws_client_http_body_pending stays 1, no writeable asked for; the server answers"""
    l = s.listen()
    s.connect(l, "24:header=Content-Length:%205%0d%0a", "24:pending=1", "24:ask", "57:http=hello", method="POST", path="/form")
    p = l.accept()
    p.request(body=5)
    p.send(OK5)
    s.sync()


@scenario()
def post_no_pending(s):
    """POST without lws_client_http_body_pending"""
    l = s.listen()
    s.connect(l, "24:header=Content-Length:%205%0d%0a", method="POST", path="/form")
    p = l.accept()
    p.request()
    p.send(OK5)
    s.gone()


@scenario()
def post_deny_57(s):
    """CLIENT_HTTP_WRITEABLE returns -1"""
    l = s.listen()
    s.connect(l, "24:header=Content-Length:%205%0d%0a", "24:pending=1", "24:ask", "57:die", method="POST", path="/form",
              protocol="echo")
    p = l.accept()
    p.request()
    p.eof()
    s.gone()


@scenario()
def post_multipart(s):
    """lws_client_http_multipart: a field, a file, the end"""
    l = s.listen()
    s.connect(l, "24:header=Content-Length:%20400%0d%0a", "24:pending=1", "24:ask", "57:multipart=text,,,value%0d%0a",
              "57:multipart=file,a.txt,text/plain,content%0d%0a", "57:multipart=", "57:pending=0",
              method="POST", path="/form", flags=FLAG_MULTIPART)
    p = l.accept()
    head = p.request()
    boundary = re.search(rb"boundary=(\S+)", head).group(1)
    while not p.buffer.endswith(b"--\r\n"):
        if not p._more():
            raise Stuck("no end of the body")
    used = re.match(rb"--(\S+)", p.buffer).group(1)
    p.log.append("< body " + show(p.buffer.replace(used, b"BOUNDARY"), 600))
    p.log.append("< boundary of %d bytes, announced as %s" % (len(used), show(boundary.replace(used, b"BOUNDARY"))))
    p.buffer = b""
    p.send(OK5)
    s.gone()


@scenario()
def post_form(s):
    """LCCSCF_HTTP_X_WWW_FORM_URLENCODED with a body"""
    l = s.listen()
    s.connect(l, "24:header=Content-Length:%205%0d%0a", "24:pending=1", "24:ask", "57:pending=0", "57:final=a=b&c",
              method="POST", path="/form", flags=FLAG_FORM)
    p = l.accept()
    p.request()
    p.send(OK5)
    s.gone()


# ---- redirects ----

def redirect(name, what, status, location, *actions, follow=True, answer_ws=False, **info):
    def play(s):
        l = s.listen()
        s.connect(l, *actions, **info)
        p = l.accept()
        p.request()
        target = location.replace("PORT", str(l.port)) if location is not None else None
        p.reply("%d Moved" % status, (["Location: " + target] if target is not None else []) + ["Content-Length: 0"])
        if follow:
            p.eof()
            q = l.accept()
            q.request()
            if answer_ws:
                q.upgrade("echo")
                s.wait("3 CLIENT_ESTABLISHED")
                s.sync()
                q.fin()
            else:
                q.send(OK5)
        else:
            l.quiet()
        s.gone()
    play.__name__, play.__doc__ = "redirect_" + name, what
    scenario()(play)


for code in (301, 302, 303, 307, 308):
    redirect("%d" % code, "GET redirected with %d to a path" % code, code, "/elsewhere?a=b", method="GET", protocol="echo",
             path="/first")
redirect("absolute", "GET redirected to an absolute URL", 302, "http://127.0.0.1:PORT/elsewhere", "44:info", method="GET",
         protocol="echo", path="/first")
redirect("relative_path", "GET redirected to a relative path", 302, "elsewhere", method="GET", protocol="echo", path="/dir/first")
redirect("post_303", "POST redirected with 303", 303, "/elsewhere", "44:info", "24:info", method="POST", protocol="echo", path="/first")
redirect("post_302", "POST redirected with 302", 302, "/elsewhere", "44:info", method="POST", protocol="echo", path="/first")
redirect("post_307", "POST redirected with 307", 307, "/elsewhere", "44:info", method="POST", protocol="echo", path="/first")
redirect("ws", "A WebSocket redirected to a path", 302, "/elsewhere", answer_ws=True)
redirect("ws_absolute", "A WebSocket redirected to a ws URL", 301, "ws://127.0.0.1:PORT/elsewhere", answer_ws=True)
redirect("ws_http", "A WebSocket redirected to an http URL", 301, "http://127.0.0.1:PORT/elsewhere", answer_ws=True)
redirect("no_follow", "LCCSCF_HTTP_NO_FOLLOW_REDIRECT", 302, "/elsewhere", "44:hdrs", follow=False, method="GET", protocol="echo",
         flags=FLAG_NO_REDIRECT)
redirect("no_location", "302 without Location", 302, None, follow=False, method="GET", protocol="echo")
redirect("empty_location", "302 with an empty Location", 302, "", method="GET", protocol="echo")
redirect("bad_scheme", "302 to ftp:", 302, "ftp://127.0.0.1/x", follow=False, method="GET", protocol="echo")
redirect("https", "302 to https, though the client did not ask for TLS", 302, "https://127.0.0.1:PORT/x", follow=False, method="GET",
         protocol="echo")
redirect("refused", "302 to a port where nobody listens", 302, "http://127.0.0.1:1/x", follow=False, method="GET", protocol="echo")
redirect("denied", "CLIENT_HTTP_REDIRECT returns -1", 302, "/elsewhere", "104:die", follow=False, method="GET", protocol="echo")
redirect("300", "300 with Location", 300, "/elsewhere", follow=False, method="GET", protocol="echo")
redirect("user_given", "The program's own userdata", 302, "/elsewhere", user=1, method="GET", protocol="echo")


@scenario()
def redirect_loop(s):
    """Redirected to itself without end"""
    l = s.listen()
    s.connect(l, method="GET", protocol="echo", path="/loop")
    for i in range(20):
        l.sock.settimeout(0.5)
        try:
            p = l.accept()
        except Stuck:
            break
        p.request()
        p.reply("302 Found", ["Location: /loop", "Content-Length: 0"])
        p.eof()
    s.gone()


# ---- connections used again ----

@scenario()
def pipeline_queued(s):
    """LCCSCF_PIPELINE: two requests at once go over one connection"""
    l = s.listen()
    s.connect(l, method="GET", path="/one", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    p = l.accept()
    p.request()
    s.sync()
    s.connect(l, "44:info", method="GET", path="/two", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    p.send(OK5)
    p.request()
    p.send(OK5)
    s.sync()
    l.quiet()
    p.fin()
    s.gone(2)


@scenario()
def pipeline_three(s):
    """LCCSCF_PIPELINE: three requests at once"""
    l = s.listen()
    for path in ("/one", "/two", "/three"):
        s.connect(l, method="GET", path=path, flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
        s.sync()
    p = l.accept()
    for _ in range(3):
        p.request()
        p.send(OK5)
    s.sync()
    p.fin()
    s.gone(3)


@scenario()
def pipeline_after(s):
    """LCCSCF_PIPELINE: the second request after the first has been answered"""
    l = s.listen()
    s.connect(l, method="GET", path="/one", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    p = l.accept()
    p.request()
    p.send(OK5)
    s.wait("47 COMPLETED")
    s.sync()
    s.connect(l, method="GET", path="/two", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    p.request()
    p.send(OK5)
    s.wait("47 COMPLETED", 2)
    s.sync()
    p.fin()
    s.gone(2)


@scenario()
def pipeline_warm(s):
    """LCCSCF_PIPELINE, keep_warm_secs 1: closed after a second"""
    l = s.listen()
    s.connect(l, method="GET", path="/one", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1", warm=1)
    p = l.accept()
    p.request()
    p.send(OK5)
    p.eof()
    s.gone()


@scenario()
def pipeline_server_closes(s):
    """LCCSCF_PIPELINE: the server closes the idle connection, then there is another request"""
    l = s.listen()
    s.connect(l, method="GET", path="/one", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    p = l.accept()
    p.request()
    p.send(OK5)
    s.wait("47 COMPLETED")
    p.fin()
    s.gone()
    s.connect(l, method="GET", path="/two", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    q = l.accept()
    q.request()
    q.send(OK5)
    s.sync()
    q.fin()
    s.gone(2)


@scenario()
def pipeline_connection_close(s):
    """LCCSCF_PIPELINE: the first answer says Connection: close, two are queued"""
    l = s.listen()
    s.connect(l, method="GET", path="/one", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    p = l.accept()
    p.request()
    s.sync()
    s.connect(l, method="GET", path="/two", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    p.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")
    p.fin()
    s.sync()


@scenario()
def pipeline_fin_queued(s):
    """LCCSCF_PIPELINE: the server closes while the second request is queued"""
    l = s.listen()
    s.connect(l, method="GET", path="/one", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    p = l.accept()
    p.request()
    s.sync()
    s.connect(l, method="GET", path="/two", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    p.fin()
    s.sync()


@scenario()
def pipeline_destroy(s):
    """LCCSCF_PIPELINE: the context is destroyed with a request queued"""
    l = s.listen()
    s.connect(l, method="GET", path="/one", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")
    p = l.accept()
    p.request()
    s.sync()
    s.connect(l, method="GET", path="/two", flags=FLAG_PIPELINE, protocol="echo", host="127.0.0.1")


# ---- raw ----

def raw(s, *actions, **info):
    s.listener = s.listen()
    s.connect(s.listener, *actions, method="RAW", **info)
    p = s.listener.accept()
    s.sync()                                                 # RAW_CONNECTED and its RAW_WRITEABLE are over
    return p


@scenario()
def raw_echo(s):
    """RAW: data both ways, the server closes"""
    p = raw(s, "101:info", "101:ask", "61:raw=hello", local="other")
    p._take(5)
    p.send(b"data")
    s.wait("59 RAW_RX")
    p.fin()
    s.gone()


@scenario()
def raw_default(s):
    """RAW without a protocol"""
    p = raw(s)
    p.send(b"data")
    s.wait("59 RAW_RX")
    p.fin()
    s.gone()


@scenario()
def raw_protocol_member(s):
    """RAW with info.protocol"""
    p = raw(s, protocol="other")
    p.send(b"data")
    s.wait("59 RAW_RX")
    p.fin()
    s.gone()


@scenario()
def raw_server_first(s):
    """RAW: the server's data come with the connection; 10000 bytes"""
    p = raw(s, local="other")
    p.send(b"x" * 10000)
    s.sync()
    p.fin()
    s.gone()


@scenario()
def raw_die(s):
    """RAW_RX returns -1"""
    p = raw(s, "59:die", local="other")
    p.send(b"x")
    p.eof()
    s.gone()


@scenario()
def raw_die_writeable(s):
    """RAW_WRITEABLE returns -1"""
    p = raw(s, "101:ask", "61:die", local="other")
    p.eof()
    s.gone()


@scenario()
def raw_die_connected(s):
    """RAW_CONNECTED returns -1"""
    p = raw(s, "101:die", local="other")
    s.sync()


@scenario()
def raw_reset(s):
    """RAW: the server resets"""
    p = raw(s, local="other")
    s.sync()
    p.reset()
    s.gone()


@scenario()
def raw_destroy(s):
    """RAW: context destroy"""
    raw(s, local="other")
    s.sync()


@scenario()
def raw_kill(s):
    """RAW: LWS_TO_KILL_SYNC"""
    p = raw(s, local="other")
    s.sync()
    s.do(1, "sync")
    p.eof()


@scenario()
def raw_timeout(s):
    """RAW: lws_set_timeout"""
    p = raw(s, local="other")
    s.sync()
    s.do(1, "timeout=1")
    p.eof()
    s.gone()


@scenario()
def raw_big(s):
    """RAW: a megabyte written"""
    p = raw(s, "61:raw=", local="other")
    s.sync()
    s.order("do 1 0:rawbig=1000000")
    p._take(1000000)
    s.sync()
    p.fin()
    s.gone()


@scenario()
def raw_user_given(s):
    """RAW: the program's own userdata"""
    p = raw(s, user=1, local="other")
    s.sync()
    p.fin()
    s.gone()


# ---- proxies ----

def proxy_play(s, reply, *actions, **info):
    l = s.listen()
    s.connect(l, *actions, **info)
    p = s.proxy.accept()
    p.request()
    p.send(reply)
    return p


CONNECTED = b"HTTP/1.0 200 Connection established\r\n\r\n"


@scenario("proxy")
def proxy_ws(s):
    """A WebSocket through an HTTP proxy"""
    p = proxy_play(s, CONNECTED, "24:info")
    p.request()
    p.upgrade("echo")
    s.wait("3 CLIENT_ESTABLISHED")
    p.frame(TEXT, b"x")
    s.wait("8 CLIENT_RECEIVE")
    p.fin()
    s.gone()


@scenario("proxyauth")
def proxy_auth(s):
    """A proxy with user and password in its address"""
    p = proxy_play(s, CONNECTED)
    p.request()
    p.upgrade("echo")
    s.wait("3 CLIENT_ESTABLISHED")
    s.sync()
    p.fin()
    s.gone()


@scenario("proxy")
def proxy_name(s):
    """The target is given by name: the proxy resolves it"""
    p = proxy_play(s, CONNECTED, address="nobody.invalid", host="nobody.invalid")
    p.request()
    p.fin()
    s.gone()


@scenario("proxy")
def proxy_http(s):
    """An HTTP request through an HTTP proxy"""
    l = s.listen()
    s.connect(l, method="GET", protocol="echo")
    p = s.proxy.accept()
    p.request()
    p.send(CONNECTED)
    p.request()
    p.send(OK5)
    s.gone()


@scenario("proxy")
def proxy_raw(s):
    """RAW through an HTTP proxy"""
    s.connect(s.listen(), method="RAW", local="other")
    p = s.proxy.accept()
    p.request()
    p.send(CONNECTED)
    s.sync()
    p.send(b"data")
    s.sync()
    p.fin()
    s.gone()


@scenario("proxy")
def proxy_403(s):
    """The proxy refuses with 403"""
    proxy_play(s, b"HTTP/1.0 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    s.gone()


@scenario("proxy")
def proxy_407(s):
    """The proxy wants authorization"""
    proxy_play(s, b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
    s.gone()


@scenario("proxy")
def proxy_headers(s):
    """The proxy's answer has headers, in HTTP/1.1"""
    p = proxy_play(s, b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")
    p.request()
    p.fin()
    s.gone()


@scenario("proxy")
def proxy_fin(s):
    """The proxy closes without an answer"""
    s.connect(s.listen())
    p = s.proxy.accept()
    p.request()
    p.fin()
    s.gone()


@scenario("proxy")
def proxy_garbage(s):
    """The proxy's answer is no HTTP"""
    proxy_play(s, b"SSH-2.0-x\r\n\r\n")
    s.gone()


@scenario("proxy", "timeout=1")
def proxy_silent(s):
    """The proxy never answers"""
    s.connect(s.listen())
    p = s.proxy.accept()
    p.request()
    p.eof(15)
    s.gone()


@scenario("proxy=127.0.0.1", "proxyport=1")
def proxy_refused(s):
    """Nobody listens where the proxy should be"""
    s.connect(s.listen())
    s.gone()


# ---- parents and children, user data ----

@scenario()
def child_of_parent(s):
    """A connection with parent_wsi; the parent closes"""
    p = s.ws()
    s.connect(s.listener, "3:info", parent=1)
    q = s.listener.accept()
    q.request()
    q.upgrade("echo")
    s.wait("3 CLIENT_ESTABLISHED", 2)
    s.sync()
    s.do(1, "info")
    p.fin()
    q.eof()
    s.gone(2)


@scenario()
def child_closes(s):
    """A connection with parent_wsi; the child closes"""
    p = s.ws()
    s.connect(s.listener, parent=1)
    q = s.listener.accept()
    q.request()
    q.upgrade("echo")
    s.wait("3 CLIENT_ESTABLISHED", 2)
    s.sync()
    q.fin()
    s.gone()
    s.do(1, "info")
    p.fin()
    s.gone(2)


@scenario()
def child_refused(s):
    """A connection with parent_wsi is refused"""
    p = s.ws()
    s.connect(closed_port(s), parent=1)
    s.gone()
    s.do(1, "info")
    p.fin()
    s.gone(2)


@scenario()
def user_given_ws(s):
    """userdata and opaque given, through the whole life"""
    p = s.ws("3:info", user=1, opaque=1)
    p.frame(TEXT, b"x")
    s.wait("8 CLIENT_RECEIVE")
    p.fin()
    s.gone()


@scenario("user=0")
def no_user_block_ws(s):
    """per_session_data_size 0"""
    p = s.ws()
    p.fin()
    s.gone()


@scenario("user=0")
def no_user_block_http(s):
    """per_session_data_size 0, HTTP"""
    p = s.http(protocol="echo")
    p.send(OK5)
    s.gone()


@scenario("user=0")
def no_user_block_raw(s):
    """per_session_data_size 0, raw"""
    p = raw(s, local="other")
    s.sync()
    p.fin()
    s.gone()


# ---- connections made inside callbacks ----

def connects_again(name, what, reason, first_fails=False, **info):
    def play(s):
        l = s.listen()
        if first_fails:
            s.connect(closed_port(s), "%d:again" % reason, **info)
            s.gone(2)
            return
        s.connect(l, "%d:again" % reason, **info)
        for i in range(2):
            p = l.accept()
            p.request()
            if "method" in info:
                p.send(OK5)
            else:
                p.upgrade("echo")
                s.wait("3 CLIENT_ESTABLISHED", i + 1)
            s.sync()
            p.fin()
        s.gone(2)
    play.__name__, play.__doc__ = "again_" + name, what
    scenario()(play)


connects_again("in_closed", "Connects again in CLIENT_CLOSED", 75)
connects_again("in_established", "Connects again in CLIENT_ESTABLISHED", 3)
connects_again("in_destroy", "Connects again in WSI_DESTROY", 30)
connects_again("in_error", "Connects again in CLIENT_CONNECTION_ERROR", 1, first_fails=True)
connects_again("in_completed", "Connects again in COMPLETED_CLIENT_HTTP", 47, method="GET", protocol="echo")


# ---- running ----

def run(name, program, lib, expected_library):
    """Plays one scenario; the trace, and what is wrong with it in itself."""
    function, settings = SCENARIOS[name]
    problems, proxy = [], None
    settings = list(settings)
    play = None
    if "proxy" in settings:                                  # the proxy's port is known only now
        settings.remove("proxy")
        proxy = socket.create_server(("127.0.0.1", 0))
        settings += [s for s in ("proxy=127.0.0.1", "proxyport=%d" % proxy.getsockname()[1])]
    if "proxyauth" in settings:
        settings.remove("proxyauth")
        proxy = socket.create_server(("127.0.0.1", 0))
        settings.append("proxy=user:pa%%20ss@127.0.0.1:%d" % proxy.getsockname()[1])
    try:
        server = trace.Server(program, lib, settings)
    except Stuck as e:
        return [], ["did not start: %s" % e]
    if not os.path.exists(server.library) or not os.path.samefile(server.library, expected_library):
        problems.append("wrong library: %s" % server.library)
    stuck = None
    play = Play(server)
    play.paths = []
    if proxy:
        play.proxy = Listener.__new__(Listener)
        play.proxy.play, play.proxy.sock, play.proxy.port = play, proxy, proxy.getsockname()[1]
        proxy.settimeout(PATIENCE)
        play.listeners.append(play.proxy)
    try:
        function(play)
        server.sync()
    except (Stuck, OSError) as e:
        stuck = "! stuck: %s" % e
    code = server.destroy()
    for peer in server.clients:
        peer.finish()
    lines = trace.normalised(server.lines)
    if stuck:
        lines.append(stuck)
    lines.append("exit code %s" % code)
    server.errors.seek(0)
    if code != 0 or stuck or any(s.startswith("log=") for s in settings):
        problems += ["stderr: " + line for line in server.errors.read().splitlines()[-40:]]
    for i, peer in enumerate(server.clients, 1):
        lines += ["peer %d" % i] + ["  " + line for line in peer.log]
    for l in play.listeners:
        l.close()
    for path in filter(os.path.exists, play.paths):
        os.unlink(path)
    return [play.stable(line) for line in lines], problems


def stable(self, line):
    """The line without the port numbers and paths of this run."""
    for i, l in enumerate(self.listeners, 1):
        if l.port:
            line = re.sub(r"\b%d\b" % l.port, "PORT%d" % i, line)
    line = re.sub(r'ACCEPT 28 28 ".{28}"', 'ACCEPT 28 28 "<accept>"', line)
    for path in self.paths:
        line = line.replace(path, "NAME")
    return line


Play.stable = stable


def invariants(name, lines):
    """What must hold in every trace of ours."""
    wrong, live = [], {}
    for line in lines:
        m = re.match(r"(\S+) (\d+) (\S+) wsi=(\S+) user=(\S+)", line)
        if not m:
            continue
        reason, who, user = int(m.group(2)), m.group(4), m.group(5)
        if not re.match(r"c\d+$", who):
            if reason not in (21, 22, 27, 28, 30, 31, 71, 72):
                wrong.append("not a known connection: " + line)
            continue
        c = live.setdefault(who, {"open": 0, "closed": 0, "error": 0, "gone": 0, "ends": 0})
        if c["gone"]:
            wrong.append("after WSI_DESTROY: " + line)
        if user.endswith(":dirty"):
            wrong.append("user block not zeroed: " + line)
        c["open"] += reason == 3
        c["closed"] += reason == 75
        c["error"] += reason == 1
        c["gone"] += reason == 30
        c["ends"] += reason in (1, 75, 45, 60)
        if c["open"] > 1 or c["closed"] > c["open"] or c["error"] > 1 or (c["error"] and c["open"]):
            wrong.append("ESTABLISHED, CLOSED and CONNECTION_ERROR do not fit: " + line)
        if reason == 30 and c["closed"] != c["open"]:
            wrong.append("no CLIENT_CLOSED before " + line)
        if reason == 30 and c["ends"] != 1:
            wrong.append("not one end before " + line)
    wrong += ["%s has no WSI_DESTROY" % who for who, c in live.items() if not c["gone"]]
    if "exit code 0" not in lines:
        wrong.append("bad exit")
    return wrong + [line for line in lines if line.startswith("! ")]


PROGRAM = "trace_client"


def compile_program(out):
    program, sources = os.path.join(out, PROGRAM), [os.path.join(HERE, f) for f in (PROGRAM + ".c", "trace_common.h", "trace_connect.h")]
    if not os.path.exists(program) or os.path.getmtime(program) < max(map(os.path.getmtime, sources)):
        subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-Wall", "-Wextra", "-g", "-O1", sources[0], "-o", program,
                        "-lwebsockets", "-lpthread"], check=True)
    return program


trace.run, trace.invariants, trace.compile_program, trace.__doc__ = run, invariants, compile_program, __doc__

if __name__ == "__main__":
    if not any(a.startswith("--differences") for a in sys.argv):
        sys.argv[1:1] = ["--differences", os.path.join(HERE, "differences_client.txt")]
    sys.exit(trace.main())
