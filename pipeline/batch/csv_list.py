"""A list of appointments from a CSV file: UTF-8 or Windows-1252; ``;``, ``,`` or tab."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from pipeline.batch.columns import MOST_ROWS, check_header, load_columns, made_row, too_long
from pipeline.batch.port import Row
from pipeline.errors import FileRefused


def read_csv(path: Path) -> list[Row]:
    """Raises `FileRefused` when the file is no such table."""
    columns = load_columns()
    text = _decoded(path.read_bytes())
    delimiter = max(";,\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    try:
        header = next(reader, [])
        check_header(header, columns)
        number = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                fault = "La ligne a plus de colonnes que l'en-tête." if any(cells[len(header) :]) else ""
                rows.append(made_row(number, dict(zip(header, cells, strict=False)), columns, fault))
            if len(rows) > MOST_ROWS:
                raise too_long()
            number = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused("Le fichier CSV ne peut pas être lu.", advice="Enregistrez-le à nouveau en CSV.") from error
    return rows


def _decoded(content: bytes) -> str:
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("L'encodage du fichier n'est pas reconnu.", advice="Enregistrez-le en « CSV UTF-8 ».")
