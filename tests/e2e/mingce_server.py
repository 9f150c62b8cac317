"""Drives the mingce binary from outside, by its published contract alone.

`Server` runs `mingce serve`; `run` runs any other command; `ServerCase` is the unittest base whose
tests share one server a class. Tests stay independent because each one works on organs of its own.
The binary is named by the environment variable MINGCE (default: build/release/mingce).
"""

import contextlib
import http.client
import itertools
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse
from datetime import datetime, timedelta, timezone

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("MINGCE", str(ROOT / "build" / "release" / "mingce"))
FORMATS = ROOT / "schemas" / "report-formats"

START_SECONDS = 20
STOP_SECONDS = 20
COMMAND_SECONDS = 60

TABLE_COLUMNS = ("natural_person", "commercial_enterprise", "research_institution",
                 "public_welfare_org", "legal_service_org", "other_org", "total")


def today():
    """The civil date where the law applies."""
    return datetime.now(timezone(timedelta(hours=8))).date()


def run(*arguments, text=None, seconds=COMMAND_SECONDS):
    """Runs one mingce command to its end; stdout and stderr are bytes."""
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True,
                          input=text.encode() if text is not None else b"",
                          timeout=seconds, check=False)


def edition(name):
    """An official edition of the report, as data."""
    return json.loads((FORMATS / f"{name}.json").read_text(encoding="utf-8"))


def table_rows(name):
    """Row code -> outcomes of table three, for the rows that carry numbers."""
    return {row["code"]: row.get("outcomes", [])
            for row in edition(name)["requests"]["rows"] if "source" in row}


def receipt(kind="natural_person", name="申请人甲", subject="房屋征收补偿方案", **more):
    """The data of a `request.received`."""
    return {"channel": "post_signed", "applicant": {"kind": kind, "name": name},
            "subject": subject, **more}


class Reply:
    """One answer: `status`, `headers`, `body`."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def text(self):
        return self.body.decode()

    def lines(self):
        """The objects of an NDJSON body."""
        return [json.loads(line) for line in self.text().splitlines() if line.strip()]

    def media(self):
        return self.headers.get("Content-Type", "").split(";")[0].strip()

    def opened_id(self):
        """The id of the stream a 201 has opened."""
        return urllib.parse.unquote(self.headers["Location"].rstrip("/").rsplit("/", 1)[1])

    def __repr__(self):
        return f"<{self.status} {self.body[:400].decode(errors='replace')}>"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`mingce serve` on a directory. It can be killed and started again on the same one."""

    def __init__(self, data, *options):
        self.data, self.options = pathlib.Path(data), options
        self.port = free_port()
        self.log_path = self.data.with_name(self.data.name + ".stderr")
        self.process = None

    def spawn(self):
        """Starts the process without waiting for it to be ready."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}",
                 *self.options], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        return self

    def start(self):
        self.spawn()
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"serve exited {self.process.returncode}: {self.log()[-2000:]}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.call("GET", "/readyz").status == 200:
                    return self
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"serve was not ready in {START_SECONDS} s: {self.log()[-2000:]}")

    def stop(self):
        """Asks it to finish (SIGTERM) and gives the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def log(self):
        """All that was written to stdout and stderr so far."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def call(self, method, path, body=None, headers=None, query=None, timeout=30):
        """One request on a connection of its own. A body that is not bytes is sent as JSON."""
        if query:
            path += "?" + urllib.parse.urlencode(query)
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body, ensure_ascii=False).encode()
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, headers=None, **query):
        """A trailing underscore in a query's name is dropped (`from_`)."""
        return self.call("GET", path, headers=headers,
                         query={name.rstrip("_"): value for name, value in query.items()})

    def post(self, path, body, headers=None, **query):
        return self.call("POST", path, body, headers, query)

    def put(self, path, body, headers=None):
        return self.call("PUT", path, body, headers)

    def events(self, after=0, **query):
        """The whole log behind `after`, page by page."""
        found = []
        while page := self.get("/v1/events", after=after, limit=1000, **query).lines():
            found += page
            after = page[-1]["seq"]
        return found

    def open_socket(self, timeout=10):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def exchange(self, raw, timeout=10):
        """Sends raw bytes and reads until the other side closes; what came back, and if it did."""
        with self.open_socket(timeout) as connection:
            with contextlib.suppress(OSError):  # a refusal may come before all is sent
                connection.sendall(raw)
            received = b""
            try:
                while block := connection.recv(65536):
                    received += block
            except TimeoutError:
                return received, False
            except ConnectionResetError:
                pass
            return received, True


class ServerCase(unittest.TestCase):
    """One server a class; the vocabulary of the tests."""

    maxDiff = None
    _organs = itertools.count(1)

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="mingce-")
        cls.addClassCleanup(directory.cleanup)
        cls.server = Server(pathlib.Path(directory.name) / "data").start()
        cls.addClassCleanup(cls.server.stop)
        cls._seen = 0

    # --- saying things -----------------------------------------------------------------------

    def new_organ(self, name="某街道办事处", kind="subdistrict", parent=None):
        code = f"jd{next(self._organs):04}"
        body = {"name": name, "kind": kind, **({"parent": parent} if parent else {})}
        self.assertStatus(self.server.put(f"/v1/organs/{code}", body), 201)
        return code

    def opened(self, organ, on="2026-03-02", register_no=None, **data):
        """A request received on that day; its view. Data not given is filled in."""
        body = {"organ": organ, "on": on, "data": receipt(**data)}
        if register_no:
            body["register_no"] = register_no
        return self.assertStatus(self.server.post("/v1/requests", body), 201).json()

    def submitted(self, organ, on="2026-03-02"):
        """A submission by web that waits for its confirmation; its view."""
        body = {"organ": organ, "on": on, "type": "request.submitted", "data": {"channel": "web"}}
        return self.assertStatus(self.server.post("/v1/requests", body), 201).json()

    def append(self, request_id, event_type, on, data=None, headers=None):
        body = {"type": event_type, "on": on, "data": data or {}}
        return self.server.post(f"/v1/requests/{request_id}/events", body, headers)

    def appended(self, request_id, event_type, on, data=None, headers=None):
        """Appends and gives the request's view after it."""
        reply = self.append(request_id, event_type, on, data, headers)
        return self.assertStatus(reply, 201).json()["request"]

    def told(self, organ, *story, on="2026-03-02", **data):
        """A request with its story of (type, on, data); the view at the end."""
        view = self.opened(organ, on, **data)
        for step in story:
            view = self.appended(view["id"], *step)
        return view

    # --- asking ------------------------------------------------------------------------------

    def view(self, request_id):
        return self.assertStatus(self.server.get(f"/v1/requests/{request_id}"), 200).json()

    def report(self, organ, year, **query):
        reply = self.server.get(f"/v1/reports/{year}", organ=organ, **query)
        return self.assertStatus(reply, 200).json()

    def row(self, organ, year, code, **query):
        """A row of table three by column, zeros left out."""
        numbers = self.report(organ, year, **query)["requests"][code]
        return {column: n for column, n in zip(TABLE_COLUMNS, numbers, strict=True) if n}

    def items(self, **query):
        return self.assertStatus(self.server.get("/v1/requests", **query), 200).json()["items"]

    def log_head(self):
        """The last seq of the log; remembers how far it has read."""
        for event in self.server.events(after=self._seen):
            type(self)._seen = event["seq"]
        return self._seen

    # --- insisting ---------------------------------------------------------------------------

    def assertStatus(self, reply, status):
        self.assertEqual(reply.status, status, reply)
        return reply

    def assertProblem(self, reply, status, pointer=None):
        """An RFC 9457 problem that gives nothing of the inside away; its document."""
        self.assertStatus(reply, status)
        self.assertEqual(reply.media(), "application/problem+json")
        problem = reply.json()
        self.assertEqual(problem["status"], status)
        for member in ("type", "title", "detail", "code"):
            self.assertIsInstance(problem[member], str, member)
            self.assertTrue(problem[member], member)
        self.assertNotRegex(reply.text(), r"\.cpp|\.hpp|boost::|rocksdb|std::|/home/|/usr/|/tmp/")
        self.assertNotIn(str(self.server.data), reply.text())
        if pointer is not None:
            pointers = [error["pointer"] for error in problem["errors"]]
            self.assertIn(pointer, pointers, problem)
            self.assertTrue(all(error["message"] for error in problem["errors"]))
        return problem

    @contextlib.contextmanager
    def nothing_written(self):
        before = self.log_head()
        yield
        self.assertEqual(self.log_head(), before, "the log has grown")

    def assertImpossible(self, request_id, event_type, on, data=None):
        """409 that names its rule, and nothing is written; the problem."""
        with self.nothing_written():
            problem = self.assertProblem(self.append(request_id, event_type, on, data), 409)
        self.assertRegex(problem["code"], r"^[a-z][a-z0-9_.]*$")
        return problem


def has_chinese(text):
    return re.search(r"[\u4e00-\u9fff]", text) is not None
