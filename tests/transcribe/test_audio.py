"""Every format becomes the same 16 kHz mono sound; what is not sound is refused."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import AudioUnreadable
from pipeline.transcribe.audio import RATE, Samples, mix, windows
from tests.transcribe.conftest import SAMPLES
from tests.transcribe.sounds import ENCODINGS, encode, samples_of


@pytest.fixture(scope="module")
def sound() -> Samples:
    return samples_of(SAMPLES["certificate"].path)


def envelope(sound: Samples) -> Samples:
    """Loudness per fiftieth of a second."""
    step = RATE // 50
    return np.sqrt((sound[: len(sound) // step * step].reshape(-1, step) ** 2).mean(axis=1))


def alike(one: Samples, other: Samples) -> float:
    """Correlation of loudness at the best shift of up to 0.1 s (encoders add or drop a few frames at the start)."""
    a, b = envelope(one), envelope(other)
    size = min(len(a), len(b)) - 10
    shifted = [(a[shift : size + shift], b[5 : size + 5]) for shift in range(11)]
    return max(float(np.corrcoef(x, y)[0, 1]) for x, y in shifted)


@pytest.mark.parametrize("kind", ENCODINGS)
def test_each_format_gives_back_the_same_sound(kind: str, sound: Samples, tmp_path: Path) -> None:
    encode(sound, tmp_path / f"sound.{kind}", *ENCODINGS[kind])
    decoded = samples_of(tmp_path / f"sound.{kind}")
    assert abs(len(decoded) - len(sound)) / RATE < 0.2
    assert alike(decoded, sound) > 0.95


def test_a_silent_channel_does_not_weaken_the_other(sound: Samples, tmp_path: Path) -> None:
    encode(np.stack([np.zeros_like(sound), sound]), tmp_path / "one.wav", "pcm_s16le", RATE, "stereo")
    assert np.abs(samples_of(tmp_path / "one.wav")).max() > 0.9 * np.abs(sound).max()


def test_channels_of_opposite_phase_do_not_cancel(sound: Samples, tmp_path: Path) -> None:
    encode(np.stack([sound, -sound]), tmp_path / "opposite.wav", "pcm_s16le", RATE, "stereo")
    assert alike(samples_of(tmp_path / "opposite.wav"), sound) > 0.99


def test_two_speakers_on_two_channels_are_both_kept() -> None:
    one = np.concatenate([np.ones(RATE), np.zeros(RATE)]).astype(np.float32)
    mixed = mix(np.stack([one, one[::-1]]))
    assert mixed[0] == pytest.approx(0.5) and mixed[-1] == pytest.approx(0.5)


def test_long_sound_comes_in_windows_that_lose_nothing_and_cut_in_silence(sound: Samples, tmp_path: Path) -> None:
    encode(np.tile(sound, 6), tmp_path / "long.wav", "pcm_s16le", RATE, "mono")
    parts = list(windows(str(tmp_path / "long.wav"), seconds=40))
    assert len(parts) > 1 and all(len(part.samples) <= 41 * RATE for part in parts)
    assert sum(len(part.samples) for part in parts) == pytest.approx(6 * len(sound), abs=RATE // 10)
    for before, after in pairwise(parts):
        assert after.start == pytest.approx(before.start + len(before.samples) / RATE)
        assert np.abs(after.samples[: RATE // 10]).max() < 0.05


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a sound at all" * 50,
        b"RIFF\x24\x00\x00\x00WAVEfmt ",
        b"ID3\x04" + bytes(500),
        b"#EXTM3U\nother.wav\n",
    ],
    ids=["empty", "text", "cut header", "zeros", "playlist"],
)
def test_what_is_not_sound_is_refused_with_what_to_do(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(AudioUnreadable, match="l'original est conservé"):
        list(windows(str(tmp_path / "x.wav")))


def test_a_playlist_cannot_name_another_file(sound: Samples, tmp_path: Path) -> None:
    encode(sound, tmp_path / "other.wav", "pcm_s16le", RATE, "mono")
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:20\n#EXTINF:15,\nother.wav\n#EXT-X-ENDLIST\n")
    with pytest.raises(AudioUnreadable):
        list(windows(str(tmp_path / "list.m3u8")))


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(AudioUnreadable):
        list(windows(str(tmp_path / "none.wav")))


@pytest.mark.parametrize("kind", ["flac", "au", "m4a"])
def test_a_copy_that_was_cut_is_refused_not_transcribed_in_half(kind: str, sound: Samples, tmp_path: Path) -> None:
    encode(sound, tmp_path / f"x.{kind}", *ENCODINGS[kind])
    data = (tmp_path / f"x.{kind}").read_bytes()
    (tmp_path / f"x.{kind}").write_bytes(data[: len(data) // 2])
    with pytest.raises(AudioUnreadable):
        list(windows(str(tmp_path / f"x.{kind}")))


def test_sound_damaged_in_its_middle_is_refused_not_shortened(sound: Samples, tmp_path: Path) -> None:
    encode(sound, tmp_path / "x.m4a", *ENCODINGS["m4a"])
    data = bytearray((tmp_path / "x.m4a").read_bytes())
    data[len(data) // 4 : len(data) // 2] = b"\xa5" * (len(data) // 2 - len(data) // 4)
    (tmp_path / "x.m4a").write_bytes(data)
    with pytest.raises(AudioUnreadable):
        list(windows(str(tmp_path / "x.m4a")))
