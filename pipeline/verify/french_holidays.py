"""The eleven legal holidays of France (article L3133-1 du code du travail), without those of Alsace-Moselle."""

from __future__ import annotations

from datetime import date, timedelta

_FIXED = {
    (1, 1): "jour de l'an",
    (5, 1): "fête du travail",
    (5, 8): "8 mai",
    (7, 14): "fête nationale",
    (8, 15): "Assomption",
    (11, 1): "Toussaint",
    (11, 11): "11 novembre",
    (12, 25): "Noël",
}
_AFTER_EASTER = {1: "lundi de Pâques", 39: "Ascension", 50: "lundi de Pentecôte"}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar.

    The anonymous algorithm of 1876 (Nature, "Butcher's"), as in J. Meeus, Astronomical Algorithms, chapter 8.
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    big_l = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * big_l) // 451
    month, day = divmod(h + big_l - 7 * m + 114, 31)
    return date(year, month, day + 1)


def holiday(day: date) -> str:
    """The French name of the holiday of ``day``, else ``""``."""
    fixed = _FIXED.get((day.month, day.day))
    return fixed or _AFTER_EASTER.get((day - easter(day.year)) // timedelta(days=1), "")
