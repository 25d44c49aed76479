"""What this room needs of a speech engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pipeline.model.text import Fit, Recording, Weighed, Word

Progress = Callable[[float], None]
"""Called with the share done, in [0, 1]."""

Span = tuple[float, float]
"""Start and end in seconds."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine heard: raw words in order; ``speech`` spans (seconds) from voice activity.

    ``aside`` pairs places in ``words`` with the rule that keeps these words out of the text (`model.text.SET_ASIDE`).
    ``weighed`` are the stretches where terms were compared with the sound to be written, ``fits`` how well those fit
    that are only likely.
    """

    words: tuple[Word, ...]
    duration: float
    speech: tuple[Span, ...]
    language: str = "fr"
    aside: tuple[tuple[int, str], ...] = ()
    weighed: tuple[Weighed, ...] = ()
    fits: tuple[Fit, ...] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """Words that may have been said, best last. ``later``: names that must not be hinted in the opening, where they
    would come back as evidence of who is meant."""

    terms: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """``text`` may be meant by the words ``first`` to ``last`` (not included) of a hearing; ``likeness`` of the sounds
    in [0, 1]. ``listed``: the words heard are themselves in a list. ``drops``: a negation, a side, a number or a unit
    among them would go with it."""

    first: int
    last: int
    text: str
    likeness: float
    listed: bool = False
    drops: bool = False


class Prompter(Protocol):
    """Chooses from all that the practice knows what may be meant by what was heard."""

    def __call__(self, heard: str, recording: Recording) -> Hints: ...


@runtime_checkable
class Suggester(Protocol):
    """A prompter that also knows which terms may be meant where words were heard."""

    def candidates(self, words: Sequence[Word], recording: Recording, *, opening: bool) -> Sequence[Candidate]:
        """Terms that may be meant where a word is in no list, to be weighed by their sound. In the ``opening`` a word
        with a capital is a name."""
        ...

    def likely(self, words: Sequence[Word], *, opening: bool) -> Sequence[Sequence[Candidate]]:
        """For each doubtful place the terms that are likeliest meant, to be told how well they fit the sound."""
        ...


class Engine(Protocol):
    """A speech engine. ``name`` is kept with each transcript, such as ``faster-whisper base int8``."""

    @property
    def name(self) -> str: ...

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        """Raises `AudioUnreadable` when the file cannot be decoded, `ModelMissing` or `ModelDamaged`."""
        ...


@runtime_checkable
class AttentiveEngine(Protocol):
    """An engine that can listen again to stretches of a recording for which it found no words."""

    def hear_spans(self, recording: Recording, spans: Sequence[Span], attempt: int) -> tuple[tuple[Word, ...], ...]:
        """Words of each span, none where it still hears nothing sure. ``attempt`` counts from 0: each one listens in
        another way (other window, other decoding). Raises what `Engine.hear` raises."""
        ...


@runtime_checkable
class OpeningEngine(Protocol):
    """An engine that can hear the opening again, guided by other words: what one hearing misses another may give."""

    def hear_again(self, recording: Recording, seconds: float, prompts: Sequence[str]) -> tuple[str, ...]:
        """Texts of the first ``seconds``, one for each prompt that gave any; none where a second hearing is no help.

        ``prompts`` hold kinds and formulas, never a name or a date, for words of a prompt can leak into its text.
        Raises what `Engine.hear` raises.
        """
        ...
