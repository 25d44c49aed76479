"""Refuses the automatic fields of a DOCX that could run, read or say anything but the document itself.

A field's instruction may stand in one attribute (``w:fldSimple``) or in pieces over several runs (``w:instrText``), in
any part. What is not on the short list is refused, whatever it is (ECMA-376 part 1, 17.16). A date field is not on it:
the date of a medical document does not change when somebody opens it.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from pipeline.errors import FileRefused

HARMLESS = frozenset(
    {"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "REF", "PAGEREF", "NOTEREF", "STYLEREF", "SEQ", "TOC", "HYPERLINK"}
)
"""Fields whose text comes from the document itself. ``HYPERLINK`` fetches nothing: see `leads_outside`."""

_LEFT = r"(?:\\[hmn]|\\o\s+\"[^\"]*\")"
_TO_BOOKMARK = re.compile(
    rf"\s*HYPERLINK(?:\s+{_LEFT})*\s+\\l\s+(?:\"[^\"]*\"|[^\s\"\\]+)(?:\s+{_LEFT})*\s*", re.IGNORECASE
)
_NEVER = ("ffData", "fldData")
"""The macros of a form's field, and data that only another program reads."""


def check_fields(root: Element) -> list[str]:
    """The instructions of all fields of a part. Raises `FileRefused` for one that is not harmless, nested in another's
    instruction, or never ended."""
    found: list[str] = []
    open_fields: list[list[str]] = []  # instruction, and "shown" once its result began
    for element in root.iter():
        kind = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if kind in _NEVER:
            raise _refused("")
        if kind == "mailMerge":
            raise FileRefused(
                "Ce DOCX contient une source de publipostage.",
                advice="Dans Word, choisissez « Document Word normal » (Publipostage), enregistrez, puis déposez-le.",
            )
        if kind == "fldSimple":
            found.append(_checked(_attribute(element, "instr")))
        elif kind in ("instrText", "delInstrText"):
            if not open_fields or open_fields[-1][1]:
                raise _refused("")
            open_fields[-1][0] += element.text or ""
        elif kind == "fldChar":
            found += _step(open_fields, _attribute(element, "fldCharType"))
    if open_fields:
        raise _refused(_name(open_fields[-1][0]))
    return found


def leads_outside(instruction: str) -> bool:
    """Whether a field is a link to anything but a bookmark of the document."""
    return _name(instruction) == "HYPERLINK" and not _TO_BOOKMARK.fullmatch(instruction)


def _step(open_fields: list[list[str]], kind: str) -> list[str]:
    """Begin, part or end a field; its instruction when that is complete."""
    if kind == "begin":
        if open_fields and not open_fields[-1][1]:
            raise _refused(_name(open_fields[-1][0]))
        open_fields.append(["", ""])
        return []
    if kind not in ("separate", "end") or not open_fields:
        raise _refused("")
    complete = [] if open_fields[-1][1] else [_checked(open_fields[-1][0])]
    open_fields[-1][1] = "shown"
    if kind == "end":
        open_fields.pop()
    return complete


def _checked(instruction: str) -> str:
    if _name(instruction) not in HARMLESS or "{" in instruction:
        raise _refused(_name(instruction))
    return instruction


def _name(instruction: str) -> str:
    words = instruction.split()
    return words[0].upper() if words else ""


def _attribute(element: Element, name: str) -> str:
    """By its local name: both editions of the standard have a namespace of their own."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _refused(name: str) -> FileRefused:
    known = name if name.isascii() and name.isalpha() and len(name) < 20 else "inconnu"
    return FileRefused(
        f"Ce DOCX contient un champ automatique ({known}) : son texte viendrait d'ailleurs.",
        advice="Remplacez ce champ par du texte ordinaire, puis déposez le fichier à nouveau.",
    )
