"""OpenAI's own Whisper library as a `Decoder`, on the processor, with the very weights of faster-whisper's folder.

It brings torch, so it stays out of the default install and is imported when its model is first needed. Loops and lost
stretches are not looked after here: ``listening.py`` does that for every library.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from pickle import UnpicklingError
from threading import RLock
from typing import Any

from pipeline.errors import ModelDamaged, ModelMissing, ToolMissing
from pipeline.transcribe.audio import RATE, Samples
from pipeline.transcribe.ct2_weights import read_weights
from pipeline.transcribe.decoder import USUAL, Question, Reading, Wishes, share_of_french
from pipeline.transcribe.joined import joined

LONGEST = 30
"""Seconds that Whisper can hear at once."""
HOTTEST = 1.0
"""Above this temperature Whisper writes anything."""
_FRAMES_A_SECOND = 100
_LARGE = 1_000_000_000
"""Bytes of weights of a model (medium, large, turbo) that hears an opening well at once."""
_INSTALL = "Installez-la : « pip install 'calame[openai-whisper]' », ou choisissez engine = \"faster-whisper\"."
_ALONE = RLock()


class OpenaiWhisperDecoder:
    """A `Decoder`. ``folder`` holds a CTranslate2 model or one ``.pt`` file of OpenAI's; ``threads`` 0: all cores.

    The library and the model are loaded at first use and kept. Threads are a setting of the whole process in torch, and
    the library turns its kind of attention on and off for all models at once: callers of any of them take turns, each
    with all the threads.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self._folder = folder
        self._threads = threads

    @property
    def name(self) -> str:
        return f"openai-whisper {self._folder.name}"

    @property
    def prompt_room(self) -> int:
        return int(self._loaded.model.dims.n_text_ctx) // 2 - 1

    @property
    def is_large(self) -> bool:
        return any(
            file.stat().st_size >= _LARGE for file in (*self._folder.glob("model.bin"), *_checkpoints(self._folder))
        )

    def count(self, text: str) -> int:
        return len(self._loaded.tokens(text))

    def open(self, pieces: Sequence[Samples]) -> OpenaiSounds:
        """Encode ``pieces``. Raises `ToolMissing` without the library, `ModelMissing`, `ModelDamaged`."""
        if any(len(piece) > LONGEST * RATE for piece in pieces):
            raise ValueError("a piece is longer than Whisper can hear")
        with _ALONE:
            loaded = self._loaded
            return OpenaiSounds(loaded, [(loaded.encode(piece), len(piece) / RATE) for piece in pieces])

    def check(self) -> None:
        """Raises `ToolMissing` when the library is not installed; it is not imported, which takes seconds."""
        if not all(importlib.util.find_spec(name) for name in ("torch", "whisper")):
            raise _absent()

    @property
    def _loaded(self) -> _Loaded:
        with _ALONE:
            return self._once_loaded

    @cached_property
    def _once_loaded(self) -> _Loaded:
        model = load_model(self._folder, self._threads)
        _share_sound(model)
        return _Loaded(_library("torch"), _library("whisper"), model)


class OpenaiSounds:
    """Encoded pieces with their seconds: read as often as wanted, never encoded again."""

    def __init__(self, loaded: _Loaded, pieces: Sequence[tuple[Any, float]]) -> None:
        self._loaded = loaded
        self._pieces = pieces

    def read(self, prompt: str | Sequence[str] = "", wishes: Wishes = USUAL) -> list[Reading]:
        """See `Sounds.read`. The same input gives the same words at any temperature."""
        wishes = replace(wishes, temperature=min(max(wishes.temperature, 0.0), HOTTEST))
        prompts = [prompt] * len(self._pieces) if isinstance(prompt, str) else prompt
        with _ALONE:
            return [
                self._loaded.reading(sound, seconds, shown, wishes)
                for (sound, seconds), shown in zip(self._pieces, prompts, strict=True)
            ]

    def weigh(self, questions: Sequence[Question]) -> list[tuple[float, ...]]:
        """See `WeighingSounds`."""
        with _ALONE:
            return [self._loaded.weights(self._pieces[one.piece][0], one) for one in questions]


@dataclass(frozen=True)
class _Loaded:
    """torch, whisper and the model: untyped, for they are not in the default install."""

    torch: Any
    whisper: Any
    model: Any

    @cached_property
    def tokenizer(self) -> Any:
        return self.whisper.tokenizer.get_tokenizer(
            self.model.is_multilingual, num_languages=self.model.num_languages, language="fr", task="transcribe"
        )

    def tokens(self, text: str) -> list[int]:
        """A special token spelled out ("<|fr|>") is text like any other."""
        return list(self.tokenizer.encode(f" {text.strip()}", disallowed_special=())) if text.strip() else []

    def encode(self, samples: Samples) -> Any:
        sound = self.whisper.pad_or_trim(samples)
        mel = self.whisper.log_mel_spectrogram(sound, self.model.dims.n_mels)
        with self.torch.inference_mode():
            return self.model.embed_audio(mel.unsqueeze(0))[0]

    def reading(self, sound: Any, seconds: float, prompt: str, wishes: Wishes) -> Reading:
        options = self.whisper.DecodingOptions(
            language="fr",
            temperature=wishes.temperature,
            beam_size=wishes.beam if wishes.temperature == 0 and wishes.beam > 1 else None,
            prompt=self.tokens(prompt) or None,
            without_timestamps=not wishes.marked,
            fp16=False,
        )
        with self.torch.random.fork_rng(devices=[]):
            self.torch.manual_seed(0)
            found = self.whisper.decode(self.model, sound, options)
        words = joined(self.timed(sound, found.tokens, seconds), seconds)
        return Reading(words, float(found.avg_logprob), float(found.no_speech_prob), self.french(sound))

    def weights(self, sound: Any, question: Question) -> tuple[float, ...]:
        """The log probability of each text over its stretch of ``sound``: the decoder reads it in one pass."""
        stretch = self.torch.cat([sound[part] for part in question.states(len(sound))]).unsqueeze(0)
        begin = [*self.tokenizer.sot_sequence, self.tokenizer.no_timestamps]
        found = []
        for text in question.texts:
            tokens = self.tokens(text)
            read = self.torch.tensor([[*begin, *tokens]])
            with self.torch.inference_mode():
                scores = self.model.logits(read, stretch)[0, len(begin) - 1 : -1].log_softmax(-1)
            found.append(float(scores[range(len(tokens)), tokens].sum()))
        return tuple(found)

    def french(self, sound: Any) -> float:
        if not self.model.is_multilingual:
            return 1.0
        _, shares = self.whisper.detect_language(self.model, sound, self.tokenizer)
        return share_of_french(shares)

    def timed(self, sound: Any, tokens: Sequence[int], seconds: float) -> list[tuple[str, float, float, float]]:
        """Words with their times, from the attention of the model's alignment heads."""
        segment = {"seek": 0, "start": 0.0, "end": seconds, "tokens": list(tokens), "words": []}
        self.whisper.timing.add_word_timestamps(
            segments=[segment],
            model=_Encoded(self.model),
            tokenizer=self.tokenizer,
            mel=sound,
            num_frames=round(seconds * _FRAMES_A_SECOND),
            last_speech_timestamp=0.0,
        )
        words: Any = segment["words"]
        return [(w["word"], float(w["start"]), float(w["end"]), float(w["probability"])) for w in words]


def _share_sound(model: Any) -> None:
    """Let all beams look at one copy of the sound: the library lays out one a beam at every token (4 times slower)."""
    for block in model.decoder.blocks:
        attention = block.cross_attn

        def looked(q: Any, k: Any, v: Any, mask: Any = None, usual: Any = attention.qkv_attention) -> Any:
            if len(q) == len(k):
                return usual(q, k, v, mask)
            out, weights = usual(q.reshape(1, -1, q.shape[-1]), k, v)  # who looks does not matter to this attention
            return out.reshape(q.shape), weights

        attention.qkv_attention = looked


class _Encoded:
    """The model as whisper's alignment sees it, but what it is given was encoded before."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, sound: Any, tokens: Any) -> Any:
        return self._model.logits(tokens, sound)


def load_model(folder: Path, threads: int = 0) -> Any:
    """The library's own model object, unchanged. Raises `ToolMissing`, `ModelMissing`, `ModelDamaged`."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait in a loop cost 4 times the CPU seconds
    torch, whisper = _library("torch"), _library("whisper")
    if threads:
        torch.set_num_threads(threads)
    try:
        return _model(folder, torch, whisper).eval().requires_grad_(requires_grad=False)
    except (RuntimeError, TypeError, LookupError, ValueError, OSError, EOFError, UnpicklingError) as error:
        raise ModelDamaged("Le modèle de parole ne peut pas être chargé.") from error


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except (ImportError, OSError) as error:  # absent, or a part of it that does not load
        raise _absent() from error


def _absent() -> ToolMissing:
    return ToolMissing("La bibliothèque de parole openai-whisper n'est pas installée.", advice=_INSTALL)


def _checkpoints(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.pt"))


def _model(folder: Path, torch: Any, whisper: Any) -> Any:
    if (folder / "model.bin").is_file():
        weights = read_weights(folder)
        model = whisper.Whisper(whisper.ModelDimensions(**weights.dims))
        model.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in weights.state.items()})
        if weights.alignment_heads:
            mask = torch.zeros(model.dims.n_text_layer, model.dims.n_text_head, dtype=torch.bool)
            for layer, head in weights.alignment_heads:
                mask[layer, head] = True
            model.register_buffer("alignment_heads", mask.to_sparse(), persistent=False)
        return model
    checkpoints = _checkpoints(folder)
    if len(checkpoints) != 1:
        raise ModelMissing(f"Le dossier {folder} ne contient pas de modèle de parole (model.bin ou un fichier .pt).")
    model = whisper.load_model(str(checkpoints[0]), device="cpu")
    known = getattr(whisper, "_ALIGNMENT_HEADS", {}).get(checkpoints[0].stem)
    if known:
        model.set_alignment_heads(known)
    return model
