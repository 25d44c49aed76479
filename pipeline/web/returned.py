"""What the page of a case shows of a DOCX copy that came back."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.desk import Desk, Dossier
from pipeline.model.document import Draft
from pipeline.model.exchange import Comment, Returned
from pipeline.review.difference import Piece, difference


@dataclass(frozen=True, slots=True)
class ReturnedView:
    """``conflict``: it was made from an older version, nothing was replaced. ``current``: no version was made since.

    ``remarks``: it brought comments and no other word. ``comments`` are those of all copies of this case, the last
    one's first, each with the version that it is about.

    ``changes`` are the changed paragraphs: of the version it came from, or of the present one for a conflict.
    """

    returned: Returned
    conflict: bool
    current: bool
    changes: list[list[Piece]]
    remarks: bool = False
    comments: tuple[tuple[int, Comment], ...] = ()


def returned_view(desk: Desk, dossier: Dossier) -> ReturnedView | None:
    """The last copy that came back; None when there is none."""
    copies = desk.journal.results(dossier.case.id, "returned", Returned)
    if not copies or dossier.draft is None:
        return None
    returned = copies[-1]
    conflict = returned.number == 0
    wanted = returned.current if conflict else returned.base
    drafts = desk.journal.results(dossier.case.id, "draft", Draft)
    before = next((one.revision.sections for one in reversed(drafts) if one.revision.number == wanted), ())
    return ReturnedView(
        returned=returned,
        conflict=conflict,
        current=dossier.draft.revision.number == (returned.current if conflict else returned.number),
        changes=difference(before, returned.sections),
        remarks=returned.number == returned.current,
        comments=tuple(dict.fromkeys((copy.base, one) for copy in reversed(copies) for one in copy.comments)),
    )
