"""The brake on guessing: waits that grow, for a login, for an origin, and for both together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

FORGET = 86_400.0
"""Seconds after which failures are forgotten."""
MOST_KEYS = 10_000


@dataclass
class Brake:
    """After ``allowed`` failures of a key the next try waits ``first`` seconds, then twice as long each time, up to
    ``most``. Times are seconds of ``clock``."""

    allowed: int = 5
    first: float = 60.0
    most: float = 900.0
    clock: Callable[[], float] = time.monotonic
    _failures: dict[str, tuple[int, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, key: str) -> float:
        """Seconds until the next try is heard; 0 now."""
        with self._lock:
            count, last = self._failures.get(key, (0, 0.0))
        if count < self.allowed:
            return 0.0
        delay = min(self.first * 2.0 ** min(count - self.allowed, 30), self.most)
        return max(last + delay - self.clock(), 0.0)

    def failed(self, key: str) -> None:
        with self._lock:
            now = self.clock()
            count, last = self._failures.pop(key, (0, now))
            self._failures[key] = (1 if now - last > FORGET else count + 1, now)
            if len(self._failures) > MOST_KEYS:
                self._failures.pop(next(iter(self._failures)))

    def passed(self, key: str) -> None:
        with self._lock:
            self._failures.pop(key, None)


class LoginBrake:
    """Three brakes. CNIL 2022-100 asks for a wait that grows, of a minute and more after five failures; a stranger who
    guesses at a doctor's login from elsewhere must not lock that doctor out, so the brake on the login alone is short
    and does not hold where that login has succeeded before."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._pair = Brake(5, 60.0, 900.0, clock)
        self._login = Brake(20, 15.0, 60.0, clock)
        self._origin = Brake(50, 15.0, 60.0, clock)
        self._known: dict[tuple[str, str], None] = {}

    def wait(self, login: str, origin: str) -> float:
        """Seconds until this login may try again from this origin; 0 now."""
        login = login.casefold()
        waits = [self._pair.wait(f"{login}|{origin}")]
        if (login, origin) not in self._known:
            waits += [self._login.wait(login), self._origin.wait(origin)]
        return max(waits)

    def failed(self, login: str, origin: str) -> None:
        login = login.casefold()
        self._pair.failed(f"{login}|{origin}")
        self._login.failed(login)
        self._origin.failed(origin)

    def passed(self, login: str, origin: str) -> None:
        login = login.casefold()
        self._pair.passed(f"{login}|{origin}")
        self._known[login, origin] = None
        if len(self._known) > MOST_KEYS:
            self._known.pop(next(iter(self._known)))
