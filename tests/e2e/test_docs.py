"""What the documents say must work: the commands of the README, the committed interface."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from mingce_server import BINARY, Server

ROOT = Path(__file__).resolve().parents[2]


def ten_lines(readme):
    """The block of commands between the README's two marks."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    marked = text.split("<!-- ten-lines -->")[1].split("<!-- /ten-lines -->")[0]
    return re.search(r"```(?:sh|bash)\n(.*?)```", marked, re.S).group(1)


def time_section(readme):
    """The commands between the marks about time, as one script, and every line shown after them."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    section = text[text.index("<!-- due -->"):]
    section = section[:section.index("\n## ")]
    blocks = re.findall(r"```(sh)?\n(.*?)```", section, re.S)
    shown = [line for kind, block in blocks if not kind for line in block.splitlines()]
    return "".join(block for kind, block in blocks if kind), shown


def audit_section(readme):
    """The commands about auditing, which go on where those about time end, and what is shown."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    section = text[text.index("<!-- audit -->"):]
    section = section[:section.index("\n## ")]
    blocks = re.findall(r"```(sh)?\n(.*?)```", section, re.S)
    shown = [line for kind, block in blocks if not kind for line in block.splitlines()]
    before, _ = time_section(readme)
    return before + "".join(block for kind, block in blocks if kind), shown


def paper_section(readme):
    """The commands that write the annual report, which go on where those about time end."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    marked = text.split("<!-- paper -->")[1].split("<!-- /paper -->")[0]
    before, _ = time_section(readme)
    return before + re.search(r"```sh\n(.*?)```", marked, re.S).group(1)


class Readme(unittest.TestCase):
    def shows_what_is_printed(self, section, at_least):
        for readme in ("README.md", "README.zh-CN.md"):
            with self.subTest(readme):
                commands, shown = section(readme)
                self.assertGreater(len(shown), at_least)
                done = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c",
                     commands.replace("build/release/mingce", str(BINARY))],
                    timeout=60, capture_output=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                printed = done.stdout.decode().splitlines()
                for line in shown:
                    if "（…）" not in line:  # the instant of recording
                        self.assertIn(line, printed)

    def test_what_is_due_is_shown_as_the_program_prints_it(self):
        self.shows_what_is_printed(time_section, at_least=20)

    def test_a_sample_is_drawn_again_as_shown(self):
        self.shows_what_is_printed(audit_section, at_least=5)

    def test_the_annual_report_is_written(self):
        for readme in ("README.md", "README.zh-CN.md"):
            with self.subTest(readme):
                commands = paper_section(readme) + "cat $D.html\nhead -c 2 $D.docx $D.xlsx\n"
                done = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c",
                     commands.replace("build/release/mingce", str(BINARY))],
                    timeout=60, capture_output=True, check=False)
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                self.assertIn("改版政府网站信息公开专栏。", done.stdout.decode())
                self.assertEqual(done.stdout.decode().count("PK"), 2)

    def test_a_first_request_logged_answered_and_counted(self):
        for readme in ("README.md", "README.zh-CN.md"):
            with self.subTest(readme), tempfile.TemporaryDirectory() as root:
                commands = ten_lines(readme)
                self.assertLessEqual(len(commands.strip().splitlines()), 10)
                server = Server(Path(root) / "data").start()
                try:
                    here = commands.replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")
                    done = subprocess.run(["bash", "-euo", "pipefail", "-c", here], timeout=60,
                                          capture_output=True, check=False)
                    said = done.stdout.decode()
                    self.assertEqual(done.returncode, 0, done.stderr.decode())
                    counted = next(line for line in said.splitlines() if "（一）予以公开" in line)
                    self.assertEqual(re.findall(r"\d+", counted), ["1", "0", "0", "0", "0", "0", "1"])
                finally:
                    server.stop()

    def test_both_languages_show_the_same_commands(self):
        strip = lambda text: re.sub(r"#.*", "", text).split()
        self.assertEqual(strip(ten_lines("README.md")), strip(ten_lines("README.zh-CN.md")))


class Interface(unittest.TestCase):
    def test_committed_schemas_are_those_of_the_program(self):
        with tempfile.TemporaryDirectory() as fresh:
            subprocess.run([BINARY, "schemas", fresh], check=True)
            committed = ROOT / "schemas" / "api"
            names = lambda top: sorted(str(p.relative_to(top)) for p in Path(top).rglob("*.json"))
            self.assertEqual(names(committed), names(fresh))
            for name in names(fresh):
                with self.subTest(name):
                    self.assertEqual((committed / name).read_text(encoding="utf-8"),
                                     (Path(fresh) / name).read_text(encoding="utf-8"),
                                     "run: mingce schemas schemas/api")


class Bytes(unittest.TestCase):
    def test_the_worked_example_of_the_log_computes(self):
        page = ROOT / "src" / "log" / "README.md"
        script = re.search(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S).group(1)
        done = subprocess.run([sys.executable, "-c", script, page], capture_output=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertIn("王五", done.stdout.decode())


class Seed(unittest.TestCase):
    def test_the_seed_register_gives_the_seed_report(self):
        with tempfile.TemporaryDirectory() as root:
            data = str(Path(root) / "data")
            seed = ROOT / "tools" / "seed" / "jiaxiang-subdistrict-2020.ndjson"
            subprocess.run([BINARY, "import", "--data", data, seed], check=True,
                           stdout=subprocess.DEVNULL)
            told = subprocess.run([BINARY, "report", "--data", data, "--organ",
                                   "jiaxiang-subdistrict", "--year", "2020", "--format", "json"],
                                  check=True, capture_output=True).stdout
        report = json.loads(told)
        published = json.loads((ROOT / "tests" / "golden" / "jiaxiang_subdistrict_2020.json")
                               .read_text(encoding="utf-8"))
        for table in ("proactive", "requests", "disputes"):
            self.assertEqual(report[table], published[table])
        told = {check["id"]: check["status"] for check in report["checks"]}
        self.assertEqual(list(told), [f"C{n:02}" for n in range(1, 21)])
        # Table two prints zeros that nobody recorded, and says so.
        self.assertEqual([name for name, status in told.items() if status == "warn"], ["C08"])
        self.assertNotIn("fail", told.values())


if __name__ == "__main__":
    os.chdir(ROOT)
    unittest.main()
