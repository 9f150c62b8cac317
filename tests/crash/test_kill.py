"""A 2xx answer is a promise: kill -9 at any moment loses nothing and doubles nothing.

Each cycle loads the server from eight threads, kills it at a random instant, starts it again on the
same directory, repeats under its key whatever had no answer, and compares the whole log with what
was acknowledged. CRASH_CYCLES sets the number of cycles (20), CRASH_SEED repeats a run. Of many
cycles every twentieth begins a new register, so that a cycle does not cost more and more.
"""

import pathlib
import random
import subprocess
import tempfile
import time
import unittest

from load import SEED, Load, announce, cycles
from mingce_server import BINARY, ROOT, Server, run

CYCLES = cycles(20)
CYCLES_A_REGISTER = 20
KILLED_IMPORTS = 8


class Crash(unittest.TestCase):
    def test_cycles(self):
        announce(CRASH_CYCLES=CYCLES)
        self.random = random.Random(SEED)
        begun, acknowledged = time.monotonic(), 0
        for done in range(0, CYCLES, CYCLES_A_REGISTER):
            acknowledged += self.one_register(min(CYCLES_A_REGISTER, CYCLES - done))
            print(f"{min(done + CYCLES_A_REGISTER, CYCLES)} of {CYCLES}", flush=True)
        print(f"{CYCLES} kills, {acknowledged} acknowledged writes, 0 lost, 0 doubled, "
              f"{time.monotonic() - begun:.0f} s", flush=True)

    def one_register(self, rounds):
        """How many writes it has acknowledged."""
        with tempfile.TemporaryDirectory(prefix="mingce-crash-") as directory:
            server = Server(pathlib.Path(directory) / "data").start()
            try:
                load = Load(self, seed=self.random.random())
                load.found(server)
                for _ in range(rounds):
                    with load.on(server):
                        time.sleep(self.random.uniform(0.02, 0.5))
                        server.kill()
                    self.restart(server)
                    load.check(server)
                self.assertTrue(any(case.answer for case in load.cases()), "nothing was tested")
                self.assertEqual(server.stop(), 0, server.log()[-2000:])
            finally:
                server.kill()
            verified = run("verify", "--data", server.data, seconds=300)
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
            return load.acknowledged

    def restart(self, server):
        """Now and then it dies again while it recovers."""
        if self.random.random() < 0.25:
            server.spawn()
            time.sleep(self.random.uniform(0, 0.1))
            server.kill()
        server.start()


class KilledImport(unittest.TestCase):
    """An import is seen whole or not at all, wherever it is killed."""

    def test_all_or_nothing(self):
        announce()
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
