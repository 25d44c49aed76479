"""Several recordings at once: while one is cut, written or short of pieces, the cores hear another.

The decoder shares its workers among all callers, so that there are never more busy threads than cores.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

AT_ONCE = min(2, os.cpu_count() or 1)
"""Recordings heard at once: a second one fills what the first leaves idle; a third would only take memory."""


def each(work: Callable[[In], Out], given: Iterable[In], at_once: int = AT_ONCE) -> Iterator[Out]:
    """What ``work`` returns for each of ``given``, in their order, each as soon as those before it are done.

    Raises what ``work`` raises, at its place; what is running then ends, what waits is not begun.
    """
    with ThreadPoolExecutor(max(1, at_once), thread_name_prefix="recording") as pool:
        waiting = [pool.submit(work, one) for one in given]
        try:
            for one in waiting:
                yield one.result()
        finally:
            pool.shutdown(cancel_futures=True)
