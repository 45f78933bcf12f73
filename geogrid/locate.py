"""Which grid a point is in: exactly one answer, on shared borders and corners too.

The rule is as if every point were moved by (+ε, +ε²), a little east and far less north:
a border point belongs to the grid east of it, on a horizontal border to the grid north of
it. A point that so leaves the layer, on its outer border, belongs to the first touching
grid counter-clockwise from just north of east. Where grids overlap the lowest code wins.

Many points are answered by compiled kernels from a raster of the layer (`_raster`): nearly all
in one load, the others from the few edges near them. Few points in a small layer, overlaps and
invalid polygons go through the plain rule (`_plain`), which needs no compiler. Both decide with
exact arithmetic, so neither rounding nor the order of the grids can leave a border point out or
give it twice.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid._nearest import Borders
from geogrid._overlaps import has_overlaps
from geogrid._plain import PlainIndex, part_bounds
from geogrid._raster import CACHE_BYTES, UNSETTLED, Raster
from geogrid._scalar import find_one
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.rings import COMPILED_FROM, COMPILED_UP_TO, Rings, are_valid, polygon_rings

__all__ = ["GridIndex", "build_index", "count_holders", "locate", "nearest_boundary"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]


_POLE_DEG = 90.0
_FEW = 2_000
"""Fewer points than this do not wait for the compiler's library to load."""
_ALONE = 100
"""Fewer points than this do not wait for the compiler where its library is loaded."""


@dataclass(frozen=True, eq=False)
class GridIndex:
    """Grids ready for :func:`locate`; made by :func:`build_index`, picklable, arrays only.

    Attributes
    ----------
    size : number of grids
    order : (size,) positions of the grids, the lowest code first: the order of precedence
    rings : rings of the (p,) parts of all grids; those of a part in succession, shell first
    owner : (p,) position of the grid of each part
    is_valid : (p,) whether each part is a valid polygon
    """

    size: int
    order: Integers
    rings: Rings
    owner: Integers
    is_valid: npt.NDArray[np.bool_]

    @cached_property
    def rank(self) -> Integers:
        """(size,) place of each grid in `order`."""
        rank = np.empty(self.size, np.int64)
        rank[self.order] = np.arange(self.size)
        return rank

    @cached_property
    def bounds(self) -> Floats:
        """(p, 4) west, south, east, north of each part, NaN where it has no rings."""
        return part_bounds(self.rings, len(self.owner))

    @cached_property
    def raster(self) -> Raster | None:
        """Cells for many points; None where the plain rule serves all of them."""
        from geogrid._raster_build import build_raster  # noqa: PLC0415 - loads the compiler

        raster = build_raster(self.rings, self.owner, self.is_valid, self.bounds)
        if raster is not None and raster.nbytes > CACHE_BYTES:
            from geogrid._cell_kernels import make_ready  # noqa: PLC0415 - for so much, at once

            make_ready(raster, *self.rings.coordinates[:1].T)
        return raster

    @cached_property
    def plain(self) -> PlainIndex:
        """What the plain rule needs, built when it is first asked."""
        return PlainIndex(self.rings, self.owner, self.bounds)

    @cached_property
    def has_overlaps(self) -> bool:
        """Whether two grids overlap anywhere, so that the lowest code decides there.

        :func:`count_holders` says it of points, :func:`geogrid.check_coverage` measures it.
        """
        return has_overlaps(self.rings, self.owner, self.is_valid)

    @cached_property
    def borders(self) -> Borders:
        """The borders, to measure how far they are."""
        return Borders(self.rings, self.owner)


def build_index(
    grids: gpd.GeoDataFrame | Sequence[object] | Objects,
    codes: Sequence[str] | Sequence[int] | None = None,
) -> GridIndex:
    """Index the grids of one level for :func:`locate`.

    Parameters
    ----------
    grids : (n,) (Multi)Polygons as a GeoDataFrame, GeoSeries or array, in any CRS; missing
        and empty ones, and those with coordinates that are not finite, contain nothing
    codes : (n,) codes that settle overlaps, the lowest wins, whole numbers by value and others
        as texts; by default the column ``code`` of a GeoDataFrame, else grids are ordered by
        their smallest vertex

    Returns
    -------
    GridIndex

    Raises
    ------
    InputError
        There are not as many codes as grids, or a geometry is not a polygon.

    Examples
    --------
    >>> index = build_index([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> locate(index, [0.5, 1.0, 2.0, 3.0], [0.5, 0.5, 1.0, 0.5]).tolist()
    [0, 1, 1, -1]
    """
    codes = precedence_codes(grids, codes)
    series = grids.geometry if isinstance(grids, gpd.GeoDataFrame) else grids
    shapes = np.atleast_1d(np.asarray(series, dtype=object))
    if codes is not None and len(codes) != len(shapes):
        raise InputError(
            _("There are {codes} codes for {grids} grids."), codes=len(codes), grids=len(shapes)
        )
    wrong = np.flatnonzero(~_are_polygons(shapes))
    if wrong.size:
        raise InputError(_("Row {row} is not a polygon."), row=int(wrong[0]) + 1)
    shapes = shapely.force_2d(shapes) if shapely.has_z(shapes).any() else shapes
    parts, owner, rings = _finite_parts(shapes)
    order = _precedence(shapes, codes, rings, owner)
    index = GridIndex(len(shapes), order, rings, owner, are_valid(parts, rings))
    del parts, codes  # a raster takes memory enough
    if COMPILED_FROM <= len(rings.coordinates) < COMPILED_UP_TO:
        index.raster  # noqa: B018 - built now, not at the first question
    return index


def precedence_codes(
    grids: gpd.GeoDataFrame | Sequence[object] | Objects,
    codes: Sequence[str] | Sequence[int] | None,
) -> list[str] | list[int] | None:
    """Return the codes that settle overlaps: numbers, else texts; None where there are none."""
    if codes is None and isinstance(grids, gpd.GeoDataFrame) and "code" in grids.columns:
        codes = _codes(grids["code"])
    if codes is None:
        return None
    are_numbers = all(isinstance(code, int | np.integer) for code in codes)
    return [int(code) for code in codes] if are_numbers else list(map(str, codes))


def _codes(column: pd.Series) -> list[str] | list[int]:
    """Return the codes of a column: numbers where it is one of numbers, else texts."""
    is_number = column.dtype.kind in "iu" and not column.hasnans
    return column.tolist() if is_number else list(map(str, column.to_numpy(dtype=object)))


def _are_polygons(shapes: Objects) -> npt.NDArray[np.bool_]:
    """Return which are (Multi)Polygons, empty, or missing."""
    is_known = shapely.is_geometry(shapes) | shapely.is_missing(shapes)
    known = np.where(is_known, shapes, shapely.Point(0, 0))
    return np.isin(shapely.get_type_id(known), (-1, 3, 6)) | shapely.is_empty(known)


def _finite_parts(shapes: Objects) -> tuple[Objects, Integers, Rings]:
    """Return the parts of all grids whose coordinates are numbers, their grids, their rings."""
    parts, owner = _parts(shapes)
    is_used = ~shapely.is_empty(parts)
    parts, owner = parts[is_used], owner[is_used]
    rings = polygon_rings(parts)
    bad = owner[rings.polygon[~rings.is_finite]]
    if len(bad):
        is_used = ~np.isin(owner, bad)
        parts, owner = parts[is_used], owner[is_used]
        rings = polygon_rings(parts)
    return parts, owner, rings


def _parts(shapes: Objects) -> tuple[Objects, Integers]:
    """Return the polygons of all grids, without copies of those that are one, and their grids."""
    count = np.where(shapely.is_missing(shapes), 0, shapely.get_num_geometries(shapes))
    is_single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    owner = np.repeat(np.arange(len(shapes)), count)
    parts = shapes[owner]
    parts[~is_single[owner]] = shapely.get_parts(shapes[~is_single])
    return parts, owner


def _precedence(
    shapes: Objects, codes: list[str] | list[int] | None, rings: Rings, owner: Integers
) -> Integers:
    """Order grids by code, else by smallest vertex, else by the whole shape: never by position."""
    ranked: list[Any] = [0] * len(shapes) if codes is None else codes
    order = sorted(range(len(ranked)), key=ranked.__getitem__)
    if all(ranked[one] != ranked[other] for one, other in pairwise(order)):
        return np.array(order, np.int64)
    smallest = np.full((len(shapes), 2), np.inf)
    if len(owner):
        grid = owner[rings.polygon]
        starts = np.flatnonzero(np.diff(grid, prepend=-1))
        steps = (np.cumsum(rings.stop - rings.first) - (rings.stop - rings.first))[starts]
        x, y = rings.coordinates.T
        west = np.minimum.reduceat(x, steps)
        is_west = x == np.repeat(west, np.diff(np.append(steps, len(x))))
        smallest[grid[starts], 0] = west
        smallest[grid[starts], 1] = np.minimum.reduceat(np.where(is_west, y, np.inf), steps)
    keys = list(zip(ranked, *smallest.T.tolist(), strict=True))
    often = {key for key, count in Counter(keys).items() if count > 1}
    tied = [at for at, key in enumerate(keys) if key in often and key[1] < np.inf]
    whole = dict(
        zip(tied, shapely.to_wkb(shapely.normalize(shapes[tied]), byte_order=1), strict=True)
    )
    full = [(*key, whole.get(at) or b"") for at, key in enumerate(keys)]
    return np.array(sorted(range(len(full)), key=full.__getitem__), np.int64)


def locate(index: GridIndex, x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """Return the one grid of each point.

    Parameters
    ----------
    index : from :func:`build_index`
    x, y : array_like (n,) in the CRS of the grids, longitude first; or two numbers

    Returns
    -------
    (n,) positions into the grids, −1 for points outside all of them, NaN and infinity. The
    answer does not depend on the order of the grids nor on the other points.

    Raises
    ------
    InputError
        They are no numbers, or not as many x as y.
    """
    if type(x) is float and type(y) is float and (raster := vars(index).get("raster")) is not None:
        alone = find_one(raster, x, y)
        if alone != UNSETTLED:
            return np.array([alone], np.int32)
    px, py = _points(x, y)
    raster = _raster_for(index, len(px))
    if raster is None:
        return index.plain.find(index.order, index.rank, px, py)
    found = _find(raster, px, py)
    left = np.flatnonzero(found == UNSETTLED)
    if len(left):
        found[left] = index.plain.find(index.order, index.rank, px[left], py[left])
    return found


def count_holders(index: GridIndex, x: npt.ArrayLike, y: npt.ArrayLike) -> npt.NDArray[np.int32]:
    """Return how many grids claim each point: more than one where they overlap.

    Parameters
    ----------
    index : from :func:`build_index`
    x, y : array_like (n,) in the CRS of the grids

    Returns
    -------
    (n,) 0 outside, else 1 in a sound layer. Where it is more, :func:`locate` gives the grid
    with the lowest code.

    Examples
    --------
    >>> index = build_index([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> count_holders(index, [0.5, 1.5, 3.5], 0.5).tolist()
    [1, 2, 0]
    """
    px, py = _points(x, y)
    raster = _raster_for(index, len(px))
    found = locate(index, px, py) if raster is None else _find(raster, px, py)
    holders = (found >= 0).astype(np.int32)
    left = np.flatnonzero(found >= 0 if raster is None else found == UNSETTLED)
    claimed = locate(index, px[left], py[left]) >= 0  # on the outer border: by none once moved
    holders[left] = np.maximum(index.plain.count(px[left], py[left]), claimed)
    return holders


def _raster_for(index: GridIndex, points: int) -> Raster | None:
    """Return the raster where there is one, or where so many points are worth building it."""
    enough = _FEW if _has_kernels() else COMPILED_FROM
    return index.raster if points >= enough or "raster" in vars(index) else None


def _has_kernels() -> bool:
    return "geogrid._cell_kernels" in sys.modules


def _is_waited_for(points: int) -> bool:
    """Return whether so many points are worth loading the compiler, or waiting for it."""
    if not _has_kernels():
        return points >= _FEW
    from geogrid import _cell_kernels  # noqa: PLC0415 - loaded already

    return points >= _ALONE or bool(getattr(_cell_kernels._find, "overloads", True))


def _find(raster: Raster, x: Floats, y: Floats) -> npt.NDArray[np.int32]:
    if not _is_waited_for(len(x)):
        places = zip(x.tolist(), y.tolist(), strict=True)
        return np.array([find_one(raster, *place) for place in places], np.int32)
    from geogrid._cell_kernels import find  # noqa: PLC0415 - loads the compiler

    return find(raster, x, y)


def _points(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    try:
        px, py = np.broadcast_arrays(
            np.atleast_1d(np.asarray(x, np.float64)), np.atleast_1d(np.asarray(y, np.float64))
        )
    except (TypeError, ValueError):
        px = py = np.empty((0, 0))
    if px.ndim != 1:
        raise InputError(_("x and y must be two numbers, or two lists of as many numbers."))
    return np.ascontiguousarray(px), np.ascontiguousarray(py)


def nearest_boundary(
    index: GridIndex,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    own: npt.NDArray[np.int32] | None = None,
) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Return how far the nearest border of a grid is, and the grid across it.

    Parameters
    ----------
    index : of a layer in longitude and latitude
    x, y : array_like (n,) degrees
    own : (n,) what :func:`locate` returns for these points, where it is known already

    Returns
    -------
    distance_m : (n,) metres on the WGS 84 ellipsoid, true to 1 in 1,000 up to 6,000 km; NaN for
        points that are nowhere on earth
    neighbour : (n,) position of the grid across the border, −1 for the outside; for a point
        outside all grids the nearest grid. Of several, within a centimetre, the first in
        `index.order`. Neither depends on the other points.

    Raises
    ------
    InputError
        The grids are not in degrees, or x and y are no points.
    """
    px, py = _points(x, y)
    if len(index.bounds) and not (np.abs(index.bounds[:, 1::2]) <= _POLE_DEG).any():
        raise InputError(_("Distances to borders need grids in longitude and latitude."))
    own = locate(index, px, py) if own is None else own
    return index.borders.look_up(px, py, own, index.rank)
