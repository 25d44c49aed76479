"""Whisper's vocabulary without the pieces of other scripts, made when a model is loaded.

A fifth of the 50,257 pieces of text that Whisper knows are Chinese, Cyrillic, Arabic…: a decoder compares each step
with all of them, and no French dictation holds one. Without them it writes sooner and nearly always the same: the share
of probability that they had is next to none. All that French spelling, names
and figures need stays, down to single bytes, and so do all signs that are no text (languages, times).

The tokenizer of the converted models lacks the first merge of Whisper's list (a space and "t"): each hint that begins
with "t" was shown in pieces that the model never saw ("␣", "t", "our"). It is put back.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers.decoders import ByteLevel

from pipeline.transcribe.ct2_weights import ModelReader

END_OF_TEXT = "<|endoftext|>"
"""The first sign that is no text: all pieces of text have smaller numbers."""
PIECES = 50_257
"""Pieces of text of Whisper's multilingual models (openai-whisper, ``tokenizer.py``)."""
LATIN = "\u024f"
"""The last letter of Unicode's block "Latin Extended-B": before it are all letters of the Latin alphabets of today."""
_MARKS = frozenset("–—‘’“”…‰€→≤≥")
_DECODER = ByteLevel()
_FIRST_MERGE = ("Ġ", "t")
_FILES = ("config.json", "tokenizer.json")
_LISTS = ("vocabulary.json", "vocabulary.txt")
_NUMBERS = ("suppress_ids", "suppress_ids_begin", "lang_ids")
"""Fields of ``config.json`` that name pieces by number."""


def mended(tokenizer: str) -> str:
    """The text of ``tokenizer.json`` with the merge of a space and "t" where it is missing."""
    table = json.loads(tokenizer)
    _mend(table)
    return json.dumps(table, ensure_ascii=False)


def latin_files(folder: Path) -> dict[str, bytes] | None:
    """The files of the model in ``folder`` without the pieces of other scripts; None for a vocabulary unknown here.

    Raises ``OSError``, ``ValueError``, ``KeyError`` or ``struct.error`` for a model that cannot be read.
    """
    config, tokenizer = (json.loads((folder / name).read_text(encoding="utf-8")) for name in _FILES)
    pieces = {piece: number for piece, number in tokenizer["model"]["vocab"].items() if piece != END_OF_TEXT}
    end = next((one["id"] for one in tokenizer["added_tokens"] if one["content"] == END_OF_TEXT), 0)
    if end != PIECES or sorted(pieces.values()) != list(range(PIECES)):
        return None
    listed = next(folder / name for name in _LISTS if (folder / name).is_file())
    words = _vocabulary(listed)
    rows = [*latin_tokens(pieces, _mend(tokenizer)), *range(end, len(words))]
    places = {old: new for new, old in enumerate(rows)}
    _keep(tokenizer, places)
    for field in _NUMBERS:
        config[field] = [places[number] for number in config.get(field) or () if number in places]
    kept = [words[old] for old in rows]
    as_text = "".join(f"{word}\n" for word in kept) if listed.suffix == ".txt" else json.dumps(kept)
    others = (path for path in folder.glob("*.json") if path.name not in {*_FILES, listed.name})
    return {
        "tokenizer.json": json.dumps(tokenizer).encode(),
        "config.json": json.dumps(config).encode(),
        listed.name: as_text.encode(),
        "model.bin": with_rows((folder / "model.bin").read_bytes(), len(words), rows),
        **{path.name: path.read_bytes() for path in others},
    }


def latin_tokens(vocabulary: Mapping[str, int], merges: Iterable[tuple[str, str]]) -> list[int]:
    """The numbers of the pieces that stay, ascending: Latin letters, figures, marks, every byte, and what these
    are merged from. ``vocabulary``: number by piece, as in ``tokenizer.json``."""
    parts = {left + right: (left, right) for left, right in reversed(list(merges))}
    waiting = [piece for piece in vocabulary if _is_latin(piece)]
    found = set[str]()
    while waiting:
        piece = waiting.pop()
        if piece not in found:
            found.add(piece)
            waiting += parts.get(piece, ())
    return sorted(vocabulary[piece] for piece in found)


def _is_latin(piece: str) -> bool:
    return len(piece) == 1 or all(sign <= LATIN or sign in _MARKS for sign in _DECODER.decode([piece]))


def with_rows(model: bytes, size: int, rows: Sequence[int]) -> bytes:
    """A ``model.bin`` (format: `ct2_weights`) whose arrays with ``size`` rows have only ``rows``, in this order."""
    reader = ModelReader(np.frombuffer(model, np.uint8))
    parts: list[bytes] = []
    copied = 0
    for _ in range(reader.begin()):
        start, head = reader.at, reader.head()
        values = reader.bytes(head.length)
        if head.shape[:1] == (size,):
            kept = values.reshape(size, -1)[list(rows)].tobytes()
            shape = (len(rows), *head.shape[1:])
            name = head.name.encode() + b"\0"
            parts += [
                model[copied:start],
                struct.pack("<H", len(name)) + name,
                struct.pack(f"<B{len(shape)}IBI", len(shape), *shape, head.kind, len(kept)),
                kept,
            ]
            copied = reader.at
    return b"".join([*parts, model[copied:]])


def _vocabulary(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8")
    words: list[str] = json.loads(text) if file.suffix == ".json" else text.removesuffix("\n").split("\n")
    return words


def _mend(tokenizer: dict[str, Any]) -> list[tuple[str, str]]:
    """The merges, with the one that is missing."""
    model = tokenizer["model"]
    merges = [_pair(merge.split(" ") if isinstance(merge, str) else merge) for merge in model["merges"]]
    if "".join(_FIRST_MERGE) in model["vocab"] and _FIRST_MERGE not in merges:
        merges.insert(0, _FIRST_MERGE)
        model["merges"] = [" ".join(merge) for merge in merges]
    return merges


def _pair(merge: Sequence[str]) -> tuple[str, str]:
    left, right = merge
    return left, right


def _keep(tokenizer: dict[str, Any], places: dict[int, int]) -> None:
    """Only the pieces in ``places``, with their new numbers, and the merges that make them of others that stay."""
    model = tokenizer["model"]
    merges = _mend(tokenizer)
    vocabulary = {piece: places[number] for piece, number in model["vocab"].items() if number in places}
    model["vocab"] = vocabulary
    model["merges"] = [
        f"{left} {right}"
        for left, right in merges
        if left in vocabulary and right in vocabulary and left + right in vocabulary
    ]
    for one in tokenizer["added_tokens"]:
        one["id"] = places[one["id"]]
    for one in tokenizer["post_processor"]["special_tokens"].values():
        one["ids"] = [places[number] for number in one["ids"]]
