"""What the editor of the review page asks of the server: words with their origins, saving, who else is there, peaks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pipeline.desk import Correction, Desk, Dossier
from pipeline.errors import CalameError, CaseUnknown, DocumentIncomplete, StaleCase, StaleDraft
from pipeline.model.case import Medium
from pipeline.model.document import Draft, Revision
from pipeline.model.people import User
from pipeline.model.text import Token
from pipeline.review.difference import difference
from pipeline.web import forms, media, words
from pipeline.web.addressing import recipient_line
from pipeline.web.asked import heard, written
from pipeline.web.media import PagePictures
from pipeline.web.origins import Origin, origins
from pipeline.web.reading import UNSURE, FirstHearing, doubts

PRESENT = 25.0
"""Seconds after which somebody who no longer asks is taken to have left the page; it asks every 8."""


class Workbench:
    """The JSON side of one draft. Every rule is in the `Desk`."""

    def __init__(self, desk: Desk, pictures: PagePictures, cache: Path) -> None:
        self._desk = desk
        self._pictures = pictures
        self._cache = cache
        self._present: dict[str, dict[str, float]] = {}
        self._lock = Lock()

    # --- what the editor opens with --------------------------------------------------------------------------------

    def opening(self, dossier: Dossier, user: User) -> dict[str, Any]:
        """Everything the editor needs, as plain values for JSON; an empty dictionary when there is no draft."""
        if dossier.draft is None:
            return {}
        case = dossier.case
        last = {one.index: one.decision for one in dossier.settled}
        people = {one.login: one.name for one in self._desk.journal.users()}
        return {
            "case": case.id,
            "login": user.login,
            "people": {**people, "worker": "Calame"},
            "revision": dossier.draft.revision.number,
            "pdf": dossier.draft.pdf.sha256,
            "pages": self._pictures.count(self._desk.parts.blobs.path(dossier.draft.pdf)),
            "sound": case.medium is Medium.DICTATION and not case.replaces,
            "words": _words(dossier),
            "sections": _sections(dossier, self._revisions(dossier)),
            "findings": [*heard(dossier), *written(dossier)],
            "answers": {str(index): said for index, said in last.items() if said != "reopened"},
            "versions": [[one.number, one.made_by] for one in self._revisions(dossier)],
            "key": self._browser_key(user),
        }

    def version(self, request: Request, user: User) -> Response:
        """An earlier version's sections, to be taken back into the editor."""
        del user
        dossier = self._open(request)
        wanted = request.path_params["version"]
        revisions = [one for one in self._revisions(dossier) if one.number <= wanted]
        if not revisions or revisions[-1].number != wanted:
            raise CaseUnknown("Cette version n'existe pas.")
        return JSONResponse({"revision": wanted, "sections": _sections(dossier, revisions)})

    # --- saving ----------------------------------------------------------------------------------------------------

    def save(self, request: Request, user: User, form: FormData) -> Response:
        """The text as a new version when it differs, then the answers to doubts; what was refused is told."""
        dossier = self._open(request)
        if dossier.draft is None:
            raise CaseUnknown("Ce dossier n'a pas de brouillon.")
        case_id = dossier.case.id
        try:
            typed = forms.correction(form)
            if typed.seen_revision != dossier.draft.revision.number or forms.changed(dossier, typed):
                self._desk.correct(case_id, typed, by=user)
        except (StaleDraft, StaleCase):
            newest = self._desk.open(case_id)
            if not self._arrived(newest, typed, user):
                return self._stale(newest, typed)
        except CalameError as error:
            return JSONResponse({"message": str(error)}, status_code=422)
        refused = self._answer(case_id, forms.text(form, "answers"), user)
        return JSONResponse({**self._state(self._desk.open(case_id)), "refused": refused})

    def _answer(self, case_id: str, sent: str, user: User) -> dict[str, str]:
        """Each answer alone; why one was not taken, by the number of its doubt."""
        refused = {}
        for index, decision, text in _answers(sent):
            try:
                self._desk.answer(case_id, index, decision, by=user, text=text)
            except CalameError as error:
                refused[str(index)] = str(error)
        return refused

    def _arrived(self, newest: Dossier, typed: Correction, user: User) -> bool:
        """Whether what was typed is the newest version, made by this person of the one that the page showed: it is sent
        again because its answer was lost. A change of patient or kind in between is never taken for that."""
        made = {one.number: one for one in self._revisions(newest)}
        seen, now = made.get(typed.seen_revision), made[max(made)]
        same = seen is not None and (seen.patient.id, seen.kind) == (now.patient.id, now.kind)
        return same and now.made_by == user.login and not forms.changed(newest, typed)

    def _stale(self, dossier: Dossier, typed: Correction) -> Response:
        """Another person's version, and what it says otherwise than what was typed: nothing was replaced."""
        draft = dossier.draft
        theirs = draft.revision.sections if draft else ()
        pieces = [[(piece.change.value, piece.text) for piece in row] for row in difference(theirs, typed.sections)]
        sections = _sections(dossier, self._revisions(dossier))
        state = self._state(dossier)
        answer = {**state, "stale": True, "sections": sections, "difference": pieces}
        return JSONResponse(answer, status_code=409)

    def _state(self, dossier: Dossier) -> dict[str, Any]:
        draft = dossier.draft
        if draft is None:
            return {"status": dossier.case.status.value, "revision": 0}
        found = doubts(dossier)
        return {
            "status": dossier.case.status.value,
            "revision": draft.revision.number,
            "by": draft.revision.made_by,
            "pdf": draft.pdf.sha256,
            "pages": self._pictures.count(self._desk.parts.blobs.path(draft.pdf)),
            "missing": list(dossier.missing),
            "advice": list(dossier.advice),
            "first": found.first,
            "others": found.others,
            "written": written(dossier),
            "to": asdict(recipient_line(dossier, draft.revision.recipient)),
            "heads": words.heads_line(draft.revision, draft.revision.author.name),
        }

    # --- who else is there -----------------------------------------------------------------------------------------

    def state(self, request: Request, user: User) -> Response:
        """Which version is the newest, and who else has this draft open."""
        case = self._desk.journal.case(request.path_params["case"])
        draft = self._desk.journal.result(case.id, "draft", Draft)
        return JSONResponse(
            {
                "status": case.status.value,
                "revision": draft.revision.number if draft else 0,
                "by": draft.revision.made_by if draft else "",
                "others": self._others(case.id, user.login),
            }
        )

    def _others(self, case_id: str, login: str) -> list[str]:
        now = time.monotonic()
        with self._lock:
            here = {one: at for one, at in self._present.get(case_id, {}).items() if now - at < PRESENT}
            self._present[case_id] = {**here, login: now}
            for old in [key for key, seen in self._present.items() if now - max(seen.values()) > PRESENT]:
                del self._present[old]
        return sorted(one for one in here if one != login)

    # --- sound -----------------------------------------------------------------------------------------------------

    def peaks(self, request: Request, user: User) -> Response:
        """The loudness of the recording, one byte for each of equal stretches: see `media.peaks`."""
        del user
        case = self._desk.journal.case(request.path_params["case"])
        if case.medium is not Medium.DICTATION or case.replaces:
            raise CaseUnknown("Ce dossier n'a pas d'enregistrement.")
        found = media.peaks(self._desk.parts.blobs.path(case.original), self._cache)
        return Response(found, media_type="application/octet-stream")

    # --- helpers ---------------------------------------------------------------------------------------------------

    def _open(self, request: Request) -> Dossier:
        return self._desk.open(request.path_params["case"])

    def _revisions(self, dossier: Dossier) -> list[Revision]:
        return [one.revision for one in self._desk.journal.results(dossier.case.id, "draft", Draft)]

    def _browser_key(self, user: User) -> str:
        """The key (AES-256, base64) of what this person's browser keeps of unsaved text: only the server has it, so
        that nothing readable stays in a browser whose session has ended."""
        path = self._cache / "navigateur.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            part = path.with_suffix(f".{secrets.token_hex(4)}")
            part.touch(mode=0o600)
            part.write_bytes(secrets.token_bytes(32))
            part.replace(path)
        return base64.b64encode(hmac.digest(path.read_bytes(), user.login.encode(), hashlib.sha256)).decode()


def _words(dossier: Dossier) -> list[dict[str, Any]]:
    """Each token of the transcript: its text, seconds, what was heard, the rule that wrote it, the other hearing."""
    if dossier.checked is None:
        return []
    transcript = dossier.checked.transcript
    firsts = FirstHearing(transcript)
    return [
        {
            "text": token.text,
            "start": token.start,
            "end": token.end,
            "unsure": token.probability < UNSURE,
            "sure": round(token.probability, 2),
            "raw": token.raw.strip(),
            "rule": token.rule,
            "first": " … ".join(dict.fromkeys(firsts.at(token))),
        }
        for token in transcript.tokens
    ]


def _body(dossier: Dossier) -> list[tuple[int, Token]]:
    """The numbered tokens that may stand in the document: neither set aside, nor the opening, nor a note."""
    if dossier.checked is None:
        return []
    transcript = dossier.checked.transcript
    body = dossier.identification.body_start if dossier.identification else 0
    cuts = dossier.identification.removed if dossier.identification else ()
    return [
        (number, token)
        for number, (token, (start, end)) in enumerate(zip(transcript.tokens, transcript.offsets, strict=True))
        if token.text and end > body and not any(a <= start and end <= b for a, b in cuts)
    ]


def _sections(dossier: Dossier, revisions: Sequence[Revision]) -> list[dict[str, Any]]:
    """The last version's sections, with the origin of each of their words."""
    if not revisions:
        return []
    found = origins(_body(dossier), revisions)
    return [
        {
            "heading": section.heading,
            "text": section.text,
            "heading_origins": _rows(one.heading),
            "origins": _rows(one.text),
        }
        for section, one in zip(revisions[-1].sections, found, strict=True)
    ]


def _rows(found: Sequence[Origin]) -> list[list[Any]]:
    return [[one.start, one.end, one.token, one.by, one.revision] for one in found]


def _answers(sent: str) -> list[tuple[int, str, str]]:
    """``[[index, decision, text], …]`` as JSON. Raises `DocumentIncomplete`."""
    try:
        rows = json.loads(sent or "[]")
        return [(int(index), str(decision), str(text)) for index, decision, text in rows]
    except (ValueError, TypeError) as error:
        raise DocumentIncomplete("Les réponses reçues sont illisibles.", advice="Rechargez la page.") from error
