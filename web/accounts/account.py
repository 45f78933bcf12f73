"""``/account``: one's own password, language, sessions and keys."""

from __future__ import annotations

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

from geogrid.errors import FieldError, GeogridError
from geogrid.i18n import mark as _
from geogrid.store.accounts import change_user, end_sessions, set_password
from geogrid.store.tokens import LONGEST_DAYS, create_token, list_tokens, revoke_token
from geogrid.store.users import ROLES, User, check_password
from web.accounts.forms import twice
from web.accounts.sessions import begin_session
from web.auth import caller, requires
from web.current import current_plan
from web.errors import page_with_error
from web.known_users import known_users
from web.language import remember
from web.throttle import TooManyError, count_attempt, forgive

__all__ = ["blueprint"]

blueprint = Blueprint("account", __name__, url_prefix="/account")
DONE = {
    "password": _("Your password is changed; other sessions have ended."),
    "sessions": _("All other sessions have ended."),
    "language": _("The language is changed."),
    "revoked": _("The key can no longer be used."),
}
_DAYS = (30, 90, 180, LONGEST_DAYS)


def _me() -> User:
    """Return who signed in; where there are no accounts there is nobody."""
    user = caller().user
    if user is None:
        abort(404)
    return user


@blueprint.get("")
@requires("worker", scope="own", with_any_password=True)
def page() -> str:
    """Show the page."""
    return _shown()


def _shown(error: GeogridError | None = None, secret: str = "") -> str:
    me, now = _me(), datetime.now(UTC)
    tokens = list_tokens(known_users().engine, me.id)
    return render_template(
        "account.html",
        me=me,
        error=error,
        secret=secret,
        done=DONE.get(request.args.get("done", "")),
        tokens=[each for each in tokens if each.is_valid(now)],
        roles=ROLES[: ROLES.index(me.role) + 1],
        days=_DAYS,
    )


def _done(what: str) -> Any:
    known_users().forget()
    return redirect(url_for("account.page", done=what))


@blueprint.post("/password")
@requires("worker", scope="own", with_any_password=True)
def password() -> Response:
    """Change the password of whoever knows the old one; this session goes on."""
    me, engine = _me(), known_users().engine
    try:
        count_attempt(me.name)
        if check_password(engine, me.name, request.form.get("old", "")) is None:
            raise FieldError(_("The password you have now is another one."))
        forgive(me.name)
        new = twice(request.form)
        if new == request.form.get("old", ""):
            raise FieldError(_("This is the password you have already."))
        user = set_password(engine, me.id, new, at=datetime.now(UTC), by=me.id)
    except (FieldError, TooManyError) as error:
        return page_with_error(_shown(error), error)
    begin_session(user)
    return make_response(_done("password"))


@blueprint.post("/language")
@requires("worker", scope="own")
def language() -> Response:
    """Choose the language in which one signs in from now on."""
    me, code = _me(), request.form.get("language", "")
    user = change_user(known_users().engine, me.id, language=code, at=datetime.now(UTC), by=me.id)
    response = make_response(_done("language"))
    remember(response, user.language)
    return response


@blueprint.post("/sessions")
@requires("worker", scope="own")
def sessions() -> Response:
    """End the sessions of all other browsers."""
    me = _me()
    begin_session(end_sessions(known_users().engine, me.id, at=datetime.now(UTC), by=me.id))
    return make_response(_done("sessions"))


@blueprint.post("/keys")
@requires("worker", scope="own")
def add_key() -> Response:
    """Make a key for a program and show it, this once."""
    me, form = _me(), request.form
    days = form.get("days", "")
    try:
        _token, secret = create_token(
            known_users().engine,
            me,
            form.get("name", ""),
            current_plan().plan.hierarchy,
            role=form.get("role", ""),
            days=int(days) if days.isdecimal() else 0,
            grid=form.get("grid", "").strip(),
            at=datetime.now(UTC),
        )
    except GeogridError as error:
        return page_with_error(_shown(error), error)
    return make_response(_shown(secret=secret))


@blueprint.post("/keys/<int:token_id>/revoke")
@requires("worker", scope="own")
def revoke(token_id: int) -> Response:
    """Make a key useless."""
    me = _me()
    revoke_token(known_users().engine, me.id, token_id, at=datetime.now(UTC), by=me.id)
    return make_response(_done("revoked"))
