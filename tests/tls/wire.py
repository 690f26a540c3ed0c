"""What goes wrong on the wire, large messages, and floods; a TLS server on the library in the middle."""
import os
import random
import select
import socket
import ssl
import struct
import threading
import time

import wsraw
from common import BothWaysWs, Handshake, TlsWs, echo_works

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def large(bench):
    """16 MB in one message, 1000 messages of 64 KiB in both directions."""
    with bench.server() as server:
        for version, name in ((TLS12, "TLS 1.2"), (TLS13, "TLS 1.3")):
            def one():
                data = random.Random(5).randbytes(16 << 20)
                with BothWaysWs(server.address, bench.context(version=version), protocol="echo", timeout=30) as ws:
                    sender = threading.Thread(target=ws.send, args=(data,))
                    sender.start()
                    kind, got = ws.recv()
                    sender.join()
                    assert kind == wsraw.BINARY and got == data, "%d bytes, other ones" % len(got)

            def thousand():
                with BothWaysWs(server.address, bench.context(version=version), protocol="echo", timeout=30) as ws:
                    data = random.Random(6).randbytes(64 << 10)
                    frame = wsraw.frame(wsraw.BINARY, data)

                    def send():
                        try:
                            for _ in range(1000):
                                ws.raw(frame)
                        except OSError:
                            pass                             # the reader says what is wrong

                    sender = threading.Thread(target=send)
                    sender.start()
                    for n in range(1000):
                        kind, got = ws.recv()
                        assert got == data, "message %d: %d bytes, other ones" % (n, len(got))
                    sender.join()

            bench.attempt("large: 16 MB and back, " + name, one)
            bench.report.attempt("large: 1000 x 64 KiB and back, " + name, thousand, ours=True)
        bench.ended("large", server)


def record(kind, payload, version=b"\x03\x03"):
    return bytes([kind]) + version + struct.pack("!H", len(payload)) + payload


def ends_well(bench, server, name, begin, act, accepted=("end", "reset", "close_notify"), alert=None, upgraded=True):
    """`act` is done on a connection: the server must end it, and go on serving."""
    def play():
        h = Handshake(bench.context(), server.address)
        if begin:
            h.whole()
            if upgraded:
                h.upgrade()
        act(h)
        h.sock.settimeout(5)
        data, how = h.ends()
        h.sock.close()
        fine = how in accepted or (alert is None and "ALERT" in how) or (alert and alert in how)
        assert fine, "%s, after %r" % (how, data[:40])
        assert not data or data[0] & 0x0f == 8, "the server said %r" % data[:60]
        echo_works(bench, server)
        return how
    bench.attempt("wire: " + name, play)


def abuse(bench):
    with bench.server("echo", "-t", "3") as server:
        fds = server.fds()
        frame = wsraw.frame(wsraw.TEXT, b"hello")

        def half(h):
            data = h.encrypt(frame)
            h.sock.sendall(data[:len(data) // 2])
            h.sock.shutdown(socket.SHUT_WR)

        ends_well(bench, server, "FIN in the middle of a record", True, half)
        ends_well(bench, server, "FIN without close_notify", True, lambda h: h.sock.shutdown(socket.SHUT_WR))
        ends_well(bench, server, "FIN in the middle of a message, between records", True,
                  lambda h: (h.sock.sendall(h.encrypt(frame[:4])), h.sock.shutdown(socket.SHUT_WR)))
        ends_well(bench, server, "FIN behind the handshake", True, lambda h: h.sock.shutdown(socket.SHUT_WR), upgraded=False)
        ends_well(bench, server, "garbage behind the handshake", True, lambda h: h.sock.sendall(os.urandom(500)))
        ends_well(bench, server, "a record that does not decrypt", True, lambda h: h.sock.sendall(record(23, os.urandom(100))), alert="BAD_RECORD_MAC")
        ends_well(bench, server, "a record longer than allowed", True, lambda h: h.sock.sendall(record(23, b"x" * 0x4901)))
        ends_well(bench, server, "a record that says 65535", True, lambda h: h.sock.sendall(record(23, b"x" * 65535)))
        ends_well(bench, server, "an unknown kind of record", True, lambda h: h.sock.sendall(record(99, b"x" * 100)))
        ends_well(bench, server, "an empty handshake record", True, lambda h: h.sock.sendall(record(22, b"")))
        ends_well(bench, server, "a plain alert in the middle", True, lambda h: h.sock.sendall(record(21, b"\x02\x28")))
        ends_well(bench, server, "a replayed record", True, lambda h: h.sock.sendall(h.encrypt(wsraw.frame(wsraw.PONG, b"x")) * 2))

        def flipped(h):
            data = bytearray(h.encrypt(frame))
            data[-1] ^= 1
            h.sock.sendall(data)

        ends_well(bench, server, "a flipped bit", True, flipped, alert="BAD_RECORD_MAC")

        def alerts(h):
            try:
                for _ in range(2000):
                    h.sock.sendall(record(21, b"\x01\x5a"))     # warnings: user_canceled, in plain
            except ConnectionError:
                pass

        ends_well(bench, server, "a flood of alerts behind the handshake", True, alerts)
        ends_well(bench, server, "a flood of alerts instead of a handshake", False, alerts)
        ends_well(bench, server, "a flood of empty records instead of a handshake", False,
                  lambda h: quietly(h.sock.sendall, record(22, b"") * 5000))
        ends_well(bench, server, "a flood of ChangeCipherSpec", False, lambda h: quietly(h.sock.sendall, record(20, b"\x01") * 5000))
        ends_well(bench, server, "garbage instead of a handshake", False, lambda h: h.sock.sendall(b"\x16\x03\x01" + os.urandom(1000)))
        ends_well(bench, server, "SSL 2", False, lambda h: h.sock.sendall(b"\x80\x2e\x01\x00\x02" + os.urandom(41)))
        ends_well(bench, server, "plain HTTP", False, lambda h: h.sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
        ends_well(bench, server, "a handshake message of 16 MB", False,
                  lambda h: (h.sock.sendall(record(22, b"\x01\xff\xff\xff" + b"x" * 16000)),
                             quietly(h.sock.sendall, record(22, b"x" * 16000) * 60)))

        def cut(h):
            data = h.flight()
            for n in (1, 5, 50, len(data) - 1):
                h2 = socket.create_connection(server.address)
                h2.sendall(data[:n])
                h2.close()
            h.sock.sendall(data[:len(data) // 2])
            h.sock.shutdown(socket.SHUT_WR)

        ends_well(bench, server, "a ClientHello cut anywhere", False, cut)
        bench.attempt("wire: a handshake byte by byte", bytewise, bench, server)
        bench.attempt("wire: records byte by byte", trickle, bench, server)
        bench.attempt("wire: one message in many small records", small_records, bench, server)
        begin = time.monotonic()
        ends_well(bench, server, "a client that says nothing is ended in time", False, lambda h: None)
        ends_well(bench, server, "half a ClientHello, and nothing more", False, lambda h: h.sock.sendall(h.flight()[:60]))
        ends_well(bench, server, "a ClientHello, and nothing more", False, lambda h: quiet_hello(h))
        bench.check("wire: that took no more than 15 s", time.monotonic() - begin < 15, "%.1f s" % (time.monotonic() - begin))
        closing(bench, server)
        bench.attempt("wire: no descriptor is left behind", settled, server, fds)
        bench.ended("wire", server)


def quietly(function, *args):
    try:
        function(*args)
    except OSError:
        pass


def quiet_hello(h):
    h.sock.sendall(h.flight())
    h.tls.do_handshake = lambda: None                # the answer is read, and not answered


def settled(server, fds):
    limit = time.monotonic() + 8
    while server.fds() > fds:
        assert time.monotonic() < limit, "%d before, %d after" % (fds, server.fds())
        time.sleep(0.1)


def bytewise(bench, server):
    h = Handshake(bench.context(), server.address)
    while True:
        data = h.flight()
        for b in data or b"":
            h.sock.sendall(bytes([b]))
        try:
            h.tls.do_handshake()
            break
        except ssl.SSLWantReadError:
            h.read()
    for b in h.outgoing.read():
        h.sock.sendall(bytes([b]))
    h.upgrade()


def trickle(bench, server):
    h = Handshake(bench.context(), server.address).whole().upgrade()
    for b in h.encrypt(wsraw.frame(wsraw.TEXT, b"slow")):
        h.sock.sendall(bytes([b]))
    assert h.receive() == b"\x81\x04slow"


def small_records(bench, server):
    h = Handshake(bench.context(), server.address).whole().upgrade()
    data = wsraw.frame(wsraw.TEXT, b"0123456789" * 300)
    h.sock.sendall(b"".join(h.encrypt(data[n:n + 1]) for n in range(len(data))))
    got, frames, rest = b"", 0, b""
    while len(got) < 3000:
        rest += h.receive()
        while len(rest) >= 2:                                # the echo may come in as many frames
            n, head = rest[1] & 127, 2
            if n == 126:
                n, head = struct.unpack("!H", rest[2:4])[0] if len(rest) >= 4 else 1 << 16, 4
            if len(rest) < head + n:
                break
            got, rest, frames = got + rest[head:head + n], rest[head + n:], frames + 1
    assert got == b"0123456789" * 300, got[-20:]
    return "%d frames" % frames


def closing(bench, server):
    """close_notify, both ways."""
    def theirs():
        h = Handshake(bench.context(), server.address).whole().upgrade()
        h.sock.sendall(h.encrypt(wsraw.frame(wsraw.TEXT, b"last")))
        assert h.receive() == b"\x81\x04last"
        quietly_unwrap(h)
        h.sock.settimeout(5)
        assert h.sock.recv(100) is not None
        while h.sock.recv(1000):
            pass

    def ours():
        h = Handshake(bench.context(), server.address).whole().upgrade()
        h.sock.sendall(h.encrypt(wsraw.close_frame(1000)))
        got, how = h.ends()
        assert got[:1] == b"\x88" and how == "close_notify", (got, how)

    def both():
        h = Handshake(bench.context(), server.address).whole().upgrade()
        data = h.encrypt(wsraw.frame(wsraw.TEXT, b"last"))
        try:
            h.tls.unwrap()
        except ssl.SSLError:
            pass
        h.sock.sendall(data + h.outgoing.read())
        h.sock.settimeout(5)
        while h.sock.recv(1000):
            pass

    bench.attempt("wire: the client's close_notify", theirs)
    bench.attempt("wire: the server's close_notify", ours)
    bench.attempt("wire: data and close_notify in one segment", both)


def quietly_unwrap(h):
    try:
        h.tls.unwrap()
    except ssl.SSLError:
        pass
    h.sock.sendall(h.outgoing.read())


def floods(bench):
    """Half-open handshakes by the hundred; others are served meanwhile."""
    with bench.server("echo", "-t", "5") as server:
        echo_works(bench, server)
        before, fds = server.rss_kb(), server.fds()
        flight = Handshake(bench.context()).flight()
        held = []
        for n in range(400):
            s = socket.create_connection(server.address, 5)
            held.append(s)
            if n % 3 == 1:
                s.sendall(flight[:n % 200 + 1])
            elif n % 3 == 2:
                s.sendall(flight)
        begin = time.monotonic()

        def served():
            for n in range(20):
                echo_works(bench, server, text="%d" % n)
            return "20 in %.2f s" % (time.monotonic() - begin)

        bench.attempt("floods: others are served beside 400 half-open handshakes", served)
        bench.check("floods: memory with them", server.rss_kb() - before < 40_000, "%d kB more" % (server.rss_kb() - before))

        def ended():
            limit = time.monotonic() + 15
            left = list(held)
            while left:
                assert time.monotonic() < limit, "%d are still open" % len(left)
                for s in select.select(left, [], [], 0.5)[0]:
                    try:
                        if not s.recv(65536):
                            left.remove(s)
                    except OSError:
                        left.remove(s)

        bench.attempt("floods: they are ended in time", ended)
        for s in held:
            s.close()
        bench.attempt("floods: no descriptor is left behind", settled, server, fds)

        def storm():
            """Handshakes by several threads, closed in different ways."""
            failed = []

            def many(which):
                try:
                    for n in range(15):
                        h = Handshake(bench.context(), server.address).whole()
                        if n % 3 == 0:
                            h.upgrade()
                        if n % 3 == 1:
                            h.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        h.sock.close()
                except Exception as e:
                    failed.append(e)

            threads = [threading.Thread(target=many, args=(n,)) for n in range(8)]
            [t.start() for t in threads]
            [t.join() for t in threads]
            assert not failed, failed[:2]
            echo_works(bench, server)

        bench.attempt("floods: 120 handshakes by 8 threads", storm)
        bench.attempt("floods: no descriptor is left behind them", settled, server, fds)
        bench.ended("floods", server)
