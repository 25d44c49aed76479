"""Whether the archive still holds what was filed: every record's file, with its hash, and nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.archive.port import Shelf
from pipeline.errors import ArchiveConflict, IntegrityBroken
from pipeline.model.document import Record


class Fault(StrEnum):
    """What is wrong with a file."""

    MISSING = "missing"  # a record has no readable file
    CHANGED = "changed"  # the file does not have the record's hash
    EXTRA = "extra"  # a file that no record names


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault. ``message`` is French and free of patient data; ``path`` names a patient: never log it."""

    fault: Fault
    record_id: str
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """``checked`` counts records."""

    checked: int
    troubles: tuple[Trouble, ...]

    @property
    def whole(self) -> bool:
        return not self.troubles

    @property
    def message(self) -> str:
        if self.whole:
            return f"Archive intacte : {self.checked} document(s) vérifié(s)."
        return (
            f"Archive à contrôler : {len(self.troubles)} anomalie(s) pour {self.checked} document(s). "
            "N'effacez rien et comparez avec la dernière sauvegarde."
        )


def check_archive(records: Iterable[Record], shelf: Shelf) -> ArchiveReport:
    """Read every file and compare its SHA-256 with its record; never raises on a broken archive."""
    troubles: list[Trouble] = []
    known: set[str] = set()
    checked = 0
    for record in records:
        checked += 1
        known.add(record.path)
        fault = _fault(record, shelf)
        if fault is not None:
            troubles.append(Trouble(fault, record.id, record.path, _message(fault, record.id)))
    extra = (path for path in shelf.paths() if path not in known)
    troubles.extend(Trouble(Fault.EXTRA, "", path, _message(Fault.EXTRA, "")) for path in extra)
    return ArchiveReport(checked, tuple(troubles))


def _fault(record: Record, shelf: Shelf) -> Fault | None:
    try:
        content = shelf.read(record.path)
    except (IntegrityBroken, ArchiveConflict):
        return Fault.MISSING
    return None if hashlib.sha256(content).hexdigest() == record.sha256 else Fault.CHANGED


def _message(fault: Fault, record_id: str) -> str:
    return {
        Fault.MISSING: f"Le fichier du document {record_id} est absent ou illisible.",
        Fault.CHANGED: f"Le fichier du document {record_id} a changé depuis son archivage.",
        Fault.EXTRA: "Un fichier que l'archive ne connaît pas se trouve dans ses dossiers.",
    }[fault]
