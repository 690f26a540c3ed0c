"""What the parts of the TLS tests share: the servers, and a WebSocket client over TLS."""
import os
import ssl
import threading
import socket
import sys

import wsraw
from server import Server

READY = "listening"


class Bench:
    def __init__(self, arguments, report, folder, programs):
        self.arguments, self.report, self.folder, self.programs = arguments, report, folder, programs
        self.check, self.attempt, self.lib = report.check, report.attempt, arguments.lib
        self.original = report.original

    def cert(self, name):
        return os.path.join(self.folder, "certs", name)

    def server(self, program="echo", *more, own="rsa"):
        """A TLS server, as a context manager."""
        return Server([self.programs[program], "-C", self.cert(own + ".pem"), "-K", self.cert(own + ".key"), *more], self.lib, READY)

    def context(self, ca="ca.pem", own=None, version=None, alpn=None):
        context = ssl.create_default_context(cafile=self.cert(ca))
        if own:
            context.load_cert_chain(self.cert(own + ".pem"), self.cert(own + ".key"))
        if version:
            context.minimum_version = context.maximum_version = version
        if alpn:
            context.set_alpn_protocols(alpn)
        return context

    def ended(self, what, server):
        self.check("%s: the server is alive and ends cleanly" % what, server.alive() and server.stop() == 0, server.log())


class TlsWs(wsraw.WS):
    """wsraw's client over TLS."""

    def wrap(self, context, sock):
        return context.wrap_socket(sock, server_hostname="localhost")

    def __init__(self, address, context, **more):
        def connect(address, timeout=10):
            return self.wrap(context, plain(address, timeout))

        plain, wsraw.connect = wsraw.connect, connect
        try:
            super().__init__(address, **more)
        finally:
            wsraw.connect = plain


class BothWays:
    """A TLS socket that one thread may send to while another receives: Python's own is not made for that."""

    def __init__(self, context, sock):
        self.sock, self.lock, self.sending = sock, threading.Lock(), threading.Lock()
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        while self.take(self.tls.do_handshake) is None:
            self.more()

    def take(self, step, *args):
        """What the step gives, or None when it needs more from the peer. What it has to say is sent."""
        with self.sending:
            with self.lock:
                try:
                    result = step(*args) or True
                except ssl.SSLWantReadError:
                    result = None
                out = self.outgoing.read()
            if out:
                self.sock.sendall(out)
        return result

    def more(self):
        data = self.sock.recv(1 << 16)
        with self.lock:
            if data:
                self.incoming.write(data)
            else:
                self.incoming.write_eof()

    def sendall(self, data):
        self.take(self.tls.write, data)

    def recv(self, n):
        while True:
            with self.lock:
                try:
                    return self.tls.read(n)
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLZeroReturnError:
                    return b""
            self.more()

    def settimeout(self, timeout):
        """Only what receives has a deadline; whoever sends waits for that."""

    def close(self):
        self.sock.close()


class BothWaysWs(TlsWs):
    """The same over a socket for two threads."""

    def wrap(self, context, sock):
        sock.settimeout(30)
        return BothWays(context, sock)


def echo_works(bench, server, context=None, text="hello"):
    """A fresh client gets its message back."""
    with TlsWs(server.address, context or bench.context(), protocol="echo") as ws:
        ws.send(text)
        got = ws.recv()
        assert got == (wsraw.TEXT, text.encode()), got


class Handshake:
    """A client's side over memory: its flights can be cut as one likes."""

    def __init__(self, context, address=None, timeout=10):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        self.sock = socket.create_connection(address, timeout) if address else None

    def flight(self):
        """The bytes that are to be sent next; None when the handshake is done and nothing is left."""
        try:
            self.tls.do_handshake()
            done = True
        except ssl.SSLWantReadError:
            done = False
        data = self.outgoing.read()
        return data if data or not done else None

    def whole(self):
        while True:
            data = self.flight()
            if data:
                self.sock.sendall(data)
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.read()
        rest = self.outgoing.read()
        if rest:
            self.sock.sendall(rest)
        return self

    def read(self):
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionError("the stream ended")
        self.incoming.write(data)

    def encrypt(self, data):
        self.tls.write(data)
        return self.outgoing.read()

    def receive(self):
        while True:
            try:
                return self.tls.read(65536)
            except ssl.SSLWantReadError:
                self.read()

    def upgrade(self):
        """A WebSocket from here on."""
        self.sock.sendall(self.encrypt(wsraw.upgrade_request(protocol="echo")))
        got = b""
        while b"\r\n\r\n" not in got:
            got += self.receive()
        assert got.startswith(b"HTTP/1.1 101"), got
        return self

    def ends(self):
        """What is read until the other side ends the connection: the plain text, and how it ended."""
        got = b""
        try:
            while True:
                data = self.receive()
                if not data:
                    return got, "close_notify"
                got += data
        except ssl.SSLZeroReturnError:
            return got, "close_notify"
        except ssl.SSLError as e:
            return got, e.reason or "error"
        except ConnectionResetError:
            return got, "reset"
        except (ConnectionError, OSError) as e:
            if isinstance(e, TimeoutError):
                raise
            return got, "end"
