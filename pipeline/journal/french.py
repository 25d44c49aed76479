"""Dates as people read them."""

from __future__ import annotations

from datetime import datetime

from pipeline.model.calendar import day_in_words


def day_and_time(at: datetime) -> str:
    """ "3 novembre 2026 à 14 h 05" (the first of a month is "1er"); ``at`` is local already."""
    return f"{day_in_words(at)} à {at.hour} h {at.minute:02d}"
