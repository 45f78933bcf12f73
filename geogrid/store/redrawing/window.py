"""What a view of a draft shows: all borders in it, or where that is too much the coarser ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely

from geogrid.redraw import Arc
from geogrid.redraw.arc import OUTSIDE, UNITS, Box
from geogrid.store.redrawing.looks import arc_look, gap_look, grid_look, touched_labels
from geogrid.store.redrawing.opened import OpenDraft

__all__ = ["MOST_VERTICES", "window"]

MOST_VERTICES = 20_000
_WHOLE: Box = (-180 * UNITS, -90 * UNITS, 180 * UNITS, 90 * UNITS)
_TILE = 256
_LOOKED_AT = 20
_COARSE = " coarse"


def window(draft: OpenDraft, box: Box | None, zoom: int) -> dict[str, Any]:
    """Return what lies in a box.

    Parameters
    ----------
    draft : whose lock the caller holds
    box : west, south, east, north in units of 1e-9°; None for everything
    zoom : of the map, by which borders that cannot be edited are simplified
    """
    graph = draft.graph
    arcs = graph.near_at_most(box or _WHOLE, MOST_VERTICES)
    if arcs is None:
        return _coarse(draft, box or _WHOLE, zoom)
    sides = {side for arc in arcs for side in (arc.left, arc.right)}
    labels = touched_labels(graph, sides)
    return {
        "editable": True,
        "truncated": False,
        "level": max((graph.rows[label]["level"] or 0 for label in labels), default=None),
        "arcs": [arc_look(arc) for arc in arcs],
        "grids": [grid_look(draft, label) for label in labels],
        "gaps": [gap_look(graph, label) for label in sorted(sides & set(graph.gaps))],
    }


def _coarse(draft: OpenDraft, box: Box, zoom: int) -> dict[str, Any]:
    tiers = _tiers(draft)
    tolerance = 360.0 / _TILE / 2**zoom
    west, south, east, north = box
    lines: list[tuple[str, str, Any]] = []
    for depth in reversed(range(len(tiers))):
        arcs = [
            (arc, left[depth] if depth < len(left) else (left or [OUTSIDE])[-1],
             right[depth] if depth < len(right) else (right or [OUTSIDE])[-1])
            for tier in tiers[: depth + 1]
            for arc, left, right in tier
            if arc.box[0] <= east and arc.box[2] >= west
            and arc.box[1] <= north and arc.box[3] >= south
        ]  # fmt: skip
        if depth and sum(len(arc.points) for arc, _l, _r in arcs) > _LOOKED_AT * MOST_VERTICES:
            continue
        lines = _merged(arcs, tolerance)
        if sum(map(_size, lines)) <= MOST_VERTICES:
            break
    kept, is_all = _first(lines)
    places: dict[str, list[Any]] = {}
    for left, right, line in kept:
        for label in (left, right):
            if label in draft.graph.rows:
                places.setdefault(label, []).append(line)
    grids = []
    for label, around in places.items():
        middle = np.concatenate([shapely.get_coordinates(line) for line in around]).mean(axis=0)
        grids.append(grid_look(draft, label) | {"label_at": np.round(middle, 9).tolist()})
    return {
        "editable": False,
        "truncated": not is_all,
        "level": min((grid["level"] or 0 for grid in grids), default=None),
        "arcs": [
            {"id": f"{number}", "left": left, "right": right,
             "line": np.round(shapely.get_coordinates(line), 9).tolist()}
            for number, (left, right, line) in enumerate(kept)
        ],
        "grids": grids,
        "gaps": [],
    }  # fmt: skip


def _size(line: tuple[str, str, Any]) -> int:
    return int(shapely.get_num_coordinates(line[2]))


def _first(lines: Sequence[tuple[str, str, Any]]) -> tuple[list[tuple[str, str, Any]], bool]:
    """Return as many lines as may be sent, and whether that is all."""
    found: list[tuple[str, str, Any]] = []
    count = 0
    for line in lines:
        count += _size(line)
        if count > MOST_VERTICES:
            return found, False
        found.append(line)
    return found, True


def _merged(arcs: Iterable[tuple[Arc, str, str]], tolerance: float) -> list[tuple[str, str, Any]]:
    """Return borders between the same two grids in one, simplified; which side is which is lost."""
    pairs: dict[tuple[str, str], list[Any]] = {}
    for arc, left, right in arcs:
        pairs.setdefault((min(left, right), max(left, right)), []).append(arc.points / UNITS)
    found = []
    for (one, other), paths in pairs.items():
        line = shapely.line_merge(shapely.multilinestrings([shapely.linestrings(p) for p in paths]))
        for part in shapely.get_parts(shapely.simplify(line, tolerance)):
            found.append((one, other, part))
    return found


Tier = list[tuple[Arc, list[str], list[str]]]


def _tiers(draft: OpenDraft) -> list[Tier]:
    """Return the borders by the depth from which on their sides are in different grids."""
    kept = draft.drawn.get(_COARSE)
    if kept is not None and kept[0] == draft.number:
        return list(kept[1])
    graph = draft.graph
    lines: dict[str, list[str]] = {OUTSIDE: []}
    tiers: list[Tier] = []
    for arc in graph.arcs.values():
        for side in (arc.left, arc.right):
            if side not in lines:
                is_grid = side in graph.rows
                lines[side] = [*graph.above(side)[::-1], side] if is_grid else []
        left, right = lines[arc.left], lines[arc.right]
        depth = 0
        while depth < min(len(left), len(right)) and left[depth] == right[depth]:
            depth += 1
        while len(tiers) <= depth:
            tiers.append([])
        tiers[depth].append((arc, left, right))
    draft.drawn[_COARSE] = draft.number, tiers
    return tiers
