"""Hashes, proofs and signatures of a published log, written from the specifications alone.

RFC 6962 and 9162 (trees), C2SP signed-note, tlog-checkpoint, tlog-proof, tlog-cosignature. What a
verifier of a whole log needs stands in tests/proofs/verify_tiles.py; here is the rest: proofs, a
signer, and a log in memory to check the checkers with. None of it is shared with mingce.
"""

import base64
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "proofs"))

from verify_tiles import (ed25519_verify, insist, leaf_hash, open_checkpoint,  # noqa: E402
                          parse_vkey, tile_path, tree_hash, unbase64, verify)

__all__ = ["Key", "Log", "Receipt", "base64_of", "consistency_proof", "consistent", "cosigned_by",
           "inclusion_proof", "included", "insist", "leaf_hash", "open_checkpoint", "parse_vkey", "tile_path", "tree_hash",
           "unbase64", "verify", "verify_receipt"]


def base64_of(data):
    return base64.b64encode(data).decode()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


# ---- proofs made: the recursive definitions of RFC 6962 -----------------------------------------

def split(n):
    return 1 << (n - 1).bit_length() - 1


def inclusion_proof(m, hashes):
    """PATH(m, D[n]), section 2.1.1."""
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if m < k:
        return inclusion_proof(m, hashes[:k]) + [tree_hash(hashes[k:])]
    return inclusion_proof(m - k, hashes[k:]) + [tree_hash(hashes[:k])]


def consistency_proof(m, hashes, whole=True):
    """PROOF(m, D[n]), section 2.1.2."""
    if m == len(hashes):
        return [] if whole else [tree_hash(hashes)]
    k = split(len(hashes))
    if m <= k:
        return consistency_proof(m, hashes[:k], whole) + [tree_hash(hashes[k:])]
    return consistency_proof(m - k, hashes[k:], False) + [tree_hash(hashes[:k])]


# ---- proofs checked: the loops of RFC 9162, a second way ----------------------------------------

def included(leaf, index, size, proof, root):
    """Section 2.1.3.2: the hash of a leaf stands at `index` in the tree of `size` with `root`."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistent(first, first_root, second, second_root, proof):
    """Section 2.1.4.2: the tree of size `first` (at least 1) begins the one of size `second`."""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second:
        return False
    if first & first - 1 == 0:
        proof = [first_root, *proof]
    if not proof:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, second_root)


# ---- receipts -----------------------------------------------------------------------------------

class Receipt:
    """A c2sp.org/tlog-proof@v1 whose `extra` is the entry and the key: taken apart, put together."""

    MAGIC = "c2sp.org/tlog-proof@v1"

    def __init__(self, extra, index, proof, checkpoint):
        self.extra, self.index, self.proof, self.checkpoint = extra, index, proof, checkpoint

    @classmethod
    def parse(cls, text):
        head, _, checkpoint = text.partition("\n\n")
        magic, extra, index, *proof = head.split("\n")
        insist(magic == cls.MAGIC, f"not a proof: {magic!r}")
        insist(extra.startswith("extra ") and index.startswith("index "), "no extra or no index")
        found = cls(json.loads(unbase64(extra.removeprefix("extra "))),
                    int(index.removeprefix("index ")), proof, checkpoint)
        insist(set(found.extra) == {"entry", "vkey"}, f"members of extra: {sorted(found.extra)}")
        insist(index == f"index {found.index}", "an index is written without zeroes before it")
        return found

    @property
    def entry(self):
        return self.extra["entry"].encode()

    @property
    def vkey(self):
        return self.extra["vkey"]

    def to_text(self):
        extra = json.dumps(self.extra, ensure_ascii=False, separators=(",", ":")).encode()
        head = [self.MAGIC, f"extra {base64_of(extra)}", f"index {self.index}", *self.proof]
        return "\n".join(head) + "\n\n" + self.checkpoint


def verify_receipt(text, vkeys):
    """The entry that a receipt proves, as an object; ValueError where it does not."""
    receipt = Receipt.parse(text)
    size, root = open_checkpoint(receipt.checkpoint, vkeys)
    proof = [unbase64(line) for line in receipt.proof]
    insist(included(leaf_hash(receipt.entry), receipt.index, size, proof, root),
           "the entry is not in the tree")
    return json.loads(receipt.entry)


# ---- signing ------------------------------------------------------------------------------------

def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True,
                          check=True).stdout


class Key:
    """An Ed25519 key with a name: kind 1 signs notes, kind 4 cosigns checkpoints."""

    def __init__(self, name, kind=1):
        self.name, self.kind = name, kind
        self.private = openssl("genpkey", "-algorithm", "ed25519", "-outform", "DER")
        public = openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER", data=self.private)
        self.material = bytes([kind]) + public[-32:]
        self.id = hashlib.sha256(name.encode() + b"\n" + self.material).digest()[:4]
        self.vkey = f"{name}+{self.id.hex()}+{base64_of(self.material)}"

    def raw(self, message):
        with tempfile.TemporaryDirectory() as place:
            key, file = pathlib.Path(place, "key"), pathlib.Path(place, "message")
            key.write_bytes(self.private)
            file.write_bytes(message)
            return openssl("pkeyutl", "-sign", "-keyform", "DER", "-inkey", key, "-rawin",
                           "-in", file)

    def line(self, signature):
        return f"— {self.name} {base64_of(self.id + signature)}\n"

    def signed(self, text):
        """A note of that text."""
        return f"{text}\n{self.line(self.raw(text.encode()))}"

    def cosignature(self, note, time):
        """The line of cosignature/v1 for a checkpoint."""
        text = note.rpartition("\n\n")[0] + "\n"
        signature = self.raw(f"cosignature/v1\ntime {time}\n{text}".encode())
        return self.line(time.to_bytes(8, "big") + signature)


def cosigned_by(note, vkey):
    """The time at which that witness has cosigned; None if it has not; ValueError if wrongly."""
    name, key_id, key = parse_vkey(vkey, kind=4)
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        _, signer, encoded = line.split(" ")
        signature = unbase64(encoded)
        if (signer, signature[:4]) == (name, key_id):
            time = int.from_bytes(signature[4:12], "big")
            message = f"cosignature/v1\ntime {time}\n{text}\n".encode()
            insist(ed25519_verify(key, message, signature[12:]), f"forged cosignature: {line}")
            return time
    return None


# ---- a log in memory ----------------------------------------------------------------------------

class Log:
    """Entries, and all that a log publishes about them."""

    def __init__(self, entries, key):
        self.entries, self.key = list(entries), key
        self.hashes = [leaf_hash(entry) for entry in self.entries]

    def root(self, size=None):
        return tree_hash(self.hashes[:size])

    def checkpoint(self, size=None):
        size = len(self.entries) if size is None else size
        return self.key.signed(f"{self.key.name}\n{size}\n{base64_of(self.root(size))}\n")

    def files(self):
        """Path -> bytes of the whole publication."""
        found = {"checkpoint": self.checkpoint().encode(), "vkey": f"{self.key.vkey}\n".encode()}
        for n in range(0, len(self.entries), 256):
            some = self.entries[n:n + 256]
            found[tile_path("entries", n // 256, len(some))] = b"".join(
                len(entry).to_bytes(2, "big") + entry for entry in some)
        hashes, level = self.hashes, 0
        while hashes:
            tiles = [hashes[n:n + 256] for n in range(0, len(hashes), 256)]
            for n, tile in enumerate(tiles):
                found[tile_path(level, n, len(tile))] = b"".join(tile)
            hashes = [tree_hash(tile) for tile in tiles if len(tile) == 256]
            level += 1
        return found

    def receipt(self, index):
        extra = {"entry": self.entries[index].decode(), "vkey": self.key.vkey}
        proof = [base64_of(item) for item in inclusion_proof(index, self.hashes)]
        return Receipt(extra, index, proof, self.checkpoint())
