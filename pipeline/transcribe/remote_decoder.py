"""A speech server of the practice's own network as a `Decoder`: OpenAI's ``POST /v1/audio/transcriptions``.

speaches, faster-whisper-server, vLLM and LocalAI answer it. Off unless it is set; `own_network.py` says where it goes.
"""

from __future__ import annotations

import io
import time
import wave
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import httpx
import numpy as np

from pipeline.errors import EngineRefused, EngineUnreachable
from pipeline.transcribe.audio import RATE, Samples
from pipeline.transcribe.decoder import USUAL, Reading, Wishes
from pipeline.transcribe.own_network import OwnNetwork
from pipeline.transcribe.remote_answer import reading_of

LONGEST_ANSWER = 4_000_000
"""Bytes: 28 s of speech with the time of every word take about 20,000."""
PAUSES = (0.5, 2.0)
"""Seconds before the second and third try; then the job engine waits longer."""
_NO_LIST = frozenset({404, 405, 501})
"""A server without a list of models is there all the same."""
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_LETTERS_A_TOKEN = 3
"""At least: French text takes 3.5 to 4 letters a token of Whisper's (`count` must not say too few)."""
_SMALL = ("tiny", "base", "small")
_TOGETHER = 4
"""Requests at once: a server that can batch has something to batch."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the server is: ``url`` with or without its ``/v1``; ``token`` and ``ca`` (PEM) where it asks for them."""

    url: str
    model: str = "whisper-1"
    token: str = field(default="", repr=False)
    ca: Path | None = None
    seconds: float = 300.0
    """After which an answer is no longer waited for."""

    def address(self, verb: str) -> str:
        return f"{self.url.rstrip('/').removesuffix('/v1').rstrip('/')}/v1/{verb}"


class _Away(EngineUnreachable):
    """Not there or busy at this moment: worth another try at once."""


class RemoteDecoder:
    """A `Decoder`. Nothing is sent before `RemoteSounds.read`."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    @property
    def name(self) -> str:
        return f"remote {self._endpoint.model}"

    @property
    def prompt_room(self) -> int:
        return 223

    @property
    def is_large(self) -> bool:
        """Told by the name: a server that is worth its network runs a large model."""
        return not any(size in self._endpoint.model.casefold() for size in _SMALL)

    def count(self, text: str) -> int:
        """An estimate that is rather too high: the server's tokens are not known here."""
        return max(len(text.split()), -(-len(text.strip()) // _LETTERS_A_TOKEN))

    def open(self, pieces: Sequence[Samples]) -> RemoteSounds:
        """Write ``pieces`` as WAV. Raises `SettingsError` when the certificate authority cannot be read."""
        return RemoteSounds(self, [(as_wav(piece), len(piece) / RATE) for piece in pieces])

    def check(self) -> None:
        """Ask for the list of models: nothing of a patient. Raises `EngineUnreachable`, `EngineRefused`."""
        with _told(), self._client.stream("GET", self._endpoint.address("models"), timeout=10.0) as response:
            if response.status_code not in _NO_LIST:
                _check(response.status_code)

    def cut(self, prompt: str) -> str:
        """The end of ``prompt`` that the model has room for: some servers refuse a longer one."""
        words = prompt.split()
        while words and self.count(" ".join(words)) > self.prompt_room:
            words = words[1:]
        return " ".join(words)

    def ask(self, wav: bytes, seconds: float, prompt: str, temperature: float) -> Reading:
        """One request, tried again when the server is away or busy. Raises `EngineUnreachable`, `EngineRefused`."""
        for pause in (*PAUSES, None):
            try:
                return reading_of(self._post(wav, prompt, temperature), seconds)
            except _Away:
                if pause is None:
                    raise
                time.sleep(pause)
        raise AssertionError  # the last turn returns or raises

    @cached_property
    def _client(self) -> httpx.Client:
        headers = {"Accept-Encoding": "identity"}  # nothing that could swell while it is read
        if self._endpoint.token:
            headers["Authorization"] = f"Bearer {self._endpoint.token}"
        return httpx.Client(
            transport=OwnNetwork(self._endpoint.ca),
            headers=headers,
            timeout=httpx.Timeout(self._endpoint.seconds, connect=10.0),
            follow_redirects=False,
            trust_env=False,
        )

    def _post(self, wav: bytes, prompt: str, temperature: float) -> bytes:
        form = {
            "model": self._endpoint.model,
            "language": "fr",
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            "temperature": f"{temperature:g}",
        }
        if prompt:
            form["prompt"] = prompt
        with (
            _told(),
            self._client.stream(
                "POST",
                self._endpoint.address("audio/transcriptions"),
                data=form,
                files={"file": ("piece.wav", wav, "audio/wav")},
            ) as response,
        ):
            _check(response.status_code)
            return self._body(response)

    def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        end = time.monotonic() + self._endpoint.seconds
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > LONGEST_ANSWER:
                raise EngineUnreachable("Le serveur vocal a donné une réponse démesurée.")
            if time.monotonic() > end:
                raise EngineUnreachable("Le serveur vocal ne répond pas à temps.")
        return bytes(body)


class RemoteSounds:
    """Pieces as WAV files with their seconds."""

    def __init__(self, decoder: RemoteDecoder, pieces: Sequence[tuple[bytes, float]]) -> None:
        self._decoder = decoder
        self._pieces = pieces

    def read(self, prompt: str | Sequence[str] = "", wishes: Wishes = USUAL) -> list[Reading]:
        """See `Sounds.read`: the server has a beam of its own."""
        prompts = [prompt] * len(self._pieces) if isinstance(prompt, str) else prompt
        with ThreadPoolExecutor(_TOGETHER, thread_name_prefix="speech") as pool:
            asked = [
                pool.submit(self._decoder.ask, wav, seconds, self._decoder.cut(shown), wishes.temperature)
                for (wav, seconds), shown in zip(self._pieces, prompts, strict=True)
            ]
            try:
                return [each.result() for each in asked]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise


def as_wav(samples: Samples) -> bytes:
    """16-bit mono WAV at `RATE`."""
    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1.0, 1.0) * 32767.0).round().astype("<i2").tobytes())
    return held.getvalue()


@contextmanager
def _told() -> Iterator[None]:
    """What httpx raises, as errors of ours."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise EngineUnreachable("Le serveur vocal ne répond pas à temps.") from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise _Away("Le serveur vocal ne peut pas être joint.") from error
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise EngineRefused("L'adresse du serveur vocal n'en est pas une.") from error


def _check(status: int) -> None:
    """Raise what ``status`` means. The body of an error is never read: it could repeat what was sent."""
    if status == 200:
        return
    if status in _BUSY or status > 504:
        raise _Away(f"Le serveur vocal est occupé ou en panne (HTTP {status}).")
    reasons = {
        401: "Le serveur vocal refuse la clé remote_token",
        403: "Le serveur vocal refuse la clé remote_token",
        404: "Le serveur vocal ne connaît pas cette adresse ou ce modèle",
        413: "Le serveur vocal trouve l'enregistrement trop gros",
    }
    usual = "Le serveur vocal renvoie vers une autre adresse" if 300 <= status < 400 else "Le serveur vocal refuse"
    raise EngineRefused(f"{reasons.get(status, usual)} (HTTP {status}).")
