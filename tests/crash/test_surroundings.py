"""Two servers on one directory, and a clock that is set back."""

import os
import pathlib
import subprocess
import tempfile
import time
import unittest

from load import Load, announce
from mingce_server import BINARY, Server, run

FAKETIME = next((str(path) for path in pathlib.Path("/usr/lib").glob(
    "*/faketime/libfaketimeMT.so.1")), None)


class SurroundingsCase(unittest.TestCase):
    def setUp(self):
        announce()
        directory = tempfile.TemporaryDirectory(prefix="mingce-surroundings-")
        self.addCleanup(directory.cleanup)
        self.data = pathlib.Path(directory.name) / "data"


class TwoServers(SurroundingsCase):
    def test_the_second_ends_and_the_first_goes_on(self):
        first = Server(self.data).start()
        self.addCleanup(first.kill)
        load = Load(self)
        load.found(first)
        with load.on(first):
            for _ in range(5):
                second = Server(self.data).spawn()
                second.log_path = self.data.with_name("second.stderr")
                self.assertEqual(second.process.wait(20), 3)
                written = run("import", "--data", self.data, "-", text="{}")
                self.assertIn(written.returncode, (1, 3))
        self.assertIn("[in_use]", first.log())
        self.assertGreater(load.acknowledged, 0)
        load.check(first)

    def test_of_many_that_start_at_once_one_serves(self):
        """Also where there is no register yet, and each would make the keys."""
        servers = [Server(self.data).spawn() for _ in range(6)]
        for server in servers:
            self.addCleanup(server.kill)
        deadline = time.monotonic() + 20
        while sum(server.process.poll() is None for server in servers) > 1:
            self.assertLess(time.monotonic(), deadline, "several servers stay")
            time.sleep(0.05)
        alive = [server for server in servers if server.process.poll() is None]
        self.assertEqual(len(alive), 1, servers[0].log()[-2000:])
        self.assertEqual({server.process.returncode for server in servers} - {None}, {3})
        alive[0].spawn = lambda: alive[0]  # it runs already
        alive[0].start()
        load = Load(self)
        load.found(alive[0])
        with load.on(alive[0]):
            time.sleep(0.5)
        load.check(alive[0])


@unittest.skipUnless(FAKETIME, "libfaketime is missing")
class ClockSetBack(SurroundingsCase):
    def spawn(self, server, shift):
        with open(server.log_path, "ab") as log:
            server.process = subprocess.Popen(
                [BINARY, "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{server.port}"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env=os.environ | {"LD_PRELOAD": FAKETIME, "FAKETIME": shift,
                                  "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        return server

    def test_the_time_of_recording_never_goes_back(self):
        server = Server(self.data)
        self.addCleanup(lambda: server.kill())
        load = Load(self, threads=4)
        for number, shift in enumerate(("+0d", "-2d", "+1d", "-30d", "+0d")):
            server.spawn = lambda: self.spawn(server, shift)
            server.start()
            if number == 0:
                load.found(server)
            with load.on(server):
                time.sleep(0.3)
            load.check(server)  # among others: recorded_at never decreases
            self.assertEqual(server.stop(), 0, server.log()[-2000:])
        verified = run("verify", "--data", self.data)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)


if __name__ == "__main__":
    unittest.main()
