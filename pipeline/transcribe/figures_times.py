"""Times of day: "à quatorze heures trente" is 14 h 30. Durations ("quarante-huit heures") are no business of it."""

from __future__ import annotations

import re

from pipeline.transcribe.figures_items import Edit, Found, Line
from pipeline.transcribe.figures_numbers import Number, number_at
from pipeline.transcribe.figures_units import unit_at
from pipeline.transcribe.numbers import digits_of

_CLOCK = re.compile(r"^[hH](\d\d)?$")
_PARTS = {"demi": "30", "demie": "30", "quart": "15"}


def time_at(line: Line, number: Number) -> Found | None:
    """A time of day: "quatorze heures trente", "à quatorze heures", "14h30". Durations are no business of it."""
    glued = _CLOCK.match(number.suffix) if number.suffix else None
    if number.value is None or not number.sure or not 0 <= number.value <= 99:
        return None
    if glued:
        at, minutes = number.end, glued[1] or ""
    elif not number.suffix and line.norm(number.end) in {"heure", "heures", "h"}:
        at, minutes = number.end + 1, ""
    else:
        return None
    hour = digits_of(number.value)
    hours = _hours(line, number, at)
    if hours is not None:
        return hours
    if minutes:
        return Found(at, (Edit(number.start, at, f"{hour}\u00a0h\u00a0{minutes}", "heure"),))
    clock = _is_clock(line, number, at)
    spoken = _minutes(line, at) if number.value < 24 and not number.article else None
    if clock and line.norm(at) == "et" and line.norm(at + 1) in _PARTS:
        spoken = at + 2, _PARTS[line.norm(at + 1)]
    if spoken is not None:
        return Found(spoken[0], (Edit(number.start, spoken[0], f"{hour}\u00a0h\u00a0{spoken[1]}", "heure"),))
    follows = line.goes_on(at) and number_at(line, at) is not None  # "8 heures 5 mg" must not be read as 8 h 05
    if not follows and (clock or glued or line.norm(number.end) == "h"):
        return Found(at, (Edit(number.start, at, f"{hour}\u00a0h", "heure"),))
    return None


def _hours(line: Line, first: Number, at: int) -> Found | None:
    """ "de huit heures à douze heures": both are written alike."""
    if first.suffix or line.before(first.start) not in {"de", "entre"} or line.norm(at) not in {"a", "et"}:
        return None
    second = number_at(line, at + 1) if line.goes_on(at + 1) else None
    if second is None or second.value is None or second.suffix or not second.sure or second.value > 24:
        return None
    if first.article or second.article or line.norm(second.end) not in {"heure", "heures", "h"}:
        return None
    end = second.end + 1
    if line.goes_on(end) and number_at(line, end) is not None:
        return None
    edits = (
        Edit(first.start, at, f"{first.text}\u00a0h", "heure"),
        Edit(second.start, end, f"{second.text}\u00a0h", "heure"),
    )
    return Found(end, edits)


def _minutes(line: Line, place: int) -> tuple[int, str] | None:
    """Minutes after the hours, where they end and their two digits: never what is counted or measured there."""
    if not line.goes_on(place):
        return None
    minutes = number_at(line, place)
    if minutes is None or minutes.value is None or minutes.suffix or not minutes.sure or minutes.article:
        return None
    if not 1 <= minutes.value <= 59 or unit_at(line, minutes) is not None or not line.ends(minutes.end):
        return None
    return minutes.end, f"{minutes.value:02d}"


def _is_clock(line: Line, number: Number, after: int) -> bool:
    """ "rendez-vous à quatorze heures", not "apyrexie à quarante-huit heures" nor "à six heures de l'intervention"."""
    if number.value is None or number.value >= 24 or number.article:
        return False
    follows = line.norm(after)
    barred = follows in line.rules.clock_not_before or follows.partition("'")[0] + "'" in line.rules.clock_not_before
    before = line.before(number.start)
    ago = before == "a" and line.items[number.start - 1].core == "a"  # "il y a quatre heures"
    return before in line.rules.clock_before and not barred and not ago
