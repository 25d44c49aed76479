"""What this room needs of a signature library."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline.model.people import User

REVIEW, SIGNATURE, SEAL = "relecture", "signature", "scellement"
"""What a signature in a file is: a secretary's review, the signature itself, a time stamp of the whole file."""


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """One signature of a file, in the order in which they were made.

    ``signer`` is who signed: the holder of the certificate, or, when that is the practice's own (``vouched``), the
    person whom the practice named. ``holder`` and ``issuer`` say whose certificate it was, ``numbers`` the identifiers
    that it carries ("RPPS 10001234566"). ``claimed`` is whom the file names; ``named`` is False when that is somebody
    else than the certificate says.

    The hour is ``stamped_at`` when a time-stamp authority (``stamped_by``) gave it; ``claimed_at`` is the signing
    computer's. ``intact``: what it covers is what was signed, and nothing but permitted signatures came after.
    """

    role: str
    signer: str
    holder: str
    issuer: str
    reason: str
    claimed_at: datetime | None
    stamped_at: datetime | None
    stamped_by: str
    level: str
    intact: bool
    trusted: bool
    claimed: str = ""
    numbers: tuple[str, ...] = ()
    vouched: bool = False
    named: bool = True


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What a check of a signed PDF says: ``valid`` only when intact, trusted, covering the whole file, and ``named``:
    nobody is named as signer but whom the certificates name.

    ``signer``, ``signed_at`` (the authority's hour, else the claimed one) and ``level`` are the last signature's.
    ``source`` is the structured source that the file carries, and ``source_intact`` whether it is the one that was
    signed first; None for a file without.
    """

    valid: bool
    intact: bool
    trusted: bool
    whole_file: bool
    signer: str = ""
    signed_at: datetime | None = None
    level: str = ""
    message: str = ""
    signatures: tuple[SignatureFacts, ...] = ()
    source: bytes = b""
    source_intact: bool | None = None
    named: bool = True

    @property
    def signed(self) -> bool:
        """Whether somebody signed it, which a review alone does not."""
        return any(one.role == SIGNATURE for one in self.signatures)


class PdfSigner(Protocol):
    """Signs and checks PDF files."""

    def sign(self, pdf: bytes, *, signer: User, at: datetime, reason: str, on_behalf_of: str = "") -> bytes:
        """An incremental update: the result begins with ``pdf`` unchanged. ``on_behalf_of`` is the doctor by whose
        delegation it is signed. Raises `SigningFailed`, `TimestampUnreachable`."""
        ...

    def mark_reviewed(self, pdf: bytes, *, reviewer: User, at: datetime, reason: str) -> bytes:
        """The reviewer's invisible signature, before the one that engages: an incremental update that leaves the empty
        signature field to be filled and forbids everything else. Raises `SigningFailed`."""
        ...

    def verify(self, pdf: bytes) -> SignatureReport:
        """Never raises on a damaged file: it is reported as not valid."""
        ...


class Token(Protocol):
    """A card or module that keeps the key and asks for a code."""

    def open(self, pin: str) -> AbstractContextManager[PdfSigner]:
        """A signer for as many documents as wanted; the code is tried once and kept nowhere.

        Raises `PinRefused`, `TokenMissing`.
        """
        ...
