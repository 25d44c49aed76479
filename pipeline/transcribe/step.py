"""The rule of this room: a recording becomes a transcript in which every second of speech is accounted for."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model.text import LOOP, STOCK_PHRASE, Gap, Recording, Token, Transcript, Word
from pipeline.transcribe.coverage import invented, loops, new_words, opening_end, uncovered
from pipeline.transcribe.dictation import DictationRules, plain
from pipeline.transcribe.differing import doubt_differing_figures
from pipeline.transcribe.figures import write_figures
from pipeline.transcribe.figures_rules import FigureRules
from pipeline.transcribe.learned import apply_learned
from pipeline.transcribe.port import AttentiveEngine, Engine, Heard, OpeningEngine, Progress
from pipeline.transcribe.written import write

ATTEMPTS = 3
"""Further hearings of speech without words; after them a person must listen."""


def transcribe(
    recording: Recording,
    engine: Engine,
    rules: DictationRules,
    on_progress: Progress,
    figures: FigureRules | None = None,
) -> Transcript:
    """Hear ``recording``, take out what nobody said, and write what was said, its figures by ``figures``.

    A word that is taken out (a loop of the engine, a stock phrase over silence, another language) stays in ``words``,
    and as the ``raw`` of a token without text. Speech of a second or more without a word is heard again, and becomes a
    `Gap` when it stays empty. A figure that two hearings gave differently carries a doubt. Raises what the engine
    raises: `AudioUnreadable`, `ModelMissing`, `ModelDamaged`.
    """
    heard = _with_lost(recording, engine, engine.hear(recording, on_progress), rules)
    unsaid = unsaid_places(heard, rules)
    kept = _said(heard, unsaid)
    written = doubt_differing_figures(write(kept, rules), kept, rules, figures)
    if figures is not None:
        written = write_figures(written, figures)
    speech = sum(end - start for start, end in heard.speech)
    gaps = tuple(Gap(start, end) for start, end in uncovered(heard.speech, kept))
    return Transcript(
        tokens=apply_learned(_with_unsaid(written, heard, unsaid), recording.learned),
        words=heard.words,
        engine=engine.name,
        language=heard.language,
        duration=heard.duration,
        speech=speech,
        explained=speech - sum(gap.end - gap.start for gap in gaps),
        gaps=gaps,
        alternatives=_heard_again(recording, engine, heard, rules),
        weighed=heard.weighed,
        fits=heard.fits,
    )


def _with_lost(recording: Recording, engine: Engine, heard: Heard, rules: DictationRules) -> Heard:
    """What was heard, with the words that further hearings find in the speech that has none.

    Not where another language or no voice was heard: that stays a gap, and would be heard so again.
    """
    attempt = 0
    while isinstance(engine, AttentiveEngine) and attempt < ATTEMPTS:
        said = _said(heard, unsaid_places(heard, rules))
        lost = uncovered(heard.speech, [*said, *(heard.words[place] for place, _ in heard.aside)])
        if not lost:
            break
        found = [word for words in engine.hear_spans(recording, lost, attempt) for word in words]
        heard = with_words(heard, new_words(found, said))
        attempt += 1
    return heard


def with_words(heard: Heard, found: Sequence[Word]) -> Heard:
    """``heard`` with more words at their times."""
    aside = dict(heard.aside)
    marked = [(word, aside.get(place, "")) for place, word in enumerate(heard.words)]
    together = sorted([*marked, *((word, "") for word in found)], key=lambda pair: pair[0].start)
    return replace(
        heard,
        words=tuple(word for word, _ in together),
        aside=tuple((place, rule) for place, (_, rule) in enumerate(together) if rule),
    )


def _said(heard: Heard, unsaid: dict[int, str]) -> list[Word]:
    return [word for place, word in enumerate(heard.words) if place not in unsaid]


def _heard_again(recording: Recording, engine: Engine, heard: Heard, rules: DictationRules) -> tuple[str, ...]:
    """Other hearings of the opening, for who and what is meant: nothing of them enters the text."""
    end = opening_end(heard.speech)
    if not end or not isinstance(engine, OpeningEngine):
        return ()
    return engine.hear_again(recording, end, rules.opening_prompts)


def unsaid_places(heard: Heard, rules: DictationRules) -> dict[int, str]:
    """Places in ``heard.words`` of words that nobody said, with the rule that says so."""
    norms = [plain(word.text).strip(".,;:!?…") for word in heard.words]
    repeated = dict.fromkeys(loops(norms), LOOP)
    stock = dict.fromkeys(invented(heard.words, norms, heard.speech, rules.stock_phrases), STOCK_PHRASE)
    return dict(heard.aside) | repeated | stock


def _with_unsaid(tokens: tuple[Token, ...], heard: Heard, unsaid: dict[int, str]) -> tuple[Token, ...]:
    """Put an empty token for each unsaid word at its place among the written ones."""
    if not unsaid:
        return tokens
    placed: list[Token] = []
    waiting = deque(tokens)
    owed = 0  # letters of kept words whose tokens are not placed yet; below 0 when a command goes on
    for place, word in enumerate(heard.words):
        if place in unsaid:
            placed.append(Token("", "", word.text, unsaid[place], word.probability, word.start, word.end))
            continue
        owed += _letters(word.text)
        while waiting and owed > 0:
            placed.append(waiting.popleft())
            owed -= _letters(placed[-1].raw)
    return (*placed, *waiting)


def _letters(text: str) -> int:
    return len(text.replace(" ", ""))
