"""Calame with some of its parts left out, to measure what each of them gives."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

from pipeline.bootstrap import Calame
from pipeline.evaluate.parts import Part
from pipeline.evaluate.run import Transcribe
from pipeline.model.text import Recording, Token, Transcript, Word
from pipeline.transcribe.figures import write_figures
from pipeline.transcribe.listening import Listener, Manner
from pipeline.transcribe.port import Engine, Heard, Hints, Progress, Prompter
from pipeline.transcribe.step import transcribe


def without(all_of: Calame, parts: Set[Part]) -> Transcribe:
    """The transcription of ``all_of`` without ``parts``."""
    engine: Engine = all_of.engine
    settings = all_of.settings
    if Part.HINTS in parts:
        engine = Listener(all_of.decoder, None, Manner(1, settings.beam, opening_again=False))
    elif Part.WEIGHING in parts:
        manner = Manner(settings.hearings, settings.beam, opening_again=False)
        engine = Listener(all_of.decoder, _JustHints(all_of.ears), manner)
    if Part.COVERAGE in parts:
        engine = _Inattentive(engine)
    figures = None if Part.FIGURES in parts else all_of.figures

    def run(recording: Recording, on_progress: Progress) -> Transcript:
        transcript = transcribe(recording, engine, all_of.dictation, on_progress, figures)
        if Part.DICTATION not in parts:
            return transcript
        tokens = _as_heard(transcript.words)
        return replace(transcript, tokens=write_figures(tokens, figures) if figures else tokens)

    return run


@dataclass(frozen=True)
class _JustHints:
    """A prompter that suggests no terms to weigh."""

    ears: Prompter

    def __call__(self, heard: str, recording: Recording) -> Hints:
        return self.ears(heard, recording)


@dataclass(frozen=True)
class _Inattentive:
    """Hears once: what was lost stays lost, and whatever was written stays."""

    engine: Engine

    @property
    def name(self) -> str:
        return self.engine.name

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        return replace(self.engine.hear(recording, on_progress), aside=())


def _as_heard(words: tuple[Word, ...]) -> tuple[Token, ...]:
    return tuple(
        Token(word.text, " " if place else "", word.text, "", word.probability, word.start, word.end)
        for place, word in enumerate(words)
    )
