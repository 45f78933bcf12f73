"""Lines and texts made areas with codes and names, and a list of what does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geogrid.formats.dxf_labels import LabelText, label_areas, locate_labels, parse_label
from geogrid.formats.dxf_texts import Label
from geogrid.tracing.closing import close_lines

__all__ = ["TracedAreas", "polygonise"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]

_ROUNDING_M = 0.001
_COLUMNS = ("code", "name", "households", "people")


@dataclass(frozen=True, eq=False)
class TracedAreas:
    """What lines enclose, and what texts say of it. Coordinates are those of the lines.

    Attributes
    ----------
    polygons : ndarray of Polygon
        Neighbours share the vertices of their border, so that it is the same for both.
    attributes : DataFrame
        Columns code, name (``""`` where no text says one), households, people.
    bridges : float64[n, 2, 2]
        Gaps that were closed, from where to where.
    dangling : float64[m, 2]
        Ends of lines that meet nothing.
    dangling_m : float64[m]
        How much line leads to each.
    trimmed
        How many lines go beyond another by no more than the tolerance; that is no border.
    short : float64[s, 2]
        Ends of those that may be borders all the same: another line is within the tolerance of
        them, so that the areas on both sides may have become one.
    short_m : float64[s]
        How much line leads to each.
    unlabelled : intp[k]
        Areas in which no text says a code or a name.
    several : dict of int to tuple of str
        Areas in which there are several, and what they say.
    outside : tuple of (str, (x, y))
        Texts that name something and lie in no area.
    """

    polygons: npt.NDArray[np.object_]
    attributes: pd.DataFrame
    bridges: Floats
    dangling: Floats
    dangling_m: Floats
    trimmed: int
    short: Floats
    short_m: Floats
    unlabelled: Integers
    several: dict[int, tuple[str, ...]]
    outside: tuple[tuple[str, tuple[float, float]], ...]


def polygonise(
    lines: Sequence[Floats], labels: Sequence[Label] = (), *, tolerance_m: float = 0.5
) -> TracedAreas:
    """Return the areas that loose and closed lines enclose together, named by the texts in them.

    Parameters
    ----------
    lines
        Vertices of shape (k, 2) each, metres of one plane; outlines repeat their first.
    labels
        Texts with their places in the same plane.
    tolerance_m
        The widest gap that is closed; each is listed.

    Returns
    -------
    TracedAreas
        Disjoint areas without gaps between them, but where lines leave an island out. An
        area inside another one is a hole of it and an area of its own.

    Examples
    --------
    >>> lines = [np.array([[0.0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]), np.array([[1.0, 0], [1, 1]])]
    >>> texts = [Label("", "A1", ((0.5, 0.5), (0.5, 0.5)), 1.0)]
    >>> found = polygonise(lines, texts)
    >>> sorted(found.attributes["code"]), len(found.unlabelled)
    (['', 'A1'], 1)
    """
    closed = close_lines(lines, tolerance_m=tolerance_m)
    faces, cuts, dangles, _rings = shapely.polygonize_full(closed.lines)
    polygons = np.asarray(shapely.get_parts(faces), dtype=object)
    polygons = polygons[np.argsort(-shapely.get_coordinates(shapely.centroid(polygons))[:, 1])]
    places, lengths = _dangling(shapely.get_parts([cuts, dangles]), closed.lines)
    is_short = lengths <= tolerance_m
    is_trimmed = is_short & (lengths > _ROUNDING_M)
    is_doubtful = is_trimmed.copy()
    is_doubtful[is_trimmed] = _near_others(places[is_trimmed], closed.lines, tolerance_m)
    attributes = _attributes(polygons, labels)
    unlabelled, several, outside = _said(polygons, labels)
    return TracedAreas(
        polygons,
        attributes,
        closed.bridges,
        places[~is_short],
        lengths[~is_short],
        int(is_trimmed.sum()),
        places[is_doubtful],
        lengths[is_doubtful],
        unlabelled,
        several,
        outside,
    )


def _dangling(
    pieces: npt.NDArray[np.object_], lines: npt.NDArray[np.object_]
) -> tuple[Floats, Floats]:
    """Return the free ends of pieces that bound no area, and the length of line up to them."""
    if not len(pieces):
        return np.empty((0, 2)), np.empty(0)
    chains = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(pieces)))
    ends = [shapely.get_coordinates(shapely.get_point(lines, at)) for at in (0, -1)]
    distinct, count = np.unique(np.vstack(ends), axis=0, return_counts=True)
    free = {tuple(place) for place in distinct[count == 1]}
    places, lengths = [], []
    for chain, length in zip(chains, shapely.length(chains).tolist(), strict=True):
        for place in (chain.coords[0], chain.coords[-1]):
            if place in free:
                places.append(place)
                lengths.append(length)
    return np.array(places, np.float64).reshape(-1, 2), np.array(lengths, np.float64)


def _near_others(
    ends: Floats, lines: npt.NDArray[np.object_], tolerance_m: float
) -> npt.NDArray[np.bool_]:
    """Return which free ends have a line within reach that does not meet their own."""
    points, tree = shapely.points(ends), shapely.STRtree(lines)
    end, own = tree.query(points, predicate="dwithin", distance=_ROUNDING_M)
    near, other = tree.query(points, predicate="dwithin", distance=tolerance_m)
    owner = np.full(len(ends), -1)
    owner[end] = own
    is_apart = shapely.distance(lines[other], lines[owner[near]]) > _ROUNDING_M
    found = np.zeros(len(ends), dtype=bool)
    found[near[is_apart & (owner[near] >= 0)]] = True
    return found


def _attributes(polygons: npt.NDArray[np.object_], labels: Sequence[Label]) -> pd.DataFrame:
    frame, _findings = label_areas(polygons, labels)
    frame = frame.reindex(columns=list(_COLUMNS))
    for column in ("code", "name"):
        frame[column] = frame[column].map(lambda text: text if isinstance(text, str) else "")
    for column in ("households", "people"):
        frame[column] = pd.to_numeric(frame[column]).astype("Int64")
    return frame


def _said(
    polygons: npt.NDArray[np.object_], labels: Sequence[Label]
) -> tuple[Integers, dict[int, tuple[str, ...]], tuple[tuple[str, tuple[float, float]], ...]]:
    """Return areas without a text, those with several, and texts in none."""
    texts: dict[int, list[LabelText]] = {}
    outside = []
    for area, label in zip(locate_labels(polygons, labels).tolist(), labels, strict=True):
        said = parse_label(label.text)
        if not (said.code or said.name):
            continue
        if area < 0:
            outside.append((label.text, label.places[0]))
        else:
            texts.setdefault(area, []).append(said)
    several = {}
    for area, found in sorted(texts.items()):
        codes = sorted({text.code for text in found} - {""})
        names = sorted({text.name for text in found} - {""})
        if len(codes) > 1 or len(names) > 1:
            several[area] = (*codes, *names)
    bare = np.setdiff1d(np.arange(len(polygons)), np.array(list(texts), dtype=np.intp))
    return bare, several, tuple(outside)
