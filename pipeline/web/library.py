"""Search and a patient's documents."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import date
from pathlib import Path

from markupsafe import Markup, escape
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk import Desk
from pipeline.errors import RegisterError
from pipeline.model.document import SearchQuery
from pipeline.model.identity import DocumentKind
from pipeline.model.people import User
from pipeline.web.media import PagePictures
from pipeline.web.pages import Pages


class Library:
    """Pages over the archive."""

    def __init__(self, desk: Desk, pages: Pages, pictures: PagePictures) -> None:
        self._desk = desk
        self._pages = pages
        self._pictures = pictures

    def search(self, request: Request, user: User) -> Response:
        asked = request.query_params
        query = SearchQuery(
            words=asked.get("q", "").strip(),
            patient=asked.get("patient", "").strip(),
            kind=_kind(asked.get("kind", "")),
            since=_day(asked.get("since", "")),
            until=_day(asked.get("until", "")),
            affirmed=bool(asked.get("affirme")),
        )
        some = bool(query.words or query.patient or query.kind or query.since or query.until)
        hits = self._desk.search(query, by=user.login) if some else []
        shown = [(hit, marked(hit.excerpt)) for hit in hits]
        template = "_resultats.html" if request.headers.get("hx-request") else "recherche.html"
        return self._pages.render(request, user, template, asked=asked, hits=shown, some=some)

    def patient(self, request: Request, user: User) -> Response:
        patient = self._desk.journal.patient(request.path_params["patient"])
        if patient is None:
            raise RegisterError("Ce patient n'est pas dans le registre.")
        records = sorted(
            self._desk.journal.records_of(patient.id), key=lambda r: (r.document_date, r.filed_at), reverse=True
        )
        self._desk.journal.record_action(actor=user.login, action="open-file", details={"patient": patient.id})
        return self._pages.render(request, user, "patient.html", patient=patient, records=records)

    def pdf(self, request: Request, user: User) -> Response:
        record, content = self._desk.read_record(request.path_params["record"], by=user.login)
        headers = {"Content-Disposition": f'inline; filename="{record.id}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    def page(self, request: Request, user: User) -> Response:
        _, content = self._desk.read_record(request.path_params["record"], by=user.login)
        sha256 = hashlib.sha256(content).hexdigest()
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            png = self._pictures.png(Path(file.name), sha256, request.path_params["page"], width=500)
        return Response(png, media_type="image/png")

    def correct(self, request: Request, user: User, form: FormData) -> Response:
        del form
        case = self._desk.correct_filed(request.path_params["record"], by=user)
        return RedirectResponse(f"/dossiers/{case.id}?fait=correction", 303)


def marked(excerpt: str) -> Markup:
    """The excerpt as HTML, the found words in ``<mark>``."""
    return Markup(str(escape(excerpt)).replace("\x02", "<mark>").replace("\x03", "</mark>"))  # noqa: S704 escaped above


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _kind(text: str) -> DocumentKind | None:
    return DocumentKind(text) if text in set(DocumentKind) else None
