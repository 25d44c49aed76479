"""What was said, what was written, and the score that a person would give."""

from __future__ import annotations

from dataclasses import replace

import jiwer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluate.align import WordErrors, word_errors
from pipeline.evaluate.figures import Outcome
from pipeline.evaluate.marks import MarkFault
from pipeline.evaluate.run import shared_out
from pipeline.evaluate.score import overall
from pipeline.evaluate.truth import Truth, read_truths
from tests.evaluate.hands import ROOT, perfectly, score

DOSE = "bisoprolol cinq milligrammes deux fois par jour point."


def test_a_right_text_has_no_error() -> None:
    found = score(DOSE, "Bisoprolol 5 mg deux fois par jour.", written="Bisoprolol 5 mg deux fois par jour.")
    assert found.written.errors == found.heard.errors == 0
    assert (found.figures.right, found.figures.total, found.figures.faults) == (2, 2, ())
    assert (found.marks.right, found.marks.total) == (1, 1)


def test_one_word_of_four_wrong_one_lost_and_one_added_are_told_apart() -> None:
    truth = "pas de souffle cardiaque"
    assert score(truth, "Pas de souffre cardiaque", written=truth).written == WordErrors(1, 0, 0, 4)
    assert score(truth, "Pas de cardiaque", written=truth).written == WordErrors(0, 1, 0, 4)
    assert score(truth, "Pas de souffle cardiaque net", written=truth).written == WordErrors(0, 0, 1, 4)


def test_the_words_heard_are_scored_without_our_rules_and_commands_are_words_there() -> None:
    found = score("toux virgule fièvre point.", "Toux, fièvre.", raw="Toux vergule, fièvre point.")
    assert found.written.errors == 0 and found.heard == WordErrors(1, 0, 0, 4)


def test_the_spoken_opening_costs_nothing_where_the_typed_text_leaves_it_out() -> None:
    spoken = (
        "Courrier au docteur Perrin. Patiente Yvonne Carpentier. Cher confrère virgule, à la ligne. Je la revois point."
    )
    text = "Courrier au docteur Perin. Patiente Ivonne Charpentier. Cher confrère,\nJe la revois."
    found = score(spoken, text, written="Cher confrère,\nJe la revois.")
    assert found.written == WordErrors(0, 0, 0, 5)
    assert (found.marks.right, found.marks.total, found.marks.invented) == (3, 3, ())


def test_without_a_typed_text_our_own_rules_make_the_truth_and_it_is_said() -> None:
    found = score("toux virgule fièvre virgule frissons point.", "Toux, fièvre, frissons.")
    assert found.own_rules and found.written.errors == 0
    assert not score("toux", "Toux", written="Toux").own_rules


def test_a_term_is_found_whatever_its_accents_case_and_hyphens_and_exactly_is_told_apart() -> None:
    terms = ("œdème", "NT-proBNP", "mitrale modérée", "trocart")
    found = score("x", "Oedeme, nt proBNP : mitrale. Modérée, trocarts, œdème", terms=terms).terms
    assert (found.right, found.exact, found.missing) == (2, 2, ("mitrale modérée", "trocart"))


# --- figures ----------------------------------------------------------------------------------------------------------

FIGURES = [
    # text, outcome, what is said of it
    ("La fraction est à 36 %.", Outcome.WRONG, "38 %", "36 %"),
    ("La fraction est à 38 mg.", Outcome.WRONG, "38 %", "38 mg"),
    ("La fraction est à 38.", Outcome.WRONG, "38 %", "38"),
    ("La fraction est à.", Outcome.MISSING, "38 %", ""),
]


@pytest.mark.parametrize(("text", "outcome", "said", "written"), FIGURES)
def test_a_figure_that_is_not_right_is_listed(text: str, outcome: Outcome, said: str, written: str) -> None:
    figures = score("la fraction est à trente-huit pour cent point.", text, written="La fraction est à 38 %.").figures
    (fault,) = figures.faults
    assert (fault.outcome, fault.said, fault.written) == (outcome, said, written)
    assert (figures.right, figures.total) == (0, 1)


def test_a_wrong_figure_with_a_doubt_is_flagged_and_not_counted_as_wrong() -> None:
    spoken, typed = "fraction à trente-huit pour cent point.", "Fraction à 38 %."
    found = score(spoken, "Fraction à 36 %.", written=typed, doubt="36").figures
    assert [fault.outcome for fault in found.faults] == [Outcome.FLAGGED]


def test_a_lost_figure_where_the_secretary_is_asked_is_flagged() -> None:
    found = score("prise deux fois par jour", "Prise de fois par jour", written="Prise 2 fois par jour", doubt="de")
    assert [fault.outcome for fault in found.figures.faults] == [Outcome.FLAGGED]


def test_a_wrong_figure_says_when_and_whether_the_engine_had_heard_it() -> None:
    spoken, typed = "fraction à trente-huit pour cent point.", "Fraction à 38 %."
    (ours,) = score(spoken, "Fraction à 36 %.", raw="fraction à 38 % point", written=typed).figures.faults
    (theirs,) = score(spoken, "Fraction à 36 %.", raw="fraction à 36 % point", written=typed).figures.faults
    assert ours.heard and not theirs.heard and ours.start == pytest.approx(0.8)


def test_a_unit_that_was_misheard_is_a_figure_that_was_misheard() -> None:
    found = score("cinq milligrammes", "5 g", raw="5 g", written="5 mg").figures
    assert (found.heard, [fault.heard for fault in found.of(Outcome.WRONG)]) == (0, [False])


def test_right_of_those_heard_leaves_out_what_the_engine_misheard() -> None:
    spoken = "tension à cent douze sur soixante-huit virgule pouls à soixante-quatre point."
    typed = "Tension à 112/68, pouls à 64."
    found = score(
        spoken, "Tension à 112/68, pouls à 74.", raw="Tension à 112 sur 68 virgule pouls à 74 point", written=typed
    )
    assert (found.figures.right, found.figures.total) == (2, 3)
    assert (found.figures.heard_right, found.figures.heard) == (2, 2)


def test_two_figures_that_changed_places_are_wrong() -> None:
    found = score("tension à cent douze sur soixante-huit", "Tension à 68/112", written="Tension à 112/68").figures
    assert found.right < 2 and found.faults


def test_a_figure_that_nobody_said_is_told() -> None:
    found = score("toux depuis longtemps", "Toux depuis 3 semaines", written="Toux depuis longtemps").figures
    assert [(fault.outcome, fault.written) for fault in found.faults] == [(Outcome.ADDED, "3 semaine")]
    assert found.total == 0


def test_an_article_is_no_figure_but_one_with_a_unit_is() -> None:
    assert score("un rein", "Un rein", written="Un rein").figures.total == 0
    assert score("un an", "Un an", written="Un an").figures.total == 1


# --- commands ---------------------------------------------------------------------------------------------------------

LINES = "bonjour virgule à la ligne. toux deux points sèche point nouveau paragraphe. fin point."
TYPED = "Bonjour,\nToux : sèche.\n\nFin."


def test_every_command_at_its_place_is_right() -> None:
    marks = score(LINES, TYPED, written=TYPED).marks
    assert (marks.right, marks.total, marks.missing, marks.invented) == (6, 6, (), ())


MARKS = [
    ("Bonjour\nToux : sèche.\n\nFin.", [(",", "bonjour")], []),
    ("Bonjour, toux : sèche.\n\nFin.", [("à la ligne", "bonjour")], []),
    ("Bonjour,\nToux deux points sèche.\n\nFin.", [(":", "bonjour toux")], []),
    ("Bonjour,\nToux : sèche.\nFin.", [("nouveau paragraphe", "bonjour toux sèche")], []),
    ("Bonjour,\nToux : sèche, fin.", [(".", "bonjour toux sèche"), ("nouveau paragraphe", "bonjour toux sèche")], []),
    ("Bonjour,\nToux : très. Sèche.\n\nFin.", [], [(".", "bonjour toux très")]),
]


@pytest.mark.parametrize(("text", "missing", "invented"), MARKS)
def test_a_command_that_was_lost_and_a_mark_that_was_invented_are_told(
    text: str, missing: list[tuple[str, str]], invented: list[tuple[str, str]]
) -> None:
    marks = score(LINES, text, written=TYPED).marks
    assert marks.missing == tuple(MarkFault(*fault) for fault in missing)
    assert marks.invented == tuple(MarkFault(*fault) for fault in invented)
    assert marks.right == marks.total - len(missing) == 6 - len(missing)


def test_a_look_alike_is_no_command_where_the_typed_text_keeps_its_words() -> None:
    spoken = "plaie deux points deux points de suture virgule au point de pleurer point."
    typed = "Plaie : deux points de suture, au point de pleurer."
    marks = score(spoken, typed, written=typed).marks
    assert (marks.right, marks.total) == (3, 3)


def test_the_comma_of_a_decimal_is_no_mark_and_neither_are_the_engines_marks_of_the_opening() -> None:
    typed = "Patiente Yvonne Carpentier, née ici. TSH à 2,1, stable."
    spoken = "Patiente Yvonne Carpentier, née ici point. TSH à deux virgule un virgule stable point."
    marks = score(spoken, typed.replace("Patiente Yvonne", "Patiente, Yvonne"), written=typed).marks
    assert (marks.right, marks.total, marks.invented) == (3, 3, ())


def test_a_command_that_our_rules_leave_as_words_even_when_well_heard_is_told() -> None:
    spoken = "Il souffre au point de pleurer point. Toux virgule fièvre point."
    marks = score(spoken, "Il souffre au point de pleurer. Toux, fièvre.").marks
    assert marks.unwritten == (MarkFault(".", "il souffre au"),) and marks.right == marks.total == 3


# --- all together -----------------------------------------------------------------------------------------------------


def test_the_whole_is_the_sum_of_errors_over_the_sum_of_words() -> None:
    short = score("toux", "Fièvre", written="Toux")
    long = score("une toux sèche depuis hier", "Une toux sèche depuis hier", written="Une toux sèche depuis hier")
    both = overall([short, long])
    assert both.written.rate == pytest.approx(1 / 6)
    assert both.effort.audio == 20.0


TRUTHS = read_truths(ROOT / "tests" / "audio")


@pytest.mark.parametrize("truth", TRUTHS, ids=[truth.id for truth in TRUTHS])
def test_what_a_secretary_types_of_a_carried_sample_is_perfect(truth: Truth) -> None:
    found = perfectly(truth)
    assert found.written.errors == found.heard.errors == 0
    assert found.terms.right == found.terms.total > 0
    assert found.figures.right == found.figures.total and not found.figures.faults
    assert found.marks.right == found.marks.total > 0 and not found.marks.invented


SAID = "toux fièvre 12 mg trente-huit pour cent virgule point deux points à la ligne le et 8,9 œdème"
WORDS = st.sampled_from(sorted(set(SAID.split())))


@given(st.lists(WORDS, min_size=1, max_size=30))
@settings(max_examples=150, deadline=None)
def test_a_perfect_hearing_scores_a_hundred_percent(words: list[str]) -> None:
    found = perfectly(Truth("x", ROOT, " ".join(words)))
    assert found.written.rate == found.heard.rate == 0.0
    assert found.figures.right == found.figures.total and not found.figures.faults
    assert found.marks.right == found.marks.total and not found.marks.invented


@given(st.lists(st.sampled_from(["toux", "fièvre", "repos", "glace"]), min_size=1, max_size=20), st.data())
@settings(max_examples=150, deadline=None)
def test_dropping_a_word_raises_the_word_error_rate(words: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(words) - 1))
    text = " ".join(words)
    found = score(text, " ".join(words[:place] + words[place + 1 :]) or "…", written=text)
    assert found.written.errors == 1 and found.written.rate > 0


@given(st.lists(st.sampled_from("abcde"), min_size=1, max_size=30), st.lists(st.sampled_from("abcde"), max_size=30))
@settings(max_examples=150, deadline=None)
def test_the_word_error_rate_is_the_one_that_jiwer_gives(truth: list[str], heard: list[str]) -> None:
    assert word_errors(truth, heard).rate == pytest.approx(jiwer.wer(" ".join(truth), " ".join(heard)))


def test_the_seconds_of_a_run_are_shared_out_among_recordings_that_were_heard_at_once() -> None:
    one, other = score("toux", "toux"), score("toux", "toux")
    shared = shared_out([one, replace(other, effort=replace(other.effort, wall=6.0))], wall=4.0, processor=8.0)
    assert [(each.effort.wall, each.effort.processor) for each in shared] == [(1.0, 2.0), (3.0, 6.0)]
    assert overall(shared).effort.wall == 4.0
    still = replace(one, effort=replace(one.effort, wall=0.0))
    assert len(shared_out([still], 0.0, 0.0)) == 1
