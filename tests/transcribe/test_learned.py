"""What was learned of an author, used on the next transcript: what is written, what is offered, what is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.learning import Learned, plain
from pipeline.model.text import Recording, Token, Transcript
from pipeline.testing import ScriptedEngine, spoken
from pipeline.transcribe.dictation import DictationRules
from pipeline.transcribe.learned import apply_learned, vocabulary
from pipeline.transcribe.step import transcribe


def learned(heard: str, right: str, cases: int = 2, **more: object) -> Learned:
    return Learned(f"{heard}-{right}", "dr-vial", plain(heard), heard, right, cases=cases, **more)  # type: ignore[arg-type]


SURE = (
    learned("fibrilation", "fibrillation"),
    learned("la pixaban", "l'apixaban"),
    learned("orthop née", "orthopnée"),
    learned("née", "né", refused=2),
)
OFFERED = (learned("instinctif", "stent actif", reason="mots connus"), learned("gôche", "gauche", cases=1))


def written(text: str, *entries: Learned) -> str:
    return Transcript(apply_learned(spoken(text).tokens, entries or SURE)).text


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        ("une fibrilation stable", "une fibrillation stable"),
        ("Fibrilation. FIBRILATION, fibrilation", "Fibrillation. Fibrillation, fibrillation"),
        ("sous la pixaban, bien toléré", "sous l'apixaban, bien toléré"),
        ("La pixaban est bien tolérée", "L'apixaban est bien tolérée"),
        ("une orthop née. Fin", "une orthopnée. Fin"),
        ("« fibrilation » (fibrilation)", "« fibrillation » (fibrillation)"),
        ("la défibrilation", "la défibrilation"),
        ("sous la\npixaban", "sous la\npixaban"),
        ("sous la. Pixaban", "sous la. Pixaban"),
        ("sous la, pixaban", "sous la, pixaban"),
        ("madame Fibrilation est née", "madame Fibrilation est née"),
    ],
)
def test_the_same_heard_words_are_written_right(heard: str, text: str) -> None:
    assert written(heard) == text


def test_an_elided_article_stays_before_a_vowel_only() -> None:
    entries = (learned("apixabon", "apixaban"), learned("ypoxie", "hypoxie"), learned("ankor", "bisou"))
    assert written("l'apixabon, d’ypoxie, l'ankor", *entries) == "l'apixaban, d’hypoxie, l'ankor"


def test_what_was_heard_stays_with_its_seconds_and_its_rule() -> None:
    before = spoken("sous la pixaban, bien").tokens
    after = apply_learned(before, SURE)
    assert after[1] == replace(
        before[1], text="l'apixaban,", raw="la pixaban,", rule="appris", start=before[1].start, end=before[2].end
    )
    assert [token.doubt for token in after] == ["", "", ""]


def test_what_is_not_sure_keeps_its_words_and_is_one_key_away() -> None:
    _, _, token, _ = apply_learned(spoken("pose d'un instinctif, hier").tokens, OFFERED)
    assert (token.text, token.rule) == ("instinctif,", "")
    assert (token.doubt, token.offers) == ("déjà corrigé en « stent actif »", ("stent actif,",))


@pytest.mark.parametrize(
    "entry",
    [
        learned("fibrilation", "fibrillation", cases=1),
        learned("fibrilation", "fibrillation", reason="médicament"),
        learned("fibrilation", "fibrillation", cases=3, refused=1),
    ],
)
def test_seen_once_or_refused_once_or_dangerous_is_only_offered(entry: Learned) -> None:
    [token] = apply_learned(spoken("fibrilation").tokens, (entry,))
    assert token.text == "fibrilation" and token.offers == ("Fibrillation",)


def test_of_two_meanings_neither_is_written_and_both_are_offered() -> None:
    entries = (learned("fibrilation", "fibrillation", cases=4), learned("fibrilation", "vibration"))
    [_, token] = apply_learned(spoken("une fibrilation").tokens, entries)
    assert token.text == "fibrilation" and token.offers == ("fibrillation", "vibration")


def test_refused_as_often_as_seen_or_switched_off_does_nothing() -> None:
    for entry in (
        learned("fibrilation", "fibrillation", refused=2),
        learned("fibrilation", "fibrillation", active=False),
    ):
        tokens = spoken("une fibrilation").tokens
        assert apply_learned(tokens, (entry,)) == tokens


def test_a_figure_a_command_and_a_place_already_in_doubt_are_left_alone() -> None:
    tokens = (
        Token("2", "", "fibrilation", "nombre"),
        Token(",", "", "fibrilation", "virgule"),
        Token("fibrilation", " ", "fibrilation", doubt="chiffre à vérifier", offers=("3",)),
        Token("", "", "fibrilation", "répétition du moteur"),
    )
    assert apply_learned(tokens, SURE) == tokens


def test_a_word_nobody_said_inside_a_place_divides_it() -> None:
    la, pixaban = spoken("la pixaban").tokens
    tokens = (la, Token("", "", "la", "répétition du moteur"), pixaban)
    assert apply_learned(tokens, SURE) == tokens


def test_the_longest_place_wins() -> None:
    assert written("orthop née", *SURE, learned("orthop", "autre")) == "Orthopnée"


def test_the_engine_is_told_the_right_words_that_are_in_use() -> None:
    entries = (*SURE, *OFFERED, learned("x", "jamais", active=False), learned("kalgic", "Kardegic", cases=5))
    assert vocabulary(entries) == ("Kardegic", "fibrillation", "l'apixaban", "orthopnée", "stent actif", "gauche")
    assert vocabulary(entries, most=2) == ("Kardegic", "fibrillation")


def test_a_recording_is_transcribed_with_what_was_learned_of_its_author(rules: DictationRules) -> None:
    engine = ScriptedEngine("on note une fibrilation virgule sous la pixaban point")
    recording = Recording("x.wav", "audio/wav", "dr-vial", SURE)
    transcript = transcribe(recording, engine, rules, lambda _: None)
    assert "fibrillation" in transcript.text and "l'apixaban" in transcript.text
    assert [token.raw for token in transcript.tokens if token.rule == "appris"] == ["fibrilation", "la pixaban"]
    plainly = transcribe(replace(recording, learned=()), engine, rules, lambda _: None)
    assert "fibrilation" in plainly.text and "la pixaban" in plainly.text


# --- properties ----------------------------------------------------------------------------------------------------

WORDS = ["fibrilation", "la", "pixaban", "l'apixabon", "orthop", "née", "Née", "gôche", "12", "et", ".", "«", "»"]
texts = st.lists(st.sampled_from([*WORDS, "pixaban,", "née.", "(la", "pixaban)"]), max_size=25)
spaces = st.sampled_from([" ", "\n", "\n\n", "\u00a0"])
entries = st.lists(
    st.builds(
        learned,
        st.lists(st.sampled_from([word for word in WORDS if word.isalpha()]), min_size=1, max_size=5).map(" ".join),
        st.sampled_from(["fibrillation", "l'apixaban", "stent actif", "É", "Kardegic"]),
        cases=st.integers(0, 4),
        refused=st.integers(0, 3),
        active=st.booleans(),
        reason=st.sampled_from(["", "côté"]),
    ),
    max_size=6,
).map(tuple)


@given(words=texts, space=spaces, known=entries)
def test_no_word_that_was_heard_is_ever_lost(words: list[str], space: str, known: tuple[Learned, ...]) -> None:
    tokens = spoken(space.join(words)).tokens
    after = apply_learned(tokens, known)
    assert "".join(t.raw for t in after).replace(" ", "") == "".join(t.raw for t in tokens).replace(" ", "")
    assert [t.start for t in after] == sorted(t.start or 0.0 for t in after)
    assert all(t.rule == "appris" or t.text == t.raw for t in after)
    assert not any(char.isdigit() for t in after if t.rule == "appris" for char in t.text + t.raw)


@given(words=texts, known=entries)
def test_with_nothing_learned_or_all_switched_off_nothing_changes(words: list[str], known: tuple[Learned, ...]) -> None:
    tokens = spoken(" ".join(words)).tokens
    assert apply_learned(tokens, ()) == tokens
    assert apply_learned(tokens, [replace(one, active=False) for one in known]) == tokens


@given(words=texts, known=entries)
def test_only_what_is_sure_changes_the_text(words: list[str], known: tuple[Learned, ...]) -> None:
    tokens = spoken(" ".join(words)).tokens
    unsure = [replace(one, reason="côté") for one in known]
    assert Transcript(apply_learned(tokens, unsure)).text == Transcript(tokens).text
