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

from pipeline.model.text import TAKEN_BACK, Gap, Token, Transcript  # noqa: E402
from pipeline.testing import WordListLexicon, spoken  # noqa: E402
from pipeline.web.accounts import Accounts  # noqa: E402
from pipeline.web.app import Site  # noqa: E402
from tests.practice import CERTIFICATE, LETTER, PASSWORD, Cabinet  # noqa: E402
from tests.web.conftest import CHROMIUM_FLAGS  # noqa: E402

PORT = 8497
OUT = ROOT / "docs" / "pictures"
PAGES = {"relecture": ("sylvie", 0), "identite": ("sylvie", 3), "signature": ("dr-vial", 4)}
"""Picture, who looks, and at which of the cases."""


def heard() -> Transcript:
    """The letter with a figure that two hearings gave differently, a passage without text, and words set aside."""
    letter = spoken(LETTER)
    doubt = "chiffre à vérifier : aussi entendu « 15 »"
    tokens = [replace(token, doubt=doubt) if token.text == "5" else token for token in letter.tokens]
    left_out = [Token("", "", word, TAKEN_BACK, 0.9, 13.0, 14.0) for word in ("contrôle", "en", "mars")]
    gap = Gap(8.0, 10.4)
    return replace(letter, tokens=(*tokens[:-2], *left_out, *tokens[-2:]), gaps=(gap,), explained=letter.speech - 2.4)


def cases(cabinet: Cabinet) -> list[str]:
    sound = (ROOT / "tests" / "audio" / "letter.opus").read_bytes()
    cabinet.hearing.transcript = heard()
    first = cabinet.dictate(sound=sound).number
    cabinet.hearing.transcript = None
    return [
        first,
        cabinet.dictate(CERTIFICATE).number,
        cabinet.dictate("Urgent. " + LETTER).number,
        cabinet.dictate(LETTER.replace("Solange Marchand", "Odile Perdrix")).number,
        cabinet.approved(CERTIFICATE).number,
        cabinet.filed(LETTER).number,
    ]


def main() -> None:
    lexicon = WordListLexicon({"fibrilation": ("fibrillation", "défibrillation")})
    cabinet = Cabinet(Path(tempfile.mkdtemp()), lexicon=lexicon)
    numbers = cases(cabinet)
    site = Site(cabinet.desk, Accounts(cabinet.journal, session_minutes=60), cabinet.root / "son")
    server = uvicorn.Server(uvicorn.Config(site.application(), port=PORT, log_level="error"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    asked = sys.argv[1:]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        for name, (login, place) in {"pile": ("sylvie", -1), **PAGES}.items():
            if asked and name not in asked:
                continue
            context = browser.new_context(base_url=f"http://127.0.0.1:{PORT}", viewport={"width": 1280, "height": 800})
            page = context.new_page()
            page.goto("/connexion")
            page.fill("[name=login]", login)
            page.fill("[name=password]", PASSWORD)
            page.click("text=Entrer")
            page.goto("/" if place < 0 else f"/dossiers/{numbers[place]}")
            page.wait_for_timeout(1200)
            target = OUT / f"parapheur-{name}.png"
            page.screenshot(path=target)
            Image.open(target).convert("RGB").quantize(256).save(target, optimize=True)
            print(target.relative_to(ROOT), f"{target.stat().st_size // 1000} kB")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
