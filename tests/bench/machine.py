"""The machine, so that figures can be read on another one."""

import os
import platform
import re
import subprocess
import time
from datetime import date
from pathlib import Path

PACKAGES = {"g++": "g++", "RocksDB": "librocksdb7.8", "Boost": "libboost1.81-dev",
            "OpenSSL": "libssl3"}


def first_line(path, pattern):
    found = re.search(pattern, Path(path).read_text(encoding="utf-8"), re.M)
    return found.group(1).strip() if found else "unknown"


def package_version(name):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True,
                          text=True, check=False)
    return done.stdout or "unknown"


def file_system(path):
    done = subprocess.run(["findmnt", "-no", "SOURCE,FSTYPE,OPTIONS", "--target", str(path)],
                          capture_output=True, text=True, check=False)
    return " ".join(done.stdout.split())


def describe(data):
    return {
        "day": date.today().isoformat(),
        "cpu": first_line("/proc/cpuinfo", r"^model name\s*:\s*(.*)$"),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30),
        "kernel": platform.release().split("-")[0],
        "system": first_line("/etc/os-release", r'^PRETTY_NAME="(.*)"$'),
        "disk": file_system(data),
        "versions": {name: package_version(package) for name, package in PACKAGES.items()},
    }


def busy_and_total():
    fields = [int(f) for f in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return sum(fields) - fields[3] - fields[4], sum(fields)


def wait_until_quiet(seconds):
    """Until others use less than a twelfth of the processors; False when they never did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = busy_and_total()
        time.sleep(0.5)
        after = busy_and_total()
        if (after[0] - before[0]) * 12 < after[1] - before[1]:
            return True
    return False
