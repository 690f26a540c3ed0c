"""Requests that two readers could read in two ways, or that lead out of a file mount: tables for bad_input.py.

In each row of SMUGGLING a second request hides where only one of the two readers sees one; what it asks for must never
be answered as if it stood alone. Where the row's statuses have None, that one is answered: it is no hidden request at all.
"""

HOST = b"Host: localhost"
HIDDEN = b"GET /hello?name=hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
FOUND = b"hello hidden"
DROP = "drop"
BAD = {400, DROP}


def request(first, *headers, body=b""):
    return first + b"\r\n" + b"".join(h + b"\r\n" for h in headers) + b"\r\n" + body


def echo(*headers, body=b"", version=b"HTTP/1.1"):
    return request(b"POST /echo " + version, HOST, *headers, body=body)


def chunked(body, *more):
    return echo(b"Transfer-Encoding: chunked", *more, body=body)


LENGTH = b"Content-Length: %d" % len(HIDDEN)
CHUNKED = b"Transfer-Encoding: chunked"
END = b"0\r\n\r\n"

# (what, bytes, allowed statuses of the first answer)
SMUGGLING = [
    ("length, then chunked", echo(LENGTH, CHUNKED, body=END + HIDDEN), BAD),
    ("chunked, then length", echo(CHUNKED, LENGTH, body=END + HIDDEN), BAD),
    ("chunked in HTTP/1.0", echo(CHUNKED, body=END + HIDDEN, version=b"HTTP/1.0"), BAD),
    ("two lengths, the first short", echo(b"Content-Length: 0", LENGTH, body=HIDDEN), BAD),
    ("two lengths, the first long", echo(LENGTH, b"Content-Length: 0", body=HIDDEN), BAD),
    ("two lengths in a list", echo(b"Content-Length: 0, %d" % len(HIDDEN), body=HIDDEN), BAD),
    ("the same length twice", echo(b"Content-Length: 5", b"Content-Length: 5", body=b"hello"), {200} | BAD),
    ("the same length twice in a list", echo(b"Content-Length: 5, 5", body=b"hello"), {200} | BAD),
]
SMUGGLING += [("Content-Length: %r" % value, echo(b"Content-Length: " + value, body=HIDDEN), BAD)
              for value in (b"+5", b"-5", b"0x5", b"5 5", b"5;", b"5.0", b"1e1", b"", b"\x0b5", b"5\x0b", b"5a", b"\xb25", b"0" * 30 + b"5 ;",
                            b"18446744073709551616", b"18446744073709551621", b"9223372036854775808" * 2)]
SMUGGLING += [("Transfer-Encoding: %r" % value, echo(b"Transfer-Encoding: " + value, body=END + HIDDEN), {501} | BAD)
              for value in (b"identity", b"gzip", b"gzip, chunked", b"chunked, gzip", b"chunked, chunked", b"xchunked", b"chunkedx",
                            b"chunked;q=1", b"\"chunked\"", b"'chunked'", b"chunked\x0b", b"\x0bchunked", b"", b",chunked", b"chu\x00nked")]
SMUGGLING += [
    ("two Transfer-Encodings", echo(CHUNKED, b"Transfer-Encoding: identity", body=END + HIDDEN), {501} | BAD),
    ("Transfer-Encoding twice", echo(CHUNKED, CHUNKED, body=END + HIDDEN), {501} | BAD),
    ("a blank before the colon of Transfer-Encoding", echo(b"Transfer-Encoding : chunked", LENGTH, body=END + HIDDEN), BAD),
    ("a blank before the colon of Content-Length", echo(b"Content-Length : 5", body=HIDDEN), BAD),
    ("a tab before the colon of Content-Length", echo(b"Content-Length\t: 5", body=HIDDEN), BAD),
    ("a blank before a header", echo(b" Content-Length: 5", body=HIDDEN), BAD),
    ("a folded header", echo(b"X-A: b", b" c", b"Content-Length: 0", body=HIDDEN), BAD),
    ("a folded header, with a tab", echo(b"X-A: b", b"\tc", body=HIDDEN), BAD),
    ("a folded Transfer-Encoding", echo(b"Transfer-Encoding:", b" chunked", body=END + HIDDEN), BAD),
    ("a folded Content-Length", echo(b"Content-Length:", b" 0", body=HIDDEN), BAD),
    ("a header folded in the first line", request(b"GET /hello HTTP/1.1", b" X: y", HOST) + HIDDEN, BAD),
    ("a length behind a bare LF", echo(b"X-A: b\nContent-Length: %d" % len(HIDDEN), body=HIDDEN), BAD),
    ("a length behind a bare CR", echo(b"X-A: b\rContent-Length: %d" % len(HIDDEN), body=HIDDEN), BAD),
    ("chunked behind a bare LF", echo(b"X-A: b\nTransfer-Encoding: chunked", body=END + HIDDEN), BAD),
    ("a head that ends with bare LFs", b"GET /hello HTTP/1.1\nHost: localhost\n\n" + HIDDEN, BAD),
    ("a head that ends with LF LF", b"GET /hello HTTP/1.1\r\nHost: localhost\n\n" + HIDDEN, BAD),
    ("a head that ends with CR CR LF", b"GET /hello HTTP/1.1\r\nHost: localhost\r\r\n\r\n" + HIDDEN, BAD),
    ("bare CRs only", b"GET /hello HTTP/1.1\rHost: localhost\r\r" + HIDDEN, BAD),
    ("a bare LF between two lines", b"GET /hello HTTP/1.1\nHost: localhost\r\n\r\n" + HIDDEN, BAD),
    ("NUL in the value of a length", echo(b"Content-Length: 5\0", body=HIDDEN), BAD),
    ("NUL in a header's name", echo(b"Content-Length\0: 5", body=HIDDEN), BAD),
    ("NUL in a header's value", echo(b"X-A: a\0b", b"Content-Length: 0", body=HIDDEN), BAD),
    ("NUL in the method", request(b"GE\0T /hello HTTP/1.1", HOST) + HIDDEN, BAD | {501}),
    ("NUL in the path", request(b"GET /hel\0lo HTTP/1.1", HOST) + HIDDEN, BAD),
    ("NUL in an argument", request(b"GET /hello?name=a\0b HTTP/1.1", HOST) + HIDDEN, BAD),
    ("an encoded NUL in an argument", request(b"GET /hello?name=a%00b HTTP/1.1", HOST, b"Connection: close"), BAD),
    ("NUL in the version", request(b"GET /hello HTTP/1.1\0", HOST) + HIDDEN, BAD | {505}),
    ("a colon missing", request(b"GET /hello HTTP/1.1", HOST, b"Content-Length") + HIDDEN, BAD),
    ("a header without a name", request(b"GET /hello HTTP/1.1", HOST, b": 5") + HIDDEN, BAD),
    ("a header name with a blank", request(b"GET /hello HTTP/1.1", HOST, b"X A: 5") + HIDDEN, BAD),
    ("a header name with a bracket", request(b"GET /hello HTTP/1.1", HOST, b"X(A): 5") + HIDDEN, BAD),
    ("a header name with a high byte", request(b"GET /hello HTTP/1.1", HOST, b"X\xe9: 5") + HIDDEN, BAD),
    ("two blanks in the first line", request(b"GET  /hello HTTP/1.1", HOST, b"Connection: close"), {200, 404} | BAD),
    ("a tab in the first line", request(b"GET\t/hello HTTP/1.1", HOST) + HIDDEN, BAD),
    ("a blank at the end of the first line", request(b"GET /hello HTTP/1.1 ", HOST) + HIDDEN, BAD | {505}),
    ("a blank in the path", request(b"GET /hel lo HTTP/1.1", HOST) + HIDDEN, BAD | {505}),
    ("a blank before the method", request(b" GET /hello HTTP/1.1", HOST) + HIDDEN, BAD | {501}),
    ("a method in small letters", request(b"get /hello HTTP/1.1", HOST) + HIDDEN, BAD | {501}),
    ("a method with more behind it", request(b"GETX /hello HTTP/1.1", HOST) + HIDDEN, BAD | {501}),
    ("HTTP/1.10", request(b"GET /hello HTTP/1.10", HOST) + HIDDEN, BAD | {505}),
    ("HTTP/01.1", request(b"GET /hello HTTP/01.1", HOST) + HIDDEN, BAD | {505}),
    ("http/1.1", request(b"GET /hello http/1.1", HOST) + HIDDEN, BAD | {505}),
    ("HTTP/2.0", request(b"GET /hello HTTP/2.0", HOST) + HIDDEN, BAD | {505}),
    ("the HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN, BAD | {501, 505}),
    # absolute URIs: a server must take them (RFC 9112 3.2.2); a program that knows paths only does not find them
    ("an absolute URI", request(b"GET http://localhost/hello HTTP/1.1", HOST, b"Connection: close"), {200, 404} | BAD),
    ("an absolute URI of another host", request(b"GET http://elsewhere/hello HTTP/1.1", HOST, b"Connection: close"), {200, 404, 421} | BAD),
    ("an absolute URI with a login", request(b"GET http://a:b@localhost/hello HTTP/1.1", HOST, b"Connection: close"), {200, 404} | BAD),
    ("an absolute URI of a file", request(b"GET file:///etc/passwd HTTP/1.1", HOST, b"Connection: close"), {404} | BAD),
    ("CONNECT", request(b"CONNECT localhost:80 HTTP/1.1", HOST) + HIDDEN, {403, 404, 405, 501} | BAD),
    ("two slashes and a host", request(b"GET //elsewhere/hello HTTP/1.1", HOST, b"Connection: close"), {404} | BAD),
    ("the path *", request(b"GET * HTTP/1.1", HOST) + HIDDEN, {404} | BAD),
    ("TRACE", request(b"TRACE /hello HTTP/1.1", HOST) + HIDDEN, {405, 501} | BAD),
]
# what is wrong in a chunked body
SMUGGLING += [("a chunk of size %r" % size, chunked(size + b"\r\n" + b"hello\r\n" + END + HIDDEN), BAD)
              for size in (b"", b"-5", b"+5", b"0x5", b"5 ", b" 5", b"\t5", b"5\t", b"g", b"5g", b"5\x0b", b"5\0", b"5,", b"\xb5", b"5.", b"5\rx",
                           b"FFFFFFFFFFFFFFFFF", b"10000000000000005", b"0" * 400 + b"5", b"5;" + b"x" * 400)]
SMUGGLING += [
    ("a chunk of size 5, ended by LF", chunked(b"5\nhello\r\n" + END + HIDDEN), BAD),
    ("a chunk's data, ended by LF", chunked(b"5\r\nhello\n" + END + HIDDEN), BAD),
    ("a chunk longer than it says", chunked(b"5\r\nhello!\r\n" + END + HIDDEN), BAD),
    ("a chunk shorter than it says", chunked(b"6\r\nhello\r\n" + END + HIDDEN), BAD),
    ("a chunk extension with LF", chunked(b"5;a\nb\r\nhello\r\n" + END + HIDDEN), BAD),
    ("a last chunk, ended by LF", chunked(b"5\r\nhello\r\n0\n\n" + HIDDEN), BAD),
    ("a last chunk, then LF", chunked(b"5\r\nhello\r\n0\r\n\n" + HIDDEN), BAD),
    ("a trailer with LF", chunked(b"5\r\nhello\r\n0\r\nX: y\n\r\n" + HIDDEN), BAD),
    ("trailers for ever", chunked(b"5\r\nhello\r\n0\r\n" + b"X: y\r\n" * 100000), {200, 431} | BAD),
    ("a trailer of 1 MB", chunked(b"5\r\nhello\r\n0\r\nX: " + b"y" * (1 << 20)), {431} | BAD),
    ("chunks above the program's limit", chunked(b"10000\r\n" + b"x" * 65536 + b"\r\n") + b"10000\r\n%s\r\n" % (b"x" * 65536) * 32 + END, {413, DROP}),
    ("empty extensions for ever", chunked(b"5;" + b";" * (1 << 20)), BAD),
]

# Ways out of a mount, for the program tests/c/site.c. Nothing of what stands outside may come.
WAYS_OUT = [b"/" + way + target for target in (b"outside.txt", b"private/index.html", b"logins", b"etc/passwd")
            for way in (b"../", b"%2e%2e/", b"..%2f", b"%2e%2e%2f", b"%2E%2E%2F", b"..//", b".//../", b"./../", b"kept/../../", b"kept/..%2f..%2f",
                        b"kept%2f..%2f..%2f", b"../" * 12, b"%2e%2e%2f" * 12, b"kept/" + b"../" * 12, b"text.txt/../../", b"%252e%252e%252f",
                        b"%c0%ae%c0%ae/", b"%c0%ae%c0%ae%c0%af", b"%e0%80%ae%e0%80%ae/", b"..%c0%af", b"..%5c", b"..\\", b".%2e/", b"%2e./",
                        b"..;/", b"..%00/", b"%00/../", b"kept/%00/../../../", b"..%0d%0a/", b"..+/", b"%2e%2e+/", b"..%20/", b".../",
                        b"....//", b"/../", b"//../", b"/%2e%2e/", b"do/../../", b"old/../../", b"..?/", b"..#/", b"%u002e%u002e/")]
WAYS_OUT += [b"/../" * 1000 + b"etc/passwd", b"/..", b"/../", b"/%2e%2e", b"/kept/../..", b"//etc/passwd", b"/%2fetc%2fpasswd", b"/kept//etc/passwd",
             b"/kept/%2fetc/passwd", b"/proc/self/environ", b"/text.txt%00.html", b"/text.txt%00", b"/index.html/../../logins", b"/kept/.%00./../../logins",
             b"http://localhost/../outside.txt", b"http://localhost/%2e%2e/outside.txt", b"http:/../outside.txt", b"../outside.txt", b"outside.txt"]
