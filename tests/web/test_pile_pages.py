"""The pile, the search and a patient's file as a secretary and a doctor ask for them, without a browser."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.gestures import UNDO, Gesture, allowed
from pipeline.journal.port import CaseChanges
from pipeline.model.case import MOVES, BlobRef, Case, Medium, Status, Urgency
from pipeline.model.document import Record
from pipeline.model.identity import DocumentKind
from pipeline.model.pile import Span, Week
from pipeline.web.delays import chart, hours
from tests.practice import DOCTOR, OTHER_DOCTOR, SECRETARY, SOLANGE, Cabinet
from tests.web.conftest import Visitor

ROAD = (Status.TRANSCRIBED, Status.CHECKED, Status.TO_CONFIRM, Status.CONFIRMED)


def put(cabinet: Cabinet, name: str, *to: Status, hours_ago: float = 1, **changes: object) -> Case:
    """A case moved that far, with nothing behind it."""
    journal = cabinet.journal
    case = journal.open_case(
        claim_id=name,
        medium=Medium.DICTATION,
        author=DOCTOR.login,
        original=BlobRef(f"{hash(name) & (2**64 - 1):064x}", 1, "audio/ogg"),
        original_name=name,
        received_at=datetime.now(UTC) - timedelta(hours=hours_ago),
    )
    case = journal.note(case, actor="x", action="set", changes=CaseChanges(title=name, **changes))  # type: ignore[arg-type]
    for status in to:
        case = journal.move(case, status, actor="worker")
    return case


def file(cabinet: Cabinet, name: str, day: date, **facts: object) -> Record:
    case = put(cabinet, name, *ROAD)
    made = Record(
        name, case.id, SOLANGE.id, DocumentKind.LETTER, name, day, 1, f"p1/{name}", "0" * 64, datetime.now(UTC)
    )
    made = replace(made, **facts)  # type: ignore[arg-type]
    cabinet.journal.move(case, Status.FILED, actor="x", record=made)
    return made


def titles(text: str) -> list[str]:
    return re.findall(r'class="open"[^>]*>(?:<span[^>]*>Urgent ?</span> ?)?(?:<strong>)?([^<]+)<', text)


def chosen(*cases: Case) -> list[str]:
    return [f"{case.id}:{case.move_no}" for case in cases]


def together(visitor: Visitor, gesture: str, values: list[str], **more: str) -> str:
    return visitor.post("/pile/lot", csrf=visitor.csrf("/"), geste=gesture, case=values, **more).text


def test_filters_stand_in_the_address_and_every_link_keeps_them(sylvie: Visitor, cabinet: Cabinet) -> None:
    put(cabinet, "ancien", Status.FAILED, hours_ago=100, patient_id="p1", kind="letter")
    put(cabinet, "urgent", Status.FAILED, urgency=Urgency.URGENT, patient_id="p1")
    put(cabinet, "autre", Status.FAILED, patient_id="p2", author=OTHER_DOCTOR.login)
    given = put(cabinet, "confié", Status.FAILED, assigned="sylvie")
    assert titles(sylvie.get("/").text) == ["urgent", "ancien", "autre", "confié"]
    for part, expected in (
        ("patient=march", ["urgent", "ancien"]),
        ("patient=12/04/1954", ["urgent", "ancien"]),
        (f"patient={given.number}", ["confié"]),
        ("urgence=urgent", ["urgent"]),
        ("auteur=dr-roche", ["autre"]),
        ("type=letter", ["ancien"]),
        ("age=3", ["ancien"]),
        ("confie=sylvie", ["confié"]),
        ("statut=held", []),
        ("tri=recent&urgence=routine", ["confié", "autre", "ancien"]),
    ):
        text = sylvie.get(f"/?{part}").text
        assert titles(text) == expected, part
    text = html.unescape(sylvie.get("/?patient=march&tri=patient&page=9").text)
    assert '"/?onglet=a-signer&patient=march"' in text and "2 dossiers" in text
    assert "Aucun dossier ne répond à ces filtres" in sylvie.get("/?patient=personne").text


def test_a_senseless_address_shows_the_page_without_it(sylvie: Visitor) -> None:
    for path in ("/", "/pile", "/recherche", "/patients/p1"):
        for bad in ("page=-1", "page=²", "page=999999999999", "statut=x&tri=y&age=z", "annee=0&kind=q"):
            assert sylvie.get(f"{path}?{bad}").status_code == 200, (path, bad)


def test_a_long_pile_comes_in_pages(sylvie: Visitor, cabinet: Cabinet) -> None:
    for n in range(53):
        put(cabinet, f"d{n:02}", Status.FAILED, hours_ago=100 - n)
    text = sylvie.get("/").text
    assert len(titles(text)) == 50 and "53 dossiers · page 1 sur 2" in text
    assert titles(sylvie.get("/?page=2").text) == ["d50", "d51", "d52"]


def test_nothing_is_sent_when_nothing_changed_and_only_bars_when_only_they_moved(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    case = put(cabinet, "dictée")
    first = sylvie.get("/?onglet=en-cours").text
    stamp = re.findall(r'name="vu" value="([^"]+)"', first)[0]
    path = "/pile?onglet=en-cours"
    again = sylvie.http.get(path, params={"onglet": "en-cours", "vu": stamp})
    if again.status_code == 200:  # a minute began: ages are told in minutes
        stamp = re.findall(r'name="vu" value="([^"]+)"', again.text)[0]
        again = sylvie.http.get(path, params={"onglet": "en-cours", "vu": stamp})
    assert again.status_code == 204 and not again.content
    cabinet.journal.set_progress(case.id, 0.4)
    bars = sylvie.http.get(path, params={"onglet": "en-cours", "vu": stamp})
    assert bars.headers["hx-reswap"] == "none" and f'id="avance-{case.id}" max="1" value="0.4"' in bars.text
    assert "<table" not in bars.text
    cabinet.journal.move(case, Status.FAILED, actor="worker")
    assert "<nav" in sylvie.http.get(path, params={"onglet": "en-cours", "vu": stamp}).text


def test_who_works_on_a_case_is_shown_and_may_be_taken_over_which_the_audit_says(
    sylvie: Visitor, doctor: Visitor, cabinet: Cabinet
) -> None:
    case = put(cabinet, "dictée", Status.FAILED)
    hers, his = sylvie.csrf("/"), doctor.csrf("/")
    path = f"/dossiers/{case.id}/main"
    assert sylvie.post(path, csrf=hers, verbe="tenir").json()["mine"]
    told = doctor.post(path, csrf=his, verbe="tenir").json()
    assert (told["mine"], told["name"]) == (False, SECRETARY.name) and 0 < told["left"] <= 90
    assert "Sylvie Durand y travaille depuis" in doctor.get("/?onglet=a-faire").text
    assert "Vous y travaillez depuis" in sylvie.get("/").text
    assert doctor.post(path, csrf=his, verbe="prendre").json()["mine"]
    assert not sylvie.post(path, csrf=hers, verbe="tenir").json()["mine"]
    [entry] = [one for one in cabinet.journal.audit_entries(case_id=case.id) if one.action == "take-over"]
    assert (entry.actor, entry.details["from"]) == (DOCTOR.login, SECRETARY.login)
    assert sylvie.post(path, verbe="prendre").status_code == 403


def test_a_case_at_which_the_machine_works_is_nobodys(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = put(cabinet, "dictée")
    assert sylvie.post(f"/dossiers/{case.id}/main", csrf=sylvie.csrf("/"), verbe="tenir").status_code == 204
    assert cabinet.journal.locked(case.id) is None


def test_many_are_set_aside_at_once_and_taken_back(sylvie: Visitor, cabinet: Cabinet) -> None:
    first, second = put(cabinet, "un", Status.FAILED), put(cabinet, "deux", Status.FAILED)
    told = together(sylvie, "ecarter", chosen(first, second), reason="reçu en double")
    assert "2 dossiers écartés." in told
    assert [cabinet.journal.case(case.id).status for case in (first, second)] == [Status.DISCARDED] * 2
    assert cabinet.journal.moves(first.id)[-1].reason == "reçu en double"
    undo = re.findall(r'name="case" value="([^"]+)"', told)
    assert "2 dossiers repris." in together(sylvie, re.findall(r'name="geste" value="(\w+)"', told)[0], undo)
    assert cabinet.journal.case(first.id).status is Status.FAILED
    assert "n'ont pas" in html.unescape(together(sylvie, "reprendre", undo))


def test_a_gesture_is_told_for_each_case_that_it_does_not_fit(sylvie: Visitor, cabinet: Cabinet) -> None:
    held = put(cabinet, "prise", Status.FAILED)
    moved = put(cabinet, "bougée", Status.FAILED)
    seen = chosen(held, moved)
    cabinet.journal.move(moved, Status.RECEIVED, actor="x")
    cabinet.journal.lock(held.id, DOCTOR.login)
    free = put(cabinet, "libre", Status.FAILED)
    told = html.unescape(together(sylvie, "ecarter", [*seen, *chosen(free), "inconnu:0"], reason="x"))
    assert "1 dossier écarté." in told and "3 dossiers n'ont pas changé" in told
    assert "Dr Anne Vial y travaille" in told and "a changé entre-temps" in told and "n'existe pas" in told
    assert cabinet.journal.case(held.id).status is Status.FAILED
    assert "Dites pourquoi" in together(sylvie, "ecarter", chosen(held))
    assert "Aucun dossier n'est coché" in html.unescape(together(sylvie, "urgent", []))
    assert "Ce geste n'existe pas" in html.unescape(together(sylvie, "effacer", chosen(held)))


def test_cases_are_given_to_somebody_and_each_goes_back_to_whom_it_was(sylvie: Visitor, cabinet: Cabinet) -> None:
    nobodys, his = put(cabinet, "un", Status.FAILED), put(cabinet, "deux", Status.FAILED, assigned=DOCTOR.login)
    told = together(sylvie, "confier", chosen(nobodys, his), to="sylvie")
    assert "2 dossiers confiés." in told
    assert titles(sylvie.get("/?confie=sylvie").text) == ["un", "deux"]
    together(sylvie, "confier", re.findall(r'name="case" value="([^"]+)"', told))
    assert [cabinet.journal.case(case.id).assigned for case in (nobodys, his)] == ["", DOCTOR.login]
    assert "n'a pas de compte" in html.unescape(together(sylvie, "confier", chosen(nobodys), to="personne"))


def test_urgency_and_a_retry_of_many(sylvie: Visitor, cabinet: Cabinet) -> None:
    first, second = put(cabinet, "un", Status.FAILED), put(cabinet, "deux", Status.FAILED, urgency=Urgency.URGENT)
    told = together(sylvie, "urgent", chosen(first, second))
    assert "2 dossiers marqués urgents." in told
    assert re.findall(r'name="case" value="([^"]+)"', told) == chosen(first)  # the other one was urgent before
    assert "2 dossiers relancés." in together(sylvie, "relancer", chosen(first, second))
    assert {cabinet.journal.case(case.id).status for case in (first, second)} == {Status.RECEIVED}


@given(st.sampled_from(Status))
def test_no_gesture_is_offered_that_the_table_of_moves_forbids(status: Status) -> None:
    offered = allowed(status)
    assert (Gesture.DISCARD in offered) == (Status.DISCARDED in MOVES[status])
    assert Gesture.RETRY not in offered or status is Status.FAILED
    assert (Gesture.RESTORE in offered) == (status is Status.DISCARDED)
    assert offered or status in (Status.FILED, Status.REPLACED)
    assert all(UNDO[UNDO[one]] is one for one in UNDO)


def test_empty_piles_say_what_to_do_and_a_busy_machine_says_so(sylvie: Visitor, cabinet: Cabinet) -> None:
    assert "Déposez une dictée" in sylvie.get("/").text
    put(cabinet, "dictée")
    assert "1 dossier en cours" in sylvie.get("/").text
    assert "Un document approuvé" in sylvie.get("/?onglet=a-signer").text


def test_turnaround_is_drawn_and_told_in_a_table(sylvie: Visitor, cabinet: Cabinet) -> None:
    assert "Rien n'a été signé" in html.unescape(sylvie.get("/pile/delais").text)
    empty = Span(0, None, None)
    drawn = chart(
        [Week(date(2026, 11, 1), Span(3, 2.0, 7.5), empty), Week(date(2026, 11, 8), empty, Span(1, 0.5, 0.5))]
    )
    assert drawn is not None and len(drawn.bars) == 2
    assert drawn.lines[-1][1] == "8 h" and drawn.bars[0].height == 25 and drawn.bars[0].tick < drawn.bars[0].y
    assert drawn.bars[0].says == "semaine du 01/11, signature : médiane 2 h, 9 sur 10 en 7,5 h"
    assert [hours(value) for value in (None, 0.1, 26.26, 50)] == ["—", "6 min", "26,3 h", "2,1 j"]


def test_a_thick_file_comes_by_year_and_page_with_its_kinds(sylvie: Visitor, cabinet: Cabinet) -> None:
    for n in range(55):
        file(cabinet, f"doc{n:02}", date(2020 + n // 30, 1 + n % 12, 1 + n % 28), author=DOCTOR.login)
    file(cabinet, "certificat", date(2022, 5, 1), kind=DocumentKind.CERTIFICATE)
    put(cabinet, "attend", Status.FAILED, patient_id="p1")
    text = sylvie.get("/patients/p1").text
    assert len(titles(text)) == 50 and titles(text)[0] == "certificat"
    assert re.findall(r"<h2>(\d+)</h2>", text) == ["2022", "2021", "2020"]
    assert "Certificat médical (1)" in text and ">attend</a>" in text and "Imprimer" in text
    further = html.unescape(re.findall(r'hx-get="(/patients[^"]+)"', text)[0])
    rest = sylvie.http.get(further, headers={"hx-request": "true"}).text
    assert len(titles(rest)) == 6 and "<h2>" not in rest and "<html" not in rest
    assert titles(sylvie.get("/patients/p1?kind=certificate").text) == ["certificat"]
    assert len(titles(sylvie.get("/patients/p1?annee=2021").text)) == 25
    opened = [one for one in cabinet.journal.audit_entries() if one.action == "open-file"]
    assert len(opened) == 3  # scrolling is not opening


def test_a_search_filters_by_author_confidentiality_and_file(sylvie: Visitor, cabinet: Cabinet) -> None:
    index, today = cabinet.flow.parts.index, date(2026, 1, 1)
    for record in (
        file(cabinet, "Fibrillation traitée", today, author=DOCTOR.login),
        file(cabinet, "Suivi", today, author=OTHER_DOCTOR.login, kind=DocumentKind.CERTIFICATE),
    ):
        index.add(record, SOLANGE, "Une fibrillation auriculaire.")
    catalog = cabinet.flow.parts.renderer.catalog.kinds
    restricted = next(kind for kind, rules in catalog.items() if rules.confidentiality == "R")

    def found(part: str) -> list[str]:
        answer = sylvie.http.get(f"/recherche?{part}", headers={"hx-request": "true"})
        return re.findall(r'archive/([^"/]+)\.pdf', html.unescape(answer.text))

    assert sorted(found("q=fibrilations&dossier=p1")) == []  # a typo is no prefix and no plural
    assert len(found("q=fibril&dossier=p1")) == 2 and found("q=fibril&dossier=p2") == []
    assert found("q=fibril&auteur=dr-roche") == ["Suivi"]
    secret = file(cabinet, "Secret", today, kind=restricted)
    index.add(secret, SOLANGE, "Une fibrillation auriculaire.")
    assert found("secret=R") == ["Secret"] and len(found("q=fibril&secret=N")) == 2 and found("secret=V") == []
    assert "<mark>Fibrillation</mark> traitée" in sylvie.get("/recherche?q=fibrillations").text


def test_more_hits_than_shown_are_told_and_can_be_asked_for(sylvie: Visitor, cabinet: Cabinet) -> None:
    for n in range(27):
        cabinet.flow.parts.index.add(file(cabinet, f"n{n}", date(2026, 1, 1)), SOLANGE, "asthme")
    text = html.unescape(sylvie.get("/recherche?q=asthme&patient=march").text)
    assert "plus de 25 documents" in text and text.count("/archive/") == 25
    further = re.findall(r'href="(/recherche\?[^"]+tout=1)"', text)[0]
    assert sylvie.get(further).text.count("/archive/") == 27


def test_the_pile_of_a_stranger_is_the_login_page(stranger: Visitor) -> None:
    for path in ("/pile?vu=x", "/pile/delais", "/pile/lot", "/dossiers/x/main"):
        answer = stranger.http.request(
            "POST" if path.endswith(("lot", "main")) else "GET", path, follow_redirects=False
        )
        assert answer.headers["location"] == "/connexion"
