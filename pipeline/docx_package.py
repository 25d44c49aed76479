"""Inspects a DOCX package before anything of it is read: nothing that could run, fetch or swell is let through.

Every rule is a list of what is allowed where one can be given (content types), else of what is refused. A part that is
not XML is never unpacked. Sources: ECMA-376 part 2 (packages), MS-OFFMACRO2 and MS-OE376 for Word's own parts.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from pipeline.docx_fields import check_fields
from pipeline.errors import FileRefused
from pipeline.model.exchange import LARGEST_COPY

MOST_PARTS = 200
LARGEST_PART = 4 * 1024 * 1024
LARGEST_TOTAL = 24 * 1024 * 1024
"""Bytes once unpacked, as the directory declares them; `zipfile` unpacks no more than that."""
DEEPEST = 100
MOST_ELEMENTS = 200_000

_WORD = r"application/vnd\.openxmlformats-officedocument\.wordprocessingml\."
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ALLOWED = re.compile(
    rf"{re.escape(MAIN)}"
    rf"|{_WORD}(styles|settings|webSettings|fontTable|numbering|header|footer|footnotes|endnotes"
    r"|comments|commentsExtended|commentsIds|commentsExtensible|people)\+xml"
    rf"|{_WORD}printerSettings"
    r"|application/vnd\.openxmlformats-officedocument\.(theme|customXmlProperties|extended-properties|custom-properties"
    r"|obfuscatedFont)(\+xml)?"
    r"|application/vnd\.openxmlformats-package\.(core-properties|relationships)\+xml"
    r"|application/vnd\.ms-word\.stylesWithEffects\+xml"
    r"|application/vnd\.ms-office\.(classificationlabels|intelligence2)\+xml"
    r"|application/xml|image/(png|jpeg|jpg|gif)"
)
_THUMBNAIL = re.compile(r"docProps/thumbnail\.(emf|wmf)")
"""Word's own picture of the first page. It is never unpacked; such a file anywhere else is refused."""
_DANGEROUS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"vba|macroEnabled|keyMapCustomizations|attachedToolbars", re.IGNORECASE), "des macros"),
    (re.compile(r"oleObject|embeddings?/|/package$", re.IGNORECASE), "un objet incorporé (OLE)"),
    (re.compile(r"activeX|/control", re.IGNORECASE), "un contrôle ActiveX"),
    (re.compile(r"afChunk|altChunk", re.IGNORECASE), "un fichier inséré (altChunk)"),
    (re.compile(r"subDocument", re.IGNORECASE), "un sous-document"),
)
_OUTSIDE = {
    "attachedTemplate": "un modèle distant",
    "image": "une image distante",
    "mailMergeSource": "une source de publipostage",
}
_CLEAN = "Retirez cet élément dans Word ou LibreOffice, enregistrez, puis déposez le fichier à nouveau."
_AGAIN = "Repartez de la copie DOCX proposée dans la page du dossier."


@dataclass(frozen=True)
class Package:
    """An inspected package: the XML of each part by its name (no leading slash), and the name of the main one."""

    parts: dict[str, Element]
    main: str
    types: dict[str, str]

    def of_type(self, kind: str) -> list[Element]:
        """The parts whose content type ends with ``kind``, such as "footer+xml", in the order of their names."""
        return [self.parts[name] for name in sorted(self.parts) if self.types.get(name, "").endswith(f".{kind}")]


def open_package(content: bytes) -> Package:
    """Raises `FileRefused` with the exact reason."""
    if len(content) > LARGEST_COPY:
        raise _bomb()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = _checked_names(archive)
            parts = {name: _parse(archive.read(name)) for name in names if name.lower().endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _damaged() from error
    types = _types(parts, names)
    main = _main(parts)
    if types.get(main) != MAIN:
        _refuse_dangerous([types.get(main, "")])
        raise FileRefused(
            "C'est un document de bureautique qui n'est pas un texte Word (DOCX).",
            advice="Enregistrez-le en PDF, puis déposez le PDF.",
        )
    _refuse_dangerous([*names, *types.values()])
    for name in names:
        if name == "[Content_Types].xml" or (_THUMBNAIL.fullmatch(name) and types.get(name, "").startswith("image/")):
            continue
        if not _ALLOWED.fullmatch(types.get(name, "")):
            raise FileRefused("Ce DOCX contient une partie d'un type inconnu.", advice=_AGAIN)
    _check_relationships(parts)
    for root in parts.values():
        check_fields(root)
    return Package(parts, main, types)


def _checked_names(archive: zipfile.ZipFile) -> list[str]:
    entries = archive.infolist()
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise _bomb()
    for entry in entries:
        if entry.file_size > LARGEST_PART:
            raise _bomb()
        if entry.flag_bits & 1:
            raise FileRefused("Ce DOCX est protégé par un mot de passe.", advice="Retirez le mot de passe.")
        parts = entry.filename.split("/")
        if entry.filename.startswith("/") or "\\" in entry.filename or ".." in parts or ":" in entry.filename:
            raise FileRefused("Ce DOCX contient un nom de fichier qui sort de son dossier.", advice=_AGAIN)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _damaged()
    names = [entry.filename for entry in entries if not entry.is_dir()]
    if len({name.lower() for name in names}) != len(names):
        raise FileRefused("Ce DOCX contient deux fois le même fichier.", advice=_AGAIN)
    return names


def _parse(content: bytes) -> Element:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise FileRefused("Ce DOCX contient une déclaration XML dangereuse (DTD).", advice=_AGAIN) from error
    except (ParseError, LookupError) as error:
        raise _damaged() from error
    level: list[Element] = [root]
    count = depth = 0
    while level:
        count, depth = count + len(level), depth + 1
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise _bomb()
        level = [child for element in level for child in element]
    return root


def _types(parts: dict[str, Element], names: list[str]) -> dict[str, str]:
    listing = parts.get("[Content_Types].xml")
    if listing is None:
        raise _damaged()
    defaults = {one.get("Extension", "").lower(): one.get("ContentType", "") for one in listing if _is(one, "Default")}
    named = {one.get("PartName", "").lstrip("/"): one.get("ContentType", "") for one in listing if _is(one, "Override")}
    _refuse_dangerous([*defaults.values(), *named.values()])
    return {name: named.get(name) or defaults.get(name.rpartition(".")[2].lower(), "") for name in names}


def _main(parts: dict[str, Element]) -> str:
    found = [one for one in parts.get("_rels/.rels", ()) if one.get("Type", "").endswith("/officeDocument")]
    if len(found) != 1:
        raise _damaged()
    return found[0].get("Target", "").lstrip("/")


def _check_relationships(parts: dict[str, Element]) -> None:
    for one in (one for name, root in parts.items() if name.endswith(".rels") for one in root.iter()):
        kind, target = one.get("Type", "").rpartition("/")[2], one.get("Target", "")
        _refuse_dangerous([one.get("Type", "")])
        leads_out = one.get("TargetMode", "").lower() == "external" or ":" in target or target.startswith(("\\", "//"))
        if leads_out and kind != "hyperlink":
            what = _OUTSIDE.get(kind, "un lien vers un fichier extérieur")
            raise FileRefused(f"Ce DOCX contient {what}.", advice=_CLEAN)


def _refuse_dangerous(words: list[str]) -> None:
    for word in words:
        for pattern, what in _DANGEROUS:
            if pattern.search(word):
                raise FileRefused(f"Ce DOCX contient {what}.", advice=_CLEAN)


def _is(element: Element, name: str) -> bool:
    return element.tag.rpartition("}")[2] == name


def _bomb() -> FileRefused:
    return FileRefused("Ce DOCX est démesuré une fois décompressé.", advice=_AGAIN)


def _damaged() -> FileRefused:
    return FileRefused("Ce DOCX est abîmé : il ne peut pas être ouvert.", advice=_AGAIN)
