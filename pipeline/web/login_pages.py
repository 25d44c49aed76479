"""Coming in and going out: password, second factor, identity provider."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline.errors import CalameError, NotAllowed
from pipeline.model.people import User
from pipeline.web.account_pages import keep_token, origin_of
from pipeline.web.accounts import Accounts
from pipeline.web.gate import Gate, same_site, too_large
from pipeline.web.oidc import ATTEMPT_SECONDS, OidcClient
from pipeline.web.pages import Pages

UNKNOWN = "Identifiant ou mot de passe inconnu."
MAX_LOGIN_BYTES = 20_000


class LoginPages:
    """The only pages for people without a session."""

    def __init__(
        self, accounts: Accounts, gate: Gate, pages: Pages, *, secure: bool, provider: OidcClient | None = None
    ) -> None:
        self._accounts = accounts
        self._gate = gate
        self._pages = pages
        self._secure = secure
        self._provider = provider
        self._oidc_cookie = "__Host-calame_oidc" if secure else "calame_oidc"

    async def login(self, request: Request) -> Response:
        if request.method != "POST":
            return self._form(request)
        form = await self._posted(request)
        if isinstance(form, Response):
            return form
        login, password = str(form.get("login", "")).strip(), str(form.get("password", ""))
        how = {"origin": origin_of(request), "agent": _agent(request), "before": self._gate.token(request)}
        try:
            token = await run_in_threadpool(self._accounts.login, login, password, **how)
        except NotAllowed as error:
            return self._form(request, status=429, refused=str(error))
        if token is None:
            return self._form(request, status=401, refused=UNKNOWN)
        waits = await run_in_threadpool(self._accounts.awaits_code, token)
        return self._kept(RedirectResponse("/connexion/code" if waits else "/", status_code=303), token)

    async def code(self, request: Request) -> Response:
        """The second step."""
        token = self._gate.token(request)
        if not await run_in_threadpool(self._accounts.awaits_code, token):
            return RedirectResponse("/connexion", status_code=303)
        if request.method != "POST":
            return self._pages.render(request, None, "code.html")
        form = await self._posted(request)
        if isinstance(form, Response):
            return form
        code = str(form.get("code", ""))[:40]
        try:
            new = await run_in_threadpool(self._accounts.second_step, token, code, origin=origin_of(request))
        except NotAllowed as error:
            return self._pages.render(request, None, "code.html", status=429, refused=str(error))
        if new is None:
            refused = "Ce code n'est pas le bon ou a déjà servi. Attendez le suivant et retapez-le."
            return self._pages.render(request, None, "code.html", status=401, refused=refused)
        return self._kept(RedirectResponse("/", status_code=303), new)

    async def to_provider(self, request: Request) -> Response:
        """Off to the identity provider, with a cookie that only this browser has."""
        if self._provider is None:
            return self._pages.error(request, None, "Cette page n'existe pas.", status=404)
        try:
            address, browser = await run_in_threadpool(self._provider.begin)
        except CalameError as error:
            return self._form(request, status=503, refused=str(error))
        response = RedirectResponse(address, status_code=303)
        response.set_cookie(
            self._oidc_cookie,
            browser,
            max_age=int(ATTEMPT_SECONDS),
            httponly=True,
            samesite="lax",  # the way back comes from the provider's site
            secure=self._secure,
            path="/",
        )
        return response

    async def from_provider(self, request: Request) -> Response:
        """Back from the identity provider. The answer is a page of ours and no redirect: a browser that comes from
        another site would not send the new cookie (SameSite=Strict) along with a redirect."""
        if self._provider is None:
            return self._pages.error(request, None, "Cette page n'existe pas.", status=404)
        browser = request.cookies.get(self._oidc_cookie, "")
        try:
            token = await run_in_threadpool(self._enter, self._provider, request, browser)
        except CalameError as error:
            response: Response = self._form(request, status=401, refused=str(error))
        else:
            response = self._kept(self._pages.render(request, None, "entree.html"), token)
        response.delete_cookie(self._oidc_cookie, path="/", secure=self._secure, httponly=True, samesite="lax")
        return response

    def _enter(self, provider: OidcClient, request: Request, browser: str) -> str:
        try:
            rpps = provider.finish(dict(request.query_params), browser)
        except NotAllowed:
            self._accounts.book.record_action(
                actor="?", action="login-refused", details={"origin": origin_of(request), "by": "provider"}
            )
            raise
        accounts = [one for one in self._accounts.book.accounts() if one.active and one.user.rpps == rpps]
        if len(accounts) != 1:
            raise NotAllowed(
                "Aucun compte du cabinet ne porte votre numéro RPPS.",
                advice="Demandez à l'administration de l'ajouter.",
            )
        how = {"origin": origin_of(request), "agent": _agent(request), "before": self._gate.token(request)}
        return self._accounts.open_federated(accounts[0].user.login, **how)

    async def session(self, request: Request) -> Response:
        """Who is logged in and the token of this session: a page asks before it sends what was typed in it."""
        visit = await run_in_threadpool(self._gate.visit, request)
        if visit is None:
            return JSONResponse({}, status_code=401)
        return JSONResponse({"login": visit.user.login, "csrf": self._accounts.csrf(self._gate.token(request))})

    def logout(self, request: Request, user: User, form: FormData) -> Response:
        del user, form
        self._accounts.logout(self._gate.token(request))
        response = RedirectResponse("/connexion", status_code=303)
        response.delete_cookie(self._accounts.cookie, path="/", secure=self._secure, httponly=True, samesite="strict")
        return response

    async def _posted(self, request: Request) -> FormData | Response:
        """The form, or why it is not read."""
        if not same_site(request):
            return self._pages.error(request, None, "La demande vient d'un autre site.", status=403)
        if too_large(request, MAX_LOGIN_BYTES):
            return self._pages.error(request, None, "Ce formulaire est trop grand.", status=413)
        return await request.form(max_files=0, max_fields=10)

    def _form(self, request: Request, *, status: int = 200, refused: str = "") -> Response:
        provider = self._provider.provider.name if self._provider else ""
        return self._pages.render(request, None, "connexion.html", status=status, refused=refused, provider=provider)

    def _kept(self, response: Response, token: str) -> Response:
        keep_token(response, self._accounts.cookie, token, secure=self._secure)
        return response


def _agent(request: Request) -> str:
    return request.headers.get("user-agent", "")
