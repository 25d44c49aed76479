"""Nouns that were heard, and stand in the number that French hardly uses: no ear tells "larme" from "larmes"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.model.text import Finding, FindingKind, Proposal
from pipeline.verify.agreement import SOURCE, determined_by
from pipeline.verify.context import Context
from pipeline.verify.number_forms import DENIED, WORDS, in_other_number, more_usual
from pipeline.verify.places import Places
from pipeline.verify.usage import every_root

LETTERS = 5
BOTH = 0.5
"""Score of either number."""
BEFORE = 24
"""Letters before a noun that may deny it."""
SURELY = 0.97
"""Probability from which the word is taken as it was heard."""
_SAID = frozenset(("à", "au", "aux", "par", "deux"))
"""Words before a noun that tell its number as a determiner does."""


def unusual_numbers(context: Context, free: Sequence[bool], places: Places) -> Iterator[Finding]:
    """One finding for each of the ``free`` words, a medical noun and nothing else, whose other number is far more usual
    and that nothing before it says the number of, with the adjectives behind it: that number first, then the words as
    they stand."""
    lexicon = context.lexicon
    for i, word in enumerate(context.words):
        if not free[i] or len(word.text) < LETTERS or not lexicon.is_medical(word.text) or _is_said(context, i):
            continue
        if not more_usual(word.text, lexicon) or places.heard(word.start, word.end).probability >= SURELY:
            continue
        start, end = word.start, context.words[_last(context, i)].end
        text = context.text[start:end]
        other = in_other_number(text, lexicon)
        if term := _listed(context, i):
            end, other = context.words[i + term.count(" ")].end, term
            text = context.text[start:end]
        if other:
            yield Finding(
                FindingKind.LOW_CONFIDENCE,
                start,
                end,
                text,
                (Proposal(other, BOTH, SOURCE), Proposal(text, BOTH, SOURCE)),
                BOTH,
                f"« {other} » est plus courant, et le nombre ne s'entend pas : vérifiez",
                *places.said(start, end),
            )


def _listed(context: Context, i: int) -> str:
    """The listed term of an adjective that no dictionary has, in its number: "hémoglobine glyquée" for the words
    "hémoglobines glyquées"; ``""`` for none, or where the words are listed as they stand."""
    words = [word.text for word in context.words[i : i + 2]]
    if len(words) < 2 or not context.touching(i + 1) or context.lexicon.readings(words[1]):
        return ""
    written = " ".join(words)
    terms = [one.text for one in context.lexicon.phrases(words[1])]
    found = [term for term in terms if every_root(term) == every_root(written)]
    if not found or written.lower() in map(str.lower, found):
        return ""
    return found[0][:1].upper() + found[0][1:] if written[:1].isupper() else found[0]


def _last(context: Context, i: int) -> int:
    """The last of the adjectives that follow noun ``i`` in its number: "embolies pulmonaires bilatérales"."""
    (noun,) = context.lexicon.readings(context.words[i].text)
    last = i
    while last - i < WORDS - 1 and last + 1 < len(context.words) and context.touching(last + 1):
        readings = context.lexicon.readings(context.words[last + 1].text)
        adjective = any(not one.noun for one in readings)
        if not adjective or any(one.numbers != noun.numbers for one in readings):
            break
        last += 1
    return last


def _is_said(context: Context, i: int) -> bool:
    if context.words[i].elided.lower().startswith("l"):
        return True
    before = context.words[i - 1].text.lower() if i and context.touching(i) else ""
    start = context.words[i].start
    if DENIED.search(context.text, max(0, start - BEFORE), start):
        return any("s" in one.numbers for one in context.lexicon.readings(context.words[i].text))
    return determined_by(before) is not None or before in _SAID
