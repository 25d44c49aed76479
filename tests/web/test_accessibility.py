"""No page breaks a rule of axe-core (WCAG 2.2 A and AA among them), light or dark, wide or narrow.

https://www.w3.org/TR/WCAG22/; the rules: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.model.people import Role, User
from tests.practice import CERTIFICATE, OTHER_DOCTOR, PASSWORD, SOLANGE, Cabinet, hashed_password

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RULES = """async () => (await axe.run(document, { rules: { "target-size": { enabled: true } } }))
    .violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html.slice(0, 200))])"""
"""All rules that axe-core has switched on, and the size of targets (WCAG 2.2, 2.5.8), which it leaves off."""
Scheme = Literal["light", "dark"]


@pytest.fixture
def practice(cabinet: Cabinet) -> Cabinet:
    """A little of everything that a page can show."""
    letter = cabinet.flow.parts.blobs.read(cabinet.desk.open(cabinet.dictate().id).draft.pdf)  # type: ignore[union-attr]
    cabinet.filed()
    cabinet.approved(CERTIFICATE)
    cabinet.dictate("Courrier sans patient connu. Cher confrère, tout va bien.")
    cabinet.scan(letter, "Concernant Madame Solange MARCHAND née le 12/04/1954. Échographie normale.")
    cabinet.journal.save_user(User("racine", "Paul Racine", Role.ADMINISTRATOR), hashed_password(), actor="test")
    return cabinet


@pytest.fixture(params=[("light", 1440), ("dark", 390)], ids=["light, wide", "dark, narrow"])
def sheet(request: pytest.FixtureRequest, chromium: Browser, address: str) -> Iterator[Page]:
    scheme, width = request.param
    context = chromium.new_context(
        base_url=address, viewport={"width": width, "height": 844}, color_scheme=scheme, locale="fr-FR", bypass_csp=True
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def enter(page: Page, login: str) -> None:
    page.context.clear_cookies()
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Entrer").click()
    expect(page.locator("header nav")).to_be_visible()


def broken(page: Page, address: str) -> list[object]:
    page.goto(address)
    page.wait_for_timeout(200)
    page.evaluate(AXE)
    return [[address, *rule] for rule in page.evaluate(RULES)]


def test_no_page_breaks_a_rule_of_accessibility(practice: Cabinet, sheet: Page) -> None:
    found = broken(sheet, "/connexion")
    cases = [f"/dossiers/{case.id}" for case in practice.desk.pile()]
    enter(sheet, "sylvie")
    pages = ("/", "/?onglet=classes", "/recherche", "/recherche?q=bisoprolol", f"/patients/{SOLANGE.id}", "/appris")
    for address in (*pages, "/compte", "/compte/mot-de-passe", "/nulle-part", *cases, f"{cases[0]}/identite"):
        found += broken(sheet, address)
    enter(sheet, "dr-vial")
    found += broken(sheet, "/signer")
    enter(sheet, OTHER_DOCTOR.login)
    found += broken(sheet, f"/patients/{SOLANGE.id}")  # asks for a reason
    enter(sheet, "racine")
    for address in ("/admin", "/admin/journal", "/compte/second-facteur"):
        found += broken(sheet, address)
    assert not found, "\n".join(map(str, found))
