"""Every error that Calame raises, in one tree.

A message is French, because a secretary reads it: it says what happened (``message``) and what to do
next (``advice``). It never holds patient data. ``code`` is stable and is what logs carry; ``retryable``
tells the job engine whether the same step may succeed when it is run again.
"""

from __future__ import annotations

from typing import ClassVar


class CalameError(Exception):
    """The root. ``str(error)`` is the French message followed by the advice."""

    code: ClassVar[str] = "calame"
    retryable: ClassVar[bool] = False
    default_advice: ClassVar[str] = ""

    def __init__(self, message: str, *, advice: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.advice = self.default_advice if advice is None else advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class SettingsError(CalameError):
    """The settings are wrong or a folder is unsafe."""

    code = "settings"


class ToolMissing(CalameError):
    """A program or library of the system is absent."""

    code = "tool-missing"
    default_advice = "Lancez « scripts/setup », qui installe ce qui manque, ou « calame doctor » pour la liste."


class FileRefused(CalameError):
    """A received file cannot be taken; it is set aside with this reason."""

    code = "file-refused"


class ModelMissing(CalameError):
    """The speech model is not in the store."""

    code = "model-missing"
    default_advice = "Lancez « calame models get base »."


class ModelDamaged(CalameError):
    """A file of the speech model does not have its SHA-256."""

    code = "model-damaged"
    default_advice = "Relancez « calame models get base » : le modèle sera remplacé."


class EngineUnreachable(CalameError):
    """The remote speech engine does not answer, or answers nonsense: the same request may succeed later."""

    code = "engine-unreachable"
    retryable = True
    default_advice = "Vérifiez que le serveur vocal du cabinet est allumé ; l'original est conservé."


class EngineRefused(CalameError):
    """The remote speech engine will not take the request, today or tomorrow: key, model or address are wrong."""

    code = "engine-refused"
    default_advice = "Corrigez la section [speech] de calame.toml ; l'original est conservé."


class AudioUnreadable(CalameError):
    """The audio cannot be decoded."""

    code = "audio-unreadable"
    default_advice = "Demandez un nouvel envoi du fichier ; l'original est conservé."


class ScanUnreadable(CalameError):
    """The scanned file cannot be read as pages."""

    code = "scan-unreadable"
    default_advice = "Numérisez à nouveau le document ; l'original est conservé."


class ScanProtected(CalameError):
    """The PDF is encrypted: it is refused untouched."""

    code = "scan-protected"
    default_advice = "Demandez à l'expéditeur une version sans mot de passe ; l'original est conservé."


class LexiconError(CalameError):
    """A term list is missing or malformed."""

    code = "lexicon"


class RegisterError(CalameError):
    """A line of a register cannot be imported."""

    code = "register"


class TemplateFault(CalameError):
    """A template is missing, unsafe or asks for an unknown field."""

    code = "template"


class DocumentIncomplete(CalameError):
    """The document lacks something that its kind requires."""

    code = "document-incomplete"


class StaleDraft(CalameError):
    """Somebody changed the draft meanwhile."""

    code = "stale-draft"
    default_advice = "Rechargez la page : votre texte n'a pas été perdu, la dernière version est affichée à côté."


class StaleCase(CalameError):
    """The case moved on meanwhile (compare-and-set failed)."""

    code = "stale-case"
    default_advice = "Rechargez la page : une autre personne a déjà traité ce dossier."


class MoveForbidden(CalameError):
    """The move is not in the table of allowed moves."""

    code = "move-forbidden"
    default_advice = "Rechargez la page."


class NotAllowed(CalameError):
    """The person's role does not allow this."""

    code = "not-allowed"


class CaseUnknown(CalameError):
    """No such case."""

    code = "case-unknown"


class SigningFailed(CalameError):
    """The signature could not be made."""

    code = "signing"


class TimestampUnreachable(CalameError):
    """The time-stamp authority, or the service that tells revoked certificates, does not answer: try again later."""

    code = "timestamp-unreachable"
    retryable = True
    default_advice = "Le document n'est pas signé et n'a pas changé : il reste à signer. Réessayez dans un moment."


class PinRefused(CalameError):
    """The card or module did not accept the code; it was tried once."""

    code = "pin-refused"


class TokenMissing(CalameError):
    """The card, its reader or its module is not there, or holds no certificate that signs."""

    code = "token-missing"
    default_advice = "Insérez la carte dans le lecteur, puis réessayez ; rien n'est signé."


class SignatureInvalid(CalameError):
    """A signature does not hold: the file changed, or is not signed."""

    code = "signature-invalid"


class ArchiveConflict(CalameError):
    """The archive already holds other content at this place; nothing was overwritten."""

    code = "archive-conflict"


class IntegrityBroken(CalameError):
    """A kept file or the audit chain no longer has its hash."""

    code = "integrity"
    default_advice = "N'effacez rien, prévenez l'administrateur et comparez avec la dernière sauvegarde."


class StorageBusy(CalameError):
    """The database or the disk did not answer in time."""

    code = "storage-busy"
    retryable = True
