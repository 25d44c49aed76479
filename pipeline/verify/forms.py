"""The regular forms of French adjectives."""

from __future__ import annotations

import re
from collections.abc import Iterator

ENDINGS = (
    ("é", "ée", "és", "ées"),
    ("al", "ale", "aux", "ales"),
    ("el", "elle", "els", "elles"),
    ("ien", "ienne", "iens", "iennes"),
    ("eux", "euse", "euses"),
    ("if", "ive", "ifs", "ives"),
    ("ant", "ante", "ants", "antes"),
    ("ique", "iques"),
    ("aire", "aires"),
    ("ose", "otique", "otiques", "osique", "osiques"),
    ("èse", "ésé", "ésée", "ésés", "ésées"),
    ("manie", "mane", "manes", "maniaque", "maniaques"),
)
"""The regular endings of French adjectives, and of those made of a disease (stéatose, stéatosique) or an operation
(ostéosynthèse, ostéosynthésé): a label gives one form, a text may use another."""


NOUNS = re.compile(r"(?:pnée|rrhée|chorée|trachée|périnée)s?$")
"""Nouns of diseases and organs whose é is no ending of an adjective: nobody is "dyspné"."""


def adjective_forms(word: str) -> Iterator[str]:
    """The regular forms (`ENDINGS`) of the adjective that ``word`` may be, itself among them."""
    if NOUNS.search(word):
        return
    for endings in ENDINGS:
        for ending in endings:
            if word.endswith(ending) and len(word) - len(ending) > 3:
                yield from (word[: len(word) - len(ending)] + other for other in endings)
