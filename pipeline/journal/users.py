"""Users and the practice's own words."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from pipeline.journal import chain
from pipeline.journal.engine import Store
from pipeline.journal.tables import accepted_words, sessions, users
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

    def accept_word(self, word: str, *, actor: str) -> None:
        """Add a word to the practice's own. The audit entry holds its id only: a word may be somebody's name."""

        def work(connection: sa.Connection) -> None:
            if connection.scalar(sa.select(accepted_words.c.word).where(accepted_words.c.word == word)) is not None:
                return
            at, id_ = self._now(), uuid4().hex
            connection.execute(accepted_words.insert().values(id=id_, word=word, actor=actor, at=at))
            chain.append(connection, at=at, actor=actor, action="accept-word", details={"word": id_})

        self._write(work)

    def forget_word(self, word: str, *, actor: str) -> None:
        """Take a word out again; an unknown one is fine."""

        def work(connection: sa.Connection) -> None:
            id_ = connection.scalar(sa.select(accepted_words.c.id).where(accepted_words.c.word == word))
            if connection.execute(accepted_words.delete().where(accepted_words.c.word == word)).rowcount:
                details = {"word": str(id_)}
                chain.append(connection, at=self._now(), actor=actor, action="forget-word", details=details)

        self._write(work)

    def accepted_words(self) -> frozenset[str]:
        with self._read() as connection:
            return frozenset(connection.scalars(sa.select(accepted_words.c.word)))


def user_of(row: sa.Row[Any]) -> User:
    return User(row.login, row.name, Role(row.role), row.specialty, row.rpps)
