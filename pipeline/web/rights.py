"""Who may see and do what: one table. What is not in it, nobody may.

Medical secrecy covers all who take part in the care, within their task (L.1110-4 CSP): an archivist works on paper, not
on dictations; an administrator keeps accounts and reads the trail, which holds no name, and opens no patient's file.
"""

from __future__ import annotations

from pipeline.model.people import Role

ADMINISTRATION = frozenset({Role.ADMINISTRATOR})
REVIEW = frozenset({Role.SECRETARY, Role.DOCTOR})
PAPER = REVIEW | {Role.ARCHIVIST}
EVERYBODY = frozenset(Role)

RIGHTS: dict[str, frozenset[Role]] = {
    "POST /deconnexion": EVERYBODY,
    "GET /compte": EVERYBODY,
    "GET /compte/mot-de-passe": EVERYBODY,
    "POST /compte/mot-de-passe": EVERYBODY,
    "GET /compte/second-facteur": EVERYBODY,
    "POST /compte/second-facteur": EVERYBODY,
    "POST /compte/second-facteur/retirer": EVERYBODY,
    "POST /compte/codes": EVERYBODY,
    "POST /compte/sessions": EVERYBODY,
    "GET /admin": ADMINISTRATION,
    "POST /admin/comptes": ADMINISTRATION,
    "POST /admin/comptes/{login}": ADMINISTRATION,
    "GET /admin/journal": ADMINISTRATION,
    "GET /admin/journal.csv": ADMINISTRATION,
    "GET /": PAPER,
    "GET /pile": PAPER,
    "GET /pile/delais": PAPER,
    "POST /pile/lot": REVIEW,
    "POST /dossiers/{case}/main": PAPER,
    "POST /motif": PAPER,
    "GET /dossiers/{case}": PAPER,
    "POST /dossiers/{case}/brouillon": REVIEW,
    "POST /dossiers/{case}/texte": REVIEW,
    "GET /dossiers/{case}/etat": REVIEW,
    "GET /dossiers/{case}/versions/{version:int}": REVIEW,
    "GET /dossiers/{case}/ondes": REVIEW,
    "GET /dossiers/{case}/identite": PAPER,
    "POST /dossiers/{case}/identite": PAPER,
    "POST /dossiers/{case}/identite destinataire": REVIEW,
    "POST /dossiers/{case}/patient": PAPER,
    "POST /dossiers/{case}/confirmer": PAPER,
    "POST /dossiers/{case}/pages": PAPER,
    "GET /dossiers/{case}/feuille/{place:int}.png": PAPER,
    "POST /dossiers/{case}/signer": REVIEW,
    "POST /dossiers/{case}/renvoyer": REVIEW,
    "GET /dossiers/{case}/remarque/{number:int}": REVIEW,
    "POST /dossiers/{case}/geste": PAPER,
    "POST /dossiers/{case}/geste unapprove": REVIEW,
    "GET /dossiers/{case}/son": REVIEW,
    "GET /dossiers/{case}/document.pdf": PAPER,
    "GET /dossiers/{case}/document.docx": REVIEW,
    "GET /dossiers/{case}/papier/{paper}.pdf": REVIEW,
    "GET /dossiers/{case}/papier/{paper}.docx": REVIEW,
    "GET /dossiers/{case}/page/{page:int}.png": PAPER,
    "GET /signer": REVIEW,
    "POST /signer": REVIEW,
    "POST /signer/vu": REVIEW,
    "GET /patients/chercher": PAPER,
    "GET /patients/{patient}": PAPER,
    "GET /recherche": PAPER,
    "GET /appris": REVIEW,
    "POST /appris/mots/{word}": REVIEW,
    "POST /appris/{learned}": REVIEW,
    "GET /archive/{record}.pdf": PAPER,
    "GET /archive/{record}/page/{page:int}.png": PAPER,
    "POST /archive/{record}/corriger": REVIEW,
}
"""``METHOD /path`` as the route says it, with a space and the form's ``action`` where one verb has its own line."""

HOME = {role: "/admin" if role is Role.ADMINISTRATOR else "/" for role in Role}


def may(role: Role, line: str, verb: str = "") -> bool:
    """Whether ``role`` may do ``line`` (``GET /pile``), by the form's ``action``, up to a colon, where the table tells
    it apart."""
    return role in RIGHTS.get(f"{line} {verb}", RIGHTS.get(line, frozenset()))
