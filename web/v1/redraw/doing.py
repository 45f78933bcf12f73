"""Operations, undo and redo, locks: what planners do to a draft."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.store.errors import PlanMissingError
from geogrid.store.redrawing.desk import (
    RedrawConflictError,
    Who,
    operate,
    redo,
    undo,
)
from geogrid.store.redrawing.locks import set_locks
from geogrid.store.redrawing.operations import OPERATIONS, operation
from web.auth import requires
from web.described import answer, describe, ref
from web.security import for_programs
from web.v1.bodies import json_body
from web.v1.caller import MissingError, database, now, text_of, user_id
from web.v1.paging import known_id
from web.v1.redraw.said import conflict_said, done, scheme

__all__ = ["blueprint", "draft_asked", "finds_drafts", "version_in"]

View = TypeVar("View", bound=Callable[..., Any])

blueprint = Blueprint("redraw_doing", __name__, url_prefix="/api/v1/plans/<int:plan>/redraw")
_MOST_VERSION = 2_147_483_647
_VERSION = {"type": "integer", "minimum": 1, "maximum": _MOST_VERSION}
_PROBLEMS = (409, 413, 415, 422)
_DONE = {200: answer(ref("Redrawn"))}


def draft_asked(plan: int) -> int:
    """Return the id of a draft, which planners may see; whether it is there is seen later."""
    return known_id(plan)


def finds_drafts(view: View) -> View:
    """Answer that there is nothing where there is no such plan."""

    @wraps(view)
    def found(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except PlanMissingError as error:
            raise MissingError(error.message, **error.params) from error

    return found  # type: ignore[return-value]


def version_in(body: dict[str, Any], name: str = "version") -> int:
    """Return the version that the caller saw.

    Raises
    ------
    FieldError
        It is missing or no version.
    """
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _MOST_VERSION:
        raise FieldError(_("“{name}” must be the number that you were given."), name=name)
    return value


def _answered(act: Callable[[], dict[str, Any]]) -> Response:
    try:
        return jsonify(act())
    except RedrawConflictError as error:
        error.params["changed"] = conflict_said(error)
        raise


@blueprint.post("/operations")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Do an operation on a draft, and keep it; with dry, only say what it would do."),
    more=_(
        "Operations and their parameters are those of docs/redraw.md. An operation on an older "
        "version is brought to the newest, unless it does not agree with what others did since: "
        "then nothing is changed, and “changed” says what they did."
    ),
    body={
        "application/json": {
            "type": "object",
            "required": ["version", "operation", "parameters"],
            "properties": {
                "version": _VERSION,
                "operation": {"enum": list(OPERATIONS)},
                "parameters": {"type": "object"},
                "dry": {"type": "boolean"},
            },
        }
    },
    answers=_DONE,
    problems=_PROBLEMS,
)
@finds_drafts
def operations(plan: int) -> Response:
    """Do an operation."""
    found, body = draft_asked(plan), json_body()
    parameters, dry = body.get("parameters", {}), body.get("dry", False)
    if not isinstance(parameters, dict):
        raise FieldError(_("“{name}” must be a JSON object."), name="parameters")
    if not isinstance(dry, bool):
        raise FieldError(_("“{name}” must be true or false."), name="dry")
    name = text_of(body.get("operation"), "operation", 100, needed=True)
    ask = operation(name, parameters, scheme())
    who = _who(body)
    return _answered(lambda: operate(database(), found, ask, who, done, dry=dry))


def _who(body: dict[str, Any]) -> Who:
    return Who(version_in(body), now(), user_id())


@blueprint.post("/undo")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Take back one's last operation on a draft, or the one of a number."),
    body={
        "application/json": {
            "type": "object",
            "required": ["version"],
            "properties": {"version": _VERSION, "number": _VERSION},
        }
    },
    answers=_DONE,
    problems=_PROBLEMS,
)
@finds_drafts
def take_back(plan: int) -> Response:
    """Take back an operation."""
    found, body = draft_asked(plan), json_body()
    number = version_in(body, "number") if "number" in body else None
    return _answered(lambda: undo(database(), found, _who(body), done, number=number))


@blueprint.post("/redo")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Do again what one took back last, unless one did something else since."),
    more=_("With “number”, the operation of that number, whoever took it back."),
    body={
        "application/json": {
            "type": "object",
            "required": ["version"],
            "properties": {"version": _VERSION, "number": _VERSION},
        }
    },
    answers=_DONE,
    problems=_PROBLEMS,
)
@finds_drafts
def do_again(plan: int) -> Response:
    """Do again what was taken back."""
    found, body = draft_asked(plan), json_body()
    number = version_in(body, "number") if "number" in body else None
    return _answered(lambda: redo(database(), found, _who(body), done, number=number))


@blueprint.put("/locks")
@for_programs
@requires("planner", scope="whole")
@describe(
    _("Lock grids of a draft, so that no operation changes their outline, or unlock them."),
    body={
        "application/json": {
            "type": "object",
            "required": ["codes", "locked"],
            "properties": {
                "codes": {"type": "array", "items": {"type": "string"}, "maxItems": 1000},
                "locked": {"type": "boolean"},
            },
        }
    },
    answers={200: answer(ref("RedrawLocks"))},
    problems=_PROBLEMS,
)
@finds_drafts
def locks(plan: int) -> Response:
    """Lock or unlock grids."""
    found, body = draft_asked(plan), json_body()
    codes, locked = body.get("codes"), body.get("locked")
    if not isinstance(codes, list) or len(codes) > 1_000:
        raise FieldError(_("“{name}” must be a list of texts."), name="codes")
    if not isinstance(locked, bool):
        raise FieldError(_("“{name}” must be true or false."), name="locked")
    listed = [text_of(code, "codes", 200) for code in codes]
    held = set_locks(database(), found, listed, locked=locked, at=now(), by=user_id())
    return jsonify(locked=held)
