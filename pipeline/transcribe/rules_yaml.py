"""Reads ``dictation.yaml`` with PyYAML."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from pipeline import yaml_text
from pipeline.errors import LexiconError
from pipeline.transcribe.dictation import Alikes, Command, DictationRules, EditWords, plain
from pipeline.transcribe.macros_yaml import load_macros


def load_dictation_rules(path: Path, *macros: Path) -> DictationRules:
    """The rules of ``path`` (``lexicon/dictation.yaml``), with the texts of ``macros`` (files that may be absent).

    Raises `LexiconError` when ``path`` is missing, or one of them malformed.
    """
    return replace(_rules(path), macros=load_macros(*macros))


def _rules(path: Path) -> DictationRules:
    try:
        data: Any = yaml_text.load(path.read_text(encoding="utf-8"))
        return DictationRules(
            commands=tuple(_command(entry) for entry in data["commands"]),
            spoken_punctuation_from=int(data["spoken_punctuation_from"]),
            sound_alikes_from=int(data["sound_alikes_from"]),
            pause=float(data["pause"]),
            heading_number=_words(data["heading_number"]),
            headings=frozenset(_words(data["headings"])),
            numbered=frozenset(_words(data["numbered"])),
            scores=frozenset(_words(data["scores"])),
            numbers=frozenset(_words(data["numbers"])),
            articles=frozenset(_words(data["articles"])),
            negations=_words(data["negations"]),
            reversing=frozenset(_words(data["reversing"])),
            still_before=_words(data["still_before"]),
            counted=frozenset(_words(data["counted"])),
            keep_capital=frozenset(_words(data["keep_capital"])),
            abbreviations=frozenset(_words(data["abbreviations"])),
            stock_phrases=_words(data["stock_phrases"]),
            alikes=_alikes(data["alikes"]),
            edits=_edits(data["edits"]),
            titles=tuple(str(each) for each in data["titles"]),
            not_titles=frozenset(_words(data["not_titles"])),
            opening_prompts=tuple(str(each) for each in data["opening_prompts"]),
        )
    except (
        OSError,
        UnicodeDecodeError,
        yaml.YAMLError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        re.error,
    ) as error:
        raise LexiconError(
            f"La liste des mots de dictée « {path.name} » est absente ou mal écrite ({type(error).__name__}).",
            advice="Rétablissez le fichier d'origine du dossier « lexicon ».",
        ) from error


def _words(values: list[Any]) -> tuple[str, ...]:
    """Plain words as written in the file; anything else (a capital, an accent, YAML's ``no``) is refused."""
    for value in values:
        if not isinstance(value, str) or plain(value) != value:
            raise ValueError(str(value))
    return tuple(values)


def _command(entry: dict[str, Any]) -> Command:
    return Command(
        str(entry["rule"]),
        tuple(tuple(say.split()) for say in _words(entry["say"])),
        str(entry.get("text", "")),
        str(entry.get("layout", "")),
        _words(entry.get("not_after", [])),
        _words(entry.get("weak_after", [])),
        _words(entry.get("not_before", [])),
        _words(entry.get("loose_before", [])),
        bool(entry.get("clause_end", False)),
        bool(entry.get("joins", False)),
        str(entry.get("case", "")),
        bool(entry.get("sound", False)),
        str(entry.get("closes", "")),
    )


def _alikes(data: dict[str, Any]) -> Alikes:
    return Alikes(
        point=re.compile(data["point"]),
        tail=re.compile(data["tail"]),
        weak_point=frozenset(_words(data["weak_point"])),
        dash=frozenset(_words(data["dash"])),
        two=frozenset(_words(data["two"])),
        comma=re.compile(data["comma"]),
        not_comma=frozenset(_words(data["not_comma"])),
        weak_comma=frozenset(_words(data["weak_comma"])),
        not_weak_after=frozenset(_words(data["not_weak_after"])),
        one_word_colon=frozenset(_words(data["one_word_colon"])),
        whole_words=re.compile(data["whole_words"]),
        weights=frozenset(_words(data["weights"])),
        times=frozenset(_words(data["times"])),
    )


def _edits(data: dict[str, Any]) -> EditWords:
    return EditWords(
        erase=_words(data["erase"]),
        scopes={scope: tuple(str(phrase) for phrase in phrases) for scope, phrases in data["scopes"].items()},
        counts={word: int(count) for word, count in data["counts"].items()},
        replace=frozenset(_words(data["replace"])),
        by=frozenset(_words(data["by"])),
        open_corrections=tuple(tuple(str(say).split()) for say in data["open_corrections"]),
        articles=frozenset(_words(data["articles"])),
        times=_words(data["times"]),
        time_starts=_words(data["time_starts"]),
        spell=tuple(str(say) for say in data["spell"]),
        letters={name: str(letter) for name, letter in data["letters"].items()},
        accents={name: str(accent) for name, accent in data["accents"].items()},
        macro=tuple(tuple(str(say).split()) for say in data["macro"]),
    )
