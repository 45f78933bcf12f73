"""What a published plan changed for whoever asks: their grids, and what came to and left them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from geogrid.compare import PlanComparison
from geogrid.compare.lists import changed_grids
from geogrid.hierarchy import Hierarchy
from geogrid.offices.rosters import POST_COLUMNS
from geogrid.posts import posts_by_grid, responsible, who_answers
from geogrid.store.people import posts_at
from geogrid.store.plans import PlanRecord
from web.scope import in_scope

__all__ = ["Mine", "answering"]

_BEFORE_THE_END = timedelta(microseconds=1)


@dataclass(frozen=True, eq=False)
class Mine:
    """The part of a comparison that the caller may see.

    Attributes
    ----------
    comparison
        Of a plan with the one before it.
    trees
        Of both plans.
    cases
        Numbers of the cases that the caller may see now; others are left out.
    grid
        Code of a grid (of either plan) to narrow it to, with all below; ``""`` for none.
    """

    comparison: PlanComparison
    trees: tuple[Hierarchy, Hierarchy]
    cases: Collection[str]
    grid: str = ""

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The grids that changed, or that lost or gained something, as `comparison.grids`."""
        rows = changed_grids(self.comparison)
        is_mine = [
            self._is_mine(one, 0) or self._is_mine(other, 1)
            for one, other in zip(rows["code_before"], rows["code_after"], strict=True)
        ]
        return rows[pd.Series(is_mine, index=rows.index, dtype=bool)]

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Of :attr:`rows`, those whose ground or doorways changed."""
        return self.rows[~self._is_quiet]

    @cached_property
    def quiet(self) -> pd.DataFrame:
        """Of :attr:`rows`, those that are called otherwise, or belong to another grid, only."""
        return self.rows[self._is_quiet]

    @cached_property
    def _is_quiet(self) -> pd.Series:
        kinds: pd.Series = self.rows["kind"].isin(("renamed", "amended"))
        return kinds

    def _is_mine(self, code: str, side: int) -> bool:
        tree = self.trees[side]
        if not code or not in_scope(code, tree):
            return False
        return not self.grid or self.grid in tree.chain(code)

    @cached_property
    def things(self) -> pd.DataFrame:
        """Units and cases that changed hands: cases only those that the caller may see."""
        things = self.comparison.things
        is_unit = (things["what"] == "unit").to_numpy(dtype=bool)
        is_case = (things["what"] == "case").to_numpy(dtype=bool)
        is_seen = is_case & things["id"].isin(set(self.cases)).to_numpy(dtype=bool)
        kept = things[is_unit | is_seen]
        ends = [
            kept[name].map({code: self._is_mine(code, side) for code in kept[name].unique()})
            for side, name in enumerate(("from", "to"))
        ]
        return kept[(ends[0].astype(bool) | ends[1].astype(bool)).to_numpy(dtype=bool)]

    def of_grid(self, row: Mapping[Any, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return what a grid gained and what it lost.

        Parameters
        ----------
        row : of :attr:`rows`
        """
        was, now = (
            self._within("from", row["code_before"], 0),
            self._within("to", row["code_after"], 1),
        )
        return self.things[now & ~was], self.things[was & ~now]

    def _within(self, column: str, code: str, side: int) -> pd.Series:
        """Return which things are, on a side, in a grid or below it."""
        codes = self.things[column]
        tree = self.trees[side]
        inside = {each: bool(code) and code in tree.chain(each) for each in codes.unique()}
        return codes.map(inside).astype(bool)


def answering(
    connection: Connection,
    plans: tuple[PlanRecord, PlanRecord],
    trees: tuple[Hierarchy, Hierarchy],
    codes: tuple[Collection[str], Collection[str]],
) -> tuple[dict[str, str], dict[str, str]]:
    """Return who answered for grids at the last moment of a plan, and who did first after it.

    Of a plan that is in force still, it is who answers now. Names only.

    Parameters
    ----------
    connection : of the database
    plans, trees : the former and the later one
    codes : of grids of each
    """
    ends = [plan.valid_until and plan.valid_until - _BEFORE_THE_END for plan in plans]
    found = []
    for moment, tree, asked in zip(ends, trees, codes, strict=True):
        chains = {code: tree.chain(code) for code in asked if code}
        every = {step for chain in chains.values() for step in chain}
        held = posts_by_grid(_posts(connection, moment, every))
        said = {}
        for code, chain in chains.items():
            first = responsible(who_answers(held, chain))
            said[code] = "" if first is None else first.name
        found.append(said)
    return found[0], found[1]


def _posts(connection: Connection, moment: datetime | None, codes: Collection[str]) -> pd.DataFrame:
    return posts_at(connection, moment or datetime.now(UTC), codes)[list(POST_COLUMNS)]
