"""``/api/v1/plans/…/compare``: against the plan before, or another one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from small_plan import grids
from sqlalchemy import insert

from geogrid.store.database.engine import writing
from geogrid.store.database.tables import addresses, case_places, cases, people, posts, units
from geogrid.store.opening import make_ready
from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.publish import publish_plan
from web import create_app
from web.config import Settings

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def later() -> gpd.GeoDataFrame:
    """Merge the second finest grid into the first one."""
    plan = grids().reset_index(drop=True)
    leaf = plan.index[~plan["code"].isin(set(plan["parent"]))]
    one, other = next(
        (a, b) for a in leaf for b in leaf
        if a < b and shapely.union(plan.geometry[a], plan.geometry[b]).geom_type == "Polygon"
    )  # fmt: skip
    plan.loc[one, "geometry"] = shapely.union(plan.geometry[one], plan.geometry[other])
    return plan.drop(other)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = create_app(Settings(workspace=tmp_path))
    database = app.config["DATABASE"]
    make_ready(database)
    for day, layer in enumerate((grids(), later())):
        plan = add_draft(database, f"方案{day}", layer, at=NOW + timedelta(days=day))
        plan = submit_draft(database, plan.id, plan.version, approval="1", at=NOW)
        publish_plan(database, plan.id, plan.version, at=NOW + timedelta(days=day))
    add_draft(database, "草稿", grids(), at=NOW + timedelta(days=2))
    gone = set(grids()["code"]) - set(later()["code"])
    place = grids().set_index("code").geometry[gone.pop()].representative_point()
    with writing(database) as connection:
        connection.execute(insert(units).values(
            unit_id="1", kind="building", name="一号楼", number="1", households=12, geometry=place
        ))  # fmt: skip
        connection.execute(insert(addresses).values(address="路1号", geometry=place))
        for number, status in enumerate(("reported", "closed"), start=1):
            connection.execute(insert(cases).values(id=number, case_id=f"c{number}", status=status))
            connection.execute(insert(case_places).values(case_id=number, geometry=place))
        connection.execute(insert(people).values(id=1, name="王"))
        code = grids()["code"].iloc[-1]
        connection.execute(insert(posts).values(post_id="1", grid=code, post="leader", person_id=1))
    return app


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def test_a_plan_is_compared_with_the_one_before(client: FlaskClient) -> None:
    answer = client.get("/api/v1/plans/2/compare?shapes=1")
    assert answer.status_code == 200
    data = answer.get_json()
    assert (data["before"]["id"], data["after"]["id"]) == (1, 2)
    assert data["counts"]["merged"] == 1
    finest = max(data["moves"], key=lambda move: move["level"])
    counted = [finest[name] for name in ("households", "buildings", "addresses", "open_cases")]
    assert counted == [12, 1, 1, 1]
    assert finest["geometry"]["type"] == "Polygon"
    assert [thing["id"] for thing in data["things"] if thing["what"] == "case"] == ["c1"]


def test_a_draft_is_compared_with_the_plan_in_force_or_another(client: FlaskClient) -> None:
    data = client.get("/api/v1/plans/3/compare").get_json()
    assert data["before"]["id"] == 2
    assert data["counts"]["split"] == 1
    assert "geometry" not in data["moves"][0]
    data = client.get("/api/v1/plans/3/compare?former=1").get_json()
    assert data["counts"]["unchanged"] == len(grids())
    assert data["changes"] == data["moves"] == data["things"] == []


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/api/v1/plans/1/compare", 404),
        ("/api/v1/plans/9/compare", 404),
        ("/api/v1/plans/2/compare?former=9", 404),
        ("/api/v1/plans/2/compare?former=a", 422),
        ("/api/v1/plans/2/compare?shapes=2", 422),
    ],
)
def test_what_is_not_there(client: FlaskClient, url: str, status: int) -> None:
    answer = client.get(url)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
