"""Four squares with one flaw each, whose right answer the eye can check; metres."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.coverage.lattice import Coverage, Floats

CRS = "EPSG:32650"
AREA_M2 = 40_000.0
OVERLAP_M2 = 125.0
GAP_M2 = 125.0
LIMIT_M = 10.0
# Not a round number, so that rounding or snapping shows.
_ORIGIN = (500_000.1, 2_500_000.3)
_SIDE = ((0, 0), (25, 0), (50, 0), (75, 0))


def tiny_cases() -> dict[str, Coverage]:
    """Return the cases by name. Grids A, B (south), C, D (north) fill 200 m by 200 m.

    The middle of the border between A and B, 50 m from the south, is what most of them move.
    """
    fine = _squares()
    b_crossed = _ring(100, 0)
    b_crossed[[13, 15]] = b_crossed[[15, 13]]
    return {
        "seamless": _case(fine),
        "overlap": _case(_squares(a=(105, 50))),
        "wide overlap": _case(_squares(a=(160, 50))),
        "gap": _case(_squares(a=(95, 50))),
        "wide gap": _case(_squares(a=(40, 50))),
        "border gap": _case(_squares(b=(190, 50))),
        "spill": _case(_squares(b=(210, 50))),
        "crossed ring": _case({**fine, "B": b_crossed}),
        "missing corner": _case({**fine, "B": np.delete(fine["B"], 14, axis=0)}),
        "twice": _case({**fine, "E": fine["B"]}),
        "contained": _case({**fine, "E": _ring(20, 20) * 0.5 + (10, 10)}),
        "even overlap": _case({**fine, **_even_overlap()}),
        "even overlap, reversed": _case(dict(reversed({**fine, **_even_overlap()}.items()))),
    }


def _ring(x: float, y: float) -> Floats:
    """Return the 16 corners of a square of 100 m, counter-clockwise from its south-west."""
    south = np.array(_SIDE, dtype=np.float64)
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    sides = [south]
    for _ in range(3):
        sides.append((sides[-1] - 50.0) @ turn + 50.0)
    return np.asarray(np.concatenate(sides) + np.array([x, y]))


def _squares(
    a: tuple[float, float] | None = None, b: tuple[float, float] | None = None
) -> dict[str, Floats]:
    """Return four squares; the middle of A's or B's east side is moved to `a` or `b`."""
    rings = {
        "A": _ring(0, 0),
        "B": _ring(100, 0),
        "C": _ring(0, 100),
        "D": _ring(100, 100),
    }
    for code, corner in (("A", a), ("B", b)):
        if corner is not None:
            rings[code][6] = corner
    return rings


def _even_overlap() -> dict[str, Floats]:
    """Return A and B that overlap in a kite of which each has the same share of border."""
    west, east = _ring(0, 0), _ring(100, 0)
    west[6] = (105, 50)
    east[14] = (95, 50)
    return {"A": west, "B": east}


def _case(rings: dict[str, Floats]) -> Coverage:
    outline = np.concatenate(
        [
            _ring(0, 0)[:4],
            _ring(100, 0)[:8],
            _ring(100, 100)[4:12],
            _ring(0, 100)[8:16],
            _ring(0, 0)[12:],
        ]
    )
    grids = gpd.GeoDataFrame(
        {"code": list(rings)},
        geometry=[shapely.Polygon(ring + _ORIGIN) for ring in rings.values()],
        crs=CRS,
    )
    region = gpd.GeoDataFrame(geometry=[shapely.Polygon(outline + _ORIGIN)], crs=CRS)
    return Coverage(grids, region)
