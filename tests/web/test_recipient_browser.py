"""The addressee in a real Chromium: created where the letter is read, and reached by the mouse beside an open doubt."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from pipeline.testing import WordListLexicon
from tests.practice import LETTER, Cabinet
from tests.web.test_browser import log_in

expect.set_options(timeout=20_000)


# --- the window at a doubt is in nobody's way ------------------------------------------------------------------


def opened(page: Page, cabinet: Cabinet, text: str = LETTER) -> str:
    """A dictated letter on the screen, its first doubt open as when the page comes; its id."""
    case = cabinet.dictate(text)
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    expect(page.locator("#bulle :focus")).to_have_count(1)
    return case.id


def test_the_heads_open_at_the_first_click_while_a_doubt_is_open(page: Page, cabinet: Cabinet) -> None:
    opened(page, cabinet)
    summary = page.locator("details.heads > summary")
    box = summary.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_label("Titre", exact=True)).to_be_visible()
    expect(page.locator("#bulle")).to_be_hidden()


def test_a_click_on_the_lines_around_an_open_doubt_puts_the_caret_there(page: Page, cabinet: Cabinet) -> None:
    opened(page, cabinet)
    below = page.locator(".ProseMirror .w", has_text="Bien")
    spot = below.bounding_box()
    assert spot is not None
    page.mouse.click(spot["x"] + 2, spot["y"] + spot["height"] / 2)
    page.keyboard.type("Très ")
    expect(page.locator(".ProseMirror")).to_contain_text("Très Bien confraternellement")
    expect(page.locator("#bulle")).to_be_hidden()


def test_a_click_on_another_doubt_opens_it_at_once_and_tab_goes_on_from_there(page: Page, cabinet: Cabinet) -> None:
    cabinet.lexicon = WordListLexicon({"auriculère": ("auriculaire",), "bisoprolole": ()})
    opened(page, cabinet, LETTER.replace("auriculaire", "auriculère").replace("bisoprolol", "bisoprolole"))
    page.locator(".ProseMirror .doubt", has_text="auriculère").click()
    expect(page.locator("#bulle-mot")).to_have_text("auriculère")
    expect(page.locator("#bulle :focus")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("#bulle-mot")).to_have_text("bisoprolole")
    page.get_by_role("button", name="Doute précédent").click()
    expect(page.locator("#bulle-mot")).to_have_text("auriculère")


def test_on_a_telephone_the_doubt_is_seen_above_its_window(page: Page, cabinet: Cabinet) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, cabinet, LETTER.replace("docteur Antoine Lescure", "docteur Paul Vernier"))
    doubt, window = page.locator(".ProseMirror .doubt").bounding_box(), page.locator("#bulle").bounding_box()
    assert doubt is not None and window is not None
    assert doubt["y"] >= 0 and doubt["y"] + doubt["height"] <= window["y"]


def test_who_the_patient_is_stays_in_sight_far_down_a_long_letter(page: Page, cabinet: Cabinet) -> None:
    page.set_viewport_size({"width": 1400, "height": 700})
    text = LETTER.replace("Elle prend", "Elle va bien.\n" * 40 + "Elle prend").replace("bisoprolol", "bisoprolole")
    cabinet.lexicon = WordListLexicon({"bisoprolole": ()})
    opened(page, cabinet, text)
    name = page.locator(".identity .name")
    expect(name).to_be_in_viewport()
    box, bar = name.bounding_box(), page.locator(".tools").bounding_box()
    assert box is not None and bar is not None
    assert page.evaluate("scrollY") > 300 and box["y"] + box["height"] <= bar["y"]
    on_top = "({x, y}) => document.elementFromPoint(x + 4, y + 4).closest('.identity') !== null"
    assert page.evaluate(on_top, box)
