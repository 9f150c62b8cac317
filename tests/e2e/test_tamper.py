"""What happens to a register that somebody else has written in.

`EveryByte` changes each byte of each file of a small log, one at a time: each change is found, or
is proven harmless by the same bytes in the export, the report and the root. `Rewritten` changes the
log with the database's own tools, so that every checksum is right: only the proofs can tell.

By default a deterministic part of the bytes is tried; MINGCE_SLOW_TESTS=1
tries all of them.
"""

import contextlib
import itertools
import json
import pathlib
import queue
import random
import re
import shutil
import struct
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from directory import (DONE, LDB, SLOW, UNUSABLE, WRONG, Register, databases, delete_row, families,
                       files_below, put_row, rows, said)
from merkle import open_checkpoint, parse_vkey
from mingce_server import receipt, run

ORGAN, YEAR = "jd", "2025"
JOBS = 2
FOUND = (WRONG, UNUSABLE)
SHOWN = 25  # failures listed in full
READ_BYTES = 500  # how many bytes of the files that are read; all of them when slow
UNREAD_BYTES = 30  # how many bytes of each file that is not read; 2,000 when slow
STARTED = 16  # how many changed registers are also started


def line(kind, on, data, **more):
    return {"type": kind, "organ": ORGAN, "on": on, "data": data, **more}


STORY = [
    line("organ.registered", "2020-01-01", {"name": "某街道", "kind": "subdistrict"}),
    line("request.received", "2025-03-03", receipt(name="赵小七"), request="2025-1", key="k-1"),
    line("request.received", "2025-03-04", receipt(kind="commercial_enterprise", name="某公司"),
         request="2025-2"),
    line("note.added", "2025-03-05", {"text": "电话沟通"}, request="2025-1"),
    line("request.answered", "2025-03-17", {"outcome": "disclosed.provided"}, request="2025-1"),
    line("request.received", "2025-04-01", receipt(name="钱小八"), request="2025-3"),
    line("request.answered", "2025-04-10", {"outcome": "partially_disclosed"}, request="2025-2"),
    line("reconsideration.accepted", "2025-05-01", {"authority": "某市政府"}, dispute="复议-1",
         requests=["2025-1"]),
    line("reconsideration.decided", "2025-06-20", {"decision": "upheld"}, dispute="复议-1"),
    line("figure.recorded", "2025-12-31", {"item": "licences.decisions", "quantity": 12},
         figure="许可-1"),
    line("request.received", "2025-06-01", receipt(name="孙小九"), request="2025-4"),
    line("request.answered", "2025-06-12", {"outcome": "unavailable.not_held"}, request="2025-4"),
]


def founded(data, lines=tuple(STORY)):
    """A register with that story, served once and stopped cleanly; its last checkpoint."""
    register = Register(data)
    register.imported(lines)
    server = register.server().start()
    try:
        note = server.get("/v1/log/checkpoint")
        if note.status != 200:
            raise AssertionError(note)
    finally:
        code = server.stop()
    if code != DONE:
        raise AssertionError(server.log()[-2000:])
    return register, note.text()


def outputs(register):
    """What a register says, in bytes; None where it refuses to."""
    export = register.mingce("export", "--with-personal-data")
    report = register.mingce("report", "--organ", ORGAN, "--year", YEAR, "--format", "json")
    for ended in (export, report):
        if ended.returncode not in (DONE, *FOUND):
            return None, f"exit {ended.returncode}: {said(ended)[-300:]}"
        if ended.returncode != DONE:
            return None, None
    return (export.stdout, report.stdout), None


def root_of(register):
    """Size and root as the register signs them, or None where it refuses to."""
    ended = register.mingce("checkpoint")
    if ended.returncode != DONE:
        return None
    return ended.stdout.decode().split("\n")[1:3]


class EveryByte(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="mingce-tamper-")
        cls.addClassCleanup(directory.cleanup)
        cls.root = pathlib.Path(directory.name)
        cls.original, _ = founded(cls.root / "data")
        ended = cls.original.mingce("verify")
        if ended.returncode != DONE:
            raise AssertionError(said(ended))
        copy = cls.original.copy_to(cls.root / "looked" / "data")
        cls.expected, _ = outputs(copy)
        cls.signed = root_of(copy)
        cls.files = files_below(cls.original.data)
        cls.copies = queue.Queue()
        for job in range(JOBS):
            cls.copies.put(cls.original.copy_to(cls.root / f"job-{job}" / "data"))

    @contextlib.contextmanager
    def copy(self):
        register = self.copies.get()
        try:
            yield register
        finally:
            self.copies.put(register)

    def restored(self, register):
        self.original.copy_to(register.data)

    # --- one change ----------------------------------------------------------------------------

    def judged(self, path, content):
        """'found', 'harmless', or what is wrong, for one file with that content (None: gone)."""
        with self.copy() as register:
            file = register.data / path
            try:
                if content is None:
                    file.unlink()
                else:
                    file.write_bytes(content)
                return self.judgement(register)
            finally:
                if content is None:
                    self.restored(register)
                else:
                    file.write_bytes(self.files[path])
                if files_below(register.data) != self.files:  # a reader has written
                    self.restored(register)

    def judgement(self, register):
        ended = register.mingce("verify")
        if ended.returncode in FOUND:
            return "found" if said(ended).strip() else "refused without a word"
        if ended.returncode != DONE:
            return f"verify: exit {ended.returncode}: {said(ended)[-300:]}"
        found, fault = outputs(register)
        if fault:
            return fault
        if found is not None and found != self.expected:
            return "verify is content, but the export or the report is another"
        if found is None:
            return "verify is content, but the export or the report is refused"
        if (signed := root_of(register)) != self.signed:
            return f"verify is content, but the signed root is another: {signed}"
        return "harmless"

    def insist(self, trials, verdicts=("found", "harmless")):
        """Judges all trials of (name, path, content); the counts of the verdicts."""
        counts, faults = {}, []
        with ThreadPoolExecutor(JOBS) as pool:
            results = pool.map(lambda trial: (trial[0], self.judged(*trial[1:])), trials)
            for name, verdict in results:
                counts[verdict] = counts.get(verdict, 0) + 1
                if verdict not in verdicts:
                    faults.append(f"{name}: {verdict}")
        self.assertFalse(faults, f"{len(faults)} of {sum(counts.values())}:\n"
                         + "\n".join(faults[:SHOWN]))
        return counts

    def flipped(self, path, positions):
        content = self.files[path]
        for at in positions:
            changed = bytearray(content)
            changed[at] ^= 0xff
            yield f"{path}, byte {at} of {len(content)}", path, bytes(changed)

    def unread(self):
        """The files that may vanish, and may hold anything, without a difference."""
        chance = random.Random(1)
        found = set()
        for path, content in self.files.items():
            others = [None, chance.randbytes(len(content)), b""]
            if all(self.judged(path, other) == "harmless" for other in others):
                found.add(path)
        return found

    # --- tests ---------------------------------------------------------------------------------

    def test_untouched(self):
        with self.copy() as register:
            self.assertEqual(self.judgement(register), "harmless")

    def test_readers_write_nothing(self):
        with self.copy() as register:
            for command, *options in (("verify",), ("export",), ("replay",),
                                      ("report", "--organ", ORGAN, "--year", YEAR)):
                register.done(command, *options)
                self.assertEqual(files_below(register.data), self.files, command)

    def test_each_byte(self):
        unread = self.unread()
        read = {path: content for path, content in self.files.items()
                if path not in unread and content}
        total = sum(map(len, read.values()))
        step = 1 if SLOW else max(1, total // READ_BYTES)
        trials = []
        for number, (path, content) in enumerate(read.items()):
            # A small file is tried whole.
            stride = 1 if len(content) <= 64 else step
            trials.append(self.flipped(path, range(number % stride, len(content), stride)))
        for path in sorted(unread):
            size = len(self.files[path])
            stride = max(1, size // (2000 if SLOW else UNREAD_BYTES))
            trials.append(self.flipped(path, range(0, size, stride)))
        counts = self.insist(itertools.chain(*trials))
        print(f"{sum(counts.values())} changes in {len(self.files)} files: {counts}; "
              f"not read: {', '.join(sorted(unread))}; every {step}. byte of the others, "
              f"{total} in all", flush=True)
        self.assertGreater(counts["found"], 100)

    def test_each_file_cut_lengthened_or_gone(self):
        trials = []
        for path, content in self.files.items():
            for name, other in (("gone", None), ("empty", b""), ("half", content[:len(content) // 2]),
                                ("one less", content[:-1]), ("one more", content + b"\0"),
                                ("zeroes", bytes(len(content)))):
                if other != content:
                    trials.append((f"{path}: {name}", path, other))
        self.insist(trials)

    def test_what_is_started_serves_what_was_written(self):
        """Changed registers are also served and replayed: refused, or the same numbers as before."""
        chance = random.Random(7)
        unread = {path for path in self.files if path.rsplit("/", 1)[-1].startswith(
            ("LOG", "OPTIONS", "IDENTITY"))}
        places = [(path, at) for path, content in self.files.items() if path not in unread
                  for at in range(len(content))]
        places = chance.sample(places, min(STARTED * (20 if SLOW else 1), len(places)))
        places += [(path, chance.randrange(len(self.files[path])))
                   for path in sorted(unread) if self.files[path]]
        with ThreadPoolExecutor(JOBS) as pool:
            faults = [fault for fault in pool.map(self.started, places) if fault]
        self.assertFalse(faults, "\n".join(faults[:SHOWN]))

    def started(self, place):
        path, at = place
        with self.copy() as register:
            try:
                changed = bytearray(self.files[path])
                changed[at] ^= 0xff
                (register.data / path).write_bytes(changed)
                return self.fault_when_read(register, f"{path}, byte {at}")
            finally:
                self.restored(register)

    def fault_when_read(self, register, name):
        ended = register.mingce("replay", "--with-personal-data")
        if ended.returncode == DONE and ended.stdout != self.replayed():
            return f"{name}: replay gives another history"
        if ended.returncode not in (DONE, *FOUND):
            return f"{name}: replay: exit {ended.returncode}: {said(ended)[-300:]}"
        server = register.server()
        try:
            server.start()
        except RuntimeError as refusal:
            code = server.process.returncode
            return None if code == UNUSABLE else f"{name}: serve: exit {code}: {refusal}"
        try:
            reply = server.get(f"/v1/reports/{YEAR}", organ=ORGAN)
            events = server.get("/v1/events", limit=1000)
            if events.status == 200 and len(events.lines()) != len(STORY):
                return f"{name}: serve shows {len(events.lines())} events"
            if reply.status == 200 and reply.json() != json.loads(self.expected[1]):
                return f"{name}: serve gives another report"
        finally:
            code = server.stop()
        return None if code == DONE else f"{name}: serve ends with exit {code}"

    _replayed = None

    @classmethod
    def replayed(cls):
        if cls._replayed is None:
            cls._replayed = cls.original.done("replay", "--with-personal-data")
        return cls._replayed

    def test_each_byte_of_the_anchor(self):
        """The keys are not the register, but what is anchored there must not be bent quietly."""
        keys = files_below(self.original.keys)
        names = [path for path in keys if "anchor" in path]
        self.assertTrue(names, sorted(keys))
        faults = []
        for path in names:
            for at in range(0, len(keys[path]), 1 if SLOW else 7):
                with self.copy() as register:
                    changed = bytearray(keys[path])
                    changed[at] ^= 0xff
                    (register.keys / path).write_bytes(changed)
                    verdict = self.judgement(register)
                    self.restored(register)
                if verdict not in ("found", "harmless"):
                    faults.append(f"{path}, byte {at}: {verdict}")
        self.assertFalse(faults, "\n".join(faults[:SHOWN]))


class Rewritten(unittest.TestCase):
    """Somebody writes another history into the directory; all checksums are right."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-tamper-")
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.register, self.note = founded(self.root / "data")
        self.head = len(STORY)

    @property
    def ledger(self):
        found = [place for place in databases(self.register.data) if "log" in families(place)]
        self.assertEqual(len(found), 1, found)
        return found[0]

    def insist_it_is_found(self, *words, register=None, served=True):
        """verify says so, and a server does not serve it as if nothing had happened."""
        register = register or self.register
        ended = register.mingce("verify")
        self.assertIn(ended.returncode, FOUND, said(ended)[-1000:])
        self.assertTrue(said(ended).strip())
        for word in words:  # by itself, or within the stretch that is told
            stretches = [range(int(a), int(b) + 1)
                         for a, b in re.findall(r"entries (\d+) to (\d+)", said(ended))]
            self.assertTrue(re.search(rf"\b{word}\b", said(ended)) or
                            any(int(word) in stretch for stretch in stretches), said(ended))
        if served:
            server = register.server().spawn()
            self.addCleanup(server.kill)
            self.assertEqual(server.process.wait(20), UNUSABLE, server.log())

    def need_ldb(self):
        if not LDB:
            self.skipTest("ldb is not here (Debian package rocksdb-tools)")

    def key_of(self, seq):
        """The key under which an entry stands: entries are kept in their order."""
        return sorted(rows(self.ledger, "log"))[seq - 1]

    # --- with the database's own tools ---------------------------------------------------------

    def test_tools_that_change_nothing_are_not_noticed(self):
        """Otherwise the tests below would prove nothing but that a tool was used."""
        self.need_ldb()
        key = self.key_of(5)
        put_row(self.ledger, "log", key, rows(self.ledger, "log")[key])
        self.register.done("verify")
        server = self.register.server().start()
        self.addCleanup(server.kill)
        self.assertEqual(len(server.events()), self.head)

    def test_one_entry_changed(self):
        self.need_ldb()
        key = self.key_of(5)
        entry = rows(self.ledger, "log")[key]
        changed = entry.replace(b"disclosed.provided", b"unavailable.secret")
        self.assertNotEqual(changed, entry)
        put_row(self.ledger, "log", key, changed)
        self.insist_it_is_found("5")

    def test_the_day_of_one_entry_changed(self):
        self.need_ldb()
        key = self.key_of(7)
        entry = rows(self.ledger, "log")[key]
        put_row(self.ledger, "log", key, entry.replace(b'"on":"2025-04-10"', b'"on":"2025-04-11"'))
        self.insist_it_is_found("7")

    def test_two_entries_changed_places(self):
        self.need_ldb()
        first, second = self.key_of(5), self.key_of(7)
        entries = rows(self.ledger, "log")
        put_row(self.ledger, "log", first, entries[second])
        put_row(self.ledger, "log", second, entries[first])
        self.insist_it_is_found()

    def test_two_receipts_changed_places_with_all_that_belongs_to_them(self):
        self.need_ldb()
        first, second = self.key_of(2), self.key_of(3)
        for family in ("log", "body"):
            entries = rows(self.ledger, family)
            put_row(self.ledger, family, first, entries[second])
            put_row(self.ledger, family, second, entries[first])
        stream = rows(self.ledger, "stream")
        for key, value in stream.items():
            if value in (first, second):
                put_row(self.ledger, "stream", key, second if value == first else first)
        self.insist_it_is_found()

    def test_one_entry_removed(self):
        self.need_ldb()
        delete_row(self.ledger, "log", self.key_of(4))
        self.insist_it_is_found("4")

    def test_one_entry_removed_and_the_rest_moved_up(self):
        self.need_ldb()
        keys = [self.key_of(seq) for seq in range(1, self.head + 1)]
        tables = {family: rows(self.ledger, family) for family in ("log", "body", "stream")}
        gone = keys[3]  # a note: no other event depends on it
        for family in ("log", "body"):
            for old, new in zip(keys[4:], keys[3:]):
                if old in tables[family]:
                    put_row(self.ledger, family, new, tables[family][old])
                elif new in tables[family]:
                    delete_row(self.ledger, family, new)
            if keys[-1] in tables[family]:
                delete_row(self.ledger, family, keys[-1])
        moved = dict(zip(keys[4:], keys[3:]))
        for key, value in tables["stream"].items():
            if value == gone:
                delete_row(self.ledger, "stream", key)
            elif value in moved:
                put_row(self.ledger, "stream", key, moved[value])
        self.shorten_the_head()
        self.insist_it_is_found()

    def shorten_the_head(self):
        """One entry less, wherever eight bytes of `meta` or of the mark count the entries."""
        old, new = struct.pack(">Q", self.head), struct.pack(">Q", self.head - 1)
        for key, value in rows(self.ledger, "meta").items():
            if old in value:
                put_row(self.ledger, "meta", key, value.replace(old, new))
        mark = self.register.data / "writer"
        mark.write_bytes(mark.read_bytes().replace(old, new).replace(old[::-1], new[::-1]))

    def test_the_last_entry_removed(self):
        self.need_ldb()
        key = self.key_of(self.head)
        for family in ("log", "body"):
            if key in rows(self.ledger, family):
                delete_row(self.ledger, family, key)
        for stream, value in rows(self.ledger, "stream").items():
            if value == key:
                delete_row(self.ledger, "stream", stream)
        self.insist_it_is_found(served=False)
        self.shorten_the_head()
        self.insist_it_is_found()

    def test_a_person_made_to_disappear_without_an_erasure(self):
        """A key or a private half that is gone as if it had been erased."""
        self.need_ldb()
        copy = self.register.copy_to(self.root / "copy" / "data")
        keys = rows(self.ledger, "key")
        stream = next(key[:16] for key, value in rows(self.ledger, "stream").items()
                      if value == self.key_of(2))
        put_row(self.ledger, "key", next(key for key in keys if key[1:17] == stream), b"\0")
        self.insist_it_is_found("2", served=False)
        self.register = copy
        put_row(self.ledger, "body", self.key_of(2), b"\0")
        self.insist_it_is_found("2", served=False)

    def test_a_line_of_the_index_changed(self):
        self.need_ldb()
        stream = rows(self.ledger, "stream")
        key = next(key for key, value in stream.items() if value == self.key_of(5))
        put_row(self.ledger, "stream", key, self.key_of(7))
        self.insist_it_is_found(served=False)

    def test_a_line_of_the_index_removed_or_invented(self):
        self.need_ldb()
        copy = self.register.copy_to(self.root / "copy" / "data")
        stream = rows(self.ledger, "stream")
        key = next(key for key, value in stream.items() if value == self.key_of(5))
        delete_row(self.ledger, "stream", key)
        self.insist_it_is_found(served=False)
        self.register = copy
        put_row(self.ledger, "stream", key[:-1] + b"\x09", self.key_of(7))
        self.insist_it_is_found(served=False)

    def test_a_private_half_exchanged_or_removed(self):
        self.need_ldb()
        copy = self.register.copy_to(self.root / "copy" / "data")
        first, second = self.key_of(2), self.key_of(3)
        bodies = rows(self.ledger, "body")
        put_row(self.ledger, "body", first, bodies[second])
        self.insist_it_is_found("2", served=False)
        self.register = copy
        delete_row(self.ledger, "body", first)
        self.insist_it_is_found("2", served=False)

    def test_every_row_of_every_table_counts(self):
        """One bit of each value, row after row; what it changes is found or nothing reads it."""
        self.need_ldb()
        untouched = Register(self.root / "untouched" / "data")
        self.register.copy_to(untouched.data)
        expected, _ = outputs(untouched)
        faults, tried = [], 0
        for family in families(self.ledger):
            for key, value in rows(self.ledger, family).items():
                if not value:
                    continue
                tried += 1
                place = Register(self.root / "row" / "data")
                untouched.copy_to(place.data)
                changed = bytearray(value)
                changed[len(changed) // 2] ^= 0x04
                put_row(place.data / self.ledger.relative_to(self.register.data), family, key,
                        bytes(changed))
                ended = place.mingce("verify")
                if ended.returncode == DONE:
                    found, _ = outputs(place)
                    if found != expected or root_of(place) != root_of(untouched):
                        faults.append(f"{family} {key.hex()}: not found, and not harmless")
                elif ended.returncode not in FOUND:
                    faults.append(f"{family} {key.hex()}: {ended.returncode} {said(ended)[-300:]}")
        self.assertGreater(tried, 30)
        self.assertFalse(faults, "\n".join(faults[:SHOWN]))

    # --- without any tool ----------------------------------------------------------------------

    def forged(self, lines):
        """A register of its own making, put in the place of the true one; the keys stay."""
        forged = Register(self.root / "forger" / "data")
        forged.keys.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self.register.keys, forged.keys)  # somebody who has even these
        for path in forged.keys.rglob("*"):
            if path.is_file() and "anchor" in path.name:
                path.unlink()
        forged.done("import", "-", "--preserve", text="".join(
            json.dumps(item, ensure_ascii=False) + "\n" for item in lines))
        shutil.rmtree(self.register.data)
        shutil.copytree(forged.data, self.register.data)

    def renumbered(self, lines):
        return [item | {"seq": seq} for seq, item in enumerate(lines, start=1)]

    def test_another_register_of_the_same_length(self):
        lines = self.register.exported("--with-personal-data")
        self.forged(lines)  # the same facts, but it is not the same log
        self.insist_it_is_found()

    def test_a_register_without_one_event(self):
        lines = self.register.exported("--with-personal-data")
        self.forged(self.renumbered(lines[:3] + lines[4:]))
        self.insist_it_is_found()

    def test_a_register_with_two_events_exchanged(self):
        lines = self.register.exported("--with-personal-data")
        lines[1], lines[2] = lines[2], lines[1]
        lines = [item | {"recorded_at": lines[0]["recorded_at"]} for item in lines]
        self.forged(self.renumbered(lines))
        self.insist_it_is_found()

    def test_a_register_with_one_event_changed(self):
        lines = self.register.exported("--with-personal-data")
        lines[4]["data"]["outcome"] = "not_processed.repeat"
        self.forged(lines)
        self.insist_it_is_found()

    def test_a_longer_register_of_another_history(self):
        lines = self.register.exported("--with-personal-data")
        lines[4]["data"]["outcome"] = "not_processed.repeat"
        more = [line("request.received", "2025-07-01", receipt(), request=f"2025-9{n}")
                | {key: lines[-1][key] for key in ("recorded_at", "actor")} for n in range(5)]
        self.forged(self.renumbered(lines + more))
        self.insist_it_is_found()

    def grown(self, *, checkpoint):
        """Keeps a copy of the directory, then the register goes on."""
        old = self.root / "old"
        shutil.copytree(self.register.data, old)
        server = self.register.server().start()
        reply = server.post("/v1/requests", {"organ": ORGAN, "on": "2025-08-01", "data": receipt()})
        self.assertEqual(reply.status, 201, reply)
        if checkpoint:
            note = server.get("/v1/log/checkpoint").text()
            self.assertEqual(note.split("\n")[1], str(self.head + 1))
        self.assertEqual(server.stop(), DONE)
        return old

    def put_back(self, old):
        shutil.rmtree(self.register.data)
        shutil.copytree(old, self.register.data)

    def test_an_old_copy_put_back(self):
        self.put_back(self.grown(checkpoint=True))
        self.insist_it_is_found()

    def test_an_old_copy_put_back_when_nobody_had_asked_for_a_checkpoint(self):
        self.put_back(self.grown(checkpoint=False))
        self.insist_it_is_found()

    def test_an_old_copy_says_how_much_is_missing(self):
        self.put_back(self.grown(checkpoint=True))
        before = self.register.files()
        ended = self.register.mingce("repair", "--dry-run")
        self.assertIn(str(self.head + 1), said(ended))
        self.assertEqual(self.register.files(), before)

    def test_the_directory_gone(self):
        """Keys that know of a log, and no log."""
        shutil.rmtree(self.register.data)
        server = self.register.server().spawn()
        self.addCleanup(server.kill)
        self.assertEqual(server.process.wait(20), UNUSABLE, server.log())

    # --- the tail of the write-ahead log -------------------------------------------------------

    def killed_with_a_tail(self, *, checkpoint):
        """Five acknowledged requests that are in the write-ahead log alone; that file."""
        server = self.register.server().start()
        for n in range(5):
            reply = server.post("/v1/requests", {"organ": ORGAN, "on": "2025-08-01",
                                                 "data": receipt()})
            self.assertEqual(reply.status, 201, reply)
        if checkpoint:
            server.get("/v1/log/checkpoint")
        server.kill()
        logs = [path for path in self.ledger.glob("*.log") if path.stat().st_size]
        self.assertEqual(len(logs), 1, logs)
        return logs[0]

    def lost(self, register):
        """Whether fewer entries are there than were acknowledged."""
        ended = register.mingce("export")
        return ended.returncode != DONE or len(ended.stdout.splitlines()) < self.head + 5

    def test_the_write_ahead_log_cut(self):
        tail = self.killed_with_a_tail(checkpoint=True)
        content = tail.read_bytes().rstrip(b"\0")  # the rest of the file is filled ahead
        harmless = 0
        for number, cut in enumerate([1, 2, 7, 40, 200, 400, 900, len(content) // 2,
                                      len(content) - 8, len(content)]):
            copy = self.register.copy_to(self.root / f"cut-{number}" / "data")
            (copy.data / tail.relative_to(self.register.data)).write_bytes(content[:-cut])
            with self.subTest(cut=cut):
                ended = copy.mingce("verify")
                if ended.returncode == DONE:  # nothing that was acknowledged stood there
                    self.assertFalse(self.lost(copy))
                    harmless += 1
                else:  # with every entry there it is served: the anchor keeps what was signed
                    self.insist_it_is_found(register=copy, served=self.lost(copy))
                    if not self.lost(copy):  # what was signed is put back from the anchor
                        self.assertEqual(copy.served(self).stop(), DONE)
                        copy.done("verify")
        self.assertLess(harmless, 5)

    def test_the_write_ahead_log_cut_and_the_mark_set_back(self):
        """The mark is a plain file: whoever cuts the log can also write the mark."""
        mark = (self.register.data / "writer").read_bytes()
        tail = self.killed_with_a_tail(checkpoint=True)
        (self.register.data / "writer").write_bytes(mark)
        tail.write_bytes(b"")
        self.insist_it_is_found()

    def test_an_untouched_tail_is_complete(self):
        self.killed_with_a_tail(checkpoint=False)
        self.register.done("verify")
        server = self.register.server().start()
        self.addCleanup(server.kill)
        self.assertEqual(len(server.events()), self.head + 5)

    def test_each_bit_of_the_tail(self):
        tail = self.killed_with_a_tail(checkpoint=True)
        content = tail.read_bytes()
        untouched, _ = outputs(self.register)
        place = tail.relative_to(self.register.data)
        copies = [self.register.copy_to(self.root / f"tail-{n}" / "data") for n in range(JOBS)]
        free = queue.Queue()
        for copy in copies:
            free.put(copy)

        def judged(at):
            copy = free.get()
            try:
                changed = bytearray(content)
                changed[at] ^= 0xff
                (copy.data / place).write_bytes(changed)
                ended = copy.mingce("verify")
                if ended.returncode in FOUND:
                    return None
                found, _ = outputs(copy)
                return None if found == untouched else f"byte {at}: exit {ended.returncode}"
            finally:
                free.put(copy)
        written = len(content.rstrip(b"\0"))  # the rest of the file is filled ahead
        step = 1 if SLOW else max(1, written // 150)
        with ThreadPoolExecutor(JOBS) as pool:
            faults = [fault for fault in pool.map(judged, range(0, written, step)) if fault]
        self.assertFalse(faults, "\n".join(faults[:SHOWN]))

    # --- and what was given away before stays true ----------------------------------------------

    def test_an_old_checkpoint_convicts_a_new_history(self):
        """Whoever forges the anchor as well is found by anybody who kept a checkpoint."""
        vkey = next(word for word in said(self.shown_keys()).split() if word.count("+") >= 2)
        size, root = open_checkpoint(self.note, [vkey])
        self.assertEqual(size, self.head)
        self.assertEqual(self.note.split("\n")[0], parse_vkey(vkey)[0])
        lines = self.register.exported("--with-personal-data")
        for path in self.register.keys.rglob("*anchor*"):
            path.unlink()
        self.forged(lines)
        ended = self.register.mingce("checkpoint")
        if ended.returncode == DONE:
            self.assertNotEqual(open_checkpoint(ended.stdout.decode(), [vkey]), (size, root))

    def shown_keys(self):
        ended = run("keys", "show", "--data", self.register.data)
        self.assertEqual(ended.returncode, DONE, said(ended))
        return ended


if __name__ == "__main__":
    unittest.main()
