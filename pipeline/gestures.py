"""One gesture on many cases of the pile: each is judged alone, and what was done can be undone.

Which gesture a status allows is read from the table of moves; urgency and whom a case is given to are no moves, and
change while somebody still has to act on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.desk import Desk
from pipeline.errors import CalameError, MoveForbidden, StaleCase
from pipeline.model.case import MOVES, Case, Status, Urgency
from pipeline.model.people import User


class Gesture(StrEnum):
    """What can be done to many cases at once."""

    URGENT = "urgent"
    ROUTINE = "normal"
    ASSIGN = "confier"
    RETRY = "relancer"
    DISCARD = "ecarter"
    RESTORE = "reprendre"


UNDO = {
    Gesture.URGENT: Gesture.ROUTINE,
    Gesture.ROUTINE: Gesture.URGENT,
    Gesture.ASSIGN: Gesture.ASSIGN,
    Gesture.DISCARD: Gesture.RESTORE,
    Gesture.RESTORE: Gesture.DISCARD,
}
"""What takes a gesture back. A retry is not taken back: the page asks before it."""
UNDONE = "reprise annulée"
"""The reason with which a case is set aside again."""
_DISTURBS = (Gesture.RETRY, Gesture.DISCARD)


def allowed(status: Status) -> frozenset[Gesture]:
    """The gestures that a case at this status may be chosen for."""
    found = {Gesture.DISCARD} if Status.DISCARDED in MOVES[status] else set()
    if status is Status.DISCARDED:
        return frozenset({Gesture.RESTORE})
    if status is Status.FAILED:
        found.add(Gesture.RETRY)
    if MOVES[status] - {Status.REPLACED}:
        found |= {Gesture.URGENT, Gesture.ROUTINE, Gesture.ASSIGN}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case as it was on the screen. ``assigned`` is whom it is given to, where that differs from case to case."""

    case_id: str
    move_no: int
    assigned: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case: ``undo`` would take it back (None: nothing changed), or a French ``error``."""

    number: str
    error: str = ""
    undo: Chosen | None = None


class Gestures:
    """Gestures over a `Desk`."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def make(
        self,
        gesture: Gesture,
        chosen: Sequence[Chosen],
        *,
        by: User,
        reason: str = "",
        to: str = "",
        admit: Callable[[Case], object] | None = None,
    ) -> Iterator[Outcome]:
        """Make it on each; one that cannot be is told and the others go on.

        ``admit`` raises a `CalameError` for a case that ``by`` may not touch, as it would for that case alone.

        A case that moved since it was seen is left alone; so is one that another person works on, where the gesture
        would disturb. ``reason`` is of setting aside, ``to`` the login that cases are given to.
        """
        names = {one.login: one.name for one in self._desk.journal.users()}
        for one in chosen:
            number = ""
            try:
                case = self._desk.journal.case(one.case_id)
                number = case.number
                if admit is not None:
                    admit(case)
                self._check(gesture, case, one, by, names)
                yield Outcome(number, undo=self._one(gesture, case, one, by, reason, to))
            except CalameError as error:
                yield Outcome(number, str(error))

    def _check(self, gesture: Gesture, case: Case, seen: Chosen, by: User, names: dict[str, str]) -> None:
        if case.move_no != seen.move_no:
            raise StaleCase(f"Le dossier {case.number} a changé entre-temps.")
        if gesture not in allowed(case.status):
            raise MoveForbidden("Ce geste n'est pas possible à cette étape.")
        lock = self._desk.journal.locked(case.id)
        if lock and lock.login != by.login and gesture in _DISTURBS:
            raise MoveForbidden(
                f"{names.get(lock.login, lock.login)} y travaille.", advice="Ouvrez-le pour prendre la main."
            )

    def _one(self, gesture: Gesture, case: Case, seen: Chosen, by: User, reason: str, to: str) -> Chosen | None:
        """What would undo it; None when nothing had to change or a retry was made."""
        desk, no = self._desk, seen.move_no
        if gesture is Gesture.ASSIGN:
            login = to if seen.assigned is None else seen.assigned
            if login == case.assigned:
                return None
            return _undo(desk.assign(case.id, login, by=by), case.assigned)
        if gesture in (Gesture.URGENT, Gesture.ROUTINE):
            urgency = Urgency.URGENT if gesture is Gesture.URGENT else Urgency.ROUTINE
            return None if case.urgency is urgency else _undo(desk.set_urgency(case.id, urgency, by=by))
        if gesture is Gesture.RETRY:
            desk.retry(case.id, by=by, move_no=no)
            return None
        if gesture is Gesture.DISCARD:
            return _undo(desk.discard(case.id, reason, by=by, move_no=no))
        return _undo(desk.restore(case.id, by=by, move_no=no))


def _undo(case: Case, assigned: str | None = None) -> Chosen:
    return Chosen(case.id, case.move_no, assigned)
