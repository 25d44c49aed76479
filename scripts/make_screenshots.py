"""Pictures of the parapheur for the docs: ``python scripts/make_screenshots.py [NAME…]`` writes ``docs/pictures``.

Needs what the tests need (Debian's Chromium). Every person and document in them is invented.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.model.case import Medium  # noqa: E402
from pipeline.model.people import Role, User  # noqa: E402
from pipeline.model.text import TAKEN_BACK, Gap, Token, Transcript  # noqa: E402
from pipeline.testing import WordListLexicon, spoken  # noqa: E402
from pipeline.web.accounts import Accounts  # noqa: E402
from pipeline.web.app import Site  # noqa: E402
from tests.practice import CERTIFICATE, LETTER, PASSWORD, SECRETARY, Cabinet, hashed_password  # noqa: E402
from tests.scan import pages as paper  # noqa: E402
from tests.web.conftest import CHROMIUM_FLAGS  # noqa: E402
from tests.web.test_scanning_browser import JOSETTE, Doubtful  # noqa: E402

PORT = 8497
OUT = ROOT / "docs" / "pictures"
SHEET = ROOT / "docs" / "pages.md"
SIZES = {"large": (1440, 900), "telephone": (390, 844)}
ADMINISTRATOR = User("racine", "Paul Racine", Role.ADMINISTRATOR)
PAGES = {
    "connexion": ("", "/connexion", "Entrer"),
    "pile": ("sylvie", "/", "La pile"),
    "relecture": ("sylvie", "/dossiers/{0}", "La relecture d'une dictée"),
    "identite": ("sylvie", "/dossiers/{3}", "De qui parle cette dictée ?"),
    "scan": ("sylvie", "/dossiers/{6}", "Une page numérisée"),
    "signature": ("dr-vial", "/dossiers/{4}", "Un document à signer"),
    "a-signer": ("dr-vial", "/signer", "La pile à signer"),
    "recherche": ("sylvie", "/recherche?q=bisoprolol", "La recherche"),
    "patient": ("sylvie", "/patients/p1", "Le dossier d'un patient"),
    "motif": ("dr-roche", "/patients/p1", "Hors de ses patients : un motif"),
    "appris": ("sylvie", "/appris", "Ce qui a été appris"),
    "compte": ("sylvie", "/compte", "Mon compte"),
    "comptes": ("racine", "/admin", "Les comptes"),
    "journal": ("racine", "/admin/journal", "Le journal"),
}
"""Picture: who looks, at which address ({n}: the case number n), and what is seen."""


def heard() -> Transcript:
    """The letter with a figure that two hearings gave differently, a passage without text, and words set aside."""
    letter = spoken(LETTER)
    doubt = "chiffre à vérifier : aussi entendu « 15 »"
    tokens = [replace(token, doubt=doubt) if token.text == "5" else token for token in letter.tokens]
    left_out = [Token("", "", word, TAKEN_BACK, 0.9, 13.0, 14.0) for word in ("contrôle", "en", "mars")]
    gap = Gap(8.0, 10.4)
    return replace(letter, tokens=(*tokens[:-2], *left_out, *tokens[-2:]), gaps=(gap,), explained=letter.speech - 2.4)


def cases(cabinet: Cabinet) -> list[str]:
    cabinet.hearing.transcript = heard()
    first = cabinet.dictate(sound=sound("letter")).number
    cabinet.hearing.transcript = None
    to_sign = cabinet.dictate(CERTIFICATE, sound=sound("certificate"))
    cabinet.desk.approve(to_sign.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(to_sign))
    return [
        first,
        cabinet.dictate(CERTIFICATE, sound=sound("convocation")).number,
        cabinet.dictate("Urgent. " + LETTER, sound=sound("consultation")).number,
        cabinet.dictate(LETTER.replace("Solange Marchand", "Odile Perdrix"), sound=sound("unknown")).number,
        to_sign.number,
        cabinet.filed(LETTER).number,
        scanned(cabinet),
    ]


def sound(name: str) -> bytes:
    """A real dictation, for the waveform; the words come from the text beside it."""
    return (ROOT / "tests" / "audio" / f"{name}.opus").read_bytes()


def scanned(cabinet: Cabinet) -> str:
    """A letter of a colleague on paper, really read."""
    cabinet.journal.import_patients([JOSETTE], actor="essai")
    letter = paper.image_pdf(paper.page(150))
    return cabinet.run(cabinet.receive(letter, medium=Medium.SCAN, media_type="application/pdf")).number


def main() -> None:
    lexicon = WordListLexicon({"fibrilation": ("fibrillation", "défibrillation")})
    cabinet = Cabinet(Path(tempfile.mkdtemp()), lexicon=lexicon, reader=Doubtful())  # type: ignore[arg-type]
    numbers = cases(cabinet)
    site = Site(cabinet.desk, Accounts(cabinet.journal, session_minutes=60), cabinet.root / "son")
    server = uvicorn.Server(uvicorn.Config(site.application(), port=PORT, log_level="error"))
    serving = threading.Thread(target=server.run)
    serving.start()
    while not server.started:
        time.sleep(0.05)
    cabinet.journal.save_user(ADMINISTRATOR, hashed_password(), actor="essai")
    asked = sys.argv[1:] or list(PAGES)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        for name in asked:
            login, address, _ = PAGES[name]
            for size, (width, height) in SIZES.items():
                page = browser.new_context(
                    base_url=f"http://127.0.0.1:{PORT}", viewport={"width": width, "height": height}, locale="fr-FR"
                ).new_page()
                page.goto("/connexion")
                if login:
                    page.fill("[name=login]", login)
                    page.fill("[name=password]", PASSWORD)
                    page.click("text=Entrer")
                    page.wait_for_selector("header nav")
                    page.goto(address.format(*numbers))
                page.wait_for_timeout(1500)
                target = OUT / f"parapheur-{name}{'' if size == 'large' else '-telephone'}.png"
                page.screenshot(path=target)
                Image.open(target).convert("RGB").quantize(64).save(target, optimize=True)
                print(target.relative_to(ROOT), f"{target.stat().st_size // 1000} kB")
                page.context.close()
        browser.close()
    server.should_exit = True
    serving.join()
    SHEET.write_text(sheet(), encoding="utf-8")


def sheet() -> str:
    """All pictures on one page."""
    lines = [
        "# The pages of the parapheur",
        "",
        "Made by `python scripts/make_screenshots.py`; everybody in them is invented.",
        "",
    ]
    for name, (_, address, seen) in PAGES.items():
        here = f"pictures/parapheur-{name}"
        told = address.partition("?")[0].replace("{", "<").replace("}", ">")
        lines += [f"## {seen}", "", f"`{told}`" if "<" not in told else "`/dossiers/…`", ""]
        lines += [
            "| desktop | telephone |",
            "|---|---|",
            f"| ![{seen}]({here}.png) | ![{seen}]({here}-telephone.png) |",
            "",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
