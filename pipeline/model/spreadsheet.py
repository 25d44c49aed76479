"""CSV files as spreadsheets write and read them: encodings, delimiters, and cells that must not calculate."""

from __future__ import annotations

import re

DELIMITERS = ";,\t"
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or Windows-1252. Raises `UnicodeError` when it is none."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def delimiter_of(text: str) -> str:
    """The one that stands most often in the first line."""
    return max(DELIMITERS, key=text.partition("\n")[0].count)


def guarded(cell: str) -> str:
    """``cell`` behind an apostrophe when a spreadsheet would take it for a formula (OWASP, "CSV injection")."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def bare(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
