"""Every request is counted, timed, given an id and, at the level ``info``, logged.

A request is known by the rule of its route (``/api/v1/grids/<code>``), never by its path, its
query, its caller or its body, which name people and places. The time is until the answer begins.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
from collections.abc import Iterable
from time import perf_counter
from typing import Any

from flask import Flask, has_request_context, request
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

__all__ = ["ROUTE", "init_app", "request_fields", "written_metrics"]

ID = "geogrid.request_id"
ROUTE = "geogrid.route"
"""The route of a request that Flask did not see."""
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_STEPS_S = (0.001, 0.005, 0.02, 0.1, 0.5, 2, 10)
SECONDS = Histogram(
    "geogrid_request_seconds",
    "Time until the answer begins; its count is the number of requests.",
    ["route", "method", "status"],
    buckets=_STEPS_S,
)
_kept: dict[tuple[str, str, str], Histogram] = {}
"""Finding one by its labels takes longer than counting."""
_PROCESS = os.urandom(4).hex()
_numbers = itertools.count(int.from_bytes(os.urandom(3)))
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

logger = logging.getLogger("geogrid.requests")


def written_metrics() -> bytes:
    """Return what was counted by all processes of this server, as Prometheus reads it."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def request_fields() -> dict[str, str]:
    """Return what a log line may say of the request under way."""
    if not has_request_context():
        return {}
    return {
        "request": request.environ.get(ID, ""),
        "method": _method(request.environ),
        "route": _route(request.environ),
    }


def _route(environ: dict[str, Any]) -> str:
    if ROUTE in environ:
        return str(environ[ROUTE])
    known = environ.get("werkzeug.request")
    rule = None if known is None else known.url_rule
    return "none" if rule is None else str(rule.rule)


def _method(environ: dict[str, Any]) -> str:
    method = str(environ.get("REQUEST_METHOD", ""))
    return method if method in _METHODS else "other"


def _id(environ: dict[str, Any], *, is_believed: bool) -> str:
    given = environ.get("HTTP_X_REQUEST_ID", "") if is_believed else ""
    return given if _GIVEN_ID.fullmatch(given) else f"{_PROCESS}{next(_numbers) & 0xFFFFFFFF:08x}"


def _note(environ: dict[str, Any], route: str, status: str, took_s: float) -> None:
    method = _method(environ)
    key = (route, method, status)
    seconds = _kept.get(key) or _kept.setdefault(key, SECONDS.labels(*key))
    seconds.observe(took_s)
    if logger.isEnabledFor(logging.INFO):
        fields = {
            "request": environ[ID],
            "method": method,
            "route": route,
            "status": int(status),
            "ms": round(took_s * 1000, 2),
        }
        logger.info("answered", extra={"fields": fields})


def init_app(app: Flask) -> None:
    """Watch the requests of an app; proxies that are believed give the ids of requests."""
    inner = app.wsgi_app
    is_believed = app.config["SETTINGS"].proxies > 0

    def watched(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began, route, status = perf_counter(), "none", "500"
        environ[ID] = _id(environ, is_believed=is_believed)

        def start(line: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            nonlocal route, status
            route, status = _route(environ), line[:3]  # Flask forgets the route when it is done
            return start_response(line, [*headers, ("X-Request-Id", environ[ID])], *rest)

        try:
            answer: Iterable[bytes] = inner(environ, start)
        finally:
            _note(environ, route, status, perf_counter() - began)
        return answer

    app.wsgi_app = watched  # type: ignore[method-assign]
