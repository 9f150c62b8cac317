"""`mingce check`: annual reports of anyone, in the files and with the noise in which they are found."""

import copy
import json
import pathlib
import random
import tempfile
import unittest

import report_files as files
from mingce_server import ROOT, receipt, run
from report_files import Noise

DONE, REFUSED, USAGE, UNUSABLE = 0, 1, 2, 3
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.json"))
IDENTITY = {"T4.block_sum": "C05", "T3-A": "C01", "T3-B": "C02", "T3-C": "C03"}


def golden(name):
    return json.loads((ROOT / "tests" / "golden" / f"{name}.json").read_text(encoding="utf-8"))


class CheckCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-check-")
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def file(self, content, name="report"):
        """Writes bytes, a text or a document."""
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        if isinstance(content, dict):
            content = json.dumps(content, ensure_ascii=False)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def checked(self, *arguments, codes=(DONE, REFUSED)):
        """What is said of each file, and the run itself."""
        done = run("check", *arguments, "--format", "json")
        self.assertIn(done.returncode, codes, done.stderr.decode(errors="replace"))
        return json.loads(done.stdout), done

    def one(self, content, *arguments):
        """What is said of one file."""
        (said,), _ = self.checked(self.file(content), *arguments)
        return said

    @staticmethod
    def judged(said):
        """What must not depend on the format: the edition, and each check with its cells."""
        return (said["edition"], said["year"],
                {check["id"]: (check["status"], check["cells"]) for check in said["checks"]})

    @staticmethod
    def with_status(said, status):
        return {check["id"] for check in said["checks"] if check["status"] == status}

    @staticmethod
    def check_of(said, name):
        return next(check for check in said["checks"] if check["id"] == name)


class PublishedReports(CheckCase):
    def test_every_recorded_violation_is_found_and_nothing_else_fails(self):
        told, done = self.checked(*GOLDEN)
        self.assertEqual(done.returncode, REFUSED)
        self.assertEqual([said["file"] for said in told], [str(path) for path in GOLDEN])
        for path, said in zip(GOLDEN, told):
            with self.subTest(path.stem):
                recorded = json.loads(path.read_text(encoding="utf-8"))["violations"]
                self.assertEqual(self.with_status(said, "fail"),
                                 {IDENTITY[one["rule"]] for one in recorded})

    def test_one_by_one(self):
        for path in GOLDEN:
            with self.subTest(path.stem):
                recorded = json.loads(path.read_text(encoding="utf-8"))["violations"]
                _, done = self.checked(path)
                self.assertEqual(done.returncode, REFUSED if recorded else DONE)

    def test_members_of_the_answer(self):
        (said,), _ = self.checked(GOLDEN[0])
        self.assertLessEqual({"file", "edition", "year", "checks"}, set(said))
        for check in said["checks"]:
            self.assertIn(check["status"], ("pass", "fail", "warn", "not_applicable"))
        self.assertEqual(sorted(c["id"] for c in said["checks"]),
                         [c["id"] for c in said["checks"]])

    def test_the_broken_cell_is_named(self):
        said = self.one(golden("jinhu_county_2023"))
        self.assertEqual(self.check_of(said, "C05")["cells"], ["disputes/litigation_direct/total"])

    def test_the_text_names_file_and_cells(self):
        done = run("check", ROOT / "tests/golden/jinhu_county_2023.json")
        self.assertEqual(done.returncode, REFUSED)
        for word in ("jinhu_county_2023.json", "C05", "不通过", "disputes/litigation_direct/total"):
            self.assertIn(word, done.stdout.decode())


CAREFUL = {"html": files.to_html, "csv": files.to_csv, "xlsx": files.to_xlsx, "docx": files.to_docx}
CARELESS = {
    "html, GBK, half the page is layout":
        lambda r: files.to_html(r, Noise("-", thousands=True), "gbk", nested=True),
    "html that calls itself GB2312, spaces everywhere":
        lambda r: files.to_html(r, Noise("无", spaces="\u3000 \u00a0"), "gb2312"),
    "html, a table cut in two, labels varied":
        lambda r: files.to_html(r, Noise("/", plain_labels=True), split_at=14),
    "csv in GBK, full-width numbers":
        lambda r: files.to_csv(r, Noise("——", full_width=True), "gbk"),
    "csv in UTF-16": lambda r: files.to_csv(r, Noise("", thousands=True), "utf-16"),
    "xlsx, one sheet, texts for numbers":
        lambda r: files.to_xlsx(r, Noise("－", thousands=True, spaces=" "), one_sheet=True),
    "xlsx, labels varied": lambda r: files.to_xlsx(r, Noise("", plain_labels=True)),
    "docx, units and strokes": lambda r: files.to_docx(r, Noise("／", plain_labels=True)),
}


class Formats(CheckCase):
    def compare(self, report, writers):
        expected = self.judged(self.one(report))
        for name, write in writers.items():
            with self.subTest(name):
                self.assertEqual(self.judged(self.one(write(report))), expected)

    def test_the_same_report_is_judged_alike_in_every_format(self):
        for path in GOLDEN:
            with self.subTest(path.stem):
                self.compare(json.loads(path.read_text(encoding="utf-8")), CAREFUL)

    def test_and_with_every_noise(self):
        for path in GOLDEN:
            with self.subTest(path.stem):
                self.compare(json.loads(path.read_text(encoding="utf-8")), CARELESS)

    def test_any_broken_number_is_found_in_every_format(self):
        dice = random.Random(7)
        for _ in range(6):
            report = golden("suqian_city_2023")
            row = dice.choice(list(report["requests"].values()))
            row[dice.randrange(7)] += 1 + dice.randrange(9)
            block = dice.choice(list(report["disputes"].values()))
            block[dice.choice(list(block))] += 1
            self.assertTrue(self.with_status(self.one(report), "fail"))
            self.compare(report, {**CAREFUL, **CARELESS})

    def test_a_table_that_is_missing_is_told_and_never_zero(self):
        for name in files.TABLES:
            report = golden("suqian_city_2023")
            del report[name]
            with self.subTest(name):
                said = self.one(report)
                self.assertIn("缺", self.check_of(said, "C08")["message"])
                self.assertEqual(self.with_status(said, "fail"), set())
                self.compare(report, CAREFUL)

    def test_the_older_layout_in_a_later_year(self):
        report = golden("jiaxiang_subdistrict_2020") | {"year": 2023}
        said = self.one(files.to_html(report))
        self.assertEqual(said["edition"], "cn-2019")
        self.assertEqual(self.check_of(said, "C17")["status"], "warn")
        self.compare(report, CAREFUL)

    def test_the_edition_need_not_be_named(self):
        for name in ("jiaxiang_subdistrict_2020", "suqian_city_2023"):
            report = golden(name)
            code = report.pop("edition")
            self.assertEqual(self.one(report)["edition"], code)

    def test_the_flat_form(self):
        rows = ["table,row,column,row_label,column_label,value"]
        report = golden("suqian_city_2023")
        columns = [c["code"] for c in files.edition("cn-2021")["requests"]["columns"]]
        for table in ("proactive", "disputes"):
            for row, cells in report[table].items():
                rows += [f"{table},{row},{column},,,{value}" for column, value in cells.items()]
        for row, cells in report["requests"].items():
            rows += [f"requests,{row},{c},,,{v}" for c, v in zip(columns, cells)]
        (said,), _ = self.checked(self.file("\r\n".join(rows) + "\r\n", "宿迁2023.csv"))
        self.assertEqual(self.judged(said), self.judged(self.one(report)))


class Cells(CheckCase):
    def with_cell(self, text):
        report = golden("suqian_city_2023")
        report["requests"]["closed.fee_unpaid"][0] = text  # 10, of a column that adds up
        return self.one(report)

    def test_a_number_is_read_however_it_is_printed(self):
        for text in ("10", " 10 ", "１０", "10件", "10.0", "010", 10, 10.0):
            with self.subTest(text):
                said = self.with_cell(text)
                self.assertEqual(self.check_of(said, "C02")["status"], "pass")
                self.assertEqual(self.check_of(said, "C08")["status"], "pass")

    def test_a_remark_is_told(self):
        for text in ("10（含上年）", "10(含上年2件)", "共10件"):
            with self.subTest(text):
                said = self.with_cell(text)
                self.assertEqual(self.check_of(said, "C02")["status"], "pass")
                self.assertEqual(self.check_of(said, "C08")["status"], "warn")
                self.assertEqual(self.check_of(said, "C08")["cells"],
                                 ["requests/closed.fee_unpaid/natural_person"])

    def test_a_blank_counts_as_nothing_and_is_told(self):
        for text in (None, "", " ", "-", "—", "/", "／", "无", "\u3000"):
            with self.subTest(text):
                said = self.with_cell(text)
                self.assertEqual(self.check_of(said, "C02")["status"], "fail")
                self.assertEqual(self.check_of(said, "C08")["status"], "warn")

    def test_a_blank_total_is_skipped(self):
        report = golden("suqian_city_2023")
        report["requests"]["received"][6] = "/"
        said = self.one(report)
        self.assertEqual(self.with_status(said, "fail"), set())
        # Only the column 总计 says nothing; the others do.
        report["requests"]["results_total"][1] += 1
        said = self.one(report)
        self.assertEqual(self.with_status(said, "fail"), {"C01", "C02", "C03"})
        report["requests"]["results_total"] = [None] * 7
        said = self.one(report)
        self.assertEqual(self.with_status(said, "fail"), set())
        for name in ("C01", "C02"):
            self.assertEqual(self.check_of(said, name)["status"], "not_applicable")

    def test_negative_numbers_are_a_warning_but_for_changes(self):
        report = golden("jiaxiang_subdistrict_2020")
        report["proactive"]["licences"]["change"] = -2
        self.assertEqual(self.check_of(self.one(report), "C08")["status"], "pass")
        report["proactive"]["licences"]["previous"] = -2
        self.assertEqual(self.check_of(self.one(report), "C08")["status"], "warn")


class Years(CheckCase):
    def years(self):
        first = golden("suqian_city_2023")
        second = copy.deepcopy(first) | {"year": 2024}
        second["requests"]["carried_in"] = list(first["requests"]["carried_out"])
        received = second["requests"]["received"]
        for column, (new, old) in enumerate(zip(first["requests"]["carried_out"],
                                                first["requests"]["carried_in"])):
            received[column] += old - new
        return first, second

    def told(self, first, second, *options):
        said, _ = self.checked(self.file(first, "a.json"), self.file(second, "b.json"), *options)
        return said[1]

    def test_a_year_that_follows(self):
        said = self.told(*self.years())
        for name in ("C04", "C06"):
            self.assertEqual(self.check_of(said, name)["status"], "pass", name)
        self.assertEqual(self.check_of(said, "C07")["status"], "warn")

    def test_what_was_carried_over_and_got_lost(self):
        first, second = self.years()
        for row in ("carried_in", "received"):
            second["requests"][row][0] += 1 if row == "carried_in" else -1
        said = self.told(first, second)
        self.assertEqual(self.check_of(said, "C04")["status"], "fail")
        self.assertEqual(self.check_of(said, "C04")["cells"],
                         ["requests/carried_in/natural_person"])

    def test_disputes_that_got_lost(self):
        first, second = self.years()
        second["disputes"]["reconsideration"] = {"upheld": 20, "corrected": 0, "other": 0,
                                                 "pending": 5, "total": 25}
        said = self.told(first, second)
        self.assertEqual(self.check_of(said, "C06")["status"], "fail")

    def test_documents(self):
        first, second = self.years()
        second["proactive"]["regulations"] = {"issued": 2, "repealed": 1, "in_force": 12}
        second["proactive"]["normative_documents"] = {"issued": 50, "repealed": 227,
                                                      "in_force": 420}
        self.assertEqual(self.check_of(self.told(first, second), "C07")["status"], "pass")

    def test_other_organs_and_other_years_are_not_compared(self):
        first, second = self.years()
        for change in ({"organ": "某县"}, {"year": 2025}):
            said = self.told(first, second | change)
            self.assertEqual(self.check_of(said, "C04")["status"], "not_applicable")
        said = self.told(first, second | {"organ": "某县"}, "--same-organ")
        self.assertEqual(self.check_of(said, "C04")["status"], "pass")

    def test_over_formats(self):
        first, second = self.years()
        said, _ = self.checked(self.file(files.to_docx(first), "a.docx"),
                               self.file(files.to_html(second, charset="gbk"), "b.html"))
        self.assertEqual(self.check_of(said[1], "C04")["status"], "pass")


class RollUps(CheckCase):
    def family(self):
        """Two members and what they add up to."""
        members = [golden("shuyang_drc_2023") | {"organ": "甲局"},
                   golden("unidentified_jiangsu_dept_2023") | {"organ": "乙局"}]
        total = copy.deepcopy(members[0]) | {"organ": "某县人民政府"}
        for table in ("proactive", "disputes"):
            for row, cells in total[table].items():
                for column in cells:
                    cells[column] = sum(m[table][row][column] for m in members)
        for row in total["requests"]:
            total["requests"][row] = [sum(m["requests"][row][i] or 0 for m in members)
                                      for i in range(7)]
        return total, members

    def told(self, total, members, *options, write=lambda report: report):
        paths = [self.file(write(member), f"member-{n}") for n, member in enumerate(members)]
        said, done = self.checked("--parent", self.file(write(total), "parent"), *paths, *options)
        return said[0], done

    def test_a_roll_up_that_adds_up(self):
        total, members = self.family()
        for write in (dict, files.to_xlsx, files.to_html):
            said, done = self.told(total, members, write=write)
            self.assertEqual(done.returncode, DONE)
            for name in ("C10", "C11"):
                self.assertEqual(self.check_of(said, name)["status"], "pass")

    def test_one_that_does_not(self):
        total, members = self.family()
        total["disputes"]["reconsideration"]["upheld"] += 1
        total["disputes"]["reconsideration"]["total"] += 1
        said, done = self.told(total, members)
        self.assertEqual(done.returncode, REFUSED)
        self.assertEqual(self.check_of(said, "C11")["cells"],
                         ["disputes/reconsideration/total", "disputes/reconsideration/upheld"])

    def test_a_member_that_is_missing_or_there_twice(self):
        total, members = self.family()
        names = self.file("甲局\n乙局\n丙局\n", "members.txt")
        said, _ = self.told(total, members, "--members", names)
        check = self.check_of(said, "C10")
        self.assertEqual(check["status"], "fail")
        self.assertIn("丙局", check["message"])
        self.assertEqual(self.check_of(said, "C11")["status"], "not_applicable")
        said, _ = self.told(total, members + members[:1])
        self.assertIn("甲局", self.check_of(said, "C10")["message"])

    def test_a_member_of_the_older_layout(self):
        total, members = self.family()
        older = members[1]["requests"]
        older["closed"] = [sum(cells) for cells in zip(*(older.pop(f"closed.{name}") for name in
                                                         ("correction_lapsed", "fee_unpaid",
                                                          "other")))]
        members[1]["edition"] = {"proactive": "cn-2021", "requests": "cn-2019"}
        said, _ = self.told(total, members)
        self.assertEqual(self.check_of(said, "C11")["status"], "pass")
        older["closed"][0] += 1
        said, _ = self.told(total, members)
        self.assertIn("requests/closed/natural_person", self.check_of(said, "C11")["cells"])


class Prose(CheckCase):
    PROSE = "2023年，新收政府信息公开申请3511件，上年结转政府信息公开申请96件。"

    def test_what_the_prose_says_is_compared(self):
        report = golden("suqian_city_2023")
        for write in (files.to_html, files.to_docx):
            said = self.one(write(report, prose=self.PROSE))
            self.assertEqual(self.check_of(said, "C09")["status"], "pass")
            said = self.one(write(report, prose=self.PROSE.replace("3511", "3512")))
            self.assertEqual(self.check_of(said, "C09")["status"], "warn")
            self.assertEqual(self.check_of(said, "C09")["cells"], ["requests/received/total"])


def line(kind, organ, on, data, **more):
    return {"type": kind, "organ": organ, "on": on, "data": data, **more}


class OwnReports(CheckCase):
    """The checks that need cases, on reports of a register of our own."""

    LINES = [
        line("organ.registered", "county", "2020-01-01", {"name": "某县", "kind": "government"}),
        line("organ.registered", "street", "2020-01-01",
             {"name": "某街道", "kind": "subdistrict", "parent": "county"}),
        line("organ.registered", "town", "2020-01-01",
             {"name": "某镇", "kind": "township", "parent": "county"}),
        *(line("request.received", "street", "2025-03-03", receipt(), request=f"2025-{n}")
          for n in range(1, 5)),
        line("request.answered", "street", "2025-03-17", {"outcome": "refused.state_secret"},
             request="2025-2"),
        line("request.answered", "street", "2025-03-17",
             {"outcome": "refused.third_party_rights", "remedy": "应先申请行政复议"},
             request="2025-3"),
        line("request.answered", "street", "2025-03-17", {"outcome": "disclosed.provided"},
             request="2025-4"),
        line("figure.recorded", "street", "2025-12-31",
             {"item": "regulations.issued", "quantity": 1})]

    def setUp(self):
        super().setUp()
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in self.LINES)
        done = run("import", "--data", self.root / "data", "-", text=text)
        self.assertEqual(done.returncode, DONE, done.stderr.decode())

    def report(self, organ, *options):
        done = run("report", "--data", self.root / "data", "--organ", organ, "--year", 2025,
                   "--format", "json", *options)
        self.assertEqual(done.returncode, DONE, done.stderr.decode())
        return json.loads(done.stdout)

    def test_all_twenty_are_there(self):
        self.assertEqual([check["id"] for check in self.report("street")["checks"]],
                         [f"C{n:02}" for n in range(1, 21)])

    def test_cells_and_cases_are_named(self):
        report = self.report("street")
        for name, cell, cases in (
                ("C14", "requests/refused.third_party_rights/natural_person", ["2025-3"]),
                ("C15", "requests/carried_out/natural_person", ["2025-1"]),
                ("C19", "requests/refused.state_secret/natural_person", ["2025-2"])):
            with self.subTest(name):
                check = self.check_of(report, name)
                self.assertEqual((check["status"], check["cells"], check["cases"]),
                                 ("warn", [cell], cases))
        check = self.check_of(report, "C13")
        self.assertEqual((check["status"], check["cells"]),
                         ("warn", ["proactive/regulations/issued", "proactive/regulations/in_force"]))
        self.assertEqual(self.with_status(report, "fail"), set())

    def test_what_the_organ_writes_is_compared(self):
        for received, fees, statuses in ((4, "未收取信息处理费", ("pass", "pass")),
                                         (5, "收取信息处理费12元", ("warn", "fail"))):
            text = self.file(f"# 一、总体情况\n\n全年新收政府信息公开申请{received}件。\n\n"
                             f"# 六、其他需要报告的事项\n\n{fees}。\n", "words.md")
            report = self.report("street", "--narrative", text)
            self.assertEqual(tuple(self.check_of(report, name)["status"]
                                   for name in ("C09", "C18")), statuses)

    def test_figures_that_nobody_recorded_are_told(self):
        check = self.check_of(self.report("street"), "C08")
        self.assertEqual(check["status"], "warn")
        self.assertIn("proactive/licences/decisions", check["cells"])
        self.assertNotIn("proactive/regulations/issued", check["cells"])

    def test_a_region_is_the_sum_of_its_organs(self):
        report = self.report("county", "--scope", "region")
        self.assertEqual(self.check_of(report, "C11")["status"], "pass")
        self.assertEqual(self.check_of(report, "C12")["status"], "pass")
        silent = self.check_of(report, "C10")
        self.assertEqual(silent["status"], "warn")
        self.assertIn("某镇", silent["message"])
        self.assertNotIn("某街道", silent["message"])

    def test_what_report_prints_check_reads(self):
        for written in ("json", "csv", "html", "xlsx", "docx"):
            with self.subTest(written):
                path = self.root / f"某街道2025.{written}"
                done = run("report", "--data", self.root / "data", "--organ", "street",
                           "--year", 2025, "--format", written, "--out", path)
                self.assertEqual(done.returncode, DONE)
                (said,), _ = self.checked(path, codes=(DONE,))
                self.assertEqual((said["edition"], said["year"]), ("cn-2021", 2025))
                for name in ("C01", "C02", "C03", "C05", "C08", "C17"):
                    self.assertEqual(self.check_of(said, name)["status"], "pass", name)
                self.assertIn(self.check_of(said, "C09")["status"], ("pass", "not_applicable"))


class Refusals(CheckCase):
    def test_usage(self):
        for options in ((), ("--format", "papyrus", GOLDEN[0])):
            self.assertEqual(run("check", *options).returncode, USAGE)

    def test_what_cannot_be_read_is_named_and_the_others_are_checked(self):
        broken = self.file("{", "broken.json")
        said, done = self.checked(broken, GOLDEN[0], self.root / "nowhere.json", codes=(UNUSABLE,))
        self.assertEqual([one["file"] for one in said], [str(GOLDEN[0])])
        for name in ("broken.json", "nowhere.json"):
            self.assertIn(name, done.stderr.decode())

    def test_what_is_no_report(self):
        for name, content in {
                "empty": b"", "word.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
                "page.html": "<html><body><table><tr><td>1</td></tr></table></body></html>",
                "list.csv": "a,b\n1,2\n", "paper.pdf": "%PDF-1.7\n", "text.txt": "年度报告",
                "other.json": '{"a":1}', "list.json": "[]",
                "other.zip": files.zipped({"a.txt": "a"})}.items():
            with self.subTest(name):
                _, done = self.checked(self.file(content, name), codes=(UNUSABLE,))
                self.assertIn(name, done.stderr.decode())

    def test_hostile_files(self):
        bomb = {"xl/workbook.xml": "x" * (200 << 20)}
        deep = "<table><tr><td>" * 20000
        entities = ('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
                    "<w:document><w:body>&b;</w:body></w:document>")
        wide = "<table>" + '<tr><td colspan="1000" rowspan="1000">自然人</td></tr>' * 1000
        for name, content in {"bomb.xlsx": files.zipped(bomb), "deep.html": deep,
                              "entities.docx": files.zipped({"word/document.xml": entities}),
                              "wide.html": wide}.items():
            with self.subTest(name):
                _, done = self.checked(self.file(content, name), codes=(UNUSABLE,))
                self.assertNotIn("root:", done.stderr.decode())

    def test_damaged_files_give_an_error_and_never_a_crash(self):
        dice = random.Random(11)
        report = golden("suqian_city_2023")
        names = []
        for kind, write in CAREFUL.items():
            whole = write(report)
            for n in range(40):
                damaged = bytearray(whole)
                if n % 2:
                    del damaged[dice.randrange(len(damaged)):]
                else:
                    for _ in range(1 + dice.randrange(20)):
                        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
                names.append(self.file(bytes(damaged), f"{kind}-{n}"))
        said, done = self.checked(*names, codes=(DONE, REFUSED, UNUSABLE))
        told = {one["file"] for one in said}
        errors = done.stderr.decode(errors="replace")
        for name in names:
            self.assertTrue(str(name) in told or str(name) in errors, name)


if __name__ == "__main__":
    unittest.main()
