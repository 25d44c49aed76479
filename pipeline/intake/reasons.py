"""Why a file was set aside: the French text that is put beside it."""

from __future__ import annotations

from enum import Enum

from pipeline.errors import FileRefused


class Reason(Enum):
    """A reason: a stable code, what happened, what to do."""

    SYMLINK = (
        "symlink",
        "Ce nom est un lien symbolique (un raccourci), pas un fichier.",
        "Déposez le fichier lui-même, pas un raccourci vers lui.",
    )
    HARD_LINK = (
        "hard-link",
        "Ce fichier porte aussi un autre nom sur le disque (lien physique) : il pourrait changer après sa réception.",
        "Déposez une vraie copie du fichier.",
    )
    PIPE = (
        "pipe",
        "Ce nom est un tube (pipe), pas un fichier.",
        "Déposez un fichier ordinaire ; prévenez l'administrateur si vous n'avez pas créé ce tube.",
    )
    SOCKET = (
        "socket",
        "Ce nom est une prise de communication (socket), pas un fichier.",
        "Déposez un fichier ordinaire ; prévenez l'administrateur si vous n'avez pas créé cette prise.",
    )
    DEVICE = (
        "device",
        "Ce nom désigne un périphérique, pas un fichier.",
        "Déposez un fichier ordinaire ; prévenez l'administrateur si vous n'avez pas créé ce périphérique.",
    )
    NAME_CONTROL = (
        "name-control",
        "Le nom contient des caractères de contrôle invisibles.",
        "Renommez le fichier avec des lettres, des chiffres et des tirets, puis déposez-le à nouveau.",
    )
    NAME_PATH = (
        "name-path",
        "Le nom contient un morceau de chemin (« \\ » ou « .. »).",
        "Renommez le fichier avec des lettres, des chiffres et des tirets, puis déposez-le à nouveau.",
    )
    NAME_UNDECODABLE = (
        "name-undecodable",
        "Le nom contient des octets illisibles (il n'est pas en UTF-8).",
        "Renommez le fichier avec des lettres, des chiffres et des tirets, puis déposez-le à nouveau.",
    )
    NAME_LONG = (
        "name-long",
        "Le nom est trop long (plus de 200 octets).",
        "Donnez au fichier un nom plus court, puis déposez-le à nouveau.",
    )
    TOO_DEEP = (
        "too-deep",
        "Ce dossier est trop profond (plus de 8 niveaux).",
        "Déposez les fichiers directement dans le dossier du médecin.",
    )
    TOO_LARGE = (
        "too-large",
        "Le fichier est trop volumineux.",
        "Découpez-le, ou demandez à l'administrateur de relever la limite (max_file_megabytes dans calame.toml).",
    )
    EMPTY = (
        "empty",
        "Le fichier est vide.",
        "Vérifiez l'enregistrement sur l'appareil d'origine, puis déposez le fichier à nouveau.",
    )
    NEVER_COMPLETE = (
        "never-complete",
        "Le fichier est incomplet et n'a plus changé depuis longtemps : la copie s'est sans doute interrompue.",
        "Copiez à nouveau le fichier depuis l'appareil d'origine.",
    )
    UNDECODABLE = (
        "undecodable",
        "Le fichier est abîmé : il ne peut pas être ouvert.",
        "Vérifiez qu'il s'ouvre sur l'appareil d'origine, puis demandez un nouvel envoi.",
    )
    NO_SOUND = (
        "no-sound",
        "Le fichier ne contient aucune piste audio lisible.",
        "Vérifiez l'enregistrement sur l'appareil d'origine, puis déposez le fichier à nouveau.",
    )
    BOMB = (
        "bomb",
        "L'image annonce des dimensions démesurées.",
        "Numérisez à nouveau le document en 300 points par pouce.",
    )
    OFFICE = (
        "office",
        "C'est un document de bureautique (Word, OpenDocument, RTF…), pas une dictée ni une numérisation.",
        "Enregistrez-le en PDF, puis déposez le PDF.",
    )
    PHOTO_HEIC = (
        "photo-heic",
        "C'est une photo au format HEIC, que Calame ne lit pas.",
        "Réglez le téléphone sur « Le plus compatible » ou exportez la photo en JPEG, puis déposez-la.",
    )
    DICTAPHONE = (
        "dictaphone",
        "C'est un fichier de dictaphone au format DSS ou DS2, que Calame ne lit pas.",
        "Exportez la dictée en WAV ou MP3 avec le logiciel du dictaphone, puis déposez-la.",
    )
    UNKNOWN_TYPE = (
        "unknown-type",
        "Le contenu n'est ni une dictée (wav, mp3, m4a, ogg, flac, wma, amr, au, aiff, webm) ni une numérisation "
        "(PDF, JPEG, PNG, TIFF).",
        "Convertissez le fichier dans l'un de ces formats, puis déposez-le à nouveau.",
    )
    INTERRUPTED = (
        "interrupted",
        "La réception de ce fichier a été interrompue et sa fiche est illisible.",
        "Déposez à nouveau le fichier : il n'a pas été perdu, il se trouve à côté de ce message.",
    )

    def __init__(self, code: str, message: str, advice: str) -> None:
        self.code = code
        self.message = message
        self.advice = advice

    def error(self) -> FileRefused:
        """The same as an error to raise."""
        return FileRefused(self.message, advice=self.advice)
