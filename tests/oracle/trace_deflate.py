#!/usr/bin/env python3
"""As trace.py, which does the work, for permessage-deflate; deliberate differences are in differences_deflate.txt.

What the client sends is compressed here; of what comes, the content is compared and not how well it is compressed.
"""
import os
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import trace

TEXT, BINARY, CONTINUATION, CLOSE, PING = trace.TEXT, trace.BINARY, trace.CONTINUATION, trace.CLOSE, trace.PING
RSV1 = 0x40
trace.SCENARIOS.clear()


def scenario(*settings):
    return trace.scenario("deflate=1", *settings)


def deflated(data):
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


def noise(n):
    """Bytes that do not compress, the same each time."""
    out, x = bytearray(), 12345
    while len(out) < n:
        x = (x * 1103515245 + 12345) & 0x7fffffff
        out.append(x >> 16 & 255)
    return bytes(out)


def connect(s, offer="permessage-deflate"):
    c = s.tcp()
    c.upgrade("echo", extra=("Sec-WebSocket-Extensions: " + offer,))
    c.unpacker = zlib.decompressobj(-15)
    return c


def send(c, opcode, data, cuts=()):
    """A compressed message, its payload cut into frames."""
    payload, at = deflated(data), 0
    for end in [*cuts, len(payload)]:
        first = (opcode | RSV1) if at == 0 else CONTINUATION
        c.frame(first, payload[at:end], fin=end == len(payload))
        at = end


def read(c):
    """One message, whatever its frames: what it says."""
    payload, first, fin = b"", None, False
    while not fin:
        head, second = c._take(2)
        n = second & 127
        if n >= 126:
            n = int.from_bytes(c._take(2 if n == 126 else 8), "big")
        payload += c._take(n)
        if head & 8:
            c.log.append("< control op=%d %s" % (head & 15, trace.show(payload)))
            return
        fin, first = head & 128, first or head
    if first & RSV1:
        payload = c.unpacker.decompress(payload + b"\x00\x00\xff\xff")
        if "server_no_context_takeover" in "".join(c.log):
            c.unpacker = zlib.decompressobj(-15)
    c.log.append("< message op=%d len=%d %s" % (first & 15, len(payload), trace.show(payload)))


def finish(c):
    c.frame(CLOSE, b"\x03\xe8")
    c.eof()


@scenario()
def deflate_agreed(s):
    """The commonest offer, of browsers"""
    finish(connect(s, "permessage-deflate; client_max_window_bits"))


@scenario()
def deflate_agreed_by_itself(s):
    """Each message by itself"""
    finish(connect(s, "permessage-deflate; client_no_context_takeover; server_no_context_takeover"))


@scenario()
def deflate_small_windows(s):
    """Windows of other sizes"""
    finish(connect(s, "permessage-deflate; server_max_window_bits=10; client_max_window_bits=10"))


@scenario()
def deflate_malformed_offer(s):
    """An unknown parameter"""
    c = connect(s, "permessage-deflate; bogus")
    c.echo("plain")
    finish(c)


@scenario()
def deflate_second_offer(s):
    """The first offer cannot be accepted, the second can"""
    finish(connect(s, "permessage-deflate; server_max_window_bits=99, permessage-deflate"))


@scenario()
def deflate_other_extension(s):
    """An extension nobody knows"""
    c = connect(s, "x-webkit-deflate-frame")
    c.echo("plain")
    finish(c)


@scenario("deny=25")
def deflate_denied(s):
    """The program does not want it"""
    c = connect(s)
    c.echo("plain")
    finish(c)


@trace.scenario()
def deflate_not_there(s):
    """A server without the extension"""
    c = connect(s)
    c.echo("plain")
    finish(c)


@scenario()
def deflate_echo(s):
    """Text and binary"""
    c = connect(s)
    for opcode, data in ((TEXT, b"hello hello hello hello hello"), (BINARY, b"\x00\x01\xff" * 100), (TEXT, b"again")):
        send(c, opcode, data)
        read(c)
    finish(c)


@scenario()
def deflate_empty(s):
    """Empty messages: compressed, compressed to nothing, and plain"""
    c = connect(s)
    for first, payload in ((TEXT | RSV1, b"\x00"), (TEXT | RSV1, b""), (TEXT, b"")):
        c.frame(first, payload)
        read(c)
    finish(c)


@scenario()
def deflate_plain_between(s):
    """A message that is not compressed between two that are"""
    c = connect(s)
    send(c, TEXT, b"compressed " * 20)
    read(c)
    c.text("plain")
    read(c)
    send(c, TEXT, b"compressed " * 20)
    read(c)
    finish(c)


@scenario()
def deflate_fragments(s):
    """A message in three frames, a ping between them"""
    c = connect(s)
    payload = deflated(b"one two three four five six seven eight nine ten")
    c.frame(TEXT | RSV1, payload[:10], fin=False)
    s.sync()
    c.frame(PING, b"p")
    read(c)
    c.frame(CONTINUATION, payload[10:30], fin=False)
    s.sync()
    c.frame(CONTINUATION, payload[30:])
    read(c)
    finish(c)


@scenario()
def deflate_two_at_once(s):
    """Two messages in one segment"""
    c = connect(s)
    one, two = deflated(b"one " * 10), deflated(b"two " * 10)
    c.send(c.frame_bytes(TEXT | RSV1, one) + c.frame_bytes(TEXT | RSV1, two), "two messages")
    read(c)
    read(c)
    finish(c)


@scenario()
def deflate_noise(s):
    """Bytes that do not compress"""
    c = connect(s)
    send(c, BINARY, noise(1000))
    read(c)
    finish(c)


@scenario()
def deflate_slices(s):
    """A message that becomes larger than the buffer"""
    c = connect(s)
    send(c, BINARY, b"x" * 10000)
    read(c)
    finish(c)


@scenario()
def deflate_garbage(s):
    """What is no deflate stream"""
    c = connect(s)
    c.frame(TEXT | RSV1, b"\xff" * 6)
    c.eof()


@scenario()
def deflate_cut_off(s):
    """A message whose end is missing"""
    c = connect(s, "permessage-deflate; client_no_context_takeover; server_no_context_takeover")
    c.frame(TEXT | RSV1, deflated(b"hello hello hello hello")[:5])
    s.sync()
    c.close()


@scenario("utf8=1")
def deflate_bad_utf8(s):
    """Text that is not UTF-8 once it is decompressed"""
    c = connect(s)
    send(c, TEXT, b"abc\xff")
    read(c)
    c.sock.close()                      # the original waits for an answer to its close frame, ours does not
    c.over = True


@scenario()
def deflate_marked_continuation(s):
    """The mark of a compressed message on its second frame"""
    c = connect(s)
    payload = deflated(b"one two three four five six seven")
    c.frame(TEXT | RSV1, payload[:10], fin=False)
    s.sync()
    c.frame(CONTINUATION | RSV1, payload[10:])
    s.sync()
    c.close()


@scenario()
def deflate_marked_ping(s):
    """The mark of a compressed message on a ping"""
    c = connect(s)
    c.frame(PING | RSV1, b"p")
    s.sync()
    c.close()


# Not compared, only checked on ours.
trace.ORIGINAL_CRASHES.update({
    "deflate_empty": "an assertion fails on a compressed message without any payload",
    "deflate_slices": "slices of 1024 whatever rx_buffer_size, in turn with the writeable callbacks as they happen to come",
    "deflate_cut_off": "the program is given bytes that nobody has sent, others each time",
})

if __name__ == "__main__":
    sys.argv[1:1] = ["--differences", os.path.join(HERE, "differences_deflate.txt")]
    sys.exit(trace.main())
