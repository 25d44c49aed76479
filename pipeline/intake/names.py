"""Names: which are refused, which are temporary, which are ignored, and how one is made safe."""

from __future__ import annotations

import unicodedata

from pipeline.intake.reasons import Reason

LONGEST_NAME = 200
"""Bytes in UTF-8. File systems allow 255; a reason file, a number and an archive name must still fit beside it."""

_SYSTEM = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", ".localized", ".directory", ".keep", ".gitkeep"}
)
_TEMPORARY = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".!ut", ".swp")
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_system(name: str) -> bool:
    """Files that file managers and office programs make by themselves: ignored without a word."""
    return name.lower() in _SYSTEM or name.startswith(("~$", "._", ".~lock."))


def is_temporary(name: str) -> bool:
    """Names of a copy under way (browsers, rsync, SFTP clients): they wait for the rename into place."""
    return (name.startswith(".") and not name.startswith("..")) or name.lower().endswith(_TEMPORARY)


def name_fault(name: str) -> Reason | None:
    """Why ``name`` (as ``os`` gives it, with surrogate escapes) is refused, or None."""
    if any("\udc80" <= letter <= "\udcff" for letter in name):
        return Reason.NAME_UNDECODABLE
    if any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") or letter in _BIDIRECTIONAL for letter in name):
        return Reason.NAME_CONTROL
    if "\\" in name or name.startswith(".."):
        return Reason.NAME_PATH
    return Reason.NAME_LONG if len(name.encode("utf-8")) > LONGEST_NAME else None


def safe_name(name: str) -> str:
    """``name`` without anything that ``name_fault`` refuses, at most 150 bytes, its extension kept."""
    letters = (letter if letter.isalnum() or letter in " ._-()'," else "_" for letter in name)
    clean = unicodedata.normalize("NFC", "".join(letters)).lstrip(" .").strip()
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 8:
        stem, dot, suffix = clean, "", ""
    short = stem.encode("utf-8", "replace")[:130].decode("utf-8", "ignore").strip()
    return (short or "sans-nom") + dot + suffix
