#!/usr/bin/env python3
"""The cost of socket calls, libc beside netgraft: interleaved rounds, medians, ratios of CPU time.

    sockets.py [-r ROUNDS] [-t MILLISECONDS] [--include DIR] [--lib DIR] [SCENARIO ...]
"""
import argparse, os, statistics, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
# scenario, what one operation is, goal
SCENARIOS = [
    ("udp", "send and recv of 64 B, UDP", 1.02),
    ("tcp", "send and recv of 64 B, TCP", 1.02),
    ("write-udp", "write and read of 64 B, UDP", 1.02),
    ("to-udp", "sendto and recvfrom of 64 B", 1.02),
    ("empty-udp", "recv that finds nothing", None),
    ("select10", "select, 10 descriptors, one ready", 1.10),
    ("select100", "select, 100", None),
    ("select1000", "select, 1000", 1.00),
    ("poll10", "poll, 10 descriptors, one ready", None),
    ("poll100", "poll, 100", None),
    ("poll1000", "poll, 1000", None),
    ("socket-close", "socket and close", 1.30),
    ("connection", "connect, accept, two closes", None),
    ("udp-2", "send and recv, UDP, two threads", None),
    ("tcp-2", "send and recv, TCP, two threads", None),
    ("socket-close-2", "socket and close, two threads", None),
    ("pingpong-udp", "ping-pong of two sleeping threads, UDP", None),
    ("pingpong-tcp", "ping-pong of two sleeping threads, TCP", None),
]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-r", "--rounds", type=int, default=7)
    p.add_argument("-t", "--milliseconds", type=int, default=200)
    p.add_argument("--include", default=os.path.join(HERE, "..", "dist", "include"))
    p.add_argument("--lib", default=os.path.join(HERE, "..", "dist", "lib"))
    p.add_argument("scenarios", nargs="*")
    a = p.parse_args()
    flags = [os.environ.get("CC", "cc"), "-O2", "-g", "-std=gnu11", "-Wall", "-Wextra", os.path.join(HERE, "sockets.c")]
    subprocess.run([*flags, "-DON_LIBC", "-o", os.path.join(HERE, "sockets-libc"), "-lpthread"], check=True)
    subprocess.run([*flags, "-I", a.include, "-o", os.path.join(HERE, "sockets-ours"), "-L", a.lib, "-lnetgraft", "-lpthread"], check=True)
    env = dict(os.environ, LD_LIBRARY_PATH=os.path.realpath(a.lib))
    both = ("libc", "ours")

    print("%-42s%12s%12s%10s%10s   %s" % ("CPU per operation", "libc, ns", "ours, ns", "ratio", "wall", "goal"))
    short = 0
    for name, what, goal in SCENARIOS:
        if a.scenarios and name not in a.scenarios:
            continue
        cpu, wall = {f: [] for f in both}, {f: [] for f in both}
        for i in range(a.rounds):
            for face in both if i % 2 == 0 else both[::-1]:
                out = subprocess.run([os.path.join(HERE, "sockets-" + face), name, str(a.milliseconds)], env=env, check=True,
                                     stdout=subprocess.PIPE, text=True).stdout.split()
                cpu[face].append(float(out[1]))
                wall[face].append(float(out[2]))
        # of each round's pair: what else the machine does is in both
        ratio = statistics.median(o / l for l, o in zip(cpu["libc"], cpu["ours"]))
        walls = statistics.median(o / l for l, o in zip(wall["libc"], wall["ours"]))
        verdict = "" if goal is None else "<= %.2f%s" % (goal, "" if ratio <= goal else "  short of it")
        short += goal is not None and ratio > goal
        print("%-42s%12.0f%12.0f%10.3f%10.3f   %s" % (what, statistics.median(cpu["libc"]), statistics.median(cpu["ours"]), ratio, walls, verdict), flush=True)
    print("%d short of the goal" % short)


if __name__ == "__main__":
    sys.exit(main())
