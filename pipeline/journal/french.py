"""Dates as people read them."""

from __future__ import annotations

from datetime import datetime

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def day_and_time(at: datetime) -> str:
    """ "3 novembre 2026 à 14 h 05" (the first of a month is "1er"); ``at`` is local already."""
    day = "1er" if at.day == 1 else str(at.day)
    return f"{day} {MONTHS[at.month - 1]} {at.year} à {at.hour} h {at.minute:02d}"
