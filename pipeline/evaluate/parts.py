"""The parts of the transcription whose worth can be measured."""

from __future__ import annotations

from enum import StrEnum


class Part(StrEnum):
    """What can be left out: further hearings of lost speech, hints, weighing of terms, spoken commands, figures."""

    COVERAGE = "couverture"
    HINTS = "indices"
    WEIGHING = "pesee"
    DICTATION = "consignes"
    FIGURES = "chiffres"
