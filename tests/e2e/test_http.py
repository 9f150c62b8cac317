"""The REST interface, tested from outside against the contract."""

import http.client
import itertools
import json
import os
import re
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

from mingce_server import (TABLE_COLUMNS, Server, ServerCase, edition, free_port, has_chinese,
                           receipt, run, table_rows, today)

SLOW = os.environ.get("MINGCE_SLOW_TESTS") == "1"

# What stands in the register for most tests below: received on Monday 2 March 2026, due on the
# 20th working day, 30 March.
RECEIVED = "2026-03-02"
PROVIDED = {"outcome": "disclosed.provided"}
ANSWERED = ("request.answered", "2026-03-25", PROVIDED)
CORRECTION = ("correction.requested", "2026-03-09", {"respond_by": "2026-03-20"})
FEE = ("fee.notified", "2026-03-10",
       {"scheme": "by_page", "quantity": 57, "pay_by": "2026-04-08"})
CONSULTED = ("consultation.opened", "2026-03-09", {"consultation": "c1", "with": "third_party"})
AGREED = {"consultation": "c1", "result": "agreed"}


class Organs(ServerCase):
    def test_registered_confirmed_contradicted(self):
        body = {"name": "嘉祥街道办事处", "kind": "subdistrict"}
        self.assertStatus(self.server.put("/v1/organs/jiaxiang", body), 201)
        with self.nothing_written():
            self.assertStatus(self.server.put("/v1/organs/jiaxiang", body), 200)
            other = {**body, "name": "另一个名称"}
            self.assertProblem(self.server.put("/v1/organs/jiaxiang", other), 409)
        shown = self.assertStatus(self.server.get("/v1/organs/jiaxiang"), 200).json()
        self.assertEqual((shown["name"], shown["kind"]), (body["name"], body["kind"]))

    def test_listed(self):
        code = self.new_organ("列入名单的机关")
        listing = self.assertStatus(self.server.get("/v1/organs"), 200).text()
        self.assertIn(code, listing)
        self.assertIn("列入名单的机关", listing)

    def test_parent(self):
        parent = self.new_organ("某市人民政府", "government")
        child = self.new_organ("某局", "department", parent)
        self.assertEqual(self.server.get(f"/v1/organs/{child}").json()["parent"], parent)

    def test_renamed_by_event(self):
        code = self.new_organ("旧名称")
        event = {"type": "organ.renamed", "on": "2025-05-01", "data": {"name": "新名称"}}
        self.assertStatus(self.server.post(f"/v1/organs/{code}/events", event), 201)
        self.assertEqual(self.server.get(f"/v1/organs/{code}").json()["name"], "新名称")
        confirmed = {"name": "新名称", "kind": "subdistrict"}
        self.assertStatus(self.server.put(f"/v1/organs/{code}", confirmed), 200)

    def test_unknown(self):
        self.assertProblem(self.server.get("/v1/organs/nowhere"), 404)

    def test_kind_outside_the_list(self):
        body = {"name": "某机关", "kind": "kingdom"}
        self.assertProblem(self.server.put("/v1/organs/odd", body), 422, "/kind")

    def test_unknown_field(self):
        body = {"name": "某机关", "kind": "agency", "colour": "red"}
        self.assertProblem(self.server.put("/v1/organs/odd", body), 422, "/colour")


class Lives(ServerCase):
    """The life of a request of each kind: the view after the last event."""

    # story of (type, on, data) -> members of the view
    STORIES = {
        "received": ([], {"state": "processing", "received_on": RECEIVED, "due_on": "2026-03-30"}),
        "answered": ([ANSWERED], {"state": "concluded", "outcome": "disclosed.provided",
                                  "concluded_on": "2026-03-25"}),
        "awaiting a correction": ([CORRECTION], {"state": "awaiting_correction"}),
        "corrected, anew from zero": (
            [("correction.requested", "2026-03-11", {"respond_by": "2026-03-20"}),
             ("correction.received", "2026-03-16", {})],
            {"state": "processing", "due_on": "2026-04-14"}),
        "correction extended, then corrected": (
            [CORRECTION, ("correction.extended", "2026-03-18", {"respond_by": "2026-03-31"}),
             ("correction.received", "2026-03-30", {})], {"state": "processing"}),
        "correction lapsed": (
            [CORRECTION, ("correction.lapsed", "2026-03-21", {})],
            {"state": "concluded", "outcome": "closed.correction_lapsed",
             "concluded_on": "2026-03-21"}),
        "awaiting a fee": ([FEE], {"state": "awaiting_fee"}),
        "paid, anew from zero": ([FEE, ("fee.paid", "2026-03-20", {"amount": "270"})],
                                 {"state": "processing", "due_on": "2026-04-20"}),
        "waived, the wait left out": ([FEE, ("fee.waived", "2026-03-20", {"reason": "低保户"})],
                                      {"state": "processing", "due_on": "2026-04-10"}),
        "fee lapsed": ([FEE, ("fee.lapsed", "2026-04-09", {})],
                       {"state": "concluded", "outcome": "closed.fee_unpaid",
                        "concluded_on": "2026-04-09"}),
        "consulting": ([CONSULTED], {"state": "consulting"}),
        "consulted": ([CONSULTED, ("consultation.closed", "2026-03-25", AGREED)],
                      {"state": "processing", "due_on": "2026-04-16"}),
        "consulted twice at once": (
            [CONSULTED,
             ("consultation.opened", "2026-03-12", {"consultation": "c2", "with": "co_producer"}),
             ("consultation.closed", "2026-03-25", AGREED),
             ("consultation.closed", "2026-03-30", {"consultation": "c2", "result": "objected"})],
            {"state": "processing", "due_on": "2026-04-21"}),
        "consulted beyond the cap of 15 working days": (
            [CONSULTED, ("consultation.closed", "2026-04-10", AGREED)],
            {"state": "processing", "due_on": "2026-04-21"}),
        "consulted and extended": (
            [CONSULTED, ("consultation.closed", "2026-03-25", AGREED),
             ("period.extended", "2026-03-27", {"working_days": 10})],
            {"state": "processing", "due_on": "2026-04-30"}),
        "a correction ends an open consultation": (
            [("consultation.opened", "2026-03-04", {"consultation": "c1", "with": "other_organ"}),
             ("correction.requested", "2026-03-11", {"respond_by": "2026-03-20"}),
             ("correction.received", "2026-03-16", {}),
             ("consultation.closed", "2026-03-18", AGREED)],
            {"state": "processing", "due_on": "2026-04-14"}),
        "asked for reasons": ([("reasons.requested", "2026-03-04", {"respond_by": "2026-03-16"})],
                              {"state": "awaiting_reasons"}),
        "delayed for its size": (
            [("reasons.requested", "2026-03-04", {"respond_by": "2026-03-16"}),
             ("reasons.received", "2026-03-12", {"reasonable": True}),
             ("answer.delayed", "2026-03-18", {"until": "2026-05-15"})],
            {"state": "processing", "due_on": "2026-05-15"}),
        "withdrawn": ([("request.withdrawn", "2026-03-06", {})],
                      {"state": "concluded", "outcome": "closed.withdrawn",
                       "concluded_on": "2026-03-06"}),
        "closed for another reason": (
            [("request.closed", "2026-03-06",
              {"outcome": "closed.not_information", "reason": "业务咨询"})],
            {"state": "concluded", "outcome": "closed.not_information"}),
        "voided": ([("request.voided", "2026-03-06", {"reason": "重复登记"})],
                   {"state": "voided"}),
        "voided after its answer": ([ANSWERED, ("request.voided", "2026-04-06", {"reason": "误登"})],
                                    {"state": "voided"}),
        "ordered anew": ([ANSWERED, ("redo.ordered", "2026-05-06",
                                     {"by": "reconsideration", "due_on": "2026-06-05"})],
                         {"state": "redo"}),
        "answered anew": ([ANSWERED, ("redo.ordered", "2026-05-06", {"by": "self"}),
                           ("redo.answered", "2026-05-20", {"outcome": "partially_disclosed"})],
                          {"state": "concluded", "concluded_on": "2026-03-25"}),
        "noted and archived": (
            [("request.assigned", "2026-03-03", {"unit": "党政办"}),
             ("identity.checked", "2026-03-03", {"result": "ok"}),
             ("note.added", "2026-03-04", {"text": "已电话联系"}),
             ANSWERED,
             ("notice.served", "2026-03-27",
              {"target": 5, "method": "post", "result": "delivered"}),
             ("request.archived", "2026-04-01", {"archive_no": "2026-永久-1"})],
            {"state": "concluded", "version": 7}),
    }

    def test_stories(self):
        organ = self.new_organ()
        for name, (story, expected) in self.STORIES.items():
            with self.subTest(name):
                view = self.told(organ, *story)
                self.assertEqual({member: view[member] for member in expected}, expected)
                self.assertEqual(view["version"], 1 + len(story))
                self.assertEqual(view, self.view(view["id"]))

    def test_extension(self):
        story = ("period.extended", "2026-01-30", {"working_days": 20})
        view = self.told(self.new_organ(), story, on="2026-01-05")
        self.assertEqual(view["due_on"], "2026-03-06")

    def test_twenty_working_days(self):
        organ = self.new_organ()
        for received, due in {"2026-02-10": "2026-03-16", "2026-02-14": "2026-03-20",
                              "2026-02-17": "2026-03-20", "2026-01-05": "2026-02-02",
                              "2025-12-15": "2026-01-13", "2025-12-31": "2026-01-29",
                              "2025-09-22": "2025-10-24", "2025-01-20": "2025-02-21",
                              "2020-01-20": "2020-02-25", "2019-05-15": "2019-06-13"}.items():
            with self.subTest(received):
                self.assertEqual(self.opened(organ, received)["due_on"], due)

    def test_fifteen_working_days_under_the_older_law(self):
        self.assertEqual(self.opened(self.new_organ(), "2019-05-14")["due_on"], "2019-06-04")

    def test_submission_becomes_a_receipt(self):
        organ = self.new_organ()
        view = self.submitted(organ, "2025-12-31")
        self.assertEqual(view["state"], "submitted")
        self.assertEqual(self.row(organ, 2025, "received"), {})
        view = self.appended(view["id"], "request.received", "2026-01-04",
                             {**receipt(), "channel": "web"})
        self.assertEqual((view["state"], view["received_on"]), ("processing", "2026-01-04"))
        self.assertEqual(self.row(organ, 2025, "received"), {})
        self.assertEqual(self.row(organ, 2026, "received"), {"natural_person": 1, "total": 1})

    def test_submission_closed_counts_nowhere(self):
        organ = self.new_organ()
        view = self.submitted(organ)
        view = self.appended(view["id"], "submission.closed", "2026-03-05", {"reason": "无法联系"})
        self.assertEqual(view["state"], "submission_closed")
        self.assertEqual(self.row(organ, 2026, "received"), {})
        self.assertEqual(self.row(organ, 2026, "results_total"), {})

    def test_merged(self):
        organ = self.new_organ()
        first, second = self.opened(organ), self.opened(organ)
        view = self.appended(second["id"], "request.merged", "2026-03-04", {"into": first["id"]})
        self.assertEqual((view["state"], view["outcome"]), ("concluded", "closed.merged"))
        self.assertEqual(self.row(organ, 2026, "received"), {"natural_person": 2, "total": 2})
        self.assertEqual(self.row(organ, 2026, "closed.other"), {"natural_person": 1, "total": 1})

    def test_split(self):
        organ = self.new_organ()
        parent = self.opened(organ)
        children = [self.opened(organ, register_no=f"2026-S{n}") for n in (1, 2, 3)]
        view = self.appended(parent["id"], "request.split", "2026-03-05",
                             {"into": [child["register_no"] for child in children],
                              "reason": "一事一申请"})
        self.assertEqual(view["state"], "split")
        self.assertEqual(self.row(organ, 2026, "received"), {"natural_person": 3, "total": 3})

    def test_no_request_goes_into_itself(self):
        view = self.told(self.new_organ(), ("request.withdrawn", "2026-03-10", {}))
        for event_type, member, data in (
                ("request.voided", "duplicate_of", {"reason": "重复登记"}),
                ("request.merged", "into", {}),
                ("request.answered", "earlier_request", {"outcome": "not_processed.repeat"})):
            with self.subTest(event_type), self.nothing_written():
                reply = self.append(view["id"], event_type, "2026-03-09",
                                    {**data, member: view["id"]})
                self.assertProblem(reply, 422, f"/data/{member}")
        other = self.opened(view["organ"])
        view = self.told(view["organ"], ("request.merged", "2026-03-04", {"into": other["id"]}))
        with self.nothing_written():
            reply = self.append(view["id"], "event.amended", "2026-03-05",
                                {"target": 2, "reason": "误录", "data": {"into": view["id"]}})
            self.assertProblem(reply, 422, "/data/data/into")

    def test_a_redo_keeps_the_first_outcome_in_the_table(self):
        organ = self.new_organ()
        self.told(organ, ANSWERED, ("redo.ordered", "2026-05-06", {"by": "litigation"}),
                  ("redo.answered", "2026-05-20", {"outcome": "partially_disclosed"}))
        self.assertEqual(self.row(organ, 2026, "disclosed"), {"natural_person": 1, "total": 1})
        self.assertEqual(self.row(organ, 2026, "partially_disclosed"), {})
        self.assertEqual(self.row(organ, 2026, "results_total"), {"natural_person": 1, "total": 1})

    def test_reclassified(self):
        organ = self.new_organ()
        self.told(organ, ("applicant.reclassified", "2026-03-05",
                          {"kind": "legal_service_org", "reason": "以律所名义"}))
        self.assertEqual(self.row(organ, 2026, "received"), {"legal_service_org": 1, "total": 1})

    def test_only_disclosure_is_counted(self):
        organ = self.new_organ()
        self.opened(organ, matter="record_correction")
        self.opened(organ, matter="complaint")
        self.opened(organ, matter="disclosure")
        self.assertEqual(self.row(organ, 2026, "received"), {"natural_person": 1, "total": 1})

    def test_register_numbers(self):
        organ, other = self.new_organ(), self.new_organ()
        self.assertRegex(self.opened(organ)["register_no"], r"^2026-\d{5}$")
        self.assertEqual(self.opened(organ, register_no="依〔2026〕7号")["register_no"],
                         "依〔2026〕7号")
        self.assertEqual(self.opened(other, register_no="依〔2026〕7号")["organ"], other)
        body = {"organ": organ, "on": RECEIVED, "data": receipt(), "register_no": "依〔2026〕7号"}
        with self.nothing_written():
            self.assertProblem(self.server.post("/v1/requests", body), 409)

    def test_answer_to_opening(self):
        organ = self.new_organ()
        body = {"organ": organ, "on": RECEIVED, "data": receipt(subject="某项目环评批复")}
        reply = self.assertStatus(self.server.post("/v1/requests", body), 201)
        view = reply.json()
        self.assertEqual(reply.headers["ETag"], '"1"')
        self.assertEqual(reply.opened_id(), view["id"])
        self.assertEqual(self.server.get(reply.headers["Location"]).json(), view)
        self.assertEqual((view["organ"], view["subject"], view["version"]),
                         (organ, "某项目环评批复", 1))
        self.assertIsNone(view.get("outcome"))
        self.assertEqual(view["irregularities"], [])

    def test_several_events_at_once(self):
        view = self.opened(self.new_organ())
        events = [{"type": kind, "on": on, "data": data} for kind, on, data in
                  (CORRECTION, ("correction.received", "2026-03-16", {}), ANSWERED)]
        path = f"/v1/requests/{view['id']}/events"
        reply = self.assertStatus(self.server.post(path, {"events": events}), 201)
        self.assertEqual(reply.headers["ETag"], '"4"')
        self.assertEqual([event["version"] for event in reply.json()["events"]], [2, 3, 4])
        self.assertEqual(reply.json()["request"]["state"], "concluded")

    def test_minimal_answers(self):
        brief = {"Prefer": "respond-async, return=minimal"}
        body = {"organ": self.new_organ(), "on": RECEIVED, "data": receipt()}
        opening = self.assertStatus(self.server.post("/v1/requests", body, brief), 201)
        self.assertEqual(opening.headers["Preference-Applied"], "return=minimal")
        self.assertEqual(opening.headers["ETag"], '"1"')
        request = opening.opened_id()
        shown = self.server.get(opening.headers["Location"]).json()
        last = self.server.get(f"/v1/requests/{request}/events").json()["items"][-1]
        self.assertEqual(opening.json(), {"seq": last["seq"], "version": shown["version"]})
        events = [{"type": kind, "on": on, "data": data} for kind, on, data in
                  (CORRECTION, ("correction.received", "2026-03-16", {}))]
        path = f"/v1/requests/{request}/events"
        several = self.assertStatus(self.server.post(path, {"events": events}, brief), 201)
        self.assertEqual(several.headers["ETag"], '"3"')
        self.assertEqual(several.json(), {"seq": last["seq"] + 2, "version": 3})
        # What is preferred changes the form of an answer, not what is done.
        key = {"Idempotency-Key": f"minimal-{request}"}
        first = self.append(request, *ANSWERED, headers=brief | key)
        again = self.append(request, *ANSWERED, headers=brief | key)
        self.assertEqual((again.status, again.body), (first.status, first.body))
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        whole = self.append(request, *ANSWERED, headers=key).json()
        self.assertEqual(whole["event"]["seq"], first.json()["seq"])
        self.assertEqual(whole["request"]["state"], "concluded")
        refused = self.append(request, "request.answered", "2026-03-26", PROVIDED, headers=brief)
        self.assertProblem(refused, 409)

    def test_an_organ_is_shown_whatever_is_preferred(self):
        organ = self.new_organ()
        event = {"type": "organ.renamed", "on": "2025-05-01", "data": {"name": "新名称"}}
        reply = self.server.post(f"/v1/organs/{organ}/events", event, {"Prefer": "return=minimal"})
        self.assertIsNone(self.assertStatus(reply, 201).headers["Preference-Applied"])
        self.assertEqual(reply.json()["organ"]["name"], "新名称")

    def test_several_events_are_all_or_none(self):
        view = self.opened(self.new_organ())
        events = [{"type": kind, "on": on, "data": data} for kind, on, data in
                  (CORRECTION, ("request.received", "2026-03-16", receipt()))]
        with self.nothing_written():
            reply = self.server.post(f"/v1/requests/{view['id']}/events", {"events": events})
            self.assertProblem(reply, 409)
        self.assertEqual(self.view(view["id"])["version"], 1)

    def test_history(self):
        organ = self.new_organ()
        view = self.opened(organ, subject="历史")
        reply = self.append(view["id"], *ANSWERED, headers={"X-Actor": "clerk-7"})
        event = self.assertStatus(reply, 201).json()["event"]
        expected = {"stream": view["id"], "version": 2, "type": "request.answered",
                    "on": "2026-03-25", "actor": "clerk-7", "organ": organ, "source": "observed"}
        self.assertEqual({member: event[member] for member in expected}, expected)
        self.assertEqual(event["data"]["outcome"], "disclosed.provided")
        self.assertRegex(event["recorded_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        history = self.assertStatus(self.server.get(f"/v1/requests/{view['id']}/events"), 200)
        for member in ("request.received", "request.answered", event["id"], "local"):
            self.assertIn(member, history.text())

    def test_source_and_documents(self):
        body = {"organ": self.new_organ(), "on": RECEIVED, "data": receipt(), "source": "asserted",
                "documents": [{"kind": "application", "number": "1", "sha256": "ab" * 32,
                               "size": 7}]}
        view = self.assertStatus(self.server.post("/v1/requests", body), 201).json()
        event = self.server.events(after=0, organ=body["organ"], type="request.received")[-1]
        self.assertEqual((event["stream"], event["source"]), (view["id"], "asserted"))
        self.assertEqual(event["documents"], body["documents"])


class Impossible(ServerCase):
    """What contradicts the history is refused with 409 and leaves no trace."""

    VOIDED = ("request.voided", "2026-03-04", {"reason": "误登"})

    # name -> (history, the entry that cannot stand after it)
    ENTRIES = {
        "a second receipt": ([], ("request.received", "2026-03-05", receipt())),
        "an answer on a voided case": ([VOIDED], ANSWERED),
        "a clock event on a voided case": ([VOIDED], CORRECTION),
        "a second void": ([VOIDED], VOIDED),
        "a second answer": ([ANSWERED], ("request.answered", "2026-03-26", PROVIDED)),
        "an answer after a withdrawal": ([("request.withdrawn", "2026-03-04", {})], ANSWERED),
        "a withdrawal after the answer": ([ANSWERED], ("request.withdrawn", "2026-03-26", {})),
        "a correction after the answer": (
            [ANSWERED], ("correction.requested", "2026-03-26", {"respond_by": "2026-04-10"})),
        "an extension after the answer": (
            [ANSWERED], ("period.extended", "2026-03-26", {"working_days": 5})),
        "a consultation after the answer": (
            [ANSWERED],
            ("consultation.opened", "2026-03-26", {"consultation": "c1", "with": "third_party"})),
        "a fee after the answer": (
            [ANSWERED], ("fee.notified", "2026-03-26",
                         {"scheme": "by_page", "quantity": 57, "pay_by": "2026-04-30"})),
        "a correction never requested": ([], ("correction.received", "2026-03-05", {})),
        "a correction lapsed on its last day": (
            [CORRECTION], ("correction.lapsed", "2026-03-20", {})),
        "an extended correction lapsed on its first last day": (
            [CORRECTION, ("correction.extended", "2026-03-18", {"respond_by": "2026-03-31"})],
            ("correction.lapsed", "2026-03-21", {})),
        "a fee lapsed on its last day": ([FEE], ("fee.lapsed", "2026-04-08", {})),
        "an answer before the receipt": ([], ("request.answered", "2026-03-01", PROVIDED)),
        "a note before the receipt": ([], ("note.added", "2026-03-01", {"text": "电话"})),
        "an extension before the receipt": (
            [], ("period.extended", "2026-03-01", {"working_days": 5})),
        "an amended receipt after its answer": (
            [ANSWERED],
            ("event.amended", "2026-03-26", {"target": 1, "reason": "误", "on": "2026-03-26"})),
        "a retracted request under its correction": (
            [CORRECTION, ("correction.received", "2026-03-16", {})],
            ("event.retracted", "2026-03-26", {"target": 2, "reason": "误"})),
        "a retracted conclusion under a redo": (
            [ANSWERED, ("redo.ordered", "2026-05-06", {"by": "self"})],
            ("event.retracted", "2026-05-07", {"target": 2, "reason": "误"})),
        "a redo of what is still open": ([], ("redo.ordered", "2026-03-26", {"by": "self"})),
    }

    def test_entries(self):
        organ = self.new_organ()
        for name, (story, entry) in self.ENTRIES.items():
            with self.subTest(name):
                view = self.told(organ, *story)
                self.assertImpossible(view["id"], *entry)
                self.assertEqual(self.view(view["id"]), view)

    def test_after_today(self):
        view = self.opened(self.new_organ())
        later = str(today() + timedelta(days=2))  # two: midnight may pass meanwhile
        self.assertImpossible(view["id"], "request.answered", later, PROVIDED)
        body = {"organ": view["organ"], "on": later, "data": receipt()}
        with self.nothing_written():
            self.assertProblem(self.server.post("/v1/requests", body), 409)

    def test_an_answer_to_a_submission(self):
        view = self.submitted(self.new_organ())
        self.assertImpossible(view["id"], *ANSWERED)
        self.assertImpossible(view["id"], *CORRECTION)

    def test_the_codes_tell_the_rules_apart(self):
        organ = self.new_organ()
        codes = {name: self.assertImpossible(self.told(organ, *story)["id"], *entry)["code"]
                 for name, (story, entry) in self.ENTRIES.items()
                 if name in ("a second receipt", "an answer on a voided case",
                             "a correction lapsed on its last day", "an answer before the receipt")}
        self.assertEqual(len(set(codes.values())), len(codes), codes)

    def test_the_first_event_is_not_retracted(self):
        view = self.opened(self.new_organ())
        with self.nothing_written():
            reply = self.append(view["id"], "event.retracted", "2026-03-05",
                                {"target": 1, "reason": "误"})
            self.assertIn(reply.status, (409, 422), reply)

    def test_a_target_that_does_not_exist(self):
        view = self.opened(self.new_organ())
        with self.nothing_written():
            for kind in ("event.amended", "event.retracted"):
                reply = self.append(view["id"], kind, "2026-03-05", {"target": 9, "reason": "误"})
                self.assertIn(reply.status, (409, 422), reply)

    def test_an_answer_takes_no_closing_outcome(self):
        view = self.opened(self.new_organ())
        with self.nothing_written():
            for outcome in ("closed.withdrawn", "closed.other", "closed.fee_unpaid"):
                reply = self.append(view["id"], "request.answered", "2026-03-05",
                                    {"outcome": outcome})
                self.assertIn(reply.status, (409, 422), reply)

    def test_what_a_voided_case_still_takes(self):
        view = self.told(self.new_organ(), self.VOIDED)
        self.appended(view["id"], "note.added", "2026-03-05", {"text": "已告知"})
        view = self.appended(view["id"], "event.retracted", "2026-03-06",
                             {"target": 2, "reason": "误作废"})
        self.assertEqual(view["state"], "processing")

    def test_what_may_precede_a_receipt(self):
        view = self.submitted(self.new_organ(), RECEIVED)
        for entry in (("note.added", "2026-03-03", {"text": "联系中"}),
                      ("request.assigned", "2026-03-03", {"unit": "党政办"}),
                      ("identity.checked", "2026-03-03", {"result": "ok"})):
            self.appended(view["id"], *entry)
        view = self.appended(view["id"], "request.received", "2026-03-05", receipt())
        self.assertEqual((view["received_on"], view["version"]), ("2026-03-05", 5))


class Irregular(ServerCase):
    """What should not have happened, but did, is recorded and listed."""

    STORIES = {
        "a late notice": [("correction.requested", "2026-03-12", {"respond_by": "2026-03-30"})],
        "a second correction": [
            CORRECTION, ("correction.received", "2026-03-10", {}),
            ("correction.requested", "2026-03-11", {"respond_by": "2026-03-31"})],
        "an answer while awaiting a correction": [CORRECTION,
                                                  ("request.answered", "2026-03-12", PROVIDED)],
        "an answer while awaiting a fee": [FEE, ("request.answered", "2026-03-12", PROVIDED)],
        "a late answer": [("request.answered", "2026-03-31", PROVIDED)],
        "a short payment period": [("fee.notified", "2026-03-10",
                                    {"scheme": "by_page", "quantity": 57, "pay_by": "2026-03-20"})],
        "a late extension": [("period.extended", "2026-04-01", {"working_days": 5})],
        "an extension too long": [("period.extended", "2026-03-20", {"working_days": 21})],
        "a refusal for third parties without consultation": [
            ("request.answered", "2026-03-20", {"outcome": "refused.third_party_rights"})],
    }

    def test_listed(self):
        organ = self.new_organ()
        for name, story in self.STORIES.items():
            with self.subTest(name):
                view = self.told(organ, *story)
                listed = [entry for entry in view["irregularities"]
                          if entry["version"] == view["version"]]
                self.assertTrue(listed, view)
                for entry in listed:
                    self.assertEqual(set(entry), {"code", "article", "version", "message"})
                    self.assertRegex(entry["code"], r"^[a-z][a-z0-9_.]*$")

    def test_regular_stories_list_nothing(self):
        organ = self.new_organ()
        for story in ([ANSWERED], [CORRECTION, ("correction.received", "2026-03-16", {})],
                      [FEE, ("fee.paid", "2026-03-20", {"amount": "270"})],
                      [("request.answered", "2026-03-30", PROVIDED)]):
            with self.subTest(story):
                self.assertEqual(self.told(organ, *story)["irregularities"], [])

    def test_a_late_extension_moves_nothing(self):
        view = self.told(self.new_organ(), *self.STORIES["a late extension"])
        self.assertEqual(view["due_on"], "2026-03-30")

    def test_beyond_the_cap_moves_nothing(self):
        organ = self.new_organ()
        longest = self.told(organ, ("period.extended", "2026-03-20", {"working_days": 20}))
        beyond = self.told(organ, *self.STORIES["an extension too long"])
        self.assertEqual(beyond["due_on"], longest["due_on"])


class Corrections(ServerCase):
    """Amendments, retractions, and facts recorded late."""

    def test_an_extension_of_20_march_after_the_answer_of_25_march(self):
        view = self.told(self.new_organ(), ("request.answered", "2026-04-08", PROVIDED))
        self.assertTrue(view["irregularities"])  # late, as far as is known
        view = self.appended(view["id"], "period.extended", "2026-03-20", {"working_days": 10})
        self.assertEqual((view["state"], view["version"]), ("concluded", 3))
        self.assertEqual(view["irregularities"], [])

        view = self.told(view["organ"], ANSWERED)
        view = self.appended(view["id"], "period.extended", "2026-03-20", {"working_days": 10})
        self.assertEqual((view["state"], view["concluded_on"]), ("concluded", "2026-03-25"))

    def test_facts_of_before_a_split_or_a_closing(self):
        """Only a void case is shut whatever the date; elsewhere the order decides."""
        assigned = {"unit": "法制科"}
        parent = self.told(self.new_organ(),
                           ("request.split", "2026-03-10", {"into": ["S-1"], "reason": "两事"}))
        view = self.appended(parent["id"], "request.assigned", "2026-03-05", assigned)
        self.assertEqual((view["state"], view["assignee"]["unit"]), ("split", "法制科"))
        self.assertImpossible(parent["id"], "request.assigned", "2026-03-11", assigned)

        submission = self.submitted(parent["organ"])
        self.appended(submission["id"], "submission.closed", "2026-03-10", {"reason": "无法联系"})
        self.appended(submission["id"], "request.assigned", "2026-03-05", assigned)
        self.assertImpossible(submission["id"], "request.assigned", "2026-03-11", assigned)
        self.assertImpossible(submission["id"], "request.received", "2026-03-05", receipt())

        void = self.told(parent["organ"], ("request.voided", "2026-03-10", {"reason": "误登记"}))
        self.assertImpossible(void["id"], "request.assigned", "2026-03-05", assigned)

    def test_amended_date(self):
        view = self.opened(self.new_organ())
        view = self.appended(view["id"], "event.amended", "2026-03-05",
                             {"target": 1, "reason": "收发室签收日", "on": "2026-02-10"})
        self.assertEqual((view["received_on"], view["due_on"]), ("2026-02-10", "2026-03-16"))

    def test_amended_member_and_whole_applicant(self):
        organ = self.new_organ()
        view = self.opened(organ, subject="旧主题", delivery="email")
        applicant = {"kind": "commercial_enterprise", "name": "某公司"}
        view = self.appended(view["id"], "event.amended", "2026-03-05",
                             {"target": 1, "reason": "更正", "data": {"applicant": applicant}})
        self.assertEqual(view["subject"], "旧主题")
        self.assertEqual(self.row(organ, 2026, "received"),
                         {"commercial_enterprise": 1, "total": 1})

    def test_amended_outcome_moves_the_cell(self):
        organ = self.new_organ()
        view = self.told(organ, ANSWERED)
        self.appended(view["id"], "event.amended", "2026-04-01",
                      {"target": 2, "reason": "录入错误",
                       "data": {"outcome": "unavailable.not_held"}})
        self.assertEqual(self.row(organ, 2026, "disclosed"), {})
        self.assertEqual(self.row(organ, 2026, "unavailable.not_held"),
                         {"natural_person": 1, "total": 1})

    def test_amendments_of_unknown_members_are_refused(self):
        view = self.told(self.new_organ(), ANSWERED)
        with self.nothing_written():
            for data in ({"colour": "red"}, {"outcome": "granted"}):
                reply = self.append(view["id"], "event.amended", "2026-04-01",
                                    {"target": 2, "reason": "误", "data": data})
                self.assertProblem(reply, 422)

    def test_retracted_answer(self):
        organ = self.new_organ()
        view = self.told(organ, ANSWERED, ("event.retracted", "2026-03-26",
                                           {"target": 2, "reason": "登错案件"}))
        self.assertEqual((view["state"], view.get("outcome")), ("processing", None))
        self.assertEqual(self.row(organ, 2026, "results_total"), {})

    def test_retracted_retraction(self):
        view = self.told(self.new_organ(), ANSWERED,
                         ("event.retracted", "2026-03-26", {"target": 2, "reason": "登错案件"}),
                         ("event.retracted", "2026-03-27", {"target": 3, "reason": "没有登错"}))
        self.assertEqual((view["state"], view["outcome"]), ("concluded", "disclosed.provided"))

    def test_the_first_fact_stays_in_the_log(self):
        view = self.told(self.new_organ(), ANSWERED, ("event.retracted", "2026-03-26",
                                                      {"target": 2, "reason": "登错案件"}))
        kinds = [event["type"] for event in self.server.events(organ=view["organ"])
                 if event["stream"] == view["id"]]
        self.assertEqual(kinds, ["request.received", "request.answered", "event.retracted"])

    def test_a_void_leaves_every_year(self):
        organ = self.new_organ()
        view = self.opened(organ, "2025-12-20")
        self.assertEqual(self.row(organ, 2026, "carried_in"), {"natural_person": 1, "total": 1})
        self.appended(view["id"], "request.voided", "2026-02-01", {"reason": "重复登记"})
        self.assertEqual(self.row(organ, 2025, "received"), {})
        self.assertEqual(self.row(organ, 2025, "carried_out"), {})
        self.assertEqual(self.row(organ, 2026, "carried_in"), {})


class Preconditions(ServerCase):
    def test_current_version(self):
        view = self.opened(self.new_organ())
        reply = self.append(view["id"], *CORRECTION, headers={"If-Match": '"1"'})
        self.assertEqual(self.assertStatus(reply, 201).headers["ETag"], '"2"')
        self.assertEqual(self.server.get(f"/v1/requests/{view['id']}").headers["ETag"], '"2"')

    def test_stale_version(self):
        view = self.told(self.new_organ(), CORRECTION)
        with self.nothing_written():
            reply = self.append(view["id"], "correction.received", "2026-03-16", {},
                                {"If-Match": '"1"'})
            self.assertProblem(reply, 412)
        said = reply.text() + (reply.headers["ETag"] or "")
        self.assertRegex(said, r'"2"|[:\s]2\b')

    def test_a_tag_that_is_no_version_does_not_hold(self):
        view = self.opened(self.new_organ())
        for tag in ('"0"', '"abc"', '"4294967296"', '"99999999999999999999"', '"1x"'):
            with self.subTest(tag), self.nothing_written():
                reply = self.append(view["id"], *CORRECTION, headers={"If-Match": tag})
                self.assertEqual(self.assertProblem(reply, 412)["version"], 1)

    def test_without_it_the_rules_alone_decide(self):
        view = self.told(self.new_organ(), CORRECTION)
        self.appended(view["id"], "correction.received", "2026-03-16")

    def test_of_many_at_once_one_wins(self):
        view = self.opened(self.new_organ())
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda n: self.append(
                view["id"], "note.added", "2026-03-05", {"text": f"第{n}人"},
                {"If-Match": '"1"'}), range(8)))
        self.assertEqual(sorted(reply.status for reply in replies), [201] + [412] * 7)
        self.assertEqual(self.view(view["id"])["version"], 2)


class Idempotency(ServerCase):
    _keys = itertools.count(1)

    def key(self):
        return {"Idempotency-Key": f"{type(self).__name__}-{next(self._keys)}"}

    def opening(self, **data):
        return {"organ": self.new_organ(), "on": RECEIVED, "data": receipt(**data)}

    def assertReplayed(self, reply, first):
        self.assertEqual(reply.headers["Idempotency-Replayed"], "true")
        self.assertEqual((reply.status, reply.body), (first.status, first.body))
        for name in ("ETag", "Location", "Content-Type"):
            self.assertEqual(reply.headers[name], first.headers[name])

    def test_replayed(self):
        key, body = self.key(), self.opening()
        first = self.assertStatus(self.server.post("/v1/requests", body, key), 201)
        self.assertIsNone(first.headers["Idempotency-Replayed"])
        with self.nothing_written():
            self.assertReplayed(self.server.post("/v1/requests", body, key), first)

    def test_replayed_though_the_case_has_moved_on(self):
        key, body = self.key(), self.opening()
        first = self.server.post("/v1/requests", body, key)
        self.appended(first.json()["id"], *ANSWERED)
        self.assertReplayed(self.server.post("/v1/requests", body, key), first)

    def test_replayed_append_and_figure(self):
        view = self.opened(self.new_organ())
        key = self.key()
        first = self.append(view["id"], *ANSWERED, headers=key)
        self.assertReplayed(self.append(view["id"], *ANSWERED, headers=key), first)
        figure = {"organ": view["organ"], "on": "2026-03-01",
                  "data": {"item": "licences.decisions", "quantity": 3}}
        key = self.key()
        first = self.assertStatus(self.server.post("/v1/figures", figure, key), 201)
        self.assertReplayed(self.server.post("/v1/figures", figure, key), first)

    def test_another_body(self):
        key, body = self.key(), self.opening()
        self.assertStatus(self.server.post("/v1/requests", body, key), 201)
        with self.nothing_written():
            other = {**body, "on": "2026-03-03"}
            self.assertProblem(self.server.post("/v1/requests", other, key), 422)

    def test_in_flight_at_once(self):
        key, body = self.key(), self.opening()
        ready = threading.Barrier(8)

        def send(_):
            ready.wait()
            return self.server.post("/v1/requests", body, key)

        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(send, range(8)))
        self.assertEqual({reply.status for reply in replies}, {201})
        self.assertEqual(len({reply.body for reply in replies}), 1)
        firsts = [reply for reply in replies if not reply.headers["Idempotency-Replayed"]]
        self.assertEqual(len(firsts), 1)
        self.assertEqual(len(self.server.events(organ=body["organ"], type="request.received")), 1)

    def test_a_failed_request_keeps_no_key(self):
        key, body = self.key(), self.opening()
        wrong = {**body, "on": "2026-02-30"}
        self.assertProblem(self.server.post("/v1/requests", wrong, key), 422)
        reply = self.assertStatus(self.server.post("/v1/requests", body, key), 201)
        self.assertIsNone(reply.headers["Idempotency-Replayed"])

    def test_an_impossible_one_keeps_no_key(self):
        view, key = self.opened(self.new_organ()), self.key()
        received = ("correction.received", "2026-03-16", {})
        self.assertProblem(self.append(view["id"], *received, headers=key), 409)
        self.appended(view["id"], *CORRECTION)
        self.assertStatus(self.append(view["id"], *received, headers=key), 201)

    def test_checked_before_the_precondition(self):
        view = self.opened(self.new_organ())
        headers = {**self.key(), "If-Match": '"1"'}
        first = self.assertStatus(self.append(view["id"], *ANSWERED, headers=headers), 201)
        self.assertReplayed(self.append(view["id"], *ANSWERED, headers=headers), first)

    def test_survives_a_restart(self):
        key, body = self.key(), self.opening()
        first = self.assertStatus(self.server.post("/v1/requests", body, key), 201)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertReplayed(self.server.post("/v1/requests", body, key), first)


class Batch(ServerCase):
    def operations(self, organ):
        return [{"new": "first", "organ": organ, "type": "request.received", "on": RECEIVED,
                 "data": receipt(), "register_no": "2026-B1"},
                {"new": "second", "organ": organ, "type": "request.received", "on": RECEIVED,
                 "data": receipt(kind="other_org"), "register_no": "2026-B2"},
                {"stream": "first", "type": "request.answered", "on": "2026-03-05",
                 "data": PROVIDED}]

    def test_written_as_one(self):
        organ = self.new_organ()
        older = self.opened(organ)
        operations = self.operations(organ) + [{"stream": older["id"], "type": "request.withdrawn",
                                                "on": "2026-03-05", "data": {}}]
        before = self.log_head()
        self.assertStatus(self.server.post("/v1/batch", {"operations": operations}), 201)
        written = self.server.events(after=before)
        self.assertEqual([event["seq"] for event in written],
                         list(range(before + 1, before + 5)))
        self.assertEqual([event["type"] for event in written],
                         ["request.received", "request.received", "request.answered",
                          "request.withdrawn"])
        self.assertEqual(written[0]["stream"], written[2]["stream"])
        states = {view["register_no"]: view["state"] for view in self.items(organ=organ)}
        self.assertEqual(states, {"2026-B1": "concluded", "2026-B2": "processing",
                                  older["register_no"]: "concluded"})

    def test_all_or_nothing(self):
        organ = self.new_organ()
        older = self.told(organ, ANSWERED)
        wrong = {"impossible": (409, {"stream": older["id"], "type": "request.withdrawn",
                                      "on": "2026-03-26", "data": {}}),
                 "invalid": (422, {"stream": older["id"], "type": "note.added", "on": "2026-03-26",
                                   "data": {}}),
                 "unknown member": (422, {"stream": older["id"], "type": "note.added",
                                          "on": "2026-03-26", "data": {"text": "x"}, "colour": 1})}
        for name, (status, operation) in wrong.items():
            with self.subTest(name), self.nothing_written():
                body = {"operations": self.operations(organ) + [operation]}
                self.assertProblem(self.server.post("/v1/batch", body), status)
        self.assertEqual(len(self.items(organ=organ)), 1)

    def test_pointer_names_the_operation(self):
        organ = self.new_organ()
        operations = self.operations(organ)
        operations[1]["on"] = "2023-02-30"
        self.assertProblem(self.server.post("/v1/batch", {"operations": operations}), 422,
                           "/operations/1/on")

    def test_replayed(self):
        body = {"operations": self.operations(self.new_organ())}
        key = {"Idempotency-Key": "batch-1"}
        first = self.assertStatus(self.server.post("/v1/batch", body, key), 201)
        with self.nothing_written():
            again = self.server.post("/v1/batch", body, key)
        self.assertEqual((again.status, again.body), (201, first.body))
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")


class Figures(ServerCase):
    def record(self, organ, on, item, quantity):
        body = {"organ": organ, "on": on, "data": {"item": item, "quantity": quantity}}
        return self.assertStatus(self.server.post("/v1/figures", body), 201)

    def test_cells_of_2021(self):
        organ = self.new_organ()
        for on, item, quantity in (("2022-06-01", "regulations.issued", 9),
                                   ("2022-06-01", "regulations.in_force_adjustment", 4),
                                   ("2023-02-01", "regulations.issued", 3),
                                   ("2023-03-01", "regulations.repealed", 2),
                                   ("2023-12-31", "licences.decisions", 1808595),
                                   ("2023-12-31", "fees.amount", "592372449"),
                                   ("2024-01-01", "licences.decisions", 1)):
            self.record(organ, on, item, quantity)
        proactive = self.report(organ, 2023)["proactive"]
        self.assertEqual(proactive["regulations"], {"issued": 3, "repealed": 2, "in_force": 14})
        self.assertEqual(proactive["licences"], {"decisions": 1808595})
        self.assertEqual(proactive["fees"], {"amount": "59237.2449"})

    def test_cells_of_2019(self):
        organ = self.new_organ()
        for on, item, quantity in (("2019-06-01", "licences.items", 20),
                                   ("2020-06-01", "licences.items", -3),
                                   ("2020-06-01", "procurement.projects", 2),
                                   ("2020-06-01", "procurement.amount", "15279642.83"),
                                   ("2019-06-01", "regulations.published", 5),
                                   ("2020-06-01", "regulations.published", 1)):
            self.record(organ, on, item, quantity)
        proactive = self.report(organ, 2020)["proactive"]
        self.assertEqual(proactive["licences"], {"previous": 20, "change": -3, "decisions": 0})
        self.assertEqual(proactive["procurement"], {"projects": 2, "amount": "15279642.83"})
        self.assertEqual(proactive["regulations"],
                         {"made": 0, "published": 1, "published_total": 6})

    def test_ten_thousand_yuan_exactly(self):
        # yuan -> 万元, at most six decimals, no trailing zeros
        for yuan, shown in (("0.01", "0.000001"), ("10000", "1"), ("12345.6", "1.23456"),
                            ("99999999999.99", "9999999.999999"), ("2230", "0.223")):
            with self.subTest(yuan):
                organ = self.new_organ()
                self.record(organ, "2025-01-01", "fees.amount", yuan)
                amount = self.report(organ, 2025)["proactive"]["fees"]["amount"]
                self.assertEqual(str(amount), shown)

    def test_sum_of_cents_is_exact(self):
        organ = self.new_organ()
        for _ in range(10):
            self.record(organ, "2020-01-01", "procurement.amount", "0.1")
        amount = self.report(organ, 2020)["proactive"]["procurement"]["amount"]
        self.assertEqual(float(amount), 1)
        self.assertIn(str(amount), ("1", "1.0", "1.00"))

    def test_listed_by_year(self):
        organ = self.new_organ()
        self.record(organ, "2024-05-01", "disclosed.website", 41)
        self.record(organ, "2025-05-01", "disclosed.wechat", 42)
        listing = self.assertStatus(self.server.get("/v1/figures", organ=organ, year=2024), 200)
        self.assertIn("disclosed.website", listing.text())
        self.assertNotIn("disclosed.wechat", listing.text())

    def test_amended(self):
        organ = self.new_organ()
        reply = self.record(organ, "2025-05-01", "licences.decisions", 10)
        amendment = {"type": "event.amended", "on": "2025-05-02",
                     "data": {"target": 1, "reason": "笔误", "data": {"quantity": 100}}}
        path = f"/v1/figures/{quote(reply.opened_id())}/events"
        self.assertStatus(self.server.post(path, amendment), 201)
        self.assertEqual(self.report(organ, 2025)["proactive"]["licences"]["decisions"], 100)

    def test_refused(self):
        organ = self.new_organ()
        body = {"organ": organ, "on": "2025-05-01", "data": {"item": "fees.amount"}}
        for quantity in (12.5, "12.345", "1e3", "", "一百", None, True, [1]):
            with self.subTest(quantity=quantity), self.nothing_written():
                body["data"]["quantity"] = quantity
                self.assertProblem(self.server.post("/v1/figures", body), 422, "/data/quantity")


class Disputes(ServerCase):
    COLUMNS = ("upheld", "corrected", "other", "pending", "total")
    CORRECTING = ("revoked", "partially_revoked", "declared_unlawful", "declared_void",
                  "ordered_to_perform", "modified")
    DECISIONS = {**dict.fromkeys(("upheld", "claim_rejected"), "upheld"),
                 **dict.fromkeys(CORRECTING, "corrected"),
                 **dict.fromkeys(("application_rejected", "terminated", "mediated"), "other")}
    JUDGMENTS = {"claims_rejected": "upheld",
                 **dict.fromkeys((*CORRECTING, "ordered_to_pay", "ordered_to_remedy"), "corrected"),
                 **dict.fromkeys(("suit_dismissed", "withdrawn", "terminated"), "other")}
    JUDGED = ("litigation.judged", "2025-06-10", {"judgment": "revoked"})
    APPEALED = ("litigation.appealed", "2025-06-20", {"by": "organ"})

    def dispute(self, organ, kind, on, data, *story, requests=()):
        body = {"organ": organ, "type": kind, "on": on, "data": data, "requests": list(requests)}
        reply = self.assertStatus(self.server.post("/v1/disputes", body), 201)
        for step_kind, step_on, step_data in story:
            step = {"type": step_kind, "on": step_on, "data": step_data}
            path = f"/v1/disputes/{quote(reply.opened_id())}/events"
            self.assertStatus(self.server.post(path, step), 201)
        return reply

    def review(self, organ, *story, on="2025-03-03", **data):
        return self.dispute(organ, "reconsideration.accepted", on, {"authority": "某市政府", **data},
                            *story)

    def suit(self, organ, *story, on="2025-03-03", after=False, **data):
        data = {"court": "某区法院", "after_reconsideration": after, **data}
        return self.dispute(organ, "litigation.filed", on, data, *story)

    def block(self, organ, year, code):
        """A block of table four by column, zeros left out."""
        counts = self.report(organ, year)["disputes"][code]
        self.assertEqual(set(counts), set(self.COLUMNS))
        return {column: n for column, n in counts.items() if n}

    def counted(self, columns):
        counts = {column: list(columns).count(column) for column in set(columns)}
        return {**counts, "total": len(list(columns))}

    def test_decisions(self):
        organ = self.new_organ()
        for decision in self.DECISIONS:
            self.review(organ, ("reconsideration.decided", "2025-05-06", {"decision": decision}))
        self.assertEqual(self.block(organ, 2025, "reconsideration"),
                         self.counted(list(self.DECISIONS.values())))

    def test_judgments(self):
        for after, code in ((False, "litigation_direct"),
                            (True, "litigation_after_reconsideration")):
            organ = self.new_organ()
            for judgment in self.JUDGMENTS:
                self.suit(organ, ("litigation.judged", "2025-05-06", {"judgment": judgment}),
                          after=after)
            self.assertEqual(self.block(organ, 2025, code),
                             self.counted(list(self.JUDGMENTS.values())))

    # story of a suit filed in March 2025 -> the column where it stands at the end of 2025
    SUITS = {
        "filed": ([], "pending"),
        "transferred": ([("litigation.transferred", "2025-05-06", {"court": "另一法院"})],
                        "pending"),
        "transferred and judged": (
            [("litigation.transferred", "2025-05-06", {"court": "另一法院"}), JUDGED], "corrected"),
        "appealed": ([JUDGED, APPEALED], "pending"),
        "sustained": ([JUDGED, APPEALED, ("litigation.appeal_decided", "2025-09-01",
                                          {"result": "sustained"})], "corrected"),
        "appeal withdrawn": ([JUDGED, APPEALED, ("litigation.appeal_decided", "2025-09-01",
                                                 {"result": "withdrawn"})], "corrected"),
        "changed": ([JUDGED, APPEALED,
                     ("litigation.appeal_decided", "2025-09-01",
                      {"result": "changed", "effect": "claims_rejected"})], "upheld"),
        "remanded": ([JUDGED, APPEALED, ("litigation.appeal_decided", "2025-09-01",
                                         {"result": "remanded"})], "pending"),
        "remanded and judged": ([JUDGED, APPEALED,
                                 ("litigation.appeal_decided", "2025-09-01",
                                  {"result": "remanded"}),
                                 ("litigation.judged", "2025-11-03",
                                  {"judgment": "claims_rejected"})], "upheld"),
        "to be tried": ([("litigation.judged", "2025-06-10", {"judgment": "suit_dismissed"}),
                         ("litigation.appealed", "2025-06-20", {"by": "applicant"}),
                         ("litigation.appeal_decided", "2025-09-01",
                          {"result": "continue_trial"})], "pending"),
        "suspended": ([("dispute.suspended", "2025-05-06", {})], "pending"),
        "resumed and judged": ([("dispute.suspended", "2025-05-06", {}),
                                ("dispute.resumed", "2025-05-20", {}), JUDGED], "corrected"),
        "replied, served, complied": ([("reply.filed", "2025-03-10", {}), JUDGED,
                                       ("judgment.served", "2025-06-15", {}),
                                       ("compliance.recorded", "2025-07-01", {"text": "已履行"})],
                                      "corrected"),
    }

    def test_suits(self):
        for name, (story, column) in self.SUITS.items():
            with self.subTest(name):
                organ = self.new_organ()
                self.suit(organ, *story)
                self.assertEqual(self.block(organ, 2025, "litigation_direct"),
                                 {column: 1, "total": 1})

    def test_pending_then_decided(self):
        organ = self.new_organ()
        self.review(organ, ("reconsideration.decided", "2025-02-06", {"decision": "upheld"}),
                    on="2024-12-10")
        self.assertEqual(self.block(organ, 2024, "reconsideration"), {"pending": 1, "total": 1})
        self.assertEqual(self.block(organ, 2025, "reconsideration"), {"upheld": 1, "total": 1})
        self.assertEqual(self.block(organ, 2026, "reconsideration"), {})

    def test_judged_in_december_appealed_in_january(self):
        organ = self.new_organ()
        self.suit(organ, ("litigation.judged", "2024-12-20", {"judgment": "revoked"}),
                  ("litigation.appealed", "2025-01-04", {"by": "organ"}), on="2024-09-02")
        self.assertEqual(self.block(organ, 2024, "litigation_direct"), {"corrected": 1, "total": 1})
        self.assertEqual(self.block(organ, 2025, "litigation_direct"), {"pending": 1, "total": 1})

    def test_a_retrial_counts_in_its_own_year(self):
        organ = self.new_organ()
        self.suit(organ, ("litigation.judged", "2023-06-20", {"judgment": "claims_rejected"}),
                  ("litigation.retrial_ordered", "2024-03-04", {}),
                  ("litigation.retried", "2025-04-04", {"judgment": "revoked"}), on="2023-02-02")
        self.assertEqual(self.block(organ, 2023, "litigation_direct"), {"upheld": 1, "total": 1})
        self.assertEqual(self.block(organ, 2025, "litigation_direct"), {"corrected": 1, "total": 1})

    def test_the_deciding_authority_alone_does_not_count(self):
        organ = self.new_organ()
        self.review(organ, role="authority_only")
        self.suit(organ, role="authority_only", after=True)
        self.assertEqual(self.block(organ, 2025, "reconsideration"), {})
        self.assertEqual(self.block(organ, 2025, "litigation_after_reconsideration"), {})

    def test_voided(self):
        organ = self.new_organ()
        self.suit(organ, self.JUDGED, ("dispute.voided", "2025-07-01", {"reason": "误登"}))
        self.assertEqual(self.block(organ, 2025, "litigation_direct"), {})

    def test_linked_to_requests(self):
        organ = self.new_organ()
        first, second = self.told(organ, ANSWERED), self.told(organ, ANSWERED)
        reply = self.dispute(organ, "reconsideration.accepted", "2026-04-20",
                             {"authority": "某市政府"}, requests=[first["id"]])
        path = f"/v1/disputes/{quote(reply.opened_id())}"
        link = {"type": "dispute.linked", "on": "2026-04-21", "data": {"requests": [second["id"]]}}
        self.assertStatus(self.server.post(path + "/events", link), 201)
        shown = self.assertStatus(self.server.get(path), 200)
        self.assertEqual(shown.headers["ETag"], '"2"')
        self.assertIn(first["id"], shown.text())
        self.assertIn(second["id"], shown.text())
        self.assertIn(reply.opened_id(),
                      self.assertStatus(self.server.get("/v1/disputes", organ=organ), 200).text())

    def test_an_unknown_request(self):
        body = {"organ": self.new_organ(), "type": "reconsideration.accepted", "on": "2026-04-20",
                "data": {"authority": "某市政府"}, "requests": ["no-such-request"]}
        with self.nothing_written():
            self.assertProblem(self.server.post("/v1/disputes", body), 422, "/requests/0")

    def test_impossible(self):
        organ = self.new_organ()
        judged = self.suit(organ, self.JUDGED)
        path = f"/v1/disputes/{quote(judged.opened_id())}/events"
        filed = {"court": "某区法院", "after_reconsideration": False}
        for kind, data, statuses in (("litigation.filed", filed, (409,)),
                                     ("reconsideration.decided", {"decision": "upheld"},
                                      (409, 422))):
            with self.subTest(kind), self.nothing_written():
                step = {"type": kind, "on": "2025-07-01", "data": data}
                reply = self.server.post(path, step)
                self.assertIn(reply.status, statuses, reply)


class Reports(ServerCase):
    def test_the_document(self):
        organ = self.new_organ("某某街道办事处")
        report = self.report(organ, 2020)
        self.assertEqual(report["organ"], {"code": organ, "name": "某某街道办事处"})
        self.assertEqual((report["year"], report["scope"], report["edition"]),
                         (2020, "organ", "cn-2019"))
        self.assertEqual(report["as_of"]["seq"], self.log_head())
        self.assertRegex(report["as_of"]["recorded_at"], r"Z$")
        for check in report["checks"]:
            self.assertIn(check["status"], ("pass", "fail", "warn", "not_applicable"))
            self.assertNotEqual(check["status"], "fail", check)

    def test_rows_and_columns_of_each_edition(self):
        organ = self.new_organ()
        for year, name in ((2019, "cn-2019"), (2020, "cn-2019"), (2021, "cn-2021"),
                           (2025, "cn-2021")):
            with self.subTest(year):
                report, form = self.report(organ, year), edition(name)
                self.assertEqual(report["edition"], name)
                self.assertEqual(set(report["requests"]), set(table_rows(name)))
                self.assertTrue(all(row == [0] * 7 for row in report["requests"].values()))
                self.assertEqual({code: set(row) for code, row in report["proactive"].items()},
                                 {row["code"]: set(row["cells"])
                                  for block in form["proactive"]["blocks"]
                                  for row in block["rows"]})
                self.assertEqual(set(report["disputes"]),
                                 {block["code"] for block in form["disputes"]["blocks"]})

    CLOSERS = {
        "closed.withdrawn": [("request.withdrawn", "{}-03-09", {})],
        "closed.correction_lapsed": [
            ("correction.requested", "{}-03-04", {"respond_by": "{}-03-20"}),
            ("correction.lapsed", "{}-03-23", {})],
        "closed.fee_unpaid": [
            ("fee.notified", "{}-03-04",
             {"scheme": "by_item", "quantity": 11, "pay_by": "{}-04-10"}),
            ("fee.lapsed", "{}-04-13", {})],
    }

    def story(self, outcome, year):
        if outcome in self.CLOSERS:
            story = self.CLOSERS[outcome]
        elif outcome.startswith("closed."):
            story = [("request.closed", "{}-03-09", {"outcome": outcome, "reason": "见卷"})]
        else:
            story = [("request.answered", "{}-03-09", {"outcome": outcome})]
        return json.loads(json.dumps(story).replace("{}-", f"{year}-"))

    def test_every_outcome_in_its_row(self):
        for year, name in ((2020, "cn-2019"), (2025, "cn-2021")):
            organ, told = self.new_organ(), 0
            expected = dict.fromkeys(table_rows(name), 0)
            for row, outcomes in table_rows(name).items():
                for outcome in outcomes:
                    if outcome == "closed.merged":  # needs a second request; see Lives
                        continue
                    self.told(organ, *self.story(outcome, year), on=f"{year}-03-02",
                              kind="public_welfare_org")
                    expected[row] += 1
                    told += 1
            expected |= {"received": told, "results_total": told}
            with self.subTest(name):
                table = self.report(organ, year)["requests"]
                self.assertEqual(table, {row: [0, 0, 0, n, 0, 0, n]
                                         for row, n in expected.items()})

    def test_every_kind_in_its_column(self):
        organ = self.new_organ()
        for kind in TABLE_COLUMNS[:-1]:
            self.opened(organ, "2025-06-02", kind=kind)
        self.assertEqual(self.report(organ, 2025)["requests"]["received"], [1] * 6 + [6])

    def test_carried_over(self):
        organ = self.new_organ()
        self.opened(organ, "2024-12-20")
        self.told(organ, ("request.answered", "2025-01-09", PROVIDED), on="2024-12-31")
        self.told(organ, ("request.answered", "2025-12-31", PROVIDED), on="2025-12-31")
        one, two = {"natural_person": 1, "total": 1}, {"natural_person": 2, "total": 2}
        rows = ("received", "carried_in", "results_total", "carried_out")
        self.assertEqual([self.row(organ, 2024, row) for row in rows], [two, {}, {}, two])
        self.assertEqual([self.row(organ, 2025, row) for row in rows], [one, two, two, one])
        self.assertEqual([self.row(organ, 2026, row)["total"] for row in ("carried_in",)], [1])

    def test_as_of(self):
        organ = self.new_organ()
        self.opened(organ, "2025-03-03")
        first = self.report(organ, 2025)["as_of"]
        time.sleep(0.01)
        self.opened(organ, "2025-03-04")
        for position in (first["seq"], first["recorded_at"]):
            with self.subTest(position):
                report = self.report(organ, 2025, as_of=position)
                self.assertEqual(report["requests"]["received"][6], 1)
                self.assertEqual(report["as_of"]["seq"], first["seq"])
        self.assertEqual(self.row(organ, 2025, "received")["total"], 2)

    def test_before_the_first_edition(self):
        organ = self.new_organ()
        reply = self.server.get("/v1/reports/2018", organ=organ)
        self.assertProblem(reply, 422)
        self.assertIn("cn-2019", reply.text())
        self.assertIn("cn-2021", reply.text())
        self.assertEqual(self.report(organ, 2018, edition="cn-2021")["edition"], "cn-2021")

    def test_another_edition(self):
        organ = self.new_organ()
        self.told(organ, ("request.withdrawn", "2020-03-09", {}), on="2020-03-02")
        self.assertEqual(self.row(organ, 2020, "closed")["total"], 1)
        self.assertEqual(self.row(organ, 2020, "closed.other", edition="cn-2021")["total"], 1)

    def test_region(self):
        city = self.new_organ("某市人民政府", "government")
        county = self.new_organ("某县人民政府", "government", city)
        town = self.new_organ("某镇人民政府", "township", county)
        for organ, number in ((city, 1), (county, 2), (town, 4), (self.new_organ(), 8)):
            for _ in range(number):
                self.opened(organ, "2025-03-03")
        self.assertEqual([self.row(organ, 2025, "received", scope="region")["total"]
                          for organ in (city, county, town)], [7, 6, 4])
        self.assertEqual(self.row(city, 2025, "received", scope="organ")["total"], 1)
        self.assertEqual(self.row(city, 2025, "received")["total"], 1)

    def test_any_period(self):
        organ = self.new_organ()
        for on in ("2024-12-31", "2025-01-01", "2025-06-30", "2025-07-01"):
            self.opened(organ, on)
        query = {"organ": organ, "from": "2025-01-01", "to": "2025-06-30"}
        table = self.server.call("GET", "/v1/reports", query=query).json()["requests"]
        self.assertEqual([table[row][6] for row in ("carried_in", "received", "carried_out")],
                         [1, 2, 3])

    MEDIA = {"csv": ("text/csv", "本年新收".encode()),
             "json": ("application/json", b'"requests"')}

    def test_media(self):
        organ = self.new_organ()
        self.opened(organ, "2025-03-03")
        path = f"/v1/reports/2025?organ={organ}"
        for name, (media, sign) in self.MEDIA.items():
            with self.subTest(name):
                chosen = self.assertStatus(self.server.get(f"{path}&media={name}"), 200)
                negotiated = self.server.get(path, headers={"Accept": media})
                for reply in (chosen, negotiated):
                    self.assertEqual(reply.media(), media)
                    self.assertIn(sign, reply.body)
        for accept, media in (("*/*", "application/json"),
                              ("text/csv, application/json;q=0.1", "text/csv"),
                              ("application/json; q=0.2, text/html ;q=0.7", "text/html"),
                              ("TEXT/CSV", "text/csv"),
                              ("text/csv, */*", "text/csv"),
                              ("text/csv;q=0.1, */*", "application/json"),
                              ("text/csv;q=0", "application/json"),
                              ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html")):
            with self.subTest(accept):
                reply = self.server.get(path, headers={"Accept": accept})
                self.assertEqual(reply.media(), media)

    def test_cell(self):
        organ = self.new_organ()
        view, other = self.opened(organ, "2025-03-03"), self.opened(organ, "2024-03-04")
        path = "/v1/reports/2025/cells/requests/received/natural_person"
        cell = self.assertStatus(self.server.get(path, organ=organ), 200).text()
        self.assertRegex(cell, f'{re.escape(view["id"])}|{re.escape(view["register_no"])}')
        self.assertNotIn(other["id"], cell)

    def test_unknown_cell(self):
        organ = self.new_organ()
        for cell in ("requests/received/martian", "requests/nothing/total", "weather/a/b"):
            with self.subTest(cell):
                reply = self.server.get(f"/v1/reports/2025/cells/{cell}", organ=organ)
                self.assertIn(reply.status, (404, 422), reply)

    def test_cells_of_a_request(self):
        view = self.told(self.new_organ(), ANSWERED)
        reply = self.assertStatus(self.server.get(f"/v1/requests/{view['id']}/cells"), 200)
        for word in ("received", "disclosed", "natural_person", "2026"):
            self.assertIn(word, reply.text())

    def test_refused(self):
        organ = self.new_organ()
        for query in ({"organ": organ, "as_of": "yesterday"}, {"organ": organ, "scope": "planet"},
                      {"organ": organ, "edition": "cn-1949"}, {}):
            with self.subTest(query):
                reply = self.server.get("/v1/reports/2025", **query)
                self.assertIn(reply.status, (400, 422), reply)
                self.assertEqual(reply.media(), "application/problem+json")


class Registers(ServerCase):
    def found(self, **query):
        return sorted(view["register_no"] for view in self.items(**query))

    def test_filters(self):
        organ = self.new_organ()
        for register_no, on, story in (("A", "2025-03-03", [("request.answered", "2025-03-10",
                                                             PROVIDED)]),
                                       ("B", RECEIVED, [CORRECTION]),
                                       ("C", RECEIVED, []),
                                       ("D", "2026-04-07", [("request.withdrawn", "2026-04-08",
                                                             {})])):
            view = self.opened(organ, on, register_no)
            for step in story:
                self.appended(view["id"], *step)
        for query, expected in (({}, "ABCD"), ({"state": "concluded"}, "AD"),
                                ({"state": "awaiting_correction"}, "B"),
                                ({"outcome": "closed.withdrawn"}, "D"),
                                ({"received_from": "2026-03-02"}, "BCD"),
                                ({"received_to": "2026-03-02"}, "ABC"),
                                ({"received_from": "2025-12-31", "received_to": "2026-03-31"},
                                 "BC")):
            with self.subTest(query):
                self.assertEqual(self.found(organ=organ, **query), list(expected))

    def test_the_assignment_that_stands(self):
        organ = self.new_organ()
        view = self.opened(organ, "2026-03-02", "A")
        self.appended(view["id"], "request.assigned", "2026-03-07", {"unit": "乙科"})
        self.appended(view["id"], "request.assigned", "2026-03-06", {"unit": "丙科"})
        self.assertEqual(self.found(organ=organ, assignee="乙科"), ["A"])
        self.assertEqual(self.found(organ=organ, assignee="丙科"), [])
        self.appended(view["id"], "event.amended", "2026-03-09",
                      {"target": 2, "reason": "误录", "data": {"unit": "丁科"}})
        self.assertEqual(self.found(organ=organ, assignee="丁科"), ["A"])
        self.appended(view["id"], "event.retracted", "2026-03-09", {"target": 2, "reason": "误录"})
        self.assertEqual(self.found(organ=organ, assignee="丁科"), [])
        self.assertEqual(self.found(organ=organ, assignee="丙科"), ["A"])

    def test_organs_do_not_mix(self):
        organ, other = self.new_organ(), self.new_organ()
        self.opened(organ, register_no="X")
        self.assertEqual(self.found(organ=other), [])

    def test_paging(self):
        organ = self.new_organ()
        written = {self.opened(organ)["id"] for _ in range(7)}
        seen, cursor, sizes = [], None, []
        while True:
            query = {"organ": organ, "limit": 3, **({"cursor": cursor} if cursor else {})}
            page = self.assertStatus(self.server.get("/v1/requests", **query), 200).json()
            self.assertEqual(set(page), {"items", "next"})
            seen += [view["id"] for view in page["items"]]
            sizes.append(len(page["items"]))
            cursor = page["next"]
            if cursor is None:
                break
            self.assertRegex(cursor, r"^[A-Za-z0-9._~-]+$")
        self.assertEqual(sizes, [3, 3, 1])
        self.assertEqual(len(seen), 7)
        self.assertEqual(set(seen), written)

    def test_pages_hold_still_while_requests_arrive(self):
        organ = self.new_organ()
        written = {self.opened(organ)["id"] for _ in range(4)}
        page = self.server.get("/v1/requests", organ=organ, limit=2).json()
        self.opened(organ)
        rest = self.server.get("/v1/requests", organ=organ, limit=1000,
                               cursor=page["next"]).json()
        seen = [view["id"] for view in page["items"] + rest["items"]]
        self.assertEqual(len(seen), len(set(seen)))
        self.assertLessEqual(written, set(seen))

    def test_default_limit(self):
        organ = self.new_organ()
        operations = [{"new": f"n{n}", "organ": organ, "type": "request.received", "on": RECEIVED,
                       "data": receipt()} for n in range(51)]
        self.assertStatus(self.server.post("/v1/batch", {"operations": operations}), 201)
        self.assertEqual(len(self.items(organ=organ)), 50)
        self.assertEqual(len(self.items(organ=organ, limit=1000)), 51)

    def test_bad_limits_and_cursors(self):
        organ = self.new_organ()
        for query in ({"limit": 0}, {"limit": 1001}, {"limit": "many"}, {"cursor": "not-a-cursor"},
                      {"state": "sleeping"}, {"received_from": "2026-02-30"}):
            with self.subTest(query):
                reply = self.server.get("/v1/requests", organ=organ, **query)
                self.assertIn(reply.status, (400, 422), reply)

    def test_search(self):
        organ = self.new_organ()
        view = self.opened(organ, register_no="依申请2026第17号", subject="滨河路拓宽工程批复",
                           name="欧阳明月")
        self.appended(view["id"], "request.answered", "2026-03-25",
                      {**PROVIDED, "document_no": "某街信复〔2026〕9号"})
        self.opened(organ, register_no="别的", subject="别的事项", name="别的人")
        for words, found in (("第17", 1), ("路拓宽", 1), ("信复〔2026〕9", 1), ("欧阳明月", 1),
                             ("欧阳", 0), ("明月", 0), ("不存在", 0), ("别的", 1)):
            with self.subTest(words):
                self.assertEqual(len(self.items(organ=organ, q=words)), found)


class Feed(ServerCase):
    ENVELOPE = {"seq", "id", "stream", "version", "type", "type_version", "on", "recorded_at",
                "actor", "organ", "source", "documents", "data"}

    def test_replay(self):
        organ = self.new_organ()
        self.told(organ, CORRECTION, ("correction.received", "2026-03-16", {}), ANSWERED)
        reply = self.assertStatus(self.server.get("/v1/events", organ=organ), 200)
        self.assertEqual(reply.media(), "application/x-ndjson")
        events = [event for event in reply.lines() if not event["type"].startswith("organ.")]
        self.assertEqual([event["type"] for event in events],
                         ["request.received", "correction.requested", "correction.received",
                          "request.answered"])
        self.assertEqual([event["version"] for event in events], [1, 2, 3, 4])
        for event in events:
            self.assertLessEqual(self.ENVELOPE - {"documents"}, set(event))
            self.assertEqual((event["organ"], event["actor"]), (organ, "local"))

    def test_dense_and_never_backwards(self):
        self.told(self.new_organ(), ANSWERED)
        events = self.server.events()
        self.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
        times = [event["recorded_at"] for event in events]
        self.assertEqual(times, sorted(times))
        self.assertEqual(len({event["id"] for event in events}), len(events))

    def test_after_limit_type(self):
        organ = self.new_organ()
        self.told(organ, ANSWERED)
        self.told(organ, ANSWERED)
        head = self.log_head()
        page = self.server.get("/v1/events", after=head - 3, limit=2).lines()
        self.assertEqual([event["seq"] for event in page], [head - 2, head - 1])
        self.assertEqual(self.server.get("/v1/events", after=head).lines(), [])
        answers = self.server.get("/v1/events", organ=organ, type="request.answered").lines()
        self.assertEqual([event["type"] for event in answers], ["request.answered"] * 2)

    def read_event(self, stream):
        """The next event of an SSE stream that carries an id: (id, data)."""
        found = {}
        while True:
            line = stream.readline().decode()
            self.assertTrue(line, "the stream has ended")
            line = line.rstrip("\r\n")
            name, _, value = line.partition(":")
            if line and name in ("id", "data"):
                found[name] = value.removeprefix(" ")
            elif not line and "id" in found and "data" in found:
                return int(found["id"]), json.loads(found["data"])
            elif not line:
                found = {}

    def open_stream(self, after):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        self.addCleanup(connection.close)
        connection.request("GET", "/v1/events/stream", headers={"Last-Event-ID": str(after)})
        stream = connection.getresponse()
        self.addCleanup(stream.close)
        self.assertEqual(stream.status, 200)
        self.assertIn("text/event-stream", stream.headers["Content-Type"])
        return stream

    def test_stream_resumes_and_goes_on(self):
        organ = self.new_organ()
        view = self.opened(organ)
        head = self.log_head()
        stream = self.open_stream(after=head - 1)
        seq, event = self.read_event(stream)
        self.assertEqual((seq, event["seq"], event["stream"]), (head, head, view["id"]))
        self.appended(view["id"], *ANSWERED)
        seq, event = self.read_event(stream)
        self.assertEqual((seq, event["type"]), (head + 1, "request.answered"))


class BadInput(ServerCase):
    def opening(self, **changes):
        return {"organ": self.new_organ(), "on": RECEIVED, "data": receipt(), **changes}

    def assertRefused(self, body, status, pointer=None, headers=None):
        with self.nothing_written():
            reply = self.server.post("/v1/requests", body, headers)
            return self.assertProblem(reply, status, pointer)

    def test_fields(self):
        organ = self.new_organ()
        good = {"organ": organ, "on": RECEIVED, "data": receipt()}
        data = good["data"]
        for name, body, pointer in (
                ("unknown member", {**good, "colour": "red"}, "/colour"),
                ("unknown member of data", {**good, "data": {**data, "colour": 1}}, "/data/colour"),
                ("unknown member of the applicant",
                 {**good, "data": receipt() | {"applicant": {"kind": "natural_person",
                                                             "name": "某", "age": 3}}},
                 "/data/applicant/age"),
                ("wrong type", {**good, "data": {**data, "subject": 7}}, "/data/subject"),
                ("wrong type of data", {**good, "data": []}, "/data"),
                ("null", {**good, "data": {**data, "subject": None}}, "/data/subject"),
                ("no such day", {**good, "on": "2023-02-30"}, "/on"),
                ("day in another form", {**good, "on": "2023/02/01"}, "/on"),
                ("an instant for a day", {**good, "on": "2023-02-01T00:00:00Z"}, "/on"),
                ("channel outside the list", {**good, "data": {**data, "channel": "pigeon"}},
                 "/data/channel"),
                ("kind outside the list",
                 {**good, "data": {**data, "applicant": {"kind": "natural", "name": "某"}}},
                 "/data/applicant/kind"),
                ("unknown type", {**good, "type": "request.imagined"}, "/type"),
                ("unknown organ", {**good, "organ": "nowhere"}, "/organ"),
                ("source outside the list", {**good, "source": "rumour"}, "/source")):
            with self.subTest(name):
                self.assertRefused(body, 422, pointer)

    def test_missing_members(self):
        good = self.opening()
        for name in ("organ", "on", "data"):
            with self.subTest(name):
                self.assertRefused({k: v for k, v in good.items() if k != name}, 422, f"/{name}")
        for name in ("channel", "applicant", "subject"):
            with self.subTest(name):
                data = {k: v for k, v in good["data"].items() if k != name}
                self.assertRefused({**good, "data": data}, 422, f"/data/{name}")

    def test_money(self):
        view = self.told(self.new_organ(), FEE)
        for amount in (270.5, "270.555", "-1", "a lot", "2.7e2"):
            with self.subTest(amount), self.nothing_written():
                reply = self.append(view["id"], "fee.paid", "2026-03-20", {"amount": amount})
                self.assertProblem(reply, 422, "/data/amount")

    def test_unreadable(self):
        organ = self.new_organ()
        good = json.dumps({"organ": organ, "on": RECEIVED, "data": receipt()})
        for name, body in (
                ("nothing", b""), ("cut off", good[:-1].encode()), ("not JSON", b"organ=1"),
                ("trailing words", good.encode() + b" and more"), ("a comment", b"/* */{}"),
                ("a trailing comma", good[:-1].encode() + b",}"),
                ("single quotes", good.replace('"', "'").encode()),
                ("not UTF-8", good.encode().replace(organ.encode(), b"\xff\xfe")),
                ("a member twice", good[:-1].encode() + b',"on":"2026-03-03"}'),
                ("an inner member twice",
                 good.encode().replace(b'"channel"', b'"channel":"web","channel"')),
                ("a member twice, once escaped", good[:-1].encode() + b',"\\u006fn":"2026-03-03"}'),
                ("a deep nest", b"[" * 100_000),
                ("a deep nest of objects", b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
                ("NaN", good[:-1].encode() + b',"n":NaN}')):
            with self.subTest(name):
                self.assertRefused(body, 400)

    def test_not_an_object(self):
        for body in ([], "text", 7, None, True):
            with self.subTest(body), self.nothing_written():
                reply = self.server.post("/v1/requests", json.dumps(body).encode())
                self.assertIn(reply.status, (400, 422), reply)

    def test_content_type(self):
        for media in ("text/plain", "application/x-www-form-urlencoded", "application/xml",
                      "application/jsonx", "application/json-patch+json"):
            with self.subTest(media):
                self.assertRefused(self.opening(), 415, headers={"Content-Type": media})
        for media in ("application/json; charset=utf-8", "Application/JSON",
                      "application/json ;charset=utf-8"):
            with self.subTest(media):
                reply = self.server.post("/v1/requests", self.opening(), {"Content-Type": media})
                self.assertStatus(reply, 201)

    def test_methods(self):
        for method, path, allowed in (("DELETE", "/v1/requests", {"GET", "POST"}),
                                      ("PUT", "/v1/requests", {"GET", "POST"}),
                                      ("POST", "/v1/events", {"GET"}),
                                      ("PATCH", "/v1/organs/x", {"GET", "PUT"}),
                                      ("DELETE", "/v1/batch", {"POST"})):
            with self.subTest(method=method, path=path):
                reply = self.server.call(method, path)
                self.assertProblem(reply, 405)
                names = {name.strip() for name in reply.headers["Allow"].split(",")}
                self.assertEqual(names - {"HEAD", "OPTIONS"}, allowed)

    def test_unknown_paths(self):
        for path in ("/v1/nothing", "/v2/requests", "/v1/requests/no-such-id", "/v1/disputes/none",
                     "/v1/requests/..%2f..%2fetc%2fpasswd", "/v1//requests",
                     "/v1/reports/2025/extra", "/..", "/v1/requests/no-such-id/clock"):
            with self.subTest(path):
                self.assertProblem(self.server.get(path), 404)

    def test_append_to_nothing(self):
        with self.nothing_written():
            self.assertProblem(self.append("no-such-id", *ANSWERED), 404)

    def test_languages(self):
        path = "/v1/nothing"
        self.assertTrue(has_chinese(self.server.get(path).json()["detail"]))
        for language, chinese in (("zh-CN,zh;q=0.9,en;q=0.1", True), ("en", False),
                                  ("en-GB,en;q=0.9,zh;q=0.5", False), ("fr", True),
                                  ("en; q=0.1, zh; q=0.5", True), ("EN-us", False),
                                  ("zh;q=0.1,en;q=0.9", False)):
            with self.subTest(language):
                reply = self.server.get(path, headers={"Accept-Language": language})
                problem = self.assertProblem(reply, 404)
                self.assertEqual(has_chinese(problem["detail"]), chinese, problem)

    def test_code_is_the_same_in_both_languages(self):
        view = self.told(self.new_organ(), ANSWERED)
        chinese = self.append(view["id"], *ANSWERED).json()
        english = self.append(view["id"], *ANSWERED, headers={"Accept-Language": "en"}).json()
        self.assertEqual(chinese["code"], english["code"])
        self.assertNotEqual(chinese["detail"], english["detail"])


class Framing(ServerCase):
    """Heads and bodies as raw bytes."""

    SMUGGLED = b'{"name":"smuggled","kind":"agency"}'

    def head(self, *lines, request=b"POST /v1/batch HTTP/1.1", host=b"Host: a"):
        return b"\r\n".join([request, *([host] if host else []),
                             b"Content-Type: application/json", *lines]) + b"\r\n\r\n"

    def status(self, answer):
        self.assertRegex(answer[:12].decode(), r"^HTTP/1\.[01] \d\d\d$")
        return int(answer[9:12])

    def assertClosed(self, raw, status):
        """One answer, then the connection ends."""
        answer, closed = self.server.exchange(raw)
        self.assertEqual(self.status(answer), status, answer[:400])
        self.assertTrue(closed, "the connection stays open")
        self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d\d\d ", answer)), 1, answer)
        self.assertRegex(answer.lower(), rb"connection: close")

    def vectors(self):
        body = b'{"operations":[]}'
        length = b"Content-Length: %d" % len(body)
        chunked, chunk = b"Transfer-Encoding: chunked", b"%x\r\n%s\r\n" % (len(body), body)
        return {
            "coding and length": (self.head(chunked, length) + chunk + b"0\r\n\r\n", 400),
            "unknown coding and length": (self.head(b"Transfer-Encoding: gzip", length) + body,
                                          501),
            "identity": (self.head(b"Transfer-Encoding: identity", length) + body, 501),
            "xchunked": (self.head(b"Transfer-Encoding: xchunked") + chunk, 501),
            "chunked not last": (self.head(b"Transfer-Encoding: chunked, identity") + chunk, 501),
            "two codings": (self.head(chunked, chunked) + chunk + b"0\r\n\r\n", 501),
            "chunked in HTTP/1.0": (
                self.head(chunked, request=b"POST /v1/batch HTTP/1.0") + chunk, 505),
            "two lengths": (self.head(length, length) + body, 400),
            "listed lengths": (self.head(b"Content-Length: 5, 5") + body, 400),
            "signed length": (self.head(b"Content-Length: +5") + body, 400),
            "hexadecimal length": (self.head(b"Content-Length: 0x5") + body, 400),
            "overflowing length": (self.head(b"Content-Length: 99999999999999999999") + body, 400),
            "folded field": (self.head(b"X: a\r\n b", length) + body, 400),
            "space before the colon": (self.head(b"Content-Length : 5") + body, 400),
            "bare line feed": (self.head(b"X: a\nY: b", length) + body, 400),
            "NUL": (self.head(b"X: a\0b", length) + body, 400),
            "no host": (self.head(length, host=None) + body, 400),
            "two hosts": (self.head(b"Host: b", length) + body, 400),
            "two actors": (self.head(b"X-Actor: a", b"X-Actor: b", length) + body, 400),
            "two keys": (self.head(b"Idempotency-Key: a", b"Idempotency-Key: b", length) + body,
                         400),
            "raw UTF-8 target": (
                self.head(request="GET /v1/requests?q=张 HTTP/1.1".encode()), 400),
            "absolute target": (self.head(request=b"GET http://a/healthz HTTP/1.1"), 400),
            "upgrade": (self.head(b"Connection: upgrade", b"Upgrade: websocket"), 400),
            "HTTP/2.0": (self.head(request=b"GET /healthz HTTP/2.0"), 505),
            "bad chunk size": (self.head(chunked) + b"zz\r\n" + body, 400),
            "chunk extension": (self.head(chunked) + b"%x;a=b\r\n%s\r\n0\r\n\r\n"
                                % (len(body), body), 400),
            "trailer": (self.head(chunked) + chunk + b"0\r\nX-Actor: admin\r\n\r\n", 400),
        }

    def test_ambiguous_requests(self):
        smuggled = (b"PUT /v1/organs/smuggled HTTP/1.1\r\nHost: a\r\n"
                    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    % (len(self.SMUGGLED), self.SMUGGLED))
        with self.nothing_written():
            for name, (raw, status) in self.vectors().items():
                with self.subTest(name):
                    self.assertClosed(raw + smuggled, status)
        self.assertProblem(self.server.get("/v1/organs/smuggled"), 404)

    def test_head_is_get_without_the_body(self):
        """The next answer on the connection begins where the head ends."""
        organ = self.new_organ()
        def raw(method, path, *lines):
            return self.head(*lines, request=f"{method} {path} HTTP/1.1".encode())
        last = raw("GET", "/healthz", b"Connection: close")
        for path in (f"/v1/organs/{organ}", f"/v1/requests?organ={organ}", "/v1/events",
                     f"/v1/reports/2026?organ={organ}", "/v1/nothing", "/v1/requests?x=y"):
            with self.subTest(path):
                asked = self.server.get(path)
                answer, closed = self.server.exchange(raw("HEAD", path) + last)
                head, rest = answer.split(b"\r\n\r\n", 1)
                self.assertTrue(closed)
                self.assertEqual(self.status(head), asked.status)
                self.assertEqual(self.status(rest), 200, rest)
                lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
                for name in ("Content-Type", "Content-Length", "Transfer-Encoding", "ETag"):
                    found = lines.get(name.encode())
                    self.assertEqual(found.decode() if found else None, asked.headers.get(name))
        answer, _ = self.server.exchange(raw("HEAD", "/v1/batch", b"Connection: close"))
        self.assertEqual(self.status(answer), 405)
        self.assertTrue(answer.endswith(b"\r\n\r\n"), answer)

    def test_a_trailer_is_no_identity(self):
        organ = self.new_organ()
        body = json.dumps({"organ": organ, "on": RECEIVED, "data": receipt()}).encode()
        raw = (self.head(b"Transfer-Encoding: chunked", request=b"POST /v1/requests HTTP/1.1")
               + b"%x\r\n%s\r\n0\r\nX-Actor: admin\r\n\r\n" % (len(body), body))
        with self.nothing_written():
            self.assertClosed(raw, 400)

    def test_chunked_body(self):
        organ = self.new_organ()
        body = json.dumps({"organ": organ, "on": RECEIVED, "data": receipt()}).encode()
        raw = self.head(b"Transfer-Encoding: chunked", b"Connection: close",
                        request=b"POST /v1/requests HTTP/1.1")
        for block in (body[:10], body[10:]):
            raw += b"%x\r\n%s\r\n" % (len(block), block)
        answer, _ = self.server.exchange(raw + b"0\r\n\r\n")
        self.assertEqual(self.status(answer), 201, answer)

    def test_huge_heads(self):
        for name, lines in (("long", [b"X: " + b"a" * 20_000]),
                            ("many", [b"X-%d: a" % n for n in range(101)])):
            with self.subTest(name):
                self.assertClosed(self.head(*lines, request=b"GET /healthz HTTP/1.1"), 431)

    def test_huge_bodies(self):
        length = 2 * 1024 * 1024
        announced = self.head(b"Content-Length: %d" % length, request=b"POST /v1/requests HTTP/1.1")
        self.assertClosed(announced, 413)
        chunked = self.head(b"Transfer-Encoding: chunked", request=b"POST /v1/requests HTTP/1.1")
        self.assertClosed(chunked + b"%x\r\n" % length + b" " * length + b"\r\n0\r\n\r\n", 413)

    def test_keep_alive(self):
        with self.server.open_socket() as connection, connection.makefile("rb") as stream:
            for _ in range(3):
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertEqual(stream.readline().split()[1], b"200")
                head = b"".join(iter(stream.readline, b"\r\n"))
                length = re.search(rb"(?i)content-length: (\d+)", head)
                stream.read(int(length[1]))

    def test_two_in_one_packet_are_answered_in_order(self):
        raw = (b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
               b"GET /v1/nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        answer, closed = self.server.exchange(raw)
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d\d\d)", answer), [b"200", b"404"])
        self.assertTrue(closed)

    def test_close_is_obeyed(self):
        raw = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        answer, closed = self.server.exchange(raw)
        self.assertEqual((self.status(answer), closed), (200, True))

    def test_no_response_splitting(self):
        organ = self.new_organ()
        body = {"organ": organ, "on": RECEIVED, "data": receipt(),
                "register_no": "1\r\nSet-Cookie: a=b"}
        reply = self.server.post("/v1/requests", body)
        self.assertIsNone(reply.headers["Set-Cookie"])

    @unittest.skipUnless(SLOW, "waits for the limits of time: MINGCE_SLOW_TESTS=1")
    def test_slow_head(self):
        self.assertTimedOut([b"GET /healthz HTTP/1.1\r\n"] + [b"X: a\r\n"] * 20, 8, 14)

    @unittest.skipUnless(SLOW, "waits for the limits of time: MINGCE_SLOW_TESTS=1")
    def test_slow_body(self):
        head = self.head(b"Content-Length: 1000", request=b"POST /v1/requests HTTP/1.1")
        self.assertTimedOut([head] + [b" "] * 60, 4, 40)

    def assertTimedOut(self, pieces, earliest, latest):
        """Feeds the pieces one a second; the server answers 408 and closes within its limits."""
        with self.server.open_socket(timeout=1) as connection:
            began, answer = time.monotonic(), b""
            for piece in pieces:
                try:
                    connection.sendall(piece)
                    block = connection.recv(65536)
                    if not block:
                        break
                    answer += block
                except TimeoutError:
                    continue
                except OSError:
                    break
            elapsed = time.monotonic() - began
        self.assertEqual(self.status(answer), 408, answer)
        self.assertTrue(earliest <= elapsed <= latest, elapsed)


class Operations(ServerCase):
    def test_health(self):
        self.assertStatus(self.server.get("/healthz"), 200)
        self.assertStatus(self.server.get("/readyz"), 200)

    def test_metrics(self):
        self.new_organ()
        metrics = self.assertStatus(self.server.get("/metrics"), 200).text()
        self.assertRegex(metrics, r"(?m)^# TYPE [a-z_]+ (counter|gauge|histogram)$")
        self.assertRegex(metrics, r"(?m)^[a-z_]+(\{[^}]*\})? [0-9.e+]+$")

    def test_made_up_methods_are_one(self):
        """Neither the metrics nor the access log grow with the words that callers make up."""
        for word in ("ZHANGSAN", "LISI"):
            self.assertProblem(self.server.call(word, "/v1/requests"), 405)
        metrics = self.server.get("/metrics").text()
        self.assertRegex(metrics, r'(?m)^[a-z_]+\{method="-",route="/v1/requests",status="405"\} 2$')
        for text in (metrics, self.server.log()):
            self.assertNotIn("ZHANGSAN", text)

    def test_openapi(self):
        document = self.assertStatus(self.server.get("/openapi.json"), 200).json()
        self.assertTrue(document["openapi"].startswith("3."))
        paths = {re.sub(r"\{[^}]*\}", "{}", path): set(item)
                 for path, item in document["paths"].items()}
        for path, methods in {"/v1/organs/{}": {"get", "put"}, "/v1/organs": {"get"},
                              "/v1/requests": {"get", "post"}, "/v1/requests/{}": {"get"},
                              "/v1/requests/{}/events": {"get", "post"}, "/v1/batch": {"post"},
                              "/v1/disputes": {"get", "post"}, "/v1/figures": {"get", "post"},
                              "/v1/reports/{}": {"get"}, "/v1/events": {"get"},
                              "/v1/events/stream": {"get"}}.items():
            with self.subTest(path):
                self.assertLessEqual(methods, paths.get(path, set()))

    def test_nothing_personal_in_the_access_log(self):
        name, subject, phone = "司徒静默", "老街水井产权登记", "13900001234"
        organ = self.new_organ()
        body = {"organ": organ, "on": RECEIVED, "data": receipt(name=name, subject=subject)}
        body["data"]["applicant"]["contact"] = {"phone": phone}
        view = self.assertStatus(self.server.post("/v1/requests", body), 201).json()
        body["data"]["colour"] = name
        self.assertProblem(self.server.post("/v1/requests", body), 422)
        for words in (name, subject, phone):
            self.server.get("/v1/requests", organ=organ, q=words)
        self.view(view["id"])
        time.sleep(0.2)
        log = self.server.log()
        for words in (name, subject, phone):
            for form in (words, quote(words), json.dumps(words).strip('"')):
                self.assertNotIn(form.lower(), log.lower())

    def test_the_access_log_is_json_lines(self):
        self.server.get("/v1/nothing")
        time.sleep(0.2)
        lines = [json.loads(line) for line in self.server.log().splitlines()
                 if line.startswith("{")]
        self.assertTrue(any(404 in line.values() for line in lines), lines[-3:])

    def test_a_report_beside_the_server_sees_what_was_acknowledged(self):
        organ = self.new_organ()
        for number in range(1, 4):
            self.opened(organ, "2025-03-03")
            done = run("report", "--data", self.server.data, "--organ", organ, "--year", 2025,
                       "--format", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["requests"]["received"][6], number)


class Process(ServerCase):
    """Starting and stopping."""

    def test_every_address_at_once_is_refused(self):
        data = self.server.data.with_name("elsewhere")
        done = run("serve", "--data", data, "--listen", f"0.0.0.0:{free_port()}",
                   seconds=10)
        self.assertIn(done.returncode, (1, 2), done.stderr)
        self.assertTrue(done.stderr)

    def test_sigterm_finishes_what_was_accepted(self):
        data = self.server.data.with_name("stopping")
        server = Server(data).start()
        self.addCleanup(server.kill)
        server.put("/v1/organs/jd", {"name": "某街道", "kind": "subdistrict"})
        acknowledged, stopping = [], threading.Event()

        def work():
            while not stopping.is_set():
                try:
                    reply = server.post("/v1/requests", {"organ": "jd", "on": RECEIVED,
                                                         "data": receipt()})
                except OSError:
                    return
                if reply.status == 201:
                    acknowledged.append(reply.json()["id"])

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        time.sleep(0.3)
        code = server.stop()
        stopping.set()
        for worker in workers:
            worker.join()
        self.assertEqual(code, 0, server.log()[-2000:])
        server.start()
        written = [event["stream"] for event in server.events(type="request.received")]
        self.assertTrue(acknowledged)
        self.assertLessEqual(set(acknowledged), set(written))
        self.assertEqual(len(written), len(set(written)))
        self.assertEqual(server.stop(), 0)

    def test_a_restart_changes_no_answer(self):
        view = self.told(self.new_organ(), CORRECTION)
        report = self.report(view["organ"], 2026)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(self.view(view["id"]), view)
        again = self.report(view["organ"], 2026)
        for table in ("proactive", "requests", "disputes"):
            self.assertEqual(again[table], report[table])


if __name__ == "__main__":
    unittest.main()
