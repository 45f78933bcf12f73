"""Keys of programs: shown once, kept as a hash, never more powerful than their user."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from geogrid.errors import FieldError, InputError
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.store.audit import By, record
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import tokens, users
from geogrid.store.users import ROLES, User, user_where

__all__ = [
    "LONGEST_DAYS",
    "Token",
    "create_token",
    "hash_secret",
    "list_tokens",
    "note_use",
    "revoke_token",
    "token_of",
]

LONGEST_DAYS = 366
_PREFIX = "geogrid_"
_SHOWN = 12
_MOST = 20
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Token:
    """A key of a program.

    Attributes
    ----------
    id, user_id, name
        `name` says what it is for.
    start
        Its first letters, to know it by.
    role
        At most this, and at most what the user has when it is used.
    grid
        What it is limited to besides, with all below; ``""``: as its user.
    created_at, expires_at, revoked_at, used_at
        Moments in UTC.
    """

    id: int
    user_id: int
    name: str
    start: str
    role: str
    grid: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    def is_valid(self, at: datetime) -> bool:
        """Return whether it may still be used."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


_COLUMNS = tuple(tokens.c[name] for name in Token.__dataclass_fields__)


def hash_secret(secret: str) -> str:
    """Return what is kept of a random key; guessing 256 bits needs no slow hash."""
    return sha256(secret.encode()).hexdigest()


def create_token(
    engine: Engine,
    user: User,
    name: str,
    tree: Hierarchy,
    *,
    role: str,
    days: int,
    at: datetime,
    grid: str = "",
) -> tuple[Token, str]:
    """Make a key for a program; it can be read this once.

    Parameters
    ----------
    engine : of the database
    user : whose it is
    name : what it is for
    tree : the grids
    role : at most the user's
    days : until it expires, at most :data:`LONGEST_DAYS`
    at : now, in UTC
    grid : to limit it to, within the user's limits

    Raises
    ------
    FieldError
        A value cannot be taken.
    InputError
        The user has too many.
    """
    title = " ".join(name.split())[:_LONGEST_NAME]
    if not title:
        raise FieldError(_("Say what the key is for."))
    if not 1 <= days <= LONGEST_DAYS:
        raise FieldError(_("A key is valid for 1 to {most} days."), most=LONGEST_DAYS)
    _check_power(user, role, grid, tree)
    secret = _PREFIX + secrets.token_urlsafe(32)
    values = {
        "user_id": user.id, "name": title, "hash": hash_secret(secret),
        "start": secret[:_SHOWN], "role": role, "grid": grid,
        "created_at": at, "expires_at": at + timedelta(days=days),
    }  # fmt: skip
    with writing(engine) as connection:
        valid = [each for each in _of_user(connection, user.id) if each.is_valid(at)]
        if len(valid) >= _MOST:
            raise InputError(_("At most {most} keys; revoke one first."), most=_MOST)
        made = connection.execute(insert(tokens).values(values).returning(*_COLUMNS)).one()
        told = {"user": user.id, "name": title, "role": role, "grid": grid}
        record(connection, "token.added", made.id, at=at, by=user.id, **told)
    return _token(made), secret


def _check_power(user: User, role: str, grid: str, tree: Hierarchy) -> None:
    if role not in ROLES or ROLES.index(role) > ROLES.index(user.role):
        raise FieldError(_("A key cannot have a higher role than its user."))
    if grid and grid not in tree.names:
        raise FieldError(_("There is no grid “{code}” in the plan."), code=grid[:40])
    if grid and user.scope and user.scope.isdisjoint(tree.chain(grid)):
        raise FieldError(_("A key cannot reach beyond the grids of its user."))


def list_tokens(engine: Engine, user_id: int) -> list[Token]:
    """Return the keys of a user, the newest first."""
    with reading(engine) as connection:
        return _of_user(connection, user_id)


def _of_user(connection: Any, user_id: int) -> list[Token]:
    of_user = select(*_COLUMNS).where(tokens.c.user_id == user_id).order_by(tokens.c.id.desc())
    return [_token(row) for row in connection.execute(of_user)]


def revoke_token(engine: Engine, user_id: int, token_id: int, *, at: datetime, by: By) -> None:
    """Make a key of a user useless; twice is as once.

    Raises
    ------
    InputError
        The user has no such key.
    """
    with writing(engine) as connection:
        is_it = (tokens.c.id == token_id) & (tokens.c.user_id == user_id)
        row = connection.execute(select(*_COLUMNS).where(is_it)).one_or_none()
        if row is None:
            raise InputError(_("There is no such key."))
        if row.revoked_at is None:
            connection.execute(update(tokens).where(is_it).values(revoked_at=at))
            record(connection, "token.revoked", token_id, at=at, by=by, user=user_id)


def token_of(engine: Engine, secret_hash: str) -> tuple[Token, User] | None:
    """Return a key and its user as they are; whether they may be used is for the caller to say.

    Parameters
    ----------
    engine : of the database
    secret_hash : from :func:`hash_secret`
    """
    with reading(engine) as connection:
        row = connection.execute(
            select(*_COLUMNS).where(tokens.c.hash == secret_hash)
        ).one_or_none()
        if row is None:
            return None
        user = user_where(connection, users.c.id == row.user_id)
    return None if user is None else (_token(row), user)


def note_use(engine: Engine, token_id: int, *, at: datetime) -> None:
    """Remember that a key was used."""
    with writing(engine) as connection:
        connection.execute(update(tokens).where(tokens.c.id == token_id).values(used_at=at))


def _token(row: Row[Any]) -> Token:
    return Token(**row._mapping)
