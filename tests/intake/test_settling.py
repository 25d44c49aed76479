"""When a file is taken: settled, whole, under its real name."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.model.case import Medium
from tests.intake.doubles import Desk, image, medium_of, pdf, wav


def test_a_subfolder_names_the_author(desk: Desk) -> None:
    desk.drop("dr-martin/2026/mars/dictee.wav", wav(1))
    desk.drop("libre.wav", wav(2))
    desk.pass_time()
    assert {claimed.name: claimed.author for claimed in desk.reception.claimed} == {
        "dictee.wav": "dr-martin",
        "libre.wav": "",
    }
    assert desk.left == []
    assert desk.open_claims == []


def test_a_fresh_file_waits_until_it_has_settled(desk: Desk) -> None:
    desk.drop("dictee.wav", wav())
    assert desk.intake.sweep().waiting == 1
    desk.clock.seconds += 1.9
    assert desk.intake.sweep().received == 0
    desk.clock.seconds += 0.2
    assert desk.intake.sweep().received == 1


def test_a_network_copy_that_pauses_is_taken_only_when_whole(desk: Desk) -> None:
    whole = wav(seconds=1)
    for share in (0.0, 0.2, 0.5, 0.9):
        desk.drop("dictee.wav", whole[: int(len(whole) * share)])
        desk.pass_time(20)
        assert desk.left == ["dictee.wav"]
    desk.drop("dictee.wav", whole)
    desk.pass_time()
    assert [case.original.size for case in desk.reception.cases.values()] == [len(whole)]
    assert desk.refused == []


def test_a_file_that_another_process_still_writes_is_left_alone(desk: Desk) -> None:
    path = desk.drop("dictee.mp3", b"ID3\x03" + bytes(200))
    with path.open("ab") as writer:
        desk.pass_time(60)
        assert desk.left == ["dictee.mp3"]
        assert desk.refused == []
        writer.write(b"\0")


@pytest.mark.parametrize("name", ["dictee.wav.part", "dictee.tmp", "dictee.wav.crdownload", ".dictee.wav.Xy12"])
def test_a_temporary_name_is_ignored_until_it_is_renamed_into_place(desk: Desk, name: str) -> None:
    path = desk.drop(name, wav())
    desk.pass_time(60)
    assert desk.left == [name]
    path.rename(desk.inbox / "dictee.wav")
    desk.pass_time()
    assert desk.reception.names == ["dictee.wav"]


def test_files_of_the_system_are_ignored_without_a_word(desk: Desk) -> None:
    names = [".DS_Store", "Thumbs.db", "._dictee.wav", "desktop.ini", "~$lettre.docx"]
    for name in names:
        desk.drop(name, b"x")
    desk.pass_time(5000)
    assert desk.left == sorted(names)
    assert desk.refused == []
    assert desk.next_good_file_passes()


def test_content_is_trusted_over_the_extension(desk: Desk) -> None:
    desk.drop("dictee.wav", pdf())
    desk.drop("lettre.pdf", wav())
    desk.pass_time()
    assert medium_of(desk, "dictee.wav") == (Medium.SCAN, "application/pdf")
    assert medium_of(desk, "lettre.pdf") == (Medium.DICTATION, "audio/wav")


def _encoded(folder: Path, suffix: str, codec: str, rate: int, form: str | None = None) -> bytes:
    path = folder / f"x{suffix}"
    with av.open(str(path), "w", format=form) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.layout = "mono"
        stream.bit_rate = 32000
        tone = (np.sin(np.arange(rate) / 9) * 8000).astype(np.int16).reshape(1, -1)
        resampler = av.AudioResampler(
            format=stream.format, layout="mono", rate=rate, frame_size=stream.frame_size or 1024
        )
        frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        frame.rate = rate
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return path.read_bytes()


AUDIO = {
    "audio/mpeg": (".mp3", "libmp3lame", 16000, None),
    "audio/mp4": (".m4a", "aac", 16000, None),
    "audio/ogg": (".opus", "libopus", 48000, None),
    "audio/flac": (".flac", "flac", 16000, None),
    "audio/x-ms-wma": (".wma", "wmav2", 16000, None),
    "audio/basic": (".au", "pcm_mulaw", 8000, None),
    "audio/aiff": (".aiff", "pcm_s16be", 16000, None),
    "audio/webm": (".webm", "libopus", 48000, None),
    "audio/aac": (".aac", "aac", 16000, "adts"),
}


@pytest.mark.parametrize("media_type", AUDIO)
def test_every_kind_of_dictation_is_recognised(desk: Desk, tmp_path: Path, media_type: str) -> None:
    suffix, codec, rate, form = AUDIO[media_type]
    desk.drop(f"dictee{suffix}", _encoded(tmp_path, suffix, codec, rate, form))
    desk.pass_time()
    assert desk.refused == []
    assert medium_of(desk, f"dictee{suffix}") == (Medium.DICTATION, media_type)


def test_amr_and_mu_law_wav_are_recognised(desk: Desk) -> None:
    desk.drop("dictee.amr", b"#!AMR\n" + (b"\x3c" + bytes(31)) * 20)
    desk.drop("telephone.wav", wav(encoding=7))
    desk.pass_time()
    assert medium_of(desk, "dictee.amr") == (Medium.DICTATION, "audio/amr")
    assert medium_of(desk, "telephone.wav") == (Medium.DICTATION, "audio/wav")


SCANS = {
    "page.jpg": (image("JPEG"), "image/jpeg"),
    "page.png": (image("PNG"), "image/png"),
    "page.tif": (image("TIFF", compression="tiff_lzw"), "image/tiff"),
    "page.pdf": (pdf(), "application/pdf"),
}


@pytest.mark.parametrize("name", SCANS)
def test_every_kind_of_scan_is_recognised(desk: Desk, name: str) -> None:
    content, media_type = SCANS[name]
    desk.drop(name, content)
    desk.pass_time()
    assert medium_of(desk, name) == (Medium.SCAN, media_type)


@pytest.mark.parametrize("name", SCANS)
def test_a_cut_scan_waits(desk: Desk, name: str) -> None:
    content, _ = SCANS[name]
    desk.drop(name, content[: len(content) * 2 // 3])
    desk.pass_time(60)
    assert desk.left == [name]


@pytest.mark.parametrize("media_type", ["audio/mp4", "audio/x-ms-wma", "audio/basic", "audio/aiff"])
def test_a_cut_dictation_waits(desk: Desk, tmp_path: Path, media_type: str) -> None:
    suffix, codec, rate, form = AUDIO[media_type]
    content = _encoded(tmp_path, suffix, codec, rate, form)
    if media_type == "audio/basic":
        content = content[:8] + struct.pack(">I", len(content) - struct.unpack(">I", content[4:8])[0]) + content[12:]
    desk.drop(f"dictee{suffix}", content[: len(content) * 2 // 3])
    desk.pass_time(60)
    assert desk.left == [f"dictee{suffix}"]


def test_a_big_endian_tiff_is_whole_or_cut(desk: Desk) -> None:
    pixels = bytes(range(100)) * 2
    tags = [(256, 3, 1, 20 << 16), (257, 3, 1, 10 << 16), (258, 3, 1, 8 << 16), (259, 3, 1, 1 << 16)]
    tags += [(262, 3, 1, 1 << 16), (273, 4, 1, 200), (278, 3, 1, 10 << 16), (279, 4, 1, len(pixels))]
    table = struct.pack(">H", len(tags)) + b"".join(struct.pack(">HHII", *tag) for tag in tags) + bytes(4)
    content = (b"MM\0*" + struct.pack(">I", 8) + table).ljust(200, b"\0") + pixels
    desk.drop("cut.tif", content[:300])
    desk.drop("whole.tif", content)
    desk.pass_time()
    assert desk.reception.names == ["whole.tif"]
    assert desk.left == ["cut.tif"]


def test_a_folder_of_files_moved_in_at_once_is_taken(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "dr-roche"
    outside.mkdir()
    for number in range(20):
        (outside / f"{number}.wav").write_bytes(wav(number))
    outside.rename(desk.inbox / "dr-roche")
    desk.pass_time()
    assert len(desk.reception.cases) == 20
    assert {claimed.author for claimed in desk.reception.claimed} == {"dr-roche"}
