"""The pile to sign in the browser's pages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from pipeline.model.case import Status
from pipeline.review.step import Seen
from pipeline.testing import PaperCard
from tests.practice import CERTIFICATE, LETTER, Cabinet
from tests.web.conftest import Visitor


def documents(html: str) -> list[str]:
    return re.findall(r'name="document" value="([^"]+)"', html)


def look(visitor: Visitor, *shown: str) -> None:
    """What the page tells when every page of these documents has been on the screen."""
    for one in shown:
        assert visitor.post("/signer/vu", csrf=visitor.csrf("/signer"), document=one).status_code == 204


def test_a_pile_is_shown_as_reviewed_and_signed_in_one_go(doctor: Visitor, cabinet: Cabinet) -> None:
    cases = [cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)]
    page = doctor.get("/signer").text
    assert documents(page) == [f"{case.id}:{cabinet.pdf_of(case)}" for case in cases]
    assert all(f"/dossiers/{case.id}/page/0.png" in page for case in cases)
    look(doctor, *documents(page))
    answer = doctor.post("/signer", csrf=doctor.csrf("/signer"), document=documents(page))
    assert answer.status_code == 200 and answer.text.count(">signé<") == 2
    assert all(cabinet.journal.case(case.id).status is Status.SIGNED for case in cases)


def test_one_document_that_changed_since_it_was_shown_does_not_stop_the_others(
    doctor: Visitor, cabinet: Cabinet
) -> None:
    stale, good = cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)
    shown = [f"{stale.id}:{'0' * 64}", "inconnu:x", f"{good.id}:{cabinet.pdf_of(good)}"]
    look(doctor, shown[2])
    answer = doctor.post("/signer", csrf=doctor.csrf("/signer"), document=shown)
    assert answer.text.count(">non signé<") == 2 and answer.text.count(">signé<") == 1
    assert "a changé depuis que vous" in answer.text
    assert cabinet.journal.case(stale.id).status is Status.TO_SIGN
    assert cabinet.journal.case(good.id).status is Status.SIGNED


def test_a_secretary_is_shown_nothing_that_only_a_doctor_signs(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.approved(LETTER)
    assert documents(sylvie.get("/signer").text) == []
    answer = sylvie.post("/signer", csrf=sylvie.csrf("/"), document=f"{case.id}:{cabinet.pdf_of(case)}")
    assert ">non signé<" in answer.text and "R.4127-76" in answer.text
    assert cabinet.journal.case(case.id).status is Status.TO_SIGN


def test_an_empty_choice_is_said(doctor: Visitor) -> None:
    answer = doctor.post("/signer", csrf=doctor.csrf("/signer"))
    assert answer.status_code == 422 and "coché" in answer.text


def test_the_cards_code_is_asked_once_and_a_wrong_one_signs_nothing(doctor: Visitor, cabinet: Cabinet) -> None:
    card = PaperCard(cabinet.flow.parts.signer)
    cabinet.desk.parts = replace(cabinet.desk.parts, token=card)
    cases = [cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)]
    page = doctor.get("/signer").text
    look(doctor, *documents(page))
    assert page.count('type="password" name="pin"') == 1
    answer = doctor.post("/signer", csrf=doctor.csrf("/signer"), document=documents(page), pin="0000")
    assert answer.status_code == 422 and "code de la carte est faux" in answer.text and "0000" not in answer.text
    assert {cabinet.journal.case(case.id).status for case in cases} == {Status.TO_SIGN}
    doctor.post("/signer", csrf=doctor.csrf("/signer"), document=documents(page), pin=card.pin)
    assert {cabinet.journal.case(case.id).status for case in cases} == {Status.SIGNED}
    assert (card.opened, card.refused) == (1, 1)


def test_a_document_that_was_not_seen_whole_is_not_signed_and_the_seen_ones_are(
    doctor: Visitor, cabinet: Cabinet
) -> None:
    unseen, seen = cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)
    shown = [f"{case.id}:{cabinet.pdf_of(case)}" for case in (unseen, seen)]
    refused = doctor.post("/signer", csrf=doctor.csrf("/signer"), document=shown[:1])
    assert refused.status_code == 403 and "vu en entier" in refused.text
    look(doctor, shown[1])
    answer = doctor.post("/signer", csrf=doctor.csrf("/signer"), document=shown)
    assert answer.text.count(">signé<") == 1 and "vu en entier" in answer.text
    assert cabinet.journal.case(unseen.id).status is Status.TO_SIGN
    path = f"/dossiers/{unseen.id}"
    assert doctor.post(f"{path}/signer", csrf=doctor.csrf(path), pdf=cabinet.pdf_of(unseen)).status_code == 403
    look(doctor, shown[0])
    doctor.post(f"{path}/signer", csrf=doctor.csrf(path), pdf=cabinet.pdf_of(unseen))
    assert cabinet.journal.case(unseen.id).status is Status.SIGNED


def test_one_of_the_ticked_documents_may_be_signed_alone(doctor: Visitor, cabinet: Cabinet) -> None:
    cases = [cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)]
    shown = documents(doctor.get("/signer").text)
    look(doctor, *shown)
    doctor.post("/signer", csrf=doctor.csrf("/signer"), document=shown, only=shown[1])
    assert [cabinet.journal.case(case.id).status for case in cases] == [Status.TO_SIGN, Status.SIGNED]


def test_what_was_seen_is_noted_once_and_only_for_the_document_that_waits(doctor: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.approved(LETTER)
    look(doctor, f"{case.id}:{cabinet.pdf_of(case)}", f"{case.id}:{cabinet.pdf_of(case)}")
    assert len(cabinet.journal.results(case.id, "seen", Seen)) == 1
    stale = doctor.post("/signer/vu", csrf=doctor.csrf("/signer"), document=f"{case.id}:{'0' * 64}")
    assert stale.status_code == 409


def spoken_remark(visitor: Visitor, case_id: str, content: bytes) -> httpx.Response:
    fields = {"csrf": visitor.csrf(f"/dossiers/{case_id}"), "remark": ""}
    files = {"sound": ("remarque", content, "audio/webm")}
    return visitor.http.post(f"/dossiers/{case_id}/renvoyer", data=fields, files=files)


def test_a_remark_is_spoken_and_plays_for_the_secretary(doctor: Visitor, sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.approved(LETTER)
    assert spoken_remark(doctor, case.id, Path("samples/demo.opus").read_bytes()).status_code == 200
    assert cabinet.journal.case(case.id).status is Status.SENT_BACK
    page = sylvie.get(f"/dossiers/{case.id}").text
    assert "dictée, à écouter" in page
    sound = sylvie.get(page.split('preload="metadata" src="')[1].split('"')[0])
    assert sound.content[:4] == b"OggS" and sound.headers["content-type"] == "audio/ogg"
    assert sylvie.get(f"/dossiers/{case.id}/remarque/7").status_code == 404


@pytest.mark.parametrize("content", [b"not a sound", b"\x00" * 5000, b"RIFF\xff\xff\xff\xffWAVEfmt "])
def test_what_is_no_recording_sends_nothing_back(doctor: Visitor, cabinet: Cabinet, content: bytes) -> None:
    case = cabinet.approved(LETTER)
    answer = spoken_remark(doctor, case.id, content)
    assert answer.status_code == 422 and "ne peut pas être lu" in answer.text
    assert cabinet.journal.case(case.id).status is Status.TO_SIGN
