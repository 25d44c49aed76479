"""A drug that only the second hearing names is asked about."""

from __future__ import annotations

from pipeline.model.text import FindingKind, Token, Transcript, Word
from pipeline.verify.lexicon import FrenchLexicon
from pipeline.verify.step import check


def heard_twice(*words: tuple[str, str]) -> Transcript:
    """A transcript of (second hearing, first hearing) pairs, one second each."""
    kept = tuple(Word(text, n, n + 1, 0.9, first) for n, (text, first) in enumerate(words))
    tokens = tuple(Token(w.text, " " if n else "", w.text, "", 0.9, w.start, w.end) for n, w in enumerate(kept))
    return Transcript(tokens, kept, duration=len(words), speech=len(words))


def test_a_drug_that_the_first_hearing_did_not_name_is_asked_about(lexicon: FrenchLexicon) -> None:
    transcript = heard_twice(("poursuite", ""), ("du", ""), ("bisoprolol,", "biseau prolole"), ("matin", ""))
    (finding,) = check(transcript, lexicon).findings
    assert finding.kind is FindingKind.LIKELY_MISHEARD and finding.excerpt == "bisoprolol"
    assert finding.message == "médicament à vérifier : d'abord entendu « biseau prolole »"
    assert (finding.audio_start, finding.audio_end) == (2, 3)


def test_a_drug_that_both_hearings_name_is_not(lexicon: FrenchLexicon) -> None:
    transcript = heard_twice(("poursuite", ""), ("du", ""), ("bisoprolol", "bisoprolol."), ("matin", ""))
    assert check(transcript, lexicon).findings == ()


def test_another_term_of_the_second_hearing_is_no_question(lexicon: FrenchLexicon) -> None:
    transcript = heard_twice(("une", ""), ("dyspnée", "disponée"), ("ce", ""), ("matin", ""))
    assert check(transcript, lexicon).findings == ()
