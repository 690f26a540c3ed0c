"""Peer: PyPI's `websockets` as the server of the echo client.  websockets_server.py PROGRAM LIBDIR

Each case is a server that agrees on permessage-deflate in its own way, and a client that offers it in another.
"""
import asyncio
import os
import sys

import websockets
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory

PROGRAM, LIB = sys.argv[1:3]
JSON = "".join('{"id":%d,"name":"item %d"},' % (i, i * 7) for i in range(5000))
MESSAGES = [JSON, JSON[:200], "x", "", JSON[::-1], os.urandom(100000), b"\0" * 300000, "a\u00f1\u597d" * 3000,
            ["one ", JSON, " two"], [b"", os.urandom(5000), b"\1" * 5000]]
OFFER = "permessage-deflate"
# name: the server's way (None: without the extension), the client's offer, whether they agree
CASES = {
    "any way": ({}, OFFER, True),
    "as ttyd offers it": ({}, OFFER + "; client_no_context_takeover; client_max_window_bits", True),
    "each message by itself": ({"server_no_context_takeover": True, "client_no_context_takeover": True}, OFFER, True),
    "demanded of the server": ({}, OFFER + "; server_no_context_takeover; server_max_window_bits=10", True),
    "small windows": ({"server_max_window_bits": 9, "client_max_window_bits": 9}, OFFER + "; client_max_window_bits", True),
    "a window of 8 bits": ({"client_max_window_bits": 8}, OFFER + "; client_max_window_bits", True),
    "a list of offers": ({"server_max_window_bits": 11}, OFFER + "; server_max_window_bits=12, " + OFFER, True),
    "a server that has none": (None, OFFER, False),
}


async def case(how, offer, agrees, takeover):
    done = asyncio.get_running_loop().create_future()

    async def serve(ws):
        try:
            assert bool(ws.protocol.extensions) == agrees, ws.protocol.extensions
            assert agrees == any(isinstance(e, PerMessageDeflate) for e in ws.protocol.extensions)
            for message in MESSAGES:
                await ws.send(message)
                whole = message if isinstance(message, (str, bytes)) else message[0][:0].join(message)
                assert await ws.recv() == whole, "%r is another message" % whole[:20]
            done.set_result(None)
        except Exception as e:
            done.set_exception(e)

    extensions = [] if how is None else [ServerPerMessageDeflateFactory(**how)]
    async with websockets.serve(serve, "127.0.0.1", 0, compression=None, extensions=extensions, max_size=None) as server:
        port = server.sockets[0].getsockname()[1]
        flags = ["-z"] * (1 + takeover)
        client = await asyncio.create_subprocess_exec(
            PROGRAM, "-u", *flags, "-o", offer, "-c", str(port), env=dict(os.environ, LD_LIBRARY_PATH=LIB))
        try:
            await asyncio.wait_for(done, 30)
        except BaseException:
            client.kill()
            raise
        finally:
            server.close()
        assert await asyncio.wait_for(client.wait(), 10) == 0, "the client has failed"


async def main():
    failed = 0
    for name, (how, offer, agrees) in CASES.items():
        for takeover in (False, True):
            title = name + (", with context takeover" if takeover else "")
            try:
                await case(how, offer, agrees, takeover)
                print("ok %s" % title, flush=True)
            except Exception as e:
                failed += 1
                print("FAIL %s - %s: %s" % (title, type(e).__name__, e), flush=True)
    return 1 if failed else 0


sys.exit(asyncio.run(main()))
