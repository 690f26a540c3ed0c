"""TLS clients on the library: against Python's ssl and websockets, openssl s_server, gnutls-serv."""
import os
import re
import socket
import ssl
import subprocess
import threading
import time

from server import ROOT

USE_SSL, SELFSIGNED, SKIP_HOST, EXPIRED = 1, 2, 4, 8

# a server of PyPI's websockets, in the venv; it sends, and says whether all has come back
SERVER = r"""
import asyncio, os, ssl, sys
import websockets
cert, key, version, ca = sys.argv[1:5]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
if version != "-":
    context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)
if ca != "-":
    context.load_verify_locations(ca)
    context.verify_mode = ssl.CERT_REQUIRED
done = asyncio.Event()

async def talk(ws):
    try:
        for message in ["hello", "", os.urandom(65536), os.urandom(4 << 20), "x" * 100000] + [os.urandom(3000)] * 200:
            await ws.send(message)
            got = await ws.recv()
            assert got == message, "%d bytes came back" % len(got)
        print("echoed", ws.transport.get_extra_info("ssl_object").version(), flush=True)
    except Exception as e:
        print("failed", type(e).__name__, e, flush=True)
    await ws.close()
    done.set()

async def main():
    async with websockets.serve(talk, "127.0.0.1", 0, ssl=context, max_size=None, compression=None) as server:
        print("port", server.sockets[0].getsockname()[1], flush=True)
        try:
            await asyncio.wait_for(done.wait(), 20)
        except asyncio.TimeoutError:
            print("failed nobody came", flush=True)

asyncio.run(main())
"""


def run_client(bench, port, *more, flags=USE_SSL, timeout=20):
    """The echo client; its exit code and what it says."""
    env = dict(os.environ, LD_LIBRARY_PATH=os.path.realpath(bench.lib))
    out = subprocess.run([bench.programs["echo"], "-c", str(port), "-s", str(flags), *more], env=env, capture_output=True, text=True,
                         timeout=timeout)
    return out.returncode, out.stderr


def websockets_servers(bench):
    def talk(name, own="rsa", version="-", ca="-", flags=USE_SSL, trust="ca.pem", more=(), works=True):
        server = subprocess.Popen([os.path.join(ROOT, "target/venv/bin/python"), "-c", SERVER, bench.cert(own + ".pem"), bench.cert(own + ".key"),
                                   version, ca], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            port = int(server.stdout.readline().split()[1])
            code, said = run_client(bench, port, *(["-A", bench.cert(trust)] if trust else []), *more, flags=flags)
            if works:
                said = server.stdout.readline() + said
                bench.check("client: websockets' server, " + name, said.startswith("echoed"), said)
            else:
                bench.check("client: refuses websockets' server, " + name, "SSL" in said or "certificate" in said, said)
        except Exception as e:
            bench.check("client: websockets' server, " + name, False, e)
        finally:
            server.kill()
            server.wait()

    talk("TLS 1.3", version="TLSv1_3")
    talk("TLS 1.2", version="TLSv1_2")
    for own in ("ecdsa", "ed25519", "chain"):
        talk("certificate " + own, own)
    talk("self-signed, allowed", "selfsigned", flags=USE_SSL | SELFSIGNED)
    talk("expired, allowed", "expired", flags=USE_SSL | EXPIRED)
    talk("another name, allowed", "a", flags=USE_SSL | SKIP_HOST)
    for own in ("selfsigned", "expired", "future", "a", "unknown", "leaf"):
        talk("certificate " + own, own, works=False)
    talk("another authority", trust="otherca.pem", works=False)
    talk("the system's authorities", trust=None, works=False)
    talk("self-signed allowed, but of an unknown authority", "unknown", flags=USE_SSL | SELFSIGNED, works=False)
    talk("self-signed and expired, only the first allowed", "selfexpired", flags=USE_SSL | SELFSIGNED, works=False)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def command_line_servers(bench):
    """openssl s_server and gnutls-serv answer with a page, so the upgrade fails: after a handshake with all that is asked."""
    def ask(name, command, port, wanted, flags=USE_SSL):
        server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            limit = time.monotonic() + 5
            while True:                                      # until it listens
                with open("/proc/net/tcp") as f4, open("/proc/net/tcp6") as f6:
                    if any(":%04X " % port in line and " 0A " in line for line in f4.read().splitlines() + f6.read().splitlines()):
                        break
                assert time.monotonic() < limit, "it does not listen"
                time.sleep(0.05)
            code, said = run_client(bench, port, "-A", bench.cert("ca.pem"), flags=flags)
            bench.check("client: " + name, re.search(wanted, said), said)
        except Exception as e:
            bench.check("client: " + name, False, e)
        finally:
            server.kill()
            server.wait()

    agreed, refused = r"HS:|ws upgrade|status", r"SSL|connect"

    def openssl(name, *more, wanted=agreed):
        port = free_port()
        ask("openssl s_server, " + name, ["openssl", "s_server", "-accept", str(port), "-cert", bench.cert("rsa.pem"),
            "-key", bench.cert("rsa.key"), "-www", *more], port, wanted)

    openssl("TLS 1.2", "-tls1_2")
    openssl("TLS 1.3", "-tls1_3")
    openssl("one cipher", "-tls1_2", "-cipher", "ECDHE-RSA-AES256-GCM-SHA384")
    openssl("CHACHA20", "-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256")
    openssl("group P-384", "-groups", "P-384")
    openssl("no tickets", "-no_ticket")
    openssl("a HelloRetryRequest", "-tls1_3", "-groups", "P-521:P-384")
    openssl("TLS 1.1 only", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", wanted=refused)
    openssl("a client certificate required, none given", "-Verify", "1", "-verify_return_error", "-CAfile", bench.cert("ca.pem"), "-tls1_2", wanted=refused)
    port = free_port()
    ask("gnutls-serv", ["gnutls-serv", "--http", "--disable-client-cert", "-p", str(port), "--x509certfile", bench.cert("rsa.pem"),
                        "--x509keyfile", bench.cert("rsa.key")], port, agreed)


def wire(bench):
    """Servers that break the connection, or the rules."""
    def ask(name, behave, wanted=r"SSL|connect|SYSCALL|Timed|read failed", timeout=20):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(10)

            def serve():
                try:
                    s, _ = listener.accept()
                    s.settimeout(10)
                    behave(s)
                    s.close()
                except OSError:
                    pass

            thread = threading.Thread(target=serve)
            thread.start()
            try:
                code, said = run_client(bench, listener.getsockname()[1], "-A", bench.cert("ca.pem"), "-t", "3", timeout=timeout)
                bench.check("client: " + name, re.search(wanted, said) and code >= 0, "%s %s" % (code, said))
            except Exception as e:
                bench.report.check("client: " + name, False, e, ours=True)
            thread.join()

    def hello(s):
        return s.recv(65536)

    ask("a server that closes at once", lambda s: None)
    ask("a server that closes behind the ClientHello", hello)
    ask("garbage", lambda s: (hello(s), s.sendall(os.urandom(300))))
    ask("plain HTTP", lambda s: (hello(s), s.sendall(b"HTTP/1.1 200 OK\r\n\r\n")))
    ask("an alert", lambda s: (hello(s), s.sendall(b"\x15\x03\x03\x00\x02\x02\x28")))
    ask("a flood of alerts", lambda s: (hello(s), s.sendall(b"\x15\x03\x03\x00\x02\x01\x5a" * 5000)))
    ask("a flood of empty records", lambda s: (hello(s), s.sendall(b"\x16\x03\x03\x00\x00" * 5000)))
    ask("an endless handshake message", lambda s: (hello(s), s.sendall((b"\x16\x03\x03\x40\x00" + b"\x0b\xff\xff\xff" + b"x" * 16380)
                                                   + (b"\x16\x03\x03\x40\x00" + b"x" * 16384) * 100)))
    ask("a server that says nothing", lambda s: (hello(s), time.sleep(6)), timeout=30)


def all(bench):
    websockets_servers(bench)
    command_line_servers(bench)
    wire(bench)
