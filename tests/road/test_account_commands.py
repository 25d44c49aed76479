"""``calame users`` as it is typed, and the second factor wherever a password opens something."""

from __future__ import annotations

from pathlib import Path

import pyotp

from pipeline.errors import CalameError, SettingsError
from pipeline.model.case import Status
from pipeline.web.accounts import Accounts
from pipeline.web.second_factor import new_secret
from tests.flow.test_signing import CONVOCATION
from tests.practice import PASSWORD, SECRETARY, Cabinet
from tests.road.test_sign_commands import cabinet, run

__all__ = ["cabinet"]
LONG = "quatre mots sans lien entre eux"


def test_a_lost_password_and_a_lost_telephone_are_helped_from_the_terminal(cabinet: Cabinet) -> None:
    cabinet.journal.set_second_factor("sylvie", new_secret(), (), actor="test")
    assert "second facteur" in run("users", "list").output
    assert "Second facteur retiré" in run("users", "factor-reset", "sylvie").output
    assert run("users", "password", "sylvie", "--password-stdin", typed=f"{LONG}\n").exit_code == 0
    account = Accounts(cabinet.journal, session_minutes=1).check("sylvie", LONG, origin="test")
    assert account is not None and account.must_change and not account.totp_secret


def test_a_closed_account_does_not_enter_until_it_is_opened_again(cabinet: Cabinet) -> None:
    accounts = Accounts(cabinet.journal, session_minutes=1)
    run("users", "close", "sylvie")
    assert accounts.check("sylvie", PASSWORD, origin="a") is None and "fermé" in run("users", "list").output
    run("users", "open", "sylvie")
    assert accounts.check("sylvie", PASSWORD, origin="b") is not None


def test_an_account_is_made_with_any_role_and_no_weak_password(cabinet: Cabinet) -> None:
    command = ("users", "add", "marc", "--name", "Marc Petit", "--role", "archivist", "--password-stdin")
    weak = run(*command, typed="marc petit 12\n")
    assert isinstance(weak.exception, CalameError)
    assert run(*command, typed=f"{LONG}\n").exit_code == 0
    assert isinstance(run("users", "close", "personne").exception, CalameError)


def test_signing_at_the_terminal_asks_for_the_second_factor_too(cabinet: Cabinet) -> None:
    secret = new_secret()
    cabinet.journal.set_second_factor("sylvie", secret, (), actor="test")
    case = cabinet.approved(CONVOCATION)
    command = ("sign", case.number, "--as", SECRETARY.login, "--yes", "--secret-stdin")
    for typed in (f"{PASSWORD}\n", f"{PASSWORD}\n000000\n"):
        assert isinstance(run(*command, typed=typed).exception, CalameError)
    assert cabinet.journal.case(case.id).status is Status.TO_SIGN
    told = run(*command, typed=f"{PASSWORD}\n{pyotp.TOTP(secret).now()}\n")
    assert told.exit_code == 0, told.output
    assert cabinet.journal.case(case.id).status is Status.SIGNED


def test_nothing_is_served_beyond_this_machine_without_a_certificate(cabinet: Cabinet, tmp_path: Path) -> None:
    refused = run("serve", "--host", "0.0.0.0")
    assert isinstance(refused.exception, SettingsError) and "tls_certificate" in str(refused.exception)
