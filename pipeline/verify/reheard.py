"""Drug names that a second hearing wrote where the first, without any hint, heard something else.

The second hearing was shown terms that sound alike, so its word is likely and plausible: exactly what a reader passes
over when it is wrong. A drug is therefore always asked about, in one key.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from pipeline.model.text import Finding, FindingKind, Transcript
from pipeline.verify.port import Lexicon
from pipeline.verify.tokens import pieces


def reheard_drugs(transcript: Transcript, lexicon: Lexicon) -> Iterator[Finding]:
    """One finding for each drug of the text that the first hearing (`Word.first`) did not name."""
    blocks: dict[tuple[float, float], str] = {}
    for first, group in groupby(transcript.words, key=lambda word: word.first):
        if first:
            blocks |= {(word.start, word.end): first for word in group}
    for token, (start, _) in zip(transcript.tokens, transcript.offsets, strict=True):
        heard = blocks.get((token.start or 0.0, token.end or 0.0), "")
        if not heard:
            continue
        before = {piece.text.lower() for piece in pieces(heard)}
        for piece in pieces(token.text):
            if piece.text.lower() not in before and lexicon.is_drug(piece.text):
                message = f"médicament à vérifier : d'abord entendu « {heard} »"
                first_letter, end = start + piece.start, start + piece.end
                yield Finding(
                    FindingKind.LIKELY_MISHEARD,
                    first_letter,
                    end,
                    transcript.text[first_letter:end],
                    score=0.5,
                    message=message,
                    audio_start=token.start,
                    audio_end=token.end,
                )
