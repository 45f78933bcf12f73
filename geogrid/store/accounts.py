"""Change who signs in: role, limits, password.

Changes are made one at a time, and none leaves the place without an administrator who can sign
in. Users are never removed, so that the audit log keeps knowing who did something; they are
disabled. A session carries the `sessions_since` of its user, and ends when that changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from geogrid.errors import FieldError, InputError
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import LANGUAGES
from geogrid.i18n import mark as _
from geogrid.store.audit import By, record
from geogrid.store.database.engine import writing
from geogrid.store.database.tables import tokens, user_scopes, users
from geogrid.store.passwords import check_rules, hash_password
from geogrid.store.users import ROLES, User, find_user, folded, user_where

__all__ = [
    "add_user",
    "change_user",
    "check_scope",
    "end_sessions",
    "hold_users",
    "set_password",
    "set_scope",
]

_LONGEST_NAME = 40
_LONGEST_FULL_NAME = 60
_IN_NAMES = "._-@"
_CHANGEABLE = ("full_name", "role", "language", "is_active", "scope")


def add_user(
    engine: Engine,
    name: str,
    password: str,
    *,
    role: str,
    at: datetime,
    by: By,
    is_first: bool = False,
    **about: Any,
) -> User:
    """Add a user; the first one is an administrator.

    Parameters
    ----------
    engine : of the database
    name : to sign in with; upper and lower case are the same
    password : by the rules of :func:`~geogrid.store.passwords.check_rules`
    role : one of :data:`~geogrid.store.users.ROLES`
    at : now, in UTC
    by : who adds
    is_first : only while there is nobody; of two at once, one is told
    about : ``full_name``; ``scope``, codes of grids to limit them to (see :func:`check_scope`);
        ``must_change_password``, whether they have to choose another one first

    Raises
    ------
    FieldError
        Name, password, role or limits cannot be taken.
    InputError
        There is a user of this name, or somebody where nobody should be, or nobody would be left
        who administers.
    """
    name = _checked_name(name)
    full_name = _checked_full_name(about.pop("full_name", ""))
    scope, must_change = about.pop("scope", ()), about.pop("must_change_password", False)
    _refuse_unknown(about)
    check_rules(password, name, full_name)
    _check_role(role, scope)
    hashed = hash_password(password)
    with _changing(engine) as connection:
        if is_first and connection.scalar(select(users.c.id).limit(1)) is not None:
            raise InputError(_("There is an administrator already. Sign in, please."))
        if user_where(connection, users.c.name == name) is not None:
            raise InputError(_("There is a user “{name}” already."), name=name)
        values = {
            "name": name, "full_name": full_name, "password_hash": hashed, "role": role,
            "must_change_password": must_change, "created_at": at, "sessions_since": at,
        }  # fmt: skip
        user_id = int(connection.scalar(insert(users).values(values).returning(users.c.id)))
        set_scope(connection, user_id, scope)
        told = {"name": name, "role": role, "scope": sorted(scope)}
        record(connection, "user.added", user_id, at=at, by=by, **told)
        return _required(connection, user_id)


def change_user(engine: Engine, user_id: int, *, at: datetime, by: By, **changes: Any) -> User:
    """Change what is known of a user; only what differs is written.

    Parameters
    ----------
    engine : of the database
    user_id : whom
    at : now, in UTC
    by : who changes
    changes : ``full_name``, ``role``, ``language``, ``is_active`` or ``scope``; a disabled
        user's sessions and keys end

    Raises
    ------
    FieldError
        A value cannot be taken.
    InputError
        No such user, or nobody would be left who administers.
    """
    with _changing(engine) as connection:
        before = _required(connection, user_id)
        new = _checked(before, changes)
        differing = {key: value for key, value in new.items() if getattr(before, key) != value}
        if not differing:
            return before
        scope = differing.pop("scope", None)
        if scope is not None:
            set_scope(connection, user_id, scope)
        if not differing.get("is_active", True):
            differing["sessions_since"] = _later(before, at)
            of_user = (tokens.c.user_id == user_id) & tokens.c.revoked_at.is_(None)
            connection.execute(update(tokens).where(of_user).values(revoked_at=at))
        if differing:
            connection.execute(update(users).where(users.c.id == user_id).values(differing))
        after = _required(connection, user_id)
        told = {key: [_plain(getattr(before, key)), _plain(getattr(after, key))] for key in new}
        told = {key: pair for key, pair in told.items() if pair[0] != pair[1]}
        record(connection, "user.changed", user_id, at=at, by=by, **told)
        return after


def set_password(
    engine: Engine,
    user_id: int,
    password: str,
    *,
    at: datetime,
    by: By,
    must_change_password: bool = False,
) -> User:
    """Give a user another password; all sessions end.

    Raises
    ------
    FieldError
        The password cannot be taken.
    InputError
        No such user.
    """
    known = find_user(engine, user_id)
    check_rules(password, *((known.name, known.full_name) if known else ()))
    hashed = hash_password(password)
    with _changing(engine) as connection:
        before = _required(connection, user_id)
        values = {
            "password_hash": hashed,
            "must_change_password": must_change_password,
            "sessions_since": _later(before, at),
        }
        connection.execute(update(users).where(users.c.id == user_id).values(values))
        record(connection, "user.password_set", user_id, at=at, by=by)
        return _required(connection, user_id)


def end_sessions(engine: Engine, user_id: int, *, at: datetime, by: By) -> User:
    """End all sessions of a user; who goes on needs the new `sessions_since`.

    Raises
    ------
    InputError
        No such user.
    """
    with _changing(engine) as connection:
        since = _later(_required(connection, user_id), at)
        connection.execute(update(users).where(users.c.id == user_id).values(sessions_since=since))
        record(connection, "user.sessions_ended", user_id, at=at, by=by)
        return _required(connection, user_id)


def check_scope(scope: Collection[str], tree: Hierarchy) -> None:
    """Refuse limits that name a grid which the plan does not have: they would show nothing.

    Raises
    ------
    FieldError
        With the code.
    """
    for code in scope:
        if code not in tree.names:
            raise FieldError(_("There is no grid “{code}” in the plan."), code=code[:40])


def hold_users(connection: Connection) -> None:
    """Keep others from changing users until the transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE")


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """Give a connection on which users change one at a time, or nothing does."""
    with writing(engine) as connection:
        hold_users(connection)
        yield connection
        is_admin = (users.c.role == "admin") & users.c.is_active
        if not connection.scalar(select(func.count()).where(is_admin)):
            raise InputError(
                _("At least one administrator must be able to sign in; nothing was changed.")
            )


def _required(connection: Connection, user_id: int) -> User:
    found = user_where(connection, users.c.id == user_id)
    if found is None:
        raise InputError(_("There is no user “{name}”."), name=user_id)
    return found


def set_scope(connection: Connection, user_id: int, scope: Collection[str]) -> None:
    """Write the limits of a user, on a connection that holds the users."""
    connection.execute(delete(user_scopes).where(user_scopes.c.user_id == user_id))
    rows = [{"user_id": user_id, "grid": grid} for grid in sorted(set(scope))]
    if rows:
        connection.execute(insert(user_scopes), rows)


def _later(user: User, at: datetime) -> datetime:
    """Return a moment that no session carries yet, even after a clock was set back."""
    return max(at, user.sessions_since + timedelta(microseconds=1))


def _refuse_unknown(names: Collection[str]) -> None:
    if names:
        raise TypeError(f"these are not taken here: {sorted(names)}")


def _checked(before: User, changes: dict[str, Any]) -> dict[str, Any]:
    new = {key: changes[key] for key in _CHANGEABLE if key in changes}
    _refuse_unknown(set(changes) - set(new))
    if "full_name" in new:
        new["full_name"] = _checked_full_name(new["full_name"])
    if "scope" in new:
        new["scope"] = frozenset(new["scope"])
    if new.get("language", "") not in ("", *LANGUAGES):
        raise FieldError(_("“{value}” is not one of the choices."), value=new["language"])
    _check_role(new.get("role", before.role), new.get("scope", before.scope))
    return new


def _check_role(role: str, scope: Collection[str]) -> None:
    if role not in ROLES:
        raise FieldError(_("“{value}” is not one of the choices."), value=role[:40])
    if role == "admin" and scope:
        raise FieldError(_("An administrator is not limited to grids; remove the limits first."))


def _checked_name(given: str) -> str:
    """Return a name to sign in with as it is kept."""
    name = folded(given)
    if not name or not all(each.isalnum() or each in _IN_NAMES for each in name):
        raise FieldError(
            _("A user name is made of letters, digits, Chinese characters and . _ - @ only.")
        )
    if len(name) > _LONGEST_NAME:
        raise FieldError(_("A user name has at most {most} characters."), most=_LONGEST_NAME)
    return name


def _checked_full_name(name: str) -> str:
    text = " ".join(name.split())
    if len(text) > _LONGEST_FULL_NAME or not text.isprintable():
        raise FieldError(_("A name has at most {most} characters."), most=_LONGEST_FULL_NAME)
    return text


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value
