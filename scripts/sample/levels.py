"""From atoms to communities, grids and micro-grids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from sample.adjacency import Borders, borders
from sample.partition import Graph, build_graph, components, divide
from sample.places import COUNTS, TOTAL_HOUSEHOLDS, density
from sample.streets import Streets

__all__ = ["Draft", "apportion", "contracted", "draft_levels", "grids_of_parent"]

_SMOOTHING_M = 3.0


@dataclass(frozen=True)
class Draft:
    """Micro-grid polygons (metres) with the draft numbers of their grid and community.

    ``zone`` is the position in :data:`sample.places.ZONES` or -1.
    """

    polygons: npt.NDArray[np.object_]
    grid: npt.NDArray[np.intp]
    community: npt.NDArray[np.intp]
    zone: npt.NDArray[np.intp]


def apportion(total: int, weights: Sequence[float], *, least: int) -> list[int]:
    """Return whole numbers in proportion to `weights` that sum to `total` (largest remainder)."""
    shares = np.array(weights, dtype=float)
    quota = np.round(shares / shares.sum() * total, 6)
    counts = np.maximum(np.floor(quota).astype(int), least)
    while counts.sum() != total:
        step = 1 if counts.sum() < total else -1
        room = np.where((step > 0) | (counts > least), quota - counts, -step * np.inf)
        counts[np.argmax(step * np.round(room, 6))] += step
    return [int(count) for count in counts]


def _zone_members(
    atoms: npt.NDArray[np.object_], common: Borders, shapes: Sequence[shapely.Geometry]
) -> list[list[int]]:
    """Return the atoms of each zone: the largest connected part inside its shape."""
    area = shapely.area(atoms)
    graph = build_graph(common, area, area, shapely.get_coordinates(shapely.centroid(atoms)))
    points = shapely.point_on_surface(atoms)
    return [
        components(graph, np.flatnonzero(shapely.contains(shape, points)).tolist())[0]
        for shape in shapes
    ]


def contracted(
    graph: Graph, zones: Sequence[Sequence[int]], unit: float
) -> tuple[Graph, dict[int, int]]:
    """Return the graph with each zone as its first atom, weighing `unit`, and atom to zone."""
    host = {atom: members[0] for members in zones for atom in members}
    weight, area = list(graph.weight), list(graph.area)
    cost: list[dict[int, float]] = [{} for _ in weight]
    joined: list[set[int]] = [set() for _ in weight]
    for atom, around in enumerate(graph.cost):
        here = host.get(atom, atom)
        for other, value in sorted(around.items()):
            there = host.get(other, other)
            if there != here:
                cost[here][there] = round(cost[here].get(there, 0.0) + value, 3)
        joined[here] |= {host.get(other, other) for other in graph.joined[atom]} - {here}
    for members in zones:
        for atom in members[1:]:
            weight[atom] = 0.0
        weight[members[0]] = unit
        area[members[0]] = round(sum(graph.area[atom] for atom in members), 2)
    return Graph(weight, area, graph.centre, cost, joined), host


def grids_of_parent(
    graph: Graph, community: list[int], zone_hosts: set[int], count: int
) -> list[list[int]]:
    """Return `count` grids of one parent; each zone in it is one of them."""
    zones = [[node] for node in community if node in zone_hosts]
    rest = components(graph, [node for node in community if node not in zone_hosts])
    weights = [sum(graph.weight[i] for i in part) for part in rest]
    unit = sum(weights) / (count - len(zones))
    for part, weight in zip(rest, weights, strict=True):
        if weight < unit / 2:  # cut off by a zone: it joins that zone
            around = {other for i in part for other in graph.joined[i]}
            next(zone for zone in zones if zone[0] in around).extend(part)
    kept = [(p, w) for p, w in zip(rest, weights, strict=True) if w >= unit / 2]
    shares = apportion(count - len(zones), [w for _, w in kept], least=1)
    grids = [g for (p, _), k in zip(kept, shares, strict=True) for g in divide(graph, p, [1] * k)]
    return grids + zones


def draft_levels(
    atoms: npt.NDArray[np.object_], streets: Streets, shapes: Sequence[shapely.Geometry]
) -> Draft:
    """Divide noded atoms (metres) into communities, grids and micro-grids.

    Parameters
    ----------
    atoms
        Polygons in metres that share every vertex.
    streets
        Streets in metres: borders along them are preferred.
    shapes
        Areas in metres that each become one dedicated grid.
    """
    common = borders(atoms, streets)
    centre = shapely.get_coordinates(shapely.centroid(atoms))
    area = shapely.area(atoms)
    weight = density(centre) * area
    zones = _zone_members(atoms, common, shapes)
    weight[[atom for members in zones for atom in members]] = 0
    communities, grids, micros = COUNTS
    unit = TOTAL_HOUSEHOLDS / grids
    weight *= unit * (grids - len(zones)) / weight.sum()
    full = build_graph(common, weight, area, centre)
    by_area = build_graph(common, area, area, centre)
    graph, host = contracted(full, zones, unit)
    nodes = [i for i in range(len(atoms)) if host.get(i, i) == i]
    parts = divide(graph, nodes, [1] * communities)
    counts = apportion(grids, [sum(graph.weight[i] for i in part) for part in parts], least=2)
    hosts = {members[0]: number for number, members in enumerate(zones)}
    drafted = [
        (number, grid)
        for number, (part, count) in enumerate(zip(parts, counts, strict=True))
        for grid in grids_of_parent(graph, part, set(hosts), count)
    ]
    return _micro_grids(atoms, drafted, zones, hosts, (full, by_area, micros))


def _micro_grids(
    atoms: npt.NDArray[np.object_],
    drafted: list[tuple[int, list[int]]],
    zones: list[list[int]],
    hosts: dict[int, int],
    graphs: tuple[Graph, Graph, int],
) -> Draft:
    """Divide every grid; those of a zone by area, into two or three."""
    full, by_area, total = graphs
    zone_of = [next((hosts[i] for i in grid if i in hosts), -1) for _, grid in drafted]
    plain = [grid for (_, grid), zone in zip(drafted, zone_of, strict=True) if zone < 0]
    in_zones = [3 if len(zones[zone]) > 12 else 2 for zone in zone_of if zone >= 0]
    weights = [sum(full.weight[i] for i in grid) for grid in plain]
    counts = iter(apportion(total - sum(in_zones), weights, least=3))
    counts_in_zones = iter(in_zones)
    rows: list[tuple[shapely.Geometry, int, int, int]] = []
    for number, ((community, grid), zone) in enumerate(zip(drafted, zone_of, strict=True)):
        members = grid if zone < 0 else sorted({*grid, *zones[zone]})
        shares = [1.0] * next(counts if zone < 0 else counts_in_zones)
        for part in divide(full if zone < 0 else by_area, members, shares):
            rows.append((shapely.coverage_union_all(atoms[part]), number, community, zone))
    polygons = shapely.coverage_simplify(np.array([r[0] for r in rows], dtype=object), _SMOOTHING_M)
    return Draft(polygons, *(np.array([r[k] for r in rows], dtype=np.intp) for k in (1, 2, 3)))
