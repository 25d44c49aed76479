"""What this room needs of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.model.case import Case, Medium


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file that was taken: ``claim_id`` is unique and makes a repeat after a crash harmless.

    ``path`` is the claimed file, ``name`` the name it was dropped under, ``author`` the first folder under the inbox.
    ``medium`` is None for a copy of a draft that comes back.
    """

    claim_id: str
    path: Path
    name: str
    author: str
    medium: Medium | None
    media_type: str


class Reception(Protocol):
    """Takes over a claimed file: keeps it unchanged and opens a case."""

    def receive(self, claimed: Claimed) -> Case:
        """Idempotent by ``claim_id``. Copies the file into the store of originals; intake deletes the claim afterwards.

        Raises `FileRefused` when the same content was already received under another claim, `StorageBusy` when
        it should be tried again later.
        """
        ...


class Probe(Protocol):
    """Opens a file for real, to know that it can be decoded."""

    def check(self, file: BinaryIO, media_type: str) -> None:
        """``file`` stands at its start and is never closed here. Raises `FileRefused` when it cannot be decoded."""
        ...
