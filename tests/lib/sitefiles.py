"""The files that tests/c/site.c serves."""
import os, random, struct, zlib

TILES = 40
SECRET = "outside the site"
LOGIN = "joe:pass word"
TEXT = b"".join(b"line %04d of a text file\n" % n for n in range(400))
NAMES = {"with space.txt": b"a space", "\u00fcml\u00e4ut.txt": b"umlauts", "100%.txt": b"a percent sign", "q?m.txt": b"a question mark"}
PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>site</title>
<link rel="stylesheet" href="style.css">
<script src="script.js"></script></head>
<body><h1>A mounted page</h1><img id="image" src="image.png">
%s</body></html>
""" % "\n".join('<img class="tile" src="tile%02d.svg">' % n for n in range(TILES))
SCRIPT = """window.ran = 'script.js';
"""
STYLE = """h1 { color: rgb(1, 2, 3); }
"""
TILE = """<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="8"><rect width="8" height="8"/></svg>
"""


def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x10\x80\xf0" * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def big():
    """A megabyte and a bit that no compression or repetition makes right by luck."""
    return random.Random(7).randbytes((1 << 20) + 4321)


def make(folder):
    """Fills a folder; `site FOLDER` serves it."""
    def write(name, data):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())

    write("www/index.html", "<!DOCTYPE html><title>index</title><p>index\n")
    write("www/text.txt", TEXT)
    write("www/big.txt", big())
    write("www/empty.txt", b"")
    write("www/a.weird", "weird")
    write("www/no-type", "no type")
    for name, data in NAMES.items():
        write("www/" + name, data)
    for kind in "html htm css js json txt xml svg png gif jpg jpeg ico gz ttf woff woff2".split():
        write("www/types/a." + kind, kind)
    write("www/kept/index.html", PAGE)
    write("www/kept/script.js", SCRIPT)
    write("www/kept/style.css", STYLE)
    write("www/kept/image.png", png(30, 20))
    for n in range(TILES):
        write("www/kept/tile%02d.svg" % n, TILE % (8 + n))
    write("private/index.html", "<!DOCTYPE html><title>private</title><p>private\n")
    write("logins", LOGIN + "\nann:other\n")
    write("outside.txt", SECRET)
    # so that an entity tag made of size and time tells these from what is written later
    for root, _, names in os.walk(folder):
        for name in names:
            os.utime(os.path.join(root, name), (1700000000, 1700000000))
