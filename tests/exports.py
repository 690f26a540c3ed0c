#!/usr/bin/env python3
"""Compares what the libraries export with MATRIX.md, with the headers, and looks at their SONAMEs.

    exports.py LIBDIR [--matrix FILE] [--include DIR]

Writes `ok NAME` or `FAIL NAME` per check, then `N passed, N failed`.
"""

import argparse
import os
import re
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
# libnetgraft has every face
LIBRARIES = {"libwebsockets.so.17": ("lws",), "liblwip.so.0": ("lwip",), "libnetgraft.so": ("lws", "lwip", "native")}
PRELOAD = "libnetgraft-preload.so"
ROW = re.compile(r"\| `(\w+)` \| ([^|]*?) \| ([^|]*?) \|")
STATES = ("works", "not yet")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def matrix(path):
    """The states of the functions, the faces they are of, and what is wrong with the file itself."""
    states, faces, wrong = {}, {}, []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.startswith("| `") or line.count("|") != 5:
                continue
            row = ROW.match(line)
            if not row:
                wrong.append(f"line {number} is no row: {line.strip()}")
                continue
            name, state, header = row.groups()
            if name in states:
                wrong.append(f"{name} stands there twice")
            if state not in STATES:
                wrong.append(f"{name}: unknown state `{state}`")
            faces[name] = face(header)
            if faces[name] == "lws" and not re.fullmatch(r"lws-[a-z0-9-]+\.h", header):
                wrong.append(f"{name}: no header")
            states[name] = state
    if not states:
        wrong.append(f"{path} has no functions")
    return states, faces, wrong


def face(header):
    """Whose face a header is, by its name in MATRIX.md or its path in include/."""
    if header.startswith(("lwip/", "netgraft_lwip")):
        return "lwip"
    return "native" if header == "netgraft.h" else "lws"


def exported(library):
    names = set()
    for line in output("nm", "-D", "--defined-only", library).splitlines():
        names.add(re.sub(r"@.*", "", line.split()[-1]))
    return names


def interposed(path):
    """libc's names that the preload library has: the first column of the table in its section."""
    with open(path, encoding="utf-8") as file:
        section = file.read().partition("## The preload library\n")[2].partition("\n## ")[0]
    return {name for row in re.findall(r"^\| (`[^|]*) \|", section, re.M) for name in re.findall(r"`(\w+)`", row)}


def soname(library):
    found = re.search(r"\(SONAME\).*\[(.*)\]", output("readelf", "-dW", library))
    return found.group(1) if found else None


def declared(include):
    """The functions that the headers declare as visible, with the faces they are of."""
    names = {}
    for where, _, files in os.walk(include):
        for name in files:
            if not name.endswith(".h"):
                continue
            with open(os.path.join(where, name), encoding="utf-8") as file:
                text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", file.read(), flags=re.S)
            text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", text, flags=re.M)
            # from the mark up to the first parenthesis: the type and the name
            for head in re.findall(r"\b(?:LWS_VISIBLE|NETGRAFT_EXTERN)\b([^;{]*?)\(", text):
                names[re.findall(r"\w+", head)[-1]] = face(os.path.relpath(os.path.join(where, name), include))
            for constant in re.findall(r"^extern const \w+ (\w+);", text, flags=re.M):
                names[constant] = face(os.path.relpath(os.path.join(where, name), include))
    return names


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, wrong):
        """`wrong`: lines that say what is wrong; none for a pass."""
        for line in wrong:
            print(f"    {line}")
        print("FAIL" if wrong else "ok", name)
        if wrong:
            self.failed += 1
        else:
            self.passed += 1

    def same(self, name, left, left_is, right, right_is):
        wrong = [f"{n}: {left_is}, but not {right_is}" for n in sorted(left - right)]
        wrong += [f"{n}: {right_is}, but not {left_is}" for n in sorted(right - left)]
        self.check(name, wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("libdir")
    parser.add_argument("--matrix", default=os.path.join(TOP, "MATRIX.md"))
    parser.add_argument("--include", default=os.path.join(TOP, "include"))
    args = parser.parse_args()

    checks = Checks()
    states, faces, wrong = matrix(args.matrix)
    checks.check("matrix rows", wrong)
    works = {name for name, state in states.items() if state == "works"}
    in_headers = declared(args.include)
    for name, has in LIBRARIES.items():
        library = os.path.join(args.libdir, name)
        if not os.path.exists(library):
            checks.check(name, [f"{library} is missing"])
            continue
        names = exported(library)
        due = {function for function in works if faces[function] in has}
        checks.same(f"{name} exports what works", names, "exported", due, "`works` in MATRIX.md")
        due = {function for function, whose in in_headers.items() if whose in has}
        checks.same(f"{name} exports what is declared", names, "exported", due, "declared in include/")
        found = soname(library)
        checks.check(f"{name} soname", [] if found == name else [f"it is {found}"])
    library = os.path.join(args.libdir, PRELOAD)
    if os.path.exists(library):
        checks.same(f"{PRELOAD} exports what MATRIX.md says", exported(library), "exported", interposed(args.matrix), "in MATRIX.md")
        found = soname(library)
        checks.check(f"{PRELOAD} soname", [] if found == PRELOAD else [f"it is {found}"])
    else:
        checks.check(PRELOAD, [f"{library} is missing"])
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
