"""OpenID Connect against a real provider on loopback: who comes in, and each forged answer, refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from pipeline.errors import SettingsError
from pipeline.journal.sql import SqlJournal
from pipeline.model.accounts import Provider
from pipeline.model.people import User
from pipeline.settings import OidcSettings, Settings
from pipeline.testing import IdentityProvider
from pipeline.web.access import AccessGuard
from pipeline.web.accounts import Accounts
from pipeline.web.gate import Gate
from pipeline.web.login_pages import LoginPages
from pipeline.web.oidc import OidcClient
from pipeline.web.pages import Pages
from tests.practice import DOCTOR

BACK = "http://testserver/connexion/psc/retour"


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> SqlJournal:
    made = SqlJournal(f"sqlite:///{tmp_path_factory.mktemp('oidc') / 'calame.db'}")
    made.upgrade()
    made.save_user(DOCTOR, "", actor="test")  # no password: only the provider opens this account
    return made


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with IdentityProvider() as running:
        yield running


def client_of(provider: IdentityProvider) -> OidcClient:
    discovery = f"{provider.issuer}/.well-known/wallet-openid-configuration"
    return OidcClient(Provider(provider.issuer, provider.client_id, provider.client_secret, BACK, discovery))


@pytest.fixture
def browser(journal: SqlJournal, provider: IdentityProvider) -> TestClient:
    return a_browser(journal, provider)


def a_browser(journal: SqlJournal, provider: IdentityProvider) -> TestClient:
    accounts = Accounts(journal, session_minutes=60)
    pages = Pages(accounts)
    gate = Gate(accounts, AccessGuard(journal), pages)
    logins = LoginPages(accounts, gate, pages, secure=False, provider=client_of(provider))
    routes = [
        Route("/connexion", logins.login, methods=["GET", "POST"]),
        Route("/connexion/psc", logins.to_provider),
        Route("/connexion/psc/retour", logins.from_provider),
        Route("/session", logins.session),
    ]
    return TestClient(Starlette(routes=routes))


def leave(browser: TestClient, provider: IdentityProvider) -> dict[str, str]:
    answer = browser.get("/connexion/psc", follow_redirects=False)
    assert answer.status_code == 303
    return provider.consent(answer.headers["location"])


def come_back(browser: TestClient, answer: dict[str, str]) -> bool:
    """Whether the person is in afterwards."""
    browser.get("/connexion/psc/retour", params=answer)
    return browser.get("/session").status_code == 200


def test_a_doctor_comes_in_by_the_rpps_number(
    browser: TestClient, provider: IdentityProvider, journal: SqlJournal
) -> None:
    assert "Pro Santé Connect" in browser.get("/connexion").text
    assert come_back(browser, leave(browser, provider))
    assert browser.get("/session").json()["login"] == "dr-vial"
    asked = provider.asked
    assert asked["acr_values"] == "eidas1" and asked["scope"] == "openid scope_all"
    assert asked["code_challenge_method"] == "S256" and asked["redirect_uri"] == BACK
    [entry] = [one for one in journal.audit_entries() if one.action == "login"]
    assert entry.details["by"] == "provider"


def changed(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.update(values)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(changed(nonce="another"), id="another nonce"),
        pytest.param(lambda claims: claims.pop("nonce"), id="no nonce"),
        pytest.param(changed(aud="another"), id="another client"),
        pytest.param(changed(aud=["calame", "another"]), id="two clients and no authorised one"),
        pytest.param(changed(azp="another"), id="authorised for another"),
        pytest.param(changed(iss="http://127.0.0.1/another"), id="another issuer"),
        pytest.param(changed(exp=1), id="expired"),
        pytest.param(lambda claims: claims.pop("exp"), id="never expires"),
        pytest.param(changed(iat=9_999_999_999), id="from the future"),
        pytest.param(changed(acr="eidas0"), id="weaker"),
        pytest.param(changed(sub="f:essai:2"), id="another person's userinfo"),
    ],
)
def test_an_id_token_with_a_wrong_claim_is_refused(
    browser: TestClient, provider: IdentityProvider, spoil: Callable[[dict[str, Any]], None]
) -> None:
    provider.spoil = spoil
    assert not come_back(browser, leave(browser, provider))


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_an_id_token_that_the_provider_did_not_sign_is_refused(
    browser: TestClient, provider: IdentityProvider, algorithm: str
) -> None:
    provider.algorithm = algorithm
    assert not come_back(browser, leave(browser, provider))


def test_an_id_token_by_another_key_of_the_same_name_is_refused(
    browser: TestClient, provider: IdentityProvider
) -> None:
    provider.key = RSAKey.generate_key(2048, parameters={"kid": "k1"}, auto_kid=False)
    assert not come_back(browser, leave(browser, provider))


def test_an_answer_is_used_once_and_by_the_browser_that_asked(
    browser: TestClient, provider: IdentityProvider, journal: SqlJournal
) -> None:
    answer = leave(browser, provider)
    thief = TestClient(browser.app)
    assert not come_back(thief, answer)
    assert not come_back(browser, answer)  # the attempt was spent
    answer = leave(browser, provider)
    assert come_back(browser, answer)
    browser.cookies.delete("calame_session")
    assert not come_back(browser, answer)  # state replayed
    again = leave(browser, provider)
    assert not come_back(browser, {**again, "code": answer["code"]})  # code replayed
    assert not come_back(browser, {"state": "x", "code": "y"}) and not come_back(browser, {})
    answer = leave(browser, provider)
    assert not come_back(browser, {**answer, "iss": "https://another.example"})


def test_who_has_no_open_account_stays_out(
    browser: TestClient, provider: IdentityProvider, journal: SqlJournal
) -> None:
    for identifier in ("810999990099", "", "310999990012", "8"):
        provider.identifier = identifier
        assert not come_back(browser, leave(browser, provider))
    provider.identifier = "810999990012"
    journal.set_active("dr-vial", False, actor="test")
    assert not come_back(browser, leave(browser, provider))
    journal.set_active("dr-vial", True, actor="test")
    journal.save_user(User("homonyme", "X", DOCTOR.role, "", DOCTOR.rpps), "", actor="test")
    assert not come_back(browser, leave(browser, provider))  # two accounts: neither
    journal.set_active("homonyme", False, actor="test")


def test_a_provider_without_tls_or_without_a_client_is_refused_by_the_settings() -> None:
    for wrong in ({"issuer": "http://idp.example"}, {"issuer": "https://idp.example"}):
        with pytest.raises(ValueError, match=r"attendue|manque"):
            OidcSettings(**wrong)  # type: ignore[arg-type]
    assert OidcSettings().provider("http://127.0.0.1:8420") is None


def test_a_network_without_tls_is_refused_unless_it_is_asked_for(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("inbox", "outbox", "home")}
    with pytest.raises(SettingsError, match="en clair"):
        Settings(host="0.0.0.0", **folders).resolved()  # type: ignore[arg-type]
    assert Settings(host="0.0.0.0", plain_http=True, **folders).resolved().host == "0.0.0.0"  # type: ignore[arg-type]
