"""A figure, a unit, a negation or a side that two hearings of the same sound gave differently is doubtful, however sure
either was."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.model.text import Token, Word
from pipeline.transcribe.dictation import DictationRules, plain
from pipeline.transcribe.figures_rules import FigureRules

UNITS = frozenset({"mass", "percent"})
"""Kinds of units whose confusion is a factor of ten or a thousand in a dose."""
_GLUED = re.compile(r"(\d)([^\W\d_])")
_DIGITS = re.compile(r"\d+")
_NOT_SPOKEN = re.compile(r"[^\w']+")


def weighty_words(rules: DictationRules, figures: FigureRules) -> frozenset[str]:
    """Plain words that may not go unnoticed: those that turn a meaning round, numbers, and units by their first word.

    "un" and "pour" (cent) are left out: they begin many a term cut in two ("un farctus", "pour pura").
    """
    units = {phrase[0] for measure in figures.measures for phrase in measure.say if len(phrase[0]) > 1}
    return (rules.reversing | rules.numbers | units) - {"un", "une", "pour"}


def doubt_differing_figures(
    tokens: Sequence[Token], words: Sequence[Word], rules: DictationRules, figures: FigureRules | None = None
) -> tuple[Token, ...]:
    """The tokens, with a doubt on those whose figures the first hearing (`Word.first`) heard as something else.

    Digits are compared with digits; digits against number words are the same thing said in two ways, digits against
    no number at all are a doubt. So are two different units (mg, µg), with the table of ``figures``, and words that
    turn a meaning round (``reversing`` of the rules: "pas", "sans", "gauche") that only one hearing has.
    """
    doubtful: dict[tuple[float, float], str] = {}
    for first, group in groupby(words, key=lambda word: word.first):
        block = list(group)
        said = " ".join(word.text for word in block)
        if first and (_differ(said, first, rules) or _units(said, figures) != _units(first, figures)):
            message = f"chiffre à vérifier : aussi entendu « {first} »"
            doubtful |= {(word.start, word.end): message for word in block if _has_number(word.text, rules)}
            if not any(_has_number(word.text, rules) for word in block):
                doubtful[(block[0].start, block[0].end)] = message
        elif first and _reversing(said, rules) != _reversing(first, rules):
            message = f"sens à vérifier : aussi entendu « {first} »"
            doubtful |= {(word.start, word.end): message for word in block}
    return tuple(_doubted(token, doubtful) for token in tokens) if doubtful else tuple(tokens)


def _doubted(token: Token, doubtful: dict[tuple[float, float], str]) -> Token:
    message = next(
        (
            message
            for (start, end), message in doubtful.items()
            if token.start is not None and token.end is not None and token.start <= start and end <= token.end
        ),
        "",
    )
    return replace(token, doubt=message) if message and token.text and not token.doubt else token


def _differ(text: str, first: str, rules: DictationRules) -> bool:
    ours, theirs = _DIGITS.findall(text), _DIGITS.findall(first)
    if ours and theirs:
        return ours != theirs
    return bool(ours or theirs) and not (_has_number(text, rules) and _has_number(first, rules))


def _reversing(text: str, rules: DictationRules) -> list[str]:
    return sorted(part for part in _NOT_SPOKEN.split(plain(text).replace("'", " ")) if part in rules.reversing)


def _units(text: str, figures: FigureRules | None) -> set[str]:
    """Symbols of the masses and percentages in ``text``, however they are written."""
    if figures is None:
        return set()
    words = _GLUED.sub(r"\1 \2", text).replace("%", " % ").replace("-", " ").split()
    found = set()
    for place, word in enumerate(words):
        core = word.strip(".,;:")
        pairs = (plain(core),), (plain(core), plain(words[place + 1].strip(".,;:")) if words[place + 1 :] else "")
        for measure in figures.measures:
            if measure.kind in UNITS and (core in measure.spelt or any(pair in measure.say for pair in pairs)):
                found.add(measure.symbol)
    return found


def _has_number(text: str, rules: DictationRules) -> bool:
    parts = _NOT_SPOKEN.split(plain(text))
    return any(part in rules.numbers or any(map(str.isdigit, part)) for part in parts)
