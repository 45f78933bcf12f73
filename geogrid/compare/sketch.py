"""A small map of one grid before and after, as SVG that can be printed and needs no script.

Told apart without colours: the former border is dashed and the new one drawn through; ground
that comes is hatched one way, ground that goes the other way; doorways that come are discs,
those that go are squares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import count

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.drawing.thumbnail import Frame, fit_frame, frame_points, path_data

__all__ = ["Sketch", "sketch_svg"]

Shapes = npt.NDArray[np.object_]

_WIDTH, _HEIGHT, _MARGIN = 560.0, 380.0, 26.0
_MOST_POINTS = 400
_MOST_STREETS = 1_500
_MOST_LABELS = 12
_LONGEST_LABEL = 14
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


def _view(sketch: Sketch) -> npt.NDArray[np.float64] | None:
    """Return west, south, east and north of what must be seen; None when there is nothing."""
    shapes = [each for each in (sketch.before, sketch.after) if each is not None]
    if not shapes:
        return None
    bounds = np.asarray(shapely.total_bounds(np.array(shapes, dtype=object)))
    return bounds if np.isfinite(bounds).all() else None


def sketch_svg(sketch: Sketch) -> str:
    """Return the picture as an ``svg`` element; ``""`` when there is nothing to draw.

    Names are escaped; nothing in it refers to anything outside.

    Parameters
    ----------
    sketch : what is drawn
    """
    bounds = _view(sketch)
    if bounds is None:
        return ""
    frame = fit_frame(bounds, width=_WIDTH, height=_HEIGHT, is_geographic=True, margin=_MARGIN)
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
    """Return the names of grids nearby, at their part that is seen."""
    window = shapely.box(
        frame.west,
        frame.north - frame.height / frame.y_scale,
        frame.west + frame.width / frame.x_scale,
        frame.north,
    )
    seen = shapely.intersection(sketch.around, window)
    largest = np.argsort(-shapely.area(seen), kind="stable")[:_MOST_LABELS]
    found = []
    for at in largest.tolist():
        if shapely.is_empty(seen[at]):
            continue
        ((x, y),) = frame_points(frame, shapely.get_coordinates(shapely.point_on_surface(seen[at])))
        name = sketch.names[at]
        text = name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1] + "…"
        found.append(f'<text class="sk-name" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>')
    return found
