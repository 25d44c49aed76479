"""Users and the practice's own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from pipeline.errors import RegisterError
from pipeline.journal import chain
from pipeline.journal.engine import Store
from pipeline.journal.tables import accepted_words, sessions, users
from pipeline.model.dictionary import Accepted, WordChange
from pipeline.model.people import Role, User


class Users(Store):
    """The part of `SqlJournal` about users and accepted words."""

    def save_user(self, user: User, password_hash: str, *, actor: str) -> None:
        """Add or replace by login. ``password_hash`` is argon2id's text; another password or role ends the sessions."""
        values = {"name": user.name, "role": user.role.value, "specialty": user.specialty, "rpps": user.rpps}
        values["password_hash"] = password_hash

        def work(connection: sa.Connection) -> None:
            before = sa.select(users.c.password_hash, users.c.role).where(users.c.login == user.login)
            known = connection.execute(before).first()
            if known is None:
                connection.execute(users.insert().values(login=user.login, **values))
            else:
                connection.execute(users.update().where(users.c.login == user.login).values(**values))
            if known is not None and tuple(known) != (password_hash, user.role.value):
                connection.execute(sessions.delete().where(sessions.c.login == user.login))
            details = {"login": user.login, "role": user.role.value}
            chain.append(connection, at=self._now(), actor=actor, action="save-user", details=details)

        self._write(work)

    def user(self, login: str) -> tuple[User, str] | None:
        """The user and the password hash."""
        with self._read() as connection:
            row = connection.execute(sa.select(users).where(users.c.login == login)).first()
        return None if row is None else (user_of(row), row.password_hash)

    def users(self) -> list[User]:
        """By login."""
        with self._read() as connection:
            found = [user_of(row) for row in connection.execute(sa.select(users))]
        return sorted(found, key=lambda user: user.login)

    def accept_word(self, word: str, *, actor: str, author: str = "") -> None:
        """Add a word, met in a dictation of ``author``, to the practice's own; a forgotten one is known again, and
        one that was kept for another author is shared. The audit holds its id only: a word may be somebody's name."""

        def work(connection: sa.Connection) -> None:
            known = connection.execute(sa.select(accepted_words).where(accepted_words.c.word == word)).first()
            if known is None:
                at, id_ = self._now(), uuid4().hex
                values = {"id": id_, "word": word, "actor": actor, "at": at, "author": author}
                connection.execute(accepted_words.insert().values(values))
                _told(connection, at, actor, "accept-word", id_)
                return
            if not known.active:
                _change(connection, self._now(), actor, known, "restore")
            if not known.shared and author != known.author:
                _change(connection, self._now(), actor, known, "share")

        self._write(work)

    def change_word(self, word_id: str, change: WordChange, *, actor: str) -> None:
        """Forget an accepted word, restore it, share it with the practice, keep it for its author, or erase it.

        Raises `RegisterError` when it is not there, or is to be kept for an author who is not known.
        """

        def work(connection: sa.Connection) -> None:
            known = connection.execute(sa.select(accepted_words).where(accepted_words.c.id == word_id)).first()
            if known is None:
                raise RegisterError("Ce mot n'est plus là.", advice="Rechargez la page.")
            if change == "unshare" and not known.author:
                raise RegisterError(
                    "On ne sait pas dans la dictée de qui ce mot a été accepté.", advice="Vous pouvez l'oublier."
                )
            _change(connection, self._now(), actor, known, change)

        self._write(work)

    def forget_word(self, word: str, *, actor: str) -> None:
        """Know a word no longer; an unknown one is fine."""
        for one in self.all_accepted():
            if one.word == word:
                self.change_word(one.id, "forget", actor=actor)

    def accepted_words(self, author: str = "") -> frozenset[str]:
        """What the practice knows, and what ``author`` alone does."""
        ours = accepted_words.c.shared.is_(True) | (accepted_words.c.author == (author or None))
        with self._read() as connection:
            query = sa.select(accepted_words.c.word).where(accepted_words.c.active.is_(True), ours)
            return frozenset(connection.scalars(query))

    def all_accepted(self) -> tuple[Accepted, ...]:
        """The accepted words, also the forgotten ones, in the order of the alphabet."""
        with self._read() as connection:
            rows = connection.execute(sa.select(accepted_words)).all()
        found = (
            Accepted(row.id, row.word, row.actor, row.at, row.author, bool(row.shared), bool(row.active))
            for row in rows
        )
        return tuple(sorted(found, key=lambda one: (one.word.lower(), one.word)))


_VALUES: Mapping[str, dict[str, bool]] = {
    "forget": {"active": False},
    "restore": {"active": True},
    "share": {"shared": True},
    "unshare": {"shared": False},
}


def _change(connection: sa.Connection, at: datetime, actor: str, known: sa.Row[Any], change: WordChange) -> None:
    """Nothing when it is so already."""
    here = accepted_words.c.id == known.id
    if change == "erase":
        connection.execute(accepted_words.delete().where(here))
    elif all(getattr(known, name) == value for name, value in _VALUES[change].items()):
        return
    else:
        connection.execute(accepted_words.update().where(here).values(_VALUES[change]))
    _told(connection, at, actor, f"{change}-word", known.id)


def _told(connection: sa.Connection, at: datetime, actor: str, action: str, word_id: str) -> None:
    chain.append(connection, at=at, actor=actor, action=action, details={"word": word_id})


def user_of(row: sa.Row[Any]) -> User:
    return User(row.login, row.name, Role(row.role), row.specialty, row.rpps)
