"""Keys of a scan's page in a real Chromium: each acts on the page that is lit, and once."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from pipeline.model.case import Case
from pipeline.sheets import Sheets
from pipeline.testing import PrintedReader
from tests.flow.test_sheets import printed
from tests.practice import Cabinet
from tests.web.test_browser import log_in

expect.set_options(timeout=15_000)


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    return Cabinet(tmp_path, reader=PrintedReader())


def opened(page: Page, case: Case, pages: int) -> None:
    """The page of a scan, its pages with the keyboard."""
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    expect(page.locator("#confirmer [data-find]")).to_be_focused()  # the scripts are at work
    page.locator(".roll").focus()
    expect(page.locator("#ou")).to_have_text(f"page 1 sur {pages}")


def turned(page: Page, cabinet: Cabinet, case: Case) -> list[int]:
    """The turns of all pages, once the machine has made the document again."""
    expect(page.get_by_role("status").first).to_be_visible()
    expect(page.locator(".sheet")).to_have_count(len(Sheets(cabinet.flow).layout(case).sheets))
    return [sheet.turn for sheet in Sheets(cabinet.flow).layout(case).sheets]


def test_a_key_pressed_twice_acts_once_and_is_no_error(page: Page, cabinet: Cabinet) -> None:
    case = cabinet.scan(printed("lot", 2))
    opened(page, case, 2)
    held: list[Route] = []
    page.route("**/pages", lambda route: held.append(route))
    page.keyboard.press("d")
    while not held:
        page.wait_for_timeout(20)
    page.keyboard.press("d")
    page.wait_for_timeout(400)
    for route in held:
        route.continue_()
    assert turned(page, cabinet, case) == [90, 0]
    assert len(held) == 1


def test_a_key_acts_on_the_last_page_also_when_it_is_too_short_to_be_scrolled_to(page: Page, cabinet: Cabinet) -> None:
    case = cabinet.scan(printed("lot", 3))
    page.set_viewport_size({"width": 1440, "height": 1300})
    opened(page, case, 3)
    for _ in range(2):
        page.keyboard.press("-")
    for number in (2, 3):
        page.keyboard.press("ArrowRight")
        expect(page.locator("#ou")).to_have_text(f"page {number} sur 3")
    page.wait_for_timeout(300)  # the roll has come to rest
    expect(page.locator("#ou")).to_have_text("page 3 sur 3")
    page.keyboard.press("d")
    assert turned(page, cabinet, case) == [0, 0, 90]


def test_a_late_word_of_a_scroll_that_a_key_made_does_not_choose_another_page(page: Page, cabinet: Cabinet) -> None:
    """A slow machine tells of the first key's scroll, then of the second one's long after it has come to rest."""
    case = cabinet.scan(printed("lot", 3))
    page.set_viewport_size({"width": 1440, "height": 1300})
    opened(page, case, 3)
    for key in ("-", "-", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator("#ou")).to_have_text("page 3 sur 3")
    for _ in range(2):
        page.wait_for_timeout(200)
        page.locator(".roll").dispatch_event("scroll")
    page.wait_for_timeout(200)
    expect(page.locator("#ou")).to_have_text("page 3 sur 3")
    page.keyboard.press("d")
    assert turned(page, cabinet, case) == [0, 0, 90]


def test_a_page_that_is_scrolled_to_is_the_one_that_keys_act_on(page: Page, cabinet: Cabinet) -> None:
    case = cabinet.scan(printed("lot", 3))
    opened(page, case, 3)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#ou")).to_have_text("page 2 sur 3")
    page.wait_for_timeout(300)
    page.locator(".roll").hover()
    page.mouse.wheel(0, 20_000)
    expect(page.locator("#ou")).to_have_text("page 3 sur 3")
    page.keyboard.press("d")
    assert turned(page, cabinet, case) == [0, 0, 90]
