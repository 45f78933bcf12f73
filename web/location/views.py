"""``GET`` and ``POST /api/v1/locate``."""

from __future__ import annotations

from flask import Blueprint, Response, request

from geogrid.errors import FieldError, LimitError
from geogrid.i18n import mark as _
from web.auth import requires
from web.current import asked_plan
from web.described import describe
from web.errors import MediaTypeError, NotAcceptableError
from web.language import current_language
from web.location import description
from web.location.answers import WRITERS, Answer
from web.location.batch import locate_batch
from web.location.bodies import MOST_BYTES, READERS, Reader
from web.location.single import point_answer
from web.parameters import coordinates, known_datum
from web.plan_header import HEADER
from web.security import for_programs

__all__ = ["blueprint"]

blueprint = Blueprint("location", __name__, url_prefix="/api/v1")
_YES, _NO = ("1", "true"), ("", "0", "false")


@blueprint.get("/locate")
@requires("worker", scope="limited")
@describe(
    _("Return the grids that a point lies in, finest first, and who answers."),
    more=_("boundary=1 adds how far the nearest border is, and what lies across it."),
    **description.GET,
)
def one() -> Response:
    """Return the grids that ``?lon=&lat=&datum=`` lies in, finest first, and who answers.

    ``&boundary=1`` adds how far the nearest border is, and what lies across it.
    """
    lon, lat = coordinates(request.args)
    current = asked_plan()
    boundary = _is_asked(request.args.get("boundary", ""))
    body = point_answer(current, lon, lat, current_language(), boundary=boundary)
    return _answer(body.encode(), "application/json", current.plan.digest)


@blueprint.post("/locate")
@for_programs
@requires("worker", scope="free")
@describe(
    _("Locate the points of the body: JSON lists, GeoJSON, CSV or Parquet."),
    more=_("The answer is of the same kind, unless Accept asks for another."),
    **description.POST,
)
def many() -> Response:
    """Locate the points of the body: JSON lists, GeoJSON, CSV or Parquet, by Content-Type.

    The answer is of the same kind, unless Accept asks for another.
    """
    read, kind = _reader(), _kind()
    asked = read(_body(), request.args)
    datum = known_datum(str(request.args.get("datum") or asked.options.get("datum") or ""))
    boundary = _is_asked(request.args.get("boundary") or asked.options.get("boundary") or "")
    current = asked_plan()
    located = locate_batch(current, asked.positions, datum, boundary=boundary)
    answer = Answer(current, located, asked.rows, datum, current_language())
    return _answer(WRITERS[kind](answer), kind, current.plan.digest)


def _reader() -> Reader:
    read = READERS.get(request.mimetype)
    if read is None:
        raise MediaTypeError(
            _("Content-Type must be one of {known}, not “{given}”."),
            known=", ".join(READERS),
            given=request.mimetype[:60],
        )
    return read


def _kind() -> str:
    """Return the media type of the answer: of what is accepted, the body's own first."""
    if not request.accept_mimetypes:
        return request.mimetype
    others = [kind for kind in WRITERS if kind != request.mimetype]
    kind = request.accept_mimetypes.best_match([request.mimetype, *others])
    if kind is None:
        raise NotAcceptableError(_("Accept must be one of {known}."), known=", ".join(WRITERS))
    return kind


def _body() -> bytes:
    """Return the body; one that says it is too large is not read, any other no further."""
    if (request.content_length or 0) <= MOST_BYTES:
        request.max_content_length = MOST_BYTES + 1  # Werkzeug cuts off there, silently
        body = request.get_data(cache=False)
        if len(body) <= MOST_BYTES:
            return body
    raise LimitError(
        _("The body is larger than {limit} MB; send the points in parts."),
        limit=MOST_BYTES // 1_000_000,
    )


def _is_asked(value: object) -> bool:
    text = str(value).lower()
    if text not in (*_YES, *_NO):
        raise FieldError(_("boundary= must be 1 or 0, not “{text}”."), text=text[:40])
    return text in _YES


def _answer(body: bytes, kind: str, digest: str) -> Response:
    return Response(body, headers={HEADER: digest}, mimetype=kind)
