"""Reads ``learning.yaml`` with PyYAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pipeline import yaml_text
from pipeline.errors import LexiconError
from pipeline.model.learning import plain
from pipeline.review.learning import LearningRules


def load_learning_rules(path: Path) -> LearningRules:
    """The rules of ``path`` (``lexicon/learning.yaml``). Raises `LexiconError` when missing or malformed."""
    try:
        data: Any = yaml_text.load(path.read_text(encoding="utf-8"))
        return LearningRules(
            most_words=int(data["most_words"]),
            alike=float(data["alike"]),
            letters=int(data["letters"]),
            rewritten=int(data["rewritten"]),
            covered=float(data["covered"]),
            rejected_documents=int(data["rejected_documents"]),
            shared_authors=int(data["shared_authors"]),
            never=_words(data["never"]),
            endings=_words(data["endings"]),
            offered=tuple((str(entry["reason"]), _words(entry["words"])) for entry in data["offered"]),
            opposites=tuple(sorted(_words(data["opposites"]))),
        )
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise LexiconError(
            f"La liste « {path.name} » (ce qui s'apprend) est absente ou mal écrite ({type(error).__name__}).",
            advice="Rétablissez le fichier d'origine du dossier « lexicon ».",
        ) from error


def _words(values: list[Any]) -> frozenset[str]:
    """Plain words as written in the file; anything else (a capital, an accent, YAML's ``no``) is refused."""
    for value in values:
        if not isinstance(value, str) or plain(value) != value:
            raise ValueError(str(value))
    return frozenset(values)
