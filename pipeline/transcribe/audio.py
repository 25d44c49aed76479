"""Sound files of any kind become windows of 16 kHz mono samples, in bounded memory, with PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import av
import numpy as np
import numpy.typing as npt
from av.audio.resampler import AudioResampler

from pipeline.errors import AudioUnreadable

Samples: TypeAlias = npt.NDArray[np.float32]

RATE = 16_000
"""What Whisper and Silero VAD take."""
WINDOW_SECONDS = 240
FRAME = 512
"""Samples that voice activity (Silero) looks at together."""
CUT_SECONDS = 30
"""A window ends at the quietest half second of its last ``CUT_SECONDS``, so that no word is cut."""
FORMATS = "aac,aiff,amr,asf,au,caf,flac,matroska,mov,mp3,ogg,w64,wav"
"""FFmpeg demuxers of sound. Playlists (hls, concat) are left out: they can name other files and addresses."""
WORST_PACKETS = 0.01
"""Share of undecodable packets that is still taken (junk after the sound of an MP3 is common)."""
WHOLE = 0.9
"""Share of the seconds told by the header that must be there."""
ESTIMATED = frozenset({"mp3", "aac", "amr"})
"""Formats whose length FFmpeg may only estimate from the bit rate: not a proof that something lacks."""
OPPOSITE = -0.3
"""Correlation of two channels under which their sum would cancel the voice."""
LOUDER = 10.0
"""Power ratio from which the quieter channel only adds noise."""
QUIET = 1e-12


@dataclass(frozen=True, slots=True)
class Window:
    """``samples``: float32 mono at ``RATE``; ``start`` and ``total`` in seconds (``total`` 0 when unknown)."""

    start: float
    samples: Samples
    total: float


def windows(path: str, seconds: int = WINDOW_SECONDS) -> Iterator[Window]:
    """Decode ``path`` window by window. Raises `AudioUnreadable` when it holds no sound or part of it is lost."""
    try:
        yield from _windows(path, seconds)
    except (av.FFmpegError, OSError, ValueError, EOFError) as error:
        raise AudioUnreadable("Ce fichier audio ne peut pas être lu.") from error


def mix(channels: Samples) -> Samples:
    """Mono from ``(channels, n)``: the louder one when they differ much, the difference when they are opposed."""
    left: Samples = channels[0]
    if len(channels) == 1:
        return left
    right: Samples = channels[1]
    power_left, power_right = float(np.dot(left, left)) + QUIET, float(np.dot(right, right)) + QUIET
    if max(power_left, power_right) > LOUDER * min(power_left, power_right):
        louder: Samples = left if power_left > power_right else right
        return louder
    if float(np.dot(left, right)) / (power_left * power_right) ** 0.5 < OPPOSITE:
        right = -right
    mixed: Samples = (left + right) * np.float32(0.5)
    return mixed


def _windows(path: str, seconds: int) -> Iterator[Window]:
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    with av.open(path, "r", options=options, metadata_errors="ignore") as container:
        if not container.streams.audio:
            raise AudioUnreadable("Ce fichier ne contient pas de son.")
        total = (container.duration or 0) / av.time_base
        held: list[Samples] = []
        count = done = 0
        for piece in _pieces(container):
            held.append(piece)
            count += piece.shape[1]
            if count >= seconds * RATE:
                samples = mix(np.concatenate(held, axis=1))
                cut = _cut(samples)
                yield Window(done / RATE, samples[:cut], total)
                held, count, done = [np.concatenate(held, axis=1)[:, cut:]], count - cut, done + cut
        if not done and not count:
            raise AudioUnreadable("Ce fichier ne contient pas de son.")
        _check_whole(container.format.name, (done + count) / RATE, total)
        if count:
            yield Window(done / RATE, mix(np.concatenate(held, axis=1)), total)


def _check_whole(kind: str, decoded: float, told: float) -> None:
    """Raise `AudioUnreadable` when the header tells of clearly more seconds than there are: the copy was cut."""
    if kind not in ESTIMATED and decoded < WHOLE * told - 1:
        raise AudioUnreadable(
            f"Ce fichier audio est incomplet : {decoded:.0f} secondes sur les {told:.0f} qu'il annonce."
        )


def _pieces(container: Any) -> Iterator[Samples]:
    """Resampled pieces ``(1 or 2 channels, n)``; counts packets that cannot be decoded."""
    stream = container.streams.audio[0]
    layout = "mono" if stream.channels == 1 else "stereo"
    resampler = AudioResampler(format="fltp", layout=layout, rate=RATE)
    packets = lost = 0
    for packet in container.demux(stream):
        packets += 1
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            lost += 1
            continue
        for frame in frames:
            for ready in resampler.resample(frame):
                yield ready.to_ndarray().astype(np.float32, copy=False)
    for ready in resampler.resample(None):
        yield ready.to_ndarray().astype(np.float32, copy=False)
    if lost > 1 and lost > WORST_PACKETS * packets:
        raise AudioUnreadable("Une partie de ce fichier audio est illisible.")


def _cut(samples: Samples) -> int:
    """The middle of the quietest half second near the end, at a frame of voice activity: it then hears the next window
    as it would have gone on."""
    span = RATE // 2
    first = max(len(samples) - CUT_SECONDS * RATE, len(samples) // 2)
    tail = samples[first:]
    steps = len(tail) // span
    power = (tail[: steps * span].reshape(steps, span) ** 2).mean(axis=1)
    return (first + int(power.argmin()) * span + span // 2) // FRAME * FRAME
