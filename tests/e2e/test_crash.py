"""A 2xx answer is a promise: kill -9 at any moment loses nothing and doubles nothing.

Each cycle loads the server from eight threads, kills it at a random instant, starts it again on the
same directory, repeats under its key whatever had no answer, and compares the whole log with what
the test has counted itself. CRASH_CYCLES sets the number of cycles (20), CRASH_SEED repeats a run.
"""

import collections
import http.client
import itertools
import json
import os
import pathlib
import random
import subprocess
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from mingce_server import BINARY, ROOT, TABLE_COLUMNS, Server, receipt, run, table_rows

CYCLES = int(os.environ.get("CRASH_CYCLES", "20"))
SEED = int(os.environ.get("CRASH_SEED") or random.SystemRandom().randrange(2**32))
THREADS = 8
KILLED_IMPORTS = 8
ORGAN, YEAR = "jd", 2025
KINDS = TABLE_COLUMNS[:-1]
OUTCOMES = ("disclosed.provided", "partially_disclosed", "unavailable.not_held",
            "not_processed.repeat")
ROWS = {outcome: row for row, outcomes in table_rows("cn-2021").items() for outcome in outcomes}


class Operation:
    """One write under one key. It is the same write however often it is sent."""

    def __init__(self, key, path, body, case):
        self.key, self.path, self.body, self.case = key, path, body, case

    def send(self, server):
        return server.post(self.path, self.body, {"Idempotency-Key": self.key})


class Case:
    """A request as the test knows it: what was acknowledged, event by event."""

    def __init__(self, kind):
        self.kind, self.outcome = kind, None
        self.id, self.answer = None, None  # the answer's event, as it was acknowledged
        self.answering = False


class Client:
    """One thread's work. What a case is asked to become is decided before it is sent."""

    def __init__(self, number, seed):
        self.number, self.random = number, random.Random(seed)
        self.keys = itertools.count(1)
        self.cases, self.unsettled = [], []

    def key(self):
        return f"client-{self.number}-{next(self.keys)}"

    def opening(self):
        case = Case(self.random.choice(KINDS))
        self.cases.append(case)
        body = {"organ": ORGAN, "on": f"{YEAR}-03-03", "data": receipt(kind=case.kind)}
        return Operation(self.key(), "/v1/requests", body, case)

    def answering(self, case):
        case.answering, outcome = True, self.random.choice(OUTCOMES)
        body = {"type": "request.answered", "on": f"{YEAR}-03-17", "data": {"outcome": outcome}}
        return Operation(self.key(), f"/v1/requests/{case.id}/events", body, case)

    def next_operation(self):
        open_cases = [case for case in self.cases[-20:] if case.id and not case.answering]
        if open_cases and self.random.random() < 0.5:
            return self.answering(self.random.choice(open_cases))
        return self.opening()

    def settle(self, operation, reply):
        """Takes down an acknowledgement."""
        if operation.path == "/v1/requests":
            operation.case.id = reply.json()["id"]
        else:
            operation.case.answer = reply.json()["event"]
            operation.case.outcome = operation.body["data"]["outcome"]

    def attempt(self, operation, server):
        """False when the server is gone. No answer, or a wish to wait, leaves it unsettled."""
        self.unsettled.append(operation)
        try:
            reply = operation.send(server)
        except (OSError, http.client.HTTPException):
            return False
        if reply.status == 201:
            self.unsettled.remove(operation)
            self.settle(operation, reply)
        elif reply.status in (429, 503):
            time.sleep(0.01)
        else:
            raise AssertionError(f"{operation.path}: {reply}")
        return True

    def work(self, server, stopped):
        while not stopped.is_set() and self.attempt(self.next_operation(), server):
            pass

    def catch_up(self, server):
        """Sends what had no answer again, under the same keys, until each has one."""
        waiting, self.unsettled = self.unsettled, []
        deadline = time.monotonic() + 30
        while waiting and time.monotonic() < deadline:
            for operation in waiting:
                if not self.attempt(operation, server):
                    raise AssertionError("the server is gone while catching up")
            waiting, self.unsettled = self.unsettled, []
        if waiting:
            raise AssertionError(f"{len(waiting)} writes stay without an answer")


class Crash(unittest.TestCase):
    def setUp(self):
        print(f"CRASH_SEED={SEED} CRASH_CYCLES={CYCLES}", flush=True)
        self.random = random.Random(SEED)
        directory = tempfile.TemporaryDirectory(prefix="mingce-crash-")
        self.addCleanup(directory.cleanup)
        self.server = Server(pathlib.Path(directory.name) / "data").start()
        self.addCleanup(lambda: self.server.kill())
        created = self.server.put(f"/v1/organs/{ORGAN}", {"name": "某街道", "kind": "subdistrict"})
        self.assertEqual(created.status, 201, created)
        self.clients = [Client(n, self.random.random()) for n in range(THREADS)]

    def test_cycles(self):
        for _ in range(CYCLES):
            self.load_and_kill()
            self.restart()
            self.check_acknowledged()  # before anything is sent again
            for client in self.clients:
                client.catch_up(self.server)
            self.check_exactly_once()
            self.check_report()
        self.assertTrue(any(case.answer for case in self.cases()), "nothing was put to the test")
        self.assertEqual(self.server.stop(), 0, self.server.log()[-2000:])
        replayed = run("replay", "--data", self.server.data)  # every checksum on the way holds
        self.assertEqual(replayed.returncode, 0, replayed.stderr)

    # --- one cycle -----------------------------------------------------------------------------

    def load_and_kill(self):
        stopped = threading.Event()
        with ThreadPoolExecutor(THREADS) as pool:
            work = [pool.submit(client.work, self.server, stopped) for client in self.clients]
            time.sleep(self.random.uniform(0.02, 0.5))
            self.server.kill()
            stopped.set()
            for done in work:
                done.result()  # raises what the thread met

    def restart(self):
        """Now and then it dies again while it recovers."""
        if self.random.random() < 0.25:
            self.server.spawn()
            time.sleep(self.random.uniform(0, 0.1))
            self.server.kill()
        self.server.start()

    def streams(self):
        """Stream id -> its events, in log order; the log itself is checked on the way."""
        events = self.server.events()
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(len({event["id"] for event in events}), len(events))
        times = [event["recorded_at"] for event in events]
        self.assertEqual(times, sorted(times))
        streams = collections.defaultdict(list)
        for event in events:
            streams[event["stream"]].append(event)
        for stream, story in streams.items():
            self.assertEqual([event["version"] for event in story],
                             list(range(1, len(story) + 1)), stream)
        return streams

    def identified(self, events):
        return [(event["id"], event["seq"], event["version"], event["type"], event["on"])
                for event in events]

    def cases(self):
        return [case for client in self.clients for case in client.cases]

    def check_acknowledged(self):
        streams = self.streams()
        for case in self.cases():
            if case.id:
                self.assertTrue(streams[case.id], f"{case.id} is lost")
                self.assertEqual(streams[case.id][0]["type"], "request.received")
            if case.answer:
                self.assertEqual(self.identified(streams[case.id][1:]),
                                 self.identified([case.answer]))

    def check_exactly_once(self):
        """After catching up every case has all of its events, and the log has no others."""
        expected = {case.id: ["request.received"] + ["request.answered"] * bool(case.answer)
                    for case in self.cases()}
        self.assertEqual(len(expected), len(self.cases()), "two openings were given one stream")
        written = {stream: [event["type"] for event in story]
                   for stream, story in self.streams().items()
                   if story[0]["type"] == "request.received"}
        self.assertEqual(written, expected)

    def model(self):
        """Table three, counted from what the test knows."""
        table = {row: dict.fromkeys(TABLE_COLUMNS, 0) for row in table_rows("cn-2021")}
        for case in self.cases():
            rows = ["received"]
            rows += [ROWS[case.outcome], "results_total"] if case.outcome else ["carried_out"]
            for row, column in itertools.product(rows, (case.kind, "total")):
                table[row][column] += 1
        return {row: list(counts.values()) for row, counts in table.items()}

    def check_report(self):
        reply = self.server.get(f"/v1/reports/{YEAR}", organ=ORGAN)
        self.assertEqual(reply.status, 200, reply)
        self.assertEqual(reply.json()["requests"], self.model())
        beside = run("report", "--data", self.server.data, "--organ", ORGAN, "--year", YEAR,
                     "--format", "json")
        self.assertEqual(beside.returncode, 0, beside.stderr)
        self.assertEqual(json.loads(beside.stdout)["requests"], self.model())


class KilledImport(unittest.TestCase):
    """An import is seen whole or not at all, wherever it is killed."""

    def test_all_or_nothing(self):
        print(f"CRASH_SEED={SEED}")
        chance = random.Random(SEED)
        register = subprocess.run([ROOT / "tools" / "generate", "30000"], check=True,
                                  capture_output=True).stdout
        whole = len(register.splitlines())
        seen = set()
        with tempfile.TemporaryDirectory() as root:
            file = pathlib.Path(root) / "register.ndjson"
            file.write_bytes(register)
            for cycle in range(KILLED_IMPORTS):
                data = pathlib.Path(root) / f"data{cycle}"
                process = subprocess.Popen([BINARY, "import", "--data", data, file],
                                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(chance.uniform(0.05, 1.5))
                process.kill()
                process.wait()
                if not (data / "ledger" / "CURRENT").exists():
                    continue  # killed before there was a log
                events = len(run("export", "--data", data).stdout.splitlines())
                self.assertIn(events, (0, whole))
                seen.add(events)
                again = run("import", "--data", data, file)  # what is there is refused, not doubled
                self.assertEqual(again.returncode, 1 if events else 0, again.stderr[-500:])
        self.assertTrue(seen, "every kill came before there was a log")


if __name__ == "__main__":
    unittest.main()
