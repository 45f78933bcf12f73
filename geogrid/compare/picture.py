"""The picture of a written comparison: both sheets of borders, and the ground between them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geogrid.compare.record import ComparisonRecord
from geogrid.coverage.measure import zoom_points
from geogrid.drawing.map_shapes import to_lonlat
from geogrid.drawing.raster import Canvas, Colour
from geogrid.drawing.thumbnail import fit_frame, frame_points
from geogrid.reports.picture import to_pixels

__all__ = ["FORMER_COLOUR", "MOVED_COLOUR", "NEW_COLOUR", "moves_png"]

FORMER_COLOUR: Colour = (178, 92, 0)
NEW_COLOUR: Colour = (20, 84, 140)
MOVED_COLOUR: Colour = (247, 205, 116)
"""Of borders before and after, and of the ground that changes hands."""

_PAPER: Colour = (255, 255, 255)
_LAND: Colour = (238, 243, 246)
_STAYS: Colour = (150, 166, 178)
_WIDTH, _HEIGHT, _MARGIN = 1200, 900, 26
_MOST_GRIDS = 30_000
_RADIUS, _DIGIT_PX = 15.0, 14.0
_AROUND = 1.6


def moves_png(record: ComparisonRecord, marked: int) -> bytes | None:
    """Return a picture of the ground that changes hands as PNG, north at the top; None for none.

    Parameters
    ----------
    record : the comparison
    marked : how many moves, the first ones, have their number in the picture
    """
    of = record.comparison
    moves = of.moves[~shapely.is_missing(of.moves.geometry.to_numpy())]
    if not len(moves):
        return None
    finest = moves["level"].max()
    moved = _plane(moves[moves["level"] == finest])
    sheets = [
        _plane(plan[plan["level"] == finest].head(_MOST_GRIDS)) for plan in (of.before, of.after)
    ]
    frame = fit_frame(
        _view(moved, np.concatenate(sheets)),
        width=_WIDTH,
        height=_HEIGHT,
        is_geographic=of.before.crs.geodetic_crs is not None,
        margin=_MARGIN,
    )
    canvas = Canvas(max(round(frame.width), 200), max(round(frame.height), 120), _PAPER)
    new = to_pixels(sheets[1], frame)
    canvas.fill(new, _LAND)
    canvas.fill(to_pixels(moved, frame), MOVED_COLOUR)
    canvas.stroke(new, _STAYS, width=1.0)
    former, changed = (to_pixels(shapes, frame) for shapes in _changed(record, finest))
    canvas.stroke(former, FORMER_COLOUR, width=4.0)
    canvas.stroke(changed, NEW_COLOUR, width=2.0)
    numbered = np.flatnonzero(of.moves["level"].to_numpy() == finest)
    numbered = numbered[numbered < marked]
    places = frame_points(frame, zoom_points(_plane(of.moves.iloc[numbered])))
    for at, (x, y) in zip(numbered[::-1].tolist(), places[::-1].tolist(), strict=True):
        if np.isfinite(x) and np.isfinite(y):
            canvas.disc(x, y, _RADIUS + 2.0, _PAPER)
            canvas.disc(x, y, _RADIUS, NEW_COLOUR)
            canvas.number(x, y, at + 1, _PAPER, height=_DIGIT_PX)
    return canvas.png()


def _plane(frame: gpd.GeoDataFrame) -> npt.NDArray[np.object_]:
    return to_lonlat(frame.geometry.to_numpy(), frame.crs)


def _changed(record: ComparisonRecord, level: int) -> list[npt.NDArray[np.object_]]:
    """Return the shapes, before and after, of the grids whose ground changed."""
    rows = record.comparison.grids
    moved = rows[(rows["level"] == level) & ((rows["lost_m2"] > 0) | (rows["gained_m2"] > 0))]
    plans = (record.comparison.before, "code_before"), (record.comparison.after, "code_after")
    return [_plane(plan[plan["code"].isin(set(moved[key]))]) for plan, key in plans]


def _view(
    moved: npt.NDArray[np.object_], all_shapes: npt.NDArray[np.object_]
) -> npt.NDArray[np.float64]:
    """Return what to show: the ground that moves and its surroundings, not beyond the plans."""
    near, whole = (np.asarray(shapely.total_bounds(each)) for each in (moved, all_shapes))
    middle, size = (near[:2] + near[2:]) / 2.0, (near[2:] - near[:2]) * _AROUND / 2.0
    size = np.maximum(size, (whole[2:] - whole[:2]) / 12.0)
    return np.concatenate(
        [np.maximum(middle - size, whole[:2]), np.minimum(middle + size, whole[2:])]
    )
