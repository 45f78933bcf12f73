"""``/healthz`` and ``/readyz``: for whoever watches the server."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from web.auth import requires
from web.current import current_plan

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@requires("resident", scope="free")
def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@requires("resident", scope="free")
def ready() -> Response:
    """Say that the plan can be read; a damaged one answers with the reason."""
    return jsonify(status="ok", grids=len(current_plan().plan.grids))
