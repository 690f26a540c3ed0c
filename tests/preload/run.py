#!/usr/bin/env python3
"""Programs that use libc's sockets, with netgraft's library under them and without.

    run.py [--run PROGRAM] [--build DIR] [--only PART...]

Parts: closing, windows, run, same, soak, modbus, curl, redis, python. Writes `ok NAME` or `FAIL NAME` per check, then `N passed, N failed`.
"""

import argparse
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--run", default=os.path.join(TOP, "dist/bin/netgraft-run"))
parser.add_argument("--build", default=os.path.join(TOP, "target/preload-tests"))
parser.add_argument("--only", nargs="*", default=[])
args = parser.parse_args()
RUN = [os.path.abspath(args.run)]
BUILD = os.path.abspath(args.build)
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"
os.environ["PATH"] = PATH
counts = [0, 0]


def check(name, wrong):
    """`wrong`: lines that say what is wrong; none for a pass."""
    for line in wrong:
        print("    " + line)
    print("FAIL" if wrong else "ok", name, flush=True)
    counts[1 if wrong else 0] += 1


def output(*command, limit=120, **more):
    """Exit code and output; a program that does not end is a failure with code -9."""
    done = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, **more)
    try:
        text = done.communicate(timeout=limit)[0]
    except subprocess.TimeoutExpired:
        os.killpg(done.pid, signal.SIGKILL)
        text = done.communicate()[0]
    return done.returncode, text.decode(errors="replace")


def compiled(name, *more):
    program = os.path.join(BUILD, name + "".join(more[:1] if more and more[0].startswith("_") else ()))
    flags = [flag for flag in more if flag.startswith("-")]
    source = os.path.join(HERE, name + ".c")
    command = [os.environ.get("CC", "cc"), "-O2", "-g", "-std=gnu11", "-Wall", "-Wextra", source, "-o", program, "-lpthread", *flags]
    subprocess.run(command, check=True)
    return program


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def reachable(port, limit=15):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


class Server:
    """A program in the foreground, ended when the block ends; `code` is what it ended with."""

    def __init__(self, *command):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.code = None

    def stop(self, number=signal.SIGTERM):
        if self.code is None:
            self.process.send_signal(number)
            try:
                self.code = self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                self.code = "killed: it did not end"
        return self.code

    def has_loaded(self, pid=None):
        with open(f"/proc/{pid or self.process.pid}/maps") as maps:
            return "libnetgraft-preload" in maps.read()


# --- C programs


def situations(program, *run):
    code, text = output(*run, program)
    lines = dict(re.match(r"(\w+) +(.*)", line).groups() for line in text.splitlines() if re.match(r"\w+ +\S", line))
    return code, lines


def differing(expected, found):
    names = list(expected) + [name for name in found if name not in expected]
    return [
        (name, expected.get(name, "nothing"), found.get(name, "nothing"))
        for name in names
        if expected.get(name) != found.get(name)
    ]


def as_expected(source, kind, *flags):
    """Compares with the file `source`.expected; the program, and what it said."""
    program = compiled(source, kind, *flags)
    with open(os.path.join(HERE, f"{source}.expected")) as file:
        expected = dict(line.rstrip("\n").split(None, 1) for line in file)
    code, found = situations(program, *RUN)
    check(f"{source}{kind}: it ends", [] if code == 0 else [f"exit code {code}"])
    for name, wanted in expected.items():
        got = found.get(name, "nothing")
        check(f"{source}{kind}: {name}: {wanted}", [] if got == wanted else [f"it is: {got}"])
    return program, found


def closing(kind, *flags):
    program, found = as_expected("closing", kind, *flags)
    if kind == "_plain":
        # the hazard itself, so that the above is known to show something
        _, plain = situations(program)
        cured = [name for name, _, _ in differing(plain, found)]
        check(f"closing: {len(cured)} of these are otherwise without the library", [] if len(cured) >= 45 else [f"only {cured}"])


def same(kind, *flags):
    program = compiled("same", kind, *flags)
    _, plain = situations(program)
    code, found = situations(program, *RUN)
    check(f"same{kind}: it ends", [] if code == 0 else [f"exit code {code}"])
    wrong = {name: [f"without: {without}", f"with:    {with_it}"] for name, without, with_it in differing(plain, found)}
    for name in plain:
        check(f"same{kind}: {name}", wrong.get(name, []))


def part_closing():
    closing("_plain")
    closing("_fortified", "-D_FORTIFY_SOURCE=2")


def part_windows():
    as_expected("windows", "_plain")


def part_run():
    """Where the library is: named in the environment, also relative to the directory that the program leaves."""
    folder = tempfile.mkdtemp(prefix="netgraft-run-")
    try:
        library = os.path.join(os.path.dirname(RUN[0]), "..", "lib", "libnetgraft-preload.so")
        shutil.copy(library, folder + "/named.so")
        os.mkdir(folder + "/with blank")
        os.symlink(folder + "/named.so", folder + "/with blank/link.so")
        for named, there in (("named.so", True), ("./named.so", True), (folder + "/named.so", True), ("with blank/link.so", True), ("missing.so", False)):
            code, text = output(*RUN, "sh", "-c", "cd / && cat /proc/self/maps", cwd=folder, env={**os.environ, "NETGRAFT_PRELOAD": named})
            loaded = code == 0 and f"{folder}/named.so" in text
            wrong = [] if loaded == there and (there or code == 126) else [f"exit code {code}", text[:300]]
            check(f"netgraft-run: the library as {named.replace(folder, '/...')}", wrong)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def part_same():
    same("_plain")
    same("_fortified", "-D_FORTIFY_SOURCE=2")


def part_soak():
    code, text = output(*RUN, compiled("soak"), "4000", limit=280)
    check("soak: 4000 rounds of closing under four waiting threads", [] if (code, text) == (0, "open 0 more\nothers 0\n") else [f"exit code {code}", text])


def part_modbus():
    program = compiled("modbus", "-lmodbus")
    without, with_it = output(program, limit=40), output(*RUN, program, limit=40)
    check("libmodbus: server with select, four clients", [] if without == with_it and without[0] == 0 else [f"without {without}", f"with {with_it}"])


# --- curl and nginx

NGINX = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
worker_processes 2;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/www;
    location /answer {{ client_max_body_size 8m; return 200 "$request_method $content_length\\n"; }}
    location /passed/ {{ proxy_pass http://127.0.0.1:{port}/; }}
    location /slow {{ limit_rate 1000; alias {folder}/www/big; }}
  }}
}}
"""


def curl_results(port, run, folder):
    """What curl does, as text."""
    here = f"http://127.0.0.1:{port}"
    results = []

    def curl(*command, seconds="20"):
        code, text = output(*run, "/usr/bin/curl", "-sS", "--max-time", seconds, *command)
        # how long it took is not to be compared
        text = re.sub(r"after \d+ (ms|milliseconds)|\d+ out of|Port \d+|port \d+", "", text)
        results.append(f"{' '.join(command).replace(folder, '')} {code} {len(text)} {hashlib.sha1(text.encode()).hexdigest()} {text[:60]!r}")

    curl(here + "/small")
    curl("-i", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", here + "/big")
    curl("-w", "%{http_code} %{size_download}", "-o", "/dev/null", here + "/passed/big")
    curl("-d", "x" * 1000, here + "/answer")
    curl("--data-binary", f"@{folder}/www/big", here + "/answer")
    curl("-F", f"file=@{folder}/www/small", "-H", "Expect:", here + "/answer", "-o", "/dev/null", "-w", "%{http_code}")
    curl("--no-progress-meter", "-Z", "--parallel-max", "20", "-w", "%{http_code} %{size_download}\n", here + "/big?[1-40]", "-o", "/dev/null")
    curl(f"http://127.0.0.1:{free_port()}/", "-o", "/dev/null", "-w", "%{http_code}")
    curl(here + "/slow", "-o", "/dev/null", "-w", "%{http_code}", seconds="1")
    curl(f"http://localhost:{port}/small")
    curl(here + "/missing", "-f")
    return results


def part_curl():
    folder = tempfile.mkdtemp(prefix="netgraft-nginx-")
    try:
        os.chmod(folder, 0o755)
        os.mkdir(folder + "/www")
        with open(folder + "/www/small", "w") as file:
            file.write("a small file\n")
        with open(folder + "/www/big", "wb") as file:
            file.write(bytes(range(256)) * 4096)
        found, ends = {}, {}
        for server, prefix in (("nginx", []), ("nginx with the library", RUN)):
            port = free_port()
            with open(folder + "/conf", "w") as file:
                file.write(NGINX.format(folder=folder, port=port))
            nginx = Server(*prefix, "nginx", "-c", folder + "/conf", "-e", folder + "/error.log")
            try:
                if not reachable(port):
                    check(f"{server} starts", ["it does not listen"])
                    continue
                if prefix:
                    with open("/proc/{0}/task/{0}/children".format(nginx.process.pid)) as file:
                        children = file.read().split()
                    loaded = [pid for pid in children if nginx.has_loaded(pid)]
                    check("nginx and its workers have loaded it", [] if len(loaded) == 2 and nginx.has_loaded() else [f"{loaded} of {children}"])
                # new workers while the old ones end: they close the listener, which the others keep
                found[server] = curl_results(port, [], folder)
                nginx.process.send_signal(signal.SIGHUP)
                time.sleep(1)
                found[server + ", curl with it too"] = curl_results(port, RUN, folder)
            finally:
                ends[server] = nginx.stop(signal.SIGQUIT)
        first, *others = found.items()
        for name, results in others:
            wrong = [f"{a}\n    {b}" for a, b in zip(first[1], results) if re.sub(r":\d+", "", a) != re.sub(r":\d+", "", b)]
            check(f"curl: {len(results)} requests, {name}", wrong)
        check("nginx ends as without it", [] if set(ends.values()) == {0} else [str(ends)])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- redis


def part_redis():
    for name, prefix in (("without", []), ("with the library", RUN)):
        folder, port = tempfile.mkdtemp(prefix="netgraft-redis-"), free_port()
        server = Server(*prefix, "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--io-threads", "2", "--io-threads-do-reads", "yes")
        wrong = []
        try:
            if not reachable(port):
                check(f"redis-server {name} starts", ["it does not listen"])
                continue
            client = [*prefix, "redis-cli", "-p", str(port)]
            for command, wanted in (
                (["set", "key", "value"], "OK\n"),
                (["get", "key"], "value\n"),
                (["rpush", "list", "1", "2", "3"], "3\n"),
                (["save"], "OK\n"),
                (["bgsave"], "Background saving started\n"),
                (["client", "kill", "type", "normal", "skipme", "yes"], "0\n"),
                (["flushall", "async"], "OK\n"),
            ):
                code, text = output(*client, *command)
                if (code, text) != (0, wanted):
                    wrong.append(f"{command}: exit code {code}, {text!r}")
            load = [*prefix, "redis-benchmark", "-p", str(port), "-n", "5000", "-c", "20", "--csv"]
            for more in (["-t", "set,get,lpush"], ["--threads", "2", "-t", "set,get", "-P", "8"]):
                code, text = output(*load, *more)
                if code != 0 or len(text.splitlines()) != 1 + len(more[-1].split(",") if "--threads" not in more else ["set", "get"]):
                    wrong.append(f"redis-benchmark {more}: exit code {code}, {text!r}")
        finally:
            code = server.stop()
            shutil.rmtree(folder, ignore_errors=True)
        if code != 0:
            wrong.append(f"it ends with {code}")
        check(f"redis-server, redis-cli and redis-benchmark, {name}", wrong)


# --- Python's own tests

PYTHON = "/usr/bin/python3"
MODULES = ["test_selectors", "test_select", "test_poll", "test_epoll", "test_threadsignals", "test_asyncore", "test_posix"]


def python_summary(prefix, module, *more):
    """How each test of a module ended, and what the whole ended with."""
    code, text = output(*prefix, PYTHON, "-m", "test", "-v", *more, module, limit=240, cwd=tempfile.gettempdir())
    each = sorted(set(re.findall(r"^(test\w+ \([\w.]+\)).*?\.\.\. (ok|FAIL|ERROR|skipped|expected failure)", text, re.M | re.S)))
    return code, dict(each), text


def part_python():
    if subprocess.run([PYTHON, "-c", "import test.test_socketserver"], capture_output=True).returncode != 0:
        check("Python's own tests are installed", ["no package test: libpython3-testsuite"])
        return
    # what needs hardware sockets of virtual machines hangs in some of them, with and without
    special = [["test_socketserver", "-u", "network"], ["test_socket", "-i", "*VSOCK*"]]
    for module, *more in [[name] for name in MODULES] + special:
        code, tests, text = python_summary(RUN, module, *more)
        if code == 0:
            check(f"Python's {module}: {len(tests)} tests", [] if tests else ["none"])
            continue
        # some fail on some machines: only what is otherwise without counts
        plain_code, plain, _ = python_summary([], module, *more)
        wrong = [f"{name}: with {tests.get(name)}, without {how}" for name, how in plain.items() if tests.get(name) != how]
        if plain_code != code:
            wrong += [f"exit code {code}, without {plain_code}", text[-2000:]]
        check(f"Python's {module}: {len(tests)} tests, as without", wrong)


def main():
    os.makedirs(BUILD, exist_ok=True)
    parts = {name[5:]: part for name, part in globals().items() if name.startswith("part_")}
    for name in args.only or parts:
        parts[name]()
    print(f"{counts[0]} passed, {counts[1]} failed")
    return 1 if counts[1] else 0


if __name__ == "__main__":
    sys.exit(main())
