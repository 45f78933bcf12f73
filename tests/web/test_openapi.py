"""The OpenAPI document says what the routes are, and what they really answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

KINDS: dict[str, Any] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None),
    "array": list, "object": dict,
}  # fmt: skip


@pytest.fixture
def spec(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.mimetype == "application/json"
    return answer.get_json()


def test_every_route_without_a_token_is_described(app: Flask, spec: dict[str, Any]) -> None:
    wanted = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST"}
        if rule.rule.startswith("/api/v1/") and "<token>" not in rule.rule
        if method == "GET" or rule.rule == "/api/v1/locate"
    }
    found = {(path, method) for path, methods in spec["paths"].items() for method in methods}
    assert found == wanted
    assert ("/api/v1/locate", "post") in found


def test_operations_are_complete(spec: dict[str, Any]) -> None:
    assert spec["openapi"] == "3.1.0"
    operations = [each for methods in spec["paths"].values() for each in methods.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    for path, methods in spec["paths"].items():
        for each in methods.values():
            assert each["summary"].endswith(".")
            in_path = [p["name"] for p in each["parameters"] if p["in"] == "path"]
            assert in_path == re.findall(r"{(\w+)}", path)
            problem = each["responses"]["default"]["content"]["application/problem+json"]
            assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value is what the part of JSON Schema that the document uses says."""
    if "enum" in schema:
        return value in schema["enum"]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not isinstance(value, tuple(KINDS[kind] for kind in kinds)):
        return False
    if isinstance(value, list):
        return all(fits(each, schema.get("items", {"type": list(KINDS)})) for each in value)
    if isinstance(value, dict) and "properties" in schema:
        known, more = schema["properties"], schema.get("additionalProperties")
        return set(schema.get("required", ())) <= set(value) and all(
            fits(each, known.get(name) or more) for name, each in value.items()
        )
    return True


@pytest.mark.parametrize("query", ["lon=114.02&lat=22.53", "lon=110&lat=22.53&boundary=1"])
def test_one_point_is_answered_as_described(
    client: FlaskClient, spec: dict[str, Any], query: str
) -> None:
    described = spec["paths"]["/api/v1/locate"]["get"]["responses"]["200"]["content"]
    answer = client.get(f"/api/v1/locate?datum=wgs84&{query}")
    assert fits(answer.get_json(), described[answer.mimetype]["schema"])


def test_many_points_are_answered_as_described(client: FlaskClient, spec: dict[str, Any]) -> None:
    described = spec["paths"]["/api/v1/locate"]["post"]
    body = {"lon": [114.02, "x", None], "lat": [22.53, 1, None], "datum": "wgs84", "boundary": True}
    assert fits(body, described["requestBody"]["content"]["application/json"]["schema"])
    kinds = described["responses"]["200"]["content"]
    answer = client.post("/api/v1/locate", json=body)
    assert fits(answer.get_json(), kinds["application/json"]["schema"])
    for kind in kinds:
        assert client.post("/api/v1/locate", json=body, headers={"Accept": kind}).mimetype == kind


def test_problems_are_as_described(client: FlaskClient, spec: dict[str, Any]) -> None:
    problem = client.get("/api/v1/locate").get_json(force=True)
    assert fits(problem, spec["components"]["schemas"]["Problem"])
