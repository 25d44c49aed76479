"""Which earlier convocation a line cancels: the one whose number stands in its column « remplace ».

Nothing is cancelled unasked: a second appointment about the same may be the next of a series. It is told.
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
) -> tuple[dict[str, Case], dict[str, str], list[Refusal]]:
    """The case that each line cancels and what is told of a line, both by the line's key, and the lines refused.

    ``ahead``: the appointments to come that the list does not hold, by their subject.
    """
    found: list[tuple[Appointment, Case]] = []
    told: dict[str, str] = {}
    refused: list[Refusal] = []
    for one in lines:
        others, wanted = ahead.get(subject_of(one), ()), folded(one.replaces)
        if wanted in _NONE:
            continue
        if not wanted:
            if others:
                told[key_of(one)] = _TOLD.format(", ".join(case.number for case in others))
            continue
        named = [case for case in others if folded(case.number) == wanted]
        if named:
            found.append((one, named[0]))
        else:
            refused.append(Refusal(one.row, columns.french["replaces"], _UNKNOWN))
    claims = Counter(case.id for _, case in found)
    for one, case in found:
        if claims[case.id] > 1:
            says = f"Plusieurs lignes remplaceraient la convocation {case.number} : laissez son numéro à une seule."
            refused.append(Refusal(one.row, columns.french["replaces"], says))
    return {key_of(one): case for one, case in found if claims[case.id] == 1}, told, refused


_UNKNOWN = "Le patient n'a pas de convocation à venir de ce numéro pour cet examen."
_TOLD = (
    "Le patient a déjà une convocation à venir pour cet examen ({}). Si ce rendez-vous l'annule, écrivez ce numéro "
    "dans la colonne « remplace » avant de faire la liste ; sinon, « aucune »."
)
