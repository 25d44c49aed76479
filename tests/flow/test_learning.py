"""What a secretary corrects improves the next transcript of that author, and only as long as it is wanted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.desk import Correction
from pipeline.errors import DocumentIncomplete, LexiconError
from pipeline.model.case import Case, Status
from pipeline.model.dictionary import SHARED, SharingRules, taught
from pipeline.model.document import Section
from pipeline.model.learning import Learned, Use
from pipeline.testing import WordListLexicon
from tests.postgres import PostgresServer, postgres
from tests.practice import DOCTOR, LETTER, OTHER_DOCTOR, SECRETARY, Cabinet

__all__ = ["postgres"]


@pytest.fixture
def cabinet(tmp_path: Path) -> Cabinet:
    return Cabinet(tmp_path)


def text_of(cabinet: Cabinet, case: Case) -> str:
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None
    return "\n".join(section.text for section in draft.revision.sections)


def corrected(cabinet: Cabinet, heard: str = "fibrilation", right: str = "fibrillation", text: str = LETTER) -> Case:
    """A dictation whose draft a secretary corrects and approves."""
    case = cabinet.dictate(text)
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None and heard in text_of(cabinet, case)
    sections = tuple(Section(s.heading, s.text.replace(heard, right)) for s in draft.revision.sections)
    cabinet.desk.correct(case.id, Correction(sections, draft.revision.number), by=SECRETARY)
    return approve(cabinet, case)


def approve(cabinet: Cabinet, case: Case) -> Case:
    return cabinet.desk.approve(case.id, by=SECRETARY, seen_sha256=cabinet.pdf_of(case))


def only(cabinet: Cabinet) -> Learned:
    [one] = cabinet.desk.learned()
    return one


def test_the_third_dictation_of_the_same_author_is_written_as_the_first_two_were_corrected(cabinet: Cabinet) -> None:
    corrected(cabinet)
    corrected(cabinet)
    case = cabinet.dictate()
    assert "une fibrillation auriculaire" in text_of(cabinet, case)
    checked = cabinet.desk.open(case.id).checked
    assert checked is not None
    [token] = [token for token in checked.transcript.tokens if token.rule == "appris"]
    assert (token.text, token.raw) == ("fibrillation", "fibrilation")
    assert cabinet.desk.open(case.id).open_findings == []


def test_another_author_hears_nothing_of_it(cabinet: Cabinet) -> None:
    corrected(cabinet)
    corrected(cabinet)
    case = cabinet.dictate(author=OTHER_DOCTOR.login)
    assert "fibrilation" in text_of(cabinet, case)
    assert cabinet.desk.learned(OTHER_DOCTOR.login) == ()


def test_the_second_dictation_offers_what_the_first_was_corrected_to(cabinet: Cabinet) -> None:
    corrected(cabinet)
    case = cabinet.dictate()
    [(index, finding)] = cabinet.desk.open(case.id).open_findings
    assert (finding.excerpt, finding.message) == ("fibrilation", "déjà corrigé en « fibrillation »")
    cabinet.desk.settle(case.id, index, "replaced", by=SECRETARY, text=finding.proposals[0].text)
    approve(cabinet, case)
    assert (only(cabinet).cases, only(cabinet).use) == (2, Use.WRITTEN)


def test_switched_off_it_is_written_as_it_was_heard_again(cabinet: Cabinet) -> None:
    before = text_of(cabinet, corrected(cabinet, right="fibrilation")), cabinet.desk.learned()
    assert [(one.use, one.rejected) for one in before[1]] == [(Use.REJECTED, 1)]
    corrected(cabinet)
    corrected(cabinet)
    cabinet.desk.switch_learned(only(cabinet).id, False, by=SECRETARY)
    assert text_of(cabinet, cabinet.dictate()) == before[0]
    cabinet.desk.switch_learned(only(cabinet).id, True, by=SECRETARY)
    assert "une fibrillation" in text_of(cabinet, cabinet.dictate())
    cabinet.desk.forget_learned(only(cabinet).id, by=SECRETARY)
    assert text_of(cabinet, cabinet.dictate()) == before[0]
    assert cabinet.journal.verify_audit().whole


def test_what_was_written_by_itself_and_is_put_back_is_offered_only(cabinet: Cabinet) -> None:
    corrected(cabinet)
    corrected(cabinet)
    corrected(cabinet, heard="fibrillation", right="fibrilation")
    assert (only(cabinet).refused, only(cabinet).use) == (1, Use.OFFERED)
    case = cabinet.dictate()
    assert "une fibrilation" in text_of(cabinet, case)
    assert [f.proposals[0].text for _, f in cabinet.desk.open(case.id).open_findings] == ["fibrillation"]


def test_an_approval_taken_back_or_sent_back_takes_its_teaching_back(cabinet: Cabinet) -> None:
    corrected(cabinet)
    second = corrected(cabinet)
    cabinet.desk.unapprove(second.id, by=SECRETARY)
    assert only(cabinet).cases == 1
    approve(cabinet, second)
    assert only(cabinet).cases == 2
    cabinet.desk.send_back(second.id, "À revoir.", by=DOCTOR)
    assert only(cabinet).cases == 1


def test_a_file_from_the_root_of_the_inbox_is_its_authors_once_it_is_known_who(cabinet: Cabinet) -> None:
    corrected(cabinet)
    corrected(cabinet)
    assert "fibrilation" in text_of(cabinet, cabinet.dictate(author=""))


def test_nothing_of_the_patient_is_learned_on_the_way(cabinet: Cabinet) -> None:
    text = LETTER.replace("Elle prend 5 mg", "Madame Marchant prend 5 mg")
    corrected(cabinet, "Marchant prend 5 mg", "Marchand prend 10 mg", text)
    assert [(one.heard, one.use) for one in cabinet.desk.learned()] == [("fibrilation", Use.REJECTED)]


def test_a_drug_is_offered_however_often_it_was_corrected(cabinet: Cabinet) -> None:
    cabinet.lexicon = WordListLexicon({"bisoprolole": ()}, grouped={"bisoprolol": "drug"})
    cabinet.flow.parts = cabinet.desk.parts = replace(
        cabinet.flow.parts, learn=replace(cabinet.flow.parts.learn, terms=cabinet.lexicon)
    )
    text = LETTER.replace("bisoprolol", "bisoprolole").replace("fibrilation", "fibrillation")
    for _ in range(3):
        corrected(cabinet, "bisoprolole", "bisoprolol", text)
    assert (only(cabinet).cases, only(cabinet).use, only(cabinet).reason) == (3, Use.OFFERED, "médicament")
    case = cabinet.dictate(text)
    assert "bisoprolole" in text_of(cabinet, case)
    [(_, finding)] = cabinet.desk.open(case.id).open_findings
    assert finding.proposals[0].text == "bisoprolol."


def test_a_lexicon_that_cannot_be_read_does_not_stand_in_the_way_of_an_approval(cabinet: Cabinet) -> None:
    def unreadable(*_: object) -> None:
        raise LexiconError("Le lexique préparé est illisible.")

    cabinet.flow.parts = cabinet.desk.parts = replace(cabinet.flow.parts, learn=unreadable)
    assert corrected(cabinet).status is Status.TO_SIGN
    assert cabinet.desk.learned() == ()


def test_the_same_is_learned_on_postgresql(tmp_path: Path, postgres: PostgresServer) -> None:
    cabinet = Cabinet(tmp_path, database=postgres.url(postgres.database()))
    corrected(cabinet)
    corrected(cabinet)
    assert "une fibrillation auriculaire" in text_of(cabinet, cabinet.dictate())
    cabinet.desk.forget_learned(only(cabinet).id, by=SECRETARY)
    assert "une fibrilation auriculaire" in text_of(cabinet, cabinet.dictate())
    assert cabinet.journal.verify_audit().whole


def offered(cabinet: Cabinet, case: Case) -> list[str]:
    return [proposal.text for _, finding in cabinet.desk.open(case.id).open_findings for proposal in finding.proposals]


def test_what_two_authors_were_corrected_to_is_proposed_to_a_third_and_never_written(cabinet: Cabinet) -> None:
    cabinet.lexicon = WordListLexicon({"fibrilation": ()})
    corrected(cabinet)
    other = cabinet.dictate(author=OTHER_DOCTOR.login)
    assert offered(cabinet, other) == []
    lessons = tuple(replace(only(cabinet), author=author) for author in ("a", "b"))
    assert taught("c", lessons[:1], SharingRules()) == ()
    [shared] = taught("c", lessons, SharingRules())
    assert (shared.right, shared.use, shared.reason) == ("fibrillation", Use.OFFERED, SHARED)


def test_a_proposal_left_in_three_documents_is_no_longer_made_to_that_author_until_it_is_forgotten(
    cabinet: Cabinet,
) -> None:
    for _ in range(3):
        case = cabinet.dictate()
        assert offered(cabinet, case) == ["fibrillation"]
        approve(cabinet, case)
    case = cabinet.dictate()
    assert [f.excerpt for _, f in cabinet.desk.open(case.id).open_findings] == ["fibrilation"]
    assert offered(cabinet, case) == []
    assert offered(cabinet, cabinet.dictate(author=OTHER_DOCTOR.login)) == ["fibrillation"]
    assert (only(cabinet).use, only(cabinet).rejected) == (Use.REJECTED, 3)
    cabinet.desk.forget_learned(only(cabinet).id, by=SECRETARY)
    assert offered(cabinet, cabinet.dictate()) == ["fibrillation"]


def test_an_approval_taken_back_takes_the_rejection_back(cabinet: Cabinet) -> None:
    case = approve(cabinet, cabinet.dictate())
    assert only(cabinet).rejected == 1
    cabinet.desk.unapprove(case.id, by=SECRETARY)
    assert cabinet.desk.learned() == ()


def test_a_rejected_drug_is_proposed_again_and_its_look_alike_never_enters_the_dictionary(cabinet: Cabinet) -> None:
    cabinet.lexicon = WordListLexicon({"fibrilation": ("bisoprolol",)}, grouped={"bisoprolol": "drug"})
    learning = replace(cabinet.flow.parts.learn, terms=cabinet.lexicon)
    cabinet.flow.parts = cabinet.desk.parts = replace(cabinet.flow.parts, learn=learning, harm=learning.harm)
    case = cabinet.dictate()
    [(index, _)] = cabinet.desk.open(case.id).open_findings
    with pytest.raises(DocumentIncomplete, match="médicament"):
        cabinet.desk.settle(case.id, index, "learned", by=SECRETARY)
    approve(cabinet, case)
    assert cabinet.desk.learned() == () and cabinet.journal.accepted_words() == frozenset()
