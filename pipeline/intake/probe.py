"""The real probe: PyAV for sound, Pillow for images, pikepdf for PDF, and for DOCX what it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from pipeline.intake.audio_probe import check_audio
from pipeline.intake.image_probe import check_image
from pipeline.intake.pdf_probe import check_pdf
from pipeline.intake.reasons import Reason
from pipeline.model.exchange import DOCX, LARGEST_COPY


class RealProbe:
    """Implements `pipeline.intake.port.Probe`. The libraries load on the first file of their kind.

    ``check_copy`` inspects the bytes of a DOCX and raises `FileRefused` unless it is the copy of a draft; without it no
    DOCX is taken.
    """

    def __init__(self, check_copy: Callable[[bytes], object] | None = None) -> None:
        self._check_copy = check_copy

    def check(self, file: BinaryIO, media_type: str) -> None:
        file.seek(0)
        if media_type == "application/pdf":
            check_pdf(file)
        elif media_type == DOCX:
            if self._check_copy is None:
                raise Reason.OFFICE.error()
            self._check_copy(file.read(LARGEST_COPY + 1))
        elif media_type.startswith("image/"):
            check_image(file, media_type)
        else:
            check_audio(file, media_type)
