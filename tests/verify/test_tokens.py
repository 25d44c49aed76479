"""Where words begin and end."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.verify.spacy_words import spacy_words
from pipeline.verify.tokens import pieces

CLEAN = sorted((Path(__file__).parent / "data").glob("*.txt"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'œdème d'effort, aujourd'hui", ["œdème", "effort", "aujourd'hui"]),
        ("qu’il n’a pu", ["il", "a", "pu"]),
        ("NT-proBNP à 940 pg/mL", ["NT-proBNP", "à", "pg", "mL"]),
        ("138/82, 2,5 mg à 14h30 (T1) HbA1c 8,9 %", ["mg", "à"]),
        ("stade II, le 12/11/2026 : ecrire@cabinet.example", ["stade", "le"]),
    ],
)
def test_words_are_cut_without_articles_numbers_and_addresses(text: str, words: list[str]) -> None:
    found = list(pieces(text))
    assert [piece.text for piece in found] == words
    assert all(text[piece.start : piece.end] == piece.text for piece in found)


def test_spacy_cuts_the_project_texts_into_the_same_words() -> None:
    for path in CLEAN:
        text = path.read_text(encoding="utf-8")
        ours = {(p.start, p.end) for p in pieces(text) if "-" not in p.text}
        theirs = {(p.start, p.end) for p in spacy_words(text)}
        missing = [text[start:end] for start, end in sorted(ours - theirs)]
        assert len(missing) <= len(ours) * 0.01, missing
