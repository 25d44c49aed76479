"""Dates: "le douze mars mille neuf cent cinquante-quatre", "du deux au neuf novembre"."""

from __future__ import annotations

import re
from datetime import date

from pipeline.model.calendar import MONTHS
from pipeline.transcribe.dictation import plain
from pipeline.transcribe.figures_items import Doubt, Edit, Found, Line, doubt
from pipeline.transcribe.figures_numbers import Number, chain, number_at
from pipeline.transcribe.figures_units import unit_at
from pipeline.transcribe.numbers import splits, whole

_MONTHS = {plain(month): number for number, month in enumerate(MONTHS, 1)}
_GLUED = re.compile(rf"^({'|'.join(_MONTHS)})-((?:19|20)\d\d)$")
_YEARS = range(1900, 2100)
_BETWEEN_DAYS = frozenset({"au", "et", "ou", "a"})
_CHECK = "date à vérifier"
_MOST_DAYS = 5


def date_at(line: Line, place: int) -> Found | None:
    """The days of a date from ``place`` on, its month and its year: "du 2 au 9 novembre 2026"."""
    days: list[tuple[int, int, str]] = []  # start, end, what is written
    at = place
    while len(days) < _MOST_DAYS:
        day = _day_at(line, at)
        if day is None:
            return None
        days.append((at, *day))
        at = day[0]
        if at < len(line) and line.goes_on(at) and _month(line, at):
            break
        at = _next_day(line, at)
        if at == 0 or at >= len(line):
            return None
    month, year, end, changes = _month_and_year(line, at)
    if any(isinstance(change, Doubt) for change in changes):
        return _offered(line, end, days, changes)
    if any(text == "" or not _exists(text, month, year) for _, _, text in days):
        return doubt(line, place, end, _CHECK, *_two_days(line, place, end, days))
    return Found(end, (*_day_edits(line, days), *changes))


def _day_edits(line: Line, days: list[tuple[int, int, str]]) -> list[Edit]:
    """The days in digits, and the commas between them that stayed words."""
    edits: list[Edit] = []
    for start, stop, text in days:
        heard = line.heard(start, stop)
        if heard != text and not heard.startswith("0"):  # "05 mars" stays as it is
            edits.append(Edit(start, stop, text, "date"))
        if stop < days[-1][0] and line.items[stop].norm in line.rules.commas:
            edits.append(Edit(stop, stop + 1, ",", "virgule"))
    return edits


def _day_at(line: Line, place: int) -> tuple[int, str] | None:
    """Where a day of the month ends, and its digits; "" for what only looks like one ("2.9")."""
    item = line.items[place]
    if item.norm == "premier" and (_month(line, place + 1) or line.norm(place + 1) in _BETWEEN_DAYS):
        return place + 1, "1er"
    if re.fullmatch(r"1er|1°", item.norm):
        return place + 1, item.core
    number = number_at(line, place)
    if number is None or number.suffix or number.ways or number.trouble:
        return None
    if "." in number.text and _month(line, number.end):
        return number.end, ""
    if number.comma and line.norm(number.end) in _BETWEEN_DAYS:  # "les 2 virgule 3 et 4 mars"
        return number.end, ""
    if number.value is None or not 1 <= number.value <= 31:
        return None
    first = number.value == 1 and line.before(place) == "le" and _month(line, number.end)
    if number.value == 1 and number.spoken and not first:
        return None
    return number.end, "1er" if first else str(number.value)


def _next_day(line: Line, at: int) -> int:
    """Where the next day of a list stands: after "au", "et", "et le", or a comma; 0 when none does."""
    if at >= len(line) or line.items[at].closed:
        return 0
    if line.items[at].comma == "virgule" or (line.norm(at) in line.rules.commas and not line.items[at].trail):
        return at + 1
    if line.items[at - 1].trail == "," and not line.items[at].lead:
        return at
    if line.norm(at) in _BETWEEN_DAYS and line.goes_on(at + 1):
        return at + 2 if line.norm(at + 1) in {"le", "au"} and line.goes_on(at + 2) else at + 1
    return 0


def _month(line: Line, place: int) -> int:
    """The month named at ``place`` directly after the item before, 1 to 12; else 0. "mars-1995" is one too."""
    norm = line.norm(place)
    glued = _GLUED.match(norm)
    return _MONTHS.get(glued[1] if glued else norm, 0)


def _month_and_year(line: Line, place: int) -> tuple[int, int, int, tuple[Edit | Doubt, ...]]:
    """Month, year (0: none), where the date ends, and what is to be written or asked of the year."""
    item, month = line.items[place], _month(line, place)
    glued = _GLUED.match(item.norm)
    if glued:
        return month, int(glued[2]), place + 1, (Edit(place, place + 1, item.core.replace("-", " ", 1), "date"),)
    at = place + 1
    if at >= len(line) or line.items[at].closed or line.items[at].lead:
        return month, 0, at, ()
    comma = item.trail == "," and not line.items[at].comma
    if item.trail and not comma:
        return month, 0, at, ()
    stuttered = re.fullmatch(r"((?:19|20)\d\d)-((?:19|20)\d\d)", line.items[at].core)
    if stuttered and not comma:
        return month, 0, at + 1, (Doubt(at, at + 1, _CHECK, (stuttered[2], stuttered[1])),)
    year, end = _year_at(line, at)
    if not year:
        return month, 0, at, ()
    if comma and not line.ends(end):
        return month, 0, at, ()
    changes: tuple[Edit | Doubt, ...] = ()
    if comma:  # "4 décembre, 2026 à 14 heures": never a comma there in French
        changes = (Edit(place, at, item.core, "date", keep_trail=False),)
    if line.items[at].words:
        changes = (*changes, Edit(at, end, str(year), "date"))
    return month, year, end, changes


def _year_at(line: Line, place: int) -> tuple[int, int]:
    """A year with four digits at ``place`` and where it ends; (0, 0) when none is."""
    number = number_at(line, place)
    if number is None or number.suffix or unit_at(line, number) is not None:
        return 0, 0
    if number.value is not None:
        fits = number.value in _YEARS and (number.spoken or len(number.text) == 4)
        return (number.value, number.end) if fits else (0, 0)
    for cut in reversed(range(place + 1, number.end)):  # "deux mille vingt-six quatorze heures"
        words = [word for item in line.items[place:cut] for word in item.words or ("et",)]
        value = whole(words, line.rules.read)
        rest = number_at(line, cut)
        if (
            value is not None
            and value in _YEARS
            and rest is not None
            and rest.end == number.end
            and rest.value is not None
        ):
            clock = line.norm(rest.end) in {"heure", "heures", "h"}
            return (value, cut) if clock else (0, 0)
    return 0, 0


def _exists(day: str, month: int, year: int) -> bool:
    try:
        date(year or 2024, month, 1 if day.startswith("1e") or day == "1°" else int(day))
    except ValueError:
        return False
    return True


def _two_days(line: Line, place: int, end: int, days: list[tuple[int, int, str]]) -> tuple[str, ...]:
    """ "2.9 novembre 2026" may be "2 au 9 novembre 2026"."""
    parted = re.fullmatch(r"(\d{1,2})\.(\d{1,2})", line.items[place].core)
    if not parted or len(days) != 1 or not 1 <= int(parted[1]) < int(parted[2]) <= 31:
        return ()
    rest = " ".join(item.core for item in line.items[days[0][1] : end])
    return (f"{parted[1]} au {parted[2]} {rest}",)


def _offered(line: Line, end: int, days: list[tuple[int, int, str]], changes: tuple[Edit | Doubt, ...]) -> Found:
    """The date with each of the years that may be meant."""
    years = next(change.offers for change in changes if isinstance(change, Doubt))
    start = days[-1][0]
    head = f"{days[-1][2]} {line.items[days[-1][1]].core}"
    found = doubt(line, start, end, _CHECK, *(f"{head} {year}" for year in years))
    edits = [edit for edit in _day_edits(line, days) if edit.end <= start]
    return Found(end, (*edits, *found.changes))


def _spoken_ways(line: Line, number: Number) -> list[tuple[int, ...]]:
    """ "douze zéro trois mille neuf cent cinquante-quatre": what stands before a year at the end."""
    groups = [item.words or ("et",) for item in line.items[number.start : number.end]]
    ways: list[tuple[int, ...]] = []
    for cut in range(1, len(groups)):
        year = whole([word for group in groups[cut:] for word in group], line.rules.read)
        if year is not None and year in _YEARS:
            ways += [(*way, year) for way in splits(groups[:cut], line.rules.read)]
    return ways


def numeric_date(line: Line, place: int) -> Found | None:
    """ "né le 12 03 1954", "le douze zéro trois mille neuf cent…": asked, with the date that it may be."""
    if line.before(place) not in {"le", "du", "au"}:
        return None
    numbers = chain(line, place)
    ways = [tuple(n.value or 0 for n in numbers)]
    if len(numbers) == 1:
        ways = _spoken_ways(line, numbers[0])
    dates = [way[:1] + way[-2:] for way in ways if len(way) == 3 or (len(way) == 4 and way[1] == 0)]
    fits = [way for way in dates if way[2] in _YEARS and 1 <= way[1] <= 12 and _exists(str(way[0]), way[1], way[2])]
    if not fits:
        return None
    offers = (f"{day:02d}/{month:02d}/{year}" for day, month, year in fits)
    return doubt(line, place, numbers[-1].end, _CHECK, *offers)
