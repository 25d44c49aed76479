"""Opens audio with PyAV (FFmpeg's libraries)."""

from __future__ import annotations

from typing import BinaryIO

from pipeline.intake.reasons import Reason

_FORMATS = {
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/mp4": "mp4",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
    "audio/x-ms-wma": "asf",
    "audio/amr": "amr",
    "audio/basic": "au",
    "audio/aiff": "aiff",
    "audio/webm": "matroska",
}
"""The one FFmpeg demuxer for each kind. It is never left to guess: its playlists could open other files."""


def check_audio(file: BinaryIO, media_type: str) -> None:
    """Decode the first frame. Raises `FileRefused`."""
    import av  # here: a sixth of a second, only when there is a dictation

    try:
        with av.open(file, mode="r", format=_FORMATS[media_type], metadata_errors="replace") as container:
            if not container.streams.audio:
                raise Reason.NO_SOUND.error()
            if next(container.decode(audio=0), None) is None:
                raise Reason.NO_SOUND.error()
    except (av.error.FFmpegError, ValueError, UnicodeError) as error:
        raise Reason.UNDECODABLE.error() from error
