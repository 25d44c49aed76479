"""Pages of a scan put right by single keys, in a real Chromium, with the machine's work in between."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline.model.case import WORKER_STATUSES, Case, Medium, Status
from pipeline.sheets import Sheets
from pipeline.testing import PrintedReader
from tests.flow.test_sheets import filed_words, printed
from tests.practice import Cabinet
from tests.web.test_browser import log_in

expect.set_options(timeout=30_000)


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    return Cabinet(tmp_path, reader=PrintedReader())


def scanned(page: Page, cabinet: Cabinet, name: str, pages: int) -> Case:
    case = cabinet.receive(printed(name, pages), medium=Medium.SCAN, media_type="application/pdf")
    return settled(page, cabinet, case)


def settled(page: Page, cabinet: Cabinet, case: Case) -> Case:
    """The case once the site's own worker has done its steps."""
    for _ in range(300):
        case = cabinet.journal.case(case.id)
        if case.status not in WORKER_STATUSES:
            return case
        page.wait_for_timeout(100)
    raise AssertionError(f"{case.number} stays at {case.status}")


def shown(page: Page, *words: str) -> None:
    """The sheets on the screen, by the word that is printed on each."""
    expect(page.locator(".sheet")).to_have_count(len(words))
    for number, word in enumerate(words):
        expect(page.locator(".sheet").nth(number).locator(".words")).to_contain_text(word)


def press(page: Page, key: str, told: str) -> None:
    """One key, then the page that comes back when the machine is done."""
    page.keyboard.press(key)
    expect(page.get_by_role("status").filter(has_text=told)).to_be_visible()
    expect(page.locator("#vue")).to_be_visible()


def look(page: Page, case: Case) -> None:
    """Opens a scan of nobody known: its patient is asked for first, Escape goes from there to the pages."""
    page.goto(f"/dossiers/{case.number}")
    expect(page.locator("[data-find]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".roll")).to_be_focused()


def turns(cabinet: Cabinet, case: Case) -> list[int]:
    return [sheet.turn for sheet in Sheets(cabinet.flow).layout(case).sheets]


def test_each_gesture_on_pages_is_one_key(page: Page, cabinet: Cabinet) -> None:
    case = scanned(page, cabinet, "lot", 3)
    log_in(page, "sylvie")
    look(page, case)
    shown(page, "lot1", "lot2", "lot3")

    # the second page is turned; the page comes back at it, so that the next key is for it too
    page.keyboard.press("PageDown")
    expect(page.locator("#ou")).to_have_text("page 2 sur 3")
    press(page, "d", "Page tournée.")
    assert turns(cabinet, case) == [0, 90, 0]
    expect(page.locator("#ou")).to_have_text("page 2 sur 3")
    expect(page.locator(".thumbs a").nth(1)).to_have_attribute("aria-current", "page")
    press(page, "r", "Page tournée.")
    assert turns(cabinet, case) == [0, 270, 0]
    press(page, "d", "Page tournée.")
    press(page, "g", "Page tournée.")
    assert turns(cabinet, case) == [0, 270, 0]
    press(page, "z", "Modification annulée.")
    assert turns(cabinet, case) == [0, 0, 0]

    # set aside, and brought back where it was
    press(page, "x", "Page mise de côté.")
    shown(page, "lot1", "lot3")
    expect(page.get_by_role("img", name="Page mise de côté")).to_have_count(1)
    assert filed_words(cabinet, settled(page, cabinet, case)) == ["lot1", "lot3"]
    press(page, "b", "Page remise à sa place.")
    shown(page, "lot1", "lot2", "lot3")
    assert filed_words(cabinet, settled(page, cabinet, case)) == ["lot1", "lot2", "lot3"]


def test_a_document_is_split_after_a_page_and_put_together_again_by_keys(page: Page, cabinet: Cabinet) -> None:
    case = scanned(page, cabinet, "lot", 3)
    log_in(page, "sylvie")
    look(page, case)
    expect(page.locator("#ou")).to_have_text("page 1 sur 3")
    press(page, "s", "Document séparé")
    shown(page, "lot1")
    [rest] = [one for one in cabinet.desk.pile((Status.TO_CONFIRM, *WORKER_STATUSES)) if one.id != case.id]
    assert filed_words(cabinet, settled(page, cabinet, rest)) == ["lot2", "lot3"]

    look(page, case)  # the rest has been read meanwhile: it can follow now
    press(page, "m", "Documents réunis.")
    shown(page, "lot1", "lot2", "lot3")
    assert cabinet.journal.case(rest.id).status is Status.DISCARDED
    press(page, "z", "Modification annulée.")
    shown(page, "lot1")
    assert cabinet.journal.case(rest.id).status is Status.TO_CONFIRM


def test_two_scans_of_one_batch_are_merged_by_a_key_on_the_last_page(page: Page, cabinet: Cabinet) -> None:
    first, second = scanned(page, cabinet, "avis", 1), scanned(page, cabinet, "suite", 2)
    log_in(page, "sylvie")
    look(page, first)
    press(page, "m", "Documents réunis.")
    shown(page, "avis1", "suite1", "suite2")
    assert cabinet.journal.case(second.id).status is Status.DISCARDED
    assert filed_words(cabinet, settled(page, cabinet, first)) == ["avis1", "suite1", "suite2"]


def test_a_key_that_fits_no_page_or_is_typed_in_a_field_changes_nothing(page: Page, cabinet: Cabinet) -> None:
    case = scanned(page, cabinet, "seule", 1)
    log_in(page, "sylvie")
    look(page, case)
    shown(page, "seule1")
    for key in "xsmbz":  # one page, nothing follows, nothing aside, nothing to take back
        page.keyboard.press(key)
    title = page.get_by_label("Titre")
    title.fill("")
    title.press_sequentially("gdrxsmbz")
    expect(title).to_have_value("gdrxsmbz")
    page.keyboard.press("Control+d")
    page.wait_for_timeout(300)
    assert cabinet.journal.case(case.id).move_no == case.move_no
    shown(page, "seule1")
