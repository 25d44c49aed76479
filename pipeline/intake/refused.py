"""What stands in ``_refused/``, for people to see: each file's name and its French reason."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.intake.refusals import FOLDER

LONGEST_REASON = 4000
"""Bytes read of a reason: the folder can be written to by others."""
SHOWN = 200


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was set aside, and why."""

    name: str
    reason: str
    at: datetime


def refused_files(inbox: Path) -> list[RefusedFile]:
    """The newest `SHOWN`, newest first. What cannot be read is left out; nothing is followed or opened but reasons."""
    found: list[RefusedFile] = []
    try:
        entries = [entry for entry in os.scandir(inbox / FOLDER) if entry.name.endswith(".txt")]
    except OSError:
        return []
    for entry in entries:
        name = entry.name.removesuffix(".txt")
        if not os.path.lexists(inbox / FOLDER / name):
            continue  # a refused text file itself, or a reason whose file was taken away
        try:
            descriptor = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                facts = os.fstat(file.fileno())
                if stat.S_ISREG(facts.st_mode):
                    text = file.read(LONGEST_REASON).decode("utf-8", "replace")
                    found.append(RefusedFile(name, text, datetime.fromtimestamp(facts.st_mtime, UTC)))
        except OSError:
            continue
    return sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]


def refused_stamp(inbox: Path) -> int:
    """Changes when something is added to what was set aside, or taken away."""
    try:
        return (inbox / FOLDER).stat().st_mtime_ns
    except OSError:
        return 0
