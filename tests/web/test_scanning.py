"""The page of a scan without a browser: what it shows, what it refuses, and what a hostile scan cannot do."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path

import pikepdf
import pytest

from pipeline.model.case import Case, Medium, Status
from pipeline.model.text import Box, ScanReading, Token, Transcript
from pipeline.scan.ocrmypdf_reader import OcrmypdfReader
from pipeline.sheets import Sheets
from pipeline.testing import PrintedReader, WordListLexicon
from tests.flow.test_sheets import printed
from tests.practice import Cabinet
from tests.web.conftest import Visitor

LETTER = "Cabinet du Dr LESCURE\nEssai, le 3 mars 2020\nConcernant Madame Solange MARCHAND née le 12/04/1954."


class GivenWords(PrintedReader):
    """Real pages; the words are given, with the probability of each."""

    given: tuple[tuple[str, float], ...] = ()

    def read(self, original, media_type, out, on_progress):  # type: ignore[no-untyped-def]
        reading = super().read(original, media_type, out, on_progress)
        tokens, top = [], 0.1
        for text, probability in self.given:
            for number, word in enumerate(text.split(" ")):
                box = Box(0, 0.1 + 0.1 * number, top, 0.18 + 0.1 * number, top + 0.02)
                before = " " if number else "\n" if tokens else ""
                tokens.append(Token(word, before, word, probability=probability, box=box))
            top += 0.05
        return ScanReading(Transcript(tuple(tokens), engine="given", pages=reading.pages), reading.pages, True, True)


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    return Cabinet(tmp_path, reader=GivenWords(), lexicon=WordListLexicon({"fibrilation": ("fibrillation",)}))


def scanned(cabinet: Cabinet, *lines: tuple[str, float], pages: int = 2) -> Case:
    assert isinstance(cabinet.reader, GivenWords)
    cabinet.reader.given = lines
    return cabinet.scan(printed("lot", pages))


def letter(*more: tuple[str, float]) -> list[tuple[str, float]]:
    return [*((line, 0.97) for line in LETTER.split("\n")), *more]


def test_the_page_shows_words_in_their_place_doubts_and_where_each_proposal_was_read(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    case = scanned(cabinet, *letter(("Bisoprolol 2,5 mg", 0.62), ("INR à 2,8", 0.97), ("fibrilation", 0.97)))
    html = sylvie.get(f"/dossiers/{case.number}").text
    assert re.search(r'<tspan x="100.0" y="[\d.]+" font-size="[\d.]+" textLength="80.0"[^>]*>Cabinet</tspan>', html)
    [figure] = re.findall(r'<tspan[^>]*class="doubt grave" data-finding="\d+">([^<]+)</tspan>', html)
    assert figure == "2,5"
    assert "chiffre à vérifier sur l&#39;image : à peine lisible" in html
    assert re.search(r'class="doubt" data-finding="\d+">fibrilation</tspan>', html) and "peut-être fibrillation" in html
    assert "lu page 1 : « Cabinet du Dr LESCURE »" in html
    assert "lu page 1 : « 3 mars 2020 »" in html and 'value="2020-03-03"' in html
    assert re.search(r"lu page 1 : « Madame Solange MARCHAND.*12/04/1954 »", html)
    assert html.count("read-patient") >= 3 and html.count("read-date") == 3 and html.count("read-sender") == 4
    assert "proposé : daté de plus d&#39;un an" in html


@pytest.mark.parametrize(
    ("word", "doubtful"), [("1O", True), ("2,S", True), ("l2", True), ("125", False), ("T11", False)]
)
def test_a_letter_that_looks_like_a_figure_is_asked_about(cabinet: Cabinet, word: str, doubtful: bool) -> None:
    checked = cabinet.desk.open(scanned(cabinet, (f"dose {word} mg", 0.99)).id).checked
    assert checked is not None
    assert [one.excerpt for one in checked.findings if "chiffre" in one.message] == ([word] if doubtful else [])


def test_gestures_on_pages_by_the_form(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = scanned(cabinet, *letter())
    path = f"/dossiers/{case.id}"
    now = {"csrf": sylvie.csrf(path), "move_no": case.move_no}
    answer = sylvie.post(f"{path}/pages", action="ecarter", place=1, **now)
    assert "Page mise de côté" in answer.text and "Calame refait le document" in answer.text
    case = cabinet.run(case)
    html = sylvie.get(path).text
    assert html.count('class="sheet"') == 1 and f"{path}/feuille/1.png" in html
    assert sylvie.get(f"{path}/feuille/1.png").content.startswith(b"\x89PNG")
    assert sylvie.get(f"{path}/feuille/2.png").status_code == 404
    stale = sylvie.post(f"{path}/pages", action="remettre", place=1, **now)
    assert stale.status_code == 409
    now["move_no"] = case.move_no
    for action, place in (
        ("tourner:45", 0),
        ("tourner:９0", 0),
        ("tourner", 0),
        ("separer", 9),
        ("brûler", 0),
        ("ecarter", "-1"),
    ):
        assert sylvie.post(f"{path}/pages", action=action, place=place, **now).status_code == 422
    assert sylvie.post(f"{path}/pages", action="remettre", place=1, move_no=case.move_no).status_code == 403
    assert sylvie.post(f"{path}/pages", action="annuler", csrf=now["csrf"]).status_code == 422
    assert cabinet.journal.case(case.id) == case
    sylvie.post(f"{path}/pages", action="annuler", **now)
    assert cabinet.run(case).status is Status.TO_CONFIRM
    assert sylvie.get(path).text.count('class="sheet"') == 2


def test_nobody_arranges_pages_without_an_account(stranger: Visitor, cabinet: Cabinet) -> None:
    case = scanned(cabinet, *letter())
    answer = stranger.http.post(f"/dossiers/{case.id}/pages", data={"action": "ecarter"}, follow_redirects=False)
    assert answer.headers["location"] == "/connexion"
    assert stranger.http.get(f"/dossiers/{case.id}/feuille/0.png", follow_redirects=False).status_code == 303


def test_read_text_never_becomes_markup(sylvie: Visitor, cabinet: Cabinet) -> None:
    evil = '</text></svg><script>alert(1)</script> "onload="alert(1) {{7*7}} &lt;img/src=x&gt;'
    case = scanned(cabinet, (f"Dr {evil}", 0.5), (f"Concernant Madame {evil} MARCHAND née le 12/04/1954", 0.5))
    html = sylvie.get(f"/dossiers/{case.number}").text
    assert "<script>alert" not in html and "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert (
        ' onload="' not in html.replace("&#34;", "'")
        and "<img/src" not in html
        and "49" not in html.split("7*7")[0][-5:]
    )
    tags = set(re.findall(r"<([a-z]+)", html.split("<svg")[1].split("</svg>")[0]))
    assert tags <= {"rect", "text", "tspan"}


def bombs() -> dict[str, tuple[bytes, str]]:
    chunk = lambda kind, body: (  # noqa: E731
        len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
    )
    header = (60_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    png = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9999))
        + chunk(b"IEND", b"")
    )
    made = {"png": (png, "image/png")}
    for name, size, content in (("wide", 9_000_000, b""), ("packed", 595, b"0 0 m " * 12_000_000)):
        with pikepdf.new() as pdf:
            page = pdf.add_blank_page(page_size=(595, 842))
            page.MediaBox = [0, 0, size, 842]
            page.Contents = pdf.make_stream(content)
            out = io.BytesIO()
            pdf.save(out, compress_streams=True)
        made[name] = (out.getvalue(), "application/pdf")
    return made


@pytest.mark.parametrize("name", ["png", "wide", "packed"])
def test_a_bomb_waits_for_a_person_with_its_reason_and_is_never_drawn(
    name: str, sylvie: Visitor, cabinet: Cabinet
) -> None:
    content, media_type = bombs()[name]
    assert len(content) < 200_000
    cabinet.reader = OcrmypdfReader()  # type: ignore[assignment]
    case = cabinet.run(cabinet.receive(content, medium=Medium.SCAN, media_type=media_type))
    assert case.status is Status.FAILED and "dimensions démesurées" in case.message
    answer = sylvie.get(f"/dossiers/{case.id}")
    assert answer.status_code == 200 and "démesurées" in answer.text and ".png" not in answer.text
    assert sylvie.get(f"/dossiers/{case.id}/page/0.png").status_code == 404


def test_a_case_whose_pages_cannot_be_made_can_be_undone(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = scanned(cabinet, *letter())
    Sheets(cabinet.flow).turn(case.id, 0, 90, by=cabinet.journal.users()[0], move_no=case.move_no)
    cabinet.reader = None  # type: ignore[assignment]
    case = cabinet.run(case)
    assert case.status is Status.FAILED
    path = f"/dossiers/{case.id}"
    html = sylvie.get(path).text
    assert "Relancer" in html
    cabinet.reader = GivenWords()
    sylvie.post(f"{path}/pages", action="annuler", csrf=sylvie.csrf(path), move_no=case.move_no)
    assert cabinet.run(case).status is Status.TO_CONFIRM
