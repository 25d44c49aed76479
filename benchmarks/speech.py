"""Seconds of audio per second and peak memory of the transcription: `python benchmarks/speech.py FILE [--hour]`.

``--hour`` repeats the file, with four seconds of silence before each, until it lasts an hour (written as 16 kHz FLAC
into a temporary folder): memory must stay bounded, and each repetition must be written as the recording alone.
Processor seconds count all threads; they are the figure to trust on a busy machine.
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
from rapidfuzz.distance import Levenshtein

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.bootstrap import Calame
from pipeline.model.text import Recording, Transcript
from pipeline.settings import read_settings
from pipeline.transcribe.audio import RATE, windows

HOUR = 3600
SILENCE = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--hour", action="store_true")
    parser.add_argument("--seconds", type=int, default=HOUR, help="as --hour, but shorter or longer")
    parser.add_argument("--model", default="base")
    arguments = parser.parse_args()
    long = arguments.hour or arguments.seconds != HOUR
    settings = read_settings().located()
    all_of = Calame(settings.model_copy(update={"model": arguments.model}))
    with tempfile.TemporaryDirectory() as folder:
        once = repeated(arguments.file, Path(folder) / "once.flac", 1) if long else arguments.file
        alone = all_of.transcribe(Recording(str(once), ""), lambda _: None)
        path = repeated(arguments.file, Path(folder) / "hour.flac", arguments.seconds) if long else arguments.file
        before = memory()
        wall, processor = time.perf_counter(), time.process_time()
        transcript = all_of.transcribe(Recording(str(path), ""), lambda _: None)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"{transcript.engine}: {transcript.duration:.0f} s of audio, {len(transcript.words)} words, "
        f"{len(transcript.gaps)} gaps; {transcript.duration / wall:.1f} s of audio per second, "
        f"{transcript.duration / processor:.1f} per processor second; peak memory {memory()} MB ({before} before)"
    )
    if long:
        print(compared(alone, transcript))


def compared(alone: Transcript, hour: Transcript) -> str:
    """How many repetitions have the very words of the recording alone, and how far the others are from them."""
    length = alone.duration
    wanted = [word.text for word in alone.words]
    heard: list[list[str]] = [[] for _ in range(int(hour.duration / length + 0.5))]
    for word in hour.words:
        heard[min(int(word.start / length), len(heard) - 1)].append(word.text)
    off = [Levenshtein.distance(wanted, one) for one in heard]
    share = sum(off) / (len(wanted) * len(heard))
    same = sum(not one for one in off)
    return f"{same} of {len(heard)} repetitions word for word as alone; {share:.2%} of words differ"


def memory() -> int:
    """Peak resident size so far in MB (Linux counts in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def repeated(source: Path, target: Path, seconds: int) -> Path:
    """``source`` again and again for ``seconds``, at least once, without holding them in memory."""
    spoken = [window.samples for window in windows(str(source))]
    sound = np.concatenate([np.zeros(SILENCE * RATE, np.float32), *spoken])
    whole = (np.clip(sound, -1, 1) * 32767).astype(np.int16).reshape(1, -1)
    with av.open(str(target), "w") as container:
        stream = container.add_stream("flac", rate=RATE)
        stream.layout = "mono"
        for _ in range(int(np.ceil(seconds * RATE / whole.shape[1]))):
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
