"""Contact lists of party members (党员联户): every home on one, 10 to 15 each, near by."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geogrid.hierarchy import Hierarchy
from geogrid.households import units_to_add

__all__ = ["FEWEST", "MOST", "ContactReport", "check_contacts"]

FEWEST, MOST = 10, 15
"""Households on the list of one member."""

_CONTACT = "party_contact"


@dataclass(frozen=True, eq=False)
class ContactReport:
    """What is right and wrong with the contact lists of a place.

    Attributes
    ----------
    buildings
        A row per building (or entrance, or compound) that counts: unit_id, name, grid,
        households, listed (how many are on lists), missing (on none), and near: names of the
        members of its grid, then of those above, who have room for what is missing.
    members
        A row per member: person_id, name, grids (of their posts), households (on their list),
        far (how many of these are in other grids), state: ``"few"``, ``"many"``, ``""``, or
        ``"no_post"`` for who has a list but no such post any more; those households are
        not covered.
    uncounted
        unit_id, name, grid of buildings of which nobody says how many households they have.
    """

    buildings: pd.DataFrame
    members: pd.DataFrame
    uncounted: pd.DataFrame

    @property
    def households(self) -> int:
        """How many there are."""
        return int(self.buildings["households"].sum())

    @property
    def covered(self) -> int:
        """How many of them are on a list."""
        return self.households - int(self.buildings["missing"].sum())

    @property
    def gaps(self) -> pd.DataFrame:
        """The buildings with households on no list, most first."""
        found = self.buildings[self.buildings["missing"] > 0]
        return found.sort_values(["missing", "unit_id"], ascending=[False, True], ignore_index=True)

    @property
    def doubled(self) -> pd.DataFrame:
        """The buildings of which more households are on lists than there are."""
        found = self.buildings[self.buildings["listed"] > self.buildings["households"]]
        return found.reset_index(drop=True)

    def within(self, codes: Collection[str]) -> ContactReport:
        """Return what the report says of some grids."""
        mine = [not set(codes).isdisjoint(grids) for grids in self.members["grids"]]
        return ContactReport(
            self.buildings[self.buildings["grid"].isin(codes)],
            self.members[np.array(mine, dtype=np.bool_)],
            self.uncounted[self.uncounted["grid"].isin(codes)],
        )


def check_contacts(
    contacts: pd.DataFrame, posts: pd.DataFrame, units: pd.DataFrame, tree: Hierarchy
) -> ContactReport:
    """Check contact lists against posts and buildings.

    Parameters
    ----------
    contacts : columns person_id, name, unit_id, home; an empty home is the whole unit
    posts : columns grid, post, person_id, holder; those that are held
    units : of a plan; ``grid`` is the settled one (:func:`geogrid.unit_grids.settle_units`)
    tree : of the plan
    """
    lists = _Lists(contacts.reset_index(drop=True), units.reset_index(drop=True))
    members = _members(lists, posts, tree)
    in_charge = set(members.loc[members["state"] != "no_post", "person_id"])
    buildings = _buildings(lists, in_charge)
    room = _with_room(members)
    near = [
        [name for code in tree.chain(row.grid) for name in room.get(code, ())]
        if row.missing
        else []
        for row in buildings.itertuples()
    ]
    return ContactReport(buildings.assign(near=near), members, lists.uncounted)


@dataclass(frozen=True, eq=False)
class _Lists:
    """Contacts with the buildings whose households they are."""

    contacts: pd.DataFrame
    units: pd.DataFrame

    @cached_property
    def counted(self) -> pd.Series:
        """Which units to add up, bool[n]."""
        return units_to_add(self.units, "households")

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Unit id to its row."""
        return {str(code): row for row, code in enumerate(self.units["unit_id"])}

    @cached_property
    def parents(self) -> list[int | None]:
        """For each unit the row of the one that it is part of."""
        return [self.rows.get(str(code)) for code in self.units["parent"]]

    def above(self, row: int | None) -> Iterator[int]:
        """Yield the row of a unit and of those it is part of."""
        seen: set[int] = set()
        while row is not None and row not in seen:
            seen.add(row)
            yield row
            row = self.parents[row]

    def grid_of(self, unit_id: str) -> str:
        """Return the grid of a unit, ``""`` where there is none."""
        row = self.rows.get(unit_id)
        return "" if row is None else self.grids[row]

    @cached_property
    def grids(self) -> list[str]:
        """For each unit its grid, a cell of a column being slow to read."""
        return [str(code) for code in self.units["grid"]]

    @cached_property
    def sizes(self) -> list[int | None]:
        """For each unit how many households it has, None where nobody says."""
        return [None if pd.isna(size) else int(size) for size in self.units["households"]]

    @cached_property
    def is_counted(self) -> list[bool]:
        """For each unit whether it is added up."""
        return list(map(bool, self.counted))

    @cached_property
    def inside(self) -> Mapping[int, list[int]]:
        """Row of a unit to the rows of counted ones in it, itself among them."""
        found: dict[int, list[int]] = {}
        for row in np.flatnonzero(self.counted.to_numpy()):
            for above in self.above(int(row)):
                found.setdefault(above, []).append(int(row))
        return found

    @cached_property
    def homes(self) -> list[dict[int, int]]:
        """For each contact, rows of counted units to how many of their households it is."""
        pairs = zip(self.contacts["unit_id"], self.contacts["home"], strict=True)
        return [self._homes(unit_id, home) for unit_id, home in pairs]

    def _homes(self, unit_id: str, home: str) -> dict[int, int]:
        """Count a contact: a whole unit is all counted ones in it, part of one what it says."""
        row = self.rows.get(unit_id)
        if row is None:
            return {}
        inside = self.inside.get(row, [])
        if not home and inside:
            return {each: self.sizes[each] or 0 for each in inside}
        own = next((each for each in self.above(row) if self.is_counted[each]), None)
        if own is None:
            return {}
        size = self.sizes[row]
        return {own: size if not home and size is not None else 1}

    @cached_property
    def uncounted(self) -> pd.DataFrame:
        """Buildings of which no count is known: neither theirs, nor of a part, nor of the whole."""
        counted = self.counted.to_numpy(dtype=np.bool_)
        is_known = [
            row in self.inside or any(counted[above] for above in self.above(row))
            for row in range(len(self.units))
        ]
        rows = self.units[(self.units["kind"] == "building") & ~np.array(is_known, dtype=bool)]
        return rows[["unit_id", "name", "grid"]].reset_index(drop=True)


def _members(lists: _Lists, posts: pd.DataFrame, tree: Hierarchy) -> pd.DataFrame:
    held = posts[(posts["post"] == _CONTACT) & (posts["holder"] != "")]
    grids: dict[int, list[str]] = {}
    names = dict(zip(lists.contacts["person_id"], lists.contacts["name"], strict=True))
    for row in held.itertuples():
        grids.setdefault(int(row.person_id), []).append(row.grid)
        names[int(row.person_id)] = row.holder
    count, far = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for row, homes in zip(lists.contacts.itertuples(), lists.homes, strict=True):
        own, grid = grids.get(row.person_id, []), lists.grid_of(row.unit_id)
        households = sum(homes.values()) or 1
        count[row.person_id] += households
        if own and grid and set(own).isdisjoint(tree.chain(grid)):
            far[row.person_id] += households
    rows = [
        (
            person, name, sorted(grids.get(person, [])), count[person], far[person],
            _state(count[person]) if person in grids else "no_post",
        )
        for person, name in names.items()
    ]  # fmt: skip
    columns = ["person_id", "name", "grids", "households", "far", "state"]
    return pd.DataFrame(rows, columns=columns).sort_values(["name", "person_id"], ignore_index=True)


def _state(households: int) -> str:
    return "few" if households < FEWEST else "many" if households > MOST else ""


def _buildings(lists: _Lists, in_charge: set[Any]) -> pd.DataFrame:
    """Return the counted units with how many of their households are on lists."""
    listed = np.zeros(len(lists.units), dtype=np.int64)
    for person, homes in zip(lists.contacts["person_id"], lists.homes, strict=True):
        if person in in_charge:
            for at, households in homes.items():
                listed[at] += households
    found = lists.units[["unit_id", "name", "grid"]].assign(
        households=lists.units["households"].astype("Int64").fillna(0).astype("int64"),
        listed=listed,
    )
    found = found[lists.counted.to_numpy()]
    return found.assign(missing=(found["households"] - found["listed"]).clip(lower=0))


def _with_room(members: pd.DataFrame) -> dict[str, list[str]]:
    """Return grid to its members who could take more homes, the shortest list first."""
    has_room = (members["households"] < MOST) & (members["state"] != "no_post")
    found: dict[str, list[str]] = {}
    for row in members[has_room].sort_values(["households", "name"]).itertuples():
        for grid in row.grids:
            found.setdefault(grid, []).append(row.name)
    return found
