"""What opens an account: password, second factor, sessions; and the reasons of access."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.errors import NotAllowed
from pipeline.journal import chain
from pipeline.journal.engine import Store
from pipeline.journal.tables import access_reasons, cases, records, recovery_codes, sessions, users
from pipeline.journal.users import user_of
from pipeline.model.accounts import AccessReason, Account, Level, Session
from pipeline.model.people import Role, User


class AccountRows(Store):
    """The part of `SqlJournal` behind `AccountBook`."""

    def account(self, login: str) -> Account | None:
        with self._read() as connection:
            row = connection.execute(sa.select(users).where(users.c.login == login)).first()
        return None if row is None else _account_of(row)

    def accounts(self) -> list[Account]:
        """By login, those that are closed too."""
        with self._read() as connection:
            found = [_account_of(row) for row in connection.execute(sa.select(users))]
        return sorted(found, key=lambda account: account.user.login)

    def set_password(
        self, login: str, password_hash: str, *, actor: str, must_change: bool = False, keep: str = ""
    ) -> None:
        """Ends all sessions of the account but the one whose id is ``keep``."""

        def work(connection: sa.Connection) -> None:
            _change(connection, login, password_hash=password_hash, must_change=must_change)
            connection.execute(sessions.delete().where(sessions.c.login == login, sessions.c.id != keep))
            self._note(connection, actor, "reset-password" if must_change else "change-password", login)

        self._write(work)

    def rehash(self, login: str, before: str, after: str) -> None:
        """The same password under newer parameters: no session ends, nothing is written when it changed meanwhile."""
        same = sa.and_(users.c.login == login, users.c.password_hash == before)
        self._write(lambda connection: connection.execute(users.update().where(same).values(password_hash=after)))

    def set_active(self, login: str, active: bool, *, actor: str) -> None:
        """Raises `NotAllowed` when no active administrator would remain; closing ends the sessions."""

        def work(connection: sa.Connection) -> None:
            if not active:
                _keep_one_administrator(connection, login)
                connection.execute(sessions.delete().where(sessions.c.login == login))
            _change(connection, login, active=active)
            self._note(connection, actor, "open-account" if active else "close-account", login)

        self._write(work)

    def set_role(self, login: str, user: User, works_for: Iterable[str], *, actor: str) -> None:
        """Change name, role, specialty, RPPS and doctors. Raises `NotAllowed` like `set_active`; another role ends the
        sessions."""

        def work(connection: sa.Connection) -> None:
            before = connection.scalar(sa.select(users.c.role).where(users.c.login == login))
            if before != user.role.value:
                _keep_one_administrator(connection, login)
                connection.execute(sessions.delete().where(sessions.c.login == login))
            values = {"name": user.name, "role": user.role.value, "specialty": user.specialty, "rpps": user.rpps}
            _change(connection, login, works_for=" ".join(works_for), **values)
            self._note(connection, actor, "change-account", login, role=user.role.value)

        self._write(work)

    def set_second_factor(self, login: str, secret: str, codes_sha256: Iterable[str], *, actor: str) -> None:
        """An empty secret takes it away. Recovery codes are replaced."""
        codes = [{"login": login, "code_sha256": code} for code in codes_sha256]

        def work(connection: sa.Connection) -> None:
            before = connection.scalar(sa.select(users.c.totp_secret).where(users.c.login == login))
            _change(connection, login, totp_secret=secret, **({} if before == secret else {"totp_step": 0}))
            connection.execute(recovery_codes.delete().where(recovery_codes.c.login == login))
            if codes:
                connection.execute(recovery_codes.insert(), codes)
            self._note(connection, actor, "set-second-factor" if secret else "remove-second-factor", login)

        self._write(work)

    def reseal_factor(self, login: str, before: str, after: str) -> None:
        """See `AccountBook.reseal_factor`. On PostgreSQL the old row goes with its next VACUUM."""
        same = sa.and_(users.c.login == login, users.c.totp_secret == before)
        self._write(lambda connection: connection.execute(users.update().where(same).values(totp_secret=after)))
        self._wipe()

    def use_step(self, login: str, step: int) -> bool:
        """Whether ``step`` is later than any step used before; it is used from then on."""
        later = users.update().where(users.c.login == login, users.c.totp_step < step).values(totp_step=step)
        return self._write(lambda connection: connection.execute(later).rowcount == 1)

    def use_recovery_code(self, login: str, code_sha256: str) -> bool:
        """Whether it was there; it is gone afterwards."""
        that = sa.and_(recovery_codes.c.login == login, recovery_codes.c.code_sha256 == code_sha256)

        def work(connection: sa.Connection) -> bool:
            used = connection.execute(recovery_codes.delete().where(that)).rowcount == 1
            if used:
                self._note(connection, login, "use-recovery-code", login)
            return used

        return self._write(work)

    def recovery_codes_left(self, login: str) -> int:
        query = sa.select(sa.func.count()).select_from(recovery_codes).where(recovery_codes.c.login == login)
        with self._read() as connection:
            return connection.scalar(query) or 0

    # --- sessions ------------------------------------------------------------------------------------------------

    def open_session(self, token_sha256: str, session: Session, *, instead_of: str = "") -> None:
        """Also forgets what has expired, and the session whose token has the SHA-256 ``instead_of``."""
        values = {
            "token_sha256": token_sha256,
            "id": session.id,
            "login": session.login,
            "level": session.level.value,
            "opened_at": session.opened_at,
            "seen_at": session.seen_at,
            "expires_at": session.expires_at,
            "origin": session.origin,
            "agent": session.agent[:200],
        }

        def work(connection: sa.Connection) -> None:
            over = sa.or_(sessions.c.expires_at <= self._now(), sessions.c.token_sha256 == instead_of)
            connection.execute(sessions.delete().where(over))
            connection.execute(sessions.insert().values(values))

        self._write(work)

    def session(self, token_sha256: str, now: datetime, seen_after: datetime) -> Session | None:
        """None when unknown, expired, not seen after ``seen_after``, or when its account is closed."""
        query = (
            sa.select(sessions)
            .join(users, users.c.login == sessions.c.login)
            .where(sessions.c.token_sha256 == token_sha256, users.c.active, *_alive(now, seen_after))
        )
        with self._read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _session_of(row)

    def touch_session(self, token_sha256: str, now: datetime) -> None:
        that = sessions.c.token_sha256 == token_sha256
        self._write(lambda connection: connection.execute(sessions.update().where(that).values(seen_at=now)))

    def close_session(self, token_sha256: str) -> None:
        """Forget a session; an unknown one is fine."""
        that = sessions.c.token_sha256 == token_sha256
        self._write(lambda connection: connection.execute(sessions.delete().where(that)))

    def sessions_of(self, login: str, now: datetime, seen_after: datetime) -> list[Session]:
        """The last used first."""
        query = sa.select(sessions).where(sessions.c.login == login, *_alive(now, seen_after))
        with self._read() as connection:
            found = [_session_of(row) for row in connection.execute(query.order_by(sessions.c.seen_at.desc()))]
        return [session for session in found if session.level is not Level.PASSWORD]

    def close_sessions(self, login: str, *, actor: str, only: str = "", but: str = "") -> int:
        """By their shown ids: one, or all but one. Returns how many."""
        those = [sessions.c.login == login, sessions.c.id == only if only else sessions.c.id != but]

        def work(connection: sa.Connection) -> int:
            closed = connection.execute(sessions.delete().where(*those)).rowcount
            if closed:
                self._note(connection, actor, "close-sessions", login, sessions=str(closed))
            return closed

        return self._write(work)

    # --- access --------------------------------------------------------------------------------------------------

    def authors_of(self, patient_id: str) -> frozenset[str]:
        """Logins of the doctors by or to whom documents of this patient came: authors of cases and of records. A result
        that is received for a doctor is a case in that doctor's name."""
        query = sa.union(
            sa.select(cases.c.author).where(cases.c.patient_id == patient_id),
            sa.select(records.c.author).where(records.c.patient_id == patient_id),
        )
        with self._read() as connection:
            return frozenset(connection.scalars(query)) - {""}

    def patients_of(self, doctors: Collection[str], among: Collection[str]) -> frozenset[str]:
        """Those ``among`` the patients that `authors_of` gives one of the doctors for."""
        query = sa.union(
            *(
                sa.select(table.c.patient_id).where(table.c.patient_id.in_(among), table.c.author.in_(doctors))
                for table in (cases, records)
            )
        )
        with self._read() as connection:
            return frozenset(connection.scalars(query))

    def save_reason(self, reason: AccessReason) -> None:
        """The trail holds the reason's code and id; its text stays in a table of its own."""

        def work(connection: sa.Connection) -> None:
            values = {
                "id": reason.id,
                "login": reason.login,
                "subject": reason.subject,
                "code": reason.code,
                "text": reason.text,
                "at": reason.at,
            }
            connection.execute(access_reasons.insert().values(values))
            details = {"subject": reason.subject, "reason": reason.code, "id": reason.id}
            chain.append(connection, at=reason.at, actor=reason.login, action="break-glass", details=details)

        self._write(work)

    def reason_since(self, login: str, subject: str, since: datetime) -> bool:
        query = sa.select(access_reasons.c.id).where(
            access_reasons.c.login == login, access_reasons.c.subject == subject, access_reasons.c.at >= since
        )
        with self._read() as connection:
            return connection.execute(query).first() is not None

    def reasons_among(self, login: str, subjects: Collection[str], since: datetime) -> frozenset[str]:
        query = sa.select(access_reasons.c.subject).where(
            access_reasons.c.login == login, access_reasons.c.subject.in_(subjects), access_reasons.c.at >= since
        )
        with self._read() as connection:
            return frozenset(connection.scalars(query))

    def _note(self, connection: sa.Connection, actor: str, action: str, login: str, **more: str) -> None:
        chain.append(connection, at=self._now(), actor=actor, action=action, details={"login": login, **more})


def _change(connection: sa.Connection, login: str, **values: Any) -> None:
    if connection.execute(users.update().where(users.c.login == login).values(values)).rowcount == 0:
        raise NotAllowed(f"Le compte « {login} » n'existe pas.", advice="Vérifiez l'identifiant.")


def _keep_one_administrator(connection: sa.Connection, login: str) -> None:
    administrators = sa.select(users.c.login).where(users.c.role == Role.ADMINISTRATOR.value, users.c.active)
    if set(connection.scalars(administrators)) == {login}:
        raise NotAllowed(
            "C'est le dernier compte d'administration ouvert.", advice="Créez-en d'abord un autre, puis recommencez."
        )


def _alive(now: datetime, seen_after: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return sessions.c.expires_at > now, sessions.c.seen_at > seen_after


def _account_of(row: sa.Row[Any]) -> Account:
    return Account(
        user_of(row),
        row.password_hash,
        bool(row.active),
        bool(row.must_change),
        row.totp_secret,
        row.totp_step,
        tuple(row.works_for.split()),
    )


def _session_of(row: sa.Row[Any]) -> Session:
    return Session(
        row.id, row.login, Level(row.level), row.opened_at, row.seen_at, row.expires_at, row.origin, row.agent
    )
