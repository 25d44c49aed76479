"""In what sense a term is said: present, denied, supposed, past, or of a relative."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Context(StrEnum):
    """Why a term does not say "the patient has it now"; the value is the French word for a person."""

    NEGATED = "nié"
    FAMILY = "famille"
    HYPOTHESIS = "hypothèse"
    HISTORY = "antécédent"


class TermKind(StrEnum):
    """What a term names. ``WORD`` is an ordinary word, that no list of terms holds."""

    DRUG = "drug"
    PROCEDURE = "procedure"
    SIGN = "sign"  # signs, findings and laboratory tests of the own lists
    DISEASE = "disease"  # the labels of CIM-10 and CIM-11
    WORD = "word"


@dataclass(frozen=True, slots=True)
class SaidTerm:
    """A term at ``text[start:end]``. ``section`` is the title's kind ("antécédents", "conclusion"…), ``""`` for none;
    ``cues`` are the words that gave the contexts, as written."""

    start: int
    end: int
    kind: TermKind
    section: str = ""
    contexts: frozenset[Context] = frozenset()
    cues: tuple[str, ...] = ()

    @property
    def affirmed(self) -> bool:
        """Said of the patient, now or in the past: neither denied nor supposed nor a relative's."""
        return self.contexts <= {Context.HISTORY}
