"""Publishing a report, what moves after it, reports of others, and where a number comes from:
tested from outside."""

import json
import pathlib
import re
import tempfile
import unittest
import zipfile

from mingce_server import ROOT, TABLE_COLUMNS, Server, ServerCase, run

GOLDEN = ROOT / "tests" / "golden"
PROVIDED = {"outcome": "disclosed.provided"}


def cells_of(report):
    """Every cell of the three tables by name."""
    cells = {}
    for row, columns in report["proactive"].items():
        for column, value in columns.items():
            cells[f"proactive/{row}/{column}"] = value
    for row, values in report["requests"].items():
        for column, value in zip(TABLE_COLUMNS, values, strict=True):
            cells[f"requests/{row}/{column}"] = value
    for block, columns in report["disputes"].items():
        for column, value in columns.items():
            cells[f"disputes/{block}/{column}"] = value
    return cells


class PublicationCase(ServerCase):
    def publish(self, organ, year, on="2026-01-20", status=201, headers=None, scope=None, **body):
        query = {"organ": organ, **({"scope": scope} if scope else {})}
        reply = self.server.call("POST", f"/v1/reports/{year}/publication", {"on": on, **body},
                                 headers, query)
        return self.assertStatus(reply, status)

    def restated(self, organ, year, **query):
        reply = self.server.get(f"/v1/reports/{year}/restatement", organ=organ, **query)
        return self.assertStatus(reply, 200).json()

    def organ_event(self, organ, event_type, data, on="2026-01-10", status=201):
        reply = self.server.post(f"/v1/organs/{organ}/events",
                                 {"type": event_type, "on": on, "data": data})
        return self.assertStatus(reply, status)


class Publication(PublicationCase):
    def test_freezes_position_and_figures(self):
        organ = self.new_organ()
        self.opened(organ, "2025-03-03")
        head = self.log_head()
        printed = self.report(organ, 2025)
        answer = self.publish(organ, 2025, url="https://www.example.gov.cn/2025.html").json()
        event = answer["event"]
        self.assertEqual(event["type"], "report.published")
        self.assertEqual(event["on"], "2026-01-20")
        self.assertEqual(event["seq"], head + 1)
        data = event["data"]
        self.assertEqual((data["year"], data["edition"], data["position"]),
                         (2025, "cn-2021", head))
        for table in ("proactive", "requests", "disputes"):
            self.assertEqual(data["cells"][table], printed[table])
        self.assertRegex(data["digests"]["sha256"], "^[0-9a-f]{64}$")
        self.assertRegex(data["digests"]["sm3"], "^[0-9a-f]{64}$")
        # A checkpoint that covers the publication has been signed.
        checkpoint = self.server.get("/v1/log/checkpoint").text().splitlines()
        self.assertGreaterEqual(int(checkpoint[1]), head + 1)
        self.assertEqual(self.restated(organ, 2025), [])
        shown = self.report(organ, 2025)["publication"]
        self.assertEqual((shown["on"], shown["differences"]), ("2026-01-20", []))

    def test_is_done_once_unless_corrected(self):
        organ = self.new_organ()
        self.publish(organ, 2025)
        with self.nothing_written():
            problem = self.assertProblem(self.publish(organ, 2025, status=409), 409)
            self.assertEqual(problem["code"], "already_published")
        request = self.opened(organ, "2025-03-03")
        self.assertTrue(self.restated(organ, 2025))
        self.publish(organ, 2025, on="2026-02-02", correction=True)
        self.assertEqual(self.restated(organ, 2025), [])
        versions = self.server.get("/v1/reports/2025/versions", organ=organ).json()["versions"]
        self.assertEqual([version["status"] for version in versions], ["published"] * 2)
        self.assertEqual([version["cells"]["requests"]["received"][0] for version in versions],
                         [0, 1])
        self.assertTrue(request["id"])

    def test_same_key_same_answer(self):
        organ, other = self.new_organ(), self.new_organ()
        key = {"Idempotency-Key": f"publish-{organ}"}
        first = self.publish(organ, 2025, headers=key)
        again = self.publish(organ, 2025, headers=key)
        self.assertEqual(first.body, again.body)
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.publish(other, 2025, headers=key, status=422)

    def test_refuses_what_makes_no_sense(self):
        organ = self.new_organ()
        self.assertProblem(self.publish("nobody", 2025, status=404), 404)
        self.assertProblem(self.publish(organ, 2015, status=422), 422, "/edition")
        self.assertProblem(self.publish(organ, 2025, colour="red", status=422), 422, "/colour")
        self.assertProblem(self.publish(organ, 2025, on="2999-01-01", status=409), 409)
        self.assertProblem(self.server.get("/v1/reports/2025/restatement", organ=organ), 404)
        # Figures of one's own are counted, never sent.
        data = {"year": 2025, "edition": "cn-2021", "position": 0,
                "digests": {"sha256": "0", "sm3": "0"},
                "cells": {"requests": {"received": [9, 0, 0, 0, 0, 0, 9]}}}
        reply = self.organ_event(organ, "report.published", data, status=422)
        self.assertEqual(reply.json()["code"], "use_publication")

    def test_a_late_fact_is_restated_with_its_events(self):
        organ = self.new_organ()
        for _ in range(3):
            request = self.opened(organ, "2025-03-03")
        published = cells_of(self.report(organ, 2025))
        self.publish(organ, 2025)
        self.opened(organ, "2025-12-30")
        received = self.log_head()
        self.appended(request["id"], "request.answered", "2025-12-30", PROVIDED)
        answered = self.log_head()
        moved = self.restated(organ, 2025)
        by_cell = {line["cell"]: line for line in moved}
        line = by_cell["requests/received/natural_person"]
        self.assertEqual((line["published"], line["current"], line["events"]), (3, 4, [received]))
        self.assertTrue(line["recorded_at"])
        line = by_cell["requests/disclosed/natural_person"]
        self.assertEqual((line["published"], line["current"], line["events"]), (0, 1, [answered]))
        current = cells_of(self.report(organ, 2025))
        for cell, value in current.items():
            expected = by_cell[cell]["current"] if cell in by_cell else published[cell]
            self.assertEqual(value, expected, cell)
            if cell in by_cell:
                self.assertEqual(by_cell[cell]["published"], published[cell])
        # One received, one answered: what is carried out stays, and is not listed.
        self.assertNotIn("requests/carried_out/natural_person", by_cell)
        text = self.server.get("/v1/reports/2025", organ=organ, media="text").text()
        self.assertIn("requests/received/natural_person  3 → 4", text)

    def test_next_open_year_leaves_the_published_year_alone(self):
        organ = self.new_organ()
        self.organ_event(organ, "policy.set", {"late_fact": "next_open_year"}, on="2024-01-02")
        open_case = self.opened(organ, "2024-12-02")
        void = self.opened(organ, "2024-12-03", kind="commercial_enterprise")
        moved = self.opened(organ, "2024-12-04")
        published = self.report(organ, 2024)
        self.publish(organ, 2024, on="2025-01-20")
        self.appended(open_case["id"], "request.answered", "2024-12-30", PROVIDED)
        self.appended(void["id"], "request.voided", "2025-02-03", {"reason": "重复登记"})
        self.appended(moved["id"], "applicant.reclassified", "2025-02-03",
                      {"kind": "research_institution", "reason": "登记有误"})
        self.opened(organ, "2024-12-20")
        after = self.report(organ, 2024)
        for table in ("proactive", "requests", "disputes"):
            self.assertEqual(after[table], published[table])
        self.assertTrue(self.restated(organ, 2024))
        following = self.report(organ, 2025)["requests"]
        self.assertEqual(following["carried_in"], published["requests"]["carried_out"])
        self.assertEqual(following["received"], [1, 0, 0, 0, 0, 0, 1])
        self.assertEqual(following["disclosed"], [1, 0, 0, 0, 0, 0, 1])
        self.assertEqual(following["closed.other"], [0, 1, 0, 0, 0, 0, 1])
        for column in range(7):
            self.assertEqual(following["received"][column] + following["carried_in"][column],
                             following["results_total"][column] + following["carried_out"][column])

    def test_submitted_returned_and_published_stand_side_by_side(self):
        organ = self.new_organ()
        self.opened(organ, "2025-03-03")
        self.publish(organ, 2025, status=201, on="2026-01-10", **{})
        other = self.new_organ()
        reply = self.server.call("POST", "/v1/reports/2025/publication",
                                 {"on": "2026-01-10", "status": "submitted"}, None,
                                 {"organ": other})
        self.assertEqual(self.assertStatus(reply, 201).json()["event"]["type"], "report.submitted")
        self.organ_event(other, "report.returned", {"year": 2025, "target": 1, "reason": "表二漏填"},
                         on="2026-01-12")
        with self.nothing_written():
            self.organ_event(other, "report.returned",
                             {"year": 2025, "target": 1, "reason": "再退"}, status=409)
        self.publish(other, 2025)
        versions = self.server.get("/v1/reports/2025/versions", organ=other).json()["versions"]
        self.assertEqual([version["status"] for version in versions], ["returned", "published"])

    def test_an_undisposed_failing_check_forbids_it(self):
        organ = self.new_organ()
        self.assertStatus(self.server.post("/v1/figures", {
            "organ": organ, "on": "2025-06-01",
            "data": {"item": "licences.decisions", "quantity": -5}}), 201)
        with self.nothing_written():
            problem = self.assertProblem(self.publish(organ, 2025, status=409), 409,
                                         "/checks/C08")
        self.assertEqual(problem["code"], "failing_checks")
        self.organ_event(organ, "check.disposed",
                         {"year": 2025, "check": "C08", "reason": "冲减上年多计",
                          "cells": ["proactive/licences/decisions"]})
        failing = [check for check in self.report(organ, 2025)["checks"]
                   if check["status"] == "fail"]
        self.assertEqual([(check["id"], check["disposed"]) for check in failing],
                         [("C08", True)])
        self.publish(organ, 2025)


class Provenance(PublicationCase):
    def test_a_cell_names_its_events_papers_and_days(self):
        organ = self.new_organ()
        request = self.opened(organ, "2025-03-03")
        paper = {"kind": "answer", "number": "答〔2025〕1号", "sha256": "a" * 64, "size": 10}
        reply = self.server.post(f"/v1/requests/{request['id']}/events",
                                 {"type": "request.answered", "on": "2025-03-20",
                                  "data": {**PROVIDED, "document_no": "答〔2025〕1号"},
                                  "documents": [paper]})
        self.assertStatus(reply, 201)
        cell = self.server.get("/v1/reports/2025/cells/requests/disclosed/total",
                               organ=organ).json()
        self.assertEqual(cell["value"], 1)
        facts = cell["cases"][0]["facts"]
        self.assertEqual([fact["type"] for fact in facts],
                         ["request.received", "request.answered"])
        self.assertEqual(facts[1]["on"], "2025-03-20")
        self.assertEqual(facts[1]["document_no"], "答〔2025〕1号")
        self.assertEqual(facts[1]["documents"], [paper])
        self.assertTrue(facts[1]["recorded_at"])

    def test_what_if(self):
        organ = self.new_organ()
        request = self.opened(organ, "2025-03-03")
        self.publish(organ, 2025)
        body = {"type": "request.answered", "on": "2025-12-20", "data": PROVIDED}
        with self.nothing_written():
            answer = self.assertStatus(
                self.server.post(f"/v1/requests/{request['id']}/events", body, dry_run="true"),
                200).json()
            impossible = {**body, "on": "2024-01-01"}
            self.assertProblem(self.server.post(f"/v1/requests/{request['id']}/events", impossible,
                                                dry_run="true"), 409)
        self.assertTrue(answer["dry_run"])
        foretold = {(line["year"], line["cell"]): line["after"] for line in answer["cells"]}
        self.assertEqual(foretold[2025, "requests/disclosed/natural_person"], 1)
        self.assertEqual(foretold[2026, "requests/carried_in/total"], 0)
        self.assertEqual(answer["restates"], [{"organ": organ, "year": 2025, "scope": "organ"}])
        before = {year: cells_of(self.report(organ, year)) for year in (2025, 2026)}
        self.appended(request["id"], "request.answered", "2025-12-20", PROVIDED)
        for year in (2025, 2026):
            for cell, value in cells_of(self.report(organ, year)).items():
                self.assertEqual(value, foretold.get((year, cell), before[year][cell]), cell)

    def test_what_if_of_a_whole_organ(self):
        organ, successor = self.new_organ(), self.new_organ()
        self.opened(organ, "2025-03-03")
        event = {"type": "organ.merged", "on": "2025-06-01", "data": {"into": successor}}
        with self.nothing_written():
            answer = self.server.post(f"/v1/organs/{organ}/events", event, dry_run="true").json()
        moved = {(line["organ"], line["year"], line["cell"]): line["after"]
                 for line in answer["cells"]}
        self.assertEqual(moved[successor, 2025, "requests/carried_in/total"], 1)
        self.assertEqual(moved[organ, 2026, "requests/carried_in/total"], 0)

    def test_quarters_add_up(self):
        organ = self.new_organ()
        for month in range(1, 13):
            self.told(organ, ("request.answered", f"2025-{month:02}-20", PROVIDED),
                      on=f"2025-{month:02}-05")
        year = self.report(organ, 2025)["requests"]["disclosed"]
        quarters = [("2025-01-01", "2025-03-31"), ("2025-04-01", "2025-06-30"),
                    ("2025-07-01", "2025-09-30"), ("2025-10-01", "2025-12-31")]
        sums = [0] * 7
        for first, last in quarters:
            part = self.server.get("/v1/reports", organ=organ, from_=first, to=last).json()
            self.assertEqual(part["period"], {"from": first, "to": last})
            sums = [a + b for a, b in zip(sums, part["requests"]["disclosed"], strict=True)]
        self.assertEqual(sums, year)


class CommandLine(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-")
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.data = self.root / "data"
        self.write([
            {"type": "organ.registered", "organ": "QX", "on": "2020-01-01",
             "data": {"name": "某县人民政府", "kind": "government"}},
            {"type": "organ.registered", "organ": "JD", "on": "2020-01-01",
             "data": {"name": "某街道", "kind": "subdistrict", "parent": "QX"}},
            self.received("JD", "1", "2023-05-04")])

    @staticmethod
    def received(organ, number, on):
        return {"type": "request.received", "organ": organ, "request": number, "on": on,
                "data": {"channel": "web", "subject": "某事",
                         "applicant": {"kind": "natural_person", "name": "某人"}}}

    def write(self, lines, *options, code=0):
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        done = run("import", "--data", self.data, "-", *options, text=text)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.decode()

    def mingce(self, command, *options, code=0):
        done = run(command, "--data", self.data, *options)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.decode()

    def report(self, organ, year, *options):
        return json.loads(self.mingce("report", "--organ", organ, "--year", year, "--format",
                                      "json", *options))

    def test_publish_and_restatement(self):
        page = self.root / "report.html"
        page.write_text("<p>年报</p>")
        said = self.mingce("publish", "--organ", "JD", "--year", 2023, "--on", "2024-01-20",
                           "--url", "https://www.example.gov.cn/", "--file", page)
        self.assertIn("report.published", said)
        self.assertEqual(json.loads(self.mingce("restatement", "--organ", "JD", "--year", 2023)),
                         [])
        self.mingce("publish", "--organ", "JD", "--year", 2023, code=1)
        self.write([self.received("JD", "2", "2023-06-01")])
        moved = json.loads(self.mingce("restatement", "--organ", "JD", "--year", 2023))
        self.assertEqual({line["cell"] for line in moved},
                         {f"requests/{row}/{column}" for row in ("received", "carried_out")
                          for column in ("natural_person", "total")})
        self.assertEqual(moved[0]["events"], [5])
        self.mingce("restatement", "--organ", "JD", "--year", 2022, code=1)
        self.assertEqual(self.mingce("verify").count("✗"), 0)

    def test_dry_run_of_an_import_tells_the_cells(self):
        said = self.write([self.received("JD", "2", "2023-06-01")], "--dry-run")
        self.assertIn("JD 2023 requests/received/natural_person  1 → 2", said)
        self.assertEqual(self.report("JD", 2023)["requests"]["received"][0], 1)

    def test_the_cells_of_a_request(self):
        shown = json.loads(self.mingce("explain", "--organ", "JD", "--request", "1",
                                       "--format", "json"))
        self.assertEqual(shown["years"][0]["year"], 2023)
        self.assertIn("requests/received/natural_person", shown["years"][0]["cells"])

    def test_collect_and_roll_up(self):
        missing = {"code": "QX", "name": "某县人民政府", "source": "missing", "scope": "organ"}
        self.assertIn(missing, self.report("QX", 2023, "--scope", "region")["notes"]["organs"])
        document = GOLDEN / "suqian_city_2023.json"
        self.mingce("collect", "--organ", "QX", "--year", 2023, "--on", "2024-02-01", document)
        region = self.report("QX", 2023, "--scope", "region")
        golden = json.loads(document.read_text(encoding="utf-8"))
        self.assertEqual(region["requests"]["received"][6],
                         golden["requests"]["received"][6] + 1)
        own = self.report("QX", 2023)
        self.assertEqual(own["requests"], golden["requests"])
        self.mingce("collect", "--organ", "QX", "--year", 2022, document, code=1)
        self.mingce("collect", "--organ", "NOBODY", "--year", 2023, document, code=1)
        self.mingce("collect", "--organ", "QX", "--year", 2023, self.root / "none.json", code=3)

    def test_who_has_not_supplied_figures(self):
        organ = ("--organ", "JD", "--year", 2023)
        done = run("figures", "request", "--data", self.data, *organ, "--unit", "审批科", "--item",
                   "licences.decisions", "--item", "fees.amount", "--respond-by", "2024-01-10")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.write([{"type": "figure.recorded", "organ": "JD", "on": "2023-12-31",
                     "data": {"item": "licences.decisions", "quantity": 12,
                              "source_unit": "审批科"}}])

        def listed(*options):
            done = run("figures", "open", "--data", self.data, *organ, "--format", "json",
                       *options)
            return [(line["item"], line["answered"], line["quantity"])
                    for line in json.loads(done.stdout)]
        self.assertEqual(listed(), [("fees.amount", False, None)])
        self.assertEqual(listed("--all"), [("licences.decisions", True, 12),
                                           ("fees.amount", False, None)])

    def filled(self, path, quantities):
        """The sheet with numbers typed into the cells of its fifth column, by row."""
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        sheet = parts["xl/worksheets/sheet1.xml"].decode()
        for row, quantity in quantities.items():
            cell, found = re.subn(rf'<c r="E{row}"([^>]*?)/>',
                                  rf'<c r="E{row}"\1><v>{quantity}</v></c>', sheet)
            self.assertEqual(found, 1)
            sheet = cell
        parts["xl/worksheets/sheet1.xml"] = sheet.encode()
        filled = self.root / f"filled-{len(list(self.root.glob('filled-*')))}.xlsx"
        with zipfile.ZipFile(filled, "w") as package:
            for name, part in parts.items():
                package.writestr(name, part)
        return filled

    def test_figure_sheets(self):
        organ = ("--data", self.data, "--organ", "JD", "--year", 2023)

        def figures(command, *options, code=0):
            done = run("figures", command, *organ, *options)
            self.assertEqual(done.returncode, code, done.stderr)
            return done.stdout.decode() + done.stderr.decode()
        blank = self.root / "sheet.xlsx"
        figures("sheet", "--unit", "审批科", "--out", blank, code=1)
        figures("request", "--unit", "审批科", "--item", "licences.decisions", "--item",
                "fees.amount", "--item", "penalties.decisions")
        figures("sheet", "--unit", "审批科", "--out", blank)
        # A fault names its row, and nothing of the sheet is taken.
        wrong = self.filled(blank, {5: "12", 7: "1.5"})
        said = figures("read", wrong, code=1)
        self.assertIn("/rows/3: penalties.decisions", said)
        self.assertEqual(self.report("JD", 2023)["proactive"]["licences"]["decisions"], 0)
        right = self.filled(blank, {5: "12", 6: "1234.56"})
        said = figures("read", right)
        self.assertIn("blank 1 penalties.decisions", said)
        proactive = self.report("JD", 2023)["proactive"]
        self.assertEqual(proactive["licences"]["decisions"], 12)
        self.assertEqual(proactive["fees"]["amount"], "0.123456")
        # Read again it changes nothing; a sheet made now shows what is known, and corrects it.
        self.assertIn("unchanged 2", figures("read", right))
        self.assertEqual(self.report("JD", 2023)["proactive"], proactive)
        corrected = self.filled(blank, {5: "13"})
        figures("read", corrected)
        self.assertEqual(self.report("JD", 2023)["proactive"]["licences"]["decisions"], 13)
        figures("read", self.root / "none.xlsx", code=3)
        figures("read", GOLDEN / "suqian_city_2023.json", code=1)

    def test_an_export_with_reports_comes_back(self):
        self.mingce("publish", "--organ", "JD", "--year", 2023, "--on", "2024-01-20")
        self.mingce("collect", "--organ", "QX", "--year", 2023, "--on", "2024-02-01",
                    GOLDEN / "suqian_city_2023.json")
        lines = self.mingce("export", "--with-personal-data")
        first = self.report("QX", 2023, "--scope", "region")
        self.data = self.root / "again"
        done = run("import", "--data", self.data, "--preserve", "-", text=lines)
        self.assertEqual(done.returncode, 0, done.stderr)
        again = self.report("QX", 2023, "--scope", "region")
        self.assertEqual(first, again)
        self.assertEqual(lines, self.mingce("export", "--with-personal-data"))

    def test_a_server_and_a_command_tell_the_same(self):
        self.mingce("publish", "--organ", "JD", "--year", 2023, "--on", "2024-01-20")
        self.write([self.received("JD", "2", "2023-06-01")])
        server = Server(self.data).start()
        self.addCleanup(server.stop)
        self.assertEqual(server.get("/v1/reports/2023/restatement", organ="JD").json(),
                         json.loads(self.mingce("restatement", "--organ", "JD", "--year", 2023)))


if __name__ == "__main__":
    unittest.main()
