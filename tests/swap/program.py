"""An unmodified program of Debian on the libwebsockets.so.17 under test, and a few ways to talk to it.

The program is started with LD_LIBRARY_PATH, and counts only when /proc/PID/maps shows that the library of --lib,
and no other, is loaded. It dies with the check, and has a folder of its own that goes when the check ends.
"""
import argparse, contextlib, ctypes, os, shutil, signal, socket, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from server import LIBRARIES, Report

SYSTEM = "/usr/lib/x86_64-linux-gnu"
_prctl = ctypes.CDLL(None).prctl
report = Report()
check = report.check


def note(name, detail):
    """Worth seeing, but not a check."""
    print("note %s - %s" % (name, " ".join(str(detail).split())), flush=True)


def arguments(doc):
    p = argparse.ArgumentParser(description=doc.split("\n\n")[0])
    p.add_argument("--lib", default=SYSTEM, help="directory of the libwebsockets.so.17 to test (default Debian's own)")
    p.add_argument("-v", "--verbose", action="store_true", help="show what the program logged")
    return p


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Program:
    def __init__(self, argv, lib, folder):
        self.lib = os.path.realpath(lib)
        self.log_file = os.path.join(folder, "program.log")
        env = dict(os.environ)
        env.pop("LD_LIBRARY_PATH", None)
        if self.lib != os.path.realpath(SYSTEM):
            env["LD_LIBRARY_PATH"] = self.lib
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=env,
                                            start_new_session=True,
                                            preexec_fn=lambda: _prctl(1, signal.SIGKILL))  # PR_SET_PDEATHSIG

    def started(self, port, patience=15):
        """Checks that the program listens, with the library under test in it."""
        end = time.monotonic() + patience
        while self.alive() and time.monotonic() < end:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                with open("/proc/%d/maps" % self.process.pid) as maps:
                    loaded = {l.split(None, 5)[5].strip() for l in maps if any(n in l for n in LIBRARIES)}
                right = {os.path.dirname(os.path.realpath(p)) for p in loaded} == {self.lib}
                return check("starts", True) & check("library under test is loaded", right, sorted(loaded))
            time.sleep(0.05)
        return check("starts", False, "exit code %s; %s" % (self.process.poll(), self.log()[-2000:]))

    def log(self):
        with open(self.log_file, errors="replace") as log:
            return log.read()

    def alive(self):
        return self.process.poll() is None

    def stop(self, sig=signal.SIGTERM, patience=15):
        """Ends the program: its exit code (negative: died of a signal, None: had to be killed)."""
        if self.alive():
            self.process.send_signal(sig)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                return None
        return self.process.returncode


@contextlib.contextmanager
def running(command, lib, verbose=False):
    """The program for the length of a `with`; `command` makes the command line from the folder it is given."""
    folder = tempfile.mkdtemp(prefix="swap-")
    program = None
    try:
        program = Program(command(folder), lib, folder)
        program.folder = folder
        yield program
    finally:
        if program:
            program.stop(signal.SIGKILL)
            if verbose:
                print(program.log())
        shutil.rmtree(folder, ignore_errors=True)


def raw_http(port, data, patience=5, source=None, whole=True):
    """Sends bytes; what comes until the other side closes, or (not `whole`) until a head has come.
    Ends in <timeout> or <reset> when the other side did not close properly."""
    with socket.create_connection(("127.0.0.1", port), patience, source_address=source) as s:
        s.sendall(data)
        out = b""
        try:
            while whole or b"\r\n\r\n" not in out:
                got = s.recv(65536)
                if not got:
                    break
                out += got
        except TimeoutError:
            out += b"<timeout>"
        except ConnectionResetError:
            out += b"<reset>"
        return out


def upgrade(host, protocol=None, origin=None):
    """A WebSocket handshake."""
    head = ("GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" % host)
    if protocol:
        head += "Sec-WebSocket-Protocol: %s\r\n" % protocol
    if origin:
        head += "Origin: %s\r\n" % origin
    return (head + "\r\n").encode()


def head_of(answer):
    """The head in one line, for messages."""
    return answer.split(b"\r\n\r\n")[0].replace(b"\r\n", b" | ").decode(errors="replace") or "closed without a reply"
