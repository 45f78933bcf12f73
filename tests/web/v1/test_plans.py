"""``/api/v1/plans``: the way of a plan from a file into force, one caller at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from small_plan import grids as small_grids

from web import create_app
from web.auth import Caller
from web.background import make_runner
from web.config import Settings

JSON = "application/json"


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """A server of its own; forms need their tokens as in real life."""
    return create_app(Settings(workspace=tmp_path))


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        yield client


def geojson(**changes: Any) -> bytes:
    text: str = small_grids().assign(**changes).to_json(drop_id=True)
    return text.encode()


def do(client: FlaskClient) -> None:
    runner = make_runner(client.application)
    while runner.run_one():
        pass


def draft(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    answer = client.post(
        "/api/v1/plans?name=方案&file=a.geojson", data=geojson(**changes),
        content_type="application/geo+json",
    )  # fmt: skip
    assert answer.status_code == 202
    do(client)
    job = client.get(answer.headers["Location"]).get_json()
    assert job["status"] == "done"
    found: dict[str, Any] = client.get(f"/api/v1/plans/{job['plan']}").get_json()
    return found


def change(client: FlaskClient, plan: dict[str, Any], verb: str, **body: Any) -> Any:
    headers = {"If-Match": f'"plan-{plan["id"]}-{plan["version"]}"'}
    return client.post(f"/api/v1/plans/{plan['id']}/{verb}", json=body, headers=headers)


def publish(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    plan = change(client, draft(client, **changes), "submit", approval="1").get_json()
    answer = change(client, plan, "publish")
    assert answer.status_code == 202
    do(client)
    job = client.get(answer.headers["Location"]).get_json()
    assert job["status"] == "done", job["error"]
    found: dict[str, Any] = client.get(f"/api/v1/plans/{plan['id']}").get_json()
    return found


def test_a_file_becomes_the_plan_in_force(client: FlaskClient) -> None:
    plan = draft(client)
    assert (plan["status"], plan["name"], plan["source"]) == ("draft", "方案", "a.geojson")
    plan = change(client, plan, "submit", approval="某府发〔2026〕1号").get_json()
    assert (plan["status"], plan["approval"]) == ("review", "某府发〔2026〕1号")
    plan = change(client, plan, "withdraw").get_json()
    assert (plan["status"], plan["version"]) == ("draft", 3)
    plan = change(client, plan, "submit", approval="2").get_json()
    assert change(client, plan, "publish").status_code == 202
    do(client)
    plan = client.get(f"/api/v1/plans/{plan['id']}").get_json()
    assert (plan["status"], plan["number"], plan["valid_until"]) == ("published", 1, None)


def test_the_second_planner_gets_what_changed(client: FlaskClient) -> None:
    plan = draft(client)
    change(client, plan, "submit", approval="1")
    late = change(client, plan, "submit", approval="2")
    assert late.status_code == 412
    assert late.mimetype == "application/problem+json"
    problem = late.get_json()
    assert problem["changed"] == {"status": "review", "version": 2}
    assert "changed by somebody else" in problem["detail"]
    newer = plan | {"version": 2}
    wrong = change(client, newer, "submit", approval="2")
    assert (wrong.status_code, wrong.get_json()["changed"]["status"]) == (409, "review")
    blind = client.post(f"/api/v1/plans/{plan['id']}/submit", json={"approval": "1"})
    assert blind.status_code == 428


def test_two_publish_what_began_from_one_plan(client: FlaskClient) -> None:
    """The second one is told what the first changed."""
    drafts = draft(client), draft(client)
    first, second = (change(client, each, "submit", approval="1").get_json() for each in drafts)
    answers = [change(client, plan, "publish") for plan in (first, second)]
    do(client)
    one, two = (client.get(answer.headers["Location"]).get_json() for answer in answers)
    assert (one["status"], two["status"]) == ("done", "failed")
    assert (two["error"]["status"], two["error"]["title"]) == (409, "Something else was faster")
    assert two["error"]["changed"]["plan"] == first["id"]
    chinese = client.get(answers[1].headers["Location"], headers={"Accept-Language": "zh-CN"})
    assert "已发布" in chinese.get_json()["error"]["detail"]


def test_a_deleted_draft_is_gone_and_nothing_else_is(client: FlaskClient) -> None:
    plan, other = draft(client), draft(client)
    headers = {"If-Match": "*"}
    assert client.delete(f"/api/v1/plans/{plan['id']}").status_code == 428
    assert client.delete(f"/api/v1/plans/{plan['id']}", headers=headers).status_code == 204
    assert client.get(f"/api/v1/plans/{plan['id']}").status_code == 404
    change(client, other, "submit", approval="1")
    assert client.delete(f"/api/v1/plans/{other['id']}", headers=headers).status_code == 409


def test_who_has_a_version_is_not_sent_it_again(client: FlaskClient) -> None:
    plan = draft(client)
    address = f"/api/v1/plans/{plan['id']}"
    tag = client.get(address).headers["ETag"]
    for given in (tag, f"W/{tag}", f'{tag[:-1]}:gzip"', f'"x", {tag}'):
        again = client.get(address, headers={"If-None-Match": given})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    change(client, plan, "submit", approval="1")
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 200


def test_a_compressed_answer_has_a_tag_that_may_be_sent_back(client: FlaskClient) -> None:
    plan = draft(client)
    long = {"Accept-Encoding": "gzip"}
    answer = client.get(f"/api/v1/plans/{plan['id']}/grids", headers=long)
    assert answer.headers["Content-Encoding"] == "gzip"
    tag = answer.headers["ETag"]
    assert tag.endswith(':gzip"')
    submitted = client.post(
        f"/api/v1/plans/{plan['id']}/submit", json={"approval": "1"}, headers={"If-Match": tag}
    )
    assert submitted.status_code == 200


def test_lists_have_pages(client: FlaskClient) -> None:
    plans = [draft(client)["id"] for _ in range(3)]
    address, seen = "/api/v1/plans?limit=2&status=draft", []
    while address:
        answer = client.get(address)
        page = answer.get_json()
        assert page["total"] == 3
        seen += [plan["id"] for plan in page["items"]]
        address = page["next"]
        link = answer.headers.get("Link")
        assert link == (address and f'<{address}>; rel="next"')
    assert seen == plans[::-1]


def test_the_plan_of_a_day_is_found(client: FlaskClient) -> None:
    before = datetime.now(UTC)
    plan = publish(client)
    later = (before + timedelta(days=3)).date().isoformat()
    earlier = (before - timedelta(days=3)).date().isoformat()
    assert [each["id"] for each in client.get(f"/api/v1/plans?at={later}").get_json()["items"]] == [
        plan["id"]
    ]
    assert client.get(f"/api/v1/plans?at={earlier}").get_json()["items"] == []


@pytest.mark.parametrize(
    ("query", "kind", "data", "status"),
    [
        ("", "application/geo+json", b"{}", 422),
        ("name=a", "application/geo+json", b"", 422),
        ("name=a", "multipart/form-data", b"{}", 415),
        ("name=a&datum=mars", "application/geo+json", b"{}", 422),
        ("name=" + "a" * 121, "application/geo+json", b"{}", 422),
        ("name=a%00b", "application/geo+json", b"{}", 422),
    ],
)
def test_a_bad_upload_is_refused_and_leaves_no_file(
    client: FlaskClient, tmp_path: Path, query: str, kind: str, data: bytes, status: int
) -> None:
    answer = client.post(f"/api/v1/plans?{query}", data=data, content_type=kind)
    assert answer.status_code == status
    assert list((tmp_path / "uploads").glob("*")) == []
    assert client.get("/api/v1/jobs").get_json()["total"] == 0


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    app = create_app(Settings(workspace=tmp_path, max_upload_mb=1))
    said = {"data": b" " * 2_000_000}
    unsaid = {
        "input_stream": BytesIO(b" " * 2_000_000),
        "environ_overrides": {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    }
    for body in (said, unsaid):
        answer = app.test_client().post(
            "/api/v1/plans?name=a", content_type="application/octet-stream", **body
        )
        assert answer.status_code == 413
    assert list((tmp_path / "uploads").glob("*")) == []


BAD_BODIES = [
    b"[]", b"{", b"[" * 100_000, b'{"approval": 3}', b'{"approval": " "}',
    b'{"approval": "\\ud800"}',
]  # fmt: skip


@pytest.mark.parametrize("body", BAD_BODIES)
def test_a_bad_body_is_said(client: FlaskClient, body: bytes) -> None:
    plan = draft(client)
    answer = client.post(
        f"/api/v1/plans/{plan['id']}/submit", data=body, content_type=JSON,
        headers={"If-Match": "*"},
    )  # fmt: skip
    assert answer.status_code in (400, 422)
    assert client.get(f"/api/v1/plans/{plan['id']}").get_json()["status"] == "draft"


def test_a_draft_that_is_behind_can_go_on(client: FlaskClient) -> None:
    behind = draft(client)
    publish(client)
    handed = change(client, behind, "submit", approval="1").get_json()
    answer = change(client, handed, "rebase")
    assert answer.status_code == 409, "it is in review: what was approved is not changed"
    taken_back = change(client, handed, "withdraw").get_json()
    answer = change(client, taken_back, "rebase")
    assert answer.status_code == 200
    assert answer.get_json()["base_number"] == 1
    assert "基于旧方案" not in client.get("/plans?lang=zh_CN").get_data(as_text=True)


def test_a_draft_that_is_behind_says_so(client: FlaskClient) -> None:
    draft(client)
    publish(client)
    assert "基于旧方案" in client.get("/plans?lang=zh_CN").get_data(as_text=True)


def come_as(app: Flask, caller: Caller) -> None:
    """Let every request from now on come from somebody."""

    def come() -> None:
        g.caller = caller

    app.before_request_funcs.setdefault(None, []).append(come)


def test_drafts_are_for_planners(app: Flask, client: FlaskClient) -> None:
    published, hidden = publish(client), draft(client)
    come_as(app, Caller("worker"))
    assert [each["id"] for each in client.get("/api/v1/plans").get_json()["items"]] == [
        published["id"]
    ]
    for path in ("", "/grids"):
        assert client.get(f"/api/v1/plans/{published['id']}{path}").status_code == 200
        assert client.get(f"/api/v1/plans/{hidden['id']}{path}").status_code == 404


def test_a_planner_of_a_part_changes_no_plan(app: Flask, client: FlaskClient) -> None:
    plan = draft(client)

    come_as(app, Caller("planner", scope=frozenset({"11"})))
    assert client.get(f"/api/v1/plans/{plan['id']}").status_code == 200
    new = client.post("/api/v1/plans?name=a", data=geojson(), content_type="application/geo+json")
    removed = client.delete(f"/api/v1/plans/{plan['id']}", headers={"If-Match": "*"})
    answers = [new, removed, *(change(client, plan, verb, approval="1") for verb in (
        "submit", "withdraw", "publish"))]  # fmt: skip
    assert {answer.status_code for answer in answers} == {403}
