"""Accounts in the journal, on both engines: sessions, second factor, reasons of access, and the migration."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config

from pipeline.errors import NotAllowed
from pipeline.journal.port import AuditSearch
from pipeline.journal.sql import MIGRATIONS, SqlJournal
from pipeline.model.accounts import AccessReason, Level, Session
from pipeline.model.people import Role, User
from tests.journal.builders import opened

ANNE = User("anne", "Anne Petit", Role.SECRETARY)
ROOT = User("racine", "Paul Racine", Role.ADMINISTRATOR)
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def session(id_: str, login: str = "anne", level: Level = Level.FULL) -> Session:
    return Session(id_, login, level, NOW, NOW, NOW + HOUR, "127.0.0.1", "Firefox")


def test_users_and_sessions(journal: SqlJournal) -> None:
    journal.save_user(ANNE, "hash-1", actor="admin")
    journal.open_session("t1", session("s1"))
    assert journal.user("anne") == (ANNE, "hash-1")
    assert journal.user("luc") is None
    assert journal.session("t1", NOW, NOW - HOUR) == session("s1")
    assert journal.session("t1", NOW + HOUR, NOW - HOUR) is None  # expired
    assert journal.session("t1", NOW, NOW) is None  # idle
    assert journal.session("t2", NOW, NOW - HOUR) is None
    journal.save_user(replace(ANNE, name="Anne Grand"), "hash-1", actor="admin")
    assert journal.session("t1", NOW, NOW - HOUR)
    journal.save_user(ANNE, "hash-2", actor="admin")  # another password ends the sessions
    assert journal.session("t1", NOW, NOW - HOUR) is None
    journal.open_session("t3", session("s3"))
    journal.close_session("t3")
    assert journal.session("t3", NOW, NOW - HOUR) is None
    assert journal.users() == [ANNE]
    assert "hash" not in str([e.details for e in journal.audit_entries()])


def test_a_session_is_replaced_seen_listed_and_revoked(journal: SqlJournal) -> None:
    journal.save_user(ANNE, "hash", actor="admin")
    journal.open_session("t1", session("s1", level=Level.PASSWORD))
    assert journal.sessions_of("anne", NOW, NOW - HOUR) == []  # half a login is no session to show
    journal.open_session("t2", session("s2"), instead_of="t1")
    journal.open_session("t3", session("s3"))
    journal.touch_session("t3", NOW + HOUR / 2)
    assert [one.id for one in journal.sessions_of("anne", NOW, NOW - HOUR)] == ["s3", "s2"]
    assert journal.session("t1", NOW, NOW - HOUR) is None
    assert journal.close_sessions("luc", actor="luc", only="s2") == 0  # somebody else's
    assert journal.close_sessions("anne", actor="anne", but="s3") == 1
    assert [one.id for one in journal.sessions_of("anne", NOW, NOW - HOUR)] == ["s3"]
    journal.set_password("anne", "hash-2", actor="anne", keep="s3")
    assert journal.session("t3", NOW, NOW - HOUR)
    journal.set_password("anne", "hash-3", actor="racine", must_change=True)
    account = journal.account("anne")
    assert account is not None and account.must_change and journal.session("t3", NOW, NOW - HOUR) is None


def test_a_closed_account_has_no_session_and_one_administrator_always_remains(journal: SqlJournal) -> None:
    journal.save_user(ANNE, "hash", actor="admin")
    journal.save_user(ROOT, "hash", actor="admin")
    journal.open_session("t1", session("s1"))
    journal.set_active("anne", False, actor="racine")
    assert journal.session("t1", NOW, NOW - HOUR) is None
    for change in (
        lambda: journal.set_active("racine", False, actor="racine"),
        lambda: journal.set_role("racine", replace(ROOT, role=Role.DOCTOR), (), actor="racine"),
    ):
        with pytest.raises(NotAllowed, match="dernier compte"):
            change()
    with pytest.raises(NotAllowed, match="n'existe pas"):
        journal.set_active("personne", True, actor="racine")
    journal.set_role("anne", replace(ANNE, role=Role.ADMINISTRATOR), ("dr-vial", "dr-roche"), actor="racine")
    with pytest.raises(NotAllowed, match="dernier compte"):  # a closed account does not count as the other one
        journal.set_active("racine", False, actor="anne")
    journal.set_active("anne", True, actor="racine")
    journal.set_active("racine", False, actor="anne")
    assert [(one.user.login, one.active) for one in journal.accounts()] == [("anne", True), ("racine", False)]


def test_a_step_and_a_recovery_code_are_used_once(journal: SqlJournal) -> None:
    journal.save_user(ANNE, "hash", actor="admin")
    journal.set_second_factor("anne", "SECRET", ["c1", "c2"], actor="anne")
    assert [journal.use_step("anne", step) for step in (100, 100, 99, 101)] == [True, False, False, True]
    assert [journal.use_recovery_code("anne", code) for code in ("c1", "c1", "x")] == [True, False, False]
    assert journal.recovery_codes_left("anne") == 1
    journal.set_second_factor("anne", "SECRET", ["c3"], actor="anne")  # new codes, the same secret
    assert not journal.use_step("anne", 101)
    journal.set_second_factor("anne", "", (), actor="racine")
    assert journal.recovery_codes_left("anne") == 0
    assert "SECRET" not in str([e.details for e in journal.audit_entries()])


def test_a_reason_of_access_is_kept_and_its_text_stays_out_of_the_chain(journal: SqlJournal) -> None:
    journal.save_user(ANNE, "hash", actor="admin")
    opened(journal)
    journal.save_reason(AccessReason("r1", "anne", "p1", "urgence", "appel de Mme Lefèvre", NOW))
    assert journal.reason_since("anne", "p1", NOW) and not journal.reason_since("anne", "p1", NOW + HOUR)
    assert not journal.reason_since("anne", "p2", NOW) and not journal.reason_since("luc", "p1", NOW)
    assert "Lefèvre" not in str([e.details for e in journal.audit_entries()])
    assert journal.verify_audit().whole


def test_the_trail_is_searched_by_who_what_and_when(journal: SqlJournal) -> None:
    for number in range(5):
        journal.record_action(actor=f"a{number % 2}", action="read", details={"record": f"r_{number}"})
    journal.record_action(actor="a1", action="login")
    assert [e.seq for e in journal.search_audit(AuditSearch(actor="a1", action="read"))] == [4, 2]
    assert [e.seq for e in journal.search_audit(AuditSearch(text="r_3"))] == [4]
    assert journal.search_audit(AuditSearch(text="r%3")) == []  # no wildcard
    assert [e.seq for e in journal.search_audit(AuditSearch(before=3, limit=1))] == [2]
    assert journal.search_audit(AuditSearch(until=NOW - HOUR)) == []
    assert len(journal.search_audit(AuditSearch(since=NOW - HOUR))) == 6
    assert journal.audit_actions() == ["login", "read"]


def test_accounts_of_an_older_journal_stay_open_with_their_passwords(tmp_path: Path) -> None:
    journal = SqlJournal(f"sqlite:///{tmp_path / 'calame.db'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    def older(connection: object) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        run = connection.exec_driver_sql  # type: ignore[attr-defined]
        run("INSERT INTO users VALUES ('anne', 'Anne Petit', 'secretary', '', '', 'hash')")
        run("INSERT INTO sessions VALUES ('t1', 'anne', '2099-01-01 00:00:00')")

    journal._write(older)
    journal.upgrade()
    account = journal.account("anne")
    assert account is not None and account.active and not account.must_change
    assert (account.user, account.password_hash, account.totp_secret) == (ANNE, "hash", "")
    assert journal.session("t1", NOW, NOW - HOUR) is None
    journal.open_session("t1", session("s1"))
    assert journal.session("t1", NOW, NOW - HOUR)
