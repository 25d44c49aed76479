"""The guard on patients' files: every opening is recorded, and out of one's own patients it asks for a reason.

The access of those who are not of the patient's care team needs a ground (L.1110-4 CSP), and accesses are traced
(R.1110-3 CSP; PGSSI-S, "Référentiel d'imputabilité"). One's own patients: for a doctor, those of whom a document was
dictated by, addressed to the folder of, or filed under that doctor; for a secretary, those of the doctors of the
account, of all when none is named; for an archivist, all, on paper only. A patient of nobody is everybody's.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from pipeline.errors import CalameError, CaseUnknown, DocumentIncomplete, NotAllowed
from pipeline.journal.accounts_port import AccountBook
from pipeline.model.accounts import AccessReason
from pipeline.model.case import Case, Medium
from pipeline.model.document import Record
from pipeline.model.people import Role
from pipeline.web.accounts import Visit

REASONS = {
    "urgence": "Urgence",
    "remplacement": "Remplacement ou garde",
    "avis": "Avis demandé par un confrère",
    "patient": "À la demande du patient",
    "organisation": "Tâche confiée par le médecin du patient",
    "autre": "Autre, à préciser",
}
MAX_TEXT = 300
STILL_GOOD = timedelta(hours=24)
"""A reason holds for its session; what was typed under an earlier one can still be saved for a day."""
NOTED_AGAIN = timedelta(minutes=10)
"""A page that loads again within this time is the same opening."""


class ReasonNeeded(CalameError):
    """The file is out of one's own patients and no reason was given yet. ``subject``: the patient, else the case."""

    code = "reason-needed"

    def __init__(self, subject: str) -> None:
        super().__init__("Ce patient n'est pas l'un des vôtres.", advice="Indiquez pourquoi vous ouvrez ce dossier.")
        self.subject = subject


class AccessGuard:
    """Asked before every page or file of a case, a patient or a record, by the names in the route."""

    def __init__(
        self, book: AccountBook, *, asks: bool = True, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._book = book
        self._asks = asks
        self._now = now
        self._noted: dict[tuple[str, str], datetime] = {}

    def check(self, visit: Visit, route: Mapping[str, object], *, reading: bool) -> None:
        """``route`` may name a ``case``, a ``patient`` or a ``record``. Raises `ReasonNeeded`, `NotAllowed`,
        `CaseUnknown`. ``reading`` is false for what changes something: an earlier reason is then enough."""
        case, patient_id, author = self._about(route)
        if case is None and not patient_id:
            return
        if visit.user.role is Role.ARCHIVIST and case is not None and case.medium is not Medium.SCAN:
            raise NotAllowed("Les dictées sont réservées au secrétariat et aux médecins.", advice="Revenez à la pile.")
        if self._own(visit, author, patient_id):
            return
        subject = patient_id or (case.id if case else "")
        since = visit.session.opened_at if reading else self._now() - STILL_GOOD
        if not self._book.reason_since(visit.user.login, subject, since):
            raise ReasonNeeded(subject)

    def closed(self, visit: Visit, records: Iterable[Record]) -> frozenset[str]:
        """The ids of those records that `check` would refuse or ask a reason for: nothing of what they say is shown."""
        if visit.user.role is Role.ARCHIVIST:
            return frozenset(one.id for one in records if not self._is_paper(one))
        doctors = self._doctors(visit)
        if not doctors:
            return frozenset()
        others = [one for one in records if one.author not in ("", *doctors)]
        whose = {one.patient_id for one in others}
        if not whose:
            return frozenset()
        whose -= self._book.patients_of(doctors, whose)
        whose -= self._book.reasons_among(visit.user.login, whose, visit.session.opened_at)
        return frozenset(one.id for one in others if one.patient_id in whose)

    def give(self, visit: Visit, subject: str, code: str, text: str) -> None:
        """Keep a reason. Raises `DocumentIncomplete` when it says nothing."""
        text = " ".join(text.split())[:MAX_TEXT]
        if code not in REASONS or (code == "autre" and len(text) < 5):
            raise DocumentIncomplete("Le motif n'est pas précisé.", advice="Choisissez un motif ou écrivez-le.")
        reason = AccessReason(uuid.uuid4().hex, visit.user.login, subject, code, text, self._now())
        self._book.save_reason(reason)

    def note_opening(self, visit: Visit, case_id: str) -> None:
        """Record that somebody looked at a case."""
        key, now = (visit.session.id, case_id), self._now()
        if now - self._noted.get(key, now - 2 * NOTED_AGAIN) < NOTED_AGAIN:
            return
        self._noted[key] = now
        if len(self._noted) > 10_000:
            self._noted.pop(next(iter(self._noted)))
        self._book.record_action(actor=visit.user.login, action="open-case", case_id=case_id)

    def _about(self, route: Mapping[str, object]) -> tuple[Case | None, str, str | None]:
        """The case, the patient's id, and whose document it is (None where only the patient is asked for)."""
        if "case" in route:
            case = self._book.case(str(route["case"]))
            return case, case.patient_id, case.author
        if "record" in route:
            record = self._book.record(str(route["record"]))
            if record is not None:
                return self._case_of(record), record.patient_id, record.author
        return None, str(route.get("patient", "")), None

    def _case_of(self, record: Record) -> Case | None:
        """The case that ``record`` was filed from; None when the journal has it no more."""
        try:
            return self._book.case(record.case_id)
        except CaseUnknown:
            return None

    def _is_paper(self, record: Record) -> bool:
        case = self._case_of(record)
        return case is not None and case.medium is Medium.SCAN

    def _own(self, visit: Visit, author: str | None, patient_id: str) -> bool:
        doctors = self._doctors(visit)
        if not doctors:
            return True
        if author is not None and author in ("", *doctors):
            return True
        whose = self._book.authors_of(patient_id) if patient_id else frozenset()
        return bool(whose & set(doctors)) or (author is None and not whose)

    def _doctors(self, visit: Visit) -> tuple[str, ...]:
        """The doctors whose patients are one's own; none when everybody's are."""
        if not self._asks or visit.user.role is Role.ARCHIVIST:
            return ()
        return (visit.user.login,) if visit.user.role is Role.DOCTOR else visit.account.works_for
