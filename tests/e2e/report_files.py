"""Writes a report document as the files in which such reports are found: CSV, XLSX, DOCX, HTML.

The tables are those of the official form with their merged headings. `Noise` says how careless the
writer is. Standard library only.
"""

import csv
import html
import io
import json
import pathlib
import zipfile
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass
class Noise:
    """What is done to the numbers and labels of a file; each changes how it looks, not its sums."""
    blank: str = ""            # how nothing is printed
    thousands: bool = False    # 3,511
    full_width: bool = False   # ３５１１
    unit: str = ""             # 3件
    spaces: str = ""           # around every text
    plain_labels: bool = False  # without ordinals, brackets half-width, a word changed

    def number(self, value):
        """A cell as printed; null is a blank."""
        if value is None:
            return self.spaces + self.blank + self.spaces
        text = str(value)
        if self.thousands:
            whole, point, rest = text.partition(".")
            text = f"{int(whole):,}" + point + rest
        if self.full_width:
            text = text.translate(FULL_WIDTH)
        return self.spaces + text + self.unit + self.spaces

    def label(self, text):
        """A heading as printed."""
        if self.plain_labels:
            text = (text.replace("这一情形", "这一情况").replace("、行政机关", "，行政机关")
                    .replace("（", "(").replace("）", ")").replace("信访举报投诉", "信访投诉举报"))
            ordinal, dot, rest = text.partition(".")
            text = rest if dot and ordinal.isdigit() else text
        return self.spaces + text + self.spaces


@dataclass
class Cell:
    """One cell; `number` is its value where it is one."""
    text: str
    columns: int = 1
    rows: int = 1
    number: object = None
    is_number: bool = False


def edition(code):
    """An official edition, as data."""
    return json.loads((ROOT / "schemas" / "report-formats" / f"{code}.json").read_text("utf-8"))


def edition_of(report, table):
    """The edition that one table of a report follows; table four goes with table three."""
    named = report["edition"]
    if isinstance(named, str):
        return edition(named)
    return edition(named.get(table, named["requests"]))


def number_cell(value, noise, columns=1):
    """A number, or a blank."""
    return Cell(noise.number(value), columns, number=value, is_number=True)


def proactive(report, noise):
    """Table two: a block below the other, all as wide as the widest."""
    form = edition_of(report, "proactive")["proactive"]
    width = max(len(block["columns"]) for block in form["blocks"])
    rows = []
    for block in form["blocks"]:
        columns = block["columns"]
        spans = [1] * (len(columns) - 1) + [width - len(columns) + 1]
        rows.append([Cell(noise.label(block["label"]), width + 1)])
        rows.append([Cell(noise.label(form["row_header"]))] +
                    [Cell(noise.label(c["label"]), span) for c, span in zip(columns, spans)])
        for row in block["rows"]:
            values = report["proactive"].get(row["code"], {})
            rows.append([Cell(noise.label(row["label"]))] +
                        [number_cell(values.get(c["code"]), noise, span)
                         for c, span in zip(columns, spans)])
    return rows


def request_headings(form, noise):
    """Three rows: the note, the group of organisations, the kinds."""
    note = Cell(noise.label(form["note"]), 3, 3)
    columns = form["columns"]
    group = [c for c in columns if c.get("group")]
    return [[note, Cell(noise.label(form["column_header"]), len(columns))],
            [Cell(noise.label(columns[0]["label"]), 1, 2),
             Cell(noise.label(group[0]["group"]), len(group)),
             Cell(noise.label(columns[-1]["label"]), 1, 2)],
            [Cell(noise.label(c["label"])) for c in group]]


def requests(report, noise):
    """Table three: headings of groups reach down beside their rows."""
    form = edition_of(report, "requests")["requests"]
    rows = request_headings(form, noise)
    listed = form["rows"]
    results = [r for r in listed if r["depth"] > 0 and "source" in r]
    for place, row in enumerate(listed):
        if "source" not in row:
            continue
        cells = []
        before = listed[place - 1]
        if row["depth"] > 0 and row is results[0]:
            group = next(r for r in listed if r["depth"] == 0 and "source" not in r)
            cells.append(Cell(noise.label(group["label"]), 1, len(results)))
        if row["depth"] == 2 and before["depth"] == 1:
            size = sum(1 for r in listed if r["code"].startswith(before["code"] + "."))
            cells.append(Cell(noise.label(before["label"]), 1, size))
        cells.append(Cell(noise.label(row["label"]), 3 - row["depth"]))
        values = report["requests"].get(row["code"], [None] * len(form["columns"]))
        rows.append(cells + [number_cell(value, noise) for value in values])
    return rows


def disputes(report, noise):
    """Table four: one row of fifteen numbers below three rows of headings."""
    form = edition_of(report, "disputes")["disputes"]
    columns, blocks = form["columns"], form["blocks"]
    suits = [b for b in blocks if b.get("group")]
    results = [Cell(noise.label(c["label"])) for c in columns]
    return [[Cell(noise.label(blocks[0]["label"]), len(columns)),
             Cell(noise.label(suits[0]["group"]), len(columns) * len(suits))],
            [Cell(c.text, 1, 2) for c in results] +
            [Cell(noise.label(b["label"]), len(columns)) for b in suits],
            results * len(suits),
            [number_cell(report["disputes"][b["code"]].get(c["code"]), noise)
             for b in blocks for c in columns]]


TABLES = {"proactive": proactive, "requests": requests, "disputes": disputes}
HEADINGS = ("二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
            "四、政府信息公开行政复议、行政诉讼情况")


def title(report):
    """The official title, as far as the document tells whose it is."""
    organ = report["organ"].split("（")[0]
    return f"{organ}{report['year']}年政府信息公开工作年度报告"


def tables(report, noise):
    """(heading, rows) of the tables that the document has."""
    return [(heading, TABLES[name](report, noise))
            for heading, name in zip(HEADINGS, TABLES) if name in report]


def laid_out(rows):
    """Rows of places: (cell, is its first place); spans multiplied out."""
    grid = []
    for y, row in enumerate(rows):
        while len(grid) <= y:
            grid.append({})
        x = 0
        for cell in row:
            while x in grid[y]:
                x += 1
            for dy in range(cell.rows):
                while len(grid) <= y + dy:
                    grid.append({})
                for dx in range(cell.columns):
                    grid[y + dy][x + dx] = (cell, dy == 0 and dx == 0)
            x += cell.columns
    return [[line[x] for x in sorted(line)] for line in grid]


# ---- HTML ----------------------------------------------------------------------------------------

def html_table(rows, css="border:1px solid"):
    """A table as word processors paste it: styles everywhere, a paragraph in every cell."""
    out = [f'<table style="{css}"><tbody>']
    for row in rows:
        out.append("<tr>")
        for cell in row:
            spans = (f' colspan="{cell.columns}"' if cell.columns > 1 else "") + \
                    (f' rowspan="{cell.rows}"' if cell.rows > 1 else "")
            out.append(f'<td{spans} style="{css}"><p><span>{html.escape(cell.text)}</span></p></td>')
        out.append("</tr>")
    out.append("</tbody></table>")
    return "".join(out)


def split(rows, at):
    """A table cut in two by a page's end; spans that reach over the cut begin anew."""
    grid = laid_out(rows)
    lower = [[Cell(cell.text, number=cell.number, is_number=cell.is_number) for cell, _ in line]
             for line in grid[at:]]
    upper = [[Cell(c.text, c.columns, min(c.rows, at - y), c.number, c.is_number) for c in row]
             for y, row in enumerate(rows[:at])]
    return upper, lower


def to_html(report, noise=Noise(), charset="utf-8", nested=False, split_at=None, prose=""):
    """A page of a government site: scripts, a layout table around everything, tables in it."""
    body = [f"<h1>{title(report)}</h1><p>{prose}</p>"]
    for heading, rows in tables(report, noise):
        body.append(f"<p><b>{heading}</b></p>")
        if split_at and len(rows) > split_at:
            body += [html_table(part) for part in split(rows, split_at)]
        else:
            body.append(html_table(rows))
    content = "".join(body)
    if nested:
        content = ("<table><tr><td>首页</td><td><table><tr><td>" + content +
                   "</td></tr></table></td></tr></table>")
    page = (f'<html><head><meta charset="{charset}"><title>某某网站</title>'
            "<script>var a = '<table><tr><td>1</td></tr></table>';</script></head>"
            f"<body><div class=\"TRS_Editor\">{content}</div></body></html>")
    return page.encode({"gb2312": "gb18030", "gbk": "gb18030"}.get(charset, charset))


# ---- CSV -----------------------------------------------------------------------------------------

def to_csv(report, noise=Noise(), charset="utf-8-sig"):
    """What a spreadsheet saves: merged cells leave blanks beside and below their text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([title(report)])
    for heading, rows in tables(report, noise):
        writer.writerow([heading])
        for line in laid_out(rows):
            writer.writerow([cell.text if first else "" for cell, first in line])
        writer.writerow([])
    return out.getvalue().encode(charset)


# ---- XLSX ----------------------------------------------------------------------------------------

def zipped(parts):
    """A package of named parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)
    return out.getvalue()


def column_name(index):
    """0 is A."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def sheet_xml(lines, merges):
    """Numbers as numbers, texts inline."""
    rows = []
    for y, line in enumerate(lines, 1):
        cells = []
        for x, cell in enumerate(line):
            place = f"{column_name(x)}{y}"
            if cell is None or cell.text == "":
                cells.append(f'<c r="{place}" s="1"/>')
            elif cell.is_number and cell.text == str(cell.number):
                cells.append(f'<c r="{place}"><v>{float(cell.number)!r}</v></c>')
            else:
                cells.append(f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">'
                             f"{html.escape(cell.text)}</t></is></c>")
        rows.append(f'<row r="{y}">{"".join(cells)}</row>')
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in merges)
    return ('<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns='
            '"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' +
            "".join(rows) + f"</sheetData><mergeCells>{merged}</mergeCells></worksheet>")


def to_xlsx(report, noise=Noise(), one_sheet=False):
    """A sheet for each table, or all below each other in one."""
    sheets, lines, merges = [], [[Cell(title(report))]], []
    for heading, rows in tables(report, noise):
        if not one_sheet and len(lines) > 1:
            sheets.append(sheet_xml(lines, merges))
            lines, merges = [], []
        lines.append([Cell(heading)])
        for line in laid_out(rows):
            y = len(lines) + 1
            for x, (cell, first) in enumerate(line):
                if first and (cell.columns > 1 or cell.rows > 1):
                    merges.append(f"{column_name(x)}{y}:{column_name(x + cell.columns - 1)}"
                                  f"{y + cell.rows - 1}")
            lines.append([cell if first else None for cell, first in line])
    sheets.append(sheet_xml(lines, merges))
    ns = "http://schemas.openxmlformats.org"
    parts = {f"xl/worksheets/sheet{n}.xml": text for n, text in enumerate(sheets, 1)}
    parts["xl/workbook.xml"] = (
        f'<workbook xmlns="{ns}/spreadsheetml/2006/main" xmlns:r="{ns}/officeDocument/2006/'
        'relationships"><sheets>' +
        "".join(f'<sheet name="表{n}" sheetId="{n}" r:id="rId{n}"/>'
                for n in range(1, len(sheets) + 1)) + "</sheets></workbook>")
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{ns}/package/2006/relationships">' +
        "".join(f'<Relationship Id="rId{n}" Type="{ns}/officeDocument/2006/relationships/worksheet"'
                f' Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(sheets) + 1)) +
        "</Relationships>")
    return zipped(parts)


# ---- DOCX ----------------------------------------------------------------------------------------

def docx_paragraph(text):
    """Runs are cut anywhere, as word processors do."""
    half = len(text) // 2
    runs = "".join(f'<w:r><w:t xml:space="preserve">{html.escape(part)}</w:t></w:r>'
                   for part in (text[:half], text[half:]) if part)
    return f"<w:p>{runs}</w:p>"


def docx_table(rows):
    """gridSpan to the right, vMerge downwards."""
    out = []
    for line in laid_out(rows):
        cells, x = [], 0
        while x < len(line):
            cell, first = line[x]
            properties = f'<w:gridSpan w:val="{cell.columns}"/>' if cell.columns > 1 else ""
            if cell.rows > 1:
                properties += '<w:vMerge w:val="restart"/>' if first else "<w:vMerge/>"
            text = cell.text if first else ""
            cells.append(f"<w:tc><w:tcPr>{properties}</w:tcPr>{docx_paragraph(text)}</w:tc>")
            x += cell.columns
        out.append(f"<w:tr>{''.join(cells)}</w:tr>")
    return f"<w:tbl><w:tblPr/>{''.join(out)}</w:tbl>"


def to_docx(report, noise=Noise(), prose=""):
    """The body alone: nothing else is read."""
    body = docx_paragraph(title(report)) + docx_paragraph(prose)
    for heading, rows in tables(report, noise):
        body += docx_paragraph(heading) + docx_table(rows)
    ns = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml":
                   f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{ns}"><w:body>'
                   f"{body}</w:body></w:document>"})
