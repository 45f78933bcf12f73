"""Upper levels: a parent is drawn anew as the exact sum of the grids that divide it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.defects import Codes
from geogrid.coverage.signed import signed_sum
from geogrid.coverage.tiers import Tree
from geogrid.findings import Finding
from geogrid.i18n import mark as _
from geogrid.repair.docket import Docket
from geogrid.repair.outlines import summed_edges
from geogrid.repair.rings import polygon_of_edges, walk_rings
from geogrid.topology import Integers, polygon_edges

__all__ = ["redraw_parents"]


def redraw_parents(
    polygons: Geometries,
    tree: Tree,
    codes: Sequence[str],
    is_locked: npt.NDArray[np.bool_],
    docket: Docket,
) -> dict[int, shapely.Geometry]:
    """Return the parents that are not exactly the sum of their children, as that sum.

    Parameters
    ----------
    polygons : (n,) of all rows, the finest level repaired; or None
    tree, codes, is_locked : of the rows
    docket : what was asked for; a parent with a defect that is refused or left stays as it is
    """
    current, redrawn = polygons.copy(), {}
    held: set[str] = set()
    finest = tree.levels[-1]
    for level in reversed(tree.levels[:-1]):
        for row in _unequal_parents(current, tree, level):
            children = np.flatnonzero(tree.parent == row)
            shape = None
            if not _is_held(docket, codes[row], finest) and not is_locked[row]:
                shape = _sum_of(current[children])
            if shape is None:
                held.add(codes[row])
                continue
            current[row] = redrawn[row] = shape
    _describe(docket, held, finest)
    return redrawn


def _unequal_parents(polygons: Geometries, tree: Tree, level: int | None) -> list[int]:
    """Return the parents on a level whose boundary is not the sum of their children's."""
    child = np.flatnonzero((tree.parent >= 0) & (tree.level[tree.parent] == level))
    if not len(child):
        return []
    parents, group = np.unique(tree.parent[child], return_inverse=True)
    rows = np.concatenate([child, parents])
    sign = np.repeat(np.array([1, -1], dtype=np.int8), [len(child), len(parents)])
    groups = np.concatenate([group.ravel(), np.arange(len(parents))])
    total = signed_sum(polygons[rows], sign, groups).total
    return parents[np.unique(total.group[total.weight != 0])].tolist()


def _concerning(docket: Docket, finest: int | None) -> list[int]:
    """Return the positions of defects between levels or on upper ones."""
    frame = docket.defects
    is_upper = frame["level"].ne(finest).fillna(False).to_numpy(dtype=bool)
    is_kind = frame["kind"].isin(["gap", "overlap", "duplicate", "spill", "unmatched"])
    is_nesting = (frame["kind"] == "nesting").to_numpy(dtype=bool)
    return np.flatnonzero((is_upper & is_kind.to_numpy(dtype=bool)) | is_nesting).tolist()


def _is_held(docket: Docket, code: str, finest: int | None) -> bool:
    """Return whether a defect of a parent is to stay."""
    return any(
        code in docket.defects["grids"].iloc[at] and docket.fate[at] in ("refused", "left")
        for at in _concerning(docket, finest)
        if docket.defects["detail"].iloc[at].kind != "nesting_orphan"
    )


def _sum_of(polygons: Geometries) -> shapely.Geometry | None:
    """Return the polygon whose boundary is the sum of polygons, None where there is none."""
    edges = polygon_edges(polygons)
    rows = np.column_stack([np.zeros(len(edges.start), dtype=np.int64), edges.start, edges.end])
    if not len(rows):
        return None
    chain: Integers | None = summed_edges(rows)[0]
    if chain is None or not len(chain):
        return None
    rings = walk_rings(edges.vertices, chain[:, 0], chain[:, 1])
    shape = None if rings is None else polygon_of_edges(edges.vertices, rings)
    return shape if shape is not None and shapely.is_valid(shape) else None


def _describe(docket: Docket, held: set[str], finest: int | None) -> None:
    for at in _concerning(docket, finest):
        grids = docket.defects["grids"].iloc[at]
        if docket.defects["detail"].iloc[at].kind == "nesting_orphan":
            if docket.is_open(at):
                docket.fate[at] = "left"
                message = _("No boundary makes up for a missing parent; correct the table.")
                docket.reason[at] = Finding("not_outline", message)
            continue
        stuck = sorted(held & set(grids))
        if stuck:
            message = _("{grids} could not be drawn anew from the grids that divide it.")
            docket.refuse(at, Finding("parent_kept", message, {"grids": Codes(stuck)}))
        else:
            message = _("Upper levels were drawn anew from the grids that divide them.")
            docket.action[at] = Finding("parents", message, severity="note")
