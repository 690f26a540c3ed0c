#!/usr/bin/env python3
"""The examples that use netgraft.h, each driven from outside.

    native_examples.py FOLDER      where they were built
"""
import os, re, select, signal, socket, subprocess, sys, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from wsraw import KEY, WS, accept_of, frame, upgrade_request

FOLDER = sys.argv[1]
PATIENCE = 10


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Program:
    def __init__(self, name, *argv, **more):
        self.proc = subprocess.Popen([os.path.join(FOLDER, name), *map(str, argv)], **more)

    def __enter__(self):
        return self

    def wait_for(self, port):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                return socket.create_connection(("127.0.0.1", port), PATIENCE)
            except OSError:
                time.sleep(0.02)
        raise AssertionError("does not listen")

    def end(self, expected=0):
        self.proc.send_signal(signal.SIGTERM)
        code = self.proc.wait(PATIENCE)
        assert code == expected, "exit code %d" % code

    def __exit__(self, *exc):
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait()
        for pipe in (self.proc.stdin, self.proc.stdout, self.proc.stderr):
            if pipe:
                pipe.close()


def all_of(s):
    got = b""
    while chunk := s.recv(1 << 16):
        got += chunk
    return got


def inject():
    port, data = free_port(), os.urandom(3 << 20)
    with socket.create_server(("127.0.0.1", 0)) as back, Program("inject", port, back.getsockname()[1]) as p:
        p.wait_for(port).close()
        back.settimeout(PATIENCE)
        first, _ = back.accept()
        first.close()
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as s:
            link, _ = back.accept()
            link.settimeout(PATIENCE)
            sender = threading.Thread(target=lambda: (s.sendall(data), s.shutdown(socket.SHUT_WR)))
            sender.start()
            time.sleep(0.3)  # nobody reads: what the proxy keeps is bounded
            rss = int(open("/proc/%d/statm" % p.proc.pid).read().split()[1]) * 4096
            assert rss < 32 << 20, "keeps %d bytes" % rss
            got = all_of(link)
            sender.join()
            assert got == data, "what arrives is not what was sent"
            link.sendall(data[::-1])
            link.close()
            assert all_of(s) == data[::-1], "what comes back is not what was sent"
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as s:
            s.sendall(b"DATE\n")
            assert re.match(rb"\w{3} \w{3} .*\d{4}\n", all_of(s)), "no date"
        p.end()


def threads():
    port = free_port()
    with Program("threads", port) as p:
        p.wait_for(port).close()
        ws = WS(("127.0.0.1", port), protocol="primes")
        gone = WS(("127.0.0.1", port), protocol="primes")
        gone.send("900000")
        gone.sock.close()  # its answer comes to nobody
        for n in (10, 100, 1000):
            ws.send(str(n))
        got = sorted(ws.recv()[1] for _ in range(3))
        assert got == [b"168 primes below 1000", b"25 primes below 100", b"4 primes below 10"], got
        p.end()


def nest():
    port = free_port()
    with Program("nest", port, stdin=subprocess.PIPE) as p:
        p.wait_for(port).close()
        all = [WS(("127.0.0.1", port), protocol="lines") for _ in range(3)]
        time.sleep(0.1)
        p.proc.stdin.write(b"to everybody\n")
        p.proc.stdin.flush()
        for ws in all:
            got = ws.recv()[1]
            assert got == b"to everybody\n", got
        p.end()


def listen_fds():
    with socket.create_server(("127.0.0.1", 0)) as a, socket.create_server(("127.0.0.1", 0)) as b:
        ports = [s.getsockname()[1] for s in (a, b)]
        early = socket.create_connection(("127.0.0.1", ports[0]), PATIENCE)
        early.sendall(upgrade_request(protocol="echo"))  # before anybody serves

        # as systemd does it: the sockets as 3 and 4, and the process's own number
        shell = 'exec 3<&%d 4<&%d; LISTEN_PID=$$ LISTEN_FDS=2 exec "$0"' % (a.fileno(), b.fileno())
        p = Program.__new__(Program)
        p.proc = subprocess.Popen(["bash", "-c", shell, os.path.join(FOLDER, "listen_fds")], pass_fds=(a.fileno(), b.fileno()))
        with p:
            assert accept_of(KEY).encode() in early.recv(4096), "who came early is not served"
            early.close()
            for port in ports:
                ws = WS(("127.0.0.1", port), protocol="echo")
                ws.send("hello")
                assert ws.recv()[1] == b"hello"
            p.end()
    with Program("listen_fds", stderr=subprocess.DEVNULL) as p:
        assert p.proc.wait(PATIENCE) == 2, "it serves nothing"


def ws_pipe():
    with Program("ws_pipe", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as p:
        stream = upgrade_request(protocol="echo") + frame(1, b"hello") + frame(2, bytes(70000)) + frame(9, b"?") + frame(8, b"\x03\xe8")
        threading.Thread(target=lambda: (p.proc.stdin.write(stream), p.proc.stdin.flush()), daemon=True).start()
        out = b""
        while select.select([p.proc.stdout], [], [], PATIENCE)[0] and (chunk := os.read(p.proc.stdout.fileno(), 1 << 16)):
            out += chunk
        head, frames = out.split(b"\r\n\r\n", 1)
        assert b" 101 " in head and accept_of(KEY).encode() in head and b"Protocol: echo" in head, head
        assert frames.startswith(b"\x81\x05hello") and frames.endswith(b"\x8a\x01?\x88\x02\x03\xe8"), frames[:20]
        assert 70000 <= len(frames) <= 70100 and p.proc.wait(PATIENCE) == 0


failed = 0
for drive in (inject, threads, nest, listen_fds, ws_pipe):
    try:
        drive()
        print("ok", drive.__name__, flush=True)
    except Exception as e:
        failed += 1
        print("FAIL %s: %s: %s" % (drive.__name__, type(e).__name__, e), flush=True)
print("%d passed, %d failed" % (5 - failed, failed))
sys.exit(bool(failed))
