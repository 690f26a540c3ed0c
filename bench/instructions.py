#!/usr/bin/env python3
"""User instructions per message or request, counted by valgrind: repeatable, whatever else the machine does.

    instructions.py NAME=COMMAND ...             WebSocket servers; the port is appended to each command
    instructions.py --http NAME=COMMAND ...      HTTP servers; a folder of files and the port are

Each figure is the difference between a long and a short run of the same server, divided by the messages
between them: start and end cancel out. The first server is the reference of the ratios.
"""
import os, re, signal, socket, struct, subprocess, sys, tempfile, time

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
HANDSHAKE = (b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             b"Sec-WebSocket-Key: " + KEY + b"\r\nSec-WebSocket-Version: 13\r\n\r\n")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def read_exactly(s, n):
    while n > 0:
        got = s.recv(min(n, 1 << 20))
        if not got:
            raise EOFError
        n -= len(got)


def connect(port):
    s = socket.create_connection(("127.0.0.1", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.sendall(HANDSHAKE)
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += s.recv(1)
    return s


def frame(size):
    head = bytes([0x82]) + (bytes([0x80 | size]) if size < 126 else
                            b"\xfe" + struct.pack(">H", size) if size < 65536 else b"\xff" + struct.pack(">Q", size))
    return head + b"\x01\x02\x03\x04" + bytes(size)


def echo(port, conns, size, depth, rounds):
    all = [connect(port) for _ in range(conns)]
    message = frame(size) * depth
    for _ in range(rounds):
        for s in all:
            s.sendall(message)
        for s in all:
            for _ in range(depth):
                payload = 0  # it may come in fragments
                while payload < size:
                    first = s.recv(2, socket.MSG_WAITALL)
                    n = first[1] & 127
                    if n == 126:
                        n = struct.unpack(">H", s.recv(2, socket.MSG_WAITALL))[0]
                    elif n == 127:
                        n = struct.unpack(">Q", s.recv(8, socket.MSG_WAITALL))[0]
                    read_exactly(s, n)
                    payload += n
    for s in all:
        s.close()
    return conns * depth * rounds


def handshakes(port, _conns, _size, _depth, rounds):
    for _ in range(rounds):
        s = connect(port)
        s.sendall(b"\x88\x80\x01\x02\x03\x04")
        while s.recv(64):
            pass
        s.close()
    return rounds


def requests(port, conns, path, size, rounds):
    """Keep-alive, one request at a time on each connection."""
    request = b"GET %s HTTP/1.1\r\nHost: localhost:%d\r\nUser-Agent: instructions/1\r\n\r\n" % (path, port)
    all = [socket.create_connection(("127.0.0.1", port)) for _ in range(conns)]
    for _ in range(rounds):
        for s in all:
            s.sendall(request)
        for s in all:
            head = b""
            while b"\r\n\r\n" not in head:
                got = s.recv(1024)
                if not got:
                    raise EOFError
                head += got
            head, body = head.split(b"\r\n\r\n", 1)
            if not head.startswith(b"HTTP/1.1 200 ") or b"content-length: %d\r\n" % size not in head.lower() + b"\r\n":
                raise SystemExit("answered with %r" % head)
            read_exactly(s, size - len(body))
    for s in all:
        s.close()
    return conns * rounds


def count(command, scenario, args, rounds):
    port = free_port()
    with tempfile.TemporaryDirectory() as tmp:
        out = os.path.join(tmp, "callgrind")
        p = subprocess.Popen(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command.split(), str(port)],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(200):
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    time.sleep(0.05)
            n = scenario(port, *args, rounds)
        finally:
            p.send_signal(signal.SIGTERM)
            try:
                p.wait(20)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        total = re.search(r"^(?:summary|totals): (\d+)", open(out).read(), re.M)
        return int(total.group(1)), n


SCENARIOS = [
    ("50 x 20 B", echo, (50, 20, 1), (4, 44)),
    ("50 x 20 B, 16 pipelined", echo, (50, 20, 16), (2, 12)),
    ("50 x 1 KiB", echo, (50, 1024, 1), (4, 24)),
    ("50 x 16 KiB", echo, (50, 16384, 1), (2, 8)),
    ("1 x 1 MiB", echo, (1, 1 << 20, 1), (2, 12)),
    ("handshake and close", handshakes, (0, 0, 0), (20, 220)),
]
HTTP = [
    ("/hello, 50 connections", requests, (50, b"/hello", 13), (4, 44)),
    ("/hello, 1 connection", requests, (1, b"/hello", 13), (100, 1100)),
    ("10 kB file, 50 connections", requests, (50, b"/10k.txt", 10000), (4, 24)),
    ("10 MB file, 1 connection", requests, (1, b"/10m.txt", 10_000_000), (1, 3)),
]


def main():
    http = sys.argv[1:2] == ["--http"]
    servers = [arg.split("=", 1) for arg in sys.argv[1 + http:]]
    files = tempfile.TemporaryDirectory()
    for name, size in (("10k.txt", 10000), ("10m.txt", 10_000_000)):
        with open(os.path.join(files.name, name), "wb") as f:
            f.write(bytes(size))
    if http:
        servers = [(name, command + " " + files.name) for name, command in servers]
    print(f"{'user instructions per ' + ('request' if http else 'message'):32}" + "".join(f"{name:>22}" for name, _ in servers))
    for title, scenario, args, (short, long) in HTTP if http else SCENARIOS:
        figures = []
        for _, command in servers:
            (a, n), (b, m) = count(command, scenario, args, short), count(command, scenario, args, long)
            figures.append((b - a) / (m - n))
        cells = "".join(f"{f:>13.0f} {f'({f / figures[0]:.3f})':>8}" for f in figures)
        print(f"{title:32}{cells}", flush=True)


main()
