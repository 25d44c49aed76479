"""Logins, second factor, sessions, rights and the guard on files: each attack, refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import Route
from starlette.testclient import TestClient

from pipeline.errors import NotAllowed
from pipeline.model.case import Status
from pipeline.model.people import Role, User
from pipeline.model.spreadsheet import guarded
from pipeline.web.access import AccessGuard
from pipeline.web.accounts import Accounts, hash_password
from pipeline.web.app import Site
from pipeline.web.brake import LoginBrake
from pipeline.web.gate import local_path
from pipeline.web.names import served_names
from pipeline.web.passwords import weakness
from pipeline.web.rights import RIGHTS, may
from pipeline.web.vault import SecretVault
from tests.practice import DOCTOR, PASSWORD, SECRETARY, Cabinet
from tests.web.conftest import Visitor

ARCHIVIST = User("marc", "Marc Papier", Role.ARCHIVIST)
ADMINISTRATOR = User("racine", "Paul Racine", Role.ADMINISTRATOR)
OPEN_TO_ALL = {"/connexion", "/connexion/code", "/connexion/psc", "/connexion/psc/retour", "/session", "/static"}
NEW = "quatre chevaux bleus nagent"


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


class Practice:
    """One practice for the module; each test opens its own site over it, with its own clock."""

    def __init__(self, root: Path) -> None:
        self.cabinet = Cabinet(root)
        for user in (ARCHIVIST, ADMINISTRATOR):
            self.cabinet.journal.save_user(user, hash_password(PASSWORD), actor="test")
        self.case = self.cabinet.dictate()
        self.filed = self.cabinet.filed()

    def site(self, clock: Clock, *, secure: bool = False, **more: object) -> Site:
        accounts = Accounts(
            self.cabinet.journal,
            session_minutes=480,
            idle_minutes=30,
            secure=secure,
            now=clock,
            brake=LoginBrake(clock.seconds),
            vault=SecretVault(self.cabinet.root / "keys"),
            **more,  # type: ignore[arg-type]
        )
        guard = AccessGuard(self.cabinet.journal, now=clock)
        return Site(self.cabinet.desk, accounts, self.cabinet.root / "son", secure=secure, access=guard)

    def actions(self) -> list[str]:
        return [entry.action for entry in self.cabinet.journal.audit_entries()]


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Practice:
    return Practice(tmp_path_factory.mktemp("cabinet"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(practice: Practice, clock: Clock) -> Site:
    return practice.site(clock)


@pytest.fixture(autouse=True)
def as_before(practice: Practice) -> Iterator[None]:
    """Accounts begin each test with the usual password and no second factor."""
    yield
    journal = practice.cabinet.journal
    for account in journal.accounts():
        if not PasswordHasher().check_needs_rehash(account.password_hash):
            try:
                PasswordHasher().verify(account.password_hash, PASSWORD)
            except VerificationError:
                journal.set_password(account.user.login, hash_password(PASSWORD), actor="test")
        if account.totp_secret:
            journal.set_second_factor(account.user.login, "", (), actor="test")


def visitor(site: Site, login: str = "", base: str = "http://testserver") -> Visitor:
    return Visitor(TestClient(site.application(), base_url=base), login)


def enter(site: Site, login: str, password: str) -> Visitor:
    one = visitor(site)
    one.post("/connexion", login=login, password=password)
    return one


def is_in(one: Visitor) -> bool:
    return one.http.get("/session").status_code == 200


# --- passwords -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("court", "au moins 12"),
        ("aaaaaaaaaaaaaaa", "répète"),
        ("MotDePasse2026!", "courant"),
        ("Azertyuiop123", "courant"),
        ("azertyuiopqsdfgh", "clavier"),
        ("0123456789012345", "clavier"),
        ("abcdefghijklmnop", "clavier"),
        ("dr-vial-anne-26", "votre nom"),
        ("x" * 300, "dépasser"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, why: str) -> None:
    assert why in weakness(password, login="dr-vial", name="Dr Anne Vial")


@given(st.text(min_size=0, max_size=40))
def test_any_text_is_judged_as_a_password(text: str) -> None:
    assert weakness(text, login="anne", name="Anne Petit") or len(text) >= 12


def test_a_hash_with_older_parameters_is_made_again_at_login(practice: Practice, site: Site) -> None:
    journal = practice.cabinet.journal
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    journal.save_user(SECRETARY, old, actor="test")
    assert is_in(visitor(site, "sylvie"))
    account = journal.account("sylvie")
    assert account is not None and account.password_hash != old and "m=65536" in account.password_hash


def test_a_user_changes_the_password_and_the_other_sessions_end(practice: Practice, site: Site) -> None:
    here, elsewhere = visitor(site, "sylvie"), visitor(site, "sylvie")
    before = here.http.cookies["calame_session"]
    page = "/compte/mot-de-passe"
    for fields in ({"password": "faux", "new": NEW, "twice": NEW}, {"password": PASSWORD, "new": NEW, "twice": "x"}):
        assert here.post(page, csrf=here.csrf(page), **fields).status_code == 403
    answer = here.post(page, csrf=here.csrf(page), password=PASSWORD, new=NEW, twice=NEW)
    assert "Mot de passe changé" in answer.text
    assert is_in(here) and not is_in(elsewhere) and here.http.cookies["calame_session"] != before
    assert not is_in(enter(site, "sylvie", PASSWORD)) and is_in(enter(site, "sylvie", NEW))


def test_a_reset_password_opens_nothing_until_it_is_changed(practice: Practice, site: Site) -> None:
    root, sylvie = visitor(site, "racine"), visitor(site, "sylvie")
    shown = root.post("/admin/comptes/sylvie", csrf=root.csrf("/admin"), action="password").text
    [given_once] = re.findall(r'<code class="key">([^<]+)</code>', shown)
    assert not is_in(sylvie) and given_once not in root.get("/admin").text
    sylvie = enter(site, "sylvie", given_once)
    for path in ("/", f"/dossiers/{practice.case.id}", "/recherche", "/compte"):
        answer = sylvie.http.get(path, follow_redirects=False)
        assert answer.headers["location"] == "/compte/mot-de-passe"
    page = "/compte/mot-de-passe"
    sylvie.post(page, csrf=sylvie.csrf(page), password=given_once, new=NEW, twice=NEW)
    assert sylvie.get("/").status_code == 200


# --- guessing --------------------------------------------------------------------------------------------------------


def test_waits_grow_and_an_attacker_elsewhere_does_not_lock_a_doctor_out(clock: Clock) -> None:
    brake = LoginBrake(clock.seconds)
    brake.passed("dr-vial", "10.0.0.5")
    waits = []
    for _ in range(12):
        brake.failed("dr-vial", "6.6.6.6")
        waits.append(brake.wait("Dr-Vial", "6.6.6.6"))
        clock.pass_by(seconds=waits[-1])
    assert waits[:4] == [0, 0, 0, 0] and [round(wait) for wait in waits[4:9]] == [60, 120, 240, 480, 900]
    for number in range(200):
        brake.failed("dr-vial", f"6.6.7.{number}")
    assert brake.wait("dr-vial", "10.0.0.5") == 0  # where the doctor was before
    assert 0 < brake.wait("dr-vial", "10.0.0.9") <= 60  # a new place waits a minute at most


def test_an_unknown_login_and_a_closed_account_look_like_a_wrong_password(
    practice: Practice, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = practice.cabinet.journal
    verified: list[str] = []
    real = PasswordHasher.verify

    def verify(self: PasswordHasher, hashed: str, password: str) -> bool:
        verified.append(hashed[:30])
        return bool(real(self, hashed, password))

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    journal.set_active("marc", False, actor="test")
    answers = [
        visitor(site).post("/connexion", login=login, password=password)
        for login, password in (("sylvie", "faux"), ("personne", "faux"), ("marc", PASSWORD))
    ]
    journal.set_active("marc", True, actor="test")
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert len(verified) == 3 and len(set(verified)) == 1  # the same work each time
    assert "personne" not in str([entry.details for entry in journal.audit_entries()])


# --- second factor ---------------------------------------------------------------------------------------------------


def enrol(one: Visitor, clock: Clock) -> tuple[str, list[str]]:
    page = one.get("/compte/second-facteur").text
    [secret] = re.findall(r'<code class="key">([A-Z2-7]+)</code>', page)
    assert "data:image/svg+xml" in page
    code = pyotp.TOTP(secret).at(clock.now)
    answer = one.post("/compte/second-facteur", csrf=one.csrf("/compte"), code=code, password=PASSWORD)
    return secret, re.findall(r"<li><code>([A-Z2-9-]+)</code></li>", answer.text)


def test_a_second_factor_is_asked_for_and_no_code_works_twice(practice: Practice, site: Site, clock: Clock) -> None:
    secret, codes = enrol(visitor(site, "sylvie"), clock)
    assert len(codes) == 10
    clock.pass_by(seconds=30)
    code = pyotp.TOTP(secret).at(clock.now)
    half = enter(site, "sylvie", PASSWORD)
    halfway = half.http.cookies["calame_session"]
    assert not is_in(half) and half.http.get("/", follow_redirects=False).headers["location"] == "/connexion"
    assert half.post("/connexion/code", code="000000").status_code == 401
    half.post("/connexion/code", code=code)
    assert is_in(half) and half.http.cookies["calame_session"] != halfway
    again = enter(site, "sylvie", PASSWORD)
    assert again.post("/connexion/code", code=code).status_code == 401 and not is_in(again)  # replayed
    again.post("/connexion/code", code=codes[0].lower().replace("-", " "))
    assert is_in(again)
    third = enter(site, "sylvie", PASSWORD)
    assert third.post("/connexion/code", code=codes[0]).status_code == 401
    stored = str(practice.cabinet.journal.audit_entries())
    assert secret not in stored and codes[1] not in stored


def test_guessing_at_the_code_is_slowed_down_and_half_a_login_does_not_last(site: Site, clock: Clock) -> None:
    enrol(visitor(site, "sylvie"), clock)
    half = enter(site, "sylvie", PASSWORD)
    for number in range(5):
        assert half.post("/connexion/code", code=f"00000{number}").status_code == 401
    assert half.post("/connexion/code", code="000009").status_code == 429
    clock.pass_by(minutes=11)
    assert half.http.get("/connexion/code", follow_redirects=False).headers["location"] == "/connexion"


def test_a_role_that_must_have_a_second_factor_sets_it_first(practice: Practice, clock: Clock) -> None:
    site = practice.site(clock, second_factor_for=frozenset({Role.ADMINISTRATOR}))
    root = visitor(site, "racine")
    assert root.http.get("/admin", follow_redirects=False).headers["location"] == "/compte/second-facteur"
    page = root.get("/compte/second-facteur")
    [secret] = re.findall(r'<code class="key">([A-Z2-7]+)</code>', page.text)
    code = pyotp.TOTP(secret).at(clock.now)
    csrf = root.csrf("/compte/second-facteur")
    assert root.post("/compte/second-facteur", csrf=csrf, code="123", password=PASSWORD).status_code == 403
    root.post("/compte/second-facteur", csrf=csrf, code=code, password=PASSWORD)
    assert root.get("/admin").status_code == 200
    clock.pass_by(seconds=30)
    fields = {"password": PASSWORD, "code": pyotp.TOTP(secret).at(clock.now)}
    answer = root.post("/compte/second-facteur/retirer", csrf=root.csrf("/compte"), **fields)
    assert answer.status_code == 403 and "obligatoire" in answer.text


# --- sessions --------------------------------------------------------------------------------------------------------


def test_a_session_that_somebody_planted_is_not_the_one_that_logs_in(site: Site) -> None:
    victim = visitor(site)
    victim.http.cookies.set("calame_session", "planted")
    victim.post("/connexion", login="sylvie", password=PASSWORD)
    thief = visitor(site)
    thief.http.cookies.set("calame_session", "planted")
    assert not is_in(thief)
    first = visitor(site, "sylvie")
    token = first.http.cookies["calame_session"]
    first.post("/connexion", login="sylvie", password=PASSWORD)  # again in the same browser: the first one is over
    thief.http.cookies.clear()
    thief.http.cookies.set("calame_session", token)
    assert is_in(first) and not is_in(thief)


def test_a_session_ends_when_it_is_idle_and_after_its_day(site: Site, clock: Clock) -> None:
    idle, used = visitor(site, "sylvie"), visitor(site, "sylvie")
    for _ in range(2):
        clock.pass_by(minutes=20)
        used.get("/compte")
    assert is_in(used) and not is_in(idle)
    polling = visitor(site, "sylvie")
    for _ in range(2):
        clock.pass_by(minutes=20)
        used.get("/compte")
        polling.http.get("/pile", headers={"hx-request": "true"})
    assert not is_in(polling)  # a page that refreshes itself is nobody's work
    for _ in range(30):
        clock.pass_by(minutes=20)
        used.get("/compte")
    assert not is_in(used)


def test_sessions_are_listed_and_closed_by_their_owner_only(site: Site) -> None:
    here, there, other = visitor(site, "sylvie"), visitor(site, "sylvie"), visitor(site, "dr-vial")
    [of_other] = set(re.findall(r'name="session" value="(\w+)"', visitor(site, "dr-vial").get("/compte").text))
    here.post("/compte/sessions", csrf=here.csrf("/compte"), session=of_other)
    assert is_in(other)
    here.post("/compte/sessions", csrf=here.csrf("/compte"))
    assert is_in(here) and not is_in(there) and is_in(other)


def test_with_tls_the_cookie_is_bound_to_the_host_and_browsers_keep_to_tls(practice: Practice, clock: Clock) -> None:
    one = visitor(practice.site(clock, secure=True), base="https://testserver")
    answer = one.http.post("/connexion", data={"login": "sylvie", "password": PASSWORD}, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-calame_session=") and "Secure" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie and "max-age=63072000" in answer.headers["strict-transport-security"]
    assert is_in(one)


def test_another_host_name_is_refused(practice: Practice, clock: Clock) -> None:
    accounts = Accounts(practice.cabinet.journal, session_minutes=60)
    hosts = served_names("0.0.0.0", ["*.cabinet.lan"], "https://calame.example", None)
    site = Site(practice.cabinet.desk, accounts, practice.cabinet.root, hosts=hosts)
    http = TestClient(site.application())
    for host, status in (
        ("attaquant.example", 400),
        ("0.0.0.0", 400),
        ("127.0.0.1:8420", 200),
        ("[::1]:8420", 200),
        ("a.cabinet.lan", 200),
        ("calame.example", 200),
    ):
        answer = http.get("/connexion", headers={"host": host})
        assert answer.status_code == status, host
        assert "default-src 'none'" in answer.headers["content-security-policy"]


# --- rights ----------------------------------------------------------------------------------------------------------


def lines(site: Site) -> list[tuple[str, str]]:
    """Method and path of every route that needs a session."""
    found = []
    for route in site.application().routes:
        path = getattr(route, "path", "")
        if path not in OPEN_TO_ALL:
            assert isinstance(route, Route) and route.methods
            found += [(method, path) for method in route.methods - {"HEAD"}]
    return found


def test_every_route_has_its_line_in_the_table_and_every_line_its_route(site: Site) -> None:
    served = {f"{method} {path}" for method, path in lines(site)}
    assert served == {" ".join(line.split()[:2]) for line in RIGHTS}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_what_the_table_says_and_nothing_else(practice: Practice, site: Site, role: Role) -> None:
    by_role = {Role.SECRETARY: "sylvie", Role.DOCTOR: "dr-vial", Role.ARCHIVIST: "marc", Role.ADMINISTRATOR: "racine"}
    one = visitor(site, by_role[role])
    csrf = one.csrf("/compte")
    case, [record] = practice.case, practice.cabinet.journal.records_of("p1")
    values = {"{case}": case.id, "{patient}": "p1", "{record}": record.id, "{login}": "personne"}
    before = practice.actions()
    for method, path in lines(site):
        if path == "/deconnexion":
            continue
        url = re.sub(r"\{\w+(:int)?\}", lambda m: values.get(m.group(), "0"), path)
        # a form with no field is wrong everywhere, so that nothing changes
        answer = one.http.request(
            method, url, data={"csrf": csrf} if method == "POST" else None, follow_redirects=False
        )
        refused = "Votre compte ne permet pas cela" in answer.text or answer.headers.get("location") == "/admin"
        assert refused != may(role, f"{method} {path}"), f"{role} {method} {path}: {answer.status_code}"
    if role is Role.ADMINISTRATOR:
        assert not {"open-case", "open-file", "read", "search"} & set(practice.actions()[len(before) :])


def test_an_archivist_works_on_paper_and_not_on_dictations(practice: Practice, site: Site) -> None:
    marc = visitor(site, "marc")
    paper = practice.cabinet.scan(practice.cabinet.flow.parts.blobs.read(_pdf(practice)), "Lettre sans nom")
    assert marc.get(f"/dossiers/{paper.id}").status_code == 200
    answer = marc.get(f"/dossiers/{practice.case.id}")
    assert answer.status_code == 403 and "bisoprolol" not in answer.text
    csrf = marc.csrf("/compte")
    assert marc.post(f"/dossiers/{paper.id}/geste", csrf=csrf, action="unapprove").status_code == 403


def test_an_archivist_opens_no_filed_dictation_and_reads_none_of_its_words(practice: Practice, site: Site) -> None:
    [record] = practice.cabinet.journal.records_of("p1")
    marc = visitor(site, "marc")
    for path in (f"/archive/{record.id}.pdf", f"/archive/{record.id}/page/1.png"):
        answer = marc.get(path)
        assert answer.status_code == 403 and not answer.content.startswith((b"%PDF", b"\x89PNG")), path
    for path in ("/recherche?q=bisoprolol", "/recherche?q=bisoprolol&dossier=p1"):
        text = marc.get(path).text
        assert f"/archive/{record.id}.pdf" in text and "réservées au secrétariat" in text
        assert "<mark>" not in text and 'class="excerpt"' not in text and "indiquez un motif" not in text
    assert "<mark>" in visitor(site, "sylvie").get("/recherche?q=bisoprolol").text


def _pdf(practice: Practice):  # type: ignore[no-untyped-def]
    draft = practice.cabinet.desk.open(practice.case.id).draft
    assert draft is not None
    return draft.pdf


# --- access to files -------------------------------------------------------------------------------------------------


def test_a_file_out_of_ones_own_patients_asks_for_a_reason_once_a_session(
    practice: Practice, site: Site, clock: Clock
) -> None:
    journal = practice.cabinet.journal
    [record] = journal.records_of("p1")
    roche = visitor(site, "dr-roche")
    path = f"/dossiers/{practice.case.id}"
    for closed in (path, f"{path}/document.pdf", f"{path}/son", "/patients/p1", f"/archive/{record.id}.pdf"):
        answer = roche.get(closed)
        assert answer.status_code == 403 and "MARCHAND" not in answer.text and b"%PDF" not in answer.content, closed
    assert roche.post(f"{path}/brouillon", csrf=roche.csrf("/compte")).status_code == 403
    assert roche.give_reason(path, "autre", "x").status_code == 422
    assert "MARCHAND" in roche.give_reason(path, "autre", "appel de Mme Marchand").text
    assert roche.get("/patients/p1").status_code == 200  # the same patient
    clock.pass_by(seconds=1)
    assert visitor(site, "dr-roche").get(path).status_code == 403  # another session
    [entry] = [one for one in journal.audit_entries() if one.action == "break-glass"]
    assert entry.actor == "dr-roche" and entry.details["subject"] == "p1" and "Marchand" not in str(entry.details)


def test_ones_own_patients_ask_for_nothing_and_each_opening_is_recorded(practice: Practice, site: Site) -> None:
    journal = practice.cabinet.journal
    count = practice.actions().count("open-case")
    for login in ("dr-vial", "sylvie"):
        one = visitor(site, login)
        for _ in range(2):  # loading again is the same opening
            assert one.get(f"/dossiers/{practice.case.id}").status_code == 200
    assert practice.actions().count("open-case") == count + 2
    journal.set_role("sylvie", SECRETARY, ("dr-roche",), actor="test")
    assert visitor(site, "sylvie").get("/patients/p1").status_code == 403  # she works for another doctor
    journal.set_role("sylvie", SECRETARY, ("dr-roche", "dr-vial"), actor="test")
    assert visitor(site, "sylvie").get("/patients/p1").status_code == 200
    journal.set_role("sylvie", SECRETARY, (), actor="test")


@pytest.mark.parametrize(
    "back", ["//ailleurs.example", "https://ailleurs.example", "/\\ailleurs.example", "x", "/a\nb"]
)
def test_the_way_back_stays_on_this_site(back: str) -> None:
    assert local_path(back) == "/" and local_path("/dossiers/x?fait=y") == "/dossiers/x?fait=y"


# --- administration --------------------------------------------------------------------------------------------------


def test_an_administrator_creates_changes_and_closes_accounts(practice: Practice, site: Site) -> None:
    root = visitor(site, "racine")
    csrf = root.csrf("/admin")
    for login in ("../x", "A", "", "sylvie", "a/b", "a b"):
        assert root.post("/admin/comptes", csrf=csrf, login=login, name="X", role="doctor").status_code == 422
    person = {"login": "nina", "name": "<b>Nina</b>", "role": "secretary"}
    shown = root.post("/admin/comptes", csrf=csrf, **person).text
    [password] = re.findall(r'<code class="key">([^<]+)</code>', shown)
    assert "<b>Nina" not in shown
    nina = enter(site, "nina", password)
    assert nina.get("/compte/mot-de-passe").status_code == 200
    root.post("/admin/comptes/nina", csrf=csrf, action="change", name="Nina Petit", role="archivist")
    assert not is_in(nina)  # another role, another session
    account = practice.cabinet.journal.account("nina")
    assert account is not None and account.user == User("nina", "Nina Petit", Role.ARCHIVIST)
    root.post("/admin/comptes/nina", csrf=csrf, action="close")
    assert not is_in(enter(site, "nina", password))
    answer = root.post("/admin/comptes/racine", csrf=csrf, action="close")
    assert answer.status_code == 403 and "dernier compte" in answer.text.replace("&#39;", "'") and is_in(root)


def test_the_trail_is_filtered_exported_and_verified(practice: Practice, site: Site) -> None:
    practice.cabinet.journal.record_action(actor="=cmd|' /C calc'!A0", action="essai", details={"x": "<img src=x>"})
    root = visitor(site, "racine")
    page = root.get("/admin/journal?action=essai").text
    assert "&lt;img src=x&gt;" in page and "<img src=x>" not in page
    assert "Chaîne entière" in root.get("/admin/journal?verifier=1").text
    export = root.get("/admin/journal.csv?action=essai").text
    assert "'=cmd|" in export and "\n=cmd" not in export and len(export.splitlines()) == 2
    assert practice.actions()[-1] == "export-audit"
    assert root.get("/admin/journal?depuis=9999-12-31&jusqu=9999-12-31&avant=x").status_code == 200
    assert guarded("-1") == "'-1" and guarded("login") == "login"


# --- other attacks ---------------------------------------------------------------------------------------------------


def test_every_action_refuses_a_form_without_the_token_or_from_another_site(practice: Practice, site: Site) -> None:
    one = visitor(site, "racine")
    csrf = one.csrf("/compte")
    values = {"{case}": practice.case.id, "{login}": "sylvie"}
    before = practice.cabinet.journal.verify_audit().entries
    for method, path in lines(site):
        if method != "POST":
            continue
        url = re.sub(r"\{\w+(:int)?\}", lambda m: values.get(m.group(), "0"), path)
        attempts: list[tuple[dict[str, str], dict[str, str]]] = [
            ({}, {}),
            ({"csrf": "0" * 64}, {}),
            ({"csrf": csrf}, {"origin": "https://attaquant.example"}),
            ({"csrf": csrf}, {"sec-fetch-site": "cross-site"}),
            ({"csrf": csrf}, {"origin": "null"}),
        ]
        for data, headers in attempts:
            answer = one.http.post(url, data={"action": "close", **data}, headers=headers)
            assert answer.status_code == 403 and "vient d'un autre site" in answer.text.replace("&#39;", "'"), path
    assert is_in(one) and practice.cabinet.journal.verify_audit().entries == before
    answer = visitor(site).http.post(
        "/connexion", data={"login": "sylvie", "password": PASSWORD}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403  # nobody is logged in as somebody else from afar


@pytest.mark.parametrize("length", ["999999999", "-1", "²", "x", "1e3"])
def test_a_form_that_lies_about_its_length_is_refused(site: Site, length: str) -> None:
    body = b"login=a&password=b"
    headers = {"content-length": length.encode("latin-1"), "content-type": "application/x-www-form-urlencoded"}
    answer = visitor(site).http.post("/connexion", content=body, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 413


def test_a_forged_role_field_changes_nothing(practice: Practice, site: Site) -> None:
    one = visitor(site, "sylvie")
    page = "/compte/mot-de-passe"
    fields = {"password": PASSWORD, "new": NEW, "twice": NEW, "role": "administrator", "login": "racine"}
    one.post(page, csrf=one.csrf(page), **fields)
    account = practice.cabinet.journal.account("sylvie")
    assert account is not None and account.user.role is Role.SECRETARY
    assert practice.cabinet.journal.case(practice.case.id).status is Status.TO_REVIEW
    assert is_in(visitor(site, "racine"))


def test_a_weak_password_is_never_hashed() -> None:
    with pytest.raises(NotAllowed, match="trop courant"):
        hash_password("Cabinet.Medical", login=DOCTOR.login, name=DOCTOR.name)
