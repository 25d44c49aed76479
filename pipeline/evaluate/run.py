"""Transcribes dictations one after the other, and scores each."""

from __future__ import annotations

import mimetypes
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from pipeline.evaluate.score import Effort, Score, Scorer
from pipeline.evaluate.truth import Truth
from pipeline.model.text import Recording, Transcript
from pipeline.transcribe.port import Progress

Transcribe = Callable[[Recording, Progress], Transcript]
OnProgress = Callable[[Truth, float], None]


def evaluate(
    truths: Sequence[Truth], transcribe: Transcribe, scorer: Scorer, on_progress: OnProgress
) -> Iterator[Score]:
    """One score for each truth; the first one's seconds hold the loading of the model. Raises what the engine does."""
    for truth in truths:
        media = mimetypes.guess_type(truth.path.name)[0] or "audio/*"
        recording = Recording(str(truth.path), media, truth.author)
        wall, processor = time.perf_counter(), time.process_time()
        transcript = transcribe(recording, partial(on_progress, truth))
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        explained = transcript.explained or transcript.speech - sum(gap.end - gap.start for gap in transcript.gaps)
        yield scorer.score(
            truth, transcript, Effort(transcript.duration, transcript.speech, explained, wall, processor)
        )


def peak_megabytes() -> int:
    """Peak memory of this process so far (Linux counts in kB, macOS in bytes)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)
