"""The doctor's minute in the evening, on a telephone: see, sign what was seen, send one back by voice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.model.case import Status
from tests.practice import CERTIFICATE, LETTER, PASSWORD, Cabinet


@pytest.fixture
def telephone(chromium: Browser, address: str) -> Iterator[Page]:
    """A telephone's screen with a microphone that beeps."""
    context = chromium.new_context(
        base_url=address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="fr-FR"
    )
    yield context.new_page()
    context.close()


def test_a_doctor_sees_signs_and_sends_back_by_voice_on_a_telephone(telephone: Page, cabinet: Cabinet) -> None:
    letter, certificate = cabinet.approved(LETTER), cabinet.approved(CERTIFICATE)
    telephone.goto("/connexion")
    telephone.fill("[name=login]", "dr-vial")
    telephone.fill("[name=password]", PASSWORD)
    telephone.press("[name=password]", "Enter")
    telephone.wait_for_selector("nav")
    telephone.goto("/signer")
    boxes = telephone.locator("input[name=document]")
    expect(boxes).to_have_count(2)
    expect(boxes.nth(1)).to_be_disabled()
    for picture in telephone.locator(".to-sign img").all():
        picture.evaluate("one => one.scrollIntoView({block: 'end'})")
        telephone.wait_for_timeout(900)
    expect(telephone.locator("#vus")).to_have_text("2 sur 2 vus")
    assert telephone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    back = telephone.locator(f"#d-{certificate.number}")
    back.locator("summary").click()
    back.get_by_role("button", name="Dicter la remarque").click()
    telephone.wait_for_timeout(800)
    back.get_by_role("button", name="Arrêter").click()
    expect(back.locator("audio")).to_be_visible()
    back.get_by_role("button", name="Renvoyer").click()
    expect(telephone.get_by_text("renvoyé au secrétariat")).to_be_visible()
    telephone.goto("/signer")
    expect(telephone.locator("input[name=document]")).to_be_checked()
    telephone.get_by_role("button", name="Signer les documents cochés").click()
    expect(telephone.get_by_text("Terminé.")).to_be_visible()
    assert cabinet.journal.case(certificate.id).status is Status.SENT_BACK
    assert cabinet.journal.case(letter.id).status in (Status.SIGNED, Status.FILED)
