"""What is derived from the log lies beside it. It changes no answer; lost, it is made anew."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from mingce_server import ROOT, Server, run

ORGAN = "city"  # whose register tools/generate writes
EVENTS = 60_000  # enough for an import to derive
SECRETS = ("申请人", "建设工程有限公司", "征收补偿安置方案")


def report(data, year, *more):
    done = run("report", "--data", data, "--organ", ORGAN, "--year", year, "--format", "json", *more)
    return done.stdout


class Spine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.data = pathlib.Path(cls.folder.name) / "data"
        lines = subprocess.run([ROOT / "tools" / "generate", str(EVENTS)], capture_output=True,
                               check=True).stdout.decode()
        cls.imported = run("import", "--data", cls.data, "-", text=lines)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def spine(self):
        return self.data / "spine"

    def test_1_an_import_derives(self):
        self.assertEqual(self.imported.returncode, 0, self.imported.stderr)
        self.assertTrue((self.spine() / "head").exists())
        for more in ((), ("--full",)):
            self.assertEqual(run("verify", "--data", self.data, *more).returncode, 0)

    def test_2_nothing_private_is_in_it(self):
        for path in self.spine().iterdir():
            content = path.read_bytes()
            for word in SECRETS:
                self.assertNotIn(word.encode(), content, path.name)

    def test_3_reports_are_those_of_the_entries(self):
        for year in range(2018, 2027):
            edition = ("--edition", "cn-2019") if year < 2019 else ()
            self.assertEqual(report(self.data, year, *edition),
                             report(self.data, year, *edition, "--full"), year)

    def test_4_a_server_goes_on_from_it(self):
        server = Server(self.data)
        server.start()
        try:
            before = server.get(f"/v1/reports/2024?organ={ORGAN}").json()
            opened = server.post("/v1/requests", {
                "organ": ORGAN, "on": "2024-03-04", "data": {
                    "channel": "web", "subject": "道路改造",
                    "applicant": {"kind": "natural_person", "name": "赵小七"}}})
            self.assertEqual(opened.status, 201)
            after = server.get(f"/v1/reports/2024?organ={ORGAN}").json()
            self.assertEqual(after["requests"]["received"][0],
                             before["requests"]["received"][0] + 1)
            found = server.get("/v1/requests", organ=ORGAN, q="赵小七").json()["items"]
            self.assertEqual(len(found), 1)
            old = server.get("/v1/requests", organ=ORGAN, q="申请人2020-00001").json()["items"]
            self.assertLessEqual(len(old), 1)
        finally:
            server.stop()
        self.assertEqual(report(self.data, 2024), report(self.data, 2024, "--full"))

    def test_5_damaged_it_is_not_used_and_made_anew(self):
        whole = report(self.data, 2023)
        rows = max(self.spine().glob("rows-*"))
        rows.write_bytes(rows.read_bytes()[:-1] + b"\xff")
        self.assertEqual(report(self.data, 2023), whole)
        told = run("verify", "--data", self.data)
        self.assertEqual(told.returncode, 1, told.stdout)
        self.assertEqual(run("spine", "--data", self.data, "--rebuild").returncode, 0)
        self.assertEqual(run("verify", "--data", self.data).returncode, 0)
        self.assertEqual(report(self.data, 2023), whole)

    def test_6_removed_it_is_missed_by_nobody(self):
        whole = report(self.data, 2022)
        shutil.rmtree(self.spine())
        self.assertEqual(report(self.data, 2022), whole)
        self.assertEqual(run("spine", "--data", self.data).returncode, 0)
        self.assertEqual(report(self.data, 2022), whole)

    def test_7_without_the_keys_the_entries_are_read(self):
        whole = report(self.data, 2022)
        keys = self.data.with_name("data.keys")
        keys.rename(self.data.with_name("away"))
        try:
            self.assertEqual(report(self.data, 2022), whole)
        finally:
            self.data.with_name("away").rename(keys)


if __name__ == "__main__":
    unittest.main()
