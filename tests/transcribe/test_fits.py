"""How well the likely terms of a doubtful place fit its sound: told, never written."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from pipeline.ears import Ears
from pipeline.model.text import Fit, Recording
from pipeline.transcribe.dictation import DictationRules
from pipeline.transcribe.faster_whisper_decoder import FasterWhisperDecoder
from pipeline.transcribe.fits import Places, fits
from pipeline.transcribe.listening import Listener
from pipeline.transcribe.port import Candidate
from pipeline.transcribe.step import transcribe
from pipeline.verify.lexicon import FrenchLexicon
from tests.transcribe.conftest import ROOT, SAMPLES
from tests.transcribe.test_weighing import Scales, said

HEARD = said("sous", "à", "pique", "sabant,", "ce", "jour")


def terms(*found: tuple[int, int, str]) -> list[Candidate]:
    return [Candidate(first, last, text, 1.0) for first, last, text in found]


def test_a_term_is_compared_with_what_was_heard_in_its_place() -> None:
    place = terms((1, 4, "apixaban"), (2, 4, "Pixuna"))
    (found,) = fits([Places(HEARD, [place])], Scales({"pique": -4.0, "apixaban": -5.5, "Pixuna": -24.0}))
    assert found == (Fit(1, 4, "apixaban", -1.5), Fit(2, 4, "Pixuna", -20.0))


def test_all_terms_of_a_place_stand_in_the_same_words() -> None:
    scales = Scales({})
    fits([Places(HEARD, [terms((1, 4, "apixaban"), (2, 4, "Pixuna"))])], scales)
    (question,) = scales.asked
    assert question.texts == ("sous à pique sabant, ce", "sous apixaban, ce", "sous à Pixuna, ce")
    assert question.start == 0 and question.end == 5.5


def test_a_figure_that_the_engine_wrote_into_the_word_is_no_part_of_the_term() -> None:
    (found,) = fits([Places(said("2.rectoragie"), [terms((0, 1, "2.rectorragie"))])], Scales({}))
    assert found[0].text == "rectorragie"


def test_nothing_is_asked_where_nothing_is_likely() -> None:
    scales = Scales({})
    assert fits([Places(HEARD, []), Places(HEARD, [[]])], scales) == [(), ()] and not scales.asked


def test_real_whisper_tells_how_terms_fit_and_writes_the_same_words_as_without(
    decoder: FasterWhisperDecoder, rules: DictationRules
) -> None:
    """A carried sample heard by the real model, with the shipped lexicon in its ear."""
    lists = ROOT / "lexicon"
    lexicon = FrenchLexicon(lists, Path(tempfile.gettempdir()) / "calame-test-lexicon")
    ears = Ears(lambda: lexicon, lists / "specialties.yaml").prompter()
    told, untold = (
        transcribe(Recording(str(SAMPLES["letter"].path), "audio/ogg"), Listener(decoder, one), rules, lambda _: None)
        for one in (ears, replace(ears, meant=lambda _words, _opening: ()))
    )
    assert told.fits and not untold.fits
    assert all(0 <= one.start < one.end <= told.duration + 0.5 for one in told.fits)
    assert told.tokens == untold.tokens
