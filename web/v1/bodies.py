"""Bodies of requests, within limits."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from geogrid.errors import FieldError, FormatError, LimitError
from geogrid.i18n import mark as _
from web.errors import MediaTypeError

__all__ = ["FILES", "json_body", "save_body"]

FILES = (
    "application/octet-stream",
    "application/geo+json",
    "application/geopackage+sqlite3",
    "application/vnd.apache.parquet",
    "application/vnd.google-earth.kml+xml",
    "application/zip",
)
"""Media types of boundary files; a form of another site can send none of them."""

_PORTION = 1 << 20
_MOST_JSON = 1_000_000


def json_body() -> dict[str, Any]:
    """Return the object in the body.

    Raises
    ------
    MediaTypeError, LimitError, FieldError
        It is not called JSON, too large, or no object.
    """
    if request.mimetype != "application/json":
        raise _other_type("application/json")
    if (request.content_length or 0) > _MOST_JSON:
        raise LimitError(_("The body is larger than {limit} MB."), limit=_MOST_JSON // 1_000_000)
    try:
        found = request.get_json()
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise FieldError(_("The body must be a JSON object."))
    return found


def save_body(path: str) -> None:
    """Write the body, a boundary file, to `path`.

    Raises
    ------
    MediaTypeError, LimitError, FormatError
        It is of a type that is not taken, too large, or empty.
    """
    if request.mimetype not in FILES:
        raise _other_type(", ".join(FILES))
    most: int = current_app.config["MAX_CONTENT_LENGTH"]
    size = 0
    request.max_content_length = most + 1
    with open(path, "wb") as file:
        while portion := request.stream.read(_PORTION):
            size += len(portion)
            if size > most:
                raise LimitError(_("The body is larger than {limit} MB."), limit=most // 1_000_000)
            file.write(portion)
    if not size:
        raise FormatError(_("The body is empty; it must be a boundary file."))


def _other_type(known: str) -> MediaTypeError:
    return MediaTypeError(
        _("Content-Type must be one of {known}, not “{given}”."),
        known=known,
        given=request.mimetype[:60],
    )
