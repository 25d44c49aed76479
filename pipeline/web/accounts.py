"""Logins: argon2id passwords, server-side sessions, CSRF tokens, and a brake on guessing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline.errors import NotAllowed
from pipeline.journal.port import Journal
from pipeline.model.people import User

MIN_PASSWORD = 12
"""Characters; CNIL recommendation 2022-100, with a brake on guessing, asks for 50 bits."""


def hash_password(password: str) -> str:
    """Argon2id with the library's parameters (RFC 9106 low-memory profile). Raises `NotAllowed` when too short."""
    if len(password) < MIN_PASSWORD:
        raise NotAllowed(f"Le mot de passe doit compter au moins {MIN_PASSWORD} caractères.")
    return PasswordHasher().hash(password)


@dataclass
class Brake:
    """After ``allowed`` failures for a key, each further try waits until ``seconds`` have passed since the last one."""

    allowed: int = 5
    seconds: float = 60.0
    _failures: dict[str, tuple[int, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def blocked(self, key: str) -> bool:
        with self._lock:
            count, last = self._failures.get(key, (0, 0.0))
            return count >= self.allowed and time.monotonic() - last < self.seconds

    def failed(self, key: str) -> None:
        with self._lock:
            count, last = self._failures.get(key, (0, 0.0))
            count = 0 if time.monotonic() - last > 10 * self.seconds else count
            self._failures[key] = (count + 1, time.monotonic())
            if len(self._failures) > 10_000:
                self._failures.pop(next(iter(self._failures)))

    def passed(self, key: str) -> None:
        with self._lock:
            self._failures.pop(key, None)


class Accounts:
    """Opens, finds and closes sessions. A session's token is only ever kept hashed."""

    def __init__(self, journal: Journal, *, session_minutes: int) -> None:
        self._journal = journal
        self._minutes = session_minutes
        self._hasher = PasswordHasher()
        self._dummy = self._hasher.hash(secrets.token_hex(16))
        self.brake = Brake()

    def login(self, login: str, password: str, *, origin: str) -> str | None:
        """A new session token, or None. Raises `NotAllowed` while the brake holds. Same time for an unknown login."""
        key = f"{login.casefold()}|{origin}"
        if self.brake.blocked(key):
            raise NotAllowed("Trop d'essais.", advice="Attendez une minute, puis réessayez.")
        found = self._journal.user(login)
        try:
            self._hasher.verify(found[1] if found else self._dummy, password)
            known = found is not None
        except (VerificationError, InvalidHashError):
            known = False
        if not known:
            self.brake.failed(key)
            self._journal.record_action(actor="?", action="login-refused")
            return None
        self.brake.passed(key)
        token = secrets.token_urlsafe(32)
        self._journal.open_session(_digest(token), login, datetime.now(UTC) + timedelta(minutes=self._minutes))
        self._journal.record_action(actor=login, action="login")
        return token

    def user(self, token: str) -> User | None:
        if not token:
            return None
        login = self._journal.session(_digest(token), datetime.now(UTC))
        found = self._journal.user(login) if login else None
        return found[0] if found else None

    def logout(self, token: str) -> None:
        self._journal.close_session(_digest(token))

    def csrf(self, token: str) -> str:
        """Made from the session's own secret, so that a page stays valid when the server starts again: what was typed
        in it can still be saved."""
        return hmac.new(token.encode(), b"calame csrf", hashlib.sha256).hexdigest()

    def csrf_matches(self, token: str, sent: str) -> bool:
        return hmac.compare_digest(self.csrf(token).encode(), sent.encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
