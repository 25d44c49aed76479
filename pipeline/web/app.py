"""The parapheur's application: routes, sessions, headers, and errors said in French."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pipeline.desk import Desk
from pipeline.errors import ArchiveConflict, CalameError, CaseUnknown, NotAllowed, StaleCase, StaleDraft
from pipeline.model.people import User
from pipeline.web.accounts import Accounts
from pipeline.web.casework import Casework
from pipeline.web.learning import Learnt
from pipeline.web.library import Library
from pipeline.web.media import PagePictures
from pipeline.web.pages import Pages
from pipeline.web.pile import PilePages
from pipeline.web.signing import Signing

log = logging.getLogger("calame.web")
COOKIE = "calame_session"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
MAX_FORM_BYTES = 2_000_000
MAX_REMARK_BYTES = 12_000_000
"""Five minutes of a phone's recording, at 256 kbit/s."""

View = Callable[[Request, User], Response]
Action = Callable[[Request, User, FormData], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


class SafeHeaders(BaseHTTPMiddleware):
    """The security headers on every answer."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        for name, value in HEADERS.items():
            if not (name == "Cache-Control" and request.url.path.startswith("/static/")):
                response.headers[name] = value
        return response


class Site:
    """Connects pages to routes: who is logged in, CSRF, and errors."""

    def __init__(self, desk: Desk, accounts: Accounts, cache: Path, *, secure: bool = False) -> None:
        self.accounts = accounts
        self.pages = Pages(accounts)
        pictures = PagePictures()
        self.pile = PilePages(desk, self.pages)
        self.casework = Casework(desk, self.pages, pictures, cache)
        self.library = Library(desk, self.pages, pictures)
        self.learnt = Learnt(desk, self.pages)
        self.signing = Signing(desk, self.pages, pictures)
        self._secure = secure

    def application(self) -> Starlette:
        see, act = self._see, self._act
        work, library = self.casework, self.library
        routes = [
            Route("/connexion", self.login, methods=["GET", "POST"]),
            Route("/session", self.session),
            Route("/deconnexion", act(self._logout), methods=["POST"]),
            Route("/", see(self.pile.show)),
            Route("/pile", see(self.pile.lines)),
            Route("/pile/delais", see(self.pile.delays)),
            Route("/pile/lot", act(self.pile.together), methods=["POST"]),
            Route("/dossiers/{case}/main", act(self.pile.hold), methods=["POST"]),
            Route("/dossiers/{case}", see(work.show)),
            Route("/dossiers/{case}/brouillon", act(work.edit), methods=["POST"]),
            Route("/dossiers/{case}/identite", see(work.identity), methods=["GET"]),
            Route("/dossiers/{case}/identite", act(work.choose_identity), methods=["POST"]),
            Route("/dossiers/{case}/patient", act(work.create_patient), methods=["POST"]),
            Route("/dossiers/{case}/confirmer", act(work.confirm_scan), methods=["POST"]),
            Route("/dossiers/{case}/signer", act(work.sign), methods=["POST"]),
            Route("/signer", see(self.signing.show), methods=["GET"]),
            Route("/signer", act(self.signing.sign), methods=["POST"]),
            Route("/signer/vu", act(self.signing.seen), methods=["POST"]),
            Route("/dossiers/{case}/renvoyer", act(work.send_back, files=1, most=MAX_REMARK_BYTES), methods=["POST"]),
            Route("/dossiers/{case}/remarque/{number:int}", see(work.remark)),
            Route("/dossiers/{case}/geste", act(work.gesture), methods=["POST"]),
            Route("/dossiers/{case}/son", see(work.sound)),
            Route("/dossiers/{case}/document.pdf", see(work.pdf)),
            Route("/dossiers/{case}/document.docx", see(work.docx)),
            Route("/dossiers/{case}/papier/{paper}.pdf", see(work.paper)),
            Route("/dossiers/{case}/papier/{paper}.docx", see(work.paper)),
            Route("/dossiers/{case}/page/{page:int}.png", see(work.page)),
            Route("/patients/chercher", see(work.find_patients)),
            Route("/recherche", see(library.search)),
            Route("/appris", see(self.learnt.show)),
            Route("/appris/mots/{word}", act(self.learnt.change_word), methods=["POST"]),
            Route("/appris/{learned}", act(self.learnt.change), methods=["POST"]),
            Route("/patients/{patient}", see(library.patient)),
            Route("/archive/{record}.pdf", see(library.pdf)),
            Route("/archive/{record}/page/{page:int}.png", see(library.page)),
            Route("/archive/{record}/corriger", act(library.correct), methods=["POST"]),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ]
        return Starlette(
            routes=routes,
            middleware=[Middleware(SafeHeaders)],
            exception_handlers={404: self._not_found},
        )

    # --- wrapping ------------------------------------------------------------------------------------------------

    def _see(self, view: View) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            user = await run_in_threadpool(self.accounts.user, request.cookies.get(COOKIE, ""))
            if user is None:
                return self._to_login(request)
            return await run_in_threadpool(self._guard, request, user, lambda: view(request, user))

        return endpoint

    def _act(self, action: Action, *, files: int = 0, most: int = MAX_FORM_BYTES) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            token = request.cookies.get(COOKIE, "")
            user = await run_in_threadpool(self.accounts.user, token)
            if user is None:
                return self._to_login(request)
            if _too_large(request, most):
                return self.pages.error(request, user, "Ce formulaire est trop grand.", status=413)
            form = await request.form(max_files=files, max_fields=500, max_part_size=MAX_FORM_BYTES)
            if not self._same_site(request) or not self.accounts.csrf_matches(token, str(form.get("csrf", ""))):
                return self.pages.error(
                    request,
                    user,
                    "Cette page a expiré ou la demande vient d'un autre site. Rechargez la page.",
                    status=403,
                )
            return await run_in_threadpool(self._guard, request, user, lambda: action(request, user, form))

        return endpoint

    def _guard(self, request: Request, user: User, call: Callable[[], Response]) -> Response:
        try:
            return call()
        except CaseUnknown as error:
            return self.pages.error(request, user, str(error), status=404)
        except NotAllowed as error:
            return self.pages.error(request, user, str(error), status=403)
        except (StaleCase, StaleDraft, ArchiveConflict) as error:
            return self.pages.error(request, user, str(error), status=409)
        except CalameError as error:
            return self.pages.error(request, user, str(error), status=422)
        except Exception as error:
            log.exception("page failed: %s", type(error).__name__, exc_info=None)
            text = (
                f"Une erreur inattendue est survenue ({type(error).__name__}). Rien n'a été perdu : rechargez la page."
            )
            return self.pages.error(request, user, text, status=500)

    def _same_site(self, request: Request) -> bool:
        origin = request.headers.get("origin")
        return origin is None or urlsplit(origin).netloc == request.headers.get("host")

    def _to_login(self, request: Request) -> Response:
        if request.headers.get("hx-request"):
            return Response(headers={"HX-Redirect": "/connexion"})
        return RedirectResponse("/connexion", status_code=303)

    async def _not_found(self, request: Request, error: Exception) -> Response:
        del error
        user = await run_in_threadpool(self.accounts.user, request.cookies.get(COOKIE, ""))
        return self.pages.error(request, user, "Cette page n'existe pas.", status=404)

    # --- login ---------------------------------------------------------------------------------------------------

    async def login(self, request: Request) -> Response:
        if request.method == "GET":
            return self.pages.render(request, None, "connexion.html")
        if not self._same_site(request):
            return self.pages.error(request, None, "La demande vient d'un autre site.", status=403)
        if _too_large(request):
            return self.pages.error(request, None, "Ce formulaire est trop grand.", status=413)
        form = await request.form(max_files=0, max_fields=10)
        login, password = str(form.get("login", "")).strip(), str(form.get("password", ""))
        origin = request.client.host if request.client else ""
        try:
            token = await run_in_threadpool(self.accounts.login, login, password, origin=origin)
        except CalameError as error:
            return self.pages.render(request, None, "connexion.html", status=429, refused=str(error))
        if token is None:
            refused = "Identifiant ou mot de passe inconnu."
            return self.pages.render(request, None, "connexion.html", status=401, refused=refused)
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=self._secure, path="/")
        return response

    async def session(self, request: Request) -> Response:
        """Who is logged in and the token of this session: a page asks before it sends what was typed in it."""
        token = request.cookies.get(COOKIE, "")
        user = await run_in_threadpool(self.accounts.user, token)
        if user is None:
            return JSONResponse({}, status_code=401)
        return JSONResponse({"login": user.login, "csrf": self.accounts.csrf(token)})

    def _logout(self, request: Request, user: User, form: FormData) -> Response:
        del user, form
        self.accounts.logout(request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/connexion", status_code=303)
        response.delete_cookie(COOKIE, path="/")
        return response


def _too_large(request: Request, most: int = MAX_FORM_BYTES) -> bool:
    """A form without a length (chunked) counts as too large: it would be read without a bound."""
    return int(request.headers.get("content-length") or most + 1) > most
