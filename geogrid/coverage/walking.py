"""Faces of edges that meet at their ends only: walked along the edges, nothing is computed.

Every edge is two steps, one in each direction. A step is followed by the one that leaves its
end next, clockwise; the steps that follow each other go around one face, which lies to
their left.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.topology import Floats, Integers, distinct_vertices

__all__ = ["walked_faces"]

_SURE_ANGLE = 1e-12


def walked_faces(
    start: Floats, end: Floats, cluster: Integers
) -> tuple[npt.NDArray[np.object_], Integers, Integers]:
    """Return the bounded faces of connected clusters of edges.

    Parameters
    ----------
    start, end : (e, 2) ends of different edges that meet at their ends only; every vertex has
        at least two
    cluster : (e,) number of each edge's connected cluster

    Returns
    -------
    faces, owner, unfit
        Polygons, each from its lowest vertex on, with holes only where it touches itself; the
        cluster of each; and the clusters that cannot be walked, because two edges leave a
        vertex in nearly the same direction. These have no faces here.
    """
    if not len(start):
        none = np.zeros(0, dtype=np.int64)
        return np.zeros(0, dtype=object), none, none
    places, position = distinct_vertices(np.concatenate([start, end]))
    one, other = np.split(position, 2)
    leaves, reaches = np.concatenate([one, other]), np.concatenate([other, one])
    of = np.concatenate([cluster, cluster])
    follows, is_unsure = _turns(places, leaves, reaches)
    step, cycle = _cycles(follows, leaves, reaches)
    doubled, touches = _measured(places, leaves[step], cycle)
    unfit = np.unique(of[is_unsure])
    first = np.unique(cycle, return_index=True)[1]
    is_face = (doubled > 0.0) & ~np.isin(of[step[first]], unfit)
    is_plain = is_face & ~touches
    chosen = is_plain[cycle]
    number = np.cumsum(is_plain) - 1
    found, owners = [], [of[step[first[is_plain]]]]
    if chosen.any():
        rings = shapely.linearrings(places[leaves[step[chosen]]], indices=number[cycle[chosen]])
        found += shapely.polygons(rings).tolist()
    for pinched in np.flatnonzero(is_face & touches).tolist():
        at = step[np.searchsorted(cycle, pinched) : np.searchsorted(cycle, pinched, side="right")]
        face = _pinched(places, leaves[at].tolist())
        if face is None:
            unfit = np.union1d(unfit, of[at[:1]])
        else:
            found.append(face)
            owners.append(of[at[:1]])
    faces, owner = np.array(found, dtype=object), np.concatenate(owners)
    fit = ~np.isin(owner, unfit)
    return faces[fit], owner[fit], unfit


def _pinched(places: Floats, ring: list[int]) -> shapely.Geometry | None:
    """Return a face that touches itself at vertices, as an outline with holes; None for none."""
    loops: list[list[int]] = []
    path: list[int] = []
    place: dict[int, int] = {}
    for vertex in [*ring, ring[0]]:
        if vertex in place:
            loops.append(path[place[vertex] :])
            for passed in path[place[vertex] + 1 :]:
                del place[passed]
            del path[place[vertex] + 1 :]
        else:
            place[vertex] = len(path)
            path.append(vertex)
    rings = [shapely.linearrings(places[loop]) for loop in loops if len(loop) > 2]
    shells = [one for one in rings if shapely.is_ccw(one)]
    if len(shells) != 1 or len(rings) != len(loops):
        return None
    return shapely.polygons(shells[0], [one for one in rings if not shapely.is_ccw(one)])


def _turns(
    places: Floats, leaves: Integers, reaches: Integers
) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return the step after each step, and which steps leave in an unsure order."""
    steps = len(leaves)
    degree = np.bincount(leaves, minlength=len(places))
    along = places[reaches] - places[leaves]
    angle = np.arctan2(along[:, 1], along[:, 0])
    order = np.lexsort((angle, leaves))
    first = np.cumsum(degree) - degree
    rank = np.empty(steps, dtype=np.int64)
    rank[order] = np.arange(steps) - first[leaves[order]]
    twin = (np.arange(steps) + steps // 2) % steps
    before = (rank[twin] - 1) % degree[leaves[twin]]
    follows = order[first[leaves[twin]] + before]
    close = np.flatnonzero((np.diff(angle[order]) < _SURE_ANGLE) & (np.diff(leaves[order]) == 0))
    is_unsure = degree[leaves] < 2
    is_unsure[order[close]] = True
    # the first and the last direction at a vertex may lie on both sides of ±π
    last = order[first[leaves] + degree[leaves] - 1]
    is_unsure |= angle[order[first[leaves]]] + 2.0 * np.pi - angle[last] < _SURE_ANGLE
    return follows, is_unsure


def _cycles(follows: Integers, leaves: Integers, reaches: Integers) -> tuple[Integers, Integers]:
    """Return the steps cycle by cycle, each from its lowest step on, and the cycle of each."""
    steps = len(follows)
    order = np.lexsort((reaches, leaves))
    rank = np.empty(steps, dtype=np.int64)
    rank[order] = np.arange(steps)
    lowest, ahead = rank.copy(), follows.copy()
    rounds = int(steps).bit_length()
    for _ in range(rounds):
        lowest = np.minimum(lowest, lowest[ahead])
        ahead = ahead[ahead]
    is_first = lowest == rank
    ahead = np.where(is_first[follows], np.arange(steps), follows)
    distance = np.where(is_first[follows], 0, 1)
    for _ in range(rounds):
        distance = distance + distance[ahead]
        ahead = ahead[ahead]
    step = np.lexsort((-distance, lowest))
    return step, np.unique(lowest[step], return_inverse=True)[1].ravel()


def _measured(
    places: Floats, vertex: Integers, cycle: Integers
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return twice the signed area of each cycle, and which visit a vertex twice."""
    count = int(cycle.max(initial=-1)) + 1
    first = np.unique(cycle, return_index=True)[1]
    local = places[vertex] - places[vertex[first]][cycle]
    after = np.arange(1, len(vertex) + 1)
    after[np.append(first[1:], len(vertex)) - 1] = first
    x, y = local.T
    doubled = np.bincount(cycle, x * y[after] - x[after] * y, count)
    order = np.lexsort((vertex, cycle))
    again = (np.diff(vertex[order]) == 0) & (np.diff(cycle[order]) == 0)
    touches = np.zeros(count, dtype=bool)
    touches[cycle[order[1:][again]]] = True
    return np.asarray(doubled, np.float64), touches
