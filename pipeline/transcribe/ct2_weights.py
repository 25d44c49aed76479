"""Reads CTranslate2's ``model.bin`` and gives its arrays the names that openai-whisper knows. NumPy only.

The format (little-endian, versions 4 to 6; source: ``ctranslate2/specs/model_spec.py`` and ``src/models/model.cc``):
version u32, spec name, revision u32, count u32, then each variable (name, rank u8, dimensions u32, type u8, bytes u32,
data), then count u32 of aliases (alias, name). A string is its length with the final zero as u16, and its bytes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.errors import ModelDamaged

Array: TypeAlias = npt.NDArray[Any]

_VERSIONS = range(4, 7)
_BFLOAT16 = 5
_TYPES = ("<f4", "<i1", "<i2", "<i4", "<f2", "<u2")
"""By type number, bfloat16 (5) as its bits: NumPy has no such type."""
_HIGHEST_RANK = 4
_NORM = {"gamma": "weight", "beta": "bias"}
_PLAIN = {
    "encoder/conv1/weight": "encoder.conv1.weight",
    "encoder/conv1/bias": "encoder.conv1.bias",
    "encoder/conv2/weight": "encoder.conv2.weight",
    "encoder/conv2/bias": "encoder.conv2.bias",
    "encoder/position_encodings/encodings": "encoder.positional_embedding",
    "encoder/layer_norm/gamma": "encoder.ln_post.weight",
    "encoder/layer_norm/beta": "encoder.ln_post.bias",
    "decoder/embeddings/weight": "decoder.token_embedding.weight",
    "decoder/position_encodings/encodings": "decoder.positional_embedding",
    "decoder/layer_norm/gamma": "decoder.ln.weight",
    "decoder/layer_norm/beta": "decoder.ln.bias",
}
_LAYER: Mapping[str, tuple[str, ...]] = {
    "self_attention/layer_norm": ("attn_ln",),
    "self_attention/linear_0": ("attn.query", "attn.key", "attn.value"),
    "self_attention/linear_1": ("attn.out",),
    "attention/layer_norm": ("cross_attn_ln",),
    "attention/linear_0": ("cross_attn.query",),
    "attention/linear_1": ("cross_attn.key", "cross_attn.value"),
    "attention/linear_2": ("cross_attn.out",),
    "ffn/layer_norm": ("mlp_ln",),
    "ffn/linear_0": ("mlp.0",),
    "ffn/linear_1": ("mlp.2",),
}
"""Parts of a layer; several names stand for arrays that CTranslate2 lays end to end."""


@dataclass(frozen=True, slots=True)
class Weights:
    """``dims`` are the fields of whisper's ``ModelDimensions``, ``state`` its state dict as float32 or float16 arrays;
    ``alignment_heads`` are (layer, head) whose attention tells the time of words, none where the folder names none."""

    dims: Mapping[str, int]
    state: Mapping[str, Array]
    alignment_heads: tuple[tuple[int, int], ...]


def read_weights(folder: Path) -> Weights:
    """The Whisper model in ``folder`` (``model.bin``, ``config.json``). Raises `ModelDamaged`."""
    try:
        variables = read_variables(folder / "model.bin")
        state = dict(_renamed(variables))
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        heads = tuple((int(layer), int(head)) for layer, head in config.get("alignment_heads") or ())
        return Weights(_dimensions(variables, state), state, heads)
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error) as error:
        raise ModelDamaged(
            "Le modèle de parole ne peut pas être lu : model.bin n'est pas un modèle Whisper."
        ) from error


def read_variables(file: Path) -> dict[str, Array]:
    """The arrays of ``model.bin`` by CTranslate2's names, quantised ones as numbers again.

    Raises ``OSError``, ``ValueError`` or ``struct.error`` when the file is absent, of another kind or cut short.
    """
    reader = ModelReader(np.memmap(file, dtype=np.uint8, mode="r"))
    stored = dict(reader.variable() for _ in range(reader.begin()))
    found = {
        name: _plain(array, stored.get(f"{name}_scale")) for name, array in stored.items() if name[-6:] != "_scale"
    }
    for _ in range(reader.number("I")):
        alias, name = reader.string(), reader.string()
        if name in found:
            found[alias] = found[name]
    return found


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the data of a variable: ``kind`` is the number of its type, ``length`` its bytes."""

    name: str
    shape: tuple[int, ...]
    kind: int
    length: int


class ModelReader:
    """Reads numbers, strings and arrays of a ``model.bin`` one after the other; ``at`` is the next byte."""

    def __init__(self, data: npt.NDArray[np.uint8]) -> None:
        self._data = data
        self.at = 0

    def begin(self) -> int:
        """How many variables follow. Raises ``ValueError`` for a file of another kind."""
        version = self.number("I")
        if version not in _VERSIONS or self.string() != "WhisperSpec":
            raise ValueError(f"format {version}")
        self.number("I")  # revision of the spec: the names are the same in all three
        return self.number("I")

    def number(self, kind: str) -> int:
        return int(struct.unpack(f"<{kind}", self.bytes(struct.calcsize(f"<{kind}")).tobytes())[0])

    def string(self) -> str:
        return self.bytes(self.number("H")).tobytes()[:-1].decode("utf-8")

    def head(self) -> Head:
        name, rank = self.string(), self.number("B")
        if rank > _HIGHEST_RANK:
            raise ValueError(f"rank {rank}")
        shape = tuple(self.number("I") for _ in range(rank))
        return Head(name, shape, self.number("B"), self.number("I"))

    def variable(self) -> tuple[str, Array]:
        head = self.head()
        values: Array = np.frombuffer(self.bytes(head.length).tobytes(), dtype=_TYPES[head.kind]).reshape(head.shape)
        if head.kind == _BFLOAT16:  # the upper half of a float32
            values = (values.astype("<u4") << 16).view("<f4")
        return head.name, values

    def bytes(self, count: int) -> npt.NDArray[np.uint8]:
        taken = self._data[self.at : self.at + count]
        if len(taken) != count:
            raise ValueError("cut short")
        self.at += count
        return taken


def _plain(array: Array, scale: Array | None) -> Array:
    """``array`` as it was before its rows (or all of it, for int16) were multiplied by ``scale`` and rounded."""
    if scale is None:
        return array
    rows = scale.astype(np.float32).reshape(-1, *[1] * (array.ndim - 1)) if scale.ndim else scale.astype(np.float32)
    found: Array = array.astype(np.float32) / rows
    return found


def _renamed(variables: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    for name, array in variables.items():
        if name in _PLAIN:
            yield _PLAIN[name], array
            continue
        side, _, rest = name.partition("/layer_")
        number, _, rest = rest.partition("/")
        part, _, leaf = rest.rpartition("/")
        if part not in _LAYER:  # numbers of the graph, and the projection, which is the embedding again
            continue
        targets = _LAYER[part]
        for target, values in zip(targets, np.split(array, len(targets)), strict=True):
            if not (target.endswith(".key") and leaf == "bias"):  # Whisper's keys have no bias: zeros
                yield f"{side}.blocks.{number}.{target}.{_NORM.get(leaf, leaf)}", values


def _dimensions(variables: Mapping[str, Array], state: Mapping[str, Array]) -> dict[str, int]:
    """The fields of ``ModelDimensions``, read off the shapes."""
    vocabulary, text_state = state["decoder.token_embedding.weight"].shape
    audio_state, mels, _ = state["encoder.conv1.weight"].shape
    return {
        "n_mels": mels,
        "n_audio_ctx": len(state["encoder.positional_embedding"]),
        "n_audio_state": audio_state,
        "n_audio_head": int(variables["encoder/num_heads"]),
        "n_audio_layer": _layers(state, "encoder"),
        "n_vocab": vocabulary,
        "n_text_ctx": len(state["decoder.positional_embedding"]),
        "n_text_state": text_state,
        "n_text_head": int(variables["decoder/num_heads"]),
        "n_text_layer": _layers(state, "decoder"),
    }


def _layers(state: Mapping[str, Array], side: str) -> int:
    return 1 + max(int(name.split(".")[2]) for name in state if name.startswith(f"{side}.blocks."))
