"""A copy that was edited and dropped back in the inbox: a new revision, a refusal with its reason, or a conflict."""

from __future__ import annotations

import io
import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.desk import Correction
from pipeline.errors import FileRefused, MoveForbidden
from pipeline.exchange.step import changed_sections
from pipeline.exchange.word_reader import WordReader
from pipeline.intake.judge import Limits, Verdict, judge
from pipeline.intake.places import entries, folder
from pipeline.model.case import Case, Status
from pipeline.model.document import Section
from pipeline.model.exchange import alike
from pipeline.model.identity import DocumentKind
from pipeline.review.difference import Change, difference
from tests.compose import samples
from tests.exchange import make_copies
from tests.exchange.copies import Office, paragraph, rewritten
from tests.exchange.make_copies import converted, edited_in_libreoffice
from tests.exchange.word import saved_by_word
from tests.practice import DOCTOR, LETTER, SECRETARY

RENDERER, READER = TemplateRenderer(samples.TEMPLATES), WordReader()
REPORT = (
    Section("Motif", "Suivi d'une fibrillation auriculaire."),
    Section("Traitement", "- bisoprolol 5 mg : 1 le matin\n- apixaban 5 mg : 1 matin et soir"),
    Section("Posologie", "Médicament | Dose\nbisoprolol | 5 mg\napixaban | 5 mg"),
    Section("", "Cher confrère,\n\nContrôle dans trois mois.\n\nBien confraternellement."),
)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice with one letter of four sections, headings, a list and a table, in its second revision."""
    office = Office(tmp_path_factory.mktemp("prepared"))
    case = office.dictate(LETTER)
    office.desk.correct(case.id, Correction(REPORT, seen_revision=1), by=SECRETARY)
    return office.root


@pytest.fixture(scope="module")
def standing(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The same for the copies that change nothing: they share it."""
    root = tmp_path_factory.mktemp("standing")
    shutil.copytree(prepared, root, dirs_exist_ok=True)
    return Office(root)


@pytest.fixture
def unchanged(standing: Office) -> Iterator[Office]:
    """Fails when a revision was made or a copy was taken."""
    [case] = standing.desk.pile()
    yield standing
    assert standing.draft(case).revision.number == 2 and standing.returned(case) is None
    assert standing.draft(case).revision.sections == REPORT


@pytest.fixture
def office(prepared: Path, tmp_path: Path) -> Office:
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    return Office(tmp_path)


@pytest.fixture
def case(office: Office) -> Case:
    return office.desk.pile()[0]


def texts(office: Office, case: Case) -> list[tuple[str, str]]:
    return [(one.heading, one.text) for one in office.draft(case).revision.sections]


def test_a_copy_that_comes_back_as_it_went_makes_no_revision(unchanged: Office) -> None:
    [case] = unchanged.desk.pile()
    reason = unchanged.drop(unchanged.copy(case))
    assert "Aucun changement" in reason and case.number in reason


def test_what_word_and_libreoffice_change_on_their_own_is_no_change(unchanged: Office) -> None:
    [case] = unchanged.desk.pile()
    text = _document(unchanged.copy(case))
    own = (
        text.replace("Suivi d’une", "Suivi d'une")
        .replace("Suivi d'une fibrillation", "Suivi d‘une\u202ffibrillation")
        .replace(">- bisoprolol", ">– bisoprolol")
        .replace("5 mg", "5\u00a0mg")
        .replace("confrère", "confre\u0300re")
    )
    assert own != text
    assert "Aucun changement" in unchanged.drop(rewritten(unchanged.copy(case), (text, own)))


def test_a_figure_a_sign_or_a_raised_number_is_always_a_change() -> None:
    for one, other in (("10⁹", "109"), ("½", "1/2"), ("1,5", "15"), ("<", ">"), ("+", "-"), ("É", "E"), ("5 0", "50")):
        assert alike(one) != alike(other)
    for one, other in (("« stable » ; oui", '"stable"; oui'), ("…", "..."), ("5–10", "5-10"), ("l’", "l'")):
        assert alike(one) == alike(other)


def test_a_changed_paragraph_keeps_typed_apostrophes_and_shows_only_what_changed(office: Office, case: Case) -> None:
    assert office.drop(rewritten(office.copy(case), ("auriculaire", "auriculaire rapide"))) == ""
    [motif, *_] = office.draft(case).revision.sections
    assert motif.text == "Suivi d'une fibrillation auriculaire rapide."
    [pieces] = difference(REPORT, office.draft(case).revision.sections)
    assert [one.text.strip() for one in pieces if one.change is not Change.KEPT] == ["rapide"]


def test_a_heading_removed_a_section_moved_and_a_text_pasted_twice_are_taken_and_shown(
    office: Office, case: Case
) -> None:
    document = _document(office.copy(case))
    body = document.split("<w:body>")[1]
    pieces = re.findall(r"<w:p>.*?</w:p>|<w:p .*?</w:p>|<w:tbl>.*?</w:tbl>", body, re.DOTALL)
    heading = next(one for one in pieces if ">Traitement<" in one)
    motif = next(one for one in pieces if ">Motif<" in one)
    about = next(one for one in pieces if "fibrillation" in one)
    closing = next(one for one in pieces if "Bien confraternellement" in one)
    plain = re.sub(r"<w:bookmark(Start|End)[^>]*/>", "", motif + about)
    edited = document.replace(heading, "".join(re.findall(r"<w:bookmark[^>]*/>", heading)))
    edited = edited.replace(closing, plain + closing)
    assert office.drop(rewritten(office.copy(case), (document, edited))) == ""
    now = texts(office, case)
    assert [one for one, _ in now].count("Motif") == 2 and "Traitement" not in dict(now)
    assert sum("fibrillation auriculaire" in text for _, text in now) == 2
    shown = difference(REPORT, office.draft(case).revision.sections)
    said = {(one.change, one.text.strip()) for pieces in shown for one in pieces}
    assert {(Change.REMOVED, "Traitement"), (Change.ADDED, "Motif")} <= said


def test_a_replacement_names_the_document_that_it_replaces_and_the_line_is_not_to_be_changed() -> None:
    renderer, reader = RENDERER, READER
    made = samples.revision(renderer, replaces="record-1", replaces_reference="2026-000123")
    copy = renderer.docx(made)
    assert "annule et remplace le document n° 2026-000123." in _document(copy)
    edited = reader.read(rewritten(copy, ("2026-000123", "2026-000124")))
    with pytest.raises(FileRefused, match="en dehors de ses parties"):
        changed_sections(edited, reader.read(copy), made)


def test_a_changed_word_makes_a_new_revision_that_is_reviewed_again(office: Office, case: Case) -> None:
    edited = rewritten(office.copy(case), ("Contrôle dans trois mois", "Contrôle dans six mois"))
    assert office.drop(edited) == ""
    revision = office.draft(case).revision
    assert revision.number == 3 and revision.made_by == DOCTOR.login
    assert revision.sections == (
        *REPORT[:3],
        Section("", "Cher confrère,\n\nContrôle dans six mois.\n\nBien confraternellement."),
    )
    back = office.returned(case)
    assert back is not None and (back.base, back.number) == (2, 3)
    assert office.flow.parts.blobs.read(back.original) == edited
    assert office.journal.case(case.id).status is Status.TO_REVIEW
    assert (office.root / "brouillons" / case.number / "brouillon-3.docx").exists()


def test_an_approved_document_goes_back_to_review_and_must_be_approved_again(office: Office) -> None:
    case = office.approved(LETTER)
    seen = office.pdf_of(case)
    assert office.drop(rewritten(office.copy(case), ("5 mg", "10 mg"))) == ""
    assert office.journal.case(case.id).status is Status.TO_REVIEW
    with pytest.raises(MoveForbidden):
        office.desk.sign(case.id, by=DOCTOR, seen_sha256=seen)
    case = office.desk.approve(case.id, by=SECRETARY, seen_sha256=office.pdf_of(case))
    assert office.run(office.desk.sign(case.id, by=DOCTOR, seen_sha256=office.pdf_of(case))).status is Status.FILED


def test_sections_and_paragraphs_can_be_added_renamed_and_removed(office: Office, case: Case) -> None:
    copy = office.copy(case)
    added = paragraph("Examen", '<w:pStyle w:val="Heading2"/>') + paragraph("Auscultation normale.")
    middle = paragraph("Contrôle dans trois mois.")
    assert office.drop(rewritten(copy, (middle, middle + added), (">Motif<", ">Motif de consultation<"))) == ""
    assert texts(office, case) == [
        ("Motif de consultation", "Suivi d'une fibrillation auriculaire."),
        ("Traitement", REPORT[1].text),
        ("Posologie", REPORT[2].text),
        ("", "Cher confrère,\n\nContrôle dans trois mois."),
        ("Examen", "Auscultation normale.\n\nBien confraternellement."),
    ]


def test_a_changed_cell_of_a_table_is_taken_and_the_table_stays_one(office: Office, case: Case) -> None:
    copy = office.copy(case)
    before = _document(copy).rpartition("<w:tbl>")[2].partition("</w:tbl>")[0]
    assert (
        office.drop(rewritten(copy, (before, before.replace("5 mg", "2,5 mg", 1).replace("5\xa0mg", "2,5 mg", 1))))
        == ""
    )
    assert texts(office, case)[2] == ("Posologie", "Médicament | Dose\nbisoprolol | 2,5 mg\napixaban | 5 mg")


def test_a_list_that_word_makes_of_typed_lines_keeps_its_marks(office: Office, case: Case) -> None:
    bullet = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr>'
    ordered = bullet.replace("77", "78")
    numbers = (
        '<w:abstractNum w:abstractNumId="77"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="78"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="77"><w:abstractNumId w:val="77"/></w:num>'
        '<w:num w:numId="78"><w:abstractNumId w:val="78"/></w:num></w:numbering>'
    )
    middle = paragraph("Contrôle dans trois mois.")
    items = "".join(
        paragraph(text, look) for text, look in (("a", bullet), ("b", bullet), ("c", ordered), ("d", ordered))
    )
    copy = rewritten(office.copy(case), ("</w:numbering>", numbers), part="word/numbering.xml")
    assert office.drop(rewritten(copy, (middle, middle + items))) == ""
    assert (
        texts(office, case)[3][1]
        == "Cher confrère,\n\nContrôle dans trois mois.\n\n- a\n\n- b\n\n1. c\n\n2. d\n\nBien confraternellement."
    )


def test_tracked_changes_are_read_as_accepted_and_it_is_said(office: Office, case: Case) -> None:
    old = '<w:r><w:t xml:space="preserve">Contrôle dans trois mois.</w:t></w:r>'
    new = (
        '<w:r><w:t xml:space="preserve">Contrôle dans </w:t></w:r>'
        '<w:del w:id="90" w:author="A"><w:r><w:delText>trois</w:delText></w:r></w:del>'
        '<w:ins w:id="91" w:author="A"><w:r><w:t>six</w:t></w:r></w:ins>'
        '<w:r><w:t xml:space="preserve"> mois.</w:t></w:r>'
    )
    assert office.drop(rewritten(office.copy(case), (old, new))) == ""
    assert "Contrôle dans six mois." in texts(office, case)[3][1]
    back = office.returned(case)
    assert back is not None and "1 ajout et 1 suppression" in back.notes[0]


def test_a_deleted_paragraph_mark_joins_two_paragraphs(office: Office, case: Case) -> None:
    gone = '<w:rPr><w:del w:id="92" w:author="A"/></w:rPr>'
    old = paragraph("Contrôle dans trois mois.")
    assert office.drop(rewritten(office.copy(case), (old, paragraph("Contrôle dans trois mois. ", gone)))) == ""
    assert texts(office, case)[3][1] == "Cher confrère,\n\nContrôle dans trois mois. Bien confraternellement."


def test_comments_are_shown_to_the_reviewer_with_what_they_are_about(office: Office, case: Case) -> None:
    copy = office.copy(case)
    run = '<w:r><w:t xml:space="preserve">Contrôle dans trois mois.</w:t></w:r>'
    around = f'<w:commentRangeStart w:id="7"/>{run.replace("trois", "six")}<w:commentRangeEnd w:id="7"/>'
    w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    said = f'<w:comment w:id="7" w:author="Dr Vial">{paragraph("À vérifier")}</w:comment>'
    comments = f'<w:comments xmlns:w="{w}">{said}</w:comments>'
    kind = (
        '<Override PartName="/word/comments.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"/></Types>'
    )
    copy = rewritten(copy, ("</Types>", kind), part="[Content_Types].xml", **{"word/comments.xml": comments})
    assert office.drop(rewritten(copy, (run, around))) == ""
    back = office.returned(case)
    assert back is not None
    assert [(one.author, one.about, one.text) for one in back.comments] == [
        ("Dr Vial", "Contrôle dans six mois.", "À vérifier")
    ]


OUTSIDE = {
    "the patient's birth date": (("12/04/1954", "12/04/1955"), "l'identité du patient"),
    "the patient's name": (("MARCHAND", "MARCHANT"), "l'identité du patient"),
    "the recipient's name": (("LESCURE", "LESCURES"), "le destinataire"),
    "the recipient's address": (("2 rue du Test", "20 rue du Test"), "le destinataire"),
    "the letterhead": (("01 99 00 00 00", "01 99 00 00 01"), "l'en-tête du cabinet"),
    "the doctor's number": (("10999990012", "10999990013"), "le médecin ou sa signature"),
    "the title": ((">Courrier<", ">Ordonnance<"), "le titre"),
}


def test_a_change_outside_the_sections_is_refused_with_its_name_and_nothing_is_lost(unchanged: Office) -> None:
    [case] = unchanged.desk.pile()
    copy = unchanged.copy(case)
    for what, (change, said) in OUTSIDE.items():
        edited = rewritten(copy, change)
        reason = unchanged.drop(edited, f"{what}.docx")
        assert "en dehors de ses parties" in reason and said in reason, what
        assert "MARCHAN" not in reason  # a reason never says who the patient is
        assert edited in [one.read_bytes() for one in (unchanged.root / "inbox" / "_refused").glob("*.docx")], what


def test_a_changed_date_signature_footer_or_added_closing_is_refused(unchanged: Office) -> None:
    [case] = unchanged.desk.pile()
    copy = unchanged.copy(case)
    year = str(unchanged.draft(case).revision.document_date.year)
    assert "la date du document" in unchanged.drop(
        rewritten(copy, (f"{year}</w:t>", f"{int(year) + 1}</w:t>")), "a.docx"
    )
    document = _document(copy)
    end = document.index("<w:sectPr")
    more = rewritten(copy, (document[end:], paragraph("Lu et approuvé.") + document[end:]))
    assert "en dehors de ses parties" in unchanged.drop(more, "b.docx")
    assert "pied de page" in unchanged.drop(
        rewritten(copy, ("copie de travail", "original"), part="word/footer1.xml"), "c.docx"
    )
    signature = document.rindex("Anne")
    unsigned = rewritten(copy, (document[signature:], document[signature:].replace("Anne", "Paul", 1)))
    assert "le médecin ou sa signature" in unchanged.drop(unsigned, "d.docx")


def test_an_older_copy_is_a_conflict_that_overwrites_nothing_and_keeps_both_texts(office: Office, case: Case) -> None:
    old = office.copy(case)
    newer = (*REPORT[:3], Section("", "Cher confrère,\n\nContrôle dans un an.\n\nBien confraternellement."))
    office.desk.correct(case.id, Correction(newer, seen_revision=2), by=SECRETARY)
    reason = office.drop(rewritten(old, ("trois mois", "six mois")))
    assert "version 2" in reason and "version 3" in reason and "Rien n'a été remplacé" in reason
    assert office.draft(case).revision.sections == newer
    back = office.returned(case)
    assert back is not None and back.number == 0 and "Contrôle dans six mois" in back.sections[3].text
    assert "Aucun changement" in office.drop(old, "b.docx")


def test_a_copy_that_already_says_what_the_newest_revision_says_changes_nothing(office: Office, case: Case) -> None:
    edited = rewritten(office.copy(case), ("trois mois", "six mois"))
    assert office.drop(edited) == ""
    assert "Aucun changement" in office.drop(edited)
    assert office.draft(case).revision.number == 3


def test_a_signed_or_set_aside_document_is_not_changed_by_a_copy(office: Office) -> None:
    case = office.approved(LETTER)
    edited = rewritten(office.copy(case), ("5 mg", "10 mg"))
    office.run(office.desk.sign(case.id, by=DOCTOR, seen_sha256=office.pdf_of(case)))
    assert "déjà signé et classé" in office.drop(edited)
    other = office.dictate(LETTER)
    copy = office.copy(other)
    office.desk.discard(other.id, "doublon", by=SECRETARY)
    assert "écarté" in office.drop(rewritten(copy, ("5 mg", "10 mg")))


def test_a_copy_without_its_marks_or_of_another_practice_is_refused(unchanged: Office) -> None:
    [case] = unchanged.desk.pile()
    copy = unchanged.copy(case)
    unmarked = _document(copy).replace('w:name="section_', 'w:name="autre_')
    assert "repères des parties" in unchanged.drop(rewritten(copy, (_document(copy), unmarked)), "a.docx")
    strange = rewritten(copy, (f"{case.id}/2", "0123456789/2"), part="docProps/custom.xml")
    assert "ne connaît pas" in unchanged.drop(strange, "b.docx")
    forged = rewritten(copy, (unchanged.draft(case).revision.sha256, "0" * 64), part="docProps/custom.xml")
    assert "n'existe pas dans le dossier" in unchanged.drop(forged, "c.docx")
    nameless = rewritten(copy, ("Calame.Revision", "Autre.Revision"), part="docProps/custom.xml")
    reason = unchanged.drop(nameless, "d.docx")
    assert "ne vient pas de Calame" in reason and "Enregistrez-le en PDF" in reason


def test_a_half_copied_docx_waits(office: Office, case: Case) -> None:
    content = office.copy(case)
    (office.root / "half.docx").write_bytes(content[: len(content) // 2])
    root = os.open(office.root, os.O_RDONLY)
    with folder(root) as descriptor:
        [entry] = [one for one in entries(descriptor, ()) if one.name == "half.docx"]
        assert judge(descriptor, entry, 60.0, Limits()) is Verdict.WAIT
    os.close(root)


def _document(content: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode("utf-8")


WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp", "Zs")), min_size=1, max_size=9
)
LINES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
PARAGRAPHS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
SECTIONS = st.lists(
    st.builds(Section, st.one_of(st.just(""), LINES), st.lists(PARAGRAPHS, min_size=1, max_size=3).map("\n\n".join)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=SECTIONS, after=SECTIONS)
def test_what_goes_out_comes_back_with_the_same_words_whatever_they_are(
    before: list[Section], after: list[Section]
) -> None:
    renderer, reader = RENDERER, READER
    revision = samples.revision(renderer, DocumentKind.LETTER, sections=tuple(before))
    given_out = reader.read(renderer.docx(revision))
    assert changed_sections(given_out, given_out, revision) == revision.sections
    other = reader.read(renderer.docx(samples.revision(renderer, DocumentKind.LETTER, sections=tuple(after))))
    edited = replace(other, margins=given_out.margins)
    taken = changed_sections(edited, given_out, revision)
    assert _words(taken) == _words(after)


def _words(sections: Sequence[Section]) -> list[tuple[list[str], list[str]]]:
    """Headings with their words; sections without a heading, one after the other, cannot be told from one of both. The
    curly apostrophe is the printed form of the straight one, which a draft keeps."""
    found: list[tuple[list[str], list[str]]] = []
    for section in sections:
        words = section.text.replace("|", " ").replace("’", "'").split()
        if found and not section.heading.strip():
            found[-1][1].extend(words)
        else:
            found.append((section.heading.split(), words))
    return found


def test_a_copy_that_word_saved_unchanged_makes_no_revision(unchanged: Office) -> None:
    assert "Aucun changement" in unchanged.drop(saved_by_word(unchanged.copy(unchanged.journal.case("2026-000001"))))


def test_a_copy_that_word_saved_brings_its_changes_and_nothing_else(office: Office, case: Case) -> None:
    edited = saved_by_word(office.copy(case), ("Suivi", "Contrôle"), ("Dose", "Prise"), ("trois mois", "six mois"))
    assert office.drop(edited) == ""
    assert office.draft(case).revision.sections == (
        replace(REPORT[0], text="Contrôle d'une fibrillation auriculaire."),
        REPORT[1],
        replace(REPORT[2], text=REPORT[2].text.replace("Dose", "Prise")),
        replace(REPORT[3], text=REPORT[3].text.replace("trois mois", "six mois")),
    )


def test_changes_that_word_tracked_are_read_as_accepted_and_said_and_a_look_that_it_tracked_is_no_change(
    office: Office, case: Case
) -> None:
    who = 'w:id="7" w:author="S. Durand" w:date="2026-11-26T09:00:00Z"'
    copy = saved_by_word(office.copy(case))
    run = '<w:t xml:space="preserve">trois </w:t>'
    before = f'<w:r w:rsidR="000002A7">{run}</w:r>'
    gone = f'<w:del {who}><w:r w:rsidDel="00A1"><w:delText xml:space="preserve">trois </w:delText></w:r></w:del>'
    look = f"<w:rPr><w:rPrChange {who}><w:rPr><w:b/></w:rPr></w:rPrChange></w:rPr>"
    come = f'<w:ins {who}><w:r w:rsidR="00A2">{look}<w:t xml:space="preserve">six </w:t></w:r></w:ins>'
    edited = rewritten(copy, (before, gone + come), part="word/document2.xml")
    assert office.drop(edited) == ""
    assert texts(office, case)[3][1] == REPORT[3].text.replace("trois mois", "six mois")
    returned = office.returned(case)
    assert returned is not None and "1 ajout et 1 suppression" in returned.notes[0]


def test_only_the_thumbnail_may_be_a_windows_metafile(office: Office, case: Case) -> None:
    copy = saved_by_word(office.copy(case))
    listing = ('/docProps/thumbnail.emf"', '/word/media/image1.emf"')
    moved = rewritten(copy, listing, part="[Content_Types].xml", **{"word/media/image1.emf": b"\1\0\0\0"})
    assert "partie d'un type inconnu" in office.drop(moved)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice n'est pas installé (libreoffice-writer)")
def test_a_round_trip_through_libreoffice_keeps_the_words_and_refuses_tricks(office: Office, case: Case) -> None:
    copy = office.copy(case)
    middle = paragraph("Contrôle dans trois mois.")
    hidden = rewritten(copy, (middle, middle + paragraph("Invisible.", look="<w:vanish/>")))
    assert "du texte masqué" in office.drop(converted(hidden, office.root))
    edited = edited_in_libreoffice(copy, office.root, ("trois mois", "six mois"))
    assert office.drop(edited) == ""
    assert office.draft(case).revision.sections[:3] == REPORT[:3]
    assert texts(office, case)[3][1] == REPORT[3].text.replace("trois mois", "six mois")


def test_a_copy_that_libreoffice_saved_keeps_every_word_and_mark() -> None:
    reader, revision = WordReader(), make_copies.revision()
    given_out = reader.read((make_copies.DATA / "given.docx").read_bytes())
    back = reader.read((make_copies.DATA / "libreoffice.docx").read_bytes())
    taken = changed_sections(back, given_out, revision)
    assert taken[:2] == revision.sections[:2]
    assert taken[2].text == revision.sections[2].text.replace(*make_copies.CHANGE)
    assert changed_sections(given_out, given_out, revision) == revision.sections
