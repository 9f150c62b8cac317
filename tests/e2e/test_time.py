"""Dates and what follows from them: due lists, lamps, explanations, calendars, fees, figures."""

import csv
import io
import itertools
import json
import pathlib
import re
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from mingce_server import ROOT, Server, ServerCase, receipt, run, today

DONE, REFUSED, USAGE, UNUSABLE = 0, 1, 2, 3
LISTS = ("open", "overdue", "oldest", "unassigned", "unconfirmed", "deadlines")
BASE_NOTICES = json.loads(
    (ROOT / "schemas" / "law" / "calendar.json").read_text(encoding="utf-8"))["notices"]


def day(text):
    return date.fromisoformat(text)


class WorkingDays:
    """The working calendar, counted one day after another."""

    def __init__(self, notices=BASE_NOTICES):
        self.listed = {}
        for notice in notices:
            self.listed |= {day(text): False for text in notice.get("rest", {})}
            self.listed |= {day(text): True for text in notice.get("work", {})}

    def works(self, at):
        return self.listed.get(at, at.weekday() < 5)

    def between(self, after, to):
        """Working days after the one day and through the other."""
        return sum(self.works(after + timedelta(n)) for n in range(1, (to - after).days + 1))

    def after(self, start, count, excluded=()):
        """The day on which the count is full; the days of (from, to] do not count."""
        at = start
        while count:
            at += timedelta(1)
            if self.works(at) and not any(begin < at <= end for begin, end in excluded):
                count -= 1
        return at


CALENDAR = WorkingDays()
# The first year without a notice: what is due then is provisional.
OPEN_YEAR = max(notice["year"] for notice in BASE_NOTICES) + 1


def ending(days_left):
    """A day of receipt that leaves so many working days of twenty, today."""
    at = today()
    while CALENDAR.between(at, today()) < 20 - days_left:
        at -= timedelta(1)
    return at


def consulted(name, opened, closed=None):
    yield "consultation.opened", opened, {"consultation": name, "with": "third_party"}
    if closed:
        yield "consultation.closed", closed, {"consultation": name, "result": "agreed"}


def extended(on, working_days):
    return "period.extended", on, {"working_days": working_days}


def fee(on, quantity, pay_by, scheme="by_page", **more):
    return "fee.notified", on, {"scheme": scheme, "quantity": quantity, "pay_by": pay_by, **more}


def answered(on, outcome="disclosed.provided", **more):
    return "request.answered", on, {"outcome": outcome, **more}


class TimeCase(ServerCase):
    """The calls about time."""

    def got(self, path, **query):
        return self.assertStatus(self.server.get(path, **query), 200)

    def due(self, organ, **query):
        return self.got("/v1/due", organ=organ, **query).json()

    def clock(self, request_id, **query):
        return self.got(f"/v1/requests/{request_id}/clock", **query).json()

    def statistics(self, organ, year=2026, **query):
        return self.got("/v1/statistics", organ=organ, year=year, **query).json()

    def story(self, organ, received, *steps, **data):
        return self.told(organ, *steps, on=str(received), **data)

    def policy(self, organ, **settings):
        body = {"type": "policy.set", "on": str(today()), "data": settings}
        return self.assertStatus(self.server.post(f"/v1/organs/{organ}/events", body), 201)

    def command(self, name, *arguments, code=DONE):
        words = name.split()
        done = run(*words, "--data", self.server.data, *arguments)
        self.assertEqual(done.returncode, code, (done.stdout + done.stderr).decode())
        return done

    def printed(self, name, *arguments):
        return json.loads(self.command(name, *arguments, "--format", "json").stdout)

    def load(self, body, status=201, headers=None, **query):
        return self.assertStatus(self.server.post("/v1/calendar", body, headers, **query), status)

    def assertClock(self, view, **expected):
        self.assertEqual({member: view[member] for member in expected}, expected)


class FreshTimeCase(TimeCase):
    """A server for every test: a calendar once loaded holds for all organs."""

    @classmethod
    def setUpClass(cls):
        cls._seen = 0

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-")
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.server = Server(self.root / "data").start()
        self.addCleanup(self.server.stop)
        type(self)._seen = 0


class Vectors(TimeCase):
    """Domain 2.5, counted by hand and by an independent counter."""

    SEVEN = {"2026-02-10": "2026-02-26", "2025-12-31": "2026-01-12", "2025-09-22": "2025-09-30",
             "2026-03-02": "2026-03-11"}
    TWENTY = {"2026-02-10": "2026-03-16", "2026-02-14": "2026-03-20", "2026-02-17": "2026-03-20",
              "2026-01-05": "2026-02-02", "2025-12-15": "2026-01-13", "2025-12-31": "2026-01-29",
              "2025-09-22": "2025-10-24", "2025-01-20": "2025-02-21", "2020-01-20": "2020-02-25",
              "2026-03-02": "2026-03-30"}
    FORTY = {"2026-02-10": "2026-04-14", "2026-01-05": "2026-03-06"}
    FIRST = ("2026-03-09", "2026-03-25")
    SECOND = ("2026-03-12", "2026-03-30")
    STORIES = {
        "one consultation": ([*consulted("c1", *FIRST)], "2026-04-16"),
        "two that overlap": ([*consulted("c1", *FIRST), *consulted("c2", *SECOND)], "2026-04-21"),
        "one and ten days more": (
            [*consulted("c1", *FIRST), extended("2026-03-26", 10)], "2026-04-30"),
        "corrected": ([("correction.requested", "2026-03-09", {"respond_by": "2026-03-20"}),
                       ("correction.received", "2026-03-16", {})], "2026-04-14"),
        "fee paid": ([fee("2026-03-10", 57, "2026-04-08"),
                      ("fee.paid", "2026-03-20", {"amount": 270})], "2026-04-20"),
    }

    def test_the_counter_agrees(self):
        for count, vectors in ((7, self.SEVEN), (20, self.TWENTY), (40, self.FORTY)):
            for received, due in vectors.items():
                with self.subTest(received=received, count=count):
                    self.assertEqual(CALENDAR.after(day(received), count), day(due))
        for year, count in {2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251,
                            2025: 248, 2026: 248}.items():
            with self.subTest(year):
                self.assertEqual(CALENDAR.between(date(year - 1, 12, 31), date(year, 12, 31)),
                                 count)
                self.assertEqual(self.got("/v1/calendar", year=year).json()["working_days"], count)
                self.assertEqual(self.printed("calendar show", "--year", year)["working_days"],
                                 count)

    def test_twenty_and_forty_days(self):
        organ = self.new_organ()
        for received, due in self.TWENTY.items():
            with self.subTest(received):
                view = self.story(organ, received)
                self.assertClock(view, due_on=due, due_on_strict=due, provisional=False, lamp="red")
                rows = self.due(organ, on=received)
                self.assertClock(next(row for row in rows if row["id"] == view["id"]), due_on=due,
                                 remaining_working_days=20, lamp="green", state="processing")
        for received, due in self.FORTY.items():
            with self.subTest(received):
                view = self.story(organ, received, extended(received, 20))
                self.assertEqual(view["due_on"], due)
        printed = {row["id"]: row for row in self.printed("due", "--organ", organ)}
        for row in self.due(organ):
            self.assertEqual(printed[row["id"]]["due_on"], row["due_on"])

    def test_seven_and_fifteen_days(self):
        organ = self.new_organ()
        for received, latest in self.SEVEN.items():
            with self.subTest(received):
                view = self.story(organ, received)
                rows = self.due(organ, list="deadlines", on=received)
                mine = [row for row in rows if row.get("id") == view["id"]]
                self.assertEqual([(row["timer"], row["due_on"]) for row in mine],
                                 [("correction_notice", latest)])
        view = self.story(organ, "2026-02-09", *consulted("c1", "2026-02-10"))
        rows = [row for row in self.due(organ, list="deadlines", on="2026-02-11")
                if row.get("id") == view["id"] and row["timer"] == "consultation"]
        self.assertEqual([(row["due_on"], row["consultation"]) for row in rows],
                         [("2026-03-09", "c1")])

    def test_stories(self):
        organ = self.new_organ()
        for name, (steps, due) in self.STORIES.items():
            with self.subTest(name):
                view = self.story(organ, "2026-03-02", *steps)
                self.assertEqual(view["due_on"], due)
                at_the_end = self.printed("due", "--organ", organ, "--on", due, "--request",
                                          view["id"])
                self.assertClock(at_the_end[0], request=view["register_no"], due_on=due,
                                 remaining_working_days=0, lamp="orange")
                self.assertEqual(len(at_the_end), 1)

    def test_while_consulting_the_date_if_it_runs_to_its_cap(self):
        organ = self.new_organ()
        view = self.story(organ, "2026-03-02", *consulted("c1", "2026-03-09", "2026-03-25"))
        cap = CALENDAR.after(day("2026-03-09"), 15)
        due = CALENDAR.after(day("2026-03-02"), 20, [(day("2026-03-09"), cap)])
        row = self.due(organ, on="2026-03-20")[0]
        self.assertClock(row, id=view["id"], state="consulting", lamp="grey", due_on=str(due),
                         remaining_working_days=15)

    def test_pay_by(self):
        organ = self.new_organ()
        for pay_by, codes in {"2026-04-08": [], "2026-04-07": ["short_payment_period"]}.items():
            with self.subTest(pay_by):
                view = self.story(organ, "2026-03-02", fee("2026-03-10", 57, pay_by))
                self.assertEqual([each["code"] for each in view["irregularities"]], codes)
                self.assertClock(view, due_on=None, remaining_working_days=None, lamp="grey")
                [timer] = [each for each in view["timers"] if each["timer"] == "payment"]
                self.assertEqual(timer["due_on"], pay_by)

    def test_the_command_prints_all_forms(self):
        organ = self.new_organ()
        view = self.story(organ, "2026-03-02", *self.STORIES["one consultation"][0])
        on = ("--organ", organ, "--on", "2026-04-15")
        [row] = self.printed("due", *on)
        self.assertEqual(row, self.due(organ, on="2026-04-15")[0])
        text = self.command("due", *on).stdout.decode()
        for word in (view["register_no"], "2026-04-16", "橙"):
            self.assertIn(word, text)
        [line] = csv.DictReader(io.StringIO(self.command("due", *on, "--format", "csv")
                                            .stdout.decode(), newline=""))
        self.assertEqual((line["request"], line["due_on"], line["remaining_working_days"]),
                         (view["register_no"], "2026-04-16", "1"))
        explained = self.command("due", *on, "--explain").stdout.decode()
        for word in ("2026-03-10", "2026-03-25", "清明"):
            self.assertIn(word, explained)


class Lamps(TimeCase):
    LEFT = {20: "green", 6: "green", 5: "yellow", 3: "yellow", 2: "orange", 0: "orange",
            -1: "red", -8: "red"}

    def test_days_left_today(self):
        organ = self.new_organ()
        seen = {}
        for left, lamp in self.LEFT.items():
            with self.subTest(left):
                received = ending(left)
                due = CALENDAR.after(received, 20)
                lamp = "red" if due < today() else lamp
                view = self.story(organ, received)
                self.assertClock(view, due_on=str(due), remaining_working_days=left, lamp=lamp)
                seen.setdefault(lamp, set()).add(view["id"])
        grey = self.story(organ, ending(9), ("correction.requested", str(today()),
                                             {"respond_by": str(today() + timedelta(20))}))
        self.assertClock(grey, state="awaiting_correction", due_on=None, lamp="grey",
                         remaining_working_days=None)
        consulting = self.story(organ, ending(9), *consulted("c1", str(today())))
        self.assertClock(consulting, state="consulting", lamp="grey", remaining_working_days=9)
        done = self.story(organ, ending(15), answered(str(today())))
        self.assertClock(done, lamp=None, remaining_working_days=None, timers=[],
                         due_on=str(CALENDAR.after(ending(15), 20)))
        seen["grey"] = {grey["id"], consulting["id"]}
        for lamp in ("green", "yellow", "orange", "red", "grey"):
            with self.subTest(lamp):
                found = self.items(organ=organ, lamp=lamp)
                self.assertEqual({view["id"] for view in found}, seen.get(lamp, set()))
                self.assertEqual({view["lamp"] for view in found}, {lamp} if found else set())

    def test_one_working_day_after(self):
        organ = self.new_organ()
        self.story(organ, "2026-03-02")
        for on, left, lamp in (("2026-03-20", 6, "green"), ("2026-03-23", 5, "yellow"),
                               ("2026-03-25", 3, "yellow"), ("2026-03-26", 2, "orange"),
                               ("2026-03-28", 1, "orange"), ("2026-03-30", 0, "orange"),
                               ("2026-03-31", -1, "red"), ("2026-04-03", -4, "red"),
                               ("2026-04-06", -4, "red"), ("2026-04-07", -5, "red")):
            with self.subTest(on):
                self.assertClock(self.due(organ, on=on)[0], remaining_working_days=left, lamp=lamp)

    def test_overdue_on_a_day_of_rest(self):
        organ = self.new_organ()
        self.story(organ, "2026-03-06")  # due on Friday 3 April; 4 to 6 April are a holiday
        self.assertClock(self.due(organ, on="2026-04-03")[0], due_on="2026-04-03", lamp="orange")
        self.assertClock(self.due(organ, on="2026-04-04")[0], remaining_working_days=0, lamp="red")

    def test_due_before_is_strict(self):
        organ = self.new_organ()
        early, late = self.story(organ, "2026-03-02"), self.story(organ, "2026-03-03")
        waiting = self.story(organ, "2026-03-02", fee("2026-03-10", 57, "2026-04-08"))
        for before, expected in (("2026-03-30", set()), ("2026-03-31", {early["id"]}),
                                 ("2026-04-01", {early["id"], late["id"]})):
            with self.subTest(before):
                found = {view["id"] for view in self.items(organ=organ, due_before=before)}
                self.assertEqual(found, expected)
        both = self.items(organ=organ, lamp="red", due_before="2026-03-31")
        self.assertEqual([view["id"] for view in both], [early["id"]])
        self.assertEqual(self.items(organ=organ, lamp="grey", due_before="2027-12-31"), [])
        self.assertEqual([view["id"] for view in self.items(organ=organ, lamp="grey")],
                         [waiting["id"]])

    def test_pages_of_one_lamp(self):
        organ = self.new_organ()
        for received in ("2026-03-02", "2026-03-03", "2026-03-04"):
            self.story(organ, received)
            self.story(organ, received, answered(received))
        found, cursor = [], None
        for _ in range(5):
            more = {"cursor": cursor} if cursor else {}
            page = self.got("/v1/requests", organ=organ, lamp="red", limit=1, **more).json()
            found += page["items"]
            if not (cursor := page["next"]):
                break
        self.assertEqual(sorted(view["received_on"] for view in found),
                         ["2026-03-02", "2026-03-03", "2026-03-04"])

    def test_bad_filters(self):
        organ = self.new_organ()
        for name, value in (("lamp", "blue"), ("due_before", "2026-02-30")):
            with self.subTest(name):
                reply = self.server.get("/v1/requests", organ=organ, **{name: value})
                self.assertProblem(reply, 422, f"/{name}")

    def test_thresholds_of_an_organ_hold_below_it(self):
        county = self.new_organ("某县人民政府", "government")
        below = self.new_organ("某局", "department", county)
        further = self.new_organ("某所", "agency", below)
        own = self.new_organ("某街道", parent=county)
        outside = self.new_organ()
        views = {organ: self.story(organ, ending(8))
                 for organ in (county, below, further, own, outside)}
        self.policy(county, lamp_yellow=10)
        self.policy(own, lamp_yellow=12, lamp_orange=9)
        expected = {county: "yellow", below: "yellow", further: "yellow", own: "orange",
                    outside: "green"}
        for organ, lamp in expected.items():
            with self.subTest(lamp):
                self.assertEqual(self.view(views[organ]["id"])["lamp"], lamp)
                self.assertEqual(self.due(organ)[0]["lamp"], lamp)
                self.assertEqual(self.clock(views[organ]["id"])["lamp"], lamp)
                self.assertEqual(self.printed("due", "--organ", organ)[0]["lamp"], lamp)
                self.assertEqual([view["id"] for view in self.items(organ=organ, lamp=lamp)],
                                 [views[organ]["id"]])

    def test_report_by(self):
        county = self.new_organ("某县人民政府", "government")
        bureau = self.new_organ("某局", "department", county)

        def by(organ):
            rows = self.due(organ, list="deadlines", on="2026-01-05")
            return [row["due_on"] for row in rows if row["timer"] == "annual_report"]

        self.assertEqual((by(county), by(bureau)), (["2026-03-31"], ["2026-01-31"]))
        self.policy(county, report_by="01-20")
        self.assertEqual((by(county), by(bureau)), (["2026-01-20"], ["2026-01-20"]))
        self.policy(bureau, report_by="06-30")
        self.assertEqual(by(bureau), ["2026-01-31"], "never later than the statute")

    def test_bad_policies(self):
        organ = self.new_organ()
        for settings, pointer in (({"report_by": "02-30"}, "/data/report_by"),
                                  ({"report_by": "2026-01-31"}, "/data/report_by"),
                                  ({"lamp_yellow": 0}, "/data/lamp_yellow"),
                                  ({"lamp_orange": "2"}, "/data/lamp_orange"),
                                  ({"lamp_blue": 2}, "/data/lamp_blue"), ({}, "/data")):
            with self.subTest(settings), self.nothing_written():
                body = {"type": "policy.set", "on": "2026-01-05", "data": settings}
                self.assertProblem(self.server.post(f"/v1/organs/{organ}/events", body), 422,
                                   pointer)


class DueLists(TimeCase):
    def setUp(self):
        self.city = self.new_organ("某市人民政府", "government")
        self.bureau = self.new_organ("某局", "department", self.city)
        self.office = self.new_organ("某办", "agency", self.bureau)

    def test_open_by_due_date(self):
        late = self.story(self.bureau, "2026-03-03")
        early = self.story(self.bureau, "2026-03-02")
        waiting = self.story(self.bureau, "2026-02-02", fee("2026-02-03", 57, "2026-12-31"))
        self.story(self.bureau, "2026-03-02", answered("2026-03-10"))
        self.submitted(self.bureau)
        self.story(self.bureau, "2026-03-02",
                   ("request.voided", "2026-03-04", {"reason": "误登"}))
        redo = self.story(self.bureau, "2026-03-02", answered("2026-03-10"),
                          ("redo.ordered", "2026-03-11",
                           {"by": "reconsideration", "due_on": "2026-03-20"}))
        rows = self.due(self.bureau, on="2026-03-16")
        self.assertEqual([row["id"] for row in rows],
                         [redo["id"], early["id"], late["id"], waiting["id"]])
        self.assertEqual([(row["state"], row["due_on"], row["remaining_working_days"], row["lamp"])
                          for row in rows],
                         [("redo", "2026-03-20", 4, "yellow"), ("processing", "2026-03-30", 10,
                                                                "green"),
                          ("processing", "2026-03-31", 11, "green"),
                          ("awaiting_fee", None, None, "grey")])
        self.assertEqual([row["request"] for row in rows],
                         [view["register_no"] for view in (redo, early, late, waiting)])
        self.assertEqual(self.printed("due", "--organ", self.bureau, "--on", "2026-03-16"), rows)

    def test_scope(self):
        for organ in (self.city, self.bureau, self.office):
            self.story(organ, "2026-03-02")
        for organ, scope, expected in (
                (self.city, "organ", {self.city}),
                (self.city, "region", {self.city, self.bureau, self.office}),
                (self.bureau, "region", {self.bureau, self.office}),
                (self.office, "region", {self.office})):
            with self.subTest(scope=scope, expected=len(expected)):
                rows = self.due(organ, scope=scope)
                self.assertEqual({row["organ"] for row in rows}, expected)
                self.assertEqual(len(rows), len(expected))
                self.assertEqual(self.printed("due", "--organ", organ, "--scope", scope), rows)

    def test_a_day_of_the_past(self):
        """Facts dated later than the day are not seen, though they are known."""
        case = self.story(self.bureau, "2026-03-02",
                          ("correction.requested", "2026-03-09", {"respond_by": "2026-03-20"}),
                          ("correction.received", "2026-03-16", {}), extended("2026-04-01", 10),
                          answered("2026-04-20"))
        self.story(self.bureau, "2026-04-10")
        for on, expected in (("2026-03-01", None),
                             ("2026-03-02", ("processing", "2026-03-30", 20)),
                             ("2026-03-08", ("processing", "2026-03-30", 16)),
                             ("2026-03-09", ("awaiting_correction", None, None)),
                             ("2026-03-16", ("processing", "2026-04-14", 20)),
                             ("2026-03-31", ("processing", "2026-04-14", 9)),
                             ("2026-04-01", ("processing", "2026-04-28", 18)),
                             ("2026-04-19", ("processing", "2026-04-28", 7)),
                             ("2026-04-20", None)):
            with self.subTest(on):
                rows = {row["id"]: row for row in self.due(self.bureau, on=on)}
                self.assertEqual(len(rows), (expected is not None) + (on >= "2026-04-10"))
                row = rows.get(case["id"])
                self.assertEqual(row and (row["state"], row["due_on"],
                                          row["remaining_working_days"]), expected)

    def test_as_was_known_then(self):
        case = self.story(self.bureau, "2026-03-02")
        position = self.log_head()
        self.appended(case["id"], *extended("2026-03-10", 5))
        self.story(self.bureau, "2026-03-03")
        before = self.due(self.bureau, as_of=position, on="2026-03-12")
        self.assertEqual([(row["id"], row["due_on"]) for row in before],
                         [(case["id"], "2026-03-30")])
        self.assertEqual(len(self.due(self.bureau, on="2026-03-12")), 2)
        self.assertEqual(self.printed("due", "--organ", self.bureau, "--as-of", position, "--on",
                                      "2026-03-12"), before)
        instant = self.server.events(after=position - 1)[0]["recorded_at"]
        self.assertIn((case["id"], "2026-03-30"),
                      [(row["id"], row["due_on"])
                       for row in self.due(self.bureau, as_of=instant, on="2026-03-12")])

    def test_overdue(self):
        red = self.story(self.bureau, "2026-03-02")
        self.story(self.bureau, "2026-03-03")
        self.story(self.bureau, "2026-02-02", fee("2026-02-03", 57, "2026-12-31"))
        self.assertEqual(self.due(self.bureau, list="overdue", on="2026-03-30"), [])
        rows = self.due(self.bureau, list="overdue", on="2026-03-31")
        self.assertEqual([(row["id"], row["lamp"]) for row in rows], [(red["id"], "red")])
        later = self.due(self.bureau, list="overdue", on="2026-04-01")
        self.assertEqual([row["due_on"] for row in later], ["2026-03-30", "2026-03-31"])

    def test_oldest(self):
        received = [f"2026-03-{n:02}" for n in range(13, 1, -1)]
        for on in received:
            self.story(self.bureau, on)
        rows = self.due(self.bureau, list="oldest")
        self.assertEqual([row["received_on"] for row in rows], sorted(received)[:10])

    def test_unassigned(self):
        mine = self.story(self.bureau, "2026-03-02",
                          ("request.assigned", "2026-03-03", {"unit": "信息科", "person": "李四"}))
        other = self.story(self.bureau, "2026-03-02")
        self.assertEqual([(row["id"], row["assigned"])
                          for row in self.due(self.bureau, list="unassigned")],
                         [(other["id"], False)])
        for assignee in ("信息科", "李四"):
            with self.subTest(assignee):
                rows = self.due(self.bureau, assignee=assignee)
                self.assertEqual([row["id"] for row in rows], [mine["id"]])
                printed = self.printed("due", "--organ", self.bureau, "--assignee", assignee)
                self.assertEqual([row["id"] for row in printed], [mine["id"]])
        self.assertEqual(self.due(self.bureau, assignee="王五"), [])

    def test_an_assignee_is_never_silently_ignored(self):
        mine = self.story(self.bureau, "2026-03-02",
                          ("request.assigned", "2026-03-02", {"unit": "信息科"}))
        self.story(self.bureau, "2026-03-02")
        self.submitted(self.bureau, "2026-03-02")
        for name in LISTS:
            with self.subTest(name):
                reply = self.server.get("/v1/due", organ=self.bureau, list=name, on="2026-03-06",
                                        assignee="信息科")
                if reply.status == 422:
                    self.assertProblem(reply, 422, "/assignee")
                    continue
                rows = self.assertStatus(reply, 200).json()
                self.assertLessEqual({row["id"] for row in rows if "id" in row}, {mine["id"]})

    def test_a_day_to_come(self):
        view = self.story(self.bureau, ending(9))
        due = day(view["due_on"])
        for on in (due, CALENDAR.after(due, 1)):
            with self.subTest(on):
                left = -CALENDAR.between(due, on)
                self.assertClock(self.due(self.bureau, on=on)[0], due_on=view["due_on"],
                                 remaining_working_days=left, lamp="red" if left else "orange")

    def test_unassigned_on_a_day_of_the_past(self):
        case = self.story(self.bureau, "2026-03-02",
                          ("request.assigned", "2026-03-10", {"unit": "信息科"}))
        for on, expected in (("2026-03-09", [case["id"]]), ("2026-03-10", [])):
            with self.subTest(on):
                rows = self.due(self.bureau, list="unassigned", on=on)
                self.assertEqual([row["id"] for row in rows], expected)

    def test_unconfirmed(self):
        waits = self.submitted(self.bureau, "2026-03-05")  # a Thursday
        confirmed = self.submitted(self.bureau, "2026-03-05")
        self.appended(confirmed["id"], "request.received", "2026-03-12",
                      {**receipt(), "channel": "web"})
        for on, expected in (("2026-03-06", set()), ("2026-03-08", set()),
                             ("2026-03-09", {waits["id"], confirmed["id"]}),
                             ("2026-03-11", {waits["id"], confirmed["id"]}),
                             ("2026-03-12", {waits["id"]})):
            with self.subTest(on):
                rows = self.due(self.bureau, list="unconfirmed", on=on)
                self.assertEqual({row["id"] for row in rows}, expected)
        self.assertEqual(self.due(self.bureau, on="2026-03-11"), [])

    def test_a_submission_closed_later_was_unconfirmed_before(self):
        closed = self.submitted(self.bureau, "2026-03-05")
        self.appended(closed["id"], "submission.closed", "2026-03-12", {"reason": "无法联系"})
        for on, expected in (("2026-03-11", [closed["id"]]), ("2026-03-12", [])):
            for name in ("unconfirmed", "deadlines"):
                with self.subTest(on=on, list=name):
                    rows = self.due(self.bureau, list=name, on=on)
                    self.assertEqual([row["id"] for row in rows if "id" in row], expected)

    def test_a_submission_confirmed_later_had_its_deadline_before(self):
        case = self.submitted(self.bureau, "2026-03-05")
        self.appended(case["id"], "request.received", "2026-03-12",
                      {**receipt(), "channel": "web"})
        rows = self.due(self.bureau, list="deadlines", on="2026-03-06")
        self.assertEqual([(row["timer"], row["due_on"]) for row in rows if "id" in row],
                         [("confirmation", "2026-03-06")])

    def test_deadlines(self):
        case = self.story(self.bureau, "2026-03-02", *consulted("c1", "2026-03-03"))
        asked = self.story(self.bureau, "2026-03-02",
                           ("reasons.requested", "2026-03-03", {"respond_by": "2026-03-17"}))
        paying = self.story(self.bureau, "2026-03-02", fee("2026-03-03", 57, "2026-04-10"))
        fixing = self.story(self.bureau, "2026-03-02",
                            ("correction.requested", "2026-03-03", {"respond_by": "2026-03-18"}))
        web = self.submitted(self.bureau, "2026-03-06")
        body = {"organ": self.bureau, "type": "reconsideration.accepted", "on": "2026-03-05",
                "data": {"authority": "某省政府", "copy_received_on": "2026-03-06"},
                "requests": [case["id"]]}
        dispute = self.assertStatus(self.server.post("/v1/disputes", body), 201).json()
        rows = self.due(self.bureau, list="deadlines", on="2026-03-09")
        found = {(row["timer"], row.get("id"), row["due_on"]) for row in rows}
        seven, fifteen, ten = (str(CALENDAR.after(day(start), n)) for start, n in
                               (("2026-03-02", 7), ("2026-03-03", 15), ("2026-03-06", 10)))
        expected = {("consultation", case["id"], fifteen),
                    ("correction_notice", case["id"], seven),
                    ("correction_notice", asked["id"], seven),
                    ("reasons", asked["id"], "2026-03-17"),
                    ("payment", paying["id"], "2026-04-10"),
                    ("correction", fixing["id"], "2026-03-18"),
                    ("confirmation", web["id"], "2026-03-09"),
                    ("reply", dispute["id"], ten),
                    ("annual_report", None, "2027-01-31")}
        self.assertEqual(found, expected)
        self.assertEqual([row["due_on"] for row in rows],
                         sorted(row["due_on"] for row in rows))
        for row in rows:
            self.assertTrue(row["article"], row)
            self.assertIn(row["lamp"], ("green", "yellow", "orange", "red"))

    def test_timers_of_disputes(self):
        case = self.story(self.bureau, "2026-03-02", answered("2026-03-20"))
        for kind, data, timer, due in (
                ("reconsideration.accepted", {"authority": "某省政府"}, "reply",
                 CALENDAR.after(today() - timedelta(1), 10)),
                ("reconsideration.accepted", {"authority": "某省政府", "procedure": "simplified"},
                 "reply", CALENDAR.after(today() - timedelta(1), 5)),
                ("litigation.filed", {"court": "某法院", "after_reconsideration": False},
                 "defence", None)):
            with self.subTest(kind=kind, data=data):
                copied = str(today() - timedelta(1))
                body = {"organ": self.bureau, "type": kind, "on": copied,
                        "data": {**data, "copy_received_on": copied}, "requests": [case["id"]]}
                view = self.assertStatus(self.server.post("/v1/disputes", body), 201).json()
                if due is None:  # fifteen days; a day of rest at their end moves it
                    due = today() + timedelta(14)
                    while not CALENDAR.works(due):
                        due += timedelta(1)
                self.assertEqual([(each["timer"], each["due_on"]) for each in view["timers"]],
                                 [(timer, str(due))])
                body = {"type": "reply.filed", "on": str(today()), "data": {}}
                path = f"/v1/disputes/{view['id']}"
                self.assertStatus(self.server.post(path + "/events", body), 201)
                self.assertEqual(self.got(path).json()["timers"], [])

    def test_csv_and_text(self):
        case = self.story(self.bureau, "2026-03-02", ("correction.requested", "2026-03-03",
                                                      {"respond_by": "2026-03-18"}),
                          register_no='甲,"乙"\u2009丙')
        self.submitted(self.bureau, "2026-03-02")
        for name in LISTS:
            with self.subTest(name):
                rows = self.due(self.bureau, list=name, on="2026-03-05")
                reply = self.got("/v1/due", organ=self.bureau, list=name, on="2026-03-05",
                                 media="csv")
                self.assertEqual(reply.media(), "text/csv")
                lines = list(csv.DictReader(io.StringIO(reply.text().lstrip("\ufeff"), newline="")))
                self.assertEqual(len(lines), len(rows))
                for line, row in zip(lines, rows, strict=True):
                    self.assertNotIn(None, line, "more cells than columns")
                    for member in ("request", "due_on", "organ", "lamp"):
                        if member in line:
                            self.assertEqual(line[member], str(row.get(member) or ""), member)
                reply = self.got("/v1/due", organ=self.bureau, list=name, on="2026-03-05",
                                 media="text")
                self.assertEqual(reply.media(), "text/plain")
                self.assertTrue(reply.text().strip())
                printed = self.command("due", "--organ", self.bureau, "--list", name, "--on",
                                       "2026-03-05").stdout.decode()
                self.assertEqual(printed.strip(), reply.text().strip())
        self.assertIn(case["register_no"],
                      self.got("/v1/due", organ=self.bureau, media="text").text())

    def test_by_accept(self):
        self.story(self.bureau, "2026-03-02")
        for accept, media in (("text/csv", "text/csv"), ("text/plain", "text/plain"),
                              ("application/json", "application/json")):
            reply = self.server.get("/v1/due", {"Accept": accept}, organ=self.bureau)
            self.assertEqual(self.assertStatus(reply, 200).media(), media)

    def test_competence_transferred(self):
        heir = self.new_organ()
        case = self.story(self.bureau, "2026-03-02")
        body = {"type": "competence.transferred", "on": "2026-03-10", "data": {"to": heir}}
        self.assertStatus(self.server.post(f"/v1/organs/{self.bureau}/events", body), 201)
        for on, holder, other in (("2026-03-09", self.bureau, heir),
                                  ("2026-03-10", heir, self.bureau)):
            with self.subTest(on):
                self.assertEqual([row["id"] for row in self.due(holder, on=on)], [case["id"]])
                self.assertEqual(self.due(other, on=on), [])


    def test_what_is_void_or_split_has_no_timer(self):
        child = self.story(self.bureau, "2026-03-02")
        for name, step in {
                "voided": ("request.voided", "2026-03-04", {"reason": "误登"}),
                "split": ("request.split", "2026-03-04",
                          {"into": [child["register_no"]], "reason": "一事一申请"})}.items():
            with self.subTest(name):
                view = self.story(self.bureau, "2026-03-02", step)
                self.assertClock(view, state=name, due_on=None, lamp=None,
                                 remaining_working_days=None, timers=[])
                self.assertNotIn(view["id"], [row.get("id") for name in LISTS
                                              for row in self.due(self.bureau, list=name)])


class Explanation(TimeCase):
    def assertExplained(self, clock, length):
        """Every day from the receipt to the due date is said once, and counted as it should be."""
        runs = clock["runs"]
        received = day(clock["steps"][0]["on"])
        self.assertEqual(runs[0]["from"], str(received + timedelta(1)))
        for run_, following in itertools.pairwise(runs):
            self.assertEqual(day(following["from"]), day(run_["to"]) + timedelta(1))
        number = 0
        for each in runs:
            first, last = day(each["from"]), day(each["to"])
            self.assertEqual(each["days"], (last - first).days + 1)
            days = [first + timedelta(n) for n in range(each["days"])]
            if each["use"] in ("counted", "make_up"):
                self.assertTrue(all(CALENDAR.works(at) for at in days), each)
                if each["first"] == 1:
                    number = 0
                self.assertEqual(each["first"], number + 1)
                self.assertEqual(each["last"], number + each["days"])
                number = each["last"]
            elif each["use"] in ("weekend", "holiday"):
                self.assertFalse(any(CALENDAR.works(at) for at in days), each)
            if each["use"] == "make_up":
                self.assertTrue(all(at.weekday() >= 5 for at in days), each)
            if each["use"] in ("holiday", "make_up"):
                self.assertTrue(each["holiday"], each)
                self.assertIn("通知", each["notice"])
                self.assertIn(str(last.year), each["notice"])
        if clock["due_on"]:
            self.assertEqual(runs[-1]["to"], clock["due_on"])
            self.assertEqual(number, length)
        return runs

    def test_runs(self):
        organ = self.new_organ()
        for received, (steps, length) in {
                "2026-02-10": ([], 20), "2026-02-14": ([], 20), "2025-09-22": ([], 20),
                "2025-12-15": ([], 20), "2020-01-20": ([], 20), "2019-05-14": ([], 15),
                "2026-01-05": ([extended("2026-01-06", 20)], 40),
                "2026-03-02": (Vectors.STORIES["two that overlap"][0], 20),
                "2026-03-03": (Vectors.STORIES["one and ten days more"][0], 30),
                "2026-03-04": (Vectors.STORIES["corrected"][0], 20),
                "2026-03-05": (Vectors.STORIES["fee paid"][0], 20)}.items():
            with self.subTest(received):
                view = self.story(organ, received, *steps)
                clock = self.clock(view["id"])
                self.assertExplained(clock, length)
                self.assertClock(clock, due_on=view["due_on"], state=view["state"],
                                 lamp=view["lamp"], register_no=view["register_no"],
                                 remaining_working_days=view["remaining_working_days"])
                order = [(step["on"], step["version"]) for step in clock["steps"]]
                self.assertEqual(order, sorted(order))
                self.assertEqual({version for _, version in order},
                                 set(range(1, view["version"] + 1)))
                self.assertEqual(clock["steps"][-1]["due_on"], view["due_on"])

    def test_excluded_days_name_the_event(self):
        steps = Vectors.STORIES["one consultation"][0]
        view = self.story(self.new_organ(), "2026-03-02", *steps)
        runs = self.clock(view["id"])["runs"]
        excluded = [each for each in runs if each["use"] == "excluded"]
        self.assertEqual([(each["from"], each["to"], each["version"]) for each in excluded],
                         [("2026-03-10", "2026-03-25", 2)])

    def test_stopped_days_name_the_event(self):
        steps = Vectors.STORIES["corrected"][0]
        view = self.story(self.new_organ(), "2026-03-02", *steps)
        runs = self.clock(view["id"])["runs"]
        stopped = [each for each in runs if each["use"] == "stopped"]
        self.assertEqual([(each["from"], each["to"], each["version"]) for each in stopped],
                         [("2026-03-10", "2026-03-16", 2)])
        self.assertEqual(next(each["first"] for each in runs if each["from"] == "2026-03-17"), 1)

    def test_holidays_name_the_notice(self):
        view = self.story(self.new_organ(), "2026-02-10")
        runs = self.clock(view["id"])["runs"]
        holiday = next(each for each in runs if each["use"] == "holiday")
        self.assertEqual((holiday["from"], holiday["to"], holiday["holiday"]),
                         ("2026-02-15", "2026-02-23", "春节"))
        self.assertIn("国务院办公厅关于2026年部分节假日安排的通知", holiday["notice"])
        worked = [(each["from"], each["to"]) for each in runs if each["use"] == "make_up"]
        self.assertEqual(worked, [("2026-02-14", "2026-02-14"), ("2026-02-28", "2026-02-28")])
        text = self.got(f"/v1/requests/{view['id']}/clock", media="text")
        self.assertEqual(text.media(), "text/plain")
        for word in ("2026-02-15", "春节", "2026-03-16", view["register_no"]):
            self.assertIn(word, text.text())

    def test_open_waiting(self):
        view = self.story(self.new_organ(), "2026-03-02",
                          ("correction.requested", "2026-03-09", {"respond_by": "2026-03-20"}))
        clock = self.clock(view["id"], on="2026-03-18")
        self.assertIsNone(clock["due_on"])
        runs = self.assertExplained(clock, 0)
        self.assertEqual((runs[-1]["use"], runs[-1]["to"]), ("stopped", "2026-03-18"))

    def test_on_a_day_of_the_past(self):
        view = self.story(self.new_organ(), "2026-03-02", extended("2026-03-20", 10))
        clock = self.clock(view["id"], on="2026-03-19")
        self.assertClock(clock, due_on="2026-03-30", on="2026-03-19", remaining_working_days=7)
        self.assertEqual([step["version"] for step in clock["steps"]], [1])
        self.assertExplained(clock, 20)

    def test_what_was_told(self):
        view = self.story(self.new_organ(), "2026-03-02")
        before = self.log_head()
        self.appended(view["id"], *extended("2026-03-20", 10))
        now = self.clock(view["id"])
        self.assertEqual((now["first_told"]["due_on"], now["due_on"]),
                         ("2026-03-30", "2026-04-14"))
        self.assertEqual([told["due_on"] for told in now["told"]], ["2026-03-30", "2026-04-14"])
        self.assertEqual(now["told"][0], now["first_told"])
        self.assertEqual(now["told"][1]["seq"], self.log_head())
        self.assertEqual([step["due_on"] for step in now["steps"]], ["2026-03-30", "2026-04-14"])
        then = self.clock(view["id"], as_of=before)
        self.assertClock(then, due_on="2026-03-30", as_of=before, told=now["told"][:1])

    def test_recorded_late(self):
        """The answer first, then the extension that preceded it."""
        view = self.story(self.new_organ(), "2026-03-02", answered("2026-04-08"),
                          extended("2026-03-20", 10))
        self.assertEqual(view["irregularities"], [])
        clock = self.clock(view["id"])
        self.assertEqual([step["version"] for step in clock["steps"]], [1, 3, 2])
        self.assertEqual(clock["due_on"], "2026-04-14")
        self.assertEqual(clock["first_told"]["due_on"], "2026-03-30")

    def test_by_an_earlier_calendar(self):
        view = self.story(self.new_organ(), "2020-01-20")
        known = [notice for notice in BASE_NOTICES if notice["issued_on"] <= "2020-01-20"]
        older = WorkingDays(known).after(day("2020-01-20"), 20)
        self.assertLess(older, day("2020-02-25"))
        clock = self.clock(view["id"], calendar="2020-01-20")
        self.assertEqual(clock["due_on"], str(older))
        self.assertEqual(self.clock(view["id"])["due_on"], "2020-02-25")
        self.assertEqual(clock["calendar"]["issued_by"], "2020-01-20")
        self.assertTrue(all(notice["issued_on"] <= "2020-01-20"
                            for notice in clock["calendar"]["notices"]))

    def test_as_csv_or_not_at_all(self):
        view = self.story(self.new_organ(), "2026-03-02")
        reply = self.server.get(f"/v1/requests/{view['id']}/clock", media="csv")
        if reply.status == 200:
            self.assertEqual(reply.media(), "text/csv")
        else:
            self.assertProblem(reply, 422, "/media")

    def test_bad_questions(self):
        view = self.story(self.new_organ(), "2026-03-02")
        path = f"/v1/requests/{view['id']}/clock"
        for name, value in (("on", "yesterday"), ("as_of", "x"), ("calendar", "x"),
                            ("media", "pdf"), ("colour", "red")):
            with self.subTest(name):
                self.assertProblem(self.server.get(path, **{name: value}), 422, f"/{name}")
        self.assertProblem(self.server.get("/v1/requests/" + "0" * 32 + "/clock"), 404)


def national(rest=(), work=(), year=OPEN_YEAR, **more):
    """A file with the notice of one year."""
    return {"region": "CN", "years": {str(year): {
        "title": f"关于{year}年部分节假日安排的通知", "issued_on": f"{year - 1}-11-04",
        "rest": {str(at): "放假" for at in rest}, "work": {str(at): "调休" for at in work},
        **more}}}


def local(region, rest, year=2026):
    return {"region": region, "notices": [{"year": year, "title": "关于放假的通知",
                                           "rest": {str(at): "地方节日" for at in rest}}]}


class CalendarLoading(FreshTimeCase):
    MARCH = [date(2026, 3, 10), date(2026, 3, 11)]

    def provisional_case(self, organ):
        """A case whose date falls into a year that has no notice yet."""
        at = str(today())
        view = self.story(organ, at, extended(at, 20))
        if day(view["due_on"]).year != OPEN_YEAR:
            self.skipTest("no date reaches the year without a notice yet")
        return view

    def test_a_new_year_settles_what_was_provisional(self):
        organ = self.new_organ()
        case = self.provisional_case(organ)
        settled = self.story(organ, "2026-03-02")
        self.assertTrue(case["provisional"])
        self.assertFalse(settled["provisional"])
        self.assertEqual(case["due_on"], str(CALENDAR.after(today(), 40)))
        first = date(OPEN_YEAR, 1, 1)
        body = national([first + timedelta(n) for n in range(4)], [first + timedelta(8)])
        after = WorkingDays([*BASE_NOTICES, body["years"][str(OPEN_YEAR)]]).after(today(), 40)
        with self.nothing_written():
            dry = self.load(body, 200, dry_run="true").json()
            self.assertEqual(self.view(case["id"]), case)
        moved = {"request": case["register_no"], "id": case["id"], "organ": organ,
                 "due_on": case["due_on"], "due_on_after": str(after)}
        if str(after) != case["due_on"]:
            self.assertEqual([{member: line[member] for member in moved} for line in dry["moved"]],
                             [moved])
        self.assertEqual([notice["year"] for notice in dry["notices"]], [OPEN_YEAR])
        loaded = self.load(body).json()
        self.assertEqual(loaded, dry)
        view = self.view(case["id"])
        self.assertClock(view, due_on=str(after), provisional=False, version=case["version"])
        self.assertFalse(next(row for row in self.due(organ) if row["id"] == case["id"])
                         ["provisional"])
        shown = self.got("/v1/calendar", year=OPEN_YEAR).json()
        self.assertFalse(shown["provisional"])
        self.assertEqual({line["on"] for line in shown["days"]},
                         {str(first + timedelta(n)) for n in (0, 1, 2, 3, 8)})

    def test_twice_changes_nothing(self):
        body = national([date(OPEN_YEAR, 1, 1)])
        self.load(body)
        with self.nothing_written():
            again = self.load(body, 200).json()
            self.assertEqual((again["notices"], again["unchanged"], again["moved"]),
                             ([], [OPEN_YEAR], []))
            path = self.root / "again.json"
            path.write_text(json.dumps(body), encoding="utf-8")
            dry = self.printed("calendar load", path, "--dry-run")
            self.assertEqual((dry["notices"], dry["unchanged"]), ([], [OPEN_YEAR]))

    def test_the_programs_own_calendar_is_unchanged(self):
        years = {}
        for notice in BASE_NOTICES:
            into = years.setdefault(str(notice["year"]), {"rest": {}, "work": {}})
            for kind, other in (("rest", "work"), ("work", "rest")):
                for at, name in notice.get(kind, {}).items():
                    into[other].pop(at, None)
                    into[kind][at] = name
        with self.nothing_written():
            answer = self.load({"region": "CN", "years": {"2026": years["2026"]}}, 200).json()
        self.assertEqual((answer["notices"], answer["unchanged"]), ([], [2026]))

    def test_a_later_notice_overrides(self):
        organ = self.new_organ()
        view = self.story(organ, "2026-03-02")
        self.load({"notices": [{"year": 2026, "rest": {str(at): "临时" for at in self.MARCH}}]})
        self.assertEqual(self.view(view["id"])["due_on"], "2026-04-01")
        self.load({"notices": [{"year": 2026, "work": {str(self.MARCH[1]): "恢复"}}]})
        self.assertEqual(self.view(view["id"])["due_on"], "2026-03-31")
        dates = [told["due_on"] for told in self.clock(view["id"])["told"]]
        self.assertEqual(dates, ["2026-03-30", "2026-04-01", "2026-03-31"])

    def test_what_was_told_before_a_loading(self):
        view = self.story(self.new_organ(), "2026-03-02")
        before = self.log_head()
        body = {"notices": [{"year": 2026, "title": "临时放假的通知", "document_no": "国办〔1〕号",
                             "rest": {str(at): "临时" for at in self.MARCH}}]}
        self.load(body)
        position = self.log_head()
        now = self.clock(view["id"])
        self.assertEqual((now["first_told"]["due_on"], now["due_on"]),
                         ("2026-03-30", "2026-04-01"))
        self.assertEqual(now["told"][-1]["seq"], position)
        run_ = next(each for each in now["runs"] if each.get("holiday") == "临时")
        self.assertEqual((run_["from"], run_["to"]), ("2026-03-10", "2026-03-11"))
        self.assertIn("临时放假的通知", run_["notice"])
        self.assertIn(position, [notice["seq"] for notice in now["calendar"]["notices"]])
        for query in ({"as_of": before}, {"calendar": before}):
            with self.subTest(query):
                self.assertEqual(self.clock(view["id"], **query)["due_on"], "2026-03-30")
        self.assertEqual(self.clock(view["id"], calendar=position)["due_on"], "2026-04-01")
        self.assertEqual(self.due(view["organ"], as_of=before)[0]["due_on"], "2026-03-30")

    def test_answered_cases_are_measured_by_it_too(self):
        view = self.story(self.new_organ(), "2026-03-02", answered("2026-04-01"))
        self.assertEqual([each["code"] for each in view["irregularities"]], ["late_answer"])
        answer = self.load({"notices": [{"year": 2026,
                                         "rest": {str(at): "临时" for at in self.MARCH}}]}).json()
        self.assertEqual(answer["moved"], [], "only open cases are listed")
        self.assertEqual(self.view(view["id"])["irregularities"], [])

    def test_a_local_notice_moves_what_is_below(self):
        county = self.new_organ("某自治县人民政府", "government")
        bureau = self.new_organ("某局", "department", county)
        office = self.new_organ("某所", "agency", bureau)
        outside = self.new_organ()
        views = {organ: self.story(organ, "2026-03-02")
                 for organ in (county, bureau, office, outside)}
        answer = self.load(local(county, self.MARCH)).json()
        self.assertEqual({line["organ"] for line in answer["moved"]}, {county, bureau, office})
        self.assertEqual({(line["due_on"], line["due_on_after"]) for line in answer["moved"]},
                         {("2026-03-30", "2026-04-01")})
        for organ, due in ((county, "2026-04-01"), (bureau, "2026-04-01"),
                           (office, "2026-04-01"), (outside, "2026-03-30")):
            with self.subTest(due):
                self.assertEqual(self.view(views[organ]["id"])["due_on"], due)
                self.assertEqual(self.due(organ)[0]["due_on"], due)
                worked = self.got("/v1/calendar", year=2026, organ=organ).json()["working_days"]
                self.assertEqual(worked, 246 if due == "2026-04-01" else 248)
        with self.nothing_written():
            self.assertEqual(self.load(local(county, self.MARCH), 200).json()["notices"], [])

    def test_a_local_notice_settles_no_year(self):
        organ = self.new_organ()
        case = self.provisional_case(organ)
        self.load(local(organ, [date(OPEN_YEAR, 6, 1)], OPEN_YEAR))
        self.assertTrue(self.view(case["id"])["provisional"])

    def test_the_notice_nearest_to_the_organ_holds(self):
        county = self.new_organ("某自治县人民政府", "government")
        bureau = self.new_organ("某局", "department", county)
        views = {organ: self.story(organ, "2026-03-02") for organ in (county, bureau)}
        self.load({"region": bureau,
                   "notices": [{"year": 2026, "work": {str(self.MARCH[0]): "照常上班"}}]})
        self.load(local(county, self.MARCH))
        self.load({"notices": [{"year": 2026, "work": {str(at): "上班" for at in self.MARCH}}]})
        for organ, due in ((county, "2026-04-01"), (bureau, "2026-03-31")):
            self.assertEqual(self.view(views[organ]["id"])["due_on"], due)

    def test_another_superior_another_calendar(self):
        old, new = (self.new_organ("某县人民政府", "government") for _ in "12")
        organ = self.new_organ("某局", "department", old)
        view = self.story(organ, "2026-03-02")
        self.load(local(old, self.MARCH))
        body = {"type": "organ.reparented", "on": "2026-03-20", "data": {"parent": new}}
        self.assertStatus(self.server.post(f"/v1/organs/{organ}/events", body), 201)
        clock = self.clock(view["id"])
        self.assertEqual(clock["due_on"], self.view(view["id"])["due_on"])
        self.assertEqual(clock["told"][-1]["due_on"], clock["due_on"])

    def test_many_at_once_load_it_once(self):
        body = local(self.new_organ(), self.MARCH)
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda _: self.server.post("/v1/calendar", body), range(8)))
        self.assertEqual(sorted(reply.status for reply in replies), [200] * 7 + [201])
        self.assertEqual(len(self.server.events(type="calendar.loaded")), 1)

    BAD = {
        "a date that does not exist": (
            {"years": {"2027": {"rest": {"2027-02-30": "春节"}}}}, "/years/2027/rest/2027-02-30"),
        "both off and worked": (
            {"years": {"2027": {"rest": {"2027-02-05": "春节"}, "work": {"2027-02-05": "春节"}}}},
            "/years/2027/work/2027-02-05"),
        "an unknown member": (
            {"years": {"2027": {"rest": {"2027-02-05": "春节"}}}, "colour": "red"}, "/colour"),
        "an unknown member of a year": (
            {"years": {"2027": {"rest": {"2027-02-05": "春节"}, "wrok": {"2027-02-06": "春节"}}}},
            "/years/2027/wrok"),
        "an unknown member of a notice": (
            {"notices": [{"year": 2027, "rest": {"2027-02-05": "春节"}, "colour": "red"}]},
            "/notices/0/colour"),
        "a title that is no text": (
            {"years": {"2027": {"title": 7, "rest": {"2027-02-05": "春节"}}}},
            "/years/2027/title"),
        "a region that is no organ": (
            {"region": "nowhere", "years": {"2027": {"rest": {"2027-02-05": "春节"}}}}, "/region"),
        "a list of days": ({"years": {"2027": {"rest": ["2027-02-05"]}}}, "/years/2027/rest"),
        "a year that is no year": (
            {"years": {"next": {"rest": {"2027-02-05": "春节"}}}}, "/years/next"),
        "a notice without a year": (
            {"notices": [{"rest": {"2027-02-05": "春节"}}]}, "/notices/0"),
        "a bad day of issue": (
            {"notices": [{"year": 2027, "issued_on": "soon", "rest": {"2027-02-05": "春节"}}]},
            "/notices/0/issued_on"),
        "nothing": ({}, "/years"),
    }

    def test_bad_files(self):
        self.new_organ()
        path = self.root / "bad.json"
        for name, (body, pointer) in self.BAD.items():
            with self.subTest(name, over="http"), self.nothing_written():
                self.assertProblem(self.server.post("/v1/calendar", body), 422, pointer)
                self.assertProblem(self.server.post("/v1/calendar", body, dry_run="true"), 422,
                                   pointer)
        with self.subTest("broken", over="http"), self.nothing_written():
            self.assertProblem(self.server.post("/v1/calendar", b'{"years":'), 400)
        head = self.log_head()
        self.server.stop()
        for name, (body, pointer) in self.BAD.items():
            with self.subTest(name, over="command"):
                path.write_text(json.dumps(body), encoding="utf-8")
                for options in ((), ("--dry-run",)):
                    done = self.command("calendar load", path, *options, code=REFUSED)
                    self.assertIn(pointer, done.stderr.decode())
        with self.subTest("broken", over="command"):
            path.write_text('{"years":', encoding="utf-8")
            self.command("calendar load", path, code=REFUSED)
        exported = self.command("export").stdout.decode().splitlines()
        self.assertEqual(len(exported), head, "something was written")

    def test_bad_parameters(self):
        body = national([date(OPEN_YEAR, 1, 1)])
        for name, value in (("dry_run", "perhaps"), ("on", "2026-02-30"), ("colour", "red")):
            with self.subTest(name), self.nothing_written():
                self.assertProblem(self.server.post("/v1/calendar", body, **{name: value}), 422,
                                   f"/{name}")
        with self.nothing_written():
            later = str(today() + timedelta(2))
            self.assertProblem(self.server.post("/v1/calendar", body, on=later), 409)

    def test_by_command(self):
        organ = self.new_organ()
        view = self.story(organ, "2026-03-02")
        self.server.stop()
        path = self.root / "local.json"
        path.write_text(json.dumps(local(organ, self.MARCH)), encoding="utf-8")
        dry = self.printed("calendar load", path, "--dry-run")
        self.assertEqual(self.printed("due", "--organ", organ)[0]["due_on"], "2026-03-30")
        self.assertEqual(self.printed("calendar load", path), dry)
        self.assertEqual([(line["request"], line["due_on_after"]) for line in dry["moved"]],
                         [(view["register_no"], "2026-04-01")])
        self.assertEqual(self.printed("due", "--organ", organ)[0]["due_on"], "2026-04-01")
        self.assertEqual(self.printed("calendar load", path)["unchanged"], [2026])
        text = self.command("calendar show", "--year", 2026, "--organ", organ).stdout.decode()
        self.assertIn("246", text)
        self.assertIn("2026-03-10", text)
        self.server.start()
        self.assertEqual(self.view(view["id"])["due_on"], "2026-04-01")

    def test_the_region_named_to_the_command(self):
        organ = self.new_organ()
        self.story(organ, "2026-03-02")
        self.server.stop()
        path = self.root / "file.json"
        path.write_text(json.dumps({"notices": [{"year": 2026, "rest": {"2026-03-10": "节"}}]}),
                        encoding="utf-8")
        self.command("calendar load", path, "--region", organ, "--title", "某县通知",
                     "--document-no", "某〔2026〕1号", "--issued-on", "2026-02-01")
        [notice] = [each for each in self.printed("calendar show", "--year", 2026, "--organ",
                                                  organ)["notices"] if each["region"] == organ]
        self.assertEqual((notice["title"], notice["document_no"], notice["issued_on"]),
                         ("某县通知", "某〔2026〕1号", "2026-02-01"))
        self.assertEqual(self.printed("calendar show", "--year", 2026)["working_days"], 248)
        self.command("calendar load", path, "--region", "nowhere", code=REFUSED)

    def test_a_key_gives_the_first_answer(self):
        organ = self.new_organ()
        self.story(organ, "2026-03-02")
        body, key = local(organ, self.MARCH), {"Idempotency-Key": "calendar-1"}
        first = self.load(body, headers=key)
        self.story(organ, "2026-03-03")
        self.load(local(organ, [date(2026, 3, 12)]))
        with self.nothing_written():
            again = self.load(body, headers=key)
            self.assertEqual(again.body, first.body)
            self.assertEqual(again.headers["Idempotency-Replayed"], "true")
            other = local(organ, [date(2026, 3, 13)])
            self.assertProblem(self.server.post("/v1/calendar", other, key), 422)

    def test_a_key_is_kept_where_nothing_was_new(self):
        body, key = local(self.new_organ(), self.MARCH), {"Idempotency-Key": "calendar-2"}
        self.load(body)
        first = self.load(body, 200, headers=key)
        with self.nothing_written():
            again = self.load(body, 200, headers=key)
            self.assertEqual(again.body, first.body)
            self.assertEqual(again.headers.get("Idempotency-Replayed"), "true")
            other = local(body["region"], [date(2026, 3, 13)])
            self.assertProblem(self.server.post("/v1/calendar", other, key), 422)

    def test_while_the_server_runs(self):
        organ = self.new_organ()
        self.story(organ, "2026-03-02")
        path = self.root / "local.json"
        path.write_text(json.dumps(local(organ, self.MARCH)), encoding="utf-8")
        with self.nothing_written():
            self.assertEqual(len(self.printed("calendar load", path, "--dry-run")["moved"]), 1)
            self.command("calendar load", path, code=UNUSABLE)
            self.command("calendar load", self.root / "none.json", "--dry-run", code=UNUSABLE)

    def test_retracted(self):
        organ = self.new_organ()
        view = self.story(organ, "2026-03-02")
        self.load({"notices": [{"year": 2026, "rest": {"2026-03-10": "误载"}}]})
        self.load({"notices": [{"year": 2026, "rest": {"2026-03-11": "另一"}}]})
        loaded = self.server.events(type="calendar.loaded")
        self.assertEqual([event["version"] for event in loaded], [1, 2])
        self.assertEqual(self.view(view["id"])["due_on"], "2026-04-01")
        for target, due in ((1, "2026-03-31"), (2, "2026-03-30")):
            with self.subTest(target):
                operation = {"stream": loaded[0]["stream"], "type": "event.retracted",
                             "on": str(today()), "data": {"target": target, "reason": "误载"}}
                self.assertStatus(self.server.post("/v1/batch", {"operations": [operation]}), 201)
                self.assertEqual(self.view(view["id"])["due_on"], due)
        self.assertEqual(self.got("/v1/calendar", year=2026).json()["working_days"], 248)
        dates = [told["due_on"] for told in self.clock(view["id"])["told"]]
        self.assertEqual(dates, ["2026-03-30", "2026-03-31", "2026-04-01", "2026-03-31",
                                 "2026-03-30"])

    def test_it_survives_a_restart(self):
        organ = self.new_organ()
        view = self.story(organ, "2026-03-02")
        self.load(local(organ, self.MARCH))
        before = self.got("/v1/due", organ=organ).body
        self.server.kill()
        self.server.start()
        self.assertEqual(self.got("/v1/due", organ=organ).body, before)
        self.assertEqual(self.view(view["id"])["due_on"], "2026-04-01")

    def test_export_and_import(self):
        county = self.new_organ("某自治县人民政府", "government")
        bureau = self.new_organ("某局", "department", county)
        at = str(today())
        for organ in (county, bureau):
            self.story(organ, "2026-03-02")
            self.story(organ, at, extended(at, 20))
            self.story(organ, "2026-03-02", fee("2026-03-03", 31, "2026-04-30", "by_item"))
            self.submitted(organ)
        self.policy(bureau, lamp_yellow=30, report_by="01-10")
        self.load(national([date(OPEN_YEAR, 1, n) for n in (1, 2, 3, 4, 5)]))
        self.load(local(county, self.MARCH))
        self.load(local(bureau, [date(2026, 3, 12)]))
        operation = {"stream": self.server.events(type="calendar.loaded")[-1]["stream"],
                     "type": "event.retracted", "on": at, "data": {"target": 1, "reason": "误"}}
        self.assertStatus(self.server.post("/v1/batch", {"operations": [operation]}), 201)
        text = self.command("export", "--with-personal-data").stdout.decode()

        def lists(data, as_of=()):
            found = []
            for name in LISTS:
                done = run("due", "--data", data, "--organ", county, "--scope", "region", "--list",
                           name, "--format", "json", *as_of)
                self.assertEqual(done.returncode, DONE, done.stderr)
                found.append([{member: value for member, value in row.items() if member != "id"}
                              for row in json.loads(done.stdout)])
            return found

        expected = lists(self.server.data)
        self.assertEqual(len(expected[0]), 6)
        for options in ((), ("--preserve",)):
            with self.subTest(options):
                other = self.root / f"other{len(options)}"
                done = run("import", "--data", other, "-", *options, text=text)
                self.assertEqual(done.returncode, DONE, done.stderr.decode())
                self.assertEqual(lists(other), expected)
                again = run("export", "--data", other, "--with-personal-data").stdout.decode()
                kinds = [json.loads(line)["type"] for line in again.splitlines()]
                self.assertEqual(kinds, [json.loads(line)["type"] for line in text.splitlines()])


class ReplayedAnswers(FreshTimeCase):
    def test_the_same_bytes_after_a_calendar_and_a_policy(self):
        county = self.new_organ("某县人民政府", "government")
        organ = self.new_organ("某局", "department", county)
        old = self.story(organ, ending(8))
        posts = [("/v1/requests", {"organ": organ, "on": str(ending(7)), "data": receipt()}),
                 (f"/v1/requests/{old['id']}/events",
                  {"type": "note.added", "on": str(today()), "data": {"text": "备注"}}),
                 ("/v1/batch", {"operations": [
                     {"stream": old["id"], "type": "period.extended", "on": str(today()),
                      "data": {"working_days": 20}}]}),
                 ("/v1/disputes",
                  {"organ": organ, "type": "reconsideration.accepted", "on": str(today()),
                   "data": {"authority": "某省政府", "copy_received_on": str(today())},
                   "requests": [old["id"]]}),
                 (f"/v1/organs/{organ}/events",
                  {"type": "organ.renamed", "on": str(today()), "data": {"name": "新名称"}})]
        first = [self.assertStatus(self.server.post(path, body, {"Idempotency-Key": f"k{n}"}), 201)
                 for n, (path, body) in enumerate(posts)]
        self.policy(county, lamp_yellow=15, lamp_orange=10)
        moving = [at for n in range(1, 12) if CALENDAR.works(at := today() + timedelta(n))]
        self.load({"notices": [{"year": today().year, "rest": {str(at): "临时" for at in moving}}]})
        self.load(local(organ, [today() - timedelta(1), today() + timedelta(14)], today().year))
        body = {"type": "organ.reparented", "on": str(today()),
                "data": {"parent": self.new_organ()}}
        self.assertStatus(self.server.post(f"/v1/organs/{organ}/events", body), 201)
        opened = first[0].json()
        self.assertNotEqual(self.view(opened["id"])["due_on"], opened["due_on"])
        with self.nothing_written():
            for n, (path, body) in enumerate(posts):
                with self.subTest(path):
                    again = self.server.post(path, body, {"Idempotency-Key": f"k{n}"})
                    self.assertEqual(again.status, 201)
                    self.assertEqual(again.body, first[n].body)
                    self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.server.stop()
        self.server.start()
        for n, (path, body) in enumerate(posts):
            with self.subTest(path, restarted=True):
                again = self.server.post(path, body, {"Idempotency-Key": f"k{n}"})
                self.assertEqual(again.body, first[n].body)


class Fees(TimeCase):
    PAGES = {1: "0", 30: "0", 31: "10", 44: "140", 57: "270", 72: "420", 100: "700", 101: "720",
             109: "880", 119: "1080", 200: "2700", 201: "2740"}
    ITEMS = {1: "0", 10: "0", 11: "100", 25: "1500", 30: "2000", 31: "2200", 40: "4000",
             41: "4300", 50: "7000", 51: "7400"}

    def of(self, ref):
        return {"applicant": {"kind": "natural_person", "name": "张三丰", "ref": ref}}

    def charged(self, organ, ref, quantity, received="2026-03-02", on="2026-03-05", **more):
        return self.story(organ, received, fee(on, quantity, "2026-05-29", "by_item", **more),
                          **self.of(ref))

    def test_tariff(self):
        organ = self.new_organ()
        for scheme, amounts in (("by_page", self.PAGES), ("by_item", self.ITEMS)):
            for quantity, amount in amounts.items():
                with self.subTest(scheme=scheme, quantity=quantity):
                    view = self.story(organ, "2026-03-02",
                                      fee("2026-03-05", quantity, "2026-05-29", scheme))
                    [notice] = view["fees"]
                    self.assertClock(notice, scheme=scheme, quantity=quantity, amount=amount,
                                     computed=amount, agrees=True, prior_items=0)
                    self.assertEqual(view["irregularities"], [])

    def test_earlier_items_of_the_month(self):
        organ = self.new_organ()
        for quantity, prior, amount in ((8, 0, "0"), (4, 8, "200"), (18, 12, "1800"),
                                        (1, 30, "200")):
            with self.subTest(prior=prior):
                view = self.charged(organ, "p-month", quantity)
                self.assertClock(view["fees"][0], prior_items=prior, amount=amount, agrees=True)
                event = self.server.events(organ=organ, type="fee.notified")[-1]
                self.assertEqual(event["data"].get("prior_items", 0), prior)

    def test_not_across_months_or_people(self):
        organ = self.new_organ()
        self.charged(organ, "p-one", 30)
        for name, view in {
                "another month": self.charged(organ, "p-one", 11, "2026-04-01", "2026-04-02"),
                "another person": self.charged(organ, "p-two", 11),
                "no handle": self.story(organ, "2026-03-02",
                                        fee("2026-03-05", 11, "2026-05-29", "by_item"))}.items():
            with self.subTest(name):
                self.assertClock(view["fees"][0], prior_items=0, amount="100")

    def test_pages_are_not_added(self):
        organ = self.new_organ()
        for _ in range(2):
            view = self.story(organ, "2026-03-02", fee("2026-03-05", 57, "2026-05-29"),
                              **self.of("p-pages"))
            self.assertClock(view["fees"][0], amount="270", prior_items=0)

    def test_two_notices_in_one_append(self):
        organ = self.new_organ()
        one, two = (self.story(organ, "2026-03-02", **self.of("p-batch")) for _ in "12")
        kind, on, data = fee("2026-03-05", 10, "2026-05-29", "by_item")
        operations = [{"stream": view["id"], "type": kind, "on": on, "data": data}
                      for view in (one, two)]
        self.assertStatus(self.server.post("/v1/batch", {"operations": operations}), 201)
        self.assertEqual([self.view(view["id"])["fees"][0]["amount"] for view in (one, two)],
                         ["0", "1000"])

    def test_another_amount_is_irregular(self):
        organ = self.new_organ()
        for amount, agrees in (("270", True), (270, True), ("270.00", True), ("269.99", False),
                               (300, False)):
            with self.subTest(amount):
                view = self.story(organ, "2026-03-02",
                                  fee("2026-03-05", 57, "2026-05-29", amount=amount))
                self.assertClock(view["fees"][0], computed="270", agrees=agrees)
                codes = [each["code"] for each in view["irregularities"]]
                self.assertEqual(codes, [] if agrees else ["fee_amount_differs"])

    def test_list_of_a_month(self):
        organ = self.new_organ()
        first = self.charged(organ, "p-a", 31)
        self.appended(first["id"], "fee.paid", "2026-03-20", {"amount": "2200"})
        second = self.charged(organ, "p-a", 1, amount="100")
        self.charged(organ, "p-b", 11, "2026-03-31", "2026-04-01")
        self.charged(organ, "p-a", 11, "2026-04-01", "2026-04-02")
        self.story(organ, "2026-03-03", **self.of("p-c"))
        rows = {row["ref"]: row for row in self.got("/v1/fees", organ=organ,
                                                    month="2026-03").json()}
        self.assertClock(rows["p-a"], requests=2, charged_items=32, notified="2300",
                         computed="2400", paid="2200",
                         register_nos=[first["register_no"], second["register_no"]])
        self.assertClock(rows["p-b"], requests=1, charged_items=11, notified="100")
        self.assertEqual(set(rows), {"p-a", "p-b", "p-c"})
        self.assertEqual(self.printed("fees", "--organ", organ, "--month", "2026-03"),
                         list(rows.values()))
        lines = list(csv.DictReader(io.StringIO(
            self.got("/v1/fees", organ=organ, month="2026-03", media="csv").text(), newline="")))
        self.assertEqual({line["ref"]: line["notified"] for line in lines},
                         {"p-a": "2300", "p-b": "100", "p-c": "0"})
        self.assertIn("2300", self.got("/v1/fees", organ=organ, month="2026-03",
                                       media="text").text())
        self.assertEqual(self.got("/v1/fees", organ=organ, month="2026-05").json(), [])


class Irregularities(TimeCase):
    def test_by_request_organ_and_year(self):
        county = self.new_organ("某县人民政府", "government")
        organ = self.new_organ(parent=county)
        late = self.story(organ, "2026-03-02", answered("2026-04-01"))
        twice = self.story(
            organ, "2026-03-02",
            ("correction.requested", "2026-03-12", {"respond_by": "2026-03-20"}),
            ("correction.received", "2026-03-16", {}),
            ("correction.requested", "2026-03-17", {"respond_by": "2026-03-27"}))
        self.story(organ, "2026-03-02", answered("2026-03-20"))
        old = self.story(organ, "2025-03-03", answered("2026-01-05"))
        expected = {(late["register_no"], "late_answer", 2, "2026-04-01"),
                    (twice["register_no"], "late_correction_notice", 2, "2026-03-12"),
                    (twice["register_no"], "second_correction", 4, "2026-03-17"),
                    (old["register_no"], "late_answer", 2, "2026-01-05")}
        self.assertEqual({each["code"] for each in twice["irregularities"]},
                         {"late_correction_notice", "second_correction"})

        def facts(rows):
            return {(row["request"], row["code"], row["version"], row["on"]) for row in rows}

        rows = self.got("/v1/irregularities", organ=organ, year=2026).json()
        self.assertEqual(facts(rows), expected)
        self.assertEqual(len(rows), len(expected))
        for row in rows:
            self.assertTrue(row["article"] and row["message"], row)
        march = self.got("/v1/irregularities", organ=organ, from_="2026-03-01", to="2026-03-31")
        self.assertEqual(facts(march.json()), {each for each in expected if "-03-" in each[3]})
        self.assertEqual(self.got("/v1/irregularities", organ=organ, year=2025).json(), [])
        self.assertEqual(self.got("/v1/irregularities", organ=county, year=2026).json(), [])
        below = self.got("/v1/irregularities", organ=county, scope="region", year=2026).json()
        self.assertEqual(below, rows)
        self.assertEqual(self.printed("irregularities", "--organ", organ, "--year", 2026), rows)
        lines = csv.DictReader(io.StringIO(self.got(
            "/v1/irregularities", organ=organ, year=2026, media="csv").text(), newline=""))
        self.assertEqual({(line["request"], line["code"]) for line in lines},
                         {each[:2] for each in expected})
        notes = self.printed("report", "--organ", organ, "--year", 2026)["notes"]
        self.assertEqual({(note["code"], note["count"], *sorted(note["requests"]))
                          for note in notes["irregularities"]},
                         {("late_answer", 2, *sorted((late["register_no"], old["register_no"]))),
                          ("late_correction_notice", 1, twice["register_no"]),
                          ("second_correction", 1, twice["register_no"])})
        self.assertEqual(self.report(organ, 2026)["notes"]["irregularities"],
                         notes["irregularities"])
        self.assertEqual(self.report(organ, 2025)["notes"]["irregularities"], [])

    def test_messages_by_language(self):
        view = self.story(self.new_organ(), "2026-03-02", answered("2026-04-01"))
        for language, words in (("zh-CN", "晚于"), ("en", "after the due date")):
            reply = self.server.get("/v1/irregularities", {"Accept-Language": language},
                                    organ=view["organ"], year=2026)
            self.assertIn(words, reply.json()[0]["message"])

    def test_late_and_excessive_extensions(self):
        organ = self.new_organ()
        for name, (steps, code, due) in {
                "late": ([extended("2026-03-31", 5)], "late_extension", "2026-03-30"),
                "too long": ([extended("2026-03-10", 15), extended("2026-03-11", 10)],
                             "extension_beyond_cap",
                             str(CALENDAR.after(day("2026-03-02"), 40)))}.items():
            with self.subTest(name):
                view = self.story(organ, "2026-03-02", *steps)
                self.assertEqual([each["code"] for each in view["irregularities"]], [code])
                self.assertEqual(view["due_on"], due)

    def test_incomplete(self):
        organ = self.new_organ()
        full = self.story(organ, "2026-03-02", answered("2026-03-20", document_no="答〔2026〕1号"))
        partial = self.story(organ, "2026-03-02", answered("2026-04-01", "partially_disclosed",
                                                           document_no="答〔2026〕2号"))
        bare = self.story(organ, "2026-03-02", answered("2026-03-20"))
        reasoned = self.story(organ, "2026-03-02", answered(
            "2026-04-01", document_no="答〔2026〕3号", late_reason="workload"))
        self.assertEqual((full["incomplete"], reasoned["incomplete"]), ([], []))
        rows = self.got("/v1/incomplete", organ=organ, year=2026).json()
        self.assertEqual({(row["request"], row["code"], row["version"]) for row in rows},
                         {(partial["register_no"], "no_ground", 2),
                          (partial["register_no"], "no_late_reason", 2),
                          (bare["register_no"], "no_document_number", 2)})
        self.assertEqual(self.printed("irregularities", "--organ", organ, "--year", 2026,
                                      "--incomplete"), rows)
        self.assertEqual(self.got("/v1/incomplete", organ=organ, year=2025).json(), [])
        self.assertEqual([each["code"] for each in bare["incomplete"]], ["no_document_number"])


class Statistics(TimeCase):
    """A small register, counted by hand."""

    def small_register(self):
        """Working days to the answer: 2, 5, 25 (late) in one organ; 10 in the other."""
        county = self.new_organ("某县人民政府", "government")
        bureau = self.new_organ("某局", "department", county)
        office = self.new_organ("某办", "department", county)
        self.story(bureau, "2026-03-02", answered("2026-03-04"))
        self.story(bureau, "2026-03-02", answered("2026-03-09", "refused.state_secret"))
        late = self.story(bureau, "2026-03-02",
                          answered("2026-04-07", "partially_disclosed", late_reason="workload"))
        self.story(bureau, "2026-03-02", ("request.withdrawn", "2026-03-05", {}))
        self.story(bureau, "2026-03-02",
                   ("request.voided", "2026-03-05", {"reason": "误登"}))
        self.story(bureau, "2025-12-01", ("request.withdrawn", "2026-01-05", {}))
        open_ = self.story(bureau, "2026-03-03")
        self.story(office, "2026-03-02", extended("2026-03-03", 5), answered("2026-03-16"),
                   channel="web")
        return county, bureau, office, late, open_

    def test_an_organ(self):
        _, bureau, _, late, open_ = self.small_register()
        figures = self.statistics(bureau)
        self.assertClock(figures, organ=bureau, scope="organ", received=5, carried_in=1,
                         concluded=5, carried_out=1, answered=3, on_time=2, late=1, disclosed=2,
                         extended=0, on_time_percent="66.67", disclosed_percent="40",
                         extended_percent="0")
        days = figures["working_days"]
        self.assertEqual((days["median"], days["lowest"], days["highest"]), ("5", 2, 25))
        self.assertEqual(days["mean"], "10.67")
        calendar = figures["calendar_days"]
        self.assertEqual((calendar["median"], calendar["lowest"], calendar["highest"],
                          calendar["mean"]), ("7", 2, 36, "15"))
        self.assertEqual({(band["from"], band["to"]): band["answered"]
                          for band in figures["bands"] if band["answered"]},
                         {(1, 5): 2, (21, 30): 1})
        self.assertEqual(sum(band["answered"] for band in figures["bands"]), 3)
        self.assertEqual(figures["outcomes"],
                         {"disclosed.provided": 1, "refused.state_secret": 1,
                          "partially_disclosed": 1, "closed.withdrawn": 2})
        self.assertEqual(figures["channels"], {"post_signed": 5})
        self.assertEqual(figures["late_reasons"], {"workload": 1})
        [answer] = figures["late_answers"]
        self.assertClock(answer, request=late["register_no"], due_on="2026-03-30",
                         answered_on="2026-04-07", working_days_late=5, late_reason="workload")
        self.assertClock(figures["backlog"], open=1, overdue=1)
        self.assertEqual([row["id"] for row in figures["backlog"]["oldest"]], [open_["id"]])
        self.assertEqual(self.printed("statistics", "--organ", bureau, "--year", 2026), figures)

    def test_a_region(self):
        county, bureau, office, *_ = self.small_register()
        figures = self.statistics(county, scope="region")
        self.assertClock(figures, scope="region", received=6, concluded=6, answered=4, on_time=3,
                         late=1, extended=1, on_time_percent="75", extended_percent="16.67",
                         channels={"post_signed": 5, "web": 1})
        self.assertEqual(figures["working_days"],
                         {"mean": "10.5", "median": "7.5", "lowest": 2, "highest": 25})
        organs = {row["organ"]: row for row in figures["organs"]}
        self.assertEqual(set(organs), {county, bureau, office})
        self.assertIsNone(organs[county]["working_days"])
        self.assertIsNone(organs[county]["on_time_percent"])
        self.assertEqual(organs[office]["working_days"]["median"], "10")
        own = self.statistics(bureau)
        for member in ("received", "carried_in", "concluded", "answered", "late", "bands",
                       "working_days", "on_time_percent"):
            self.assertEqual(organs[bureau][member], own[member], member)
        self.assertEqual(self.printed("statistics", "--organ", county, "--scope", "region",
                                      "--year", 2026), figures)

    def test_the_median_is_of_the_cases(self):
        county = self.new_organ("某县人民政府", "government")
        one, two = (self.new_organ(parent=county) for _ in "12")
        for organ, dates in ((one, ("2026-03-03",) * 5), (two, ("2026-03-27",))):
            for on in dates:
                self.story(organ, "2026-03-02", answered(on))
        figures = self.statistics(county, scope="region")
        self.assertEqual({row["organ"]: row["working_days"]["median"]
                          for row in figures["organs"] if row["working_days"]},
                         {one: "1", two: "19"})
        self.assertEqual((figures["working_days"]["median"], figures["working_days"]["mean"]),
                         ("1", "4"))

    def test_handling_time_leaves_out_what_is_not_counted(self):
        organ = self.new_organ()
        self.story(organ, "2026-03-02", *consulted("c1", "2026-03-09", "2026-03-25"),
                   answered("2026-03-27"))
        self.assertEqual(self.statistics(organ)["working_days"]["median"], "7")
        self.story(organ, "2026-03-02",
                   ("correction.requested", "2026-03-09", {"respond_by": "2026-03-20"}),
                   ("correction.received", "2026-03-16", {}), answered("2026-03-19"))
        figures = self.statistics(organ)
        self.assertEqual((figures["working_days"]["lowest"], figures["working_days"]["median"]),
                         (3, "5"))
        self.assertClock(figures, corrected=1, consulted=1, corrected_percent="50",
                         consulted_percent="50")
        self.assertEqual(figures["calendar_days"]["lowest"], 17)

    def test_periods(self):
        _, bureau, *_ = self.small_register()
        march = self.got("/v1/statistics", organ=bureau, from_="2026-03-01",
                         to="2026-03-31").json()
        self.assertClock(march, received=5, carried_in=0, concluded=3, carried_out=2, answered=2,
                         late=0, on_time_percent="100")
        self.assertClock(march["backlog"], on="2026-03-31", open=2, overdue=1)
        self.assertEqual(self.printed("statistics", "--organ", bureau, "--from", "2026-03-01",
                                      "--to", "2026-03-31"), march)
        none = self.statistics(bureau, year=2024)
        self.assertClock(none, received=0, concluded=0, on_time_percent=None, working_days=None)

    def test_agrees_with_the_report(self):
        county, bureau, *_ = self.small_register()
        self.story(bureau, "2026-03-02", matter="record_correction")
        self.story(bureau, "2026-03-02", answered("2026-03-03"), matter="complaint")
        figures = self.statistics(county, scope="region")
        rows = self.report(county, 2026, scope="region")["requests"]
        for member, row in (("received", "received"), ("carried_in", "carried_in"),
                            ("concluded", "results_total"), ("carried_out", "carried_out")):
            self.assertEqual(figures[member], rows[row][-1], member)

    def test_as_of(self):
        _, bureau, *_ = self.small_register()
        position = self.log_head()
        before = self.statistics(bureau)
        self.story(bureau, "2026-03-02", answered("2026-03-03"))
        self.assertEqual(self.statistics(bureau, as_of=position), before)
        self.assertEqual(self.statistics(bureau)["answered"], 4)

    def test_csv_and_text(self):
        county, bureau, office, *_ = self.small_register()
        for query, options in (({"media": "csv"}, ("--format", "csv")), ({"media": "text"}, ())):
            reply = self.got("/v1/statistics", organ=county, scope="region", year=2026, **query)
            printed = self.command("statistics", "--organ", county, "--scope", "region", "--year",
                                   2026, *options).stdout.decode()
            self.assertEqual(printed.strip(), reply.text().strip())
            for word in (bureau, office, "66.67", "75", "7.5"):
                self.assertIn(word, reply.text())
        reply = self.got("/v1/statistics", organ=county, scope="region", year=2026, media="csv")
        self.assertEqual(reply.media(), "text/csv")
        lines = {line["organ"]: line
                 for line in csv.DictReader(io.StringIO(reply.text(), newline=""))}
        self.assertEqual((lines[bureau]["answered"], lines[bureau]["on_time_percent"],
                          lines[bureau]["median"]), ("3", "66.67", "5"))
        self.assertEqual(lines[county]["median"], "")
        self.assertEqual(len(lines), 4, "three organs and all of them")


class Feed(TimeCase):
    NAME, SUBJECT = "欧阳某某", "某小区违建举报材料"

    def feed(self, organ, **query):
        reply = self.got("/v1/due.ics", organ=organ, **query)
        self.assertEqual(reply.media(), "text/calendar")
        return reply.body

    def unfolded(self, body):
        return body.decode().replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")[:-1]

    def events(self, body):
        found = []
        for line in self.unfolded(body):
            if line == "BEGIN:VEVENT":
                found.append({})
            elif found and line not in ("END:VEVENT", "END:VCALENDAR"):
                name, value = line.split(":", 1)
                self.assertNotIn(name, found[-1])
                found[-1][name] = value
        return found

    def register(self):
        organ = self.new_organ("名称很长的某某市某某区人民政府某某街道办事处（某某管理委员会）政务公开办公室")
        private = {"name": self.NAME, "subject": self.SUBJECT}
        self.story(organ, ending(8), **private)
        self.story(organ, "2026-03-02", register_no="依申请〔2026〕第" + "零" * 40 + "1号;甲,乙\\丙",
                   **private)
        self.story(organ, ending(9), *consulted("c1", str(today())), **private)
        self.story(organ, ending(9), fee(str(today()), 57, str(today() + timedelta(40))), **private)
        self.story(organ, ending(9), answered(str(today())),
                   ("redo.ordered", str(today()), {"by": "self"}), **private)
        self.story(organ, ending(9), answered(str(today())), **private)
        self.submitted(organ, str(today()))
        body = {"organ": organ, "type": "reconsideration.accepted", "on": str(today()),
                "data": {"authority": "某省政府", "copy_received_on": str(today())}}
        self.assertStatus(self.server.post("/v1/disputes", body), 201)
        return organ

    def test_form(self):
        body = self.feed(self.register())
        self.assertTrue(body.endswith(b"END:VCALENDAR\r\n"))
        self.assertNotIn(b"\n", body.replace(b"\r\n", b""))
        self.assertNotIn(b"\r", body.replace(b"\r\n", b""))
        for line in body.split(b"\r\n"):
            self.assertLessEqual(len(line), 75, line)
            line.decode()  # folding must not cut a character
        open_ = []
        for line in self.unfolded(body):
            if line.startswith("BEGIN:"):
                open_.append(line[6:])
            elif line.startswith("END:"):
                self.assertEqual(open_.pop(), line[4:])
            else:
                self.assertRegex(line, r"^[A-Z-]+(;[A-Z-]+=[^:;]+)*:")
        self.assertEqual(open_, [])
        lines = self.unfolded(body)
        self.assertEqual(lines[0], "BEGIN:VCALENDAR")
        self.assertIn("VERSION:2.0", lines)
        self.assertTrue(any(line.startswith("PRODID:") for line in lines))

    def test_events(self):
        organ = self.register()
        events = self.events(self.feed(organ))
        self.assertEqual(len({event["UID"] for event in events}), len(events))
        for event in events:
            self.assertRegex(event["DTSTAMP"], r"^\d{8}T\d{6}Z$")
            first, last = (date.fromisoformat(event[f"{name};VALUE=DATE"])
                           for name in ("DTSTART", "DTEND"))
            self.assertEqual(last - first, timedelta(1))
            self.assertTrue(event["SUMMARY"])
        dates = sorted(event["DTSTART;VALUE=DATE"] for event in events)
        listed = [row["due_on"] for row in self.due(organ) if row["due_on"]]
        listed += [row["due_on"] for row in self.due(organ, list="deadlines")
                   if row["due_on"] and row["timer"] != "redo"]
        self.assertEqual(dates, sorted(text.replace("-", "") for text in listed))
        long = next(event["SUMMARY"] for event in events if "零零" in event["SUMMARY"])
        self.assertIn("1号\\;甲\\,乙\\\\丙", long)

    def test_nothing_personal(self):
        body = "".join(self.unfolded(self.feed(self.register())))
        for word in (self.NAME, self.SUBJECT):
            self.assertNotIn(word, body)

    def test_the_same_bytes_again(self):
        organ = self.register()
        first = self.feed(organ)
        self.assertEqual(self.feed(organ), first)
        printed = self.command("due", "--organ", organ, "--format", "ics").stdout
        self.assertEqual(printed, first)

    def test_an_event_keeps_its_uid(self):
        organ = self.new_organ()
        view = self.story(organ, ending(8))

        def answer():
            return [(event["UID"], event["DTSTART;VALUE=DATE"])
                    for event in self.events(self.feed(organ)) if "answer" in event["UID"]]

        [(uid, first)] = answer()
        self.assertEqual(first, view["due_on"].replace("-", ""))
        view = self.appended(view["id"], *extended(str(today()), 5))
        self.assertEqual(answer(), [(uid, view["due_on"].replace("-", ""))])
        self.appended(view["id"], *answered(str(today())))
        self.assertEqual(answer(), [])

    def test_region(self):
        county = self.new_organ("某县人民政府", "government")
        organ = self.new_organ(parent=county)
        view = self.story(organ, ending(8))
        self.assertNotIn(view["register_no"].encode(), self.feed(county))
        self.assertIn(view["register_no"].encode(), self.feed(county, scope="region"))

    def test_refused(self):
        self.assertProblem(self.server.get("/v1/due.ics"), 422, "/organ")
        self.assertProblem(self.server.get("/v1/due.ics", organ="nowhere"), 404)


class Refusals(TimeCase):
    CALLS = {"/v1/due": {}, "/v1/statistics": {"year": 2026}, "/v1/irregularities": {"year": 2026},
             "/v1/incomplete": {"year": 2026}, "/v1/fees": {"month": "2026-03"},
             "/v1/due.ics": {}}
    COMMANDS = {"due": (), "statistics": ("--year", 2026), "irregularities": ("--year", 2026),
                "fees": ("--month", "2026-03")}

    def test_an_unknown_organ(self):
        for path, query in self.CALLS.items():
            with self.subTest(path):
                self.assertProblem(self.server.get(path, organ="nowhere", **query), 404)
                self.assertProblem(self.server.get(path, **query), 422, "/organ")
        self.assertProblem(self.server.get("/v1/calendar", organ="nowhere", year=2026), 404)
        for name, options in self.COMMANDS.items():
            with self.subTest(name):
                self.command(name, "--organ", "nowhere", *options, code=REFUSED)
        self.command("calendar show", "--organ", "nowhere", "--year", 2026, code=REFUSED)

    def test_bad_parameters(self):
        organ = self.new_organ()
        for path, name, value in (
                ("/v1/due", "list", "all"), ("/v1/due", "on", "tomorrow"),
                ("/v1/due", "scope", "world"), ("/v1/due", "media", "pdf"),
                ("/v1/due", "as_of", "then"), ("/v1/due", "colour", "red"),
                ("/v1/statistics", "year", "20"), ("/v1/statistics", "from", "2026-02-30"),
                ("/v1/irregularities", "scope", "world"), ("/v1/incomplete", "as_of", "then"),
                ("/v1/fees", "month", "2026-13"), ("/v1/fees", "month", "03"),
                ("/v1/calendar", "year", "next"), ("/v1/calendar", "year", "2101"),
                ("/v1/due.ics", "scope", "world")):
            with self.subTest(path=path, name=name):
                query = {**self.CALLS.get(path, {}), "organ": organ, name: value}
                if name == "from":
                    del query["year"]
                    query["to"] = "2026-03-31"
                self.assertProblem(self.server.get(path, **query), 422, f"/{name}")
        reply = self.server.get("/v1/statistics", organ=organ, from_="2026-03-02", to="2026-03-01")
        self.assertProblem(reply, 422, "/to")

    def test_bad_options(self):
        organ = self.new_organ()
        for name, option, value in (
                ("due", "--list", "all"), ("due", "--on", "2026-02-30"),
                ("due", "--scope", "world"), ("due", "--format", "pdf"),
                ("statistics", "--year", "20x"), ("irregularities", "--from", "soon"),
                ("fees", "--month", "2026-13")):
            with self.subTest(name=name, option=option):
                rest = () if option in ("--from", "--year", "--month") else self.COMMANDS[name]
                more = ("--to", "2026-03-31") if option == "--from" else ()
                done = self.command(name, "--organ", organ, *rest, option, value, *more,
                                    code=USAGE)
                self.assertIn(option, done.stderr.decode())
        self.assertEqual(run("due", "--organ", organ).returncode, USAGE)
        self.assertEqual(run("calendar").returncode, USAGE)

    def test_nothing_personal_in_errors_and_metrics(self):
        organ, words = self.new_organ(), ("司马某某", "某矿权转让合同", "督办科", "p-handle-77")
        self.story(organ, "2026-03-02", ("request.assigned", "2026-03-03", {"unit": words[2]}),
                   fee("2026-03-04", 31, "2026-05-29", "by_item"),
                   applicant={"kind": "natural_person", "name": words[0], "ref": words[3]},
                   subject=words[1])
        for path, query in self.CALLS.items():
            for extra in ({"organ": organ}, {"organ": "nowhere"}, {"organ": organ, "q": words[0]},
                          {"organ": organ, "media": words[1]}, {"organ": organ, "scope": words[0]}):
                reply = self.server.get(path, **{**query, **extra})
                if reply.status == 200:
                    continue
                for word in words:
                    self.assertNotIn(word, reply.text(), path)
        for name in ("assignee", "list"):
            reply = self.server.get("/v1/due", organ=organ, **{name: words[2]}, as_of="x")
            self.assertNotIn(words[2], self.assertProblem(reply, 422)["detail"])
        rows = self.got("/v1/due", organ=organ, list="open", media="csv").text()
        metrics = self.server.get("/metrics").text()
        for word in words:
            self.assertNotIn(word, metrics)
            self.assertNotIn(word, self.server.log())
        self.assertNotIn(words[0], rows)
        self.assertNotIn(words[1], rows)
        for word in ("/v1/due", "/v1/fees"):
            self.assertIn(word, metrics)
        self.assertNotRegex(metrics, re.escape(organ))

    def test_described(self):
        paths = self.server.get("/openapi.json").json()["paths"]
        for path in (*self.CALLS, "/v1/calendar", "/v1/requests/{id}/clock"):
            self.assertIn("get", paths[path], path)
        self.assertIn("post", paths["/v1/calendar"])


if __name__ == "__main__":
    unittest.main()
