"""The pile to sign in the browser's pages."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.model.case import Status
from pipeline.testing import PaperCard
from tests.practice import CERTIFICATE, LETTER, Cabinet
from tests.web.conftest import Visitor


def documents(html: str) -> list[str]:
    return re.findall(r'name="document" value="([^"]+)"', html)


def test_a_pile_is_shown_as_reviewed_and_signed_in_one_go(doctor: Visitor, cabinet: Cabinet) -> None:
    cases = [cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)]
    page = doctor.get("/signer").text
    assert documents(page) == [f"{case.id}:{cabinet.pdf_of(case)}" for case in cases]
    assert all(f"/dossiers/{case.id}/page/0.png" in page for case in cases)
    answer = doctor.post("/signer", csrf=doctor.csrf("/signer"), document=documents(page))
    assert answer.status_code == 200 and answer.text.count(">signé<") == 2
    assert all(cabinet.journal.case(case.id).status is Status.SIGNED for case in cases)


def test_one_document_that_changed_since_it_was_shown_does_not_stop_the_others(
    doctor: Visitor, cabinet: Cabinet
) -> None:
    stale, good = cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)
    shown = [f"{stale.id}:{'0' * 64}", "inconnu:x", f"{good.id}:{cabinet.pdf_of(good)}"]
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
    assert page.count('type="password" name="pin"') == 1
    answer = doctor.post("/signer", csrf=doctor.csrf("/signer"), document=documents(page), pin="0000")
    assert answer.status_code == 422 and "code de la carte est faux" in answer.text and "0000" not in answer.text
    assert {cabinet.journal.case(case.id).status for case in cases} == {Status.TO_SIGN}
    doctor.post("/signer", csrf=doctor.csrf("/signer"), document=documents(page), pin=card.pin)
    assert {cabinet.journal.case(case.id).status for case in cases} == {Status.SIGNED}
    assert (card.opened, card.refused) == (1, 1)
