"""The pages without a browser: who may do what, and what hostile input does."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image
from starlette.testclient import TestClient

from pipeline.model.case import Status
from pipeline.model.document import Draft
from pipeline.model.text import Gap, Recording
from pipeline.testing import spoken
from pipeline.web import words
from pipeline.web.accounts import Accounts
from pipeline.web.app import Site
from pipeline.web.media import PagePictures
from tests.practice import LETTER, SECRETARY, Cabinet
from tests.web.conftest import Visitor


def test_a_stranger_is_sent_to_the_login_page(stranger: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    for path in ("/", f"/dossiers/{case.id}", f"/dossiers/{case.id}/son", "/recherche", "/patients/p1"):
        answer = stranger.http.get(path, follow_redirects=False)
        assert answer.status_code == 303 and answer.headers["location"] == "/connexion"


def test_a_wrong_password_is_refused_and_guessing_is_slowed_down(stranger: Visitor) -> None:
    for _ in range(5):
        assert stranger.post("/connexion", login="sylvie", password="faux").status_code == 401
    answer = stranger.post("/connexion", login="sylvie", password="faux")
    assert answer.status_code == 429 and "Trop d'essais" in answer.text.replace("&#39;", "'")


def test_every_page_carries_the_security_headers(sylvie: Visitor) -> None:
    headers = sylvie.get("/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY" and headers["cache-control"] == "no-store"


def test_the_session_cookie_cannot_be_read_by_a_script_or_sent_by_another_site(stranger: Visitor) -> None:
    answer = stranger.http.post(
        "/connexion", data={"login": "sylvie", "password": "mot-de-passe-d-essai"}, follow_redirects=False
    )
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie


def test_an_action_without_its_token_or_from_another_site_is_refused(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.approved()
    answer = sylvie.post(f"/dossiers/{case.id}/geste", action="unapprove")
    assert answer.status_code == 403
    token = sylvie.csrf(f"/dossiers/{case.id}")
    answer = sylvie.http.post(
        f"/dossiers/{case.id}/geste",
        data={"csrf": token, "action": "unapprove"},
        headers={"origin": "https://ailleurs.example"},
    )
    assert answer.status_code == 403
    assert cabinet.journal.case(case.id).status is Status.TO_SIGN


def test_a_logged_out_session_opens_nothing(sylvie: Visitor) -> None:
    cookie = sylvie.http.cookies["calame_session"]
    sylvie.post("/deconnexion", csrf=sylvie.csrf("/"))
    sylvie.http.cookies.set("calame_session", cookie)
    assert sylvie.http.get("/", follow_redirects=False).status_code == 303


def test_the_pile_shows_urgent_first_then_the_oldest(sylvie: Visitor, cabinet: Cabinet) -> None:
    first = cabinet.dictate()
    urgent = cabinet.dictate("Urgent. " + LETTER)
    html = sylvie.get("/").text
    assert html.index(urgent.number) < html.index(first.number)
    assert "MARCHAND Solange" in html


def test_dictated_html_and_scripts_are_shown_as_text(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER.replace("5 mg", "<script>alert(1)</script> {{ 7*7 }}"))
    html = sylvie.get(f"/dossiers/{case.id}").text
    assert "<script>alert" not in html and "&lt;script&gt;alert(1)" in html and "{{ 7*7 }}" in html


def test_a_hostile_patient_name_is_shown_as_text(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER.replace("Solange Marchand", "Odile Perdrix"))
    path = f"/dossiers/{case.id}"
    answer = sylvie.post(
        f"{path}/patient",
        csrf=sylvie.csrf(path),
        birth_name="<img src=x onerror=alert(1)>",
        first_names='"><script>alert(2)</script>',
        birth_date="1954-04-12",
        sex="F",
    )
    assert answer.status_code == 200
    assert "<img src=x" not in answer.text and "<script>alert" not in answer.text


def test_a_path_out_of_the_site_is_not_found(sylvie: Visitor) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/dossiers/..%2f..%2fetc/son", "/archive/..%2fx.pdf"):
        assert sylvie.get(path).status_code in (404, 422)


def test_a_secretary_who_forges_the_signing_form_is_refused(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.approved()
    path = f"/dossiers/{case.id}"
    answer = sylvie.post(f"{path}/signer", csrf=sylvie.csrf(path), pdf=cabinet.pdf_of(case))
    assert answer.status_code == 403 and "R.4127-76" in answer.text
    assert cabinet.journal.case(case.id).status is Status.TO_SIGN


def test_a_stale_edit_keeps_what_was_typed_beside_the_newer_text(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    path = f"/dossiers/{case.id}"
    token = sylvie.csrf(path)
    common = {"csrf": token, "revision": "1", "title": "Courrier", "action": "enregistrer", "heading": ""}
    sylvie.post(f"{path}/brouillon", **common, text="Première version.")
    answer = sylvie.post(f"{path}/brouillon", **common, text="Seconde version.")
    assert answer.status_code == 409
    assert "Première version." in answer.text and "Seconde version." in answer.text


def test_approving_unsaved_text_saves_it_first_and_asks_to_read_the_new_pdf(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    path = f"/dossiers/{case.id}"
    answer = sylvie.post(
        f"{path}/brouillon",
        csrf=sylvie.csrf(path),
        revision="1",
        pdf=cabinet.pdf_of(case),
        title="Courrier",
        recipient="c1",
        document_date="2026-11-22",
        heading="",
        text="Texte non enregistré.",
        action="approuver",
    )
    assert "relisez le PDF" in answer.text
    assert cabinet.journal.case(case.id).status is Status.TO_REVIEW
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None and draft.revision.sections[0].text == "Texte non enregistré."


def test_sound_can_be_sought_in_parts(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(sound=b"RIFF" + bytes(1000))
    answer = sylvie.http.get(f"/dossiers/{case.id}/son", headers={"range": "bytes=100-199"})
    assert answer.status_code == 206 and len(answer.content) == 100
    assert answer.headers["content-range"] == "bytes 100-199/1004"


def test_reading_a_filed_document_is_recorded(sylvie: Visitor, cabinet: Cabinet) -> None:
    cabinet.filed()
    [record] = cabinet.journal.records_of("p1")
    answer = sylvie.get(f"/archive/{record.id}.pdf")
    assert answer.content.startswith(b"%PDF")
    assert [e.actor for e in cabinet.journal.audit_entries() if e.action == "read"] == [SECRETARY.login]


def test_an_unexpected_error_says_so_in_french_without_details(
    sylvie: Visitor, cabinet: Cabinet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_case: str) -> Recording:
        raise ValueError("Solange Marchand")

    case = cabinet.dictate()
    monkeypatch.setattr(cabinet.desk, "open", fail)
    answer = sylvie.get(f"/dossiers/{case.id}")
    assert answer.status_code == 500 and "ValueError" in answer.text and "Marchand" not in answer.text


def test_a_new_patient_record_is_proposed_before_the_patient_that_the_machine_found(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    paper = cabinet.scan(
        cabinet.flow.parts.blobs.read(draft_of(cabinet).pdf), "Concernant Solange MARCHAND née le 12/04/1954"
    )
    for path in (f"/dossiers/{paper.id}", f"/dossiers/{cabinet.dictate().id}"):
        fields = {"birth_name": "PERDRIX", "first_names": "Odile" + path[-3:], "birth_date": "1960-05-02", "sex": "F"}
        answer = sylvie.post(f"{path}/patient", csrf=sylvie.csrf(path), **fields)
        assert answer.status_code == 200
        [checked] = re.findall(r'<input type="radio" name="patient" value="([^"]+)" checked', answer.text)
        chosen = cabinet.journal.patient(checked)
        assert chosen is not None and chosen.birth_name == "PERDRIX"
        assert "MARCHAND Solange" in answer.text


def test_a_page_stays_valid_when_the_server_starts_again(sylvie: Visitor, cabinet: Cabinet, tmp_path: Path) -> None:
    case = cabinet.dictate()
    path = f"/dossiers/{case.id}"
    token = sylvie.csrf(path)
    again = Site(cabinet.desk, Accounts(cabinet.journal, session_minutes=60), tmp_path / "son").application()
    restarted = TestClient(again, cookies=sylvie.http.cookies)
    fields = {"csrf": token, "revision": "1", "title": "Courrier", "recipient": "c1", "action": "enregistrer"}
    answer = restarted.post(f"{path}/brouillon", data={**fields, "heading": "", "text": "Tapé avant l'arrêt."})
    assert answer.status_code == 200
    assert draft_of(cabinet, case.id).revision.sections[0].text == "Tapé avant l'arrêt."


def test_what_was_typed_stays_on_the_page_when_the_document_was_approved_meanwhile(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    case = cabinet.dictate()
    path = f"/dossiers/{case.id}"
    token = sylvie.csrf(path)
    cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))
    fields = {"csrf": token, "revision": "1", "title": "Courrier", "recipient": "c1", "action": "enregistrer"}
    answer = sylvie.post(f"{path}/brouillon", **fields, heading="", text="Une phrase ajoutée.")
    assert answer.status_code == 422 and "ne peut pas être modifié" in answer.text
    assert "Une phrase ajoutée." in answer.text
    assert "Une phrase ajoutée." not in draft_of(cabinet, case.id).revision.sections[0].text


def test_a_refused_approval_says_why_on_the_draft_itself(sylvie: Visitor, cabinet: Cabinet) -> None:
    cabinet.hearing.transcript = replace(spoken(LETTER), gaps=(Gap(3.0, 6.5),))
    case = cabinet.dictate()
    path = f"/dossiers/{case.id}"
    now = draft_of(cabinet, case.id).revision
    answer = sylvie.post(
        f"{path}/brouillon",
        csrf=sylvie.csrf(path),
        revision="1",
        pdf=cabinet.pdf_of(case),
        title=now.title,
        recipient="c1",
        document_date=now.document_date.isoformat(),
        author=now.author.login,
        heading=[section.heading for section in now.sections],
        text=[section.text for section in now.sections],
        action="approuver",
    )
    assert answer.status_code == 422 and "Écoutez chaque passage" in answer.text
    assert 'id="brouillon"' in answer.text


def test_another_doctor_is_not_offered_to_sign(application: Site, cabinet: Cabinet) -> None:
    case = cabinet.approved()
    roche = Visitor(TestClient(application.application()), "dr-roche")
    roche.give_reason(f"/dossiers/{case.id}")
    page = roche.get(f"/dossiers/{case.id}").text
    assert "au nom de Dr Anne Vial" in page and "/signer" not in page


def test_a_form_without_a_length_is_refused_before_it_is_read(stranger: Visitor) -> None:
    answer = stranger.http.post("/connexion", content=iter([b"login=x"] * 3))
    assert answer.status_code == 413


def test_a_strip_of_paper_is_shown_small_instead_of_filling_the_memory(tmp_path: Path) -> None:
    document = pdfium.PdfDocument.new()
    document.new_page(2, 14_400)
    document.save(tmp_path / "strip.pdf")
    png = PagePictures().png(tmp_path / "strip.pdf", "0" * 64, 0)
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.width * picture.height <= 13_000_000


def draft_of(cabinet: Cabinet, case_id: str = "") -> Draft:
    draft = cabinet.desk.open(case_id or cabinet.dictate().id).draft
    assert draft is not None
    return draft


def test_a_refused_file_is_shown_in_the_pile_with_its_reason(sylvie: Visitor, cabinet: Cabinet) -> None:
    assert "Refusés" not in sylvie.get("/").text
    folder = cabinet.flow.parts.inbox / "_refused"
    folder.mkdir(parents=True)
    (folder / "<b>note.doc").write_bytes(b"x")
    (folder / "<b>note.doc.txt").write_text("Que faire : déposez une dictée.", "utf-8")
    (folder / "lien.txt").symlink_to("/etc/passwd")
    (folder / "lien").write_bytes(b"x")
    assert "Refusés" in sylvie.get("/").text
    html = sylvie.get("/?onglet=refuses").text
    assert "&lt;b&gt;note.doc" in html and "déposez une dictée" in html and "root:" not in html


def test_the_kinds_of_a_draft_are_offered_in_groups(sylvie: Visitor, cabinet: Cabinet) -> None:
    page = sylvie.get(f"/dossiers/{cabinet.dictate().id}/identite").text
    for group in ("Courriers", "Comptes rendus", "Certificats", "Convocations"):
        assert f'<optgroup label="{group}">' in page
    assert 'value="certificate_injuries"' in page and 'value="archive"' not in page


def test_what_lacks_names_its_article_and_what_may_be_forgotten_stands_apart(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER.replace("Courrier au", "Lettre de liaison au"))
    page = sylvie.get(f"/dossiers/{case.id}").text
    assert "R.1112-1-2" in page.split('class="notice bad"')[1].split("</ul>")[0]
    assert "multirésistant" in page.split('id="oublis"')[1].split("</details>")[0]
    token = sylvie.csrf(f"/dossiers/{case.id}")
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None
    fields = {"recipient": "c1", "title": draft.revision.title, "document_date": draft.revision.document_date}
    text = {"heading": "", "text": draft.revision.sections[0].text, "author": draft.revision.author.login}
    answer = sylvie.post(
        f"/dossiers/{case.id}/brouillon",
        csrf=token, revision=1, pdf=draft.pdf.sha256, action="approuver", **fields, **text,
    )  # fmt: skip
    assert answer.status_code == 422 and "R.1112-1-2" in answer.text
    assert cabinet.journal.case(case.id).status is Status.TO_REVIEW


def test_a_copy_is_chosen_saved_and_its_envelope_printed(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    page = f"/dossiers/{case.id}"
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None
    made = draft.revision
    answer = sylvie.post(
        f"{page}/brouillon",
        csrf=sylvie.csrf(page), revision=1, pdf=draft.pdf.sha256, action="enregistrer", title=made.title,
        document_date=made.document_date, recipient="", author=made.author.login, copy_to="c1",
        heading=made.sections[0].heading, text=made.sections[0].text,
    )  # fmt: skip
    assert answer.status_code == 200
    after = cabinet.desk.open(case.id).draft
    assert after is not None and [person.id for person in after.revision.copy_to] == ["c1"]
    envelope = sylvie.get(f"{page}/papier/envelope.pdf?a=c1")
    assert envelope.headers["content-type"] == "application/pdf"
    assert "LESCURE" in pdfium.PdfDocument(envelope.content)[0].get_textpage().get_text_range()
    assert sylvie.get(f"{page}/papier/envelope.docx?a=c1").content.startswith(b"PK")
    assert sylvie.get(f"{page}/papier/envelope.pdf?a=nobody").status_code == 422
    assert sylvie.get(f"{page}/papier/confetti.pdf").status_code == 422


def test_the_hour_on_a_page_is_that_of_france_whatever_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Noumea")
    time.tzset()
    try:
        assert words.moment(datetime(2026, 7, 1, 22, 5, tzinfo=UTC)) == "2 juillet 2026 à 00 h 05"
        assert words.clock(datetime(2026, 11, 26, 5, 30, tzinfo=UTC)) == "06:30"
    finally:
        monkeypatch.undo()
        time.tzset()
