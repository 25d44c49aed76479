"""What this room needs of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.model.case import Case, Medium


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file that was taken: ``claim_id`` is unique and makes a repeat after a crash harmless.

    ``path`` is the claimed file, ``name`` the name it was dropped under, ``author`` the first folder under the inbox.
    """

    claim_id: str
    path: Path
    name: str
    author: str
    medium: Medium
    media_type: str


class Reception(Protocol):
    """Takes over a claimed file: keeps it unchanged and opens a case."""

    def receive(self, claimed: Claimed) -> Case:
        """Idempotent by ``claim_id``. Copies the file into the store of originals; intake deletes the claim afterwards.

        Raises `FileRefused` when the same content was already received under another claim, `StorageBusy` when
        it should be tried again later.
        """
        ...
