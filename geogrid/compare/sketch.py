"""A small map of one grid before and after, as SVG that can be printed and needs no script.

Told apart without colours: the former border is dashed and the new one drawn through; ground
that comes is hatched one way, ground that goes the other way; doorways that come are discs,
those that go are squares.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import count

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.drawing.thumbnail import Frame, fit_frame, frame_points, path_data

__all__ = ["Sketch", "sketch_svg", "sketch_view"]

Shapes = npt.NDArray[np.object_]

_WIDTH, _HEIGHT, _ROOM = 560.0, 400.0, 1.16
_MOST_POINTS = 400
_MOST_STREETS = 1_500
_MOST_LABELS = 12
_LONGEST_LABEL = 14
_LETTER_PX = 13.0
_numbers = count(1)


def _none() -> Shapes:
    return np.array([], dtype=object)


@dataclass(frozen=True)
class Sketch:
    """What is drawn, all in degrees of WGS 84.

    Attributes
    ----------
    before, after
        Outline of the grid, or None.
    gained, lost
        Ground that comes and that goes.
    around, names
        Grids nearby, and what they are called.
    streets
        Lines.
    come, gone
        Points (n, 2) of doorways.
    title
        What the picture shows, for those who cannot see it.
    """

    before: shapely.Geometry | None
    after: shapely.Geometry | None
    title: str
    gained: Shapes = field(default_factory=_none)
    lost: Shapes = field(default_factory=_none)
    around: Shapes = field(default_factory=_none)
    names: Sequence[str] = ()
    streets: Shapes = field(default_factory=_none)
    come: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))
    gone: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 2)))


def sketch_view(
    before: shapely.Geometry | None, after: shapely.Geometry | None
) -> npt.NDArray[np.float64] | None:
    """Return west, south, east and north of the picture of a grid; None when there is none.

    The picture always has the same shape, so that lines and letters do, too.

    Parameters
    ----------
    before, after : outlines in degrees, or None
    """
    shapes = [each for each in (before, after) if each is not None]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    if not np.isfinite([west, south, east, north]).all():
        return None
    squeeze = max(math.cos(math.radians((south + north) / 2)), 1e-3)
    wide, high = (east - west) * squeeze * _ROOM, (north - south) * _ROOM
    wide, high = max(wide, high * _WIDTH / _HEIGHT), max(high, wide * _HEIGHT / _WIDTH)
    x, y = (west + east) / 2, (south + north) / 2
    half_x, half_y = wide / squeeze / 2, high / 2
    return np.array([x - half_x, y - half_y, x + half_x, y + half_y])


def sketch_svg(sketch: Sketch) -> str:
    """Return the picture as an ``svg`` element; ``""`` when there is nothing to draw.

    Names are escaped; nothing in it refers to anything outside.

    Parameters
    ----------
    sketch : what is drawn
    """
    bounds = sketch_view(sketch.before, sketch.after)
    if bounds is None:
        return ""
    frame = fit_frame(bounds, width=_WIDTH, height=_HEIGHT, is_geographic=True, margin=0.0)
    own = f"sk{next(_numbers)}"
    parts = [
        _patterns(own),
        _path(sketch.around, frame, "sk-around"),
        f'<path class="sk-streets" d="{_lines(sketch.streets, frame)}"/>',
        _path(sketch.lost, frame, "sk-lost", f"url(#{own}-lost)"),
        _path(sketch.gained, frame, "sk-gained", f"url(#{own}-gained)"),
        _path(np.array([sketch.before], dtype=object), frame, "sk-before"),
        _path(np.array([sketch.after], dtype=object), frame, "sk-after"),
        *_squares(sketch.gone, frame),
        *_discs(sketch.come, frame),
        *_labels(sketch, frame),
    ]
    size = f'viewBox="0 0 {frame.width:g} {frame.height:g}" width="{frame.width:g}"'
    head = f'<svg class="sketch" xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    return head + f"<title>{escape(sketch.title)}</title>" + "".join(parts) + "</svg>"


def _patterns(own: str) -> str:
    """Return both hatchings; their names are unique in a page with many pictures."""
    lines = {"gained": "M-2 2L2 -2M0 8L8 0M6 10L10 6", "lost": "M-2 6L2 10M0 0L8 8M6 -2L10 2"}
    return (
        "<defs>"
        + "".join(
            f'<pattern id="{own}-{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" class="sk-{name}-ground"/>'
            f'<path d="{line}" class="sk-{name}-line"/></pattern>'
            for name, line in lines.items()
        )
        + "</defs>"
    )


def _path(shapes: Shapes, frame: Frame, kind: str, fill: str = "") -> str:
    drawn = path_data(shapes, frame) if len(shapes) else ""
    filled = f' fill="{fill}"' if fill else ""
    return f'<path class="{kind}"{filled} d="{drawn}"/>' if drawn else ""


def _lines(streets: Shapes, frame: Frame) -> str:
    parts = shapely.get_parts(streets[:_MOST_STREETS])
    lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    pixels = shapely.transform(lines, lambda xy: frame_points(frame, xy))
    seen = shapely.simplify(pixels, 0.7, preserve_topology=False)
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(line).tolist())
        for line in seen
    )


def _inside(points: npt.NDArray[np.float64], frame: Frame) -> list[list[float]]:
    places = frame_points(frame, points[np.isfinite(points).all(axis=1)][:_MOST_POINTS])
    seen: list[list[float]] = places.round(1).tolist()
    return seen


def _discs(points: npt.NDArray[np.float64], frame: Frame) -> list[str]:
    return [f'<circle class="sk-come" cx="{x}" cy="{y}" r="4"/>' for x, y in _inside(points, frame)]


def _squares(points: npt.NDArray[np.float64], frame: Frame) -> list[str]:
    return [
        f'<rect class="sk-gone" x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7"/>'
        for x, y in _inside(points, frame)
    ]


def _labels(sketch: Sketch, frame: Frame) -> list[str]:
    """Return the names of grids nearby, at their part that is seen, none over another."""
    window = shapely.box(
        frame.west,
        frame.north - frame.height / frame.y_scale,
        frame.west + frame.width / frame.x_scale,
        frame.north,
    )
    seen = shapely.intersection(sketch.around, window)
    largest = np.argsort(-shapely.area(seen), kind="stable")[:_MOST_LABELS]
    found: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for at in largest.tolist():
        if shapely.is_empty(seen[at]):
            continue
        name = sketch.names[at]
        text = name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1] + "…"
        half = sum(_LETTER_PX if ord(each) > 0x2E7F else _LETTER_PX / 2 for each in text) / 2
        ((x, y),) = frame_points(frame, shapely.get_coordinates(shapely.point_on_surface(seen[at])))
        x = min(max(x, half + 2), frame.width - half - 2)
        y = min(max(y, _LETTER_PX + 2), frame.height - 4)
        if any(abs(x - u) < half + w and abs(y - v) < _LETTER_PX + 3 for u, v, w in taken):
            continue
        taken.append((x, y, half))
        found.append(f'<text class="sk-name" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>')
    return found
