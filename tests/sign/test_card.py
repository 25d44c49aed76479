"""The doctor's card: one code for a pile, the right person, and never a second try by itself."""

from __future__ import annotations

import dataclasses
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import NotAllowed, PinRefused, TokenMissing
from pipeline.model.document import ReviewedDraft
from pipeline.sign.certificate import LoadedCertificate
from pipeline.sign.pkcs11_token import Pkcs11Token, TokenPlace
from pipeline.sign.pyhanko_signer import PyhankoSigner
from tests.sign import softhsm
from tests.sign.authorities import Authority
from tests.sign.conftest import DOCTOR
from tests.sign.softhsm import MODULE, PIN

pytestmark = pytest.mark.skipif(bool(softhsm.missing()), reason=softhsm.missing() or "there")
Reviewed = tuple[ReviewedDraft, bytes]


@pytest.fixture(scope="module")
def cards(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Hélène Vasseur's card, with a certificate that signs; and one with two, of which nothing says which."""
    softhsm.configure(tmp_path_factory.mktemp("cards"))
    mine = authority.certify("VASSEUR Hélène", rpps=DOCTOR.rpps)
    softhsm.make_card("CPS-essai", {"SIGNATURE": mine})
    softhsm.make_card("CPS-double", {"SIGNATURE": mine, "AUTRE": mine})


@pytest.fixture
def verifier(certificate: LoadedCertificate, authority: Authority) -> PyhankoSigner:
    return PyhankoSigner(certificate, trusted=(authority.root,))


@pytest.fixture
def card(cards: None, verifier: PyhankoSigner) -> Pkcs11Token:
    return Pkcs11Token(TokenPlace(MODULE, "CPS-essai"), verifier.holding)


def test_a_pile_is_signed_after_one_code(card: Pkcs11Token, verifier: PyhankoSigner, reviewed: Reviewed) -> None:
    at = datetime.now(UTC)
    with card.open(PIN) as pen:
        signed = [pen.sign(reviewed[1], signer=DOCTOR, at=at, reason="Document relu et validé") for _ in range(3)]
    for pdf in signed:
        report = verifier.verify(pdf)
        assert report.valid and pdf.startswith(reviewed[1])
        assert report.signatures[0].holder == "VASSEUR Hélène"


def test_a_wrong_code_says_so_and_is_never_tried_again(card: Pkcs11Token, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(PinRefused, match=r"Le code de la carte est faux.*se bloque") as refused, card.open("0000"):
        pytest.fail("a wrong code opened the card")
    assert "0000" not in caplog.text + str(refused.value)
    with card.open(PIN):
        pass


def test_without_a_code_the_card_is_not_touched(card: Pkcs11Token) -> None:
    with pytest.raises(PinRefused, match="n'a pas été donné"), card.open(""):
        pass


def test_the_card_of_another_doctor_signs_nothing(card: Pkcs11Token, reviewed: Reviewed) -> None:
    other = dataclasses.replace(DOCTOR, rpps="10009999999")
    with card.open(PIN) as pen, pytest.raises(NotAllowed, match="autre praticien"):
        pen.sign(reviewed[1], signer=other, at=datetime.now(UTC), reason="")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (TokenPlace(MODULE, "CPS-absente"), "n'est pas dans le lecteur"),
        (TokenPlace(Path("/absent/libcps3.so"), "CPS-essai"), "n'est pas installé"),
        (TokenPlace(MODULE), "Plusieurs cartes"),
        (TokenPlace(MODULE, "CPS-double"), "2 certificats"),
        (TokenPlace(MODULE, "CPS-essai", certificate="ABSENT"), "ne porte pas le certificat"),
    ],
)
def test_what_is_missing_is_said_in_french(
    cards: None, verifier: PyhankoSigner, place: TokenPlace, message: str
) -> None:
    with pytest.raises(TokenMissing, match=message), Pkcs11Token(place, verifier.holding).open(PIN):
        pass


def test_a_named_certificate_is_taken_among_several(cards: None, verifier: PyhankoSigner) -> None:
    with Pkcs11Token(TokenPlace(MODULE, "CPS-double", certificate="AUTRE"), verifier.holding).open(PIN):
        pass
