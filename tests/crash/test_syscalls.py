"""The real binary, with system calls that fail: strace makes the Nth of them return an error or
kills the process there.

Each round starts a server whose Nth fdatasync (write, rename …) fails, loads it, lets it end as it
will, starts it again without faults, and asks what every test here asks. Without MINGCE_SLOW_TESTS=1
a random choice of rounds is taken; CRASH_SEED repeats it. Skipped where strace is missing or not
allowed.
"""

import itertools
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from load import SEED, Load, announce, cycles
from mingce_server import BINARY, Server, run

SLOW = os.environ.get("MINGCE_SLOW_TESTS", "") not in ("", "0")
# The library syncs and writes with these; counted in each thread by itself.
CALLS = ("fdatasync", "fsync", "write", "pwrite64", "rename", "ftruncate", "fallocate", "openat",
         "unlink", "mkdir")
EFFECTS = ("error=EIO", "error=ENOSPC", "signal=KILL")
UP_TO = 12
# Well, for a failed write or an assertion of the library, killed, told to end while it was ending.
ENDS = (0, 3, -signal.SIGKILL, -signal.SIGTERM)
ROUNDS = cycles(24)


def can_trace():
    if not shutil.which("strace"):
        return False
    tried = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e",
                            "inject=fsync:error=EIO:when=1", "true"], check=False,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return tried.returncode == 0


class Injected(Server):
    """A server whose `when`-th call of that name, in any thread, goes wrong."""

    def __init__(self, data, call, effect, when):
        super().__init__(data)
        self.inject = f"inject={call}:{effect}:when={when}"
        self.call_name = call

    def spawn(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                ["strace", "-D", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={self.call_name}",
                 "-e", self.inject, BINARY, "serve", "--data", str(self.data), "--listen",
                 f"127.0.0.1:{self.port}"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        return self


@unittest.skipUnless(can_trace(), "strace is missing, or may not trace here")
class Syscalls(unittest.TestCase):
    def test_rounds(self):
        announce()
        rounds = list(itertools.product(CALLS, EFFECTS, range(1, UP_TO + 1)))
        if not SLOW:
            rounds = random.Random(SEED).sample(rounds, ROUNDS)
        ends, acknowledged = {}, 0
        for call, effect, when in rounds:
            with self.subTest(call=call, effect=effect, when=when):
                end, count = self.one_round(call, effect, when)
                ends[end] = ends.get(end, 0) + 1
                if SLOW:
                    print(f"{call} {effect} {when}: ended {end}, {count} acknowledged", flush=True)
                acknowledged += count
        print(f"{len(rounds)} rounds, {acknowledged} acknowledged writes; ended: {ends}")
        self.assertGreater(acknowledged, 0)

    def one_round(self, call, effect, when):
        """How the process ended, and how many writes it had acknowledged."""
        with tempfile.TemporaryDirectory(prefix="mingce-syscalls-") as root:
            data = pathlib.Path(root) / "data"
            load = Load(self, threads=2, seed=when)
            sound = Server(data).start()
            load.found(sound)
            sound.kill()
            injected = Injected(data, call, effect, when)
            try:
                injected.start()
                with load.on(injected):
                    time.sleep(0.4)
                injected.process.send_signal(signal.SIGTERM)
                end = injected.process.wait(20)
            except RuntimeError:  # it did not come up, or did not stay
                end = injected.process.returncode
            finally:
                injected.kill()
            self.assertIn(end, ENDS, injected.log()[-2000:])
            sound.start()
            try:
                load.check(sound)
                self.assertEqual(sound.stop(), 0, sound.log()[-2000:])
            finally:
                sound.kill()
            verified = run("verify", "--data", data)
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
            return end, load.acknowledged


if __name__ == "__main__":
    unittest.main()
