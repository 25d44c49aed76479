"""Dates that cannot be: no such day, another weekday, a birth after the document, an appointment past or on a feast."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.model.calendar import MONTHS, day_in_words
from pipeline.model.text import Finding
from pipeline.verify.french_holidays import holiday
from pipeline.verify.risk_text import RiskText, fold

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
OLDEST = 120
"""Years that nobody outlives."""
_MONTHS = {fold(name): number for number, name in enumerate(MONTHS, start=1)}
_DATE = re.compile(
    rf"(?<![\d/.,])(?:(?P<weekday>{'|'.join(WEEKDAYS)}) )?(?:"
    rf"(?P<day>\d{{1,2}})(?:er)? (?P<month>{'|'.join(_MONTHS)})(?: (?P<year>(?:18|19|20)\d\d)(?!\d))?"
    r"|(?P<d>\d{1,2})(?P<mark>[/.])(?P<m>\d{1,2})(?P=mark)(?P<y>(?:18|19|20)\d\d)(?![\d/]))"
)
_BIRTH = re.compile(r"(?:\bnee?(?:\(e\))?s? le|date de naissance ?:?|\bddn ?:?|\bnee?)\s?$")
_EXAMINED = re.compile(
    r"\b(?:consultation|examen|irm|scanner|echographie|radiographie|intervention|seance|document|courrier|"
    r"hospitalisation|"
    r"opere|operee|vu|vue|examine|examinee|revu|revue|hospitalise|hospitalisee|fait|realise|realisee|effectue|"
    r"effectuee)"
    r"(?: en date)? (?:du|le|du 1er|a \w+,? le)\s?$"
)
_MEETING = re.compile(
    r"\b(?:rendez-vous|rdv|convoque\w*|convocation|controle|consultation de (?:controle|suivi)|reverrai\w*|"
    r"revoir|revue? |"
    r"a revoir|prochaine consultation|prochaine? \w+)\b[^.;\n]{0,50}?\b(?:le|au|du|pour le)\s?$"
)
_TO_COME = re.compile(
    r"\b(?:sera|seront|prevu\w*|fixe\w*|programme\w*|prochaine?|prevoir|revoir|reverrai\w*|convoque\w*|convocation|"
    r"donne|propose\w*|aura lieu|est attendu\w*|rendez-vous le|rdv le|controle le|planifie\w*)\b"
)
_PAST = re.compile(
    r"\b(?:avait|avaient|etait|s'est|s'etait|a eu lieu|a ete (?:vu|vue|revu|revue|realise\w*|fait\w*)|dernier|derniere|"
    r"honore\w*|manque\w*|annule\w*|au controle|lors d\w*|du controle|ne s'est pas|n'a pas|montrait|retrouvait|montre|"
    r"retrouve|precedente?|suite a|apres|venue?|depuis|ancien\w*|urgences?|garde|astreinte)\b"
)


@dataclass(frozen=True, slots=True)
class _Written:
    """A date at ``[start:end]``; ``day`` is None when there is no such day, or no year."""

    start: int
    end: int
    day: date | None
    possible: bool
    weekday: str


def date_findings(text: RiskText, today: date | None) -> Iterator[Finding]:
    """``today`` None: nothing is compared with the present (a letter whose day is unknown)."""
    dates = list(_written(text.plain))
    examined = [one.day for one in dates if one.day and _EXAMINED.search(_before(text, one, 50))]
    for one in dates:
        finding = _impossible(text, one)
        if finding is None and one.day is not None:
            if _BIRTH.search(_before(text, one, 25)):
                finding = _birth(text, one, one.day, examined, today)
            else:
                finding = _meeting(text, one, one.day, today)
        if finding:
            yield finding


def _written(plain: str) -> Iterator[_Written]:
    for found in _DATE.finditer(plain):
        day = int(found["day"] or found["d"])
        month = _MONTHS[found["month"]] if found["month"] else int(found["m"])
        year = int(found["year"] or found["y"] or 0)
        known = _day(year or 2024, month, day)
        yield _Written(found.start(), found.end(), known if year else None, known is not None, found["weekday"] or "")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _before(text: RiskText, one: _Written, letters: int) -> str:
    start, _ = text.bounds(one.start)
    return text.plain[max(start, one.start - letters) : one.start]


def _impossible(text: RiskText, one: _Written) -> Finding | None:
    written = text.text[one.start : one.end]
    if not one.possible:
        return text.finding(one.start, one.end, f"« {written} » : ce jour n'existe pas. Vérifiez la date.")
    if one.day and one.weekday and WEEKDAYS[one.day.weekday()] != one.weekday:
        is_ = WEEKDAYS[one.day.weekday()]
        message = f"le {day_in_words(one.day)} est un {is_}, pas un {one.weekday}. Vérifiez la date."
        return text.finding(one.start, one.end, message)
    return None


def _birth(text: RiskText, one: _Written, born: date, examined: list[date], today: date | None) -> Finding | None:
    if today and born > today:
        message = f"né(e) le {day_in_words(born)} : cette date est dans le futur. Vérifiez."
    elif after := [day for day in examined if day < born]:
        message = f"né(e) le {day_in_words(born)}, après l'examen du {day_in_words(min(after))}. Vérifiez."
    elif today and today.year - born.year > OLDEST:
        message = f"né(e) le {day_in_words(born)} : plus de {OLDEST} ans. Vérifiez l'année."
    else:
        return None
    return text.finding(one.start, one.end, message)


def _meeting(text: RiskText, one: _Written, day: date, today: date | None) -> Finding | None:
    sentence = text.sentence(one.start)
    if not _MEETING.search(_before(text, one, 90)) or not _TO_COME.search(sentence) or _PAST.search(sentence):
        return None
    if today and day < today:
        message = f"rendez-vous le {day_in_words(day)} : cette date est passée. Vérifiez."
    elif name := holiday(day):
        message = f"rendez-vous le {day_in_words(day)} : c'est un jour férié ({name}). Vérifiez."
    elif day.weekday() == 6:
        message = f"rendez-vous le {day_in_words(day)} : c'est un dimanche. Vérifiez."
    else:
        return None
    return text.finding(one.start, one.end, message)
