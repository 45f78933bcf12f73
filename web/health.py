"""``/healthz``, ``/readyz`` and ``/metrics``: for whoever watches the server."""

from __future__ import annotations

import logging
from collections.abc import Callable
from hmac import compare_digest

from flask import Blueprint, Response, abort, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from geogrid.errors import GeogridError
from geogrid.store.opening import check_database
from web.assets import check_assets
from web.auth import is_here, requires
from web.current import current_plan
from web.watching import request_fields, written_metrics

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)
logger = logging.getLogger(__name__)


@blueprint.get("/healthz")
@requires("resident", scope="free")
def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@requires("resident", scope="free")
def ready() -> tuple[Response, int]:
    """Say what works; the reason why something does not is in the log and in ``geogrid doctor``."""
    checks = {
        "database": lambda: check_database(current_app.config["DATABASE"]),
        "plan": lambda: current_plan().plan,
        "index": lambda: current_plan().index,
        "assets": check_assets,
    }
    found = {name: _state(name, check) for name, check in checks.items()}
    is_ready = set(found.values()) == {"ok"}
    return jsonify(status="ok" if is_ready else "failed", **found), 200 if is_ready else 503


def _state(name: str, check: Callable[[], object]) -> str:
    try:
        check()
    except GeogridError as error:
        fields = request_fields() | {"check": name, "reason": error.text("en")}
        logger.error("not ready", extra={"fields": fields})
        return "failed"
    return "ok"


@blueprint.get("/metrics")
@requires("resident", scope="free")
def metrics() -> Response:
    """Return what was counted, to this computer or to who sends ``GEOGRID_METRICS_TOKEN``."""
    token = current_app.config["SETTINGS"].metrics_token
    given = request.headers.get("Authorization", "")
    is_known = bool(token) and compare_digest(given.encode(), f"Bearer {token}".encode())
    if not (is_known or is_here()):
        abort(403)
    return Response(written_metrics(), content_type=CONTENT_TYPE_LATEST)
