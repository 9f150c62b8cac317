"""What the register publishes about itself, checked with code of its own (merkle.py).

Checkpoints, tiles, proofs, receipts, cosignatures, the static export, keys: over a running server
and on the command line. The specifications are RFC 6962 and those of C2SP; nothing of mingce's own
hashing is used here.
"""

import html.parser
import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

import qr
from directory import DONE, UNUSABLE, USAGE, WRONG, Needles, Register, files_below, said
from merkle import (Key, Log, Receipt, base64_of, consistent, cosigned_by, included, leaf_hash,
                    open_checkpoint, parse_vkey, tile_path, tree_hash, unbase64, verify,
                    verify_receipt)
from mingce_server import ROOT, receipt, run

VERIFIER = ROOT / "tests" / "proofs" / "verify_tiles.py"
ON = "2026-03-02"
EMPTY_ROOT = tree_hash([])
GROWTH = (1, 2, 255, 256, 257, 511, 512, 700)
JOBS = 2

NAME, ID_NO, PHONE = "欧阳霁月", "320811199105173428", "13951234567"
EMAIL, ADDRESS = "jiyue.ouyang@mail.example", "清河路八十七号三单元四〇二室"
SUBJECT, DESCRIPTION = "老粮站地块权属变更档案", "望提供一九九八年以来的全部批文复印件"
PRIVATE = (NAME, ID_NO, PHONE, EMAIL, ADDRESS, SUBJECT, DESCRIPTION)


def personal(**more):
    """The data of a receipt that names somebody."""
    return {"channel": "post_signed", "subject": SUBJECT, "description": DESCRIPTION,
            "applicant": {"kind": "natural_person", "name": NAME, "ref": "p-1", "id_type": "身份证",
                          "id_no": ID_NO, "contact": {"phone": PHONE, "email": EMAIL,
                                                      "address": ADDRESS}}, **more}


class ProofCase(unittest.TestCase):
    """A register of one's own for each test, or for each class that calls `begin` itself."""

    maxDiff = None

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-proofs-")
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.register = Register(self.root / "data")

    # --- acting ------------------------------------------------------------------------------

    def assertStatus(self, reply, *statuses):
        self.assertIn(reply.status, statuses, reply)
        return reply

    def assertRefused(self, reply, *statuses):
        """A problem of the caller's making."""
        self.assertIn(reply.status, statuses or range(400, 500), reply)
        self.assertEqual(reply.media(), "application/problem+json")

    def organ(self, server, code="jd"):
        self.assertStatus(server.put(f"/v1/organs/{code}",
                                     {"name": "某街道办事处", "kind": "subdistrict"}), 201)

    def opened(self, server, organ="jd", **data):
        body = {"organ": organ, "on": ON, "data": data or receipt()}
        return self.assertStatus(server.post("/v1/requests", body), 201).json()

    def noted(self, server, request_id, number):
        """That many notes in one append."""
        while number:
            some = min(number, 400)
            self.assertStatus(server.post("/v1/batch", {"operations": [
                {"stream": request_id, "type": "note.added", "on": ON, "data": {"text": f"附记{n}"}}
                for n in range(some)]}), 201)
            number -= some

    # --- asking ------------------------------------------------------------------------------

    def checkpoint(self, server):
        return self.assertStatus(server.get("/v1/log/checkpoint"), 200).text()

    def vkey(self, server):
        text = self.assertStatus(server.get("/v1/log/vkey"), 200).text()
        self.assertEqual(len(text.splitlines()), 1, text)
        parse_vkey(text)
        return text.strip()

    def fetch(self, server):
        """What verify_tiles calls to read."""
        def read(path):
            return self.assertStatus(server.get(f"/v1/log/{path}"), 200).body
        return read

    def published(self, server, vkeys=None):
        """The whole log, after verification: (size, root, entries)."""
        return verify(self.fetch(server), vkeys or [self.vkey(server)])

    def receipt_of(self, server, request_id):
        reply = self.assertStatus(server.get(f"/v1/requests/{request_id}/receipt"), 200)
        self.assertEqual(reply.media(), "text/plain")
        return reply.text()

    def written(self, name, text):
        path = self.root / name
        path.write_text(text, encoding="utf-8")
        return path

    def proof_verdict(self, path, *options):
        """Exit code of `verify --proof`; it has neither server nor register."""
        ended = run("verify", "--proof", path, *options)
        self.assertIn(ended.returncode, (DONE, WRONG), said(ended))
        if ended.returncode == WRONG:
            self.assertTrue(said(ended).strip(), "refused without a word")
        return ended.returncode


class Growing(ProofCase):
    """One log that grows through the sizes at which its shape changes."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory(prefix="mingce-proofs-")
        cls.addClassCleanup(cls.directory.cleanup)
        case = cls()
        cls.server = Register(pathlib.Path(cls.directory.name) / "data").server().start()
        cls.addClassCleanup(cls.server.stop)
        cls.checkpoints, cls.partials = {}, {}
        cls.notes = [case.checkpoint(cls.server)]  # of the log before anything was said
        case.organ(cls.server)
        case.take()
        cls.request = case.opened(cls.server)["id"]
        case.take()
        for size in GROWTH[2:]:
            case.noted(cls.server, cls.request, size - max(cls.checkpoints))
            case.take()
        cls.vkeys = [case.vkey(cls.server)]
        cls.size, cls.log_root, cls.entries = case.published(cls.server)
        cls.hashes = [leaf_hash(entry) for entry in cls.entries]

    def take(self):
        """Keeps the checkpoint, and what the partial tiles are now."""
        note = self.checkpoint(self.server)
        size = int(note.split("\n")[1])
        self.checkpoints[size] = note
        self.partials |= {path: self.server.get(f"/v1/log/{path}").body
                          for path in (tile_path(0, size // 256, size % 256),
                                       tile_path("entries", size // 256, size % 256),
                                       tile_path(1, 0, size // 256))
                          if not path.endswith(".p/0")}

    def setUp(self):
        pass

    def test_an_empty_log_has_a_checkpoint_too(self):
        size, root = open_checkpoint(self.notes[0], self.vkeys)
        self.assertEqual((size, root), (0, EMPTY_ROOT))

    def test_a_checkpoint_covers_what_was_acknowledged(self):
        self.assertEqual(sorted(self.checkpoints), list(GROWTH))
        self.assertEqual(self.size, GROWTH[-1])
        for size, note in self.checkpoints.items():
            with self.subTest(size=size):
                self.assertEqual(open_checkpoint(note, self.vkeys),
                                 (size, tree_hash(self.hashes[:size])))

    def test_a_checkpoint_is_a_note_of_three_lines_by_the_log(self):
        name = parse_vkey(self.vkeys[0])[0]
        self.assertNotRegex(name, r"[\s+]")
        for note in self.checkpoints.values():
            text, _, signatures = note.rpartition("\n\n")
            self.assertEqual(len(text.split("\n")), 3, note)
            self.assertTrue(text.startswith(f"{name}\n"), note)
            self.assertTrue(signatures.startswith(f"— {name} "), note)

    def test_headers(self):
        reply = self.server.get("/v1/log/checkpoint")
        self.assertRegex(reply.headers["Content-Type"], r"(?i)^text/plain; *charset=utf-8$")
        fresh = re.findall(r"max-age=(\d+)", reply.headers["Cache-Control"])
        self.assertTrue(re.search("no-cache|no-store", reply.headers["Cache-Control"])
                        or fresh and int(fresh[0]) <= 10, reply.headers["Cache-Control"])
        for path in ("tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/001",
                     "tile/entries/002.p/188"):
            with self.subTest(path):
                reply = self.assertStatus(self.server.get(f"/v1/log/{path}"), 200)
                self.assertEqual(reply.media(), "application/octet-stream")
                age = re.findall(r"max-age=(\d+)", reply.headers["Cache-Control"])
                self.assertGreaterEqual(int(age[0]), 86400)
                self.assertNotRegex(reply.headers["Cache-Control"], "no-cache|no-store")

    def test_widths_of_tiles(self):
        for path, length in (("tile/0/000", 8192), ("tile/0/001", 8192),
                             ("tile/0/002.p/188", 188 * 32), ("tile/1/000.p/2", 64)):
            self.assertEqual(len(self.fetch(self.server)(path)), length, path)

    def test_older_partial_tiles(self):
        """They stay as they were, or go where the full tile has come; they are never others."""
        self.assertGreater(len(self.partials), 10)
        for path, content in self.partials.items():
            with self.subTest(path):
                reply = self.server.get(f"/v1/log/{path}")
                if reply.status == 404:
                    self.assertStatus(self.server.get(f"/v1/log/{path.split('.p/')[0]}"), 200)
                else:
                    self.assertEqual((reply.status, reply.body), (200, content))

    def test_partial_tiles_are_the_beginning_of_the_full_ones(self):
        full = self.fetch(self.server)("tile/0/000")
        self.assertEqual(self.partials["tile/0/000.p/255"], full[:255 * 32])
        self.assertEqual(self.partials["tile/0/000.p/2"], full[:64])
        self.assertEqual(self.partials["tile/1/000.p/1"], tree_hash(self.hashes[:256]))

    def test_nothing_beyond_the_tree(self):
        for path in ("tile/0/003", "tile/0/002", "tile/0/002.p/189", "tile/0/002.p/255",
                     "tile/0/003.p/1", "tile/1/000", "tile/1/000.p/3", "tile/1/001.p/1",
                     "tile/2/000", "tile/2/000.p/1", "tile/63/000", "tile/entries/002",
                     "tile/entries/002.p/189", "tile/entries/003", "tile/entries/x001/000",
                     "tile/0/x999/x999/x999/999"):
            with self.subTest(path):
                reply = self.server.get(f"/v1/log/{path}")
                self.assertRefused(reply, 404)
                self.assertNotRegex(reply.headers.get("Cache-Control", ""), r"immutable|max-age=\d{3}")

    def test_malformed_paths(self):
        for path in ("tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/64/000",
                     "tile/-1/000", "tile/+0/000", "tile/0/x000/000", "tile/0/000/000",
                     "tile/0/x000", "tile/0/-01", "tile/0/+01", "tile/0/0x1", "tile/0/abc",
                     "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/",
                     "tile/0/000.p", "tile/0/000.p/-1", "tile/0/000.p/1/2", "tile/0/000/",
                     "tile/0/", "tile/0", "tile/", "tile", "tile/entries/0", "tile/entries/x000/000",
                     "tile/entries/", "tile/entries", "tile/Entries/000", "tile/0/X001/000",
                     "tile/0/%30%30%30%30", "tile/18446744073709551616/000",
                     "tile/0/x018/x446/x744/x073/x709/x551/616",
                     "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tile/0/000.q/1"):
            with self.subTest(path):
                self.assertRefused(self.server.get(f"/v1/log/{path}"), 404)

    def test_entries_are_the_events(self):
        events = self.server.events()
        self.assertEqual(len(events), self.size)
        for event, entry in zip(events, self.entries, strict=True):
            leaf = json.loads(entry)
            self.assertEqual(entry.decode(), json.dumps(leaf, ensure_ascii=False, sort_keys=True,
                                                        separators=(",", ":")))
            self.assertLessEqual(set(leaf), {"actor", "body", "event", "format", "recorded_at",
                                             "stream", "version"})
            self.assertEqual(
                (leaf["event"]["type"], leaf["event"]["on"], leaf["event"]["organ"],
                 leaf["recorded_at"], leaf["version"], leaf["actor"]),
                (event["type"], event["on"], event["organ"], event["recorded_at"],
                 event["version"], event["actor"]))

    def test_inclusion_of_every_entry(self):
        def prove(seq):
            return seq, self.server.get("/v1/log/proof/inclusion", seq=seq)
        with ThreadPoolExecutor(4) as pool:
            for seq, reply in pool.map(prove, range(1, self.size + 1)):
                self.assertStatus(reply, 200)
                proof = reply.json()
                self.assertEqual(set(proof), {"seq", "index", "size", "leaf_hash", "root", "proof",
                                              "checkpoint"})
                self.assertEqual((proof["seq"], proof["index"], proof["size"]),
                                 (seq, seq - 1, self.size))
                self.assertEqual(unbase64(proof["leaf_hash"]), self.hashes[seq - 1])
                self.assertEqual(unbase64(proof["root"]), self.log_root)
                self.assertIncluded(proof)
                if seq % 50 == 0:
                    self.assertEqual(open_checkpoint(proof["checkpoint"], self.vkeys),
                                     (self.size, self.log_root))

    def assertIncluded(self, proof):
        self.assertTrue(included(unbase64(proof["leaf_hash"]), proof["index"], proof["size"],
                                 [unbase64(item) for item in proof["proof"]],
                                 unbase64(proof["root"])), proof)

    def test_inclusion_in_older_trees(self):
        for size in (1, 2, 3, 5, 7, 8, 255, 256, 257, 300, 512, 513, 699, 700):
            for seq in {1, 2, 3, size // 2, size - 1, size} & set(range(1, size + 1)):
                with self.subTest(seq=seq, size=size):
                    reply = self.server.get("/v1/log/proof/inclusion", seq=seq, size=size)
                    proof = self.assertStatus(reply, 200).json()
                    self.assertEqual((proof["index"], proof["size"]), (seq - 1, size))
                    self.assertEqual(unbase64(proof["root"]), tree_hash(self.hashes[:size]))
                    self.assertIncluded(proof)

    def test_inclusion_that_cannot_be(self):
        for query in ({"seq": 0}, {"seq": self.size + 1}, {"seq": -1}, {"seq": "x"}, {},
                      {"seq": 1, "size": self.size + 1}, {"seq": 3, "size": 2},
                      {"seq": 1, "size": 0}, {"seq": 2**64 + 1}, {"seq": "1.0"},
                      {"seq": 1, "colour": 2}):
            with self.subTest(query):
                self.assertRefused(self.server.get("/v1/log/proof/inclusion", **query),
                                   400, 404, 422)

    def test_consistency_of_many_pairs(self):
        sizes = [*range(1, 20), 63, 64, 65, 127, 128, 200, 255, 256, 257, 400, 511, 512, 513, 600,
                 699, 700]
        pairs = [(first, second) for first in sizes for second in sizes if first <= second]
        def prove(pair):
            return pair, self.server.get("/v1/log/proof/consistency", from_=pair[0], to=pair[1])
        with ThreadPoolExecutor(4) as pool:
            for (first, second), reply in pool.map(prove, pairs):
                self.assertStatus(reply, 200)
                found = reply.json()
                self.assertEqual(set(found), {"from", "to", "from_root", "to_root", "proof"})
                self.assertEqual((found["from"], found["to"]), (first, second))
                roots = [unbase64(found[name]) for name in ("from_root", "to_root")]
                self.assertEqual(roots, [tree_hash(self.hashes[:first]),
                                         tree_hash(self.hashes[:second])])
                self.assertTrue(consistent(first, roots[0], second, roots[1],
                                           [unbase64(item) for item in found["proof"]]), found)

    def test_consistency_that_cannot_be(self):
        for query in ({"from_": 5, "to": 4}, {"from_": 1, "to": self.size + 1},
                      {"from_": -1, "to": 4}, {"from_": "x", "to": 4}):
            with self.subTest(query):
                self.assertRefused(self.server.get("/v1/log/proof/consistency", **query),
                                   400, 404, 422)

    def test_consistency_with_nothing(self):
        reply = self.server.get("/v1/log/proof/consistency", from_=0, to=5)
        if reply.status == 200:  # every tree begins with the empty one: nothing to prove
            self.assertEqual(reply.json()["proof"], [])
            self.assertEqual(unbase64(reply.json()["from_root"]), EMPTY_ROOT)
        else:
            self.assertRefused(reply, 400, 404, 422)

    def test_the_verifier_as_a_program(self):
        url = f"http://127.0.0.1:{self.server.port}/v1/log"
        for vkey, code in (([], 0), (self.vkeys, 0),
                           ([Key(parse_vkey(self.vkeys[0])[0]).vkey], 1)):
            done = subprocess.run([sys.executable, VERIFIER, url, *vkey], capture_output=True,
                                  check=False)
            self.assertEqual(done.returncode, code, said(done))

    def test_other_methods(self):
        for path in ("/v1/log/tile/0/000", "/v1/log/vkey", "/v1/log/proof/inclusion"):
            self.assertRefused(self.server.post(path, {}), 405)


class WhileWritten(ProofCase):
    def test_every_checkpoint_covers_what_was_acknowledged_before_it(self):
        server = self.register.served(self)
        self.organ(server)
        vkeys, stop, seen = [self.vkey(server)], threading.Event(), []
        acknowledged = ["the organ"]

        def write(_):
            while not stop.is_set():
                acknowledged.append(self.opened(server)["id"])

        def watch():
            while not stop.is_set():
                before = len(acknowledged)
                note = self.checkpoint(server)
                seen.append((before, note))

        with ThreadPoolExecutor(5) as pool:
            work = [pool.submit(write, n) for n in range(4)] + [pool.submit(watch)]
            time.sleep(1.5)
            verified = [self.published(server, vkeys)[0] for _ in range(3)]
            stop.set()
            for done in work:
                done.result()
        self.assertEqual(verified, sorted(verified))
        size, _, entries = self.published(server, vkeys)
        self.assertEqual(size, len(acknowledged))
        hashes = [leaf_hash(entry) for entry in entries]
        self.assertGreater(len(seen), 5)
        last = 0
        for before, note in seen:
            at, root = open_checkpoint(note, vkeys)
            self.assertGreaterEqual(at, before)
            self.assertGreaterEqual(at, last)
            self.assertEqual(root, tree_hash(hashes[:at]))
            last = at

    def test_after_a_kill_no_checkpoint_was_too_much(self):
        """What was signed once is in the log for ever, whatever happens to the process."""
        server, notes = self.register.served(self), []
        self.organ(server)
        vkeys = [self.vkey(server)]
        for _ in range(4):
            view = self.opened(server)
            notes += [self.checkpoint(server), Receipt.parse(
                self.receipt_of(server, view["id"])).checkpoint]
            self.opened(server)
            server.kill()
            server.start()
            self.addCleanup(server.kill)
        size, _, entries = self.published(server, vkeys)
        self.assertEqual(size, 1 + 8)
        hashes = [leaf_hash(entry) for entry in entries]
        for note in notes:
            at, root = open_checkpoint(note, vkeys)
            self.assertEqual(root, tree_hash(hashes[:at]))
        self.assertEqual(server.stop(), DONE)
        self.register.done("verify")


class Receipts(ProofCase):
    def begin(self):
        self.server = self.register.served(self)
        self.organ(self.server)
        self.key = self.vkey(self.server)

    def test_at_once_and_offline(self):
        self.begin()
        for n in range(12):
            view = self.opened(self.server, **personal())
            text = self.receipt_of(self.server, view["id"])
            found = Receipt.parse(text)
            leaf = verify_receipt(text, [self.key])
            self.assertEqual(found.vkey, self.key)
            self.assertEqual(leaf["event"]["type"], "request.received")
            self.assertEqual((leaf["event"]["register_no"], leaf["event"]["organ"]),
                             (view["register_no"], "jd"))
            self.assertEqual(found.index + 1, self.server.events()[-1]["seq"])
            path = self.written(f"{n}.tlog-proof", text)
            self.assertEqual(self.proof_verdict(path), DONE)
            self.assertEqual(self.proof_verdict(path, "--vkey", self.key), DONE)
        self.assertEqual(self.server.stop(), DONE)
        keys = self.written("vkey", self.key + "\n")
        self.assertEqual(self.proof_verdict(path, "--vkey", keys), DONE)

    def test_the_first_of_a_log_needs_few_hashes(self):
        self.begin()
        text = self.receipt_of(self.server, self.opened(self.server)["id"])
        self.assertEqual((Receipt.parse(text).index, len(Receipt.parse(text).proof)), (1, 1))

    def test_later_ones_of_the_same_request_still_hold(self):
        self.begin()
        view = self.opened(self.server)
        early = self.receipt_of(self.server, view["id"])
        self.noted(self.server, view["id"], 600)
        late = self.receipt_of(self.server, view["id"])
        for n, text in enumerate((early, late)):
            verify_receipt(text, [self.key])
            self.assertEqual(self.proof_verdict(self.written(f"{n}", text)), DONE)
        self.assertEqual(Receipt.parse(early).extra, Receipt.parse(late).extra)

    def test_names_nobody(self):
        self.begin()
        view = self.opened(self.server, **personal())
        text = self.receipt_of(self.server, view["id"])
        needles = Needles(PRIVATE)
        self.assertEqual(needles.found_in(text.encode()), set())
        self.assertEqual(needles.found_in(Receipt.parse(text).entry), set())

    def test_somebody_elses_key(self):
        self.begin()
        path = self.written("proof", self.receipt_of(self.server, self.opened(self.server)["id"]))
        for name in (parse_vkey(self.key)[0], "somebody.example"):
            self.assertEqual(self.proof_verdict(path, "--vkey", Key(name).vkey), WRONG)

    def test_forged_by_somebody_with_a_key_of_the_same_name(self):
        self.begin()
        found = Receipt.parse(self.receipt_of(self.server, self.opened(self.server)["id"]))
        forger = Key(parse_vkey(self.key)[0])
        leaf = found.entry.replace(b'"on":"2026-03-02"', b'"on":"2026-03-01"')
        self.assertNotEqual(leaf, found.entry)
        text = Log([b"{}", leaf], forger).receipt(1).to_text()
        verify_receipt(text, [forger.vkey])
        self.assertEqual(self.proof_verdict(self.written("forged", text), "--vkey", self.key), WRONG)
        with_good_key = Receipt.parse(text)
        with_good_key.extra["vkey"] = self.key
        self.assertEqual(self.proof_verdict(self.written("b", with_good_key.to_text())), WRONG)

    def test_every_part_changed_by_one_bit(self):
        """Bits of the entry, the hashes, the index, the root and the signature, and of the file."""
        self.begin()
        view = self.opened(self.server, **personal())
        self.noted(self.server, view["id"], 20)
        text = self.receipt_of(self.server, view["id"])
        path = self.written("as-it-is", text)
        self.assertEqual(self.proof_verdict(path), DONE)
        changed = self.changed_within(text) + self.changed_files(text)
        self.assertLessEqual(len(changed), 150)

        def verdict(numbered):
            n, (what, content) = numbered
            file = self.root / f"changed-{n}"
            file.write_bytes(content)
            return what, run("verify", "--proof", file, "--vkey", self.key)
        with ThreadPoolExecutor(JOBS) as pool:
            for what, ended in pool.map(verdict, enumerate(changed)):
                with self.subTest(what):
                    self.assertEqual(ended.returncode, WRONG, said(ended))

    def changed_within(self, text):
        """One bit of what is encoded; the encoding stays right."""
        found, lines = [], text.split("\n")
        extra = Receipt.parse(text).extra
        entry = extra["entry"].encode()
        for at in range(0, len(entry), -(-len(entry) // 40)):
            flipped = bytearray(entry)
            flipped[at] ^= 1
            other = Receipt.parse(text)
            other.extra = extra | {"entry": flipped.decode()}
            found.append((f"entry, byte {at}", other.to_text().encode()))
        for number, line in enumerate(lines):
            head, _, encoded = line.rpartition(" ")
            if head.startswith("extra") or not re.fullmatch(r"[A-Za-z0-9+/]{40,}=*", encoded):
                continue
            content = unbase64(encoded)
            for at in range(number % 4, len(content), 9 if head else 16):
                flipped = bytearray(content)
                flipped[at] ^= 1 << at % 8
                other = [*lines[:number], f"{head} {base64_of(flipped)}".lstrip(),
                         *lines[number + 1:]]
                found.append((f"line {number}, byte {at}", "\n".join(other).encode()))
        index = Receipt.parse(text).index
        for other in (index ^ 1, index ^ 2, index + 32, 2**63 + index):
            found.append((f"index {other}", text.replace(f"\nindex {index}\n",
                                                         f"\nindex {other}\n").encode()))
        return found

    def changed_files(self, text):
        """One bit of the file as it stands."""
        content = text.encode()
        found = []
        for at in [*range(3, len(content), -(-len(content) // 50)), len(content) - 1]:
            flipped = bytearray(content)
            flipped[at] ^= 1 << at % 5
            found.append((f"file, byte {at}", bytes(flipped)))
        return found

    def test_cut_and_lengthened_files(self):
        self.begin()
        text = self.receipt_of(self.server, self.opened(self.server)["id"])
        lines = text.split("\n")
        proof = lines.index("") - 1
        for name, other in {
                "empty": "", "cut": text[:len(text) // 2], "no end": text[:-1],
                "a hash more": "\n".join([*lines[:proof + 1], lines[proof], *lines[proof + 1:]]),
                "a hash less": "\n".join([*lines[:proof], *lines[proof + 1:]]),
                "no extra": "\n".join([lines[0], *lines[2:]]),
                "another version": text.replace("proof@v1", "proof@v2"),
                "no signature": text.rpartition("\n\n")[0] + "\n\n",
                "text behind": text + "and more\n"}.items():
            with self.subTest(name):
                self.assertEqual(self.proof_verdict(self.written("changed", other)), WRONG)

    def test_no_file(self):
        self.assertEqual(run("verify", "--proof", self.root / "nowhere").returncode, UNUSABLE)

    def test_of_nothing(self):
        self.begin()
        self.assertRefused(self.server.get("/v1/requests/no-such-id/receipt"), 404)

    def test_imported_requests_have_receipts_too(self):
        self.register.imported([
            {"type": "organ.registered", "organ": "jd", "on": "2020-01-01",
             "data": {"name": "某街道", "kind": "subdistrict"}},
            {"type": "request.received", "organ": "jd", "request": "2025-1", "on": "2025-03-03",
             "data": receipt()}])
        server = self.register.served(self)
        [view] = server.get("/v1/requests", organ="jd").json()["items"]
        leaf = verify_receipt(self.receipt_of(server, view["id"]), [self.vkey(server)])
        self.assertEqual(leaf["event"]["register_no"], "2025-1")


class Tags(html.parser.HTMLParser):
    """Balances the tags of a page."""

    VOID = {"meta", "link", "br", "img", "hr", "input", "col", "wbr", "area", "base"}

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.text, self.faults = [], [], "", []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data):
        self.text += data


class Page(ProofCase):
    """The receipt on paper."""

    def setUp(self):
        super().setUp()
        server = self.register.served(self)
        self.organ(server)
        self.view, self.key = self.opened(server, **personal()), self.vkey(server)
        self.reply = server.get(f"/v1/requests/{self.view['id']}/receipt", media="html")
        self.assertStatus(self.reply, 200)
        self.page = self.reply.text()

    def test_is_html(self):
        self.assertEqual(self.reply.media(), "text/html")
        tags = Tags()
        tags.feed(self.page)
        tags.close()
        self.assertEqual((tags.faults, tags.open), ([], []))
        self.assertIn(self.view["register_no"], tags.text)
        self.assertIn("某街道办事处（jd）", tags.text)
        self.assertRegex(tags.text, r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d 北京时间")
        names = {tag for tag, _ in tags.seen}
        self.assertLessEqual({"html", "head", "body", "title", "svg"}, names)
        self.assertNotIn("script", names)
        for tag, attributes in tags.seen:  # on paper and offline: nothing is fetched
            for name in ("src", "href"):
                self.assertNotRegex(attributes.get(name) or "", r"^(https?:)?//", tag)

    def test_the_code_holds_the_receipt(self):
        """Whoever has the paper alone can verify it."""
        drawings = re.findall(r"<svg.*?</svg>", self.page, re.S)
        text = b"".join(qr.read(drawing) for drawing in drawings).decode()
        leaf = verify_receipt(text, [self.key])
        self.assertEqual(leaf["event"]["register_no"], self.view["register_no"])
        self.assertEqual(self.proof_verdict(self.written("scanned", text)), DONE)

    def test_names_nobody(self):
        self.assertEqual(Needles(PRIVATE).found_in(self.reply.body), set())


class Witnesses(ProofCase):
    PATH = "/v1/log/checkpoint"

    def setUp(self):
        super().setUp()
        self.witness = Key("witness.example/w1", kind=4)
        self.server = self.register.served(self)
        self.organ(self.server)
        self.opened(self.server)
        self.assertEqual(self.server.stop(), DONE)
        (self.register.keys / "witnesses").write_text(
            f"{Key('other.example', kind=4).vkey}\n{self.witness.vkey}\n", encoding="utf-8")
        self.server.start()
        self.addCleanup(lambda: self.server.kill())
        self.key = self.vkey(self.server)

    def send(self, note, media="text/plain"):
        return self.server.call("POST", self.PATH, note.encode(), {"Content-Type": media})

    def own_checkpoint(self):
        """The present checkpoint with the log's signature alone."""
        head, _, signatures = self.checkpoint(self.server).rpartition("\n\n")
        return f"{head}\n\n{signatures.splitlines()[0]}\n"

    def cosigned(self, time=1767225600):
        note = self.own_checkpoint()
        return note + self.witness.cosignature(note, time)

    def test_accepted_and_served_from_then_on(self):
        note = self.cosigned()
        self.assertStatus(self.send(note), 200, 201, 204)
        served = self.checkpoint(self.server)
        self.assertEqual(cosigned_by(served, self.witness.vkey), 1767225600)
        self.assertEqual(open_checkpoint(served, [self.key]), open_checkpoint(note, [self.key]))
        self.assertEqual(served.count("\n— "), 2)

    def test_kept_across_a_restart(self):
        self.send(self.cosigned())
        for end in (self.server.stop, self.server.kill):
            end()
            self.server.start()
            self.assertEqual(cosigned_by(self.checkpoint(self.server), self.witness.vkey),
                             1767225600)

    def test_not_carried_over_to_another_tree(self):
        self.send(self.cosigned())
        self.opened(self.server)
        served = self.checkpoint(self.server)
        self.assertIsNone(cosigned_by(served, self.witness.vkey))
        self.published(self.server)

    def test_an_older_checkpoint_of_this_log_may_come_back_late(self):
        note = self.cosigned()
        self.opened(self.server)
        self.assertIn(self.send(note).status, (200, 201, 204, 409))
        self.assertIsNone(cosigned_by(self.checkpoint(self.server), self.witness.vkey))

    def test_a_second_time(self):
        for time in (1767225600, 1767225600, 1767225700):
            self.assertIn(self.send(self.cosigned(time)).status, (200, 201, 204, 409))
        served = self.checkpoint(self.server)
        self.assertIn(cosigned_by(served, self.witness.vkey), (1767225600, 1767225700))
        self.assertEqual(served.count(f"— {self.witness.name} "), 1)

    def assertNotKept(self, note, *statuses):
        self.assertRefused(self.send(note), *(statuses or (422,)))
        served = self.checkpoint(self.server)
        self.assertEqual(served.count("\n— "), 1, served)

    def test_unknown_witness(self):
        note = self.checkpoint(self.server)
        self.assertNotKept(note + Key("nobody.example", kind=4).cosignature(note, 1767225600))
        self.assertNotKept(note + Key(self.witness.name, kind=4).cosignature(note, 1767225600))

    def test_bad_signature(self):
        note = self.checkpoint(self.server)
        good = self.witness.cosignature(note, 1767225600)
        content = unbase64(good.split(" ")[2].strip())
        for at in (5, 11, 12, 40, len(content) - 1):  # the time, and the signature
            flipped = bytearray(content)
            flipped[at] ^= 1
            with self.subTest(at=at):
                self.assertNotKept(f"{note}— {self.witness.name} {base64_of(flipped)}\n")

    def test_no_cosignature_at_all(self):
        self.assertNotKept(self.checkpoint(self.server), 400, 422)

    def test_a_checkpoint_that_is_not_this_logs(self):
        name = parse_vkey(self.key)[0]
        note = Log([b"a", b"b"], Key(name)).checkpoint()
        self.assertNotKept(note + self.witness.cosignature(note, 1767225600), 409, 422)
        ours = self.checkpoint(self.server)
        text, _, signature = ours.rpartition("\n\n")
        forged = "\n".join([*text.split("\n")[:2], base64_of(b"\1" * 32)]) + "\n\n" + signature
        self.assertNotKept(forged + self.witness.cosignature(forged, 1767225600), 409, 422)

    def test_nonsense(self):
        for content in ("", "nonsense", "\n\n", "a\n\n— b c\n", "{}"):
            with self.subTest(content):
                self.assertNotKept(content, 400, 422)
        self.assertRefused(self.send(self.cosigned(), "application/json"), 400, 415)


class Exported(ProofCase):
    """The static export: what HTTP serves, as files."""

    def setUp(self):
        super().setUp()
        self.register.imported([
            {"type": "organ.registered", "organ": "jd", "on": "2020-01-01",
             "data": {"name": "某街道", "kind": "subdistrict"}},
            *({"type": "request.received", "organ": "jd", "request": f"2025-{n}", "on": "2025-03-03",
               "data": personal() | {"applicant": {"kind": kind, "name": NAME}}}
              for n, kind in ((n, ("natural_person", "commercial_enterprise")[n % 2])
                              for n in range(300))),
            *({"type": "request.answered", "organ": "jd", "request": f"2025-{n}", "on": "2025-03-10",
               "data": {"outcome": "disclosed.provided"}} for n in range(250))])
        self.out = self.root / "out"
        self.register.done("tiles", "--out", self.out)

    def verdict(self, *options):
        ended = run("verify", "--export", self.out, *options)
        self.assertIn(ended.returncode, (DONE, WRONG), said(ended))
        return ended.returncode

    def second_verdict(self):
        return subprocess.run([sys.executable, VERIFIER, self.out], capture_output=True,
                              check=False).returncode

    def test_is_what_the_server_serves(self):
        server = self.register.served(self)
        files = files_below(self.out)
        self.assertEqual(
            set(files), {"checkpoint", "vkey", "tile/0/000", "tile/0/001", "tile/0/002.p/39",
                         "tile/1/000.p/2", "tile/entries/000", "tile/entries/001",
                         "tile/entries/002.p/39"})
        for path, content in files.items():
            with self.subTest(path):
                served = self.assertStatus(server.get(f"/v1/log/{path}"), 200).body
                if path == "vkey":
                    self.assertEqual(served.strip(), content.strip())
                elif path == "checkpoint":
                    keys = [self.vkey(server)]
                    self.assertEqual(open_checkpoint(served.decode(), keys),
                                     open_checkpoint(content.decode(), keys))
                else:
                    self.assertEqual(served, content)

    def test_both_verifiers_agree(self):
        self.assertEqual((self.verdict(), self.second_verdict()), (DONE, DONE))
        vkey = (self.out / "vkey").read_text().strip()
        self.assertEqual(self.verdict("--vkey", vkey), DONE)
        self.assertEqual(self.verdict("--vkey", self.out / "vkey"), DONE)
        self.assertEqual(self.verdict("--vkey", Key(parse_vkey(vkey)[0]).vkey), WRONG)

    def test_made_while_the_server_runs(self):
        server = self.register.served(self)
        self.opened(server)
        self.checkpoint(server)  # beside a server the export goes as far as it has signed
        self.out = self.root / "beside"
        self.register.done("tiles", "--out", self.out)
        self.assertEqual((self.verdict(), self.second_verdict()), (DONE, DONE))
        self.assertEqual((self.out / "checkpoint").read_text().split("\n")[1], "552")

    def test_made_again_into_the_same_place(self):
        server = self.register.served(self)
        self.opened(server)
        self.assertEqual(server.stop(), DONE)
        self.register.done("tiles", "--out", self.out)
        self.assertEqual((self.verdict(), self.second_verdict()), (DONE, DONE))
        self.assertEqual((self.out / "checkpoint").read_text().split("\n")[1], "552")

    def test_any_file_changed_or_missing(self):
        files = files_below(self.out)
        for path, content in files.items():
            for name, other in {"bit": content[:len(content) // 3] + bytes(
                    [content[len(content) // 3] ^ 1]) + content[len(content) // 3 + 1:],
                    "cut": content[:-1], "missing": None}.items():
                file = self.out / path
                if other is None:
                    file.unlink()
                else:
                    file.write_bytes(other)
                with self.subTest(path, change=name):
                    if (path, name) not in (("vkey", "cut"), ("vkey", "missing")):
                        self.assertEqual(self.verdict(), WRONG)
                        self.assertEqual(self.second_verdict(), 1)
                    elif name == "missing":
                        ended = run("verify", "--export", self.out)
                        self.assertIn(ended.returncode, (WRONG, USAGE, UNUSABLE), said(ended))
                file.write_bytes(content)
        self.assertEqual((self.verdict(), self.second_verdict()), (DONE, DONE))

    def test_says_where(self):
        path = self.out / "tile/0/001"
        path.write_bytes(path.read_bytes()[:64] + b"\0" * 32 + path.read_bytes()[96:])
        self.assertIn("tile/0/001", said(run("verify", "--export", self.out)))

    def test_two_entries_changed_places(self):
        """Bundle and tile agree, only the root tells."""
        for path, width in (("tile/entries/000", None), ("tile/0/000", 32)):
            file = self.out / path
            content = file.read_bytes()
            if width is None:
                parts, rest = [], content
                while rest:
                    end = 2 + int.from_bytes(rest[:2], "big")
                    parts.append(rest[:end])
                    rest = rest[end:]
            else:
                parts = [content[at:at + width] for at in range(0, len(content), width)]
            parts[7], parts[8] = parts[8], parts[7]
            file.write_bytes(b"".join(parts))
        self.assertEqual((self.verdict(), self.second_verdict()), (WRONG, 1))

    def test_names_nobody(self):
        self.assertEqual(Needles(PRIVATE).found_in_files(files_below(self.out)), {})

    # --- reports -----------------------------------------------------------------------------

    def report(self, *options, name="report.json"):
        path = self.root / name
        self.register.done("report", "--organ", "jd", "--year", "2025", "--format", "json",
                           "--out", path, *options)
        return path

    def report_verdict(self, path, *against):
        ended = run("verify", "--report", path, *(against or ("--export", self.out)))
        self.assertIn(ended.returncode, (DONE, WRONG), said(ended))
        return ended

    def test_a_report_follows_from_the_export(self):
        for options in ((), ("--as-of", "200"), ("--scope", "region"), ("--edition", "cn-2019")):
            with self.subTest(options):
                path = self.report(*options)
                self.assertEqual(self.report_verdict(path).returncode, DONE)
                self.assertEqual(
                    self.report_verdict(path, "--data", self.register.data).returncode, DONE)

    def test_a_report_with_one_cell_changed_does_not(self):
        document = json.loads(self.report().read_text(encoding="utf-8"))
        for row, column, name in (("received", 0, "natural_person"), ("disclosed", 6, "total"),
                                  ("carried_out", 1, "commercial_enterprise")):
            changed = json.loads(json.dumps(document))
            changed["requests"][row][column] += 1
            path = self.written("changed.json", json.dumps(changed, ensure_ascii=False))
            for against in ((), ("--data", self.register.data)):
                with self.subTest(row, against=against):
                    ended = self.report_verdict(path, *against)
                    self.assertEqual(ended.returncode, WRONG, said(ended))
                    self.assertIn(row, said(ended))
                    self.assertIn(name, said(ended))

    def test_a_report_of_numbers_that_nobody_counted(self):
        document = json.loads(self.report().read_text(encoding="utf-8"))
        document["disputes"]["reconsideration"]["upheld"] += 1
        path = self.written("changed.json", json.dumps(document, ensure_ascii=False))
        self.assertEqual(self.report_verdict(path).returncode, WRONG)

    def test_a_report_from_a_changed_export(self):
        path = self.report()
        file = self.out / "tile/entries/000"
        file.write_bytes(file.read_bytes().replace(b"natural_person", b"natural_persom", 1))
        self.assertEqual(self.report_verdict(path).returncode, WRONG)

    def test_nonsense_for_a_report(self):
        for text in ("", "{}", "[]", "nonsense"):
            ended = run("verify", "--report", self.written("nonsense", text), "--export", self.out)
            self.assertIn(ended.returncode, (WRONG, UNUSABLE), said(ended))


class Keys(ProofCase):
    def mode(self, path):
        return stat.S_IMODE(path.stat().st_mode)

    def test_made_at_first_use_and_said(self):
        server = self.register.served(self)
        self.assertIn(str(self.register.keys), server.log())
        self.assertEqual(self.mode(self.register.keys), 0o700)
        for path in self.register.keys.rglob("*"):
            self.assertEqual(self.mode(path) & 0o077, 0, path)
        self.assertEqual(server.stop(), DONE)
        seen = files_below(self.register.keys)
        server.start()
        self.addCleanup(server.kill)
        self.assertEqual(server.stop(), DONE)
        now = files_below(self.register.keys)
        self.assertEqual(set(seen), set(now))

    def test_the_key_stays(self):
        server = self.register.served(self)
        key = self.vkey(server)
        for _ in range(2):
            self.assertEqual(server.stop(), DONE)
            server.start()
            self.addCleanup(server.kill)
            self.assertEqual(self.vkey(server), key)
        self.assertEqual(server.stop(), DONE)
        self.assertIn(key, self.shown())

    def shown(self):
        ended = run("keys", "show", "--data", self.register.data)
        self.assertEqual(ended.returncode, DONE, said(ended))
        return said(ended)

    def rotated(self, *options):
        ended = run("keys", "rotate", "--data", self.register.data, *options)
        self.assertEqual(ended.returncode, DONE, said(ended))

    def test_showing_keys_shows_no_secret(self):
        server = self.register.served(self)
        key = self.vkey(server)
        self.assertEqual(server.stop(), DONE)
        shown = self.shown().encode()
        self.assertIn(key.encode(), shown)
        for path, content in files_below(self.register.keys).items():
            for secret in re.findall(rb"[A-Za-z0-9+/]{40,}=*|[0-9a-f]{64}", content):
                if secret not in key.encode():
                    self.assertNotIn(secret, shown, path)

    def test_command_line_and_server_are_one_log(self):
        server = self.register.served(self)
        self.organ(server)
        key = self.vkey(server)
        self.assertEqual(server.stop(), DONE)
        note = self.register.done("checkpoint").decode()
        self.assertEqual(open_checkpoint(note, [key])[0], 1)

    def test_a_new_signing_key(self):
        server = self.register.served(self)
        self.organ(server)
        view = self.opened(server, **personal())
        before = {"vkey": self.vkey(server), "note": self.checkpoint(server),
                  "receipt": self.receipt_of(server, view["id"])}
        self.assertEqual(server.stop(), DONE)
        self.rotated("--signing")
        shown = self.shown()
        server.start()
        self.addCleanup(server.kill)
        self.opened(server)
        after = {"vkey": self.vkey(server), "note": self.checkpoint(server),
                 "receipt": self.receipt_of(server, view["id"])}
        self.assertNotEqual(before["vkey"], after["vkey"])
        self.assertEqual(parse_vkey(before["vkey"])[0], parse_vkey(after["vkey"])[0])
        for vkey in (before["vkey"], after["vkey"]):
            self.assertIn(vkey, shown)
        # each by its own key, and not by the other
        size, _, entries = self.published(server, [after["vkey"]])
        for kept in (before, after):
            at, root = open_checkpoint(kept["note"], [kept["vkey"]])
            self.assertEqual(root, tree_hash([leaf_hash(entry) for entry in entries[:at]]))
            verify_receipt(kept["receipt"], [kept["vkey"]])
            path = self.written("kept", kept["receipt"])
            self.assertEqual(self.proof_verdict(path), DONE)
            self.assertEqual(self.proof_verdict(path, "--vkey", kept["vkey"]), DONE)
        with self.assertRaises(ValueError):
            open_checkpoint(before["note"], [after["vkey"]])
        self.assertEqual(self.proof_verdict(self.written("old", before["receipt"]), "--vkey",
                                            after["vkey"]), WRONG)
        self.assertEqual(server.stop(), DONE)
        self.register.done("verify")

    def test_a_key_from_elsewhere(self):
        """Who has the data alone, and the key as it was published."""
        server = self.register.served(self)
        self.organ(server)
        key = self.written("published", self.vkey(server) + "\n")
        self.assertRefused(server.get("/v1/log/vkey", suite="national"), 404)
        self.assertEqual(server.stop(), DONE)
        alone = self.register.copy_to(self.root / "alone" / "data", keys=False)
        self.assertIn("were not checked", said(alone.mingce("verify")))
        ended = alone.mingce("verify", "--vkey", key)
        self.assertEqual(ended.returncode, DONE, said(ended))
        self.assertNotIn("signatures", said(ended))
        other = Key(parse_vkey(key.read_text(encoding="utf-8").strip())[0]).vkey
        self.assertEqual(alone.mingce("verify", "--vkey", other).returncode, WRONG)

    def test_a_register_and_its_keys_put_back_together(self):
        """Only what somebody keeps elsewhere tells: a receipt, a checkpoint."""
        server = self.register.served(self)
        self.organ(server)
        early = self.written("early", self.checkpoint(server))
        self.assertEqual(server.stop(), DONE)
        old = self.register.copy_to(self.root / "old" / "data")
        server.start()
        view = self.opened(server)
        proof = self.written("receipt", self.receipt_of(server, view["id"]))
        note = self.written("note", self.checkpoint(server))
        self.assertEqual(server.stop(), DONE)
        for kept in (early, proof, note):
            self.register.done("verify", "--checkpoint", kept)
        self.register.done("verify")
        old.copy_to(self.register.data)
        self.register.done("verify")  # they agree with each other
        self.register.done("verify", "--checkpoint", early)
        for kept in (proof, note):
            ended = self.register.mingce("verify", "--checkpoint", kept)
            self.assertEqual(ended.returncode, WRONG, said(ended))
            self.assertIn("[entries_missing]", said(ended))
        self.register.done("tiles", "--out", self.root / "out")
        run_export = ("verify", "--export", self.root / "out", "--checkpoint")
        self.assertEqual(run(*run_export, early).returncode, DONE)
        self.assertEqual(run(*run_export, note).returncode, WRONG)
        self.assertEqual(run(*run_export, self.written("none", "nonsense")).returncode, WRONG)

    def test_the_national_suites(self):
        ended = run("keys", "init", "--national", "--data", self.register.data)
        self.assertEqual(ended.returncode, DONE, said(ended))
        server = self.register.served(self)
        self.organ(server)
        view = self.opened(server, **personal())
        note, key = self.checkpoint(server), self.vkey(server)
        self.assertEqual(open_checkpoint(note, [key])[0], 2)  # the SM2 one is passed over
        national = self.assertStatus(server.get("/v1/log/vkey", suite="national"), 200).text().strip()
        self.assertIn(national, self.shown())
        self.assertEqual(note.count("\n— "), 2)
        proof = self.written("receipt", self.receipt_of(server, view["id"]))
        for each in (key, national):
            self.assertEqual(self.proof_verdict(proof, "--vkey", each), DONE)
        text, _, signatures = proof.read_text(encoding="utf-8").rpartition("\n\n")
        own, sm2 = signatures.splitlines()
        content = bytearray(unbase64(sm2.split(" ")[2]))
        content[-1] ^= 1
        changed = self.written("changed", f"{text}\n\n{own}\n{sm2.rpartition(' ')[0]} "
                               f"{base64_of(content)}\n")
        self.assertEqual(self.proof_verdict(changed, "--vkey", national), WRONG)
        self.assertEqual(server.stop(), DONE)
        self.register.done("verify", "--vkey", national)

    def test_a_new_master_key(self):
        server = self.register.served(self)
        self.organ(server)
        view = self.opened(server, **personal())
        key, entry = self.vkey(server), Receipt.parse(self.receipt_of(server, view["id"])).entry
        self.assertEqual(server.stop(), DONE)
        self.rotated("--master")
        server.start()
        self.addCleanup(server.kill)
        shown = server.get(f"/v1/requests/{view['id']}").json()
        self.assertEqual((shown["applicant"]["name"], shown["subject"]), (NAME, SUBJECT))
        self.assertEqual(self.vkey(server), key)
        self.assertEqual(Receipt.parse(self.receipt_of(server, view["id"])).entry, entry)
        later = self.opened(server, **personal())
        self.assertEqual(later["applicant"]["name"], NAME)
        self.assertEqual(server.stop(), DONE)
        self.register.done("verify")

    def test_without_its_keys_nothing_private_is_read(self):
        server = self.register.served(self)
        self.organ(server)
        self.opened(server, **personal())
        self.assertEqual(server.stop(), DONE)
        bare = self.register.copy_to(self.root / "bare", keys=False)
        ended = bare.mingce("export", "--with-personal-data")
        self.assertEqual(Needles(PRIVATE).found_in(ended.stdout + ended.stderr), set())
        self.assertIn(ended.returncode, (WRONG, UNUSABLE), said(ended))
        second = bare.server().spawn()
        self.addCleanup(second.kill)
        self.assertEqual(second.process.wait(20), UNUSABLE, second.log())

    def test_a_key_file_elsewhere(self):
        path = self.root / "vault" / "keys"
        path.parent.mkdir(mode=0o700)
        server = self.register.served(self, "--key-file", str(path))
        self.organ(server)
        view = self.opened(server, **personal())
        key = self.vkey(server)
        self.assertEqual(server.stop(), DONE)
        self.assertTrue(path.exists())
        shown = self.register.done("export", "--with-personal-data", "--key-file", path)
        self.assertIn(NAME.encode(), shown)
        environment = os.environ.get("MINGCE_KEY_FILE")
        os.environ["MINGCE_KEY_FILE"] = str(path)
        try:
            again = self.register.served(self)
            self.assertEqual(self.vkey(again), key)
            self.assertEqual(again.get(f"/v1/requests/{view['id']}").json()["subject"], SUBJECT)
            again.stop()
        finally:
            del os.environ["MINGCE_KEY_FILE"]
            if environment:
                os.environ["MINGCE_KEY_FILE"] = environment


class Private(ProofCase):
    """Nobody is named in anything that is published, nor in anything on disk."""

    def test_nowhere(self):
        server = self.register.served(self)
        self.organ(server)
        view = self.opened(server, **personal())
        for event, data in (("note.added", {"text": f"{NAME}来电询问，回电{PHONE}"}),
                            ("consultation.opened", {"consultation": "1", "with": "third_party",
                                                     "party": NAME})):
            reply = server.post(f"/v1/requests/{view['id']}/events",
                                {"type": event, "on": ON, "data": data},
                                {"Idempotency-Key": "write-" + event})
            self.assertStatus(reply, 201)
        self.assertEqual(len(server.get("/v1/requests", organ="jd", q=NAME).json()["items"]), 1)
        server.get("/v1/requests", organ="jd", q="老粮站地块")
        server.get(f"/v1/requests/{NAME.encode().hex()}")
        needles = Needles(PRIVATE)
        _, _, entries = self.published(server)
        published = {f"entry {n}": entry for n, entry in enumerate(entries)}
        for path in ("checkpoint", "vkey", "tile/0/000.p/4", "tile/entries/000.p/4",
                     "proof/inclusion?seq=2", "proof/consistency?from=1&to=4"):
            published[path] = self.assertStatus(server.get(f"/v1/log/{path}"), 200).body
        for media in ({}, {"media": "html"}):
            reply = server.get(f"/v1/requests/{view['id']}/receipt", **media)
            published[f"receipt {media}"] = self.assertStatus(reply, 200).body
        self.register.done("tiles", "--out", self.root / "out")
        published |= files_below(self.root / "out")
        published["metrics"] = server.get("/metrics").body
        self.assertEqual(needles.found_in_files(published), {})
        self.assertEqual(needles.found_in_files(self.register.files()), {}, "while it runs")
        self.assertEqual(server.stop(), DONE)
        self.assertEqual(needles.found_in_files(self.register.files()), {}, "after a clean stop")
        self.assertEqual(needles.found_in(server.log_path.read_bytes()), set())
        for command, *options in (("export",), ("verify",), ("checkpoint",), ("replay",)):
            ended = self.register.mingce(command, *options)
            self.assertEqual(ended.returncode, DONE, said(ended))
            self.assertEqual(needles.found_in(ended.stdout + ended.stderr), set(), command)
        self.assertIn(NAME.encode(), self.register.done("export", "--with-personal-data"))

    def test_not_after_a_kill_either(self):
        server = self.register.served(self)
        self.organ(server)
        self.opened(server, **personal())
        server.kill()
        self.assertEqual(Needles(PRIVATE).found_in_files(self.register.files()), {})


class Commands(ProofCase):
    def test_usage(self):
        for arguments in (("verify",), ("tiles",), ("tiles", "--data", self.register.data),
                          ("checkpoint",), ("keys",), ("keys", "sing"),
                          ("verify", "--report", "x")):
            with self.subTest(arguments):
                self.assertEqual(run(*arguments).returncode, USAGE)

    def test_no_register(self):
        for arguments in (("verify", "--data", self.root / "nowhere"),
                          ("tiles", "--data", self.root / "nowhere", "--out", self.root / "out"),
                          ("checkpoint", "--data", self.root / "nowhere"),
                          ("verify", "--export", self.root / "nowhere")):
            with self.subTest(arguments):
                ended = run(*arguments)
                self.assertEqual(ended.returncode, UNUSABLE, said(ended))
                self.assertFalse((self.root / "nowhere").exists())
                self.assertFalse((self.root / "nowhere.keys").exists())

    def test_a_dossier_has_its_proofs_also_after_a_kill(self):
        """Nobody had asked for a checkpoint, and there was no clean stop to sign one."""
        server = self.register.served(self)
        self.organ(server)
        view = self.opened(server)
        server.kill()
        file = json.loads(self.register.done("dossier", "--request", view["id"], "--format", "json"))
        self.assertEqual([each["seq"] for each in file["proofs"]],
                         [each["seq"] for each in file["events"]])

    def test_verify_while_the_server_runs(self):
        server = self.register.served(self)
        self.organ(server)
        view = self.opened(server)
        self.noted(server, view["id"], 300)
        self.assertIn("302", said(self.register.mingce("verify")))
        self.register.done("verify")

    def test_repair_says_that_nothing_is_missing(self):
        self.register.imported([{"type": "organ.registered", "organ": "jd", "on": "2020-01-01",
                                 "data": {"name": "某街道", "kind": "subdistrict"}}])
        before = self.register.files()
        self.register.done("repair", "--dry-run")
        after = self.register.files()
        self.assertEqual({path for path in before if before[path] != after.get(path)}, set())


if __name__ == "__main__":
    unittest.main()
