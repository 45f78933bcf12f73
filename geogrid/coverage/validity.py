"""Polygons that are broken in themselves, and stand-ins with which the check can go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.defects import Codes, Defect
from geogrid.errors import FieldError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.i18n import translate
from geogrid.rings import Rings

__all__ = [
    "Reason",
    "code_defects",
    "duplicate_sets",
    "invalid_defects",
    "refuse_beyond_poles",
    "refuse_not_finite",
    "region_defects",
    "require_finite",
    "rows_beyond_poles",
    "rows_not_finite",
    "stand_ins",
    "wide_steps",
]

_REASONS = {
    "Self-intersection": _("the boundary crosses itself"),
    "Ring Self-intersection": _("the boundary touches itself"),
    "Hole lies outside shell": _("a hole lies outside its outline"),
    "Nested holes": _("a hole lies inside another hole"),
    "Holes are nested": _("a hole lies inside another hole"),
    "Interior is disconnected": _("holes cut it into separate parts"),
    "Nested shells": _("one of its parts lies inside another"),
    "Duplicate Rings": _("a part or hole is there twice"),
    "Too few points in geometry component": _("the outline has no area"),
    "Wide": _("an edge spans more than 180° of longitude; cut it at the antimeridian"),
    "Not a polygon": _("it is not a polygon"),
    "Empty": _("it has no polygon"),
}
_LOCATED = re.compile(r"^(?P<reason>.*?)\s*\[(?P<x>\S+) (?P<y>\S+)\]$")
_HALF_TURN_DEG = 180.0
_POLE_DEG = 90.0


@dataclass(frozen=True)
class Reason:
    """Why GEOS calls a polygon invalid, in plain words."""

    name: str

    def text(self, language: str = "en") -> str:
        """Return the reason as part of a sentence; GEOS's own words where it is a new one."""
        return translate(_REASONS.get(self.name, self.name), language)


def require_finite(polygons: Geometries, codes: Sequence[str], rings: Rings) -> None:
    """Raise a FieldError that names the first rows with NaN or infinite coordinates.

    Parameters
    ----------
    polygons : (n,) geometries or None
    codes : of each
    rings : of those that are polygons
    """
    refuse_not_finite(rows_not_finite(polygons, rings), codes)


def rows_not_finite(polygons: Geometries, rings: Rings) -> list[int]:
    """Return the rows with NaN or infinite coordinates, ascending; as for `require_finite`."""
    bad = set(rings.polygon[~rings.is_finite].tolist())
    others = np.flatnonzero(~rings.has(len(polygons)))
    coordinates, owner = shapely.get_coordinates(polygons[others], return_index=True)
    bad |= set(others[owner[~np.isfinite(coordinates).all(axis=1)]].tolist())
    return sorted(bad)


def refuse_not_finite(bad: Sequence[int], codes: Sequence[str]) -> None:
    """Raise a FieldError that names the rows; those beyond the codes are not rows."""
    rows = [row for row in bad if row < len(codes)]
    if rows:
        raise FieldError(
            _("Row {row} ({codes}) has a coordinate that is not a number."),
            row=rows[0] + 1,
            codes=Codes(codes[row] for row in rows),
        )


def rows_beyond_poles(rings: Rings) -> list[int]:
    """Return the rows of lon/lat polygons with a latitude over 90°, ascending.

    Parameters
    ----------
    rings : from :func:`geogrid.rings.polygon_rings`, finite
    """
    latitude = rings.coordinates[:, 1]
    if latitude.min(initial=0.0) >= -_POLE_DEG and latitude.max(initial=0.0) <= _POLE_DEG:
        return []
    step = np.flatnonzero(np.abs(latitude) > _POLE_DEG)
    return np.unique(rings.polygon[np.searchsorted(rings.stop, step, side="right")]).tolist()


def refuse_beyond_poles(bad: Sequence[int], codes: Sequence[str]) -> None:
    """Raise a FieldError that names the rows; those beyond the codes are not rows."""
    rows = [row for row in bad if row < len(codes)]
    if rows:
        raise FieldError(
            _(
                "Row {row} ({codes}) has a latitude beyond 90°; the first number of a position"
                " must be the longitude, both in degrees."
            ),
            row=rows[0] + 1,
            codes=Codes(codes[row] for row in rows),
        )


def stand_ins(polygons: Geometries, is_valid: npt.NDArray[np.bool_], rings: Rings) -> Geometries:
    """Return polygons to check with.

    Parameters
    ----------
    polygons : (n,) geometries or None
    is_valid : (n,) from :func:`geogrid.rings.are_valid`
    rings : of those that are polygons

    Returns
    -------
    (n,) Valid polygons are kept as the same objects. Invalid ones are repaired (holes and
    outlines keep their roles) so that the other checks can still say where they overlap; what
    has no area is None.
    """
    stand_in = polygons.copy()
    stand_in[~is_valid] = None
    tall = np.flatnonzero(shapely.has_z(stand_in))
    stand_in[tall] = shapely.force_2d(stand_in[tall])
    broken = np.flatnonzero(rings.has(len(polygons)) & ~is_valid)
    stand_in[broken] = _repaired(shapely.force_2d(polygons[broken]))
    return stand_in


def _repaired(polygons: Geometries) -> Geometries:
    repaired = np.full(len(polygons), None, dtype=object)
    for position, polygon in enumerate(polygons):  # few: only what is broken
        parts = shapely.get_parts(polygon)
        rings, part = shapely.get_rings(parts, return_index=True)
        is_shell = np.append(True, part[1:] != part[:-1])
        filled = shapely.make_valid(
            shapely.polygons(rings), method="structure", keep_collapsed=False
        )
        shells = [
            shapely.difference(
                filled[at], shapely.union_all(filled[(part == part[at]) & ~is_shell])
            )
            for at in np.flatnonzero(is_shell)
        ]
        repaired[position] = _areal(shapely.union_all(shells))
    return repaired


def _areal(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Return the polygons of a geometry, None where there are none."""
    parts = shapely.get_parts(shape)
    parts = parts[(shapely.get_dimensions(parts) == 2) & ~shapely.is_empty(parts)]
    return shapely.multipolygons(parts) if len(parts) else None


def wide_steps(rings: Rings, count: int) -> npt.NDArray[np.bool_]:
    """Return which of `count` lon/lat polygons have an edge over 180° long (the antimeridian)."""
    wide = np.zeros(count, dtype=bool)
    lon = rings.coordinates[:, 0]
    if len(lon) and lon.max() - lon.min() > _HALF_TURN_DEG:
        step = np.flatnonzero(np.abs(np.diff(lon)) > _HALF_TURN_DEG)
        ring = rings.ring_of(step)
        step, ring = step[ring >= 0], ring[ring >= 0]
        wide[rings.polygon[ring[step + 1 < rings.stop[ring]]]] = True
    return wide


def invalid_defects(
    polygons: Geometries,
    is_valid: npt.NDArray[np.bool_],
    is_wide: npt.NDArray[np.bool_],
    codes: Sequence[str],
    level_of: Callable[[int], int | None],
) -> list[Defect]:
    """Return a defect for every polygon that is empty, invalid or over 180° wide.

    Parameters
    ----------
    polygons : (n,) geometries as given
    is_valid, is_wide : (n,) from :func:`geogrid.rings.are_valid` and :func:`wide_steps`
    codes : of each polygon
    level_of : level of each position
    """
    found = []
    for row in np.flatnonzero(~is_valid | is_wide).tolist():
        name, place = _reason(polygons[row], bool(is_wide[row]))
        params: dict[str, object] = {"reason": Reason(name), "grid": codes[row]}
        kind = "no_polygon" if name == "Empty" else "invalid"
        finding = Finding(kind, _("{grid} is broken: {reason}."), params)
        found.append(Defect("invalid", (row,), place, finding, level_of(row)))
    return found


def region_defects(
    regions: Geometries, is_valid: npt.NDArray[np.bool_], is_wide: npt.NDArray[np.bool_]
) -> list[Defect]:
    """Return a defect for a region that is invalid or over 180° wide; as for grids."""
    found = []
    for at in np.flatnonzero(~is_valid | is_wide).tolist():
        name, place = _reason(regions[at], bool(is_wide[at]))
        params = {"reason": Reason(name)}
        finding = Finding("invalid_region", _("The region is broken: {reason}."), params)
        found.append(Defect("invalid", (), place, finding))
    return found


def _are_areal(polygons: Geometries) -> npt.NDArray[np.bool_]:
    kind = shapely.get_type_id(polygons)
    is_one = kind == shapely.GeometryType.POLYGON
    return np.asarray(is_one | (kind == shapely.GeometryType.MULTIPOLYGON))


def _reason(polygon: shapely.Geometry | None, is_wide: bool) -> tuple[str, shapely.Geometry]:
    """Return why a polygon is broken and a point where it shows."""
    if polygon is None or shapely.is_empty(polygon):
        return "Empty", shapely.Point()
    if not _are_areal(np.array([polygon]))[0]:
        return "Not a polygon", shapely.points(shapely.get_coordinates(polygon)[0])
    located = _LOCATED.match(str(shapely.is_valid_reason(polygon)))
    if located is None:
        name = "Wide" if is_wide else "Too few points in geometry component"
        return name, shapely.points(shapely.get_coordinates(polygon)[0])
    return located["reason"], shapely.points(float(located["x"]), float(located["y"]))


def duplicate_sets(polygons: Geometries, rows: npt.NDArray[np.int64]) -> frozenset[tuple[int, ...]]:
    """Return the sets of rows whose polygons are the same, wherever their rings begin.

    Parameters
    ----------
    polygons : (n,) polygons or None
    rows : (n,) position in the frame of each
    """
    same: dict[bytes, list[int]] = {}
    for row, key in zip(rows.tolist(), shapely.to_wkb(shapely.normalize(polygons)), strict=True):
        if key is not None:
            same.setdefault(key, []).append(row)
    return frozenset(tuple(sorted(group)) for group in same.values() if len(group) > 1)


def code_defects(polygons: Geometries, codes: Sequence[str]) -> list[Defect]:
    """Return a defect for every code that several rows have.

    Parameters
    ----------
    polygons : (n,) stand-ins or None, to say where
    codes : of each row
    """
    rows_of: dict[str, list[int]] = {}
    if len(set(codes)) == len(codes):
        return []
    for row in np.flatnonzero(pd.Series(codes).duplicated(keep=False)).tolist():
        rows_of.setdefault(codes[row], []).append(row)
    found = []
    for code, rows in rows_of.items():
        places = [polygons[row] for row in rows if polygons[row] is not None]
        message = _("The code {code} is given to {count} grids.")
        params = {"code": code, "count": len(rows)}
        detail = Finding("duplicate_code", message, params, rows=tuple(rows))
        points = shapely.multipoints([shapely.point_on_surface(place) for place in places])
        found.append(Defect("code", tuple(rows), points, detail))
    return found
