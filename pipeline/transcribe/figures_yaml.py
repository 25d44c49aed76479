"""Reads ``figures.yaml`` with PyYAML, and gives the rules their number reader (text2num)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from pipeline import yaml_text
from pipeline.errors import LexiconError
from pipeline.transcribe.dictation import plain
from pipeline.transcribe.figures_rules import Combination, FigureRules, Letter, Measure, Per, Phrase, Pressure
from pipeline.transcribe.number_reader import read_number

_KINDS = frozenset({"mass", "volume", "length", "laboratory", "percent", "degree", "kept"})


def load_figure_rules(path: Path) -> FigureRules:
    """The rules of ``path`` (``lexicon/figures.yaml``). Raises `LexiconError` when missing or malformed."""
    try:
        data: Any = yaml_text.load(path.read_text(encoding="utf-8"))
        contexts = {name: _context(words) for name, words in data["contexts"].items()}
        contexts |= {name: _context(data[name]) for name in ("values", "bare_values")}
        return FigureRules(
            read=read_number,
            pause=float(data["pause"]),
            digits_from=int(data["digits_from"]),
            measures=tuple(_measure(entry) for entry in data["measures"]),
            per=tuple(_per(entry) for entry in data["per"]),
            letters=tuple(_letter(entry, contexts) for entry in data["letters"]),
            labels=_words(data["labels"]),
            numbered_names=tuple((say, str(e["text"])) for e in data["numbered_names"] for say in _phrases(e["say"])),
            combinations=tuple(_combination(entry) for entry in data["combinations"]),
            pressures=tuple(Pressure(_pair(e["systolic"]), _pair(e["diastolic"])) for e in data["pressures"]),
            score_totals=frozenset(int(total) for total in data["score_totals"]),
            contexts=contexts,
            counted=_words(data["counted"]),
            closers=_words(data["closers"]),
            commas=_words(data["commas"]),
            headings=_words(data["headings"]),
            clock_before=_words(data["clock_before"]),
            clock_not_before=_words(data["clock_not_before"]),
            idioms=_phrases(data["idioms"]),
            words_after=_words(data["words_after"]),
            value_before=_words(data["value_before"]),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise LexiconError(
            f"La liste des nombres et des unités « {path.name} » est absente ou mal écrite ({type(error).__name__}).",
            advice="Rétablissez le fichier d'origine du dossier « lexicon ».",
        ) from error


def _words(values: list[Any]) -> frozenset[str]:
    """Plain words as written in the file; anything else (a capital, an accent, YAML's ``no``) is refused."""
    for value in values:
        if not isinstance(value, str) or plain(value) != value:
            raise ValueError(str(value))
    return frozenset(values)


def _phrases(values: list[Any]) -> tuple[Phrase, ...]:
    _words(values)
    return tuple(tuple(value.split()) for value in values)


def _context(values: list[Any]) -> re.Pattern[str]:
    """A pattern that finds any of the words (``*`` for any ending) among plain words joined by spaces."""
    words = [re.escape(value).replace(r"\*", r"[\w-]*") for value in _words(values)]
    return re.compile(rf"(?<![\w'^-])(?:[ldn]')?(?:{'|'.join(sorted(words))})(?![\w'-])")


def _measure(entry: dict[str, Any]) -> Measure:
    kind = str(entry.get("kind", "laboratory"))
    if kind not in _KINDS:
        raise ValueError(kind)
    return Measure(
        str(entry.get("symbol", "")),
        _phrases(entry["say"]),
        tuple(str(each) for each in entry.get("spelt", [])),
        kind,
        str(entry.get("rule", "unité")),
        _words(entry.get("not_before", [])),
        str(entry.get("context", "")),
    )


def _per(entry: dict[str, Any]) -> Per:
    return Per(
        str(entry["symbol"]).replace(" ", "\u00a0"),
        _phrases(entry["say"]),
        tuple(str(each) for each in entry.get("spelt", [])),
        frozenset(str(each) for each in entry.get("only_after", [])),
        bool(entry.get("bare", False)),
    )


def _letter(entry: dict[str, Any], contexts: dict[str, re.Pattern[str]]) -> Letter:
    if entry["context"] not in contexts:
        raise ValueError(str(entry["context"]))
    not_after = _words(entry.get("not_after", []))
    return Letter(str(entry["letter"]), int(entry["from"]), int(entry["to"]), str(entry["context"]), not_after)


def _combination(entry: dict[str, Any]) -> Combination:
    pairs = frozenset((left, right) for left, right in (str(pair).split("/") for pair in entry["pairs"]))
    return Combination(pairs, _context(entry["drugs"]), bool(entry.get("alone", False)))


def _pair(values: list[Any]) -> tuple[int, int]:
    low, high = values
    return int(low), int(high)
