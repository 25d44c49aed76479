"""Logins: argon2id passwords, a second factor, server-side sessions, CSRF tokens, and a brake on guessing."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline.errors import NotAllowed
from pipeline.journal.accounts_port import AccountBook
from pipeline.model.accounts import Account, Level, Session
from pipeline.model.people import Role, User
from pipeline.web import second_factor
from pipeline.web.brake import LoginBrake
from pipeline.web.passwords import MAX_PASSWORD, weakness
from pipeline.web.vault import SecretVault, is_sealed, unreadable

COOKIE = "calame_session"
PENDING_MINUTES = 10
"""How long a login waits for its second factor."""
TOUCH_SECONDS = 60
"""A session's last use is written no more often than that: each write is a flush to the disk."""
AT_ONCE = threading.BoundedSemaphore(2)
"""Argon2 takes 64 MiB each time: a crowd of logins must not take all the memory."""
NEW_PASSWORD = "/compte/mot-de-passe"  # noqa: S105  a path
NEW_FACTOR = "/compte/second-facteur"


def hash_password(password: str, *, login: str = "", name: str = "") -> str:
    """Argon2id with the library's parameters: 64 MiB, 3 passes, RFC 9106's second choice and more than OWASP's least
    (19 MiB, 2 passes). Raises `NotAllowed` when the password is weak."""
    why = weakness(password, login=login, name=name)
    if why:
        raise NotAllowed(why, advice="Choisissez par exemple quatre mots sans lien entre eux.")
    return PasswordHasher().hash(password)


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is there, and by which session."""

    account: Account
    session: Session

    @property
    def user(self) -> User:
        return self.account.user


class Accounts:
    """Opens, finds and closes sessions. A session's token is only ever kept hashed."""

    def __init__(
        self,
        book: AccountBook,
        *,
        session_minutes: int,
        idle_minutes: int = 30,
        second_factor_for: frozenset[Role] = frozenset(),
        secure: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        brake: LoginBrake | None = None,
        vault: SecretVault | None = None,
    ) -> None:
        self.book = book
        self.cookie = f"__Host-{COOKIE}" if secure else COOKIE
        self._longest = timedelta(minutes=session_minutes)
        self._idle = timedelta(minutes=idle_minutes)
        self._factor_for = second_factor_for
        self._now = now
        self._brake = brake or LoginBrake()
        self._vault = vault
        self._hasher = PasswordHasher()
        self._dummy = self._hasher.hash(secrets.token_hex(16))

    # --- login ---------------------------------------------------------------------------------------------------

    def login(self, login: str, password: str, *, origin: str, agent: str = "", before: str = "") -> str | None:
        """A new session's token, or None. The session of the token ``before`` ends. Raises `NotAllowed` while the brake
        holds. An account with a second factor gets a session that opens nothing yet (see `awaits_code`)."""
        account = self.check(login, password, origin=origin)
        if account is None:
            return None
        level = Level.PASSWORD if account.totp_secret else Level.FULL
        return self._open(account.user.login, level, origin=origin, agent=agent, before=before)

    def check(self, login: str, password: str, *, origin: str) -> Account | None:
        """The open account whose password this is, or None: in the same time and words for an unknown login. Raises
        `NotAllowed` while the brake holds."""
        self._wait(login, origin)
        found = self.book.account(login)
        usable = found is not None and found.active and found.password_hash.startswith("$argon2id$")
        hashed = found.password_hash if found is not None and usable else self._dummy
        with AT_ONCE:
            try:
                self._hasher.verify(hashed, password[: MAX_PASSWORD + 1])
                right = usable
            except (VerificationError, InvalidHashError):
                right = False
        if found is None or not right:
            self._refuse(login if found else "", login, origin)
            return None
        self._brake.passed(login, origin)
        if self._hasher.check_needs_rehash(hashed):
            self.book.rehash(login, hashed, self._hasher.hash(password))
        return found

    def awaits_code(self, token: str) -> bool:
        """Whether the password was right and the second factor is still to come."""
        session = self._session(token)
        return session is not None and session.level is Level.PASSWORD

    def second_step(self, token: str, code: str, *, origin: str) -> str | None:
        """A new token once the code of the application, or a recovery code, is right. Raises `NotAllowed` while the
        brake holds, or when the first step is over."""
        session = self._session(token)
        account = self.book.account(session.login) if session and session.level is Level.PASSWORD else None
        if session is None or account is None:
            raise NotAllowed("La connexion a expiré.", advice="Recommencez depuis la page de connexion.")
        if not self.code_matches(account, code, origin=origin):
            return None
        return self._open(session.login, Level.FULL, origin=origin, agent=session.agent, before=token)

    def code_matches(self, account: Account, code: str, *, origin: str) -> bool:
        """Whether this is a code of the account that was never used; it is used from then on. Raises `NotAllowed`."""
        login = account.user.login
        self._wait(f"{login}#code", origin)
        step = None
        if second_factor.is_code(code):  # a recovery code still helps when the secret cannot be read
            step = second_factor.matching_step(self._secret_of(account), code, self.time())
        right = (
            self.book.use_step(login, step)
            if step is not None
            else self.book.use_recovery_code(login, second_factor.recovery_hash(code))
        )
        if right:
            self._brake.passed(f"{login}#code", origin)
        else:
            self._refuse(login, f"{login}#code", origin)
        return right

    def sealed(self, login: str, secret: str) -> str:
        """A secret as it is kept: without a vault none can be set. Raises `NotAllowed`."""
        if self._vault is None:
            raise unreadable()
        return self._vault.seal(login, secret)

    def seal_old(self) -> int:
        """Seal the secrets that were kept readable before there was a vault; returns how many."""
        old = [one for one in self.book.accounts() if one.totp_secret and not is_sealed(one.totp_secret)]
        for one in old:
            login = one.user.login
            self.book.reseal_factor(login, one.totp_secret, self.sealed(login, one.totp_secret))
        return len(old)

    def _secret_of(self, account: Account) -> str:
        if not is_sealed(account.totp_secret):
            return account.totp_secret
        if self._vault is None:
            raise unreadable()
        return self._vault.unseal(account.user.login, account.totp_secret)

    def open_federated(self, login: str, *, origin: str, agent: str, before: str = "") -> str:
        """A session for somebody whom the identity provider knows, with the provider's own two factors."""
        return self._open(login, Level.PROVIDER, origin=origin, agent=agent, before=before)

    def _wait(self, login: str, origin: str) -> None:
        seconds = self._brake.wait(login, origin)
        if seconds > 0:
            minutes = math.ceil(seconds / 60)
            long = f"{math.ceil(seconds)} secondes" if seconds < 60 else f"{minutes} minute{'s' * (minutes > 1)}"
            raise NotAllowed("Trop d'essais.", advice=f"Attendez {long}, puis réessayez.")

    def _refuse(self, known: str, key: str, origin: str) -> None:
        """An unknown login is not written down: it may be a password that was typed in the wrong field."""
        self._brake.failed(key, origin)
        details = {"origin": origin} | ({"login": known} if known else {})
        self.book.record_action(actor="?", action="login-refused", details=details)

    def _open(self, login: str, level: Level, *, origin: str, agent: str, before: str) -> str:
        now = self._now()
        lasts = timedelta(minutes=PENDING_MINUTES) if level is Level.PASSWORD else self._longest
        session = Session(secrets.token_hex(8), login, level, now, now, now + lasts, origin, agent)
        token = self._keep(session, before)
        if level is not Level.PASSWORD:
            by = {"by": "provider"} if level is Level.PROVIDER else {}
            self.book.record_action(actor=login, action="login", details={"origin": origin} | by)
        return token

    def _keep(self, session: Session, before: str) -> str:
        token = secrets.token_urlsafe(32)
        self.book.open_session(_digest(token), session, instead_of=_digest(before))
        return token

    # --- sessions ------------------------------------------------------------------------------------------------

    def visit(self, token: str, *, active: bool = True) -> Visit | None:
        """Who this is, or None. ``active`` is false when a page asks by itself: that keeps no session open."""
        session = self._session(token)
        if session is None or session.level is Level.PASSWORD:
            return None
        now = self._now()
        if active and now - session.seen_at > timedelta(seconds=TOUCH_SECONDS):
            self.book.touch_session(_digest(token), now)
        account = self.book.account(session.login)
        return Visit(account, session) if account and account.active else None

    def user(self, token: str) -> User | None:
        """Like `visit`, by a page that asks by itself."""
        found = self.visit(token, active=False)
        return found.user if found else None

    def rotate(self, token: str, session: Session) -> str:
        """The same session under a new token and id: after a change of what it may do."""
        return self._keep(replace(session, id=secrets.token_hex(8)), token)

    def duty(self, visit: Visit) -> str:
        """The page where something must be done before anything else, or nothing."""
        if visit.session.level is Level.PROVIDER:
            return ""
        if visit.account.must_change:
            return NEW_PASSWORD
        return NEW_FACTOR if self.obliged(visit.user) and not visit.account.totp_secret else ""

    def time(self) -> float:
        """Seconds since 1970, as this clock has it."""
        return self._now().timestamp()

    def obliged(self, user: User) -> bool:
        """Whether this role must have a second factor."""
        return user.role in self._factor_for

    def sessions_of(self, login: str) -> list[Session]:
        now = self._now()
        return self.book.sessions_of(login, now, now - self._idle)

    def logout(self, token: str) -> None:
        session = self._session(token)
        self.book.close_session(_digest(token))
        if session is not None:
            self.book.record_action(actor=session.login, action="logout")

    def csrf(self, token: str) -> str:
        """Made from the session's own secret, so that a page stays valid when the server starts again: what was typed
        in it can still be saved."""
        return hmac.new(token.encode(), b"calame csrf", hashlib.sha256).hexdigest()

    def csrf_matches(self, token: str, sent: str) -> bool:
        return hmac.compare_digest(self.csrf(token).encode(), sent.encode())

    def _session(self, token: str) -> Session | None:
        now = self._now()
        return self.book.session(_digest(token), now, now - self._idle) if token else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest() if token else ""
