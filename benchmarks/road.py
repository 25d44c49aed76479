"""A folder of dictations through the real inbox, and what became of each: `python benchmarks/road.py FOLDER`.

``FOLDER`` holds sound files of any format and ``dictations.json``: a list of {id, kind, recipient, patient {birth_name,
first_names, birth_date}, priority}; a sound file is named by its id. A made register of ``--register`` people holds
those patients among twins, namesakes and people born the same days. ``--model``: a model's name or a folder.
Prints a Markdown table; returns 1 when a case has a wrong patient or was filed without a person.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.bootstrap import Calame
from pipeline.model.case import Case, Status
from pipeline.model.identity import Identification
from pipeline.model.people import Correspondent, Patient, Sex
from pipeline.settings import Settings
from tests.identify.people import make_people

ENDS = frozenset({Status.HELD, Status.TO_REVIEW, Status.FAILED, Status.FILED})
PATIENCE = 900.0
HEAD = "| dictation | format | audio | kind | patient | recipient | urgency | status | filed by itself | doubts |"


@dataclass(frozen=True)
class Truth:
    """One dictation: its sound file and what is right."""

    path: Path
    said: dict[str, Any]

    @property
    def patient_id(self) -> str:
        return f"truth-{self.said['id']}"

    @property
    def patient(self) -> Patient:
        known = self.said["patient"]
        born = date.fromisoformat(known["birth_date"])
        return Patient(self.patient_id, known["birth_name"], known["first_names"], born, Sex.UNKNOWN)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--register", type=int, default=2_000)
    parser.add_argument("--model", default="base")
    given = parser.parse_args()
    truths = read_truths(given.folder)
    with tempfile.TemporaryDirectory(prefix="calame-road-") as home:
        calame = Calame(settings_in(Path(home), given.model))
        people = made_register(truths, given.register)
        calame.journal.import_patients(people, actor="benchmark")
        calame.journal.import_correspondents(correspondents(truths), actor="benchmark")
        began = time.monotonic()
        cases = travel(calame, truths)
        seconds = time.monotonic() - began
        rows = [row(calame, truth, cases.get(truth.path.name)) for truth in truths]
    print(f"{len(truths)} dictations, a register of {len(people)}, model {given.model}, {seconds:.0f} s\n")
    print("\n".join((HEAD, "|" + "---|" * (HEAD.count("|") - 1), *rows)))
    return int(any("WRONG" in each or "FILED" in each or "LOST" in each for each in rows))


def read_truths(folder: Path) -> list[Truth]:
    """One for each sound file that ``dictations.json`` tells of, in its order."""
    files = {path.stem: path for path in folder.iterdir() if path.suffix != ".json"}
    told = json.loads((folder / "dictations.json").read_text("utf-8"))
    return [Truth(files[each["id"]], each) for each in told if each["id"] in files]


def settings_in(home: Path, model: str) -> Settings:
    folder = Path(model) if Path(model).is_dir() else None
    named = {} if folder else {"model": model}
    return Settings(
        inbox=home / "inbox",
        outbox=home / "outbox",
        home=home / "var",
        settle_seconds=1.0,
        model_folder=folder,
        **named,
    ).resolved()


def made_register(truths: list[Truth], count: int) -> list[Patient]:
    """The truth's patients, for each somebody else born the same day, a namesake and a twin, and made people."""
    people: list[Patient] = []
    for truth in truths:
        one = truth.patient
        assert one.birth_date is not None
        people.append(one)
        people.append(Patient(one.id + "-day", "VERRIER", "Alix", one.birth_date))
        people.append(Patient(one.id + "-same", one.birth_name, one.first_names, other_day(one.birth_date)))
    # every other patient has a twin: the others can be told by name and date alone
    twins = [truth.patient for truth in truths[1::2]]
    people += [Patient(each.id + "-twin", each.birth_name, "Augustin", each.birth_date) for each in twins]
    return people + make_people(max(0, count - len(people)), 11)


def other_day(day: date) -> date:
    """A day of which no part is the same."""
    return date(day.year - 27, day.month % 12 + 1, day.day % 27 + 1)


def correspondents(truths: list[Truth]) -> list[Correspondent]:
    """Those that the truth names (« Dr Olivier Perrin »), and three more."""
    named = dict.fromkeys(truth.said["recipient"] for truth in truths if truth.said.get("recipient"))
    named |= dict.fromkeys(("Dr Anne Petit", "Dr Jean Fabre", "Dr Nora Haddad"))
    split = [(number, name.split()) for number, name in enumerate(named)]
    return [Correspondent(f"c-{number}", words[-1], " ".join(words[1:-1])) for number, words in split]


def travel(calame: Calame, truths: list[Truth]) -> dict[str, Case]:
    """Drop every file in the watched inbox; the cases by the name of their file once each waits for a person."""
    stop = threading.Event()
    threads = [threading.Thread(target=run, args=(stop,)) for run in (calame.watcher.run, calame.worker.run)]
    for thread in threads:
        thread.start()
    try:
        for truth in truths:
            shutil.copyfile(truth.path, calame.settings.inbox / truth.path.name)
        deadline = time.monotonic() + PATIENCE
        cases: list[Case] = []
        while time.monotonic() < deadline:
            cases = calame.journal.pile(Status)
            if len(cases) == len(truths) and all(case.status in ENDS for case in cases):
                break
            time.sleep(0.5)
        return {case.original_name: case for case in cases}
    finally:
        stop.set()
        for thread in threads:
            thread.join(15)


def row(calame: Calame, truth: Truth, case: Case | None) -> str:
    if case is None:
        return f"| {truth.said['id']} | LOST |" + " |" * 8
    dossier = calame.desk.open(case.id)
    who, checked = dossier.identification, dossier.checked
    seconds = checked.transcript.duration if checked else 0.0
    cells = (
        truth.said["id"],
        truth.path.suffix[1:],
        f"{seconds:.0f} s",
        kind_cell(truth, who),
        patient_cell(truth, who),
        recipient_cell(calame, truth, who),
        f"{case.urgency}" + ("" if case.urgency == truth.said.get("priority", case.urgency) else ", NOT RIGHT"),
        f"{case.status}",
        "FILED" if case.status is Status.FILED else "no",
        f"{len(checked.findings) if checked else 0}",
    )
    return f"| {' | '.join(cells)} |"


def kind_cell(truth: Truth, who: Identification | None) -> str:
    if who is None or who.kind is None:
        return "asked"
    return f"{who.kind}, right" if who.kind == truth.said["kind"] else f"{who.kind}, NOT RIGHT"


def patient_cell(truth: Truth, who: Identification | None) -> str:
    if who is None:
        return "none"
    if who.patient_id:
        return "right, by itself" if who.patient_id == truth.patient_id else "WRONG"
    offered = [candidate.id for candidate in who.patients]
    if offered[:1] == [truth.patient_id]:
        return "asked, right one first"
    return "asked, right one offered" if truth.patient_id in offered else "asked"


def recipient_cell(calame: Calame, truth: Truth, who: Identification | None) -> str:
    meant = truth.said.get("recipient") or ""
    if who is None or not who.recipient_id:
        return "asked or none" if meant else "none"
    found = next(each for each in calame.journal.all_correspondents() if each.id == who.recipient_id)
    right = f"{found.first_name} {found.last_name}".strip() in meant
    return "right, by itself" if right else "NOT RIGHT"


if __name__ == "__main__":
    sys.exit(main())
