"""What this room needs of a signature library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline.model.people import User


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What a check of a signed PDF says: ``valid`` only when intact, trusted and covering the whole file."""

    valid: bool
    intact: bool
    trusted: bool
    whole_file: bool
    signer: str = ""
    signed_at: datetime | None = None
    level: str = ""
    message: str = ""


class PdfSigner(Protocol):
    """Signs and checks PDF files."""

    def sign(self, pdf: bytes, *, signer: User, at: datetime, reason: str) -> bytes:
        """An incremental update: the result begins with ``pdf`` unchanged. Raises `SigningFailed`."""
        ...

    def verify(self, pdf: bytes) -> SignatureReport:
        """Never raises on a damaged file: it is reported as not valid."""
        ...
