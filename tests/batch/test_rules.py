"""Which line makes a convocation, whose it is, and which column is at fault."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.batch.step import key_of, sections_of, subject_of
from tests.batch.lists import DOCTOR, PATIENTS, Register, judged, row


def test_a_good_line_makes_a_convocation_with_its_day_in_words() -> None:
    good, refused = judged(row(Préparation="À jeun depuis 6 heures.", À_apporter="Carte Vitale", Durée="30 minutes"))
    assert not refused
    assert (good[0].patient.id, good[0].at, good[0].author.login) == ("p1", datetime(2027, 1, 4, 9, 5), DOCTOR.login)
    assert [(one.heading, one.text) for one in sections_of(good[0])] == [
        ("Rendez-vous", "Le lundi 4 janvier 2027 à 9 h 05."),
        ("Examen prévu", "Échographie"),
        ("Avec", "Dr Hélène Vasseur"),
        ("Durée", "30 minutes"),
        ("Préparation", "À jeun depuis 6 heures."),
        ("À apporter", "Carte Vitale"),
    ]


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"Date_de_naissance": "06/03/1946"}, "date de naissance", "est différente"),
        ({"Date_de_naissance": ""}, "date de naissance", "manque"),
        ({"Nom": "Lefebvre"}, "nom de naissance", "Aucun patient"),
        ({"Prénom": "Marie"}, "nom de naissance", "Aucun patient"),
        ({"Nom": "Martin", "Prénom": "Paul", "Date_de_naissance": "01/01/1980"}, "nom de naissance", "Deux patients"),
        ({"Nom": "Oubli", "Prénom": "Lise", "Date_de_naissance": "05/05/1990"}, "nom de naissance", "douteuse"),
        ({"IPP": "p9"}, "ipp", "cet identifiant"),
        ({"IPP": "p2"}, "date de naissance", "n'est pas celle"),
        ({"IPP": "p1", "Nom": "", "Date_de_naissance": ""}, "nom de naissance", "seul ne suffit pas"),
        ({"Date": "25/11/2026"}, "date", "passé"),
        ({"Date": "31/02/2027"}, "date", "n'existe pas"),
        ({"Date": "04/01/2207"}, "date", "trois ans"),
        ({"Heure": "25h00"}, "heure", "n'existe pas"),
        ({"Heure": ""}, "heure", "manque"),
        ({"Type": "goûter"}, "type", "pas connu"),
        ({"Médecin": "Dr Personne"}, "médecin", "pas de compte"),
        ({"Type": "manqué"}, "date", "futur"),
    ],
)
def test_a_doubtful_line_is_refused_at_the_right_column(changes: dict[str, str], column: str, reason: str) -> None:
    good, refused = judged(row(**changes))
    assert not good
    assert refused[0].column == column
    assert reason in refused[0].reason
    assert not any(name.lower() in refused[0].reason.lower() for name in ("Lefevre", "Martin", "Yvonne"))


def test_two_namesakes_are_told_apart_by_their_number() -> None:
    good, _ = judged(row(Nom="Martin", Prénom="Paul", Date_de_naissance="01/01/1980", IPP="p4"))
    assert good[0].patient.id == "p4"


def test_the_used_name_and_a_name_with_an_apostrophe_are_recognised() -> None:
    good, refused = judged(
        row(Nom="CARPENTIER"), row(3, Nom="d’Almeida", Prénom="Jean Luc", Date_de_naissance="1971-02-14")
    )
    assert [one.patient.id for one in good] == ["p1", "p2"], refused


def test_a_sunday_and_a_holiday_are_made_with_a_warning() -> None:
    good, refused = judged(row(Date="03/01/2027"), row(3, Date="01/01/2027"))
    assert not refused
    assert [one.warnings for one in good] == [
        ("Le rendez-vous est un dimanche.",),
        ("Le rendez-vous est un jour férié (jour de l'an).",),
    ]


def test_the_same_patient_at_the_same_hour_twice_is_told_on_both_lines() -> None:
    good, refused = judged(row(2), row(3, Type="consultation"), row(4, Heure="10h00"))
    says = "Le patient a plusieurs rendez-vous à cette heure : lignes 2 et 3."
    assert not refused
    assert [one.warnings for one in good] == [(says,), (says,), ()]


@pytest.mark.parametrize("day", ["28/03/2027", "31/10/2027"])
def test_an_hour_that_the_change_of_hour_takes_away_or_gives_twice_is_refused(day: str) -> None:
    good, refused = judged(row(Date=day, Heure="2h30"))
    assert (good, refused[0].column, "on change d'heure" in refused[0].reason) == ([], "heure", True)
    assert judged(row(Date=day, Heure="3h30"))[1] == []


def test_a_repeated_line_is_refused_and_names_the_first() -> None:
    good, refused = judged(row(2), row(7, Nom="LEFÈVRE"))
    assert len(good) == 1
    assert refused[0].reason == "La ligne répète la ligne 2."


def test_without_a_doctor_in_the_list_the_practice_must_have_only_one() -> None:
    two = Register(doctors=[DOCTOR, DOCTOR.__class__("b", "Dr Paul Roche", DOCTOR.role)])
    assert judged(row(), register=two)[1][0].column == "médecin"
    assert judged(row(Médecin="Dr Roche"), register=two)[0][0].author.login == "b"


def test_another_hour_is_another_convocation_about_the_same_subject() -> None:
    (one, other), _ = judged(row(), row(3, Heure="10h00"))
    assert key_of(one) != key_of(other)
    assert subject_of(one) == subject_of(other)


@given(st.dictionaries(st.sampled_from(["Nom", "Prénom", "Date_de_naissance", "Date", "Heure", "IPP"]), st.text()))
def test_whatever_is_typed_a_line_is_made_or_refused_and_never_goes_to_a_patient_who_disagrees(
    changes: dict[str, str],
) -> None:
    good, refused = judged(row(**changes))
    assert len(good) + len(refused) == 1
    assert all(one.patient is PATIENTS[0] for one in good if "IPP" not in changes and "Nom" not in changes)
