"""``/api/v1/grids``: boundaries to the bit, by code, place, parent, level and day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape
from small_plan import grids as small_grids

from geogrid.errors import FieldError
from geogrid.store.opening import make_ready
from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.publish import publish_plan
from web import create_app
from web.config import Settings
from web.v1.moments import parse_moment

FIRST = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
SECOND = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    """Two plans, one after the other; the second has another name for grid 111."""
    app = create_app(Settings(workspace=tmp_path))
    database = app.config["DATABASE"]
    make_ready(database)
    for at, name in ((FIRST, "甲一网格"), (SECOND, "甲一新网格")):
        layer = small_grids().replace({"name": {"甲一网格": name}}).assign(备注="街 <b>角</b>")
        plan = add_draft(database, "方案", layer, at=at)
        plan = submit_draft(database, plan.id, plan.version, approval="1", at=at)
        publish_plan(database, plan.id, plan.version, at=at)
    with app.test_client() as client:
        yield client


def _get(client: FlaskClient, query: str = "") -> Any:
    answer = client.get(f"/api/v1/grids{query}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/geo+json"
    return answer.get_json(force=True)


def _codes(client: FlaskClient, query: str) -> list[str]:
    return [each["id"] for each in _get(client, query)["features"]]


def test_boundaries_are_those_that_were_published(client: FlaskClient) -> None:
    found = _get(client)
    expected = small_grids().set_index("code").sort_index()
    assert [each["id"] for each in found["features"]] == expected.index.tolist()
    shapes = [shape(each["geometry"]) for each in found["features"]]
    assert shapely.equals_exact(shapes, expected.geometry.to_numpy(), 0).all()
    properties = found["features"][2]["properties"]
    assert properties == {
        "code": "111", "name": "甲一新网格", "parent": "11", "level": 3, "kind": "community",
        "households": 100, "people": 280, "备注": "街 <b>角</b>",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("?code=111&code=12&code=nobody", ["111", "12"]),
        ("?parent=11", ["111", "112"]),
        ("?parent=", ["1"]),
        ("?level=2", ["11", "12"]),
        ("?level=3&parent=12", ["121"]),
        ("?level=7", []),
        ("?level=3&bbox=114.001,22.531,114.002,22.532", ["111"]),
        ("?level=3&bbox=114.01,22.531,114.01,22.532", ["111", "112"]),  # on the border of both
        ("?bbox=115,22,116,23", []),
    ],
)
def test_grids_are_found(client: FlaskClient, query: str, codes: list[str]) -> None:
    assert _codes(client, query) == codes


@pytest.mark.parametrize(
    ("at", "name"),
    [
        ("2026-03-01", "甲一网格"),
        ("2026-03-04", "甲一网格"),
        ("2026-03-05", "甲一新网格"),
        ("2026-03-05T08:59:59%2B08:00", "甲一网格"),
        ("2026-03-05T09:00:00+08:00", "甲一新网格"),
        ("2026-03-05T01:00:00Z", "甲一新网格"),
        ("2026-03-05T08:59", "甲一网格"),
    ],
)
def test_any_day_can_be_asked(client: FlaskClient, at: str, name: str) -> None:
    assert _get(client, f"?code=111&at={at}")["features"][0]["properties"]["name"] == name


def test_before_the_first_plan_there_is_nothing(client: FlaskClient) -> None:
    answer = client.get("/api/v1/grids?at=2026-02-28", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "No plan was in force" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "at=", "at=yesterday", "at=2026-02-30", "at=9999-12-31", "at=2026-W09-1", "level=x",
        "level=-1", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=2,1,1,2", "bbox=nan,0,1,1",
        "bbox=0,0,181,1", "limit=0", "limit=1001", "limit=١",
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_said(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/grids?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")


def test_pages_are_of_one_plan_whatever_comes_into_force(client: FlaskClient) -> None:
    address, seen = f"/api/v1/grids?limit=2&at={FIRST.date()}", []
    while address:
        answer = client.get(address)
        page = answer.get_json(force=True)
        assert (page["numberMatched"], page["plan"]) == (6, 1)
        seen += [each["id"] for each in page["features"]]
        address = next((link["href"] for link in page["links"]), None)
        assert answer.headers.get("Link") == (address and f'<{address}>; rel="next"')
        assert address is None or address.startswith("/api/v1/plans/1/grids?")
    assert seen == sorted(small_grids()["code"])


def test_who_has_the_grids_is_not_sent_them_again(client: FlaskClient) -> None:
    answer = client.get("/api/v1/grids", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    again = client.get("/api/v1/grids", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(
        "/api/v1/grids?at=2026-03-01", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert other.status_code == 200


@given(st.dates(), st.sampled_from(["Asia/Shanghai", "UTC", "America/New_York"]))
def test_a_date_is_its_last_instant(day: Any, zone: str) -> None:
    try:
        moment = parse_moment(day.isoformat(), zone)
    except FieldError:
        assert day.year in (1, 9999)
        return
    following = parse_moment(f"{(day + timedelta(days=1)).isoformat()}T00:00", zone)
    assert following - moment == timedelta(microseconds=1)
