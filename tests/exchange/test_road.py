"""The whole road: a copy leaves by the page, is edited, comes back by the inbox and is reviewed again."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.testclient import TestClient

from pipeline.model.case import Status
from pipeline.web.accounts import Accounts
from pipeline.web.app import Site
from tests.exchange.copies import Office, rewritten
from tests.practice import LETTER, SECRETARY
from tests.web.conftest import Visitor


def test_an_approved_draft_edited_outside_comes_back_is_shown_and_must_be_approved_again(tmp_path: Path) -> None:
    office = Office(tmp_path)
    case = office.approved(LETTER)
    site = Site(office.desk, Accounts(office.journal, session_minutes=60), tmp_path / "son")
    sylvie = Visitor(TestClient(site.application()), "sylvie")
    path = f"/dossiers/{case.id}"

    sent = sylvie.get(f"{path}/document.docx")
    assert sent.headers["content-disposition"] == f'attachment; filename="{case.number}.docx"'

    edited = rewritten(sent.content, ("Elle prend", "Plus de fibrilation. Elle prend"), ("5 mg", "10 mg"))
    assert office.drop(edited, f"{case.number}.docx") == ""
    assert office.journal.case(case.id).status is Status.TO_REVIEW

    page = sylvie.get(path).text
    card = page.partition('id="docx"')[2].partition("</details>")[0]
    assert re.findall("<del>(.*?)</del>", card) == ["supprimé", "5"]
    assert re.findall("<ins>(.*?)</ins>", card) == ["ajouté", "Plus de fibrilation.", "10"]
    assert "approuvé par personne" in card
    assert re.findall("<mark>(.*?)</mark>", card) == ["fibrilation"] and "« fibrillation »" in card

    assert 'value="approuver"' in page
    refused = rewritten(office.copy(case), ("MARCHAND", "MARCHANT"))
    reason = office.drop(refused, f"{case.number}.docx")
    assert "en dehors de ses parties : l'identité du patient" in reason
    shown = sylvie.get("/?onglet=refuses").text.replace("&#39;", "'")
    assert "en dehors de ses parties : l'identité du patient" in shown and "MARCHAN" not in shown
    assert office.draft(case).revision.number == 2

    office.desk.approve(case.id, by=SECRETARY, seen_sha256=office.pdf_of(case))
    assert office.journal.case(case.id).status is Status.TO_SIGN
