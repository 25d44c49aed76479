"""Listens to a recording with any speech library: windows, voice activity, pieces, two hearings, a further hearing of
what was lost. A library only turns pieces of sound into words (`decoder.py`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TypeVar

from pipeline.model.text import FOREIGN, NO_VOICE, Fit, Recording, Weighed, Word
from pipeline.transcribe.audio import RATE, Samples, Window, windows
from pipeline.transcribe.coverage import OPENING, spoken_share
from pipeline.transcribe.decoder import LONGEST_PIECE, Decoder, Reading, Wishes
from pipeline.transcribe.pieces import Piece
from pipeline.transcribe.port import Heard, Progress, Prompter, Span
from pipeline.transcribe.stream import stretches
from pipeline.transcribe.twice import PieceText, Twice
from pipeline.transcribe.two_hearings import is_looping

_Timed = TypeVar("_Timed", Word, Weighed, Fit)

BELIEVED = 0.4
"""Mean word probability from which words found in a lost stretch are believed."""
TEMPERATURES = (0.0, 0.2, 0.4)
"""Of the further hearings of a lost stretch; each also cuts it wider than the one before."""
WIDER = (0.2, 0.6, 1.0)
EDGE = 0.6
"""Seconds around a lost stretch in which its words may stand: times are accurate to a few tenths."""
OPENING_WINDOW = 60
"""Seconds decoded for an opening."""
FRENCH = 0.02
"""Probability of French under which a piece was said in another language: read English, Italian and Spanish are below
0.001. French with a strong accent is mostly above 0.6, and a sentence of drug names so said may be at 0.06."""
SILENT, MISTRUSTED = 0.6, -0.8
"""Whisper's own signs of a piece in which nobody speaks: probability of no speech, mean log probability of the words
(openai-whisper takes 0.6 and -1.0; a base model that writes over noise is a little surer of itself)."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to listen. ``hearings`` 1 or 2; ``beam`` of the last one; ``opening_again``: evidence for the identity."""

    hearings: int = 2
    beam: int = 5
    opening_again: bool = True


class Listener:
    """An `Engine` over a `Decoder`, with both ways to hear again."""

    def __init__(self, decoder: Decoder, prompter: Prompter | None = None, manner: Manner | None = None) -> None:
        self._decoder = decoder
        self._prompter = prompter
        self._manner = manner or Manner()

    @property
    def name(self) -> str:
        return self._decoder.name

    @property
    def _wishes(self) -> Wishes:
        return Wishes(self._manner.beam)

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        """Raises `AudioUnreadable` when the file cannot be decoded, `ModelDamaged` when the model cannot be loaded."""
        twice = self._twice(recording)
        texts: list[PieceText] = []
        speech: list[Span] = []
        duration = done = 0.0
        for part in stretches(windows(recording.path)):
            begun, duration = duration, part.end
            total = max(part.total, duration)

            def tell(share: float, start: float = begun, end: float = duration, total: float = total) -> None:
                nonlocal done  # a length that the header does not tell grows with each window
                done = max(done, min(0.99, (start + share * (end - start)) / total) if total else 0.0)
                on_progress(done)

            if twice is None:
                texts += self._once(part.pieces, part.start, tell) if part.pieces else []
            else:
                spoken = sum(end - start for start, end in speech)
                texts += twice.hear(part.pieces, part.start, _opening(part.pieces, spoken), tell, last=part.last)
            speech += [(part.start + start, part.start + end) for start, end in part.speech]
            tell(1.0)
        on_progress(1.0)
        ordered = _in_order([pair for text in texts for pair in _words_of(text)])
        aside = tuple((place, rule) for place, (_, rule) in enumerate(ordered) if rule)
        weighed = tuple(_placed(place, text.piece, text.start) for text in texts for place in text.weighed)
        likely = tuple(_placed(fit, text.piece, text.start) for text in texts for fit in text.fits)
        words = tuple(word for word, _ in ordered)
        return Heard(words, duration, tuple(speech), aside=aside, weighed=weighed, fits=likely)

    def hear_spans(self, recording: Recording, spans: Sequence[Span], attempt: int) -> tuple[tuple[Word, ...], ...]:
        """See `AttentiveEngine`: each stretch alone, wider at each attempt, and less sure of the first thought."""
        if attempt >= len(TEMPERATURES):
            return ((),) * len(spans)
        found: dict[Span, tuple[Word, ...]] = {}
        for window in windows(recording.path):
            end = window.start + len(window.samples) / RATE
            here = [span for span in spans if window.start <= span[0] < end and span not in found]
            sounds = [_stretch(window, span, WIDER[attempt]) for span in here]
            if here:
                readings = self._decoder.open([samples for _, samples in sounds]).read(
                    wishes=Wishes(self._manner.beam, TEMPERATURES[attempt])
                )
                for span, (start, _), reading in zip(here, sounds, readings, strict=True):
                    found[span] = _believed(reading, start, span)
        return tuple(found.get(span, ()) for span in spans)

    def hear_again(self, recording: Recording, seconds: float, prompts: Sequence[str]) -> tuple[str, ...]:
        """See `OpeningEngine`."""
        if not (prompts and self._manner.opening_again and self._decoder.prompt_room) or self._decoder.is_large:
            return ()
        opening = next(windows(recording.path, OPENING_WINDOW)).samples[: int((seconds + WIDER[0]) * RATE)]
        sounds = self._decoder.open([opening])
        unprompted = sounds.read(wishes=self._wishes)[0]
        if _why_aside(unprompted):
            return ()
        marked = sounds.read(wishes=replace(self._wishes, marked=True))[0]
        prompted = [sounds.read(prompt, self._wishes)[0] for prompt in prompts]
        texts = [reading.text for reading in (unprompted, marked, *prompted) if not is_looping(reading.words)]
        return tuple(text for text in dict.fromkeys(texts) if text)

    def _once(self, pieces: Sequence[Piece], start: float, tell: Callable[[float], None]) -> list[PieceText]:
        sounds = self._decoder.open([piece.samples for piece in pieces])
        tell(0.3)
        readings = sounds.read(wishes=self._wishes)
        return [
            PieceText(piece, start, reading, reading.words) for piece, reading in zip(pieces, readings, strict=True)
        ]

    def _twice(self, recording: Recording) -> Twice | None:
        if self._manner.hearings < 2 or self._prompter is None or not self._decoder.prompt_room:
            return None
        return Twice(self._decoder, self._prompter, recording, self._wishes)


def _opening(pieces: Sequence[Piece], spoken: float) -> int:
    """How many of ``pieces`` begin within the first `OPENING` seconds of speech, with ``spoken`` seconds before them: a
    pause may cut an opening into several."""
    begins = accumulate((len(piece.samples) / RATE for piece in pieces), initial=spoken)
    return sum(begin < OPENING for begin in list(begins)[:-1])


def _why_aside(reading: Reading) -> str:
    """Why the words of a piece stay out of the text, ``""`` when they belong to it."""
    if reading.silent > SILENT and reading.sure < MISTRUSTED:
        return NO_VOICE  # first: noise is like no French either
    return FOREIGN if reading.french < FRENCH else ""


def _words_of(text: PieceText) -> list[tuple[Word, str]]:
    """The words at their seconds of the recording, each with the rule that keeps it out of the text, or ``""``."""
    rule = _why_aside(text.reading)
    return [(_placed(word, text.piece, text.start), rule) for word in text.words]


def _stretch(window: Window, span: Span, wider: float) -> tuple[float, Samples]:
    """Where the widened stretch begins (seconds of the recording), and its sound, at most `LONGEST_PIECE`."""
    first = max(0, int((span[0] - wider - window.start) * RATE))
    last = int((min(span[1], span[0] + LONGEST_PIECE) + wider - window.start) * RATE)
    return window.start + first / RATE, window.samples[first:last]


def _believed(reading: Reading, start: float, span: Span) -> tuple[Word, ...]:
    """Words that lie in the span or at its edge, when they are French, no loop and sure enough."""
    words = [replace(word, start=word.start + start, end=word.end + start) for word in reading.words]
    near = (span[0] - EDGE, span[1] + EDGE)
    inside = [word for word in words if spoken_share((word.start, max(word.end, word.start + 0.1)), [near]) > 0.5]
    if not inside or is_looping(words) or _why_aside(reading):
        return ()
    return tuple(inside) if sum(word.probability for word in inside) / len(inside) >= BELIEVED else ()


def _placed(timed: _Timed, piece: Piece, start: float) -> _Timed:
    return replace(timed, start=piece.at(timed.start) + start, end=piece.at(timed.end) + start)


def _in_order(words: Sequence[tuple[Word, str]]) -> list[tuple[Word, str]]:
    """By start; a start never goes back, an end never precedes its start."""
    ordered = sorted(words, key=lambda pair: pair[0].start)
    return [
        (replace(w, end=max(w.end, w.start), probability=min(1.0, max(0.0, w.probability))), rule)
        for w, rule in ordered
    ]
