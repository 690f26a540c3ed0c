#!/usr/bin/env python3
"""A TCP echo of injected connections beside the raw floor: CPU per message, and user instructions per message by valgrind.

    tcp_echo.py [-r ROUNDS] [--no-instructions] NAME=COMMAND ...     the port is appended to each command

Rounds alternate between the servers; medians. CPU is that of the server process, user and kernel, from the scheduler's own count.
The first server is the reference of the ratios.
"""
import argparse, os, re, selectors, signal, socket, statistics, subprocess, tempfile, time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def connect(port):
    end = time.monotonic() + 20
    while True:
        try:
            s = socket.create_connection(("127.0.0.1", port))
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return s
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def rounds_of(conns, size, rounds):
    message = os.urandom(size)
    for _ in range(rounds):
        for s in conns:
            s.sendall(message)
        for s in conns:
            got = s.recv(size, socket.MSG_WAITALL)
            if got != message:
                raise SystemExit("echoed bytes differ")


def ns_of(pid):
    return int(open("/proc/%d/schedstat" % pid).read().split()[0])


def cpu(command, n, size, rounds):
    port = free_port()
    p = subprocess.Popen([*command.split(), str(port)])
    try:
        conns = [connect(port) for _ in range(n)]
        rounds_of(conns, size, max(rounds // 10, 2))
        begin = ns_of(p.pid)
        rounds_of(conns, size, rounds)
        spent = ns_of(p.pid) - begin
        for s in conns:
            s.close()
        return spent / (n * rounds)
    finally:
        p.terminate()
        p.wait()


def instructions(command, n, size, short, long):
    def total(rounds):
        port = free_port()
        with tempfile.TemporaryDirectory() as tmp:
            out = os.path.join(tmp, "callgrind")
            p = subprocess.Popen(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, *command.split(), str(port)],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            conns = [connect(port) for _ in range(n)]
            rounds_of(conns, size, rounds)
            p.send_signal(signal.SIGTERM)
            p.wait(30)
            return int(re.search(r"^(?:summary|totals): (\d+)", open(out).read(), re.M).group(1))
    return (total(long) - total(short)) / (n * (long - short))


p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("-r", type=int, default=5, metavar="ROUNDS")
p.add_argument("--no-instructions", action="store_true")
p.add_argument("servers", nargs="+", metavar="NAME=COMMAND")
a = p.parse_args()
servers = [s.split("=", 1) for s in a.servers]
print("%-34s" % "per message" + "".join("%22s" % name for name, _ in servers))


def row(title, figures):
    print("%-34s" % title + "".join("%13.0f %8s" % (f, "(%.3f)" % (f / figures[0])) for f in figures), flush=True)


for n, size, rounds in ((1, 20, 8000), (50, 20, 400), (50, 1024, 400), (50, 16384, 150)):
    took = [[] for _ in servers]
    for _ in range(a.r):
        for i, (_, command) in enumerate(servers):
            took[i].append(cpu(command, n, size, rounds))
    row("%d x %d B, CPU ns" % (n, size), [statistics.median(t) for t in took])
    if not a.no_instructions:
        row("%d x %d B, user instructions" % (n, size), [instructions(c, n, size, 4, 44) for _, c in servers])
