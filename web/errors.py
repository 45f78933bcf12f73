"""The one place that knows status codes: exceptions to pages or problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import (
    Flask,
    Response,
    current_app,
    json,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, SecurityError

from geogrid.errors import GeogridError, InputError, LimitError
from geogrid.i18n import mark, translate
from geogrid.store.errors import (
    BusyError,
    ConflictError,
    JobMissingError,
    UnavailableError,
    UploadMissingError,
    disk_error,
)
from geogrid.store.guard import UnfitPlanError
from geogrid.store.people import GridMissingError
from web.auth import NewPasswordError
from web.language import catalogue_language
from web.security import OtherSiteError
from web.throttle import TooManyError
from web.v1.caller import MissingError, OutsideAreaError
from web.v1.versions import ChangedError, UnversionedError
from web.watching import request_fields

__all__ = [
    "MediaTypeError",
    "NotAcceptableError",
    "init_app",
    "page_with_error",
    "problem",
    "problem_of",
    "titles",
]


class MediaTypeError(InputError):
    """The body is of a kind that is not read here."""


class NotAcceptableError(InputError):
    """The answer was asked for in a kind that is not written here."""


STATUS: tuple[tuple[type[GeogridError], int], ...] = (
    (BusyError, 503),
    (UnavailableError, 503),
    (TooManyError, 429),
    (NewPasswordError, 403),
    (LimitError, 413),
    (UploadMissingError, 404),
    (JobMissingError, 404),
    (MissingError, 404),
    (GridMissingError, 404),
    (ChangedError, 412),
    (UnversionedError, 428),
    (ConflictError, 409),
    (UnfitPlanError, 422),
    (OtherSiteError, 403),
    (OutsideAreaError, 403),
    (NotAcceptableError, 406),
    (MediaTypeError, 415),
    (InputError, 422),
    (GeogridError, 500),
)

logger = logging.getLogger(__name__)


def wants_json() -> bool:
    """Return whether the caller is a program or a script of ours."""
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/html", "application/json"]) == "application/json"


def problem(
    status: int, title: str, detail: str = "", changed: object = None, place: object = None
) -> tuple[Response, int]:
    """Answer with problem+json or, for a page, with the error page.

    Parameters
    ----------
    status, title, detail : of the problem
    changed : after a conflict, what changed
    place : (longitude, latitude) to mark on a map
    """
    if wants_json():
        body = _body(status, title, detail, changed)
        if place is not None:
            body["place"] = place
        response = Response(json.dumps(body), mimetype="application/problem+json")
        response.vary.update(("Accept-Language", "Cookie"))
        return response, status
    page = render_template("error.html", status=status, title=title, detail=detail)
    return Response(page, mimetype="text/html"), status


def page_with_error(page: str, error: GeogridError) -> Response:
    """Answer with a page that shows an error in its own words, under the error's status."""
    return make_response(page, _status(error))


def _status(error: GeogridError) -> int:
    return next(code for kind, code in STATUS if isinstance(error, kind))


def _body(status: int, title: str, detail: str, changed: object) -> dict[str, Any]:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return body if changed is None else body | {"changed": changed}


def problem_of(error: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the problem that ended a job, as it would be answered.

    Parameters
    ----------
    error : of a :class:`~geogrid.store.jobs.JobRecord`
    language : of the caller
    """
    kinds = [(_names(kind), status) for kind, status in STATUS]
    status = next((status for names, status in kinds if error["kind"] in names), 500)
    title = translate(titles()[status], language)
    body = _body(status, title, error["detail"][language], error.get("changed"))
    if "broken" in error:
        said = {rule: [one[language] for one in each] for rule, each in error["broken"].items()}
        body["broken"] = said
    return body


def _names(kind: type[GeogridError]) -> set[str]:
    return {kind.__name__}.union(*(_names(each) for each in kind.__subclasses__()))


def titles() -> dict[int, str]:
    """Return what each status means here, to be translated."""
    return {
        400: mark("This request cannot be read"),
        401: mark("Please sign in"),
        403: mark("This is not for your role"),
        404: mark("There is nothing here"),
        405: mark("This cannot be done here"),
        406: mark("The answer cannot be written like that"),
        409: mark("Something else was faster"),
        412: mark("This was changed by somebody else"),
        413: mark("This is too large"),
        415: mark("This kind of input is not read here"),
        422: mark("This input cannot be used"),
        428: mark("It must be said which version is changed"),
        429: mark("Please try again in a minute"),
        500: mark("Something went wrong on the server"),
        503: mark("Please try again in a minute"),
    }


def _title(status: int, otherwise: str = "") -> str:
    known = titles().get(status)
    return otherwise if known is None else translate(known, catalogue_language())


def _known(error: GeogridError) -> Response | tuple[Response, int]:
    if isinstance(error, NewPasswordError) and not wants_json():
        return make_response(redirect(url_for("account.page")))
    status = _status(error)
    text = error.text(catalogue_language())
    place = getattr(error, "place", None)
    return problem(status, _title(status), text, error.params.get("changed"), place)


def _http(error: HTTPException) -> Response | tuple[Response, int]:
    status = error.code or 500
    if status == 401:
        return _sign_in()
    if isinstance(error, SecurityError):  # a foreign Host: no address of ours can be made
        return Response(
            _("This server does not answer to that name."), 400, mimetype="text/plain"
        ), 400
    if isinstance(error, CSRFError):
        detail = _("The page was open for too long. Reload it and try again.")
        return problem(400, _title(400), detail)
    detail = "" if status in titles() else (error.description or "")
    return problem(status, _title(status, error.name), detail)


def _sign_in() -> Response | tuple[Response, int]:
    """Ask people to sign in and then go on to the page; tell programs what is missing."""
    if request.method == "GET" and not wants_json():
        back = request.full_path if request.query_string else request.path
        return make_response(redirect(url_for("sign_in.page", next=back)))
    answer, status = problem(401, _title(401), _("Sign in, or send a key that is valid."))
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer, status


def _unknown(error: Exception) -> tuple[Response, int]:
    logger.error("unexpected", exc_info=error, extra={"fields": request_fields()})
    detail = _("It is in the server's log. Nothing was changed.")
    return problem(500, _title(500), detail)


def _system(error: OSError) -> Response | tuple[Response, int]:
    """Say what a full or closed disk needs, whichever view met it."""
    known = disk_error(error, current_app.config["WORKSPACE"].folder)
    return _unknown(error) if known is None else _known(known)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(GeogridError, _known)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OSError, _system)
    app.register_error_handler(Exception, _unknown)
