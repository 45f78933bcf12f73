"""Many rows at once are the same rows as one by one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from postgis_cluster import Cluster
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import DataError, IntegrityError

from geogrid.store.database.bulk import insert_columns, known_ids, take_ids
from geogrid.store.database.engine import open_database, reading, writing
from geogrid.store.database.migrate import upgrade
from geogrid.store.database.tables import cases, people, units
from geogrid.store.errors import UnavailableError

_WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
) | st.sampled_from(["\\N", "\t", "a\nb", "\\", "\\.", "NULL", "'", '"', "网格\r"])
_NUMBERS = st.none() | st.integers(-(2**31), 2**31 - 1)
_DEGREES = st.floats(-180, 180)
_SHAPES = st.none() | st.builds(shapely.Point, _DEGREES, _DEGREES)
_PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _WORDS
_MORE = st.none() | st.dictionaries(_WORDS, _PLAIN, max_size=3)
_MOMENTS = st.none() | st.datetimes(
    datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)
)
_ANY_ENGINE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _columns(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _both_ways(engine: Engine, table: Any, rows: list[dict[str, Any]]) -> None:
    found = []
    for is_bulk in (False, True):
        with writing(engine) as connection:
            connection.execute(delete(table))
            if is_bulk:
                insert_columns(connection, table, _columns(rows))
            else:
                connection.execute(insert(table), rows)
        with reading(engine) as connection:
            every = [column for column in table.c if column.name != "id"]
            found.append([tuple(row) for row in connection.execute(select(*every))])
    assert sorted(map(repr, found[0])) == sorted(map(repr, found[1]))


@_ANY_ENGINE
@given(rows=st.lists(st.tuples(_WORDS, _NUMBERS, _MORE, _SHAPES), min_size=1, max_size=8))
def test_texts_numbers_json_and_places_go_through(engine: Engine, rows: list[Any]) -> None:
    _both_ways(
        engine,
        units,
        [
            {"unit_id": str(at), "name": name, "people": number, "more": more, "geometry": shape}
            for at, (name, number, more, shape) in enumerate(rows)
        ],
    )


@_ANY_ENGINE
@given(rows=st.lists(st.tuples(_WORDS, _MOMENTS, _MOMENTS), min_size=1, max_size=8))
def test_moments_go_through(engine: Engine, rows: list[Any]) -> None:
    _both_ways(
        engine,
        cases,
        [
            {"case_id": str(at), "status": "closed", "title": title, "reported_at": begun,
             "closed_at": closed} for at, (title, begun, closed) in enumerate(rows)
        ],
    )  # fmt: skip


def test_a_polygon_keeps_its_bits(engine: Engine) -> None:
    shape = shapely.Polygon([(114.1, 22.5), (114.1 + 1e-14, 22.7), (114.3, 22.6)])
    with writing(engine) as connection:
        insert_columns(connection, units, {"unit_id": ["1"], "geometry": [shape]})
    with reading(engine) as connection:
        found = connection.scalar(select(units.c.geometry))
    assert shapely.to_wkb(found) == shapely.to_wkb(shape)


def test_ids_are_nobody_elses(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(insert(people), [{"name": "甲"}, {"name": "乙"}])
        ids = take_ids(connection, people, 2)
        insert_columns(connection, people, {"id": ids, "name": ["丙", "丁"]})
        connection.execute(insert(people), [{"name": "戊"}])
        assert take_ids(connection, people, 0) in ([], range(6, 6))
        rows = connection.execute(select(people.c.name).order_by(people.c.id)).scalars().all()
        assert rows == ["甲", "乙", "丙", "丁", "戊"]
        assert known_ids(connection, people.c.name, ["丁", "无"]) == {"丁": ids[1]}
        assert known_ids(connection, people.c.name, []) == {}


def test_no_rows_are_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        insert_columns(connection, people, {"name": []})
        assert connection.scalar(select(people.c.id)) is None


def test_a_row_that_is_refused_is_no_fault_of_the_database(engine: Engine) -> None:
    with pytest.raises((IntegrityError, DataError)), writing(engine) as connection:
        insert_columns(connection, units, {"unit_id": ["1", "1"]})
    with reading(engine) as connection:
        assert connection.scalar(select(units.c.id)) is None


def test_a_server_that_goes_away_is_explained(postgis: Cluster) -> None:
    engine = open_database(postgis.new_database())
    upgrade(engine)
    with pytest.raises(UnavailableError), writing(engine) as connection:
        mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        postgis.query(f"SELECT pg_terminate_backend({mine}, 5000)")
        insert_columns(connection, units, {"unit_id": ["1"]})
    postgis.drop(engine.url)
