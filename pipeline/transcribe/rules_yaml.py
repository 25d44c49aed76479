"""Reads ``dictation.yaml`` with PyYAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import LexiconError
from pipeline.transcribe.dictation import Command, DictationRules, plain


def load_dictation_rules(path: Path) -> DictationRules:
    """The rules of ``path`` (``lexicon/dictation.yaml``). Raises `LexiconError` when missing or malformed."""
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
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
            still_before=_words(data["still_before"]),
            counted=frozenset(_words(data["counted"])),
            keep_capital=frozenset(_words(data["keep_capital"])),
            abbreviations=frozenset(_words(data["abbreviations"])),
            stock_phrases=_words(data["stock_phrases"]),
            opening_prompts=tuple(str(each) for each in data["opening_prompts"]),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
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
    )
