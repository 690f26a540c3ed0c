#!/usr/bin/env python3
"""Memory per outgoing WebSocket connection, beside that of an incoming one.

    client_memory.py [-n COUNT] NAME=CLIENT,SERVER ...

CLIENT (./ws_client) gets COUNT and a port, and connects to raw_epoll_ws; SERVER (./ws_echo) gets a port, and hold.py connects to it.
RSS and its anonymous part of the process that is looked at, per connection.
"""
import argparse, os, socket, subprocess, time

HERE = os.path.dirname(os.path.abspath(__file__))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def memory(pid):
    """RSS and anonymous memory in bytes."""
    with open("/proc/%d/smaps_rollup" % pid) as f:
        lines = {l.split(":")[0]: int(l.split()[1]) * 1024 for l in f if l.endswith("kB\n")}
    return lines["Rss"], lines["Anonymous"]


def serving(command, port):
    p = subprocess.Popen([*command.split(), str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return p
        except OSError:
            time.sleep(0.05)
    raise SystemExit("%s does not listen" % command)


def said(p, word):
    line = p.stdout.readline()
    if not line.startswith(word):
        raise SystemExit("%s says %r" % (p.args, line))


def per_connection(before, after, count):
    return [(b - a) / count for a, b in zip(before, after)]


def client(command, count):
    port = free_port()
    peer = serving(HERE + "/raw_epoll_ws", port)
    p = subprocess.Popen([*command.split(), str(count), str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        said(p, "ready")
        before = memory(p.pid)
        p.stdin.write("\n")
        p.stdin.flush()
        said(p, "holding %d" % count)
        time.sleep(0.5)
        return per_connection(before, memory(p.pid), count)
    finally:
        for each in (p, peer):
            each.kill()
            each.wait()


def server(command, count):
    port = free_port()
    p = serving(command, port)
    holder = None
    try:
        time.sleep(0.2)
        before = memory(p.pid)
        holder = subprocess.Popen(["python3", HERE + "/hold.py", str(port), str(count)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        said(holder, "holding")
        time.sleep(0.5)
        return per_connection(before, memory(p.pid), count)
    finally:
        for each in (holder, p):
            if each:
                each.kill()
                each.wait()


def main():
    a = argparse.ArgumentParser()
    a.add_argument("-n", type=int, default=1000, dest="count")
    a.add_argument("pairs", nargs="+", metavar="NAME=CLIENT,SERVER")
    a = a.parse_args()
    print("bytes per connection, %d of them" % a.count)
    for pair in a.pairs:
        name, _, commands = pair.partition("=")
        c, s = commands.split(",")
        (c_rss, c_anon), (s_rss, s_anon) = client(c, a.count), server(s, a.count)
        print("%-12s client %6.0f (anonymous %6.0f)   server %6.0f (%6.0f)   client beyond server %6.0f (%6.0f)" %
              (name, c_rss, c_anon, s_rss, s_anon, c_rss - s_rss, c_anon - s_anon), flush=True)


main()
