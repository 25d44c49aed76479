"""The same appointments from a CSV, an XLSX and an ICS file, and files that are refused."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.batch.csv_list import read_csv
from pipeline.batch.ics_list import read_ics
from pipeline.batch.xlsx_list import read_xlsx
from pipeline.errors import FileRefused
from pipeline.model.spreadsheet import bare, guarded
from tests.batch.lists import GOOD, judged

ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Agenda//FR
BEGIN:VEVENT
UID:1
DTSTART:20270104T080500Z
DTEND:20270104T083500Z
SUMMARY:Échographie
LOCATION:Salle 2
ATTENDEE;CN=LEFÈVRE Yvonne:mailto:nobody@example.org
DESCRIPTION:Date de naissance : 03/06/1946\\nType : examen\\nPréparation : à jeun
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20270105
SUMMARY:Réunion
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART:20270704T080000Z
RRULE:FREQ=WEEKLY
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_csv_list_is_read_in_the_encodings_and_separators_of_spreadsheets(
    tmp_path: Path, encoding: str, mark: str
) -> None:
    file = tmp_path / "liste.csv"
    file.write_bytes(f"{mark.join(GOOD)}\r\n{mark.join(GOOD.values())}\r\n".encode(encoding))
    good, refused = judged(*read_csv(file))
    assert (len(good), refused) == (1, [])
    assert good[0].reason == "Échographie"


def test_a_workbook_with_real_dates_reads_as_the_same_list(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(GOOD))
    sheet.append(["Lefèvre", "Yvonne", date(1946, 6, 3), datetime(2027, 1, 4), time(9, 5), "examen", "Échographie"])
    sheet.append(["Lefèvre", "Yvonne", date(1946, 6, 3), "=TODAY()", time(9, 5), "examen", "Échographie"])
    book.save(tmp_path / "liste.xlsx")
    good, refused = judged(*read_xlsx(tmp_path / "liste.xlsx"))
    assert [one.at for one in good] == [datetime(2027, 1, 4, 9, 5)]
    assert [(one.row.number, "formule" in one.reason) for one in refused] == [(3, True)]


def test_a_workbook_that_unpacks_to_too_much_is_refused_unopened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bombe.xlsx", "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (8 << 20))
    with pytest.raises(FileRefused, match="anormalement gros"):
        read_xlsx(tmp_path / "bombe.xlsx")


def test_a_calendar_is_read_in_the_time_of_paris_and_its_odd_events_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "agenda.ics"
    file.write_text(ICS, encoding="utf-8")
    good, refused = judged(*read_ics(file))
    assert [(one.at, one.duration, one.place, one.preparation) for one in good] == [
        (datetime(2027, 1, 4, 9, 5), "30 minutes", "Salle 2", "à jeun")
    ]
    assert ["journée entière" in refused[0].reason, "se répète" in refused[1].reason] == [True, True]


@pytest.mark.parametrize("zone", ["Bidon/Zone", "Lune"])
def test_an_event_of_an_unknown_time_zone_is_refused(zone: str, tmp_path: Path) -> None:
    file = tmp_path / "agenda.ics"
    for known, hours in (("Europe/Paris", ["09:05"]), (zone, [])):
        file.write_text(ICS.replace("DTSTART:20270104T080500Z", f"DTSTART;TZID={known}:20270104T090500"), "utf-8")
        good, refused = judged(*read_ics(file))
        assert [f"{one.at:%H:%M}" for one in good] == hours
    assert f"« {zone} » n'est pas connu" in refused[0].reason


def test_a_list_without_the_needed_columns_says_which_lack(tmp_path: Path) -> None:
    (tmp_path / "liste.csv").write_text("Nom;Date\nX;Y\n", encoding="utf-8")
    with pytest.raises(FileRefused, match=r"heure, nom de naissance"):
        read_csv(tmp_path / "liste.csv")


@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else_is_raised(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    file = tmp_path_factory.mktemp("any") / "x"
    file.write_bytes(content)
    for read in (read_csv, read_xlsx, read_ics):
        with suppress(FileRefused):
            read(file)


def test_a_refused_cell_that_a_spreadsheet_would_calculate_is_written_as_text_and_read_back_as_it_was(
    tmp_path: Path,
) -> None:
    evil = '=HYPERLINK("http://x.example")'
    assert guarded(evil) == f"'{evil}" and guarded("Dupont") == "Dupont"
    path = tmp_path / "liste.csv"
    header = "nom;prénom;né le;date;heure;motif"
    path.write_text(f"{header}\nDupont;Anne;01/02/1970;04/01/2027;08:05;'{evil}\n", encoding="cp1252")
    (row,) = read_csv(path)
    assert evil in row.cells.values()


@given(st.text())
def test_whatever_a_cell_holds_it_comes_back(cell: str) -> None:
    assert bare(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
