"""Make the invented people of ``samples/``: `python scripts/make_registers.py` writes two CSV files.

Nobody in them exists. Patients are born in "department 99", place 99999 (no real commune has that code), and their
NIR has the right key, so that every check of the register works on them. The patient of the sample dictation
``unknown`` is left out on purpose.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from stdnum import luhn
from stdnum.fr import nir

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "tests" / "audio" / "samples.json"
PATIENTS = ROOT / "samples" / "patients.csv"
CORRESPONDENTS = ROOT / "samples" / "correspondents.csv"
BIRTHPLACE = "99999"

# birth name, used name, first names, birth date, sex: first those of the sample dictations, then others
PEOPLE = """
MARCHAND|LAFOREST|Solange Marie|1954-04-12|F
MOREAU||Thomas|1968-02-03|M
GARNIER||Isabelle Jeanne|1949-07-09|F
RENARD||Hugo|2012-05-15|M
FONTAINE|MERCIER|Alice|1973-10-01|F
MARCHAND||Solène|1981-04-12|F
MARCHANT||Solange|1945-12-04|F
MORAND||Thomas|1986-02-03|M
GARNIER||Isaline|1949-09-07|F
RENARD||Jules|2012-05-15|M
PELLISSIER|VAUTRIN|Bérengère|1990-11-30|F
LE GUILLOU||Yann Armel|1957-01-19|M
D'ARBOIS||Éléonore|1966-08-02|F
OUEDRAOGO||Moussa|1979-03-27|M
TRAN||Mai Linh|1988-06-14|F
FERREIRA DA COSTA||João|1945-12-25|M
KOWALCZYK|DUBREUIL|Hanna|1971-02-28|F
SAINT-AUBIN||Théophile|2019-09-05|M
RAKOTO||Noro|1995-05-22|F
BRISSON||Marcel|1932-10-11|M
BRISSON||Marcelle|1932-11-10|F
HADDAD||Karim|1983-07-17|M
PRUNIER||Zoé|2007-04-03|F
COUTELIER||Anne-Sophie|1976-01-08|F
VERMEULEN||Joris|1962-06-29|M
"""
# title, last name, first name, specialty
COLLEAGUES = """
Dr|LESCURE|Antoine|médecine générale
Dr|BELKACEM|Nadia|cardiologie
Dr|ROUSSELIN|Camille|rhumatologie
Dr|DELORME|Vincent|médecine générale
Dr|LESCURE|Antonin|pneumologie
Pr|AUBERTIN|Geneviève|neurologie
Dr|BELKADI|Nadir|gastro-entérologie
Dr|CHAUVEAU|Rémi|orthopédie
Dr|DUMONTEIL|Agathe|gynécologie
Dr|ESCOFFIER|Luc|radiologie
Dr|FAUCHEUX|Marion|dermatologie
Pr|GRANDVAL|Édouard|chirurgie viscérale
Dr|HOAREAU|Jean-Yves|anesthésie-réanimation
Dr|IMBERT|Clotilde|endocrinologie
Dr|JOUVENEL|Patrice|urologie
Mme|KERMADEC|Soizic|kinésithérapie
Dr|LAGARRIGUE|Bruno|ophtalmologie
Dr|MONTFORT|Élise|pédiatrie
M.|NOGARET|Simon|podologie
Dr|OLLIVIER|Fabienne|néphrologie
Dr|PASQUIER|Hervé|ORL
Dr|QUESNEL|Diane|psychiatrie
Dr|RENAUDIN|Gilles|oncologie
Mme|SORBIER|Lætitia|soins infirmiers
"""


def main() -> None:
    people = [line.split("|") for line in PEOPLE.split("\n") if line]
    colleagues = [line.split("|") for line in COLLEAGUES.split("\n") if line]
    write(
        PATIENTS,
        "id;nom_naissance;nom_utilise;prenoms;date_naissance;sexe;lieu_naissance;ins;adresse;code_postal;ville",
        [patient(number, *person) for number, person in enumerate(people, 1)],
    )
    write(
        CORRESPONDENTS,
        "id;titre;nom;prenom;specialite;adresse;code_postal;ville;rpps;email",
        [correspondent(number, *colleague) for number, colleague in enumerate(colleagues, 1)],
    )
    check_samples({(person[0], person[3]) for person in people})


def patient(number: int, birth: str, used: str, first: str, born: str, sex: str) -> list[str]:
    year, month, _ = born.split("-")
    digits = f"{'1' if sex == 'M' else '2'}{year[2:]}{month}{BIRTHPLACE}{number:03d}"
    ins = digits + nir.calc_check_digits(digits)
    nir.validate(ins)
    street = f"{number} rue des Exemples"
    return [f"P{number:04d}", birth, used, first, born, sex, BIRTHPLACE, ins, street, "99000", "VILLE-FICTIVE"]


def correspondent(number: int, title: str, last: str, first: str, specialty: str) -> list[str]:
    body = f"1099999{number:03d}"
    rpps = body + luhn.calc_check_digit(body)
    street = f"{number} place du Modèle"
    return [f"C{number:03d}", title, last, first, specialty, street, "99000", "VILLE-FICTIVE", rpps, ""]


def write(path: Path, header: str, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(header.split(";"))
        writer.writerows(rows)


def check_samples(known: set[tuple[str, str]]) -> None:
    """Every sample's patient is in the register, except the one who must not be."""
    for sample in json.loads(SAMPLES.read_text("utf-8")):
        patient = sample["patient"]
        if ((patient["birth_name"], patient["birth_date"]) in known) != patient["known"]:
            raise SystemExit(f"{sample['id']}: the register and the sample disagree")


if __name__ == "__main__":
    main()
