"""A list of appointments from the first sheet of an XLSX workbook, read row by row by openpyxl."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from pipeline.batch.columns import MOST_ROWS, check_header, load_columns, made_row, too_long
from pipeline.batch.port import Row
from pipeline.errors import FileRefused

MOST_BYTES = 100 * 1024 * 1024
"""Size of all parts of the workbook, unpacked: 20,000 lines of 20 columns take about 30 MB."""
MOST_TIMES = 200
"""How much a part may shrink when packed; a sheet of a spreadsheet shrinks about ten times."""
MOST_COLUMNS = 60
_FORMULA = "La ligne contient une formule : remplacez-la par sa valeur."


def read_xlsx(path: Path) -> list[Row]:
    """Raises `FileRefused` when it is no workbook, unpacks to too much, or has no such table."""
    _refuse_bomb(path)
    columns = load_columns()
    rows: list[Row] = []
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        lines = book.worksheets[0].iter_rows(max_col=MOST_COLUMNS)
        header = [_text(cell.value) for cell in next(lines, ())]
        check_header(header, columns)
        for number, cells in enumerate(lines, start=2):
            said = {name: _text(cell.value) for name, cell in zip(header, cells, strict=False) if name}
            if not any(said.values()):
                continue
            fault = _FORMULA if any(cell.data_type == "f" for cell in cells) else ""
            rows.append(made_row(number, said, columns, fault))
            if len(rows) > MOST_ROWS:
                break
        book.close()
    except FileRefused:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers meet in a damaged file
        raise _unreadable() from error
    if len(rows) > MOST_ROWS:
        raise too_long()
    return rows


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as parts:
            sizes = [(part.file_size, part.compress_size) for part in parts.infolist()]
    except (zipfile.BadZipFile, OSError) as error:
        raise _unreadable() from error
    whole = sum(size for size, _ in sizes)
    if whole > MOST_BYTES or any(size > 1024 * 1024 and size > MOST_TIMES * packed for size, packed in sizes):
        raise FileRefused("Le classeur est anormalement gros une fois ouvert.", advice="Enregistrez-le en CSV.")


def _unreadable() -> FileRefused:
    return FileRefused("Le classeur XLSX ne peut pas être lu.", advice="Enregistrez-le à nouveau, ou en CSV.")


def _text(value: Any) -> str:
    """A cell as it would be typed: dates JJ/MM/AAAA, hours HH:MM, whole numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y" if value.time() == time() else "%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
