"""Peer: a real browser on the chat page.  chromium_peer.py PORT

Chromium opens the page; another client is in the same chat. What one side says must appear
at the other: in the page as a person sees it.
"""
import json, os, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from browser import Browser
from wsraw import TEXT, WS

PORT = int(sys.argv[1])

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
