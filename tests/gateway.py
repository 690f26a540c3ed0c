#!/usr/bin/env python3
"""Two gateways (c_examples/gateway.c) with one Redis between them, and what happens when that goes away.

    gateway.py BINARY [--demo]

Starts redis-server and two gateways on loopback. `ok` or `FAIL` per check; with --demo it also shows what is said.
"""
import argparse, os, re, select, signal, socket, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from wsraw import WS, Gone

PATIENCE = 15


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Redis:
    def __init__(self, port, folder):
        self.port, self.folder, self.proc = port, folder, None

    def start(self):
        self.proc = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dir", self.folder], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as s:
                    s.sendall(b"PING\r\n")
                    if s.recv(7) == b"+PONG\r\n":
                        return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("redis-server does not start")

    def stop(self, how=signal.SIGKILL):
        if self.proc and self.proc.poll() is None:
            self.proc.send_signal(how)
            self.proc.send_signal(signal.SIGCONT)
            self.proc.wait(PATIENCE)


class Gateway:
    def __init__(self, binary, redis_port):
        self.proc = subprocess.Popen([binary, "0", str(redis_port)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if not select.select([self.proc.stdout], [], [], PATIENCE)[0]:
            raise AssertionError("the gateway does not start")
        self.port = int(re.search(rb"port (\d+)", self.proc.stdout.readline()).group(1))

    def fds(self):
        return len(os.listdir("/proc/%d/fd" % self.proc.pid))

    def stop(self):
        if self.proc.poll() is None:
            self.proc.terminate()
        try:
            return self.proc.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            return self.proc.wait()


class Client:
    def __init__(self, name, gateway, show):
        self.name, self.show = name, show
        self.ws = WS(("127.0.0.1", gateway.port), protocol="gateway")
        self.lines = []

    def say(self, text):
        if self.show:
            print("  %-6s says    %s" % (self.name, text))
        self.ws.send(text)

    def hear(self, text, start="> "):
        """Waits for a line with this text; what comes before is kept in `lines`."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for i, line in enumerate(self.lines):
                if line.startswith(start) and text in line:
                    del self.lines[i]
                    if self.show:
                        print("  %-6s hears   %s" % (self.name, line))
                    return True
            self.ws.sock.settimeout(max(0.1, end - time.monotonic()))
            try:
                self.lines.append(self.ws.recv()[1].decode())
            except (TimeoutError, Gone):
                return False
        return False


def run(binary, show, check):
    with tempfile.TemporaryDirectory() as folder:
        redis = Redis(free_port(), folder)
        gateways, clients = [], []
        try:
            redis.start()
            gateways = [Gateway(binary, redis.port) for _ in range(2)]
            alice, bob = (Client(*who, show) for who in (("alice", gateways[0]), ("bob", gateways[1])))
            carol = Client("carol", gateways[1], show)
            clients = [alice, bob, carol]
            time.sleep(0.3)  # both have subscribed, or say that the bus is not there and then that it is
            alice.say("hello from gateway one")
            check("a message goes in at one gateway and comes out at clients of the other",
                  all(c.hear("hello from gateway one") for c in clients))
            bob.say("Grüße zurück 👋")
            check("and back", all(c.hear("Grüße zurück 👋") for c in clients))
            before = [g.fds() for g in gateways]

            redis.stop()
            check("Redis is killed: clients are told", all(c.hear("the bus is lost", "! ") for c in clients))
            for n in range(20):
                alice.say("kept %d" % n)
            time.sleep(0.5)
            check("gateways and clients stay", all(g.proc.poll() is None for g in gateways))
            redis.start()
            check("Redis comes back: clients are told", all(c.hear("the bus is back", "! ") for c in clients))
            check("what was said meanwhile is not lost: its own gateway's clients hear it, in order",
                  all(alice.hear("kept %d" % n) for n in range(20)))
            time.sleep(1)  # gateway two may have been back later
            alice.say("all here again")
            check("and both gateways are one room again", all(c.hear("all here again") for c in clients))

            redis.stop()
            check("Redis is killed again", alice.hear("the bus is lost", "! "))
            for n in range(1100):
                alice.ws.send("flood %d" % n)
            check("beyond the bound the sender is told", all(alice.hear("dropped", "! ") for _ in range(100)))
            redis.start()
            check("the 1000 that were accepted are not lost", all(alice.hear("flood %d" % n) for n in range(1000)))
            check("and no more come", not any("flood 10" in line and len(line) > 9 + 2 for line in alice.lines))

            redis.proc.send_signal(signal.SIGSTOP)
            check("a Redis that hangs is given up", alice.hear("the bus is lost", "! "))
            redis.proc.send_signal(signal.SIGCONT)
            check("and taken back", alice.hear("the bus is back", "! "))
            bob.ws.sock.settimeout(PATIENCE)
            time.sleep(1)
            carol.say("the end")
            check("at last", all(c.hear("the end") for c in clients))
            check("descriptors are what they were", [g.fds() for g in gateways] == before)
            # a gateway that ends while its Redis is away
            redis.stop()
            check("gateways end cleanly", [g.stop() for g in gateways] == [0, 0])
        finally:
            for c in clients:
                c.ws.sock.close()
            for g in gateways:
                g.stop()
            redis.stop()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("binary")
    p.add_argument("--demo", action="store_true")
    a = p.parse_args()
    counts = [0, 0]

    def check(name, good):
        counts[not good] += 1
        print("%s %s" % ("ok" if good else "FAIL", name), flush=True)

    try:
        run(a.binary, a.demo, check)
    except Exception as e:
        check("no exception: %s: %s" % (type(e).__name__, e), False)
    if a.demo:
        print("demo-gateway: %s - %d checks passed, %d failed; one Redis, two gateways, killed twice and stopped once"
              % ("FAILED" if counts[1] or not counts[0] else "ok", *counts))
    else:
        print("%d passed, %d failed" % tuple(counts))
    sys.exit(bool(counts[1] or not counts[0]))


main()
