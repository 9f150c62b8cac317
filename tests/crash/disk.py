"""A disk of its own in a file: mounted through a loop device, filled, copied, cut off from power.

What the file holds at one instant is what has reached the device. So its copy, mounted, is the disk
after a power cut: the page cache of the file system that was mounted is not in it. The kernel goes on
writing while a file is copied; a copy counts only if the device has done nothing meanwhile.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest


def can_mount():
    """Whether loop devices can be mounted here: by root, and not in every container."""
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
        return False
    with tempfile.TemporaryDirectory(prefix="mingce-mount-") as root:
        try:
            disk = Disk(root, "4M")
        except subprocess.CalledProcessError:
            return False
        disk.unmount()
        return True


def call(*words):
    subprocess.run(list(map(str, words)), check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


class Disk:
    """An ext4 file system in `root`, mounted at `place`."""

    def __init__(self, root, size):
        self.root = pathlib.Path(root)
        self.image, self.place = self.root / "image", self.root / "mounted"
        self.place.mkdir()
        call("truncate", "-s", size, self.image)
        call("mkfs.ext4", "-q", "-m", "0", self.image)
        self.mount()

    def mount(self):
        call("mount", "-o", "loop", self.image, self.place)

    def unmount(self):
        for _ in range(50):  # a killed process lets go of its files a moment later
            with contextlib.suppress(subprocess.CalledProcessError):
                return call("umount", self.place)
            time.sleep(0.1)
        return call("umount", "-l", self.place)

    def activity(self):
        """How much the device has done, and how much it is doing."""
        mounts = map(str.split, pathlib.Path("/proc/self/mounts").read_text().splitlines())
        device = next(source for source, place, *_ in mounts if place == str(self.place))
        fields = pathlib.Path("/sys/block", device.rsplit("/", 1)[1], "stat").read_text().split()
        done, under_way = (fields[4], *fields[15:16]), int(fields[8])
        return done, under_way

    def copy_at_an_instant(self, to):
        for _ in range(200):
            before = self.activity()
            call("cp", "--sparse=always", self.image, to)
            if before[1] == 0 and self.activity() == before:
                return
        raise RuntimeError("the device is never at rest")

    def cut_power(self, process):
        """The process stands still, the disk is taken as it is, the process never goes on. What is
        mounted afterwards is what the disk held."""
        process.send_signal(signal.SIGSTOP)
        held = self.root / "held"
        self.copy_at_an_instant(held)
        process.kill()
        process.wait()
        self.unmount()
        held.replace(self.image)
        self.mount()

    def free(self):
        """Bytes that may still be written."""
        state = os.statvfs(self.place)
        return state.f_bavail * state.f_frsize

    def fill(self, leave):
        """Something else takes the space, but for about so many bytes."""
        taken = self.free() - leave
        if taken > 0:
            with open(self.place / "ballast", "ab") as ballast, contextlib.suppress(OSError):
                # Who writes meanwhile may have been faster: then it is as full as can be.
                os.posix_fallocate(ballast.fileno(), ballast.tell(), taken)

    def relieve(self):
        (self.place / "ballast").unlink(missing_ok=True)


needs_mount = unittest.skipUnless(
    can_mount(), "loop devices cannot be mounted here: run as root, outside a container")
