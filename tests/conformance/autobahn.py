#!/usr/bin/env python3
"""Autobahn cases 1-10, 12 and 13 against tests/c/echo.c as a server and as a client, with UTF-8 validation on.

    autobahn.py --lib DIR [--as server client] [--cases '1.*' ...] [--spread] [--takeover] [--parallel N] [--parallel-deflate N]
                [--limit SECONDS] [--verbose]

Cases 12 and 13 (permessage-deflate) have a server of their own, with the extension. --spread leaves most of them out.
--takeover has the program under test keep its compression context. As a client it offers in 13.1 to 13.7 what Autobahn's own client offers
there.

Passes when every case has run, its behaviour is OK and the connection's close is OK; the exceptions are in the table below. A deflate case
fails that was not agreed on, or not with every parameter that it is about.
The cases come with PyPI's kosoku.
"""
import asyncio, collections, fnmatch, importlib, os, re, subprocess, sys, threading, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from server import PATIENCE, ROOT, Server, arguments, build, check_library

try:
    import websockets
    from kosoku import FailureError, run_fuzzingclient, run_fuzzingserver
    from kosoku._caseindex import initialize_shims
except ImportError:  # tests/deps.sh puts them into a venv
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

NAME = "permessage-deflate"
ACCEPTS = "; client_no_context_takeover; client_max_window_bits"
# What a client offers in each group, and what the server's answer has then.
OFFERS = {
    "12": (NAME + ACCEPTS, []),
    "13.1": (NAME + ACCEPTS, []),
    "13.2": (NAME + "; server_no_context_takeover" + ACCEPTS, ["server_no_context_takeover", "client_no_context_takeover"]),
    "13.3": (NAME + "; server_max_window_bits=9" + ACCEPTS, ["server_max_window_bits=9", "client_max_window_bits=9"]),
    "13.4": (NAME + "; server_max_window_bits=15" + ACCEPTS, ["server_max_window_bits=15", "client_max_window_bits=15"]),
    "13.5": (NAME + "; server_no_context_takeover; server_max_window_bits=9" + ACCEPTS,
             ["server_no_context_takeover", "server_max_window_bits=9", "client_no_context_takeover", "client_max_window_bits=9"]),
    "13.6": (NAME + "; server_no_context_takeover; server_max_window_bits=15" + ACCEPTS,
             ["server_no_context_takeover", "server_max_window_bits=15", "client_no_context_takeover", "client_max_window_bits=15"]),
    "13.7": (", ".join(NAME + more + ACCEPTS for more in (
                "; server_no_context_takeover; server_max_window_bits=9", "; server_no_context_takeover", "")),
             ["server_no_context_takeover", "server_max_window_bits=9", "client_no_context_takeover", "client_max_window_bits=9"]),
}

# Whatever the peer does is right: a case that only asks.
INFORMATIONAL = {
    "7.1.6",   # 256 KB, close and ping at once: how much of the echo is seen depends on timing
    "7.13.1",  # close code 5000: outside every range, the RFC names no reaction
    "7.13.2",  # close code 65535: the same
}


def mend_cases():
    """Cases 12 and 13 hash each echo as bytes, but kosoku gives them what came uncompressed as str, a character for each byte: a sender may
    choose for each message whether it compresses. Returns the cases' ids."""
    initialize_shims()
    cases = importlib.import_module("case12_x_x")
    for case in cases.Case12_X_X + cases.Case13_X_X:
        def on_message(self, message, binary, given=case.onMessage):
            given(self, message.encode("latin-1") if isinstance(message, str) else message, binary)
        case.onMessage = on_message
    return [case.__name__[len("Case"):].replace("_", ".") for case in cases.Case12_X_X + cases.Case13_X_X]


def is_deflate(case):
    return case.split(".")[0] in DEFLATE


def group_of(case):
    """The group of a deflate case whose clients offer the same."""
    return "12" if case.startswith("12.") else case.rsplit(".", 1)[0]


def header(head):
    """The parameters of each extension in a handshake's half."""
    found = re.search(r"(?im)^sec-websocket-extensions:(.*?)\r?$", head)
    return [[p.strip() for p in e.split(";")] for e in found.group(1).split(",")] if found else []


def agreement(r, as_client):
    """None when what the case is about was agreed on, otherwise what was."""
    answer = header(r.http_response)
    if len(answer) != 1 or answer[0][0] != NAME:
        return "answered with %s" % answer
    # what a client demands of the server must be in the answer; what Autobahn's server demands of the client must have been accepted
    wanted = [p for p in OFFERS[group_of(r.case_id)][1] if as_client or p.startswith("server")]
    missing = [p for p in wanted if p not in answer[0]]
    return "%s missing in %s" % (missing, answer[0]) if missing else None


def verdict(r, as_client):
    """None when the case passes, otherwise what is wrong."""
    behavior, close = r.behavior.value, r.behavior_close.value
    if behavior != "OK" and not (behavior == "INFORMATIONAL" and r.case_id in INFORMATIONAL):
        return "%s: %s" % (behavior, r.result)
    if close not in ("OK", "INFORMATIONAL"):
        return "close %s: %s" % (close, r.result_close)
    return agreement(r, as_client) if is_deflate(r.case_id) else None


async def ask(url, cases, parallel):
    try:
        return await run_fuzzingclient(url, cases, [], concurrency=parallel)
    except FailureError as failure:
        return failure.results


def as_server(a, options, cases, parallel):
    """The results of these cases on a server with these options, and what was wrong with its life and end."""
    with Server([build("echo", a.build), "-u", *options], a.lib) as server:
        # a run that hangs ends with its server
        limit = threading.Timer(a.limit, server.proc.kill)
        limit.daemon = True
        limit.start()
        results = asyncio.run(ask("ws://127.0.0.1:%d" % server.port, cases, parallel))
        limit.cancel()
        alive = server.alive()
        code = server.stop()
    return results, None if alive and code == 0 else "exit code %s" % code


async def answer(a, options, cases, parallel):
    async with run_fuzzingserver(cases, [], port=0) as server:
        url = "ws://127.0.0.1:%d/" % server.port
        async with websockets.connect(url + "getCaseCount") as ws:
            count = int(await ws.recv())
        client = await asyncio.create_subprocess_exec(
            build("echo", a.build), "-u", *options, "-c", str(server.port), "-k", str(parallel),
            env=dict(os.environ, LD_LIBRARY_PATH=os.path.realpath(a.lib)), stdin=subprocess.PIPE)
        try:
            # it waits for its orders, so it can be looked at
            deadline = time.monotonic() + 5 * PATIENCE
            while True:
                try:
                    check_library(client.pid, a.lib)
                    break
                except RuntimeError:
                    if time.monotonic() > deadline:
                        raise
                    await asyncio.sleep(0.02)
            orders = "".join("/runCase?case=%d&agent=echo\n" % (n + 1) for n in range(count))
            await asyncio.wait_for(client.communicate(orders.encode()), a.limit)
        except asyncio.TimeoutError:
            pass
        finally:
            if client.returncode is None:
                client.kill()
                await client.wait()
        async with websockets.connect(url + "updateReports?agent=echo"):
            pass
        try:
            results = await asyncio.wait_for(server.get_result(), 10 * PATIENCE)
        except FailureError as failure:
            results = failure.results
        return results, None if client.returncode == 0 else "exit code %s" % client.returncode


def as_client(a, options, cases, parallel):
    """The same for a client."""
    return asyncio.run(answer(a, options, cases, parallel))


def check(mode, results, cases, verbose):
    """How many checks have failed; each has its line."""
    bad = 0
    for r in results:
        wrong = verdict(r, mode == "client")
        bad += wrong is not None
        if wrong or verbose:
            print("%s %s %s - %s" % ("FAIL" if wrong else "ok", mode, r.case_id, wrong or r.behavior.value))
    ran = collections.Counter(r.case_id for r in results)
    groups = collections.Counter(case.split(".")[0] for case in ran)
    for case in cases:
        group = case[:-2]
        if case.endswith(".*") and group in GROUPS:
            if groups[group] != GROUPS[group]:
                bad += 1
                print("FAIL %s group %s - %d cases of %d ran" % (mode, group, groups[group], GROUPS[group]))
        elif "*" not in case and not ran[case]:
            bad += 1
            print("FAIL %s %s - did not run" % (mode, case))
    if not results:
        bad += 1
        print("FAIL %s - no case ran" % mode)
    kinds = collections.Counter(r.behavior.value for r in results)
    print("autobahn: %s: %d cases, %s; %d failed" % (
        mode, len(results), ", ".join("%d %s" % (n, k) for k, n in sorted(kinds.items())), bad), flush=True)
    return bad


def main():
    p = arguments(__doc__)
    p.add_argument("--as", nargs="+", choices=("server", "client"), default=["server", "client"], dest="modes")
    p.add_argument("--cases", nargs="+", help="case ids or globs (default: all)")
    p.add_argument("--spread", action="store_true", help="of 12 and 13 a spread only")
    p.add_argument("--takeover", action="store_true", help="12 and 13 with context takeover")
    p.add_argument("--parallel", type=int, default=2, help="of cases 1 to 10")
    p.add_argument("--parallel-deflate", type=int, default=4, help="of cases 12 and 13, in one process")
    p.add_argument("--limit", type=int, default=300, metavar="SECONDS", help="for each server, or client")
    p.add_argument("--verbose", action="store_true", help="a line for each case")
    a = p.parse_args()

    ids = mend_cases()
    wanted = a.cases or [group + ".*" for group in GROUPS]
    plain = [case for case in wanted if not is_deflate(case)]
    patterns = SPREAD if a.spread else [case for case in wanted if is_deflate(case)]
    packed = [case for case in ids if any(fnmatch.fnmatchcase(case, pattern) for pattern in patterns)]
    extension = ["-z"] * (1 + a.takeover)

    bad = 0
    for mode in dict.fromkeys(a.modes):
        runs = [([], plain, a.parallel)]
        if mode == "server":
            runs += [(extension, packed, a.parallel_deflate)]
        else:
            for group, (offer, _) in OFFERS.items():
                runs += [(extension + ["-o", offer], [case for case in packed if group_of(case) == group], a.parallel_deflate)]
        results = []
        for options, cases, parallel in runs:
            if cases:
                more, ended = (as_server if mode == "server" else as_client)(a, options, cases, parallel)
                results += more
                if ended:
                    bad += 1
                    print("FAIL %s - %s" % (mode, ended))
        bad += check(mode, results, plain + patterns, a.verbose)
    sys.exit(1 if bad else 0)


main()
