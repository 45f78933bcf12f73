"""The region that grids must fill and the gaps that are approved, as they are handed over."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.defects import Defect
from geogrid.coverage.validity import region_defects, rows_beyond_poles, stand_ins, wide_steps
from geogrid.errors import CrsError, FieldError, InputError
from geogrid.i18n import mark as _
from geogrid.rings import are_valid, polygon_rings

__all__ = ["Border", "approved_area", "broken_outlines", "read_border"]


@dataclass(frozen=True)
class Border:
    """What grids must fill.

    Attributes
    ----------
    outlines
        (m,) its rows as given, none of them empty.
    area
        (1,) them united, as given where there is one; (0,) where no region is given.
    """

    outlines: Geometries
    area: Geometries


def read_border(region: object, crs: pyproj.CRS) -> Border:
    """Read what the grids must fill, as :func:`geogrid.coverage.check_coverage` takes it.

    Raises
    ------
    InputError, CrsError, FieldError
        It is no area, has no reference system, or a coordinate that is not a number or no
        latitude.
    """
    if region is None:
        return Border(np.zeros(0, dtype=object), np.zeros(0, dtype=object))
    outlines = _areas(region, crs, is_region=True)
    return Border(outlines, np.array([_united(outlines)], dtype=object))


def broken_outlines(outlines: Geometries, crs: pyproj.CRS) -> list[Defect]:
    """Return what is wrong with the rows of a region, before they are united.

    Parameters
    ----------
    outlines : rows of the region
    crs : of their coordinates
    """
    rings = polygon_rings(outlines)
    is_valid = are_valid(outlines, rings)
    count = len(outlines)
    is_wide = wide_steps(rings, count) if crs.is_geographic else np.zeros(count, dtype=bool)
    return region_defects(outlines, is_valid, is_wide)


def _united(outlines: Geometries) -> shapely.Geometry:
    """Return several areas as one geometry; one alone keeps its bits."""
    if len(outlines) == 1:
        return outlines[0]
    rings = polygon_rings(outlines)
    return shapely.union_all(stand_ins(outlines, are_valid(outlines, rings), rings))


def approved_area(gaps: object, crs: pyproj.CRS) -> shapely.Geometry:
    """Return approved gaps as one geometry; what is broken approves nothing.

    Raises
    ------
    InputError, CrsError, FieldError
        As for a region; and where an outline is broken.
    """
    outlines = _areas(gaps, crs)
    broken = np.flatnonzero(~shapely.is_valid(outlines))
    if len(broken):
        raise FieldError(
            _("The approved gap number {number} has a broken outline; correct it first."),
            number=int(broken[0]) + 1,
        )
    return _united(outlines)


def _areas(given: object, crs: pyproj.CRS, *, is_region: bool = False) -> Geometries:
    """Return the rows of a region or of approved gaps in `crs`, without empty ones."""
    if isinstance(given, gpd.GeoDataFrame | gpd.GeoSeries):
        if given.crs is None:
            raise CrsError(_("The region or approved gaps have no coordinate reference system."))
        here = given if given.crs == crs else given.to_crs(crs)
        shapes = np.asarray(here.geometry.array, dtype=object)
    else:
        shapes = np.atleast_1d(np.asarray(given, dtype=object))
    if shapes.ndim != 1 or not (shapely.is_geometry(shapes) | (shapes == None)).all():  # noqa: E711
        raise InputError(
            _(
                "The region or approved gaps must be a polygon, or a GeoDataFrame or GeoSeries"
                " with a reference system, not {kind}."
            ),
            kind=type(given).__name__,
        )
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not np.isfinite(shapely.get_coordinates(shapes)).all():
        raise FieldError(
            _("The region has a coordinate that is not a number.")
            if is_region
            else _("The approved gaps have a coordinate that is not a number.")
        )
    _refuse_beyond_poles(shapes, crs, is_region=is_region)
    return np.asarray(shapes, dtype=object)


def _refuse_beyond_poles(shapes: Geometries, crs: pyproj.CRS, *, is_region: bool) -> None:
    if crs.is_geographic and rows_beyond_poles(polygon_rings(shapes)):
        raise FieldError(
            _("The region has a latitude beyond 90°.")
            if is_region
            else _("The approved gaps have a latitude beyond 90°.")
        )
