"""The drill: backups while the server writes under load, the data lost, each backup restored.

What comes back is the beginning of the log as it was, byte for byte as far as it is public, with the
tables of a model at that position; who was erased after the backup stays erased.
"""

import json
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from load import ORGAN, Load, announce, model_of, printed_report
from directory import DONE, UNUSABLE, USAGE, WRONG, Needles, Register, files_below, said
from mingce_server import BINARY, receipt, run

ARCHIVE = "gd"  # the organ of the one who is erased
PERSON = "欧阳霁曦琬璟"


class BackupCase(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="mingce-backup-")
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        self.register = Register(self.root / "data")
        self.backups = self.root / "backups"

    def backup(self, *options, code=DONE):
        ended = run("backup", "--data", self.register.data, "--to", self.backups, *options,
                    seconds=120)
        self.assertEqual(ended.returncode, code, said(ended))
        return said(ended)

    def listed(self):
        ended = run("backup", "--to", self.backups, "--list", "--format", "json")
        self.assertEqual(ended.returncode, DONE, said(ended))
        return json.loads(ended.stdout)

    def restore(self, register, *options, code=DONE):
        ended = run("restore", "--from", self.backups, "--data", register.data, *options,
                    seconds=120)
        self.assertEqual(ended.returncode, code, said(ended))
        return said(ended)

    def size_of_backups(self):
        return sum(len(content) for content in files_below(self.backups).values())

    def opened(self, server, organ="jd", **more):
        reply = server.post("/v1/requests", {"organ": organ, "on": "2025-03-03",
                                             "data": receipt(**more)})
        self.assertEqual(reply.status, 201, reply)
        return reply

    def small_register(self):
        """A server on a register with one organ, and a few requests."""
        server = self.register.served(self)
        server.put(f"/v1/organs/{ORGAN}", {"name": "某街道", "kind": "subdistrict"})
        for _ in range(3):
            self.opened(server)
        return server


class Drill(BackupCase):
    def test_drill(self):
        announce()
        server = self.register.served(self, "--checkpoint-every", "100")
        load = Load(self)
        load.found(server)
        erased = self.person_to_be_erased(server)
        at_least, sizes = [], []
        with load.on(server):
            for _ in range(3):  # while eight threads write
                self.wait_for_more(load)
                at_least.append(load.acknowledged)
                self.backup()
                sizes.append(self.size_of_backups())
        reply = server.post("/v1/erasures", {"organ": ARCHIVE, "on": "2026-11-20", "ref": "ref-77",
                                             "reason": "依申请删除", "approved_by": ["甲", "乙"]})
        self.assertIn(reply.status, (200, 201), reply)
        events = self.public(server.events())
        server.kill()
        self.backup()  # of what a kill has left, with no server
        at_least.append(len(events))
        listed = self.listed()
        self.assertEqual([row["id"] for row in listed], [1, 2, 3, 4])
        self.assertEqual(listed[-1]["entries"], len(events))
        shutil.rmtree(self.register.data)
        for row, least in zip(listed, at_least, strict=True):
            self.assertGreaterEqual(row["entries"], least)
            self.restored_as_it_was(row, events)
        self.serves_again(events, load)

    def person_to_be_erased(self, server):
        server.put(f"/v1/organs/{ARCHIVE}", {"name": "某档案馆", "kind": "agency"})
        body = {"organ": ARCHIVE, "on": "2020-03-03",
                "data": receipt(name=PERSON) | {"applicant": {
                    "kind": "natural_person", "name": PERSON, "ref": "ref-77"}}}
        opened = server.post("/v1/requests", body)
        self.assertEqual(opened.status, 201, opened)
        answered = server.post(f"/v1/requests/{opened.opened_id()}/events", {
            "type": "request.answered", "on": "2020-03-17", "data": {"outcome": "unavailable.not_held"}})
        self.assertEqual(answered.status, 201, answered)
        return opened.opened_id()

    def wait_for_more(self, load):
        enough = load.acknowledged + 300
        while load.acknowledged < enough:
            time.sleep(0.01)

    def public(self, events):
        """What of an event is the same before and after its person was erased."""
        return [{name: event[name] for name in ("seq", "id", "stream", "version", "type", "on",
                                                "recorded_at", "actor", "organ")}
                | {"kind": event["data"].get("applicant", {}).get("kind"),
                   "outcome": event["data"].get("outcome")} for event in events]

    def restored_as_it_was(self, row, events):
        """Beside the present keys: an older backup says what is missing, and shows nobody erased."""
        shutil.rmtree(self.register.data, ignore_errors=True)
        is_newest = row["entries"] == len(events)
        anchored = int(self.register.keys.joinpath("anchor").read_text().split("\n")[1])
        is_older = row["entries"] < anchored
        told = self.restore(self.register, "--backup", row["id"], code=WRONG if is_older else DONE)
        if is_older:
            self.assertIn(f"{row['entries'] + 1} to {anchored}", told)
            self.assertEqual(self.register.mingce("report", "--organ", ORGAN, "--year", 2025)
                             .returncode, UNUSABLE)
        apart = self.register.copy_to(self.root / "apart")
        (apart.keys / "anchor").unlink()  # as the operator does who has nothing newer
        shown = apart.done("export", "--with-personal-data")
        self.assertEqual(Needles([PERSON]).found_in(shown), set())
        self.assertIn("申请人甲".encode(), shown)  # the others are there
        replayed = [json.loads(line) for line in shown.splitlines()]
        self.assertEqual(len(replayed), row["entries"])
        server = apart.server().start()
        try:
            found = server.events()
            self.assertEqual(self.public(found), events[:row["entries"]])
            of_organ = [event for event in found if event["organ"] == ORGAN]
            self.assertEqual(server.get("/v1/reports/2025", organ=ORGAN).json()["requests"],
                             model_of(of_organ))
            self.assertEqual(printed_report(self, apart.data), model_of(of_organ))
        finally:
            self.assertEqual(server.stop(), DONE)
        apart.done("verify")
        if is_newest:
            self.register.done("verify")

    def serves_again(self, events, load):
        """The newest backup is whole: the server goes on, and who repeats a write gets its answer."""
        server = self.register.served(self)
        self.assertEqual(self.public(server.events()), events)
        load.catch_up(server)
        self.assertEqual(server.events()[len(events):], [])
        self.opened(server)
        self.backup()
        self.assertEqual(self.listed()[-1]["entries"], len(events) + 1)


class Directory(BackupCase):
    def test_tables_are_kept_once(self):
        lines = subprocess.run([pathlib.Path(__file__).parents[2] / "tools" / "generate", "20000"],
                               check=True, capture_output=True).stdout
        self.register.done("import", "-", text=lines.decode())
        self.backup()
        first = self.size_of_backups()
        for _ in range(3):
            self.backup()
        self.assertEqual(len(self.listed()), 4)
        self.assertLess(self.size_of_backups(), 1.2 * first)

    def test_retention(self):
        server = self.small_register()
        for _ in range(4):
            self.backup()
        self.assertEqual([row["id"] for row in self.listed()], [1, 2, 3, 4])
        self.backup("--keep-days", 1)  # all are younger
        self.backup("--keep", 2, "--keep-days", 1)
        self.assertEqual(len(self.listed()), 6)
        self.assertIn("dropped", self.backup("--keep", 2))
        self.assertEqual([row["id"] for row in self.listed()], [6, 7])
        self.opened(server)
        self.backup("--keep", 1)
        self.assertEqual([row["id"] for row in self.listed()], [8])
        self.assertEqual(server.stop(), DONE)
        shutil.rmtree(self.register.data)
        self.restore(self.register)
        self.register.done("verify")

    def test_no_key_is_in_a_backup(self):
        self.small_register()
        self.backup()
        secrets = json.loads((self.register.keys / "keys").read_text())
        names = {path.split("/")[-1] for path in files_below(self.backups)}
        self.assertFalse(names & {"keys", "anchor", "erased", "witnesses"}, names)
        for content in files_below(self.backups).values():
            self.assertNotIn(secrets["search"].encode(), content)
            self.assertNotIn("申请人甲".encode(), content)

    def test_only_into_an_empty_directory(self):
        self.small_register()
        self.backup()
        other = Register(self.root / "other")
        other.data.mkdir()
        (other.data / "mine").write_text("x")
        self.assertIn("not_empty", self.restore(other, code=UNUSABLE))
        self.assertEqual([path.name for path in other.data.iterdir()], ["mine"])
        self.assertIn("not_empty", self.restore(self.register, code=UNUSABLE))

    def test_without_keys_it_is_restored_and_said(self):
        self.small_register()
        self.backup()
        other = Register(self.root / "other")
        self.assertIn("no keys", self.restore(other))
        server = other.server().spawn()
        self.addCleanup(server.kill)
        self.assertEqual(server.process.wait(20), UNUSABLE)
        self.assertFalse(other.keys.exists(), "new keys were made beside old data")
        shutil.copytree(self.register.keys, other.keys)
        other.done("verify")

    def test_another_register_is_not_backed_up_over_this_one(self):
        self.small_register()
        self.backup()
        mine, self.register = self.register, Register(self.root / "foreign")
        server = self.register.served(self)
        for name in ("a", "b", "c", "d", "e", "f"):
            server.put(f"/v1/organs/{name}", {"name": "某", "kind": "agency"})
        self.assertIn("forked_log", self.backup("--keep", 1, code=UNUSABLE))
        self.register = mine
        self.assertEqual(len(self.listed()), 1)

    def test_a_damaged_backup_is_refused(self):
        self.small_register()
        self.backup()
        for path in sorted((self.backups / "shared_checksum").iterdir()):
            content = path.read_bytes()
            path.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
            other = Register(self.root / "other")
            self.assertIn("corrupt_backup", self.restore(other, code=UNUSABLE))
            self.assertFalse((other.data / "format").exists())
            shutil.rmtree(other.data)
            path.write_bytes(content)
        self.restore(Register(self.root / "other"))

    def test_wrong_words(self):
        self.small_register()
        for arguments in (["backup", "--data", self.register.data],
                          ["backup", "--to", self.backups], ["restore", "--from", self.backups],
                          ["backup", "--data", self.register.data, "--to", self.backups, "--keep", 0]):
            self.assertEqual(run(*arguments).returncode, USAGE, arguments)
        self.assertIn("no_register", said(run("backup", "--data", self.root / "none", "--to",
                                              self.backups)))
        self.assertFalse(self.backups.exists())
        self.assertFalse((self.root / "none").exists())
        inside = run("backup", "--data", self.register.data, "--to", self.register.data / "backups")
        self.assertEqual(inside.returncode, UNUSABLE)
        foreign = run("backup", "--data", self.register.data, "--to", self.root)
        self.assertEqual(foreign.returncode, UNUSABLE)
        self.backup()
        self.restore(Register(self.root / "other"), "--backup", 9, code=WRONG)
        nothing = run("restore", "--from", self.root / "none", "--data", self.root / "other")
        self.assertEqual(nothing.returncode, UNUSABLE)

    def test_a_killed_backup_leaves_nothing_behind(self):
        """Wherever it was killed, the register is as it was and the next backup is whole."""
        server = self.small_register()
        for wait in range(12):
            process = subprocess.Popen([BINARY, "backup", "--data", self.register.data, "--to",
                                        self.backups], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(wait * 0.01)
            process.kill()
            process.wait()
            self.opened(server)
        self.backup()
        self.assertFalse((self.register.data / "snapshot").exists())
        self.assertEqual(server.stop(), DONE)
        self.register.done("verify")
        shutil.rmtree(self.register.data)
        self.restore(self.register)
        self.assertEqual(len(self.register.exported()), 16)


if __name__ == "__main__":
    unittest.main()
