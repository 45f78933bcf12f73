"""Entries of several sources made one where they mean the same address."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from geogrid.addresses.gazetteer import as_entries
from geogrid.addresses.spelling import canonical_address
from geogrid.crs import metres_per_degree

__all__ = ["Merged", "entry_spellings", "merge_entries"]

Rows = npt.NDArray[np.int64]


class Merged(NamedTuple):
    """Entries without duplicates.

    Attributes
    ----------
    entries
        Columns of entries, in the order of the first of each kind.
    conflicts
        Same address and name, but farther apart than allowed: columns address, name, first,
        second (rows of the input, from 0) and distance_m. Both entries are kept.
    winner : (n,) int64
        For each row of the input the one that stays for it, itself where it stays.
    """

    entries: pd.DataFrame
    conflicts: pd.DataFrame
    winner: npt.NDArray[np.int64]


def merge_entries(
    frame: pd.DataFrame, *, within_m: float = 50.0, spellings: Sequence[str] | None = None
) -> Merged:
    """Merge entries with the same canonical region, address and name.

    Of those at most `within_m` metres from the newest, the newest stays (the later row where
    dates are equal); it gets the names and aliases of the others that it lacks.

    Parameters
    ----------
    frame
        Columns of entries; dates as ``YYYY-MM-DD``.
    within_m
        Metres.
    spellings
        Of :func:`entry_spellings`, where they are known.
    """
    entries = as_entries(frame)
    keys = entry_spellings(entries) if spellings is None else spellings
    group, _keys = pd.factorize(np.asarray(keys, dtype=object))
    _dates, date = np.unique(entries["dated"].to_numpy(dtype=object), return_inverse=True)
    order = np.lexsort((date, group))[::-1]  # of equal dates the later row first
    order = order[np.bincount(group)[group[order]] > 1]  # the rest has nothing to merge with
    winner = _winners(entries, group, order, within_m)
    merged = _with_aliases(entries, winner)
    kept = np.flatnonzero(winner == np.arange(len(entries)))
    return Merged(
        merged.loc[kept].reset_index(drop=True), _conflicts(entries, group, order, winner), winner
    )


def entry_spellings(entries: pd.DataFrame) -> list[str]:
    """Return region, address and name of entries in one spelling, a line each."""
    columns = (entries[name].map(canonical_address) for name in ("region", "address", "name"))
    return ["\n".join(parts) for parts in zip(*columns, strict=True)]


def _winners(
    entries: pd.DataFrame,
    group: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    within_m: float,
) -> npt.NDArray[np.int64]:
    """Return for every row the row that stays for it; newest first in each group."""
    winner = np.arange(len(entries))
    places = _places(entries)
    bounds = np.flatnonzero(np.diff(group[order], prepend=-1, append=-1))
    for begin, stop in pairwise(bounds.tolist()):
        rows = order[begin:stop]
        standing = np.empty(len(rows), dtype=np.int64)
        many = 0
        for row in rows.tolist():
            near = np.flatnonzero(_apart_m(places, row, standing[:many]) <= within_m)
            if len(near):
                winner[row] = standing[near[0]]
            else:
                standing[many] = row
                many += 1
    return winner


def _places(entries: pd.DataFrame) -> npt.NDArray[np.float64]:
    return entries[["lon", "lat"]].to_numpy(dtype=np.float64)


def _apart_m(
    places: npt.NDArray[np.float64], ones: int | Rows, others: Rows
) -> npt.NDArray[np.float64]:
    per_x, per_y = metres_per_degree(places[ones, 1])
    apart = places[others] - places[ones]
    return np.asarray(np.hypot(apart[:, 0] * per_x, apart[:, 1] * per_y))


def _with_aliases(entries: pd.DataFrame, winner: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Give every row that stays the spellings of those merged into it."""
    aliases = entries["aliases"].to_numpy(dtype=object).copy()
    for row in np.flatnonzero(winner != np.arange(len(winner))).tolist():
        stays = int(winner[row])
        known = {entries["name"].iat[stays], *aliases[stays].split("\n")}
        others = [entries["name"].iat[row], *entries["aliases"].iat[row].split("\n")]
        more = [text for text in dict.fromkeys(others) if text and text not in known]
        aliases[stays] = "\n".join(filter(None, [aliases[stays], *more]))
    return entries.assign(aliases=pd.Series(aliases, dtype="str"))


def _conflicts(
    entries: pd.DataFrame,
    group: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    winner: npt.NDArray[np.int64],
) -> pd.DataFrame:
    """List pairs of rows that stay though they say the same."""
    stays = [row for row in order.tolist() if winner[row] == row]
    pairs = [(one, other) for one, other in pairwise(stays) if group[one] == group[other]]
    ones, others = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return pd.DataFrame(
        {
            "address": [entries["address"].iat[one] for one, _other in pairs],
            "name": [entries["name"].iat[one] for one, _other in pairs],
            "first": [min(pair) for pair in pairs],
            "second": [max(pair) for pair in pairs],
            "distance_m": _apart_m(_places(entries), ones, others),
        }
    )
