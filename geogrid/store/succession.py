"""What one plan changes of another: which grids stay, come, go or change, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geogrid.hierarchy import leaves
from geogrid.store.database.frames import GRID_COLUMNS

__all__ = ["Succession", "compare_rows"]


@dataclass(frozen=True)
class Succession:
    """The grids of a new plan against those of the plan before it, by code.

    Attributes
    ----------
    added, removed, changed
        Sorted codes: only in the new plan, only in the old one, in both but not alike.
    moved
        Sorted codes of old finest grids that hold other places now, or are finest no more.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """Return how many grids come, go and change."""
        return {name: len(getattr(self, name)) for name in ("added", "removed", "changed")}

    def to_dict(self) -> dict[str, list[str]]:
        """Return the codes as plain values."""
        return {name: list(getattr(self, name)) for name in ("added", "removed", "changed")}


def compare_rows(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> Succession:
    """Compare the grids of two plans; a code is the same grid in both.

    Parameters
    ----------
    old, new : as :func:`geogrid.store.plans.plan_grids` gives them; `old` may be empty
    """
    before, after = pd.Index(old["code"]), pd.Index(new["code"])
    both = before.intersection(after)
    here, there = before.get_indexer(both), after.get_indexer(both)
    is_alike = shapely.equals_exact(
        old.geometry.to_numpy()[here], new.geometry.to_numpy()[there], 0.0
    )
    is_same = np.asarray(is_alike) & _same_values(old, new, here, there)
    old_leaves, new_leaves = leaves(old), leaves(new)
    in_place = set(both[is_alike]) & set(new_leaves["code"])
    return Succession(
        added=_sorted(after.difference(before)),
        removed=_sorted(before.difference(after)),
        changed=_sorted(both[~is_same]),
        moved=_sorted(code for code in old_leaves["code"] if code not in in_place),
    )


def _same_values(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, here: Any, there: Any) -> Any:
    names = [*GRID_COLUMNS, *_others(old, new)]
    before, after = (
        pd.DataFrame(frame.drop(columns=frame.geometry.name)).reindex(columns=names).iloc[rows]
        for frame, rows in ((old, here), (new, there))
    )
    same = np.ones(len(here), np.bool_)
    for name in names:
        same &= before[name].astype("str").to_numpy() == after[name].astype("str").to_numpy()
    return same


def _others(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> Sequence[str]:
    taken = {*GRID_COLUMNS, old.geometry.name, new.geometry.name}
    return sorted({*old.columns, *new.columns} - taken)


def _sorted(codes: Any) -> tuple[str, ...]:
    return tuple(sorted(str(code) for code in codes))
