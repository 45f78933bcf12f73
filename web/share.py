"""导出一张图: the map as one file that needs no server."""

from __future__ import annotations

from flask import Blueprint, Response

from web.auth import requires

__all__ = ["blueprint"]

blueprint = Blueprint("share", __name__)


@blueprint.get("/share/map.html")
@requires("worker")
def download() -> Response:
    """Send the file."""
    return Response("", mimetype="text/html")
