"""Figures of every grid of a draft, kept up to date at the cost of what an operation touches.

What a finest grid has counts for all grids above it too. An operation takes what the grids that
it touches had out of these lines, and puts what they have then into their new ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from geogrid.redraw import Arc, ArcGraph, Record, moved_points
from geogrid.redraw.arc import OUTSIDE, Integers, Key
from geogrid.store.redrawing.base import Base, Floats
from geogrid.store.redrawing.measure import measured

__all__ = ["HOMES", "PARTS", "Step", "Tally"]

HOMES, PEOPLE, CASES, KNOWN, STAFF, AREA, LENGTH = range(7)
PARTS = 7
"""Of a sum: households, people, open cases, finest grids with households of their own, staff,
area and length of the border in whole units."""

Sums = list[int]
_NOTHING: Sums = [0] * PARTS


@dataclass
class Step:
    """What an operation is about to change.

    Attributes
    ----------
    record
        The operation.
    labels
        Grids that it touches, and all below those that get another parent.
    sums
        What the touched finest grids had, by label, each with the labels that it counted for.
    borders
        Arcs that change or whose sides get other parents, with what they counted for.
    before
        Sums of all grids that may change, as they were.
    outlines
        Labels of grids to those of their arcs before that are on their outline.
    """

    record: Record
    labels: set[str]
    sums: dict[str, tuple[list[str], Sums]]
    borders: dict[Key, Arc]
    lines: dict[Key, tuple[list[str], list[str]]]
    before: dict[str, Sums] = field(default_factory=dict)
    outlines: dict[str, list[Arc]] = field(default_factory=dict)
    outlines_after: dict[str, list[Arc]] = field(default_factory=dict)


class Tally:
    """Sums by label.

    Parameters
    ----------
    graph : the draft
    base : what to count
    labels : (n,) the finest grid of each point of `base`, ``""`` outside
    """

    def __init__(self, graph: ArcGraph, base: Base, labels: Iterable[str]) -> None:
        self._graph, self.base = graph, base
        self.sums: dict[str, Sums] = {label: [0] * PARTS for label in graph.rows}
        self._points: dict[str, Integers] = _grouped(labels)
        self._staff = {
            label: count
            for code, count in base.staff.items()
            if (label := graph.find(code)) is not None
        }
        self._handed: dict[str, tuple[str, int]] = {}
        self._origin = next(iter(graph.arcs.values())).ends[0][1] if graph.arcs else 0
        for label in graph.rows:
            own = self._own(label)
            for each in self._line(label):
                _add(self.sums[each], own)
        arcs = list(graph.arcs.values())
        lines: dict[str, list[str]] = {}
        area, length = measured(arcs, self._origin)
        for arc, a, b in zip(arcs, area.tolist(), length.tolist(), strict=True):
            left, right = (lines.setdefault(side, self._line(side)) for side in _sides(arc))
            self._count_border(left, right, a, b)

    def homes_in(self, labels: Iterable[str]) -> tuple[Floats, Floats, Floats]:
        """Return (longitude, latitude, households) of what has households in finest grids."""
        some = [self._points[label] for label in labels if label in self._points]
        at = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *some]))
        at = at[self.base.values[at, 0] > 0]
        return self.base.lon[at], self.base.lat[at], self.base.values[at, 0].astype(np.float64)

    def _line(self, label: str) -> list[str]:
        """Return a grid and those above it; nothing for what is no grid."""
        return [label, *self._graph.above(label)] if label in self._graph.rows else []

    def _own(self, label: str) -> Sums:
        """Return what a grid has itself: what lies in it where it is not divided, and staff."""
        found = [0] * PARTS
        found[STAFF] = self._staff.get(label, 0)
        if not self._graph.is_leaf(label):
            return found
        some = self._points.get(label)
        if some is not None and len(some):
            found[: CASES + 1] = self.base.values[some].sum(axis=0).tolist()
        row = self._graph.rows[label]
        if not self.base.has_homes:
            found[HOMES], found[PEOPLE] = (
                int(row.get("households") or 0),
                int(row.get("people") or 0),
            )
        found[KNOWN] = int(self.base.has_homes or row.get("households") is not None)
        return found

    def _count_border(self, left: list[str], right: list[str], area: int, length: int) -> None:
        shared = set(left) & set(right)
        for label in left:
            if label not in shared:
                sums = self.sums[label]
                sums[AREA] += area
                sums[LENGTH] += length
        for label in right:
            if label not in shared:
                sums = self.sums[label]
                sums[AREA] -= area
                sums[LENGTH] += length

    def start(self, record: Record) -> Step:
        """Return what is to be counted anew, before a record is put in force."""
        graph = self._graph
        arcs = {arc.key: arc for arc in record.removed}
        labels = {side for arc in (*record.removed, *record.added) for side in _sides(arc)}
        for label, (before, after) in record.rows.items():
            labels.add(label)
            is_moved = before is None or after is None or before["parent"] != after["parent"]
            if is_moved or (before or {}).get("code") != (after or {}).get("code"):
                for leaf in _under(graph, label):
                    labels.add(leaf)
                    if is_moved:
                        arcs |= {arc.key: arc for arc in graph.beside(leaf)}
        labels |= self._heirs(record)
        labels.discard(OUTSIDE)
        known = [label for label in labels if label in graph.rows]
        sums = {label: (self._line(label), self._own(label)) for label in known}
        lines = {key: (self._line(arc.left), self._line(arc.right)) for key, arc in arcs.items()}
        step = Step(record, labels, sums, arcs, lines)
        counted = {each for line, _own in sums.values() for each in line}
        for label in counted | self._new_parents(record):
            step.before[label] = list(self.sums[label])
        step.outlines = _outlines(arcs, lines)
        return step

    def _new_parents(self, record: Record) -> set[str]:
        """Return the labels of grids that are there and get others below them, all above too."""
        codes = {str(after["parent"]) for _before, after in record.rows.values() if after}
        found = {label for code in codes if (label := self._graph.find(code))}
        return {each for label in found for each in self._line(label)}

    def _heirs(self, record: Record) -> set[str]:
        """Return the labels that staff may go to or come from."""
        found = {label for code in record.heirs.values() if (label := self._graph.find(code))}
        for label in record.rows:
            if label in self._handed:
                found.add(self._holder(label))
        return found

    def _holder(self, label: str) -> str:
        """Return who has the staff now of a grid that is no more."""
        while label in self._handed and label not in self._graph.rows:
            label = self._handed[label][0]
        return label

    def finish(self, step: Step) -> None:
        """Count anew what a record changed, after it was put in force."""
        graph, record = self._graph, step.record
        for line, own in step.sums.values():
            for each in line:
                _add(self.sums[each], own, -1)
        self._count(step.borders, step.lines, sign=-1)
        self._hand_staff(record)
        self._move_points(step)
        for label, (_before, after) in record.rows.items():
            if after is None:
                self.sums.pop(label, None)
            else:
                self.sums.setdefault(label, [0] * PARTS)
        arcs = {key: arc for key in step.borders if (arc := graph.arcs.get(key)) is not None}
        arcs |= {arc.key: arc for arc in record.added}
        lines = {key: (self._line(arc.left), self._line(arc.right)) for key, arc in arcs.items()}
        self._count(arcs, lines, sign=1)
        for label in step.labels:
            if label in graph.rows:
                own = self._own(label)
                for each in self._line(label):
                    _add(self.sums[each], own)
        step.outlines_after = _outlines(arcs, lines)

    def _count(
        self, arcs: dict[Key, Arc], lines: dict[Key, tuple[list[str], list[str]]], *, sign: int
    ) -> None:
        some = list(arcs.values())
        area, length = measured(some, self._origin)
        for arc, a, b in zip(some, area.tolist(), length.tolist(), strict=True):
            left, right = lines[arc.key]
            self._count_border(left, right, sign * a, sign * b)

    def _move_points(self, step: Step) -> None:
        if not (step.record.removed or step.record.added):
            return
        from_ = {OUTSIDE, *step.labels}
        some = [self._points[label] for label in from_ if label in self._points]
        if not some:
            return
        points = np.concatenate(some)
        at, _was, now = moved_points(step.record, self.base.lon[points], self.base.lat[points])
        if not len(at):
            return
        moved = points[at]
        for label in from_ & set(self._points):
            held = self._points[label]
            self._points[label] = held[~np.isin(held, moved)]
        for label, come in _grouped(now, moved).items():
            self._points[label] = np.concatenate([self._points.get(label, moved[:0]), come])

    def _hand_staff(self, record: Record) -> None:
        """Give the staff of grids that are no more to their heirs, and back when they return."""
        for label, (before, after) in record.rows.items():
            if before is None and label in self._handed:
                heir, count = self._handed.pop(label)
                holder = self._holder(heir)
                self._staff[label] = count
                if holder in self._staff:
                    self._staff[holder] -= count
            elif after is None and self._staff.get(label):
                heir = self._graph.find(record.heirs.get(str((before or {}).get("code")), "")) or ""
                count = self._staff.pop(label)
                self._handed[label] = heir, count
                if heir:
                    self._staff[heir] = self._staff.get(heir, 0) + count


def _under(graph: ArcGraph, label: str) -> list[str]:
    """Return a grid, where it is there, and all below it."""
    if label not in graph.rows:
        return []
    found = [label]
    for each in found:
        found += graph.below(each)
    return found


def _sides(arc: Arc) -> tuple[str, str]:
    return arc.left, arc.right


def _add(sums: Sums, own: Sums, sign: int = 1) -> None:
    for part in range(PARTS):
        sums[part] += sign * own[part]


def _grouped(labels: Iterable[str], positions: Integers | None = None) -> dict[str, Integers]:
    """Return positions by label."""
    names = np.array([*labels], dtype=object)
    if not len(names):
        return {}
    at = np.arange(len(names)) if positions is None else positions
    number = {label: count for count, label in enumerate(dict.fromkeys(names.tolist()))}
    which = np.array([number[label] for label in names.tolist()])
    order = np.argsort(which, kind="stable")
    cuts = np.cumsum(np.bincount(which))[:-1]
    return dict(zip(number, np.split(at[order], cuts), strict=True))


def _outlines(
    arcs: dict[Key, Arc], lines: dict[Key, tuple[list[str], list[str]]]
) -> dict[str, list[Arc]]:
    """Return the arcs on the outline of each grid."""
    found: dict[str, list[Arc]] = {}
    for key, arc in arcs.items():
        left, right = lines[key]
        for label in set(left) ^ set(right):
            found.setdefault(label, []).append(arc)
    return found
