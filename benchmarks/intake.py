"""A burst of small files through the inbox, in seconds: ``python -m benchmarks.intake [NUMBER] [FOLDER]``.

The inbox is made in FOLDER (default: the system's temporary folder); every claim is written and synced there, so the
disk decides: in memory (``/dev/shm``) the figure is that of the program alone.
"""

from __future__ import annotations

import struct
import sys
import tempfile
import time
from pathlib import Path

from pipeline.intake.judge import Limits
from pipeline.intake.port import Claimed
from pipeline.intake.probe import RealProbe
from pipeline.intake.step import Intake


class _Count:
    def __init__(self) -> None:
        self.received = 0

    def receive(self, claimed: Claimed) -> None:
        claimed.path.read_bytes()
        self.received += 1


def _wav(number: int) -> bytes:
    data = struct.pack("<q", number) + bytes(320)
    body = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    body += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        inbox = Path(folder)
        for number in range(files):
            (inbox / f"{number}.wav").write_bytes(_wav(number))
        count = _Count()
        intake = Intake(inbox, count, RealProbe(), Limits(settle_seconds=0))  # type: ignore[arg-type]
        began, worked = time.perf_counter(), time.process_time()
        intake.sweep()
        wall, cpu = time.perf_counter() - began, time.process_time() - worked
        began = time.process_time()
        intake.sweep()
        idle = time.process_time() - began
    print(f"{count.received} files: {wall:.1f} s, {cpu:.1f} processor s; an idle sweep: {idle * 1000:.1f} ms")


if __name__ == "__main__":
    main()
