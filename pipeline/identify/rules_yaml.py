"""Reads ``openings.yaml`` with PyYAML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from pipeline import yaml_text
from pipeline.errors import LexiconError
from pipeline.identify.port import KindRule, OpeningRules
from pipeline.model.identity import DocumentKind

_LISTS = tuple(
    name for name in OpeningRules.__dataclass_fields__ if name not in {"kinds", "asks_recipient"}
)  # every other field is a list of expressions


def load_opening_rules(path: Path) -> OpeningRules:
    """The rules of ``path`` (``lexicon/openings.yaml``). Raises `LexiconError` when missing or malformed."""
    try:
        data: Any = yaml_text.load(path.read_text(encoding="utf-8"))
        lists = {name: _expressions(data[name]) for name in _LISTS}
        kinds = tuple(_kind(entry) for entry in data["kinds"])
        asks = frozenset(DocumentKind(name) for name in data["asks_recipient"])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, re.error) as error:
        raise LexiconError(
            f"La liste des formules d'ouverture « {path.name} » est absente ou mal écrite ({type(error).__name__}).",
            advice="Rétablissez le fichier d'origine du dossier « lexicon ».",
        ) from error
    return OpeningRules(kinds=kinds, asks_recipient=asks, **lists)


def load_first_names(path: Path) -> frozenset[str]:
    """The first names of ``path`` (``lexicon/first_names.txt``; ``#`` begins a comment). Raises `LexiconError`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(
            f"La liste des prénoms « {path.name} » est absente ou illisible.",
            advice="Rétablissez le fichier d'origine du dossier « lexicon ».",
        ) from error
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def _expressions(values: list[str]) -> tuple[str, ...]:
    for value in values:
        if re.compile(value).groups:
            raise ValueError(value)
    return tuple(values)


def _kind(entry: dict[str, Any]) -> KindRule:
    return KindRule(
        DocumentKind(entry["kind"]),
        str(entry["title"]),
        _expressions(entry["cues"]),
        _expressions(entry.get("heard", [])),
        bool(entry.get("whole", False)),
        bool(entry.get("keep_cue", False)),
    )
