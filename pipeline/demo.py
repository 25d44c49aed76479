"""The main job on a sample: a dictation dropped in the inbox, up to the review page, or on to signature and search."""

from __future__ import annotations

import re
import secrets
import shutil
import sys
import threading
import time
import unicodedata
from pathlib import Path

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.bootstrap import Calame
from pipeline.desk import Correction
from pipeline.errors import CalameError, SettingsError
from pipeline.flow import MAP
from pipeline.journal.registers_csv import read_correspondents, read_patients
from pipeline.model.case import Case, Status
from pipeline.model.document import Revision, SearchQuery
from pipeline.model.people import Role, User
from pipeline.settings import PracticeSettings, Settings, data_folder
from pipeline.web.accounts import hash_password

MARKER = ".calame-demo"
ROAD = (Status.RECEIVED, Status.TRANSCRIBED, Status.CHECKED, Status.IDENTIFIED, Status.TO_REVIEW)
CONFIG = """# Réglages de la démonstration : « cd {folder} && calame serve »
port = 8420
settle_seconds = 1.0

[practice]
name = "Cabinet médical du Pont-Neuf"
address = "12 rue des Tilleuls\\n99000 VILLE-FICTIVE"
town = "Ville-Fictive"
phone = "01 99 00 12 34"
email = "secretariat@cabinet.example"
"""
SECRETARY = User("secretariat", "Sylvie Durand", Role.SECRETARY)
DOCTOR = User("dr-rousselin", "Dr Camille Rousselin", Role.DOCTOR, "rhumatologie", "10999990038")
RECIPIENT = "LESCURE"
SURE = 0.9
"""Score from which the secretary of the demonstration takes the first proposal."""
PATIENCE = 300.0
"""Seconds after which a step is said to be stuck."""


class DemoSettings(Settings):
    """What the demonstration says, whatever stands in ``calame.toml`` and the environment."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


class Demo:
    """Plays in ``folder``, which it empties first when an earlier demonstration made it."""

    def __init__(self, folder: Path, out: Console) -> None:
        self._folder = folder.absolute()
        self._out = out

    def play(self, *, sign: bool, serve: bool) -> None:
        began = time.monotonic()
        calame, passwords = self._prepare()
        stop = threading.Event()
        threads = [threading.Thread(target=run, args=(stop,)) for run in (calame.watcher.run, calame.worker.run)]
        for thread in threads:
            thread.start()
        try:
            case = self._dictate(calame)
            self._say(calame, case)
            if sign:
                self._sign(calame, case)
            self._out.print(f"\nTerminé en {time.monotonic() - began:.0f} s.")
            self._invite(calame, case, passwords, serve)
        finally:
            stop.set()
            for thread in threads:
                thread.join(15)
            calame.finish()

    def _prepare(self) -> tuple[Calame, dict[str, str]]:
        if self._folder.exists() and any(self._folder.iterdir()) and not (self._folder / MARKER).exists():
            raise SettingsError(
                f"Le dossier {self._folder} n'est pas une démonstration : rien n'y a été touché.",
                advice="Choisissez un autre dossier avec --folder.",
            )
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        (self._folder / MARKER).touch()
        (self._folder / "calame.toml").write_text(CONFIG.format(folder=self._folder.name), "utf-8")
        base = Settings()  # only where models and word lists are: a demonstration never touches the practice's own data
        settings = DemoSettings(
            templates=base.templates,
            lexicon=base.lexicon,
            models=base.models,
            cache=base.cache,
            inbox=self._folder / "inbox",
            outbox=self._folder / "outbox",
            home=self._folder / "var",
            settle_seconds=1.0,
            practice=PracticeSettings(
                name="Cabinet médical du Pont-Neuf",
                address="12 rue des Tilleuls\n99000 VILLE-FICTIVE",
                town="Ville-Fictive",
                phone="01 99 00 12 34",
                email="secretariat@cabinet.example",
            ),
        ).resolved()
        calame = Calame(settings)
        samples = data_folder("samples")
        calame.journal.import_patients(read_patients(samples / "patients.csv")[0], actor="demo")
        calame.journal.import_correspondents(read_correspondents(samples / "correspondents.csv")[0], actor="demo")
        passwords = {user.login: secrets.token_urlsafe(9) for user in (SECRETARY, DOCTOR)}
        for user in (SECRETARY, DOCTOR):
            calame.journal.save_user(user, hash_password(passwords[user.login]), actor="demo")
        return calame, passwords

    def _dictate(self, calame: Calame) -> Case:
        folder = calame.settings.inbox / DOCTOR.login
        folder.mkdir(exist_ok=True)
        shutil.copyfile(data_folder("samples") / "demo.opus", folder / "dictee.opus")
        self._out.print(f"[bold]Une dictée est déposée dans[/bold] {folder}/")
        return self._follow(calame, ROAD)

    def _follow(self, calame: Calame, road: tuple[Status, ...], number: str = "") -> Case:
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        deadline = time.monotonic() + PATIENCE
        with Progress(*columns, console=self._out) as bar:
            task = bar.add_task("attend que le fichier soit entièrement copié", total=len(road))
            while time.monotonic() < deadline:
                case = calame.journal.case(number) if number else next(iter(calame.journal.pile(Status)), None)
                if case is not None:
                    number = case.number
                    share = calame.journal.progress().get(case.id, 0.0)
                    if case.status in road:
                        step = road.index(case.status) + share
                        does = MAP[case.status].does
                        bar.update(task, completed=step, description=f"{case.number} · {does}")
                    if case.status is road[-1]:
                        bar.update(task, completed=len(road))
                        return case
                    if case.status in (Status.FAILED, Status.HELD):
                        raise CalameError(f"Le dossier {case.number} attend une personne : {case.message}")
                time.sleep(0.1)
        raise CalameError("La démonstration n'avance plus.", advice="Lancez « calame doctor ».")

    def _say(self, calame: Calame, case: Case) -> None:
        dossier = calame.desk.open(case.id)
        if dossier.checked is None or dossier.draft is None or dossier.patient is None:
            raise CalameError("Le brouillon de la démonstration est incomplet.")
        self._out.rule("Ce qui a été entendu")
        self._out.print(escape(dossier.checked.text))
        self._out.rule("Ce qui est douteux")
        for _, finding in dossier.open_findings:
            proposals = " · ".join(f"{p.text} ({p.score:.2f})" for p in finding.proposals)
            at = f"à {finding.audio_start:.1f} s : " if finding.audio_start is not None else ""
            self._out.print(escape(f"{at}« {finding.excerpt} » → {proposals or 'sans proposition'}"))
        if not dossier.open_findings:
            self._out.print("rien")
        self._out.rule("Le brouillon")
        revision = dossier.draft.revision
        recipient = revision.recipient.display_name if revision.recipient else "sans destinataire"
        self._out.print(f"{revision.title} · {dossier.patient.display_name} · {recipient}")
        folder = calame.settings.drafts / case.number
        for suffix in ("pdf", "docx"):
            self._out.print(str(folder / f"brouillon-{revision.number}.{suffix}"), soft_wrap=True)

    def _sign(self, calame: Calame, case: Case) -> None:
        desk = calame.desk
        self._out.rule("Relecture, signature, classement")
        self._review(calame, case)
        draft = desk.open(case.id).draft
        if draft is None:
            raise CalameError("Le brouillon de la démonstration est incomplet.")
        desk.approve(case.id, by=SECRETARY, seen_sha256=draft.pdf.sha256)
        self._out.print(f"Approuvé par {SECRETARY.name}.")
        desk.sign(case.id, by=DOCTOR, seen_sha256=draft.pdf.sha256)
        self._out.print(f"Signé par {DOCTOR.name}.")
        self._follow(calame, (Status.SIGNED, Status.FILED), case.number)
        record = desk.open(case.id).record
        if record is None:
            raise CalameError("Le document n'est pas classé.")
        path = calame.settings.archive / record.path
        self._out.print(f"Classé : {path}", soft_wrap=True)
        self._out.print(calame.signer.verify(path.read_bytes()).message)
        words = _forgivable(draft.revision)
        name = draft.revision.patient.birth_name.lower()
        hits = desk.search(SearchQuery(words=words, patient=name), by=SECRETARY.login)
        self._out.print(f'calame search "{words}" --patient {name} : {len(hits)} document(s)')
        for hit in hits:
            self._out.print(escape(f"  {hit.record.title} · {hit.patient_name} · {hit.record.document_date:%d/%m/%Y}"))
        if not any(hit.record.id == record.id for hit in hits):
            raise CalameError("La recherche n'a pas retrouvé le document classé.")

    def _review(self, calame: Calame, case: Case) -> None:
        """What the secretary does here: the destinataire when it was not recognised, and every sure proposal."""
        desk, dossier = calame.desk, calame.desk.open(case.id)
        if dossier.draft and not dossier.draft.revision.recipient:
            revision = dossier.draft.revision
            person = next(p for p in calame.journal.all_correspondents() if p.last_name == RECIPIENT)
            desk.correct(case.id, Correction(revision.sections, revision.number, recipient_id=person.id), by=SECRETARY)
            self._out.print(f"{SECRETARY.name} choisit le destinataire : {person.display_name}.")
        for index, finding in dossier.open_findings:
            best = finding.proposals[0] if finding.proposals else None
            if best and best.score >= SURE and best.text != finding.excerpt:
                desk.settle(case.id, index, "replaced", by=SECRETARY, text=best.text)
                self._out.print(escape(f"{SECRETARY.name} accepte : « {finding.excerpt} » → « {best.text} »."))

    def _invite(self, calame: Calame, case: Case, passwords: dict[str, str], serve: bool) -> None:
        self._out.rule("La page de relecture")
        address = f"http://{calame.settings.host}:{calame.settings.port}/dossiers/{case.number}"
        self._out.print(f"[bold]{address}[/bold]", soft_wrap=True)
        for login, password in passwords.items():
            self._out.print(f"  identifiant {login}   mot de passe {password}")
        if serve:
            self._out.print("Le parapheur est ouvert ; Ctrl-C pour arrêter.")
            calame.server().run()
        else:
            command = Path(sys.executable).with_name("calame")
            self._out.print(f"Pour l'ouvrir : cd {self._folder} && {command} start", soft_wrap=True)


def _forgivable(revision: Revision) -> str:
    """The longest word of the document, without its accents and in the plural: the search forgives both."""
    words = re.findall(r"[^\W\d_]+", " ".join(section.text for section in revision.sections))
    longest = unicodedata.normalize("NFD", max(words, key=len).lower())
    return "".join(letter for letter in longest if not unicodedata.combining(letter)) + "s"
