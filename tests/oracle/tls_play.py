#!/usr/bin/env python3
"""TLS peers and the machinery of trace_tls.py, on that of trace.py and trace_client.py.

The peers are Python's ssl over memory, so that what is on the wire can be cut and altered.
"""

import atexit
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

import trace
import trace_client as client
from trace import PATIENCE, TEXT, BINARY, CLOSE, Client, Stuck

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = trace.SCENARIOS
SCENARIOS.clear()

CERTS = os.environ.get("TEST_CERTS") or tempfile.mkdtemp(prefix="trace-tls-")
if not os.environ.get("TEST_CERTS"):
    atexit.register(shutil.rmtree, CERTS, True)

USE_SSL, SELFSIGNED, SKIP_HOST, EXPIRED, INSECURE = 1, 2, 4, 8, 16


def cert(name):
    return os.path.join(CERTS, name)


def put(name, where):
    """Copies a pair to where a server's is that changes (movingN)."""
    shutil.copy(cert(name + ".pem"), cert(where + ".pem"))
    key = name + ".key" if os.path.exists(cert(name + ".key")) else name + ".pem"
    shutil.copy(cert(key), cert(where + ".key"))


def scenario(*settings):
    return trace.scenario(*settings)


def server(*more, name="rsa"):
    """Settings of a TLS server."""
    return ("port=0", "cert=@%s.pem" % name, "key=@%s.key" % name) + more


# ---- peers ----

class Tls:
    """TLS over memory, above a raw socket of trace.Client; mixed into its subclasses."""

    tls = None

    def begin(self, side, versions=None, name=None, alpn=None, ca="ca.pem", own=None, ciphers=None, verify=True, session=None):
        protocol = ssl.PROTOCOL_TLS_SERVER if side == "server" else ssl.PROTOCOL_TLS_CLIENT
        context = ssl.SSLContext(protocol)
        context.check_hostname = False
        if side == "client":
            context.verify_mode = ssl.CERT_REQUIRED if verify else ssl.CERT_NONE
        elif verify == "optional":
            context.verify_mode = ssl.CERT_OPTIONAL
        elif verify == "required":
            context.verify_mode = ssl.CERT_REQUIRED
        if ca:
            context.load_verify_locations(cert(ca))
        if versions:
            context.minimum_version, context.maximum_version = versions, versions
        if alpn:
            context.set_alpn_protocols(alpn)
        if ciphers:
            context.set_ciphers(ciphers)
        if side == "server":
            context.sni_callback = lambda _, name, __: self.log.append("= SNI %s" % name)
        if own:
            context.load_cert_chain(cert(own + ".pem"), cert(own + ".key"))
        self.wire_in, self.wire_out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.wire_in, self.wire_out, server_side=side == "server", server_hostname=name)
        return self

    def flush(self):
        data = self.wire_out.read()
        if data:
            self.sock.sendall(data)

    def feed(self):
        """Reads from the socket into the TLS layer; false at the end."""
        try:
            data = self.sock.recv(65536)
        except socket.timeout:
            raise Stuck("the peer waits for data")
        except ConnectionResetError:
            self.log.append("< EOF")
            self.over = True
            return False
        if not data:
            self.wire_in.write_eof()
            self.log.append("< EOF")
            self.over = True
            return False
        self.wire_in.write(data)
        return True

    def error(self, e):
        reason = (getattr(e, "reason", None) or str(e)).replace("SSLV3_", "").replace("TLSV1_", "").replace("TLSV13_", "")
        if "CERTIFICATE_VERIFY_FAILED" in str(e):
            reason = "CERTIFICATE_VERIFY_FAILED"
        self.log.append("< error " + reason)

    def handshake(self, note=""):
        """True when it succeeds."""
        self.log.append("> TLS handshake" + (" " + note if note else ""))
        while True:
            try:
                self.tls.do_handshake()
                self.flush()
                self.log.append("< TLS established")
                return True
            except ssl.SSLWantReadError:
                self.flush()
                if not self.feed():
                    return False
            except ssl.SSLError as e:
                self.error(e)
                try:
                    self.flush()
                except OSError:
                    pass
                return False

    def send(self, data, note=None):
        if not self.tls:
            return super().send(data, note)
        self.log.append("> " + (note or trace.show(data, 200)))
        try:
            self.tls.write(data)
            self.flush()
        except (OSError, ssl.SSLError):
            pass  # whether the peer's end has come before this is luck

    def _more(self):
        if not self.tls:
            return super()._more()
        while True:
            try:
                data = self.tls.read(65536)
                if data:
                    self.buffer += data
                    return True
                self.ended()
                return False
            except ssl.SSLWantReadError:
                if not self.feed():
                    return False
            except ssl.SSLZeroReturnError:
                self.ended()
                return False
            except ssl.SSLError as e:
                self.error(e)
                self.over = True
                return False

    def ended(self):
        """After the peer's close_notify."""
        self.log.append("< close_notify")
        self.over = True
        try:
            self.sock.settimeout(PATIENCE)
            while self.sock.recv(65536):
                pass
        except (OSError, socket.timeout):
            pass
        self.log.append("< EOF")

    def close_notify(self):
        self.log.append("> close_notify")
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        self.flush()

    def about(self):
        """What was agreed on."""
        self.log.append("= %s, alpn %s" % (self.tls.version(), self.tls.selected_alpn_protocol()))

    def certificate(self):
        der = self.tls.getpeercert(True)
        if not der:
            self.log.append("= no certificate")
            return
        names = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-subject"], input=der, capture_output=True).stdout
        self.log.append("= certificate " + names.decode().strip())


class TlsClient(Tls, Client):
    def _more(self):
        """Reset or FIN depends on what the program has left unread: both are the end."""
        more = super()._more()
        if self.log and self.log[-1] == "< reset":
            self.log[-1] = "< EOF"
        return more


class TlsServer(Tls, client.Peer):
    pass


class Play(client.Play):
    """What a scenario works with."""

    def tcp(self, port=None):
        """A connection that is accepted before anything is said: otherwise it depends on luck whether the original sees bytes."""
        c = TlsClient(self.server, None, port)
        self.sync()
        return c

    def actions(self, *words):
        """What the connections do that come next."""
        self.order("actions " + " ".join(words))
        self.sync()

    def tls(self, **more):
        """A client of the program's, after its handshake."""
        c = self.tcp()
        c.begin("client", **more)
        c.handshake()
        return c

    def ws(self, protocols="echo", **more):
        c = self.tls(**more)
        c.upgrade(protocols)
        self.wait("0 ESTABLISHED")
        self.sync()
        return c

    def accept(self, own="rsa", **more):
        p = self.listener.accept()
        p.__class__ = TlsServer
        if own:
            p.begin("server", own=own, **more)
        return p

    def dial(self, *actions, flags=USE_SSL, **info):
        """Orders a TLS connection."""
        self.listener = self.listen()
        info.setdefault("address", "localhost")
        info.setdefault("host", "localhost")
        if "protocol" not in info and "method" not in info:
            info["protocol"] = "echo"
        return self.connect(self.listener, *actions, flags=flags, **info)

    def dialled(self, *actions, own="rsa", tls={}, **info):
        """The server's end of a TLS connection that the program makes, after the handshake."""
        self.dial(*actions, **info)
        p = self.accept(own, **tls)
        p.handshake()
        return p

    def wss(self, *actions, tls={}, **info):
        """An established WebSocket over TLS."""
        p = self.dialled(*actions, tls=tls, **info)
        p.request()
        p.upgrade("echo")
        self.wait("3 CLIENT_ESTABLISHED")
        self.sync()
        return p

    def order_path(self, text):
        """@NAME stands for a certificate file."""
        self.order(re.sub(r"@([\w.-]+)", lambda m: cert(m.group(1)), text))
        self.sync()


# ---- running ----

# What the original hands out objects of OpenSSL in, and has a program answer by them: 21 and 22 (SSL_CTX), 23 and 58
# (X509_STORE_CTX, SSL), 37 (SSL_CTX), 67 (SSL_CTX's own events). There are none to hand out here, so these callbacks are not made.
trace.UNCOMPARED |= {21, 22, 23, 37, 58, 67}


def stable(self, line):
    line = client_stable(self, line).replace(CERTS + "/", "@")
    if " 0 ESTABLISHED " in line:
        line = line.replace(" in=set", " in=ssl").replace(" in=null", " in=ssl")  # an SSL in the original
    # the words of the two libraries, the kinds of their alerts, and their ClientHellos
    line = re.sub(r'len=\d+ in="(connect SSL err 1|read failed)\b.*', r'len=n in="\1"', line)
    line = re.sub(r"< error ALERT_\w+|< \"\\x15\\x03.*", "< an alert", line)
    line = re.sub(r"< \"\\x16\\x03.*", "< a ClientHello", line)
    return re.sub(r"EOF occurred in violation of protocol .*", "EOF", line)


client_stable = client.Play.stable
client.Play.stable = stable
client.Play, client.PROGRAM = Play, "trace_tls"


def invariants(name, lines):
    """What must hold in every trace of ours."""
    wrong, gone = [], {}
    for line in lines:
        m = re.match(r"(\S+) (\d+) (\S+) wsi=(c\d+) user=(\S+)", line)
        if not m:
            continue
        reason, who, user = int(m.group(2)), m.group(4), m.group(5)
        if gone.get(who):
            wrong.append("after WSI_DESTROY: " + line)
        if user.endswith(":dirty"):
            wrong.append("user block not zeroed: " + line)
        gone[who] = reason == 30
    wrong += ["%s has no WSI_DESTROY" % who for who, ended in gone.items() if not ended]
    if "exit code 0" not in lines:
        wrong.append("bad exit")
    return wrong + [line for line in lines if line.startswith("! ")]


# What the original gets wrong wherever it says it: dates are a day early (and so is the age of a certificate, which is 0 for
# a vhost without one and wraps for an expired one), a common name has the rest of the subject behind it. When a vhost is made
# later all are told of the age of all again; that is not compared.
DAY = 86400


def put_right(line):
    line = re.sub(r"^(    (?:from|to) = 0, )(\d+)$", lambda m: m.group(1) + str(int(m.group(2)) + DAY), line)
    line = re.sub(r'^    common name = 0, \d+ "([^/]*)/.*"$', lambda m: '    common name = 0, %d "%s"' % (len(m.group(1)), m.group(1)), line)
    return re.sub(r"( 72 VHOST_CERT_AGING .* len=)(\d+)", lambda m: m.group(1) + str(int(m.group(2)) + (m.group(2) != "0")), line)


def run(name, program, lib, expected_library):
    """client.run, with the paths of the certificates put in."""
    function, settings = SCENARIOS[name]
    SCENARIOS[name] = (function, [re.sub(r"=@", "=" + CERTS + "/", s) for s in settings])
    for moving in re.findall(r"(moving\d)\.pem", " ".join(settings)):
        put("b", moving)
    lines, problems = client.run(name, program, lib, expected_library)
    dropped = " 72 VHOST_CERT_AGING " if name.startswith("make_") else "72 VHOST_CERT_AGING wsi=other user=null len=0 "
    lines = [line for line in lines if dropped not in line]
    return (lines if lib else [put_right(line) for line in lines]), problems


def compile_program(out):
    subprocess.run(["bash", os.path.join(HERE, "..", "certs", "make.sh"), CERTS], check=True)
    return compile_one(out)


compile_one = client.compile_program
trace.run, trace.invariants, trace.compile_program = run, invariants, compile_program


def main():
    if not any(a.startswith("--differences") for a in sys.argv):
        sys.argv[1:1] = ["--differences", os.path.join(HERE, "differences_tls.txt")]
    return trace.main()
