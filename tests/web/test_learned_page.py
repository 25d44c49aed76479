"""The page "Appris": who sees what, what a button does, what never leaves."""

from __future__ import annotations

import html
import re

from starlette.testclient import TestClient

from pipeline.desk import Correction
from pipeline.model.case import Case
from pipeline.model.document import Section
from pipeline.model.learning import Use
from pipeline.testing import WordListLexicon
from pipeline.web.app import Site
from tests.practice import DOCTOR, LETTER, OTHER_DOCTOR, SECRETARY, Cabinet
from tests.web.conftest import Visitor


def corrected(cabinet: Cabinet, right: str = "fibrillation", author: str = DOCTOR.login) -> Case:
    case = cabinet.dictate(LETTER, author=author)
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None
    sections = tuple(Section(s.heading, s.text.replace("fibrilation", right)) for s in draft.revision.sections)
    cabinet.desk.correct(case.id, Correction(sections, draft.revision.number), by=SECRETARY)
    return cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))


def shown(visitor: Visitor, path: str = "/appris") -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", html.unescape(answer.text)).split())


def test_a_stranger_sees_and_changes_nothing(stranger: Visitor, cabinet: Cabinet) -> None:
    corrected(cabinet)
    [one] = cabinet.desk.learned()
    for answer in (
        stranger.http.get("/appris", follow_redirects=False),
        stranger.http.post(f"/appris/{one.id}", data={"action": "forget"}, follow_redirects=False),
    ):
        assert answer.status_code == 303 and answer.headers["location"] == "/connexion"
    assert cabinet.desk.learned() == (one,)


def test_a_correction_is_shown_with_its_author_its_count_its_state_and_its_case(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    assert "Rien encore" in shown(sylvie)
    corrected(cabinet)
    last = corrected(cabinet)
    page = shown(sylvie)
    assert "fibrilation fibrillation Dr Anne Vial 2 fois dans 2 dossiers — appliqué" in page
    assert last.number in page and "Sylvie Durand" in page
    raw = sylvie.get("/appris").text
    assert f'href="/dossiers/{last.id}"' in raw and f'data-src="/dossiers/{last.id}/son"' in raw
    assert 'href="/appris" aria-current="page"' in raw
    assert "default-src 'none'" in sylvie.get("/appris").headers["content-security-policy"]


def test_the_sound_of_a_correction_can_be_fetched_and_is_not_offered_when_it_is_gone(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    case = corrected(cabinet)
    [source] = re.findall(r'data-src="([^"]+)" data-from="[\d.]+" data-to="[\d.]+"', sylvie.get("/appris").text)
    assert sylvie.get(source).content == cabinet.flow.parts.blobs.read(case.original)
    cabinet.flow.parts.blobs.path(case.original).unlink()
    assert "data-src" not in sylvie.get("/appris").text


def test_a_doctor_begins_with_the_own_corrections_and_may_see_all(doctor: Visitor, cabinet: Cabinet) -> None:
    corrected(cabinet)
    corrected(cabinet, "vibration", author=OTHER_DOCTOR.login)
    assert "fibrillation" in shown(doctor) and "vibration" not in shown(doctor)
    assert "vibration" in shown(doctor, "/appris?auteur=tous")
    others = shown(doctor, f"/appris?auteur={OTHER_DOCTOR.login}")
    assert "fibrillation Dr Anne Vial" not in others
    assert "fibrillation Dr Paul Roche 0 fois 1 proposition laissée" in others


def test_the_list_is_filtered_by_state(sylvie: Visitor, cabinet: Cabinet) -> None:
    corrected(cabinet)
    assert "fibrilation" in shown(sylvie, "/appris?etat=offered")
    assert "fibrilation" not in shown(sylvie, "/appris?etat=off")
    assert "fibrilation" not in shown(sylvie, "/appris?etat=nonsense&auteur=nobody")


def test_it_is_switched_off_and_on_and_forgotten_from_the_page(sylvie: Visitor, cabinet: Cabinet) -> None:
    corrected(cabinet)
    corrected(cabinet)
    [one] = cabinet.desk.learned()
    csrf = sylvie.csrf("/appris")
    answer = sylvie.post(f"/appris/{one.id}", csrf=csrf, action="off", auteur=DOCTOR.login, etat="")
    assert "Désactivé" in answer.text and "Réactiver" in answer.text
    assert f"auteur={DOCTOR.login}" in str(answer.url)
    assert cabinet.desk.learned()[0].use is Use.OFF
    sylvie.post(f"/appris/{one.id}", csrf=csrf, action="on")
    assert cabinet.desk.learned()[0].use is Use.WRITTEN
    answer = sylvie.post(f"/appris/{one.id}", csrf=csrf, action="forget")
    assert "Oublié" in answer.text and cabinet.desk.learned() == ()
    assert sylvie.post(f"/appris/{one.id}", csrf=csrf, action="forget").status_code == 422
    told = [entry for entry in cabinet.journal.audit_entries() if entry.action.startswith("learned-")]
    assert [(e.actor, e.action) for e in told] == [
        ("sylvie", "learned-off"),
        ("sylvie", "learned-on"),
        ("sylvie", "learned-forgotten"),
    ]
    assert "fibril" not in str(told)


def test_a_change_without_its_token_or_of_another_kind_is_refused(sylvie: Visitor, cabinet: Cabinet) -> None:
    corrected(cabinet)
    [one] = cabinet.desk.learned()
    assert sylvie.post(f"/appris/{one.id}", action="forget").status_code == 403
    assert sylvie.post(f"/appris/{one.id}", csrf=sylvie.csrf("/appris"), action="publish").status_code == 422
    assert cabinet.desk.learned() == (one,)


def test_corrected_html_is_shown_as_text(application: Site, cabinet: Cabinet) -> None:
    visitor = Visitor(TestClient(application.application()), "sylvie")
    corrected(cabinet, "fibril<script>ation")
    page = visitor.get("/appris").text
    assert "<script>ation" not in page and "fibril&lt;script&gt;ation" in page


def test_what_was_written_as_learned_is_marked_in_the_transcript(sylvie: Visitor, cabinet: Cabinet) -> None:
    corrected(cabinet)
    corrected(cabinet)
    page = sylvie.get(f"/dossiers/{cabinet.dictate().id}").text
    assert 'title="entendu : fibrilation · règle : appris">fibrillation</span>' in page
    assert re.search(r'class="w[^"]* learned', page) and "écrit comme" in page


def test_an_accepted_word_is_forgotten_restored_kept_for_its_author_and_erased(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    def asked(author: str = DOCTOR.login) -> bool:
        return bool(cabinet.desk.open(cabinet.dictate(author=author).id).open_findings)

    case = cabinet.dictate()
    [(index, _)] = cabinet.desk.open(case.id).open_findings
    cabinet.desk.settle(case.id, index, "learned", by=SECRETARY)
    assert not asked() and not asked(OTHER_DOCTOR.login)
    cabinet.run(
        cabinet.desk.sign(
            cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case)).id,
            by=DOCTOR,
            seen_sha256=cabinet.pdf_of(case),
        )
    )
    page = shown(sylvie)
    assert "Mots acceptés" in page and "fibrilation Sylvie Durand" in page and "1 document classé" in page
    assert "fibrilation Sylvie" in shown(sylvie, f"/appris?auteur={DOCTOR.login}")
    assert "fibrilation Sylvie" not in shown(sylvie, f"/appris?auteur={OTHER_DOCTOR.login}")
    [word] = cabinet.desk.accepted()
    assert sylvie.post(f"/appris/mots/{word.id}", action="forget").status_code == 403
    csrf = sylvie.csrf("/appris")

    def press(action: str) -> str:
        return sylvie.post(f"/appris/mots/{word.id}", csrf=csrf, action=action).text

    assert "de son auteur" in press("unshare") and "son auteur seul" in shown(sylvie)
    assert not asked() and asked(OTHER_DOCTOR.login)
    assert "tout le cabinet" in press("share") and not asked(OTHER_DOCTOR.login)
    assert "de nouveau à vérifier" in press("forget") and asked()
    assert "oublié" in shown(sylvie) and "de nouveau connu" in press("restore") and not asked()
    assert "Ce geste n" in press("burn")
    press("forget")
    assert "Effacé" in press("erase") and cabinet.desk.accepted() == ()
    assert sylvie.post(f"/appris/mots/{word.id}", csrf=csrf, action="forget").status_code == 422
    told = [entry for entry in cabinet.journal.audit_entries() if entry.action.endswith("-word")]
    assert [e.action.removesuffix("-word") for e in told] == (
        ["accept", "unshare", "share", "forget", "restore", "forget", "erase"]
    )
    assert "fibril" not in str(told) and cabinet.journal.verify_audit().whole


def test_a_shared_correction_is_proposed_to_the_other_doctor_until_it_is_no_longer_shared(
    sylvie: Visitor, cabinet: Cabinet
) -> None:
    cabinet.lexicon = WordListLexicon({"fibrilation": ()})

    def offered() -> list[str]:
        case = cabinet.dictate(LETTER, author=OTHER_DOCTOR.login)
        return [one.text for _, finding in cabinet.desk.open(case.id).open_findings for one in finding.proposals]

    corrected(cabinet)
    [one] = cabinet.desk.learned()
    assert "Partager avec le cabinet" in shown(sylvie) and offered() == []
    csrf = sylvie.csrf("/appris")
    assert "partagé" in sylvie.post(f"/appris/{one.id}", csrf=csrf, action="share").text
    assert offered() == ["fibrillation"]
    other = corrected(cabinet, author=OTHER_DOCTOR.login)
    assert {lesson.author for lesson in cabinet.desk.learned()} == {DOCTOR.login, OTHER_DOCTOR.login}
    cabinet.desk.unapprove(other.id, by=SECRETARY)
    sylvie.post(f"/appris/{one.id}", csrf=csrf, action="unshare")
    assert offered() == []
    told = [entry.action for entry in cabinet.journal.audit_entries() if entry.action.startswith("learned-")]
    assert told == ["learned-shared", "learned-unshared"]
