"""A template from an unknown hand reads no file, asks nothing of the network, runs no code, and never hangs.

Each is drawn without being checked first: the walls must hold alone.
"""

from __future__ import annotations

import base64
import os
import socket
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from pipeline.compose.cell import Cell
from pipeline.compose.own import COPY, OwnTemplate, folder_mistakes, load_own
from pipeline.errors import TemplateFault
from pipeline.model.identity import DocumentKind
from tests.compose.own import Workshop, part, put, rewritten, say_in_copy, short

SECRET = "TOP-SECRET-4821"


@pytest.fixture
def asked() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine, and who knocked."""
    knocks: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            knocks.append("knock")
            connection.close()

    threading.Thread(target=listen, daemon=True).start()
    yield listener.getsockname()[1], knocks
    listener.close()


def nothing_left(cell: Cell) -> None:
    """The cell's own process has no child."""
    assert cell._process is not None
    assert Path(f"/proc/{cell._process.pid}/task/{cell._process.pid}/children").read_text().split() == []


def text_of(pdf: bytes) -> str:
    return "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


# --- code and files --------------------------------------------------------------------------------------------------

ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ title|attr('__class__') }}",
    "{{ title|attr('_'*2 ~ 'class' ~ '_'*2) }}",
    "{{ [title]|map(attribute='__class__')|first }}",
    "{{ [title]|map('attr', '__class__')|first }}{{ ([title]|map('attr', '__class__')|first).__mro__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ lipsum.__globals__.os.popen('touch PROOF') }}",
    "{{ cycler.__init__.__globals__.os.popen('touch PROOF') }}",
    "{{ ''.join.__func__ }}",
    "{{ '{0.__class__}'.format(title) }}",
    "{{ '{0.__class__}'|format(title) }}{{ '%(a)s'.__mod__ }}",
    "{{ title.format_map({'a': 1}).__class__ }}",
    "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{% call m() %}x{% endcall %}",
    "{% for x in [1] %}{{ loop.__init__.__globals__ }}{% endfor %}",
    "{{ sections.append(1) }}",
    "{{ patient.update(name='x') }}",
    "{{ config }}{{ request }}",
    "{{ range.__self__ }}",
    "{% include 'SECRET' %}",
    "{% include '../secret.txt' %}",
    "{% import '../../secret.txt' as s %}{{ s }}",
    "{% include ['../secret.txt', 'SECRET'] %}",
    "{% extends '/etc/passwd' %}",
    "{% include 'link.html' %}",
]


@pytest.mark.parametrize("code", ESCAPES)
def test_no_expression_leaves_the_sandbox(code: str, workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    folder, proof = workshop.new(), tmp_path / "proof"
    (folder / "link.html").symlink_to(tmp_path / "secret.txt")
    short(folder, code.replace("SECRET", str(tmp_path / "secret.txt")).replace("PROOF", str(proof)))
    with pytest.raises(
        TemplateFault, match=r"interdite|champ inconnu|introuvable|mal écrit|hors de|ne peut pas être rempli"
    ):
        workshop.draw(folder)
    assert not proof.exists()


def test_the_expressions_are_told_with_their_line_before_anything_is_drawn(workshop: Workshop) -> None:
    told = {
        "{{ ''.__class__ }}": "opération interdite",
        "{{ title|attr('__class__') }}": "opération interdite",
        "{% include '/etc/passwd' %}": "fichier hors du dossier du modèle",
        "{% include title %}": "le fichier à insérer n'est pas nommé en clair",
        '<img src="file:///etc/passwd" alt="">': "adresse interdite : un modèle ne lit que son dossier",
    }
    folder = workshop.new()
    first = put(folder, "\n".join(told))
    found = [(one.line, one.says) for one in workshop.check(folder)]
    assert found == [(first + number, says) for number, says in enumerate(told.values())]


ADDRESSES = [
    '<link rel="attachment" href="file://SECRET">',
    '<img src="file://SECRET" alt="x">',
    '<img src="app:../../secret.txt" alt="x">',
    '<img src="app:SECRET" alt="x">',
    '<img src="app:link.png" alt="x">',
    '<link rel="stylesheet" href="app:link.css">',
    '<link rel="attachment" href="app:link.png">',
    '<img src="http://127.0.0.1:PORT/a.png" alt="x">',
    '<img srcset="http://127.0.0.1:PORT/a.png" src="https://127.0.0.1:PORT/a.png" alt="x">',
    '<link rel="stylesheet" href="//127.0.0.1:PORT/a.css">',
    "<style>@import 'http://127.0.0.1:PORT/a.css';</style>",
    "<style>@import url(ftp://127.0.0.1:PORT/a.css);</style>",
    "<style>@font-face{font-family:x;src:url(http://127.0.0.1:PORT/f)} h1{font-family:x}</style>",
    "<style>@font-face{font-family:x;src:url(file://SECRET)} h1{font-family:x}</style>",
    "<style>@color-profile x{src:url(http://127.0.0.1:PORT/f)}</style><p style='background:url(http://127.0.0.1:PORT/)'>x",
    "<p style='list-style-image:url(gopher://127.0.0.1:PORT/);display:list-item'>x</p>",
    '<object data="http://127.0.0.1:PORT/o.svg" type="image/svg+xml"></object>',
    '<embed src="file://SECRET" type="image/svg+xml">',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1:PORT/s.png" width="9" height="9"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><use href="http://127.0.0.1:PORT/s.svg#a"/></svg>',
    '<img alt="x" src="app:out.svg">',
    '<p style="fill:url(http://127.0.0.1:PORT/x#y)"><img alt="x" src="jar:http://127.0.0.1:PORT/x">',
]
NEVER_FETCHED = ADDRESSES[-3:-2]
"""WeasyPrint does not ask for this at all."""
OUT_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
    '<image xlink:href="http://127.0.0.1:PORT/i.png" width="9" height="9"/></svg>'
)


@pytest.mark.parametrize("markup", ADDRESSES)
def test_no_address_is_asked_and_no_other_file_is_read(
    markup: str, workshop: Workshop, tmp_path: Path, asked: tuple[int, list[str]]
) -> None:
    port, knocks = asked
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    folder = workshop.new()
    for name in ("link.png", "link.css"):
        (folder / name).symlink_to(secret)

    def filled(text: str) -> str:
        return text.replace("SECRET", str(secret)).replace("PORT", str(port))

    (folder / "out.svg").write_text(filled(OUT_SVG))
    short(folder, filled(markup))
    if markup in NEVER_FETCHED:
        pdf = workshop.draw(folder)
        assert SECRET.encode() not in pdf and SECRET not in text_of(pdf)
    else:
        with pytest.raises(TemplateFault, match="hors du dossier des modèles"):
            workshop.draw(folder)
    assert knocks == []


def test_links_pipes_and_devices_do_not_get_in(workshop: Workshop, tmp_path: Path) -> None:
    folder = workshop.new()
    (folder / "logo.png").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.html")
    (tmp_path / "elsewhere.css").write_text("")
    os.link(tmp_path / "elsewhere.css", folder / "hard.css")
    (folder / "run.sh").write_text("")
    (folder / "a\\b.css").write_text("")
    told = {one.file: one.says for one in folder_mistakes(folder)}
    assert told == {
        "logo.png": "lien symbolique",
        "pipe.html": "ce n'est pas un fichier ordinaire",
        "hard.css": "ce n'est pas un fichier ordinaire",
        "run.sh": "fichier inattendu",
        "a\\b.css": "fichier inattendu",
    }
    assert load_own(folder)[0] is None


@pytest.mark.parametrize("name", ["../ailleurs", "/tmp/x", "a/b", "", "A", "x" * 60, "é", "..", "a\nb"])
def test_the_name_of_a_template_never_leads_out_of_its_folder(name: str, workshop: Workshop, tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match="nom de modèle"):
        workshop.new(name)
    assert list(tmp_path.rglob("*.html")) == []


# --- time and memory -------------------------------------------------------------------------------------------------

ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
)


def uses(depth: int) -> str:
    """Each group draws the one before ten times."""
    groups = "".join(
        f'<g id="g{n}">{"".join(f"<use href=&quot;#g{n - 1}&quot; x=&quot;{k}&quot;/>" for k in range(10))}</g>'
        for n in range(1, depth)
    ).replace("&quot;", '"')
    first = '<g id="g0"><rect width="1" height="1"/></g>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><defs>{first}{groups}</defs>'
        f'<use href="#g{depth - 1}"/></svg>'
    )


def png(width: int, height: int) -> bytes:
    """One colour, a few kilobytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    body = zlib.compress(b"\0" * 100_000, 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


HUGE = base64.b64encode(png(60000, 60000)).decode()
SLOW = {
    "a loop of a thousand million": "{% for x in range(10**9) %}{% endfor %}",
    "nested loops": "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}"
    "{% endfor %}{% endfor %}",
    "a long string": "{{ 'a' * 10**9 }}{{ 'a' * 10**10 }}",
    "a long string made while it is compiled": "{% set x = ('a' * 99999999) * 99999 %}",
    "a large power": "{{ 9 ** (9 ** 9) }}",
    "a wide format": "{{ '%2000000000d'|format(1) }}",
    "a centred word": "{{ 'a'|center(2000000000) }}",
    "a macro that calls itself": "{% macro m(n) %}{{ m(n) }}{% endmacro %}{{ m(1) }}",
    "a template that includes itself": "{% include 'modele.html' %}",
    "a deep tree": "{{ '<div>'|safe * 20000 }}",
    "a long table": "<table>{% for x in range(90000) %}<tr><td>{{ x }}</td><td>x</td></tr>{% endfor %}</table>",
    "a page for each letter": "<style>@page{size:4mm 4mm;margin:0}</style>{% for x in range(90000) %}x {% endfor %}",
    "a drawing that draws itself by tens": uses(12),
    "a drawing with entities": '<img alt="x" src="app:bomb.svg">',
    "a large picture": '<img alt="x" src="app:bomb.png">',
    "a large picture within the page": f'<img alt="x" src="data:image/png;base64,{HUGE}">',
    "a picture that is a PostScript program": '<img alt="x" src="app:program.png">',
}
REASONS = {
    "a loop of a thousand million": "OverflowError",
    "nested loops": "temps",
    "a long string": "mémoire",
    "a long string made while it is compiled": "temps|mémoire",
    "a large power": "temps",
    "a wide format": "mémoire",
    "a centred word": "mémoire",
    "a macro that calls itself": "RecursionError",
    "a template that includes itself": "RecursionError",
    "a deep tree": "temps|RecursionError",
    "a long table": "temps",
    "a page for each letter": "temps",
    "a drawing that draws itself by tens": "temps",
    "a drawing with entities": "DTD",
    "a large picture": "12000",
    "a large picture within the page": "démesurée",
    "a picture that is a PostScript program": "EPS",
}


@pytest.mark.parametrize("name", SLOW)
def test_what_takes_too_long_or_too_much_is_stopped(
    name: str, strict: Workshop, workshop: Workshop, tmp_path: Path, cell: Cell, strict_cell: Cell
) -> None:
    maker = strict if "temps" in REASONS[name] else workshop
    folder, proof = maker.new(), tmp_path / "proof"
    (folder / "bomb.svg").write_text(f'{ENTITIES}]><svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>')
    (folder / "bomb.png").write_bytes(png(12000, 12000))
    (folder / "program.png").write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(" + str(proof).encode() + b") (w) file closefile\n"
    )
    short(folder, SLOW[name])
    with pytest.raises(TemplateFault, match=REASONS[name]):
        maker.draw(folder)
    assert not proof.exists()
    nothing_left(strict_cell if maker is strict else cell)


def test_after_every_attack_the_next_letter_is_drawn(strict: Workshop) -> None:
    folder = strict.new("mauvais")
    short(folder, SLOW["nested loops"])
    with pytest.raises(TemplateFault, match="trop de temps"):
        strict.draw(folder)
    good = strict.new("bon")
    short(good, "{{ patient.name }}")
    assert "CARPENTIER" in text_of(strict.draw(good))


def test_a_template_that_cannot_be_drawn_has_one_mistake_that_says_so(strict: Workshop) -> None:
    folder = strict.new()
    put(folder, SLOW["nested loops"])
    (mistake,) = strict.check(folder)
    assert "trop de temps" in mistake.says


# --- DOCX ------------------------------------------------------------------------------------------------------------

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELS = "word/_rels/document.xml.rels"


def related(docx: bytes, kind: str, target: str, mode: str = "") -> bytes:
    one = f'<Relationship Id="rIdX" Type="{RELATION}/{kind}" Target="{target}"{mode}/></Relationships>'
    return part(docx, RELS).replace(b"</Relationships>", one.encode())


def packages(docx: bytes) -> dict[str, bytes]:
    """Hostile packages by the word that their refusal must hold."""
    external = ' TargetMode="External"'
    body = part(docx, "word/document.xml")
    bomb = body.replace(b"<w:document", ENTITIES.encode().replace(b"DOCTYPE svg", b"DOCTYPE x") + b"]><w:document", 1)
    macro = '<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    return {
        "macros": rewritten(docx, {"word/vbaProject.bin": b"x"}, macro),
        "incorporé": rewritten(docx, {"word/embeddings/oleObject1.bin": b"x"}),
        "altChunk": rewritten(docx, {RELS: related(docx, "aFChunk", "chunk.xml"), "word/chunk.xml": b"<b>x</b>"}),
        "image distante": rewritten(docx, {RELS: related(docx, "image", "http://127.0.0.1:9/a.png", external)}),
        "modèle distant": rewritten(docx, {RELS: related(docx, "attachedTemplate", "file:///etc/x.dotm", external)}),
        "lien vers": rewritten(docx, {RELS: related(docx, "hyperlink", "http://127.0.0.1:9/", external)}),
        "DTD": rewritten(docx, {"word/document.xml": bomb}),
        "démesuré": rewritten(docx, {"word/media.xml": b"<a>" + b" " * 30_000_000 + b"</a>"}),
        "sort de son dossier": rewritten(docx, {"../../../../tmp/x.xml": b"<a/>"}),
        "ActiveX": rewritten(docx, {"word/activeX/activeX1.xml": b"<a/>"}),
        "abîmé": docx[: len(docx) // 2],
    }


def test_a_hostile_docx_is_refused_before_it_is_opened(workshop: Workshop) -> None:
    folder = workshop.new()
    good = (folder / COPY).read_bytes()
    for word, bad in packages(good).items():
        (folder / COPY).write_bytes(bad)
        with pytest.raises(TemplateFault, match=word):
            workshop.draw(folder, as_docx=True)


@pytest.mark.parametrize("code", [*ESCAPES[:4], SLOW["nested loops"], SLOW["a long string"]])
def test_code_in_a_docx_template_does_not_leave_the_sandbox(code: str, strict: Workshop, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    folder = strict.new()
    say_in_copy(folder, code.replace("PROOF", str(proof)))
    with pytest.raises(TemplateFault, match=r"interdite|champ inconnu|trop de"):
        strict.draw(folder, as_docx=True)
    assert not proof.exists()


@pytest.mark.parametrize("where", ["word/footer1.xml", "docProps/core.xml"])
def test_code_outside_the_body_of_a_docx_does_not_either(where: str, workshop: Workshop) -> None:
    folder = workshop.new()
    docx = (folder / COPY).read_bytes()
    code = "{{ cycler.__init__.__globals__.os }}{{ title.__class__ }}"
    before = part(docx, where)
    after = before.replace(b"copie de travail", code.encode()).replace(b"Mod\xc3\xa8le", code.encode())
    assert before != after
    (folder / COPY).write_bytes(rewritten(docx, {where: after}))
    with pytest.raises(TemplateFault, match=r"interdite|champ inconnu"):
        workshop.draw(folder, as_docx=True)


def test_a_template_made_by_hand_is_confined_to_its_folder_even_when_nothing_else_looks(
    workshop: Workshop, tmp_path: Path
) -> None:
    """The kernel refuses what the loader would follow."""
    (tmp_path / "secret.txt").write_text(SECRET)
    folder = workshop.new()
    (folder / "page.html").unlink()
    (folder / "page.html").symlink_to(tmp_path / "secret.txt")
    own = OwnTemplate("lettre", folder, "", (DocumentKind.LETTER,))
    with pytest.raises(TemplateFault, match="hors de son dossier"):
        workshop.draw(own.folder)
