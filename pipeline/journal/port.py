"""What the flow needs of the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.model.case import BlobRef, Case, Medium, Move, Status, Urgency
from pipeline.model.dictionary import Accepted, Dictionary, WordChange
from pipeline.model.document import Record
from pipeline.model.learning import Learned, Sighting
from pipeline.model.people import Correspondent, Patient, User
from pipeline.model.pile import Facets, Lock, PileQuery, PileRow, Week

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One link of the chain: ``hash`` = SHA-256 over the previous hash and this entry's canonical JSON."""

    seq: int
    at: datetime
    actor: str
    action: str
    case_id: str
    details: Mapping[str, str]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """``whole`` is false when an entry was changed, removed or inserted; ``broken_at`` is its ``seq``."""

    whole: bool
    entries: int
    broken_at: int | None = None


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """What to show of the trail; empty fields ask for nothing. ``before`` is a ``seq``: only older entries."""

    actor: str = ""
    action: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int = 0
    limit: int = 200


@dataclass(frozen=True, slots=True)
class CaseChanges:
    """Columns to change with a move; None leaves one as it is."""

    kind: str | None = None
    patient_id: str | None = None
    title: str | None = None
    urgency: Urgency | None = None
    message: str | None = None
    revision_no: int | None = None
    author: str | None = None
    assigned: str | None = None


@dataclass(frozen=True, slots=True)
class CaseMove:
    """A move among several that are made together. ``case`` is compared and set like in `Journal.move`."""

    case: Case
    target: Status
    results: Mapping[str, object]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CaseOpening:
    """A case opened for pages of ``parent``: it shares its original, author and time of reception. ``id``: 32 hex."""

    id: str
    parent: Case
    results: Mapping[str, object]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. ``refused`` pairs a line number with a French reason."""

    added: int
    changed: int
    same: int
    refused: tuple[tuple[int, str], ...] = field(default=())


class Journal(Protocol):
    """Every write of a case is one transaction: the move, the results, the changed columns and the audit entry."""

    # cases
    def open_case(
        self,
        *,
        claim_id: str,
        medium: Medium,
        author: str,
        original: BlobRef,
        original_name: str,
        received_at: datetime,
        replaces: str = "",
    ) -> Case:
        """Status RECEIVED. The same ``claim_id`` again returns the same case. Raises `FileRefused` when another
        case has the same original (message names its number and date)."""
        ...

    def case(self, case_id: str) -> Case:
        """By id or by number. Raises `CaseUnknown`."""
        ...

    def pile(self, statuses: Iterable[Status], *, limit: int = 500) -> list[Case]:
        """Urgent first, then oldest first."""
        ...

    def counts(self) -> dict[Status, int]: ...

    # the pile as people see it
    def pile_rows(self, query: PileQuery) -> list[PileRow]:
        """One page, sorted."""
        ...

    def following(self, statuses: Sequence[Status], *, but: str, authors: Sequence[str] = ()) -> Case | None:
        """The first of the pile that is not the case ``but`` (an id) and has one of ``authors`` (none given: any)."""
        ...

    def facets(self, query: PileQuery) -> Facets: ...

    def pile_stamp(self) -> tuple[str, str, str]:
        """Three short texts: one changes with any case, one with who is at work, one with a machine's progress."""
        ...

    def turnaround(self, weeks: int = 4) -> list[Week]:
        """Of dictations, oldest week first; the last one ends today."""
        ...

    # who is at work on what
    def lock(self, case_id: str, login: str, *, take_over: bool = False) -> Lock:
        """Take or keep the lock when it is free, over or one's own; returns the lock that holds then, perhaps
        another's. ``take_over`` takes it anyway and writes that to the audit trail."""
        ...

    def unlock(self, case_id: str, login: str) -> None:
        """Give it back in a moment (`LEAVE_SECONDS`); another's is left alone."""
        ...

    def locked(self, case_id: str) -> Lock | None: ...

    def move(
        self,
        case: Case,
        target: Status,
        *,
        actor: str,
        reason: str = "",
        results: Mapping[str, object] | None = None,
        changes: CaseChanges | None = None,
        details: Mapping[str, str] | None = None,
        record: Record | None = None,
        learned: Sequence[Sighting] | None = None,
    ) -> Case:
        """Compare-and-set on ``case.move_no`` and ``case.revision_no`` (an approval never passes over a correction
        that came between). Raises `MoveForbidden`, `StaleCase` (nothing was written then).
        ``record`` is added to the records in the same transaction; so is ``learned``, in place of what this case had
        taught (None leaves that as it is)."""
        ...

    def move_together(
        self, moves: Sequence[CaseMove], *, actor: str, action: str, opening: CaseOpening | None = None
    ) -> list[Case]:
        """All of these moves, and the opening, or none: one transaction. Returns the moved cases, then the opened one.

        Raises `MoveForbidden`, `StaleCase`."""
        ...

    def note(
        self,
        case: Case,
        *,
        actor: str,
        action: str,
        results: Mapping[str, object] | None = None,
        changes: CaseChanges | None = None,
        details: Mapping[str, str] | None = None,
    ) -> Case:
        """Write results or changes without a move. Compare-and-set on ``case.move_no`` and ``case.revision_no``.
        Raises `StaleCase`."""
        ...

    def moves(self, case_id: str) -> list[Move]: ...

    def result(self, case_id: str, stage: str, type_: type[T]) -> T | None:
        """The newest result of a stage, decoded as the dataclass ``type_``."""
        ...

    def results(self, case_id: str, stage: str, type_: type[T]) -> list[T]:
        """All of them, oldest first."""
        ...

    # progress of long steps: shown, not history
    def set_progress(self, case_id: str, share: float) -> None:
        """``share`` in [0, 1]; cheap: writes at most twice a second for a case."""
        ...

    def progress(self) -> dict[str, float]:
        """Of the cases at a worker's status only."""
        ...

    # audit
    def record_action(
        self, *, actor: str, action: str, case_id: str = "", details: Mapping[str, str] | None = None
    ) -> None: ...

    def audit_entries(self, *, case_id: str = "", limit: int = 1000) -> list[AuditEntry]: ...

    def verify_audit(self) -> AuditReport: ...

    # registers
    def import_patients(self, patients: Sequence[Patient], *, actor: str) -> Imported: ...

    def patient(self, patient_id: str) -> Patient | None: ...

    def find_patients(self, text: str, *, limit: int = 20) -> list[Patient]:
        """Accent-blind prefix search in names, or a birth date (12/03/1954, 1954-03-12)."""
        ...

    def patients_by_ins(self, ins: str) -> list[Patient]: ...

    def patients_born_on(self, day: date) -> list[Patient]: ...

    def all_patients(self) -> Iterable[Patient]: ...

    def import_correspondents(self, people: Sequence[Correspondent], *, actor: str) -> Imported: ...

    def add_correspondent(self, person: Correspondent, *, actor: str, case_id: str = "") -> Correspondent:
        """A new record, with the id that it got, and its audit entry (``create-correspondent``), of the case that it
        was made for. Raises `RegisterError` when the RPPS number is another's."""
        ...

    def correspondent(self, correspondent_id: str) -> Correspondent | None: ...

    def all_correspondents(self) -> Iterable[Correspondent]: ...

    # records
    def records_of(self, patient_id: str) -> list[Record]: ...

    def timeline(
        self, patient_id: str, *, year: int | None = None, kinds: Sequence[str] = (), page: int = 1, size: int = 50
    ) -> list[Record]:
        """One page of a patient's documents, the newest first; ``page`` counts from 1."""
        ...

    def years_of(self, patient_id: str) -> dict[int, dict[str, int]]:
        """How many documents of each kind, by year, the latest first."""
        ...

    def record(self, record_id: str) -> Record | None: ...

    def all_records(self) -> Iterable[Record]: ...

    # users; passwords are argon2id hashes made by the caller. What opens an account is in `accounts_port.py`
    def save_user(self, user: User, password_hash: str, *, actor: str) -> None: ...

    def user(self, login: str) -> tuple[User, str] | None: ...

    def users(self) -> list[User]: ...

    # the practice's own words
    def accept_word(self, word: str, *, actor: str, author: str = "") -> None: ...

    def forget_word(self, word: str, *, actor: str) -> None: ...

    def change_word(self, word_id: str, change: WordChange, *, actor: str) -> None:
        """Forget an accepted word, restore, share, keep for its author or erase it. Raises `RegisterError`."""
        ...

    def accepted_words(self, author: str = "") -> frozenset[str]:
        """What the practice knows, and what ``author`` alone does."""
        ...

    def all_accepted(self) -> tuple[Accepted, ...]: ...

    # what was learned from corrections
    def learned(self, author: str) -> tuple[Learned, ...]:
        """All corrections of one author, also those switched off; none for ``""``."""
        ...

    def all_learned(self) -> tuple[Learned, ...]: ...

    def switch_learned(self, learned_id: str, active: bool, *, actor: str) -> None:
        """Raises `RegisterError` when it is not there; so does `forget_learned`."""
        ...

    def forget_learned(self, learned_id: str, *, actor: str) -> None: ...

    def share_learned(self, learned_id: str, shared: bool, *, actor: str) -> None:
        """Propose a correction to the whole practice, or no longer. Raises `RegisterError`."""
        ...

    def bring_dictionary(self, brought: Dictionary, *, actor: str) -> int:
        """Add an imported dictionary: what is there stays, counts become the larger of both. Returns what changed."""
        ...


class Blobs(Protocol):
    """Kept files, named by content, written once, read-only."""

    def put(self, content: bytes, media_type: str) -> BlobRef: ...

    def put_file(self, source: Path, media_type: str) -> BlobRef:
        """A flushed copy of ``source``; hashed while it is copied, in bounded memory."""
        ...

    def path(self, ref: BlobRef) -> Path: ...

    def read(self, ref: BlobRef) -> bytes:
        """Raises `IntegrityBroken` when the content no longer has its hash."""
        ...
