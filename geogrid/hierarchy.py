"""Who belongs to whom: the tree of grids over all levels, and neighbours on one level.

A grid that is not divided further is its own leaf (a dedicated grid without micro-grids),
so the grids *shown* at a level are those of the level and the undivided ones above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

__all__ = [
    "Hierarchy",
    "build_hierarchy",
    "chain",
    "children",
    "fill_levels",
    "finest_level",
    "leaves",
    "levels",
    "names_up",
    "neighbours",
    "shown_at",
]

_UNDIVIDED_LEVEL = 3
_MICRO_LEVEL = 4


@dataclass(frozen=True)
class Hierarchy:
    """The tree of one plan's grids, for many look-ups; see :func:`build_hierarchy`.

    Attributes
    ----------
    parents, names, levels
        Code to the parent's code (``""`` at the top or where the parent is not in the
        plan), to the name and to the level (−1 when the plan does not say).
    """

    parents: Mapping[str, str]
    names: Mapping[str, str]
    levels: Mapping[str, int]

    def chain(self, code: str) -> list[str]:
        """Return `code` and the codes above it, finest first; empty for an unknown code."""
        found: list[str] = []
        while code in self.parents and code not in found:
            found.append(code)
            code = self.parents[code]
        return found

    def names_up(self, code: str) -> list[str]:
        """Return the names along :meth:`chain`; a grid without a name shows its code."""
        return [self.names[step] or step for step in self.chain(code)]

    def children(self, code: str) -> list[str]:
        """Return the codes directly below `code`, sorted; ``""`` asks for the top."""
        return sorted(child for child, parent in self.parents.items() if parent == code)

    def shown_at(self, level: int) -> dict[str, str]:
        """Map every code to the grid that stands for it when `level` is shown.

        That is the ancestor (or the grid itself) of exactly this level. Where there is none,
        an undivided coarser grid stands for itself, and a finer grid is shown by the
        coarsest one above it that is still finer than `level`. The grids shown never
        overlap and cover all leaves. A divided grid above `level` maps to ``""``.
        """
        divided = set(self.parents.values())
        return {code: self._stand_in(code, level, code in divided) for code in self.parents}

    def _stand_in(self, code: str, level: int, is_divided: bool) -> str:
        steps = self.chain(code)
        exact = next((step for step in steps if self.levels[step] == level), "")
        if exact:
            return exact
        if self.levels[code] < level:
            return "" if is_divided else code
        return next(step for step in reversed(steps) if self.levels[step] > level)


def build_hierarchy(grids: pd.DataFrame) -> Hierarchy:
    """Index the columns code, name, parent and level of `grids`.

    Of rows with the same code the first one counts. A parent that is not in `grids` is
    treated as none, so that a plan cut out of a larger one has a top.

    Examples
    --------
    >>> frame = pd.DataFrame({"code": ["1", "11"], "name": ["街道", "社区"],
    ...                       "parent": ["", "1"], "level": [1, 2]})
    >>> build_hierarchy(frame).names_up("11")
    ['社区', '街道']
    """
    rows = grids.drop_duplicates("code")
    codes = [str(code) for code in rows["code"]]
    known = set(codes)
    parents = [
        parent if parent in known and parent != code else ""
        for code, parent in zip(codes, map(str, rows["parent"]), strict=True)
    ]
    numbers = pd.to_numeric(rows["level"]).fillna(-1).astype("int64")
    return Hierarchy(
        parents=dict(zip(codes, parents, strict=True)),
        names=dict(zip(codes, _texts(rows["name"]), strict=True)),
        levels=dict(zip(codes, (int(level) for level in numbers), strict=True)),
    )


def chain(grids: pd.DataFrame, code: str) -> list[str]:
    """Return the codes from `code` to the top, finest first; empty for an unknown code."""
    return build_hierarchy(grids).chain(code)


def names_up(grids: pd.DataFrame, code: str) -> list[str]:
    """Return the names from `code` to the top, finest first."""
    return build_hierarchy(grids).names_up(code)


def children(grids: pd.DataFrame, code: str) -> list[str]:
    """Return the codes directly below `code`, sorted."""
    return build_hierarchy(grids).children(code)


def levels(grids: pd.DataFrame) -> list[int]:
    """Return the levels that occur, coarsest first."""
    return sorted({int(level) for level in grids["level"].dropna()})


def finest_level(grids: pd.DataFrame) -> int:
    """Return the finest level that occurs, −1 when none is known."""
    return max(levels(grids), default=-1)


def leaves(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the undivided grids: together they cover what the plan covers, once."""
    return grids[~grids["code"].isin(grids["parent"].unique())]


def shown_at(grids: gpd.GeoDataFrame, level: int) -> gpd.GeoDataFrame:
    """Return the grids to draw for `level`, in their order; see :meth:`Hierarchy.shown_at`."""
    stands_for = build_hierarchy(grids).shown_at(level)
    shown = {stands_for[code] for code in leaves(grids)["code"]}
    return grids[grids["code"].isin(shown)]


def neighbours(grids: gpd.GeoDataFrame, code: str) -> list[str]:
    """Return the grids of the same level that share a border with `code`.

    Sharing means a common line of positive length; a common corner is not enough. The
    longest border (in units of the CRS) comes first, then the lower code.
    """
    here = np.flatnonzero((grids["code"] == code).to_numpy())
    if here.size == 0:
        return []
    own = here[0]
    geometries = np.asarray(grids.geometry.array, dtype=object)
    near = grids.sindex.query(geometries[own], predicate="intersects")
    near = np.append(own, near[near != own])
    known = grids["level"].iloc[near].fillna(-1).to_numpy(dtype="int64")
    near = near[1:][known[1:] == known[0]]
    borders = shapely.boundary(geometries[near])
    lengths = shapely.length(shapely.intersection(borders, shapely.boundary(geometries[own])))
    codes = grids["code"].iloc[near].to_numpy(dtype=object)
    order = np.lexsort((codes.astype(str), -lengths))
    return [str(codes[at]) for at in order if lengths[at] > 0 and codes[at] != code]


def fill_levels(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give a level to the rows that have none, and leave the others as they are.

    A child is one level below its parent. The top is chosen so that the finest level is
    3 (grid), or 4 (micro-grid) when the tree is four deep or deeper: a file with one flat
    list of grids, the usual case, is at level 3.
    """
    if grids["level"].notna().all():
        return grids
    tree = build_hierarchy(grids)
    chains = [tree.chain(str(code)) for code in grids["code"]]
    deepest = max((len(steps) for steps in chains), default=1)
    finest = _UNDIVIDED_LEVEL if deepest <= _UNDIVIDED_LEVEL else _MICRO_LEVEL
    top = max(finest - deepest + 1, 0)
    filled = grids.copy()
    guessed = [_level_of(steps, tree.levels, top) for steps in chains]
    filled["level"] = (
        grids["level"].astype("Int64").fillna(pd.Series(guessed, index=grids.index, dtype="Int64"))
    )
    return filled


def _level_of(steps: list[str], known: Mapping[str, int], top: int) -> int:
    """Return the level of ``steps[0]``: counted down from the nearest known level."""
    for below, code in enumerate(steps):
        if known[code] >= 0:
            return known[code] + below
    return top + len(steps) - 1


def _texts(values: Iterable[Any]) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in values]
