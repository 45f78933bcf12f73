"""Small changes suggested for a draft: done, they leave it seamless and even."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from redraw_plans import at, draft, plan, require_seamless, square

from geogrid.crs import area_m2
from geogrid.errors import GeogridError
from geogrid.propose import Homes, suggest_balance, suggest_halves, suggest_transfer
from geogrid.redraw import (
    ArcGraph,
    Record,
    build_graph,
    give_area,
    graph_bytes,
    grid_polygon,
    merge,
    replay,
    split,
    undo,
)
from geogrid.store.redrawing.operations import operation


def homes(west: float, south: float, east: float, north: float, side: int, each: int) -> Homes:
    x, y = (
        some.ravel()
        for some in np.meshgrid(
            np.linspace(west, east, side + 2)[1:-1], np.linspace(south, north, side + 2)[1:-1]
        )
    )
    places = np.array([at(*place) for place in zip(x, y, strict=True)])
    return Homes(places[:, 0], places[:, 1], np.full(len(x), float(each)))


def together(*some: Homes) -> Homes:
    return Homes(
        np.concatenate([each.lon for each in some]), np.concatenate([each.lat for each in some]),
        np.concatenate([each.households for each in some]),
    )  # fmt: skip


LOWER, UPPER = homes(0, 0, 1, 1, 6, 10), homes(0, 1, 1, 2, 3, 10)  # 360 and 90


def done(graph: ArcGraph, suggestion: object) -> Record:
    """Do a suggestion, see that undoing it gives the same draft, and leave it done."""
    before, used = graph_bytes(graph), list(graph.used)
    record = operation(suggestion.operation, suggestion.parameters)(graph)  # type: ignore[attr-defined]
    assert graph_bytes(graph) == before
    replay(graph, record)
    require_seamless(graph)
    undo(graph, record)
    graph.used[:] = used
    assert graph_bytes(graph) == before
    replay(graph, record)
    return record


def held(graph: ArcGraph, code: str, some: Homes) -> float:
    inside = shapely.contains_xy(grid_polygon(graph, code), some.lon, some.lat)
    return float(some.households[inside].sum())


def areas(graph: ArcGraph, *codes: str) -> np.ndarray:
    return area_m2([grid_polygon(graph, code) for code in codes], 4326)


def new_codes(record: Record) -> list[str]:
    return [str(row["code"]) for before, row in record.rows.values() if before is None and row]


def test_a_grid_is_halved_between_its_buildings() -> None:
    graph = draft()
    found = suggest_halves(graph, "11001", LOWER)
    assert (found.operation, found.measure) == ("split", "households")
    (new,) = new_codes(done(graph, found))
    assert held(graph, "11001", LOWER) == held(graph, new, LOWER) == 180


@pytest.mark.parametrize("code", ["11001", "11002", "12", "11"])
def test_without_households_it_is_halved_by_a_straight_line(code: str) -> None:
    graph = draft()
    found = suggest_halves(graph, code, None)
    assert found.measure == "area"
    assert len(found.parameters["line"]) == 2
    record = done(graph, found)
    level = graph.rows[graph.label(code)]["level"]
    (new,) = [one for one in new_codes(record) if graph.rows[graph.label(one)]["level"] == level]
    one, other = areas(graph, code, new)
    assert one == pytest.approx(other, rel=0.02)


def test_two_grids_get_alike_households() -> None:
    graph, all_homes = draft(), together(LOWER, UPPER)
    found = suggest_balance(graph, ["11001", "11002"], all_homes)
    record = done(graph, found)
    assert (record.kind, found.measure) == ("balance", "households")
    counts = [held(graph, code, all_homes) for code in ("11001", "11002")]
    assert sum(counts) == 450
    assert max(counts) <= 250


def test_three_grids_get_the_same_area() -> None:
    graph = draft()
    replay(graph, split(graph, "12002", [at(0.5, 1.3), at(2.5, 1.3)]))
    codes = ["11001", "11002", "12002"]
    before = areas(graph, *codes)
    done(graph, suggest_balance(graph, codes, None))
    after = areas(graph, *codes)
    assert before.max() / before.min() > 1.2
    assert after.max() / after.min() < 1.01
    assert after.sum() == pytest.approx(before.sum(), rel=1e-9)


def test_grids_above_others_trade_the_finest_ones_and_parts_of_them() -> None:
    graph = draft()
    before = areas(graph, "11", "12")
    replay(graph, give_area(graph, square(1, 0.5, 2, 1), "11001"))
    done(graph, suggest_balance(graph, ["11", "12"], None))
    after = areas(graph, "11", "12")
    assert after[0] == pytest.approx(after[1], rel=0.01)
    assert after.sum() == pytest.approx(before.sum(), rel=1e-9)


def test_households_are_given_to_a_neighbour() -> None:
    graph, all_homes = draft(), together(LOWER, UPPER)
    found = suggest_transfer(graph, "11001", 60, all_homes, takers=["11002"])
    assert found.operation == "give_area"
    done(graph, found)
    assert held(graph, "11002", all_homes) == 90 + 60
    assert shapely.get_num_geometries(grid_polygon(graph, "11002")) == 1


def test_it_works_on_the_draft_as_redrawn() -> None:
    graph = draft()
    replay(graph, merge(graph, ["11001", "11002"]))
    replay(graph, split(graph, "11001", [at(-1, 0.7), at(2, 0.7)]))
    every = together(LOWER, UPPER)
    (new,) = new_codes(done(graph, suggest_halves(graph, "11001", every)))
    assert new not in {"11001", "11002"}
    assert held(graph, "11001", every) == pytest.approx(held(graph, new, every), abs=30)


def test_what_cannot_be_done_is_refused_with_a_reason() -> None:
    graph = build_graph(plan())
    before = graph_bytes(graph)
    for ask in (
        lambda: suggest_balance(graph, ["11001"], None),
        lambda: suggest_balance(graph, ["11002", "12003"], None),
        lambda: suggest_balance(graph, ["11", "12002"], None),
        lambda: suggest_balance(graph, ["1", "11"], None),
        lambda: suggest_halves(graph, "nowhere", None),
        lambda: suggest_transfer(graph, "11001", 40, None, takers=["11002"]),
        lambda: suggest_transfer(graph, "11001", 40, LOWER),
        lambda: suggest_transfer(graph, "11001", 400, LOWER, takers=["11002"]),
        lambda: suggest_transfer(graph, "11001", 40, LOWER, to="11001"),
    ):
        with pytest.raises(GeogridError):
            ask()
    assert graph_bytes(graph) == before
