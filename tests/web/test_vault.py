"""The secrets of second factors: in the database nobody reads them, with the key they open the account."""

from __future__ import annotations

import stat
from pathlib import Path

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import NotAllowed
from pipeline.journal.sql import SqlJournal
from pipeline.model.accounts import Account
from pipeline.model.people import Role, User
from pipeline.web import second_factor
from pipeline.web.accounts import Accounts
from pipeline.web.vault import KEY_FILE, SecretVault, is_sealed
from tests.practice import hashed_password

ANNE = User("anne", "Anne Petit", Role.SECRETARY)
LUC = User("luc", "Luc Petit", Role.DOCTOR)


@pytest.fixture
def journal(tmp_path: Path) -> SqlJournal:
    journal = SqlJournal(f"sqlite:///{tmp_path / 'calame.db'}")
    journal.upgrade()
    for user in (ANNE, LUC):
        journal.save_user(user, hashed_password(), actor="test")
    return journal


@pytest.fixture
def accounts(journal: SqlJournal, tmp_path: Path) -> Accounts:
    return Accounts(journal, session_minutes=60, vault=SecretVault(tmp_path / "keys"))


def account(journal: SqlJournal, login: str = "anne") -> Account:
    found = journal.account(login)
    assert found is not None
    return found


def now_of(secret: str, accounts: Accounts) -> str:
    return pyotp.TOTP(secret).at(int(accounts.time()))


def enrol(accounts: Accounts, login: str = "anne") -> str:
    secret = second_factor.new_secret()
    hashes = [second_factor.recovery_hash("AAAA-BBBB-CCCC-DDDD")]
    accounts.book.set_second_factor(login, accounts.sealed(login, secret), hashes, actor=login)
    return secret


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("calame.db*"))


def test_what_the_database_holds_is_not_the_secret_and_the_code_still_opens(
    journal: SqlJournal, accounts: Accounts, tmp_path: Path
) -> None:
    secret = enrol(accounts)
    kept = account(journal).totp_secret
    assert is_sealed(kept) and secret not in kept and secret.encode() not in files(tmp_path)
    assert not accounts.code_matches(account(journal), "12 34 5", origin="a")
    assert accounts.code_matches(account(journal), now_of(secret, accounts), origin="a")
    key = tmp_path / "keys" / KEY_FILE
    assert stat.S_IMODE(key.stat().st_mode) == 0o600 and stat.S_IMODE(key.parent.stat().st_mode) == 0o700


def test_a_secret_from_before_is_sealed_at_the_start_and_wiped_from_the_files(
    journal: SqlJournal, accounts: Accounts, tmp_path: Path
) -> None:
    secret = second_factor.new_secret()
    journal.set_second_factor("anne", secret, ["code"], actor="anne")
    journal.use_step("anne", 7)
    assert secret.encode() in files(tmp_path)
    assert (accounts.seal_old(), accounts.seal_old()) == (1, 0)
    after = account(journal)
    assert is_sealed(after.totp_secret) and after.totp_step == 7 and journal.recovery_codes_left("anne") == 1
    assert secret.encode() not in files(tmp_path)
    assert accounts.code_matches(after, now_of(secret, accounts), origin="a")
    assert not account(journal, "luc").totp_secret


def test_a_row_copied_to_another_account_opens_nothing(journal: SqlJournal, accounts: Accounts) -> None:
    secret = enrol(accounts)
    journal.set_second_factor("luc", account(journal).totp_secret, (), actor="thief")
    with pytest.raises(NotAllowed, match="ne peut pas être lu"):
        accounts.code_matches(account(journal, "luc"), now_of(secret, accounts), origin="a")


@pytest.mark.parametrize("lost", ["gone", "another", "none"])
def test_without_its_key_no_code_opens_but_a_recovery_code_does(
    journal: SqlJournal, accounts: Accounts, tmp_path: Path, lost: str
) -> None:
    secret = enrol(accounts)
    key = tmp_path / "keys" / KEY_FILE
    if lost == "gone":
        key.unlink()
    elif lost == "another":
        key.write_bytes(bytes(32))
    elif lost == "none":
        accounts = Accounts(journal, session_minutes=60)
    with pytest.raises(NotAllowed, match=KEY_FILE):
        accounts.code_matches(account(journal), now_of(secret, accounts), origin="a")
    assert accounts.code_matches(account(journal), "aaaa bbbb cccc dddd", origin="a")
    assert lost != "gone" or not key.exists()  # asking makes no new key in the place of the lost one


def test_no_secret_is_ever_kept_without_a_vault(journal: SqlJournal) -> None:
    with pytest.raises(NotAllowed):
        Accounts(journal, session_minutes=60).sealed("anne", second_factor.new_secret())


@given(st.text(max_size=40), st.text(max_size=60), st.integers(0, 200))
def test_a_sealed_text_comes_back_and_a_changed_one_never_does(
    tmp_path_factory: pytest.TempPathFactory, login: str, secret: str, place: int
) -> None:
    vault = SecretVault(tmp_path_factory.getbasetemp() / "vault")
    sealed = vault.seal(login, secret)
    assert vault.unseal(login, sealed) == secret and vault.seal(login, secret) != sealed
    at = 3 + place % (len(sealed) - 7)  # not the padding, nor the letter before it
    changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
    with pytest.raises(NotAllowed):
        vault.unseal(login, changed)
    with pytest.raises(NotAllowed):
        vault.unseal(login + "x", sealed)
