"""Peer: PyPI's `websockets` against the echo server.  websockets_peer.py PORT [deflate]

TLS_CA in the environment, a file of certificates: over TLS.
"""
import asyncio, os, ssl, sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

SIZES = (0, 1, 125, 126, 65535, 65536, 1 << 20)
PORT = int(sys.argv[1])
DEFLATE = sys.argv[2:] == ["deflate"]
CA = os.environ.get("TLS_CA")
URL = "%s:%d/" % ("wss://127.0.0.1" if CA else "ws://127.0.0.1", PORT)
TLS = {"ssl": ssl.create_default_context(cafile=CA)} if CA else {}


def connect(**how):
    return websockets.connect(URL, max_size=None, compression="deflate" if DEFLATE else None,
                              ping_interval=None, open_timeout=10, **TLS, **how)


async def text(n):
    async with connect() as ws:
        assert bool(ws.protocol.extensions) == DEFLATE
        message = ("añ好👋" * n)[:n]
        await ws.send(message)
        assert await ws.recv() == message


async def binary(n):
    async with connect() as ws:
        message = os.urandom(n)
        await ws.send(message)
        assert await ws.recv() == message


async def fragments():
    async with connect() as ws:
        for parts in (["he", "", "llo"], [b"\x00" * 70000, b"", b"\xff" * 3], ["x" * 500] * 200):
            await ws.send(parts)  # an iterable goes out as a fragmented message
            assert await ws.recv() == parts[0][:0].join(parts)


async def ping_pong():
    async with connect() as ws:
        for payload in (b"", b"p", b"q" * 125):
            await asyncio.wait_for(await ws.ping(payload), 10)
        await ws.pong(b"unasked")
        await ws.send("still here")
        assert await ws.recv() == "still here"


async def close_codes():
    for code, reason in ((1000, ""), (1001, "going"), (1011, "x" * 123), (3000, "schön"), (4999, "")):
        ws = await connect()
        await ws.close(code, reason)
        assert ws.close_code == code, "sent %d, got %s" % (code, ws.close_code)


async def subprotocol():
    async with connect(subprotocols=["echo"]) as ws:
        assert ws.subprotocol == "echo"
        await ws.send("hello")
        assert await ws.recv() == "hello"


async def many_at_once():
    async def one(i):
        async with connect() as ws:
            for n in range(20):
                await ws.send("%d %d" % (i, n))
                assert await ws.recv() == "%d %d" % (i, n)
    await asyncio.gather(*(one(i) for i in range(50)))


async def pipelined():
    async with connect() as ws:
        for n in range(1000):
            await ws.send(str(n))
        for n in range(1000):
            assert await ws.recv() == str(n)


async def windows():
    """Every window that can be asked for, and messages that need it."""
    message = "".join("%d and %d, " % (n, n * n) for n in range(20000))
    for bits in range(8, 16):
        for by_itself in (False, True):
            how = ClientPerMessageDeflateFactory(
                server_max_window_bits=bits, client_max_window_bits=max(bits, 9),
                server_no_context_takeover=by_itself, client_no_context_takeover=by_itself)
            async with connect(extensions=[how]) as ws:
                assert ws.protocol.extensions, "not agreed on"
                assert ws.protocol.extensions[0].remote_max_window_bits == bits, ws.protocol.extensions
                for part in (message, message[:300], message[:1], "", message):
                    await ws.send(part)
                    assert await ws.recv() == part


async def four_at_once():
    """Connections in turn: none gets another's bytes."""
    async def one(i):
        async with connect() as ws:
            for n in range(100):
                message = ("%d:%d " % (i, n)) * (50 * i + n)
                await ws.send(message if n % 2 else [message[:7], message[7:n * 9], message[max(7, n * 9):]])
                assert await ws.recv() == message
    await asyncio.gather(*(one(i) for i in range(1, 5)))


CASES = [("text %d" % n, lambda n=n: text(n)) for n in SIZES]
CASES += [("binary %d" % n, lambda n=n: binary(n)) for n in SIZES]
CASES += [(f.__name__.replace("_", " "), f) for f in
          (fragments, ping_pong, close_codes, subprotocol, many_at_once, pipelined)]
if DEFLATE:
    CASES += [("windows", windows), ("four at once", four_at_once)]


async def main():
    failed = 0
    for name, case in CASES:
        try:
            await asyncio.wait_for(case(), 60)
            print("ok %s" % name, flush=True)
        except Exception as e:
            failed += 1
            print("FAIL %s - %s: %s" % (name, type(e).__name__, e), flush=True)
    return 1 if failed else 0


sys.exit(asyncio.run(main()))
