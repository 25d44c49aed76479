"""Every second of speech is accounted for, and nothing is written that nobody said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.text import FOREIGN, Gap, Recording, Transcript, Word
from pipeline.transcribe.coverage import loops, uncovered
from pipeline.transcribe.figures_yaml import load_figure_rules
from pipeline.transcribe.port import Heard, Progress
from pipeline.transcribe.rules_yaml import load_dictation_rules
from pipeline.transcribe.step import transcribe
from tests.transcribe.conftest import ROOT, words_of

RULES = load_dictation_rules(ROOT / "lexicon" / "dictation.yaml")


class Told:
    """An engine that hears what it is told."""

    name = "told"

    def __init__(self, heard: Heard) -> None:
        self.heard = heard

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        return self.heard


def transcript_of(words: tuple[Word, ...], speech: tuple[tuple[float, float], ...], duration: float = 60) -> Transcript:
    return transcribe(Recording("x", ""), Told(Heard(words, duration, speech)), RULES, lambda _: None)


def later(words: tuple[Word, ...], seconds: float) -> tuple[Word, ...]:
    return tuple(Word(w.text, w.start + seconds, w.end + seconds, w.probability) for w in words)


def test_speech_without_words_becomes_a_gap() -> None:
    words = words_of("pas de fièvre") + later(words_of("ni de toux"), 10)
    transcript = transcript_of(words, ((0.0, 1.2), (4.0, 7.0), (10.0, 11.2)))
    assert transcript.gaps == (Gap(4.0, 7.0),)


def test_a_word_stretched_over_lost_speech_does_not_hide_it() -> None:
    words = (Word("fièvre", 0.0, 9.0, 0.9), Word("toux", 9.0, 9.5, 0.9))
    gaps = transcript_of(words, ((0.0, 9.5),)).gaps
    assert len(gaps) == 1 and gaps[0].start < 3 and gaps[0].end > 8


def test_a_silence_is_no_gap() -> None:
    assert transcript_of(words_of("bonjour"), ((0.0, 0.5),)).gaps == ()


def test_a_loop_is_written_once_and_its_speech_must_be_listened_to() -> None:
    words = words_of("la patiente va bien " * 6)
    transcript = transcript_of(words, ((0.0, 10.0),))
    assert transcript.text == "La patiente va bien"
    assert len(transcript.words) == 24 and len(transcript.gaps) == 1
    assert {token.rule for token in transcript.tokens if not token.text} == {"répétition du moteur"}


def test_what_is_taken_out_stands_in_its_place_among_the_tokens() -> None:
    words = words_of("toux à la ligne " + "bien sûr " * 4 + "point nouveau paragraphe fin")
    raws = [token.raw for token in transcript_of(words, ((0.0, 8.0),)).tokens]
    assert raws == ["toux", "à la ligne", *("bien sûr " * 4).split(), "point", "nouveau paragraphe", "fin"]


def test_a_loop_without_spaces_is_taken_out() -> None:
    transcript = transcript_of(words_of("pression à 130 sur 80" + ",1" * 40 + " et pouls normal"), ((0.0, 4.0),))
    assert transcript.text == "Pression à 130 sur et pouls normal"


def test_a_whole_word_that_repeats_without_spaces_is_a_loop() -> None:
    assert loops(["sequences", "resultat:" * 9 + "res", "fissure"]) == {1}
    assert not loops(["prothrombine", "1000000000", "couscous", "cui-cui-cui"])


def test_a_word_said_three_times_and_equal_doses_are_no_loop() -> None:
    for text in ("non non non", "5mg 5mg 5mg 5mg 5mg", "00 00 00 00 00"):
        transcript = transcript_of(words_of(text), ((0.0, 3.0),))
        assert transcript.text.lower() == text


def test_a_stock_phrase_over_silence_is_not_written() -> None:
    words = words_of("fin du courrier.") + later(words_of("Merci d'avoir regardé cette vidéo !"), 20)
    transcript = transcript_of(words, ((0.0, 1.2),))
    assert transcript.text == "Fin du courrier."
    assert "".join(token.raw for token in transcript.tokens).endswith("vidéo!")


def test_the_same_phrase_that_was_spoken_is_written() -> None:
    words = words_of("merci de votre attention")
    assert transcript_of(words, ((0.0, 1.6),)).text == "Merci de votre attention"


def test_the_transcript_says_how_long_it_is_and_who_heard_it() -> None:
    transcript = transcript_of(words_of("bonjour"), ((0.0, 0.5), (1.0, 1.25)), duration=12.5)
    assert (transcript.duration, transcript.speech, transcript.engine) == (12.5, 0.75, "told")


LOOPING = "la la patiente point point. deux points virgule non non non non à ligne"
SPANS = st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 10)), max_size=6)


@given(SPANS, st.lists(st.tuples(st.floats(0, 50), st.floats(0, 5)), max_size=20))
@settings(max_examples=200, deadline=None)
def test_gaps_lie_in_speech_and_hold_no_word(
    speech: list[tuple[float, float]], spoken: list[tuple[float, float]]
) -> None:
    spans = [(start, start + length) for start, length in speech]
    words = [Word("mot", start, start + length, 0.9) for start, length in spoken]
    for start, end in uncovered(spans, words):
        assert any(a <= start and end <= b for a, b in spans)
        assert not any(start + 1e-6 < word.start < end - 1e-6 for word in words)


@given(
    st.lists(
        st.sampled_from(
            [
                "la",
                "la",
                "patiente",
                "point",
                "point.",
                "deux",
                "points",
                "virgule",
                "non",
                "non",
                "non",
                "non",
                "à",
                "ligne",
            ]
        ),
        max_size=40,
    )
)
@settings(max_examples=200, deadline=None)
def test_every_raw_word_is_in_the_tokens_in_order_even_with_loops(parts: list[str]) -> None:
    words = words_of(" ".join(parts))
    transcript = transcript_of(words, ())
    raws = "".join(token.raw for token in transcript.tokens).replace(" ", "")
    assert sorted(raws) == sorted("".join(parts))


def test_a_figure_that_two_hearings_gave_differently_carries_a_doubt() -> None:
    words = words_of("kaliémie à")
    words += (Word("6,1", 0.8, 1.2, 0.9, first="61"), Word("ce", 1.2, 1.4, 0.9), Word("jour", 1.4, 1.8, 0.9))
    transcript = transcript_of(words, ((0.0, 1.8),))
    assert [(token.text, token.doubt) for token in transcript.tokens if token.doubt] == [
        ("6,1", "chiffre à vérifier : aussi entendu « 61 »")
    ]


def test_a_figure_said_in_two_ways_is_no_doubt() -> None:
    words = (Word("deux", 0.0, 0.4, 0.9, first="2 points"), Word("points", 0.4, 0.8, 0.9, first="2 points"))
    assert not any(token.doubt for token in transcript_of(words, ((0.0, 0.8),)).tokens)


def test_each_second_of_speech_is_counted() -> None:
    words = words_of("pas de fièvre") + later(words_of("ni de toux"), 10)
    transcript = transcript_of(words, ((0.0, 1.2), (4.0, 7.0), (10.0, 11.2)))
    assert round(transcript.speech, 1) == 5.4 and round(transcript.explained, 1) == 2.4


def test_words_of_another_language_are_set_aside_and_their_speech_must_be_listened_to() -> None:
    words = words_of("good morning doctor") + later(words_of("pas de fièvre"), 5)
    aside = tuple((place, FOREIGN) for place in range(3))
    heard = Heard(words, 60, ((0.0, 1.6), (5.0, 6.2)), aside=aside)
    transcript = transcribe(Recording("x", ""), Told(heard), RULES, lambda _: None)
    assert transcript.text == "Pas de fièvre" and transcript.gaps == (Gap(0.0, 1.6),)
    assert [token.raw for token in transcript.set_aside] == ["good", "morning", "doctor"]


def test_speech_of_another_language_is_not_heard_again_but_lost_speech_is() -> None:
    asked: list[tuple[float, float]] = []

    class Attentive(Told):
        def hear_spans(
            self, recording: Recording, spans: Sequence[tuple[float, float]], attempt: int
        ) -> tuple[tuple[Word, ...], ...]:
            asked.extend(spans)
            return ((),) * len(spans)

    words = words_of("good morning doctor") + later(words_of("pas de fièvre"), 5)
    heard = Heard(words, 60, ((0.0, 1.6), (5.0, 6.2), (20.0, 22.0)), aside=tuple((n, FOREIGN) for n in range(3)))
    transcript = transcribe(Recording("x", ""), Attentive(heard), RULES, lambda _: None)
    assert set(asked) == {(20.0, 22.0)}
    assert transcript.gaps == (Gap(0.0, 1.6), Gap(20.0, 22.0))


def test_milligrams_for_micrograms_carry_a_doubt_though_the_number_is_the_same() -> None:
    words = words_of("lévothyroxine")
    words += (Word("75mg", 0.4, 0.9, 0.9, first="75 microgrammes"), Word("le", 0.9, 1.1, 0.9))
    figures = load_figure_rules(ROOT / "lexicon" / "figures.yaml")
    engine = Told(Heard(words, 60, ((0.0, 1.1),)))
    transcript = transcribe(Recording("x", ""), engine, RULES, lambda _: None, figures)
    assert [token.doubt for token in transcript.tokens if token.doubt] == [
        "chiffre à vérifier : aussi entendu « 75 microgrammes »"
    ]


@pytest.mark.parametrize(
    ("first", "said"), [("75mg", ("75", "milligrammes")), ("double-g", ("double", "g")), ("5-g", ("5", "g"))]
)
def test_a_unit_written_in_two_ways_is_no_doubt(first: str, said: tuple[str, str]) -> None:
    words = (Word(said[0], 0.0, 0.4, 0.9, first=first), Word(said[1], 0.4, 0.9, 0.9, first=first))
    figures = load_figure_rules(ROOT / "lexicon" / "figures.yaml")
    transcript = transcribe(Recording("x", ""), Told(Heard(words, 60, ((0.0, 0.9),))), RULES, lambda _: None, figures)
    assert not any(token.doubt for token in transcript.tokens)


def test_a_negation_that_only_one_hearing_has_carries_a_doubt() -> None:
    words = words_of("il n'y a")
    words = (*words[:-1], Word("a", 0.8, 1.0, 0.9, first="a pas"), Word("fièvre", 1.0, 1.5, 0.9))
    doubts = [(token.text, token.doubt) for token in transcript_of(words, ((0.0, 1.5),)).tokens if token.doubt]
    assert doubts == [("a", "sens à vérifier : aussi entendu « a pas »")]


def test_a_side_that_two_hearings_gave_differently_carries_a_doubt() -> None:
    words = (Word("genou", 0.0, 0.4, 0.9), Word("droit", 0.4, 0.8, 0.9, first="gauche"))
    doubts = [token.doubt for token in transcript_of(words, ((0.0, 0.8),)).tokens if token.doubt]
    assert doubts == ["sens à vérifier : aussi entendu « gauche »"]
