"""A double of every port that is slow or needs a machine's part, and one for each known accident. For tests only."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from pipeline.compose.port import Catalog, KindRules
from pipeline.errors import (
    AudioUnreadable,
    PinRefused,
    ScanUnreadable,
    StorageBusy,
    TemplateFault,
    TimestampUnreachable,
)
from pipeline.jobs.port import GiveUp, Handler, JobKey
from pipeline.model.document import Revision
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Correspondent, User
from pipeline.model.phonetic import sound_of
from pipeline.model.text import Box, Proposal, Recording, ScanReading, Token, Transcript, Word
from pipeline.sign.port import PdfSigner, SignatureReport
from pipeline.transcribe.audio import RATE
from pipeline.transcribe.decoder import USUAL, Reading, Wishes
from pipeline.transcribe.port import Heard
from pipeline.verify.reading import Reading as Form

Progress = Callable[[float], None]
SECONDS_A_WORD = 0.4


@dataclass
class ScriptedEngine:
    """Hears the given text in every recording: one word each 0.4 s, all with the same probability."""

    text: str
    probability: float = 0.9
    name: str = "scripted"

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        del recording
        words = tuple(
            Word(word, n * SECONDS_A_WORD, (n + 1) * SECONDS_A_WORD, self.probability)
            for n, word in enumerate(self.text.split())
        )
        on_progress(1.0)
        end = len(words) * SECONDS_A_WORD
        return Heard(words, duration=end, speech=((0.0, end),))


@dataclass
class LosingEngine:
    """Does what ``then`` does, but loses every word that begins between ``start`` and ``end`` seconds, as Whisper can
    lose a sentence; hears it when asked for that stretch alone, unless ``for_good``."""

    then: Any
    start: float
    end: float
    for_good: bool = False
    name: str = "losing"

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        heard: Heard = self.then.hear(recording, on_progress)
        return replace(heard, words=tuple(w for w in heard.words if not self.start <= w.start < self.end))

    def hear_spans(
        self, recording: Recording, spans: Sequence[tuple[float, float]], attempt: int
    ) -> tuple[tuple[Word, ...], ...]:
        if self.for_good:
            return ((),) * len(spans)
        found: tuple[tuple[Word, ...], ...] = self.then.hear_spans(recording, spans, attempt)
        return found


@dataclass
class ForgetfulDecoder:
    """Writes nothing at the first hearing, and one word of ``probability`` a piece when asked again.

    ``heard`` keeps the seconds of the pieces of each hearing.
    """

    probability: float
    heard: list[list[float]] = field(default_factory=list)
    name: str = "forgetful"
    prompt_room: int = 0
    is_large: bool = True

    def count(self, text: str) -> int:
        return len(text)

    def open(self, pieces: Sequence[Any]) -> ForgetfulDecoder:
        self.heard.append([len(piece) / RATE for piece in pieces])
        return self

    def read(self, prompt: str | Sequence[str] = "", wishes: Wishes = USUAL) -> list[Reading]:
        del prompt, wishes
        lengths = self.heard[-1]
        if len(self.heard) == 1:
            return [Reading(()) for _ in lengths]
        return [Reading((Word("fièvre", 0.3, length, self.probability),)) for length in lengths]


@dataclass
class DeafEngine:
    """Cannot decode any recording."""

    name: str = "deaf"

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        del recording, on_progress
        raise AudioUnreadable("Cet enregistrement ne peut pas être lu.")


@dataclass
class BrokenEngine:
    """Fails like a library with a bug."""

    name: str = "broken"

    def hear(self, recording: Recording, on_progress: Progress) -> Heard:
        del recording, on_progress
        raise RuntimeError("secret detail that may hold a patient's name")


@dataclass
class BusyThenFine:
    """Raises `StorageBusy` the first ``times``, then does what ``then`` does."""

    then: Callable[[Recording, Progress], Transcript]
    times: int = 1

    def __call__(self, recording: Recording, on_progress: Progress) -> Transcript:
        if self.times > 0:
            self.times -= 1
            raise StorageBusy("La base de données ne répond pas.")
        return self.then(recording, on_progress)


def spoken(text: str, probability: float = 0.9) -> Transcript:
    """A transcript whose written text is ``text``, with even word times."""
    tokens: list[Token] = []
    before = ""
    for number, piece in enumerate(_pieces(text)):
        if piece.isspace():
            before = piece
            continue
        start = number * SECONDS_A_WORD
        tokens.append(Token(piece, before, piece, "", probability, start, start + SECONDS_A_WORD))
        before = ""
    end = len(tokens) * 2 * SECONDS_A_WORD
    return Transcript(tuple(tokens), engine="scripted", duration=end, speech=end)


def _pieces(text: str) -> Iterable[str]:
    piece = ""
    for letter in text:
        if piece and piece[-1].isspace() != letter.isspace():
            yield piece
            piece = ""
        piece += letter
    if piece:
        yield piece


@dataclass
class ScriptedReader:
    """Reads the given text on every page, and gives back the original as its PDF."""

    text: str

    def read(self, original: Path, media_type: str, out: Path, on_progress: Progress) -> ScanReading:
        del out, media_type
        if not original.stat().st_size:
            raise ScanUnreadable("Ce document est vide.")
        box = Box(0, 0.1, 0.1, 0.2, 0.12)
        tokens = tuple(
            Token(word, " " if number else "", word, box=box) for number, word in enumerate(self.text.split())
        )
        on_progress(1.0)
        return ScanReading(Transcript(tokens, engine="scripted", pages=1), pages=1, ocr=True, rewritten=False)


@dataclass
class CopyingReader(ScriptedReader):
    """Like `ScriptedReader`, but writes ``out``, as OCR does."""

    def read(self, original: Path, media_type: str, out: Path, on_progress: Progress) -> ScanReading:
        shutil.copyfile(original, out)
        reading = super().read(original, media_type, out, on_progress)
        return ScanReading(reading.transcript, reading.pages, ocr=True, rewritten=True)

    def read_again(self, pdf: Path, out: Path, on_progress: Progress) -> ScanReading:
        return self.read(pdf, "application/pdf", out, on_progress)


@dataclass
class PrintedReader(CopyingReader):
    """Reads what is printed on each page of a born-digital PDF, as if it had recognised it."""

    text: str = ""

    def read(self, original: Path, media_type: str, out: Path, on_progress: Progress) -> ScanReading:
        from pipeline.scan.lines import to_transcript  # here: the other doubles need no PDF library
        from pipeline.scan.pdf_text import text_pages

        del media_type
        shutil.copyfile(original, out)
        read = to_transcript([page for _, page in text_pages(original)], "printed")
        tokens = tuple(replace(token, probability=0.97) for token in read.tokens)
        on_progress(1.0)
        return ScanReading(replace(read, tokens=tokens), read.pages, ocr=True, rewritten=True)


@dataclass
class WordListLexicon:
    """Knows every word but those of ``unknown``, for which it has the given proposals; ``grouped`` are the classes."""

    unknown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: str = "double"
    grouped: Mapping[str, str] = field(default_factory=dict)

    def knows(self, word: str) -> bool:
        return word.casefold() not in self.unknown

    def classes(self, word: str) -> frozenset[str]:
        return frozenset({self.grouped[word.casefold()]} if word.casefold() in self.grouped else ())

    def is_common(self, word: str) -> bool:
        return self.knows(word) and "name" not in self.classes(word)

    def is_drug(self, name: str) -> bool:
        return not self.classes(name).isdisjoint(("drug", "drug-brand"))

    def by_sound(self) -> tuple[Sequence[str], Sequence[str]]:
        terms = tuple(term for some in self.unknown.values() for term in some)
        return terms, tuple(map(sound_of, terms))

    def same_sound(self, words: str) -> tuple[str, ...]:
        del words
        return ()

    def letters_alike(self, words: str, term: str) -> float:
        return float(words == term)

    def perhaps_alike(self, key: str, keys: Sequence[str], least: float) -> list[int]:
        del key, least
        return list(range(len(keys)))

    def frequency(self, word: str) -> float:
        return 5.0 if self.knows(word) else 0.0

    def is_medical(self, word: str) -> bool:
        return self.knows(word)

    def readings(self, _word: str) -> tuple[Form, ...]:
        return ()

    def inflected(self, _stem: str, **_wanted: object) -> tuple[str, ...]:
        return ()

    def rank(self, word: str) -> int | None:
        del word
        return None

    def rejects(self, words: str, text: str) -> bool:
        del words, text
        return False

    def together(self, left: str, right: str) -> bool:
        del left, right
        return False

    def phrases(self, word: str) -> tuple[Proposal, ...]:
        del word
        return ()

    def propose(self, words: str, limit: int = 3, *, far: bool = True) -> tuple[Proposal, ...]:
        del far
        found = self.unknown.get(words.casefold(), ())
        return tuple(Proposal(text, 0.95 - 0.1 * rank, "double") for rank, text in enumerate(found[:limit]))


class InlineJobs:
    """Does each job at once in the caller's thread, with three tries."""

    running = 0

    def __init__(self) -> None:
        self._handler: Handler | None = None
        self._on_give_up: GiveUp | None = None

    def start(self, handler: Handler, on_give_up: GiveUp) -> None:
        self._handler, self._on_give_up = handler, on_give_up

    def submit(self, key: JobKey, *, heavy: bool, urgent: bool) -> None:
        del heavy, urgent
        if self._handler is None or self._on_give_up is None:
            raise RuntimeError("start first")
        for _ in range(3):
            try:
                self._handler(key)
            except StorageBusy:
                continue
            return
        self._on_give_up(key)

    def stop(self) -> None:
        self._handler = None


@dataclass
class SpoiltSigner:
    """Spoils what the real signer makes: ``spoil`` changes the signed bytes after the signature."""

    signer: PdfSigner
    spoil: Callable[[bytes], bytes]

    def sign(self, pdf: bytes, *, signer: User, at: datetime, reason: str, on_behalf_of: str = "") -> bytes:
        return self.spoil(self.signer.sign(pdf, signer=signer, at=at, reason=reason, on_behalf_of=on_behalf_of))

    def mark_reviewed(self, pdf: bytes, *, reviewer: User, at: datetime, reason: str) -> bytes:
        return self.spoil(self.signer.mark_reviewed(pdf, reviewer=reviewer, at=at, reason=reason))

    def verify(self, pdf: bytes) -> SignatureReport:
        return self.signer.verify(pdf)


class PlainRenderer:
    """A `Renderer` with the given rules; its files are the revision's source, so they follow every change of it."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def rules(self, kind: DocumentKind) -> KindRules:
        if kind not in self.catalog.kinds:
            raise TemplateFault(f"Aucun modèle n'existe pour un document « {kind.value} ».")
        return self.catalog.kinds[kind]

    def template_sha256(self, kind: DocumentKind) -> str:
        return self.rules(kind).template.encode().hex().ljust(64, "0")[:64]

    def undrawable(self, letters: str) -> str:
        del letters
        return ""

    def pdf(self, revision: Revision) -> bytes:
        return b"%PDF-1.7 " + revision.source

    def docx(self, revision: Revision) -> bytes:
        return b"PK" + revision.source

    def paper_docx(self, name: str, revision: Revision, to: Correspondent | None) -> bytes:
        return b"PK" + self.paper(name, revision, to)

    def paper(self, name: str, revision: Revision, to: Correspondent | None) -> bytes:
        return f"%PDF-1.7 {name} {to.id if to else revision.patient.id} ".encode() + revision.source


@dataclass
class PaperCard:
    """A card whose code is ``pin``; it signs with ``signer`` and counts how often it was opened and refused."""

    signer: PdfSigner
    pin: str = "4821"
    opened: int = 0
    refused: int = 0

    @contextmanager
    def open(self, pin: str) -> Iterator[PdfSigner]:
        if pin != self.pin:
            self.refused += 1
            raise PinRefused("Le code de la carte est faux : rien n'est signé.")
        self.opened += 1
        yield self.signer


@dataclass
class SilentAuthority:
    """A signer whose time-stamp authority does not answer; ``asked`` counts."""

    signer: PdfSigner
    asked: int = 0

    def sign(self, pdf: bytes, *, signer: User, at: datetime, reason: str, on_behalf_of: str = "") -> bytes:
        del pdf, signer, at, reason, on_behalf_of
        self.asked += 1
        raise TimestampUnreachable("Le service d'horodatage n'a pas daté la signature : il ne répond pas.")

    def mark_reviewed(self, pdf: bytes, *, reviewer: User, at: datetime, reason: str) -> bytes:
        return self.signer.mark_reviewed(pdf, reviewer=reviewer, at=at, reason=reason)

    def verify(self, pdf: bytes) -> SignatureReport:
        return self.signer.verify(pdf)


@dataclass
class IdentityProvider:
    """A small OpenID Connect provider on loopback with a real key, in Pro Santé Connect's shape. ``spoil`` changes the
    claims of the next ID token; ``algorithm`` and ``key`` how it is signed."""

    identifier: str = "810999990012"
    client_id: str = "calame"
    client_secret: str = "secret:d'essai"  # noqa: S105
    spoil: Callable[[dict[str, Any]], None] = lambda _claims: None
    userinfo_sub: str = "f:essai:1"
    algorithm: str = "RS256"
    asked: dict[str, str] = field(default_factory=dict)
    acr: str = "eidas1"

    def __post_init__(self) -> None:
        self.key = RSAKey.generate_key(2048, parameters={"kid": "k1"}, auto_kid=False)
        self.published = KeySet([self.key])
        self._codes: dict[str, dict[str, str]] = {}

    def __enter__(self) -> IdentityProvider:
        provider = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self)

            def do_POST(self) -> None:
                provider.answer(self)

            def log_message(self, *_args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/auth/realms/essai"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def consent(self, address: str) -> dict[str, str]:
        """What the browser brings back once the person has identified at ``address``."""
        self.asked = dict(parse_qsl(urlsplit(address).query))
        code = secrets.token_urlsafe(8)
        self._codes[code] = self.asked
        return {"code": code, "state": self.asked["state"]}

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("content-length") or 0)
        form = dict(parse_qsl(request.rfile.read(length).decode()))
        path = request.path.removeprefix(urlsplit(self.issuer).path)
        status, content = 200, dict[str, object]()
        if path.endswith("wallet-openid-configuration"):
            ends = {"authorization": "auth", "token": "token", "userinfo": "userinfo"}
            content = {f"{name}_endpoint": f"{self.issuer}/{end}" for name, end in ends.items()}
            content |= {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/certs"}
        elif path == "/certs":
            content = dict(self.published.as_dict(private=False))
        elif path == "/userinfo" and request.headers.get("authorization") == "Bearer jeton":
            content = {"sub": self.userinfo_sub, "SubjectNameID": self.identifier}
        elif path == "/token":
            status, content = self._token(form, request.headers.get("authorization", ""))
        else:
            status = 404
        body = json.dumps(content).encode()
        request.send_response(status)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(form.get("code", ""), None)
        client = base64.b64encode(f"{quote(self.client_id)}:{quote(self.client_secret, safe='')}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or authorization != f"Basic {client}"
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims: dict[str, Any] = {"iss": self.issuer, "aud": self.client_id, "sub": "f:essai:1", "acr": self.acr}
        claims |= {"nonce": asked["nonce"], "iat": now, "exp": now + 120}
        self.spoil(claims)
        return 200, {"access_token": "jeton", "token_type": "Bearer", "id_token": self._signed(claims)}

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
            return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."
        key = OctKey.import_key(self.client_secret * 4) if self.algorithm == "HS256" else self.key
        return jwt.encode({"alg": self.algorithm, "kid": "k1"}, claims, key)
