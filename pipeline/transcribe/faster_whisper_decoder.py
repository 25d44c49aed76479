"""Whisper through faster-whisper (CTranslate2): int8 on the processor, float16 on a graphics card.

The pieces of a batch are shared out among as many workers as there are cores, each with one thread: the small
matrices of a decoder gain next to nothing from a second thread, and a second piece gains a whole core.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

import ctranslate2
import numpy as np
import numpy.typing as npt
import tokenizers
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer

from pipeline.errors import ModelDamaged
from pipeline.model.text import Word
from pipeline.transcribe.audio import RATE, Samples
from pipeline.transcribe.decoder import LANGUAGE, USUAL, Question, Reading, Wishes, share_of_french
from pipeline.transcribe.joined import joined
from pipeline.transcribe.latin_tokens import latin_files, mended

_FRAMES = 100
"""Feature frames in a second of sound."""
_BATCH = 1
"""Pieces decoded at once by one worker. Prompts of a batch must have one length, so that a piece would be heard in
another way beside other pieces; and the memory of eight at five beams is 1.3 GB with Whisper base."""
_TOGETHER = 4
"""Pieces that one worker writes side by side when one text each is followed: a step reads
all weights of the decoder, for one text or for four (``benchmarks/first_hearing.py``). No text depends on its
neighbours: there is no padding, the weights are whole numbers, and each row is rounded by itself."""
_AGAIN_TOGETHER = 2
"""The same where a prompt is shown and several texts are followed: more of them take more memory and gain little."""
_ROUND, _ROUND_FROM = 16, 128
"""A long prompt has a multiple of so many tokens, so that most pieces of one recording have prompts of one length and
are written side by side. What is cut off is its beginning: hints of other pieces. A short one stays whole."""
_LEAST = 1e-9
"""Probability of a token below which it makes no difference any more."""
_MOST_WORKERS = 8
_LARGE = 1_000_000_000
"""Bytes of weights from which the matrices are large enough for several threads."""


class FasterWhisperDecoder:
    """A `Decoder`. ``threads`` 0: as many as cores. The model is loaded at the first sound and kept."""

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self._folder = folder
        self._threads = threads or os.cpu_count() or 1
        self._model: WhisperModel | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._tokenizer: Any = None
        self._loading = Lock()

    @property
    def name(self) -> str:
        return f"faster-whisper {self._folder.name} {self._compute_type}"

    @property
    def prompt_room(self) -> int:
        """Whisper's context is 448 tokens, half of it for what was said before."""
        return 223

    @property
    def is_large(self) -> bool:
        """Whether the model (large, turbo) hears well enough to need no second hearing of the opening."""
        return (self._folder / "model.bin").stat().st_size >= _LARGE

    def count(self, text: str) -> int:
        self._loaded()
        return len(self._tokenizer.encode(" " + text.strip()))

    def open(self, pieces: Sequence[Samples]) -> EncodedPieces:
        """Raises `ModelDamaged` when the model cannot be loaded."""
        model = self._loaded()
        groups = [pieces[first : first + _BATCH] for first in range(0, len(pieces), _BATCH)]
        if len(groups) < self._workers:
            groups = [list(group) for group in _shares(pieces, self._workers)]
        assert self._pool is not None  # noqa: S101 - made when the model was loaded
        encoded = list(self._pool.map(lambda group: _encode(model, group), groups))
        return EncodedPieces(model, self._tokenizer, self._pool, groups, encoded, self._workers)

    @property
    def _workers(self) -> int:
        return 1 if self._on_card or self.is_large else min(self._threads, _MOST_WORKERS)

    @property
    def _on_card(self) -> bool:
        return bool(ctranslate2.get_cuda_device_count())

    @property
    def _compute_type(self) -> str:
        return "float16" if self._on_card else "int8"

    def _loaded(self) -> WhisperModel:
        with self._loading:
            return self._load()

    def _load(self) -> WhisperModel:
        if self._model is None:
            # spinning threads would take the core that another worker needs
            os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
            try:
                files = None if self.is_large else latin_files(self._folder)
                self._model = WhisperModel(
                    str(self._folder),
                    device="cuda" if self._on_card else "cpu",
                    compute_type=self._compute_type,
                    cpu_threads=max(1, self._threads // self._workers),
                    num_workers=self._workers,
                    local_files_only=True,
                    files=files,
                )
                if files is None:
                    own = (self._folder / "tokenizer.json").read_text(encoding="utf-8")
                    self._model.hf_tokenizer = tokenizers.Tokenizer.from_str(mended(own))
            except (RuntimeError, ValueError, OSError, LookupError, struct.error) as error:
                raise ModelDamaged("Le modèle de parole ne peut pas être chargé.") from error
            self._tokenizer = Tokenizer(
                self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language=LANGUAGE
            )
            self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="speech")
        return self._model


class EncodedPieces:
    """`Sounds`: pieces that went through the encoder once."""

    def __init__(
        self,
        model: WhisperModel,
        tokenizer: Tokenizer,
        pool: ThreadPoolExecutor,
        groups: Sequence[Sequence[Samples]],
        encoded: Sequence[Any],
        workers: int = 1,
    ) -> None:
        self._model, self._tokenizer, self._pool, self._workers = model, tokenizer, pool, workers
        self._groups, self._encoded = groups, encoded
        self._french: dict[int, list[float]] = {}
        self._states: list[npt.NDArray[np.float32]] = []

    def read(self, prompt: str | Sequence[str] = "", wishes: Wishes = USUAL) -> list[Reading]:
        """See `Sounds`. Prompts of one batch are cut at their beginning to one length, as the library wants it."""
        count = sum(map(len, self._groups))
        prompts = [prompt] * count if isinstance(prompt, str) else list(prompt)
        shares: list[list[str]] = []
        for group in self._groups:
            shares.append(prompts[: len(group)])
            prompts = prompts[len(group) :]
        shown = [self._shown(share, marked=wishes.marked) if share else [] for share in shares]
        runs = self._runs(shown, wishes)
        read = dict(zip(runs, self._pool.map(lambda run: self._read_together(run, shown, wishes), runs), strict=True))
        found = {place: readings for run, groups in read.items() for place, readings in zip(run, groups, strict=True)}
        return [reading for place in sorted(found) for reading in found[place]]

    @property
    def _on_processor(self) -> bool:
        return bool(self._model.model.device == "cpu")

    def _runs(self, shown: Sequence[list[list[int]]], wishes: Wishes) -> list[tuple[int, ...]]:
        """What one worker writes at once: groups with prompts of one length. No worker is left without any."""
        most = 1
        if self._on_processor and wishes.temperature == 0:
            most = _TOGETHER if wishes.beam == 1 else _AGAIN_TOGETHER
        size = max(1, min(most, -(-len(self._groups) // self._workers)))
        alike: dict[int, list[int]] = {}
        for place, encoded in enumerate(self._encoded):
            if encoded is not None:
                alike.setdefault(len(shown[place][0]), []).append(place)
        return [tuple(same[first : first + size]) for same in alike.values() for first in range(0, len(same), size)]

    def _read_together(
        self, places: Sequence[int], shown: Sequence[list[list[int]]], wishes: Wishes
    ) -> list[list[Reading]]:
        """The groups at ``places`` written at once; the times of their words are sought in each alone."""
        encoded = [self._encoded[place] for place in places]
        if len(places) > 1:
            states = ctranslate2.StorageView.from_array(np.concatenate([_plain(one) for one in encoded]))
        else:
            states = encoded[0]
        results = iter(self._written(states, [one for place in places for one in shown[place]], wishes))
        return [self._timed(place, list(islice(results, len(self._groups[place])))) for place in places]

    def _written(self, encoded: Any, shown: Sequence[list[int]], wishes: Wishes) -> Any:
        """The library's results, one a piece. ``shown`` are the tokens before each text."""
        model = self._model
        heat = wishes.temperature
        sampling = {"sampling_temperature": heat, "sampling_topk": 0} if heat > 0 else {}
        return model.model.generate(
            encoded,
            shown,
            beam_size=1 if heat > 0 else wishes.beam,
            max_length=model.max_length,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            **sampling,
        )

    def _timed(self, place: int, results: Sequence[Any]) -> list[Reading]:
        group, encoded = self._groups[place], self._encoded[place]
        tokens = [[token for token in r.sequences_ids[0] if token < self._tokenizer.eot] for r in results]
        words = self._words(encoded, tokens, group)
        return [
            Reading(spoken, float(result.scores[0]), float(result.no_speech_prob), share)
            for spoken, result, share in zip(words, results, self._shares_of_french(encoded), strict=True)
        ]

    def weigh(self, questions: Sequence[Question]) -> list[tuple[float, ...]]:
        """See `WeighingSounds`. One pass over each text, without writing any; its times are not needed, so they are
        sought in two frames only, and no filter smooths them."""
        self._states = self._states or [
            state for encoded in self._encoded if encoded is not None for state in _plain(encoded)
        ]
        return list(self._pool.map(self._weigh, questions))

    def _weigh(self, question: Question) -> tuple[float, ...]:
        texts = [self._tokenizer.encode(" " + text.strip()) for text in question.texts]
        states = self._states[question.piece]
        stretch = np.concatenate([states[part] for part in question.states(len(states))])
        results = self._model.model.align(
            ctranslate2.StorageView.from_array(np.repeat(stretch[None], len(texts), axis=0)),
            list(self._tokenizer.sot_sequence),
            texts,
            [2] * len(texts),
            median_filter_width=1,
        )
        return tuple(float(np.log(np.maximum(one.text_token_probs, _LEAST)).sum()) for one in results)

    def _shares_of_french(self, encoded: Any) -> list[float]:
        """Told once: it does not depend on the prompt."""
        known = self._french.get(id(encoded))
        if known is None:
            found = self._model.model.detect_language(encoded)
            known = [
                share_of_french({language.strip("<|>"): share for language, share in languages}) for languages in found
            ]
            self._french[id(encoded)] = known
        return known

    def _words(self, encoded: Any, tokens: Sequence[list[int]], group: Sequence[Samples]) -> list[tuple[Word, ...]]:
        """Words with times. One alignment a piece: its length is its own."""
        seconds = [len(samples) / RATE for samples in group]
        frames = [max(2, int(np.ceil(length)) * _FRAMES) for length in seconds]
        if not any(tokens):
            return [()] * len(group)
        aligned = self._model.find_alignment(self._tokenizer, list(tokens), encoded, frames)
        return [
            joined(((p["word"], float(p["start"]), float(p["end"]), float(p["probability"])) for p in parts), length)
            for parts, length in zip(aligned, seconds, strict=True)
        ]

    def _shown(self, prompts: Sequence[str], *, marked: bool) -> list[list[int]]:
        said = [self._tokenizer.encode(" " + prompt.strip()) if prompt.strip() else [] for prompt in prompts]
        room = min(*map(len, said), self._model.max_length // 2 - 1)
        room -= room % _ROUND if room >= _ROUND_FROM else 0
        return [
            self._model.get_prompt(self._tokenizer, one[len(one) - room :], without_timestamps=not marked)
            for one in said
        ]


def _plain(encoded: Any) -> npt.NDArray[np.float32]:
    """Encoder states as an array: ``(pieces, states, width)``."""
    return np.array(encoded if encoded.device == "cpu" else encoded.to_device(ctranslate2.Device.cpu))


def _encode(model: WhisperModel, pieces: Sequence[Samples]) -> Any:
    if not pieces:
        return None
    return model.encode(np.stack([pad_or_trim(model.feature_extractor(samples)) for samples in pieces]))


def _shares(pieces: Sequence[Samples], workers: int) -> list[Sequence[Samples]]:
    """At most ``workers`` runs of neighbours of nearly the same number."""
    size = max(1, -(-len(pieces) // workers))
    return [pieces[first : first + size] for first in range(0, len(pieces), size)]
