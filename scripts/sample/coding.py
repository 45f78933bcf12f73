"""Codes, names and the nested polygons of every level, from numbered finest grids.

A parent is the union of its children with every vertex kept, so that each edge of a parent
is an edge of exactly one child, bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

__all__ = ["Grid", "dissolve", "number_in_order", "ordinal", "tidy"]

_DIGITS = "零一二三四五六七八九"


@dataclass
class Grid:
    """One row of ``grids.geojson``."""

    code: str
    name: str
    parent: str
    level: int
    kind: str
    geometry: shapely.Geometry
    households: int = 0
    people: int = 0
    use: str = field(default="", repr=False)
    """What a dedicated grid is for; guides units and cases, not published."""


def ordinal(number: int) -> str:
    """Return a number below 100 in Chinese (12 → 十二)."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def tidy(geometry: shapely.Geometry) -> shapely.Geometry:
    """Return the geometry with a fixed ring start and direction (RFC 7946)."""
    return shapely.orient_polygons(shapely.normalize(geometry), exterior_cw=False)


def dissolve(polygons: Sequence[shapely.Geometry]) -> shapely.Geometry:
    """Return the union of polygons that share every vertex, all vertices kept."""
    return tidy(shapely.coverage_union_all(np.array(polygons, dtype=object)))


def number_in_order(
    polygons: npt.NDArray[np.object_],
) -> npt.NDArray[np.intp]:
    """Return the 1-based number of each polygon: west to east, then north to south.

    The key is the centroid's longitude, then its latitude from the north.
    """
    centre = np.round(shapely.get_coordinates(shapely.centroid(polygons)), 7)
    order = np.lexsort((-centre[:, 1], centre[:, 0]))
    number = np.empty(len(polygons), dtype=np.intp)
    number[order] = np.arange(1, len(polygons) + 1)
    return number
