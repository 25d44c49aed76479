"""Opens PDF files with pikepdf (qpdf)."""

from __future__ import annotations

from typing import BinaryIO

from pipeline.intake.reasons import Reason


def check_pdf(file: BinaryIO) -> None:
    """Open and count the pages. A password is no fault here: the scan room answers for it. Raises `FileRefused`."""
    import pikepdf  # here: only when there is a PDF

    try:
        with pikepdf.open(file) as pdf:
            if not len(pdf.pages):
                raise Reason.UNDECODABLE.error()
    except pikepdf.PasswordError:
        return
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Reason.UNDECODABLE.error() from error
