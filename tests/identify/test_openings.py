"""The French opening stands beside what a secretary would understand."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.identify.french import find_dates, likeness, sound
from pipeline.model.case import Urgency
from pipeline.model.identity import DocumentKind as Kind
from pipeline.model.identity import QuestionKind
from tests.identify.people import EIGHT, RULES, Register, listen, make_people

REGISTER = Register([*make_people(300, 7), *EIGHT])
ROUTINE, URGENT = Urgency.ROUTINE, Urgency.URGENT

OPENINGS = [
    # text, kind, title, patient, urgency, how the body begins
    ("Courrier au docteur Olivier Perrin. Patiente Yvonne Carpentier, née le 3 juin 1946. Cher confrère,\nJe vois",
     Kind.LETTER, "Courrier", "p-carpentier", ROUTINE, "Cher confrère"),
    ("Courier, docteur Olivier Perín, patient Y vonne Carpentier, né le 3 juin 1900 46, chère confraire virgule à la",
     Kind.LETTER, "Courrier", "p-carpentier", ROUTINE, "chère confraire"),
    ("Réponse au docteur Claire Bonnet. Madame Bernadette Hamel née le cinq décembre mille neuf cent cinquante point "
     "Chère consœur virgule", Kind.LETTER, "Courrier", "p-hamel", ROUTINE, "Chère consœur"),
    ("Lettre d'adressage pour le docteur Marc Aubry. Patiente Camille Fournier, 31 ans, née le 08/03/1995. "
     "Cher ami, je vous adresse", Kind.REFERRAL_LETTER, "Lettre d'adressage", "p-fournier", ROUTINE, "Cher ami"),
    ("Compte rendu opératoire. Patient Didier Robin, né le 27 février 1959. Date de l'intervention : 12 novembre 2026.",
     Kind.OPERATIVE_REPORT, "Compte rendu opératoire", "p-robin", ROUTINE, "Date de l'intervention"),
    ("Conte-rendu opératoire, patient Didier Robain né le 27 février 1959 point. Indication deux points",
     Kind.OPERATIVE_REPORT, "Compte rendu opératoire", "p-robin", ROUTINE, "Indication"),
    ("Compte-rendu de consultation d'endocrinologie. Monsieur Patrick l'ambert, né le quatorze octobre mille neuf cent "
     "soixante et onze. Motif : diabète.", Kind.CONSULTATION_REPORT, "Compte rendu de consultation d'endocrinologie",
     "p-lambert", ROUTINE, "Motif"),
    ("Lettre de liaison, urgent. Madame Maria Da Silva, née le 19 août 1963, hospitalisée du 2 au 9 novembre 2026 en "
     "néphrologie. Motif :", Kind.DISCHARGE_LETTER, "Lettre de liaison", "p-dasilva", URGENT, "hospitalisée du 2 au 9"),
    ("L'aide de liaison urgence, Madame Maria Da Silva, née le 19 août 1963. Motif :",
     Kind.DISCHARGE_LETTER, "Lettre de liaison", "p-dasilva", URGENT, "Motif"),
    ("Lettre de liaison. Madame Maria Da Silva, née le 19 août 1963. Pose en urgence d'une sonde double J.",
     Kind.DISCHARGE_LETTER, "Lettre de liaison", "p-dasilva", ROUTINE, "Pose en urgence"),
    ("IRM du genou droit. Patiente Camille Fournier, née le 8 mars 1995. Indication : torsion.",
     Kind.IMAGING_REPORT, "IRM du genou droit", "p-fournier", ROUTINE, "Indication"),
    ("Échographie abdominale, en urgence. Monsieur Thomas N'Guyen, né le 30 septembre 1984. Le foie est normal.",
     Kind.IMAGING_REPORT, "Échographie abdominale", "p-nguyen", URGENT, "Le foie est normal"),
    ("Scanner du thorax. Monsieur Thomas Nguyen, né le 30.09.1984. Technique : sans injection.",
     Kind.IMAGING_REPORT, "Scanner du thorax", "p-nguyen", ROUTINE, "Technique"),
    ("Convocation pour monsieur Thomas Nguyen, né le 30 septembre 1984. Rendez-vous le 4 décembre 2026 à 14 heures.",
     Kind.CONVOCATION, "Convocation", "p-nguyen", ROUTINE, "Rendez-vous le 4 décembre"),
    ("Certificat médical d'absence de contre-indication. Je soussignée docteur Hélène Vasseur certifie avoir examiné "
     "ce jour Léa Giraud, née le 22 janvier 2011. L'examen", Kind.CERTIFICATE,
     "Certificat médical d'absence de contre-indication", "p-giraud", ROUTINE, "Je soussignée docteur Hélène"),
    ("Certificat médicale. Je soussignée docteur Vasseur certifie avoir examiné ce jour les agiraux né le 22 janvier "
     "2011.", Kind.CERTIFICATE, "Certificat médical", "p-giraud", ROUTINE, "Je soussignée"),
    ("Certificat médical. Je sous signais, docteur Vasseur certifie avoir examiné ce jour. Léa Giraud n'est le 22 "
     "janvier 2011. L'examen", Kind.CERTIFICATE, "Certificat médical", "p-giraud", ROUTINE, "Je sous signais"),
    ("Note pour le secrétariat : à envoyer aujourd'hui. Courrier au docteur Claire Bonnet, dermatologue. Patiente "
     "Bernadet-Amel, ni le 5 décembre 1950. Chère consœur,",
     Kind.LETTER, "Courrier", "p-hamel", URGENT, "Chère consœur"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "title", "patient", "urgency", "body"), OPENINGS)
def test_an_opening_is_understood(text: str, kind: Kind, title: str, patient: str, urgency: Urgency, body: str) -> None:
    found = listen(text, REGISTER)
    assert (found.kind, found.title, found.patient_id, found.urgency) == (kind, title, patient, urgency)
    assert text[found.body_start :].startswith(body)


KINDS = [
    # how it opens, kind, title
    ("Lettre d'adressage au docteur Olivier Perrin", Kind.REFERRAL_LETTER, "Lettre d'adressage"),
    ("Demande d'avis pour le docteur Olivier Perrin", Kind.REFERRAL_LETTER, "Lettre d'adressage"),
    ("Réponse à une demande d'avis du docteur Olivier Perrin", Kind.REFERRAL_ANSWER, "Réponse à une demande d'avis"),
    ("Lettre de liaison à l'entrée", Kind.ADMISSION_LETTER, "Lettre de liaison à l'entrée"),
    ("Lettre d'hospitalisation", Kind.ADMISSION_LETTER, "Lettre de liaison à l'entrée"),
    ("Lettre de liaison à la sortie", Kind.DISCHARGE_LETTER, "Lettre de liaison"),
    ("Lettre de sortie", Kind.DISCHARGE_LETTER, "Lettre de liaison"),
    ("Compte-rendu d'hospitalisation", Kind.HOSPITAL_REPORT, "Compte rendu d'hospitalisation"),
    ("Conte rendu de séjour", Kind.HOSPITAL_REPORT, "Compte rendu d'hospitalisation"),
    ("Coloscopie totale", Kind.ENDOSCOPY_REPORT, "Coloscopie totale"),
    ("Compte rendu de gastroscopie", Kind.ENDOSCOPY_REPORT, "Compte rendu de gastroscopie"),
    ("Fibroscopie bronchique", Kind.ENDOSCOPY_REPORT, "Fibroscopie bronchique"),
    ("Épreuve d'effort", Kind.FUNCTIONAL_REPORT, "Épreuve d'effort"),
    ("Explorations fonctionnelles respiratoires", Kind.FUNCTIONAL_REPORT, "Explorations fonctionnelles respiratoires"),
    ("Holter tensionnel", Kind.FUNCTIONAL_REPORT, "Holter tensionnel"),
    ("Échographie cardiaque", Kind.IMAGING_REPORT, "Échographie cardiaque"),
    ("Compte rendu d'anatomopathologie", Kind.PATHOLOGY_REPORT,
     "Compte rendu d'anatomie et de cytologie pathologiques"),
    ("Certificat médical de présence", Kind.CERTIFICATE_PRESENCE, "Certificat de présence"),
    ("Attestation de présence", Kind.CERTIFICATE_PRESENCE, "Certificat de présence"),
    ("Certificat de bonne santé", Kind.CERTIFICATE_GOOD_HEALTH, "Certificat de bonne santé"),
    ("Certificat médical d'absence scolaire", Kind.CERTIFICATE_SCHOOL_ABSENCE, "Certificat médical d'absence scolaire"),
    ("Certificat de coups et blessures", Kind.CERTIFICATE_INJURIES,
     "Certificat médical initial descriptif de lésions"),
    ("Certificat médical initial descriptif", Kind.CERTIFICATE_INJURIES,
     "Certificat médical initial descriptif de lésions"),
    ("Certificat de reprise du travail", Kind.CERTIFICATE_RETURN_TO_WORK, "Certificat médical de reprise du travail"),
    ("Certificat de grossesse", Kind.CERTIFICATE_PREGNANCY, "Certificat médical de grossesse"),
    ("Certificat médical de non contre-indication à la pratique du judo", Kind.CERTIFICATE_SPORT,
     "Certificat médical de non contre-indication à la pratique du judo"),
    ("Certificat de sport", Kind.CERTIFICATE_SPORT, "Certificat médical de sport"),
    ("Certificat de contre-indication à la vaccination", Kind.CERTIFICATE_CONTRAINDICATION,
     "Certificat médical de contre-indication à la vaccination"),
    ("Certificat de dispense de sport", Kind.CERTIFICATE_CONTRAINDICATION, "Certificat médical de dispense de sport"),
    ("Certificat médical", Kind.CERTIFICATE, "Certificat médical"),
    ("Convocation pour une consultation", Kind.CONVOCATION_CONSULTATION, "Convocation à une consultation"),
    ("Convocation pour un scanner", Kind.CONVOCATION_EXAMINATION, "Convocation à un examen"),
    ("Convocation à une hospitalisation", Kind.CONVOCATION_ADMISSION, "Convocation à une hospitalisation"),
    ("Convocation au bloc", Kind.CONVOCATION_OPERATION, "Convocation à une intervention"),
    ("Convocation", Kind.CONVOCATION, "Convocation"),
    ("Rappel de rendez-vous", Kind.CONVOCATION_REMINDER, "Rappel de rendez-vous"),
    ("Rendez-vous manqué", Kind.CONVOCATION_MISSED, "Rendez-vous manqué"),
    ("Lettre de résultats à la patiente", Kind.RESULTS_LETTER, "Vos résultats"),
    ("Demande de documents au docteur Olivier Perrin", Kind.DOCUMENT_REQUEST, "Demande de documents médicaux"),
    ("Fiche d'information et de consentement", Kind.INFORMATION_CONSENT, "Information et consentement"),
]  # fmt: skip


@pytest.mark.parametrize(("opening", "kind", "title"), KINDS)
def test_each_kind_is_known_by_how_it_opens(opening: str, kind: Kind, title: str) -> None:
    found = listen(f"{opening}. Patiente Yvonne Carpentier, née le 3 juin 1946. Le texte commence.", REGISTER)
    assert (found.kind, found.title, found.patient_id) == (kind, title, "p-carpentier")
    assert not [each for each in found.questions if each.kind is QuestionKind.KIND_UNKNOWN]


def test_every_composed_kind_has_an_opening() -> None:
    opened = {rule.kind for rule in RULES.kinds}
    assert set(Kind) - opened == {Kind.RECEIVED_LETTER, Kind.ARCHIVE}


@pytest.mark.parametrize(
    ("text", "recipient", "question"),
    [
        ("Courrier au docteur Olivier Pérín. Patiente", "c-perrin", None),
        ("Courrier aux docteurs clairbonnés d'hermatologues, patientes X", "c-bonnet", None),
        ("Courrier au docteur Anne Petit, cardiologue. Patiente", "c-petit-1", None),
        ("Courrier au docteur Petit. Patiente", "", QuestionKind.RECIPIENT_DOUBTFUL),
        ("Courrier au docteur Zbigniew Wojtkowiak. Patiente", "", QuestionKind.RECIPIENT_UNKNOWN),
        ("Courrier pour la caisse. Patiente", "", QuestionKind.RECIPIENT_UNKNOWN),
        ("Demande d'avis pour le docteur Olivier Perrin. Patiente", "c-perrin", None),
        ("Demande de documents au docteur Olivier Perrin. Patiente", "c-perrin", None),
        ("Lettre de liaison à l'entrée. Patiente", "", QuestionKind.RECIPIENT_UNKNOWN),
        ("Certificat de présence. Patiente", "", None),
        ("Convocation pour madame", "", None),
    ],
)
def test_the_recipient_is_found_or_asked_for(text: str, recipient: str, question: QuestionKind | None) -> None:
    found = listen(text + " Yvonne Carpentier, née le 3 juin 1946. Texte.", REGISTER)
    assert found.recipient_id == recipient
    kinds = {each.kind for each in found.questions} & {QuestionKind.RECIPIENT_DOUBTFUL, QuestionKind.RECIPIENT_UNKNOWN}
    assert kinds == ({question} if question else set())


def test_a_text_without_opening_stays_whole_and_is_asked_about() -> None:
    text = "Le patient va bien. On poursuit le traitement par ramipril cinq milligrammes."
    found = listen(text, REGISTER)
    assert (found.kind, found.patient_id, found.removed) == (None, "", ())
    assert found.body_start == 0
    assert {each.kind for each in found.questions} >= {QuestionKind.KIND_UNKNOWN}


def test_a_note_inside_the_letter_is_set_aside_with_its_words() -> None:
    text = OPENINGS[0][0] + " ce patient. Note pour le secrétariat : joindre l'ECG. Bien à vous."
    found = listen(text, REGISTER)
    assert [text[a:b].strip() for a, b in found.removed] == ["Note pour le secrétariat : joindre l'ECG."]
    assert found.notes == ("Note pour le secrétariat : joindre l'ECG.",)


@pytest.mark.parametrize(
    ("said", "note"),
    [
        ("Il va bien. Note pour le secrétariat : faxer l'ECG. Merci.", "Note pour le secrétariat : faxer l'ECG."),
        ("Il va bien. Note au secrétariat : faxer l'ECG. Merci.", "Note au secrétariat : faxer l'ECG."),
        ("Il va bien. Note pour la secrétaire : faxer l'ECG. Merci.", "Note pour la secrétaire : faxer l'ECG."),
        ("Il va bien. Note pour ma secrétaire, faxer l'ECG. Merci.", "Note pour ma secrétaire, faxer l'ECG."),
        ("Il va bien, note pour le secretariat 2 points faxer l'ECG. Merci.",
         "note pour le secretariat 2 points faxer l'ECG."),
        ("Il va bien.\nNote pour le secrétariat : faxer l'ECG\n\nMerci.", "Note pour le secrétariat : faxer l'ECG"),
        ("Il va bien. Merci. Note pour le secrétariat : faxer l'ECG", "Note pour le secrétariat : faxer l'ECG"),
        ("Il va bien. Note pour le secrétariat : faxer l'ECG. Rappeler la famille. Fin de note. Merci.",
         "Note pour le secrétariat : faxer l'ECG. Rappeler la famille. Fin de note."),
        ("Il va bien. Note pour le secrétariat : faxer l'ECG, fin de la note. Merci.",
         "Note pour le secrétariat : faxer l'ECG, fin de la note."),
        ("Il va bien. Message pour le secrétariat : faxer l'ECG. Merci.",
         "Message pour le secrétariat : faxer l'ECG."),
    ],
)  # fmt: skip
def test_a_note_is_found_at_any_place_and_ends_with_its_sentence_its_paragraph_or_fin_de_note(
    said: str, note: str
) -> None:
    found = listen(OPENINGS[0][0] + " ce patient. " + said, REGISTER)
    assert found.notes == (note,)
    assert len(found.removed) == 1


@pytest.mark.parametrize(
    "said",
    [
        "J'ai pris note pour le dossier.",
        "Il a été noté par la secrétaire.",
        "Il apporte, par courrier, une note de frais.",
        "La note jointe est pour le confrère.",
        "Je prends note, merci.",
        "Sa fin de note est de 12.",
        "Il est suivi par sa secrétaire, note le confrère.",
    ],
)
def test_prose_about_notes_stays_in_the_letter(said: str) -> None:
    assert listen(OPENINGS[0][0] + " ce patient. " + said, REGISTER).notes == ()


def test_the_date_of_the_operation_said_in_the_opening_is_the_document_date() -> None:
    found = listen(
        "Compte rendu opératoire du 12 novembre 2026. Patient Didier Robin, né le 27 février 1959. A", REGISTER
    )
    assert (found.document_date, found.patient_id) == (date(2026, 11, 12), "p-robin")


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("le 3 juin 1946", date(1946, 6, 3)),
        ("3 juin mille neuf cent quarante-six", date(1946, 6, 3)),
        ("3 juin 1900 46", date(1946, 6, 3)),
        ("trente et un mars dix-neuf cent nonante-neuf", date(1999, 3, 31)),
        ("vingt-deux janvier deux mille onze", date(2011, 1, 22)),
        ("premier août dix-neuf cent septante et un", date(1971, 8, 1)),
        ("8 mars-1995", date(1995, 3, 8)),
        ("03/06/1946", date(1946, 6, 3)),
        ("1946-06-03", date(1946, 6, 3)),
        ("3.6.46", None),
        ("31 février 1950", None),
    ],
)
def test_a_date_is_read_only_with_a_full_year(said: str, day: date | None) -> None:
    assert [each.days for each in find_dates(said)] == ([(day,)] if day else [])


def test_two_years_in_one_date_are_two_readings() -> None:
    assert find_dates("27 février 1999-1959")[0].days == (date(1999, 2, 27), date(1959, 2, 27))


@pytest.mark.parametrize(
    ("left", "right"),
    [("Perrault", "Perreau"), ("Léa Giraud", "les agiraux"), ("Fournier", "fournié"), ("N'GUYEN", "Nguyen"),
     ("Robin", "Robain"), ("Y vonne", "Yvonne"), ("LE GOFF", "Legoff"), ("René", "Renée")],
)  # fmt: skip
def test_names_that_sound_alike_have_one_key(left: str, right: str) -> None:
    assert sound(left) == sound(right)


def test_other_names_keep_other_keys() -> None:
    assert likeness(sound("Martin"), sound("Lambert")) < 0.6
