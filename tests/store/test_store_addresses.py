"""The gazetteer in the database: by source, merged where it is read, corrected where confirmed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from small_plan import grids as small_grids
from sqlalchemy import Engine, insert, select

from geogrid.addresses.gazetteer import ENTRY_COLUMNS
from geogrid.errors import FieldError, InputError
from geogrid.store.address_corrections import (
    SOURCE,
    CorrectionMissingError,
    Proposal,
    decide_correction,
    list_corrections,
    propose_correction,
)
from geogrid.store.addresses import (
    AddressChange,
    Source,
    keep_addresses,
    list_sources,
    read_entries,
    remove_source,
    stored_entries,
)
from geogrid.store.data_memory import remembered
from geogrid.store.database.copying import copy_out, open_file
from geogrid.store.database.engine import reading, writing
from geogrid.store.database.tables import addresses, audit
from geogrid.store.errors import ConflictError
from geogrid.store.plans import add_draft, submit_draft
from geogrid.store.publish import publish_plan

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LON, LAT = 114.005, 22.535


def entries(
    *rows: dict[str, object], source: str = "门牌库", dated: str = "2026-01-01"
) -> pd.DataFrame:
    """Return entries at one place unless they say another."""
    usual = {"lon": LON, "lat": LAT, "source": source, "dated": dated}
    return pd.DataFrame([usual | row for row in rows])


def keep(engine: Engine, frame: pd.DataFrame) -> AddressChange:
    return keep_addresses(engine, frame, at=NOW, by="test")


def read(engine: Engine) -> pd.DataFrame:
    with reading(engine) as connection:
        found = read_entries(connection)
    return pd.DataFrame(columns=[*ENTRY_COLUMNS]) if found is None else found


def publish(engine: Engine) -> None:
    plan = add_draft(engine, "方案", small_grids(), at=NOW)
    plan = submit_draft(engine, plan.id, plan.version, approval="批1", at=NOW)
    publish_plan(engine, plan.id, plan.version, at=NOW)


def test_entries_come_back_to_the_bit(engine: Engine) -> None:
    given = entries(
        {"kind": "building", "name": "甲楼", "address": "西街2号", "region": "福田区",
         "aliases": "旧楼\n老楼", "unit_id": "B1", "grid": "111", "lon": 114.1 + 2e-15},
        {"address": "西街4号"},
    )  # fmt: skip
    assert keep(engine, given) == AddressChange(2, 0)
    found = read(engine)
    assert list(found.columns) == list(ENTRY_COLUMNS)
    first = found.iloc[0]
    assert first["aliases"] == "旧楼\n老楼"
    assert first[["kind", "unit_id", "grid", "dated"]].tolist() == [
        "building", "B1", "111", "2026-01-01",
    ]  # fmt: skip
    assert first["lon"] == 114.1 + 2e-15
    assert found["kind"].tolist() == ["building", "address"]


def test_a_list_takes_the_place_of_its_source_alone(engine: Engine) -> None:
    keep(engine, entries({"address": "西街2号"}, {"address": "西街4号"}))
    keep(engine, entries({"address": "东街1号"}, source="测绘"))
    change = keep(engine, entries({"address": "西街6号"}, dated="2026-02-01"))
    assert change == AddressChange(1, 2)
    with reading(engine) as connection:
        assert list_sources(connection) == [
            Source("测绘", "2026-01-01", 1),
            Source("门牌库", "2026-02-01", 1),
        ]
        assert set(stored_entries(connection)["address"]) == {"西街6号", "东街1号"}
    assert remove_source(engine, "测绘", at=NOW, by="test") == 1
    assert remove_source(engine, "测绘", at=NOW, by="test") == 0
    assert read(engine)["address"].tolist() == ["西街6号"]


def test_what_sources_say_alike_is_one_entry_and_no_row_is_lost(engine: Engine) -> None:
    keep(engine, entries({"address": "西街2号", "aliases": "老楼"}))
    keep(
        engine,
        entries({"address": "西街２号", "lon": LON + 1e-5}, source="测绘", dated="2026-02-01"),
    )
    (row,) = read(engine).to_dict("records")
    assert (row["source"], row["aliases"]) == ("测绘", "老楼")
    remove_source(engine, "测绘", at=NOW, by="test")
    assert read(engine)["source"].tolist() == ["门牌库"]


def test_rows_of_an_earlier_release_are_told_apart(engine: Engine) -> None:
    place = shapely.Point(LON, LAT)
    with writing(engine) as connection:
        for address, source in (("西街2号", "甲"), ("西街４号", "乙"), ("西街4号", "丙")):
            values = {"address": address, "source": source, "geometry": place}
            connection.execute(insert(addresses).values(**values))
    assert read(engine)["source"].tolist() == ["甲", "丙"]


def test_nothing_is_none(engine: Engine) -> None:
    with reading(engine) as connection:
        assert read_entries(connection) is None
    keep(engine, entries({"address": "西街2号"}).head(0))
    with reading(engine) as connection:
        assert read_entries(connection) is None


@pytest.mark.parametrize("row", [{"address": "西" * 301}, {"name": "a", "unit_id": "b" * 65}])
def test_what_is_too_long_is_refused_and_nothing_written(
    engine: Engine, row: dict[str, object]
) -> None:
    keep(engine, entries({"address": "西街2号"}))
    with pytest.raises(InputError, match="longer than"):
        keep(engine, entries({"address": "西街4号"}, row))
    assert read(engine)["address"].tolist() == ["西街2号"]


def test_entries_need_a_position(engine: Engine) -> None:
    with pytest.raises(FieldError, match="Row 2 has no position"):
        keep(engine, entries({"address": "西街2号"}, {"address": "西街4号", "lon": np.nan}))


def test_the_grid_is_that_of_the_plan_in_force(engine: Engine) -> None:
    keep(engine, entries({"address": "西街2号"}, {"address": "远方", "lon": 100.0}))
    with reading(engine) as connection:
        assert connection.scalars(select(addresses.c.grid_now)).all() == ["", ""]
    publish(engine)
    asked = select(addresses.c.grid_now).order_by(addresses.c.id)
    with reading(engine) as connection:
        first, second = connection.scalars(asked).all()
    assert (first, second) == ("111", "")
    keep(engine, entries({"address": "西街2号"}))
    with reading(engine) as connection:
        assert connection.scalars(asked).all() == [first]


def test_every_change_is_in_the_audit_log_and_memory_follows(engine: Engine) -> None:
    def now() -> pd.DataFrame | None:
        with reading(engine) as connection:
            return remembered(connection, "addresses", read_entries)

    assert now() is None
    keep(engine, entries({"address": "西街2号"}))
    first = now()
    assert first is now()
    ident = propose_correction(engine, Proposal(asked="老楼", means="西街2号"), at=NOW, by=None)
    assert now() is first
    decide_correction(engine, ident, "refused", at=NOW, by=None)
    assert now() is first, "what was not confirmed changed no entry"
    decide_correction(engine, ident, "confirmed", at=NOW, by=None)
    assert now() is not first
    remove_source(engine, "门牌库", at=NOW, by="test")
    assert now() is None
    with reading(engine) as connection:
        actions = connection.scalars(select(audit.c.action).order_by(audit.c.id)).all()
    assert actions == [
        "address.listed", "correction.proposed", "correction.refused", "address.confirmed",
        "address.removed",
    ]  # fmt: skip


def test_a_confirmed_alias_is_learned_and_outlives_a_new_list(engine: Engine) -> None:
    keep(engine, entries({"address": "西街2号", "name": "甲楼"}, {"address": "西街4号"}))
    said = Proposal(asked="大红楼", means="西街2号（甲楼）", place=(LON + 0.001, LAT), grid="112")
    ident = propose_correction(engine, said, at=NOW, by=None)
    with reading(engine) as connection:
        (kept,) = list_corrections(connection, "open")
    assert (kept.asked, kept.means, kept.place) == ("大红楼", "西街2号（甲楼）", (LON + 0.001, LAT))
    assert read(engine)["aliases"].tolist() == ["", ""]
    decide_correction(engine, ident, "confirmed", at=NOW, by=None, decision="看过")
    keep(engine, entries({"address": "西街2号", "name": "甲楼"}, dated="2026-02-02"))
    (row,) = read(engine).to_dict("records")
    assert (row["aliases"], row["lon"], row["grid"]) == ("大红楼", LON + 0.001, "112")
    decide_correction(engine, ident, "refused", at=NOW, by=None)
    assert read(engine)["aliases"].tolist() == [""]


def test_a_new_place_is_not_in_the_grid_that_was_listed_for_the_old_one(engine: Engine) -> None:
    keep(engine, entries({"address": "西街2号", "grid": "111"}))
    said = Proposal(asked="大红楼\n二层", means="西街2号", place=(LON + 0.02, LAT))
    ident = propose_correction(engine, said, at=NOW, by=None)
    decide_correction(engine, ident, "confirmed", at=NOW, by=None)
    (row,) = read(engine).to_dict("records")
    assert (row["lon"], row["grid"], row["aliases"]) == (LON + 0.02, "", "大红楼 二层")


def test_a_place_without_an_entry_becomes_one(engine: Engine) -> None:
    for count, lon in enumerate((LON, LON + 0.001)):
        said = Proposal(asked="小卖部", place=(lon, LAT), unit_id="B1")
        ident = propose_correction(engine, said, at=NOW, by=None)
        at = NOW + timedelta(days=count)
        decide_correction(engine, ident, "confirmed", at=at, by=None)
    (row,) = read(engine).to_dict("records")
    assert [row[name] for name in ("address", "source", "unit_id", "lon", "dated")] == [
        "小卖部", SOURCE, "B1", LON + 0.001, "2026-03-02",
    ]  # fmt: skip


def test_of_several_called_the_same_none_is_moved(engine: Engine) -> None:
    toilets = [{"name": "公共厕所", "lon": LON + step, "lat": LAT} for step in (0.0, 0.01)]
    keep(engine, entries(*({"address": "", **each} for each in toilets)))
    for asked, place in (("一号厕所", (LON + 0.002, LAT)), ("厕所", None)):
        said = Proposal(asked=asked, means="公共厕所", place=place, grid="112", unit_id="B1")
        ident = propose_correction(engine, said, at=NOW, by=None)
        decide_correction(engine, ident, "confirmed", at=NOW, by=None)
    rows = read(engine)
    both = rows[rows["name"] == "公共厕所"]
    assert both["lon"].tolist() == [LON, LON + 0.01]
    assert both[["grid", "unit_id"]].to_numpy().tolist() == [["", ""]] * 2
    assert both["aliases"].tolist() == ["厕所"] * 2
    (own,) = rows[rows["source"] == SOURCE].to_dict("records")
    assert [own[name] for name in ("address", "lon", "grid", "unit_id")] == [
        "一号厕所", LON + 0.002, "112", "B1",
    ]  # fmt: skip


def test_decisions_are_of_something_and_made_once(engine: Engine) -> None:
    with pytest.raises(FieldError, match="an entry or a place"):
        propose_correction(engine, Proposal(asked="小卖部", grid="111"), at=NOW, by=None)
    with pytest.raises(CorrectionMissingError):
        decide_correction(engine, 7, "confirmed", at=NOW, by=None)
    ident = propose_correction(engine, Proposal(asked="a", means="b"), at=NOW, by=None)
    decide_correction(engine, ident, "refused", at=NOW, by=None)
    with pytest.raises(ConflictError):
        decide_correction(engine, ident, "refused", at=NOW, by=None)
    assert read(engine).empty


def test_many_entries_are_written_in_portions(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geogrid.store.addresses._AT_ONCE", 4)
    numbers = range(10)
    keep(engine, entries(*({"address": f"西街{number}号"} for number in numbers)))
    assert read(engine)["address"].tolist() == [f"西街{number}号" for number in numbers]


def test_a_backup_carries_entries_and_corrections(engine: Engine, tmp_path: Path) -> None:
    keep(engine, entries({"address": "西街2号"}))
    said = Proposal(asked="大红楼", means="西街2号")
    ident = propose_correction(engine, said, at=NOW, by=None)
    decide_correction(engine, ident, "confirmed", at=NOW, by=None)
    copy_out(engine, tmp_path / "copy.sqlite")
    copy = open_file(tmp_path / "copy.sqlite")
    pd.testing.assert_frame_equal(read(copy), read(engine))
    assert read(copy)["aliases"].tolist() == ["大红楼"]
    copy.dispose()
