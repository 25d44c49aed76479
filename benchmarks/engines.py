"""Calame beside the plain engines: same weights, same files, one run.

    python benchmarks/engines.py FOLDER [--rounds 3]

Each row is a process of its own (`calame evaluate FOLDER --json …`), so that peak memory is its own; the rounds go
through all rows in turn, so that a slower minute of the machine hits all. Medians are printed; ratios are taken round
by round. FOLDER holds recordings and their truth, as for `calame evaluate`. openai-whisper needs its extra.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

ROWS: dict[str, tuple[list[str], dict[str, str]]] = {
    "openai-whisper, plain": (["--plain", "--engine", "openai-whisper"], {}),
    "faster-whisper, plain": (["--plain"], {}),
    "calame, one hearing": ([], {"CALAME_HEARINGS": "1"}),
    "calame, one hearing, beam 1": ([], {"CALAME_HEARINGS": "1", "CALAME_BEAM": "1"}),
    "calame, two hearings, beam 1": ([], {"CALAME_BEAM": "1"}),
    "calame": ([], {}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--model-folder", type=Path)
    parser.add_argument("--row", action="append", choices=list(ROWS), help="only this row (may be repeated)")
    arguments = parser.parse_args()
    more = ["--model-folder", str(arguments.model_folder)] if arguments.model_folder else []
    rows = arguments.row or list(ROWS)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in rows}
    for _ in range(arguments.rounds):
        for name in rows:
            options, environment = ROWS[name]
            found[name].append(measured(arguments.folder, [*options, *more], environment))
    print("| engine | s of audio a second | a processor second | peak MB | words written wrong | words heard wrong |")
    print("|---|---|---|---|---|---|")
    for name, runs in found.items():
        print(
            f"| {name} | {of(runs, 'speed'):.1f} | {of(runs, 'processor_speed'):.1f} | {of(runs, 'peak'):.0f} "
            f"| {of(runs, 'written'):.1%} | {of(runs, 'heard'):.1%} |"
        )
    for base in (name for name in ("openai-whisper, plain", "faster-whisper, plain") if name in found):
        for name in (name for name in rows if name.startswith("calame")):
            ratios = [ours["speed"] / theirs["speed"] for ours, theirs in zip(found[name], found[base], strict=True)]
            print(f"{name}: {median(ratios):.2f} times the speed of {base}")


def of(runs: list[dict[str, Any]], key: str) -> float:
    return float(median(run[key] for run in runs))


def measured(folder: Path, options: list[str], environment: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.json"
        subprocess.run(
            [sys.executable, "-m", "pipeline", "evaluate", str(folder.absolute()), "--json", str(report), *options],
            env={**os.environ, **environment},
            cwd=Path(__file__).resolve().parent.parent,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        (told,) = json.loads(report.read_text(encoding="utf-8")).values()
    whole = told["overall"]
    effort = [each["effort"] for each in told["dictations"]]
    audio, wall, processor = (sum(one[key] for one in effort) for key in ("audio", "wall", "processor"))
    return {
        "speed": audio / wall,
        "processor_speed": audio / processor,
        "peak": told["peak_megabytes"],
        "written": whole["written_rate"],
        "heard": whole["heard_rate"],
    }


if __name__ == "__main__":
    main()
