"""Which earlier convocation a line cancels: one appointment still to come, about the same, that the list no longer has.

Two that it could be, or two lines for one, are a doubt: the line is refused until it says which.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pipeline.batch.port import Appointment, Columns, Refusal
from pipeline.batch.step import key_of, subject_of
from pipeline.batch.words import folded
from pipeline.model.calendar import MONTHS
from pipeline.model.case import Case

_NONE = ("aucune", "aucun", "non")
_WHEN = re.compile(rf"\bLe \w+ (\d+|1er) ({'|'.join(MONTHS)}) (\d{{4}}) à (\d+) h(?: (\d\d))?\.$", re.MULTILINE)


def moment_of(text: str) -> datetime | None:
    """When the appointment of a convocation is, by its own text (`pipeline.batch.step.sections_of`)."""
    found = _WHEN.search(text)
    if not found:
        return None
    day, month, year, hour, minute = found.groups()
    return datetime(int(year), MONTHS.index(month) + 1, int(day.removesuffix("er")), int(hour), int(minute or 0))


def replaced_by(
    lines: Iterable[Appointment], ahead: Mapping[str, Sequence[Case]], columns: Columns
) -> tuple[dict[str, Case], list[Refusal]]:
    """The case that each line cancels, by the line's key. ``ahead``: the appointments to come, by their subject."""
    found: list[tuple[Appointment, Case]] = []
    refused: list[Refusal] = []
    for one in lines:
        others, wanted = ahead.get(subject_of(one), ()), folded(one.replaces)
        named = [case for case in others if folded(case.number) == wanted] if wanted else others
        if wanted in _NONE or (not wanted and not others):
            continue
        if len(named) == 1:
            found.append((one, named[0]))
        else:
            refused.append(Refusal(one.row, columns.french["replaces"], _unclear(others, wanted)))
    claims = Counter(case.id for _, case in found)
    for one, case in found:
        if claims[case.id] > 1:
            says = f"Plusieurs lignes remplaceraient la convocation {case.number} : {_SAY_WHICH}"
            refused.append(Refusal(one.row, columns.french["replaces"], says))
    return {key_of(one): case for one, case in found if claims[case.id] == 1}, refused


_SAY_WHICH = "écrivez dans la colonne « remplace » le numéro de celle que la ligne annule, ou « aucune »."


def _unclear(others: Sequence[Case], wanted: str) -> str:
    if wanted:
        return "Le patient n'a pas de convocation à venir de ce numéro pour cet examen."
    numbers = ", ".join(case.number for case in others)
    return f"Le patient a déjà des convocations à venir pour cet examen ({numbers}) : {_SAY_WHICH}"
