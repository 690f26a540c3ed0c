"""Builds a C server of tests/c or c_examples, starts it on the library under test, ends it.

    with Server([build("echo"), "-p", "0"], lib) as server: server.port ...

WRAP in the environment is put before the command (for example "valgrind -q").
"""
import argparse, ctypes, os, select, shlex, signal, subprocess, sys, tempfile, time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIBRARIES = ("libwebsockets.so", "libnetgraft.so")
# a wrapped server is slow: every patience in the tests is multiplied by this
PATIENCE = 5 if os.environ.get("WRAP") else 1
_prctl = ctypes.CDLL(None).prctl


def arguments(doc):
    p = argparse.ArgumentParser(description=doc.split("\n\n")[0])
    p.add_argument("--lib", required=True, help="directory of the libwebsockets.so.17 to test")
    p.add_argument("--build", default=os.path.join(ROOT, "target", "c-tests"),
                   help="where the C programs are, or are built (default target/c-tests)")
    return p


def source_of(name):
    if "/" in name:
        return os.path.join(ROOT, name + ".c")
    for folder in ("tests/c", "c_examples"):
        path = os.path.join(ROOT, folder, name + ".c")
        if os.path.exists(path):
            return path
    raise SystemExit("no source of %s" % name)


def build(name, outdir):
    """The path of the program, compiled if missing or older than its source. Its name may have a folder: c_examples/site.
    CC, CFLAGS and LDLIBS are taken from the environment, or from pkg-config."""
    src, out = source_of(name), os.path.join(outdir, name)
    if os.path.exists(out) and os.path.getmtime(out) >= os.path.getmtime(src):
        return out
    os.makedirs(os.path.dirname(out), exist_ok=True)
    tmp = "%s.%d" % (out, os.getpid())

    def flags(variable, option):
        text = os.environ.get(variable)
        if text is None:
            text = subprocess.check_output(["pkg-config", option, "libwebsockets"], text=True)
        return shlex.split(text)

    subprocess.run([os.environ.get("CC", "cc"), "-Wall", "-Wextra", "-std=gnu11", "-g", "-O1",
                    *flags("CFLAGS", "--cflags"), src, "-o", tmp, *flags("LDLIBS", "--libs")], check=True)
    os.replace(tmp, out)  # in one step: another test may be building or running it
    return out


def check_library(pid, lib):
    """The library in `lib`, and no other one, is what the process has loaded."""
    with open("/proc/%d/maps" % pid) as maps:
        loaded = {l.split(None, 5)[5].strip() for l in maps if any(n in l for n in LIBRARIES)}
    if not loaded or any(os.path.dirname(os.path.realpath(p)) != os.path.realpath(lib) for p in loaded):
        raise RuntimeError("runs on %s, not on the library in %s" % (sorted(loaded), lib))


class Server:
    def __init__(self, argv, lib, ready="listening", patience=10):
        self.lib = os.path.realpath(lib)
        self.err = tempfile.TemporaryFile("w+")
        env = dict(os.environ, LD_LIBRARY_PATH=self.lib)
        self.proc = subprocess.Popen(
            shlex.split(os.environ.get("WRAP", "")) + argv, env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.err,
            preexec_fn=lambda: _prctl(1, signal.SIGKILL))  # PR_SET_PDEATHSIG: nothing outlives a killed test
        self.pid = self.proc.pid
        try:
            self.ready_line = self._wait_for(ready, patience * PATIENCE)
            check_library(self.pid, self.lib)
            self.address = self._address()
            self.port = self.address[1] if isinstance(self.address, tuple) else None
        except BaseException:
            self.proc.kill()
            self.proc.wait()
            raise

    def _wait_for(self, mark, patience):
        deadline, text = time.monotonic() + patience, ""
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.proc.stdout], [], [], left)[0]:
                raise RuntimeError("server not ready in time\n" + self.log())
            chunk = os.read(self.proc.stdout.fileno(), 4096).decode(errors="replace")
            if not chunk:
                self.proc.wait(5)
                raise RuntimeError("server ended with %s before it was ready\n%s" % (self.proc.returncode, self.log()))
            text += chunk
            for line in text.split("\n")[:-1]:
                if mark in line:
                    return line

    def _address(self):
        """From "listening PORT", "listening /a/socket" or "... http://127.0.0.1:PORT/"."""
        word = self.ready_line.split()[-1].rstrip("/")
        if word.startswith(("/", "@")):
            return word
        port = int(word.rsplit(":", 1)[-1])
        if port <= 0:
            raise RuntimeError("the server does not listen: %r\n%s" % (self.ready_line, self.log()))
        return "127.0.0.1", port

    def alive(self):
        return self.proc.poll() is None

    def log(self):
        self.err.seek(0)
        return self.err.read()

    def fds(self):
        return len(os.listdir("/proc/%d/fd" % self.pid))

    def rss_kb(self):
        with open("/proc/%d/status" % self.pid) as status:
            return next(int(l.split()[1]) for l in status if l.startswith("VmRSS"))

    def stop(self, sig=signal.SIGTERM, patience=10):
        """Ends the server; its exit code (negative: died of a signal, None: had to be killed)."""
        if self.alive():
            self.proc.send_signal(sig)
            try:
                self.proc.wait(patience * PATIENCE)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait()
                return None
        return self.proc.returncode

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.stop()


class Report:
    """`ok NAME` and `FAIL NAME` lines, and the exit code that goes with them."""

    def __init__(self):
        self.passed, self.failed = 0, 0

    def check(self, name, ok, detail=""):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
        detail = " ".join(str(detail).split())
        print("%s %s%s" % ("ok" if ok else "FAIL", name, " - " + detail if detail else ""), flush=True)
        return bool(ok)

    def attempt(self, name, function, *args):
        """A check that passes when the function does not raise."""
        try:
            return self.check(name, True, function(*args) or "")
        except Exception as e:  # a test must report whatever went wrong, and go on
            return self.check(name, False, "%s: %s" % (type(e).__name__, e))

    def finish(self):
        print("%d passed, %d failed" % (self.passed, self.failed), flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)
