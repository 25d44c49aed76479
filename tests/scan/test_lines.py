"""Reading order and paragraphs."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from pipeline.scan.lines import Piece, ReadPage, reading_order, to_transcript, words_of


def _piece(text: str, left: float, top: float, width: float = 300) -> Piece:
    return Piece(text, left, top, left + width, top + 20)


def _read(pieces: list[Piece]) -> list[str]:
    return [" | ".join(piece.text for piece in row) for row in reading_order(pieces, 1000, 1400)]


def test_sender_and_addressee_side_by_side_are_read_one_after_the_other() -> None:
    left = ["Docteur Hélène AUBÉPINE", "Cardiologie", "69002 LYON"]
    right = ["Madame Josette MERLETTE", "3, chemin des Prés", "69400 VILLEFRANCHE"]
    pieces = [_piece(text, 50, 100 + 30 * row) for row, text in enumerate(left)]
    pieces += [_piece(text, 600, 105 + 30 * row) for row, text in enumerate(right)]
    assert _read([*pieces, _piece("Chère Madame,", 50, 600)]) == [*left, *right, "Chère Madame,"]


def test_the_rows_of_a_table_of_results_stay_rows() -> None:
    names, values = ["Hémoglobine", "Leucocytes", "Créatinine"], ["11,4 g/dl", "9 800 /mm3", "92 µmol/l"]
    for top in (100, 700):
        pieces = [_piece(text, 50, top + 30 * row) for row, text in enumerate(names)]
        pieces += [_piece(text, 600, top + 30 * row) for row, text in enumerate(values)]
        assert _read(pieces) == [f"{name} | {value}" for name, value in zip(names, values, strict=True)]


@given(angle=st.floats(-3, 3), order=st.permutations(range(12)))
def test_a_skewed_page_is_read_from_top_to_bottom(angle: float, order: list[int]) -> None:
    slope = math.radians(angle)
    pieces = []
    for row in range(12):
        for text, left, width in ((f"g{row}", 60.0, 420.0), (f"d{row}", 500.0, 420.0)):
            drop = math.tan(slope) * (left + width / 2)
            spread = abs(math.tan(slope)) * width / 2
            top = 700 + 40 * row + drop
            pieces.append(Piece(text, left, top - spread, left + width, top + 22 + spread, 1.0, slope))
    shuffled = [pieces[2 * index + half] for index in order for half in (1, 0)]
    assert _read(shuffled) == [f"g{row} | d{row}" for row in range(12)]


@given(st.lists(st.text("abcé ", min_size=1).filter(str.strip), min_size=1, max_size=8))
def test_no_word_is_lost_and_every_word_has_its_place(texts: list[str]) -> None:
    lines = tuple(tuple(words_of(_piece(text, 10, 30 * row))) for row, text in enumerate(texts))
    transcript = to_transcript([ReadPage(1000, 1400, lines)], "test")
    assert transcript.text.split() == " ".join(texts).split()
    assert all(token.box is not None and 0 <= token.box.left <= token.box.right <= 1 for token in transcript.tokens)


def test_line_ends_paragraphs_and_pages_are_kept() -> None:
    lines = tuple((_piece(text, 10, top),) for text, top in (("un", 0), ("deux", 25), ("trois", 90)))
    page = ReadPage(1000, 1400, lines)
    assert to_transcript([page, page], "test").text == "un\ndeux\n\ntrois\n\nun\ndeux\n\ntrois"
