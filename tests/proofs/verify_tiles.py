#!/usr/bin/env python3
"""Verifies a published log (c2sp.org/tlog-tiles) from outside: verify_tiles.py URL_OR_DIR [VKEY]

Checks the signature of the checkpoint, hashes every entry again, compares every tile of every
level, and the root. Shares no code with mingce; needs Python 3.11 and the `openssl` command.
VKEY: the log's verifier key, or a file with one a line; without it the log's own is believed.
"""
import base64, hashlib, pathlib, subprocess, sys, tempfile, urllib.request

def insist(holds, what):
    if not holds:
        raise ValueError(what)

def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()

def tree_hash(hashes):  # RFC 6962, section 2.1, over leaf hashes
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    k = 1 << (len(hashes) - 1).bit_length() - 1  # the largest power of two below
    return hashlib.sha256(b"\1" + tree_hash(hashes[:k]) + tree_hash(hashes[k:])).digest()

def unbase64(text):  # strict: one text for one value
    data = base64.b64decode(text, validate=True)
    insist(base64.b64encode(data).decode() == text, f"not plain base64: {text!r}")
    return data

def ed25519_verify(key, message, signature):
    with tempfile.TemporaryDirectory() as place:
        files = [pathlib.Path(place, name) for name in ("key", "message", "signature")]
        spki = bytes.fromhex("302a300506032b6570032100") + key  # as DER
        for file, content in zip(files, (spki, message, signature), strict=True):
            file.write_bytes(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin",
                   "-inkey", files[0], "-in", files[1], "-sigfile", files[2]]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

def parse_vkey(line, kind=1):  # name, key id, public key
    name, key_id, encoded = line.strip().split("+", 2)
    key = unbase64(encoded)
    insist(len(key) == 33 and key[0] == kind and key_id == hashlib.sha256(
        name.encode() + b"\n" + key).hexdigest()[:8], f"not a key with its id: {line}")
    return name, bytes.fromhex(key_id), key[1:]

def open_checkpoint(note, vkeys):  # (size, root), signed by a known key and wrongly by none
    text, _, signatures = note.rpartition("\n\n")
    origin, size, root = text.split("\n")[:3]
    good, lines = False, signatures.split("\n")
    insist(lines.pop() == "", "a note ends with a line's end")
    for dash, name, signature in (line.split(" ") for line in lines):
        insist(dash == "—", f"not a line of a signature: {name}")
        for key in map(parse_vkey, vkeys):
            if key[0] == name == origin and key[1] == unbase64(signature)[:4]:
                good = ed25519_verify(key[2], f"{text}\n".encode(), unbase64(signature)[4:])
                insist(good, f"forged signature: {signature}")
    insist(good and size == str(int(size)) and int(size) >= 0, "not signed by a known key")
    return int(size), unbase64(root)

def tile_path(level, n, width=256):
    number = f"{n % 1000:03}"
    while n := n // 1000:
        number = f"x{n % 1000:03}/{number}"
    return f"tile/{level}/{number}" + (f".p/{width}" if width < 256 else "")

def verify(fetch, vkeys):  # (size, root, entries) of a log; `fetch` gives the bytes at a path
    size, root = open_checkpoint(fetch("checkpoint").decode(), vkeys)
    entries, level = [], 0
    for n in range(0, size, 256):
        path = tile_path("entries", n // 256, min(256, size - n))
        bundle = fetch(path)
        while bundle:
            end = 2 + int.from_bytes(bundle[:2], "big")
            insist(2 <= end <= len(bundle), f"{path}: cut short")
            entries.append(bundle[2:end])
            bundle = bundle[end:]
        insist(len(entries) == min(n + 256, size), f"{path}: not its number of entries")
    hashes = leaves = [leaf_hash(entry) for entry in entries]
    while hashes:
        tiles = [hashes[n:n + 256] for n in range(0, len(hashes), 256)]
        for path, tile in ((tile_path(level, n, len(t)), t) for n, t in enumerate(tiles)):
            insist(fetch(path) == b"".join(tile), f"{path}: not the hashes of what it covers")
        hashes, level = [tree_hash(tile) for tile in tiles if len(tile) == 256], level + 1
    insist(tree_hash(leaves) == root, "the root is not that of the entries")
    return size, root, entries

def reader(place):  # the `fetch` of a directory or URL
    if "://" in place:
        return lambda path: urllib.request.urlopen(f"{place.rstrip('/')}/{path}", timeout=60).read()
    return lambda path: pathlib.Path(place, path).read_bytes()

def main(place, vkey=""):
    try:
        keys = vkey if "+" in vkey else reader(vkey or place)("" if vkey else "vkey").decode()
        size, root, _ = verify(reader(place), keys.split())
    except (OSError, ValueError) as error:
        return f"{place}: {error}"
    print(f"{place}: {size} entries, root {base64.b64encode(root).decode()}: holds")
    return 0

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) in (2, 3) else __doc__)
