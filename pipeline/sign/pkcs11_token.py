"""Signing with a card (CPS) or a hardware module through PKCS#11.

The code is asked for once and tried once: a CPS card locks after three wrong ones. It is handed to the module and kept
nowhere. One session at a time, because a card has one reader and PKCS#11 one login for all sessions of a process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pkcs11
from cryptography import x509
from pkcs11.exceptions import (
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    UserPinNotInitialized,
)
from pyhanko.sign.pkcs11 import PKCS11Signer

from pipeline.errors import PinRefused, TokenMissing
from pipeline.sign.certificate import check_period, check_usage
from pipeline.sign.pen import Pen, asn1
from pipeline.sign.port import PdfSigner

_ALONE = threading.Lock()


@dataclass(frozen=True, slots=True)
class TokenPlace:
    """Where the key is. ``label`` (the token's name) or ``slot`` may be left out when there is one token only;
    ``certificate`` is the label of the certificate and key, and may be when there is one that signs."""

    module: Path
    label: str = ""
    slot: int | None = None
    certificate: str = ""


class Pkcs11Token:
    """A `Token`. ``signer_with`` makes the signer of a pen; ``intermediates`` go into its signatures."""

    def __init__(
        self,
        place: TokenPlace,
        signer_with: Callable[[Pen], PdfSigner],
        intermediates: tuple[x509.Certificate, ...] = (),
    ) -> None:
        self._place = place
        self._signer_with = signer_with
        self._intermediates = intermediates

    @contextmanager
    def open(self, pin: str) -> Iterator[PdfSigner]:
        """See `Token.open`."""
        if not pin:
            raise PinRefused("Le code de la carte n'a pas été donné.", advice="Tapez-le, puis signez.")
        with _ALONE:
            session = self._log_in(pin)
            try:
                yield self._signer_with(self._pen(session))
            finally:
                with suppress(PKCS11Error):  # a card that was pulled out is closed already
                    session.close()

    def says(self) -> str:
        """What is in the reader, for ``calame doctor``; no code is needed. Raises `TokenMissing`."""
        token = self._token()
        return f"« {token.label} » présent"

    def _log_in(self, pin: str) -> pkcs11.Session:
        token = self._token()
        if _flag(token, pkcs11.TokenFlag.USER_PIN_LOCKED):
            raise _locked()
        try:
            return token.open(user_pin=pin)
        except PinLocked as error:
            raise _locked() from error
        except (PinIncorrect, PinInvalid, PinLenRange) as error:
            raise self._wrong() from error
        except UserPinNotInitialized as error:
            raise PinRefused("Cette carte n'a pas encore de code.", advice="Activez-la d'abord.") from error
        except PKCS11Error as error:
            raise TokenMissing(f"La carte n'a pas pu être ouverte ({type(error).__name__}).") from error

    def _wrong(self) -> PinRefused:
        """What the card says of its remaining tries, read again after the failure."""
        token = self._token()
        if _flag(token, pkcs11.TokenFlag.USER_PIN_LOCKED):
            return _locked()
        if _flag(token, pkcs11.TokenFlag.USER_PIN_FINAL_TRY):
            left = "Il ne reste qu'un essai avant que la carte se bloque."
        else:
            left = "Une carte CPS se bloque après trois codes faux de suite."
        return PinRefused(f"Le code de la carte est faux : rien n'est signé. {left}", advice="Retapez-le avec soin.")

    def _token(self) -> pkcs11.Token:
        if not self._place.module.is_file():
            raise TokenMissing(
                f"Le module de la carte ({self._place.module}) n'est pas installé.",
                advice="Installez le pilote du lecteur et de la carte, ou corrigez pkcs11_module.",
            )
        try:
            slots = pkcs11.lib(str(self._place.module)).get_slots(token_present=True)
            tokens = [slot.get_token() for slot in slots if self._place.slot in (None, slot.slot_id)]
        except (PKCS11Error, RuntimeError, OSError) as error:
            raise TokenMissing(
                f"Le module de la carte ne répond pas ({type(error).__name__}).",
                advice="Vérifiez que le lecteur est branché, puis réessayez ; rien n'est signé.",
            ) from error
        ready = [token for token in tokens if _flag(token, pkcs11.TokenFlag.TOKEN_INITIALIZED)]
        found = [token for token in ready if self._place.label in ("", token.label)]
        if not found:
            raise TokenMissing("La carte de signature n'est pas dans le lecteur.")
        if len(found) > 1:
            raise TokenMissing(
                "Plusieurs cartes ou modules sont présents.",
                advice="Précisez pkcs11_token ou pkcs11_slot dans les réglages.",
            )
        return found[0]

    def _pen(self, session: pkcs11.Session) -> Pen:
        label, certificate = self._certificate(session)
        check_period(certificate, datetime.now(UTC))
        signer = PKCS11Signer(
            session,
            signing_cert=asn1(certificate),
            ca_chain=[asn1(link) for link in self._intermediates],
            key_label=label,
            embed_roots=False,
            other_certs_to_pull=(),
        )
        return Pen(signer, certificate, personal=True)

    def _certificate(self, session: pkcs11.Session) -> tuple[str, x509.Certificate]:
        """The label and the certificate that signs documents. A CPS also holds one that only authenticates."""
        found = []
        for one in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}):
            label = str(one[pkcs11.Attribute.LABEL])
            certificate = x509.load_der_x509_certificate(bytes(one[pkcs11.Attribute.VALUE]))
            if label == self._place.certificate:
                check_usage(certificate)
                return label, certificate
            if not self._place.certificate and _signs(certificate):
                found.append((label, certificate))
        if len(found) != 1:
            raise TokenMissing(
                f"La carte porte {len(found)} certificats de signature."
                if found
                else "La carte ne porte pas le certificat de signature attendu.",
                advice="Précisez pkcs11_certificate dans les réglages.",
            )
        return found[0]


def _signs(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment)
    except x509.ExtensionNotFound:
        return False


def _flag(token: pkcs11.Token, flag: pkcs11.TokenFlag) -> bool:
    return bool(token.flags & flag)


def _locked() -> PinRefused:
    return PinRefused(
        "La carte est bloquée après trop de codes faux : rien n'est signé.",
        advice="Débloquez-la avec son code de secours (PUK), ou demandez une nouvelle carte.",
    )
