"""The rule of this room: a recording becomes a transcript in which every second of speech is accounted for."""

from __future__ import annotations

from collections import deque

from pipeline.model.text import LOOP, STOCK_PHRASE, Gap, Recording, Token, Transcript
from pipeline.transcribe.coverage import invented, loops, opening_end, uncovered
from pipeline.transcribe.dictation import DictationRules, plain
from pipeline.transcribe.figures import write_figures
from pipeline.transcribe.figures_rules import FigureRules
from pipeline.transcribe.learned import apply_learned
from pipeline.transcribe.port import Engine, Heard, OpeningEngine, Progress
from pipeline.transcribe.written import write


def transcribe(
    recording: Recording,
    engine: Engine,
    rules: DictationRules,
    on_progress: Progress,
    figures: FigureRules | None = None,
) -> Transcript:
    """Hear ``recording``, take out what nobody said, and write what was said, its figures by ``figures``.

    A word that is taken out (a loop of the engine, a stock phrase over silence) stays in ``words``, and as the
    ``raw`` of a token without text. Speech of a second or more without a word becomes a `Gap`. Raises what the
    engine raises: `AudioUnreadable`, `ModelMissing`, `ModelDamaged`.
    """
    heard = engine.hear(recording, on_progress)
    unsaid = unsaid_places(heard, rules)
    kept = [word for place, word in enumerate(heard.words) if place not in unsaid]
    written = write(kept, rules)
    if figures is not None:
        written = write_figures(written, figures)
    return Transcript(
        tokens=apply_learned(_with_unsaid(written, heard, unsaid), recording.learned),
        words=heard.words,
        engine=engine.name,
        language=heard.language,
        duration=heard.duration,
        speech=sum(end - start for start, end in heard.speech),
        gaps=tuple(Gap(start, end) for start, end in uncovered(heard.speech, kept)),
        alternatives=_heard_again(recording, engine, heard, rules),
    )


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
    return repeated | stock


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
