"""A disk that fills up: first no new requests, then no writes; never an abort; and back again.

The register lies on a small disk of its own. Something else takes the space away step by step while
eight threads write. (The storage library sets 64 MiB aside for the write-ahead log.)
"""

import tempfile
import time
import unittest

from disk import Disk, needs_mount
from load import ORGAN, Load, announce
from mingce_server import Server, receipt, run

MIB = 1 << 20
NONE, SCARCE, AMPLE = 8 * MIB, 45 * MIB, 200 * MIB  # left free


class FullCase(unittest.TestCase):
    def setUp(self):
        announce()
        directory = tempfile.TemporaryDirectory(prefix="mingce-full-")
        self.addCleanup(directory.cleanup)
        self.disk = Disk(directory.name, self.size)
        self.addCleanup(self.disk.unmount)
        self.server = Server(self.disk.place / "data", *self.limits, "--checkpoint-seconds",
                             "1")
        self.server.log_path = self.disk.place.with_name("server.stderr")  # not on the full disk
        self.server.start()
        self.addCleanup(self.server.kill)
        self.load = Load(self)
        self.load.found(self.server)
        self.case = self.opening().json()["id"]

    def leave(self, free):
        self.disk.relieve()
        self.disk.fill(free)

    def opening(self):
        return self.server.post("/v1/requests", {"organ": ORGAN, "on": "2025-03-03",
                                                 "data": receipt()})

    def noting(self):
        return self.server.post(f"/v1/requests/{self.case}/events", {
            "type": "note.added", "on": "2025-03-04", "data": {"text": "在办"}})

    def assertRefused(self, reply, code):
        self.assertEqual(reply.status, 507, reply)
        self.assertEqual(reply.media(), "application/problem+json")
        self.assertEqual(reply.json()["code"], code)

    def assertReads(self):
        self.assertEqual(self.server.get(f"/v1/requests/{self.case}").status, 200)
        self.assertEqual(self.server.get("/v1/reports/2025", organ=ORGAN).status, 200)
        self.assertEqual(self.server.get("/healthz").status, 200)
        self.assertIsNone(self.server.process.poll(), self.server.log()[-2000:])

    def checked(self):
        """Nothing is lost or doubled, before and after a restart, with a kill or without."""
        for end in (lambda: None, self.server.kill, self.server.stop):
            end()
            if self.server.process.poll() is not None:
                self.server.start()
            self.load.check_acknowledged(self.server)
        self.load.catch_up(self.server)
        self.assertEqual(self.server.stop(), 0, self.server.log()[-2000:])
        verified = run("verify", "--data", self.server.data)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)


@needs_mount
class DiskFull(FullCase):
    size = "192M"
    limits = ("--min-free", "10MiB", "--min-free-for-new", "50MiB")

    def test_first_new_requests_then_all_writes_and_back(self):
        for _ in range(2):
            self.leave(SCARCE)
            self.assertRefused(self.opening(), "little_space")
            self.assertEqual(self.noting().status, 201)
            self.assertReads()
            self.leave(NONE)
            self.assertRefused(self.opening(), "no_space")
            self.assertRefused(self.noting(), "no_space")
            self.assertReads()
            self.leave(AMPLE)
            self.assertEqual(self.noting().status, 201)
            self.assertEqual(self.opening().status, 201)
        self.assertEqual(self.server.stop(), 0, self.server.log()[-2000:])

    def test_filling_up_under_load(self):
        with self.load.on(self.server):
            for free in (AMPLE, SCARCE, NONE, 0, AMPLE, NONE, SCARCE, 0, AMPLE):
                self.leave(free)
                time.sleep(0.7)
                self.assertIsNone(self.server.process.poll(), self.server.log()[-2000:])
        self.assertGreater(self.load.refusals["no_space"], 0)
        self.assertGreater(self.load.refusals["little_space"], 0)
        self.case = next(case for case in self.load.cases() if case.id).id
        self.checked()

    def test_stopped_and_started_on_a_full_disk(self):
        """It says that there is no space, in place of dying of it; what was written is there."""
        with self.load.on(self.server):
            time.sleep(1)
        for end in (self.server.kill, self.server.stop):
            self.leave(0)
            end()
            self.leave(0)  # a clean end gives back what its log had reserved
            self.server.spawn()
            self.assertEqual(self.server.process.wait(20), 3, self.server.log()[-2000:])
            self.assertIn("[no_space]", self.server.log().splitlines()[-1])
            shown = run("report", "--data", self.server.data, "--organ", ORGAN, "--year", 2025)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.leave(AMPLE)
            self.server.start()
        self.checked()


@needs_mount
class SmallDisk(FullCase):
    """96 MiB and no options: it serves, stops in time, and goes on."""

    size, limits = "96M", ()

    def test_it_serves_until_it_is_full_and_then_again(self):
        self.load.clients[0].work(self.server, self.after(100))
        self.assertGreaterEqual(self.load.acknowledged, 100, self.load.refusals)
        for _ in range(3):
            self.leave(0)
            self.assertRefused(self.opening(), "no_space")
            self.assertRefused(self.noting(), "no_space")
            self.assertReads()
            self.leave(AMPLE)
            self.assertEqual(self.noting().status, 201)
            self.assertEqual(self.opening().status, 201)
        self.checked()

    def after(self, writes):
        """Stops a client when so many writes are acknowledged."""
        load, deadline = self.load, time.monotonic() + 20

        class Enough:
            def is_set(self):
                return load.acknowledged >= writes or time.monotonic() > deadline
        return Enough()


if __name__ == "__main__":
    unittest.main()
