"""What a secretary presses from draft to approval: `python -m benchmarks.keystrokes FOLDER`.

``FOLDER`` is that of `benchmarks/road.py`, with the text that is meant (``written``). Each dictation goes down the real
road; then Debian's Chromium is driven as a secretary who knows what was meant would: a doubt is answered with the key
of the proposal that comes nearer to it, else kept; a passage without text is listened to; what is still wrong is marked
with the mouse and typed; the document is approved. By hand: the same for the plain words of the engine in a text field.
Where nobody typed what is meant (no ``written``), it is what the rules of dictation and composing make of the words as
they were ``spoken``. White space and line ends are free in both. Only the text is counted, not the fields around it.

Seconds are those of the Keystroke-Level Model (Card, Moran, Newell, 1980): 0.28 for a key, 1.1 for pointing, 1.35 for
a decision; listening takes as long as it takes. They leave out reading, which both ways need.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from playwright.sync_api import Page, sync_playwright
from rapidfuzz.distance import Levenshtein

from benchmarks.road import Truth, correspondents, made_register, read_truths, settings_in, travel
from pipeline.bootstrap import Calame
from pipeline.compose.step import body_of, split_sections
from pipeline.jobs.port import JobKey
from pipeline.model.case import Case, Medium, Status
from pipeline.model.document import Section
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Role, User
from pipeline.model.text import CheckedText, Transcript, Word
from pipeline.settings import data_folder
from pipeline.transcribe.rules_yaml import load_dictation_rules
from pipeline.transcribe.written import write
from pipeline.web.accounts import _digest
from tests.practice import session_of
from tests.web.conftest import CHROMIUM_FLAGS

KEY, POINT, DECIDE = 0.28, 1.1, 1.35
PORT = 8533
SECRETARY = User("sylvie", "Sylvie Durand", Role.SECRETARY)
PIECE = re.compile(r"\w+|[^\w\s]")


@dataclass
class Cost:
    """Keys, gestures of the mouse, decisions, and seconds of sound."""

    keys: int = 0
    points: int = 0
    decisions: int = 0
    listened: float = 0.0

    @property
    def seconds(self) -> float:
        return KEY * self.keys + POINT * self.points + DECIDE * self.decisions + self.listened


@dataclass(frozen=True)
class Span:
    """Pieces ``start`` to ``end`` of a text, for which ``typed`` is written."""

    start: int
    end: int
    typed: str


def spans(text: str, meant: str) -> list[Span]:
    """What must be written over what, so that ``text`` says what is ``meant``."""
    ours, places = _pieces(text), [(found.start(), found.end()) for found in PIECE.finditer(meant)]
    theirs = [meant[start:end] for start, end in places]
    found: list[Span] = []
    for edit in Levenshtein.opcodes(ours, theirs):
        if edit.tag == "equal":
            continue
        within = places[edit.dest_start : edit.dest_end]
        typed = meant[within[0][0] : within[-1][1]].replace("\n", " ") if within else ""
        last = found[-1] if found else None
        if last and last.end == edit.src_start:
            found[-1] = Span(last.start, edit.src_end, f"{last.typed} {typed}".strip())
        else:
            found.append(Span(edit.src_start, edit.src_end, typed))
    return found


def by_hand(text: str, meant: str, cost: Cost) -> None:
    for span in spans(text, meant):
        cost.points += 1
        cost.decisions += 1
        cost.keys += len(span.typed) or 1


def distance(text: str, meant: str) -> int:
    return Levenshtein.distance(_pieces(text), _pieces(meant))


def _pieces(text: str) -> list[str]:
    return [piece.replace("’", "'") for piece in PIECE.findall(text)]


# --- the page ------------------------------------------------------------------------------------------------------

TEXT = """() => [...document.querySelectorAll(".ProseMirror .part")].map((part) => [...part.children].map((node) => {
  const copy = node.cloneNode(true);
  copy.querySelectorAll(".gap-chip").forEach((chip) => chip.remove());
  copy.querySelectorAll("br").forEach((line) => line.replaceWith("\\n"));
  const text = copy.textContent.trim();
  return node.matches(".part-title") && text ? `${text} :` : text;
}).join("\\n")).join("\\n")"""

SELECT = r"""([start, end]) => {
  const walk = document.createTreeWalker(document.querySelector(".ProseMirror"), NodeFilter.SHOW_TEXT,
    (node) => (node.parentElement.closest(".gap-chip") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
  let text = "";
  const at = [];
  let title = null;
  while (walk.nextNode()) {
    const node = walk.currentNode;
    const block = node.parentElement.closest("p, h3, td");
    if (title && block !== title) { text += " :"; at.push(null, null); title = null; }
    if (at.length && at.at(-1)?.block !== block) { text += "\n"; at.push(null); }
    if (block.matches(".part-title")) title = block;
    for (let i = 0; i < node.data.length; i += 1) { text += node.data[i]; at.push({ node, offset: i, block }); }
  }
  const found = [...text.matchAll(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu)];
  const range = document.createRange();
  const edge = (index, after) => {
    let spot = after ? found[index].index + found[index][0].length - 1 : found[index].index;
    while (at[spot] === null) spot += after ? -1 : 1; // the colon of a title is not there to be marked
    return at[spot] && [at[spot].node, at[spot].offset + (after ? 1 : 0)];
  };
  const first = end > start ? edge(start, false) : start ? edge(start - 1, true) : edge(0, false);
  const last = end > start ? edge(end - 1, true) : first;
  if (!first || !last) return false;
  range.setStart(...first);
  range.setEnd(...last);
  document.querySelector(".ProseMirror").focus();
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return true;
}"""


def review(page: Page, meant: str, cost: Cost) -> None:
    """Answer every doubt, correct the rest, approve."""
    while page.locator("#bulle").is_visible():
        cost.decisions += 1
        if page.locator("#bulle.gap").count():
            began = time.monotonic()
            page.keyboard.press("p")
            page.locator("#bulle [data-answer=e]:enabled").wait_for(timeout=120_000)
            page.keyboard.press("e")
            cost.keys += 2
            cost.listened += time.monotonic() - began
        else:
            page.keyboard.press(answer(page, meant))
            cost.keys += 1
        page.wait_for_timeout(50)
    text = page.evaluate(TEXT)
    pieces = _pieces(text)
    for span in reversed(spans(text, meant)):
        if not page.evaluate(SELECT, [span.start, span.end]):
            continue
        page.wait_for_timeout(60)
        if span.end == span.start:
            page.keyboard.type(f" {span.typed}")
        elif span.typed:
            apart = not pieces[span.start].isalnum() and span.typed[0].isalnum()  # a mark stood close to its word
            page.keyboard.type(f" {span.typed}" if apart else span.typed)
        else:
            page.keyboard.press("Delete")
        cost.points += 1
        cost.decisions += 1
        cost.keys += len(span.typed) or 1
    page.wait_for_timeout(100)
    for _ in range(2):
        page.keyboard.press("Control+Enter")
        cost.keys += 1
        page.wait_for_timeout(3_000)
        if "fait=approuve" in page.url:
            return


def answer(page: Page, meant: str) -> str:
    """The digit of the proposal with which the text is nearest to what is meant; "g" when none comes nearer."""
    text = page.evaluate(TEXT)
    excerpt = page.locator("#bulle-mot").inner_text()
    offers = page.locator("#bulle .proposal").all_inner_texts()
    kept = distance(text, meant)
    near = {
        str(number): distance(text.replace(excerpt, re.sub(r"^\d\s*", "", offer), 1), meant)
        for number, offer in enumerate(offers, 1)
    }
    best = min(near, key=lambda one: near[one], default="")
    return best if best and near[best] < kept else "g"


# --- the practice --------------------------------------------------------------------------------------------------


def settled_identity(calame: Calame, truth: Truth, case: Case) -> Case:
    if case.status is not Status.HELD:
        return case
    kind = DocumentKind(truth.said["kind"])
    calame.desk.choose_identity(case.id, patient_id=truth.patient_id, kind=kind, by=SECRETARY)
    while calame.journal.case(case.id).status is Status.IDENTIFIED:
        calame.flow.work(JobKey.of(calame.journal.case(case.id)))
    return calame.journal.case(case.id)


def perfectly_heard(calame: Calame, truth: Truth) -> str:
    """The text of the draft, had every word been heard."""
    rules = load_dictation_rules(data_folder("lexicon") / "dictation.yaml")
    words = [Word(word, at * 0.4, at * 0.4 + 0.3, 0.99) for at, word in enumerate(truth.said["spoken"].split())]
    checked = CheckedText(Transcript(write(words, rules)))
    today = datetime.now(UTC).astimezone().date()
    found = calame.flow.parts.identify(checked, Medium.DICTATION, today, frozenset())
    headings = calame.flow.parts.renderer.rules(DocumentKind(truth.said["kind"])).headings
    return _flat(split_sections(body_of(checked.text, found.body_start, found.removed), headings))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="base")
    given = parser.parse_args()
    truths = read_truths(given.folder)
    with tempfile.TemporaryDirectory(prefix="calame-keys-") as home, sync_playwright() as playwright:
        calame = Calame(settings_in(Path(home), given.model))
        calame.journal.import_patients(made_register(truths, 200), actor="benchmark")
        calame.journal.import_correspondents(correspondents(truths), actor="benchmark")
        calame.journal.save_user(SECRETARY, "", actor="benchmark")
        calame.journal.save_user(User("dr-test", "Dr Test", Role.DOCTOR, "", "10999990012"), "", actor="benchmark")
        calame.journal.open_session(_digest("benchmark"), session_of(SECRETARY.login))
        cases = travel(calame, truths)
        server = uvicorn.Server(uvicorn.Config(calame.application(), port=PORT, log_level="error"))
        serving = threading.Thread(target=server.run, daemon=True)
        serving.start()
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        context = browser.new_context(base_url=f"http://127.0.0.1:{PORT}", viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "calame_session", "value": "benchmark", "url": f"http://127.0.0.1:{PORT}"}])
        print("| dictation | words | by hand: keys, pointings, s | review: keys, pointings, s | versions | end |")
        print("|---|---|---|---|---|---|")
        total, plain_total = Cost(), Cost()
        for truth in truths:
            case = settled_identity(calame, truth, cases[truth.path.name])
            dossier = calame.desk.open(case.id)
            meant = truth.said.get("written") or perfectly_heard(calame, truth)
            if dossier.checked is None or dossier.draft is None:
                print(f"| {truth.said['id']} | no draft: {case.status} |")
                continue
            plain, cost = Cost(), Cost()
            by_hand("".join(word.text for word in dossier.checked.transcript.words), meant, plain)
            page = context.new_page()
            page.goto(f"/dossiers/{case.id}")
            page.locator(".ProseMirror").wait_for()
            page.wait_for_timeout(800)
            review(page, meant, cost)
            after = calame.desk.open(case.id)
            left = distance(_flat(after.draft.revision.sections), meant) if after.draft else -1
            end = f"{after.case.status}" + (f", {left} pieces differ" if left else "")
            if after.case.status is not Status.TO_SIGN:
                end += f", {page.locator('[role=alert]').all_inner_texts()}"
            print(
                f"| {truth.said['id']} | {len(meant.split())} | {_shown(plain)} | {_shown(cost)} "
                f"| {after.case.revision_no} | {end} |",
                flush=True,
            )
            page.close()
            for one, of in ((total, cost), (plain_total, plain)):
                one.keys += of.keys
                one.points += of.points
                one.decisions += of.decisions
                one.listened += of.listened
        print(f"| all | | {_shown(plain_total)} | {_shown(total)} | | |")
        browser.close()
        server.should_exit = True
        serving.join()
    return 0


def _flat(sections: Sequence[Section]) -> str:
    return "\n".join(f"{one.heading} :\n{one.text}" if one.heading else one.text for one in sections)


def _shown(cost: Cost) -> str:
    return f"{cost.keys}, {cost.points}, {cost.seconds:.0f}"


if __name__ == "__main__":
    sys.exit(main())
