"""One case: look, listen, correct, answer, approve, sign, confirm."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.addressees import Addressees
from pipeline.desk import EDITABLE, Correction, Desk, Dossier, in_anothers_name
from pipeline.errors import (
    CalameError,
    CaseUnknown,
    NotAllowed,
    RegisterError,
    StaleCase,
    StaleDraft,
)
from pipeline.flow import MAP
from pipeline.model.case import BlobRef, Case, Medium, Status
from pipeline.model.document import Revision, Section, SignedDocument
from pipeline.model.exchange import DOCX
from pipeline.model.identity import DocumentKind
from pipeline.model.people import Patient, Role, Sex, User
from pipeline.web import addressing, forms, media, newcomer
from pipeline.web.media import PagePictures
from pipeline.web.pages import Pages
from pipeline.web.pile import TABS
from pipeline.web.reading import coverage, doubts, marked_words, set_aside
from pipeline.web.returned import returned_view
from pipeline.web.signing import NOT_SEEN, SEE_FIRST
from pipeline.web.workbench import Workbench

PDF = "application/pdf"
GESTURES = ("unapprove", "discard", "restore", "retry")


class Casework:
    """Pages over the `Desk`; every rule is there, not here."""

    def __init__(self, desk: Desk, pages: Pages, pictures: PagePictures, cache: Path, bench: Workbench) -> None:
        self._desk = desk
        self._pages = pages
        self._pictures = pictures
        self._cache = cache
        self._bench = bench
        self._addressees = Addressees(desk)

    # --- one case ------------------------------------------------------------------------------------------------

    def show(self, request: Request, user: User) -> Response:
        return self._show(request, user, self._open(request))

    def _show(
        self,
        request: Request,
        user: User,
        dossier: Dossier,
        *,
        typed: Correction | None = None,
        refused: CalameError | None = None,
        person: newcomer.Newcomer | None = None,
        picked: addressing.Picked | None = None,
    ) -> Response:
        """One case. ``typed`` is what could not be saved because of ``refused``: it stays on the page, and so does
        ``person``, a recipient who was not created, and ``picked``, the identity that was not confirmed."""
        case = dossier.case
        failed = case.status is Status.FAILED
        asking = case.status is Status.HELD or (failed and self._desk.may_identify(case))
        pdf = self._shown_pdf(dossier)
        shown = self._with_typed(dossier.draft.revision, typed) if dossier.draft else None
        anothers = bool(dossier.draft and in_anothers_name(dossier.draft.revision, user))
        signs = bool(dossier.rules and user.role in dossier.rules.signers) and not anothers
        return self._pages.render(
            request,
            user,
            "dossier.html",
            status=200 if refused is None else 409 if isinstance(refused, StaleDraft | StaleCase) else 422,
            d=dossier,
            case=case,
            map=MAP,
            asking=asking,
            editable=case.status in EDITABLE,
            **addressing.shown(self._desk, dossier, request.query_params, person, picked),
            may_sign=signs and case.status is Status.TO_SIGN,
            seen=case.status is Status.TO_SIGN
            and pdf is not None
            and self._desk.has_seen(case.id, pdf.sha256, by=user),
            needs_pin=self._desk.needs_pin(user),
            in_anothers_name=anothers,
            shown=shown,
            sections=(shown.sections if shown else ()) or (Section("", ""),),
            typed=typed is not None,
            words=marked_words(dossier),
            coverage=coverage(dossier),
            left_out=set_aside(dossier),
            doubts=doubts(dossier),
            bench=self._bench.opening(dossier, user) if case.status in EDITABLE else {},
            back=returned_view(self._desk, dossier),
            has_sound=case.medium is Medium.DICTATION and not case.replaces,
            pdf=pdf,
            pages=range(self._pictures.count(self._desk.parts.blobs.path(pdf))) if pdf else range(0),
            doctors=[one for one in self._desk.journal.users() if one.role is Role.DOCTOR],
            authors={one.login: one.name for one in self._desk.journal.users()},
            next_case=self._next(case, user),
            addressees=_addressees(dossier),
            refused=str(refused or ""),
        )

    def _with_typed(self, revision: Revision, typed: Correction | None) -> Revision:
        """What the form shows: the draft, or what was typed over it."""
        if typed is None:
            return revision
        return replace(
            revision,
            sections=typed.sections,
            title=typed.title,
            document_date=typed.document_date or revision.document_date,
            recipient=self._desk.journal.correspondent(typed.recipient_id or ""),
            copy_to=self._desk.correspondents(typed.copy_to or ()),
        )

    def _next(self, case: Case, user: User) -> Case | None:
        statuses = TABS["a-signer" if user.role is Role.DOCTOR else "a-faire"][1]
        mine = ("", user.login) if user.role is Role.DOCTOR else ()
        return self._desk.journal.following(statuses, but=case.id, authors=mine)

    def edit(self, request: Request, user: User, form: FormData) -> Response:
        """One form for all that happens at a draft, so that what was typed is never lost: it is saved first."""
        dossier = self._open(request)
        if dossier.draft is None:
            raise CaseUnknown("Ce dossier n'a pas de brouillon.")
        case_id = dossier.case.id
        typed = forms.correction(form)
        person = newcomer.typed(form, dossier.identification)
        saved = False
        try:
            if forms.changed(dossier, typed):
                self._desk.correct(case_id, typed, by=user)
                saved = True
            to = self._recipient(form, person, case_id, user)
            if isinstance(to, newcomer.Newcomer):
                return self._show(request, user, self._desk.open(case_id), refused=to.error, person=to)
            if to:
                self._addressees.address(case_id, to, by=user)
            return self._answer(dossier.case, user, form, saved=saved)
        except CalameError as error:
            kept = None if saved or not forms.changed(dossier, typed) else typed
            return self._show(request, user, self._desk.open(case_id), typed=kept, refused=error, person=person)

    def _recipient(
        self, form: FormData, person: newcomer.Newcomer, case_id: str, user: User
    ) -> newcomer.Newcomer | str:
        """See `newcomer.chosen`. A doubt is answered, or a step taken back, whatever stands in the form."""
        if newcomer.verb_of(form)[0] in ("regler", "annuler"):
            return ""
        return newcomer.chosen(form, person, self._addressees, case_id=case_id, by=user)

    def _answer(self, case: Case, user: User, form: FormData, *, saved: bool) -> Response:
        """What the pressed button asks for, once what was typed is saved."""
        case_id = case.id
        verb, _, rest = forms.text(form, "action").partition(":")
        if verb == "regler":
            index, decision, *text = rest.split(":", 2)
            self._desk.settle(case_id, int(index), decision, by=user, text=text[0] if text else "")
            return _back(case_id, "regle", f"doute-{index}")
        if verb == "annuler":
            self._desk.undo(case_id, by=user, seen_revision=self._desk.open(case_id).case.revision_no)
            return _back(case_id, "annule")
        if verb == newcomer.VERB:
            return _back(case_id, "abandonne" if rest == newcomer.FORGET else "destinataire", "destinataire")
        if verb == "approuver" and not saved:
            self._desk.approve(case_id, by=user, seen_sha256=forms.text(form, "pdf"))
            return self._after(case, user, "approuve")
        return _back(case_id, "enregistre-a-relire" if verb == "approuver" else "enregistre")

    def _after(self, case: Case, user: User, done: str) -> Response:
        following = self._next(case, user)
        return RedirectResponse(f"/dossiers/{following.id}?fait={done}" if following else f"/?fait={done}", 303)

    # --- identity ------------------------------------------------------------------------------------------------

    def identity(self, request: Request, user: User) -> Response:
        return self._identity(request, user, self._open(request))

    def _identity(
        self,
        request: Request,
        user: User,
        dossier: Dossier,
        person: newcomer.Newcomer | None = None,
        picked: addressing.Picked | None = None,
    ) -> Response:
        shown = addressing.shown(self._desk, dossier, request.query_params, person, picked)
        refused = person.refused if person else ""
        status = 422 if refused else 200
        return self._pages.render(
            request, user, "identite.html", status=status, d=dossier, case=dossier.case, refused=refused, **shown
        )

    def choose_identity(self, request: Request, user: User, form: FormData) -> Response:
        """The confirmed identity; or first a recipient for it, then the same question again."""
        dossier = self._open(request)
        case, picked = dossier.case, addressing.picked(form)
        person = newcomer.typed(form, dossier.identification)
        to = newcomer.chosen(form, person, self._addressees, case_id=case.id, by=user)
        if isinstance(to, newcomer.Newcomer):
            if case.status in EDITABLE:
                return self._identity(request, user, dossier, to, picked)
            return self._show(request, user, dossier, refused=to.error, person=to, picked=picked)
        if newcomer.verb_of(form)[0] == newcomer.VERB:
            page = f"/dossiers/{case.id}/identite" if case.status in EDITABLE else f"/dossiers/{case.id}"
            return RedirectResponse(page + addressing.query(picked, to), 303)
        self._desk.choose_identity(
            case.id,
            patient_id=forms.text(form, "patient"),
            kind=_kind(form),
            recipient_id=forms.text(form, "recipient"),
            by=user,
            move_no=forms.number(form, "move_no"),
        )
        return _back(case.id, "identite")

    def create_patient(self, request: Request, user: User, form: FormData) -> Response:
        case = self._open(request).case
        patient = Patient(
            id=str(uuid.uuid4()),
            birth_name=forms.text(form, "birth_name").upper(),
            first_names=forms.text(form, "first_names"),
            birth_date=forms.day(form, "birth_date"),
            sex=Sex(forms.text(form, "sex") or "I"),
            used_name=forms.text(form, "used_name").upper(),
            address=forms.text(form, "address"),
        )
        self._desk.create_patient(patient, by=user)
        page = f"/dossiers/{case.id}/identite" if case.status in EDITABLE else f"/dossiers/{case.id}"
        picked = addressing.Picked(patient.id, forms.text(form, "kind"), forms.text(form, "recipient"))
        return RedirectResponse(page + addressing.query(picked, "", done="patient"), 303)

    def find_patients(self, request: Request, user: User) -> Response:
        query = request.query_params.get("q", "").strip()
        found = self._desk.journal.find_patients(query, limit=12) if len(query) >= 2 else []
        return self._pages.render(request, user, "_patients.html", found=found, query=query)

    # --- paper, signature, the rest -------------------------------------------------------------------------------

    def confirm_scan(self, request: Request, user: User, form: FormData) -> Response:
        case = self._open(request).case
        self._desk.confirm_scan(
            case.id,
            patient_id=forms.text(form, "patient"),
            kind=_kind(form),
            title=forms.text(form, "title"),
            document_date=forms.day(form, "document_date"),
            sender=forms.text(form, "sender"),
            by=user,
            move_no=forms.number(form, "move_no"),
        )
        return self._after(case, user, "confirme")

    def sign(self, request: Request, user: User, form: FormData) -> Response:
        case = self._open(request).case
        if any(one.case.id == case.id and not one.seen for one in self._desk.to_sign(by=user)):
            raise NotAllowed(NOT_SEEN, advice=SEE_FIRST)
        self._desk.sign(case.id, by=user, seen_sha256=forms.text(form, "pdf"), pin=forms.text(form, "pin"))
        return self._after(case, user, "signe")

    def send_back(self, request: Request, user: User, form: FormData) -> Response:
        case = self._open(request).case
        sent = form.get("sound")
        sound = None
        if isinstance(sent, UploadFile) and sent.size:
            sound = self._desk.parts.blobs.put(media.spoken(sent.file.read()), "audio/ogg")
        self._desk.send_back(case.id, forms.text(form, "remark"), by=user, sound=sound)
        return self._after(case, user, "renvoye")

    def remark(self, request: Request, user: User) -> Response:
        """The recording of a remark, by its number in the case."""
        del user
        remarks = self._open(request).remarks
        number = int(request.path_params["number"])
        sound = remarks[number].sound if number < len(remarks) else None
        if sound is None:
            raise CaseUnknown("Cette remarque n'a pas d'enregistrement.")
        path = self._desk.parts.blobs.path(sound)
        return media.ranged(path, sound.media_type, request.headers.get("range", ""))

    def gesture(self, request: Request, user: User, form: FormData) -> Response:
        """Undo an approval, set aside, take up again, retry."""
        case, verb = self._open(request).case, forms.text(form, "action")
        if verb == "unapprove":
            self._desk.unapprove(case.id, by=user)
        elif verb == "discard":
            self._desk.discard(case.id, forms.text(form, "reason"), by=user)
        elif verb == "restore":
            self._desk.restore(case.id, by=user)
        elif verb == "retry":
            self._desk.retry(case.id, by=user)
        return _back(case.id, verb)

    # --- files ---------------------------------------------------------------------------------------------------

    def sound(self, request: Request, user: User) -> Response:
        del user
        case = self._desk.journal.case(request.path_params["case"])
        if case.medium is not Medium.DICTATION or case.replaces:
            raise CaseUnknown("Ce dossier n'a pas d'enregistrement.")
        path, media_type = media.playable(
            self._desk.parts.blobs.path(case.original), case.original.media_type, self._cache
        )
        return media.ranged(path, media_type, request.headers.get("range", ""))

    def pdf(self, request: Request, user: User) -> Response:
        del user
        dossier = self._open(request)
        ref = self._shown_pdf(dossier)
        if ref is None:
            raise CaseUnknown("Ce dossier n'a pas encore de PDF.")
        return _file(self._desk.parts.blobs.read(ref), ref.media_type, f"{dossier.case.number}.pdf")

    def docx(self, request: Request, user: User) -> Response:
        del user
        dossier = self._open(request)
        if dossier.draft is None:
            raise CaseUnknown("Ce dossier n'a pas de brouillon.")
        ref = dossier.draft.docx
        return _file(self._desk.parts.blobs.read(ref), ref.media_type, f"{dossier.case.number}.docx", attach=True)

    def paper(self, request: Request, user: User) -> Response:
        """An envelope, a covering slip or labels that go with the document."""
        del user
        case_id, name = request.path_params["case"], request.path_params["paper"]
        docx = request.url.path.endswith(".docx")
        content = self._desk.paper(case_id, name, request.query_params.get("a", ""), docx=docx)
        file = f"{self._desk.journal.case(case_id).number}-{name}"
        return _file(content, DOCX, f"{file}.docx", attach=True) if docx else _file(content, PDF, f"{file}.pdf")

    def page(self, request: Request, user: User) -> Response:
        del user
        ref = self._shown_pdf(self._open(request))
        if ref is None:
            raise CaseUnknown("Ce dossier n'a pas encore de PDF.")
        png = self._pictures.png(self._desk.parts.blobs.path(ref), ref.sha256, request.path_params["page"])
        return Response(png, media_type="image/png")

    def _shown_pdf(self, dossier: Dossier) -> BlobRef | None:
        """The signed PDF, else the draft's, else the scan's."""
        case = dossier.case
        if case.status in (Status.SIGNED, Status.FILED, Status.REPLACED):
            signed = self._desk.journal.result(case.id, "signed", SignedDocument)
            if signed:
                return signed.pdf
        if dossier.draft:
            return dossier.draft.pdf
        if dossier.scan:
            return self._desk.scan_pdf(case)
        return None

    def _open(self, request: Request) -> Dossier:
        return self._desk.open(request.path_params["case"])


def _addressees(dossier: Dossier) -> list[tuple[str, str]]:
    """Id and name of whoever gets the document: the recipient, those who get a copy, the patient (an empty id)."""
    if dossier.draft is None:
        return []
    revision = dossier.draft.revision
    people = [*([revision.recipient] if revision.recipient else []), *revision.copy_to]
    return [*((person.id, person.display_name) for person in people), ("", revision.patient.display_name)]


def _kind(form: FormData) -> DocumentKind:
    try:
        return DocumentKind(forms.text(form, "kind"))
    except ValueError as error:
        raise RegisterError("Choisissez le type de document.") from error


def _back(case_id: str, done: str, anchor: str = "") -> Response:
    return RedirectResponse(f"/dossiers/{case_id}?fait={done}{'#' + anchor if anchor else ''}", 303)


def _file(content: bytes, media_type: str, name: str, *, attach: bool = False) -> Response:
    kind = "attachment" if attach else "inline"
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'{kind}; filename="{name}"'})
