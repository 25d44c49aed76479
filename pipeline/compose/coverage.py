"""Characters that no installed font draws: a box would be printed, and PDF/A-3a and PDF/UA-1 forbid it (ISO 19005-3,
6.2.11.4; ISO 14289-1, 7.21.4). They are told before anybody signs. Standard library only.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator

from pipeline.compose.port import KindRules
from pipeline.compose.presentation import main_window, window
from pipeline.model.document import Revision

Undrawable = Callable[[str], str]
"""Those of some characters that no installed font has (`pipeline.compose.port.Renderer.undrawable`)."""

_KNOWN = 0x180
"""Below, Latin letters with their accents: every font of text has them, nobody needs to ask."""
_ALSO_KNOWN = frozenset("’‘“”„«»–—…•€œŒ≤≥−×µ°‰ʼ≈≠ΩαβγδμΔ→")


def none(letters: str) -> str:
    """Of a renderer that draws everything."""
    del letters
    return ""


def boxes(revision: Revision, rules: KindRules, undrawable: Undrawable) -> Iterator[str]:
    """A French sentence for each character that would be printed as a box, with its place and no word around it."""
    for place, text in _printed(revision, rules):
        asked = "".join(sorted({letter for letter in text if _is_rare(letter)}))
        for letter in undrawable(asked) if asked else "":
            line = text.count("\n", 0, text.index(letter)) + 1
            yield (
                f"Le caractère « {letter} » (U+{ord(letter):04X}), {place}, ligne {line}, n'existe dans aucune police "
                "installée : un carré vide serait imprimé. Remplacez-le par des lettres ordinaires."
            )


def _is_rare(letter: str) -> bool:
    plain = ord(letter) < _KNOWN or letter in _ALSO_KNOWN
    return not plain and unicodedata.category(letter) not in ("Cf", "Cc", "Cs", "Zs", "Zl", "Zp", "Mn")


def _printed(revision: Revision, rules: KindRules) -> Iterable[tuple[str, str]]:
    for section in revision.sections:
        yield (
            f"sous « {section.heading} »" if section.heading else "dans le texte",
            section.text,
        )
    patient, practice = revision.patient, revision.practice
    yield "dans un titre du texte", "\n".join(section.heading for section in revision.sections)
    yield "dans le titre", revision.title
    yield "dans l'identité du patient", " ".join((patient.birth_name, patient.used_name, patient.first_names))
    for block in (main_window(revision, rules), *(window(one, patient) for one in revision.copy_to)):
        yield "dans l'adresse du destinataire", "\n".join((block.name, block.specialty, *block.address))
    yield "dans les copies", " ; ".join(revision.copies)
    yield "dans l'en-tête", " ".join((practice.name, practice.address, revision.author.name, revision.author.specialty))
