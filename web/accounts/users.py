"""``/users``: administrators add users and say what they may."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from geogrid.errors import GeogridError
from geogrid.i18n import mark as _
from geogrid.store.accounts import add_user, change_user, check_scope, set_password
from geogrid.store.passwords import random_password
from geogrid.store.users import ROLES, User, find_user, list_users
from web.auth import caller, requires
from web.current import current_plan
from web.errors import page_with_error
from web.known_users import known_users

__all__ = ["blueprint"]

blueprint = Blueprint("users", __name__, url_prefix="/users")
DONE = {
    "changed": _("The changes are saved."),
    "disabled": _("The user can no longer sign in; sessions and keys have ended."),
    "enabled": _("The user may sign in again."),
}


def _now_by() -> dict[str, Any]:
    """Return when and by whom something is done."""
    user = caller().user
    if user is None:
        abort(404)
    return {"at": datetime.now(UTC), "by": user.id}


@blueprint.get("")
@requires("admin", scope="whole")
def page() -> str:
    """List the users and offer to add one."""
    return _listed()


def _listed(error: GeogridError | None = None, **new: str) -> str:
    users, names = list_users(known_users().engine), current_plan().plan.hierarchy.names
    return render_template(
        "users.html",
        error=error,
        users=users,
        stale={user.id for user in users if not user.scope <= names.keys()},
        names=names,
        roles=ROLES,
        form=request.form,
        done=DONE.get(request.args.get("done", "")),
        new=new,
    )


@blueprint.post("")
@requires("admin", scope="whole")
def add() -> Response:
    """Add a user and show a password to begin with, this once."""
    password = random_password()
    try:
        user = add_user(
            known_users().engine,
            request.form.get("name", ""),
            password,
            role=request.form.get("role", ""),
            full_name=request.form.get("full_name", ""),
            scope=_scope(),
            must_change_password=True,
            **_now_by(),
        )
    except GeogridError as error:
        return page_with_error(_listed(error), error)
    return make_response(_listed(name=user.name, password=password))


def _scope() -> list[str]:
    """Return the codes of the form; each must be a grid of the plan."""
    codes = [code for code in re.split(r"[\s,;，；、]+", request.form.get("scope", "")) if code]
    check_scope(codes, current_plan().plan.hierarchy)
    return codes


def _found(user_id: int) -> User:
    user = find_user(known_users().engine, user_id)
    if user is None:
        abort(404)
    return user


@blueprint.get("/<int:user_id>")
@requires("admin", scope="whole")
def one(user_id: int) -> str:
    """Show one user to change."""
    return _one(_found(user_id))


def _one(user: User, error: GeogridError | None = None, password: str = "") -> str:
    return render_template(
        "user.html",
        user=user,
        error=error,
        password=password,
        roles=ROLES,
        form=request.form,
        names=current_plan().plan.hierarchy.names,
        done=DONE.get(request.args.get("done", "")),
    )


@blueprint.post("/<int:user_id>")
@requires("admin", scope="whole")
def change(user_id: int) -> Response:
    """Change name, role and limits."""
    return _changed(
        user_id,
        "changed",
        role=request.form.get("role", ""),
        full_name=request.form.get("full_name", ""),
    )


@blueprint.post("/<int:user_id>/active")
@requires("admin", scope="whole")
def set_active(user_id: int) -> Response:
    """Let a user no longer sign in, or again."""
    is_active = request.form.get("active") == "1"
    return _changed(user_id, "enabled" if is_active else "disabled", is_active=is_active)


def _changed(user_id: int, said: str, **changes: Any) -> Response:
    user = _found(user_id)
    try:
        if "role" in changes:
            changes["scope"] = _scope()
        change_user(known_users().engine, user.id, **changes, **_now_by())
    except GeogridError as error:
        return page_with_error(_one(user, error), error)
    known_users().forget()
    return make_response(redirect(url_for("users.one", user_id=user.id, done=said)))


@blueprint.post("/<int:user_id>/password")
@requires("admin", scope="whole")
def reset(user_id: int) -> Response:
    """Give a user a password to begin with again, and show it, this once."""
    user, password = _found(user_id), random_password()
    set_password(known_users().engine, user.id, password, must_change_password=True, **_now_by())
    known_users().forget()
    return make_response(_one(_found(user_id), password=password))
