"""CTranslate2's file gives openai-whisper's weights: compared with both libraries, for every kind of quantisation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest
from ctranslate2.specs import whisper_spec

from pipeline.errors import ModelDamaged
from pipeline.transcribe.ct2_weights import read_variables, read_weights
from pipeline.transcribe.models import ModelStore

LAYERS, HEADS, WIDTH, MELS, WORDS = 2, 2, 16, 8, 40


@pytest.fixture(scope="module")
def base(store: ModelStore) -> Path:
    return store.path("base")


def small_spec() -> whisper_spec.WhisperSpec:
    """A Whisper of random weights, as CTranslate2's converters make one."""
    spec = whisper_spec.WhisperSpec(LAYERS, HEADS, LAYERS, HEADS)
    noise = np.random.default_rng(7)

    def give(part: Any, *shape: int) -> None:
        part.weight = noise.normal(size=shape).astype(np.float32)
        if hasattr(part, "bias"):
            part.bias = noise.normal(size=shape[0]).astype(np.float32)

    def norm(part: Any) -> None:
        part.gamma, part.beta = (noise.normal(size=WIDTH).astype(np.float32) for _ in range(2))

    def attention(part: Any, *rows: int) -> None:
        norm(part.layer_norm)
        for linear, times in zip(part.linear, rows, strict=True):
            give(linear, times * WIDTH, WIDTH)

    for side, places in ((spec.encoder, 1500), (spec.decoder, 448)):
        side.position_encodings.encodings = noise.normal(size=(places, WIDTH)).astype(np.float32)
        norm(side.layer_norm)
        for layer in side.layer:
            attention(layer.self_attention, 3, 1)
            norm(layer.ffn.layer_norm)
            give(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
            give(layer.ffn.linear_1, WIDTH, 4 * WIDTH)
    for layer in spec.decoder.layer:
        attention(layer.attention, 1, 2, 1)
    give(spec.encoder.conv1, WIDTH, MELS, 3)
    give(spec.encoder.conv2, WIDTH, WIDTH, 3)
    give(spec.decoder.embeddings, WORDS, WIDTH)
    spec.decoder.projection.weight = spec.decoder.embeddings.weight
    spec.config.alignment_heads = [(1, 0), (1, 1)]
    spec.register_vocabulary([str(number) for number in range(WORDS)])
    spec.validate()
    return spec


@pytest.mark.parametrize(
    ("kind", "off"),
    [("float32", 0.0), ("float16", 0.002), ("bfloat16", 0.02), ("int8", 0.02), ("int8_float16", 0.02), ("int16", 0.01)],
)
def test_weights_of_every_quantisation_come_back_as_numbers(tmp_path: Path, kind: str, off: float) -> None:
    if kind == "bfloat16":
        pytest.importorskip("torch", reason="CTranslate2 writes bfloat16 with torch")
    spec = small_spec()
    before = {
        name: value.numpy().copy() for name, value in spec.variables().items() if not isinstance(value, (str, int))
    }
    spec.optimize(quantization=kind)
    spec.save(str(tmp_path))
    after = read_variables(tmp_path / "model.bin")
    assert not [name for name in after if name.endswith("_scale") and after[name].ndim]
    assert np.allclose(after["decoder/projection/weight"], before["decoder/embeddings/weight"], atol=5 * off)
    for name in (
        "encoder/conv2/weight",
        "encoder/layer_1/ffn/linear_1/weight",
        "decoder/layer_0/attention/linear_1/bias",
    ):
        assert np.allclose(after[name].astype(np.float32), before[name], atol=5 * off), name


def test_dimensions_and_heads_are_read_off_the_folder(tmp_path: Path) -> None:
    spec = small_spec()
    spec.optimize(quantization="int8")
    spec.save(str(tmp_path))
    weights = read_weights(tmp_path)
    assert weights.dims == {
        "n_mels": MELS,
        "n_audio_ctx": 1500,
        "n_audio_state": WIDTH,
        "n_audio_head": HEADS,
        "n_audio_layer": LAYERS,
        "n_vocab": WORDS,
        "n_text_ctx": 448,
        "n_text_state": WIDTH,
        "n_text_head": HEADS,
        "n_text_layer": LAYERS,
    }
    assert weights.alignment_heads == ((1, 0), (1, 1))


def test_names_and_shapes_are_those_of_openai_whisper(base: Path) -> None:
    whisper = pytest.importorskip("whisper", reason="openai-whisper is an extra")
    weights = read_weights(base)
    model = whisper.Whisper(whisper.ModelDimensions(**weights.dims))
    assert {name: array.shape for name, array in weights.state.items()} == {
        name: tuple(tensor.shape) for name, tensor in model.state_dict().items()
    }


def test_both_libraries_encode_the_same_sound_alike(base: Path) -> None:
    whisper = pytest.importorskip("whisper", reason="openai-whisper is an extra")
    torch = pytest.importorskip("torch")
    weights = read_weights(base)
    model = whisper.Whisper(whisper.ModelDimensions(**weights.dims))
    model.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in weights.state.items()})
    mel = np.random.default_rng(1).normal(size=(1, 80, 3000)).astype(np.float32)
    with torch.inference_mode():
        ours = model.encoder(torch.from_numpy(mel)).numpy()
    original = ctranslate2.models.Whisper(str(base), compute_type="float32")
    theirs = np.array(original.encode(ctranslate2.StorageView.from_array(mel)))
    assert np.abs(ours - theirs).max() < 0.01 * np.abs(theirs).max()


@pytest.mark.parametrize("spoil", ["absent", "empty", "short", "other", "config"])
def test_a_damaged_folder_is_told(tmp_path: Path, spoil: str) -> None:
    spec = small_spec()
    spec.optimize(quantization="float32")
    spec.save(str(tmp_path))
    model, config = tmp_path / "model.bin", tmp_path / "config.json"
    whole = model.read_bytes()
    if spoil == "absent":
        model.unlink()
    elif spoil == "empty":
        model.write_bytes(b"")
    elif spoil == "short":
        model.write_bytes(whole[:-1])
    elif spoil == "other":
        model.write_bytes(b"PK\x03\x04" + whole[4:])
    else:
        config.write_text("[]", encoding="utf-8")
    with pytest.raises(ModelDamaged):
        read_weights(tmp_path)
