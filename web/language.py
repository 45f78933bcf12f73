"""The language of a page: ``?lang=``, then the cookie, then the setting."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, redirect, request
from flask_babel import Babel

from geogrid.i18n import LANGUAGES, TRANSLATIONS
from web.auth import requires

__all__ = ["init_app"]

COOKIE = "language"
blueprint = Blueprint("language", __name__)


def _select() -> str:
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    default: str = current_app.config["SETTINGS"].language
    return default


@blueprint.get("/language/<code>")
@requires("resident")
def choose(code: str) -> Response:
    """Remember the language and go back to the page."""
    back = request.args.get("next", "/")
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        back = "/"
    response = redirect(back)
    if code in LANGUAGES:
        response.set_cookie(COOKIE, code, max_age=31_536_000, samesite="Lax", httponly=True)
    return response  # type: ignore[return-value]


def init_app(app: Flask) -> None:
    """Set up Flask-Babel on the library's own catalogue."""
    settings = app.config["SETTINGS"]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    Babel(
        app, locale_selector=_select, timezone_selector=lambda: settings.timezone
    )
    app.jinja_env.globals["languages"] = LANGUAGES
    app.register_blueprint(blueprint)
