"""Grids of the country town: communities in town, villages around, and their oddities.

What a city never shows but a country town does: a village whose hamlets are one grid in
several parts, islands of another village inside a village, dedicated grids in the middle of
a village grid, and a village that a main road divides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from sample.adjacency import borders
from sample.landscape import TILT, Landscape
from sample.levels import apportion, contracted, grids_of_parent
from sample.partition import Graph, build_graph, components, divide

__all__ = ["RuralGrid", "RuralParent", "draft_rural"]

_COMMUNITIES = 14
_COMMUNITY_GRIDS = 89
_VILLAGES = 16
_VILLAGE_GRIDS = 37
_TOWN_ZONES = (
    ("云溪中学", "campus", (-620.0, 420.0)),
    ("云溪商贸城", "market", (60.0, -260.0)),
    ("客运站", "station", (420.0, -800.0)),
    ("轻工产业园", "industry", (1050.0, 250.0)),
)
_HIGHWAY = "云修公路"


@dataclass
class RuralGrid:
    """Atoms of one grid; a dedicated grid has a name and a use."""

    atoms: list[int]
    name: str = ""
    use: str = ""


@dataclass
class RuralParent:
    """A community or village with its grids."""

    kind: str
    grids: list[RuralGrid] = field(default_factory=list)
    feature: str = ""


def draft_rural(land: Landscape) -> list[RuralParent]:
    """Return 14 communities and 16 villages with 89 + 37 + 8 grids."""
    atoms = land.atoms
    area = shapely.area(atoms)
    common = borders(atoms, land.streets)
    centre = shapely.get_coordinates(shapely.centroid(atoms))
    graph = build_graph(common, area, area, centre)
    town = _town(graph, np.flatnonzero(land.in_town).tolist())
    country = components(graph, np.flatnonzero(~land.in_town).tolist())[0]
    rest = sorted(
        set(range(len(atoms))) - set(country) - {a for p in town for g in p.grids for a in g.atoms}
    )
    if rest:
        raise ValueError(f"{len(rest)} atoms are in no part")
    return town + _villages(atoms, graph, country, _south_of_highway(land, centre))


def _town(graph: Graph, nodes: list[int]) -> list[RuralParent]:
    """Return the communities in town, four dedicated grids among theirs."""
    zones: list[list[int]] = []
    for _, _, place in _TOWN_ZONES:
        taken = {atom for zone in zones for atom in zone}
        free = [i for i in nodes if i not in taken]
        zones.append(_around(graph, free, place, 60_000.0))
    unit = sum(graph.weight[i] for i in nodes) / (_COMMUNITY_GRIDS + len(zones))
    joined, host = contracted(graph, zones, unit)
    kept = [i for i in nodes if host.get(i, i) == i]
    parts = divide(joined, kept, [1] * _COMMUNITIES)
    total = _COMMUNITY_GRIDS + len(zones)
    counts = apportion(total, [sum(joined.weight[i] for i in part) for part in parts], least=3)
    hosts = {members[0]: number for number, members in enumerate(zones)}
    found = []
    for part, count in zip(parts, counts, strict=True):
        parent = RuralParent("community")
        for members in grids_of_parent(joined, part, set(hosts), count):
            zone = next((hosts[i] for i in members if i in hosts), -1)
            if zone < 0:
                parent.grids.append(RuralGrid(members))
            else:
                name, use, _ = _TOWN_ZONES[zone]
                parent.grids.append(RuralGrid(sorted({*members, *zones[zone]}), name, use))
        found.append(parent)
    return found


def _around(
    graph: Graph, nodes: Sequence[int], place: tuple[float, float], area: float
) -> list[int]:
    """Return connected atoms of about `area` m² around a place."""
    allowed = set(nodes)

    def away(i: int) -> float:
        east, north = graph.centre[i][0] - place[0], graph.centre[i][1] - place[1]
        c, s = TILT
        return round(max(abs(c * east + s * north), abs(c * north - s * east)), 1)

    members = [min(nodes, key=lambda i: (away(i), i))]
    while sum(graph.area[i] for i in members) < area:
        border = {j for i in members for j in graph.joined[i] if j in allowed and j not in members}
        members.append(min(border, key=lambda i: (away(i), i)))
    return sorted(members)


def _south_of_highway(land: Landscape, centre: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Whether each atom lies south of the trunk road."""
    row = int(np.flatnonzero(land.streets.names == _HIGHWAY)[0])
    line = shapely.get_coordinates(land.streets.lines[row])
    order = np.argsort(line[:, 0])
    return np.asarray(centre[:, 1] < np.interp(centre[:, 0], line[order, 0], line[order, 1]))


def _inner(atoms: npt.NDArray[np.object_], members: Sequence[int]) -> list[int]:
    """Return atoms at least 60 m away from the border of all members together."""
    whole = shapely.coverage_union_all(atoms[list(members)])
    deep = shapely.contains(shapely.buffer(whole, -60), atoms[list(members)])
    return [i for i, is_deep in zip(members, deep, strict=True) if is_deep]


def _apart(graph: Graph, candidates: Sequence[int], count: int) -> list[int]:
    """Return up to `count` candidates with at least two atoms between any two of them."""
    chosen: list[int] = []
    blocked: set[int] = set()
    for i in candidates:
        if i in blocked:
            continue
        chosen.append(i)
        ring = {i, *graph.joined[i]}
        blocked |= ring | {k for j in ring for k in graph.joined[j]}
        if len(chosen) == count:
            break
    return chosen


def _villages(
    atoms: npt.NDArray[np.object_],
    graph: Graph,
    nodes: list[int],
    south: npt.NDArray[np.bool_],
) -> list[RuralParent]:
    """Return the villages with their oddities."""
    parts = divide(graph, nodes, [1] * _VILLAGES)
    split = _road_village(graph, parts, south)
    hamlets = [k for k in range(_VILLAGES) if k != split and len(_inner(atoms, parts[k])) >= 4][:2]
    three = [k for k in range(_VILLAGES) if k != split and k not in hamlets]
    three = three[: _VILLAGE_GRIDS - 2 * _VILLAGES]
    villages = []
    for number, part in enumerate(parts):
        village = RuralParent("village")
        if number == split:
            village.feature = "road"
            sides = [[i for i in part if south[i] == side] for side in (False, True)]
            village.grids = [RuralGrid(side) for side in sides]
        elif number in hamlets:
            village.feature = "hamlets"
            scattered = _apart(graph, _inner(atoms, part), 3)
            rest = [i for i in part if i not in scattered]
            village.grids = [RuralGrid(scattered), RuralGrid(rest)]
        else:
            count = 3 if number in three else 2
            village.grids = [RuralGrid(p) for p in divide(graph, part, [1] * count)]
        villages.append(village)
    _add_islands(atoms, graph, villages)
    _add_edges(graph, villages)
    return villages


def _road_village(
    graph: Graph, parts: Sequence[Sequence[int]], south: npt.NDArray[np.bool_]
) -> int:
    """Return the village that the highway divides most evenly into two connected sides."""
    best = (-1.0, -1)
    for number, part in enumerate(parts):
        sides = [[i for i in part if south[i] == side] for side in (False, True)]
        if all(side and len(components(graph, side)) == 1 for side in sides):
            share = min(sum(graph.area[i] for i in side) for side in sides)
            best = max(best, (round(share, 1), -number))
    if best[0] < 0:
        raise ValueError("no village lies on both sides of the highway")
    return -best[1]


_ISLANDS = (("粮食储备库", "depot"), ("苗圃林场", "park"))
_EDGES = (("物流园", "industry"), ("云溪水库", "park"))


def _add_islands(
    atoms: npt.NDArray[np.object_], graph: Graph, villages: Sequence[RuralParent]
) -> None:
    """Make four holes in village grids: two dedicated grids, two islands of a neighbour."""
    plain = [village for village in villages if not village.feature]
    owner = {i: village for village in villages for grid in village.grids for i in grid.atoms}
    holes = 0
    for village in plain:
        for grid in village.grids:
            inner = _inner(atoms, grid.atoms)
            if len(inner) < 2 or holes == 4:
                continue
            grid.atoms = [i for i in grid.atoms if i != inner[len(inner) // 2]]
            if holes % 2 == 0:
                name, use = _ISLANDS[holes // 2]
                village.grids.append(RuralGrid([inner[len(inner) // 2]], name, use))
                village.feature = "hole"
            else:
                near = sorted(
                    i for i in owner if owner[i] is not village and i in _reach(graph, village)
                )
                other = next(owner[i] for i in near if owner[i].feature in ("", "hole"))
                host = next(g for g in other.grids if not g.use and set(g.atoms) & set(near))
                host.atoms = sorted([*host.atoms, inner[len(inner) // 2]])
                other.feature, village.feature = "exclave", "enclave"
            holes += 1
            break


def _add_edges(graph: Graph, villages: Sequence[RuralParent]) -> None:
    """Add two dedicated grids at the edge of a village grid."""
    quiet = [village for village in villages if not village.feature][-2:]
    for village, (name, use) in zip(quiet, _EDGES, strict=True):
        grid = village.grids[0]
        ends = [i for i in grid.atoms if len(components(graph, set(grid.atoms) - {i})) == 1]
        taken = _around(graph, ends, graph.centre[ends[0]], 1.0)
        grid.atoms = [i for i in grid.atoms if i not in taken]
        village.grids.append(RuralGrid(taken, name, use))
        village.feature = "edge"


def _reach(graph: Graph, village: RuralParent) -> set[int]:
    """Return atoms next to a village."""
    own = {i for grid in village.grids for i in grid.atoms}
    return {j for i in own for j in graph.joined[i]} - own
