"""Counts of the pile, made once for all who look at it while no case changes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from pipeline.model.pile import Facets, Order, PileQuery

_KEPT = 64
"""Questions whose counts are kept."""
_SECONDS = 10.0
"""How long they are, also while no case changes: a patient's name, by which cases are found, may."""


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
