"""The parapheur's application: routes, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.desk import Desk
from pipeline.web.access import AccessGuard
from pipeline.web.account_pages import AccountPages
from pipeline.web.accounts import Accounts
from pipeline.web.admin_pages import AdminPages
from pipeline.web.casework import Casework
from pipeline.web.gate import Gate
from pipeline.web.learning import Learnt
from pipeline.web.library import Library
from pipeline.web.login_pages import LoginPages
from pipeline.web.media import PagePictures
from pipeline.web.oidc import OidcClient
from pipeline.web.pages import Pages
from pipeline.web.pile import PilePages
from pipeline.web.scanning import Scanning
from pipeline.web.signing import Signing
from pipeline.web.workbench import Workbench

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Cache-Control": "no-store",
}
HSTS = "max-age=63072000"
"""Two years (OWASP); without includeSubDomains: the practice's other names are not ours to decide on."""
MAX_REMARK_BYTES = 12_000_000
"""Five minutes of a phone's recording, at 256 kbit/s."""


class SafeHeaders:
    """The security headers on every answer."""

    def __init__(self, app: ASGIApp, *, secure: bool = False) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": HSTS} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    if not (name == "Cache-Control" and scope["path"].startswith("/static/")):
                        headers[name] = value
            await send(message)

        await self._app(scope, receive, safe)


class Site:
    """Connects pages to routes. ``hosts`` are the names that a browser may call the site by (None: any); with TLS,
    ``secure``, cookies and browsers are told so. `pipeline/web/rights.py` must have a line for each route."""

    def __init__(
        self,
        desk: Desk,
        accounts: Accounts,
        cache: Path,
        *,
        secure: bool = False,
        hosts: Collection[str] | None = None,
        access: AccessGuard | None = None,
        provider: OidcClient | None = None,
    ) -> None:
        self.accounts = accounts
        self.pages = Pages(accounts)
        access = access or AccessGuard(accounts.book)
        self.gate = Gate(accounts, access, self.pages)
        pictures = PagePictures()
        self.workbench = Workbench(desk, pictures, cache)
        self.casework = Casework(desk, self.pages, pictures, cache, self.workbench)
        self.pile = PilePages(desk, self.pages, access)
        self.library = Library(desk, self.pages, pictures, access)
        self.learnt = Learnt(desk, self.pages)
        self.signing = Signing(desk, self.pages, pictures)
        self.logins = LoginPages(accounts, self.gate, self.pages, secure=secure, provider=provider)
        self.account = AccountPages(accounts, access, self.pages, secure=secure)
        self.admin = AdminPages(accounts, self.pages)
        self.scanning = Scanning(desk, self.pages, pictures, self.casework.show)
        self._secure = secure
        self._hosts = ["*"] if hosts is None else sorted(hosts)

    def application(self) -> Starlette:
        see, send, act = self.gate.see, self.gate.send, self.gate.act
        work, library, bench, logins, account, admin = (
            self.casework,
            self.library,
            self.workbench,
            self.logins,
            self.account,
            self.admin,
        )
        routes = [
            Route("/connexion", logins.login, methods=["GET", "POST"]),
            Route("/connexion/code", logins.code, methods=["GET", "POST"]),
            Route("/connexion/psc", logins.to_provider),
            Route("/connexion/psc/retour", logins.from_provider),
            Route("/session", logins.session),
            Route("/deconnexion", act(logins.logout), methods=["POST"]),
            Route("/motif", act(account.give_reason), methods=["POST"]),
            Route("/compte", see(account.show)),
            Route("/compte/mot-de-passe", see(account.password_form), methods=["GET"]),
            Route("/compte/mot-de-passe", act(account.change_password), methods=["POST"]),
            Route("/compte/second-facteur", see(account.factor_form), methods=["GET"]),
            Route("/compte/second-facteur", act(account.set_factor), methods=["POST"]),
            Route("/compte/second-facteur/retirer", act(account.remove_factor), methods=["POST"]),
            Route("/compte/codes", act(account.new_codes), methods=["POST"]),
            Route("/compte/sessions", act(account.close_sessions), methods=["POST"]),
            Route("/admin", see(admin.show)),
            Route("/admin/comptes", act(admin.create), methods=["POST"]),
            Route("/admin/comptes/{login}", act(admin.change), methods=["POST"]),
            Route("/admin/journal", see(admin.trail)),
            Route("/admin/journal.csv", send(admin.export)),
            Route("/", see(self.pile.show)),
            Route("/pile", see(self.pile.lines)),
            Route("/pile/delais", see(self.pile.delays)),
            Route("/pile/lot", act(self.pile.together), methods=["POST"]),
            Route("/dossiers/{case}/main", act(self.pile.hold), methods=["POST"]),
            Route("/dossiers/{case}", see(self.scanning.show)),
            Route("/dossiers/{case}/pages", act(self.scanning.arrange), methods=["POST"]),
            Route("/dossiers/{case}/feuille/{place:int}.png", send(self.scanning.set_aside)),
            Route("/dossiers/{case}/brouillon", act(work.edit), methods=["POST"]),
            Route("/dossiers/{case}/texte", act(bench.save), methods=["POST"]),
            Route("/dossiers/{case}/etat", see(bench.state)),
            Route("/dossiers/{case}/versions/{version:int}", see(bench.version)),
            Route("/dossiers/{case}/ondes", send(bench.peaks)),
            Route("/dossiers/{case}/identite", see(work.identity), methods=["GET"]),
            Route("/dossiers/{case}/identite", act(work.choose_identity), methods=["POST"]),
            Route("/dossiers/{case}/patient", act(work.create_patient), methods=["POST"]),
            Route("/dossiers/{case}/confirmer", act(work.confirm_scan), methods=["POST"]),
            Route("/dossiers/{case}/signer", act(work.sign), methods=["POST"]),
            Route("/signer", see(self.signing.show), methods=["GET"]),
            Route("/signer", act(self.signing.sign), methods=["POST"]),
            Route("/signer/vu", act(self.signing.seen), methods=["POST"]),
            Route("/dossiers/{case}/renvoyer", act(work.send_back, files=1, most=MAX_REMARK_BYTES), methods=["POST"]),
            Route("/dossiers/{case}/remarque/{number:int}", send(work.remark)),
            Route("/dossiers/{case}/geste", act(work.gesture), methods=["POST"]),
            Route("/dossiers/{case}/son", send(work.sound)),
            Route("/dossiers/{case}/document.pdf", send(work.pdf)),
            Route("/dossiers/{case}/document.docx", send(work.docx)),
            Route("/dossiers/{case}/papier/{paper}.pdf", send(work.paper)),
            Route("/dossiers/{case}/papier/{paper}.docx", send(work.paper)),
            Route("/dossiers/{case}/page/{page:int}.png", send(work.page)),
            Route("/patients/chercher", see(work.find_patients)),
            Route("/recherche", see(library.search)),
            Route("/appris", see(self.learnt.show)),
            Route("/appris/mots/{word}", act(self.learnt.change_word), methods=["POST"]),
            Route("/appris/{learned}", act(self.learnt.change), methods=["POST"]),
            Route("/patients/{patient}", see(library.patient)),
            Route("/archive/{record}.pdf", send(library.pdf)),
            Route("/archive/{record}/page/{page:int}.png", send(library.page)),
            Route("/archive/{record}/corriger", act(library.correct), methods=["POST"]),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ]
        return Starlette(
            routes=routes,
            middleware=[
                Middleware(SafeHeaders, secure=self._secure),
                Middleware(TrustedHostMiddleware, allowed_hosts=self._hosts, www_redirect=False),
            ],
            exception_handlers={404: self._not_found},
        )

    async def _not_found(self, request: Request, error: Exception) -> Response:
        del error
        visit = await run_in_threadpool(self.gate.visit, request)
        return self.pages.error(request, visit.user if visit else None, "Cette page n'existe pas.", status=404)
