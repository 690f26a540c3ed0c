"""A WebSocket client that does what it is told, also what no client should do.

    ws = WS(("127.0.0.1", port), protocol="chat")
    ws.send("hello"); ws.recv() -> (TEXT, b"hello"); ws.close() -> 1000

Standard library only. Addresses are (host, port), or a path for a Unix socket.
"""
import base64, hashlib, os, socket, struct, time

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="


class Gone(Exception):
    """The peer ended the TCP connection."""


def connect(address, timeout=10):
    if isinstance(address, str):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(timeout)
        s.connect(address)
        return s
    s = socket.create_connection(address, timeout)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def upgrade_request(path="/", protocol=None, key=KEY, version=b"13", extra=b""):
    """The bytes of a proper handshake; `extra` are header lines with their CRLFs."""
    proto = b"Sec-WebSocket-Protocol: %s\r\n" % protocol.encode() if protocol else b""
    return (b"GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: %s\r\n%s%s\r\n"
            % (path.encode(), key, version, proto, extra))


def accept_of(key):
    return base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()


def mask(data, key):
    if not data:
        return b""
    keys = (key * (len(data) // 4 + 1))[:len(data)]
    return (int.from_bytes(data, "little") ^ int.from_bytes(keys, "little")).to_bytes(len(data), "little")


def frame(opcode, payload=b"", fin=True, rsv=0, masked=True, length=None, form=None):
    """One frame as bytes. `length` lies about the payload's length, `form` (7, 16 or
    64) chooses how many bits carry it."""
    if isinstance(payload, str):
        payload = payload.encode()
    n = len(payload) if length is None else length
    form = form or (7 if n < 126 else 16 if n < 65536 else 64)
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    bit = 0x80 if masked else 0
    if form == 7:
        head += bytes([bit | n])
    elif form == 16:
        head += bytes([bit | 126]) + struct.pack("!H", n)
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", n)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + mask(payload, key)


def close_frame(code=1000, reason=b""):
    return frame(CLOSE, struct.pack("!H", code) + reason if code is not None else b"")


class Reader:
    """Reads from a socket, by count or up to a mark; every read has a deadline."""

    def __init__(self, sock, timeout=10):
        self.sock, self.buf, self.timeout = sock, b"", timeout

    def fill(self, deadline):
        self.sock.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            data = self.sock.recv(1 << 18)
        except (ConnectionError, BrokenPipeError):
            raise Gone("reset")
        if not data:
            raise Gone("end of stream")
        return data

    def exactly(self, n):
        deadline = time.monotonic() + self.timeout
        parts, have = [self.buf], len(self.buf)
        self.buf = b""
        try:
            while have < n:
                parts.append(self.fill(deadline))
                have += len(parts[-1])
        finally:
            self.buf = b"".join(parts)
        out, self.buf = self.buf[:n], self.buf[n:]
        return out

    def until(self, end):
        deadline = time.monotonic() + self.timeout
        while end not in self.buf:
            self.buf += self.fill(deadline)
        out, self.buf = self.buf.split(end, 1)
        return out + end

    def to_end(self):
        """All the rest, until the peer closes."""
        deadline = time.monotonic() + self.timeout
        try:
            while True:
                self.buf += self.fill(deadline)
        except Gone:
            out, self.buf = self.buf, b""
            return out


def read_response(reader, head_only=False):
    """One HTTP response with Content-Length (or read to the end): (status, headers, body)."""
    lines = reader.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
    status = int(lines[0].split()[1])
    headers = {k.strip().lower(): v.strip() for k, v in (l.split(":", 1) for l in lines[1:] if l)}
    if status < 200 or status in (204, 304) or head_only:
        return status, headers, b""
    if "content-length" in headers:
        return status, headers, reader.exactly(int(headers["content-length"]))
    return status, headers, reader.to_end()


def http(address, request, timeout=10):
    """Sends the bytes of one HTTP request on a connection of its own."""
    with connect(address, timeout) as s:
        s.sendall(request)
        return read_response(Reader(s, timeout))


class WS:
    def __init__(self, address, path="/", protocol=None, timeout=10, extra=b""):
        key = base64.b64encode(os.urandom(16))
        self.sock = connect(address, timeout)
        self.reader = Reader(self.sock, timeout)
        self.kind, self.parts = None, []  # of the message that is coming in
        self.raw(upgrade_request(path, protocol, key, extra=extra))
        status, self.headers, _ = read_response(self.reader)
        if status != 101:
            raise AssertionError("handshake answered with %d" % status)
        if self.headers.get("sec-websocket-accept") != accept_of(key):
            raise AssertionError("wrong Sec-WebSocket-Accept")
        self.protocol = self.headers.get("sec-websocket-protocol")

    def raw(self, data):
        try:
            self.sock.sendall(data)
        except (ConnectionError, BrokenPipeError):
            raise Gone("while sending")

    def send(self, payload, opcode=None, **how):
        """A message; `how` as in frame()."""
        if opcode is None:
            opcode = TEXT if isinstance(payload, str) else BINARY
        self.raw(frame(opcode, payload, **how))

    def recv_frame(self):
        """(fin, rsv, opcode, payload)"""
        b0, b1 = self.reader.exactly(2)
        n = b1 & 127
        if n == 126:
            n = struct.unpack("!H", self.reader.exactly(2))[0]
        elif n == 127:
            n = struct.unpack("!Q", self.reader.exactly(8))[0]
        if b1 & 128:
            raise AssertionError("the server masked a frame")
        return b0 >> 7, b0 >> 4 & 7, b0 & 15, self.reader.exactly(n)

    def recv(self):
        """The next whole message, or control frame: (opcode, payload)."""
        while True:
            fin, rsv, opcode, payload = self.recv_frame()
            if rsv:
                raise AssertionError("reserved bits set by the server")
            if opcode >= 8:  # may come between the fragments of a message
                return opcode, payload
            if (opcode == CONT) != (self.kind is not None):
                raise AssertionError("frames of messages out of order")
            if opcode != CONT:
                self.kind = opcode
            self.parts.append(payload)
            if fin:
                message = self.kind, b"".join(self.parts)
                self.kind, self.parts = None, []
                return message

    def close_code(self):
        """Reads until the peer's close frame: its code, 0 when it has none,
        None when the peer hung up without a close frame."""
        try:
            while True:
                _, _, opcode, payload = self.recv_frame()
                if opcode == CLOSE:
                    return struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 0
        except Gone:
            return None

    def ended(self):
        """True when the peer ends the connection within the timeout."""
        try:
            self.reader.to_end()
            return True
        except TimeoutError:
            return False

    def close(self, code=1000):
        """The closing handshake: the peer's close code."""
        self.raw(close_frame(code))
        got = self.close_code()
        self.drop()
        return got

    def drop(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.drop()
