"""The pages of a scanned case: which it has, how they are turned, and what was read on each.

A page of a received file stands in exactly one case, among the pages that are filed or among those set aside. Nothing
here is ever deleted: a case keeps all its layouts, and undo goes back from one to the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.errors import MoveForbidden
from pipeline.model.case import BlobRef
from pipeline.model.text import Box, ScanReading, Token, Transcript

QUARTERS = (90, 180, 270)
TURNED, DROPPED, BROUGHT_BACK, SPLIT, MERGED, GONE = "turn", "drop", "bring-back", "split", "merge", "gone"
NO_EARLIER = -1
_GONE = "Cette page n'existe plus dans ce dossier."
_RELOAD = "Rechargez la page."


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a received file (its SHA-256 and the 0-based number of the page in it).

    ``turn`` is clockwise degrees (0, 90, 180, 270) from how the machine set it upright; ``aside``: kept, not filed.
    """

    original: str
    page: int
    turn: int = 0
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """What was read on a page standing at ``turn``: words whose boxes are on page 0. ``pdf`` holds the page at 0-based
    ``at``.

    ``recognised``: the words came from the picture, so that a page that is turned must be read again.
    """

    original: str
    page: int
    turn: int
    pdf: BlobRef
    at: int
    tokens: tuple[Token, ...]
    recognised: bool


@dataclass(frozen=True)
class Leaves:
    """What one reading, or one reading again, found."""

    leaves: tuple[Leaf, ...]


Key = tuple[str, int, int]
"""Original, page, turn."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The pages of a case in order. ``before`` is the number of the layout that undo brings back (`NO_EARLIER`: none).

    ``did`` is what a person did; ``other`` the case that pages went to or came from.
    """

    number: int
    sheets: tuple[Sheet, ...]
    before: int = NO_EARLIER
    did: str = ""
    other: str = ""

    @property
    def filed(self) -> tuple[Sheet, ...]:
        return tuple(sheet for sheet in self.sheets if not sheet.aside)

    def turned(self, place: int, degrees: int) -> Layout:
        """The sheet at ``place`` a quarter, a half or three quarters further. Raises `MoveForbidden`."""
        sheet = self._at(place)
        if degrees not in QUARTERS:
            raise MoveForbidden("Une page se tourne d'un quart de tour ou d'un demi-tour.")
        return self._with(place, replace(sheet, turn=(sheet.turn + degrees) % 360), TURNED)

    def dropped(self, place: int) -> Layout:
        """The sheet at ``place`` set aside. Raises `MoveForbidden` for the last one."""
        sheet = self._at(place)
        if sheet.aside:
            raise MoveForbidden("Cette page est déjà mise de côté.", advice=_RELOAD)
        if len(self.filed) == 1:
            raise MoveForbidden("C'est la seule page de ce document.", advice="Écartez plutôt le dossier.")
        return self._with(place, replace(sheet, aside=True), DROPPED)

    def brought_back(self, place: int) -> Layout:
        """The sheet at ``place``, which was set aside, back at its place. Raises `MoveForbidden`."""
        sheet = self._at(place)
        if not sheet.aside:
            raise MoveForbidden("Cette page n'est pas mise de côté.", advice=_RELOAD)
        return self._with(place, replace(sheet, aside=False), BROUGHT_BACK)

    def split(self, after: int, other: str) -> tuple[Layout, Layout]:
        """This layout as far as the sheet at ``after``, and the first layout of case ``other`` with the rest.

        Raises `MoveForbidden` when one of them would have no page to file.
        """
        self._at(after)
        here, there = self.sheets[: after + 1], self.sheets[after + 1 :]
        if not all(any(not sheet.aside for sheet in part) for part in (here, there)):
            raise MoveForbidden("Il faut au moins une page de chaque côté pour séparer.")
        return self._next(here, SPLIT, other), Layout(0, there)

    def merged(self, case_id: str, following: Layout, other: str) -> tuple[Layout, Layout]:
        """This layout with the pages of case ``other`` after it, and the emptied one of ``other``."""
        return self._next(self.sheets + following.sheets, MERGED, other), following.emptied(case_id)

    def emptied(self, other: str) -> Layout:
        """No page is left: they all stand in case ``other``."""
        return self._next((), GONE, other)

    def again(self, number: int) -> Layout:
        """This earlier layout as the newest one, which has ``number``."""
        return replace(self, number=number)

    def _at(self, place: int) -> Sheet:
        if not 0 <= place < len(self.sheets):
            raise MoveForbidden(_GONE, advice=_RELOAD)
        return self.sheets[place]

    def _with(self, place: int, sheet: Sheet, did: str) -> Layout:
        return self._next((*self.sheets[:place], sheet, *self.sheets[place + 1 :]), did)

    def _next(self, sheets: tuple[Sheet, ...], did: str, other: str = "") -> Layout:
        return Layout(self.number + 1, sheets, self.number, did, other)


def first_layout(original: BlobRef, pages: int) -> Layout:
    """Every page of a received file, as it was read."""
    return Layout(0, tuple(Sheet(original.sha256, page) for page in range(pages)))


def leaves_of(original: BlobRef, reading: ScanReading, pdf: BlobRef) -> Leaves:
    """What the first reading found, page by page."""
    words: dict[int, list[Token]] = {page: [] for page in range(reading.pages)}
    for token in reading.transcript.tokens:
        if token.box is not None and token.box.page in words:
            words[token.box.page].append(replace(token, box=replace(token.box, page=0)))
    return Leaves(
        tuple(
            Leaf(original.sha256, page, 0, pdf, page, tuple(tokens), _is_recognised(reading, tokens))
            for page, tokens in words.items()
        )
    )


def by_key(read: Iterable[Leaves]) -> dict[Key, Leaf]:
    """The newest leaf of each page and turn."""
    return {(leaf.original, leaf.page, leaf.turn): leaf for one in read for leaf in one.leaves}


def _is_recognised(reading: ScanReading, tokens: list[Token]) -> bool:
    """A text that the PDF held is certain; a recognised one never is on a whole page."""
    return reading.ocr and (not tokens or any(token.probability < 1.0 for token in tokens))


def standing(sheet: Sheet, leaves: Mapping[Key, Leaf]) -> tuple[Leaf, int]:
    """The leaf to show for a sheet, and how many degrees clockwise it must still be turned."""
    found = leaves.get((sheet.original, sheet.page, sheet.turn))
    if found is not None:
        return found, 0
    first = leaves[sheet.original, sheet.page, 0]
    return first, sheet.turn


def transcript_of(parts: Iterable[tuple[Leaf, int]], engine: str) -> Transcript:
    """The words of these leaves, one page each, turned with their page."""
    tokens: list[Token] = []
    pages = 0
    for page, (leaf, turn) in enumerate(parts):
        pages += 1
        for number, token in enumerate(leaf.tokens):
            before = token.before if number else "\n\n" if tokens else ""
            box = replace(turned_box(token.box, turn), page=page) if token.box else None
            tokens.append(replace(token, before=before, box=box))
    return Transcript(tuple(tokens), engine=engine, pages=pages)


def turned_box(box: Box, turn: int) -> Box:
    """The box on its page after the page was turned clockwise."""
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    for _ in range(turn // 90 % 4):
        left, top, right, bottom = _round(1 - bottom), left, _round(1 - top), right
    return Box(box.page, left, top, right, bottom)


def _round(share: float) -> float:
    return round(share, 5)
