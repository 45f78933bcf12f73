"""Two departments' grids drawn by hand: what agrees, crosses, is left out, and moves."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import box

from geogrid.errors import CrsError, InputError
from geogrid.unify import unify_layers
from tests.hand_drawn import PLANE, grids, lattice


def police() -> gpd.GeoDataFrame:
    """Two squares of 100 m side by side."""
    return grids([box(0, 0, 100, 100), box(100, 0, 200, 100)], code=["P1", "P2"], name=["东", "西"])


def city(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return grids(list(shapes), code=[f"C{at + 1}" for at in range(len(shapes))])


def units(*places: tuple[float, float, int]) -> pd.DataFrame:
    points = gpd.GeoSeries([shapely.Point(x, y) for x, y, _ in places], crs=PLANE).to_crs(4326)
    return pd.DataFrame({"lon": points.x, "lat": points.y, "households": [n for *_, n in places]})


def table(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_a_border_three_metres_off_becomes_the_leading_one() -> None:
    other = city(box(0, 0, 103, 100), box(103, 0, 200, 100))
    unified = unify_layers({"police": police(), "city": other}, units=units((101.5, 50, 12)))
    assert table(unified.grids, "code", "name", "origin", "police", "city", "households") == [
        ("P1", "东", "whole", "P1", "C1", 0),
        ("P2", "西", "whole", "P2", "C2", 12),
    ]
    assert table(unified.matches, "one", "other") == [("P1", "C1"), ("P2", "C2")]
    assert len(unified.crossings) == 0
    assert table(unified.changes, "layer", "from", "to", "grid", "reason", "households") == [
        ("city", "C1", "C2", "P2", "border", 12)
    ]
    assert unified.changes["area_m2"][0] == pytest.approx(300.0, rel=1e-6)
    assert unified.report.is_proven
    shared = unified.agreement.set_index("one")
    assert shared.loc[[("P1", "P2")], "length_m"].sum() == pytest.approx(100.0, rel=1e-6)
    assert shared.loc[[("P1", "P2")], "identical_m"].sum() == 0.0


def test_a_border_that_turns_away_loses_its_tail_and_keeps_the_rest() -> None:
    beside = shapely.Polygon([(0, 0), (103, 0), (103, 60), (150, 60), (150, 100), (0, 100)])
    rest = shapely.difference(box(0, 0, 200, 100), beside)
    unified = unify_layers({"police": police(), "city": city(beside, rest)})
    rows = table(unified.grids, "code", "police", "city")
    assert rows == [("P1", "P1", "C1"), ("P2-1", "P2", "C1"), ("P2-2", "P2", "C2")]
    kept = unified.grids.geometry[1]
    assert shapely.symmetric_difference(kept, box(100, 60, 150, 100)).area < 12.0
    tail = unified.changes[unified.changes["reason"] == "border"]
    assert tail["area_m2"].sum() == pytest.approx(180.0, abs=12.0)
    assert unified.report.is_proven


def test_a_crossing_says_who_lives_on_which_side() -> None:
    other = city(box(0, 0, 60, 100), box(60, 0, 200, 100))
    people = units((30, 50, 40), (80, 50, 7))
    unified = unify_layers({"police": police(), "city": other}, units=people)
    row = unified.crossings[unified.crossings["layer"] == "police"].iloc[0]
    assert (row["grid"], row["by"], row["one"], row["other"]) == ("P1", "city", "C2", "C1")
    assert (row["households_one"], row["households_other"]) == (7, 40)
    assert row["area_one_m2"] == pytest.approx(4000.0, rel=1e-6)
    assert row["length_m"] == pytest.approx(100.0, rel=1e-6)
    back = unified.crossings[unified.crossings["layer"] == "city"].iloc[0]
    assert (back["grid"], back["one"], back["other"]) == ("C2", "P2", "P1")
    assert list(unified.grids["code"]) == ["P1-1", "P1-2", "P2"]
    assert len(unified.changes) == 0


def test_leading_grids_can_stay_whole() -> None:
    other = city(box(0, 0, 60, 100), box(60, 0, 200, 100))
    unified = unify_layers({"police": police(), "city": other}, crossings="lead")
    assert table(unified.grids, "code", "city") == [("P1", "C1"), ("P2", "C2")]
    assert table(unified.changes, "layer", "from", "to", "grid", "reason") == [
        ("city", "C2", "C1", "P1", "whole")
    ]


def test_small_pieces_go_to_the_rest_of_their_leading_grid() -> None:
    other = city(box(0, 0, 80, 100), box(80, 0, 200, 100))
    options = {"police": police(), "city": other}
    assert "P1" in set(unify_layers(options, min_area_m2=2500.0).grids["code"])
    assert "P1" not in set(unify_layers(options, min_area_m2=1500.0).grids["code"])


def test_a_hole_of_the_lead_becomes_a_grid_that_says_whose_it_is() -> None:
    other = city(box(0, 0, 200, 100), box(200, 0, 300, 100))
    unified = unify_layers({"police": police(), "city": other})
    assert table(unified.grids, "code", "origin")[-1] == ("city:C2", "added")
    hole = unified.holes.iloc[0]
    assert (hole["layer"], hole["covered_by"]) == ("police", (("city", "C2"),))
    assert hole["width_m"] == pytest.approx(100.0, rel=1e-3)


def test_a_small_hole_of_the_lead_goes_to_the_leading_grid_beside_it() -> None:
    unified = unify_layers(
        {"police": police(), "city": city(box(0, 0, 200, 100), box(200, 0, 204, 100))}
    )
    assert list(unified.grids["code"]) == ["P1", "P2"]
    moves = table(unified.changes, "layer", "from", "to", "reason")
    assert set(moves) == {("police", "", "P2", "border"), ("city", "C2", "C1", "border")}


def test_the_region_is_filled_and_nothing_lies_beyond_it() -> None:
    region = box(10, 0, 400, 100)
    unified = unify_layers({"police": police(), "city": city(box(0, 0, 200, 100))}, region)
    assert list(unified.grids["code"]) == ["P1", "P2", "gap-1"]
    assert unified.grids["origin"][2] == "gap"
    assert shapely.equals(unified.region[0], region)
    gone = unified.changes[unified.changes["reason"] == "outside"]
    assert (
        table(gone, "layer", "from", "to", "grid")
        == [
            ("city", "C1", "", ""),
            ("police", "P1", "", ""),
        ]
        or len(gone) == 2
    )


def test_a_corner_where_one_border_turns_into_another_is_kept() -> None:
    lead = grids([box(0, 0, 1000, 1000)], code=["L"])
    one, other = city(box(0, 0, 1010, 500)), city(box(0, 300, 1020, 1000))
    layers = {"lead": lead, "one": one, "other": other}
    unified = unify_layers(layers, min_area_m2=20_000.0, crossings="lead")
    assert len(unified.grids) == 1
    assert unified.grids.geometry[0].area == 1_000_000 + 10 * 300 + 20 * 700


def test_defective_layers_are_named_and_still_unified() -> None:
    overlapping = city(box(0, 0, 120, 100), box(90, 0, 200, 100))
    unified = unify_layers({"city": overlapping, "police": police()})
    assert list(unified.layer_reports["city"].defects["kind"]) == ["overlap"]
    both = unified.refinement[unified.refinement["city"] == ("C1", "C2")]
    assert both["area_m2"].sum() == pytest.approx(3000.0, rel=1e-6)
    assert unified.report.is_proven
    given_up = unified.changes[unified.changes["reason"] == "overlap"]
    assert given_up["area_m2"].sum() == pytest.approx(3000.0, rel=1e-6)


def test_three_layers_and_the_earlier_one_wins_between_two_that_do_not_lead() -> None:
    one = city(box(0, 0, 50, 100), box(50, 0, 200, 100))
    safety = grids([box(0, 0, 52, 100), box(52, 0, 200, 100)], code=["S1", "S2"])
    layers = {"city": one, "safety": safety, "police": police()}
    unified = unify_layers(layers, lead="police")
    assert unified.names == ("police", "city", "safety")
    kept = unified.grids.geometry[0]
    assert shapely.equals(kept, box(0, 0, 50, 100))
    assert table(unified.changes, "layer", "from", "to") == [("safety", "S1", "S2")]


def test_a_leading_grid_of_two_parts_stays_one_grid() -> None:
    parts = shapely.MultiPolygon([box(0, 0, 40, 100), box(60, 0, 100, 100)])
    lead = grids([parts, box(40, 0, 60, 100)], code=["P1", "P2"])
    unified = unify_layers({"police": lead, "city": city(box(0, 0, 100, 100))})
    assert list(unified.grids["code"]) == ["P1", "P2"]
    assert shapely.equals(unified.grids.geometry[0], parts)


def test_layers_meet_in_the_reference_system_of_the_lead() -> None:
    here = gpd.GeoDataFrame(
        {"code": ["P1"]}, geometry=[box(500_000, 2_490_000, 500_100, 2_490_100)], crs="EPSG:4547"
    )
    unified = unify_layers({"police": here, "city": here.to_crs("EPSG:4490")})
    assert unified.grids.crs == here.crs
    assert list(unified.grids["code"]) == ["P1"]
    assert unified.report.is_proven


def test_names_of_layers_never_hide_a_column() -> None:
    unified = unify_layers({"code": police(), "area_m2": police(), "公安": police()})
    assert {"code_layer", "area_m2_layer", "公安"} <= set(unified.grids.columns)
    assert list(unified.grids["code"]) == ["P1", "P2"]


def test_identical_layers_agree_everywhere_and_keep_their_bits() -> None:
    squares = grids(lattice(3, 2), code=[f"{at}" for at in range(6)])
    unified = unify_layers({"a": squares, "b": squares}, min_area_m2=0.0, snap_m=0.0)
    assert len(unified.matches) == 6
    assert unified.agreement["identical_m"].sum() == unified.agreement["length_m"].sum()
    same = shapely.normalize(unified.grids.geometry.to_numpy())
    assert shapely.equals_exact(same, shapely.normalize(squares.geometry.to_numpy())).all()
    assert not len(unified.changes) and not len(unified.crossings) and not len(unified.holes)


def test_the_result_is_plain_json() -> None:
    other = city(box(0, 0, 60, 100), box(60, 0, 210, 100))
    said = json.loads(json.dumps(unify_layers({"police": police(), "city": other}).to_dict()))
    assert said["lead"] == "police" and said["proven"] is True
    assert said["crossings"][0]["households_one"] is None
    assert said["holes"][0]["covered_by"] == [["city", "C2"]]


def test_unusable_layers_are_refused_with_their_name() -> None:
    bare = police().set_crs(None, allow_override=True)
    with pytest.raises(InputError, match="two layers"):
        unify_layers({"police": police()})
    with pytest.raises(InputError, match="fire"):
        unify_layers({"police": police(), "city": police()}, lead="fire")
    with pytest.raises(CrsError, match="city"):
        unify_layers({"police": police(), "city": bare})
    with pytest.raises(InputError, match="city has no grids"):
        unify_layers({"police": police(), "city": police().iloc[:0]})
    with pytest.raises(InputError, match="snap_m"):
        unify_layers({"police": police(), "city": police()}, snap_m=-1.0)
    with pytest.raises(InputError, match="split / lead"):
        unify_layers({"police": police(), "city": police()}, crossings="both")
    with pytest.raises(InputError, match="No grid"):
        unify_layers(
            {"police": police(), "city": police()}, box(900, 900, 901, 901), min_area_m2=np.inf
        )
