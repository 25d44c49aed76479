"""The names that browsers may call the site by: any other ``Host`` is refused, so that a page elsewhere whose name was
made to point here (DNS rebinding) reads nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from pipeline.errors import SettingsError

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


def served_names(host: str, names: Iterable[str], public_url: str, certificate: Path | None) -> frozenset[str]:
    """Loopback, ``host``, ``names``, the host of ``public_url``, and the certificate's own names.
    Raises `SettingsError` when the certificate cannot be read."""
    own = _of_certificate(certificate) if certificate else ()
    public = urlsplit(public_url).hostname or ""
    found = {name.strip().lower() for name in (*LOOPBACK_NAMES, host, public, *names, *own)}
    found -= {"", "*", "0.0.0.0", "::"}  # noqa: S104  an address to listen on, never a name
    return frozenset(f"[{name}]" if ":" in name else name for name in found)


def _of_certificate(path: Path) -> list[str]:
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"Le certificat {path} ne peut pas être lu.", advice="Indiquez un certificat PEM dans tls_certificate."
        ) from error
    return [*names.get_values_for_type(x509.DNSName), *(str(ip) for ip in names.get_values_for_type(x509.IPAddress))]
