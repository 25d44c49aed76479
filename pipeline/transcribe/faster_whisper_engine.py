"""Whisper through faster-whisper (CTranslate2): int8 on the processor, window by window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.vad import VadOptions, get_speech_timestamps

from pipeline.errors import ModelDamaged
from pipeline.model.text import Recording, Word
from pipeline.transcribe.audio import RATE, Samples, Window, windows
from pipeline.transcribe.coverage import Span, uncovered
from pipeline.transcribe.port import Heard, Progress

_VAD = VadOptions(threshold=0.5, min_speech_duration_ms=200, min_silence_duration_ms=400, speech_pad_ms=100)
_SURE_ENOUGH = 0.4
"""Mean word probability from which the second hearing of a lost stretch is believed."""
_PAD = 0.2
_HEARD_WELL = 1_000_000_000
"""Bytes of weights from which a model (large, turbo) hears an opening well enough: no second hearing."""
_OPENING_WINDOW = 60
"""Seconds decoded for an opening."""
_LONGEST_TEXT = 160
"""Tokens of an opening of 18 s: three words a second are about 100."""


class FasterWhisperEngine:
    """An `Engine`. ``threads`` 0: as many as cores. The model is loaded at the first recording and kept.

    ``opening_again`` false leaves out the other hearings of the opening.
    """

    def __init__(self, model_path: Path, threads: int = 0, beam_size: int = 5, *, opening_again: bool = True) -> None:
        self._opening_again = opening_again
        self._folder = model_path
        self._threads = threads
        self._beam = beam_size
        self._model: WhisperModel | None = None

    @property
    def name(self) -> str:
        return f"faster-whisper {self._folder.name} int8"

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        """Raises `AudioUnreadable` when the file cannot be decoded, `ModelDamaged` when the model cannot be loaded."""
        words: list[Word] = []
        speech: list[Span] = []
        duration = 0.0
        for window in windows(recording.path):
            found = _speech(window)
            if found:
                words += self._window_words(window, found, on_progress)
            speech += [(window.start + start, window.start + end) for start, end in found]
            duration = window.start + len(window.samples) / RATE
            on_progress(_share(duration, window.total))
        on_progress(1.0)
        return Heard(_in_order(words), duration, tuple(speech))

    def _window_words(self, window: Window, speech: list[Span], on_progress: Progress) -> list[Word]:
        segments, _ = self._loaded().transcribe(
            window.samples,
            language="fr",
            beam_size=self._beam,
            word_timestamps=True,
            condition_on_previous_text=False,
            vad_filter=True,
        )
        words: list[Word] = []
        for segment in segments:
            words += whole_words(segment.words or (), 0.0)
            on_progress(_share(window.start + segment.end, window.total))
        for span in uncovered(speech, words):
            words += self._second_hearing(window.samples, span)
        return [Word(w.text, w.start + window.start, w.end + window.start, w.probability) for w in words]

    def _second_hearing(self, samples: Samples, span: Span) -> list[Word]:
        """Hear a lost stretch alone, without the guards that may have dropped it. Doubtful words are not kept."""
        first = max(0, int((span[0] - _PAD) * RATE))
        last = int((span[1] + _PAD) * RATE)
        segments, _ = self._loaded().transcribe(
            samples[first:last],
            language="fr",
            beam_size=1,
            temperature=(0.0, 0.2, 0.4),
            word_timestamps=True,
            condition_on_previous_text=False,
            no_speech_threshold=None,
            log_prob_threshold=None,
        )
        words = [word for segment in segments for word in whole_words(segment.words or (), first / RATE)]
        sure = words and sum(word.probability for word in words) / len(words) >= _SURE_ENOUGH
        return words if sure else []

    def hear_again(self, recording: Recording, seconds: float, prompts: Sequence[str]) -> tuple[str, ...]:
        """See `OpeningEngine`. The sound is encoded once and read once for each prompt, without voice activity."""
        if not prompts or not self._opening_again or (self._folder / "model.bin").stat().st_size >= _HEARD_WELL:
            return ()
        model = self._loaded()
        opening = next(windows(recording.path, _OPENING_WINDOW)).samples[: int((seconds + _PAD) * RATE)]
        encoded = model.encode(pad_or_trim(model.feature_extractor(opening)))
        tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language="fr")
        texts: list[str] = []
        for prompt in prompts:
            shown = model.get_prompt(tokenizer, tokenizer.encode(" " + prompt), without_timestamps=True)
            read = model.model.generate(
                encoded, [shown], beam_size=self._beam, max_length=len(shown) + _LONGEST_TEXT, suppress_blank=True
            )
            texts.append(tokenizer.decode(read[0].sequences_ids[0]).strip())
        return tuple(text for text in dict.fromkeys(texts) if text)

    def _loaded(self) -> WhisperModel:
        if self._model is None:
            try:
                self._model = WhisperModel(
                    str(self._folder),
                    device="cpu",
                    compute_type="int8",
                    cpu_threads=self._threads,
                    local_files_only=True,
                )
            except (RuntimeError, ValueError, OSError) as error:
                raise ModelDamaged("Le modèle de parole ne peut pas être chargé.") from error
        return self._model


def whole_words(pieces: Iterable[Any], offset: float) -> list[Word]:
    """Join Whisper's pieces (``"d"``, ``"'effort"``) to words between spaces; the least sure piece counts."""
    words: list[Word] = []
    for piece in pieces:
        text = str(piece.word)
        start, end, sure = float(piece.start) + offset, float(piece.end) + offset, float(piece.probability)
        if words and not text.startswith(" "):
            last = words.pop()
            words.append(Word(last.text + text.strip(), last.start, max(end, last.end), min(last.probability, sure)))
        elif text.strip():
            words.append(Word(text.strip(), start, max(end, start), sure))
    return words


def _speech(window: Window) -> list[Span]:
    spans = get_speech_timestamps(window.samples, _VAD)
    return [(span["start"] / RATE, span["end"] / RATE) for span in spans]


def _in_order(words: list[Word]) -> tuple[Word, ...]:
    """By start; a start never goes back, an end never precedes its start."""
    ordered: list[Word] = []
    for word in sorted(words, key=lambda w: w.start):
        ordered.append(Word(word.text, word.start, max(word.end, word.start), min(1.0, max(0.0, word.probability))))
    return tuple(ordered)


def _share(done: float, total: float) -> float:
    return min(0.99, done / total) if total > 0 else 0.0
