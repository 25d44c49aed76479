"""What was heard or read, and what is doubtful in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from pipeline.model.learning import Learned


@dataclass(frozen=True, slots=True)
class Recording:
    """Audio to transcribe: a readable path to the unchanged original, its author (login), what was learned of him or
    her, the specialty, and the inbox folder it came from, which may be nobody's."""

    path: str
    media_type: str
    author: str = ""
    learned: tuple[Learned, ...] = ()
    specialty: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A raw word as the engine heard it: seconds from the start, probability in [0, 1].

    ``first`` is what another hearing, without any hint, wrote at this place when that was something else.
    """

    text: str
    start: float
    end: float
    probability: float
    first: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page: 0-based page, edges as fractions of the page's width and height."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


LOOP = "répétition du moteur"
STOCK_PHRASE = "phrase toute faite"
NO_VOICE = "sans voix"
FOREIGN = "autre langue"
TAKEN_BACK = "effacé à la demande"
INSTRUCTION = "correction dictée"
SET_ASIDE = frozenset({LOOP, STOCK_PHRASE, NO_VOICE, FOREIGN, TAKEN_BACK, INSTRUCTION})
"""Rules that take words out of the text: they stay in the transcript beside it, and are shown."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of written text and where it comes from.

    ``before`` is the white space before it: ``""``, ``" "``, a no-break space, ``"\\n"`` (à la ligne),
    ``"\\n\\n"`` (nouveau paragraphe) or ``"\\n\\n\\n"`` (nouvelle section). ``raw`` is what was heard or read;
    ``rule`` names the rule that changed it, ``""`` when nothing did. Audio tokens have ``start`` and
    ``end`` in seconds; scan tokens have ``box``. ``doubt`` says in French what a rule could not settle here (tokens in
    a row with the same doubt are one place), ``offers`` what may be meant instead of the whole place.
    """

    text: str
    before: str
    raw: str
    rule: str = ""
    probability: float = 1.0
    start: float | None = None
    end: float | None = None
    box: Box | None = None
    doubt: str = ""
    offers: tuple[str, ...] = ()

    @property
    def is_set_aside(self) -> bool:
        """Whether words were heard here that are not written: nobody said them, or the speaker took them back."""
        return not self.text and self.rule in SET_ASIDE


@dataclass(frozen=True, slots=True)
class Gap:
    """Speech (seconds) for which no word was found: a person must listen."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """A stretch (seconds) where terms of the practice's lists were compared with the sound.

    ``heard`` is what the hearings wrote, ``terms`` what may be meant, likeliest first; ``written``: the first of them
    was taken into the text.
    """

    start: float
    end: float
    heard: str
    terms: tuple[str, ...]
    written: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """How well ``text`` fits the sound from ``start`` to ``end`` (seconds), in place of the words heard there.

    ``gain``: the natural logarithm of how probable the speech model finds the words around with it, less that of what
    was heard; mostly below 0, for a model writes what it finds likeliest.
    """

    start: float
    end: float
    text: str
    gain: float


@dataclass(frozen=True)
class Transcript:
    """The written form of a recording or of scanned pages.

    ``words`` are the raw words (empty for a scan), ``tokens`` the written pieces in order. ``duration``, ``speech`` and
    ``explained`` (the speech that has words) are seconds (0 for a scan); ``pages`` is 0 for audio. ``alternatives`` are
    other hearings of the opening: raw evidence of who and what is meant, never part of ``text`` nor of a document.
    ``weighed`` are places where a term may be meant, ``fits`` terms that were compared with the sound.
    """

    tokens: tuple[Token, ...]
    words: tuple[Word, ...] = ()
    engine: str = ""
    language: str = "fr"
    duration: float = 0.0
    speech: float = 0.0
    gaps: tuple[Gap, ...] = ()
    pages: int = 0
    alternatives: tuple[str, ...] = ()
    explained: float = 0.0
    weighed: tuple[Weighed, ...] = ()
    fits: tuple[Fit, ...] = ()

    @property
    def set_aside(self) -> tuple[Token, ...]:
        """What was heard and is not written, in order."""
        return tuple(token for token in self.tokens if token.is_set_aside)

    @cached_property
    def text(self) -> str:
        """The whole written text; offsets elsewhere (findings, spans) count its characters."""
        return "".join(token.before + token.text for token in self.tokens)

    @cached_property
    def offsets(self) -> tuple[tuple[int, int], ...]:
        """``(start, end)`` character offsets in ``text`` of each token, without the space before it."""
        places: list[tuple[int, int]] = []
        position = 0
        for token in self.tokens:
            start = position + len(token.before)
            position = start + len(token.text)
            places.append((start, position))
        return tuple(places)


class FindingKind(StrEnum):
    """What a finding is about."""

    UNKNOWN_WORD = "unknown_word"  # in no word list
    LIKELY_MISHEARD = "likely_misheard"  # a near term of the lexicon fits
    LOW_CONFIDENCE = "low_confidence"  # the engine was unsure
    GAP = "gap"  # speech without words: listen
    RISK = "risk"  # what is written could harm: a dose, a side, a drug, a date
    DICTATED = "dictated"  # a figure or a spoken instruction that no rule could settle


@dataclass(frozen=True, slots=True)
class Proposal:
    """A possible replacement, its score in [0, 1] and the list it comes from."""

    text: str
    score: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt at ``text[start:end]`` of the checked text. ``message`` is French, for the secretary."""

    kind: FindingKind
    start: int
    end: int
    excerpt: str
    proposals: tuple[Proposal, ...] = ()
    score: float = 0.0
    message: str = ""
    audio_start: float | None = None
    audio_end: float | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """What is written and could harm, and the whole sentence in which it stands."""

    finding: Finding
    sentence: str


@dataclass(frozen=True)
class CheckedText:
    """A transcript whose doubts are known. Its text equals the transcript's: nothing is changed by itself."""

    transcript: Transcript
    findings: tuple[Finding, ...] = field(default=())
    lexicon: str = ""

    @property
    def text(self) -> str:
        return self.transcript.text


@dataclass(frozen=True, slots=True)
class ScanReading:
    """Pages that were read: the text, and whether OCR ran on them.

    ``pdf_sha256`` names the searchable PDF, or the untouched original when ``rewritten`` is false.
    """

    transcript: Transcript
    pages: int
    ocr: bool
    rewritten: bool
    note: str = ""
