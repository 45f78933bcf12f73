"""A small map of one grid with the homes of each contact list in a colour, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.drawing.thumbnail import Frame, fit_frame, frame_points, path_data

__all__ = ["COLOURS", "contact_picture", "numbers_in_short"]

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#5b3fa0", "#2d7f8f", "#a3352b")
"""Told apart by colour-blind people too; each list has its number beside."""
_WIDTH, _HEIGHT = 620.0, 520.0
_MOST_STREETS = 1_500
_LEAST_PX, _LARGEST_PX = 6.0, 15.0
_LABEL_PX, _NEAR_PX = 16.0, 18.0


def contact_picture(
    rows: pd.DataFrame, numbers: Mapping[int, int], outline: shapely.Geometry,
    streets: gpd.GeoDataFrame,
) -> Mapping[str, Any]:  # fmt: skip
    """Return width, height, paths of outline and streets, slices and labels.

    A building is a circle as large as the homes that are there, with a slice for each list;
    doorways side by side are one. Labels are the numbers of these lists.

    Parameters
    ----------
    rows
        Of :class:`geogrid.propose.ContactProposal`, of one grid.
    numbers
        List to its number in the grid.
    outline
        Of the grid, in degrees.
    streets
        In degrees.
    """
    points = rows[["lon", "lat"]].to_numpy(np.float64)
    bounds = shapely.total_bounds(np.append(shapely.points(points), outline))
    frame = fit_frame(bounds, width=_WIDTH, height=_HEIGHT, is_geographic=True, margin=22.0)
    slices, labels = _slices(_places(rows, frame), numbers)
    return {
        "width": frame.width,
        "height": frame.height,
        "outline": path_data(np.array([outline], dtype=object), frame),
        "streets": _streets(streets, bounds, frame),
        "slices": slices,
        "labels": labels,
    }


def _streets(streets: gpd.GeoDataFrame, bounds: Any, frame: Frame) -> str:
    if streets.empty:
        return ""
    box = shapely.box(*bounds)
    near = streets.geometry.to_numpy()[streets.sindex.query(box, predicate="intersects")]
    seen = shapely.get_parts(shapely.clip_by_rect(near[:_MOST_STREETS], *bounds))
    seen = seen[shapely.get_type_id(seen) == shapely.GeometryType.LINESTRING]
    pixels = shapely.transform(seen, lambda xy: frame_points(frame, xy))
    pixels = shapely.simplify(pixels, 0.7, preserve_topology=False)
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(line).tolist())
        for line in pixels
    )


def _places(rows: pd.DataFrame, frame: Frame) -> list[tuple[float, float, pd.DataFrame]]:
    """Return where there are homes, in pixels, with their rows; doorways side by side are one."""
    points = frame_points(frame, rows[["lon", "lat"]].to_numpy(np.float64))
    middles: list[list[float]] = []
    near = []
    for x, y in points.tolist():
        far = [math.hypot(x - u, y - v) for u, v in middles]
        at = min(range(len(far)), key=far.__getitem__, default=-1)
        if at < 0 or far[at] > _NEAR_PX:
            at = len(middles)
            middles.append([x, y])
        near.append(at)
    return [(*middles[int(str(at))], some) for at, some in rows.groupby(near, sort=True)]


def _slices(
    places: Sequence[tuple[float, float, pd.DataFrame]], numbers: Mapping[int, int]
) -> tuple[list[tuple[str, str, str]], list[tuple[float, float, str]]]:
    """Return colour, path and title of each slice, and the labels above."""
    largest = max((float(homes["households"].sum()) for _x, _y, homes in places), default=1.0)
    slices, labels = [], []
    for x, y, homes in places:
        counts = homes.groupby("list", sort=True)["households"].sum()
        total = float(counts.sum())
        radius = _LEAST_PX + (_LARGEST_PX - _LEAST_PX) * math.sqrt(total / largest)
        name = ", ".join(dict.fromkeys(homes["name"].fillna("").replace("", None).dropna()))
        begin = 0.0
        for key, count in counts.items():
            end, number = begin + count / total, numbers[int(str(key))]
            colour = COLOURS[(number - 1) % len(COLOURS)]
            slices.append((colour, _slice(x, y, radius, begin, end), f"{number} · {name}"))
            begin = end
        shown = numbers_in_short([numbers[int(str(key))] for key in counts.index])
        labels.append((round(x, 1), round(y - radius - _LABEL_PX / 2 - 1, 1), shown))
    return slices, labels


def _slice(x: float, y: float, radius: float, begin: float, end: float) -> str:
    arc = f"A{radius:.1f} {radius:.1f} 0"
    if end - begin > 1 - 1e-9:
        left, right = f"{x - radius:.1f} {y:.1f}", f"{x + radius:.1f} {y:.1f}"
        return f"M{left}{arc} 1 1 {right}{arc} 1 1 {left}Z"
    turns = [2 * math.pi * at for at in (begin, end)]
    first, last = (
        f"{x + radius * math.sin(turn):.1f} {y - radius * math.cos(turn):.1f}" for turn in turns
    )
    return f"M{x:.1f} {y:.1f}L{first}{arc} {int(end - begin > 0.5)} 1 {last}Z"


def numbers_in_short(numbers: Sequence[int]) -> str:
    """Return numbers with runs as ranges.

    Examples
    --------
    >>> numbers_in_short([1, 2, 3, 7])
    '1–3, 7'
    """
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
