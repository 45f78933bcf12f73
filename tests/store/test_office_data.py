"""Staff, buildings, cases and streets: back as they came, and what was before stays known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely.geometry import LineString
from small_plan import grids as small_grids
from small_plan import posts as small_posts
from small_plan import units as small_units
from sqlalchemy import Engine, func, select

from geogrid.store import bundle
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import audit, cases, posts
from geogrid.store.office_data import clear_data, prepare_data, read_data, write_data

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CASES = pd.DataFrame(
    {
        "case_id": ["F1", "F2", "F3"],
        "reported_at": ["2026-02-01T01:02:03Z", "", "2026-02-03T00:00:00Z"],
        "status": ["closed", "reported", "reported"],
        "lon": [114.005, None, 114.015],
        "lat": [22.535, None, 22.535],
        "title": ["<b>漏水</b>", "", "噪音"],
        "工单来源": ["12345", "", "巡查"],
    }
)


def take(engine: Engine, part: str, frame: pd.DataFrame, at: datetime = NOW) -> None:
    with writing(engine) as connection:
        write_data(connection, prepare_data(part, frame, small_grids()), at=at, by="test")


def read(engine: Engine, part: str, moment: datetime | None = None) -> pd.DataFrame:
    with reading(engine) as connection:
        return read_data(connection, part, moment)


@pytest.mark.parametrize(
    ("part", "frame"),
    [
        ("posts", small_posts().assign(备注=["x", None, "y", "z"])),
        ("units", small_units().assign(备注="x")),
        ("cases", CASES),
    ],
)
def test_tables_come_back_as_they_came(engine: Engine, part: str, frame: pd.DataFrame) -> None:
    take(engine, part, frame)
    key = {"posts": "post_id", "units": "unit_id", "cases": "case_id"}[part]
    expected = bundle.complete(frame, part).sort_values(key, ignore_index=True)
    assert_frame_equal(read(engine, part), expected)
    take(engine, part, frame, NOW + DAY)
    assert_frame_equal(read(engine, part), expected)
    empty = read(engine, "units" if part != "units" else "cases")
    assert len(empty) == 0
    assert_frame_equal(
        empty, bundle.complete(pd.DataFrame(), "units" if part != "units" else "cases")
    )


def test_streets_come_back_as_they_came(engine: Engine) -> None:
    lines = [LineString([(114.0, 22.5), (114.1, 22.6)]), LineString([(114, 22), (115, 23.1)])]
    frame = gpd.GeoDataFrame(
        {"name": ["南园路", ""], "highway": ["primary", "residential"]}, geometry=lines, crs=4326
    )
    take(engine, "streets", frame)
    found = read(engine, "streets")
    assert found["name"].tolist() == ["南园路", ""]
    assert found.geometry.to_wkb().tolist() == frame.geometry.to_wkb().tolist()
    take(engine, "streets", frame.head(0))
    assert len(read(engine, "streets")) == 0


def people_in(frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return who holds what; an office numbers its posts anew each time."""
    return sorted(frame.drop(columns="post_id").astype("str").itertuples(index=False, name=None))


def test_who_held_a_post_stays_known(engine: Engine) -> None:
    before = small_posts()
    take(engine, "posts", before)
    after = before.replace({"holder": {"甲一员": "乙某"}}).iloc[:3]
    take(engine, "posts", after, NOW + DAY)
    assert people_in(read(engine, "posts")) == people_in(after)
    assert people_in(read(engine, "posts", NOW + DAY - timedelta(seconds=1))) == people_in(before)
    assert len(read(engine, "posts", NOW - DAY)) == 0
    with reading(engine) as connection:  # what went on was not begun anew
        assert connection.scalar(select(func.count()).select_from(posts)) == 4 + 1


def test_two_alike_posts_are_two(engine: Engine) -> None:
    twice = pd.concat([small_posts().head(1)] * 2, ignore_index=True)
    take(engine, "posts", twice)
    assert len(read(engine, "posts")) == 2
    take(engine, "posts", twice.head(1), NOW + DAY)
    assert len(read(engine, "posts")) == 1


def test_no_case_is_lost_by_a_shorter_list(engine: Engine) -> None:
    take(engine, "cases", CASES)
    take(engine, "cases", CASES.head(1).assign(status="reported", lon=114.015), NOW + DAY)
    found = read(engine, "cases").set_index("case_id")
    assert found["status"].to_dict() == {"F1": "reported", "F2": "reported", "F3": "reported"}
    with reading(engine) as connection:
        asked = select(cases.c.case_id, cases.c.grid_now, cases.c.grid_at_report)
        known = {row[0]: row[1:] for row in connection.execute(asked)}
    assert known == {"F1": ("112", "111"), "F2": ("", ""), "F3": ("112", "112")}


def test_every_change_is_in_the_audit_log(engine: Engine) -> None:
    take(engine, "posts", small_posts())
    with writing(engine) as connection:
        clear_data(connection, ("posts", "units", "cases", "streets"), at=NOW + DAY, by="test")
    assert [len(read(engine, part)) for part in ("posts", "units", "cases", "streets")] == [0] * 4
    with reading(engine) as connection:
        actions = connection.scalars(select(audit.c.action).order_by(audit.c.id)).all()
    assert actions[0] == "roster.kept"
    assert sorted(actions[1:]) == [
        "case.cleared",
        "post.cleared",
        "street.cleared",
        "units.cleared",
    ]
