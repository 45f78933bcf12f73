"""The levels of a frame as tiers: the grids that together should fill the region once.

A grid that is not divided further stands for itself on the finer levels too, and a grid
whose parent skips a level stands on the levels between as well, so every tier is complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geogrid.coverage.arrangement import Geometries
from geogrid.coverage.faces import Faces, find_faces
from geogrid.coverage.signed import SignedSum, signed_sum
from geogrid.rings import Rings
from geogrid.topology import Integers, Leftovers

__all__ = ["Tier", "Tree", "build_tree", "check_tier", "tier_rows"]


@dataclass(frozen=True)
class Tree:
    """Levels and parents of the rows of a frame.

    Attributes
    ----------
    levels
        The levels that occur, coarsest first; ``(None,)`` for a frame without levels.
    level
        (n,) level of each row, 0 in a frame without levels.
    parent
        (n,) row of the parent, −1 where there is none on a coarser level in the frame.
    is_orphan
        (n,) rows below the top that name no parent, or one that is not there or not coarser.
    """

    levels: tuple[int | None, ...]
    level: Integers
    parent: Integers
    is_orphan: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Tier:
    """One level against the region: its sum and its faces that are not covered once.

    Attributes
    ----------
    level
        The level, None where the frame has no levels.
    rows
        (n,) positions in the frame of the grids, ascending.
    signed
        The grids, then the region where there is one.
    faces
        Faces not covered exactly once.
    """

    level: int | None
    rows: Integers
    signed: SignedSum
    faces: Faces

    @property
    def has_region(self) -> bool:
        """Whether a region is subtracted."""
        return len(self.signed.polygons) > len(self.rows)


def build_tree(codes: Sequence[str], parents: Sequence[str] | None, level: Integers | None) -> Tree:
    """Resolve the parents of a frame's rows.

    Parameters
    ----------
    codes : code of each row; of rows with the same code the first one counts
    parents : code of each row's parent, "" for none; None for a frame without parents
    level : (n,) level of each row; None for a frame without levels
    """
    count = len(codes)
    none = np.full(count, -1, dtype=np.int64)
    if level is None or len(np.unique(level)) < 2:
        only = None if level is None or not count else int(level[0])
        flat = np.zeros(count, dtype=np.int64) if level is None else level
        return Tree((only,), flat, none, np.zeros(count, dtype=bool))
    levels = tuple(int(one) for one in np.unique(level))
    if parents is None or not any(parents):
        return Tree(levels, level, none, np.zeros(count, dtype=bool))
    row_of = {code: row for row, code in reversed(list(enumerate(codes)))}
    parent = np.array([row_of.get(code, -1) for code in parents], dtype=np.int64)
    parent[(parent >= 0) & (level[parent] >= level)] = -1
    return Tree(levels, level, parent, (parent < 0) & (level > levels[0]))


def tier_rows(tree: Tree, level: int | None) -> Integers:
    """Return the rows that stand on a level, ascending."""
    if level is None or len(tree.levels) == 1:
        return np.arange(len(tree.level))
    known = tree.parent >= 0
    first = np.where(known, tree.level[tree.parent] + 1, tree.level)
    is_divided = np.zeros(len(tree.level), dtype=bool)
    is_divided[tree.parent[known]] = True
    has_tree = bool(known.any())
    finest = max(one for one in tree.levels if one is not None)
    last = np.where(is_divided | (not has_tree), tree.level, finest)
    return np.flatnonzero((first <= level) & (level <= last))


def check_tier(
    level: int | None,
    rows: Integers,
    polygons: Geometries,
    region: shapely.Geometry | None,
    rings: Rings,
    left: Leftovers | None = None,
) -> Tier:
    """Sum the grids of one level against the region and find the faces that are wrong.

    Parameters
    ----------
    level : the level
    rows : positions of its grids
    polygons : (n,) valid stand-ins of all rows of the frame, or None
    region : valid (Multi)Polygon, or None: then the union stands in and holes are wrong
    rings : of the polygons, and of the region at position n
    left : what their sum leaves over, where it is known already
    """
    items, places = polygons[rows], rows
    if region is not None:
        items, places = np.append(items, region), np.append(rows, len(polygons))
    sign = np.ones(len(items), dtype=np.int8)
    sign[len(rows) :] = -1
    signed = signed_sum(items, sign, rings=rings.of(places), left=left)
    return Tier(level, rows, signed, find_faces(signed, expected=1 if region is None else 0))
