"""The pages of one's own account: password, second factor, recovery codes, sessions, and the reason of an access."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.errors import NotAllowed
from pipeline.model.accounts import Account
from pipeline.model.people import User
from pipeline.web import second_factor
from pipeline.web.access import AccessGuard
from pipeline.web.accounts import Accounts, Visit, hash_password
from pipeline.web.gate import local_path
from pipeline.web.pages import Pages

MOST_PENDING = 1000


class AccountPages:
    """Over `Accounts`. A change of password or second factor asks for the password again, gives this session another
    token and ends the others."""

    def __init__(self, accounts: Accounts, access: AccessGuard, pages: Pages, *, secure: bool) -> None:
        self._accounts = accounts
        self._access = access
        self._pages = pages
        self._secure = secure
        self._proposed: dict[str, str] = {}

    def show(self, request: Request, user: User) -> Response:
        visit = _visit(request)
        return self._pages.render(
            request,
            user,
            "compte.html",
            account=visit.account,
            session=visit.session,
            sessions=self._accounts.sessions_of(user.login),
            codes_left=self._accounts.book.recovery_codes_left(user.login),
            obliged=self._accounts.obliged(user),
        )

    def password_form(self, request: Request, user: User) -> Response:
        return self._pages.render(request, user, "mot_de_passe.html", must=_visit(request).account.must_change)

    def change_password(self, request: Request, user: User, form: FormData) -> Response:
        self._again(request, user, form)
        new = str(form.get("new", ""))
        if new != str(form.get("twice", "")):
            raise NotAllowed("Les deux saisies du nouveau mot de passe diffèrent.", advice="Retapez-les.")
        if new == str(form.get("password", "")):
            raise NotAllowed("Le nouveau mot de passe est l'ancien.", advice="Choisissez-en un autre.")
        hashed = hash_password(new, login=user.login, name=user.name)
        visit = _visit(request)
        self._accounts.book.set_password(user.login, hashed, actor=user.login, keep=visit.session.id)
        return self._renewed(request, RedirectResponse("/compte?fait=mot-de-passe", status_code=303))

    def factor_form(self, request: Request, user: User) -> Response:
        """A new secret is proposed for as long as the session lives; it counts once a code proves that it was read."""
        visit = _visit(request)
        secret = self._proposed.setdefault(visit.session.id, second_factor.new_secret())
        if len(self._proposed) > MOST_PENDING:
            self._proposed.pop(next(iter(self._proposed)))
        return self._pages.render(
            request,
            user,
            "second_facteur.html",
            account=visit.account,
            secret=secret,
            picture=second_factor.qr_picture(secret, user.login),
            must=self._accounts.obliged(user) and not visit.account.totp_secret,
        )

    def set_factor(self, request: Request, user: User, form: FormData) -> Response:
        visit = _visit(request)
        account = self._again(request, user, form)
        if account.totp_secret and not self._code(request, account, form, "old_code"):
            raise NotAllowed("Le code de l'application actuelle n'est pas le bon.", advice="Attendez le suivant.")
        secret = self._proposed.get(visit.session.id, "")
        step = second_factor.matching_step(secret, str(form.get("code", "")), self._accounts.time()) if secret else None
        if step is None:
            raise NotAllowed(
                "Le code n'est pas le bon.", advice="Vérifiez l'heure du téléphone, attendez le suivant et retapez-le."
            )
        del self._proposed[visit.session.id]
        codes = self._new_codes(account, self._accounts.sealed(user.login, secret))
        self._accounts.book.use_step(user.login, step)
        self._accounts.book.close_sessions(user.login, actor=user.login, but=visit.session.id)
        return self._renewed(request, self._pages.render(request, user, "codes.html", codes=codes))

    def remove_factor(self, request: Request, user: User, form: FormData) -> Response:
        account = self._again(request, user, form)
        if self._accounts.obliged(user):
            raise NotAllowed("Le second facteur est obligatoire pour votre rôle.", advice="Remplacez-le plutôt.")
        if not account.totp_secret or not self._code(request, account, form, "code"):
            raise NotAllowed("Le code n'est pas le bon.", advice="Attendez le suivant et retapez-le.")
        self._accounts.book.set_second_factor(user.login, "", (), actor=user.login)
        return self._renewed(request, RedirectResponse("/compte?fait=facteur-retire", status_code=303))

    def new_codes(self, request: Request, user: User, form: FormData) -> Response:
        account = self._again(request, user, form)
        if not account.totp_secret:
            raise NotAllowed("Vous n'avez pas de second facteur.", advice="Activez-le d'abord.")
        return self._pages.render(request, user, "codes.html", codes=self._new_codes(account, account.totp_secret))

    def close_sessions(self, request: Request, user: User, form: FormData) -> Response:
        """One session by its shown id, or all others."""
        visit = _visit(request)
        only = str(form.get("session", ""))
        self._accounts.book.close_sessions(user.login, actor=user.login, only=only, but=visit.session.id)
        return RedirectResponse("/compte?fait=sessions", status_code=303)

    def give_reason(self, request: Request, user: User, form: FormData) -> Response:
        """Why somebody opens the file of a patient who is not one of theirs; then the page that was asked for."""
        del user
        subject = str(form.get("subject", ""))[:64]
        self._access.give(_visit(request), subject, str(form.get("reason", "")), str(form.get("text", "")))
        return RedirectResponse(local_path(str(form.get("back", "/"))), status_code=303)

    def _again(self, request: Request, user: User, form: FormData) -> Account:
        """The account, once its password was typed again. Raises `NotAllowed`."""
        account = self._accounts.check(user.login, str(form.get("password", "")), origin=origin_of(request))
        if account is None:
            raise NotAllowed("Le mot de passe actuel n'est pas le bon.", advice="Retapez-le.")
        return account

    def _code(self, request: Request, account: Account, form: FormData, field: str) -> bool:
        return self._accounts.code_matches(account, str(form.get(field, "")), origin=origin_of(request))

    def _new_codes(self, account: Account, sealed: str) -> list[str]:
        codes = second_factor.new_recovery_codes()
        login = account.user.login
        hashes = [second_factor.recovery_hash(code) for code in codes]
        self._accounts.book.set_second_factor(login, sealed, hashes, actor=login)
        return codes

    def _renewed(self, request: Request, response: Response) -> Response:
        """The answer with another token for this session."""
        token = self._accounts.rotate(request.cookies[self._accounts.cookie], _visit(request).session)
        keep_token(response, self._accounts.cookie, token, secure=self._secure)
        return response


def keep_token(response: Response, cookie: str, token: str, *, secure: bool) -> None:
    """The session's cookie: no script reads it, no other site sends it, and it ends with the browser."""
    response.set_cookie(cookie, token, httponly=True, samesite="strict", secure=secure, path="/")


def origin_of(request: Request) -> str:
    return request.client.host if request.client else ""


def _visit(request: Request) -> Visit:
    visit: Visit = request.state.visit
    return visit
