"""Rendering of pages: one Jinja environment, French filters, who is logged in."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse

from pipeline.model.people import User
from pipeline.web import delays, words
from pipeline.web.accounts import Accounts
from pipeline.web.rights import may


class Pages:
    """Renders a template of ``web/pages`` for a user."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._jinja = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "pages"),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._jinja.filters |= {
            "day": words.day,
            "moment": words.moment,
            "age": words.age,
            "clock": words.clock,
            "hours": delays.hours,
            "seconds": words.seconds,
            "span": words.span,
            "counted": words.counted,
            "born": words.born,
            "heads": words.heads_line,
            "ins": words.grouped_ins,
            "status": words.STATUS.__getitem__,
            "kind": lambda value: words.KIND.get(value, "") if value else "",
            "finding": words.FINDING.__getitem__,
            "medium": words.MEDIUM.__getitem__,
            "use": words.USE.__getitem__,
            "role": words.ROLE.__getitem__,
            "sex": words.SEX.__getitem__,
        }
        self._jinja.globals["may"] = may
        self._jinja.globals["KINDS"] = words.KIND
        self._jinja.globals["KIND_GROUPS"] = words.KIND_GROUPS

    def render(
        self, request: Request, user: User | None, template: str, *, status: int = 200, **values: object
    ) -> HTMLResponse:
        token = request.cookies.get(self._accounts.cookie, "")
        html = self._jinja.get_template(template).render(
            user=user,
            csrf=self._accounts.csrf(token) if user else "",
            path=request.url.path,
            done=request.query_params.get("fait", ""),
            **{"refused": "", **values},
        )
        return HTMLResponse(html, status_code=status)

    def stream(self, request: Request, user: User, template: str, **values: object) -> StreamingResponse:
        """Like `render`, sent piece by piece: what takes long appears as it is done."""
        token = request.cookies.get(self._accounts.cookie, "")
        pieces = self._jinja.get_template(template).generate(
            user=user, csrf=self._accounts.csrf(token), path=request.url.path, done="", refused="", **values
        )
        return StreamingResponse(pieces, media_type="text/html")

    def error(self, request: Request, user: User | None, message: str, *, status: int) -> HTMLResponse:
        """What happened and what to do, with a way back."""
        return self.render(request, user, "erreur.html", status=status, refused=message)
