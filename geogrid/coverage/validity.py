"""Polygons that are broken in themselves, and stand-ins with which the check can go on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.defects import Codes, Defect
from geogrid.errors import FieldError
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.i18n import translate

__all__ = [
    "Reason",
    "code_defects",
    "duplicate_sets",
    "invalid_defects",
    "require_finite",
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


@dataclass(frozen=True)
class Reason:
    """Why GEOS calls a polygon invalid, in plain words."""

    name: str

    def text(self, language: str = "en") -> str:
        """Return the reason as part of a sentence; GEOS's own words where it is a new one."""
        return translate(_REASONS.get(self.name, self.name), language)


def require_finite(polygons: Geometries, codes: Sequence[str]) -> None:
    """Raise a FieldError that names the first rows with NaN or infinite coordinates."""
    coordinates, owner = shapely.get_coordinates(polygons, return_index=True)
    bad = np.unique(owner[~np.isfinite(coordinates).all(axis=1)])
    if len(bad):
        raise FieldError(
            _("Row {row} ({codes}) has a coordinate that is not a number."),
            row=int(bad[0]) + 1,
            codes=Codes(codes[row] for row in bad.tolist()),
        )


def stand_ins(polygons: Geometries) -> tuple[Geometries, npt.NDArray[np.bool_]]:
    """Return polygons to check with, and which of the given ones are valid as they are.

    Parameters
    ----------
    polygons : (n,) geometries or None

    Returns
    -------
    stand_in, is_valid
        Valid polygons are kept as the same objects. Invalid ones are repaired (holes and
        outlines keep their roles) so that the other checks can still say where they
        overlap; what has no area is None.
    """
    kind = shapely.get_type_id(polygons)
    is_polygon = (kind == shapely.GeometryType.POLYGON) | (
        kind == shapely.GeometryType.MULTIPOLYGON
    )
    is_sound = is_polygon & ~shapely.is_empty(polygons)
    is_valid = is_sound & shapely.is_valid(polygons)
    stand_in = np.full(len(polygons), None, dtype=object)
    stand_in[is_valid] = shapely.force_2d(polygons[is_valid])
    broken = np.flatnonzero(is_sound & ~is_valid)
    stand_in[broken] = _repaired(shapely.force_2d(polygons[broken]))
    return stand_in, np.asarray(is_valid)


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


def wide_steps(polygons: Geometries) -> npt.NDArray[np.bool_]:
    """Return which lon/lat polygons have an edge over 180° long (the antimeridian)."""
    rings, polygon = shapely.get_rings(polygons, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    is_wide = (np.abs(np.diff(coordinates[:, 0])) > _HALF_TURN_DEG) & (ring[:-1] == ring[1:])
    wide = np.zeros(len(polygons), dtype=bool)
    wide[polygon[ring[:-1][is_wide]]] = True
    return wide


def invalid_defects(
    polygons: Geometries,
    is_wide: npt.NDArray[np.bool_],
    codes: Sequence[str],
    levels: Sequence[int | None],
    *,
    is_region: bool = False,
) -> list[Defect]:
    """Return a defect for every polygon that is empty, invalid or over 180° wide.

    Parameters
    ----------
    polygons : (n,) geometries as given
    is_wide : (n,) from :func:`wide_steps`
    codes, levels : of each polygon
    is_region : whether they are the region and not grids
    """
    found = []
    is_broken = ~shapely.is_valid(polygons) | is_wide | _is_missing(polygons)
    for row in np.flatnonzero(is_broken).tolist():
        name, place = _reason(polygons[row], bool(is_wide[row]))
        params: dict[str, object] = {"reason": Reason(name)}
        if is_region:
            finding = Finding("invalid_region", _("The region is broken: {reason}."), params)
            found.append(Defect("invalid", (), place, finding))
            continue
        params["grid"] = codes[row]
        kind = "no_polygon" if name == "Empty" else "invalid"
        finding = Finding(kind, _("{grid} is broken: {reason}."), params)
        found.append(Defect("invalid", (row,), place, finding, levels[row]))
    return found


def _is_missing(polygons: Geometries) -> npt.NDArray[np.bool_]:
    kind = shapely.get_type_id(polygons)
    is_polygon = np.isin(kind, [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON])
    return np.asarray(~is_polygon | shapely.is_empty(polygons))


def _reason(polygon: shapely.Geometry | None, is_wide: bool) -> tuple[str, shapely.Geometry]:
    """Return why a polygon is broken and a point where it shows."""
    if polygon is None or shapely.is_empty(polygon):
        return "Empty", shapely.Point()
    if _is_missing(np.array([polygon]))[0]:
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
    for row, code in enumerate(codes):
        rows_of.setdefault(code, []).append(row)
    found = []
    for code, rows in rows_of.items():
        if len(rows) > 1:
            places = [polygons[row] for row in rows if polygons[row] is not None]
            message = _("The code {code} is given to {count} grids.")
            params = {"code": code, "count": len(rows)}
            detail = Finding("duplicate_code", message, params, rows=tuple(rows))
            points = shapely.multipoints([shapely.point_on_surface(place) for place in places])
            found.append(Defect("code", tuple(rows), points, detail))
    return found
