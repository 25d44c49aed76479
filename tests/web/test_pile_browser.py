"""The pile from a secretary's and a doctor's seat, in a real Chromium."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from pipeline.model.case import Case, Status
from tests.practice import DOCTOR, Cabinet
from tests.web.test_browser import SOUND, log_in
from tests.web.test_pile_pages import file, put


@pytest.fixture
def failed(cabinet: Cabinet) -> list[Case]:
    """Made before the page, and with it the worker, is there."""
    patients = ("p1", "p1", "p2")
    return [put(cabinet, f"Courrier {n}", Status.FAILED, patient_id=p, hours_ago=9 - n) for n, p in enumerate(patients)]


@pytest.fixture
def thick(cabinet: Cabinet) -> Case:
    """A file of 60 letters over 30 years, and a case at which the secretary works."""
    for n in range(60):
        file(cabinet, f"lettre {n}", date(1990 + n // 2, 1, 1 + n % 2))
    case = cabinet.dictate(sound=SOUND.read_bytes())
    cabinet.journal.lock(case.id, "sylvie")
    return case


def test_a_secretary_sifts_ticks_sets_aside_and_takes_back_by_keyboard(
    failed: list[Case], cabinet: Cabinet, page: Page
) -> None:
    first, second, _ = failed
    log_in(page, "sylvie")
    page.keyboard.press("f")
    page.keyboard.type("marchand")
    expect(page.locator(".pile.work tbody tr")).to_have_count(2)
    expect(page).to_have_url(re.compile("patient=marchand"))
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#ouvrir-{first.id}")).to_be_focused()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#choisis")).to_have_text("2")
    expect(page.get_by_role("button", name="Relancer")).to_be_enabled()
    cabinet.desk.assign(second.id, "sylvie", by=DOCTOR)  # somebody else changes a line: it comes by itself
    expect(page.locator(f"#ligne-{second.id}")).to_contain_text("confié à vous")
    expect(page.locator("#choisis")).to_have_text("2")
    expect(page.locator(f"#ouvrir-{second.id}")).to_be_focused()
    page.get_by_label("Motif pour écarter").fill("reçu en double")
    page.get_by_role("button", name="Écarter").click()
    expect(page.get_by_role("status")).to_contain_text("2 dossiers écartés")
    expect(page.locator(".pile.work tbody tr")).to_have_count(0)
    expect(page.locator("#lot")).to_be_hidden()
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator(".pile.work tbody tr")).to_have_count(2)
    assert cabinet.journal.case(first.id).status is Status.FAILED


def test_a_doctor_sees_who_is_at_work_takes_over_and_reads_the_file(thick: Case, cabinet: Cabinet, page: Page) -> None:
    case = thick
    log_in(page, "dr-vial")
    page.goto(f"/dossiers/{case.number}")
    expect(page.get_by_text("Sylvie Durand y travaille depuis")).to_be_visible()
    page.get_by_role("button", name="Prendre la main").click()
    expect(page.get_by_text("Sylvie Durand y travaille depuis")).to_have_count(0)
    held = cabinet.journal.locked(case.id)
    assert held is not None and held.login == DOCTOR.login
    page.goto("/patients/p1")
    expect(page.locator(".doc")).to_have_count(50)
    page.locator(".timeline > p.empty").scroll_into_view_if_needed()
    expect(page.locator(".doc")).to_have_count(60)
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".doc .open").nth(1)).to_be_focused()
    page.get_by_label("Type").select_option(label="Courrier (60)")
    expect(page).to_have_url(re.compile("kind=letter"))
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")
