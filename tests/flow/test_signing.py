"""Relu, signed, by delegation, in a pile, cancelled and replaced: on a real journal, real PDF files and signatures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.desk import Shown
from pipeline.errors import MoveForbidden, PinRefused
from pipeline.model.case import MOVES, Case, Status
from pipeline.model.document import ReviewedDraft, SearchQuery, SignedDocument
from pipeline.sign.port import REVIEW, SIGNATURE, SignatureReport
from pipeline.testing import PaperCard, SilentAuthority
from tests.practice import CERTIFICATE, DOCTOR, LETTER, SECRETARY, SOLANGE, Cabinet

CONVOCATION = (
    "Convocation. Patiente Solange Marchand, née le 12 avril 1954.\n\n"
    "Madame, vous êtes attendue le 3 décembre 2030 à 9 heures en consultation de cardiologie."
)


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    cabinet = Cabinet(tmp_path)
    cabinet.flow.parts = cabinet.desk.parts = replace(cabinet.flow.parts, mark_review=True)
    return cabinet


def signed_pdf(cabinet: Cabinet, case: Case) -> bytes:
    return cabinet.flow.parts.blobs.read(cabinet.flow.need(case, "signed", SignedDocument).pdf)


def report_of(cabinet: Cabinet, case: Case) -> SignatureReport:
    return cabinet.flow.parts.signer.verify(signed_pdf(cabinet, case))


def test_the_secretary_marks_it_read_and_the_doctor_signs_after_her(cabinet: Cabinet) -> None:
    case = cabinet.approved()
    reviewed = cabinet.flow.need(case, "reviewed", ReviewedDraft)
    case = cabinet.desk.sign(case.id, by=DOCTOR, seen_sha256=reviewed.pdf.sha256)
    report = report_of(cabinet, case)
    assert report.valid
    assert [(one.role, one.signer) for one in report.signatures] == [
        (REVIEW, SECRETARY.name),
        (SIGNATURE, DOCTOR.name),
    ]
    assert signed_pdf(cabinet, case).startswith(cabinet.flow.parts.blobs.read(reviewed.pdf))


def test_an_approval_taken_back_leaves_the_draft_as_it_was_seen(cabinet: Cabinet) -> None:
    case = cabinet.approved()
    seen = cabinet.pdf_of(case)
    cabinet.desk.unapprove(case.id, by=SECRETARY)
    assert cabinet.pdf_of(case) == seen
    cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=seen)
    assert report_of(cabinet, cabinet.desk.sign(case.id, by=DOCTOR, seen_sha256=seen)).valid


def test_a_convocation_is_signed_by_delegation_of_the_doctor_and_says_so(cabinet: Cabinet) -> None:
    case = cabinet.approved(CONVOCATION)
    assert [one.on_behalf_of for one in cabinet.desk.to_sign(by=SECRETARY)] == [DOCTOR.name]
    case = cabinet.desk.sign(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))
    last = report_of(cabinet, case).signatures[-1]
    assert last.signer == SECRETARY.name
    assert last.reason.startswith("Signé par délégation du Dr Anne Vial")
    entry = next(one for one in cabinet.journal.audit_entries(case_id=case.id) if "on_behalf_of" in one.details)
    assert (entry.actor, entry.details["on_behalf_of"]) == (SECRETARY.login, DOCTOR.login)


def test_a_doctor_who_signs_a_convocation_signs_in_her_own_name(cabinet: Cabinet) -> None:
    case = cabinet.approved(CONVOCATION)
    case = cabinet.desk.sign(case.id, by=DOCTOR, seen_sha256=cabinet.pdf_of(case))
    assert "délégation" not in report_of(cabinet, case).signatures[-1].reason


def test_only_administrative_kinds_allow_delegation(cabinet: Cabinet) -> None:
    for text in (LETTER, CERTIFICATE):
        cabinet.approved(text)
    assert cabinet.desk.to_sign(by=SECRETARY) == []


def test_one_code_signs_the_pile_and_a_stale_document_does_not_stop_the_others(cabinet: Cabinet) -> None:
    card = with_card(cabinet)
    cases = [cabinet.approved(LETTER), cabinet.approved(CERTIFICATE), cabinet.approved(CONVOCATION)]
    shown = [Shown(case.id, cabinet.pdf_of(case)) for case in cases]
    shown[1] = replace(shown[1], sha256="0" * 64)
    results = list(cabinet.desk.sign_pile(shown, by=DOCTOR, pin="4821"))
    assert [bool(one.error) for one in results] == [False, True, False]
    assert [cabinet.journal.case(case.id).status for case in cases] == [Status.SIGNED, Status.TO_SIGN, Status.SIGNED]
    assert (card.opened, card.refused) == (1, 0)


def test_a_wrong_code_is_tried_once_for_the_whole_pile_and_kept_nowhere(cabinet: Cabinet) -> None:
    card = with_card(cabinet)
    cases = [cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)]
    shown = [Shown(case.id, cabinet.pdf_of(case)) for case in cases]
    with pytest.raises(PinRefused):
        list(cabinet.desk.sign_pile(shown, by=DOCTOR, pin="secret-9317"))
    assert (card.opened, card.refused) == (0, 1)
    assert {cabinet.journal.case(case.id).status for case in cases} == {Status.TO_SIGN}
    assert b"secret-9317" not in (cabinet.root / "calame.db").read_bytes()


def test_a_secretary_needs_no_card(cabinet: Cabinet) -> None:
    card = with_card(cabinet)
    case = cabinet.approved(CONVOCATION)
    assert (cabinet.desk.needs_pin(DOCTOR), cabinet.desk.needs_pin(SECRETARY)) == (True, False)
    cabinet.desk.sign(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))
    assert card.opened == 0


def test_a_silent_authority_is_asked_once_and_the_whole_pile_stays_to_be_signed(cabinet: Cabinet) -> None:
    cases = [cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)]
    shown = [Shown(case.id, cabinet.pdf_of(case)) for case in cases]
    working = cabinet.flow.parts
    silent = SilentAuthority(working.signer)
    cabinet.desk.parts = replace(working, signer=silent)
    results = list(cabinet.desk.sign_pile(shown, by=DOCTOR))
    assert silent.asked == 1
    assert "Réessayez" in results[0].error and results[1].error.startswith("Pas essayé")
    assert {cabinet.journal.case(case.id).status for case in cases} == {Status.TO_SIGN}
    cabinet.desk.parts = working
    assert not any(one.error for one in cabinet.desk.sign_pile(shown, by=DOCTOR))


def test_a_replaced_document_is_kept_marked_and_linked_both_ways(cabinet: Cabinet) -> None:
    first = cabinet.filed()
    [old] = cabinet.journal.records_of(SOLANGE.id)
    kept = cabinet.flow.parts.shelf.read(old.path)
    second = cabinet.run(cabinet.desk.correct_filed(old.id, by=SECRETARY))
    assert cabinet.journal.case(first.id).status is Status.FILED, "valid until the new version is filed"
    cabinet.desk.approve(second.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(second))
    second = cabinet.run(cabinet.desk.sign(second.id, by=DOCTOR, seen_sha256=cabinet.pdf_of(second)))
    replaced = cabinet.journal.case(first.id)
    assert (replaced.status, replaced.message) == (Status.REPLACED, f"Annulé et remplacé par {second.number}.")
    source = json.loads(report_of(cabinet, second).source)
    assert (source["replaces"], source["replaces_reference"], source["replaces_sha256"]) == (
        old.id,
        first.number,
        old.sha256,
    )
    assert cabinet.flow.parts.shelf.read(old.path) == kept
    assert cabinet.flow.parts.signer.verify(kept).valid
    hits = cabinet.desk.search(SearchQuery(words="bisoprolol"), by="sylvie")
    assert [bool(hit.record.replaced_by) for hit in hits] == [False, True]
    assert cabinet.journal.verify_audit().whole


def test_filing_again_after_a_crash_between_the_two_moves_finishes_it(cabinet: Cabinet) -> None:
    first = cabinet.filed()
    [old] = cabinet.journal.records_of(SOLANGE.id)
    second = cabinet.run(cabinet.desk.correct_filed(old.id, by=SECRETARY))
    cabinet.desk.approve(second.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(second))
    second = cabinet.desk.sign(second.id, by=DOCTOR, seen_sha256=cabinet.pdf_of(second))
    cabinet.flow._retire(old, second)  # where the power went off
    assert cabinet.journal.case(first.id).status is Status.REPLACED
    assert cabinet.run(second).status is Status.FILED


def test_a_replaced_document_moves_no_more(cabinet: Cabinet) -> None:
    assert MOVES[Status.FILED] == {Status.REPLACED} and not MOVES[Status.REPLACED]
    case = cabinet.filed()
    with pytest.raises(MoveForbidden):
        cabinet.journal.move(case, Status.DISCARDED, actor="sylvie")


def with_card(cabinet: Cabinet) -> PaperCard:
    card = PaperCard(cabinet.flow.parts.signer)
    cabinet.flow.parts = cabinet.desk.parts = replace(cabinet.flow.parts, token=card)
    return card
