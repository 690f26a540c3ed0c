#!/usr/bin/env python3
"""TLS of C servers and clients, checked with other people's TLS: OpenSSL, GnuTLS, Python, Node, curl, Chromium.

    run.py --lib DIR [--build OUTDIR] [PART ...]     PART: tools peers curl chromium large wire floods client

What is missing counts as a failure; tests/deps.sh installs it. On the original (--lib /usr/lib/x86_64-linux-gnu) what it does
otherwise is told in a line that begins "original:" and not counted.
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import client
import tools
import wire
from common import Bench
from server import ROOT, Report, arguments, build

PARTS = {
    "tools": tools.command_lines, "peers": tools.peers, "curl": tools.curl, "chromium": tools.chromium,
    "large": wire.large, "wire": wire.abuse, "floods": wire.floods, "client": client.all,
}


class Report(Report):
    """On the original, what is known to be otherwise there is not counted."""

    original = False

    def check(self, name, ok, detail="", ours=False):
        if self.original and ours and not ok:
            print("original: %s - %s" % (name, " ".join(str(detail).split())[:200]), flush=True)
            return False
        return super().check(name, ok, detail)

    def attempt(self, name, function, *args, ours=False):
        try:
            return self.check(name, True, function(*args) or "")
        except Exception as e:  # a test must report whatever went wrong, and go on
            return self.check(name, False, "%s: %s" % (type(e).__name__, e), ours)


def main():
    p = arguments(__doc__)
    p.add_argument("parts", nargs="*", metavar="PART", help=" ".join(PARTS))
    a = p.parse_args()
    report = Report()
    report.original = os.path.realpath(a.lib) == "/usr/lib/x86_64-linux-gnu"
    with tempfile.TemporaryDirectory(prefix="tls-") as folder:
        subprocess.run(["bash", os.path.join(ROOT, "tests/certs/make.sh"), folder + "/certs"], check=True)
        bench = Bench(a, report, folder, {name: build(name, a.build) for name in ("echo", "site")})
        for name in a.parts or PARTS:
            try:
                PARTS[name](bench)
            except Exception as e:
                report.check(name, False, "%s: %s" % (type(e).__name__, e))
    report.finish()


if __name__ == "__main__":
    main()
