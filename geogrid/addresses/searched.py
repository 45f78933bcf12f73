"""What is searched beside the address book: a plan's units and its gazetteer, as one index.

Neither grids nor streets nor the plan's own date are in it, so that a redrawn boundary needs no
new one, which takes seconds where entries are many.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from geogrid.addresses.gazetteer import as_entries, entries_of_units, street_numbers
from geogrid.addresses.search import Gazetteer, build_gazetteer

__all__ = ["SearchedEntries", "gather_entries"]


@dataclass(frozen=True, eq=False)
class SearchedEntries:
    """Entries, and their index once somebody searches; see :func:`gather_entries`.

    Attributes
    ----------
    entries
        Columns of entries: the units that have a position, then the gazetteer's.
    units
        How many of the entries are units.
    """

    entries: pd.DataFrame
    units: int

    @property
    def has_more(self) -> bool:
        """Whether the gazetteer has entries that are no units."""
        return len(self.entries) > self.units

    @cached_property
    def gazetteer(self) -> Gazetteer:
        """The entries, indexed for search when first asked for."""
        return build_gazetteer(self.entries)

    @cached_property
    def streets(self) -> pd.Series:
        """The canonical street of each entry's address, ``""`` for none."""
        return pd.Series(street_numbers(self.entries["address"].tolist())[0], dtype="str")


def gather_entries(units: pd.DataFrame, entries: pd.DataFrame | None = None) -> SearchedEntries:
    """Put the entries of a gazetteer below a plan's units.

    Parameters
    ----------
    units
        Columns of a plan's units.
    entries
        The gazetteer's, columns of :data:`geogrid.addresses.gazetteer.ENTRY_COLUMNS`, WGS 84.
    """
    own = entries_of_units(units)
    both = own if entries is None else pd.concat([own, as_entries(entries)], ignore_index=True)
    return SearchedEntries(both, len(own))
