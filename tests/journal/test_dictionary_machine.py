"""The dictionary through any order of gestures equals a simple model, and every gesture can be taken back."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pipeline.journal.sql import SqlJournal
from pipeline.model.case import Case, Status
from pipeline.model.dictionary import Dictionary
from pipeline.model.learning import Sighting
from pipeline.review.dictionary_file import Guards, read, write
from tests.journal.test_lessons import reviewed

AUTHORS = ("dr-roche", "dr-vial")
PAIRS = (("fibrilation", "fibrillation"), ("=cmd", "-cmd"))
WORDS = ("disponée", "@octopusine")
GUARDS = Guards(lambda _: "", lambda *_: ("", ""), frozenset(AUTHORS))

Place = tuple[str, str, str]
COUNTS = ("cases", "times", "refused", "rejected")

authors, pairs, words, flags = map(st.sampled_from, (AUTHORS, PAIRS, WORDS, (True, False)))


@dataclass
class Entry:
    """One correction: what each case says ("made", "left"), what a file brought, and two flags."""

    seen: dict[str, str] = field(default_factory=dict)
    brought: dict[str, int] | None = None
    active: bool = True
    shared: bool = False

    def counts(self) -> dict[str, int]:
        made = sum(said == "made" for said in self.seen.values())
        own = {"cases": made, "times": made, "refused": 0, "rejected": len(self.seen) - made}
        return {name: own[name] + (self.brought or {}).get(name, 0) for name in COUNTS}


class Gestures(RuleBasedStateMachine):
    """A practice with two authors, on a fresh journal."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="calame-dictionary-"))
        self.journal = self.fresh("here")
        self.cases: list[Case] = []
        self.lessons: dict[Place, Entry] = {}
        self.words: dict[str, tuple[str, bool, bool]] = {}
        self.file = write(Dictionary())
        self.saved: tuple[dict[Place, Entry], dict[str, tuple[str, bool, bool]]] = ({}, {})

    def fresh(self, name: str) -> SqlJournal:
        return SqlJournal(f"sqlite:///{shutil.copy(self.template, self.folder / f'{name}.db')}")

    def teardown(self) -> None:
        self.journal.close()
        shutil.rmtree(self.folder)

    def id_of(self, place: Place) -> str:
        return next(o.id for o in self.journal.all_learned() if (o.author, o.heard, o.right) == place)

    def word_id(self, word: str) -> str:
        return next(one.id for one in self.journal.all_accepted() if one.word == word)

    @initialize()
    def three_documents(self) -> None:
        self.cases = [reviewed(self.journal, name) for name in "abc"]

    @rule(number=st.integers(0, 2), author=authors, pair=pairs, left=flags)
    def approve_or_take_back(self, number: int, author: str, pair: tuple[str, str], left: bool) -> None:
        case = self.cases[number]
        for place, entry in list(self.lessons.items()):
            entry.seen.pop(case.id, None)
            if not entry.seen and entry.active and entry.brought is None:
                del self.lessons[place]
        if case.status is Status.TO_SIGN:
            self.cases[number] = self.journal.move(case, Status.TO_REVIEW, actor="sylvie", learned=())
            return
        sighting = Sighting(author, *pair, 1.0, 2.0, refused=left, proposed=left)
        self.cases[number] = self.journal.move(case, Status.TO_SIGN, actor="sylvie", learned=(sighting,))
        self.lessons.setdefault((author, *pair), Entry()).seen[case.id] = "left" if left else "made"

    @precondition(lambda self: self.lessons)
    @rule(data=st.data(), on=flags, share=flags)
    def switch_or_share(self, data: st.DataObject, on: bool, share: bool) -> None:
        place = data.draw(st.sampled_from(sorted(self.lessons)))
        if share:
            self.journal.share_learned(self.id_of(place), on, actor="sylvie")
            self.lessons[place].shared = on
        else:
            self.journal.switch_learned(self.id_of(place), on, actor="sylvie")
            self.lessons[place].active = on

    @precondition(lambda self: self.lessons)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        place = data.draw(st.sampled_from(sorted(self.lessons)))
        self.journal.forget_learned(self.id_of(place), actor="sylvie")
        del self.lessons[place]

    @rule(word=words, author=authors)
    def accept(self, word: str, author: str) -> None:
        self.journal.accept_word(word, actor="sylvie", author=author)
        first, shared, _ = self.words.get(word, (author, True, True))
        self.words[word] = (first, shared or author != first, True)

    @precondition(lambda self: self.words)
    @rule(data=st.data(), change=st.sampled_from(["forget", "restore", "share", "unshare", "erase"]))
    def change_a_word(self, data: st.DataObject, change: Any) -> None:
        word = data.draw(st.sampled_from(sorted(self.words)))
        self.journal.change_word(self.word_id(word), change, actor="sylvie")
        author, shared, active = self.words.pop(word)
        shared = {"share": True, "unshare": False}.get(change, shared)
        active = {"restore": True, "forget": False}.get(change, active)
        if change != "erase":
            self.words[word] = (author, shared, active)

    @rule()
    def export(self) -> None:
        self.file = write(Dictionary(self.journal.all_accepted(), self.journal.all_learned()))
        kept = {place: replace(one, seen={}, brought=one.counts()) for place, one in self.lessons.items()}
        self.saved = kept, dict(self.words)

    @rule()
    def bring(self) -> None:
        brought, bad = read(self.file, GUARDS)
        assert bad == ()
        self.journal.bring_dictionary(brought, actor="sylvie")
        assert self.journal.bring_dictionary(brought, actor="sylvie") == 0
        lessons, accepted = self.saved
        self.words = accepted | self.words
        for place, one in lessons.items():
            assert one.brought is not None
            known = self.lessons.setdefault(place, replace(one, brought=dict(one.brought)))
            here = known.counts()
            more = {name: max(0, one.brought[name] - here[name]) for name in COUNTS}
            if any(more.values()):
                known.brought = {name: (known.brought or {}).get(name, 0) + more[name] for name in COUNTS}

    @rule()
    def another_practice_that_takes_the_file_has_the_same_dictionary(self) -> None:
        other = self.fresh("other")
        other.bring_dictionary(read(self.file, GUARDS)[0], actor="anne")
        assert write(Dictionary(other.all_accepted(), other.all_learned())) == self.file
        other.close()

    @invariant()
    def the_dictionary_is_the_model(self) -> None:
        found = {
            (one.author, one.heard, one.right): ({name: getattr(one, name) for name in COUNTS}, one.active, one.shared)
            for one in self.journal.all_learned()
        }
        assert found == {place: (one.counts(), one.active, one.shared) for place, one in self.lessons.items()}
        assert {one.word: (one.author, one.shared, one.active) for one in self.journal.all_accepted()} == self.words
        for reader in (*AUTHORS, ""):
            known = {
                word for word, (author, shared, active) in self.words.items() if active and (shared or author == reader)
            }
            assert self.journal.accepted_words(reader) == known


@pytest.mark.usefixtures("sqlite_template")
def test_any_gestures_in_any_order_leave_what_the_model_has(sqlite_template: Path) -> None:
    Gestures.template = sqlite_template
    run_state_machine_as_test(
        Gestures,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
