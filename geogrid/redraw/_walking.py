"""Around faces: stretches that run with one face to their left, followed from end to end.

At every vertex the walk takes the stretch that comes first clockwise from where it came, so
that it goes around what is connected inside. A walk that passes a vertex twice is then cut into
simple rings: a shell, and holes that touch it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geogrid.redraw._exactly import clockwise_first, crossings, doubled_area, is_counter_clockwise
from geogrid.redraw.arc import Integers, Point

__all__ = ["closed_path", "face_parts", "holds", "inner_point", "simple_rings", "walks"]

Part = list[Integers]


def walks(paths: Sequence[Integers]) -> list[list[int]]:
    """Return the cycles of paths, each of which has its face to its left.

    Parameters
    ----------
    paths : (k, 2) each, in the direction in which it runs; all that the faces have

    Returns
    -------
    Positions in `paths`, cycle by cycle; each path is in exactly one.
    """
    leaving: dict[Point, list[int]] = {}
    for number, path in enumerate(paths):
        x, y = path[0].tolist()
        leaving.setdefault((x, y), []).append(number)
    onward = [_onward(path, leaving, paths) for path in paths]
    cycles, seen = [], [False] * len(paths)
    for number in range(len(paths)):
        cycle = []
        while not seen[number]:
            seen[number] = True
            cycle.append(number)
            number = onward[number]  # noqa: PLW2901
        if cycle:
            cycles.append(cycle)
    return cycles


def _onward(path: Integers, leaving: dict[Point, list[int]], paths: Sequence[Integers]) -> int:
    (bx, by), (x, y) = path[-2:].tolist()
    options = leaving[x, y]
    if len(options) == 1:
        return options[0]
    directions = []
    for number in options:
        u, v = paths[number][1].tolist()
        directions.append((u - x, v - y))
    return options[clockwise_first((bx - x, by - y), directions)]


def closed_path(paths: Sequence[Integers], cycle: Sequence[int]) -> Integers:
    """Return the vertices along a cycle, the first again at the end."""
    joined = [paths[number][:-1] for number in cycle]
    return np.concatenate([*joined, joined[0][:1]])


def simple_rings(path: Integers) -> list[Integers]:
    """Return a closed path cut where it passes a vertex again, each ring closed."""
    points = [(x, y) for x, y in path.tolist()]
    rings: list[Integers] = []
    place: dict[Point, int] = {}
    run: list[Point] = []
    for point in points:
        if point in place:
            first = place[point]
            rings.append(np.array([*run[first:], point], dtype=np.int64))
            for passed in run[first + 1 :]:
                del place[passed]
            del run[first + 1 :]
        else:
            place[point] = len(run)
            run.append(point)
    return rings


def face_parts(paths: Sequence[Integers]) -> list[Part]:
    """Return the parts that paths bound: each a shell counter-clockwise, then its holes.

    Every ring is closed and begins at its lowest vertex; rings and parts come in the order of
    these, so the answer depends on the border alone.
    """
    shells, holes, parts = [], [], []
    for cycle in walks(paths):
        path = closed_path(paths, cycle)
        passed = {tuple(paths[number][0].tolist()) for number in cycle}
        # only where stretches meet can a walk pass a vertex again
        whole = [path] if len(passed) == len(cycle) else simple_rings(path)
        rings = [_from_lowest(ring) for ring in whole]
        shell = next((ring for ring in rings if is_counter_clockwise(ring)), None)
        rest = [ring for ring in rings if ring is not shell]
        if shell is None:
            holes += rest
        else:
            shells.append(shell)
            parts.append(rest)
    for hole in holes:
        parts[_innermost(inner_point(hole), shells)].append(hole)
    found = [[shell, *sorted(rest, key=_place)] for shell, rest in zip(shells, parts, strict=True)]
    return sorted(found, key=lambda part: _place(part[0]))


def _place(ring: Integers) -> list[int]:
    return list(ring[:2].ravel().tolist())


def _from_lowest(ring: Integers) -> Integers:
    at = int(np.lexsort((ring[:-1, 1], ring[:-1, 0]))[0])
    return np.concatenate([ring[at:-1], ring[: at + 1]]) if at else ring


def _innermost(point: Integers, shells: Sequence[Integers]) -> int:
    """Return which shell closest around a point, doubled, holds it."""
    if len(shells) == 1:
        return 0
    around = [number for number, shell in enumerate(shells) if holds(shell, point)]
    return min(around, key=lambda number: doubled_area(shells[number]))


def inner_point(path: Integers) -> Integers:
    """Return the middle of the first edge of a path, doubled."""
    return np.asarray(path[0] + path[1])


def holds(path: Integers, point: Integers) -> bool:
    """Return whether a closed path goes around a point, doubled, that is not on it."""
    return bool(crossings(point[None], 2 * path[:-1], 2 * path[1:]).sum(dtype=np.int64))
