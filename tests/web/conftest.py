"""A parapheur over a small practice: in memory for pages, on a loopback port for the browser."""

from __future__ import annotations

import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from starlette.testclient import TestClient

from pipeline.web.accounts import Accounts
from pipeline.web.app import Site
from tests.practice import PASSWORD, Cabinet

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    return Cabinet(tmp_path)


class Visitor:
    """A logged-in browser without a screen."""

    def __init__(self, site: TestClient, login: str = "") -> None:
        self.http = site
        if login:
            answer = self.post("/connexion", login=login, password=PASSWORD)
            assert answer.status_code == 200, answer.text

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def post(self, path: str, **fields: object) -> httpx.Response:
        return self.http.post(path, data=fields)

    def give_reason(self, path: str, reason: str = "remplacement", text: str = "") -> httpx.Response:
        """Say why a file out of one's own patients is opened, on the page that asks."""
        asked = self.get(path)
        assert asked.status_code == 403 and "Pourquoi ouvrez-vous ce dossier" in asked.text
        fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text.split('action="/motif"')[1]))
        return self.post("/motif", **fields, reason=reason, text=text)

    def csrf(self, path: str) -> str:
        return self.get(path).text.split('name="csrf" value="')[1].split('"')[0]


@pytest.fixture
def application(cabinet: Cabinet) -> Site:
    return Site(cabinet.desk, Accounts(cabinet.journal, session_minutes=60), cabinet.root / "son")


@pytest.fixture
def stranger(application: Site) -> Visitor:
    return Visitor(TestClient(application.application()))


@pytest.fixture
def sylvie(application: Site) -> Visitor:
    return Visitor(TestClient(application.application()), "sylvie")


@pytest.fixture
def doctor(application: Site) -> Visitor:
    return Visitor(TestClient(application.application()), "dr-vial")


@pytest.fixture
def address(application: Site, cabinet: Cabinet) -> Iterator[str]:
    """The site on a free loopback port, with the machine's steps done as a worker would."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(application.application(), port=port, log_level="error"))
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.1):
            for case in cabinet.flow.waiting():
                cabinet.run(case)

    threads = [threading.Thread(target=server.run, daemon=True), threading.Thread(target=work, daemon=True)]
    for thread in threads:
        thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    stop.set()
    server.should_exit = True
    for thread in threads:
        thread.join(10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; its absence is a failure, not a skip. For one file of tests: the event loop that Playwright
    keeps running would be in the way of those that need the thread without one."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert program, "Chromium manque : lancez scripts/setup test"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A page on the site; any script error fails the test."""
    context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900}, locale="fr-FR")
    context.set_default_timeout(15_000)
    sheet = context.new_page()
    errors: list[str] = []
    sheet.on("pageerror", lambda error: errors.append(str(error)))
    sheet.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    yield sheet
    context.close()
    # a page that is left in the middle of a question tells so ("htmx:…"): that is no error of a script
    assert [error for error in errors if "status of 4" not in error and not error.startswith("htmx:")] == []
