"""What a map shows: the ground that it is of, the grids on it and how they are grouped."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.errors import FieldError
from geogrid.hierarchy import Hierarchy, build_hierarchy, fill_levels
from geogrid.i18n import mark as _

__all__ = ["Subject", "colours_of", "find_subject"]

_GRID = 3


@dataclass(frozen=True)
class Subject:
    """What is printed.

    Attributes
    ----------
    code, name, level
        Of the grid that the map is of; ``""``, ``""`` and −1 for a plan with several at the top.
    tree
        All grids of the plan.
    outline
        The ground, in degrees.
    main
        The grids that are named and listed, sorted by code; never empty.
    groups
        For each row of `main` the code of the grid between it and the subject, or its own.
    fine
        The grids right below those of `main` that are drawn thin; may be empty.
    around
        Grids beside the ground, on the level of `main` or above, for orientation.
    """

    code: str
    name: str
    level: int
    tree: Hierarchy
    outline: shapely.Geometry
    main: gpd.GeoDataFrame
    groups: pd.Series
    fine: gpd.GeoDataFrame
    around: gpd.GeoDataFrame

    @property
    def is_grouped(self) -> bool:
        """Return whether several grids of `main` stand below one that is not the subject."""
        return bool((self.groups != self.main["code"]).any())


def find_subject(grids: gpd.GeoDataFrame, code: str = "") -> Subject:
    """Return what a map of a grid, or of a whole plan, shows.

    A map of a plan or a subdistrict names its grids (level 3) and groups them by community; one
    of a community also draws their micro-grids; one of a grid names its micro-grids.

    Parameters
    ----------
    grids
        All levels: code, name, parent, level, in EPSG:4326.
    code
        Of the grid; ``""`` for the whole plan.

    Raises
    ------
    FieldError
        There is no such grid, or nothing with an area.
    """
    grids = fill_levels(grids.drop_duplicates("code"))
    grids = grids[~(grids.geometry.isna() | grids.geometry.is_empty)].reset_index(drop=True)
    tree = build_hierarchy(grids)
    if code and code not in tree.parents:
        raise FieldError(_("There is no grid {code} in this plan."), code=code[:60])
    if grids.empty:
        raise FieldError(_("The plan has no grids, so that there is nothing to print."))
    tops = [one for one, parent in tree.parents.items() if not parent]
    root = code or (tops[0] if len(tops) == 1 else "")
    below = grids["code"].map(lambda one: not root or root in tree.chain(one))
    level = tree.levels[root] if root else min(tree.levels[one] for one in tops) - 1
    shown = _shown_level(grids[below], level)
    main = _at(grids[below], tree, shown).sort_values("code", ignore_index=True)
    groups = main["code"].map(lambda one: _group(one, root, tree))
    is_close = level >= _GRID - 1 or not groups.ne(main["code"]).any()
    fine = _at(grids[below], tree, shown + 1) if is_close and len(main) < 200 else main.iloc[:0]
    fine = fine[~fine["code"].isin(main["code"])]
    outline = (
        grids.geometry[grids["code"] == root].iloc[0]
        if root
        else shapely.union_all(grids.geometry[grids["code"].isin(tops)].to_numpy())
    )
    around = _at(grids[~below], tree, min(shown, _GRID)) if (~below).any() else grids.iloc[:0]
    name = tree.names[root] or root if root else ""
    return Subject(root, name, level, tree, outline, main, groups, fine, around)


def _shown_level(grids: gpd.GeoDataFrame, level: int) -> int:
    """Return the level whose grids are named."""
    found = sorted(set(grids["level"].astype(int)))
    deeper = [one for one in found if one > level]
    if not deeper:
        return level
    if level < _GRID - 1:
        return max([one for one in deeper if one <= _GRID], default=deeper[0])
    return deeper[0]


def _at(grids: gpd.GeoDataFrame, tree: Hierarchy, level: int) -> gpd.GeoDataFrame:
    """Return the grids shown at a level: those of it, and undivided ones above it."""
    if grids.empty:
        return grids
    divided = set(tree.parents.values())
    levels = grids["level"].astype(int).to_numpy()
    is_leaf = ~grids["code"].isin(divided).to_numpy()
    return grids[(levels == level) | ((levels < level) & is_leaf)]


def _group(code: str, root: str, tree: Hierarchy) -> str:
    """Return the grid right above one, unless that is the subject or nobody."""
    parent = tree.parents[code]
    return code if parent in ("", root) else parent


def colours_of(shapes: np.ndarray, count: int) -> list[int]:
    """Give each shape one of at least `count` colours so that neighbours differ.

    Greedy, the shape with the most differently coloured neighbours first (DSATUR, Brélaz 1979);
    of the colours allowed, the one used least, so that the map does not lean to one.
    """
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    near: list[set[int]] = [set() for _each in shapes]
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        if one != other:
            near[one].add(other)
    colour = [-1] * len(shapes)
    used = [0] * count
    taken: list[set[int]] = [set() for _each in shapes]
    waiting = [(0, -len(near[at]), at) for at in range(len(shapes))]
    heapify(waiting)
    while waiting:
        urgency, _degree, at = heappop(waiting)
        if colour[at] >= 0 or urgency != -len(taken[at]):
            continue  # done, or in the heap again since with a neighbour more
        free = [one for one in range(len(used)) if one not in taken[at]]
        if not free:
            used.append(0)
            free = [len(used) - 1]
        colour[at] = min(free, key=lambda one: (used[one], one))
        used[colour[at]] += 1
        for other in near[at]:
            if colour[other] < 0 and colour[at] not in taken[other]:
                taken[other].add(colour[at])
                heappush(waiting, (-len(taken[other]), -len(near[other]), other))
    return colour
