"""Whisper as it comes, for comparison: faster-whisper's own defaults, beam 5, no rule of ours."""

from __future__ import annotations

from pathlib import Path

from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio
from faster_whisper.vad import get_speech_timestamps

from pipeline.model.text import Gap, Recording, Token, Transcript, Word
from pipeline.transcribe.audio import RATE
from pipeline.transcribe.coverage import uncovered
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
        duration = len(sound) / RATE
        segments, _ = self._model.transcribe(sound, language="fr", beam_size=5, word_timestamps=True)
        tokens: list[Token] = []
        for segment in segments:
            tokens += [
                Token(
                    w.word.strip(),
                    " " if w.word[:1] == " " and tokens else "",
                    w.word.strip(),
                    "",
                    w.probability,
                    w.start,
                    w.end,
                )
                for w in segment.words or ()
            ]
            on_progress(min(1.0, segment.end / duration) if duration else 1.0)
        words = tuple(Word(t.raw, t.start or 0.0, t.end or 0.0, t.probability) for t in tokens)
        speech = [(span["start"] / RATE, span["end"] / RATE) for span in get_speech_timestamps(sound)]
        gaps = uncovered(speech, words)
        seconds = sum(end - start for start, end in speech)
        return Transcript(
            tuple(tokens),
            words,
            self._name,
            duration=duration,
            speech=seconds,
            gaps=tuple(Gap(*gap) for gap in gaps),
            explained=seconds - sum(end - start for start, end in gaps),
        )
