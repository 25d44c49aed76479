"""What the dictation says of the addressee fills the form of a new correspondent, and a person's answer is kept."""

from __future__ import annotations

import pytest

from pipeline.identify.addressee import addressee_answered, addressee_named, said_addressee
from pipeline.model.identity import NOBODY, DocumentKind, Identification
from tests.identify.test_openings import REGISTER, listen


@pytest.mark.parametrize(
    ("opening", "said"),
    [
        ("Courrier au docteur Paul Vernier, cardiologue", ("Dr", "Paul", "Vernier", "cardiologue")),
        ("Courrier au professeur Zoé Wojtkowiak", ("Pr", "Zoé", "Wojtkowiak", "")),
        ("Courrier au docteur Vernier", ("Dr", "", "Vernier", "")),
        ("Courrier au docteur Anne-Marie de la Tour dermatologue", ("Dr", "Anne-Marie", "de la Tour", "dermatologue")),
        ("Courrier au docteur Paul Vernier chirurgien vasculaire", ("Dr", "Paul", "Vernier", "chirurgien vasculaire")),
    ],
)
def test_title_names_and_specialty_are_told_apart(opening: str, said: tuple[str, ...]) -> None:
    found = listen(f"{opening}. Patiente Yvonne Carpentier, née le 3 juin 1946. Texte.", REGISTER)
    person = said_addressee(found)
    assert (person.title, person.first_name, person.last_name, person.specialty) == said
    assert found.recipient_evidence == opening


def test_nobody_is_made_up_when_nobody_was_named() -> None:
    found = listen("Certificat de présence. Patiente Yvonne Carpentier, née le 3 juin 1946. Texte.", REGISTER)
    assert (said_addressee(found).last_name, said_addressee(None).last_name, addressee_named(found)) == ("", "", "")


def test_that_nobody_is_addressed_is_kept_until_somebody_is_chosen() -> None:
    found = Identification(DocumentKind.CONSULTATION_REPORT, recipient_heard="Paul Vernier")
    assert addressee_named(found) == "Paul Vernier"
    kept = addressee_answered(found, NOBODY)["identification"]
    assert isinstance(kept, Identification) and addressee_named(kept) == ""
    assert addressee_answered(kept, NOBODY) == {} and addressee_answered(kept, None) == {}
    again = addressee_answered(kept, "c1")["identification"]
    assert isinstance(again, Identification) and addressee_named(again) == "Paul Vernier"


def test_who_sent_the_patient_is_not_taken_for_the_addressee() -> None:
    said = (
        "Compte rendu opératoire. Patiente adressée par le docteur Wojtkowiak, Yvonne Carpentier, née le 3 juin 1946."
    )
    found = listen(said + ". Texte.", REGISTER)
    assert (found.recipient_heard, addressee_named(found)) == ("Wojtkowiak", "")
