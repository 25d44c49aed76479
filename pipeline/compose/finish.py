"""The last touch to a page before it is laid out: what typography wants of every text, whoever wrote the template.

Straight apostrophes become curly ones also in titles, headings and addresses, and a unit or a range is not cut at its
sign ("µmol/L", "L4-L5"): a word joiner (U+2060) stands there, which draws nothing and which no reader of the PDF
finds. Tags and style sheets are left alone. Standard library only.
"""

from __future__ import annotations

import re

JOINER = "\u2060"
_LONGEST = 14
"""Characters of a word that is never cut: a longer one ("sacubitril/valsartan") may be."""

_TOUCHED = re.compile(
    r"(?P<tag><style\b.*?</style\s*>|<[^>]*>)"
    r"|(?<=[^\W\d_])(?P<apostrophe>&#39;|')(?=[^\W\d_])"
    r"|(?<![^\s>(\[«;])(?P<word>[^\s<>&/–-]{1,14}[/–-][^\s<>&]{1,14})(?=[\s<&]|\Z)",
    re.DOTALL,
)
_CUT = re.compile(r"[/–-](?=[^\W_])")
_FIGURE = re.compile(r"\d")


def finished(page: str) -> str:
    """The same page with both; the head, whose title is a property of the file, stays as it is."""
    start = page.find("<body")
    return page[:start] + _TOUCHED.sub(_touch, page[start:]) if start >= 0 else page


def _touch(found: re.Match[str]) -> str:
    if found["tag"]:
        return found["tag"]
    return "’" if found["apostrophe"] else _whole(found["word"])


def _whole(word: str) -> str:
    if len(word) > _LONGEST or "//" in word or not ("/" in word or _FIGURE.search(word)):
        return word
    return _CUT.sub(rf"\g<0>{JOINER}", word)
