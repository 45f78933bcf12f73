"""Repairs whose answers the eye can check."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pytest
import shapely
from shapely import Polygon, box

from geogrid.errors import InputError
from geogrid.repair import RepairReport, repair_coverage

CRS = "EPSG:4547"


def frame(*shapes: shapely.Geometry, **columns: Any) -> gpd.GeoDataFrame:
    codes = columns.pop("code", [chr(65 + at) for at in range(len(shapes))])
    return gpd.GeoDataFrame({"code": codes, **columns}, geometry=list(shapes), crs=CRS)


def wkb(grids: gpd.GeoDataFrame) -> list[bytes]:
    return [shapely.to_wkb(shape) for shape in grids.geometry]


def fates(report: RepairReport) -> list[tuple[str, str]]:
    return list(zip(report.fates["kind"], report.fates["fate"], strict=True))


def test_a_gap_is_halved_between_its_neighbours() -> None:
    left, right = box(0, 0, 100, 100), box(101, 0, 200, 100)
    repaired, report = repair_coverage(frame(left, right), box(0, 0, 200, 100))
    assert report.after.is_proven
    assert fates(report) == [("gap", "repaired")]
    assert shapely.area(repaired.geometry).tolist() == pytest.approx([10_050, 9_950], rel=1e-9)
    middle = shapely.get_coordinates(repaired.geometry[0])
    line = middle[middle[:, 0] > 100]
    assert line.tolist() == [pytest.approx([100.5, 0.0]), pytest.approx([100.5, 100.0])]
    assert report.pieces["code"].tolist() == ["A", "B"]
    assert report.pieces["area_m2"].sum() == pytest.approx(report.fates["area_m2"].sum())


def test_four_blocks_around_a_crossing_meet_in_one_point() -> None:
    blocks = [box(x, y, x + 99, y + 99) for x in (0, 101) for y in (0, 101)]
    repaired, report = repair_coverage(frame(*blocks), box(0, 0, 200, 200), max_width_m=3.0)
    assert report.after.is_proven
    assert shapely.area(repaired.geometry).tolist() == pytest.approx([10_000] * 4, rel=1e-3)


def test_streets_all_around_a_block_are_divided_too() -> None:
    """The block is a hole of the gap, and no part of it."""
    block = box(120, 120, 200, 200)
    around = [box(0, 0, 320, 100), box(0, 220, 320, 320), box(0, 100, 100, 220)]
    grids, region = frame(block, *around, box(220, 100, 320, 220)), box(0, 0, 320, 320)
    repaired, report = repair_coverage(grids, region, centre_lines=True)
    assert report.after.is_proven
    assert repaired.geometry[0].symmetric_difference(box(110, 110, 210, 210)).area < 100
    assert report.fates["given_to"][0] == ("A", "B", "C", "D", "E")


def test_a_gap_ends_at_the_region_where_both_grids_are_equally_far() -> None:
    region = Polygon([(0, 0), (100, 0), (112, 5), (120, 9), (220, 9), (220, 100), (0, 100)])
    grids = frame(box(0, 0, 100, 100), box(120, 9, 220, 100))
    repaired, _ = repair_coverage(grids, region, max_width_m=None)
    corners = shapely.get_coordinates(repaired.geometry[0])
    ends = shapely.points(corners[corners[:, 0] > 100])
    assert len(ends) == 2
    assert shapely.distance(ends, grids.geometry[0]) == pytest.approx(
        shapely.distance(ends, grids.geometry[1]), abs=1e-6
    )


def test_a_gap_narrower_than_the_tolerance_goes_to_one_neighbour() -> None:
    grids = frame(box(0, 0, 100, 100), box(100.005, 0, 200, 100))
    repaired, report = repair_coverage(grids, box(0, 0, 200, 100))
    assert report.after.is_proven
    assert len(report.pieces) == 1
    assert len(shapely.get_coordinates(repaired.geometry[0])) <= 7


def test_a_line_may_end_on_the_border_of_a_face_that_changes_hands() -> None:
    """The gap between C and D is halved down to A, which is locked and there gets what B covers."""
    locked = box(0, 0, 200, 100).difference(box(50, 0, 150, 50))
    sides = box(0, 100, 95, 200), box(105, 100, 200, 200)
    repaired, report = repair_coverage(
        frame(locked, box(50, 0, 150, 100), *sides),
        box(0, 0, 200, 200),
        locked=["A"],
        max_width_m=None,
    )
    assert report.after.is_proven
    assert repaired.geometry.area.tolist() == [15_000, 5_000, 10_000, 10_000]


def test_a_line_in_a_long_and_narrow_gap_does_not_cut_corners() -> None:
    """One centimetre wide and 700 m long: the line bends as the gap does, and nobody loses."""
    whole, region = (
        Polygon([(0, 0), (300, 0), (310, 200), (300, 400), (0, 400)]),
        box(0, 0, 700, 400),
    )
    grids = frame(whole.buffer(-0.01, join_style="mitre"), region.difference(whole))
    repaired, report = repair_coverage(grids, region)
    assert report.after.is_proven
    lost = shapely.difference(grids.geometry.to_numpy(), repaired.geometry.to_numpy())
    assert shapely.area(lost).max() < 1e-6


@pytest.mark.parametrize(
    ("rule", "winner"), [("largest", "B"), ("smallest", "A"), ("given_order", "A")]
)
def test_an_overlap_goes_to_one_by_the_rule(rule: str, winner: str) -> None:
    grids = frame(box(0, 0, 101, 100), box(100, 0, 300, 100))
    repaired, report = repair_coverage(grids, box(0, 0, 300, 100), overlaps=rule)
    assert report.after.is_proven
    assert report.fates["given_to"][0] == (winner,)
    assert repaired.geometry[0].area == pytest.approx(10_100 if winner == "A" else 10_000)


def test_priority_and_locks_come_before_the_rule() -> None:
    grids, region = frame(box(0, 0, 101, 100), box(100, 0, 300, 100)), box(0, 0, 300, 100)
    _, report = repair_coverage(grids, region, overlaps="smallest", priority=["B"])
    assert report.fates["given_to"][0] == ("B",)
    repaired, report = repair_coverage(grids, region, priority=["A"], locked=["B"])
    assert report.fates["given_to"][0] == ("B",)
    corners = [
        set(map(tuple, shapely.get_coordinates(one.geometry[1]))) for one in (grids, repaired)
    ]
    assert corners[0] <= corners[1]
    assert repaired.geometry[1].equals(grids.geometry[1])


def test_numbers_lock_grids_whose_codes_are_numbers() -> None:
    grids = frame(box(0, 0, 101, 100), box(100, 0, 300, 100), code=[1, 2])
    for locked, winner in (([1], 0), ([2.0], 1), ("2", 1)):
        repaired, _ = repair_coverage(grids, box(0, 0, 300, 100), locked=locked)
        assert repaired.geometry[winner].area == grids.geometry[winner].area
    repaired, _ = repair_coverage(grids, box(0, 0, 300, 100), priority=[1])
    assert repaired.geometry[0].area == grids.geometry[0].area


def test_two_locked_grids_are_left_to_overlap() -> None:
    grids = frame(box(0, 0, 101, 100), box(100, 0, 300, 100))
    repaired, report = repair_coverage(grids, box(0, 0, 300, 100), locked=["A", "B"])
    assert fates(report) == [("overlap", "refused")]
    assert report.fates["reason"][0].kind == "locked"
    assert wkb(repaired) == wkb(grids)


def test_spill_is_cut_off() -> None:
    grids = frame(box(0, 0, 100, 100), box(100, 0, 201, 100))
    repaired, report = repair_coverage(grids, box(0, 0, 200, 100))
    assert report.after.is_proven
    assert repaired.geometry[1].equals(box(100, 0, 200, 100))
    assert report.changes.values.tolist()[0][:2] == ["B", 0.0]


def test_missing_corners_are_put_in_and_nothing_else_moves() -> None:
    grids = frame(box(0, 0, 100, 100), box(100, 0, 200, 50), box(100, 50, 200, 100))
    repaired, report = repair_coverage(grids, box(0, 0, 200, 100))
    assert report.after.is_proven
    assert wkb(repaired)[1:] == wkb(grids)[1:]
    assert report.changes["code"].tolist() == ["A"]
    assert shapely.get_coordinates(report.region).tolist().count([200.0, 50.0]) == 1


def test_what_is_too_wide_or_too_large_is_refused() -> None:
    grids, region = frame(box(0, 0, 100, 100), box(110, 0, 200, 100)), box(0, 0, 200, 100)
    for options in ({}, {"max_width_m": None, "max_area_m2": 900.0}):
        repaired, report = repair_coverage(grids, region, **options)
        assert fates(report) == [("gap", "refused")]
        assert wkb(repaired) == wkb(grids)
    _, report = repair_coverage(grids, region, centre_lines=[report.fates["id"][0]])
    assert report.after.is_proven


def test_a_wide_gap_is_filled_to_the_line_of_the_street() -> None:
    grids = frame(box(0, 0, 100, 100), box(120, 0, 200, 60), box(120, 60, 200, 100))
    line = shapely.LineString([(104, -20), (104, 120)])
    streets = gpd.GeoDataFrame(geometry=[line], crs=CRS)
    repaired, report = repair_coverage(
        grids, box(0, 0, 200, 100), centre_lines=True, streets=streets
    )
    assert report.after.is_proven
    assert shapely.area(repaired.geometry).tolist() == pytest.approx(
        [10_400, 5_760, 3_840], rel=0.01
    )
    assert repaired.geometry[0].equals(box(0, 0, 104, 100))


def test_an_approved_gap_is_never_filled() -> None:
    grids, pond = frame(box(0, 0, 100, 100), box(101, 0, 200, 100)), box(100, 0, 101, 100)
    repaired, report = repair_coverage(grids, box(0, 0, 200, 100), approved_gaps=pond)
    assert fates(report) == [("gap", "approved")]
    assert wkb(repaired) == wkb(grids)


def test_only_what_was_chosen_is_repaired() -> None:
    grids = frame(box(0, 0, 100, 100), box(101, 0, 200, 100), box(200, 0, 301, 100))
    _, report = repair_coverage(grids, box(0, 0, 300, 100))
    spill = report.fates.loc[report.fates["kind"] == "spill", "id"].item()
    repaired, report = repair_coverage(grids, box(0, 0, 300, 100), only=[spill])
    assert sorted(set(fates(report)) - {("unmatched", "left")}) == [
        ("gap", "left"),
        ("spill", "repaired"),
    ]
    assert wkb(repaired)[:1] == wkb(grids)[:1]


def test_duplicates_and_contained_grids_are_refused_and_never_emptied() -> None:
    twice = frame(box(0, 0, 100, 100), box(0, 0, 100, 100))
    for priority in (None, ["A"]):
        repaired, report = repair_coverage(twice, max_width_m=None, priority=priority)
        assert fates(report) == [("duplicate", "refused")]
        assert wkb(repaired) == wkb(twice)
    inside = frame(box(0, 0, 100, 100), box(40, 40, 60, 60))
    repaired, report = repair_coverage(inside, max_width_m=None)
    assert report.fates["reason"][0].kind == "contained"
    repaired, report = repair_coverage(inside, max_width_m=None, priority=["B"])
    assert report.after.is_seamless
    assert repaired.geometry[0].area == pytest.approx(9_600)
    _, report = repair_coverage(inside, max_width_m=None, priority=["A"])
    assert report.fates["reason"][0].kind == "emptied"


def test_a_grid_drawn_twice_stays_so_until_it_has_a_priority() -> None:
    """Its gap and its overlap with a third must not make two grids of it, one of them a scrap."""
    whole = Polygon([(0, 0), (100, 0), (100, 99), (50, 99), (50, 100), (0, 100)])
    grids = frame(whole, whole, box(98, 0, 200, 100))
    region = box(0, 0, 200, 100)
    repaired, report = repair_coverage(grids, region, max_width_m=None)
    assert fates(report) == [("duplicate", "refused"), ("overlap", "refused"), ("gap", "repaired")]
    again, second = repair_coverage(repaired, region, max_width_m=None)
    assert not len(second.changes) and wkb(again) == wkb(repaired)
    assert repaired.geometry.area[[0, 1]].min() > 9_900


def test_spill_is_cut_off_where_the_overlap_stays() -> None:
    grids = frame(box(0, 0, 101, 100), box(0, 0, 101, 100))
    repaired, report = repair_coverage(grids, box(0, 0, 100, 100), max_width_m=None)
    assert fates(report) == [("duplicate", "refused"), ("spill", "repaired")]
    assert repaired.geometry.area.tolist() == [10_000, 10_000]


def test_nothing_is_said_to_be_repaired_that_was_not() -> None:
    """The overlap beyond the region and the spill there are one place: both or none."""
    grids, region = frame(box(0, 0, 101, 100), box(0, 50, 101, 150)), box(0, 0, 100, 150)
    _, before = repair_coverage(grids, region, max_width_m=60)
    spill, overlaps = (before.fates.query(f"kind == '{one}'")["id"] for one in ("spill", "overlap"))
    _, report = repair_coverage(grids, region, max_width_m=60, only=set(overlaps))
    chosen = report.fates[report.fates["id"].isin(overlaps)]
    assert sorted(chosen["fate"]) == ["refused", "repaired"]
    assert report.fates["reason"][chosen.index[chosen["fate"] == "refused"][0]].kind == "joined"
    assert report.after.to_dict()["counts"]["overlap"] == 1
    _, report = repair_coverage(grids, region, max_width_m=60, only=set(spill))
    assert set(report.fates.query("kind == 'spill'")["fate"]) == {"repaired"}
    assert report.after.to_dict()["counts"]["spill"] == 0
    _, report = repair_coverage(grids, region, max_width_m=60, locked=["B"])
    assert report.after.to_dict()["counts"]["overlap"] == 1
    assert sorted(report.fates.query("kind == 'overlap'")["fate"]) == ["refused", "repaired"]


def test_a_broken_outline_is_drawn_anew() -> None:
    bowtie = Polygon([(0, 0), (100, 0), (100, 100), (99, 101), (99, 99), (100, 100), (0, 100)])
    repaired, report = repair_coverage(frame(bowtie, box(100, 0, 200, 100)), max_width_m=None)
    assert ("invalid", "repaired") in fates(report)
    assert shapely.is_valid(repaired.geometry).all()


def test_parents_are_drawn_from_their_children() -> None:
    shapes = [box(0, 0, 200, 100), box(200, 0, 300, 100), box(0, 0, 100, 100)]
    shapes += [box(101, 0, 199, 100), box(200, 0, 300, 100)]
    grids = frame(
        *shapes,
        code=["P", "Q", "1", "2", "3"],
        parent=["", "", "P", "P", "Q"],
        level=[2, 2, 3, 3, 3],
    )
    repaired, report = repair_coverage(grids, box(0, 0, 300, 100))
    assert report.after.is_proven
    area = shapely.area(repaired.geometry)
    assert area[0] == pytest.approx(area[2] + area[3])


def test_rows_columns_and_index_come_back() -> None:
    grids = frame(box(0, 0, 100, 100), box(101, 0, 200, 100), note=["x", "y"])
    grids.index = [7, 3]
    repaired, _ = repair_coverage(grids, box(0, 0, 200, 100))
    assert list(repaired.columns) == list(grids.columns)
    assert repaired.index.tolist() == [7, 3]
    assert repaired.drop(columns="geometry").equals(grids.drop(columns="geometry"))


def test_the_report_as_plain_values() -> None:
    grids = frame(box(0, 0, 100, 100), box(101, 0, 200, 100))
    report = repair_coverage(grids, box(0, 0, 200, 100))[1].to_dict()
    assert report["proven"]
    assert report["fates"] == {"repaired": 1, "refused": 0, "approved": 0, "left": 0}
    assert report["defects"][0]["given_to"] == ["A", "B"]


@pytest.mark.parametrize(
    "options",
    [{"overlaps": "random"}, {"locked": ["Z"]}, {"max_width_m": -1.0}, {"only": ["gap-0"]}],
)
def test_options_that_mean_nothing_are_errors(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        repair_coverage(frame(box(0, 0, 1, 1)), **options)
