#!/usr/bin/env python3
"""Debian's driftnet with --http-display: a mounted page, and a ring that tells every WebSocket of new images.

    driftnet.py [--lib DIR]

Needs root, because driftnet captures on the loopback interface; the images it finds there are sent here.
"""
import asyncio, http.client, os, random, re, signal, socket, struct, threading, zlib
from websockets.asyncio.client import connect
from program import arguments, check, free_port, raw_http, report, running

a = arguments(__doc__).parse_args()
PORT, IMAGES = free_port(), socket.create_server(("127.0.0.1", 0))
IMAGE_PORT = IMAGES.getsockname()[1]
PAGE = "/usr/share/driftnet/static-html/index.html"


def png(seed):
    """Noise, so that no two are the same and none is small."""
    r = random.Random(seed)
    raw = b"".join(b"\0" + r.randbytes(64 * 3) for _ in range(64))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def serve_images():
    n = 0
    while True:
        s, _ = IMAGES.accept()
        with s:
            image = png(n)
            n += 1
            s.recv(4096)
            s.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: image/png\r\nContent-Length: %d\r\n\r\n" % len(image) + image)


def traffic():
    """An image goes over the loopback interface, where driftnet sees it."""
    raw_http(IMAGE_PORT, b"GET /x.png HTTP/1.0\r\n\r\n")


def get(path, method="GET", **headers):
    c = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
    c.request(method, path, headers=headers)
    r = c.getresponse()
    body = r.read()
    c.close()
    return r.status, {k.lower(): v for k, v in r.getheaders()}, body


async def announced(ws):
    """What driftnet announces next. It asks for the writeable callback from its capturing thread and does not wake the loop,
    so on the original the message waits for the next thing that happens: here a ping."""
    for _ in range(40):
        try:
            message = await asyncio.wait_for(ws.recv(), 0.25)
            return message.decode() if isinstance(message, bytes) else message
        except asyncio.TimeoutError:
            await ws.ping()
    raise TimeoutError("no image was announced")


def page():
    with open(PAGE, "rb") as f:
        content = f.read()
    status, headers, body = get("/")
    check("/ is the mount's default page", status == 200 and body == content and headers["content-type"] == "text/html",
          (status, headers))
    status, headers, body = get("/", **{"If-None-Match": headers.get("etag", "none")})
    check("If-None-Match gives 304", status == 304 and body == b"", (status, headers))
    status, headers, body = get("/nope.png")
    check("what is not there gives 404", status == 404, (status, headers))
    status, headers, body = get("/../../etc/passwd")
    check("no way out of the mount", b"root:" not in body, status)
    status, headers, body = get("/", "HEAD")
    check("HEAD", status == 200 and headers.get("content-length") == str(len(content)), (status, headers))


def client():
    return connect("ws://127.0.0.1:%d/" % PORT, subprotocols=["images-pipe-protocol"], ping_interval=None)


async def images(driftnet):
    async with client() as one, client() as two:
        check("WebSocket on the same port", one.subprotocol == "images-pipe-protocol", one.protocol.extensions)
        names = []
        for n in range(3):
            await asyncio.to_thread(traffic)
            seen = await announced(one), await announced(two)
            names.append(seen[0])
            check("image %d is announced to both" % n, seen[0] == seen[1] and re.fullmatch(r"[^/]*\.png", seen[0]), seen)
        status, _, body = get("/" + names[0])
        with open(os.path.join(driftnet.folder, names[0]), "rb") as f:
            check("the image comes over HTTP", status == 200 and body == f.read() and body[:4] == b"\x89PNG",
                  (status, len(body)))
        two.transport.abort()
        await asyncio.to_thread(traffic)
        check("the other is served on after an abrupt end", await announced(one) not in names)
    code = await asyncio.to_thread(driftnet.stop, signal.SIGTERM)
    check("SIGTERM ends it", code == 0, "exit code %s" % code)


def command(folder):
    return ["/usr/bin/driftnet", "-w", "-W", str(PORT), "-i", "lo", "-d", folder, "-v", "port %d" % IMAGE_PORT]


threading.Thread(target=serve_images, daemon=True).start()
with running(command, a.lib, a.verbose) as driftnet:
    if driftnet.started(PORT):
        for part in (page, lambda: asyncio.run(asyncio.wait_for(images(driftnet), 60))):
            try:
                part()
            except Exception as e:
                check("driftnet to the end", False, repr(e))
report.finish()
