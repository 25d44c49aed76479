"""Search as it is typed, and a patient's documents by year."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from datetime import MAXYEAR, date
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.compose.port import Confidentiality
from pipeline.desk import WAITING_FOR_PEOPLE, Desk
from pipeline.errors import RegisterError
from pipeline.model.case import WORKER_STATUSES
from pipeline.model.document import SearchQuery
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Role, User
from pipeline.model.pile import PAGE, PileQuery
from pipeline.web.access import AccessGuard
from pipeline.web.media import PagePictures
from pipeline.web.pages import Pages

FEW, MANY = 25, 200
"""Hits shown while somebody types, and when asked for more."""
OPEN = (*WAITING_FOR_PEOPLE, *WORKER_STATUSES)
_MOST_PAGES = 2000


class Library:
    """Pages over the archive."""

    def __init__(self, desk: Desk, pages: Pages, pictures: PagePictures, access: AccessGuard) -> None:
        self._desk = desk
        self._access = access
        self._pages = pages
        self._pictures = pictures

    def search(self, request: Request, user: User) -> Response:
        """The page, or its results alone while somebody types. ``dossier`` keeps to one patient. Nothing is shown of
        what stands in a document that would not open without a reason."""
        asked = request.query_params
        query = SearchQuery(
            words=asked.get("q", "").strip(),
            patient=asked.get("patient", "").strip(),
            patient_id=asked.get("dossier", ""),
            kind=_kind(asked.get("kind", "")),
            kinds=self._kinds(asked.get("secret", "")),
            author=asked.get("auteur", ""),
            since=_day(asked.get("since", "")),
            until=_day(asked.get("until", "")),
            affirmed=bool(asked.get("affirme")),
            limit=(MANY if asked.get("tout") else FEW) + 1,
        )
        wanted = (query.words, query.patient, query.kind, query.author, query.since, query.until)
        some = any(wanted) or query.kinds is not None
        hits = self._desk.search(query, by=user.login) if some else []
        more = len(hits) == query.limit
        hits = hits[: query.limit - 1]
        closed = self._access.closed(request.state.visit, [hit.record for hit in hits])
        shown = [(hit, marked(hit.title), marked(hit.excerpt), hit.record.id in closed) for hit in hits]
        people = self._desk.journal.users()
        values: dict[str, Any] = {
            "asked": asked,
            "hits": shown,
            "some": some,
            "more": more,
            "further": "" if asked.get("tout") else "/recherche?" + urlencode({**asked, "tout": "1"}),
            "authors": {one.login: one.name for one in people},
            "in_file": bool(query.patient_id),
        }
        if request.headers.get("hx-request"):
            return self._pages.render(request, user, "_resultats.html", **values)
        doctors = [one for one in people if one.role is Role.DOCTOR]
        return self._pages.render(request, user, "recherche.html", **values, doctors=doctors)

    def _kinds(self, confidentiality: str) -> tuple[DocumentKind, ...] | None:
        """The kinds that the catalogue gives this confidentiality; None for all."""
        if confidentiality not in set(Confidentiality):
            return None
        rules = self._desk.parts.renderer.catalog.kinds.values()
        return tuple(one.kind for one in rules if one.confidentiality == confidentiality)

    def patient(self, request: Request, user: User) -> Response:
        """A patient's file: what waits, and the documents by year; one page of them alone while somebody scrolls."""
        patient = self._desk.journal.patient(request.path_params["patient"])
        if patient is None:
            raise RegisterError("Ce patient n'est pas dans le registre.")
        asked = request.query_params
        alone = bool(request.headers.get("hx-request"))
        if not alone:
            self._desk.journal.record_action(actor=user.login, action="open-file", details={"patient": patient.id})
        kind, year, page = _kind(asked.get("kind", "")), _number(asked.get("annee", "")), _number(asked.get("page", ""))
        kinds = [kind.value] if kind else []
        year = year if year and 1 <= year <= MAXYEAR else None
        page = max(1, min(page or 1, _MOST_PAGES))
        years = self._desk.journal.years_of(patient.id)
        shown = [found for y, found in years.items() if year in (None, y)]
        total = sum(found.get(kind.value, 0) if kind else sum(found.values()) for found in shown)
        records = self._desk.journal.timeline(patient.id, year=year, kinds=kinds, page=page, size=PAGE)
        values: dict[str, Any] = {
            "patient": patient,
            "by_year": [(y, list(of)) for y, of in groupby(records, key=lambda record: record.document_date.year)],
            "years": {y: sum(found.values()) for y, found in years.items()},
            "year": year,
            "kind": kind.value if kind else "",
            "page": page,
            "more": page * PAGE < total,
            "total": total,
            "above": _number(asked.get("sous", "")),
            "authors": {one.login: one.name for one in self._desk.journal.users()},
        }
        if alone:
            return self._pages.render(request, user, "_documents.html", **values)
        counted: Counter[str] = sum((Counter(found) for found in years.values()), Counter())
        waiting = self._desk.journal.pile_rows(PileQuery(OPEN, patient_id=patient.id))
        return self._pages.render(request, user, "patient.html", **values, kinds=counted, waiting=waiting)

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


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _kind(text: str) -> DocumentKind | None:
    return DocumentKind(text) if text in set(DocumentKind) else None
