"""One document, one place: never overwritten, never twice, whatever happens in between."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.archive.integrity import Fault, check_archive
from pipeline.archive.shelf import FolderShelf
from pipeline.archive.sqlite_index import SqliteIndex
from pipeline.archive.step import file_document, file_scan, patient_folder
from pipeline.errors import ArchiveConflict, IntegrityBroken
from pipeline.model.document import ConfirmedScan, SearchQuery
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient
from tests.archive.conftest import HUGO, NOW, PDF, YVONNE, ref, signed_document


@pytest.fixture
def shelf(tmp_path: Path) -> FolderShelf:
    return FolderShelf(tmp_path / "archive")


def test_a_document_is_filed_under_its_patient_unchanged_and_read_only(shelf: FolderShelf) -> None:
    record = file_document(signed_document(), PDF, shelf)
    folder, year, name = record.path.split("/")
    assert folder.startswith("LEFEVRE_Yvonne_1946-06-03_")
    assert year == "2026"
    assert name.startswith("2026-11-22_letter_suivi-d-une-insuffisance-cardiaque_")
    assert name.endswith(f"_{record.id[:8]}_v1.pdf")
    assert shelf.read(record.path) == PDF
    assert stat.S_IMODE((shelf.root / record.path).stat().st_mode) == 0o440
    assert record.sha256 == ref(PDF).sha256


def test_filing_twice_is_harmless(shelf: FolderShelf) -> None:
    assert file_document(signed_document(), PDF, shelf) == file_document(signed_document(), PDF, shelf)
    assert len(list(shelf.paths())) == 1


def test_other_content_at_the_same_place_is_refused_and_nothing_is_overwritten(shelf: FolderShelf) -> None:
    record = file_document(signed_document(), PDF, shelf)
    with pytest.raises(ArchiveConflict):
        file_document(signed_document(pdf=b"other"), b"other", shelf)
    assert shelf.read(record.path) == PDF


def test_a_file_that_was_not_signed_is_not_filed(shelf: FolderShelf) -> None:
    with pytest.raises(IntegrityBroken):
        file_document(signed_document(), PDF + b" ", shelf)
    assert list(shelf.paths()) == []


def test_a_correction_is_a_new_version_beside_the_old_one(shelf: FolderShelf) -> None:
    old = file_document(signed_document(), PDF, shelf)
    corrected = signed_document("case-2", pdf=b"corrected", replaces=old.id)
    new = file_document(corrected, b"corrected", shelf, old)
    assert (new.version, new.replaces) == (2, old.id)
    assert new.path.endswith("_v2.pdf")
    assert shelf.read(old.path) == PDF
    assert shelf.read(new.path) == b"corrected"
    assert file_document(corrected, b"corrected", shelf, replace(old, replaced_by=new.id)) == new


def test_a_correction_must_fit_what_it_corrects(shelf: FolderShelf) -> None:
    old = file_document(signed_document(), PDF, shelf)
    with pytest.raises(ArchiveConflict, match="autre patient"):
        file_document(signed_document("case-2", replaces=old.id, patient=HUGO), PDF, shelf, old)
    with pytest.raises(ArchiveConflict, match="déjà été remplacé"):
        file_document(signed_document("case-2", replaces=old.id), PDF, shelf, replace(old, replaced_by="another"))
    with pytest.raises(ArchiveConflict):
        file_document(signed_document("case-2", replaces=old.id), PDF, shelf)
    with pytest.raises(ArchiveConflict):
        file_document(signed_document("case-2"), PDF, shelf, old)
    assert list(shelf.paths()) == [old.path]


def test_a_confirmed_scan_is_filed_under_its_own_date(shelf: FolderShelf) -> None:
    scan = ConfirmedScan(
        case_id="case-9",
        patient=YVONNE,
        kind=DocumentKind.RECEIVED_LETTER,
        title="Courrier du Dr Perrin",
        document_date=date(2019, 3, 2),
        sender="Dr Perrin",
        pdf=ref(PDF),
        original=ref(b"original"),
        text="Texte.",
        confirmed_by="sylvie",
        confirmed_at=NOW,
    )
    record = file_scan(scan, PDF, shelf)
    assert "/2019/2019-03-02_received_letter_courrier-du-dr-perrin_" in record.path
    undated = file_scan(replace(scan, case_id="case-10", document_date=None), PDF, shelf)
    assert undated.document_date == NOW.date()


@given(
    birth_name=st.text(max_size=80),
    first_names=st.text(max_size=80),
    id_=st.text(max_size=40),
    title=st.text(max_size=200),
)
def test_any_name_gives_a_path_that_linux_windows_and_smb_accept(
    birth_name: str, first_names: str, id_: str, title: str
) -> None:
    kept: dict[str, bytes] = {}

    class Kept:
        place = kept.__setitem__

    patient = Patient(id_.encode("utf-8", "ignore").decode(), birth_name, first_names, None)
    record = file_document(signed_document(patient=patient, title=title), PDF, Kept())  # type: ignore[arg-type]
    assert list(kept) == [record.path]
    assert len(record.path) < 200
    parts = PurePosixPath(record.path).parts
    assert len(parts) == len(PureWindowsPath(record.path).parts) == 3
    assert all(part.isascii() and set(part) <= set("-_.") | {c for c in part if c.isalnum()} for part in parts)
    assert not any(part[-1] in ". " or PureWindowsPath(part).is_reserved() for part in parts)


def test_two_patients_of_one_name_and_birth_date_have_two_folders() -> None:
    assert patient_folder(YVONNE) != patient_folder(replace(YVONNE, id="p9"))


@pytest.mark.parametrize("path", ["../x.pdf", "/etc/x.pdf", "a/../../x.pdf", "a\\..\\x.pdf", "", ".incoming/x", "a\0b"])
def test_a_path_never_leaves_the_archive(shelf: FolderShelf, path: str) -> None:
    with pytest.raises(ArchiveConflict):
        shelf.place(path, b"x")
    assert list(shelf.paths()) == []


def test_a_link_does_not_lead_out_of_the_archive(shelf: FolderShelf, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (shelf.root / "linked").symlink_to(tmp_path / "outside")
    with pytest.raises(ArchiveConflict):
        shelf.place("linked/x.pdf", b"x")
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_share_without_hard_links_keeps_the_rule(shelf: FolderShelf) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(95, "not supported")

    with patch.object(Path, "hardlink_to", refuse):
        shelf.place("a/x.pdf", b"first")
        with pytest.raises(ArchiveConflict):
            shelf.place("a/x.pdf", b"second")
    assert shelf.read("a/x.pdf") == b"first"


class PowerCut(BaseException):
    """The machine stops here."""


class CutAt:
    """Lets ``calls`` system calls of filing pass, then cuts the power: before the next, or right after it."""

    def __init__(self, calls: int, after: bool) -> None:
        self.left, self.after = calls, after

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left < -1 or (self.left == -1 and not self.after):
                raise PowerCut  # and nothing runs any more, not even the cleaning up
            result = function(*arguments, **options)
            if self.left == -1:
                raise PowerCut
            return result

        return counted


def power_cut(cut: CutAt) -> Any:
    """Filing's own system calls, each a place where it may end."""
    stack = ExitStack()
    for owner, name in (
        (os, "fsync"),
        (os, "fchmod"),
        (tempfile, "mkstemp"),
        (Path, "mkdir"),
        (Path, "hardlink_to"),
        (Path, "unlink"),
    ):
        original = getattr(owner, name)
        wrapped = cut.wrap(original)
        # a plain function, so that a method is still bound to its path
        stack.enter_context(patch.object(owner, name, lambda *a, _w=wrapped, **o: _w(*a, **o)))
    return stack


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.tuples(st.integers(0, 16), st.booleans()), min_size=1, max_size=4))
def test_after_any_power_cut_and_a_repeat_there_is_one_file_and_one_entry(cuts: list[tuple[int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shelf = FolderShelf(Path(folder) / "archive")
        index = SqliteIndex(Path(folder) / "index.db")

        def filing() -> None:
            record = file_document(signed_document(), PDF, shelf)
            index.add(record, YVONNE, "Texte.")

        for calls, after in cuts:
            try:
                with power_cut(CutAt(calls, after)):
                    filing()
            except PowerCut:
                for path in shelf.paths():  # what is visible is whole, at every moment
                    assert shelf.read(path) == PDF
        filing()
        (path,) = shelf.paths()
        assert shelf.read(path) == PDF
        assert len(index.search(SearchQuery())) == 1


def test_leftovers_of_a_crash_are_swept_a_day_later_only(shelf: FolderShelf) -> None:
    old, new = shelf.root / ".incoming" / "old.part", shelf.root / ".incoming" / "new.part"
    old.write_bytes(b"x")
    new.write_bytes(b"x")
    os.utime(old, (0, 0))
    FolderShelf(shelf.root)
    assert (old.exists(), new.exists()) == (False, True)


def test_the_check_of_the_archive_finds_what_is_missing_changed_or_extra(shelf: FolderShelf) -> None:
    records = [file_document(signed_document(f"case-{number}"), PDF, shelf) for number in range(4)]
    assert check_archive(records, shelf).whole
    (shelf.root / records[0].path).unlink()
    changed = shelf.root / records[1].path
    changed.chmod(0o640)
    changed.write_bytes(PDF.replace(b"invented", b"inventee"))
    (shelf.root / "note.txt").write_text("x")
    report = check_archive(records, shelf)
    assert report.checked == 4
    assert [(trouble.fault, trouble.path) for trouble in report.troubles] == [
        (Fault.MISSING, records[0].path),
        (Fault.CHANGED, records[1].path),
        (Fault.EXTRA, "note.txt"),
    ]
    assert not report.whole
    assert "3 anomalie(s)" in report.message
    assert all("LEFEVRE" not in trouble.message for trouble in report.troubles)
