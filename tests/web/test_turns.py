"""Pages are made a few at a time, in order, and none waits for ever."""

from __future__ import annotations

import threading
import time

import anyio
import pytest

from pipeline.web.turns import Turns


def test_no_more_pages_than_that_are_made_at_once_and_the_first_come_first() -> None:
    running, most, order = [0], [0], list[int]()
    lock = threading.Lock()

    def make(number: int) -> int:
        with lock:
            order.append(number)
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.01)
        with lock:
            running[0] -= 1
        return number

    async def crowd() -> list[int]:
        turns, found = Turns(2, patience=60), list[int]()

        async def one(number: int) -> None:
            found.append(await turns.run(lambda: make(number)))

        async with anyio.create_task_group() as group:
            for number in range(12):
                group.start_soon(one, number)
        return found

    assert sorted(anyio.run(crowd)) == list(range(12))
    assert most[0] == 2
    assert all(abs(place - number) <= 2 for place, number in enumerate(order)), (
        order
    )  # two threads begin in either order


def test_a_page_that_waits_for_the_database_does_not_keep_the_others() -> None:
    stuck = threading.Event()

    async def crowd() -> str:
        turns = Turns(1, patience=0.05)
        async with anyio.create_task_group() as group:
            group.start_soon(turns.run, lambda: stuck.wait(30))
            await anyio.sleep(0.01)
            try:
                return await turns.run(lambda: "a page")
            finally:
                stuck.set()

    assert anyio.run(crowd) == "a page"


def test_a_page_that_fails_gives_its_turn_back() -> None:
    def fail() -> None:
        raise ValueError("broken")

    async def crowd() -> str:
        turns = Turns(1, patience=60)
        for _ in range(3):
            with pytest.raises(ValueError, match="broken"):
                await turns.run(fail)
        return await turns.run(lambda: "next")

    assert anyio.run(crowd) == "next"


def test_a_reader_who_leaves_gives_the_turn_back() -> None:
    async def crowd() -> str:
        turns = Turns(1, patience=60)
        with anyio.move_on_after(0.02):
            await turns.run(lambda: time.sleep(0.1))
        return await turns.run(lambda: "next")

    assert anyio.run(crowd) == "next"
