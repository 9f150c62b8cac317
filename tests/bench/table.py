"""The results as Markdown: the machine, the goals, the figures, the growth."""

from goals import GOALS
from product import LONG

MARKS = ("<!-- performance -->", "<!-- /performance -->")
VERDICTS = {"goal": ("goal met", "达到目标"), "floor": ("floor met", "达到底线"),
            "missed": ("**missed**", "**未达到**"), "not measured": ("not measured", "未测")}
HEADS = (["", "ratio within one run", "floor", "goal", "measured", ""],
         ["", "同一次运行中的比值", "底线", "目标", "实测", ""])
EN, ZH = 0, 1


def share_of(ceiling):
    """A rate over the rate that the machine allows by itself."""
    return lambda name, m, s: m[name] / m[ceiling]


def pace_of(ceiling):
    """The same of a time that all replayed events took."""
    return lambda name, m, s: s["events"] / m[name] / m[ceiling]


FIGURES = [  # name, what, unit, ratio to the raw ceiling
    ("disk_sync_us", "fdatasync of 300 bytes", "µs", None),
    ("disk_sync_16k_us", "fdatasync of 16 KiB", "µs", None),
    ("rocksdb_ideal64", "RocksDB, ideal batches of 64", "/s", None),
    ("rocksdb_threads64", "RocksDB, own group commit, 64 threads", "/s", None),
    ("rocksdb_one", "RocksDB, synced put, one client", "/s", None),
    ("postgres_plain", "PostgreSQL, expected version, 64 clients", "/s", None),
    ("postgres_plain_p99", "its 99th percentile", "µs", None),
    ("postgres_in_order", "PostgreSQL, the same order without gaps", "/s", None),
    ("bare_log64", "the least durable log behind Beast, POST, 64 connections", "/s",
     share_of("rocksdb_ideal64")),
    ("bare_log256", "the same, 256 connections", "/s", share_of("rocksdb_ideal64")),
    ("append64", "mingce, POST, 64 connections", "/s", share_of("rocksdb_ideal64")),
    ("append64_p99", "its 99th percentile", "µs", None),
    ("append64_cpu_us", "CPU time of the server an event", "µs", None),
    ("append64_long", f"mingce, POST, 64 connections, for {LONG} seconds", "/s",
     share_of("rocksdb_ideal64")),
    ("append64_long_p99", "its 99th percentile", "µs", None),
    ("append64_long_cpu_us", "CPU time of the server an event", "µs", None),
    ("append64_long_mib", "memory of the server at its end", "MiB", None),
    ("events_per_sync", "events a sync at 64 connections", "", None),
    ("append64_minimal", "mingce, POST with `Prefer: return=minimal`, 64 connections", "/s",
     share_of("rocksdb_ideal64")),
    ("append256_minimal", "the same, 256 connections", "/s", share_of("rocksdb_ideal64")),
    ("append256", "mingce, POST, 256 connections", "/s", share_of("rocksdb_ideal64")),
    ("append1", "mingce, POST, one connection", "/s", share_of("rocksdb_one")),
    ("mixed64", "mingce, half POST and half GET, 64 connections", "/s",
     share_of("rocksdb_ideal64")),
    ("bare_http", "the least Beast server, GET, one core", "/s", None),
    ("view", "mingce, one request's view, one core", "/s", share_of("bare_http")),
    ("list", "mingce, a page of fifty of the register, one core", "/s", share_of("bare_http")),
    ("iterate", "RocksDB, iterator over 1 million entries", "/s", None),
    ("duckdb_fold", "DuckDB, fold over typed columns", "s", None),
    ("duckdb_matrix", "DuckDB, matrix of one year", "s", None),
    ("postgres_fold", "PostgreSQL, fold", "s", None),
    ("replay", "mingce, `report`, from the spine", "s", pace_of("iterate")),
    ("replay_full", "mingce, `report --full`", "s", pace_of("iterate")),
    ("report", "mingce, this year's report from the running server, after an append", "s", None),
    ("report_kept", "mingce, the same while nothing is recorded", "s", None),
    ("cold_start", "mingce, cold start to ready", "s", pace_of("iterate")),
    ("merkle_replay", "reading and hashing alone, 1 million entries", "/s", None),
    ("verify", "mingce, `verify`, one core", "/s", share_of("merkle_replay")),
    ("tree_us", "CPU time of the tree an event", "µs", None),
    ("sealing_us", "CPU time of sealing an event", "µs", None),
    ("postgres_bytes", "PostgreSQL, heap an event", "bytes", None),
    ("disk_bytes", "mingce, whole directory an event", "bytes", None),
]

GROWTH = [("import_s", "import, s"), ("append_us", "append, µs"), ("view_us", "view, µs"),
          ("report_us", "report, µs"), ("replay_s", "replay, s"), ("verify_s", "verify, s"),
          ("start_s", "start, s"), ("memory", "memory, MiB"), ("disk_bytes", "bytes an event")]


def number(value):
    """Three digits that count, and no more."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def rows(head, body):
    line = lambda cells: "| " + " | ".join(cells) + " |\n"
    return line(head) + line(["---"] * len(head)) + "".join(line(cells) for cells in body)


TEXTS = (
    "{day}: {cores} cores of {cpu}, {memory_gib} GiB, {system}, Linux {kernel}; disk {disk}, "
    "fdatasync of 300 bytes {sync} µs. {versions}. Medians of {rounds} interleaved rounds of "
    "{seconds:g} s; replay and start with {events:,} events, reads and `verify` with "
    "{verified:,}.{busy}\n",
    "{day}：{cores} 核 {cpu}，{memory_gib} GiB，{system}，Linux {kernel}；磁盘 {disk}，"
    "300 字节的 fdatasync 用时 {sync} µs。{versions}。取 {rounds} 轮交替测量的中位数，"
    "每轮 {seconds:g} 秒；重放与启动用 {events:,} 条事项，读取与 `verify` 用 {verified:,} 条。{busy}\n",
)
BUSY = (" **{busy_rounds} of {begun_rounds} rounds began on a busy machine.**",
        "**{begun_rounds} 轮中有 {busy_rounds} 轮开始时机器另有负载。**")


STEADY = 1.5  # how far the disk's latency may move between rounds
UNSTEADY = (" **The disk's latency moved by a factor of {0:.1f} during the run: measure again.**",
            "**测量期间磁盘时延变动达 {0:.1f} 倍：应重新测量。**")


def unsteady_text(result, language):
    syncs = result["rounds"].get("disk_sync_us", [1])
    moved = max(syncs) / min(syncs)
    return UNSTEADY[language].format(moved) if moved > STEADY else ""


def machine_text(result, language=EN):
    machine = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    sync = result["medians"].get("disk_sync_us")
    return TEXTS[language].format(
        **machine | result["settings"] | {"versions": versions},
        sync="–" if sync is None else f"{sync:.0f}",
        busy=(BUSY[language].format(**result) if result["busy_rounds"] else "")
        + unsteady_text(result, language))


def goals_as_data(result):
    return [{"goal": g.number, "what": g.what, "floor": g.floor, "aim": g.goal,
             "measured": g.measured(result["medians"]), "verdict": g.verdict(result["medians"])}
            for g in GOALS]


def goals_table(result, language=EN):
    body = []
    for goal in GOALS:
        value = goal.measured(result["medians"])
        sign = "≥" if goal.more_is_better else "≤"
        body.append([goal.number, (goal.what, goal.what_zh)[language],
                     f"{sign} {goal.floor:g}", f"{sign} {goal.goal:g}",
                     "–" if value is None else number(value) + goal.unit,
                     VERDICTS[goal.verdict(result["medians"])][language]])
    return rows(HEADS[language], body)


def ratio_to_ceiling(result, name, ratio):
    try:
        return number(ratio(name, result["medians"], result["settings"])) if ratio else ""
    except KeyError:
        return ""


def figures_table(result):
    body = []
    for name, what, unit, ratio in FIGURES:
        values = result["rounds"].get(name)
        if values:
            body.append([what, f"{number(result['medians'][name])} {unit}".strip(),
                         f"{number(min(values))} – {number(max(values))}",
                         ratio_to_ceiling(result, name, ratio)])
    return rows(["", "median", "of all rounds", "to the raw ceiling"], body)


def growth_table(result):
    medians = result["medians"]
    sizes = [n for n in result["settings"]["sizes"] if f"growth/replay_s/{n}" in medians]
    body = []
    for name, what in GROWTH:
        scale = 1 << 20 if name == "memory" else 1
        body.append([what] + [number(medians[f"growth/{name}/{n}"] / scale) for n in sizes])
    return rows(["events"] + [f"{n:,}" for n in sizes], body) if sizes else ""


def markdown(result):
    parts = ["# Performance\n", machine_text(result), "## Goals\n", goals_table(result),
             "## Figures\n", figures_table(result)]
    if growth := growth_table(result):
        parts += ["## As the log grows\n", growth]
    parts += ["## How it is measured\n", METHOD]
    if result["skipped"]:
        parts += ["Skipped in this run: " + "; ".join(result["skipped"]) + ".\n"]
    return "\n".join(parts)


METHOD = """`tools/bench` measures everything anew, product and peers in turn, and judges ratios: absolute figures move with the machine.

- **The raw ceiling** of an append is RocksDB with ideal batches (with one connection: a synced put), of a read the least Beast server, of replay and start RocksDB's iterator over as many entries, of `verify` reading and hashing alone.
- **Appends** go through HTTP, with rules, idempotency keys, tree and sealing on, the disk synced before each 201. The load generator opens requests (name, telephone, subject) and leads each through ten events, five of them with a private half; status and version of every answer are checked.
- **Each number of connections** has a register of its own, new as the databases of the peers are, and the same time. The load that goes on shows what comes then and what no peer is asked for: tables are written and compressed, the spine follows, checkpoints are signed.
- **The least durable log** takes the same load, reads the JSON, numbers the event within its stream, writes three rows in the batch of whatever waits, syncs, and answers in twenty bytes: no rules, keys of callers, tree, sealing or view. It is what this machine, with the load generator beside, allows any product behind HTTP.
- **Minimal answers** (`Prefer: return=minimal`) tell position and version; by default the answer is the event and the view of its request, with dates, timers and irregularities.
- **Events a sync**: the kernel's count of fdatasync calls beside the answers (needs perf).
- **RocksDB** writes three rows an event in one column family, 375 bytes the event. *Ideal* is one thread that always has a whole batch ready.
- **PostgreSQL** appends through a function that checks the expected version, over a unix socket, with fsync; *in order* takes one lock until the commit. Its fold, and DuckDB's, count the same events as mingce, and the totals must agree, or the run ends with an error.
- **Reading and hashing alone** reads entries of 375 bytes from RocksDB and computes the root of RFC 6962 over them.
- **With tree and sealing / without**: the product has no switch that leaves them out. The CPU time of the tree (hashing, frontier, tiles and their rows in the database) is measured on the product's own code; that of sealing as the difference of two logs, filled once with private halves and once with the same text in the open. Both are set against the server's CPU time an event at 64 connections.
- **Cold start**: the page cache is dropped before, where that is allowed.
"""


def between_marks(text, inner):
    """The text with something else between its two marks."""
    before, rest = text.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    return f"{before}{MARKS[0]}\n{inner}{MARKS[1]}{after}"


def publish(root, result):
    """The whole into ops/, the goals between the marks of the READMEs."""
    (root / "ops" / "performance.md").write_text(markdown(result), encoding="utf-8")
    for name, language in (("README.md", EN), ("README.zh-CN.md", ZH)):
        path = root / name
        inner = f"{machine_text(result, language)}\n{goals_table(result, language)}"
        path.write_text(between_marks(path.read_text(encoding="utf-8"), inner), encoding="utf-8")
