#!/usr/bin/env python3
"""A short mixed run of each C server, ended with SIGTERM: for valgrind and as a smoke test.

    workload.py --lib DIR [--build OUTDIR]

WRAP in the environment is put before each server's command.
"""
import os, socket, struct

from server import PATIENCE, Report, Server, arguments, build
from wsraw import BINARY, CONT, PING, PONG, TEXT, Reader, WS, connect, frame, http, read_response, upgrade_request

WAIT = 10 * PATIENCE


def echo_messages(address):
    with WS(address, timeout=WAIT) as ws:
        for n in (0, 1, 125, 126, 65535, 65536, 1 << 20):
            ws.send(b"\x5a" * n)
            assert ws.recv() == (BINARY, b"\x5a" * n), n
        ws.raw(frame(TEXT, "hé", fin=False) + frame(PING, "p") + frame(CONT, "", fin=False) + frame(CONT, "llo"))
        assert sorted([ws.recv(), ws.recv()]) == [(TEXT, "héllo".encode()), (PONG, b"p")]
        assert ws.close() == 1000


def echo_endings(address):
    """The ways a connection ends, one of them left for the server's own end."""
    for bad in (b"\xff" * 20, frame(3, "x"), frame(TEXT, b"\xff"), frame(TEXT, "x", fin=False)):
        WS(address, timeout=WAIT).raw(bad)
    with WS(address, timeout=WAIT) as ws:  # a reset, with an echo still under way
        ws.raw(frame(BINARY, b"x" * (4 << 20)))
        ws.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    for request in (b"GET / HTTP/1.1\r\nHo", b"\x16\x03\x01 nonsense\r\n\r\n", upgrade_request(version=b"7")):
        with connect(address, WAIT) as s:
            s.sendall(request)


def http_requests(address):
    with connect(address, WAIT) as s:
        reader = Reader(s, WAIT)
        for path in (b"/hello?name=a%20b", b"/headers", b"/nothing", b"/big?size=300000"):
            s.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\nX-Custom: c\r\nCookie: a=b\r\n\r\n" % path)
            status, _, body = read_response(reader)
            assert status == (404 if path == b"/nothing" else 200), "%s: %d" % (path, status)
        s.sendall(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n" + b"p" * 9000)
        assert read_response(reader)[2] == b"p" * 9000


def http_endings(address):
    for request in (b"GET /hel", b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc", b"\0\r\n\r\n",
                    b"GET /big?size=9000000 HTTP/1.1\r\nHost: a\r\n\r\n"):
        with connect(address, WAIT) as s:
            s.sendall(request)


def chat_talk(address):
    status, _, body = http(address, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", WAIT)
    assert status == 200 and b"<title>chat" in body
    crowd = [WS(address, protocol="chat", timeout=WAIT) for _ in range(10)]
    for n in range(20):
        crowd[n % 10].send("message %d" % n)
        for ws in crowd:
            assert ws.recv() == (TEXT, b"message %d" % n)
    for ws in crowd[:5]:
        assert ws.close() == 1000
    for ws in crowd[5:]:
        ws.drop()


def chat_bounds(address):
    """Too long a message ends its connection; a client that never reads costs nobody anything."""
    with WS(address, protocol="chat", timeout=WAIT) as ws:
        ws.send("x" * 1024)
        assert ws.recv() == (TEXT, b"x" * 1024)
        ws.send("x" * 1025)
        code = ws.close_code()
        assert code == 1009, "close code %s" % code
    with WS(address, protocol="chat", timeout=WAIT) as deaf, WS(address, protocol="chat", timeout=WAIT) as ws:
        deaf.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for n in range(2000):
            ws.send("%d %s" % (n, "x" * 900))
            assert ws.recv()[1].startswith(b"%d " % n)


SERVERS = [
    ("echo", ["-u", "-t", "5"], (echo_messages, echo_endings, echo_messages)),
    ("http", ["-t", "5"], (http_requests, http_endings, http_requests)),
    ("chat", ["0"], (chat_talk, chat_bounds, chat_talk)),
]


def main():
    a = arguments(__doc__).parse_args()
    report = Report()
    for name, options, steps in SERVERS:
        ready = "http://" if name == "chat" else "listening"
        try:
            with Server([build(name, a.build), *options], a.lib, ready, patience=30) as server:
                for step in steps:
                    report.attempt("%s: %s" % (name, step.__name__.split("_")[1]), step, server.address)
                left = None if name == "http" else WS(server.address, protocol=name, timeout=WAIT)
                code = server.stop()  # with a live connection
                if left:
                    left.drop()
                report.check(name + ": ends cleanly on SIGTERM", code == 0, "" if code == 0 else
                             "exit code %s %s" % (code, server.log()[-3000:]))
        except Exception as e:
            report.check(name, False, e)
    report.finish()


if __name__ == "__main__":
    main()
