"""The hour that people read. A server may keep another (containers keep UTC): what is shown never depends on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
"""Legal time of mainland France (decree 2017-292)."""


def local(at: datetime) -> datetime:
    """The same moment in `ZONE`; ``at`` is aware."""
    return at.astimezone(ZONE)


def today() -> date:
    """The day in `ZONE`."""
    return local(datetime.now(UTC)).date()
