"""Pages are made a few at a time, in the order in which they were asked for.

Python runs one thread at a time: twenty pages begun together all end late, each as slow as the last one. A few at a
time are each as fast as alone, and the last one no later (`python -m benchmarks.parapheur`). Files and pictures are no
pages: they wait for the disk or for libraries that run beside Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
from starlette.concurrency import run_in_threadpool

T = TypeVar("T")

AT_ONCE = 2
PATIENCE = 0.5
"""Seconds after which a page is begun all the same: one that waits for the database must not keep the others."""


class Turns:
    """One line of waiting pages. To be made outside or inside of an event loop, used inside of one."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE) -> None:
        self._line = anyio.CapacityLimiter(at_once)
        self._patience = patience

    async def run(self, make: Callable[[], T]) -> T:
        """What ``make`` returns or raises, from a thread of its own."""
        has_turn = False
        me = object()
        with anyio.move_on_after(self._patience):
            await self._line.acquire_on_behalf_of(me)
            has_turn = True
        try:
            return await run_in_threadpool(make)
        finally:
            if has_turn:
                self._line.release_on_behalf_of(me)
