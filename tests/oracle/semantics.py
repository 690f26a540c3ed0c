#!/usr/bin/env python3
"""What sockets do: libc, Debian's liblwip and netgraft side by side, from the same C programs.

    semantics.py --lib DIR [--include DIR] [--build DIR] [--link NAME] [--preload FILE] [--bad-input] [--quiet] [ROW ...]

--lib      directory of our library, --link its name (netgraft; lwip for the one of the socket face alone)
--preload  instead: the programs of libc, with this library preloaded
--bad-input  the table of what each function does not take, instead of the table of semantics
--quiet    only the lines that begin `ok` or `FAIL`
A row is right if it comes out as its C source says, or, where that says "=", as on libc. Standard library only.
"""
import argparse, os, re, subprocess, sys, threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SEMANTICS = ["lwip_wake", "lwip_life", "lwip_data", "lwip_between"]
DEBIAN = "/usr/include/lwip/lwip/sockets.h"
FLAGS = "-O1 -g -std=gnu11 -Wall -Wextra".split()
# rows that the machine may not allow; they are not judged, and say so
LACKING = "needs root", "needs Linux 6.4"


class Face:
    def __init__(self, name, options, libraries, env=()):
        self.name, self.options, self.libraries, self.env = name, options, libraries, dict(env)
        self.rows, self.problem = {}, None

    def build(self, program, folder):
        os.makedirs(folder, exist_ok=True)
        out = os.path.join(folder, "%s-%s" % (program, self.name))
        subprocess.run([os.environ.get("CC", "cc"), *FLAGS, *self.options, os.path.join(ROOT, "tests/c", program + ".c"), "-o", out,
                        *self.libraries, "-lpthread"], check=True)
        return out

    def run(self, programs, folder, rows):
        """Fills `rows`: (program, number) -> (name, wanted, what happened)."""
        for program in programs:
            try:
                path = self.build(program, folder)
            except subprocess.CalledProcessError:
                self.problem = "%s does not compile" % program
                continue
            try:
                done = subprocess.run([path, *rows], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                      timeout=400 if self.name != "original" else 20 if programs[0] == "lwip_bad_input" else 150, env=dict(os.environ, **self.env))
                text, code = done.stdout, done.returncode
            except subprocess.TimeoutExpired as late:
                text, code = late.stdout or b"", "in time"
            for line in text.decode(errors="replace").splitlines():
                fields = line.split("\t")
                if len(fields) == 4:
                    number, name, wanted, got = fields
                    self.rows[program, number] = name, wanted, got
            if code and self.name != "original":
                self.problem = "%s ends with %s, after %d rows" % (program, code, len(self.rows))


def right(got, wanted, libc):
    return any(got == (libc if w == "=" else w) for w in wanted.split(" or "))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--lib", required=True)
    p.add_argument("--include", default=os.path.join(ROOT, "dist", "include"))
    p.add_argument("--build", default=os.path.join(ROOT, "target", "c-tests"))
    p.add_argument("--link", default="netgraft")
    p.add_argument("--preload")
    p.add_argument("--bad-input", action="store_true")
    p.add_argument("--quiet", action="store_true")
    p.add_argument("rows", nargs="*")
    a = p.parse_args()

    folder = os.path.join(a.build, "sockets")
    programs = ["lwip_bad_input"] if a.bad_input else SEMANTICS
    system = {"LD_LIBRARY_PATH": ""}
    libc = Face("libc", ["-DON_LIBC"], [], system)
    if a.preload:
        ours = Face("preloaded", ["-DON_LIBC"], [], {"LD_PRELOAD": os.path.realpath(a.preload)})
    else:
        ours = Face("ours", ["-I", a.include], ["-L", a.lib, "-l" + a.link], {"LD_LIBRARY_PATH": os.path.realpath(a.lib)})
    faces = [libc, ours]
    if os.path.exists(DEBIAN):
        original = Face("original", ["-DON_ORIGINAL", "-I/usr/include/lwip"], ["-l:liblwip.so.0"], system)
        faces.insert(1, original)
    else:
        original = None
    # they sleep nearly all of the time
    threads = [threading.Thread(target=f.run, args=(programs, folder, a.rows)) for f in faces]
    for t in threads:
        t.start()
    for t in threads:
        t.join()

    # what only came late comes again, alone: the machine may have been busy elsewhere
    for program, number in [k for k, r in ours.rows.items() if re.search(r" after \d+ ms", r[2]) and not right(r[2], r[1], None)]:
        late = ours.rows[program, number][2]
        ours.run([program], folder, [number])
        print("note: row %s came as `%s` at first" % (number, late))

    if not a.quiet:
        widths = (6, 50, 42, 42)
        print("    " + "".join(h.ljust(w) for h, w in zip(("row", "", "libc", "liblwip 2.1.3"), widths)) + "netgraft")
    bad = 0
    seen = list(libc.rows) + [k for k in ours.rows if k not in libc.rows]
    for key in seen:
        name, wanted, on_libc = libc.rows.get(key, (None, None, "-"))
        if key in ours.rows:
            name, wanted, got = ours.rows[key]
        else:
            got = "missing"
        was = original.rows.get(key, (0, 0, "-"))[2] if original else "-"
        if a.bad_input and original:
            was = next((r[2] for r in original.rows.values() if r[0] == name), "-")  # numbered otherwise there
        good = right(got, wanted, on_libc) or got in LACKING
        bad += not good
        number = "" if a.bad_input else key[1]
        if not a.quiet:
            print("    %-6s%-50s%-42s%-42s%s" % (number, name, on_libc, was, got))
        if good:
            print("ok %s %s: %s" % (number, name, got if got not in LACKING else "not tried, " + got))
        else:
            print("FAIL %s %s: %s, not %s" % (number, name, got, on_libc if wanted == "=" else wanted))
    for f in faces:
        if f.problem:
            print("%s %s: %s" % ("FAIL" if f is not original else "note:", f.name, f.problem))
            bad += f is not original
    if original:
        print("on Debian's liblwip there is no select, fork, dup or pipe, and no connect that waits: those rows have no answer")
    else:
        print("Debian's liblwip-dev is not installed: its column is empty")
    if os.geteuid() != 0:
        print("not root: RAW sockets were not tried")
    print("%d rows, %d wrong" % (len(seen), bad))
    return bad != 0 or not seen


if __name__ == "__main__":
    sys.exit(main())
