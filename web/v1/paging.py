"""Long lists in pages: ``?limit=`` and ``?cursor=``, and where the next page is."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, abort, request

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from web.described import query

__all__ = ["LARGEST_ID", "PAGE", "add_links", "id_cursor", "known_id", "limit_asked", "next_page"]

USUAL, MOST = 100, 1_000
LARGEST_ID = 2_147_483_647
PAGE = (
    query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        _("Rows of a page."),
    ),
    query("cursor", {"type": "string"}, _("Where the page begins: from the link to it.")),
)


def limit_asked() -> int:
    """Return how many rows a page has.

    Raises
    ------
    FieldError
        ``limit`` is no number of rows.
    """
    text = request.args.get("limit", str(USUAL))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MOST):
        raise FieldError(_("limit= must be a whole number from 1 to {most}."), most=MOST)
    return int(text)


def id_cursor() -> int | None:
    """Return the id that the last page ended with, None for the first page.

    Raises
    ------
    FieldError
        ``cursor`` comes from nowhere.
    """
    text = request.args.get("cursor")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_ID):
        raise FieldError(_("cursor= must be taken from the link to the next page."))
    return int(text)


def known_id(number: int) -> int:
    """Return an id of an address; one that no table can hold is answered with 404."""
    return number if number <= LARGEST_ID else abort(404)


def next_page(cursor: str | None, *, path: str | None = None) -> str | None:
    """Return the address of the next page, with everything else that was asked.

    Parameters
    ----------
    cursor : where it begins; None when there is none
    path : when it is not that of this request
    """
    if cursor is None:
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    if path is not None:
        kept = [(name, value) for name, value in kept if name != "at"]
    return f"{path or request.path}?{urlencode([*kept, ('cursor', cursor)])}"


def add_links(response: Response, following: str | None) -> Response:
    """Say in the header ``Link`` where the next page is."""
    if following is not None:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response
