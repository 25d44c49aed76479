"""The one place where a request is let through: session, rights, duties, access to the file, origin, and errors."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from pipeline.errors import ArchiveConflict, CalameError, CaseUnknown, NotAllowed, StaleCase, StaleDraft
from pipeline.model.people import User
from pipeline.web.access import MAX_TEXT, REASONS, AccessGuard, ReasonNeeded
from pipeline.web.accounts import Accounts, Visit
from pipeline.web.pages import Pages
from pipeline.web.rights import HOME, may
from pipeline.web.turns import Turns

log = logging.getLogger("calame.web")
MAX_FORM_BYTES = 2_000_000
CASE_PAGE = "GET /dossiers/{case}"

View = Callable[[Request, User], Response]
Action = Callable[[Request, User, FormData], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


class Gate:
    """Wraps a view or an action into an endpoint that only the right people reach."""

    def __init__(self, accounts: Accounts, access: AccessGuard, pages: Pages) -> None:
        self._accounts = accounts
        self._access = access
        self._pages = pages
        self._turns = Turns()

    def see(self, view: View) -> Endpoint:
        """An endpoint that shows a page or a part of one, when it is its turn."""
        answer = self._reading(view)

        async def endpoint(request: Request) -> Response:
            return await self._turns.run(lambda: answer(request))

        return endpoint

    def send(self, view: View) -> Endpoint:
        """An endpoint that sends a file or a picture, at once."""
        answer = self._reading(view)

        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(answer, request)

        return endpoint

    def _reading(self, view: View) -> Callable[[Request], Response]:

        def answer(request: Request) -> Response:
            visit = self.visit(request)
            if visit is None:
                return self.to_login(request)
            return self._through(request, visit, "", lambda: view(request, visit.user))

        return answer

    def act(self, action: Action, *, files: int = 0, most: int = MAX_FORM_BYTES) -> Endpoint:
        """An endpoint that changes something: the form must come from a page of this session."""

        async def endpoint(request: Request) -> Response:
            token = self.token(request)
            visit = await run_in_threadpool(self.visit, request)
            if visit is None:
                return self.to_login(request)
            if too_large(request, most):
                return self._pages.error(request, visit.user, "Ce formulaire est trop grand.", status=413)
            try:
                form = await request.form(max_files=files, max_fields=500, max_part_size=MAX_FORM_BYTES)
            except ClientDisconnect:  # the page was left in the middle: nothing arrived, nobody waits for an answer
                return Response(status_code=400)
            if not same_site(request) or not self._accounts.csrf_matches(token, str(form.get("csrf", ""))):
                why = "Cette page a expiré ou la demande vient d'un autre site. Rechargez la page."
                return self._pages.error(request, visit.user, why, status=403)
            verb = str(form.get("action", "")).partition(":")[0]
            return await run_in_threadpool(
                self._through, request, visit, verb, lambda: action(request, visit.user, form)
            )

        return endpoint

    def token(self, request: Request) -> str:
        return request.cookies.get(self._accounts.cookie, "")

    def visit(self, request: Request) -> Visit | None:
        """Who asks. A page that asks by itself (htmx) keeps no session open."""
        found = self._accounts.visit(self.token(request), active="hx-request" not in request.headers)
        request.state.visit = found
        return found

    def to_login(self, request: Request) -> Response:
        if request.headers.get("hx-request"):
            return Response(headers={"HX-Redirect": "/connexion"})
        return RedirectResponse("/connexion", status_code=303)

    def _through(self, request: Request, visit: Visit, verb: str, call: Callable[[], Response]) -> Response:
        try:
            return self._stopped(request, visit, verb) or call()
        except ReasonNeeded as needed:
            return self._ask_reason(request, visit.user, needed)
        except Exception as error:
            return self.told(request, visit.user, error)

    def _stopped(self, request: Request, visit: Visit, verb: str) -> Response | None:
        """What is answered instead of the page, or None. Raises `NotAllowed` and what `AccessGuard.check` raises."""
        reading = request.method in ("GET", "HEAD")
        line = f"{'GET' if reading else request.method} {request.scope['route'].path}"
        duty = self._accounts.duty(visit)
        if duty and line not in (f"GET {duty}", f"POST {duty}", "POST /deconnexion"):
            return RedirectResponse(duty, status_code=303)
        if not may(visit.user.role, line, verb):
            if line == "GET /":
                return RedirectResponse(HOME[visit.user.role], status_code=303)
            raise NotAllowed("Votre compte ne permet pas cela.", advice="Demandez à une personne qui en a le droit.")
        self._access.check(visit, request.path_params, reading=reading)
        if line == CASE_PAGE:
            self._access.note_opening(visit, str(request.path_params["case"]))
        return None

    def _ask_reason(self, request: Request, user: User, needed: ReasonNeeded) -> Response:
        case = request.path_params.get("case")
        path = request.url.path if request.method == "GET" else f"/dossiers/{case}" if case else "/"
        return self._pages.render(
            request, user, "motif.html", status=403, subject=needed.subject, reasons=REASONS, back=path, most=MAX_TEXT
        )

    def told(self, request: Request, user: User | None, error: Exception) -> Response:
        """An error as a page: which status, and words without patient data."""
        if isinstance(error, CalameError):
            return self._pages.error(request, user, str(error), status=_status(error))
        log.error("page failed: %s at %s", type(error).__name__, _place(error))
        text = f"Une erreur inattendue est survenue ({type(error).__name__}). Rien n'a été perdu : rechargez la page."
        return self._pages.error(request, user, text, status=500)


def _place(error: Exception) -> str:
    """Where it happened, by lines of the program only: a message or a value may hold a patient's words."""
    lines = traceback.extract_tb(error.__traceback__)[-3:]
    return " > ".join(f"{Path(line.filename).name}:{line.lineno}" for line in lines)


def _status(error: CalameError) -> int:
    match error:
        case CaseUnknown():
            return 404
        case NotAllowed():
            return 403
        case StaleCase() | StaleDraft() | ArchiveConflict():
            return 409
        case _:
            return 422


def same_site(request: Request) -> bool:
    """Whether a form comes from our own pages, as far as the browser tells (Fetch Metadata, and RFC 6454's Origin)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def too_large(request: Request, most: int = MAX_FORM_BYTES) -> bool:
    """A form without a length (chunked) counts as too large: it would be read without a bound."""
    length = request.headers.get("content-length", "")
    return not length.isascii() or not length.isdigit() or int(length) > most


def local_path(path: str) -> str:
    """``path`` when it stays on this site, else ``/``: no open redirect."""
    parts = urlsplit(path)
    good = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if good and path.isprintable() else "/"
