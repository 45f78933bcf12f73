"""Compiled passes over rings: signed areas, and which rings are certainly simple."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from geogrid._compiled import kernel
from geogrid._threads import chunks, in_threads

__all__ = ["are_certainly_simple", "doubled_areas"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_PAIRS_UP_TO = 24
# Shewchuk 1997, Adaptive precision floating-point arithmetic: error bound of orient2d
_ORIENT_BOUND = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
_TINY = 1e-280


def doubled_areas(coordinates: Floats, first: Integers, stop: Integers) -> tuple[Floats, Floats]:
    """Return twice the signed area of each ring, and the sum of its terms' sizes."""
    doubled, size = np.zeros(len(first)), np.zeros(len(first))

    def run(begin: int, end: int) -> None:
        _doubled_areas(
            coordinates, first[begin:end], stop[begin:end], doubled[begin:end], size[begin:end]
        )

    in_threads(run, chunks(len(first)))
    return doubled, size


@kernel
def _doubled_areas(places: Any, first: Any, stop: Any, doubled: Any, size: Any) -> None:
    for ring in range(len(first)):
        begin = first[ring]
        origin_x, origin_y = places[begin, 0], places[begin, 1]
        before_x, before_y = 0.0, 0.0
        total, sizes = 0.0, 0.0
        for at in range(begin + 1, stop[ring]):
            x, y = places[at, 0] - origin_x, places[at, 1] - origin_y
            ahead, behind = before_x * y, x * before_y
            total += ahead - behind
            sizes += abs(ahead) + abs(behind)
            before_x, before_y = x, y
        doubled[ring] = total
        size[ring] = sizes


def are_certainly_simple(coordinates: Floats, first: Integers, stop: Integers) -> Flags:
    """Return which rings are closed, have area and do not touch themselves, beyond doubt.

    A ring that is not certain may be valid all the same; repeated vertices, for one, are
    left to a full test.
    """
    certain = np.zeros(len(first), dtype=np.bool_)

    def run(begin: int, end: int) -> None:
        longest = int((stop[begin:end] - first[begin:end]).max(initial=0))
        boxes = np.empty((4, longest))
        order = np.empty(longest, dtype=np.int64)
        _certify(coordinates, first[begin:end], stop[begin:end], boxes, order, certain[begin:end])

    in_threads(run, chunks(len(first)))
    return certain


@kernel
def _certify(places: Any, first: Any, stop: Any, boxes: Any, order: Any, certain: Any) -> None:
    for ring in range(len(first)):
        begin, end = first[ring], stop[ring]
        steps = end - begin - 1
        if steps < 3 or not _is_closed_and_turning(places, begin, end):
            continue
        for step in range(steps):
            at = begin + step
            boxes[0, step] = min(places[at, 0], places[at + 1, 0])
            boxes[1, step] = max(places[at, 0], places[at + 1, 0])
            boxes[2, step] = min(places[at, 1], places[at + 1, 1])
            boxes[3, step] = max(places[at, 1], places[at + 1, 1])
        if steps <= _PAIRS_UP_TO:
            certain[ring] = _no_pair_meets(places, begin, steps, boxes)
        else:
            order[:steps] = np.argsort(boxes[0, :steps])
            certain[ring] = _none_meets_in_sweep(places, begin, steps, boxes, order)


@kernel
def _is_closed_and_turning(places: Any, begin: int, end: int) -> bool:
    """Return whether the ring closes, no step is empty and no corner turns straight back."""
    last = end - 1
    if places[begin, 0] != places[last, 0] or places[begin, 1] != places[last, 1]:
        return False
    for at in range(begin, last):
        ax, ay = places[at, 0], places[at, 1]
        bx, by = places[at + 1, 0], places[at + 1, 1]
        if ax == bx and ay == by:
            return False
        after = at + 2 if at + 2 <= last else begin + 1
        cx, cy = places[after, 0], places[after, 1]
        goes_back = (bx - ax) * (cx - bx) + (by - ay) * (cy - by) <= 0.0
        if goes_back and _turn(ax, ay, bx, by, cx, cy) == 0:
            return False
    return True


@kernel
def _turn(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> int:
    """Return the certain orientation of three points, 0 where floats cannot tell."""
    left, right = (ax - cx) * (by - cy), (ay - cy) * (bx - cx)
    det = left - right
    bound = _ORIENT_BOUND * (abs(left) + abs(right)) + _TINY
    if det > bound:
        return 1
    if det < -bound:
        return -1
    return 0


@kernel
def _are_apart(places: Any, one: int, other: int) -> bool:
    """Return whether two steps whose boxes meet certainly have no point in common."""
    ax, ay, bx, by = places[one, 0], places[one, 1], places[one + 1, 0], places[one + 1, 1]
    cx, cy = places[other, 0], places[other, 1]
    dx, dy = places[other + 1, 0], places[other + 1, 1]
    if _turn(ax, ay, bx, by, cx, cy) * _turn(ax, ay, bx, by, dx, dy) > 0:
        return True
    return _turn(cx, cy, dx, dy, ax, ay) * _turn(cx, cy, dx, dy, bx, by) > 0


@kernel
def _no_pair_meets(places: Any, begin: int, steps: int, boxes: Any) -> bool:
    for one in range(steps - 2):
        last = steps - 1 if one == 0 else steps  # the first and the last step are neighbours
        west, east, south, north = boxes[0, one], boxes[1, one], boxes[2, one], boxes[3, one]
        meeting = 0
        for other in range(one + 2, last):  # without branches, so that it is vectorised
            meeting += int(
                (boxes[0, other] <= east)
                & (boxes[1, other] >= west)
                & (boxes[2, other] <= north)
                & (boxes[3, other] >= south)
            )
        if meeting == 0:
            continue
        for other in range(one + 2, last):
            if boxes[0, other] > east or boxes[1, other] < west:
                continue
            if boxes[2, other] > north or boxes[3, other] < south:
                continue
            if not _are_apart(places, begin + one, begin + other):
                return False
    return True


@kernel
def _none_meets_in_sweep(places: Any, begin: int, steps: int, boxes: Any, order: Any) -> bool:
    """Compare only steps whose ranges of x overlap."""
    for at in range(steps):
        one = order[at]
        east, south, north = boxes[1, one], boxes[2, one], boxes[3, one]
        for later in range(at + 1, steps):
            other = order[later]
            if boxes[0, other] > east:
                break
            if boxes[2, other] > north or boxes[3, other] < south:
                continue
            apart = abs(one - other)
            is_next = apart == 1 or apart == steps - 1
            if not is_next and not _are_apart(places, begin + one, begin + other):
                return False
    return True
