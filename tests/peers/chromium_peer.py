"""Peer: a real browser on the chat page.  chromium_peer.py PORT

Chromium opens the page and is driven over its debugging pipe; another client is in the
same chat. What one side says must appear at the other: in the page as a person sees it.
"""
import json, os, select, shutil, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from wsraw import TEXT, WS

PORT = int(sys.argv[1])
FLAGS = ("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync --remote-debugging-pipe").split()


class Browser:
    """Chromium reads commands on its fd 3 and answers on fd 4: JSON, each ended by a NUL."""

    def __init__(self, profile):
        name = shutil.which("chromium") or shutil.which("chromium-browser")
        if not name:
            raise SystemExit("FAIL chromium - not installed")
        to_r, self.to = os.pipe()
        self.back, back_w = os.pipe()

        def wire():
            # first out of the way of 3 and 4, then onto them
            r, w = os.dup(to_r), os.dup(back_w)
            while r < 10:
                r = os.dup(r)
            while w < 10:
                w = os.dup(w)
            os.dup2(r, 3)
            os.dup2(w, 4)

        self.proc = subprocess.Popen([name, *FLAGS, "--user-data-dir=" + profile, "about:blank"], close_fds=False,
                                     preexec_fn=wire, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(to_r)
        os.close(back_w)
        self.buf, self.n, self.session = b"", 0, None

    def ask(self, method, session=True, timeout=30, **params):
        self.n += 1
        command = {"id": self.n, "method": method, "params": params}
        if session and self.session:
            command["sessionId"] = self.session
        os.write(self.to, json.dumps(command).encode() + b"\0")
        deadline = time.monotonic() + timeout
        while True:
            while b"\0" in self.buf:
                message, self.buf = self.buf.split(b"\0", 1)
                answer = json.loads(message)
                if answer.get("id") == self.n:
                    if "error" in answer:
                        raise RuntimeError(answer["error"])
                    return answer["result"]
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.back], [], [], left)[0]:
                raise TimeoutError(method)
            data = os.read(self.back, 65536)
            if not data:
                raise RuntimeError("chromium ended")
            self.buf += data

    def open(self, url):
        target = self.ask("Target.createTarget", False, url=url)["targetId"]
        self.session = self.ask("Target.attachToTarget", False, targetId=target, flatten=True)["sessionId"]

    def js(self, code):
        answer = self.ask("Runtime.evaluate", expression=code, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("text"))
        return answer["result"].get("value")

    def until(self, code, what, timeout=30):
        deadline = time.monotonic() + timeout
        while not self.js(code):
            if time.monotonic() > deadline:
                raise TimeoutError("%s; the page shows %r" % (what, self.js("document.body.innerText")))
            time.sleep(0.05)

    def end(self):
        try:
            self.ask("Browser.close", False, timeout=5)
            self.proc.wait(10)
        except Exception:
            self.proc.kill()
            self.proc.wait()


# the page's own state line, as a person reads it
CONNECTED = "document.body && document.getElementById('state')?.innerText === 'connected'"


def shows(text):
    return "document.body && document.body.innerText.includes(%s)" % json.dumps(text)


def say(browser, name, text):
    browser.js("document.getElementById('name').value = %s" % json.dumps(name))
    browser.js("document.getElementById('text').value = %s" % json.dumps(text))
    browser.js("document.querySelector('button').click()")


def heard(ws, text):
    kind, got = ws.recv()
    assert (kind, got.decode()) == (TEXT, text), "got %r" % got


def main():
    failed = 0

    def case(name, function):
        nonlocal failed
        try:
            function()
            print("ok %s" % name, flush=True)
        except Exception as e:
            failed += 1
            print("FAIL %s - %s: %s" % (name, type(e).__name__, e), flush=True)

    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        browser = Browser(profile)
        try:
            bob = WS(("127.0.0.1", PORT), protocol="chat", timeout=30)

            def loads():
                browser.open("http://127.0.0.1:%d/" % PORT)
                browser.until(CONNECTED, "the page never connected")

            def receives():
                bob.send("bob: hello, browser 好👋")
                heard(bob, "bob: hello, browser 好👋")
                browser.until(shows("bob: hello, browser 好👋"), "bob's message is not in the page")

            def sends():
                say(browser, "alice", "hello, bob äöü")
                heard(bob, "alice: hello, bob äöü")
                browser.until(shows("alice: hello, bob äöü"), "her own message is not in the page")

            def many():
                for n in range(100):
                    bob.send("bob: %d." % n)
                    heard(bob, "bob: %d." % n)
                browser.until(shows("bob: 99."), "the last of 100 messages is not in the page")
                lines = browser.js("document.getElementById('log').textContent").split("\n")
                assert [l for l in lines if l.endswith(".")] == ["bob: %d." % n for n in range(100)]

            def closes():
                code = browser.js("ws.constructor === WebSocket && ws.readyState")
                assert code == 1, "readyState %s" % code
                browser.js("window.code = 0; ws.addEventListener('close', e => { window.code = e.code; "
                           "window.clean = e.wasClean; }); ws.close(4321, 'bye')")
                browser.until("window.code", "no close event")
                assert browser.js("window.code") == 4321 and browser.js("window.clean"), browser.js("window.code")

            def reloads():
                browser.ask("Page.reload", ignoreCache=True)
                browser.until(CONNECTED, "the page did not connect again")

            for f in (loads, receives, sends, many, closes, reloads):
                case("page " + f.__name__, f)

            def bob_leaves():
                code = bob.close()
                assert code == 1000, "close code %s" % code

            case("bob leaves", bob_leaves)
        finally:
            browser.end()
    return 1 if failed else 0


sys.exit(main())
