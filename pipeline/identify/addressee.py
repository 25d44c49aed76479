"""What was said of the addressee, as a record of the register would hold it, and what a person answered about it.

A proposal for a form that a person reads and corrects; nothing is decided here. Standard library only.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.identify.french import plain
from pipeline.model.identity import NOBODY, Identification
from pipeline.model.people import Correspondent

_PROFESSOR = re.compile(r"\b(?:professeure?s?|pr)\b")
_SPECIALTY = re.compile(
    r"\b(?:medecine?s?|chirurgie|[a-z]{3,}(?:logue|logie|iste|iatre|iatrie|rgien|rgienne|cienne?))\b"
)
_SENDER = re.compile(r"\badressee?s? (?:\w+ ){0,2}par\b")
_LEAD = re.compile(r"(?:en |d'|l'|le |la |de |du )", re.IGNORECASE)
_PARTICLES = frozenset(
    ["de", "du", "des", "d", "le", "la", "les", "van", "von", "der", "den", "el", "al", "ben", "da", "di"]
)


def said_addressee(found: Identification | None) -> Correspondent:
    """Title, first name, name and specialty as far as the words tell them; nothing is made up. No id, no address."""
    heard = found.recipient_heard if found else ""
    if found is None or not heard:
        return Correspondent(id="", last_name="")
    name, specialty = _parted(" ".join(heard.split()))
    words = name.split()
    cut = _family_from(words)
    return Correspondent(
        id="",
        last_name=" ".join(words[cut:]),
        first_name=" ".join(words[:cut]),
        title="Pr" if _PROFESSOR.search(plain(found.recipient_evidence)) else "Dr",
        specialty=specialty,
    )


def addressee_named(found: Identification | None) -> str:
    """Whom the dictation addresses; empty when nobody, or when a person said that nobody gets the document. Who sent
    the patient (« adressée par le docteur ») may get it, and is not named as the addressee."""
    if found is None or found.recipient_id == NOBODY or _SENDER.search(plain(found.recipient_evidence)):
        return ""
    return found.recipient_heard


def addressee_answered(found: Identification | None, recipient_id: str | None) -> dict[str, object]:
    """What is kept with a draft whose recipient a person sets to ``recipient_id`` (None: as it was): that nobody is
    addressed is an answer of its own, and a recipient chosen later takes it back."""
    nobody = recipient_id == NOBODY
    if found is None or recipient_id is None or nobody == (found.recipient_id == NOBODY):
        return {}
    return {"identification": replace(found, recipient_id=NOBODY if nobody else "")}


def _parted(heard: str) -> tuple[str, str]:
    """The name, and the specialty that follows it after a comma or as a word of its kind ("Petit cardiologue")."""
    name, comma, rest = (part.strip(" ,.;:") for part in heard.partition(","))
    if comma or rest:
        return name, _LEAD.sub("", rest, count=1) if _LEAD.match(rest) else rest
    words = name.split()
    for number, word in enumerate(words[1:], start=1):
        if _SPECIALTY.search(plain(word)):
            before = words[:number]
            while len(before) > 1 and plain(before[-1]) in ("en", "le", "la", "l"):
                before.pop()
            return " ".join(before), " ".join(words[number:])
    return name, ""


def _family_from(words: list[str]) -> int:
    """Where the family name begins: at its particle ("Anne de la Tour"), else at the last word."""
    for number, word in enumerate(words[:-1]):
        if number and plain(word).rstrip("'") in _PARTICLES:
            return number
    return max(len(words) - 1, 0)
