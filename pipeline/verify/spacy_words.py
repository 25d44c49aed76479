"""spaCy's French tokeniser as a second cut of a text into words, for comparison and for later spaCy pipes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.verify.tokens import Piece, pieces

if TYPE_CHECKING:
    from spacy.language import Language


def spacy_words(text: str) -> Iterator[Piece]:
    """The words of `tokens.pieces`, cut where spaCy's tokeniser cuts. The first call takes 3 to 9 s."""
    for token in _french()(text):
        if token.is_punct or token.is_space:
            continue
        for piece in pieces(token.text):
            yield Piece(piece.text, token.idx + piece.start, token.idx + piece.end, piece.elided)


@lru_cache(maxsize=1)
def _french() -> Language:
    import spacy  # lazy: heavy vendor import

    return spacy.blank("fr")
