"""Since when a file has not changed, by a monotonic clock, and when a failed one is tried again."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

_FIRST_RETRY = 1.0
_LONGEST_RETRY = 300.0


@dataclass(slots=True)
class _State:
    mark: Hashable
    since: float
    failures: int = 0
    not_before: float = 0.0


class Stability:
    """One line per name that was seen. All times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self._states: dict[Hashable, _State] = {}

    def quiet_for(self, key: Hashable, mark: Hashable, now: float) -> float:
        """Seconds for which ``key`` has shown the same ``mark``; 0 when it is new or has changed."""
        state = self._states.get(key)
        if state is None or state.mark != mark:
            self._states[key] = _State(mark, now)
            return 0.0
        return now - state.since

    def failed(self, key: Hashable, now: float) -> None:
        """Try ``key`` again only after 1, 2, 4 … 300 seconds."""
        state = self._states.setdefault(key, _State(None, now))
        state.not_before = now + min(_LONGEST_RETRY, _FIRST_RETRY * 2**state.failures)
        state.failures = min(state.failures + 1, 16)

    def held_until(self, key: Hashable) -> float:
        """Not before this time; 0 when there is nothing to wait for."""
        state = self._states.get(key)
        return state.not_before if state else 0.0

    def keep_only(self, keys: Iterable[Hashable]) -> None:
        """Forget the names that are gone."""
        kept = set(keys)
        self._states = {key: state for key, state in self._states.items() if key in kept}
