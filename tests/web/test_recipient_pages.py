"""A recipient who is not in the register: created on the page, audited, asked about, and never made twice unseen."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pypdfium2 as pdfium
import pytest
from starlette.testclient import TestClient

from pipeline.desk import Correction
from pipeline.errors import DocumentIncomplete, RegisterError
from pipeline.model.case import Case, Status
from pipeline.model.document import Draft
from pipeline.model.people import Correspondent, Role, User
from pipeline.web.app import Site
from pipeline.web.newcomer import Newcomer
from tests.practice import LETTER, SECRETARY, Cabinet, hashed_password
from tests.web.conftest import Visitor

UNKNOWN = LETTER.replace("docteur Antoine Lescure", "docteur Paul Vernier, cardiologue")
REPORT = UNKNOWN.replace("Courrier au", "Compte rendu de consultation, courrier au")
VERNIER = {
    "to_title": "Dr",
    "to_first_name": "Paul",
    "to_last_name": "Vernier",
    "to_specialty": "cardiologue",
    "to_address": "7 rue des Lilas\r\n99000 ESSAI",
    "to_rpps": "",
    "to_email": "",
}


def draft_of(cabinet: Cabinet, case: Case) -> Draft:
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None
    return draft


def press(visitor: Visitor, cabinet: Cabinet, case: Case, action: str, **fields: str) -> tuple[int, str]:
    """A button of the draft's form, with the draft as it stands: the status and the page that come back."""
    path, draft = f"/dossiers/{case.id}", draft_of(cabinet, case)
    now = draft.revision
    whole: dict[str, object] = {
        "csrf": visitor.csrf(path),
        "revision": str(now.number),
        "pdf": draft.pdf.sha256,
        "title": now.title,
        "document_date": now.document_date.isoformat(),
        "author": now.author.login,
        "recipient": now.recipient.id if now.recipient else "",
        "heading": [section.heading for section in now.sections],
        "text": [section.text for section in now.sections],
        "action": action,
    }
    answer = visitor.post(f"{path}/brouillon", **{**whole, **fields})
    return answer.status_code, html.unescape(answer.text)


def printed(cabinet: Cabinet, case: Case) -> str:
    content = cabinet.flow.parts.blobs.read(draft_of(cabinet, case).pdf)
    return str(pdfium.PdfDocument(content)[0].get_textpage().get_text_range())


def test_a_created_recipient_is_on_the_pdf_in_the_register_and_in_the_trail(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(UNKNOWN)
    assert "7 rue des Lilas" not in printed(cabinet, case)
    status, page = press(sylvie, cabinet, case, "destinataire", **VERNIER)
    assert status == 200 and "Destinataire choisi" in page
    recipient = draft_of(cabinet, case).revision.recipient
    assert recipient is not None and cabinet.journal.correspondent(recipient.id) == recipient
    assert recipient.address == "7 rue des Lilas\n99000 ESSAI"
    assert {"Dr Paul VERNIER", "7 rue des Lilas", "99000 ESSAI"} <= {
        line.strip().replace("\xa0", " ") for line in printed(cabinet, case).splitlines()
    }
    [entry] = [one for one in cabinet.journal.audit_entries() if one.action == "create-correspondent"]
    assert (entry.actor, entry.case_id, entry.details["correspondent"]) == (SECRETARY.login, case.id, recipient.id)
    assert "Vernier" not in str(entry.details) and cabinet.journal.verify_audit().whole
    cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=draft_of(cabinet, case).pdf.sha256)


def test_the_page_shows_what_was_said_beside_the_register(sylvie: Visitor, cabinet: Cabinet) -> None:
    unknown = html.unescape(sylvie.get(f"/dossiers/{cabinet.dictate(UNKNOWN).id}").text)
    band = unknown.split('id="bandeau"')[1].split("</section>")[0]
    assert "absent du répertoire" in band and "Courrier au docteur Paul Vernier, cardiologue" in band
    assert 'name="to_last_name" value="Vernier"' in unknown and 'name="to_specialty" value="cardiologue"' in unknown
    known = html.unescape(sylvie.get(f"/dossiers/{cabinet.dictate(LETTER).id}").text)
    band = known.split('id="bandeau"')[1].split("</section>")[0]
    assert "Dr Antoine LESCURE" in band and "99000 ESSAI" in band and "Courrier au docteur Antoine Lescure" in band
    assert "absent du répertoire" not in band


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("to_last_name", " - ", "Écrivez le nom."),
        ("to_rpps", "10999990013", "11 chiffres et une clé exacte"),
        ("to_email", "vernier@", "n'est pas valable"),
        ("to_address", "\n".join("abcdefg"), "6 lignes au plus"),
        ("to_address", "x" * 61, "60 caractères au plus"),
        ("to_first_name", "x" * 61, "60 caractères au plus"),
        ("to_title", "Sa Majesté", "Choisissez un titre"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_stays(
    sylvie: Visitor, cabinet: Cabinet, field: str, value: str, says: str
) -> None:
    case = cabinet.dictate(UNKNOWN)
    before = list(cabinet.journal.all_correspondents())
    status, page = press(
        sylvie, cabinet, case, "destinataire", **{**VERNIER, "to_specialty": "rythmologie", field: value}
    )
    assert status == 422
    [(name, fault)] = re.findall(r'class="fault" id="faute-(\w+)">([^<]+)<', page)
    assert f"to_{name}" == field and says in fault
    assert f'aria-describedby="faute-{name}"' in page
    assert 'value="rythmologie"' in page and ("99000 ESSAI</textarea>" in page or field == "to_address")
    assert list(cabinet.journal.all_correspondents()) == before


def test_a_namesake_is_offered_and_taken(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(UNKNOWN)
    lescure = {**VERNIER, "to_last_name": "lescuré", "to_first_name": "ANTOINE"}
    status, page = press(sylvie, cabinet, case, "destinataire", **lescure)
    assert status == 422 and "Utiliser celui-ci" in page and "Créer quand même" in page
    assert 'value="lescuré"' in page and len(list(cabinet.journal.all_correspondents())) == 1
    press(sylvie, cabinet, case, "destinataire:utiliser:c1", **lescure)
    recipient = draft_of(cabinet, case).revision.recipient
    assert recipient is not None and recipient.id == "c1"
    assert len(list(cabinet.journal.all_correspondents())) == 1


def test_a_namesake_elsewhere_is_created_all_the_same(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(UNKNOWN)
    fields = {**VERNIER, "to_last_name": "Lescure", "to_first_name": "Antoine"}
    press(sylvie, cabinet, case, "destinataire:quand-meme", **fields)
    recipient = draft_of(cabinet, case).revision.recipient
    assert recipient is not None and recipient.id != "c1" and recipient.address.startswith("7 rue des Lilas")
    assert len(list(cabinet.journal.all_correspondents())) == 2


def test_one_rpps_number_is_never_two_people(sylvie: Visitor, cabinet: Cabinet) -> None:
    known = Correspondent("c9", "PETIT", "Anne", rpps="10999990012")
    cabinet.journal.import_correspondents([known], actor="test")
    case = cabinet.dictate(UNKNOWN)
    fields = {**VERNIER, "to_rpps": "1 0999990 012"}
    for action in ("destinataire", "destinataire:quand-meme"):
        status, page = press(sylvie, cabinet, case, action, **fields)
        assert status == 422 and "RPPS est déjà dans le répertoire" in page and "Créer quand même" not in page
    with pytest.raises(RegisterError):
        cabinet.journal.add_correspondent(replace(known, id="", last_name="GRAND"), actor="test")


def test_the_draft_that_was_typed_is_saved_with_the_new_recipient(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(UNKNOWN)
    press(sylvie, cabinet, case, "destinataire", **VERNIER, title="Avis cardiologique")
    now = draft_of(cabinet, case).revision
    assert (now.title, now.recipient is not None) == ("Avis cardiologique", True)


def test_a_begun_recipient_stands_in_the_way_of_approval_until_created_or_abandoned(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    case = cabinet.dictate(LETTER)
    status, page = press(sylvie, cabinet, case, "approuver", **VERNIER)
    assert status == 422 and "n'est pas créé" in page and 'value="Vernier"' in page
    assert cabinet.journal.case(case.id).status is Status.TO_REVIEW
    status, page = press(sylvie, cabinet, case, "destinataire:abandonner", **VERNIER)
    assert status == 200 and 'value="Vernier"' not in page
    press(sylvie, cabinet, case, "approuver")
    assert cabinet.journal.case(case.id).status is Status.TO_SIGN


def test_a_named_addressee_without_a_record_blocks_a_report_until_a_person_answers(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    case = cabinet.dictate(REPORT)
    draft = draft_of(cabinet, case)
    assert draft.revision.recipient is None
    with pytest.raises(DocumentIncomplete, match=r"Paul Vernier, cardiologue.*créez sa fiche.*Sans destinataire"):
        cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=draft.pdf.sha256)
    assert "Sans destinataire" in sylvie.get(f"/dossiers/{case.id}").text
    press(sylvie, cabinet, case, "enregistrer", recipient="-")
    page = html.unescape(sylvie.get(f"/dossiers/{case.id}").text)
    assert "sans destinataire" in page.split('id="bandeau"')[1].split("</section>")[0]
    assert '<option value="-" selected>' in page
    press(sylvie, cabinet, case, "approuver", recipient="-")
    assert cabinet.journal.case(case.id).status is Status.TO_SIGN


def test_a_letter_cannot_go_without_a_recipient_even_when_told_so(cabinet: Cabinet) -> None:
    case = cabinet.dictate(UNKNOWN)
    now = draft_of(cabinet, case).revision
    made = cabinet.desk.correct(case.id, Correction(now.sections, now.number, recipient_id="-"), by=SECRETARY)
    with pytest.raises(DocumentIncomplete, match="destinataire du courrier manque"):
        cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=made.pdf.sha256)


def test_a_document_that_is_no_longer_edited_gets_no_new_recipient(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER)
    cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=draft_of(cabinet, case).pdf.sha256)
    status, page = press(sylvie, cabinet, case, "destinataire", **VERNIER)
    assert status == 422 and "ne peut pas être modifié" in page
    assert len(list(cabinet.journal.all_correspondents())) == 1


def test_the_identity_question_keeps_what_was_chosen_while_a_recipient_is_created(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    case = cabinet.dictate(UNKNOWN.replace("Solange Marchand", "Odile Perdrix"))
    assert case.status is Status.HELD
    path = f"/dossiers/{case.id}"
    common = {"csrf": sylvie.csrf(path), "move_no": str(case.move_no), "patient": "p2", "kind": "referral_letter"}
    wrong = sylvie.post(f"{path}/identite", **common, **{**VERNIER, "to_rpps": "12"}, action="destinataire")
    assert wrong.status_code == 422
    for page in (
        wrong.text,
        sylvie.post(f"{path}/identite", **common, **VERNIER, action="destinataire").text,
    ):
        assert re.search(r'name="patient" value="p2" checked', page)
        assert '<option value="referral_letter" selected>' in page
    [made] = [one for one in cabinet.journal.all_correspondents() if one.last_name == "Vernier"]
    assert f'<option value="{made.id}" selected>' in page
    sylvie.post(f"{path}/identite", **common, recipient=made.id)
    draft = draft_of(cabinet, cabinet.run(case))
    assert draft.revision.recipient == made and draft.revision.patient.id == "p2"


def test_an_identity_is_not_confirmed_over_a_recipient_that_was_begun(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(UNKNOWN.replace("Solange Marchand", "Odile Perdrix"))
    path = f"/dossiers/{case.id}"
    common = {"csrf": sylvie.csrf(path), "move_no": str(case.move_no), "patient": "p2", "kind": "letter"}
    answer = sylvie.post(f"{path}/identite", **common, **VERNIER)
    assert answer.status_code == 422 and "commencé" in answer.text
    assert cabinet.journal.case(case.id).status is Status.HELD


def test_an_archivist_creates_no_recipient(application: Site, cabinet: Cabinet) -> None:
    archivist = User("paul", "Paul Rey", Role.ARCHIVIST)
    cabinet.journal.save_user(archivist, hashed_password(), actor="test")
    paul = Visitor(TestClient(application.application()), "paul")
    letter = cabinet.flow.parts.blobs.read(draft_of(cabinet, cabinet.dictate(LETTER)).pdf)
    dictation, paper = cabinet.dictate(UNKNOWN), cabinet.scan(letter, "Concernant Solange MARCHAND née le 12/04/1954")
    csrf = paul.csrf(f"/dossiers/{paper.id}")
    for case in (dictation, paper):
        for end in ("brouillon", "identite"):
            for action in ("destinataire", "destinataire:quand-meme"):
                answer = paul.post(f"/dossiers/{case.id}/{end}", csrf=csrf, **VERNIER, action=action)
                assert answer.status_code == 403, (end, action)
    assert [one.id for one in cabinet.journal.all_correspondents()] == ["c1"]


def test_a_doctor_may_create_one_and_another_site_may_not(sylvie: Visitor, doctor: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate(UNKNOWN)
    path = f"/dossiers/{case.id}/brouillon"
    assert sylvie.post(path, csrf="", **VERNIER, action="destinataire").status_code == 403
    assert len(list(cabinet.journal.all_correspondents())) == 1
    status, _ = press(doctor, cabinet, case, "destinataire", **VERNIER)
    assert status == 200 and draft_of(cabinet, case).revision.recipient is not None


def test_what_the_dictation_said_is_nothing_that_a_person_began() -> None:
    said = dict.fromkeys(("title", "last_name", "first_name", "specialty", "address", "rpps", "email"), "")
    said |= {"title": "Dr", "last_name": "Vernier"}
    assert not Newcomer(said, said).begun
    assert not Newcomer(said | {"last_name": "", "title": "Pr"}, said).begun
    assert Newcomer(said | {"address": "7 rue des Lilas"}, said).begun
