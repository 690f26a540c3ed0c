#!/usr/bin/env python3
"""Independent WebSocket and HTTP clients against C servers: echo, chat, and a site.

    run.py --lib DIR [--build OUTDIR] [PEER ...]     PEER: websockets ws chromium site curl load

A peer that is missing counts as a failure; tests/deps.sh installs them.
"""
import os, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import sitefiles
from server import ROOT, Report, Server, arguments, build

ORIGINAL = "/usr/lib/x86_64-linux-gnu"
READY = {"echo": "listening", "chat": "http://", "site": "listening"}
# name: server, its arguments, the peer's command; FILES is a folder made for it
PEERS = {
    "websockets": ("echo", ["-u"], [os.path.join(ROOT, "target/venv/bin/python"), HERE + "/websockets_peer.py", "PORT"]),
    "ws": ("echo", ["-u"], ["node", HERE + "/ws_peer.mjs", "PORT", os.path.join(ROOT, "target/node")]),
    "websockets-deflate": ("echo", ["-u", "-z"],
                           [os.path.join(ROOT, "target/venv/bin/python"), HERE + "/websockets_peer.py", "PORT", "deflate"]),
    "websockets-takeover": ("echo", ["-u", "-z", "-z"],
                            [os.path.join(ROOT, "target/venv/bin/python"), HERE + "/websockets_peer.py", "PORT", "deflate"]),
    "ws-deflate": ("echo", ["-u", "-z"], ["node", HERE + "/ws_peer.mjs", "PORT", os.path.join(ROOT, "target/node"), "deflate"]),
    "ws-takeover": ("echo", ["-u", "-z", "-z"],
                    ["node", HERE + "/ws_peer.mjs", "PORT", os.path.join(ROOT, "target/node"), "deflate"]),
    "chromium": ("chat", ["0"], [sys.executable, HERE + "/chromium_peer.py", "PORT"]),
    "site": ("site", ["FILES"], [sys.executable, HERE + "/site_peer.py", "PORT"]),
    "curl": ("site", ["FILES"], [sys.executable, HERE + "/curl_peer.py", "PORT", "FILES"]),
    "load": ("site", ["FILES"], [sys.executable, HERE + "/load_peer.py", "PORT"]),
}


def run(name, a, report, files):
    program, options, command = PEERS[name]
    if name == "curl" and os.path.realpath(a.lib) == ORIGINAL:
        command = command + ["--original"]
    if "FILES" in options:
        sitefiles.make(files)
    options, command = [[files if c == "FILES" else c for c in words] for words in (options, command)]
    with Server([build(program, a.build), *options], a.lib, ready=READY[program]) as server:
        command = [str(server.port) if c == "PORT" else c for c in command]
        with tempfile.TemporaryFile("w+") as err:
            try:
                out = subprocess.run(command, stdout=subprocess.PIPE, stderr=err, text=True, timeout=300)
            except (OSError, subprocess.TimeoutExpired) as e:
                report.check(name, False, e)
                return
            err.seek(0)
            seen = 0
            for line in out.stdout.splitlines():
                word, _, rest = line.partition(" ")
                if word == "original:":
                    print(line, flush=True)
                if word in ("ok", "FAIL"):
                    case, _, detail = rest.partition(" - ")
                    report.check("%s: %s" % (name, case), word == "ok", detail)
                    seen += 1
            if not seen or out.returncode not in (0, 1):
                report.check(name, False, "the peer did not run: %s" % err.read()[-500:])
        report.check("%s: the server is alive and ends cleanly" % name, server.alive() and server.stop() == 0, server.log())


p = arguments(__doc__)
p.add_argument("peers", nargs="*", metavar="PEER", help=" ".join(PEERS))
a = p.parse_args()
report = Report()
for name in a.peers or PEERS:
    try:
        with tempfile.TemporaryDirectory(prefix="peer-") as files:
            run(name, a, report, files)
    except Exception as e:
        report.check(name, False, e)
report.finish()
