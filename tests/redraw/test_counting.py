from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely
from redraw_plans import at, draft, path, plan, square

from geogrid.redraw import (
    ArcGraph,
    Record,
    approve_gap,
    build_graph,
    change_parent,
    changed_grids,
    count_changes,
    merge,
    move_vertex,
    moved_points,
    renumber,
    replay,
    reshape,
    split,
)


def units(graph: ArcGraph) -> pd.DataFrame:
    places = [at(x / 10 + 0.05, y / 10 + 0.05) for x in range(20) for y in range(20)]
    frame = pd.DataFrame(places, columns=["lon", "lat"])
    frame["grid"] = [graph.grid_at(*place) for place in places]
    return frame.assign(households=range(400), people=2)


def totals(graph: ArcGraph, homes: pd.DataFrame) -> dict[str, int]:
    """Return households by code at all levels, from a look-up of every unit."""
    found: dict[str, int] = {}
    for lon, lat, count in homes[["lon", "lat", "households"]].itertuples(index=False):
        label = graph.find(graph.grid_at(lon, lat))
        for each in [label, *graph.above(label)] if label else []:
            code = graph.code(each)
            found[code] = found.get(code, 0) + int(count)
    return found


def check(graph: ArcGraph, record: Record) -> pd.DataFrame:
    """Hold what is said to change against counting everything before and after."""
    homes = units(graph)
    before = totals(graph, homes)
    changes, moved = count_changes(graph, record, homes)
    named = set(changed_grids(graph, record))
    assert named >= set(changes.index)
    replay(graph, record)
    after = totals(graph, homes)
    wanted = {code: after.get(code, 0) - before.get(code, 0) for code in {*before, *after}}
    assert changes["households"].to_dict() == {code: n for code, n in wanted.items() if n}
    now = pd.Series(
        [graph.grid_at(*place) for place in zip(homes["lon"], homes["lat"], strict=True)]
    )
    assert moved.to_dict() == now[now != homes["grid"]].to_dict()
    assert set(changed_grids(graph, record)) >= set(changes.index)
    return changes


def test_homes_move_with_the_border_at_all_levels() -> None:
    graph = draft()
    changes = check(graph, move_vertex(graph, at(1, 1), at(1.3, 1.4)))
    assert {"11", "12", "11001"} <= set(changes.index)
    assert changes.loc[["11", "12"], "people"].sum() == 0


def test_pieces_merges_parents_and_numbers() -> None:
    graph = draft()
    assert "11003" in check(graph, split(graph, "11001", path((-0.1, 0.3), (1.1, 0.32)))).index
    check(graph, merge(graph, ["11003", "11001"], keep="11003"))
    check(graph, change_parent(graph, ["11002"], "12"))
    check(graph, renumber(graph, "1"))
    check(graph, split(graph, "14", path((-0.1, 1), (1.5, 1.5), (2.1, 1.5)), cut_children=True))


def test_homes_in_a_new_gap_are_nobodys() -> None:
    graph = draft()
    changes = check(graph, approve_gap(graph, "湖", area=square(0.8, 0.8, 1.2, 1.2)))
    assert changes.loc["1", "people"] == -2 * 16


def test_points_on_borders_move_as_they_are_located() -> None:
    graph = draft()
    record = reshape(graph, path((1, 0.2), (1.2, 0.2), (1.2, 0.8), (1, 0.8)))
    places = [at(*place) for place in [(1.1, 0.2), (1.2, 0.5), (1, 0.5), (1.1, 0.8), (1.1, 0.5)]]
    lon, lat = zip(*places, strict=True)
    before = [graph.grid_at(*place) for place in places]
    position, old, new = moved_points(record, lon, lat)
    replay(graph, record)
    after = [graph.grid_at(*place) for place in places]
    assert {at: pair for at, *pair in zip(position.tolist(), old, new, strict=True)} == {
        at: list(pair)
        for at, pair in enumerate(zip(before, after, strict=True))
        if pair[0] != pair[1]
    }
    assert len(position) == 3


def test_with_an_upper_grid_all_below_it_moves() -> None:
    grids = plan()
    grids["level"] += 1
    top = {"code": "0", "name": "", "parent": "", "level": 0, "kind": "", "geometry": None}
    two = [{**top, "code": code, "parent": "0", "level": 1} for code in ("1", "2")]
    grids = grids[grids["code"] != "1"].replace({"parent": {"1": ""}})
    grids["parent"] = grids["parent"].where(grids["parent"] != "", "1")
    grids.loc[grids["code"] == "12", "parent"] = "2"
    rows = gpd.GeoDataFrame(pd.DataFrame([top, *two]), geometry="geometry", crs=4326)
    west, east = (grids.geometry[grids["code"] == code].iloc[0] for code in ("11", "12"))
    rows["geometry"] = gpd.GeoSeries([square(0, 0, 2, 2), west, east], crs=4326)
    rows.loc[0, "geometry"] = shapely.coverage_union_all([west, east])
    graph = build_graph(pd.concat([rows, grids], ignore_index=True))
    check(graph, split(graph, "12", path((0.9, 1), (2.1, 1))))
    record = change_parent(graph, ["12"], "1")
    homes = units(graph)
    near = homes[homes["grid"].isin(changed_grids(graph, record))]
    assert count_changes(graph, record, near)[0].loc[["1", "2"], "people"].tolist() == [200, -200]
    check(graph, record)
