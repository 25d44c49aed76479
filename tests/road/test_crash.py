"""Power cuts: real watcher and worker processes are killed at random moments, and nothing is lost or done twice.

Every kill is SIGKILL to the process itself, as the kernel or a power cut gives it. ``CALAME_SEED=…`` repeats a run's
choices (not its timing, which is the machine's).
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from subprocess import Popen

import pytest

from pipeline.bootstrap import Calame
from pipeline.model.case import WORKER_STATUSES, BlobRef, Case, Medium, Status
from pipeline.model.document import Draft, SearchQuery
from pipeline.model.identity import DocumentKind, Identification
from pipeline.model.people import User
from pipeline.model.text import CheckedText, FindingKind, ScanReading, Transcript
from tests.road.home import (
    DOCTORS,
    ROOT,
    ROUSSELIN,
    SECRETARY,
    Home,
    cut,
    image_bytes,
    letter_image,
    letter_pdf,
    wait_for,
)

KILLS = 25
LATER_KILLS = 5
WAITS_FOR_A_PERSON = {Status.TO_REVIEW, Status.HELD, Status.TO_CONFIRM}
STAGES: dict[str, type] = {
    "transcript": Transcript,
    "checked": CheckedText,
    "identification": Identification,
    "draft": Draft,
    "scan": ScanReading,
    "scan_pdf": BlobRef,
}
SCAN_STAGES = {"transcript", "checked", "identification", "scan", "scan_pdf"}
KINDS_OF_SOUND = (".wav", ".opus", ".flac", ".m4a")
PATIENTS = (
    ("Mme Solange MARCHAND", "12/04/1954"),
    ("M. Thomas MOREAU", "03/02/1968"),
    ("Mme Isabelle GARNIER", "09/07/1949"),
    ("M. Jean INCONNU", "01/01/1950"),
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path / "cabinet")
    yield made
    made.end()


def dictations(folder: Path) -> list[tuple[str, bytes]]:
    """20 recordings of 6 to 11 s, no two alike: ``(path under the inbox, content)``."""
    samples = json.loads((ROOT / "tests" / "audio" / "samples.json").read_text(encoding="utf-8"))
    made = []
    for number in range(20):
        sample = samples[number % 6]
        source = (ROOT / "tests" / "audio" / sample["file"]).resolve()
        whole = sample["id"] == "certificate" and number < 6
        seconds = 60.0 if whole else 8.0 + 0.6 * (number // 6) - (2.0 if number % 5 == 4 else 0.0)
        sound = cut(source, folder / f"{number}{KINDS_OF_SOUND[number % 4]}", seconds)
        made.append((f"{DOCTORS[sample['author']].login}/dictee-{number}{sound.suffix}", sound.read_bytes()))
    return made


def scans() -> list[tuple[str, bytes]]:
    """20 one-page letters: pictures and scanned PDFs that need OCR, PDFs with text that need none."""
    made = []
    for number in range(20):
        patient, born = PATIENTS[number % len(PATIENTS)]
        lines = ["Laboratoire du Test", f"Le {number + 1:02} mars 2026, examen n° {4100 + number}"]
        lines += [
            f"Patient : {patient}",
            f"né(e) le {born}",
            "Hémoglobine 13,2 g/dl",
            f"Créatinine {70 + number} µmol/l",
        ]
        if number % 4 == 3:
            made.append((f"courrier-{number}.pdf", letter_pdf(lines)))
        else:
            kind, suffix = (("PNG", ".png"), ("JPEG", ".jpg"), ("PDF", ".pdf"))[number % 4]
            made.append((f"scan-{number}{suffix}", image_bytes(letter_image(lines), kind)))
    return made


@dataclass
class Torn:
    """The home under attack: what is alive, what is left, what was killed."""

    home: Home
    calame: Calame
    chance: random.Random
    expected: int
    worker: Popen[bytes] | None = None
    watcher: Popen[bytes] | None = None
    worker_kills: int = 0
    watcher_kills: int = 0
    watcher_kills_with_files_left: int = 0
    slowest_start: float = 0.0

    def up(self) -> None:
        if self.worker is None:
            self.worker = self.home.start("work")
        if self.watcher is None:
            self.watcher = self.home.start("watch")

    def kill_worker(self) -> None:
        assert self.worker is not None and self.worker.poll() is None, self.home.said("work")[-2000:]
        self.worker.kill()
        self.worker.wait()
        self.worker, self.worker_kills = None, self.worker_kills + 1

    def drop_and_kill_watcher(self, files: list[tuple[str, bytes]], seconds: float) -> None:
        """A running watcher is killed ``seconds`` after files were dropped: before, while or after it takes them."""
        starts = self.home.said("watch").count("Inbox")
        if self.watcher is None:
            self.watcher = self.home.start("watch")
            wait_for(lambda: self.home.said("watch").count("Inbox") > starts, lambda: self.home.said("watch"))
        drop(self.home, files)
        time.sleep(seconds)
        assert self.watcher.poll() is None, self.home.said("watch")[-2000:]
        self.watcher.kill()
        self.watcher.wait()
        self.watcher, self.watcher_kills = None, self.watcher_kills + 1
        self.watcher_kills_with_files_left += bool(in_the_inbox(self.home))

    def state(self) -> tuple[int, int]:
        """How many moves were made, and how many cases the machine has not finished (files not received among them).

        Asked many times a second, so without the journal's own reading of every case.
        """
        database = self.home.root / "var" / "calame.db"
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)) as journal:
            rows = journal.execute("SELECT status, move_no FROM cases").fetchall()
        at_work = sum(Status(status) in WORKER_STATUSES for status, _ in rows)
        return sum(number for _, number in rows), self.expected - len(rows) + at_work

    def moves(self) -> int:
        return self.state()[0]

    def unfinished(self) -> int:
        return self.state()[1]

    def cut_the_power(self, seconds: float, enough: int) -> None:
        """Start again, wait for the first progress, let it work for up to ``seconds``, kill."""
        before, began = self.moves(), time.monotonic()
        self.up()
        wait_for(lambda: self.moves() > before, lambda: f"no progress\n{self.home.said('work')[-2000:]}")
        self.slowest_start = max(self.slowest_start, time.monotonic() - began)
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.unfinished() > enough:
            time.sleep(0.02)
        assert self.unfinished() > 0, "the work ended before the last kill"
        self.kill_worker()


def everything(calame: Calame) -> list[Case]:
    return calame.journal.pile(Status)


def in_the_inbox(home: Home) -> list[Path]:
    """Files not yet received: dropped ones, claimed ones and refused ones."""
    own = home.inbox / ".calame"
    return [p for p in home.inbox.rglob("*") if p.is_file() and p.parent != own]


def drop(home: Home, files: list[tuple[str, bytes]]) -> None:
    """As a dictaphone's or scanner's program does it: written under another name, then renamed."""
    for name, content in files:
        target = home.inbox / name
        hidden = target.with_name(f".{target.name}.tmp")
        hidden.write_bytes(content)
        hidden.rename(target)


def results_of(calame: Calame, case: Case) -> Counter[str]:
    return Counter({stage: len(calame.journal.results(case.id, stage, kind)) for stage, kind in STAGES.items()})


def expected_results(case: Case) -> set[str]:
    if case.medium is Medium.SCAN:
        return SCAN_STAGES
    return {"transcript", "checked", "identification"} | ({"draft"} if case.status is Status.TO_REVIEW else set())


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.slow
@pytest.mark.timeout(1_800)
def test_25_power_cuts_lose_nothing_and_do_nothing_twice(home: Home, tmp_path: Path) -> None:
    seed = int(os.environ.get("CALAME_SEED") or random.SystemRandom().randrange(10**6))
    print(f"CALAME_SEED={seed}")
    chance = random.Random(seed)
    calame = home.furnished()
    (tmp_path / "sounds").mkdir()
    files = dictations(tmp_path / "sounds") + scans()
    assert len({sha256(content) for _, content in files}) == len(files) == 40
    chance.shuffle(files)
    torn = Torn(home, calame, chance, expected=len(files))
    began = time.monotonic()

    waves = [files[at : at + 5] for at in range(0, len(files), 5)]
    for number in range(KILLS):
        if waves:
            torn.drop_and_kill_watcher(waves.pop(0), chance.uniform(0.1, 1.2))
        torn.cut_the_power(chance.uniform(0.1, 2.5), enough=KILLS - number)
    torn.up()
    wait_for(lambda: torn.unfinished() == 0, lambda: f"{calame.journal.counts()}\n{home.said('work')[-3000:]}", 1_200)
    print(
        f"{torn.worker_kills} kills of the worker, {torn.watcher_kills} of the watcher "
        f"({torn.watcher_kills_with_files_left} with files in the inbox) in {time.monotonic() - began:.0f} s; "
        f"slowest start to first progress {torn.slowest_start:.1f} s"
    )
    assert torn.worker_kills >= KILLS and torn.watcher_kills_with_files_left > 0
    everything_is_there_once(home, calame, files)

    chosen = people_do_their_part(calame)
    filing_survives_kills(torn, chosen)
    everything_is_filed_once(home, calame, chosen)


def everything_is_there_once(home: Home, calame: Calame, files: list[tuple[str, bytes]]) -> None:
    cases = everything(calame)
    assert {case.status for case in cases} <= WAITS_FOR_A_PERSON, [(c.number, c.status, c.message) for c in cases]
    assert sorted(case.original.sha256 for case in cases) == sorted(sha256(content) for _, content in files)
    assert len({case.number for case in cases}) == len(files)
    assert in_the_inbox(home) == []
    for case in cases:
        assert results_of(calame, case) == Counter(dict.fromkeys(expected_results(case), 1)), (case.number, case.status)
        history = [move.target for move in calame.journal.moves(case.id)]
        assert len(set(history)) == len(history) and history[-1] is case.status
        assert sha256(calame.blobs.read(case.original)) == case.original.sha256
        for ref in files_made_for(calame, case):
            assert sha256(calame.blobs.read(ref)) == ref.sha256
    by_name = {name.rpartition("/")[2]: sha256(content) for name, content in files}
    assert {case.original_name: case.original.sha256 for case in cases} == by_name
    assert calame.journal.verify_audit().whole
    assert list(calame.journal.all_records()) == []
    assert [p for p in calame.settings.archive.rglob("*") if p.is_file()] == []


def files_made_for(calame: Calame, case: Case) -> list[BlobRef]:
    draft = calame.journal.result(case.id, "draft", Draft)
    scan_pdf = calame.journal.result(case.id, "scan_pdf", BlobRef)
    return [ref for ref in (draft and draft.pdf, draft and draft.docx, scan_pdf) if ref is not None]


def people_do_their_part(calame: Calame) -> list[Case]:
    """The secretary confirms eight scans and approves what is ready; the doctors sign. Nothing is filed yet."""
    desk, chosen = calame.desk, []
    for case in desk.pile([Status.TO_CONFIRM])[:8]:
        patient = case.patient_id or "P0001"
        desk.confirm_scan(
            case.id,
            patient_id=patient,
            kind=DocumentKind.RECEIVED_LETTER,
            title=f"Analyse {case.number}",
            document_date=date(2026, 3, 1),
            sender="Laboratoire du Test",
            by=SECRETARY,
        )
        chosen.append(case)
    for case in desk.pile([Status.TO_REVIEW]):
        dossier = desk.open(case.id)
        assert dossier.draft is not None
        if dossier.missing:
            continue
        for index, finding in dossier.open_findings:
            desk.settle(case.id, index, "heard" if finding.kind is FindingKind.GAP else "kept", by=SECRETARY)
        desk.approve(case.id, by=SECRETARY, seen_sha256=dossier.draft.pdf.sha256)
        desk.sign(case.id, by=doctor_of(dossier.draft), seen_sha256=dossier.draft.pdf.sha256)
        chosen.append(case)
    assert sum(case.medium is Medium.DICTATION for case in chosen) >= 2, "no dictation could be signed"
    return chosen


def doctor_of(draft: Draft) -> User:
    return DOCTORS.get(draft.revision.author.name, ROUSSELIN)


def filing_survives_kills(torn: Torn, chosen: list[Case]) -> None:
    """Filing takes a few hundredths of a second, so each kill comes right after the first document of its round."""
    if torn.worker is not None:
        torn.kill_worker()
    for _ in range(LATER_KILLS):
        if torn.unfinished() == 0:
            break
        before = torn.moves()
        torn.up()
        wait_for(lambda before=before: torn.moves() > before, lambda: torn.home.said("work")[-2000:])
        time.sleep(torn.chance.uniform(0.0, 0.02))
        torn.kill_worker()
    torn.up()
    wait_for(lambda: torn.unfinished() == 0, lambda: torn.home.said("work")[-3000:])


def everything_is_filed_once(home: Home, calame: Calame, chosen: list[Case]) -> None:
    records = list(calame.journal.all_records())
    assert sorted(record.case_id for record in records) == sorted(case.id for case in chosen)
    assert all(calame.journal.case(case.id).status is Status.FILED for case in chosen)
    report = calame.check_archive()
    assert report.whole, report.message
    filed = [path for path in calame.settings.archive.rglob("*.pdf") if path.is_file()]
    assert len(filed) == len(records)
    for record in records:
        assert sha256((calame.settings.archive / record.path).read_bytes()) == record.sha256
    hits = calame.index.search(SearchQuery(limit=1000))
    assert sorted(hit.record.id for hit in hits) == sorted(record.id for record in records)
    assert calame.journal.verify_audit().whole
