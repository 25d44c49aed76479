"""A list of appointments from a CSV file: UTF-8 or Windows-1252; ``;``, ``,`` or tab."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from pipeline.batch.columns import MOST_ROWS, check_header, load_columns, made_row, too_long
from pipeline.batch.port import Row
from pipeline.errors import FileRefused
from pipeline.model.spreadsheet import bare, decoded, delimiter_of


def read_csv(path: Path) -> list[Row]:
    """Raises `FileRefused` when the file is no such table."""
    columns = load_columns()
    try:
        text = decoded(path.read_bytes())
    except UnicodeError as error:
        raise FileRefused(
            "L'encodage du fichier n'est pas reconnu.", advice="Enregistrez-le en « CSV UTF-8 »."
        ) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    rows: list[Row] = []
    try:
        header = next(reader, [])
        check_header(header, columns)
        number = reader.line_num + 1
        for raw in reader:
            cells = [bare(cell) for cell in raw]
            if any(cell.strip() for cell in cells):
                fault = "La ligne a plus de colonnes que l'en-tête." if any(cells[len(header) :]) else ""
                rows.append(made_row(number, dict(zip(header, cells, strict=False)), columns, fault))
            if len(rows) > MOST_ROWS:
                raise too_long()
            number = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused("Le fichier CSV ne peut pas être lu.", advice="Enregistrez-le à nouveau en CSV.") from error
    return rows
