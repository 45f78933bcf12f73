from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from redraw_plans import area, at, draft, plan, require_seamless, same_frames, square

from geogrid.errors import CrsError, FieldError
from geogrid.redraw import (
    RedrawError,
    approve_gap,
    build_graph,
    graph_bytes,
    graph_frame,
    graph_from_bytes,
    graph_gaps,
    graph_region,
    grid_polygon,
    move_vertex,
    replay,
)


def test_every_border_is_there_once() -> None:
    graph = draft()
    sides = sorted((arc.left, arc.right) for arc in graph.arcs.values())
    inner = [pair for pair in sides if "" not in pair]
    assert {frozenset(pair) for pair in inner} == {
        frozenset(pair)
        for pair in [("11001", "11002"), ("11001", "12001"), ("11002", "12002"),
                     ("12001", "12002"), ("12001", "12003")]
    }  # fmt: skip
    assert len(inner) == 5
    require_seamless(graph)


def test_the_frame_comes_back_with_all_levels() -> None:
    frame = graph_frame(draft())
    given = plan()
    for name in ("code", "name", "parent", "kind"):
        assert frame[name].tolist() == given[name].tolist()
    assert frame["level"].tolist() == given["level"].tolist()
    assert frame["households"].isna().tolist() == given["households"].isna().tolist()
    normal = (
        shapely.normalize(frame.geometry.to_numpy()),
        shapely.normalize(given.geometry.to_numpy()),
    )
    corners = [one.normalize().equals(other) for one, other in zip(*normal, strict=True)]
    assert all(corners)


def test_shared_borders_have_the_same_bits() -> None:
    graph = draft()
    replay(graph, move_vertex(graph, at(1, 1), at(1.03123456789, 0.9876543219)))
    frame = graph_frame(graph).set_index("code")
    corner = shapely.get_coordinates(frame.geometry["11001"])
    moved = corner[np.argmax(corner.sum(axis=1))]
    for code in ("11002", "12001", "12002", "11", "12"):
        assert (shapely.get_coordinates(frame.geometry[code]) == moved).all(axis=1).any()
    assert shapely.get_coordinates(frame.geometry["1"]).tolist().count(moved.tolist()) == 0


def test_a_place_is_in_one_grid() -> None:
    graph = draft()
    assert graph.grid_at(*at(0.5, 0.5)) == "11001"
    assert graph.grid_at(*at(1.5, 0.5)) == "12003"
    assert graph.grid_at(*at(1.2, 0.5)) == "12001"
    assert graph.grid_at(*at(-0.1, 0.5)) == ""
    assert graph.grid_at(*at(2.1, 0.5)) == ""
    assert graph.grid_at(*at(1, 1)) == "12002"  # as if moved north-east


def test_a_region_with_places_without_grid_has_gaps() -> None:
    grids = plan()
    grids = grids[grids["code"] != "12003"]
    filled = grids.geometry[grids["code"] == "12001"].iloc[0]
    for code, name in (("12", "12002"), ("1", "")):
        parts = [filled, grids.geometry[grids["code"] == "12002"].iloc[0]]
        if not name:
            parts += grids.geometry[grids["code"].isin(["11001", "11002"])].tolist()
        grids.loc[grids["code"] == code, "geometry"] = shapely.coverage_union_all(parts)
    region = shapely.Polygon(grids.geometry[grids["code"] == "1"].iloc[0].exterior)
    graph = build_graph(grids, region, approved_gaps=square(1.3, 0.3, 1.7, 0.7))
    gaps = graph_gaps(graph)
    assert gaps["is_approved"].tolist() == [True]
    assert gaps.geometry.iloc[0].equals(square(1.4, 0.4, 1.6, 0.6))
    assert graph.grid_at(*at(1.5, 0.5)) == ""
    assert build_graph(grids).gaps == {}  # a hole of the region, without a region that says else


def test_plans_that_are_not_seamless_are_refused() -> None:
    grids = plan()
    grids.loc[grids["code"] == "11001", "geometry"] = square(0, 0, 1.1, 1)
    with pytest.raises(RedrawError, match="not proven seamless") as error:
        build_graph(grids)
    assert error.value.place is not None


def test_other_systems_and_missing_codes_are_refused() -> None:
    with pytest.raises(CrsError, match="EPSG:4326"):
        build_graph(plan().to_crs("EPSG:4547"))
    with pytest.raises(FieldError, match="needs a code"):
        build_graph(plan().assign(code=""))
    with pytest.raises(FieldError, match="comes twice"):
        build_graph(plan().assign(code="7"))


def test_one_flat_level_is_enough() -> None:
    cells = [square(x, y, x + 1, y + 1) for x in range(2) for y in range(2)]
    graph = build_graph(gpd.GeoDataFrame({"code": list("abcd")}, geometry=cells, crs=4326))
    assert graph_frame(graph)["parent"].tolist() == [""] * 4
    assert graph.below("") == list("abcd")


def test_grids_of_several_parts() -> None:
    cells = [square(0, 0, 1, 1), square(1, 0, 2, 1), square(2, 0, 3, 1)]
    two = shapely.MultiPolygon([cells[0], cells[2]])
    graph = build_graph(gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=[two, cells[1]], crs=4326))
    assert grid_polygon(graph, "a").geom_type == "MultiPolygon"
    assert area(graph, "a") == pytest.approx(2)
    require_seamless(graph)


def test_a_draft_is_kept_as_bytes() -> None:
    graph = build_graph(plan(), used=["99"])
    again = graph_from_bytes(graph_bytes(graph))
    assert graph_bytes(again) == graph_bytes(graph)
    assert same_frames(graph_frame(again), graph_frame(graph))
    assert "99" in again.used
    with pytest.raises(Exception, match="no draft"):
        graph_from_bytes(b"PK\x03\x04 nothing")


def with_lakes() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, shapely.Geometry]:
    """Return the plan with two lakes beside each other and one at its edge, and what it fills."""
    graph = draft()
    for note, lake in (
        ("湖", square(0.2, 0.2, 0.4, 0.4)),
        ("军事用地", square(0.4, 0.2, 0.6, 0.4)),
        ("河", square(0, 1.5, 0.2, 1.8)),
    ):
        replay(graph, approve_gap(graph, note, area=lake))
    gaps = graph_gaps(graph).rename(columns={"note": "reason"})
    return graph_frame(graph), gaps[["reason", "geometry"]], graph_region(graph)


@pytest.mark.parametrize("has_region", [True, False])
def test_approved_gaps_keep_their_reasons(has_region: bool) -> None:
    grids, gaps, region = with_lakes()
    graph = build_graph(grids, region if has_region else None, approved_gaps=gaps)
    found = graph_gaps(graph)
    assert found["is_approved"].tolist() == [True] * 3
    assert sorted(found["note"]) == sorted(["湖", "军事用地", "河"])
    for note, shape in zip(gaps["reason"], gaps.geometry, strict=True):
        assert found.geometry[found["note"] == note].iloc[0].equals(shape)
    assert graph_region(graph).equals(region)
    require_seamless(graph)


def test_a_gap_beside_an_approved_one_stays_to_be_decided() -> None:
    grids, gaps, region = with_lakes()
    graph = build_graph(grids, region, approved_gaps=gaps[gaps["reason"] != "湖"])
    found = graph_gaps(graph).set_index("note")
    assert found["is_approved"].to_dict() == {"军事用地": True, "河": True, "": False}
    assert found.geometry[""].equals(gaps.geometry.iloc[0])


def test_approved_places_that_grids_cover_or_that_lie_outside_are_no_gaps() -> None:
    grids, gaps, region = with_lakes()
    wide = gaps.set_geometry([square(0.1, 0.1, 0.4, 0.5), *gaps.geometry[1:]], crs=4326)
    outside = gpd.GeoDataFrame({"reason": ["海"]}, geometry=[square(2, -0.5, 2.5, 1.5)], crs=4326)
    graph = build_graph(grids, approved_gaps=pd.concat([wide, outside]))
    found = graph_gaps(graph)
    assert sorted(found["note"]) == sorted(["湖", "军事用地", "河"])
    assert graph_region(graph).equals(region)
    require_seamless(graph)
