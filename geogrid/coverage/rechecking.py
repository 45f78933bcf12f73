"""Check again after an edit, at the cost of what the edit touches and not of the plan.

An edit changes the edges of the grids that it changes and no others. Whoever else has one of
these edges lies within their bounds, so the sum of these edges over the grids and the border
near there is their sum over the whole plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.inputs import read_input
from geogrid.coverage.tiers import check_tier
from geogrid.coverage.validity import (
    refuse_beyond_poles,
    require_finite,
    rows_beyond_poles,
    wide_steps,
)
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.rings import are_valid, polygon_rings
from geogrid.topology import Edges, Floats, Integers, Weights, distinct_vertices, ring_edges

__all__ = ["CoverageState", "coverage_state", "recheck"]

Edge = tuple[float, float, float, float]


@dataclass(frozen=True)
class CoverageState:
    """What is known of the coverage of one level, to be checked again after edits.

    Attributes
    ----------
    codes
        Of the grids, in the order of the frame.
    crs
        Of all coordinates.
    leftover
        Edges that do not sum to zero (x and y of the lower end, then of the upper one) and
        how many more grids lie to their left than to their right.
    broken
        Positions of grids that are invalid.
    is_region_sound
        Whether the region is valid.
    """

    codes: tuple[str, ...]
    crs: pyproj.CRS
    leftover: Mapping[Edge, int]
    broken: frozenset[int]
    is_region_sound: bool
    _polygons: Geometries
    _changed: Mapping[int, shapely.Geometry]
    _tree: shapely.STRtree
    _border: Floats
    _border_tree: shapely.STRtree

    @property
    def is_proven(self) -> bool:
        """Whether every point of the region lies in exactly one grid."""
        return not self.leftover and not self.broken and self.is_region_sound

    @cached_property
    def leftover_edges(self) -> gpd.GeoDataFrame:
        """The leftover edges as lines, with their weight."""
        ends = np.array(list(self.leftover), dtype=np.float64).reshape(-1, 2, 2)
        weight = pd.Series(list(self.leftover.values()), dtype="int64")
        return gpd.GeoDataFrame(
            {"weight": weight}, geometry=list(shapely.linestrings(ends)), crs=self.crs
        )

    def polygon(self, position: int) -> shapely.Geometry:
        """Return a grid as it is now."""
        return self._changed.get(position, self._polygons[position])


def coverage_state(grids: gpd.GeoDataFrame, region: object) -> CoverageState:
    """Check grids of one level and keep what later edits need.

    Parameters
    ----------
    grids : polygons with a CRS and, where there is one, a column code
    region : what they must fill, as for :func:`geogrid.check_coverage`

    Raises
    ------
    InputError, CrsError, FieldError
        As :func:`geogrid.check_coverage` does; and where grids of several levels are given.
    """
    given = read_input(grids, region, None, 0.0)
    if len(given.tree.levels) > 1:
        raise InputError(_("Grids of one level can be checked again after an edit, not several."))
    if given.region is None:
        raise InputError(_("Checking again after an edit needs the region that the grids fill."))
    rows = np.arange(len(given.polygons))
    tier = check_tier(None, rows, given.polygons, given.region, given.rings)
    edges, total = tier.signed.edges, tier.signed.total
    border = ring_edges(polygon_rings(np.array([given.region], dtype=object)))
    ends = np.stack([border.vertices[border.start], border.vertices[border.end]], axis=1)
    broken = frozenset(row for one in given.broken if one.kind == "invalid" for row in one.rows)
    sound = all(one.rows for one in given.broken if one.kind == "invalid")
    return CoverageState(
        codes=given.codes,
        crs=given.crs,
        leftover=_by_edge(edges.vertices, total.low, total.high, total.weight),
        broken=broken,
        is_region_sound=sound,
        _polygons=np.asarray(grids.geometry.array, dtype=object),
        _changed={},
        _tree=shapely.STRtree(given.polygons),
        _border=ends,
        _border_tree=shapely.STRtree(shapely.linestrings(ends)),
    )


def recheck(state: CoverageState, changed: Mapping[int, shapely.Geometry]) -> CoverageState:
    """Return the state after some grids got other polygons.

    Parameters
    ----------
    state : from :func:`coverage_state` or from an earlier call; it stays as it is
    changed : new polygon by position, in the CRS of the state

    Raises
    ------
    InputError
        A position is not one of the grids'.
    FieldError
        A coordinate is not a number.

    Examples
    --------
    >>> squares = shapely.box([0, 1], 0, [1, 2], 1)
    >>> grids = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=list(squares), crs="EPSG:4326")
    >>> state = coverage_state(grids, shapely.box(0, 0, 2, 1))
    >>> moved = recheck(state, {0: shapely.box(0, 0, 1.5, 1)})
    >>> state.is_proven, moved.is_proven, recheck(moved, {0: squares[0]}).is_proven
    (True, False, True)
    """
    rows = np.array(sorted(changed), dtype=np.int64)
    if len(rows) and (rows[0] < 0 or rows[-1] >= len(state.codes)):
        raise InputError(
            _("There is no grid {position}; there are {count}."),
            position=int(rows[-1] if rows[0] >= 0 else rows[0]),
            count=len(state.codes),
        )
    new = np.array([changed[row] for row in rows.tolist()], dtype=object)
    old = np.array([state.polygon(row) for row in rows.tolist()], dtype=object)
    broken = (state.broken - set(rows.tolist())) | _broken_rows(state, rows, new)
    after = replace(state, broken=broken, _changed={**state._changed, **changed})
    leftover = {**state.leftover}
    for edge, weight in _sums(after, old, new).items():
        if weight:
            leftover[edge] = weight
        else:
            leftover.pop(edge, None)
    return replace(after, leftover=leftover)


def _broken_rows(state: CoverageState, rows: Integers, polygons: Geometries) -> frozenset[int]:
    rings = polygon_rings(polygons)
    require_finite(polygons, [state.codes[row] for row in rows.tolist()], rings)
    is_broken = ~are_valid(polygons, rings)
    if state.crs.is_geographic:
        beyond = rows_beyond_poles(rings)
        refuse_beyond_poles(beyond, [state.codes[row] for row in rows.tolist()])
        is_broken |= wide_steps(rings, len(polygons))
    return frozenset(rows[is_broken].tolist())


def _sums(after: CoverageState, old: Geometries, new: Geometries) -> dict[Edge, int]:
    """Return the sum of every edge that a changed grid had or has, over the whole plan."""
    touched = np.concatenate([old, new])
    west, south, east, north = shapely.total_bounds(touched)
    if not np.isfinite(west):
        return {}
    place = shapely.box(west, south, east, north)
    moved = np.array(sorted(after._changed), dtype=np.int64)
    shapes = np.array([after._changed[row] for row in moved.tolist()], dtype=object)
    here = moved[shapely.intersects(shapely.envelope(shapes), place)]
    near = np.union1d(np.setdiff1d(after._tree.query(place), moved), here)
    present = np.array([after.polygon(row) for row in near.tolist()], dtype=object)
    grids = ring_edges(polygon_rings(present))
    own = ring_edges(polygon_rings(touched))
    border = after._border[after._border_tree.query(place)]
    ends = [*_ends(grids), border[:, 1], border[:, 0], *_ends(own)]
    vertices, vertex = distinct_vertices(np.concatenate(ends))
    count = np.cumsum([len(one) for one in ends])[:-1]
    grid_start, grid_end, border_start, border_end, own_start, own_end = np.split(vertex, count)
    start, end = np.append(grid_start, border_start), np.append(grid_end, border_end)
    size = len(vertices)
    wanted, key = (
        np.minimum(one, other) * size + np.maximum(one, other)
        for one, other in ((own_start, own_end), (start, end))
    )
    keys = np.unique(wanted)
    at = np.searchsorted(keys, key)
    is_wanted = keys[np.minimum(at, len(keys) - 1)] == key
    weight = np.where(start < end, 1, -1)[is_wanted]
    total = np.bincount(at[is_wanted], weight, len(keys)).astype(np.int64)
    return _by_edge(vertices, keys // size, keys % size, total)


def _ends(edges: Edges) -> tuple[Floats, Floats]:
    return edges.vertices[edges.start], edges.vertices[edges.end]


def _by_edge(
    vertices: Floats, low: Integers, high: Integers, weight: Integers | Weights
) -> dict[Edge, int]:
    ends = np.column_stack([vertices[low], vertices[high]]).tolist()
    return dict(zip(map(tuple, ends), weight.tolist(), strict=True))
