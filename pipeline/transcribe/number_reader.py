"""Number words by text2num. Only pure number words come here: in a sentence it makes "pour 100" of "pour cent"."""

from __future__ import annotations

from text_to_num import text2num  # type: ignore[import-untyped]


def read_number(words: str) -> int | None:
    """The integer that ``words`` ("quatre-vingt-deux", "septante et un") say, or None."""
    try:
        return int(text2num(words, "fr"))
    except ValueError:
        return None
