"""What is to be done with one name of the inbox: take it, wait, or set it aside."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from pipeline.intake import places
from pipeline.intake.complete import is_whole
from pipeline.intake.names import is_temporary, name_fault
from pipeline.intake.places import Entry, Mark
from pipeline.intake.reasons import Reason
from pipeline.intake.sniff import HEAD, Kind, sniff

_IRREGULAR: tuple[tuple[Callable[[int], bool], Reason], ...] = (
    (stat.S_ISLNK, Reason.SYMLINK),
    (stat.S_ISFIFO, Reason.PIPE),
    (stat.S_ISSOCK, Reason.SOCKET),
    (stat.S_ISBLK, Reason.DEVICE),
    (stat.S_ISCHR, Reason.DEVICE),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes.

    ``settle_seconds``: a file is looked at after so long without change. ``empty_seconds``: an empty one may be a
    network copy that has not begun. ``patience_seconds``: a file that is not whole is set aside after so long
    without change.
    """

    settle_seconds: float = 2.0
    empty_seconds: float = 30.0
    patience_seconds: float = 1800.0
    largest: int = 2048 * 1024 * 1024


class Verdict(Enum):
    """Not a kind and not a reason: not yet."""

    WAIT = "wait"


def irregular(status: os.stat_result) -> Reason | None:
    """Why what has this status is not a file of its own, or None."""
    for test, reason in _IRREGULAR:
        if test(status.st_mode):
            return reason
    return Reason.HARD_LINK if stat.S_ISREG(status.st_mode) and status.st_nlink > 1 else None


def judge(descriptor: int, entry: Entry, quiet: float, limits: Limits) -> Kind | Reason | Verdict:
    """The verdict on ``entry`` of the open folder ``descriptor``, unchanged for ``quiet`` seconds. Raises OSError."""
    fault = irregular(entry.status)
    if fault is not None and fault is not Reason.HARD_LINK:  # these cannot be half copied
        return fault
    if quiet < limits.settle_seconds:
        return Verdict.WAIT
    if is_temporary(entry.name):
        return _lost_patience(quiet, limits)
    fault = name_fault(entry.name) or fault
    if fault is None and entry.is_folder:  # a folder comes here for its name or its depth only
        fault = Reason.TOO_DEEP
    if fault is not None:
        return fault
    if entry.status.st_size == 0:
        return Reason.EMPTY if quiet >= limits.empty_seconds else Verdict.WAIT
    return Reason.TOO_LARGE if entry.status.st_size > limits.largest else _look_inside(descriptor, entry, quiet, limits)


def _look_inside(descriptor: int, entry: Entry, quiet: float, limits: Limits) -> Kind | Reason | Verdict:
    with places.regular_file(descriptor, entry.name) as file:
        status = os.fstat(file)
        if Mark.of(status) != entry.mark or places.being_written(file):
            return _lost_patience(quiet, limits)
        head = os.pread(file, HEAD, 0)
        if not any(head):  # room was made, nothing is written yet
            return _lost_patience(quiet, limits)
        kind = sniff(head)
        if isinstance(kind, Kind) and is_whole(file, status.st_size, kind.media_type) is False:
            return _lost_patience(quiet, limits)
        return kind


def _lost_patience(quiet: float, limits: Limits) -> Reason | Verdict:
    return Reason.NEVER_COMPLETE if quiet >= limits.patience_seconds else Verdict.WAIT
