"""A speech server that misbehaves, answers otherwise, or stands where patients' speech may not go."""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import CalameError, EngineRefused, EngineUnreachable, SettingsError
from pipeline.model.text import Word
from pipeline.transcribe import own_network, remote_decoder
from pipeline.transcribe.audio import RATE
from pipeline.transcribe.decoder import Reading, Wishes
from pipeline.transcribe.models import ModelStore
from pipeline.transcribe.own_network import is_own
from pipeline.transcribe.remote_answer import reading_of
from pipeline.transcribe.remote_decoder import Endpoint, RemoteDecoder
from tests.transcribe.conftest import SAMPLES
from tests.transcribe.sounds import samples_of
from tests.transcribe.speech_server import (
    Asked,
    answer,
    answering,
    redirecting,
    served,
    streaming,
    transcribing,
)

PIECE = np.zeros(RATE, np.float32)
SPOKEN = Reading(
    (Word("Bonjour", 0.1, 0.5, 0.9), Word("l'examen,", 0.6, 1.2, 0.8), Word("normal.", 1.3, 1.9, 0.7)), -0.2, 0.05
)
SECRET = "Jeanne Marchand"


def ask(url: str, **options: Any) -> list[Reading]:
    return RemoteDecoder(Endpoint(url, **options)).open([PIECE]).read()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_decoder, "PAUSES", (0.0, 0.0))


# what is asked


@pytest.mark.parametrize("shape", ["bare", "segments"])
def test_servers_that_say_less_are_understood_with_real_speech(store: ModelStore, shape: str) -> None:
    from pipeline.transcribe.faster_whisper_decoder import FasterWhisperDecoder

    asked = Asked()
    whisper = FasterWhisperDecoder(store.path("base"))
    sound = samples_of(SAMPLES["certificate"].path)
    with served(transcribing(whisper, asked, shape)) as url:
        heard = RemoteDecoder(Endpoint(url + "/v1/", model="base", token="key")).open([sound]).read("Judo.")[0]
    # of what arrived: sixteen bits of each sample, which may be heard otherwise than the whole of it
    expected = whisper.open(asked.sounds).read("Judo.", Wishes(beam=1))[0]
    assert heard.text == expected.text and heard.sure == pytest.approx(expected.sure, abs=0.05)
    late = [abs(got.start - wanted.start) for got, wanted in zip(heard.words, expected.words, strict=True)]
    assert float(np.median(late)) < (0.01 if shape == "bare" else 1.5)
    assert asked.forms == [
        {
            "model": ["base"],
            "language": ["fr"],
            "response_format": ["verbose_json"],
            "timestamp_granularities[]": ["word", "segment"],
            "temperature": ["0"],
            "prompt": ["Judo."],
        }
    ]
    assert asked.headers[0]["authorization"] == "Bearer key"


def test_without_a_token_none_is_sent() -> None:
    asked = Asked()
    with served(answering(json.dumps(answer(SPOKEN, 2.0, "speaches")).encode(), asked=asked)) as url:
        assert ask(url)[0].text == "Bonjour l'examen, normal."
    assert "authorization" not in asked.headers[0]


# what is answered


@pytest.mark.parametrize("shape", ["speaches", "bare"])
def test_words_keep_their_marks_and_times(shape: str) -> None:
    found = reading_of(json.dumps(answer(SPOKEN, 2.0, shape)).encode(), 2.0)
    assert [(w.text, w.start, w.end) for w in found.words] == [(w.text, w.start, w.end) for w in SPOKEN.words]
    assert (found.sure, found.silent) == (-0.2, 0.05)


def test_a_word_cut_in_two_by_the_server_is_one_word_again() -> None:
    parts = [{"word": " l", "start": 0, "end": 0.2}, {"word": "'examen", "start": 0.2, "end": 0.8}]
    found = reading_of(json.dumps({"text": "l'examen.", "words": parts}).encode(), 1.0)
    assert found.words == (Word("l'examen.", 0.0, 0.8, 0.5),)


def test_without_word_times_words_share_their_segment_by_their_length() -> None:
    segments = [{"text": " Pas de", "start": 0.0, "end": 1.0}, {"text": " fièvre.", "start": 3.0, "end": 4.0}]
    found = reading_of(json.dumps({"text": "Pas de fièvre.", "segments": segments}).encode(), 5.0)
    assert [(w.text, w.start, w.end) for w in found.words] == [
        ("Pas", 0.0, 0.6),
        ("de", 0.6, 1.0),
        ("fièvre.", 3.0, 4.0),
    ]


def test_words_may_stand_in_the_segments() -> None:
    segment = {"text": "Pas", "start": 0.0, "end": 1.0, "words": [{"word": "Pas", "start": 0.2, "end": 0.4}]}
    assert reading_of(json.dumps({"text": "Pas", "segments": [segment]}).encode(), 5.0).words[0].start == 0.2


def test_times_in_nanoseconds_are_no_times() -> None:
    segments = [{"text": "Pas de fièvre", "start": 0, "end": 2_000_000_000}, {"text": "x", "start": 2e9, "end": 3e9}]
    found = reading_of(json.dumps({"text": "Pas de fièvre x", "segments": segments}).encode(), 4.0)
    assert found.words[0].start == 0 and found.words[-1].end == pytest.approx(4.0)


def test_a_text_alone_is_spread_over_its_piece() -> None:
    found = reading_of(b'{"text": " Pas de toux. "}', 6.0)
    assert [w.text for w in found.words] == ["Pas", "de", "toux."] and found.words[-1].end == 6.0


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["text", "words", "segments", "word", "start", "end", "avg_logprob"]), inner)
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40))
def test_any_answer_is_a_reading_or_a_clear_error(body: bytes) -> None:
    try:
        found = reading_of(body, 10.0)
    except EngineUnreachable:
        return
    starts = [word.start for word in found.words]
    assert starts == sorted(starts)
    assert all(0 <= word.start <= word.end <= 10.0 and 0 <= word.probability <= 1 for word in found.words)


# accidents


@pytest.mark.parametrize(
    ("body", "status", "error", "says"),
    [
        (SECRET.encode(), 200, EngineUnreachable, "pas une transcription"),
        (b"", 200, EngineUnreachable, "pas une transcription"),
        (b'{"text": "Jeanne Marchand", "words"', 200, EngineUnreachable, "pas une transcription"),
        (b'{"text": 3}', 200, EngineUnreachable, "pas une transcription"),
        (b'{"text": "a", "words": [{"word": "a", "start": NaN, "end": 1}]}', 200, EngineUnreachable, "transcription"),
        (b'{"text": "a", "words": [{"word": "a", "start": "0", "end": 1}]}', 200, EngineUnreachable, "transcription"),
        (b"[" * 100_000, 200, EngineUnreachable, "pas une transcription"),
        (SECRET.encode(), 500, EngineUnreachable, "HTTP 500"),
        (b"", 503, EngineUnreachable, "HTTP 503"),
        (b"", 429, EngineUnreachable, "HTTP 429"),
        (SECRET.encode(), 401, EngineRefused, "remote_token"),
        (b"", 404, EngineRefused, "adresse ou ce modèle"),
        (SECRET.encode(), 422, EngineRefused, "HTTP 422"),
        (b"", 204, EngineRefused, "HTTP 204"),
    ],
)
def test_a_wrong_answer_is_a_clear_error_without_its_text(
    body: bytes, status: int, error: type[CalameError], says: str
) -> None:
    with served(answering(body, status)) as url, pytest.raises(error, match=says) as told:
        ask(url)
    assert SECRET not in str(told.value)
    assert told.value.retryable is (error is EngineUnreachable)


def test_a_busy_server_is_asked_three_times_and_a_refusing_one_once() -> None:
    for status, times in ((503, 3), (401, 1)):
        asked = Asked()
        with served(answering(status=status, asked=asked)) as url, pytest.raises(CalameError):
            ask(url)
        assert len(asked.headers) == times


def test_a_server_that_is_not_there_may_come_back() -> None:
    with served(answering()) as url:
        pass
    with pytest.raises(EngineUnreachable, match="joint") as told:
        ask(url)
    assert told.value.retryable


def test_a_slow_server_is_left_after_its_time() -> None:
    begin = time.monotonic()
    with served(streaming(b" ", 100, 0.1)) as url, pytest.raises(EngineUnreachable, match="à temps"):
        ask(url, seconds=0.5)
    assert time.monotonic() - begin < 8


def test_a_huge_answer_is_not_taken() -> None:
    with served(streaming(b" " * 100_000, 1000)) as url, pytest.raises(EngineUnreachable, match="démesurée"):
        ask(url)


def test_a_connection_that_breaks_in_the_answer_is_told() -> None:
    cut = answering(b'{"text": "Pas', headers={"content-length": "500"})
    with served(cut) as url, pytest.raises(EngineUnreachable):
        ask(url)


def test_one_piece_that_fails_fails_the_reading() -> None:
    with served(answering(status=401)) as url, pytest.raises(EngineRefused):
        RemoteDecoder(Endpoint(url)).open([PIECE] * 9).read()


# where speech may go


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.20", "169.254.7.7"])
def test_the_practices_own_addresses_are_its_own(address: str) -> None:
    assert is_own(address) and is_own(f"::ffff:{address}")


@pytest.mark.parametrize("address", ["::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0"])
def test_its_own_ipv6_addresses_too(address: str) -> None:
    assert is_own(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "172.32.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "192.0.2.1",
        "255.255.255.255",
        "nonsense",
        "2001:4860:4860::8888",
        "64:ff9b::a00:1",
        "::ffff:8.8.8.8",
        "::",
    ],
)
def test_any_other_address_is_not(address: str) -> None:
    assert not is_own(address)


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Names have these addresses, as a resolver of the practice (or an attacker's) would say."""
    usual = own_network.socket.getaddrinfo

    def found(host: str, port: int, *rest: Any, **options: Any) -> list[Any]:
        if host.replace(".", "").isdigit() or ":" in host:
            return list(usual(host, port, *rest, **options))
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(own_network.socket, "getaddrinfo", found)


@pytest.fixture
def nobody_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    def called(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr("socket.create_connection", called)
    monkeypatch.setattr("socket.socket.connect", called)


@pytest.mark.parametrize("url", ["https://8.8.8.8", "https://[2001:4860:4860::8888]", "http://134744072"])
def test_nothing_is_sent_to_a_public_address(nobody_calls: None, url: str) -> None:
    with pytest.raises(EngineRefused, match="pas sur le réseau du cabinet"):
        ask(url)


@pytest.mark.parametrize("addresses", [("93.184.216.34",), ("10.0.0.5", "93.184.216.34")])
def test_nothing_is_sent_to_a_name_with_a_public_address(
    nobody_calls: None, monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    resolving(monkeypatch, *addresses)
    with pytest.raises(EngineRefused, match="rien ne lui a été envoyé"):
        ask("https://voix.example")


def test_nothing_goes_in_clear_over_the_network(nobody_calls: None, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "10.0.0.5")
    with pytest.raises(EngineRefused, match="en clair"):
        ask("http://voix.cabinet.lan:8000")


def test_a_name_is_resolved_once_and_the_checked_address_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is private when checked and public when called (DNS rebinding) is called where it was checked."""
    looked: list[str] = []
    usual = own_network.socket.getaddrinfo

    def turning(host: str, port: int, *rest: Any, **options: Any) -> Any:
        looked.append(host)
        if host == "voix.cabinet.lan":
            return [(2, 1, 6, "", ("127.0.0.1" if looked.count(host) == 1 else "93.184.216.34", port))]
        return usual(host, port, *rest, **options)

    asked = Asked()
    monkeypatch.setattr(own_network.socket, "getaddrinfo", turning)
    with served(answering(json.dumps(answer(SPOKEN, 2.0, "speaches")).encode(), asked=asked)) as url:
        port = url.rpartition(":")[2]
        assert ask(f"http://voix.cabinet.lan:{port}")[0].words
    assert looked.count("voix.cabinet.lan") == 1
    assert asked.headers[0]["host"] == f"voix.cabinet.lan:{port}"


def test_an_unknown_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(own_network.socket, "getaddrinfo", unknown)
    with pytest.raises(EngineUnreachable, match=r"voix\.lan n'est pas connu"):
        ask("https://voix.lan")


def test_a_redirect_is_not_followed() -> None:
    other = Asked()
    with (
        served(answering(b"{}", asked=other)) as elsewhere,
        served(redirecting(elsewhere)) as url,
        pytest.raises(EngineRefused, match="renvoie vers une autre adresse"),
    ):
        ask(url)
    assert other.headers == []


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Asked()
    body = json.dumps(answer(SPOKEN, 2.0, "speaches")).encode()
    with served(answering(b"{}", asked=proxy)) as through, served(answering(body)) as url:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, through)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert ask(url)[0].words
    assert proxy.headers == []


# TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-made authority and server in one: key and certificate of ``voix.cabinet.lan`` and 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "voix.cabinet.lan")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("voix.cabinet.lan"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def secure(certificate: Path) -> Iterator[str]:
    body = json.dumps(answer(SPOKEN, 2.0, "speaches")).encode()
    with served(answering(body), ssl_certfile=str(certificate)) as url:
        yield url


def test_the_practices_own_authority_is_trusted_when_given(secure: str, certificate: Path) -> None:
    assert ask(secure, ca=certificate)[0].text == "Bonjour l'examen, normal."


def test_a_certificate_of_nobody_known_is_refused(secure: str) -> None:
    with pytest.raises(EngineUnreachable):
        ask(secure)


@pytest.mark.parametrize(("name", "good"), [("voix.cabinet.lan", True), ("autre.cabinet.lan", False)])
def test_the_certificate_must_be_that_of_the_name(
    secure: str, certificate: Path, monkeypatch: pytest.MonkeyPatch, name: str, good: bool
) -> None:
    resolving(monkeypatch, "127.0.0.1")
    url = secure.replace("127.0.0.1", name)
    if good:
        assert ask(url, ca=certificate)[0].words
    else:
        with pytest.raises(EngineUnreachable):
            ask(url, ca=certificate)


def test_an_authority_that_cannot_be_read_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing", encoding="utf-8")
    for ca in (tmp_path / "ca.pem", tmp_path / "absent.pem"):
        with pytest.raises(SettingsError, match="remote_ca"):
            ask("https://127.0.0.1:1", ca=ca)
