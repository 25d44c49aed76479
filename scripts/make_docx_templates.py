"""Make the DOCX templates of ``templates/``: run it after changing a text below, and commit what it writes.

    python scripts/make_docx_templates.py [TEMPLATES]

The files share one layout: letterhead, identity and recipient (50 mm from the top, 110 mm from the left), title,
sections between bookmarks, signature, footer with page numbers. Calibri, or its twin Carlito where that is missing.
"""

from __future__ import annotations

import io
import sys
import zipfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

INK = RGBColor(0x1F, 0x4E, 0x5F)
GREY = RGBColor(0x45, 0x52, 0x5C)
RED = RGBColor(0xA3, 0x16, 0x1A)
PLACE = "{% if practice.town %}{{ practice.town }}, le {% else %}Le {% endif %}{{ date }}"
PLACED_BELOW = "Fait {% if practice.town %}à {{ practice.town }}, {% endif %}le {{ date }}"
AUTHOR = "{% if author.name %}{{ author.name }}{% endif %}"
SIGNER = (
    "{% if signed_by_secretary %}Le secrétariat{% if author.name %} – {{ author.name }}{% endif %}"
    "{% else %}" + AUTHOR + "{% endif %}"
)


@dataclass(frozen=True)
class Layout:
    """What differs between them: the word above the patient, the recipient, the title's place, the closing."""

    path: str
    what: str
    recipient: bool
    centred: bool
    closing: tuple[str, ...]


LAYOUTS = (
    Layout("letters/letter", "Concerne", True, False, (SIGNER,)),
    Layout("reports/report", "Patient", True, True, (SIGNER,)),
    Layout("certificates/certificate", "Patient", False, True, (PLACED_BELOW, SIGNER)),
    Layout("convocations/convocation", "Concerne", True, False, (SIGNER,)),
    Layout("sheets/sheet", "Patient", False, True, (SIGNER,)),
)


def make(layout: Layout) -> bytes:
    document = Document()
    _set_up(document)
    _letterhead(document)
    _who(document, layout)
    _title(document, layout)
    _body(document)
    _closing(document, layout)
    _footer(document)
    return _saved(document)


def make_envelope() -> bytes:
    """DL, 220 x 110 mm: the sender small in the corner, the address from 95 mm right and 38 mm down."""
    document = Document()
    _set_up(document)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(220), Mm(110)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(10)
    _write(document, "{{ practice.name }}", size=9, bold=True, color=INK)
    _only_if(document, "practice.address", "{{ practice.address|join('\\n') }}", size=8.5, color=GREY)
    for number, paragraph in enumerate(_address(document)):
        paragraph.paragraph_format.left_indent = Mm(85)
        paragraph.paragraph_format.space_before = Mm(16 if number == 0 else 0)
    return _saved(document)


def make_labels() -> bytes:
    """24 labels of 70 x 37 mm on A4."""
    document = Document()
    _set_up(document)
    page = document.sections[0]
    page.left_margin = page.right_margin = page.bottom_margin = page.top_margin = Mm(0)
    page.footer_distance = Mm(0)
    table = document.add_table(rows=8, cols=3)
    table.autofit = False
    for row in table.rows:
        row.height, row.height_rule = Mm(37), WD_ROW_HEIGHT_RULE.EXACTLY
        for cell in row.cells:
            cell.width = Mm(70)
            cell._tc.remove(cell.paragraphs[0]._p)
            name = _write(cell, "{{ patient.name }}", size=10, bold=True)
            name.paragraph_format.space_before = Mm(4)
            _write(cell, "{{ patient.born }} {{ patient.birth_date }} · {{ patient.sex }}", size=8)
            _write(cell, "{{ patient.birth_name }} {{ patient.first_names }}", size=8)
            _only_if(cell, "patient.ins", "{{ patient.ins_label }} {{ patient.ins }}", size=8)
            _write(cell, "{{ reference }} · {{ practice.name }}", size=7, color=GREY)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.left_indent = Mm(3)
    return _saved(document)


def make_slip() -> bytes:
    """The practice's letterhead, the address in the window, and what is enclosed."""
    document = Document()
    _set_up(document)
    _letterhead(document)
    left, right = _columns(document, (86, 78))
    _write(left, "")
    _address(right)
    _write(right, "")
    document.add_paragraph("Bordereau d’envoi", style="Heading 1")
    _write(document, PLACE, right=True)
    _write(
        document,
        "Veuillez trouver ci-joint le document suivant, couvert par le secret médical (article L.1110-4 du code de la "
        "santé publique) :",
    )
    born = "{% if patient.birth_date %}, {{ patient.born|lower }} {{ patient.birth_date }}{% endif %}"
    for name, text in (
        ("Document", "{{ title }}"),
        ("Patient", "{{ patient.name }}" + born),
        ("Référence", "{{ reference }}, version {{ version }}"),
        ("Auteur", AUTHOR),
        ("Adressé à", "{{ addressees|join(' ; ') }}"),
    ):
        _write(document, f"{name} : {text}")
    _write(document, "Si ce pli vous est parvenu par erreur, merci de le retourner à l’expéditeur sans le lire.")
    return _saved(document)


def _address(place: Any) -> list[Any]:
    before = len(place.paragraphs)
    _only_if(place, "to.name", "{{ to.name }}", bold=True)
    _only_if(place, "to.specialty", "{{ to.specialty }}")
    _only_if(place, "to.address", "{{ to.address|join('\\n') }}")
    return [one for one in place.paragraphs[before:] if not one.text.startswith("{%p")]


def _saved(document: Any) -> bytes:
    output = io.BytesIO()
    document.save(output)
    return _without_dates(output.getvalue())


def _set_up(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(24), Mm(22)
    section.top_margin, section.bottom_margin = Mm(13), Mm(24)
    section.footer_distance = Mm(10)
    for name, size, color in (("Normal", 11, None), ("Heading 1", 14, INK), ("Heading 2", 11.5, INK)):
        style = document.styles[name]
        style.font.name, style.font.size = "Calibri", Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            del fonts.attrib[key]
        for script in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{script}"), "Calibri")
        if color is not None:
            style.font.color.rgb, style.font.bold = color, True
        style.paragraph_format.widow_control = True
    document.styles["Footer"].font.size, document.styles["Footer"].font.color.rgb = Pt(8), GREY
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    document.styles["Heading 2"].paragraph_format.space_before = Pt(9)
    document.styles["Heading 2"].paragraph_format.space_after = Pt(2)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "Modèle", "Calame", ""
    properties.created = properties.modified = datetime(2026, 1, 1)


def _write(
    place: Any, text: str, *, size: float = 0, bold: bool = False, color: Any = None, right: bool = False
) -> Any:
    paragraph = place.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if color is not None:
        run.font.color.rgb = color
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph


def _only_if(place: Any, condition: str, text: str, **look: Any) -> None:
    """A paragraph that stands only where the condition holds."""
    _write(place, f"{{%p if {condition} %}}")
    _write(place, text, **look)
    _write(place, "{%p endif %}")


def _columns(document: Any, widths: tuple[float, float]) -> tuple[Any, Any]:
    table = document.add_table(rows=1, cols=2)
    table.autofit = False
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
        cell._tc.remove(cell.paragraphs[0]._p)
    return table.rows[0].cells[0], table.rows[0].cells[1]


def _letterhead(document: Any) -> None:
    left, right = _columns(document, (86, 78))
    _write(left, "{{ practice.name }}", size=16, bold=True, color=INK)
    _only_if(left, "practice.address", "{{ practice.address|join('\\n') }}", size=9, color=GREY)
    _only_if(left, "practice.phone", "Tél. {{ practice.phone }}", size=9, color=GREY)
    _only_if(left, "practice.email", "{{ practice.email }}", size=9, color=GREY)
    _only_if(left, "practice.finess", "FINESS {{ practice.finess }}", size=9, color=GREY)
    _write(right, AUTHOR, size=11.5, bold=True, right=True)
    _only_if(right, "author.specialty", "{{ author.specialty }}", size=9, color=GREY, right=True)
    _only_if(right, "author.rpps", "RPPS {{ author.rpps }}", size=9, color=GREY, right=True)
    _write(document, "", size=6)


def _who(document: Any, layout: Layout) -> None:
    left, right = _columns(document, (86, 78))
    _write(left, layout.what, size=8, color=INK)
    _write(left, "{{ patient.name }}", size=11.5, bold=True)
    born = "{{ patient.born }} {{ patient.birth_date }}{% if patient.sex %} · sexe {{ patient.sex }}{% endif %}"
    _only_if(left, "patient.birth_date", born, size=9.5)
    _write(left, "Nom de naissance : {{ patient.birth_name }}", size=9.5)
    _write(left, "Prénom(s) de naissance : {{ patient.first_names }}", size=9.5)
    _only_if(left, "patient.birthplace", "Lieu de naissance (code INSEE) : {{ patient.birthplace }}", size=9.5)
    if PLACED_BELOW not in layout.closing:  # a certificate goes to third parties, who have no right to the number
        _only_if(left, "patient.ins", "{{ patient.ins_label }} : {{ patient.ins }}", size=9.5)
    if layout.recipient:
        _only_if(right, "recipient.name", "{{ recipient.name }}", bold=True)
        _only_if(right, "recipient.specialty", "{{ recipient.specialty }}")
        _only_if(right, "recipient.address", "{{ recipient.address|join('\\n') }}")
    _write(right, "")
    _write(document, "", size=6)


def _title(document: Any, layout: Layout) -> None:
    _only_if(document, "urgent", "URGENT", size=12, bold=True, color=RED)
    title = document.add_paragraph("{{ title }}", style="Heading 1")
    title.paragraph_format.space_before = Pt(0)
    if layout.centred:
        title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if PLACED_BELOW not in layout.closing:
        place = _write(document, PLACE, right=not layout.centred)
        if layout.centred:
            place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        place.paragraph_format.space_after = Pt(12)
    old = (
        "{% if replaces_reference %}le document n° {{ replaces_reference }}{% else %}une version antérieure{% endif %}"
    )
    _only_if(document, "replaces", f"Ce document annule et remplace {old}.")


def _body(document: Any) -> None:
    document.add_paragraph("{%p for section in sections %}")
    _bookmark(document, "Start")
    document.add_paragraph("{%p if section.heading %}")
    document.add_paragraph("{{ section.heading }}", style="Heading 2")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p for paragraph in section.paragraphs %}")
    document.add_paragraph("{%p if paragraph.rows %}")
    _rows(document)
    document.add_paragraph("{%p else %}")
    document.add_paragraph("{{ paragraph.text }}")
    document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p endfor %}")
    _bookmark(document, "End")
    document.add_paragraph("{%p endfor %}")


def _rows(document: Any) -> None:
    """A table of as many rows and columns as the paragraph has; its head is repeated on the next page."""
    lines = (
        ("{%tr if paragraph.columns %}",),
        ("{%tc for name in paragraph.columns %}", "{{ name }}", "{%tc endfor %}"),
        ("{%tr endif %}",),
        ("{%tr for row in paragraph.rows %}",),
        ("{%tc for cell in row %}", "{{ cell }}", "{%tc endfor %}"),
        ("{%tr endfor %}",),
    )
    table = document.add_table(rows=len(lines), cols=3, style="Table Grid")
    for number, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
        for cell, text in zip(row.cells, texts, strict=False):
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = Pt(10), True if number == 1 else None
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
    head = OxmlElement("w:tblHeader")
    table.rows[1]._tr.get_or_add_trPr().append(head)


def _bookmark(document: Any, edge: str) -> None:
    mark = OxmlElement(f"w:bookmark{edge}")
    mark.set(qn("w:id"), "{{ loop.index }}")
    if edge == "Start":
        mark.set(qn("w:name"), "section_{{ loop.index }}")
    document.element.body.insert_element_before(mark, "w:sectPr")


def _closing(document: Any, layout: Layout) -> None:
    if layout.path == "sheets/sheet":
        said = "Date et signature du patient ou de son représentant légal :"
        _only_if(document, "patient_signs", said, size=9.5)
    for number, text in enumerate(layout.closing):
        paragraph = _write(document, text)
        paragraph.paragraph_format.left_indent = Mm(88)
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(14 if number == 0 else 0)
    _write(document, "", size=28)
    _only_if(document, "copies", "Copie : {{ copies|join(' ; ') }}", size=9.5)


def _footer(document: Any) -> None:
    footer = document.sections[0].footer
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.add_run("Réf. {{ reference }} · version {{ version }} · {{ hash }} – copie de travail    Page ")
    _field(paragraph, "PAGE")
    paragraph.add_run("/")
    _field(paragraph, "NUMPAGES")


def _field(paragraph: Any, name: str) -> None:
    run = paragraph.add_run()
    for kind in ("begin", None, "end"):
        if kind is None:
            part = OxmlElement("w:instrText")
            part.text = name
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _without_dates(content: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(output, "w") as after:
        for part in before.infolist():
            named = zipfile.ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
            after.writestr(named, before.read(part), compress_type=zipfile.ZIP_DEFLATED)
    return output.getvalue()


def main() -> None:
    templates = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "templates"
    made = {layout.path: make(layout) for layout in LAYOUTS}
    made |= {"papers/envelope": make_envelope(), "papers/labels": make_labels(), "papers/slip": make_slip()}
    for name, content in made.items():
        target = templates / f"{name}.docx"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        print(target)


if __name__ == "__main__":
    main()
