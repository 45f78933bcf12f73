"""Random operations on a draft, aimed at what its borders look like; many are refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any

import shapely

from geogrid.redraw import (
    Arc,
    ArcGraph,
    Record,
    approve_gap,
    change_kind,
    change_parent,
    delete_vertex,
    give_area,
    give_grids,
    insert_vertex,
    merge,
    move_vertex,
    new_grid,
    rename,
    renumber,
    reshape,
    snap_to_line,
    split,
)

Place = tuple[float, float]
UNITS = 1e9


def leaves(graph: ArcGraph) -> list[str]:
    return sorted(label for label in graph.rows if graph.is_leaf(label))


def some_leaf(graph: ArcGraph, rng: Random) -> str:
    return rng.choice(leaves(graph))


def some_grid(graph: ArcGraph, rng: Random) -> str:
    return rng.choice(sorted(graph.rows))


def neighbours(graph: ArcGraph, label: str) -> list[str]:
    sides = {side for arc in graph.beside(label) for side in (arc.left, arc.right)}
    return sorted(sides & set(graph.rows) - {label})


def some_arc(graph: ArcGraph, rng: Random, label: str | None = None) -> Arc:
    arcs = graph.beside(label or some_leaf(graph, rng))
    inner = [arc for arc in arcs if arc.left and arc.right]
    return rng.choice(inner if inner and rng.random() < 0.9 else arcs)


def vertex(arc: Arc, rng: Random) -> Place:
    x, y = rng.choice(arc.points.tolist())
    return x / UNITS, y / UNITS


def beside(arc: Arc, rng: Random, reach: float = 0.3) -> Place:
    """Return a place near an arc: by a share of its size, by a few units, or exactly on it."""
    x, y = rng.choice(arc.points.tolist())
    west, south, east, north = arc.box
    size = max(east - west, north - south)
    kind = rng.random()
    spread = 2.0 if kind < 0.1 else 0.0 if kind < 0.2 else reach * size
    return (x + rng.gauss(0, spread)) / UNITS, (y + rng.gauss(0, spread)) / UNITS


def around(graph: ArcGraph, label: str) -> tuple[float, float, float, float]:
    boxes = [arc.box for leaf in graph.leaves(label) for arc in graph.beside(leaf)]
    west, south, east, north = zip(*boxes, strict=True)
    return min(west) / UNITS, min(south) / UNITS, max(east) / UNITS, max(north) / UNITS


def crossing_line(graph: ArcGraph, label: str, rng: Random) -> list[Place]:
    """Return a line over a grid: straight, bent, zigzag, closed, or through its corners."""
    west, south, east, north = around(graph, label)
    wide, high = east - west, north - south
    kind = rng.random()
    if kind < 0.15:
        middle = (west + rng.random() * wide, south + rng.random() * high)
        return ring(middle, 0.2 * rng.random() * max(wide, high), rng)
    turns = rng.choice([0, 0, 1, 2, 6])
    angle = rng.random() * math.tau
    reach = 0.8 * math.hypot(wide, high)
    x, y = west + wide * (0.2 + 0.6 * rng.random()), south + high * (0.2 + 0.6 * rng.random())
    line = []
    for at in range(turns + 2):
        share = 2.0 * at / (turns + 1) - 1.0
        off = rng.gauss(0, 0.2 * reach) if 0 < at <= turns else 0.0
        line.append((x + share * reach * math.cos(angle) - off * math.sin(angle),
                     y + share * reach * math.sin(angle) + off * math.cos(angle)))  # fmt: skip
    if kind > 0.7:
        line[rng.randrange(len(line))] = vertex(some_arc(graph, rng, graph.leaves(label)[0]), rng)
    if kind > 0.85:
        line[-1] = vertex(some_arc(graph, rng, graph.leaves(label)[-1]), rng)
    return line


def ring(middle: Place, radius: float, rng: Random) -> list[Place]:
    count = rng.randrange(3, 9)
    corners = []
    for at in range(count):
        angle, far = math.tau * at / count, radius * (0.5 + rng.random())
        corners.append((middle[0] + far * math.cos(angle), middle[1] + far * math.sin(angle)))
    return [*corners, corners[0]]


def area(graph: ArcGraph, label: str, rng: Random) -> Any:
    """Return a drawn area about a grid: a blob, one with a hole, or two."""
    west, south, east, north = around(graph, label)
    size = math.hypot(east - west, north - south)
    middle = vertex(some_arc(graph, rng, graph.leaves(label)[0]), rng)
    if rng.random() < 0.3:
        middle = (rng.uniform(west, east), rng.uniform(south, north))
    outline = ring(middle, size * rng.choice([0.02, 0.1, 0.3, 0.8]), rng)
    kind = rng.random()
    if kind < 0.6:
        return outline
    inner = shapely.transform(
        shapely.Polygon(outline), lambda points: (points - middle) * 0.4 + middle
    )
    if kind < 0.8:
        return shapely.difference(shapely.Polygon(outline), inner)
    aside = shapely.transform(inner, lambda points: points + 0.9 * size)
    return [shapely.Polygon(outline), aside]


def _move(graph: ArcGraph, rng: Random) -> Record:
    arc = some_arc(graph, rng)
    return move_vertex(graph, vertex(arc, rng), beside(arc, rng, 0.15))


def _insert(graph: ArcGraph, rng: Random) -> Record:
    arc = some_arc(graph, rng)
    at = rng.randrange(len(arc.points) - 1)
    (x, y), (u, v) = arc.points[at : at + 2].tolist()
    share = rng.random()
    place = ((x + share * (u - x)) / UNITS, (y + share * (v - y)) / UNITS)
    return insert_vertex(graph, place, beside(arc, rng, 0.1) if rng.random() < 0.5 else None)


def _delete(graph: ArcGraph, rng: Random) -> Record:
    return delete_vertex(graph, vertex(some_arc(graph, rng), rng))


def _reshape(graph: ArcGraph, rng: Random) -> Record:
    arc = some_arc(graph, rng)
    middle = [beside(arc, rng, 0.1) for _ in range(rng.randrange(4))]
    if rng.random() < 0.5:
        ends = [vertex(arc, rng), vertex(arc, rng)]
    else:
        points = shapely.LineString(arc.points / UNITS)
        ends = [points.interpolate(rng.random(), normalized=True).coords[0] for _ in range(2)]
    return reshape(graph, [ends[0], *middle, ends[1]])


def _snap(graph: ArcGraph, rng: Random) -> Record:
    arc = some_arc(graph, rng)
    street = [vertex(arc, rng) if rng.random() < 0.2 else beside(arc, rng, 0.1) for _ in range(4)]
    direction = arc.points[-1] - arc.points[0]
    street.sort(key=lambda place: place[0] * direction[0] + place[1] * direction[1])
    return snap_to_line(graph, vertex(arc, rng), street, moves_junctions=rng.random() < 0.5)


def _split(graph: ArcGraph, rng: Random) -> Record:
    label = some_leaf(graph, rng)
    return split(graph, graph.code(label), crossing_line(graph, label, rng))


def _split_any(graph: ArcGraph, rng: Random) -> Record:
    label = some_grid(graph, rng)
    line = crossing_line(graph, label, rng)
    return split(graph, graph.code(label), line, cut_children=len(graph.rows) < 2000)


def _merge(graph: ArcGraph, rng: Random) -> Record:
    label = some_leaf(graph, rng)
    codes = [graph.code(each) for each in [label, *neighbours(graph, label)]]
    return merge(graph, codes[: rng.choice([2, 2, 3])], keep=rng.choice(codes[:2]))


def _merge_any(graph: ArcGraph, rng: Random) -> Record:
    label = some_grid(graph, rng)
    row = graph.rows[label]
    below = [one for one in graph.under(str(row["parent"])) if one != label]
    return merge(graph, [row["code"], graph.code(rng.choice([label, *below]))])


def _give(graph: ArcGraph, rng: Random) -> Record:
    label = some_leaf(graph, rng)
    if rng.random() < 0.5:
        to = rng.choice([label, *neighbours(graph, label)])
    else:
        to = some_grid(graph, rng)
    return give_grids(graph, [graph.code(label)], graph.code(to))


def _area(graph: ArcGraph, rng: Random) -> Record:
    label = some_leaf(graph, rng)
    to = rng.choice([label, *neighbours(graph, label), some_leaf(graph, rng)])
    sources = [graph.code(label)] if rng.random() < 0.2 else None
    return give_area(graph, area(graph, label, rng), graph.code(to), sources=sources)


def _new(graph: ArcGraph, rng: Random) -> Record:
    label = some_leaf(graph, rng)
    parent = str(graph.rows[label]["parent"]) if rng.random() < 0.7 else None
    return new_grid(graph, area(graph, label, rng), "新网格", parent=parent)


def _names(graph: ArcGraph, rng: Random) -> Record:
    code = graph.code(some_grid(graph, rng))
    if rng.random() < 0.5:
        return rename(graph, code, f"改名{rng.randrange(1000)}")
    return change_kind(graph, [code], rng.choice(["community", "village", "dedicated"]))


def _parent(graph: ArcGraph, rng: Random) -> Record:
    code, parent = graph.code(some_grid(graph, rng)), graph.code(some_grid(graph, rng))
    return change_parent(graph, [code], parent)


def _renumber(graph: ArcGraph, rng: Random) -> Record:
    return renumber(graph, str(graph.rows[some_grid(graph, rng)]["parent"]))


def _gap(graph: ArcGraph, rng: Random) -> Record:
    label = some_leaf(graph, rng)
    if graph.gaps and rng.random() < 0.5:
        gap = rng.choice(sorted(graph.gaps))
        x, y = graph.beside(gap)[0].points[0].tolist()
        return approve_gap(graph, f"湖{rng.randrange(100)}", at=(x / UNITS, y / UNITS))
    return approve_gap(graph, "湖", area=area(graph, label, rng))


OPERATIONS: dict[Callable[[ArcGraph, Random], Record], int] = {
    _move: 8, _insert: 4, _delete: 6, _reshape: 8, _snap: 6, _split: 4, _split_any: 1, _merge: 6,
    _merge_any: 1, _give: 4, _area: 6, _new: 2, _names: 1, _parent: 2, _renumber: 1, _gap: 1,
}  # fmt: skip


def random_operation(graph: ArcGraph, rng: Random) -> Record:
    """Return a record, or raise as an operation that is refused does."""
    kinds = list(OPERATIONS)
    return rng.choices(kinds, list(OPERATIONS.values()))[0](graph, rng)
