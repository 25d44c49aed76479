"""The day of a secretary and a doctor, in a real Chromium."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from pipeline.model.case import Status
from pipeline.testing import WordListLexicon
from tests.practice import LETTER, PASSWORD, SECRETARY, Cabinet

expect.set_options(timeout=20_000)
SOUND = Path(__file__).parent.parent / "audio" / "letter.opus"


def log_in(page: Page, login: str) -> None:
    page.goto("/connexion")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Entrer").click()
    expect(page.get_by_role("navigation", name="Piles")).to_be_visible()


def said(page: Page) -> Locator:
    """What the page says of the last gesture."""
    return page.locator("main > .notice:not([id])")


def write(page: Page, text: str) -> None:
    """``text`` in place of the document's."""
    page.locator(".ProseMirror").press("Control+a")
    page.keyboard.type(text)


def log_out(page: Page) -> None:
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_label("Identifiant")).to_be_visible()


def test_open_listen_correct_approve_sign_and_find(page: Page, cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER, sound=SOUND.read_bytes())

    log_in(page, "sylvie")
    page.get_by_role("link", name="Courrier").first.click()
    expect(page.locator(".identity .name")).to_have_text("MARCHAND Solange")
    expect(page.get_by_role("img", name="Page 1 du document")).to_be_visible()

    editor = page.locator(".ProseMirror")
    editor.locator(".w", has_text="fibrilation").click()
    page.wait_for_function("document.querySelector('#son').currentTime > 0.5")
    expect(editor.locator(".w.lit, .lit")).to_have_count(1)
    page.evaluate("document.querySelector('#son').pause()")

    page.keyboard.press("1")
    expect(page.locator("#etat-texte")).to_contain_text("Enregistré")
    expect(editor).to_contain_text("une fibrillation auriculaire. Elle prend 5 mg de bisoprolol.")

    write(page, "Cher confrère, fibrillation auriculaire, bisoprolol 10 mg.")
    page.keyboard.press("Control+s")
    expect(page.locator("#dit")).to_contain_text("Enregistré")
    page.keyboard.press("Control+Enter")
    expect(said(page)).to_contain_text("approuvé")
    log_out(page)

    log_in(page, "dr-vial")
    page.get_by_role("link", name="Courrier").first.click()
    expect(page.get_by_role("button", name="Signer")).to_be_disabled()
    page.get_by_role("img", name="Page 1 du document").evaluate("one => one.scrollIntoView({block: 'end'})")
    page.get_by_role("button", name="Signer").click()
    expect(said(page)).to_contain_text("signé")

    page.goto("/recherche")
    page.get_by_label("Mots").press_sequentially("fibrillations auriculaire")
    expect(page.locator("#resultats .hits")).to_contain_text("MARCHAND Solange")
    expect(page.locator("#resultats mark").first).to_have_text("fibrillation")
    for _ in range(2):
        page.get_by_label("Chez le patient seulement").check()
        expect(page.locator("#resultats .hits")).to_contain_text("contexte non lu")
        page.get_by_label("Chez le patient seulement").uncheck()
        expect(page.locator("#resultats .hits")).not_to_contain_text("contexte non lu")
    assert cabinet.journal.case(case.id).status is Status.FILED


def test_a_held_dictation_is_answered_by_searching_the_patient(page: Page, cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER.replace("Solange Marchand", "Odile Perdrix"), sound=SOUND.read_bytes())
    assert case.status is Status.HELD
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    page.locator("[data-find]").first.press_sequentially("marchand")
    page.locator(".found .pick", has_text="MARCHAND Solange").locator("input").check()
    page.get_by_role("button", name="Confirmer l'identité").click()
    expect(page.locator("#brouillon")).to_be_visible()
    expect(page.locator(".identity .name")).to_have_text("MARCHAND Solange")


def test_typed_text_is_not_lost_when_leaving_by_mistake(page: Page, cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    page.locator(".ProseMirror").press_sequentially("x")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]


def test_a_scan_is_confirmed_and_filed(page: Page, cabinet: Cabinet) -> None:
    letter = cabinet.flow.parts.blobs.read(cabinet.desk.open(cabinet.dictate().id).draft.pdf)  # type: ignore[union-attr]
    case = cabinet.scan(letter, "Concernant Madame Solange MARCHAND née le 12/04/1954. Échographie normale.")
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    expect(page.get_by_role("img", name="Page 1 du document")).to_be_visible()
    page.get_by_role("button", name="Confirmer et classer").click()
    expect(said(page)).to_contain_text("confirmé")
    page.goto(f"/dossiers/{case.number}")
    page.get_by_role("link", name="Dossier du patient").click()
    expect(page.locator(".hits li")).to_have_count(1)


def test_the_pages_fit_a_phone(page: Page, cabinet: Cabinet) -> None:
    case = cabinet.approved()
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, "dr-vial")
    for path in ("/", f"/dossiers/{case.number}", "/recherche", "/patients/p1"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), path


THREE_DOUBTS = LETTER.replace("auriculaire", "auriculère").replace("bisoprolol", "bisoprolole")


def test_a_secretary_and_a_doctor_need_no_mouse(page: Page, cabinet: Cabinet) -> None:
    cabinet.lexicon = WordListLexicon(
        {"fibrilation": ("fibrillation",), "auriculère": ("auriculaire",), "bisoprolole": ()}
    )
    first = cabinet.dictate(THREE_DOUBTS, sound=SOUND.read_bytes())
    second = cabinet.dictate(LETTER)

    page.goto("/connexion")
    page.keyboard.type("sylvie")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    link = page.locator(f"#ouvrir-{first.id}")
    link.focus()
    page.wait_for_timeout(3_500)
    expect(link).to_be_focused()
    page.keyboard.press("Enter")

    doubt = page.locator("#bulle-mot")
    expect(doubt).to_have_text("fibrilation")
    page.keyboard.press("p")
    page.wait_for_function("document.querySelector('#son').currentTime > 0")
    press_french_digit_one(page)
    expect(doubt).to_have_text("auriculère")
    page.keyboard.press("g")
    expect(doubt).to_have_text("bisoprolole")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Approuver")).to_be_focused()
    expect(page.locator("#compte")).to_have_text("✓ aucun doute")
    expect(page.locator("#etat-texte")).to_contain_text("Enregistré")
    assert "bisoprolole" in cabinet.journal.accepted_words()

    text = page.locator(".ProseMirror")
    text.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Merci.")
    page.keyboard.press("Control+s")
    expect(page.locator("#dit")).to_contain_text("Enregistré")
    expect(text).to_be_focused()
    page.get_by_role("button", name="Enregistrer").focus()
    page.keyboard.press("Control+Enter")
    expect(said(page)).to_contain_text("approuvé")
    expect(page.locator("small", has_text=second.number)).to_be_visible()
    expect(doubt).to_have_text("fibrilation")
    log_out(page)

    log_in(page, "dr-vial")
    page.goto(f"/dossiers/{first.number}")
    see_all(page)
    page.keyboard.press("Control+Enter")
    expect(said(page)).to_contain_text("signé")


def see_all(page: Page) -> None:
    """The key that signs first goes through the document."""
    expect(page.get_by_text("faites défiler")).to_be_visible()
    page.wait_for_function("document.querySelector('.sheets img').naturalHeight > 0")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("✓ vu")).to_be_visible()


def press_french_digit_one(page: Page) -> None:
    """The key of 1 on a French keyboard, without Shift: it says "&"."""
    key = {"key": "&", "code": "Digit1", "bubbles": True, "cancelable": True}
    page.evaluate("key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key))", key)


def test_a_key_held_down_never_signs_the_next_document_unseen(page: Page, cabinet: Cabinet) -> None:
    first, second = cabinet.approved(), cabinet.approved()
    log_in(page, "dr-vial")
    page.goto(f"/dossiers/{first.number}")
    see_all(page)
    page.keyboard.down("Control")
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")
    expect(page.locator("small", has_text=second.number)).to_be_visible()
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.keyboard.press("Enter")
    page.keyboard.up("Control")
    page.wait_for_timeout(1_500)
    assert cabinet.journal.case(second.id).status is Status.TO_SIGN


def test_enter_in_the_patient_search_never_confirms_the_proposed_patient(page: Page, cabinet: Cabinet) -> None:
    letter = cabinet.flow.parts.blobs.read(cabinet.desk.open(cabinet.dictate().id).draft.pdf)  # type: ignore[union-attr]
    case = cabinet.scan(letter, "Concernant Madame Solange MARCHAND née le 12/04/1954. Échographie normale.")
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    page.locator("[data-find]").press_sequentially("renard")
    page.keyboard.press("Enter")
    expect(page.locator(".found .pick")).to_contain_text("RENARD Hugo")
    page.wait_for_timeout(500)
    assert cabinet.journal.case(case.id).status is Status.TO_CONFIRM


def test_what_was_typed_survives_a_session_that_expired(page: Page, cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    log_in(page, "sylvie")
    page.goto(f"/dossiers/{case.number}")
    text = page.locator(".ProseMirror")
    page.context.clear_cookies()
    write(page, "Tapé pendant une heure.")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("alert")).to_contain_text("session a expiré")
    expect(text).to_contain_text("Tapé pendant une heure.")
    other = page.context.new_page()
    log_in(other, "sylvie")
    other.close()
    page.keyboard.press("Control+s")
    expect(page.locator("#dit")).to_contain_text("Enregistré")
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None and draft.revision.sections[0].text == "Tapé pendant une heure."


def test_what_was_learned_is_heard_and_switched_off_with_the_keyboard_only(page: Page, cabinet: Cabinet) -> None:
    case = cabinet.dictate(LETTER, sound=SOUND.read_bytes())
    cabinet.desk.settle(case.id, 0, "replaced", by=SECRETARY, text="fibrillation")
    cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))
    [one] = cabinet.desk.learned()
    log_in(page, "sylvie")
    page.get_by_role("link", name="Appris").click()
    page.get_by_role("button", name="écouter « fibrilation »").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => document.querySelector('#son').currentTime > {one.start}")
    page.wait_for_function("() => document.querySelector('#son').paused")
    assert page.evaluate("document.querySelector('#son').currentTime") < one.end + 2
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Désactivé")
    expect(page.locator(".tag")).to_have_text("désactivé")
