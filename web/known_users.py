"""Who is known to the server, remembered for a moment so that requests need not ask the database.

Whether there are accounts at all: once there are, there always are, because users are never
removed; so yes is remembered for ever, and no for :data:`MOMENT_S`. A user or a key is remembered
as long. What this process changes it forgets at once; what another one changes (a second worker,
``geogrid user``) counts after a moment at the latest.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from flask import current_app
from sqlalchemy import Engine

from geogrid.store.errors import StoreError
from geogrid.store.opening import is_there, make_ready
from geogrid.store.tokens import Token, hash_secret, note_use, token_of
from geogrid.store.users import User, find_user, has_users

__all__ = ["KnownUsers", "known_users"]

MOMENT_S = 2.0
_MOST = 10_000
_USE_NOTED_EVERY = timedelta(minutes=10)


class KnownUsers:
    """Users and keys of a database.

    Parameters
    ----------
    engine : of the database; not opened while its file is not there
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._is_ready = False
        self._are_there = False
        self._ask_again = 0.0
        self._kept: dict[Any, tuple[float, Any]] = {}

    def are_there(self) -> bool:
        """Return whether there are accounts, so that everybody has to sign in.

        Raises
        ------
        StoreError
            There is a database, and it cannot be read.
        """
        if self._are_there:
            return True
        now = monotonic()
        if now < self._ask_again:
            return False
        self._are_there = self._ask()
        self._ask_again = now + MOMENT_S
        return self._are_there

    def _ask(self) -> bool:
        if not is_there(self.engine):
            return False
        if not self._is_ready:
            make_ready(self.engine)
            self._is_ready = True
        return has_users(self.engine)

    def user(self, user_id: int) -> User | None:
        """Return a user as they were at most a moment ago."""
        found: User | None = self._remembered(user_id, lambda: find_user(self.engine, user_id))
        return found

    def of_secret(self, secret: str) -> tuple[Token, User] | None:
        """Return a key that is valid and its user, who may sign in; else None."""
        hashed = hash_secret(secret)
        found = self._remembered(hashed, lambda: token_of(self.engine, hashed))
        if found is None:
            return None
        token, user = found
        now = datetime.now(UTC)
        if not token.is_valid(now) or not user.is_active:
            return None
        if token.used_at is None or now - token.used_at > _USE_NOTED_EVERY:
            with suppress(StoreError):  # a full disk keeps nobody from looking things up
                note_use(self.engine, token.id, at=now)
            self._kept.pop(hashed, None)
        return token, user

    def _remembered(self, key: Any, ask: Callable[[], Any]) -> Any:
        if not self.are_there():
            return None  # nor may the question make an empty database
        now = monotonic()
        kept = self._kept.get(key)
        if kept is not None and now < kept[0]:
            return kept[1]
        found = ask()
        if len(self._kept) >= _MOST:
            self._kept.clear()
        if found is not None:  # who guesses keys fills no memory
            self._kept[key] = (now + MOMENT_S, found)
        return found

    def forget(self) -> None:
        """Forget what is remembered, after a change."""
        self._kept.clear()
        self._ask_again = 0.0


def known_users() -> KnownUsers:
    """Return the users known to this server."""
    found: KnownUsers = current_app.extensions["geogrid_users"]
    return found
