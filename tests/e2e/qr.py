"""Reads a QR code (ISO/IEC 18004) from an SVG drawing: what a camera would, but without mercy.

No error is corrected: every block must be free of them. Byte, digit and alphanumeric segments.
"""

import re
import xml.etree.ElementTree

EC_CODEWORDS = {  # in each block, by level and version
    "L": (7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30,
          30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30),
    "M": (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28,
          28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28),
    "Q": (13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30, 28, 30,
          30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30),
    "H": (17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28, 30, 24,
          30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30)}
BLOCKS = {
    "L": (1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13,
          14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25),
    "M": (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23,
          25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49),
    "Q": (1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20, 23, 23, 25, 27, 29,
          34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68),
    "H": (1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25, 25, 34, 30, 32, 35,
          37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81)}
LEVELS = {1: "L", 0: "M", 3: "Q", 2: "H"}
MASKS = (lambda r, c: (r + c) % 2 == 0, lambda r, c: r % 2 == 0, lambda r, c: c % 3 == 0,
         lambda r, c: (r + c) % 3 == 0, lambda r, c: (r // 2 + c // 3) % 2 == 0,
         lambda r, c: r * c % 2 + r * c % 3 == 0, lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
         lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0)
ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

EXP = [1]
for _ in range(254):
    EXP.append(EXP[-1] << 1 ^ (0x11d if EXP[-1] & 0x80 else 0))
LOG = {value: power for power, value in enumerate(EXP)}


def insist(holds, what):
    if not holds:
        raise ValueError(what)


# ---- the drawing --------------------------------------------------------------------------------

def rings(path):
    """The closed lines of a path of straight strokes."""
    x = y = 0.0
    ring, tokens = [], re.findall(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)", path)
    command, at = "", 0

    def number():
        nonlocal at
        at += 1
        return float(tokens[at - 1])
    while at < len(tokens):
        if tokens[at].isalpha():
            command, at = tokens[at], at + 1
        if command in "Zz":
            if ring:
                x, y = ring[0]
                yield ring
            ring = []
            continue
        back = (x, y) if command.islower() else (0.0, 0.0)
        if command in "Mm":
            if ring:
                yield ring
            x, y = number() + back[0], number() + back[1]
            ring, command = [(x, y)], "l" if command == "m" else "L"
            continue
        insist(command in "HhVvLl", f"a stroke of another kind: {command}")
        ring = ring or [(x, y)]
        if command in "HhLl":
            x = number() + back[0]
        if command in "VvLl":
            y = number() + back[1]
        ring.append((x, y))
    if ring:
        yield ring


def dark_spans(svg):
    """Dark areas as rectangles (x, y, width, height), each row of a shape on its own."""
    for element in xml.etree.ElementTree.fromstring(svg).iter():
        tag = element.tag.rsplit("}", 1)[-1]
        colour = (element.get("fill") or "#000").lower()
        if tag not in ("rect", "path") or colour in ("#fff", "#ffffff", "white", "none"):
            continue
        if tag == "rect":
            insist("%" not in str(element.get("width")), "a dark rectangle over everything")
            yield tuple(float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
        else:
            width = float(element.get("stroke-width", "1"))
            for ring in rings(element.get("d")):
                xs, ys = [point[0] for point in ring], [point[1] for point in ring]
                if max(ys) == min(ys):  # a stroke along the middle of a row
                    yield min(xs), min(ys) - width / 2, max(xs) - min(xs), width
                else:
                    insist(len(set(ring)) == 4, "a shape that is no rectangle")
                    yield min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def modules(svg):
    """The square of modules, True where dark."""
    spans = list(dark_spans(svg))
    left, top = min(span[0] for span in spans), min(span[1] for span in spans)
    wide = max(span[0] + span[2] for span in spans) - left
    high = max(span[1] + span[3] for span in spans) - top
    insist(abs(wide - high) < 1e-6, f"not a square: {wide} by {high}")
    for n in range(21, 178, 4):  # the size whose corner shows a finder pattern
        unit, grid = wide / n, [[False] * n for _ in range(n)]
        whole = True
        for x, y, width, height in spans:
            edges = [(x - left) / unit, (y - top) / unit, width / unit, height / unit]
            whole = whole and all(abs(edge - round(edge)) < 1e-3 for edge in edges)
            column, row, columns, lines = map(round, edges)
            for r in range(row, min(n, row + lines)):
                grid[r][column:column + columns] = [True] * len(grid[r][column:column + columns])
        if whole and [grid[0][c] for c in range(8)] == [True] * 7 + [False]:
            return grid
    raise ValueError("no finder pattern in the corner")


# ---- the symbol ---------------------------------------------------------------------------------

def alignment(version):
    if version == 1:
        return []
    count = version // 7 + 2
    last = version * 4 + 10
    step = 26 if version == 32 else (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return [6] + [last - step * k for k in range(count - 1)][::-1]


def reserved(n, version):
    """The modules that hold no data."""
    taken = {(r, c) for r in range(n) for c in range(n)
             if r == 6 or c == 6 or r < 9 and c < 9 or r < 9 and c >= n - 8
             or r >= n - 8 and c < 9}
    if version >= 7:
        taken |= {place for a in range(6) for b in range(n - 11, n - 8)
                  for place in ((a, b), (b, a))}
    centres = alignment(version)
    for row in centres:
        for column in centres:
            if (row, column) not in ((6, 6), (6, n - 7), (n - 7, 6)):
                taken |= {(row + r, column + c) for r in range(-2, 3) for c in range(-2, 3)}
    return taken


def format_of(grid):
    """(level, mask) from both copies, which must be right."""
    n = len(grid)
    one = [grid[8][c] for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [grid[r][8] for r in (7, 5, 4, 3, 2, 1, 0)]
    two = [grid[r][8] for r in range(n - 1, n - 8, -1)] + [grid[8][c] for c in range(n - 8, n)]
    insist(one == two, "the two copies of the format differ")
    word = int("".join("01"[bit] for bit in one), 2) ^ 0x5412
    data = rest = word >> 10
    for _ in range(10):
        rest = rest << 1 ^ (rest >> 9) * 0x537
    insist(data << 10 | rest == word, "the format is damaged")
    insist(grid[n - 8][8], "the module that is always dark is not")
    return LEVELS[data >> 3], data & 7


def codewords(grid):
    n = len(grid)
    version = (n - 17) // 4
    level, mask = format_of(grid)
    for k in range(8, n - 8):
        insist(grid[6][k] == grid[k][6] == (k % 2 == 0), "a timing pattern is broken")
    taken, bits = reserved(n, version), []
    columns = [c for c in range(n - 1, 0, -2)]
    columns = [c if c > 6 else c - 1 for c in columns]
    for turn, right in enumerate(columns):
        for r in (range(n - 1, -1, -1) if turn % 2 == 0 else range(n)):
            for c in (right, right - 1):
                if (r, c) not in taken:
                    bits.append(grid[r][c] ^ MASKS[mask](r, c))
    whole = len(bits) // 8
    return version, level, [int("".join("01"[bit] for bit in bits[at * 8:at * 8 + 8]), 2)
                            for at in range(whole)]


def check_block(block, ec):
    """All syndromes of a Reed-Solomon block are zero."""
    for power in range(ec):
        value = 0
        for word in block:
            value = (EXP[(LOG[value] + power) % 255] if value else 0) ^ word
        insist(value == 0, "a block has errors")


def data_of(version, level, words):
    blocks, ec = BLOCKS[level][version - 1], EC_CODEWORDS[level][version - 1]
    short = len(words) // blocks
    longer = len(words) % blocks
    lengths = [short - ec + (k >= blocks - longer) for k in range(blocks)]
    found, at = [[] for _ in lengths], 0
    for place in range(max(lengths)):
        for k in range(blocks):
            if place < lengths[k]:
                found[k].append(words[at])
                at += 1
    for place in range(ec):
        for k in range(blocks):
            found[k].append(words[at])
            at += 1
    for block in found:
        check_block(block, ec)
    return b"".join(bytes(block[:-ec]) for block in found)


def read(svg):
    """The bytes that the code holds."""
    version, level, words = codewords(modules(svg))
    content = data_of(version, level, words)
    bits, at, found = "".join(f"{byte:08b}" for byte in content), 0, b""

    def take(n):
        nonlocal at
        at += n
        return int(bits[at - n:at] or "0", 2)
    size = 0 if version < 10 else 1 if version < 27 else 2
    while len(bits) - at >= 4 and (mode := take(4)):
        if mode == 7:  # the code of the characters: one byte suffices for all in use
            insist(take(8) in (3, 26), "a set of characters that is neither Latin-1 nor UTF-8")
        elif mode == 4:
            found += bytes(take(8) for _ in range(take((8, 16, 16)[size])))
        elif mode == 1:
            left = take((10, 12, 14)[size])
            while left:
                some = min(left, 3)
                found += f"{take((0, 4, 7, 10)[some]):0{some}}".encode()
                left -= some
        elif mode == 2:
            left = take((9, 11, 13)[size])
            while left > 1:
                found += "".join(ALPHANUMERIC[k] for k in divmod(take(11), 45)).encode()
                left -= 2
            found += ALPHANUMERIC[take(6)].encode() if left else b""
        else:
            raise ValueError(f"a segment of another kind: {mode}")
    return found
