"""What the editor asks of the server: where words come from, saving with answers, versions, peaks."""

from __future__ import annotations

import json
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import AudioUnreadable
from pipeline.model.case import Case, Status
from pipeline.model.document import Revision, Section
from pipeline.model.text import Gap, Token
from pipeline.testing import spoken
from pipeline.web.media import MOST_PEAKS, peaks
from pipeline.web.origins import NOWHERE, origins
from tests.practice import LETTER, Cabinet
from tests.web.conftest import Visitor

SAID = "Motif : toux depuis 3 jours . Conclusion : bronchite"
HEARD = [Token(word, " ", word) for word in SAID.split()]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Revision:
    cabinet = Cabinet(tmp_path_factory.mktemp("cabinet"))
    draft = cabinet.desk.open(cabinet.dictate().id).draft
    assert draft is not None
    return draft.revision


def version(first: Revision, number: int, *sections: tuple[str, str], by: str = "sylvie") -> Revision:
    return replace(
        first, number=number, sections=tuple(Section(*one) for one in sections), made_by="worker" if number == 1 else by
    )


def said(revision: Revision, tokens: list[Token] = HEARD, *before: Revision) -> list[tuple[str, str, str]]:
    """Each piece of the text with the word that was heard there, and who wrote it."""
    shown = []
    found = origins(enumerate(tokens), [*before, revision])
    for section, one in zip(revision.sections, found, strict=True):
        for text, rows in ((section.heading, one.heading), (section.text, one.text)):
            for row in rows:
                heard = tokens[row.token].raw if row.token != NOWHERE else "—"
                shown.append((text[row.start : row.end], heard, row.by))
    return shown


def test_a_heading_and_a_text_know_the_words_they_were(first: Revision) -> None:
    composed = version(first, 1, ("Motif", "Toux depuis 3 jours."), ("Conclusion", "Bronchite"))
    assert said(composed) == [
        ("Motif", "Motif", "worker"),
        ("Toux", "toux", "worker"),
        ("depuis", "depuis", "worker"),
        ("3", "3", "worker"),
        ("jours", "jours", "worker"),
        (".", ".", "worker"),
        ("Conclusion", "Conclusion", "worker"),
        ("Bronchite", "bronchite", "worker"),
    ]


def test_a_changed_word_keeps_its_sound_and_names_the_person(first: Revision) -> None:
    composed = version(first, 1, ("Motif", "Toux depuis 3 jours."))
    changed = version(first, 2, ("Motif", "Toux grasse depuis 5 jours."))
    later = version(first, 3, ("Motif", "Toux grasse depuis 5 jours environ."), by="dr-vial")
    found = {written: (heard, by) for written, heard, by in said(later, HEARD, composed, changed)}
    assert found["5"] == ("3", "sylvie")
    assert found["grasse"] == ("—", "sylvie")
    assert found["environ"] == ("—", "dr-vial")
    assert found["jours"] == ("jours", "worker")


@given(st.lists(st.text("ab .|\n", max_size=20), max_size=4), st.text("ab .|\n", max_size=40))
def test_every_letter_of_a_text_has_exactly_one_origin(first: Revision, texts: list[str], heard: str) -> None:
    tokens = [Token(word, " ", word) for word in heard.split()]
    chain = [version(first, n, ("", text)) for n, text in enumerate(texts, 1)]
    found = origins(enumerate(tokens), chain)
    for section, one in zip(chain[-1].sections if chain else (), found, strict=True):
        covered = [place for row in one.text for place in range(row.start, row.end)]
        assert len(covered) == len(set(covered))
        assert "".join(section.text[place] for place in covered).split() != [""]
        assert {place for place, letter in enumerate(section.text) if not letter.isspace()} <= set(covered)
        assert all(row.token == NOWHERE or 0 <= row.token < len(tokens) for row in one.text)


# --- saving ----------------------------------------------------------------------------------------------------------


def save(visitor: Visitor, case: Case, text: str, revision: int, *answers: tuple[int, str, str]) -> dict[str, object]:
    page = visitor.get(f"/dossiers/{case.id}").text
    bench = json.loads(page.split('id="etabli">')[1].split("</script>")[0])
    assert bench["case"] == case.id
    answer = visitor.post(
        f"/dossiers/{case.id}/texte",
        csrf=visitor.csrf(f"/dossiers/{case.id}"),
        revision=revision,
        title="Courrier",
        document_date="2026-11-26",
        recipient="c1",
        author="dr-vial",
        heading="",
        text=text,
        answers=json.dumps(answers),
    )
    return {**answer.json(), "code": answer.status_code}


def test_text_and_answers_are_saved_together_in_one_version(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    done = save(sylvie, case, "Une fibrillation.", 1, (0, "replaced", "fibrillation"))
    assert (done["code"], done["revision"], done["refused"]) == (200, 2, {})
    assert cabinet.desk.open(case.id).open_findings == []
    again = save(sylvie, case, "Une fibrillation.", 2, (0, "reopened", ""))
    assert again["revision"] == 2
    assert [index for index, _ in cabinet.desk.open(case.id).open_findings] == [0]


def test_a_text_typed_over_an_older_version_replaces_nothing_and_shows_both(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    save(sylvie, case, "La première.", 1)
    late = save(sylvie, case, "La seconde.", 1)
    assert (late["code"], late["stale"], late["revision"], late["by"]) == (409, True, 2, "sylvie")
    assert ["removed", "première"] in late["difference"][0]  # type: ignore[index]
    draft = cabinet.desk.open(case.id).draft
    assert draft is not None and draft.revision.sections[0].text == "La première."


def test_a_text_sent_again_because_its_answer_was_lost_is_no_other_version(sylvie: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    save(sylvie, case, "La première.", 1, (0, "kept", ""))
    again = save(sylvie, case, "La première.", 1, (0, "kept", ""))
    assert (again["code"], again["revision"], again["refused"]) == (200, 2, {})
    assert cabinet.journal.case(case.id).revision_no == 2


def test_the_same_text_typed_by_another_person_is_told(sylvie: Visitor, doctor: Visitor, cabinet: Cabinet) -> None:
    case = cabinet.dictate()
    save(doctor, case, "La première.", 1)
    late = save(sylvie, case, "La première.", 1)
    assert (late["code"], late["by"]) == (409, "dr-vial")


def test_an_answer_that_is_refused_says_why_and_the_text_is_saved(sylvie: Visitor, cabinet: Cabinet) -> None:
    letter = spoken(LETTER)
    cabinet.hearing.transcript = replace(letter, gaps=(Gap(2.0, 3.5),), explained=letter.speech - 1.5)
    case = cabinet.dictate()
    done = save(sylvie, case, "Le texte.", 1, (0, "kept", ""), (99, "kept", ""))
    assert done["revision"] == 2
    assert "Écoutez-le" in done["refused"]["0"] and "n'existe plus" in done["refused"]["99"]  # type: ignore[index]
    assert cabinet.journal.case(case.id).status is Status.TO_REVIEW


def test_earlier_versions_can_be_read_and_others_on_the_page_are_named(
    sylvie: Visitor, doctor: Visitor, cabinet: Cabinet
) -> None:
    case = cabinet.dictate()
    save(sylvie, case, "La seconde.", 1)
    old = sylvie.get(f"/dossiers/{case.id}/versions/1").json()
    assert "fibrilation" in old["sections"][0]["text"] and old["sections"][0]["origins"]
    assert sylvie.get(f"/dossiers/{case.id}/versions/7").status_code == 404
    assert sylvie.get(f"/dossiers/{case.id}/etat").json()["others"] == []
    state = doctor.get(f"/dossiers/{case.id}/etat").json()
    assert (state["revision"], state["by"], state["others"]) == (2, "sylvie", ["sylvie"])


def test_what_a_browser_keeps_is_locked_with_another_key_for_each_person(
    sylvie: Visitor, doctor: Visitor, cabinet: Cabinet
) -> None:
    case = cabinet.dictate()
    keys = {
        json.loads(one.get(f"/dossiers/{case.id}").text.split('id="etabli">')[1].split("</script>")[0])["key"]
        for one in (sylvie, doctor, sylvie)
    }
    assert len(keys) == 2


# --- peaks ---------------------------------------------------------------------------------------------------------


def test_peaks_follow_the_sound_and_are_computed_once(tmp_path: Path) -> None:
    rate = 16_000
    sound = np.concatenate([np.zeros(rate), 0.5 * np.sin(np.arange(rate) / 5), np.zeros(rate)])
    with wave.open(str(tmp_path / "ton.wav"), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((sound * 32_767).astype("<i2").tobytes())
    levels = np.frombuffer(peaks(tmp_path / "ton.wav", tmp_path / "cache"), np.uint8)
    assert len(levels) == pytest.approx(60, abs=2)
    assert levels[:18].max() < 8 and levels[22:38].min() > 100 and levels[42:].max() < 8
    (tmp_path / "ton.wav").unlink()
    assert len(peaks(tmp_path / "ton.wav", tmp_path / "cache")) == len(levels) <= MOST_PEAKS


def test_peaks_of_no_sound_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(b"RIFF no sound")
    with pytest.raises(AudioUnreadable):
        peaks(tmp_path / "x.wav", tmp_path)
