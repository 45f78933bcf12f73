"""Keep the polygons of a layer, and say of every other row why it is not one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.findings import Finding, Severity
from geogrid.i18n import mark as _

__all__ = ["geometry_findings", "keep_polygons"]

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
_POINTS, _LINES = (0, 4), (1, 2, 5)


class _Kind(NamedTuple):
    kind: str
    message: str
    severity: Severity


_KINDS: Mapping[str, _Kind] = {
    "null_geometry": _Kind("null_geometry", _("Row {rows}: has no boundary; left out."), "error"),
    "empty_geometry": _Kind(
        "empty_geometry", _("Row {rows}: the boundary is empty; left out."), "error"
    ),
    "is_point": _Kind("not_polygon", _("Row {rows}: a point, not an area; left out."), "error"),
    "is_line": _Kind(
        "not_polygon",
        _("Row {rows}: a line, not an area; left out. Close it to an outline to have it read."),
        "error",
    ),
    "is_other": _Kind(
        "not_polygon", _("Row {rows}: of a type that is no area; left out."), "error"
    ),
    "no_polygon": _Kind(
        "not_polygon", _("Row {rows}: a collection without any area; left out."), "error"
    ),
    "curved_geometry": _Kind(
        "curved_geometry",
        _("Row {rows}: a curved boundary; left out. Export it with straight segments."),
        "error",
    ),
    "bad_coordinate": _Kind(
        "bad_coordinate",
        _("Row {rows}: a coordinate is not a number (NaN or infinite); left out."),
        "error",
    ),
    "broken_geometry": _Kind(
        "broken_geometry", _("Row {rows}: the boundary is damaged; left out."), "error"
    ),
    "degenerate_ring": _Kind(
        "degenerate_ring",
        _("Row {rows}: a ring has fewer than three corners; that ring is left out."),
        "error",
    ),
    "unclosed_ring": _Kind(
        "unclosed_ring",
        _("Row {rows}: a ring does not end where it began; it was closed in a straight line."),
        "warning",
    ),
    "unclosed_text": _Kind(
        "unclosed_ring",
        _("Row {rows}: a ring does not end where it began; left out. Export it again."),
        "error",
    ),
    "collection": _Kind(
        "collection",
        _("Row {rows}: a collection; its areas are kept, its points and lines left out."),
        "warning",
    ),
    "z_dropped": _Kind(
        "z_dropped",
        _("{count} rows have heights or measures (Z, M); they are left out."),
        "note",
    ),
}


def keep_polygons(
    geometry: npt.NDArray[np.object_], problems: Mapping[str, list[int]]
) -> tuple[npt.NDArray[np.object_], dict[str, list[int]]]:
    """Return the polygons of a layer as they are, without repairing them.

    Parameters
    ----------
    geometry : ndarray of geometries or None, shape (n,)
        As a reader returned it.
    problems
        What the reader noticed: kind to rows.

    Returns
    -------
    polygons, problems
        Polygons and multipolygons of two dimensions, None for every other row; of which
        each is in `problems`.
    """
    found = {kind: set(rows) for kind, rows in problems.items()}
    kept = geometry.copy()

    def drop(kind: str, rows: npt.NDArray[np.bool_]) -> None:
        kept[rows] = None
        if rows.any():
            found.setdefault(kind, set()).update(np.flatnonzero(rows).tolist())

    named = np.zeros(len(kept), dtype=bool)
    named[sorted(set().union(*found.values()))] = True
    drop("null_geometry", shapely.is_missing(kept) & ~named)
    drop("bad_coordinate", _has_bad_coordinate(kept))
    has_height = shapely.has_z(kept) | shapely.has_m(kept)
    if has_height.any():
        found.setdefault("z_dropped", set()).update(np.flatnonzero(has_height).tolist())
        kept[has_height] = shapely.force_2d(kept[has_height])
    types = shapely.get_type_id(kept)
    drop("is_point", np.isin(types, _POINTS))
    drop("is_line", np.isin(types, _LINES))
    for row in np.flatnonzero(types == _COLLECTION).tolist():
        kept[row] = _areas_of(kept[row])
        found.setdefault("collection" if kept[row] else "no_polygon", set()).add(row)
    drop("empty_geometry", shapely.is_empty(kept))
    return kept, {kind: sorted(rows) for kind, rows in found.items()}


def _has_bad_coordinate(geometry: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    xy, rows = shapely.get_coordinates(geometry, return_index=True)
    is_bad = np.zeros(len(geometry), dtype=bool)
    is_bad[rows[~np.isfinite(xy).all(axis=1)]] = True
    return is_bad


def _areas_of(collection: shapely.Geometry) -> shapely.Geometry | None:
    """Return the areas in a collection, of whatever depth, as one multipolygon."""
    parts = shapely.get_parts([collection])
    while (shapely.get_type_id(parts) > _POLYGON).any():
        parts = shapely.get_parts(parts)
    areas = parts[shapely.get_type_id(parts) == _POLYGON]
    return shapely.multipolygons(areas) if len(areas) else None


def geometry_findings(problems: Mapping[str, Iterable[int]]) -> list[Finding]:
    """Return a finding for every kind of problem, in a fixed order."""
    return [
        Finding(about.kind, about.message, rows=tuple(rows), severity=about.severity)
        for kind, about in _KINDS.items()
        if (rows := tuple(problems.get(kind, ())))
    ]
