"""A DOCX from an unknown hand is inspected before it is read: no file read, no request, no code run, no hang."""

from __future__ import annotations

import io
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compose.weasyprint_renderer import TemplateRenderer
from pipeline.docx_package import LARGEST_PART, LARGEST_TOTAL
from pipeline.errors import FileRefused
from pipeline.exchange.port import Copy
from pipeline.exchange.step import changed_sections
from pipeline.exchange.word_reader import WordReader
from pipeline.model.document import Revision, Section
from tests.compose import samples
from tests.exchange.copies import rewritten

pytestmark = pytest.mark.timeout(20)
READER = WordReader()
TEXT = "Contrôle dans trois mois."
RUN = f'<w:r><w:t xml:space="preserve">{TEXT}</w:t></w:r>'
TYPES, RELATIONS, SETTINGS = "[Content_Types].xml", "word/_rels/document.xml.rels", "word/settings.xml"
MAIN = "wordprocessingml.document.main+xml"
FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{0}</w:instrText></w:r><w:r><w:fldChar '
    'w:fldCharType="separate"/></w:r><w:r><w:t>résultat</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
_WATCHED = ("open", "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "urllib.", "ctypes.")
_seen: list[str] | None = None


def _watch(event: str, args: tuple[object, ...]) -> None:
    if _seen is not None and event.startswith(_WATCHED):
        _seen.append(f"{event} {args[:1]}")


sys.addaudithook(_watch)


@contextmanager
def nothing_touched() -> Iterator[None]:
    """Fails when a file is opened, a socket made or a program run meanwhile."""
    global _seen
    _seen = []
    try:
        yield
        assert not _seen
    finally:
        _seen = None


@cache
def revision() -> Revision:
    sections = (Section("", f"Cher confrère,\n\n{TEXT}\n\nBien confraternellement."),)
    return samples.revision(TemplateRenderer(samples.TEMPLATES), sections=sections)


@cache
def copy() -> bytes:
    return TemplateRenderer(samples.TEMPLATES).docx(revision())


@cache
def given_out() -> Copy:
    return READER.read(copy())


def celled(*, around: str = "{0}", look: str = "") -> tuple[str, str]:
    """The paragraph in a cell."""
    old = f"<w:p>{RUN}</w:p>"
    table = f"<w:tbl><w:tr><w:tc>{look}{old}</w:tc></w:tr></w:tbl>"
    return old, around.format(table)


def refusal(content: bytes) -> str:
    given_out(), revision()
    with nothing_touched(), pytest.raises(FileRefused) as refused:
        changed_sections(READER.read(content), given_out(), revision())
    assert TEXT not in str(refused.value) and refused.value.advice
    return refused.value.message


def related(kind: str, target: str, mode: str = "") -> bytes:
    link = (
        f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
        f'Target="{target}"{mode}/></Relationships>'
    )
    return rewritten(copy(), ("</Relationships>", link), part=RELATIONS)


def typed(name: str, kind: str, content: bytes = b"x") -> bytes:
    override = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'
    return rewritten(copy(), ("</Types>", override), part=TYPES, **{name: content})


OUT = ' TargetMode="External"'
PARTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a macro project": (lambda: typed("word/vbaProject.bin", "application/vnd.ms-office.vbaProject"), "des macros"),
    "a macro document": (
        lambda: rewritten(
            copy(),
            (
                f"application/vnd.openxmlformats-officedocument.{MAIN}",
                "application/vnd.ms-word.document.macroEnabled.main+xml",
            ),
            part=TYPES,
        ),
        "des macros",
    ),
    "an OLE object": (
        lambda: typed("word/embeddings/o.bin", "application/vnd.openxmlformats-officedocument.oleObject"),
        "un objet incorporé (OLE)",
    ),
    "an embedded workbook": (lambda: related("package", "embeddings/x.xlsx"), "un objet incorporé (OLE)"),
    "an ActiveX control": (
        lambda: typed("word/activeX/activeX1.xml", "application/vnd.ms-office.activeX+xml", b"<a/>"),
        "un contrôle ActiveX",
    ),
    "a chunk of another format": (lambda: related("aFChunk", "chunk.html"), "un fichier inséré (altChunk)"),
    "a remote template": (lambda: related("attachedTemplate", "https://x.example/t.dotm", OUT), "un modèle distant"),
    "a template of a share": (lambda: related("attachedTemplate", r"\\x\t.dotm", OUT), "un modèle distant"),
    "a remote picture": (lambda: related("image", "https://x.example/i.png", OUT), "une image distante"),
    "a link that says it stays inside": (lambda: related("frame", "file:///etc/passwd"), "un lien vers un fichier"),
    "a mail merge": (
        lambda: rewritten(copy(), ("</w:settings>", "<w:mailMerge/></w:settings>"), part=SETTINGS),
        "une source de publipostage",
    ),
    "an unknown part": (lambda: typed("word/x.xml", "application/x-strange+xml", b"<a/>"), "un type inconnu"),
}
DTD = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">{0}]>'


@pytest.mark.parametrize("what", PARTS)
def test_what_could_run_or_fetch_is_refused_by_its_name(what: str) -> None:
    make, said = PARTS[what]
    assert said in refusal(make())


def _with_declaration(declaration: str, body: str = "") -> bytes:
    head, _, rest = (
        zipfile.ZipFile(io.BytesIO(copy())).read("word/document.xml").decode("utf-8").partition("<w:document")
    )
    text = head + declaration + "<w:document" + rest.replace(TEXT, body or TEXT)
    return rewritten(copy(), **{"word/document.xml": text})


def test_entities_external_or_multiplied_are_refused_in_every_part_and_encoding() -> None:
    laughs = "".join(f'<!ENTITY c{n} "{("&b;" if n == 0 else f"&c{n - 1};") * 10}">' for n in range(9))
    for declaration, body in (
        ('<!DOCTYPE w SYSTEM "http://x.example/a.dtd">', ""),
        ('<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        ('<!DOCTYPE w [<!ENTITY % p SYSTEM "http://x.example/p"> %p;]>', ""),
        (DTD.format(laughs), "&c8;"),
    ):
        assert "DTD" in refusal(_with_declaration(declaration, body))
    dtd = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'
    assert "DTD" in refusal(rewritten(copy(), **{"word/theme/theme1.xml": dtd.encode("utf-16")}))


def test_archives_that_swell_are_refused_before_they_are_unpacked() -> None:
    zeros = b"<a>" + b" " * LARGEST_PART + b"</a>"
    assert "démesuré" in refusal(rewritten(copy(), **{"word/theme/theme1.xml": zeros}))
    many = {f"customXml/item{number}.xml": b"<a/>" for number in range(2, 250)}
    assert "démesuré" in refusal(rewritten(copy(), **many))
    part = b" " * (LARGEST_PART - 10)
    heap = {f"word/media/{number}.png": part for number in range(LARGEST_TOTAL // LARGEST_PART + 1)}
    assert "démesuré" in refusal(rewritten(copy(), **heap))
    assert "démesuré" in refusal(copy() + b"\0" * 9_000_000)
    deep = b"<a>" * 200_000 + b"</a>" * 200_000
    assert "démesuré" in refusal(rewritten(copy(), **{"word/theme/theme1.xml": deep}))
    wide = b"<a>" + b"<b/>" * 300_000 + b"</a>"
    assert "démesuré" in refusal(rewritten(copy(), **{"word/theme/theme1.xml": wide}))


def test_a_part_that_is_larger_than_it_says_is_damaged() -> None:
    content = bytearray(copy())
    start = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/theme/theme1.xml"))
    content[start + 24 : start + 28] = struct.pack("<I", 100)
    assert "abîmé" in refusal(bytes(content))


@pytest.mark.parametrize("name", ["../../etc/cron.d/x.xml", "/etc/x.xml", "word\\x.xml", "C:/x.xml"])
def test_names_that_leave_the_package_are_refused(name: str) -> None:
    assert "sort de son dossier" in refusal(rewritten(copy(), **{name: b"<a/>"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_parts_of_one_name_are_refused() -> None:
    output = io.BytesIO(copy())
    with zipfile.ZipFile(output, "a") as archive:
        archive.writestr("word/document.xml", b"<a/>")
    assert "deux fois" in refusal(output.getvalue())


@pytest.mark.parametrize(
    "code", ['INCLUDETEXT "/etc/passwd"', "INCLUDEPICTURE http://x.example/a", 'DDEAUTO c:\\\\a "b"', "DDE a b",
             "LINK a", "DATABASE \\\\d x", "MACROBUTTON a b", "AUTOTEXT a", "QUOTE 68 68 69", "DATE", "PAGE", ""],
)  # fmt: skip
def test_fields_are_refused_by_their_name(code: str) -> None:
    for field in (FIELD.format(code.replace("&", "")), f"<w:fldSimple w:instr='{code}'>{RUN}</w:fldSimple>"):
        message = refusal(rewritten(copy(), (RUN, RUN + field)))
        assert "champ automatique" in message and (not code or code.split()[0] in message)


def test_a_field_in_pieces_nested_or_never_ended_is_refused() -> None:
    pieces = FIELD.format("INC").replace("</w:instrText>", "</w:instrText><w:instrText>LUDETEXT x</w:instrText>")
    assert "INCLUDETEXT" in refusal(rewritten(copy(), (RUN, RUN + pieces)))
    nested = FIELD.format("HYPERLINK x").replace("<w:t>résultat</w:t></w:r>", "<w:t/></w:r>" + FIELD.format("DDE x"))
    assert "champ automatique" in refusal(rewritten(copy(), (RUN, RUN + nested)))
    unended = '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    assert "champ automatique" in refusal(rewritten(copy(), (RUN, unended + RUN)))


@pytest.mark.parametrize("kind", ["footnotes", "endnotes"])
def test_a_field_in_a_part_whose_text_is_not_read_is_refused_too(kind: str) -> None:
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    note = f"<w:{kind} {space}><w:p>{FIELD.format('INCLUDETEXT x')}</w:p></w:{kind}>"
    media_type = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    message = refusal(typed(f"word/{kind}.xml", media_type, note.encode()))
    assert message.startswith("Ce DOCX contient un champ automatique (INCLUDETEXT)")


def look(properties: str) -> tuple[str, str]:
    return RUN, f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{TEXT}</w:t></w:r>'


def set_out(properties: str) -> tuple[str, str]:
    return f"<w:p>{RUN}", f"<w:p><w:pPr>{properties}</w:pPr>{RUN}"


def beside(element: str) -> tuple[str, str]:
    return RUN, RUN + element


TRICKS: dict[str, tuple[tuple[str, str], str]] = {
    "hidden text": (look("<w:vanish/>"), "texte masqué"),
    "white text": (look('<w:color w:val="FFFFFF"/>'), "couleur du fond"),
    "the background's theme colour": (look('<w:color w:themeColor="background1"/>'), "couleur du fond"),
    "black on black": (look('<w:color w:val="000000"/><w:highlight w:val="black"/>'), "couleur du fond"),
    "tiny text": (look('<w:sz w:val="2"/>'), "minuscule"),
    "text of no width": (look('<w:w w:val="1"/>'), "minuscule"),
    "struck text": (look("<w:strike/>"), "barré"),
    "raised text": (look('<w:position w:val="400"/>'), "hors de sa ligne"),
    "text from right to left": (look("<w:rtl/>"), "sens de lecture"),
    "letters as symbols": (look('<w:rFonts w:ascii="Wingdings"/>'), "symboles"),
    "text off the page": (set_out('<w:ind w:left="20000"/>'), "hors de la page"),
    "a frame": (set_out('<w:framePr w:w="1000"/>'), "cadre"),
    "a flattened line": (set_out('<w:spacing w:line="1" w:lineRule="exact"/>'), "écrasé"),
    "a text box": (
        beside("<w:r><w:pict><v:shape xmlns:v='v'><w:txbxContent/></v:shape></w:pict></w:r>"),
        "zone de texte",
    ),
    "a drawing": (beside("<w:r><w:drawing/></w:r>"), "un dessin"),
    "a footnote": (beside('<w:r><w:footnoteReference w:id="2"/></w:r>'), "note de bas de page"),
    "a symbol": (beside('<w:r><w:sym w:font="Symbol" w:char="F0B1"/></w:r>'), "symbole"),
    "an equation": (beside("<m:oMath xmlns:m='m'><m:r><m:t>x</m:t></m:r></m:oMath>"), "équation"),
    "turned letters": ((TEXT, f"\u202e{TEXT}"), "sens de lecture"),
    "an unknown element": (beside("<w:strange><w:t>x</w:t></w:strange>"), "élément inconnu"),
    "merged cells": (celled(look='<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'), "cellules fusionnées"),
    "a table in a table": (celled(around="<w:tbl><w:tr><w:tc>{0}</w:tc></w:tr></w:tbl>"), "tableau dans un tableau"),
}  # fmt: skip


@pytest.mark.parametrize("what", TRICKS)
def test_layout_tricks_in_a_section_are_refused_by_their_name(what: str) -> None:
    change, said = TRICKS[what]
    message = refusal(rewritten(copy(), change))
    assert message.startswith("Une partie du document contient") and said in message


def test_a_style_that_hides_its_text_is_found_through_its_parents() -> None:
    styles = (
        '<w:style w:type="character" w:styleId="Base"><w:name w:val="Base"/><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="Own"><w:name w:val="Own"/><w:basedOn w:val="Base"/></w:style>'
        "</w:styles>"
    )
    content = rewritten(copy(), look('<w:rStyle w:val="Own"/>'))
    assert "masqué" in refusal(rewritten(content, ("</w:styles>", styles), part="word/styles.xml"))


def test_a_text_box_outside_the_sections_is_refused_too() -> None:
    box = "<w:p><w:r><w:pict/></w:r></w:p>"
    assert "en dehors de ses parties" in refusal(rewritten(copy(), ("<w:body>", f"<w:body>{box}")))


def test_an_inserted_file_or_bound_field_is_refused_anywhere() -> None:
    assert "altChunk" in refusal(rewritten(copy(), ("<w:body>", '<w:body><w:altChunk r:id="rId99"/>')))
    bound = f"<w:sdt><w:sdtPr><w:dataBinding/></w:sdtPr><w:sdtContent>{RUN}</w:sdtContent></w:sdt>"
    assert "données cachées" in refusal(rewritten(copy(), (RUN, bound)))


def test_a_hyperlink_becomes_its_text_and_it_is_said() -> None:
    link = related("hyperlink", "https://x.example/", OUT)
    inside = RUN.replace(TEXT, "Voir le site.")
    with nothing_touched():
        read = READER.read(rewritten(link, (RUN, f'{RUN}<w:hyperlink r:id="rId99">{inside}</w:hyperlink>')))
        sections = changed_sections(read, given_out(), revision())
    assert f"{TEXT}Voir le site." in sections[0].text and "1 lien : seul le texte est gardé." in read.notes


def test_raised_figures_stay_raised_and_invisible_signs_go() -> None:
    raised = '<w:r><w:t>10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>3</w:t></w:r>'
    read = READER.read(rewritten(copy(), (RUN, raised + "<w:r><w:t> a\u200bb\u00adc</w:t></w:r>")))
    assert "10³ abc" in changed_sections(read, given_out(), revision())[0].text


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_copy_is_refused_or_read_and_never_breaks(data: st.DataObject) -> None:
    content = bytearray(copy())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    refused: FileRefused | None = None
    try:
        READER.read(bytes(content[:cut]))
    except FileRefused as error:
        refused = error
    assert refused is None or (refused.message and refused.advice)
