"""Truths and transcripts made by hand, and the shipped tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.evaluate.items import load_spellings, read
from pipeline.evaluate.marks import sayings
from pipeline.evaluate.score import Effort, Perfect, Score, Scorer
from pipeline.evaluate.truth import Truth
from pipeline.model.text import Recording, Token, Transcript, Word
from pipeline.transcribe.port import Heard
from pipeline.transcribe.rules_yaml import load_dictation_rules
from pipeline.transcribe.step import transcribe

ROOT = Path(__file__).resolve().parents[2]
RULES = load_dictation_rules(ROOT / "lexicon" / "dictation.yaml")
SPELLINGS = load_spellings(ROOT / "lexicon" / "evaluation.yaml")


def by_our_rules(heard: Heard) -> Transcript:
    return transcribe(Recording("", ""), Perfect(heard), RULES, lambda _: None)


SCORER = Scorer(SPELLINGS, sayings(RULES), by_our_rules)


def keys(text: str) -> str:
    """The keys of the items of ``text``, in a row."""
    return " ".join(item.key for item in read(text, SPELLINGS))


def transcript_of(text: str, raw: str = "", doubt: str = "") -> Transcript:
    """``text`` as written, one token a word, 0.4 s each; ``raw`` what was heard. Words in ``doubt`` carry a doubt."""
    tokens: list[Token] = []
    before = ""
    for number, piece in enumerate(text.replace("\n", " \n ").split(" ")):
        if piece == "\n":
            before += "\n"
            continue
        if not piece:
            continue
        start = 0.4 * number
        unsure = "à écouter" if piece.strip(".,") in doubt.split() else ""
        tokens.append(
            Token(piece, before if before or not tokens else " ", piece, "", 0.9, start, start + 0.4, None, unsure)
        )
        before = ""
    words = tuple(Word(word, 0.4 * n, 0.4 * n + 0.4, 0.9) for n, word in enumerate((raw or text).split()))
    return Transcript(tuple(tokens), words, "hand")


def score(
    spoken: str, text: str, *, raw: str = "", written: str = "", terms: tuple[str, ...] = (), doubt: str = ""
) -> Score:
    """``text`` is what was written of ``spoken``; ``written`` what should have been."""
    truth = Truth("x", Path("x"), spoken, written, terms)
    return SCORER.score(truth, transcript_of(text, raw or spoken, doubt), Effort(audio=10.0, wall=2.0))


def perfectly(truth: Truth) -> Score:
    """The score of a perfect engine and of the text that a secretary types."""
    heard = by_our_rules(Heard(tuple(Word(w, 0.0, 0.1, 1.0) for w in truth.spoken.split()), 1.0, ()))
    typed = transcript_of(truth.written).tokens if truth.written else SCORER.write(_even(truth.spoken)).tokens
    return SCORER.score(truth, replace(heard, tokens=typed), Effort())


def _even(spoken: str) -> Heard:
    from pipeline.evaluate.score import perfect

    return perfect(spoken)
