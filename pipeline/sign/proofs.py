"""What a signature carries beyond B-B: a time stamp, and the proof that no certificate was revoked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from asn1crypto import x509 as asn1_x509
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    InsufficientRevinfoError,
    PathBuildingError,
    PathValidationError,
    RevokedError,
)
from pyhanko_certvalidator.fetchers import OwnedFetcherBackend
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend

from pipeline.errors import CalameError, SettingsError, SigningFailed, TimestampUnreachable
from pipeline.sign.levels import Level, Profile
from pipeline.sign.time_stamper import HttpTimeStamper

Certificates = tuple[asn1_x509.Certificate, ...]


def stamper_of(profile: Profile) -> TimeStamper:
    """A new one for each document: it keeps a loop-bound answer of the authority."""
    return HttpTimeStamper(profile)


def long_term(profile: Profile, roots: Certificates, others: Certificates, at: datetime) -> dict[str, Any]:
    """pyHanko's settings for B-LT and B-LTA; none below.

    OCSP and CRL are asked for at the addresses that the certificates name; every certificate below a root must be
    told not revoked. They go into the very revision of the signature, so that nothing lies outside what is signed.
    """
    if not profile.level.needs_revocation:
        return {}
    context = ValidationContext(
        trust_roots=list(roots),
        other_certs=list(others),
        allow_fetching=True,
        fetcher_backend=OwnedFetcherBackend(AIOHttpFetcherBackend(per_request_timeout=profile.timeout)),
        revocation_mode="require",
        moment=at,
        retroactive_revinfo=True,
    )
    return {
        "embed_validation_info": True,
        "use_pades_lta": profile.level is Level.LTA,
        "validation_context": context,
        "dss_settings": DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    }


def translated(error: BaseException) -> CalameError | None:
    """What pyHanko met on the way to an authority, in our words; None for anything else."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, CalameError):
            return cause
        if isinstance(cause, RevokedError):
            return SigningFailed(
                "Le certificat de signature est révoqué : rien n'est signé.",
                advice="Prévenez l'administrateur et demandez un nouveau certificat.",
            )
        if isinstance(cause, InsufficientRevinfoError):
            return TimestampUnreachable(
                "Le service qui dit si un certificat est révoqué (OCSP ou CRL) n'a pas répondu.",
                advice=f"{TimestampUnreachable.default_advice} Si le certificat n'a pas de tel service, choisissez "
                'level = "B-T" dans la section [signature] de calame.toml.',
            )
        if isinstance(cause, PathBuildingError | PathValidationError):
            return SettingsError(
                "Le certificat de signature ou d'horodatage ne mène à aucune autorité de confiance.",
                advice="Déposez le certificat de son autorité dans le dossier « trust » des réglages.",
            )
        if isinstance(cause, TimestampRequestError):
            return TimestampUnreachable("La réponse du service d'horodatage n'est pas celle qui était attendue.")
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, SigningError) and "revocation" in str(error).lower():
        return TimestampUnreachable("La preuve de non-révocation n'a pas pu être obtenue.")
    return None
