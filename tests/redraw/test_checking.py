"""The exact local check against the coverage engine: it refuses what tears, and nothing else."""

from __future__ import annotations

from random import Random

import numpy as np
import shapely
from coverage_strategies import PLACES, Sheet, seamless, thoroughly
from hypothesis import assume, given
from hypothesis import strategies as st

from geogrid.coverage import check_coverage
from geogrid.errors import InputError
from geogrid.redraw import ArcGraph, build_graph, graph_frame, graph_region, move_vertex, reshape

IN_DEGREES = tuple(place for place in PLACES if place.crs == "EPSG:4326")


def inner_corners(graph: ArcGraph) -> list[tuple[int, int]]:
    """Return the vertices that are not on the edge of the region."""
    edge = {tuple(point) for arc in graph.beside("") for point in arc.points.tolist()}
    every = {tuple(point) for arc in graph.arcs.values() for point in arc.points.tolist()}
    return sorted(every - edge)


def is_seamless_with(graph: ArcGraph, change: dict[tuple[int, int], tuple[int, int]]) -> bool:
    """Return what the coverage engine says when corners of all polygons are moved."""

    def moved(points: np.ndarray) -> np.ndarray:
        units = np.rint(points * 1e9).astype(np.int64)
        return np.array([change.get((x, y), (x, y)) for x, y in units.tolist()]) / 1e9

    frame = graph_frame(graph)
    shapes = shapely.transform(frame.geometry.to_numpy(), moved)
    return check_coverage(frame.set_geometry(shapes), graph_region(graph)).is_proven


@thoroughly
@given(seamless(places=IN_DEGREES), st.integers(0, 2**32))
def test_a_corner_moves_exactly_where_the_engine_proves_the_outcome(
    sheet: Sheet, seed: int
) -> None:
    graph, rng = build_graph(sheet.frame, sheet.region), Random(seed)
    corners = inner_corners(graph)
    assume(corners)
    west, south, east, north = graph_region(graph).bounds
    x, y = rng.choice(corners)
    if rng.random() < 0.5:
        to = rng.uniform(west, east), rng.uniform(south, north)
    else:
        reach = 0.1 * max(east - west, north - south)
        to = x / 1e9 + rng.gauss(0, reach), y / 1e9 + rng.gauss(0, reach)
    target = (round(to[0] * 1e9), round(to[1] * 1e9))
    try:
        move_vertex(graph, (x / 1e9, y / 1e9), to)
        is_done = True
    except InputError:
        is_done = False
    assert is_done == is_seamless_with(graph, {(x, y): target})


@thoroughly
@given(seamless(places=IN_DEGREES), st.integers(0, 2**32))
def test_a_border_is_drawn_anew_exactly_where_the_engine_proves_the_outcome(
    sheet: Sheet, seed: int
) -> None:
    graph, rng = build_graph(sheet.frame, sheet.region), Random(seed)
    arcs = [arc for arc in graph.arcs.values() if arc.left and arc.right and not arc.is_closed]
    pairs = [arc.ends for arc in arcs]  # of two borders between the same junctions one is chosen
    arcs = [arc for arc in arcs if len(arc.points) == 3 and pairs.count(arc.ends) == 1]
    assume(arcs)
    arc = rng.choice(sorted(arcs, key=lambda one: one.key))
    west, south, east, north = graph_region(graph).bounds
    (ax, ay), middle, (bx, by) = arc.points.tolist()
    to = rng.uniform(west, east), rng.uniform(south, north)
    target = (round(to[0] * 1e9), round(to[1] * 1e9))
    try:
        reshape(graph, [(ax / 1e9, ay / 1e9), to, (bx / 1e9, by / 1e9)])
        is_done = True
    except InputError:
        is_done = False
    assert is_done == is_seamless_with(graph, {tuple(middle): target})
