"""What is asked of the pile and what it answers: filtered, sorted, counted, and who is at work on what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.model.case import Case, Status, Urgency
from pipeline.model.people import Patient

LOCK_SECONDS = 90
"""How long a lock holds without a sign of life; an open page gives one every 30 s (``static/pile.js``)."""
LEAVE_SECONDS = 10
"""How long it still holds when its page is left: who saves and comes back to the same page keeps it."""
PAGE = 50
"""Cases, or documents of a patient, on one page."""


class Order(StrEnum):
    """How the pile is sorted; urgent cases stand first in the first one only."""

    WAITING = "attente"
    NEWEST = "recent"
    PATIENT = "patient"
    AUTHOR = "auteur"
    KIND = "type"


@dataclass(frozen=True, slots=True)
class PileQuery:
    """What is looked for; an empty field does not filter.

    ``patient`` is what was typed: name words, a birth date or a matricule, as in the search for patients, or the number
    of a case. ``before`` is the latest moment of reception. ``page`` counts from 1.
    """

    statuses: tuple[Status, ...]
    urgency: Urgency | None = None
    author: str = ""
    assigned: str = ""
    kind: str = ""
    patient: str = ""
    patient_id: str = ""
    before: datetime | None = None
    order: Order = Order.WAITING
    page: int = 1
    size: int = PAGE


@dataclass(frozen=True, slots=True)
class Lock:
    """Who is at work on a case since when; over at ``until`` unless the page gives a sign of life."""

    case_id: str
    login: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class PileRow:
    """A line of the pile. ``progress`` is a share in [0, 1] while the machine works, else None."""

    case: Case
    patient: Patient | None
    lock: Lock | None
    progress: float | None


@dataclass(frozen=True, slots=True)
class Facets:
    """Cases that a query finds by status (whatever status it asks for), and by author and kind among its statuses."""

    statuses: dict[Status, int]
    authors: dict[str, int]
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class Span:
    """Hours from reception: the median and the 90th percentile of ``count`` documents; None without any."""

    count: int
    median: float | None
    ninth: float | None


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from ``first``: how long the documents signed, and those filed, in them had taken."""

    first: date
    signed: Span
    filed: Span
