"""The addressee in a real Chromium: created where the letter is read, and reached by the mouse beside an open doubt."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from pipeline.model.case import Status
from pipeline.model.people import Correspondent
from pipeline.testing import WordListLexicon
from tests.practice import LETTER, Cabinet
from tests.web.test_browser import log_in, said

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


# --- a recipient who is not in the register --------------------------------------------------------------------

UNKNOWN = LETTER.replace("docteur Antoine Lescure", "docteur Paul Vernier, cardiologue")


def recipient_of(cabinet: Cabinet, case_id: str) -> Correspondent | None:
    draft = cabinet.desk.open(case_id).draft
    assert draft is not None
    return draft.revision.recipient


def test_a_recipient_is_created_on_the_draft_by_the_keyboard_alone(page: Page, cabinet: Cabinet) -> None:
    case_id = opened(page, cabinet, UNKNOWN)
    before = page.get_by_role("img", name="Page 1 du document").get_attribute("src")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Merci.")
    page.locator(".newcomer > summary").focus()
    page.keyboard.press("Enter")
    for _ in range(4):
        page.keyboard.press("Tab")
    expect(page.get_by_label("Spécialité")).to_be_focused()
    expect(page.get_by_label("Spécialité")).to_have_value("cardiologue")
    page.keyboard.press("Tab")
    page.keyboard.type("7 rue des Lilas")
    page.keyboard.press("Enter")
    page.keyboard.type("99000 ESSAI")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Destinataire choisi")
    expect(page.locator("#bandeau .to")).to_contain_text("Dr Paul VERNIER")
    expect(page.locator("#bandeau .to")).to_contain_text("entendu : «\xa0Courrier au docteur Paul Vernier, cardiologue")
    expect(page.locator("[name=recipient] option:checked")).to_have_text("Dr Paul VERNIER (cardiologue)")
    expect(page.locator("#manques")).to_be_hidden()
    expect(page.get_by_role("img", name="Page 1 du document")).not_to_have_attribute("src", before or "")
    recipient = recipient_of(cabinet, case_id)
    assert recipient is not None and recipient.address == "7 rue des Lilas\n99000 ESSAI"
    expect(page.locator(".ProseMirror")).to_contain_text("Merci.")


def test_the_identity_at_the_top_follows_a_recipient_that_is_chosen(page: Page, cabinet: Cabinet) -> None:
    opened(page, cabinet, UNKNOWN)
    line = page.locator("#a-qui")
    expect(line).to_have_text("Destinataire absent du répertoire")
    page.keyboard.press("Escape")
    page.locator("[name=recipient]").select_option("c1")
    expect(line).to_have_text("à Dr Antoine LESCURE, médecine générale · 99000 ESSAI")
    expect(page.locator("details.heads > summary")).to_contain_text("à Dr Antoine LESCURE")
    expect(page.locator("#manques")).to_be_hidden()
    page.locator("[name=recipient]").select_option("")
    expect(page.locator("details.heads > summary")).not_to_contain_text("LESCURE")
    expect(line).to_have_text("Destinataire absent du répertoire")


def test_a_wrong_number_is_told_beside_it_has_the_keyboard_and_nothing_else_is_lost(
    page: Page, cabinet: Cabinet
) -> None:
    case_id = opened(page, cabinet, UNKNOWN)
    page.keyboard.press("Escape")
    page.locator(".newcomer > summary").click()
    page.get_by_label("Adresse").fill("7 rue des Lilas\n99000 ESSAI")
    page.get_by_label("RPPS").fill("12345")
    page.keyboard.press("Enter")
    number = page.get_by_label("RPPS")
    expect(number).to_be_focused()
    expect(number).to_have_accessible_description("Le numéro RPPS doit avoir 11 chiffres et une clé exacte.")
    fault, player = page.locator("#faute-rpps").bounding_box(), page.locator(".player").bounding_box()
    assert fault is not None and player is not None and fault["y"] + fault["height"] <= player["y"]
    expect(page.locator("#bulle")).to_be_hidden()
    expect(page.get_by_label("Adresse")).to_have_value("7 rue des Lilas\n99000 ESSAI")
    expect(page.get_by_label("Prénom")).to_have_value("Paul")
    number.fill("10999990012")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Destinataire choisi")
    recipient = recipient_of(cabinet, case_id)
    assert recipient is not None and recipient.rpps == "10999990012"


def test_a_namesake_is_taken_with_one_key(page: Page, cabinet: Cabinet) -> None:
    case_id = opened(page, cabinet, UNKNOWN)
    page.keyboard.press("Escape")
    page.locator(".newcomer > summary").click()
    page.get_by_label("Prénom").fill("antoine")
    page.locator("[name=to_last_name]").fill("Lescüre")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Déjà dans le répertoire")).to_contain_text("2 rue du Test, 99000 ESSAI")
    expect(page.get_by_role("button", name="Créer quand même")).to_be_visible()
    expect(page.get_by_role("button", name="Utiliser celui-ci : Dr Antoine LESCURE")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#bandeau .to")).to_contain_text("Dr Antoine LESCURE")
    recipient = recipient_of(cabinet, case_id)
    assert recipient is not None and recipient.id == "c1"


def test_a_recipient_is_created_with_the_identity_question(page: Page, cabinet: Cabinet) -> None:
    case = cabinet.dictate(UNKNOWN.replace("Solange Marchand", "Odile Perdrix"))
    assert case.status is Status.HELD
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    expect(page.locator("#bandeau .to")).to_contain_text("Destinataire absent du répertoire")
    page.locator("[data-find]").press_sequentially("marchand")
    page.locator(".found .pick", has_text="MARCHAND Solange").locator("input").check()
    page.get_by_text("Nouveau destinataire : Dr Paul VERNIER, cardiologue").click()
    page.get_by_label("MSSanté").fill("paul.vernier@medecin.mssante.example")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("vérifiez, puis confirmez")
    expect(page.get_by_role("radio", name="MARCHAND Solange")).to_be_checked()
    expect(page.locator("[name=recipient] option:checked")).to_have_text("Dr Paul VERNIER (cardiologue)")
    page.get_by_role("button", name="Confirmer l'identité").click()
    expect(page.locator("#brouillon")).to_be_visible()
    expect(page.locator("#bandeau .to")).to_contain_text("Dr Paul VERNIER")
    recipient = recipient_of(cabinet, case.id)
    assert recipient is not None and recipient.email == "paul.vernier@medecin.mssante.example"


def test_a_key_that_approves_does_not_pass_over_a_recipient_that_was_begun(page: Page, cabinet: Cabinet) -> None:
    case_id = opened(page, cabinet)
    page.locator("details.heads > summary").click()
    page.locator(".newcomer > summary").click()
    page.locator("[name=to_last_name]").fill("Vernier")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert").first).to_contain_text("commencé")
    expect(page.locator("[name=to_last_name]")).to_have_value("Vernier")
    assert cabinet.journal.case(case_id).status is Status.TO_REVIEW
    page.get_by_role("button", name="Abandonner").click()
    expect(said(page)).to_contain_text("abandonnée")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    expect(said(page)).to_contain_text("approuvé")


def test_a_recipient_that_was_begun_is_not_left_unseen(page: Page, cabinet: Cabinet) -> None:
    opened(page, cabinet, UNKNOWN)
    page.locator(".newcomer > summary").click()
    page.get_by_label("Adresse").press_sequentially("7 rue")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]


def test_where_the_search_field_has_no_room_its_key_opens_the_search(page: Page, cabinet: Cabinet) -> None:
    page.set_viewport_size({"width": 700, "height": 800})
    cabinet.dictate()
    log_in(page, "sylvie")
    expect(page.get_by_role("search", name="Archive")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("heading", name="Recherche dans l'archive")).to_be_visible()
    expect(page.get_by_label("Mots")).to_be_focused()


def test_the_form_of_a_recipient_fits_a_telephone(page: Page, cabinet: Cabinet) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, cabinet, UNKNOWN)
    page.keyboard.press("Escape")
    page.locator(".newcomer > summary").click()
    expect(page.get_by_role("button", name="Créer et choisir ce destinataire")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


def test_a_key_pressed_while_the_page_still_loads_never_empties_the_text(page: Page, cabinet: Cabinet) -> None:
    """The editor takes the text out of the plain form: a form that was on its way then must get it back."""
    case = cabinet.dictate(LETTER)
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None
    log_in(page, "sylvie")
    waiting: dict[str, Route] = {}
    page.route("**/static/editor.js", lambda route: waiting.update(editor=route))
    page.route("**/session", lambda route: waiting.update(session=route))
    page.goto(f"/dossiers/{case.number}")
    page.keyboard.press("Control+Enter")
    while not {"editor", "session"} <= set(waiting):
        page.wait_for_timeout(20)
    waiting["editor"].continue_()
    expect(page.locator(".ProseMirror")).to_be_visible()
    waiting["session"].continue_()
    expect(said(page)).to_contain_text("approuvé")
    kept = cabinet.desk.open(case.id).draft
    assert kept is not None and kept.revision.sections == draft.revision.sections
