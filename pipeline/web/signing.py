"""The pile to sign: every document shown as it was reviewed, one code, and what became of each."""

from __future__ import annotations

from itertools import chain

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from pipeline.desk import Desk, Shown, Signed
from pipeline.errors import CaseUnknown, DocumentIncomplete, NotAllowed
from pipeline.model.people import User
from pipeline.web.media import PagePictures
from pipeline.web.pages import Pages

MOST = 40
"""Documents on one page: a doctor looks at each."""
NOT_SEEN = "Ce document n'a pas été vu en entier : il n'est pas signé."
SEE_FIRST = "Faites défiler toutes ses pages, puis signez."


class Signing:
    """One page of documents with their hashes, and one that fills while they are signed."""

    def __init__(self, desk: Desk, pages: Pages, pictures: PagePictures) -> None:
        self._desk = desk
        self._pages = pages
        self._pictures = pictures

    def show(self, request: Request, user: User) -> Response:
        waiting = self._desk.to_sign(by=user)
        blobs = self._desk.parts.blobs
        shown = [(one, range(self._pictures.count(blobs.path(one.reviewed.pdf)))) for one in waiting[:MOST]]
        return self._pages.render(
            request,
            user,
            "signer.html",
            shown=shown,
            left=max(len(waiting) - MOST, 0),
            needs_pin=self._desk.needs_pin(user),
            authors={one.login: one.name for one in self._desk.journal.users()},
        )

    def sign(self, request: Request, user: User, form: FormData) -> Response:
        """Sign the ticked documents. A wrong code is told first; after that each result appears as it comes."""
        only = form.get("only")
        chosen = [_shown(str(value)) for value in ([only] if only else form.getlist("document"))]
        if not chosen:
            raise DocumentIncomplete("Aucun document n'est coché.", advice="Cochez ceux que vous signez.")
        unseen = {Shown(one.case.id, one.reviewed.pdf.sha256) for one in self._desk.to_sign(by=user) if not one.seen}
        left = [Signed(one, f"{NOT_SEEN} {SEE_FIRST}") for one in chosen if one in unseen]
        if len(left) == len(chosen):
            raise NotAllowed(NOT_SEEN, advice=SEE_FIRST)
        results = self._desk.sign_pile([one for one in chosen if one not in unseen], by=user, pin=_pin(form))
        first = next(results)
        named = ((one, self._title(one)) for one in chain([first], results, left))
        return self._pages.stream(request, user, "signes.html", results=named, total=len(chosen))

    def seen(self, request: Request, user: User, form: FormData) -> Response:
        """Told by the page when the foot of every page of a document has been on the screen."""
        del request
        one = _shown(str(form.get("document", "")))
        self._desk.see(one.case_id, one.sha256, by=user)
        return Response(status_code=204)

    def _title(self, one: Signed) -> str:
        try:
            case = self._desk.journal.case(one.shown.case_id)
        except CaseUnknown:
            return "Document inconnu"
        return f"{case.number} · {case.title}"


def _pin(form: FormData) -> str:
    return str(form.get("pin", ""))


def _shown(value: str) -> Shown:
    case_id, _, sha256 = value.partition(":")
    return Shown(case_id, sha256)
