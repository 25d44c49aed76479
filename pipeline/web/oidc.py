"""OpenID Connect: the authorization code flow with PKCE, as Pro Santé Connect asks for it.

OpenID Connect Core 1.0 (3.1.3.7: what is checked of an ID token), Discovery 1.0 (4.3: the issuer is the one that was
asked), RFC 7636 (PKCE), RFC 9207 (``iss`` of the answer), RFC 9700 (best current practice). Pro Santé Connect (Agence
du numérique en santé): its discovery document is ``/.well-known/wallet-openid-configuration``, ``acr_values=eidas1``,
``scope_all``, and ``SubjectNameID`` of the userinfo is the national identifier: "8" and the RPPS number.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from pipeline.errors import NotAllowed
from pipeline.model.accounts import Provider, is_private

log = logging.getLogger("calame.web.oidc")
ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Asymmetric only: neither "none" nor a signature by the client's own secret."""
ATTEMPT_SECONDS = 600.0
LEEWAY = 60
"""Seconds that the two clocks may differ."""
MOST_ATTEMPTS = 1000
TIMEOUT = 10.0
KEEP_METADATA = 3600.0


@dataclass(frozen=True, slots=True)
class _Attempt:
    browser_sha256: str
    nonce: str
    verifier: str
    until: float


class OidcClient:
    """One provider. Attempts live in memory, each is used once; the browser that began one must finish it."""

    def __init__(self, provider: Provider, *, now: Callable[[], float] = lambda: datetime.now(UTC).timestamp()) -> None:
        self.provider = provider
        self._now = now
        self._http = httpx.Client(timeout=TIMEOUT, verify=provider.ca or True)
        self._attempts: dict[str, _Attempt] = {}
        self._lock = threading.Lock()
        self._metadata: tuple[float, dict[str, Any]] = (0.0, {})

    def begin(self) -> tuple[str, str]:
        """The provider's address to go to, and a secret that the browser keeps until it comes back."""
        state, nonce, verifier, browser = (secrets.token_urlsafe(32) for _ in range(4))
        now = self._now()
        with self._lock:
            self._attempts = {key: one for key, one in self._attempts.items() if one.until > now}
            while len(self._attempts) >= MOST_ATTEMPTS:
                self._attempts.pop(next(iter(self._attempts)))
            self._attempts[state] = _Attempt(_sha256(browser), nonce, verifier, now + ATTEMPT_SECONDS)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": self.provider.redirect_uri,
            "scope": self.provider.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if self.provider.acr:
            asked["acr_values"] = self.provider.acr
        return f"{self._known()['authorization_endpoint']}?{urlencode(asked)}", browser

    def finish(self, answer: dict[str, str], browser: str) -> str:
        """The RPPS number of whoever came back with ``answer`` (the query). Raises `NotAllowed`: every reason looks the
        same outside, the log tells its kind."""
        with self._lock:
            attempt = self._attempts.pop(answer.get("state", ""), None)
        if attempt is None or attempt.until <= self._now():
            raise self._refused("unknown or used state")
        if not hmac.compare_digest(attempt.browser_sha256, _sha256(browser)):
            raise self._refused("another browser")
        if "code" not in answer or answer.get("iss", self.provider.issuer) != self.provider.issuer:
            raise self._refused("no code, or another issuer")
        tokens = self._exchange(answer["code"], attempt.verifier)
        claims = self._verified(str(tokens.get("id_token", "")), attempt.nonce)
        info = self._call("GET", "userinfo_endpoint", headers={"authorization": f"Bearer {tokens.get('access_token')}"})
        if info.get("sub") != claims["sub"]:
            raise self._refused("userinfo of somebody else")
        return self._rpps(str(info.get(self.provider.claim, "")))

    def _exchange(self, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.provider.redirect_uri,
            "code_verifier": verifier,
        }
        client = quote(self.provider.client_id, safe=""), quote(self.provider.client_secret, safe="")  # RFC 6749, 2.3.1
        return self._call("POST", "token_endpoint", data=form, auth=client)

    def _verified(self, id_token: str, nonce: str) -> dict[str, Any]:
        issuer, client_id = self.provider.issuer, self.provider.client_id
        wanted = jwt.JWTClaimsRegistry(
            now=lambda: int(self._now()),
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            keys = KeySet.import_key_set(self._call("GET", "jwks_uri"))  # type: ignore[arg-type]
            claims = jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
            wanted.validate(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise self._refused(type(error).__name__) from error
        audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        if claims.get("azp", client_id if len(audience) == 1 else "") != client_id:
            raise self._refused("issued to another client")
        if self.provider.acr and claims.get("acr") != self.provider.acr:
            raise self._refused("weaker than was asked for")
        return dict(claims)

    def _rpps(self, identifier: str) -> str:
        """A national identifier is the type "8" and the 11 digits of the RPPS number."""
        match = re.fullmatch(r"8?([0-9]{11})", identifier)
        if match is None:
            raise self._refused("no RPPS number")
        return match.group(1)

    # --- the provider --------------------------------------------------------------------------------------------

    def _known(self) -> dict[str, Any]:
        """The provider's metadata. Raises `NotAllowed` when it is another's, or names an address without TLS."""
        read_at, metadata = self._metadata
        if metadata and self._now() - read_at < KEEP_METADATA:
            return metadata
        usual = f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration"
        metadata = self._json("GET", self.provider.discovery or usual)
        if metadata.get("issuer") != self.provider.issuer:
            raise self._refused("metadata of another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"):
            if not is_private(str(metadata.get(name, ""))):
                raise self._refused(f"unsafe {name}")
        self._metadata = self._now(), metadata
        return metadata

    def _call(self, method: str, endpoint: str, **how: Any) -> dict[str, Any]:
        return self._json(method, str(self._known()[endpoint]), **how)

    def _json(self, method: str, address: str, **how: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, address, **how)
        except httpx.HTTPError as error:
            log.warning("provider unreachable: %s", type(error).__name__)
            raise NotAllowed(
                f"{self.provider.name} ne répond pas.", advice="Réessayez, ou entrez avec votre mot de passe."
            ) from error
        if answer.status_code != 200:
            raise self._refused(f"status {answer.status_code}")
        try:
            content = answer.json()
        except ValueError as error:
            raise self._refused("no JSON") from error
        if not isinstance(content, dict):
            raise self._refused("no object")
        return content

    def _refused(self, kind: str) -> NotAllowed:
        log.warning("federated login refused: %s", kind)
        return NotAllowed(
            f"{self.provider.name} n'a pas permis d'établir votre identité.", advice="Recommencez la connexion."
        )


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
