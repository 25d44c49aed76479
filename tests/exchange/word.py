"""Our copy as Microsoft Word writes it when somebody opens, edits and saves it.

The traits are those of Word's own files (ECMA-376; MS-DOCX and MS-OE376 for its extensions): parts renamed, added,
in another order, ids of French styles, revision and paragraph ids, runs cut at the words that were touched or proofed,
spelling marks, the last place of the caret, page breaks as last drawn, empty foot- and endnotes, labels, a thumbnail.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RENAMED = {"word/document.xml": "word/document2.xml", "word/footer1.xml": "word/footer3.xml"}
_LEFT_OUT = ("word/stylesWithEffects.xml", "docProps/thumbnail.jpeg")
_STYLES = {"Heading1": "Titre1", "Heading2": "Titre2", "Footer": "Pieddepage", "TableGrid": "Grilledutableau"}
_NOTES = (
    f'<w:{{0}}s xmlns:w="{_NS}"><w:{{0}} w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:{{0}}>'
    '<w:{0} w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:{0}></w:{0}s>'
)
ADDED = {
    "word/footnotes.xml": (f"{_TYPE}.footnotes+xml", _NOTES.format("footnote")),
    "word/endnotes.xml": (f"{_TYPE}.endnotes+xml", _NOTES.format("endnote")),
    "word/people.xml": (
        f"{_TYPE}.people+xml",
        '<w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"/>',
    ),
    "docMetadata/LabelInfo.xml": (
        "application/vnd.ms-office.classificationlabels+xml",
        '<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"/>',
    ),
    "word/intelligence2.xml": (
        "application/vnd.ms-office.intelligence2+xml",
        '<int2:intelligence xmlns:int2="http://schemas.microsoft.com/office/intelligence/2020/intelligence"/>',
    ),
    "docProps/thumbnail.emf": ("image/x-emf", b"\1\0\0\0 EMF of Word's own hand"),
}


def saved_by_word(content: bytes, *changes: tuple[str, str]) -> bytes:
    """The copy after somebody typed ``changes`` (old, new; each within one run) in Word and saved."""
    with zipfile.ZipFile(io.BytesIO(content)) as before:
        parts = {name: before.read(name) for name in before.namelist() if name not in _LEFT_OUT}
    body = parts["word/document.xml"].decode("utf-8")
    for old, new in changes:
        assert old in body, f"{old} is not in the copy"
        body = body.replace(old, f"{new}\N{SYMBOL FOR UNIT SEPARATOR}", 1)
    parts["word/document.xml"] = _body(body).encode("utf-8")
    parts["word/footer1.xml"] = _ids(parts["word/footer1.xml"].decode("utf-8")).encode("utf-8")
    parts["word/styles.xml"] = _french(parts["word/styles.xml"].decode("utf-8")).encode("utf-8")
    listing = parts.pop("[Content_Types].xml").decode("utf-8")
    links = parts.pop("word/_rels/document.xml.rels").decode("utf-8")
    links = re.sub(r'<Relationship [^>]*stylesWithEffects"[^>]*/>', "", links)
    root = re.sub(r"<Relationship [^>]*thumbnail[^>]*/>", "", parts.pop("_rels/.rels").decode("utf-8"))
    listing = re.sub(r'<Override PartName="/word/stylesWithEffects[^>]*/>', "", listing)
    for old, new in _RENAMED.items():
        parts[new] = parts.pop(old)
        listing, root = listing.replace(f'"/{old}"', f'"/{new}"'), root.replace(f'"{old}"', f'"{new}"')
        links = links.replace(f'"{old.removeprefix("word/")}"', f'"{new.removeprefix("word/")}"')
    overrides = ""
    for number, (name, (kind, text)) in enumerate(ADDED.items(), 40):
        parts[name] = text if isinstance(text, bytes) else text.encode("utf-8")
        overrides += f'<Override PartName="/{name}" ContentType="{kind}"/>'
        rel = (
            f'<Relationship Id="rId{number}" Type="{_REL}/{name.rpartition("/")[2].partition(".")[0]}" Target="{{}}"/>'
        )
        if name.startswith("word/"):
            links = links.replace("</Relationships>", rel.format(name.removeprefix("word/")) + "</Relationships>")
        else:
            root = root.replace("</Relationships>", rel.format(name) + "</Relationships>")
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as after:
        after.writestr("[Content_Types].xml", listing.replace("</Types>", overrides + "</Types>"))
        after.writestr("_rels/.rels", root)
        after.writestr("word/document2.xml", parts.pop("word/document2.xml"))
        after.writestr("word/_rels/document2.xml.rels", links)
        for name in sorted(parts, reverse=True):
            after.writestr(name, parts[name])
    return output.getvalue()


def _body(xml: str) -> str:
    xml = re.sub(r"<w:r>(<w:rPr>.*?</w:rPr>|<w:rPr/>)?(.*?)</w:r>", _runs, _french(xml), flags=re.DOTALL)
    xml = re.sub(r'<w:bookmarkStart w:id="\d+" w:name="(section_(\d+))"/>',
                 lambda met: f'<w:bookmarkStart w:id="{int(met[2]) - 1}" w:name="{met[1]}"/>', xml)  # fmt: skip
    xml = re.sub(r'<w:bookmarkEnd w:id="(\d+)"/>', lambda met: f'<w:bookmarkEnd w:id="{int(met[1]) - 1}"/>', xml)
    caret = '<w:bookmarkStart w:id="90" w:name="_GoBack"/><w:bookmarkEnd w:id="90"/>'
    xml = xml.replace("\N{SYMBOL FOR UNIT SEPARATOR}", "", xml.count("\N{SYMBOL FOR UNIT SEPARATOR}") - 1)
    head, mark, tail = xml.partition("\N{SYMBOL FOR UNIT SEPARATOR}")
    if mark:  # the caret was last after what was typed
        end = tail.index("</w:r>") + len("</w:r>")
        xml = head + tail[:end] + caret + tail[end:]
    return _ids(xml)


def _runs(met: re.Match[str]) -> str:
    """One run becomes many: cut at words, some of them proofed, some typed in another session."""
    look, content = met[1] or "", met[2]
    look = look.replace("<w:rPr/>", "").replace("</w:rPr>", '<w:lang w:val="fr-FR"/></w:rPr>')
    made, count = "", itertools.count()
    for piece in re.findall(r'<w:t(?: xml:space="preserve")?>.*?</w:t>|<w:[^>]*?/>', content, re.DOTALL):
        if not piece.startswith("<w:t ") and not piece.startswith("<w:t>"):
            made += f'<w:r w:rsidRPr="00C4D5E6">{look}{piece}</w:r>'
            continue
        text = re.sub(r"<.*?>", "", piece)
        for words in re.findall(r"\s*\S+\s*", text) or [text]:
            number = next(count)
            space = ' xml:space="preserve"' if words != words.strip() else ""
            drawn = "<w:lastRenderedPageBreak/>" if number == 3 else ""
            run = f'<w:r w:rsidR="00{number:04X}A7">{look}{drawn}<w:t{space}>{words}</w:t></w:r>'
            proof = '<w:proofErr w:type="{}"/>'
            made += proof.format("spellStart") + run + proof.format("spellEnd") if number % 3 == 1 else run
    return made or met[0]


def _ids(xml: str) -> str:
    numbers = itertools.count(0x1A2B3C40)
    said = 'w14:textId="77777777" w:rsidR="00A1B2C3" w:rsidRDefault="00A1B2C3" w:rsidP="00D4E5F6"'
    xml = re.sub(r"<w:p>", lambda _: f'<w:p w14:paraId="{next(numbers):08X}" {said}>', xml)
    return re.sub(
        r"<w:tr>", lambda _: f'<w:tr w:rsidR="00A1B2C3" w14:paraId="{next(numbers):08X}" w14:textId="77777777">', xml
    )


def _french(xml: str) -> str:
    for ours, theirs in _STYLES.items():
        xml = re.sub(rf'(w:styleId|w:val)="{ours}"', rf'\1="{theirs}"', xml)
    return xml
