#!/usr/bin/env python3
"""Shows the chat server at work.

    demo.py BINARY [--keep]

Starts BINARY (built from c_examples/chat.c) on a free port, gets its page, and lets two
clients talk. With --keep it then stays for people to open, until Ctrl-C.
"""
import argparse, os, re, signal, subprocess, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from wsraw import WS, http


def say(speaker, text, clients):
    """`speaker` says it, and everybody must get it."""
    line = "%s: %s" % (speaker, text)
    clients[speaker].send(line)
    print("  %s says    %s" % (speaker.ljust(5), line))
    for name, ws in clients.items():
        _, got = ws.recv()
        if got.decode() != line:
            raise AssertionError("%s got %r" % (name, got))
        print("  %s hears   %s" % (name.ljust(5), got.decode()))
    return len(clients)


def show(url):
    port = int(re.search(r":(\d+)/", url).group(1))
    address = ("127.0.0.1", port)

    status, headers, body = http(address, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    if status != 200 or b"WebSocket" not in body:
        raise AssertionError("GET / answered %d" % status)
    print("  page        GET / -> %d, %s, %d bytes" % (status, headers.get("content-type"), len(body)))

    clients = {name: WS(address, protocol="chat") for name in ("alice", "bob")}
    heard = 0
    for speaker, text in (("alice", "hello"), ("bob", "hi alice, welcome to netgraft"),
                          ("alice", "Grüße, 你好, 👋"), ("bob", "bye")):
        heard += say(speaker, text, clients)
    for name, ws in clients.items():
        code = ws.close()
        if code != 1000:
            raise AssertionError("%s: close answered with %s" % (name, code))
    print("  both leave, close code 1000")
    return heard


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("binary")
    p.add_argument("--keep", action="store_true", help="leave the server running until Ctrl-C")
    a = p.parse_args()

    server = subprocess.Popen([a.binary, "0"], stdout=subprocess.PIPE, text=True)
    failure, heard = None, 0
    try:
        line = server.stdout.readline().strip()
        match = re.search(r"http://\S+", line)
        if not match:
            raise AssertionError("the server did not start")
        print("chat server at %s" % match.group(), flush=True)
        heard = show(match.group())
        if a.keep:
            print("open %s in two windows; Ctrl-C ends it" % match.group(), flush=True)
            server.wait()
    except KeyboardInterrupt:
        print()
    except Exception as e:
        failure = "%s: %s" % (type(e).__name__, e)

    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
    try:
        code = server.wait(5)
    except subprocess.TimeoutExpired:
        server.kill()
        code = server.wait()
        failure = failure or "the server did not end on SIGTERM"
    if code != 0 and not failure:
        failure = "the server's exit code is %d" % code
    if failure:
        print("demo: FAILED - %s" % failure)
    else:
        print("demo: ok - %d messages delivered, the server ended cleanly" % heard)
    sys.exit(1 if failure else 0)


main()
