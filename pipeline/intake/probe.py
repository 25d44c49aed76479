"""The real probe: PyAV for sound, Pillow for images, pikepdf for PDF."""

from __future__ import annotations

from typing import BinaryIO

from pipeline.intake.audio_probe import check_audio
from pipeline.intake.image_probe import check_image
from pipeline.intake.pdf_probe import check_pdf


class RealProbe:
    """Implements `pipeline.intake.port.Probe`. The libraries load on the first file of their kind."""

    def check(self, file: BinaryIO, media_type: str) -> None:
        file.seek(0)
        if media_type == "application/pdf":
            check_pdf(file)
        elif media_type.startswith("image/"):
            check_image(file, media_type)
        else:
            check_audio(file, media_type)
