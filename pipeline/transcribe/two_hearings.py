"""One text from two hearings of the same piece: the first unprompted, the second with likely words in its ear.

The second hearing is better at terms, but a model may write a word of its prompt that nobody said, lose a stretch or
run into a loop. So the first hearing is the witness: a word of the second is taken where it sounds like what the first
heard there, a stretch that only the first heard is kept, and words that only the second has are refused when one of
them was in its prompt: their sound is heard again without any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from pipeline.model.phonetic import likeness
from pipeline.model.text import Word
from pipeline.transcribe.coverage import loops
from pipeline.transcribe.dictation import plain

ALIKE = 0.45
"""Likeness by sound from which the second hearing of a place is believed. Ways to hear one word are mostly above 0.5,
two words of the lexicon by chance below 0.4."""
LOST_WORDS = 3
"""So many words that only the first hearing has are a lost stretch, not a stutter."""
SHARE_KEPT = 0.5
"""A second hearing with a smaller share of the first one's letters has lost something."""
LESS_SURE = 0.1
"""So much less sure than the first hearing may the second be of words that it was not shown."""
SURE = 0.5
"""Mean probability from which a word that only one hearing has is believed."""
WIDEST = 4
"""Words of the first hearing that may be one word of the second: "fibre y a scion"."""
SPOKEN_MARKS = frozenset({"virgule", "virgules", "point", "points"})
"""A mark that the first hearing wrote by its name was said; what sounds like it in the second ("poire") was not."""
_SINGULAR = {"points": "point", "virgules": "virgule"}
SMALL = 3
"""Letters of a part that a prompt of several words does not make suspect: "de", "des" and "2" are said everywhere."""
_PARTS = re.compile(r"[^\W_]+")
_MARK = re.compile(r"[.,;:?!]+$")
_FULL_STOP = frozenset(".?!")
_MERGED_COLON = re.compile(r"^2\.(\d*)[.,]*$")
"""Whisper's "2." for "deux points", perhaps with the first figure of what follows ("2.144" for "deux points 144")."""


def norms(words: Sequence[Word]) -> list[str]:
    """Plain words without their marks."""
    return [plain(word.text).strip(" .,;:!?…«»\"'()-") for word in words]


def is_looping(words: Sequence[Word]) -> bool:
    return bool(loops(norms(words)))


def parts_of(term: str) -> frozenset[str]:
    """The plain words by which ``term`` is known in a text: "type" and "diabete" of "diabète de type 2"."""
    parts = _PARTS.findall(plain(term))
    return frozenset(part for part in parts if len(parts) == 1 or len(part) > SMALL)


def one_text(first: Sequence[Word], second: Sequence[Word], prompted: frozenset[str]) -> tuple[Word, ...]:
    """The words of both hearings of one piece, in order of time.

    ``prompted`` are the plain words that the second hearing was shown (`parts_of`). A word of the second that replaces
    another one of the first has what the first heard in ``first``.
    """
    if not second or is_looping(second):
        return tuple(first)
    repeated = loops(norms(first))
    first = [word for place, word in enumerate(first) if place not in repeated]
    ours, theirs = norms(first), norms(second)
    taken: list[Word] = []
    for same, a, b, c, d in _blocks(ours, theirs):
        left, right = first[a:b], second[c:d]
        if same:
            taken += right
        elif left and right:
            taken += _replaced(left, right, prompted)
        elif left and _is_lost(left, ours[a:b]):
            taken += left
        elif left:
            taken[-1:] = [_without(word, left) for word in taken[-1:]]
        elif added := _added(right, prompted):
            taken += added
        elif a and taken:
            taken[-1] = _with_mark(taken[-1], first[a - 1])
    return _timed(taken)


def _blocks(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[bool, int, int, int, int]]:
    """Equal blocks and, between two of them, one block of all that differs: ``(same, a, b, c, d)``.

    By the fewest edits, not by the longest equal runs: "point" at the end of one sentence must not be paired with the
    "point" of the sentence before.
    """
    found: list[tuple[bool, int, int, int, int]] = []
    for edit in Levenshtein.opcodes([_SINGULAR.get(one, one) for one in ours], [_SINGULAR.get(o, o) for o in theirs]):
        same = edit.tag == "equal"
        block = (same, edit.src_start, edit.src_end, edit.dest_start, edit.dest_end)
        last = found[-1] if found else None
        if last and not last[0] and not same:
            found[-1] = (False, last[1], block[2], last[3], block[4])
        else:
            found.append(block)
    return found


def _replaced(left: Sequence[Word], right: Sequence[Word], prompted: frozenset[str]) -> Sequence[Word]:
    colon = _colon(left, right)
    if colon:
        ours, rest, theirs = colon
        return [
            *_merged(left[:ours], right[:theirs], prompted),
            *right[theirs : theirs + 2],
            *_merged([*rest, *left[ours + 1 :]], right[theirs + 2 :], prompted),
        ]
    heard, again = _text(left), _text(right)
    if not any(norms(left)):  # "..." is how Whisper writes that it hears nothing
        return _added(right, prompted)
    if _letters(right) < SHARE_KEPT * _letters(left) and len(left) >= LOST_WORDS:
        return left
    if SPOKEN_MARKS & set(norms(left[-1:])) and not SPOKEN_MARKS & set(norms(right)):
        return [*_replaced(left[:-1], right[:-1], prompted), left[-1]] if len(left) > 1 < len(right) else left
    hinted = [word for word in right if _has([word], prompted)]
    believed = not hinted and _mean(right) >= _mean(left) - LESS_SURE
    if believed or (likeness(heard, again) >= ALIKE and all(_sounds_in(left, word) for word in hinted)):
        return [replace(word, first=heard) for word in right]
    return left


def _merged(left: Sequence[Word], right: Sequence[Word], prompted: frozenset[str]) -> Sequence[Word]:
    if left and right:
        return _replaced(left, right, prompted)
    return _added(right, prompted) if right else (left if left and _is_lost(left, norms(left)) else [])


def _colon(left: Sequence[Word], right: Sequence[Word]) -> tuple[int, Sequence[Word], int] | None:
    """Where the first hearing has "2." and the second says "deux points": the place in the first, the figures that
    were merged with it as a word of their own, and the place in the second."""
    said = norms(right)
    theirs = next((at for at in range(len(said) - 1) if (said[at], said[at + 1]) == ("deux", "points")), None)
    found = next(((at, mark) for at, word in enumerate(left) if (mark := _MERGED_COLON.match(word.text))), None)
    if theirs is None or found is None:
        return None
    ours, mark = found
    rest = [replace(left[ours], text=left[ours].text[2:], first=left[ours].text)] if mark[1] else []
    return ours, rest, theirs


def _sounds_in(words: Sequence[Word], word: Word) -> bool:
    """Whether ``word`` sounds like some neighbours of ``words``: long stretches are alike even with a word put in."""
    runs = (words[a:b] for a in range(len(words)) for b in range(a + 1, min(a + WIDEST, len(words)) + 1))
    return any(likeness(_text(run), word.text) >= ALIKE for run in runs)


def _is_lost(words: Sequence[Word], plain_words: Sequence[str]) -> bool:
    """Whether words that the second hearing left out were said: many, or surely heard, and no stutter."""
    if len(words) >= LOST_WORDS or SPOKEN_MARKS & set(plain_words):
        return True
    return any(plain_words) and _mean(words) >= SURE


def _added(words: Sequence[Word], prompted: frozenset[str]) -> Sequence[Word]:
    """All or nothing when a hint is among them: without its drug a sentence would read as if it were whole."""
    return [word for word in words if word.probability >= SURE] if not _has(words, prompted) else []


def _has(words: Iterable[Word], prompted: frozenset[str]) -> bool:
    return any(not prompted.isdisjoint(_PARTS.findall(plain(word.text))) for word in words)


def _without(word: Word, dropped: Sequence[Word]) -> Word:
    """``word``, knowing that the first hearing had more after it: a dropped "pas" or figure is asked about."""
    return replace(word, first=word.first or f"{word.text} {_text(dropped)}")


def _with_mark(word: Word, heard: Word) -> Word:
    """``word`` with the mark of the first hearing: the one that the second said after it was not believed."""
    mark, own = _MARK.search(heard.text), _MARK.search(word.text)
    if mark and (not own or (not _FULL_STOP & set(own[0]) and _FULL_STOP & set(mark[0]))):
        return replace(word, text=_MARK.sub("", word.text) + mark[0])
    return word


def _timed(words: Iterable[Word]) -> tuple[Word, ...]:
    """In the order of the texts. The times of two hearings differ by tenths: a start never goes back."""
    timed: list[Word] = []
    for word in words:
        start = max(word.start, timed[-1].start if timed else 0.0)
        timed.append(replace(word, start=start, end=max(start, word.end)))
    return tuple(timed)


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _letters(words: Sequence[Word]) -> int:
    return sum(len(word.text) for word in words)


def _mean(words: Sequence[Word]) -> float:
    return sum(word.probability for word in words) / max(len(words), 1)
