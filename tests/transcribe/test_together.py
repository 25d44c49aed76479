"""Several recordings at once: results in order, errors at their place, never more at once than allowed."""

from __future__ import annotations

import threading
import time

import pytest

from pipeline.transcribe.together import each


def test_results_come_in_the_order_of_what_was_given_whoever_ends_first() -> None:
    def work(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    given = [0.2, 0.0, 0.1, 0.0]
    assert list(each(work, given, at_once=4)) == given


def test_two_are_done_at_once_and_never_three() -> None:
    counting = threading.Lock()
    now: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        with counting:
            now.append(number)
            most.append(len(now))
        time.sleep(0.05)
        with counting:
            now.remove(number)

    list(each(work, range(6), at_once=2))
    assert max(most) == 2


def test_an_error_is_raised_at_its_place_and_what_waits_is_not_begun() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 1:
            raise ValueError("1")
        time.sleep(0.02)
        return number

    results = each(work, range(50), at_once=1)
    assert next(results) == 0
    with pytest.raises(ValueError, match="1"):
        next(results)
    assert len(begun) < 50
