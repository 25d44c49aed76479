"""Patients are found as people type them, and never joined by mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.journal.folding import folded, patient_id
from pipeline.journal.port import Imported
from pipeline.journal.searched import read_search
from pipeline.journal.sql import SqlJournal
from pipeline.model.people import Correspondent, Patient, Sex
from tests.journal.builders import JEAN, JEANNE, ZOE

NIR = "254035121518924"
EVERYBODY = (JEANNE, JEAN, ZOE)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lefevre", [JEANNE]),
        ("LEFÈV", [JEANNE]),
        ("jea", [JEANNE, JEAN]),
        ("jea mart", [JEANNE, JEAN]),  # the used name counts
        ("doeuvre", [JEANNE]),
        ("jeanpierre", [JEAN]),
        ("jean-pierre", [JEAN]),
        ("herault", [ZOE]),
        ("d’herault zoe", [ZOE]),
        ("12/03/1954", [JEANNE, JEAN]),
        ("1954-03-12", [JEANNE, JEAN]),
        ("12 mars 1954", [JEANNE, JEAN]),
        ("1er décembre 1988", [ZOE]),
        ("12031954", [JEANNE, JEAN]),
        ("LEFEVRE jeanne 12/03/1954", [JEANNE]),
        ("lefevre 13/03/1954", []),
        ("evre", []),
        ("%", []),
        ("", []),
    ],
)
def test_patients_are_found_as_people_type(registers: SqlJournal, typed: str, found: list[Patient]) -> None:
    assert sorted(p.id for p in registers.find_patients(typed)) == sorted(p.id for p in found)


@given(st.text(max_size=30))
def test_anything_typed_is_understood_as_folded_words(text: str) -> None:
    wanted = read_search(text)
    assert all(word == folded(word) and " " not in word for word in wanted.words)


def test_a_matricule_is_found_with_its_spaces(registers: SqlJournal) -> None:
    registers.import_patients([replace(JEANNE, ins=NIR)], actor="anne")
    found = registers.find_patients("2 54 03 51 215 189 24")
    assert [p.id for p in found] == ["p1"]
    assert registers.patients_by_ins(NIR) == found
    assert registers.patients_by_ins("") == []


def test_registers_are_read_back_as_they_were_given(registers: SqlJournal) -> None:
    assert registers.patient("p1") == JEANNE
    assert registers.patient("nobody") is None
    assert list(registers.all_patients()) == list(EVERYBODY)
    assert {p.id for p in registers.patients_born_on(date(1954, 3, 12))} == {"p1", "p2"}


def test_a_second_import_changes_only_what_changed(registers: SqlJournal) -> None:
    moved = replace(ZOE, address="2 rue des Lilas\n75020 Paris")
    assert registers.import_patients([JEANNE, JEAN, moved], actor="anne") == Imported(added=0, changed=1, same=2)
    assert registers.patient("p3") == moved
    # an export without addresses erases none
    assert registers.import_patients([ZOE], actor="anne") == Imported(added=0, changed=0, same=1)
    assert registers.audit_entries()[-1].details == {"added": "0", "changed": "0", "same": "1", "refused": "0"}


def test_without_an_id_the_ins_then_the_traits_say_who_it_is(registers: SqlJournal) -> None:
    accentless = replace(JEANNE, id="", birth_name="LEFEVRE", ins=NIR)
    assert registers.import_patients([accentless], actor="anne").changed == 1
    renamed = replace(JEANNE, id="", birth_name="Lefebvre", ins=NIR)
    assert registers.import_patients([replace(renamed, id=patient_id(renamed))], actor="anne").changed == 1
    assert [p.id for p in registers.patients_by_ins(NIR)] == ["p1"]
    assert len(list(registers.all_patients())) == 3


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(replace(JEANNE, id="p2"), id="an id that is somebody else's, traits that are a third's"),
        pytest.param(Patient("p1", "Durand", "Paul", date(1970, 1, 1)), id="an id of a patient with other traits"),
        pytest.param(replace(JEANNE, id="p99"), id="the same traits under another id"),
        pytest.param(Patient("", "Durand", "Paul", None), id="no birth date, no id, no INS"),
        pytest.param(Patient("", "Durand", "Paul", date(1970, 1, 1), ins=NIR), id="an INS of a patient unlike"),
        pytest.param(Patient("p9", " ", "Paul", date(1970, 1, 1)), id="no name"),
    ],
)
def test_a_line_that_could_join_two_people_is_refused_and_the_others_pass(registers: SqlJournal, line: Patient) -> None:
    registers.import_patients([replace(JEANNE, ins=NIR)], actor="anne")
    new = Patient("p4", "Nouvel", "Luc", date(2001, 5, 6), Sex.MALE)
    done = registers.import_patients([line, new], actor="anne")
    assert (done.added, done.changed, [n for n, _ in done.refused]) == (1, 0, [1])
    assert registers.patient("p1") == replace(JEANNE, ins=NIR)
    assert registers.patient("p2") == JEAN


def test_a_register_of_thousands_is_walked_whole(journal: SqlJournal) -> None:
    many = [Patient(f"{n:05d}", f"Nom{n}", "Luc", date(1950, 1, 1)) for n in range(2100)]
    assert journal.import_patients(many, actor="anne").added == 2100
    assert [p.id for p in journal.all_patients()] == [p.id for p in many]
    assert journal.import_patients(many, actor="anne").same == 2100


def test_correspondents_are_known_by_rpps_and_namesakes_stay_apart(journal: SqlJournal) -> None:
    bernard = Correspondent("", "Bernard", "Luc", specialty="Cardiologie", address="Lyon", rpps="10001234562")
    namesake = replace(bernard, address="Brest", rpps="")
    assert journal.import_correspondents([bernard, namesake], actor="anne").added == 2
    moved = replace(bernard, address="Paris")
    assert journal.import_correspondents([moved], actor="anne").changed == 1
    known = list(journal.all_correspondents())
    assert sorted(p.address for p in known) == ["Brest", "Paris"]
    assert journal.correspondent(known[0].id) == known[0]
    assert journal.correspondent("nobody") is None


def test_the_practices_words_are_added_and_taken_out(journal: SqlJournal) -> None:
    journal.accept_word("sémaglutide", actor="anne")
    journal.accept_word("sémaglutide", actor="luc")
    journal.accept_word("œdème", actor="anne")
    assert journal.accepted_words() == {"sémaglutide", "œdème"}
    journal.forget_word("sémaglutide", actor="anne")
    journal.forget_word("inconnu", actor="anne")
    assert journal.accepted_words() == {"œdème"}
    assert [e.action for e in journal.audit_entries()] == ["accept-word", "accept-word", "forget-word"]


@pytest.fixture
def registers(journal: SqlJournal) -> SqlJournal:
    journal.import_patients(EVERYBODY, actor="anne")
    return journal


def test_the_register_says_that_it_changed(journal: SqlJournal) -> None:
    before = journal.version()
    assert journal.version() == before
    journal.import_patients([Patient("", "NOUVEL", "Ana", date(1980, 1, 2), Sex.FEMALE)], actor="sylvie")
    assert journal.version() != before
