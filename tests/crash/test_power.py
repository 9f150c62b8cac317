"""A 2xx answer outlives a power cut.

Each cycle loads a server whose register and keys lie on a disk of their own, takes that disk as it
is at a random instant, and goes on from it alone: what had been written but not synced is gone.
CRASH_CYCLES sets the number of cuts (5), CRASH_SEED repeats a run.

`Control` shows that the harness tells the difference: the same is done to a small program that
writes to RocksDB with and without syncing. With, it loses nothing; without, it must lose something.
"""

import os
import pathlib
import random
import subprocess
import tempfile
import time
import unittest

from disk import Disk, needs_mount
from load import SEED, Load, announce, cycles
from mingce_server import ROOT, Server, run

CYCLES = cycles(5)
CYCLES_A_REGISTER = 20
WRITER = os.environ.get("CRASH_WRITER", str(ROOT / "build" / "release" / "tests" / "crash_writer"))


class DiskCase(unittest.TestCase):
    size = "1G"

    def setUp(self):
        announce(CRASH_CYCLES=CYCLES)
        self.random = random.Random(SEED)

    def new_disk(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-power-")
        self.addCleanup(directory.cleanup)
        disk = Disk(directory.name, self.size)
        self.addCleanup(disk.unmount)
        return disk


@needs_mount
class PowerCut(DiskCase):
    def test_cycles(self):
        begun, acknowledged = time.monotonic(), 0
        for done in range(0, CYCLES, CYCLES_A_REGISTER):
            acknowledged += self.one_register(min(CYCLES_A_REGISTER, CYCLES - done))
            self.doCleanups()
            print(f"{min(done + CYCLES_A_REGISTER, CYCLES)} of {CYCLES}", flush=True)
        print(f"{CYCLES} power cuts, {acknowledged} acknowledged writes, 0 lost, 0 doubled, "
              f"{time.monotonic() - begun:.0f} s", flush=True)

    def one_register(self, rounds):
        disk = self.new_disk()
        server = Server(disk.place / "data", "--checkpoint-every", "50").start()
        self.addCleanup(server.kill)
        load = Load(self, seed=self.random.random())
        load.found(server)
        for _ in range(rounds):
            with load.on(server):
                time.sleep(self.random.uniform(0.02, 0.8))
                disk.cut_power(server.process)
            server.start()
            load.check(server)
        self.assertTrue(any(case.answer for case in load.cases()), "nothing was put to the test")
        self.assertEqual(server.stop(), 0, server.log()[-2000:])
        verified = run("verify", "--data", server.data, seconds=300)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        return load.acknowledged


@needs_mount
@unittest.skipUnless(pathlib.Path(WRITER).exists(), "crash_writer is not built")
class Control(DiskCase):
    def lost(self, how):
        """Of how many acknowledged writes, how many are gone after a power cut."""
        disk = self.new_disk()
        database = disk.place / "database"
        writer = subprocess.Popen([WRITER, "write", database, how], stdout=subprocess.PIPE)
        self.addCleanup(writer.stdout.close)
        time.sleep(1)
        disk.cut_power(writer)
        acknowledged = len(writer.stdout.read().splitlines())
        found = subprocess.run([WRITER, "count", database], check=True, capture_output=True).stdout
        self.assertGreater(acknowledged, 10)
        return acknowledged, acknowledged - int(found)

    def test_with_syncs_nothing_is_lost(self):
        acknowledged, lost = self.lost("synced")
        print(f"control: {acknowledged} synced writes, {max(lost, 0)} lost")
        self.assertLessEqual(lost, 0)

    def test_without_syncs_the_harness_sees_the_loss(self):
        acknowledged, lost = self.lost("unsynced")
        print(f"control: {acknowledged} writes without sync, {lost} lost")
        self.assertGreater(lost, 0)


if __name__ == "__main__":
    unittest.main()
