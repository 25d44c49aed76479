"""What people do to the pages of a scan: turn, set aside, bring back, split, merge, undo.

Each verb only writes which pages a case has, in one transaction over all cases it touches; the machine then makes the
PDF and the text anew (`Flow`). The received files are never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import uuid4

from pipeline.errors import MoveForbidden
from pipeline.flow import Flow
from pipeline.journal.port import CaseMove, CaseOpening
from pipeline.model.case import Case, Medium, Status
from pipeline.model.clock import local
from pipeline.model.pages import (
    GONE,
    MERGED,
    NO_EARLIER,
    SPLIT,
    Key,
    Layout,
    Leaf,
    Leaves,
    by_key,
    first_layout,
    leaves_of,
)
from pipeline.model.people import User
from pipeline.model.text import ScanReading

RELOAD = "Rechargez la page."
_UNDOABLE = (Status.RECEIVED, Status.TRANSCRIBED, Status.CHECKED, Status.TO_CONFIRM, Status.FAILED)


class Sheets:
    """The part of the `Desk` about pages. Every verb takes ``move_no``, the move that was on the screen.

    All raise `MoveForbidden` and `StaleCase`, and return the case, which the machine then works on.
    """

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.journal = flow.parts.journal

    # --- look ----------------------------------------------------------------------------------------------------

    def layout(self, case: Case) -> Layout:
        """The pages of a scan that was read."""
        known = self.journal.result(case.id, "layout", Layout)
        if known is not None:
            return known
        return first_layout(case.original, self.flow.need(case, "scan", ScanReading).pages)

    def leaves(self, case: Case) -> Mapping[Key, Leaf]:
        """All that was ever read on the pages of this case."""
        known = self.journal.results(case.id, "leaves", Leaves)
        return by_key(known or [self._first_leaves(case)])

    def fixed_because(self, case: Case) -> str:
        """Why the pages of this case cannot change, in French, or an empty string."""
        reading = self.journal.result(case.id, "scan", ScanReading)
        if reading is None or reading.rewritten:
            return ""
        return f"{reading.note or 'Ce document est conservé tel quel.'} Ses pages ne se modifient donc pas."

    def following(self, case: Case) -> Case | None:
        """The next scan of the same batch that waits: same inbox folder and day, received next."""
        waiting = [one for one in self.journal.pile((Status.TO_CONFIRM,)) if one.medium is Medium.SCAN]
        batch = [one for one in waiting if one.author == case.author and _day(one) == _day(case)]
        later = [one for one in batch if (one.received_at, one.number) > (case.received_at, case.number)]
        after = min(later, key=lambda one: (one.received_at, one.number), default=None)
        return after if after and not self.fixed_because(after) else None

    # --- one case ------------------------------------------------------------------------------------------------

    def turn(self, case_id: str, place: int, degrees: int, *, by: User, move_no: int) -> Case:
        """Turn a page clockwise by 90, 180 or 270 degrees."""
        return self._change(case_id, move_no, by, lambda layout: layout.turned(place, degrees))

    def drop(self, case_id: str, place: int, *, by: User, move_no: int) -> Case:
        """Set a page aside: it is kept, and not filed."""
        return self._change(case_id, move_no, by, lambda layout: layout.dropped(place))

    def bring_back(self, case_id: str, place: int, *, by: User, move_no: int) -> Case:
        """Bring a page back that was set aside."""
        return self._change(case_id, move_no, by, lambda layout: layout.brought_back(place))

    # --- two cases -----------------------------------------------------------------------------------------------

    def split(self, case_id: str, after: int, *, by: User, move_no: int) -> Case:
        """The pages after the one at ``after`` become a case of their own, with the same original."""
        case = self._open(case_id, move_no)
        new = uuid4().hex
        here, there = self.layout(case).split(after, new)
        leaves = Leaves(tuple(self.leaves(case).values()))
        opening = CaseOpening(
            new, case, {"layout": there, "leaves": _of(leaves, there)}, reason=f"pages séparées de {case.number}"
        )
        move = CaseMove(case, Status.RECEIVED, self._results(case, here), "document séparé en deux")
        return self.journal.move_together([move], actor=by.login, action="split", opening=opening)[0]

    def merge(self, case_id: str, *, by: User, move_no: int) -> Case:
        """The pages of the next scan of the batch come after these; that case is set aside, empty."""
        case = self._open(case_id, move_no)
        other = self.following(case)
        if other is None:
            raise MoveForbidden("Aucun document de ce lot ne suit celui-ci.", advice=RELOAD)
        here, emptied = self.layout(case).merged(case.id, self.layout(other), other.id)
        leaves = Leaves((*self.leaves(case).values(), *self.leaves(other).values()))
        moves = [
            CaseMove(case, Status.RECEIVED, {"layout": here, "leaves": leaves}, f"réuni avec {other.number}"),
            CaseMove(other, Status.DISCARDED, self._results(other, emptied), f"réuni à {case.number}"),
        ]
        return self.journal.move_together(moves, actor=by.login, action="merge")[0]

    # --- back ----------------------------------------------------------------------------------------------------

    def undo(self, case_id: str, *, by: User, move_no: int) -> Case:
        """Go back to the layout before, with the other case when pages came from it or went there."""
        case = self._case(case_id, move_no)
        now = self.layout(case)
        if case.status not in (Status.TO_CONFIRM, Status.FAILED) or now.before == NO_EARLIER or now.did == GONE:
            raise MoveForbidden("Il n'y a rien à annuler sur ces pages.", advice=RELOAD)
        back = self._earlier(case, now.before)
        moves = [
            CaseMove(case, Status.RECEIVED, {"layout": back.again(now.number + 1)}, "modification des pages annulée")
        ]
        if now.did == SPLIT:
            moves.append(self._take_back(case, now, back))
        elif now.did == MERGED:
            moves.append(self._give_back(case, now.other))
        return self.journal.move_together(moves, actor=by.login, action="undo-pages")[0]

    def _take_back(self, case: Case, now: Layout, back: Layout) -> CaseMove:
        """The case that a split opened loses its pages, when nothing was done to them since."""
        other = self.journal.case(now.other)
        theirs = self.layout(other)
        left = back.sheets[len(now.sheets) :]
        if other.status not in _UNDOABLE or theirs.sheets != left:
            raise MoveForbidden(
                f"Le dossier {other.number}, séparé de celui-ci, a changé depuis.",
                advice="Annulez d'abord ce qui y a été fait, ou réunissez les deux documents.",
            )
        reason = f"pages reprises par {case.number}"
        return CaseMove(other, Status.DISCARDED, {"layout": theirs.emptied(case.id)}, reason)

    def _give_back(self, case: Case, other_id: str) -> CaseMove:
        other = self.journal.case(other_id)
        emptied = self.layout(other)
        if other.status is not Status.DISCARDED or emptied.did != GONE:
            raise MoveForbidden(f"Le dossier {other.number} a changé depuis.", advice=RELOAD)
        before = self._earlier(other, emptied.before).again(emptied.number + 1)
        return CaseMove(other, Status.TO_CONFIRM, {"layout": before}, f"pages rendues par {case.number}")

    # --- helpers -------------------------------------------------------------------------------------------------

    def _change(self, case_id: str, move_no: int, by: User, change: Callable[[Layout], Layout]) -> Case:
        case = self._open(case_id, move_no)
        layout = change(self.layout(case))
        move = CaseMove(case, Status.RECEIVED, self._results(case, layout), "pages modifiées")
        return self.journal.move_together([move], actor=by.login, action=f"page-{layout.did}")[0]

    def _results(self, case: Case, layout: Layout) -> dict[str, object]:
        """The new layout; the first time also what was read on each page, which later readings would hide."""
        if self.journal.result(case.id, "layout", Layout) is not None:
            return {"layout": layout}
        return {"layout": layout, "leaves": self._first_leaves(case)}

    def _first_leaves(self, case: Case) -> Leaves:
        reading = self.flow.need(case, "scan", ScanReading)
        return leaves_of(case.original, reading, self.flow.scan_pdf(case))

    def _earlier(self, case: Case, number: int) -> Layout:
        known = self.journal.results(case.id, "layout", Layout)
        first = first_layout(case.original, self._pages_received(case))
        return next((one for one in reversed(known) if one.number == number), first)

    def _pages_received(self, case: Case) -> int:
        return self.journal.results(case.id, "scan", ScanReading)[0].pages

    def _open(self, case_id: str, move_no: int) -> Case:
        case = self._case(case_id, move_no)
        if case.medium is not Medium.SCAN or case.status is not Status.TO_CONFIRM:
            raise MoveForbidden("Les pages de ce dossier ne se modifient pas maintenant.", advice=RELOAD)
        if why := self.fixed_because(case):
            raise MoveForbidden(why, advice="Demandez à l'expéditeur un document séparé, ou numérisez-le à nouveau.")
        return case

    def _case(self, case_id: str, move_no: int) -> Case:
        case = self.journal.case(case_id)
        return case if move_no < 0 else replace(case, move_no=move_no)


def _day(case: Case) -> object:
    return local(case.received_at).date()


def _of(leaves: Leaves, layout: Layout) -> Leaves:
    kept = {(sheet.original, sheet.page) for sheet in layout.sheets}
    return Leaves(tuple(leaf for leaf in leaves.leaves if (leaf.original, leaf.page) in kept))
