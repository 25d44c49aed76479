"""An HTTP transport that reaches the practice's own network and nothing else: what patients say must not leave it.

The name is resolved here, every address is checked, and the connection goes to a checked address: a name that changes
its mind between the check and the connection (DNS rebinding) changes nothing. There is no setting to allow more.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from pathlib import Path

import httpx

from pipeline.errors import EngineRefused, EngineUnreachable, SettingsError

OWN = tuple(
    map(
        ipaddress.ip_network,
        (
            "127.0.0.0/8",  # this machine
            "::1/128",
            "10.0.0.0/8",  # RFC 1918
            "172.16.0.0/12",
            "192.168.0.0/16",
            "fc00::/7",  # RFC 4193
            "169.254.0.0/16",  # link-local, RFC 3927 and RFC 4291
            "fe80::/10",
        ),
    )
)


class OwnNetwork(httpx.BaseTransport):
    """No proxy, no redirect, no address outside. ``ca``: the practice's own certificate authority, as PEM."""

    def __init__(self, ca: Path | None = None) -> None:
        self._inner = httpx.HTTPTransport(verify=_trust(ca), trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises `EngineRefused` for an address outside, or in clear on the network; `EngineUnreachable` for a name
        that is not known; what httpx raises when the connection fails."""
        host, port = request.url.host, request.url.port or (443 if request.url.scheme == "https" else 80)
        addresses = own_addresses(host, port)
        if request.url.scheme != "https" and not all(ipaddress.ip_address(one).is_loopback for one in addresses):
            raise EngineRefused(
                f"La parole des patients passerait en clair jusqu'à {host}.",
                advice="Mettez une adresse https:// dans remote_url, ou un tunnel vers 127.0.0.1.",
            )
        request.extensions = {**request.extensions, "sni_hostname": host}
        for number, address in enumerate(addresses, start=1):
            request.url = request.url.copy_with(host=address)
            try:
                return self._inner.handle_request(request)
            except httpx.ConnectError:
                if number == len(addresses):
                    raise
        raise AssertionError  # own_addresses gives at least one

    def close(self) -> None:
        self._inner.close()


def own_addresses(host: str, port: int) -> tuple[str, ...]:
    """The addresses of ``host``. Raises `EngineRefused` when one of them is outside, `EngineUnreachable` for none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise EngineUnreachable(f"Le serveur vocal {host} n'est pas connu du réseau.") from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(is_own(address) for address in addresses):
        raise EngineRefused(
            f"Le serveur vocal {host} n'est pas sur le réseau du cabinet : rien ne lui a été envoyé.",
            advice="Indiquez dans remote_url une adresse du réseau local.",
        )
    return addresses


def is_own(address: str) -> bool:
    """Whether ``address`` is this machine, private or link-local; an IPv4 address written as IPv6 counts as IPv4."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return any((mapped or found) in network for network in OWN)


def _trust(ca: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(
            f"Le certificat {ca} ne peut pas être lu.", advice="Corrigez remote_ca dans calame.toml."
        ) from error
