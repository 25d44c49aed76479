"""Counts of the pile, made once for all who look at it while no case changes."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock, Thread
from typing import Generic, TypeVar

from pipeline.model.pile import Facets, Order, PileQuery

log = logging.getLogger("calame.web")
FRESH = 60.0
"""Seconds for which a costly count is shown as it is."""
STALE = 600.0
"""Seconds after which nobody is shown it any more."""
_KEPT = 64
"""Questions whose counts are kept."""
_SECONDS = 10.0
"""How long they are, also while no case changes: a patient's name, by which cases are found, may."""


T = TypeVar("T")


class Recent(Generic[T]):
    """What ``count`` makes, at most once in `FRESH` seconds; who asks meanwhile is shown the one before."""

    def __init__(self, count: Callable[[], T], now: Callable[[], float] = time.monotonic) -> None:
        self._count, self._now = count, now
        self._making = Lock()
        self._made: tuple[float, T] | None = None

    def get(self) -> T:
        """Never older than `STALE`. Raises what ``count`` raises, when there is nothing to show instead."""
        made = self._made
        if made is None or self._now() - made[0] >= STALE:
            with self._making:
                return self._again(STALE)
        if self._now() - made[0] >= FRESH and self._making.acquire(blocking=False):
            Thread(target=self._beside, daemon=True).start()
        return made[1]

    def _beside(self) -> None:
        try:
            self._again(FRESH)
        except Exception as error:  # the one before is still shown, and the next who asks tries again
            log.warning("A count of the pile failed: %s", type(error).__name__)
        finally:
            self._making.release()

    def _again(self, most: float) -> T:
        """Made again unless another one did meanwhile."""
        if self._made is None or self._now() - self._made[0] >= most:
            self._made = (self._now(), self._count())
        return self._made[1]


class Counts:
    """``count`` is asked when nobody asked the same since the last change. Safe for several threads."""

    def __init__(self, count: Callable[[PileQuery], Facets], now: Callable[[], float] = time.monotonic) -> None:
        self._count, self._now = count, now
        self._lock = Lock()
        self._kept: OrderedDict[PileQuery, tuple[str, float, Facets]] = OrderedDict()

    def facets(self, query: PileQuery, cases: str) -> Facets:
        """Of ``query``, whatever its page and order.

        ``cases`` tells the last change of a case (`Journal.pile_stamp`), read before: what changes meanwhile is counted
        at the next look.
        """
        asked = replace(query, page=1, order=Order.WAITING)
        with self._lock:
            found = self._kept.get(asked)
        if found and found[0] == cases and self._now() - found[1] < _SECONDS:
            return found[2]
        counted = self._count(asked)
        with self._lock:
            self._kept[asked] = (cases, self._now(), counted)
            self._kept.move_to_end(asked)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return counted
