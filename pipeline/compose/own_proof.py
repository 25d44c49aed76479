"""Reads what a practice's template printed as its reader does: is every word there, and what a document must carry?

The check does it with invented documents, and each drawing with the real one: a template may do to a text what no
invented document shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.compose.own import COPY, PAGE
from pipeline.compose.own_docx import docx_text
from pipeline.compose.own_visible import Letter, Sheet, sheets_of
from pipeline.compose.own_words import Given, Paper, plain
from pipeline.docx_package import open_package
from pipeline.errors import TemplateFault

_MM = 72 / 25.4
WINDOW = (105.0, 45.0, 200.0, 80.0)
"""Left, top, right and bottom of where the address must stand on an A4 page folded for a DL envelope, in millimetres:
the window of ``paper.css``, and what the sheet may slip in the envelope."""
_ABOVE, _BELOW = 140.0, 60.0
"""Points from the signature within which the name of whoever signs is looked for."""

_ALL = (
    "Imprimez chaque partie telle quelle : sans filtre (truncate, replace…), sans choix ([:9], if) et dans l'ordre du "
    "document."
)
_ROOM = "Laissez la page grandir avec son texte : ni hauteur fixe, ni « overflow: hidden », ni « white-space: nowrap »."


@dataclass(frozen=True, slots=True)
class Flaw:
    """What a drawn document lacks, the field it comes from, and what to do. ``bare`` says it without the words of the
    document, where ``says`` has some."""

    field: str
    says: str
    advice: str
    bare: str = ""


def flaws_of_page(sheets: Sequence[Sheet], shown: Mapping[str, Any], qr: str, *, invented: bool) -> Iterator[Flaw]:
    """``qr`` is what the code must say. With an ``invented`` document, whose address is short, all of it must stand in
    the window; a real one may be longer than any window."""
    paper = Paper([letter for sheet in sheets for letter in sheet.letters])
    yield from _of_text(paper, shown)
    seen = _words(letter for sheet in sheets for letter in sheet.letters if letter.seen)
    if plain(shown["reference"]) not in plain(seen):
        yield Flaw("reference", "le numéro du document n'est pas imprimé", "Ajoutez « {{ reference }} ».")
    if not any(qr in sheet.codes for sheet in sheets):
        advice = 'Gardez <img src="{{ qr }}" alt="Code QR">, noir sur blanc, 15 mm au moins.'
        yield Flaw("qr", "le code QR du document n'est pas imprimé, ou ne se lit pas", advice)
    yield from _of_pages(paper, len(sheets))
    yield from _of_signer(paper, sheets, shown["author"]["name"])
    yield from _of_window(paper, sheets, shown["recipient"], all_lines=invented)


def flaws_of_copy(text: str, shown: Mapping[str, Any]) -> Iterator[Flaw]:
    """The same of the words of the DOCX (``text``)."""
    letters = [
        Letter(sign, apart=at == 0 or text[at - 1].isspace()) for at, sign in enumerate(text) if not sign.isspace()
    ]
    yield from _of_text(Paper(letters), shown)


def refuse_flaws(file: str, content: bytes, shown: Mapping[str, Any], qr: str, template: str) -> None:
    """Raises `TemplateFault` with the first flaw of a drawn document, by its line: no word of a patient's document
    stands in an error."""
    if file == COPY:
        found = flaws_of_copy(docx_text(open_package(content)), shown)
    else:
        found = flaws_of_page(sheets_of(content), shown, qr, invented=False)
    flaw = next(found, None)
    if flaw is not None:
        what = "La copie à modifier n'est pas faite" if file == COPY else "Le document n'est pas fait"
        raise TemplateFault(
            f"{what} : avec le modèle « {template} », {flaw.bare or flaw.says}.",
            advice=f"{flaw.advice} Ou revenez au modèle livré : « calame templates retire {template} ».",
        )


def suspects(flaw: Flaw, texts: Mapping[str, str]) -> tuple[str, int]:
    """The file and line that a flaw may come from; the page without a line when nothing there looks like it."""
    patterns = _SUSPECTS.get(flaw.field, ())
    for pattern in patterns:
        for file, text in texts.items():
            place = re.search(pattern, text)
            if place:
                return file, text.count("\n", 0, place.start()) + 1
    return PAGE, 0


_SUSPECTS = {
    "sections": (r"\|\s*(?:truncate|replace|wordwrap|first|last|slice)\b", r"\[\s*-?\d*\s*:\s*-?\d*\s*\]",
                 r"overflow\s*:\s*(?:hidden|clip)", r"white-space\s*:\s*(?:nowrap|pre\b)", r"\bblocks\b"),
    "qr": (r"class=\"foot\"",),
    "page": (r"@page\b",),
    "author.name": (r"id=\"signature\"",),
    "recipient.address": (r"recipient\.address",),
}  # fmt: skip


def _of_text(paper: Paper, shown: Mapping[str, Any]) -> Iterator[Flaw]:
    lost = paper.lost(Given(shown).texts)
    if lost and lost.unseen:
        bare = f"des mots de la ligne {lost.line} du texte ne se voient pas"
        yield Flaw("sections", f"personne ne voit ces mots du texte : « {lost.words} »", _ROOM, bare)
    elif lost:
        bare = f"le texte est changé ou incomplet à partir de sa ligne {lost.line}"
        yield Flaw("sections", f"le texte est changé ou incomplet à partir de « {lost.words} »", _ALL, bare)


def _of_pages(paper: Paper, count: int) -> Iterator[Flaw]:
    for number in range(1, count + 1) if count > 1 else ():
        if not re.search(rf"(?<!\d){number}\D{{1,6}}{count}(?!\d)", _words(paper.rest(number - 1))):
            advice = 'Gardez dans « @page » : content: "Page " counter(page) "/" counter(pages).'
            yield Flaw("page", f"« Page {number}/{count} » n'est pas imprimé sur la page {number}", advice)
            return


def _of_signer(paper: Paper, sheets: Sequence[Sheet], name: str) -> Iterator[Flaw]:
    for number, sheet in enumerate(sheets):
        if sheet.field and name:
            _, bottom, _, top = sheet.field
            near = (one for one in paper.rest(number) if bottom - _BELOW <= one.box[1] <= top + _ABOVE)
            if plain(name) not in plain(_words(near)):
                advice = "Écrivez « {{ author.name }} » au-dessus de la place de la signature."
                yield Flaw("author.name", f"le nom de « {name} », qui signe, ne se lit pas à la signature", advice)


def _of_window(paper: Paper, sheets: Sequence[Sheet], to: Mapping[str, Any], *, all_lines: bool) -> Iterator[Flaw]:
    left, top, right, bottom = (edge * _MM for edge in WINDOW)
    height = sheets[0].height
    inside = [
        one
        for one in paper.rest(0)
        if left <= (one.box[0] + one.box[2]) / 2 <= right and top <= height - (one.box[1] + one.box[3]) / 2 <= bottom
    ]
    shown = plain(_words(inside))
    lines = [to["name"], *(to["address"] if all_lines else ())] if to["name"] else []
    if any(plain(line) not in shown for line in lines):
        advice = "Placez-la à 110 mm du bord gauche et 50 mm du haut, dans 80 mm sur 28 mm : voyez un modèle neuf."
        yield Flaw("recipient.address", "l'adresse n'est pas dans la fenêtre de l'enveloppe", advice)


def _words(letters: Iterator[Letter] | Sequence[Letter]) -> str:
    return "".join((" " if one.apart else "") + one.sign for one in letters)
