"""What a speech library must do: turn short pieces of sound into words. `listening.py` does all the rest.

A piece is at most 30 s of 16 kHz mono samples, cut in silence. Voice activity, windows, coverage, prompts and second
hearings are the same for every library, because they are not here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from pipeline.model.text import Word

if TYPE_CHECKING:
    from pipeline.transcribe.audio import Samples  # it loads FFmpeg, which a start must not wait for

LONGEST_PIECE = 28.0
"""Seconds of a piece: Whisper hears 30, and the edges are heard worst."""


STATES = 50
"""Encoder states in a second of sound (Whisper)."""

LANGUAGE = "fr"
MISTAKEN = ("br", "oc", "la")
"""Languages that Whisper takes French with an accent for. It learned next to nothing of them (Radford et al., 2022,
appendix E), and nobody dictates in them: what it gives to them says nothing."""


def share_of_french(shares: Mapping[str, float]) -> float:
    """How probable French is among the languages that may be spoken, of the probabilities of all (by ISO 639-1)."""
    others = 1.0 - sum(shares.get(language, 0.0) for language in MISTAKEN)
    return min(1.0, shares.get(LANGUAGE, 0.0) / max(others, 1e-6))


@dataclass(frozen=True, slots=True)
class Reading:
    """What was heard in one piece: words between spaces, in order, seconds from the start of the piece.

    ``sure`` is the mean log probability of the tokens (0 is certain; below -1 Whisper itself mistrusts it), ``silent``
    the probability in [0, 1] that nobody speaks, ``french`` that French is spoken; 0, 0 and 1 where a library does not
    tell.
    """

    words: tuple[Word, ...]
    sure: float = 0.0
    silent: float = 0.0
    french: float = 1.0

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a piece is read. A library that has no such thing leaves a wish.

    ``beam``: texts that are followed side by side. ``temperature`` 0: the likeliest word, above: drawn by chance.
    ``marked``: the model also writes its time marks, which makes it hear a little otherwise.
    """

    beam: int = 5
    temperature: float = 0.0
    marked: bool = False


USUAL = Wishes()


@dataclass(frozen=True, slots=True)
class Question:
    """How well does each of ``texts`` fit what is said from ``start`` to ``end`` (seconds) of piece ``piece``?"""

    piece: int
    start: float
    end: float
    texts: tuple[str, ...]

    def states(self, count: int) -> tuple[slice, slice]:
        """Those of ``count`` encoder states that are looked at: those of the stretch, and the last second, the silence
        behind every piece, without which the model is lost (half of the log probability of a right text goes)."""
        silence = slice(count - STATES, count)
        first = int(self.start * STATES)
        last = min(int(self.end * STATES), silence.start)
        return slice(min(first, last - 1), last), silence


@runtime_checkable
class WeighingSounds(Protocol):
    """`Sounds` of a library that tells how probable a given text is."""

    def weigh(self, questions: Sequence[Question]) -> list[tuple[float, ...]]:
        """The natural log probability of each text of each question, as Whisper would write it over that stretch. Only
        differences within one question mean something."""
        ...


class Sounds(Protocol):
    """Pieces that were made ready once (encoded, written as WAV…) and can be read several times."""

    def read(self, prompt: str | Sequence[str] = "", wishes: Wishes = USUAL) -> list[Reading]:
        """One reading a piece. ``prompt`` (one for all, or one a piece) is shown to the model as what was said before;
        of a prompt that is too long the end counts. Raises what `Decoder.open` raises.
        """
        ...


class Decoder(Protocol):
    """One speech library with one model, kept loaded. ``name`` is kept with each transcript."""

    @property
    def name(self) -> str: ...

    @property
    def prompt_room(self) -> int:
        """Tokens of a prompt that the model can be shown (223 for Whisper); 0 when it takes none."""
        ...

    @property
    def is_large(self) -> bool:
        """Whether the model hears well enough to need no further hearing of the opening."""
        ...

    def count(self, text: str) -> int:
        """Tokens of ``text``, to fill ``prompt_room``."""
        ...

    def open(self, pieces: Sequence[Samples]) -> Sounds:
        """Raises `ModelMissing`, `ModelDamaged`, or `EngineUnreachable` for a remote one."""
        ...


@runtime_checkable
class Checkable(Protocol):
    """A decoder that may lack more than its model, and can tell without hearing anything."""

    def check(self) -> None:
        """Raises `ToolMissing`, `EngineUnreachable` or `EngineRefused` with what to do."""
        ...
