"""The command line, tested from outside against the contract."""

import contextlib
import json
import pathlib
import tempfile
import unittest

from mingce_server import Server, edition, receipt, run, table_rows

ORGAN = "jd"
DONE, REFUSED, USAGE, UNUSABLE = 0, 1, 2, 3


def line(kind, on, data, **more):
    return {"type": kind, "organ": ORGAN, "on": on, "data": data, **more}


def request(register_no, on="2025-03-03", **data):
    return line("request.received", on, receipt(**data), request=register_no)


def answer(register_no, on="2025-03-17", outcome="disclosed.provided"):
    return line("request.answered", on, {"outcome": outcome}, request=register_no)


REGISTRATION = line("organ.registered", "2020-01-01", {"name": "某街道", "kind": "subdistrict"})

# An older register in one file: every kind of stream, carried over a year's end.
REGISTER = [
    REGISTRATION,
    request("2024-1", "2024-12-20", name="老申请人", subject="危房鉴定结论"),
    request("2025-1", name="赵小七", subject="集体土地征收"),
    answer("2024-1", "2025-01-09", "partially_disclosed"),
    answer("2025-1"),
    request("2025-2", "2025-06-03", kind="commercial_enterprise", name="某公司"),
    line("correction.requested", "2025-06-05", {"respond_by": "2025-06-20"}, request="2025-2"),
    request("2025-3", "2025-06-03"),
    line("request.merged", "2025-06-04", {"into": "2025-2"}, request="2025-3"),
    line("reconsideration.accepted", "2025-04-01", {"authority": "某市政府"}, dispute="复议-1",
         requests=["2025-1"]),
    line("reconsideration.decided", "2025-05-20", {"decision": "upheld"}, dispute="复议-1"),
    line("figure.recorded", "2025-12-31", {"item": "licences.decisions", "quantity": 12},
         figure="许可-1"),
    line("figure.recorded", "2025-12-31", {"item": "fees.amount", "quantity": "2230"}),
]
RECEIVED_2025 = [2, 1, 0, 0, 0, 0, 3]


def ndjson(lines):
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in lines)


class CommandCase(unittest.TestCase):
    """Each test has an empty directory of its own."""

    maxDiff = None

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-cli-")
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.data = self.root / "data"

    def mingce(self, command, *arguments, data=None, text=None, code=DONE):
        done = run(command, "--data", data or self.data, *arguments, text=text)
        self.assertEqual(done.returncode, code, self.said(done))
        return done

    def said(self, done):
        return done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")

    def imported(self, lines=REGISTER, *options, data=None, code=DONE):
        return self.mingce("import", "-", *options, data=data, text=ndjson(lines), code=code)

    def exported(self, *options, data=None):
        text = self.mingce("export", *options, data=data).stdout.decode()
        return [json.loads(item) for item in text.splitlines()]

    def report(self, *options, year=2025, data=None):
        done = self.mingce("report", "--organ", ORGAN, "--year", year, "--format", "json", *options,
                           data=data)
        return json.loads(done.stdout)

    def tables(self, data=None):
        """What two logs with the same facts must agree on, over two years."""
        return [{part: report[part] for part in ("proactive", "requests", "disputes", "checks")}
                for report in (self.report(year=year, data=data) for year in (2024, 2025))]

    @contextlib.contextmanager
    def nothing_written(self):
        before = self.exported("--with-personal-data")
        yield
        self.assertEqual(self.exported("--with-personal-data"), before)


class Import(CommandCase):
    def test_from_standard_input(self):
        self.imported()
        report = self.report()
        self.assertEqual(report["requests"]["received"], RECEIVED_2025)
        self.assertEqual(report["requests"]["carried_in"], [1, 0, 0, 0, 0, 0, 1])
        self.assertEqual(report["requests"]["disclosed"], [1, 0, 0, 0, 0, 0, 1])
        self.assertEqual(report["requests"]["partially_disclosed"], [1, 0, 0, 0, 0, 0, 1])
        self.assertEqual(report["requests"]["closed.other"], [1, 0, 0, 0, 0, 0, 1])
        self.assertEqual(report["requests"]["carried_out"], [0, 1, 0, 0, 0, 0, 1])
        self.assertEqual(report["disputes"]["reconsideration"],
                         {"upheld": 1, "corrected": 0, "other": 0, "pending": 0, "total": 1})
        self.assertEqual(report["proactive"]["licences"], {"decisions": 12})
        self.assertEqual(str(report["proactive"]["fees"]["amount"]), "0.223")

    def test_from_a_file(self):
        path = self.root / "register.ndjson"
        path.write_text(ndjson(REGISTER), encoding="utf-8")
        self.mingce("import", path)
        self.assertEqual(self.report()["requests"]["received"], RECEIVED_2025)

    def test_order_in_the_file_is_log_order(self):
        self.imported()
        self.assertEqual([item["type"] for item in self.exported()],
                         [item["type"] for item in REGISTER])

    def test_dry_run_writes_nothing(self):
        self.imported([REGISTRATION])
        with self.nothing_written():
            self.imported(REGISTER[1:], "--dry-run")
        self.imported(REGISTER[1:])

    def test_dry_run_names_bad_lines_too(self):
        self.imported([REGISTRATION])
        with self.nothing_written():
            done = self.imported([request("1", channel="pigeon")], "--dry-run", code=REFUSED)
        self.assertIn("/data/channel", self.said(done))

    def test_every_bad_line_is_named(self):
        self.imported([REGISTRATION])
        lines = [json.dumps(item, ensure_ascii=False) for item in (
            request("A"),
            request("B", channel="pigeon"),                              # line 2
            request("C", on="2025-02-30"),                               # line 3
            request("D") | {"colour": "red"},                            # line 4
            answer("A"),
            answer("A", "2025-03-18"),                                   # line 6: a second answer
            request("E") | {"organ": "nowhere"},                         # line 7
            answer("never-received"))]                                   # line 8
        lines.insert(8, '{"type":"request.received",')                   # line 9: broken
        with self.nothing_written():
            done = self.mingce("import", "-", text="\n".join(lines) + "\n", code=REFUSED)
        said = self.said(done)
        for number, pointer in ((2, "/data/channel"), (3, "/on"), (4, "/colour"), (6, ""),
                                (7, "/organ"), (8, "/request"), (9, "")):
            with self.subTest(line=number):
                self.assertRegex(said, rf"(?m)^.*\b{number}\b.*{pointer}.*$")

    def test_good_lines_beside_bad_ones_are_not_written(self):
        self.imported([REGISTRATION])
        with self.nothing_written():
            self.imported([request("A"), request("B", channel="pigeon")], code=REFUSED)
        self.imported([request("A")])

    def test_a_line_seen_before_is_skipped(self):
        lines = [REGISTRATION] + [item | {"key": f"old-{n}"}
                                  for n, item in enumerate((request("A"), answer("A")))]
        self.imported(lines)
        with self.nothing_written():
            self.imported(lines[1:])
        self.imported(lines[1:] + [request("B") | {"key": "old-9"}])
        self.assertEqual(self.report()["requests"]["received"][6], 2)

    def test_a_register_number_taken(self):
        self.imported([REGISTRATION, request("A")])
        with self.nothing_written():
            self.imported([request("A")], code=REFUSED)

    def test_asserted_facts_say_so(self):
        self.imported([REGISTRATION, request("A") | {"source": "asserted"}])
        self.assertEqual(self.exported()[1]["source"], "asserted")

    def test_files_that_are_not_there(self):
        self.mingce("import", self.root / "none.ndjson", code=UNUSABLE)

    def test_an_empty_file(self):
        self.imported([REGISTRATION])
        with self.nothing_written():
            self.mingce("import", "-", text="")


class Export(CommandCase):
    def setUp(self):
        super().setUp()
        self.imported()
        self.copy = self.root / "copy"

    def test_the_same_tables(self):
        for options in ((), ("--with-personal-data",)):
            with self.subTest(options):
                copy = self.root / f"copy{len(options)}"
                self.imported(self.exported(*options), data=copy)
                self.assertEqual(self.tables(data=copy), self.tables())

    def test_sealed_unless_asked_for(self):
        for name in ("赵小七", "集体土地征收"):
            self.assertNotIn(name, json.dumps(self.exported(), ensure_ascii=False))
            self.assertIn(name, json.dumps(self.exported("--with-personal-data"),
                                           ensure_ascii=False))

    def test_place_time_and_author(self):
        for seq, item in enumerate(self.exported(), start=1):
            self.assertEqual(item["seq"], seq)
            self.assertRegex(item["recorded_at"], r"Z$")
            self.assertIn("actor", item)

    def test_preserved(self):
        original = self.exported("--with-personal-data")
        self.imported(original, "--preserve", data=self.copy)
        self.assertEqual(self.exported("--with-personal-data", data=self.copy), original)
        self.assertEqual(self.tables(data=self.copy), self.tables())

    def test_preserve_needs_an_empty_directory(self):
        original = self.exported("--with-personal-data")
        with self.nothing_written():
            done = run("import", "--data", self.data, "-", "--preserve", text=ndjson(original))
            self.assertIn(done.returncode, (REFUSED, USAGE, UNUSABLE), self.said(done))


class Report(CommandCase):
    def setUp(self):
        super().setUp()
        self.imported()

    def written(self, *options, code=DONE, year=2025):
        return self.mingce("report", "--organ", ORGAN, "--year", year, *options, code=code)

    def test_json(self):
        report = self.report()
        self.assertEqual(report["organ"], {"code": ORGAN, "name": "某街道"})
        self.assertEqual((report["year"], report["scope"], report["edition"]),
                         (2025, "organ", "cn-2021"))
        self.assertEqual(report["as_of"]["seq"], len(REGISTER))
        self.assertEqual(set(report["requests"]), set(table_rows("cn-2021")))

    def test_formats(self):
        label = edition("cn-2021")["requests"]["rows"][0]["label"].encode()
        signs = {"text": label, "csv": label, "json": b'"received"'}
        for name, sign in signs.items():
            with self.subTest(name):
                self.assertIn(sign, self.written("--format", name).stdout)
                path = self.root / f"report.{name}"
                self.written("--format", name, "--out", path)
                self.assertIn(sign, path.read_bytes())

    def test_text_is_the_default(self):
        self.assertEqual(self.written().stdout, self.written("--format", "text").stdout)

    def test_edition_in_force(self):
        for year, name in ((2019, "cn-2019"), (2020, "cn-2019"), (2021, "cn-2021")):
            self.assertEqual(self.report(year=year)["edition"], name)

    def test_before_the_first_edition(self):
        said = self.said(self.written(year=2018, code=USAGE))
        self.assertIn("cn-2019", said)
        self.assertIn("cn-2021", said)
        self.assertEqual(self.report("--edition", "cn-2019", year=2018)["edition"], "cn-2019")

    def test_as_of(self):
        # After the organ and two receipts nothing was answered yet.
        report = self.report("--as-of", 3)
        self.assertEqual(report["as_of"]["seq"], 3)
        self.assertEqual(report["requests"]["received"], [1, 0, 0, 0, 0, 0, 1])
        self.assertEqual(report["requests"]["carried_out"], [2, 0, 0, 0, 0, 0, 2])

    def test_region(self):
        self.imported([
            line("organ.registered", "2020-01-01",
                 {"name": "某村镇", "kind": "township", "parent": ORGAN}) | {"organ": "town"},
            request("1") | {"organ": "town"}])
        self.assertEqual(self.report()["requests"]["received"][6], 3)
        self.assertEqual(self.report("--scope", "region")["requests"]["received"][6], 4)

    def test_strict(self):
        self.written("--strict")
        self.imported([line("figure.recorded", "2025-06-01",
                            {"item": "normative_documents.issued", "quantity": -1})])
        self.written()
        self.written("--strict", code=REFUSED)
        failed = {check["id"] for check in self.report()["checks"] if check["status"] == "fail"}
        self.assertIn("C08", failed)

    def test_usage(self):
        for options in (("--format", "papyrus"), ("--scope", "planet"), ("--edition", "cn-1949"),
                        ("--nonsense",), ("--as-of", "yesterday")):
            with self.subTest(options):
                self.written(*options, code=USAGE)
        self.mingce("report", "--organ", ORGAN, code=USAGE)
        self.written(year="MMXXV", code=USAGE)

    def test_unknown_organ(self):
        done = run("report", "--data", self.data, "--organ", "nowhere", "--year", 2025)
        self.assertIn(done.returncode, (REFUSED, USAGE))
        self.assertIn("nowhere", self.said(done))


class Reading(CommandCase):
    def setUp(self):
        super().setUp()
        self.imported()

    def explained(self, cell, code=DONE):
        return self.said(self.mingce("explain", "--organ", ORGAN, "--year", 2025, "--cell", cell,
                                     code=code))

    def test_explain(self):
        said = self.explained("requests/received/natural_person")
        for register_no, there in (("2025-1", True), ("2025-3", True), ("2025-2", False),
                                   ("2024-1", False)):
            with self.subTest(register_no):
                self.assertEqual(register_no in said, there, said)

    def test_explain_a_cell_that_does_not_exist(self):
        for cell in ("requests/received/martian", "weather", "requests/nothing/total"):
            with self.subTest(cell):
                done = run("explain", "--data", self.data, "--organ", ORGAN, "--year", 2025,
                           "--cell", cell)
                self.assertIn(done.returncode, (REFUSED, USAGE), self.said(done))

    def test_replay(self):
        said = self.mingce("replay").stdout.decode()
        for kind in {item["type"] for item in REGISTER}:
            self.assertIn(kind, said)

    def test_replay_of_a_part(self):
        said = self.mingce("replay", "--from", 4, "--to", 5).stdout.decode()
        self.assertIn("request.answered", said)
        self.assertNotIn("figure.recorded", said)


class Difference(CommandCase):
    """What changed between two positions: a later answer, a correction, a voiding, a carry-over."""

    LATER = [
        line("note.added", "2025-06-03", {"text": "电话沟通"}, request="2025-3"),
        line("request.voided", "2025-06-30", {"reason": "重复登记"}, request="2025-1"),
        line("event.amended", "2025-07-01", {"target": 1, "reason": "录错", "on": "2025-06-02"},
             request="2025-2"),
        line("request.assigned", "2025-06-03", {"unit": "法规科"}, request="2025-3"),
        line("correction.received", "2025-06-10", {}, request="2025-2"),
        line("request.answered", "2025-06-30", {"outcome": "unavailable.not_held"},
             request="2025-2"),
    ]

    def setUp(self):
        super().setUp()
        self.imported()
        self.imported(self.LATER)

    def diff(self, first, *more, code=DONE):
        done = self.mingce("diff", "--from", str(first), "--format", "json", *more, code=code)
        return json.loads(done.stdout) if code == DONE else done

    def test_events_cases_and_cells(self):
        told = self.diff(len(REGISTER))
        events = told["events"]
        self.assertEqual(events["total"], len(self.LATER))
        self.assertEqual(events["by_type"]["request.answered"], 1)
        self.assertEqual(events["voided"], [len(REGISTER) + 2])
        self.assertEqual(events["amended"], [len(REGISTER) + 3])
        cases = {case["request"]: case for case in told["cases"]}
        self.assertEqual(set(cases), {"2025-1", "2025-2"})
        self.assertEqual(cases["2025-1"]["state"], {"from": "concluded", "to": "voided"})
        self.assertEqual(cases["2025-2"]["received_on"], {"from": "2025-06-03", "to": "2025-06-02"})
        cells = {cell["cell"]: (cell["from"], cell["to"]) for cell in told["cells"]}
        self.assertEqual(cells["requests/received/natural_person"], ("2", "1"))
        self.assertEqual(cells["requests/carried_out/total"], ("1", "0"))
        self.assertEqual(cells["requests/unavailable.not_held/commercial_enterprise"], ("0", "1"))

    def test_cells_that_moved_are_those_of_the_two_reports(self):
        told = self.diff(len(REGISTER))
        for year in (2024, 2025, 2026):
            def report(*as_of):
                done = self.mingce("report", "--organ", ORGAN, "--year", str(year), "--format",
                                   "csv", *as_of)
                rows = (row.split(",") for row in done.stdout.decode().splitlines()[1:])
                return {"/".join(row[:3]): row[-1] for row in rows}
            before, after = report("--as-of", str(len(REGISTER))), report()
            moved = {name: (before[name], value) for name, value in after.items()
                     if before[name] != value}
            said = {cell["cell"]: (cell["from"], cell["to"]) for cell in told["cells"]
                    if cell["year"] == year}
            self.assertEqual(said, moved, year)

    def test_nothing_between_a_position_and_itself(self):
        told = self.diff(3, "--to", "3")
        self.assertEqual((told["events"]["total"], told["cases"], told["cells"]), (0, [], []))

    def test_refusals(self):
        self.diff(5, "--to", "4", code=USAGE)
        self.diff("yesterday", code=USAGE)
        self.diff(1, "--organ", "nobody", code=REFUSED)


class Usage(CommandCase):
    def test_version(self):
        done = run("--version")
        self.assertEqual(done.returncode, DONE)
        self.assertRegex(done.stdout.decode(), r"\d+\.\d+")

    def test_help(self):
        done = run("--help")
        self.assertEqual(done.returncode, DONE)
        for command in ("serve", "import", "export", "report", "explain", "replay"):
            self.assertIn(command, done.stdout.decode())

    def test_nonsense(self):
        for arguments in ((), ("sing",), ("--loudly",), ("report",), ("serve",),
                          ("import", "--data", self.data)):
            with self.subTest(arguments):
                done = run(*arguments)
                self.assertEqual(done.returncode, USAGE, self.said(done))
                self.assertTrue(done.stderr)
        self.assertFalse(self.data.exists())

    def test_a_directory_that_does_not_exist(self):
        for command, *options in (("report", "--organ", ORGAN, "--year", 2025), ("export",),
                                  ("replay",),
                                  ("explain", "--organ", ORGAN, "--year", 2025, "--cell",
                                   "requests/received/total")):
            with self.subTest(command):
                done = self.mingce(command, *options, data=self.root / "nowhere", code=UNUSABLE)
                self.assertIn("nowhere", self.said(done))
                self.assertFalse((self.root / "nowhere").exists())

    def test_a_file_for_a_directory(self):
        self.data.write_text("not a log", encoding="utf-8")
        self.mingce("report", "--organ", ORGAN, "--year", 2025, code=UNUSABLE)
        self.imported(code=UNUSABLE)

    def test_a_second_writer(self):
        self.imported([REGISTRATION])
        server = Server(self.data).start()
        self.addCleanup(server.kill)
        self.imported([request("A")], code=UNUSABLE)
        second = Server(self.data)
        second.spawn()
        self.addCleanup(second.kill)
        self.assertEqual(second.process.wait(20), UNUSABLE)
        self.assertEqual(self.report()["requests"]["received"][6], 0)  # readers are welcome
        self.assertEqual(server.stop(), DONE)
        self.imported([request("A")])

    def test_a_newer_format(self):
        self.imported([REGISTRATION])
        stamp = self.data / "format"
        self.assertEqual(stamp.read_text(encoding="ascii"), "mingce-log 2\nhash sha256\n")
        stamp.write_text("mingce-log 999\n", encoding="ascii")
        for command, *options in (("report", "--organ", ORGAN, "--year", 2025), ("export",)):
            with self.subTest(command):
                done = self.mingce(command, *options, code=UNUSABLE)
                self.assertIn("999", self.said(done))
        self.imported([request("A")], code=UNUSABLE)
        server = Server(self.data).spawn()
        self.addCleanup(server.kill)
        self.assertEqual(server.process.wait(20), UNUSABLE)


if __name__ == "__main__":
    unittest.main()
