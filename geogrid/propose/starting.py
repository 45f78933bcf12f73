"""Partitions to begin with: every grid in one piece, as many as asked for, not yet balanced."""

from __future__ import annotations

import heapq

import numpy as np
import numpy.typing as npt

from geogrid.errors import InputError
from geogrid.i18n import mark as _
from geogrid.propose._facing import connected
from geogrid.propose.graph import UnitGraph

__all__ = ["allot", "fresh_labels", "present_labels"]

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def allot(graph: UnitGraph, count: int) -> dict[int, int]:
    """Return how many of `count` grids each component gets: one at least, the rest by weight.

    The next grid goes where the grids are heaviest then (as D'Hondt's seats), never more than
    there are units.

    Raises
    ------
    InputError
        There are more components than grids, or more grids than units.
    """
    group = graph.components()
    roots = np.unique(group)
    size = np.bincount(group, minlength=len(group))[roots]
    weight = np.bincount(group, graph.weight, len(group))[roots]
    if count > len(group):
        raise InputError(
            _("{count} grids cannot be made of {units} units; ask for fewer grids, or divide the"
              " units."),
            count=count, units=len(group),
        )  # fmt: skip
    if count < len(roots):
        lone = graph.names[int(roots[np.argsort(weight)[0]])]
        raise InputError(
            _("The units hang together in {parts} separate parts (one of them: {unit}), so fewer"
              " than {parts} grids cannot each be in one piece; {count} were asked for."),
            parts=len(roots), unit=lone, count=count,
        )  # fmt: skip
    given = np.ones(len(roots), dtype=np.int64)
    for _grid in range(count - len(roots)):
        # nearest to the mean in the end: Webster's divisor
        share = np.where(given < size, weight / (given + 0.5), -1.0)
        given[int(share.argmax())] += 1
    return dict(zip(roots.tolist(), given.tolist(), strict=True))


def fresh_labels(graph: UnitGraph, count: int, seed: int) -> Integers:
    """Return a label 0 … count − 1 for each unit, by joining the lightest neighbours.

    The lightest area is joined to the neighbour with which it is lightest for the border that
    they share; chance decides among those alike, so that each seed begins elsewhere.
    """
    chance = np.random.Generator(np.random.PCG64(seed)).uniform(0.7, 1.3, len(graph.names))
    wanted = allot(graph, count)
    labels = np.empty(len(graph.names), dtype=np.int64)
    group = graph.components()
    used = 0
    for root, number in wanted.items():
        rows = np.flatnonzero(group == root)
        labels[rows] = used + _joined(graph.take(rows), number, chance[rows])
        used += number
    return labels


def _joined(graph: UnitGraph, number: int, chance: Floats) -> Integers:
    count = len(graph.names)
    beside: list[dict[int, float]] = [{} for _unit in range(count)]
    for one, other, length in zip(
        graph.one[graph.passable].tolist(), graph.other[graph.passable].tolist(),
        graph.length_m[graph.passable].tolist(), strict=True,
    ):  # fmt: skip
        beside[one][other] = beside[other][one] = length + 1.0
    mean = graph.weight.sum() / number or 1.0
    size = graph.weight + 0.01 * mean * graph.area_m2 / graph.area_m2.mean()
    heap = [(float(size[unit] * chance[unit]), unit, 0) for unit in range(count)]
    heapq.heapify(heap)
    state = [0] * count
    heir = list(range(count))
    left = count
    while left > number and heap:
        _size, unit, when = heapq.heappop(heap)
        if state[unit] != when or not beside[unit]:
            continue
        to = min(beside[unit], key=lambda each: (size[each] / beside[unit][each] ** 0.5, each))
        size[to] += size[unit]
        heir[unit], state[unit] = to, -1
        for third, length in beside[unit].items():
            del beside[third][unit]
            if third != to:
                beside[to][third] = beside[third][to] = beside[to].get(third, 0.0) + length
        state[to] += 1
        heapq.heappush(heap, (float(size[to] * chance[to]), to, state[to]))
        left -= 1
    return _settled(heir)


def _settled(heir: list[int]) -> Integers:
    root = np.array(heir)
    while not (root[root] == root).all():
        root = root[root]
    return np.unique(root, return_inverse=True)[1].astype(np.int64)


def present_labels(graph: UnitGraph, count: int, seed: int) -> tuple[Integers, list[str]]:
    """Return a label for each unit, beginning with the grids of today, and the labels' codes.

    Of a grid in several pieces the one with most weight stays; the others go to neighbours.
    Where there are to be fewer grids the lightest are joined, where more the heaviest divided;
    new ones have the code ``""``.
    """
    labels, codes = _whole(graph)
    wanted = allot(graph, count)
    group = graph.components()
    for root, number in wanted.items():
        rows = np.flatnonzero(group == root)
        here = np.unique(labels[rows])
        while len(here) > number:
            _join_lightest(graph, labels, rows)
            here = np.unique(labels[rows])
        while len(here) < number:
            _divide_heaviest(graph, labels, rows, len(codes), seed)
            codes.append("")
            here = np.unique(labels[rows])
    kept, labels = np.unique(labels, return_inverse=True)
    return labels.astype(np.int64), [codes[at] for at in kept]


def _whole(graph: UnitGraph) -> tuple[Integers, list[str]]:
    """Return labels by pieces: the heaviest piece of each grid, the others joined to those."""
    codes, label = np.unique(graph.present, return_inverse=True)
    label = label.ravel()
    alike = graph.passable & (label[graph.one] == label[graph.other])
    piece = connected(len(label), graph.one, graph.other, alike)
    weight = np.bincount(piece, graph.weight + 1e-9 * graph.area_m2 / graph.area_m2.sum())
    roots = np.unique(piece)
    order = roots[np.argsort(-weight[roots], kind="stable")]
    main: dict[int, int] = {}
    for root in order.tolist():
        if codes[label[root]] != "":
            main.setdefault(int(label[root]), root)
    labels = np.full(len(label), -1)
    for code, root in main.items():
        labels[piece == root] = code
    one, other = graph.one[graph.passable], graph.other[graph.passable]
    while (labels < 0).any():
        open_one, open_other = labels[one] < 0, labels[other] < 0
        edge = np.flatnonzero(open_one != open_other)
        if not len(edge):  # a component without any grid of today: it begins as one
            labels[graph.components() == graph.components()[int((labels < 0).argmax())]] = len(
                codes
            )
            codes = np.append(codes, "")
            continue
        at = edge[int(graph.length_m[graph.passable][edge].argmax())]
        taken, lone = (other[at], one[at]) if open_one[at] else (one[at], other[at])
        labels[(piece == piece[lone]) & (labels < 0)] = labels[taken]
    return labels.astype(np.int64), codes.tolist()


def _join_lightest(graph: UnitGraph, labels: Integers, rows: Integers) -> None:
    weight = np.bincount(labels[rows], graph.weight[rows], int(labels.max()) + 1)
    present = np.unique(labels[rows])
    one, other = labels[graph.one], labels[graph.other]
    for light in present[np.argsort(weight[present], kind="stable")].tolist():
        touch = graph.passable & (one != other) & ((one == light) | (other == light))
        beside = np.unique(np.where(one[touch] == light, other[touch], one[touch]))
        if len(beside):
            labels[labels == light] = beside[int(weight[beside].argmin())]
            return


def _divide_heaviest(
    graph: UnitGraph, labels: Integers, rows: Integers, fresh: int, seed: int
) -> None:
    size = np.bincount(labels[rows], minlength=int(labels.max()) + 1)
    weight = np.bincount(labels[rows], graph.weight[rows], int(labels.max()) + 1)
    heavy = int(np.where(size > 1, weight, -1.0).argmax())
    mine = np.flatnonzero(labels == heavy)
    half = fresh_labels(graph.take(mine), 2, seed)
    labels[mine[half == 1]] = fresh
