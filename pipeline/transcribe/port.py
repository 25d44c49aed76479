"""What this room needs of a speech engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from pipeline.model.text import Recording, Word

Progress = Callable[[float], None]
"""Called with the share done, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine heard: raw words in order; ``speech`` spans (seconds) from voice activity."""

    words: tuple[Word, ...]
    duration: float
    speech: tuple[tuple[float, float], ...]
    language: str = "fr"


class Engine(Protocol):
    """A speech engine. ``name`` is kept with each transcript, such as ``faster-whisper base int8``."""

    @property
    def name(self) -> str: ...

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        """Raises `AudioUnreadable` when the file cannot be decoded, `ModelMissing` or `ModelDamaged`."""
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
