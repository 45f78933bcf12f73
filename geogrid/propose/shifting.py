"""Borders of neighbouring polygons moved until all have the same area."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np
import shapely

from geogrid.crs import area_m2
from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.propose.cutting_lines import border_strip

__all__ = ["shifted_borders"]

_LEAST = 0.002
_MOST = 0.9


def shifted_borders(
    shapes: Mapping[str, shapely.Geometry],
) -> list[tuple[str, str, shapely.Geometry]]:
    """Return what polygons give to neighbours so that all have the same area.

    Each gives only across one border of a tree that joins all, the longest borders first.

    Parameters
    ----------
    shapes : by code, in degrees, which share vertices

    Returns
    -------
    Giver, taker and the strip along their border.

    Raises
    ------
    InputError
        They do not hang together, are alike already, or one would be torn or give too much.
    """
    codes = [*shapes]
    area = dict(zip(codes, area_m2([*shapes.values()], "EPSG:4326").tolist(), strict=True))
    left, found = dict(shapes), []
    for giver, taker, amount in _flows(shapes, area):
        share = amount / float(area_m2([left[giver]], "EPSG:4326")[0])
        border = _border(shapes, giver, taker)
        strip = border_strip(left[giver], left[taker], border, share) if share < _MOST else None
        if strip is None:
            raise InputError(
                _("Moving the border between {giver} and {taker} would tear one of them; draw the"
                  " border yourself, or choose other grids."),
                giver=giver, taker=taker,
            )  # fmt: skip
        left[giver] = shapely.difference(left[giver], strip)
        found.append((giver, taker, strip))
    if not found:
        raise InputError(_("These grids have the same area already."))
    return found


def _flows(
    shapes: Mapping[str, shapely.Geometry], area: Mapping[str, float]
) -> Iterator[tuple[str, str, float]]:
    """Give who gives how much to whom, from the ends of the tree to its root."""
    mean = float(np.mean([*area.values()]))
    excess = {code: size - mean for code, size in area.items()}
    for code, above in reversed(_tree(shapes)):
        if abs(excess[code]) > _LEAST * mean:
            pair = (code, above) if excess[code] > 0 else (above, code)
            yield (*pair, abs(excess[code]))
            excess[above] += excess[code]


def _tree(shapes: Mapping[str, shapely.Geometry]) -> list[tuple[str, str]]:
    """Return each polygon but one with that by which it was reached, nearest the root first."""
    codes = [*shapes]
    long = {pair: float(shapely.length(_border(shapes, *pair))) for pair in combinations(codes, 2)}
    found: list[tuple[str, str]] = []
    reached = {codes[0]}
    while len(reached) < len(codes):
        best = max(
            (pair for pair in long if (pair[0] in reached) != (pair[1] in reached)),
            key=lambda pair: long[pair],
        )
        new, old = best if best[1] in reached else best[::-1]
        if not long[best]:
            raise InputError(
                _("{one} and {other} have no border in common; choose neighbours."),
                one=old, other=new,
            )  # fmt: skip
        found.append((new, old))
        reached.add(new)
    return found


def _border(shapes: Mapping[str, shapely.Geometry], one: str, other: str) -> shapely.Geometry:
    shared = shapely.intersection(shapely.boundary(shapes[one]), shapely.boundary(shapes[other]))
    lines = [part for part in shapely.get_parts(shared) if part.geom_type == "LineString"]
    return shapely.line_merge(shapely.multilinestrings(lines))
