"""The medical terms of a text, the longest at each place: own lists, drugs, and the labels of the nomenclatures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import LexiconError
from pipeline.model.said import TermKind
from pipeline.verify.sources import drug_names, labels, own_entries
from pipeline.verify.spelling import fold
from pipeline.verify.tokens import Piece, pieces

MOST_WORDS = 6
"""Labels of more words are sentences that nobody writes in a letter."""
SHORT = 3
"""A term of so few letters is an abbreviation and is compared as written: "EN" is none of the preposition "en"."""
_KINDS = {
    **dict.fromkeys(("drug", "drug-brand"), TermKind.DRUG),
    **dict.fromkeys(("procedure", "device"), TermKind.PROCEDURE),
    **dict.fromkeys(("sign", "imaging", "lab-test", "abbreviation"), TermKind.SIGN),
}
_APART = re.compile(r"[.,;:()\n\d]")
"""What no term holds. Figures are no words (`tokens.pieces`): "diabète de type 2" is "diabète"."""
_LABELS = frozenset({"CIM-10", "CIM-11"})
_NO_TERMS = frozenset(
    {"patient", "gauche", "droit", "droite", "bilateral", "autre", "non", "sans", "inconnu", "normal"}
)
"""Labels of CIM-11's extension codes, which name nothing by themselves."""


class Vocabulary:
    """About 40,000 terms. ``folder`` is ``lexicon/``, ``practice`` the practice's own list, which may be absent.

    Raises `ToolMissing` when a nomenclature's package is absent, `LexiconError` when a list is malformed.
    """

    def __init__(self, folder: Path, practice: Path | None = None) -> None:
        self._kinds: dict[str, TermKind] = {}
        for entry in own_entries(folder, practice):
            if entry.group in _KINDS:
                self._add(entry.word, _KINDS[entry.group])
        for term in _common(folder / "common_terms.txt"):
            self._add(term, TermKind.DISEASE)
        for name in drug_names():
            self._add(name, TermKind.DRUG)
        for label in labels():
            if label.source in _LABELS:
                self._add(label.text, TermKind.DISEASE)
                self._add(label.text.partition(",")[0], TermKind.DISEASE)  # "Fièvre, sans précision"

    def terms(self, text: str) -> Iterator[tuple[int, int, TermKind]]:
        """``(start, end, kind)`` of each term, in order, none touching another; plurals and capitals are forgiven."""
        return (span for span in self.words(text) if span[2] is not TermKind.WORD)

    def words(self, text: str) -> Iterator[tuple[int, int, TermKind]]:
        """`terms`, and every word between them."""
        words = list(pieces(text))
        forms = [_form(word.text) for word in words]
        at = 0
        while at < len(words):
            size, kind = self._longest(text, words, forms, at)
            yield words[at].start, words[at + size - 1].end, kind
            at += size

    def _add(self, term: str, kind: TermKind) -> None:
        if term.count(" ") >= MOST_WORDS or _APART.search(term):
            return
        forms = [_form(piece.text) for piece in pieces(term)]
        if forms and len(forms) <= MOST_WORDS and forms[0] not in _NO_TERMS and (len(term) > SHORT or term.isupper()):
            self._kinds.setdefault(" ".join(forms), kind)

    def _longest(self, text: str, words: list[Piece], forms: list[str], at: int) -> tuple[int, TermKind]:
        for size in range(min(MOST_WORDS, len(words) - at), 0, -1):
            kind = self._kinds.get(" ".join(forms[at : at + size]))
            if kind is not None and not _APART.search(text, words[at].start, words[at + size - 1].end):
                return size, kind
        return 1, TermKind.WORD


def _common(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"La liste de termes « {path.name} » ne peut pas être lue.") from error


def _form(word: str) -> str:
    """The word folded, without the mark of a plural; a short word as it is."""
    if len(word) <= SHORT:
        return word
    folded = fold(word)
    return folded[:-1] if len(folded) > 4 and folded[-1] in "sx" else folded
