#!/usr/bin/env python3
"""curl posts forms, small and of 50 MB, to c_examples/upload.c and tests/c/forms_server.c.

Prints `ok NAME` and `FAIL NAME`.
"""
import os, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "lib"))
from server import PATIENCE, Report, Server, arguments, build

SIZE = 50_000_000


def curl(server, path, *options):
    """The body of the answer, as lines, and how long it took."""
    begin = time.monotonic()
    done = subprocess.run(["curl", "--silent", "--show-error", "--max-time", str(30 * PATIENCE), *options,
                           "http://127.0.0.1:%d%s" % (server.port, path)], capture_output=True, text=True)
    assert done.returncode == 0, "curl: %d %s" % (done.returncode, done.stderr)
    return done.stdout.splitlines(), time.monotonic() - begin


def expect(lines, *wanted):
    for line in wanted:
        assert line in lines, "no %r in %r" % (line, lines)


def upload(report, server, folder):
    big, data = os.path.join(folder, "big"), os.urandom(1 << 16) * (SIZE // (1 << 16) + 1)
    data = data[:SIZE]
    with open(big, "wb") as f:
        f.write(data)
    total = sum(data) & 0xffffffff

    def form():
        lines, _ = curl(server, "/", "-F", "name=Ada", "-F", "comment=two\nlines & more")
        expect(lines, "name: Ada", "comment: two", "lines & more", "file: ", "size: 0")

    def urlencoded():
        lines, _ = curl(server, "/", "-d", "name=Ada+B", "--data-urlencode", "comment=1&2=3%\xe4")
        expect(lines, "name: Ada B", "comment: 1&2=3%\xe4")

    def large(*options):
        lines, seconds = curl(server, "/", "-F", "name=Ada", "-F", "file=@%s" % big, *options)
        expect(lines, "name: Ada", "file: big", "size: %d" % SIZE, "sum: %d" % total)
        return "%.0f ms" % (1000 * seconds)

    def names():
        odd = os.path.join(folder, 'a "b"; name=c\\.txt')
        with open(odd, "w") as f:
            f.write("x")
        lines, _ = curl(server, "/", "-F", 'file=@"%s"' % odd.replace("\\", "\\\\").replace('"', '\\"'), "--form-escape")
        expect(lines, "size: 1")
        assert any(line.startswith('file: a "b"; name=c\\') for line in lines), lines

    def waits():
        _, seconds = curl(server, "/", "-F", "name=Ada", "-H", "Expect: 100-continue", "--expect100-timeout", "5")
        assert seconds < 3 * PATIENCE, "%.1f s" % seconds
        return "%.0f ms" % (1000 * seconds)

    def refused():
        try:
            curl(server, "/", "-d", "name=%zz")
        except AssertionError:
            return
        raise AssertionError("a bad escape was accepted")

    report.attempt("a form", form)
    report.attempt("an urlencoded form", urlencoded)
    report.attempt("a file of 50 MB", large)
    report.attempt("a file of 50 MB in chunks", large, "-H", "Transfer-Encoding: chunked")
    report.attempt("a file with an odd name", names)
    report.attempt("curl waits to be asked for the body, and is", waits)
    report.attempt("a malformed form", refused)


def body(report, server, folder):
    big = os.path.join(folder, "body")
    with open(big, "wb") as f:
        f.write(b"q=" + b"x" * SIZE + b"&a=last")
    post = "/?names=a"

    def large(*options):
        before = server.rss_kb()
        lines, seconds = curl(server, post, "--data-binary", "@" + big, *options)
        expect(lines, "finalize 0", '0: 4 "last"')
        grown = server.rss_kb() - before
        assert os.environ.get("WRAP") or grown < 4000, "the server has grown by %d kB" % grown
        return "%.0f ms, %d kB" % (1000 * seconds, grown)

    report.attempt("a body of 50 MB", large)
    report.attempt("a body of 50 MB in chunks", large, "-H", "Transfer-Encoding: chunked")
    report.attempt("a body of 50 MB, slowly", large, "--limit-rate", "40M")


def main():
    args, report = arguments(__doc__).parse_args(), Report()
    with tempfile.TemporaryDirectory() as folder:
        for name, argv, checks in (("upload", ["0"], upload), ("forms_server", [], body)):
            with Server([build(name, args.build), *argv], args.lib) as server:
                checks(report, server, folder)
                report.check("%s ends well" % name, server.stop() == 0)
    report.finish()


if __name__ == "__main__":
    main()
