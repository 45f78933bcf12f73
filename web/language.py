"""The language of an answer: ``?lang=``, then the cookie, then the setting.

Programs that ask the interface have no cookie and say it in Accept-Language. Browsers say
that too, but a script of our pages gets the language of its page, which names itself as Referer.
"""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, redirect, request
from flask_babel import Babel, get_locale

from geogrid.i18n import LANGUAGES, TRANSLATIONS
from web.auth import requires
from web.parameters import local_path

__all__ = ["catalogue_language", "current_language", "default_language", "init_app", "remember"]

COOKIE = "language"
_LOCALES = {code.split("_")[0] for code in LANGUAGES}
blueprint = Blueprint("language", __name__)


def current_language() -> str:
    """Return the language of this request, as Babel's locales are called: ``zh`` or ``en``."""
    wish = _locale(request.args.get("lang")) or _locale(_cookie()) or _accepted()
    return wish or default_language(current_app)


def default_language(app: Flask) -> str:
    """Return the language of an answer to who wishes for none, called in the same way."""
    default: str = app.config["SETTINGS"].language
    return default.split("_", maxsplit=1)[0]


def catalogue_language() -> str:
    """Return the language of this request as the catalogues are called."""
    wish = current_language()
    return next(code for code in LANGUAGES if code.split("_")[0] == wish)


def _accepted() -> str | None:
    asks = request.environ  # most programs name no language: nothing is parsed for them
    if "HTTP_ACCEPT_LANGUAGE" not in asks or "HTTP_REFERER" in asks:
        return None
    if not request.path.startswith("/api/"):
        return None
    return _locale(request.accept_languages.best_match(_LOCALES))


def _locale(wish: str | None) -> str | None:
    locale = wish.replace("-", "_").split("_")[0].lower() if wish else None
    return locale if locale in _LOCALES else None


def _cookie() -> str | None:
    """Return the language remembered; without any cookie nothing is parsed."""
    return request.cookies.get(COOKIE) if "HTTP_COOKIE" in request.environ else None


@blueprint.get("/language/<code>")
@requires("resident", scope="free")
def choose(code: str) -> Response:
    """Remember the language and go back to the page."""
    response = redirect(local_path(request.args.get("next", "")))
    remember(response, code)  # type: ignore[arg-type]
    return response  # type: ignore[return-value]


def remember(response: Response, code: str | None) -> None:
    """Keep a language in the browser, when it is one of ours: ``zh`` and ``zh-CN`` are Chinese."""
    locale = _locale(code)
    if locale is not None:
        response.set_cookie(
            COOKIE,
            next(each for each in LANGUAGES if each.split("_")[0] == locale),
            max_age=31_536_000,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )


def _remember_asked(response: Response) -> Response:
    """Keep a page's ``?lang=``, so that the data it then asks for is in the same language."""
    if b"lang=" in request.query_string:
        remember(response, request.args.get("lang"))
    return response


def init_app(app: Flask) -> None:
    """Set up Flask-Babel on the library's own catalogue."""
    settings = app.config["SETTINGS"]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    Babel(app, locale_selector=current_language, timezone_selector=lambda: settings.timezone)
    app.jinja_env.globals.update(languages=LANGUAGES, get_locale=get_locale)
    app.after_request(_remember_asked)
    app.register_blueprint(blueprint)
