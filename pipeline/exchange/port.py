"""What this room needs: a reader of returned copies, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pipeline.model.exchange import Comment


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or a table of the body, as it is seen once tracked changes are accepted.

    ``text`` has its lines parted by ``\\n``; of a table it is each row on a line, its cells parted by " | ".
    ``section`` is the number of the bookmark in which it begins, 0 outside. ``lines`` is all its text for a comparison.
    ``faults`` says in French how its text is not what an eye reads (hidden, struck, tiny…), ``drawn`` what stands in it
    besides text (a drawing, a note…).
    """

    text: str
    heading: bool = False
    table: bool = False
    section: int = 0
    faults: tuple[str, ...] = ()
    drawn: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """What stands in a copy. ``case_id``, ``number`` and ``sha256`` name the revision that it says it was made from.

    ``margins`` are the texts of headers and footers without page numbers, sorted. ``notes`` are
    in French, for the reviewer.
    """

    case_id: str
    number: int
    sha256: str
    blocks: tuple[Block, ...]
    margins: tuple[str, ...]
    comments: tuple[Comment, ...] = ()
    notes: tuple[str, ...] = ()


class CopyReader(Protocol):
    """Opens a DOCX file once it is known to be harmless."""

    def read(self, content: bytes) -> Copy:
        """Reads no other file, asks nothing of the network and runs nothing. Raises `FileRefused` with the reason."""
        ...
