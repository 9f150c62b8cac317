"""What an auditor asks: the log by filters, the past of every list, what was changed after the
fact, a sample that can be drawn again, the file of one request."""

import csv
import hashlib
import html.parser
import http.client
import io
import json
import pathlib
import re
import tempfile
import threading
import unittest

from mingce_server import Server, ServerCase, receipt, run, today

DONE, REFUSED, USAGE, UNUSABLE = 0, 1, 2, 3


def line(kind, on, data, recorded, actor="李科员", organ="jd", **more):
    """A line of a log that is taken over as it was. `recorded`: a day, or an instant."""
    instant = recorded if "T" in recorded else f"{recorded}T02:00:00.000Z"
    return {"type": kind, "organ": organ, "on": on, "data": data, "recorded_at": instant,
            "actor": actor, **more}


def request(number, on, recorded=None, organ="jd", ref=None, **more):
    data = receipt(**more)
    if ref:
        data["applicant"]["ref"] = ref
    return line("request.received", on, data, recorded or on, organ=organ, request=number)


PAPER = {"kind": "申请书", "number": "收〔2025〕1号", "sha256": "ab" * 32, "size": 5}
CHILD = {"name": "嘉祥街道", "kind": "subdistrict", "parent": "city"}
LOG = [
    line("organ.registered", "2025-01-02", {"name": "某市", "kind": "government"}, "2025-01-02",
         organ="city"),
    line("organ.registered", "2025-01-02", CHILD, "2025-01-02"),
    request("A", "2025-03-03", name="赵小七", subject="危房鉴定<结论>", ref="p-7")
    | {"documents": [PAPER]},
    request("B", "2025-03-04"),
    line("request.answered", "2025-03-20", {"outcome": "disclosed.provided"}, "2025-03-20",
         request="A"),
    line("note.added", "2025-03-10", {"text": "电话沟通"}, "2025-03-21", request="A"),
    line("event.amended", "2025-03-21", {"target": 2, "reason": "日期录错", "on": "2025-03-19"},
         "2025-03-21", actor="王科长", request="A"),
    request("A", "2025-04-01", organ="city"),
    line("request.voided", "2025-04-02", {"reason": "重复登记"}, "2025-04-02", organ="city",
         request="A"),
    request("D", "2024-06-03", "2025-04-03") | {"source": "asserted"},
    line("correction.requested", "2025-03-10", {"respond_by": "2025-03-31"}, "2025-04-03",
         request="B"),
    line("event.retracted", "2025-04-04", {"target": 2, "reason": "记错案件"}, "2025-04-04",
         actor="王科长", request="B"),
    line("fee.notified", "2025-04-05",
         {"scheme": "by_page", "quantity": 57, "pay_by": "2025-05-09"}, "2025-04-05", request="B"),
    line("reconsideration.accepted", "2025-05-06", {"authority": "某市政府"}, "2025-05-06",
         dispute="R-1", requests=["A"]),
    line("dispute.voided", "2025-05-20", {"reason": "未受理"}, "2025-05-20", dispute="R-1"),
    line("figure.recorded", "2025-06-30", {"item": "licences.decisions", "quantity": 12},
         "2025-07-08", figure="F-1"),
    line("event.amended", "2025-07-08", {"target": 1, "reason": "漏计", "data": {"quantity": 13}},
         "2025-07-08", figure="F-1"),
    line("calendar.loaded", "2025-07-09",
         {"year": 2027, "title": "2027年安排", "rest": [{"on": "2027-01-01", "name": "元旦"}]},
         "2025-07-09", organ="CN", calendar="CN"),
    # Half past midnight of New Year's Day in Shanghai.
    line("request.assigned", "2025-12-31", {"unit": "法规科"}, "2025-12-31T16:30:00.000Z",
         request="D"),
    *(request(f"X{n:02}", f"2026-02-{n:02}") for n in range(1, 21)),
]
for number, each in enumerate(LOG, 1):
    each["seq"] = number
CUT = 11  # a position in the middle
REVISIONS = [(6, "late"), (6, "backdated"), (7, "amended"), (9, "voided"), (11, "late"),
             (12, "retracted"), (15, "voided"), (16, "late"), (17, "amended")]


def stored(directory, lines):
    """A data directory that holds these lines."""
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines)
    done = run("import", "--data", directory, "-", "--preserve", text=text)
    assert done.returncode == DONE, done.stderr.decode()
    return directory


def stream_id(kind, organ, number):
    return hashlib.sha256(f"{kind}\0{organ}\0{number}\0".encode()).hexdigest()[:32]


A, B = stream_id("request", "jd", "A"), stream_id("request", "jd", "B")
DISPUTE, FIGURE = stream_id("dispute", "jd", "R-1"), stream_id("figure", "jd", "F-1")


class AuditCase(ServerCase):
    """One log, told by instants of the past; a server on it, and the commands beside it."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="mingce-audit-")
        cls.addClassCleanup(directory.cleanup)
        cls.root = pathlib.Path(directory.name)
        cls.server = Server(stored(cls.root / "data", LOG)).start()
        cls.addClassCleanup(cls.server.stop)

    def got(self, path, **query):
        return self.assertStatus(self.server.get("/v1" + path, **query), 200)

    def command(self, *arguments, code=DONE, data=None):
        done = run(arguments[0], "--data", data or self.server.data, *arguments[1:])
        self.assertEqual(done.returncode, code, (done.stdout + done.stderr).decode())
        return done

    def printed(self, *arguments, **options):
        done = self.command(*arguments, "--format", "json", **options)
        return json.loads(done.stdout)

    def refuses(self, query, status, pointer, path):
        self.assertProblem(self.server.get("/v1" + path, **query), status, pointer)


class Replay(AuditCase):
    """Filters combine; both ways of asking give the same events."""

    FILTERS = {
        "an organ": ({"organ": "city"}, [1, 8, 9]),
        "the calendar": ({"organ": "CN"}, [18]),
        "a type": ({"type": "event.amended"}, [7, 17]),
        "an actor": ({"actor": "王科长"}, [7, 12]),
        "a request": ({"request": A}, [3, 5, 6, 7]),
        "a request of another organ": ({"request": A, "organ": "city"}, []),
        "a request by an actor": ({"request": A, "actor": "王科长"}, [7]),
        "an organ and a type": ({"organ": "jd", "type": "request.answered"}, [5]),
        "from an instant": ({"organ": "jd", "recorded_from": "2025-07-08T02:00:00Z",
                             "recorded_to": "2026-01-31T00:00:00Z"}, [16, 17, 19]),
        "to an instant": ({"recorded_to": "2025-01-02T02:00:00Z"}, [1, 2]),
        "between instants of another zone": (
            {"recorded_from": "2025-03-21T10:00:00+08:00",
             "recorded_to": "2025-03-21T10:00:00.000+08:00"}, [6, 7]),
        "just after": ({"recorded_from": "2025-07-09T02:00:00.001Z",
                        "recorded_to": "2025-12-31T23:59:59Z"}, [19]),
        "long before": ({"recorded_to": "2001-01-01T00:00:00Z"}, []),
        "a request between instants": ({"request": A, "recorded_from": "2025-03-20T00:00:00Z",
                                        "recorded_to": "2025-03-21T01:00:00Z"}, [5]),
        "as known then": ({"actor": "王科长", "as_of": CUT}, [7]),
        "as known at an instant": ({"request": B, "as_of": "2025-04-03T23:00:00Z"}, [4, 11]),
    }

    def replayed(self, *options, **more):
        *events, state = self.command("replay", *options, **more).stdout.decode().splitlines()
        return [json.loads(event) for event in events], json.loads(state)["state"]

    def test_filters(self):
        for name, (query, seqs) in self.FILTERS.items():
            with self.subTest(name):
                told = self.got("/events", **query).lines()
                self.assertEqual([event["seq"] for event in told], seqs)
                options = [word for member, value in query.items()
                           for word in ("--" + member.replace("_", "-"), value)]
                events, _ = self.replayed(*options, "--with-personal-data")
                self.assertEqual(events, told)

    def test_after_and_limit_go_with_them(self):
        seqs = lambda **query: [event["seq"] for event in self.got("/events", **query).lines()]
        self.assertEqual(seqs(request=A, after=3, limit=2), [5, 6])
        self.assertEqual(seqs(actor="王科长", after=7), [12])
        self.assertEqual(seqs(organ="jd", after=4, recorded_from="2025-04-04T00:00:00Z", limit=1),
                         [12])

    def test_the_state_is_that_of_what_was_asked(self):
        _, state = self.replayed("--organ", "city")
        self.assertEqual((state["seq"], state["requests"], state["requests_by_state"]),
                         (len(LOG), 1, {"voided": 1}))
        _, state = self.replayed("--recorded-to", "2025-03-31T00:00:00Z")
        self.assertEqual((state["seq"], state["requests"]), (7, 2))
        _, state = self.replayed("--request", "A", "--organ", "jd", "--to", 6)
        self.assertEqual((state["concluded_on"], state["version"]), ("2025-03-20", 3))

    def test_a_register_number_is_of_an_organ(self):
        for organ, seqs in (("jd", [3, 5, 6, 7]), ("city", [8, 9])):
            events, _ = self.replayed("--organ", organ, "--request", "A")
            self.assertEqual([event["seq"] for event in events], seqs)

    def test_no_personal_data_unless_asked(self):
        self.assertNotIn("赵小七", self.command("replay").stdout.decode())
        self.assertIn("赵小七", self.command("replay", "--with-personal-data").stdout.decode())

    def test_refused_on_the_command_line(self):
        for options, code, named in (
                (("--organ", "nowhere"), REFUSED, "nowhere"),
                (("--organ", "jd", "--to", 1), REFUSED, "jd"),  # not known yet
                (("--request", "Z"), REFUSED, ""), (("--request", "0" * 32), REFUSED, ""),
                (("--type", "request.eaten"), USAGE, "--type"),
                (("--recorded-from", "yesterday"), USAGE, "--recorded-from"),
                (("--recorded-to", "2025-03-21"), USAGE, "--recorded-to"),
                (("--recorded-from", "2025-03-21T00:00:00Z", "--recorded-to",
                  "2025-03-20T00:00:00Z"), USAGE, "recorded_to"),
                (("--as-of", "then"), USAGE, "as_of")):
            with self.subTest(options):
                said = self.command("replay", *options, code=code).stderr.decode()
                self.assertIn(named, said)

    def test_refused_over_http(self):
        for query, status, pointer in (
                ({"type": "request.eaten"}, 422, "/type"), ({"request": "A"}, 422, "/request"),
                ({"recorded_from": "yesterday"}, 422, "/recorded_from"),
                ({"recorded_to": "2025-03-21"}, 422, "/recorded_to"),
                ({"recorded_from": "2025-03-21T00:00:00Z", "recorded_to": "2025-03-20T00:00:00Z"},
                 422, "/recorded_to"),
                ({"as_of": "then"}, 422, "/as_of"), ({"colour": "red"}, 422, "/colour"),
                ({"organ": "nowhere"}, 404, None), ({"request": "0" * 32}, 404, None)):
            with self.subTest(query):
                self.refuses(query, status, pointer, "/events")

    def test_the_live_stream_is_filtered_as_well(self):
        for query, status, pointer in (({"type": "x"}, 422, "/type"),
                                       ({"request": "x"}, 422, "/request"),
                                       ({"organ": "nowhere"}, 404, None),
                                       ({"recorded_from": "2025-01-01T00:00:00Z"}, 422,
                                        "/recorded_from")):
            self.refuses(query, status, pointer, "/events/stream")
        for query, seqs in (("actor=%E7%8E%8B%E7%A7%91%E9%95%BF", [7, 12]),
                            (f"request={A}", [3, 5, 6, 7]), ("organ=city", [1, 8, 9]),
                            ("type=event.amended&organ=jd", [7, 17])):
            with self.subTest(query):
                connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
                self.addCleanup(connection.close)
                connection.request("GET", f"/v1/events/stream?after=0&{query}")
                stream = connection.getresponse()
                self.addCleanup(stream.close)
                ids = []
                while len(ids) < len(seqs):
                    name, _, value = stream.readline().decode().strip().partition(": ")
                    ids += [int(value)] if name == "id" else []
                self.assertEqual(ids, seqs)


class AsOf(AuditCase):
    """As known at a position: as a log would show that ends there."""

    # A proof is about one log, whatever is asked of it.
    OF_THE_DAY = {"remaining_working_days", "lamp", "timers", "on", "backlog", "proofs"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.short = Server(stored(cls.root / "cut", LOG[:CUT])).start()
        cls.addClassCleanup(cls.short.stop)

    PATHS = ("/organs", "/organs/jd", "/requests", "/requests?organ=jd&state=awaiting_correction",
             "/requests?organ=jd&outcome=disclosed.provided&q=危房", "/requests?q=赵小七",
             f"/requests/{A}", f"/requests/{B}", f"/requests/{A}/events", f"/requests/{B}/events",
             f"/requests/{A}/cells", f"/requests/{A}/clock?on=2025-05-01",
             f"/requests/{B}/clock?on=2025-05-01", f"/requests/{A}/dossier", "/disputes",
             "/figures", "/figures?organ=jd&year=2025", "/reports/2025?organ=jd",
             "/reports?organ=city&scope=region&from=2025-01-01&to=2025-06-30",
             "/reports/2025/cells/requests/received/total?organ=jd",
             "/due?organ=jd&on=2025-05-01", "/due?organ=jd&on=2025-05-01&list=deadlines",
             "/statistics?organ=jd&year=2025", "/irregularities?organ=jd&year=2025",
             "/incomplete?organ=jd&year=2025", "/fees?organ=jd&month=2025-03",
             "/calendar?year=2027", "/events", "/revisions", "/revisions?organ=jd&late_days=20",
             "/sample?organ=jd&year=2025&size=2&seed=s")
    COMMANDS = (("report", "--organ", "jd", "--year", 2025),
                ("explain", "--organ", "jd", "--year", 2025, "--cell", "requests/received/total"),
                ("due", "--organ", "jd", "--on", "2025-05-01"),
                ("statistics", "--organ", "jd", "--year", 2025),
                ("irregularities", "--organ", "jd", "--year", 2025),
                ("irregularities", "--organ", "jd", "--year", 2025, "--incomplete"),
                ("fees", "--organ", "jd", "--month", "2025-03"),
                ("revisions",), ("sample", "--organ", "jd", "--year", 2025, "--size", 9,
                                 "--seed", "s"),
                ("dossier", "--request", "A", "--organ", "jd"))

    def lasting(self, value):
        """Without what depends on the day of asking or on the log that is asked."""
        if isinstance(value, dict):
            return {name: self.lasting(each) for name, each in value.items()
                    if name not in self.OF_THE_DAY}
        return [self.lasting(each) for each in value] if isinstance(value, list) else value

    def parted(self, path):
        path, _, query = path.partition("?")
        return "/v1" + path, dict(pair.split("=") for pair in query.split("&") if pair)

    def body(self, server, path, query):
        reply = self.assertStatus(server.get(path, **query), 200)
        return self.lasting(reply.lines() if "ndjson" in reply.media() else reply.json())

    def test_every_call(self):
        for path in self.PATHS:
            with self.subTest(path):
                path, query = self.parted(path)
                then = self.body(self.server, path, query | {"as_of": CUT})
                self.assertEqual(then, self.body(self.short, path, query))
                instant = query | {"as_of": "2025-04-03T23:59:59Z"}
                self.assertEqual(then, self.body(self.server, path, instant))

    def test_what_was_not_there_yet(self):
        for path, seq in ((f"/disputes/{DISPUTE}", 14), (f"/figures/{FIGURE}", 16),
                          (f"/disputes/{DISPUTE}/events", 14), (f"/requests/{A}/events", 3),
                          (f"/requests/{A}/cells", 3), (f"/requests/{A}/dossier", 3),
                          (f"/requests/{A}", 3), (f"/requests/{A}/clock", 3), ("/organs/jd", 2)):
            with self.subTest(path):
                self.assertProblem(self.server.get("/v1" + path, as_of=seq - 1), 404)
                self.got(path, as_of=seq)
        self.assertProblem(self.server.get("/v1/requests", organ="jd", as_of=1), 404)
        self.assertEqual(self.got("/requests", as_of=0).json()["items"], [])

    def test_the_register_of_the_past(self):
        items = self.got("/requests", organ="jd", as_of=5).json()["items"]
        self.assertEqual([(item["register_no"], item["state"], item["concluded_on"])
                          for item in items],
                         [("A", "concluded", "2025-03-20"), ("B", "processing", None)])
        # At the end of the day on which the last entry of then was recorded.
        self.assertEqual(items[1]["lamp"], "green")
        self.assertEqual(items[1], self.got(f"/requests/{B}", as_of=5).json())
        found = self.got("/requests", organ="jd", as_of=5, lamp="green").json()["items"]
        self.assertEqual([item["register_no"] for item in found], ["B"])

    def test_cells_of_the_past_end_with_its_year(self):
        years = lambda **query: [each["year"] for each in
                                 self.got(f"/requests/{B}/cells", **query).json()["years"]]
        self.assertEqual((years(as_of=CUT), years()[:2]), ([2025], [2025, 2026]))

    def test_pages_of_the_past_hold_still(self):
        first = self.got("/requests", organ="jd", as_of=len(LOG) - 2, limit=10).json()
        rest = self.got("/requests", organ="jd", as_of=len(LOG) - 2, limit=1000,
                        cursor=first["next"]).json()
        self.assertEqual(len(first["items"]) + len(rest["items"]), 3 + 18)
        self.assertIsNone(rest["next"])

    def test_every_command(self):
        for words in self.COMMANDS:
            with self.subTest(words):
                then = self.printed(*words, "--as-of", CUT)
                self.assertEqual(self.lasting(then),
                                 self.lasting(self.printed(*words, data=self.short.data)))

    def test_the_calendar_of_the_past(self):
        def days(*more):
            done = run("calendar", "show", "--data", self.server.data, "--year", 2027, "--format",
                       "json", *more)
            return len(json.loads(done.stdout)["days"])
        self.assertEqual((days(), days("--as-of", 17)), (1, 0))

    def test_the_feed_of_the_past(self):
        feed = lambda **query: self.got("/due.ics", organ="jd", **query).text()
        self.assertIn("X01", feed())
        self.assertNotIn("X01", feed(as_of=CUT))

    def test_fees_of_the_past(self):
        self.assertEqual(len(self.got("/fees", organ="jd", month="2025-03").json()), 1)
        self.assertEqual(self.got("/fees", organ="jd", month="2025-03", as_of=2).json(), [])

    def test_refused(self):
        for path in self.PATHS:
            path, query = self.parted(path)
            with self.subTest(path):
                reply = self.server.get(path, **query, as_of="then")
                self.assertProblem(reply, 422, "/as_of")


class Revisions(AuditCase):
    """What came late, out of order, or changes what was recorded."""

    def listed(self, **query):
        rows = self.got("/revisions", **query).json()
        options = [word for member, value in query.items()
                   for word in ("--" + member.replace("_", "-"), value)]
        self.assertEqual(self.printed("revisions", *options), rows)
        return [(row["seq"], row["kind"]) for row in rows]

    def test_all_of_them(self):
        self.assertEqual(self.listed(), REVISIONS)

    def test_whose(self):
        self.assertEqual(self.listed(organ="city"), [(9, "voided")])
        self.assertEqual(self.listed(organ="city", scope="region"), REVISIONS)
        self.assertEqual(self.listed(organ="jd"), [row for row in REVISIONS if row[0] != 9])

    def test_which_kind(self):
        for kind in ("late", "backdated", "amended", "retracted", "voided"):
            self.assertEqual(self.listed(kind=kind), [row for row in REVISIONS if row[1] == kind])

    def test_how_late(self):
        self.assertEqual(self.listed(kind="late", late_days=12), [(11, "late")])
        self.assertEqual(self.listed(kind="late", late_days=11), [(6, "late"), (11, "late")])
        self.assertEqual(self.listed(kind="late", late_days=1),
                         [(6, "late"), (11, "late"), (16, "late"), (19, "late")])

    def test_the_period_is_that_of_recording_in_shanghai(self):
        self.assertEqual(self.listed(**{"from": "2025-03-21", "to": "2025-03-31"}),
                         REVISIONS[:3])
        self.assertEqual(self.listed(year=2024), [])
        self.assertEqual(self.listed(year=2025, late_days=1),
                         [row for row in REVISIONS if row[0] != 19])
        self.assertEqual(self.listed(year=2026, late_days=1), [(19, "late")])
        self.assertEqual(self.listed(**{"from": "2026-01-01", "to": "2026-01-01"}, late_days=1),
                         [(19, "late")])
        self.assertEqual(self.listed(**{"from": "2025-12-31", "to": "2025-12-31"}, late_days=1), [])

    def test_as_known_then(self):
        self.assertEqual(self.listed(as_of=CUT), [row for row in REVISIONS if row[0] <= CUT])
        self.assertEqual(self.listed(as_of="2025-03-21T02:00:00Z"), REVISIONS[:3])

    def test_a_row(self):
        rows = self.got("/revisions").json()
        self.assertEqual(rows[1], {
            "seq": 6, "recorded_at": "2025-03-21T02:00:00.000Z", "on": "2025-03-10", "days": 11,
            "kind": "backdated", "request": "A", "id": A, "organ": "jd", "type": "note.added",
            "version": 3, "actor": "李科员"})
        self.assertEqual((rows[2]["target"], rows[2]["actor"]), (2, "王科长"))
        self.assertEqual((rows[6]["dispute"], rows[6]["id"]), ("R-1", DISPUTE))
        self.assertEqual((rows[7]["figure"], rows[7]["id"]), ("F-1", FIGURE))

    def test_nothing_private(self):
        for text in (self.got("/revisions").text(), self.command("revisions").stdout.decode()):
            for word in ("赵小七", "危房", "电话", "日期录错", "重复登记", "记错"):
                self.assertNotIn(word, text)

    def test_formats(self):
        text = self.command("revisions").stdout.decode()
        for word in ("补录于前", "备注", "王科长", "R-1"):
            self.assertIn(word, text)
        self.assertEqual(self.got("/revisions", media="text").text(), text)
        table = self.command("revisions", "--format", "csv").stdout.decode()
        self.assertEqual(self.got("/revisions", media="csv").text(), table)
        rows = list(csv.DictReader(io.StringIO(table)))
        self.assertEqual([(int(row["seq"]), row["kind"]) for row in rows], REVISIONS)
        self.assertEqual(self.server.get("/v1/revisions", {"Accept": "text/csv"}).media(),
                         "text/csv")

    def test_refused(self):
        for query, status, pointer in (
                ({"kind": "sinister"}, 422, "/kind"), ({"late_days": 0}, 422, "/late_days"),
                ({"late_days": "x"}, 422, "/late_days"), ({"year": "MMXXV"}, 422, "/year"),
                ({"from": "2025-02-30", "to": "2025-03-01"}, 422, "/from"),
                ({"from": "2025-01-01"}, 422, "/to"), ({"scope": "planet"}, 422, "/scope"),
                ({"from": "2025-02-01", "to": "2025-01-01"}, 422, "/to"),
                ({"media": "html"}, 422, "/media"), ({"organ": "nowhere"}, 404, None)):
            with self.subTest(query):
                self.refuses(query, status, pointer, "/revisions")
        for options, code in ((("--kind", "sinister"), USAGE), (("--late-days", 0), USAGE),
                              (("--late-days", "x"), USAGE), (("--from", "2025-01-01"), USAGE),
                              (("--from", "x", "--to", "y"), USAGE), (("--as-of", "then"), USAGE),
                              (("--organ", "nowhere"), REFUSED), (("--format", "html"), USAGE)):
            with self.subTest(options):
                self.command("revisions", *options, code=code)
        run_elsewhere = run("revisions", "--data", self.root / "nothing")
        self.assertEqual(run_elsewhere.returncode, UNUSABLE)


def drawn_again(seed, ids, size):
    """The rule as it is published."""
    lot = lambda each: hashlib.sha256(seed.encode() + b"\0" + bytes.fromhex(each)).hexdigest()
    return sorted((lot(each), each) for each in ids)[:size]


class Sample(AuditCase):
    SEED = "2026年第一季度 №1"

    def sampled(self, **query):
        sample = self.got("/sample", **query).json()
        options = [word for member, value in query.items()
                   for word in ("--" + member.replace("_", "-"), value)]
        self.assertEqual(self.printed("sample", *options), sample)
        return sample

    def drawn(self, sample):
        return [(item["digest"], item["id"]) for item in sample["items"]]

    def test_a_stranger_draws_the_same(self):
        for organ, year, size in (("jd", 2026, 5), ("jd", 2025, 10), ("jd", 2024, 1),
                                  ("city", 2025, 3)):
            with self.subTest(organ=organ, year=year):
                sample = self.sampled(organ=organ, year=year, size=size, seed=self.SEED)
                register = self.items(organ=organ, received_from=f"{year}-01-01",
                                      received_to=f"{year}-12-31",
                                      as_of=sample["as_of"]["seq"])
                self.assertEqual(sample["population"], len(register))
                ids = [item["id"] for item in register]
                self.assertEqual(self.drawn(sample), drawn_again(self.SEED, ids, size))
                shown = {item["id"]: item for item in register}
                for item in sample["items"]:
                    for member in ("register_no", "state", "received_on", "outcome", "organ"):
                        self.assertEqual(item[member], shown[item["id"]][member])

    def test_a_stranger_with_an_export_alone_draws_the_same(self):
        lines = self.command("export").stdout.decode().splitlines()
        ids = [stream_id("request", each["organ"], each["request"])
               for each in map(json.loads, lines)
               if each["type"] == "request.received" and each["on"].startswith("2026")]
        sample = self.sampled(organ="city", scope="region", year=2026, size=7, seed="x")
        self.assertEqual(self.drawn(sample), drawn_again("x", ids, 7))

    def test_the_seed_decides(self):
        draw = lambda **query: self.drawn(
            self.sampled(organ="jd", year=2026, **{"size": 4, "seed": "a", **query}))
        self.assertEqual(draw(), draw())
        self.assertNotEqual(draw(), draw(seed="b"))
        self.assertEqual(draw(size=8)[:4], draw())

    def test_a_population_as_known_then(self):
        then = self.sampled(organ="jd", year=2026, size=50, seed="a", as_of=len(LOG) - 5)
        self.assertEqual((then["population"], then["as_of"]["seq"]), (15, len(LOG) - 5))
        earlier = self.sampled(organ="jd", year=2026, size=50, seed="a",
                               as_of=LOG[-6]["recorded_at"])
        self.assertEqual(earlier, then)

    def test_nothing_leaves_it_by_being_voided(self):
        sample = self.sampled(organ="city", year=2025, size=9, seed="a")
        self.assertEqual([item["state"] for item in sample["items"]], ["voided"])

    def test_any_period(self):
        sample = self.sampled(organ="jd", size=50, seed="a",
                              **{"from": "2026-02-03", "to": "2026-02-05"})
        self.assertEqual(sorted(item["register_no"] for item in sample["items"]),
                         ["X03", "X04", "X05"])
        self.assertEqual((sample["from"], sample["to"]), ("2026-02-03", "2026-02-05"))

    def test_formats(self):
        query = {"organ": "jd", "year": 2026, "size": 3, "seed": self.SEED}
        options = ("--organ", "jd", "--year", 2026, "--size", 3, "--seed", self.SEED)
        text = self.command("sample", *options).stdout.decode()
        for word in ("SHA-256", self.SEED, "20", f"第 {len(LOG)} 条", "收到日期"):
            self.assertIn(word, text)
        self.assertEqual(self.got("/sample", media="text", **query).text(), text)
        rows = list(csv.DictReader(io.StringIO(self.got("/sample", media="csv", **query).text())))
        self.assertEqual([row["digest"] for row in rows],
                         [digest for digest, _ in self.drawn(self.sampled(**query))])
        self.assertEqual({(row["seed"], row["population"], row["as_of"]) for row in rows},
                         {(self.SEED, "20", str(len(LOG)))})

    def test_refused(self):
        good = {"organ": "jd", "year": 2026, "size": 3, "seed": "a"}
        for change, status, pointer in (
                ({"size": 0}, 422, "/size"), ({"size": "x"}, 422, "/size"),
                ({"seed": ""}, 422, "/seed"),
                ({"size": None}, 422, "/size"), ({"seed": None}, 422, "/seed"),
                ({"organ": None}, 422, "/organ"), ({"year": None}, 422, "/from"),
                ({"year": "x"}, 422, "/year"), ({"organ": "nowhere"}, 404, None)):
            query = {name: value for name, value in (good | change).items() if value is not None}
            with self.subTest(change):
                self.refuses(query, status, pointer, "/sample")
                options = [word for name, value in query.items() for word in (f"--{name}", value)]
                self.command("sample", *options, code=REFUSED if status == 404 else USAGE)


class Page(html.parser.HTMLParser):
    """Reads a page strictly: what is opened is closed; tables of texts by their headings."""

    def __init__(self, text):
        super().__init__()
        self.open, self.rows, self.headings, self.styles = [], [], [], 0
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        assert tag not in ("script", "img", "link", "iframe"), tag
        attributes = dict(attributes)
        assert not any(name.startswith("on") or name in ("src", "href") for name in attributes)
        if tag == "th":
            assert attributes["scope"] in ("row", "col")
        if tag == "html":
            assert attributes == {"lang": "zh-CN"}, attributes
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag in ("h1", "h2", "h3"):
            self.headings.append("")
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, (tag, self.open)

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data
        if self.open and self.open[-1] in ("h1", "h2", "h3"):
            self.headings[-1] += data


class Dossier(AuditCase):
    PROOFS = re.compile(r"<h2>七、日志证明</h2>.*</table>\n", re.S)

    def file(self, request_id=A, **query):
        return self.got(f"/requests/{request_id}/dossier", **query).json()

    def unproved(self, file):
        return file | {"proofs": []}

    def test_the_whole_file(self):
        file = self.file()
        self.assertEqual((file["register_no"], file["id"], file["organ"]),
                         ("A", A, {"code": "jd", "name": "嘉祥街道"}))
        self.assertEqual(file["as_of"], {"seq": len(LOG), "recorded_at": LOG[-1]["recorded_at"]})
        self.assertEqual(file["on"], str(today()))
        view = self.view(A)
        for member in ("irregularities", "incomplete"):
            self.assertEqual(file[member], view.pop(member))
        self.assertEqual(file["request"], view)
        self.assertEqual(file["clock"], self.got(f"/requests/{A}/clock").json())
        history = self.got(f"/requests/{A}/events").json()["items"]
        for event, recorded in zip(file["events"], history, strict=True):
            self.assertLessEqual(recorded.items(), event.items())
        self.assertEqual([event["title"] for event in file["events"]],
                         ["收到申请（登记）", "作出答复", "备注", "记录更正"])
        self.assertEqual([dispute["ref"] for dispute in file["disputes"]], ["R-1"])
        self.assertEqual([event["type"] for event in file["disputes"][0]["events"]],
                         ["reconsideration.accepted", "dispute.voided"])
        self.assertEqual(file["fees"], [])
        self.assertEqual([proof["seq"] for proof in file["proofs"]], [3, 5, 6, 7, 14, 15])

    def test_what_became_of_an_event(self):
        answer = self.file()["events"][1]
        self.assertEqual(answer["on"], "2025-03-20")
        self.assertEqual(answer["amended"], {"by": [4], "on": "2025-03-19",
                                             "data": {"outcome": "disclosed.provided"}})
        self.assertEqual(self.file(B)["events"][1]["retracted"], {"by": 3})
        self.assertNotIn("retracted", self.file(B, as_of=CUT)["events"][1])
        self.assertEqual(len(self.file(B)["fees"]), 1)

    def test_the_command_gives_the_same(self):
        options = ("dossier", "--request", "A", "--organ", "jd")
        printed = lambda *more: self.unproved(self.printed(*more, "--with-personal-data"))
        self.assertEqual(printed(*options), self.unproved(self.file()))
        self.assertEqual(printed(*options, "--as-of", CUT), self.unproved(self.file(as_of=CUT)))
        self.assertEqual(printed("dossier", "--request", A), self.unproved(self.file()))
        page = self.command(*options, "--with-personal-data").stdout.decode()
        served = self.got(f"/requests/{A}/dossier", media="html").text()
        self.assertEqual(self.PROOFS.sub("", page), self.PROOFS.sub("", served))
        self.assertIn("七、日志证明", served)
        path = self.root / "A.html"
        self.command(*options, "--with-personal-data", "--out", path)
        self.assertEqual(path.read_text(encoding="utf-8"), page)

    def test_the_organ_tells_one_number_from_another(self):
        self.assertEqual(self.printed("dossier", "--request", "A", "--organ", "city")["request"]
                         ["state"], "voided")

    def test_personal_data_only_where_asked(self):
        for options in ((), ("--format", "json")):
            said = self.command("dossier", "--request", "A", "--organ", "jd", *options)
            for word in ("赵小七", "危房", "电话沟通", "日期录错", "p-7"):
                self.assertNotIn(word, said.stdout.decode())
        self.assertFalse(self.printed("dossier", "--request", "A")["with_personal_data"])

    def test_the_page(self):
        reply = self.assertStatus(
            self.server.get(f"/v1/requests/{A}/dossier", {"Accept": "text/html"}), 200)
        self.assertEqual(reply.media(), "text/html")
        self.assertIn("default-src 'none'", reply.headers["Content-Security-Policy"])
        page = Page(reply.text())
        heads = {row[0]: row[1] for row in page.rows if len(row) == 2}
        self.assertEqual((heads["登记号"], heads["状态"], heads["所需信息"]),
                         ("A", "已办结", "危房鉴定<结论>"))
        history = {row[0]: row for row in page.rows if len(row) == 5}
        self.assertIn("已更正（版本 4），现为：日期 2025-03-19",
                      next(row[3] for row in page.rows if len(row) == 5 and row[2] == "作出答复"))
        self.assertTrue(history)
        self.assertEqual(page.headings[0], "政府信息公开申请案卷")
        self.assertIn("六、行政复议、行政诉讼", page.headings)
        self.assertIn("@page { size: A4", reply.text())
        self.assertIn("已撤销（版本 3）", self.got(f"/requests/{B}/dossier", media="html").text())

    def test_any_history_makes_a_page(self):
        for each in self.items(limit=1000):
            Page(self.got(f"/requests/{each['id']}/dossier", media="html").text())

    def test_a_file_of_what_was_never_received_or_was_split(self):
        with tempfile.TemporaryDirectory() as root:
            server = Server(pathlib.Path(root) / "data").start()
            self.addCleanup(server.stop)
            self.assertStatus(server.put("/v1/organs/o", {"name": "某局", "kind": "department"}),
                              201)
            for kind, then in (("request.submitted", None),
                               ("request.submitted", ("submission.closed", {"reason": "x"})),
                               ("request.received",
                                ("request.split", {"into": ["a", "b"], "reason": "一事一申请"}))):
                data = {"channel": "web"} if kind == "request.submitted" else receipt()
                body = {"organ": "o", "type": kind, "on": "2026-03-02", "data": data}
                view = self.assertStatus(server.post("/v1/requests", body), 201).json()
                path = f"/v1/requests/{view['id']}"
                if then:
                    event = {"type": then[0], "on": "2026-03-03", "data": then[1]}
                    self.assertStatus(server.post(path + "/events", event), 201)
                for media in ("json", "html"):
                    self.assertStatus(server.get(path + "/dossier", media=media), 200)
                Page(server.get(path + "/dossier", media="html").text())

    def test_documents_are_named_by_their_digest(self):
        self.assertEqual(self.file()["events"][0]["documents"], [PAPER])
        page = self.got(f"/requests/{A}/dossier", media="html").text()
        self.assertIn("SHA-256 " + "ab" * 32, page)

    def test_languages(self):
        message = lambda language: self.server.get(
            f"/v1/requests/{A}/dossier", {"Accept-Language": language}).json()["incomplete"]
        self.assertNotEqual(message("zh"), message("en"))
        pages = {self.server.get(f"/v1/requests/{A}/dossier", {"Accept-Language": language},
                                 media="html").text() for language in ("zh", "en")}
        self.assertEqual(len(pages), 1)

    def test_refused(self):
        self.refuses({"media": "csv"}, 422, "/media", f"/requests/{A}/dossier")
        self.refuses({"as_of": "then"}, 422, "/as_of", f"/requests/{A}/dossier")
        self.refuses({}, 404, None, f"/requests/{'0' * 32}/dossier")
        self.refuses({}, 404, None, "/requests/A/dossier")
        for options, code in ((("--request", "Z"), REFUSED), ((), USAGE),
                              (("--request", "A", "--organ", "nowhere"), REFUSED),
                              (("--request", "A", "--format", "docx"), USAGE),
                              (("--request", "A", "--as-of", "then"), USAGE),
                              (("--request", "X01", "--as-of", CUT), REFUSED),
                              (("--request", "A", "--out", self.root / "no" / "file"), UNUSABLE)):
            with self.subTest(options):
                self.command("dossier", *options, code=code)


class BesideAWriter(ServerCase):
    """Another process reads while the server writes: whatever it says is a prefix of the log."""

    ROUNDS = 12

    def setUp(self):
        self.organ = self.new_organ()
        self.request = self.opened(self.organ, on=str(today()))["id"]
        self.enough = threading.Event()
        self.acknowledged = self.log_head()
        self.faults = []

    def write(self):
        """Requests, notes on one of them, notes dated back: until it is enough."""
        try:
            while not self.enough.is_set():
                view = self.opened(self.organ, on="2026-02-02")
                for on in (str(today()), "2026-02-03"):
                    self.appended(view["id"], "note.added", on, {"text": "x"})
                reply = self.append(self.request, "note.added", str(today()), {"text": "x"})
                self.acknowledged = self.assertStatus(reply, 201).json()["event"]["seq"]
        except Exception as fault:  # told by the test, not by the thread
            self.faults.append(fault)

    def printed(self, *words):
        done = run(words[0], "--data", self.server.data, *words[1:])
        self.assertEqual(done.returncode, DONE, done.stderr.decode())
        return done.stdout.decode()

    def looked(self):
        """One round: what each command said, with the position acknowledged before it."""
        sample = ("--organ", self.organ, "--from", "2026-01-01", "--to", today(), "--size", 5,
                  "--seed", "x")
        for name, options in (("replay", ()), ("revisions", ("--format", "json")),
                              ("sample", (*sample, "--format", "json")),
                              ("dossier", ("--request", self.request, "--format", "json"))):
            before = self.acknowledged
            yield name, before, self.printed(name, *options)

    def test_every_answer_is_a_prefix(self):
        writer = threading.Thread(target=self.write)
        writer.start()
        try:
            said = [each for _ in range(self.ROUNDS) for each in self.looked()]
            live = [self.server.get("/v1/revisions", kind="backdated").json()
                    for _ in range(self.ROUNDS)]
        finally:
            self.enough.set()
            writer.join()
        self.assertEqual(self.faults, [])
        events = self.server.events()
        revisions = json.loads(self.printed("revisions", "--format", "json"))
        for name, before, text in said:
            with self.subTest(name, before=before):
                getattr(self, "check_" + name)(text, before, events, revisions)
        for rows in live:
            whole = [row for row in revisions if row["kind"] == "backdated"]
            self.assertEqual(rows, whole[:len(rows)])
        heads = [json.loads(text.splitlines()[-1])["state"]["seq"]
                 for name, _, text in said if name == "replay"]
        self.assertEqual(heads, sorted(heads))
        self.assertGreater(heads[-1], heads[0])

    def check_replay(self, text, before, events, _):
        *told, state = map(json.loads, text.splitlines())
        head = state["state"]["seq"]
        self.assertGreaterEqual(head, before)
        self.assertEqual([event["id"] for event in told], [event["id"] for event in events[:head]])
        received = sum(event["type"] == "request.received" for event in events[:head])
        self.assertEqual(state["state"]["requests"], received)

    def check_revisions(self, text, before, _, revisions):
        rows = json.loads(text)
        self.assertEqual(rows, revisions[:len(rows)])
        self.assertGreaterEqual(len(rows), sum(row["seq"] <= before for row in revisions))

    def check_sample(self, text, before, events, _):
        sample = json.loads(text)
        head = sample["as_of"]["seq"]
        self.assertGreaterEqual(head, before)
        ids = [event["stream"] for event in events[:head]
               if event["type"] == "request.received" and event["organ"] == self.organ]
        self.assertEqual(sample["population"], len(ids))
        self.assertEqual([(item["digest"], item["id"]) for item in sample["items"]],
                         drawn_again("x", ids, 5))

    def check_dossier(self, text, before, events, _):
        file = json.loads(text)
        head = file["as_of"]["seq"]
        self.assertGreaterEqual(head, before)
        self.assertEqual([event["seq"] for event in file["events"]],
                         [event["seq"] for event in events[:head]
                          if event["stream"] == self.request])
        self.assertEqual(file["request"]["version"], len(file["events"]))


class Help(unittest.TestCase):
    def test_the_commands_explain_themselves(self):
        for command in ("revisions", "sample", "dossier", "replay"):
            said = run(command, "--help").stdout.decode()
            self.assertRegex(said, r"[\u4e00-\u9fff]")
            self.assertTrue(re.search(r"--as-of", said), command)


if __name__ == "__main__":
    unittest.main()
