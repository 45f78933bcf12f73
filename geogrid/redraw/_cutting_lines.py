"""A grid cut by a line: which pieces of its finest grids there are, and which hang together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from geogrid.i18n import mark as _
from geogrid.redraw._naming import named
from geogrid.redraw._noding import node_lines
from geogrid.redraw._pieces import Half, face_pieces
from geogrid.redraw._places import REACH, border_at
from geogrid.redraw._walking import inner_point
from geogrid.redraw.arc import Arc, Integers, Point
from geogrid.redraw.errors import RedrawError
from geogrid.redraw.graph import ArcGraph, next_label

__all__ = ["CutGrid", "cut_grid"]

Stretch = tuple[Integers, int, int, str, str]


@dataclass(frozen=True)
class CutGrid:
    """A grid's finest grids in pieces.

    Attributes
    ----------
    removed
        Arcs of the draft that the stretches stand for.
    chains
        Stretches of border, then those of the line inside the grid.
    side
        Piece to the left and to the right of each chain, −1 beyond the grid.
    parts
        Numbers of chains that the line follows or is.
    leaf
        Label of the finest grid that each piece is of.
    areas
        Twice the area of each piece, in square units.
    place
        A vertex of the line.
    """

    removed: Sequence[Arc]
    chains: Sequence[Arc]
    side: Sequence[tuple[int, int]]
    parts: frozenset[int]
    leaf: Sequence[str]
    areas: Sequence[int]
    place: Point

    def pieces_of(self, label: str) -> list[int]:
        """Return the pieces of a finest grid."""
        return [piece for piece, leaf in enumerate(self.leaf) if leaf == label]

    def stretches(self) -> Iterator[Stretch]:
        """Give path, pieces and labels on both sides of each chain."""
        for chain, (left, right) in zip(self.chains, self.side, strict=True):
            yield chain.points, left, right, chain.left, chain.right

    def groups(self, keep: Point | None) -> list[int]:
        """Return the group of each piece: 0 for what stays together with the largest.

        Parameters
        ----------
        keep : a point in the piece that counts as the largest

        Raises
        ------
        RedrawError
            The line does not divide the grid.
        """
        lead = self._joined()
        parted = {
            group
            for number in self.parts
            for group in self._ends(lead, number)
            if len(set(self._ends(lead, number))) > 1
        }
        if len(parted) < 2:
            raise RedrawError(
                _("The line does not divide the grid; draw it from border to border."),
                at=self.place,
            )
        size = dict.fromkeys(parted, 0)
        for piece, group in enumerate(lead):
            if group in size:
                size[group] += self.areas[piece]
        main = max(sorted(size), key=lambda group: size[group])
        if keep is not None:
            main = self._holding(lead, parted, keep)
        west = self._lowest(lead)
        order = [main, *sorted(parted - {main}, key=lambda group: west[group])]
        return [order.index(group) if group in parted else 0 for group in lead]

    def _ends(self, lead: Sequence[int], number: int) -> list[int]:
        return [lead[piece] for piece in self.side[number] if piece >= 0]

    def _joined(self) -> list[int]:
        """Return the lowest piece that each hangs together with, across borders it keeps."""
        lead = list(range(len(self.leaf)))

        def find(piece: int) -> int:
            while lead[piece] != piece:
                piece = lead[piece]
            return piece

        for number, (left, right) in enumerate(self.side):
            if number not in self.parts and left >= 0 and right >= 0:
                low, high = sorted((find(left), find(right)))
                lead[high] = low
        return [find(piece) for piece in range(len(lead))]

    def _lowest(self, lead: Sequence[int]) -> dict[int, list[int]]:
        west: dict[int, list[int]] = {}
        for chain, pieces in zip(self.chains, self.side, strict=True):
            for piece in pieces:
                if piece >= 0:
                    tip = chain.points[np.lexsort(chain.points.T[::-1])[0]].tolist()
                    west[lead[piece]] = min(west.get(lead[piece], tip), tip)
        return west

    def _holding(self, lead: Sequence[int], parted: set[int], keep: Point) -> int:
        """Return the group of pieces that a point lies in."""
        number = {f"{group}": group for group in parted}
        arcs = [
            Arc(path, *(f"{lead[piece]}" if piece >= 0 else "" for piece in (left, right)))
            for path, left, right, _old, _other in self.stretches()
        ]
        found = next_label((2 * keep[0], 2 * keep[1]), arcs)
        if found is None or found[0] not in number:
            raise RedrawError(
                _("No piece that the line makes is here; point into the one that keeps the code."),
                at=keep,
            )
        return number[found[0]]


def cut_grid(graph: ArcGraph, label: str, drawn: Integers) -> CutGrid:
    """Return a grid of any level cut by a line.

    Raises
    ------
    RedrawError
        The line ends inside the grid, or does not meet it.
    """
    leaves = set(graph.leaves(label))
    own = {arc.key: arc for leaf in sorted(leaves) for arc in graph.beside(leaf)}
    fitted = dict(own)
    line = _fitted_line(graph, fitted, drawn)
    pieces, cuts = node_lines([line], list(fitted.values()))
    parts = [part for _arc, some in cuts for part in some]
    touched = {id(arc) for arc, _parts in cuts}
    gone = {key: own[key] for key, arc in fitted.items() if id(arc) in touched}
    edges = {
        _edge(part.points): number for number, part in enumerate(parts) if len(part.points) == 2
    }
    followed: set[int] = set()
    inner: list[Arc] = []
    for piece in pieces:
        if len(piece) == 2 and _edge(piece) in edges:  # a border, or where the line was before
            followed.add(edges[_edge(piece)])
            continue
        x, y = inner_point(piece).tolist()
        where = graph.label_west_of((x, y), without=gone, beside=parts)
        if where in leaves:
            edges[_edge(piece)] = len(parts) + len(own) - len(gone) + len(inner)
            inner.append(Arc(piece, where, where))
    _require_ends(graph, label, parts, inner)
    whole = [arc for key, arc in own.items() if key not in gone]
    chains = [*parts, *whole, *inner]
    x, y = drawn[0].tolist()
    return _divided(own, chains, followed, len(inner), leaves, (x, y))


def _edge(path: Integers) -> tuple[int, ...]:
    (ax, ay), (bx, by) = path[:2].tolist()
    return min((ax, ay, bx, by), (bx, by, ax, ay))


def _fitted_line(
    graph: ArcGraph, arcs: dict[tuple[int, int, int, int], Arc], drawn: Integers
) -> Integers:
    """Return a line whose ends are on the border where they are within reach of it."""
    line = drawn.copy()
    for side in (0, -1):
        x, y = line[side].tolist()
        box = x - REACH, y - REACH, x + REACH, y + REACH
        near = [arcs[arc.key] for arc in graph.near(box) if arc.key in arcs]
        try:
            place = border_at(graph, (x, y), near)
        except RedrawError:
            continue
        line[side] = place.point
        if not place.is_vertex:
            key = next(key for key, arc in arcs.items() if arc is place.arc)
            points = np.insert(place.arc.points, place.step + 1, place.point, axis=0)
            arcs[key] = Arc(points, place.arc.left, place.arc.right)
    return line


def _require_ends(graph: ArcGraph, label: str, parts: Sequence[Arc], inner: Sequence[Arc]) -> None:
    """Raise where the line ends inside the grid."""
    held: dict[Point, int] = {}
    for piece in inner:
        for end in piece.ends:
            held[end] = held.get(end, 0) + 1
    for part in parts:
        for end in part.ends:
            held[end] = held.get(end, 0) + 1
    for piece in inner:
        for end in piece.ends:
            if held[end] < 2:
                raise RedrawError(
                    _("The line ends inside {code}; draw it on to its border."),
                    at=end, code=named(graph, [label]),
                )  # fmt: skip


def _divided(
    own: dict[tuple[int, int, int, int], Arc], chains: Sequence[Arc], followed: set[int],
    inner: int, leaves: set[str], place: Point,
) -> CutGrid:  # fmt: skip
    halves = _halves(chains, leaves)
    first = len(chains) - inner
    crossed = {chain.left for chain in chains[first:]}
    origin = chains[0].points[0]
    measure = [_measure(chain.points - origin) for chain in chains]
    sides = [[-1, -1] for _chain in chains]
    names: list[str] = []
    areas = []
    paths = [chain.points for chain in chains]
    for name, some in halves.items():
        for piece in face_pieces(some, paths) if name in crossed else [some]:
            for number, forward in piece:
                sides[number][0 if forward else 1] = len(names)
            names.append(name)
            areas.append(
                sum(measure[number] if forward else -measure[number] for number, forward in piece)
            )
    return CutGrid(
        removed=list(own.values()),
        chains=chains,
        side=[(left, right) for left, right in sides],
        parts=frozenset({*followed, *range(first, len(chains))}),
        leaf=names,
        areas=areas,
        place=place,
    )


def _halves(chains: Sequence[Arc], leaves: set[str]) -> dict[str, list[Half]]:
    halves: dict[str, list[Half]] = {leaf: [] for leaf in sorted(leaves)}
    for number, chain in enumerate(chains):
        for side, forward in ((chain.left, True), (chain.right, False)):
            if side in halves:
                halves[side].append((number, forward))
    return halves


def _measure(path: Integers) -> int:
    """Return twice the area between a path and the origin, signed."""
    points = path.tolist()
    return sum(x * v - u * y for (x, y), (u, v) in pairwise(points))
