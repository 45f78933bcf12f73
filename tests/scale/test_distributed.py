"""The report over partitions is the report of one process, to the bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hand_drawn import PLANE, grids, lattice, outline

from geogrid import check_coverage
from geogrid.coverage import CoverageReport
from geogrid.errors import CrsError, FieldError, InputError
from geogrid.scale import check_coverage_distributed

SIDE = 6
REGION = outline(SIDE, SIDE)


def seamless() -> np.ndarray[Any, Any]:
    return lattice(SIDE, SIDE)


def broken() -> np.ndarray[Any, Any]:
    """A hole, an overlap of three, a grid beyond the region, a sliver, all across partitions."""
    drawn = seamless()
    drawn[7] = None
    drawn[14] = shapely.box(15, 15, 35, 38)
    drawn[35] = shapely.box(50, 50, 63, 60)
    drawn[21] = shapely.box(30, 30, 39.995, 40)
    return drawn


def unmatched() -> np.ndarray[Any, Any]:
    drawn = seamless()
    drawn[8] = shapely.segmentize(drawn[8], 3.0)
    return drawn


def invalid() -> np.ndarray[Any, Any]:
    drawn = seamless()
    drawn[3] = shapely.Polygon([(30, 0), (40, 10), (40, 0), (30, 10)])
    drawn[10] = shapely.LineString([(0, 0), (5, 5)])
    drawn[11] = shapely.Polygon()
    drawn[20] = None
    return drawn


def duplicated() -> np.ndarray[Any, Any]:
    """One square three times, in three partitions: its edges cancel in some and not in others."""
    drawn = seamless()
    drawn[1] = drawn[13] = drawn[25]
    return drawn


def holed() -> np.ndarray[Any, Any]:
    drawn = seamless()
    inner = shapely.box(12, 12, 18, 18)
    drawn[7] = shapely.difference(drawn[7], inner)
    drawn[30] = shapely.MultiPolygon([drawn[30], inner])
    return drawn


SAMPLES = [seamless, broken, unmatched, invalid, duplicated, holed]


def write(frame: gpd.GeoDataFrame, folder: Path, *, parts: int, groups: int = 1) -> Path:
    """Write a frame as files of about equal numbers of rows, each of several row groups."""
    folder.mkdir()
    for at, rows in enumerate(np.array_split(np.arange(len(frame)), parts)):
        size = max(1, -(-len(rows) // groups))
        frame.iloc[rows].to_parquet(folder / f"{at:03}.parquet", row_group_size=size)
    return folder


def assert_same(found: CoverageReport, wanted: CoverageReport) -> None:
    assert json.dumps(found.to_dict()) == json.dumps(wanted.to_dict())
    for one, other in (
        (found.defects, wanted.defects),
        (found.leftover_edges, wanted.leftover_edges),
    ):
        assert one.geometry.to_wkb().tolist() == other.geometry.to_wkb().tolist()
        assert one.crs == other.crs
        plain = one.drop(columns="geometry")
        assert plain.equals(other.drop(columns="geometry"))
    assert found.sums_by_level == wanted.sums_by_level
    assert found.pieces == wanted.pieces
    assert found.verdict("en") == wanted.verdict("en")
    assert found.by_neighbours().equals(wanted.by_neighbours())


@pytest.mark.parametrize("region", [REGION, None], ids=["region", "no region"])
@pytest.mark.parametrize("parts", [1, 2, 5, 36])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.__name__)
def test_partitions_report_what_one_process_reports(
    tmp_path: Path, sample: Any, parts: int, region: Any
) -> None:
    frame = grids(sample(), code=[f"G{at:02}" for at in range(SIDE * SIDE)])
    folder = write(frame, tmp_path / "grids", parts=parts, groups=2)
    assert_same(check_coverage_distributed(folder, region), check_coverage(frame, region))


@pytest.mark.parametrize("seed", range(12))
def test_shuffled_rows_with_random_defects(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    drawn = seamless()
    for at in random.choice(len(drawn), 5, replace=False):
        drawn[at] = shapely.affinity.translate(drawn[at], *random.choice([-10, -1.5, 0.004, 10], 2))
    drawn = drawn[random.permutation(len(drawn))]
    frame = grids(drawn, code=[f"G{at % 34}" for at in range(len(drawn))])
    folder = write(frame, tmp_path / "grids", parts=4)
    assert_same(check_coverage_distributed(folder, REGION), check_coverage(frame, REGION))


def test_degrees_units_and_approved_gaps_count_as_in_one_process(tmp_path: Path) -> None:
    drawn = shapely.transform(broken(), lambda xy: xy * 1e-4 + [116.4, 39.9])
    region = shapely.transform(REGION, lambda xy: xy * 1e-4 + [116.4, 39.9])
    frame = grids(drawn, crs="EPSG:4490", code=[f"G{at}" for at in range(len(drawn))])
    units = pd.DataFrame({"lon": [116.4015], "lat": [39.9015], "households": [12]})
    approved = shapely.box(116.4009, 39.9009, 116.4021, 39.9021)
    more: dict[str, Any] = {"units": units, "approved_gaps": approved, "tolerance_m": 0.5}
    folder = write(frame, tmp_path / "grids", parts=3)
    found = check_coverage_distributed(folder, region, **more)
    assert_same(found, check_coverage(frame, region, **more))
    assert "approved" in set(found.defects["severity"])


def test_an_invalid_region_is_said_as_in_one_process(tmp_path: Path) -> None:
    bowtie = shapely.Polygon([(0, 0), (60, 60), (60, 0), (0, 60)])
    frame = grids(seamless(), code=[f"G{at}" for at in range(SIDE * SIDE)])
    folder = write(frame, tmp_path / "grids", parts=3)
    assert_same(check_coverage_distributed(folder, bowtie), check_coverage(frame, bowtie))


def test_rows_without_codes_are_numbered_through_all_files(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(geometry=list(broken()), crs=PLANE)
    folder = write(frame, tmp_path / "grids", parts=4)
    assert_same(check_coverage_distributed(folder, REGION), check_coverage(frame, REGION))


@pytest.mark.parametrize("parts", [1, 2])
def test_large_partitions_use_the_kernels(tmp_path: Path, parts: int) -> None:
    drawn = lattice(150, 150)
    drawn[4545] = shapely.box(445, 300, 461, 310)
    frame = grids(drawn, code=[f"G{at}" for at in range(len(drawn))])
    folder = write(frame, tmp_path / "grids", parts=parts)
    region = outline(150, 150)
    assert_same(check_coverage_distributed(folder, region), check_coverage(frame, region))


def test_a_coordinate_that_is_no_number_is_named_with_its_row(tmp_path: Path) -> None:
    drawn = seamless()
    with np.errstate(invalid="ignore"):
        drawn[30] = shapely.Polygon([(0, 0), (1, np.nan), (1, 1)])
    frame = grids(drawn, code=[f"G{at}" for at in range(len(drawn))])
    folder = write(frame, tmp_path / "grids", parts=3)
    with pytest.raises(FieldError) as one:
        check_coverage(frame, REGION)
    with pytest.raises(FieldError) as other:
        check_coverage_distributed(folder, REGION)
    assert str(other.value) == str(one.value)


def test_a_latitude_beyond_the_pole_is_named_with_its_row(tmp_path: Path) -> None:
    drawn = seamless()
    drawn[[20, 30]] = shapely.box(22, 113, 23, 114)
    frame = grids(drawn, code=[f"G{at}" for at in range(len(drawn))])
    frame = frame.set_crs("EPSG:4326", allow_override=True)
    folder = write(frame, tmp_path / "grids", parts=3)
    with pytest.raises(FieldError, match=r"Row 21 .*latitude") as one:
        check_coverage(frame, REGION)
    with pytest.raises(FieldError) as other:
        check_coverage_distributed(folder, REGION)
    assert str(other.value) == str(one.value)


def test_several_levels_are_refused(tmp_path: Path) -> None:
    frame = grids([REGION, *seamless()], code=["T", *(f"G{at}" for at in range(36))])
    frame["level"] = [1] + [2] * 36
    with pytest.raises(InputError, match="several levels"):
        check_coverage_distributed(write(frame, tmp_path / "grids", parts=2), REGION)


def test_files_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file or folder"):
        check_coverage_distributed(tmp_path / "none")
    with pytest.raises(InputError, match="no GeoParquet files"):
        check_coverage_distributed(tmp_path)
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match="damaged"):
        check_coverage_distributed(tmp_path)


def test_files_in_two_reference_systems_are_refused(tmp_path: Path) -> None:
    folder = write(grids(seamless(), code=range(36)), tmp_path / "grids", parts=1)
    grids(seamless(), crs="EPSG:4547", code=range(36)).to_parquet(folder / "other.parquet")
    with pytest.raises(CrsError, match=r"other\.parquet"):
        check_coverage_distributed(folder)
