"""CSV files as other programs export them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import RegisterError
from pipeline.journal.csv_columns import NIA_OID, NIR_OID
from pipeline.journal.folding import patient_id
from pipeline.journal.registers_csv import read_correspondents, read_patients
from pipeline.model.people import Correspondent, Patient, Sex

HEADER = "Nom naissance;Prénoms;Date naissance;Sexe;Lieu naissance;INS;Adresse;Code postal;Ville;IPP"
GOOD = "Lefèvre;Jeanne, Marie;12/03/1979;F;1053;2 79 03 51 215 189 89;1 rue du Lac;01000;Bourg;42"


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "registre.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_encodings_and_delimiters_are_recognised(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f"{HEADER}\r\n{GOOD}\r\n\r\n".replace(";", delimiter)
    patients, refused = read_patients(written(tmp_path, text, encoding))
    assert refused == []
    assert patients == [
        Patient(
            id="42",
            birth_name="Lefèvre",
            first_names="Jeanne Marie",
            birth_date=date(1979, 3, 12),
            sex=Sex.FEMALE,
            birthplace="01053",
            ins="279035121518989",
            ins_oid=NIR_OID,
            address="1 rue du Lac\n01000 Bourg",
        )
    ]


def test_english_headers_and_a_stable_id_when_none_is_given(tmp_path: Path) -> None:
    text = 'birth_name,used_name,first_names,birth_date,sex\n"Lefèvre","Petit, ép. Grand",Jeanne,1979-03-12,2\n'
    [patient], _ = read_patients(written(tmp_path, text))
    assert (patient.used_name, patient.sex) == ("Petit, ép. Grand", Sex.FEMALE)
    [again], _ = read_patients(written(tmp_path, text.replace("Lefèvre", "LEFEVRE")))
    assert patient.id == again.id == patient_id(patient)


@pytest.mark.parametrize(
    ("wrong", "right", "reason"),
    [
        ("31/02/1979", "12/03/1979", "n'existe pas"),
        ("12/03/79", "12/03/1979", "JJ/MM/AAAA"),
        ("12/03/2979", "12/03/1979", "futur"),
        ("12/04/1979", "12/03/1979", "l'année et au mois"),
        ("12/03/1978", "12/03/1979", "l'année et au mois"),
        (";M;", ";F;", "sexe"),
        (";X;", ";F;", "M, F ou I"),
        ("189 88", "189 89", "clé"),
        ("215 189;", "215 189 89;", "15 caractères"),
        (";Bourg-en-Bresse;", ";1053;", "INSEE"),
        (";Jeanne", "Lefèvre;Jeanne", "nom de naissance manque"),
        ("Lefèvre;;", "Lefèvre;Jeanne, Marie;", "prénom manque"),
        (";42;trop", ";42", "plus de colonnes"),
    ],
)
def test_a_bad_line_is_refused_with_its_number_and_reason_and_the_others_are_kept(
    tmp_path: Path, wrong: str, right: str, reason: str
) -> None:
    other = "Martin;Jean;01/02/1960;M;;;;;;7"
    bad = GOOD.replace(right, wrong)
    assert bad != GOOD
    patients, refused = read_patients(written(tmp_path, f'{HEADER}\n"Du\nBois";Luc;;I;;;;;;5\n{bad}\n{other}\n'))
    assert [p.id for p in patients] == ["5", "7"]
    [(line, told)] = refused
    assert line == 4
    assert reason in told
    assert "Lefèvre" not in told


def test_a_waiting_number_has_its_own_oid(tmp_path: Path) -> None:
    number = "7790351215189"
    key = 97 - int(number) % 97
    [patient], _ = read_patients(written(tmp_path, f"{HEADER}\nAli;Omar;01/03/1979;H;;{number}{key:02d};;;;1\n"))
    assert (patient.ins_oid, patient.sex) == (NIA_OID, Sex.MALE)


def test_somebody_without_birth_date_id_or_ins_is_refused(tmp_path: Path) -> None:
    patients, refused = read_patients(written(tmp_path, f"{HEADER}\nAli;Omar;;H;;;;;;\n"))
    assert patients == []
    assert [line for line, _ in refused] == [2]


@pytest.mark.parametrize("text", ["", "a;b;c\n1;2;3\n", "nom_naissance;prenoms\nA;B\n"])
def test_a_file_that_is_no_register_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(RegisterError, match=r"Colonnes absentes : .*date_naissance"):
        read_patients(written(tmp_path, text))


def test_correspondents(tmp_path: Path) -> None:
    text = (
        "Titre;Nom;Prénom;Spécialité;Adresse;Code postal;Ville;RPPS;MSSanté;id\n"
        "Pr;Bernard;Luc;Cardiologie;1 rue A;69000;Lyon;10001234565;luc@mssante.fr;c1\n"
        ";Petit;;;;;;10001234567;;c2\n"
        ";Grand;;;;;;;pas une adresse;c3\n"
        ";Moyen;;;;;;;;c4\n"
    )
    people, refused = read_correspondents(written(tmp_path, text))
    assert people[0] == Correspondent(
        "c1", "Bernard", "Luc", "Pr", "Cardiologie", "1 rue A\n69000 Lyon", "10001234565", "luc@mssante.fr"
    )
    assert [p.id for p in people] == ["c1", "c4"]
    assert [line for line, _ in refused] == [3, 4]
