"""Plans in a database compared, with everything that the database knows beside them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import geopandas as gpd
import shapely
from small_plan import grids
from sqlalchemy import Engine, insert

from geogrid.store.comparing import compare_stored
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import addresses, case_places, cases, people, posts, units
from geogrid.store.plans import add_draft, find_plan, submit_draft
from geogrid.store.publish import publish_plan

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
IN_112 = shapely.Point(114.015, 22.535)


def merged() -> gpd.GeoDataFrame:
    """Give 112 to 111."""
    plan = grids().set_index("code", drop=False)
    plan.loc["111", "geometry"] = shapely.box(114.00, 22.53, 114.02, 22.54)
    return plan.drop("112").reset_index(drop=True)


def publish(engine: Engine, layer: gpd.GeoDataFrame, at: datetime) -> int:
    plan = submit_draft(engine, add_draft(engine, "方案", layer, at=at).id, 1, approval="1", at=at)
    return publish_plan(engine, plan.id, plan.version, at=at).plan.id


def fill(engine: Engine) -> None:
    with writing(engine) as connection:
        unit: dict[str, Any] = {"unit_id": "1", "kind": "building", "number": "1"}
        outline = IN_112.buffer(1e-4)
        connection.execute(insert(units).values(**unit, households=12, geometry=outline))
        connection.execute(insert(units).values(unit_id="2", kind="building", listed_grid="111"))
        connection.execute(insert(addresses).values(address="西街2号", geometry=IN_112))
        for key, status in enumerate(("handled", "closed"), start=1):
            connection.execute(insert(cases).values(id=key, case_id=f"c{key}", status=status))
            connection.execute(insert(case_places).values(case_id=key, geometry=IN_112))
        connection.execute(insert(people), [{"name": "王"}, {"name": "李"}])
        for key, (since, until) in enumerate(((None, NOW), (NOW, None)), start=1):
            connection.execute(
                insert(posts).values(
                    post_id="P", grid="112", post="leader", person_id=key, valid_from=since,
                    valid_until=until,
                )
            )  # fmt: skip


def test_two_plans_of_the_store(engine: Engine) -> None:
    first = publish(engine, grids(), NOW)
    fill(engine)
    second = publish(engine, merged(), NOW + DAY)
    with reading(engine) as connection:
        plans = (find_plan(connection, number) for number in (first, second))
        comparison = compare_stored(connection, *plans, at=NOW + 2 * DAY)
    changed = {kind: count for kind, count in comparison.counts().items() if count}
    assert changed.keys() == {"merged", "unchanged"}
    (move,) = comparison.moves.to_dict("records")
    assert (move["from"], move["to"]) == ("112", "111")
    counted = ("households", "buildings", "addresses", "open_cases", "staff")
    assert [move[name] for name in counted] == [12, 1, 1, 1, 1]
    things = comparison.things[["what", "label", "from", "to"]].values.tolist()
    assert ["post", "李", "112", "111"] in things, "she held it when the former plan ended"
    assert not any(row[1] == "王" for row in things)


def test_a_store_that_knows_nothing_besides(engine: Engine) -> None:
    first, second = publish(engine, grids(), NOW), publish(engine, merged(), NOW + DAY)
    with reading(engine) as connection:
        plans = (find_plan(connection, number) for number in (first, second))
        comparison = compare_stored(connection, *plans, at=NOW + 2 * DAY)
    assert comparison.counts()["merged"] == 1
    assert len(comparison.things) == 0
