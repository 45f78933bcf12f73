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


PAGES_ONLY = {
    ("/api/v1/docs", "get"),
}
"""What only our pages call."""


@pytest.fixture
def spec(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.mimetype == "application/json"
    return answer.get_json()


def test_what_programs_may_call_is_described(app: Flask, spec: dict[str, Any]) -> None:
    wanted = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") and "<token>" not in rule.rule
        if method == "GET" or hasattr(app.view_functions[rule.endpoint], "for_programs")
    }
    found = {(path, method) for path, methods in spec["paths"].items() for method in methods}
    assert wanted - found == PAGES_ONLY & wanted
    assert found <= wanted
    assert ("/api/v1/locate", "post") in found


def test_operations_are_complete(spec: dict[str, Any]) -> None:
    assert spec["openapi"] == "3.1.0"
    operations = [each for methods in spec["paths"].values() for each in methods.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    for path, methods in spec["paths"].items():
        for each in methods.values():
            in_path = [p["name"] for p in each["parameters"] if p["in"] == "path"]
            assert in_path == re.findall(r"{(\w+)}", path)
            assert "default" not in each["responses"]  # each status is said
            assert {"400", "401", "403", "429"} <= set(each["responses"])
            for status, answered in each["responses"].items():
                if int(status) >= 400:
                    assert answered == {"$ref": f"#/components/responses/Problem{status}"}
    for known in spec["components"]["responses"].values():
        problem = known["content"]["application/problem+json"]
        assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_the_document_and_its_page_are_in_both_languages(client: FlaskClient) -> None:
    english = client.get("/api/v1/openapi.json", headers={"Accept-Language": "en"})
    chinese = client.get("/api/v1/openapi.json", headers={"Accept-Language": "zh-TW,zh;q=0.9"})
    summaries = [
        answer.get_json()["paths"]["/api/v1/plans"]["get"]["summary"]
        for answer in (english, chinese)
    ]
    assert summaries == [
        "List the plans, the newest first; drafts are shown to planners.",
        "列出方案，最新的在前；草稿只对划分管理员显示。",
    ]
    assert "Accept-Language" in english.headers["Vary"]
    page = client.get("/api/v1/docs").get_data(as_text=True)
    for path, operations in chinese.get_json()["paths"].items():
        for method, operation in operations.items():
            assert f"{method.upper()} {path}" in page
            assert operation["summary"] in page
    assert 'lang="en"' in client.get("/api/v1/docs?lang=en").get_data(as_text=True)


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
