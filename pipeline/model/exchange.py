"""What comes back in the DOCX copy of a draft."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from pipeline.model.case import BlobRef
from pipeline.model.document import Section
from pipeline.model.text import Finding

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LARGEST_COPY = 8 * 1024 * 1024
"""Bytes of the file. A draft is 20 to 60 KiB; Word adds a picture of the first page."""
EXCHANGED_REVISION = "Calame.Revision"
"""The custom property of an exchange copy that names its revision: "case id/number"."""
EXCHANGED_SHA256 = "Calame.SHA256"
"""The one that holds `Revision.sha256`."""

_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"}
)
_QUOTED = re.compile(r"«\s*|\s*»")
_SPACED = re.compile(r"\s+(?=[:;!?%])")


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
    ``number`` the one that it made: 0 when a newer revision stood in its way (then nothing was changed), ``current``
    when it brought comments only. ``sections``
    is what it said, ``notes`` what the reviewer must know, in French; ``original`` the file itself. ``doubts`` are
    those of its own words, not those that the revision it came from had already; their places are in its headings and
    texts joined by empty lines.
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
    doubts: tuple[Finding, ...] = ()


def alike(text: str) -> str:
    """``text`` without what Word, LibreOffice and the layout change on their own, for comparisons only.

    That is the kind of white space, apostrophe, quotation mark, dash and ellipsis, a space inside « » or before
    ``: ; ! ? %``, and the form of a letter with its accent (Unicode NFC). Fractions and raised figures are kept apart.
    """
    text = unicodedata.normalize("NFC", text).translate(_ALIKE)
    text = _QUOTED.sub('"', text)
    return " ".join(_SPACED.sub("", text).split())
