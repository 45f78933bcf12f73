"""A draft: the borders of the finest grids as arcs, each once, and what every grid is called.

Higher grids are unions of the finest ones below them, so a border is there once for both
neighbours and for all levels. An operation reads a draft and returns a record; only
:meth:`ArcGraph.exchange` changes it, at the cost of what is exchanged.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from geogrid.errors import FieldError
from geogrid.i18n import mark as _
from geogrid.redraw._exactly import crossings, west_most
from geogrid.redraw._index import ArcIndex
from geogrid.redraw._naming import named
from geogrid.redraw.arc import OUTSIDE, Arc, Box, Key, Point, arc_segments, to_units
from geogrid.redraw.errors import RedrawError

__all__ = ["ArcGraph", "Row", "next_label"]

Row = Mapping[str, Any]
_STEP = 2**20


class ArcGraph:
    """Arcs, nodes, faces and labels of a draft.

    Every finest grid and every gap has a label that stays what it is: the code that it had
    when the draft began or when it was made. Grids are called by their codes of now.

    Parameters
    ----------
    arcs
        Every border once; between different labels.
    rows
        Attributes of every grid of every level by label, at least code, name, parent (a
        code, ``""`` for none), level and kind; a row is never changed, only replaced.
    gaps
        Places in the region that belong to no grid, by label: is_approved, note.
    used
        Codes that no new grid may have; those of the rows are added.
    order
        Place of each row in the frame that the draft came from.

    Attributes
    ----------
    arcs
        Key to arc.
    rows, gaps, used, order
        As given, and as they are now.
    """

    def __init__(
        self,
        arcs: Iterable[Arc],
        rows: Mapping[str, Row],
        gaps: Mapping[str, Row] | None = None,
        *,
        used: Iterable[str] = (),
        order: Mapping[str, int] | None = None,
    ) -> None:
        self.arcs: dict[Key, Arc] = {}
        self.rows: dict[str, Row] = {}
        self.gaps: dict[str, Row] = dict(gaps or {})
        self.order = dict(order or {label: at for at, label in enumerate(rows)})
        self.used = sorted({*used, *rows, *(str(row["code"]) for row in rows.values())})
        self._ends: dict[Point, list[Key]] = {}
        self._sides: dict[str, dict[Key, None]] = {}
        self._labels: dict[str, str] = {}
        self._below: dict[str, dict[str, None]] = {}
        self._index = ArcIndex()
        self._west = 2**62
        self.exchange([], arcs, dict.fromkeys(rows), rows)

    def exchange(
        self,
        removed: Iterable[Arc],
        added: Iterable[Arc],
        rows_before: Mapping[str, Row | None],
        rows_after: Mapping[str, Row | None],
    ) -> None:
        """Put arcs and rows in the place of others; nothing is checked."""
        for arc in removed:
            self._drop(self.arcs.pop(arc.key))
        for arc in added:
            self._keep(arc)
        for label, row in rows_before.items():
            if row is not None:
                self._forget(label, row)
        for label, row in rows_after.items():
            if row is not None:
                self._know(label, row)

    def _keep(self, arc: Arc) -> None:
        key = arc.key
        self.arcs[key] = arc
        for end in arc.ends:
            self._ends.setdefault(end, []).append(key)
        for side in (arc.left, arc.right):
            self._sides.setdefault(side, {})[key] = None
        self._index.add(arc)
        self._west = min(self._west, arc.box[0])

    def _drop(self, arc: Arc) -> None:
        for end in arc.ends:
            self._ends[end].remove(arc.key)
            if not self._ends[end]:
                del self._ends[end]
        for side in (arc.left, arc.right):
            del self._sides[side][arc.key]
            if not self._sides[side]:
                del self._sides[side]
        self._index.discard(arc)

    def _forget(self, label: str, row: Row) -> None:
        del self.rows[label], self._labels[row["code"]], self._below[row["parent"]][label]
        if not self._below[row["parent"]]:
            del self._below[row["parent"]]

    def _know(self, label: str, row: Row) -> None:
        self.rows[label] = row
        self._labels[row["code"]] = label
        self._below.setdefault(row["parent"], {})[label] = None
        for code in (row["code"], label):
            at = bisect_left(self.used, code)
            if at == len(self.used) or self.used[at] != code:
                insort(self.used, code)

    def label(self, code: str) -> str:
        """Return the label of a grid by its code of now.

        Raises
        ------
        FieldError
            There is none.
        """
        if code not in self._labels:
            raise FieldError(_("There is no grid {code} in this draft."), code=code)
        return self._labels[code]

    def find(self, code: str) -> str | None:
        """Return the label of a grid by its code of now, None where there is none."""
        return self._labels.get(code)

    def code(self, label: str) -> str:
        """Return the code of now of a label; a gap keeps its label, outside is ``""``."""
        row = self.rows.get(label)
        return label if row is None else str(row["code"])

    def below(self, label: str) -> list[str]:
        """Return the labels directly below a grid, sorted; ``""`` asks for the top."""
        code = "" if label == OUTSIDE else self.rows[label]["code"]
        found = sorted(self._below.get(code, ()))
        if label != OUTSIDE:
            return found
        orphans = [
            each
            for code, some in self._below.items()
            if code and code not in self._labels
            for each in some
        ]
        return sorted([*found, *orphans])

    def under(self, code: str) -> list[str]:
        """Return the labels whose parent has a code, also where no grid has it."""
        return sorted(self._below.get(code, ()))

    def above(self, label: str) -> list[str]:
        """Return the labels above a grid, the next one first."""
        found: list[str] = []
        row = self.rows.get(label)
        while row is not None and row["parent"] in self._labels:
            found.append(self._labels[row["parent"]])
            row = self.rows[found[-1]]
        return found

    def leaves(self, label: str) -> list[str]:
        """Return the finest grids of a grid: itself, where it is not divided."""
        under = self.below(label)
        return [leaf for child in under for leaf in self.leaves(child)] if under else [label]

    def is_leaf(self, label: str) -> bool:
        """Whether a grid is not divided further."""
        return not self._below.get(self.rows[label]["code"])

    def at_node(self, point: Point) -> list[Arc]:
        """Return the arcs that end at a vertex; one that begins and ends there comes twice."""
        return [self.arcs[key] for key in self._ends.get(point, ())]

    def beside(self, label: str) -> list[Arc]:
        """Return the arcs that a finest grid, a gap or the outside has."""
        return [self.arcs[key] for key in self._sides.get(label, ())]

    def count_beside(self, label: str) -> int:
        """Return how many arcs :meth:`beside` has."""
        return len(self._sides.get(label, ()))

    def near(self, box: Box) -> list[Arc]:
        """Return the arcs whose bounds meet a box (west, south, east, north in units)."""
        return self._index.near(box)

    def near_at_most(self, box: Box, vertices: int) -> list[Arc] | None:
        """Return what :meth:`near` does, None where it has more vertices than that."""
        found: dict[Key, Arc] = {}
        count = 0
        for arc in self._index.meeting(box):
            if arc.key not in found:
                found[arc.key] = arc
                count += len(arc.points)
                if count > vertices:
                    return None
        return [found[key] for key in sorted(found)]

    def label_west_of(
        self, point: Point, *, without: Mapping[Key, Arc] | None = None, beside: Iterable[Arc] = ()
    ) -> str:
        """Return what is at a point: what lies to the east of the next border to its west.

        Parameters
        ----------
        point
            In doubled units, so that middles of edges are whole.
        without, beside
            Arcs to leave out, and arcs that are not in the draft.
        """
        others, reach = list(beside), _STEP
        x, y = point[0] // 2, point[1] // 2
        while True:
            near = self.near((x - reach, y, x + 1, y + 1))
            arcs = [*others, *(arc for arc in near if without is None or arc.key not in without)]
            found = next_label(point, arcs)
            is_last = x - reach < self._west
            if found is not None and (is_last or found[1] >= 2 * (x - reach)):
                return found[0]
            if is_last:
                return OUTSIDE
            reach *= 4

    def grid_at(self, lon: float, lat: float) -> str:
        """Return the code of the finest grid at a place in degrees, ``""`` where none is."""
        x, y = to_units([lon, lat]).tolist()
        label = self.label_west_of((2 * x, 2 * y))
        return self.code(label) if label in self.rows else ""

    def nodes(self) -> Iterator[Point]:
        """Give the vertices where arcs begin and end."""
        yield from self._ends

    def require_leaf(self, code: str) -> str:
        """Return the label of a grid that is not divided.

        Raises
        ------
        FieldError, RedrawError
            There is no such grid, or it is divided: its children are named.
        """
        label = self.label(code)
        if not self.is_leaf(label):
            raise RedrawError(
                _("{code} is divided into {children}; name one of the finest grids."),
                code=named(self, [label]),
                children=named(self, self.below(label)),
            )
        return label


def next_label(point: Point, arcs: Sequence[Arc]) -> tuple[str, Fraction] | None:
    """Return what lies to the east of the next arc to the west of a point, and where that is.

    Parameters
    ----------
    point : in doubled units

    Returns
    -------
    The label and the doubled x of the arc there, or None where no arc is.
    """
    start, end, owner = arc_segments(arcs)
    crossed = np.flatnonzero(crossings(np.array([point]), 2 * start, 2 * end)[0])
    if not len(crossed):
        return None
    at, where = west_most(point, 2 * start, 2 * end, crossed)
    arc = arcs[owner[at]]
    return (arc.right if end[at, 1] > start[at, 1] else arc.left), where
