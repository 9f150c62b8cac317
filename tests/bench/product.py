"""The product under measurement: one server, one command, one load; nothing here knows a peer."""

import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "release"
MINGCE = Path(os.environ.get("MINGCE", BUILD / "mingce"))
PROGRAMS = BUILD / "tests" / "bench"
GENERATE = ROOT / "tools" / "generate"

ORGAN = "city"  # whose register tools/generate writes
YEAR = date.today().year
LONG = 10  # seconds of a load that goes on


def note(text):
    """Says what is going on; the results are printed at the end."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned(core):
    return ["taskset", "-c", str(core)] if core is not None else []


class Process:
    """What a running program has used. One tick is ten milliseconds."""

    def __init__(self, pid):
        self.pid = pid

    def cpu_seconds(self):
        """Of the threads that work; others only keep a processor awake until one of them wants it."""
        idle_class = 5
        ticks = 0
        for stat in Path(f"/proc/{self.pid}/task").glob("*/stat"):
            fields = stat.read_text().rsplit(")", 1)[1].split()
            if int(fields[38]) != idle_class:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self, name="VmRSS"):
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"{name}:\s+(\d+) kB", status).group(1)) * 1024


@contextlib.contextmanager
def server(data, core=None):
    """`mingce serve` on that directory until the block ends; a clean stop, as an operator's."""
    address = f"127.0.0.1:{free_port()}"
    with open(f"{data}.log", "wb") as log:
        begin = time.monotonic()
        running = subprocess.Popen(
            [*pinned(core), MINGCE, "serve", "--data", data, "--listen", address],
            stdout=subprocess.DEVNULL, stderr=log)
    try:
        while True:
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(f"http://{address}/readyz", timeout=5):
                    break
            if running.poll() is not None:
                raise RuntimeError(f"the server ended: {Path(f'{data}.log').read_text()[-500:]}")
            time.sleep(0.002)
        process = Process(running.pid)
        process.address = address
        process.started_in = time.monotonic() - begin
        yield process
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(120)


def wait_for_texts(address):
    """A large log's texts are read in the background after a start: measured is what comes then."""
    while True:
        try:
            with urllib.request.urlopen(f"http://{address}/v1/requests?limit=1&q=x", timeout=60):
                return
        except urllib.error.HTTPError as answer:
            if answer.code != 503:
                raise
        time.sleep(0.5)


def load(address, mix="append", connections=64, seconds=2.0, path=None, core=None, warmup=0.5,
         minimal=False):
    """One run of the load generator; a wrong answer ends everything."""
    command = [*pinned(core), PROGRAMS / "mingce_load", "--address", address, "--json",
               "--mix", mix, "--connections", connections, "--seconds", seconds,
               "--warmup", warmup, "--organ", ORGAN]
    if minimal:
        command += ["--minimal"]
    if path:
        command += ["--get", path]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=seconds + 120, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"load: {done.stderr or done.stdout}")
    return json.loads(done.stdout)


def report_after_an_append(address):
    """Seconds that this year's report takes once something new was recorded: none that was kept."""
    request = {"organ": ORGAN, "on": date.today().isoformat(), "data": {
        "channel": "web", "subject": "道路改造工程招标文件",
        "applicant": {"kind": "natural_person", "name": "赵小七"}}}
    post = urllib.request.Request(f"http://{address}/v1/requests", json.dumps(request).encode(),
                                  {"Content-Type": "application/json"})
    with urllib.request.urlopen(post, timeout=60):
        pass
    begin = time.monotonic()
    with urllib.request.urlopen(f"http://{address}/v1/reports/{YEAR}?organ={ORGAN}",
                                timeout=60) as answer:
        answer.read()
    return time.monotonic() - begin


@contextlib.contextmanager
def bare(program, *arguments, core=None):
    """A server that is measured beside; it says a line when it listens."""
    port = free_port()
    with subprocess.Popen([*pinned(core), PROGRAMS / program, str(port), *map(str, arguments)],
                          stdout=subprocess.PIPE) as running:
        running.stdout.readline()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            running.terminate()


def bare_http(core=None):
    """The least that a Beast server can do."""
    return bare("mingce_bare_http", core=core)


@contextlib.contextmanager
def bare_log(scratch):
    """The least that a durable log behind HTTP can do, on a new database."""
    directory = Path(scratch) / "bare_log"
    shutil.rmtree(directory, ignore_errors=True)
    with bare("mingce_bare_log", directory) as address:
        yield address
    shutil.rmtree(directory, ignore_errors=True)


def benchmarks(program, scratch, only=".", core=None):
    """Runs a Google Benchmark program: name → its figures."""
    done = subprocess.run(
        [*pinned(core), PROGRAMS / program, f"--benchmark_filter={only}", "--benchmark_format=json"],
        env=os.environ | {"MINGCE_BENCH_DIR": str(scratch)}, capture_output=True, text=True,
        timeout=600, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{program}: {done.stderr}")
    rows = json.loads(done.stdout)["benchmarks"]
    return {re.sub(r"/(min_time|real_time|process_time|threads).*", "", row["name"]): row
            for row in rows}


def syncs_per_second(pid, seconds=1.0):
    """fdatasync calls of a process, counted by the kernel; None where perf cannot."""
    if not shutil.which("perf"):
        return None
    done = subprocess.run(
        ["perf", "stat", "-x,", "-e", "syscalls:sys_enter_fdatasync", "-p", str(pid), "--",
         "sleep", str(seconds)], capture_output=True, text=True, check=False)
    for line in done.stderr.splitlines():
        fields = line.split(",")
        if len(fields) > 2 and "fdatasync" in fields[2] and fields[0].isdigit():
            return int(fields[0]) / seconds
    return None


def command(*arguments, core=None):
    """Seconds that one mingce command takes, and what it prints."""
    begin = time.monotonic()
    done = subprocess.run([*pinned(core), MINGCE, *map(str, arguments)], capture_output=True,
                          timeout=1800, check=False)
    took = time.monotonic() - begin
    if done.returncode != 0:
        raise RuntimeError(f"mingce {arguments[0]}: {done.stderr.decode()[-500:]}")
    return took, done.stdout


def report_command(data, *more):
    return command("report", "--data", data, "--organ", ORGAN, "--year", YEAR,
                   "--format", "json", *more)


def answered_in_year(report):
    """The total that every peer must find as well."""
    return json.loads(report)["requests"]["results_total"][-1]


def settle():
    """What one measurement has written and removed is done with before the next one begins: a file
    system that discards what is removed does so in its journal, in the midst of others' syncs."""
    os.sync()


def drop_page_cache():
    """So that a start is cold; False where this may not be done."""
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
        return True
    except OSError:
        return False


def size_of(directory):
    return sum(path.stat().st_size for path in Path(directory).rglob("*") if path.is_file())


class Registers:
    """Registers of so many events, made once by `mingce import` and copied for every use."""

    def __init__(self, root):
        self.root = Path(root)
        self.root.mkdir(parents=True, exist_ok=True)
        self.import_seconds = {}

    def lines(self, events):
        """The import file, which the peers load as well."""
        path = self.root / f"{events}.ndjson"
        if not path.exists():
            note(f"generating {events:,} events")
            part = path.with_suffix(".part")
            with open(part, "wb") as out:
                last = date.today() - timedelta(40)
                subprocess.run([GENERATE, str(events), "--last", last.isoformat()], stdout=out,
                               check=True)
            part.rename(path)
        return path

    def pristine(self, events):
        path = self.root / str(events)
        if events in self.import_seconds:
            return path
        done = self.root / f"{events}.json"
        if not done.exists():
            remove(path)
            note(f"importing {events:,} events")
            took = sum(self.import_pieces(path, self.lines(events)))
            done.write_text(json.dumps({"seconds": took}))
        command("spine", "--data", path)  # of this build, as a server that runs keeps it
        self.import_seconds[events] = json.loads(done.read_text())["seconds"]
        return path

    def import_pieces(self, path, lines):
        """An import is all or nothing and held in memory; so a large file goes in by pieces."""
        piece = self.root / "piece.ndjson"
        with open(lines, "rb") as source:
            while part := list(itertools.islice(source, 1_000_000)):
                piece.write_bytes(b"".join(part))
                yield command("import", "--data", path, piece)[0]
        piece.unlink()

    @contextlib.contextmanager
    def copy(self, events):
        """A copy that may be changed; it goes away with the block."""
        source, target = self.pristine(events), self.root / f"copy-{events}"
        remove(target)
        for ending in ("", ".keys"):
            subprocess.run(["cp", "-a", "--reflink=auto", f"{source}{ending}", f"{target}{ending}"],
                           check=True)
        try:
            yield target
        finally:
            remove(target)


def remove(data):
    for ending in ("", ".keys"):
        shutil.rmtree(f"{data}{ending}", ignore_errors=True)
    Path(f"{data}.log").unlink(missing_ok=True)
