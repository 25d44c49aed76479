"""Whisper as it comes, for comparison: each library's own defaults, beam 5, no rule of ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio
from faster_whisper.vad import get_speech_timestamps

from pipeline.model.text import Gap, Recording, Token, Transcript, Word
from pipeline.transcribe.audio import RATE, Samples
from pipeline.transcribe.coverage import uncovered
from pipeline.transcribe.joined import Part
from pipeline.transcribe.openai_whisper_decoder import load_model
from pipeline.transcribe.port import Progress


class PlainWhisper:
    """A whole file in one call, each window shown the text before it; what is written is what was heard."""

    def __init__(self, model_path: Path, threads: int = 0) -> None:
        self._model = WhisperModel(
            str(model_path), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
        self._name = f"faster-whisper {model_path.name} int8, tel quel"

    def __call__(self, recording: Recording, on_progress: Progress) -> Transcript:
        sound = decode_audio(recording.path, sampling_rate=RATE)
        segments, _ = self._model.transcribe(sound, language="fr", beam_size=5, word_timestamps=True)
        parts: list[Part] = []
        for segment in segments:
            parts += [(w.word, float(w.start), float(w.end), float(w.probability)) for w in segment.words or ()]
            on_progress(min(1.0, segment.end * RATE / max(1, len(sound))))
        return _transcript(sound, parts, self._name)


class PlainOpenaiWhisper:
    """The same with OpenAI's own library, its own defaults but for the beam, which its command line sets to 5."""

    def __init__(self, model_path: Path, threads: int = 0) -> None:
        self._model = load_model(model_path, threads)
        self._name = f"openai-whisper {model_path.name}, tel quel"

    def __call__(self, recording: Recording, on_progress: Progress) -> Transcript:
        sound = decode_audio(recording.path, sampling_rate=RATE)
        found = self._model.transcribe(
            sound, language="fr", beam_size=5, best_of=5, word_timestamps=True, fp16=False, verbose=None
        )
        on_progress(1.0)
        words = [word for segment in found["segments"] for word in segment["words"]]
        parts = [(str(w["word"]), float(w["start"]), float(w["end"]), float(w["probability"])) for w in words]
        return _transcript(sound, parts, self._name)


def _transcript(sound: Samples, parts: Sequence[Part], name: str) -> Transcript:
    tokens = tuple(
        Token(said.strip(), " " if said[:1] == " " and place else "", said.strip(), "", sure, start, end)
        for place, (said, start, end, sure) in enumerate(parts)
    )
    words = tuple(Word(said.strip(), start, end, sure) for said, start, end, sure in parts)
    speech = [(span["start"] / RATE, span["end"] / RATE) for span in get_speech_timestamps(sound)]
    gaps = uncovered(speech, words)
    seconds = sum(end - start for start, end in speech)
    return Transcript(
        tokens,
        words,
        name,
        duration=len(sound) / RATE,
        speech=seconds,
        gaps=tuple(Gap(*gap) for gap in gaps),
        explained=seconds - sum(end - start for start, end in gaps),
    )
