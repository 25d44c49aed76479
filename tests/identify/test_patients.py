"""Never the wrong patient: what is doubtful is a question with candidates."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identify.matcher import RegisterMatcher
from pipeline.model.case import Medium
from pipeline.model.identity import DocumentKind, Identification, QuestionKind
from pipeline.model.people import Patient, Sex
from tests.identify.noise import make_try
from tests.identify.people import EIGHT, FIRST_NAMES, Register, ins_for, listen, make_people

F, M = Sex.FEMALE, Sex.MALE
INS = ins_for(F, date(1970, 5, 17), 75056, 12)
FAMILY = (
    Patient("jules", "MERCIER", "Jules", date(2015, 4, 9), M),
    Patient("adele", "MERCIER", "Adèle", date(2015, 4, 9), F),
    Patient("louis", "TANGUY", "Louis", date(2012, 2, 2), M),
    Patient("louise", "TANGUY", "Louise", date(2012, 2, 2), F),
    Patient("paul-vieux", "KERVELLA", "Paul", date(1948, 7, 12), M),
    Patient("paul-proche", "KERVELLA", "Paul", date(1946, 7, 12), M),
    Patient("paul-fils", "KERVELLA", "Paul", date(1974, 7, 12), M),
    Patient("pere", "ROUSSEL", "Henri", date(1950, 1, 30), M),
    Patient("fils", "ROUSSEL", "Henri", date(1978, 11, 5), M),
    Patient("lea", "DA PERBERVRE", "Léa", date(1975, 1, 19), F),
    Patient("lucas", "MOREAOT", "Lucas", date(1952, 1, 8), M),
    Patient("mariee", "LE GOFF", "Sylvie", date(1970, 5, 17), F, used_name="DUVAL-MARTIN", ins=INS),
)
REGISTER = Register([*EIGHT, *FAMILY])


def dictated(who: str) -> str:
    return f"Compte rendu de consultation. {who}. Motif : contrôle."


@pytest.mark.parametrize(
    ("who", "patient"),
    [
        ("Madame Sylvie Duval-Martin, née le 17 mai 1970", "mariee"),
        ("Madame Sylvie Le Goff, née le 17 mai 1970", "mariee"),
        ("Madame Duval-Martin née Le Goff Sylvie, née le 17 mai 1970", "mariee"),
        ("Madame Legof Sylvie, née le 17 mai 1970", "mariee"),
        ("Madame Carpentier, née le 3 juin 1946", "p-carpentier"),
        ("Monsieur Henri Roussel, né le 5 novembre 1978", "fils"),
        ("L'enfant Jules Mercier, né le 9 avril 2015", "jules"),
        ("Patiente DASILVA Maria, née le 19 août 1963", "p-dasilva"),
        ("Patients demaria dasilva Néle, 19 août 1963", "p-dasilva"),
    ],
)
def test_two_agreeing_traits_name_the_patient(who: str, patient: str) -> None:
    found = listen(dictated(who), REGISTER)
    assert (found.patient_id, [each.message for each in found.questions]) == (patient, [])


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("L'enfant Mercier, né le 9 avril 2015", "twins, no first name"),
        ("L'enfant Louis Tanguy, né le 2 février 2012", "twins whose names sound nearly alike"),
        ("L'enfant Jade Mercier, née le 9 avril 2015", "a third child"),
        ("Patient Léo Giraud, né le 22 janvier 2011", "an unknown twin"),
        ("Monsieur Paul Kervella, né le 12 juillet 1948", "homonym with a near date"),
        ("Monsieur Paul Kervéla, né le 12 juillet 1974", "a father whose date was misheard as his son's"),
        ("Monsieur Paul Kervella", "homonyms, no date"),
        ("Monsieur Patrick Lambert, né le 14 octobre 1961", "same name, other date"),
        ("Monsieur Camille Fournier, né le 8 mars 1995", "sex contradicts"),
        ("Patiente Yvonne Carpentier, née le 27 février 1999-1959", "date heard in two ways"),
        ("Madame Yvonne Lefort, née le 3 juin 1946", "other family name"),
        ("Madame Nicole Carpentier, née le 3 juin 1946", "other first name"),
        ("Patients denicole carpentier Néle, 3 juin 1946", "other first name, glued to the words around"),
        ("Madame Maria Da Silva, mère de Jules Mercier, né le 9 avril 2015", "mother and child"),
        ("Patiente Yvonne Carpentier, née le 3 juin 1946. Patient Didier Robin, né le 27 février 1959", "two patients"),
        ("Patiente Yvonne Carpentier", "a name alone"),
        ("Madame Maria Da Silva, hospitalisée du 19 août 1963", "not a birth date"),
        ("Docteur Didier Robin, né le 27 février 1959", "a doctor's name"),
    ],
)
def test_a_doubt_is_a_question_never_a_guess(who: str, why: str) -> None:
    found = listen(dictated(who), REGISTER)
    assert found.patient_id == "", why
    assert {each.kind for each in found.questions} & {QuestionKind.PATIENT_DOUBTFUL, QuestionKind.PATIENT_UNKNOWN}


@pytest.mark.parametrize(
    "who",
    [
        "Madame Da Perbervre Claire, née le 19 janvier 1975",  # the family name's two words explain themselves only
        "Monsieur Loïs Moreaot, né le 8 janvier 1952",  # one sound from Lucas
    ],
)
def test_an_absent_twin_is_not_taken_for_the_one_in_the_register(who: str) -> None:
    assert listen(dictated(who), REGISTER).patient_id == ""


def test_an_unknown_patient_keeps_the_heard_traits() -> None:
    found = listen(dictated("Madame Odile Zimmermann, née le 4 avril 1939"), REGISTER)
    assert [each.kind for each in found.questions] == [QuestionKind.PATIENT_UNKNOWN]
    assert (found.traits.names, found.traits.birth_date, found.traits.sex) == ("Odile Zimmermann", date(1939, 4, 4), F)


def test_the_doctors_own_name_is_asked_about() -> None:
    text = dictated("Patient Didier Robin, né le 27 février 1959")
    assert listen(text, REGISTER).patient_id == "p-robin"
    assert listen(text, REGISTER, own_names=frozenset({"Didier Robin"})).patient_id == ""


def test_candidates_say_in_french_what_agrees_and_what_does_not() -> None:
    found = listen(dictated("Monsieur Patrick Lambert, né le 14 octobre 1961"), REGISTER)
    first = found.patients[0]
    assert (first.id, first.agreeing, first.disagreeing) == (
        "p-lambert",
        ("nom", "prénom", "sexe"),
        ("date de naissance",),
    )


def test_a_patient_imported_later_is_seen_by_the_same_matcher() -> None:
    register, matcher = Register(list(EIGHT)), RegisterMatcher(FIRST_NAMES)
    text = dictated("Madame Odile Zimmermann, née le 4 avril 1939")
    assert listen(text, register, matcher=matcher).patient_id == ""
    register.add(Patient("new", "ZIMMERMANN", "Odile", date(1939, 4, 4), F))
    assert listen(text, register, matcher=matcher).patient_id == "new"


def paper(text: str) -> Identification:
    return listen(text, REGISTER, Medium.SCAN)


LETTER = "Dr Jeanne Morel\nCardiologue\n3 rue des Lilas, 44000 Nantes\n\nMonsieur Didier Robin\n12 rue du Port\n\n"


@pytest.mark.parametrize(
    ("line", "patient"),
    [
        ("Concernant : Madame Yvonne CARPENTIER, née le 03/06/1946", "p-carpentier"),
        ("Patient(e) : HAMEL Bernadette né(e) le O5/l2/195O", "p-hamel"),
        ("Nom de naissance : LE GOFF\nPrénom : Sylvie\nDate de naissance : 17/05/1970", "mariee"),
        (f"Votre patiente Sylvie LE GOFF\nINS : {INS[:1]} {INS[1:3]} {INS[3:5]} {INS[5:]}", "mariee"),
        ("Cher confrère, j'ai vu votre patient, Monsieur Thomas NGUYEN, né le 30 septembre 1984.", "p-nguyen"),
        ("Je vous remercie de votre confiance.", ""),
    ],
)
def test_a_letter_names_its_patient_by_its_lines_never_by_its_address(line: str, patient: str) -> None:
    found = paper(f"{LETTER}Nantes, le 12 octobre 2026\n\n{line}\n\nBien à vous.")
    assert found.patient_id == patient
    assert (found.kind, found.sender_heard) == (DocumentKind.RECEIVED_LETTER, "Dr Jeanne Morel")
    assert found.document_date == date(2026, 10, 12)


def test_an_old_paper_is_proposed_as_archive() -> None:
    found = paper("Centre hospitalier de Brest\nle 4 mars 1998\nPatient : Didier ROBIN, né le 27/02/1959\n")
    assert (found.kind, found.document_date, found.patient_id) == (DocumentKind.ARCHIVE, date(1998, 3, 4), "p-robin")


PEOPLE = make_people(2000, 11)
PRESENT = Register([patient for index, patient in enumerate(PEOPLE) if index % 10])
WARM = RegisterMatcher(FIRST_NAMES)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**9), amount=st.floats(0, 0.6))
def test_whatever_the_noise_it_is_the_right_patient_or_nobody(seed: int, amount: float) -> None:
    one = make_try(PEOPLE, random.Random(seed), amount)
    present = any(patient.id == one.meant for patient in PRESENT.people)
    assert listen(one.text, PRESENT, matcher=WARM).patient_id in ({"", one.meant} if present else {""}), one.text


def test_most_clean_openings_need_nobody() -> None:
    rng = random.Random(4)
    tries = [make_try(PRESENT.people, rng, 0.0) for _ in range(200)]
    right = sum(listen(one.text, PRESENT, matcher=WARM).patient_id == one.meant for one in tries)
    assert right >= 180


@pytest.mark.parametrize(
    ("main", "again", "patient"),
    [
        (
            "Patient d'idiets robènes et le 27 février 1999-1959",
            "Patient Didier-Hobain et le 27 février 1959",
            "p-robin",
        ),
        ("Monsieur Paul Kervella, né le 12 juillet 1945", "Monsieur Paul Kervella, né le 12 juillet 1974", ""),
        ("Patiente Yvonne Carpentier, née le 3 juin 1946", "Patient Didier Robin, né le 27 février 1959", ""),
        ("Madame Nicole Carpentier, née le 3 juin 1946", "Madame Yvonne Carpentier, née le 3 juin 1946", ""),
    ],
)
def test_another_hearing_settles_a_doubt_but_overrules_nothing(main: str, again: str, patient: str) -> None:
    assert listen(dictated(main), REGISTER, again=(dictated(again),)).patient_id == patient


def test_where_two_hearings_name_a_patient_a_slip_of_a_third_does_not_ask() -> None:
    slip, clear = (f"Patiente {first} Carpentier, née le 3 juin 1946" for first in ("Simone", "Yvonne"))
    doubtful = dictated("Patiente qui bonde Carpentier, née le 3 juin 1946")
    again = (dictated(clear), dictated(slip), dictated(clear))
    assert listen(doubtful, REGISTER, again=again[:1]).patient_id == "p-carpentier"
    assert listen(doubtful, REGISTER, again=again[:2]).patient_id == ""
    assert listen(doubtful, REGISTER, again=again).patient_id == "p-carpentier"
    assert listen(dictated(slip), REGISTER, again=(again[0], again[2])).patient_id == ""


def test_a_twin_heard_once_is_asked_about_even_where_two_hearings_name_the_other() -> None:
    twins = Register([*REGISTER.people, replace(EIGHT[0], id="p-twin", first_names="Simone")])
    slip, clear = (f"Patiente {first} Carpentier, née le 3 juin 1946" for first in ("Simone", "Yvonne"))
    again = (dictated(clear), dictated(slip), dictated(clear))
    assert listen(dictated(clear), twins, again=again).patient_id == ""
