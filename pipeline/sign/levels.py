"""How much proof a signature carries: the four PAdES baseline levels (ETSI EN 319 142-1, 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """Each holds the one before it."""

    B = "B-B"  # who signed; the hour is the computer's
    T = "B-T"  # a time-stamp authority says when
    LT = "B-LT"  # with the proof that no certificate was revoked
    LTA = "B-LTA"  # all of it sealed by a time stamp of the whole file

    @property
    def needs_stamp(self) -> bool:
        return self is not Level.B

    @property
    def needs_revocation(self) -> bool:
        return self in (Level.LT, Level.LTA)


@dataclass(frozen=True, slots=True)
class Profile:
    """What signatures are made with. ``timeout`` is the seconds that each authority has to answer."""

    level: Level = Level.B
    tsa_url: str = ""
    tsa_login: str = ""
    tsa_password: str = field(default="", repr=False)
    timeout: float = 10.0
