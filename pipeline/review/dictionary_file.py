"""The practice's dictionary as one CSV file: UTF-8, a French header, written with ``;``, read with ``;`` or ``,``.

It holds words, logins, counts and days, and nothing of a patient. A cell that a spreadsheet would take for a formula
gets an apostrophe before it, which the reading takes off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipeline.errors import RegisterError
from pipeline.model.dictionary import Accepted, Dictionary
from pipeline.model.learning import Learned, plain
from pipeline.model.spreadsheet import bare, guarded

ACCEPTED, CORRECTED, REJECTED = "accepté", "corrigé", "rejeté"
NEEDED = ("sorte", "entendu", "écrit")
"""The columns without which nothing can be read; the others may be left out of a file made by hand."""
COLUMNS = ("sorte", "auteur", "entendu", "écrit", "partagé", "actif", "dossiers", "fois", "refus", "laissés", "par",
           "premier", "dernier")  # fmt: skip
COUNTS = ("dossiers", "fois", "refus", "laissés")
LONGEST = 200
"""Characters of a cell."""
_YES_NO = {"oui": True, "non": False}


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of the file (from 1, the header) that was not taken, and why, in French."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Guards:
    """What a file may not bring: ``accepted`` says of a word, and ``learned`` of an entry, why it is refused (French,
    ``""`` when it is not) and, of a correction, why it is only ever offered. ``logins`` are the accounts."""

    accepted: Callable[[str], str]
    learned: Callable[[Learned, bool], tuple[str, str]]
    logins: frozenset[str]


def write(dictionary: Dictionary) -> str:
    """The text of the file, sorted: the same dictionary is the same file."""
    lines = io.StringIO()
    rows = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for word in sorted(dictionary.accepted, key=lambda one: one.word):
        flags = _said(word.shared), _said(word.active)
        cells = ACCEPTED, word.author, word.word, word.word, *flags, "", "", "", "", word.by, "", _day(word.at)
        rows.writerow(map(guarded, cells))
    for one in sorted(dictionary.learned, key=lambda one: (one.author, one.key, one.right)):
        sort = REJECTED if one.rejected and not one.cases else CORRECTED
        flags = _said(one.shared), _said(one.active)
        counts = (str(count) for count in (one.cases, one.times, one.refused, one.rejected))
        days = one.by, _day(one.first_seen), _day(one.last_seen)
        rows.writerow(map(guarded, (sort, one.author, one.heard, one.right, *flags, *counts, *days)))
    return lines.getvalue()


def read(text: str, guards: Guards) -> tuple[Dictionary, tuple[BadLine, ...]]:
    """What of the file may be taken, and the lines that may not. Raises `RegisterError` when it has no such header."""
    text = text.removeprefix("\ufeff")
    delimiter, header = _header(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    next(rows)
    accepted: dict[str, Accepted] = {}
    learned: dict[tuple[str, str, str], Learned] = {}
    bad: list[BadLine] = []
    while True:
        number = rows.line_num + 1
        try:
            row = next(rows)
            if not row:
                continue
            one = _entry(header, row, guards)
            if isinstance(one, Accepted):
                first: object = accepted.setdefault(one.word, one)
            else:
                first = learned.setdefault((one.author, one.key, one.right), one)
            if first is not one:
                bad.append(BadLine(number, "cette entrée est déjà plus haut dans le fichier"))
        except StopIteration:
            break
        except csv.Error:
            bad.append(BadLine(number, "ce n'est pas du CSV"))
        except ValueError as error:
            bad.append(BadLine(number, str(error)))
    return Dictionary(tuple(accepted.values()), tuple(learned.values())), tuple(bad)


def _header(text: str) -> tuple[str, list[str]]:
    for delimiter in ";,":
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            header = [cell.strip().lower() for cell in next(rows, [])]
        except csv.Error:
            continue
        if set(NEEDED) <= set(header) <= set(COLUMNS) and len(set(header)) == len(header):
            return delimiter, header
    raise RegisterError(
        "La première ligne n'est pas celle d'un dictionnaire.",
        advice=f"Il faut {', '.join(NEEDED)} ; les autres colonnes possibles : "
        f"{', '.join(name for name in COLUMNS if name not in NEEDED)}.",
    )


def _entry(header: list[str], row: list[str], guards: Guards) -> Accepted | Learned:
    if len(row) != len(header):
        raise ValueError(f"{len(row)} cellules pour {len(header)} colonnes")
    cells = dict.fromkeys(COLUMNS, "") | {name: bare(cell) for name, cell in zip(header, row, strict=True)}
    for name, cell in cells.items():
        if len(cell) > LONGEST or not cell.isprintable() or cell != cell.strip():
            raise ValueError(f"« {name} » est trop long, ou contient un signe invisible ou un espace au bord")
    for name in ("entendu", "écrit"):
        if not any(char.isalpha() for char in cells[name]):
            raise ValueError(f"« {name} » n'a pas de lettre")
    for name in ("partagé", "actif"):
        if cells[name] not in ("", *_YES_NO):
            raise ValueError(f"« {name} » est « oui » ou « non »")
    if cells["auteur"] and cells["auteur"] not in guards.logins:
        raise ValueError(f"« {cells['auteur']} » n'est pas un compte du cabinet")
    if cells["sorte"] == ACCEPTED:
        return _accepted(cells, guards)
    if cells["sorte"] not in (CORRECTED, REJECTED):
        raise ValueError(f"« sorte » est « {ACCEPTED} », « {CORRECTED} » ou « {REJECTED} »")
    return _learned(cells, guards)


def _accepted(cells: dict[str, str], guards: Guards) -> Accepted:
    word, shared = cells["entendu"], _YES_NO.get(cells["partagé"], True)
    if word != cells["écrit"]:
        raise ValueError("un mot accepté est le même dans « entendu » et « écrit »")
    if not shared and not cells["auteur"]:
        raise ValueError("un mot qui n'est pas partagé a un auteur")
    if harm := guards.accepted(word):
        raise ValueError(f"« {word} » est refusé : {harm}")
    at = _read_day(cells["dernier"]) or datetime.now(UTC)
    return Accepted("", word, cells["par"], at, cells["auteur"], shared, _YES_NO.get(cells["actif"], True))


def _learned(cells: dict[str, str], guards: Guards) -> Learned:
    if not cells["auteur"]:
        raise ValueError("« auteur » est vide")
    rejected = cells["sorte"] == REJECTED
    cases, times, refused, left = (_count(cells[name]) for name in COUNTS)
    if rejected and not cells["laissés"]:
        left = 1
    if not rejected and not cells["dossiers"]:
        cases = 1
    if rejected and (cases or not left):
        raise ValueError("les comptes ne vont pas avec la sorte")
    one = Learned(
        "", cells["auteur"], plain(cells["entendu"]), cells["entendu"], cells["écrit"],
        cases=cases, times=max(times, cases), refused=refused, rejected=left, by=cells["par"],
        first_seen=_read_day(cells["premier"]), last_seen=_read_day(cells["dernier"]),
        active=_YES_NO.get(cells["actif"], True), shared=_YES_NO.get(cells["partagé"], False),
    )  # fmt: skip
    harm, reason = guards.learned(one, rejected)
    if harm:
        raise ValueError(f"« {one.heard} » → « {one.right} » est refusé : {harm}")
    return replace(one, reason=reason)


def _count(cell: str) -> int:
    if not cell:
        return 0
    if not cell.isascii() or not cell.isdigit() or len(cell) > 6:
        raise ValueError(f"{', '.join(f'« {name} »' for name in COUNTS)} sont des nombres entiers")
    return int(cell)


def _day(day: datetime | None) -> str:
    return day.astimezone(UTC).isoformat() if day else ""


def _read_day(cell: str) -> datetime | None:
    try:
        day = datetime.fromisoformat(cell) if cell else None
        return (day if day.tzinfo else day.replace(tzinfo=UTC)).astimezone(UTC) if day else None
    except (ValueError, OverflowError):
        raise ValueError(f"la date « {cell} » ne se lit pas (2026-11-22)") from None


def _said(flag: bool) -> str:
    return "oui" if flag else "non"
