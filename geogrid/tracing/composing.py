"""From line work on the ground to grids: what is drawn, streets and the outline together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geogrid.crs import local_crs, metres_per_degree
from geogrid.errors import FormatError, LimitError
from geogrid.formats.dxf_texts import Label
from geogrid.i18n import mark as _
from geogrid.rules.order import reading_order
from geogrid.tracing.polygonising import TracedAreas, polygonise
from geogrid.tracing.small_areas import join_small

__all__ = ["LineWork", "TracedGrids", "local_plane", "trace_grids"]

Floats = npt.NDArray[np.float64]

_NOTABLE_M = 0.01
_MOST_VERTICES = 500_000
_WIDEST_DEG = 3.0


@dataclass(frozen=True, eq=False)
class LineWork:
    """What areas are to be made of; everything in longitude and latitude on WGS 84.

    Attributes
    ----------
    lines
        Drawn ones, vertices of shape (k, 2) each.
    labels
        Texts with their places.
    streets
        Lines that divide too, as far as they meet the region.
    region
        What the areas must fill; its outline is a line too, and what lies outside is left out.
    """

    lines: Sequence[Floats] = ()
    labels: Sequence[Label] = ()
    streets: Sequence[Floats] = ()
    region: shapely.Geometry | None = None


@dataclass(frozen=True, eq=False)
class TracedGrids:
    """Areas as grids, and what does not fit, in longitude and latitude on WGS 84.

    Attributes
    ----------
    grids : GeoDataFrame
        Columns code, name, households, people; EPSG:4326.
    outline
        Of all areas, those left out included: what the grids are to fill.
    gaps : list of (lon, lat, metres)
        Gaps that were closed, the widest first; those under a centimetre do not count.
    dangling : list of (lon, lat, metres)
        Ends that meet nothing, with the length of line up to them, the longest first.
    unlabelled : list of (lon, lat, square metres)
        Areas without a text, the largest first.
    several : list of (lon, lat, text)
        Areas with several codes or names.
    outside : list of (lon, lat, text)
        Texts in no area.
    trimmed
        Lines that go a little beyond another one.
    short : list of (lon, lat, metres)
        Those of them that may be borders all the same, because another line is near their end.
    numbered
        How many grids have a code that we made.
    left_out
        How many areas without a text are no grid.
    joined
        How many small ones were joined to a neighbour.
    """

    grids: gpd.GeoDataFrame
    outline: shapely.Geometry
    gaps: list[tuple[float, float, float]]
    dangling: list[tuple[float, float, float]]
    unlabelled: list[tuple[float, float, float]]
    several: list[tuple[float, float, str]]
    outside: list[tuple[float, float, str]]
    trimmed: int
    short: list[tuple[float, float, float]]
    numbered: int
    left_out: int
    joined: int


def local_plane(bounds: Sequence[float]) -> pyproj.CRS:
    """Return the metric plane around the middle of west, south, east, north in degrees."""
    west, south, east, north = (float(value) for value in bounds)
    return local_crs((west + east) / 2, (south + north) / 2)


def trace_grids(
    work: LineWork,
    *,
    tolerance_m: float = 0.5,
    keep_unlabelled: bool = True,
    least_m2: float = 0.0,
) -> TracedGrids:
    """Make grids of line work.

    Parameters
    ----------
    work
        Lines, texts, streets, region.
    tolerance_m
        The widest gap that is closed, metres.
    keep_unlabelled
        Whether areas without a text become grids with a code of ours (``T001`` from west to
        east, north to south); else they are left out.
    least_m2
        Smaller areas without a text join the neighbour with most common border.

    Returns
    -------
    TracedGrids
        Neighbours share every vertex of their border, so the coverage is proven by its sum.

    Raises
    ------
    FormatError
        Nothing is enclosed, or lines are far apart.
    LimitError
        Too many vertices.
    """
    lines = _all_lines(work)
    if not lines:
        raise FormatError(_("There are no lines yet that areas could be made of."))
    points = np.vstack(lines)
    if len(points) > _MOST_VERTICES:
        raise LimitError(
            _("The lines have more than {limit} corners; choose fewer layers."),
            limit=f"{_MOST_VERTICES:,}",
        )
    if np.ptp(points, axis=0).max() > _WIDEST_DEG:
        raise FormatError(_("The lines are spread over more than 300 km; look at the placement."))
    plane = _Plane(*((points.min(axis=0) + points.max(axis=0)) / 2).tolist())
    flat = [plane.there(line) for line in lines]
    labels = [_moved(label, plane) for label in work.labels]
    areas = polygonise(flat, labels, tolerance_m=tolerance_m)
    return _grids(areas, plane, work.region, _How(keep_unlabelled, least_m2))


def _all_lines(work: LineWork) -> list[Floats]:
    lines = [np.asarray(line, np.float64) for line in work.lines if len(line) > 1]
    if work.region is None:
        return lines + [np.asarray(line) for line in work.streets if len(line) > 1]
    streets = _met(work.streets, work.region)
    rings = shapely.get_rings(shapely.get_parts(work.region))
    return [*lines, *streets, *(shapely.get_coordinates(ring) for ring in rings)]


def _met(lines: Sequence[Floats], region: shapely.Geometry) -> list[Floats]:
    """Return the lines that meet the region."""
    kept = [line for line in lines if len(line) > 1]
    if not kept:
        return []
    shapely.prepare(region)
    meets = shapely.intersects(region, [shapely.linestrings(line) for line in kept])
    return [line for line, is_met in zip(kept, meets, strict=True) if is_met]


class _How(NamedTuple):
    """What becomes of areas without a text."""

    keep_unlabelled: bool
    least_m2: float


class _Plane:
    """Metres east and north of a place, so that what is straight in degrees stays straight."""

    def __init__(self, lon: float, lat: float) -> None:
        self._middle = np.array([lon, lat])
        east_m, north_m = metres_per_degree(lat)
        self._scale = np.array([float(east_m), float(north_m)])

    def there(self, points: Floats) -> Floats:
        return np.asarray((points - self._middle) * self._scale)

    def back(self, points: Floats) -> Floats:
        return np.asarray(points / self._scale + self._middle)

    def shapes_back(self, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Return shapes in degrees; a vertex of two of them stays the same for both."""
        points = shapely.get_coordinates(shapes)
        distinct, place = np.unique(points, axis=0, return_inverse=True)
        moved = self.back(distinct)[place.ravel()]
        return np.asarray(shapely.set_coordinates(shapes.copy(), moved))


def _moved(label: Label, plane: _Plane) -> Label:
    places = plane.there(np.array(label.places, np.float64))
    return Label(label.layer, label.text, tuple(map(tuple, places.tolist())), label.height)


@dataclass(frozen=True, eq=False)
class _Faces:
    """Areas inside the region: polygons in metres, what texts say, whether none does."""

    polygons: npt.NDArray[np.object_]
    attributes: pd.DataFrame
    is_bare: npt.NDArray[np.bool_]
    several: dict[int, tuple[str, ...]]

    def joined(self, least_m2: float) -> _Faces:
        """Return the same with small areas without a text joined to neighbours."""
        polygons, of = join_small(self.polygons, ~self.is_bare, least_m2=least_m2)
        first = np.lexsort((self.is_bare, of))  # of each group the one with a text, if any
        kept = first[np.unique(of[first], return_index=True)[1]]
        several = {int(of[at]): said for at, said in self.several.items()}
        attributes = self.attributes.iloc[kept].reset_index(drop=True)
        return _Faces(polygons, attributes, self.is_bare[kept], several)


def _inside(areas: TracedAreas, plane: _Plane, region: shapely.Geometry | None) -> _Faces:
    is_bare = np.zeros(len(areas.polygons), dtype=bool)
    is_bare[areas.unlabelled] = True
    rows = np.arange(len(areas.polygons))
    if region is not None and len(rows):
        middle = shapely.get_coordinates(shapely.point_on_surface(areas.polygons))
        rows = rows[shapely.intersects(region, shapely.points(plane.back(middle)))]
    if not len(rows):
        raise FormatError(
            _("The lines enclose no area. Close them by hand, or allow wider gaps to be closed.")
        )
    place = {int(row): at for at, row in enumerate(rows)}
    several = {place[area]: said for area, said in areas.several.items() if area in place}
    attributes = areas.attributes.iloc[rows].reset_index(drop=True)
    return _Faces(areas.polygons[rows], attributes, is_bare[rows], several)


def _grids(
    areas: TracedAreas, plane: _Plane, region: shapely.Geometry | None, how: _How
) -> TracedGrids:
    faces = _inside(areas, plane, region)
    before = len(faces.polygons)
    if how.least_m2 > 0:
        faces = faces.joined(how.least_m2)
    is_bare = faces.is_bare
    kept = np.flatnonzero(how.keep_unlabelled | ~is_bare)
    if not len(kept):
        raise FormatError(
            _("No text lies in any area. Choose the layer of the texts, or number the areas.")
        )
    shapes = plane.shapes_back(faces.polygons)
    kept = kept[reading_order(shapes[kept], pyproj.CRS("EPSG:4326"))]
    frame = faces.attributes.iloc[kept].reset_index(drop=True)
    grids = gpd.GeoDataFrame(frame, geometry=shapes[kept], crs="EPSG:4326")
    numbered = _number(grids)
    at = shapely.get_coordinates(shapely.point_on_surface(shapes))
    size = shapely.area(faces.polygons)
    bare = [(*at[each].tolist(), float(size[each])) for each in np.flatnonzero(is_bare)]
    gaps = np.hypot(*(areas.bridges[:, 1] - areas.bridges[:, 0]).T)
    notable = gaps >= _NOTABLE_M
    return TracedGrids(
        grids,
        shapely.coverage_union_all(shapes),
        _placed(areas.bridges[notable, 0], gaps[notable], plane),
        _placed(*_near(areas, region, plane), plane),
        sorted(bare, key=lambda row: -row[2]),
        [(*at[area].tolist(), " / ".join(said)) for area, said in faces.several.items()],
        _outside(areas, plane),
        areas.trimmed,
        _placed(areas.short, areas.short_m, plane),
        numbered,
        0 if how.keep_unlabelled else int(is_bare.sum()),
        before - len(faces.polygons),
    )


def _near(
    areas: TracedAreas, region: shapely.Geometry | None, plane: _Plane
) -> tuple[Floats, Floats]:
    """Return the dangling ends that matter: of streets, those inside the region."""
    if region is None or not len(areas.dangling):
        return areas.dangling, areas.dangling_m
    inside = shapely.intersects(region, shapely.points(plane.back(areas.dangling)))
    return areas.dangling[inside], areas.dangling_m[inside]


def _placed(places: Floats, metres: Floats, plane: _Plane) -> list[tuple[float, float, float]]:
    if not len(places):
        return []
    order = np.argsort(-metres, kind="stable")
    rows = np.column_stack([plane.back(places[order]), metres[order]])
    return [tuple(row) for row in rows.tolist()]


def _outside(areas: TracedAreas, plane: _Plane) -> list[tuple[float, float, str]]:
    if not areas.outside:
        return []
    places = plane.back(np.array([place for _text, place in areas.outside], np.float64))
    texts = [text for text, _place in areas.outside]
    return [(*place, text) for place, text in zip(places.tolist(), texts, strict=True)]


def _number(grids: gpd.GeoDataFrame) -> int:
    """Give those without a code one of ours and return how many."""
    codes = grids["code"].tolist()
    taken, number, made = set(codes), 0, 0
    for at, code in enumerate(codes):
        if code:
            continue
        number += 1
        while f"T{number:03}" in taken:
            number += 1
        codes[at] = f"T{number:03}"
        made += 1
    grids["code"] = codes
    return made
