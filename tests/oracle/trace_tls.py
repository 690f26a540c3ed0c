#!/usr/bin/env python3
"""Callback and byte traces of TLS, of a server and of a client: the original library beside another.

    trace_tls.py --original [SCENARIO...]      run on the installed libwebsockets, print the traces
    trace_tls.py --lib DIR [SCENARIO...]       run on DIR's library and check the invariants
    trace_tls.py --compare DIR [SCENARIO...]   run on both; the traces must be equal but for differences_tls.txt
    trace_tls.py --list                        names and descriptions

Options: --out DIR (where trace_tls.c is compiled to), --jobs N, --quiet (verdicts only).
Not compared is what two TLS libraries do not owe each other: how bytes are cut into records, and the log.
"""

import ssl
import sys
import time

import tls_play
import trace
from tls_play import EXPIRED, INSECURE, SELFSIGNED, SKIP_HOST, USE_SSL, cert, put, scenario, server
from trace import BINARY, CLOSE, PATIENCE, TEXT, Client, Stuck

TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


# ---- servers: the handshake ----

@scenario(*server())
def server_ws(s):
    """wss:// with TLS 1.3: handshake, upgrade, echo; the client closes with close_notify"""
    s.actions("6:text=hello")
    c = s.ws(versions=TLS13)
    c.about()
    c.echo("hello")
    s.order("tls 1")
    s.order("cert 1")
    s.sync()
    c.close_notify()
    s.gone()
    c.eof()


@scenario(*server())
def server_ws_12(s):
    """wss:// with TLS 1.2"""
    s.actions("6:text=hello", "0:info")
    c = s.ws(versions=TLS12)
    c.about()
    c.echo("hello")
    c.close_notify()
    s.gone()
    c.eof()


@scenario(*server(name="ecdsa"))
def server_ecdsa(s):
    """A server with an ECDSA key"""
    c = s.ws()
    c.certificate()
    c.fin()
    s.gone()
    c.eof()


@scenario(*server())
def server_fin(s):
    """The client's FIN without close_notify"""
    c = s.ws()
    c.fin()
    s.gone()
    c.eof()


@scenario(*server())
def server_close_frame(s):
    """The client's close frame: echoed, then close_notify"""
    c = s.ws()
    c.frame(CLOSE, b"\x03\xe8bye")
    c.read_frame()
    c.eof()
    s.gone()


@scenario(*server())
def server_returns_minus_one(s):
    """RECEIVE returns -1: what the client sees"""
    s.actions("6:die")
    c = s.ws()
    c.text("x")
    c.eof()
    s.gone()


@scenario(*server())
def server_reason(s):
    """lws_close_reason and -1"""
    s.actions("6:reason=1000,bye")
    c = s.ws()
    c.text("x")
    c.read_frame()
    c.frame(CLOSE, b"\x03\xe8")
    c.eof()
    s.gone()


@scenario(*server())
def server_destroy(s):
    """Context destroy with an established connection"""
    c = s.ws()


@scenario(*server())
def server_connect_only(s):
    """A client that connects and leaves without a byte"""
    c = s.tcp()
    c.fin()
    s.sync()
    c.eof()


@scenario(*server())
def server_half_hello(s):
    """Half a ClientHello, then FIN"""
    c = s.tcp()
    c.begin("client")
    try:
        c.tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    c.sock.sendall(c.wire_out.read()[:100])
    s.sync()
    c.sock.shutdown(1)
    s.sync()
    c.sock.settimeout(PATIENCE)
    c.log.append("< %s" % ("an alert" if c.sock.recv(100) else "EOF"))
    c.over = True


@scenario(*server("timeout=1", "ahidle=1"))
def server_silent(s):
    """A client that says nothing: the time"""
    c = s.tcp()
    begin = time.monotonic()
    c.eof(12)
    c.log.append("= %.0f s" % (time.monotonic() - begin))
    s.sync()


@scenario(*server())
def server_tls_refused(s):
    """The client does not trust the certificate: its alert"""
    c = s.tcp()
    c.begin("client", ca="otherca.pem")
    c.handshake()
    c.fin()
    s.gone()


@scenario(*server())
def server_old_versions(s):
    """A client that speaks TLS 1.1 at most"""
    c = s.tcp()
    c.begin("client", versions=ssl.TLSVersion.TLSv1_1, ciphers="ALL:@SECLEVEL=0")
    c.handshake()
    c.fin()
    s.gone()


@scenario(*server())
def server_garbage(s):
    """Garbage instead of a ClientHello"""
    c = s.tcp()
    c.send(b"\x00\x01garbage" * 4)
    s.gone()
    c.over = True


@scenario(*server())
def server_plain_http(s):
    """Plain HTTP to the TLS port"""
    c = s.tcp()
    c.send(c.get("/x"))
    s.gone()
    c.over = True


@scenario(*server())
def server_reset_in_handshake(s):
    """RST behind the ClientHello"""
    c = s.tcp()
    c.begin("client")
    try:
        c.tls.do_handshake()
    except ssl.SSLWantReadError:
        c.flush()
    s.sync()
    c.reset()
    s.gone()


@scenario(*server("timeout=1", "ahidle=1"))
def server_half_handshake(s):
    """The client stops behind its ClientHello: the time"""
    c = s.tcp()
    c.begin("client")
    try:
        c.tls.do_handshake()
    except ssl.SSLWantReadError:
        c.flush()
    begin = time.monotonic()
    c.sock.settimeout(12)
    while c.sock.recv(10000):
        pass
    c.over = True
    c.log.append("= %.0f s" % (time.monotonic() - begin))
    s.sync()


@scenario(*server("timeout=1", "ahidle=1"))
def server_silent_behind_handshake(s):
    """The client says nothing behind the handshake: the time"""
    c = s.tls()
    begin = time.monotonic()
    c.eof(12)
    c.log.append("= %.0f s" % (time.monotonic() - begin))
    s.gone()


@scenario(*server())
def server_bytewise(s):
    """The handshake byte by byte"""
    c = s.tcp()
    c.begin("client")
    while True:
        try:
            c.tls.do_handshake()
            done = True
        except ssl.SSLWantReadError:
            done = False
        for b in c.wire_out.read():
            c.sock.sendall(bytes([b]))
        if done or not c.feed():
            break
    c.log.append("< TLS established")
    c.upgrade("echo")
    s.wait("0 ESTABLISHED")
    c.close_notify()
    s.gone()
    c.eof()


def deny(reason, what):
    def play(s):
        s.actions("%d:die" % reason)
        c = s.tcp()
        c.begin("client")
        if c.handshake():
            if reason in (0, 29):
                c.upgrade("echo")
            else:
                c.send(c.upgrade_bytes("echo"), "upgrade")
            if reason != 29:
                c.eof()
        s.sync()
    play.__name__, play.__doc__ = "server_deny_%d" % reason, what + " returns -1"
    scenario(*server())(play)


deny(19, "SERVER_NEW_CLIENT_INSTANTIATED")
deny(29, "WSI_CREATE")
deny(86, "HTTP_CONFIRM_UPGRADE")
deny(20, "FILTER_PROTOCOL_CONNECTION")
deny(0, "ESTABLISHED")


@scenario(*server())
def server_garbage_behind(s):
    """Garbage behind the handshake"""
    c = s.ws()
    c.log.append("> garbage")
    c.sock.sendall(b"\x17\x03\x03\x00\x20" + b"g" * 32)
    c.eof()
    s.gone()


@scenario(*server())
def server_half_record(s):
    """Half a record, then FIN"""
    c = s.ws()
    c.tls.write(c.frame_bytes(TEXT, b"hello"))
    data = c.wire_out.read()
    c.log.append("> half a record")
    c.sock.sendall(data[:len(data) // 2])
    s.sync()
    c.fin()
    s.gone()


@scenario(*server())
def server_data_and_close(s):
    """A message and close_notify in one segment"""
    c = s.ws()
    c.tls.write(c.frame_bytes(TEXT, b"last"))
    try:
        c.tls.unwrap()
    except ssl.SSLError:
        pass
    c.log.append("> message, close_notify")
    c.sock.sendall(c.wire_out.read())
    s.wait("6 RECEIVE")
    s.gone()


@scenario(*server())
def server_two_messages(s):
    """Three messages in one segment, each in its record, and in one record"""
    c = s.ws()
    for _ in range(3):
        c.tls.write(c.frame_bytes(TEXT, b"one"))
    c.log.append("> three records")
    c.flush()
    s.wait("6 RECEIVE", 3)
    s.sync()
    c.send(c.frame_bytes(TEXT, b"two") * 3, "three messages in one record")
    s.wait("6 RECEIVE", 6)
    c.close_notify()
    s.gone()


# ---- servers: HTTP ----

@scenario(*server())
def http_get(s):
    """GET, answered with 404 by the default handler; keep-alive"""
    s.actions("12:page=404")
    c = s.tls()
    for _ in range(2):
        c.send(c.get("/x"))
        c.response()
    c.close_notify()
    s.gone()
    c.eof()


@scenario(*server())
def http_get_close(s):
    """GET with Connection: close"""
    s.actions("12:page=404")
    c = s.tls()
    c.send(c.get("/x", headers=["Connection: close"]))
    c.response()
    c.eof()
    s.gone()


@scenario(*server("options=sts"))
def http_sts(s):
    """Option STS"""
    s.actions("12:page=404")
    c = s.tls()
    c.send(c.get("/x"))
    c.response()
    c.fin()
    s.gone()


@scenario(*server())
def http_bad_request(s):
    """What is no HTTP, over TLS"""
    c = s.tls()
    c.send(b"nonsense\r\n\r\n")
    c.eof()
    s.gone()


@scenario(*server("infomask=0xffff".replace("0xffff", "65535")))
def server_ssl_info(s):
    """ssl_info_event_mask"""
    c = s.ws()
    c.close_notify()
    s.gone()


# ---- plain HTTP on a TLS port, by option ----

def plain(name, what, options, *more, request=None):
    def play(s):
        s.actions("12:page=404")
        c = s.tcp()
        c.send(request or c.get("/some/path?a=b", host="a.test:1234"))
        try:
            c.sock.settimeout(2)
            c.response()
            c.eof(2)
        except Stuck:
            c.log.append("= no more")
            c.rest()
        c.over = c.over or not c.fin()
        s.sync()
    play.__name__, play.__doc__ = "plain_" + name, what
    scenario(*server(*(["options=" + options] if options else []), *more))(play)
    def encrypted(s):
        c = s.ws()
        c.close_notify()
        s.gone()
    if not request:
        encrypted.__name__, encrypted.__doc__ = "tls_beside_" + name, "TLS on such a port"
        scenario(*server(*(["options=" + options] if options else []), *more))(encrypted)


plain("nonssl", "ALLOW_NON_SSL_ON_SSL_PORT alone", "nonssl")
plain("redirect", "REDIRECT_HTTP_TO_HTTPS alone", "redirect")
plain("nonssl_redirect", "ALLOW_NON_SSL_ON_SSL_PORT, REDIRECT_HTTP_TO_HTTPS", "nonssl,redirect")
plain("nonssl_http", "ALLOW_NON_SSL_ON_SSL_PORT, ALLOW_HTTP_ON_HTTPS_LISTENER", "nonssl,http")
plain("http", "ALLOW_HTTP_ON_HTTPS_LISTENER alone", "http")
plain("all", "All three", "nonssl,redirect,http")
plain("fallback", "ALLOW_NON_SSL_ON_SSL_PORT, fall-back to raw, HTTP comes", "nonssl,fallback", "role=raw-skt", "accept=other")
plain("fallback_raw", "ALLOW_NON_SSL_ON_SSL_PORT, fall-back to raw, SSH comes", "nonssl,fallback", "role=raw-skt", "accept=other",
      request=b"SSH-2.0-x\r\n")
plain("fallback_only", "fall-back to raw alone, SSH comes", "fallback", "role=raw-skt", "accept=other", request=b"SSH-2.0-x\r\n")
plain("redirect_post", "Redirect of a POST", "nonssl,redirect",
      request=b"POST /p HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc")
plain("redirect_no_host", "Redirect of a request without Host", "nonssl,redirect", request=b"GET /p HTTP/1.1\r\n\r\n")
plain("redirect_upgrade", "Redirect of an upgrade", "nonssl,redirect",
      request=b"GET /p HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n")
plain("http_upgrade", "Upgrade in plain on a TLS port that allows HTTP", "nonssl,http",
      request=b"GET /p HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: echo\r\n"
              b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n")
plain("nonssl_garbage", "Garbage where plain HTTP is allowed", "nonssl,http", request=b"\x00\x01\x02\x03garbage\r\n\r\n")


@scenario(*server("options=onlyraw", "role=raw-skt", "accept=other"))
def raw_over_tls(s):
    """A raw listener with a certificate"""
    s.actions("59:raw=hello", "59:info")
    c = s.tls()
    c.send(b"data")
    s.wait("59 RAW_RX")
    c._take(5)
    c.log.append("< hello")
    c.close_notify()
    s.gone()
    c.eof()


# ---- several vhosts, SNI ----

def sni(name, what, server_name, *more, host="a.test", settings=(), accept=True):
    def play(s):
        c = s.tcp()
        c.begin("client", name=server_name)
        if c.handshake():
            c.certificate()
            c.upgrade("echo", host=host)
            s.wait("0 ESTABLISHED")
            c.close_notify()
            s.gone()
    play.__name__, play.__doc__ = "sni_" + name, what
    two = ("port=0", "cert=@a.pem", "key=@a.key", "b.port=0", "b.cert=@b.pem", "b.key=@b.key")
    scenario(*(settings or two), *more)(play)


sni("a", "SNI of the first vhost", "a.test")
sni("b", "SNI and Host of the second vhost", "b.test", host="b.test")
sni("b_host_a", "SNI of the second vhost, Host of the first", "b.test", host="a.test")
sni("a_host_b", "SNI of the first vhost, Host of the second", "a.test", host="b.test")
sni("unknown", "SNI that no vhost has", "c.test", host="c.test")
sni("unknown_host_b", "SNI that no vhost has, Host of the second", "c.test", host="b.test")
sni("none", "No SNI", None)
sni("upper", "SNI in capitals", "B.TEST", host="b.test")
sni("plain_second", "The second vhost has no certificate", "b.test", host="b.test",
    settings=("port=0", "cert=@a.pem", "key=@a.key", "b.port=0"))
sni("plain_first", "The first vhost has no certificate, on one port", "b.test", host="b.test",
    settings=("port=0", "b.port=0", "b.cert=@b.pem", "b.key=@b.key"))


# ---- client certificates, asked for by a server ----

def client_certificate(name, what, own, options, *more, versions=TLS13, ca="ca=@ca.pem"):
    def play(s):
        c = s.tcp()
        c.begin("client", own=own, versions=versions)
        if c.handshake():
            c.send(c.upgrade_bytes("echo"), "upgrade")
            try:
                c.response()
                s.wait("0 ESTABLISHED")
                s.order("cert 1")
                s.sync()
                c.close_notify()
            except Stuck:
                pass
        s.gone()
    play.__name__, play.__doc__ = "clientcert_" + name, what
    scenario(*server("options=" + options, *([ca] if ca else []), *more))(play)


for versions, suffix in ((TLS12, "_12"), (TLS13, "")):
    client_certificate("good" + suffix, "Required and given", "client", "clientcert", versions=versions)
    client_certificate("none" + suffix, "Required and not given", None, "clientcert", versions=versions)
    client_certificate("unknown" + suffix, "Required, given by an unknown authority", "clientother", "clientcert", versions=versions)
    client_certificate("expired" + suffix, "Required, expired", "clientexpired", "clientcert", versions=versions)
client_certificate("optional_good", "Not required, given", "client", "clientcert,notrequired")
client_certificate("optional_none", "Not required, not given", None, "clientcert,notrequired")
client_certificate("optional_unknown", "Not required, given by an unknown authority", "clientother", "clientcert,notrequired")
client_certificate("only_notrequired", "PEER_CERT_NOT_REQUIRED alone, given", "client", "notrequired")
client_certificate("no_ca", "Required, no CA given to the server", "client", "clientcert", ca=None)
client_certificate("server_as_client", "Required, a server's certificate given", "ecdsa", "clientcert")
client_certificate("memory_ca", "Required, CA from memory", "client", "clientcert", ca="ca@=@ca.der")
client_certificate("ca_without_option", "A CA, but the option is not set", "client", "sts")


# ---- ALPN ----

def alpn(name, what, offered, *more):
    def play(s):
        c = s.tcp()
        c.begin("client", alpn=offered)
        if c.handshake():
            c.about()
            c.send(c.upgrade_bytes("echo"), "upgrade")
            try:
                c.sock.settimeout(2)
                c.response()
            except Stuck:
                c.log.append("= " + trace.show(c.buffer))
                c.buffer = b""
            c.close_notify()
        s.gone()
    play.__name__, play.__doc__ = "alpn_" + name, what
    scenario(*server(*more))(play)


alpn("http11", "The client offers http/1.1", ["http/1.1"], "alpn=http/1.1")
alpn("h2_http11", "The client offers h2 and http/1.1, the server http/1.1", ["h2", "http/1.1"], "alpn=http/1.1")
alpn("unknown", "The client offers what the server does not have", ["foo"], "alpn=http/1.1")
alpn("none", "The client offers nothing", None, "alpn=http/1.1")
alpn("default_http11", "No alpn setting: http/1.1", ["http/1.1"])
alpn("default_unknown", "No alpn setting: unknown", ["foo"])
alpn("own", "The server's own name", ["foo", "http/1.1"], "alpn=bar,foo")


# ---- clients ----

CA = ("clientca=@ca.pem",)


@scenario(*CA)
def client_ws(s):
    """wss:// to a server with TLS 1.3; the server closes with close_notify"""
    p = s.wss("3:text=hello", "3:info", tls=dict(versions=TLS13))
    p.read_frame()
    p.about()
    p.frame(TEXT, b"back")
    s.wait("8 CLIENT_RECEIVE")
    s.order("tls 1")
    s.order("cert 1")
    s.sync()
    p.close_notify()
    s.gone()
    p.eof()


@scenario(*CA)
def client_ws_12(s):
    """wss:// to a server with TLS 1.2"""
    p = s.wss("3:text=hello", tls=dict(versions=TLS12))
    p.read_frame()
    p.about()
    p.close_notify()
    s.gone()
    p.eof()


@scenario(*CA)
def client_fin(s):
    """The server's FIN without close_notify, on a WebSocket"""
    p = s.wss()
    p.fin()
    s.gone()


@scenario(*CA)
def client_closes(s):
    """lws_close_reason and -1"""
    p = s.wss("8:reason=1000,bye")
    p.frame(TEXT, b"x")
    p.read_frame()
    p.frame(CLOSE, b"\x03\xe8bye")
    s.gone()
    p.eof()


@scenario(*CA)
def client_dies(s):
    """CLIENT_RECEIVE returns -1"""
    p = s.wss("8:die")
    p.frame(TEXT, b"x")
    s.gone()
    p.eof()


@scenario(*CA)
def client_half_record(s):
    """Half a record, then FIN"""
    p = s.wss()
    p.tls.write(p.frame_bytes(TEXT, b"hello", mask=None))
    data = p.wire_out.read()
    p.sock.sendall(data[:len(data) // 2])
    s.sync()
    p.fin()
    s.gone()


@scenario(*CA)
def client_garbage_behind(s):
    """Garbage behind the handshake"""
    p = s.wss()
    p.sock.sendall(b"\x17\x03\x03\x00\x20" + b"g" * 32)
    s.gone()
    p.eof()


def verified(name, own, flags, *settings, address="localhost", host="localhost", what=None):
    """What a client says of a server's certificate, with some flags."""
    def play(s):
        s.dial(address=address, host=host, flags=USE_SSL | flags)
        p = s.accept(own)
        if p.handshake() and not p.over:
            try:
                p.request()
            except Stuck:
                pass
            if not p.over:
                p.upgrade("echo")
                s.wait("3 CLIENT_ESTABLISHED")
                s.order("cert 1")
                s.sync()
            p.close_notify()
        s.gone()
    play.__name__ = "verify_" + name
    play.__doc__ = what or "A certificate %s, flags %d" % (own, flags)
    scenario(*(settings or CA))(play)


for own in ("selfsigned", "unknown", "expired", "future", "selfexpired", "a", "noname", "leaf"):
    for flags, label in ((0, ""), (SELFSIGNED, "_selfsigned"), (SKIP_HOST, "_host"), (EXPIRED, "_expired"), (INSECURE, "_insecure"),
                         (SELFSIGNED | SKIP_HOST, "_selfsigned_host"), (SELFSIGNED | EXPIRED, "_selfsigned_expired"),
                         (SELFSIGNED | SKIP_HOST | EXPIRED, "_all3")):
        if own == "leaf" and flags not in (0, SELFSIGNED, INSECURE):
            continue                                         # by an authority whose certificate is not sent
        if own in ("future", "noname") and flags & (flags - 1):
            continue
        verified(own + label, own, flags)
verified("chain", "chain", 0)
verified("ecdsa", "ecdsa", 0)
verified("ed25519", "ed25519", 0)
verified("address", "rsa", 0, address="127.0.0.1", host="127.0.0.1", what="By address; the certificate names it")
verified("address_not_named", "a", 0, address="127.0.0.1", host="127.0.0.1", what="By address; the certificate does not name it")
verified("host_differs", "a", 0, address="127.0.0.1", host="a.test", what="The host member names the certificate, the address does not")
verified("host_port", "a", 0, address="127.0.0.1", host="a.test:1234", what="The host member has a port")
verified("wildcard", "wild", 0, address="127.0.0.1", host="x.w.test", what="A wildcard")
verified("wildcard_deep", "wild", 0, address="127.0.0.1", host="x.y.w.test", what="A wildcard, two labels")
verified("upper", "a", 0, address="127.0.0.1", host="A.TEST", what="A name in capitals")
verified("no_ca", "rsa", 0, "options=global", what="No CA given: the system's")
verified("no_ca_selfsigned", "rsa", SELFSIGNED, "options=global", what="No CA given, ALLOW_SELFSIGNED")
verified("no_os_ca", "rsa", 0, "options=noosca", what="No CA at all")
verified("ca_memory_pem", "rsa", 0, "clientca@=@ca.pem", what="CA from memory, PEM")
verified("ca_memory_der", "rsa", 0, "clientca@=@ca.der", what="CA from memory, DER")
verified("old_members", "rsa", 0, "ca=@ca.pem", what="The CA by the old member, without a server")


def refused(name, what, act, *settings, **info):
    """A server that does not come to an agreement."""
    def play(s):
        s.dial(**info)
        p = s.accept(None)
        act(s, p)
        s.gone()
    play.__name__, play.__doc__ = "refused_" + name, what
    scenario(*(settings or CA))(play)


def hello(p):
    """Waits for the ClientHello."""
    p.sock.recv(100, 2)


def closes_at_once(s, p):
    p.fin()
    p.sock.close()
    p.over = True


def closes_behind_hello(s, p):
    hello(p)
    p.sock.recv(65536)
    p.fin()


def resets(s, p):
    hello(p)
    p.reset()


def is_plain(s, p):
    hello(p)
    p.send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def alerts(s, p):
    hello(p)
    p.log.append("> alert handshake_failure")
    p.sock.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


def garbage(s, p):
    hello(p)
    p.send(b"\x16\x03\x03\x00\x05hello")


def silent(s, p):
    hello(p)


def old(s, p):
    p.begin("server", own="rsa", versions=ssl.TLSVersion.TLSv1_1, ciphers="ALL:@SECLEVEL=0")
    p.handshake()
    p.sock.close()
    p.log, p.over = [], True                                 # who sends the alert is another's matter


def half(s, p):
    p.begin("server", own="rsa")
    p.feed()
    try:
        p.tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    data = p.wire_out.read()
    p.sock.sendall(data[:len(data) // 2])
    s.sync()
    p.fin()


refused("closes_at_once", "The server closes at once", closes_at_once)
refused("closes_behind_hello", "The server closes behind the ClientHello", closes_behind_hello)
refused("resets", "The server resets behind the ClientHello", resets)
refused("plain_http", "The server speaks plain HTTP", is_plain)
refused("alert", "An alert", alerts)
refused("garbage", "Garbage that looks like a handshake", garbage)
refused("silent", "The server says nothing: timeout", silent, "clientca=@ca.pem", "timeout=1", "connecttimeout=1")
refused("old", "The server speaks TLS 1.1 only", old)
refused("half", "Half of the server's first flight, then FIN", half)


def presents(name, what, *settings, required="required", tls={}):
    def play(s):
        s.dial()
        p = s.accept("rsa", verify=required, **tls)
        if p.handshake():
            p.certificate()
            p.request()
            p.upgrade("echo")
            s.wait("3 CLIENT_ESTABLISHED")
            p.close_notify()
        else:
            p.fin()
        s.gone()
    play.__name__, play.__doc__ = "presents_" + name, what
    scenario(*CA, *settings)(play)


presents("good", "A client certificate", "clientcert=@client.pem", "clientkey=@client.key")
presents("good_12", "A client certificate, TLS 1.2", "clientcert=@client.pem", "clientkey=@client.key", tls=dict(versions=TLS12))
presents("encrypted", "With an encrypted key", "clientcert=@client.pem", "clientkey=@client.encrypted.key", "clientpassword=secret")
presents("memory", "From memory", "clientcert@=@client.pem", "clientkey@=@client.key")
presents("none", "None, where one is required")
presents("none_12", "None, where one is required, TLS 1.2", tls=dict(versions=TLS12))
presents("unknown", "One that the server does not know", "clientcert=@clientother.pem", "clientkey=@clientother.key")
presents("not_asked", "One where none is asked for", "clientcert=@client.pem", "clientkey=@client.key", required=None)


# ---- clients: HTTP ----

def fetch(name, what, play_server, **info):
    def play(s):
        info.setdefault("method", "GET")
        p = s.dialled(path="/x", protocol="echo", **info)
        p.request()
        play_server(s, p)
        s.gone()
    play.__name__, play.__doc__ = "fetch_" + name, what
    scenario(*CA)(play)


def answers(s, p):
    p.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
    s.wait("COMPLETED_CLIENT_HTTP")
    p.close_notify()


def answers_until_close(s, p):
    p.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello")
    s.sync()
    p.close_notify()


def answers_until_fin(s, p):
    p.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello")
    s.sync()
    p.fin()


def truncates(s, p):
    p.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
    s.sync()
    p.fin()


def truncates_politely(s, p):
    p.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
    s.sync()
    p.close_notify()


def chunks(s, p):
    p.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    s.wait("COMPLETED_CLIENT_HTTP")
    p.close_notify()


fetch("length", "GET over TLS, with a length", answers)
fetch("until_close", "A body that ends with close_notify", answers_until_close)
fetch("until_fin", "A body that ends with FIN, without close_notify", answers_until_fin)
fetch("truncated", "A body with a length, FIN in the middle", truncates)
fetch("truncated_politely", "A body with a length, close_notify in the middle", truncates_politely)
fetch("chunked", "A chunked body", chunks)


def redirect(name, what, first_tls, second_tls, location="{scheme}://localhost:{port}/there", farewell=False):
    def play(s):
        second = s.listen()
        s.dial(method="GET", protocol="echo", path="/here", flags=USE_SSL if first_tls else 0)
        p = s.accept("rsa" if first_tls else None)
        if first_tls:
            p.handshake()
        p.request()
        where = location.format(scheme="https" if second_tls else "http", port=second.port)
        p.send(("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % where).encode(),
               "302 to the second")
        if farewell:
            p.close_notify()
        try:
            second.sock.settimeout(2)
            s.listener = second
            q = s.accept("rsa" if second_tls else None)
            if second_tls:
                q.handshake()
            q.request()
            q.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
            s.wait("COMPLETED_CLIENT_HTTP")
        except Stuck:
            s.order("note no second connection")
        s.sync()
    play.__name__, play.__doc__ = "redirect_" + name, what
    scenario(*CA)(play)


redirect("http_to_https", "A redirect from http to https", False, True)
redirect("https_to_http", "A redirect from https to http", True, False)
redirect("https_to_https", "A redirect from https to https", True, True)
redirect("with_farewell", "A redirect from https to https, and the end of the session behind it", True, True, farewell=True)


trace.ORIGINAL_CRASHES["client_raw"] = "it begins the handshake before there is a socket, and fails"
trace.ORIGINAL_CRASHES["client_late_ssl"] = "it takes the call, and goes on as before"


@scenario(*CA)
def client_raw(s):
    """A raw connection over TLS"""
    p = s.dialled("101:ask", "61:raw=hello", method="RAW", protocol=None, local="other", path=None, host="localhost")
    p._take(5)
    p.log.append("< hello")
    p.send(b"data")
    s.wait("59 RAW_RX")
    p.close_notify()
    s.gone()


def offers(name, what, selected, *settings, **info):
    def play(s):
        s.dial(**info)
        p = s.accept("rsa", alpn=selected)
        p.handshake()
        p.about()
        p.request()
        p.upgrade("echo")
        s.wait("3 CLIENT_ESTABLISHED")
        p.close_notify()
        s.gone()
    play.__name__, play.__doc__ = "offers_" + name, what
    scenario(*CA, *settings)(play)


offers("http11", "ALPN: the server has http/1.1", ["http/1.1"])
offers("unknown", "ALPN: the server has another", ["foo"])
offers("none", "ALPN: the server has none", None)
offers("own", "ALPN: the client's own by the connection", ["foo"], alpn="bar,foo")
offers("own_vhost", "ALPN: the client's own by the vhost", ["foo"], "alpn=foo")


@scenario(*CA)
def client_destroy_in_handshake(s):
    """Context destroy during the handshake"""
    s.dial()
    p = s.accept(None)
    hello(p)


def denies(reason, what):
    def play(s):
        p = s.dialled("%d:die" % reason)
        if reason != 24:
            p.request()
            p.upgrade("echo")
        s.gone()
        if not p.over:
            p.eof()
    play.__name__, play.__doc__ = "client_deny_%d" % reason, what + " returns -1"
    scenario(*CA)(play)


denies(24, "CLIENT_APPEND_HANDSHAKE_HEADER")
denies(3, "CLIENT_ESTABLISHED")


@scenario()
def client_late_ssl(s):
    """lws_init_vhost_client_ssl on a vhost that has had a CA by nothing else"""
    s.order_path("clientssl 0 clientca=@ca.pem")
    p = s.wss()
    p.close_notify()
    s.gone()


# ---- creating, with what is not good ----

def made(name, what, *settings):
    def play(s):
        for kind, port in (("vhost", 0), ("context", 0), ("context", -1)):
            s.order_path("make %s port=%d %s" % (kind, port, " ".join(settings)))
    play.__name__, play.__doc__ = "make_" + name, what
    scenario()(play)


made("good", "A good pair", "cert=@rsa.pem", "key=@rsa.key")
made("ecdsa", "A good ECDSA pair", "cert=@ecdsa.pem", "key=@ecdsa.key")
made("sec1", "An ECDSA key as SEC 1", "cert=@ecdsa.pem", "key=@ecdsa.key.sec1")
made("pkcs1", "An RSA key as PKCS #1", "cert=@rsa.pem", "key=@rsa.key.pkcs1")
made("ed25519", "An Ed25519 pair", "cert=@ed25519.pem", "key=@ed25519.key")
made("both", "Both in one file", "cert=@rsa.both.pem", "key=@rsa.both.pem")
made("chain", "A chain", "cert=@chain.pem", "key=@chain.key")
made("wrong_key", "Another's key", "cert=@ecdsa.pem", "key=@wrong.key")
made("wrong_kind", "A key of another kind", "cert=@rsa.pem", "key=@ecdsa.key")
made("no_cert", "A file that is not there", "cert=@nothing.pem", "key=@rsa.key")
made("no_key", "A key file that is not there", "cert=@rsa.pem", "key=@nothing.key")
made("key_null", "No key", "cert=@rsa.pem")
made("cert_null", "A key without a certificate", "key=@rsa.key")
made("garbage_cert", "A garbage certificate", "cert=@garbage.pem", "key=@rsa.key")
made("garbage_key", "A garbage key", "cert=@rsa.pem", "key=@garbage.pem")
made("empty_cert", "An empty certificate file", "cert=@empty.pem", "key=@rsa.key")
made("half_cert", "Half a certificate", "cert=@half.pem", "key=@rsa.key")
made("swapped", "Certificate and key swapped", "cert=@rsa.key", "key=@rsa.pem")
made("der_files", "DER in files", "cert=@rsa.der", "key=@rsa.key.der")
made("expired", "An expired certificate", "cert=@expired.pem", "key=@expired.key")
made("encrypted", "An encrypted key, right password", "cert=@rsa.pem", "key=@rsa.encrypted.key", "password=secret")
made("encrypted_wrong", "An encrypted key, wrong password", "cert=@rsa.pem", "key=@rsa.encrypted.key", "password=wrong")
made("ca_good", "With a CA", "cert=@rsa.pem", "key=@rsa.key", "ca=@ca.pem")
made("ca_none", "A CA file that is not there", "cert=@rsa.pem", "key=@rsa.key", "ca=@nothing.pem")
made("ca_garbage", "A garbage CA file", "cert=@rsa.pem", "key=@rsa.key", "ca=@garbage.pem")
made("ca_garbage_required", "A garbage CA file and client certificates required", "cert=@rsa.pem", "key=@rsa.key", "ca=@garbage.pem",
     "options=clientcert")
made("memory_pem", "From memory, PEM", "cert@=@rsa.pem", "key@=@rsa.key")
made("memory_der", "From memory, DER", "cert@=@rsa.der", "key@=@rsa.key.der")
made("memory_chain", "A chain from memory", "cert@=@chain.pem", "key@=@chain.key")
made("memory_garbage", "Garbage from memory", "cert@=@garbage.pem", "key@=@rsa.key")
made("memory_garbage_key", "A garbage key from memory", "cert@=@rsa.pem", "key@=@garbage.pem")
made("memory_wrong_key", "Another's key from memory", "cert@=@ecdsa.pem", "key@=@wrong.key")
made("memory_encrypted", "An encrypted key from memory", "cert@=@rsa.pem", "key@=@rsa.encrypted.key", "password=secret")
made("ignore_missing", "IGNORE_MISSING_CERT, no files", "cert=@nothing.pem", "key=@nothing.key", "options=missing")
made("ciphers", "A cipher list", "cert=@rsa.pem", "key=@rsa.key", "ciphers=ECDHE-RSA-AES256-GCM-SHA384")
made("ciphers_bad", "A cipher list of nonsense", "cert=@rsa.pem", "key=@rsa.key", "ciphers=NONSENSE")
made("ciphers13_bad", "A TLS 1.3 cipher list of nonsense", "cert=@rsa.pem", "key=@rsa.key", "ciphers13=NONSENSE")
made("client_ca_none", "A client CA that is not there", "clientca=@nothing.pem")
made("client_ca_garbage", "A garbage client CA", "clientca=@garbage.pem")
made("client_ca_memory_garbage", "A garbage client CA from memory", "clientca@=@garbage.pem")
made("client_cert_none", "A client certificate that is not there", "clientcert=@nothing.pem", "clientkey=@client.key")
made("client_key_none", "A client key that is not there", "clientcert=@client.pem", "clientkey=@nothing.key")
made("client_wrong_key", "Another's client key", "clientcert=@client.pem", "clientkey=@wrong.key")
made("client_encrypted_wrong", "A client key, wrong password", "clientcert=@client.pem", "clientkey=@client.encrypted.key",
     "clientpassword=wrong")
made("client_ciphers_bad", "A client cipher list of nonsense", "clientca=@ca.pem", "clientciphers=NONSENSE")


def examined(name, *words):
    def play(s):
        s.order_path("x509 " + " ".join(words))
    play.__name__, play.__doc__ = "x509_" + name, "lws_x509 of " + " ".join(words)
    scenario()(play)


examined("rsa", "@rsa.pem", "@ca.pem")
examined("rsa_name", "@rsa.pem", "@ca.pem", "localhost")
examined("client", "@a.pem", "@ca.pem", "a.test")
examined("wrong_name", "@a.pem", "@ca.pem", "b.test")
examined("wrong_ca", "@a.pem", "@otherca.pem")
examined("expired", "@expired.pem", "@ca.pem")
examined("chain", "@leaf.pem", "@ca.pem")
examined("inter", "@leaf.pem", "@inter.pem")
examined("self", "@selfsigned.pem", "@selfsigned.pem")
examined("ed25519", "@ed25519.pem", "@ca.pem")
examined("der", "@rsa.der")
examined("garbage", "@garbage.pem")
examined("empty", "@empty.pem")
examined("key", "@rsa.key")
examined("ca", "@ca.pem")


@scenario(*server())
def vhost_cert(s):
    """lws_tls_vhost_cert_info of a TLS server's vhost"""
    s.order("vhostcert 0")
    s.sync()


trace.ORIGINAL_CRASHES["vhost_no_cert"] = "lws_tls_vhost_cert_info of a vhost without TLS"


@scenario("port=0")
def vhost_no_cert(s):
    """lws_tls_vhost_cert_info of a plain vhost, lws_tls_peer_cert_info of a plain connection"""
    s.order("vhostcert 0")
    c = s.tcp()
    c.upgrade("echo")
    s.wait("0 ESTABLISHED")
    s.order("tls 1")
    s.order("cert 1")
    s.sync()
    c.fin()
    s.gone()


# ---- certificates that change, settings of the server ----

@scenario("port=0", "cert=@moving1.pem", "key=@moving1.key")
def cert_updated(s):
    """lws_tls_cert_updated: who comes later gets the new certificate, who is there goes on"""
    s.actions("6:text=hello")
    first = s.ws(verify=False)
    first.certificate()
    put("ecdsa", "moving1")
    second = s.ws(verify=False)
    second.certificate()
    s.order_path("updated @moving1.pem @moving1.key")
    third = s.ws(verify=False)
    third.certificate()
    for c in (first, third):
        c.echo("hello")
    s.order_path("vhostcert 0")
    for n, c in enumerate((first, second, third), 1):
        c.close_notify()
        s.gone(n)


@scenario("port=0", "cert=@moving2.pem", "key=@moving2.key")
def cert_updated_bad(s):
    """lws_tls_cert_updated with what is no certificate"""
    s.tls(verify=False).certificate()
    put("garbage", "moving2")
    s.order_path("updated @moving2.pem @moving2.key")
    c = s.tls(verify=False)
    c.certificate()


@scenario(*server())
def cert_updated_unknown(s):
    """lws_tls_cert_updated of files that no vhost uses"""
    s.order_path("updated @b.pem @b.key")
    c = s.tls()
    c.certificate()


@scenario(*server(name="soon"))
def server_soon(s):
    """A certificate that ends in ten days: its age"""


@scenario(*server(name="expired"))
def server_expired(s):
    """An expired certificate: its age; it serves"""
    c = s.ws(verify=False)
    c.close_notify()
    s.gone()


@scenario(*server("optset=%d" % ssl.OP_NO_TLSv1_3))
def server_no_tls13(s):
    """ssl_options_set with SSL_OP_NO_TLSv1_3"""
    c = s.tls()
    c.about()
    c.close_notify()
    s.gone()


@scenario(*server("optset=%d" % ssl.OP_NO_TLSv1_2))
def server_no_tls12(s):
    """ssl_options_set with SSL_OP_NO_TLSv1_2, to a client that speaks nothing else"""
    c = s.tls(versions=TLS12)
    c.fin()
    s.gone()


@scenario(*server("ciphers=ECDHE-RSA-AES256-GCM-SHA384"))
def server_cipher(s):
    """ssl_cipher_list of one"""
    c = s.tls(versions=TLS12)
    c.log.append("= " + c.tls.cipher()[0])
    c.close_notify()
    s.gone()


@scenario(*server("ciphers13=TLS_CHACHA20_POLY1305_SHA256"))
def server_cipher13(s):
    """tls1_3_plus_cipher_list of one"""
    c = s.tls(versions=TLS13)
    c.log.append("= " + c.tls.cipher()[0])
    c.close_notify()
    s.gone()


@scenario(*server("restrict=2"))
def server_restricted(s):
    """simultaneous_ssl_restriction of 2: the third connection waits until one has ended"""
    s.actions("0:nothing")
    one, two = s.ws(), s.ws()
    three = Client.__new__(tls_play.TlsClient)
    three.__init__(s.server)
    three.begin("client")
    three.sock.settimeout(1)
    try:
        three.handshake()
        s.order("note the third is served at once")
    except Stuck:
        s.order("note the third waits")
    s.sync()
    one.close_notify()
    s.gone()
    three.sock.settimeout(PATIENCE)
    if three.log[-1] != "< TLS established":
        three.handshake()
    for c in (two, three):
        c.close_notify()
    s.gone(3)


if __name__ == "__main__":
    sys.exit(tls_play.main())
