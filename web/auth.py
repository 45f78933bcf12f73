"""Roles: every view says who may call it.

resident < worker < supervisor < planner < admin. This release has no accounts: the server
listens on this computer only, and whoever sits at it is the planner.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort, g

__all__ = ["ROLES", "has_role", "requires"]

ROLES = ("resident", "worker", "supervisor", "planner", "admin")

View = TypeVar("View", bound=Callable[..., Any])


def current_role() -> str:
    """Return the role of whoever sent this request."""
    role: str = g.get("role", "planner")
    return role


def has_role(role: str) -> bool:
    """Return whether whoever sent this request has `role` or one above it."""
    return ROLES.index(current_role()) >= ROLES.index(role)


def requires(role: str) -> Callable[[View], View]:
    """Let only `role` and those above it call a view.

    Parameters
    ----------
    role
        One of :data:`ROLES`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not has_role(role):
                abort(403)
            return view(*args, **kwargs)

        guarded.role = role  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate
