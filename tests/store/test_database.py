"""One database of each kind: what is written comes back to the bit, or nothing was written."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
import shapely
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, MetaData, Table, insert, inspect, select, text
from sqlalchemy.engine import URL

from geogrid.errors import InputError
from geogrid.store import StoreError
from geogrid.store.database.engine import database_url, open_database, reading, writing
from geogrid.store.database.migrate import newest_revision, upgrade
from geogrid.store.database.tables import addresses, audit, metadata, streets
from geogrid.store.opening import kept_open, make_ready, named_database

NOW = datetime(2026, 3, 1, 8, 30, 15, 123456, tzinfo=UTC)
any_double = st.floats(allow_nan=False, allow_infinity=False, width=64)


def test_migrations_make_the_tables_that_the_code_knows(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": _is_ours, "compare_type": False},
        )
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == newest_revision()


def _is_ours(_item: object, name: str, kind: str, _reflected: bool, _other: object) -> bool:
    # PostGIS brings a table; SQLite has no index by place and tells of no unique constraint's name
    return name not in ("spatial_ref_sys",) and not (kind == "index" and "geometry" in name)


def test_upgrade_again_changes_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(insert(audit).values(_audit()))
    upgrade(engine)
    with reading(engine) as connection:
        assert connection.scalar(select(audit.c.action)) == "plan.drafted"


def test_a_database_of_a_later_release_is_left_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="later release"):
        upgrade(engine)


def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    def open_it(folder: Path) -> int | None:
        with writing(open_database(database_url("", folder))) as connection:
            return connection.scalar(text("SELECT 1"))

    with ThreadPoolExecutor(8) as pool:
        for number in range(150):
            folder = tmp_path / str(number)
            folder.mkdir()
            assert list(pool.map(open_it, [folder] * 8)) == [1] * 8


def test_two_migrate_at_once(empty_database: URL) -> None:
    engines = [open_database(empty_database) for _each in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upgrade, engines))
    assert "grids" in inspect(engines[0]).get_table_names()
    for engine in engines:
        engine.dispose()


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.tuples(any_double, any_double), min_size=2, max_size=20))
def test_coordinates_come_back_to_the_bit(
    engine: Engine, points: list[tuple[float, float]]
) -> None:
    line = shapely.LineString(points)
    with writing(engine) as connection:
        key = connection.execute(insert(streets).values(geometry=line)).inserted_primary_key[0]
    with reading(engine) as connection:
        found = connection.scalar(select(streets.c.geometry).where(streets.c.id == key))
    np.testing.assert_array_equal(
        shapely.get_coordinates(found).view(np.int64), shapely.get_coordinates(line).view(np.int64)
    )


def test_moments_are_utc_whatever_they_were(engine: Engine) -> None:
    in_china = NOW.astimezone(timezone(timedelta(hours=8)))
    with writing(engine) as connection:
        connection.execute(insert(audit).values(_audit() | {"at": in_china}))
    with reading(engine) as connection:
        found = connection.scalar(select(audit.c.at))
        assert connection.scalar(select(audit.c.id).where(audit.c.at <= in_china)) == 1
    assert found == NOW
    assert found.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(Exception, match="time zone"), writing(engine) as connection:
        connection.execute(insert(audit).values(_audit() | {"at": datetime(2026, 1, 1)}))


def test_a_failed_change_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(RuntimeError), writing(engine) as connection:
        connection.execute(insert(audit).values(_audit()))
        raise RuntimeError
    with reading(engine) as connection:
        assert connection.scalar(select(audit.c.id)) is None


def test_a_reader_sees_one_state(engine: Engine) -> None:
    with reading(engine) as reader:
        assert reader.scalar(select(audit.c.id)) is None
        with writing(engine) as writer:
            writer.execute(insert(audit).values(_audit()))
        assert reader.scalar(select(audit.c.id)) is None
    with reading(engine) as reader:
        assert reader.scalar(select(audit.c.id)) == 1


def test_postgis_has_geometry_columns_that_qgis_opens(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":  # there, files are exported
        with reading(engine) as connection:
            assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        return
    with reading(engine) as connection:
        found = dict(
            connection.execute(
                text("SELECT f_table_name, srid FROM geometry_columns ORDER BY 1")
            ).all()
        )
        indexed = connection.scalar(
            text("SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%USING gist%'")
        )
    assert set(found.values()) == {4326}
    assert {"grids", "grids_now", "units", "case_places", "approved_gaps"} <= set(found)
    assert indexed == 7


@pytest.mark.parametrize("given_url", ["mysql://a/b", "nonsense", "sqlite://", "://", "postgres"])
def test_other_databases_are_refused(given_url: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="GEOGRID_DATABASE_URL must be like"):
        database_url(given_url, tmp_path)


def test_a_server_that_is_not_there_is_said_without_its_password(tmp_path: Path) -> None:
    engine = open_database(database_url(f"postgresql://u:secret@/x?host={tmp_path}", tmp_path))
    with pytest.raises(StoreError) as caught, reading(engine):
        pass
    assert "secret" not in str(caught.value)
    assert "nothing was changed" in str(caught.value)


def test_another_process_never_takes_the_log_away(tmp_path: Path) -> None:
    """Closing any handle to a file ends all locks of a process on it (POSIX).

    The other one would then take itself for the last, and remove the log that is written to.
    """
    engine = named_database("", tmp_path)
    make_ready(engine)
    with kept_open(engine):
        for seen in range(4):
            assert _count_elsewhere(engine) == seen
            with writing(engine) as connection:
                connection.execute(insert(audit).values(_audit()))
            make_ready(engine)
        assert _count_elsewhere(engine) == 4


def _count_elsewhere(engine: Engine) -> int:
    script = (
        "import sqlite3, sys; opened = sqlite3.connect(sys.argv[1]);"
        "print(*opened.execute('SELECT count(*) FROM audit').fetchone()); opened.close()"
    )
    command = [sys.executable, "-c", script, str(engine.url.database)]
    return int(subprocess.run(command, check=True, capture_output=True).stdout)


def _audit() -> dict[str, object]:
    return {"at": NOW, "action": "plan.drafted", "subject": "plan", "subject_id": "1"}


def test_addresses_of_an_earlier_release_stay(empty_database: URL) -> None:
    engine = open_database(empty_database)
    upgrade(engine, "0003")
    place = shapely.Point(114.005, 22.535)
    with writing(engine) as connection:
        named = {"address": "西街2号", "source": "门牌库", "grid_now": "111", "geometry": place}
        columns = [Column(name, addresses.c[name].type) for name in named]
        table = Table("addresses", MetaData(), *columns)
        connection.execute(insert(table).values(**named))
    upgrade(engine)
    with reading(engine) as connection:
        (row,) = connection.execute(select(addresses)).all()
    assert {name: getattr(row, name) for name in named} == named
    assert (row.kind, row.aliases, row.unit_id) == ("", "", "")
    engine.dispose()
