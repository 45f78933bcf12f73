"""``/api/v1/openapi.json`` and the page to read it: what programs may call.

Both are written from the routes themselves: a view of the interface that programs may call
says of itself what it takes and answers (:mod:`web.described`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from apispec import APISpec
from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from werkzeug.routing import Rule

from geogrid.i18n import LANGUAGES, translate
from geogrid.i18n import mark as _
from web.auth import requires
from web.described import Described, answer, describe, ref
from web.errors import titles
from web.language import catalogue_language
from web.v1.paging import LARGEST_ID
from web.v1.schemas import SCHEMAS

__all__ = ["blueprint"]

blueprint = Blueprint("openapi", __name__)
_API = "/api/v1/"
_KEPT = "geogrid_openapi"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ALWAYS = (400, 401, 403, 429)
_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_KINDS = {"int": {"type": "integer", "minimum": 0, "maximum": LARGEST_ID}}
_PROSE = ("summary", "description")


@blueprint.get(_API + "openapi.json")
@requires("resident", scope="free")
@describe(
    _("Return this document, in the language of the caller."),
    answers={200: answer({"type": "object"})},
)
def document() -> Response:
    """Return this document."""
    response = jsonify(_document())
    response.vary.update(("Accept-Language", "Cookie"))
    return response


@blueprint.get(_API + "docs")
@requires("resident", scope="free")
def page() -> str:
    """Show the document as a page."""
    return render_template("api_docs.html", spec=_document(), resolve=_resolve)


def _document() -> dict[str, Any]:
    """Return the document in the language of this request; written once per language."""
    kept = current_app.extensions
    if _KEPT not in kept:
        kept[_KEPT] = {each: _in_language(_describe(current_app), each) for each in LANGUAGES}
    found: dict[str, Any] = kept[_KEPT][catalogue_language()]
    return found


def _resolve(schema: Mapping[str, Any]) -> str:
    """Return the name of the schema that a reference names, ``""`` for any other."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _describe(app: Flask) -> dict[str, Any]:
    spec = APISpec(
        title="geogrid",
        version=version("geogrid"),
        openapi_version="3.1.0",
        info={
            "description": _(
                "Longitude comes first. Errors are problem+json and say what to do, in the "
                "language of Accept-Language. Answers about the current plan name it: "
                "X-Geogrid-Plan."
            )
        },
    )
    for name, schema in SCHEMAS.items():
        spec.components.schema(name, dict(schema))
    for status in sorted(titles()):
        spec.components.response(f"Problem{status}", _problem(status))
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in _METHODS:
            said = _said(app, rule, method)
            if said is not None:
                operations = paths.setdefault(_PART.sub(r"{\g<name>}", rule.rule), {})
                operations[method.lower()] = _operation(app, rule, method, said)
    for path, found in paths.items():
        spec.path(path, operations=found)
    return spec.to_dict()


def _said(app: Flask, rule: Rule, method: str) -> Described | None:
    """Return what a view says of itself, None for one that is for pages only."""
    if not rule.rule.startswith(_API) or method not in (rule.methods or ()):
        return None
    found: Described | None = vars(app.view_functions[rule.endpoint]).get("described")
    return found


def _problem(status: int) -> dict[str, Any]:
    return answer(ref("Problem"), titles()[status], kind="application/problem+json")


def _operation(app: Flask, rule: Rule, method: str, said: Described) -> dict[str, Any]:
    in_path = [
        {
            "in": "path",
            "name": part["name"],
            "required": True,
            "schema": _KINDS.get(part["kind"] or "", {"type": "string", "minLength": 1}),
        }
        for part in _PART.finditer(rule.rule)
    ]
    problems = {*_ALWAYS, *said.problems, *((404,) if in_path else ())}
    operation: dict[str, Any] = {
        "operationId": f"{method.lower()}_{rule.endpoint.replace('.', '_')}",
        "summary": said.summary,
        "tags": [rule.rule.removeprefix(_API).partition("/")[0]],
        "x-role": vars(app.view_functions[rule.endpoint])["role"],
        "parameters": [*in_path, *(dict(each) for each in said.parameters)],
        "responses": {
            **{str(status): dict(each) for status, each in said.answers.items()},
            **{str(status): f"Problem{status}" for status in sorted(problems)},
        },
    }
    if said.more:
        operation["description"] = said.more
    if said.body is not None:
        content = {kind: {"schema": schema} for kind, schema in said.body.items()}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _in_language(value: Any, language: str) -> Any:
    """Return a document whose prose is in a language."""
    if isinstance(value, dict):
        return {
            name: translate(inner, language)
            if name in _PROSE and isinstance(inner, str)
            else _in_language(inner, language)
            for name, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_in_language(inner, language) for inner in value]
    return value
