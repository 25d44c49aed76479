"""Of all that a practice knows, what sounds like what was heard in doubt is hinted, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.text import Recording
from pipeline.transcribe.hints import ALIKE, NAME_ALIKE, Doubtful, PracticeEars
from pipeline.transcribe.port import Hints
from pipeline.transcribe.sound_book import MOST_OF_ONE, SoundBook

RECORDING = Recording("x.wav", "", author="dr-vial")
BOOK = SoundBook(["apixaban", "bisoprolol", "dyspnée", "fibrillation auriculaire", "souffle", "créatinine", "TSH"])
PEOPLE = SoundBook(["Antoine Lescure", "Lescure", "Nadia Belkacem", "Belkacem"])


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("disné", "dyspnée"),
        ("a pixe à banc", "apixaban"),
        ("bizo prolol", "bisoprolol"),
        ("fibre y a scion oriculaire", "fibrillation auriculaire"),
        ("créatine", "créatinine"),
    ],
)
def test_what_sounds_alike_is_near(heard: str, meant: str) -> None:
    assert BOOK.near([heard], ALIKE) == (meant,)


@pytest.mark.parametrize("heard", ["bonjour", "le patient", "mardi matin", "", "12", "…", "le", "à"])
def test_what_sounds_otherwise_is_not(heard: str) -> None:
    assert BOOK.near([heard], ALIKE) == ()


def test_the_most_alike_comes_last_and_one_place_has_few() -> None:
    book = SoundBook(["souffle", "souffles", "soufre", "essouffler", "souplesse"])
    near = book.near(["soufle"], ALIKE)
    assert len(near) == MOST_OF_ONE and "souffle" in near[-1]


def test_an_entry_is_there_once_and_one_too_short_to_be_told_apart_is_not() -> None:
    assert SoundBook(["dyspnée", "dyspnée", "le", "", "12"]).entries == ["dyspnée"]
    assert SoundBook(["dyspnée"]).near(["dysné", "disné", "dyspnée"], ALIKE) == ("dyspnée",)


def test_an_empty_book_has_nothing_near() -> None:
    assert SoundBook([]).near(["dyspnée"], ALIKE) == () and BOOK.near([], ALIKE) == ()


@given(st.lists(st.text("abcdeilmnoprst éàêç'-", min_size=1, max_size=20), max_size=6), st.floats(0.1, 0.99))
@settings(max_examples=200, deadline=None)
def test_whatever_is_heard_few_entries_of_the_book_are_near(heard: list[str], least: float) -> None:
    near = BOOK.near(heard, least)
    assert set(near) <= set(BOOK.entries)
    assert len(near) == len(set(near)) <= MOST_OF_ONE * len(heard)


def ears(doubtful: tuple[Doubtful, ...] = (), patients: tuple[str, ...] = ()) -> PracticeEars:
    return PracticeEars(lambda _heard: doubtful, lambda _recording: BOOK, lambda: PEOPLE, lambda _heard: patients)


def test_names_of_colleagues_come_before_terms_and_patients_only_later() -> None:
    place = Doubtful("disné", ("une disné", "disné d'effort"), ("diner", "disque"))
    hints = ears((place,), ("Solange Marchand",))("Docteur Lescur, une disné d'effort", RECORDING)
    assert hints.later == ("Solange Marchand",)
    assert not any("Marchand" in term for term in hints.terms)
    assert hints.terms == ("Lescure", "disque", "diner", "dyspnée")


def test_the_best_term_of_the_lexicon_and_the_last_place_stand_last() -> None:
    places = (Doubtful("xx", (), ("un", "deux")), Doubtful("soufe", (), ("trois", "quatre")))
    assert ears(places)("xx soufe", RECORDING).terms == ("deux", "un", "quatre", "trois", "souffle")


def test_a_term_that_two_places_offer_is_hinted_once() -> None:
    places = (Doubtful("disné", (), ("dyspnée",)), Doubtful("disné", (), ("dyspnée",)))
    assert ears(places)("disné disné", RECORDING).terms == ("dyspnée",)


def test_a_known_text_has_no_hints() -> None:
    assert ears()("la patiente va bien", RECORDING) == Hints()
    assert ears()("", RECORDING) == Hints()


@pytest.mark.parametrize(
    ("heard", "name"),
    [
        ("Courrier au docteur Antoine Lescur.", "Antoine Lescure"),
        ("Courrier au docteur Antoine lescur.", "Antoine Lescure"),
        ("docteur Bel Cassem", "Belkacem"),
        ("docteur Belcassem", "Belkacem"),
    ],
)
def test_a_colleague_is_hinted_wherever_a_name_sounds_alike(heard: str, name: str) -> None:
    assert name in ears()(heard, RECORDING).terms


@pytest.mark.parametrize("heard", ["Le secteur est calme.", "La patiente va bien.", "Bien cordialement.", "lescur"])
def test_words_that_begin_a_sentence_are_no_colleagues(heard: str) -> None:
    assert ears()(heard, RECORDING).terms == ()


def test_the_vocabulary_is_that_of_the_author_of_the_recording() -> None:
    def vocabulary(recording: Recording) -> SoundBook:
        return BOOK if recording.author == "dr-vial" else SoundBook([])

    place = Doubtful("disné", (), ())
    asked = PracticeEars(lambda _heard: (place,), vocabulary, lambda: SoundBook([]))
    assert asked("disné", RECORDING).terms == ("dyspnée",)
    assert asked("disné", Recording("x.wav", "", author="dr-roche")).terms == ()


def test_names_must_sound_more_alike_than_terms() -> None:
    assert NAME_ALIKE > ALIKE
