"""Random layers for the locator, and the points where it is hardest."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import strategies as st

PLACES = [
    (1.0, 0.0, 0.0),
    (1e-4, 114.05, 22.53),
    (1 / 3, -0.5, -0.5),
    (137.0, 38_500_000.0, 2_490_000.0),  # EPSG:4547-like, with the zone before the easting
    (1e-9, 114.05, 22.53),
    (1e5, -3e6, 4e7),
]
"""Scale, west and south: from a few nanodegrees to a country."""

TOUCHING = [
    "POLYGON ((0 0, 3 0, 3 3, 0 3, 0 0, 1 2, 2 1, 0 0))",
    "POLYGON ((0 0, 2 0, 2 2, 4 2, 4 4, 2 4, 2 2, 0 2, 0 0))",
    "POLYGON ((0 0, 6 0, 6 6, 0 6, 0 0), (3 3, 1 2, 1 4, 3 3, 5 4, 5 2, 3 3))",
    "POLYGON ((0 0, 6 0, 6 6, 0 6, 0 0), (0 0, 2 1, 1 2, 0 0), (6 6, 4 5, 5 4, 6 6))",
    "POLYGON ((0 0, 1 1, 2 0, 2 2, 1 1, 0 2, 0 0))",
]
"""Invalid polygons that only touch themselves: a hole drawn as part of the ring, two squares in
one ring, holes that touch themselves or the shell, two lobes."""

BROKEN = [
    *TOUCHING,
    "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))",
    "POLYGON ((1 2, 0 0, 4 0, 4 4, 0 4, 0 0, 2 1, 3 2, 2 1, 1 2))",
    "POLYGON ((1 1, 2 2, 2 1, 1 1, 0 4, 4 4, 4 0, 2.5 0.5, 2.5 0, 4 0, 2 0, 1 1))",
    "POLYGON ((0 0, 0 0, 0 0, 0 0))",
    "POLYGON ((0 0, 1 1, 2 2, 0 0))",
    "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (2 2, 6 2, 6 3, 2 2))",
    "POLYGON ((0 0, 2 0, 2 2, 2 3, 2 2, 0 2, 0 0))",
    "MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), ((1 1, 3 1, 3 3, 1 3, 1 1)))",
    "POLYGON ((0 0, 3 0, 3 3, 0 3, 0 0, 2 1, 1 2, 0 0))",
    "POLYGON ((0 0, 2 0, 2 2, 2 4, 4 4, 4 2, 2 2, 0 2, 0 0))",
    "POLYGON ((0 0, 6 0, 6 6, 0 6, 0 0), (0 0, 2 1, 1 2, 0 0), (0 0, 3 0, 1 -2, 0 0))",
    "POLYGON ((0 0, 3 0, 3 3, 4 4, 5 3, 4 4, 3 3, 0 3, 1 1, 0 3, 0 0), (1 1, 1 2, 2 2, 1 1))",
    "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 0, 3 0, 3 2, 1 2, 1 0), (0 0, 4 0, 2 3, 0 0))",
    "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 3 1, 3 3, 1 3, 1 1))",
]
"""Invalid polygons: those, and crossing, without area, hole outside, spikes, parts that overlap,
a hole on an edge of the shell, wound twice or the wrong way."""


@st.composite
def coverages(draw: st.DrawFn) -> list[shapely.Geometry]:
    """Seamless layers: a bent triangle mesh, its triangles dealt out to a few grids."""
    size = draw(st.integers(1, 4))
    steps = draw(st.sampled_from([(0.0,), (0.0, 0.2), (0.0, 0.1, -0.2, 1 / 7)]))
    corner = {
        (i, j): (i + draw(st.sampled_from(steps)), j + draw(st.sampled_from(steps)))
        for i in range(size + 1)
        for j in range(size + 1)
    }
    scale, west, south = draw(st.sampled_from(PLACES))
    place = {key: (west + scale * x, south + scale * y) for key, (x, y) in corner.items()}
    groups = draw(st.integers(1, 5))
    owned: dict[int, list[shapely.Polygon]] = {}
    for i in range(size):
        for j in range(size):
            a, b, c, d = (place[i + di, j + dj] for di, dj in ((0, 0), (1, 0), (1, 1), (0, 1)))
            halves = [(a, b, c), (a, c, d)] if draw(st.booleans()) else [(a, b, d), (b, c, d)]
            for half in halves:
                owned.setdefault(draw(st.integers(0, groups)), []).append(shapely.Polygon(half))
    owned.pop(groups, None)  # triangles dealt to nobody: a bay, a lake or a gap
    return [shapely.coverage_union_all(triangles) for _, triangles in sorted(owned.items())]


def interesting_points(grids: list[shapely.Geometry]) -> tuple[np.ndarray, np.ndarray]:
    """Every corner, every edge's middle, and their neighbours one ulp away."""
    corners = shapely.get_coordinates(grids)
    ends = corners[:-1], corners[1:]
    points = np.unique(np.vstack([corners, (ends[0] + ends[1]) / 2]), axis=0)
    x, y = [points[:, 0]], [points[:, 1]]
    for dx in (-np.inf, 0, np.inf):
        for dy in (-np.inf, 0, np.inf):
            x.append(np.nextafter(points[:, 0], dx) if dx else points[:, 0])
            y.append(np.nextafter(points[:, 1], dy) if dy else points[:, 1])
    return np.concatenate(x), np.concatenate(y)


@st.composite
def flat_fans(draw: st.DrawFn) -> list[shapely.Geometry]:
    """Very flat triangles around a point, each beside the next: slivers that share edges."""
    scale, west, south = draw(st.sampled_from(PLACES))
    height = draw(st.sampled_from([1e-3, 1e-7, 1e-12]))
    steps = draw(st.lists(st.integers(-40, 40), min_size=2, max_size=7, unique=True))
    ends = [(west + scale * 9, south + scale * (step * height)) for step in sorted(steps)]
    apex = west, south
    return [shapely.Polygon([apex, a, b]) for a, b in pairwise(ends)]


@st.composite
def rings_in_rings(draw: st.DrawFn) -> list[shapely.Geometry]:
    """Holes that islands fill, some of them not wholly, and grids of several parts."""
    scale, west, south = draw(st.sampled_from(PLACES))
    sides = draw(st.lists(st.integers(1, 30), min_size=2, max_size=6, unique=True))
    boxes = [
        shapely.box(west - scale * r, south - scale * r, west + scale * r, south + scale * r)
        for r in sorted(sides)
    ]
    bands = [shapely.Polygon(outer.exterior, [inner.exterior]) for inner, outer in pairwise(boxes)]
    parts = [boxes[0], *bands]
    if draw(st.booleans()):
        parts.pop(draw(st.integers(0, len(parts) - 1)))
    half = len(parts) // 2
    if half and draw(st.booleans()):
        return [shapely.MultiPolygon(parts[::2]), shapely.MultiPolygon(parts[1::2])]
    return parts


def layers() -> st.SearchStrategy[list[shapely.Geometry]]:
    """Layers of every kind: seamless, with gaps, overlapping, flat, nested, broken."""
    sound = st.one_of(coverages(), flat_fans(), rings_in_rings())
    broken = st.sampled_from(BROKEN).map(lambda wkt: [shapely.from_wkt(wkt)])
    several = st.lists(st.one_of(coverages(), rings_in_rings(), broken), min_size=2, max_size=3)
    return st.one_of(
        sound, sound, several.map(lambda found: [each for some in found for each in some])
    )
