"""Who asks, and what they may see of plans."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Lock

from flask import current_app
from sqlalchemy import Connection, Engine

from geogrid.errors import FieldError, GeogridError
from geogrid.i18n import mark as _
from geogrid.store import PlanMissingError
from geogrid.store.opening import is_there, make_ready, reading
from geogrid.store.plans import PlanRecord, find_plan, plan_at
from web import auth
from web.v1.paging import known_id

__all__ = [
    "MissingError",
    "OutsideAreaError",
    "database",
    "is_planner",
    "now",
    "plan_in_force",
    "plan_seen",
    "text_of",
    "user_id",
]

_MAKING = Lock()
DRAFTS = ("draft", "review")


class OutsideAreaError(GeogridError):
    """What is meant lies outside of the caller's limits."""


class MissingError(GeogridError):
    """What was asked for is not there, or not for the caller."""


def database() -> Engine:
    """Return the database of this server; a file is made when it is first asked for."""
    engine: Engine = current_app.config["DATABASE"]
    with _MAKING:
        if not is_there(engine):
            make_ready(engine)
    return engine


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def user_id() -> int | None:
    """Return the id of the user who asks, None where there are no accounts."""
    return auth.caller_id()


def is_planner() -> bool:
    """Return whether the caller may see drafts."""
    return auth.has_role("planner")


def plan_seen(connection: Connection, plan_id: int) -> PlanRecord:
    """Return a plan that the caller may see.

    Raises
    ------
    MissingError
        There is none, or it is a draft and the caller no planner.
    """
    try:
        plan = find_plan(connection, known_id(plan_id))
    except PlanMissingError as error:
        raise MissingError(error.message, **error.params) from error
    if plan.status in DRAFTS and not is_planner():
        raise MissingError(_("There is no plan {plan}."), plan=plan_id)
    return plan


def plan_in_force(moment: datetime | None) -> PlanRecord:
    """Return the plan in force now, or at a moment.

    Raises
    ------
    MissingError
        None was.
    """
    try:
        with reading(database()) as connection:
            return plan_at(connection, moment)
    except PlanMissingError as error:
        raise MissingError(error.message, **error.params) from error


def text_of(value: object, name: str, longest: int, *, needed: bool = False) -> str:
    """Return a text that a database can keep.

    Raises
    ------
    FieldError
        It is no text, too long, missing or has characters that are none.
    """
    if not isinstance(value, str):
        raise FieldError(_("“{name}” must be a text."), name=name)
    text = value.strip()
    if any(0xD800 <= ord(c) <= 0xDFFF or (ord(c) < 32 and c not in "\t\n\r") for c in text):
        raise FieldError(_("“{name}” has characters that cannot be kept."), name=name)
    if len(text) > longest:
        raise FieldError(
            _("“{name}” may have {longest} characters at most."), name=name, longest=longest
        )
    if needed and not text:
        raise FieldError(_("“{name}” is missing."), name=name)
    return text
