"""Transcribes a dictation whose truth is known, and scores it."""

from __future__ import annotations

import mimetypes
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline.evaluate.score import Effort, Score, Scorer
from pipeline.evaluate.truth import Truth
from pipeline.model.text import Recording, Transcript
from pipeline.transcribe.port import Progress

Transcribe = Callable[[Recording, Progress], Transcript]


def evaluate(truth: Truth, transcribe: Transcribe, scorer: Scorer, on_progress: Progress) -> Score:
    """Its seconds hold the loading of the model when it is the first. Raises what the engine raises."""
    media = mimetypes.guess_type(truth.path.name)[0] or ""
    wall, processor = time.perf_counter(), time.process_time()
    transcript = transcribe(Recording(str(truth.path), media, truth.author, specialty=truth.specialty), on_progress)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    lost = sum(gap.end - gap.start for gap in transcript.gaps)
    explained = transcript.explained or max(0.0, transcript.speech - lost)
    effort = Effort(transcript.duration, transcript.speech, explained, wall, processor)
    return scorer.score(truth, transcript, effort)


def shared_out(scores: Sequence[Score], wall: float, processor: float) -> list[Score]:
    """The seconds of a whole run, shared out among recordings that were heard at once, as long as each took."""
    taken = sum(score.effort.wall for score in scores) or 1.0
    shares = [score.effort.wall / taken for score in scores]
    return [
        replace(score, effort=replace(score.effort, wall=wall * share, processor=processor * share))
        for score, share in zip(scores, shares, strict=True)
    ]


def peak_megabytes() -> int:
    """Peak memory of this process so far (Linux counts in kB, macOS in bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)
