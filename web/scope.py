"""What a caller who is limited to grids may see.

Limited to a grid is to it and all below it. A case is seen by those whose limits hold its grid. A
phone number is seen by those whose limits hold the grid of the post, and by those below that
grid, for whom the post answers too.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from geogrid.hierarchy import Hierarchy
from web.auth import caller
from web.current import CurrentPlan

__all__ = [
    "in_scope",
    "key_of",
    "phones_seen_by",
    "scope_key",
    "sees_phones_of",
    "visible_cases",
    "within",
]


def within(codes: pd.Series, tree: Hierarchy) -> pd.Series:
    """Return which of the codes are in the caller's limits; ``""`` is in nobody's."""
    inside = {code: in_scope(code, tree) for code in codes.unique()}
    return codes.map(inside).astype(bool)


def in_scope(code: str, tree: Hierarchy) -> bool:
    """Return whether a grid is within the caller's limits."""
    scope = caller().scope
    return scope is None or not scope.isdisjoint(tree.chain(code))


def sees_phones_of(code: str, tree: Hierarchy) -> bool:
    """Return whether the caller may see the phone numbers of the posts of a grid."""
    return phones_seen_by(caller().scope, tree)(code)


def phones_seen_by(scope: frozenset[str] | None, tree: Hierarchy) -> Callable[[str], bool]:
    """Return what says of a grid whether who is limited to `scope` sees its posts' phones."""

    def is_seen(code: str) -> bool:
        if scope is None or not scope.isdisjoint(tree.chain(code)):
            return True
        return any(code in tree.chain(own) for own in scope)

    return is_seen


def visible_cases(current: CurrentPlan) -> pd.DataFrame:
    """Return the cases that the caller may see, with a column ``grid``."""
    cases = current.plan.cases.assign(grid=current.case_grids)
    if caller().scope is None:
        return cases
    return cases[within(cases["grid"], current.plan.hierarchy)]


def scope_key() -> str:
    """Return a text that is the same for callers who see the same."""
    return key_of(caller().scope)


def key_of(scope: frozenset[str] | None) -> str:
    """Return the text of :func:`scope_key` for such limits."""
    return "" if scope is None else "|" + "|".join(sorted(scope))
