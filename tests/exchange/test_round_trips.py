"""What is written in each format comes back, but for what was said to be lost."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from exchange_strategies import plans
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings

from geogrid.errors import FieldError, FormatError, GeogridError
from geogrid.exchange import KINDS, PART_LABELS, export_plan, import_plan, what_is_lost
from geogrid.store import Plan, load_plan, sample_folder, save_plan

PARTS = tuple(PART_LABELS)
TEXT_LOSSES = ("texts_cut", "characters", "outer_spaces", "words_are_codes")
BLANK = re.compile(r'[\s\x00-\x1f\u200b\ufeff\ufffe\uffff]*(?:="")?')
FORMATS = [(kind, "UTF-8") for kind in KINDS] + [("shp", "GBK")]


@pytest.mark.parametrize(("kind", "encoding"), FORMATS)
@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=25,
)
@given(plans())
def test_all_that_is_not_said_to_be_lost_comes_back(
    tmp_path: Path, kind: str, encoding: str, given_plan: tuple[Plan, gpd.GeoDataFrame | None]
) -> None:
    plan, gaps = given_plan
    path = tmp_path / f"plan{KINDS[kind].extension}"
    lost = export_plan(plan, path, encoding=encoding, gaps=gaps)
    said = Counter({each.kind: int(str(each.params["count"])) for each in lost})
    said["text"] = sum(said[kind] for kind in TEXT_LOSSES)
    found: Counter[str] = Counter()
    back = import_plan(path)
    assert back.findings == ()
    for part in PARTS:
        before = gaps if part == "gaps" else getattr(plan, part)
        after = back.parts.get(part)
        assert (before is None) == (after is None), part
        if before is not None:
            if "empty_rows" in said and len(before) > len(after):
                before = before[~before.apply(_is_empty, axis=1)]
            found += _differences(before, after)
    assert found <= said
    about = ("name", "is_sample", "note", "source", "created_at")
    assert all(back.parts[each] == _clean(getattr(plan, each)) for each in about)  # type: ignore[literal-required]


def _is_empty(row: pd.Series) -> bool:
    if "lon" in row and row[["lon", "lat"]].isna().any():
        row = row.drop(["lon", "lat"])  # half a position is left out, and said
    return all(
        BLANK.fullmatch(each)
        if isinstance(each, str)
        else not isinstance(each, list) and pd.isna(each)
        for each in row
    )


def _clean(value: Any) -> Any:
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value


def _differences(before: pd.DataFrame, after: Any) -> Counter[str]:
    """Return the kinds of loss that explain the differences, with how many values they are."""
    assert len(before) == len(after)
    found: Counter[str] = Counter()
    if isinstance(before, gpd.GeoDataFrame):
        one, two = (np.asarray(each.geometry.array, dtype=object) for each in (before, after))
        found += _shape_differences(one, two)
        before, after = (pd.DataFrame(each.drop(columns="geometry")) for each in (before, after))
    if len(before):
        assert list(map(str, after.columns)) == [_clean(str(each)) for each in before.columns]
    for name in before.columns:
        for one, two in zip(before[name].tolist(), after[_clean(name)].tolist(), strict=True):
            found += _difference(one, two)
    return found


def _difference(one: Any, two: Any) -> Counter[str]:
    is_missing = [not isinstance(each, list) and bool(pd.isna(each)) for each in (one, two)]
    if all(is_missing):
        return Counter()
    if is_missing[1] and isinstance(one, float):
        return Counter(["half_positions"])
    if is_missing[1] and one == "":
        return Counter(["empty_is_missing"])
    if (type(one) is type(two) and one == two) or (isinstance(one, str) and _clean(one) == two):
        return Counter()
    if isinstance(one, str) and (is_missing[1] or isinstance(two, str)):
        return Counter(["text"])
    if isinstance(one, float) and isinstance(two, float) and np.isclose(one, two, atol=1e-14):
        return Counter(["digits"])
    raise AssertionError((one, two))


def _shape_differences(one: Any, two: Any) -> Counter[str]:
    found: Counter[str] = Counter()
    same = (shapely.to_wkb(one) == shapely.to_wkb(two)) | (
        shapely.is_missing(one) & shapely.is_missing(two)
    )
    for before, after in zip(one[~same], two[~same], strict=True):
        if after is None:
            found["shapes"] += 1
            continue
        if before.geom_type != after.geom_type:
            found["single_parts"] += 1
        simple = [
            each.geoms[0] if len(getattr(each, "geoms", [])) == 1 else each
            for each in (before, after)
        ]
        if not shapely.equals_exact(*simple, 0):
            found["ring_direction"] = 1
        assert shapely.equals_exact(*map(shapely.normalize, simple), 0), "not a bit moves"
    return found


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    plan = _with_names(["<img src=x onerror=alert(1)>", "=HYPERLINK(1)", "$[name] &lt;b&gt;"])
    export_plan(plan, tmp_path / "plan.kml")
    export_plan(plan, tmp_path / "plan.xlsx")
    kml = (tmp_path / "plan.kml").read_text(encoding="utf-8")
    assert "<img" not in kml
    assert "&lt;img" not in kml, "Google Earth would make a tag of it"
    assert "&amp;lt;img" in kml
    cell = openpyxl.load_workbook(tmp_path / "plan.xlsx")["网格"]["B3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=HYPERLINK(1)", "s", True)


def _with_names(names: list[str]) -> Plan:
    plan = load_plan(sample_folder("rural"))
    grids = plan.grids.head(len(names)).assign(name=names)
    return replace(plan, grids=grids)


def test_other_programs_read_the_files(tmp_path: Path) -> None:
    plan = load_plan(sample_folder("rural"))
    export_plan(plan, tmp_path / "plan.gpkg")
    layers = dict(pyogrio.list_layers(tmp_path / "plan.gpkg").tolist())
    assert layers["units"] == "Point"
    assert layers["posts"] is None
    grids = pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="grids")
    assert grids["code"].tolist() == plan.grids["code"].tolist()
    assert grids.crs == "EPSG:4326"
    export_plan(plan, tmp_path / "plan.shp.zip", encoding="GBK")
    units = pyogrio.read_dataframe(f"/vsizip/{tmp_path}/plan.shp.zip/units.shp")
    assert units["name"].fillna("").tolist() == plan.units["name"].tolist()
    with zipfile.ZipFile(tmp_path / "plan.shp.zip") as archive:
        assert archive.read("units.cpg") == b"GBK"
        assert "posts,deputy_pho" not in archive.read("fields.csv").decode("utf-8-sig")
        assert "posts,dep_phone,deputy_phone" in archive.read("fields.csv").decode("utf-8-sig")
    export_plan(plan, tmp_path / "plan.geojson")
    assert len(pyogrio.read_dataframe(tmp_path / "plan.geojson")) == len(plan.grids)
    export_plan(plan, tmp_path / "plan.kml")
    assert "网格" in pyogrio.list_layers(tmp_path / "plan.kml")[:, 0]
    export_plan(plan, tmp_path / "plan.parquet")
    assert len(gpd.read_parquet(tmp_path / "plan.parquet" / "grids.parquet")) == len(plan.grids)
    assert len(import_plan(tmp_path / "plan.parquet").parts["grids"]) == len(plan.grids)


def test_lower_roles_get_no_phones_and_no_cases(tmp_path: Path) -> None:
    plan = load_plan(sample_folder("rural"))
    assert plan.posts["phone"].ne("").any()
    for kind in KINDS:
        path = tmp_path / f"plan{KINDS[kind].extension}"
        export_plan(plan, path, is_whole=False)
        parts = import_plan(path).parts
        assert set(parts["posts"]["phone"]) | set(parts["posts"]["deputy_phone"]) == {""}  # type: ignore[index]
        assert "cases" not in parts
        assert what_is_lost(kind, plan, is_whole=False)[0].kind == "personal_left_out"


def test_layers_moved_to_another_system_come_back_in_degrees(tmp_path: Path) -> None:
    plan = load_plan(sample_folder("rural"))
    moved = plan.grids.to_crs("EPSG:4547")
    pyogrio.write_dataframe(moved, tmp_path / "edited.gpkg", layer="grids", driver="GPKG")
    back = import_plan(tmp_path / "edited.gpkg").parts["grids"]
    assert np.allclose(back.total_bounds, plan.grids.total_bounds, atol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_said(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"plan{KINDS[kind].extension}"
    export_plan(load_plan(sample_folder("rural")), path)
    data = path.read_bytes()
    for cut in (40, len(data) // 3, len(data) - 30):
        path.write_bytes(data[:cut])
        with pytest.raises(GeogridError):
            import_plan(path)


def test_a_value_of_another_kind_is_named(tmp_path: Path) -> None:
    plan = load_plan(sample_folder("rural"))
    export_plan(plan, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    book["网格"]["F4"] = "很多"
    book.save(tmp_path / "plan.xlsx")
    with pytest.raises(FieldError, match="Grids, row 3: “很多” in households"):
        import_plan(tmp_path / "plan.xlsx")


def test_what_is_no_plan_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    with pytest.raises(FormatError, match="no plan that geogrid exported"):
        import_plan(tmp_path / "other.geojson")
    with pytest.raises(FormatError, match="not written as"):
        export_plan(load_plan(sample_folder("rural")), tmp_path / "plan.docx")
    with pytest.raises(FormatError, match="no encoding"):
        export_plan(load_plan(sample_folder("rural")), tmp_path / "plan.shp.zip", encoding="Big5")


def test_databases_lose_nothing(tmp_path: Path) -> None:
    plan = load_plan(sample_folder("futian"))
    for kind in ("gpkg", "geojson", "parquet"):
        assert what_is_lost(kind, plan) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_comes_back_as_the_same_plan(tmp_path: Path, kind: str) -> None:
    plan = load_plan(sample_folder("rural"))
    path = tmp_path / f"rural{KINDS[kind].extension}"
    export_plan(plan, path)
    save_plan(tmp_path / "back", **import_plan(path).parts)
    back = load_plan(tmp_path / "back")
    pd.testing.assert_frame_equal(back.posts, plan.posts)
    pd.testing.assert_frame_equal(back.units, plan.units)
    pd.testing.assert_frame_equal(back.cases, plan.cases)
    assert back.grids["code"].tolist() == plan.grids["code"].tolist()
    shapes = [shapely.normalize(np.asarray(each.grids.geometry.array)) for each in (plan, back)]
    assert shapely.equals_exact(*shapes, 0).all()
