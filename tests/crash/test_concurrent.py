"""What clients see at the same time, through kills, could have happened one thing after the other.

Threads append with If-Match to a few streams and read them, while the server is killed and started
again; calls without an answer are sent again under their key. The recorded history of each stream
is checked (history.py), and the events of the log must be those that were acknowledged, in the
order of their versions.
"""

import collections
import http.client
import pathlib
import random
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from history import NEVER, Call, is_linearizable
from load import ORGAN, SEED, announce, check_dense, cycles
from mingce_server import Server, receipt

THREADS, STREAMS, KILLS = 6, 3, cycles(3)


class Checker(unittest.TestCase):
    """It accepts what is possible and nothing else."""

    def append(self, begun, ended, expected, said, done=True):
        return Call("append", begun, ended, expected, said, done)

    def read(self, begun, ended, said):
        return Call("read", begun, ended, said=said)

    def test_possible(self):
        for calls in ([],
                      [self.append(0, 1, 0, 1), self.read(2, 3, 1)],
                      [self.append(0, 9, 0, 1), self.read(1, 2, 0), self.read(3, 4, 1)],
                      [self.append(0, 9, 0, 1), self.append(0, 9, 0, 1, done=False)],
                      [self.append(0, NEVER, 0, None, done=None), self.read(5, 6, 0)],
                      [self.append(0, NEVER, 0, None, done=None), self.read(5, 6, 1)],
                      [self.append(0, 2, None, 1), self.append(1, 3, None, 2)]):
            self.assertTrue(is_linearizable(calls), calls)

    def test_impossible(self):
        for calls in ([self.append(0, 1, 0, 1), self.read(2, 3, 0)],  # a stale read
                      [self.append(0, 9, 0, 1), self.read(1, 2, 1), self.read(3, 4, 0)],  # back
                      [self.append(0, 9, 0, 1), self.append(0, 9, 0, 1)],  # a lost update
                      [self.append(0, 1, 0, 1), self.append(2, 3, 1, 3)],  # a gap
                      [self.append(0, 1, 0, 1, done=False)],  # refused though it fits
                      [self.read(0, 1, 1), self.append(2, 3, 0, 1)]):  # before it began
            self.assertFalse(is_linearizable(calls), calls)


class Concurrent(unittest.TestCase):
    def setUp(self):
        announce(CRASH_CYCLES=KILLS)
        directory = tempfile.TemporaryDirectory(prefix="mingce-concurrent-")
        self.addCleanup(directory.cleanup)
        self.server = Server(pathlib.Path(directory.name) / "data").start()
        self.addCleanup(lambda: self.server.kill())
        self.server.put(f"/v1/organs/{ORGAN}", {"name": "某街道", "kind": "subdistrict"})
        self.streams = [self.opened() for _ in range(STREAMS)]
        self.histories = {stream: [] for stream in self.streams}
        self.acknowledged = {stream: {} for stream in self.streams}  # version → text
        self.lock = threading.Lock()

    def opened(self):
        reply = self.server.post("/v1/requests", {"organ": ORGAN, "on": "2025-03-03",
                                                  "data": receipt()})
        self.assertEqual(reply.status, 201, reply)
        return reply.opened_id()

    def test_history(self):
        stopped = threading.Event()
        chance = random.Random(SEED)
        with ThreadPoolExecutor(THREADS) as pool:
            work = [pool.submit(self.work, number, stopped) for number in range(THREADS)]
            try:
                for _ in range(KILLS):
                    time.sleep(chance.uniform(0.3, 0.8))
                    self.server.kill()
                    self.server.start()
                time.sleep(0.5)
            finally:
                stopped.set()
            for done in work:
                done.result()
        self.check()

    def work(self, number, stopped):
        chance = random.Random(f"{SEED}-{number}")
        known = dict.fromkeys(self.streams, 1)
        count = 0
        while not stopped.is_set():
            stream = chance.choice(self.streams)
            count += 1
            if chance.random() < 0.4:
                self.read(stream, known)
            else:
                self.append(stream, known, f"{number}-{count}", stopped)

    def record(self, stream, call):
        with self.lock:
            self.histories[stream].append(call)

    def read(self, stream, known):
        call = Call("read", time.monotonic())
        try:
            reply = self.server.get(f"/v1/requests/{stream}")
        except (OSError, http.client.HTTPException):
            return time.sleep(0.02)
        call.ended = time.monotonic()
        self.assertEqual(reply.status, 200, reply)
        call.said = known[stream] = reply.json()["version"]
        return self.record(stream, call)

    def append(self, stream, known, text, stopped):
        """One append, sent until it has an answer: however often, it is one call."""
        call = Call("append", time.monotonic(), expected=known[stream])
        body = {"type": "note.added", "on": "2025-03-04", "data": {"text": text}}
        headers = {"If-Match": f'"{call.expected}"', "Idempotency-Key": text}
        while call.done is None and not (stopped.is_set() and self.server.process.poll() is not None):
            try:
                reply = self.server.post(f"/v1/requests/{stream}/events", body, headers)
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)
                continue
            if reply.status == 503:
                continue
            self.assertIn(reply.status, (201, 412), reply)
            call.ended, call.done = time.monotonic(), reply.status == 201
            call.said = (reply.json()["event"]["version"] if call.done
                         else reply.json()["version"])
            known[stream] = call.said
            if call.done:
                self.acknowledged[stream][call.said] = text
        self.record(stream, call)

    def check(self):
        events = self.server.events()
        check_dense(self, events)
        written = collections.defaultdict(dict)
        for event in events:
            if event["type"] == "note.added":
                written[event["stream"]][event["version"]] = event["data"]["text"]
        for stream, history in self.histories.items():
            done = sum(call.done is True for call in history)
            refused = sum(call.done is False for call in history)
            reads = sum(call.kind == "read" for call in history)
            print(f"{done} appends, {refused} refused, {reads} reads: linearizable", flush=True)
            self.assertTrue(done and refused and reads, "nothing was put to the test")
            self.assertTrue(is_linearizable(history, version=1), history)
            for version, text in self.acknowledged[stream].items():
                self.assertEqual(written[stream].get(version), text)
            unanswered = sum(call.done is None for call in history if call.kind == "append")
            self.assertLessEqual(len(written[stream]), done + unanswered)


if __name__ == "__main__":
    unittest.main()
