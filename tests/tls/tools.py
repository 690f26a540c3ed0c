"""TLS servers on the library, asked by openssl s_client, gnutls-cli, websockets, ws, curl and Chromium."""
import base64
import os
import re
import subprocess
import tempfile
import time
import zlib

import sitefiles
from browser import Browser
from common import echo_works
from server import ROOT

GET = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
WEAK = "@SECLEVEL=0:ALL"


def s_client(bench, server, *more, say=GET, ca="ca.pem", timeout=20):
    """Its output; it talks until the server closes."""
    command = ["openssl", "s_client", "-connect", "127.0.0.1:%d" % server.port, "-CAfile", bench.cert(ca), "-verify_return_error",
               "-ign_eof", *more]
    if not {"-servername", "-noservername"} & set(more):
        command += ["-servername", "localhost"]
    out = subprocess.run(command, input=say, capture_output=True, text=True, errors="replace", timeout=timeout)
    return out.stdout + out.stderr


def has(*patterns):
    def judge(text):
        missing = [p for p in patterns if not re.search(p, text)]
        return not missing, "no %s in: %s" % (missing, text[-600:]) if missing else ""
    return judge


def command_lines(bench):
    def say(name, judge, *more, ours=False, **how):
        ok, detail = judge(s_client(bench, server, *more, **how))
        return bench.report.check("s_client: " + name, ok, detail, ours)

    verified = r"Verification: OK|Verify return code: 0 "
    refused = has(r"alert|no cipher match|errno|no peer certificate available|Cipher is \(NONE\)")
    with bench.server() as server:
        for version in ("1.2", "1.3"):
            say("TLS " + version, has(verified, "TLSv" + version, "HTTP/1.1 404"), "-tls" + version.replace(".", "_"))
        for cipher in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"):
            say(cipher, has(verified, "Cipher is " + cipher), "-tls1_2", "-cipher", cipher)
        for cipher in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"):
            say(cipher, has(verified, "Cipher is " + cipher), "-tls1_3", "-ciphersuites", cipher)
        for group in ("X25519", "P-256", "P-384"):
            say("group " + group, has(verified, "HTTP/1.1 404"), "-tls1_3", "-groups", group)
        for version in ("-tls1", "-tls1_1"):
            say("refused: " + version, refused, version, "-cipher", WEAK)
        for cipher in ("AES128-SHA", "NULL", "ADH", "ECDHE-RSA-AES128-SHA"):
            say("refused: " + cipher, refused, "-tls1_2", "-cipher", cipher + ":@SECLEVEL=0", ours=True)
        say("refused: an unknown authority's root on the client's side", has("verify error|Verify return code: (20|21|19)"), ca="otherca.pem")
        say("ALPN http/1.1", has("ALPN protocol: http/1.1", "HTTP/1.1 404"), "-alpn", "http/1.1")
        say("ALPN h2 and http/1.1", has("ALPN protocol: http/1.1", "HTTP/1.1 404"), "-alpn", "h2,http/1.1", ours=True)
        say("no ALPN", has("No ALPN negotiated", "HTTP/1.1 404"))
        say("no compression", has("Compression: NONE|HTTP/1.1 404"), "-tls1_2", "-comp")
        resumption(bench, server)
        out = commanded(bench, server, "-tls1_2", "R")
        bench.check("s_client: renegotiation is refused", "RENEGOTIATING" in out and "HTTP/1.1 404" not in out, out[-400:])
        for command in ("k", "K"):
            out = commanded(bench, server, "-tls1_3", *command * 5)
            bench.check("s_client: key updates are taken, " + command, "KEYUPDATE" in out and "HTTP/1.1 404" in out, out[-400:])
        bench.attempt("a WebSocket after all this", echo_works, bench, server)
        gnutls(bench, server)
        bench.ended("command lines", server)
    for own in ("ecdsa", "ed25519", "chain"):
        with bench.server(own=own) as server:
            say("certificate " + own, has(verified, "HTTP/1.1 404"))
    with bench.server("echo", "-V", "b.test:%s:%s" % (bench.cert("b.pem"), bench.cert("b.key")), own="a") as server:
        for name, subject in (("a.test", "a.test"), ("b.test", "b.test"), ("c.test", "a.test")):
            say("SNI %s" % name, has(r"subject=CN ?= ?%s" % subject, "HTTP/1.1 404"), "-servername", name)
        say("SNI in capitals", has(r"subject=CN ?= ?b.test"), "-servername", "B.TEST", ours=True)
        say("no SNI", has(r"subject=CN ?= ?a.test"), "-noservername")
    with bench.server("echo", "-R", "-A", bench.cert("ca.pem")) as server:
        for version in ("-tls1_2", "-tls1_3"):
            own = ["-cert", bench.cert("client.pem"), "-key", bench.cert("client.key")]
            say("client certificate " + version, has("HTTP/1.1 404"), version, *own)
            say("refused: no client certificate " + version, lambda t: ("HTTP/1.1" not in t and "alert" in t, t[-400:]), version)
            for name in ("clientother", "clientexpired", "selfsigned"):
                own = ["-cert", bench.cert(name + ".pem"), "-key", bench.cert(name + ".key")]
                say("refused: client certificate %s %s" % (name, version), lambda t: ("HTTP/1.1" not in t and "alert" in t, t[-400:]),
                    version, *own, ours=True)
        bench.ended("client certificates", server)
    with bench.server("echo", "-R", "-X", "0x80", "-A", bench.cert("ca.pem")) as server:
        say("optional client certificate, none", has("HTTP/1.1 404"))
        say("optional client certificate, one", has("HTTP/1.1 404"), "-cert", bench.cert("client.pem"), "-key", bench.cert("client.key"))


def commanded(bench, server, version, *letters):
    """s_client with commands: each is a line that it reads at once."""
    client = subprocess.Popen(["openssl", "s_client", "-connect", "127.0.0.1:%d" % server.port, version], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    try:
        for word in [*letters, GET]:
            time.sleep(0.15)
            client.stdin.write(word + "\n")
            client.stdin.flush()
        time.sleep(0.5)
    except BrokenPipeError:
        pass                                                 # refused, and gone
    try:
        return client.communicate(timeout=10)[0]
    except (subprocess.TimeoutExpired, BrokenPipeError):
        client.kill()
        return client.communicate()[0]


def resumption(bench, server):
    """A second connection with what the first one left."""
    for version in ("-tls1_2", "-tls1_3"):
        path = os.path.join(bench.folder, "session")
        first = s_client(bench, server, version, "-sess_out", path)
        second = s_client(bench, server, version, "-sess_in", path) if os.path.exists(path) else "no session was given"
        bench.check("s_client: resumption %s" % version, "New, TLS" in first and "Reused, TLS" in second and "HTTP/1.1 404" in second,
                    (second if "New, TLS" in first else first)[-500:])
        if os.path.exists(path):
            os.unlink(path)


def gnutls(bench, server):
    for name, priority in (("TLS 1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.2"), ("TLS 1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.3")):
        out = subprocess.run(["gnutls-cli", "--x509cafile", bench.cert("ca.pem"), "--priority", priority, "-p", str(server.port),
                              "localhost"], input=GET, capture_output=True, text=True, timeout=20)
        bench.check("gnutls-cli: " + name, "Handshake was completed" in out.stdout and "HTTP/1.1 404" in out.stdout, out.stdout[-300:] + out.stderr)
    out = subprocess.run(["gnutls-cli", "--x509cafile", bench.cert("ca.pem"), "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.1:%COMPAT",
                          "-p", str(server.port), "localhost"], input=GET, capture_output=True, text=True, timeout=20)
    bench.check("gnutls-cli: TLS 1.1 is refused", out.returncode and "HTTP/1.1" not in out.stdout, out.stdout[-300:])


def peers(bench):
    """The WebSocket peers of tests/peers, over TLS."""
    folder = os.path.join(ROOT, "tests/peers")
    with bench.server("echo", "-u") as server:
        for name, command in (
                ("websockets", [os.path.join(ROOT, "target/venv/bin/python"), folder + "/websockets_peer.py", str(server.port)]),
                ("ws", ["node", folder + "/ws_peer.mjs", str(server.port), os.path.join(ROOT, "target/node")])):
            out = subprocess.run(command, env=dict(os.environ, TLS_CA=bench.cert("ca.pem")), capture_output=True, text=True, timeout=120)
            seen = 0
            for line in out.stdout.splitlines():
                word, _, rest = line.partition(" ")
                if word in ("ok", "FAIL"):
                    bench.check("%s: %s" % (name, rest), word == "ok")
                    seen += 1
            if not seen:
                bench.check(name, False, out.stderr[-500:])
        bench.ended("peers", server)


def curl(bench):
    files = os.path.join(bench.folder, "files")
    sitefiles.make(files)
    big = sitefiles.big()
    posted = os.path.join(bench.folder, "posted")
    with open(posted, "wb") as f:
        for n in range(50):
            f.write(bytes([n]) * 1_000_000)
    with open(posted, "rb") as f:
        data = f.read()
    with open(os.path.join(files, "www/huge.txt"), "wb") as f:
        f.write(data)
    expected = "%d %08x\n" % (len(data), zlib.adler32(data))
    with bench.server("site", files) as server:
        base = "https://localhost:%d" % server.port

        def ask(*options, say=None):
            out = subprocess.run(["curl", "-sS", "--max-time", "40", "--cacert", bench.cert("ca.pem"), "--http1.1", *options], capture_output=True,
                                 timeout=60, input=say)
            assert out.returncode == 0, "%d %s" % (out.returncode, out.stderr.decode())
            return out.stdout

        def same(name, wanted, *options, ours=False):
            try:
                got = ask(*options)
                bench.report.check("curl: " + name, got == wanted, "%d bytes %r" % (len(got), got[:80]), ours)
            except AssertionError as e:
                bench.report.check("curl: " + name, False, e, ours)

        for version in ("1.2", "1.3"):
            same("a file, TLS " + version, big, "--tlsv" + version, "--tls-max", version, base + "/big.txt")
        same("http/1.1 is agreed on", b"1.1", "--http2", "-o", os.devnull, "-w", "%{http_version}", base + "/text.txt", ours=True)
        for first, last in ((0, 9), (100, 50000), (len(big) - 5, len(big) - 1)):
            same("range %d-%d" % (first, last), big[first:last + 1], "-r", "%d-%d" % (first, last), base + "/big.txt", ours=True)
        same("50 MB down", data, base + "/huge.txt")
        same("50 MB down, HTTP/1.0", data, "-0", base + "/huge.txt")
        for name, options in (("POST of 50 MB", []), ("POST of 50 MB, without Expect", ["-H", "Expect:"])):
            same(name, expected.encode(), "--data-binary", "@" + posted, *options, base + "/do/sum")
        same("an answer that comes later", b"slow\n", base + "/do/slow")
        same("an event stream", b"".join(b"id: %d\ndata: event %d\n\n" % (n, n) for n in range(5)), base + "/do/events")
        words = []
        for n, path in enumerate(["/text.txt", "/big.txt", "/do/hello", "/text.txt"]):
            words += (["--next", "--cacert", bench.cert("ca.pem"), "-sS", "--http1.1"] if n else []) + ["-o", os.devnull, "-w", "%{http_code} %{num_connects}\n", base + path]
        same("keep-alive", b"200 1\n200 0\n200 0\n200 0\n", *words)
        out = subprocess.run(["curl", "-sS", "--cacert", bench.cert("otherca.pem"), base + "/"], capture_output=True)
        bench.check("curl: another authority is not trusted", out.returncode == 60, out.stderr)
        bench.ended("curl", server)


PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>page</title><p id="state">connecting</p>
<script>
const ws = new WebSocket('wss://' + location.host, 'echo');
window.got = []; window.code = 0;
ws.onopen = () => { document.getElementById('state').textContent = 'connected'; };
ws.onmessage = e => { window.got.push(e.data); };
ws.onclose = e => { window.code = e.code; };
</script>
"""


def chromium(bench):
    files = os.path.join(bench.folder, "page")
    sitefiles.make(files)
    with open(os.path.join(files, "www/page.html"), "w") as f:
        f.write(PAGE)
    with bench.server("site", files, own="ecdsa") as server, tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        key = subprocess.run(["openssl", "x509", "-in", bench.cert("ecdsa.pem"), "-noout", "-pubkey"], capture_output=True, check=True).stdout
        key = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=key, capture_output=True, check=True).stdout
        key = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=key, capture_output=True, check=True).stdout
        browser = Browser(profile, "--ignore-certificate-errors-spki-list=" + base64.b64encode(key).decode())
        try:
            def opens():
                browser.open("https://localhost:%d/page.html" % server.port)
                browser.until("document.body && document.getElementById('state')?.innerText === 'connected'", "it never connected")

            def echoes():
                for text in ("hello", "äöü好👋", "x" * 500):
                    browser.js("window.got.length = 0; ws.send(%r)" % text)
                    browser.until("window.got.length", "nothing came back")
                    got = browser.js("window.got[0]")
                    assert got == text, got

            def fetches():
                total = browser.js("Promise.all([...Array(20).keys()].map(n => fetch('/kept/tile' + String(n).padStart(2, '0') + '.svg')"
                                   ".then(r => r.text()))).then(t => t.filter(s => s.startsWith('<svg')).length)")
                assert total == 20, total
                length = browser.js("fetch('/big.txt').then(r => r.arrayBuffer()).then(b => b.byteLength)")
                assert length == len(sitefiles.big()), length

            def secure():
                assert browser.js("window.isSecureContext && location.protocol") == "https:"

            def closes():
                browser.js("ws.close(4321, 'bye')")
                browser.until("window.code", "no close event")
                assert browser.js("window.code") == 4321

            for name, function in (("a page over https, wss beside it", opens), ("messages", echoes), ("files, many at once", fetches),
                                   ("a secure context", secure), ("closing", closes)):
                bench.attempt("chromium: " + name, function)
        finally:
            browser.end()
        bench.ended("chromium", server)
