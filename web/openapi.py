"""``/api/v1/openapi.json``: what programs may call, written from the routes themselves.

What only our pages call, with a form's token or the token of an upload, is not in it.
"""

from __future__ import annotations

import inspect
import re
from importlib.metadata import version
from typing import Any

from apispec import APISpec
from flask import Blueprint, Flask, Response, current_app, jsonify
from werkzeug.routing import Rule

from web.auth import requires
from web.location import description

__all__ = ["blueprint"]

blueprint = Blueprint("openapi", __name__)
_API = "/api/v1/"
_KEPT = "geogrid_openapi"
_DETAILS: dict[tuple[str, str], dict[str, Any]] = {
    (_API + "locate", "GET"): description.GET,
    (_API + "locate", "POST"): description.POST,
}
_KINDS = {"int": "integer"}
_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457: what is wrong, and what to do.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


@blueprint.get(_API + "openapi.json")
@requires("resident", scope="free")
def document() -> Response:
    """Return this document."""
    kept = current_app.extensions
    if _KEPT not in kept:
        kept[_KEPT] = _describe(current_app)
    return jsonify(kept[_KEPT])


def _describe(app: Flask) -> dict[str, Any]:
    spec = APISpec(
        title="geogrid",
        version=version("geogrid"),
        openapi_version="3.1.0",
        info={"description": "Longitude comes first. Answers name their plan: X-Geogrid-Plan."},
    )
    spec.components.schema("Problem", _PROBLEM)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        methods = [method for method in ("GET", "POST") if _is_for_programs(app, rule, method)]
        operations = {method.lower(): _operation(app, rule, method) for method in methods}
        if operations:
            spec.path(_PART.sub(r"{\g<name>}", rule.rule), operations=operations)
    return spec.to_dict()


def _is_for_programs(app: Flask, rule: Rule, method: str) -> bool:
    if not rule.rule.startswith(_API) or method not in (rule.methods or ()):
        return False
    view = app.view_functions[rule.endpoint]
    return (method == "GET" and "token" not in rule.arguments) or hasattr(view, "for_programs")


def _operation(app: Flask, rule: Rule, method: str) -> dict[str, Any]:
    view = app.view_functions[rule.endpoint]
    summary, _blank, more = (inspect.getdoc(view) or "").partition("\n\n")
    details = _DETAILS.get((rule.rule, method), {})
    in_path = [
        {
            "in": "path",
            "name": part["name"],
            "required": True,
            "schema": {"type": _KINDS.get(part["kind"] or "", "string")},
        }
        for part in _PART.finditer(rule.rule)
    ]
    kind = "application/geo+json" if rule.rule.endswith(".geojson") else "application/json"
    kinds = {kind: details.get("answer", {"type": "object"}), **details.get("kinds", {})}
    operation = {
        "operationId": f"{method.lower()}_{rule.endpoint.replace('.', '_')}",
        "summary": summary.replace("\n", " "),
        "description": more,
        "x-role": vars(view)["role"],
        "parameters": [*in_path, *details.get("parameters", [])],
        "responses": {
            "200": {
                "description": "The answer.",
                "content": {name: {"schema": schema} for name, schema in kinds.items()},
            },
            "default": {
                "description": "What is wrong, and what to do.",
                "content": {"application/problem+json": {"schema": "Problem"}},
            },
        },
    }
    body = details.get("requestBody")
    return operation | ({"requestBody": body} if body else {})
