"""Who stands in the register is read by those who hold its keys, and by nobody once erased.

`AtRest` loads many people with names of their own and looks for every private text in every file,
raw and decoded, and in everything that is published. `Erasure` erases some of them and looks for
them in everything that can be asked. MINGCE_SLOW_TESTS=1 loads 10,000 people instead of 2,000.
"""

import itertools
import json
import pathlib
import random
import shutil
import tempfile
import unittest

from directory import (DONE, LDB, SLOW, SST_DUMP, UNUSABLE, USAGE, WRONG, Needles, Register,
                       databases, families, files_below, rows, said, table_records)
from merkle import Receipt, verify_receipt
from mingce_server import ServerCase, receipt, run

PEOPLE = 10_000 if SLOW else 2_000
ORGAN = "jd"
SURNAMES = ("欧阳", "司马", "上官", "诸葛", "尉迟", "慕容", "令狐", "宇文", "长孙", "皇甫", "轩辕", "公冶")
GIVEN = "霁曦翊芃骁珺琬璟彧煊熠旻昶晟曜韫馥瑀琛玥嫣菡蕤翾飏鸢鹄麒麟骐骥璇玑琮璧"
ACTOR = "clerk-4"


class Person:
    """Somebody whose every private text is found nowhere else."""

    def __init__(self, number):
        chance = random.Random(number)
        self.number = number
        first, second = divmod(number, len(SURNAMES))
        self.name = SURNAMES[second] + "".join(
            GIVEN[(first // len(GIVEN) ** place) % len(GIVEN)] for place in range(3))
        self.id_no = f"3208{chance.randrange(10**14):014}"
        self.phone = f"19{chance.randrange(10**9):09}"
        self.email = f"{chance.randrange(16**12):012x}@post.example"
        self.address = f"{self.name}家，梧桐巷{number}弄{chance.randrange(10**4)}号"
        self.ref = f"ref-{chance.randrange(16**12):012x}"
        self.subject = f"{number}号宅基地确权档案{chance.randrange(10**6)}"
        self.description = f"请提供{number}号户一九九{number % 10}年批文{chance.randrange(10**6)}"
        self.agent = f"代理人{self.name[::-1]}"
        self.companion = f"同行者{self.name[1:]}{number}"
        self.note = f"{self.name}来电{self.phone}，另有{chance.randrange(10**6)}事"
        self.party = f"第三人{number}号公司{chance.randrange(10**6)}"
        self.withheld = f"隐去第{number}户存款{chance.randrange(10**6)}"
        self.paper = f"答复{self.name}{chance.randrange(10**6)}.pdf"
        self.register_no = f"2024-{number:05}"

    def data(self):
        """Of a receipt, with all that it can hold."""
        return {"channel": "post_signed", "subject": self.subject, "description": self.description,
                "delivery": f"邮寄至{self.address}", "form": f"纸质加盖{self.name}印",
                "items": [{"id": "1", "text": f"第一项{self.description}"}],
                "applicant": {"kind": "natural_person", "name": self.name, "ref": self.ref,
                              "id_type": "居民身份证件", "id_no": self.id_no,
                              "contact": {"phone": self.phone, "email": self.email,
                                          "address": self.address},
                              "agent": {"name": self.agent, "authority": f"{self.agent}受托"},
                              "co_applicants": [{"name": self.companion}]}}

    def story(self):
        """(type, on, data) of a concluded request with private words in most of its events; the
        name of the paper that belongs to the answer is private too (`papers`)."""
        yield "request.received", "2024-03-04", self.data()
        yield "request.assigned", "2024-03-05", {"unit": "法规科", "person": f"经办{self.companion}"}
        yield "note.added", "2024-03-05", {"text": self.note}
        yield "identity.checked", "2024-03-05", {"result": f"核对{self.id_no}无误"}
        yield "consultation.opened", "2024-03-06", {"consultation": "1", "with": "third_party",
                                                    "party": self.party}
        yield "consultation.closed", "2024-03-08", {"consultation": "1", "result": "agreed"}
        yield "applicant.updated", "2024-03-09", {"contact": {"phone": self.phone[::-1]}}
        yield "request.answered", "2024-03-12", {"outcome": "partially_disclosed",
                                                 "withheld": self.withheld}

    def papers(self, kind):
        """The further members of an event of that type."""
        if kind != "request.answered":
            return {}
        return {"documents": [{"kind": "answer", "sha256": "ab" * 32, "size": 7,
                               "name": self.paper}]}

    def lines(self):
        for kind, on, data in self.story():
            yield {"type": kind, "organ": ORGAN, "request": self.register_no, "on": on,
                   "data": data, "key": f"old-{self.number}-{kind}"} | self.papers(kind)

    def texts(self):
        return [self.name, self.id_no, self.phone, self.email, self.address, self.ref, self.subject,
                self.description, self.agent, self.companion, self.note, self.party, self.withheld,
                self.paper, self.phone[::-1]]


FOUNDING = {"type": "organ.registered", "organ": ORGAN, "on": "2020-01-01",
            "data": {"name": "某街道办事处", "kind": "subdistrict"}}


def decoded(register):
    """Every row of every table, also those that later ones have replaced, by where it stands."""
    found = table_records(register.data)
    for database in databases(register.data):
        for family in families(database):
            found[f"{database.name}: {family}"] = b"\n".join(
                key + b" " + value for key, value in rows(database, family).items())
    return found


def backed_up(register, directory):
    """Every file of a backup, and what its tables hold where that can be decoded."""
    ended = run("backup", "--data", register.data, "--to", directory, seconds=600)
    if ended.returncode != DONE:
        raise AssertionError(said(ended))
    return files_below(directory) | (table_records(directory) if SST_DUMP else {})


class AtRest(unittest.TestCase):
    """Many people, loaded by import and over REST."""

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="mingce-privacy-")
        cls.addClassCleanup(directory.cleanup)
        cls.root = pathlib.Path(directory.name)
        cls.register = Register(cls.root / "data")
        people = [Person(n) for n in range(PEOPLE)]
        cls.told, cls.spoken = people[:-40], people[-40:]
        cls.needles = Needles({text for person in people for text in person.texts()}
                              | {"居民身份证件"})
        cls.register.imported([FOUNDING, *itertools.chain(*(person.lines()
                                                            for person in cls.told))])
        cls.server = cls.register.server().start()
        cls.addClassCleanup(lambda: cls.server.kill())
        cls.heads = [cls.say(person) for person in cls.spoken]
        cls.running = files_below(cls.root)
        cls.register.done("tiles", "--out", cls.root / "out")
        cls.published = cls.public_pages()
        if cls.server.stop() != DONE:
            raise AssertionError(cls.server.log()[-2000:])

    @classmethod
    def say(cls, person):
        """One person over REST; the headers of the answers."""
        (_, on, data), *story = person.story()
        reply = cls.server.post("/v1/requests", {"organ": ORGAN, "on": on, "data": data},
                                {"Idempotency-Key": f"new-{person.number}", "X-Actor": ACTOR})
        heads = [str(reply.headers)]
        for kind, on, data in story:
            body = {"type": kind, "on": on, "data": data} | person.papers(kind)
            answer = cls.server.post(f"/v1/requests/{reply.json()['id']}/events", body)
            heads.append(str(answer.headers))
            if answer.status != 201:
                raise AssertionError(answer)
        found = cls.server.get("/v1/requests", organ=ORGAN, q=person.name).json()["items"]
        if len(found) != 1:
            raise AssertionError(f"{person.name} is not found by name: {found}")
        cls.server.get("/v1/requests", organ=ORGAN, q=person.subject[:8], limit=1)
        cls.server.get(f"/v1/requests/{reply.json()['id']}/nothing", q=person.name)  # 404
        cls.server.post("/v1/requests", data | {"name": person.name, "nobody": person.id_no})  # 422
        return "".join(heads)

    @classmethod
    def public_pages(cls):
        some = cls.server.get("/v1/requests", organ=ORGAN, limit=5).json()["items"]
        paths = ["/metrics", "/healthz", "/readyz", "/v1/log/checkpoint", "/v1/log/vkey",
                 "/v1/reports/2024?organ=jd", "/v1/log/proof/inclusion?seq=2",
                 *(f"/v1/requests/{view['id']}/receipt{media}" for view in some
                   for media in ("", "?media=html"))]
        return {path: cls.server.get(path).body for path in paths}

    def assertNobodyIn(self, files):
        self.assertTrue(files)
        self.assertEqual(self.needles.found_in_files(files), {})

    def test_the_needles_would_be_found(self):
        shown = self.register.done("export", "--with-personal-data")
        found = self.needles.found_in(shown)
        for person in (*self.told[::100], *self.spoken):
            self.assertLessEqual(set(person.texts()), found)

    def test_files(self):
        self.assertNobodyIn(self.register.files())

    def test_files_while_the_server_runs(self):
        self.assertNobodyIn(self.running)

    def test_what_the_files_hold_when_decoded(self):
        if not (LDB and SST_DUMP):
            self.skipTest("ldb and sst_dump are not here (Debian package rocksdb-tools)")
        content = decoded(self.register)
        whole = b"".join(content.values())
        self.assertIn(b"request.received", whole)  # it is decoded, and it is the log
        self.assertGreater(len(whole), PEOPLE * 8 * 300)
        self.assertNobodyIn(content)

    def test_the_same_words_are_never_stored_the_same(self):
        """Two requests of the same words have nothing in common that a reader of files could see."""
        if not LDB:
            self.skipTest("ldb is not here (Debian package rocksdb-tools)")
        twins = Register(self.root / "twins")
        twins.imported([FOUNDING] + [
            {"type": "request.received", "organ": ORGAN, "request": f"2024-{n}", "on": "2024-03-04",
             "data": Person(1).data()} for n in range(20)])
        [ledger] = [place for place in databases(twins.data) if "body" in families(place)]
        bodies = list(rows(ledger, "body").values())
        self.assertGreaterEqual(len(bodies), 20)
        windows = [{body[at:at + 16] for at in range(len(body) - 15)} for body in bodies]
        for first, second in itertools.combinations(windows, 2):
            self.assertFalse(first & second)

    def test_the_plain_export(self):
        self.assertNobodyIn({"export": self.register.done("export"),
                             "replay": self.register.done("replay", "--from", 1, "--to", 500)})

    def test_a_backup(self):
        self.assertNobodyIn(backed_up(self.register, self.root / "backups"))

    def test_the_published_log(self):
        files = files_below(self.root / "out")
        self.assertIn("tile/0/000", files)
        self.assertNobodyIn(files | self.published)

    def test_the_log_of_the_server_and_what_it_answers_in_headers(self):
        self.assertNobodyIn({"log": self.server.log_path.read_bytes(),
                             "headers": "".join(self.heads).encode()})

    def test_verify_names_nobody(self):
        ended = self.register.mingce("verify", seconds=600)
        self.assertEqual(ended.returncode, DONE, said(ended))
        self.assertNobodyIn({"verify": ended.stdout + ended.stderr})

    def test_refusals_name_nobody(self):
        """A bad line of an import is named by its number, not by its words."""
        person = Person(PEOPLE + 7)
        lines = list(person.lines())
        lines[0]["data"]["channel"] = "pigeon"
        ended = run("import", "--data", self.register.data, "-",
                    text="".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        self.assertEqual(ended.returncode, WRONG, said(ended))
        self.assertEqual(Needles(person.texts()).found_in(ended.stdout + ended.stderr), set())


class EveryPrivateField(unittest.TestCase):
    """Whatever the catalogue calls private stays apart from the entries."""

    def test_the_catalogue_names_them(self):
        with tempfile.TemporaryDirectory() as place:
            done = run("schemas", place)
            self.assertEqual(done.returncode, DONE, said(done))
            private = {}
            for path in pathlib.Path(place, "events").glob("*.json"):
                schema = json.loads(path.read_text(encoding="utf-8"))
                private[path.name.split(".schema")[0]] = sorted(self.private_in(schema))
        for kind in ("request.received", "note.added", "applicant.updated", "identity.checked"):
            self.assertTrue(private[kind], kind)
        used = {kind for kind, _, _ in Person(0).story()}
        self.assertTrue(used & {kind for kind, fields in private.items() if fields})

    def private_in(self, schema, path=""):
        if schema.get("x-privacy") == "private":
            yield path
        for name, below in schema.get("properties", {}).items():
            yield from self.private_in(below, f"{path}/{name}")
        if isinstance(schema.get("items"), dict):
            yield from self.private_in(schema["items"], f"{path}/-")


class Erasure(ServerCase):
    """People are erased; what was counted and proven stays."""

    _people = itertools.count(100_000)
    APPROVED = ["主任甲", "法规科长乙"]
    REASON = "依申请删除（个人信息保护法第四十七条）"
    ON = "2026-03-30"

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory(prefix="mingce-privacy-")
        cls.addClassCleanup(directory.cleanup)
        cls.root = pathlib.Path(directory.name)
        cls.register = Register(cls.root / "data")
        cls.server = cls.register.server().start()
        cls.addClassCleanup(lambda: cls.server.kill())
        cls._seen = 0

    def person(self, organ, headers=None, person=None):
        """Somebody with a concluded request of that organ."""
        person = person or Person(next(self._people))
        (_, on, data), *story = person.story()
        opening = {"organ": organ, "on": on, "data": data}
        view = self.assertStatus(self.server.post("/v1/requests", opening, headers), 201).json()
        person.id, person.opening, person.register_no = view["id"], opening, view["register_no"]
        for kind, on, data in story:
            body = {"type": kind, "on": on, "data": data} | person.papers(kind)
            self.assertStatus(self.server.post(f"/v1/requests/{view['id']}/events", body), 201)
        return person

    def erase(self, person, **more):
        return self.append(person.id, "applicant.erased", self.ON,
                           {"reason": self.REASON, "approved_by": self.APPROVED} | more)

    def erased(self, person):
        self.assertStatus(self.erase(person), 201)

    def erase_from_outside(self, organ, *which, approved=None, code=DONE):
        """The command; it writes, so the server has to stop."""
        self.assertEqual(self.server.stop(), DONE)
        ended = run("erase", "--data", self.register.data, "--organ", organ, *which,
                    "--reason", self.REASON, *itertools.chain(*(
                        ("--approved-by", name) for name in approved or self.APPROVED)))
        self.server.start()
        self.assertEqual(ended.returncode, code, said(ended))
        return ended

    def everything(self, organ, *people):
        """All that can be asked about an organ and these people, by what was asked."""
        get, found, before = self.server.get, {}, self.log_head() - 1
        for person in people:
            path = f"/v1/requests/{person.id}"
            for suffix in ("", f"?as_of={before}", "/events", "/clock", "/clock?media=text",
                           "/cells", "/receipt", "/receipt?media=html", "/dossier",
                           "/dossier?media=html", f"/dossier?as_of={before}"):
                found[f"{person.number}{suffix}"] = get(path + suffix).body
            for name, words in (("name", person.name), ("subject", person.subject)):
                found[f"{person.number} by {name}"] = get("/v1/requests", organ=organ, q=words).body
            for form in ("html", "json"):
                found[f"{person.number} as {form}"] = self.register.done(
                    "dossier", "--with-personal-data", "--request", person.id, "--format", form)
        for path in ("requests?limit=1000&", "reports/2024?", "due?", "due.ics?", "disputes?",
                     "incomplete?year=2024&", "irregularities?year=2024&", "statistics?year=2024&",
                     "fees?month=2024-03&", "reports/2024/cells/requests/received/total?",
                     "events?limit=1000&", "revisions?year=2024&",
                     "sample?year=2024&size=50&seed=x&"):
            found[path] = get(f"/v1/{path}organ={organ}").body
        for name, *command in (("export", "export"), ("replay", "replay"),
                               ("replay as of", "replay", "--as-of", before)):
            found[name] = self.register.done(*command, "--with-personal-data")
        return found

    def assertGone(self, organ, *people):
        needles = Needles([text for person in people for text in person.texts()])
        self.assertEqual(needles.found_in_files(self.everything(organ, *people)), {})
        for person in people:
            self.assertEqual(self.items(organ=organ, q=person.name), [])

    def assertThere(self, organ, *people):
        for person in people:
            whole = b"".join(self.everything(organ, person).values())
            self.assertEqual(set(person.texts()) - Needles(person.texts()).found_in(whole), set())

    def tables(self, organ):
        report = self.report(organ, 2024)
        return {part: report[part] for part in ("proactive", "requests", "disputes")}

    # --- what is erased ----------------------------------------------------------------------

    def test_gone_from_every_view_and_others_stay(self):
        organ = self.new_organ()
        gone, stays = self.person(organ), self.person(organ)
        self.assertThere(organ, gone, stays)
        self.erased(gone)
        self.assertGone(organ, gone)
        self.assertThere(organ, stays)

    def test_what_was_public_stays(self):
        organ = self.new_organ()
        person = self.person(organ)
        before, tables = self.view(person.id), self.tables(organ)
        self.erased(person)
        after = self.view(person.id)
        for member in ("id", "register_no", "organ", "state", "received_on", "outcome",
                       "concluded_on"):
            self.assertEqual(before[member], after[member], member)
        self.assertEqual(after["applicant"]["kind"], "natural_person")
        self.assertEqual(self.tables(organ), tables)

    def test_the_event_says_who_approved(self):
        organ = self.new_organ()
        person = self.person(organ)
        self.erased(person)
        [event] = self.server.events(organ=organ, type="applicant.erased")
        self.assertEqual(event["stream"], person.id)
        self.assertEqual(event["data"]["approved_by"], self.APPROVED)
        self.assertEqual(event["data"]["reason"], self.REASON)

    def test_tables_proofs_and_receipts_stay_true(self):
        organ = self.new_organ()
        gone, stays = self.person(organ), self.person(organ)
        vkey = self.server.get("/v1/log/vkey").text().strip()
        before = {person: self.server.get(f"/v1/requests/{person.id}/receipt").text()
                  for person in (gone, stays)}
        self.erased(gone)
        for person, text in before.items():
            verify_receipt(text, [vkey])
            path = self.root / "kept.tlog-proof"
            path.write_text(text, encoding="utf-8")
            self.assertEqual(run("verify", "--proof", path, "--vkey", vkey).returncode, DONE)
            now = self.server.get(f"/v1/requests/{person.id}/receipt").text()
            verify_receipt(now, [vkey])
            self.assertEqual(Receipt.parse(now).entry, Receipt.parse(text).entry)
            self.assertEqual(Receipt.parse(now).index, Receipt.parse(text).index)
        self.register.done("verify")

    def test_a_replayed_answer_does_not_bring_it_back(self):
        organ, key = self.new_organ(), {"Idempotency-Key": "opening-of-somebody"}
        person = self.person(organ, key)
        self.erased(person)
        again = self.server.post("/v1/requests", person.opening, key)
        self.assertEqual(Needles(person.texts()).found_in(again.body), set())
        if again.status == 201:
            self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertGone(organ, person)

    def test_gone_after_a_restart_and_after_a_kill(self):
        organ = self.new_organ()
        people = [self.person(organ) for _ in range(2)]
        for person, end in zip(people, (self.server.kill, self.server.stop), strict=True):
            self.erased(person)
            end()
            self.server.start()
            self.assertGone(organ, person)
        self.register.done("verify")

    def test_all_requests_of_a_person(self):
        organ, number = self.new_organ(), next(self._people)
        person, again, stays = Person(number), Person(number), self.person(organ)
        self.person(organ, person=person)
        self.person(organ, person=again)
        reply = self.server.post("/v1/erasures", {
            "organ": organ, "on": self.ON, "ref": person.ref, "reason": self.REASON,
            "approved_by": self.APPROVED})
        self.assertIn(reply.status, (200, 201), reply)
        self.assertEqual(Needles(person.texts()).found_in(reply.body), set())
        self.assertGone(organ, person, again)
        self.assertThere(organ, stays)
        self.assertEqual(len(self.server.events(organ=organ, type="applicant.erased")), 2)

    def test_a_request_that_was_found_to_be_somebody_elses_stays(self):
        """Its key was drawn under that of the person who is erased."""
        organ = self.new_organ()
        person, mistaken = self.person(organ), Person(next(self._people))
        mistaken.ref = person.ref
        self.person(organ, person=mistaken)
        self.appended(mistaken.id, "applicant.updated", "2024-03-13", {"ref": "somebody-else"})
        reply = self.server.post("/v1/erasures", {
            "organ": organ, "on": self.ON, "ref": person.ref, "reason": self.REASON,
            "approved_by": self.APPROVED})
        self.assertIn(reply.status, (200, 201), reply)
        self.assertEqual(self.items(organ=organ, q=person.name), [])
        for end in (None, self.server.kill):
            if end:
                end()
                self.server.start()
            self.assertEqual([item["id"] for item in self.items(organ=organ, q=mistaken.name)],
                             [mistaken.id])
            self.assertEqual(self.view(mistaken.id)["applicant"]["name"], mistaken.name)
        self.register.done("verify")

    def test_on_the_command_line(self):
        organ, number = self.new_organ(), next(self._people)
        one, stays, person, again = (self.person(organ), self.person(organ), Person(number),
                                     Person(number))
        self.person(organ, person=person)
        self.person(organ, person=again)
        self.erase_from_outside(organ, "--request", one.register_no)
        self.assertGone(organ, one)
        self.assertThere(organ, person, stays)
        ended = self.erase_from_outside(organ, "--ref", person.ref)
        self.assertEqual(Needles(person.texts()[:5]).found_in(ended.stdout + ended.stderr), set())
        self.assertGone(organ, person, again)
        self.assertThere(organ, stays)
        self.register.done("verify")

    # --- what is not erased ------------------------------------------------------------------

    def assertNotErased(self, organ, person, status, **more):
        with self.nothing_written():
            problem = self.assertProblem(self.erase(person, **more), status)
        self.assertThere(organ, person)
        return problem

    def test_two_must_approve(self):
        organ = self.new_organ()
        person = self.person(organ)
        for names in ([], ["主任甲"], ["主任甲", "主任甲"], ["主任甲", ""], "主任甲"):
            with self.subTest(names):
                self.assertNotErased(organ, person, 422, approved_by=names)
        with self.nothing_written():
            self.assertProblem(self.append(person.id, "applicant.erased", self.ON,
                                           {"approved_by": self.APPROVED}), 422)

    def test_two_must_approve_on_the_command_line(self):
        organ = self.new_organ()
        person = self.person(organ)
        self.assertEqual(self.server.stop(), DONE)
        for names in ((), ("主任甲",), ("主任甲", "主任甲")):
            ended = run("erase", "--data", self.register.data, "--organ", organ, "--request",
                        person.register_no, "--reason", self.REASON,
                        *itertools.chain(*(("--approved-by", name) for name in names)))
            self.assertIn(ended.returncode, (WRONG, USAGE), said(ended))
        self.server.start()
        self.assertThere(organ, person)

    def test_not_with_an_open_dispute(self):
        organ = self.new_organ()
        person = self.person(organ)
        dispute = self.assertStatus(self.server.post("/v1/disputes", {
            "organ": organ, "type": "reconsideration.accepted", "on": "2024-04-01",
            "data": {"authority": "某市政府"}, "requests": [person.id]}), 201).json()
        self.assertNotErased(organ, person, 409)
        self.assertStatus(self.server.post(f"/v1/disputes/{dispute['id']}/events", {
            "type": "reconsideration.decided", "on": "2024-05-20",
            "data": {"decision": "upheld"}}), 201)
        self.erased(person)
        self.assertGone(organ, person)

    def test_not_with_an_open_redo(self):
        organ = self.new_organ()
        person = self.person(organ)
        self.appended(person.id, "redo.ordered", "2024-05-01", {"by": "reconsideration"})
        self.assertNotErased(organ, person, 409)
        self.appended(person.id, "redo.answered", "2024-05-10", {"outcome": "disclosed.provided"})
        self.erased(person)

    def test_not_while_it_is_held(self):
        organ = self.new_organ()
        person = self.person(organ)
        self.appended(person.id, "hold.placed", "2024-06-01", {"reason": "监察机关调阅"})
        self.assertNotErased(organ, person, 409)
        self.appended(person.id, "hold.lifted", "2024-07-01", {"reason": "调阅结束"})
        self.erased(person)

    def test_not_while_it_must_be_kept(self):
        organ = self.new_organ()
        for retention in ("30年", "永久"):
            person = self.person(organ)
            self.appended(person.id, "request.archived", "2024-12-01",
                          {"archive_no": "2024-卷一", "retention": retention})
            with self.subTest(retention):
                self.assertNotErased(organ, person, 409)

    def test_after_it_need_not_be_kept_any_longer(self):
        organ = self.new_organ()
        person = self.person(organ)
        self.appended(person.id, "request.archived", "2024-04-01",
                      {"archive_no": "2024-卷二", "retention": "1年"})
        self.erased(person)
        self.assertGone(organ, person)

    def test_refused_on_the_command_line_too(self):
        organ = self.new_organ()
        person = self.person(organ)
        self.appended(person.id, "redo.ordered", "2024-05-01", {"by": "reconsideration"})
        ended = self.erase_from_outside(organ, "--request", person.register_no, code=WRONG)
        self.assertTrue(said(ended).strip())
        self.erase_from_outside(organ, "--ref", person.ref, code=WRONG)
        self.assertThere(organ, person)

    def test_one_of_several_that_must_be_kept_keeps_them_all(self):
        organ, number = self.new_organ(), next(self._people)
        person, again = Person(number), Person(number)
        self.person(organ, person=person)
        self.person(organ, person=again)
        self.appended(again.id, "redo.ordered", "2024-05-01", {"by": "reconsideration"})
        with self.nothing_written():
            self.assertProblem(self.server.post("/v1/erasures", {
                "organ": organ, "on": self.ON, "ref": person.ref, "reason": self.REASON,
                "approved_by": self.APPROVED}), 409)
        self.assertThere(organ, person, again)

    def test_nobody_of_that_ref(self):
        organ = self.new_organ()
        reply = self.server.post("/v1/erasures", {
            "organ": organ, "on": self.ON, "ref": "nobody", "reason": self.REASON,
            "approved_by": self.APPROVED})
        self.assertProblem(reply, reply.status)
        self.assertIn(reply.status, (404, 409, 422))


class Everybody(unittest.TestCase):
    """All who stand in a register of many are erased."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-privacy-")
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.register = Register(self.root / "data")
        self.people = [Person(n) for n in range(PEOPLE)]
        self.needles = Needles({text for person in self.people for text in person.texts()})
        self.register.imported([FOUNDING, *itertools.chain(*(person.lines()
                                                             for person in self.people))])
        self.server = self.register.server().start()
        self.addCleanup(lambda: self.server.kill())

    def pages(self):
        """The register, page by page."""
        cursor = None
        while True:
            page = self.server.get("/v1/requests", organ=ORGAN, limit=1000,
                                   **({"cursor": cursor} if cursor else {}))
            yield page
            cursor = page.json()["next"]
            if not cursor:
                return

    def erase(self, ids):
        reply = self.server.post("/v1/batch", {"operations": [
            {"stream": each, "type": "applicant.erased", "on": Erasure.ON,
             "data": {"reason": Erasure.REASON, "approved_by": Erasure.APPROVED}} for each in ids]})
        self.assertEqual(reply.status, 201, reply)

    def views(self, ids):
        found = {f"page {n}": page.body for n, page in enumerate(self.pages())}
        for after in range(0, PEOPLE * 9 + 1, 1000):
            found[f"after {after}"] = self.server.get("/v1/events", after=after, limit=1000).body
        for request, person in list(zip(ids, self.people))[::max(1, PEOPLE // 50)]:
            for below in ("", "/events", "/dossier", "/dossier?media=html", "/receipt?media=html"):
                found[request + below] = self.server.get(f"/v1/requests/{request}{below}").body
            for words in (person.name, person.subject):
                self.assertEqual(self.server.get("/v1/requests", organ=ORGAN, q=words)
                                 .json()["items"], [])
        for command, *options in (("export",), ("replay",), ("replay", "--as-of", PEOPLE)):
            found[" ".join(map(str, (command, *options)))] = self.register.done(
                command, "--with-personal-data", *options)
        return found

    def test_nobody_is_left(self):
        ids = [item["id"] for page in self.pages() for item in page.json()["items"]]
        self.assertEqual(len(ids), PEOPLE)
        report = self.server.get("/v1/reports/2024", organ=ORGAN).json()["requests"]
        for start in range(0, PEOPLE, 500):
            self.erase(ids[start:start + 500])
        for end in (None, self.server.kill, self.server.stop):
            if end:
                end()
                self.server.start()
            self.assertEqual(self.needles.found_in_files(self.views(ids)), {})
        self.assertEqual(self.server.get("/v1/reports/2024", organ=ORGAN).json()["requests"], report)
        self.assertEqual(self.server.stop(), DONE)
        self.register.done("verify")
        self.assertEqual(self.needles.found_in_files(
            self.register.files() | backed_up(self.register, self.root / "backups")
            | (decoded(self.register) if LDB and SST_DUMP else {})
            | {"log": self.server.log_path.read_bytes()}), {})


class Restored(unittest.TestCase):
    """A copy from before the erasure does not bring the erased back."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-privacy-")
        self.addCleanup(directory.cleanup)
        root = pathlib.Path(directory.name)
        self.register, self.person = Register(root / "data"), Person(77)
        self.register.imported([FOUNDING, *self.person.lines(), *Person(78).lines()])
        server = self.register.server().start()
        server.get("/v1/log/checkpoint")
        self.assertEqual(server.stop(), DONE)
        self.before = Register(root / "before")
        self.register.copy_to(self.before.data, keys=False)
        self.register.done("erase", "--organ", ORGAN, "--request", self.person.register_no,
                           "--reason", "依申请删除", "--approved-by", "甲", "--approved-by", "乙")

        shutil.rmtree(self.register.data)
        shutil.copytree(self.before.data, self.register.data)
        self.needles = Needles(self.person.texts())

    def test_commands_do_not_show_the_name(self):
        for command in ("export", "replay"):
            ended = self.register.mingce(command, "--with-personal-data")
            self.assertIn(ended.returncode, (DONE, WRONG, UNUSABLE), said(ended))
            self.assertEqual(self.needles.found_in(ended.stdout + ended.stderr), set(), command)

    def test_it_is_not_served_or_without_the_name(self):
        server = self.register.server()
        self.addCleanup(server.kill)
        try:
            server.start()
        except RuntimeError:
            self.assertEqual(server.process.returncode, UNUSABLE, server.log())
            return
        shown = server.get("/v1/events", limit=1000).body + server.get(
            "/v1/requests", organ=ORGAN, q=self.person.register_no).body
        self.assertEqual(self.needles.found_in(shown), set())


if __name__ == "__main__":
    unittest.main()
