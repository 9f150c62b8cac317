#!/usr/bin/env python3
"""Holds the drawing of the house: which layer includes which, and what stays in one place.

The layers are those of the root CMakeLists.txt. Exit code 1, and one line for each fault.
"""

import re
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"

LAYERS = {
    "base": set(),
    "rules": {"base"},
    "log": {"base"},
    "projection": {"base", "rules", "log"},
    "report": {"base", "rules"},
    "intake": {"base", "rules", "report"},
    "app": {"base", "rules", "log", "projection", "report", "intake"},
    "http": {"base", "rules", "log", "projection", "report", "intake", "app"},
    "cli": {"base", "rules", "log", "projection", "report", "intake", "app", "http"},
}
TOP = "main.cpp"

# A header, and where alone it may be included (prefixes of paths below src).
ONLY_IN = [
    (r"rocksdb/", ["log/"]),
    (r"boost/(beast|asio)", ["http/server"]),
    (r"openssl/", ["log/", "http/server"]),
    (r"CLI/", ["cli/", TOP]),
    (r"libical/", ["report/render_ics."]),
    (r"libxml/", ["intake/xml."]),
    (r"zip\.h", ["intake/archive.", "report/package."]),
    (r"iconv\.h", ["intake/encoding."]),
    (r"cmark", ["report/narrative."]),
    (r"pugixml", ["report/xml."]),
    (r"xlsxwriter", ["report/render_xlsx.", "report/figure_sheet."]),
    (r"(spawn|sys/wait)\.h", ["app/pdf."]),
    (r"prometheus/", ["http/"]),
]
# The rules see neither the world nor the time.
NOT_IN_RULES = re.compile(
    r"#include <(iostream|[io]?fstream|[io]?sstream|istream|ostream|filesystem|thread|mutex|"
    r"shared_mutex|condition_variable|future|atomic|random|cstdio|ctime)>"
    r"|::now\s*\(|\bgetenv\s*\(|\btime\s*\(\s*(0|nullptr|NULL)\s*\)")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
COMMENT = re.compile(r"//.*$")


def faults_of(path):
    """Yields what is wrong with one file."""
    name = path.relative_to(SOURCE).as_posix()
    layer = name.split("/")[0] if "/" in name else None
    if layer is None and name != TOP:
        yield f"{name}: belongs to no layer"
    if layer is not None and layer not in LAYERS:
        yield f"{name}: unknown layer {layer}"
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = f"{name}:{number}"
        include = INCLUDE.match(line)
        if include:
            faults = faults_of_include(name, layer, *include.groups())
            yield from (f"{place}: {fault}" for fault in faults)
        if layer == "rules" and NOT_IN_RULES.search(COMMENT.sub("", line)):
            yield f"{place}: not in rules: {line.strip()}"


def faults_of_include(name, layer, mark, header):
    """Yields what is wrong with one include line."""
    for pattern, places in ONLY_IN:
        if re.match(pattern, header) and not name.startswith(tuple(places)):
            yield f"<{header}> belongs in {' or '.join(places)} only"
    if mark != '"' or layer is None:
        return
    target = header.split("/")[0]
    if "/" not in header or target not in LAYERS:
        yield f'"{header}" is no path from src'
    elif target != layer and target not in LAYERS[layer]:
        yield f"{layer} may not include {target}: {header}"
    elif not (SOURCE / header).exists():
        yield f'"{header}" does not exist'


def main():
    """Prints all faults."""
    files = sorted(path for path in SOURCE.rglob("*") if path.suffix in (".cpp", ".hpp", ".h"))
    faults = [fault for path in files for fault in faults_of(path)]
    for fault in faults:
        print(fault)
    print(f"{len(files)} files, {len(faults)} faults")
    return 1 if faults or not files else 0


if __name__ == "__main__":
    sys.exit(main())
