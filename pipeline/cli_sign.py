"""``calame sign`` and ``calame verify``: sign a pile, and say who signed what."""

from __future__ import annotations

import getpass
import hashlib
import json
import sys
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pipeline.bootstrap import Calame
from pipeline.cli_accounts import authenticated
from pipeline.desk import Shown, Signed, ToSign
from pipeline.errors import CalameError, NotAllowed
from pipeline.model.clock import local
from pipeline.model.document import Record
from pipeline.model.people import User
from pipeline.settings import read_settings
from pipeline.sign.port import REVIEW, SEAL, SignatureFacts, SignatureReport

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)
VALID, CHANGED, UNSURE = 0, 1, 2


def verify(
    file: Annotated[Path, typer.Argument(help="Le PDF à vérifier.")],
    as_json: Annotated[bool, typer.Option("--json", help="Une réponse pour un programme.")] = False,
) -> None:
    """Dire qui a signé un PDF, quand, et s'il a changé depuis.

    Code de sortie : 0 intact et reconnu, 1 modifié, non signé ou illisible, 2 intact mais douteux : signé avec un
    certificat que ce cabinet ne connaît pas ou qui est celui d'un autre que la personne nommée, ou autre fichier que
    celui qui est classé ici.
    """
    pdf = _content(file)
    all_of = Calame(read_settings().resolved())
    report = all_of.signer.verify(pdf)
    record, newer = _filed(all_of, report)
    same = record is not None and record.sha256 == hashlib.sha256(pdf).hexdigest()
    code = _verdict(report)
    message = report.message
    if code == VALID and record is not None and not same:
        code, message = UNSURE, f"{_not_the_kept_one(all_of, record, pdf)} {message}"
    if as_json:
        said = replace(report, message=message, valid=code == VALID)
        print(json.dumps(_plain(said, record, newer, same, code), ensure_ascii=False, indent=2, default=str))  # noqa: T201
        raise typer.Exit(code)
    colour = {VALID: "green", CHANGED: "red", UNSURE: "yellow"}[code]
    out.print(f"[{colour}]{escape(message)}[/{colour}]", soft_wrap=True)
    for facts in report.signatures:
        out.print(escape(f"  {_said(facts)}"), soft_wrap=True)
    for line in (*_level(report), *_source(report), *_archive(record, newer, same=same)):
        out.print(escape(f"  {line}"), soft_wrap=True)
    raise typer.Exit(code)


def sign(
    numbers: Annotated[list[str] | None, typer.Argument(help="Les numéros des dossiers à signer.")] = None,
    pile: Annotated[bool, typer.Option("--pile", help="Toute la pile à signer de ce compte.")] = False,
    login: Annotated[str, typer.Option("--as", help="Le compte qui signe.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ces documents sont relus : ne pas le redemander.")] = False,
    secret_stdin: Annotated[
        bool, typer.Option(help="Lire le code de la carte ou le mot de passe sur l'entrée standard.")
    ] = False,
) -> None:
    """Signer des documents approuvés, après un seul code. Ce qui est signé est le PDF montré ici, par son empreinte."""
    all_of = Calame(read_settings().resolved())
    user = _account(all_of, login or getpass.getuser())
    waiting = all_of.desk.to_sign(by=user)
    chosen = waiting if pile else [one for one in waiting if one.case.number in (numbers or ())]
    unknown = set(numbers or ()) - {one.case.number for one in chosen}
    if unknown or not (pile or numbers):
        raise CalameError(
            f"À signer par {user.name} : {', '.join(one.case.number for one in waiting) or 'rien'}.",
            advice="Donnez des numéros de cette liste, ou « --pile ».",
        )
    if not chosen:
        out.print("Rien à signer.")
        return
    for one in chosen:
        _show(all_of, one)
    if not yes and not typer.confirm(f"Signer ces {len(chosen)} document(s), que vous avez relus ?"):
        raise typer.Exit(1)
    pin = _secret(all_of, user, stdin=secret_stdin)
    refused = [one for one in _signed(all_of, user, chosen, pin) if one.error]
    out.print(f"{len(chosen) - len(refused)} document(s) signé(s).")
    by_id = {one.case.id: one.case.number for one in chosen}
    for failed in refused:
        err.print(escape(f"{by_id[failed.shown.case_id]} : {failed.error}"), soft_wrap=True)
    if refused:
        raise typer.Exit(1)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise CalameError(f"Le fichier {file} n'existe pas.", advice="Vérifiez son nom.") from error
    except IsADirectoryError as error:
        raise CalameError(f"{file} est un dossier.", advice="Donnez le fichier PDF à vérifier.") from error
    except OSError as error:
        raise CalameError(f"Le fichier {file} ne peut pas être lu.", advice="Vérifiez ses droits.") from error


def _signed(all_of: Calame, user: User, chosen: list[ToSign], pin: str) -> list[Signed]:
    shown = [Shown(one.case.id, one.reviewed.pdf.sha256) for one in chosen]
    with Progress(TextColumn("signature"), BarColumn(), MofNCompleteColumn(), console=out, transient=True) as bar:
        return list(bar.track(all_of.desk.sign_pile(shown, by=user, pin=pin), total=len(shown)))


def _account(all_of: Calame, login: str) -> User:
    found = all_of.journal.user(login)
    if found is None:
        raise NotAllowed(f"Le compte « {login} » n'existe pas.", advice="Nommez celui qui signe avec --as.")
    return found[0]


def _secret(all_of: Calame, user: User, *, stdin: bool) -> str:
    """The card's code; without a card the account's password and second factor must be right. Never kept."""
    by_card = all_of.desk.needs_pin(user)
    ask = "Code de la carte : " if by_card else f"Mot de passe de {user.login} : "
    secret = sys.stdin.readline().rstrip("\n") if stdin else getpass.getpass(ask)
    if by_card:
        return secret
    authenticated(all_of, user, secret, stdin=stdin)
    return ""


def _show(all_of: Calame, one: ToSign) -> None:
    reviewed = one.reviewed
    for_whom = f" · par délégation de {one.on_behalf_of}" if one.on_behalf_of else ""
    out.print(
        f"[bold]{one.case.number}[/bold] {escape(reviewed.revision.title)} · "
        f"{escape(reviewed.revision.patient.display_name)}{escape(for_whom)}"
    )
    out.print(f"  relu par {escape(reviewed.reviewed_by)} le {_moment(reviewed.reviewed_at)}")
    out.print(f"  SHA-256 {reviewed.pdf.sha256}")
    out.print(f"  {all_of.blobs.path(reviewed.pdf)}", style="dim", soft_wrap=True)


# --- what a check says ------------------------------------------------------------------------------------------------


def _verdict(report: SignatureReport) -> int:
    """ETSI EN 319 102-1, 5.1.3: passed, failed, indeterminate."""
    if report.valid:
        return VALID
    intact = report.signed and report.intact and report.whole_file
    return UNSURE if intact and not (report.trusted and report.named) else CHANGED


def _not_the_kept_one(all_of: Calame, record: Record, pdf: bytes) -> str:
    """A signature that was once good does not make this the file that was kept, such as one whose seal was cut off."""
    kept = b""
    with suppress(CalameError, OSError):
        kept = all_of.shelf.read(record.path)
    what = "il lui manque la fin de ce dernier (scellement ou signature)" if kept.startswith(pdf) else "ils diffèrent"
    return f"Ce fichier n'est pas celui que ce cabinet a classé pour ce document : {what}. Utilisez le fichier classé."


def _said(facts: SignatureFacts) -> str:
    state = "intact" if facts.intact else "MODIFIÉ"
    trust = "" if facts.trusted else ", certificat non reconnu"
    if facts.role == SEAL:
        return f"Scellé le {_moment(facts.stamped_at)} par l'horodatage de {facts.stamped_by} : {state}{trust}."
    did = f"{'Relu' if facts.role == REVIEW else 'Signé'} {_by(facts)}"
    if facts.stamped_at:
        when = f"le {_moment(facts.stamped_at)} (heure attestée par {facts.stamped_by})"
    else:
        when = f"le {_moment(facts.claimed_at)} (heure de l'ordinateur, non attestée)"
    why = f" Motif : {facts.reason}." if facts.reason else ""
    return f"{did} {when}, certificat « {facts.holder} » délivré par « {facts.issuer} » : {state}{trust}.{why}"


def _by(facts: SignatureFacts) -> str:
    """Never whom the file names, unless the practice's own certificate says so."""
    who = f"{facts.signer} ({', '.join(facts.numbers)})" if facts.numbers and not facts.vouched else facts.signer
    claim = "" if facts.named else f", ET NON PAR « {facts.claimed} » que le fichier nomme,"
    if claim and not facts.trusted:
        claim = f" (le fichier nomme « {facts.claimed} »)"
    return f"par {who}{claim}"


def _level(report: SignatureReport) -> list[str]:
    return [f"Niveau : {report.level}."] if report.level else []


def _source(report: SignatureReport) -> list[str]:
    if report.source_intact is None:
        return []
    digest = hashlib.sha256(report.source).hexdigest()
    return [f"Source structurée jointe : {'intacte' if report.source_intact else 'CHANGÉE'} (SHA-256 {digest[:16]}…)."]


def _filed(all_of: Calame, report: SignatureReport) -> tuple[Record | None, Record | None]:
    """The record of this document and the one that replaces it, when this practice's journal is here."""
    settings = all_of.settings
    if not report.intact or not report.source or not (settings.database or (settings.home / "calame.db").is_file()):
        return None, None
    from pipeline.archive.step import record_id

    try:
        case_id = str(json.loads(report.source)["case_id"])
        record = all_of.journal.record(record_id(case_id))
        newest = record
        while newest is not None and newest.replaced_by:
            newest = all_of.journal.record(newest.replaced_by)
    except (ValueError, KeyError, TypeError, CalameError):  # a foreign file, or an archive that cannot be reached
        return None, None
    return record, newest if newest != record else None


def _archive(record: Record | None, newer: Record | None, *, same: bool) -> list[str]:
    if record is None:
        return []
    filed = f"le {_moment(record.filed_at)}, version {record.version}"
    lines = [f"Dans l'archive : classé {filed}{'' if same else ', mais le fichier classé est un autre'}."]
    if newer is not None:
        lines.append(
            f"ATTENTION : ce document est annulé et remplacé par la version {newer.version} du "
            f"{newer.document_date:%d/%m/%Y} ({newer.path})."
        )
    return lines


def _plain(
    report: SignatureReport, record: Record | None, newer: Record | None, same: bool, code: int
) -> dict[str, object]:
    """The same for a program."""
    source = {} if report.source_intact is None else {"source_sha256": hashlib.sha256(report.source).hexdigest()}
    archive = None
    if record is not None:
        archive = {"record": record.id, "version": record.version, "path": record.path, "same_file": same}
        archive |= {"replaced_by": newer.id if newer else "", "replaced_by_path": newer.path if newer else ""}
    return {
        **{key: value for key, value in asdict(replace(report, source=b"")).items() if key != "source"},
        **source,
        "verdict": ("valid", "changed", "unsure")[code],
        "archive": archive,
    }


def _moment(at: datetime | None) -> str:
    return f"{local(at):%d/%m/%Y à %H h %M}" if at else "date inconnue"
