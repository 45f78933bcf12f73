"""Places of a draft that belong to no grid, and which of them are approved and why."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.coverage import check_coverage
from geogrid.redraw.arc import to_degrees, to_units
from geogrid.redraw.graph import Row

__all__ = ["Approved", "areas", "described_gaps", "gap_polygons", "read_approved", "rounded"]

Geometries = npt.NDArray[np.object_]
Approved = tuple[Geometries, list[str]]
"""Polygons that are approved, and the reason of each."""


def areas(given: object) -> Geometries:
    """Return what was given as geometries: one, an array or a frame of them."""
    if isinstance(given, shapely.Geometry):
        return np.array([given], dtype=object)
    return np.asarray(getattr(given, "geometry", given), dtype=object)


def rounded(shapes: Geometries) -> Geometries:
    """Return shapes with coordinates on the grid of 1e-9°."""

    def on_grid(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return to_degrees(to_units(points))

    return np.asarray(shapely.transform(shapes, on_grid), dtype=object)


def read_approved(given: object) -> Approved:
    """Return the parts of approved gaps, each with the reason in the column ``reason``."""
    shapes = np.zeros(0, dtype=object) if given is None else rounded(areas(given))
    reasons = [""] * len(shapes)
    if isinstance(given, pd.DataFrame) and "reason" in given:
        reasons = ["" if pd.isna(reason) else str(reason) for reason in given["reason"]]
    parts, of = shapely.get_parts(shapes, return_index=True)
    return np.asarray(parts, dtype=object), [reasons[each] for each in of.tolist()]


def gap_polygons(
    whole: Geometries | None, filled: shapely.Geometry, approved: Approved
) -> Geometries:
    """Return the gaps, those that were approved one by one as they were.

    Parameters
    ----------
    whole : what is to be filled; None where only approved gaps are known not to be
    filled : what the grids fill, proven
    approved : of :func:`read_approved`
    """
    if whole is None:
        return _fitting(filled, _apart(approved[0], filled))
    gaps = _parts(shapely.difference(shapely.union_all(whole), filled))
    one_by_one = _divided(gaps, approved[0])
    is_same = len(one_by_one) == len(gaps)
    return gaps if is_same or not _is_proven(filled, one_by_one) else one_by_one


def described_gaps(gaps: Geometries, approved: Approved) -> list[Row]:
    """Return of each gap whether it is approved, and the reasons."""
    shapes, reasons = approved
    is_approved = shapely.covers(shapely.union_all(shapes), gaps)
    tree = shapely.STRtree(shapes)
    found: list[Row] = []
    for gap, is_so in zip(gaps, is_approved.tolist(), strict=True):
        near = sorted(tree.query(gap).tolist()) if is_so else []
        inside = [each for each in near if shapely.relate_pattern(gap, shapes[each], "T********")]
        notes = dict.fromkeys(reasons[each] for each in inside if reasons[each])
        found.append({"is_approved": is_so, "note": "；".join(notes)})
    return found


def _parts(shape: shapely.Geometry) -> Geometries:
    parts = shapely.get_parts(shape)
    return np.asarray(parts[shapely.area(parts) > 0.0], dtype=object)


def _apart(shapes: Geometries, filled: shapely.Geometry) -> Geometries:
    """Return what of shapes no grid and no shape before it covers."""
    shapely.prepare(filled)
    found: list[Geometries] = [np.zeros(0, dtype=object)]
    for number, shape in enumerate(shapes):
        rest = shape
        for other in (filled, *shapes[:number]):
            if shapely.relate_pattern(rest, other, "T********"):
                rest = shapely.difference(rest, other)
        found.append(_parts(rest))
    return np.concatenate(found)


def _divided(gaps: Geometries, approved: Geometries) -> Geometries:
    """Return gaps with the approved ones in them, where there are several, for themselves."""
    held, gap = shapely.STRtree(gaps).query(approved, predicate="covered_by")
    found: list[Geometries] = [np.zeros(0, dtype=object)]
    for number, whole in enumerate(gaps):
        pieces = _apart(approved[held[gap == number]], shapely.Polygon())
        rest = _parts(shapely.difference(whole, shapely.union_all(pieces)))
        found += [pieces, rest] if len(pieces) else [gaps[number : number + 1]]
    return np.concatenate(found)


def _fitting(filled: shapely.Geometry, gaps: Geometries) -> Geometries:
    """Return the gaps that have the corners of the grids beside them."""
    if not len(gaps) or _is_proven(filled, gaps):
        return gaps
    fits = [_is_proven(filled, gaps[each : each + 1]) for each in range(len(gaps))]
    return gaps[np.array(fits, dtype=bool)]


def _is_proven(filled: shapely.Geometry, gaps: Geometries) -> bool:
    shapes = np.concatenate([np.array([filled], dtype=object), gaps])
    frame = gpd.GeoDataFrame({"code": range(len(shapes))}, geometry=shapes, crs="EPSG:4326")
    try:
        return check_coverage(frame, shapely.coverage_union_all(shapes)).is_proven
    except shapely.GEOSException:  # they overlap
        return False
