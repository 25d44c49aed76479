"""Kept files are whole, read-only, and never silently different."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from pipeline.errors import IntegrityBroken, StorageBusy
from pipeline.journal import blobs as module
from pipeline.journal.blobs import BlobStore
from pipeline.model.case import BlobRef

PDF = "application/pdf"


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def test_content_is_kept_under_its_hash_and_read_only(store: BlobStore) -> None:
    ref = store.put(b"lettre", PDF)
    assert ref == BlobRef(hashlib.sha256(b"lettre").hexdigest(), 6, PDF)
    assert store.path(ref) == store.root / ref.sha256[:2] / ref.sha256
    assert store.path(ref).stat().st_mode & 0o777 == 0o440
    assert store.read(ref) == b"lettre"


def test_a_file_is_copied_in_pieces_and_left_as_it_was(
    store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 7)
    source = tmp_path / "original"
    source.write_bytes(bytes(range(100)))
    ref = store.put_file(source, PDF)
    assert store.read(ref) == source.read_bytes() == bytes(range(100))
    assert store.put(bytes(range(100)), PDF) == ref
    assert list((store.root / ".partial").iterdir()) == []


def test_changed_or_missing_content_is_told(store: BlobStore) -> None:
    ref = store.put(b"lettre", PDF)
    store.path(ref).chmod(0o600)
    store.path(ref).write_bytes(b"autre")
    with pytest.raises(IntegrityBroken, match="modifié"):
        store.read(ref)
    with pytest.raises(IntegrityBroken, match="modifié"):
        store.put(b"lettre", PDF)
    store.path(ref).unlink()
    with pytest.raises(IntegrityBroken, match="disparu"):
        store.read(ref)


def test_a_name_that_is_no_hash_reaches_no_file(store: BlobStore) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(BlobRef("../../etc/passwd", 1, PDF))


def test_a_full_disk_is_told_and_leaves_nothing_behind(store: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageBusy, match="plein"):
        store.put(b"lettre", PDF)
    assert [p for p in store.root.rglob("*") if p.is_file()] == []
