"""A comment is a word to the secretary: it reaches her also when nothing else in the copy changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.desk import Correction
from pipeline.model.case import Case, Status
from pipeline.model.document import Section
from pipeline.web.accounts import Accounts
from pipeline.web.app import Site
from tests.exchange.copies import Office, paragraph, rewritten
from tests.exchange.make_copies import converted
from tests.practice import DOCTOR, LETTER, SECRETARY
from tests.web.conftest import Visitor

SECTIONS = (Section("", "Cher confrère,\n\nContrôle dans trois mois.\n\nBien confraternellement."),)
RUN = '<w:r><w:t xml:space="preserve">Contrôle dans trois mois.</w:t></w:r>'
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
LINK = (
    '<Relationship Id="rId90" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments" '
    'Target="comments.xml"/>'
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def case(office: Office) -> Case:
    case = office.dictate(LETTER)
    office.desk.correct(case.id, Correction(SECTIONS, seen_revision=1), by=SECRETARY)
    return office.journal.case(case.id)


def commented(copy: bytes, *texts: str, author: str = "Dr Vial") -> bytes:
    """A copy about one paragraph of which somebody said something in Word."""
    said = "".join(
        f'<w:comment w:id="{number}" w:author="{author}">{paragraph(text)}</w:comment>'
        for number, text in enumerate(texts, 7)
    )
    numbers = range(7, 7 + len(texts))
    around = "".join(f'<w:commentRangeStart w:id="{number}"/>' for number in numbers) + RUN
    around += "".join(
        f'<w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r>' for number in numbers
    )
    override = f'<Override PartName="/word/comments.xml" ContentType="{KIND}"/></Types>'
    part = {"word/comments.xml": f'<w:comments xmlns:w="{W}">{said}</w:comments>'}
    copy = rewritten(copy, ("</Types>", override), part="[Content_Types].xml", **part)
    copy = rewritten(copy, ("</Relationships>", f"{LINK}</Relationships>"), part="word/_rels/document.xml.rels")
    return rewritten(copy, (RUN, around))


def page(office: Office, case: Case) -> str:
    site = Site(office.desk, Accounts(office.journal, session_minutes=60), office.root / "son")
    text = Visitor(TestClient(site.application()), "sylvie").get(f"/dossiers/{case.id}").text
    return text.partition('id="docx"')[2].partition("</details>")[0].replace("&#39;", "'")


def test_a_comment_alone_is_brought_to_the_secretary_and_the_draft_stays(office: Office, case: Case) -> None:
    assert office.drop(commented(office.copy(case), "Vraiment trois ?")) == ""
    assert office.draft(case).revision.number == 2
    assert office.journal.case(case.id).message == "DOCX rendu avec 1 commentaire, sans changement du texte : à lire."
    back = office.returned(case)
    assert back is not None and (back.base, back.number, back.sections) == (2, 2, SECTIONS)
    assert office.flow.parts.blobs.read(back.original) == commented(office.copy(case), "Vraiment trois ?")
    card = page(office, case)
    assert "DOCX rendu avec des commentaires, sans changement du texte" in card
    assert "« Contrôle dans trois mois. » : Vraiment trois ?" in card and "Dr Vial" in card
    assert "Ce qui a changé" not in card


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice n'est pas installé (libreoffice-writer)")
def test_a_comment_that_libreoffice_saved_is_brought_with_the_words_that_it_is_about(
    office: Office, case: Case
) -> None:
    saved = converted(commented(office.copy(case), "Vraiment trois ?"), office.root)
    assert office.drop(saved) == ""
    back = office.returned(case)
    assert back is not None and office.draft(case).revision.number == 2
    assert [(one.author, one.about, one.text) for one in back.comments] == [
        ("Dr Vial", "Contrôle dans trois mois.", "Vraiment trois ?")
    ]


def test_a_comment_on_an_approved_document_sends_it_back_to_review(office: Office, case: Case) -> None:
    office.desk.approve(case.id, by=SECRETARY, seen_sha256=office.pdf_of(case))
    assert office.drop(commented(office.copy(case), "Vraiment trois ?")) == ""
    assert office.journal.case(case.id).status is Status.TO_REVIEW
    seen = office.pdf_of(case)
    office.desk.approve(case.id, by=SECRETARY, seen_sha256=seen)
    assert office.journal.case(case.id).status is Status.TO_SIGN


def test_the_comments_of_an_earlier_copy_are_still_shown_beside_the_later_ones(office: Office, case: Case) -> None:
    copy = office.copy(case)
    assert office.drop(commented(copy, "Vraiment trois ?", "Voir le dosage.")) == ""
    assert office.drop(rewritten(commented(copy, "D'accord."), ("dans trois", "dans six"))) == ""
    card = page(office, case)
    assert office.draft(case).revision.number == 3
    assert card.index("D'accord.") < card.index("Vraiment trois ?") < card.index("Voir le dosage.")
    assert office.drop(commented(copy, "Et le bilan ?")) == "", "of a version that was replaced"
    assert office.draft(case).revision.number == 3
    assert "Et le bilan ?" in page(office, case)


def test_a_refused_copy_says_that_it_has_comments_too_and_nobody_is_told_to_delete_one(
    office: Office, case: Case
) -> None:
    unchanged = office.drop(office.copy(case))
    assert "Aucun changement" in unchanged and "supprimer" not in unchanged
    copy = commented(office.copy(case), "Vraiment trois ?", "Voir le dosage.")
    outside = office.drop(rewritten(copy, ("MARCHAND", "MARCHANT")))
    assert "en dehors de ses parties" in outside and "2 commentaires" in outside and "Vraiment" not in outside
    office.desk.approve(case.id, by=SECRETARY, seen_sha256=office.pdf_of(case))
    office.desk.sign(case.id, by=DOCTOR, seen_sha256=office.pdf_of(case))
    signed = office.drop(copy)
    assert "déjà signé" in signed and "2 commentaires" in signed and "ne le supprimez pas avant" in signed
