"""``calame users``: accounts from the terminal of the machine, for who has lost a password or a telephone."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.bootstrap import Calame
from pipeline.errors import NotAllowed
from pipeline.model.accounts import Account
from pipeline.model.people import Role, User
from pipeline.settings import read_settings
from pipeline.web.accounts import Accounts, hash_password

app = typer.Typer(no_args_is_help=True, help="Les comptes : secrétariat, médecins, archivistes, administrateurs.")
out = Console(highlight=False)

Login = Annotated[str, typer.Argument(help="L'identifiant du compte.")]
FromInput = Annotated[bool, typer.Option("--password-stdin", help="Lire le mot de passe sur l'entrée standard.")]


def _calame() -> Calame:
    return Calame(read_settings().resolved())


@app.command("add")
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="Nom affiché, comme « Dr Hélène Vasseur ».")],
    role: Annotated[Role, typer.Option(help="Ce que ce compte peut voir et faire.")],
    specialty: str = "",
    rpps: str = "",
    password_stdin: FromInput = False,
) -> None:
    """Créer un compte ou changer son mot de passe."""
    hashed = hash_password(_password(stdin=password_stdin), login=login, name=name)
    all_of = _calame()
    all_of.journal.save_user(User(login, name, role, specialty, rpps), hashed, actor=getpass.getuser())
    if role is Role.DOCTOR:
        (all_of.settings.inbox / login).mkdir(exist_ok=True)
        out.print(f"Compte créé. Ses dictées : {all_of.settings.inbox / login}")
    else:
        out.print("Compte créé.")


@app.command("list")
def listed() -> None:
    """Lister les comptes."""
    for one in _calame().journal.accounts():
        state = ("" if one.active else "\tfermé") + ("\tsecond facteur" if one.totp_secret else "")
        out.print(f"{one.user.login}\t{one.user.role.value}\t{escape(one.user.name)}{state}")


@app.command("password")
def password(login: Login, password_stdin: FromInput = False) -> None:
    """Donner un mot de passe provisoire : il sera changé à la première connexion."""
    all_of = _calame()
    account = _account(all_of, login)
    hashed = hash_password(_password(stdin=password_stdin), login=login, name=account.user.name)
    all_of.journal.set_password(login, hashed, actor=getpass.getuser(), must_change=True)
    out.print("Mot de passe provisoire enregistré. Ses sessions sont fermées.")


@app.command("factor-reset")
def factor_reset(login: Login) -> None:
    """Retirer le second facteur d'un compte (téléphone perdu) et fermer ses sessions."""
    all_of = _calame()
    _account(all_of, login)
    all_of.journal.set_second_factor(login, "", (), actor=getpass.getuser())
    all_of.journal.close_sessions(login, actor=getpass.getuser())
    out.print("Second facteur retiré. Il sera redemandé à la connexion là où il est obligatoire.")


@app.command("close")
def close(login: Login) -> None:
    """Fermer un compte : il n'entre plus ; ce qu'il a fait reste."""
    _switch(login, active=False)
    out.print("Compte fermé.")


@app.command("open")
def reopen(login: Login) -> None:
    """Rouvrir un compte fermé."""
    _switch(login, active=True)
    out.print("Compte rouvert.")


def authenticated(all_of: Calame, user: User, password: str, *, stdin: bool) -> None:
    """The password, and the second factor where the account has one, are right. Raises `NotAllowed`."""
    accounts = Accounts(all_of.journal, session_minutes=1, vault=all_of.vault)
    account = accounts.check(user.login, password, origin="terminal")
    if account is None:
        raise NotAllowed("Mot de passe inconnu : rien n'est signé.", advice="Retapez-le.")
    if account.must_change:
        raise NotAllowed("Ce mot de passe est provisoire.", advice="Changez-le d'abord dans « Mon compte ».")
    if account.totp_secret:
        ask = f"Code à six chiffres de {user.login} : "
        code = sys.stdin.readline().rstrip("\n") if stdin else getpass.getpass(ask)
        if not accounts.code_matches(account, code.strip(), origin="terminal"):
            raise NotAllowed(
                "Ce code n'est pas le bon : rien n'est signé.", advice="Attendez le suivant, puis retapez."
            )


def _switch(login: str, *, active: bool) -> None:
    all_of = _calame()
    _account(all_of, login)
    all_of.journal.set_active(login, active, actor=getpass.getuser())


def _account(all_of: Calame, login: str) -> Account:
    found = all_of.journal.account(login)
    if found is None:
        raise NotAllowed(f"Le compte « {login} » n'existe pas.", advice="« calame users list » les montre.")
    return found


def _password(*, stdin: bool) -> str:
    return sys.stdin.readline().rstrip("\n") if stdin else getpass.getpass("Mot de passe : ")
