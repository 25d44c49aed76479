"""A time-stamp authority by its address (RFC 3161 over HTTP, 3.4). Only a hash and a number drawn by lot leave."""

from __future__ import annotations

import asyncio

import httpx
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from pipeline.errors import TimestampUnreachable
from pipeline.sign.levels import Profile

TRIES = 2
"""A line that drops once must not send a doctor back to the pile."""
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_LARGEST = 1_000_000
"""Bytes: a token with its certificates has a few thousand."""


class HttpTimeStamper(TimeStamper):
    """Raises `TimestampUnreachable` when no usable answer comes after ``TRIES`` tries."""

    def __init__(self, profile: Profile) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = profile.tsa_url
        self._login = httpx.BasicAuth(profile.tsa_login, profile.tsa_password) if profile.tsa_login else None
        self._timeout = profile.timeout

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = await asyncio.to_thread(self._ask, req.dump())
        try:
            response = tsp.TimeStampResp.load(answer, strict=True)
            granted = response["status"]["status"].native in ("granted", "granted_with_mods")
        except (ValueError, TypeError) as error:
            raise _unusable("sa réponse est illisible") from error
        if not granted:
            raise _unusable("il a refusé la demande")
        return response

    def _ask(self, request: bytes) -> bytes:
        for tried in range(1, TRIES + 1):
            try:
                answer = httpx.post(
                    self._url,
                    content=request,
                    headers={"Content-Type": _QUERY, "Accept": _REPLY},
                    auth=self._login,
                    timeout=self._timeout,
                )
                answer.raise_for_status()
            except httpx.HTTPStatusError as error:
                if tried == TRIES or error.response.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    raise _unusable(f"réponse HTTP {error.response.status_code}") from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if tried == TRIES:
                    raise _unusable("il ne répond pas") from error
            else:
                if len(answer.content) > _LARGEST:
                    raise _unusable("sa réponse est trop longue")
                return answer.content
        raise AssertionError("unreachable")


def _unusable(why: str) -> TimestampUnreachable:
    return TimestampUnreachable(f"Le service d'horodatage n'a pas daté la signature : {why}.")
