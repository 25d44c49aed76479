"""Listens to a recording with any speech library: windows, voice activity, pieces, two hearings, a further hearing of
what was lost. A library only turns pieces of sound into words (`decoder.py`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from typing import TypeVar

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps

from pipeline.model.text import FOREIGN, NO_VOICE, Recording, Weighed, Word
from pipeline.transcribe.audio import RATE, Samples, Window, windows
from pipeline.transcribe.coverage import OPENING, spoken_share
from pipeline.transcribe.decoder import LONGEST_PIECE, Decoder, Reading, Sounds, WeighingSounds, Wishes
from pipeline.transcribe.pieces import Piece, cut_pieces
from pipeline.transcribe.port import Heard, Hints, Progress, Prompter, Span, Suggester
from pipeline.transcribe.two_hearings import is_looping, one_text, parts_of
from pipeline.transcribe.weighing import Told, weigh

_Timed = TypeVar("_Timed", Word, Weighed)

_VAD = VadOptions(
    threshold=0.5,
    min_speech_duration_ms=200,
    min_silence_duration_ms=400,
    speech_pad_ms=150,
    max_speech_duration_s=LONGEST_PIECE - 1,
)
STYLE = "Cher confrère virgule à la ligne. Conclusion deux points examen normal virgule sans particularité point."
"""Shown before a second hearing, after the hints: how a dictation sounds when its marks are spoken."""
MOST_HINTS = 40
"""Hints of one piece: about as many as fit into a prompt of 223 tokens beside the style."""
EARLIER = 3
"""Pieces before one whose hints it is shown too: a term that was heard well helps soon after, and where a window of the
file ends makes no difference."""
BELIEVED = 0.4
"""Mean word probability from which words found in a lost stretch are believed."""
TEMPERATURES = (0.0, 0.2, 0.4)
"""Of the further hearings of a lost stretch; each also cuts it wider than the one before."""
WIDER = (0.2, 0.6, 1.0)
EDGE = 0.6
"""Seconds around a lost stretch in which its words may stand: times are accurate to a few tenths."""
OPENING_WINDOW = 60
"""Seconds decoded for an opening."""
FRENCH = 0.3
"""Probability of French under which a piece was said in another language; French with a strong accent is above 0.8."""
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
        words: list[tuple[Word, str]] = []
        weighed: list[Weighed] = []
        speech: list[Span] = []
        earlier: deque[Hints] = deque(maxlen=EARLIER)
        duration = done = 0.0
        for window in windows(recording.path):
            found = _speech(window)
            duration = window.start + len(window.samples) / RATE
            total = max(window.total, duration)

            def tell(share: float, start: float = window.start, end: float = duration, total: float = total) -> None:
                nonlocal done  # a length that the header does not tell grows with each window
                done = max(done, min(0.99, (start + share * (end - start)) / total) if total else 0.0)
                on_progress(done)

            if found:
                spoken = sum(end - start for start, end in speech)
                more, places = self._window(window, found, spoken, recording, earlier, tell)
                words += more
                weighed += places
            speech += [(window.start + start, window.start + end) for start, end in found]
            tell(1.0)
        on_progress(1.0)
        ordered = _in_order(words)
        aside = tuple((place, rule) for place, (_, rule) in enumerate(ordered) if rule)
        return Heard(tuple(word for word, _ in ordered), duration, tuple(speech), aside=aside, weighed=tuple(weighed))

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

    def _window(
        self,
        window: Window,
        speech: Sequence[Span],
        spoken: float,
        recording: Recording,
        earlier: deque[Hints],
        tell: Callable[[float], None],
    ) -> tuple[list[tuple[Word, str]], list[Weighed]]:
        """``spoken``: seconds of speech before this window."""
        pieces = cut_pieces(window.samples, speech)
        sounds = self._decoder.open([piece.samples for piece in pieces])
        tell(0.3)
        if self._manner.hearings < 2 or self._prompter is None or not self._decoder.prompt_room:
            texts = [_Text(reading, reading.words) for reading in sounds.read(wishes=self._wishes)]
        else:
            hinted = _Hinted(self._prompter, recording, _opening(pieces, spoken), earlier)
            texts = self._twice(pieces, sounds, hinted, tell)
        words: list[tuple[Word, str]] = []
        weighed: list[Weighed] = []
        for piece, text in zip(pieces, texts, strict=True):
            rule = _why_aside(text.reading)
            words += [(_placed(word, piece, window.start), rule) for word in text.words]
            weighed += [_placed(place, piece, window.start) for place in text.weighed]
        return words, weighed

    def _twice(
        self,
        pieces: Sequence[Piece],
        sounds: Sounds,
        hinted: _Hinted,
        tell: Callable[[float], None],
    ) -> list[_Text]:
        """Both hearings of each piece made one. A piece without any hint is shown how a dictation sounds; one that
        loops over its hints is heard once more with no more than that."""
        first = self._witnesses(pieces, sounds.read(wishes=Wishes(beam=1)))
        tell(0.5)
        hints = [hinted.prompter(reading.text, hinted.recording) if reading.words else Hints() for reading in first]
        together = [*hinted.earlier, *hints]
        near = [together[max(0, end - EARLIER) : end + 1] for end in range(len(hinted.earlier), len(together))]
        hinted.earlier.extend(hints)
        prompts = [_prompt(some, opening=place < hinted.opening) for place, some in enumerate(near)]
        second = sounds.read([prompt or STYLE for prompt in prompts], self._wishes)
        texts = []
        for place, (piece, before, after) in enumerate(zip(pieces, first, second, strict=True)):
            words = after.words
            if is_looping(words) and prompts[place]:
                words = self._decoder.open([piece.samples]).read(STYLE, self._wishes)[0].words
            texts.append(one_text(before.words, words, _shown(near[place])))
        if not (isinstance(sounds, WeighingSounds) and isinstance(hinted.prompter, Suggester)):
            return [_Text(reading, words) for reading, words in zip(first, texts, strict=True)]
        tell(0.9)
        told = [Told(words, hinted.prompter.candidates(words, hinted.recording)) for words in texts]
        weighed = weigh(told, sounds)
        return [_Text(reading, *found) for reading, found in zip(first, weighed, strict=True)]

    def _witnesses(self, pieces: Sequence[Piece], first: Sequence[Reading]) -> list[Reading]:
        """First hearings that can bear witness: one that loops has lost the rest of its piece, and is heard once more
        with more beams; without it, all that the second hears beside its hints would have to be refused."""
        heard: list[Reading] = []
        for piece, reading in zip(pieces, first, strict=True):
            again = self._decoder.open([piece.samples]).read(wishes=self._wishes) if is_looping(reading.words) else []
            heard.append(next((one for one in again if not is_looping(one.words)), reading))
        return heard


@dataclass(frozen=True, slots=True)
class _Text:
    """One piece: its first reading, and the words that came of all hearings."""

    reading: Reading
    words: tuple[Word, ...]
    weighed: tuple[Weighed, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hinted:
    """What a window is hinted from; its first ``opening`` pieces may not be shown names of patients."""

    prompter: Prompter
    recording: Recording
    opening: int
    earlier: deque[Hints]


def _opening(pieces: Sequence[Piece], spoken: float) -> int:
    """How many of ``pieces`` begin within the first `OPENING` seconds of speech, with ``spoken`` seconds before them: a
    pause may cut an opening into several."""
    begins = accumulate((len(piece.samples) / RATE for piece in pieces), initial=spoken)
    return sum(begin < OPENING for begin in list(begins)[:-1])


def _prompt(hints: Sequence[Hints], *, opening: bool) -> str:
    """The hints of earlier pieces, then those of this one, then the style: of a long prompt the end counts."""
    others = chain.from_iterable(_of(one, opening) for one in hints[:-1])
    own = _of(hints[-1], opening)
    chosen = list(dict.fromkeys([*(term for term in others if term not in own), *own]))[-MOST_HINTS:]
    return f"{', '.join(chosen)}. {STYLE}" if chosen else ""


def _of(hints: Hints, opening: bool) -> tuple[str, ...]:
    return hints.terms if opening else (*hints.later, *hints.terms)


def _shown(hints: Sequence[Hints]) -> frozenset[str]:
    """The plain words of all hints and of the style, but for its spoken marks: these are said everywhere."""
    terms = chain.from_iterable((*one.later, *one.terms) for one in hints)
    marks = {"virgule", "point", "points", "deux", "ligne"}
    return frozenset(chain(*map(parts_of, terms), parts_of(STYLE) - marks))


def _why_aside(reading: Reading) -> str:
    """Why the words of a piece stay out of the text, ``""`` when they belong to it."""
    if reading.silent > SILENT and reading.sure < MISTRUSTED:
        return NO_VOICE  # first: noise is like no French either
    return FOREIGN if reading.french < FRENCH else ""


def _speech(window: Window) -> list[Span]:
    """Spans in seconds of the window."""
    first = len(window.before)
    found = get_speech_timestamps(np.concatenate([window.before, window.samples]), _VAD)
    spans = ((max(0, span["start"] - first) / RATE, (span["end"] - first) / RATE) for span in found)
    return [span for span in spans if span[1] > 0]


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
