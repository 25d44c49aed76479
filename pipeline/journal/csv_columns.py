"""What the columns of a register's CSV file are called, and the values they may hold."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.model.people import Sex

PATIENT_COLUMNS: Mapping[str, str] = {
    "nom_naissance": "birth_name",
    "nom_de_naissance": "birth_name",
    "birth_name": "birth_name",
    "nom_utilise": "used_name",
    "used_name": "used_name",
    "prenoms": "first_names",
    "prenom": "first_names",
    "first_names": "first_names",
    "date_naissance": "birth_date",
    "date_de_naissance": "birth_date",
    "birth_date": "birth_date",
    "sexe": "sex",
    "sex": "sex",
    "lieu_naissance": "birthplace",
    "birthplace": "birthplace",
    "ins": "ins",
    "nir": "ins",
    "matricule": "ins",
    "ins_oid": "ins_oid",
    "oid": "ins_oid",
    "adresse": "address",
    "address": "address",
    "code_postal": "postcode",
    "postcode": "postcode",
    "ville": "town",
    "town": "town",
    "statut": "identity_status",
    "identity_status": "identity_status",
    "id": "id",
    "ipp": "id",
}

CORRESPONDENT_COLUMNS: Mapping[str, str] = {
    "titre": "title",
    "title": "title",
    "nom": "last_name",
    "last_name": "last_name",
    "prenom": "first_name",
    "first_name": "first_name",
    "specialite": "specialty",
    "specialty": "specialty",
    "adresse": "address",
    "address": "address",
    "code_postal": "postcode",
    "postcode": "postcode",
    "ville": "town",
    "town": "town",
    "rpps": "rpps",
    "email": "email",
    "mail": "email",
    "mssante": "email",
    "id": "id",
}

SEXES: Mapping[str, Sex] = {
    "": Sex.UNKNOWN,
    "i": Sex.UNKNOWN,
    "f": Sex.FEMALE,
    "2": Sex.FEMALE,
    "femme": Sex.FEMALE,
    "feminin": Sex.FEMALE,
    "m": Sex.MALE,
    "h": Sex.MALE,
    "1": Sex.MALE,
    "homme": Sex.MALE,
    "masculin": Sex.MALE,
}

NIR_OID = "1.2.250.1.213.1.4.8"
NIA_OID = "1.2.250.1.213.1.4.9"
INS_OIDS = frozenset({NIR_OID, NIA_OID, "1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"})
"""INS object identifiers (Agence du Numérique en Santé): NIR, NIA, test, demonstration."""

STATUSES = frozenset({"VIDE", "PROV", "VALI", "DOUB", "DESA"})
"""HL7 table 0445, identity reliability."""
