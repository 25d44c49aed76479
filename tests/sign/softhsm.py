"""A software card (SoftHSM 2, Debian ``softhsm2``) in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11.util.rsa import decode_rsa_private_key

from pipeline.sign.certificate import LoadedCertificate

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "4821"


def missing() -> str:
    """What is absent, or ``""``. A test may skip with it; ``scripts/test`` installs it."""
    return "" if MODULE.is_file() and shutil.which("softhsm2-util") else "softhsm2"


def configure(folder: Path) -> None:
    """Make this process keep its cards in ``folder``; once, before the module is first used."""
    (folder / "tokens").mkdir()
    file = folder / "softhsm2.conf"
    file.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(file)


def make_card(label: str, certificates: dict[str, LoadedCertificate]) -> None:
    """A card with a key and a certificate under each label."""
    command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "12345678"]
    subprocess.run(command, check=True, capture_output=True)
    library = pkcs11.lib(str(MODULE))
    library.reinitialize()
    with library.get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
        for name, loaded in certificates.items():
            der = loaded.key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
            key = decode_rsa_private_key(der)
            key[pkcs11.Attribute.TOKEN] = True
            key[pkcs11.Attribute.LABEL] = name
            key[pkcs11.Attribute.ID] = name.encode()
            session.create_object(key)
            session.create_object(
                {
                    pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
                    pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
                    pkcs11.Attribute.TOKEN: True,
                    pkcs11.Attribute.LABEL: name,
                    pkcs11.Attribute.ID: name.encode(),
                    pkcs11.Attribute.SUBJECT: loaded.certificate.subject.public_bytes(),
                    pkcs11.Attribute.VALUE: loaded.certificate.public_bytes(Encoding.DER),
                }
            )
