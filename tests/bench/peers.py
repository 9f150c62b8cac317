"""What people would use instead, on the same events: PostgreSQL and DuckDB, each where it is."""

import contextlib
import glob
import json
import os
import secrets
import shutil
import subprocess
import time
from pathlib import Path

from product import note

HERE = Path(__file__).resolve().parent


class Postgres:
    """A cluster of its own on a unix socket, as durable as the product: fsync, synchronous commit."""

    SETTINGS = {"listen_addresses": "''", "max_connections": "100", "shared_buffers": "'2GB'",
                "effective_cache_size": "'8GB'", "work_mem": "'512MB'", "max_wal_size": "'16GB'",
                "checkpoint_timeout": "'30min'", "fsync": "on", "synchronous_commit": "on",
                "autovacuum": "off", "maintenance_work_mem": "'1GB'"}

    def __init__(self, root):
        # Short, because the path of a unix socket may not be long.
        self.data = Path(root) / "pg"
        self.bin = next(iter(sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)), None)
        self.is_there = bool(self.bin) and Path(self.bin, "pgbench").exists()

    def run(self, *command, text=None, seconds=1800):
        done = subprocess.run([*self.as_user(), *map(str, command)], input=text, text=True,
                              capture_output=True, timeout=seconds, check=False, cwd="/")
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stderr[-500:]}")
        return done.stdout

    @staticmethod
    def as_user():
        """PostgreSQL does not run as root."""
        return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def program(self, name):
        return f"{self.bin}/{name}"

    def where(self):
        return ["-h", str(self.data), "-U", "bench"]

    def sql(self, text, database="bench"):
        return self.run(self.program("psql"), "-XqAt", *self.where(), "-v", "ON_ERROR_STOP=1",
                        "-d", database, text=text)

    @contextlib.contextmanager
    def running(self):
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        for parent in [self.data, *self.data.parents][:-1]:
            if os.geteuid() == 0 and parent != self.data:
                parent.chmod(parent.stat().st_mode | 0o011)
        if os.geteuid() == 0:
            shutil.chown(self.data, "postgres")
        self.run(self.program("initdb"), "-D", self.data, "-A", "trust", "--no-locale", "-E", "UTF8",
                 "-U", "bench")
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(f"unix_socket_directories='{self.data}'\n")
            conf.writelines(f"{name}={value}\n" for name, value in self.SETTINGS.items())
        self.run(self.program("pg_ctl"), "-D", self.data, "-w", "-l", self.data / "log", "start")
        try:
            self.sql("CREATE DATABASE bench", "postgres")
            yield self
        finally:
            self.run(self.program("pg_ctl"), "-D", self.data, "-m", "immediate", "-w", "stop")
            shutil.rmtree(self.data, ignore_errors=True)

    def version(self):
        return self.run(self.program("postgres"), "--version").split()[2]

    # ---- appending ----------------------------------------------------------------------------

    def prepare_appending(self):
        self.sql((HERE / "postgres_append.sql").read_text(encoding="utf-8"))

    def append(self, function, clients=64, seconds=2.0):
        """`append_plain` or `append_in_order`: events a second, and the 99th percentile."""
        script = self.data / "append.pgbench"
        script.write_text(
            "\\set n :n + 1\n\\set stream :n / 10\n\\set version :n % 10\n"
            f"SELECT {function}('{secrets.token_hex(4)}-' || :client_id || '-' || :stream, "
            ":version, 'request.answered', '{\"on\":\"2026-03-09\",\"outcome\":"
            "\"disclosed.provided\",\"document_no\":\"政公开告知〔2026〕12号\",\"text\":"
            "\"关于12号地块征收补偿安置方案、征地批复及勘测定界图的政府信息，已电话告知申请人\"}');\n",
            encoding="utf-8")
        script.chmod(0o644)
        for old in self.data.glob("times*"):
            old.unlink()
        out = self.run(self.program("pgbench"), *self.where(), "-n", "-M", "prepared",
                       "-c", clients, "-j", 2, "-T", max(1, round(seconds)), "-D", "n=-1",
                       "-f", script, "-l", f"--log-prefix={self.data}/times", "bench")
        if "number of failed transactions: 0" not in out:
            raise RuntimeError(f"pgbench: {out}")
        rate = next(float(line.split()[2]) for line in out.splitlines() if line.startswith("tps"))
        micros = sorted(int(line.split()[2]) for path in self.data.glob("times*")
                        for line in path.read_text().splitlines())
        return {"per_second": rate, "p99_us": micros[int(len(micros) * 0.99)]}

    # ---- counting a year ----------------------------------------------------------------------

    def load_events(self, lines):
        """The lines that the product imports, as a table of events; bytes an event of its heap."""
        self.sql((HERE / "postgres_load.sql").read_text(encoding="utf-8"))
        with open(lines, "rb") as source:
            subprocess.run(
                [*self.as_user(), self.program("psql"), "-Xq", *self.where(), "-d", "bench", "-c",
                 r"COPY raw FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"],
                stdin=source, check=True, cwd="/")
        self.sql((HERE / "postgres_events.sql").read_text(encoding="utf-8"))
        size, count = self.sql("SELECT pg_relation_size('events'), count(*) FROM events"
                               ).strip().split("|")
        return int(size) / int(count)

    def fold(self, year):
        """Every event, folded to its request, counted: seconds, and the total."""
        query = (HERE / "postgres_fold.sql").read_text(encoding="utf-8").replace("YEAR", str(year))
        begin = time.monotonic()
        out = self.sql(query)
        took = time.monotonic() - begin
        return took, sum(int(line.split("|")[2]) for line in out.splitlines())


class DuckDb:
    """Columns of types extracted at load: the best that a columnar store can do."""

    def __init__(self, root):
        self.home = Path(root) / "duckdb"
        self.is_there = self.install()

    def install(self):
        if not shutil.which("node"):
            return False
        if (self.home / "node_modules" / "@duckdb" / "node-api").exists():
            return True
        if not shutil.which("npm"):
            return False
        self.home.mkdir(parents=True, exist_ok=True)
        note("installing DuckDB from npm")
        done = subprocess.run(["npm", "install", "--silent", "--no-fund", "--no-audit",
                               "--prefix", self.home, "@duckdb/node-api"], capture_output=True,
                              timeout=300, check=False)
        return done.returncode == 0

    def run(self, *arguments):
        done = subprocess.run(["node", HERE / "duckdb.mjs", self.home, *map(str, arguments)],
                              capture_output=True, text=True, timeout=1800, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"duckdb: {done.stderr[-500:]}")
        return json.loads(done.stdout)

    def load_events(self, lines):
        self.database = self.home / "events.db"
        self.database.unlink(missing_ok=True)
        return self.run("load", self.database, lines)

    def query(self, year, threads=2, rounds=1):
        """{"version", "fold": [{"seconds","total"}…], "matrix": […]}"""
        return self.run("query", self.database, year, threads, rounds)
