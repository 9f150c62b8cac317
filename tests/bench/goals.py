"""What the product promises, as ratios within one run. A figure that was not measured gives none."""

from dataclasses import dataclass
from typing import Callable

MIB = 1 << 20


@dataclass(frozen=True)
class Goal:
    number: str
    what: str
    what_zh: str
    floor: float
    goal: float
    ratio: Callable[[dict], float]  # of the medians; KeyError where one was not measured
    more_is_better: bool = True
    unit: str = ""

    def measured(self, medians):
        try:
            return self.ratio(medians)
        except (KeyError, TypeError, ZeroDivisionError):
            return None

    def verdict(self, medians):
        value = self.measured(medians)
        if value is None:
            return "not measured"
        reached = (lambda mark: value >= mark) if self.more_is_better else (
            lambda mark: value <= mark)
        return "goal" if reached(self.goal) else "floor" if reached(self.floor) else "missed"


def over(product, ceiling):
    return lambda m: m[product] / m[ceiling]


def spread(name):
    """The dearest size over the cheapest, of what should not depend on the size."""
    def worst(medians):
        values = [v for k, v in medians.items() if k.startswith(f"growth/{name}/") and v]
        if len(values) < 2:
            raise KeyError(name)
        return max(values) / min(values)
    return worst


GOALS = [
    Goal("1", "durable POST, 64 connections / RocksDB, ideal batches of 64, 3 puts in one family",
         "经 HTTP 落盘追加，64 个连接／RocksDB 理想成组提交（每组 64 条，同一列族三次写入）",
         0.45, 0.75, over("append64", "rocksdb_ideal64")),
    Goal("2", "the same / RocksDB's own group commit, 64 threads",
         "同上／RocksDB 自身的成组提交，64 个线程",
         0.9, 1.4, over("append64", "rocksdb_threads64")),
    Goal("3", "the same / PostgreSQL, expected version, 64 clients, no HTTP",
         "同上／PostgreSQL，校验预期版本，64 个客户端，不经 HTTP",
         2, 3.5, over("append64", "postgres_plain")),
    Goal("4", "the same / PostgreSQL with the same order without gaps",
         "同上／PostgreSQL，同样连续无缺的顺序",
         12, 20, over("append64", "postgres_in_order")),
    Goal("1m", "as 1, of callers who prefer a minimal answer (the peers give no view either)",
         "同 1，调用方选用精简应答（各对照系统亦不返回视图）",
         0.45, 0.75, over("append64_minimal", "rocksdb_ideal64")),
    Goal("2m", "as 2, with minimal answers",
         "同 2，精简应答",
         0.9, 1.4, over("append64_minimal", "rocksdb_threads64")),
    Goal("4m", "as 4, with minimal answers",
         "同 4，精简应答",
         12, 20, over("append64_minimal", "postgres_in_order")),
    Goal("5", "99th percentile at 64 connections / that of PostgreSQL, expected version",
         "64 个连接时的第 99 百分位时延／PostgreSQL（校验预期版本）的第 99 百分位时延",
         0.8, 0.4, over("append64_p99", "postgres_plain_p99"), more_is_better=False),
    Goal("6", "durable POST, 1 connection / RocksDB synced put, 1 client",
         "落盘追加，1 个连接／RocksDB 同步写入，1 个客户端",
         0.55, 0.8, over("append1", "rocksdb_one")),
    Goal("7", "durable POST, 256 connections / 64 connections",
         "落盘追加，256 个连接／64 个连接",
         1.1, 1.4, over("append256", "append64")),
    Goal("8", "time of `report`, from the spine / DuckDB fold over typed columns",
         "`report` 的用时（由已推导的数据）／DuckDB 对带类型列的折叠",
         2.0, 1.0, over("replay", "duckdb_fold"), more_is_better=False),
    Goal("9", "the same / PostgreSQL fold",
         "同上／PostgreSQL 的折叠",
         0.25, 0.08, over("replay", "postgres_fold"), more_is_better=False),
    Goal("10", "this year's report from the running server, after an append / DuckDB matrix of a year",
         "追加一条之后运行中的服务给出本年度报告的用时／DuckDB 一年的矩阵",
         1.0, 0.1, over("report", "duckdb_matrix"), more_is_better=False),
    Goal("11", "`verify`, one core / reading and hashing alone (RFC 6962)",
         "`verify`，单核／仅读取并计算哈希（RFC 6962）",
         0.5, 0.9, over("verify", "merkle_replay")),
    Goal("12", "GET of one request's view, one core / the least Beast server",
         "GET 一件申请的视图，单核／最小的 Beast 服务",
         0.4, 0.7, over("view", "bare_http")),
    Goal("13", "bytes an event on disk / PostgreSQL heap",
         "磁盘上每条事项的字节数／PostgreSQL 堆表",
         1.0, 0.6, over("disk_bytes", "postgres_bytes"), more_is_better=False),
    Goal("14", "resident memory of the server, 1 million events (MiB)",
         "服务的常驻内存，一百万条事项（MiB）",
         400, 200, lambda m: m["memory_1m"] / MIB, more_is_better=False, unit=" MiB"),
    Goal("15", "cold start to ready (s)",
         "冷启动至就绪（秒）",
         5, 1, lambda m: m["cold_start"], more_is_better=False, unit=" s"),
    Goal("16a", "append, dearest size / cheapest",
         "追加，各规模中最慢／最快",
         1.3, 1.3, spread("append_us"), more_is_better=False),
    Goal("16b", "view of a request, dearest size / cheapest",
         "申请视图，各规模中最慢／最快",
         1.3, 1.3, spread("view_us"), more_is_better=False),
    Goal("16c", "replay an event, largest size / next smaller",
         "每条事项的重放用时，最大规模／次大规模",
         1.3, 1.3, lambda m: m["replay_linear"], more_is_better=False),
    Goal("17", "append with tree and sealing / without",
         "追加，有树并加密封存／两者皆无",
         0.8, 0.9, lambda m: 1 - (m["tree_us"] + m["sealing_us"]) / m["append64_cpu_us"]),
    Goal("18", "`verify` of 1 million events, one core (s)",
         "`verify` 一百万条事项，单核（秒）",
         4, 4, lambda m: 1e6 / m["verify"], more_is_better=False, unit=" s"),
]
