"""Nouns, with what describes them, in their other number, and which number of a noun is the usual one."""

from __future__ import annotations

import re

from pipeline.verify.port import Lexicon
from pipeline.verify.spelling import ligatured

WORDS = 3
"""Words of the longest text that is turned."""
MORE = 0.55
"""Zipf by which the other number is far more usual, about three and a half times: of words of own dictations that no
determiner tells the number of, three of four in the less usual one were wrong."""
EVERYDAY = 4.3
"""Zipf value from which everybody uses a noun in both numbers ("suites", "semaines")."""

DENIED = re.compile(r"\b(?:ni|sans|pas de|pas d['’]|absence de|absence d['’])\s*$", re.IGNORECASE)
"""Words behind which what is not there is mostly in the singular."""


def in_other_number(text: str, lexicon: Lexicon) -> str:
    """``text``, one to `WORDS` nouns and adjectives, in its other number; ``""`` where that is not sure."""
    words = text.split()
    turned = [_other_form(word, lexicon) for word in words] if len(words) <= WORDS else []
    return " ".join(turned) if turned and all(turned) else ""


def more_usual(word: str, lexicon: Lexicon) -> str:
    """The other number of ``word``; ``""`` where it is no more usual, or ``word`` is no noun alone."""
    readings = lexicon.readings(word)
    if len(readings) != 1 or not readings[0].noun:
        return ""
    other = _other_form(word, lexicon)
    usual = lexicon.frequency(other) if other else EVERYDAY
    return other if usual < EVERYDAY and usual - lexicon.frequency(word) >= MORE else ""


def _other_form(word: str, lexicon: Lexicon) -> str:
    readings = [one for one in lexicon.readings(word) if one.genders and len(one.numbers) == 1]
    forms = {
        form
        for one in readings
        for form in lexicon.inflected(
            one.stem, noun=one.noun, gender=one.genders[0], number="p" if one.numbers == "s" else "s"
        )
    }
    if len(forms) != 1:
        return ""
    form = ligatured(forms.pop(), word)
    return form[:1].upper() + form[1:] if word[:1].isupper() else form
