#!/usr/bin/env python3
"""Programs on another library's loop: their own libev, libuv, libevent or GLib loop, and loops that the library makes.

    loops.py [--lib DIR]

The programs are in loops/. Debian's libwebsockets has no libevent, so without --lib those are left out.
"""
import asyncio, os, signal, socket, subprocess, tempfile, time
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from program import SYSTEM, arguments, check, free_port, note, report, running

a = arguments(__doc__).parse_args()
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "loops")
ORIGINAL = os.path.realpath(a.lib) == os.path.realpath(SYSTEM)
FOREIGN = {"uv": ["libuv"], "ev": [], "event": ["libevent_core"], "glib": ["glib-2.0"]}


def build(source, kind, folder):
    """A program, against the library of its kind of loop. libev has no pkg-config."""
    package = FOREIGN.get(kind)
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", *package], check=True, capture_output=True,
                           text=True).stdout.split() if package else ["-lev"] if kind == "ev" else []
    program = os.path.join(folder, source + "-" + kind)
    subprocess.run(["gcc", "-g", "-O1", "-Wall", "-Wextra", "-DLOOP_" + kind.upper(), os.path.join(HERE, source + ".c"), "-o",
                    program, "-lwebsockets", "-lpthread", *flags], check=True)
    return program


def edges(kind, folder):
    """A program that checks by itself. The original does not pass all of it, so it is only for ours."""
    env = dict(os.environ, LD_LIBRARY_PATH=os.path.realpath(a.lib))
    try:
        done = subprocess.run([build("edges", kind, folder)], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=30)
        lines, code = done.stdout.splitlines(), done.returncode
    except subprocess.TimeoutExpired as e:
        lines, code = (e.stdout or b"").decode().splitlines(), "still there after 30 s"
    for line in lines:
        word, _, rest = line.partition(" ")
        if word in ("ok", "FAIL"):
            check("%s: %s" % (kind, rest), word == "ok")
    check("%s: edges to the end" % kind, code == 0, (code, lines[-3:]))


dialled = []


async def server(ws):
    dialled.append((ws.request.path, ws.subprotocol))
    try:
        await ws.send("srv-got:" + await ws.recv())
        await ws.wait_closed()
    except Exception as e:
        dialled.append(repr(e))


def datagrams(port, count):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(2)
        good = 0
        for i in range(count):
            s.sendto(b"u%d" % i, ("127.0.0.1", port))
            try:
                good += s.recv(100) == b"u%d" % i
            except OSError:
                pass
        return good


def processor_ticks(pid):
    with open("/proc/%d/stat" % pid) as f:
        return sum(map(int, f.read().rsplit(") ", 1)[1].split()[11:13]))


class Talk:
    """A WebSocket to the program, and what it counts."""

    def __init__(self, ws):
        self.ws = ws

    async def ask(self, message, patience=5):
        await self.ws.send(message)
        return await asyncio.wait_for(self.ws.recv(), patience)

    async def counts(self):
        return dict(word.split("=", 1) for word in (await self.ask("stats")).split(" ", 4))


async def own_things(talk, C, program, udp_port):
    """The program's own timer and socket, beside the library on the same loop."""
    C("its own UDP socket", await asyncio.to_thread(datagrams, udp_port, 50) == 50)
    before = int((await talk.counts())["ticks"])
    await asyncio.sleep(1.0)
    ticks = int((await talk.counts())["ticks"]) - before
    C("its own timer of 20 ms", 35 <= ticks <= 55, "%d in a second" % ticks)


async def timers(talk, C, late):
    began = time.monotonic()
    await talk.ws.send("timer")
    try:
        answer = await asyncio.wait_for(talk.ws.recv(), 1)
    except asyncio.TimeoutError:
        answer = None
    took = time.monotonic() - began
    if late and answer is None:
        note("lws_set_timer_usecs", "late, as the original under libev")
        await talk.ws.send("poke")
        with_traffic = []
        try:
            while True:
                with_traffic.append(await asyncio.wait_for(talk.ws.recv(), 0.6))
        except asyncio.TimeoutError:
            pass
    else:
        C("lws_set_timer_usecs of 150 ms", answer == "timer-fired" and 0.1 < took < 0.4, "%.3f s" % took)
    await talk.ask("sul")
    await asyncio.sleep(0.4)
    fired = (await talk.counts())["sul"]
    if not late:
        C("lws_sul of 100 ms", fired == "1", fired)


async def many(talk, C, port):
    async def one(i):
        async with connect(f"ws://127.0.0.1:{port}/", subprotocols=["hs-echo"], ping_interval=None, compression=None) as ws:
            for k in range(10):
                await ws.send("m%d.%d" % (i, k))
                assert await asyncio.wait_for(ws.recv(), 10) == "m%d.%d" % (i, k)
        return 1

    outcomes = await asyncio.gather(*[one(i) for i in range(60)], return_exceptions=True)
    C("60 clients at once", all(o == 1 for o in outcomes), [repr(o) for o in outcomes if o != 1][:2])
    for _ in range(20):
        ws = await connect(f"ws://127.0.0.1:{port}/", subprotocols=["hs-echo"], ping_interval=None)
        ws.transport.abort()
    C("goes on after 20 aborts", await talk.ask("still") == "still")


async def drive(program, C, port, udp_port, own, how):
    async with serve(server, "127.0.0.1", 0, subprotocols=["hs-client"], ping_interval=None) as peer:
        peer_port = peer.sockets[0].getsockname()[1]
        async with connect(f"ws://127.0.0.1:{port}/", subprotocols=["hs-echo"], ping_interval=None, max_size=None,
                           compression=None) as ws:
            talk = Talk(ws)
            for size in 1, 125, 126, 65536, 1000000:
                C("echo of %d bytes" % size, await talk.ask(b"q" * size, 20) == b"q" * size)
            if not own:
                await own_things(talk, C, program, udp_port)
            if own != "poll":
                before = processor_ticks(program.process.pid)
                await asyncio.sleep(1.0)
                spent = processor_ticks(program.process.pid) - before
                C("an idle loop does not spin", spent <= 10, "%d%% of a processor" % spent)
            await timers(talk, C, ORIGINAL and "ev" in C.label.split("-"))
            before = int((await talk.counts())["cancelled"])
            await talk.ask("thread")
            await asyncio.sleep(0.3)
            C("lws_cancel_service from a thread", int((await talk.counts())["cancelled"]) > before)
            await talk.ask("dial %d" % peer_port)
            await asyncio.sleep(0.4)
            reached = (await talk.counts())["dial"]
            C("a client on the loop", reached == "srv-got:hi from client", (reached, dialled[-1:]))
            await many(talk, C, port)
            left = await connect(f"ws://127.0.0.1:{port}/", subprotocols=["hs-echo"], ping_interval=None)
            if how == "quit":
                await ws.send("quit")
            else:
                program.process.send_signal(how)
            try:
                code = await asyncio.to_thread(program.process.wait, 6)
            except subprocess.TimeoutExpired:
                code = "still there after 6 s"
            log = program.log()
            C("ends cleanly with a client connected", code == 0 and "CLEAN" in log, "%s; %s" % (code, log[-500:]))
            if "uv_loop_close" in log:
                C("nothing is left in the loop", "uv_loop_close 0" in log and "left:" not in log, log[-500:])
            left.transport.abort()


def one(label, argv, own=None, how="quit"):
    def C(name, good, detail=""):
        return check("%s: %s" % (label, name), good, detail)

    C.label = label
    port, udp_port = free_port(), free_port()
    with running(lambda folder: [argv[0], str(port), str(udp_port)] + argv[1:], a.lib, a.verbose) as program:
        if not program.started(port):
            return
        with open("/proc/%d/maps" % program.process.pid) as maps:
            other = "evlib" in maps.read()
        if not ORIGINAL:
            C("without the original's glue", not other)
        try:
            asyncio.run(asyncio.wait_for(drive(program, C, port, udp_port, own, how), 60))
        except Exception as e:
            C("to the end", False, repr(e))


with tempfile.TemporaryDirectory(prefix="loops-") as folder:
    kinds = [k for k in FOREIGN if not (ORIGINAL and k == "event")]
    for kind in kinds:
        one(kind, [build(kind, kind, folder)])
        if not ORIGINAL:
            edges(kind, folder)
    own = build("own", "none", folder)
    for kind in ["poll", *kinds]:
        one("own-" + kind, [own, kind], own=kind, how=signal.SIGINT)
report.finish()
