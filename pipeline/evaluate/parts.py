"""The parts of the transcription whose worth can be measured."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """What can be left out: further hearings of lost speech, hints, spoken commands, figures."""

    COVERAGE = "couverture"
    HINTS = "indices"
    DICTATION = "consignes"
    FIGURES = "chiffres"
