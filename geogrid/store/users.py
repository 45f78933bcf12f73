"""Who signs in: looked up, listed, and told by name and password."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.store.database.engine import reading
from geogrid.store.database.tables import user_scopes, users
from geogrid.store.passwords import is_password

__all__ = [
    "ROLES",
    "User",
    "check_password",
    "find_user",
    "folded",
    "has_users",
    "list_users",
    "user_named",
    "user_where",
]

ROLES = ("worker", "supervisor", "planner", "admin")
"""Of those who sign in; each may do what those before it may."""
_LONGEST_ASKED = 80


@dataclass(frozen=True)
class User:
    """Somebody who signs in.

    Attributes
    ----------
    id, name, full_name
        `name` is what they sign in with.
    role
        One of :data:`ROLES`.
    language
        ``"zh_CN"``, ``"en"`` or ``""`` where they have not chosen.
    is_active
        Whether they may sign in.
    must_change_password
        Somebody else chose it: they may do nothing before.
    created_at, sessions_since
        Moments in UTC.
    scope
        Codes of the grids they are limited to, each with all below it; empty: not limited.
    """

    id: int
    name: str
    full_name: str
    role: str
    language: str
    is_active: bool
    must_change_password: bool
    created_at: datetime
    sessions_since: datetime
    scope: frozenset[str]


_COLUMNS = tuple(users.c[name] for name in User.__dataclass_fields__ if name != "scope")


def has_users(engine: Engine) -> bool:
    """Return whether there is anybody; disabled users count, so this never becomes false again."""
    with reading(engine) as connection:
        return connection.scalar(select(users.c.id).limit(1)) is not None


def find_user(engine: Engine, user_id: int) -> User | None:
    """Return the user of an id."""
    with reading(engine) as connection:
        return user_where(connection, users.c.id == user_id)


def user_named(engine: Engine, name: str) -> User:
    """Return the user of a name.

    Raises
    ------
    InputError
        There is none.
    """
    with reading(engine) as connection:
        found = user_where(connection, users.c.name == folded(name))
    if found is None:
        raise InputError(_("There is no user “{name}”."), name=name[:_LONGEST_ASKED])
    return found


def list_users(engine: Engine) -> list[User]:
    """Return everybody by name."""
    with reading(engine) as connection:
        rows = connection.execute(select(*_COLUMNS).order_by(users.c.name)).all()
        scopes: dict[int, set[str]] = {}
        for user_id, grid in connection.execute(select(user_scopes)):
            scopes.setdefault(user_id, set()).add(grid)
    return [_user(row, scopes.get(row.id, ())) for row in rows]


def user_where(connection: Connection, condition: Any) -> User | None:
    """Return the user of a condition that at most one fulfils."""
    row = connection.execute(select(*_COLUMNS).where(condition)).one_or_none()
    if row is None:
        return None
    grids = select(user_scopes.c.grid).where(user_scopes.c.user_id == row.id)
    return _user(row, connection.scalars(grids).all())


def _user(row: Row[Any], scope: Collection[str]) -> User:
    return User(**row._mapping, scope=frozenset(scope))


def check_password(engine: Engine, name: str, password: str) -> User | None:
    """Return the user whom name and password belong to.

    A wrong password, an unknown name and a disabled user take equally long and say the same.
    """
    is_them = (users.c.name == folded(name)[:_LONGEST_ASKED]) & users.c.is_active
    with reading(engine) as connection:
        row = connection.execute(
            select(users.c.id, users.c.password_hash).where(is_them)
        ).one_or_none()
    is_right = is_password(password, "" if row is None else row.password_hash)
    return find_user(engine, row.id) if row is not None and is_right else None


def folded(name: str) -> str:
    """Return a name to sign in with in its one spelling."""
    return unicodedata.normalize("NFKC", name).strip().casefold()
