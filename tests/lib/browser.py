"""Debian's Chromium without a window, driven over its debugging pipe."""
import json, os, select, shutil, subprocess, time

FLAGS = ("--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
         "--disable-component-update --disable-sync --remote-debugging-pipe").split()


class Browser:
    """Chromium reads commands on its fd 3 and answers on fd 4: JSON, each ended by a NUL."""

    def __init__(self, profile, *more):
        self.events = []  # what came unasked: (method, params)
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

        self.proc = subprocess.Popen([name, *FLAGS, *more, "--user-data-dir=" + profile, "about:blank"], close_fds=False,
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
                if "method" in answer:
                    self.events.append((answer["method"], answer["params"]))
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
        """The value of an expression in the page; of a promise, what it becomes."""
        answer = self.ask("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", answer["exceptionDetails"]).get("description"))
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
