#!/usr/bin/env python3
"""Autobahn cases 1-10, 12 and 13 against tests/c/echo.c, with UTF-8 validation on.

    autobahn.py --lib DIR [--cases '1.*' ...] [--spread] [--takeover] [--parallel N] [--limit SECONDS] [--verbose]

Cases 12 and 13 (permessage-deflate) have a server of their own, with the extension, and run four at a time in
that one process. --spread leaves most of them out. --takeover has the server keep its compression context.

Passes when every case has run, its behaviour is OK and the connection's close is OK;
the exceptions are the two tables below. A deflate case that the server has not agreed on counts as failed.
The cases come with PyPI's kosoku.
"""
import asyncio, collections, importlib, os, sys, threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from server import ROOT, Server, arguments, build

try:
    from kosoku import FailureError, run_fuzzingclient
    from kosoku._caseindex import initialize_shims
except ImportError:  # tests/deps.sh puts it into a venv
    venv = os.path.join(ROOT, "target", "venv", "bin", "python")
    if os.path.realpath(sys.prefix) == os.path.realpath(os.path.dirname(os.path.dirname(venv))):
        raise
    if not os.path.exists(venv):
        sys.exit("FAIL autobahn - no kosoku; tests/deps.sh installs it")
    os.execv(venv, [venv] + sys.argv)

# How many cases each group has: none may go missing.
GROUPS = {"1": 16, "2": 11, "3": 7, "4": 10, "5": 20, "6": 145, "7": 37, "9": 54, "10": 1, "12": 90, "13": 126}
DEFLATE = ("12", "13")
# With --spread: small, middle and large messages of every kind of data, and of every way to agree.
SPREAD = ["12.1.1", "12.1.5", "12.2.7", "12.3.10", "12.4.2", "12.4.16", "12.5.4",
          "13.1.3", "13.1.12", "13.2.7", "13.3.5", "13.3.14", "13.4.2", "13.5.10", "13.6.6", "13.7.1", "13.7.16"]

# Not strict, and allowed, because RFC 6455 leaves it open:
NON_STRICT = {
    # A good message, then a bad frame: the message may be lost, because
    # failing the connection at once is allowed (7.1.7). Echoing first is nicer.
    "3.2", "3.3", "3.4", "4.1.3", "4.1.4", "4.1.5", "4.2.3", "4.2.4", "4.2.5", "5.15",
    # Invalid UTF-8 may be noticed at the end of the message, not at the first bad byte (8.1).
    "6.4.1", "6.4.2", "6.4.3", "6.4.4",
}
# Whatever the server does is right: a case that only asks.
INFORMATIONAL = {
    "7.1.6",   # 256 KB, close and ping at once: how much of the echo is seen depends on timing
    "7.13.1",  # close code 5000: outside every range, the RFC names no reaction
    "7.13.2",  # close code 65535: the same
}


def mend_cases():
    """Cases 12 and 13 hash each echo as bytes, but kosoku gives them what came uncompressed as str, a character for each byte: a server may
    choose for each message whether it compresses."""
    initialize_shims()
    cases = importlib.import_module("case12_x_x")
    for case in cases.Case12_X_X + cases.Case13_X_X:
        def on_message(self, message, binary, given=case.onMessage):
            given(self, message.encode("latin-1") if isinstance(message, str) else message, binary)
        case.onMessage = on_message


def verdict(r):
    """None when the case passes, otherwise what is wrong."""
    behavior, close = r.behavior.value, r.behavior_close.value
    allowed = {"OK"}
    if r.case_id in NON_STRICT:
        allowed.add("NON-STRICT")
    if r.case_id in INFORMATIONAL:
        allowed.add("INFORMATIONAL")
    if behavior not in allowed:
        return "%s: %s" % (behavior, r.result)
    if close not in ("OK", "INFORMATIONAL"):
        return "close %s: %s" % (close, r.result_close)
    return None


async def run(url, cases, parallel):
    try:
        return await run_fuzzingclient(url, cases, [], concurrency=parallel)
    except FailureError as failure:
        return failure.results


def serve(a, options, cases, parallel):
    """The results of these cases on a server with these options, and whether it has lived and ended well."""
    with Server([build("echo", a.build), "-u", *options], a.lib) as server:
        # a run that hangs ends with its server
        limit = threading.Timer(a.limit, server.proc.kill)
        limit.daemon = True
        limit.start()
        results = asyncio.run(run("ws://127.0.0.1:%d" % server.port, cases, parallel))
        limit.cancel()
        alive = server.alive()
        code = server.stop()
    return results, None if alive and code == 0 else "exit code %s" % code


def main():
    p = arguments(__doc__)
    p.add_argument("--cases", nargs="+", help="case ids or globs (default: all)")
    p.add_argument("--spread", action="store_true", help="of 12 and 13 a spread only")
    p.add_argument("--takeover", action="store_true", help="12 and 13 with context takeover")
    p.add_argument("--parallel", type=int, default=2, help="of cases 1 to 10")
    p.add_argument("--limit", type=int, default=300, metavar="SECONDS", help="for each server")
    p.add_argument("--verbose", action="store_true", help="a line for each case")
    a = p.parse_args()

    def is_deflate(case):
        return case.split(".")[0] in DEFLATE

    wanted = a.cases or [group + ".*" for group in GROUPS]
    plain = [case for case in wanted if not is_deflate(case)]
    packed = [case for case in wanted if is_deflate(case)]
    if a.spread:
        packed = SPREAD

    mend_cases()
    results, bad = [], 0
    for options, cases, parallel in (([], plain, a.parallel), (["-z"] * (1 + a.takeover), packed, 4)):
        if cases:
            more, ended = serve(a, options, cases, parallel)
            results += more
            if ended:
                bad += 1
                print("FAIL server - %s" % ended)

    for r in results:
        wrong = verdict(r)
        bad += wrong is not None
        if wrong or a.verbose:
            print("%s %s - %s" % ("FAIL" if wrong else "ok", r.case_id, wrong or r.behavior.value))

    ran = collections.Counter(r.case_id.split(".")[0] for r in results)
    whole = {c[:-2]: GROUPS[c[:-2]] for c in plain + packed if c.endswith(".*") and c[:-2] in GROUPS}
    for group, n in whole.items():
        if ran[group] != n:
            bad += 1
            print("FAIL group %s - %d cases of %d ran" % (group, ran[group], n))
    if a.spread and sum(ran[group] for group in DEFLATE) != len(SPREAD):
        bad += 1
        print("FAIL spread - %d cases of %d ran" % (sum(ran[group] for group in DEFLATE), len(SPREAD)))
    if not results:
        bad += 1
        print("FAIL no case ran")

    kinds = collections.Counter(r.behavior.value for r in results)
    print("autobahn: %d cases, %s; %d failed" % (
        len(results), ", ".join("%d %s" % (n, k) for k, n in sorted(kinds.items())), bad))
    sys.exit(1 if bad else 0)


main()
