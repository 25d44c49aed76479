"""Whether a signature container is written the only way there is, because some of its bytes no hash covers.

Padding, the case of hexadecimal digits, redundant fields of the CMS structure: pyHanko passes over them. They cannot
change what a reader sees, but an archived file must be the file that was made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from asn1crypto import cms, core
from pyhanko.sign.validation import EmbeddedPdfSignature

_HEX_STRING = re.compile(rb"<(?:[0-9A-F]+|[0-9a-f]+)>")
_INTEGER_1, _INTEGER_3 = b"\x02\x01\x01", b"\x02\x01\x03"
_NO_PARAMETERS = (b"", b"\x05\x00")  # RFC 5754, 2: absent, or NULL


def is_written_one_way(pdf: bytes, signature: EmbeddedPdfSignature) -> bool:
    """Whether DER, RFC 5652 (5.1, 5.3) and ISO 32000 leave no other way to write this container.

    What a signature covers byte by byte stays as it was received: signed attributes, certificates, an authority's
    token (authorities do not always write DER). To write them anew would cost four fifths of the time.
    """
    _, before, after, _ = (int(edge) for edge in signature.byte_range)
    written = pdf[before:after]
    if not _HEX_STRING.fullmatch(written):
        return False
    container = bytes.fromhex(written[1:-1].decode("ascii"))
    if signature.sig_object_type == "/DocTimeStamp":
        token = cms.ContentInfo.load(container).dump()
        return bool(container == token + bytes(len(container) - len(token)))
    content = cms.ContentInfo.load(container).copy()
    signed_data = content["content"]
    (signer_info,) = signed_data["signer_infos"]
    for signed in (signer_info["signed_attrs"], *signed_data["certificates"], *_tokens(signer_info)):
        _keep(signed)
    der = content.dump(force=True)
    by_issuer = signer_info["sid"].name == "issuer_and_serial_number"
    algorithm = signer_info["digest_algorithm"]
    return (
        container == der + bytes(len(container) - len(der))
        and (not by_issuer or signer_info["sid"].chosen["issuer"].dump() == signature.signer_cert.issuer.dump())
        and signer_info["version"].dump() == (_INTEGER_1 if by_issuer else _INTEGER_3)
        and signed_data["version"].dump() == (_INTEGER_1 if by_issuer else _INTEGER_3)
        and algorithm["parameters"].dump() in _NO_PARAMETERS
        and [one.dump() for one in signed_data["digest_algorithms"]] == [algorithm.dump()]
    )


def _keep(value: core.Asn1Value) -> None:
    """Never write this part anew."""
    received = value.dump()
    value.dump = lambda force=False: received  # noqa: ARG005


def _tokens(signer_info: cms.SignerInfo) -> Iterator[cms.ContentInfo]:
    if signer_info["unsigned_attrs"].native:
        for attribute in signer_info["unsigned_attrs"]:
            if attribute["type"].native == "signature_time_stamp_token":
                yield from attribute["values"]
