"""Is every second of speech accounted for? And was something written that nobody said?

Whisper can lose a stretch or repeat one with high confidence, so its words are compared with voice activity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.model.phonetic import likeness
from pipeline.model.text import Word
from pipeline.transcribe.port import Span

SHORTEST_GAP = 1.0
"""Seconds of speech without a word from which a person must listen."""
SLACK = 0.3
"""Seconds that a word covers beyond its own times: these are accurate to a few tenths."""
LONGEST_WORD = 2.0
"""Seconds that one word may cover: a longer one was stretched over something that was not written."""
NEAR = 0.7
"""Seconds between two hearings of one word."""
LOOP = 4
"""The same words this many times in a row are a loop of the engine, not speech."""
LONGEST_PHRASE = 12
_STUTTER = re.compile(r"(\S{1,8}?)\1{9}|(\S{4,40}?)\2{3}")
"""The same few letters or figures ten times in one word ("80,1,1,1,1…"), or four or more of them four times
("résultat:résultat:…"): a loop that wrote no space."""
ALIKE = 0.75
"""Likeness by sound from which two words at one place are one word, written in two ways."""
OPENING = 18.0
"""Seconds in which an opening is looked for again: the carried ones, said slowly, take 8 to 14."""
SHORTEST_OPENING = 8.0


def opening_end(speech: Sequence[Span]) -> float:
    """Where the opening is cut, in seconds: at the last silence before ``OPENING``; 0 when nobody speaks."""
    ends = [end for _, end in speech if SHORTEST_OPENING <= end <= OPENING]
    last = max((end for _, end in speech), default=0.0)
    return ends[-1] if ends else min(last, OPENING)


def uncovered(speech: Sequence[Span], words: Sequence[Word]) -> tuple[Span, ...]:
    """Stretches of ``speech`` (seconds) of at least ``SHORTEST_GAP`` without any word."""
    left: list[Span] = list(speech)
    for word in words:
        end = min(word.end, word.start + LONGEST_WORD)
        left = [piece for span in left for piece in _without(span, (word.start - SLACK, end + SLACK))]
    return tuple(span for span in left if span[1] - span[0] >= SHORTEST_GAP)


def _without(span: Span, covered: Span) -> list[Span]:
    if covered[1] <= span[0] or covered[0] >= span[1]:
        return [span]
    pieces = [(span[0], covered[0]), (covered[1], span[1])]
    return [piece for piece in pieces if piece[1] > piece[0]]


def loops(norms: Sequence[str]) -> frozenset[int]:
    """Places of words that only repeat: of the same 1 to 12 words four times or more in a row, all but the first;
    and words that repeat within themselves.

    Equal numbers in a row are never taken for a loop: they may be doses.
    """
    repeated = {place for place, norm in enumerate(norms) if _STUTTER.search(norm)}
    place = 0
    while place < len(norms):
        length, times = _loop_at(norms, place)
        if times >= LOOP:
            repeated.update(range(place + length, place + length * times))
            place += length * times
        else:
            place += 1
    return frozenset(repeated)


def _loop_at(norms: Sequence[str], place: int) -> tuple[int, int]:
    for length in range(1, min(LONGEST_PHRASE, (len(norms) - place) // LOOP) + 1):
        phrase = norms[place : place + length]
        if all(any(letter.isdigit() for letter in norm) or not norm for norm in phrase):
            continue
        times = 1
        while list(norms[place + length * times : place + length * (times + 1)]) == list(phrase):
            times += 1
        if times >= LOOP:
            return length, times
    return 1, 1


def invented(
    words: Sequence[Word], norms: Sequence[str], speech: Sequence[Span], stock: Sequence[str]
) -> frozenset[int]:
    """Places of words of a stock phrase (normalised) that stand where nobody spoke."""
    found: set[int] = set()
    for phrase in stock:
        parts = phrase.split()
        for place in range(len(norms) - len(parts) + 1):
            if list(norms[place : place + len(parts)]) != parts:
                continue
            span = (words[place].start, words[place + len(parts) - 1].end)
            if spoken_share(span, speech) < 0.1:
                end = place + len(parts)
                while end < len(norms) and not norms[end]:  # a mark on its own
                    end += 1
                found.update(range(place, end))
    return frozenset(found)


def spoken_share(span: Span, speech: Sequence[Span]) -> float:
    """The share of ``span`` that voice activity covers, in [0, 1]."""
    length = max(span[1] - span[0], 1e-6)
    return sum(max(0.0, min(span[1], end) - max(span[0], start)) for start, end in speech) / length


def new_words(found: Sequence[Word], known: Sequence[Word]) -> list[Word]:
    """The words of ``found`` that are not ``known``: those at the edges of a stretch were heard before."""
    return [word for word in found if not any(_is_same(word, other) for other in known)]


def _is_same(word: Word, other: Word) -> bool:
    """Whether both are one word of the recording: they overlap for most of the shorter, or are alike and near."""
    shared = min(word.end, other.end, other.start + LONGEST_WORD) - max(word.start, other.start)
    shorter = min(word.end - word.start, other.end - other.start)
    alike = _sounds_alike(word.text, other.text)
    return shared > (0.1 if alike else 0.6) * max(shorter, 0.1) or (alike and abs(word.start - other.start) < NEAR)


def _sounds_alike(one: str, other: str) -> bool:
    """ "dyspnée" and "disponée" are one word; figures must be equal."""
    one, other = (text.strip(" .,;:!?").casefold() for text in (one, other))
    if one == other or any(letter.isdigit() for letter in one + other):
        return one == other
    return likeness(one, other) >= ALIKE
