"""Roles and limits: every view says who may call it, and what becomes of limits to grids.

resident < worker < supervisor < planner < admin. As long as there are no accounts, whoever sits
at the computer of the server is the planner, and nobody else is anything. As soon as there is
one, everybody signs in, or sends a key (``Authorization: Bearer``) to ``/api/``; who does neither
is a resident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import flask_login
from flask import Flask, abort, current_app, g, request

from geogrid.errors import GeogridError
from geogrid.hierarchy import Hierarchy
from geogrid.i18n import mark as _
from geogrid.store.audit import By
from geogrid.store.tokens import Token
from geogrid.store.users import ROLES as ROLES_OF_USERS
from geogrid.store.users import User
from web.known_users import KnownUsers, known_users

__all__ = [
    "RESIDENT",
    "ROLES",
    "SCOPES",
    "Caller",
    "NewPasswordError",
    "acting",
    "caller",
    "caller_id",
    "caller_without_session",
    "current_role",
    "has_role",
    "is_here",
    "is_open",
    "may_call",
    "requires",
    "sends_key",
]

ROLES = ("resident", *ROLES_OF_USERS)
SCOPES = ("free", "limited", "own", "whole")
"""What a view does about limits: it shows nothing that has any (free), leaves out what is outside
the caller's (limited), shows only what belongs to the caller (own), or is closed to those who
have any (whole)."""
_LOOPBACK = ("127.0.0.1", "::1")
_KEYS_GO_TO = "/api/"

View = TypeVar("View", bound=Callable[..., Any])


class NewPasswordError(GeogridError):
    """Somebody else knows this user's password; they have to choose one first."""


@dataclass(frozen=True)
class Caller:
    """Who sent a request.

    Attributes
    ----------
    role
        One of :data:`ROLES`.
    user
        None for a resident and where there are no accounts.
    scope
        Codes of the grids to which the caller is limited, with all below; None: to none.
    """

    role: str
    user: User | None = None
    scope: frozenset[str] | None = None

    @property
    def needs_password(self) -> bool:
        """Whether somebody else has chosen this user's password, so that it must be changed."""
        return self.user is not None and self.user.must_change_password


RESIDENT = Caller("resident", scope=frozenset())
_AT_THE_SERVER = Caller("planner")


def caller() -> Caller:
    """Return who sent this request; `g.scope` and `g.user_id` say it too from then on."""
    found: Caller | None = g.get("caller")
    if found is None:
        found = g.caller = _identify()
        g.scope = found.scope
        g.user_id = None if found.user is None else found.user.id
    return found


def current_role() -> str:
    """Return the role of whoever sent this request."""
    return caller().role


def caller_id() -> int | None:
    """Return the id of the user who sent this request, None for a resident or without accounts."""
    user = caller().user
    return None if user is None else user.id


def acting() -> By:
    """Return who does what this request asks for, as the audit log names them."""
    return caller_id() or ""


def has_role(role: str) -> bool:
    """Return whether whoever sent this request has a role or one above it."""
    return ROLES.index(caller().role) >= ROLES.index(role)


def sends_key() -> bool:
    """Return whether this request comes with a key: then that alone says who sent it."""
    return _has_key(request.environ)


def _has_key(environ: Mapping[str, Any]) -> bool:
    given = environ.get("HTTP_AUTHORIZATION", "")
    return given[:7].lower() == "bearer " and environ["PATH_INFO"].startswith(_KEYS_GO_TO)


def is_open() -> bool:
    """Return whether this request came from the computer of the server while nobody has an account.

    A proxy on the same computer says for whom it asks; that is somebody else.
    """
    return is_here() and not known_users().are_there()


def is_here() -> bool:
    """Return whether this request came from the computer of the server, through no proxy."""
    return _came_from_here(request.environ)


def _came_from_here(environ: Mapping[str, Any]) -> bool:
    return (
        environ.get("REMOTE_ADDR") in _LOOPBACK
        and "HTTP_X_FORWARDED_FOR" not in environ
        and "HTTP_FORWARDED" not in environ
    )


def _identify() -> Caller:
    found = caller_without_session(current_app, request.environ)
    if found is not None:
        return found
    if sends_key():
        abort(401)
    signed_in = flask_login.current_user
    if not signed_in.is_authenticated:
        return RESIDENT
    user: User = signed_in.user
    return Caller(user.role, user, user.scope or None)


def caller_without_session(app: Flask, environ: Mapping[str, Any]) -> Caller | None:
    """Return who sent a request if its key says so, or nobody has an account; else None.

    Raises
    ------
    StoreError
        The database cannot be read.
    """
    users: KnownUsers = app.extensions["geogrid_users"]
    if _has_key(environ):
        found = users.of_secret(environ["HTTP_AUTHORIZATION"][7:].strip())
        return None if found is None else _by_key(app, *found)
    if _came_from_here(environ) and not users.are_there():
        return _AT_THE_SERVER
    return None


def _by_key(app: Flask, token: Token, user: User) -> Caller:
    role = min(token.role, user.role, key=ROLES.index)
    scope = user.scope or None
    if token.grid:
        tree = app.config["WORKSPACE"].current().hierarchy
        scope = _narrowed(scope, token.grid, tree)
    return Caller(role, user, scope)


def _narrowed(scope: frozenset[str] | None, grid: str, tree: Hierarchy) -> frozenset[str]:
    """Return what limits leave of a grid, or a grid of them."""
    if scope is None or not scope.isdisjoint(tree.chain(grid)):
        return frozenset({grid})
    return frozenset(code for code in scope if grid in tree.chain(code))


def requires(role: str, *, scope: str, with_any_password: bool = False) -> Callable[[View], View]:
    """Let only `role` and those above it call a view.

    Parameters
    ----------
    role
        One of :data:`ROLES`.
    scope
        One of :data:`SCOPES`: what the view does about limits. ``"whole"`` is seen to here, the
        others by the view.
    with_any_password
        Whether it may be called with a password that somebody else has chosen.
    """
    if role not in ROLES or scope not in SCOPES:
        raise ValueError(f"no such role or scope: {role}, {scope}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if role != "resident":
                _refuse(caller(), role, scope, with_any_password)
            return view(*args, **kwargs)

        guarded.role, guarded.scope = role, scope  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def may_call(now: Caller, role: str, scope: str) -> bool:
    """Return whether somebody may call a view that requires this."""
    is_high_enough = ROLES.index(now.role) >= ROLES.index(role)
    return is_high_enough and (scope != "whole" or now.scope is None)


def _refuse(now: Caller, role: str, scope: str, with_any_password: bool) -> None:
    if not may_call(now, role, scope):
        abort(401 if now.user is None and known_users().are_there() else 403)
    if now.needs_password and not with_any_password:
        raise NewPasswordError(_("Choose a password of your own first, on the page “Account”."))
