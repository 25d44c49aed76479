"""A case: one thing received, its status and the moves it may make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.errors import MoveForbidden


class Medium(StrEnum):
    """What was received."""

    DICTATION = "dictation"
    SCAN = "scan"


class Urgency(StrEnum):
    """How soon the document must leave."""

    ROUTINE = "routine"
    URGENT = "urgent"


class Status(StrEnum):
    """Where a case stands. A comment says who acts next."""

    RECEIVED = "received"  # original kept; the worker transcribes or reads it
    TRANSCRIBED = "transcribed"  # a text exists; the worker checks its terms
    CHECKED = "checked"  # findings exist; the worker looks for patient and kind
    HELD = "held"  # patient unknown or doubtful; a secretary answers
    IDENTIFIED = "identified"  # patient and kind known; the worker composes the draft
    TO_REVIEW = "to_review"  # a draft waits for the secretary
    SENT_BACK = "sent_back"  # the doctor sent it back with a remark; the secretary corrects
    TO_SIGN = "to_sign"  # approved; waits for who may sign this kind
    SIGNED = "signed"  # signed; the worker files it
    TO_CONFIRM = "to_confirm"  # a scan was read; a person confirms patient and kind
    CONFIRMED = "confirmed"  # confirmed; the worker files it
    FILED = "filed"  # in the archive: the end, unless a new version replaces it
    REPLACED = "replaced"  # cancelled and replaced by a new version; stays in the archive: the end
    FAILED = "failed"  # a step failed; a person retries or discards
    DISCARDED = "discarded"  # set aside by a person with a reason; can be restored


WORKER_STATUSES: frozenset[Status] = frozenset(
    {
        Status.RECEIVED,
        Status.TRANSCRIBED,
        Status.CHECKED,
        Status.IDENTIFIED,
        Status.SIGNED,
        Status.CONFIRMED,
    }
)
"""The statuses at which the machine acts; at all others it waits for a person or is done."""

MOVES: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset({Status.TRANSCRIBED, Status.IDENTIFIED, Status.FAILED, Status.DISCARDED}),
    Status.TRANSCRIBED: frozenset({Status.CHECKED, Status.FAILED, Status.DISCARDED}),
    Status.CHECKED: frozenset({Status.IDENTIFIED, Status.HELD, Status.TO_CONFIRM, Status.FAILED, Status.DISCARDED}),
    Status.HELD: frozenset({Status.IDENTIFIED, Status.DISCARDED}),
    Status.IDENTIFIED: frozenset({Status.TO_REVIEW, Status.FAILED, Status.DISCARDED}),
    Status.TO_REVIEW: frozenset({Status.TO_SIGN, Status.HELD, Status.IDENTIFIED, Status.DISCARDED}),
    Status.SENT_BACK: frozenset({Status.TO_SIGN, Status.HELD, Status.IDENTIFIED, Status.DISCARDED}),
    Status.TO_SIGN: frozenset({Status.SIGNED, Status.SENT_BACK, Status.TO_REVIEW}),
    Status.SIGNED: frozenset({Status.FILED, Status.FAILED}),
    Status.TO_CONFIRM: frozenset({Status.CONFIRMED, Status.RECEIVED, Status.DISCARDED}),
    Status.CONFIRMED: frozenset({Status.FILED, Status.FAILED, Status.TO_CONFIRM}),
    Status.FILED: frozenset({Status.REPLACED}),
    Status.REPLACED: frozenset(),
    Status.FAILED: WORKER_STATUSES | {Status.DISCARDED},
    Status.DISCARDED: frozenset(
        {Status.RECEIVED, Status.HELD, Status.TO_REVIEW, Status.SENT_BACK, Status.TO_CONFIRM, Status.FAILED}
    ),
}
"""The only allowed moves. A filed document is cancelled and replaced by a new case that names its record."""


def check_move(current: Status, target: Status) -> None:
    """Raise `MoveForbidden` unless ``MOVES`` allows ``current → target``."""
    if target not in MOVES[current]:
        raise MoveForbidden("Ce geste n'est plus possible : ce dossier n'en est plus à cette étape.")


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A kept file, named by its content: lower-case hex SHA-256, size in bytes, MIME type."""

    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class Case:
    """One received thing.

    ``number`` is what people say ("2026-000123"); ``move_no`` counts moves and makes every job key
    unique; ``author`` is the login of the doctor whose inbox subfolder it came from, or ``""``; ``assigned`` is the
    login of whoever the case was given to, or ``""``.
    """

    id: str
    number: str
    medium: Medium
    status: Status
    move_no: int
    urgency: Urgency
    author: str
    original: BlobRef
    original_name: str
    received_at: datetime
    updated_at: datetime
    kind: str = ""
    patient_id: str = ""
    title: str = ""
    message: str = ""
    replaces: str = ""
    revision_no: int = 0
    assigned: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One line of a case's history. ``actor`` is a login or ``"worker"``."""

    case_id: str
    no: int
    source: Status | None
    target: Status
    actor: str
    at: datetime
    reason: str = ""
