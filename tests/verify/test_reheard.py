"""A drug that only the second hearing names is asked about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.text import FindingKind, Token, Transcript, Weighed, Word
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


def weighed(*places: Weighed) -> Transcript:
    """« filtration glomérulère normale », a second each word, with terms weighed by their sound."""
    written = {place.start: place.terms[0] for place in places if place.written}
    texts = [written.get(n, text) for n, text in enumerate(("filtration", "glomérulère", "normale"))]
    tokens = tuple(Token(text, " " if n else "", text, "", 0.9, n, n + 1) for n, text in enumerate(texts))
    return Transcript(tokens, duration=3, speech=3, weighed=places)


def test_a_term_that_was_written_by_its_sound_is_asked_about_and_stands_first(lexicon: FrenchLexicon) -> None:
    place = Weighed(1, 2, "glomérulère", ("glomérulaire", "glomérulaires"), written=True)
    (finding,) = check(weighed(place), lexicon).findings
    assert finding.excerpt == "glomérulaire" and "d'abord entendu « glomérulère »" in finding.message
    assert [one.text for one in finding.proposals] == ["glomérulaire", "glomérulaires"]
    assert (finding.audio_start, finding.audio_end) == (1, 2)


def test_terms_that_fit_the_sound_come_before_those_that_only_look_alike(lexicon: FrenchLexicon) -> None:
    (finding,) = check(weighed(Weighed(1, 2, "glomérulère", ("glomérulaires",))), lexicon).findings
    assert finding.excerpt == "glomérulère" and finding.proposals[0].text == "glomérulaires"
    assert len(finding.proposals) > 1


def test_a_weighed_place_of_which_nothing_was_written_is_no_question(lexicon: FrenchLexicon) -> None:
    assert check(weighed(Weighed(7, 8, "glomérulère", ("glomérulaire",))), lexicon).findings[0].excerpt == "glomérulère"


@given(st.lists(st.booleans(), min_size=4, max_size=4), st.integers(0, 4), st.integers(1, 3))
def test_a_written_term_is_asked_about_however_its_words_became_tokens(
    lexicon: FrenchLexicon, joined: list[bool], first: int, length: int
) -> None:
    words = ["filtration", "glomérulaire", "normale", "ce", "matin"]
    last = min(first + length, len(words))
    parts: list[list[int]] = [[0]]
    for n, join in enumerate(joined, 1):
        parts[-1].append(n) if join else parts.append([n])
    tokens = tuple(
        Token(" ".join(words[n] for n in part), " " if part[0] else "", "", "", 0.9, part[0], part[-1] + 1)
        for part in parts
    )
    place = Weighed(first, last, "glomérulère", (" ".join(words[first:last]),), written=True)
    transcript = Transcript(tokens, duration=5, speech=5, weighed=(place,))
    asked = [one for one in check(transcript, lexicon).findings if "glomérulère" in one.message]
    assert asked
    assert " ".join(words[first:last]) in transcript.text[asked[0].start : asked[-1].end]


def test_a_word_written_by_its_sound_that_does_not_agree_is_asked_about_with_its_neighbour(
    lexicon: FrenchLexicon,
) -> None:
    texts = ("avec", "adénomégalie", "médiastinal")
    tokens = tuple(Token(text, " " if n else "", text, "", 0.9, n, n + 1) for n, text in enumerate(texts))
    place = Weighed(1, 2, "adenomaégalie", ("adénomégalie",), written=True)
    (finding,) = check(Transcript(tokens, duration=3, speech=3, weighed=(place,)), lexicon).findings
    assert finding.excerpt == "adénomégalie médiastinal"
    assert finding.proposals[0].text == "adénomégalie médiastinale"
    assert "d'abord entendu « adenomaégalie »" in finding.message and "ne s'accorde pas" in finding.message


def of_heart(*, proposed: str) -> Transcript:
    texts = ("une", "fibrillation", "auriculaire")
    tokens = tuple(Token(text, " " if n else "", text, "", 0.9, n, n + 1) for n, text in enumerate(texts))
    return Transcript(tokens, duration=3, speech=3, weighed=(Weighed(1, 2, "fibrillation", (proposed,)),))


def test_a_word_that_makes_a_term_with_its_neighbour_is_not_asked_about_for_one_that_makes_none(
    lexicon: FrenchLexicon,
) -> None:
    assert check(of_heart(proposed="vibration"), lexicon).findings == ()


def listened(text: str, written: str, heard: str, *others: str) -> Transcript:
    """``text``, a second each word, where ``written`` was written by its sound for ``heard``."""
    words = text.split()
    at = words.index(written)
    tokens = tuple(Token(one, " " * bool(n), one, "", 0.6, float(n), n + 1.0) for n, one in enumerate(words))
    said = tuple(Word(t.text, t.start or 0, t.end or 0, 0.6, heard if n == at else "") for n, t in enumerate(tokens))
    place = Weighed(at, at + 1, heard, (written, *others), written=True)
    return Transcript(tokens, duration=9, speech=9, weighed=(place,), words=said)


def test_another_form_of_what_was_written_by_its_sound_does_not_oust_it(lexicon: FrenchLexicon) -> None:
    found = check(
        listened("avec un petit diverticule sigmoïdien", "diverticule", "diverticul", "diverticulaire"), lexicon
    )
    (finding,) = (one for one in found.findings if one.excerpt == "diverticule")
    assert finding.proposals[0].text == "diverticule"


def test_a_wider_term_around_what_was_written_by_its_sound_is_asked_about(lexicon: FrenchLexicon) -> None:
    found = check(listened("Elle décrit une dyspnée des forts récente", "dyspnée", "dispnée"), lexicon)
    (finding,) = (one for one in found.findings if "dyspnée" in one.excerpt)
    assert (finding.excerpt, finding.proposals[0].text) == ("dyspnée des forts", "dyspnée d'effort")
    assert "d'abord entendu « dispnée »" in finding.message
