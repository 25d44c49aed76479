"""A term that fits the sound is written where a word of no list was heard, and every other one is only offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.text import Word
from pipeline.transcribe.candidates import candidates
from pipeline.transcribe.decoder import Question
from pipeline.transcribe.port import Candidate
from pipeline.transcribe.sound_book import SoundBook
from pipeline.transcribe.weighing import Told, weigh

BOOK = SoundBook(
    ["apixaban", "bisoprolol", "lombaire", "aponévrose", "glomérulaire", "kaliémie", "calcémie", "méniscal"]
)


def said(*texts: str, first: str = "") -> tuple[Word, ...]:
    return tuple(Word(text, n, n + 1, 0.5, first) for n, text in enumerate(texts))


@dataclass
class Scales:
    """Gives each text the weight of the first of ``weights`` that stands in it; notes what was asked."""

    weights: dict[str, float]
    asked: list[Question] = field(default_factory=list)

    def weigh(self, questions: Sequence[Question]) -> list[tuple[float, ...]]:
        self.asked += questions
        return [tuple(self._of(text) for text in question.texts) for question in questions]

    def _of(self, text: str) -> float:
        return next((weight for part, weight in self.weights.items() if part in text), -10.0)


def weighed(words: tuple[Word, ...], found: Sequence[Candidate], **weights: float) -> tuple[list[str], list[str]]:
    ((texts, places),) = weigh([Told(words, found)], Scales(weights))
    return [word.text for word in texts], [f"{place.heard} > {', '.join(place.terms)}" for place in places]


def meant(words: tuple[Word, ...], *doubtful: int) -> list[str]:
    return [f"{one.first}-{one.last} {one.text}" for one in candidates(words, doubtful, BOOK, lambda _: ())]


# --- which terms -----------------------------------------------------------------------------------------------------


def test_a_term_may_hide_in_several_words_and_its_article_stays() -> None:
    assert "1-4 apixaban" in meant(said("sous", "à", "pique", "sabant", "ce", "jour"), 3)
    assert meant(said("virgule,", "l'aponévroze"), 1) == ["1-2 l'aponévrose"]
    assert meant(said("un", "calcul", "l'ombert"), 2) == ["2-3 lombaire"]


def test_nothing_is_looked_for_over_a_mark_in_a_figure_or_where_no_word_is_in_doubt() -> None:
    assert not any(one.startswith("0-2") for one in meant(said("bizo,", "prolol"), 1))
    assert meant(said("bisoprolol5"), 0) == []
    assert meant(said("bizoprolol")) == []


def test_a_twin_is_looked_for_where_only_a_hint_brought_a_listed_word_but_never_for_a_number() -> None:
    assert meant(said("calcémie", first="calémie")) == ["0-1 kaliémie"]
    assert meant(said("calcémie", first="calcémie.")) == []
    book = SoundBook(["treize", "trente"])
    assert candidates(said("trente", first="3"), (), book, lambda _: ()) == []
    assert candidates(said("trente", first="trante"), (), book, lambda _: ()) == []


@pytest.mark.parametrize("lost", ["pas", "sans", "gauche", "deux", "milligrammes"])
def test_a_term_never_takes_the_place_of_a_negation_a_side_a_number_or_a_unit_by_itself(lost: str) -> None:
    words = said(lost, "bisoprololle")
    book = SoundBook([f"{lost}bisoprolol"])
    (swallowing,) = [one for one in candidates(words, {1}, book, lambda _: (), {lost}) if one.first == 0]
    assert weighed(words, [swallowing], bisoprolol=-1.0)[0] == [lost, "bisoprololle"]
    assert weighed(words, [replace(swallowing, drops=False)], bisoprolol=-1.0)[0] == [f"{lost}bisoprolol"]


@given(st.lists(st.text("abéioupst ,.'5", min_size=1, max_size=9), max_size=8), st.sets(st.integers(0, 7)))
def test_whatever_was_heard_a_term_stands_for_words_that_are_there(texts: list[str], places: set[int]) -> None:
    words = said(*texts)
    found = candidates(words, {place for place in places if place < len(words)}, BOOK, lambda _: ())
    assert all(0 <= one.first < one.last <= len(words) and 0 < one.likeness <= 1 for one in found)


# --- what is written -------------------------------------------------------------------------------------------------


def test_a_term_that_fits_nearly_as_well_is_written_with_the_case_and_the_mark_and_what_was_heard_is_kept() -> None:
    words = said("filtration", "Glomérulère,", "normale")
    ((texts, places),) = weigh([Told(words, [Candidate(1, 2, "glomérulaire", 0.97)])], Scales({"glomérulaire": -11.5}))
    assert [word.text for word in texts] == ["filtration", "Glomérulaire,", "normale"]
    assert texts[1].first == "Glomérulère," and (texts[1].start, texts[1].end) == (1, 2)
    (place,) = places
    assert place.written and place.heard == "Glomérulère," and (place.start, place.end) == (1, 2)


@pytest.mark.parametrize(("likeness", "weight"), [(0.8, -10.0), (0.97, -16.0)])
def test_a_term_that_sounds_otherwise_or_fits_worse_is_only_offered(likeness: float, weight: float) -> None:
    texts, places = weighed(said("néphologie"), [Candidate(0, 1, "néphrologie", likeness)], néphrologie=weight)
    assert texts == ["néphologie"] and places == ["néphologie > néphrologie"]


def test_a_term_that_does_not_fit_at_all_is_not_offered() -> None:
    assert weighed(said("hamipil"), [Candidate(0, 1, "amyle", 0.7)], amyle=-20.0) == (["hamipil"], [])


def test_listed_words_never_give_way_but_a_term_that_fits_better_is_offered() -> None:
    twin = Candidate(0, 1, "kaliémie", 0.9, listed=True)
    assert weighed(said("calcémie"), [twin], kaliémie=-10.5) == (["calcémie"], [])
    assert weighed(said("calcémie"), [twin], kaliémie=-7.0) == (["calcémie"], ["calcémie > kaliémie"])


def test_of_two_numbers_that_sound_the_same_the_one_that_was_heard_is_written() -> None:
    found = [Candidate(0, 1, "glomérulaires", 0.97), Candidate(0, 1, "glomérulaire", 0.97)]
    texts, _ = weighed(said("glomérulère"), found, glomérulaires=-10.0, glomérulaire=-11.0)
    assert texts == ["glomérulaire"]


def test_of_places_that_touch_the_best_is_settled_and_the_words_of_a_long_term_share_the_time() -> None:
    found = [Candidate(0, 2, "fibrillation auriculaire", 0.9), Candidate(1, 2, "oculaire", 0.86)]
    ((texts, places),) = weigh([Told(said("fibrion", "oriculaire", "lente"), found)], Scales({"fibrillation a": -9.0}))
    assert [word.text for word in texts] == ["fibrillation", "auriculaire", "lente"] and len(places) == 1
    assert texts[0].start == 0 and texts[0].end == texts[1].start and texts[1].end == 2


def test_a_term_is_weighed_inside_its_sentence() -> None:
    scales = Scales({})
    words = said("a", "b", "c", "d", "e", "poplitée.", "f", "g", "h", "i")
    weigh([Told((), ()), Told(words, [Candidate(5, 6, "poplité", 0.95)])], scales)
    (question,) = scales.asked
    assert question.piece == 1 and question.texts == ("c d e poplitée. f g h", "c d e poplité. f g h")
    assert question.start < 2 and question.end > 9
