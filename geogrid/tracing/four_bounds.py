"""From bounds in words to a proposed polygon, along the streets that they name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.tracing.bounds_text import SIDES, FourBounds
from geogrid.tracing.street_names import StreetMatch, StreetNames

__all__ = ["BoundsProposal", "propose_area"]

Geometries = npt.NDArray[np.object_]

_OUTWARD = {"east": (1.0, 0.0), "south": (0.0, -1.0), "west": (-1.0, 0.0), "north": (0.0, 1.0)}
_NEXT = (("east", "south"), ("south", "west"), ("west", "north"), ("north", "east"))
_FAR = 1e6
_ENOUGH = 3
_MOST_FACES = 4000


@dataclass(frozen=True, eq=False)
class BoundsProposal:
    """A polygon that fits a description of bounds, and how sure it is.

    Attributes
    ----------
    polygon
        In the plane of the streets; None where the streets found enclose nothing.
    matches
        Side to what was found for each name said of it.
    unmatched
        Sides for which no street was found, or of which nothing was said; the region's
        outline stands in for them where there is one.
    joined_m
        Pair of sides to the gap in metres that was bridged between their streets.
    sureness
        0 to 1: the least sure side, times the share of the outline that runs along streets
        that were named.
    """

    polygon: shapely.Polygon | None
    matches: Mapping[str, tuple[StreetMatch, ...]]
    unmatched: tuple[str, ...]
    joined_m: Mapping[tuple[str, str], float]
    sureness: float


def propose_area(
    bounds: FourBounds,
    names: StreetNames,
    streets: Mapping[str, shapely.Geometry],
    *,
    region: shapely.Geometry | None = None,
    reach_m: float = 150.0,
) -> BoundsProposal:
    """Return the area that lies within the named streets.

    Parameters
    ----------
    bounds
        From :func:`parse_four_bounds`.
    names
        To match them with.
    streets
        Name to lines, in metres of one plane.
    region
        What no grid goes beyond, in the same plane.
    reach_m
        The widest gap between the streets of two sides that meet at a corner; each bridge
        is said.

    Returns
    -------
    BoundsProposal
        The lines of the sides (and of the region) are noded; of the faces that lie on the
        inner side of every street found, the largest connected area is taken. The same is
        done with all streets, where three sides or more were found but have gaps; the surer
        of both is proposed.
    """
    matches = {side: tuple(map(names.match, bounds.side(side))) for side in SIDES}
    lines = {
        side: shapely.union_all([streets[each.street] for each in found if each.street])
        for side, found in matches.items()
        if any(each.street for each in found)
    }
    unmatched = tuple(side for side in SIDES if side not in lines)
    if not lines:
        return BoundsProposal(None, matches, unmatched, {}, 0.0)
    bridges = _bridges(lines, reach_m)
    joined = {pair: round(gap, 1) for pair, (_line, gap) in bridges.items()}
    named = [*lines.values(), *(line for line, _gap in bridges.values())]
    works = [named, [*named, *streets.values()]] if len(lines) >= _ENOUGH else [named]
    found = [
        (_sureness(polygon, matches, lines), polygon)
        for work in works
        if (polygon := _within(work, lines, region)) is not None
    ]
    if not found:
        return BoundsProposal(None, matches, unmatched, joined, 0.0)
    sureness, polygon = max(found, key=lambda pair: pair[0])
    return BoundsProposal(polygon, matches, unmatched, joined, sureness)


def _bridges(
    lines: Mapping[str, shapely.Geometry], reach_m: float
) -> dict[tuple[str, str], tuple[shapely.Geometry, float]]:
    bridges = {}
    for one, two in _NEXT:
        if one in lines and two in lines:
            gap = float(shapely.distance(lines[one], lines[two]))
            if 0 < gap <= reach_m:
                bridges[one, two] = (shapely.shortest_line(lines[one], lines[two]), gap)
    return bridges


def _within(
    work: list[shapely.Geometry],
    lines: Mapping[str, shapely.Geometry],
    region: shapely.Geometry | None,
) -> shapely.Polygon | None:
    if region is not None:
        work = [shapely.intersection(line, region) for line in work] + [shapely.boundary(region)]
    noded = shapely.get_parts(shapely.union_all(np.array(work, dtype=object)))
    noded = noded[shapely.get_dimensions(noded) == 1]
    faces = shapely.get_parts(shapely.polygonize(noded))[:_MOST_FACES]
    if not len(faces):
        return None
    places = shapely.point_on_surface(faces)
    inside = np.ones(len(faces), dtype=bool)
    if region is not None:
        inside &= shapely.intersects(region, places)
    for side, line in lines.items():
        inside &= _is_inside(places, side, line)
    if not inside.any():
        return None
    parts = shapely.get_parts(shapely.coverage_union_all(faces[inside]))
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return parts[int(np.argmax(shapely.area(parts)))] if len(parts) else None


def _is_inside(places: Geometries, side: str, line: shapely.Geometry) -> npt.NDArray[np.bool_]:
    """Return which places have the line on a side: straight that way, else at its nearest."""
    at = shapely.get_coordinates(places)
    way = np.array(_OUTWARD[side])
    rays = shapely.linestrings(np.stack([at, at + _FAR * way], axis=1))
    back = shapely.linestrings(np.stack([at, at - _FAR * way], axis=1))
    hits, behind = shapely.intersects(rays, line), shapely.intersects(back, line)
    nearest = shapely.get_coordinates(shapely.shortest_line(places, line)).reshape(-1, 2, 2)[:, 1]
    towards = ((nearest - at) * way).sum(axis=1) > 0
    return np.where(hits == behind, towards, hits)


def _sureness(
    polygon: shapely.Polygon,
    matches: Mapping[str, tuple[StreetMatch, ...]],
    lines: Mapping[str, shapely.Geometry],
) -> float:
    outline = shapely.boundary(polygon)
    near = shapely.buffer(shapely.union_all(list(lines.values())), 0.01)
    share = shapely.length(shapely.intersection(outline, near)) / shapely.length(outline)
    least = min(
        (min(each.score for each in found if each.street) for found in matches.values()
         if any(each.street for each in found)),
        default=0.0,
    )  # fmt: skip
    touching = sum(shapely.distance(outline, line) < 0.01 for line in lines.values()) / len(SIDES)
    return round(float(least * share * touching), 2)
