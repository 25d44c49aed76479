"""Fields of a DOCX template: what could read, run or change something is refused wherever it stands."""

from __future__ import annotations

import pytest

from pipeline.compose.own import COPY
from pipeline.errors import TemplateFault
from tests.compose.own import Workshop, part, rewritten

FIELD_IN_PIECES = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{}</w:instrText></w:r><w:r><w:instrText>{}'
    '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
FOREIGN = [
    'DDEAUTO c:\\\\windows "cmd"', "DDE a b", 'INCLUDETEXT "/etc/passwd"', "INCLUDEPICTURE x", "IMPORT x", "LINK a b",
    "MACROBUTTON a b", "DATABASE x", "DATE", "FILENAME", "AUTOTEXT a", "QUOTE 68", "{{ title }}", "PAGE{{ title }}", "",
    "HYPERLINK http://example.org/", 'HYPERLINK "file.docx" \\l "place"',
]  # fmt: skip


@pytest.mark.parametrize("code", FOREIGN)
@pytest.mark.parametrize("where", ["word/document.xml", "word/footer1.xml"])
def test_a_docx_template_with_a_field_that_reads_or_runs_something_is_refused(
    code: str, where: str, workshop: Workshop
) -> None:
    folder = workshop.new()
    good = (folder / COPY).read_bytes()
    simple = f"<w:fldSimple w:instr='{code}'><w:r><w:t>x</w:t></w:r></w:fldSimple>"
    for field in (simple, FIELD_IN_PIECES.format(code[:3], code[3:])):
        body = part(good, where)
        place = body.rindex(b"</w:p>")
        changed = body[:place] + field.encode() + body[place:]
        (folder / COPY).write_bytes(rewritten(good, {where: changed}))
        (mistake,) = workshop.check(folder)
        assert "champ automatique" in mistake.says or "lien vers l'extérieur" in mistake.says
        assert code.isalpha() is False or code in mistake.says
        with pytest.raises(TemplateFault, match=r"champ automatique|lien vers l'extérieur"):
            workshop.draw(folder, as_docx=True)


@pytest.mark.parametrize(
    "part_of", ["footnotes", "endnotes", "comments", "header9"]
)  # a part that the template does not even show
def test_a_field_in_any_part_of_a_docx_is_found(part_of: str, workshop: Workshop) -> None:
    folder = workshop.new()
    good = (folder / COPY).read_bytes()
    kind = part_of.rstrip("9")
    root = {"footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments", "header": "hdr"}[kind]
    content = (
        f'<w:{root} xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p>'
        f"{FIELD_IN_PIECES.format('INCLUDE', 'TEXT x')}</w:p></w:{root}>"
    )
    name = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"
    types = f'<Override PartName="/word/{part_of}.xml" ContentType="{name}"/>'
    (folder / COPY).write_bytes(rewritten(good, {f"word/{part_of}.xml": content.encode()}, types))
    (mistake,) = workshop.check(folder)
    assert "(INCLUDETEXT)" in mistake.says


@pytest.mark.parametrize(
    "code", ["PAGE", " NUMPAGES \\* MERGEFORMAT", "REF section_1 \\h", 'TOC \\o "1-3"', 'HYPERLINK \\l "section_1" \\h']
)
def test_a_field_that_only_points_within_the_document_is_kept(code: str, workshop: Workshop) -> None:
    folder = workshop.new()
    good = (folder / COPY).read_bytes()
    body = part(good, "word/document.xml")
    paragraph = f"<w:body><w:p>{FIELD_IN_PIECES.format(code[:2], code[2:])}</w:p>"
    changed = body.replace(b"<w:body>", paragraph.encode(), 1)
    (folder / COPY).write_bytes(rewritten(good, {"word/document.xml": changed}))
    assert workshop.check(folder) == []


def test_a_field_that_jinja_would_write_into_the_copy_is_refused(workshop: Workshop) -> None:
    folder = workshop.new()
    code = "{{ ('&lt;w:fldSimple w:instr=&quot;DDEAUTO a&quot;/&gt;')|safe }}"
    good = (folder / COPY).read_bytes()
    body = part(good, "word/document.xml")
    paragraph = f"<w:body><w:p><w:r><w:t>{code}</w:t></w:r></w:p>"
    changed = body.replace(b"<w:body>", paragraph.encode(), 1)
    (folder / COPY).write_bytes(rewritten(good, {"word/document.xml": changed}))
    with pytest.raises(TemplateFault, match="champ automatique"):
        workshop.draw(folder, as_docx=True)
    assert any("champ automatique" in one.says for one in workshop.check(folder))
