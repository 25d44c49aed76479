"""Everything that must not enter: each is set aside with its French reason, and the next good file passes."""

from __future__ import annotations

import io
import os
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pipeline.errors import StorageBusy
from pipeline.intake.judge import Limits
from tests.intake.doubles import Desk, image, pdf, wav


def _zip_docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return out.getvalue()


def _symlink(desk: Desk) -> str:
    secret = desk.inbox.parent / "secret.wav"
    secret.write_bytes(wav())
    (desk.inbox / "lien.wav").symlink_to(secret)
    return "lien.wav"


def _dangling_symlink(desk: Desk) -> str:
    (desk.inbox / "perdu.wav").symlink_to("/nulle/part.wav")
    return "perdu.wav"


def _symlinked_folder(desk: Desk) -> str:
    elsewhere = desk.inbox.parent / "ailleurs"
    elsewhere.mkdir()
    (elsewhere / "dictee.wav").write_bytes(wav())
    (desk.inbox / "dr-martin").symlink_to(elsewhere, target_is_directory=True)
    return "dr-martin"


def _hard_link(desk: Desk) -> str:
    other = desk.inbox.parent / "autre.wav"
    other.write_bytes(wav())
    os.link(other, desk.inbox / "double.wav")
    return "double.wav"


def _pipe(desk: Desk) -> str:
    os.mkfifo(desk.inbox / "tube.wav")
    return "tube.wav"


def _socket(desk: Desk) -> str:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(desk.inbox / "prise.wav"))
    return "prise.wav"


def _device(desk: Desk) -> str:
    try:
        os.mknod(desk.inbox / "null.wav", 0o20666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root makes device files")
    return "null.wav"


def _dropped(name: str, content: bytes, safe: str | None = None) -> Callable[[Desk], str]:
    def drop(desk: Desk) -> str:
        desk.drop(name, content)
        return safe or name

    return drop


def _undecodable_name(desk: Desk) -> str:
    with open(os.fsencode(desk.inbox) + b"/dict\xe9e.wav", "wb") as file:  # noqa: PTH123 - bytes
        file.write(wav())
    return "dict_e.wav"


def _bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (30000, 30000)).save(out, "PNG")
    return out.getvalue()


ACCIDENTS: dict[str, tuple[Callable[[Desk], str], str, str]] = {
    "symlink": (_symlink, "lien symbolique", "Déposez le fichier lui-même"),
    "dangling symlink": (_dangling_symlink, "lien symbolique", "Déposez le fichier lui-même"),
    "symlinked folder": (_symlinked_folder, "lien symbolique", "Déposez le fichier lui-même"),
    "hard link": (_hard_link, "lien physique", "Déposez une vraie copie"),
    "pipe": (_pipe, "tube (pipe)", "Déposez un fichier ordinaire"),
    "socket": (_socket, "prise de communication", "Déposez un fichier ordinaire"),
    "device": (_device, "périphérique", "Déposez un fichier ordinaire"),
    "control character": (_dropped("a\nb\x1b[2J.wav", wav(), "a_b__2J.wav"), "caractères de contrôle", "Renommez"),
    "right-to-left trick": (_dropped("gpj.\u202evaw", wav(), "gpj._vaw"), "caractères de contrôle", "Renommez"),
    "backslash path": (_dropped("..\\..\\x.wav", wav(), "_.._x.wav"), "morceau de chemin", "Renommez"),
    "dotted path": (_dropped("..wav", wav(), "wav"), "morceau de chemin", "Renommez"),
    "undecodable name": (_undecodable_name, "octets illisibles", "Renommez"),
    "long name": (_dropped("é" * 110 + ".wav", wav(), "é" * 65 + ".wav"), "trop long", "nom plus court"),
    "too large": (_dropped("gros.wav", wav(seconds=20)), "trop volumineux", "max_file_megabytes"),
    "empty": (_dropped("vide.wav", b""), "vide", "Vérifiez l'enregistrement"),
    "undecodable audio": (_dropped("bruit.flac", b"fLaC" + b"\x07" * 500), "abîmé", "nouvel envoi"),
    "undecodable image": (
        _dropped("photo.png", b"\x89PNG\r\n\x1a\n" + b"\x07" * 500 + b"IEND\xaeB`\x82"),
        "abîmé",
        "nouvel envoi",
    ),
    "undecodable PDF": (_dropped("lettre.pdf", b"%PDF-1.7\n" + b"\x07" * 50 + b"%%EOF\n"), "abîmé", "nouvel envoi"),
    "image bomb": (_dropped("plan.png", _bomb()), "dimensions démesurées", "300 points par pouce"),
    "Word document": (_dropped("lettre.docx", _zip_docx()), "bureautique", "Enregistrez-le en PDF"),
    "old Word document": (
        _dropped("lettre.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99)),
        "bureautique",
        "Enregistrez-le en PDF",
    ),
    "iPhone photo": (_dropped("IMG_1.HEIC", b"\0\0\0\x18ftypheic" + bytes(99)), "HEIC", "JPEG"),
    "dictaphone": (_dropped("DS0001.DS2", b"\x03ds2" + b"\x01" * 99), "DSS ou DS2", "WAV ou MP3"),
    "program": (_dropped("dictee.wav", b"MZ\x90\0" + b"\x01" * 99), "ni une dictée", "Convertissez"),
    "text": (_dropped("note.txt", "Bonjour, ceci n'est pas une dictée.".encode()), "ni une dictée", "Convertissez"),
    "half-copied wav": (_dropped("coupe.wav", wav(seconds=1)[:5000]), "incomplet", "Copiez à nouveau"),
    "half-copied jpeg": (_dropped("coupe.jpg", image("JPEG")[:-200]), "incomplet", "Copiez à nouveau"),
    "abandoned download": (_dropped("dictee.wav.crdownload", wav()), "incomplet", "Copiez à nouveau"),
    "room without content": (_dropped("zero.wav", bytes(5000)), "incomplet", "Copiez à nouveau"),
}


@pytest.mark.parametrize("accident", ACCIDENTS)
def test_is_set_aside_with_its_reason_and_the_next_file_passes(accident: str, tmp_path: Path) -> None:
    drop, happened, advice = ACCIDENTS[accident]
    desk = Desk(tmp_path / "inbox", limits=Limits(largest=200_000))
    name = drop(desk)
    desk.pass_time(2000)
    assert desk.left == []
    assert desk.refused == sorted([name, f"{name}.txt"])
    reason = desk.reason(name)
    assert "14/03/2026 à 09:26" in reason
    assert happened in reason
    assert advice in reason
    assert desk.reception.cases == {}
    assert desk.open_claims == []
    assert desk.next_good_file_passes()


def test_a_link_is_moved_not_followed(desk: Desk) -> None:
    _symlink(desk)
    desk.pass_time()
    assert (desk.inbox / "_refused" / "lien.wav").is_symlink()
    assert (desk.inbox.parent / "secret.wav").read_bytes() == wav()


def test_the_same_file_twice_is_set_aside_the_second_time(desk: Desk) -> None:
    desk.drop("dictee.wav", wav(1))
    desk.pass_time()
    desk.drop("dictee.wav", wav(1))
    desk.pass_time()
    assert desk.reception.names == ["dictee.wav"]
    assert desk.refused == ["dictee.wav", "dictee.wav.txt"]
    assert "Ce fichier a déjà été reçu." in desk.reason("dictee.wav")
    assert desk.next_good_file_passes()


def test_two_refused_files_of_one_name_are_both_kept(desk: Desk) -> None:
    for content in (b"premier texte", b"second texte"):
        desk.drop("note.txt", content)
        desk.pass_time()
    assert desk.refused == ["note (2).txt", "note (2).txt.txt", "note.txt", "note.txt.txt"]
    assert (desk.inbox / "_refused" / "note.txt").read_bytes() == b"premier texte"
    assert (desk.inbox / "_refused" / "note (2).txt").read_bytes() == b"second texte"


@pytest.mark.parametrize("trouble", [StorageBusy("La base est occupée."), OSError(28, "No space left on device")])
def test_a_full_disk_or_a_busy_base_only_delays(desk: Desk, trouble: OSError) -> None:
    desk.reception.trouble = [trouble, trouble]
    desk.drop("dictee.wav", wav())
    desk.pass_time()
    assert desk.reception.cases == {}
    desk.intake.sweep()
    assert len(desk.reception.trouble) == 1, "tried again at once, without waiting"
    assert desk.next_good_file_passes() or desk.reception.trouble == []
    for _ in range(4):
        desk.pass_time(10)
    assert desk.reception.names.count("dictee.wav") == 1
    assert desk.refused == []
    assert desk.open_claims == []


def test_an_unreadable_file_stays_and_is_taken_once_readable(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.drop("dictee.wav", wav())
    true_open = os.open

    def refuse(path: object, *rest: object, **named: object) -> int:
        if path == "dictee.wav":
            raise PermissionError(13, "Permission denied")
        return true_open(path, *rest, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        desk.pass_time()
        assert desk.next_good_file_passes()
    assert desk.left == ["dictee.wav"]
    desk.pass_time(10)
    assert desk.reception.names == ["dictee.wav", "suivant.wav"]


def test_an_unforeseen_error_of_one_file_is_logged_without_its_name(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def explode(file: object, media_type: str) -> None:
        raise RuntimeError("Mme DURAND Josette.wav est étrange")

    with monkeypatch.context() as patch:
        patch.setattr(desk.probe, "check", explode)
        desk.drop("Mme DURAND Josette.wav", wav())
        desk.pass_time()
    assert "RuntimeError" in caplog.text
    assert "DURAND" not in caplog.text
    assert desk.next_good_file_passes()
    desk.pass_time(10)
    assert "Mme DURAND Josette.wav" in desk.reception.names


def test_a_file_swapped_for_a_link_after_it_was_judged_is_not_followed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = desk.inbox.parent / "secret.pdf"
    secret.write_bytes(pdf())
    path = desk.drop("dictee.wav", wav())
    true_rename = os.rename

    def swap(source: object, target: object, **named: object) -> None:
        if target == "original" and not path.is_symlink():
            path.unlink()
            path.symlink_to(secret)
        true_rename(source, target, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "rename", swap)
    desk.pass_time()
    assert desk.reception.cases == {}
    assert "lien symbolique" in desk.reason("dictee.wav")
    assert secret.read_bytes() == pdf()


def test_a_file_that_changed_between_judging_and_claiming_goes_back_and_is_taken_later(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = desk.drop("dictee.wav", wav(1))
    true_rename = os.rename
    changed = []

    def change(source: object, target: object, **named: object) -> None:
        if target == "original" and not changed:
            changed.append(True)
            path.write_bytes(wav(2, seconds=0.05))
        true_rename(source, target, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "rename", change)
    desk.pass_time()
    assert desk.left == ["dictee.wav"]
    desk.pass_time()
    desk.pass_time()
    assert [case.original.size for case in desk.reception.cases.values()] == [len(wav(2, seconds=0.05))]
