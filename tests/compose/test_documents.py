"""The printed documents: valid, complete, the same each time, and ready to be signed."""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from dataclasses import replace
from functools import cache

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from docx import Document

from pipeline.compose.drawing import SOURCE_NAME
from pipeline.compose.fields import SIGNATURE_FIELD, SIGNATURE_HEIGHT_PT, SIGNATURE_WIDTH_PT
from pipeline.compose.presentation import view
from pipeline.compose.step import split_sections
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision, Section
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Correspondent, Practice
from tests import verapdf
from tests.compose.samples import EXAMPLES, GP, LETTER, PATIENT, PRACTICE, SECTIONS, TEMPLATES, revision

RENDERER = TemplateRenderer(TEMPLATES)
LONG_PATIENT = replace(
    PATIENT,
    birth_name="DE LA ROCHEFOUCAULD-MONTMORENCY D'ARENBERG",
    first_names="MARIE-ANTOINETTE CHARLOTTE ÉLÉONORE JOSÉPHINE",
    used_name="VAN DEN BERGHE-CARPENTIER DE SAINT-SYLVAIN",
)
LONG_PRACTICE = replace(
    PRACTICE,
    name="Société d'exercice libéral des médecins cardiologues et angiologues du Haut-Anjou",
    address="Centre commercial des Grandes-Arcades, bâtiment B\n145 bis, avenue du Général-de-Gaulle\n49100 Angers",
)


@cache
def printed(kind: DocumentKind) -> bytes:
    return RENDERER.pdf(revision(RENDERER, kind))


@cache
def printed_example(kind: DocumentKind) -> bytes:
    return RENDERER.pdf(EXAMPLES.revision(kind, RENDERER))


def long_letter(sections: int = 5) -> Revision:
    return revision(
        RENDERER,
        sections=LETTER * sections,
        patient=LONG_PATIENT,
        practice=LONG_PRACTICE,
        urgent=True,
        copies=("Dr Anne Martin",),
    )


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFC", text).replace("’", "'").replace("\ufffe", "-").casefold()
    return re.findall(r"[^\s\u00a0\u202f]+", plain)


def written(revision: Revision) -> list[str]:
    text = "\n".join(f"{section.heading}\n{section.text}" for section in revision.sections)
    return [word for word in words(text) if word != "-"]


def bare_words(text: str) -> list[str]:
    return re.findall(r"\w+", " ".join(words(text)))


def in_order(expected: list[str], found: list[str]) -> bool:
    rest = iter(found)
    return all(word in rest for word in expected)


@pytest.mark.skipif(bool(verapdf.missing()), reason=f"absent: {verapdf.missing()}")
def test_every_document_is_pdf_a_3a_and_pdf_ua_1_at_once(tmp_path) -> None:  # type: ignore[no-untyped-def]
    files = []
    for kind in RENDERER_KINDS:
        path = tmp_path / f"{kind.value}.pdf"
        path.write_bytes(printed_example(kind))
        files += [(path, "3a"), (path, "ua1")]
    letter = EXAMPLES.revision(DocumentKind.LETTER, RENDERER)
    for name in RENDERER.catalog.papers:
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(RENDERER.paper(name, letter, letter.recipient))
        files += [(path, "3a"), (path, "ua1")]
    several = tmp_path / "several-pages.pdf"
    several.write_bytes(RENDERER.pdf(long_letter()))
    files += [(several, "3a"), (several, "ua1")]
    verdicts = verapdf.validate_all(files)
    assert {
        (path.name, flavour): rules
        for (path, flavour), (valid, rules) in zip(files, verdicts, strict=True)
        if not valid
    } == {}


RENDERER_KINDS = [kind for kind in DocumentKind if kind not in (DocumentKind.RECEIVED_LETTER, DocumentKind.ARCHIVE)]


@pytest.mark.parametrize("kind", SECTIONS)
def test_the_same_revision_gives_the_same_bytes(kind: DocumentKind) -> None:
    again = TemplateRenderer(TEMPLATES)
    made = revision(again, kind)
    assert again.pdf(made) == printed(kind)
    assert again.docx(made) == RENDERER.docx(made)


@pytest.mark.parametrize("kind", SECTIONS)
def test_every_word_is_on_paper_and_in_the_exchange_copy(kind: DocumentKind) -> None:
    made = revision(RENDERER, kind)
    assert in_order(written(made), words(text_of(printed(kind))))
    copy = Document(io.BytesIO(RENDERER.docx(made)))
    assert in_order(written(made), words("\n".join(paragraph.text for paragraph in copy.paragraphs)))


@pytest.mark.parametrize("kind", RENDERER.catalog.kinds)
def test_every_word_of_every_kind_is_printed_in_order_tables_included(kind: DocumentKind) -> None:
    made = EXAMPLES.revision(kind, RENDERER)
    text = "\n".join(f"{section.heading}\n{section.text}" for section in made.sections)
    assert in_order(bare_words(text), bare_words(text_of(printed_example(kind))))
    copy = Document(io.BytesIO(RENDERER.docx(made)))
    assert in_order(bare_words(text), bare_words(" ".join(copy.element.body.itertext())))


def test_a_table_keeps_its_rows_and_names_its_columns() -> None:
    text = "Traitement :\n- apixaban 5 mg : 1 comprimé matin et soir ;\n- bisoprolol 5 mg : 1 le matin : 3 mois."
    rules = RENDERER.rules(DocumentKind.LETTER)
    made = revision(RENDERER, sections=split_sections(text, rules.headings))
    (paragraph,) = view(made, rules)["sections"][0]["paragraphs"]
    assert paragraph["columns"] == ["Médicament", "Posologie", "Durée"]
    assert [[cell.replace("\u00a0", " ") for cell in row] for row in paragraph["rows"]] == [
        ["apixaban 5 mg", "1 comprimé matin et soir", ""],
        ["bisoprolol 5 mg", "1 le matin", "3 mois"],
    ]


def test_short_facts_stand_in_a_grid_in_the_order_of_the_text() -> None:
    rules = RENDERER.rules(DocumentKind.OPERATIVE_REPORT)
    text = "Opérateur : Dr Lemoine\nAides :\nIndication : lithiase.\nAnesthésie : générale"
    blocks = view(revision(RENDERER, rules.kind, sections=split_sections(text, rules.headings)), rules)["blocks"]
    shown = [[fact["heading"] for fact in block["facts"]] or block["heading"] for block in blocks]
    assert shown == [["Opérateur"], "Aides", "Indication", ["Anesthésie"]]


def test_a_last_page_of_a_few_lines_is_saved_by_setting_the_document_smaller() -> None:
    line = "Je la reverrai dans trois mois, et je reste à votre disposition pour tout renseignement."
    pages = [
        len(pypdfium2.PdfDocument(RENDERER.pdf(revision(RENDERER, sections=(Section("", "\n\n".join([line] * n)),)))))
        for n in (14, 17, 24)
    ]
    assert pages == [1, 1, 2]


def test_who_gets_a_copy_is_named_on_the_document() -> None:
    colleague = Correspondent("c9", "Martin", "Anne", specialty="cardiologie")
    found = text_of(RENDERER.pdf(revision(RENDERER, copy_to=(colleague,), copies=("la patiente",))))
    assert "Copie à : Dr Anne MARTIN (cardiologie) ; la patiente" in " ".join(found.replace("\u00a0", " ").split())


def test_an_envelope_is_a_dl_with_the_address_of_whoever_gets_it() -> None:
    made = revision(RENDERER)
    envelope = pypdfium2.PdfDocument(RENDERER.paper("envelope", made, GP))
    width, height = (side / 72 * 25.4 for side in envelope[0].get_size())
    assert (round(width), round(height), len(envelope)) == (220, 110, 1)
    assert "Dr Olivier PERRIN" in text_of(RENDERER.paper("envelope", made, GP)).replace("\u00a0", " ")
    assert "Madame Yvonne CARPENTIER" in text_of(RENDERER.paper("envelope", made, None))


@pytest.mark.parametrize("name", RENDERER.catalog.papers)
def test_the_papers_have_a_copy_to_change_with_the_same_fields(name: str) -> None:
    made = revision(RENDERER)
    copy = RENDERER.paper_docx(name, made, GP)
    shown = " ".join(Document(io.BytesIO(copy)).element.body.itertext()).replace("\u00a0", " ")
    assert "CARPENTIER Yvonne" in shown if name != "envelope" else "49480 Saint-Sylvain-d'Anjou" in shown
    assert copy == RENDERER.paper_docx(name, made, GP)


def test_labels_fill_one_sheet_of_three_by_eight_with_the_traits_of_the_patient() -> None:
    labels = RENDERER.paper("labels", revision(RENDERER), None)
    assert len(pypdfium2.PdfDocument(labels)) == 1
    assert text_of(labels).count("03/06/1946") == 24


def test_a_covering_slip_names_the_document_and_is_not_to_be_signed() -> None:
    slip = RENDERER.paper("slip", revision(RENDERER), GP)
    assert "2026-000123" in text_of(slip)
    with pikepdf.open(io.BytesIO(slip)) as pdf:
        assert "/AcroForm" not in pdf.Root
    with pytest.raises(TemplateFault, match="papier"):
        RENDERER.paper("confetti", revision(RENDERER), GP)


def test_a_letter_of_several_pages_keeps_every_word_and_names_the_patient_on_each() -> None:
    made = long_letter()
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(RENDERER.pdf(made))]
    assert len(pages) == 3
    found = " ".join(pages)
    assert in_order(written(made), words(found))
    for number, page in enumerate(pages, 1):
        assert f"Page {number}/3" in page
        assert "VAN DEN BERGHE" in page
        assert "2026-000123" in page
        assert made.sha256[:16] in page


def test_the_source_is_embedded_and_hashes_to_the_revision() -> None:
    made = revision(RENDERER)
    with pikepdf.open(io.BytesIO(printed(DocumentKind.LETTER))) as pdf:
        source = pdf.attachments[SOURCE_NAME].get_file().read_bytes()
        assert pdf.attachments[SOURCE_NAME].relationship == "/Source"
    assert source == made.source
    assert json.loads(source)["sections"][0]["text"].startswith("Cher confrère")


@pytest.mark.parametrize("sections", [1, 2, 3, 4])
def test_one_signature_field_waits_on_the_last_page_inside_the_paper(sections: int) -> None:
    with pikepdf.open(io.BytesIO(RENDERER.pdf(long_letter(sections)))) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert (str(field.T), str(field.FT), "/V" in field) == (SIGNATURE_FIELD, "/Sig", False)
        assert pdf.pages[-1].obj == field.P
        left, bottom, right, top = (float(edge) for edge in field.Rect)
    assert (right - left, top - bottom) == pytest.approx((SIGNATURE_WIDTH_PT, SIGNATURE_HEIGHT_PT), abs=0.5)
    assert 0 < left < right < 595
    assert 33 / 25.4 * 72 - 1 <= bottom < top < 842


def test_the_signature_is_never_alone_on_its_page() -> None:
    line = Section("", "Je la reverrai dans trois mois.")
    for lines in range(20, 40, 3):
        made = revision(RENDERER, sections=(Section("", "\n\n".join([line.text] * lines)),))
        last = list(pypdfium2.PdfDocument(RENDERER.pdf(made)))[-1]
        assert "reverrai" in last.get_textpage().get_text_range()


@pytest.mark.parametrize("practice", [PRACTICE, LONG_PRACTICE])
def test_the_recipient_stands_in_the_window_of_the_envelope(practice: Practice) -> None:
    page = pypdfium2.PdfDocument(RENDERER.pdf(revision(RENDERER, practice=practice)))[0].get_textpage()
    searcher = page.search("Dr Olivier PERRIN", match_case=True)
    start, count = searcher.get_next()
    boxes = [page.get_charbox(index) for index in range(start, start + count)]
    left = min(box[0] for box in boxes) / 72 * 25.4
    top = 297 - max(box[3] for box in boxes) / 72 * 25.4
    assert left == pytest.approx(110, abs=1)
    assert 50 <= top <= 53


def test_long_names_and_addresses_are_printed_whole() -> None:
    recipient = replace(
        GP,
        last_name="Perrin-Desmoulins de Villeneuve-lès-Avignon",
        address="Pôle de santé pluriprofessionnel du Lac\nBâtiment des Consultations externes\nBP 10234\n49480 Angers",
    )
    found = "".join(words(text_of(RENDERER.pdf(replace(long_letter(1), recipient=recipient)))))
    for piece in (
        LONG_PATIENT.birth_name,
        LONG_PATIENT.first_names,
        LONG_PRACTICE.name,
        recipient.last_name,
        "BP 10234",
    ):
        assert "".join(words(piece)) in found


def test_an_unqualified_identity_does_not_print_its_ins() -> None:
    number = "2 79 03 51 215 189 89"
    provisional = revision(RENDERER, patient=replace(PATIENT, identity_status="PROV"))
    assert number in text_of(printed(DocumentKind.LETTER)).replace("\u00a0", " ")
    assert number not in text_of(RENDERER.pdf(provisional)).replace("\u00a0", " ")


def test_a_certificate_which_goes_to_third_parties_does_not_show_the_ins() -> None:
    assert "INS" not in text_of(printed(DocumentKind.CERTIFICATE)).replace("INSEE", "")
    copy = Document(io.BytesIO(RENDERER.docx(revision(RENDERER, DocumentKind.CERTIFICATE))))
    shown = "".join(cell.text for table in copy.tables for cell in table._cells)
    assert "LEFÈVRE" in shown
    assert "INS (" not in shown


def test_urgent_is_marked() -> None:
    assert "URGENT" in text_of(RENDERER.pdf(revision(RENDERER, urgent=True)))
    assert "URGENT" not in text_of(printed(DocumentKind.LETTER))


def test_a_bare_draft_is_still_printed_so_that_a_person_can_complete_it() -> None:
    made = revision(RENDERER, recipient=None, sections=(), author=replace(revision(RENDERER).author, name=""))
    assert "CARPENTIER" in text_of(RENDERER.pdf(made))
    assert RENDERER.docx(made)


def test_the_exchange_copy_marks_its_sections_and_names_its_revision() -> None:
    made = revision(RENDERER)
    content = RENDERER.docx(made)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode()
    assert re.findall(r'w:name="(section_\d)"', body) == ["section_1", "section_2", "section_3"]
    properties = Document(io.BytesIO(content)).core_properties
    assert (properties.identifier, properties.comments) == ("case-1/1", made.sha256)


def test_a_changed_template_is_not_mixed_with_an_older_revision() -> None:
    with pytest.raises(TemplateFault, match="a changé"):
        RENDERER.pdf(revision(RENDERER, template_sha256="0" * 64))


def test_the_appointment_is_framed_but_a_greeting_or_a_long_text_is_not() -> None:
    renderer = RENDERER
    appointment = Section("", "Madame,\n\nRendez-vous le 4 décembre 2026 à 14 heures.\n\n" + "Rendez-vous. " * 30)
    made = revision(renderer, DocumentKind.CONVOCATION, sections=(appointment,))
    markup = renderer._drawing.environment.get_template("convocations/convocation.html").render(
        view(made, renderer.rules(made.kind)) | {"qr": "data:,", "tight": False}
    )
    framed = [text.replace("\u00a0", " ") for text in re.findall(r'class="key">([^<]*)<', markup)]
    assert framed == ["Rendez-vous le 4 décembre 2026 à 14 heures."]


def test_the_code_of_each_page_is_read_back_from_a_scan_at_150_dots_per_inch() -> None:
    made = long_letter(2)
    for page in pypdfium2.PdfDocument(RENDERER.pdf(made)):
        (code,) = zxingcpp.read_barcodes(page.render(scale=150 / 72).to_pil())
        assert code.text == f"CALAME 2026-000123 {made.sha256[:16]}"
