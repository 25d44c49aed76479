"""The secretary's page in a real Chromium: text with its sound, doubts in place, editing, and nothing that is lost."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import httpx
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, ViewportSize, expect

from pipeline.desk import Correction
from pipeline.model.case import Case, Status
from pipeline.model.document import Section
from pipeline.model.text import Gap, Transcript
from pipeline.testing import WordListLexicon, spoken
from pipeline.web.accounts import Accounts, _digest
from pipeline.web.app import Site
from tests.practice import LETTER, SECRETARY, Cabinet, session_of
from tests.web.conftest import CHROMIUM_FLAGS

expect.set_options(timeout=15_000)
ROOT = Path(__file__).parents[2]
SOUND = (ROOT / "tests" / "audio" / "letter.opus").read_bytes()
GAP = Gap(8.0, 9.0)
FIGURE = "chiffre à vérifier : aussi entendu « 15 »"
WIDE: ViewportSize = {"width": 1440, "height": 900}
SAVED = re.compile("Enregistré à")


def heard(text: str = LETTER, *, gap: bool = False, figure: bool = False) -> Transcript:
    """``text`` spoken; "fibrilation" was hardly heard, "mg" was said otherwise."""
    letter = spoken(text)
    tokens = [
        replace(one, probability=0.3) if one.text == "fibrilation"
        else replace(one, raw="milligrammes", rule="unité") if one.text == "mg"
        else replace(one, doubt=FIGURE) if figure and one.text == "5"
        else one
        for one in letter.tokens
    ]  # fmt: skip
    return replace(letter, tokens=tuple(tokens), gaps=(GAP,) if gap else (), explained=letter.speech - gap)


# --- one practice and one server for all tests ----------------------------------------------------------


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Cabinet:
    lexicon = WordListLexicon(
        {"fibrilation": ("fibrillation", "défibrillation"), "auriculère": ("auriculaire",), "zorbex": ()}
    )
    return Cabinet(tmp_path_factory.mktemp("office"), lexicon=lexicon)


@pytest.fixture(scope="module")
def accounts(office: Cabinet) -> Accounts:
    return Accounts(office.journal, session_minutes=60)


@pytest.fixture(scope="module")
def base(office: Cabinet, accounts: Accounts) -> Iterator[str]:
    with served(office, accounts, free_port()) as address:
        yield address


@contextmanager
def served(office: Cabinet, accounts: Accounts, port: int) -> Iterator[str]:
    site = Site(office.desk, accounts, office.root / "son")
    server = uvicorn.Server(uvicorn.Config(site.application(), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def entered(office: Cabinet, context: BrowserContext, base: str, login: str = "sylvie") -> Page:
    """A page of a browser in which somebody is logged in."""
    token = f"session-of-{login}-{time.monotonic_ns()}"
    office.journal.open_session(_digest(token), session_of(login))
    context.add_cookies([{"name": "calame_session", "value": token, "url": base}])
    context.set_default_timeout(15_000)
    return context.new_page()


@pytest.fixture
def browse(chromium: Browser, office: Cabinet, base: str) -> Iterator[Callable[..., Page]]:
    """Opens a page for a person; an error of a script fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(login: str = "sylvie", scheme: Literal["light", "dark"] = "light") -> Page:
        context = chromium.new_context(base_url=base, viewport=WIDE, locale="fr-FR", color_scheme=scheme)
        contexts.append(context)
        page = entered(office, context, base, login)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def sylvie(browse: Callable[..., Page]) -> Page:
    return browse()


def opened(page: Page, case: Case) -> Locator:
    """The editor of a case, once its first doubt has the keyboard."""
    page.goto(f"/dossiers/{case.number}")
    editor = page.locator(".ProseMirror")
    expect(editor).to_be_visible()
    if editor.locator(".doubt").count():
        expect(page.locator("#bulle :focus")).to_have_count(1)
    return editor


def dictated(office: Cabinet, transcript: Transcript | None = None) -> Case:
    office.hearing.transcript = transcript or heard()
    made = office.dictate(sound=SOUND + os.urandom(8))
    office.hearing.transcript = None
    return made


def text_of(office: Cabinet, case: Case) -> str:
    draft = office.desk.open(case.id).draft
    assert draft is not None
    return "\n\n".join(f"{one.heading}\n{one.text}".strip() for one in draft.revision.sections)


def revision_of(office: Cabinet, case: Case) -> int:
    return office.journal.case(case.id).revision_no


def close_bubble(page: Page) -> None:
    expect(page.locator("#bulle")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#bulle")).to_be_hidden()


def to_end(editor: Locator) -> None:
    """The caret after the last letter; a browser tells a page so with its next picture."""
    editor.press("Control+End")
    editor.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def saved(page: Page) -> None:
    expect(page.locator("#etat-texte")).to_have_text(SAVED)


# --- the text and its sound -----------------------------------------------------------------------------


def test_a_click_on_a_word_plays_from_there_and_the_spoken_word_is_lit(sylvie: Page, office: Cabinet) -> None:
    editor = opened(sylvie, dictated(office))
    close_bubble(sylvie)
    word = editor.locator(".w", has_text="patiente").first
    word.click()
    sylvie.wait_for_function("() => !document.querySelector('#son').paused")
    at = sylvie.evaluate("document.querySelector('#son').currentTime")
    assert at > 3
    sylvie.evaluate("() => { document.querySelector('#son').currentTime = 2.0; }")
    expect(editor.locator(".lit").or_(sylvie.locator(".transcript .lit"))).not_to_have_count(0)


def test_doubtful_words_are_shaded_and_doubts_underlined_by_kind(sylvie: Page, office: Cabinet) -> None:
    editor = opened(sylvie, dictated(office, heard(figure=True)))
    close_bubble(sylvie)
    expect(editor.locator(".unsure")).to_have_text("fibrilation")
    styles = {
        kind: editor.locator(f".doubt.{kind}").first.evaluate("node => getComputedStyle(node).textDecorationStyle")
        for kind in ("likely_misheard", "dictated")
    }
    assert styles["likely_misheard"] == "double"
    expect(editor.locator(".doubt.grave")).to_have_text("5")
    expect(sylvie.locator("#compte")).to_have_text("1 point grave à vérifier, 1 doute")


def test_speed_changes_and_the_pitch_stays(sylvie: Page, office: Cabinet) -> None:
    opened(sylvie, dictated(office))
    sylvie.get_by_label("Vitesse").select_option("0.5")
    sound = "(({playbackRate, preservesPitch}) => [playbackRate, preservesPitch])(document.querySelector('#son'))"
    assert sylvie.evaluate(sound) == [0.5, True]
    for _ in range(12):
        sylvie.keyboard.press("Alt++")
    assert sylvie.evaluate(sound) == [2, True]
    sylvie.reload()
    sylvie.wait_for_function("() => document.querySelector('#son').playbackRate === 2")


def test_play_pause_back_and_a_pedal_that_types_keys(sylvie: Page, office: Cabinet) -> None:
    opened(sylvie, dictated(office))
    state = "document.querySelector('#son')"
    sylvie.wait_for_function(f"() => {state}.readyState > 0")
    sylvie.keyboard.press("Control+Space")
    sylvie.wait_for_function(f"() => !{state}.paused")
    sylvie.keyboard.press("Control+Space")
    sylvie.wait_for_function(f"() => {state}.paused")
    sylvie.evaluate(f"{state}.currentTime = 10")
    sylvie.keyboard.press("Alt+ArrowLeft")
    assert abs(sylvie.evaluate(f"{state}.currentTime") - 7) < 0.5
    sylvie.keyboard.press("F7")
    assert abs(sylvie.evaluate(f"{state}.currentTime") - 4) < 0.5
    sylvie.keyboard.down("F8")
    sylvie.wait_for_function(f"() => !{state}.paused && {state}.currentTime > 4.6")
    sylvie.keyboard.up("F8")
    sylvie.wait_for_function(f"() => {state}.paused")


PEDAL = """
class Device extends EventTarget {
  constructor() { super(); this.opened = false; this.vendorId = 0x05f3; this.productId = 0xff; }
  async open() { this.opened = true; }
  say(bits) {
    const event = new Event("inputreport");
    Object.assign(event, { reportId: 0, data: new DataView(new Uint8Array([bits, 0]).buffer) });
    this.dispatchEvent(event);
  }
}
window.pedal = new Device();
Object.defineProperty(navigator, "hid", { value: {
  requestDevice: async () => [window.pedal], getDevices: async () => [],
} });
"""


def test_a_hid_pedal_is_learned_by_pressing_each_button_once(sylvie: Page, office: Cabinet) -> None:
    sylvie.add_init_script(PEDAL)
    opened(sylvie, dictated(office))
    close_bubble(sylvie)
    sylvie.get_by_role("button", name="Pédale…").click()
    for bits, asked in ((1, "reculer"), (2, "lire"), (4, "avancer")):
        expect(sylvie.locator("#dit")).to_contain_text(asked)
        sylvie.evaluate(f"pedal.say({bits}); pedal.say(0)")
    expect(sylvie.locator("#dit")).to_have_text("Pédale prête.")
    sylvie.evaluate("document.querySelector('#son').currentTime = 9")
    sylvie.evaluate("pedal.say(1); pedal.say(0)")
    assert abs(sylvie.evaluate("document.querySelector('#son').currentTime") - 6) < 0.5
    sylvie.evaluate("pedal.say(2); pedal.say(0)")
    sylvie.wait_for_function("() => !document.querySelector('#son').paused")


def test_the_waveform_seeks_with_the_mouse_and_with_the_arrows(sylvie: Page, office: Cabinet) -> None:
    opened(sylvie, dictated(office, heard(gap=True)))
    close_bubble(sylvie)
    wave = sylvie.get_by_role("slider", name="Position dans l'enregistrement")
    sylvie.wait_for_function("() => document.querySelector('#onde').ariaValueMax > 10")
    box = wave.bounding_box()
    assert box is not None
    sylvie.mouse.click(box["x"] + box["width"] / 2, box["y"] + 5)
    half = sylvie.evaluate("document.querySelector('#son').currentTime / document.querySelector('#son').duration")
    assert 0.45 < half < 0.55
    wave.focus()
    before = sylvie.evaluate("document.querySelector('#son').currentTime")
    sylvie.keyboard.press("ArrowRight")
    assert sylvie.evaluate("document.querySelector('#son').currentTime") > before


def test_a_word_says_what_was_heard_which_rule_and_who_changed_it(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    draft = office.desk.settle(case.id, 0, "replaced", by=SECRETARY, text="fibrillation")
    assert draft is not None
    editor = opened(sylvie, case)
    editor.locator(".w", has_text="mg").first.hover()
    where = sylvie.locator("#origine")
    expect(where).to_contain_text("Entendumilligrammes")
    expect(where).to_contain_text("Règleunité")
    changed = editor.locator(".by-hand", has_text="fibrillation")
    changed.click(position={"x": 5, "y": 5})
    sylvie.keyboard.press("F2")
    expect(where).to_contain_text("Entendufibrilation")
    expect(where).to_contain_text("Écrit parSylvie Durand, version 2")
    sylvie.wait_for_function("() => !document.querySelector('#son').paused")
    sylvie.keyboard.press("Escape")
    expect(editor).to_be_focused()


# --- doubts ---------------------------------------------------------------------------------------------


def test_doubts_are_walked_with_tab_and_answered_with_one_key_each(sylvie: Page, office: Cabinet) -> None:
    text = LETTER.replace("auriculaire", "auriculère").replace("Bien", "Zorbex. Bien")
    case = dictated(office, heard(text))
    editor = opened(sylvie, case)
    word = sylvie.locator("#bulle-mot")
    expect(word).to_have_text("fibrilation")
    sylvie.keyboard.press("Tab")
    expect(word).to_have_text("auriculère")
    sylvie.keyboard.press("Shift+Tab")
    expect(word).to_have_text("fibrilation")
    sylvie.keyboard.press("p")
    sylvie.wait_for_function("() => !document.querySelector('#son').paused")
    expect(word).to_have_text("fibrilation")
    press_french_digit_two(sylvie)
    expect(word).to_have_text("auriculère")
    sylvie.keyboard.press("Enter")
    expect(word).to_have_text("Zorbex")
    sylvie.keyboard.press("a")
    expect(sylvie.locator("#bulle")).to_be_hidden()
    expect(sylvie.get_by_role("button", name="Approuver")).to_be_focused()
    expect(editor).to_contain_text("une défibrillation auriculaire.")
    saved(sylvie)
    assert "zorbex" in {word.casefold() for word in office.journal.accepted_words()}
    assert office.desk.open(case.id).open_findings == []
    assert "défibrillation auriculaire" in text_of(office, case)
    assert revision_of(office, case) == 2  # three answers, one version


def press_french_digit_two(page: Page) -> None:
    """The key of 2 on a French keyboard, without Shift: it says "é"."""
    key = {"key": "é", "code": "Digit2", "bubbles": True, "cancelable": True}
    page.evaluate("key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key))", key)


def test_letters_typed_before_the_first_doubt_opens_go_into_the_text(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    sylvie.add_init_script(
        """const found = indexedDB.open.bind(indexedDB);
        indexedDB.open = (...all) => {  // a slow disk: what was kept here is looked for before the doubt opens
          const asked = found(...all), set = Object.getOwnPropertyDescriptor(IDBRequest.prototype, "onsuccess").set;
          Object.defineProperty(asked, "onsuccess", {set: (tell) => set.call(asked, (e) => setTimeout(tell, 1500, e))});
          return asked;
        };"""
    )
    sylvie.goto(f"/dossiers/{case.number}")
    sylvie.locator(".ProseMirror").press("Control+a")
    sylvie.keyboard.type("Agathe, capable.", delay=120)
    expect(sylvie.locator(".ProseMirror")).to_contain_text("Agathe, capable.")
    assert "fibrilation" not in office.journal.accepted_words()


def test_a_risk_that_was_typed_is_framed_at_the_next_save_and_kept_with_one_key(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    editor = opened(sylvie, case)
    sylvie.keyboard.press("g")
    editor.press("Control+End")
    sylvie.keyboard.type(" Lévothyroxine 75 mg par jour.")
    saved(sylvie)
    expect(editor.locator(".doubt.risk")).to_have_text("75 mg")
    expect(editor).to_be_focused()  # nobody's keyboard is taken
    expect(sylvie.locator("#compte")).to_have_text("1 point grave à vérifier")
    expect(sylvie.locator("#brouillon [name=pdf]")).to_have_value(office.pdf_of(case))
    sylvie.keyboard.press("Control+Enter")
    expect(sylvie.locator("#refus, .notice.bad").first).to_contain_text("Un risque n'est pas vérifié")
    opened(sylvie, case)
    expect(sylvie.locator("#bulle-quoi")).to_contain_text("75 mg de Lévothyroxine")
    sylvie.keyboard.press("g")
    expect(sylvie.locator("#compte")).to_have_text("✓ aucun doute")
    saved(sylvie)
    assert office.desk.open(case.id).asked == []


def test_undo_takes_an_answer_back_with_its_words(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    editor = opened(sylvie, case)
    sylvie.keyboard.press("1")
    saved(sylvie)
    assert office.desk.open(case.id).open_findings == []
    editor.focus()
    sylvie.keyboard.press("Control+z")
    expect(editor.locator(".doubt")).to_have_text("fibrilation")
    expect(sylvie.locator("#etat-texte")).to_contain_text("version 3")
    assert [one.excerpt for _, one in office.desk.open(case.id).open_findings] == ["fibrilation"]
    sylvie.keyboard.press("Control+y")
    expect(editor).to_contain_text("fibrillation")


def test_a_passage_without_text_is_listened_to_before_approval(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office, heard(gap=True))
    opened(sylvie, case)
    done = sylvie.locator("#bulle [data-answer=e]")
    expect(done).to_be_disabled()
    sylvie.keyboard.press("Control+Enter")
    expect(sylvie.get_by_role("alert")).to_contain_text("Un passage de la dictée n'a pas de texte")
    assert office.journal.case(case.id).status is Status.TO_REVIEW
    expect(sylvie.locator("#bulle :focus")).to_have_count(1)
    sylvie.keyboard.press("e")  # not listened to yet: it is played instead
    expect(done).to_be_enabled()
    sylvie.keyboard.press("e")
    expect(sylvie.locator("#bulle-mot")).to_have_text("fibrilation")
    sylvie.keyboard.press("1")
    saved(sylvie)
    shown = re.compile(office.pdf_of(case)[:12])
    expect(sylvie.get_by_role("img", name="Page 1 du document")).to_have_attribute("src", shown)
    sylvie.keyboard.press("Control+Enter")
    sylvie.wait_for_url(re.compile("fait=approuve"))
    assert office.journal.case(case.id).status is Status.TO_SIGN


# --- the text as a document -----------------------------------------------------------------------------


def test_titles_lists_and_a_treatment_table_reach_the_document(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    editor = opened(sylvie, case)
    close_bubble(sylvie)
    to_end(editor)
    for keys in ("\n", "Traitement"):
        sylvie.keyboard.press("Enter") if keys == "\n" else sylvie.keyboard.type(keys)
    sylvie.get_by_role("button", name="Titre", exact=True).click()
    expect(editor.locator(".part-title").last).to_have_text("Traitement")
    sylvie.keyboard.press("ArrowDown")
    sylvie.get_by_role("button", name="Tableau", exact=True).click()
    for cell in ("bisoprolol 5 mg", "1 le matin", "3 mois", "apixaban 5 mg", "1 matin et soir"):
        sylvie.keyboard.type(cell)
        sylvie.keyboard.press("Tab")
    expect(editor.locator("tr")).to_have_count(3)
    to_end(editor)
    sylvie.keyboard.press("ArrowDown")
    saved(sylvie)
    assert text_of(office, case).endswith(
        "Traitement\nMédicament | Posologie | Durée\n"
        "bisoprolol 5 mg | 1 le matin | 3 mois\napixaban 5 mg | 1 matin et soir |"
    )
    sylvie.reload()
    expect(editor.locator("td")).to_have_count(9)
    expect(editor.locator("td").nth(8)).to_have_text("")


def test_a_dash_begins_a_list_and_an_empty_item_ends_it(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    editor = opened(sylvie, case)
    close_bubble(sylvie)
    to_end(editor)
    sylvie.keyboard.press("Enter")
    sylvie.keyboard.type("- repos")
    sylvie.keyboard.press("Enter")
    sylvie.keyboard.type("contrôle")
    sylvie.keyboard.press("Enter")
    sylvie.keyboard.press("Enter")
    sylvie.keyboard.type("Merci.")
    expect(editor.locator("p.item")).to_have_count(2)
    saved(sylvie)
    assert text_of(office, case).endswith("- repos\n- contrôle\n\nMerci.")


def test_undo_and_redo_have_no_end(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    editor = opened(sylvie, case)
    close_bubble(sylvie)
    before = editor.inner_text()
    to_end(editor)
    for number in range(150):
        sylvie.keyboard.type(f"{number} ")
        sylvie.keyboard.press("ArrowLeft")  # a step of its own
        sylvie.keyboard.press("ArrowRight")
    after = editor.inner_text()
    for _ in range(400):
        sylvie.keyboard.press("Control+z")
    assert editor.inner_text() == before
    for _ in range(400):
        sylvie.keyboard.press("Control+y")
    assert editor.inner_text() == after


LINES = st.text("ab1 é|-–:;«»’.\U0001f600", max_size=12)
TEXTS = st.lists(st.lists(LINES, min_size=1, max_size=3).map("\n".join), max_size=4).map("\n\n".join)


@pytest.fixture(scope="module")
def reader(chromium: Browser, office: Cabinet, base: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=base)
    page = entered(office, context, base)
    page.goto("/recherche")
    page.evaluate("async () => { window.schema = await import('/static/schema.js'); }")
    yield page
    context.close()


ROUND = """text => {
  const part = { heading: "", text, heading_origins: [], origins: [[0, [...text].length, 0, "", 0]] };
  const once = schema.sectionsOf(schema.documentOf([part]));
  const again = schema.sectionsOf(schema.documentOf(once.map((one) => ({ ...one, heading_origins: [], origins: [] }))));
  return [once.map((one) => one.text), again.map((one) => one.text)];
}"""


@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_a_text_that_nobody_touched_comes_back_as_it_was(reader: Page, text: str) -> None:
    once, again = reader.evaluate(ROUND, text)
    words = re.sub(r"[\s|]+", " ", "\n\n".join(once)).split()
    assert words == re.sub(r"[\s|]+", " ", text).split()
    assert again == once


# --- nothing is lost ------------------------------------------------------------------------------------


def test_one_pause_of_typing_makes_one_version_and_the_caret_stays(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    editor = opened(sylvie, case)
    close_bubble(sylvie)
    to_end(editor)
    sylvie.keyboard.type(" Merci de votre confiance")
    saved(sylvie)
    sylvie.keyboard.type(", et à bientôt.")
    expect(sylvie.locator("#etat-texte")).to_contain_text("version 3")
    assert text_of(office, case).endswith("Bien confraternellement. Merci de votre confiance, et à bientôt.")
    image = sylvie.get_by_role("img", name="Page 1 du document")
    expect(image).to_have_attribute("src", re.compile(office.pdf_of(case)[:12]))
    sylvie.reload()
    expect(sylvie.locator("#etat-texte")).to_have_text("Version 3")


def test_a_version_that_arrived_though_its_answer_was_lost_is_no_other_version(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    editor = opened(sylvie, case)
    close_bubble(sylvie)
    cut: list[str] = []

    def losing(route: Route) -> None:
        if cut:
            route.continue_()
        else:
            cut.append(route.request.url)
            route.fetch()
            route.abort("connectionreset")

    sylvie.route("**/texte", losing)
    to_end(editor)
    sylvie.keyboard.type(" Première phrase.")
    expect(sylvie.locator("#etat-texte")).to_contain_text("Hors ligne")
    assert revision_of(office, case) == 2
    sylvie.keyboard.type(" Seconde phrase.")
    saved(sylvie)
    expect(sylvie.locator("#conflit")).to_have_count(0)
    assert text_of(office, case).endswith(" Première phrase. Seconde phrase.")


def test_a_version_whose_answer_was_lost_and_whose_browser_died_is_no_other_version(
    browse: Callable[..., Page], office: Cabinet
) -> None:
    case = dictated(office)
    page = browse()
    editor = opened(page, case)
    close_bubble(page)
    arrived: list[int] = []

    def losing(route: Route) -> None:
        if not arrived:
            arrived.append(route.fetch().status)
        route.abort("connectionreset")

    page.route("**/texte", losing)
    to_end(editor)
    page.keyboard.type(" Première phrase.")
    expect(page.locator("#etat-texte")).to_contain_text("Hors ligne")
    page.keyboard.type(" Seconde phrase.")
    expect(page.locator("#etat-texte")).to_contain_text("Hors ligne")
    assert revision_of(office, case) == 2
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/texte")
    page.reload()
    expect(page.locator("#refus")).to_contain_text("a été repris de ce poste")
    saved(page)
    expect(page.locator("#conflit")).to_have_count(0)
    assert text_of(office, case).endswith(" Première phrase. Seconde phrase.")


def test_a_network_cut_for_a_minute_loses_nothing(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    sylvie.clock.install()
    editor = opened(sylvie, case)
    close_bubble(sylvie)
    sylvie.context.set_offline(True)
    to_end(editor)
    sylvie.keyboard.type(" Tapé hors ligne.")
    sylvie.clock.run_for(2_000)
    expect(sylvie.locator("#etat-texte")).to_contain_text("Hors ligne")
    sylvie.clock.run_for(60_000)
    sylvie.keyboard.type(" Et encore.")
    assert revision_of(office, case) == 1
    sylvie.context.set_offline(False)
    sylvie.clock.run_for(20_000)
    saved(sylvie)
    assert text_of(office, case).endswith("Tapé hors ligne. Et encore.")


def test_two_browsers_on_one_draft_are_told_and_neither_text_is_lost(
    browse: Callable[..., Page], office: Cabinet
) -> None:
    case = dictated(office)
    mine, theirs = browse(), browse("dr-vial")
    here, there = opened(mine, case), opened(theirs, case)
    close_bubble(mine)
    close_bubble(theirs)
    to_end(there)
    theirs.keyboard.type(" Du médecin.")
    saved(theirs)
    to_end(here)
    mine.keyboard.type(" De la secrétaire.")
    warning = mine.get_by_role("alert")
    expect(warning).to_contain_text("Dr Anne Vial a modifié ce brouillon pendant votre saisie (version 2)")
    expect(warning.locator("del")).to_contain_text("médecin")
    expect(warning.locator("ins")).to_contain_text("secrétaire")
    assert text_of(office, case).endswith("Du médecin.")
    mine.get_by_role("button", name="Prendre l'autre texte").click()
    expect(here).to_contain_text("Du médecin.")
    here.focus()
    mine.keyboard.press("Control+z")
    expect(here).to_contain_text("De la secrétaire.")
    saved(mine)
    assert text_of(office, case).endswith("De la secrétaire.")
    expect(theirs.get_by_role("alert")).to_contain_text("Sylvie Durand a modifié ce brouillon (version 3)")


def test_a_killed_server_loses_nothing(chromium: Browser, office: Cabinet, accounts: Accounts) -> None:
    case = dictated(office)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    context = chromium.new_context(base_url=base, viewport=WIDE)
    page = entered(office, context, base)
    token = context.cookies()[0]["value"]
    command = [sys.executable, "-m", "tests.web.serving", str(office.root), str(port), token]
    with subprocess.Popen(command, cwd=ROOT) as server:
        until_it_answers(base)
        editor = opened(page, case)
        close_bubble(page)
        to_end(editor)
        page.keyboard.type(" Avant.")
        server.send_signal(signal.SIGKILL)
        server.wait(10)
    page.keyboard.type(" Pendant la panne.")
    expect(page.locator("#etat-texte")).to_contain_text("gardé sur ce poste")
    with served(office, accounts, port):
        page.keyboard.type(" Après.")
        saved(page)
        context.close()
    assert text_of(office, case).endswith("Avant. Pendant la panne. Après.")


def until_it_answers(base: str) -> None:
    for _ in range(600):
        try:
            httpx.get(f"{base}/connexion")
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def test_a_killed_browser_loses_nothing_and_what_it_keeps_cannot_be_read(
    chromium: Browser, office: Cabinet, base: str, tmp_path: Path
) -> None:
    case = dictated(office)

    def launch() -> BrowserContext:
        return chromium.browser_type.launch_persistent_context(
            tmp_path / "profile", executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS, base_url=base
        )

    context = launch()
    page = entered(office, context, base)
    editor = opened(page, case)
    close_bubble(page)
    context.set_offline(True)
    to_end(editor)
    page.keyboard.type(" Phrase introuvable.")
    expect(page.locator("#etat-texte")).to_contain_text("gardé sur ce poste")
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and str(tmp_path).encode() in _command(process):
            os.kill(int(process.name), signal.SIGKILL)
    kept = [file.read_bytes() for file in (tmp_path / "profile").rglob("*") if file.is_file()]
    assert not any("introuvable".encode(code) in content for content in kept for code in ("utf-8", "utf-16-le"))

    context = launch()
    page = entered(office, context, base)
    editor = opened(page, case)
    expect(editor).to_contain_text("Phrase introuvable.")
    saved(page)
    assert text_of(office, case).endswith("Phrase introuvable.")
    context.close()


def _command(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def test_leaving_wipes_what_the_browser_kept(sylvie: Page, office: Cabinet) -> None:
    opened(sylvie, dictated(office))
    close_bubble(sylvie)
    sylvie.get_by_role("button", name="Se déconnecter").click()
    expect(sylvie.get_by_label("Identifiant")).to_be_visible()
    assert sylvie.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)") == []
    assert sylvie.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('calame'))") == []


def test_an_earlier_version_is_taken_back_and_undo_returns(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    office.desk.settle(case.id, 0, "replaced", by=SECRETARY, text="fibrillation")
    editor = opened(sylvie, case)
    sylvie.get_by_text("Historique et autres gestes").click()
    sylvie.get_by_role("button", name="Reprendre le texte de la version 1").click()
    expect(editor).to_contain_text("fibrilation")
    sylvie.keyboard.press("Control+z")
    expect(editor).to_contain_text("fibrillation")


def test_sections_of_many_kinds_are_not_saved_again_when_nobody_typed(sylvie: Page, office: Cabinet) -> None:
    case = dictated(office)
    odd = (Section("Traitement", "a | b\nc | d\n\n- un\n- deux\n\n– trois"), Section("", "x\ty\nz : t"))
    draft = office.desk.open(case.id).draft
    assert draft is not None
    office.desk.correct(case.id, Correction(odd, 1), by=SECRETARY)
    opened(sylvie, case)
    sylvie.keyboard.press("Control+s")
    expect(sylvie.locator("#dit")).to_contain_text("Enregistré")
    assert revision_of(office, case) == 2


# --- for everybody --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_no_rule_of_accessibility_is_broken(
    browse: Callable[..., Page], office: Cabinet, scheme: str, width: int
) -> None:
    page = browse(scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    opened(page, dictated(office, heard(gap=True, figure=True)))
    expect(page.locator("#bulle")).to_be_visible()
    page.evaluate((ROOT / "tests" / "web" / "vendor" / "axe.min.js").read_text("utf-8"))
    found = page.evaluate(
        """async () => (await axe.run(document, { rules: { "target-size": { enabled: true } } }))
            .violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html)])"""
    )
    assert found == []


def test_twice_as_large_the_page_still_fits(sylvie: Page, office: Cabinet) -> None:
    sylvie.set_viewport_size({"width": 720, "height": 450})  # 1440 by 900 at 200 %
    opened(sylvie, dictated(office))
    assert sylvie.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    expect(sylvie.get_by_role("button", name="Approuver")).to_be_visible()
