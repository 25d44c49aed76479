"""What somebody dictates, writes on a paper, names a file or a patient is text on every page, and never code."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import av
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from pipeline.intake.port import Claimed
from pipeline.model.case import Case, Medium, Status
from pipeline.model.people import Correspondent, Patient, Sex
from tests.flow.test_sheets import printed
from tests.practice import DOCTOR, LETTER, SECRETARY, SOLANGE, Cabinet
from tests.web.conftest import Visitor
from tests.web.test_browser import log_in
from tests.web.test_scanning import GivenWords

EVIL = "<img src=x onerror=\"document.title='percé'\"><script>document.title='percé'</script>{{7*7}}"


def poisoned(cabinet: Cabinet) -> Case:
    """A letter, filed, whose text, file name, patient and recipient all try to run code."""
    name = f"GARANCE {EVIL}"
    cabinet.journal.import_patients([Patient("px", name, "Zoé", date(1980, 1, 2), Sex.FEMALE)], actor="test")
    cabinet.journal.import_correspondents([Correspondent("cx", f"LESUR {EVIL}", "Jean")], actor="test")
    text = LETTER.replace("bisoprolol", f"bisoprolol {EVIL}")
    cabinet.hearing.text = text
    path = cabinet.root / "dropped"
    path.write_bytes(b"sound")
    case = cabinet.flow.receive(Claimed("c", path, f"{EVIL}.wav", DOCTOR.login, Medium.DICTATION, "audio/wav"))
    return cabinet.run(case)


def test_no_page_runs_what_was_dictated_or_named(page: Page, cabinet: Cabinet) -> None:
    case = poisoned(cabinet)
    log_in(page, "sylvie")
    addresses = (
        "/",
        f"/dossiers/{case.id}",
        f"/dossiers/{case.id}/identite",
        "/patients/px",
        "/recherche?q=bisoprolol",
    )
    for address in (*addresses, "/patients/chercher?q=GARANCE", "/appris", "/compte"):
        page.goto(address)
        page.wait_for_timeout(150)
        assert page.title() != "percé"
        assert page.locator("img[src=x]").count() == 0
    page.goto(f"/dossiers/{case.id}")
    expect(page.locator("#texte, [name=text]").first).to_contain_text("onerror")


def test_what_a_paper_says_runs_nowhere(page: Page, cabinet: Cabinet) -> None:
    cabinet.reader = GivenWords()
    evil = "</tspan></svg></script><svg/onload=document.title='percé'>"
    letter = f"Cabinet du Dr LESUR{evil}\nConcernant Madame Solange MARCHAND née le 12/04/1954.\nINR à 2,8{evil}"
    cabinet.reader.given = tuple((line, 0.6) for line in letter.split("\n"))
    case = cabinet.scan(printed("lot", 1))
    log_in(page, "sylvie")
    for address in (f"/dossiers/{case.id}", "/"):
        page.goto(address)
        page.wait_for_timeout(300)
        assert page.title() != "percé"
        assert page.locator("svg[onload]").count() == 0
    page.goto(f"/dossiers/{case.id}")
    expect(page.locator("svg.words").first).to_contain_text("onload=document.title")


def test_no_path_leaves_the_folders(sylvie: Visitor, cabinet: Cabinet) -> None:
    (cabinet.root / "secret.txt").write_text("secret", encoding="utf-8")
    for path in (
        "/static/../../secret.txt",
        "/static/%2e%2e/%2e%2e/secret.txt",
        "/static//etc/passwd",
        "/dossiers/..%2f..%2fsecret.txt",
        "/archive/..%2f..%2fsecret.txt.pdf",
        "/archive/%2fetc%2fpasswd.pdf",
        "/dossiers/x/papier/..%2f..%2fsecret.pdf",
        "/patients/..%2fsecret",
    ):
        answer = sylvie.get(path)
        assert answer.status_code in (404, 400, 405), path
        assert "secret" not in answer.text.replace(path, "") or "introuvable" in answer.text


def long_silence(seconds: int) -> bytes:
    """Opus makes a few kilobytes of hours of silence."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=48_000)
        stream.bit_rate = 6_000
        for _ in range(seconds):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.int16), format="s16", layout="mono")
            frame.sample_rate = 48_000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return sink.getvalue()


@pytest.mark.parametrize("bomb", ["longer than five minutes", "more bytes than are taken"])
def test_a_remark_that_swells_is_refused_and_the_document_stays(doctor: Visitor, cabinet: Cabinet, bomb: str) -> None:
    case = cabinet.approved()
    content = long_silence(330) if bomb.startswith("longer") else bytes(12_500_000)
    fields = {"csrf": doctor.csrf(f"/dossiers/{case.id}"), "remark": ""}
    answer = doctor.http.post(
        f"/dossiers/{case.id}/renvoyer", data=fields, files={"sound": ("remarque", content, "audio/ogg")}
    )
    assert answer.status_code in (413, 422)
    assert cabinet.journal.case(case.id).status is Status.TO_SIGN
    assert not list(Path(cabinet.root).rglob("kept.ogg"))


def test_a_signed_document_of_a_stranger_is_not_shown_by_guessing_its_address(
    stranger: Visitor, cabinet: Cabinet
) -> None:
    cabinet.filed()
    record = cabinet.journal.records_of(SOLANGE.id)[0]
    for path in (f"/archive/{record.id}.pdf", f"/patients/{SOLANGE.id}", "/recherche?q=fibrillation"):
        answer = stranger.get(path)
        assert "MARCHAND" not in answer.text and b"%PDF" not in answer.content
    assert SECRETARY.name not in stranger.get("/").text
