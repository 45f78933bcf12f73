"""Random coverages of which every defect is known beforehand.

A sheet of cells with wiggly borders is drawn once: neighbouring cells have the same
vertices, bit for bit. A grid is any set of cells, the region too. So the number of grids over a
cell is counted, not computed, and what a check should say of it follows: holes that
another grid fills, islands, grids of many parts and corners that only touch come by
themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from hand_drawn import PLANE
from hypothesis import settings
from hypothesis import strategies as st

Cells = npt.NDArray[np.bool_]
Row = tuple[str, tuple[str, ...], float]

SIDE = 128
"""Distance of the corners of the sheet before they are moved; all coordinates are even."""

thoroughly = settings(max_examples=min(5 * settings.default.max_examples, 10_000))
"""500 examples by default, 10,000 in the nightly profile, 25 in the quick one."""

_NONE = -1


@dataclass(frozen=True)
class Place:
    """Where a sheet lies: whole numbers of the sheet become coordinates of a CRS."""

    name: str
    crs: str
    move: Callable[[Any], Any]


def _turned(points: Any) -> Any:
    return points @ np.array([[0.371, 0.113], [-0.113, 0.371]]) + [501_234.5, 2_490_777.25]


BESIDE = f"{PLANE} +x_0=-512 +y_0=-512"
"""PROJ takes places within 0.6 mm of the centre for the centre itself: it is away from all."""

PLACES = (
    Place("whole metres", BESIDE, lambda points: points),
    Place("degrees", "EPSG:4326", lambda points: points * 5e-6 + [114.0579, 22.5431]),
    Place("degrees, west and south", "EPSG:4326", lambda points: points * 3e-6 - [70.1, 33.4]),
    Place("survey, turned", "EPSG:4547", _turned),
    Place("strips of 2 cm", BESIDE, lambda points: points * [1.0, 1.5e-4]),
)


@dataclass(frozen=True)
class Sheet:
    """Grids as sets of cells.

    Attributes
    ----------
    columns, rows
        Size of the sheet; cell ``row * columns + column``.
    cells
        (c,) polygons that share their vertices.
    owners
        (g, c) which cells each grid covers.
    inside
        (c,) which cells belong to the region.
    place
        Where the sheet lies.
    """

    columns: int
    rows: int
    cells: npt.NDArray[np.object_]
    owners: Cells
    inside: Cells
    place: Place

    @property
    def codes(self) -> list[str]:
        """Code of each grid, by its number."""
        return [f"G{number:02d}" for number in range(len(self.owners))]

    def shape(self, chosen: Cells) -> Any:
        """Return cells joined to one polygon that keeps every vertex."""
        return shapely.coverage_union_all(self.cells[chosen])

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """The grids, one row each."""
        shapes = [self.shape(cells) for cells in self.owners]
        return gpd.GeoDataFrame({"code": self.codes}, geometry=shapes, crs=self.place.crs)

    @cached_property
    def region(self) -> gpd.GeoSeries:
        """The region."""
        return gpd.GeoSeries([self.shape(self.inside)], crs=self.place.crs)

    @cached_property
    def area_m2(self) -> npt.NDArray[np.float64]:
        """Area of every cell."""
        return np.array([true_area_m2(cell, self.place.crs) for cell in self.cells])

    def beside(self, cell: int) -> list[int]:
        """Return the up to four cells across an edge of a cell."""
        row, column = divmod(cell, self.columns)
        steps = ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1))
        return [
            r * self.columns + c for r, c in steps if 0 <= r < self.rows and 0 <= c < self.columns
        ]

    def places(self, alike: list[Any]) -> list[list[int]]:
        """Return the cells joined across edges where they have equal values."""
        left, found = set(range(len(self.cells))), []
        while left:
            reached, at = [left.pop()], 0
            while at < len(reached):
                near = [n for n in self.beside(reached[at]) if n in left]
                near = [n for n in near if alike[n] == alike[reached[at]]]
                left.difference_update(near)
                reached += near
                at += 1
            found.append(sorted(reached))
        return found

    def enclosed(self) -> Cells:
        """Return the cells that no grid covers and that grids close off from the outside."""
        found = np.zeros(len(self.cells), dtype=bool)
        covered = self.owners.any(axis=0)
        for place in self.places(covered.tolist()):
            if not covered[place[0]]:
                rim = [divmod(cell, self.columns) for cell in place]
                found[place] = not any(
                    r in (0, self.rows - 1) or c in (0, self.columns - 1) for r, c in rim
                )
        return found

    def expected(self, *, has_region: bool = True) -> list[Row]:
        """Return kind, codes and area of every row with an area that a check should have."""
        inside = self.inside if has_region else self.owners.any(axis=0) | self.enclosed()
        over = [tuple(np.flatnonzero(column).tolist()) for column in self.owners.T]
        same = self.copies()
        found: list[Row] = []
        doubled: dict[tuple[int, ...], float] = {}
        for place in self.places(list(zip(over, inside.tolist(), strict=True))):
            grids, area = over[place[0]], math.fsum(self.area_m2[place])
            if not grids and inside[place[0]]:
                found.append(("gap", self.named(self.around(place)), area))
            if grids and not inside[place[0]]:
                found.append(("spill", self.named(grids), area))
            if grids in same:
                doubled[grids] = doubled.get(grids, 0.0) + area
            elif len(grids) > 1:
                found.append(("overlap", self.named(grids), area))
        found += [("duplicate", self.named(grids), area) for grids, area in doubled.items()]
        return sorted(found)

    def around(self, place: list[int]) -> tuple[int, ...]:
        """Return the grids across an edge of any of the cells."""
        near = sorted({cell for here in place for cell in self.beside(here)} - set(place))
        return tuple(np.flatnonzero(self.owners[:, near].any(axis=1)).tolist())

    def copies(self) -> set[tuple[int, ...]]:
        """Return the sets of two or more grids with the same cells."""
        alike: dict[bytes, list[int]] = {}
        for number, cells in enumerate(self.owners):
            alike.setdefault(cells.tobytes(), []).append(number)
        return {tuple(grids) for grids in alike.values() if len(grids) > 1}

    def named(self, grids: tuple[int, ...]) -> tuple[str, ...]:
        """Return the codes of grids, in their order."""
        return tuple(sorted(self.codes[number] for number in grids))


@lru_cache(maxsize=8)
def _rule(count: int) -> tuple[Any, Any]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1.0) / 2.0, weights / 2.0


@lru_cache(maxsize=8)
def _way(crs: str) -> tuple[Any, float, float]:
    system = pyproj.CRS(crs)
    ellipsoid = system.get_geod()
    way = None
    if not system.is_geographic:
        way = pyproj.Transformer.from_crs(system, system.geodetic_crs, always_xy=True)
    return way, float(ellipsoid.a), float(ellipsoid.es)


def true_area_m2(shape: Any, crs: str) -> float:
    """Return the area on the ellipsoid by quadrature, edges straight in the CRS.

    The area of the ellipsoid under each edge, down to the first vertex of its ring, is
    integrated by Gauss's rule of ten points both ways; edges of a projection in 64 pieces.
    """
    way, axis_m, e2 = _way(crs)
    nodes, weights = _rule(10)

    def density(lat: Any) -> Any:
        return axis_m**2 * (1.0 - e2) * np.cos(lat) / (1.0 - e2 * np.sin(lat) ** 2) ** 2

    total = []
    for part in shapely.get_parts(shape):
        for number, ring in enumerate(shapely.get_rings(part)):
            points = shapely.get_coordinates(ring)
            if way is not None:
                share = np.linspace(0.0, 1.0, 64, endpoint=False)[:, None]
                pieces = points[:-1, None] + share * np.diff(points, axis=0)[:, None]
                pieces = np.concatenate([pieces.reshape(-1, 2), points[:1]])
                points = np.column_stack(way.transform(pieces[:, 0], pieces[:, 1]))
            lon, lat = np.radians(points - points[0]).T
            rise = lat[:-1, None] + np.diff(lat)[:, None] * nodes
            base = math.radians(points[0, 1])
            under = rise * (density(base + rise[..., None] * nodes) @ weights)
            size = abs(math.fsum(np.diff(lon) * (under @ weights)))
            total.append(-size if number else size)
    return math.fsum(total)


def wiggly_cells(columns: int, rows: int, seed: int, *, is_straight: bool) -> list[Any]:
    """Return the rings of cells whose borders bend; whole, even numbers, shared vertices.

    Corners move by up to 16 of 128 and borders bend by up to 10 at one or two
    points, so that no two borders of a cell can meet but at their end.
    """
    rng = np.random.default_rng(seed)
    reach = 0 if is_straight else 8
    x, y = np.meshgrid(np.arange(columns + 1), np.arange(rows + 1))
    corners = 64 * np.dstack([x, y]) + rng.integers(-reach, reach + 1, (rows + 1, columns + 1, 2))

    def border(start: Any, end: Any) -> Any:
        count = 0 if is_straight else int(rng.integers(3))
        if not count:
            return start[None]
        along = end - start
        across = np.array([-along[1], along[0]]) / np.hypot(*along)
        share = np.arange(1, count + 1)[:, None] / (count + 1)
        bent = start + share * along + rng.integers(-5, 6, (count, 1)) * across
        return np.concatenate([start[None], np.rint(bent).astype(int)])

    east = [[border(corners[r, c], corners[r, c + 1]) for c in range(columns)]
            for r in range(rows + 1)]  # fmt: skip
    north = [[border(corners[r, c], corners[r + 1, c]) for c in range(columns + 1)]
             for r in range(rows)]  # fmt: skip

    def back(line: Any, end: Any) -> Any:
        return np.concatenate([end[None], line[:0:-1]])

    return [
        2.0 * np.concatenate([
            east[r][c], north[r][c + 1],
            back(east[r + 1][c], corners[r + 1, c + 1]), back(north[r][c], corners[r + 1, c]),
        ])
        for r in range(rows)
        for c in range(columns)
    ]  # fmt: skip


def _labels(draw: st.DrawFn, columns: int, rows: int) -> npt.NDArray[np.int64]:
    """Draw which grid each cell belongs to, −1 for none (it lies outside the region)."""
    count = columns * rows
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    rings = np.minimum(np.minimum(x, columns - 1 - x), np.minimum(y, rows - 1 - y)).ravel()
    pattern = draw(st.sampled_from(["any", "islands", "rings", "board", "own", "blobs"]))
    if pattern == "rings":
        return rings
    if pattern == "board":
        return ((x + y) % 2).ravel()
    if pattern == "own":
        return np.arange(count)
    if pattern == "blobs":
        centres = draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=5, unique=True))
        far = [(x.ravel() - at % columns) ** 2 + (y.ravel() - at // columns) ** 2 for at in centres]
        return np.argmin(far, axis=0)
    drawn = st.lists(st.integers(_NONE, 3), min_size=count, max_size=count)
    labels = np.array(draw(drawn), dtype=np.int64)
    return np.where(rings == 0, 0, labels) if pattern == "islands" else labels


@st.composite
def seamless(draw: st.DrawFn, *, largest: int = 5, places: tuple[Place, ...] = PLACES) -> Sheet:
    """Draw grids that fill their region exactly once."""
    sizes = st.sampled_from([size for size in (1, 2, 3, 3, 4, 4, 5) if size <= largest])
    columns, rows = draw(sizes), draw(sizes)
    labels = _labels(draw, columns, rows)
    if (labels == _NONE).all():
        labels[0] = 0
    place = draw(st.sampled_from(places))
    drawn = wiggly_cells(
        columns, rows, draw(st.integers(0, 2**16)), is_straight=draw(st.booleans())
    )
    cells = np.array([shapely.Polygon(place.move(ring)) for ring in drawn], dtype=object)
    names = np.unique(labels[labels != _NONE])
    return Sheet(columns, rows, cells, labels == names[:, None], labels != _NONE, place)


def planted(draw: st.DrawFn, sheet: Sheet, *, most: int = 4) -> Sheet:
    """Draw grids copied, left out, and given or deprived of cells."""
    owners, inside = sheet.owners.copy(), sheet.inside.copy()
    for _ in range(draw(st.integers(1, most))):
        grid = draw(st.integers(0, len(owners) - 1))
        what = draw(st.sampled_from(["flip", "flip", "flip", "copy", "drop", "region"]))
        cell = draw(st.integers(0, len(inside) - 1))
        if what == "flip":
            owners[grid, cell] ^= True
        elif what == "copy":
            owners = np.concatenate([owners, owners[grid : grid + 1]])
        elif what == "region":
            inside[cell] ^= True
        elif len(owners) > 1:
            owners = np.delete(owners, grid, axis=0)
    owners = owners[owners.any(axis=1)]
    if not len(owners) or not inside.any():
        return sheet
    return replace(sheet, owners=owners, inside=inside)


@st.composite
def defective(draw: st.DrawFn, *, largest: int = 5, places: tuple[Place, ...] = PLACES) -> Sheet:
    """Draw grids that mostly fill their region, with overlaps, gaps, spill and copies."""
    return planted(draw, draw(seamless(largest=largest, places=places)))


@st.composite
def chaotic(draw: st.DrawFn) -> Sheet:
    """Draw grids that have nothing to do with each other but the borders of the cells."""
    sheet = draw(seamless(largest=3))
    count = len(sheet.cells)
    some = st.lists(st.booleans(), min_size=count, max_size=count).filter(any)
    grids = draw(st.lists(some, min_size=1, max_size=5))
    return replace(sheet, owners=np.array(grids), inside=np.array(draw(some)))


@dataclass(frozen=True)
class Nudged:
    """A sheet whose grids were changed at single vertices.

    Attributes
    ----------
    sheet
        The seamless sheet.
    shapes
        (g,) the grids after the change.
    touched
        Numbers of the grids that were changed.
    """

    sheet: Sheet
    shapes: npt.NDArray[np.object_]
    touched: frozenset[int]

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """The changed grids, one row each."""
        columns = {"code": self.sheet.codes}
        return gpd.GeoDataFrame(columns, geometry=list(self.shapes), crs=self.sheet.place.crs)


@st.composite
def nudged(
    draw: st.DrawFn, *, places: tuple[Place, ...] = PLACES, is_whole: bool = False
) -> Nudged:
    """Draw a seamless sheet and move a few vertices of single grids, which stay valid.

    They move by whole numbers of the sheet, or also by less, down to rounding.
    """
    size = 1.0 if is_whole else draw(st.sampled_from([1.0, 1.0, 1e-2, 1e-4, 1e-7, 1e-9]))
    sheet = draw(seamless(largest=3, places=places))
    shapes = np.asarray(sheet.frame.geometry).copy()
    step = st.integers(-12, 12)
    touched = set()
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(shapes) - 1))
        points = shapely.get_coordinates(shapes[number])
        vertex = points[draw(st.integers(0, len(points) - 1))]
        there = size * np.array([[0.0, 0.0], [draw(step), draw(step)]])
        moved = vertex + np.diff(sheet.place.move(there), axis=0)[0]
        is_here = (points == vertex).all(axis=1)
        shape = shapely.set_coordinates(shapes[number], np.where(is_here[:, None], moved, points))
        if shapely.is_valid(shape):
            shapes[number] = shape
            touched.add(number)
    return Nudged(sheet, shapes, frozenset(touched))


@st.composite
def unmatched(draw: st.DrawFn) -> tuple[Nudged, set[Any]]:
    """Draw a seamless sheet and corners on straight edges that one grid has, its neighbour not."""
    sheet = draw(seamless(largest=3))
    shapes = np.asarray(sheet.frame.geometry).copy()
    corners, touched = set(), set()
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(shapes) - 1))
        parts = [list(shapely.get_rings(part)) for part in shapely.get_parts(shapes[number])]
        rings = parts[draw(st.integers(0, len(parts) - 1))]
        which = draw(st.integers(0, len(rings) - 1))
        points = shapely.get_coordinates(rings[which])
        at = draw(st.integers(0, len(points) - 2))
        corner = 0.5 * (points[at] + points[at + 1])
        rings[which] = shapely.linearrings(np.insert(points, at + 1, corner, axis=0))
        drawn = [shapely.Polygon(shell, holes) for shell, *holes in parts]
        shapes[number] = drawn[0] if len(drawn) == 1 else shapely.multipolygons(drawn)
        corners ^= {tuple(corner.tolist())}  # the neighbour's own corner matches the first one
        touched.add(number)
    return Nudged(sheet, shapes, frozenset(touched)), corners


def redrawn(shape: Any, seed: int) -> Any:
    """Return a polygon with parts and holes in another order, rings begun elsewhere and turned."""
    rng = np.random.default_rng(seed)

    def ring(given: Any) -> Any:
        points = np.roll(shapely.get_coordinates(given)[:-1], rng.integers(100), axis=0)
        return points[::-1] if rng.integers(2) else points

    parts = []
    for part in rng.permutation(shapely.get_parts(shape)):
        shell, *holes = shapely.get_rings(part)
        parts.append(shapely.Polygon(ring(shell), [ring(hole) for hole in rng.permutation(holes)]))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


@dataclass(frozen=True)
class Levels:
    """Two levels that fill the same region, and which grid belongs to which.

    Attributes
    ----------
    upper, lower
        The same sheet divided twice.
    parent
        (g,) number of the upper grid that each lower one names as its parent.
    """

    upper: Sheet
    lower: Sheet
    parent: list[int]

    @cached_property
    def frame(self) -> gpd.GeoDataFrame:
        """Both levels, with columns code, parent and level."""
        over, under = len(self.upper.owners), len(self.lower.owners)
        columns = {
            "code": [f"P{number:02d}" for number in range(over)] + self.lower.codes,
            "parent": [""] * over + [f"P{number:02d}" for number in self.parent],
            "level": [2] * over + [3] * under,
        }
        shapes = [*self.upper.frame.geometry, *self.lower.frame.geometry]
        return gpd.GeoDataFrame(columns, geometry=shapes, crs=self.upper.place.crs)

    def expected(self) -> list[Row]:
        """Return the rows of kind nesting that a check should have."""
        child = np.argmax(self.lower.owners, axis=0)
        above = np.argmax(self.upper.owners, axis=0)
        found: list[Row] = []
        both = [
            (int(c), int(p), bool(i))
            for c, p, i in zip(child, above, self.lower.inside, strict=True)
        ]
        for place in self.lower.places(both):
            c, p, is_inside = both[place[0]]
            if is_inside and self.parent[c] != p:
                names = {f"P{p:02d}", f"P{self.parent[c]:02d}", self.lower.codes[c]}
                area = math.fsum(self.lower.area_m2[place])
                found.append(("nesting", tuple(sorted(names)), area))
        return sorted(found)


@st.composite
def levels(draw: st.DrawFn, *, is_nested: bool = False) -> Levels:
    """Draw two levels; children belong where they lie, or some elsewhere."""
    lower = draw(seamless(largest=4))
    grids = len(lower.owners)
    highest = draw(st.integers(0, min(grids, 4) - 1))
    parent = draw(st.lists(st.integers(0, highest), min_size=grids, max_size=grids))
    parent = np.unique(parent, return_inverse=True)[1].tolist()
    names = np.arange(max(parent) + 1)
    above = np.array(parent)[np.argmax(lower.owners, axis=0)]
    if not is_nested:
        kind = draw(st.sampled_from(["swap", "line"]))
        cells = draw(st.permutations(range(len(above))))
        if kind == "line":  # one cell changes sides on the upper level alone
            above[cells[0]] = draw(st.sampled_from(names.tolist()))
        else:
            one, other = draw(st.integers(0, grids - 1)), draw(st.integers(0, grids - 1))
            parent[one], parent[other] = parent[other], parent[one]
    owners = (above == names[:, None]) & lower.inside
    if not owners.any(axis=1).all():  # a parent without any cell
        owners = np.array(parent)[np.argmax(lower.owners, axis=0)] == names[:, None]
        owners &= lower.inside
    return Levels(replace(lower, owners=owners), lower, parent)
