"""Typed settings: ``calame.toml`` in the working folder (or the file named by ``CALAME_CONFIG``), then the
environment (``CALAME_INBOX=…``, ``CALAME_PRACTICE__NAME=…``), which wins."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipeline.errors import SettingsError
from pipeline.model.accounts import Provider, is_private
from pipeline.model.people import Role
from pipeline.sign.levels import Level, Profile
from pipeline.transcribe.choice import FASTER_WHISPER, REMOTE, EngineChoice, EngineChoices

LOOPBACK = ("127.0.0.1", "::1", "localhost")
ROOT = Path(__file__).resolve().parent.parent


def data_folder(name: str) -> Path:
    """``templates`` or ``lexicon``: beside the package in a checkout, inside it once installed."""
    packaged = Path(__file__).resolve().parent / "_data" / name
    return packaged if packaged.is_dir() else ROOT / name


class PracticeSettings(BaseModel):
    """What the letterhead says."""

    name: str = "Cabinet médical"
    address: str = ""
    town: str = ""
    phone: str = ""
    email: str = ""
    finess: str = ""


class EngineSettings(BaseModel):
    """One speech engine. What is not set is taken from the level above: the author's, ``[speech]``, the settings."""

    model_config = ConfigDict(extra="forbid")

    engine: Literal["faster-whisper", "openai-whisper", "remote"] | None = None
    model: str = ""
    model_folder: Path | None = None
    remote_url: str = ""
    """``https://…`` on the practice's own network, or ``http://127.0.0.1:…``; nothing else is ever asked."""
    remote_token: str = Field(default="", repr=False)
    remote_model: str = ""
    """The server's own name of its model."""
    remote_ca: Path | None = None
    """The authority (PEM) that the server's certificate comes from; empty: those of the system."""

    @field_validator("remote_url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query):
            raise ValueError("une adresse comme https://serveur-vocal:8000 est attendue")
        return url


class SpeechSettings(EngineSettings):
    """``[speech]``, and ``[speech.authors.LOGIN]`` for a doctor (an inbox folder) who is heard by another engine."""

    authors: dict[str, EngineSettings] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _remote_has_address(self) -> SpeechSettings:
        for author, own in (("", self), *self.authors.items()):
            if (own.engine or self.engine) == REMOTE and not (own.remote_url or self.remote_url):
                raise ValueError(f"remote_url manque pour le moteur « remote »{author and ' de ' + author}")
        return self


class SignatureSettings(BaseModel):
    """``[signature]``: how much proof signatures carry, whom to trust, and the card that signs."""

    model_config = ConfigDict(extra="forbid")

    level: Level = Level.B
    """"B-B", "B-T" (dated by an authority), "B-LT" (with proofs of non-revocation), "B-LTA" (sealed)."""
    tsa_url: str = ""
    """The time-stamp authority (RFC 3161). Only hashes are sent to it."""
    tsa_login: str = ""
    tsa_password: str = Field(default="", repr=False)
    timeout: float = Field(default=10.0, gt=0, le=120)
    """Seconds that each authority has to answer."""
    trust: Path | None = None
    """A folder of certificates (.pem, .crt, .cer, .der) of the authorities to trust beside the practice's own."""
    review: bool = True
    """Whether a secretary's approval is written into the PDF as a signature of its own."""
    pkcs11_module: Path | None = None
    """The library of the doctor's card or hardware module; empty: the practice's certificate signs."""
    pkcs11_token: str = ""
    pkcs11_slot: int | None = None
    pkcs11_certificate: str = ""

    @field_validator("tsa_url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username):
            raise ValueError("une adresse comme https://horodatage.exemple.fr/tsa est attendue")
        return url

    @model_validator(mode="after")
    def _has_authority(self) -> SignatureSettings:
        if self.level.needs_stamp and not self.tsa_url:
            raise ValueError(f"tsa_url manque : le niveau {self.level} demande un service d'horodatage")
        return self

    @property
    def profile(self) -> Profile:
        return Profile(self.level, self.tsa_url, self.tsa_login, self.tsa_password, self.timeout)


class OidcSettings(BaseModel):
    """``[oidc]``: an identity provider beside passwords. Off unless ``issuer`` is given; the defaults are what Pro
    Santé Connect asks for, whose ``discovery`` ends in ``/.well-known/wallet-openid-configuration``."""

    model_config = ConfigDict(extra="forbid")

    issuer: str = ""
    discovery: str = ""
    client_id: str = ""
    client_secret: str = Field(default="", repr=False)
    name: str = "Pro Santé Connect"
    scope: str = "openid scope_all"
    acr: str = "eidas1"
    claim: str = "SubjectNameID"
    """Which claim of the userinfo holds the RPPS number, with or without the "8" before it."""
    ca: Path | None = None

    @field_validator("issuer", "discovery")
    @classmethod
    def _is_private(cls, url: str) -> str:
        if url and not is_private(url):
            raise ValueError("une adresse https:// est attendue")
        return url

    @model_validator(mode="after")
    def _has_client(self) -> OidcSettings:
        if self.issuer and not (self.client_id and self.client_secret):
            raise ValueError("client_id ou client_secret manque")
        return self

    def provider(self, address: str) -> Provider | None:
        """What the pages need, when the practice is served at ``address``."""
        if not self.issuer:
            return None
        return Provider(
            issuer=self.issuer,
            client_id=self.client_id,
            client_secret=self.client_secret,
            redirect_uri=f"{address}/connexion/psc/retour",
            discovery=self.discovery,
            name=self.name,
            scope=self.scope,
            acr=self.acr,
            claim=self.claim,
            ca=str(self.ca or ""),
        )


class Settings(BaseSettings):
    """Every setting. Paths may be relative to the working folder; ``resolved()`` makes them absolute."""

    model_config = SettingsConfigDict(env_prefix="CALAME_", env_nested_delimiter="__", extra="forbid")

    inbox: Path = Path("inbox")
    outbox: Path = Path("outbox")
    home: Path = Path("var")
    templates: Path = Field(default_factory=lambda: data_folder("templates"))
    lexicon: Path = Field(default_factory=lambda: data_folder("lexicon"))
    models: Path = Field(default_factory=lambda: _cache() / "models")
    cache: Path = Field(default_factory=lambda: _cache() / "cache")

    database: str = ""
    """SQLAlchemy address; empty: SQLite in ``home``. PostgreSQL: ``postgresql+psycopg://…``."""
    jobs_database: str = ""
    """Where the job engine keeps its own tables; empty: SQLite in ``home``, or ``database`` on PostgreSQL."""

    model: str = "base"
    model_folder: Path | None = None
    threads: int = 0
    """Processor threads of the speech engine; 0: as many as cores."""
    hearings: int = Field(default=2, ge=1, le=2)
    """2: each piece is heard again with the terms that its first hearing may have missed; 1: once, in half the time."""
    beam: int = Field(default=5, ge=1, le=10)
    """Beams of the last hearing: more is slower and a little better."""
    speech: SpeechSettings = Field(default_factory=SpeechSettings)
    """Another engine than faster-whisper with ``model``, for all or for some."""

    settle_seconds: float = 2.0
    max_file_megabytes: int = 2048

    host: str = "127.0.0.1"
    port: int = 8420
    session_minutes: int = Field(default=480, ge=1)
    """A session ends after that long, however much it is used."""
    idle_minutes: int = Field(default=30, ge=1)
    """… and after that long without use."""
    second_factor: list[Role] = Field(default_factory=lambda: [Role.ADMINISTRATOR])
    """Roles that must have a second factor; the others may."""
    ask_reason: bool = True
    """Whether a patient's file out of one's own patients asks for a reason."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    names: list[str] = Field(default_factory=list)
    """Names (``calame.cabinet.lan``, ``*.cabinet.lan``) that browsers call the site by, beside the certificate's."""
    public_url: str = ""
    """Where browsers find the site, when that is neither ``host`` nor ``port``."""
    plain_http: bool = False
    """Serve a network without TLS: only behind a proxy that adds it on the same machine or private link."""
    oidc: OidcSettings = Field(default_factory=OidcSettings)

    practice: PracticeSettings = Field(default_factory=PracticeSettings)
    certificate: Path | None = None
    """A PKCS#12 file to sign with; empty: a practice certificate is made on first run."""
    certificate_passphrase: str = ""
    signature: SignatureSettings = Field(default_factory=SignatureSettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, _from_file(settings_cls)

    @property
    def archive(self) -> Path:
        return self.outbox / "archive"

    @property
    def drafts(self) -> Path:
        return self.outbox / "brouillons"

    @property
    def blobs(self) -> Path:
        return self.home / "originals"

    @property
    def terms(self) -> Path:
        """The practice's own list of terms; it may be absent."""
        return self.home / "terms.csv"

    @property
    def own_templates(self) -> Path:
        """Where the practice works on its own templates; it may be absent."""
        return self.home / "modeles"

    @property
    def served_templates(self) -> Path:
        """The checked copies that draw documents."""
        return self.home / "modeles-en-service"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home / 'calame.db'}"

    @property
    def jobs_database_url(self) -> str:
        if self.jobs_database:
            return self.jobs_database
        return self.database if self.database.startswith("postgresql") else f"sqlite:///{self.home / 'jobs.db'}"

    @property
    def address(self) -> str:
        """Where browsers find the site, without a slash at the end."""
        scheme = "https" if self.tls_certificate else "http"
        return self.public_url.rstrip("/") or f"{scheme}://{self.host}:{self.port}"

    @property
    def engines(self) -> EngineChoices:
        """Which engine hears whom."""
        speech = self.speech
        return EngineChoices(self._engine(speech), {who: self._engine(own) for who, own in speech.authors.items()})

    def _engine(self, own: EngineSettings) -> EngineChoice:
        speech = self.speech
        engine = own.engine or speech.engine or FASTER_WHISPER
        if engine == REMOTE:
            named = own.model if own is not speech else ""
            return EngineChoice(
                engine,
                own.remote_model or named or speech.remote_model or speech.model or "whisper-1",
                url=own.remote_url or speech.remote_url,
                token=own.remote_token or speech.remote_token,
                ca=own.remote_ca or speech.remote_ca,
            )
        levels: list[EngineSettings | Settings] = [own, self] if speech.engine == REMOTE else [own, speech, self]
        level = next((level for level in levels if level.model_folder or level.model), self)
        folder = level.model_folder and level.model_folder.expanduser().absolute()
        return EngineChoice(engine, folder.name if folder else level.model, folder)

    def located(self) -> Settings:
        """The same with absolute paths: no folder is made or looked at."""
        return self.model_copy(
            update={
                name: getattr(self, name).expanduser().absolute()
                for name in ("inbox", "outbox", "home", "templates", "lexicon", "models", "cache")
            }
        )

    def resolved(self) -> Settings:
        """The same with absolute paths, folders made and checked. Raises `SettingsError` when one is unsafe."""
        absolute = self.located()
        for folder in (absolute.inbox, absolute.outbox, absolute.home):
            _make_safe(folder)
        if absolute.host not in LOOPBACK and absolute.tls_certificate is None and not absolute.plain_http:
            raise SettingsError(
                f"Le parapheur serait servi en clair sur {absolute.host}.",
                advice='Indiquez tls_certificate et tls_key, ou gardez host = "127.0.0.1".',
            )
        _refuse_nested(absolute.inbox, absolute.outbox, absolute.home)
        return absolute


def read_settings() -> Settings:
    """What the file and the environment say. Raises `SettingsError` that names the first wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"Réglage « {place} » incorrect : {_why(first)}.", advice="Corrigez calame.toml ou l'environnement."
        ) from error


def _why(fault: Any) -> str:
    known = {
        "extra_forbidden": "ce réglage n'existe pas",
        "enum": f"attendu : {fault.get('ctx', {}).get('expected', '').replace(' or ', ' ou ')}",
        "literal_error": f"attendu : {fault.get('ctx', {}).get('expected', '').replace(' or ', ' ou ')}",
    }
    return known.get(fault["type"], str(fault["msg"]).removeprefix("Value error, "))


def _from_file(settings_cls: type[BaseSettings]) -> TomlConfigSettingsSource:
    """``calame.toml`` may be absent; a file that was named, or that cannot be read, is never silently left out."""
    named = os.environ.get("CALAME_CONFIG")
    file = Path(named or "calame.toml")
    if named and not file.is_file():
        raise SettingsError(f"Le fichier de réglages {file} n'existe pas.", advice="Corrigez CALAME_CONFIG.")
    try:
        return TomlConfigSettingsSource(settings_cls, toml_file=file)
    except (OSError, ValueError) as error:  # TOML and UTF-8 errors are ValueErrors
        raise SettingsError(
            f"Le fichier de réglages {file} ne peut pas être lu : {error}.",
            advice="Corrigez cette ligne ou les droits du fichier.",
        ) from error


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "calame"


def _make_safe(folder: Path) -> None:
    if folder.is_symlink():
        raise SettingsError(
            f"Le dossier {folder} est un lien symbolique.", advice="Indiquez le vrai dossier dans calame.toml."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    except OSError as error:
        raise SettingsError(
            f"Le dossier {folder} ne peut pas être créé ({error.strerror}).",
            advice="Choisissez un autre dossier dans calame.toml ou corrigez ses droits.",
        ) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(
            f"Le dossier {folder} n'est pas accessible en écriture.",
            advice="Corrigez ses droits ou lancez Calame avec le bon compte.",
        )
    mode = folder.stat().st_mode
    if mode & 0o002 and not mode & 0o1000:
        raise SettingsError(
            f"Le dossier {folder} est modifiable par tout le monde.", advice=f"Lancez « chmod o-w {folder} »."
        )


def _refuse_nested(*folders: Path) -> None:
    for one in folders:
        for other in folders:
            if one is not other and (one == other or one in other.parents):
                raise SettingsError(
                    f"Le dossier {other} se trouve dans {one}.",
                    advice="Séparez inbox, outbox et home dans calame.toml.",
                )
