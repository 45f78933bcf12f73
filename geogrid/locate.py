"""Which grid a point is in: exactly one answer, on shared borders and corners too.

The rule is as if every point were moved by (+ε, +ε²), a little east and far less north:
a border point belongs to the grid east of it, on a horizontal border to the grid north of
it. A point that so leaves the layer, on its outer border, belongs to the first touching
grid counter-clockwise from just north of east. Where grids overlap the lowest code wins.

A tree of the grids' bounds gives candidates; edges then decide with exact arithmetic, so
that neither rounding nor the order of the grids can leave a border point out or give it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geogrid._nearest import NearestEdges, build_nearest
from geogrid._tie_rule import PartEdges, build_edges, examine, first_touching
from geogrid.errors import InputError
from geogrid.i18n import mark as _

__all__ = ["GridIndex", "build_index", "locate", "nearest_boundary"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class GridIndex:
    """Grids ready for :func:`locate`; made by :func:`build_index`, picklable.

    Attributes
    ----------
    size : number of grids
    order : (size,) positions of the grids, the lowest code first: the order of precedence
    parts : (p,) polygons, the parts of all grids
    owner : (p,) position of the grid of each part
    edges : the borders of the parts, for the exact rule
    """

    size: int
    order: Integers
    parts: npt.NDArray[np.object_]
    owner: Integers
    edges: PartEdges

    @cached_property
    def rank(self) -> Integers:
        """(size,) place of each grid in `order`."""
        rank = np.empty(self.size, np.int64)
        rank[self.order] = np.arange(self.size)
        return rank

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Tree of `parts`."""
        return shapely.STRtree(self.parts)

    @cached_property
    def nearest(self) -> NearestEdges:
        """Tree of the borders, built when a distance is first asked."""
        return build_nearest(self.edges, self.owner)


def build_index(
    grids: gpd.GeoDataFrame | Sequence[object] | npt.NDArray[np.object_],
    codes: Sequence[str] | None = None,
) -> GridIndex:
    """Index the grids of one level for :func:`locate`.

    Parameters
    ----------
    grids : (n,) (Multi)Polygons as a GeoDataFrame, GeoSeries or array, in any CRS; missing
        and empty ones, and those with coordinates that are not finite, contain nothing
    codes : (n,) codes that settle overlaps, the lowest wins; by default the column ``code``
        of a GeoDataFrame, else grids are ordered by their smallest vertex

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
    if codes is None and isinstance(grids, gpd.GeoDataFrame) and "code" in grids.columns:
        codes = [str(code) for code in grids["code"]]
    series = grids.geometry if isinstance(grids, gpd.GeoDataFrame) else grids
    shapes = shapely.force_2d(np.atleast_1d(np.asarray(series, dtype=object)))
    if codes is not None and len(codes) != len(shapes):
        raise InputError(
            _("There are {codes} codes for {grids} grids."), codes=len(codes), grids=len(shapes)
        )
    kinds = shapely.get_type_id(shapes)
    wrong = np.flatnonzero(~np.isin(kinds, (-1, 3, 6)) & ~shapely.is_empty(shapes))
    if wrong.size:
        raise InputError(_("Row {row} is not a polygon."), row=int(wrong[0]) + 1)
    shapes[~_is_finite(shapes)] = None
    parts, owner = shapely.get_parts(shapes, return_index=True)
    is_filled = ~shapely.is_empty(parts)
    parts, owner = parts[is_filled], owner[is_filled].astype(np.int64)
    return GridIndex(len(shapes), _precedence(shapes, codes), parts, owner, build_edges(parts))


def _is_finite(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    bad = owner[~np.isfinite(coordinates).all(axis=1)]
    return np.asarray(np.bincount(bad, minlength=len(shapes)) == 0)


def _precedence(shapes: npt.NDArray[np.object_], codes: Sequence[str] | None) -> Integers:
    """Order grids by code, else by smallest vertex, else by the whole shape: never by position."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    by_vertex = np.lexsort((coordinates[:, 1], coordinates[:, 0], owner))
    first = by_vertex[np.searchsorted(owner, np.unique(owner))]
    smallest = np.full((len(shapes), 2), np.inf)
    smallest[owner[first]] = coordinates[first]
    texts = [""] * len(shapes) if codes is None else list(codes)
    keys = list(zip(texts, *smallest.T.tolist(), strict=True))
    whole = [b""] * len(shapes)
    if len(set(keys)) < len(keys):
        whole = shapely.to_wkb(shapely.normalize(shapes), byte_order=1).tolist()
    full = [(*key, shape or b"") for key, shape in zip(keys, whole, strict=True)]
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
    """
    px, py = _points(x, y)
    found = np.full(len(px), -1, np.int32)
    usable = np.flatnonzero(np.isfinite(px) & np.isfinite(py))
    if not usable.size or not len(index.parts):
        return found
    points = shapely.points(px[usable], py[usable])
    point, part = index.tree.query(points)
    point = usable[point]
    holds, touches = examine(index.edges, part, px[point], py[point])
    rank = np.full(len(px), index.size, np.int64)
    np.minimum.at(rank, point[holds], index.rank[index.owner[part[holds]]])
    left = touches & (rank[point] == index.size)
    _settle_outer(index, rank, point[left], part[left], (px, py))
    return np.append(index.order, -1)[rank].astype(np.int32)


def _settle_outer(
    index: GridIndex, rank: Integers, point: Integers, part: Integers, at: tuple[Floats, Floats]
) -> None:
    """Give points on the outer border the first grid they touch, in place in `rank`."""
    order = np.argsort(point, kind="stable")
    point, part = point[order], part[order]
    precedence = index.rank[index.owner[part]]
    outer, first, count = np.unique(point, return_index=True, return_counts=True)
    rank[outer] = precedence[first]
    for where in np.flatnonzero(count > 1):
        some = slice(first[where], first[where] + count[where])
        x, y = (float(axis[outer[where]]) for axis in at)
        chosen = first_touching(index.edges, part[some], precedence[some], x, y)
        rank[outer[where]] = index.rank[index.owner[chosen]]


def _points(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
    px, py = np.broadcast_arrays(
        np.atleast_1d(np.asarray(x, np.float64)), np.atleast_1d(np.asarray(y, np.float64))
    )
    return np.ascontiguousarray(px), np.ascontiguousarray(py)


def nearest_boundary(
    index: GridIndex, x: npt.ArrayLike, y: npt.ArrayLike
) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Return how far the nearest border of a grid is, and the grid across it.

    Parameters
    ----------
    index : of a layer in longitude and latitude
    x, y : array_like (n,) degrees

    Returns
    -------
    distance_m : (n,) metres on the WGS 84 ellipsoid; NaN for points that are not finite
    neighbour : (n,) position of the grid across the border, −1 for the outside; for a point
        outside all grids the nearest grid
    """
    px, py = _points(x, y)
    return index.nearest.look_up(px, py, locate(index, px, py), index.rank)
