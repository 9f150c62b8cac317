#!/usr/bin/env python3
"""Measures mingce beside the raw ceilings and the peers, in interleaved rounds; judges the medians.

Called by tools/bench, which builds what this needs. Nothing that was measured in another run is
ever used. A peer that is not there is skipped with a word.
"""

import argparse
import contextlib
import itertools
import json
import statistics
import sys
from pathlib import Path

import machine
import peers
import product
import table
from product import note

PARTS = ("append", "reads", "replay", "growth")


class Run:
    """What was measured: every round of every figure."""

    def __init__(self, options):
        self.options = options
        self.rounds = {}
        self.skipped = []
        self.versions = {}
        self.begun_rounds = self.busy_rounds = 0
        self.scratch = options.data / "scratch"
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.registers = product.Registers(options.data / "registers")

    def add(self, name, value):
        if value is not None:
            self.rounds.setdefault(name, []).append(value)

    def skip(self, what):
        note(f"skipped: {what}")
        self.skipped.append(what)

    def turns(self, what):
        """The rounds of one part, each begun when the machine is quiet, if it ever is."""
        for turn in range(self.options.rounds):
            quiet = machine.wait_until_quiet(20)
            self.begun_rounds += 1
            self.busy_rounds += not quiet
            note(f"{what}, round {turn + 1} of {self.options.rounds}"
                 + ("" if quiet else "; the machine is busy"))
            yield turn

    def medians(self):
        return {name: statistics.median(values) for name, values in self.rounds.items()}

    # ---- appending ----------------------------------------------------------------------------

    def append(self):
        postgres = peers.Postgres(self.options.data)
        if not postgres.is_there:
            self.skip("PostgreSQL is not installed (postgresql, postgresql-contrib)")
            return self.append_rounds(None)
        with postgres.running():
            self.add_version("PostgreSQL", postgres.version())
            postgres.prepare_appending()
            return self.append_rounds(postgres)

    def append_rounds(self, postgres):
        for _ in self.turns("append"):
            product.settle()
            found = product.benchmarks("mingce_ceilings", self.scratch, "disk_sync|append")
            self.add("disk_sync_us", found["disk_sync/300"]["real_time"] / 1e3)
            self.add("disk_sync_16k_us", found["disk_sync/16384"]["real_time"] / 1e3)
            self.add("rocksdb_ideal64", found["append_ideal/64"]["items_per_second"])
            self.add("rocksdb_one", found["append_ideal/1"]["items_per_second"])
            self.add("rocksdb_threads64",
                     found["AppendOwnGroups/append_own_groups"]["items_per_second"])
            self.append_bare()
            self.append_product()
            if postgres:
                product.settle()
                plain = postgres.append("append_plain", seconds=self.options.seconds)
                self.add("postgres_plain", plain["per_second"])
                self.add("postgres_plain_p99", plain["p99_us"])
                product.settle()
                ordered = postgres.append("append_in_order", seconds=self.options.seconds)
                self.add("postgres_in_order", ordered["per_second"])

    def append_bare(self):
        """What the same load gets from a log that does nothing else."""
        for connections in (64, 256):
            product.settle()
            with product.bare_log(self.scratch) as address:
                figures = product.load(address, "append", connections, self.options.seconds)
                self.add(f"bare_log{connections}", figures["per_second"])

    def append_product(self):
        """Each on a new register, as each peer is measured on a new database; the last goes on for
        as long as it takes to meet all that is done beside: tables, spine, signatures."""
        for connections in (64, 256, 1):
            with self.new_register() as server:
                self.add_appends(server, f"append{connections}", connections, self.options.seconds)
        for connections in (64, 256):
            with self.new_register() as server:
                figures = product.load(server.address, "append", connections, self.options.seconds,
                                       minimal=True)
                self.add(f"append{connections}_minimal", figures["per_second"])
        with self.new_register() as server:
            mixed = product.load(server.address, "mixed", 64, self.options.seconds)
            self.add("mixed64", mixed["per_second"])
            self.add("mixed64_p99", mixed["p99_us"])
        with self.new_register() as server:
            self.add_appends(server, "append64_long", 64, product.LONG)
            self.add("append64_long_mib", server.memory() / (1 << 20))
            self.add("events_per_sync", self.events_per_sync(server))

    @contextlib.contextmanager
    def new_register(self):
        data = self.scratch / "register"
        product.remove(data)
        product.settle()
        with product.server(data) as server:
            yield server
        product.remove(data)

    def add_appends(self, server, name, connections, seconds):
        before, begun = server.cpu_seconds(), product.time.monotonic()
        figures = product.load(server.address, "append", connections, seconds)
        used, lasted = server.cpu_seconds() - before, product.time.monotonic() - begun
        self.add(name, figures["per_second"])
        self.add(f"{name}_p99", figures["p99_us"])
        # CPU time counts the warming up as well: the share of the whole span is used.
        self.add(f"{name}_cpu_us", used / lasted / figures["per_second"] * 1e6)

    @staticmethod
    def events_per_sync(server):
        with product.subprocess.Popen(
                [str(part) for part in
                 (product.PROGRAMS / "mingce_load", "--address", server.address, "--json",
                  "--seconds", 1.5, "--warmup", 0.5, "--organ", product.ORGAN)],
                stdout=product.subprocess.PIPE, text=True) as running:
            product.time.sleep(0.7)
            syncs = product.syncs_per_second(server.pid)
            events = json.loads(running.communicate()[0])["per_second"]
        return events / syncs if syncs else None

    # ---- reading ------------------------------------------------------------------------------

    def reads(self):
        events = self.options.small
        with self.registers.copy(events) as data, product.server(data, core=0) as counted, \
                product.bare_http(core=0) as bare:
            product.wait_for_texts(counted.address)
            for _ in self.turns("reads"):
                seconds = self.options.seconds
                self.add("bare_http", product.load(bare, path="/", seconds=seconds, core=1)
                         ["per_second"])
                for mix in ("view", "list"):
                    figures = product.load(counted.address, mix, 64, seconds, core=1)
                    self.add(mix, figures["per_second"])
                    self.add(f"{mix}_p99", figures["p99_us"])

    # ---- replay -------------------------------------------------------------------------------

    def replay(self):
        events = self.options.events
        lines = self.registers.lines(events)
        totals = {}
        duckdb = peers.DuckDb(self.options.data)
        if duckdb.is_there:
            note(f"DuckDB loads {events:,} events")
            duckdb.load_events(lines)
            found = duckdb.query(product.YEAR, threads=2, rounds=self.options.rounds)
            self.add_version("DuckDB", found["version"])
            for name in ("fold", "matrix"):
                for one in found[name]:
                    self.add(f"duckdb_{name}", one["seconds"])
                    totals[f"DuckDB {name}"] = one["total"]
        else:
            self.skip("DuckDB cannot be had (node, npm)")
        self.replay_postgres(lines, totals)

        data = self.registers.pristine(events)
        for turn in self.turns("replay"):
            took, report = product.report_command(data)
            self.add("replay", took)
            totals["mingce"] = product.answered_in_year(report)
            if turn == 0: # it takes long, and is compared with nothing
                took, report = product.report_command(data, "--full")
                self.add("replay_full", took)
                totals["mingce --full"] = product.answered_in_year(report)
            self.add("disk_bytes", product.size_of(data) / events)
        note(f"answered in {product.YEAR}: {totals}")
        if len(set(totals.values())) != 1:
            raise RuntimeError(f"the totals differ: {totals}")
        self.running_report(events)
        self.verify()

    def replay_postgres(self, lines, totals):
        postgres = peers.Postgres(self.options.data)
        if not postgres.is_there:
            return self.skip("PostgreSQL is not installed")
        with postgres.running():
            note("PostgreSQL loads the same")
            self.add("postgres_bytes", postgres.load_events(lines))
            for _ in range(min(3, self.options.rounds)):
                took, totals["PostgreSQL"] = postgres.fold(product.YEAR)
                self.add("postgres_fold", took)
        return None

    def running_report(self, events):
        with self.registers.copy(events) as data:
            cold = product.drop_page_cache()
            if not cold:
                self.skip("the page cache may not be dropped: the start is a warm one")
            with product.server(data) as server:
                self.add("cold_start", server.started_in)
                product.wait_for_texts(server.address)
                for _ in range(self.options.rounds):
                    self.add("report", product.report_after_an_append(server.address))
                figures = product.load(server.address, "report", 1, self.options.seconds, warmup=5)
                self.add("report_kept", figures["p50_us"] / 1e6)

    def verify(self):
        data = self.registers.pristine(self.options.small)
        for turn in self.turns("verify"):
            took, _ = product.command("verify", "--data", data, core=0)
            self.add("verify", self.options.small / took)
            if turn < 3:
                found = product.benchmarks("mingce_ceilings", self.scratch, "Stored", core=0)
                self.add("merkle_replay", found["Stored/merkle_replay/1000000"]["items_per_second"])
                self.add("iterate", found["Stored/iterate/1000000"]["items_per_second"])
                shares = product.benchmarks("mingce_shares", self.scratch)
                per = {name: row["cpu_time"] / 1e3 / (64 if name == "tree" else 10)
                       for name, row in shares.items()}
                self.add("tree_us", per["tree"])
                self.add("sealing_us", max(0.0, per["FilledLog/append_sealed"]
                                           - per["FilledLog/append_open"]))

    # ---- growth -------------------------------------------------------------------------------

    def growth(self):
        with contextlib.ExitStack() as open_registers:
            servers = {}
            for events in self.options.sizes:
                note(f"growth: {events:,} events")
                self.measure_at_rest(events)
                copy = open_registers.enter_context(self.registers.copy(events))
                product.drop_page_cache()
                server = open_registers.enter_context(product.server(copy))
                self.add(f"growth/start_s/{events}", server.started_in)
                product.wait_for_texts(server.address)
                servers[events] = server
            self.measure_running(servers)
        if len(self.options.sizes) > 1:
            medians = self.medians()
            small, large = sorted(self.options.sizes)[-2:]
            an_event = lambda n: medians[f"growth/replay_s/{n}"] / n
            self.add("replay_linear", an_event(large) / an_event(small))

    def measure_at_rest(self, events):
        data = self.registers.pristine(events)
        add = lambda name, value: self.add(f"growth/{name}/{events}", value)
        add("import_s", self.registers.import_seconds[events])
        add("disk_bytes", product.size_of(data) / events)
        for _ in range(min(3, self.options.rounds)):
            add("replay_s", product.report_command(data)[0])
        add("verify_s", product.command("verify", "--data", data, core=0)[0])

    def measure_running(self, servers):
        """Sizes take turns: they are compared with each other, and the machine changes by the
        minute."""
        for _ in self.turns("growth: views"):
            for events, server in servers.items():
                figures = product.load(server.address, "view", 64, self.options.seconds)
                self.add(f"growth/view_us/{events}", 1e6 / figures["per_second"])
                self.add(f"growth/report_us/{events}",
                         product.report_after_an_append(server.address) * 1e6)
        for events, server in servers.items():
            self.add(f"growth/memory/{events}", server.memory())
            if events == 1_000_000:
                self.add("memory_1m", server.memory())
        # Not many: what they append makes the small register a larger one.
        for _ in itertools.islice(self.turns("growth: appends"), 3):
            for events, server in servers.items():
                product.settle()
                figures = product.load(server.address, "append", 64, self.options.seconds)
                self.add(f"growth/append_us/{events}", 1e6 / figures["per_second"])

    def add_version(self, name, version):
        self.versions[name] = version


def sizes(text):
    return sorted(int(float(part)) for part in text.split(","))


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=product.ROOT / "build" / "bench",
                        help="where to write: on the disk that is to be judged")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each load")
    parser.add_argument("--events", type=lambda t: int(float(t)), default=10_000_000,
                        help="that are replayed and started with")
    parser.add_argument("--small", type=lambda t: int(float(t)), default=1_000_000,
                        help="that are verified and read")
    parser.add_argument("--sizes", type=sizes, default=sizes("1e4,1e5,1e6,1e7"),
                        help="of the growing log")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts: {','.join(PARTS)}")
    parser.add_argument("--quick", action="store_true",
                        help="three rounds of one second, at most 100,000 events")
    parser.add_argument("--publish", action="store_true",
                        help="write the table into ops/performance.md and both READMEs")
    options = parser.parse_args()
    options.data = options.data.resolve()
    if options.quick:
        options.rounds, options.seconds = 3, 1.0
        options.events = options.small = 100_000
        options.sizes = [10_000, 100_000]
    return options


def main():
    options = parse()
    run = Run(options)
    description = machine.describe(options.data)
    for part in options.only.split(","):
        try:
            getattr(run, part)()
        except (RuntimeError, OSError) as failure: # what was measured before is not lost
            run.skip(f"{part} ended early: {failure}")
    result = {"machine": description | {"versions": description["versions"]
                                        | run.versions},
              "settings": {"rounds": options.rounds, "seconds": options.seconds,
                           "events": options.events, "verified": options.small,
                           "sizes": options.sizes},
              "rounds": run.rounds, "medians": run.medians(), "skipped": run.skipped,
              "begun_rounds": run.begun_rounds, "busy_rounds": run.busy_rounds}
    text = table.markdown(result)
    (options.data / "performance.json").write_text(
        json.dumps(result | {"goals": table.goals_as_data(result)}, ensure_ascii=False, indent=1))
    (options.data / "performance.md").write_text(text, encoding="utf-8")
    print(text)
    note(f"written: {options.data}/performance.md and .json")
    if options.publish:
        table.publish(product.ROOT, result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
