"""Wakes DBOS's queue threads when there is something to take, so that they can sleep long when there is not.

DBOS 3.4 only polls: often costs an idle machine, seldom makes every job wait (``python -m benchmarks.jobs``).
Its threads all sleep in ``wait`` of one stop event, given to ``queue_thread``; the bell makes that
``wait`` return early. This is the only place that reaches into DBOS: ``dbos`` is held below 3.5 for it, and a test
whose polling interval is a minute fails when it no longer takes.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import Any, cast

from dbos import _dbos as _vendor

_original_queue_thread = cast(Any, _vendor).queue_thread


class Bell:
    """``ring`` ends the present or the next ``wait`` of every thread; ``set`` ends all of them for good.

    ``shortest``: seconds; shorter waits are drawn out to it (DBOS looks after its unused queue once a second)."""

    def __init__(self, shortest: float) -> None:
        self._shortest = shortest
        self._changed = threading.Condition()
        self._rings: Counter[str] = Counter()
        self._heard = threading.local()
        self._event = threading.Event()

    def attach(self, event: threading.Event) -> None:
        """From now on threads that wait for ``event`` hear this bell."""
        self._event = event
        original_set = event.set

        def set_and_wake() -> None:
            original_set()
            self.ring()

        patched = cast(Any, event)  # two methods of this one object are replaced
        patched.wait = self._wait
        patched.set = set_and_wake

    def ring(self, queue: str = "") -> None:
        """For the thread of this queue; without a name for all."""
        with self._changed:
            self._rings[f"queue-worker-{queue}" if queue else ""] += 1
            self._changed.notify_all()

    def ring_after(self, queue: str, delays: tuple[float, ...]) -> None:
        """Once after each of these seconds; returns at once."""

        def ring_each() -> None:
            gone = 0.0
            for delay in delays:
                time.sleep(delay - gone)
                gone = delay
                self.ring(queue)

        threading.Thread(target=ring_each, name="calame-jobs-bell", daemon=True).start()

    def _wait(self, timeout: float | None = None) -> bool:
        """Like `threading.Event.wait`: whether the event is set."""
        deadline = None if timeout is None else time.monotonic() + max(timeout, self._shortest)
        name = threading.current_thread().name
        with self._changed:
            while not self._event.is_set() and getattr(self._heard, "rings", 0) == self._rings[name] + self._rings[""]:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    break
                self._changed.wait(left)
            self._heard.rings = self._rings[name] + self._rings[""]
        return self._event.is_set()


def install(bell: Bell) -> None:
    """Before ``DBOS.launch``: the queue threads of the next launch hear ``bell``."""

    def queue_thread(stop_event: threading.Event, dbos: _vendor.DBOS) -> None:
        bell.attach(stop_event)
        _original_queue_thread(stop_event, dbos)

    cast(Any, _vendor).queue_thread = queue_thread
