"""Peer: a real browser on a mounted site.  site_peer.py PORT

Chromium loads a page with its script, style sheet and images from a file mount, talks to callback mounts on the same port
(POST, an event stream) and opens a WebSocket there; then it loads the page again, out of its cache as far as the server lets it.
"""
import json, os, sys, tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from browser import Browser
from sitefiles import LOGIN, TILES

PORT = int(sys.argv[1])
BASE = "http://127.0.0.1:%d" % PORT
TYPES = {"/kept/": "text/html", "/kept/script.js": "text/javascript", "/kept/style.css": "text/css",
         "/kept/image.png": "image/png", "/kept/tile00.svg": "image/svg+xml"}
LOADED = """document.readyState === 'complete' && document.title === 'site' &&
            [...document.images].every(image => image.complete)"""
SOCKET = """new Promise((done, fail) => {
    const ws = new WebSocket('ws://' + location.host + '/any/path', 'echo'), said = ['eins', 'zw\u00f6lf', '\u597d\U0001f44b'], got = [];
    ws.onopen = () => ws.send(said[0]);
    ws.onmessage = e => { got.push(e.data); if (got.length < said.length) ws.send(said[got.length]); else ws.close(1000); };
    ws.onclose = e => done([ws.protocol, got.join() === said.join(), e.code, e.wasClean]);
    setTimeout(() => fail(new Error('no end of the WebSocket')), 10000);
})"""
EVENTS = """new Promise((done, fail) => {
    const source = new EventSource('/do/events'), got = [];
    source.onmessage = e => { got.push(e.lastEventId + '=' + e.data); if (got.length === 5) { source.close(); done(got); } };
    setTimeout(() => fail(new Error('events: ' + got)), 10000);
})"""
# the same sum in the page
POST = """(async () => {
    const body = new Uint8Array(300000);
    let a = 1, b = 0;
    for (let i = 0; i < body.length; i++) { body[i] = i * 7 + (i >> 8); a = (a + body[i]) % 65521; b = (b + a) % 65521; }
    const answer = await fetch('/do/sum', { method: 'POST', body });
    const sum = (b * 65536 + a).toString(16).padStart(8, '0');
    return [answer.status, (await answer.text()).trim() === body.length + ' ' + sum];
})()"""


def main():
    failed = 0

    def case(name, function):
        nonlocal failed
        try:
            function()
            print("ok %s" % name, flush=True)
        except Exception as e:
            failed += 1
            print("FAIL %s - %s: %s" % (name, type(e).__name__, " ".join(str(e).split())), flush=True)

    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        browser = Browser(profile)

        def equal(code, wanted):
            got = browser.js(code)
            assert got == wanted, "%r, not %r" % (got, wanted)

        def statuses():
            """Of what has gone over the wire since the list was emptied: the statuses for each path."""
            browser.js("0")  # events up to here
            paths, got = {}, {}
            for method, params in browser.events:
                if method == "Network.requestWillBeSent":
                    paths[params["requestId"]] = params["request"]["url"].removeprefix(BASE)
            for method, params in browser.events:
                if method == "Network.responseReceivedExtraInfo":
                    got.setdefault(paths.get(params["requestId"]), []).append(params["statusCode"])
            return got

        def loads():
            browser.open("about:blank")
            browser.ask("Network.enable")
            browser.ask("Page.enable")
            browser.ask("Page.navigate", url=BASE + "/old/somewhere")
            browser.until(LOADED, "the page has not loaded")
            equal("location.pathname", "/kept/")

        def types():
            got = {p["response"]["url"].removeprefix(BASE): p["response"]["mimeType"] for m, p in browser.events
                   if m == "Network.responseReceived"}
            assert {path: got.get(path) for path in TYPES} == TYPES, got

        def reloads():
            browser.events.clear()
            browser.js("window.old = true")
            browser.ask("Page.reload")
            browser.until("!window.old && " + LOADED, "the page has not loaded again")
            got = statuses()
            assert got.get("/kept/") == [304], got

        def revalidates():
            browser.events.clear()
            for name in ("script.js", "style.css", "image.png"):
                equal("fetch('%s', { cache: 'no-cache' }).then(r => r.status)" % name, 200)
            got = statuses()
            assert list(got.values()) == [[304]] * 3, got
            equal("fetch('script.js', { cache: 'no-cache' }).then(r => r.text()).then(t => t.includes('window.ran'))", True)

        def keeps():
            browser.events.clear()
            equal("fetch('style.css').then(r => r.status)", 200)
            got = statuses()
            assert not got, "asked again within max-age: %s" % got

        login = "{ credentials: 'omit', headers: { authorization: 'Basic ' + btoa(%s) } }"
        try:
            case("page loads by way of a redirect", loads)
            case("content types", types)
            case("script has run", lambda: equal("window.ran", "script.js"))
            case("style sheet applies", lambda: equal("getComputedStyle(document.querySelector('h1')).color", "rgb(1, 2, 3)"))
            case("image shows", lambda: equal("[image.naturalWidth, image.naturalHeight]", [30, 20]))
            case("%d more images show" % TILES, lambda: equal(
                "[...document.querySelectorAll('.tile')].map(image => image.naturalWidth)", [8 + n for n in range(TILES)]))
            case("POST to a callback", lambda: equal(POST, [200, True]))
            case("WebSocket on the same port", lambda: equal(SOCKET, ["echo", True, 1000, True]))
            case("event stream", lambda: equal(EVENTS, ["%d=event %d" % (n, n) for n in range(5)]))
            case("what is not there", lambda: equal("fetch('/nothing.html').then(r => r.status)", 404))
            case("password needed", lambda: equal("fetch('/private/', %s).then(r => r.status)" % (login % "'joe:no'"), 401))
            case("password given", lambda: equal("fetch('/private/', %s).then(r => r.text()).then(t => t.includes('private'))" %
                                                 (login % json.dumps(LOGIN)), True))
            case("big file", lambda: equal("fetch('/big.txt').then(r => r.arrayBuffer()).then(b => b.byteLength)", (1 << 20) + 4321))
            case("reload: the page is not sent again", reloads)
            case("neither are its parts", revalidates)
            case("within max-age nothing is asked for", keeps)
            case("the page is still whole", lambda: equal("window.ran", "script.js"))
        finally:
            browser.end()
    return 1 if failed else 0


sys.exit(main())
