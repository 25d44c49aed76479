"""The names of columns and kinds, from ``columns.yaml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pipeline import yaml_text
from pipeline.batch.port import Columns, Row
from pipeline.batch.words import folded
from pipeline.errors import FileRefused
from pipeline.model.identity import DocumentKind

FILE = Path(__file__).parent / "columns.yaml"
NEEDED = ("date", "hour")
MOST_ROWS = 20_000
"""Lines of one list: a year of a large practice. More is another kind of file."""


@cache
def load_columns(file: Path = FILE) -> Columns:
    data = yaml_text.load(file.read_text(encoding="utf-8"))
    return Columns(
        fields={folded(name): field for field, names in data["fields"].items() for name in names},
        french={field: names[0] for field, names in data["fields"].items()},
        kinds={folded(name): DocumentKind(kind) for kind, names in data["kinds"].items() for name in names},
    )


def check_header(header: Sequence[str], columns: Columns) -> None:
    """Raises `FileRefused` when a needed column is not there, or the patient cannot be named."""
    fields = {columns.fields.get(folded(name), "") for name in header}
    missing = [columns.french[field] for field in NEEDED if field not in fields]
    if not fields & {"id", "ins"} and not {"birth_name", "first_names", "birth_date"} <= fields:
        missing.append("nom de naissance, prénoms et date de naissance (ou ipp, ou ins)")
    if missing:
        raise FileRefused(
            f"Colonnes absentes de la liste : {', '.join(missing)}.", advice="Vérifiez la première ligne du fichier."
        )


def made_row(number: int, cells: Mapping[str, str], columns: Columns, fault: str = "") -> Row:
    """Values by field; the first filled column wins where two have the same meaning."""
    values: dict[str, str] = {}
    for name, cell in cells.items():
        field = columns.fields.get(folded(name), "")
        if field and not values.get(field):
            values[field] = cell.strip()
    return Row(number, values, dict(cells), fault)


def too_long() -> FileRefused:
    return FileRefused(f"La liste a plus de {MOST_ROWS} lignes.", advice="Coupez-la en plusieurs fichiers.")
