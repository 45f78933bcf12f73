"""Units of a plan, and proposals as plans: nothing lost, nothing torn."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import redraw_plans
import shapely

from geogrid.coverage import check_coverage
from geogrid.errors import FieldError
from geogrid.hierarchy import build_hierarchy
from geogrid.propose import (
    UnitGraph,
    build_unit_graph,
    halve_grid,
    proposal_frame,
    propose,
    unit_areas,
)
from geogrid.redraw import build_graph
from geogrid.store.plan import Plan, load_plan

SAMPLES = Path(__file__).parents[2] / "data" / "boundaries"


@pytest.fixture(scope="module")
def city() -> Plan:
    return load_plan(SAMPLES / "futian")


@pytest.fixture(scope="module")
def units(city: Plan) -> gpd.GeoDataFrame:
    return unit_areas(city.grids, city.units).frame


@pytest.fixture(scope="module")
def graph(city: Plan, units: gpd.GeoDataFrame) -> UnitGraph:
    shown = build_hierarchy(city.grids).shown_at(3)
    present = [shown_up(city, leaf) for leaf in units["grid"]]
    assert len(shown) == len(city.grids)
    return build_unit_graph(units, streets=city.streets, present=present)


def shown_up(city: Plan, leaf: str) -> str:
    tree = city.hierarchy
    return next(code for code in tree.chain(leaf) if tree.levels[code] == 3)


def total_of(plan: Plan) -> int:
    return int(plan.grids["households"][plan.grids["level"] == 1].sum())


def test_units_fill_the_plan_and_nobody_is_lost(city: Plan, units: gpd.GeoDataFrame) -> None:
    assert len(units) > 1000
    assert units["households"].sum() == pytest.approx(total_of(city))
    named = units[["geometry"]].assign(code=[f"{row}" for row in range(len(units))])
    assert check_coverage(named, shapely.union_all(units.geometry.values)).is_proven
    assert (units.geom_type == "Polygon").all()
    homes = shapely.points(units["lon"], units["lat"])
    assert shapely.covers(units.geometry.values, homes).all()
    listed = sorted(one for some in units["buildings"] for one in some)
    assert len(listed) == len(set(listed))


def test_the_present_plan_comes_back_bit_for_bit(
    city: Plan, units: gpd.GeoDataFrame, graph: UnitGraph
) -> None:
    same = proposal_frame(city.grids, units, graph, graph.present).grids
    assert same.drop(columns="geometry").equals(city.grids.drop(columns="geometry"))
    assert (same.geometry.normalize() == city.grids.geometry.normalize()).all()


def test_a_halved_grid_is_a_plan(city: Plan, units: gpd.GeoDataFrame, graph: UnitGraph) -> None:
    heavy = pd.Series(graph.weight).groupby(graph.present).sum().idxmax()
    found = halve_grid(graph, str(heavy))[0]
    plan = proposal_frame(city.grids, units, graph, found.grids)
    new = sorted(set(plan.grids["code"]) - set(city.grids["code"]))
    assert len(new) == 1 and new[0].startswith(str(heavy)[:12])
    assert not set(plan.codes) & {"+1"}
    draft = build_graph(plan.grids, plan.region)
    assert draft.code(draft.label(new[0])) == new[0]
    rows = plan.grids.set_index("code")
    assert rows.loc[[heavy, *new], "households"].sum() == round(
        graph.weight[graph.present == heavy].sum()
    )
    before = city.grids.set_index("code")
    others = [c for c in before.index[before["level"] == 3] if c != heavy]
    same = rows.loc[others].geometry.normalize() == before.loc[others].geometry.normalize()
    # the new border's end is a corner of the neighbour that it meets, and of nobody else
    assert (~same).sum() <= 3
    assert shapely.hausdorff_distance(plan.region, city.region.geometry.iloc[0]) < 2e-9


@pytest.mark.slow
def test_the_sample_is_balanced_within_a_tenth(
    city: Plan, units: gpd.GeoDataFrame, graph: UnitGraph
) -> None:
    found = {each.aim: each for each in propose(graph, count=126, seed=1)}
    assert set(found) == {"stay", "compact", "streets", "even"}
    for proposal in found.values():
        assert proposal.scores.whole == proposal.scores.grids == 126
        assert proposal.scores.outside == 0, [each.text() for each in proposal.findings]
        shapes = units.geometry.groupby(np.asarray(proposal.grids, dtype=str)).apply(
            lambda some: shapely.coverage_union_all(some.values)
        )
        assert {shape.geom_type for shape in shapes} == {"Polygon"}
    assert found["stay"].scores.moved < 0.25 * graph.households.sum()
    assert found["stay"].scores.moved < min(
        each.scores.moved for aim, each in found.items() if aim != "stay"
    )
    for proposal in found.values():
        plan = proposal_frame(city.grids, units, graph, proposal.grids)
        assert plan.grids["households"][plan.grids["level"] == 3].sum() == total_of(city)
        build_graph(plan.grids, plan.region)


def test_a_country_plan_with_hamlets_and_short_lists() -> None:
    plan = load_plan(SAMPLES / "rural")
    areas = unit_areas(plan.grids, plan.units)
    assert areas.frame["households"].sum() == pytest.approx(
        plan.grids[plan.grids["level"] == 1]["households"].sum()
    )  # the list of buildings is short, the grids' own numbers are not
    tree = plan.hierarchy
    graph = build_unit_graph(
        areas.frame, present=areas.frame["grid"],
        within=[tree.parents[code] for code in areas.frame["grid"]],
    )  # fmt: skip
    stay = next(each for each in propose(graph) if each.aim == "stay")
    assert stay.scores.whole == stay.scores.grids
    made = proposal_frame(plan.grids, areas.frame, graph, stay.grids)
    assert made.grids["code"].is_unique


def test_grids_without_buildings_are_units_themselves() -> None:
    plan = redraw_plans.plan()
    areas = unit_areas(plan).frame
    assert areas["unit"].tolist() == ["11001", "11002", "12001", "12002", "12003"]
    assert areas["households"].tolist() == [100.0] * 5
    units = pd.DataFrame(
        {"unit_id": ["h", "i", "j"], "kind": "building", "parent": "", "name": ["", "乙", "外"],
         "street": "", "number": "", "compound": "", "building": "", "households": [4, 5, 6],
         "lon": [114.002, 114.008, 115.0], "lat": [22.005, 22.005, 22.0]}
    )  # fmt: skip
    found = unit_areas(plan.assign(households=None), units)
    assert found.frame["unit"].tolist().count("h") == 1
    assert found.frame["households"].sum() == 9.0
    assert found.left_out["unit_id"].tolist() == ["j"]
    halves = found.frame[found.frame["grid"] == "11001"].geometry.values
    assert shapely.area(halves).tolist() == pytest.approx([5e-5, 5e-5], rel=1e-6)


def test_finer_grids_follow_and_new_ones_get_codes() -> None:
    plan = redraw_plans.plan()
    areas = unit_areas(plan).frame
    graph = build_unit_graph(areas, present=[code[:2] for code in areas["grid"]])
    made = proposal_frame(plan, areas, graph, ["11", "+1", "12", "+1", "12"]).grids
    rows = made.set_index("code")
    assert rows["parent"].to_dict() == {
        "1": "", "11": "1", "11001": "11", "11002": "13", "12": "1", "12001": "12",
        "12002": "13", "12003": "12", "13": "1",
    }  # fmt: skip
    assert rows.loc["13", "households"] == 200
    assert rows.loc["13", "level"] == 2
    redraw_plans.require_seamless(build_graph(made))


def test_a_proposal_of_other_units_is_refused() -> None:
    plan = redraw_plans.plan()
    areas = unit_areas(plan).frame
    graph = build_unit_graph(areas, present=areas["grid"])
    with pytest.raises(FieldError, match="4 units"):
        proposal_frame(plan, areas, graph, ["11001"] * 4)
    other = build_unit_graph(areas, present=["11"] * 5)
    with pytest.raises(FieldError, match="12001"):
        proposal_frame(plan, areas, other, ["11"] * 5)
