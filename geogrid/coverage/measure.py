"""Measure defects: area, width, place, severity, who lives there; then number and order them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2s

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geogrid.areas import straight_area_m2
from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.defects import KINDS, Defect
from geogrid.coverage.homes import Homes, homes_inside
from geogrid.coverage.widths import (
    inscribed_width_m,
    is_narrower,
    lonlat,
    metres_per_unit,
    to_metres,
)
from geogrid.topology import Floats, Integers

__all__ = ["COLUMNS", "SEVERITIES", "Measures", "defect_frame", "measure", "zoom_points"]

COLUMNS = (
    "id",
    "kind",
    "severity",
    "level",
    "grids",
    "area_m2",
    "width_m",
    "lon",
    "lat",
    "households",
    "buildings",
    "detail",
    "geometry",
)
"""Columns of :attr:`CoverageReport.defects`."""

SEVERITIES = ("error", "advice", "noise", "approved")
"""How grave a defect is, the gravest first; only errors keep a coverage from being seamless."""

_ADVICE_KINDS = frozenset({"unmatched", "code"})
_ADVICE_DETAILS = frozenset({"no_polygon"})
_AREAL = frozenset({"gap", "overlap", "duplicate", "spill", "nesting"})
_PLACE_DIGITS = 6


@dataclass(frozen=True)
class Measures:
    """What is measured of defects.

    Attributes
    ----------
    area_m2, width_m
        (n,) ellipsoidal area, and diameter of the largest circle inside; 0 without area.
    point
        (n, 2) a place to zoom to, in the CRS of the grids; NaN where there is none.
    lonlat
        (n, 2) the same in WGS 84 degrees.
    households, buildings
        (n,) inside the defect; None where no units are known.
    severity
        (n,) one of :data:`SEVERITIES`.
    """

    area_m2: Floats
    width_m: Floats
    point: Floats
    lonlat: Floats
    households: Integers | None
    buildings: Integers | None
    severity: npt.NDArray[np.object_]

    def take(self, rows: Integers) -> Measures:
        """Return the measures of some of the defects."""
        homes, houses = self.households, self.buildings
        return Measures(
            self.area_m2[rows],
            self.width_m[rows],
            self.point[rows],
            self.lonlat[rows],
            None if homes is None else homes[rows],
            None if houses is None else houses[rows],
            self.severity[rows],
        )


def zoom_points(shapes: Geometries) -> Floats:
    """Return (n, 2) a point inside each polygon, or the first point; NaN for empty ones."""
    has_area = shapely.get_dimensions(shapes) == 2
    places = shapes.copy()
    places[has_area] = shapely.point_on_surface(shapes[has_area])
    points = np.full((len(shapes), 2), np.nan)
    coordinates, owner = shapely.get_coordinates(places, return_index=True)
    owners, first = np.unique(owner, return_index=True)
    points[owners] = coordinates[first]
    return points


def measure(
    defects: Sequence[Defect],
    crs: pyproj.CRS,
    *,
    tolerance_m: float,
    homes: Homes | None = None,
    approved: shapely.Geometry | None = None,
) -> Measures:
    """Measure defects.

    Parameters
    ----------
    defects : what was found, in the coordinates of `crs`
    crs : of the grids
    tolerance_m : defects with an area narrower than this are noise
    homes : households and buildings by place, in `crs`
    approved : where gaps are approved, in `crs`
    """
    shapes = np.array([defect.geometry for defect in defects], dtype=object)
    point = zoom_points(shapes)
    scale = metres_per_unit(point, crs)
    has_area = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    metric = to_metres(shapes[has_area], point[has_area], scale[has_area])
    area, width = np.zeros(len(shapes)), np.zeros(len(shapes))
    area[has_area] = straight_area_m2(shapes[has_area], crs)
    width[has_area] = inscribed_width_m(metric)
    severity = np.array([_severity(defect) for defect in defects], dtype=object)
    is_areal = np.array([defect.kind in _AREAL for defect in defects], dtype=bool)
    is_areal &= shapely.area(shapes) > 0.0
    severity[has_area[is_areal[has_area] & is_narrower(metric, tolerance_m)]] = "noise"
    is_gap = np.array([defect.kind == "gap" for defect in defects], dtype=bool)
    if approved is not None:
        rest = to_metres(shapely.difference(shapes[is_gap], approved), point[is_gap], scale[is_gap])
        severity[np.flatnonzero(is_gap)[_is_settled(rest, tolerance_m)]] = "approved"
    households, buildings = (None, None) if homes is None else homes_inside(homes, shapes)
    return Measures(
        area_m2=area,
        width_m=width,
        point=point,
        lonlat=lonlat(point, crs),
        households=households,
        buildings=buildings,
        severity=severity,
    )


def _severity(defect: Defect) -> str:
    is_advice = defect.kind in _ADVICE_KINDS or defect.detail.kind in _ADVICE_DETAILS
    return "advice" if is_advice else "error"


def _is_settled(rest: Geometries, tolerance_m: float) -> npt.NDArray[np.bool_]:
    """Return which remainders of gaps outside the approved area are nothing or noise."""
    return np.asarray(shapely.is_empty(rest) | is_narrower(rest, tolerance_m))


def defect_frame(
    defects: Sequence[Defect], measures: Measures, codes: Sequence[str], crs: pyproj.CRS
) -> gpd.GeoDataFrame:
    """Return the defects as a table, the gravest and most lived-in first.

    Parameters
    ----------
    defects, measures : of equal length
    codes : code of every row of the grids
    crs : of the geometries

    Returns
    -------
    GeoDataFrame
        Columns :data:`COLUMNS`; the order and the ids do not depend on the input's order.
        ``frame.index`` is 0, 1, …; ``frame.attrs["order"]`` gives each row's position in
        `defects`.
    """
    grids = [tuple(sorted(codes[row] for row in defect.rows)) for defect in defects]
    order = _ranked(defects, measures, grids)
    frame = gpd.GeoDataFrame(
        {
            "id": pd.Series(_ids(defects, measures, grids, order), dtype="str"),
            "kind": pd.Series([defects[at].kind for at in order], dtype="str"),
            "severity": pd.Series([measures.severity[at] for at in order], dtype="str"),
            "level": pd.Series([defects[at].level for at in order], dtype="Int64"),
            "grids": pd.Series([grids[at] for at in order], dtype=object),
            "area_m2": measures.area_m2[order],
            "width_m": measures.width_m[order],
            "lon": measures.lonlat[order, 0],
            "lat": measures.lonlat[order, 1],
            "households": _counts(measures.households, order),
            "buildings": _counts(measures.buildings, order),
            "detail": pd.Series([defects[at].detail for at in order], dtype=object),
        },
        geometry=gpd.array.from_shapely(
            np.array([defects[at].geometry for at in order], dtype=object), crs=crs
        ),
        crs=crs,
    )
    return frame[list(COLUMNS)]


def _counts(values: Integers | None, order: Integers) -> pd.Series:
    if values is None:
        return pd.Series([pd.NA] * len(order), dtype="Int64")
    return pd.Series(values[order], dtype="Int64")


def _ranked(
    defects: Sequence[Defect], measures: Measures, grids: Sequence[tuple[str, ...]]
) -> Integers:
    """Return positions by severity, households, buildings, area; then whatever is left."""
    none = np.zeros(len(defects), dtype=np.int64)
    homes = none if measures.households is None else measures.households
    houses = none if measures.buildings is None else measures.buildings
    point = np.nan_to_num(measures.point, nan=np.inf).tolist()
    keys = [
        (
            SEVERITIES.index(str(measures.severity[at])),
            -int(homes[at]),
            -int(houses[at]),
            -float(measures.area_m2[at]),
            KINDS.index(defect.kind),
            grids[at],
            point[at],
            shapely.to_wkb(shapely.normalize(defect.geometry)),
        )
        for at, defect in enumerate(defects)
    ]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _ids(
    defects: Sequence[Defect],
    measures: Measures,
    grids: Sequence[tuple[str, ...]],
    order: Integers,
) -> list[str]:
    """Return short ids made of the kind, the grids and the place."""
    seen: dict[str, int] = {}
    ids = []
    is_placed = np.isfinite(measures.lonlat)
    places = (
        np.where(is_placed, measures.lonlat.round(_PLACE_DIGITS), measures.point.round(2)) + 0.0
    )
    for at in order:
        text = "|".join(
            [defects[at].kind, str(defects[at].level), *grids[at], *map(str, places[at])]
        )
        name = f"{defects[at].kind}-{blake2s(text.encode(), digest_size=4).hexdigest()}"
        seen[name] = seen.get(name, 0) + 1
        ids.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return ids
