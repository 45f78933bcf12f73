"""What an operation moves: which points, which homes, and which grids to count again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.redraw._checking import sided_edges
from geogrid.redraw._exactly import crossings
from geogrid.redraw.arc import OUTSIDE, Integers, to_units
from geogrid.redraw.graph import ArcGraph, Row
from geogrid.redraw.record import Record

__all__ = ["changed_grids", "count_changes", "moved_points"]

_COUNTED = ("households", "people")
_AT_ONCE = 4_000_000


def moved_points(
    record: Record, lon: npt.ArrayLike, lat: npt.ArrayLike
) -> tuple[Integers, list[str], list[str]]:
    """Return the points whose finest grid an operation changes.

    The edges that it took away and put there are summed as :mod:`geogrid.relocate` does it, so
    nothing but these is looked at. A point on a border belongs where it does for
    :func:`geogrid.locate`, edges of the region and of gaps aside.

    Parameters
    ----------
    record : of the operation
    lon, lat : (n,) degrees; rounded to 1e-9°

    Returns
    -------
    positions, before, after
        (m,) of the points, and the labels that they had and have (``""`` outside).
    """
    points = 2 * to_units(np.column_stack([np.asarray(lon), np.asarray(lat)]).reshape(-1, 2))
    old, new = sided_edges(record.removed), sided_edges(record.added)
    edges = [(edge, 1) for edge in sorted(new - old)] + [(edge, -1) for edge in sorted(old - new)]
    if not edges or not len(points):
        return np.zeros(0, dtype=np.int64), [], []
    ends = 2 * np.array([edge[:4] for edge, _sign in edges], dtype=np.int64)
    labels = sorted({side for edge, _sign in edges for side in edge[4:]})
    share = np.zeros((len(edges), len(labels)), dtype=np.int64)
    for at, (edge, sign) in enumerate(edges):
        share[at, labels.index(edge[5])] += sign
        share[at, labels.index(edge[4])] -= sign
    low, high = ends[:, 1::2].min(), ends[:, 1::2].max()
    here = np.flatnonzero((points[:, 1] >= low) & (points[:, 1] <= high))
    here = here[points[here, 0] >= ends[:, ::2].min()]
    step = max(1, _AT_ONCE // len(edges))
    parts = [here[first : first + step] for first in range(0, len(here), step)]
    sums = [crossings(points[part], ends[:, :2], ends[:, 2:]) @ share for part in parts]
    held = np.concatenate(sums) if sums else np.zeros((0, len(labels)), dtype=np.int64)
    moved = np.flatnonzero(held.any(axis=1))
    before = [labels[at] for at in np.argmin(held[moved], axis=1)]
    after = [labels[at] for at in np.argmax(held[moved], axis=1)]
    return here[moved], before, after


def changed_grids(graph: ArcGraph, record: Record) -> list[str]:
    """Return the codes of all grids whose ground or grids below an operation may change.

    Parameters
    ----------
    graph : the draft before the operation or after it
    record : of the operation

    Returns
    -------
    Codes before and after, sorted: the finest grids on both sides of a border that changed, those
    that came, went or got another parent or code with the finest ones below, and all above.
    """
    labels = {side for arc in (*record.removed, *record.added) for side in (arc.left, arc.right)}
    for label, (before, after) in record.rows.items():
        said = [row and (row["parent"], row["code"]) for row in (before, after)]
        if said[0] != said[1]:
            labels |= {label, *(graph.leaves(label) if label in graph.rows else ())}
    found = set()
    for is_after in (False, True):
        rows = _rows(graph, record, is_after=is_after)
        for label in labels:
            found.update(rows.line(label))
    return sorted(found)


class _Rows:
    """The rows of a draft as they are before or after a record."""

    def __init__(self, graph: ArcGraph, other: Mapping[str, Row | None]) -> None:
        self._graph, self._other = graph, other
        self._labels = {row["code"]: label for label, row in other.items() if row is not None}

    def get(self, label: str | None) -> Row | None:
        """Return the attributes of a grid, None where there is none."""
        if label is None or label in self._other:
            return self._other.get(label or "")
        return self._graph.rows.get(label)

    def line(self, label: str) -> list[str]:
        """Return the codes of a grid and of those above it; none of what is no grid."""
        found: list[str] = []
        row = self.get(label)
        while row is not None and row["code"] not in found:
            found.append(row["code"])
            row = self.get(self._labels.get(row["parent"]) or self._graph.find(row["parent"]))
        return found


def _rows(graph: ArcGraph, record: Record, *, is_after: bool) -> _Rows:
    return _Rows(graph, {label: pair[is_after] for label, pair in record.rows.items()})


def count_changes(
    graph: ArcGraph, record: Record, units: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series]:
    """Return how many households and people each grid wins or loses by an operation.

    Parameters
    ----------
    graph : the draft before the operation
    record : of the operation
    units : those that count (:func:`geogrid.households.units_to_add`): lon, lat, grid (code of
        the finest grid now, ``""`` outside and in gaps), households, people. Of a large plan those
        in :func:`changed_grids` and those in no grid are enough.

    Returns
    -------
    changes, grid
        By code, with households and people won (Int64), also of grids that came or went and of all
        levels; grids without a change are left out. And the new code of each unit that has
        another one now, by its index.
    """
    before, after = (_rows(graph, record, is_after=one) for one in (False, True))
    label = [graph.find(str(code)) or OUTSIDE for code in units["grid"]]
    to = list(label)
    position, _was, now = moved_points(record, units["lon"], units["lat"])
    for at, new in zip(position.tolist(), now, strict=True):
        to[at] = new
    changes: dict[str, npt.NDArray[np.int64]] = {}
    counted = units[list(_COUNTED)].fillna(0).to_numpy(dtype=np.int64)
    for at, (old, new) in enumerate(zip(label, to, strict=True)):
        lost, won = set(before.line(old)), set(after.line(new))
        for sign, codes in ((1, won - lost), (-1, lost - won)):
            for code in codes:
                changes[code] = changes.get(code, 0) + sign * counted[at]
    codes_now = [str((after.get(one) or {"code": ""})["code"]) for one in to]
    fresh = pd.Series(codes_now, index=units.index, dtype="str")
    kept = {code: sums.tolist() for code, sums in sorted(changes.items()) if sums.any()}
    frame = pd.DataFrame.from_dict(kept, orient="index", columns=list(_COUNTED), dtype="Int64")
    return frame, fresh[fresh != units["grid"].astype("str")]
