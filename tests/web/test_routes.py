"""What holds for every route whoever calls it; who may call it is in test_routes_walk.py."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

FOR_PROGRAMS = {
    "/api/v1/addresses/corrections",
    "/api/v1/locate",
    "/api/v1/lookup",
    "/api/v1/plans",
}
"""Views that take a body without a form's token: those of :func:`web.security.for_programs`."""
OF_ONE = {
    *(
        f"/api/v1/plans/<int:plan>{step}"
        for step in ("", "/submit", "/withdraw", "/check", "/rebase")
    ),
    "/api/v1/plans/<int:plan>/publish",
    *(
        f"/api/v1/plans/<int:plan>/redraw/{step}"
        for step in ("operations", "suggestions", "undo", "redo", "locks", "branches", "merge")
    ),
    "/api/v1/plans/<int:plan>/proposals",
    "/api/v1/plans/<int:plan>/proposals/<int:job>/<aim>",
    "/api/v1/plans/<int:plan>/underlays/<int:underlay>",
    "/api/v1/jobs/<int:job>/cancel",
}
"""More of them, of one plan or job."""


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_forms_need_a_token(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        client = app.test_client()
        posts = [rule for rule in rules(app) if "POST" in (rule.methods or set())]
        posts = [rule for rule in posts if rule.rule not in FOR_PROGRAMS | OF_ONE]
        assert posts, "there is nothing to protect"
        for rule in posts:
            answer = client.post(re.sub("<int:[^>]+>", "1", re.sub("<[a-z_]+>", "0", rule.rule)))
            assert answer.status_code == 400, rule.rule
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_only_these_are_for_programs(app: Flask) -> None:
    marked = {
        rule.rule
        for rule in rules(app)
        if hasattr(app.view_functions[rule.endpoint], "for_programs")
    }
    assert marked == FOR_PROGRAMS | OF_ONE


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
    ],
)
def test_what_programs_call_is_closed_to_pages_of_other_sites(
    app: Flask, headers: dict[str, str]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for path in FOR_PROGRAMS:
            answer = app.test_client().post(path, json={}, headers=headers)
            assert answer.status_code == 403
            assert answer.mimetype == "application/problem+json"
            assert "Access-Control-Allow-Origin" not in answer.headers
            for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
                form = app.test_client().post(f"{path}?name=a", data=b"{}", content_type=kind)
                assert form.status_code == 415
            ours = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
            answer = app.test_client().post(path, json={}, headers=ours)
            assert answer.status_code in (415, 422), "it comes from our own page"
        for path in OF_ONE:
            others = {"/locks": "PUT", "plan>": "DELETE", "underlay>": "DELETE"}
            method = next((others[end] for end in others if path.endswith(end)), "POST")
            url = re.sub("<int:[^>]+>", "1", path).replace("<aim>", "even")
            answer = app.test_client().open(url, method=method, json={}, headers=headers)
            assert answer.status_code == 403
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_other_hosts_are_refused(app: Flask) -> None:
    assert app.test_client().get("/", headers={"Host": "evil.example"}).status_code == 400


def test_headers_keep_pages_to_our_server(app: Flask) -> None:
    answer = app.test_client().get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/nothing", "/api/v1/grids/0"])
def test_unknown_paths_are_answered(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == 404
    expected = "application/problem+json" if path.startswith("/api/") else "text/html"
    assert answer.mimetype == expected


def test_language_switch_stays_here(app: Flask) -> None:
    client = app.test_client()
    for bad in ("https://evil.example", "//evil.example", "/\\evil.example"):
        assert client.get("/language/en", query_string={"next": bad}).location == "/"
    assert client.get("/language/en?next=/check").location == "/check"
    assert '<html lang="en"' in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("code", ["zh", "zh-CN", "zh_CN", "ZH-cn"])
@pytest.mark.parametrize("address", ["/language/{code}", "/?lang={code}"])
def test_chinese_is_known_by_each_of_its_names(app: Flask, address: str, code: str) -> None:
    client = app.test_client()
    client.get("/language/en")
    client.get(address.format(code=code))
    assert '<html lang="zh' in client.get("/").get_data(as_text=True)


def test_a_language_that_is_not_ours_changes_nothing(app: Flask) -> None:
    client = app.test_client()
    client.get("/language/en")
    for code in ("fr", "-", "zhen"):
        client.get(f"/language/{code}")
        assert '<html lang="en"' in client.get("/").get_data(as_text=True)


def test_the_language_of_a_page_is_the_language_of_its_data(app: Flask) -> None:
    client = app.test_client()
    client.get("/lookup?lang=en")
    assert client.get("/api/v1/grids/440304090003005").get_json()["level_label"] == "Grid"
    client.get("/lookup?lang=zh_CN")
    assert client.get("/api/v1/grids/440304090003005").get_json()["level_label"] == "网格"
