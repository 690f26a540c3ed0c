"""Peer: HTTP load by h2load, bounded, on a mounted site.  load_peer.py PORT

No figure of speed is judged: every request must be answered with 200 and all of its body.
"""
import re, subprocess, sys

PORT = int(sys.argv[1])
LOADS = [  # path, length of the body, connections, requests
    ("/do/hello", 6, 1, 2000),
    ("/do/hello", 6, 50, 20000),
    ("/do/hello", 6, 800, 20000),
    ("/text.txt", 10000, 1, 2000),
    ("/text.txt", 10000, 50, 10000),
    ("/text.txt", 10000, 800, 10000),
    ("/big.txt", (1 << 20) + 4321, 20, 200),
]
failed = 0
for path, length, connections, requests in LOADS:
    try:
        out = subprocess.run(["h2load", "--h1", "-t1", "-c", str(connections), "-n", str(requests), "-T", "30",
                              "http://127.0.0.1:%d%s" % (PORT, path)], capture_output=True, text=True, timeout=60).stdout
        figures = re.search(r"requests: .*\nstatus codes: .*\ntraffic: .*", out).group(0)
        good = ("%d succeeded, 0 failed, 0 errored, 0 timeout" % requests in figures and
                "status codes: %d 2xx" % requests in figures and "(%d) data" % (length * requests) in figures)
    except (OSError, subprocess.TimeoutExpired, AttributeError) as e:
        good, figures = False, repr(e)
    failed += not good
    print("%s %d x %s on %d connections%s" % ("ok" if good else "FAIL", requests, path, connections,
                                               "" if good else " - " + " ".join(figures.split())), flush=True)
sys.exit(1 if failed else 0)
