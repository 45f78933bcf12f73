"""``/setup/…``: the first administrator, by a link that ``geogrid serve`` prints."""

from __future__ import annotations

from datetime import UTC, datetime
from hmac import compare_digest

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, url_for

from geogrid.errors import GeogridError
from geogrid.store.accounts import add_user
from geogrid.store.opening import make_ready
from geogrid.store.tokens import hash_secret
from web.accounts.forms import twice
from web.accounts.sign_in import signed_in
from web.auth import requires
from web.errors import page_with_error
from web.known_users import KnownUsers, known_users

__all__ = ["blueprint", "new_setup_path"]

blueprint = Blueprint("setup", __name__)
_KEPT = "geogrid_setup"


def new_setup_path(app: Flask, secret: str) -> str | None:
    """Return the path of a link that adds the first administrator, None when there is one.

    It is valid until it is used or the server ends; only a hash of it is kept.

    Parameters
    ----------
    app : of this process
    secret : the same for all processes of a server
    """
    users: KnownUsers = app.extensions["geogrid_users"]
    if users.are_there():
        return None
    app.extensions[_KEPT] = hash_secret(secret)
    return app.url_map.bind("").build("setup.page", {"secret": secret})


def _require(secret: str) -> None:
    kept = current_app.extensions.get(_KEPT, "")
    if not kept or not compare_digest(kept, hash_secret(secret)) or known_users().are_there():
        abort(404)


@blueprint.get("/setup/<secret>")
@requires("resident", scope="own")
def page(secret: str) -> str:
    """Ask for a name and a password."""
    _require(secret)
    return _asking()


def _asking(error: GeogridError | None = None) -> str:
    return render_template("setup.html", error=error, form=request.form)


@blueprint.post("/setup/<secret>")
@requires("resident", scope="own")
def add(secret: str) -> Response:
    """Add the first administrator and sign them in."""
    _require(secret)
    engine = known_users().engine
    try:
        make_ready(engine)
        user = add_user(
            engine,
            request.form.get("name", ""),
            twice(request.form),
            role="admin",
            full_name=request.form.get("full_name", ""),
            is_first=True,
            at=datetime.now(UTC),
            by="setup link",
        )
    except GeogridError as error:
        return page_with_error(_asking(error), error)
    current_app.extensions.pop(_KEPT, None)
    return signed_in(user, url_for("users.page"))
