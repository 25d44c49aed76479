"""Measures the term check on clean French beside EDS-NLP's matchers and plain SymSpell: speed, load time, memory.

Run: ``.venv/bin/python benchmarks/checking.py [--words 20000]``. Each contender runs alone in a process of its own, one
after the other, on the same text: the clean letters of ``tests/verify/clean``, repeated. The base is
``import spacy`` with a blank French pipeline. torch is kept out, as in an installation.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
LISTS = ROOT / "lexicon"
CACHE = Path(tempfile.gettempdir()) / "calame-benchmark-lexicon"
WARM = "Pas de fibrilation auriculaire sous apixaban."
"""Read once while loading: it makes every contender open what it opens late."""

Read = Callable[[str], int]
"""Reads a text and returns how many places it found."""


def spacy_blank() -> Read:
    import spacy

    nlp = spacy.blank("fr")
    return lambda text: len(nlp(text)) * 0


def calame() -> Read:
    from pipeline.model.text import Token, Transcript
    from pipeline.verify.lexicon import FrenchLexicon
    from pipeline.verify.step import check

    lexicon = FrenchLexicon(LISTS, CACHE)

    def read(text: str) -> int:
        tokens = tuple(Token(m[2], m[1], m[2]) for m in re.finditer(r"(\s*)(\S+)", text))
        return len(check(Transcript(tokens), lexicon).findings)

    return read


def contexts() -> Read:
    from pipeline.verify.edsnlp_contexts import EdsContexts

    reader = EdsContexts(LISTS)
    return lambda text: len(reader.words(text))  # what filing asks


def eds(matcher: str) -> Read:
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.normalizer")
    nlp.add_pipe("eds.sentences")
    for name in ("eds.drugs", "eds.cim10"):
        nlp.add_pipe(name, config={"term_matcher": matcher})
    return lambda text: len(nlp(text).ents)


def symspell() -> Read:
    from symspellpy import SymSpell, Verbosity

    from pipeline.verify.lexicon import FrenchLexicon
    from pipeline.verify.spelling import plain
    from pipeline.verify.tokens import pieces

    speller = SymSpell(max_dictionary_edit_distance=2)
    for word in (FrenchLexicon(LISTS, CACHE).built / "known.txt").read_text(encoding="utf-8").split("\n"):
        speller.create_dictionary_entry(word, 1)

    def read(text: str) -> int:
        words = [plain(piece.text) for piece in pieces(text)]
        return sum(speller.lookup(word, Verbosity.TOP, 2)[:1] == [] or word not in speller.words for word in words)

    return read


CONTENDERS: dict[str, Callable[[], Read]] = {
    "spaCy, blank French (base)": spacy_blank,
    "Calame `check`": calame,
    "Calame contexts, as filing reads them": contexts,
    "EDS-NLP drugs + cim10, exact": lambda: eds("exact"),
    "EDS-NLP drugs + cim10, simstring": lambda: eds("simstring"),
    "SymSpell, distance 2": symspell,
}


def run(name: str, words: int) -> dict[str, float]:
    """One contender, in this process: ``load`` and ``seconds`` of CPU and wall, ``memory`` in MB, ``found`` places."""
    from pipeline.verify.tokens import pieces

    sys.modules["torch"] = None  # type: ignore[assignment]
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/verify/clean").glob("*.txt"))]
    counts = [sum(1 for _ in pieces(text)) for text in texts]
    started, cpu = time.perf_counter(), time.process_time()
    read = CONTENDERS[name]()
    read(WARM)
    load, load_cpu = time.perf_counter() - started, time.process_time() - cpu
    done = found = 0
    cpu = time.process_time()
    while done < words:
        for text, count in zip(texts, counts, strict=True):
            found += read(text)
            done += count
    seconds = time.process_time() - cpu
    peak = _peak()
    return {"load": load, "load_cpu": load_cpu, "speed": done / seconds, "memory": peak, "found": 1000 * found / done}


def _peak() -> float:
    """MB of memory at most since this program began; ``ru_maxrss`` would have the parent's too (getrusage(2))."""
    return next(
        int(line.split()[1]) / 1024
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        if line.startswith("VmHWM")
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--words", type=int, default=20_000)
    arguments.add_argument("--contender", choices=CONTENDERS, help="run this one in this process and print JSON")
    chosen = arguments.parse_args()
    if chosen.contender:
        print(json.dumps(run(chosen.contender, chosen.words)))
        return
    from pipeline.verify.lexicon import FrenchLexicon

    FrenchLexicon(LISTS, CACHE)  # the first build, once a machine, is not part of a load
    print(
        "|  | words/CPU s | load s (CPU s) | peak MB | beyond spaCy MB | places/1000 words |\n|---|---|---|---|---|---|"
    )
    base = 0.0
    for name in CONTENDERS:
        command = [sys.executable, __file__, "--contender", name, "--words", str(chosen.words)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
        got = json.loads(told)
        base = base or got["memory"]
        print(
            f"| {name} | {got['speed']:,.0f} | {got['load']:.1f} ({got['load_cpu']:.1f}) | {got['memory']:.0f} | "
            f"{got['memory'] - base:+.0f} | {got['found']:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
