"""The annual report as files: every cell of DOCX, XLSX, HTML and PDF against the JSON report."""

import html.parser
import io
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import unittest
import zipfile
from decimal import Decimal
from xml.etree import ElementTree

from mingce_server import ROOT, Server, edition, run

GOLDEN = ("suqian_city_2023", "pingtan_zone_2021", "jiaxiang_subdistrict_2020",
          "unidentified_jiangsu_dept_2023")
SEED = ROOT / "tools" / "seed" / "jiaxiang-subdistrict-2020.ndjson"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = 7

NARRATIVE = """# 一、总体情况
## 政府信息管理
清理文件，动态更新。
## 政府信息公开平台建设
改版网站。
## 监督保障
开展培训。
# 五、存在的主要问题及改进情况
公开的深度不够，将加以改进。
# 六、其他需要报告的事项
无其他需要报告的事项。
"""
HOSTILE = """# 一、总体情况
## 监督保障
前<script>alert(1)</script> ]]> &amp; =cmd|'/c calc'!A1 \x01 ![x](file:///etc/passwd) [y](javascript:z)

<iframe src="http://example.org"></iframe>

""" + "很长" * 20_000 + "\n"


def printed_cells(report):
    """Cell name -> what is printed there, from the JSON report in the official order."""
    form = edition(report["edition"])
    cells = {}
    for block in form["proactive"]["blocks"]:
        for row, column in itertools.product(block["rows"], block["columns"]):
            value = report["proactive"][row["code"]][column["code"]]
            cells[f"proactive/{row['code']}/{column['code']}"] = str(value)
    for row in form["requests"]["rows"]:
        if "source" in row:
            for column, value in zip(form["requests"]["columns"], report["requests"][row["code"]]):
                cells[f"requests/{row['code']}/{column['code']}"] = str(value)
    for block, column in itertools.product(form["disputes"]["blocks"], form["disputes"]["columns"]):
        value = report["disputes"][block["code"]][column["code"]]
        cells[f"disputes/{block['code']}/{column['code']}"] = str(value)
    return cells


class Page(html.parser.HTMLParser):
    """The cells of the tables of a page, and what else it holds."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.cells, self.ids, self.headers, self.tags = {}, set(), [], set()
        self.texts, self.addresses, self.cell = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.addresses += [attrs[name] for name in ("href", "src") if name in attrs]
        if "id" in attrs:
            assert attrs["id"] not in self.ids, attrs["id"]
            self.ids.add(attrs["id"])
        if tag == "td":
            self.cell = attrs["data-cell"]
            self.headers.append(attrs["headers"].split())
            self.cells[self.cell] = ""

    def handle_endtag(self, tag):
        if tag == "td":
            self.cell = None

    def handle_data(self, data):
        if self.cell:
            self.cells[self.cell] += data
        self.texts.append(data)


def parts_of(content):
    """Name -> parsed XML of every part of a package."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: ElementTree.fromstring(package.read(name)) for name in package.namelist()}


def docx_tables(document):
    """Of each table the places covered by each row, and the numbers in their order."""
    for table in document.iter(W + "tbl"):
        widths, numbers = [], []
        for row in table.iter(W + "tr"):
            spans = []
            for cell in row.iter(W + "tc"):
                span = cell.find(f"{W}tcPr/{W}gridSpan")
                spans.append(int(span.get(W + "val")) if span is not None else 1)
                style = cell.find(f"{W}p/{W}pPr/{W}pStyle").get(W + "val")
                if style == "TableNumber":
                    numbers.append("".join(text.text for text in cell.iter(W + "t")))
            widths.append(sum(spans))
        yield len(table.find(W + "tblGrid")), widths, numbers


def docx_text(document):
    return "\n".join("".join(text.text or "" for text in paragraph.iter(W + "t"))
                     for paragraph in document.iter(W + "p"))


def xlsx_words(parts):
    """The texts of the sheet of words, each with the height of its row in points."""
    strings = ["".join(text.text or "" for text in item.iter(S + "t"))
               for item in parts["xl/sharedStrings.xml"].iter(S + "si")]
    last = max((name for name in parts if name.startswith("xl/worksheets/sheet")))
    for row in parts[last].iter(S + "row"):
        yield strings[int(row.find(f"{S}c/{S}v").text)], float(row.get("ht", "15"))


def xlsx_numbers(sheet):
    """The numeric cells of a sheet as printed, row by row."""
    numbers = []
    for cell in sheet.iter(S + "c"):
        value = cell.find(S + "v")
        if value is not None and cell.get("t", "n") == "n":
            numbers.append(format(Decimal(value.text), "f"))
    return numbers


class PaperCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-paper-")
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.data = self.root / "data"

    def load(self, lines):
        done = run("import", "--data", self.data, "-", text=lines, seconds=300)
        self.assertEqual(done.returncode, 0, done.stderr.decode())

    def load_golden(self, name):
        made = subprocess.run(
            [sys.executable, ROOT / "tests/oracle/golden_register.py", "--organ", "o",
             ROOT / "tests/golden" / f"{name}.json"], capture_output=True, check=True)
        self.load(made.stdout.decode())

    def report(self, form, *options, organ="o", year=2023, code=0):
        done = run("report", "--data", self.data, "--organ", organ, "--year", year, "--format", form,
                   *options, seconds=400)
        self.assertEqual(done.returncode, code, done.stderr.decode())
        return done.stdout

    def narrative(self, text):
        path = self.root / "narrative.md"
        path.write_text(text, encoding="utf-8")
        return ("--narrative", path)


class Cells(PaperCase):
    """Every cell of every form is that of the JSON report."""

    def agree(self, organ, year):
        report = json.loads(self.report("json", organ=organ, year=year))
        cells = printed_cells(report)
        self.agree_html(self.report("html", organ=organ, year=year).decode(), cells)
        self.agree_docx(self.report("docx", organ=organ, year=year), cells)
        self.agree_xlsx(self.report("xlsx", organ=organ, year=year), cells)

    def agree_html(self, text, cells):
        page = Page(text)
        self.assertEqual(page.cells, cells)
        for headers in page.headers:
            self.assertGreaterEqual(len(headers), 2)
            self.assertLessEqual(set(headers), page.ids)

    def agree_docx(self, content, cells):
        numbers = []
        for columns, widths, printed in docx_tables(parts_of(content)["word/document.xml"]):
            self.assertEqual(set(widths), {columns})
            numbers += printed
        self.assertEqual(numbers, list(cells.values()))

    def agree_xlsx(self, content, cells):
        parts = parts_of(content)
        numbers = itertools.chain.from_iterable(
            xlsx_numbers(parts[f"xl/worksheets/sheet{number}.xml"]) for number in (1, 2, 3))
        self.assertEqual(list(numbers), list(cells.values()))

    def test_of_published_reports(self):
        for name in GOLDEN:
            with self.subTest(name):
                self.data = self.root / name
                self.load_golden(name)
                self.agree("o", int(name[-4:]))

    def test_of_the_seed(self):
        self.load(SEED.read_text(encoding="utf-8"))
        self.agree("jiaxiang-subdistrict", 2020)

    def test_of_money_with_every_decimal(self):
        lines = [{"type": "organ.registered", "organ": "o", "on": "2020-01-01",
                  "data": {"name": "某局", "kind": "department"}},
                 {"type": "figure.recorded", "organ": "o", "on": "2023-05-01",
                  "data": {"item": "fees.amount", "quantity": "9999999999999.99"}}]
        self.load("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        self.agree("o", 2023)


class Words(PaperCase):
    """The prose: generated, and the organ's own."""

    def setUp(self):
        super().setUp()
        self.load_golden("suqian_city_2023")

    def test_generated_figures_are_those_of_the_tables(self):
        text = docx_text(parts_of(self.report("docx"))["word/document.xml"])
        self.assertIn("新收政府信息公开申请 3511 件（自然人 3402 件，法人或其他组织 109 件），上年结转 96 件，"
                      "收办共 3607 件；办结 3486 件，结转下年度 121 件。", text)
        self.assertIn("予以公开 1191 件（34.2%）", text)
        self.assertIn("被申请行政复议 440 件", text)
        self.assertIn("被提起行政诉讼 113 件", text)
        channels = re.search(r"新收申请中，([^。]*)。", text)[1]
        self.assertEqual(sum(map(int, re.findall(r"\d+", channels))), 3511)

    def test_sections_stand_in_their_order_and_hold_the_narrative(self):
        text = docx_text(parts_of(self.report("docx", *self.narrative(NARRATIVE)))["word/document.xml"])
        places = [text.index(part) for part in
                  ("一、总体情况\n", "（一）主动公开\n", "（二）依申请公开\n", "清理文件，动态更新。",
                   "改版网站。", "开展培训。", "二、主动公开政府信息情况\n", "规章",
                   "三、收到和处理政府信息公开申请情况\n", "四、政府信息公开行政复议、行政诉讼情况\n",
                   "五、存在的主要问题及改进情况\n", "公开的深度不够", "六、其他需要报告的事项\n",
                   "信息处理费管理办法", "无其他需要报告的事项。")]
        self.assertEqual(places, sorted(places))

    def test_no_text_of_a_workbook_is_cut(self):
        long = "".join(f"第{number}项工作已经按照要求完成并且公开。" for number in range(1, 90))
        words = NARRATIVE.replace("开展培训。", long)
        texts = list(xlsx_words(parts_of(self.report("xlsx", *self.narrative(words)))))
        self.assertIn(long, "".join(text for text, _ in texts))
        for text, height in texts:
            width = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
            lines = -(-width // 60) # 30 Chinese characters of 12 points are in one of its lines
            self.assertGreaterEqual(height, 12 * 1.2 * lines, text)
            self.assertLessEqual(height, 409) # a row is never higher
            if text in long: # a piece ends with its sentence
                self.assertTrue(text.endswith("。"), text)

    def test_what_a_reader_would_miss_is_told(self):
        done = run("report", "--data", self.data, "--organ", "o", "--year", 2023, "--format", "html",
                   "--out", self.root / "r.html", *self.narrative("# 一、总体情况\n好。\n"))
        self.assertEqual(done.returncode, 0)
        self.assertIn("N01", done.stderr.decode())
        self.assertIn("没有撰写", done.stderr.decode())
        self.assertIn("（待撰写）", (self.root / "r.html").read_text(encoding="utf-8"))

    def test_last_years_text_is_recognised(self):
        path = self.root / "last.md"
        path.write_text(NARRATIVE, encoding="utf-8")
        report = json.loads(self.report("json", *self.narrative(NARRATIVE), "--previous-narrative", path))
        status = {check["id"]: check["status"] for check in report["checks"]}
        self.assertEqual(status["N03"], "warn")
        self.assertEqual(status["N01"], "warn") # the first two topics have no words of the organ

    def test_a_section_that_is_generated_cannot_be_written(self):
        done = run("report", "--data", self.data, "--organ", "o", "--year", 2023,
                   *self.narrative("# 一、总体情况\n好。\n# 四、政府信息公开行政复议、行政诉讼情况\n无\n"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("第 3 行", done.stderr.decode())
        self.assertIn("line 3", done.stderr.decode())

    def test_hostile_words_are_words(self):
        options = self.narrative(HOSTILE)
        page = Page(self.report("html", *options).decode())
        self.assertEqual(page.tags & {"script", "iframe", "img", "a", "object", "link"}, set())
        self.assertEqual(page.addresses, [])
        words = "前alert(1) ]]> & =cmd|'/c calc'!A1 \ufffd x y"
        self.assertTrue(words in "".join(page.texts))
        document = parts_of(self.report("docx", *options))["word/document.xml"]
        self.assertTrue(words in docx_text(document))
        for part in parts_of(self.report("xlsx", *options)).values():
            self.assertIsNone(part.find(f".//{S}f"), "a formula")


class Bytes(PaperCase):
    """The same position of the log gives the same bytes."""

    def setUp(self):
        super().setUp()
        self.load_golden("unidentified_jiangsu_dept_2023")

    def twice(self, form):
        first = self.report(form)
        os.environ["TZ"] = "America/New_York"
        self.addCleanup(os.environ.pop, "TZ", None)
        self.assertEqual(self.report(form), first, form)
        return first

    def test_are_stable(self):
        for form in ("html", "docx", "xlsx"):
            self.twice(form)

    @unittest.skipUnless(shutil.which("weasyprint"), "WeasyPrint is not installed")
    def test_of_a_pdf_are_stable(self):
        self.assertTrue(self.twice("pdf").startswith(b"%PDF-"))

    def test_what_comes_later_changes_nothing(self):
        report = json.loads(self.report("json"))
        before = {form: self.report(form) for form in ("html", "docx", "xlsx")}
        self.load(json.dumps({"type": "figure.recorded", "organ": "o", "on": "2023-06-01",
                              "data": {"item": "disclosed.website", "quantity": 5}}) + "\n")
        at = ("--as-of", report["as_of"]["seq"])
        for form, content in before.items():
            self.assertEqual(self.report(form, *at), content)
            self.assertNotEqual(self.report(form), content)

    def test_without_a_renderer_a_pdf_is_refused_plainly(self):
        path, os.environ["PATH"] = os.environ["PATH"], str(self.root)
        try:
            done = run("report", "--data", self.data, "--organ", "o", "--year", 2023, "--format", "pdf")
        finally:
            os.environ["PATH"] = path
        self.assertEqual(done.returncode, 3)
        self.assertEqual(done.stdout, b"")
        self.assertIn("WeasyPrint", done.stderr.decode())


class Rest(PaperCase):
    """The same bytes over HTTP."""

    def setUp(self):
        super().setUp()
        self.load_golden("unidentified_jiangsu_dept_2023")
        self.server = Server(self.data).start()
        self.addCleanup(self.server.stop)

    def get(self, **query):
        return self.server.call("GET", "/v1/reports/2023", query={"organ": "o", **query})

    def test_gives_what_the_command_gives(self):
        for form, media in (("html", "text/html"), ("docx", "application/vnd.openxmlformats-"
                            "officedocument.wordprocessingml.document"),
                            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")):
            reply = self.get(media=form)
            self.assertEqual((reply.status, reply.media()), (200, media))
            self.assertEqual(reply.body, self.report(form))
            accepted = self.server.call("GET", "/v1/reports/2023?organ=o", headers={"Accept": media})
            self.assertEqual(accepted.body, reply.body)
        self.assertIn('filename="report-2023.xlsx"', self.get(media="xlsx").headers["Content-Disposition"])
        self.assertIn("default-src 'none'", self.get(media="html").headers["Content-Security-Policy"])
        self.assertEqual(self.get(media="odt").status, 422)

    def test_takes_the_narrative_in_a_post_and_records_nothing(self):
        before = self.get().json()
        body = {"narrative": NARRATIVE, "previous_narrative": NARRATIVE}
        reply = self.server.call("POST", "/v1/reports/2023", body, query={"organ": "o"})
        self.assertEqual(reply.status, 200)
        status = {check["id"]: check["status"] for check in reply.json()["checks"]}
        self.assertEqual(status["N03"], "warn")
        sections = reply.json()["sections"]
        self.assertEqual(len(sections), 6)
        self.assertIn("改版网站。", sections[0]["paragraphs"])
        page = self.server.call("POST", "/v1/reports/2023", body, query={"organ": "o", "media": "html"})
        self.assertIn("改版网站。", page.text())
        self.assertEqual(self.get().json(), before)

    def test_gives_the_first_answer_to_a_repeated_key(self):
        ask = lambda text: self.server.call("POST", "/v1/reports/2023", {"narrative": text},
                                            {"Idempotency-Key": "k1"}, {"organ": "o"})
        first = ask(NARRATIVE)
        self.server.call("POST", "/v1/figures", {"organ": "o", "on": "2023-05-05",
                         "data": {"item": "penalties.decisions", "quantity": 9}})
        again = ask(NARRATIVE)
        self.assertEqual(again.headers.get("Idempotency-Replayed"), "true")
        self.assertEqual(again.body, first.body)
        self.assertEqual(ask("# 一、总体情况\n另一份。\n").status, 422)

    def test_refuses_words_that_cannot_be_taken(self):
        for body, code in (({"narrative": "# 二、主动公开政府信息情况\n"}, "bad_narrative"),
                           ({"narrative": 5}, "invalid_field"), ({"other": "x"}, "invalid_field")):
            reply = self.server.call("POST", "/v1/reports/2023", body, query={"organ": "o"})
            self.assertEqual((reply.status, reply.json()["code"]), (422, code))


if __name__ == "__main__":
    unittest.main()
