"""The scores of one dictation, and of all together.

Two word error rates. *Words heard*: the engine's raw words against what was spoken, commands counted as words; no rule
of ours takes part, so engines and settings compare. *Words written*: the text against what a secretary types
(``written``); where nobody typed it, against what a perfect hearing of ``spoken`` becomes by our own dictation rules,
which cannot show what those rules do wrong (`Score.own_rules`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce

from pipeline.evaluate.align import WordErrors, body_start, word_errors
from pipeline.evaluate.figures import Figures, Texts, keys, score_figures
from pipeline.evaluate.items import Item, Saying, Spellings, read, unhyphenated, without_marks
from pipeline.evaluate.marks import Marks, score_marks
from pipeline.evaluate.truth import Truth
from pipeline.model.text import Gap, Recording, Transcript, Word
from pipeline.transcribe.port import Heard, Progress

LONGEST_OPENING = 200
"""Spoken words after which the typed text has begun."""
WORD_SECONDS = 0.4
PAUSES = {".": 0.5, "?": 0.5, "!": 0.5, ":": 0.5, ";": 0.5, ",": 0.3}
"""Seconds of silence after a mark of ``spoken``, in a perfect hearing."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of the truth found in the text: whatever their case, accents and hyphens, and exactly but for the case."""

    total: int = 0
    right: int = 0
    exact: int = 0
    missing: tuple[str, ...] = ()

    def __add__(self, other: Terms) -> Terms:
        return Terms(
            self.total + other.total,
            self.right + other.right,
            self.exact + other.exact,
            self.missing + other.missing,
        )


@dataclass(frozen=True, slots=True)
class Effort:
    """Seconds: of the recording, of speech, of speech with words, on the clock, of all processors."""

    audio: float = 0.0
    speech: float = 0.0
    explained: float = 0.0
    wall: float = 0.0
    processor: float = 0.0

    def __add__(self, other: Effort) -> Effort:
        return Effort(
            self.audio + other.audio,
            self.speech + other.speech,
            self.explained + other.explained,
            self.wall + other.wall,
            self.processor + other.processor,
        )


@dataclass(frozen=True)
class Score:
    """All that is told of one dictation. ``own_rules``: nobody typed the truth, our own rules made it."""

    id: str
    written: WordErrors = field(default_factory=WordErrors)
    heard: WordErrors = field(default_factory=WordErrors)
    terms: Terms = field(default_factory=Terms)
    figures: Figures = field(default_factory=Figures)
    marks: Marks = field(default_factory=Marks)
    effort: Effort = field(default_factory=Effort)
    gaps: tuple[Gap, ...] = ()
    own_rules: bool = False
    engine: str = ""

    def __add__(self, other: Score) -> Score:
        return Score(
            self.id,
            self.written + other.written,
            self.heard + other.heard,
            self.terms + other.terms,
            self.figures + other.figures,
            self.marks + other.marks,
            self.effort + other.effort,
            self.gaps + other.gaps,
            self.own_rules or other.own_rules,
            other.engine,
        )


def overall(scores: Iterable[Score]) -> Score:
    """All together: errors and words are summed (micro-average), so that a long dictation counts more."""
    return reduce(Score.__add__, scores, Score("ensemble"))


@dataclass(frozen=True)
class Scorer:
    """Scores transcripts. ``write`` is the rule of the transcription, given what an engine heard."""

    spellings: Spellings
    sayings: Sequence[Saying]
    write: Callable[[Heard], Transcript]

    def score(self, truth: Truth, transcript: Transcript, effort: Effort) -> Score:
        wanted = self._read(self.typed(truth))
        spoken = without_marks(self._read(truth.spoken))
        raw = without_marks(self._read(" ".join(word.text for word in transcript.words)))
        written = self._read(transcript.text)
        body = written[_start(wanted, written, spoken) :] if truth.written else written
        return Score(
            truth.id,
            word_errors(keys(without_marks(wanted)), keys(without_marks(body))),
            word_errors(keys(spoken), keys(raw)),
            self.terms(truth.terms, transcript.text),
            score_figures(Texts(wanted, body, spoken, raw), transcript),
            score_marks(wanted, body, read(truth.spoken, self.spellings, self.sayings)),
            effort,
            transcript.gaps,
            not truth.written,
            transcript.engine,
        )

    def typed(self, truth: Truth) -> str:
        """The text that is right; where nobody typed it, what our own rules make of a perfect hearing."""
        return truth.written or self.write(perfect(truth.spoken)).text

    def terms(self, terms: Sequence[str], text: str) -> Terms:
        folded = _folded(self._read(text))
        exact = text.lower().replace("’", "'")
        joined = _folded(self._read(unhyphenated(text)))
        missing = tuple(
            term
            for term in terms
            if _folded(self._read(term)) not in folded and _folded(self._read(unhyphenated(term))) not in joined
        )
        return Terms(
            len(terms),
            len(terms) - len(missing),
            sum(term.lower().replace("’", "'") in exact for term in terms),
            missing,
        )

    def _read(self, text: str) -> list[Item]:
        return read(text, self.spellings)


def _start(truth: Sequence[Item], written: Sequence[Item], spoken: Sequence[Item]) -> int:
    """Where the written body begins: the spoken opening before it costs nothing.

    How long the opening is, is known from ``spoken``; as it was heard it may be up to twice as long.
    """
    wanted, words = keys(without_marks(truth)), without_marks(written)
    opening = body_start(wanted, keys(spoken), LONGEST_OPENING)
    start = body_start(wanted, keys(words), 2 * opening)
    return written.index(words[start]) if start < len(words) else len(written)


def _folded(items: Sequence[Item]) -> str:
    return f" {' '.join(item.plain for item in items)} "


def perfect(spoken: str) -> Heard:
    """What a perfect engine hears: every word, surely, at an even pace, the printed marks kept as the engine's own."""
    words: list[Word] = []
    time = 0.0
    for text in spoken.split():
        words.append(Word(text, time, time + WORD_SECONDS, 1.0))
        time += WORD_SECONDS + PAUSES.get(text[-1], 0.0)
    return Heard(tuple(words), time, ((0.0, time),))


class Perfect:
    """An engine that hears ``heard`` in any recording."""

    name = "perfect"

    def __init__(self, heard: Heard) -> None:
        self._heard = heard

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        del recording, on_progress
        return self._heard
