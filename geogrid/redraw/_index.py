"""Arcs by place: every arc in up to four squares that are as large as it is.

A square of level n has sides of 2^n units; an arc is listed at the lowest level whose squares
are larger than its bounds. So adding, removing and asking cost the same in any plan.
"""

from __future__ import annotations

from collections.abc import Iterator

from geogrid.redraw.arc import Arc, Box

__all__ = ["ArcIndex"]

_LOWEST = 12
Cell = tuple[int, int]


class ArcIndex:
    """The arcs whose bounds meet a box."""

    def __init__(self) -> None:
        self._levels: dict[int, dict[Cell, list[Arc]]] = {}

    def add(self, arc: Arc) -> None:
        """List an arc."""
        level, cells = _cells_of(arc)
        listed = self._levels.setdefault(level, {})
        for cell in cells:
            listed.setdefault(cell, []).append(arc)

    def discard(self, arc: Arc) -> None:
        """List an arc no longer."""
        level, cells = _cells_of(arc)
        listed = self._levels[level]
        for cell in cells:
            kept = [other for other in listed[cell] if other is not arc]
            if kept:
                listed[cell] = kept
            else:
                del listed[cell]

    def near(self, box: Box) -> list[Arc]:
        """Return the arcs whose bounds meet `box`, each once, in the order of their keys."""
        found = {arc.key: arc for arc in self.meeting(box)}
        return [found[key] for key in sorted(found)]

    def meeting(self, box: Box) -> Iterator[Arc]:
        """Give the arcs whose bounds meet `box`; one may come several times."""
        west, south, east, north = box
        for level, listed in self._levels.items():
            for cell in _occupied(listed, level, box):
                for arc in listed[cell]:
                    left, below, right, above = arc.box
                    if left <= east and right >= west and below <= north and above >= south:
                        yield arc


def _cells_of(arc: Arc) -> tuple[int, list[Cell]]:
    west, south, east, north = arc.box
    level = max(_LOWEST, (east - west).bit_length(), (north - south).bit_length())
    return level, [
        (x, y)
        for x in range(west >> level, (east >> level) + 1)
        for y in range(south >> level, (north >> level) + 1)
    ]


def _occupied(listed: dict[Cell, list[Arc]], level: int, box: Box) -> Iterator[Cell]:
    west, south, east, north = (side >> level for side in box)
    if (east - west + 1) * (north - south + 1) < len(listed):
        for x in range(west, east + 1):
            for y in range(south, north + 1):
                if (x, y) in listed:
                    yield x, y
    else:
        for x, y in listed:
            if west <= x <= east and south <= y <= north:
                yield x, y
