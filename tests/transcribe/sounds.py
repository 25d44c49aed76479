"""Makes other formats of the carried samples with PyAV."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler

from pipeline.transcribe.audio import RATE, Samples, windows

ENCODINGS = {
    "wav": ("pcm_s16le", 44_100, "mono"),
    "mp3": ("libmp3lame", 44_100, "mono"),
    "m4a": ("aac", 44_100, "mono"),
    "opus": ("libopus", 48_000, "mono"),
    "flac": ("flac", 16_000, "stereo"),
    "wma": ("wmav2", 44_100, "mono"),
    "amr": ("libopencore_amrnb", 8_000, "mono"),
    "au": ("pcm_mulaw", 8_000, "mono"),
    "ulaw.wav": ("pcm_mulaw", 8_000, "mono"),
}


def samples_of(path: Path) -> Samples:
    return np.concatenate([window.samples for window in windows(str(path))])


def encode(sound: Samples, target: Path, codec: str, rate: int, layout: str) -> None:
    """``sound`` is ``(n,)`` or ``(2, n)``, float32 at 16 kHz."""
    channels = np.atleast_2d(sound).astype(np.float32)
    with av.open(str(target), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.layout = layout
        if codec == "wmav2":
            stream.bit_rate = 64_000
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(channels), format="fltp", layout="stereo" if len(channels) == 2 else "mono"
        )
        frame.sample_rate = RATE
        resampler = AudioResampler(format=stream.format, layout=layout, rate=rate, frame_size=stream.frame_size or 1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
