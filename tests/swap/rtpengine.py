#!/usr/bin/env python3
"""Debian's rtpengine: HTTP, HTTPS, WebSocket and wss on two ports, served by several threads; it asks lws_get_ssl.

    rtpengine.py [--lib DIR]

It runs in user space (no kernel table); no calls are made, only its own protocols are spoken. RTPENGINE in the environment is
another path of the program.
"""
import asyncio, http.client, os, signal, ssl, subprocess, time
from websockets.asyncio.client import connect
from program import arguments, check, free_port, note, report, running

a = arguments(__doc__).parse_args()
PORT, TLS_PORT, NG = free_port(), free_port(), free_port()
PROGRAM = os.environ.get("RTPENGINE", "/usr/bin/rtpengine")
CERTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "certs", "make.sh")
CLIENTS = 50


def command(folder):
    subprocess.run(["bash", CERTS, folder + "/certs"], check=True)
    return [PROGRAM, "--config-file=none", "--table=-1", "--interface=127.0.0.1", "--listen-ng=127.0.0.1:%d" % NG,
            "--listen-http=127.0.0.1:%d" % PORT, "--listen-https=127.0.0.1:%d" % TLS_PORT, "--https-cert=%s/certs/rsa.pem" % folder,
            "--https-key=%s/certs/rsa.key" % folder, "--foreground", "--log-stderr", "--log-level=7", "--pidfile=%s/pid" % folder]


class Side:
    """One of the two ports."""

    def __init__(self, name, context):
        self.name, self.context = name, context
        self.port = TLS_PORT if context else PORT
        self.host = "localhost" if context else "127.0.0.1"

    def ask(self, method, path, body=None, connection=None, **headers):
        c = connection or (http.client.HTTPSConnection(self.host, self.port, timeout=10, context=self.context) if self.context
                           else http.client.HTTPConnection(self.host, self.port, timeout=10))
        c.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        r = c.getresponse()
        answer = r.status, r.getheader("content-type"), r.read()
        if not connection:
            c.close()
        return answer

    def ws(self, protocol):
        return connect("%s://%s:%d/" % ("wss" if self.context else "ws", self.host, self.port), subprotocols=[protocol], ssl=self.context,
                       max_size=None, ping_interval=None, host="127.0.0.1")

    def check(self, name, ok, detail=""):
        return check("%s: %s" % (self.name, name), ok, detail)


async def speak(side):
    status, kind, body = await asyncio.to_thread(side.ask, "GET", "/ping")
    side.check("GET /ping", (status, body) == (200, b"pong\n"), (status, body))
    status, kind, body = await asyncio.to_thread(side.ask, "GET", "/metrics")
    side.check("GET /metrics", status == 200 and b"rtpengine_sessions" in body and len(body) > 2000, (status, len(body)))
    status, _, body = await asyncio.to_thread(side.ask, "GET", "/cli/list%20totals")
    side.check("GET /cli", status == 200 and b"Statistics over currently running sessions" in body, (status, body[:80]))
    status, _, body = await asyncio.to_thread(side.ask, "POST", "/ng", b"one d7:command4:pinge", Content_Type="application/x-rtpengine-ng")
    side.check("POST /ng", status == 200 and body == b"one d6:result4:ponge", (status, body))
    status, _, _ = await asyncio.to_thread(side.ask, "GET", "/nothing")
    side.check("GET of what is not there", status == 404, status)
    async with side.ws("echo.rtpengine.com") as ws:
        for message in ("hello", "x" * 1000, b"\0\1\2"):
            await ws.send(message)
            got = await asyncio.wait_for(ws.recv(), 5)
            got = got.encode() if isinstance(got, str) else got
            side.check("echo of %d bytes" % len(message), got == (message.encode() if isinstance(message, str) else message), got[:60])
    async with side.ws("cli.rtpengine.com") as ws:
        await ws.send("list totals")
        got = await asyncio.wait_for(ws.recv(), 5)
        got = got.encode() if isinstance(got, str) else got
        side.check("cli", b"Statistics over currently running sessions" in got, got[:60])
    async with side.ws("ng.rtpengine.com") as ws:
        for n in range(20):
            await ws.send("c%d d7:command4:pinge" % n)
        wanted, got = ["c%d d6:result4:ponge" % n for n in range(20)], []
        while len("".join(got)) < len("".join(wanted)):
            answer = await asyncio.wait_for(ws.recv(), 5)
            got.append(answer if isinstance(answer, str) else answer.decode())
        # its threads put an answer together in three pieces without a lock: those of two may mix, on the original as well
        side.check("20 ng pings without waiting", sorted("".join(got)) == sorted("".join(wanted)), got)
        if sorted(got) != sorted(wanted):
            note("20 ng pings without waiting", "pieces of two answers mixed: %s" % sorted(set(got) - set(wanted)))


async def one(side):
    async with side.ws("ng.rtpengine.com") as ws:
        for n in range(5):
            await ws.send("k%d d7:command4:pinge" % n)
            got = await asyncio.wait_for(ws.recv(), 20)
            assert (got if isinstance(got, str) else got.decode()) == "k%d d6:result4:ponge" % n, got


async def drive(program):
    if not await asyncio.to_thread(program.started, PORT):
        return
    context = ssl.create_default_context(cafile=program.folder + "/certs/ca.pem")
    sides = [Side("http", None), Side("https", context)]
    for side in sides:
        try:
            await asyncio.wait_for(speak(side), 60)
        except Exception as e:
            side.check("to the end", False, repr(e))
    begin = time.monotonic()
    got = await asyncio.gather(*(one(sides[n % 2]) for n in range(CLIENTS)), return_exceptions=True)
    check("%d clients at once" % CLIENTS, not any(got), "%.1f s %s" % (time.monotonic() - begin, [e for e in got if e][:2]))
    check("it is alive", program.alive(), program.log()[-500:])
    check("SIGTERM ends it", await asyncio.to_thread(program.stop, signal.SIGTERM) == 0, program.log()[-300:])


with running(command, a.lib, a.verbose) as program:
    asyncio.run(drive(program))
report.finish()
