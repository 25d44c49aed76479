"""Reads a DOCX copy that comes back. Implements `pipeline.exchange.port.CopyReader`.

The package is inspected first; then only text is read, by an own short walk: a library that builds the whole document
would read pictures, themes and links that nobody asked for.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from pipeline.docx_package import Package, open_package
from pipeline.errors import FileRefused
from pipeline.exchange.lists import Lists
from pipeline.exchange.looks import Styles, W, twips
from pipeline.exchange.port import Copy
from pipeline.exchange.word_text import Seen, Story
from pipeline.model.exchange import EXCHANGED_REVISION, EXCHANGED_SHA256, Comment

_REVISION = re.compile(r"([\w-]{1,64})/(\d{1,6})")
_LONGEST_COMMENT = 2000
_A4, _LEAST_PAGE = 11906, 4000
"""Twips: the width of the paper, and of the text on it (70 mm)."""
_SIDES = ("left", "right", "top", "bottom")


class WordReader:
    """For copies that `docx_renderer` made and Word or LibreOffice saved."""

    def read(self, content: bytes) -> Copy:
        package = open_package(content)
        facts = _custom(package)
        named = _REVISION.fullmatch(facts.get(EXCHANGED_REVISION, ""))
        if named is None:
            raise FileRefused(
                "C'est un document de bureautique qui ne vient pas de Calame (aucune version n'y est inscrite).",
                advice="Enregistrez-le en PDF, puis déposez le PDF.",
            )
        _check_settings(package)
        body = package.parts[package.main].find(f"{W}body")
        if body is None:
            raise FileRefused(
                "Ce DOCX n'est pas au format habituel.",
                advice="Enregistrez-le comme « Document Word (.docx) », puis déposez-le à nouveau.",
            )
        _check_page(body)
        styles, lists = Styles(_first(package, "styles+xml")), Lists(_first(package, "numbering+xml"))
        story = Story(styles, lists)
        blocks = tuple(story.blocks(body))
        margins = [_said(one, styles) for kind in ("header+xml", "footer+xml") for one in package.of_type(kind)]
        return Copy(
            case_id=named[1],
            number=int(named[2]),
            sha256=facts.get(EXCHANGED_SHA256, ""),
            blocks=blocks,
            margins=tuple(sorted({margin for margin in margins if margin})),
            comments=_comments(package, styles, story.seen),
            notes=_notes(story.seen),
        )


def _custom(package: Package) -> dict[str, str]:
    properties = package.of_type("custom-properties+xml")
    return {
        one.get("name", ""): "".join(one.itertext()).strip()
        for root in properties
        for one in root
        if one.tag.rpartition("}")[2] == "property"
    }


def _check_settings(package: Package) -> None:
    settings = _first(package, "settings+xml")
    if settings is not None and settings.find(f"{W}mailMerge") is not None:
        raise FileRefused(
            "Ce DOCX contient une source de publipostage.", advice="Repartez de la copie DOCX de la page du dossier."
        )


def _check_page(body: Element) -> None:
    """A page so small, or with such margins, that the text stands beside it."""
    for section in body.iter(f"{W}sectPr"):
        size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
        wide, high = (_A4 if size is None else twips(size.get(f"{W}{one}", ""), _A4) for one in ("w", "h"))
        sides = [0 if margins is None else twips(margins.get(f"{W}{one}", "")) for one in _SIDES]
        left, right, top, bottom = sides
        if min(left, right) < 0 or min(wide - left - right, high - abs(top) - abs(bottom)) < _LEAST_PAGE:
            raise FileRefused(
                "Le format de page ou les marges de ce DOCX ont été changés : du texte serait hors de la page.",
                advice="Repartez de la copie DOCX de la page du dossier.",
            )


def _first(package: Package, kind: str) -> Element | None:
    return next(iter(package.of_type(kind)), None)


def _said(root: Element, styles: Styles) -> str:
    blocks = Story(styles, Lists(None), margin=True).blocks(root)
    return "\n".join(line for block in blocks for line in (*block.lines, *block.drawn))


def _comments(package: Package, styles: Styles, seen: Seen) -> tuple[Comment, ...]:
    return tuple(
        Comment(
            author=one.get(f"{W}author", "")[:100],
            about=seen.about.get(one.get(f"{W}id", ""), "")[:_LONGEST_COMMENT],
            text=_said(one, styles)[:_LONGEST_COMMENT],
        )
        for root in package.of_type("comments+xml")
        for one in root.iter(f"{W}comment")
    )


def _notes(seen: Seen) -> tuple[str, ...]:
    notes = []
    if seen.insertions or seen.deletions:
        notes.append(
            f"Le suivi des modifications contenait {_counted(seen.insertions, 'ajout')} et "
            f"{_counted(seen.deletions, 'suppression')} : le texte est lu comme si tout était accepté."
        )
    if seen.links:
        notes.append(f"{_counted(seen.links, 'lien')} : seul le texte est gardé.")
    return tuple(notes)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number > 1 else ''}"
