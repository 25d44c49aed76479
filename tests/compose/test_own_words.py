"""A practice's template prints every word as it was written, where it is seen, or prints nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.compose.drawing import qr_text
from pipeline.compose.own_docx import docx_text
from pipeline.compose.own_proof import flaws_of_copy, flaws_of_page
from pipeline.compose.own_visible import Letter, sheets_of
from pipeline.compose.own_words import Lost, Paper
from pipeline.compose.presentation import view
from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.docx_package import open_package
from pipeline.errors import TemplateFault
from pipeline.model.document import Revision, Section
from pipeline.model.identity import DocumentKind
from tests.compose.own import Workshop, part, rewritten
from tests.compose.samples import DOCTOR, EXAMPLES, TEMPLATES, revision

SHIPPED = TemplateRenderer(TEMPLATES)
LINE = "{{ line }}{% endfor %}</p>\n  {% endif %}"
SENTENCE = (
    "Le patient présente une dyspnée à la marche stade III depuis 15 jours, avec une SpO2 à 91 % en air ambiant. "
)
TEXT = (
    Section("Motif", "Douleur du genou gauche, pas de fièvre, pas de signe d'embolie."),
    Section("Discussion", "\n\n".join(f"Paragraphe {number} : {SENTENCE}{SENTENCE}" for number in range(6))),
    *(Section("", f"Remarque {number} : {SENTENCE}") for number in range(9)),
    Section("Conclusion", "Poursuite de l'atorvastatine 20 mg le soir."),
)


def change(file: str, before: str, after: str) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        text = (folder / file).read_text("utf-8")
        assert before in text
        (folder / file).write_text(text.replace(before, after), "utf-8")

    return changed


def style(rule: str) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        (folder / "paper.css").write_text((folder / "paper.css").read_text("utf-8") + f"\n{rule}\n", "utf-8")

    return changed


def with_filter(name: str) -> Callable[[Path], None]:
    return change("parts.html", LINE, LINE.replace("line }", f"line|{name} }}"))


FOOT = '<img src="{{ qr }}" alt="Code QR : référence et empreinte du document">'
CLOSE = "{{ parts.close(author.name) }}"
FLAWS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "cut off": (style("section { max-height: 60mm; overflow: hidden }"), "sections", "paper.css"),
    "nine parts": (change("parts.html", "block in blocks %}", "block in blocks[:9] %}"), "sections", "parts.html"),
    "three paragraphs": (
        change("parts.html", "in block.paragraphs %}", "in block.paragraphs[:3] %}"), "sections", "parts.html"
    ),
    "shortened": (with_filter("truncate(120)"), "sections", "parts.html"),
    "another dose": (with_filter('replace("atorvastatine 20", "atorvastatine 200")'), "sections", "parts.html"),
    "another side": (with_filter('replace("gauche", "droite")'), "sections", "parts.html"),
    "without negations": (with_filter('replace("pas de ", "")'), "sections", "parts.html"),
    "a word more": (with_filter('replace("la marche", "jamais la marche")'), "sections", "parts.html"),
    "backwards": (change("parts.html", "block in blocks %}", "block in blocks|reverse %}"), "sections", ""),
    "off the sheet": (style("section p { white-space: nowrap }"), "sections", "paper.css"),
    "address on the left": (style(".who { display: flex; flex-direction: row-reverse }"), "recipient.address", ""),
    "address too low": (style(".letterhead { min-height: 70mm }"), "recipient.address", ""),
    "no page number": (
        change("paper.css", 'content: "Page " counter(page) "/" counter(pages);', 'content: "";'), "page", "paper.css"
    ),
    "no code": (change("page.html", FOOT, ""), "qr", "page.html"),
    "another doctor": (change("page.html", CLOSE, '{{ parts.close("Dr Jean Moreau") }}'), "author.name", ""),
}  # fmt: skip


def in_service(workshop: Workshop, folder: Path) -> Revision:
    """A real letter, with this template in service although nothing checked it."""
    own = workshop.renderer.read(folder)
    assert own
    workshop.own.use(own)
    return revision(workshop.renderer, sections=TEXT)


@pytest.mark.parametrize("name", FLAWS)
def test_a_template_that_loses_changes_or_hides_something_is_wrong_and_draws_nothing(
    name: str, workshop: Workshop
) -> None:
    spoil, field, file = FLAWS[name]
    folder = workshop.new()
    spoil(folder)
    found = {one.field: one for one in workshop.check(folder)}
    assert field in found, found
    if file:
        assert found[field].file == file
        assert found[field].line > 0
    letter = in_service(workshop, folder)
    with pytest.raises(TemplateFault, match=r"Le document n'est pas fait : avec le modèle « lettre »"):
        workshop.renderer.pdf(letter)


def test_the_line_of_the_first_lost_words_is_named_and_no_word_of_the_document(workshop: Workshop) -> None:
    folder = workshop.new()
    with_filter('replace("atorvastatine 20", "atorvastatine 200")')(folder)
    with pytest.raises(TemplateFault, match=r"incomplet à partir de sa ligne \d+\.") as refused:
        workshop.renderer.pdf(in_service(workshop, folder))
    assert "mg le soir" not in str(refused.value)


def test_a_name_that_only_the_real_document_shows_is_refused_when_it_is_drawn(workshop: Workshop) -> None:
    folder = workshop.new()
    other = '"Dr Jean Moreau" if "Ève" in author.name else author.name'
    change("page.html", CLOSE, f"{{{{ parts.close({other}) }}}}")(folder)
    assert workshop.check(folder) == []
    letter = in_service(workshop, folder)
    assert workshop.renderer.pdf(letter).startswith(b"%PDF")
    with pytest.raises(TemplateFault, match=r"le nom de « Dr.Ève Quimper », qui signe"):
        workshop.renderer.pdf(replace(letter, author=replace(DOCTOR, name="Dr Ève Quimper")))


def test_a_copy_to_edit_that_loses_text_is_not_made(workshop: Workshop) -> None:
    folder = workshop.new()
    docx = (folder / "modele.docx").read_bytes()
    body = part(docx, "word/document.xml")
    assert b"in section.paragraphs" in body
    shorter = body.replace(b"in section.paragraphs", b"in section.paragraphs[:2]")
    (folder / "modele.docx").write_bytes(rewritten(docx, {"word/document.xml": shorter}))
    assert "sections" in {one.field for one in workshop.check(folder)}
    with pytest.raises(TemplateFault, match=r"La copie à modifier n'est pas faite : .* à partir de sa ligne \d+"):
        workshop.renderer.docx(in_service(workshop, folder))


@pytest.mark.parametrize(
    "rule",
    [
        "section p { hyphens: auto; text-align: justify } section { width: 70mm }",
        "section { columns: 2 }",
        "h2 { text-transform: uppercase; letter-spacing: 2pt }",
        "section p { font-style: italic; letter-spacing: 1pt }",
        "section p { text-decoration: underline; font-size: 7pt }",
        "p { orphans: 1; widows: 1 } body { font-size: 14pt }",
    ],
)
def test_another_look_loses_nothing(rule: str, workshop: Workshop) -> None:
    folder = workshop.new()
    style(rule)(folder)
    assert workshop.check(folder) == []
    assert workshop.renderer.pdf(in_service(workshop, folder)).startswith(b"%PDF")


@pytest.mark.parametrize("kind", SHIPPED.catalog.kinds)
def test_the_shipped_templates_have_no_flaw(kind: DocumentKind) -> None:
    made = EXAMPLES.revision(kind, SHIPPED)
    shown = view(made, SHIPPED.rules(kind))
    assert list(flaws_of_page(sheets_of(SHIPPED.pdf(made)), shown, qr_text(made), invented=True)) == []
    assert list(flaws_of_copy(docx_text(open_package(SHIPPED.docx(made))), shown)) == []


def paper(*pages: str, unseen: str = "") -> Paper:
    letters = []
    for number, text in enumerate(pages):
        hidden = range(text.find(unseen), text.find(unseen) + len(unseen)) if unseen in text and unseen else ()
        for at, sign in enumerate(text):
            if not sign.isspace():
                apart = at == 0 or text[at - 1].isspace()
                letters.append(Letter(sign, number, seen=at not in hidden, apart=apart))
    return Paper(letters)


@pytest.mark.parametrize(
    ("printed", "given", "lost"),
    [
        (["Pas de fièvre."], ["Pas de fièvre."], None),
        (["PAS DE FIÈVRE."], ["Pas de fièvre."], None),
        (["cardio-\nvasculaire 2 x 5"], ["cardiovasculaire 2 x 5"], None),
        (["compte-\nrendu"], ["compte-rendu"], None),
        (["De fièvre."], ["Pas de fièvre."], "Pas de fièvre."),
        (["apixaban 50 mg"], ["apixaban 5 mg"], "5 mg"),
        (["apixaban 50"], ["apixaban 5"], "5"),
        (["dioptries : 2,5"], ["dioptries : -2,5"], "-2,5"),
        (["deux un"], ["un", "deux"], "deux"),
        (["a b c d pied 1", "tête 2 e f g"], ["a b c d e f g"], None),
        (["a b c d pied 1", "tête 2 f g"], ["a b c d e f g"], "e f g"),
        (["un deux 1", "trois 2", "quatre cinq 3"], ["un deux", "trois", "quatre cinq"], None),
    ],
)
def test_lines_are_found_whole_in_order_and_over_the_ends_of_pages(
    printed: list[str], given: list[str], lost: str | None
) -> None:
    assert paper(*printed).lost(given) == (Lost(lost) if lost else None)


def test_a_word_that_nobody_sees_is_lost_and_a_thin_sign_is_not() -> None:
    assert paper("Pas de fièvre ce soir", unseen="fièvre").lost(["Pas de fièvre ce soir"]) == Lost(
        "fièvre ce soir", True
    )
    assert paper("dose 20 mg", unseen="0").lost(["dose 20 mg"]) == Lost("20 mg", True)
    assert paper("Pas de fièvre.", unseen=".").lost(["Pas de fièvre."]) is None
