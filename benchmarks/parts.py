"""What each part of the transcription gives: `python benchmarks/parts.py FOLDER [--model-folder PATH]`.

From the plain engine, one part more in each row: pieces cut in silence, coverage, spoken commands, figures, hints with
a second hearing, terms weighed by their sound. Each row is one `calame evaluate`; no row is a timing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ROWS: dict[str, list[str]] = {
    "plain engine": ["--plain"],
    "pieces cut in silence": ["couverture", "consignes", "chiffres", "indices"],
    "+ coverage": ["consignes", "chiffres", "indices"],
    "+ dictation language": ["chiffres", "indices"],
    "+ figures": ["indices"],
    "+ hints, second hearing": ["pesee"],
    "+ terms weighed": [],
}
HEADINGS = (
    "",
    "words written wrong",
    "words heard wrong",
    "terms right",
    "figures right",
    "of those heard",
    "figures wrong, no doubt",
    "flagged",
    "commands right",
    "marks invented",
    "speech explained",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model-folder", type=Path)
    arguments = parser.parse_args()
    more = ["--model-folder", str(arguments.model_folder)] if arguments.model_folder else []
    print("| " + " | ".join(HEADINGS) + " |")
    print("|" + "---|" * len(HEADINGS))
    for name, left_out in ROWS.items():
        options = left_out if left_out[:1] == ["--plain"] else [o for part in left_out for o in ("--without", part)]
        print("| " + " | ".join((name, *cells(scored(arguments.folder, [*options, *more])))) + " |", flush=True)


def scored(folder: Path, options: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report.json"
        command = [sys.executable, "-m", "pipeline", "evaluate", str(folder.absolute()), "--json", str(report)]
        subprocess.run([*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        (told,) = json.loads(report.read_text(encoding="utf-8")).values()
    whole: dict[str, Any] = told["overall"]
    efforts = [each["effort"] for each in told["dictations"]]
    whole["explained"] = sum(e["explained"] for e in efforts) / sum(e["speech"] for e in efforts)
    whole["invented"] = sum(len(each["marks"]["invented"]) for each in told["dictations"])
    return whole


def cells(whole: dict[str, Any]) -> tuple[str, ...]:
    faults = whole["figures_faults"]
    return (
        f"{whole['written_rate']:.1%}",
        f"{whole['heard_rate']:.1%}",
        share(whole["terms_right"]),
        share(whole["figures_right"]),
        share(whole["figures_right_of_heard"]),
        str(faults.get("wrong", 0) + faults.get("added", 0)),
        str(faults.get("flagged", 0)),
        share(whole["commands_right"]),
        str(whole["invented"]),
        f"{whole['explained']:.1%}",
    )


def share(pair: list[int]) -> str:
    return f"{pair[0]}/{pair[1]}"


if __name__ == "__main__":
    main()
