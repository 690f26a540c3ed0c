#!/usr/bin/env python3
"""Debian's csound, its websocket opcode: one protocol for each variable, a message each 10 ms.

    csound.py [--lib DIR]
"""
import asyncio, os, signal, struct, time
from websockets.asyncio.client import connect
from program import arguments, check, free_port, note, raw_http, report, running, upgrade

a = arguments(__doc__).parse_args()
PORT = free_port()
SCORE = f"""<CsoundSynthesizer>
<CsOptions>
-odac -+rtaudio=null -m0 -d
</CsOptions>
<CsInstruments>
sr=44100
ksmps=441
nchnls=1
0dbfs=1
instr 1
kIn init 0
kOut init 0
kArr[] init 4
kIn, kArr websocket {PORT}, kOut
kOut = kIn * 2 + 1 + kArr[0] * 1000 + kArr[3]
endin
</CsInstruments>
<CsScore>
i1 0 60
</CsScore>
</CsoundSynthesizer>
"""


def command(folder):
    path = os.path.join(folder, "score.csd")
    with open(path, "w") as f:
        f.write(SCORE)
    return ["/usr/bin/csound", path]


def pack(*values):
    return struct.pack("<%dd" % len(values), *values)


def unpack(message):
    return struct.unpack("<%dd" % (len(message) // 8), message)


def variable(name):
    return connect("ws://127.0.0.1:%d/" % PORT, subprotocols=[name], ping_interval=None, compression=None)


async def comes(ws, wanted, patience=5):
    """Whether the value arrives: the earlier ones are on their way before it."""
    end, value = time.monotonic() + patience, None
    while value != wanted and time.monotonic() < end:
        value = unpack(await asyncio.wait_for(ws.recv(), patience))
    return value == wanted, value


async def drive(csound):
    async with variable("kIn") as i, variable("kOut") as o:
        check("a protocol for each variable", (i.subprotocol, o.subprotocol) == ("kIn", "kOut"))
        check("first value", *await comes(o, (1.0,)))
        for x in (3.5, -2.0, 1e6):
            await i.send(pack(x))
            check("%g goes round" % x, *await comes(o, (x * 2 + 1,)))
        n, end = 0, time.monotonic() + 1
        while time.monotonic() < end:
            await o.recv()
            n += 1
        check("messages keep coming", n > 20, "%d a second, at best 100" % n)
        await i.send(b"abc")
        await i.send(pack(7))
        check("a message of the wrong size is dropped", *await comes(o, (15.0,)))
    async with variable("kArr") as i, variable("kOut") as o:
        await i.send(pack(1, 2, 3, 4))
        check("an array goes in", *await comes(o, (1019.0,)))

    async def read():
        async with variable("kOut") as o:
            return unpack(await asyncio.wait_for(o.recv(), 5))

    got = await asyncio.gather(*[read() for _ in range(20)], return_exceptions=True)
    note("20 readers of one variable", "%d got data: they share one queue" % sum(isinstance(v, tuple) for v in got))
    ws = await variable("kOut")
    ws.transport.abort()
    await asyncio.sleep(0.2)
    check("lives on after an abrupt end", csound.alive())
    check("unknown protocol is refused", await asyncio.to_thread(raw_http, PORT, upgrade("x", "zzz"), 2) == b"")
    # with nobody connected the original's loop sleeps on, and csound waits for its thread for ever
    async with variable("kOut"):
        code = await asyncio.to_thread(csound.stop, signal.SIGINT)
    check("SIGINT ends it", code in (0, 1, 255, -signal.SIGINT), "exit code %s" % code)


with running(command, a.lib, a.verbose) as csound:
    if csound.started(PORT):
        try:
            asyncio.run(asyncio.wait_for(drive(csound), 60))
        except Exception as e:
            check("csound to the end", False, repr(e))
report.finish()
