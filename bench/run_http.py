#!/usr/bin/env python3
"""HTTP servers side by side, in alternating runs under h2load: processor time per request, and per GB of a big file.

    run_http.py [-r ROUNDS] [-q] NAME=COMMAND ...

A folder with the files and the port are appended to each command (./http_server DIR PORT). The first server is the
reference of the ratios. The server's processor time (user and system) is read before and after a counted number of requests;
a request that fails makes the whole run worthless, and ends it. -q: fewer requests.
"""
import argparse, os, re, socket, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
SMALL, BIG = 10_000, 100_000_000
# name, path, connections, requests, bytes of body (0: per request, else per GB)
SCENARIOS = [
    ("/hello, 1 connection", "/hello", 1, 30000, 0),
    ("/hello, 50 connections", "/hello", 50, 100000, 0),
    ("/hello, 1000 connections", "/hello", 1000, 100000, 0),
    ("10 kB file, 1 connection", "/10k.txt", 1, 20000, 0),
    ("10 kB file, 50 connections", "/10k.txt", 50, 60000, 0),
    ("100 MB file, 1 connection", "/100m.txt", 1, 10, BIG),
    ("100 MB file, 8 connections", "/100m.txt", 8, 16, BIG),
]


def pinned(cpu, command):
    return ["taskset", "-c", cpu, *command] if cpu and os.cpu_count() > 1 else command


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, command, files):
        self.port = free_port()
        self.p = subprocess.Popen(pinned(os.environ.get("SRV_CPU", "0"), [*command.split(), files, str(self.port)]),
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("%s does not listen" % command)

    def cpu(self):
        """Processor seconds so far, user and system."""
        return time.clock_gettime(~self.p.pid << 3 | 2)  # the process's clock: what /proc/PID/stat says, without its 10 ms steps

    def peak_kb(self):
        with open("/proc/%d/status" % self.p.pid) as status:
            return next(int(l.split()[1]) for l in status if l.startswith("VmHWM"))

    def load(self, path, connections, requests):
        """Requests per second, all of them good."""
        command = ["h2load", "--h1", "-t1", "-c", str(connections), "-n", str(requests), "http://127.0.0.1:%d%s" % (self.port, path)]
        out = subprocess.run(pinned(os.environ.get("GEN_CPU", "1"), command), capture_output=True, text=True, timeout=300).stdout
        good = re.search(r"(\d+) succeeded, 0 failed, 0 errored, 0 timeout", out)
        codes = re.search(r"status codes: (\d+) 2xx", out)
        if not good or int(good.group(1)) != requests or int(codes.group(1)) != requests:
            raise SystemExit("requests have failed:\n" + out)
        return float(re.search(r"finished in [^,]*, ([\d.]+) req/s", out).group(1))

    def end(self):
        self.p.terminate()
        try:
            self.p.wait(5)
        except subprocess.TimeoutExpired:
            self.p.kill()
            self.p.wait()


def measure(command, files, scenario, share):
    """Processor microseconds per request (or seconds per GB), requests per second, peak of RSS."""
    _, path, connections, requests, size = scenario
    requests = max(connections, int(requests * share))
    server = Server(command, files)
    try:
        server.load(path, connections, max(connections, requests // 10))
        begin = server.cpu()
        speed = server.load(path, connections, requests)
        used = server.cpu() - begin
        cost = used / (requests * size / 1e9) if size else used / requests * 1e6
        return cost, speed, server.peak_kb()
    finally:
        server.end()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("-r", type=int, default=5, dest="rounds")
    p.add_argument("-q", action="store_true", dest="quick")
    p.add_argument("servers", nargs="+", metavar="NAME=COMMAND")
    a = p.parse_args()
    servers = [s.split("=", 1) for s in a.servers]
    with tempfile.TemporaryDirectory(prefix="http-bench-") as files:
        for name, size in (("10k.txt", SMALL), ("100m.txt", BIG)):
            with open(os.path.join(files, name), "wb") as f:
                f.write((b"0123456789abcdef" * (size // 16 + 1))[:size])
        print("%-28s %-16s" % ("medians of %d rounds" % a.rounds, "") + "".join("%22s" % n for n, _ in servers))
        for scenario in SCENARIOS:
            got = {name: [] for name, _ in servers}
            for n in range(a.rounds):
                for name, command in servers if n % 2 == 0 else servers[::-1]:
                    got[name].append(measure(command, files, scenario, 0.2 if a.quick else 1))
            for column, what in enumerate(("CPU s/GB" if scenario[4] else "CPU us/request", "requests/s", "peak RSS kB")):
                middle = [statistics.median(m[column] for m in got[name]) for name, _ in servers]
                cells = "".join("%13.*f %8s" % (0 if column else 3, m, "(%.3f)" % (m / middle[0])) for m in middle)
                print("%-28s %-16s%s" % ("" if column else scenario[0], what, cells), flush=True)


main()
