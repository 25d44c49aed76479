"""A first hearing with its pieces side by side, and one by one: ``python benchmarks/first_hearing.py FOLDER``.

Processor seconds of both ways over the same pieces in one run (in turns, three times), and whether the texts are the
same. FOLDER holds dictations, as for ``calame evaluate``; the model is Whisper base.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.settings import Settings
from pipeline.transcribe import faster_whisper_decoder
from pipeline.transcribe.audio import windows
from pipeline.transcribe.decoder import Wishes
from pipeline.transcribe.faster_whisper_decoder import FasterWhisperDecoder
from pipeline.transcribe.models import ModelStore
from pipeline.transcribe.stream import stretches

SOUNDS = {".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav", ".webm", ".amr", ".wma", ".3gp", ".aac"}


def main() -> None:
    files = sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix.lower() in SOUNDS)
    pieces = [[piece.samples for part in stretches(windows(path)) for piece in part.pieces] for path in files]
    decoder = FasterWhisperDecoder(ModelStore(Settings().models).path("base"))
    sounds = [decoder.open(some) for some in pieces]
    spent = {1: 0.0, 4: 0.0}
    texts: dict[int, list[str]] = {}
    for _ in range(3):
        for together in spent:
            faster_whisper_decoder._TOGETHER = together
            begun = time.process_time()
            texts[together] = [one.text for some in sounds for one in some.read(wishes=Wishes(beam=1))]
            spent[together] += time.process_time() - begun
    same = sum(one == other for one, other in zip(texts[1], texts[4], strict=True))
    print(f"{len(texts[1])} pieces of {len(files)} files, three times")
    print(f"one by one   {spent[1]:6.1f} CPU s")
    print(f"side by side {spent[4]:6.1f} CPU s, {spent[4] / spent[1]:.2f} of it")
    print(f"{same} texts of {len(texts[1])} are the same")


if __name__ == "__main__":
    main()
