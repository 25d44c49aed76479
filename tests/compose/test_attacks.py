"""A template cannot reach out, and a dictated text is never more than text."""

from __future__ import annotations

import io
import shutil
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from docx import Document

from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.errors import TemplateFault
from pipeline.model.document import Section
from tests.compose.samples import TEMPLATES, revision


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


@pytest.fixture
def visits() -> Iterator[tuple[str, list[str]]]:
    """A web server of this machine and the addresses that were asked of it."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()


def put_into_letter(templates: Path, markup: str) -> TemplateRenderer:
    path = templates / "letters" / "letter.html"
    path.write_text(path.read_text("utf-8").replace("{% block title %}", "{% block title %}" + markup), "utf-8")
    return TemplateRenderer(templates)


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="attachment" href="file://SECRET">',
        '<a rel="attachment" href="file://SECRET">x</a>',
        '<img src="file://SECRET" alt="x">',
        '<img src="WEB/image.png" alt="x">',
        "<style>@import url(WEB/import.css);</style>",
        "<style>@font-face{font-family:x;src:url(WEB/font)} p{font-family:x}</style><p>a</p>",
        '<p style="background:url(WEB/back.png)">x</p>',
        '<img alt="x" src=\'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
        '<image href="WEB/svg.png" width="9" height="9"/></svg>\'>',
        '<img src="app:../secret.txt" alt="x">',
        '<img src="app:/etc/passwd" alt="x">',
        '<link rel="attachment" href="app:../secret.txt">',
    ],
)
def test_a_template_reads_no_file_and_no_address(
    markup: str, templates: Path, visits: tuple[str, list[str]], tmp_path: Path
) -> None:
    address, seen = visits
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP-SECRET")
    renderer = put_into_letter(templates, markup.replace("SECRET", str(secret)).replace("WEB", address))
    with pytest.raises(TemplateFault, match="hors du dossier des modèles"):
        renderer.pdf(revision(renderer))
    assert seen == []


@pytest.mark.parametrize(
    "code",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ title|attr('__class__') }}",
        "{{ '{0.__class__.__init__.__globals__}'.format(title) }}",
        "{{ sections.append(1) }}",
        "{% include '/etc/passwd' %}",
        "{% include '../secret.txt' %}",
        "{{ range(999999999)|list }}",
    ],
)
def test_a_template_cannot_leave_its_sandbox(code: str, templates: Path) -> None:
    (templates.parent / "secret.txt").write_text("TOP-SECRET")
    renderer = put_into_letter(templates, code)
    with pytest.raises(TemplateFault, match=r"letter\.html|passwd|secret"):
        renderer.pdf(revision(renderer))


@pytest.mark.parametrize("code", ["{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{ title.__class__ }}"])
def test_a_docx_template_cannot_leave_its_sandbox(code: str, templates: Path) -> None:
    path = templates / "letters" / "letter.docx"
    document = Document(str(path))
    document.add_paragraph(code)
    document.save(str(path))
    renderer = TemplateRenderer(templates)
    with pytest.raises(TemplateFault, match=r"letter\.docx"):
        renderer.docx(revision(renderer))


def test_a_docx_template_with_a_macro_is_refused(templates: Path) -> None:
    path = templates / "letters" / "letter.docx"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    renderer = TemplateRenderer(templates)
    with pytest.raises(TemplateFault, match="macro"):
        renderer.docx(revision(renderer))


HOSTILE = (
    "{{ 7*7 }} {% raw %} {%p if x %} <script>alert(1)</script> & <img src=http://127.0.0.1/x> "
    '</w:t></w:r></w:p> <link rel="attachment" href="file:///etc/passwd">'
)


def test_markup_and_template_code_in_a_dictation_are_printed_as_text(templates: Path) -> None:
    renderer = TemplateRenderer(templates)
    made = revision(renderer, sections=(Section(HOSTILE, HOSTILE + "\x00\x0b fin"),), title="<b>{{ title }}</b>")
    pdf = renderer.pdf(made)
    found = "".join("".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)).split())
    shown = "".join(HOSTILE.split())
    assert found.count(shown) == 2
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert list(document.attachments) == ["source.json"]
    copy = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(renderer.docx(made))).paragraphs)
    assert copy.count(HOSTILE) == 2
    assert "<b>{{ title }}</b>" in copy


@pytest.mark.parametrize("suffix", ["html", "docx"])
def test_an_unknown_field_is_named_with_its_template(suffix: str, templates: Path) -> None:
    path = templates / "letters" / f"letter.{suffix}"
    if suffix == "html":
        put_into_letter(templates, "{{ patient.blood_group }}")
    else:
        document = Document(str(path))
        document.add_paragraph("{{ patient.blood_group }}")
        document.save(str(path))
    renderer = TemplateRenderer(templates)
    make = renderer.pdf if suffix == "html" else renderer.docx
    with pytest.raises(TemplateFault, match=rf"letter\.{suffix} » demande un champ inconnu : « blood_group »"):
        make(revision(renderer))


def test_a_broken_template_is_named_with_its_line(templates: Path) -> None:
    renderer = put_into_letter(templates, "{% if %}")
    with pytest.raises(TemplateFault, match=r"letter\.html » est mal écrit, ligne 5"):
        renderer.pdf(revision(renderer))


def test_a_style_that_cannot_be_drawn_names_its_template(templates: Path) -> None:
    renderer = put_into_letter(templates, "<style>li::marker { content: 'x' }</style>")
    with pytest.raises(TemplateFault, match=r"letter\.html » ne peut pas être dessiné"):
        renderer.pdf(revision(renderer))


def test_a_missing_template_is_named(templates: Path) -> None:
    renderer = TemplateRenderer(templates)
    made = revision(renderer)
    (templates / "letters" / "letter.html").unlink()
    with pytest.raises(TemplateFault, match=r"introuvable"):
        renderer.pdf(made)


def test_a_template_without_a_place_for_the_signature_is_refused(templates: Path) -> None:
    path = templates / "shared" / "parts.html"
    path.write_text(path.read_text("utf-8").replace('id="signature"', ""), "utf-8")
    renderer = TemplateRenderer(templates)
    with pytest.raises(TemplateFault, match="une seule place pour la signature"):
        renderer.pdf(revision(renderer))


DELEGATED = (
    "kinds: {letter: {label: x, title: x, template: letters/letter, loinc: x, signers: [doctor], delegation: true}}"
)
"""A medical document that a secretary could sign by delegation."""


@pytest.mark.parametrize(
    "catalog",
    ["", "kinds: [1]", "kinds: {letter: {label: x}}", "kinds: {poem: {}}", "a: [", "kinds: {letter: 3}", DELEGATED],
)
def test_a_wrong_catalogue_is_refused_in_french(catalog: str, templates: Path) -> None:
    (templates / "catalog.yaml").write_text(catalog)
    with pytest.raises(TemplateFault, match="catalogue"):
        TemplateRenderer(templates)
