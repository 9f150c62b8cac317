"""A register's directory as a stranger with a disk in hand sees it: files, rows, needles.

`Register` is a data directory with the keys beside it and the commands on it. `rows` decodes the
tables of the database with the tools of RocksDB itself, `Needles` looks for what must not be found.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess

from mingce_server import Server, run

DONE, WRONG, USAGE, UNUSABLE = 0, 1, 2, 3
SLOW = os.environ.get("MINGCE_SLOW_TESTS", "") not in ("", "0")
LDB, SST_DUMP = shutil.which("ldb"), shutil.which("sst_dump")


def files_below(directory):
    """Relative path -> bytes of every file."""
    directory = pathlib.Path(directory)
    return {str(path.relative_to(directory)): path.read_bytes()
            for path in sorted(directory.rglob("*")) if path.is_file()}


class Register:
    """A data directory, its keys in DIR.keys, and the commands on it."""

    def __init__(self, data):
        self.data = pathlib.Path(data)
        self.keys = self.data.with_name(self.data.name + ".keys")

    def mingce(self, command, *arguments, text=None, seconds=120):
        return run(command, "--data", self.data, *arguments, text=text, seconds=seconds)

    def done(self, command, *arguments, text=None, code=DONE):
        """Standard output of a command that must end with that exit code."""
        ended = self.mingce(command, *arguments, text=text)
        if ended.returncode != code:
            raise AssertionError(f"{command} {' '.join(map(str, arguments))}: exit "
                                 f"{ended.returncode}, not {code}: {said(ended)[-2000:]}")
        return ended.stdout

    def imported(self, lines, *options):
        return self.done("import", "-", *options, text=ndjson(lines))

    def exported(self, *options):
        return [json.loads(line) for line in self.done("export", *options).splitlines()]

    def server(self, *options):
        return Server(self.data, *options)

    def served(self, case, *options):
        """A running server that ends with the test."""
        server = self.server(*options).start()
        case.addCleanup(server.kill)
        return server

    def copy_to(self, data, keys=True):
        """A copy of all of it elsewhere; without its keys if so wished."""
        copy = Register(data)
        for source, target in ((self.data, copy.data), (self.keys, copy.keys)):
            shutil.rmtree(target, ignore_errors=True)
            if source == self.data or (keys and source.exists()):
                shutil.copytree(source, target)
        return copy

    def files(self):
        """Every file of the directory and of its keys."""
        return {self.data.name + "/" + path: content
                for path, content in files_below(self.data).items()} | {
                self.keys.name + "/" + path: content
                for path, content in files_below(self.keys).items()}


def said(ended):
    return ended.stdout.decode(errors="replace") + ended.stderr.decode(errors="replace")


def ndjson(lines):
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


# ---- the database, decoded ----------------------------------------------------------------------

def ldb(database, *arguments):
    done = subprocess.run([LDB, f"--db={database}", *arguments], capture_output=True, check=False,
                          timeout=120)
    if done.returncode:
        raise AssertionError(f"ldb {arguments}: {done.stdout[-500:]!r} {done.stderr[-500:]!r}")
    return done.stdout


def databases(data):
    """Every RocksDB database in a data directory."""
    return [path.parent for path in pathlib.Path(data).rglob("CURRENT")]


def families(database):
    listing = ldb(database, "list_column_families").decode()
    return [name.strip() for name in listing[listing.index("{") + 1:listing.index("}")].split(",")]


def rows(database, family):
    """Key -> value of a column family, as it stands. The database must be closed."""
    lines = ldb(database, f"--column_family={family}", "scan", "--hex").decode().splitlines()
    pairs = (line.split(" : ") for line in lines if line.startswith("0x"))
    return {bytes.fromhex(key[2:]): bytes.fromhex(value.strip()[2:]) for key, value in pairs}


def put_row(database, family, key, value):
    ldb(database, f"--column_family={family}", "put", "--hex", "0x" + key.hex(), "0x" + value.hex())


def delete_row(database, family, key):
    ldb(database, f"--column_family={family}", "delete", "--hex", "0x" + key.hex())


def table_records(data):
    """Every record of every table file, also those that later ones have replaced; path -> bytes."""
    found = {}
    for path in pathlib.Path(data).rglob("*.sst"):
        done = subprocess.run([SST_DUMP, f"--file={path}", "--command=scan", "--output_hex"],
                              capture_output=True, check=True, timeout=120)
        lines = [line for line in done.stdout.decode().splitlines() if " => " in line]
        found[path.name] = b"\n".join(
            bytes.fromhex(line[1:line.index("'", 1)]) + b" " + bytes.fromhex(line.split(" => ")[1])
            for line in lines)
    return found


# ---- needles ------------------------------------------------------------------------------------

def forms(text):
    """The ways in which a text may stand in a file."""
    utf8 = text.encode()
    yield utf8
    escaped = json.dumps(text)[1:-1]
    yield escaped.encode()
    yield escaped.upper().replace("\\U", "\\u").encode()
    yield "".join(f"%{byte:02X}" for byte in utf8).encode()
    yield "".join(f"%{byte:02x}" for byte in utf8).encode()
    yield utf8.hex().encode()
    yield utf8.hex().upper().encode()
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    for before in range(3):  # base64, wherever the text begins; without the characters at its ends
        whole = base64.b64encode(b"\0" * before + utf8).decode().rstrip("=")
        inner = whole[(before * 8 + 5) // 6:len(whole) - ((before + len(utf8)) % 3 != 0)]
        yield inner.encode()
        yield inner.replace("+", "-").replace("/", "_").encode()


class Needles:
    """Texts that must not be found, in none of their forms. A text has at least 8 bytes."""

    WIDTH = 8

    def __init__(self, texts):
        self.texts, self.lengths = {}, {}  # form -> text; how a form begins -> how long it may be
        for text in texts:
            for form in forms(text):
                if len(form) < self.WIDTH:
                    raise ValueError(f"too short to look for: {text} ({form!r})")
                self.texts[form] = text
                self.lengths.setdefault(form[:self.WIDTH], set()).add(len(form))

    def found_in(self, content):
        """The texts that stand in those bytes."""
        found, width = set(), self.WIDTH
        for at in range(len(content) - width + 1):
            for length in self.lengths.get(content[at:at + width], ()):
                if (text := self.texts.get(content[at:at + length])) is not None:
                    found.add(text)
        return found

    def found_in_files(self, files):
        """Path -> some of the texts found there."""
        hits = {path: self.found_in(content) for path, content in files.items()}
        return {path: sorted(texts)[:3] for path, texts in hits.items() if texts}
