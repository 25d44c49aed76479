"""A real OpenAI-compatible speech server on loopback, with the real Whisper base; and how one may misbehave."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
import time
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from pipeline.transcribe.audio import RATE, Samples
from pipeline.transcribe.decoder import Decoder, Reading, Wishes

PATH = "/v1/audio/transcriptions"


@dataclass
class Asked:
    """What the server was asked: the fields of each form, its sound, and the headers."""

    forms: list[dict[str, list[str]]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    sounds: list[Samples] = field(default_factory=list)


def transcribing(decoder: Decoder, asked: Asked, shape: str = "speaches") -> Starlette:
    """Answers as speaches does ("speaches"), as OpenAI does ("bare") or without word times ("segments")."""
    lock = threading.Lock()

    def hear(samples: Samples, form: dict[str, list[str]]) -> Reading:
        with lock:
            return decoder.open([samples]).read(form.get("prompt", [""])[0], Wishes(1, float(form["temperature"][0])))[
                0
            ]

    async def transcriptions(request: Request) -> Response:
        asked.headers.append(dict(request.headers))
        async with request.form() as form:
            texts = {name: [str(each) for each in form.getlist(name)] for name in form if name != "file"}
            file = form["file"]
            assert isinstance(file, UploadFile)
            samples = samples_of_wav(await file.read())
        asked.forms.append(texts)
        asked.sounds.append(samples)
        reading = await asyncio.to_thread(hear, samples, texts)
        return JSONResponse(answer(reading, len(samples) / RATE, shape))

    return Starlette(routes=[Route(PATH, transcriptions, methods=["POST"])])


def answer(reading: Reading, seconds: float, shape: str) -> dict[str, Any]:
    space = " " if shape == "speaches" else ""
    words = [
        {"word": space + (w.text if space else w.text.strip(".,;:!?")), "start": w.start, "end": w.end}
        | ({"probability": w.probability} if space else {})
        for w in reading.words
    ]
    segment = {
        "id": 0,
        "start": 0.0,
        "end": seconds,
        "text": f" {reading.text}",
        "avg_logprob": reading.sure,
        "no_speech_prob": reading.silent,
    }
    found = {"task": "transcribe", "language": "french", "duration": seconds, "text": reading.text}
    return found | {"segments": [segment] if reading.words else []} | ({} if shape == "segments" else {"words": words})


def samples_of_wav(data: bytes) -> Samples:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768.0


def answering(
    body: bytes = b"", status: int = 200, headers: dict[str, str] | None = None, asked: Asked | None = None
) -> Starlette:
    """Always the same answer."""

    async def same(request: Request) -> Response:
        if asked is not None:
            asked.headers.append(dict(request.headers))
        await request.body()
        return Response(body, status, headers, "application/json")

    return Starlette(routes=[Route(PATH, same, methods=["POST"])])


def redirecting(target: str) -> Starlette:
    async def elsewhere(request: Request) -> Response:
        await request.body()
        return RedirectResponse(target)

    return Starlette(routes=[Route(PATH, elsewhere, methods=["POST"])])


def streaming(chunk: bytes, times: int, pause: float = 0.0) -> Starlette:
    """``chunk`` as often as told, ``pause`` seconds apart."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(times):
            yield chunk
            await asyncio.sleep(pause)

    async def stream(request: Request) -> Response:
        await request.body()
        return StreamingResponse(chunks(), media_type="application/json")

    return Starlette(routes=[Route(PATH, stream, methods=["POST"])])


@contextmanager
def served(application: Starlette, **options: Any) -> Iterator[str]:
    """The address of ``application``, served in a thread on a free port of loopback."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        config = uvicorn.Config(application, log_level="error", lifespan="off", timeout_graceful_shutdown=1, **options)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [held]}, daemon=True)
        thread.start()
        until(lambda: server.started)
        scheme = "https" if options.get("ssl_certfile") else "http"
        try:
            yield f"{scheme}://127.0.0.1:{held.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def until(told: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < end
        time.sleep(0.02)
