"""The main job with everything real: spoken dictations and scanned paper in, signed and filed documents out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from pipeline.bootstrap import Calame
from pipeline.desk import Correction
from pipeline.model.case import WORKER_STATUSES, BlobRef, Case, Status
from pipeline.model.document import Draft, Record, Section
from pipeline.model.identity import DocumentKind
from pipeline.model.text import FindingKind
from tests import verapdf
from tests.road.home import DOCTORS, ROOT, ROUSSELIN, SECRETARY, Home, image_bytes, letter_image, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SAMPLES: list[dict[str, Any]] = json.loads((ROOT / "tests" / "audio" / "samples.json").read_text(encoding="utf-8"))
SPOKEN = {sample["id"]: sample for sample in SAMPLES}
WITHOUT_AN_OPENING = "lookalikes"
SCANNED = [
    "Laboratoire du Pont-Neuf",
    "Le 3 mars 2026",
    "Patiente : Mme Solange MARCHAND",
    "née le 12/04/1954",
    "Hémoglobine 13,2 g/dl",
    "Créatinine 92 µmol/l, œdème des chevilles",
]
LESCURE = "C001"
SOLANGE = "P0001"
SCAN_NAME = "courrier-laboratoire.png"


@dataclass
class Cabinet:
    """A practice whose watcher and worker run, with all samples dropped in its inbox."""

    home: Home
    calame: Calame

    def cases(self) -> dict[str, Case]:
        """By the name the file was dropped under, without its suffix."""
        return {Path(case.original_name).stem: case for case in self.calame.journal.pile(Status)}

    def wait_until_a_person_must_act(self, count: int) -> None:
        def done() -> bool:
            cases = self.cases().values()
            return len(cases) == count and not any(case.status in WORKER_STATUSES for case in cases)

        told = self.home
        wait_for(done, lambda: f"{self.calame.journal.counts()}\n{told.said('work')}\n{told.said('watch')}", 600)

    def record_of(self, case: Case) -> Record:
        record = self.calame.desk.open(case.id).record
        assert record is not None
        return record

    def first_draft(self, case: Case) -> Draft:
        """As the machine made it, before anybody corrected it."""
        return self.calame.journal.results(case.id, "draft", Draft)[0]

    def filed(self, case: Case) -> Path:
        return self.calame.settings.archive / self.record_of(case).path


@pytest.fixture(scope="module")
def cabinet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cabinet]:
    home = Home(tmp_path_factory.mktemp("road") / "cabinet")
    made = Cabinet(home, home.furnished())
    home.start("watch")
    home.start("work")
    for sample in SAMPLES:
        source = (ROOT / "tests" / "audio" / sample["file"]).resolve()
        shutil.copyfile(source, home.inbox / DOCTORS[sample["author"]].login / f"{sample['id']}.opus")
    (home.inbox / SCAN_NAME).write_bytes(image_bytes(letter_image(SCANNED, dpi=150), "PNG", dpi=150))
    made.wait_until_a_person_must_act(len(SAMPLES) + 1)
    yield made
    home.end()


@pytest.fixture(scope="module")
def filed_letter(cabinet: Cabinet) -> Case:
    """The demonstration letter, corrected and approved by the secretary, signed by its doctor, filed by the worker."""
    desk, case = cabinet.calame.desk, cabinet.cases()["demo"]
    dossier = desk.open(case.id)
    draft = dossier.draft
    assert draft is not None
    typed = Correction((Section("", SPOKEN["demo"]["written"]),), draft.revision.number, recipient_id=LESCURE)
    draft = desk.correct(case.id, typed, by=SECRETARY)
    for index, finding in dossier.open_findings:
        desk.settle(case.id, index, "heard" if finding.kind is FindingKind.GAP else "kept", by=SECRETARY)
    desk.approve(case.id, by=SECRETARY, seen_sha256=draft.pdf.sha256)
    desk.sign(case.id, by=ROUSSELIN, seen_sha256=draft.pdf.sha256)
    return _filed(cabinet, case)


@pytest.fixture(scope="module")
def filed_scan(cabinet: Cabinet) -> Case:
    """The scanned letter, confirmed by the secretary, filed by the worker."""
    case = cabinet.cases()[Path(SCAN_NAME).stem]
    cabinet.calame.desk.confirm_scan(
        case.id,
        patient_id=case.patient_id or SOLANGE,
        kind=DocumentKind.RECEIVED_LETTER,
        title="Bilan sanguin",
        document_date=date(2026, 3, 3),
        sender="Laboratoire du Pont-Neuf",
        by=SECRETARY,
    )
    return _filed(cabinet, case)


def _filed(cabinet: Cabinet, case: Case) -> Case:
    journal = cabinet.calame.journal
    wait_for(lambda: journal.case(case.id).status is Status.FILED, lambda: cabinet.home.said("work"))
    return journal.case(case.id)


def test_no_machine_files_anything_by_itself(cabinet: Cabinet) -> None:
    filed = {record.case_id for record in cabinet.calame.journal.all_records()}
    for case in cabinet.cases().values():
        people = {move.actor for move in cabinet.calame.journal.moves(case.id)} - {"worker", "intake"}
        assert case.id not in filed or SECRETARY.login in people


KNOWN = [sample for sample in SAMPLES if sample["patient"]["known"] and sample["id"] != WITHOUT_AN_OPENING]


@pytest.mark.parametrize("sample", KNOWN, ids=lambda sample: sample["id"])
def test_a_dictation_becomes_a_draft_of_its_kind_for_its_patient_or_asks(
    cabinet: Cabinet, sample: dict[str, Any]
) -> None:
    """Whisper base mishears names: then the right patient or recipient is asked for, and never a wrong one taken."""
    case = cabinet.cases()[sample["id"]]
    dossier = cabinet.calame.desk.open(case.id)
    if dossier.draft is None:
        assert case.status is Status.HELD and case.message.strip()
        assert sample["patient"]["birth_name"] in [patient.birth_name for patient in dossier.candidates]
        return
    revision = dossier.draft.revision
    assert (revision.patient.birth_name, revision.kind.value) == (sample["patient"]["birth_name"], sample["kind"])
    assert revision.patient.birth_date == date.fromisoformat(sample["patient"]["birth_date"])
    assert revision.author.name == sample["author"]
    checked = " ".join(dossier.checked.text.split()) if dossier.checked else ""
    for section in cabinet.first_draft(case).revision.sections:
        assert " ".join(section.text.split()) in checked, "the draft is not what was heard"
    if revision.recipient is not None:
        assert revision.recipient.last_name.upper() == sample["recipient"].split()[-1].upper()
    else:
        assert not sample["recipient"] or dossier.missing


def test_most_dictations_need_no_answer(cabinet: Cabinet) -> None:
    cases = cabinet.cases()
    assert sum(cases[sample["id"]].status is Status.TO_REVIEW for sample in KNOWN) >= len(KNOWN) - 1


@pytest.mark.parametrize("sample", ["unknown", WITHOUT_AN_OPENING])
def test_a_dictation_whose_patient_is_not_known_waits_for_an_answer(cabinet: Cabinet, sample: str) -> None:
    case = cabinet.cases()[sample]
    assert case.status is Status.HELD and case.patient_id == ""
    assert case.message.strip()
    assert cabinet.calame.desk.open(case.id).draft is None


def test_the_filed_letter_is_signed_whole_archivable_and_accessible(cabinet: Cabinet, filed_letter: Case) -> None:
    path = cabinet.filed(filed_letter)
    told = cabinet.home.run("verify", str(path))
    assert told.returncode == 0, told.stdout + told.stderr
    assert ROUSSELIN.name in told.stdout
    draft = cabinet.calame.desk.open(filed_letter.id).draft
    assert draft is not None and path.read_bytes().startswith(cabinet.calame.blobs.read(draft.pdf))
    if verapdf.missing():
        pytest.skip(verapdf.missing())
    assert verapdf.validate_all([(path, "3a"), (path, "ua1")]) == [(True, []), (True, [])]


def test_one_changed_byte_of_a_signed_letter_is_refused(cabinet: Cabinet, filed_letter: Case, tmp_path: Path) -> None:
    content = bytearray(cabinet.filed(filed_letter).read_bytes())
    content[len(content) // 3] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(content)
    told = cabinet.home.run("verify", str(changed))
    assert told.returncode == 1
    assert told.stdout.strip() and "Traceback" not in told.stderr


def test_the_search_command_forgives_accents_and_plurals(cabinet: Cabinet, filed_letter: Case) -> None:
    for words in ("fibrillations auriculaires", "dyspnee", "electrocardiogrammes normaux"):
        told = cabinet.home.run("search", words)
        assert told.returncode == 0 and str(cabinet.filed(filed_letter)) in told.stdout, (words, told.stdout)
    assert "Aucun document" in cabinet.home.run("search", "appendicite").stdout


def test_the_search_command_filters_by_patient_and_day(cabinet: Cabinet, filed_letter: Case) -> None:
    today = cabinet.record_of(filed_letter).document_date
    cases = (
        (("--patient", "marchand"), True),
        (("--patient", "laforest", "--since", f"{today:%d/%m/%Y}"), True),
        (("--patient", "moreau"), False),
        (("--since", (today + timedelta(days=1)).isoformat()), False),
        (("--until", (today - timedelta(days=1)).isoformat()), False),
    )
    for filters, found in cases:
        told = cabinet.home.run("search", "fibrillation", *filters).stdout
        assert (str(cabinet.filed(filed_letter)) in told) is found, (filters, told)


def test_a_scanned_letter_is_read_confirmed_filed_and_found(cabinet: Cabinet, filed_scan: Case) -> None:
    dossier = cabinet.calame.desk.open(filed_scan.id)
    assert dossier.checked is not None and "MARCHAND" in dossier.checked.text
    assert dossier.patient is not None and dossier.patient.birth_name == "MARCHAND"
    assert dossier.scan is not None and dossier.scan.ocr
    path = cabinet.filed(filed_scan)
    document = pypdfium2.PdfDocument(path)
    text = " ".join(document[0].get_textpage().get_text_range().split())
    document.close()
    assert "Hémoglobine" in text and "13,2" in text
    assert str(path) in cabinet.home.run("search", "creatinines", "--patient", "marchand").stdout
    kept = cabinet.calame.journal.result(filed_scan.id, "scan_pdf", BlobRef)
    assert kept is not None and path.read_bytes() == cabinet.calame.blobs.read(kept)
    if verapdf.missing():
        pytest.skip(verapdf.missing())
    assert verapdf.validate(path, "2b") == (True, [])


def test_the_chain_of_actions_and_the_archive_are_whole(cabinet: Cabinet, filed_letter: Case, filed_scan: Case) -> None:
    audit = cabinet.home.run("audit", "verify")
    assert audit.returncode == 0 and "entière" in audit.stdout
    checked = cabinet.home.run("archive", "check")
    assert checked.returncode == 0, checked.stdout
    indexed = cabinet.home.run("archive", "reindex")
    assert indexed.returncode == 0 and "2 documents" in indexed.stdout
    assert str(cabinet.filed(filed_letter)) in cabinet.home.run("search", "bisoprolol").stdout


def test_the_demonstration_runs_to_the_end_without_a_terminal(tmp_path: Path) -> None:
    home = Home(tmp_path / "demo-home")
    told = home.run("demo", "--sign", "--folder", str(tmp_path / "demo"), seconds=600)
    assert told.returncode == 0, told.stdout[-2000:] + told.stderr[-2000:]
    for part in ("Ce qui a été entendu", "Le brouillon", "Signé par", "Classé :", "1 document(s)", "http://127.0.0.1"):
        assert part in told.stdout
    assert list((tmp_path / "demo" / "outbox" / "archive").rglob("*.pdf"))
