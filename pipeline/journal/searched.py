"""What was typed in the search box for patients."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipeline.journal.folding import folded
from pipeline.model.calendar import MONTHS

_NUMBERED = re.compile(r"(?<!\d)(?:(\d{4})[-/](\d{1,2})[-/](\d{1,2})|(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}))(?!\d)")
_PACKED = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)")
_WRITTEN = re.compile(r"(?<!\d)(\d{1,2})(?:er)?\s+([^\W\d_]+)\s+(\d{4})(?!\d)", re.IGNORECASE)
_MATRICULE = re.compile(r"(?<!\w)[1-478](?:[ .]?\d){4}[ .]?(?:\d[ .]?\d|2[ .]?[ABab])(?:[ .]?\d){6,8}(?!\w)")
_MONTH = {folded(name): number for number, name in enumerate(MONTHS, start=1)}


@dataclass(frozen=True, slots=True)
class Searched:
    """Folded name words, a birth date, the beginning of a matricule: all must hold. Empty when nothing is usable."""

    words: tuple[str, ...] = ()
    born: date | None = None
    ins: str = ""


def read_search(text: str) -> Searched:
    """Take the matricule and the date out of ``text``; the rest are name words.

    Dates: 12/03/1954, 12-3-1954, 12.03.1954, 12 03 1954, 12031954, 1954-03-12, 12 mars 1954.
    """
    ins = ""
    matricule = _MATRICULE.search(text)
    if matricule:
        ins = re.sub(r"[ .]", "", matricule.group()).upper()
        text = text.replace(matricule.group(), " ", 1)
    born, text = _date(text)
    return Searched(tuple(dict.fromkeys(folded(text).split())), born, ins)


def _date(text: str) -> tuple[date | None, str]:
    for pattern in (_NUMBERED, _PACKED, _WRITTEN):
        for match in pattern.finditer(text):
            parts = [part for part in match.groups() if part]
            if len(parts[0]) == 4:
                parts.reverse()
            month = _MONTH.get(folded(parts[1]), 0) if pattern is _WRITTEN else int(parts[1])
            try:
                found = date(int(parts[2]), month, int(parts[0]))
            except ValueError:
                continue
            return found, f"{text[: match.start()]} {text[match.end() :]}"
    return None, text
