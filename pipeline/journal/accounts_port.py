"""What logins, the guard on access and the administrator's pages need of the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from pipeline.journal.port import AuditEntry, AuditReport, AuditSearch
from pipeline.model.accounts import AccessReason, Account, Session
from pipeline.model.case import Case
from pipeline.model.document import Record
from pipeline.model.people import User


class AccountBook(Protocol):
    """Every change appends to the audit trail; neither a password, a secret nor a token is ever in it."""

    def save_user(self, user: User, password_hash: str, *, actor: str) -> None: ...

    def account(self, login: str) -> Account | None: ...

    def accounts(self) -> list[Account]:
        """By login, those that are closed too."""
        ...

    def set_password(
        self, login: str, password_hash: str, *, actor: str, must_change: bool = False, keep: str = ""
    ) -> None:
        """Ends all sessions of the account but the one whose id is ``keep``."""
        ...

    def rehash(self, login: str, before: str, after: str) -> None:
        """The same password under newer parameters: no session ends, nothing is written when it changed meanwhile."""
        ...

    def set_active(self, login: str, active: bool, *, actor: str) -> None:
        """Raises `NotAllowed` when no active administrator would remain; closing ends the sessions."""
        ...

    def set_role(self, login: str, user: User, works_for: Iterable[str], *, actor: str) -> None:
        """Change name, role, specialty, RPPS and doctors. Raises `NotAllowed` like `set_active`."""
        ...

    def set_second_factor(self, login: str, secret: str, codes_sha256: Iterable[str], *, actor: str) -> None:
        """An empty secret takes it away. Recovery codes are replaced."""
        ...

    def reseal_factor(self, login: str, before: str, after: str) -> None:
        """The same secret in another writing; nothing is written when it changed meanwhile. What was written ``before``
        is wiped from the files of an embedded database."""
        ...

    def use_step(self, login: str, step: int) -> bool:
        """Whether ``step`` is later than any step used before; it is used from then on."""
        ...

    def use_recovery_code(self, login: str, code_sha256: str) -> bool:
        """Whether it was there; it is gone afterwards."""
        ...

    def recovery_codes_left(self, login: str) -> int: ...

    # sessions
    def open_session(self, token_sha256: str, session: Session, *, instead_of: str = "") -> None:
        """Also forgets what has expired, and the session whose token has the SHA-256 ``instead_of``."""
        ...

    def session(self, token_sha256: str, now: datetime, seen_after: datetime) -> Session | None:
        """None when unknown, expired, not seen after ``seen_after``, or when its account is closed."""
        ...

    def touch_session(self, token_sha256: str, now: datetime) -> None: ...

    def close_session(self, token_sha256: str) -> None: ...

    def sessions_of(self, login: str, now: datetime, seen_after: datetime) -> list[Session]: ...

    def close_sessions(self, login: str, *, actor: str, only: str = "", but: str = "") -> int:
        """By their shown ids: one, or all but one. Returns how many."""
        ...

    # access
    def case(self, case_id: str) -> Case: ...

    def record(self, record_id: str) -> Record | None: ...

    def authors_of(self, patient_id: str) -> frozenset[str]:
        """Logins of the doctors by or to whom documents of this patient came."""
        ...

    def patients_of(self, doctors: Collection[str], among: Collection[str]) -> frozenset[str]:
        """Those ``among`` the patients (ids) of whom documents came by or to one of the doctors (logins)."""
        ...

    def save_reason(self, reason: AccessReason) -> None: ...

    def reason_since(self, login: str, subject: str, since: datetime) -> bool: ...

    def reasons_among(self, login: str, subjects: Collection[str], since: datetime) -> frozenset[str]:
        """The subjects for which a reason was given since then."""
        ...

    # audit
    def record_action(
        self, *, actor: str, action: str, case_id: str = "", details: Mapping[str, str] | None = None
    ) -> None: ...

    def search_audit(self, asked: AuditSearch) -> list[AuditEntry]: ...

    def audit_actions(self) -> list[str]: ...

    def verify_audit(self) -> AuditReport: ...
