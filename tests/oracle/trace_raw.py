#!/usr/bin/env python3
"""Callback and byte traces of adopted descriptors and raw servers: the original library beside another.

    trace_raw.py --original [SCENARIO...]      run on the installed libwebsockets, print the traces
    trace_raw.py --lib DIR [SCENARIO...]       run on DIR's library and check the invariants
    trace_raw.py --compare DIR [SCENARIO...]   run on both; the traces must be equal but for differences_raw.txt
    trace_raw.py --list                        names and descriptions

Options: --out DIR (where trace_raw.c is compiled to), --jobs N, --quiet (verdicts only).
The machinery is that of trace.py and trace_client.py.
"""

import os
import re
import socket
import sys
import tempfile

import trace
import trace_client as client
from trace import PATIENCE, TEXT, Client, Stuck

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = trace.SCENARIOS
SCENARIOS.clear()
scenario = trace.scenario

FILE, HTTP, SOCKET = 0, 1, 2                    # lws_adoption_type
FILE_PATH = os.path.join(tempfile.gettempdir(), "trace-raw-%d.txt" % os.getpid())


def adopt(s, how, what, *words):
    """Orders an adoption; what it says."""
    s.connects += 1
    s.order(" ".join(["adopt", how, what, *words]))
    answer = s.wait(r"    adopted = (.*)", s.connects).group(1)
    s.sync()
    return answer


def upgrade_text():
    return Client.upgrade_bytes(Client.__new__(Client), "echo").decode()


# ---- sockets, as raw ----

@scenario()
def socketpair_raw(s):
    """A socket pair's end as raw socket: data both ways, the peer closes"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other", "62:info", "62:ask", "61:raw=hello")
    s.order("peerread 1")
    s.order("peerwrite 1 data")
    s.wait("59 RAW_RX")
    s.order("peerclose 1")
    s.gone()


@scenario()
def socketpair_raw_no_name(s):
    """A raw socket without a protocol name"""
    adopt(s, "type%d" % SOCKET, "socketpair", "62:info")
    s.order("peerwrite 1 data")
    s.wait("59 RAW_RX")
    s.order("peerclose 1")
    s.gone()


@scenario()
def socketpair_raw_unknown_name(s):
    """A raw socket with a protocol name nobody has"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=nobody")
    s.order("peerclose 1")
    s.sync()


@scenario()
def socketpair_raw_die(s):
    """RAW_RX returns -1"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other", "59:die")
    s.order("peerwrite 1 data")
    s.gone()
    s.order("peerread 1")


@scenario()
def socketpair_raw_die_adopt(s):
    """RAW_ADOPT returns -1"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other", "62:die")
    s.sync()


@scenario()
def socketpair_raw_die_bind(s):
    """RAW_SKT_BIND_PROTOCOL returns -1"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other", "81:die")
    s.sync()


@scenario()
def socketpair_raw_die_create(s):
    """WSI_CREATE returns -1"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other", "29:die")
    s.sync()


@scenario()
def socketpair_raw_die_writeable(s):
    """RAW_WRITEABLE returns -1"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other", "62:ask", "61:die")
    s.gone()


@scenario()
def socketpair_raw_destroy(s):
    """Context destroy"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other")


@scenario()
def socketpair_raw_kill(s):
    """LWS_TO_KILL_SYNC and a timeout"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other")
    s.do(1, "sync")
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other")
    s.do(2, "timeout=1")
    s.gone(2)


@scenario()
def socketpair_raw_info(s):
    """lws_adopt_descriptor_vhost_via_info with opaque and parent"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other")
    adopt(s, "info%d" % SOCKET, "socketpair", "name=echo", "opaque=1", "parent=1", "62:info")
    s.do(1, "info")
    s.order("peerclose 1")
    s.gone(2)


@scenario()
def socketpair_raw_big(s):
    """300000 bytes written, the peer reads"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other", "61:nothing")
    s.order("do 1 0:rawbig=300000")
    s.order("do 1 0:ask")
    s.sync()
    for _ in range(4):
        s.order("peerread 1")
    s.sync()


@scenario("rx=100")
def socketpair_raw_rx(s):
    """rx_buffer_size 100, 250 bytes"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other")
    s.order("peerwrite 1 " + "x" * 250)
    s.sync()
    s.order("peerclose 1")
    s.gone()


@scenario()
def socketpair_raw_flow(s):
    """Reception off and on"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other")
    s.do(1, "flow=0")
    s.order("peerwrite 1 data")
    s.sync()
    s.do(1, "flow=1")
    s.wait("59 RAW_RX")
    s.order("peerclose 1")
    s.gone()


@scenario("user=0")
def socketpair_raw_no_user(s):
    """per_session_data_size 0"""
    adopt(s, "type%d" % SOCKET, "socketpair", "name=other")
    s.order("peerclose 1")
    s.gone()


# ---- sockets, as HTTP ----

def adopt_tcp(s, how, *words):
    s.listener = s.listen()
    answer = adopt(s, how, "tcp:%d" % s.listener.port, *words)
    return s.listener.accept(), answer


def speak(s, p):
    """An upgrade and an echo, from the far end."""
    p.key = None
    p.send(Client.upgrade_bytes(p, "echo"), "upgrade")
    p.response()
    s.wait("0 ESTABLISHED")
    p.send(Client.frame_bytes(TEXT, b"hello"), "text hello")
    s.wait("6 RECEIVE")
    p.fin()
    s.gone()


for how in ("socket", "socketvhost", "type3", "info3"):
    def play(s, how=how):
        p, _ = adopt_tcp(s, how)
        speak(s, p)
    play.__name__, play.__doc__ = "http_" + how, "A connected socket handed in as %s, upgraded" % how
    scenario()(play)


@scenario()
def http_type3_name(s):
    """LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP with a protocol name"""
    p, _ = adopt_tcp(s, "type3", "name=other")
    speak(s, p)


@scenario()
def http_readbuf(s):
    """lws_adopt_socket_readbuf with the whole upgrade"""
    text = upgrade_text().replace("%", "%25").replace("\r\n", "%0d%0a").replace(" ", "%20").replace("=", "%3d").replace(":", "%3a")
    p, _ = adopt_tcp(s, "readbuf", "buf=" + text)
    p.response()
    s.wait("0 ESTABLISHED")
    p.fin()
    s.gone()


@scenario()
def http_readbuf_vhost_part(s):
    """lws_adopt_socket_vhost_readbuf with a part of the upgrade, the rest by the socket"""
    text = upgrade_text()
    first = text[:30].replace("\r\n", "%0d%0a").replace(" ", "%20").replace(":", "%3a")
    p, _ = adopt_tcp(s, "readbufvhost", "buf=" + first)
    p.send(text[30:].encode(), "the rest")
    p.response()
    s.wait("0 ESTABLISHED")
    p.fin()
    s.gone()


@scenario()
def http_readbuf_empty(s):
    """lws_adopt_socket_readbuf without bytes"""
    p, _ = adopt_tcp(s, "readbuf")
    speak(s, p)


@scenario()
def http_peer_gone(s):
    """The peer has closed before"""
    p, _ = adopt_tcp(s, "socket")
    p.fin()
    s.gone()


@scenario("ahidle=1", "timeout=1")
def http_silent(s):
    """The peer says nothing: timeout"""
    p, _ = adopt_tcp(s, "socket")
    p.eof(12)
    s.gone()


@scenario()
def http_destroy(s):
    """Context destroy before a byte was said"""
    p, _ = adopt_tcp(s, "socket")


@scenario()
def http_deny_19(s):
    """SERVER_NEW_CLIENT_INSTANTIATED returns -1"""
    p, _ = adopt_tcp(s, "socket", "19:die")
    p.eof()


# ---- files ----

@scenario()
def pipe_file(s):
    """A pipe's reading end as file: the program reads; the writing end is closed"""
    adopt(s, "type%d" % FILE, "pipe", "name=other", "63:info", "64:readfd")
    s.order("peerwrite 1 data")
    s.wait("64 RAW_RX_FILE")
    s.sync()
    s.order("peerclose 1")
    s.gone()


@scenario()
def pipe_file_no_name(s):
    """A pipe without a protocol name"""
    adopt(s, "type%d" % FILE, "pipe", "64:readfd")
    s.order("peerwrite 1 data")
    s.wait("64 RAW_RX_FILE")
    s.order("peerclose 1")
    s.gone()


@scenario()
def pipe_file_write(s):
    """A pipe's writing end: RAW_WRITEABLE_FILE when asked; lws_write"""
    adopt(s, "type%d" % FILE, "pipewrite", "name=other", "63:ask", "65:writefd=hello", "65:raw=more")
    s.wait("65 RAW_WRITEABLE_FILE")
    s.order("peerread 1")
    s.sync()
    s.order("peerclose 1")
    s.sync()


@scenario()
def pipe_file_die(s):
    """RAW_RX_FILE returns -1"""
    adopt(s, "type%d" % FILE, "pipe", "name=other", "64:die")
    s.order("peerwrite 1 data")
    s.gone()


@scenario()
def pipe_file_die_adopt(s):
    """RAW_ADOPT_FILE returns -1"""
    adopt(s, "type%d" % FILE, "pipe", "name=other", "63:die")
    s.sync()


@scenario()
def pipe_file_destroy(s):
    """Context destroy"""
    adopt(s, "type%d" % FILE, "pipe", "name=other")


@scenario()
def pipe_file_timer(s):
    """lws_set_timer_usecs and a timeout on a file"""
    adopt(s, "type%d" % FILE, "pipe", "name=other")
    s.order("do 1 0:timer=50")
    s.wait("73 TIMER")
    s.do(1, "timeout=1")
    s.gone()


@scenario()
def socketpair_file(s):
    """A socket pair's end as file"""
    adopt(s, "type%d" % FILE, "socketpair", "name=other", "64:readfd")
    s.order("peerwrite 1 data")
    s.wait("64 RAW_RX_FILE")
    s.order("peerclose 1")
    s.gone()


# ---- what is no connection ----

def bad(name, what, *order):
    def play(s):
        adopt(s, *order)
    play.__name__, play.__doc__ = "bad_" + name, what
    scenario("file=" + FILE_PATH)(play)


bad("minus_one_socket", "-1 as raw socket", "type%d" % SOCKET, "-1", "name=other")
bad("minus_one_http", "-1 as HTTP", "socket", "-1")
bad("minus_one_file", "-1 as file", "type%d" % FILE, "-1", "name=other")
bad("closed_socket", "A closed descriptor as raw socket", "type%d" % SOCKET, "closed", "name=other")
bad("closed_http", "A closed descriptor as HTTP", "socket", "closed")
bad("closed_file", "A closed descriptor as file", "type%d" % FILE, "closed", "name=other")
bad("file_file", "A regular file as file", "type%d" % FILE, "file", "name=other", "64:die")
bad("file_socket", "A regular file as raw socket", "type%d" % SOCKET, "file", "name=other", "59:die")
bad("directory_file", "A directory as file", "type%d" % FILE, "directory", "name=other", "64:die")
bad("listening", "A listening socket as raw socket", "type%d" % SOCKET, "listening", "name=other")


# ---- UDP ----

def udp(s, *words):
    s.connects += 1
    s.order(" ".join(["udp", *words]))
    answer = s.wait(r"    adopted = (.*)", s.connects).group(1)
    if answer != "null":
        s.udpport = int(s.wait(r"udpport (\d+)").group(1))
    s.sync()
    return answer


@scenario()
def udp_bound(s):
    """Bound to a port: datagrams, echoed to where lws_get_udp says"""
    udp(s, "other", "-", "0", "1", "62:info", "59:udpecho")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as p:
        p.settimeout(PATIENCE)
        for text in (b"one", b"two"):
            p.sendto(text, ("127.0.0.1", s.udpport))
            if p.recv(100) != text:
                raise Stuck("another datagram")
    s.sync()


@scenario()
def udp_to(s):
    """With an address: connected, written by lws_write"""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as p:
        p.settimeout(PATIENCE)
        p.bind(("127.0.0.1", 0))
        s.number = p.getsockname()[1]
        udp(s, "other", "127.0.0.1", "%d" % s.number, "0", "62:ask", "61:raw=hello")
        s.sync()
        try:
            p.settimeout(1)
            data, back = p.recvfrom(100)
            s.order("note received %d" % len(data))
            s.sync()
            p.sendto(b"answer", back)
        except socket.timeout:
            s.order("note nothing")
        s.sync()


@scenario()
def udp_no_name(s):
    """Without a protocol name"""
    udp(s, "-", "-", "0", "1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as p:
        p.sendto(b"one", ("127.0.0.1", s.udpport))
    s.sync()


@scenario()
def udp_bad_name(s):
    """An address that does not resolve"""
    s.connects += 1
    s.order("udp other nobody.invalid 99 0")
    s.wait(r"    adopted = (.*)")
    s.sync()


# ---- servers that are raw, or become it ----

@scenario("port=0", "onlyraw=1", "role=raw-skt", "protocol=other")
def server_raw(s):
    """A listener whose connections are raw"""
    s.order("actions 59:info 59:ask 61:raw=hello")
    s.sync()
    c = Client(s.server)
    c.send(b"data")
    c._take(5)
    c.log.append("< hello")
    c.fin()
    s.gone()
    c.eof()


@scenario("port=0", "onlyraw=1", "role=raw-skt", "protocol=other")
def server_raw_silent(s):
    """A raw listener and a silent client"""
    c = Client(s.server)
    s.wait("62 RAW_ADOPT")
    c.fin()
    s.gone()


@scenario("port=0", "onlyraw=1", "role=raw-skt", "protocol=other")
def server_raw_http(s):
    """A raw listener, and HTTP comes"""
    c = Client(s.server)
    c.send(c.get("/"))
    s.wait("59 RAW_RX")
    c.fin()
    s.gone()


@scenario("port=0", "onlyraw=1", "role=raw-skt", "protocol=nobody")
def server_raw_unknown_protocol(s):
    """A raw listener with a protocol that does not exist"""
    c = Client(s.server)
    c.eof()


@scenario("port=0", "onlyraw=1", "role=nonsense", "protocol=other")
def server_unknown_role(s):
    """A role that does not exist"""
    c = Client(s.server)
    c.send(b"data")
    s.sync()
    c.fin()
    c.eof()


@scenario("port=0", "onlyraw=1")
def server_raw_no_role(s):
    """The option alone"""
    c = Client(s.server)
    c.send(b"data\r\n\r\n")
    s.sync()
    c.fin()
    c.eof()


@scenario("port=0", "fallback=1", "role=raw-skt", "protocol=other")
def fallback_raw(s):
    """Falls back to raw: what is no HTTP comes as RAW_RX"""
    c = Client(s.server)
    c.send(b"SSH-2.0-x\r\n")
    s.wait("59 RAW_RX")
    c.send(b"more")
    s.wait("59 RAW_RX", 2)
    c.fin()
    s.gone()


@scenario("port=0", "fallback=1", "role=raw-skt", "protocol=other")
def fallback_raw_binary(s):
    """Falls back to raw: binary"""
    c = Client(s.server)
    c.send(b"\x00\x01\x02\x03")
    s.sync()
    c.fin()
    s.gone()


@scenario("port=0", "fallback=1", "role=raw-skt", "protocol=other")
def fallback_http(s):
    """Falls back to raw, but HTTP comes"""
    c = Client(s.server)
    c.send(c.upgrade_bytes("echo"), "upgrade")
    c.response()
    s.wait("0 ESTABLISHED")
    c.fin()
    s.gone()


@scenario("port=0", "fallback=1", "role=raw-skt", "protocol=other")
def fallback_looks_like_http(s):
    """Begins like HTTP and is none"""
    c = Client(s.server)
    c.send(b"GET")
    s.sync()
    c.send(b"TING \x00\r\n\r\n")
    s.sync()
    c.fin()
    s.gone()


@scenario("port=0", "fallback=1", "role=raw-skt", "protocol=other", "ahidle=1", "timeout=1")
def fallback_silent(s):
    """Falls back: a client that says nothing"""
    c = Client(s.server)
    c.eof(12)
    s.sync()


@scenario("port=0", "fallback=1")
def fallback_no_role(s):
    """The option alone"""
    c = Client(s.server)
    c.send(b"SSH-2.0-x\r\n")
    s.sync()
    c.fin()
    c.eof()


# ---- running ----

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


def stable(self, line):
    line = client.stable(self, line)
    for attribute in ("udpport", "number"):
        if hasattr(self, attribute):
            line = re.sub(r"\b%d\b" % getattr(self, attribute), "UDPPORT", line)
    return line.replace(FILE_PATH, "FILE")


client.Play.stable = stable
client.PROGRAM = "trace_raw"
trace.run, trace.invariants, trace.__doc__ = client.run, invariants, __doc__

if __name__ == "__main__":
    if not any(a.startswith("--differences") for a in sys.argv):
        sys.argv[1:1] = ["--differences", os.path.join(HERE, "differences_raw.txt")]
    code = trace.main()
    if os.path.exists(FILE_PATH):
        os.unlink(FILE_PATH)
    sys.exit(code)
