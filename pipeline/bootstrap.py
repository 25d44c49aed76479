"""The only place that builds adapters and connects them.

Imports of heavy libraries stand inside the functions that need them: ``calame search`` must not wait for the speech and
PDF libraries that ``calame work`` loads.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, cast

from pipeline.ears import Ears
from pipeline.journal.blobs import BlobStore
from pipeline.journal.sql import SqlJournal
from pipeline.model.clock import today
from pipeline.model.dictionary import SharingRules
from pipeline.model.people import Practice
from pipeline.model.said import TermKind
from pipeline.model.text import Recording, Risk
from pipeline.settings import Settings
from pipeline.transcribe.choice import OPENAI_WHISPER, REMOTE, EngineChoice

if TYPE_CHECKING:
    import uvicorn
    from cryptography.x509 import Certificate
    from starlette.applications import Starlette

    from pipeline.archive.integrity import ArchiveReport
    from pipeline.archive.port import Contexts, Index
    from pipeline.archive.shelf import FolderShelf
    from pipeline.batch.port import Row
    from pipeline.batches import Batches
    from pipeline.compose.own import OwnTemplates
    from pipeline.compose.port import Renderer
    from pipeline.compose.practice_renderer import PracticeRenderer
    from pipeline.desk import Desk
    from pipeline.flow import Flow, Parts
    from pipeline.intake.watch import Watcher
    from pipeline.model.text import Transcript
    from pipeline.review.dictionary_file import Guards
    from pipeline.review.learning import Learning
    from pipeline.review.port import Terms
    from pipeline.sign.certificate import LoadedCertificate
    from pipeline.sign.pkcs11_token import Pkcs11Token
    from pipeline.sign.port import PdfSigner, Token
    from pipeline.sign.pyhanko_signer import PyhankoSigner
    from pipeline.transcribe.decoder import Decoder
    from pipeline.transcribe.dictation import DictationRules
    from pipeline.transcribe.figures_rules import FigureRules
    from pipeline.transcribe.hints import PracticeEars
    from pipeline.transcribe.models import ModelStore
    from pipeline.transcribe.port import Engine, Progress
    from pipeline.verify.edsnlp_contexts import EdsContexts
    from pipeline.verify.lexicon import FrenchLexicon
    from pipeline.verify.risk_rules import RiskRules
    from pipeline.web.vault import SecretVault
    from pipeline.worker import Worker


class Late:
    """Stands for a part whose libraries take seconds to load: it is built when one of its verbs is first asked for."""

    def __init__(self, build: Callable[[], object]) -> None:
        self._build = build

    def __getattr__(self, name: str) -> Any:
        return getattr(self._build(), name)


@dataclass
class Calame:
    """Everything, built when first asked for, from one set of settings."""

    settings: Settings
    _building: Lock = field(default_factory=Lock, repr=False, compare=False)

    @cached_property
    def journal(self) -> SqlJournal:
        journal = SqlJournal(self.settings.database_url)
        journal.upgrade()
        return journal

    @cached_property
    def blobs(self) -> BlobStore:
        return BlobStore(self.settings.blobs)

    @cached_property
    def index(self) -> Index:
        return self._index(self.contexts.words)

    def _index(self, contexts: Contexts | None) -> Index:
        if self.settings.database_url.startswith("postgresql"):
            from pipeline.archive.postgres_index import PostgresIndex

            return PostgresIndex(self.settings.database_url, contexts)
        from pipeline.archive.sqlite_index import SqliteIndex

        return SqliteIndex(self.settings.home / "index.db", contexts)

    @cached_property
    def models(self) -> ModelStore:
        from pipeline.transcribe.models import ModelStore

        return ModelStore(self.settings.models)

    @cached_property
    def lexicon(self) -> FrenchLexicon:
        from pipeline.verify.lexicon import FrenchLexicon

        return FrenchLexicon(self.settings.lexicon, self.settings.cache, practice=self.settings.terms)

    @cached_property
    def certificate(self) -> LoadedCertificate:
        from pipeline.sign.certificate import ensure_practice_certificate, load_pkcs12

        now = datetime.now(UTC)
        if self.settings.certificate:
            return load_pkcs12(self.settings.certificate, self.settings.certificate_passphrase, now)
        return ensure_practice_certificate(self.settings.keys, self.settings.practice.name, now)

    def certificate_says(self) -> str:
        """Until when the signing certificate is valid."""
        end = self.certificate.certificate.not_valid_after_utc
        own = "" if self.settings.certificate else "certificat du cabinet, "
        return f"{own}valable jusqu'au {end:%d/%m/%Y}"

    @cached_property
    def signer(self) -> PyhankoSigner:
        from pipeline.compose.fields import SIGNATURE_FIELD
        from pipeline.sign.certificate import ensure_practice_certificate
        from pipeline.sign.pen import rpps_numbers
        from pipeline.sign.pyhanko_signer import PyhankoSigner

        seal = None
        if rpps_numbers(self.certificate.certificate):
            seal = ensure_practice_certificate(self.settings.keys, self.settings.practice.name, datetime.now(UTC))
        return PyhankoSigner(
            self.certificate,
            field_name=SIGNATURE_FIELD,
            location=self.settings.practice.town,
            trusted=self._authorities,
            stamping=self._stamping_authorities,
            profile=self.settings.signature.profile,
            seal=seal,
        )

    @cached_property
    def _authorities(self) -> tuple[Certificate, ...]:
        from pipeline.sign.certificate import load_authorities

        return load_authorities(self.settings.signature.trust) if self.settings.signature.trust else ()

    @cached_property
    def _stamping_authorities(self) -> tuple[Certificate, ...]:
        from pipeline.sign.certificate import load_stamping_authorities

        return load_stamping_authorities(self.settings.signature.trust) if self.settings.signature.trust else ()

    @cached_property
    def token(self) -> Pkcs11Token | None:
        """The doctor's card, when one is set; it is not looked for before it signs."""
        settings = self.settings.signature
        if settings.pkcs11_module is None:
            return None
        from pipeline.sign.certificate import is_root
        from pipeline.sign.pkcs11_token import Pkcs11Token, TokenPlace

        place = TokenPlace(
            settings.pkcs11_module, settings.pkcs11_token, settings.pkcs11_slot, settings.pkcs11_certificate
        )
        links = tuple(one for one in self._authorities if not is_root(one))
        return Pkcs11Token(place, self.signer.holding, links)

    def token_says(self) -> str:
        """What is in the reader. Raises `TokenMissing`."""
        return self.token.says() if self.token else "aucune"

    @cached_property
    def renderer(self) -> PracticeRenderer:
        from pipeline.compose.practice_renderer import PracticeRenderer

        return PracticeRenderer(self.settings.templates, self.own_templates)

    @cached_property
    def own_templates(self) -> OwnTemplates:
        """The practice's own: the workshop, and the copies in service."""
        from pipeline.compose.own import OwnTemplates

        return OwnTemplates(self.settings.own_templates, self.settings.served_templates)

    @cached_property
    def shelf(self) -> FolderShelf:
        from pipeline.archive.shelf import FolderShelf

        return FolderShelf(self.settings.archive)

    @property
    def decoder(self) -> Decoder:
        """The speech library of everybody who has no other."""
        return self.decoder_of(self.settings.engines.usual)

    def decoder_of(self, choice: EngineChoice) -> Decoder:
        """Built once for all who share ``choice``; it stays loaded."""
        with self._building:
            if choice not in self._decoders:
                self._decoders[choice] = self._build_decoder(choice)
            return self._decoders[choice]

    @cached_property
    def _decoders(self) -> dict[EngineChoice, Decoder]:
        return {}

    def _build_decoder(self, choice: EngineChoice) -> Decoder:
        if choice.engine == REMOTE:
            from pipeline.transcribe.remote_decoder import Endpoint, RemoteDecoder

            return RemoteDecoder(Endpoint(choice.url, choice.model, choice.token, choice.ca))
        folder = choice.folder or self.models.path(choice.model)
        if choice.engine == OPENAI_WHISPER:
            from pipeline.transcribe.openai_whisper_decoder import OpenaiWhisperDecoder

            return OpenaiWhisperDecoder(folder, threads=self.settings.threads)
        from pipeline.transcribe.faster_whisper_decoder import FasterWhisperDecoder

        return FasterWhisperDecoder(folder, threads=self.settings.threads)

    @property
    def engine(self) -> Engine:
        """The engine of everybody who has no other."""
        return self.engine_for(Recording("", ""))

    def engine_for(self, recording: Recording) -> Engine:
        """The engine of the author of ``recording``. Hears with what the lexicon knows; the journal is not opened."""
        return self._listener(recording, self.ears, opening_again=False)

    def _listener(self, recording: Recording, ears: PracticeEars, *, opening_again: bool) -> Engine:
        """The engine that is chosen for the folder or the author of ``recording``."""
        from pipeline.transcribe.listening import Listener, Manner

        settings = self.settings
        decoder = self.decoder_of(settings.engines.of(recording.folder, recording.author))
        return Listener(decoder, ears, Manner(settings.hearings, settings.beam, opening_again=opening_again))

    @cached_property
    def ears(self) -> PracticeEars:
        """What the lexicon and the specialties know; the journal is not opened."""
        return Ears(
            lambda: self.lexicon, self.settings.lexicon / "specialties.yaml", weighty=self._weighty_words
        ).prompter()

    @cached_property
    def _practice_ears(self) -> PracticeEars:
        """All that the practice knows: correspondents, past letters, what was learned."""
        return Ears(
            lambda: self.lexicon,
            self.settings.lexicon / "specialties.yaml",
            self.journal,
            self.desk.texts_of,
            self._weighty_words,
        ).prompter()

    @property
    def _weighty_words(self) -> frozenset[str]:
        from pipeline.transcribe.differing import weighty_words

        return weighty_words(self.dictation, self.figures)

    @cached_property
    def dictation(self) -> DictationRules:
        from pipeline.transcribe.rules_yaml import load_dictation_rules

        return load_dictation_rules(self.settings.lexicon / "dictation.yaml", *self.macro_files)

    @property
    def macro_files(self) -> tuple[Path, ...]:
        """The texts that are dictated by their name: the shipped samples, then the practice's own."""
        return self.settings.lexicon / "macros.yaml", self.settings.home / "macros.yaml"

    def transcribe(self, recording: Recording, on_progress: Progress, engine: Engine | None = None) -> Transcript:
        """One recording with ``engine`` (the one that is set for its author). The journal is not opened."""
        from pipeline.transcribe.step import transcribe

        return transcribe(recording, engine or self.engine_for(recording), self.dictation, on_progress, self.figures)

    def _transcribe_case(self, recording: Recording, on_progress: Progress) -> Transcript:
        engine = self._listener(recording, self._practice_ears, opening_again=True)
        return self.transcribe(recording, on_progress, engine)

    @cached_property
    def figures(self) -> FigureRules:
        from pipeline.transcribe.figures_yaml import load_figure_rules

        return load_figure_rules(self.settings.lexicon / "figures.yaml")

    @cached_property
    def risks(self) -> RiskRules:
        from pipeline.verify.risks_yaml import load_risk_rules

        return load_risk_rules(self.settings.lexicon, self.contexts)

    @cached_property
    def contexts(self) -> EdsContexts:
        """Tells "pas de fièvre" from "fièvre"; EDS-NLP loads at its first question."""
        from pipeline.verify.edsnlp_contexts import EdsContexts

        return EdsContexts(self.settings.lexicon, self.settings.terms)

    @cached_property
    def flow(self) -> Flow:
        from pipeline.flow import Flow

        return Flow(self._parts())

    @cached_property
    def desk(self) -> Desk:
        from pipeline.desk import Desk

        return Desk(self.flow)

    @cached_property
    def batches(self) -> Batches:
        """Its index reads no contexts: a convocation says nothing of the patient's health to be denied."""
        from pipeline.batch.columns import load_columns
        from pipeline.batch.print_file import write_print_file
        from pipeline.batches import Batches, BatchParts
        from pipeline.compose.crew import render_all
        from pipeline.flow import Flow
        from pipeline.verify.french_holidays import holiday

        settings = self.settings
        return Batches(
            BatchParts(
                flow=Flow(replace(self._parts(), index=self._index(None))),
                journal=self.journal,
                draw=lambda revisions, keep: render_all(revisions, keep, settings.templates, self.own_templates),
                print_file=lambda target, pdfs, duplex: write_print_file(target, pdfs, duplex=duplex),
                holiday=holiday,
                columns=load_columns(),
                outbox=settings.outbox,
            )
        )

    def read_list(self, path: Path) -> list[Row]:
        """The lines of a list of appointments. Raises `FileRefused`."""
        from pipeline.batch.csv_list import read_csv
        from pipeline.batch.ics_list import read_ics
        from pipeline.batch.xlsx_list import read_xlsx
        from pipeline.batches import read_list

        return read_list(path, {".csv": read_csv, ".xlsx": read_xlsx, ".ics": read_ics})

    def _parts(self) -> Parts:
        from pipeline.ears import terms_of
        from pipeline.flow import Parts
        from pipeline.identify.matcher import RegisterMatcher
        from pipeline.identify.rules_yaml import load_first_names, load_opening_rules
        from pipeline.identify.step import identify
        from pipeline.scan.arrange import Arranger
        from pipeline.scan.ocrmypdf_reader import OcrmypdfReader
        from pipeline.scan.pikepdf_binder import PikepdfBinder
        from pipeline.scan.step import read_scan
        from pipeline.verify.step import check
        from pipeline.verify.taught import TaughtLexicon

        settings = self.settings
        openings = load_opening_rules(settings.lexicon / "openings.yaml")
        matcher = RegisterMatcher(load_first_names(settings.lexicon / "first_names.txt"))
        reader = OcrmypdfReader()
        journal = self.journal
        return Parts(
            journal=journal,
            blobs=self.blobs,
            transcribe=self._transcribe_case,
            read_scan=lambda path, media_type, out, on_progress: read_scan(path, media_type, reader, out, on_progress),
            arrange=Arranger(reader, PikepdfBinder(), self.blobs.path, self.blobs.put_file),
            check=lambda transcript, accepted, names, rejected, specialty: check(
                transcript,
                TaughtLexicon(self.lexicon, rejected),
                accepted,
                names,
                self.risks,
                today(),
                frozenset(terms_of(specialty, settings.lexicon / "specialties.yaml")),
            ),
            guard=self._guard,
            identify=lambda checked, medium, today, names: identify(
                checked, medium, journal, journal, openings, matcher, today, names
            ),
            renderer=cast("Renderer", Late(lambda: self.renderer)),
            signer=cast("PdfSigner", Late(lambda: self.signer)),
            token=cast("Token", Late(lambda: self.token)) if settings.signature.pkcs11_module else None,
            mark_review=settings.signature.review,
            shelf=self.shelf,
            index=self.index,
            practice=Practice(**settings.practice.model_dump()),
            drafts=settings.drafts,
            inbox=settings.inbox,
            learn=self.learning,
            harm=self.learning.harm,
            sharing=SharingRules(self.learning.rules.rejected_documents, self.learning.rules.shared_authors),
        )

    def _guard(self, text: str) -> tuple[Risk, ...]:
        from pipeline.verify.risks import written_risks

        _ = self._warming
        return written_risks(text, self.risks, today())

    @cached_property
    def _warming(self) -> Thread:
        """Loads EDS-NLP aside when the first draft is opened: nobody who saves an allergy waits for it."""
        thread = Thread(target=lambda: self.contexts.of("a", [(0, 1, TermKind.WORD)]), name="contexts", daemon=True)
        thread.start()
        return thread

    @property
    def dictionary_guards(self) -> Guards:
        """What an imported dictionary may not bring: the rules for what is learned here."""
        from pipeline.review.dictionary_file import Guards
        from pipeline.verify.reader import SHOWN

        learning = self.learning

        def accepted(word: str) -> str:
            return learning.danger([word, *(one.text for one in self.lexicon.propose(word) if one.score >= SHOWN)])

        return Guards(accepted, learning.brought, frozenset(user.login for user in self.journal.users()))

    @cached_property
    def learning(self) -> Learning:
        from pipeline.review.learning import Learning
        from pipeline.review.rules_yaml import load_learning_rules

        rules = load_learning_rules(self.settings.lexicon / "learning.yaml")
        return Learning(rules, cast("Terms", Late(lambda: self.lexicon)))

    @cached_property
    def worker(self) -> Worker:
        from pipeline.jobs.dbos_engine import DbosEngine, EngineOptions
        from pipeline.transcribe.together import AT_ONCE
        from pipeline.worker import Worker

        options = EngineOptions(heavy_jobs=AT_ONCE)
        engine = DbosEngine(self.settings.jobs_database_url, worker_id=socket.gethostname(), options=options)
        return Worker(self.flow, engine)

    @cached_property
    def watcher(self) -> Watcher:
        from pipeline.exchange.word_reader import WordReader
        from pipeline.intake.judge import Limits
        from pipeline.intake.probe import RealProbe
        from pipeline.intake.step import Intake
        from pipeline.intake.watch import Watcher
        from pipeline.returns import Returns

        settings = self.settings
        limits = Limits(settle_seconds=settings.settle_seconds, largest=settings.max_file_megabytes * 1024 * 1024)
        reader = WordReader()
        reception = Returns(self.flow, reader)
        return Watcher(settings.inbox, Intake(settings.inbox, reception, RealProbe(reader.read), limits))

    @property
    def vault(self) -> SecretVault:
        """What seals the secrets of second factors."""
        from pipeline.web.vault import SecretVault

        return SecretVault(self.settings.keys)

    def application(self) -> Starlette:
        from pipeline.web.access import AccessGuard
        from pipeline.web.accounts import Accounts
        from pipeline.web.app import Site
        from pipeline.web.names import served_names
        from pipeline.web.oidc import OidcClient

        _ = self.signer  # an unusable certificate is told at the start, not at the first signature
        settings = self.settings
        secure = settings.tls_certificate is not None
        accounts = Accounts(
            self.journal,
            vault=self.vault,
            session_minutes=settings.session_minutes,
            idle_minutes=settings.idle_minutes,
            second_factor_for=frozenset(settings.second_factor),
            secure=secure,
        )
        accounts.seal_old()
        provider = settings.oidc.provider(settings.address)
        return Site(
            self.desk,
            accounts,
            settings.home / "son",
            secure=secure,
            hosts=served_names(settings.host, settings.names, settings.public_url, settings.tls_certificate),
            access=AccessGuard(self.journal, asks=settings.ask_reason),
            provider=OidcClient(provider) if provider else None,
        ).application()

    def server(self) -> uvicorn.Server:
        """The web server, on loopback unless told otherwise; TLS when a certificate is given."""
        import uvicorn

        settings = self.settings
        return uvicorn.Server(
            uvicorn.Config(
                self.application(),
                host=settings.host,
                port=settings.port,
                log_level="warning",
                access_log=False,
                server_header=False,
                ssl_certfile=settings.tls_certificate,
                ssl_keyfile=settings.tls_key,
                timeout_graceful_shutdown=5,
            )
        )

    def check_archive(self) -> ArchiveReport:
        """What is missing, changed or extra in the archive."""
        from pipeline.archive.integrity import check_archive

        return check_archive(self.journal.all_records(), self.shelf)

    def rebuild_index(self) -> int:
        """Index every record again from the journal; returns how many."""
        return self.index.rebuild(self.desk.indexed_texts())

    def finish(self) -> None:
        """End the process at once when a job is still at work after its grace: it is resumed at the next start."""
        if "worker" in self.__dict__ and self.worker.running:
            os._exit(0)
