"""A practice makes a template of its own, checks it, and puts it in service."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from docx import Document
from PIL import Image

from pipeline.compose.own import COPY, ENTRY, PAGE, Mistake
from pipeline.compose.own_jinja import Sources, jinja_mistakes, shape_of
from pipeline.compose.own_probe import load_fields, probes
from pipeline.compose.practice_renderer import PracticeRenderer
from pipeline.compose.sandbox import environment
from pipeline.compose.step import revise
from pipeline.errors import TemplateFault
from pipeline.model.document import Section
from pipeline.model.identity import DocumentKind
from tests import verapdf
from tests.compose.own import Workshop, part, put, rewritten, say_in_copy
from tests.compose.samples import TEMPLATES, revision

LETTER = DocumentKind.LETTER


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def told(found: list[Mistake]) -> list[tuple[str, int, str]]:
    return [(one.file, one.line, one.field or one.says) for one in found]


def text_of(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


# --- making one ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [DocumentKind.OPERATIVE_REPORT, DocumentKind.INFORMATION_CONSENT])
def test_a_new_template_is_a_working_copy_without_mistake(kind: DocumentKind, workshop: Workshop) -> None:
    folder = workshop.new(kind=kind)
    assert workshop.check(folder) == []
    assert "patient.birth_name * : le nom de naissance" in (folder / PAGE).read_text("utf-8")


def test_every_field_of_a_document_is_described_and_no_other() -> None:
    def paths(shape: object, before: str = "") -> set[str]:
        if not isinstance(shape, dict):
            return {before}
        return {path for key, part in shape.items() for path in paths(part, f"{before}.{key}" if before else key)}

    renderer = PracticeRenderer(TEMPLATES, Workshop(Path("/nowhere"), None).own)  # type: ignore[arg-type]
    rules = renderer.rules(LETTER)
    full, _ = probes(rules, rules, load_fields(TEMPLATES))
    described = {note.name for note in load_fields(TEMPLATES)}
    assert described == paths(shape_of(full.shown)) | {"qr", "tight"}


def test_a_template_with_colours_a_logo_and_a_font_of_the_practice_is_drawn(workshop: Workshop) -> None:
    folder = workshop.new()
    Image.new("RGB", (300, 100), "#803020").save(folder / "logo.png")
    font = Path("/usr/share/fonts/truetype/crosextra/Carlito-Regular.ttf")
    (folder / "Cabinet.ttf").write_bytes(font.read_bytes())
    put(folder, '<p class="bandeau"><img src="app:logo.png" alt="Logo du cabinet"> Bienvenue</p>')
    with (folder / "paper.css").open("a") as styles:
        styles.write("@font-face { font-family: Maison; src: url(app:Cabinet.ttf) } .bandeau { font-family: Maison }")
    assert workshop.check(folder) == []
    pdf = workshop.draw(folder)
    assert "Bienvenue" in text_of(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pictures = document.pages[0].get("/Resources").get("/XObject")
        assert [picture.Interpolate for picture in pictures.values()] == [False] * 2, "the logo and the QR code"
        assert document.Root.AcroForm.Fields[0].T == "Signature"


@pytest.mark.skipif(bool(verapdf.missing()), reason=f"absent: {verapdf.missing()}")
def test_a_logo_keeps_the_document_valid(workshop: Workshop) -> None:
    folder = workshop.new()
    Image.new("RGBA", (300, 100), "#80302080").save(folder / "logo.png")
    Image.new("RGB", (300, 100), "#803020").save(folder / "photo.jpg")
    put(folder, '<p><img src="app:logo.png" alt="Logo du cabinet"><img src="app:photo.jpg" alt="La maison"></p>')
    assert verapdf.validate_bytes(workshop.draw(folder), "3a", "ua1") == [(True, []), (True, [])]


# --- checking one ----------------------------------------------------------------------------------------------------


def test_each_mistake_of_the_page_is_told_with_its_line_and_field(workshop: Workshop) -> None:
    folder = workshop.new()
    wrong = (
        ("{{ patient.nom }}", "patient.nom"),
        ("{{ adresse }}", "adresse"),
        ("{% for part in sections %}{{ part.titre }}{% endfor %}", "part.titre"),
        ("{{ sections.heading }}", "sections.heading"),
        ("{{ title.heading }}", "title.heading"),
        ("{{ title|majuscules }}", "majuscules"),
        ("{% if title is joli %}{% endif %}", "joli"),
        ("{% if false %}x{% endif %}", "partie jamais imprimée : sa condition est toujours fausse"),
        ('{% include "pied.html" %}', "pied.html"),
        ('<img src="app:logo.png">', "alt"),
        ("<script>alert(1)</script>", "script"),
        ('<p style="background: url(https://example.org/x.png)">x</p>', "https://example.org/x.png"),
    )
    first = put(folder, "\n".join(line for line, _ in wrong))
    with (folder / PAGE).open("a") as page:
        page.write("\n{% block pied %}x{% endblock %}\nPerdu")
    end = (folder / PAGE).read_text("utf-8").count("\n")
    found = workshop.check(folder)
    expected = [(PAGE, first + number, field) for number, (_, field) in enumerate(wrong)]
    assert set(told(found)) == {
        *expected,
        (PAGE, end, "pied"),
        (PAGE, end + 1, "texte jamais imprimé, en dehors des blocs"),
    }
    assert next(one.advice for one in found if one.field == "patient.nom") == "Vouliez-vous écrire « patient.name » ?"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("{% if urgent %}", "« {% if %} » n'est pas fermé"),
        ("{% si urgent %}", "l'instruction « si » n'existe pas"),
        ("{{ title }", "« } » inattendu"),
        ("{{ title title }}", "« title » trouvé à la place de « end of print statement »"),
    ],
)
def test_a_line_that_cannot_be_read_is_told(written: str, says: str) -> None:
    text = f"{{% block title %}}\n{written}\n{{% endblock %}}"
    (mistake,) = jinja_mistakes(Sources({PAGE: text}, {"title": str, "urgent": bool}, ()), environment())
    assert (mistake.says, mistake.line >= 2) == (says, True)


def test_what_the_law_asks_for_is_missed_on_the_page_itself(workshop: Workshop) -> None:
    folder = workshop.new()
    change(folder / "parts.html", "<p>Nom de naissance : {{ patient.birth_name }}</p>", "")
    change(folder / "page.html", "<title>{{ title }} – {{ patient.name }}</title>", "<title></title>")
    change(folder / "paper.css", "body { margin: 0;", "body { margin: 0; colr: red;\n grow: 3;")
    found = workshop.check(folder)
    by_field = {one.field: one for one in found}
    assert set(by_field) == {"patient.birth_name", "title", "colr: red", "grow: 3"}
    assert "L.1111-8-1" in by_field["patient.birth_name"].says
    lines = (folder / "paper.css").read_text("utf-8").split("\n")
    assert "grow: 3" in lines[by_field["grow: 3"].line - 1]


def test_a_certificate_with_the_ins_number_is_refused(workshop: Workshop) -> None:
    folder = workshop.new(kind=DocumentKind.CERTIFICATE)
    change(folder / PAGE, 'parts.identity(patient, "Patient", ins=false)', 'parts.identity(patient, "Patient")')
    (mistake,) = workshop.check(folder)
    assert (mistake.field, "tiers" in mistake.says) == ("patient.ins", True)


def test_each_mistake_of_the_docx_is_told_with_its_paragraph(workshop: Workshop) -> None:
    folder = workshop.new()
    document = Document(str(folder / COPY))
    document.add_paragraph("{{ patient.nom }} et {{ title|gras }}")
    document.add_paragraph("Bonjour {%p if urgent %} vous {%p endif %}")
    document.add_paragraph("{{ patient")
    document.add_paragraph(".name }}")
    document.save(str(folder / COPY))
    found = workshop.check(folder)
    lines = sorted({one.line for one in found})
    assert {one.file for one in found} == {COPY}
    assert lines == list(range(lines[0], lines[0] + 4))
    assert {"patient.nom", "gras", "{{ patient", ".name }}"} < {one.field for one in found}


def test_a_tag_that_word_split_over_several_runs_is_read_as_one(workshop: Workshop) -> None:
    folder = workshop.new()
    document = Document(str(folder / COPY))
    paragraph = document.add_paragraph("Vu : {{ pat")
    paragraph.add_run("ient.na").bold = True
    paragraph.add_run("me }}")
    document.save(str(folder / COPY))
    assert workshop.check(folder) == []


def test_a_copy_without_the_bookmarks_of_its_sections_could_not_come_back(workshop: Workshop) -> None:
    folder = workshop.new()
    docx = (folder / COPY).read_bytes()
    body = part(docx, "word/document.xml").replace(b"section_{{ loop.index }}", b"partie_{{ loop.index }}")
    (folder / COPY).write_bytes(rewritten(docx, {"word/document.xml": body}))
    (mistake,) = workshop.check(folder)
    assert "signets" in mistake.says


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("kinds: [poeme]", (1, "kinds")),
        ("kinds: [letter]\ncolor: red", (2, "color")),
        ("kinds: [letter]\ntitle: [a]", (2, "title")),
        ("kinds: [letter]\nrequires: [{says: x}]", (2, "requires")),
        ("title: x", (1, "kinds")),
        ("kinds: [received_letter]", (0, "kinds")),
        ("kinds: [", (1, "ce fichier YAML est mal écrit")),
        ("a: &a [x]\nkinds: [*a, *a]", (1, "a")),
        ("", (1, "kinds")),
    ],
)
def test_a_wrong_entry_is_told_with_its_line(entry: str, expected: tuple[int, str], workshop: Workshop) -> None:
    folder = workshop.new()
    (folder / ENTRY).write_text(entry)
    found = workshop.check(folder)
    assert (found[0].line, found[0].field or found[0].says) == expected
    assert {one.file for one in found} == {ENTRY}


# --- in service ------------------------------------------------------------------------------------------------------


def test_a_template_serves_once_it_was_put_in_service_and_as_it_was_checked(workshop: Workshop) -> None:
    renderer, folder = workshop.renderer, workshop.new()
    shipped = renderer.template_sha256(LETTER)
    put(folder, "<p>Maison fondée en 1987</p>")
    draft = revision(renderer)
    assert (draft.template, "1987" in text_of(renderer.pdf(draft))) == ("letters/letter", False)

    own, found = renderer.check(folder)
    assert own and found == []
    workshop.own.use(own)
    assert renderer.template_sha256(LETTER) != shipped
    with pytest.raises(TemplateFault, match="a changé depuis cette version du brouillon"):
        renderer.pdf(draft)
    saved = revise(draft, [Section("", "Bonjour.")], renderer, by="anne")
    first = renderer.pdf(saved)
    assert "Maison fondée en 1987" in text_of(first)
    assert Document(io.BytesIO(renderer.docx(saved))).core_properties.identifier == "case-1/2"

    (folder / PAGE).write_text("{{ broken", "utf-8")  # work goes on; what serves does not change
    assert renderer.pdf(saved) == first

    workshop.own.retire("lettre")
    assert renderer.template_sha256(LETTER) == shipped


def test_a_copy_in_service_that_was_changed_draws_nothing_and_nothing_stands_in_for_it(workshop: Workshop) -> None:
    folder = workshop.new()
    own, _ = workshop.renderer.check(folder)
    assert own
    served = workshop.own.use(own)
    draft = revision(workshop.renderer)
    (served.folder / "paper.css").write_text("")
    for ask in (
        lambda: workshop.renderer.pdf(draft),
        lambda: workshop.renderer.docx(draft),
        lambda: workshop.renderer.rules(LETTER),
    ):
        with pytest.raises(TemplateFault, match="aucun autre modèle n'est employé à sa place"):
            ask()
    certificate = revision(workshop.renderer, DocumentKind.CERTIFICATE)
    assert workshop.renderer.rules(certificate.kind).template == "certificates/certificate"


def test_two_templates_cannot_draw_the_same_kind(workshop: Workshop) -> None:
    first, second = (workshop.renderer.read(workshop.new(name)) for name in ("une", "deux"))
    assert first and second
    workshop.own.use(first)
    with pytest.raises(TemplateFault, match="« une » dessine déjà"):
        workshop.own.use(second)
    workshop.own.use(replace(first))  # again, the same


def test_what_a_practice_asks_for_is_added_to_what_the_law_asks_for(workshop: Workshop) -> None:
    folder = workshop.new(kind=DocumentKind.DISCHARGE_LETTER)
    with (folder / ENTRY).open("a") as entry:
        entry.write(
            "requires:\n  - words: [rendez-vous]\n    says: Le rendez-vous manque.\nheadings: [Bilan orthoptique]\n"
        )
    own = workshop.renderer.read(folder)
    assert own
    shipped = workshop.renderer.rules(DocumentKind.DISCHARGE_LETTER)
    workshop.own.use(own)
    rules = workshop.renderer.rules(DocumentKind.DISCHARGE_LETTER)
    assert [one.says for one in rules.requires] == [*(one.says for one in shipped.requires), "Le rendez-vous manque."]
    assert "Bilan orthoptique" in rules.headings


def test_a_damaged_register_stops_everything_rather_than_draw_another_layout(workshop: Workshop) -> None:
    own = workshop.renderer.read(workshop.new())
    assert own
    workshop.own.use(own)
    next(workshop.own._service.glob("*.json")).write_text("{")
    with pytest.raises(TemplateFault, match="illisible"):
        workshop.renderer.rules(LETTER)


def test_a_template_is_said_to_be_wrong_where_only_a_bare_document_shows_it(workshop: Workshop) -> None:
    folder = workshop.new()
    put(folder, "{{ recipient.address[0] }}")
    say_in_copy(folder, "{{ practice.address[1] }}")
    found = workshop.check(folder)
    assert [(one.file, "presque vide" in one.says) for one in found] == [(PAGE, True), (COPY, True)]
    assert found[0].line > 50


# --- what is printed and cannot be seen ------------------------------------------------------------------------------

BIRTH_NAME = "<p>Nom de naissance : {{ patient.birth_name }}</p>"
HIDDEN = {
    "display none": '<p style="display: none">{}</p>',
    "visibility hidden": '<p style="visibility: hidden">{}</p>',
    "opacity 0": '<p style="opacity: 0">{}</p>',
    "size 0": '<p style="font-size: 0">{}</p>',
    "size 1": '<p style="font-size: 1px">{}</p>',
    "white on white": '<p style="color: #ffffff">{}</p>',
    "nearly white": '<p style="color: #f2f2f2">{}</p>',
    "transparent": '<p style="color: rgba(0, 0, 0, 0.02)">{}</p>',
    "black on black": '<p style="color: #000; background: #000">{}</p>',
    "beside the sheet": '<p style="position: absolute; left: -400mm; width: 90mm">{}</p>',
    "shrunk": '<p style="transform: scale(0.05)">{}</p>',
    "cut off": '<div style="height: 0; overflow: hidden"><p>{}</p></div>',
    "covered": '<div style="position: relative"><p>{}</p>'
    '<div style="position: absolute; top: 0; left: 0; width: 100%; height: 100%; background: #fff"></div></div>',
    "never": "{{% if false %}}<p>{}</p>{{% endif %}}",
    "rarely": "{{% if patient.sex == 'x' %}}<p>{}</p>{{% endif %}}",
}


@pytest.mark.parametrize("trick", HIDDEN)
def test_a_required_field_that_nobody_can_see_is_a_mistake(workshop: Workshop, trick: str) -> None:
    folder = workshop.new()
    change(folder / "parts.html", BIRTH_NAME, HIDDEN[trick].format("Nom de naissance : {{ patient.birth_name }}"))
    found = [one for one in workshop.check(folder) if one.field == "patient.birth_name" or trick == "never"]
    assert found, trick
    if "invisible" in found[0].says:
        place = (folder / found[0].file).read_text("utf-8").split("\n")[found[0].line - 1]
        assert "patient.birth_name" in place and "L.1111-8-1" in found[0].says


@pytest.mark.parametrize(
    "style", ["color: #555", "font-size: 6pt", "color: #fff; background: #1c4a6e", "opacity: 0.7", "font-weight: 300"]
)
def test_a_quiet_look_is_no_mistake(workshop: Workshop, style: str) -> None:
    folder = workshop.new()
    change(folder / "parts.html", BIRTH_NAME, BIRTH_NAME.replace("<p>", f'<p style="{style}">'))
    assert workshop.check(folder) == []
