"""Sums that reconcile, and defects that a finer level says already."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from geogrid.areas import chain_area_m2, straight_area_m2
from geogrid.coverage.defects import KINDS, Defect, covering_sets
from geogrid.coverage.measure import SEVERITIES
from geogrid.coverage.report import CoverageSums
from geogrid.coverage.tiers import Tier, Tree

__all__ = ["is_repeated", "tier_sums"]

_REST = 1e-6


def tier_sums(tier: Tier, crs: pyproj.CRS) -> CoverageSums:
    """Return the areas of one level: grids = region + overlap + spill − gap + residual.

    Edges that cancel in the chain sum cancel in the areas as well, so that the grids are as
    large as the region and what the leftover edges go around; their own areas are not needed.

    Parameters
    ----------
    tier : the level
    crs : of its coordinates
    """
    count, faces = len(tier.rows), tier.faces
    sets = covering_sets(faces)
    area = straight_area_m2(faces.polygon, crs)
    grids_over = np.array([sum(item < count for item in items) for items in sets], dtype=int)
    is_inside = np.array([count in items for items in sets], dtype=bool) | (not tier.has_region)
    edges, total = tier.signed.edges, tier.signed.total
    low, high = edges.vertices[total.low], edges.vertices[total.high]
    chain_m2 = chain_area_m2(low, high, total.weight, crs)
    if tier.has_region:
        region_m2 = math.fsum(straight_area_m2(tier.signed.polygons[count:], crs))
        grids_m2 = region_m2 + chain_m2
    else:
        once = straight_area_m2(np.concatenate([faces.covered_once, faces.unresolved]), crs)
        region_m2, grids_m2 = math.fsum([*once, *area]), chain_m2
    overlap_m2 = math.fsum(area * np.maximum(grids_over - 1, 0))
    spill_m2 = math.fsum(area[~is_inside & (grids_over > 0)])
    gap_m2 = math.fsum(area[is_inside & (grids_over == 0)])
    residual_m2 = math.fsum([grids_m2, -region_m2, -overlap_m2, -spill_m2, gap_m2])
    return CoverageSums(grids_m2, region_m2, overlap_m2, spill_m2, gap_m2, residual_m2)


def is_repeated(
    defects: Sequence[Defect], severity: npt.NDArray[np.object_], tree: Tree
) -> npt.NDArray[np.bool_]:
    """Return which defects of a coarse level a finer one says already, at least as gravely.

    Parameters
    ----------
    defects : of all levels
    severity : of each
    tree : levels and parents, to tell the grids of one level from those of another
    """
    repeated = np.zeros(len(defects), dtype=bool)
    if len(tree.levels) < 2:
        return repeated
    shapes = np.array([defect.geometry for defect in defects], dtype=object)
    kind = np.array([KINDS.index(defect.kind) for defect in defects], dtype=np.int64)
    level = np.array([-1 if one.level is None else one.level for one in defects], dtype=np.int64)
    rank = np.array([SEVERITIES.index(str(one)) for one in severity], dtype=np.int64)
    coarse, fine = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    finer = (kind[coarse] == kind[fine]) & (level[coarse] < level[fine])
    coarse, fine = coarse[finer], fine[finer]
    at, first = np.unique(coarse, return_index=True)
    for here, there in zip(at.tolist(), np.split(fine, first[1:]), strict=False):
        if rank[there].min() <= rank[here]:
            repeated[here] = _is_covered(defects[here], [defects[one] for one in there], tree)
    return repeated


def _is_covered(defect: Defect, finer: Sequence[Defect], tree: Tree) -> bool:
    """Return whether finer defects take up a place altogether and concern the same grids."""
    above = {ancestor for one in finer for row in one.rows for ancestor in _ancestors(row, tree)}
    if defect.kind != "gap" and not above.issuperset(defect.rows):
        return False
    rest = shapely.difference(defect.geometry, shapely.union_all([one.geometry for one in finer]))
    if shapely.get_dimensions(defect.geometry) < 2:
        return bool(shapely.is_empty(rest))
    return bool(shapely.area(rest) <= _REST * shapely.area(defect.geometry))


def _ancestors(row: int, tree: Tree) -> list[int]:
    """Return a row and its parents up to the top."""
    found = [row]
    while tree.parent[found[-1]] >= 0:
        found.append(int(tree.parent[found[-1]]))
    return found
