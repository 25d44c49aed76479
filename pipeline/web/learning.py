"""What was learned from corrections, and the accepted words: seen, heard, switched off and on, forgotten."""

from __future__ import annotations

from typing import cast, get_args
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk import MOST_MET, Desk
from pipeline.errors import MoveForbidden
from pipeline.model.dictionary import WordChange
from pipeline.model.learning import Use
from pipeline.model.people import Role, User
from pipeline.web.pages import Pages

EVERYONE = "tous"
MOST = 300
"""Lines of one page: the latest, after the filters."""


class Learnt:
    """The page "Appris" over the `Desk`."""

    def __init__(self, desk: Desk, pages: Pages) -> None:
        self._desk = desk
        self._pages = pages

    def show(self, request: Request, user: User) -> Response:
        """A doctor begins with the own corrections, a secretary with all of them."""
        own = user.login if user.role is Role.DOCTOR else EVERYONE
        author = request.query_params.get("auteur", "") or own
        use = request.query_params.get("etat", "")
        everything = self._desk.learned("" if author == EVERYONE else author)
        found = [one for one in everything if use in ("", one.use.value)]
        words = [] if use else self._desk.accepted("" if author == EVERYONE else author)[:MOST]
        names = {one.login: one.name for one in self._desk.journal.users()}
        return self._pages.render(
            request,
            user,
            "appris.html",
            accepted=list(zip(words, self._desk.met([one.word for one in words]), strict=True)),
            most_met=MOST_MET,
            lessons=[(one, self._desk.may_listen(one)) for one in found[:MOST]],
            more=max(len(found) - MOST, 0),
            authors=names,
            author=author,
            use=use,
            uses=list(Use),
            everyone=EVERYONE,
        )

    def change(self, request: Request, user: User, form: FormData) -> Response:
        """Switch a correction off or on, share it or no longer, or forget it; back to the same list."""
        learned_id, action = request.path_params["learned"], str(form.get("action", ""))
        if action in ("off", "on"):
            self._desk.switch_learned(learned_id, action == "on", by=user)
        elif action in ("share", "unshare"):
            self._desk.share_learned(learned_id, action == "share", by=user)
        elif action == "forget":
            self._desk.forget_learned(learned_id, by=user)
        else:
            raise MoveForbidden("Ce geste n'existe pas.", advice="Rechargez la page.")
        where = {"auteur": str(form.get("auteur", "")), "etat": str(form.get("etat", "")), "fait": f"appris-{action}"}
        anchor = "" if action == "forget" else f"#appris-{learned_id}"
        return RedirectResponse(f"/appris?{urlencode(where)}{anchor}", 303)

    def change_word(self, request: Request, user: User, form: FormData) -> Response:
        """Forget an accepted word, restore it, share it or no longer, erase it; back to the same list."""
        change = str(form.get("action", ""))
        if change not in get_args(WordChange):
            raise MoveForbidden("Ce geste n'existe pas.", advice="Rechargez la page.")
        self._desk.change_word(request.path_params["word"], cast("WordChange", change), by=user)
        where = {"auteur": str(form.get("auteur", "")), "fait": f"mot-{change}"}
        return RedirectResponse(f"/appris?{urlencode(where)}#mots", 303)
