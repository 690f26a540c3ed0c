#!/usr/bin/env python3
"""Where the kernel has no IPv6, a server serves over IPv4.

    no_ipv6.py --lib DIR

Also a program that does not know: one that leaves IPv6 allowed, as by default.
"""
import os, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from server import Report, Server, arguments, build
from wsraw import TEXT, WS

a = arguments(__doc__).parse_args()
report = Report()
launcher, echo = build("no_ipv6", a.build), build("echo", a.build)


def serves(options):
    with Server([launcher, echo, *options], a.lib) as server:
        with WS(server.address) as ws:
            ws.send("hello")
            assert ws.recv() == (TEXT, b"hello")
            assert ws.close() == 1000
        code = server.stop()
        assert code == 0, "exit code %s" % code


report.attempt("IPv6 switched off by the program", serves, [])
report.attempt("IPv6 allowed, on loopback", serves, ["-6"])
report.attempt("IPv6 allowed, on all interfaces", serves, ["-6", "-i", ""])
report.finish()
