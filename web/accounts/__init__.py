"""Sign in and out, one's own account, and the users of a place."""

from __future__ import annotations

from flask import Flask, current_app
from werkzeug.exceptions import HTTPException

from geogrid.errors import GeogridError
from web.accounts import account, setup, sign_in, users
from web.accounts.sessions import login_manager
from web.auth import RESIDENT, Caller, caller, may_call
from web.known_users import KnownUsers
from web.throttle import Throttle

__all__ = ["blueprints", "init_app"]

blueprints = (sign_in.blueprint, setup.blueprint, account.blueprint, users.blueprint)


def init_app(app: Flask) -> None:
    """Find the database; one that is there is brought to this release, a file is not made.

    Raises
    ------
    InputError, StoreError
        The database is of another kind, or cannot be used.
    """
    engine = app.config["DATABASE"] = app.config["WORKSPACE"].engine
    engine.dispose()  # worker processes open connections of their own
    app.extensions["geogrid_users"] = KnownUsers(engine)
    app.extensions["geogrid_throttle"] = Throttle()
    # without its init_app: that keeps cookies beyond a session, which there are none of, and
    # reads the session of every request for it
    app.login_manager = login_manager  # type: ignore[attr-defined]
    app.jinja_env.globals.update(shown_caller=_shown_caller, may=_may)


def _shown_caller() -> Caller:
    """Return for whom a page is; one that says what is wrong is shown to anybody."""
    try:
        return caller()
    except (GeogridError, HTTPException):
        return RESIDENT


def _may(endpoint: str) -> bool:
    """Return whether a page should offer what a view does."""
    view = vars(current_app.view_functions[endpoint])
    return may_call(_shown_caller(), view["role"], view["scope"])
