"""The administrator's pages: accounts, and the audit trail with its filters and its export."""

from __future__ import annotations

import csv
import io
import json
import re
import secrets
from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.errors import MoveForbidden, NotAllowed, RegisterError
from pipeline.journal.port import AuditEntry, AuditSearch
from pipeline.model.clock import ZONE
from pipeline.model.people import Role, User
from pipeline.model.spreadsheet import guarded
from pipeline.web.accounts import Accounts, hash_password
from pipeline.web.pages import Pages

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
"""A login is also the name of a doctor's inbox folder: no path, no capital, no space."""
MOST_EXPORTED = 100_000
"""Lines of one CSV file; older ones with the filter by date."""


class AdminPages:
    """Over the `AccountBook`; no page here reaches a patient or a case."""

    def __init__(self, accounts: Accounts, pages: Pages) -> None:
        self._accounts = accounts
        self._book = accounts.book
        self._pages = pages

    # --- accounts ------------------------------------------------------------------------------------------------

    def show(self, request: Request, user: User) -> Response:
        return self._show(request, user)

    def _show(self, request: Request, user: User, *, login: str = "", password: str = "") -> Response:
        accounts = self._book.accounts()
        return self._pages.render(
            request,
            user,
            "admin.html",
            accounts=[(one, len(self._accounts.sessions_of(one.user.login))) for one in accounts],
            doctors=[one.user for one in accounts if one.user.role is Role.DOCTOR],
            roles=list(Role),
            given=(login, password),
        )

    def create(self, request: Request, user: User, form: FormData) -> Response:
        """A new account with a password that must be changed at the first login."""
        person = _person(form, str(form.get("login", "")).strip())
        if not LOGIN.fullmatch(person.login):
            raise RegisterError(
                "L'identifiant n'est pas utilisable.", advice="2 à 40 lettres minuscules, chiffres, points ou tirets."
            )
        if self._book.account(person.login) is not None:
            raise RegisterError("Cet identifiant existe déjà.", advice="Choisissez-en un autre.")
        password = _temporary()
        self._book.save_user(person, hash_password(password), actor=user.login)
        self._book.set_role(person.login, person, _doctors(form), actor=user.login)
        self._book.set_password(person.login, hash_password(password), actor=user.login, must_change=True)
        return self._show(request, user, login=person.login, password=password)

    def change(self, request: Request, user: User, form: FormData) -> Response:
        """Role, doctors, password, second factor, sessions, open or closed."""
        login, verb = request.path_params["login"], str(form.get("action", ""))
        if self._book.account(login) is None:
            raise NotAllowed(f"Le compte « {login} » n'existe pas.", advice="Rechargez la page.")
        if verb == "password":
            password = _temporary()
            self._book.set_password(login, hash_password(password), actor=user.login, must_change=True)
            return self._show(request, user, login=login, password=password)
        if verb == "change":
            self._book.set_role(login, _person(form, login), _doctors(form), actor=user.login)
        elif verb in ("open", "close"):
            self._book.set_active(login, verb == "open", actor=user.login)
        elif verb == "factor":
            self._book.set_second_factor(login, "", (), actor=user.login)
            self._book.close_sessions(login, actor=user.login)
        elif verb == "sessions":
            self._book.close_sessions(login, actor=user.login)
        else:
            raise MoveForbidden("Ce geste n'existe pas.")
        return RedirectResponse(f"/admin?fait=compte-{verb}#compte-{login}", status_code=303)

    # --- the trail -----------------------------------------------------------------------------------------------

    def trail(self, request: Request, user: User) -> Response:
        asked = self._asked(request.query_params)
        entries = self._book.search_audit(asked)
        older = {key: value for key, value in request.query_params.items() if key != "avant" and value}
        more = urlencode(older | {"avant": str(entries[-1].seq)}) if len(entries) == asked.limit else ""
        return self._pages.render(
            request,
            user,
            "journal.html",
            entries=entries,
            actions=self._book.audit_actions(),
            asked=request.query_params,
            export=urlencode(older),
            more=more,
            report=self._book.verify_audit() if request.query_params.get("verifier") else None,
        )

    def export(self, request: Request, user: User) -> Response:
        """The filtered entries with their hashes, oldest last; the export is itself recorded."""
        entries = self._book.search_audit(self._asked(request.query_params, limit=MOST_EXPORTED))
        self._book.record_action(actor=user.login, action="export-audit", details={"entries": str(len(entries))})
        headers = {"Content-Disposition": 'attachment; filename="journal.csv"'}
        return Response(_csv(entries).encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)

    def _asked(self, query: QueryParams, limit: int = 200) -> AuditSearch:
        before = query.get("avant", "")
        return AuditSearch(
            actor=query.get("qui", "").strip(),
            action=query.get("action", "").strip(),
            text=query.get("objet", "").strip(),
            since=self._midnight(query.get("depuis", "")),
            until=self._midnight(query.get("jusqu", ""), days=1),
            before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0,
            limit=limit,
        )

    def _midnight(self, text: str, days: int = 0) -> datetime | None:
        try:
            day = datetime.fromisoformat(text).date() + timedelta(days=days)
        except (ValueError, OverflowError):
            return None
        return datetime.combine(day, time(), ZONE)


def _person(form: FormData, login: str) -> User:
    role, name = str(form.get("role", "")), " ".join(str(form.get("name", "")).split())
    rpps = str(form.get("rpps", "")).strip()
    if role not in set(Role) or not name:
        raise RegisterError("Le nom ou le rôle manque.", advice="Complétez le formulaire.")
    if rpps and not re.fullmatch(r"[0-9]{11}", rpps):
        raise RegisterError("Un numéro RPPS compte 11 chiffres.", advice="Vérifiez-le.")
    return User(login, name[:100], Role(role), str(form.get("specialty", "")).strip()[:100], rpps)


def _doctors(form: FormData) -> tuple[str, ...]:
    return tuple(str(login) for login in form.getlist("works_for") if LOGIN.fullmatch(str(login)))


def _temporary() -> str:
    """96 bits, shown once."""
    return secrets.token_urlsafe(12)


def _csv(entries: list[AuditEntry]) -> str:
    text = io.StringIO()
    lines = csv.writer(text, delimiter=";")
    lines.writerow(("numéro", "date", "qui", "action", "dossier", "détails", "empreinte précédente", "empreinte"))
    for one in entries:
        details = json.dumps(dict(one.details), ensure_ascii=False, sort_keys=True)
        row = (one.seq, one.at.isoformat(), one.actor, one.action, one.case_id, details, one.previous, one.hash)
        lines.writerow([guarded(str(value)) for value in row])
    return text.getvalue()
