"""Seconds of audio per second and peak memory of the transcription: `python benchmarks/speech.py FILE [--hour]`.

``--hour`` repeats the file until it lasts an hour (written as 16 kHz FLAC into a temporary folder), which shows that
memory stays bounded. Processor seconds count all threads; they are the figure to trust on a busy machine.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.model.text import Recording
from pipeline.settings import Settings
from pipeline.transcribe.audio import RATE, windows
from pipeline.transcribe.faster_whisper_decoder import FasterWhisperDecoder
from pipeline.transcribe.listening import Listener
from pipeline.transcribe.models import ModelStore
from pipeline.transcribe.rules_yaml import load_dictation_rules
from pipeline.transcribe.step import transcribe

HOUR = 3600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--hour", action="store_true")
    parser.add_argument("--model", default="base")
    arguments = parser.parse_args()
    settings = Settings().resolved()
    engine = Listener(FasterWhisperDecoder(ModelStore(settings.models).path(arguments.model), settings.threads))
    rules = load_dictation_rules(settings.lexicon / "dictation.yaml")
    with tempfile.TemporaryDirectory() as folder:
        path = repeated(arguments.file, Path(folder) / "hour.flac") if arguments.hour else arguments.file
        before = memory()
        wall, processor = time.perf_counter(), time.process_time()
        transcript = transcribe(Recording(str(path), ""), engine, rules, lambda _: None)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"{engine.name}: {transcript.duration:.0f} s of audio, {len(transcript.words)} words, "
        f"{len(transcript.gaps)} gaps; {transcript.duration / wall:.1f} s of audio per second, "
        f"{transcript.duration / processor:.1f} per processor second; peak memory {memory()} MB ({before} before)"
    )


def memory() -> int:
    """Peak resident size so far in MB (Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def repeated(source: Path, target: Path) -> Path:
    """``source`` again and again for an hour, without holding the hour in memory."""
    sound = np.concatenate([window.samples for window in windows(str(source))])
    whole = (np.clip(sound, -1, 1) * 32767).astype(np.int16).reshape(1, -1)
    with av.open(str(target), "w") as container:
        stream = container.add_stream("flac", rate=RATE)
        stream.layout = "mono"
        for _ in range(int(np.ceil(HOUR * RATE / whole.shape[1]))):
            for start in range(0, whole.shape[1], 4096):
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(whole[:, start : start + 4096]), format="s16", layout="mono"
                )
                frame.sample_rate = RATE
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target


if __name__ == "__main__":
    main()
