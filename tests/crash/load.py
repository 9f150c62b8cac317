"""A register under load, and a model of what it has acknowledged.

`Load` drives a server from several threads, each with cases of its own; every write goes under a key
and is sent again, under that key, until it has an answer. What was acknowledged is kept, so that
after whatever was done to the server the whole log can be compared with it: acknowledged events are
there once, positions and versions are dense, the tables are those of the model.

CRASH_CYCLES sets how often the long tests go round, CRASH_SEED repeats a run.
"""

import collections
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from mingce_server import TABLE_COLUMNS, receipt, run, table_rows

SEED = int(os.environ.get("CRASH_SEED") or random.SystemRandom().randrange(2**32))
ORGAN, YEAR = "jd", 2025
KINDS = TABLE_COLUMNS[:-1]
OUTCOMES = ("disclosed.provided", "partially_disclosed", "unavailable.not_held",
            "not_processed.repeat")
ROWS = {outcome: row for row, outcomes in table_rows("cn-2021").items() for outcome in outcomes}


def cycles(default):
    return int(os.environ.get("CRASH_CYCLES") or default)


def announce(**more):
    """What it takes to repeat this run."""
    words = {"CRASH_SEED": SEED, **more}
    print(" ".join(f"{name}={value}" for name, value in words.items()), flush=True)


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
        self.acknowledged = 0
        self.refusals = collections.Counter()  # answers that ask to come back

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
        self.acknowledged += 1
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
        elif reply.status in (429, 503, 507):
            self.refusals[reply.json()["code"]] += 1
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


class Load:
    """All clients together. `test` is the unittest case that insists."""

    def __init__(self, test, threads=8, seed=SEED):
        chance = random.Random(seed)
        self.test, self.threads = test, threads
        self.clients = [Client(n, chance.random()) for n in range(threads)]

    def found(self, server):
        """The organ whose register it is."""
        created = server.put(f"/v1/organs/{ORGAN}", {"name": "某街道", "kind": "subdistrict"})
        self.test.assertEqual(created.status, 201, created)

    @contextlib.contextmanager
    def on(self, server):
        """Works until the block is left, or the server is gone."""
        stopped = threading.Event()
        with ThreadPoolExecutor(self.threads) as pool:
            work = [pool.submit(client.work, server, stopped) for client in self.clients]
            try:
                yield
            finally:
                stopped.set()
            for done in work:
                done.result()  # raises what the thread met

    def catch_up(self, server):
        for client in self.clients:
            client.catch_up(server)

    @property
    def acknowledged(self):
        return sum(client.acknowledged for client in self.clients)

    @property
    def refusals(self):
        return sum((client.refusals for client in self.clients), collections.Counter())

    def cases(self):
        return [case for client in self.clients for case in client.cases]

    # --- insisting -----------------------------------------------------------------------------

    def check(self, server):
        """After whatever happened: nothing is lost; after catching up: nothing is there twice."""
        self.check_acknowledged(server)  # before anything is sent again
        self.catch_up(server)
        self.check_exactly_once(server)
        self.check_report(server)

    def streams(self, server):
        """Stream id -> its events, in log order; the log itself is checked on the way."""
        events = server.events()
        check_dense(self.test, events)
        streams = collections.defaultdict(list)
        for event in events:
            streams[event["stream"]].append(event)
        return streams

    def check_acknowledged(self, server):
        streams, test = self.streams(server), self.test
        for case in self.cases():
            if case.id:
                test.assertTrue(streams[case.id], f"{case.id} is lost")
                test.assertEqual(streams[case.id][0]["type"], "request.received")
            if case.answer:
                test.assertEqual(identified(streams[case.id][1:]), identified([case.answer]))

    def check_exactly_once(self, server):
        """After catching up every case has all of its events, and the log has no others."""
        expected = {case.id: ["request.received"] + ["request.answered"] * bool(case.answer)
                    for case in self.cases()}
        self.test.assertEqual(len(expected), len(self.cases()), "two openings, one stream")
        written = {stream: [event["type"] for event in story]
                   for stream, story in self.streams(server).items()
                   if story[0]["type"] == "request.received"}
        self.test.assertEqual(written, expected)

    def model(self):
        """Table three, counted from what was acknowledged."""
        return counted((case.kind, case.outcome) for case in self.cases())

    def check_report(self, server):
        reply = server.get(f"/v1/reports/{YEAR}", organ=ORGAN)
        self.test.assertEqual(reply.status, 200, reply)
        self.test.assertEqual(reply.json()["requests"], self.model())
        self.test.assertEqual(printed_report(self.test, server.data), self.model())


def identified(events):
    return [(event["id"], event["seq"], event["version"], event["type"], event["on"])
            for event in events]


def check_dense(test, events):
    """Positions, versions, ids and times of a whole log."""
    test.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
    test.assertEqual(len({event["id"] for event in events}), len(events))
    times = [event["recorded_at"] for event in events]
    test.assertEqual(times, sorted(times))
    versions = collections.Counter()
    for event in events:
        versions[event["stream"]] += 1
        test.assertEqual(event["version"], versions[event["stream"]], event)


def counted(cases):
    """Table three of (kind of applicant, outcome or None)."""
    table = {row: dict.fromkeys(TABLE_COLUMNS, 0) for row in table_rows("cn-2021")}
    for kind, outcome in cases:
        rows = ["received"]
        rows += [ROWS[outcome], "results_total"] if outcome else ["carried_out"]
        for row, column in itertools.product(rows, (kind, "total")):
            table[row][column] += 1
    return {row: list(counts.values()) for row, counts in table.items()}


def model_of(events):
    """Table three as a log of such events must give it."""
    cases = {}
    for event in events:
        if event["type"] == "request.received":
            cases[event["stream"]] = [event["data"]["applicant"]["kind"], None]
        elif event["type"] == "request.answered":
            cases[event["stream"]][1] = event["data"]["outcome"]
    return counted(cases.values())


def printed_report(test, data, *options):
    """Table three as the command prints it from the directory."""
    printed = run("report", "--data", data, "--organ", ORGAN, "--year", YEAR, "--format", "json",
                  *options)
    test.assertEqual(printed.returncode, 0, printed.stderr)
    return json.loads(printed.stdout)["requests"]
