"""Answers say which plan they are about, so that a page opened before a change notices."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask, Response, current_app, request

from geogrid.errors import GeogridError

__all__ = ["HEADER", "init_app"]

HEADER = "X-Geogrid-Plan"
_API = "/api/v1/"
_KEPT_FOR_EVER = "/api/v1/plan/"
_DRAFTS = "/redraw"  # of a draft that changes with every step: it has versions of its own


def _add_plan(response: Response) -> Response:
    """Name the current plan; what browsers keep names its plan in its address."""
    if HEADER in response.headers:
        return response  # the view has said itself what it answered from
    path = request.path
    if path.startswith(_API) and not path.startswith(_KEPT_FOR_EVER) and _DRAFTS not in path:
        with suppress(GeogridError):
            response.headers[HEADER] = current_app.config["WORKSPACE"].current_digest()
    return response


def init_app(app: Flask) -> None:
    """Name the plan in every answer of the interface."""
    app.after_request(_add_plan)
