"""The archivist's minute at a real scan, read by the real engine, in a real Chromium."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipeline.model.case import Medium, Status
from pipeline.model.people import Patient, Sex
from pipeline.model.text import ScanReading
from pipeline.scan.ocrmypdf_reader import OcrmypdfReader
from pipeline.sheets import Sheets
from tests.practice import Cabinet
from tests.scan import pages
from tests.web.test_browser import log_in

expect.set_options(timeout=30_000)
JOSETTE = Patient("p9", "MERLETTE", "Josette", date(1951, 11, 23), Sex.FEMALE)


class Doubtful(OcrmypdfReader):
    """The real engine; one figure that it read is said to be hardly legible, as on a worse page."""

    def read(self, original, media_type, out, on_progress):  # type: ignore[no-untyped-def]
        reading = super().read(original, media_type, out, on_progress)
        tokens = tuple(
            replace(token, probability=0.7) if token.text == "2,8" else token for token in reading.transcript.tokens
        )
        return replace(reading, transcript=replace(reading.transcript, tokens=tokens))


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    cabinet = Cabinet(tmp_path, reader=Doubtful())  # type: ignore[arg-type]
    cabinet.journal.import_patients([JOSETTE], actor="test")
    return cabinet


def test_a_real_scan_is_looked_at_put_right_and_filed_in_three_keys(page: Page, cabinet: Cabinet) -> None:
    lying = pages.page(110, second=True)
    case = cabinet.run(
        cabinet.receive(pages.image_pdf(pages.page(150), lying), medium=Medium.SCAN, media_type="application/pdf")
    )
    original = cabinet.flow.parts.blobs.read(case.original)
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    expect(page.get_by_role("img", name="Page 1 du document")).to_be_visible()

    # the words lie on their picture and can be selected; T shows them
    word = page.locator("#page-1 tspan", has_text="MERLETTE").first
    picture = page.locator("#page-1 .picture").bounding_box()
    place = word.bounding_box()
    reading = cabinet.journal.result(case.id, "scan", ScanReading)
    assert picture is not None and place is not None and reading is not None
    box = next(token.box for token in reading.transcript.tokens if "MERLETTE" in token.text)
    assert box is not None
    assert abs(place["x"] - picture["x"] - box.left * picture["width"]) < 6
    assert abs(place["width"] - (box.right - box.left) * picture["width"]) < 6
    assert abs(place["y"] + place["height"] / 2 - picture["y"] - (box.top + box.bottom) / 2 * picture["height"]) < 8
    line = page.locator("#page-1 text", has_text="145/80")
    selected = line.evaluate("one => { getSelection().selectAllChildren(one); return String(getSelection()); }")
    assert "artérielle à 145/80 mmHg" in selected
    expect(page.locator("#vue")).to_have_class("view show-patient")
    page.keyboard.press("t")
    expect(page.locator("#vue.with-text")).to_be_visible()
    page.keyboard.press("t")

    # the doubtful figure is lit, and a click on it shows its doubt
    page.locator("#page-1 tspan.grave").click()
    expect(page.locator(".finding:focus")).to_contain_text("2,8")
    expect(page.locator("#page-1 rect.lit")).to_have_count(1)

    # the second page is turned by its key, read again, and set aside
    page.locator(".thumbs a").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".thumbs a").nth(1)).to_have_attribute("aria-current", "page")
    page.keyboard.press("x")
    expect(page.locator(".thumbs .aside img")).to_have_count(1)
    expect(page.locator(".sheet")).to_have_count(1)

    # three keys file it: patient, kind, done
    pressed: list[str] = []
    for key in ("Enter", "Enter", "Control+Enter"):
        page.keyboard.press(key)
        pressed.append(key)
        if len(pressed) == 1:
            expect(page.locator("select[name=kind]")).to_be_focused()
    expect(page.get_by_role("status")).to_contain_text("confirmé")
    page.goto(f"/dossiers/{case.number}")
    expect(page.get_by_text("Dossier du patient")).to_be_visible()
    assert cabinet.journal.case(case.id).status is Status.FILED and len(pressed) == 3
    [record] = cabinet.journal.records_of("p9")
    assert record.document_date == date(2019, 3, 14) and record.kind.value == "archive"
    assert "AUBÉPINE" in record.author
    assert cabinet.flow.parts.blobs.read(case.original) == original
    assert [sheet.aside for sheet in Sheets(cabinet.flow).layout(case).sheets] == [False, True]
