"""Two hearings become one text: the second is better at terms, the first is the witness against what nobody said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluate.align import blocks
from pipeline.model.text import Word
from pipeline.transcribe.coverage import loops
from pipeline.transcribe.two_hearings import LOST_WORDS, SHARE_KEPT, norms, one_text, parts_of


def heard(text: str, sure: float = 0.9, start: float = 0.0) -> tuple[Word, ...]:
    """Words 0.4 s apart; ``word~0.3`` is less sure than the others."""
    words = []
    for place, part in enumerate(text.split()):
        word, _, own = part.partition("~")
        words.append(Word(word, start + 0.4 * place, start + 0.4 * place + 0.4, float(own or sure)))
    return tuple(words)


def hints(*terms: str) -> frozenset[str]:
    return frozenset().union(*map(parts_of, terms))


def text_of(first: str, second: str, *terms: str) -> str:
    return " ".join(word.text for word in one_text(heard(first), heard(second), hints(*terms)))


@pytest.mark.parametrize(
    ("first", "second", "hint"),
    [
        ("une dysné d'effort", "une dyspnée d'effort", "dyspnée"),
        ("une fibre y a scion oriculaire depuis", "une fibrillation auriculaire depuis", "fibrillation auriculaire"),
        ("sous apixa bande ce jour", "sous apixaban ce jour", "apixaban"),
        ("le docteur Lescur pense", "le docteur Lescure pense", "Antoine Lescure"),
    ],
)
def test_a_hint_that_sounds_like_what_was_heard_is_taken_with_what_was_heard(
    first: str, second: str, hint: str
) -> None:
    words = one_text(heard(first), heard(second), hints(hint))
    assert " ".join(word.text for word in words) == second
    changed = [word for word in words if word.first]
    assert changed and all(word.first in first and word.first not in second.split() for word in changed)


@pytest.mark.parametrize(
    ("first", "second", "hint"),
    [
        ("elle prend du sel le soir", "elle prend du bisoprolol le soir", "bisoprolol"),
        ("pas de toux ce matin", "pas de fibrillation ce matin", "fibrillation auriculaire"),
        ("madame Durand va bien", "madame Marchand-Lescure va bien", "Marchand-Lescure"),
        ("une toux la nuit", "une l'amiodarone la nuit", "amiodarone"),
    ],
)
def test_a_hint_at_the_place_of_an_unlike_word_is_refused(first: str, second: str, hint: str) -> None:
    assert text_of(first, second, hint) == first


@pytest.mark.parametrize(
    ("first", "second", "hint"),
    [
        ("le traitement le soir", "le traitement bisoprolol le soir", "bisoprolol"),
        ("le traitement le soir", "le traitement d'apixaban le soir", "apixaban"),
        ("le traitement le soir", "le traitement sous décalage le soir", "sous-décalage"),
        ("le soir", "le soir Solange Marchand", "Solange Marchand"),
    ],
)
def test_a_hint_that_stands_for_nothing_is_refused(first: str, second: str, hint: str) -> None:
    assert text_of(first, second, hint) == first


def test_a_sentence_that_only_the_hinted_hearing_has_is_not_written_without_its_drug() -> None:
    """ "elle prend du ce soir" would read as if it were whole: the sound is heard again without hints instead."""
    assert text_of("examen normal", "examen normal elle prend du bisoprolol ce soir", "bisoprolol") == "examen normal"


def test_a_hint_put_into_a_long_stretch_that_is_alike_is_refused() -> None:
    first = "lapiré tique sanfra chèque elatou seupeu"
    second = "apyrétique sans crachats amiodarone elle tousse un peu"
    assert "amiodarone" not in text_of(first, second, "amiodarone")


def test_a_surer_word_that_was_not_hinted_is_taken() -> None:
    first, second = heard("la kaliémie à 61~0.5"), heard("la kaliémie à 6,1")
    assert [(word.text, word.first) for word in one_text(first, second, frozenset())][-1] == ("6,1", "61")


def test_a_much_less_sure_word_is_not() -> None:
    assert one_text(heard("pas de fièvre"), heard("pas de neige~0.5"), frozenset())[-1].text == "fièvre"


def test_words_that_only_the_first_hearing_has_are_kept() -> None:
    first = "examen normal pas de souffle ni de râles point conclusion"
    assert text_of(first, "examen normal point conclusion") == first


def test_many_words_for_which_the_second_has_one_are_kept() -> None:
    first = "examen pas de souffle cardiaque perçu conclusion"
    assert text_of(first, "examen normal conclusion") == first


def test_a_stutter_that_only_the_first_hearing_has_is_left_out() -> None:
    assert text_of("le euh~0.2 le patient", "le le patient") == "le le patient"


def test_a_sure_word_that_only_the_second_hearing_has_is_taken_and_an_unsure_one_is_not() -> None:
    assert text_of("douleur thoracique", "douleur thoracique gauche") == "douleur thoracique gauche"
    assert text_of("douleur thoracique", "douleur thoracique gauche~0.3") == "douleur thoracique"


def test_the_mark_is_not_lost_when_its_spoken_form_is_not_believed() -> None:
    assert text_of("trois semaines.", "trois semaines point.~0.3") == "trois semaines."
    assert text_of("trois semaines.", "trois semaines point.") == "trois semaines point."


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("Motif 2. diabaisse de type 1", "Motif deux points, diabète de type 1",
         "Motif deux points, diabète de type 1"),
        ("Motif 2.1 suffisance rénale", "Motif deux points insuffisance rénale",
         "Motif deux points insuffisance rénale"),
        ("Examen 2.144 kg ce jour", "Examen deux points poissants~0.3 quatre~0.3 kilos~0.3 ce jour",
         "Examen deux points 144 kg ce jour"),
        ("créatinine 2.1 ce jour", "créatinine 2,1 ce jour", "créatinine 2,1 ce jour"),
    ],
)  # fmt: skip
def test_deux_points_said_in_full_beside_a_two_is_the_mark(first: str, second: str, text: str) -> None:
    assert text_of(first, second) == text


def test_the_full_stop_of_the_first_hearing_outweighs_a_comma_where_the_mark_that_was_said_is_not_believed() -> None:
    assert text_of("en 2020. Indication", "en 2020, poids,~0.3 indication") == "en 2020. indication"
    assert text_of("en 2020, indication", "en 2020. poids~0.3 indication") == "en 2020. indication"


def test_a_second_hearing_that_loops_gives_the_first() -> None:
    first = heard("la patiente va bien")
    assert one_text(first, heard("bisoprolol le soir " * 5), hints("bisoprolol")) == first


def test_a_first_hearing_that_loops_is_no_witness_for_a_hint() -> None:
    first = "la patiente " + "va bien " * 6
    assert text_of(first, "la patiente va bien sans fièvre") == "la patiente va bien sans fièvre"
    assert text_of(first, "la patiente va bien sous bisoprolol", "bisoprolol") == "la patiente va bien"


def test_when_both_loop_the_loop_is_left_to_be_set_aside() -> None:
    loop = heard("va bien " * 6)
    assert one_text(loop, loop, frozenset()) == loop


def test_empty_hearings() -> None:
    words = heard("la patiente va bien")
    assert one_text((), (), frozenset()) == ()
    assert one_text(words, (), frozenset()) == words
    assert one_text((), words, frozenset()) == words
    assert one_text((), words, hints("patiente")) == ()


def test_where_the_first_hearing_wrote_only_dots_it_heard_nothing() -> None:
    assert text_of("... une toux", "prend du bisoprolol une toux", "bisoprolol") == "une toux"
    assert text_of("... une toux", "il a une toux") == "il a une toux"
    assert text_of("...", "c'est~0.4 la~0.3 fin~0.4") == ""


def test_words_stay_in_the_order_of_the_texts_when_the_times_of_two_hearings_differ() -> None:
    first = heard("demandez consultation d'entre points dans trois mois")
    second = heard("demandez point consultation dans trois mois", start=-0.0)
    late = tuple(Word(w.text, w.start + 0.7, w.end + 0.7, w.probability) for w in first)
    for one, other in ((first, second), (late, second), (second, late)):
        words = one_text(one, other, frozenset())
        starts = [word.start for word in words]
        assert starts == sorted(starts)
        assert " ".join(word.text for word in words).endswith("dans trois mois")


def test_a_term_is_known_by_its_long_words() -> None:
    assert parts_of("diabète de type 2") == {"diabete", "type"}
    assert parts_of("HTA") == {"hta"} and parts_of("") == frozenset()
    assert parts_of("l'œdème gastro-duodénal") == {"oedeme", "gastro", "duodenal"}


WORDS = ["la", "patiente", "prend", "du", "bisoprolol", "bizoprolol", "sel", "pas", "de", "fièvre.", "2", "va", "bien"]
HEARD = st.lists(st.tuples(st.sampled_from(WORDS), st.floats(0, 1), st.floats(0, 2)), max_size=25)
HINTS = st.frozensets(st.sampled_from([*norms(heard(" ".join(WORDS)))]), max_size=5)


def words_of(drawn: Sequence[tuple[str, float, float]]) -> tuple[Word, ...]:
    time, words = 0.0, []
    for text, sure, pause in drawn:
        time += pause
        words.append(Word(text, time, time + 0.3, sure))
        time += 0.3
    return tuple(words)


@given(HEARD, HEARD, HINTS)
@settings(max_examples=300, deadline=None)
def test_each_word_comes_from_one_of_both_hearings_at_a_time_that_never_goes_back(
    one: list[tuple[str, float, float]], other: list[tuple[str, float, float]], prompted: frozenset[str]
) -> None:
    first, second = words_of(one), words_of(other)
    words = one_text(first, second, prompted)
    starts = [word.start for word in words]
    assert starts == sorted(starts) and all(word.start <= word.end for word in words)
    known = set(norms([*first, *second]))
    assert all(norm in known for norm in norms(words))
    latest = max((word.end for word in (*first, *second)), default=0.0)
    assert all(word.end <= latest for word in words)


@given(HEARD, HINTS)
@settings(max_examples=200, deadline=None)
def test_the_same_twice_is_the_same(drawn: list[tuple[str, float, float]], prompted: frozenset[str]) -> None:
    words = words_of(drawn)
    assert one_text(words, words, prompted) == words


@given(HEARD, HEARD)
@settings(max_examples=300, deadline=None)
def test_no_run_of_words_is_lost_unless_something_half_as_long_stands_there(
    one: list[tuple[str, float, float]], other: list[tuple[str, float, float]]
) -> None:
    first, second = words_of(one), words_of(other)
    if loops(norms(first)) or loops(norms(second)):
        return
    words = one_text(first, second, frozenset())
    for block in blocks(norms(first), norms(words)):
        lost, instead = first[block.first : block.last], words[block.begin : block.end]
        if len(lost) < LOST_WORDS or block.same:
            continue
        assert sum(len(word.text) for word in instead) >= SHARE_KEPT * sum(len(word.text) for word in lost)


def test_a_sentence_is_not_written_twice_when_both_hear_it_differently_and_end_alike() -> None:
    first = "dans un mois de point. Nouveau paragrave. Bien confraternel mon point."
    second = "dans un mois de points.~0.4 Nouveau paragrafe. Bien confraternellement point."
    assert text_of(first, second).split().count("Bien") == 1


@given(HEARD, HEARD, st.sampled_from(["bisoprolol", "fievre", "patiente"]))
@settings(max_examples=300, deadline=None)
def test_a_hint_is_never_written_where_the_first_hearing_has_nothing_like_it(
    one: list[tuple[str, float, float]], other: list[tuple[str, float, float]], hint: str
) -> None:
    unlike = words_of([each for each in one if each[0] in {"sel", "va", "de", "du", "pas", "2", "bien", "la"}])
    assert hint not in norms(one_text(unlike, words_of(other), frozenset({hint})))


def test_a_word_that_the_second_hearing_dropped_is_remembered_beside_the_word_before() -> None:
    first = (Word("a", 0.0, 0.2, 0.9), Word("pas", 0.2, 0.4, 0.3), Word("mal", 0.4, 0.8, 0.9))
    second = (Word("a", 0.0, 0.2, 0.9), Word("mal", 0.4, 0.8, 0.9))
    assert [(word.text, word.first) for word in one_text(first, second, frozenset())] == [("a", "a pas"), ("mal", "")]
