"""A scan that waits to be confirmed: its pages with the read words over them, and what a person does to them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk import Desk, Dossier
from pipeline.errors import CaseUnknown, MoveForbidden
from pipeline.model.case import Case, Medium, Status
from pipeline.model.identity import Identification
from pipeline.model.pages import NO_EARLIER, QUARTERS, Layout, standing
from pipeline.model.people import User
from pipeline.model.text import Box, CheckedText, Finding, Token
from pipeline.sheets import Sheets
from pipeline.web.media import PagePictures
from pipeline.web.pages import Pages
from pipeline.web.reading import doubts

ACROSS = 1000
"""Units of a page's width in the picture's own coordinates."""
_LETTERS = 0.82
"""Size of the letters as a share of their box's height."""
ARRANGING = (Status.RECEIVED, Status.TRANSCRIBED, Status.CHECKED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word on its page, in units of which the page is `ACROSS` wide; ``finding`` is -1 for a word without doubt.

    ``read`` names what was read here: "patient", "sender", "date" or nothing.
    """

    text: str
    left: float
    top: float
    width: float
    height: float
    finding: int = -1
    grave: bool = False
    read: str = ""

    @property
    def letters(self) -> float:
        return round(_LETTERS * min(self.height, 2 * self.width), 1)

    @property
    def baseline(self) -> float:
        return round(self.top + _LETTERS * self.height, 1)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """Words in reading order; ``stands``: they run down the page, because it was turned after it was read."""

    words: tuple[PlacedWord, ...]

    @property
    def stands(self) -> bool:
        long = [word for word in self.words if len(word.text) > 1]
        return sum(word.height for word in long) > 1.5 * sum(word.width for word in long)


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """A page that is filed: its place among all pages of the case, its height in units, its lines of words."""

    place: int
    height: float
    lines: tuple[ShownLine, ...]
    may_split: bool


class Scanning:
    """The page of a scan; ``otherwise`` shows every other case. The rules are those of `Desk` and `Sheets`."""

    def __init__(
        self, desk: Desk, pages: Pages, pictures: PagePictures, otherwise: Callable[[Request, User], Response]
    ) -> None:
        self._desk = desk
        self._sheets = Sheets(desk.flow)
        self._pages = pages
        self._pictures = pictures
        self._otherwise = otherwise

    def show(self, request: Request, user: User) -> Response:
        try:
            case = self._desk.journal.case(request.path_params["case"])
        except CaseUnknown:
            return self._otherwise(request, user)
        if case.medium is not Medium.SCAN:
            return self._otherwise(request, user)
        arranging = case.status in ARRANGING and self._desk.journal.result(case.id, "layout", Layout) is not None
        confirming = self._desk.may_confirm(case)
        dossier = self._desk.open(case.id)
        if dossier.scan is None or not (arranging or confirming):
            return self._otherwise(request, user)
        layout = self._sheets.layout(case)
        fixed = self._sheets.fixed_because(case)
        following = self._sheets.following(case) if confirming and not fixed else None
        chosen = request.query_params.get("patient", "")
        return self._pages.render(
            request,
            user,
            "scan.html",
            d=dossier,
            case=case,
            confirming=confirming,
            pages_done=request.query_params.get("pages", ""),
            working=arranging and case.status is not Status.FAILED,
            progress=self._desk.journal.progress().get(case.id),
            chosen=self._desk.journal.patient(chosen) if chosen else None,
            pdf=self._desk.scan_pdf(case),
            sheets=self._shown(dossier, layout) if confirming else [],
            aside=[place for place, sheet in enumerate(layout.sheets) if sheet.aside],
            arrangeable=case.status is Status.TO_CONFIRM and not fixed,
            undoable=layout.before != NO_EARLIER and case.status in (Status.TO_CONFIRM, Status.FAILED),
            fixed=fixed,
            following=following,
            following_pages=len(self._sheets.layout(following).filed) if following else 0,
            read_on=read_on(dossier.checked, dossier.identification),
            doubts=doubts(dossier),
            places=_finding_pages(dossier.checked),
            authors={one.login: one.name for one in self._desk.journal.users()},
            next_case=self._desk.journal.following((Status.TO_CONFIRM,), but=case.id),
        )

    def arrange(self, request: Request, user: User, form: FormData) -> Response:
        """One gesture on the pages: ``tourner:90``, ``ecarter``, ``remettre``, ``separer``, ``reunir``, ``annuler``."""
        case = self._desk.journal.case(request.path_params["case"])
        verb, _, degrees = str(form.get("action", "")).partition(":")
        place, move_no = _number(form, "place"), _number(form, "move_no")
        if move_no < 0:
            raise MoveForbidden("La demande est incomplète.", advice="Rechargez la page.")
        sheets, quarters = self._sheets, {str(each): each for each in QUARTERS}
        gestures: dict[str, Callable[[], Case]] = {
            "tourner": lambda: sheets.turn(case.id, place, quarters.get(degrees, 0), by=user, move_no=move_no),
            "ecarter": lambda: sheets.drop(case.id, place, by=user, move_no=move_no),
            "remettre": lambda: sheets.bring_back(case.id, place, by=user, move_no=move_no),
            "separer": lambda: sheets.split(case.id, place, by=user, move_no=move_no),
            "reunir": lambda: sheets.merge(case.id, by=user, move_no=move_no),
            "annuler": lambda: sheets.undo(case.id, by=user, move_no=move_no),
        }
        if verb not in gestures:
            raise MoveForbidden("Ce geste n'existe pas.", advice="Rechargez la page.")
        gestures[verb]()
        return RedirectResponse(f"/dossiers/{case.id}?pages={verb}", 303)

    def set_aside(self, request: Request, user: User) -> Response:
        """The picture of any page of the case by its place, also of one that was set aside."""
        del user
        case = self._desk.journal.case(request.path_params["case"])
        layout = self._sheets.layout(case)
        place = request.path_params["place"]
        if place >= len(layout.sheets):
            raise CaseUnknown("Cette page n'existe pas.")
        leaf, _ = standing(layout.sheets[place], self._sheets.leaves(case))
        png = self._pictures.png(self._desk.parts.blobs.path(leaf.pdf), leaf.pdf.sha256, leaf.at, width=300)
        return Response(png, media_type="image/png")

    def _shown(self, dossier: Dossier, layout: Layout) -> list[ShownSheet]:
        pdf = self._desk.parts.blobs.path(self._desk.scan_pdf(dossier.case))
        places = [place for place, sheet in enumerate(layout.sheets) if not sheet.aside]
        sizes = self._pictures.sizes(pdf)
        lines = lines_by_page(dossier, [ACROSS * down / across for across, down in sizes])
        return [
            ShownSheet(place, round(ACROSS * down / across, 1), lines.get(number, ()), place != places[-1])
            for number, (place, (across, down)) in enumerate(zip(places, sizes, strict=False))
        ]


def lines_by_page(dossier: Dossier, heights: Sequence[float]) -> dict[int, tuple[ShownLine, ...]]:
    """The words of each page by line, in reading order."""
    if dossier.checked is None:
        return {}
    transcript = dossier.checked.transcript
    at = _Marks(dossier)
    words: list[tuple[int, int, PlacedWord]] = []
    line = 0
    for token, (start, end) in zip(transcript.tokens, transcript.offsets, strict=True):
        line += "\n" in token.before
        if token.box is not None and token.text and token.box.page < len(heights):
            word = at.marked(_placed(token, token.box, heights[token.box.page]), start, end)
            words.append((token.box.page, line, word))
    pages: dict[int, list[ShownLine]] = {}
    for (page, _), group in groupby(words, key=lambda one: one[:2]):
        pages.setdefault(page, []).append(ShownLine(tuple(word for _, _, word in group)))
    return {page: tuple(lines) for page, lines in pages.items()}


def _placed(token: Token, box: Box, down: float) -> PlacedWord:
    left, top = round(box.left * ACROSS, 1), round(box.top * down, 1)
    width, height = (box.right - box.left) * ACROSS, (box.bottom - box.top) * down
    return PlacedWord(token.text, left, top, max(1.0, round(width, 1)), max(1.0, round(height, 1)))


class _Marks:
    """Doubts and evidence by offset in the text."""

    def __init__(self, dossier: Dossier) -> None:
        self._findings = sorted((one.start, one.end, index) for index, one in dossier.open_findings)
        self._starts = [start for start, _, _ in self._findings]
        self._grave = doubts(dossier).grave
        self._read = dossier.identification.read_at if dossier.identification else ()

    def marked(self, word: PlacedWord, start: int, end: int) -> PlacedWord:
        near = bisect_right(self._starts, end - 1) - 1
        finding = self._findings[near][2] if near >= 0 and self._findings[near][1] > start else -1
        read = next((one.what for one in self._read if one.start < end and start < one.end), "")
        return replace(word, finding=finding, grave=finding in self._grave, read=read)


def read_on(checked: CheckedText | None, found: Identification | None) -> dict[str, tuple[str, int]]:
    """What was read of the patient, the sender and the date: the words, and the page (from 1)."""
    if checked is None or found is None:
        return {}
    said: dict[str, tuple[str, int]] = {}
    for one in found.read_at:
        words = " ".join(checked.text[one.start : one.end].split())
        page = _page_at(checked, one.start, one.end)
        if one.what in said and words not in said[one.what][0]:
            said[one.what] = (f"{said[one.what][0]} … {words}", said[one.what][1])
        elif one.what not in said:
            said[one.what] = (words, page)
    return said


def _finding_pages(checked: CheckedText | None) -> dict[int, int]:
    """The page (from 1) of each finding, by its index."""
    findings: Sequence[Finding] = checked.findings if checked else ()
    return {i: _page_at(checked, one.start, one.end) for i, one in enumerate(findings)} if checked else {}


def _page_at(checked: CheckedText, start: int, end: int) -> int:
    return next((box.page + 1 for box in _boxes(checked, start, end)), 1)


def _boxes(checked: CheckedText, start: int, end: int) -> Iterator[Box]:
    transcript = checked.transcript
    for token, (since, until) in zip(transcript.tokens, transcript.offsets, strict=True):
        if since < end and start < until and token.box is not None:
            yield token.box


def _number(form: FormData, name: str) -> int:
    text = str(form.get(name, ""))
    return int(text) if text.isdecimal() and len(text) < 10 else -1
