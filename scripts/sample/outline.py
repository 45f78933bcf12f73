"""The region of the sample: an outline that follows outer streets where there are any."""

from __future__ import annotations

import heapq

import numpy as np
import shapely

from sample.projection import FUTIAN
from sample.streets import Streets, street_class

__all__ = ["WAYPOINTS", "region_outline"]

WAYPOINTS: tuple[tuple[float, float, bool], ...] = (
    (114.0050, 22.5301, False),  # 滨海大道
    (114.0069, 22.5299, False),
    (114.0098, 22.5300, False),
    (114.0117, 22.5303, False),
    (114.0140, 22.5306, False),
    (114.0164, 22.5309, False),
    (114.0170, 22.5295, True),  # 福荣路, north end
    (114.0365, 22.5167, True),  # 福荣路, south end
    (114.0380, 22.5191, False),
    (114.0397, 22.5222, False),
    (114.0391, 22.5243, True),  # 新洲六街
    (114.0382, 22.5303, False),  # 新洲三街 to 滨河大道
    (114.0394, 22.5395, False),  # east side of the golf course
    (114.0395, 22.5423, False),  # 深南大道
    (114.0399, 22.5496, True),  # 景田路, 红荔路
    (114.0218, 22.5452, True),  # 香蜜湖路
    (114.0190, 22.5500, False),
    (114.0137, 22.5500, True),  # 香梅路
    (114.0117, 22.5453, False),
    (114.0061, 22.5451, False),
    (114.0045, 22.5425, False),
    (113.9993, 22.5402, True),  # 竹子林一路
    (113.9997, 22.5358, True),  # 深南大道
    (114.0030, 22.5362, True),  # 红树林路
)
"""Corners in WGS 84; True: the way to the next one follows streets, False: a straight line."""


def _graph(streets: Streets) -> dict[tuple[float, float], dict[tuple[float, float], int]]:
    """Return street ends (metres) with, per neighbour, the position of the shortest street."""
    graph: dict[tuple[float, float], dict[tuple[float, float], int]] = {}
    lengths = shapely.length(streets.lines)
    for row in range(len(streets.lines)):
        highway = str(streets.highways[row])
        if street_class(highway) == 0 or highway.endswith("_link"):
            continue
        ends = [tuple(streets.lines[row].coords[i]) for i in (0, -1)]
        for a, b in (ends, ends[::-1]):
            known = graph.setdefault(a, {})
            if b not in known or lengths[row] < lengths[known[b]]:
                known[b] = row
    return graph


def _shortest_way(
    streets: Streets,
    graph: dict[tuple[float, float], dict[tuple[float, float], int]],
    start: tuple[float, float],
    goal: tuple[float, float],
) -> list[tuple[float, float]]:
    """Return the vertices of the shortest way along streets (Dijkstra)."""
    heap: list[tuple[float, tuple[float, float]]] = [(0.0, start)]
    best = {start: 0.0}
    before: dict[tuple[float, float], tuple[float, float]] = {}
    while heap:
        cost, node = heapq.heappop(heap)
        if node == goal:
            break
        if cost > best[node]:
            continue
        for other in sorted(graph[node]):
            total = cost + round(streets.lines[graph[node][other]].length, 3)
            if total < best.get(other, np.inf):
                best[other], before[other] = total, node
                heapq.heappush(heap, (total, other))
    way = [goal]
    while way[-1] != start:
        node = before[way[-1]]
        line = list(streets.lines[graph[node][way[-1]]].coords)
        way.extend(line[-2::-1] if line[0] == node else line[1:])
    return way[::-1]


def region_outline(streets: Streets) -> shapely.Polygon:
    """Return the region in metres.

    Parameters
    ----------
    streets
        Streets in metres.
    """
    graph = _graph(streets)
    nodes = sorted(graph)
    tree = shapely.STRtree(shapely.points(nodes))
    corners = FUTIAN.to_metres(np.array([point[:2] for point in WAYPOINTS]))
    snapped = [nodes[i] for i in tree.nearest(shapely.points(corners))]
    ring: list[tuple[float, float]] = []
    for here, (_, _, follows) in enumerate(WAYPOINTS):
        there = (here + 1) % len(WAYPOINTS)
        follows_in = WAYPOINTS[here - 1][2]
        a = snapped[here] if follows or follows_in else tuple(corners[here])
        if follows:
            ring.extend(_shortest_way(streets, graph, a, snapped[there])[:-1])
        else:
            ring.append(a)
    polygon = shapely.Polygon(ring)
    # ways that go into a side street and back, or change the carriageway, leave slivers
    opened = shapely.make_valid(polygon)
    for distance in (20, -40, 20):
        opened = opened.buffer(distance, join_style="mitre", mitre_limit=2)
    parts = shapely.get_parts(opened)
    return shapely.simplify(parts[np.argmax(shapely.area(parts))], 1.0)
