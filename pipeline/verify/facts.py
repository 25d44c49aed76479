"""What a built lexicon holds, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.errors import LexiconError
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.sources import Entry


@dataclass(frozen=True, slots=True)
class Facts:
    """Counts; ``classes`` by class and list, ``terms`` by source. ``megabytes`` of the built forms on the disk."""

    version: str
    known: int
    terms: Mapping[str, int]
    classes: Mapping[tuple[str, str], int]
    megabytes: float


def facts(lexicon: FrenchLexicon, listed: Iterable[Entry]) -> Facts:
    """Of ``lexicon`` and of the entries of its own lists. Raises `LexiconError` when its folder cannot be read."""
    try:
        size = sum(file.stat().st_size for file in lexicon.built.iterdir())
        known = (lexicon.built / "known.txt").read_bytes().count(b"\n")
    except OSError as error:
        raise LexiconError("Le lexique préparé est illisible ; effacez-le, il sera refait.") from error
    classes = Counter((entry.group, entry.source) for entry in listed)
    return Facts(lexicon.version, known, dict(lexicon.sources().most_common()), dict(classes), size / 1e6)
