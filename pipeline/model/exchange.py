"""What comes back in the DOCX copy of a draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.model.case import BlobRef
from pipeline.model.document import Section

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST_COPY = 8 * 1024 * 1024
"""Bytes of the file. A draft is 20 to 60 KiB; Word adds a picture of the first page."""
EXCHANGED_REVISION = "Calame.Revision"
"""The custom property of an exchange copy that names its revision: "case id/number"."""
EXCHANGED_SHA256 = "Calame.SHA256"
"""The one that holds `Revision.sha256`."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of Word or LibreOffice: who wrote it, about which words (may be empty), and what it says."""

    author: str
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Returned:
    """A copy that was edited and dropped in the inbox.

    ``base`` is the number of the revision that was edited, ``current`` the one that stood when it came back, and
    ``number`` the one that it made: 0 when a newer revision stood in its way (then nothing was changed). ``sections``
    is what it said, ``notes`` what the reviewer must know, in French; ``original`` the file itself.
    """

    base: int
    current: int
    number: int
    sections: tuple[Section, ...]
    comments: tuple[Comment, ...]
    notes: tuple[str, ...]
    original: BlobRef
    claim_id: str
    by: str
    at: datetime
