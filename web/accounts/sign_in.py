"""``/sign-in`` and ``/sign-out``."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for

from geogrid.errors import FieldError, GeogridError
from geogrid.i18n import mark
from geogrid.store.users import User, check_password
from web.accounts.sessions import begin_session, end_session
from web.auth import requires
from web.copy_owner import forget_copy, forget_copy_of_others
from web.errors import page_with_error
from web.known_users import known_users
from web.language import remember
from web.parameters import local_path
from web.throttle import TooManyError, count_attempt, forgive

__all__ = ["blueprint", "signed_in"]

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
@requires("resident", scope="own")
def page() -> str:
    """Ask for name and password."""
    return _asking()


def _asking(error: GeogridError | None = None) -> str:
    return render_template(
        "sign_in.html",
        error=error,
        name=request.form.get("name", "")[:80],
        next=local_path(request.values.get("next", "")),
        has_accounts=known_users().are_there(),
    )


@blueprint.post("/sign-in")
@requires("resident", scope="own")
def sign_in() -> Response:
    """Begin a session for whoever knows the password."""
    name = request.form.get("name", "")
    try:
        user = _known(name, request.form.get("password", ""))
    except (FieldError, TooManyError) as error:
        return page_with_error(_asking(error), error)
    return signed_in(user, local_path(request.form.get("next", "")))


def _known(name: str, password: str) -> User:
    """Return the user; wrong names and wrong passwords say the same."""
    count_attempt(name)
    user = check_password(known_users().engine, name, password) if name else None
    if user is None:
        raise FieldError(mark("Name or password is wrong."))
    forgive(name)
    return user


def signed_in(user: User, path: str) -> Response:
    """Begin the session of a user and go on to a page of ours."""
    known_users().forget()
    begin_session(user)
    response = make_response(redirect(path))
    remember(response, user.language)
    forget_copy_of_others(response, user.id)
    return response


@blueprint.post("/sign-out")
@requires("resident", scope="own")
def sign_out() -> Response:
    """End the session of this browser."""
    end_session()
    response = make_response(redirect(url_for("sign_in.page")))
    forget_copy(response)
    return response
