"""The checkers of tests/proofs and tests/e2e/merkle.py themselves: by the published vectors, by a
log in memory of every shape, and by breaking what they must refuse."""

import base64
import contextlib
import functools
import io
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

import verify_tiles  # noqa: E402
from merkle import (Key, Log, Receipt, consistency_proof, consistent, cosigned_by,  # noqa: E402
                    included, inclusion_proof, leaf_hash, open_checkpoint, tree_hash,
                    verify_receipt)

# One signature is checked once, however often this file asks.
verify_tiles.ed25519_verify = functools.cache(verify_tiles.ed25519_verify)

VECTORS = HERE.parent / "golden" / "tlog"
VECTORS_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
SIZES = (0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 600)


def entries(n):
    return [f'{{"entry":{i}}}'.encode() for i in range(n)]


def fetching(files):
    def fetch(path):
        if path not in files:
            raise OSError(f"{path}: not there")
        return files[path]
    return fetch


class Published(unittest.TestCase):
    """A log that others have made (transparency-dev/tessera)."""

    def files(self):
        read = {name: (VECTORS / name).read_bytes() for name in
                ("checkpoint.15", "tile-0-000.p-15", "tile-entries-000.p-15")}
        return {"checkpoint": read["checkpoint.15"],
                "tile/0/000.p/15": read["tile-0-000.p-15"],
                "tile/entries/000.p/15": read["tile-entries-000.p-15"]}

    def test_holds(self):
        size, root, found = verify_tiles.verify(fetching(self.files()), [VECTORS_KEY])
        self.assertEqual((size, len(found)), (15, 15))
        self.assertEqual(base64.b64encode(root), b"rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=")

    def test_older_checkpoints(self):
        *_, found = verify_tiles.verify(fetching(self.files()), [VECTORS_KEY])
        hashes = [leaf_hash(entry) for entry in found]
        for size in (0, 1, 7, 8):
            note = (VECTORS / f"checkpoint.{size}").read_text(encoding="utf-8")
            self.assertEqual(open_checkpoint(note, [VECTORS_KEY]), (size, tree_hash(hashes[:size])))

    def test_any_byte_changed(self):
        for path, content in self.files().items():
            for at in range(len(content)):
                changed = bytearray(content)
                changed[at] ^= 1
                with self.subTest(path, at=at), self.assertRaises((ValueError, OSError)):
                    verify_tiles.verify(fetching(self.files() | {path: bytes(changed)}),
                                        [VECTORS_KEY])


class Trees(unittest.TestCase):
    def test_paths_of_tiles(self):
        for n, path in ((0, "tile/0/000"), (999, "tile/0/999"), (1000, "tile/0/x001/000"),
                        (1234067, "tile/0/x001/x234/067")):
            self.assertEqual(verify_tiles.tile_path(0, n), path)
        self.assertEqual(verify_tiles.tile_path("entries", 5, 70), "tile/entries/005.p/70")

    def test_nothing(self):
        self.assertEqual(tree_hash([]).hex(), EMPTY)

    def test_proofs_made_are_proofs_checked(self):
        hashes = [leaf_hash(entry) for entry in entries(600)]
        for size in [*range(1, 36), 255, 256, 257, 600]:
            tree, root = hashes[:size], tree_hash(hashes[:size])
            for at in range(size) if size < 36 else (0, 1, 254, size // 2, size - 2, size - 1):
                proof = inclusion_proof(at, tree)
                self.assertTrue(included(hashes[at], at, size, proof, root))
                self.assertFalse(included(hashes[at], at, size, [*proof, root], root))
                self.assertFalse(included(hashes[at], at ^ 1, size, proof, root))
                self.assertFalse(included(leaf_hash(b"x"), at, size, proof, root))
            for first in range(1, size + 1) if size < 36 else (1, 2, 128, 255, size - 1, size):
                proof, old = consistency_proof(first, tree), tree_hash(tree[:first])
                self.assertTrue(consistent(first, old, size, root, proof))
                self.assertFalse(consistent(first, old, size, leaf_hash(b"x"), proof))
                self.assertFalse(consistent(first, leaf_hash(b"x"), size, root, proof))
                self.assertFalse(consistent(first, old, size, root, [*proof, root]))


class InMemory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.key = Key("log.example/register")

    def test_every_shape_holds(self):
        for size in SIZES:
            with self.subTest(size=size):
                log = Log(entries(size), self.key)
                found = verify_tiles.verify(fetching(log.files()), [self.key.vkey])
                self.assertEqual(found, (size, log.root(), log.entries))

    def test_every_file_counts(self):
        files = Log(entries(600), self.key).files()
        self.assertEqual(len(files), 2 + 3 + 3 + 1)
        for path in files.keys() - {"vkey"}:
            changed = bytearray(files[path])
            changed[len(changed) // 2] ^= 1
            without = {other: content for other, content in files.items() if other != path}
            for broken in (files | {path: bytes(changed)}, files | {path: files[path][:-1]},
                           files | {path: files[path] + b"\0"}, without):
                with self.subTest(path), self.assertRaises((ValueError, OSError)):
                    verify_tiles.verify(fetching(broken), [self.key.vkey])

    def test_as_a_program(self):
        with tempfile.TemporaryDirectory() as place:
            for path, content in Log(entries(300), self.key).files().items():
                file = pathlib.Path(place, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(verify_tiles.main(place), 0)
                self.assertEqual(verify_tiles.main(place, self.key.vkey), 0)
                self.assertEqual(verify_tiles.main(place, str(pathlib.Path(place, "vkey"))), 0)
            self.assertIn("known key", verify_tiles.main(place, Key(self.key.name).vkey))
            self.assertIn("nowhere", verify_tiles.main(str(pathlib.Path(place, "nowhere"))))

    def test_receipts(self):
        log = Log(entries(5), self.key)
        text = log.receipt(3).to_text()
        self.assertEqual(Receipt.parse(text).to_text(), text)
        self.assertEqual(verify_receipt(text, [self.key.vkey]), {"entry": 3})
        for at, old in enumerate(text):
            changed = text[:at] + chr(ord(old) ^ 1) + text[at + 1:]
            with self.subTest(at=at, old=old):
                try:  # the key that is named in the receipt itself is not believed here
                    self.assertEqual(verify_receipt(changed, [self.key.vkey]), {"entry": 3})
                    self.assertNotEqual(Receipt.parse(changed).vkey, self.key.vkey)
                except ValueError:
                    pass

    def test_a_checkpoint_with_other_signatures(self):
        log, other = Log(entries(5), self.key), Key("someone.example")
        witness = Key("witness.example", kind=4)
        note = log.checkpoint()
        both = note + witness.cosignature(note, 1700000000)
        for lines in (other.line(other.raw(b"something else")), both.removeprefix(note)):
            self.assertEqual(open_checkpoint(note + lines, [self.key.vkey])[0], 5)
        self.assertEqual(cosigned_by(both, witness.vkey), 1700000000)
        self.assertIsNone(cosigned_by(note, witness.vkey))
        with self.assertRaises(ValueError):
            cosigned_by(log.checkpoint(4) + both.removeprefix(note), witness.vkey)
        with self.assertRaises(ValueError):  # signed rightly once, and wrongly once
            open_checkpoint(note + self.key.line(self.key.raw(b"x")), [self.key.vkey])


if __name__ == "__main__":
    unittest.main()
