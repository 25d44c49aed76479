"""Drug names that a second hearing wrote where the first, without any hint, heard something else.

The second hearing was shown terms that sound alike, so its word is likely and plausible: exactly what a reader passes
over when it is wrong. A drug is therefore always asked about, in one key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.model.text import Finding, FindingKind, Proposal, Token, Transcript, Weighed
from pipeline.verify.port import Lexicon
from pipeline.verify.tokens import pieces

SOUND_SCORE = 0.9
"""Score of a term that was weighed by its sound: that comparison knows more than the spelling."""
WEIGHED = "son"
"""The source of such a term."""
SLACK = 0.02
"""Seconds by which the times of a written token may differ from those of its words."""


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


def weighed_findings(transcript: Transcript, found: Sequence[Finding]) -> Iterator[Finding]:
    """One finding for each place of the text where a term was weighed by its sound and may be meant. A term that was
    written is always asked about, also where a rule made one token of it and of its neighbours.

    ``found`` are the findings about words: one at the same place gives its proposals after those of the sound.
    """
    timed = [pair for pair in zip(transcript.tokens, transcript.offsets, strict=True) if pair[0].text]
    for place in transcript.weighed:
        inside = [offsets for token, offsets in timed if _within(token, place)]
        here = [offsets for token, offsets in timed if _over(token, place)] if place.written else inside
        whole = here == inside
        if not here:
            continue
        start, end = here[0][0], _unmarked(transcript.text, here[-1][1])
        excerpt = transcript.text[start:end]
        if not excerpt:
            continue  # the words became a mark of the dictation: "poê." is "point"
        others = [one for finding in found if (finding.start, finding.end) == (start, end) for one in finding.proposals]
        offered = [Proposal(_cased(term, excerpt), SOUND_SCORE, WEIGHED) for term in place.terms]
        proposals = {one.text: one for one in reversed([*offered, *others]) if place.written or one.text != excerpt}
        if place.written:
            message = f"terme écrit d'après le son, d'abord entendu « {place.heard} » : vérifiez"
        else:
            message = "terme proche d'après le son : vérifiez"
        yield Finding(
            FindingKind.LIKELY_MISHEARD,
            start,
            end,
            excerpt,
            tuple(reversed(proposals.values())) if whole else (),
            SOUND_SCORE,
            message,
            place.start,
            place.end,
        )


def _within(token: Token, place: Weighed) -> bool:
    if token.start is None or token.end is None:
        return False
    return place.start - SLACK <= token.start and token.end <= place.end + SLACK and token.end > token.start


def _over(token: Token, place: Weighed) -> bool:
    """Whether the token was made of some of the words of ``place`` and others beside them."""
    if token.start is None or token.end is None:
        return False
    return min(token.end, place.end) - max(token.start, place.start) > SLACK


def _unmarked(text: str, end: int) -> int:
    return len(text[:end].rstrip(".,;:?!…"))


def _cased(term: str, excerpt: str) -> str:
    return term[:1].upper() + term[1:] if excerpt[:1].isupper() else term
