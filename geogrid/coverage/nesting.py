"""Children against their parents: one sum per parent, minus the parent's own boundary.

What a level's own check already says (an overlap, a gap, spill) is not said again here:
nesting is where both levels are right by themselves and disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries, interior_points
from geogrid.coverage.corners import unmatched_defects
from geogrid.coverage.defects import Defect, covering_sets, unresolved_defects
from geogrid.coverage.faces import Faces, find_faces
from geogrid.coverage.signed import SignedSum, signed_sum
from geogrid.coverage.tiers import Tier, Tree
from geogrid.findings import Finding
from geogrid.i18n import mark as _

__all__ = ["is_nested", "name_unfilled", "nesting_defects", "nesting_sum", "orphan_defects"]

_UNFILLED = _("The grids that divide {parent} leave this part of it out.")


def nesting_sum(tree: Tree, polygons: Geometries, upper: Tier, lower: Tier) -> SignedSum:
    """Sum the children of each parent minus the parent, between two neighbouring tiers.

    Parameters
    ----------
    tree : levels and parents of the frame
    polygons : (n,) valid stand-ins of all rows, or None
    upper, lower : the tier of the parents and that of the children

    Returns
    -------
    SignedSum
        The grids of the lower tier, those of the upper tier, then the region, where there
        is one. Grids that stand on both tiers, orphans and the region only cut faces.
    """
    rows = np.concatenate([lower.rows, upper.rows])
    is_lower = np.arange(len(rows)) < len(lower.rows)
    is_child = is_lower & ~np.isin(rows, upper.rows) & (tree.parent[rows] >= 0)
    parents, group_of = np.unique(tree.parent[rows[is_child]], return_inverse=True)
    is_parent = ~is_lower & np.isin(rows, parents)
    regions = upper.signed.polygons[len(upper.rows) :]
    sign = np.zeros(len(rows) + len(regions), dtype=np.int8)
    group = np.zeros(len(sign), dtype=np.int64)
    sign[: len(rows)][is_child], sign[: len(rows)][is_parent] = 1, -1
    group[: len(rows)][is_child] = group_of
    group[: len(rows)][is_parent] = np.searchsorted(parents, rows[is_parent])
    return signed_sum(np.concatenate([polygons[rows], regions]), sign, group)


def is_nested(tree: Tree, signed: SignedSum, lower: Tier) -> bool:
    """Return whether every parent is exactly the sum of its children, bit for bit."""
    return signed.is_zero and not bool(tree.is_orphan[lower.rows].any())


def nesting_defects(
    tree: Tree,
    signed: SignedSum,
    upper: Tier,
    lower: Tier,
    codes: Sequence[str],
    *,
    said: Sequence[Defect],
) -> list[Defect]:
    """Return where children and parents disagree although both levels are right.

    Parameters
    ----------
    tree, upper, lower : as for :func:`nesting_sum`
    signed : its result
    codes : code of every row of the frame
    said : what the checks of the two levels found
    """
    faces = find_faces(signed)
    rows = np.concatenate([lower.rows, upper.rows])
    explained = np.array([defect.geometry for defect in said], dtype=object)
    return [
        *_area_defects(tree, faces, upper, lower, codes),
        *unresolved_defects(faces, signed.polygons, rows, lower.level),
        *unmatched_defects(
            signed,
            rows,
            codes,
            explained=np.concatenate([explained, faces.polygon]),
            level=lower.level,
        ),
    ]


def _area_defects(
    tree: Tree, faces: Faces, upper: Tier, lower: Tier, codes: Sequence[str]
) -> list[Defect]:
    count, total = len(lower.rows), len(lower.rows) + len(upper.rows)
    in_lower_gap = _is_in_gap(faces.polygon, lower)
    in_upper_gap = _is_in_gap(faces.polygon, upper)
    found = []
    for face, items in enumerate(covering_sets(faces)):
        below = [int(lower.rows[item]) for item in items if item < count]
        above = [int(upper.rows[item - count]) for item in items if count <= item < total]
        is_said = (
            in_lower_gap[face] or in_upper_gap[face] or (lower.has_region and total not in items)
        )
        if is_said or len(below) > 1 or len(above) > 1 or not (below or above):
            continue
        if not below and not lower.has_region:
            found.append(_unfilled(above[0], faces.polygon[face], codes, lower.level))
        elif below and not {below[0], int(tree.parent[below[0]])} & {*above, -1}:
            found.append(_outside(tree, below[0], above, faces.polygon[face], codes))
    return found


def _is_in_gap(places: Geometries, tier: Tier) -> npt.NDArray[np.bool_]:
    """Return which places lie in a face of the tier that no grid covers."""
    sets = covering_sets(tier.faces)
    bare = np.array(
        [not any(item < len(tier.rows) for item in items) for items in sets], dtype=bool
    )
    found = np.zeros(len(places), dtype=bool)
    if bare.any() and len(places):
        gaps = shapely.STRtree(tier.faces.polygon[bare])
        found[gaps.query(interior_points(places), predicate="within")[0]] = True
    return found


def _outside(
    tree: Tree, child: int, above: list[int], place: shapely.Geometry, codes: Sequence[str]
) -> Defect:
    parent = int(tree.parent[child])
    params: dict[str, object] = {"child": codes[child], "parent": codes[parent]}
    if above:
        params["other"] = codes[above[0]]
        message = _("{child} belongs to {parent}, but this part of it lies in {other}.")
    else:
        message = _("{child} belongs to {parent}, but this part of it lies outside.")
    rows = tuple(sorted({child, parent, *above}))
    detail = Finding("nesting_outside", message, params)
    return Defect("nesting", rows, place, detail, int(tree.level[child]))


def _unfilled(
    parent: int, place: shapely.Geometry, codes: Sequence[str], level: int | None
) -> Defect:
    detail = Finding("nesting_unfilled", _UNFILLED, {"parent": codes[parent]})
    return Defect("nesting", (parent,), place, detail, level)


def name_unfilled(
    defects: Sequence[Defect], tree: Tree, upper: Tier, codes: Sequence[str]
) -> list[Defect]:
    """Return the defects of a tier; gaps within one divided grid say which that is.

    Parameters
    ----------
    defects : what the check of the lower tier found
    tree : levels and parents of the frame
    upper : the tier above
    codes : of every row of the frame
    """
    named = list(defects)
    gaps = [at for at, defect in enumerate(named) if defect.kind == "gap"]
    places = np.array([named[at].geometry for at in gaps], dtype=object)
    gap, item = upper.signed.tree.query(places, predicate="covered_by")
    is_grid = item < len(upper.rows)
    gap, row = gap[is_grid], upper.rows[item[is_grid]]
    is_alone = np.bincount(gap, minlength=len(gaps))[gap] == 1
    is_alone &= np.isin(row, tree.parent)
    for at, parent in zip(gap[is_alone].tolist(), row[is_alone].tolist(), strict=True):
        defect = named[gaps[at]]
        detail = replace(defect.detail, message=_UNFILLED, params={"parent": codes[parent]})
        named[gaps[at]] = replace(defect, detail=detail)
    return named


def orphan_defects(
    tree: Tree, polygons: Geometries, codes: Sequence[str], parents: Sequence[str]
) -> list[Defect]:
    """Return the grids below the top that have no parent in the frame."""
    found = []
    for row in np.flatnonzero(tree.is_orphan).tolist():
        params: dict[str, object] = {"child": codes[row], "parent": parents[row]}
        message = (
            _("{child} belongs to {parent}, which is not a grid of a higher level here.")
            if parents[row]
            else _("{child} belongs to no grid of the level above.")
        )
        detail = Finding("nesting_orphan", message, params)
        place = shapely.Point() if polygons[row] is None else polygons[row]
        found.append(Defect("nesting", (row,), place, detail, int(tree.level[row])))
    return found
