"""Divide atoms into connected, compact parts of balanced weight along cheap borders.

Recursive bisection: a set of atoms that must give k parts is halved so that the two sides
have the weight of k // 2 and the rest. For each of several directions a side grows from one
end, keeps connected, and is then improved by moving single atoms across the cut as long as
``cut cost + imbalance²`` gets smaller. The best direction wins. No randomness anywhere.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sample.adjacency import Borders

__all__ = ["Graph", "build_graph", "components", "divide"]

_DIRECTIONS = tuple(
    (round(x, 6), round(y, 6))
    for x, y in (
        (1, 0), (0.866025, 0.5), (0.5, 0.866025), (0, 1), (-0.5, 0.866025), (-0.866025, 0.5),
        (-1, 0), (-0.866025, -0.5), (-0.5, -0.866025), (0, -1), (0.5, -0.866025), (0.866025, -0.5),
    )
)  # fmt: skip
_MIN_CONTACT_M = 18.0
_PASSES = 30


@dataclass(frozen=True)
class Graph:
    """Atoms as nodes: weight, area m², centre in metres, and cut cost per neighbour.

    `joined` are the neighbours whose common border is long enough to hold a part together.
    """

    weight: list[float]
    area: list[float]
    centre: list[tuple[float, float]]
    cost: list[dict[int, float]]
    joined: list[set[int]]


def build_graph(
    common: Borders,
    weight: npt.NDArray[np.float64],
    area: npt.NDArray[np.float64],
    centre: npt.NDArray[np.float64],
) -> Graph:
    """Return the graph of atoms; borders shorter than 18 m do not hold a part together."""
    cost: list[dict[int, float]] = [{} for _ in range(len(weight))]
    joined: list[set[int]] = [set() for _ in range(len(weight))]
    rows = zip(
        *(x.tolist() for x in (common.a, common.b, common.length_m, common.cost)), strict=True
    )
    for a, b, length, value in rows:
        cost[a][b] = cost[b][a] = value
        if length >= _MIN_CONTACT_M:
            joined[a].add(b)
            joined[b].add(a)
    points = [(float(x), float(y)) for x, y in np.round(centre, 3)]
    return Graph(np.round(weight, 4).tolist(), np.round(area, 2).tolist(), points, cost, joined)


def components(graph: Graph, nodes: Iterable[int]) -> list[list[int]]:
    """Return the connected parts of `nodes`, each sorted, heaviest first."""
    left = set(nodes)
    found = []
    for start in sorted(left):
        if start not in left:
            continue
        left.discard(start)
        part, stack = [start], [start]
        while stack:
            for other in sorted(graph.joined[stack.pop()]):
                if other in left:
                    left.discard(other)
                    part.append(other)
                    stack.append(other)
        found.append(sorted(part))
    return sorted(found, key=lambda part: (-_total(graph, part), part[0]))


def _total(graph: Graph, nodes: Iterable[int]) -> float:
    return round(sum(sorted(graph.weight[i] for i in nodes)), 3)


def _grow(
    graph: Graph, nodes: Sequence[int], target: float, direction: tuple[float, float]
) -> set[int]:
    """Return a connected side of about `target` weight, grown from one end."""
    allowed = set(nodes)
    key = {
        i: round(graph.centre[i][0] * direction[0] + graph.centre[i][1] * direction[1], 2)
        for i in nodes
    }
    start = min(nodes, key=lambda i: (key[i], i))
    heap, seen, side, total = [(key[start], start)], {start}, set[int](), 0.0
    while heap and (total < target or not side):
        _, node = heapq.heappop(heap)
        if side and total + graph.weight[node] / 2 > target:
            continue
        side.add(node)
        total += graph.weight[node]
        for other in sorted(graph.joined[node]):
            if other in allowed and other not in seen:
                seen.add(other)
                heapq.heappush(heap, (key[other], other))
    rest = components(graph, allowed - side)
    for orphan in rest[1:]:
        side.update(orphan)
    return side


def _stays_connected(graph: Graph, node: int, side: set[int]) -> bool:
    """Whether `side` without `node` is still in one piece."""
    around = sorted(graph.joined[node] & side)
    if len(around) <= 1:
        return len(around) == 1
    wanted = set(around[1:])
    seen, stack = {node, around[0]}, [around[0]]
    while stack and wanted:
        for other in sorted(graph.joined[stack.pop()]):
            if other in side and other not in seen:
                seen.add(other)
                wanted.discard(other)
                stack.append(other)
    return not wanted


@dataclass
class _Cut:
    """Two sides of a set, improved one atom at a time."""

    graph: Graph
    sides: tuple[set[int], set[int]]
    target: float
    unit: float
    scale: float

    def __post_init__(self) -> None:
        self.weight = _total(self.graph, self.sides[0])
        self.cost = sum(
            sorted(
                value
                for i in self.sides[0]
                for j, value in self.graph.cost[i].items()
                if j in self.sides[1]
            )
        )

    def imbalance(self, weight: float) -> float:
        """Return the price of a first side of `weight`."""
        off = (weight - self.target) / self.unit
        return self.scale * off * off

    def score(self) -> float:
        """Return what is to be made small."""
        return round(self.cost + self.imbalance(self.weight), 3)

    def gain(self, node: int, home: int) -> float:
        """Return by how much moving `node` out of side `home` lowers the score."""
        here, there = self.sides[home], self.sides[1 - home]
        change = sum(
            value if j in here else -value
            for j, value in sorted(self.graph.cost[node].items())
            if j in here or j in there
        )
        moved = self.graph.weight[node] * (-1 if home == 0 else 1)
        price = self.imbalance(self.weight + moved) - self.imbalance(self.weight)
        return round(-change - price, 6)

    def improve(self) -> None:
        """Move single atoms while that lowers the score."""
        for _ in range(_PASSES):
            moves = []
            for home in (0, 1):
                there = self.sides[1 - home]
                border = [i for i in self.sides[home] if self.graph.joined[i] & there]
                gains = ((self.gain(node, home), node) for node in border)
                moves += [(-gain, node, home) for gain, node in gains if gain > 0.01]
            if not sum(self.move(node, home) for _, node, home in sorted(moves)):
                return

    def move(self, node: int, home: int) -> bool:
        """Move `node` if that still helps and both sides stay in one piece."""
        here, there = self.sides[home], self.sides[1 - home]
        if len(here) == 1 or not self.graph.joined[node] & there:
            return False
        if self.gain(node, home) <= 0.01 or not _stays_connected(self.graph, node, here):
            return False
        self.cost += sum(
            value if j in here else -value
            for j, value in sorted(self.graph.cost[node].items())
            if j in here or j in there
        )
        self.weight += self.graph.weight[node] * (-1 if home == 0 else 1)
        here.discard(node)
        there.add(node)
        return True


def _bisect(
    graph: Graph, nodes: Sequence[int], share: float, parts: float, strictness: float
) -> tuple[list[int], list[int]]:
    """Return the two sides of the best cut; the first has about `share` of the weight."""
    total = _total(graph, nodes)
    area = sum(sorted(graph.area[i] for i in nodes)) / parts
    scale = round(strictness * area**0.5, 3)
    best: tuple[float, list[int], list[int]] | None = None
    for direction in _DIRECTIONS:
        side = _grow(graph, nodes, total * share, direction)
        other = set(nodes) - side
        if not other:
            continue
        cut = _Cut(graph, (side, other), total * share, total / parts, scale)
        cut.improve()
        found = (cut.score(), sorted(cut.sides[0]), sorted(cut.sides[1]))
        if best is None or found < best:
            best = found
    if best is None:
        raise ValueError(f"{len(nodes)} atoms cannot be divided")
    return best[1], best[2]


def divide(
    graph: Graph, nodes: Sequence[int], shares: Sequence[float], *, strictness: float = 4.0
) -> list[list[int]]:
    """Return connected parts of `nodes`, one per share, weights in proportion to `shares`.

    Parameters
    ----------
    graph
        The atoms.
    nodes
        A connected set of them.
    shares
        Wanted weight of each part, in any unit.
    strictness
        How much a part that is too large or small counts against a longer border.
    """
    if len(shares) == 1:
        return [sorted(nodes)]
    half = len(shares) // 2
    first = sum(shares[:half]) / sum(shares)
    one, two = _bisect(graph, nodes, first, len(shares), strictness)
    return [
        *divide(graph, one, shares[:half], strictness=strictness),
        *divide(graph, two, shares[half:], strictness=strictness),
    ]
