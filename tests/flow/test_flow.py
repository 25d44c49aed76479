"""The machine's steps and what people do, on a real journal, real drafts, real signatures and a real archive."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.compose.port import KindRules
from pipeline.desk import Correction
from pipeline.errors import (
    DocumentIncomplete,
    FileRefused,
    MoveForbidden,
    NotAllowed,
    RegisterError,
    StaleCase,
    StaleDraft,
    StorageBusy,
)
from pipeline.flow import MAP
from pipeline.jobs.port import JobKey
from pipeline.model.case import MOVES, WORKER_STATUSES, Medium, Status
from pipeline.model.document import SearchQuery, Section, SignedDocument
from pipeline.model.identity import DocumentKind, Identification
from pipeline.model.text import CheckedText, Finding, FindingKind, Gap
from pipeline.testing import WordListLexicon, spoken
from tests.postgres import PostgresServer, postgres
from tests.practice import CERTIFICATE, DOCTOR, HUGO, LETTER, OTHER_DOCTOR, SECRETARY, SOLANGE, Cabinet

__all__ = ["postgres"]


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    return Cabinet(tmp_path)


def test_the_map_says_for_every_status_who_acts() -> None:
    assert set(MAP) == set(Status) == set(MOVES)
    assert {status for status, stop in MAP.items() if stop.who == "machine"} == WORKER_STATUSES


def test_a_dictated_letter_waits_for_the_secretary_with_its_patient_recipient_and_doubt(cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER)
    dossier = cabinet.desk.open(case.number)
    assert case.status is Status.TO_REVIEW
    assert dossier.patient == SOLANGE
    assert dossier.draft is not None and dossier.draft.revision.recipient is not None
    assert dossier.draft.revision.recipient.last_name == "LESCURE"
    assert [(f.excerpt, f.proposals[0].text) for _, f in dossier.open_findings] == [("fibrilation", "fibrillation")]
    body = "\n".join(section.text for section in dossier.draft.revision.sections)
    assert body.startswith("Cher confrère,") and "5 mg de bisoprolol" in body and "née le" not in body
    assert sorted(p.name for p in (cabinet.root / "brouillons" / case.number).iterdir()) == [
        "brouillon-1.docx",
        "brouillon-1.pdf",
    ]


def test_nothing_is_filed_without_a_person(cabinet: Cabinet) -> None:
    for text in (LETTER, CERTIFICATE):
        cabinet.dictate(text)
    cabinet.scan(b"%PDF-1.4 page", "Concernant Solange MARCHAND née le 12/04/1954")
    assert not list(cabinet.journal.all_records())


def test_a_filed_letter_is_signed_found_and_its_draft_copies_are_gone(cabinet: Cabinet) -> None:
    case = cabinet.filed()
    assert case.status is Status.FILED
    [record] = cabinet.journal.records_of(SOLANGE.id)
    pdf = cabinet.flow.parts.shelf.read(record.path)
    report = cabinet.flow.parts.signer.verify(pdf)
    assert report.valid and "Anne Vial" in report.signer + report.message
    hits = cabinet.desk.search(SearchQuery(words="bisoprolol", patient="marchand"), by="sylvie")
    assert [hit.record.id for hit in hits] == [record.id]
    assert not (cabinet.root / "brouillons" / case.number).exists()
    assert cabinet.journal.verify_audit().whole


def test_the_same_letter_is_filed_and_found_on_postgresql(tmp_path: Path, postgres: PostgresServer) -> None:
    cabinet = Cabinet(tmp_path, database=postgres.url(postgres.database()))
    assert cabinet.filed().status is Status.FILED
    [hit] = cabinet.desk.search(SearchQuery(words="bisoprolols", patient="marchand"), by="sylvie")
    assert cabinet.journal.record(hit.record.id) == hit.record
    assert cabinet.journal.verify_audit().whole


def test_the_signed_file_begins_with_exactly_the_reviewed_bytes(cabinet: Cabinet) -> None:
    case = cabinet.filed()
    signed = cabinet.journal.result(case.id, "signed", SignedDocument)
    assert signed is not None
    reviewed = cabinet.flow.parts.blobs.read(signed.reviewed_pdf)
    assert cabinet.flow.parts.blobs.read(signed.pdf).startswith(reviewed)


def test_an_unknown_patient_is_held_until_a_person_answers(cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER.replace("Solange Marchand, née le 12 avril 1954", "Odile Perdrix, née le 2 mai 1960"))
    dossier = cabinet.desk.open(case.id)
    assert case.status is Status.HELD and dossier.patient is None and dossier.draft is None
    assert dossier.identification is not None and dossier.identification.traits.birth_date == date(1960, 5, 2)
    assert "Aucun patient" in case.message
    cabinet.desk.choose_identity(case.id, patient_id="p1", kind=DocumentKind.LETTER, recipient_id="c1", by=SECRETARY)
    assert cabinet.run(case).status is Status.TO_REVIEW
    assert cabinet.desk.open(case.id).patient == SOLANGE


def test_changing_the_patient_keeps_the_corrected_text(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    cabinet.desk.correct(case.id, Correction((Section("", "Texte relu par la secrétaire."),), 1), by=SECRETARY)
    cabinet.desk.choose_identity(case.id, patient_id="p2", kind=DocumentKind.LETTER, recipient_id="c1", by=SECRETARY)
    case = cabinet.run(case)
    dossier = cabinet.desk.open(case.id)
    assert dossier.draft is not None
    assert dossier.draft.revision.patient == HUGO
    assert dossier.draft.revision.sections[0].text == "Texte relu par la secrétaire."


def test_two_people_editing_one_draft_lose_nothing(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    cabinet.desk.correct(case.id, Correction((Section("", "Version de Sylvie."),), 1), by=SECRETARY)
    with pytest.raises(StaleDraft):
        cabinet.desk.correct(case.id, Correction((Section("", "Version d'une autre."),), 1), by=SECRETARY)
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None and draft.revision.sections[0].text == "Version de Sylvie."


def test_undo_brings_back_the_text_before(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    before = cabinet.desk.open(case.id).draft
    cabinet.desk.correct(case.id, Correction((Section("", "Une erreur."),), 1), by=SECRETARY)
    after = cabinet.desk.undo(case.id, by=SECRETARY, seen_revision=2)
    assert before is not None and after.revision.sections == before.revision.sections
    assert after.revision.number == 3


def test_undo_never_brings_a_former_patient_back(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    cabinet.desk.choose_identity(case.id, patient_id="p2", kind=DocumentKind.LETTER, recipient_id="c1", by=SECRETARY)
    case = cabinet.run(case)
    with pytest.raises(MoveForbidden, match="patient"):
        cabinet.desk.undo(case.id, by=SECRETARY, seen_revision=case.revision_no)
    dossier = cabinet.desk.open(case.id)
    assert dossier.draft is not None and dossier.draft.revision.patient == dossier.patient == HUGO


def test_undoing_a_proposal_opens_its_doubt_again(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    cabinet.desk.settle(case.id, 0, "replaced", by=SECRETARY, text="fibrillation")
    cabinet.desk.undo(case.id, by=SECRETARY, seen_revision=2)
    assert [finding.excerpt for _, finding in cabinet.desk.open(case.id).open_findings] == ["fibrilation"]


def test_an_approval_never_passes_over_a_correction_that_came_between(
    cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cabinet.dictate()
    seen = cabinet.pdf_of(case)
    rules = cabinet.flow.parts.renderer.rules
    hurried = [Correction((Section("", "Il fallait lire 10 mg."),), 1)]

    def correct_meanwhile(kind: DocumentKind) -> KindRules:
        if hurried:
            cabinet.desk.correct(case.id, hurried.pop(), by=SECRETARY)
        return rules(kind)

    monkeypatch.setattr(cabinet.flow.parts.renderer, "rules", correct_meanwhile)
    with pytest.raises(StaleCase):
        cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=seen)
    dossier = cabinet.desk.open(case.id)
    assert dossier.case.status is Status.TO_REVIEW and dossier.draft is not None
    assert dossier.draft.revision.sections[0].text == "Il fallait lire 10 mg."


def test_a_proposal_is_put_into_the_draft_and_the_doubt_is_settled(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    cabinet.desk.settle(case.id, 0, "replaced", by=SECRETARY, text="fibrillation")
    dossier = cabinet.desk.open(case.id)
    assert dossier.draft is not None and dossier.open_findings == []
    assert any("fibrillation auriculaire" in section.text for section in dossier.draft.revision.sections)
    assert dossier.checked is not None and "fibrilation" in dossier.checked.text


def test_of_two_equal_words_the_proposal_replaces_the_one_in_doubt(cabinet: Cabinet) -> None:
    cabinet.lexicon = WordListLexicon({"fibrilation": ("fibrillation",)})
    case = cabinet.dictate(LETTER.replace("Elle prend", "Pas de fibrilation avant ce jour. Elle prend"))
    first, second = (index for index, _ in cabinet.desk.open(case.id).open_findings)
    assert first != second
    draft = cabinet.desk.settle(case.id, first, "replaced", by=SECRETARY, text="défibrillation")
    text = "\n".join(section.text for section in draft.revision.sections) if draft else ""
    assert "une défibrillation auriculaire" in text and "Pas de fibrilation avant" in text


def test_words_of_the_spoken_opening_are_doubts_only_while_it_is_no_draft(cabinet: Cabinet) -> None:
    cabinet.lexicon.unknown = {"courrier": ("coursier",), "fibrilation": ("fibrillation",)}
    drafted = cabinet.desk.open(cabinet.dictate().id)
    assert drafted.checked is not None and drafted.checked.findings[0].excerpt == "Courrier"
    assert [one.excerpt for _, one in drafted.open_findings] == ["fibrilation"]
    held = cabinet.desk.open(cabinet.dictate(LETTER.replace("12 avril 1954", "11 mai 1957")).id)
    assert held.draft is None
    assert [one.excerpt for _, one in held.open_findings] == ["Courrier", "fibrilation"]


def test_a_risk_of_the_opening_is_always_asked_about(cabinet: Cabinet) -> None:
    dossier = cabinet.desk.open(cabinet.dictate(LETTER).id)
    risk = Finding(FindingKind.RISK, 0, 8, "Courrier")
    assert dossier.concerns(risk) and not dossier.concerns(replace(risk, kind=FindingKind.UNKNOWN_WORD))


def test_a_learned_word_is_no_doubt_in_the_next_dictation(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    cabinet.desk.settle(case.id, 0, "learned", by=SECRETARY)
    assert cabinet.desk.open(cabinet.dictate().id).open_findings == []


def test_a_gap_of_the_recording_must_be_listened_to_before_approval(cabinet: Cabinet) -> None:
    cabinet.hearing.transcript = replace(spoken(LETTER), gaps=(Gap(3.0, 6.5),))
    case = cabinet.dictate()
    with pytest.raises(DocumentIncomplete, match="écouté"):
        cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))
    gaps = [n for n, found in cabinet.desk.open(case.id).open_findings if found.kind is FindingKind.GAP]
    assert len(gaps) == 1
    for index in gaps:
        with pytest.raises(DocumentIncomplete, match="Écoutez-le"):
            cabinet.desk.settle(case.id, index, "kept", by=SECRETARY)
        cabinet.desk.settle(case.id, index, "heard", by=SECRETARY)
    approved = cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))
    assert approved.status is Status.TO_SIGN


def test_only_the_pdf_that_was_seen_can_be_approved_or_signed(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    with pytest.raises(StaleDraft):
        cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256="0" * 64)
    cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))
    with pytest.raises(StaleDraft):
        cabinet.desk.sign(case.id, by=DOCTOR, seen_sha256="0" * 64)


@pytest.mark.parametrize("text", [LETTER, CERTIFICATE])
def test_a_secretary_signs_no_medical_document(cabinet: Cabinet, text: str) -> None:
    case = cabinet.approved(text)
    with pytest.raises(NotAllowed, match=r"R\.4127-76"):
        cabinet.desk.sign(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))


def test_a_doctor_does_not_sign_in_anothers_name(cabinet: Cabinet) -> None:
    case = cabinet.approved()
    with pytest.raises(NotAllowed, match="Anne Vial"):
        cabinet.desk.sign(case.id, by=OTHER_DOCTOR, seen_sha256=cabinet.pdf_of(case))


def test_a_document_without_a_known_author_cannot_be_approved(cabinet: Cabinet) -> None:
    case = cabinet.dictate(author="")
    with pytest.raises(DocumentIncomplete, match="praticien"):
        cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))


def test_a_draft_sent_back_returns_with_its_remark_and_can_be_approved_again(cabinet: Cabinet) -> None:
    case = cabinet.approved()
    cabinet.desk.send_back(case.id, "Préciser la dose.", by=DOCTOR)
    dossier = cabinet.desk.open(case.id)
    assert dossier.case.status is Status.SENT_BACK and dossier.remarks[-1].text == "Préciser la dose."
    cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))
    assert cabinet.desk.open(case.id).case.status is Status.TO_SIGN


def test_a_correction_of_a_filed_letter_is_a_new_version_that_names_the_old_one(cabinet: Cabinet) -> None:
    first = cabinet.filed()
    [old] = cabinet.journal.records_of(SOLANGE.id)
    before = cabinet.flow.parts.shelf.read(old.path)
    case = cabinet.run(cabinet.desk.correct_filed(old.id, by=SECRETARY))
    assert case.status is Status.TO_REVIEW and case.id != first.id
    cabinet.desk.correct(case.id, Correction((Section("", "Il fallait lire 10 mg."),), case.revision_no), by=SECRETARY)
    cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))
    cabinet.run(cabinet.desk.sign(case.id, by=DOCTOR, seen_sha256=cabinet.pdf_of(case)))
    records = {record.version: record for record in cabinet.journal.records_of(SOLANGE.id)}
    assert records[2].replaces == old.id and records[1].replaced_by == records[2].id
    assert cabinet.flow.parts.shelf.read(old.path) == before
    with pytest.raises(MoveForbidden, match="remplacé"):
        cabinet.desk.correct_filed(old.id, by=SECRETARY)


def test_a_scan_waits_for_a_person_even_when_its_patient_is_sure(cabinet: Cabinet) -> None:
    case = cabinet.scan(
        b"%PDF-1.4 un courrier", "Concernant Madame Solange MARCHAND née le 12/04/1954 échographie normale"
    )
    dossier = cabinet.desk.open(case.id)
    assert case.status is Status.TO_CONFIRM and dossier.patient == SOLANGE
    cabinet.desk.confirm_scan(
        case.id,
        patient_id="p1",
        kind=DocumentKind.RECEIVED_LETTER,
        title="Échographie",
        document_date=date(2026, 3, 3),
        sender="Dr Martin",
        by=SECRETARY,
    )
    assert cabinet.run(case).status is Status.FILED
    [hit] = cabinet.desk.search(SearchQuery(words="echographies normales"), by="sylvie")
    assert cabinet.flow.parts.shelf.read(hit.record.path) == b"%PDF-1.4 un courrier"


def test_the_same_file_twice_is_refused_with_the_number_of_the_first(cabinet: Cabinet) -> None:
    first = cabinet.receive(b"le meme son", medium=Medium.DICTATION, media_type="audio/wav")
    with pytest.raises(FileRefused, match=first.number):
        cabinet.receive(b"le meme son", medium=Medium.DICTATION, media_type="audio/wav")


def test_a_step_that_fails_leaves_the_case_with_its_reason_and_can_be_run_again(cabinet: Cabinet) -> None:
    cabinet.hearing.error = RuntimeError("Solange Marchand")
    case = cabinet.dictate()
    assert case.status is Status.FAILED
    assert "RuntimeError" in case.message and "Marchand" not in case.message
    cabinet.hearing.error = None
    cabinet.desk.retry(case.id, by=SECRETARY)
    assert cabinet.run(case).status is Status.TO_REVIEW


def test_a_busy_storage_is_tried_again_and_not_called_a_failure(cabinet: Cabinet) -> None:
    cabinet.hearing.error = StorageBusy("La base ne répond pas.")
    case = cabinet.receive(b"son", medium=Medium.DICTATION, media_type="audio/wav")
    with pytest.raises(StorageBusy):
        cabinet.flow.work(JobKey.of(case))
    assert cabinet.journal.case(case.id).status is Status.RECEIVED
    cabinet.flow.give_up(JobKey.of(case))
    assert cabinet.journal.case(case.id).status is Status.FAILED


def test_a_job_that_comes_twice_or_late_does_nothing(cabinet: Cabinet) -> None:
    case = cabinet.receive(b"son", medium=Medium.DICTATION, media_type="audio/wav")
    key = JobKey.of(case)
    cabinet.flow.work(key)
    moves = cabinet.journal.moves(case.id)
    cabinet.flow.work(key)
    cabinet.flow.give_up(key)
    assert cabinet.journal.moves(case.id) == moves


def test_a_discarded_case_keeps_everything_and_comes_back_where_it_was(cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    with pytest.raises(DocumentIncomplete):
        cabinet.desk.discard(case.id, " ", by=SECRETARY)
    cabinet.desk.discard(case.id, "doublon", by=SECRETARY)
    assert cabinet.flow.parts.blobs.read(case.original)
    assert cabinet.desk.restore(case.id, by=SECRETARY).status is Status.TO_REVIEW


def test_a_signed_document_whose_filing_failed_is_filed_after_it_was_set_aside_and_taken_up_again(
    cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cabinet.approved()
    cabinet.desk.sign(case.id, by=DOCTOR, seen_sha256=cabinet.pdf_of(case))
    with monkeypatch.context() as broken:
        broken.setattr(cabinet.flow.parts.shelf, "place", lambda *_: 1 / 0)
        assert cabinet.run(case).status is Status.FAILED
    cabinet.desk.discard(case.id, "archive en panne", by=SECRETARY)
    assert cabinet.desk.restore(case.id, by=SECRETARY).status is Status.FAILED
    assert cabinet.desk.retry(case.id, by=SECRETARY).status is Status.SIGNED
    assert cabinet.run(case).status is Status.FILED


def test_a_paper_whose_filing_failed_can_be_given_to_another_patient(
    cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cabinet.scan(b"%PDF-1.4 un courrier", "Concernant Madame Solange MARCHAND née le 12/04/1954")
    answer = {"kind": DocumentKind.RECEIVED_LETTER, "title": "", "document_date": None, "sender": "", "by": SECRETARY}
    cabinet.desk.confirm_scan(case.id, patient_id="p1", **answer)  # type: ignore[arg-type]
    with monkeypatch.context() as broken:
        broken.setattr(cabinet.flow.parts.shelf, "place", lambda *_: 1 / 0)
        assert cabinet.run(case).status is Status.FAILED
    cabinet.desk.confirm_scan(case.id, patient_id="p2", **answer)  # type: ignore[arg-type]
    assert cabinet.run(case).status is Status.FILED
    assert [record.patient_id for record in cabinet.journal.all_records()] == ["p2"]


def test_a_draft_that_could_not_be_composed_can_be_given_another_kind(
    cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(cabinet.flow.parts.renderer, "pdf", lambda *_: 1 / 0)
        case = cabinet.dictate()
    assert case.status is Status.FAILED and cabinet.desk.may_identify(case)
    cabinet.desk.choose_identity(case.id, patient_id="p1", kind=DocumentKind.CONSULTATION_REPORT, by=SECRETARY)
    assert cabinet.run(case).status is Status.TO_REVIEW


def test_a_correction_shows_whose_it_is(cabinet: Cabinet) -> None:
    cabinet.filed()
    [record] = cabinet.journal.records_of(SOLANGE.id)
    case = cabinet.run(cabinet.desk.correct_filed(record.id, by=SECRETARY))
    assert cabinet.desk.open(case.id).patient == SOLANGE


def test_a_patient_born_tomorrow_is_refused(cabinet: Cabinet) -> None:
    born = cabinet.flow.parts.now().date() + timedelta(days=2)
    with pytest.raises(RegisterError, match="futur"):
        cabinet.desk.create_patient(replace(HUGO, id="", birth_date=born), by=SECRETARY)


@pytest.mark.parametrize("zone", ["Europe/Paris", "UTC"])
def test_the_day_of_a_dictation_is_the_practices_day_also_after_midnight(
    cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        days: list[date] = []
        heard = cabinet.flow.parts.identify

        def identify(checked: CheckedText, medium: Medium, today: date, names: frozenset[str]) -> Identification:
            days.append(today)
            return heard(checked, medium, today, names)

        after_midnight = datetime(2026, 3, 3, 0, 20, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
        cabinet.flow.parts = replace(cabinet.flow.parts, identify=identify, now=lambda: after_midnight)
        case = cabinet.dictate()
        assert days == [date(2026, 3, 3)]
        draft = cabinet.desk.open(case.id).draft
        assert draft is not None and draft.revision.document_date == date(2026, 3, 3)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_of_two_people_who_answer_at_once_the_second_is_told(cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER.replace("Solange Marchand", "Odile Perdrix"))
    answer = {"patient_id": "p1", "kind": DocumentKind.LETTER, "by": SECRETARY, "move_no": case.move_no}
    cabinet.desk.choose_identity(case.id, **answer)  # type: ignore[arg-type]
    with pytest.raises((StaleCase, MoveForbidden)):
        cabinet.desk.choose_identity(case.id, **answer)  # type: ignore[arg-type]


WORDS = st.text("aàâçéèêîôœùAÉŒ 0123456789,.;:!?%µ/()<>&'\"«»{}-\n", max_size=60).map(str.strip).filter(bool)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(WORDS, min_size=1, max_size=3))
def test_whatever_is_typed_comes_back_as_it_was_typed(cabinet: Cabinet, texts: list[str]) -> None:
    case = cabinet.dictate()
    sections = tuple(Section("", text) for text in texts)
    saved = cabinet.desk.correct(case.id, Correction(sections, 1), by=SECRETARY)
    assert [section.text for section in saved.revision.sections] == [text.strip() for text in texts]
