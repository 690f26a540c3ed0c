#!/usr/bin/env python3
"""Debian's janus: its WebSocket transport, and its event handler that is a WebSocket client.

    janus.py [--lib DIR]
"""
import asyncio, collections, json, os, signal, socket, ssl, struct, subprocess, time
import websockets
from websockets.asyncio.client import connect, unix_connect
from websockets.asyncio.server import serve
from program import SYSTEM, arguments, check, free_port, head_of, raw_http, report, running, upgrade

a = arguments(__doc__).parse_args()
WS, WSS, EVENTS = free_port(), free_port(), free_port()
PROTOCOL, ADMIN_PROTOCOL = "janus-protocol", "janus-admin-protocol"
ORIGIN = "http://good.example"
HOST = "127.0.0.1:%d" % WS
SESSIONS = 150


# --- configuration

def command(folder):
    def write(name, text):
        with open(os.path.join(folder, name), "w") as f:
            f.write(text)

    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-keyout", key, "-out", cert,
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
                   check=True, stderr=subprocess.DEVNULL)
    write("janus.jcfg", f"""
general: {{
  configs_folder = "{folder}"
  plugins_folder = "{SYSTEM}/janus/plugins"
  transports_folder = "{SYSTEM}/janus/transports"
  events_folder = "{SYSTEM}/janus/events"
  loggers_folder = "{folder}"
  debug_level = 5
  admin_secret = "adm"
  session_timeout = 20
  server_name = "swapped"
}}
nat: {{ ice_enforce_list = "lo" }}
plugins: {{ disable = "{plugins_but("echotest", "textroom")}" }}
transports: {{ disable = "{others("transports", "websockets")}" }}
events: {{ broadcast = true
  disable = "{others("events", "wsevh")}" }}
""")
    write("janus.transport.websockets.jcfg", f"""
general: {{
  json = "compact"
  pingpong_trigger = 2
  pingpong_timeout = 2
  ws = true
  ws_port = {WS}
  ws_ip = "127.0.0.1"
  wss = true
  wss_port = {WSS}
  wss_ip = "127.0.0.1"
  ws_logging = "err,warn"
  ws_acl = "127.0.0.1"
}}
admin: {{ admin_ws = true
  admin_ws_unix = "{folder}/admin.sock" }}
cors: {{ allow_origin = "{ORIGIN}"
  enforce_cors = true }}
certificates: {{ cert_pem = "{cert}"
  cert_key = "{key}" }}
""")
    write("janus.eventhandler.wsevh.jcfg", f"""
general: {{ enabled = true
  events = "all"
  grouping = true
  json = "compact"
  backend = "ws://127.0.0.1:{EVENTS}/events"
  subprotocol = "swap-events"
  ws_logging = "err,warn" }}
""")
    for plugin in ("textroom", "echotest"):
        write("janus.plugin.%s.jcfg" % plugin, "general: {}\n")
    return ["/usr/bin/janus", "-F", folder]


def modules(kind):
    return sorted(n for n in os.listdir("%s/janus/%s" % (SYSTEM, kind)) if n.endswith(".so"))


def others(kind, wanted):
    return ",".join(n for n in modules(kind) if wanted not in n)


def plugins_but(*wanted):
    return ",".join(n for n in modules("plugins") if not any(w in n for w in wanted))


# --- the client's side of the protocol

class Client:
    """One WebSocket to janus, for the length of an `async with`."""
    count = 0

    def __init__(self, uri="ws://%s/" % HOST, protocol=PROTOCOL, unix=None, **more):
        options = dict(subprotocols=[protocol], origin=ORIGIN, max_size=None, ping_interval=None, **more)
        self.opening = unix_connect(unix, uri=uri, **options) if unix else connect(uri, **options)

    async def __aenter__(self):
        self.ws = await self.opening
        return self

    async def __aexit__(self, *_):
        await self.ws.close()

    async def answer(self, patience=5):
        return json.loads(await asyncio.wait_for(self.ws.recv(), patience))

    async def ask(self, what, patience=5, **more):
        """Sends a request; its answer. A message to a plugin is acknowledged first, which is not the answer."""
        Client.count += 1
        transaction = more.pop("transaction", "t%d" % Client.count)
        await self.ws.send(json.dumps(dict(janus=what, transaction=transaction, **more)))
        while True:
            r = await self.answer(patience)
            if r.get("transaction") == transaction and not (r["janus"] == "ack" and what == "message"):
                return r

    async def create(self, patience=5):
        return (await self.ask("create", patience))["data"]["id"]

    async def attach(self, session, plugin, patience=5):
        r = await self.ask("attach", patience, session_id=session, plugin="janus.plugin." + plugin)
        return r["data"]["id"]

    def reset(self):
        """Leaves with an RST."""
        s = self.ws.transport.get_extra_info("socket")
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.ws.transport.abort()


async def one_session(patience=20):
    async with Client() as c:
        session = await c.create(patience)
        await c.attach(session, "echotest", patience)
        for _ in range(3):
            assert (await c.ask("keepalive", patience, session_id=session))["janus"] == "ack"
        assert (await c.ask("destroy", patience, session_id=session))["janus"] == "success"


# --- the transport

async def requests(_):
    async with Client() as c:
        check("handshake", c.ws.subprotocol == PROTOCOL, [k for k, _ in c.ws.response.headers.raw_items()])
        r = await c.ask("info")
        check("info", r["janus"] == "server_info" and r["server-name"] == "swapped", r["version_string"])
        check("ping", (await c.ask("ping"))["janus"] == "pong")
        session = await c.create()
        echo = await c.attach(session, "echotest")
        check("create and attach", session and echo)
        r = await c.ask("message", session_id=session, handle_id=echo, body=dict(audio=True, video=False))
        check("message to the echo test", r["janus"] == "event" and r["plugindata"]["data"].get("result") == "ok", r)
        room = await c.attach(session, "textroom")
        r = await c.ask("message", session_id=session, handle_id=room, body=dict(request="list"))
        check("message to the text room", r["janus"] == "success" and r["plugindata"]["data"]["textroom"] == "success", r)
        check("keepalive", (await c.ask("keepalive", session_id=session))["janus"] == "ack")
        check("detach", (await c.ask("detach", session_id=session, handle_id=echo))["janus"] == "success")
        check("destroy", (await c.ask("destroy", session_id=session))["janus"] == "success")
        r = await c.ask("ping", session_id=session)
        check("the session is gone", r["janus"] == "error" and r["error"]["code"] == 458, r)
        await c.ws.send("{ not json")
        r = await c.answer()
        check("malformed JSON", r["janus"] == "error" and r["error"]["code"] == 454, r)
        await c.ws.send('["array"]')
        r = await c.answer()
        check("JSON that is no object", r["error"]["code"] in (455, 456), r)
    check("clean close", c.ws.close_code == 1000, c.ws.close_code)


async def sizes(_):
    """janus answers with the request's transaction: a big one goes both ways."""
    async with Client() as c:
        for size in (1000, 60000, 300000, 2000000):
            r = await c.ask("ping", 30, transaction="A" * size)
            check("%d bytes both ways" % size, r["janus"] == "pong" and r["transaction"] == "A" * size)
        text = json.dumps(dict(janus="ping", transaction="frag" + "B" * 5000))
        await c.ws.send([text[i:i + 700] for i in range(0, len(text), 700)])
        r = await c.answer()
        check("request in fragments", r["janus"] == "pong" and len(r["transaction"]) == 5004)
        names = ["b%d" % i for i in range(300)]
        for name in names:
            await c.ws.send(json.dumps(dict(janus="ping", transaction=name)))
        got = [(await c.answer(10))["transaction"] for _ in names]
        check("300 requests without waiting", sorted(got) == sorted(names), "in order" if got == names else "not in order")
        await asyncio.wait_for(await c.ws.ping(b"hello"), 5)
        check("a ping is answered", True)


async def many(_):
    begin = time.monotonic()
    got = await asyncio.gather(*[one_session() for _ in range(SESSIONS)], return_exceptions=True)
    check("%d sessions at once" % SESSIONS, not any(got), "%.1f s %s" % (time.monotonic() - begin, [e for e in got if e][:2]))


async def tls(janus):
    context = ssl.create_default_context(cafile=os.path.join(janus.folder, "cert.pem"))
    async with Client("wss://localhost:%d/" % WSS, host="127.0.0.1", ssl=context) as c:
        check("wss: info", (await c.ask("info"))["janus"] == "server_info", c.ws.transport.get_extra_info("cipher"))
        r = await c.ask("ping", 30, transaction="C" * 400000)
        check("wss: 400000 bytes both ways", r["transaction"] == "C" * 400000)


async def leaving(janus):
    async with Client("ws://localhost/", ADMIN_PROTOCOL, unix=janus.folder + "/admin.sock") as admin:
        async def sessions():
            return (await admin.ask("list_sessions", admin_secret="adm"))["sessions"]

        check("admin on a Unix socket", await sessions() == [])
        r = await admin.ask("list_sessions", admin_secret="wrong")
        check("admin with a wrong secret", r["error"]["code"] == 403, r)
        async with Client() as c:
            session = await c.create()
            before = await sessions()
            c.reset()
        for _ in range(60):
            after = await sessions()
            if not after:
                break
            await asyncio.sleep(0.1)
        check("RST ends the session", before == [session] and after == [], (before, after))
    with socket.create_connection(("127.0.0.1", WS)) as s:
        s.sendall(upgrade(HOST, PROTOCOL, ORIGIN))
        s.recv(4096)
        s.sendall(b"\x81\xfe\x40\x00abcd" + b"x" * 100)
    check("others are served after half a frame", await one_session() is None)


def mute():
    """A client that never answers: what it gets, and when."""
    with socket.create_connection(("127.0.0.1", WS), 12) as s:
        s.sendall(upgrade(HOST, PROTOCOL, ORIGIN))
        begin, head, got = time.monotonic(), b"", []
        while b"\r\n\r\n" not in head:
            head += s.recv(4096)
        while True:
            try:
                data = s.recv(4096)
            except OSError as e:
                data = repr(e)
            got.append((round(time.monotonic() - begin, 1), data))
            if not data or isinstance(data, str):
                return got


async def validity(_):
    got = await asyncio.to_thread(mute)
    check("a mute client gets a ping", len(got) > 1 and got[0][1][:1] == b"\x89", got)
    check("then it is hung up on", got[-1][1] == b"" and 3 < got[-1][0] < 7, got)


async def refusals(janus):
    async def ask(data, **more):
        return await asyncio.to_thread(raw_http, WS, data, 1.5, **more)

    answer = await ask(upgrade(HOST, PROTOCOL, "http://evil.example"))
    check("wrong origin is refused", answer == b"", head_of(answer))
    answer = await ask(upgrade(HOST, PROTOCOL))
    check("no origin is refused", answer == b"", head_of(answer))
    answer = await ask(upgrade(HOST, PROTOCOL, ORIGIN), whole=False)
    allowed = b"access-control-allow-origin: " + ORIGIN.encode() in answer.lower()
    check("right origin is told so", answer.startswith(b"HTTP/1.1 101") and allowed, head_of(answer))
    for name, protocol in (("unknown", "nonsense"), ("no", None)):
        answer = await ask(upgrade(HOST, protocol, ORIGIN))
        check("%s subprotocol is refused" % name, answer == b"", head_of(answer))
    answer = await ask(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    check("plain GET gets 403", answer.startswith(b"HTTP/1.1 403 "), head_of(answer))
    # janus looks at the list only after the handshake
    answer = await ask(upgrade(HOST, PROTOCOL, ORIGIN), source=("127.0.0.2", 0))
    check("who is not on the list is hung up on", not answer.endswith(b"<timeout>") and "127.0.0.2" in janus.log(), answer[-40:])
    check("who is on it is not", await one_session() is None)


# --- the event handler

class Backend:
    """Where janus sends its events."""
    connections, request, ws = 0, None, None

    def __init__(self):
        self.events = []

    async def serve(self, ws):
        self.connections += 1
        self.ws = ws
        try:
            async for message in ws:
                got = json.loads(message)
                self.events.extend(got if isinstance(got, list) else [got])
        except websockets.ConnectionClosed:
            pass

    async def check(self, _):
        await asyncio.sleep(0.5)
        if not check("event handler connects", self.connections > 0):
            return
        asked = self.ws.request
        check("with its path and subprotocol", (asked.path, self.ws.subprotocol) == ("/events", "swap-events"),
              list(asked.headers.raw_items()))
        kinds = collections.Counter(e["type"] for e in self.events)
        # session, handle, transport and core events
        check("events come", kinds[1] >= 2 * SESSIONS and kinds[2] >= SESSIONS and kinds[128] > SESSIONS and kinds[256], dict(kinds))
        before, begin = self.connections, time.monotonic()
        self.ws.transport.abort()
        while self.connections == before and time.monotonic() - begin < 12:
            await asyncio.sleep(0.1)
        check("event handler connects again", self.connections > before, "after %.1f s" % (time.monotonic() - begin))
        known = len(self.events)
        await one_session()
        await asyncio.sleep(1)
        check("events come again", len(self.events) > known, len(self.events) - known)


async def ending(janus):
    async with Client() as c:  # somebody is there when it ends
        code = await asyncio.to_thread(janus.stop, signal.SIGINT)
        check("SIGINT ends it", code == 0, "exit code %s" % code)
        try:
            seen = await c.answer(3)
        except Exception as e:
            seen = e
        check("who was connected sees the end", isinstance(seen, websockets.ConnectionClosed), repr(seen))


async def drive(janus):
    backend = Backend()
    async with serve(backend.serve, "127.0.0.1", EVENTS, subprotocols=["swap-events"], ping_interval=None):
        if not await asyncio.to_thread(janus.started, WS):
            return
        for part in [requests, sizes, many, tls, leaving, validity, refusals, backend.check, ending]:
            try:
                await asyncio.wait_for(part(janus), 90)
            except Exception as e:
                check("%s to the end" % part.__name__, False, repr(e))


with running(command, a.lib, a.verbose) as janus:
    asyncio.run(drive(janus))
report.finish()
