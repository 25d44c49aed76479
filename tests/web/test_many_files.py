"""Pages that show or touch many files at once ask for each what the page of one file asks."""

from __future__ import annotations

import html
from datetime import date

import pytest
from starlette.testclient import TestClient

from pipeline.model.case import Medium, Status
from pipeline.model.people import Role, User
from pipeline.web.app import Site
from tests.practice import HUGO, OTHER_DOCTOR, SOLANGE, Cabinet, hashed_password
from tests.web.conftest import Visitor
from tests.web.test_pile_pages import chosen, file, put, titles, together


@pytest.fixture
def roche(application: Site) -> Visitor:
    return Visitor(TestClient(application.application()), OTHER_DOCTOR.login)


@pytest.fixture
def marc(application: Site, cabinet: Cabinet) -> Visitor:
    cabinet.journal.save_user(User("marc", "Marc Papier", Role.ARCHIVIST), hashed_password(), actor="test")
    return Visitor(TestClient(application.application()), "marc")


# --- gestures on many cases ------------------------------------------------------------------------------------------


def test_a_case_out_of_ones_own_patients_is_refused_among_many_until_a_reason_is_given(
    roche: Visitor, cabinet: Cabinet
) -> None:
    hers = put(cabinet, "celle d'Anne Vial", Status.FAILED, patient_id=SOLANGE.id)
    his = put(cabinet, "la sienne", Status.FAILED, patient_id=HUGO.id, author=OTHER_DOCTOR.login)
    told = html.unescape(together(roche, "ecarter", chosen(hers, his), reason="reçu en double"))
    assert "1 dossier écarté." in told and "1 dossier n'a pas changé" in told
    assert f"href=\"/dossiers/{hers.number}\">{hers.number}</a> : Ce patient n'est pas l'un des vôtres." in told
    assert [cabinet.journal.case(one.id).status for one in (hers, his)] == [Status.FAILED, Status.DISCARDED]
    for gesture in ("urgent", "confier", "relancer"):
        assert "n'est pas l'un des vôtres" in html.unescape(together(roche, gesture, chosen(hers), to="dr-roche"))
    assert cabinet.journal.case(hers.id).move_no == hers.move_no

    roche.give_reason(f"/dossiers/{hers.id}")
    assert "1 dossier écarté." in together(roche, "ecarter", chosen(hers), reason="reçu en double")
    assert cabinet.journal.case(hers.id).status is Status.DISCARDED


def test_a_gesture_on_many_is_taken_back_only_where_it_may_be_made(
    sylvie: Visitor, roche: Visitor, cabinet: Cabinet
) -> None:
    hers = put(cabinet, "dictée", Status.FAILED, patient_id=SOLANGE.id)
    together(sylvie, "ecarter", chosen(hers), reason="essai du micro")
    seen = chosen(cabinet.journal.case(hers.id))
    assert "n'est pas l'un des vôtres" in html.unescape(together(roche, "reprendre", seen))
    assert "1 dossier repris." in together(sylvie, "reprendre", seen)


def test_an_archivist_is_offered_no_gesture_on_many_and_makes_none(marc: Visitor, cabinet: Cabinet) -> None:
    paper = put(cabinet, "papier", Status.FAILED)
    page = marc.get("/").text
    assert titles(page) == ["papier"]
    for part in ('id="lot"', 'type="checkbox"', "/pile/lot", "cocher", "Cochez"):
        assert part not in page, part
    answer = marc.post("/pile/lot", csrf=marc.csrf("/compte"), geste="urgent", case=chosen(paper))
    assert answer.status_code == 403 and "Votre compte ne permet pas cela" in answer.text
    assert cabinet.journal.case(paper.id) == paper


def test_a_secretary_ticks_and_is_offered_every_gesture_of_the_tab(sylvie: Visitor, cabinet: Cabinet) -> None:
    put(cabinet, "dictée", Status.FAILED)
    page = sylvie.get("/").text
    assert 'id="tous"' in page and 'name="case"' in page and "Cochez pour relancer" not in page
    assert [
        gesture for gesture in ("urgent", "confier", "relancer", "ecarter") if f'value="{gesture}"' not in page
    ] == []


# --- search ----------------------------------------------------------------------------------------------------------


def found(visitor: Visitor, asked: str = "q=fibrillation") -> str:
    return html.unescape(visitor.http.get(f"/recherche?{asked}", headers={"hx-request": "true"}).text)


@pytest.fixture
def archive(cabinet: Cabinet) -> None:
    """A letter of Dr Vial's patient, and one of Dr Roche's."""
    index, day = cabinet.flow.parts.index, date(2026, 1, 1)
    index.add(file(cabinet, "Lettre", day, author="dr-vial"), SOLANGE, "Pas de fibrillation ; suivie pour un secret.")
    his = file(cabinet, "Avis", day, author=OTHER_DOCTOR.login, patient_id=HUGO.id)
    index.add(his, HUGO, "Une fibrillation auriculaire.")


@pytest.mark.usefixtures("archive")
def test_a_search_says_nothing_of_what_stands_in_the_file_of_anothers_patient(roche: Visitor, cabinet: Cabinet) -> None:
    text = found(roche)
    assert ">Lettre</strong>" in text and "MARCHAND Solange" in text and "1er janvier 2026" in text
    assert "suivie pour" not in text and '<span class="tag">nié</span>' not in text
    assert "Hors de vos patients" in text and 'href="/patients/p1"' in text
    assert "<mark>fibrillation</mark> auriculaire" in text  # his own patient's
    in_file = found(roche, "q=fibrillation&dossier=p1")
    assert ">Lettre</strong>" in in_file and "suivie pour" not in in_file

    roche.give_reason("/patients/p1")
    text = found(roche)
    assert "suivie pour un secret" in text and "Hors de vos patients" not in text
    assert "suivie pour un secret" in found(roche, "q=fibrillation&dossier=p1")


@pytest.mark.usefixtures("archive")
def test_a_reason_for_one_patient_opens_no_other(roche: Visitor, cabinet: Cabinet) -> None:
    third = file(cabinet, "Autre", date(2026, 2, 1), author="dr-vial", patient_id="p9")
    cabinet.flow.parts.index.add(third, SOLANGE, "Fibrillation et alcool.")
    roche.give_reason("/patients/p1")
    text = found(roche)
    assert "suivie pour un secret" in text and "alcool" not in text


@pytest.mark.usefixtures("archive")
def test_whoever_may_open_a_document_reads_its_excerpt(sylvie: Visitor, doctor: Visitor, cabinet: Cabinet) -> None:
    assert "suivie pour un secret" in found(doctor)
    assert "suivie pour un secret" in found(sylvie) and "Hors de vos patients" not in found(sylvie)
    account = cabinet.journal.account("sylvie")
    assert account is not None
    cabinet.journal.set_role("sylvie", account.user, [OTHER_DOCTOR.login], actor="test")  # she works for Dr Roche only
    assert "suivie pour un secret" not in found(sylvie) and "Une <mark>fibrillation</mark>" in found(sylvie)
    assert sylvie.get("/archive/Lettre.pdf").status_code == 403


@pytest.mark.usefixtures("archive")
def test_a_doctor_who_wrote_for_the_patient_too_reads_all_excerpts(roche: Visitor, cabinet: Cabinet) -> None:
    dictated = cabinet.dictate()
    assert dictated.medium is Medium.DICTATION and "suivie pour un secret" not in found(roche)
    put(cabinet, "consultation", Status.FAILED, patient_id=SOLANGE.id, author=OTHER_DOCTOR.login)
    assert "suivie pour un secret" in found(roche)
