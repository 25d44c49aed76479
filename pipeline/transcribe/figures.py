"""Spoken figures as a secretary types them: "deux virgule cinq milligrammes" is 2,5 mg.

A figure is written only where it can be meant in no other way. Anything else stays as it was heard, with a doubt for a
person and what may be meant: a wrong dose hurts a patient, a word too many is only read. Rules and their source:
``lexicon/figures.yaml``. A no-break space U+00A0 stands between a number and its unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model.text import Token
from pipeline.transcribe.figures_dates import date_at, numeric_date
from pipeline.transcribe.figures_items import Doubt, Edit, Found, Item, Line, doubt, items_of
from pipeline.transcribe.figures_labels import label_at, letters_at, name_at, tumour_at
from pipeline.transcribe.figures_numbers import Number, decimal_at, number_at
from pipeline.transcribe.figures_pairs import glued_pressure, pair_at, ratio_at, row_at, tenths_at
from pipeline.transcribe.figures_rules import FigureRules
from pipeline.transcribe.figures_times import time_at
from pipeline.transcribe.figures_units import unit_at
from pipeline.transcribe.figures_values import value_at

_WHOLE = frozenset({"dose", "unité", "pourcentage", "tension", "score"})
"""Figures that end with themselves: no comma after them is a decimal one."""


def write_figures(tokens: Sequence[Token], rules: FigureRules) -> tuple[Token, ...]:
    """``tokens`` with their figures written; every other token is the same, and what was heard is all there.

    Tokens that become one figure are merged: ``raw`` holds what was heard, joined by spaces, ``probability`` the least
    sure of them. Done twice it changes nothing more.
    """
    line = Line(items_of(tokens), rules)
    written: list[Token] = []
    place = 0
    while place < len(line):
        found = _figure_at(line, place) if not line.items[place].opaque else None
        if found is None:
            written.append(tokens[place])
            place += 1
            continue
        found = _with_comma(line, found)
        end = max(found.end, place + 1)
        written += _changed(line.items[:end], place, found)
        place = end
    return tuple(written)


def _figure_at(line: Line, place: int) -> Found | None:
    """The first rule that knows what stands at ``place``: names and dates before plain values."""
    for known in (name_at, tumour_at, letters_at, label_at, date_at, numeric_date):
        found = known(line, place)
        if found is not None:
            return found
    number = number_at(line, place)
    if number is None:
        return None
    if line.before(place) in line.rules.words_after and number.spoken:
        return Found(number.end)
    for rule in (_left_words, pair_at, ratio_at, tenths_at, time_at, glued_pressure, row_at, value_at):
        found = rule(line, number)
        if found is not None:
            return found
    return Found(number.end)


def _with_comma(line: Line, found: Found) -> Found:
    """ "38 pour cent virgule une insuffisance": after a whole figure a comma that stayed a word is a comma."""
    last = found.changes[-1] if found.changes else None
    if not isinstance(last, Edit) or last.rule not in _WHOLE or last.end != found.end or not line.goes_on(last.end):
        return found
    sign = line.items[last.end]
    if sign.norm not in line.rules.commas or sign.trail:
        return found
    return Found(found.end + 1, (*found.changes, Edit(found.end, found.end + 1, ",", "virgule")))


def _left_words(line: Line, number: Number) -> Found | None:
    """ "3 point 5 grammes", "2 virgule, 5 mg": between two figures such a word is never meant as a word."""
    at = number.end
    if number.suffix or at + 1 >= len(line) or line.items[at].closed or line.items[at - 1].trail:
        return None
    said = line.items[at].norm
    if said not in {"point", "points"} and not (said in line.rules.commas and line.items[at].trail):
        return None
    right = number_at(line, at + 1) if not line.items[at + 1].closed else None
    if right is None or right.article or line.norm(right.end) in line.rules.counted:
        return None
    unit = unit_at(line, right)
    sure = number.text.isdecimal() and right.text.isdecimal() and decimal_at(line, right) is None
    tail = "\u00a0" + unit.symbol if unit else ""
    offers = (f"{number.text},{right.text}{tail}",) if sure else ()
    return doubt(line, number.start, unit.end if unit else right.end, "nombre à vérifier", *offers)


def _changed(items: Sequence[Item], start: int, found: Found) -> list[Token]:
    """The tokens of items from ``start`` on, with the changes that were found."""
    tokens: list[Token] = []
    place = start
    for change in found.changes:
        tokens += [item.token for item in items[place : change.start]]
        part = items[change.start : change.end]
        tokens += [_merged(part, change)] if isinstance(change, Edit) else _doubted(part, change)
        place = change.end
    return tokens + [item.token for item in items[place:]]


def _merged(items: Sequence[Item], edit: Edit) -> Token:
    tokens = [item.token for item in items]
    text = items[0].lead + edit.text + (items[-1].trail if edit.keep_trail else "")
    if len(tokens) == 1 and tokens[0].text == text:
        return tokens[0]
    starts = [token.start for token in tokens if token.start is not None]
    ends = [token.end for token in tokens if token.end is not None]
    return replace(
        tokens[0],
        text=text,
        before="" if text == "," else tokens[0].before,
        raw=" ".join(token.raw for token in tokens if token.raw),
        rule=edit.rule,
        probability=min(token.probability for token in tokens),
        start=min(starts, default=None),
        end=max(ends, default=None),
    )


def _doubted(items: Sequence[Item], change: Doubt) -> list[Token]:
    offers = tuple(items[0].lead + offer + items[-1].trail for offer in change.offers)
    return [replace(item.token, doubt=change.message, offers=offers) for item in items]
