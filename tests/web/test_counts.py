"""Counts of the pile that are shared by all who look at it."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from pipeline.model.case import Status
from pipeline.model.pile import Facets, Order, PileQuery
from pipeline.web.counts import FRESH, STALE, Counts, Recent

TO_REVIEW = PileQuery((Status.TO_REVIEW,))


class Journal:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[PileQuery] = []

    def facets(self, query: PileQuery) -> Facets:
        self.asked.append(query)
        return Facets({Status.TO_REVIEW: len(self.asked)}, {}, {})


def test_two_people_who_look_at_the_same_pile_are_told_one_count() -> None:
    journal = Journal()
    counts = Counts(journal.facets)
    first = counts.facets(TO_REVIEW, "nine o'clock")
    again = counts.facets(PileQuery((Status.TO_REVIEW,), order=Order.PATIENT, page=3), "nine o'clock")
    assert first is again and len(journal.asked) == 1


def test_a_case_that_changed_is_counted_at_once() -> None:
    journal = Journal()
    counts = Counts(journal.facets)
    counts.facets(TO_REVIEW, "nine o'clock")
    assert counts.facets(TO_REVIEW, "a moment later").statuses[Status.TO_REVIEW] == 2


def test_another_question_has_its_own_count() -> None:
    journal = Journal()
    counts = Counts(journal.facets)
    counts.facets(TO_REVIEW, "x")
    counts.facets(PileQuery((Status.TO_REVIEW,), author="dr-vial"), "x")
    counts.facets(PileQuery((Status.TO_REVIEW,), before=datetime(2026, 1, 1, tzinfo=UTC)), "x")
    assert len(journal.asked) == 3


def test_a_count_is_not_kept_for_long_nor_are_many() -> None:
    journal, clock = Journal(), [0.0]
    counts = Counts(journal.facets, now=lambda: clock[0])
    counts.facets(TO_REVIEW, "x")
    clock[0] = 11.0
    counts.facets(TO_REVIEW, "x")
    assert len(journal.asked) == 2
    for number in range(100):
        counts.facets(PileQuery((Status.TO_REVIEW,), author=f"dr-{number}"), "x")
    counts.facets(TO_REVIEW, "x")
    assert len(journal.asked) == 103


def test_a_costly_count_is_made_once_a_minute_while_the_one_before_is_shown() -> None:
    clock, asked, go = [0.0], [0], threading.Event()
    go.set()

    def count() -> int:
        go.wait(10)
        asked[0] += 1
        return asked[0]

    recent = Recent(count, now=lambda: clock[0])
    assert [recent.get(), recent.get()] == [1, 1]
    clock[0] = FRESH
    go.clear()
    assert [recent.get(), recent.get()] == [1, 1]  # nobody waits for the new one
    go.set()
    for _ in range(500):
        if recent.get() == 2:
            break
        time.sleep(0.01)
    assert recent.get() == 2 and asked[0] == 2


def test_an_old_count_is_shown_to_nobody() -> None:
    clock, asked = [0.0], [0]

    def count() -> int:
        asked[0] += 1
        return asked[0]

    recent = Recent(count, now=lambda: clock[0])
    recent.get()
    clock[0] = STALE
    assert recent.get() == 2


def test_a_count_that_fails_beside_leaves_the_one_before_and_is_tried_again() -> None:
    clock, asked = [0.0], [0]

    def count() -> int:
        asked[0] += 1
        if asked[0] == 2:
            raise RuntimeError("busy")
        return asked[0]

    recent = Recent(count, now=lambda: clock[0])
    recent.get()
    clock[0] = FRESH
    for _ in range(500):
        if recent.get() == 3:
            break
        time.sleep(0.01)
    assert recent.get() == 3
