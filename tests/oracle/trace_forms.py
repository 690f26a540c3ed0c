#!/usr/bin/env python3
"""What lws_spa_* makes of form data: the original library beside another.

    trace_forms.py --original [CASE...]      run on the installed libwebsockets, print what it makes of each body
    trace_forms.py --compare DIR [CASE...]   post the same bodies to tests/c/forms_server.c on both; the answers must be equal but
                                             for forms_differences.txt, and with --lib's library not depend on how a body is cut
Options: --build DIR (where forms_server is built to). Writes `ok NAME` or `FAIL NAME` per case, then `N passed, N failed`.

Compared is what a program depends on: the pieces of a file are joined, and the names that come with the last CLOSE are left out (the
original passes those of whatever it saw last).
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests", "lib")]
import server as servers  # noqa: E402
import trace as oracle  # noqa: E402

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=XX"
END = b"--XX--\r\n"
CASES = {}


def case(name, body, args="", kind=None):
    if kind is None:
        kind = MULTIPART if isinstance(body, bytes) and body.startswith(b"--XX") else URLENCODED
    CASES[name] = (args, kind, body)


def disposition(parameters):
    return b"Content-Disposition: form-data; " + parameters


def part(header, content):
    return b"--XX\r\n" + header + b"\r\n\r\n" + content + b"\r\n"


def field(name, content):
    return part(disposition(b'name="%s"' % name), content)


def file(content, name=b"f", filename=b"x.txt"):
    return part(disposition(b'name="%s"; filename="%s"\r\nContent-Type: text/plain' % (name, filename)), content)


A, B, FILE = field(b"a", b"hello"), field(b"b", b"world"), file(b"file content\r\nline")

# ---- urlencoded ----
case("fields", b"a=1&b=2&c=3")
case("fields_without_callback", b"a=1&b=2&c=3&d=4", "cb=0")
case("field_missing", b"b=2")
case("fields_empty", b"a=&b=2&c=")
case("field_without_equals", b"a=1&b&c=3")
case("field_without_equals_last", b"a=1&b")
case("field_repeated", b"a=1&a=2&b=4")
case("fields_unknown", b"zz=hello&a=1&yy=&b=1")
case("field_unknown_without_equals", b"zz&b=1")
case("field_unknown_large", b"q=" + b"x" * 3000 + b"&b=2")
case("escapes", b"a=%41+b%20c%2b%3D%26&b=%c3%a4&c=%00x")
case("escapes_in_names", b"%61=1&b+c=2&%64%5b%5D=3", "names=a,b%20c,d[]")
case("names_listed_coded", b"b+c=1&d%5B%5D=2", "names=b%2Bc,d%255B%255D")
case("escape_bad", b"a=%zz&b=2")
case("escape_short", b"a=%4&b=2")
case("escape_cut_off", b"a=1%")
case("nothing", b"")
case("separators", b"&&a=1&&&b=2&")
case("equals_in_value", b"a=1=2&b==&=x")
case("semicolon", b"a=1;b=2")
case("large_value", b"a=" + b"x" * 600 + b"&b=2", "max=2000")
case("storage_just_enough", b"a=01234567", "max=10")
case("storage_too_small", b"a=012345678", "max=10")
case("storage_just_enough_for_two", b"a=01234567&b=01234567", "max=19")
case("storage_too_small_for_two", b"a=01234567&b=01234567&c=3", "max=19")
case("storage_too_small_for_the_last", b"a=01234567&b=01234567", "max=18")
case("storage_none", b"a=1", "max=0")
case("name_of_31_bytes", b"n" * 31 + b"=1", "names=" + "n" * 31)
case("name_of_32_bytes", b"n" * 32 + b"=1", "names=" + "n" * 32)
case("name_of_300_bytes", b"n" * 300 + b"=1&a=2")
case("name_like_another", b"abc=1&ab=2&abcd=3&a=4", "names=ab,abc,abcd")
case("name_in_other_case", b"A=1&b=2")
case("not_finalized", b"a=1&b=2", "end=0")
case("finalized_twice", b"a=1&b=2", "again=1")
case("no_content_type", b"a=1&b=2", kind="")
case("other_content_type", b"a=1&b=2", kind="text/plain")
case("json", b'{"a":1}', kind="application/json")
case("via_info", b"a=1&b=2", "info=1")
case("via_info_stride", b"a=1&b=2", "info=1&stride=24")
case("via_info_lwsac", b"a=1&b=2&q=2", "info=1&ac=512")

# ---- multipart ----
case("parts", A + B + END)
case("file", A + FILE + B + END)
case("file_listed", A + FILE + B + END, "names=a,f,b")
case("file_without_callback", A + FILE + B + END, "cb=0")
case("file_empty", file(b"") + A + END)
case("file_not_chosen", file(b"", filename=b"") + A + END)
case("files", FILE + file(b"second", filename=b"y") + file(b"third", name=b"g") + END)
case("file_and_field_of_one_name", field(b"f", b"text") + FILE + END, "names=f")
case("file_large", file(b"x" * 50000) + B + END, "quiet=1")
case("file_binary", file(bytes(range(256))) + B + END)
case("file_with_little_storage", file(b"0123456789abcdefghi") + A + END, "max=10")
case("file_without_storage", file(b"0123456789abcdefghi") + END, "max=0")
case("part_empty", field(b"a", b"") + B + END)
case("part_unknown", field(b"zz", b"zzz") + A + END)
case("part_unknown_large", field(b"q", b"x" * 2500) + A + END)
case("part_repeated", A + field(b"a", b"again") + END)
case("part_large", field(b"a", b"x" * 1500) + B + END, "max=3000")
case("part_too_large", field(b"a", b"0123456789abcdef") + B + END, "max=10")
case("part_is_not_decoded", field(b"a", b"a%41+b&c=d%zz") + END)
case("part_with_line_ends", field(b"a", b"l1\r\nl2\r\n\r\nl3\r\n") + END)
case("part_with_nul", field(b"a", b"x\0y") + END)
case("names_without_quotes", part(disposition(b"name=a"), b"v") + part(disposition(b"name=f; filename=x.txt"), b"w") + END)
case("filename_escaped_quote", file(b"v", filename=b'x\\"y.txt') + END)
case("filename_backslash", file(b"v", filename=b"C:\\\\x\\y.txt") + END)
case("filename_semicolon", file(b"v", filename=b"a;name=b.txt") + END)
case("filename_percent", file(b"v", filename=b"a%22b.txt") + END)
case("filename_utf8", file(b"v", filename=b"\xc3\xa4.txt") + END)
case("filename_of_300_bytes", file(b"v", filename=b"n" * 300) + B + END)
case("filename_extended", part(disposition(b"name=\"f\"; filename*=UTF-8''x"), b"v") + END)
case("filename_first", part(disposition(b'filename="x"; name="f"'), b"v") + END)
case("filename_alone", part(disposition(b'filename="x"'), b"v") + A + END)
case("name_empty", field(b"", b"v") + A + END)
case("name_with_nul", file(b"xy", name=b"a\0b") + END)
case("part_name_of_31_bytes", field(b"n" * 31, b"v") + END, "names=" + "n" * 31)
case("part_name_of_32_bytes", field(b"n" * 32, b"v") + END, "names=" + "n" * 32)
case("part_name_begins_like_one", field(b"n" * 33, b"v") + END, "names=" + "n" * 31)
case("part_name_of_300_bytes", field(b"n" * 300, b"v") + B + END)
case("header_lower_case", part(b'content-disposition: form-data; name="a"', b"v") + END)
case("header_upper_case", part(b'CONTENT-DISPOSITION: FORM-DATA; NAME="a"', b"v") + END)
case("header_without_blanks", part(b'Content-Disposition:form-data;name="a"', b"v") + END)
case("header_with_blanks", part(b'Content-Disposition:  form-data ; name = "a" ; filename = "q"', b"v") + END)
case("header_folded", part(b'Content-Disposition: form-data;\r\n name="a"', b"v") + END)
case("header_missing", part(b"X-Y: 1", b"v") + A + END)
case("header_none", b"--XX\r\n\r\nv\r\n" + A + END)
case("header_unknown", part(b"X-Y: 1\r\n" + disposition(b'name="a"'), b"v") + END)
case("header_encoding", part(disposition(b'name="a"') + b"\r\nContent-Transfer-Encoding: 8bit", b"v") + END)
case("header_type_first", part(b"Content-Type: text/plain\r\n" + disposition(b'name="a"'), b"v") + END)
case("header_attachment", part(b'Content-Disposition: attachment; name="a"', b"v") + END)
case("preamble", b"preamble text\r\n" + A + END, kind=MULTIPART)
case("epilogue", A + END + b"epilogue\r\n" + B + END)
case("end_without_line_end", A + b"--XX--")
case("end_missing", A + B)
case("end_missing_in_file", FILE[:-6])
case("end_missing_in_header", A + B[:12])
case("end_of_one_dash", A + b"--XX-\r\n")
case("boundary_wrong", A + END, kind="multipart/form-data; boundary=YY")
case("boundary_missing", A + END, kind="multipart/form-data")
case("boundary_quoted", A + END, kind='multipart/form-data; charset=utf-8; boundary="XX"; x=y')
case("boundary_long", (A + END).replace(b"XX", b"B" * 70), kind=MULTIPART.replace("XX", "B" * 70))
case("boundary_with_blanks", A.replace(b"--XX\r", b"--XX  \r") + END)
case("boundary_begun_in_content", field(b"a", b"x--XX y\r\n--X\r\n-XX\r\n--XY\r\n\r\r\n--X\r\n") + B + END)
case("boundary_begun_in_file", file(b"x--XX y\r\n--X\r\n-XX\r\n--XY\r\n\r\r\n--X\r\n\r\n\r\n-") + B + END)
case("boundary_continued_in_file", file(b"x\r\n--XXY\r\nz") + B + END)
case("type_in_other_case", A + END, kind="Multipart/Form-Data; Boundary=XX")
case("type_mixed", b"--XX\r\n\r\n" + END, kind="multipart/mixed; boundary=XX")
case("bare_line_feeds", A.replace(b"\r", b"") + B.replace(b"\r", b"") + END)
case("callback_refuses_open", FILE + B + END, "fail=1")
case("callback_refuses_content", FILE + B + END, "fail=2")
case("callback_refuses_close", FILE + B + END, "fail=3")
case("parts_not_finalized", A + FILE + END, "end=0")
case("parts_not_finalized_in_file", A + FILE[:-6], "end=0")
case("parts_finalized_twice", A + FILE + END, "again=1")
case("parts_lwsac", A + FILE + B + END, "info=1&ac=100")


def post(server, args, kind, body):
    """The server's answer, or why there is none."""
    head = "POST /?%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n" % (args, len(body))
    head += "Content-Type: %s\r\n\r\n" % kind if kind else "\r\n"
    answer = b""
    try:
        with socket.create_connection(server.address, timeout=10) as s:
            s.sendall(head.encode() + body)
            while chunk := s.recv(65536):
                answer += chunk
    except OSError as e:
        return ["no answer: %s" % e.__class__.__name__]
    head, _, text = answer.decode().partition("\r\n\r\n")
    return text.splitlines() if head.startswith("HTTP/1.1 200") else ["no answer"]


def joined(lines):
    """The pieces of a file as one, CLOSE without names, and memory that was never written as what it is."""
    out, content, length = [], "", 0
    for line in lines:
        piece = re.match(r'(CONTENT|FINAL_CONTENT) (.*) len=(\d+)(?: data="(.*)")?$', line)
        if piece:
            kind, names, size, data = piece.groups()
            content, length = content + (data or ""), length + int(size)
            if kind == "CONTENT":
                continue
            out.append('FINAL_CONTENT %s len=%d data="%s"' % (names, length, content))
            content, length = "", 0
            continue
        if content and not line.startswith(("CONTENT", "FINAL_CONTENT")):
            out.append('CONTENT len=%d data="%s"' % (length, content))
            content, length = "", 0
        line = re.sub(r'^CLOSE name=".*?" filename=".*?" ', "CLOSE ", line)
        out.append(re.sub(r'^(\d+): (\d+ ".*" not terminated|0 "")$', r"\1: garbage", line))
    return out


class Library:
    """The server on one library; started again after it has died."""

    def __init__(self, program, lib):
        self.argv, self.lib, self.server, self.deaths = [program], lib, None, 0

    def __call__(self, args, kind, body):
        if self.server is None or not self.server.alive():
            self.deaths += self.server is not None
            self.server = servers.Server(self.argv, self.lib)
        return joined(post(self.server, args, kind, body))

    def stop(self):
        if self.server:
            self.server.stop()


def judge(name, theirs, ours, rules):
    """What is wrong with a case, and the names of the rules that explain what differs."""
    args, kind, body = CASES[name]
    mine = ours(args, kind, body)
    problems, explained = oracle.compare(name, theirs(args, kind, body), mine, rules)
    for cut in (1, 2, 7):
        again = ours("%s&cut=%d" % (args, cut), kind, body)
        if again != mine:
            problems.append("cut into pieces of %d: %s" % (cut, " | ".join(again)))
    return problems, explained


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--original", action="store_true")
    mode.add_argument("--compare", metavar="DIR")
    parser.add_argument("--build", metavar="DIR")
    parser.add_argument("--differences", default=os.path.join(HERE, "forms_differences.txt"))
    parser.add_argument("cases", nargs="*")
    args = parser.parse_args()
    names = args.cases or list(CASES)
    unknown = [name for name in names if name not in CASES]
    if unknown:
        parser.error("unknown case: " + " ".join(unknown))
    temporary = None if args.build else tempfile.TemporaryDirectory()
    program = os.path.join(args.build or temporary.name, "forms_server_original")
    os.makedirs(os.path.dirname(program), exist_ok=True)
    # against the original's header, as programs are
    subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-O1", "-g", os.path.join(ROOT, "tests", "c", "forms_server.c"),
                    "-o", program, "-lwebsockets"], check=True)
    theirs = Library(program, os.path.dirname(oracle.original_library()))
    ours = args.compare and Library(program, os.path.abspath(args.compare))
    failed = 0
    try:
        if args.original:
            for name in names:
                print("#### %s\n%s\n" % (name, "\n".join(theirs(*CASES[name]))))
            return 0
        rules = oracle.read_differences(args.differences, CASES)
        for name in names:
            problems, explained = judge(name, theirs, ours, rules)
            for line in ["differs as in rule " + rule for rule in explained] + problems:
                print("    " + line[:1000])
            print("%s %s" % ("FAIL" if problems else "ok", name), flush=True)
            failed += bool(problems)
        print("%s nothing has ended the server" % ("FAIL" if ours.deaths else "ok"))
        failed += bool(ours.deaths)
    finally:
        for library in (theirs, ours):
            if library:
                library.stop()
        if temporary:
            temporary.cleanup()
    print("%d passed, %d failed" % (len(names) + 1 - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
