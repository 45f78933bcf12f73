from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from redraw_plans import area, at, done, draft, path, plan, require_seamless, shape, square

from geogrid.redraw import (
    RedrawError,
    approve_gap,
    build_graph,
    cutting,
    give_area,
    graph_gaps,
    graph_region,
    new_grid,
    undo,
)


def test_a_piece_of_several_grids_is_given() -> None:
    graph = draft()
    record = done(graph, give_area(graph, square(0.8, 0.8, 1.2, 1.2), "12002"))
    assert area(graph, "12002") == pytest.approx(1 + 3 * 0.04)
    assert area(graph, "11001") == pytest.approx(0.96)
    assert area(graph, "11") == pytest.approx(2 - 0.08)
    assert len(record.parameters["area"]) == 1


def test_only_the_named_grids_give() -> None:
    graph = draft()
    ring = path((0.8, 0.8), (1.2, 0.8), (1.2, 1.2), (0.8, 1.2))
    done(graph, give_area(graph, ring, "12002", sources=["11"]))
    assert area(graph, "12001") == pytest.approx(0.96)
    assert area(graph, "12002") == pytest.approx(1.08)


def test_what_lies_outside_of_the_region_stays_there() -> None:
    graph = draft()
    done(graph, give_area(graph, square(-1, 0.9, 0.5, 1.5), "11001"))
    assert area(graph, "11001") == pytest.approx(1.25)
    require_seamless(graph, square(0, 0, 2, 2))


def test_units_are_given_by_their_polygons() -> None:
    graph = draft()
    houses = [square(1.0, 0.2, 1.1, 0.3), square(1.1, 0.2, 1.2, 0.3), square(1.7, 0.7, 1.8, 0.8)]
    done(graph, give_area(graph, houses, "11001"))
    assert area(graph, "11001") == pytest.approx(1.03)
    assert shape(graph, "11001").geom_type == "MultiPolygon"
    assert len(shape(graph, "12001").interiors) == 2


def test_areas_with_holes_around_an_enclave() -> None:
    graph = draft()
    ring = square(1.3, 0.3, 1.7, 0.7).difference(square(1.4, 0.4, 1.6, 0.6))
    done(graph, give_area(graph, ring, "12003"))
    assert area(graph, "12003") == pytest.approx(0.16)
    inner = square(1.45, 0.45, 1.55, 0.55)
    done(graph, give_area(graph, inner, "12001"))
    assert len(shape(graph, "12003").interiors) == 1
    assert shape(graph, "12001").geom_type == "MultiPolygon"
    done(graph, give_area(graph, square(1.4, 0.45, 1.45, 0.55), "12001", sources=["12003"]))


def test_along_borders_that_are_there() -> None:
    graph = draft()
    with pytest.raises(RedrawError, match="Nothing would be left of 网格11001"):
        give_area(graph, square(0, 0, 1, 1), "11002")
    done(graph, give_area(graph, square(0, 0.5, 1, 1), "11002"))
    assert area(graph, "11001") == pytest.approx(0.5)
    with pytest.raises(RedrawError, match="change nothing"):
        give_area(graph, square(0, 0.5, 1, 1), "11002")


@pytest.mark.parametrize(
    "drawn",
    [
        path((0.2, 0.2), (0.8, 0.8), (0.8, 0.2), (0.2, 0.8)),
        shapely.LineString(path((0.2, 0.2), (0.8, 0.8))),
        path((0.2, 0.2), (0.2, 0.2), (0.2, 0.2)),
    ],
)
def test_outlines_that_cross_themselves_are_refused(drawn: object) -> None:
    with pytest.raises(Exception, match=r"cross itself|different points"):
        give_area(draft(), drawn, "11002")


def test_a_divided_grid_gets_no_area() -> None:
    with pytest.raises(RedrawError, match="网格11 is divided into 网格11001, 网格11002"):
        give_area(draft(), square(1, 0, 1.2, 0.2), "11")


def test_a_new_grid_is_drawn() -> None:
    graph = draft()
    done(graph, new_grid(graph, square(0.2, 0.8, 0.6, 1.2), "园区"))
    row = graph.rows["11003"]
    assert (row["name"], row["parent"], row["level"], row["kind"]) == ("园区", "11", 3, "community")
    assert row["households"] is None
    assert area(graph, "11003") == pytest.approx(0.16)
    assert area(graph, "11") == pytest.approx(2)


def test_a_new_grid_over_several_parents_names_its_own() -> None:
    graph = draft()
    with pytest.raises(RedrawError, match="below 网格11, 网格12; say below which"):
        new_grid(graph, square(0.9, 0.2, 1.1, 0.4), "园区")
    done(graph, new_grid(graph, square(0.9, 0.2, 1.1, 0.4), "园区", parent="12", code="12777"))
    assert area(graph, "12") == pytest.approx(2 + 0.02)
    with pytest.raises(Exception, match="used before"):
        new_grid(graph, square(0.2, 0.2, 0.4, 0.4), "园区", code="12777")
    with pytest.raises(RedrawError, match="not divided"):
        new_grid(graph, square(0.2, 0.2, 0.4, 0.4), "园区", parent="11001")
    with pytest.raises(RedrawError, match="takes nothing"):
        new_grid(graph, square(5, 5, 6, 6), "园区")
    with pytest.raises(RedrawError, match="printable"):
        new_grid(graph, square(0.2, 0.2, 0.4, 0.4), " ")


def test_a_lake_becomes_a_gap_and_a_gap_is_filled() -> None:
    graph = draft()
    done(graph, approve_gap(graph, "人工湖", area=square(0.8, 0.8, 1.2, 1.2)))
    gaps = graph_gaps(graph)
    assert (gaps["is_approved"].tolist(), gaps["note"].tolist()) == ([True], ["人工湖"])
    assert graph_region(graph, has_gaps=False).area < graph_region(graph).area
    assert graph.grid_at(*at(1, 1)) == ""
    done(graph, approve_gap(graph, "改造中", at=at(1, 1)))
    assert graph_gaps(graph)["note"].tolist() == ["改造中"]
    with pytest.raises(RedrawError, match="no gap here"):
        approve_gap(graph, "湖", at=at(0.5, 0.5))
    with pytest.raises(RedrawError, match="change nothing"):
        give_area(graph, square(0.8, 0.8, 1.2, 1.2), "11001")  # it is approved
    with pytest.raises(RedrawError, match="Point at a gap"):
        approve_gap(graph, "湖")
    with pytest.raises(RedrawError, match="takes nothing"):
        approve_gap(graph, "湖", area=square(0.9, 0.9, 1.1, 1.1))
    with pytest.raises(RedrawError, match="Nothing would be left of 网格12003"):
        approve_gap(graph, "湖", area=square(1.3, 0.3, 1.7, 0.7))


def test_a_gap_that_nobody_approved_is_filled() -> None:
    grids = plan()
    region = grids.geometry[grids["code"] == "1"].iloc[0]
    grids = grids[grids["code"] != "12003"].copy()
    enclave = square(1.4, 0.4, 1.6, 0.6)
    for code in ("12", "1"):
        row = grids["code"] == code
        with_hole = grids.geometry[row].iloc[0].difference(enclave)
        grids.loc[row, "geometry"] = gpd.GeoSeries([with_hole], index=grids.index[row], crs=4326)
    graph = build_graph(grids, region)
    assert graph_gaps(graph)["is_approved"].tolist() == [False]
    done(graph, give_area(graph, square(1.5, 0.3, 1.7, 0.7), "12001"))
    assert list(graph.gaps) == ["gap:1"]
    record = done(graph, give_area(graph, square(1.3, 0.3, 1.7, 0.7), "12001"))
    assert graph.gaps == {}
    assert area(graph, "12001") == pytest.approx(1)
    undo(graph, record)
    done(graph, approve_gap(graph, "水面", at=at(1.45, 0.5)))
    assert graph_gaps(graph)["is_approved"].tolist() == [True]


def test_borders_of_grids_that_give_nothing_stay_as_they_are() -> None:
    graph = draft()
    ring = path((0.8, 0.8), (1.234, 0.777), (1.2, 1.234), (0.8, 1.2))
    done(graph, give_area(graph, ring, "12002", sources=["11001"]))
    assert len(shape(graph, "12001").exterior.coords) == 5 + 1  # where the ring leaves 11001
    done(graph, give_area(graph, square(-1, -1, 0.5, 0.5), "11002"))
    assert len(shape(graph, "1").exterior.coords) == 8 + 2 + 1


def test_parents_at_the_top_are_said() -> None:
    graph = draft()
    graph.rows["11001"] = {**graph.rows["11001"], "parent": ""}
    with pytest.raises(RedrawError, match="grids at the top and from grids below 网格12; say"):
        cutting._model(graph, frozenset({"11001", "12001"}), None, (0.0, 0.0))
